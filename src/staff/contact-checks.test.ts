import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createAuthenticator } from '../../test/support/authenticator.ts'
import { browser, issuer, type MeansRoom, openMeansRoom } from '../../test/support/means.ts'
import { createTranslator } from '../http/messages.ts'
import { day } from '../kernel/durations.ts'
import type { StaffId } from '../kernel/ids.ts'
import { type Language, languages } from '../kernel/languages.ts'
import type { StaffRole } from '../kernel/roles.ts'
import type { OutgoingMessage } from '../means/gateway.ts'
import type { Partner, Partners } from '../partners/partners.ts'
import { contactCheckMessages } from './contact-check-messages.ts'
import { type ContactChecks, createContactChecks } from './contact-checks.ts'
import { staffMessages } from './messages.ts'
import { createPartnerStaff, type PartnerStaff } from './partner-staff.ts'

describe('the yearly check of security contacts', () => {
  let room: MeansRoom
  let staff: PartnerStaff
  let checks: ContactChecks
  let another: ContactChecks
  const all = new Map<string, Partner>()
  const letters: OutgoingMessage[] = []
  const partners = {
    partner: (id: string) => all.get(id),
    organisations: () => [...all.values()],
    published: async () => ({ partners: all }),
  } as unknown as Pick<Partners, 'partner' | 'organisations' | 'published'>
  let asma: StaffId
  let omar: StaffId

  before(async () => {
    room = await openMeansRoom()
    const { storage, clock, people, means, facts } = room
    const gateway = { send: async (message: OutgoingMessage) => void letters.push(message) }
    const options = { storage, clock, audit: facts.audit, people, means, retention: 365 * day, gateway, hub: 'Garant' }
    staff = createPartnerStaff({ ...options, partners, translate: createTranslator(staffMessages) })
    const build = () =>
      createContactChecks({
        ...options,
        partners,
        staff,
        translate: createTranslator(contactCheckMessages),
        issuer,
        timeZone: 'Europe/Paris',
      })
    checks = build()
    another = build()
    storage.jobs.work('staff.letter', async () => {})
    storage.jobs.work('staff.contact_check', checks.sendLetter)
    set('bank', { security: 'soc@bank.example', administrative: 'office@bank.example' })
    asma = await employ('bank', 'Asma', ['security_contact'], 'ar')
    omar = await employ('bank', 'Omar', ['administrator'], 'en')
  })
  beforeEach(() => {
    room.facts.clear()
    letters.splice(0)
  })
  after(() => room.close())

  function set(id: string, contacts: Partner['contacts']) {
    all.set(id, { id, name: { fr: id, en: id, ar: id }, ...(contacts ? { contacts } : {}) })
  }

  async function employ(partner: string, name: string, roles: StaffRole[], language: Language): Promise<StaffId> {
    const actor = { kind: 'command' } as const
    const mail = `${name.toLowerCase()}@${partner}.example`
    const { staff: id, token } = await staff.invite({ partner, name, roles, mail, language, actor })
    const { ceremony, options } = (await staff.beginJoining(token, browser)) ?? assert.fail('no link')
    const response = createAuthenticator({ origin: issuer }).create(options)
    assert.equal(await staff.join(token, { ceremony, browser, response }), 'joined')
    return id
  }

  const of = async (partner: string) => (await checks.of(partner)) ?? assert.fail('no check')

  /** Both processes sweep; the letters leave. Who was written to. */
  async function sweep(): Promise<string[]> {
    await Promise.all([checks.sweep(), another.sweep()])
    await room.storage.jobs.drain()
    const plain = (subject: string) => subject.replaceAll(/[\u2066-\u2069]/g, '').replaceAll(/\s/g, ' ')
    return letters
      .splice(0)
      .map(({ to, subject }) => `${to} ${plain(subject)}`)
      .sort()
  }

  test('it begins with a month’s time, is asked for by letter, confirmed at the desk, and lasts a year', async () => {
    assert.deepEqual(await sweep(), [
      'asma@bank.example Garant: أكّدوا جهات الاتصال الأمنية لـbank',
      'soc@bank.example Garant: confirm the security contacts of bank',
    ])
    assert.deepEqual(await sweep(), [], 'once')
    assert.deepEqual(room.facts.of('partner.contact_check_due'), [{ partner: 'bank', days: 30 }])
    const seen = await of('bank')
    assert.equal(seen.state, 'due')
    assert.deepEqual([seen.mailbox, seen.contacts], ['soc@bank.example', [asma]])

    const answers = await Promise.all([
      checks.confirm({ staff: omar, partner: 'bank', roles: ['administrator'] }, seen.seen),
      another.confirm({ staff: asma, partner: 'bank', roles: ['security_contact'] }, seen.seen),
    ])
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['already', 'confirmed'])
    assert.equal(room.facts.of('partner.contact_confirmed').length, 1)
    const confirmed = await of('bank')
    assert.equal(confirmed.state, 'confirmed')
    assert.equal(new Date(confirmed.dueAt).toISOString().slice(0, 10), '2027-11-22')
    // The second click.
    assert.equal(
      (await checks.confirm({ staff: omar, partner: 'bank', roles: ['administrator'] }, seen.seen)).kind,
      'already',
    )
    assert.equal(room.facts.of('partner.contact_confirmed').length, 1)
  })

  test('asked 30 and 7 days before a year is over, then overdue: once each, and then all its contacts hear', async () => {
    const { dueAt } = await of('bank')
    room.clock.set(dueAt - 30 * day - 1)
    assert.deepEqual(await sweep(), [])
    room.clock.set(dueAt - 30 * day)
    assert.equal((await sweep()).length, 2)
    room.clock.set(dueAt - 8 * day)
    assert.deepEqual(await sweep(), [])
    room.clock.set(dueAt - 7 * day)
    assert.equal((await sweep()).length, 2)
    room.clock.set(dueAt)
    assert.deepEqual(
      (await sweep()).map((to) => to.split(' ')[0]),
      ['asma@bank.example', 'office@bank.example', 'omar@bank.example', 'soc@bank.example'],
    )
    room.clock.advance(90 * day)
    assert.deepEqual(await sweep(), [])
    assert.deepEqual(
      room.facts.of('partner.contact_check_due').map(({ days }) => days),
      [30, 7, 0],
    )
    assert.equal((await checks.contactChecks())[0]?.state, 'overdue')
  })

  test('who may not, what changed meanwhile, a new mailbox: said, and nothing is confirmed by it', async () => {
    const { seen } = await of('bank')
    const by = { staff: omar, partner: 'bank', roles: ['administrator'] as StaffRole[] }
    assert.equal((await checks.confirm({ ...by, roles: ['technician'] }, seen)).kind, 'forbidden')
    assert.equal((await checks.confirm({ ...by, partner: 'nobody' }, seen)).kind, 'forbidden')
    for (const other of ['', '[]', 'x', seen.replace('soc@', 'old@')]) {
      assert.equal((await checks.confirm(by, other)).kind, 'conflict')
    }
    assert.equal((await checks.confirm(by, seen)).kind, 'confirmed')
    set('bank', { security: 'new@bank.example' })
    assert.equal((await checks.confirm(by, seen)).kind, 'conflict')
    await sweep()
    const { state, dueAt } = await of('bank')
    assert.deepEqual([state, dueAt], ['due', room.clock.now() + 30 * day])
    assert.deepEqual(await sweep(), [], 'the time goes on')
    assert.equal((await of('bank')).dueAt, dueAt)
    assert.equal((await checks.confirm(by, (await of('bank')).seen)).kind, 'confirmed')
    assert.deepEqual(await sweep(), [])
  })

  test('nobody to write to: operators see it first, what other contacts there are hear, nothing to confirm', async () => {
    set('shop', { administrative: 'office@shop.example' })
    const letter = 'office@shop.example Garant : shop n’a aucun contact de sécurité'
    assert.deepEqual(await sweep(), [letter])
    const [first] = await checks.contactChecks()
    assert.deepEqual([first?.partner, first?.state], ['shop', 'missing'])
    const by = { staff: omar, partner: 'shop', roles: ['administrator'] as StaffRole[] }
    assert.equal((await checks.confirm(by, (await of('shop')).seen)).kind, 'missing')
    all.delete('shop')
    assert.equal(await checks.of('shop'), undefined)
    assert.deepEqual(await sweep(), [])
  })

  test('R107: letters in three languages, without a link, and none about what was confirmed meanwhile', async () => {
    for (const language of languages) {
      const id = `team-${language}`
      set(id, undefined)
      await employ(id, 'Noor', ['administrator', 'security_contact'], language)
    }
    await checks.sweep()
    const one = await of('team-fr')
    await checks.confirm({ staff: one.contacts[0] as StaffId, partner: 'team-fr', roles: ['administrator'] }, one.seen)
    await room.storage.jobs.drain()
    assert.deepEqual(letters.map(({ language }) => language).sort(), ['ar', 'en'])
    for (const { text } of letters) {
      assert.match(text, /Noor/)
      assert.doesNotMatch(text, /https?:|[{}]/)
    }
  })
})
