/**
 * The register of breaches of personal data, which GDPR art. 33(5) has kept: one entry for each case of identity theft
 * that was confirmed, and for each incident of the hub's own. An entry holds what happened, the assessment with its
 * reasons (R120), which authority was told when and what, and whether the people concerned were. Nothing is overwritten
 * without a trace: each change is an event that keeps what was there before.
 *
 * The hub sends nothing to an authority: each has its own form. It draws up what goes into it (`notification.ts`),
 * watches the deadline and tells those who answer for it (`deadlines.ts`), and keeps what was told. Whether partners
 * notify is theirs to decide and stands in their answers (`cases/`). No entry names a person.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import { makeReference } from '../connections/reference.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import { type BreachId, type BreachPhaseId, type CaseId, newOrderedId } from '../kernel/ids.ts'
import {
  type Assessment,
  type AssessmentProblem,
  type Authority,
  type AuthorityId,
  assessmentFaults,
  authoritiesOf,
  type BreachState,
  type BreachStep,
  blankDescription,
  type Closing,
  type Description,
  type DescriptionProblem,
  decideBreachStep,
  descriptionFaults,
  dueOf,
  needsLateReason,
  reminderDue,
  reminderHours,
  type StepRefusal,
} from '../policy/breach.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { createBreachStore, type StoredBreach } from './store.ts'

/** What became of the verdict of the case that an entry comes from. */
export type CaseStanding = 'confirmed' | 'revised' | 'not_confirmed'
export type BreachSource = { kind: 'case'; case: CaseId; standing: CaseStanding } | { kind: 'hub' }

/** A notification to an authority. The second one and those after it are the phases of art. 33(4). */
export interface Phase {
  id: BreachPhaseId
  authority: AuthorityId
  /** To this authority, from 1. */
  number: number
  at: Instant
  /** That the authority gave it. */
  reference?: string
  late: boolean
  /** "Accompanied by reasons for the delay." */
  lateReason?: string
  note?: string
  /** What was known then. */
  description: Description
  by: Actor
  recordedAt: Instant
}

export interface PeopleTold {
  at: Instant
  /** In which way, in words. */
  how: string
}

export interface Breach {
  id: BreachId
  /** A code that people read out, like that of a case. */
  reference: string
  source: BreachSource
  state: BreachState
  /** Goes up with each change: name it as `seen`. */
  version: number
  /** Of an incident of the hub's own; empty for a case. */
  title: string
  authorities: readonly AuthorityId[]
  openedAt: Instant
  openedBy: Actor
  /** From here the 72 hours run. */
  awareAt: Instant
  /** The next deadline that nobody has met. */
  dueAt?: Instant
  description: Description
  assessment?: Assessment
  phases: readonly Phase[]
  peopleTold?: PeopleTold
  closed?: { at: Instant; by: Actor; reason: Closing }
}

export const breachEventNames = [
  ...(['opened', 'described', 'assessed', 'notified', 'people_told', 'case_revised', 'closed', 'reopened'] as const),
  ...(['due_soon', 'overdue'] as const),
]
export type BreachEventName = (typeof breachEventNames)[number]

/** Field by field what it was and what it became; `null`: nothing. */
export type Changes = Readonly<Record<string, { from: Told; to: Told }>>
type Told = string | number | boolean | readonly string[] | null

export interface BreachEvent {
  at: Instant
  by: Actor
  what: BreachEventName
  changes: Changes
}

export const fieldProblems = [
  ...(['title_missing', 'title_long', 'text_long', 'number_wrong', 'authority_missing', 'authority_unknown'] as const),
  ...([
    'at_missing',
    'at_future',
    'at_before_aware',
    'late_reason_missing',
    'how_missing',
    'reason_missing',
    'choice_missing',
  ] as const),
]
export type FieldProblem = (typeof fieldProblems)[number]
export type BreachProblem = FieldProblem | DescriptionProblem | AssessmentProblem

export type BreachOutcome =
  | { kind: 'done'; breach: Breach }
  /** It was so already: a second click. */
  | { kind: 'unchanged'; breach: Breach }
  /** Somebody changed it since it was read. */
  | { kind: 'moved'; breach: Breach }
  | { kind: 'invalid'; problems: BreachProblem[] }
  | { kind: 'refused'; reason: StepRefusal; breach: Breach }
  | { kind: 'absent' }

/** By whom, and the version of the entry that they saw. */
export interface ChangedBy {
  seen: number
  actor: Actor
}

export interface Breaches {
  /** All that the hub knows: those of `policy/breach.ts` and those of the settings. */
  authorities: readonly Authority[]
  /** Those that hear of a breach by the rules under which the hub stands. */
  concerned: readonly AuthorityId[]
  /** An incident of the hub's own. `id` is drawn with the form: sent twice, it is one entry. `differs`: it says else. */
  openIncident(given: {
    id: BreachId
    title: string
    awareAt: Instant
    description: Description
    authorities?: readonly AuthorityId[]
    actor: Actor
  }): Promise<{ kind: 'opened' | 'known' | 'differs'; breach: Breach } | { kind: 'invalid'; problems: BreachProblem[] }>
  /** Open ones by deadline, closed ones from the last one on; `next` is the `after` of the page that follows. */
  list(page: {
    which: 'open' | 'closed'
    after?: BreachId
    limit: number
  }): Promise<{ breaches: Breach[]; next?: BreachId }>
  /** How many are open, have a deadline, are over it. */
  counts(): Promise<{ open: number; due: number; overdue: number }>
  read(id: BreachId): Promise<Breach | undefined>
  ofCase(id: CaseId): Promise<Breach | undefined>
  /** What was done to it, the newest first. */
  history(id: BreachId): Promise<BreachEvent[]>
  describe(
    id: BreachId,
    given: ChangedBy & {
      title: string
      awareAt: Instant
      authorities: readonly AuthorityId[]
      description: Description
    },
  ): Promise<BreachOutcome>
  assess(id: BreachId, given: ChangedBy & { assessment: Assessment }): Promise<BreachOutcome>
  /** Records that an authority was told. `phase` is drawn with the form: sent twice, it is one. */
  notify(
    id: BreachId,
    given: ChangedBy & {
      phase: BreachPhaseId
      authority: AuthorityId
      at: Instant
      reference: string
      lateReason: string
      note: string
    },
  ): Promise<BreachOutcome>
  tellPeople(id: BreachId, given: ChangedBy & PeopleTold): Promise<BreachOutcome>
  close(id: BreachId, given: ChangedBy & { reason: Closing; note: string }): Promise<BreachOutcome>
  reopen(id: BreachId, given: ChangedBy & { reason: string }): Promise<BreachOutcome>
  /** Somebody takes what goes to an authority, or the register (no id): a fact. */
  noteExport(id: BreachId | undefined, actor: Actor): Promise<void>
  /** The whole register in the order of its entries, a part at a time. */
  all(): AsyncIterable<readonly Breach[]>
  /** To be registered with `audit.react`: opens the entry of a confirmed case, marks it when the verdict changes. */
  reactor: Reactor
  /** A job's work: writes down which deadlines come near or have passed, and has those who answer for them told. */
  watch(): Promise<void>
  /** Deletes what was closed longer ago than its retention. A job calls it. */
  sweep(): Promise<void>
}

export interface BreachesOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  /** 256 bits of this room. */
  key: Buffer
  authorities: readonly Authority[]
  /** Under whose rules the hub stands: two letters of each country. */
  jurisdictions: readonly string[]
  /** Milliseconds for which a closed entry is kept. */
  retention: number
}

/** Characters: a line, and two pages. */
export const mostTitle = 120
export const mostText = 4_000
export const mostReference = 60
/** People, or records. */
export const mostCounted = 1_000_000_000

const pageOfRegister = 100

export function createBreaches(options: BreachesOptions): Breaches {
  const { storage, clock, audit, authorities, jurisdictions, retention } = options
  const store = createBreachStore(options)

  const concerned = authoritiesOf(jurisdictions, authorities)

  const due = (breach: Breach): Instant | undefined =>
    dueOf({ ...breach, decision: breach.assessment?.decision }, authorities)

  /** With its deadline as it follows from everything else; a deadline that moved is reminded of anew. */
  function settled(breach: StoredBreach): StoredBreach {
    const { dueAt: before, reminded, ...rest } = breach
    const dueAt = due(breach)
    const isSame = before === dueAt && reminded !== undefined
    return { ...rest, ...(dueAt === undefined ? {} : { dueAt }), ...(isSame ? { reminded } : {}) }
  }

  /** Reminders whose time was over when the deadline became known: the letter that tells of the entry says it all. */
  function withPastReminders(breach: StoredBreach, now: Instant): StoredBreach {
    const { dueAt } = breach
    const past = dueAt === undefined ? [] : reminderHours.filter((hours) => hours > 0 && now >= dueAt - hours * hour)
    const reminded = past.at(-1)
    return reminded === undefined ? breach : { ...breach, reminded }
  }

  async function insert(tx: Tx, given: Omit<StoredBreach, 'reference' | 'version' | 'phases'>): Promise<StoredBreach> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const draft = settled({ ...given, reference: makeReference(), version: 1, phases: [] })
      const breach = withPastReminders(draft, given.openedAt)
      if (!(await store.insert(tx, breach))) continue
      const { id, openedBy: by, openedAt: at, source, awareAt, dueAt } = breach
      await store.addEvent(tx, { breach: id, at, by, what: 'opened', changes: changesFrom(undefined, breach) })
      const from = source.kind === 'case' ? source.case : null
      audit.append(tx, {
        name: 'breach.opened',
        data: { breach: id, case: from, awareAt, dueAt: dueAt ?? null, actor: by },
      })
      await storage.jobs.enqueue(tx, 'breaches.letter', { breach: id, event: 'opened', dueAt: dueAt ?? 0 })
      return breach
    }
    throw new Error('three references in a row were taken: the source of randomness is broken')
  }

  /** One step on an entry that the caller saw as it is; `decide` says what becomes of it, or why nothing does. */
  async function change(
    id: BreachId,
    { seen, actor }: ChangedBy,
    step: BreachStep,
    decide: (breach: StoredBreach, now: Instant) => Decided,
    also: (tx: Tx, breach: StoredBreach, now: Instant) => Promise<void> = async () => {},
  ): Promise<BreachOutcome> {
    return storage.transaction(async (tx): Promise<BreachOutcome> => {
      const now = clock.now()
      const before = await store.hold(tx, id)
      if (!before) return { kind: 'absent' }
      const decided = decide(before, now)
      if (decided === 'unchanged') return { kind: 'unchanged', breach: shown(before) }
      if (before.version !== seen) return { kind: 'moved', breach: shown(before) }
      if ('problems' in decided) return { kind: 'invalid', problems: decided.problems }
      const { what, next, fact, closing } = decided
      const answer = decideBreachStep(before.state, step, factsOf(before, next), closing)
      if (!answer.allowed) return { kind: 'refused', reason: answer.reason, breach: shown(before) }
      const after = settled({ ...next, state: answer.to, version: before.version + 1 })
      await store.update(tx, after)
      await also(tx, after, now)
      const changes = { ...changesFrom(before, after), ...decided.more }
      await store.addEvent(tx, { breach: id, at: now, by: actor, what, changes })
      audit.append(tx, fact(after))
      return { kind: 'done', breach: shown(after) }
    })
  }

  /** What the step finds: of an assessment the new decision counts, of a notification those that were sent before. */
  function factsOf(before: StoredBreach, next: StoredBreach) {
    const { assessment, phases, peopleTold } = next
    const told = new Set(phases.map(({ authority }) => authority))
    return {
      decision: assessment?.decision,
      telling: assessment?.telling,
      phases: before.phases.length,
      untold: next.authorities.filter((one) => !told.has(one)).length,
      peopleTold: peopleTold !== undefined,
    }
  }

  const known = (id: AuthorityId) => authorities.find((one) => one.id === id)

  function authorityProblems(given: readonly AuthorityId[]): BreachProblem[] {
    if (given.length === 0) return ['authority_missing']
    return given.every(known) ? [] : ['authority_unknown']
  }

  return {
    ...{ authorities, concerned },

    async openIncident({ id, actor, ...given }) {
      const now = clock.now()
      const title = plainLine(given.title)
      const description = plainDescription(given.description)
      const told = given.authorities ?? concerned
      const problems = [
        ...titleProblems(title, true),
        ...describedProblems(description, given.awareAt, now),
        ...authorityProblems(told),
      ]
      if (problems.length > 0) return { kind: 'invalid', problems }
      return storage.transaction(async (tx) => {
        await store.lockNew(tx, id)
        const before = await store.find(tx, id)
        if (before) {
          const { awareAt } = given
          const said = { title, description, awareAt, authorities: [...told] }
          const isSame = Object.entries(said).every(([field, value]) =>
            isDeepStrictEqual(before[field as keyof typeof said], value),
          )
          return { kind: isSame ? 'known' : 'differs', breach: shown(before) }
        }
        const breach = await insert(tx, {
          ...{ id, title, description, source: { kind: 'hub' }, state: 'open', authorities: told },
          ...{ awareAt: given.awareAt, openedAt: now, openedBy: actor },
        })
        return { kind: 'opened', breach: shown(breach) }
      })
    },

    async list({ which, after = null, limit }) {
      const page = { after, limit: limit + 1 }
      const found = which === 'open' ? await store.open(storage.db, page) : await store.closed(storage.db, page)
      const breaches = found.slice(0, limit).map(shown)
      const next = found.length > limit ? breaches.at(-1)?.id : undefined
      return { breaches, ...(next ? { next } : {}) }
    },

    counts: () => store.counts(storage.db, clock.now()),

    async read(id) {
      const found = await store.find(storage.db, id)
      return found && shown(found)
    },

    async ofCase(id) {
      const found = await store.ofCase(storage.db, id)
      return found && shown(found)
    },

    history: (id) => store.events(storage.db, id),

    describe: (id, { title: line, awareAt, authorities: toTell, description: given, ...by }) =>
      change(id, by, 'describe', (before, now) => {
        const title = plainLine(line)
        const description = plainDescription(given)
        const next = { ...before, title, awareAt, description, authorities: [...toTell] }
        const isSame = (field: 'title' | 'awareAt' | 'description' | 'authorities') =>
          isDeepStrictEqual(next[field], before[field])
        if (isSame('title') && isSame('awareAt') && isSame('description') && isSame('authorities')) return 'unchanged'
        const problems = [
          ...titleProblems(title, before.source.kind === 'hub'),
          ...describedProblems(description, awareAt, now),
          ...authorityProblems(toTell),
        ]
        if (problems.length > 0) return { problems }
        return {
          ...{ what: 'described', next },
          fact: ({ dueAt = null }) => ({
            name: 'breach.described',
            data: { breach: id, awareAt, dueAt, actor: by.actor },
          }),
        }
      }),

    assess: (id, { assessment: given, ...by }) =>
      change(id, by, 'assess', (before) => {
        const assessment = { ...given, reason: plain(given.reason), tellingReason: plain(given.tellingReason) }
        if (isDeepStrictEqual(assessment, before.assessment)) return 'unchanged'
        const problems: BreachProblem[] = [
          ...assessmentFaults(assessment),
          ...longTexts(assessment.reason, assessment.tellingReason),
        ]
        if (problems.length > 0) return { problems }
        const { decision, risk, telling } = assessment
        return {
          ...{ what: 'assessed', next: { ...before, assessment } },
          fact: () => ({ name: 'breach.assessed', data: { breach: id, decision, risk, telling, actor: by.actor } }),
        }
      }),

    notify(id, { phase: phaseId, authority: to, at, ...given }) {
      const { seen, actor } = given
      const [reference, lateReason, note] = [plainLine(given.reference), plain(given.lateReason), plain(given.note)]
      let phase: Phase | undefined
      return change(
        id,
        { seen, actor },
        'notify',
        (before, now) => {
          if (before.phases.some((one) => one.id === phaseId)) return 'unchanged'
          const authority = before.authorities.includes(to) ? known(to) : undefined
          const number = before.phases.filter((one) => one.authority === to).length + 1
          const late = authority !== undefined && needsLateReason(before.awareAt, authority, at, number === 1)
          const problems: BreachProblem[] = [
            ...(authority ? [] : (['authority_unknown'] as const)),
            ...timeProblems(at, before.awareAt, now),
            ...(late && lateReason === '' ? (['late_reason_missing'] as const) : []),
            ...longTexts(lateReason, note),
            ...(reference.length > mostReference ? (['text_long'] as const) : []),
          ]
          if (problems.length > 0) return { problems }
          const made: Phase = {
            ...{ id: phaseId, authority: to, number, at, late, by: actor, recordedAt: now },
            ...(reference === '' ? {} : { reference }),
            ...(lateReason === '' ? {} : { lateReason }),
            ...(note === '' ? {} : { note }),
            description: before.description,
          }
          phase = made
          const more: Record<string, { from: Told; to: Told }> = {
            authority: { from: null, to },
            ...{ number: { from: null, to: number }, told_at: { from: null, to: at } },
            ...(reference === '' ? {} : { reference: { from: null, to: reference } }),
            ...(lateReason === '' ? {} : { late_reason: { from: null, to: lateReason } }),
            ...(note === '' ? {} : { note: { from: null, to: note } }),
          }
          return {
            ...{ what: 'notified', next: { ...before, phases: [...before.phases, made] }, more },
            fact: () => ({
              name: 'breach.notified',
              data: { breach: id, phase: phaseId, authority: to, number, late, actor },
            }),
          }
        },
        async (tx) => {
          if (phase) await store.insertPhase(tx, id, phase)
        },
      )
    },

    tellPeople: (id, { at, how: given, ...by }) =>
      change(id, by, 'tell', (before, now) => {
        const how = plain(given)
        if (before.peopleTold?.at === at && before.peopleTold.how === how) return 'unchanged'
        const problems: BreachProblem[] = [
          ...timeProblems(at, undefined, now),
          ...(how === '' ? (['how_missing'] as const) : []),
          ...longTexts(how),
        ]
        if (problems.length > 0) return { problems }
        return {
          ...{ what: 'people_told', next: { ...before, peopleTold: { at, how } } },
          fact: () => ({ name: 'breach.people_told', data: { breach: id, actor: by.actor } }),
        }
      }),

    close: (id, { reason, note: given, ...by }) =>
      change(id, by, 'close', (before, now) => {
        if (before.closed?.reason === reason) return 'unchanged'
        const note = plain(given)
        // That it is none, or another one, is a judgement that somebody may have to follow years later.
        const isJudged = reason === 'not_a_breach' || reason === 'duplicate'
        const problems: BreachProblem[] = [
          ...(isJudged && note === '' ? (['reason_missing'] as const) : []),
          ...longTexts(note),
        ]
        if (problems.length > 0) return { problems }
        return {
          ...{ what: 'closed', closing: reason, next: { ...before, closed: { at: now, by: by.actor, reason } } },
          more: { closing: { from: null, to: reason }, ...(note === '' ? {} : { note: { from: null, to: note } }) },
          fact: () => ({ name: 'breach.closed', data: { breach: id, reason, actor: by.actor } }),
        }
      }),

    reopen: (id, { reason: given, ...by }) =>
      change(id, by, 'reopen', ({ closed, ...before }) => {
        if (!closed) return 'unchanged'
        const reason = plain(given)
        const problems: BreachProblem[] = [
          ...(reason === '' ? (['reason_missing'] as const) : []),
          ...longTexts(reason),
        ]
        if (problems.length > 0) return { problems }
        return {
          ...{ what: 'reopened', next: before, more: { note: { from: null, to: reason } } },
          fact: () => ({ name: 'breach.reopened', data: { breach: id, actor: by.actor } }),
        }
      }),

    noteExport: (id, actor) =>
      storage.transaction(async (tx) => {
        audit.append(tx, { name: 'breach.exported', data: { breach: id ?? null, actor } })
      }),

    async *all() {
      let after: BreachId | null = null
      while (true) {
        const found: StoredBreach[] = await store.all(storage.db, { after, limit: pageOfRegister })
        if (found.length > 0) yield found.map(shown)
        if (found.length < pageOfRegister) return
        after = found.at(-1)?.id ?? null
      }
    },

    async reactor(facts, tx) {
      for (const fact of facts) {
        const verdict = verdictIn(fact)
        if (verdict) await follow(tx, fact, verdict)
      }
    },

    async watch() {
      const now = clock.now()
      const furthest = Math.max(...reminderHours) * hour
      for (const id of await store.dueBefore(storage.db, now + furthest)) {
        await storage.transaction((tx) => remind(tx, id, now))
      }
    },

    sweep: () => store.forget(storage.db, clock.now() - retention),
  }

  async function remind(tx: Tx, id: BreachId, now: Instant): Promise<void> {
    // Another process may have been here, or somebody has just met the deadline.
    const breach = await store.hold(tx, id)
    const dueAt = breach?.dueAt
    const hours = dueAt === undefined ? undefined : reminderDue(dueAt, now, breach?.reminded)
    if (dueAt === undefined || hours === undefined) return
    await store.noteReminder(tx, id, hours)
    const what = hours === 0 ? 'overdue' : 'due_soon'
    await store.addEvent(tx, { breach: id, at: now, by: { kind: 'hub' }, what, changes: {} })
    audit.append(
      tx,
      hours === 0
        ? { name: 'breach.overdue', data: { breach: id, dueAt } }
        : { name: 'breach.due_soon', data: { breach: id, dueAt, hours } },
    )
    await storage.jobs.enqueue(tx, 'breaches.letter', { breach: id, event: String(hours), dueAt })
  }

  /** What a case became: its entry is opened by the first confirmation, and follows each later one. */
  async function follow(tx: Tx, { sequence, at }: Recorded, { case: from, standing }: CaseVerdict): Promise<void> {
    await store.lockCase(tx, from)
    const before = await store.holdOfCase(tx, from)
    if (!before) {
      if (standing === 'not_confirmed') return
      await insert(tx, {
        ...{ id: newOrderedId('breach', at), title: '', description: blankDescription, state: 'open' },
        ...{ source: { kind: 'case', case: from, standing }, caseSequence: sequence },
        // Whoever concludes knows with reasonable certainty; an earlier moment is set by hand, with its trace.
        ...{ authorities: concerned, awareAt: at, openedAt: clock.now() },
        openedBy: { kind: 'hub' },
      })
      return
    }
    const isOlder = before.caseSequence !== undefined && sequence <= before.caseSequence
    if (isOlder || before.source.kind !== 'case') return
    const isBack = standing === 'confirmed' && before.state === 'closed'
    const { closed, ...open } = before
    const marked: StoredBreach = {
      ...(isBack ? { ...open, state: stateAfterReturn(open) } : before),
      ...{ source: { ...before.source, standing }, caseSequence: sequence, version: before.version + 1 },
    }
    const after = settled(marked)
    await store.update(tx, after)
    const changes = changesFrom(before, after)
    const now = clock.now()
    await store.addEvent(tx, { breach: before.id, at: now, by: { kind: 'hub' }, what: 'case_revised', changes })
    audit.append(tx, {
      name: 'breach.case_revised',
      data: { breach: before.id, case: from, verdict: standing },
    })
    if (isBack) audit.append(tx, { name: 'breach.reopened', data: { breach: before.id, actor: { kind: 'hub' } } })
    const job = { breach: before.id, event: standing, dueAt: after.dueAt ?? 0 }
    await storage.jobs.enqueue(tx, 'breaches.letter', job)
  }
}

// ── Facts of cases ──────────────────────────────────────────────────────────────────────────────────────────────────

interface CaseVerdict {
  case: CaseId
  standing: CaseStanding
}

function verdictIn({ name, data }: Pick<Recorded, 'name' | 'data'>): CaseVerdict | undefined {
  if (name === 'case.concluded') {
    const { case: from, verdict } = data as Recorded<'case.concluded'>['data']
    return { case: from, standing: verdict }
  }
  if (name !== 'case.revised') return undefined
  const { case: from, verdict } = data as Recorded<'case.revised'>['data']
  // Of a case that was not confirmed there is no entry to mark, unless it was confirmed before that.
  return { case: from, standing: verdict === 'confirmed' ? 'revised' : 'not_confirmed' }
}

/** A closed entry whose case is confirmed anew goes on where it stood. */
function stateAfterReturn({ assessment, phases }: Omit<StoredBreach, 'closed'>): BreachState {
  if (phases.length > 0) return 'notified'
  return assessment ? 'assessed' : 'open'
}

// ── Changes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type Decided =
  | 'unchanged'
  | { problems: BreachProblem[] }
  | {
      what: BreachEventName
      next: StoredBreach
      more?: Changes
      closing?: Closing
      fact(after: StoredBreach): Fact
    }

/** What this room alone needs stays here. */
function shown({ reminded: _, caseSequence: __, ...breach }: StoredBreach): Breach {
  return breach
}

/** Every member of an entry that somebody sets, flat, as a history tells it. */
function membersOf(breach: StoredBreach | undefined): Record<string, Told> {
  if (!breach) return {}
  const { description: d, assessment: a, peopleTold, source } = breach
  return {
    state: breach.state,
    title: breach.title,
    aware_at: breach.awareAt,
    due_at: breach.dueAt ?? null,
    authorities: breach.authorities,
    case_standing: source.kind === 'case' ? source.standing : null,
    happened_from: d.happenedFrom ?? null,
    happened_until: d.happenedUntil ?? null,
    natures: d.natures,
    what: d.what,
    people_kinds: d.peopleKinds,
    people: d.people ?? null,
    data_kinds: d.dataKinds,
    records: d.records ?? null,
    consequences: d.consequences,
    measures: d.measures,
    decision: a?.decision ?? null,
    risk: a?.risk ?? null,
    reason: a?.reason ?? null,
    telling: a?.telling ?? null,
    telling_reason: a?.tellingReason ?? null,
    people_told_at: peopleTold?.at ?? null,
    people_told_how: peopleTold?.how ?? null,
  }
}

/** Names of members, for whoever tells a history in words. */
export const changedFields = [
  ...(['state', 'title', 'aware_at', 'due_at', 'authorities', 'case_standing', 'happened_from'] as const),
  ...(['happened_until', 'natures', 'what', 'people_kinds', 'people', 'data_kinds', 'records'] as const),
  ...(['consequences', 'measures', 'decision', 'risk', 'reason', 'telling', 'telling_reason'] as const),
  ...(['people_told_at', 'people_told_how', 'authority', 'number', 'told_at', 'reference', 'late_reason'] as const),
  ...(['note', 'closing'] as const),
]
export type ChangedField = (typeof changedFields)[number]

function changesFrom(before: StoredBreach | undefined, after: StoredBreach): Changes {
  const [old, present] = [membersOf(before), membersOf(after)]
  const isBlank = (value: Told | undefined) =>
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  return Object.fromEntries(
    Object.entries(present).flatMap(([field, to]) => {
      const from = old[field] ?? null
      if (isDeepStrictEqual(from, to) || (isBlank(from) && isBlank(to))) return []
      return [[field, { from, to }]]
    }),
  )
}

// ── What was typed ──────────────────────────────────────────────────────────────────────────────────────────────────

const plain = (text: string) => text.normalize('NFC').replace(/\r\n?/g, '\n').trim()
const plainLine = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim()

const plainDescription = (given: Description): Description => ({
  ...given,
  ...{ what: plain(given.what), consequences: plain(given.consequences), measures: plain(given.measures) },
})

function titleProblems(title: string, isNeeded: boolean): BreachProblem[] {
  if (title === '' && isNeeded) return ['title_missing']
  return title.length > mostTitle ? ['title_long'] : []
}

const longTexts = (...texts: string[]): BreachProblem[] =>
  texts.some((text) => text.length > mostText) ? ['text_long'] : []

function describedProblems(description: Description, awareAt: Instant, now: Instant): BreachProblem[] {
  const { people, records, what, consequences, measures, happenedFrom, happenedUntil } = description
  const isCount = (value: number | undefined) =>
    value === undefined || (Number.isInteger(value) && value >= 0 && value <= mostCounted)
  const areInstants = [awareAt, happenedFrom ?? 0, happenedUntil ?? 0].every(Number.isFinite)
  return [
    ...(areInstants ? descriptionFaults(description, awareAt, now) : (['at_missing'] as const)),
    ...(isCount(people) && isCount(records) ? [] : (['number_wrong'] as const)),
    ...longTexts(what, consequences, measures),
  ]
}

function timeProblems(at: Instant, notBefore: Instant | undefined, now: Instant): BreachProblem[] {
  if (!Number.isFinite(at)) return ['at_missing']
  if (at > now) return ['at_future']
  // A form knows minutes.
  return notBefore !== undefined && at < notBefore - 60_000 ? ['at_before_aware'] : []
}
