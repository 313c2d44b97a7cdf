import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createAuthenticator } from '../../test/support/authenticator.ts'
import { issuer, type MeansRoom, openMeansRoom } from '../../test/support/means.ts'
import { dump } from '../../test/support/records.ts'
import { createTranslator } from '../http/messages.ts'
import { day } from '../kernel/durations.ts'
import { newId, type StaffId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import type { OutgoingMessage } from '../means/gateway.ts'
import type { Partner } from '../partners/partners.ts'
import { staffMessages } from './messages.ts'
import { createOperators, type Operators } from './operators.ts'
import { createPartnerStaff, type NewStaff, type PartnerStaff } from './partner-staff.ts'
import { invitationLifetime } from './staff.ts'

const actor = { kind: 'command' } as const
const browser = 'the cookie of one browser'
const retention = 365 * day
const name = { fr: 'La Banque', en: 'The Bank', ar: 'البنك' }

describe('the staff of partners', () => {
  let room: MeansRoom
  let staff: PartnerStaff
  let operators: Operators
  const partners = new Map<string, Partner>()
  const letters: OutgoingMessage[] = []

  before(async () => {
    room = await openMeansRoom()
    const { storage, clock, people, means, facts } = room
    const options = { storage, clock, audit: facts.audit, people, means, retention }
    operators = createOperators(options)
    staff = createPartnerStaff({
      ...options,
      partners: { partner: (id) => partners.get(id) },
      gateway: { send: async (message) => void letters.push(message) },
      translate: createTranslator(staffMessages),
      hub: 'Garant',
    })
    storage.jobs.work('staff.letter', staff.sendLetter)
  })
  beforeEach(async () => {
    await room.storage.jobs.drain()
    room.facts.clear()
    letters.splice(0)
    partners.set('bank', { id: 'bank', name, contacts: { security: 'soc@bank.example', technical: 'it@bank.example' } })
    partners.set('post', { id: 'post', name: { fr: 'La Poste', en: 'The Post', ar: 'البريد' } })
  })
  after(() => room.close())

  const invite = (given: Partial<NewStaff> = {}) =>
    staff.invite({
      partner: 'bank',
      name: 'Karim Haddad',
      roles: ['security_contact'],
      mail: 'karim@bank.example',
      language: 'en',
      actor,
      ...given,
    })

  async function join(token: string) {
    const authenticator = createAuthenticator({ origin: issuer })
    const { ceremony, options } = (await staff.beginJoining(token, browser)) ?? assert.fail('no link')
    assert.equal(await staff.join(token, { ceremony, browser, response: authenticator.create(options) }), 'joined')
    return authenticator
  }

  async function signIn(at: Pick<PartnerStaff, 'beginSignIn' | 'signIn'>, by: ReturnType<typeof createAuthenticator>) {
    const { ceremony, options } = await at.beginSignIn(browser)
    return at.signIn({ ceremony, browser, response: by.get(options) }, undefined)
  }

  test('R014: from the link to the first request: each step is a fact; name and address rest sealed', async () => {
    const { staff: id, token } = await invite({ roles: ['security_contact', 'technician'] })
    assert.deepEqual(await staff.invitation(token), {
      name: 'Karim Haddad',
      roles: ['security_contact', 'technician'],
      partner: 'bank',
      again: false,
    })
    const secret = await signIn(staff, await join(token))
    const standing = (await staff.standing(secret)) ?? assert.fail()
    assert.deepEqual([standing.staff, standing.partner], [id, 'bank'])
    assert.deepEqual(room.facts.of('staff.invited'), [
      { staff: id, partner: 'bank', roles: ['security_contact', 'technician'], again: false, actor },
    ])
    assert.deepEqual(room.facts.of('staff.joined'), [{ staff: id, means: standing.means }])
    assert.deepEqual(room.facts.of('staff.signed_in'), [
      { staff: id, session: standing.session, means: standing.means },
    ])
    await staff.signOut(secret)
    assert.deepEqual(room.facts.of('staff.session_ended'), [
      { staff: id, session: standing.session, reason: 'signed_out' },
    ])
    const written = JSON.stringify(room.facts.facts) + [...(await dump(room)).values()].join('\n')
    for (const canary of ['Karim', 'karim@bank', Buffer.from('karim@').toString('hex'), token, secret ?? 'none']) {
      assert.equal(written.includes(canary), false, canary)
    }
  })

  test('an invitation is announced to the partner and to who is invited, without the link', async () => {
    const { staff: id, token } = await invite()
    assert.equal(letters.length, 0, 'nothing leaves inside of the transaction')
    await room.storage.jobs.drain()
    assert.deepEqual(letters.map(({ to, subject }) => [to, subject]).sort(), [
      ['karim@bank.example', 'Garant: you are invited to act for The Bank'],
      ['soc@bank.example', 'Garant: somebody is invited to act for The Bank'],
    ])
    for (const { text } of letters) {
      assert.match(text, /Karim Haddad.*Security contact/s)
      assert.doesNotMatch(text, /https?:|\/desk/)
      assert.equal(text.includes(token), false)
    }
    letters.splice(0)
    partners.set('bank', {
      id: 'bank',
      name,
      contacts: { security: 'a@bank.example', administrative: 'a@bank.example' },
    })
    await staff.inviteAgain(id, actor)
    await room.storage.jobs.drain()
    assert.deepEqual(letters.map(({ to }) => to).sort(), ['a@bank.example', 'karim@bank.example'], 'one to a mailbox')
    letters.splice(0)
    const gone = await invite()
    await staff.remove(gone.staff, actor)
    await room.storage.jobs.drain()
    assert.equal(letters.length, 0, 'of who was removed before the letters left, nothing is said')
    for (const language of languages) {
      await invite({ language })
      await room.storage.jobs.drain()
      assert.ok(letters.splice(0).every((letter) => letter.language === language && !/[{}]/.test(letter.text)))
    }
  })

  test('what is wrong with an invitation is told by field, and leaves nothing', async () => {
    await assert.rejects(
      invite({ partner: 'nobody', mail: 'no address', name: '' }),
      /no partner.*mail is not.*name is missing/s,
    )
    await assert.rejects(invite({ roles: [] }), /role is missing/)
    await assert.rejects(invite({ name: 'a\nb' }), /cannot be seen/)
    await room.storage.jobs.drain()
    assert.deepEqual([letters.length, room.facts.of('staff.invited')], [0, []])
    assert.equal(await staff.inviteAgain(newId('staff'), actor), undefined)
    const { staff: id } = await invite()
    partners.delete('bank')
    assert.equal(await staff.inviteAgain(id, actor), undefined, 'of a partner that is gone')
  })

  test('R128: an account of one kind is nothing to the other: link, passkey, cookie, id', async () => {
    const { staff: id, token } = await invite()
    const officer = await operators.invite({ name: 'Angela Dubois', roles: ['administrator'], actor })
    assert.equal(await operators.invitation(token), undefined)
    assert.equal(await staff.invitation(officer.token), undefined)
    const contact = await join(token)
    assert.equal(await signIn(operators, contact), undefined)
    assert.deepEqual(
      room.facts.of('operator.sign_in_refused').map(({ operator }) => operator),
      [null],
    )
    const secret = (await signIn(staff, contact)) ?? assert.fail()
    assert.equal(await operators.standing(secret), undefined)
    await operators.signOut(secret)
    assert.ok(await staff.standing(secret), 'the other kind ends nothing either')
    for (const change of ['suspend', 'remove'] as const) {
      assert.equal(await operators[change](id as never, actor), false, change)
      assert.equal(await staff[change](officer.operator as never, actor), false, change)
    }
    assert.equal(
      (await operators.list()).some(({ operator }) => (operator as string) === id),
      false,
    )
    assert.equal(
      (await staff.list()).some((one) => (one.staff as string) === officer.operator),
      false,
    )
    room.clock.advance(invitationLifetime + 31 * day)
    await operators.sweep()
    assert.ok(await stateOf(id))
  })

  const stateOf = async (id: StaffId) => (await staff.list()).find((one) => one.staff === id)?.state

  test('of one partner only its own are listed; who left long ago is erased, address and all', async () => {
    const { staff: id } = await invite({ partner: 'post', mail: 'p@post.example' })
    const [only, ...others] = await staff.list('post')
    assert.deepEqual([only?.staff, only?.mail, others], [id, 'p@post.example', []])
    assert.equal(
      (await staff.list('bank')).some((one) => one.staff === id),
      false,
    )
    await staff.remove(id, actor)
    room.clock.advance(retention + 1)
    await staff.sweep()
    assert.deepEqual(await staff.list('post'), [])
    const row = (await dump(room))
      .get('public.staff_accounts')
      ?.split('\n')
      .find((one) => one.includes(id))
    assert.match(row ?? '', /"?\\\\x"?,,/, 'neither a name nor an address is left')
  })
})
