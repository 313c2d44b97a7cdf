/**
 * A card that is lent, seen from its traces: several people who act for organisations sign in on one device (R088), or
 * one card comes from several devices. It is no offence and may be an office that two managers share: whoever is
 * concerned is told, nobody is stopped, and the way out is shown, which is a mandate. Pure.
 */
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'

/** How far back sightings count, and how long nothing is said twice of the same. */
export const sharingWindow = 30 * day

export interface SharingRules {
  /** From so many people on, a device is shared by representatives. */
  people: number
  /** From so many devices on, a card is. */
  devices: number
}

/** Two who sign for companies on one device are not one person; a desk, a laptop and a phone are one person's. */
export const shippedSharing: SharingRules = { people: 2, devices: 4 }

/** Something was seen with something else: a device with a person, a card with a device. */
export interface Sighting {
  with: string
  at: Instant
  /** When it was last said of it. */
  toldAt?: Instant
}

const seenLately = (sightings: readonly Sighting[], now: Instant) =>
  sightings.filter(({ at }) => at > now - sharingWindow)

const isUntold =
  (now: Instant) =>
  ({ toldAt }: Sighting) =>
    toldAt === undefined || toldAt <= now - sharingWindow

/** With how many it was seen within the window. */
export const countSeen = (sightings: readonly Sighting[], now: Instant): number =>
  new Set(seenLately(sightings, now).map((one) => one.with)).size

/** Of a device, the people who are to be told now: each once within the window. */
export function peopleToTell(sightings: readonly Sighting[], rules: SharingRules, now: Instant): readonly string[] {
  if (countSeen(sightings, now) < rules.people) return []
  return seenLately(sightings, now)
    .filter(isUntold(now))
    .map((one) => one.with)
}

/** Of a card: is its holder to be told now? Once within the window, whatever device comes besides. */
export function isHolderToTell(sightings: readonly Sighting[], rules: SharingRules, now: Instant): boolean {
  return countSeen(sightings, now) >= rules.devices && sightings.every(isUntold(now))
}
