/**
 * The claim `represented`: for whom the person acts (R092, R096). `sub` stays the human's, so that a service which does not
 * read this one sees a person, and gives them nothing that is somebody else's. Pure.
 */
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toSeconds } from '../kernel/clock.ts'
import type { MandateId } from '../kernel/ids.ts'
import type { ActingInLogin } from '../login/flow.ts'
import { type Acting, type Action, type Capacity, intersect } from '../policy/mandate.ts'

/** As it is on the wire. Ends in seconds, exclusive. */
export interface Represented {
  /** Of the organisation: `<scheme>:<number>`. */
  sub: string
  name: string
  identifiers: Readonly<Record<string, string>>
  as: Capacity['as']
  mandate?: MandateId
  /** Of an employee. */
  firm?: { sub: string; name: string }
  rights: { action: Action; until?: number; minimum_level: Level }[]
  /** The latest of their ends. */
  until?: number
}

/**
 * What a service is told: at the login what was chosen there, and later (`live`) what is left of it. Never more than was
 * chosen, whatever was given since. Undefined when nothing is left.
 */
export function representedClaim(chosen: ActingInLogin, live: Acting = chosen): Represented | undefined {
  const { names, capacity } = chosen
  const rights = live === chosen ? chosen.rights : intersect(live.rights, chosen.rights)
  if (rights.length === 0) return undefined
  const ends = rights.map(({ until }) => until)
  return {
    sub: names.organisation.subject,
    name: names.organisation.name,
    identifiers: { ...names.organisation.identifiers },
    as: capacity.as,
    ...(capacity.as === 'representative' ? {} : { mandate: capacity.mandate }),
    ...(names.firm ? { firm: { sub: names.firm.subject, name: names.firm.name } } : {}),
    rights: rights.map(({ action, until, minimumLevel }) => ({
      action,
      ...untilIn(until),
      minimum_level: minimumLevel,
    })),
    ...(ends.includes(undefined) ? {} : untilIn(Math.max(...ends.map((end) => end ?? 0)))),
  }
}

const untilIn = (until: Instant | undefined) => (until === undefined ? {} : { until: toSeconds(until) })
