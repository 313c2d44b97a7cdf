/** A hub for the operators' pages on what runs: services of two levels, many or few providers, what is observed of them. */
import { sql } from 'kysely'
import type { Level } from '../../src/kernel/assurance.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { hour } from '../../src/kernel/durations.ts'
import { newId, newOrderedId } from '../../src/kernel/ids.ts'
import type { NewSuspension } from '../../src/partners/suspensions.ts'
import type { Health } from '../../src/policy/breaker.ts'
import { newBreaker } from '../../src/policy/breaker.ts'
import { serviceEntry, startTestHub, type TestHub } from './hub.ts'

const named = (fr: string, en: string, ar: string) => ({ fr, en, ar })

/** Closed ports: nobody is there, and nobody is asked in these tests. */
export function providerNamed(id: string, name: object, levels: readonly Level[], changes: object = {}) {
  return {
    id,
    name,
    connector: {
      kind: 'oidc',
      issuer: 'http://localhost:1',
      discoveryUrl: `http://localhost:1/${id}`,
      clientId: 'garant',
      clientSecret: { danger_plain: `client-secret-at-${id}` },
      scopes: ['openid'],
    },
    allowedLevels: levels,
    ...changes,
  }
}

const few = [
  providerNamed('tax', named('Compte fiscal', 'Tax account', 'حساب الضرائب'), ['eidas1']),
  providerNamed('bank', named('Banque', 'Bank', 'المصرف'), ['eidas1']),
  providerNamed('post', named('Identité postale', 'Postal identity', 'الهوية البريدية'), ['eidas1', 'eidas2']),
]

const many = Array.from({ length: 57 }, (_, index) =>
  providerNamed(
    `insurer-${index + 1}`,
    named(`Mutuelle n° ${index + 1}`, `Insurer ${index + 1}`, `التعاضدية ${index + 1}`),
    ['eidas1'],
  ),
)

const services = [
  serviceEntry('refunds', { name: named('Remboursements', 'Refunds', 'التعويضات') }),
  serviceEntry('justice', { name: named('Justice', 'Justice', 'العدالة'), minimumLevel: 'eidas2' }),
  serviceEntry('parking', { name: named('Stationnement', 'Parking', 'الوقوف'), providers: ['bank'] }),
]

export async function startOperationsHub(options: {
  clock?: Clock
  providers: 'none' | 'few' | 'many'
}): Promise<TestHub> {
  const hub = await startTestHub(options.clock ? { clock: options.clock } : {})
  const providers = { none: [], few, many: [...few, ...many] }[options.providers]
  const shown = options.providers === 'none' ? [] : services
  await hub.publish([{ id: 'town', name: named('Ville', 'Town', 'المدينة'), services: shown, providers }])
  await hub.partners.health.turn()
  return hub
}

/** What is observed, as if probes had said so; with an incident unless it is up. */
export async function observe(hub: TestHub, provider: string, health: Health, incident?: string): Promise<void> {
  const since = hub.clock.now() - hour
  const breaker = { ...newBreaker, health, since, reasons: health === 'up' ? [] : ['unreachable'] }
  const opened = health === 'down' ? { ...breaker, phase: 'open', trialAt: since + 24 * hour } : breaker
  const { db } = hub.storage
  await sql`update provider_health set breaker = ${JSON.stringify(opened)}::text::jsonb where provider = ${provider}`.execute(
    db,
  )
  if (incident) {
    await sql`insert into incidents (id, provider, health, reasons, opened_at)
      values (${incident}, ${provider}, ${health}, '["unreachable"]'::jsonb, ${new Date(since)})`.execute(db)
  }
  await hub.storage.transaction((tx) => hub.storage.notify(tx, 'garant_health'))
  await hub.partners.health.turn()
}

export const maintenance = (changes: Partial<NewSuspension> = {}): NewSuspension => ({
  services: 'all',
  category: 'maintenance',
  reason: named('Travaux de nuit.', 'Works at night.', 'أعمال ليلية.'),
  sessions: 'kept',
  ...changes,
})

/** Lines of the ledger at an instant: of nobody in particular. */
export async function connect(
  hub: TestHub,
  of: {
    provider: string
    service: string
    at: number
    times: number
    refusal?: 'person_cancelled' | 'level_not_reached'
  },
): Promise<void> {
  const { provider, service, at, times, refusal } = of
  await hub.storage.transaction(async (tx) => {
    for (let index = 0; index < times; index++) {
      await hub.connections.record(tx, {
        id: newOrderedId('connection', at),
        state: refusal ? 'refused' : 'authorised',
        at,
        service,
        provider,
        amr: [],
        reused: false,
        address: '192.0.2.7',
        port: 1,
        scopes: [],
        unusual: [],
        alert: 'none',
        ...(refusal ? { refusal } : { person: newId('person'), level: 'eidas1' as const, session: newId('session') }),
      })
    }
  })
}
