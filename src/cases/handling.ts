/** What operators do with a case, and what they see of it. Each step names the version that was seen. */
import type { Actor } from '../audit/facts.ts'
import type { Connections } from '../connections/connections.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { type CaseId, type ConnectionId, newOrderedId, type PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { randomBytes } from '../kernel/random.ts'
import type { People } from '../people/people.ts'
import {
  type CaseStep,
  type caseStates,
  decideDeadline,
  decideStep,
  dueAtOf,
  nextMomentOf,
  type StepFacts,
  type StepRefusal,
} from '../policy/case-flow.ts'
import type { Tx } from '../storage/storage.ts'
import {
  type Cases,
  type CasesOptions,
  mostWords,
  type Similarity,
  type StepOutcome,
  type TimelineEntry,
} from './cases.ts'
import { type Core, caseIn, eventPlace, ownerOf, reportPlace, tidied, waiverPlace, withReference } from './core.ts'
import { type Reached, reachedIn } from './evidence.ts'
import type { Parties } from './parties.ts'
import type { ReportText } from './reports.ts'
import type { CaseRow } from './store.ts'

const mostEvents = 500
/** Other cases of a year: what one thief does elsewhere is near in time. */
const similarSince = 365 * day
/** ... and through the same provider within a week. */
const similarSpan = 7 * day
const mostSimilar = 20
const candidateDays = 3 * day
/** The same device is looked for so far around. */
const candidateSpan = 30 * day
const candidatesRead = 300
const mostCandidates = 50
/** Of one case. */
const mostInQuestion = 100
/** Parties looked at by one run of the job. */
const chased = 500
const sweepBatch = 500

export type HandlingVerbs = Pick<
  Cases,
  | 'queue'
  | 'counts'
  | 'find'
  | 'findBy'
  | 'read'
  | 'evidence'
  | 'timeline'
  | 'similar'
  | 'candidates'
  | 'routeOf'
  | 'qualify'
  | 'notify'
  | 'conclude'
  | 'close'
  | 'revise'
  | 'note'
  | 'parties'
  | 'statistics'
  | 'chase'
>

export function createHandling(
  core: Core,
  options: Pick<CasesOptions, 'registered' | 'rules' | 'timeZone'> & {
    people: Pick<People, 'sealerOf'>
    connections: Pick<Connections, 'ofPerson' | 'linesOf' | 'saidOf'>
    parties: Parties
  },
): HandlingVerbs {
  const { storage, clock, audit, store, texts, evidence, hold, happened } = core
  const { people, connections, parties, registered, rules } = options

  /** Nothing of the kind: what a step is judged by without parties. */
  const factsOf = (row: CaseRow, more: Partial<StepFacts> = {}): StepFacts => ({
    ...{ match: row.match, reached: 0, waiting: 0, late: 0 },
    ...(row.verdict ? { verdict: row.verdict } : {}),
    ...more,
  })

  /** Holds the case, sees that nothing happened since, then does the step, or says what speaks against it. */
  function take(
    id: CaseId,
    step: CaseStep,
    { seen, before }: { seen?: number | undefined; before?: (tx: Tx) => Promise<void> },
    work: (
      tx: Tx,
      row: CaseRow,
      judge: (facts?: Partial<StepFacts>) => StepRefusal | undefined,
    ) => Promise<CaseRow | StepRefusal | 'too_long'>,
  ): Promise<StepOutcome> {
    return storage.transaction(async (tx) => {
      await before?.(tx)
      const row = await hold(tx, id)
      if (!row) return { kind: 'absent' }
      if (seen !== undefined && row.version !== seen) return { kind: 'moved', case: caseIn(row) }
      const judge = (facts?: Partial<StepFacts>) => {
        const decided = decideStep(row.state, step, factsOf(row, facts))
        return decided.allowed ? undefined : decided.reason
      }
      const done = await work(tx, row, judge)
      return typeof done === 'string'
        ? { kind: 'refused', reason: done, case: caseIn(row) }
        : { kind: 'done', case: caseIn(done) }
    })
  }

  /** What was reached until now in the sessions in question, frozen; nothing where it is not known whom it is about. */
  async function reachedNow(tx: Tx, row: CaseRow): Promise<Reached[]> {
    const { id, person } = row
    if (!person) return []
    if (!row.erased) await evidence.freeze(tx, { case: id, person, connections: row.connections, at: clock.now() })
    return reachedIn(await evidence.of(tx, id))
  }

  /** Whose it is now; as it was frozen where nobody knows any more. */
  async function partnerOf(tx: Tx, { side, object, known }: Reached): Promise<string> {
    const now = await registered(tx, side, object)
    return now?.partner ?? known.partner
  }

  async function tell(tx: Tx, row: CaseRow, person: PersonId, reached: readonly Reached[], actor: Actor) {
    const at = clock.now()
    const dueAt = dueAtOf(at, rules)
    const next = nextMomentOf({ notifiedAt: at, dueAt, reminders: 0 }) ?? dueAt
    const reported = new Map(
      (await store.reportedBy(tx, row.id)).map(({ side, object, reference }) => [`${side} ${object}`, reference]),
    )
    for (const one of reached) {
      const { side, object, known, moments } = one
      const party = newOrderedId('caseParty', at)
      const partner = await partnerOf(tx, one)
      const insert = (reference: string) =>
        store.insertParty(tx, {
          ...{ id: party, case_id: row.id, side, object, partner, reference, issuer: known.issuer },
          txn: randomBytes(16).toString('base64url'),
          moments: [...moments],
          ...parties.sealSubject(party, { side, object }, known.subject),
          ...{ at: toDate(at), dueAt: toDate(dueAt), nextAt: toDate(next) },
        })
      // Who reported it knows it by the reference of the report.
      const given = reported.get(`${side} ${object}`)
      if (given === undefined) await withReference(insert)
      else if (!(await insert(given))) throw new Error('a report became a party twice')
      await happened(tx, row, { what: 'notified', by: actor, at, party, more: { side, object } })
      audit.append(tx, { name: 'case.notified', data: { case: row.id, party, person, side, object, actor } })
    }
  }

  /** A person of whom nothing but the case is kept any more: what they were known by goes with its end. */
  async function end(tx: Tx, row: CaseRow): Promise<void> {
    await store.endLines(tx, row.id)
    if (row.erased) await evidence.blank(tx, row.id)
  }

  async function judgeConnections(
    tx: Tx,
    row: CaseRow,
    person: PersonId,
    wanted: readonly ConnectionId[],
  ): Promise<StepRefusal | undefined> {
    if (wanted.length > mostInQuestion) return 'connection_unknown'
    const frozen = new Set((await evidence.of(tx, row.id)).map(({ connection }) => connection))
    for (const connection of wanted) {
      if (frozen.has(connection)) continue
      if (row.erased) return 'connection_unknown'
      if (!(await connections.saidOf(tx, { person, connection }))) return 'connection_unknown'
    }
    const others = await store.openAbout(tx, { person, connections: wanted })
    return others.some(({ id }) => id !== row.id) ? 'in_another_case' : undefined
  }

  return {
    async queue(page) {
      return (await store.queue(storage.db, { ...page, now: toDate(clock.now()) })).map(caseIn)
    },
    async counts() {
      const found = new Map((await store.counts(storage.db, toDate(clock.now()))).map((row) => [row.state, row]))
      const of = (state: (typeof caseStates)[number]) => found.get(state)?.count ?? 0
      const overdue = [...found.values()].reduce((sum, row) => sum + (row.state === 'closed' ? 0 : row.overdue), 0)
      return {
        ...{ received: of('received'), qualified: of('qualified'), notified: of('notified') },
        ...{ concluded: of('concluded'), closed: of('closed'), overdue },
      }
    },
    async find(id) {
      const row = await store.byId(storage.db, id)
      return row && caseIn(row)
    },
    findBy: (reference) => store.findBy(storage.db, reference),

    read: (id, actor) =>
      storage.transaction(async (tx) => {
        const row = await store.byId(tx, id)
        if (!row) return undefined
        audit.append(tx, { name: 'case.read', data: { case: id, person: row.person, actor } })
        const place = reportPlace((await store.firstReport(tx, id)) ?? '')
        const text = (await texts.read(tx, [place])).get(place) as ReportText | undefined
        const { words, contact, language, about } = text ?? {}
        return {
          case: caseIn(row),
          ...(words ? { words } : {}),
          ...(row.explanation ? { explanation: row.explanation } : {}),
          ...(contact ? { contact } : {}),
          ...(language ? { language: language as Language } : {}),
          ...(about ? { about } : {}),
        }
      }),

    evidence: (id, actor) =>
      storage.transaction(async (tx) => {
        const row = await store.byId(tx, id)
        if (!row) return undefined
        audit.append(tx, { name: 'case.evidence_read', data: { case: id, person: row.person, actor } })
        return evidence.of(tx, id)
      }),

    async timeline(id) {
      const events = await store.events(storage.db, id, mostEvents)
      const placeOf = (event: (typeof events)[number]) =>
        event.what === 'joined' ? reportPlace(event.more?.report ?? '') : eventPlace(id, event.number)
      const read = await texts.read(storage.db, events.map(placeOf))
      return events.map((event): TimelineEntry => {
        const found = read.get(placeOf(event))
        const text = event.what === 'joined' ? (found as ReportText | undefined)?.words : (found as string | undefined)
        return {
          ...{ at: event.at.getTime(), by: event.by, what: event.what },
          ...(event.party ? { party: event.party } : {}),
          ...(event.more ? { more: event.more } : {}),
          ...(text ? { text } : {}),
        }
      })
    },

    async similar(id) {
      const asked = { since: clock.now() - similarSince, span: similarSpan, most: mostSimilar }
      const rows = await store.similar(storage.db, id, asked)
      return rows.map(({ case: other, reference, device, network, provider, near }) => {
        const found: [Similarity, boolean][] = [
          ['device', device],
          ['network', network],
          ['provider', provider],
          ['period', near],
        ]
        return { case: other, reference, reasons: found.filter(([, holds]) => holds).map(([reason]) => reason) }
      })
    },

    async candidates(id) {
      const row = await store.byId(storage.db, id)
      if (!row?.person) return []
      const kept = (await evidence.of(storage.db, id)).filter(({ inQuestion }) => inQuestion)
      const times = kept.map(({ at }) => at)
      const middle = row.opened_at.getTime()
      const [first, last] = times.length > 0 ? [Math.min(...times), Math.max(...times)] : [middle, middle]
      const lines = await connections.ofPerson(row.person, {
        from: first - candidateSpan,
        until: last + candidateSpan,
        limit: candidatesRead,
      })
      const [sessions, devices] = [kept.map(({ session }) => session), kept.map(({ device }) => device)]
      const isNear = (at: Instant) =>
        (times.length > 0 ? times : [middle]).some((one) => Math.abs(one - at) <= candidateDays)
      return lines
        .filter((line) => !row.connections.includes(line.id))
        .filter(
          ({ session, device, at }) =>
            (session !== undefined && sessions.includes(session)) ||
            (device !== undefined && devices.includes(device)) ||
            isNear(at),
        )
        .slice(0, mostCandidates)
    },

    routeOf: (id) =>
      storage.transaction(async (tx) => {
        const row = await hold(tx, id)
        if (!row) return []
        const routes = []
        for (const one of await reachedNow(tx, row)) {
          const { side, object, moments } = one
          routes.push({ side, object, partner: await partnerOf(tx, one), moments })
        }
        return routes
      }),

    qualify: (id, { connections: wanted, checks, stolen, note = '', seen, actor }) => {
      const text = tidied(note)
      // A connection is spoken of before the case is held, as by whoever reports it.
      const before = async (tx: Tx) => {
        const owner = await store.ownerOf(tx, id)
        if (owner?.owner) await people.sealerOf(tx, owner.owner, { hold: true })
        await store.lock(tx, wanted ?? [])
      }
      return take(id, 'qualify', { seen, before }, async (tx, row, judge) => {
        const against = judge()
        if (against) return against
        if (text.length > mostWords) return 'too_long'
        if (wanted) {
          if (!row.person) return 'not_matched'
          const fault = await judgeConnections(tx, row, row.person, wanted)
          if (fault) return fault
          if (!row.erased)
            await evidence.freeze(tx, { case: id, person: row.person, connections: wanted, at: clock.now() })
          await store.question(tx, id, wanted)
        }
        const changed = await store.change(tx, id, { state: 'qualified', checks, stolen: stolen ?? null })
        await happened(tx, changed, { what: 'qualified', by: actor, text, ...(stolen ? { more: { stolen } } : {}) })
        const about = { case: id, person: changed.person, connections: [...changed.connections] }
        audit.append(tx, { name: 'case.qualified', data: { ...about, actor } })
        return changed
      })
    },

    notify: (id, { seen, actor }) =>
      take(id, 'notify', { seen }, async (tx, row, judge) => {
        const reached = row.state === 'qualified' ? await reachedNow(tx, row) : []
        const against = judge({ reached: reached.length })
        if (against) return against
        if (!row.person) return 'not_matched'
        await tell(tx, row, row.person, reached, actor)
        return store.change(tx, id, { state: 'notified', notifiedAt: toDate(clock.now()) })
      }),

    conclude: (id, { verdict, reason: given, waive = [], seen, actor }) => {
      const reason = tidied(given)
      const waivers = new Map(waive.map((one) => [one.party, tidied(one.reason)]))
      return take(id, 'conclude', { seen }, async (tx, row, judge) => {
        const now = clock.now()
        const silent = (await store.parties(tx, id)).filter(({ answered_at }) => answered_at === null)
        const late = silent.filter(({ due_at }) => due_at.getTime() <= now)
        const waived = late.filter((party) => waivers.get(party.id))
        const against = judge({
          waiting: silent.length - late.length,
          late: late.length - waived.length,
          hasReason: reason !== '',
        })
        if (against) return against
        if (!row.person) return 'not_matched'
        if ([reason, ...waivers.values()].some(({ length }) => length > mostWords)) return 'too_long'
        for (const party of waived) {
          const text = waivers.get(party.id) ?? ''
          await store.changeParty(tx, party.id, { waivedAt: toDate(now), silent: true })
          await texts.put(tx, { place: waiverPlace(party.id), case: id, owner: ownerOf(row) }, text)
          const { side, object } = party
          await happened(tx, row, { what: 'waived', by: actor, party: party.id, more: { side, object }, text })
        }
        await store.settleParties(tx, id)
        const changed = await store.change(tx, id, { state: 'concluded', verdict, concludedAt: toDate(now) })
        await happened(tx, changed, { what: 'concluded', by: actor, more: { verdict }, text: reason })
        const data = { case: id, person: row.person, verdict, waived: waived.length, actor }
        audit.append(tx, { name: 'case.concluded', data })
        return changed
      })
    },

    close: (id, { reason, seen, actor }) =>
      take(id, 'close', { seen }, async (tx, row, judge) => {
        const against = judge({ reason })
        if (against) return against
        const closed = { at: toDate(clock.now()), by: actor, reason }
        await end(tx, row)
        const changed = await store.change(tx, id, { state: 'closed', closed })
        await happened(tx, changed, { what: 'closed', by: actor, more: { reason } })
        const data = { case: id, person: row.person, reason, verdict: row.verdict, actor }
        audit.append(tx, { name: 'case.closed', data })
        return changed
      }),

    revise: (id, { reason: given, seen, actor }) => {
      const reason = tidied(given)
      return take(id, 'revise', { seen }, async (tx, row, judge) => {
        const against = judge({ hasReason: reason !== '' })
        if (against) return against
        const { person, verdict } = row
        if (!person || !verdict) return 'wrong_state'
        if (reason.length > mostWords) return 'too_long'
        for (const { id: party } of await store.parties(tx, id)) await store.dropText(tx, waiverPlace(party))
        await store.reviveParties(tx, id)
        const changed = await store.change(tx, id, { state: 'notified', verdict: null, concludedAt: null })
        await happened(tx, changed, { what: 'revised', by: actor, more: { verdict }, text: reason })
        audit.append(tx, { name: 'case.revised', data: { case: id, person, verdict, actor } })
        return changed
      })
    },

    note: (id, { text: given, actor }) =>
      storage.transaction(async (tx) => {
        const row = await hold(tx, id)
        if (!row) return { kind: 'absent' }
        const text = tidied(given)
        if (text === '') return { kind: 'refused', reason: 'reason_missing', case: caseIn(row) }
        if (text.length > mostWords) return { kind: 'refused', reason: 'too_long', case: caseIn(row) }
        await happened(tx, row, { what: 'note', by: actor, text })
        return { kind: 'done', case: caseIn(row) }
      }),

    async parties(id) {
      return parties.read(storage.db, await store.parties(storage.db, id))
    },

    statistics: (time) =>
      store.statistics(storage.db, { ...time, timeZone: options.timeZone, now: toDate(clock.now()) }),

    async chase() {
      const by = { kind: 'hub' } as const
      for (const { id: party, case: id } of await store.due(storage.db, toDate(clock.now()), chased)) {
        await storage.transaction(async (tx) => {
          const row = await hold(tx, id)
          const now = clock.now()
          const found = row && (await store.party(tx, party))
          // Answered, or chased by another process, meanwhile.
          if (!row || !found?.waiting) return
          const deadline = {
            notifiedAt: found.notified_at.getTime(),
            dueAt: found.due_at.getTime(),
            reminders: found.reminders,
          }
          const due = found.escalated_at ? undefined : decideDeadline(deadline, now)
          if (!due) return
          const { side, object } = found
          if (due.act === 'escalate') {
            await store.changeParty(tx, party, { escalatedAt: toDate(now), nextAt: null, silent: true })
            await happened(tx, row, { what: 'overdue', by, party, more: { side, object } })
            audit.append(tx, { name: 'case.overdue', data: { case: id, party, side, object } })
            return
          }
          const { reminders } = due
          const next = nextMomentOf({ ...deadline, reminders })
          await store.changeParty(tx, party, {
            ...{ reminders, remindedAt: toDate(now), silent: true },
            nextAt: next === undefined ? null : toDate(next),
          })
          await happened(tx, row, { what: 'reminded', by, party, more: { side, object, reminder: String(reminders) } })
          audit.append(tx, { name: 'case.reminded', data: { case: id, party, side, object, reminder: reminders } })
        })
      }
    },
  }
}

/** Deletes those that were closed before, with everything that belongs to them. */
export async function sweepClosed({ storage, store }: Core, before: Instant): Promise<void> {
  for (let batch = sweepBatch; batch === sweepBatch; ) {
    batch = await store.forgetClosed(storage.db, toDate(before), sweepBatch)
  }
}
