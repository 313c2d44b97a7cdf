import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { createTranslator } from '../http/messages.ts'
import { newId } from '../kernel/ids.ts'
import type { OutgoingMessage } from '../means/gateway.ts'
import type { Storage } from '../storage/storage.ts'
import { createMessageCopies, maskedAddress } from './copies.ts'
import { createKeptGateway } from './kept-mail.ts'
import { createLetters } from './letter.ts'
import type { Mail } from './mail.ts'
import { alertMessages } from './messages.ts'

const clock = createTestClock()
const key = Buffer.alloc(32, 2)
const mails: Mail[] = []
const others: OutgoingMessage[] = []
let storage: Storage
let refuses = false

before(async () => {
  storage = await openTestStorage(clock)
})
after(() => storage.close())

const gatewayOf = () =>
  createKeptGateway({
    storage,
    clock,
    key,
    letters: createLetters({
      translate: createTranslator(alertMessages),
      settings: { issuer: 'https://hub.example', name: 'Garant', timeZone: 'Europe/Paris' },
    }),
    transport: {
      async send(mail) {
        if (refuses) throw Object.assign(new Error('refused'), { responseCode: 550 })
        mails.push(mail)
      },
      close: async () => {},
    },
    plain: {
      async send(message) {
        others.push(message)
      },
    },
  })

const asked = { subject: 'Garant: your code', text: 'Your code is 123456.\n\nTell nobody.', language: 'en' } as const

describe('R107: a code that somebody asked for', () => {
  test('leaves with a code of its own; the copy of whoever asked has no secret', async () => {
    const person = newId('person')
    const copies = createMessageCopies({ storage, key })
    await gatewayOf().send({
      ...{ channel: 'mail', to: 'amina@mail.example', ...asked },
      of: { kind: 'sign_in', person, secret: '123456' },
    })
    const [mail] = mails.splice(0)
    assert.match(mail?.text ?? '', /Your code is 123456/)
    const [, code = ''] = /Code of this message: (\S+)/.exec(mail?.text ?? '') ?? []
    const found = await copies.byCode({ person }, code)
    assert.ok(found && typeof found === 'object')
    assert.equal(found.kind, 'code.sign_in')
    assert.equal(found.copies[0]?.to, 'a•••@mail.example')
    assert.equal(found.copies[0]?.outcome, 'sent')
    assert.match(found.copies[0]?.text ?? '', /Your code is ••••••\./)
    assert.equal(await copies.byCode({ person: newId('person') }, code), undefined)
    assert.equal(await copies.byCode({ person, provider: 'tax' }, code), 'hidden')
    const { rows } = await sql<{
      row: string
    }>`select to_jsonb(messages)::text || to_jsonb(message_deliveries)::text as row
      from messages join message_deliveries on message = id`.execute(storage.db)
    // Bytes are looked at as bytes: in hexadecimal any six digits stand somewhere by chance.
    const inBytes = (row: string) =>
      row.replace(/\\x([0-9a-f]*)/g, (_, hex) => Buffer.from(hex, 'hex').toString('latin1'))
    for (const canary of ['amina', '123456', code])
      assert.ok(!rows.some(({ row }) => inBytes(row).includes(canary)), canary)
  })

  test('one that could not leave is told so, and its error is the caller’s', async () => {
    const person = newId('person')
    refuses = true
    await assert.rejects(
      gatewayOf().send({
        ...{ channel: 'mail', to: 'gone@mail.example', ...asked },
        of: { kind: 'reset', person, secret: '123456' },
      }),
      /refused/,
    )
    refuses = false
    const { messages } = await createMessageCopies({ storage, key }).page({ person }, { limit: 10 })
    assert.deepEqual(
      messages.map(({ copies }) => copies.map(({ outcome, text }) => [outcome, text])),
      [[['failed', undefined]]],
    )
  })

  test('a text message is listed without a code; what is for nobody known keeps neither address nor text', async () => {
    const person = newId('person')
    const gateway = gatewayOf()
    const sms = {
      channel: 'sms',
      to: '+33612345678',
      subject: '',
      text: 'Code 123456\n\n@hub.example #123456',
    } as const
    await gateway.send({ ...sms, language: 'fr', of: { kind: 'sign_in', person, secret: '123456' } })
    assert.equal(others.splice(0)[0]?.text, sms.text)
    const { messages } = await createMessageCopies({ storage, key }).page({ person }, { limit: 10 })
    assert.equal(messages[0]?.code, undefined)
    assert.equal(messages[0]?.copies[0]?.to, '•••• 78')
    assert.equal(messages[0]?.copies[0]?.text, 'Code ••••••\n\n@hub.example #••••••')
    await gateway.send({
      ...{ channel: 'mail', to: 'amina@mail.example', ...asked },
      of: { kind: 'proof', secret: '123456' },
    })
    const { rows } = await sql<{ kept: number }>`select count(*)::int as kept from message_deliveries d
      join messages m on m.id = d.message
      where m.person is null and (d.recipient is not null or d.copy is not null)`.execute(storage.db)
    assert.equal(rows[0]?.kept, 0)
  })

  test('letters to those who work here leave as they are', async () => {
    const before = mails.length
    await gatewayOf().send({ channel: 'mail', to: 'staff@mail.example', ...asked })
    assert.equal(mails.length, before)
    assert.equal(others.splice(0)[0]?.to, 'staff@mail.example')
  })

  test('an address is shown with most of it hidden', () => {
    for (const [address, shown] of [
      ['amina@mail.example', 'a•••@mail.example'],
      ['é@mail.example', 'é•••@mail.example'],
      ['+33612345678', '•••• 78'],
      ['', ''],
    ] as const) {
      assert.equal(maskedAddress(address), shown)
    }
  })
})
