/**
 * What every message of the app passes before anything is done: it is read, the phone that signed it is in force, it comes
 * for the first time, and not too often. Cards that fail are counted here too, whoever shows them.
 */
import type { Clock } from '../kernel/clock.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import { keyedHash } from '../kernel/secrets.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import type { Storage } from '../storage/storage.ts'
import type { PhoneBook, PresentPhone } from './phones.ts'
import { AppError } from './protocol-errors.ts'
import { clockTolerance, type DeviceKey, type Message, type MessageName, readMessage } from './protocol-messages.ts'
import { count } from './store.ts'

/** How often, and within which time. */
export const limits = {
  /** Pairings begun from one network: a household, an office, a telephone's provider. */
  pairings: { most: 60, within: hour },
  /** Codes scanned by one phone, and by keys without a pairing from one network. */
  scans: { most: 20, within: 10 * minute },
  strangers: { most: 120, within: 10 * minute },
  /** Refused signatures and certificates of one card. */
  card: { most: 10, within: hour },
  /** All messages of one key. */
  messages: { most: 240, within: 10 * minute },
  /** ... and of keys without a pairing from one network: anybody makes as many of them as they like. */
  newKeys: { most: 2_400, within: 10 * minute },
  /** Requests opened in one browser, and from one network. */
  browser: { most: 30, within: 10 * minute },
  network: { most: 1_200, within: 10 * minute },
} as const
export type Limit = keyof typeof limits

export interface Signed<N extends MessageName> extends Message<N> {
  /** Of a message with `kid`. */
  phone?: PresentPhone
  /** Of a message with `jwk`. */
  key?: DeviceKey
}

export interface Gate {
  /**
   * `address` of the network that it comes from.
   *
   * @throws AppError what `readMessage` throws, `message_replayed`, `too_many_requests`
   */
  pass<N extends MessageName>(name: N, body: unknown, address: string): Promise<Signed<N>>
  /** One more of `who`. @throws AppError `too_many_requests` */
  limit(limit: Limit, who: string): Promise<void>
  /** The network of an address as limits count it. */
  networkOf(address: string): string
}

const kind = 'eid.message'

export function createGate(options: {
  storage: Storage
  clock: Clock
  key: Buffer
  issuer: string
  phones: Pick<PhoneBook, 'present'>
}): Gate {
  const { storage, clock, key, issuer, phones } = options

  async function limit(name: Limit, who: string): Promise<void> {
    const { most, within } = limits[name]
    const at = clock.now()
    const counted = await count(storage.db, {
      key: keyedHash(key, `limit ${name}`, who),
      at,
      until: at + within,
    })
    if (counted.count <= most) return
    throw new AppError('too_many_requests', { retry_after: Math.max(1, Math.ceil((counted.until - at) / second)) })
  }

  const networkOf = (address: string) => neighbourhoodOf(address) ?? address

  return {
    limit,
    networkOf,

    async pass(name, body, address) {
      let phone: PresentPhone | undefined
      const message = await readMessage(name, body, {
        issuer,
        now: clock.now(),
        async keyOf(id) {
          phone = await phones.present(id)
          return phone.key
        },
      })
      const { thumbprint, jti, signer } = message
      // Before anything is kept of it.
      if ('key' in signer) await limit('newKeys', networkOf(address))
      // As long as its instant would be taken, on either side of now.
      const expiresAt = clock.now() + 2 * clockTolerance + second
      const isFirst = await storage.state.create({ kind, key: `${thumbprint} ${jti}`, value: 0, expiresAt })
      if (!isFirst) throw new AppError('message_replayed')
      await limit('messages', thumbprint)
      return { ...message, ...(phone ? { phone } : {}), ...('key' in signer ? { key: signer.key } : {}) }
    },
  }
}
