import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { angela, claim, openRoom, type Room, tarik } from '../../test/support/people.ts'
import type { CollisionId, LinkId, PersonId } from '../kernel/ids.ts'

let room: Room
before(async () => {
  room = await openRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

const actor = { kind: 'command' } as const
const post = (over = {}) => claim({ provider: 'post', level: 'eidas2', ...over })
const resolve = (collision: CollisionId, outcome: 'same' | 'different') =>
  room.inside((tx) => room.people.resolveCollision(tx, collision, outcome, actor))
const split = (person: PersonId, links: LinkId[]) => room.inside((tx) => room.people.split(tx, person, links, actor))
const subjectOf = (person: PersonId, sector: string) => room.people.subjectFor(room.storage.db, person, sector)

async function stopped(...[claimed, options]: Parameters<Room['settle']>): Promise<CollisionId> {
  const outcome = await room.settle(claimed, options)
  assert.ok('collision' in outcome)
  return outcome.collision
}

// ── Collisions ──────────────────────────────────────────────────────────────────────────────────────────────────────

test('the review says it is the same human: both accounts are theirs', async () => {
  const { person } = await room.signIn(claim())
  const second = claim({ subject: 'second' })
  const collision = await stopped(second)
  room.facts()
  room.clock.advance(1)
  assert.equal(await resolve(collision, 'same'), undefined)
  assert.deepEqual(
    room.facts().map((fact) => (fact.name === 'person.linked' ? fact.data.how : fact.name)),
    ['person.collision_resolved', 'review'],
  )
  const settled = await room.signIn(second)
  assert.deepEqual([settled.person, settled.newLink, settled.serves], [person, false, 'eidas1'])
  const links = await room.people.linksOf(room.storage.db, person)
  assert.deepEqual(
    links.map(({ subject }) => subject),
    ['tax-1', 'second'],
  )
  assert.deepEqual(await room.people.collisions(), [])
})

test('the review says they are two humans: each is served, and nothing links to either by itself any more', async () => {
  const first = await room.signIn(claim())
  await resolve(await stopped(claim({ subject: 'second' })), 'different')
  const second = await room.signIn(claim({ subject: 'second' }))
  assert.notEqual(second.person, first.person)
  assert.equal((await room.signIn(claim())).person, first.person)
  assert.deepEqual(await room.people.recognise(post()), { kind: 'resembles', person: undefined })
  const third = await room.signIn(post(), { joinTo: first.person })
  assert.equal(third.person, first.person, 'signing in with both still links')
})

test('the review says that an account of somebody else is the same human: it moves, with what nobody else has', async () => {
  const one = await room.signIn(post({ identity: tarik }))
  const other = await room.signIn(claim({ identity: tarik, email: 't@example.org' }))
  const both = [await subjectOf(one.person, 'health'), await subjectOf(other.person, 'health')]
  const onlyOther = await subjectOf(other.person, 'justice')
  const collision = await stopped(claim({ identity: tarik }), { joinTo: one.person })
  const move = { from: other.person, to: one.person, link: other.link, provider: 'tax' }
  assert.deepEqual(await resolve(collision, 'same'), move)
  assert.equal((await room.signIn(claim({ identity: tarik }))).person, one.person)
  assert.deepEqual(
    [await subjectOf(one.person, 'health'), await subjectOf(one.person, 'justice')],
    [both[0], onlyOther],
  )
  assert.equal((await room.people.claimsOf(one.person, 'tax'))?.email, 't@example.org')
})

test('subjects stay with a person who keeps an account', async () => {
  const one = await room.signIn(post({ identity: tarik }))
  const other = await room.signIn(claim({ identity: tarik }))
  await room.signIn(claim({ provider: 'bank', identity: tarik }), { joinTo: other.person })
  const subject = await subjectOf(other.person, 'justice')
  await resolve(await stopped(claim({ identity: tarik }), { joinTo: one.person }), 'same')
  assert.notEqual(await subjectOf(one.person, 'justice'), subject)
  assert.equal(await subjectOf(other.person, 'justice'), subject)
})

test('an account that a review kept apart stays refused for joining, without a second review', async () => {
  const one = await room.signIn(post({ identity: tarik }))
  await room.signIn(claim({ identity: tarik }))
  const collision = await stopped(claim({ identity: tarik }), { joinTo: one.person })
  await resolve(collision, 'different')
  assert.equal(await stopped(claim({ identity: tarik }), { joinTo: one.person }), collision)
  assert.deepEqual(await room.people.collisions(), [])
})

test('a collision is decided once', async () => {
  await room.signIn(claim())
  const collision = await stopped(claim({ subject: 'second' }))
  await resolve(collision, 'different')
  await assert.rejects(resolve(collision, 'same'), { error: 'not_found' })
  await assert.rejects(resolve('col_nothing', 'same'), { error: 'not_found' })
})

// ── Split ───────────────────────────────────────────────────────────────────────────────────────────────────────────

test('in a split the victim keeps every subject, the thief begins with none of them', async () => {
  const victim = await room.signIn(post())
  const thief = await room.signIn(claim())
  const before = [await subjectOf(victim.person, 'health'), await subjectOf(victim.person, 'justice')]
  room.facts()
  const into = await split(victim.person, [thief.link])
  assert.deepEqual(room.facts(), [
    { name: 'person.split', data: { person: victim.person, into, links: [thief.link], actor } },
  ])
  assert.deepEqual([await subjectOf(victim.person, 'health'), await subjectOf(victim.person, 'justice')], before)
  assert.equal((await room.signIn(post())).person, victim.person)
  assert.equal((await room.signIn(claim())).person, into)
  assert.ok(!before.includes(await subjectOf(into, 'health')))
})

test('the thief learns nothing of the identity, and is known again by what their own provider asserts', async () => {
  const victim = await room.signIn(post({ identity: { ...angela, preferred_username: 'SECRETNAME' } }))
  const thief = await room.signIn(claim({ email: 'thief@example.org' }))
  const into = await split(victim.person, [thief.link])
  assert.deepEqual(await room.people.claimsOf(into, 'tax'), { email: 'thief@example.org', email_verified: false })
  await room.signIn(claim())
  assert.equal((await room.people.claimsOf(into, 'tax'))?.preferred_username, undefined)
  assert.equal((await room.people.claimsOf(into, 'tax'))?.family_name, angela.family_name)
  assert.equal((await room.people.recognise(claim({ provider: 'bank' }))).kind, 'resembles')
})

test('after a split nobody keeps a level that the other proved or confirmed', async () => {
  const victim = await room.signIn(post())
  const joinedBy = { link: victim.link, level: 'eidas2' } as const
  const thief = await room.signIn(claim({ provider: 'bank', level: 'eidas3' }), { joinTo: victim.person, joinedBy })
  assert.equal((await room.signIn(post())).serves, 'eidas3')
  const into = await split(victim.person, [thief.link])
  const after = await room.signIn(post())
  assert.deepEqual([after.highestLevel, after.serves], ['eidas2', 'eidas2'])
  const again = await room.signIn(claim({ provider: 'bank', level: 'eidas1' }))
  assert.deepEqual([again.person, again.highestLevel, again.serves], [into, 'eidas3', 'eidas3'])
})

test("what the thief's provider wrote is replaced when the victim comes back", async () => {
  const victim = await room.signIn(post())
  const thief = await room.signIn(claim({ level: 'eidas3', identity: { ...angela, preferred_username: 'THIEF' } }))
  assert.equal((await room.people.claimsOf(victim.person, 'post'))?.preferred_username, 'THIEF')
  await split(victim.person, [thief.link])
  await room.signIn(post())
  assert.equal((await room.people.claimsOf(victim.person, 'post'))?.preferred_username, undefined)
})

test('contacts go with the link that brought them, and no other', async () => {
  const victim = await room.signIn(post())
  const thief = await room.signIn(claim())
  const add = (address: string, via: LinkId) =>
    room.inside((tx) => room.people.addContact(tx, victim.person, address, 'eidas1', 'fr', { via }))
  const contacts = [await add('victim@example.org', victim.link), await add('thief@example.org', thief.link)]
  for (const { contact, code } of contacts) {
    await room.inside((tx) => room.people.verifyContact(tx, victim.person, contact, code, 'eidas1'))
  }
  const into = await split(victim.person, [thief.link])
  const heard = async (person: PersonId) => (await room.people.recipients(person, undefined)).map((to) => to.address)
  assert.deepEqual(await heard(victim.person), ['victim@example.org'])
  assert.deepEqual(await heard(into), ['thief@example.org'])
})

test('a split names links of this person, and leaves it one', async () => {
  const { person, link } = await room.signIn(claim())
  const other = await room.signIn(claim({ provider: 'bank', identity: tarik }))
  await assert.rejects(split(person, [link]), { error: 'not_allowed' })
  await assert.rejects(split(person, [other.link]), { error: 'not_found' })
  await assert.rejects(split(person, []), { error: 'not_found' })
  assert.equal(await room.count('people'), 2)
})

// ── Erasure ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test('of an erased person nothing can be read, with every key at hand; coming back makes a new one', async () => {
  const { person } = await room.signIn(claim({ email: 'a@example.org' }))
  await room.inside((tx) => room.people.addContact(tx, person, 'b@example.org', 'eidas1', 'fr'))
  await stopped(claim({ subject: 'second' }))
  const subject = await subjectOf(person, 'health')
  room.facts()
  await room.inside((tx) => room.people.erase(tx, person))
  await room.inside((tx) => room.people.erase(tx, person, actor))
  assert.deepEqual(room.facts(), [{ name: 'person.erased', data: { person, actor: { kind: 'hub' } } }])
  const { rows } = await sql<{ sealed: unknown[] }>`select array[wrapped_key, identity] as sealed from people`.execute(
    room.storage.db,
  )
  assert.deepEqual(rows, [{ sealed: [null, null] }])
  assert.deepEqual([await room.count('links'), await room.count('collisions')], [0, 0])
  assert.equal(await room.people.claimsOf(person, 'tax'), undefined)
  assert.deepEqual(await room.people.recipients(person, 'tax'), [])
  const again = await room.signIn(claim())
  assert.notEqual(again.person, person)
  assert.notEqual(await subjectOf(again.person, 'health'), subject)
  await assert.rejects(
    room.inside((tx) => room.people.addContact(tx, person, 'c@example.org', 'eidas1', 'fr')),
    { error: 'not_found' },
  )
})
