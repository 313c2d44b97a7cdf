/** The verbs that stop the use of an identity, and what recognises, links and releases people meanwhile. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { angela, claim, openRoom, presumed, type Room } from '../../test/support/people.ts'
import { day, hour, second } from '../kernel/durations.ts'
import { type LinkId, newId, type PersonId } from '../kernel/ids.ts'
import { createProtections, type Protections, type Stopped } from './protections.ts'

let room: Room
let protections: Protections
let stopped: ({ room: string } & Stopped)[]
let unusable: string[]

before(async () => {
  room = await openRoom()
  const stopper = (name: string) => ({
    async stop(_: unknown, one: Stopped) {
      stopped.push({ room: name, ...one })
      return 2
    },
  })
  protections = createProtections({
    storage: room.storage,
    clock: room.clock,
    audit: room.audit,
    thawDelay: day,
    sessions: stopper('sessions'),
    connections: stopper('connections'),
    ownProvider: 'local',
    providers: () => ['tax', 'post', 'bank', 'embassy'],
    usable: async (_handle, _person, providers) => providers.filter((one) => !unusable.includes(one)),
  })
})
after(() => room.close())
beforeEach(async () => {
  await room.empty()
  stopped = []
  unusable = []
})

interface Somebody {
  person: PersonId
  by: Record<'tax' | 'post' | 'bank', { person: PersonId; link: LinkId; provider: string; level: 'eidas1' | 'eidas2' }>
}

/** Angela, at the tax office first, then at the post and the bank. */
async function somebody(): Promise<Somebody> {
  const at = async (provider: 'tax' | 'post' | 'bank') => {
    const level = provider === 'tax' ? ('eidas1' as const) : ('eidas2' as const)
    const { person, link } = await room.signIn(claim({ provider, level }))
    room.clock.advance(second)
    return { person, link, provider, level }
  }
  const by = { tax: await at('tax'), post: await at('post'), bank: await at('bank') }
  room.facts()
  return { person: by.tax.person, by }
}
const state = (person: PersonId) => protections.of(room.storage.db, person)

test('R114: a freeze ends what is under way, once; a second one changes nothing', async () => {
  const { person, by } = await somebody()
  const at = room.clock.now()
  assert.deepEqual(await protections.freeze(by.tax), { kind: 'frozen', at, sessions: 2 })
  const why = { person, why: 'identity_frozen' } as const
  assert.deepEqual(stopped, [
    { room: 'sessions', ...why },
    { room: 'connections', ...why },
  ])
  const actor = { kind: 'person', id: person } as const
  assert.deepEqual(room.facts(), [
    { name: 'protection.frozen', data: { person, origin: 'person', suspected: [], actor } },
  ])
  assert.deepEqual(await protections.freeze(by.post), { kind: 'already', thawStopped: false })
  assert.deepEqual([stopped.length, room.facts()], [2, []])
  assert.deepEqual(await state(person), { freeze: { at, origin: 'person', suspected: [] }, blocked: [] })
})

test('R114: a frozen person is recognised for their own pages; nothing is linked, learned or released', async () => {
  const { person, by } = await somebody()
  await protections.freeze(by.tax)
  room.facts()
  const known = await room.people.recognise(claim())
  assert.deepEqual([known.kind, 'obstacle' in known && known.obstacle], ['known', 'frozen'])
  const match = await room.people.recognise(claim({ provider: 'embassy' }))
  assert.deepEqual([match.kind, 'obstacle' in match && match.obstacle], ['match', 'frozen'])
  assert.deepEqual(await room.settle(claim({ provider: 'embassy' })), { kind: 'frozen' })
  assert.deepEqual(await room.settle(claim({ provider: 'embassy', identity: presumed }), { joinTo: person }), {
    kind: 'frozen',
  })
  const settled = await room.settle(claim({ level: 'eidas3', identity: { ...angela, given_name: 'Angela' } }))
  assert.ok('person' in settled)
  assert.equal(settled.frozen, true)
  assert.equal(await room.people.claimsOf(person, 'tax'), undefined)
  assert.deepEqual(await room.people.identityOf(room.storage.db, person), angela)
  assert.deepEqual(room.facts(), [], 'nothing was written')
})

test('R112: of a doubted account, one may say so of what proves no more than the sign-in', async () => {
  const { person, by } = await somebody()
  await protections.freeze(by.tax, { suspected: ['post', 'tax', 'nobody'] })
  assert.deepEqual((await state(person)).freeze?.suspected, ['tax'])
})

test('R112: a thaw is asked, announced, stopped; what comes of it is at its instant, and written down once', async () => {
  const { person, by } = await somebody()
  await protections.freeze(by.bank, { suspected: ['bank'] })
  assert.deepEqual(await protections.askThaw(by.tax), { kind: 'refused', reasons: ['too_weak'] })
  assert.deepEqual(await protections.askThaw(by.bank), { kind: 'refused', reasons: ['suspected'] })
  assert.deepEqual(await protections.askThaw({ ...by.post, link: newId('link') }), {
    kind: 'refused',
    reasons: ['unconfirmed', 'linked_since'],
  })
  room.facts()
  const effectiveAt = room.clock.now() + day
  assert.deepEqual(await protections.askThaw(by.post), { kind: 'asked', effectiveAt })
  assert.deepEqual(await protections.askThaw(by.post), { kind: 'under_way', effectiveAt })
  const actor = { kind: 'person', id: person } as const
  assert.deepEqual(room.facts(), [
    { name: 'protection.thaw_asked', data: { person, takesEffect: effectiveAt, provider: 'post', actor } },
  ])
  // Freezing again, by whatever account, stops it.
  assert.deepEqual(await protections.freeze(by.tax), { kind: 'already', thawStopped: true })
  assert.deepEqual(await protections.stopThaw(person, actor), { kind: 'nothing_to_stop' })
  await protections.askThaw(by.post)
  assert.deepEqual(await protections.stopThaw(person, actor), { kind: 'stopped' })
  await protections.askThaw(by.post)
  room.facts()
  room.clock.advance(day)
  assert.deepEqual(await state(person), { blocked: [] })
  assert.equal((await room.people.standingOf(person)).frozen, false)
  const job = { person, at: room.clock.now() }
  await protections.work(job)
  await protections.work(job)
  assert.deepEqual(room.facts(), [
    { name: 'protection.thawed', data: { person, how: 'asked', at: room.clock.now(), actor } },
  ])
  assert.deepEqual(await protections.stopThaw(person, actor), { kind: 'nothing_to_stop' })
})

test('R112: a freeze after the instant of a thaw is a new one, whether or not a job has run', async () => {
  const { person, by } = await somebody()
  await protections.freeze(by.tax, { suspected: ['tax'] })
  await protections.askThaw(by.post)
  room.clock.advance(day + hour)
  room.facts()
  assert.equal((await protections.freeze(by.bank)).kind, 'frozen')
  assert.deepEqual(
    room.facts().map(({ name }) => name),
    ['protection.thawed', 'protection.frozen'],
  )
  assert.deepEqual((await state(person)).freeze, { at: room.clock.now(), origin: 'person', suspected: [] })
})

test('R114: what operators freeze stays theirs, also where the person had frozen it before', async () => {
  const { person, by } = await somebody()
  await protections.freeze(by.tax)
  const at = (await state(person)).freeze?.at
  await protections.askThaw(by.post)
  const actor = { kind: 'command' } as const
  assert.equal((await protections.freezeByOperators({ person, actor })).kind, 'frozen')
  assert.deepEqual((await state(person)).freeze, { at, origin: 'operators', suspected: [] }, 'and the thaw is over')
  assert.deepEqual(await protections.askThaw(by.post), { kind: 'refused', reasons: ['by_operators'] })
  // What the second operator does not confirm is not done.
  const also = async () => assert.fail('not confirmed')
  await assert.rejects(protections.thaw({ person, actor, also }), /not confirmed/)
  assert.ok((await state(person)).freeze)
  assert.equal((await protections.thaw({ person, actor })).kind, 'thawed')
  assert.equal((await protections.thaw({ person, actor })).kind, 'not_frozen')
  assert.equal((await protections.thaw({ person: newId('person'), actor })).kind, 'unknown')
})

test('R113: a block is obeyed where the account is recognised, settled and read', async () => {
  const { person, by } = await somebody()
  assert.deepEqual(await protections.block({ person, provider: 'bank', inUse: 'post' }), {
    kind: 'blocked',
    sessions: 2,
  })
  assert.deepEqual(stopped[0], { room: 'sessions', person, providers: ['bank'], why: 'provider_blocked' })
  const claimed = claim({ provider: 'bank', level: 'eidas2' })
  const known = await room.people.recognise(claimed)
  assert.equal('obstacle' in known && known.obstacle, 'blocked')
  assert.deepEqual(await room.settle(claimed), { kind: 'blocked' })
  assert.equal(await room.people.claimsOf(person, 'bank'), undefined)
  assert.ok(await room.people.claimsOf(person, 'post'))
  // Where both stand in the way, the blocked provider is not told of the freeze.
  await protections.freeze(by.tax)
  const both = await room.people.recognise(claimed)
  assert.equal('obstacle' in both && both.obstacle, 'blocked')
})

test('R113: one of two ways left is told, and counts only where it can be used', async () => {
  const { person } = await somebody()
  const block = (provider: string, acceptsLast = false) =>
    protections.block({ person, provider, inUse: 'post', acceptsLast })
  unusable = ['tax']
  assert.deepEqual(await block('bank'), { kind: 'last_way', left: ['post'] })
  assert.deepEqual(await block('embassy'), { kind: 'blocked', sessions: 2 }, 'no way of the person')
  assert.equal((await block('bank', true)).kind, 'blocked')
  assert.deepEqual(
    (await protections.waysOf(room.storage.db, person)).map(({ provider, blocked, usable }) => [
      provider,
      blocked,
      usable,
    ]),
    [
      ['tax', false, false],
      ['post', false, true],
      ['bank', true, true],
    ],
  )
})

test('R113: accounts that the person did not have are refused where they said so, but for those let in one by one', async () => {
  const { person } = await somebody()
  assert.equal((await protections.blockFuture(person, true)).kind, 'done')
  assert.equal((await protections.blockFuture(person, true)).kind, 'already')
  assert.deepEqual(await room.settle(claim({ provider: 'embassy' })), { kind: 'blocked' })
  assert.ok('person' in (await room.settle(claim({ provider: 'post', level: 'eidas2' }))))
  assert.equal((await protections.unblock({ person, provider: 'embassy' })).kind, 'unblocked')
  assert.ok('person' in (await room.settle(claim({ provider: 'embassy' }))))
  assert.equal((await protections.blockFuture(person, false)).kind, 'done')
  assert.deepEqual(await state(person), { blocked: [] })
})

test('R112: a review gives a frozen person no account; an intruder’s is taken away all the same', async () => {
  const { person, by } = await somebody()
  const waits = await room.settle(claim({ subject: 'tax-2' }))
  assert.ok('collision' in waits)
  await protections.freeze(by.tax)
  const actor = { kind: 'command' } as const
  const resolve = () => room.inside((tx) => room.people.resolveCollision(tx, waits.collision, 'same', actor))
  await assert.rejects(resolve(), { error: 'identity_frozen' })
  const into = await room.inside((tx) => room.people.split(tx, person, [by.bank.link], actor))
  assert.ok((await state(person)).freeze)
  assert.deepEqual(await state(into), { blocked: [] })
})

test('R113: who turns out to be somebody else leaves out there what they left out before', async () => {
  const { person } = await somebody()
  const other = await room.signIn(claim({ provider: 'embassy', identity: presumed }))
  const stop = await room.settle(claim({ provider: 'embassy', identity: presumed }), { joinTo: person })
  assert.ok('collision' in stop)
  await protections.block({ person: other.person, provider: 'bank', inUse: 'embassy' })
  const at = room.clock.now()
  await room.inside((tx) => room.people.resolveCollision(tx, stop.collision, 'same', { kind: 'command' }))
  assert.deepEqual((await state(person)).blocked, [{ provider: 'bank', at }])
})

test('nobody of that id, those who work for the hub, and who was erased have nothing to freeze', async () => {
  const { person, by } = await somebody()
  const staff = await room.inside((tx) => room.people.addStaff(tx))
  await protections.freeze(by.tax)
  await room.inside((tx) => room.people.erase(tx, person))
  for (const one of [person, staff, newId('person')]) {
    assert.deepEqual(await protections.freeze({ ...by.tax, person: one }), { kind: 'unknown' })
    assert.deepEqual(await state(one), { blocked: [] })
    assert.equal((await protections.blockFuture(one, true)).kind, 'unknown')
  }
})
