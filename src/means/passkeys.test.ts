import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import {
  createAuthenticator,
  modelOfTests,
  type SoftwareAuthenticator,
  type Twist,
} from '../../test/support/authenticator.ts'
import {
  authenticatedIn,
  browser,
  type Enrolled,
  issuer,
  type MeansRoom,
  openMeansRoom,
  secondIn,
} from '../../test/support/means.ts'
import { minute } from '../kernel/durations.ts'

let room: MeansRoom
before(async () => {
  room = await openMeansRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

const begin = ({ person, enrolment }: Enrolled, label = 'Clé bleue') =>
  room.means.passkeys.beginRegistration({
    person,
    enrolment,
    browser,
    accountName: 'angela',
    displayName: 'Angéla',
    label,
  })

async function register(enrolled: Enrolled, key: SoftwareAuthenticator, twist?: Twist) {
  const { ceremony, options } = await begin(enrolled)
  return room.means.passkeys.finishRegistration({ ceremony, browser, response: key.create(options, twist) })
}

async function registered(given: { synced?: boolean; counts?: boolean } = {}) {
  const enrolled = await room.enrol()
  const key = createAuthenticator({ origin: issuer, ...given })
  const made = await register(enrolled, key)
  if (!made.ok) throw new Error(made.reasons.join())
  return { ...enrolled, key, means: made.means }
}

async function signIn(key: SoftwareAuthenticator, twist?: Twist) {
  const { ceremony, options } = await room.means.ceremonies.beginPasskey({ browser })
  return room.means.ceremonies.passkey({ ceremony, browser, response: key.get(options, twist) })
}

describe('registration', () => {
  test('R052: asks for a discoverable key with user verification, and records what it says of itself', async () => {
    const enrolled = await room.enrol()
    const { ceremony, options } = await begin(enrolled)
    assert.deepEqual(options.authenticatorSelection, {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    })
    assert.equal(options.attestation, 'none')
    assert.equal(options.rp.id, 'hub.example')
    assert.ok(Buffer.from(options.challenge, 'base64url').length >= 16)
    // The handle that the authenticator keeps is no id of the hub.
    assert.ok(!options.user.id.includes(enrolled.person.slice(4)))
    const response = createAuthenticator({ origin: issuer }).create(options)
    const made = await room.means.passkeys.finishRegistration({ ceremony, browser, response })
    assert.ok(made.ok)
    const [view] = await room.means.of(room.storage.db, enrolled.person)
    assert.equal(view?.means, made.means)
    assert.equal(view?.state, 'active')
    assert.equal(view?.label, 'Clé bleue')
    assert.deepEqual(view?.passkey, {
      aaguid: modelOfTests,
      attestation: 'none',
      deviceBound: true,
      transports: ['usb'],
    })
    // A person may have several, and the authenticator is told of those that it has already.
    const next = await begin(enrolled)
    assert.deepEqual(
      next.options.excludeCredentials?.map(({ id }) => id),
      [response.id],
    )
  })

  const faults: [string, Twist][] = [
    ['another origin', { origin: 'https://hub.example.evil.example' }],
    ['a subdomain', { origin: 'https://www.hub.example' }],
    ['another RP', { rpId: 'evil.example' }],
    ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['the answer to a sign-in', { type: 'webauthn.get' }],
    ['no user verification', { userVerified: false }],
    ['nobody there', { userPresent: false, userVerified: false }],
    ['a frame of another site', { client: { crossOrigin: true } }],
    ['a named frame', { client: { crossOrigin: true, topOrigin: 'https://evil.example' } }],
    ['backed up though it cannot be', { backupEligible: false, backedUp: true }],
  ]
  for (const [what, twist] of faults) {
    test(`refuses ${what}`, async () => {
      const enrolled = await room.enrol()
      const made = await register(enrolled, createAuthenticator({ origin: issuer }), twist)
      assert.deepEqual(made, { ok: false, reasons: ['not_verified'] })
      assert.deepEqual(await room.means.of(room.storage.db, enrolled.person), [])
    })
  }

  test('a challenge is good once, ten minutes, in its own browser; nonsense is no proof', async () => {
    const enrolled = await room.enrol()
    const key = createAuthenticator({ origin: issuer })
    const { finishRegistration } = room.means.passkeys
    const first = await begin(enrolled)
    const response = key.create(first.options)
    const foreign = await finishRegistration({ ceremony: first.ceremony, browser: 'another', response })
    assert.deepEqual(foreign, { ok: false, reasons: ['gone'] })
    const answers = await Promise.all(
      [1, 2, 3].map(() => finishRegistration({ ceremony: first.ceremony, browser, response })),
    )
    assert.equal(answers.filter(({ ok }) => ok).length, 1)
    const late = await begin(enrolled)
    room.clock.advance(10 * minute)
    const tooLate = await finishRegistration({ ceremony: late.ceremony, browser, response: key.create(late.options) })
    assert.deepEqual(tooLate, { ok: false, reasons: ['gone'] })
    for (const nonsense of [{}, { id: 'x' }, { id: 'x', rawId: 'x', type: 'public-key', response: {} }]) {
      const again = await begin(enrolled)
      const answer = await finishRegistration({ ceremony: again.ceremony, browser, response: nonsense as never })
      assert.deepEqual(answer, { ok: false, reasons: ['not_verified'] })
    }
  })

  test('R029: one key belongs to one person', async () => {
    const first = await room.enrol()
    const other = await room.enrol()
    const key = createAuthenticator({ origin: issuer })
    const { ceremony, options } = await begin(first)
    const response = key.create(options)
    assert.ok((await room.means.passkeys.finishRegistration({ ceremony, browser, response })).ok)
    const again = await begin(other)
    const client = { challenge: again.options.challenge }
    // Without attestation nothing ties the key to the challenge: the table does.
    const forged = {
      ...response,
      response: {
        ...response.response,
        clientDataJSON: Buffer.from(
          JSON.stringify({ type: 'webauthn.create', origin: issuer, crossOrigin: false, ...client }),
        ).toString('base64url'),
      },
    }
    const stolen = await room.means.passkeys.finishRegistration({ ceremony: again.ceremony, browser, response: forged })
    assert.deepEqual(stolen, { ok: false, reasons: ['already_known'] })
  })

  test('what runs within it is committed with it, or neither is', async () => {
    const enrolled = await room.enrol()
    const { ceremony, options } = await begin(enrolled)
    const response = createAuthenticator({ origin: issuer }).create(options)
    const link = new Error('the link was used already')
    await assert.rejects(
      room.means.passkeys.finishRegistration({ ceremony, browser, response }, async () => {
        throw link
      }),
      link,
    )
    assert.deepEqual(await room.means.of(room.storage.db, enrolled.person), [])
    assert.deepEqual(room.facts.of('means.created'), [])
  })
})

describe('sign-in', () => {
  test('R030, R052: one press is two factors, by a fresh challenge, and names the account', async () => {
    const { person, means, key } = await registered()
    const authenticated = authenticatedIn(await signIn(key))
    assert.deepEqual(authenticated, {
      person,
      means: [means],
      amr: ['hwk', 'user', 'pop', 'mfa'],
      level: 'eidas2',
      authTime: room.clock.now(),
    })
    const [view] = await room.means.of(room.storage.db, person)
    assert.equal(view?.lastUsedAt, room.clock.now())
  })

  test('a key that its maker copies says so, and counts nothing', async () => {
    const { key } = await registered({ synced: true, counts: false })
    for (let each = 0; each < 2; each++) {
      assert.deepEqual(authenticatedIn(await signIn(key)).amr, ['swk', 'user', 'pop', 'mfa'])
    }
  })

  test('never says more than the enrolment proved', async () => {
    const enrolled = await room.enrol()
    const weak = await room.storage.transaction((tx) =>
      room.means.enrolments.record(tx, {
        person: enrolled.person,
        proof: { kind: 'document', seen: 'photo' },
        agent: { kind: 'command' },
      }),
    )
    assert.ok(weak.ok && weak.level === 'eidas1')
    const key = createAuthenticator({ origin: issuer })
    assert.ok((await register({ ...enrolled, enrolment: weak.enrolment }, key)).ok)
    const authenticated = authenticatedIn(await signIn(key))
    assert.equal(authenticated.level, 'eidas1')
    assert.ok(authenticated.amr.includes('mfa'))
  })

  const faults: [string, Twist][] = [
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: `${issuer}:8443` }],
    ['another RP', { rpId: 'evil.example' }],
    ['another challenge', { challenge: Buffer.alloc(32, 1).toString('base64url') }],
    ['the answer to a registration', { type: 'webauthn.create' }],
    ['no user verification', { userVerified: false }],
    ['nobody there', { userPresent: false }],
    ['a broken signature', { brokenSignature: true }],
    ['a frame of another site', { client: { crossOrigin: true } }],
    ['the handle of somebody else', { userHandle: Buffer.alloc(32, 2).toString('base64url') }],
    ['backed up though it cannot be', { backupEligible: false, backedUp: true }],
  ]
  for (const [what, twist] of faults) {
    test(`refuses ${what}`, async () => {
      const { key } = await registered()
      assert.deepEqual(await signIn(key, twist), { kind: 'refused' })
      assert.equal(room.facts.of('means.signed_in').length, 0)
      authenticatedIn(await signIn(key))
    })
  }

  test('a counter that goes back is refused and written down: there may be a copy', async () => {
    const { person, means, key } = await registered()
    authenticatedIn(await signIn(key))
    for (const counter of [key.counter, key.counter - 1, 0]) {
      assert.deepEqual(await signIn(key, { counter }), { kind: 'refused' }, String(counter))
    }
    assert.deepEqual(room.facts.of('means.counter_regressed'), Array(3).fill({ person, means }))
    authenticatedIn(await signIn(key))
  })

  test('a challenge is good for one answer, right or wrong, in its own browser, for ten minutes', async () => {
    const { key } = await registered({ counts: false })
    const { beginPasskey, passkey } = room.means.ceremonies
    const first = await beginPasskey({ browser })
    const response = key.get(first.options)
    assert.deepEqual(await passkey({ ceremony: first.ceremony, browser: 'another', response }), { kind: 'gone' })
    const answers = await Promise.all([1, 2, 3].map(() => passkey({ ceremony: first.ceremony, browser, response })))
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['authenticated', 'gone', 'gone'])

    const wrong = await beginPasskey({ browser })
    assert.equal((await passkey({ ...wrong, browser, response })).kind, 'refused')
    assert.equal((await passkey({ ...wrong, browser, response: key.get(wrong.options) })).kind, 'gone')

    const late = await beginPasskey({ browser })
    room.clock.advance(10 * minute)
    assert.equal((await passkey({ ...late, browser, response: key.get(late.options) })).kind, 'gone')
    assert.equal(room.facts.of('means.counter_regressed').length, 0)
  })

  test('for one person, the key of another is refused', async () => {
    const first = await registered()
    const second = await registered()
    const { ceremony, options } = await room.means.ceremonies.beginPasskey({ browser, person: first.person })
    assert.equal(options.allowCredentials?.length, 1)
    const answer = await room.means.ceremonies.passkey({ ceremony, browser, response: second.key.get(options) })
    assert.deepEqual(answer, { kind: 'refused' })
  })

  test('R047: suspended or revoked, it signs nobody in', async () => {
    const { person, means, key } = await registered()
    const change = { person, means, actor: { kind: 'person', id: person }, reason: 'lost' } as const
    await room.storage.transaction((tx) => room.means.suspend(tx, change))
    assert.deepEqual(await signIn(key), { kind: 'refused' })
    await room.storage.transaction((tx) => room.means.resume(tx, change))
    authenticatedIn(await signIn(key))
    await room.storage.transaction((tx) => room.means.revoke(tx, change))
    assert.deepEqual(await signIn(key), { kind: 'refused' })
  })

  test('as a second factor, it is asked of the person who gave the password, with a challenge of its own', async () => {
    const enrolled = await room.withPassword()
    const key = createAuthenticator({ origin: issuer })
    assert.ok((await register(enrolled, key)).ok)
    const other = await registered()
    const { ceremonies } = room.means
    const step = async (from: SoftwareAuthenticator) => {
      const { ceremony, choices } = secondIn(await room.password(enrolled.name))
      assert.deepEqual(choices, [{ kind: 'passkey', label: 'Clé bleue' }])
      const options = await ceremonies.passkeyOptions({ ceremony, browser })
      assert.ok(options)
      const answer = { kind: 'passkey', response: from.get(options) } as const
      const send = () => ceremonies.secondFactor({ ceremony, browser, answer })
      return [await send(), await send()]
    }
    assert.deepEqual(
      (await step(other.key)).map(({ kind }) => kind),
      ['refused', 'refused'],
    )
    const [answer, again] = await step(key)
    assert.ok(answer && again)
    const authenticated = authenticatedIn(answer)
    assert.deepEqual(authenticated.amr, ['pwd', 'hwk', 'user', 'pop', 'mfa'])
    assert.equal(again.kind, 'gone')
  })
})
