/** "Is this message really yours?", on a database, with the limits that hold over processes. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type KyselyPlugin, sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import type { Recorded } from '../audit/audit.ts'
import { makeReference } from '../connections/reference.ts'
import { createTranslator } from '../http/messages.ts'
import { toDate } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { newId, newOrderedId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { type Banner, type BannerContent, bannerFaults } from '../notices/banners.ts'
import { addressesOfCode, misuseWindow, warningLasts } from '../policy/phishing.ts'
import type { Storage } from '../storage/storage.ts'
import { checkMessages } from './check-messages.ts'
import {
  type CheckAnswer,
  createMessageChecks,
  createPhishingWatch,
  type MessageChecks,
  mostOfNetwork,
  readyWarning,
  warnings,
} from './checks.ts'
import { createCodes } from './codes.ts'
import { createAlertStore } from './store.ts'

const clock = createTestClock()
const key = Buffer.alloc(32, 2)
const codes = createCodes(key)
const recorder = recordFacts(() => storage)
const rules = { misusedFrom: 3, warnFrom: 8, publish: true }
const parts = { clock, audit: recorder.audit, key, rules }
let storage: Storage
let checks: MessageChecks
/** Of another process. */
let elsewhere: MessageChecks
let networks = 0

before(async () => {
  storage = await openTestStorage(clock)
  checks = createMessageChecks({ ...parts, storage })
  elsewhere = createMessageChecks({ ...parts, storage })
})
after(() => storage.close())
beforeEach(async () => {
  recorder.clear()
  clock.advance(misuseWindow + day)
  await checks.sweep()
})

/** A message that left for one address; returns its code. */
async function sent(address = 'amina@mail.example', kind: Parameters<typeof insertOf>[0] = 'connection.unusual') {
  return storage.transaction(async (tx) => insertOf(kind, address, tx))
}

async function insertOf(
  kind: 'connection.unusual' | 'means.revoked' | 'means.expires_soon' | 'code.reset',
  address: string,
  tx: Parameters<Parameters<Storage['transaction']>[0]>[0],
) {
  const store = createAlertStore()
  const id = newOrderedId('message', clock.now())
  const code = codes.of(id)
  const codeMark = codes.markOf(code)
  await store.insert(tx, [{ id, kind, about: null, person: newId('person'), codeMark, at: toDate(clock.now()) }])
  const sealed = codes.seal('{}', id, 0, 'recipient')
  await store.address(tx, id, [{ sealed, addressMark: codes.addressMark(code, address) }])
  return { code, id }
}

const fresh = () => `10.${(networks >> 8) & 255}.${networks++ & 255}.1`
const ask = (code: string, address: string, { from = fresh(), by = checks } = {}) => by.check({ code, address, from })

describe('R107: is this message really yours?', () => {
  test('the code and the address that received it, however they are written: sent, when, and about what', async () => {
    const kinds = {
      'connection.unusual': 'sign_in',
      'means.revoked': 'protection',
      'means.expires_soon': 'reminder',
      'code.reset': 'code',
    } as const
    for (const [kind, about] of Object.entries(kinds)) {
      const at = clock.now()
      const { code } = await sent('Amina@mail.example', kind as keyof typeof kinds)
      clock.advance(minute)
      const expected: CheckAnswer = { kind: 'sent', at, about }
      assert.deepEqual(await ask(code, 'amina@MAIL.example'), expected)
      assert.deepEqual(await ask(code.toLowerCase().replaceAll('-', ' '), ' amina@mail.example '), expected)
    }
    assert.deepEqual(recorder.facts, [])
  })

  test('an unknown code and another address get the same answer, by the same statements', async () => {
    const { code } = await sent()
    const questions = { [code]: 'somebody@else.example', [makeReference()]: 'amina@mail.example' }
    const statements: string[][] = []
    for (const [typed, address] of Object.entries(questions)) {
      const texts: string[] = []
      const seen: KyselyPlugin = {
        transformQuery({ node }) {
          texts.push('sqlFragments' in node ? node.sqlFragments.join('?') : node.kind)
          return node
        },
        transformResult: async ({ result }) => result,
      }
      const transaction: Storage['transaction'] = (work) =>
        storage.transaction((tx) => work(tx.withPlugin(seen) as typeof tx))
      const by = createMessageChecks({ ...parts, storage: { ...storage, transaction } })
      assert.deepEqual(await ask(typed, address, { by }), { kind: 'not_sent' })
      statements.push(texts)
    }
    assert.ok((statements[0]?.length ?? 0) === 6, 'statements were seen')
    assert.deepEqual(statements[0], statements[1])
    const { rows } = await sql<{ row: string }>`select to_jsonb(message_checks)::text as row from message_checks
      union all select to_jsonb(message_check_networks)::text from message_check_networks`.execute(storage.db)
    const tables = rows.map(({ row }) => row).join('\n')
    for (const canary of ['amina', 'somebody', code, '10.0.']) assert.ok(!tables.includes(canary), canary)
  })

  test('what is no code or no address is said so, without a look', async () => {
    const { code } = await sent()
    const wrong = `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`
    const before = (await sql`select 1 from message_check_networks`.execute(storage.db)).rows.length
    for (const typed of ['', 'K7QX', wrong, '🔥'.repeat(40), "' or 1=1 --"]) {
      assert.deepEqual(await ask(typed, 'amina@mail.example'), { kind: 'malformed', field: 'code' })
    }
    for (const address of ['', 'amina', 'a@b', 'a@b.example, c@d.example', 'x'.repeat(900)]) {
      assert.deepEqual(await ask(code, address), { kind: 'malformed', field: 'address' })
    }
    assert.equal((await sql`select 1 from message_check_networks`.execute(storage.db)).rows.length, before)
  })

  test('R107: a code is asked about with so many addresses in a day, over all processes and at once', async () => {
    const { code } = await sent()
    const wrong = (index: number) => `victim${index}@mail.example`
    const half = addressesOfCode / 2
    const answers = await Promise.all(
      Array.from({ length: addressesOfCode + 5 }, (_, index) =>
        ask(code, wrong(index), { by: index % 2 === 0 ? checks : elsewhere }),
      ),
    )
    assert.equal(answers.filter(({ kind }) => kind === 'not_sent').length, addressesOfCode)
    assert.equal(answers.filter(({ kind }) => kind === 'code_everywhere').length, 5)
    // Neither the right address nor, a second time, one that was refused.
    for (const address of ['amina@mail.example', 'new@mail.example', 'new@mail.example']) {
      assert.deepEqual(await ask(code, address), { kind: 'code_everywhere' }, address)
    }
    assert.ok(half > 0)
    clock.advance(day)
    assert.equal((await ask(code, 'amina@mail.example')).kind, 'sent')
  })

  test('the same wrong address again is one, and asking rightly is none', async () => {
    const { code } = await sent()
    for (let time = 0; time < addressesOfCode + 5; time++) {
      assert.equal((await ask(code, 'typo@mail.example')).kind, 'not_sent')
      assert.equal((await ask(code, 'amina@mail.example')).kind, 'sent')
    }
    assert.deepEqual(recorder.facts, [])
  })

  test('a network asks so often in an hour, over all processes; its neighbour is not it', async () => {
    const { code } = await sent()
    const kinds = new Map<string, number>()
    const answers = await Promise.all(
      Array.from({ length: mostOfNetwork + 4 }, (_, index) =>
        ask(index % 3 === 0 ? makeReference() : code, 'amina@mail.example', {
          from: `192.0.2.${index}`,
          by: index % 2 === 0 ? checks : elsewhere,
        }),
      ),
    )
    for (const { kind } of answers) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    assert.equal(kinds.get('too_often'), 4)
    assert.equal((await ask(code, 'amina@mail.example', { from: '192.0.3.1' })).kind, 'sent')
    assert.equal((await ask(code, 'amina@mail.example', { from: '2001:db8:1:2::1' })).kind, 'sent')
    clock.advance(hour)
    assert.equal((await ask(code, 'amina@mail.example', { from: '192.0.2.9' })).kind, 'sent')
  })
})

describe('R105: codes that are misused', () => {
  const victims = async (code: string, count: number, from = 0) => {
    for (let index = from; index < from + count; index++) await ask(code, `victim${index}@mail.example`)
  }

  test('one true code with many addresses is a fact, without an address, told again when they doubled', async () => {
    const { code, id } = await sent()
    await victims(code, 2)
    assert.deepEqual(recorder.facts, [])
    await victims(code, 5, 1)
    await victims(makeReference(), 6)
    assert.deepEqual(recorder.of('message.code_misused'), [
      { message: id, receivers: 3 },
      { message: id, receivers: 6 },
    ])
    assert.ok(!JSON.stringify(recorder.facts).includes('victim'))
  })

  test('its count proposes a warning, once it is high enough and for as long as it is', async () => {
    assert.deepEqual(await checks.misuse(), { codes: 0, addresses: 0, proposes: false })
    const [first, second, typo] = [await sent(), await sent(), await sent()]
    await victims(typo.code, 2)
    await victims(first.code, 4)
    assert.deepEqual(await checks.misuse(), { codes: 1, addresses: 4, proposes: false })
    await victims(second.code, 4)
    assert.deepEqual(await elsewhere.misuse(), { codes: 2, addresses: 8, proposes: true })
    clock.advance(misuseWindow)
    assert.deepEqual(await checks.misuse(), { codes: 0, addresses: 0, proposes: false })
    await checks.sweep()
    assert.equal((await sql`select 1 from message_checks`.execute(storage.db)).rows.length, 0)
    assert.equal((await sql`select 1 from message_check_networks`.execute(storage.db)).rows.length, 0)
  })

  const translate = createTranslator(checkMessages)

  test('R106: the warning that stands ready is one that operators could write', () => {
    for (const about of warnings) {
      const warning = readyWarning(translate, clock.now(), about)
      const content: BannerContent = { ...warning, since: clock.now() }
      assert.deepEqual(bannerFaults(content, { services: new Map(), now: clock.now(), others: 0 }), [])
      for (const language of languages) assert.ok(warning.text[language].length > 80, `${language} ${about}`)
    }
  })

  test('R106: it is published by itself only where the settings say so, once, and not against operators', async () => {
    const published: BannerContent[] = []
    let banners: Banner[] = []
    let rises = false
    const watchWith = (publish: boolean, risesToo = false) =>
      createPhishingWatch({
        storage,
        clock,
        translate,
        causes: [
          {
            ...{ about: 'messages', publish, fact: 'message.code_misused' },
            proposes: async () => (await checks.misuse()).proposes,
          },
          { about: 'reports', publish: risesToo, fact: 'case.opened', proposes: async () => rises },
        ],
        notices: {
          banners: async () => banners,
          async publish(banner) {
            const content = { ...banner, since: clock.now() }
            published.push(content)
            const author = { kind: 'hub' } as const
            const at = clock.now()
            const written: Banner = {
              ...content,
              ...{ id: newId('banner'), number: 1, author, publishedAt: at, changedBy: author, changedAt: at },
            }
            banners = [written, ...banners]
            return { kind: 'done', banner: written }
          },
        },
      })
    const watch = watchWith(true)
    const { code } = await sent()
    await victims(code, 7)
    await watch.work()
    assert.equal(published.length, 0, 'not yet')
    await victims(code, 1, 7)
    await watchWith(false).work()
    assert.equal(published.length, 0, 'operators decide')
    await watch.work()
    await watch.work()
    assert.equal(published.length, 1)
    assert.equal(published[0]?.kind, 'phishing')
    // Operators took it back.
    banners = banners.map((banner) => ({ ...banner, withdrawnAt: clock.now() }))
    await watch.work()
    assert.equal(published.length, 1)
    // R105: reports rise, after the week in which the operators knew better; in words of their own.
    clock.advance(warningLasts + 1)
    rises = true
    await watchWith(true).work()
    assert.equal(published.length, 1, 'only where the settings say so')
    await watchWith(false, true).work()
    await watchWith(false, true).work()
    assert.equal(published.length, 2)
    assert.notEqual(published[1]?.text.en, published[0]?.text.en)
    let waiting = 0
    storage.jobs.work('alerts.warning', async () => {
      waiting++
    })
    const fact = recorder.facts.find(({ name }) => name === 'message.code_misused')
    assert.ok(fact)
    for (const one of [watch, watchWith(false)]) {
      await storage.transaction((tx) => one.reactor([{ sequence: 1n, at: 0, ...fact } as Recorded], tx))
    }
    await storage.jobs.drain()
    assert.equal(waiting, 1)
  })
})
