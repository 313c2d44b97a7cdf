import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { authenticatedIn, codeIn, goodPassword, type MeansRoom, openMeansRoom } from '../../test/support/means.ts'
import { angela } from '../../test/support/people.ts'
import { day, hour } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { EnrolmentId, LinkId, MeansId, PersonId } from '../kernel/ids.ts'
import { decideEnrolment, decideMeans, type Fate, type Parting } from './following.ts'
import type { MeansKind, MeansState } from './means.ts'

let room: MeansRoom
before(async () => {
  room = await openMeansRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

const actor = { kind: 'command' } as const
const [own, intruder, post] = ['lnk_own', 'lnk_intruder', 'lnk_post'] as LinkId[] as [LinkId, LinkId, LinkId]

describe('what is known of a means after a review', () => {
  const since = 10 * day
  const stayed: Parting = {
    ownLeft: false,
    gone: new Set([intruder]),
    kept: new Set([own, post]),
    own,
    all: false,
    since,
  }
  const left: Parting = { ownLeft: true, gone: new Set([own]), kept: new Set([post]), own, all: false, since }

  for (const [kind, link, parting, expected] of [
    ['provider', intruder, stayed, 'goes'],
    ['provider', post, stayed, 'stays'],
    ['provider', post, left, 'stays'],
    ['document', undefined, stayed, 'stays'],
    ['document', undefined, left, 'goes'],
    ['health_mailbox', undefined, left, 'goes'],
    ['invitation', undefined, left, 'stays'],
    ['document', undefined, { ...stayed, all: true }, 'goes'],
  ] as const) {
    test(`an enrolment by ${kind} ${link ?? ''}, ${parting.all ? 'nothing left' : parting.ownLeft ? 'own account gone' : 'own account kept'}: ${expected}`, () => {
      assert.equal(decideEnrolment({ kind, ...(link ? { link } : {}) }, parting), expected)
    })
  }

  const table: [name: string, parting: Parting, means: Partial<Parameters<typeof decideMeans>[0]>, fate: Fate][] = [
    ['added by the account that left, under its own proof', stayed, { via: intruder, enrolment: 'goes' }, 'goes'],
    ['added by the account that left, under a proof of who stays', stayed, { via: intruder }, 'ends'],
    ['added by an account that stays', stayed, { via: post, bornAt: since }, 'stays'],
    ['... and changed since', stayed, { via: post, changedAt: since }, 'suspended'],
    ['... or under a proof that goes', stayed, { via: post, enrolment: 'goes' }, 'suspended'],
    ['added by the own account before anybody shared it', stayed, { via: own, bornAt: since - 1 }, 'stays'],
    ['... and changed before that too', stayed, { via: own, bornAt: 0, changedAt: since - 1 }, 'stays'],
    ['... but changed since', stayed, { via: own, bornAt: 0, changedAt: since }, 'suspended'],
    ['added by the own account since', stayed, { via: own, bornAt: since }, 'suspended'],
    ['added by the own account under a proof that goes', stayed, { via: own, enrolment: 'goes' }, 'suspended'],
    ['made before an agent', stayed, { bornAt: since }, 'stays'],
    ['... and changed since', stayed, { bornAt: 0, changedAt: since }, 'suspended'],
    ['made before an agent, the own account gone', left, { enrolment: 'goes' }, 'goes'],
    ['added by the own account, which is gone', left, { via: own, enrolment: 'goes' }, 'goes'],
    ['... under a proof of who stays', left, { via: own }, 'suspended'],
    ['added by an account that stays, the own one gone', left, { via: post }, 'stays'],
    ['whatever, when nothing is left', { ...stayed, all: true }, { via: post, enrolment: 'goes' }, 'goes'],
  ]
  for (const [name, parting, means, fate] of table) {
    test(`${name}: ${fate}`, () => {
      assert.equal(decideMeans({ enrolment: 'stays', bornAt: since, ...means }, parting), fate)
    })
  }
})

// ── In a database ───────────────────────────────────────────────────────────────────────────────────────────────────

let families = 0
const family = () => `DUBOIS ${[...String(families++)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('')}`

/** An account at another provider, settled: it links to whoever has that identity. */
async function account(provider: string, identity: typeof angela): Promise<{ person: PersonId; link: LinkId }> {
  const claimed = { provider, subject: `${provider} ${identity.family_name}`, level: 'eidas2', identity } as const
  const settled = await room.storage.transaction((tx) => room.people.settle(tx, claimed))
  assert.ok(!('kind' in settled))
  return settled
}

async function prove(person: PersonId, provider: string, link: LinkId): Promise<EnrolmentId> {
  const proof = { kind: 'provider', provider, link, level: 'eidas2', authTime: room.clock.now() } as const
  const recorded = await room.storage.transaction((tx) =>
    room.means.enrolments.record(tx, {
      person,
      proof,
      agent: { kind: 'person', id: person },
      evidence: `by ${provider}`,
    }),
  )
  assert.ok(recorded.ok)
  return recorded.enrolment
}

interface Holder {
  person: PersonId
  enrolment: EnrolmentId
  via?: LinkId
}

async function phone(holder: Holder, number: string): Promise<MeansId> {
  // Means are listed in the order in which they came; three messages in ten minutes are all that one gets.
  room.clock.advance(hour)
  const added = await room.means.sentCodes.addNumber({ ...holder, number, label: `phone ${number}`, language: 'fr' })
  assert.ok(added.ok)
  const sent = room.sent.at(-1)
  assert.ok(sent)
  assert.equal(await room.means.sentCodes.verifyNumber(holder.person, added.means, codeIn(sent)), 'active')
  return added.means
}

const codes = (holder: Holder) => room.storage.transaction((tx) => room.means.recoveryCodes.make(tx, holder))
const ownLinkOf = async (person: PersonId) =>
  (await room.people.linksOf(room.storage.db, person)).find(({ provider }) => provider === 'local-account')?.link
const split = (person: PersonId, links: LinkId[]) =>
  room.storage.transaction((tx) => room.people.split(tx, person, links, actor))

/** Label, state and hint of each: what is sealed opens with the key of whose it is, or this throws. */
async function meansOf(person: PersonId): Promise<[kind: MeansKind, state: MeansState, shown: string | undefined][]> {
  const all = await room.means.of(room.storage.db, person)
  return all.map(({ kind, state, hint }) => [kind, state, hint])
}

/** Of all people: a means and its enrolment are one person's. */
async function strayMeans(): Promise<unknown[]> {
  const { rows } = await sql`select m.id, m.state from means m join enrolments e on e.id = m.enrolment_id
    where m.person_id <> e.person_id`.execute(room.storage.db)
  return rows
}

async function evidenceOf(person: PersonId): Promise<string[]> {
  const sealer = await room.people.sealerOf(room.storage.db, person)
  const { rows } = await sql<{ id: EnrolmentId; evidence: Buffer }>`select id, evidence from enrolments
    where person_id = ${person} and evidence is not null order by at, id`.execute(room.storage.db)
  return rows.map(({ id, evidence }) => sealer?.open(`evidence ${id}`, evidence) ?? '')
}

/** Somebody with an account at `post` and means of their own, in which an account of an intruder was linked a day later. */
async function shared() {
  const identity = { ...angela, family_name: family() }
  const { person, link: post } = await account('post', identity)
  const enrolment = await prove(person, 'post', post)
  const own = await ownLinkOf(person)
  assert.ok(own)
  room.clock.advance(hour)
  await phone({ person, enrolment, via: post }, '+33611111111')
  room.clock.advance(day)
  const { person: same, link: intruder } = await account('bank', identity)
  assert.equal(same, person)
  room.clock.advance(hour)
  return { person, identity, enrolment, own, post, intruder }
}

describe('split: the means of who leaves', () => {
  test('follow with all that is sealed; what is known to stay stays; what nobody knows is suspended, and says so', async () => {
    const { person, enrolment, own, post, intruder } = await shared()
    const theirs = await prove(person, 'bank', intruder)
    const moved = await phone({ person, enrolment: theirs, via: intruder }, '+33622222222')
    const doubtful = await phone({ person, enrolment, via: own }, '+33633333333')
    const mine = await phone({ person, enrolment, via: post }, '+33644444444')
    const underMine = await phone({ person, enrolment, via: intruder }, '+33655555555')
    room.facts.clear()
    const into = await split(person, [intruder])
    assert.deepEqual(await meansOf(person), [
      ['sms_code', 'active', '•••• 11'],
      ['sms_code', 'suspended', '•••• 33'],
      ['sms_code', 'active', '•••• 44'],
      ['sms_code', 'revoked', '•••• 55'],
    ])
    // They have no account at the hub yet: it waits for one.
    assert.deepEqual(await meansOf(into), [['sms_code', 'suspended', '•••• 22']])
    assert.deepEqual(await evidenceOf(person), ['by post'])
    assert.deepEqual(await evidenceOf(into), ['by bank'])
    assert.deepEqual(await strayMeans(), [])
    assert.deepEqual(room.facts.of('means.moved'), [{ means: moved, person, into, actor }])
    assert.deepEqual(room.facts.of('enrolment.moved'), [{ enrolment: theirs, person, into, actor }])
    assert.deepEqual(
      new Set(room.facts.of('means.suspended').map((fact) => `${fact.person} ${fact.means} ${fact.reason}`)),
      new Set([`${person} ${doubtful} review`, `${into} ${moved} review`]),
    )
    assert.deepEqual(room.facts.of('means.revoked'), [{ person, means: underMine, reason: 'review', actor }])
    assert.ok(mine)
    // The holder cannot bring it back: who that is was the question.
    const change = { person, means: doubtful, actor: { kind: 'person', id: person }, reason: 'found' } as const
    assert.equal(await room.storage.transaction((tx) => room.means.resume(tx, change)), 'not_allowed')
  })

  test('the own account among them: password, identifier and enrolment go along and sign in as the other one', async () => {
    const { person, enrolment, name } = await room.withPassword()
    const own = await ownLinkOf(person)
    assert.ok(own)
    const identity = await room.people.identityOf(room.storage.db, person)
    assert.ok(identity?.kind === 'pivot')
    const { link: post } = await account('post', identity)
    const proof = await prove(person, 'post', post)
    const kept = await phone({ person, enrolment: proof, via: post }, '+33611111111')
    await phone({ person, enrolment, via: own }, '+33622222222')
    room.clock.advance(hour)
    const set = await codes({ person, enrolment, via: own })
    const wrong = await room.password(name)
    assert.equal(wrong.kind, 'second_factor')
    const ceremony = wrong.kind === 'second_factor' ? wrong.ceremony : ''
    const answer = { kind: 'recovery_code', code: 'AAAA-AAAA-AAAA-AAAA' } as const
    await room.means.ceremonies.secondFactor({ ceremony, browser: 'the cookie of one browser', answer })
    const into = await split(person, [own])
    assert.deepEqual(await room.means.enrolments.identifiersOf(room.storage.db, into), [
      { kind: 'login_name', value: name },
    ])
    assert.deepEqual(await room.means.enrolments.identifiersOf(room.storage.db, person), [])
    assert.equal(await room.means.enrolments.personOf(name), into)
    assert.deepEqual(await meansOf(into), [
      ['password', 'active', undefined],
      ['sms_code', 'active', '•••• 22'],
      // The digests of its codes are bound to the person that they were made for.
      ['recovery_codes', 'revoked', undefined],
    ])
    assert.deepEqual(room.facts.of('means.revoked').at(-1), { person: into, means: set.means, reason: 'review', actor })
    // Who stays has no account at the hub any more.
    assert.deepEqual(await meansOf(person), [['sms_code', 'suspended', '•••• 11']])
    assert.deepEqual(room.facts.of('means.suspended').at(-1), { person, means: kept, reason: 'review', actor })
    assert.deepEqual(await strayMeans(), [])
    const second = await room.password(name)
    assert.ok(second.kind === 'second_factor' && second.choices.every(({ kind }) => kind === 'sms_code'))
    const { rows } = await sql<{ failures: number }>`select cardinality(failures) as failures from sign_in_failures
      where consecutive > 0`.execute(room.storage.db)
    assert.deepEqual(rows, [{ failures: 1 }, { failures: 1 }], 'failures count on both sides')
  })

  test('what fails in a room undoes the whole review', async () => {
    const { person, intruder } = await shared()
    const broken = { room: 'broken', forget: async () => {}, follow: () => Promise.reject(new Error('of no use')) }
    const people = room.anotherPeople()
    people.keep(room.means.keeper)
    people.keep(broken)
    await assert.rejects(
      room.storage.transaction((tx) => people.split(tx, person, [intruder], actor)),
      /of no use/,
    )
    assert.equal((await room.people.linksOf(room.storage.db, person)).length, 3)
    assert.throws(() => people.keep(broken), /keeps people already/)
  })
})

describe('join: the means of whom a review finds to be somebody', () => {
  /** A desk enrolled them; they signed in together with an account of somebody else. */
  async function collision(joinTo: PersonId, enrolled: { person: PersonId; enrolment: EnrolmentId }) {
    const identity = await room.people.identityOf(room.storage.db, enrolled.person)
    assert.ok(identity)
    const claimed = { provider: 'local-account', subject: enrolled.enrolment, level: 'eidas2', identity } as const
    const stopped = await room.storage.transaction((tx) => room.people.settle(tx, claimed, { joinTo }))
    assert.ok('collision' in stopped)
    return stopped.collision
  }
  const same = (id: Parameters<MeansRoom['people']['resolveCollision']>[1]) =>
    room.storage.transaction((tx) => room.people.resolveCollision(tx, id, 'same', actor))

  test('all of it is theirs, and signs in as them', async () => {
    const { person } = await account('post', { ...angela, family_name: family() })
    const before = await room.withPassword()
    await phone(before, '+33611111111')
    await same(await collision(person, before))
    assert.deepEqual(await meansOf(person), [
      ['password', 'active', undefined],
      ['sms_code', 'active', '•••• 11'],
    ])
    assert.deepEqual(await meansOf(before.person), [])
    assert.deepEqual(await evidenceOf(person), ['dossier 2026/118'])
    const step = await room.password(before.name)
    assert.ok(step.kind === 'second_factor')
    const [choice] = step.choices
    assert.ok(choice?.kind === 'sms_code')
    const { ceremony } = step
    const browser = 'the cookie of one browser'
    await room.means.ceremonies.sendCode({ ceremony, browser, means: choice.means, language: 'fr' })
    const sent = room.sent.at(-1)
    assert.ok(sent)
    const answer = { kind: 'sent_code', means: choice.means, code: codeIn(sent) } as const
    const authenticated = authenticatedIn(await room.means.ceremonies.secondFactor({ ceremony, browser, answer }))
    assert.equal(authenticated.person, person)
    assert.equal((await room.means.claimedOf(authenticated))?.subject, before.enrolment)
  })

  test('of two passwords the one that was there serves, by either name', async () => {
    const into = await room.withPassword()
    room.clock.advance(hour)
    const other = await room.enrol()
    const password = 'Autre!Vent8 du matin'
    assert.ok((await room.means.passwords.set({ ...other, password, by: { kind: 'first' } })).ok)
    await same(await collision(into.person, other))
    assert.deepEqual(
      (await meansOf(into.person)).map(([, state]) => state),
      ['active', 'revoked'],
    )
    for (const name of [into.name, other.name]) {
      assert.equal(authenticatedIn(await room.password(name, goodPassword)).person, into.person)
      assert.equal((await room.password(name, password)).kind, 'refused')
      room.clock.advance(hour)
    }
    const [revoked] = room.facts.of('means.revoked')
    assert.deepEqual([revoked?.person, revoked?.reason], [into.person, 'review'])
  })
})

describe('at the same moment', () => {
  const expected = (reason: unknown) =>
    assert.ok(reason instanceof GarantError && reason.error === 'not_found', String(reason))
  const rejected = (outcomes: PromiseSettledResult<unknown>[]) =>
    outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))

  test('a split and what is added or changed leave each means with one owner, whose key opens it', async () => {
    for (let round = 0; round < 5; round++) {
      const { person, enrolment, own, post, intruder } = await shared()
      const theirs = await prove(person, 'bank', intruder)
      await codes({ person, enrolment: theirs, via: intruder })
      const number = (holder: Holder, last: number) =>
        room.means.sentCodes.addNumber({ ...holder, number: `+3361234567${last}`, label: 'one', language: 'fr' })
      const password = { password: goodPassword, by: { kind: 'first' } } as const
      const outcomes = await Promise.allSettled([
        number({ person, enrolment, via: own }, 1),
        room.means.passwords.set({ person, enrolment: theirs, via: intruder, ...password }),
        codes({ person, enrolment: theirs, via: intruder }),
        split(person, [intruder]),
        codes({ person, enrolment, via: own }),
        number({ person, enrolment: theirs, via: intruder }, 2),
        prove(person, 'post', post),
        split(person, [intruder]),
      ])
      for (const reason of rejected(outcomes)) expected(reason)
      assert.equal([outcomes[3], outcomes[7]].filter((outcome) => outcome?.status === 'fulfilled').length, 1)
      const into = room.facts.of('person.split').at(-1)?.into
      assert.ok(into)
      for (const one of [person, into]) {
        await meansOf(one)
        await evidenceOf(one)
      }
      assert.deepEqual(await strayMeans(), [])
      assert.ok((await meansOf(into)).every(([, state]) => state !== 'active'))
    }
  })

  test('an erasure and what is added leave nothing', async () => {
    for (let round = 0; round < 5; round++) {
      const { person, enrolment, name } = await room.withPassword()
      const identifier = await room.means.enrolments.check({ kind: 'login_name', value: `${name}-b` })
      assert.ok(identifier.ok)
      const outcomes = await Promise.allSettled([
        codes({ person, enrolment }),
        room.storage.transaction((tx) => room.means.enrolments.addIdentifier(tx, person, identifier.identifier)),
        room.storage.transaction((tx) => room.people.erase(tx, person)),
        codes({ person, enrolment }),
        room.storage.transaction((tx) => room.means.activations.give(tx, { person, enrolment, actor })),
        room.storage.transaction((tx) =>
          room.means.totps.begin(tx, { person, enrolment, label: '', accountName: 'a' }),
        ),
      ])
      for (const reason of rejected(outcomes)) expected(reason)
      assert.ok(!(await room.dump()).includes(person))
    }
  })

  test('reviews of the same two people, one way and the other, do not wait for each other for ever', async () => {
    for (let round = 0; round < 3; round++) {
      const [one, two] = [await room.enrol(), await room.enrol()]
      const identities = new Map(
        await Promise.all(
          [one, two].map(
            async ({ person }) => [person, await room.people.identityOf(room.storage.db, person)] as const,
          ),
        ),
      )
      const stopped = async (of: typeof one, joinTo: PersonId) => {
        const identity = identities.get(of.person)
        assert.ok(identity)
        const claimed = { provider: 'local-account', subject: of.enrolment, level: 'eidas2', identity } as const
        const settled = await room.storage.transaction((tx) => room.people.settle(tx, claimed, { joinTo }))
        assert.ok('collision' in settled)
        return settled.collision
      }
      const reviews = [await stopped(one, two.person), await stopped(two, one.person)]
      const outcomes = await Promise.allSettled(
        reviews.map((id) => room.storage.transaction((tx) => room.people.resolveCollision(tx, id, 'same', actor))),
      )
      for (const reason of rejected(outcomes)) expected(reason)
      assert.deepEqual(await strayMeans(), [])
    }
  })
})
