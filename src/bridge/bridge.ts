/**
 * The bridge from single sign-on to a service that only knows passwords (R069): of each service that asks for it in its
 * settings, one random secret per person, made by the hub, sealed with the person's key, known to nobody. It is made at
 * first need, handed over to that service alone, and replaced when somebody asks for it; erasing the person ends it, and
 * after a review it belongs to whom the service knows by that subject. This room owns these secrets and their limits. Who asks, and whether they may, is judged by `protocol/`; no page shows one.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { PersonId, ServiceId } from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import { type Service, type ServiceSecret, secretAlphabets } from '../partners/partners.ts'
import type { Keeper, People, Sealer } from '../people/people.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { createBridgeStore } from './store.ts'

/** A service whose settings ask for secrets. */
export type BridgedService = Service & { serviceSecret: ServiceSecret }

export function isBridged(service: Service): service is BridgedService {
  return service.serviceSecret !== undefined
}

export type HandOver =
  /** `madeAt` tells the service whether it has to set the password anew on its side. */
  | { kind: 'secret'; secret: string; madeAt: Instant }
  /** The service asks too often. */
  | { kind: 'throttled' }
  /** Nobody of that id is known any more. */
  | { kind: 'unknown' }

export interface Bridge {
  /** The person's secret at that service, made now if there was none. Each one is a fact. */
  handOver(service: BridgedService, person: PersonId): Promise<HandOver>
  /** Makes a new one in place of the present one. False when there is none to replace. */
  renew(tx: Tx, service: BridgedService, person: PersonId, actor: Actor): Promise<boolean>
  /** To be registered with `people.keep`. */
  keeper: Keeper
}

export interface BridgeOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'sealerOf'>
  /** The sector in which a service knows people; undefined when the service left. */
  sectorOf: (service: ServiceId) => string | undefined
}

/** Of one service in one minute: five sign-ins a second, and who stole its credentials empties no directory at once. */
export const mostPerMinute = 300

export function createBridge({ storage, clock, audit, people, sectorOf }: BridgeOptions): Bridge {
  const store = createBridgeStore()
  const placeOf = (service: ServiceId) => `service-secret ${service}`

  /** Of simultaneous first needs one makes it; the others wait for that one and read it. */
  async function found(tx: Tx, service: BridgedService, person: PersonId, sealer: Sealer) {
    const whose = { service: service.id, person }
    const before = await store.find(tx, whose)
    if (before) return before
    const sealed = sealer.seal(placeOf(service.id), makeSecret(service.serviceSecret))
    if (await store.insert(tx, { ...whose, sealed, at: toDate(clock.now()) })) {
      audit.append(tx, { name: 'service_secret.made', data: whose })
    }
    return store.find(tx, whose)
  }

  return {
    handOver: (service, person) =>
      storage.transaction(async (tx): Promise<HandOver> => {
        const present = toDate(clock.now() - (clock.now() % minute))
        if ((await store.count(tx, service.id, present)) > mostPerMinute) return { kind: 'throttled' }
        const sealer = await people.sealerOf(tx, person, { hold: true })
        const row = sealer && (await found(tx, service, person, sealer))
        if (!row) return { kind: 'unknown' }
        audit.append(tx, { name: 'service_secret.handed_over', data: { service: service.id, person } })
        return { kind: 'secret', secret: sealer.open(placeOf(service.id), row.sealed), madeAt: row.made_at.getTime() }
      }),

    async renew(tx, service, person, actor) {
      const whose = { service: service.id, person }
      const sealer = await people.sealerOf(tx, person, { hold: true })
      if (!sealer) return false
      const sealed = sealer.seal(placeOf(service.id), makeSecret(service.serviceSecret))
      if (!(await store.replace(tx, { ...whose, sealed, at: toDate(clock.now()) }))) return false
      audit.append(tx, { name: 'service_secret.renewed', data: { ...whose, actor } })
      return true
    },

    keeper: {
      room: 'bridge',
      forget: store.forget,
      async follow(tx, { from, to, sectors }) {
        if (sectors.length === 0) return
        const [before, after] = [await people.sealerOf(tx, from), await people.sealerOf(tx, to)]
        for (const { service, sealed } of await store.all(tx, from)) {
          const sector = sectorOf(service)
          if (!before || !after || sector === undefined || !sectors.includes(sector)) continue
          const place = placeOf(service)
          await store.give(tx, { service, from, to, sealed: after.seal(place, before.open(place, sealed)) })
        }
      },
    },
  }
}

/** Each character equally likely: bytes that would favour the first ones are thrown away. */
export function makeSecret({ alphabet, length }: ServiceSecret): string {
  const characters = secretAlphabets[alphabet]
  const fair = 256 - (256 % characters.length)
  let secret = ''
  while (secret.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < fair && secret.length < length) secret += characters[byte % characters.length]
    }
  }
  return secret
}
