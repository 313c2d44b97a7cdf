import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import {
  authenticatedIn,
  browser,
  codeIn,
  type Enrolled,
  type MeansRoom,
  openMeansRoom,
  secondIn,
} from '../../test/support/means.ts'
import { minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { ContactId, MeansId } from '../kernel/ids.ts'
import { createHttpSmsGateway, joinGateways } from './gateway.ts'

let room: MeansRoom
before(async () => {
  room = await openMeansRoom({ rules: { securedMailDomains: ['mssante.fr'] } })
})
beforeEach(() => room.empty())
after(() => room.close())

const lastCode = () => {
  const last = room.sent.at(-1)
  if (!last) throw new Error('nothing was sent')
  return codeIn(last)
}
/** Another code of six digits. */
const wrongCode = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

async function withNumber(): Promise<Enrolled & { means: MeansId }> {
  const enrolled = await room.withPassword()
  const added = await room.means.sentCodes.addNumber({
    ...enrolled,
    number: '+33 6 12 34 56 78',
    label: 'Telephone',
    language: 'fr',
  })
  assert.ok(added.ok)
  assert.equal(await room.means.sentCodes.verifyNumber(enrolled.person, added.means, lastCode()), 'active')
  room.clock.advance(10 * minute)
  return { ...enrolled, means: added.means }
}

const step = async ({ name }: Enrolled) => secondIn(await room.password(name))
const send = (ceremony: string, means: MeansId) =>
  room.means.ceremonies.sendCode({ ceremony, browser, means, language: 'fr' })
const answer = (ceremony: string, means: MeansId, code: string) =>
  room.means.ceremonies.secondFactor({ ceremony, browser, answer: { kind: 'sent_code', means, code } })

describe('a number', () => {
  test('R043: serves only after its first code was given back; five tries, ten minutes', async () => {
    const enrolled = await room.withPassword()
    const add = (number: string) => room.means.sentCodes.addNumber({ ...enrolled, number, label: '', language: 'fr' })
    for (const number of ['', '0612345678', '+0612345678', '+33', '+3361234567890123', '+33 6 12 34 56 7x']) {
      assert.deepEqual(await add(number), { ok: false, reasons: ['number_malformed'] }, number)
    }
    const added = await add('+33 (6) 12-34.56 78')
    assert.ok(added.ok)
    assert.equal(room.sent[0]?.to, '+33612345678')
    // Not a second factor yet: the password alone signs in.
    assert.equal((await room.password(enrolled.name)).kind, 'authenticated')
    const { verifyNumber } = room.means.sentCodes
    const code = lastCode()
    const other = await room.enrol()
    assert.equal(await verifyNumber(other.person, added.means, code), 'expired')
    for (let each = 0; each < 5; each++) {
      assert.equal(await verifyNumber(enrolled.person, added.means, wrongCode(code)), 'wrong')
    }
    assert.equal(await verifyNumber(enrolled.person, added.means, code), 'wrong')
    const again = await add('+33612345678')
    assert.ok(again.ok)
    room.clock.advance(10 * minute)
    assert.equal(await verifyNumber(enrolled.person, again.means, lastCode()), 'wrong')
    const last = await add('+33612345678')
    assert.ok(last.ok)
    room.clock.advance(10 * minute - 1)
    assert.equal(await verifyNumber(enrolled.person, last.means, lastCode()), 'active')
    const view = (await room.means.of(room.storage.db, enrolled.person)).find(({ means }) => means === last.means)
    assert.deepEqual([view?.hint, view?.discouraged], ['•••• 78', true])
  })

  test('three messages in ten minutes, whatever the numbers', async () => {
    const enrolled = await room.enrol()
    const outcomes = []
    for (let each = 0; each < 4; each++) {
      const added = await room.means.sentCodes.addNumber({
        ...enrolled,
        number: `+3361234567${each}`,
        label: '',
        language: 'en',
      })
      outcomes.push(added.ok || added.reasons[0])
    }
    assert.deepEqual(outcomes, [true, true, true, 'too_many'])
  })

  test('R054: password and a text message: accepted, discouraged, at the lowest level', async () => {
    const enrolled = await withNumber()
    const { ceremony, choices } = await step(enrolled)
    assert.deepEqual(choices, [{ kind: 'sms_code', means: enrolled.means, hint: '•••• 78', discouraged: true }])
    assert.equal(await send(ceremony, enrolled.means), 'sent')
    assert.match(room.sent.at(-1)?.text ?? '', /^Garant[^\n]+\n\n@hub\.example #\d{6}$/)
    const authenticated = authenticatedIn(await answer(ceremony, enrolled.means, lastCode()))
    assert.deepEqual([authenticated.amr, authenticated.level], [['pwd', 'sms', 'mfa'], 'eidas1'])
    assert.equal(room.facts.of('means.code_sent').length, 2)
  })

  test('a code is good once, in its own ceremony, ten minutes, five tries', async () => {
    const enrolled = await withNumber()
    const first = await step(enrolled)
    const other = await step(enrolled)
    await send(first.ceremony, enrolled.means)
    const code = lastCode()
    assert.equal((await answer(other.ceremony, enrolled.means, code)).kind, 'refused')
    const answers = await Promise.all([1, 2, 3].map(() => answer(first.ceremony, enrolled.means, code)))
    assert.equal(answers.filter(({ kind }) => kind === 'authenticated').length, 1)

    const late = await step(enrolled)
    await send(late.ceremony, enrolled.means)
    room.clock.advance(10 * minute)
    assert.equal((await answer(late.ceremony, enrolled.means, lastCode())).kind, 'refused')

    const guessed = await step(enrolled)
    await send(guessed.ceremony, enrolled.means)
    const right = lastCode()
    for (let each = 0; each < 5; each++) {
      assert.equal((await answer(guessed.ceremony, enrolled.means, wrongCode(right))).kind, 'refused')
      // So that what is refused is the try, and not the haste.
      room.clock.advance(minute)
    }
    assert.equal((await answer(guessed.ceremony, enrolled.means, right)).kind, 'refused')
  })

  test('is asked of nobody else, three times in ten minutes, and says when it did not leave', async () => {
    const enrolled = await withNumber()
    const other = await withNumber()
    const { ceremony } = await step(enrolled)
    assert.equal(await send(ceremony, other.means), 'gone')
    assert.equal(
      await room.means.ceremonies.sendCode({ ceremony, browser: 'x', means: enrolled.means, language: 'fr' }),
      'gone',
    )
    room.failSending(true)
    assert.equal(await send(ceremony, enrolled.means), 'not_sent')
    room.failSending(false)
    // The reason is logged without the number, which the gateway's own words repeat.
    assert.match(JSON.stringify(room.logged), /not sent/)
    assert.doesNotMatch(JSON.stringify(room.logged), /33612345678/)
    assert.equal(await send(ceremony, enrolled.means), 'sent')
    assert.equal(await send(ceremony, enrolled.means), 'sent')
    assert.equal(await send(ceremony, enrolled.means), 'too_many')
    room.clock.advance(10 * minute)
    assert.equal(await send(ceremony, enrolled.means), 'sent')
  })
})

describe('R055: a mailbox', () => {
  async function withBoxes(...addresses: string[]) {
    const enrolled = await room.withPassword()
    const contacts: ContactId[] = []
    for (const address of addresses) contacts.push(await room.contact(enrolled.person, address))
    const [contact] = contacts
    assert.ok(contact)
    return { ...enrolled, contact }
  }

  test('that resets the password is refused, one that does not is accepted, a secured one always', async () => {
    const add = async (...addresses: string[]) => {
      const made = await room.means.sentCodes.addMailbox({ ...(await withBoxes(...addresses)), label: '' })
      return made.ok ? 'accepted' : made.reasons.join()
    }
    assert.equal(await add('angela@example.org'), 'mailbox_resets_password')
    assert.equal(await add('angela@example.org', 'angela@example.net'), 'accepted')
    assert.equal(await add('angela@medecin.mssante.fr'), 'accepted')
    assert.equal(await add('angela@mssante.fr.example.org'), 'mailbox_resets_password')
  })

  test('R043: that was not verified, or is somebody else’s, is none', async () => {
    const enrolled = await room.withPassword()
    const other = await withBoxes('other@example.org', 'other@example.net')
    const { contact } = await room.storage.transaction((tx) =>
      room.people.addContact(tx, enrolled.person, 'angela@example.org', 'eidas2', 'fr'),
    )
    for (const one of [contact, other.contact]) {
      const made = await room.means.sentCodes.addMailbox({ ...enrolled, contact: one, label: '' })
      assert.deepEqual(made, { ok: false, reasons: ['not_verified'] })
    }
  })

  test('a password and a code by mail are never called multi-factor', async () => {
    const enrolled = await withBoxes('angela@example.org', 'angela@example.net')
    const made = await room.means.sentCodes.addMailbox({ ...enrolled, label: '' })
    assert.ok(made.ok)
    const { ceremony, choices } = await step(enrolled)
    assert.deepEqual(choices, [{ kind: 'mail_code', means: made.means, hint: 'a•••@example.org' }])
    assert.equal(await send(ceremony, made.means), 'sent')
    assert.equal(room.sent.at(-1)?.to, 'angela@example.org')
    const authenticated = authenticatedIn(await answer(ceremony, made.means, lastCode()))
    assert.deepEqual([authenticated.amr, authenticated.level], [['pwd', 'mail'], 'eidas1'])
  })

  test('that was removed from the contacts gets no code', async () => {
    const enrolled = await withBoxes('angela@example.org', 'angela@example.net')
    const made = await room.means.sentCodes.addMailbox({ ...enrolled, label: '' })
    assert.ok(made.ok)
    const { ceremony } = await step(enrolled)
    await room.storage.transaction((tx) => room.people.removeContact(tx, enrolled.person, enrolled.contact, 'eidas2'))
    assert.equal(await send(ceremony, made.means), 'gone')
  })
})

describe('the gateway for text messages', () => {
  const seen: { headers: Record<string, unknown>; body: string }[] = []
  let status = 202
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ headers: request.headers, body })
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end('taken')
  })
  before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  after(() => server.close())

  test('gets JSON with a bearer secret; what is not 2xx did not leave', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`
    const gateway = createHttpSmsGateway({ url, secret: 's3cret', fetch })
    const message = { channel: 'sms', to: '+33612345678', subject: '', text: '123456', language: 'fr' } as const
    await gateway.send(message)
    assert.equal(seen[0]?.headers.authorization, 'Bearer s3cret')
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), { to: '+33612345678', text: '123456', language: 'fr' })
    for (const other of [400, 401, 500]) {
      status = other
      await assert.rejects(
        gateway.send(message),
        (error) => error instanceof GarantError && error.error === 'message_not_sent',
      )
    }
    // A redirection would carry the code, and the secret, to somebody else.
    status = 302
    await assert.rejects(gateway.send(message))
  })

  test('without one, nobody gets text messages', async () => {
    const sent: string[] = []
    const gateway = joinGateways({ mail: { send: async ({ to }) => void sent.push(to) } })
    const message = { to: 'x', subject: '', text: '', language: 'fr' } as const
    await gateway.send({ ...message, channel: 'mail' })
    assert.deepEqual(sent, ['x'])
    await assert.rejects(gateway.send({ ...message, channel: 'sms' }), /message_not_sent/)
  })
})

describe('R084: a code for somebody whom a card has shown to be there', () => {
  const binding = 'login-1'
  const ask = (person: Enrolled['person'], to: ContactId | MeansId, place = binding) =>
    room.means.personCodes.send({ person, to, binding: place, language: 'fr' })
  const check = (person: Enrolled['person'], code: string, place = binding) =>
    room.means.personCodes.check({ person, binding: place, code })

  async function withBoth() {
    const enrolled = await withNumber()
    const { person } = enrolled
    await room.storage.transaction((tx) => room.people.addProvedContact(tx, person, 'paul@example.org', 'eidas2'))
    const [mail, sms] = await room.means.personCodes.targets(person)
    assert.ok(mail && sms)
    return { person, mail, sms }
  }

  test('it goes to what was verified, of which a hint is shown, and to nothing else', async () => {
    const { person, mail, sms } = await withBoth()
    assert.deepEqual([mail.channel, mail.hint, mail.level], ['mail', 'p•••@example.org', 'eidas2'])
    assert.deepEqual([sms.channel, sms.hint], ['sms', '•••• 78'])
    assert.ok(!JSON.stringify([mail, sms]).includes('paul'))
    const stranger = await room.enrol()
    assert.equal(await ask(stranger.person, mail.to), 'gone')
    assert.deepEqual(await room.means.personCodes.targets(stranger.person), [])

    room.sent.splice(0)
    assert.equal(await ask(person, mail.to), 'sent')
    assert.deepEqual([room.sent[0]?.to, room.sent[0]?.of?.kind], ['paul@example.org', 'sign_in'])
    assert.match(room.sent[0]?.text ?? '', /accompagne votre carte/)
    assert.equal(await ask(person, sms.to), 'sent')
    assert.equal(room.sent[1]?.to, '+33612345678')
  })

  test('R043: good once, there where it was asked for, for ten minutes and five tries; three in ten minutes', async () => {
    const { person, mail, sms } = await withBoth()
    await ask(person, mail.to)
    const code = lastCode()
    assert.deepEqual(await check(person, code, 'login-2'), { kind: 'wrong', left: 4 })
    assert.deepEqual(await check(person, code), { kind: 'right' })
    room.clock.advance(minute)
    assert.deepEqual(await check(person, code), { kind: 'over' }, 'used')

    await ask(person, sms.to)
    room.clock.advance(10 * minute)
    assert.deepEqual(await check(person, lastCode()), { kind: 'over' }, 'ten minutes old')

    for (let each = 0; each < 3; each++) assert.equal(await ask(person, mail.to), 'sent')
    assert.equal(await ask(person, sms.to), 'too_many', 'whatever the way')
    const last = lastCode()
    const tries = []
    for (let each = 0; each < 6; each++) {
      // Between two failures one waits for longer and longer.
      room.clock.advance(minute)
      tries.push((await check(person, wrongCode(last))).kind)
    }
    assert.deepEqual(tries, ['wrong', 'wrong', 'wrong', 'wrong', 'over', 'over'])
    assert.deepEqual(await check(person, last), { kind: 'over' })
  })
})
