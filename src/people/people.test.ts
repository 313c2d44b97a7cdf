import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { angela, claim, firstKey, ilan, openRoom, presumed, type Room, tarik } from '../../test/support/people.ts'
import { levels } from '../kernel/assurance.ts'
import { minute } from '../kernel/durations.ts'
import { decideIdentity, decideUnlinked } from './linking.ts'

let room: Room
before(async () => {
  room = await openRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

const post = (over = {}) => claim({ provider: 'post', level: 'eidas2', ...over })
const factNames = () => room.facts().map(({ name }) => name)

// ── The rules, as values ────────────────────────────────────────────────────────────────────────────────────────────

test('what becomes of an account that is not linked', () => {
  const free = { homonyms: false, provider_linked: false }
  const rows: [Parameters<typeof decideUnlinked>, string][] = [
    [[angela, []], 'new'],
    [[tarik, []], 'new'],
    [[angela, [free]], 'match'],
    [[ilan, [free]], 'match'],
    [[tarik, [free]], 'resembles'],
    [[presumed, [free]], 'resembles'],
    [[tarik, [{ ...free, provider_linked: true }]], 'resembles'],
    [[angela, [free, free]], 'resembles'],
    [[angela, [{ ...free, homonyms: true }]], 'resembles'],
    [[angela, [{ homonyms: true, provider_linked: true }]], 'resembles'],
    [[angela, [{ ...free, provider_linked: true }]], 'collision'],
  ]
  for (const [input, expected] of rows) assert.equal(decideUnlinked(...input).kind, expected, JSON.stringify(input))
})

test('identity data changes only on a proof at least as strong, and at the same level only when it is news', () => {
  for (const stored of levels) {
    for (const claimed of levels) {
      const decided = (digest: string) =>
        decideIdentity({ level: stored, digest: 'as before' }, { level: claimed, digest })
      assert.equal(decided('news'), claimed >= stored ? 'take' : 'keep')
      assert.equal(decided('as before'), claimed > stored ? 'take' : 'keep')
    }
  }
  assert.equal(decideIdentity({ level: null, digest: 'x' }, { level: 'eidas1', digest: 'x' }), 'take')
})

// ── Who is who ──────────────────────────────────────────────────────────────────────────────────────────────────────

test('somebody new becomes a person with one link, and is known afterwards', async () => {
  assert.deepEqual(await room.people.recognise(claim()), { kind: 'new', person: undefined })
  const settled = await room.signIn(claim())
  const { person, link } = settled
  assert.deepEqual(settled, { person, link, created: true, newLink: true, highestLevel: 'eidas1', serves: 'eidas1' })
  assert.deepEqual(room.facts(), [
    { name: 'person.created', data: { person, provider: 'tax', level: 'eidas1' } },
    { name: 'person.linked', data: { person, link, provider: 'tax', level: 'eidas1', how: 'first' } },
  ])
  assert.deepEqual(await room.people.recognise(claim()), {
    kind: 'known',
    person,
    link,
    highestLevel: 'eidas1',
    serves: 'eidas1',
  })
  assert.deepEqual(await room.signIn(claim()), { ...settled, created: false, newLink: false })
  assert.deepEqual(room.facts(), [])
})

test('recognising writes nothing', async () => {
  const before = await room.dump()
  for (const identity of [angela, tarik, ilan]) await room.people.recognise(claim({ identity }))
  assert.equal(await room.dump(), before)
})

test('the same human at another provider is the same person, however that one writes the name', async () => {
  const { person } = await room.signIn(claim())
  const written = { ...angela, given_name: 'ANGELA CLAIRE LOUISE', family_name: 'DUBOIS LEMAIRE' }
  const recognised = await room.people.recognise(post({ identity: written }))
  assert.deepEqual(recognised, { kind: 'match', person, highestLevel: 'eidas2', serves: 'eidas2' })
  const settled = await room.signIn(post({ identity: written }))
  assert.equal(settled.person, person)
  assert.deepEqual([settled.created, settled.newLink], [false, true])
  assert.equal(await room.count('people'), 1)
})

test('an e-mail address links nobody', async () => {
  const email = 'angela@example.org'
  const { person } = await room.signIn(claim({ email }))
  const other = { ...angela, given_name: 'Béatrice' }
  assert.notEqual((await room.signIn(post({ identity: other, email }))).person, person)
})

test('R016: a resident born abroad is served as a person of their own, at each provider', async () => {
  const first = await room.signIn(claim({ identity: tarik }))
  assert.deepEqual(await room.people.recognise(post({ identity: tarik })), { kind: 'resembles', person: undefined })
  const second = await room.signIn(post({ identity: tarik }))
  assert.notEqual(second.person, first.person)
  assert.deepEqual([second.created, second.serves], [true, 'eidas2'])
  assert.equal((await room.signIn(claim({ identity: tarik }))).person, first.person)
})

test('somebody with a presumed birth date is served as a person of their own', async () => {
  const first = await room.signIn(claim({ identity: presumed }))
  assert.notEqual((await room.signIn(post({ identity: presumed }))).person, first.person)
})

test('two residents with one identity at one provider are no collision: that happens', async () => {
  const first = await room.signIn(claim({ identity: tarik, subject: 'a' }))
  const second = await room.signIn(claim({ identity: tarik, subject: 'b' }))
  assert.notEqual(first.person, second.person)
})

test('a professional is apart from the same human as a citizen, and one person at every provider', async () => {
  const citizen = await room.signIn(claim())
  const same = { ...ilan, given_name: angela.given_name, family_name: angela.family_name }
  const professional = await room.signIn(claim({ provider: 'health', identity: same, level: 'eidas2' }))
  assert.notEqual(professional.person, citizen.person)
  const elsewhere = await room.signIn(claim({ provider: 'hospital', identity: { ...ilan, family_name: 'OTHER' } }))
  assert.equal(elsewhere.person, professional.person)
  const joined = await room.signIn(claim({ provider: 'order', identity: ilan }), { joinTo: citizen.person })
  assert.equal(joined.person, professional.person)
})

test('one subject at one provider that changes kind is another account', async () => {
  const citizen = await room.signIn(claim())
  assert.notEqual((await room.signIn(claim({ identity: ilan }))).person, citizen.person)
})

// ── Levels: a weak provider does not become somebody ────────────────────────────────────────────────────────────────

test('a first link below what the person has proved serves at its own level only, for as long as it stays weak', async () => {
  await room.signIn(post({ level: 'eidas3' }))
  const weak = await room.signIn(claim())
  assert.deepEqual([weak.highestLevel, weak.serves, weak.newLink], ['eidas3', 'eidas1', true])
  for (let login = 0; login < 2; login++) {
    const again = await room.signIn(claim())
    assert.deepEqual([again.highestLevel, again.serves], ['eidas3', 'eidas1'])
  }
  const recognised = await room.people.recognise(claim())
  assert.equal(recognised.kind === 'known' && recognised.serves, 'eidas1')
})

test('whoever came first through a weak provider gains nothing when a strong one comes', async () => {
  const early = await room.signIn(claim())
  const victim = await room.signIn(post({ level: 'eidas3' }))
  assert.equal(victim.person, early.person)
  const again = await room.signIn(claim())
  assert.deepEqual([again.highestLevel, again.serves], ['eidas3', 'eidas1'])
})

test('a link is confirmed by a sign-in at the highest level, and stays so', async () => {
  await room.signIn(post())
  await room.signIn(claim())
  assert.equal((await room.signIn(claim({ level: 'eidas2' }))).serves, 'eidas2')
  assert.equal((await room.signIn(claim())).serves, 'eidas2')
})

test('a stronger sign-in raises the highest level of the person', async () => {
  await room.signIn(claim())
  assert.equal((await room.signIn(claim({ level: 'eidas3' }))).highestLevel, 'eidas3')
  assert.equal((await room.signIn(claim())).highestLevel, 'eidas3')
})

// ── Signing in with both ────────────────────────────────────────────────────────────────────────────────────────────

test('signing in with both joins what does not link by itself', async () => {
  for (const identity of [tarik, presumed]) {
    const { person, link } = await room.signIn(post({ identity }))
    room.facts()
    const joined = await room.signIn(claim({ identity }), { joinTo: person, joinedBy: { link, level: 'eidas2' } })
    assert.deepEqual([joined.person, joined.newLink, joined.serves], [person, true, 'eidas2'])
    assert.deepEqual(
      room.facts().map((fact) => (fact.name === 'person.linked' ? fact.data.how : fact.name)),
      ['both'],
    )
    assert.equal((await room.signIn(claim({ identity }))).serves, 'eidas2')
    await room.empty()
  }
})

test('signing in with both confirms a weak link, in either order', async () => {
  const strong = await room.signIn(post({ level: 'eidas3' }))
  const weak = await room.signIn(claim())
  const { person } = strong
  room.facts()
  const confirmed = await room.signIn(claim(), { joinTo: person, joinedBy: { link: strong.link, level: 'eidas3' } })
  assert.equal(confirmed.serves, 'eidas3')
  assert.deepEqual(room.facts(), [
    { name: 'person.link_confirmed', data: { person, link: weak.link, provider: 'tax', level: 'eidas3' } },
  ])
  await room.empty()

  const early = await room.signIn(claim())
  const joinedBy = { link: early.link, level: 'eidas1' } as const
  await room.signIn(post({ level: 'eidas3' }), { joinTo: early.person, joinedBy })
  assert.equal((await room.signIn(claim())).serves, 'eidas3')
})

test('a weak link cannot lend a level that it does not have', async () => {
  const { person } = await room.signIn(post({ level: 'eidas3' }))
  const weak = await room.signIn(claim())
  const lent = await room.signIn(claim({ provider: 'bank' }), {
    joinTo: person,
    joinedBy: { link: weak.link, level: 'eidas3' },
  })
  assert.equal(lent.serves, 'eidas1')
  const own = await room.signIn(claim(), { joinTo: person, joinedBy: { link: weak.link, level: 'eidas3' } })
  assert.equal(own.serves, 'eidas1', 'nor confirm itself')
})

test("somebody else's link confirms nothing, and neither does a joint sign-in that is not told", async () => {
  const { person } = await room.signIn(post({ level: 'eidas3' }))
  await room.signIn(claim())
  const stranger = await room.signIn(claim({ provider: 'bank', level: 'eidas3', identity: tarik }))
  const joinedBy = { link: stranger.link, level: 'eidas3' } as const
  assert.equal((await room.signIn(claim(), { joinTo: person, joinedBy })).serves, 'eidas1')
  assert.equal((await room.signIn(claim(), { joinTo: person })).serves, 'eidas1')
})

test('an account of somebody else does not join: a review waits, once', async () => {
  const one = await room.signIn(post({ identity: tarik }))
  const other = await room.signIn(claim({ identity: tarik }))
  room.facts()
  const stopped = await room.settle(claim({ identity: tarik }), { joinTo: one.person })
  assert.ok('collision' in stopped)
  assert.deepEqual(await room.settle(claim({ identity: tarik }), { joinTo: one.person }), stopped)
  assert.deepEqual(room.facts(), [
    { name: 'person.collision_found', data: { collision: stopped.collision, person: one.person, provider: 'tax' } },
  ])
  const [view] = await room.people.collisions()
  assert.deepEqual(view, {
    collision: stopped.collision,
    person: one.person,
    provider: 'tax',
    cause: 'linked_elsewhere',
    level: 'eidas1',
    at: room.clock.now(),
    other: other.person,
  })
  assert.equal((await room.signIn(claim({ identity: tarik }))).person, other.person, 'alone it goes on')
})

test('an account whose identity cannot be theirs does not join', async () => {
  const { person } = await room.signIn(post())
  const spouse = { ...angela, given_name: 'Bruno', gender: 'male' as const, birthdate: '1960-01-01' }
  assert.ok('kind' in (await room.settle(claim({ identity: spouse }), { joinTo: person })))
  assert.equal((await room.people.collisions())[0]?.cause, 'identities_differ')
})

// ── Collisions ──────────────────────────────────────────────────────────────────────────────────────────────────────

test('a second account of one provider for one identity stops for a review, once', async () => {
  const { person } = await room.signIn(claim())
  room.facts()
  assert.deepEqual(await room.people.recognise(claim({ subject: 'second' })), { kind: 'collision', person })
  const stopped = await room.settle(claim({ subject: 'second' }))
  assert.ok('kind' in stopped)
  assert.deepEqual(await room.settle(claim({ subject: 'second' })), stopped)
  assert.deepEqual(factNames(), ['person.collision_found'])
  assert.deepEqual(await room.people.recognise(claim({ subject: 'second' })), { ...stopped, person })
  assert.equal(await room.count('links'), 1)
})

// ── Civil status ────────────────────────────────────────────────────────────────────────────────────────────────────

const married = { ...angela, family_name: 'MARTIN', preferred_username: 'MARTIN-DUBOIS' }

test('a change of civil status keeps the person, the link and the subject, and is found by the new identity', async () => {
  const before = await room.signIn(claim())
  const subject = await room.people.subjectFor(room.storage.db, before.person, 'health')
  room.facts()
  const after = await room.signIn(claim({ identity: married }))
  assert.deepEqual([after.person, after.link], [before.person, before.link])
  assert.equal(await room.people.subjectFor(room.storage.db, after.person, 'health'), subject)
  assert.deepEqual(room.facts(), [
    {
      name: 'person.identity_changed',
      data: {
        person: before.person,
        provider: 'tax',
        level: 'eidas1',
        fields: ['family_name', 'preferred_username'],
      },
    },
  ])
  const claims = await room.people.claimsOf(before.person, 'tax')
  assert.deepEqual([claims?.family_name, claims?.preferred_username], ['MARTIN', 'MARTIN-DUBOIS'])
  assert.equal((await room.people.recognise(post({ identity: married }))).person, before.person)
  assert.equal((await room.people.recognise(post({ identity: angela }))).kind, 'new')
  await room.signIn(claim({ identity: married }))
  assert.deepEqual(room.facts(), [], 'told once')
})

test('a weaker provider changes nothing of what a stronger one said, and is heard when it is as strong', async () => {
  const { person } = await room.signIn(post())
  await room.signIn(claim())
  room.facts()
  assert.equal((await room.signIn(claim({ identity: married }))).person, person)
  assert.equal((await room.people.claimsOf(person, 'tax'))?.family_name, angela.family_name)
  assert.deepEqual(room.facts(), [])
  await room.signIn(claim({ identity: married, level: 'eidas2' }))
  assert.equal((await room.people.claimsOf(person, 'tax'))?.family_name, 'MARTIN')
})

test('two providers of one level that write a name differently do not take turns in changing it', async () => {
  const { person } = await room.signIn(claim())
  const written = post({ level: 'eidas1', identity: { ...angela, given_name: 'ANGELA CLAIRE LOUISE' } })
  await room.signIn(written)
  room.facts()
  for (const account of [claim(), written, claim(), written]) await room.signIn(account)
  assert.deepEqual(room.facts(), [])
  assert.equal((await room.people.claimsOf(person, 'post'))?.given_name, angela.given_name)
})

test("a stronger provider's spelling replaces a weaker one's at once", async () => {
  const { person } = await room.signIn(claim({ identity: { ...angela, given_name: 'ANGELA CLAIRE LOUISE' } }))
  await room.signIn(post())
  assert.equal((await room.people.claimsOf(person, 'tax'))?.given_name, angela.given_name)
})

// ── Subjects and claims ─────────────────────────────────────────────────────────────────────────────────────────────

test('R015: a subject is opaque, the same for ever in its sector, and another one elsewhere', async () => {
  const one = await room.signIn(claim())
  const other = await room.signIn(claim({ provider: 'bank', identity: tarik }))
  const subject = (person: typeof one.person, sector: string) => room.people.subjectFor(room.storage.db, person, sector)
  const first = await subject(one.person, 'health')
  assert.match(first, /^[\w-]{43}$/)
  await room.signIn(post({ identity: angela }))
  assert.equal(await subject(one.person, 'health'), first)
  assert.equal(await room.inside((tx) => room.people.subjectFor(tx, one.person, 'health')), first)
  const others = [await subject(one.person, 'justice'), await subject(other.person, 'health')]
  assert.equal(new Set([first, ...others]).size, 3)
  await assert.rejects(subject('per_nobody', 'health'), { error: 'not_found' })
})

test('R110: who is known to a sector by a subject, and whose an account at a provider is', async () => {
  const { person } = await room.signIn(claim())
  const professional = await room.signIn(claim({ provider: 'psc', identity: ilan }))
  const subject = await room.people.subjectFor(room.storage.db, person, 'health')
  const known = (sector: string, by: string) => room.people.knownAs(room.storage.db, sector, by)
  const holder = (provider: string, by: string) => room.people.holderOf(room.storage.db, provider, by)
  assert.deepEqual(
    [await known('health', subject), await known('justice', subject), await known('health', '')],
    [person, undefined, undefined],
  )
  assert.deepEqual(
    [
      await holder('tax', 'tax-1'),
      await holder('psc', 'psc-1'),
      await holder('tax', 'psc-1'),
      await holder('bank', 'tax-1'),
    ],
    [person, professional.person, undefined, undefined],
  )
})

test('a birth name and a birth date that somebody says are compared, folded, and both have to be right', async () => {
  const of = async (person: Parameters<typeof room.people.declares>[1], birthName: string, birthdate: string) =>
    room.people.declares(room.storage.db, person, { birthName, birthdate })
  const { person } = await room.signIn(claim())
  const { birthdate } = angela
  const rows: [string, string, boolean][] = [
    ['DUBOIS-LEMAIRE', birthdate, true],
    ['  dubois lemaire', birthdate, true],
    ['Düboislemaire', birthdate, true],
    ['DUBOIS', birthdate, false],
    ['', birthdate, false],
    ['DUBOIS-LEMAIRE', '1962-08-25', false],
    ['DUBOIS-LEMAIRE', '1962-08', false],
    ['DUBOIS-LEMAIRE', '', false],
  ]
  for (const [name, date, wanted] of rows) assert.equal(await of(person, name, date), wanted, `${name} ${date}`)
  const guessed = await room.signIn(claim({ provider: 'post', identity: { ...presumed, given_name: 'Ana' } }))
  assert.equal(
    await of(guessed.person, 'Dubois-Lemaire', '1962-08-31'),
    true,
    'of a presumed date what is known counts',
  )
  assert.equal(await of(guessed.person, 'Dubois-Lemaire', '1962-09-01'), false)
  const professional = await room.signIn(claim({ provider: 'psc', identity: ilan }))
  assert.equal(await of(professional.person, ilan.family_name ?? '', birthdate), false)
  assert.equal(await of('per_nobody', 'DUBOIS-LEMAIRE', birthdate), false)
})

test('R019: claims are those of the identity, in the words of OpenID Connect', async () => {
  const { person } = await room.signIn(
    claim({ identity: { ...tarik, birthdate: '1988-00-00' }, email: 'T@Example.ORG' }),
  )
  assert.deepEqual(await room.people.claimsOf(person, 'tax'), {
    given_name: 'Tarik',
    family_name: 'BENJELLOUN',
    birthdate: '1988-01-01',
    gender: 'male',
    birthcountry: '99350',
    email: 'T@example.org',
    email_verified: false,
  })
  assert.equal(await room.people.claimsOf('per_nobody', 'tax'), undefined)
})

test('R020: a professional is known to services by the national identifier, a citizen by the name in use', async () => {
  const professional = await room.signIn(claim({ provider: 'health', identity: ilan }))
  assert.deepEqual(await room.people.claimsOf(professional.person, 'health'), {
    given_name: 'Ilan',
    family_name: 'VERMEIL',
    preferred_username: ilan.nationalId,
  })
  const citizen = await room.signIn(claim({ provider: 'tax', identity: angela }))
  assert.equal((await room.people.claimsOf(citizen.person, 'tax'))?.preferred_username, undefined)
})

test('an asserted address is that of the provider in use, and the last one it sent', async () => {
  const { person } = await room.signIn(claim({ email: 'old@example.org' }))
  await room.signIn(post({ email: 'post@example.org' }))
  await room.signIn(claim({ email: 'new@example.org' }))
  await room.signIn(claim())
  await room.signIn(claim({ email: 'not an address\r\nBcc: x@example.org' }))
  const email = async (provider: string) => (await room.people.claimsOf(person, provider))?.email
  assert.deepEqual(
    [await email('tax'), await email('post'), await email('bank')],
    ['new@example.org', 'post@example.org', undefined],
  )
})

test('what a sign-in will release is told before it is settled, exactly', async () => {
  const arrivals: [Parameters<typeof claim>[0], Parameters<typeof claim>[0]][] = [
    [{}, { email: 'new@example.org' }],
    [{}, { identity: married }],
    [{ level: 'eidas2' }, { identity: married }],
    [{ email: 'a@example.org' }, {}],
    [{}, { provider: 'post', email: 'new@example.org', identity: { ...angela, given_name: 'ANGELA CLAIRE LOUISE' } }],
    [{}, { provider: 'post', level: 'eidas3', identity: { ...angela, given_name: 'ANGELA CLAIRE LOUISE' } }],
  ]
  for (const [before, after] of arrivals) {
    const { person } = await room.signIn(claim(before))
    const arriving = claim(after)
    const foreseen = await room.people.claimsOf(person, arriving.provider, arriving)
    assert.equal((await room.signIn(arriving)).person, person)
    assert.deepEqual(await room.people.claimsOf(person, arriving.provider), foreseen)
    await room.empty()
  }
  const arriving = claim({ identity: tarik, email: 't@example.org' })
  const foreseen = room.people.claimsIn(arriving)
  const { person } = await room.signIn(arriving)
  assert.deepEqual(await room.people.claimsOf(person, 'tax'), foreseen)
})

// ── Cost ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('a known account costs one indexed statement for each verb, and writes nothing', async () => {
  const claimed = claim({ email: 'a@example.org' })
  const { person } = await room.signIn(claimed, { language: 'fr' })
  await room.people.subjectFor(room.storage.db, person, 'health')
  const before = await room.dump()
  const verbs = [
    () => room.people.recognise(claimed),
    () => room.signIn(claimed, { language: 'en' }),
    () => room.people.subjectFor(room.storage.db, person, 'health'),
    () => room.people.claimsOf(person, 'tax'),
    () => room.people.recipients(person, 'tax'),
  ]
  for (const verb of verbs) {
    const statements = await room.statementsOf(verb)
    assert.equal(statements.length, 1, statements.map(({ sql }) => sql).join('\n'))
    for (const statement of statements) assert.doesNotMatch(await room.planOf(statement), /Seq Scan/)
  }
  assert.equal(await room.dump(), before)
})

test('a sign-in that names a sector learns its subject with the person, in two indexed statements', async () => {
  const first = await room.signIn(claim(), { sector: 'health' })
  assert.equal((await room.signIn(claim(), { sector: 'health' })).subject, undefined, 'there is none yet')
  const subject = await room.people.subjectFor(room.storage.db, first.person, 'health')
  const before = await room.dump()
  const statements = await room.statementsOf(async () => {
    assert.equal((await room.signIn(claim(), { sector: 'health' })).subject, subject)
  })
  assert.equal(statements.length, 2)
  for (const statement of statements) assert.doesNotMatch(await room.planOf(statement), /Seq Scan/)
  assert.equal((await room.signIn(claim(), { sector: 'justice' })).subject, undefined)
  assert.equal(await room.dump(), before, 'and none is made')
  const stronger = await room.signIn(claim({ level: 'eidas2', email: 'a@example.org' }), { sector: 'health' })
  assert.equal(stronger.subject, subject, 'also of who brings news')
})

test('a first login is found by index too, in at most six statements', async () => {
  const statements = await room.statementsOf(() => room.signIn(claim()))
  assert.ok(statements.length <= 6, String(statements.length))
  const finding = await room.statementsOf(() => room.people.recognise(post()))
  // Somebody found is looked at once more: the account may have been linked between two statements.
  assert.equal(finding.length, 3)
  for (const statement of finding) assert.doesNotMatch(await room.planOf(statement), /Seq Scan/)
})

// ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const secondKey = { version: 2, key: Buffer.alloc(32, 2) }

test('an older key still finds; whoever is met is digested with the newest', async () => {
  const { person } = await room.signIn(claim())
  const rotated = room.peopleWith([secondKey, firstKey])
  assert.equal((await rotated.recognise(post())).person, person)
  assert.equal((await room.signIn(claim(), {}, rotated)).person, person)
  assert.match(await room.dump(), /,2\.[\w-]{43},/)
  const onlyNew = room.peopleWith([secondKey])
  assert.equal((await onlyNew.recognise(post())).person, person)
  assert.equal((await room.people.recognise(post())).kind, 'new', 'the old key alone finds no more')
})

test('a link made by an older key is digested anew as well', async () => {
  const { person } = await room.signIn(claim())
  const rotated = room.peopleWith([secondKey, firstKey])
  await room.signIn(post(), {}, rotated)
  assert.equal((await room.peopleWith([secondKey]).recognise(claim({ provider: 'bank' }))).person, person)
})

test('those who are not met are digested anew, until an older key is needed by nobody; how many are left is known', async () => {
  for (let number = 0; number < 5; number++) {
    await room.signIn(
      claim({ subject: `s${number}`, identity: { ...angela, family_name: `NAME${'X'.repeat(number)}` } }),
    )
  }
  const rotated = room.peopleWith([secondKey, firstKey])
  assert.deepEqual(await rotated.awaitingRekey(), [{ version: 1, people: 5, given: true }])
  assert.equal(await rotated.rekey(0), 0, 'no time, no work')
  assert.deepEqual([await rotated.rekey(minute), await rotated.rekey(minute)], [5, 0])
  assert.deepEqual(await rotated.awaitingRekey(), [{ version: 1, people: 0, given: true }])
  assert.deepEqual(await room.peopleWith([secondKey]).awaitingRekey(), [])
  assert.deepEqual(await room.people.awaitingRekey(), [{ version: 2, people: 5, given: false }])
  assert.equal(
    (await room.peopleWith([secondKey]).recognise(post({ identity: { ...angela, family_name: 'NAMEXX' } }))).kind,
    'match',
  )
})

test('two keys never share a version, and there is one at least', () => {
  assert.throws(() => room.peopleWith([]))
  assert.throws(() => room.peopleWith([firstKey, { ...secondKey, version: 1 }]))
})

// ── At rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test('no name, address or subject of a provider rests in clear, and two equal ones do not look equal', async () => {
  const email = 'canary-mail@example.org'
  const subject = 'canary-subject'
  const identity = {
    ...tarik,
    given_name: 'Canarygiven',
    family_name: 'CANARYFAMILY',
    preferred_username: 'Canaryname',
  }
  const { person } = await room.signIn(claim({ identity, email, subject }), { language: 'fr' })
  await room.signIn(post({ identity, email, subject }))
  await room.settle(claim({ identity, subject }), {
    joinTo: (await room.signIn(post({ identity, email, subject }))).person,
  })
  await room.inside((tx) => room.people.addContact(tx, person, 'canary-contact@example.org', 'eidas1', 'fr'))
  const rows = (await room.dump()) + JSON.stringify(room.facts())
  const readable = rows + Buffer.from(rows.replaceAll(/[^0-9a-f]/g, ''), 'hex').toString('latin1')
  assert.match(rows, new RegExp(person))
  assert.doesNotMatch(readable, /canary|1988-\d\d|\b99350\b/i)
  for (const [sealed] of rows.matchAll(/\\x[0-9a-f]{40,}/g)) {
    assert.equal(rows.split(sealed).length, 2)
    assert.doesNotMatch(Buffer.from(sealed.slice(2), 'hex').toString('latin1'), /canary|1988-\d\d|\b99350\b/i)
  }
})

test('what was sealed for one person does not open in the row of another', async () => {
  const one = await room.signIn(claim())
  const other = await room.signIn(claim({ provider: 'bank', identity: tarik }))
  await room.inside(async (tx) => {
    await sql`update people set (identity, wrapped_key) =
      (select identity, wrapped_key from people where id = ${one.person}) where id = ${other.person}`.execute(tx)
  })
  await assert.rejects(room.people.claimsOf(other.person, 'bank'))
})
