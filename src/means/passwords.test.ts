import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import {
  authenticatedIn,
  browser,
  codeIn,
  type Enrolled,
  goodPassword,
  type MeansRoom,
  openMeansRoom,
  secondIn,
} from '../../test/support/means.ts'
import { hour, minute } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import type { Authenticated } from './means.ts'

let room: MeansRoom
before(async () => {
  room = await openMeansRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

const newPassword = 'Lagune?Nord4 et demi'
const set = (...[given]: Parameters<MeansRoom['means']['passwords']['set']>) => room.means.passwords.set(given)

const recent = ({ person }: Enrolled, over: Partial<Authenticated> = {}): Authenticated => ({
  person,
  means: [],
  amr: ['pwd', 'otp', 'mfa'],
  level: 'eidas2',
  authTime: room.clock.now(),
  ...over,
})

describe('setting a password', () => {
  test('R065, R066: the rule is verified at the first setting and at each change, whoever asks', async () => {
    const enrolled = await room.enrol({ name: 'angela.dubois' })
    const first = (password: string) => set({ ...enrolled, password, by: { kind: 'first' } })
    for (const [password, reason] of [
      ['Aa1!', 'no_construction'],
      ['Password123!', 'common'],
      ['Angela.Dubois1', 'close_to_identifier'],
      ['x'.repeat(300), 'too_long'],
    ]) {
      const answer = await first(password ?? '')
      assert.ok(!answer.ok && answer.reasons.includes(reason as never), `${password}: ${JSON.stringify(answer)}`)
    }
    assert.deepEqual(room.facts.of('means.created'), [])
    assert.ok((await first(goodPassword)).ok)
    const by = { kind: 'old', password: goodPassword } as const
    const weak = await set({ ...enrolled, password: 'Aa1!', by })
    assert.ok(!weak.ok && weak.reasons.includes('no_construction'))
    assert.ok((await set({ ...enrolled, password: newPassword, by })).ok)
    assert.deepEqual(
      room.facts.of('means.password_set').map(({ how }) => how),
      ['first', 'changed'],
    )
    assert.equal((await room.password(enrolled.name)).kind, 'refused')
    authenticatedIn(await room.password(enrolled.name, newPassword))
  })

  test('a change asks the old one, whose guesses are slowed', async () => {
    const enrolled = await room.withPassword()
    const change = (old: string) => set({ ...enrolled, password: newPassword, by: { kind: 'old', password: old } })
    for (let each = 0; each < 5; each++) {
      assert.deepEqual(await change('Wrong!Password1'), { ok: false, reasons: ['old_password_wrong'] })
    }
    assert.deepEqual(await change(goodPassword), { ok: false, reasons: ['old_password_wrong'] })
    room.clock.advance(minute)
    assert.ok((await change(goodPassword)).ok)
  })

  test('or a sign-in of the same person, with two factors, ten minutes old at most', async () => {
    const enrolled = await room.withPassword()
    const other = await room.withPassword()
    const change = (authenticated: Authenticated) =>
      set({ ...enrolled, password: newPassword, by: { kind: 'recent', authenticated } })
    const again = { ok: false, reasons: ['sign_in_again'] }
    assert.deepEqual(await change(recent(other)), again)
    assert.deepEqual(await change(recent(enrolled, { amr: ['pwd'] })), again)
    assert.deepEqual(await change(recent(enrolled, { authTime: room.clock.now() - 10 * minute - 1 })), again)
    assert.ok((await change(recent(enrolled, { authTime: room.clock.now() - 10 * minute }))).ok)
  })

  test('a first one is the first; of two at once one is', async () => {
    const enrolled = await room.enrol()
    const answers = await Promise.all(
      [goodPassword, newPassword].map((password) => set({ ...enrolled, password, by: { kind: 'first' } })),
    )
    assert.deepEqual(answers.map(({ ok }) => ok).sort(), [false, true])
    const without = await room.enrol()
    const by = { kind: 'recent', authenticated: recent(without) } as const
    assert.deepEqual(await set({ ...without, password: newPassword, by }), { ok: false, reasons: ['out_of_step'] })
  })

  test('R046: a change keeps the term, unless identity was proved anew', async () => {
    const enrolled = await room.withPassword()
    const expiry = async () => (await room.means.of(room.storage.db, enrolled.person))[0]?.expiresAt
    const before = await expiry()
    room.clock.advance(hour)
    const by = { kind: 'old', password: goodPassword } as const
    assert.ok((await set({ ...enrolled, password: newPassword, by })).ok)
    assert.equal(await expiry(), before)
    const anew = await room.storage.transaction((tx) =>
      room.means.enrolments.record(tx, {
        person: enrolled.person,
        proof: { kind: 'document', seen: 'video' },
        agent: { kind: 'command' },
      }),
    )
    assert.ok(anew.ok)
    const { person } = enrolled
    const renewed = await set({
      person,
      enrolment: anew.enrolment,
      password: goodPassword,
      by: { kind: 'old', password: newPassword },
    })
    assert.ok(renewed.ok)
    assert.equal(await expiry(), (before ?? 0) + hour)
  })
})

describe('a reset', () => {
  async function ask(identifier: string): Promise<string[]> {
    room.sent.splice(0)
    await room.means.passwords.requestReset({ identifier, language: 'fr' })
    await room.storage.jobs.drain()
    return room.sent.map(codeIn)
  }

  test('R043: by a code at each verified mailbox, once, within half an hour; failures in a row are forgiven', async () => {
    const enrolled = await room.withPassword()
    await room.contact(enrolled.person, 'angela@example.org')
    await room.storage.transaction((tx) =>
      room.people.addContact(tx, enrolled.person, 'never-proved@example.org', 'eidas2', 'fr'),
    )
    const by = room.another({ restrictions: { delay: true, challenge: false, block: true } })
    for (let each = 0; each < 10; each++) {
      await room.password(enrolled.name, 'Wrong!Password1', { by })
      if (each % 5 === 4) room.clock.advance(minute)
    }
    room.clock.advance(minute)
    assert.equal((await room.password(enrolled.name, goodPassword, { by })).kind, 'refused')
    const [code = '', ...more] = await ask(enrolled.name)
    assert.deepEqual(more, [])
    assert.equal(room.sent[0]?.to, 'angela@example.org')
    // R107: no mail of the hub holds a link.
    assert.doesNotMatch(room.sent[0]?.text ?? '', /https?:|www\.|@/)
    const weak = await room.means.passwords.reset({ code, password: 'Aa1!' })
    assert.ok(!weak.ok && weak.reasons.includes('no_construction'))
    const answers = await Promise.all(
      [1, 2, 3].map(() => room.means.passwords.reset({ code: code.toLowerCase(), password: newPassword })),
    )
    assert.deepEqual(answers.map(({ ok }) => ok).sort(), [false, false, true])
    assert.deepEqual(room.ended, [enrolled.person])
    authenticatedIn(await room.password(enrolled.name, newPassword, { by }))

    const [late = ''] = await ask(enrolled.name)
    room.clock.advance(30 * minute)
    assert.deepEqual(await room.means.passwords.reset({ code: late, password: goodPassword }), {
      ok: false,
      reasons: ['gone'],
    })
    for (const nonsense of ['', 'AAAA-AAAA-AAAA-AAAA', 'x'.repeat(10_000)]) {
      const answer = await room.means.passwords.reset({ code: nonsense, password: goodPassword })
      assert.deepEqual(answer, { ok: false, reasons: ['gone'] })
    }
  })

  test('the same work for an identifier that nobody has: a job, and no mail', async () => {
    const enrolled = await room.withPassword()
    await room.contact(enrolled.person, 'angela@example.org')
    assert.equal((await ask(enrolled.name)).length, 1)
    assert.equal((await ask('nobody')).length, 0)
    assert.deepEqual(
      room.facts.of('means.reset_requested').map(({ person }) => person),
      [enrolled.person, null],
    )
  })

  test('three in an hour, for anybody', async () => {
    const enrolled = await room.withPassword()
    await room.contact(enrolled.person, 'angela@example.org')
    const sent = []
    for (let each = 0; each < 5; each++) sent.push((await ask(enrolled.name)).length)
    assert.deepEqual(sent, [1, 1, 1, 0, 0])
    room.clock.advance(hour)
    assert.equal((await ask(enrolled.name)).length, 1)
  })

  test('never lowers the second factor', async () => {
    const enrolled = await room.withPassword()
    await room.contact(enrolled.person, 'angela@example.org')
    const { codes } = await room.storage.transaction((tx) => room.means.recoveryCodes.make(tx, enrolled))
    const [code = ''] = await ask(enrolled.name)
    assert.ok((await room.means.passwords.reset({ code, password: newPassword })).ok)
    const { ceremony } = secondIn(await room.password(enrolled.name, newPassword))
    const answer = { kind: 'recovery_code', code: codes[0] ?? '' } as const
    authenticatedIn(await room.means.ceremonies.secondFactor({ ceremony, browser, answer }))
  })

  test('R055: a mailbox that became the second factor since resets nothing any more', async () => {
    const enrolled = await room.withPassword()
    const contact = await room.contact(enrolled.person, 'angela@example.org')
    await room.contact(enrolled.person, 'angela@example.net')
    const codes = await ask(enrolled.name)
    const [first = '', other = ''] = codes
    assert.equal(room.sent[0]?.to, 'angela@example.org')
    const added = await room.means.sentCodes.addMailbox({ ...enrolled, contact, label: '' })
    assert.ok(added.ok)
    const gone = await room.means.passwords.reset({ code: first, password: newPassword })
    assert.deepEqual(gone, { ok: false, reasons: ['gone'] })
    assert.ok((await room.means.passwords.reset({ code: other, password: newPassword })).ok)
    await ask(enrolled.name)
    assert.deepEqual(
      room.sent.map(({ to }) => to),
      ['angela@example.net'],
    )
  })

  test('R055: nor does one whose means is suspended, until it is withdrawn', async () => {
    const enrolled = await room.withPassword()
    const { person } = enrolled
    const contact = await room.contact(person, 'angela@example.org')
    await room.contact(person, 'angela@example.net')
    const added = await room.means.sentCodes.addMailbox({ ...enrolled, contact, label: '' })
    assert.ok(added.ok)
    const { means } = added
    const change = { person, means, actor: { kind: 'person', id: person }, reason: 'asked' } as const
    const asked = async () => {
      await ask(enrolled.name)
      return room.sent.map(({ to }) => to).sort()
    }
    assert.equal(await room.storage.transaction((tx) => room.means.suspend(tx, change)), 'done')
    assert.deepEqual(await asked(), ['angela@example.net'])
    const session = { person, level: 'eidas2', session: newId('session'), link: newId('link') } as const
    assert.equal(await room.means.contacts.remove(session, contact), 'second_factor')
    assert.equal(await room.storage.transaction((tx) => room.means.revoke(tx, change)), 'done')
    assert.deepEqual(await asked(), ['angela@example.net', 'angela@example.org'])
    assert.equal(await room.means.contacts.remove(session, contact), 'removed')
  })

  test('gives no password to whom had none', async () => {
    const enrolled = await room.enrol()
    await room.contact(enrolled.person, 'angela@example.org')
    assert.deepEqual(await ask(enrolled.name), [])
  })
})
