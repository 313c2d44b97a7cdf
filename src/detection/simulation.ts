/**
 * How good are the rules? They look at made-up traffic (`traffic.ts`) with the eyes that they have in the hub
 * (`look.ts`), every five minutes for a month, and what they find is held against what was planted. The same seed gives
 * the same numbers, so that two sets of values are compared on the same month.
 */
import type { Line, Stretch } from '../connections/connections.ts'
import type { Instant } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import type { ConnectionId, DeviceId, PersonId, ProviderId } from '../kernel/ids.ts'
import {
  type DetectionRule,
  detectionRules,
  type Finding,
  modesOf,
  type Precision,
  parametersOf,
  precisionOf,
  shippedTunings,
  type Tuned,
  type Tunings,
  tuningFaults,
} from '../policy/detection.ts'
import { type Ledger, look, type ProviderRecord } from './look.ts'
import { type Attack, makeTraffic, type Theft, type TheftKind, type Traffic, theftKinds } from './traffic.ts'

export interface SimulationOptions {
  seed: number
  people: number
  days: number
}

/** Of a number that should be found, so many were. */
export interface Share {
  found: number
  of: number
}

export interface RuleScore {
  rule: DetectionRule
  /** Of cases about a person, or of surges at a provider. */
  precision: Precision
  /** Of the people whose identity was used, or of the attacks. */
  recall: Share
}

export interface Score {
  rules: readonly RuleScore[]
  /** Of cases about people, by whatever rule. */
  precision: Precision
  recall: Share
  /** Of each person about whom there is a case, whether it is right. */
  cases: ReadonlyMap<PersonId, boolean>
  kinds: readonly (Share & {
    kind: TheftKind
    /** Half of those that were found were found within so long after the first line; absent when none was. */
    delay?: number
  })[]
}

export interface Simulation {
  options: SimulationOptions
  traffic: { signIns: number; thefts: number; attacks: number }
  score: Score
  /** By other values, on the same month. */
  proposed?: Score
}

/** As the job does. */
const every = 5 * minute
const settling = minute
const habit = 28 * day

export async function simulate(options: SimulationOptions, tunings: Tunings, proposed?: Tunings): Promise<Simulation> {
  const traffic = makeTraffic(options)
  const ledger = ledgerOf(traffic)
  const scoreBy = async (by: Tunings) => scoreOf(traffic, await findAll(traffic, ledger, by))
  const signIns = traffic.lines.filter(({ at, state }) => at >= traffic.begins && state !== 'refused').length
  return {
    options,
    traffic: { signIns, thefts: traffic.thefts.length, attacks: traffic.attacks.length },
    score: await scoreBy(tunings),
    ...(proposed ? { proposed: await scoreBy(proposed) } : {}),
  }
}

interface Timed {
  finding: Finding
  /** When the look that found it ended. */
  at: Instant
}

async function findAll(traffic: Traffic, ledger: Ledger, tunings: Tunings): Promise<Timed[]> {
  const said: Timed[] = []
  const records = countAttempts(await attemptsBefore(traffic, ledger))
  for (let from = traffic.begins; from < traffic.ends; from += every) {
    const seen = await look(
      {
        ledger,
        tunings,
        isSensitive: (service) => traffic.sensitive.has(service),
        isProfessional: (provider) => traffic.professional.has(provider),
        mostCandidates: Number.POSITIVE_INFINITY,
      },
      { from, until: from + every },
      async (attempts, until) => new Map(attempts.map((one) => [one.provider, records.of(one, until)])),
    )
    for (const one of seen.attempts) records.add(one, seen.until)
    for (const finding of seen.findings) {
      if (!said.some((before) => isSame(before.finding, finding))) said.push({ finding, at: seen.until + settling })
    }
  }
  return said
}

/** As the room does: not twice within a day of a person, nor within six hours of a provider, nor of one line. */
function isSame(before: Finding, finding: Finding): boolean {
  if (before.rule !== finding.rule || keyOf(before) !== keyOf(finding)) return false
  const quiet = 'person' in finding.about ? day : 6 * hour
  return before.at > finding.at - quiet || finding.connections.some((line) => before.connections.includes(line))
}

const keyOf = ({ about }: Finding) => ('person' in about ? about.person : about.provider)

// --- The ledger in memory ------------------------------------------------------------------------------------------

function ledgerOf({ lines }: Traffic): Ledger {
  const ofPerson = new Map<PersonId, Line[]>()
  const onDevice = new Map<DeviceId, Line[]>()
  for (const line of lines) {
    const { person, device } = line
    if (person) add(ofPerson, person, line)
    if (device && line.unusual.includes('shared_device')) add(onDevice, device, line)
  }
  const within = ({ from, until }: Stretch) => lines.slice(placeOf(lines, from), placeOf(lines, until))
  const newest = (some: readonly Line[], stretch: Partial<Stretch>, limit: number) =>
    some
      .slice(placeOf(some, stretch.from ?? 0), stretch.until === undefined ? undefined : placeOf(some, stretch.until))
      .slice(-limit)
      .reverse()
  return {
    async striking(stretch, { reasons, least, limit }) {
      const strikes = ({ state, unusual }: Line) =>
        state !== 'refused' && unusual.filter((reason) => reasons.includes(reason)).length >= least
      return within(stretch).filter(strikes).slice(0, limit)
    },
    async busy(stretch, { services, since, limit }) {
      const reached = new Map<PersonId, { services: Set<string>; last: Instant }>()
      for (const { person, service, state, at } of within(stretch)) {
        if (!person || state === 'refused') continue
        const before = reached.get(person)?.services ?? new Set()
        reached.set(person, { services: before.add(service), last: at })
      }
      const isBusy = (one: { services: Set<string>; last: Instant }) =>
        one.services.size >= services && one.last >= since
      return [...reached]
        .filter(([, one]) => isBusy(one))
        .map(([person]) => person)
        .slice(0, limit)
    },
    async attempts(stretch, refusals) {
      const counted = new Map<ProviderId, { provider: ProviderId; signedIn: number; refused: number }>()
      for (const { provider, reused, refusal } of within(stretch)) {
        if (!provider || reused || (refusal && !refusals.includes(refusal))) continue
        const one = counted.get(provider) ?? { provider, signedIn: 0, refused: 0 }
        if (refusal) one.refused++
        else one.signedIn++
        counted.set(provider, one)
      }
      return [...counted.values()]
    },
    onSharedDevice: async (device, { limit, ...stretch }) => newest(onDevice.get(device) ?? [], stretch, limit),
    ofPerson: async (person, { limit, until, from }) =>
      newest(
        ofPerson.get(person) ?? [],
        { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) },
        limit,
      ),
  }
}

function add<K>(into: Map<K, Line[]>, key: K, line: Line): void {
  const some = into.get(key)
  if (some) some.push(line)
  else into.set(key, [line])
}

/** Where the lines of an instant begin. */
function placeOf(lines: readonly Line[], at: Instant): number {
  let [low, high] = [0, lines.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle]?.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

type Counted = Awaited<ReturnType<Ledger['attempts']>>[number] & { until: Instant }

/** What the hub had counted in the weeks before, an hour at a time. */
async function attemptsBefore({ begins }: Traffic, ledger: Ledger): Promise<Counted[]> {
  const counted: Counted[] = []
  for (let from = begins - habit; from < begins; from += hour) {
    const until = from + hour
    counted.push(
      ...(await ledger.attempts({ from, until }, ['provider_refused', 'provider_cancelled'])).map((one) => ({
        ...one,
        until,
      })),
    )
  }
  return counted
}

function countAttempts(counted: Counted[]) {
  const sum = (some: readonly Counted[]) =>
    some.reduce((total, one) => ({ signedIn: total.signedIn + one.signedIn, refused: total.refused + one.refused }), {
      signedIn: 0,
      refused: 0,
    })
  return {
    add: (one: Omit<Counted, 'until'>, until: Instant) => counted.push({ ...one, until }),
    of(now: Omit<Counted, 'until'>, until: Instant): ProviderRecord {
      const theirs = counted.filter(({ provider }) => provider === now.provider)
      const lastHour = theirs.filter((one) => one.until > until - hour)
      const usual = theirs.filter((one) => one.until > until - habit && one.until <= until - day)
      return { lastHour: sum([...lastHour, { ...now, until }]), usual: sum(usual) }
    },
  }
}

// --- The score -----------------------------------------------------------------------------------------------------

/** A surge may be told so long after the attack: the last hour is counted. */
const afterwards = hour

function scoreOf({ thefts, attacks }: Traffic, said: readonly Timed[]): Score {
  const ofVictim = new Map(thefts.map((theft) => [theft.victim, theft]))
  const aboutPeople = said.filter(({ finding: { about } }) => 'person' in about)
  const everything = casesOf(aboutPeople)
  return {
    rules: detectionRules.map((rule) => {
      const ofRule = said.filter(({ finding }) => finding.rule === rule)
      return rule === 'provider_refusals'
        ? { rule, ...scoreOfSurges(ofRule, attacks) }
        : { rule, ...scoreOfCases(casesOf(ofRule), ofVictim) }
    }),
    ...scoreOfCases(everything, ofVictim),
    cases: new Map(
      [...everything].map(([person, told]) => {
        const theft = ofVictim.get(person)
        return [person, theft !== undefined && told.some((one) => isRight(one, theft))]
      }),
    ),
    kinds: theftKinds.map((kind) => {
      const ofKind = thefts.filter((theft) => theft.kind === kind)
      const delays = ofKind.flatMap((theft) => {
        const found = everything.get(theft.victim)?.find((one) => isRight(one, theft))
        return found ? [found.at - theft.begins] : []
      })
      const [delay] = delays.sort((a, b) => a - b).slice(Math.floor((delays.length - 1) / 2))
      return { kind, found: delays.length, of: ofKind.length, ...(delay === undefined ? {} : { delay }) }
    }),
  }
}

/** What is found of one person in a month is one case. */
function casesOf(said: readonly Timed[]): Map<PersonId, Timed[]> {
  const cases = new Map<PersonId, Timed[]>()
  for (const one of said) {
    const { about } = one.finding
    if ('person' in about) cases.set(about.person, [...(cases.get(about.person) ?? []), one])
  }
  return cases
}

/** A case is right when a line of the thief is in question in it, not when it happens to be about a victim. */
function isRight({ finding }: Timed, theft: Theft): boolean {
  const stolen: ReadonlySet<ConnectionId> = new Set(theft.lines)
  return finding.connections.some((line) => stolen.has(line))
}

function scoreOfCases(cases: ReadonlyMap<PersonId, Timed[]>, ofVictim: ReadonlyMap<PersonId, Theft>) {
  const right = [...cases].filter(([person, said]) => {
    const theft = ofVictim.get(person)
    return theft !== undefined && said.some((one) => isRight(one, theft))
  })
  return { precision: precisionOf(right.length, cases.size), recall: { found: right.length, of: ofVictim.size } }
}

function scoreOfSurges(said: readonly Timed[], attacks: readonly Attack[]) {
  const tells = ({ finding, at }: Timed, { provider, from, until }: Attack) =>
    keyOf(finding) === provider && at >= from && at <= until + afterwards
  const right = said.filter((one) => attacks.some((attack) => tells(one, attack)))
  const found = attacks.filter((attack) => said.some((one) => tells(one, attack)))
  return { precision: precisionOf(right.length, said.length), recall: { found: found.length, of: attacks.length } }
}

// --- In words ------------------------------------------------------------------------------------------------------

const percent = (part: number, whole: number) => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`)

/** Lines of text, for a terminal. */
export function renderSimulation({ options, traffic, score, proposed }: Simulation): string[] {
  const { seed, people, days } = options
  const lines = [
    `${traffic.signIns} sign-ins of ${people} people in ${days} days (seed ${seed}); identities used by others: ${traffic.thefts}, attacks on providers: ${traffic.attacks}.`,
    '',
    ...renderScore(score, { people, days }),
  ]
  if (!proposed) return lines
  return [
    ...lines,
    '',
    'With the values proposed:',
    '',
    ...renderScore(proposed, { people, days }),
    '',
    `What changes: ${besides(proposed, score)} more; ${besides(score, proposed)} not found any more.`,
  ]
}

function besides(one: Score, other: Score): string {
  const more = [...one.cases].filter(([person]) => !other.cases.has(person))
  const right = more.filter(([, isRight]) => isRight).length
  return `${right} right and ${more.length - right} wrong`
}

function renderScore({ rules, precision, recall, kinds }: Score, { people, days }: Omit<SimulationOptions, 'seed'>) {
  const row = (name: string, one: { precision: Precision; recall: Share }) => [
    ...[name, String(one.precision.concluded), String(one.precision.confirmed)],
    percent(one.precision.confirmed, one.precision.concluded),
    `${percent(one.recall.found, one.recall.of)} (${one.recall.found} of ${one.recall.of})`,
  ]
  const aDay = (precision.concluded / days / people) * 10_000
  return [
    ...table([
      ['RULE', 'FOUND', 'RIGHT', 'PRECISION', 'RECALL'],
      ...rules.map((one) => row(one.rule, one)),
      row('all cases', { precision, recall }),
    ]),
    '',
    ...table([
      ['KIND OF THEFT', 'VICTIMS', 'FOUND', 'RECALL', 'HALF WITHIN'],
      ...kinds.map(({ kind, found, of, delay }) => [
        kind,
        String(of),
        String(found),
        percent(found, of),
        lengthOf(delay),
      ]),
    ]),
    '',
    `${aDay.toFixed(1)} cases a day for 10,000 people, of which ${((aDay * (precision.concluded - precision.confirmed)) / Math.max(1, precision.concluded)).toFixed(1)} are wrong.`,
  ]
}

function lengthOf(delay: number | undefined): string {
  if (delay === undefined) return '–'
  return delay < 2 * hour ? `${Math.round(delay / minute)} min` : `${Math.round(delay / hour)} h`
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Those in force, as `garant detection rules --json` prints them; what it does not name is as shipped. */
export function tuningsIn(json: string): Tunings {
  const printed: ({ rule: DetectionRule } & Tuned)[] = JSON.parse(json)
  const inForce = printed.map(({ rule, mode, parameters }) => [rule, { mode, parameters }])
  return { ...shippedTunings, ...Object.fromEntries(inForce) }
}

/**
 * Tunings with single values replaced: `burst.services=8`, `burst=off`.
 *
 * @returns what is wrong with one of them, as a sentence
 */
export function changedTunings(tunings: Tunings, changes: readonly string[]): Tunings | string {
  const changed = structuredClone(tunings) as Record<
    DetectionRule,
    { mode: string; parameters: Record<string, number> }
  >
  for (const change of changes) {
    const [, name = '', field, value = ''] = /^([a-z_]+)(?:\.([a-z_]+))?=(\S+)$/.exec(change) ?? []
    const rule = detectionRules.find((one) => one === name)
    if (!rule) return `${change}: there is no such rule (${detectionRules.join(', ')})`
    if (field === undefined) {
      const mode = modesOf(rule).find((one) => one === value)
      if (!mode) return `${change}: is none of ${modesOf(rule).join(', ')}`
      changed[rule].mode = mode
      continue
    }
    const bounds = parametersOf(rule)[field]
    if (!bounds) return `${change}: ${rule} has ${Object.keys(parametersOf(rule)).join(', ')}`
    const number = Number(value)
    const faults = tuningFaults(rule, { ...changed[rule].parameters, [field]: number })
    if (faults.length > 0) return `${change}: from ${bounds.least} to ${bounds.most} in steps of ${bounds.step ?? 1}`
    changed[rule].parameters[field] = number
  }
  return changed as unknown as Tunings
}
