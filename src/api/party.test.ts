/**
 * Programs of partners on a whole hub: the cases of one service or provider, answered by version, once for one key;
 * reports; and nothing of another partner, nor of the hub.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { type ApiAnswer, type ApiProgram, newProgram } from '../../test/support/api-client.ts'
import { newVictim, signInAs } from '../../test/support/cases.ts'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { factsOf } from '../../test/support/records.ts'
import type { Party } from '../cases/cases.ts'
import { partyScopeNames } from '../kernel/api-scopes.ts'
import { second } from '../kernel/durations.ts'
import { checks } from '../policy/case-flow.ts'

type Json = Record<string, unknown>

const command = { kind: 'command' } as const
const name = (text: string) => ({ fr: text, en: text, ar: text })
let clock: TestClock
let hub: TestHub
let refunds: ApiProgram
let records: ApiProgram
let bank: ApiProgram
let subject: string
/** Of one case. */
let parties: Record<'refunds' | 'records' | 'bank-id', Party>

before(async () => {
  clock = mockProcessClock({ mock })
  hub = await startTestHub({ clock })
  await publish()
  const of = (side: 'service' | 'provider', id: string) =>
    newProgram(hub, { scopes: partyScopeNames, party: { side, id } })
  refunds = await of('service', 'refunds')
  records = await of('service', 'records')
  bank = await of('provider', 'bank-id')
  parties = await told()
})
// A program may ask so much at once, and then waits.
beforeEach(() => clock.advance(5 * second))
after(async () => {
  await hub?.close()
  mock.timers.reset()
})

function publish(changes: { bank?: Json } = {}): Promise<void> {
  const connector = {
    ...{ kind: 'oidc', issuer: 'http://localhost:9/bank', clientId: 'hub', scopes: ['openid'] },
    clientSecret: { danger_plain: 'a secret of this provider alone, 0123456789abcdef' },
  }
  const provider = { id: 'bank-id', name: name('Bank account'), connector, allowedLevels: ['eidas1', 'eidas2'] }
  return hub.publish(
    [
      { id: 'health', name: name('Health'), services: [serviceEntry('refunds'), serviceEntry('records')] },
      { id: 'bank', name: name('Bank'), providers: [provider], ...changes.bank },
    ],
    { prune: changes.bank !== undefined },
  )
}

/** Two services of one sector, reached in one session by one provider, are told of a theft. */
async function told(): Promise<typeof parties> {
  const victim = await newVictim(hub, { name: 'ONE', provider: 'bank-id' })
  const { person } = victim
  const { sector } = hub.partners.registry().services.get('refunds') ?? assert.fail()
  subject = await hub.people.subjectFor(hub.storage.db, person, sector)
  const first = await signInAs({ ...hub, clock }, victim, { service: 'refunds' })
  const { session, device } = first
  assert.ok(session && device)
  await signInAs({ ...hub, clock }, victim, { service: 'records', session, device })
  const actor = { kind: 'person', id: person } as const
  const opened = await hub.cases.open({ person, connections: [first.id], words: '', actor })
  assert.ok(opened.kind === 'opened')
  const answers = Object.fromEntries(checks.map((check) => [check, 'unknown'])) as never
  const { id, version: seen } = opened.case
  const qualified = await hub.cases.qualify(id, { checks: answers, seen, actor: command })
  assert.ok(qualified.kind === 'done')
  const notified = await hub.cases.notify(id, { seen: qualified.case.version, actor: command })
  assert.equal(notified.kind, 'done')
  const all = await hub.cases.parties(id)
  const of = (object: string) => all.find((one) => one.object === object) ?? assert.fail(object)
  return { refunds: of('refunds'), records: of('records'), 'bank-id': of('bank-id') }
}

const problemOf = ({ body }: ApiAnswer) => String(body?.type).split('/').at(-1)
const tagOf = ({ headers }: ApiAnswer) => headers.get('etag') ?? assert.fail('no ETag')
const pathOf = ({ id }: Party) => `/party/cases/${id}`

describe('cases of one service or provider', () => {
  test('R109, R110: are its own, with its own subject; two services of one sector have two references', async () => {
    const seen: Json[] = []
    for (const [program, object] of [
      [refunds, 'refunds'],
      [records, 'records'],
      [bank, 'bank-id'],
    ] as const) {
      const { status, body } = await program.call('GET', '/party/cases')
      assert.deepEqual([status, body.items.length, body.next], [200, 1, undefined])
      const [one] = body.items
      const mine = parties[object]
      assert.deepEqual(
        [one.id, one.object, one.subject, one.reference, one.connections.length],
        [mine.id, object, mine.subject, mine.reference, 1],
      )
      const text = JSON.stringify(body)
      for (const other of Object.values(parties).filter(({ id }) => id !== mine.id)) {
        // A sector shares its subject; everything else is each one's own.
        const foreign = [other.id, other.reference, other.txn, other.object]
        if (other.side !== mine.side) foreign.push(other.subject)
        for (const hidden of foreign) assert.ok(!text.includes(hidden), `${object} reads ${hidden}`)
      }
      assert.ok(!text.includes(mine.case))
      seen.push(one)
    }
    assert.equal(new Set(seen.map(({ reference }) => reference)).size, 3)
    assert.equal(new Set(seen.map(({ txn }) => txn)).size, 3)
    assert.deepEqual([seen[0]?.subject, seen[1]?.subject], [subject, subject])
  })

  test('R128: those of another, also of the same partner, are not there', async () => {
    for (const [program, other] of [
      [refunds, parties.records],
      [refunds, parties['bank-id']],
      [bank, parties.refunds],
    ] as const) {
      assert.equal(problemOf(await program.call('GET', pathOf(other))), 'not-found')
      const answer = await program.call('POST', `${pathOf(other)}/answers`, {
        body: { finding: 'confirmed' },
        headers: { 'if-match': `"${other.version}"` },
      })
      assert.equal(problemOf(answer), 'not-found')
    }
    assert.equal((await hub.cases.partyOf(parties.records.id))?.answers.length, 0)
  })

  test('R124: are answered by the version that was read, in parts, once for one key', async () => {
    const path = pathOf(parties.refunds)
    const answer = (body: Json, tag: string, key?: string) =>
      refunds.call('POST', `${path}/answers`, {
        body,
        headers: { 'if-match': tag, ...(key ? { 'idempotency-key': key } : {}) },
      })
    const first = tagOf(await refunds.call('GET', path))
    assert.equal(problemOf(await refunds.call('POST', `${path}/answers`, { body: {} })), 'version-missing')
    const begun = { analysis: 'Two refunds.', duties: ['identify'], measures: ['operations_cancelled'] }
    const one = await answer(begun, first, 'answer-of-today')
    assert.deepEqual([one.status, one.body.finding, one.body.answers[0].analysis], [200, undefined, 'Two refunds.'])
    const again = await answer(begun, first, 'answer-of-today')
    assert.deepEqual([again.headers.get('idempotency-replayed'), again.body], ['true', one.body])
    const late = await answer({ finding: 'confirmed' }, first)
    assert.deepEqual([problemOf(late), tagOf(late)], ['overtaken', tagOf(one)])
    const faults: [Json, string | undefined][] = [
      [{}, undefined],
      [{ measures: ['factors_reset'] }, '/measures'],
      [{ duties: ['similar'] }, '/duties'],
      [{ breach: { decision: 'notify', reason: '' } }, '/breach/reason'],
      [{ breach: { decision: 'undecided', reason: 'logs', awareAt: '2031-01-01T00:00:00Z' } }, '/breach/awareAt'],
      [{ finding: 'maybe' }, '/finding'],
    ]
    for (const [body, pointer] of faults) {
      const refused = await answer(body, tagOf(one))
      assert.deepEqual([problemOf(refused), refused.body.errors[0].pointer], ['content-invalid', pointer])
    }
    const done = await answer({ finding: 'confirmed' }, tagOf(one))
    assert.deepEqual([done.body.finding, done.body.answers.length], ['confirmed', 2])
    const by = { kind: 'api_client', id: refunds.client }
    assert.deepEqual(
      (await factsOf(hub, 'case.answered')).map(({ object, finding, via, actor }) => [object, finding, via, actor]),
      [
        ['refunds', null, 'api', by],
        ['refunds', 'confirmed', 'api', by],
      ],
    )
    const states = ['waiting', 'answered', 'all'].map((state) => refunds.call('GET', `/party/cases?state=${state}`))
    assert.deepEqual(
      (await Promise.all(states)).map(({ body }) => body.items.length),
      [0, 1, 1],
    )
  })
})

describe('R104: reports', () => {
  const report = (body: Json, by = bank) => by.call('POST', '/party/reports', { body })

  test('get a reference, the same whether the subject is known or not, or is another’s', async () => {
    const own = parties['bank-id'].subject
    const references = new Set<string>()
    for (const one of [own, 'nobody', subject]) {
      const answer = await report({ subject: one, words: 'Somebody else has the card.' })
      assert.deepEqual([answer.status, Object.keys(answer.body)], [201, ['reference']], JSON.stringify(answer.body))
      references.add(answer.body.reference)
    }
    const listed = (await bank.call('GET', '/party/reports?limit=2')).body
    assert.equal(listed.items.length, 2)
    const rest = (await bank.call('GET', `/party/reports?cursor=${listed.next}`)).body
    assert.deepEqual(new Set([...listed.items, ...rest.items].map(({ reference }: Json) => reference)), references)
    assert.ok(listed.items.every(({ by }: Json) => (by as Json).id === bank.client))
    assert.deepEqual((await refunds.call('GET', '/party/reports')).body, { items: [] })
  })

  test('name somebody, in a time that there was, in few words', async () => {
    const faults: [Json, string][] = [
      [{ words: 'somebody' }, '/subject'],
      [{ subject: 'x', from: '2026-11-02T00:00:00Z', until: '2026-11-01T00:00:00Z' }, '/until'],
      [{ subject: 'x', words: 'x'.repeat(2_001) }, '/words'],
      [{ subject: 'x', object: 'refunds' }, '/object'],
    ]
    for (const [body, pointer] of faults) {
      const refused = await report(body)
      assert.deepEqual([problemOf(refused), refused.body.errors[0].pointer], ['content-invalid', pointer])
    }
  })
})

test('R128: a program of the hub has no case of a partner, and no token of a partner outlives what it speaks for', async () => {
  const operator = await newProgram(hub, { scopes: ['cases:read', 'cases:write'] })
  for (const [method, path] of [
    ['GET', '/party/cases'],
    ['GET', pathOf(parties.refunds)],
    ['POST', '/party/reports'],
  ] as const) {
    assert.equal(problemOf(await operator.call(method, path, method === 'POST' ? { body: {} } : {})), 'scope-missing')
  }
  assert.equal(problemOf(await refunds.call('GET', '/cases')), 'scope-missing')
  assert.equal((await bank.call('GET', '/party/cases')).status, 200)
  await publish({ bank: { providers: [] } })
  assert.equal(problemOf(await bank.call('GET', '/party/cases')), 'unauthenticated')
  await assert.rejects(bank.token(), /invalid_client/)
})
