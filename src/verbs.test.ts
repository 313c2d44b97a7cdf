import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { toPem } from '../demo/authority/x509.ts'
import { cardKinds, nadege, salma, startAuthority } from '../test/support/cards.ts'
import { createTestClock } from '../test/support/clock.ts'
import { openTestStorage } from '../test/support/database.ts'
import { iceNumber, organisationHeader, organisationLines } from '../test/support/organisations.ts'
import { angela } from '../test/support/people.ts'
import { rppsExtraction } from '../test/support/rpps-extraction.ts'
import { cardsSchema } from './cards/settings.ts'
import { createCertificates } from './certificates/certificates.ts'
import { createDirectory } from './directory/directory.ts'
import { createOrganisations, organisationRules, organisationsSchema } from './directory/organisations.ts'
import { createOutbound } from './http/outbound.ts'
import type { Rooms } from './hub.ts'
import { GarantError } from './kernel/errors.ts'
import { newId } from './kernel/ids.ts'
import type { Key } from './keys/keys.ts'
import { parsePartnersFile } from './partners/file.ts'
import { samplePartners, sampleService, strongSecret, toYaml } from './partners/partners.sample.ts'
import { createPartners, type Partners } from './partners/partners.ts'
import type { Out } from './request.ts'
import type { Storage } from './storage/storage.ts'
import { runVerb } from './verbs.ts'

const clock = createTestClock()
let storage: Storage
let partners: Partners

before(async () => {
  storage = await openTestStorage(clock)
  partners = await createPartners({
    storage,
    clock,
    audit: { append: () => {} },
    masterKey: Buffer.alloc(32, 1),
    log: (message) => assert.fail(message),
  })
})

after(async () => {
  await partners.close()
  await storage.close()
})

/** The rooms that a verb under test uses; it finds nothing else. */
const rooms = (given: Partial<{ [Room in keyof Rooms]: Partial<Rooms[Room]> }>) => given as unknown as Rooms

async function run(verb: string, args: Record<string, unknown>, given: Rooms): Promise<{ exit: number; text: string }> {
  const lines: string[] = []
  const out: Out = { line: (line) => void lines.push(line), warn: (warning) => void lines.push(`! ${warning}`) }
  const exit = await runVerb(given, { verb, args }, out)
  return { exit, text: lines.join('\n') }
}

describe('apply', () => {
  const hub = () =>
    rooms({
      partners,
      settings: { danger_allow_http: false, outbound: { allow: [] }, cards: cardsSchema.parse({}) },
    })
  const apply = (data: unknown, more: Record<string, unknown> = {}) =>
    run('apply', { yaml: toYaml(data), name: 'town.yaml', secrets: {}, prune: false, dryRun: false, ...more }, hub())

  test('prints what changes, then nothing to do', async () => {
    const first = await apply(samplePartners())
    assert.equal(first.exit, 0)
    assert.match(first.text, /^\+ service refunds \(added\)$/m)
    assert.match(first.text, /^ {4}redirectUris: https:\/\/refunds\.example\/callback$/m)
    assert.match(first.text, /^ {4}secrets: «set»$/m)
    assert.match(first.text, /^6 added$/m)
    assert.equal(first.text.includes('secret-of-refunds'), false)
    const second = await apply(samplePartners())
    assert.equal(second.exit, 0)
    assert.match(second.text, /Nothing to do: everything is published as the file says\.$/)
  })

  test('a dry run says that it was one', async () => {
    const data = samplePartners()
    data.partners[0].services?.pop()
    const { text, exit } = await apply(data, { dryRun: true, prune: true })
    assert.equal(exit, 0)
    assert.match(text, /^- service invoices \(archived\)\n1 archived\nNothing was changed \(--dry-run\)\.$/m)
    assert.ok(partners.registry().services.has('invoices'))
  })

  test('takes the secrets that were sent along, in place of its own environment', async () => {
    const data = samplePartners()
    const secret = strongSecret('sent')
    data.partners[0].services?.push(
      sampleService('letters', { sector: 'health.example', secrets: [{ env: 'LETTERS' }] }),
    )
    const refused = await apply(data)
    assert.equal(refused.exit, 3)
    assert.match(
      refused.text,
      /town\.yaml is refused:\n {2}line \d+: partners\[0\]\.services\[2\]\.secrets\[0\] is not in the environment: LETTERS/,
    )
    assert.equal((await apply(data, { secrets: { 'env LETTERS': secret } })).exit, 0)
    const service = partners.registry().services.get('letters')
    assert.ok(service && partners.secretMatches(service, secret))
  })

  test('R083: warns on standard error, and applies', async () => {
    const data = samplePartners()
    data.partners[0].services?.push(sampleService('alone', { sector: 'health.example', providers: ['taxes'] }))
    const { exit, text } = await apply(data)
    assert.equal(exit, 0)
    assert.match(text, /^! warning: service alone: taxes is the only provider that serves it/m)
  })

  test('arguments that are wrong are refused, and do not run', async () => {
    const { exit, text } = await apply(samplePartners(), { prune: 'yes', force: true })
    assert.equal(exit, 3)
    assert.match(text, /prune/)
  })
})

describe('versions', () => {
  const hub = () => rooms({ partners })
  const undo = (number: number, more: Record<string, unknown> = {}) =>
    run('undo', { kind: 'service', id: 'refunds', number, dryRun: false, ...more }, hub())

  test('lists who published what and how, and publishes an older one again', async () => {
    const data = samplePartners()
    Object.assign(data.partners[0].services?.[0] ?? {}, { singleSignOn: false })
    await partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), { actor: { kind: 'command' } })
    const arguments_ = { kind: 'service', id: 'refunds', limit: 2, json: false }
    const { text, exit } = await run('versions', arguments_, hub())
    assert.equal(exit, 0)
    const [, latest] = /^(\d+): published, 20\S+, by command, from a file$/m.exec(text) ?? assert.fail(text)
    assert.match(text, /^ {4}singleSignOn: true → false$/m)
    const before = Number(latest) - 1
    const tried = await undo(before, { dryRun: true })
    assert.match(tried.text, /singleSignOn: false → true\nNothing was changed \(--dry-run\)\.$/)
    const done = await undo(before)
    assert.match(done.text, new RegExp(`Published as version ${Number(latest) + 1}\\.$`))
    assert.equal(partners.registry().services.get('refunds')?.singleSignOn, true)
    assert.match((await undo(before)).text, /Nothing to do: what is published says the same\.$/)
    const json = await run('versions', { ...arguments_, json: true }, hub())
    assert.deepEqual(JSON.parse(json.text)[0].undoOf, before)
  })

  test('says what is not there', async () => {
    const none = await run('versions', { kind: 'provider', id: 'refunds', limit: 2, json: false }, hub())
    assert.deepEqual([none.exit, none.text], [3, '! There is no provider refunds.'])
    const { exit, text } = await undo(99)
    assert.deepEqual([exit, text], [3, '! There is no version 99 of a service refunds (garant versions).'])
  })
})

describe('provider', () => {
  const hub = () => rooms({ partners, clock })
  const reason = { fr: 'Entretien', en: 'Maintenance', ar: 'صيانة' }
  const asked = { provider: 'taxes', category: 'maintenance', reason, services: 'all', sessions: 'kept' }
  const ask = (verb: string, args: Record<string, unknown>) => run(`provider.${verb}`, args, hub())
  const idIn = (text: string) => /sus_[\w-]{22}/.exec(text)?.[0] ?? ''
  const state = () => partners.registry().providers.get('taxes')?.state

  test('R009: suspends, amends, restores, and prints what is in force', async () => {
    const until = '2026-11-30T12:00:00Z'
    const made = await ask('suspend', { ...asked, until, sessions: { closedSince: '2026-11-22T09:00:00Z' } })
    assert.equal(made.exit, 0, made.text)
    assert.match(made.text, /^Suspended\.\nsus_[\w-]{22}: maintenance, in force, by command$/m)
    assert.match(made.text, /^ {2}for: all services$/m)
    assert.match(made.text, /^ {2}from 2026-11-22T10:00:00\.000Z to 2026-11-30T12:00:00\.000Z$/m)
    assert.match(made.text, /^ {2}sessions: closed, those since 2026-11-22T09:00:00\.000Z$/m)
    assert.match(made.text, /^ {2}ar: صيانة$/m)
    const suspension = idIn(made.text)
    const amended = await ask('amend', {
      provider: 'taxes',
      suspension,
      reason: {},
      until: null,
      services: ['refunds'],
    })
    assert.match(amended.text, /^Changed\.\n[\s\S]*for: refunds$[\s\S]*until further notice$/m)
    const listed = await ask('list', { json: false })
    assert.match(listed.text, new RegExp(`^taxes +active, in part suspended +\\d+ +${suspension}$`, 'm'))
    assert.equal((await ask('restore', { provider: 'taxes', suspension })).text, 'Restored.')
    assert.deepEqual(state()?.suspensions, [])
  })

  test('hides and shows, and tells the history', async () => {
    assert.match((await ask('hide', { provider: 'taxes' })).text, /^Hidden/)
    assert.match((await ask('list', { json: false })).text, /^taxes +hidden/m)
    assert.equal((await ask('show', { provider: 'taxes' })).exit, 0)
    const { text } = await ask('history', { provider: 'taxes', json: false })
    const changes = text.split('\n').slice(1)
    assert.deepEqual(
      changes.map((line) => line.split(/ {2,}/)[1]),
      ['suspended', 'amended', 'lifted', 'hidden', 'shown'],
    )
    assert.match(changes[0] ?? '', /command +maintenance: Maintenance$/)
    const json = JSON.parse((await ask('history', { provider: 'taxes', json: true })).text) as { change: string }[]
    assert.equal(json.length, 5)
    assert.match((await ask('history', { provider: 'post', json: false })).text, /never suspended/)
    assert.equal((await ask('history', { provider: 'nobody', json: false })).exit, 3)
  })

  test('refuses by field, and changes nothing', async () => {
    const before = state()
    const wrong = { ...asked, until: '2026-11-01T00:00:00Z', services: ['nowhere'], reason: { ...reason, ar: '' } }
    const { exit, text } = await ask('suspend', wrong)
    assert.equal(exit, 3)
    assert.match(text, /^! services names a service that does not exist$/m)
    assert.match(text, /^! reason\.ar is missing$/m)
    assert.match(text, /^! until must be later than the start$/m)
    assert.match(
      (await ask('suspend', { ...asked, until: 'tomorrow' })).text,
      /until: must be a date and time with its zone/,
    )
    assert.match((await ask('suspend', { ...asked, provider: 'nobody' })).text, /no such provider/)
    assert.match((await ask('restore', { provider: 'taxes', suspension: 'sus_x' })).text, /not the id of a suspension/)
    assert.deepEqual(state(), before)
  })

  test('of an older state, says what changed since', async () => {
    const seen = state()?.number ?? 0
    assert.equal((await ask('hide', { provider: 'taxes', state: seen })).exit, 0)
    const late = await ask('suspend', { ...asked, state: seen })
    assert.equal(late.exit, 3)
    assert.match(late.text, /^! Nothing was changed: the state of taxes is not the one that you saw/m)
    assert.match(late.text, /^! .* hidden +command$/m)
    assert.equal((await ask('show', { provider: 'taxes' })).exit, 0)
  })
})

describe('keys', () => {
  const key = (changes: Partial<Key>): Key => ({
    id: 'key_one',
    purpose: 'id-token',
    alg: 'ES256',
    state: 'active',
    publicJwk: {},
    privateJwk: { d: 'CANARY' },
    createdAt: clock.now(),
    activeFrom: clock.now(),
    ...changes,
  })

  test('list shows the state of each key, and no private part', async () => {
    const all = [key({}), key({ id: 'key_two', state: 'next' })]
    const { exit, text } = await run(
      'keys.list',
      {},
      rooms({
        keys: { of: (purpose) => (purpose === 'id-token' ? all : []) },
        people: { awaitingRekey: async () => [] },
      }),
    )
    assert.equal(exit, 0)
    assert.match(
      text,
      /^KEY {6}PURPOSE {3}ALGORITHM {2}STATE {3}SINCE\nkey_one {2}id-token {2}ES256 {6}active {2}2026-11-22T10:00:00\.000Z\nkey_two/,
    )
    assert.equal(text.includes('CANARY'), false)
  })

  test('list says who still needs an older pivot key, and whether it may go', async () => {
    const waiting = [
      { version: 1, people: 12_345, given: true },
      { version: 2, people: 0, given: true },
      { version: 3, people: 1, given: false },
    ]
    const { text } = await run(
      'keys.list',
      {},
      rooms({ keys: { of: () => [] }, people: { awaitingRekey: async () => waiting } }),
    )
    assert.match(text, /^pivot key 1: 12345 people left to digest/m)
    assert.match(text, /^pivot key 2: nobody needs it any more/m)
    assert.match(text, /^pivot key 3: not given, and 1 person cannot be recognised without it/m)
  })

  test('rotate makes keys of every purpose, or of one at once; --now needs to know which leaked', async () => {
    const asked: unknown[] = []
    const keys: Pick<Rooms['keys'], 'rotate'> = {
      rotate: async (options) => {
        asked.push(options)
        return { created: [`key_${options.purpose}`], activeFrom: clock.now() }
      },
    }
    const whole = await run('keys.rotate', { now: false }, rooms({ keys }))
    assert.equal(whole.text.split('\n').length, 4)
    assert.match(whole.text, /^journal: key_journal published, in use from 2026-11-22T10:00:00\.000Z$/m)
    asked.length = 0
    const one = await run('keys.rotate', { purpose: 'id-token', now: true }, rooms({ keys }))
    assert.equal(one.text, 'id-token: key_id-token made, and in use now')
    assert.deepEqual(asked, [{ purpose: 'id-token', now: true, actor: { kind: 'command' } }])
    const blind = await run('keys.rotate', { now: true }, rooms({ keys }))
    assert.equal(blind.exit, 3)
    assert.match(blind.text, /--now needs --purpose/)
    assert.equal(asked.length, 1)
  })
})

describe('organisations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-verbs-'))
  after(() => rmSync(folder, { recursive: true }))
  const organisations = () =>
    createOrganisations({
      ...{ storage, clock, audit: { append: () => {} }, key: Buffer.alloc(32, 4) },
      rules: organisationRules(organisationsSchema.parse({})),
    })
  const file = join(folder, 'organisations-20261121.csv')
  const bring = (more: Record<string, unknown> = {}) =>
    run(
      'organisations.import',
      { file, mostBad: 1, mostEnded: 5, ...more },
      rooms({ clock, organisations: organisations() }),
    )

  test('R098: status says how to begin, then until when one may go by the edition; what is refused is told', async () => {
    const status = () => run('organisations.status', {}, rooms({ organisations: organisations() }))
    assert.match(
      (await status()).text,
      /There is no register of organisations here.*\n {2}garant organisations import /,
    )
    const lines = organisationLines([
      { name: 'Atlas', ice: iceNumber(1), representatives: [{ identity: angela, role: 'gérante' }] },
      { name: 'Rif', ice: iceNumber(2) },
    ])
    writeFileSync(file, [organisationHeader, ...lines].join('\n'))
    const first = await bring()
    assert.equal(first.exit, 0, first.text)
    assert.match(
      first.text,
      /^Edition \d+ of 2026-11-21T00:00:00\.000Z is in force: 2 organisations, 1 representatives\.$/m,
    )
    assert.match((await status()).text, /^ {2}good until {6}2027-01-20T00:00:00\.000Z$/m)
    writeFileSync(file, [organisationHeader, ...lines.slice(1), 'x'].join('\n'))
    const refused = await bring()
    assert.equal(refused.exit, 3)
    assert.match(refused.text, /^! line 3: more or fewer cells.*\n! 1 of 2 lines are bad: .* Nothing was changed\.$/m)
    assert.match((await bring({ mostBad: 50 })).text, /would close 1 of 2 organisations, and end 1 of 1/)
    assert.equal((await bring({ mostBad: 50, mostEnded: 100, extracted: '2026-11-22' })).exit, 0)
    assert.match((await bring({ extracted: '2026-11-20' })).text, /before the edition in force/)
    assert.match((await bring({ file: '-' })).text, /name the file instead of -/)
    assert.equal((await bring({ file: join(folder, 'nowhere') })).exit, 3)
  })
})

describe('directory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-verbs-'))
  after(() => rmSync(folder, { recursive: true }))
  const facts: unknown[] = []
  const hub = () =>
    rooms({
      clock,
      directory: createDirectory({ storage, clock, audit: { append: (_tx, ...given) => void facts.push(...given) } }),
    })
  const file = join(folder, 'PS_LibreAcces_Personne_activite_202611220712.txt')
  const bring = (more: Record<string, unknown> = {}) =>
    run('directory.import', { register: 'rpps', file, mostBad: 1, mostLost: 10, ...more }, hub())

  test('status says that nothing was imported and how to begin; then what was', async () => {
    const empty = await run('directory.status', {}, hub())
    assert.equal(empty.exit, 0)
    assert.match(empty.text, /There is no register .*\n.*\n {2}garant directory import rpps /)
    writeFileSync(file, [...rppsExtraction({ lines: 1200 })].join(''))
    const first = await bring()
    assert.equal(first.exit, 0, first.text)
    assert.match(first.text, /^Edition \d+ is in force: \d+ professionals \(the first edition\), 1,200 activities\.$/m)
    const { text } = await run('directory.status', {}, hub())
    assert.match(text, /^ {2}extracted {7}2026-11-22 07:12 in France$/m)
    assert.match(text, /^ {2}imported {8}2026-11-22T10:00:00\.000Z by command$/m)
    assert.match(text, /^ {2}activities {6}1,200$/m)
    assert.equal(facts.length, 1)
  })

  test('import reports bad lines by number and reason, and refuses in plain words with exit code 3', async () => {
    writeFileSync(file, [...rppsExtraction({ lines: 2000, bad: 0.1 })].join(''))
    const refused = await bring()
    assert.equal(refused.exit, 3)
    assert.equal(refused.text.match(/^! line \d+: \S.*$/gm)?.length, 50)
    assert.match(
      refused.text,
      /^! \.\.\. and \d+ more bad lines\n! \d+ of 2,000 lines are bad: .* Nothing was changed\.$/m,
    )
    assert.equal((await bring({ mostBad: 20 })).exit, 0)
    writeFileSync(file, 'Nom|Profession|\n')
    const wrong = await bring()
    assert.match(wrong.text, /These columns are missing: .*"Code profession"/)
    writeFileSync(file, 'PK\u0003\u0004')
    assert.match((await bring()).text, /unzip -p/)
  })

  test('import refuses standard input where there is none, a file that is not there, and wrong arguments', async () => {
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ file: '-' }, /name the file instead of -/],
      [{ file: join(folder, 'nowhere') }, /cannot be read \(ENOENT\)/],
      [{ mostBad: Number.NaN }, /mostBad/],
      [{ mostLost: 101 }, /mostLost/],
      [{ register: 'other' }, /register/],
    ]
    for (const [more, expected] of cases) {
      const { exit, text } = await bring(more)
      assert.equal(exit, 3, text)
      assert.match(text, expected)
    }
  })
})

describe('means expiring', () => {
  const [means, person] = [newId('means'), newId('person')]
  const expiresAt = clock.now() + 20 * 86_400_000
  const asked: number[] = []
  const hub = (counts: number) =>
    rooms({
      storage: { db: storage.db },
      means: {
        expiring: async (_handle, within, limit) => {
          asked.push(within, limit)
          return {
            counts: counts > 0 ? [{ kind: 'passkey', means: counts, holders: 1 }] : [],
            first: counts > 0 ? [{ means, person, kind: 'passkey', expiresAt, reminded: 30 }] : [],
          }
        },
      },
    })
  const list = (counts: number, over: Record<string, unknown> = {}) =>
    run('means.expiring', { days: 60, limit: 1000, json: false, ...over }, hub(counts))

  test('R046: lists what ends, of whom, and whether they were reminded; counts by kind come first', async () => {
    const { exit, text } = await list(2)
    assert.equal(exit, 0)
    assert.deepEqual(asked.slice(-2), [60 * 86_400_000, 1000])
    assert.match(text, /^KIND +MEANS +HOLDERS\npasskey +2 +1$/m)
    const row = text.split('\n').find((line) => line.includes(means)) ?? ''
    assert.deepEqual(row.split(/ {2,}/), [
      new Date(expiresAt).toISOString(),
      'passkey',
      means,
      person,
      '30 days before',
    ])
    assert.match(text, /^! The first 1 of 2 are listed \(--limit\)\.$/m)
  })

  test('says that there is none, prints JSON, and refuses a wrong number of days', async () => {
    assert.equal((await list(0, { days: 1 })).text, 'No means of a person ends within 1 day.')
    const { counts, means: listed } = JSON.parse((await list(1, { json: true })).text)
    assert.deepEqual([counts[0].means, listed[0].expiresAt], [1, new Date(expiresAt).toISOString()])
    assert.equal((await list(1, { days: 0 })).exit, 3)
  })
})

describe('people', () => {
  const [victim, fresh, link, collision] = [newId('person'), newId('person'), newId('link'), newId('collision')]

  /** Rooms that note what was done, and in which order. */
  function notingRooms(notes: unknown[]): Rooms {
    return rooms({
      storage: { transaction: storage.transaction },
      people: {
        split: async (_tx, person, links) => {
          notes.push(['split', person, links])
          return fresh
        },
        resolveCollision: async (_tx, id, outcome) => {
          notes.push(['resolve', id, outcome])
          return outcome === 'same' ? { from: fresh, to: victim, link, provider: 'taxes' } : undefined
        },
      },
    })
  }

  test('split names the new person, and says what went along', async () => {
    const notes: unknown[] = []
    const { exit, text } = await run('people.split', { person: victim, links: [link] }, notingRooms(notes))
    assert.equal(exit, 0)
    assert.ok(text.includes(fresh))
    assert.match(text, /with their connections and means .* both are signed out/)
    assert.deepEqual(notes, [['split', victim, [link]]])
  })

  test('resolve says whether an account moved', async () => {
    const notes: unknown[] = []
    assert.equal((await run('people.resolve', { collision, outcome: 'different' }, notingRooms(notes))).exit, 0)
    assert.deepEqual(notes, [['resolve', collision, 'different']])
    const same = await run('people.resolve', { collision, outcome: 'same' }, notingRooms(notes))
    assert.match(same.text, new RegExp(`moved from ${fresh} to ${victim}, with their connections and means`))
  })

  test('an id of another kind, or a word that is no outcome, is refused', async () => {
    const notes: unknown[] = []
    const wrong: [string, Record<string, unknown>][] = [
      ['people.resolve', { collision: victim, outcome: 'same' }],
      ['people.resolve', { collision, outcome: 'maybe' }],
      ['people.split', { person: link, links: [link] }],
      ['people.split', { person: victim, links: [] }],
    ]
    for (const [verb, args] of wrong) assert.equal((await run(verb, args, notingRooms(notes))).exit, 3)
    assert.deepEqual(notes, [])
  })

  test('collisions are listed, or said to be none', async () => {
    const none = await run('people.collisions', {}, rooms({ people: { collisions: async () => [] } }))
    assert.equal(none.text, 'No collision waits for a review.')
    const open = {
      collision,
      person: victim,
      provider: 'taxes',
      cause: 'second_account',
      level: 'eidas1',
      at: clock.now(),
    } as const
    const some = await run('people.collisions', {}, rooms({ people: { collisions: async () => [open] } }))
    assert.ok(some.text.includes(collision) && some.text.includes('second_account'))
  })
})

describe('statistics', () => {
  test('R072: months are those of the zone, and what came before the first one is left out', async () => {
    let asked = Number.NaN
    const reuse = async (since: number) => {
      asked = since
      const row = (month: string) => ({ month, connections: 12, bySession: 10, doubleAvoided: 9 })
      return ['2026-11', '2026-12', '2027-01'].map(row)
    }
    const hub = rooms({
      connections: { reuse },
      partners: { obligations: () => [], registry: () => ({ version: 1, services: new Map(), providers: new Map() }) },
      settings: { timeZone: 'Europe/Paris' },
      // Half an hour into 2027, in Paris.
      clock: { now: () => Date.parse('2026-12-31T23:30:00Z') },
    })
    const one = await run('statistics.sso', { months: 1, json: false }, hub)
    assert.match(one.text, /^MONTH .*\n2027-01 +12 +10 +9$/)
    assert.ok(asked <= Date.parse('2026-12-31T23:00:00Z') && asked > Date.parse('2026-12-30T00:00:00Z'))
    const two = await run('statistics.sso', { months: 2, json: true }, hub)
    assert.deepEqual(
      (JSON.parse(two.text) as { months: { month: string }[] }).months.map(({ month }) => month),
      ['2026-12', '2027-01'],
    )
    assert.equal((await run('statistics.sso', { months: 37, json: false }, hub)).exit, 3)
  })
})

describe('errors in plain words', () => {
  const failing = (error: unknown) => rooms({ people: { collisions: async () => Promise.reject(error) } })
  const say = (error: unknown) => run('people.collisions', {}, failing(error))

  test('a known one has its sentence and its exit code, an unknown one its message, none a stack', async () => {
    const cases: [unknown, number, RegExp][] = [
      [
        new GarantError('data_folder_busy', { folder: '/data', process: 7 }),
        5,
        /^! The data folder \/data is held by process 7\./,
      ],
      [new GarantError('database_unavailable'), 5, /^! The database does not answer/],
      [new GarantError('schema_unknown', { migration: '0042-x.sql' }), 1, /0042-x\.sql is unknown here/],
      [new GarantError('not_found'), 3, /^! There is no such thing/],
      [new GarantError('identity_collision'), 1, /^! It failed: identity collision \(G0102\)$/],
      [new Error('disk full'), 1, /^! It failed: disk full$/],
    ]
    for (const [error, exit, expected] of cases) {
      const answer = await say(error)
      assert.equal(answer.exit, exit)
      assert.match(answer.text, expected)
      assert.doesNotMatch(answer.text, /\n\s+at /)
    }
  })

  test('a verb of another version is said to be unknown', async () => {
    const { exit, text } = await run('fly', {}, rooms({}))
    assert.equal(exit, 2)
    assert.match(text, /no verb "fly"/)
  })
})

describe('card.check', () => {
  test('R076: says of a certificate what each kind of card makes of it, step by step, and nothing of its holder', async () => {
    const authority = await startAuthority(clock)
    const way = () => createOutbound({ rules: 'anywhere' })
    const certificates = createCertificates({
      kinds: cardKinds(authority),
      clock,
      key: Buffer.alloc(32, 1),
      toNamed: way(),
      toOwn: way(),
    })
    const check = (pem: string, more: Record<string, unknown> = {}) =>
      run('card.check', { pem, use: 'authentication', ...more }, rooms({ certificates }))
    try {
      const card = authority.issue({ kind: 'cpx', holder: nadege })
      const pem = [card.certificate, ...card.chain].map(toPem).join('')
      const both = await check(pem)
      assert.equal(both.exit, 0)
      assert.match(both.text, /^ {2}key +ec prime256v1$/m)
      assert.match(both.text, /^kind cpx: accepted, at eidas3 at most$/m)
      assert.match(
        both.text,
        /^ {2}issued by +CN=Cartes de professionnels.*\n {2}above it +CN=Racine de démonstration/m,
      )
      assert.match(both.text, /^ {2}revocation ok: by the responder \(OCSP\), made 2026-/m)
      assert.match(both.text, /^kind cnie: refused: policy_missing$/m)
      assert.match(both.text, /^ {2}path +ok: leads to an anchor\n {2}rules +no: none of the policies/m)
      assert.doesNotMatch(both.text, /ORSINI|Nadège|810100000016/)
      assert.doesNotMatch((await check(pem, { kind: 'cpx' })).text, /cnie/)

      const revoked = authority.issue({ kind: 'cnie', holder: salma })
      authority.revoke(revoked.serial)
      const found = await check(toPem(revoked.certificate), { kind: 'cnie' })
      assert.equal(found.exit, 3)
      assert.match(found.text, /^ {2}identity +ok: .*\n {2}revocation no: it is revoked$/m)

      const wrong: [string, string | undefined, RegExp][] = [
        [pem, 'other', /no kind of card is named other/],
        ['hello', undefined, /holds no certificate in PEM/],
        [
          toPem(Buffer.from('hello')),
          'cpx',
          /^kind cpx: refused: unreadable\n {2}path +no: it is no certificate in DER/m,
        ],
      ]
      for (const [text, kind, says] of wrong) {
        const answer = await check(text, kind ? { kind } : {})
        assert.equal(answer.exit, 3)
        assert.match(answer.text, says)
      }
    } finally {
      await certificates.close()
      await authority.close()
    }
  })
})
