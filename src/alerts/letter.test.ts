/** Every letter about a change of protection, for every reader, in every language. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createTranslator } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'
import { caseCloseReasons, origins, verdicts } from '../policy/case-flow.ts'
import { endReasons, refusedBecause } from '../policy/mandate.ts'
import { unusualReasons } from '../policy/mandate-uses.ts'
import { caseNews, changes, type MandateNews, mandateNews } from './audience.ts'
import { caseLetterMessages } from './case-messages.ts'
import { type CaseLetter, type ChangeLetter, createLetters, type MandatesLetter, type Reader } from './letter.ts'
import { mandateLetterMessages } from './mandate-messages.ts'
import { alertMessages } from './messages.ts'
import type { Details } from './store.ts'

const translate = createTranslator(alertMessages, caseLetterMessages, mandateLetterMessages)
const letters = createLetters({
  translate,
  settings: { issuer: 'https://hub.example', name: 'Garant', timeZone: 'Europe/Paris' },
})
const at = Date.parse('2026-11-22T10:00:00Z')
const takesEffect = Date.parse('2026-11-23T10:00:00Z')
const everything: Details = { providers: ['bank'], origin: 'person', hears: 'serious', from: takesEffect }

function letter(over: Partial<ChangeLetter> & { reader: Reader }) {
  return letters.ofChange({
    change: 'person.linked',
    details: everything,
    at,
    of: 'totp',
    contact: 'n•••@mail.example',
    providers: [{ fr: 'La Banque', en: 'The Bank', ar: 'المصرف' }],
    messageCode: 'K7QX-2M4P-9TRC',
    ...over,
  })
}

const named = ['Banque', 'Bank', 'المصرف', 'n•••', 'application de codes', 'code app', 'تطبيق رموز']
const plain = (text: string) => text.replace(/[\u2066-\u2069]/g, '')
const read = (over: Parameters<typeof letter>[0]) => plain(letter(over).text)

describe('R107: a letter about a change of protection', () => {
  for (const language of languages) {
    const t = translate(language)
    test(`${language}: says what changed, its code and where to check it, and holds no link`, () => {
      for (const change of changes) {
        const { subject, text, html } = letter({ change, reader: { language, said: 'whole' } })
        assert.equal(subject, `Garant – ${plain(t(`alert.${change}`))}`)
        for (const part of [text, html]) {
          assert.ok(part.includes('K7QX-2M4P-9TRC'), change)
          assert.ok(part.includes('hub.example/message'), change)
          assert.doesNotMatch(part, /https?:|\/\/|www\.|mailto:|<a\b|<img|<form|\bhref\b/i, change)
        }
        for (const name of named.slice({ fr: 0, en: 1, ar: 2 }[language], { fr: 1, en: 2, ar: 3 }[language]))
          assert.ok(text.includes(name), `${change} names ${name}`)
      }
    })

    test(`${language}: tells each reader no more than they may know`, () => {
      const former = new Set<string>()
      for (const change of changes) {
        const news = read({ change, reader: { language, said: 'news' } })
        assert.ok(news.includes(plain(t(`alert.${change}`))), change)
        for (const name of named) assert.ok(!news.includes(name), `${change}: ${name}`)
        const changed = read({ change, reader: { language, said: 'changed' } })
        for (const name of named) assert.ok(!changed.includes(name), `${change}: ${name}`)
        if (change !== 'person.erased' && change !== 'means.expired') former.add(changed)
      }
      assert.equal(former.size, 1, 'a former contact cannot tell one change from another')
    })

    test(`${language}: has words of its own for some ways in which a change comes about`, () => {
      const reader: Reader = { language, said: 'whole' }
      const [frozen, byOperators] = [everything, { ...everything, origin: 'operators' } as const].map((details) =>
        read({ change: 'protection.frozen', details, reader }),
      )
      assert.notEqual(frozen, byOperators)
      assert.ok(byOperators?.includes(plain(t('alert.protection.frozen.operators.text'))))
      const future = read({
        change: 'protection.blocked',
        details: { providers: [], future: true },
        providers: [],
        reader,
      })
      assert.ok(future.includes(plain(t('alert.protection.blocked.future.text'))))
      const here = read({ change: 'contact.removed', reader: { language, said: 'news' }, isHere: true })
      assert.ok(here.includes(plain(t('alert.contact.removed.here.text'))))
      const thaw = read({ change: 'protection.thaw_asked', reader })
      assert.ok(thaw.includes(plain(t('alert.label.from'))), 'when it takes effect')
      assert.ok(thaw.includes('23'), 'the day')
      const some = read({ change: 'alerts.turned_off', details: { hears: 'unusual' }, reader })
      assert.ok(some.includes(plain(t('alert.alerts.turned_off.some.text'))))
    })
  }

  test('a name of a partner is one line, and no markup', () => {
    const hostile = '</dd><script>\r\nBcc: x@evil.example'
    const { text, html } = letter({
      providers: [{ fr: hostile, en: hostile, ar: hostile }],
      reader: { language: 'en', said: 'whole' },
    })
    assert.doesNotMatch(html, /<script/)
    assert.doesNotMatch(text, /^Bcc/m)
  })

  test('a code that somebody asked for is told with the code of the message, in every language', () => {
    for (const language of languages) {
      const { subject, text, html } = letters.ofSentences({
        ...{ subject: 'Garant: your code', text: 'Your code is 123456.\n\nGive it to nobody.', language },
        messageCode: 'K7QX-2M4P-9TRC',
      })
      assert.equal(subject, 'Garant: your code')
      for (const part of [text, html])
        for (const said of ['123456', 'K7QX-2M4P-9TRC', 'hub.example/message']) assert.ok(part.includes(said), said)
    }
  })
})

describe('R107 R111: a letter about a case', () => {
  const ways: Pick<CaseLetter, 'news' | 'details' | 'origin'>[] = caseNews.flatMap((news) =>
    origins.flatMap((origin) => [
      ...(news === 'case.concluded' ? verdicts.map((verdict) => ({ news, origin, details: { verdict } })) : []),
      ...(news === 'case.closed' ? caseCloseReasons.map((reason) => ({ news, origin, details: { reason } })) : []),
      ...(news === 'case.concluded' || news === 'case.closed' ? [] : [{ news, origin, details: {} }]),
    ]),
  )
  const ofCase = (way: (typeof ways)[number], reader: Reader) =>
    letters.ofCase({
      ...{ ...way, reader, at, reference: 'CASE-CASE-CASE', messageCode: 'K7QX-2M4P-9TRC' },
      signIns: [{ at, reference: 'LINE-LINE-LINE' }],
      providers: [{ fr: 'La Banque', en: 'The Bank', ar: 'المصرف' }],
    })

  for (const language of languages) {
    test(`${language}: each way in which it goes on, whole, without a link; to an unconfirmed contact always the same`, () => {
      const news = new Set<string>()
      for (const way of ways) {
        const { subject, text, html } = ofCase(way, { language, said: 'whole' })
        for (const part of [text, html]) {
          for (const said of ['CASE-CASE-CASE', 'LINE-LINE-LINE', 'K7QX-2M4P-9TRC', 'hub.example/space/cases'])
            assert.ok(part.includes(said), `${way.news}: ${said}`)
          assert.doesNotMatch(part, /https?:|\/\/|www\.|mailto:|<a\b|<img|<form|\bhref\b|undefined|[{}]/i, way.news)
        }
        assert.doesNotMatch(subject, /[{}]|undefined/)
        const little = ofCase(way, { language, said: 'news' })
        news.add(`${little.subject}${little.text}`)
        for (const hidden of ['CASE-CASE', 'LINE-LINE', ...named.slice(0, 3)])
          for (const part of [little.text, little.html]) assert.ok(!part.includes(hidden), hidden)
      }
      assert.equal(news.size, 1)
    })
  }
})

describe('R096 R107: a letter about mandates', () => {
  const whys: Partial<Record<MandateNews, readonly (string | undefined)[]>> = {
    'mandate.ended': endReasons.filter((one) => !['refused', 'unanswered', 'superseded'].includes(one)),
    'mandate.suspended': ['principal', 'operator'],
    'mandate.refused': [undefined, ...refusedBecause],
  }
  const ways = mandateNews.flatMap((news) => (whys[news] ?? [undefined]).map((why) => ({ news, why })))
  const told = (way: (typeof ways)[number], reader: Reader, over: Partial<MandatesLetter> = {}) =>
    letters.ofMandates({
      ...{ news: way.news, reader, at, messageCode: 'K7QX-2M4P-9TRC' },
      details: {
        count: 12,
        days: 7,
        side: 'principal',
        unusual: [...unusualReasons],
        ...(way.why ? { why: way.why } : {}),
      },
      mandates: [{ principal: 'Atlas', mandatary: 'Cabinet Untel', until: at }],
      ...over,
    })

  for (const language of languages) {
    const t = translate(language)
    test(`${language}: each kind, whole, without a link; to an unconfirmed contact always the same`, () => {
      const news = new Set<string>()
      for (const way of ways) {
        const { subject, text, html } = told(way, { language, said: 'whole' })
        for (const part of [text, html]) {
          for (const said of ['Atlas', 'Cabinet Untel', 'K7QX-2M4P-9TRC', 'hub.example/space/mandates'])
            assert.ok(part.includes(said), `${way.news}: ${said}`)
          assert.doesNotMatch(part, /https?:|\/\/|www\.|mailto:|<a\b|<img|<form|\bhref\b|undefined|[{}]/i, way.news)
        }
        for (const reason of unusualReasons) assert.ok(text.includes(t(`mandate_use.${reason}`)), reason)
        assert.doesNotMatch(subject, /[{}]|undefined/)
        assert.match(subject, /12/)
        const little = told(way, { language, said: 'news' })
        news.add(`${little.subject}${little.text}`)
        for (const hidden of ['Atlas', 'Untel']) assert.ok(!`${little.text}${little.html}`.includes(hidden), hidden)
      }
      assert.equal(news.size, 1)
    })
  }

  test('the name of an organisation is one line, and no markup', () => {
    const hostile = '</dd><script>\r\nBcc: x@evil.example'
    const { text, html } = told(
      { news: 'mandate.accepted', why: undefined },
      { language: 'en', said: 'whole' },
      { mandates: [{ principal: hostile, mandatary: undefined, until: at }] },
    )
    assert.doesNotMatch(html, /<script/)
    assert.doesNotMatch(text, /^Bcc/m)
  })
})
