import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createAuthenticator } from '../../test/support/authenticator.ts'
import { goodPassword, issuer, type MeansRoom, openMeansRoom } from '../../test/support/means.ts'
import { day, minute } from '../kernel/durations.ts'
import type { EnrolmentId, PersonId } from '../kernel/ids.ts'
import { ActivationOver, activationFollows, activationLifetime, activationOpen } from './activation.ts'

let room: MeansRoom
before(async () => {
  room = await openMeansRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

const actor = { kind: 'command' } as const
const browser = 'the cookie of the person'

async function give(to: { person: PersonId; enrolment: EnrolmentId }): Promise<string> {
  const given = await room.storage.transaction((tx) => room.means.activations.give(tx, { ...to, actor }))
  return given.ok ? given.code : assert.fail(given.reasons.join())
}

const enter = (code: string, from = browser) => room.means.activations.enter({ code, browser: from })
const use = (person: PersonId, from = browser) =>
  room.storage.transaction((tx) => room.means.activations.use(tx, from, person))
const setPassword = (holder: { person: PersonId; enrolment: EnrolmentId }, from = browser) => {
  const { person, enrolment } = holder
  return room.means.passwords.set({ person, enrolment, password: goodPassword, by: { kind: 'first' } }, (tx) =>
    room.means.activations.use(tx, from, person),
  )
}

describe('R041: an enrolled person makes their own means by a code', () => {
  test('which is typed in any spelling, shown nowhere, and good until a means was made by it', async () => {
    const { person, enrolment } = await room.enrol()
    const code = await give({ person, enrolment })
    assert.match(code, /^(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
    const rows = await room.dump()
    for (const part of [code, code.replaceAll('-', ''), code.slice(10)]) assert.ok(!rows.includes(part))
    const waiting = await room.means.activations.waiting(room.storage.db, person)
    assert.deepEqual(waiting, {
      enrolment,
      givenAt: room.clock.now(),
      expiresAt: room.clock.now() + activationLifetime,
    })

    assert.equal(await enter(code.toLowerCase().replaceAll('-', ' ')), true)
    assert.equal(await enter(code), true, 'typing it uses nothing up')
    assert.deepEqual(await room.means.activations.open(browser), { person, enrolment, used: false })
    assert.ok((await setPassword({ person, enrolment })).ok)
    assert.equal(await enter(code), false, 'used')
    assert.equal(await enter(code, 'another browser'), false)
    assert.deepEqual(await room.means.activations.open(browser), { person, enrolment, used: true })
    // A second factor follows in the same browser, and is no second use.
    await use(person)
    assert.deepEqual(room.facts.of('means.activation_used'), [{ person, enrolment }])
    assert.deepEqual(room.facts.of('means.activation_given'), [{ person, enrolment, actor }])
    assert.equal(await room.means.activations.waiting(room.storage.db, person), undefined)
    await room.means.activations.close(browser)
    assert.equal(await room.means.activations.open(browser), undefined)
    await assert.rejects(use(person), ActivationOver)
  })

  test('a passkey made by it carries the level of the check that it follows, whatever was proved before', async () => {
    const { person } = await room.enrol()
    const photo = await room.storage.transaction((tx) =>
      room.means.enrolments.record(tx, { person, proof: { kind: 'document', seen: 'photo' }, agent: actor }),
    )
    assert.ok(photo.ok && photo.level === 'eidas1')
    await enter(await give({ person, enrolment: photo.enrolment }))
    const begun = await room.means.passkeys.beginRegistration({
      person,
      enrolment: photo.enrolment,
      browser,
      accountName: 'Angela',
      displayName: 'Angela',
      label: '',
    })
    const authenticator = createAuthenticator({ origin: issuer })
    const response = authenticator.create(begun.options)
    const made = await room.means.passkeys.finishRegistration({ ceremony: begun.ceremony, browser, response }, (tx) =>
      room.means.activations.use(tx, browser, person),
    )
    assert.ok(made.ok)
    const { ceremony, options } = await room.means.ceremonies.beginPasskey({ browser })
    const signedIn = await room.means.ceremonies.passkey({ ceremony, browser, response: authenticator.get(options) })
    assert.equal(signedIn.kind === 'authenticated' && signedIn.authenticated.level, 'eidas1')
  })

  test('the browser in which it was typed last goes on, the other one does not; nothing of what it tried stays', async () => {
    const { person, enrolment } = await room.enrol()
    const code = await give({ person, enrolment })
    await enter(code, 'first')
    await enter(code, 'second')
    assert.equal(await room.means.activations.open('first'), undefined)
    await assert.rejects(setPassword({ person, enrolment }, 'first'), ActivationOver)
    assert.deepEqual(await room.means.of(room.storage.db, person), [])
    assert.ok((await setPassword({ person, enrolment }, 'second')).ok)
  })

  test('of two who use it at one instant it serves one', async () => {
    const { person, enrolment } = await room.enrol()
    const code = await give({ person, enrolment })
    await Promise.all([enter(code, 'first'), enter(code, 'second')])
    const tries = await Promise.allSettled(['first', 'second'].map((from) => setPassword({ person, enrolment }, from)))
    const made = tries.filter((one) => one.status === 'fulfilled' && one.value.ok)
    assert.equal(made.length, 1)
    assert.equal((await room.means.of(room.storage.db, person)).length, 1)
    assert.equal(room.facts.of('means.activation_used').length, 1)
  })

  test('it is for its person: a browser that began with one goes on with the other, and never mixes them', async () => {
    const [one, other] = [await room.enrol(), await room.enrol()]
    await enter(await give(one))
    await enter(await give(other))
    assert.equal((await room.means.activations.open(browser))?.person, other.person)
    await assert.rejects(use(one.person), ActivationOver)
    assert.deepEqual(await room.means.of(room.storage.db, one.person), [])
    await use(other.person)
  })

  test('a wrong rest is counted and ends the code at the tenth; a code of nobody is only wrong', async () => {
    const { person, enrolment } = await room.enrol()
    const code = await give({ person, enrolment })
    const wrong = `${code.slice(0, -4)}${code.endsWith('0000') ? '1111' : '0000'}`
    const guesses = await Promise.all(Array.from({ length: 9 }, () => enter(wrong)))
    assert.ok(!guesses.includes(true))
    assert.equal(await enter(code), true, 'nine are allowed')
    assert.equal(await enter(wrong), false)
    assert.equal(await enter(code, 'another'), false, 'ten are not')
    assert.equal(await enter('0000-0000-0000-0000'), false)
    assert.equal(await enter(''), false)
    const reasons = room.facts.of('means.activation_refused').map(({ reason }) => reason)
    assert.deepEqual(reasons, [...Array(10).fill('wrong'), 'over'])
  })

  test('limits of time, on both sides: a day for the code, half an hour in the browser, a week after the check', async () => {
    const { person, enrolment } = await room.enrol()
    const code = await give({ person, enrolment })
    room.clock.advance(activationLifetime - 1)
    assert.equal(await enter(code), true)
    room.clock.advance(1)
    assert.equal(await enter(code, 'late'), false)
    assert.equal((await room.means.activations.open(browser))?.used, false, 'who began in time goes on')
    room.clock.advance(activationOpen - 2)
    assert.ok(await room.means.activations.open(browser))
    room.clock.advance(1)
    assert.equal(await room.means.activations.open(browser), undefined)

    const again = () => room.storage.transaction((tx) => room.means.activations.give(tx, { person, enrolment, actor }))
    room.clock.advance(activationFollows - activationLifetime - activationOpen + 1)
    assert.ok((await again()).ok)
    room.clock.advance(1)
    assert.deepEqual(await again(), { ok: false, reasons: ['enrolment_too_old'] })
  })

  test('a new one takes the place of the one before; one that is taken back ends what a browser does with it', async () => {
    const { person, enrolment } = await room.enrol()
    const first = await give({ person, enrolment })
    await enter(first)
    const second = await give({ person, enrolment })
    assert.equal(await room.means.activations.open(browser), undefined)
    assert.equal(await enter(first), false)
    assert.equal(await enter(second), true)
    const withdraw = () => room.storage.transaction((tx) => room.means.activations.withdraw(tx, person, actor))
    assert.equal(await withdraw(), true)
    assert.equal(await withdraw(), false)
    await assert.rejects(setPassword({ person, enrolment }), ActivationOver)
    assert.deepEqual(room.facts.of('means.activation_withdrawn'), [{ person, actor }])
    const codes = await Promise.all([give({ person, enrolment }), give({ person, enrolment })])
    const good = await Promise.all(codes.map((code) => enter(code)))
    assert.deepEqual(good.filter(Boolean).length, 1, 'of two agents at once one code serves')
  })

  test('somebody else’s enrolment gives none, and an erased person takes theirs along', async () => {
    const [one, other] = [await room.enrol(), await room.enrol()]
    await assert.rejects(give({ person: one.person, enrolment: other.enrolment }), /not_found/)
    const code = await give(one)
    await room.storage.transaction((tx) => room.people.erase(tx, one.person, actor))
    assert.equal(await enter(code), false)
    const late = await give(other)
    room.clock.advance(3 * day)
    await room.means.sweep()
    assert.equal(await enter(late), false)
    room.clock.advance(minute)
    assert.equal(room.facts.of('means.activation_refused').length, 0, 'nothing is known of them any more')
  })
})
