import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { claim, openRoom, type Room } from '../../test/support/people.ts'
import type { Level } from '../kernel/assurance.ts'
import { day, minute } from '../kernel/durations.ts'
import type { ContactId, PersonId } from '../kernel/ids.ts'
import { mailboxOf, parseAddress } from './address.ts'

let room: Room
let person: PersonId
before(async () => {
  room = await openRoom()
})
beforeEach(async () => {
  await room.empty()
  person = (await room.signIn(claim({ email: 'asserted@example.org' }), { language: 'ar' })).person
  room.facts()
})
after(() => room.close())

const addProved = (address: string, level: Level = 'eidas1') =>
  room.inside((tx) => room.people.addProvedContact(tx, person, address, level))
const add = (address: string, level: Level = 'eidas1') =>
  room.inside((tx) => room.people.addContact(tx, person, address, level, 'en'))
const verify = (contact: ContactId, code: string, level: Level = 'eidas1', who = person) =>
  room.inside((tx) => room.people.verifyContact(tx, who, contact, code, level))
const remove = (contact: ContactId, level: Level = 'eidas1', who = person) =>
  room.inside((tx) => room.people.removeContact(tx, who, contact, level))
const wrong = (code: string) => String((Number(code) + 1) % 1e8).padStart(8, '0')

async function addVerified(address: string, level: Level = 'eidas1'): Promise<ContactId> {
  room.clock.advance(1)
  const { contact, code } = await add(address, level)
  assert.equal(await verify(contact, code, level), 'verified')
  return contact
}

async function heard(provider: string | undefined = 'tax'): Promise<string[]> {
  const recipients = await room.people.recipients(person, provider)
  return recipients.map(({ kind, address }) => `${kind} ${address}`)
}

test('an address is one that can be written to, and nothing that ends a header', () => {
  const rows: [string, string | undefined][] = [
    ['a@example.org', 'a@example.org'],
    [' First.Last+tag@Example.ORG ', 'First.Last+tag@example.org'],
    ['hélène@école.example', 'hélène@xn--cole-9oa.example'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
    [`${'a'.repeat(65)}@example.org`, undefined],
    [`a@${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(63)}.${'b'.repeat(63)}.org`, undefined],
    ['a@b@example.org', undefined],
    ['a@localhost', undefined],
    ['@example.org', undefined],
    ['a@', undefined],
    ['', undefined],
    ['a..b@example.org', undefined],
    ['a b@example.org', undefined],
    ['a@example.org\r\nBcc: b@example.org', undefined],
    ['"a\nb"@example.org', undefined],
    ['A <a@example.org>', undefined],
    ['a@example.org, b@example.org', undefined],
    ['a@-example.org', undefined],
    ['a'.repeat(100_000), undefined],
  ]
  for (const [text, expected] of rows) assert.equal(parseAddress(text), expected, text.slice(0, 80))
  assert.equal(mailboxOf('First@example.org'), mailboxOf('first@example.org'))
})

test('one that was proved before it came is verified at once, takes nothing away, and is written down', async () => {
  await addProved('a@example.org')
  assert.deepEqual(await heard(), ['verified a@example.org'])
  assert.deepEqual(
    room.facts().map(({ name }) => name),
    ['contact.added', 'contact.verified'],
  )
  await addProved('A@example.org', 'eidas2')
  assert.deepEqual(room.facts(), [], 'it is there')
  assert.equal((await room.people.contactsOf(person))[0]?.level, 'eidas1')

  // The code that was on its way serves no more, and the level is that of the proof.
  const { contact, code } = await add('b@example.org', 'eidas2')
  room.facts()
  await addProved('b@example.org')
  assert.deepEqual(
    room.facts().map(({ name, data }) => [name, data]),
    [['contact.verified', { person, contact, level: 'eidas1', how: 'code' }]],
  )
  assert.equal(await verify(contact, code, 'eidas2'), 'expired')

  await assert.rejects(addProved('a b@example.org'), /request_malformed/)
  for (const name of ['c', 'd', 'e', 'f']) await addProved(`${name}@example.org`)
  const all = await room.people.contactsOf(person)
  assert.deepEqual(all.map(({ address }) => address[0]).sort(), ['a', 'b', 'c', 'd', 'e'], 'five at most')
  await remove(all[0]?.contact ?? assert.fail())
  await addProved('f@example.org')
  assert.equal((await room.people.contactsOf(person)).length, 5)
})

test('a contact hears nothing until the code that was sent there comes back', async () => {
  const { contact, code } = await add('a@example.org')
  assert.match(code, /^\d{8}$/)
  assert.deepEqual(await heard(), ['asserted asserted@example.org'])
  assert.equal(await verify(contact, wrong(code)), 'wrong')
  assert.equal(await verify(contact, code), 'verified')
  assert.equal(await verify(contact, code), 'expired', 'a code serves once')
  assert.deepEqual(await heard(), ['verified a@example.org'])
  assert.deepEqual(await room.people.contactsOf(person), [
    { contact, address: 'a@example.org', verified: true, confirmed: true, level: 'eidas1' },
  ])
  assert.deepEqual(
    room.facts().map(({ name }) => name),
    ['contact.added', 'contact.verified'],
  )
})

test('a code is good for fifteen minutes and ten tries, and only for its own person', async () => {
  const { contact, code } = await add('a@example.org')
  const other = await room.signIn(claim({ provider: 'bank', identity: { ...claim().identity, given_name: 'Other' } }))
  assert.equal(await verify(contact, code, 'eidas1', other.person), 'expired')
  room.clock.advance(15 * minute)
  assert.equal(await verify(contact, code), 'expired')
  const fresh = await add('a@example.org')
  assert.equal(fresh.contact, contact, 'the same address is the same contact, with a new code')
  for (let attempt = 0; attempt < 10; attempt++) assert.equal(await verify(contact, wrong(fresh.code)), 'wrong')
  assert.equal(await verify(contact, fresh.code), 'expired')
})

test('a weaker sign-in neither proves nor removes what a stronger one added', async () => {
  const { contact, code } = await add('a@example.org', 'eidas2')
  assert.equal(await verify(contact, code, 'eidas1'), 'too_weak')
  assert.equal(await verify(contact, code, 'eidas2'), 'verified')
  assert.equal(await remove(contact, 'eidas1'), 'too_weak')
  const again = await add('A@example.org', 'eidas1')
  assert.equal(await verify(again.contact, again.code, 'eidas1'), 'too_weak')
  assert.equal((await room.people.contactsOf(person))[0]?.level, 'eidas2')
  assert.equal(await remove(contact, 'eidas3'), 'removed')
  assert.equal(await remove(contact, 'eidas3'), 'unknown')
})

test('a contact is removed through its owner only', async () => {
  const contact = await addVerified('a@example.org')
  const other = await room.signIn(claim({ provider: 'bank', identity: { ...claim().identity, given_name: 'Other' } }))
  assert.equal(await remove(contact, 'eidas3', other.person), 'unknown')
  assert.deepEqual(await heard(), ['verified a@example.org'])
})

test('a contact that a stronger sign-in has not confirmed goes on hearing, marked as such', async () => {
  const contact = await addVerified('a@example.org')
  await room.signIn(claim({ level: 'eidas2' }))
  const confirmed = async () => {
    const [recipient] = await room.people.recipients(person, 'tax')
    return recipient?.kind === 'verified' ? recipient.confirmed : undefined
  }
  assert.equal(await confirmed(), false)
  const confirm = (level: Level) => room.inside((tx) => room.people.confirmContact(tx, person, contact, level))
  assert.equal(await confirm('eidas1'), false)
  assert.equal(await confirm('eidas2'), true)
  assert.equal(await confirmed(), true)
  assert.equal(await remove(contact, 'eidas1'), 'too_weak')
})

test('every verified contact hears; an asserted address only while there is none, and only for its provider', async () => {
  assert.deepEqual(await heard('tax'), ['asserted asserted@example.org'])
  assert.deepEqual(await heard('post'), [])
  assert.deepEqual(await room.people.recipients(person, undefined), [])
  await addVerified('a@example.org')
  await addVerified('b@example.org')
  assert.deepEqual(await heard(), ['verified a@example.org', 'verified b@example.org'])
  const recipients = await room.people.recipients(person, undefined)
  assert.deepEqual(
    recipients.map(({ language }) => language),
    ['en', 'en'],
  )
})

test('a removed contact hears for thirty days that protection changed, and then its address is gone', async () => {
  await addVerified('kept@example.org')
  const contact = await addVerified('former@example.org')
  await remove(contact)
  assert.deepEqual(await heard(), ['verified kept@example.org', 'former former@example.org'])
  room.clock.advance(30 * day - 1)
  assert.equal((await heard()).length, 2)
  assert.equal(await room.people.forget(), 0)
  room.clock.advance(1)
  assert.deepEqual(await heard(), ['verified kept@example.org'])
  assert.equal(await room.people.forget(), 1)
})

test('with only former contacts left, the asserted address is the alarm again', async () => {
  await remove(await addVerified('former@example.org'))
  assert.deepEqual(await heard(), ['former former@example.org', 'asserted asserted@example.org'])
})

test('an address that is removed and proved again is written to once', async () => {
  await remove(await addVerified('a@example.org'))
  await remove(await addVerified('a@example.org'))
  assert.deepEqual(await heard('post'), ['former a@example.org'])
  await addVerified('A@example.org')
  assert.deepEqual(await heard('post'), ['verified A@example.org'])
})

test('an address that nobody proved is forgotten', async () => {
  const { contact } = await add('a@example.org')
  assert.equal(await remove(contact), 'removed')
  assert.deepEqual(await heard('post'), [], 'and removed, it hears nothing')
  await add('b@example.org')
  room.clock.advance(day + 15 * minute)
  assert.equal(await room.people.forget(), 2)
})

test('an asserted address is released as verified only when the person proved it here', async () => {
  const verified = async () => (await room.people.claimsOf(person, 'tax'))?.email_verified
  await addVerified('else@example.org')
  assert.equal(await verified(), false)
  const contact = await addVerified('Asserted@example.org')
  assert.equal(await verified(), true)
  await remove(contact)
  assert.equal(await verified(), false)
})

test('there are five contacts at most, and each is an address', async () => {
  for (let number = 0; number < 5; number++) await add(`a${number}@example.org`)
  await assert.rejects(add('a5@example.org'), { error: 'too_many_requests' })
  await add('a4@example.org')
  await assert.rejects(add('nowhere'), { error: 'request_malformed' })
  assert.equal((await room.people.contactsOf(person)).length, 5)
})

test('the language that the person chose is the one of every message', async () => {
  await room.inside((tx) => room.people.rememberLanguage(tx, person, 'fr'))
  await room.signIn(claim({ email: 'asserted@example.org' }), { language: 'en' })
  assert.deepEqual(await room.people.recipients(person, 'tax'), [
    { kind: 'asserted', address: 'asserted@example.org', language: 'fr' },
  ])
})
