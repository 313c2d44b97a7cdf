/**
 * What in the ledger looks like a stolen identity, or like an attack on a provider. Each rule reads a few lines and what
 * was usual before them, and says why it speaks in numbers and closed words (`Explanation`), which pages tell in words.
 * Rules are tuned within bounds that are part of them; what they found can be held against other values later (`holds`),
 * so that a change is seen before it is made. Pure: who reads the ledger, and when, is `detection/`.
 *
 * A finding is a suspicion, never a verdict: it stops nobody, and an operator looks at it. So a rule is judged by how
 * often it was right (`precisionOf`), and one that is wrong more often than not is told to be, with a stricter value that
 * would have spared most of that work (`proposeTuning`).
 */
import type { Instant } from '../kernel/clock.ts'
import { hour, minute } from '../kernel/durations.ts'
import type { ConnectionId, DeviceId, PersonId, ProviderId, ServiceId } from '../kernel/ids.ts'
import type { Reason } from './policy.ts'
import { distanceBetween } from './travel.ts'

/** Of persons first, then of providers. Each has a sentence in every language: `detection.rule.<name>`. */
export const detectionRules = [
  'device_many_identities',
  'burst',
  'impossible_travel',
  'new_everything',
  'provider_refusals',
] as const
export type DetectionRule = (typeof detectionRules)[number]

/** `watch`: what is found is noted, and nobody has to do anything. `case`: a case is opened about each person. */
export const detectionModes = ['off', 'watch', 'case'] as const
export type DetectionMode = (typeof detectionModes)[number]

/** A provider is no person: nothing of it is a case. */
export const modesOf = (rule: DetectionRule): readonly DetectionMode[] =>
  rule === 'provider_refusals' ? ['off', 'watch'] : detectionModes

export const units = [
  'identities',
  'services',
  'connections',
  'refusals',
  'marks',
  'hours',
  'minutes',
  'times',
  'kilometres',
  'kilometres_per_hour',
  'yes_no',
] as const
export interface Parameter {
  unit: (typeof units)[number]
  least: number
  most: number
  /** The value as shipped. */
  usual: number
  /** May be a fraction, in steps of this; whole numbers otherwise. */
  step?: number
}

const parameter = (unit: Parameter['unit'], least: number, usual: number, most: number, step?: number): Parameter => ({
  ...{ unit, least, usual, most },
  ...(step === undefined ? {} : { step }),
})

export const detectionParameters = {
  /**
   * One device signs in as many people whom it did not know. Held against the days before of the same device: the
   * computer of a library is known to be shared, and that of a thief is new. A family is fewer; who works at a
   * hospital's computer signs in by a provider for professionals, which does not count.
   */
  device_many_identities: {
    identities: parameter('identities', 3, 5, 100),
    hours: parameter('hours', 1, 24, 72),
    times: parameter('times', 1, 2, 20, 0.5),
  },
  /** One identity at many services in a short time, by more than it ever did. */
  burst: {
    services: parameter('services', 3, 6, 30),
    minutes: parameter('minutes', 5, 20, 60),
    times: parameter('times', 1, 1.5, 10, 0.5),
    new_device: parameter('yes_no', 0, 1, 1),
  },
  /** Two sign-ins of one identity too far apart for the time between them (`travel.ts`). */
  impossible_travel: {
    kilometres: parameter('kilometres', 500, 800, 10_000),
    speed: parameter('kilometres_per_hour', 300, 1_000, 5_000),
    connections: parameter('connections', 1, 3, 50),
    new_device: parameter('yes_no', 0, 1, 1),
  },
  /** Device, network, country, provider and service: so many of the five are new to somebody who has habits. */
  new_everything: {
    marks: parameter('marks', 3, 4, 5),
    connections: parameter('connections', 1, 5, 50),
    sensitive: parameter('yes_no', 0, 1, 1),
  },
  /** At one provider far more sign-ins fail than is usual there: somebody tries stolen passwords. */
  provider_refusals: {
    refusals: parameter('refusals', 10, 30, 10_000),
    times: parameter('times', 1.5, 4, 50, 0.5),
  },
} as const satisfies Record<DetectionRule, Record<string, Parameter>>

export type Parameters<R extends DetectionRule> = Readonly<Record<keyof (typeof detectionParameters)[R], number>>

export interface Tuned<R extends DetectionRule = DetectionRule> {
  mode: DetectionMode
  parameters: Parameters<R>
}
export type Tunings = { readonly [R in DetectionRule]: Tuned<R> }

/** Of a rule whose names are not known where it is asked. */
export const parametersOf = (rule: DetectionRule): Readonly<Record<string, Parameter>> => detectionParameters[rule]

/** As shipped. */
export const shippedTunings: Tunings = Object.fromEntries(
  detectionRules.map((rule) => [
    rule,
    {
      mode: modesOf(rule).at(-1),
      parameters: Object.fromEntries(Object.entries(parametersOf(rule)).map(([name, { usual }]) => [name, usual])),
    },
  ]),
) as unknown as Tunings

export interface TuningFault {
  field: string
  problem: 'unknown' | 'missing' | 'not_a_number' | 'out_of_bounds' | 'not_a_step'
}

/** Why these values cannot be those of a rule; empty when they can. */
export function tuningFaults(rule: DetectionRule, given: Readonly<Record<string, unknown>>): TuningFault[] {
  const known = parametersOf(rule)
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(known, name))
  return [
    ...unknown.map((field): TuningFault => ({ field, problem: 'unknown' })),
    ...Object.entries(known).flatMap(([field, { least, most, step = 1 }]): TuningFault[] => {
      const value = given[field]
      if (value === undefined) return [{ field, problem: 'missing' }]
      if (typeof value !== 'number' || !Number.isFinite(value)) return [{ field, problem: 'not_a_number' }]
      if (value < least || value > most) return [{ field, problem: 'out_of_bounds' }]
      return Number.isInteger(value / step) ? [] : [{ field, problem: 'not_a_step' }]
    }),
  ]
}

// --- What is read --------------------------------------------------------------------------------------------------

/** A sign-in that succeeded, as the ledger has it. */
export interface Seen {
  id: ConnectionId
  at: Instant
  person: PersonId
  service: ServiceId
  provider: ProviderId
  device?: DeviceId
  /** ISO 3166-1 alpha-2. */
  country?: string
  /** A session answered. */
  reused: boolean
  unusual: readonly Reason[]
}

/** Why a rule spoke: numbers, and closed words. Texts are `detection.says.<rule>` with these values. */
export interface Explanations {
  /** `usual`: the most that came to this device in as long a time before. */
  device_many_identities: { identities: number; hours: number; usual: number }
  /** `usual`: the most that this identity did before. */
  burst: { services: number; minutes: number; usual: number; new_device: number }
  /** `speed`: kilometres per hour that the way would have taken; `connections`: before this one. */
  impossible_travel: {
    from: string
    to: string
    kilometres: number
    minutes: number
    speed: number
    connections: number
    new_device: number
  }
  /** Each of the five is 1 when new, and `marks` their sum. */
  new_everything: {
    marks: number
    device: number
    network: number
    country: number
    provider: number
    service: number
    connections: number
    sensitive: number
  }
  /** Of the last hour; `expected`: how many would have failed as usual. */
  provider_refusals: { refusals: number; attempts: number; expected: number; times: number }
}
export type Explanation = Readonly<Record<string, string | number>>

export interface Finding<R extends DetectionRule = DetectionRule> {
  rule: R
  about: { person: PersonId } | { provider: ProviderId }
  /** In question, the newest first. */
  connections: readonly ConnectionId[]
  explanation: Explanations[R]
  /** From 1 to 100: by how much it is more than the rule asks. */
  weight: number
  at: Instant
}

// --- The rules -----------------------------------------------------------------------------------------------------

/**
 * Does what was found hold by these values? A finding holds by the values that made it; by stricter ones it may not. Of
 * looser ones this says nothing about what would have been found besides.
 */
export function holds<R extends DetectionRule>(rule: R, said: Explanations[R], by: Parameters<R>): boolean {
  return conditions[rule](said as never, by as never)
}

type Condition<R extends DetectionRule> = (said: Explanations[R], by: Parameters<R>) => boolean
const conditions: { [R in DetectionRule]: Condition<R> } = {
  device_many_identities: ({ identities, usual }, by) => identities >= by.identities && identities >= by.times * usual,
  burst: ({ services, usual, new_device }, by) =>
    services >= by.services && services >= by.times * usual && new_device >= by.new_device,
  impossible_travel: ({ kilometres, speed, connections, new_device }, by) =>
    kilometres >= by.kilometres && speed >= by.speed && connections >= by.connections && new_device >= by.new_device,
  new_everything: ({ marks, connections, sensitive }, by) =>
    marks >= by.marks && connections >= by.connections && sensitive >= by.sensitive,
  provider_refusals: ({ refusals, times }, by) => refusals >= by.refusals && times >= by.times,
}

/** The value of a rule that tells how strong a finding is, held against the parameter of the same name. */
const leading: { [R in DetectionRule]: keyof Parameters<R> & keyof Explanations[R] } = {
  device_many_identities: 'identities',
  burst: 'services',
  impossible_travel: 'kilometres',
  new_everything: 'marks',
  provider_refusals: 'times',
}

const weightAtLeast = 40
/** Each doubling of what the rule asks. */
const weightOfDouble = 30

function found<R extends DetectionRule>(
  rule: R,
  by: Parameters<R>,
  finding: Omit<Finding<R>, 'rule' | 'weight'>,
): Finding<R> | undefined {
  if (!holds(rule, finding.explanation, by)) return undefined
  const name = leading[rule] as string
  const [said, asked] = [finding.explanation, by].map((values) => (values as Record<string, number>)[name] ?? 1)
  const more = Math.log2(Math.max(1, (said ?? 1) / (asked ?? 1)))
  return { rule, ...finding, weight: Math.min(100, Math.round(weightAtLeast + weightOfDouble * more)) }
}

/** How often a person acted, as far as it is looked at: newest first. */
export type History = readonly Seen[]

/** `before`: what the person did before this line, the newest first. */
export function findTravel(line: Seen, before: History, by: Parameters<'impossible_travel'>) {
  const { country: to, person, at, id, unusual } = line
  const last = before.find(({ country }) => country !== undefined)
  // The sign-in decided it with the network, which is told to nobody else: one that they were in before is no journey.
  if (!to || !last?.country || !unusual.includes('impossible_travel')) return undefined
  const kilometres = distanceBetween(last.country, to)
  if (kilometres === undefined) return undefined
  const minutes = Math.max(0, at - last.at) / minute
  return found('impossible_travel', by, {
    about: { person },
    connections: [id],
    at,
    explanation: {
      from: last.country,
      to,
      kilometres: Math.round(kilometres),
      minutes: Math.round(minutes),
      speed: Math.round(kilometres / (Math.max(1, minutes) / 60)),
      connections: before.length,
      new_device: one(unusual.includes('new_device')),
    },
  })
}

const one = (holds: boolean) => (holds ? 1 : 0)

export function findNewEverything(
  line: Seen,
  before: History,
  by: Parameters<'new_everything'>,
  sensitive: (service: ServiceId) => boolean,
) {
  const { unusual, person, id, at, service } = line
  const marks = {
    device: one(unusual.includes('new_device')),
    network: one(unusual.includes('new_network')),
    country: one(unusual.includes('new_country')),
    provider: one(unusual.includes('new_provider')),
    service: one(before.every((other) => other.service !== service)),
  }
  const sum = Object.values(marks).reduce((total, mark) => total + mark, 0)
  return found('new_everything', by, {
    about: { person },
    connections: [id],
    at,
    explanation: { marks: sum, ...marks, connections: before.length, sensitive: one(sensitive(service)) },
  })
}

/** `lines`: all of one person, the newest first; what is asked is the stretch that ends with each line since `from`. */
export function findBurst(lines: History, from: Instant, by: Parameters<'burst'>) {
  const stretch = by.minutes * minute
  const widest = (among: History) =>
    among.reduce<Stretch>((most, line, index) => {
      const within = linesWithin(among.slice(index), line.at - stretch)
      const services = new Set(within.map(({ service }) => service)).size
      return services > most.services ? { services, within } : most
    }, none)
  const { services, within } = widest(lines.filter(({ at }) => at >= from - stretch))
  const [last] = within
  const first = within.at(-1)
  if (!last || !first || last.at < from) return undefined
  return found('burst', by, {
    about: { person: last.person },
    connections: within.map(({ id }) => id),
    at: last.at,
    explanation: {
      services,
      minutes: Math.max(1, Math.round((last.at - first.at) / minute)),
      usual: widest(lines.filter(({ at }) => at < first.at)).services,
      new_device: one(within.some(({ unusual }) => unusual.includes('new_device'))),
    },
  })
}

interface Stretch {
  services: number
  within: History
}
const none: Stretch = { services: 0, within: [] }

function linesWithin(newestFirst: History, since: Instant): History {
  const end = newestFirst.findIndex(({ at }) => at < since)
  return end < 0 ? newestFirst : newestFirst.slice(0, end)
}

/** How far back the habit of a device goes. */
export const deviceHabit = 28 * 24 * hour

/**
 * `lines`: of one device that is known to be shared, the newest first, for as long as `deviceHabit`; without those by
 * providers for professionals. About each identity that was new there in the stretch which ends with the newest line.
 */
export function findManyIdentities(
  lines: History,
  from: Instant,
  by: Parameters<'device_many_identities'>,
): Finding<'device_many_identities'>[] {
  const [last] = lines
  if (!last || last.at < from) return []
  const stretch = by.hours * hour
  const since = last.at - stretch
  const news = lines.filter(({ unusual }) => unusual.includes('new_device'))
  const ofNow = byPerson(linesWithin(news, since))
  const earlier = new Map<number, Set<PersonId>>()
  for (const { at, person } of news.filter((line) => line.at < since)) {
    const stretchBefore = Math.floor((since - at) / stretch)
    earlier.set(stretchBefore, (earlier.get(stretchBefore) ?? new Set()).add(person))
  }
  const usual = Math.max(0, ...[...earlier.values()].map(({ size }) => size))
  return [...ofNow].flatMap(([person, theirs]) => {
    const [newest] = theirs
    if (!newest) return []
    const explanation = { identities: ofNow.size, hours: by.hours, usual }
    const connections = theirs.map(({ id }) => id)
    const finding = found('device_many_identities', by, { about: { person }, connections, at: newest.at, explanation })
    return finding ? [finding] : []
  })
}

function byPerson(lines: History): Map<PersonId, Seen[]> {
  const grouped = new Map<PersonId, Seen[]>()
  for (const line of lines) grouped.set(line.person, [...(grouped.get(line.person) ?? []), line])
  return grouped
}

/** Sign-ins that ended at a provider, well or not. */
export interface Attempts {
  signedIn: number
  refused: number
}

/** Of a provider of which little is known: one in ten fails, as if it had been seen this often. */
const assumed: Attempts = { signedIn: 45, refused: 5 }

/** `lastHour` of one provider against what was usual there in the weeks before. */
export function findRefusals(
  provider: ProviderId,
  at: Instant,
  { lastHour, usual }: { lastHour: Attempts; usual: Attempts },
  by: Parameters<'provider_refusals'>,
) {
  const refused = usual.refused + assumed.refused
  const share = refused / (usual.signedIn + assumed.signedIn + refused)
  const attempts = lastHour.signedIn + lastHour.refused
  // Those that are too many are no part of what is expected: an attack would hide itself behind its own size.
  const expected = Math.max(1, (lastHour.signedIn * share) / (1 - share))
  return found('provider_refusals', by, {
    about: { provider },
    connections: [],
    at,
    explanation: {
      refusals: lastHour.refused,
      attempts,
      expected: Math.round(expected),
      times: Math.round((10 * lastHour.refused) / expected) / 10,
    },
  })
}

// --- How good a rule is --------------------------------------------------------------------------------------------

export interface Precision {
  confirmed: number
  concluded: number
  /** Confirmed of those that were concluded; absent while none is. */
  share?: number
  /** Wilson's interval at 95 %: the true share is in it 19 times of 20. */
  low: number
  high: number
}

/** 95 %, two-sided. */
const z = 1.959964

export function precisionOf(confirmed: number, concluded: number): Precision {
  if (concluded === 0) return { confirmed, concluded, low: 0, high: 1 }
  const share = confirmed / concluded
  const weight = 1 + z ** 2 / concluded
  const middle = (share + z ** 2 / (2 * concluded)) / weight
  const half = (z / weight) * Math.sqrt((share * (1 - share)) / concluded + z ** 2 / (4 * concluded ** 2))
  return { confirmed, concluded, share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** Most of what it says is wrong, and that is no accident of few cases. */
export const isImprecise = ({ high, concluded }: Precision) => concluded > 0 && high < 0.5

export interface Judged {
  explanation: Explanation
  verdict: 'confirmed' | 'not_confirmed'
}

export interface Proposal {
  mode: DetectionMode
  parameters: Readonly<Record<string, number>>
  /** Of what was judged: what would still have been found, and what not any more. */
  kept: { confirmed: number; wrong: number }
  spared: { confirmed: number; wrong: number }
}

/** What other values would have made of what was found and judged. */
export function whatIf(rule: DetectionRule, parameters: Readonly<Record<string, number>>, judged: readonly Judged[]) {
  const counted = { kept: { confirmed: 0, wrong: 0 }, spared: { confirmed: 0, wrong: 0 } }
  for (const { explanation, verdict } of judged) {
    const side = holds(rule, explanation as never, parameters as never) ? counted.kept : counted.spared
    side[verdict === 'confirmed' ? 'confirmed' : 'wrong']++
  }
  return counted
}

/** Of the thefts that were confirmed, so many may be lost for fewer false alarms: one in twenty. */
const mayBeLost = 0.05

/**
 * For a rule that is imprecise: one stricter value, within bounds, that would have spared most of what was wrong and lost
 * (nearly) nothing that was confirmed. Where nothing was confirmed at all, that it only watches. Undefined: nothing to
 * propose.
 */
export function proposeTuning<R extends DetectionRule>(
  rule: R,
  { mode, parameters }: Tuned<R>,
  judged: readonly Judged[],
): Proposal | undefined {
  const confirmed = judged.filter(({ verdict }) => verdict === 'confirmed').length
  if (!isImprecise(precisionOf(confirmed, judged.length))) return undefined
  const values = parameters as Readonly<Record<string, number>>
  if (confirmed === 0) {
    return mode === 'case' ? { mode: 'watch', parameters: values, ...whatIf(rule, values, judged) } : undefined
  }
  const stricter = Object.entries(parametersOf(rule)).flatMap(([name, { most, step = 1 }]) => {
    const said = judged.map(({ explanation }) => explanation[name]).filter((value) => typeof value === 'number')
    const above = said.map((value) => Math.ceil((value + step / 2) / step) * step).filter((value) => value <= most)
    return [...new Set(above)].map((value) => ({ ...values, [name]: value }))
  })
  const now = whatIf(rule, values, judged)
  return stricter
    .map((changed): Proposal => ({ mode, parameters: changed, ...whatIf(rule, changed, judged) }))
    .filter(({ kept, spared }) => spared.wrong > now.spared.wrong && kept.confirmed >= confirmed * (1 - mayBeLost))
    .sort((a, b) => b.spared.wrong - a.spared.wrong || b.kept.confirmed - a.kept.confirmed)[0]
}
