import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createAuthenticator } from '../../test/support/authenticator.ts'
import { issuer, type MeansRoom, openMeansRoom } from '../../test/support/means.ts'
import { dump } from '../../test/support/records.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { newId, type OperatorId } from '../kernel/ids.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import { createOperators, type Operators } from './operators.ts'
import {
  type AccountEvent,
  type AccountState,
  accountStates,
  invitationLifetime,
  staffAbsolute,
  staffIdle,
  transition,
} from './staff.ts'

const actor = { kind: 'command' } as const
const browser = 'the cookie of one browser'
const retention = 365 * day

test('the states of an operator: every state and event', () => {
  const events: AccountEvent[] = ['joined', 'suspended', 'restored', 'removed']
  const table = Object.fromEntries(
    accountStates.map((state) => [state, events.map((event) => transition(state, event) ?? '-').join(' ')]),
  )
  assert.deepEqual(table, {
    invited: 'active - - removed',
    active: 'active suspended - removed',
    suspended: 'active - active removed',
    removed: '- - - -',
  } satisfies Record<AccountState, string>)
})

describe('operators', () => {
  let room: MeansRoom
  let operators: Operators
  before(async () => {
    room = await openMeansRoom()
    const { storage, clock, people, means, facts } = room
    operators = createOperators({ storage, clock, audit: facts.audit, people, means, retention })
  })
  beforeEach(() => room.facts.clear())
  after(() => room.close())

  const invite = (roles: readonly OperatorRole[] = ['administrator'], name = 'Angela Dubois') =>
    operators.invite({ name, roles, actor })

  /** Registers a new authenticator by a link, in one browser. */
  async function join(token: string, at = browser) {
    const authenticator = createAuthenticator({ origin: issuer })
    const begun = await operators.beginJoining(token, at)
    assert.ok(begun)
    const { ceremony, options } = begun
    const finish = (within = at) =>
      operators.join(token, { ceremony, browser: within, response: authenticator.create(options) })
    return { authenticator, finish }
  }

  async function signIn(authenticator: ReturnType<typeof createAuthenticator>, replaces?: string) {
    const { ceremony, options } = await operators.beginSignIn(browser)
    return operators.signIn({ ceremony, browser, response: authenticator.get(options) }, replaces)
  }

  /** Somebody in office, signed in. */
  async function inOffice(roles?: readonly OperatorRole[]) {
    const { operator, token } = await invite(roles)
    const { authenticator, finish } = await join(token)
    assert.equal(await finish(), 'joined')
    const secret = await signIn(authenticator)
    assert.ok(secret)
    return { operator, authenticator, secret }
  }

  const stateOf = async (operator: OperatorId) =>
    (await operators.list()).find((one) => one.operator === operator)?.state

  test('DESIGN 8: where an operator is written to rests sealed, changes with a fact, and not for who left', async () => {
    const { operator, token } = await operators.invite({
      name: 'Zoé',
      roles: ['auditor'],
      mail: 'a@hub.example',
      actor,
    })
    const mailOf = async () => {
      const { mail, language } = (await operators.find(operator)) ?? assert.fail()
      return [mail, language]
    }
    assert.deepEqual(await mailOf(), ['a@hub.example', 'fr'])
    const to = { mail: 'canary@hub.example', language: 'ar' } as const
    assert.equal(await operators.writeTo(operator, { ...to, mail: 'nowhere' }, actor), 'no_address')
    assert.equal(await operators.writeTo(newId('operator'), to, actor), 'unknown')
    assert.equal(await operators.writeTo(operator, to, actor), 'done')
    assert.deepEqual(await mailOf(), ['canary@hub.example', 'ar'])
    assert.deepEqual(room.facts.of('operator.address_changed'), [{ operator, actor }])
    for (const [table, rows] of await dump(room)) assert.doesNotMatch(rows, /canary/, table)
    const office = () => room.storage.transaction((tx) => operators.inOffice(tx, operator))
    assert.equal(await office(), undefined, 'invited only')
    await (await join(token)).finish()
    assert.deepEqual(await office(), ['auditor'])
    await operators.suspend(operator, actor)
    assert.equal(await office(), undefined)
    await operators.remove(operator, actor)
    assert.equal(await operators.writeTo(operator, to, actor), 'unknown')
    assert.deepEqual(operators.problemsOf({ name: ' ', roles: [], mail: 'x' }), [
      'name_missing',
      'mail_wrong',
      'roles_missing',
    ])
  })

  test('R014: from the link to the first request: each step is a fact, and the name rests sealed', async () => {
    const { operator, token } = await invite(['auditor', 'support', 'auditor'], '  Zoé Étienne ')
    assert.deepEqual(await operators.invitation(token), {
      name: 'Zoé Étienne',
      roles: ['auditor', 'support'],
      partner: '',
      again: false,
    })
    const { authenticator, finish } = await join(token)
    assert.equal(await finish(), 'joined')
    const secret = await signIn(authenticator)
    const standing = await operators.standing(secret)
    assert.deepEqual(standing?.roles, ['auditor', 'support'])
    assert.equal(standing?.operator, operator)
    assert.deepEqual([...(await operators.namesOf([operator])).values()], ['Zoé Étienne'])
    assert.deepEqual(room.facts.of('operator.invited'), [
      { operator, roles: ['auditor', 'support'], again: false, actor },
    ])
    assert.deepEqual(room.facts.of('operator.joined'), [{ operator, means: standing?.means }])
    assert.deepEqual(room.facts.of('operator.signed_in'), [
      { operator, session: standing?.session, means: standing?.means },
    ])
    const written = JSON.stringify(room.facts.facts) + (await allRows(room))
    for (const canary of ['Zoé', Buffer.from('Zoé').toString('hex'), token, secret ?? 'none']) {
      assert.equal(written.includes(canary), false, canary)
    }
  })

  test('a name that is no line of text, and a missing role, are refused with all faults', async () => {
    for (const name of ['', '   ', 'a\nb', 'x'.repeat(121), 'Angela \u202eDubois']) {
      await assert.rejects(invite(['auditor'], name), /settings_invalid/, JSON.stringify(name))
    }
    await assert.rejects(invite([], ''), /role is missing\\nname is missing/)
    assert.equal((await invite(['auditor'], 'م\u200cی')).token.length, 43)
  })

  test('a link serves for 24 hours, to the instant', async () => {
    const { token } = await invite()
    room.clock.advance(invitationLifetime - 1)
    const { finish } = await join(token)
    assert.ok(await operators.invitation(token))
    room.clock.advance(1)
    assert.equal(await operators.invitation(token), undefined)
    assert.equal(await operators.beginJoining(token, browser), undefined)
    assert.equal(await finish(), 'link_unusable')
    assert.deepEqual(room.facts.of('means.created'), [], 'nothing of the registration stayed')
  })

  test('opening a link does not use it up; a registration does, once: of two browsers at once one gets in', async () => {
    const { operator, token } = await invite()
    const first = await join(token, 'one browser')
    const second = await join(token, 'another browser')
    const outcomes = await Promise.all([first.finish(), second.finish()])
    assert.deepEqual(outcomes.sort(), ['joined', 'link_unusable'])
    assert.equal(room.facts.of('operator.joined').length, 1)
    assert.equal(room.facts.of('means.created').length, 1, 'the loser left no passkey')
    assert.equal(await operators.invitation(token), undefined)
    assert.equal(await stateOf(operator), 'active')
    const [winner, loser] = outcomes[0] === 'joined' ? [first, second] : [second, first]
    const signedIn = await Promise.all([signIn(winner.authenticator), signIn(loser.authenticator)])
    assert.equal(signedIn.filter(Boolean).length, 1)
  })

  test('a registration that fails, or comes from another browser, leaves the link as it was', async () => {
    const { token } = await invite()
    const { ceremony, options } = (await operators.beginJoining(token, browser)) ?? assert.fail()
    const authenticator = createAuthenticator({ origin: issuer })
    const foreign = authenticator.create(options, { origin: 'https://hub.example.evil' })
    assert.equal(await operators.join(token, { ceremony, browser, response: foreign }), 'not_registered')
    const { finish } = await join(token)
    assert.equal(await finish('another browser'), 'not_registered')
    assert.ok(await operators.invitation(token))
    const weak = createAuthenticator({ origin: issuer })
    const begun = (await operators.beginJoining(token, browser)) ?? assert.fail()
    const unverified = weak.create(begun.options, { userVerified: false })
    assert.equal(
      await operators.join(token, { ceremony: begun.ceremony, browser, response: unverified }),
      'not_registered',
      'without user verification',
    )
    assert.equal(await finish(), 'joined', 'the browser that began it')
  })

  test('a ceremony begun with one link does not use up another', async () => {
    const [mine, theirs] = [await invite(), await invite()]
    const { ceremony, options } = (await operators.beginJoining(mine.token, browser)) ?? assert.fail()
    const response = createAuthenticator({ origin: issuer }).create(options)
    assert.equal(await operators.join(theirs.token, { ceremony, browser, response }), 'link_unusable')
    assert.ok(await operators.invitation(theirs.token))
  })

  test('a second link ends the first; its passkey replaces the others and ends their sessions', async () => {
    const { operator, token } = await invite()
    const again = await operators.inviteAgain(operator, actor)
    assert.ok(again)
    assert.equal(await operators.invitation(token), undefined)
    const first = await join(again.token)
    assert.equal(await first.finish(), 'joined')
    const secret = await signIn(first.authenticator)
    assert.ok(await operators.standing(secret))

    const lost = await operators.inviteAgain(operator, actor)
    assert.ok(lost)
    assert.equal((await operators.invitation(lost.token))?.again, true)
    assert.ok(await operators.standing(secret), 'until the new one is there')
    const second = await join(lost.token)
    assert.equal(await second.finish(), 'joined')
    assert.equal(await operators.standing(secret), undefined)
    assert.equal(await signIn(first.authenticator), undefined)
    assert.ok(await signIn(second.authenticator))
  })

  test('a session ends after 15 minutes without a request and after 8 hours in any case', async () => {
    const { secret, authenticator } = await inOffice()
    room.clock.advance(staffIdle - 1)
    assert.ok(await operators.standing(secret))
    room.clock.advance(staffIdle - 1)
    assert.ok(await operators.standing(secret), 'a request is activity')
    room.clock.advance(staffIdle)
    assert.equal(await operators.standing(secret), undefined)

    const busy = await signIn(authenticator)
    for (let spent = 0; spent < staffAbsolute - 10 * minute; spent += 10 * minute) {
      room.clock.advance(10 * minute)
      assert.ok(await operators.standing(busy), `${spent}`)
    }
    room.clock.advance(10 * minute)
    assert.equal(await operators.standing(busy), undefined)
    assert.equal(staffIdle, 15 * minute)
    assert.equal(staffAbsolute, 8 * hour)
  })

  test('an operator is told of the sign-in before', async () => {
    const { secret, authenticator } = await inOffice()
    assert.equal((await operators.standing(secret))?.previousSignInAt, undefined)
    const before = room.clock.now()
    room.clock.advance(hour)
    const next = await signIn(authenticator, secret)
    assert.equal((await operators.standing(next))?.previousSignInAt, before)
    assert.equal(await operators.standing(secret), undefined, 'the browser’s old session is replaced')
    assert.equal(room.facts.of('operator.session_ended').at(-1)?.reason, 'replaced')
  })

  test('suspension, removal and revocation of the passkey end a session at the next request', async () => {
    const suspended = await inOffice()
    assert.equal(await operators.suspend(suspended.operator, actor), true)
    assert.equal(await operators.standing(suspended.secret), undefined)
    assert.equal(await signIn(suspended.authenticator), undefined)
    assert.equal(room.facts.of('operator.sign_in_refused').at(-1)?.operator, suspended.operator)
    assert.equal(await operators.suspend(suspended.operator, actor), false, 'once')
    assert.equal(await operators.restore(suspended.operator, actor), true)
    assert.equal(await operators.standing(suspended.secret), undefined, 'the old session stays over')
    assert.ok(await signIn(suspended.authenticator))

    const removed = await inOffice()
    assert.equal(await operators.remove(removed.operator, actor), true)
    assert.equal(await operators.standing(removed.secret), undefined)
    assert.equal(await signIn(removed.authenticator), undefined)
    assert.equal(await operators.restore(removed.operator, actor), false)

    const revoked = await inOffice()
    const standing = (await operators.standing(revoked.secret)) ?? assert.fail()
    const { person, means } = standing
    await room.storage.transaction((tx) => room.means.revoke(tx, { person, means, actor, reason: 'lost' }))
    assert.equal(await operators.standing(revoked.secret), undefined)
    assert.deepEqual(room.facts.of('operator.session_ended').at(-1), {
      operator: revoked.operator,
      session: standing.session,
      reason: 'revoked',
    })
    assert.deepEqual(
      room.facts.of('operator.session_ended').map(({ reason }) => reason),
      ['suspended', 'removed', 'revoked'],
    )
  })

  test('somebody suspended because of a stolen key comes back by a new one, and the old one never serves again', async () => {
    const { operator, authenticator } = await inOffice()
    const before = await operators.inviteAgain(operator, actor)
    await operators.suspend(operator, actor)
    assert.equal(await operators.invitation(before?.token ?? ''), undefined)
    const link = (await operators.inviteAgain(operator, actor)) ?? assert.fail()
    assert.equal((await operators.invitation(link.token))?.again, true)
    assert.equal(await stateOf(operator), 'suspended')
    const next = await join(link.token)
    assert.equal(await next.finish(), 'joined')
    assert.equal(await stateOf(operator), 'active')
    assert.equal(await signIn(authenticator), undefined)
    assert.ok(await signIn(next.authenticator))
  })

  test('a link of somebody who is removed or suspended serves nobody', async () => {
    const { operator, token } = await invite()
    await operators.remove(operator, actor)
    assert.equal(await operators.invitation(token), undefined)
    const { operator: other } = await inOffice()
    const link = await operators.inviteAgain(other, actor)
    await operators.suspend(other, actor)
    assert.equal(await operators.invitation(link?.token ?? ''), undefined)
    await operators.remove(other, actor)
    assert.equal(await operators.inviteAgain(other, actor), undefined)
    assert.equal(await operators.suspend(newId('operator'), actor), false)
  })

  test('a joining and a removal at the same moment: whichever is first, nobody unwanted is in office', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const { operator, token } = await invite()
      const { finish, authenticator } = await join(token)
      const [, removed] = await Promise.all([finish(), operators.remove(operator, actor)])
      assert.equal(removed, true)
      assert.equal(await stateOf(operator), 'removed')
      assert.equal(await signIn(authenticator), undefined)
    }
  })

  test('a passkey of a person who is no operator opens nothing here, and an operator is nobody at a service', async () => {
    const { person, enrolment } = await room.withPassword()
    const authenticator = createAuthenticator({ origin: issuer })
    const { ceremony, options } = await room.means.passkeys.beginRegistration({
      person,
      enrolment,
      browser,
      accountName: 'angela',
      displayName: 'Angela',
      label: '',
    })
    await room.means.passkeys.finishRegistration({ ceremony, browser, response: authenticator.create(options) })
    assert.equal(await signIn(authenticator), undefined)
    assert.deepEqual(room.facts.of('operator.sign_in_refused'), [{ operator: null, person }])
    assert.equal(await operators.isOperator(person), false)

    const { secret, authenticator: own } = await inOffice()
    const standing = (await operators.standing(secret)) ?? assert.fail()
    assert.equal(await operators.isOperator(standing.person), true)
    const begun = await room.means.ceremonies.beginPasskey({ browser })
    const answer = await room.means.ceremonies.passkey({
      ceremony: begun.ceremony,
      browser,
      response: own.get(begun.options),
    })
    assert.equal(answer.kind, 'authenticated')
    const claimed = answer.kind === 'authenticated' ? await room.means.claimedOf(answer.authenticated) : assert.fail()
    assert.equal(claimed, undefined, 'no identity to sign in with')
  })

  test('signing out is one fact, and for good', async () => {
    const { secret } = await inOffice()
    await operators.signOut(secret)
    await operators.signOut(secret)
    await operators.signOut(undefined)
    await operators.signOut('made up')
    assert.equal(await operators.standing(secret), undefined)
    assert.deepEqual(
      room.facts.of('operator.session_ended').map(({ reason }) => reason),
      ['signed_out'],
    )
  })

  test('housekeeping: sessions that are over, links that nobody used, names of those who left long ago', async () => {
    const { operator, secret } = await inOffice()
    const idle = await invite()
    room.clock.advance(staffIdle)
    await operators.sweep()
    assert.deepEqual(
      room.facts
        .of('operator.session_ended')
        .map(({ reason }) => reason)
        .includes('expired'),
      true,
    )
    assert.equal(await operators.standing(secret), undefined)

    room.clock.advance(invitationLifetime + 30 * day - staffIdle - 1)
    await operators.sweep()
    assert.equal(await stateOf(idle.operator), 'invited')
    room.clock.advance(1)
    await operators.sweep()
    assert.equal(await stateOf(idle.operator), 'removed')

    await operators.remove(operator, actor)
    room.clock.advance(retention)
    await operators.sweep()
    assert.equal((await operators.namesOf([operator])).get(operator), 'Angela Dubois')
    room.clock.advance(1)
    await operators.sweep()
    assert.equal((await operators.namesOf([operator])).size, 0)
    assert.equal(await stateOf(operator), undefined)
    assert.ok(room.facts.of('person.erased').length >= 1)
  })
})

/** Every row of every table, as text. */
async function allRows({ storage }: MeansRoom): Promise<string> {
  return [...(await dump({ storage })).values()].join('\n')
}
