/**
 * Cards that are lent (R088): what sign-ins for organisations, by card or by the e-ID app, were seen on which device, for
 * as long as it may be told. Beside the rules of this room, not among them: it opens no case, since nobody was robbed.
 * What counts is `policy/shared-devices.ts`; who is told what is `alerts/`, which hears the facts.
 */
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import type { DeviceId, PersonId, PhoneId } from '../kernel/ids.ts'
import type { Keeper } from '../people/people.ts'
import { countSeen, isHolderToTell, peopleToTell, type SharingRules, sharingWindow } from '../policy/shared-devices.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { createSharingStore, type SharingKind } from './store.ts'

export type { SharingKind } from './store.ts'

export interface Sharing {
  /** Hears of sign-ins for organisations. */
  reactor: Reactor
  /** Do several people sign in for organisations on this device? For a remark on the pages of such a login. */
  isShared(device: DeviceId): Promise<boolean>
  /** How many devices, phones and cards are shared now, for operators. */
  counts(): Promise<Record<SharingKind, number>>
  /** To be registered with `people.keep`. */
  keeper: Keeper
  /** Deletes what cannot be told any more. A job calls it. */
  sweep(): Promise<void>
}

export interface SharingOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  rules: SharingRules
  /** The installation of the app that a pairing belongs to, and its card; both are keyed digests. Absent without an app. */
  phone?(tx: Tx, person: PersonId, phone: PhoneId): Promise<{ installation: string; card: string } | undefined>
}

export function createSharing({ storage, clock, audit, rules, phone: phoneOf }: SharingOptions): Sharing {
  const store = createSharingStore()

  async function seen(tx: Tx, sighting: { kind: SharingKind; thing: string; seenWith: string; person: PersonId }) {
    await store.note(tx, { ...sighting, at: toDate(clock.now()) })
    return store.of(tx, sighting.kind, sighting.thing)
  }

  /** A browser, or the installation of an app. */
  async function ofDevice(tx: Tx, kind: 'device' | 'phone', thing: string, person: PersonId): Promise<void> {
    const now = clock.now()
    const sightings = await seen(tx, { kind, thing, seenWith: person, person })
    const told = peopleToTell(sightings, rules, now) as PersonId[]
    if (told.length === 0) return
    const people = countSeen(sightings, now)
    await store.told(tx, { kind, thing, with: told, at: toDate(now) })
    const device = kind === 'device' ? (thing as DeviceId) : null
    for (const one of told) {
      audit.append(tx, { name: 'device.shared_by_representatives', data: { person: one, device, people } })
    }
  }

  async function ofCard(tx: Tx, card: string, device: string, person: PersonId): Promise<void> {
    const now = clock.now()
    const sightings = await seen(tx, { kind: 'card', thing: card, seenWith: device, person })
    if (!isHolderToTell(sightings, rules, now)) return
    await store.told(tx, { kind: 'card', thing: card, with: sightings.map((one) => one.with), at: toDate(now) })
    audit.append(tx, { name: 'card.shared', data: { person, devices: countSeen(sightings, now) } })
  }

  return {
    async reactor(facts, tx) {
      for (const { name, data } of facts) {
        if (name !== 'representative.signed_in') continue
        const { person, device, phone, card } = data as Recorded<'representative.signed_in'>['data']
        const paired = phone ? await phoneOf?.(tx, person, phone) : undefined
        if (device) await ofDevice(tx, 'device', device, person)
        if (paired) await ofDevice(tx, 'phone', paired.installation, person)
        const where = paired ? `phone ${paired.installation}` : device && `device ${device}`
        const used = card ?? paired?.card
        if (used && where) await ofCard(tx, used, where, person)
      }
    },

    isShared: async (device) => countSeen(await store.of(storage.db, 'device', device), clock.now()) >= rules.people,

    counts: () => store.counts(storage.db, { since: toDate(clock.now() - sharingWindow), ...rules }),

    keeper: {
      room: 'sharing',
      forget: (tx, person) => store.forget(tx, person),
      // A sighting of a month: who it was of is not asked again.
      follow: (tx, { from }) => store.forget(tx, from),
    },

    sweep: () => store.forgetBefore(storage.db, toDate(clock.now() - sharingWindow)),
  }
}
