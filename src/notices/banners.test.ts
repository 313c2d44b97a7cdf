import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testStart } from '../../test/support/clock.ts'
import fc from '../../test/support/property.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import {
  amended,
  type Banner,
  type BannerContent,
  bannerFaults,
  bannerKinds,
  bannerState,
  bannerTextLimit,
  inForce,
  longestBanner,
  mostBanners,
  mostOnPage,
  onPage,
} from './banners.ts'

const now = testStart
const text = inEachLanguage((language) => `Some words (${language})`)
const content: BannerContent = { kind: 'information', text, services: 'all', since: now, until: now + day }
const actor = { kind: 'command' } as const

function banner(changes: Partial<Banner> = {}): Banner {
  const authors = { author: actor, publishedAt: now, changedBy: actor, changedAt: now }
  return { id: 'ban_one', number: 1, ...content, ...authors, ...changes }
}

const context = { services: new Set(['refunds', 'justice']), now, others: 0 }
const faults = (changes: Partial<BannerContent>, more: Partial<Parameters<typeof bannerFaults>[1]> = {}) =>
  bannerFaults({ ...content, ...changes }, { ...context, ...more }).map(({ field, problem }) => `${field} ${problem}`)

describe('R106: a banner is shown from an instant until another', () => {
  test('on both sides of both', () => {
    const one = banner({ since: now, until: now + hour })
    assert.deepEqual(inForce([one], now - 1), [])
    assert.deepEqual(inForce([one], now), [one])
    assert.deepEqual(inForce([one], now + hour - 1), [one])
    assert.deepEqual(inForce([one], now + hour), [])
    assert.deepEqual(
      [now - 1, now, now + hour].map((at) => bannerState(one, at)),
      ['planned', 'shown', 'over'],
    )
    assert.equal(bannerState(banner({ withdrawnAt: now }), now), 'withdrawn')
    assert.deepEqual(inForce([banner({ withdrawnAt: now })], now), [])
  })

  test('on every page, or in the logins of its services alone', () => {
    const everywhere = banner({ id: 'ban_all' })
    const there = banner({ id: 'ban_some', services: ['refunds'] })
    const ids = (service?: string) => onPage([everywhere, there], service, now).map(({ id }) => id)
    assert.deepEqual(ids(), ['ban_all'])
    assert.deepEqual(ids('justice'), ['ban_all'])
    assert.deepEqual(ids('refunds'), ['ban_all', 'ban_some'])
  })

  test('warnings first, then the newest; three at most on a page, whatever there is', () => {
    const any = fc.record({
      kind: fc.constantFrom(...bannerKinds),
      since: fc.integer({ min: now - day, max: now + day }),
      services: fc.constantFrom('all' as const, ['refunds']),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (drawn) => {
        const all = drawn.map((each, index) => banner({ ...each, until: now + 2 * day, id: `ban_${index}` }))
        const shown = onPage(all, 'refunds', now)
        const standing = inForce(all, now)
        assert.equal(shown.length, Math.min(mostOnPage, standing.length))
        assert.deepEqual(shown, standing.slice(0, mostOnPage))
        const warnings = standing.filter(({ kind }) => kind === 'phishing')
        assert.deepEqual(standing.slice(0, warnings.length), warnings)
        for (const [index, one] of standing.slice(1).entries()) {
          const before = standing[index] as Banner
          assert.ok(before.kind !== one.kind || before.since >= one.since)
        }
      }),
    )
  })
})

describe('a banner that is refused names the field', () => {
  test('a good one is not', () => {
    assert.deepEqual(faults({}), [])
    assert.deepEqual(faults({ services: ['refunds'], since: now + hour, until: now + longestBanner }), [])
  })

  test('R106: its window', () => {
    assert.deepEqual(faults({ until: now }), ['until before_start'])
    assert.deepEqual(faults({ since: now - hour, until: now }), ['until already_over'])
    assert.deepEqual(faults({ until: now + longestBanner + 1 }), ['until too_late'])
    assert.deepEqual(faults({ since: now - day - 1 }), ['since too_far_past'])
    assert.deepEqual(faults({ since: now + 367 * day, until: now + 368 * day }), ['since too_far_ahead'])
    assert.deepEqual(faults({ since: Number.NaN }), ['since not_an_instant'])
    assert.deepEqual(faults({ until: Number.POSITIVE_INFINITY }), ['until not_an_instant'])
    assert.deepEqual(faults({ since: now + minute }, { before: banner({ since: now - minute }) }), [
      'since already_begun',
    ])
    assert.deepEqual(faults({ since: now - 2 * day }, { before: banner({ since: now - 2 * day }) }), [])
  })

  test('a text that lacks a language, is too long, has several lines or markup', () => {
    assert.deepEqual(faults({ text: { ...text, ar: '' } }), ['text.ar missing'])
    assert.deepEqual(faults({ text: { fr: 'un', en: 'one' } as never }), ['text.ar missing'])
    assert.deepEqual(faults({ text: { ...text, fr: ' ', en: 'x'.repeat(bannerTextLimit + 1) } }), [
      'text.fr missing',
      'text.en too_long',
    ])
    for (const said of ['two\nlines', ' before', 'after ', 'a\u2028b', 'bell\u0007']) {
      assert.deepEqual(faults({ text: { ...text, en: said } }), ['text.en not_one_line'], JSON.stringify(said))
    }
    for (const said of ['<b>bold</b>', 'a < b', 'turned \u202e round']) {
      assert.deepEqual(faults({ text: { ...text, en: said } }), ['text.en holds_markup'], said)
    }
  })

  test('an address in any writing: nothing for a phisher to copy', () => {
    const addresses = [
      'See https://hub.example/help',
      'See hub.example',
      'See www.hub',
      'See WWW.HUB.EXAMPLE/x',
      'See hub。example',
      'See ｈｕｂ．example',
      'Write to help@hub',
      'Open 192.0.2.7 now',
      'See impôts.gouv',
      'انظر موقع.المغرب',
      'ftp://x',
    ]
    for (const said of addresses) {
      assert.deepEqual(faults({ text: { ...text, en: said } }), ['text.en holds_address'], said)
    }
    const fine = [
      'From 22 November 2026 at 10.30 to 12:00, version 3.4.',
      'De faux SMS circulent. Ne répondez pas ; n’appelez pas le 08 99 12 34 56 !',
      'Le 22.11.2026, e.g. at noon (p. 3)…',
      'تنتشر رسائل كاذبة. لا تفتح الروابط.',
    ]
    for (const said of fine) assert.deepEqual(faults({ text: { ...text, en: said } }), [], said)
  })

  test('a service that does not exist, no service, one twice; a kind that is none; one too many', () => {
    assert.deepEqual(faults({ services: ['refunds', 'nothing'] }), ['services service_unknown'])
    assert.deepEqual(faults({ services: [] }), ['services no_service'])
    assert.deepEqual(faults({ services: ['refunds', 'refunds'] }), ['services service_twice'])
    assert.deepEqual(faults({ kind: 'advertising' as never }), ['kind not_known'])
    assert.deepEqual(faults({}, { others: mostBanners }), ['banner too_many'])
    assert.deepEqual(faults({}, { others: mostBanners, before: banner() }), [], 'one that is there may be changed')
  })

  test('every fault at once', () => {
    assert.deepEqual(faults({ kind: 'x' as never, text: { fr: '', en: '', ar: '' }, services: [], until: now - 1 }), [
      'kind not_known',
      'text.fr missing',
      'text.en missing',
      'text.ar missing',
      'services no_service',
      'until before_start',
    ])
  })
})

test('a change keeps what it does not name', () => {
  assert.deepEqual(amended(content, { text: { fr: 'Autre' }, until: now + hour }), {
    ...content,
    text: { ...text, fr: 'Autre' },
    until: now + hour,
  })
})
