import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock, testStart } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { type FactRecorder, recordFacts } from '../../test/support/facts.ts'
import type { Actor } from '../audit/facts.ts'
import { day } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { parsePartnersFile } from '../partners/file.ts'
import { samplePartners, sampleProvider, toYaml } from '../partners/partners.sample.ts'
import { createPartners, type Partners } from '../partners/partners.ts'
import { policyOf, policySchema } from '../policy/settings.ts'
import type { Storage } from '../storage/storage.ts'
import { createRegister, type Register } from './register.ts'

const clock = createTestClock()
const actor: Actor = { kind: 'operator', id: newId('operator') }
const good = {
  entry: 'own/passkey',
  service: 'refunds',
  author: 'Direction de la sécurité',
  riskAnalysis: 'AR-2026-12',
  decidedOn: '2026-11-22',
}

describe('R023: the register of means', () => {
  let storage: Storage
  let partners: Partners
  let register: Register
  let facts: FactRecorder

  before(async () => {
    storage = await openTestStorage(clock)
    facts = recordFacts(() => storage)
    partners = await createPartners({
      storage,
      clock,
      audit: { append: () => {} },
      masterKey: Buffer.alloc(32, 1),
      log: (message) => assert.fail(message),
    })
    await publish()
    const policy = policyOf(policySchema.parse({}))
    const inForce = { refresh: async () => {} }
    register = createRegister({ storage, clock, audit: facts.audit, partners, policy, inForce })
  })
  beforeEach(async () => {
    clock.set(testStart)
    facts.clear()
    await sql`truncate means_declarations, homologations`.execute(storage.db)
  })
  after(async () => {
    await partners.close()
    await storage.close()
  })

  async function publish(change: (data: ReturnType<typeof samplePartners>) => void = () => {}, prune = false) {
    const data = samplePartners()
    change(data)
    const file = parsePartnersFile(toYaml(data), { allowHttp: false })
    await partners.apply(file, { actor: { kind: 'command' }, prune })
  }

  const entry = async (id: string) => (await register.entries()).find((one) => one.entry === id) ?? assert.fail(id)

  async function homologate(changes: Partial<typeof good> = {}) {
    const outcome = await register.homologate({ ...good, ...changes }, actor)
    return outcome.ok ? outcome.homologation : assert.fail(outcome.reasons.join())
  }

  const reasonsOf = async (changes: Partial<typeof good>) => {
    const outcome = await register.homologate({ ...good, ...changes }, actor)
    return outcome.ok ? [] : outcome.reasons
  }

  test('lists the hub’s own kinds with what they prove, and every provider with its highest level', async () => {
    const listed = (await register.entries()).map(({ entry, level, factors, notes }) => [entry, level, factors, notes])
    assert.deepEqual(listed, [
      ['own/password', 'eidas1', ['password'], []],
      ['own/totp', 'eidas2', ['password', 'totp'], []],
      ['own/recovery_codes', 'eidas1', ['password', 'recovery_code'], []],
      ['own/passkey', 'eidas2', ['passkey_verified'], []],
      ['own/sms_code', 'eidas1', ['password', 'sms_otp'], ['sms_discouraged']],
      ['own/mail_code', 'eidas1', ['password', 'mail_otp'], []],
      ['provider/post', 'eidas2', [], []],
      ['provider/taxes', 'eidas1', [], []],
    ])
  })

  test('R025: a homologation says the service, the means, who, on which analysis, when; recorded once, as a fact', async () => {
    const homologation = await homologate({ author: '  Direction\tde la  sécurité ' })
    const [found] = (await entry('own/passkey')).homologations
    assert.deepEqual(found, {
      homologation,
      service: 'refunds',
      author: 'Direction de la sécurité',
      riskAnalysis: 'AR-2026-12',
      decidedAt: Date.parse('2026-11-22T00:00:00+01:00'),
      endsAt: Date.parse('2030-11-22T00:00:00+01:00'),
      state: 'in_force',
      reasons: [],
      recordedAt: testStart,
      recordedBy: actor,
    })
    assert.deepEqual(facts.of('homologation.recorded'), [
      { homologation, entry: 'own/passkey', service: 'refunds', actor },
    ])
  })

  test('R025: what a homologation lacks is told, all of it, and nothing is recorded', async () => {
    assert.deepEqual(
      await reasonsOf({ entry: 'own/tattoo', service: 'x', author: ' ', riskAnalysis: '', decidedOn: '2026-02-30' }),
      ['entry_unknown', 'service_unknown', 'author_missing', 'risk_analysis_missing', 'date_malformed'],
    )
    assert.deepEqual(await reasonsOf({ decidedOn: '2026-11-23' }), ['homologation_not_yet'])
    assert.deepEqual(facts.facts, [])
    assert.deepEqual((await entry('own/passkey')).homologations, [])
  })

  test('R026: it holds for four calendar years, to the instant, and can be done again', async () => {
    await homologate({ decidedOn: '2024-02-29' })
    const end = Date.parse('2028-02-29T00:00:00+01:00')
    const states = async () => (await entry('own/passkey')).homologations.map(({ state }) => state)
    clock.set(end - 1)
    assert.deepEqual(await states(), ['in_force'])
    clock.set(end)
    assert.deepEqual(await states(), ['ended'])
    assert.deepEqual(await reasonsOf({ decidedOn: '2024-02-29' }), ['homologation_ended'])
    await homologate({ decidedOn: '2028-02-28' })
    assert.deepEqual(await states(), ['in_force', 'ended'])
  })

  test('R026: 180, 90, 60, 30, 7 days and one before its end a homologation is spoken of, once, whoever sweeps', async () => {
    const homologation = await homologate({ decidedOn: '2022-11-23' })
    // Recorded on the eve of its end: the reminders of before are over, that of the last day falls due now.
    const end = Date.parse('2026-11-23T00:00:00+01:00')
    const told = () => facts.of('homologation.ends_soon').map(({ days }) => days)
    clock.set(end - 1)
    await register.sweep()
    assert.deepEqual(told(), [])
    const again = await homologate({ decidedOn: '2026-11-22' })
    const nextEnd = Date.parse('2030-11-22T00:00:00+01:00')
    for (const days of [180, 90, 60, 30, 7, 1]) {
      clock.set(nextEnd - days * day - 1)
      await register.sweep()
      const before = told().length
      clock.set(nextEnd - days * day)
      await Promise.all([register.sweep(), register.sweep()])
      await register.sweep()
      assert.deepEqual(told().slice(before), [days])
    }
    clock.set(nextEnd)
    await register.sweep()
    assert.equal(told().length, 6)
    const one = { homologation: again, entry: good.entry, service: good.service, days: 1 }
    assert.deepEqual(facts.of('homologation.ends_soon').at(-1), one)
    assert.notEqual(again, homologation)
  })

  test('R026: one that was withdrawn, or done again, ends without a word', async () => {
    const first = await homologate()
    const end = Date.parse('2030-11-22T00:00:00+01:00')
    clock.set(end - 40 * day)
    await homologate({ decidedOn: '2030-10-12' })
    clock.set(end - 30 * day)
    await register.sweep()
    assert.deepEqual(facts.of('homologation.ends_soon'), [])
    assert.equal(await register.withdraw(first, actor), true)
    clock.set(Date.parse('2034-10-12T00:00:00+02:00') - 7 * day)
    const [newest] = (await entry(good.entry)).homologations
    assert.ok(newest && (await register.withdraw(newest.homologation, actor)))
    await register.sweep()
    assert.deepEqual(facts.of('homologation.ends_soon'), [])
  })

  test('R027 R028: a low level, or two factors of one category, cannot be homologated', async () => {
    assert.deepEqual((await reasonsOf({ entry: 'own/sms_code' })).includes('homologation_level'), true)
    const password = await reasonsOf({ entry: 'own/password' })
    for (const reason of ['homologation_level', 'second_factor_missing', 'not_dynamic'] as const) {
      assert.ok(password.includes(reason), reason)
    }
    // A provider whose factors nobody declared; then two of one category; then two.
    assert.ok((await reasonsOf({ entry: 'provider/post' })).includes('no_factor'))
    const declare = (factors: ('phone_app' | 'security_key' | 'password')[]) =>
      register.declare({ entry: 'provider/post', class: 'homologated', factors }, actor)
    await declare(['phone_app', 'security_key'])
    assert.ok((await reasonsOf({ entry: 'provider/post' })).includes('second_factor_missing'))
    await declare(['password', 'phone_app'])
    assert.deepEqual(await reasonsOf({ entry: 'provider/post' }), [])
  })

  test('R024: a certified means names its certificate, and needs no homologation', async () => {
    const refused = await register.declare({ entry: 'provider/post', class: 'certified', factors: [] }, actor)
    assert.deepEqual(refused, { ok: false, reasons: ['certificate_missing'] })
    const given = {
      entry: 'provider/post',
      class: 'certified',
      factors: ['phone_app_verified'],
      certificate: 'ANSSI-2026-7',
      certificateUntil: '2027-01-31',
    } as const
    assert.deepEqual(await register.declare(given, actor), { ok: true })
    const post = await entry('provider/post')
    assert.equal(post.class, 'certified')
    assert.deepEqual(post.certificate, { reference: 'ANSSI-2026-7', until: Date.parse('2027-01-31T00:00:00+01:00') })
    assert.match(post.declared?.declaration ?? '', /^\d+$/)
    assert.deepEqual([post.declared?.at, post.declared?.by], [testStart, actor])
    assert.deepEqual(await reasonsOf({ entry: 'provider/post' }), ['class_without_homologation'])
    assert.deepEqual(facts.of('register.declared'), [{ entry: 'provider/post', class: 'certified', actor }])
  })

  test('R023: a declaration is taken back as a fact; what was before it does not come back, and nobody takes back unread', async () => {
    const declare = (kind: 'transition' | 'none') =>
      register.declare({ entry: 'own/passkey', class: kind, factors: [] }, actor)
    await declare('none')
    await declare('transition')
    const declared = async () => (await entry('own/passkey')).declared?.declaration ?? ''
    const first = await declared()
    assert.equal(await register.undeclare({ entry: 'own/totp', declaration: first }, actor), false, 'of another entry')
    assert.equal(await register.undeclare({ entry: 'own/passkey', declaration: '0' }, actor), false)
    assert.equal((await entry('own/passkey')).class, 'transition')
    await declare('transition')
    assert.equal(await register.undeclare({ entry: 'own/passkey', declaration: first }, actor), false, 'not the newest')
    const newest = await declared()
    const clicks = [1, 2].map(() => register.undeclare({ entry: 'own/passkey', declaration: newest }, actor))
    assert.deepEqual((await Promise.all(clicks)).sort(), [false, true])
    const { class: kind, declared: left } = await entry('own/passkey')
    assert.deepEqual([kind, left], ['none', undefined])
    assert.deepEqual(facts.of('register.withdrawn'), [{ entry: 'own/passkey', actor }])
    await declare('transition')
    assert.equal((await entry('own/passkey')).class, 'transition')
  })

  test('a declaration that names no entry or no day of the calendar is refused; the newest one counts', async () => {
    const declare = (changes: object) =>
      register.declare({ entry: 'own/passkey', class: 'transition', factors: [], ...changes }, actor)
    assert.deepEqual(await declare({ entry: 'provider/nobody', validUntil: '2026-13-01' }), {
      ok: false,
      reasons: ['entry_unknown', 'date_malformed'],
    })
    await declare({})
    await declare({ class: 'none', factors: ['password'], validUntil: '2027-06-01' })
    const { class: found, factors, validUntil } = await entry('own/passkey')
    assert.deepEqual([found, factors], ['none', ['passkey_verified']], 'the factors of the hub’s own are known')
    assert.equal(validUntil, Date.parse('2027-06-01T00:00:00+02:00'))
    const { rows } = await sql`select 1 from means_declarations`.execute(storage.db)
    assert.equal(rows.length, 2, 'the first one stays')
  })

  test('a withdrawal is one fact, and the row stays; of two at once one counts', async () => {
    const homologation = await homologate()
    const outcomes = await Promise.all([
      register.withdraw(homologation, actor),
      register.withdraw(homologation, { kind: 'command' }),
    ])
    assert.deepEqual(outcomes.sort(), [false, true])
    assert.equal(facts.of('homologation.withdrawn').length, 1)
    const [found] = (await entry('own/passkey')).homologations
    assert.equal(found?.state, 'withdrawn')
    assert.equal(found?.withdrawnAt, testStart)
    assert.equal(await register.withdraw(newId('homologation'), actor), false)
  })

  test('what ends within 90 days, the nearest first, to the instant', async () => {
    const homologation = await homologate({ decidedOn: '2023-01-15' })
    const end = Date.parse('2027-01-15T00:00:00+01:00')
    await register.declare(
      { entry: 'provider/taxes', class: 'certified', factors: [], certificate: 'C', certificateUntil: '2027-01-10' },
      actor,
    )
    await register.declare({ entry: 'own/totp', class: 'none', factors: [], validUntil: '2028-01-01' }, actor)
    const listed = async () =>
      register.endings(await register.entries()).map(({ entry, what, service }) => [entry, what, service])
    assert.deepEqual(await listed(), [
      ['provider/taxes', 'certificate', undefined],
      ['own/passkey', 'homologation', 'refunds'],
    ])
    clock.set(end - 90 * day - 1)
    assert.equal((await listed()).length, 1, 'the homologation not yet')
    clock.set(end - 90 * day)
    assert.equal((await listed()).length, 2)
    clock.set(end)
    assert.deepEqual(await listed(), [], 'what is over is not about to end')
    clock.set(testStart)
    const renewed = await homologate({ decidedOn: '2026-11-22' })
    assert.equal((await listed()).length, 1, 'it was done again')
    await register.withdraw(renewed, actor)
    assert.equal((await listed()).length, 2)
    await register.withdraw(homologation, actor)
    assert.equal((await listed()).length, 1)
  })

  test('R027: a means whose level falls shows why its homologation no longer serves; one that leaves stays listed', async () => {
    await register.declare({ entry: 'provider/post', class: 'homologated', factors: ['password', 'phone_app'] }, actor)
    await homologate({ entry: 'provider/post' })
    await publish(({ partners: [, state] }) => {
      state.providers = [sampleProvider('taxes'), sampleProvider('post')]
    })
    const [fallen] = (await entry('provider/post')).homologations
    assert.equal(fallen?.state, 'in_force')
    assert.ok(fallen?.reasons.includes('homologation_level'))
    await publish(({ partners: [health, state] }) => {
      for (const service of health.services ?? []) service.providers = ['taxes']
      state.providers = [sampleProvider('taxes')]
    }, true)
    assert.equal((await entry('provider/post')).homologations.length, 1)
    await publish()
  })
})
