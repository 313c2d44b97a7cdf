import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { angela, claim, firstKey, openRoom, type Room, tarik } from '../../test/support/people.ts'
import type { PersonId } from '../kernel/ids.ts'

let room: Room
before(async () => {
  room = await openRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

const many = 24
const times = <T>(work: (number: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: many }, (_, number) => work(number)))

test('simultaneous first logins of one account make one person and one link', async () => {
  for (const identity of [angela, tarik]) {
    const settled = await times(() => room.signIn(claim({ identity })))
    assert.equal(new Set(settled.map(({ person }) => person)).size, 1)
    assert.deepEqual(settled.filter(({ created, newLink }) => created && newLink).length, 1)
    assert.deepEqual([await room.count('people'), await room.count('links')], [1, 1])
    assert.equal(room.facts().length, 2)
    await room.empty()
  }
})

test('simultaneous first logins of one human at different providers make one person', async () => {
  const settled = await times((number) => room.signIn(claim({ provider: `provider-${number}` })))
  assert.equal(new Set(settled.map(({ person }) => person)).size, 1)
  assert.equal(settled.filter(({ created }) => created).length, 1)
  assert.deepEqual([await room.count('people'), await room.count('links')], [1, many])
})

test('so do those of two processes in the middle of a change of keys', async () => {
  const rotated = room.peopleWith([{ version: 2, key: Buffer.alloc(32, 2) }, firstKey])
  const behind = room.peopleWith([firstKey, { version: 2, key: Buffer.alloc(32, 2) }])
  const settled = await times((number) =>
    room.signIn(claim({ provider: `provider-${number}` }), {}, number % 2 ? rotated : behind),
  )
  assert.equal(new Set(settled.map(({ person }) => person)).size, 1)
  assert.equal(await room.count('people'), 1)
})

test('of two accounts of one provider that arrive together, one is linked and the other waits for a review', async () => {
  const outcomes = await times((number) => room.settle(claim({ subject: `account-${number % 2}` })))
  const collisions = outcomes.flatMap((outcome) => ('collision' in outcome ? [outcome.collision] : []))
  assert.equal(new Set(collisions).size, 1)
  assert.deepEqual([await room.count('people'), await room.count('links'), await room.count('collisions')], [1, 1, 1])
})

test('of two accounts of one provider that join one person together, one does', async () => {
  const { person } = await room.signIn(claim({ provider: 'post', identity: tarik }))
  const outcomes = await times((number) =>
    room.settle(claim({ identity: tarik, subject: `account-${number}` }), { joinTo: person }),
  )
  assert.equal(outcomes.filter((outcome) => !('kind' in outcome)).length, 1)
  assert.equal(await room.count('links'), 2)
})

test('many different people at once are as many people', async () => {
  const settled = await times((number) =>
    room.signIn(claim({ subject: `s${number}`, identity: { ...angela, family_name: `DUBOIS ${'X'.repeat(number)}` } })),
  )
  assert.equal(new Set(settled.map(({ person }) => person)).size, many)
})

test('a subject is made once, whoever asks at the same time', async () => {
  const { person } = await room.signIn(claim())
  const subjects = await times((number) =>
    number % 2
      ? room.people.subjectFor(room.storage.db, person, 'health')
      : room.inside((tx) => room.people.subjectFor(tx, person, 'health')),
  )
  assert.equal(new Set(subjects).size, 1)
  assert.equal(await room.count('subjects'), 1)
})

test('simultaneous first sign-ins at a sector find one subject, whatever each has read of the person before', async () => {
  await room.signIn(claim())
  const subjects = await times(() =>
    room.inside(async (tx) => {
      const settled = await room.people.settle(tx, claim(), { sector: 'health' })
      assert.ok('person' in settled)
      return settled.subject ?? room.people.subjectFor(tx, settled.person, 'health')
    }),
  )
  assert.equal(new Set(subjects).size, 1)
  assert.equal(await room.count('subjects'), 1)
})

test('a subject that is made after a sign-in found none, and before it makes one, is the one of both', async (t) => {
  if (room.storage.kind === 'embedded')
    return t.skip('PGlite runs one transaction at a time; PostgreSQL runs this test')
  await room.signIn(claim())
  const [read, made] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()]
  const arriving = room.inside(async (tx) => {
    const settled = await room.people.settle(tx, claim(), { sector: 'health' })
    assert.ok('person' in settled)
    read.resolve()
    await made.promise
    return [settled.subject, await room.people.subjectFor(tx, settled.person, 'health')]
  })
  await read.promise
  const { person } = await room.people.recognise(claim())
  assert.ok(person)
  made.resolve(await room.inside((tx) => room.people.subjectFor(tx, person, 'health')))
  assert.deepEqual(await arriving, [undefined, await made.promise])
})

for (const [what, others] of [
  ['the only one of who loses it', []],
  ['one of several', ['embassy']],
] as const) {
  test(`an account, ${what}, that passes to somebody else while its sign-in waits is theirs then, and so is the subject`, async () => {
    const { person: loser } = await room.signIn(claim())
    for (const provider of others) assert.equal((await room.signIn(claim({ provider }))).person, loser)
    const { person: owner } = await room.signIn(claim({ provider: 'post', identity: tarik }))
    const subjectOf = (person: PersonId, sector: string) => room.people.subjectFor(room.storage.db, person, sector)
    await subjectOf(loser, 'health')
    const own = await subjectOf(owner, 'health')
    const lost = await subjectOf(loser, 'justice')
    const stopped = await room.settle(claim(), { joinTo: owner })
    assert.ok('collision' in stopped)
    const [decided, seen] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const review = room.inside(async (tx) => {
      await room.people.resolveCollision(tx, stopped.collision, 'same', { kind: 'command' })
      decided.resolve()
      await seen.promise
    })
    await decided.promise
    const arriving = ['health', 'justice'].map((sector) => room.signIn(claim(), { sector }))
    if (room.storage.kind === 'server') await waiting(arriving.length)
    seen.resolve()
    await review
    const settled = await Promise.all(arriving)
    assert.deepEqual(
      settled.map(({ person, subject }) => [person, subject]),
      [
        [owner, own],
        [owner, others.length === 0 ? lost : undefined],
      ],
    )
  })
}

/** Until so many transactions wait for what another one has locked. */
async function waiting(many: number): Promise<void> {
  for (let found = 0; found < many; ) {
    const { rows } = await sql<{ found: number }>`select count(*)::int as found from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(room.storage.db)
    found = rows[0]?.found ?? 0
  }
}

test('a change of civil status that arrives many times at once is told once', async () => {
  await room.signIn(claim())
  room.facts()
  await times(() => room.signIn(claim({ identity: { ...angela, family_name: 'MARTIN' }, level: 'eidas2' })))
  assert.deepEqual(
    room.facts().map(({ name }) => name),
    ['person.identity_changed'],
  )
})

test('the strongest of simultaneous sign-ins by one account is the one that counts', async () => {
  await room.signIn(claim())
  await times((number) => room.signIn(claim({ level: number === 0 ? 'eidas3' : 'eidas2' })))
  const settled = await room.signIn(claim())
  assert.deepEqual([settled.highestLevel, settled.serves], ['eidas3', 'eidas3'])
})

test('of simultaneous guesses no more than ten are looked at', async () => {
  const { person } = await room.signIn(claim())
  const { contact, code } = await room.inside((tx) =>
    room.people.addContact(tx, person, 'a@example.org', 'eidas1', 'fr'),
  )
  const guess = code === '00000000' ? '11111111' : '00000000'
  const tries = await times(() => room.inside((tx) => room.people.verifyContact(tx, person, contact, guess, 'eidas1')))
  assert.equal(tries.filter((outcome) => outcome === 'wrong').length, 10)
  assert.equal(tries.filter((outcome) => outcome === 'expired').length, many - 10)
})

test('of simultaneous decisions about one collision one counts', async () => {
  await room.signIn(claim())
  const stopped = await room.settle(claim({ subject: 'second' }))
  assert.ok('collision' in stopped)
  const decided = await Promise.allSettled(
    (['same', 'different', 'same', 'different'] as const).map((outcome) =>
      room.inside((tx) => room.people.resolveCollision(tx, stopped.collision, outcome, { kind: 'command' })),
    ),
  )
  assert.equal(decided.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a sign-in and the erasure of its person leave no half of either', async () => {
  const { person } = await room.signIn(claim())
  const outcomes = await times(
    (number): Promise<PersonId | undefined> =>
      number === 3
        ? room.inside(async (tx) => room.people.erase(tx, person)).then(() => undefined)
        : room.signIn(claim({ email: `a${number}@example.org` })).then((settled) => settled.person),
  )
  const people = new Set(outcomes.filter((one) => one !== undefined))
  assert.ok(people.size <= 2)
  assert.equal(await room.people.claimsOf(person, 'tax'), undefined)
  assert.notEqual((await room.signIn(claim())).person, person)
  assert.equal(await room.count('links'), 1)
})
