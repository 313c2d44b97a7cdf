/**
 * Known devices: a signed cookie names a device, and the device remembers by keyed digests which persons were seen on it,
 * and in which countries. Without the hub's key the table does not say who: a digest is made over the person **and** the device,
 * whose 128 random bits are its salt, so the same person looks different on each device.
 */
import type { Audit } from '../audit/audit.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { deviceMemory } from '../kernel/durations.ts'
import { type DeviceId, isId, newId, type PersonId } from '../kernel/ids.ts'
import { deriveKey, keyedHash, sameSecret } from '../kernel/secrets.ts'
import { sharedFrom } from '../policy/context.ts'
import { coversNow, daysOnEarth } from '../policy/trips.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Sessions } from './sessions.ts'
import { createDeviceStore, createTripStore } from './store.ts'
import { openTrip, tripKey } from './trips.ts'

/** Of the cookie's content. A cookie of another version is no device: its holder is told of one more sign-in. */
const version = 'v1'

/** "At most 3 identities": enough to tell a shared device from a trusted one. */
const personsRemembered = 3

export interface Devices {
  standing: Sessions['device']
  remember: Sessions['remember']
  named: Sessions['deviceNamed']
  knowing: Sessions['devicesKnowing']
  standingAbroad: Sessions['standingAbroad']
  forget(tx: Tx, person: PersonId, device: DeviceId): Promise<boolean>
  sweep(): Promise<void>
}

export function createDevices(options: { storage: Storage; clock: Clock; audit: Audit; key: Buffer }): Devices {
  const { storage, clock, audit } = options
  const cookieKey = deriveKey(options.key, 'sessions/device-cookie')
  const markKey = deriveKey(options.key, 'sessions/device-mark')
  const store = createDeviceStore()
  const trips = createTripStore()
  const sealedBy = tripKey(options.key)

  const cookieOf = (device: DeviceId) => `${version}.${device}.${keyedHash(cookieKey, version, device)}`
  const markOf = (device: DeviceId, person: PersonId) => keyedHash(markKey, device, person)
  const forgetBefore = () => clock.now() - deviceMemory

  /** The device that a cookie names, if the hub signed that cookie. */
  function deviceIn(cookie: string | undefined): DeviceId | undefined {
    const device = cookie?.split('.')[1]
    return cookie && isId('device', device) && sameSecret(cookie, cookieOf(device)) ? device : undefined
  }

  return {
    named: deviceIn,

    async standing(cookie, person, handle) {
      const device = deviceIn(cookie)
      const marks = device && (await store.marksOf(handle ?? storage.db, device))
      // A device that was forgotten gets a new name when it is seen again.
      if (!device || !marks) return { personKnown: false, persons: 1 }
      const remembered = Object.keys(marks).filter((mark) => (marks[mark] ?? 0) > forgetBefore())
      const personKnown = remembered.includes(markOf(device, person))
      return { device, personKnown, persons: remembered.length + (personKnown ? 0 : 1) }
    },

    async remember(tx, standing, person, place) {
      const device = standing.device ?? newId('device')
      const mark = markOf(device, person)
      storage.behind(
        tx,
        store.remember(tx, {
          device,
          mark,
          place,
          at: clock.now(),
          forgetBefore: forgetBefore(),
          keep: personsRemembered,
        }),
      )
      const trust = standing.personKnown ? 'trusted' : 'new'
      audit.append(tx, {
        name: 'device.recognised',
        data: { device, person, standing: standing.persons >= sharedFrom ? 'shared' : trust },
      })
      return { device, cookie: cookieOf(device) }
    },

    async knowing(person, ids) {
      if (ids.length === 0) return []
      const knows = ({ id, marks }: { id: DeviceId; marks: Record<string, number> }) =>
        (marks[markOf(id, person)] ?? 0) > forgetBefore()
      const found = new Set((await store.marksOfMany(storage.db, ids)).filter(knows).map(({ id }) => id))
      return ids.filter((id) => found.has(id))
    },

    async standingAbroad(cookie, person) {
      const device = deviceIn(cookie)
      const now = clock.now()
      const { earliest } = daysOnEarth(now)
      const found = await trips.standing(storage.db, { device, person, now: toDate(now), notOver: earliest })
      const isRecent = ([, at]: [string, Instant]) => at > forgetBefore()
      const known = Object.entries(found.marks ?? {}).filter(isRecent)
      const mark = device && markOf(device, person)
      const isKnown = known.some(([one]) => one === mark)
      const seen = isKnown && mark ? Object.entries(found.places?.[mark] ?? {}).filter(isRecent) : []
      return {
        device: { places: seen.map(([place]) => place), persons: known.length + (isKnown ? 0 : 1) },
        trips: found.trips
          .map(({ id, sealed }) => openTrip(sealedBy, { id, sealed: Buffer.from(sealed, 'base64') }))
          .filter((trip) => coversNow(trip, now))
          .flatMap(({ countries }) => countries),
      }
    },

    async forget(tx, person, device) {
      if (!(await store.unmark(tx, device, markOf(device, person)))) return false
      audit.append(tx, { name: 'device.forgotten', data: { device, person } })
      return true
    },

    async sweep() {
      await store.forgetBefore(storage.db, toDate(forgetBefore()))
    },
  }
}
