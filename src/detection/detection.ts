/**
 * The hub's own detection (R100): a job looks every few minutes at what the ledger got since the last look, by the rules
 * of `policy/detection.ts`. What they find about a person is a suspicion that opens a case, or is added to the one that
 * it is part of; what they find about a provider is shown to operators and is no case of anybody. Here is what was found,
 * how the rules are tuned, by whom, and how often each was right (R125): verdicts of cases come back as facts.
 *
 * The room reads the ledger by the verbs of `connections/`, a bounded stretch at a time, and writes nothing in a sign-in.
 * It stops nobody, tells no person and no partner anything, and decides no case.
 */
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import type { Actor, FactName } from '../audit/facts.ts'
import type { Cases } from '../cases/cases.ts'
import type { AttemptsThrough } from '../connections/connections.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import {
  type CaseId,
  type ConnectionId,
  type DetectionId,
  newOrderedId,
  type PersonId,
  type ProviderId,
} from '../kernel/ids.ts'
import type { Partners } from '../partners/partners.ts'
import type { Keeper } from '../people/people.ts'
import type { Verdict } from '../policy/case-flow.ts'
import {
  type DetectionMode,
  type DetectionRule,
  detectionRules,
  type Explanation,
  type Finding,
  holds,
  isImprecise,
  modesOf,
  type Precision,
  type Proposal,
  parametersOf,
  precisionOf,
  proposeTuning,
  shippedTunings,
  type Tuned,
  type TuningFault,
  type Tunings,
  tuningFaults,
} from '../policy/detection.ts'
import type { Storage } from '../storage/storage.ts'
import { type Ledger, look, type ProviderRecord } from './look.ts'
import { createDetectionStore, type DetectionRow, type TuningRow } from './store.ts'

/** What a rule found. */
export interface Detected {
  id: DetectionId
  rule: DetectionRule
  at: Instant
  /** Whom it is about; neither once the person is erased. */
  person?: PersonId
  provider?: ProviderId
  connections: readonly ConnectionId[]
  /** `detection.says.<rule>` tells it in words. */
  explanation: Explanation
  /** From 1 to 100: by how much it is more than the rule asked. */
  weight: number
  /** Absent where the rule only watches, and while the case is being opened. */
  case?: CaseId
  verdict?: Verdict
}

export interface TuningView {
  rule: DetectionRule
  /** 0: as shipped. */
  number: number
  mode: DetectionMode
  parameters: Readonly<Record<string, number>>
  /** Absent: as shipped. */
  tuned?: { at: Instant; by: Actor }
}

/** How a rule stands today. */
export interface RuleStanding extends TuningView {
  /** In the last 30 days. */
  found: number
  /** As long as they are kept. */
  cases: number
  precision: Precision
  /** It is wrong more often than not, and that is no accident. */
  imprecise: boolean
  /** Of an imprecise one. */
  proposal?: Proposal
}

export interface Change {
  mode: DetectionMode
  parameters: Readonly<Record<string, unknown>>
}

/** What a stricter rule would have made of the last 30 days. */
export interface Preview {
  /** Still found, and not any more, by what became of the case. */
  kept: Record<Verdict | 'open', number>
  spared: Record<Verdict | 'open', number>
  /** Some value is looser than the one in force: what would have been found besides, nobody knows without looking again. */
  looser: boolean
}

export type TuneOutcome =
  | { kind: 'done' | 'again' | 'moved'; tuning: TuningView }
  | { kind: 'invalid'; faults: readonly TuningFault[] }

export interface Detection {
  /** The job's work: looks up to now, then opens what cases follow. Two processes at once do it once. */
  look(): Promise<void>
  /** Every rule, in their order. */
  standing(): Promise<RuleStanding[]>
  tuningOf(rule: DetectionRule): Promise<TuningView>
  /** `seen`: the number that the change was made from. */
  tune(rule: DetectionRule, change: Change & { seen: number; actor: Actor }): Promise<TuneOutcome>
  /** Why such a change cannot be made; empty when it can. */
  faultsOf(rule: DetectionRule, change: Change): TuningFault[]
  /** @returns undefined when the values cannot be those of the rule */
  preview(rule: DetectionRule, change: Change): Promise<Preview | undefined>
  /** The newest first. */
  history(page: { rule?: DetectionRule; limit: number }): Promise<TuningView[]>
  /** The newest first. */
  found(page: { rule?: DetectionRule; before?: DetectionId; limit: number }): Promise<Detected[]>
  /** Providers at which far more sign-ins failed than usual, of the last day: for the page of operators. */
  surges(): Promise<Detected[]>
  /** Learns the verdicts of cases. */
  reactor: Reactor
  /** To be registered with `people.keep`, after that of `connections`. */
  keeper: Keeper
  /** Deletes what is older than its retention. A job calls it. */
  sweep(): Promise<void>
}

export interface DetectionOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  connections: Ledger
  partners: Pick<Partners, 'registry'>
  cases: Pick<Cases, 'openDetected'>
  /** Milliseconds: as long as the ledger keeps the lines that it names, and as acts of operators are kept. */
  retention: { connections: number; administration: number }
  log?: (message: string, inside: Record<string, unknown>) => void
}

/** Lines get their time before they are committed: what is younger may not be there yet. */
const settling = minute
/** Of the ledger, read in one look; after an outage several follow each other. */
const longestStretch = 15 * minute
/** In one turn of the job: half a day is caught up with. */
const mostLooks = 48
/** Where nobody ever looked: what came before is not dug up. */
const firstStretch = hour
/** The same is not said twice of the same person. */
const quietOfPerson = day
/** ... and of a provider while an attack goes on. */
const quietOfProvider = 6 * hour
/** A case is still about the same theft. */
const sameStory = 30 * day
/** What is usual at a provider: four weeks, without the last day, which may be part of what is to be seen. */
const providerHabit = 28 * day
/** Cases that are opened in one turn. */
const mostCases = 100
/** What the numbers of a rule are told of. */
const recent = 30 * day
/** Judged cases that a proposal is made from. */
const judgedRead = 500

export function createDetection(options: DetectionOptions): Detection {
  const { storage, clock, audit, connections, partners, cases, retention, log = () => {} } = options
  const store = createDetectionStore()

  async function tuningsNow(): Promise<Map<DetectionRule, TuningView>> {
    const rows = await store.tunings(storage.db)
    return new Map(
      detectionRules.map((rule) => [
        rule,
        tuningOf(
          rule,
          rows.find((row) => row.rule === rule),
        ),
      ]),
    )
  }

  async function recordsOf(attempts: readonly AttemptsThrough[], until: Instant) {
    const past = await store.records(storage.db, {
      habit: toDate(until - providerHabit),
      lastDay: toDate(until - day),
      lastHour: toDate(until - hour),
    })
    const nobody = { signedIn: 0, refused: 0 }
    return new Map(
      attempts.map(({ provider, signedIn, refused }): [ProviderId, ProviderRecord] => {
        const { last, usual } = past.find((row) => row.provider === provider) ?? { last: nobody, usual: nobody }
        return [provider, { lastHour: { signedIn: last.signedIn + signedIn, refused: last.refused + refused }, usual }]
      }),
    )
  }

  /** False: there is nothing more to look at. */
  async function lookOn(end: Instant): Promise<boolean> {
    const from = (await store.lookedUntil(storage.db))?.getTime() ?? end - firstStretch
    if (from >= end) return false
    const { services, providers } = partners.registry()
    const tunings = await tuningsNow()
    const seen = await look(
      {
        ledger: connections,
        tunings: Object.fromEntries(tunings) as unknown as Tunings,
        isSensitive: (service) => services.get(service)?.sensitive ?? false,
        isProfessional: (provider) => providers.get(provider)?.population === 'professionals',
      },
      { from, until: Math.min(end, from + longestStretch) },
      recordsOf,
    )
    return storage.transaction(async (tx) => {
      const reached = await store.lockLook(tx, toDate(from))
      // Another process looked at the same stretch meanwhile, and goes on.
      if (reached.getTime() !== from) return false
      for (const finding of [...seen.findings].sort((a, b) => b.weight - a.weight)) {
        const { rule, about, connections: lines } = finding
        const person = 'person' in about ? about.person : null
        const provider = 'provider' in about ? about.provider : null
        const { mode } = tunings.get(rule) ?? shippedTunings[rule]
        const since = toDate(finding.at - (person ? quietOfPerson : quietOfProvider))
        if (mode === 'off' || (await store.wasSaid(tx, { rule, person, provider, connections: lines, since }))) continue
        const id = newOrderedId('detection', clock.now())
        await store.insert(tx, { ...rowOf(finding), id, person, provider, mode })
        const data = { detection: id, rule, person, provider, connections: [...lines], mode }
        audit.append(tx, { name: 'detection.found', data })
      }
      await store.count(tx, toDate(seen.until), seen.attempts)
      await store.advance(tx, toDate(seen.until))
      return seen.until < end
    })
  }

  /** Apart from the look: what was found is there even if this process ends now, and the next turn opens the cases. */
  async function openCases(): Promise<void> {
    const waiting = await store.waiting(storage.db, mostCases)
    for (const person of new Set(waiting.map((row) => row.person))) {
      const ofPerson = waiting.filter((row) => row.person === person)
      const [strongest] = [...ofPerson].sort((a, b) => b.weight - a.weight)
      if (!strongest) continue
      const { rule, explanation } = strongest
      const underWay = await store.linesUnderWay(storage.db, person, toDate(clock.now() - sameStory))
      const lines = [...new Set([...ofPerson.flatMap((row) => row.connections), ...underWay])]
      try {
        const opened = await cases.openDetected({ person, connections: lines, rule, explanation })
        const became = opened.kind === 'absent' ? undefined : opened.case.id
        const ids = ofPerson.map(({ id }) => id)
        await storage.transaction((tx) => store.became(tx, ids, became))
      } catch (error) {
        log('detection: a case was not opened', { rule, error: error instanceof Error ? error.name : 'unknown' })
      }
    }
  }

  return {
    async look() {
      const end = clock.now() - settling
      for (let turn = 0; turn < mostLooks && (await lookOn(end)); turn++);
      await openCases()
    },

    async standing() {
      const [tunings, counted] = [await tuningsNow(), await store.standing(storage.db, toDate(clock.now() - recent))]
      const standings = detectionRules.map(async (rule): Promise<RuleStanding> => {
        const tuning = tunings.get(rule) ?? tuningOf(rule)
        const { found = 0, cases: many = 0, confirmed = 0, wrong = 0 } = counted.find((row) => row.rule === rule) ?? {}
        const precision = precisionOf(confirmed, confirmed + wrong)
        const imprecise = isImprecise(precision)
        const judged = imprecise ? await store.judged(storage.db, rule, judgedRead) : []
        const proposal = proposeTuning(rule, tuning as Tuned, judged)
        return { ...tuning, found, cases: many, precision, imprecise, ...(proposal ? { proposal } : {}) }
      })
      return Promise.all(standings)
    },

    tuningOf: async (rule) => (await tuningsNow()).get(rule) ?? tuningOf(rule),

    async tune(rule, { mode, parameters, seen, actor }) {
      const faults = faultsOf(rule, { mode, parameters })
      if (faults.length > 0) return { kind: 'invalid', faults }
      const values = parameters as Record<string, number>
      return storage.transaction(async (tx) => {
        const rows = await store.tunings(tx)
        const before = tuningOf(
          rule,
          rows.find((row) => row.rule === rule),
        )
        const isSame =
          before.mode === mode && Object.keys(values).every((key) => before.parameters[key] === values[key])
        if (isSame) return { kind: 'again', tuning: before }
        if (before.number !== seen) return { kind: 'moved', tuning: before }
        const at = clock.now()
        const number = seen + 1
        const row = { rule, number, mode, parameters: values, tuned_at: toDate(at), tuned_by: actor }
        if (!(await store.tune(tx, row))) return { kind: 'moved', tuning: before }
        audit.append(tx, { name: 'detection.tuned', data: { rule, mode, number, actor } })
        return { kind: 'done', tuning: tuningOf(rule, row) }
      })
    },

    faultsOf,

    async preview(rule, change) {
      if (faultsOf(rule, change).length > 0) return undefined
      const values = change.parameters as Record<string, number>
      const { parameters: now, mode } = (await tuningsNow()).get(rule) ?? tuningOf(rule)
      const preview: Preview = {
        kept: { confirmed: 0, not_confirmed: 0, open: 0 },
        spared: { confirmed: 0, not_confirmed: 0, open: 0 },
        looser:
          change.mode !== 'off' && (mode === 'off' || Object.keys(values).some((key) => isLooser(key, values, now))),
      }
      const found = await store.explanations(storage.db, rule, toDate(clock.now() - recent))
      for (const { explanation, verdict } of found) {
        const isKept = change.mode !== 'off' && holds(rule, explanation as never, values as never)
        preview[isKept ? 'kept' : 'spared'][verdict ?? 'open']++
      }
      return preview
    },

    async history({ rule, limit }) {
      const rows = await store.tuningHistory(storage.db, { rule: rule ?? null, limit })
      return rows.map((row) => tuningOf(row.rule, row))
    },

    async found({ rule, before, limit }) {
      const page = { rule: rule ?? null, provider: false, since: null, before: before ?? null, limit }
      return (await store.list(storage.db, page)).map(detectedIn)
    },

    async surges() {
      const since = toDate(clock.now() - day)
      const page = { rule: 'provider_refusals', provider: true, since, before: null, limit: 20 } as const
      return (await store.list(storage.db, page)).map(detectedIn)
    },

    async reactor(facts, tx) {
      for (const { name, data, at } of facts) {
        const judged = judgedBy[name as keyof typeof judgedBy] as ((data: never) => Verdict | null) | undefined
        if (!judged) continue
        const { case: about } = data as { case: CaseId }
        const overAt = name === 'case.revised' ? null : toDate(at)
        await store.judge(tx, about, { verdict: judged(data as never), overAt })
      }
    },

    keeper: {
      room: 'detection',
      forget: (tx, person) => store.blank(tx, person),
      async follow(tx, { from, to, ids, left }) {
        await store.moveTo(tx, { from, to, connections: [...ids] as ConnectionId[], all: left.length === 0 })
      },
    },

    async sweep() {
      const now = clock.now()
      await store.forget(storage.db, {
        found: toDate(now - retention.connections),
        attempts: toDate(now - providerHabit - day),
        tunings: toDate(now - retention.administration),
      })
    },
  }
}

/** What the facts of cases say of what made them. Closed without a verdict, a case says nothing, but for that it was no theft. */
const judgedBy = {
  'case.concluded': ({ verdict }) => verdict,
  'case.revised': () => null,
  'case.closed': ({ verdict, reason }) => verdict ?? (reason === 'not_a_theft' ? 'not_confirmed' : null),
} satisfies { [N in FactName]?: (data: Recorded<N>['data']) => Verdict | null }

/** By a value below the one in force a rule speaks more often; of how long it looks back, by one above. */
function isLooser(
  key: string,
  values: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): boolean {
  const [value = 0, before = 0] = [values[key], now[key]]
  return key === 'hours' || key === 'minutes' ? value !== before : value < before
}

function faultsOf(rule: DetectionRule, { mode, parameters }: Change): TuningFault[] {
  const ofMode: TuningFault[] = modesOf(rule).includes(mode) ? [] : [{ field: 'mode', problem: 'unknown' }]
  return [...ofMode, ...tuningFaults(rule, parameters)]
}

/** A value that a newer version added, or took away, is as shipped. */
function tuningOf(rule: DetectionRule, row?: TuningRow): TuningView {
  const shipped = shippedTunings[rule]
  if (!row) return { rule, number: 0, ...shipped }
  const values = Object.keys(parametersOf(rule)).map((key): [string, number] => [
    key,
    row.parameters[key] ?? (shipped.parameters as Record<string, number>)[key] ?? 0,
  ])
  return {
    rule,
    number: row.number,
    mode: row.mode,
    parameters: Object.fromEntries(values),
    tuned: { at: row.tuned_at.getTime(), by: row.tuned_by },
  }
}

const rowOf = ({ rule, at, connections, explanation, weight }: Finding) => ({
  rule,
  found_at: toDate(at),
  connections: [...connections],
  explanation: { ...explanation } as Explanation,
  weight,
})

function detectedIn(row: DetectionRow): Detected {
  const { id, rule, connections, explanation, weight, person, provider, case_id: became, verdict } = row
  return {
    ...{ id, rule, at: row.found_at.getTime(), connections, explanation, weight },
    ...(person ? { person } : {}),
    ...(provider ? { provider } : {}),
    ...(became ? { case: became } : {}),
    ...(verdict ? { verdict } : {}),
  }
}
