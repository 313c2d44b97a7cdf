import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { codeIn, goodPassword, type MeansRoom, openMeansRoom } from '../../test/support/means.ts'
import { angela, claim, ilan } from '../../test/support/people.ts'
import { minute } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import { ownProvider } from '../partners/partners.ts'
import { decideProof, type EnrolmentRules } from './enrolment.ts'
import { canonicalIdentifier, identifierFrom } from './identifiers.ts'
import type { Identifier, NewEnrolment, Proof } from './means.ts'

let room: MeansRoom
before(async () => {
  room = await openMeansRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

const desk = { agent: { kind: 'command' }, evidence: 'dossier 12' } as const
const atDesk: NewEnrolment = { proof: { kind: 'document', seen: 'face_to_face' }, ...desk }

async function checkedOne(identifier: Identifier) {
  const answer = await room.means.enrolments.check(identifier)
  if (!answer.ok) throw new Error(answer.reasons.join())
  return answer.identifier
}

const record = (...[given]: [Parameters<MeansRoom['means']['enrolments']['record']>[1]]) =>
  room.storage.transaction((tx) => room.means.enrolments.record(tx, given))

test('R040, R041, R042: what each proof is worth', () => {
  const now = Date.parse('2026-11-22T10:00:00Z')
  const rules: EnrolmentRules = { providerLevel: 'eidas2', healthMailDomains: ['mssante.fr'] }
  const provider = (level: 'eidas1' | 'eidas2' | 'eidas3', age: number): Proof => ({
    kind: 'provider',
    provider: 'tax',
    link: 'lnk_a',
    level,
    authTime: now - age,
  })
  const mail = (address: string): Proof => ({ kind: 'health_mailbox', address })
  const rows: [Proof, ReturnType<typeof decideProof>][] = [
    [provider('eidas2', 0), { level: 'eidas2' }],
    [provider('eidas3', 10 * minute), { level: 'eidas3' }],
    [provider('eidas2', 10 * minute + 1), { reasons: ['proof_too_old'] }],
    [provider('eidas1', 0), { reasons: ['provider_level_too_low'] }],
    [provider('eidas1', 11 * minute), { reasons: ['provider_level_too_low', 'proof_too_old'] }],
    [{ kind: 'document', seen: 'document_only' }, { reasons: ['document_without_presence'] }],
    [{ kind: 'document', seen: 'photo' }, { level: 'eidas1' }],
    [{ kind: 'document', seen: 'video' }, { level: 'eidas2' }],
    [{ kind: 'document', seen: 'face_to_face' }, { level: 'eidas2' }],
    [mail('a@medecin.mssante.fr'), { level: 'eidas1' }],
    [mail('a@mssante.fr'), { level: 'eidas1' }],
    [mail('a@MSSANTE.FR'), { level: 'eidas1' }],
    [mail('a@example.org'), { reasons: ['mailbox_not_secured'] }],
    [mail('a@evilmssante.fr'), { reasons: ['mailbox_not_secured'] }],
    [mail('mssante.fr@example.org'), { reasons: ['mailbox_not_secured'] }],
    [{ kind: 'invitation' }, { level: 'eidas1' }],
  ]
  for (const [proof, expected] of rows)
    assert.deepEqual(decideProof(proof, rules, now), expected, JSON.stringify(proof))
})

describe('R039, R044: identifiers', () => {
  const check = (kind: Identifier['kind'], value: string) => room.means.enrolments.check({ kind, value })

  test('a number of the register: its key, then whether the register has it', async () => {
    const refused = async (value: string) => {
      const answer = await check('rpps', value)
      return answer.ok ? [] : answer.reasons
    }
    assert.deepEqual(await refused('899700366240'), ['identifier_not_in_register'])
    room.register.set('899700366240', 'no_edition')
    assert.deepEqual(await refused('99700366240'), ['register_absent'])
    room.register.set('899700366240', 'known')
    assert.deepEqual(await refused('99700366240'), [])
    assert.deepEqual(await refused('899700366241'), ['identifier_malformed'])
    assert.deepEqual(await refused('9970036624'), ['identifier_malformed'])
    assert.deepEqual(await refused('angela'), ['identifier_malformed'])
  })

  test('others by their shape', async () => {
    const rows: [Identifier['kind'], string, boolean][] = [
      ['login_name', 'angela.dubois', true],
      ['login_name', 'عائشة', true],
      ['login_name', 'a', false],
      ['login_name', '99700366240', false],
      ['login_name', 'angela dubois', false],
      ['login_name', 'angela@example.org', false],
      ['email', 'angela@example.org', true],
      ['email', 'angela', false],
      ['phone', '+33 6 12 34 56 78', true],
      ['phone', '06 12 34 56 78', false],
      ['phone', '+33', false],
      ['private', 'CHU-75/00123', true],
      ['private', '899700366240', false],
      ['private', '\u0000\u0000', false],
    ]
    for (const [kind, value, isOne] of rows) assert.equal((await check(kind, value)).ok, isOne, `${kind} ${value}`)
  })

  test('R039: of which kind an identifier is, its look tells', async () => {
    const rows: [string, Identifier['kind']][] = [
      ['amina', 'login_name'],
      ['amina.2', 'login_name'],
      [' amina@example.org ', 'email'],
      ['+33 6 12 34 56 78', 'phone'],
      ['99700366240', 'rpps'],
      ['99700 366 240', 'rpps'],
      // Without its country a number is nobody's: it is refused as one of the register.
      ['06 12 34 56 78', 'rpps'],
      ['', 'login_name'],
    ]
    for (const [text, kind] of rows) assert.equal(identifierFrom(text).kind, kind, text)
    assert.equal((await room.means.enrolments.check(identifierFrom('06 12 34 56 78'))).ok, false)
    const phone = await checkedOne(identifierFrom(' +33 6 12 34 56 78'))
    assert.deepEqual([phone.kind, phone.value], ['phone', '+33612345678'])
  })

  test('one spelling of each: composed or not, in any case, with the type digit or without', () => {
    const groups = [
      ['Renée', 'RENÉE', 'renée'.normalize('NFD'), '  renée '],
      ['Straße', 'STRASSE', 'strasse'],
      ['ΟΔΟΣ', 'οδος', 'οδοσ'],
      ['99700366240', '899700366240', '99700 366 240'],
      ['Angela@Example.org', 'angela@example.ORG'],
      ['+33612345678', '+33 6 12 34 56 78', ' +33 (6) 12.34-56.78'],
    ]
    const spellings = groups.map((group) => new Set(group.map(canonicalIdentifier)))
    assert.deepEqual(
      spellings.map(({ size }) => size),
      [1, 1, 1, 1, 1, 1],
    )
    assert.equal(new Set(spellings.flatMap((group) => [...group])).size, 6)
  })

  test('somebody’s identifier is nobody else’s, and can be given back', async () => {
    const first = await room.enrol({ name: 'angela' })
    const other = await room.enrol()
    const { enrolments } = room.means
    const identifier = await checkedOne({ kind: 'login_name', value: 'ANGELA' })
    const add = (person: PersonId) => room.storage.transaction((tx) => enrolments.addIdentifier(tx, person, identifier))
    assert.deepEqual(await add(other.person), { ok: false, reasons: ['identifier_taken'] })
    const taken = await record({ ...atDesk, identity: { ...angela, family_name: 'AUTRE' }, identifier })
    assert.deepEqual(taken, { ok: false, reasons: ['identifier_taken'] })
    assert.equal(await enrolments.personOf('Angela'), first.person)
    const remove = (person: PersonId) =>
      room.storage.transaction((tx) => enrolments.removeIdentifier(tx, person, 'angela'))
    assert.equal(await remove(other.person), false)
    assert.equal(await remove(first.person), true)
    assert.equal(await enrolments.personOf('angela'), undefined)
    assert.deepEqual(await add(other.person), { ok: true, person: other.person })
  })

  test('a person has three at most', async () => {
    const { person } = await room.enrol()
    const outcomes = []
    for (const value of ['second-name', 'third-name', 'fourth-name']) {
      const identifier = await checkedOne({ kind: 'login_name', value })
      const added = await room.storage.transaction((tx) => room.means.enrolments.addIdentifier(tx, person, identifier))
      outcomes.push(added.ok || added.reasons.join())
    }
    assert.deepEqual(outcomes, [true, true, 'too_many_identifiers'])
  })

  test('the register’s number is that of the professional who enrols, and of no citizen', async () => {
    room.register.set(ilan.nationalId, 'known')
    const identifier = await checkedOne({ kind: 'rpps', value: '99700366240' })
    const citizen = await record({ ...atDesk, identity: angela, identifier })
    assert.deepEqual(citizen, { ok: false, reasons: ['identifier_of_somebody_else'] })
    const professional = await record({ ...atDesk, identity: ilan, identifier })
    assert.ok(professional.ok)
    assert.equal(await room.means.enrolments.personOf('899700366240'), professional.person)
  })
})

describe('R040: enrolments', () => {
  test('are kept with date, agent and level; a refusal leaves a fact and nothing else', async () => {
    const identifier = await checkedOne({ kind: 'login_name', value: 'angela' })
    const alone = await record({
      proof: { kind: 'document', seen: 'document_only' },
      ...desk,
      identity: angela,
      identifier,
    })
    assert.deepEqual(alone, { ok: false, reasons: ['document_without_presence'] })
    assert.deepEqual(room.facts.of('enrolment.refused'), [
      { person: null, reason: 'document_without_presence', actor: { kind: 'command' } },
    ])
    assert.equal(await room.means.enrolments.personOf('angela'), undefined)
    const made = await record({ ...atDesk, identity: angela, identifier })
    assert.ok(made.ok)
    assert.deepEqual(room.facts.of('enrolment.recorded'), [
      {
        person: made.person,
        enrolment: made.enrolment,
        proof: 'document',
        level: 'eidas2',
        actor: { kind: 'command' },
      },
    ])
    assert.deepEqual(await room.means.enrolments.of(room.storage.db, made.person), [
      {
        enrolment: made.enrolment,
        person: made.person,
        level: 'eidas2',
        at: room.clock.now(),
        proof: 'document',
        seen: 'face_to_face',
        agent: { kind: 'command' },
      },
    ])
    assert.ok(!(await room.dump()).includes('dossier 12'))
  })

  test('of somebody who came through a provider make an account here that this sign-in confirms', async () => {
    const settled = await room.storage.transaction((tx) => room.people.settle(tx, claim({ level: 'eidas2' })))
    assert.ok(!('kind' in settled))
    const { person, link } = settled
    const authTime = room.clock.now()
    const made = await record({
      proof: { kind: 'provider', provider: 'tax', link, level: 'eidas2', authTime },
      agent: { kind: 'person', id: person },
      person,
    })
    assert.ok(made.ok)
    const own = (await room.people.linksOf(room.storage.db, person)).find(({ provider }) => provider === ownProvider)
    assert.deepEqual([own?.level, own?.serves], ['eidas2', 'eidas2'])
    const claimed = await room.means.claimedOf({ person, means: [], amr: [], level: 'eidas1', authTime })
    assert.deepEqual(claimed, { provider: ownProvider, subject: own?.subject, level: 'eidas1', identity: angela })
    assert.deepEqual((await room.people.recognise(claimed ?? claim())).person, person)
  })

  test('of an operator make no account', async () => {
    const { person } = await room.enrol()
    const made = await record({ person, proof: { kind: 'invitation' }, agent: { kind: 'command' } })
    assert.ok(made.ok && made.level === 'eidas1')
  })

  test('of somebody else make no means', async () => {
    const first = await room.enrol()
    const other = await room.enrol()
    const stolen = { person: first.person, enrolment: other.enrolment }
    await assert.rejects(
      room.storage.transaction((tx) => room.means.totps.begin(tx, { ...stolen, label: '', accountName: 'x' })),
      /not_found/,
    )
  })
})

test('R045: identity data changes only on a proof at least as strong as the strongest so far', async () => {
  const { person } = await room.enrol()
  const married = { ...angela, family_name: 'MARTIN' }
  const change = (seen: 'photo' | 'video') =>
    room.storage.transaction((tx) =>
      room.means.enrolments.changeIdentity(tx, {
        person,
        identity: married,
        proof: { kind: 'document', seen },
        ...desk,
      }),
    )
  assert.deepEqual(await change('photo'), { ok: false, reasons: ['proof_weaker_than_before'] })
  assert.notDeepEqual(await room.people.identityOf(room.storage.db, person), married)
  assert.ok((await change('video')).ok)
  assert.deepEqual(await room.people.identityOf(room.storage.db, person), married)
})

describe('R045: another identity', () => {
  const married = { ...angela, given_name: 'Angela', family_name: 'MARTIN' }
  const change = (given: Partial<Parameters<MeansRoom['means']['enrolments']['changeIdentity']>[1]>) =>
    room.storage.transaction((tx) =>
      room.means.enrolments.changeIdentity(tx, {
        ...atDesk,
        person: given.person as PersonId,
        identity: married,
        ...given,
      }),
    )

  test('of two agents who read the same one the second is told that it has changed', async () => {
    const { person } = await room.enrol()
    const before = (await room.people.identityOf(room.storage.db, person)) ?? assert.fail()
    const others = [married, { ...married, family_name: 'DURAND' }]
    const outcomes = await Promise.all(others.map((identity) => change({ person, before, identity })))
    assert.deepEqual(outcomes.map((outcome) => outcome.ok || outcome.reasons.join()).sort(), [
      'identity_changed_meanwhile',
      true,
    ])
    const [first] = others.filter((_, place) => outcomes[place]?.ok)
    assert.deepEqual(await room.people.identityOf(room.storage.db, person), first)
  })

  test('is not that of somebody else, unless many may have it', async () => {
    const { person } = await room.enrol()
    const other = await room.enrol()
    const theirs = (await room.people.identityOf(room.storage.db, other.person)) ?? assert.fail()
    assert.deepEqual(await change({ person, identity: theirs }), { ok: false, reasons: ['identity_collision'] })
    const presumed = { ...married, birthdate: '1962-08-00' }
    assert.ok((await change({ person: other.person, identity: presumed })).ok)
    assert.ok((await change({ person, identity: presumed })).ok)
  })

  test('of somebody who came through a provider opens an account that confirms what was checked', async () => {
    const settled = await room.storage.transaction((tx) => room.people.settle(tx, claim({ level: 'eidas2' })))
    assert.ok(!('kind' in settled))
    const changed = await change({ person: settled.person, before: angela, checkedOn: '2026-11-20' })
    assert.ok(changed.ok && changed.checkedOn === '2026-11-20')
    assert.deepEqual(await room.people.identityOf(room.storage.db, settled.person), married)
    const own = (await room.people.linksOf(room.storage.db, settled.person)).map(({ provider }) => provider)
    assert.deepEqual(own.sort(), [ownProvider, 'tax'])
  })
})

test('R042 R043: a mailbox that proved an identity is a verified contact of the person', async () => {
  const proof = { kind: 'health_mailbox', address: 'Angela@medecin.mssante.fr' } as const
  const contactsOf = async (person: PersonId) =>
    (await room.people.contactsOf(person)).map(({ address, verified, level }) => [address, verified, level])
  const identifier = await checkedOne({ kind: 'login_name', value: 'angela' })
  const enrolled = await record({ ...desk, proof, identity: angela, identifier })
  assert.ok(enrolled.ok)
  const { person } = enrolled
  assert.deepEqual(await contactsOf(person), [['Angela@medecin.mssante.fr', true, 'eidas1']])
  // Once more, of somebody known.
  assert.ok((await record({ ...desk, proof, person })).ok)
  assert.equal((await contactsOf(person)).length, 1)
  const refused = await record({ ...desk, proof: { ...proof, address: 'angela@example.org' }, person })
  assert.equal(refused.ok, false)
  assert.equal((await contactsOf(person)).length, 1, 'a refusal leaves nothing')
  const first = { kind: 'first' } as const
  const { enrolment } = enrolled
  assert.ok((await room.means.passwords.set({ person, enrolment, password: goodPassword, by: first })).ok)
  await room.means.passwords.requestReset({ identifier: 'angela', language: 'fr' })
  await room.storage.jobs.drain()
  assert.equal(room.sent.at(-1)?.to, 'Angela@medecin.mssante.fr', 'it resets a forgotten password')
})

test('R042: a code for a health mailbox is good for one enrolment, five tries, ten minutes, and is not sent elsewhere', async () => {
  const { mailboxProofs } = room.means
  const actor = { kind: 'command' } as const
  const send = (address: string, binding = 'one') => mailboxProofs.send({ address, binding, language: 'fr', actor })
  const check = (code: string, binding = 'one') => mailboxProofs.check({ address: 'A@mssante.fr', binding, code })
  assert.equal(await send('a@example.org'), 'mailbox_not_secured')
  assert.equal(await send('a b@mssante.fr'), 'address_malformed')
  assert.deepEqual(room.sent, [])
  assert.equal(await send('a@mssante.fr'), 'sent')
  const code = codeIn(room.sent.at(-1) ?? assert.fail())
  assert.equal(await check(code, 'another'), false)
  assert.equal(await check(code), true)
  assert.equal(await check(code), false, 'once')
  assert.deepEqual(room.facts.of('enrolment.code_sent'), [{ person: null, actor }])
  assert.ok(!(await room.dump()).includes('mssante'))

  assert.equal(await send('a@mssante.fr'), 'sent')
  const second = codeIn(room.sent.at(-1) ?? assert.fail())
  const wrong = second === '000000' ? '111111' : '000000'
  for (let tries = 0; tries < 5; tries++) assert.equal(await check(wrong), false)
  assert.equal(await check(second), false, 'five tries')

  assert.equal(await send('a@mssante.fr', 'three'), 'sent')
  assert.equal(await send('a@mssante.fr', 'four'), 'too_many', 'whoever asks')
  const third = codeIn(room.sent.at(-1) ?? assert.fail())
  room.clock.advance(10 * minute)
  assert.equal(await check(third, 'three'), false, 'too late')
  room.failSending(true)
  assert.equal(await send('b@mssante.fr'), 'not_sent')
  assert.ok(!JSON.stringify(room.logged).includes('b@'))
})
