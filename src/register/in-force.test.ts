import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { second } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { parsePartnersFile } from '../partners/file.ts'
import { named, samplePartners, toYaml } from '../partners/partners.sample.ts'
import { createPartners, type Partners, type Provider } from '../partners/partners.ts'
import { policyOf, policySchema } from '../policy/settings.ts'
import type { Storage } from '../storage/storage.ts'
import { followRegister, type InForce } from './in-force.ts'
import { createRegister, type Register } from './register.ts'

const clock = createTestClock()
const actor = { kind: 'operator' as const, id: newId('operator') }
const failing = (message: string) => assert.fail(message)
const validUntil = Date.parse('2030-01-01T00:00:00Z')

describe('R023: what counts of the register', () => {
  let storage: Storage
  let partners: Partners
  let register: Register
  let inForce: InForce

  before(async () => {
    storage = await openTestStorage(clock)
    const audit = { append: () => {} }
    partners = await createPartners({ storage, clock, audit, masterKey: Buffer.alloc(32, 1), log: failing })
    inForce = await followRegister({ storage, log: failing })
    register = createRegister({ storage, clock, audit, partners, policy: policyOf(policySchema.parse({})), inForce })
  })
  beforeEach(async () => {
    await sql`truncate means_declarations, homologations`.execute(storage.db)
    await inForce.refresh()
    await publish()
  })
  after(async () => {
    await inForce.close()
    await partners.close()
    await storage.close()
  })

  async function publish(means?: Record<string, unknown>): Promise<void> {
    const data = samplePartners()
    if (means) Object.assign(data.partners[1].providers?.find(({ id }) => id === 'post') ?? {}, { means })
    await partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), { actor: { kind: 'command' } })
  }

  const post = (): Provider => partners.registry().providers.get('post') ?? assert.fail()
  const app = { class: 'homologated', factors: ['password'], amr: { otp: ['totp'] } }
  const given = { entry: 'provider/post', service: 'refunds', author: 'Owner', riskAnalysis: 'RA-1' }
  const homologate = async () => {
    const outcome = await register.homologate({ ...given, decidedOn: '2026-11-22' }, actor)
    return outcome.ok ? outcome.homologation : assert.fail(outcome.reasons.join())
  }

  test('of whom nobody said anything: of no class, without factors', () => {
    assert.deepEqual(inForce.ofProvider(post()), { class: 'none', jurisdiction: 'FR', homologations: [] })
    assert.deepEqual(inForce.ofOwn('totp').factors, ['password', 'totp'])
  })

  test('the file says, and the page of the register shows the same', async () => {
    await publish({ ...app, validUntil: '2030-01-01T00:00:00Z', jurisdiction: 'MA' })
    const said = { class: 'homologated', factors: ['password'], amr: { otp: ['totp'] }, validUntil, jurisdiction: 'MA' }
    assert.deepEqual(inForce.ofProvider(post()), { ...said, homologations: [] })
    const entry = (await register.entries()).find((one) => one.entry === 'provider/post')
    assert.deepEqual(
      [entry?.class, entry?.factors, entry?.validUntil, entry?.jurisdiction],
      ['homologated', ['password', 'totp'], validUntil, 'MA'],
    )
  })

  test('a declaration of an operator wins over the file, also after the file was applied again', async () => {
    await publish(app)
    assert.ok((await register.declare({ entry: 'provider/post', class: 'none', factors: ['phone_app'] }, actor)).ok)
    await publish(app)
    assert.deepEqual(inForce.ofProvider(post()), {
      class: 'none',
      jurisdiction: 'FR',
      factors: ['phone_app'],
      homologations: [],
    })
  })

  test('R025: a homologation counts as soon as it is recorded, and no longer than until it is withdrawn', async () => {
    await publish(app)
    const homologation = await homologate()
    assert.deepEqual(inForce.ofProvider(post()).homologations, [
      { service: 'refunds', author: 'Owner', riskAnalysis: 'RA-1', at: Date.parse('2026-11-22T00:00:00+01:00') },
    ])
    assert.equal(await register.withdraw(homologation, actor), true)
    assert.deepEqual(inForce.ofProvider(post()).homologations, [])
  })

  test('a kind of the hub’s own keeps the factors that are known of it', async () => {
    assert.ok((await register.declare({ entry: 'own/passkey', class: 'homologated', factors: ['password'] }, actor)).ok)
    const { class: known, factors } = inForce.ofOwn('passkey')
    assert.deepEqual([known, factors], ['homologated', ['passkey_verified']])
  })

  test('R033: of a card nobody declares what the hub sees by itself; its class may be another', async () => {
    const [state = assert.fail(), ...others] = samplePartners().partners
    const card = {
      id: 'card',
      name: named('Card'),
      connector: { kind: 'card', cards: ['cpx'], ways: ['tls'] },
      allowedLevels: ['eidas3'],
    }
    const data = { partners: [{ ...state, providers: [...(state.providers ?? []), card] }, ...others] }
    await partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), { actor: { kind: 'command' } })
    const known = () => inForce.ofProvider(partners.registry().providers.get('card') ?? assert.fail())
    const words = { sc: ['contactless_chip'], pin: ['contact_chip', 'pin'], pwd: ['password'] }
    assert.deepEqual(known(), { class: 'card', jurisdiction: 'FR', amr: words, homologations: [] })
    const [entry] = (await register.entries()).filter((one) => one.entry === 'provider/card')
    assert.deepEqual(
      [entry?.class, entry?.population, entry?.factors],
      ['card', 'both', ['contactless_chip', 'contact_chip', 'pin', 'password']],
    )
    const declaration = { entry: 'provider/card', class: 'none', factors: ['security_key_pin'] } as const
    assert.ok((await register.declare({ ...declaration, factors: [...declaration.factors] }, actor)).ok)
    assert.deepEqual(known(), { class: 'none', jurisdiction: 'FR', amr: words, homologations: [] })
  })

  test('another process hears of it, and asks again where a notification was lost', async ({ mock }) => {
    await publish(app)
    mock.timers.enable({ apis: ['setInterval'] })
    const deaf: Storage = { ...storage, listen: async () => async () => {} }
    const other = await followRegister({ storage: deaf, log: failing })
    await homologate()
    assert.equal(other.ofProvider(post()).homologations.length, 0)
    mock.timers.tick(10 * second)
    // Closing waits for what is being read, and reads nothing itself.
    await other.close()
    assert.equal(other.ofProvider(post()).homologations.length, 1)

    let heard: () => void = failing as never
    const news = new Promise<void>((resolve) => {
      heard = resolve
    })
    const listening: Storage = {
      ...storage,
      listen: (channel, handler) =>
        storage.listen(channel, (payload) => {
          handler(payload)
          heard()
        }),
    }
    const third = await followRegister({ storage: listening, log: failing })
    assert.ok((await register.declare({ entry: 'provider/post', class: 'none', factors: [] }, actor)).ok)
    await news
    await third.close()
    assert.equal(third.ofProvider(post()).class, 'none')
  })

  test('a database that is away leaves what counted before in force', async () => {
    await publish(app)
    await homologate()
    const logged: string[] = []
    let isAway = false
    const flaky = new Proxy(storage, {
      get: (target, name) => {
        if (name === 'db' && isAway) throw new Error('away')
        return Reflect.get(target, name)
      },
    })
    const follower = await followRegister({ storage: flaky, log: (message) => void logged.push(message) })
    isAway = true
    await follower.refresh()
    assert.deepEqual(logged, ['register: it could not be read again'])
    assert.equal(follower.ofProvider(post()).homologations.length, 1)
    await follower.close()
  })
})
