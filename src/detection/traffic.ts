/**
 * A month of made-up sign-ins, the same for the same seed: people with habits, families on one device, libraries and
 * desks where others help, hospitals, commuters, travellers, VPNs, new telephones, nights; and thefts planted among them,
 * each known by its lines. What a sign-in finds unusual is decided by `policy/context.ts`, as in a real one, and what a
 * device remembers is what `sessions/` lets it remember. A month before it makes the habits; nothing is stolen in it.
 *
 * It is a model. It says how rules compare and what they miss by their nature, not how a real population behaves.
 */
import type { Line } from '../connections/connections.ts'
import type { Instant } from '../kernel/clock.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import {
  type ConnectionId,
  type DeviceId,
  orderedIdAt,
  type PersonId,
  type ProviderId,
  type ServiceId,
} from '../kernel/ids.ts'
import { unusualContext } from '../policy/context.ts'
import { travelSpeed } from '../policy/travel.ts'

/** How a theft is done, from the loud to the silent. */
export const theftKinds = ['phished', 'burst', 'one_device', 'stuffed', 'slow', 'at_home'] as const
export type TheftKind = (typeof theftKinds)[number]

export interface Theft {
  kind: TheftKind
  victim: PersonId
  /** Its lines, the oldest first. */
  lines: readonly ConnectionId[]
  begins: Instant
}

/** Passwords tried by the thousand at one provider. */
export interface Attack {
  provider: ProviderId
  from: Instant
  until: Instant
}

export interface Traffic {
  /** In the order of time, those of the month before as well. */
  lines: readonly Line[]
  thefts: readonly Theft[]
  attacks: readonly Attack[]
  begins: Instant
  ends: Instant
  people: number
  sensitive: ReadonlySet<ServiceId>
  professional: ReadonlySet<ProviderId>
}

/** The first day, a Monday. */
const firstDay = Date.parse('2026-01-05T00:00:00Z')
const habitDays = 30

/** A generator whose numbers follow from its seed (mulberry32). */
function chanceOf(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (most: number) => Math.floor(next() * most)
  return {
    next,
    below,
    happens: (probability: number) => next() < probability,
    between: (least: number, most: number) => least + next() * (most - least),
    whole: (least: number, most: number) => least + below(most - least + 1),
    pick<T>(some: readonly T[]): T {
      const one = some[below(some.length)]
      if (one === undefined) throw new TypeError('nothing to pick from')
      return one
    },
    /** Of a distribution with a long tail, around a median. */
    around: (median: number, spread: number) =>
      median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
  }
}
type Chance = ReturnType<typeof chanceOf>

const providers: readonly { id: ProviderId; weight: number; refused: number; low: boolean }[] = [
  { id: 'tax', weight: 35, refused: 0.06, low: true },
  { id: 'health', weight: 30, refused: 0.08, low: true },
  { id: 'post', weight: 15, refused: 0.05, low: false },
  { id: 'bank', weight: 12, refused: 0.1, low: true },
  { id: 'local', weight: 8, refused: 0.12, low: false },
]
const professionalProvider: ProviderId = 'professionals'
const services: readonly ServiceId[] = Array.from({ length: 24 }, (_, index) => `service-${index + 1}`)
const sensitive = new Set(services.filter((_, index) => index % 5 < 2))
const wardServices: readonly ServiceId[] = ['ward-1', 'ward-2', 'ward-3']
const journeys = ['ES', 'IT', 'PT', 'TN', 'SN', 'US', 'JP', 'GB', 'GR', 'TR'] as const
const farAway = ['US', 'BR', 'SG', 'CA', 'AU', 'ZA', 'IN', 'NL'] as const
const exits = ['NL', 'US', 'CH', 'SE'] as const

interface Somebody {
  id: PersonId
  country: string
  home: string
  work: string
  phone: string
  /** Of the household, with the others. */
  tablet: string | undefined
  private: boolean
  vpn: readonly string[]
  night: boolean
  /** Visits in a month. */
  visits: number
  providers: readonly ProviderId[]
  services: readonly ServiceId[]
  away: { from: Instant; until: Instant; country: string; network: string } | undefined
  /** New telephone, new home. */
  phoneUntil: Instant
  homeUntil: Instant
  place: 'private' | 'library' | 'desk' | 'ward'
  where: number
}

/** A sign-in to be, before it is known what was unusual about it. */
interface Visit {
  at: Instant
  person?: PersonId
  service: ServiceId
  provider: ProviderId
  /** Absent: one that nobody sees again. */
  device?: string
  network: string
  country: string
  reused?: boolean
  refusal?: ErrorName
  theft?: { kind: TheftKind; victim: PersonId }
}

export function makeTraffic(options: { seed: number; people: number; days: number }): Traffic {
  const chance = chanceOf(options.seed)
  const begins = firstDay + habitDays * day
  const ends = begins + options.days * day
  const everybody = makePeople(chance, options.people, { begins, ends })
  const visits = [
    ...everybody.flatMap((one) => visitsOf(chance, one, ends)),
    ...helpDesks(chance, everybody, { begins, ends }),
  ]
  visits.push(...ordinaryRefusals(chance, visits, { begins, ends }))
  const { planted, attacks } = plant(chance, everybody, visits, { begins, ends })
  const { lines, thefts } = writeLedger([...visits, ...planted].filter(({ at }) => at < ends))
  return {
    ...{ lines, thefts, attacks, begins, ends, people: options.people, sensitive },
    professional: new Set([professionalProvider]),
  }
}

// --- People and what they do ---------------------------------------------------------------------------------------

type Month = { begins: Instant; ends: Instant }

function makePeople(chance: Chance, many: number, { begins, ends }: Month): Somebody[] {
  const everybody: Somebody[] = []
  for (let household = 0; everybody.length < many; household++) {
    const size = Math.min(chance.pick([1, 1, 1, 2, 2, 2, 3, 4, 5]), many - everybody.length)
    const country = chance.happens(0.86) ? 'FR' : chance.pick(['MA', 'MA', 'BE', 'DE'])
    const tablet = size > 1 && chance.happens(0.6) ? `tablet-${household}` : undefined
    for (let member = 0; member < size; member++) {
      everybody.push(somebody(chance, { index: everybody.length, household, country, tablet }, { begins, ends }))
    }
  }
  return everybody
}

function somebody(
  chance: Chance,
  {
    index,
    household,
    country,
    tablet,
  }: { index: number; household: number; country: string; tablet: string | undefined },
  { begins, ends }: Month,
): Somebody {
  const vpn = chance.happens(0.05) ? [chance.pick(exits), chance.pick(exits)] : []
  const leaves = chance.between(firstDay, ends)
  const isAway = chance.happens(0.08)
  const place = chance.happens(0.06)
    ? ('ward' as const)
    : chance.happens(0.05)
      ? ('library' as const)
      : chance.happens(0.06)
        ? ('desk' as const)
        : ('private' as const)
  const ofOthers = providers.flatMap(({ id, weight }) => Array<ProviderId>(weight).fill(id))
  const main = chance.pick(ofOthers)
  const isNight = chance.happens(0.06)
  return {
    id: `per_${String(index).padStart(22, '0')}`,
    country,
    home: `home-${household}`,
    work: `work-${chance.below(400)}`,
    phone: `phone-${index}`,
    tablet,
    private: chance.happens(0.04),
    vpn,
    night: isNight,
    visits: place === 'ward' ? chance.between(15, 40) : Math.min(40, chance.around(3, 0.9)),
    providers: place === 'ward' ? [professionalProvider] : chance.happens(0.3) ? [main, chance.pick(ofOthers)] : [main],
    services: Array.from({ length: chance.whole(2, 6) }, () => chance.pick(place === 'ward' ? wardServices : services)),
    away: isAway
      ? {
          from: leaves,
          until: leaves + chance.between(4, 15) * day,
          country: chance.pick(journeys),
          network: `hotel-${index}`,
        }
      : undefined,
    phoneUntil: chance.happens(0.05) ? chance.between(begins, ends) : Number.POSITIVE_INFINITY,
    homeUntil: chance.happens(0.015) ? chance.between(begins, ends) : Number.POSITIVE_INFINITY,
    place,
    where: chance.below(1_000),
  }
}

function visitsOf(chance: Chance, one: Somebody, ends: Instant): Visit[] {
  const months = (ends - firstDay) / (30 * day)
  const many = Math.round(one.visits * months * chance.between(0.7, 1.3))
  return Array.from({ length: many }, () => visit(chance, one, momentOf(chance, one, ends))).flat()
}

/** By day on working days rather, in the evening; at night who works then. */
function momentOf(chance: Chance, { night, place }: Somebody, ends: Instant): Instant {
  const ofDay =
    place === 'ward'
      ? chance.between(6, 22)
      : night
        ? chance.between(21, 29)
        : chance.pick([8, 10, 12, 14, 17, 19, 20, 21])
  for (let tries = 0; ; tries++) {
    const days = chance.below(Math.ceil((ends - firstDay) / day))
    const isWeekend = days % 7 > 4
    if (isWeekend && chance.happens(0.5) && tries < 5) continue
    return firstDay + days * day + Math.floor((ofDay + chance.next()) * hour)
  }
}

function visit(chance: Chance, one: Somebody, at: Instant): Visit[] {
  const place = whereabouts(chance, one, at)
  const provider = chance.happens(0.85) ? (one.providers[0] ?? 'tax') : chance.pick(one.providers)
  // A removal, a birth, a death: everything is to be told to everybody in one evening.
  const isBusy = one.place !== 'ward' && chance.happens(0.004)
  const many = isBusy ? chance.whole(5, 9) : chance.pick([1, 1, 1, 1, 2, 2, 3])
  let moment = at
  return Array.from({ length: many }, (_, index): Visit => {
    if (index > 0) moment += Math.floor(chance.between(1, isBusy ? 5 : 12) * minute)
    const isKnown = !isBusy && chance.happens(0.88)
    const service = isKnown ? chance.pick(one.services) : chance.pick(one.place === 'ward' ? wardServices : services)
    return { at: moment, person: one.id, service, provider, ...place, reused: index > 0 && chance.happens(0.7) }
  })
}

function whereabouts(chance: Chance, one: Somebody, at: Instant): Pick<Visit, 'device' | 'network' | 'country'> {
  const { away, country } = one
  const phone = at > one.phoneUntil ? `${one.phone}-new` : one.phone
  const own = one.private ? {} : { device: phone }
  if (away && at >= away.from && at < away.until) {
    // A computer of the hotel, or of those whom one visits.
    const there = { network: away.network, country: away.country }
    return chance.happens(0.15) ? { ...there, device: `there-${away.network}` } : { ...there, ...own }
  }
  if (one.place === 'ward') {
    const hospital = one.where % 4
    return { device: `ward-${hospital}-${chance.below(25)}`, network: `hospital-${hospital}`, country }
  }
  if (one.place === 'library' && chance.happens(0.7)) {
    const library = one.where % 8
    // Half of them forget everything after each visitor.
    const device = library % 2 === 0 ? { device: `library-${library}-${chance.below(3)}` } : {}
    return { ...device, network: `library-${library}`, country }
  }
  if (one.vpn.length > 0 && chance.happens(0.5)) {
    const exit = chance.pick(one.vpn)
    return { ...own, network: `vpn-${exit}-${chance.below(6)}`, country: exit }
  }
  // What clears cookies: the person, an update, seven days of some browser.
  const cleared = chance.happens(0.03) ? {} : undefined
  const [network, device] = chance.pick([
    [`mobile-${one.id}-${chance.below(12)}`, phone],
    [one.work, phone],
    [at > one.homeUntil ? `${one.home}-new` : one.home, one.tablet ?? phone],
    [at > one.homeUntil ? `${one.home}-new` : one.home, phone],
  ] as const)
  return { network, country, ...(cleared ?? (one.private ? {} : { device })) }
}

/** Town halls, social workers: somebody signs in beside the one who helps. One of the desks opens in this very month. */
function helpDesks(chance: Chance, everybody: readonly Somebody[], { begins, ends }: Month): Visit[] {
  const helped = everybody.filter(({ place }) => place === 'desk')
  if (helped.length === 0) return []
  return Array.from({ length: Math.max(1, Math.round(everybody.length / 700)) }, (_, desk) => desk).flatMap((desk) => {
    const opens = desk === 0 ? begins + chance.below(20) * day : firstDay
    const visits: Visit[] = []
    for (let today = opens; today < ends; today += day) {
      if (((today - firstDay) / day) % 7 > 4) continue
      const many = chance.whole(1, 7)
      for (let index = 0; index < many; index++) {
        const who = chance.pick(helped)
        const at = Math.floor(today + chance.between(8, 17) * hour)
        const [provider = 'tax'] = who.providers
        const place = { device: `desk-${desk}`, network: `desk-${desk}`, country: who.country }
        visits.push({ at, person: who.id, service: chance.pick(who.services), provider, ...place })
      }
    }
    return visits
  })
}

/** Who gives up, mistypes, has the wrong account. A provider that was out of order for two hours has more of it. */
function ordinaryRefusals(chance: Chance, visits: readonly Visit[], { begins, ends }: Month): Visit[] {
  const trouble = { provider: chance.pick(providers).id, from: chance.between(begins, ends - day) }
  return visits.flatMap((made): Visit[] => {
    if (made.reused) return []
    const isTroubled = made.provider === trouble.provider && made.at > trouble.from && made.at < trouble.from + 2 * hour
    const share = providers.find(({ id }) => id === made.provider)?.refused ?? 0.05
    const refusal = chance.pick<ErrorName>(['provider_cancelled', 'provider_cancelled', 'provider_refused'])
    if (!chance.happens(isTroubled ? 0.5 : share)) return []
    const { person: _, ...rest } = made
    return [{ ...rest, at: made.at - Math.floor(chance.between(20, 200) * second), refusal }]
  })
}

// --- Thefts --------------------------------------------------------------------------------------------------------

function plant(chance: Chance, everybody: readonly Somebody[], visits: readonly Visit[], { begins, ends }: Month) {
  const active = new Set(visits.flatMap(({ person, at }) => (person && at < begins ? [person] : [])))
  const victims = everybody.filter(({ id, place }) => place !== 'ward' && active.has(id))
  const planted: Visit[] = []
  const attacks: Attack[] = []
  const times = (perThousand: number) => Math.max(1, Math.round((perThousand * everybody.length) / 1_000))
  const take = () => victims.splice(chance.below(victims.length), 1)[0]
  const when = () => chance.between(begins + day, ends - 3 * day)
  const wanted = (one: Somebody) =>
    chance.happens(0.7) ? chance.pick([...sensitive]) : chance.pick(chance.happens(0.5) ? one.services : services)
  /** Where the thief seems to be: far away, or behind the address of somebody in the country of the victim. */
  const seat = (one: Somebody, abroad: number, name: string) => ({
    network: `thief-${name}`,
    country: chance.happens(abroad) ? chance.pick(farAway) : one.country,
  })
  const steal = (kind: TheftKind, one: Somebody, lines: Omit<Visit, 'person' | 'theft'>[]) =>
    planted.push(...lines.map((line) => ({ ...line, person: one.id, theft: { kind, victim: one.id } })))

  for (let index = 0; index < times(4); index++) {
    const one = take()
    if (!one) break
    const place = { ...seat(one, 0.55, `phished-${index}`), device: `thief-phished-${index}` }
    const [provider = 'tax'] = one.providers
    const at = Math.floor(when())
    // Who was sent on from the false page to the true one signs in there, just before the thief does.
    if (chance.happens(0.5))
      planted.push(...visit(chance, one, at - Math.floor(chance.between(0.05, 5) * hour)).slice(0, 1))
    const first = Array.from({ length: chance.whole(1, 3) }, (_, step) => ({
      ...{ at: at + Math.floor(step * chance.between(2, 20) * minute), service: wanted(one), provider, ...place },
      reused: step > 0,
    }))
    const later = chance.happens(0.4)
      ? [{ at: at + Math.floor(chance.between(1, 2) * day), service: wanted(one), provider, ...place }]
      : []
    steal('phished', one, [...first, ...later])
  }
  for (let index = 0; index < times(3); index++) {
    const one = take()
    if (!one) break
    const place = { ...seat(one, 0.4, `burst-${index}`), device: `thief-burst-${index}` }
    // An account that the victim never had, opened in their name at a provider that checks little; or their own.
    const provider = chance.happens(0.4) ? chance.pick(providers).id : (one.providers[0] ?? 'tax')
    let at = Math.floor(when())
    const lines = Array.from({ length: chance.whole(5, 14) }, (_, step) => {
      at += Math.floor(chance.between(0.3, 2.5) * minute)
      return { at, service: chance.pick(services), provider, ...place, reused: step > 0 && chance.happens(0.8) }
    })
    steal('burst', one, lines)
  }
  for (let thief = 0; thief < Math.max(1, times(0.7)); thief++) {
    const abroad = chance.happens(0.3) ? chance.pick(farAway) : undefined
    const from = when()
    const many = chance.whole(5, 14)
    const lasts = chance.between(3, 40) * hour
    for (let index = 0; index < many; index++) {
      const one = take()
      if (!one) break
      const [provider = 'tax'] = one.providers
      const place = {
        network: `thief-device-${thief}`,
        country: abroad ?? one.country,
        device: `thief-device-${thief}`,
      }
      const at = Math.floor(from + (index / many) * lasts + chance.next() * hour)
      steal('one_device', one, [{ at, service: wanted(one), provider, ...place }])
    }
  }
  for (let wave = 0; wave < Math.max(1, times(0.4)); wave++) {
    const provider = chance.pick(providers).id
    const from = Math.floor(when())
    const until = from + Math.floor(chance.between(1, 4) * hour)
    attacks.push({ provider, from, until })
    const bot = () => ({ network: `bot-${chance.below(50)}`, country: chance.pick(['FR', 'FR', ...farAway]) })
    const many = chance.whole(80, 400)
    for (let index = 0; index < many; index++) {
      const at = Math.floor(chance.between(from, until))
      planted.push({ at, service: chance.pick(services), provider, ...bot(), refusal: 'provider_refused' })
    }
    const hit = victims.filter((one) => one.providers.includes(provider))
    for (let index = 0; index < chance.whole(2, 6); index++) {
      const one = hit.splice(chance.below(hit.length), 1)[0]
      if (!one) break
      victims.splice(victims.indexOf(one), 1)
      const at = Math.floor(chance.between(from, until))
      steal('stuffed', one, [{ at, service: wanted(one), provider, ...bot() }])
    }
  }
  for (let index = 0; index < times(2); index++) {
    const one = take()
    if (!one) break
    const place = { ...seat(one, 0, `slow-${index}`), device: `thief-slow-${index}` }
    const [provider = 'tax'] = one.providers
    const lines: Omit<Visit, 'person' | 'theft'>[] = []
    // Where the victim goes, when the victim does, one thing at a time.
    for (
      let at = Math.floor(chance.between(begins + day, begins + 10 * day));
      at < ends;
      at += Math.floor(chance.between(2, 6) * day)
    ) {
      lines.push({ at, service: chance.happens(0.8) ? chance.pick(one.services) : wanted(one), provider, ...place })
    }
    steal('slow', one, lines)
  }
  for (let index = 0; index < times(1); index++) {
    const one = take()
    if (!one) break
    // Somebody of the house, on its device, with a password that everybody there knows.
    const at = Math.floor(when())
    const place = { device: one.tablet ?? one.phone, network: one.home, country: one.country }
    steal('at_home', one, [{ at, service: wanted(one), provider: one.providers[0] ?? 'tax', ...place }])
  }
  return { planted, attacks }
}

// --- The ledger of it ----------------------------------------------------------------------------------------------

/** Persons that a device remembers, as in `sessions/`. */
const remembered = 3
/** Lines that the decision on an unusual context looks at. */
const habitsRemembered = 100

function writeLedger(visits: readonly Visit[]): { lines: Line[]; thefts: Theft[] } {
  const inOrder = visits
    .map((made, index) => ({ made, index }))
    .sort((a, b) => a.made.at - b.made.at || a.index - b.index)
  const past = new Map<PersonId, (Visit & { network: string })[]>()
  const marks = new Map<string, PersonId[]>()
  const thefts = new Map<PersonId, Theft & { lines: ConnectionId[] }>()
  const lines = inOrder.map(({ made }, place): Line => {
    const { at, service, provider, person, country, network, refusal, theft, reused = false } = made
    const id = `${orderedIdAt('connection', at)}${String(place).padStart(16, '0')}` as ConnectionId
    const base = { id, reference: '', at, service, provider, country, amr: [], scopes: [], alert: 'none' as const }
    if (!person || refusal) {
      return { ...base, state: 'refused', reused: false, unusual: [], refusal: refusal ?? 'provider_cancelled' }
    }
    const device = made.device ?? `once-${place}`
    const known = marks.get(device) ?? []
    const personKnown = known.includes(person)
    const before = past.get(person) ?? []
    const last = before.at(-1)
    const unusual = unusualContext({
      at,
      device: { personKnown, persons: known.length + (personKnown ? 0 : 1) },
      ...{ country, network, provider },
      newLink: false,
      weakLink: false,
      habits: {
        countries: before.map((one) => one.country),
        networks: before.map((one) => one.network),
        providers: before.map((one) => one.provider),
        connections: before.length,
        ...(last ? { last: { country: last.country, at: last.at } } : {}),
      },
      travelSpeed,
    })
    marks.set(device, [person, ...known.filter((one) => one !== person)].slice(0, remembered))
    past.set(person, [...before, made].slice(-habitsRemembered))
    if (theft) {
      const { kind, victim } = theft
      const so = thefts.get(victim) ?? { kind, victim, lines: [], begins: at }
      so.lines.push(id)
      thefts.set(victim, so)
    }
    const named = `dev_${device.padStart(22, '0')}` as DeviceId
    return { ...base, state: 'completed', completedAt: at, person, reused, device: named, unusual }
  })
  return { lines, thefts: [...thefts.values()] }
}
