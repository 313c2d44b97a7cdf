/**
 * The explanations: each code of the catalogue in each language, every link, codes as people quote them, and the form on a
 * web without a database.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { textOf } from '../../test/support/user-agent.ts'
import { createWeb, type Web } from '../http/http.ts'
import { createTranslator } from '../http/messages.ts'
import { createVerifiers } from '../http/verifier.ts'
import { catalogue, type ErrorName, entryOf } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { causeOf, chaptersAbout } from './error-causes.ts'
import { chapters, chaptersOf } from './guide.ts'
import { supportMessages } from './messages.ts'
import { readQuotedCode } from './quoted-code.ts'
import { mountHelp } from './routes.ts'
import { askProblems } from './support.ts'
import { audiences, closeReasons, situations } from './vocabulary.ts'

const errorNames = Object.keys(catalogue) as ErrorName[]

describe('the code that somebody quotes', () => {
  const cases: [given: string, error: string | undefined, canonical: string | undefined][] = [
    ['', undefined, undefined],
    ['  –  ', undefined, undefined],
    ['G0102 · 1A2B-3C4D-5E6F', 'G0102', '1A2B-3C4D-5E6F'],
    ['g0102 1a2b 3c4d 5e6f', 'G0102', '1A2B-3C4D-5E6F'],
    ['1a2b3c4d5e6f', undefined, '1A2B-3C4D-5E6F'],
    ['G0102', 'G0102', 'G0102'],
    // No error of that code: it is read as the letters that it has.
    ['G9998', undefined, 'G999-8'],
    ['K7QX-2M4P-9TRC', undefined, 'K7QX-2M4P-9TRC'],
    ['k7qx 2m4p 9trc', undefined, 'K7QX-2M4P-9TRC'],
    ['code: oOiIlL', undefined, 'C0DE-0011-11'],
    ['١A2B-٣C4D-٥E6F', undefined, '1A2B-3C4D-5E6F'],
    ['Ｇ０１０２', 'G0102', 'G0102'],
    ['رسالة', undefined, undefined],
  ]
  for (const [given, error, canonical] of cases) {
    test(`“${given}”`, () => {
      const read = readQuotedCode(given)
      assert.deepEqual([read?.error, read?.canonical], [error, canonical])
    })
  }
})

describe('what is said', () => {
  test('R087: every code of the catalogue is explained in every language, each in its own words', () => {
    const translate = createTranslator(supportMessages)
    for (const language of languages) {
      for (const name of errorNames) {
        const cause = causeOf(name, language)
        assert.ok(cause.length > 20, `${name} ${language}`)
        assert.equal(/[\u0600-\u06ff]/.test(cause), language === 'ar', `${name} ${language}`)
        assert.ok(translate(language)(`guide.cause.${name}`))
      }
    }
    assert.equal(
      new Set(errorNames.map((name) => entryOf(name).code)).size,
      errorNames.length,
      'a code means one thing',
    )
  })

  test('there is a sentence for everything that these pages may have to say', () => {
    const translate = createTranslator(supportMessages)
    const keys = [
      ...audiences.flatMap((one) => [`guide.audience.${one}`, `guide.audience.${one}.says`]),
      ...situations.map((one) => `ask.situation.${one}`),
      ...askProblems.map((one) => `ask.problem.${one}`),
      ...['task', 'too_many', 'unavailable', 'other_text'].map((one) => `ask.${one}`),
      ...errorNames.map((name) => `guide.errors.family.${entryOf(name).code.slice(1, 3)}`),
    ]
    const values = { most: 1, number: '', time: '' }
    for (const language of languages) for (const key of keys) assert.ok(translate(language)(key, values), key)
    assert.equal(closeReasons.length, 5)
  })

  test('R087: each chapter says the same number of things in every language, and stands on some page', () => {
    const standing = new Set(Object.values(chaptersOf).flat())
    for (const [name, { text }] of Object.entries(chapters)) {
      const counts = languages.map((language) => [text[language].says.length, text[language].steps.length])
      assert.deepEqual(counts[1], counts[0], name)
      assert.deepEqual(counts[2], counts[0], name)
      assert.ok(standing.has(name as keyof typeof chapters), name)
    }
    for (const name of errorNames) for (const one of chaptersAbout(name)) assert.ok(standing.has(one), name)
    for (const names of Object.values(chaptersOf)) assert.equal(new Set(names).size, names.length)
  })

  test('R013: sentences are short, in French and in English', () => {
    const long = (['fr', 'en'] as const).flatMap((language) =>
      Object.entries(supportMessages[language])
        .filter(([key]) => key.startsWith('guide.'))
        .flatMap(([key, text]) =>
          text
            .split(/[.:?!;](?:\s|$)/)
            .filter((sentence) => sentence.split(/\s+/).length > 30)
            .map((sentence) => `${language} ${key}: ${sentence}`),
        ),
    )
    assert.deepEqual(long, [])
  })
})

describe('the pages of help, on a web without a database', () => {
  let web: Web
  /** What the verb does. */
  let ask: () => Promise<never>
  const issuer = 'http://help.example'
  const verifiers = createVerifiers({ key: Buffer.alloc(32, 4) })
  const call = async (url: string, options: { language?: string; payload?: Record<string, string> } = {}) => {
    const { language = 'en', payload } = options
    const answer = await web.app.inject({
      url,
      method: payload ? 'POST' : 'GET',
      headers: {
        host: 'help.example',
        'accept-language': language,
        ...(payload ? { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' } : {}),
      },
      ...(payload ? { payload: String(new URLSearchParams(payload)) } : {}),
    })
    return { status: answer.statusCode, body: answer.body, text: textOf(answer), headers: answer.headers }
  }

  before(async () => {
    web = await createWeb({
      issuer,
      trustedProxies: [],
      clock: createTestClock(),
      log: { info() {}, warn() {}, error() {} },
      name: 'Garant',
      key: Buffer.alloc(32, 3),
      messages: [supportMessages],
    })
    mountHelp({
      web,
      requests: { ask: () => ask() },
      clock: createTestClock(),
      verifiers,
      keptDays: 180,
      timeZone: 'Europe/Paris',
      support: 'tel:+33123456789',
    })
    await web.app.ready()
  })
  after(() => web.app.close())

  test('R087: each code has a page: what happened, whose fault, why, what to do, whom to write to', async () => {
    for (const language of languages) {
      const t = web.translate(language)
      const provider = t('error.a_provider')
      for (const name of errorNames) {
        const { code, fault } = entryOf(name)
        const page = await call(`/help/errors/${code}`, { language })
        assert.equal(page.status, 200, code)
        const said = [
          t(`error.${name}.title`),
          t(`error.${name}.what`, { provider, minutes: 30 }),
          t(`error.fault.${fault}`),
          t(`guide.cause.${name}`),
          t(`error.${name}.next`, { provider, minutes: 30 }),
        ]
        for (const one of said) assert.ok(page.text.includes(one.replace(/\s+/g, ' ')), `${code} ${language}: ${one}`)
        assert.ok(page.body.includes(`href="/help/ask?reference=${code}"`), code)
      }
    }
  })

  test('a code is found however it is written, and one that there is not is told apart', async () => {
    for (const given of ['G0102', 'g0102', ' G0102 · 1A2B-3C4D-5E6F ']) {
      const found = await call(`/help/errors?code=${encodeURIComponent(given)}`)
      assert.deepEqual([found.status, found.headers.location], [303, '/help/errors/G0102'])
    }
    for (const given of ['G9998', 'G01021', 'zero', '<b>']) {
      const none = await call(`/help/errors?code=${encodeURIComponent(given)}`)
      assert.equal(none.status, 404)
      assert.match(none.text, /No error page has this code/)
      assert.doesNotMatch(none.body, /<b>/)
    }
    assert.equal((await call('/help/errors/g0102')).status, 200)
    for (const path of ['/help/errors/G9998', '/help/errors/G0102x', '/help/nobody', '/help/ask/sent']) {
      assert.equal((await call(path)).status, 404, path)
    }
  })

  test('R087: each kind of people has a page, and what it points at stands there', async () => {
    for (const language of languages) {
      for (const audience of audiences) {
        const { status, body } = await call(`/help/${audience}`, { language })
        assert.equal(status, 200)
        const ids = new Set([...body.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))
        for (const [, anchor = ''] of body.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.has(anchor), anchor)
        assert.equal(ids.size, [...body.matchAll(/ id="/g)].length, 'no id twice')
      }
      for (const name of errorNames) {
        for (const [, audience = '', chapter = ''] of (
          await call(`/help/errors/${entryOf(name).code}`, { language })
        ).body.matchAll(/href="\/help\/([\w-]+)#([\w-]+)"/g)) {
          assert.ok((chaptersOf[audience as 'citizen'] as readonly string[]).includes(chapter), chapter)
        }
      }
    }
    assert.match((await call('/help')).body, /href="tel:\+33123456789"/)
  })

  test('the form takes over what an error page knows, and nothing that it does not know', async () => {
    const asked = new URLSearchParams({ reference: 'G0102 · 1A2B-3C4D-5E6F', audience: 'payroll', situation: 'abroad' })
    const { body } = await call(`/help/ask?${asked}`)
    assert.match(body, /name="reference"[^>]* value="G0102 · 1A2B-3C4D-5E6F"/)
    assert.match(body, /href="\/help\/errors\/G0102"/)
    assert.match(body, /value="payroll" checked/)
    assert.match(body, /<option value="abroad" selected>/)
    const odd = await call('/help/ask?audience=%22%3E%3Cscript%3E&situation=x&reference=%22%3E%3Cb%3E&reference=2')
    assert.equal(odd.status, 200)
    assert.doesNotMatch(odd.body, /<script>(?!let sent)|<b>| checked/)
  })

  test('while the database is away nothing that was typed is lost; a form that is not ours is refused', async () => {
    const id = newId('supportRequest')
    const typed = {
      audience: 'citizen',
      situation: 'other',
      text: 'Une phrase\n& <b>une autre</b>',
      address: 'a@b.example',
    }
    const payload = { id, verifier: verifiers.make('support/ask', id), ...typed }
    ask = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }))
    const away = await call('/help/ask', { payload })
    assert.equal(away.status, 503)
    assert.match(away.text, /Our system does not answer/)
    assert.match(away.body, /Une phrase\n&amp; &lt;b&gt;une autre/)
    assert.match(away.body, new RegExp(`name="id" value="${id}"`))
    ask = () => Promise.reject(new Error('a bug'))
    assert.equal((await call('/help/ask', { payload })).status, 500)
    for (const wrong of [{ verifier: 'x' }, { id: newId('supportRequest') }, { id: 'req_1' }]) {
      assert.equal((await call('/help/ask', { payload: { ...payload, ...wrong } })).status, 403)
    }
  })
})
