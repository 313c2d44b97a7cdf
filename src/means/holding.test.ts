import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, beforeEach, describe, test } from 'node:test'
import { TOTP } from 'otpauth'
import {
  authenticatedIn,
  browser,
  codeIn,
  type Enrolled,
  goodPassword,
  type MeansRoom,
  openMeansRoom,
  secondIn,
} from '../../test/support/means.ts'
import { day, minute } from '../kernel/durations.ts'
import type { MeansId } from '../kernel/ids.ts'
import { canonicalCode } from './typed-codes.ts'

let room: MeansRoom
before(async () => {
  room = await openMeansRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

type Change = Parameters<MeansRoom['means']['revoke']>[1]

async function withMeans(): Promise<Enrolled & { means: MeansId }> {
  const enrolled = await room.withPassword()
  const [view] = await room.means.of(room.storage.db, enrolled.person)
  assert.ok(view)
  return { ...enrolled, means: view.means }
}

const change = (verb: 'suspend' | 'resume' | 'revoke', given: Omit<Change, 'reason'>) =>
  room.storage.transaction((tx) => room.means[verb](tx, { ...given, reason: 'lost' }))
const viewOf = async ({ person, means }: { person: Enrolled['person']; means: MeansId }) => {
  const view = (await room.means.of(room.storage.db, person)).find((one) => one.means === means)
  assert.ok(view)
  return view
}
const command = { kind: 'command' } as const

describe('R047: at any instant', () => {
  for (const [who, actorOf] of [
    ['the holder', (person: Enrolled['person']) => ({ kind: 'person', id: person }) as const],
    ['a manager', () => command],
  ] as const) {
    test(`${who} suspends and revokes; the next sign-in is refused and the sessions end`, async () => {
      const { name, person, means } = await withMeans()
      const actor = actorOf(person)
      assert.equal(await change('suspend', { person, means, actor }), 'done')
      assert.equal((await viewOf({ person, means })).state, 'suspended')
      assert.equal((await room.password(name)).kind, 'refused')
      assert.equal(await change('suspend', { person, means, actor }), 'unchanged')
      assert.equal(await change('resume', { person, means, actor }), 'done')
      authenticatedIn(await room.password(name))
      assert.equal(await change('revoke', { person, means, actor }), 'done')
      assert.equal((await room.password(name)).kind, 'refused')
      for (const verb of ['revoke', 'suspend', 'resume'] as const) {
        assert.equal(await change(verb, { person, means, actor }), 'unchanged')
      }
      assert.deepEqual(room.ended, [person, person])
      assert.deepEqual(room.facts.of('means.revoked'), [{ person, means, reason: 'lost', actor }])
    })
  }

  test('nobody touches the means of somebody else by naming it', async () => {
    const { person, means } = await withMeans()
    const other = await room.enrol()
    for (const verb of ['suspend', 'resume', 'revoke'] as const) {
      assert.equal(await change(verb, { person: other.person, means, actor: command }), 'unknown')
    }
    const rename = await room.storage.transaction((tx) =>
      room.means.rename(tx, { person: other.person, means, label: 'mine' }),
    )
    assert.equal(rename, 'unknown')
    assert.equal((await viewOf({ person, means })).state, 'active')
    assert.deepEqual(room.ended, [])
  })

  test('what a manager suspended, the holder does not bring back', async () => {
    const { person, means } = await withMeans()
    const holder = { kind: 'person', id: person } as const
    await change('suspend', { person, means, actor: command })
    assert.equal(await change('resume', { person, means, actor: holder }), 'not_allowed')
    assert.equal((await viewOf({ person, means })).suspendedBy, 'manager')
    assert.equal(await change('resume', { person, means, actor: command }), 'done')
    await change('suspend', { person, means, actor: holder })
    assert.equal(await change('resume', { person, means, actor: holder }), 'done')
  })

  test('after a revocation a password may be set anew', async () => {
    const { person, means, enrolment, name } = await withMeans()
    await change('revoke', { person, means, actor: command })
    const set = await room.means.passwords.set({ person, enrolment, password: goodPassword, by: { kind: 'first' } })
    assert.ok(set.ok && set.means !== means)
    authenticatedIn(await room.password(name))
  })
})

describe('R046: the term', () => {
  const threeYears = 3 * 365 * day

  test('every means has one; over, it is refused at once, before any job has passed', async () => {
    const { name, person, means } = await withMeans()
    const { expiresAt, createdAt } = await viewOf({ person, means })
    assert.equal(expiresAt - createdAt, threeYears)
    room.clock.set(expiresAt - 1)
    authenticatedIn(await room.password(name))
    room.clock.set(expiresAt)
    assert.equal((await room.password(name)).kind, 'refused')
    assert.equal((await viewOf({ person, means })).state, 'expired')
    assert.equal(await change('suspend', { person, means, actor: command }), 'unchanged')
    assert.deepEqual(room.facts.of('means.expired'), [])
    room.ended.length = 0
    await room.means.sweep()
    await room.means.sweep()
    assert.deepEqual(room.facts.of('means.expired'), [{ person, means }])
    assert.deepEqual(room.ended, [person], 'sessions end with it')
    assert.equal((await viewOf({ person, means })).state, 'expired')
  })

  test('reminders 60, 30 and 7 days before, each once, and only the nearest after a long silence', async () => {
    const { person, means } = await withMeans()
    const { expiresAt } = await viewOf({ person, means })
    const remindedAt = async (left: number) => {
      room.clock.set(expiresAt - left)
      room.facts.clear()
      await room.means.sweep()
      await room.means.sweep()
      return room.facts.of('means.expires_soon').map(({ days }) => days)
    }
    assert.deepEqual(await remindedAt(60 * day + 1), [])
    assert.deepEqual(await remindedAt(60 * day), [60])
    assert.deepEqual(await remindedAt(30 * day + 1), [])
    assert.deepEqual(await remindedAt(30 * day), [30])
    assert.deepEqual(await remindedAt(7 * day), [7])
    assert.deepEqual(await remindedAt(1), [])
    const late = await withMeans()
    const second = await viewOf(late)
    room.clock.set(second.expiresAt - 3 * day)
    room.facts.clear()
    await room.means.sweep()
    assert.deepEqual(room.facts.of('means.expires_soon'), [{ person: late.person, means: [late.means], days: 7 }])
  })

  test('what ends together is one reminder, whoever sweeps and however many at once; the rest has its own', async () => {
    const first = await withMeans()
    room.clock.advance(2 * day)
    const codes = await room.storage.transaction((tx) => room.means.recoveryCodes.make(tx, first))
    room.clock.advance(10 * day)
    const { means, secret } = await room.storage.transaction((tx) =>
      room.means.totps.begin(tx, { ...first, label: 'telephone', accountName: 'a' }),
    )
    const code = new TOTP({ secret }).generate({ timestamp: room.clock.now() })
    assert.equal(await room.means.totps.activate(first.person, means, code), 'active')
    const other = await withMeans()
    const remindedAt = async (instant: number) => {
      room.clock.set(instant)
      room.facts.clear()
      await Promise.all([room.means, room.another(), room.another(), room.means].map((one) => one.sweep()))
      await room.means.sweep()
      return room.facts.of('means.expires_soon')
    }
    const end = (await viewOf(first)).expiresAt
    const together = [first.means, codes.means].sort()
    assert.deepEqual(await remindedAt(end - 60 * day), [{ person: first.person, means: together, days: 60 }])
    // What an operator lists: the password on its last day, recovery codes two days later.
    const { counts, first: listed } = await room.means.expiring(room.storage.db, 62 * day, 1)
    assert.deepEqual(counts, [
      { kind: 'password', means: 1, holders: 1 },
      { kind: 'recovery_codes', means: 1, holders: 1 },
    ])
    assert.deepEqual(listed, [
      { means: first.means, person: first.person, kind: 'password', expiresAt: end, reminded: 60 },
    ])
    const own = await remindedAt(end - 48 * day)
    assert.deepEqual(
      own.toSorted((a, b) => a.person.localeCompare(b.person)),
      [
        { person: first.person, means: [means], days: 60 },
        { person: other.person, means: [other.means], days: 60 },
      ].toSorted((a, b) => a.person.localeCompare(b.person)),
    )
    assert.deepEqual(await remindedAt(end - 30 * day), [{ person: first.person, means: together, days: 30 }])
  })

  test('what is suspended, revoked or over reminds nobody; brought back, it does', async () => {
    const suspended = await withMeans()
    const revoked = await withMeans()
    await change('suspend', { ...suspended, actor: command })
    await change('revoke', { ...revoked, actor: command })
    room.clock.set((await viewOf(suspended)).expiresAt - 20 * day)
    await room.means.sweep()
    assert.deepEqual(room.facts.of('means.expires_soon'), [])
    await change('resume', { ...suspended, actor: command })
    await room.means.sweep()
    const { person, means } = suspended
    assert.deepEqual(room.facts.of('means.expires_soon'), [{ person, means: [means], days: 30 }])
  })

  test('is renewed on a new enrolment that proves no less, while the means is in force', async () => {
    const { person, means, enrolment } = await withMeans()
    const { expiresAt } = await viewOf({ person, means })
    const prove = async (seen: 'photo' | 'video') => {
      const made = await room.storage.transaction((tx) =>
        room.means.enrolments.record(tx, { person, proof: { kind: 'document', seen }, agent: command }),
      )
      if (!made.ok) throw new Error(made.reasons.join())
      return made.enrolment
    }
    const renew = (by: typeof enrolment) =>
      room.storage.transaction((tx) =>
        room.means.renew(tx, { person, means, enrolment: by, actor: command, reason: 'renewed' }),
      )
    room.clock.set(expiresAt - 10 * day)
    await room.means.sweep()
    assert.equal(await renew(enrolment), 'not_allowed')
    assert.equal(await renew(await prove('photo')), 'not_allowed')
    const other = await room.enrol()
    assert.equal(await renew(other.enrolment), 'unknown')
    const anew = await prove('video')
    assert.equal(await renew(anew), 'done')
    const renewed = await viewOf({ person, means })
    assert.equal(renewed.expiresAt, room.clock.now() + threeYears)
    assert.equal(renewed.enrolment, anew)
    room.clock.set(renewed.expiresAt)
    assert.equal(await renew(await prove('video')), 'unchanged')
  })

  test('of what nobody activated is a day; it counts from the activation on', async () => {
    const enrolled = await room.enrol()
    const begin = () =>
      room.storage.transaction((tx) => room.means.totps.begin(tx, { ...enrolled, label: '', accountName: 'x' }))
    const codeNow = (secret: string) => new TOTP({ secret }).generate({ timestamp: room.clock.now() })
    const { activate } = room.means.totps
    const first = await begin()
    room.clock.advance(day)
    assert.equal(await activate(enrolled.person, first.means, codeNow(first.secret)), 'wrong')
    const second = await begin()
    room.clock.advance(day - 1)
    assert.equal(await activate(enrolled.person, second.means, codeNow(second.secret)), 'active')
    const { expiresAt } = await viewOf({ person: enrolled.person, means: second.means })
    assert.equal(expiresAt, room.clock.now() + threeYears)
  })

  test('a person has thirty means at most, of those that are present', async () => {
    const enrolled = await room.enrol()
    const begin = () =>
      room.storage.transaction((tx) => room.means.totps.begin(tx, { ...enrolled, label: '', accountName: 'x' }))
    const [first] = await Promise.all(Array.from({ length: 30 }, begin))
    assert.ok(first)
    await assert.rejects(begin(), /too_many_requests/)
    await change('revoke', { person: enrolled.person, means: first.means, actor: command })
    await begin()
  })

  test('of each kind is a setting', async () => {
    const enrolled = await room.enrol()
    const short = room.another({
      validity: { password: day, totp: day, recovery_codes: day, passkey: day, sms_code: day, mail_code: day },
    })
    const made = await short.passwords.set({ ...enrolled, password: goodPassword, by: { kind: 'first' } })
    assert.ok(made.ok)
    assert.equal((await viewOf({ person: enrolled.person, means: made.means })).expiresAt, room.clock.now() + day)
  })
})

test('R049: nothing of a body is kept: no kind of means is one, and what a means has room for is this', () => {
  const schema = readFileSync(new URL('../storage/schema.generated.sql', import.meta.url), 'utf8')
  const table = /^create table means \((.*?)^\);/ms.exec(schema)?.[1] ?? assert.fail()
  const columns = [...table.matchAll(/^ {2}(\w+) (bytea|jsonb)\b/gm)].map(([, name, type]) => `${name} ${type}`)
  assert.deepEqual(columns, ['label bytea', 'secret bytea', 'public_key bytea', 'details jsonb'])
  const [, kinds = ''] = /means_kind_check CHECK .*?ARRAY\[(.*?)\]/.exec(table) ?? []
  assert.deepEqual(
    [...kinds.matchAll(/'(\w+)'/g)].map(([, kind]) => kind),
    ['password', 'totp', 'recovery_codes', 'passkey', 'sms_code', 'mail_code'],
  )
})

test('R127: no secret, code, number or name in facts, in logs, or at rest in the clear', async () => {
  const enrolled = await room.withPassword()
  const { person, name } = enrolled
  await room.contact(person, 'canary.mail@example.org')
  const { secret } = await room.storage.transaction((tx) =>
    room.means.totps.begin(tx, { ...enrolled, label: 'canary label', accountName: name }),
  )
  const { codes } = await room.storage.transaction((tx) => room.means.recoveryCodes.make(tx, enrolled))
  await room.means.sentCodes.addNumber({ ...enrolled, number: '+33612345678', label: 'canary phone', language: 'fr' })
  await room.password(name, 'Canary!Wrong1')
  const { ceremony } = secondIn(await room.password(name))
  const answer = { kind: 'recovery_code', code: codes[0] ?? '' } as const
  authenticatedIn(await room.means.ceremonies.secondFactor({ ceremony, browser, answer }))
  await room.password('canary-unknown', 'Canary!Wrong2')
  await room.means.passwords.requestReset({ identifier: name, language: 'fr' })
  await room.storage.jobs.drain()
  room.failSending(true)
  await room.means.sentCodes.addNumber({ ...enrolled, number: '+33698765432', label: '', language: 'fr' })
  const [sms, mail] = room.sent.map(codeIn)
  assert.ok(sms && mail)
  const written = `${JSON.stringify(room.facts.facts)}\n${JSON.stringify(room.logged)}\n${await room.dump()}`
  const canaries = [goodPassword, 'Canary!Wrong', 'canary', secret, ...codes, ...codes.map(canonicalCode), mail, name]
  for (const canary of [...canaries, '33612345678', '33698765432', 'dossier 2026']) {
    assert.ok(!written.includes(canary), `${canary} was written down`)
    assert.ok(!written.includes(Buffer.from(canary).toString('hex')), `${canary} was written down as bytes`)
  }
  const words = `${JSON.stringify(room.facts.facts)}${JSON.stringify(room.logged)}`
  assert.ok(!new RegExp(`\\b${sms}\\b`).test(words), 'a code in a fact or a log')
})

test('erasing a person leaves nothing of their means, and their identifier is free', async () => {
  const { name, person } = await room.withPassword()
  const other = await room.withPassword()
  await room.password(name, 'Wrong!Password1')
  const before = await room.dump()
  assert.ok(before.includes(person))
  await room.storage.transaction(async (tx) => {
    await room.people.erase(tx, person)
    await room.people.erase(tx, person)
  })
  const after = await room.dump()
  assert.ok(!after.includes(person))
  assert.ok(after.includes(other.person))
  assert.equal((await room.password(name)).kind, 'refused')
  await room.enrol({ name })
})

test('counts that bar nobody are forgotten, those of known and unknown identifiers alike', async () => {
  const { name } = await room.withPassword()
  const rows = async () =>
    (await room.dump()).split('\n').filter((row) => /"?\d{4}-/.test(row) && /\{/.test(row)).length
  for (const one of [name, 'nobody']) for (let each = 0; each < 3; each++) await room.password(one, 'Wrong!Password1')
  const counted = await rows()
  room.clock.advance(89 * day)
  await room.means.sweep()
  const kept = await Promise.all([name, 'nobody'].map((one) => room.password(one, 'Wrong!Password1')))
  assert.deepEqual(
    kept.map(({ kind }) => kind),
    ['refused', 'refused'],
  )
  for (const one of [name, 'nobody']) assert.equal((await room.password(one, 'Wrong!Password1')).kind, 'refused')
  const fifth = await Promise.all([name, 'nobody'].map((one) => room.password(one)))
  assert.deepEqual(
    fifth.map((one) => one.kind === 'refused' && one.retryAfterSeconds),
    [60, 60],
  )
  assert.ok(counted > 0)
  room.clock.advance(91 * day)
  await room.means.sweep()
  authenticatedIn(await room.password(name))
})

test('of a person, only what belongs to them is shown, with its hints', async () => {
  const enrolled = await room.withPassword()
  const { means, secret } = await room.storage.transaction((tx) =>
    room.means.totps.begin(tx, { ...enrolled, label: 'Téléphone', accountName: 'x' }),
  )
  const view = await viewOf({ person: enrolled.person, means })
  assert.deepEqual([view.state, view.label, view.kind, view.activatedAt], ['pending', 'Téléphone', 'totp', undefined])
  const code = new TOTP({ secret }).generate({ timestamp: room.clock.now() })
  const other = await room.enrol()
  assert.equal(await room.means.totps.activate(other.person, means, code), 'unknown')
  assert.equal(await room.means.totps.activate(enrolled.person, means, '000000'), 'wrong')
  assert.equal(await room.means.totps.activate(enrolled.person, means, code), 'active')
  // The code that showed that the seed arrived signs nobody in.
  const { ceremony } = secondIn(await room.password(enrolled.name))
  const again = await room.means.ceremonies.secondFactor({ ceremony, browser, answer: { kind: 'totp', code } })
  assert.equal(again.kind, 'refused')
  room.clock.advance(minute)
  await room.storage.transaction((tx) => room.means.rename(tx, { person: enrolled.person, means, label: 'Bureau' }))
  assert.equal((await viewOf({ person: enrolled.person, means })).label, 'Bureau')
})
