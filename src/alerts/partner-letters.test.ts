import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import type { Recorded } from '../audit/audit.ts'
import { createTranslator } from '../http/messages.ts'
import { day } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import type { OutgoingMessage } from '../means/gateway.ts'
import type { Partner, Partners } from '../partners/partners.ts'
import type { Entry, RegisteredHomologation } from '../register/register.ts'
import type { Operator } from '../staff/operators.ts'
import type { StaffMember } from '../staff/partner-staff.ts'
import type { Storage } from '../storage/storage.ts'
import { alertMessages } from './messages.ts'
import { createPartnerLetters, type PartnerLetters } from './partner-letters.ts'
import { partnerLetterMessages } from './partner-messages.ts'

const clock = createTestClock()
const named = (text: string) => ({ fr: text, en: text, ar: text })
const letters: OutgoingMessage[] = []
const homologation = newId('homologation')
let storage: Storage
let room: PartnerLetters

/** What other rooms say; the letters are made of it when they are written. */
const present = {
  partners: new Map<string, Partner>(),
  doubts: [] as { service: string; code: string }[],
  changes: [] as { path: string; old?: string; fresh?: string }[],
  homologations: [] as Partial<RegisteredHomologation>[],
  staff: [] as Partial<StaffMember>[],
  operators: [] as Partial<Operator>[],
}

before(async () => {
  storage = await openTestStorage(clock)
  const services = new Map(
    ['refunds', 'claims', 'letters'].map((id) => [
      id,
      { id, name: named(`The ${id}`), partner: id === 'letters' ? 'post' : 'health' },
    ]),
  )
  const doubts = () =>
    present.doubts.map(({ service, code }) => ({ about: [{ kind: 'service', id: service }], said: { code, text: '' } }))
  room = createPartnerLetters({
    storage,
    clock,
    partners: {
      registry: () => ({ services }),
      partner: (id: string) => present.partners.get(id),
      doubts,
      versions: {
        history: async () => [{ number: 2, changes: present.changes }],
        lookBack: async ({ id }: { id: string }) => ({ entry: present.partners.get(id) ?? {} }),
      },
    } as unknown as Partners,
    register: {
      entries: async () => [{ of: { own: 'passkey' }, homologations: present.homologations }] as unknown as Entry[],
    },
    staff: { list: async () => present.staff as StaffMember[] },
    operators: { list: async () => present.operators as Operator[] },
    gateway: { send: async (message) => void letters.push(message) },
    translate: createTranslator(partnerLetterMessages, alertMessages),
    hub: 'Garant',
    issuer: 'https://hub.example',
    timeZone: 'Europe/Paris',
  })
  storage.jobs.work('alerts.partner', room.send)
})
after(() => storage.close())
beforeEach(() => {
  letters.splice(0)
  const office = { administrative: 'office@health.example', security: 'soc@health.example' }
  present.partners.set('health', { id: 'health', name: named('Health'), contacts: office })
  present.partners.set('post', { id: 'post', name: named('Post') })
  present.doubts = []
  present.staff = [
    { staff: newId('staff'), state: 'active', roles: ['administrator'], mail: 'omar@x.example', language: 'en' },
  ]
  present.operators = []
  present.homologations = []
})

async function sent(): Promise<OutgoingMessage[]> {
  await storage.jobs.drain()
  return letters.splice(0).sort((a, b) => (a.to < b.to ? -1 : 1))
}

const endsIn = (days: number) =>
  storage.transaction((tx) =>
    room.reactor([{ name: 'homologation.ends_soon', data: { homologation, days } } as unknown as Recorded], tx),
  )

const happened = (name: string, data: Record<string, unknown>) =>
  storage.transaction((tx) => room.reactor([{ name, data } as unknown as Recorded], tx))

describe('letters to partners', () => {
  test('R127: a key or a secret that changed is told to the mailboxes, by whose hand, and nothing of it', async () => {
    const staff = { kind: 'staff', id: newId('staff') }
    for (const [name, data, hand] of [
      ['service.secret_rotated', { service: 'refunds', olderUntil: null, actor: staff }, 'Somebody of your team'],
      ['service.secret_ended', { service: 'refunds', actor: { kind: 'command' } }, 'The operators of Garant'],
      ['partners.keys_changed', { kind: 'service', id: 'claims', actor: staff }, 'Somebody of your team'],
    ] as const) {
      await happened(name, data)
      const letters = await sent()
      assert.deepEqual(
        letters.map(({ to }) => to),
        ['office@health.example', 'soc@health.example'],
      )
      for (const { text } of letters) assert.ok(text.includes(hand), `${name}: ${text}`)
    }
    // Of a service that is not published yet nobody waits for a letter.
    await happened('service.secret_rotated', { service: 'draft', olderUntil: null, actor: staff })
    assert.deepEqual(await sent(), [])
  })

  test('R026: 60, 30 and 7 days before a homologation ends, its partner and operators hear', async () => {
    const endsAt = clock.now() + 60 * day
    const one = { homologation, service: 'refunds', state: 'in_force', endsAt } as const
    present.homologations = [one]
    const operator = (name: string, changes: Partial<Operator>) =>
      ({
        operator: newId('operator'),
        state: 'active',
        mail: `${name}@hub.example`,
        language: 'ar',
        ...changes,
      }) as const
    present.operators = [
      operator('amina', { roles: ['security_officer'] }),
      operator('bruno', { roles: ['support'] }),
      operator('chloe', { roles: ['administrator'], state: 'suspended' }),
    ]
    for (const days of [180, 90, 60, 30, 7, 1]) {
      await endsIn(days)
      const told = (await sent()).map(({ to, language }) => `${to} ${language}`)
      const wanted = ['amina@hub.example ar', 'office@health.example en', 'soc@health.example en']
      assert.deepEqual(told, [60, 30, 7].includes(days) ? wanted : [], `${days}`)
    }
    // Done again before the letter left, withdrawn, or no mailbox at all.
    present.homologations = [one, { ...one, homologation: newId('homologation'), endsAt: endsAt + day }]
    await endsIn(60)
    assert.deepEqual(await sent(), [])
    present.homologations = [{ ...one, state: 'withdrawn' }]
    await endsIn(60)
    assert.deepEqual(await sent(), [])
    present.homologations = [{ ...one, service: 'letters' }]
    present.operators = []
    await endsIn(60)
    assert.deepEqual(
      (await sent()).map(({ to }) => to),
      ['omar@x.example'],
    )
  })

  test('a mailbox that is replaced is written to once more, so that nobody silences it unseen', async () => {
    const published = { kind: 'partner', id: 'health', version: 3, change: 'changed', actor: { kind: 'command' } }
    present.changes = [
      { path: 'contacts.security', old: 'former@health.example', fresh: 'thief@elsewhere.example' },
      { path: 'contacts.technical', old: 'office@health.example' },
      { path: 'professionals', old: '7', fresh: '8' },
    ]
    await happened('partners.published', published)
    const [only, ...others] = await sent()
    assert.deepEqual([only?.to, others], ['former@health.example', []])
    assert.match(only?.text ?? '', /the last message that it receives/)
    present.changes = [{ path: 'contacts.technical', fresh: 'new@health.example' }]
    await happened('partners.published', published)
    await happened('partners.published', { ...published, kind: 'service' })
    assert.deepEqual(await sent(), [])
  })

  test('R022, R083: a service that becomes worth a second look is told of once, in one letter for its partner', async () => {
    present.doubts = [
      { service: 'refunds', code: 'doubt_single' },
      { service: 'claims', code: 'doubt_no_psc' },
      { service: 'claims', code: 'doubt_issuer' },
    ]
    await Promise.all([room.sweep(), room.sweep()])
    const [first, ...others] = await sent()
    assert.equal(others.length, 1)
    assert.match(first?.text ?? '', /- The refunds: a single.*\n- The claims: a sensitive service/)
    await room.sweep()
    assert.deepEqual(await sent(), [])
    // It goes away, and comes back.
    present.doubts = [{ service: 'refunds', code: 'doubt_single' }]
    await room.sweep()
    assert.deepEqual(await sent(), [])
    present.doubts.push({ service: 'claims', code: 'doubt_nobody' })
    await room.sweep()
    assert.equal((await sent()).length, 2)
    // Settled before the letter left.
    present.doubts = [{ service: 'letters', code: 'doubt_single' }]
    await room.sweep()
    present.doubts = []
    assert.deepEqual(await sent(), [])
  })

  test('R107: in each language whole, and without a link', async () => {
    present.homologations = [{ homologation, service: 'refunds', state: 'in_force', endsAt: clock.now() + day }]
    for (const language of languages) {
      present.doubts = (['doubt_single', 'doubt_no_psc', 'doubt_nobody'] as const).map((code) => ({
        service: 'letters',
        code,
      }))
      present.staff = [{ ...present.staff[0], language }]
      await room.sweep()
      await endsIn(30)
      for (const kind of ['staff', 'operator']) {
        await happened('service.secret_ended', { service: 'letters', actor: { kind, id: 'x' } })
      }
      const all = await sent()
      assert.deepEqual(new Set(all.map((letter) => letter.language)), new Set([language]))
      assert.equal(all.length, 5)
      for (const { text } of all) assert.doesNotMatch(text, /https?:|[{}]|undefined/)
      present.doubts = []
      await room.sweep()
    }
  })
})
