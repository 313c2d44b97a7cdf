import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock, testStart } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { type FactRecorder, recordFacts } from '../../test/support/facts.ts'
import { day, hour } from '../kernel/durations.ts'
import { type BannerId, newId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import { parsePartnersFile } from '../partners/file.ts'
import { samplePartners, toYaml } from '../partners/partners.sample.ts'
import { createPartners, type Partners } from '../partners/partners.ts'
import { policyOf, policySchema } from '../policy/settings.ts'
import type { Storage } from '../storage/storage.ts'
import { type Banner, mostBanners, type NewBanner } from './banners.ts'
import { type BannerOutcome, createNotices, type Notices } from './notices.ts'

const clock = createTestClock()
const actor = { kind: 'command' } as const
const other = { kind: 'operator', id: 'opr_other' } as const
const retention = 365 * day
const text = inEachLanguage((language) => `Planned works (${language})`)
let storage: Storage
let partners: Partners
let journal: FactRecorder
/** Two processes on one database. */
let notices: Notices
let elsewhere: Notices

const open = () =>
  createNotices({
    storage,
    clock,
    audit: journal.audit,
    partners,
    policy: policyOf(policySchema.parse({})),
    retention,
    timeZone: 'Europe/Paris',
    log: (message, inside) => assert.fail(`${message} ${String(inside.error)}`),
  })

before(async () => {
  storage = await openTestStorage(clock)
  journal = recordFacts(() => storage)
  partners = await createPartners({
    storage,
    clock,
    audit: journal.audit,
    masterKey: Buffer.alloc(32, 3),
    log: () => {},
  })
  await partners.apply(parsePartnersFile(toYaml(samplePartners()), { allowHttp: false }), { actor })
  ;[notices, elsewhere] = await Promise.all([open(), open()])
})

after(async () => {
  await notices.close()
  await elsewhere.close()
  await partners.close()
  await storage.close()
})

beforeEach(async () => {
  clock.set(testStart)
  await sql`delete from banners`.execute(storage.db)
  await Promise.all([notices.refresh(), elsewhere.refresh()])
  journal.clear()
})

const draft = (changes: Partial<NewBanner> = {}): NewBanner => ({
  kind: 'maintenance',
  text,
  services: 'all',
  until: clock.now() + day,
  ...changes,
})

async function published(changes: Partial<NewBanner> = {}): Promise<Banner> {
  return done(await notices.publish(draft(changes), { actor }))
}

function done(outcome: BannerOutcome): Banner {
  if (outcome.kind !== 'done') assert.fail(JSON.stringify(outcome))
  return outcome.banner
}

const factNames = () => journal.facts.map(({ name }) => name)

describe('R106: banners are switched on, changed and switched off', () => {
  test('published: at once on the pages of this process, with one fact; another process has it when it hears', async () => {
    const banner = await published({ services: ['refunds'] })
    assert.deepEqual([banner.number, banner.since, banner.author], [1, clock.now(), actor])
    assert.deepEqual(journal.facts, [
      {
        name: 'banner.published',
        data: {
          banner: banner.id,
          kind: 'maintenance',
          services: ['refunds'],
          since: banner.since,
          until: banner.until,
          actor,
        },
      },
    ])
    assert.deepEqual(notices.onPage('refunds'), [banner])
    assert.deepEqual(notices.onPage(), [])
    await elsewhere.refresh()
    assert.deepEqual(elsewhere.onPage('refunds'), [banner])
    assert.deepEqual(await notices.banners(), [banner])
  })

  test('every process is told of each change', async () => {
    let told = 0
    let hear = () => {}
    const heard = () => new Promise<void>((resolve) => (hear = resolve))
    const unlisten = await storage.listen('garant_notices', () => {
      told += 1
      hear()
    })
    const tell = async (change: () => Promise<unknown>) => {
      const next = heard()
      await change()
      await next
    }
    const id = newId('banner')
    await tell(() => published({ id }))
    await tell(() => notices.amend(id, { kind: 'phishing' }, { actor, expected: 1 }))
    await tell(() => notices.withdraw(id, { actor, expected: 2 }))
    assert.equal(told, 3)
    await unlisten()
  })

  test('planned and over: the clock alone puts it on the pages and takes it off, in every process', async () => {
    const banner = await published({ since: clock.now() + hour })
    await elsewhere.refresh()
    for (const [at, shown] of [
      [hour - 1, 0],
      [hour, 1],
      [day - 1, 1],
      [day, 0],
    ] as const) {
      clock.set(testStart + at)
      assert.equal(notices.onPage().length, shown, `${at}`)
      assert.equal(elsewhere.onPage().length, shown, `${at}`)
    }
    assert.deepEqual(await notices.banners(), [banner], 'it is kept')
  })

  test('a refusal names the field and changes nothing', async () => {
    const outcome = await notices.publish(
      draft({ text: { ...text, ar: '' }, services: ['nothing'], until: clock.now() - 1 }),
      { actor },
    )
    assert.deepEqual(outcome, {
      kind: 'invalid',
      faults: [
        { field: 'text.ar', problem: 'missing' },
        { field: 'services', problem: 'service_unknown' },
        { field: 'until', problem: 'before_start' },
      ],
    })
    const banner = await published()
    const by = { actor, expected: 1 }
    const refused = await notices.amend(banner.id, { text: { fr: 'Voir hub.example' } }, by)
    assert.deepEqual(refused, { kind: 'invalid', faults: [{ field: 'text.fr', problem: 'holds_address' }] })
    assert.deepEqual(await notices.banners(), [banner])
    assert.deepEqual(factNames(), ['banner.published'])
  })

  test('amended: what is absent stays, the number grows, and who changed it is told', async () => {
    const banner = await published()
    clock.advance(hour)
    const changes = { text: { fr: 'Travaux terminés ce soir' }, until: clock.now() + hour }
    const after = done(await notices.amend(banner.id, changes, { actor: other, expected: 1 }))
    assert.deepEqual(after, {
      ...banner,
      text: { ...text, fr: 'Travaux terminés ce soir' },
      until: clock.now() + hour,
      number: 2,
      changedBy: other,
      changedAt: clock.now(),
    })
    assert.deepEqual(notices.onPage(), [after])
    assert.deepEqual(factNames(), ['banner.published', 'banner.amended'])
    // What is so already leaves no trace.
    assert.deepEqual(await notices.amend(banner.id, changes, { actor, expected: 2 }), { kind: 'done', banner: after })
    assert.equal(journal.facts.length, 2)
  })

  test('withdrawn: off the pages, for good; a second click is no fault and leaves no trace', async () => {
    const banner = await published()
    const gone = done(await notices.withdraw(banner.id, { actor: other, expected: 1 }))
    assert.equal(gone.withdrawnAt, clock.now())
    assert.deepEqual(notices.onPage(), [])
    assert.deepEqual(await notices.withdraw(banner.id, { actor: other, expected: 1 }), { kind: 'done', banner: gone })
    assert.deepEqual(journal.of('banner.withdrawn'), [{ banner: banner.id, actor: other }])
    assert.deepEqual(await notices.amend(banner.id, { kind: 'phishing' }, { actor, expected: 2 }), {
      kind: 'over',
      banner: gone,
    })
  })

  test('one that came to its end by itself is over for amending and withdrawing', async () => {
    const banner = await published()
    clock.advance(day)
    const by = { actor, expected: 1 }
    assert.deepEqual(await notices.amend(banner.id, { until: clock.now() + day }, by), { kind: 'over', banner })
    assert.deepEqual(await notices.withdraw(banner.id, by), { kind: 'over', banner })
  })

  test('two at once: the second sees what changed, and nothing of theirs is written', async () => {
    const banner = await published()
    const [first, second] = await Promise.all([
      notices.amend(banner.id, { kind: 'phishing' }, { actor, expected: 1 }),
      elsewhere.amend(banner.id, { kind: 'information' }, { actor: other, expected: 1 }),
    ])
    const kinds = [first.kind, second.kind].sort()
    assert.deepEqual(kinds, ['done', 'overtaken'])
    const [winner, loser] = first.kind === 'done' ? [first, second] : [second, first]
    assert.deepEqual(loser.kind === 'overtaken' && loser.banner, done(winner))
    assert.equal(journal.of('banner.amended').length, 1)
    assert.equal((await notices.withdraw(banner.id, { actor, expected: 1 })).kind, 'overtaken')
  })

  test('a form sent twice publishes once; the same id for something else does not', async () => {
    const id = newId('banner')
    const first = await published({ id })
    clock.advance(1000)
    const again = draft({ id, until: first.until })
    assert.deepEqual(await notices.publish(again, { actor }), { kind: 'done', banner: first })
    assert.deepEqual(await notices.publish({ ...again, kind: 'phishing' }, { actor }), {
      kind: 'overtaken',
      banner: first,
    })
    assert.deepEqual(factNames(), ['banner.published'])
  })

  test('an id that nobody has', async () => {
    const id: BannerId = newId('banner')
    assert.deepEqual(await notices.amend(id, {}, { actor, expected: 1 }), { kind: 'unknown' })
    assert.deepEqual(await notices.withdraw(id, { actor, expected: 1 }), { kind: 'unknown' })
  })

  test('twenty in force or planned and no more, also when two processes publish at once', async () => {
    for (let count = 1; count < mostBanners; count++) await published()
    const both = await Promise.all([notices.publish(draft(), { actor }), elsewhere.publish(draft(), { actor })])
    assert.deepEqual(both.map(({ kind }) => kind).sort(), ['done', 'invalid'])
    const refused = both.find(({ kind }) => kind === 'invalid')
    assert.deepEqual(refused, { kind: 'invalid', faults: [{ field: 'banner', problem: 'too_many' }] })
  })

  test('kept for its retention after it left the pages, then deleted', async () => {
    await published()
    const withdrawn = await published({ until: clock.now() + 30 * day })
    await notices.withdraw(withdrawn.id, { actor, expected: 1 })
    clock.set(testStart + retention)
    await notices.sweep()
    assert.equal((await notices.banners()).length, 2)
    clock.advance(1)
    await notices.sweep()
    assert.equal((await notices.banners()).length, 1)
    clock.advance(day)
    await notices.sweep()
    assert.deepEqual(await notices.banners(), [])
  })
})

describe('incidents for the public', () => {
  const paris = (text: string) => Date.parse(`${text}+01:00`)

  async function incident(id: string, provider: string, openedAt: number, closedAt?: number): Promise<void> {
    await sql`insert into incidents (id, provider, health, reasons, opened_at, closed_at)
      values (${id}, ${provider}, 'down', '["unreachable"]'::jsonb, ${new Date(openedAt)},
        ${closedAt === undefined ? null : new Date(closedAt)})`.execute(storage.db)
  }

  beforeEach(async () => {
    await sql`delete from incidents`.execute(storage.db)
    // What was read of a month is believed for ten seconds.
    clock.advance(hour)
  })

  test('the last 31 days from memory, the open ones however old, hidden providers and those that left never', async () => {
    const now = clock.now()
    await incident('inc_open', 'taxes', now - 100 * day)
    await incident('inc_ended', 'post', now - 40 * day, now - 31 * day)
    await incident('inc_old', 'post', now - 40 * day, now - 31 * day - 1)
    await incident('inc_gone', 'nobody', now - hour, now)
    await notices.refresh()
    const ids = () => notices.recentHistory().flatMap((one) => (one.kind === 'incident' ? one.incident.id : []))
    assert.deepEqual(ids(), ['inc_ended', 'inc_open'])
    const number = partners.registry().providers.get('post')?.state.number ?? 0
    await partners.hide('post', { actor, expected: number })
    assert.deepEqual(ids(), ['inc_open'])
    await partners.show('post', { actor, expected: number + 1 })
  })

  test('a month of the zone of the hub: both its ends, the newest first', async () => {
    await incident('inc_before', 'taxes', paris('2026-09-30T23:59:59.999') - hour, paris('2026-10-02T00:00:00'))
    await incident('inc_first', 'taxes', paris('2026-10-01T00:00:00') - hour, paris('2026-10-02T00:00:00'))
    await incident('inc_last', 'post', paris('2026-10-31T23:59:59.999'))
    await incident('inc_after', 'taxes', paris('2026-11-01T00:00:00'), paris('2026-11-01T01:00:00'))
    await incident('inc_later', 'taxes', paris('2026-11-02T00:00:00'))
    const found = await notices.historyOf('2026-10')
    assert.deepEqual(
      found?.happenings.map((one) => one.kind === 'incident' && one.incident.id),
      ['inc_last', 'inc_first'],
    )
    assert.equal(found?.isCut, false)
  })
})
