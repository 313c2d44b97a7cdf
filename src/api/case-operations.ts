/**
 * Cases of a misused identity, for the programs of those who look into them: the queue, one case with what was written and
 * what partners answered, each step of it, the statistics. Each reading of a case is a fact. The frozen evidence, with the
 * addresses of people, does not leave the hub this way.
 */
import { z } from 'zod'
import { type Case, type Cases, mostWords, type Party, type StepOutcome, vias } from '../cases/cases.ts'
import type { CaseTrend, Trend } from '../cases/trend.ts'
import type { Connections, Line } from '../connections/connections.ts'
import { parseReference } from '../connections/reference.ts'
import type { Clock } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { type ConnectionId, isId, type PartyId } from '../kernel/ids.ts'
import {
  caseCloseReasons,
  caseStates,
  checkAnswers,
  checks,
  duties,
  matches,
  measuresOf,
  origins,
  sides,
  stepRefusals,
  stolenCredentials,
  verdicts,
} from '../policy/case-flow.ts'
import { type Answer, done, type Operation, operation, refused } from './operations.ts'
import { Author, authorOf, GivenInstant, Instant_, instantIf, instantOf, Level, Page, pageOf } from './shapes.ts'

export interface CaseOperationsOptions {
  cases: Pick<
    Cases,
    | ('queue' | 'findBy' | 'find' | 'read' | 'timeline' | 'parties' | 'routeOf' | 'statistics')
    | ('qualify' | 'notify' | 'conclude' | 'close' | 'revise' | 'note')
  >
  caseTrend: CaseTrend
  connections: Pick<Connections, 'linesOf'>
  clock: Clock
}

// ── What is answered ────────────────────────────────────────────────────────────────────────────────────────────────

const CaseLine = z.strictObject({
  case: z.string(),
  reference: z.string().meta({ description: 'As the person was told it; no partner knows it.' }),
  origin: z.enum(origins),
  match: z.enum(matches).meta({ description: 'Whether what was named leads to the person that it is about.' }),
  state: z.enum(caseStates),
  version: z.int().meta({ description: 'To be named by If-Match.' }),
  openedAt: Instant_,
  openedBy: Author,
  dueAt: Instant_.optional().meta({ description: 'The next deadline of the partners that have not answered.' }),
  verdict: z.enum(verdicts).optional(),
  concludedAt: Instant_.optional(),
  closed: z.strictObject({ at: Instant_, by: Author, reason: z.enum(caseCloseReasons) }).optional(),
})

const lineOf = (one: Case): z.output<typeof CaseLine> => ({
  case: one.id,
  reference: one.reference,
  origin: one.origin,
  match: one.match,
  state: one.state,
  version: one.version,
  openedAt: instantOf(one.openedAt),
  openedBy: authorOf(one.openedBy),
  ...instantIf('dueAt', one.dueAt),
  ...(one.verdict ? { verdict: one.verdict } : {}),
  ...instantIf('concludedAt', one.concludedAt),
  ...(one.closed
    ? { closed: { at: instantOf(one.closed.at), by: authorOf(one.closed.by), reason: one.closed.reason } }
    : {}),
})

const ConnectionShape = z.strictObject({
  connection: z.string(),
  reference: z.string(),
  at: Instant_,
  service: z.string(),
  provider: z.string().optional(),
  level: Level.optional(),
  country: z.string().optional(),
  organisation: z
    .string()
    .optional()
    .meta({ description: 'For whom the person acted, where it was not for themselves.' }),
  mandate: z.string().optional().meta({ description: 'By which mandate, where it was not as a legal representative.' }),
  unusual: z.array(z.string()),
})

const connectionOf = (line: Line): z.output<typeof ConnectionShape> => ({
  connection: line.id,
  reference: line.reference,
  at: instantOf(line.at),
  service: line.service,
  ...(line.provider ? { provider: line.provider } : {}),
  ...(line.level ? { level: line.level } : {}),
  ...(line.country ? { country: line.country } : {}),
  ...(line.organisation ? { organisation: line.organisation } : {}),
  ...(line.mandate ? { mandate: line.mandate } : {}),
  unusual: [...line.unusual],
})

const Moments = z.array(z.strictObject({ at: Instant_, level: Level.optional() }))
const momentsOf = (moments: Party['moments']): z.output<typeof Moments> =>
  moments.map(({ at, level }) => ({ at: instantOf(at), ...(level ? { level } : {}) }))

const PartyShape = z.strictObject({
  party: z.string(),
  side: z.enum(sides),
  object: z.string().meta({ description: 'The service or the provider.' }),
  partner: z.string(),
  reference: z.string().meta({ description: 'By which this partner knows the case.' }),
  moments: Moments,
  notifiedAt: Instant_,
  dueAt: Instant_,
  duties: z.array(z.strictObject({ duty: z.enum(duties), doneAt: Instant_.optional() })),
  finding: z.enum(verdicts).optional(),
  answeredAt: Instant_.optional(),
  remindedAt: Instant_.optional(),
  escalatedAt: Instant_.optional(),
  waived: z.strictObject({ at: Instant_, reason: z.string() }).optional(),
  answers: z.array(
    z.strictObject({
      at: Instant_,
      via: z.enum(vias),
      finding: z.enum(verdicts).optional(),
      measures: z.array(z.enum([...new Set([...measuresOf.provider, ...measuresOf.service])])),
      measuresText: z.string().optional(),
      analysis: z.string().optional(),
      duties: z.array(z.enum(duties)),
      breach: z
        .strictObject({
          decision: z.enum(['notify', 'not_needed', 'undecided']),
          reason: z.string(),
          awareAt: Instant_.optional(),
        })
        .optional(),
      late: z.literal(true).optional().meta({ description: 'It came after the verdict, and changed none.' }),
    }),
  ),
})

const partyOf = (one: Party): z.output<typeof PartyShape> => ({
  party: one.id,
  side: one.side,
  object: one.object,
  partner: one.partner,
  reference: one.reference,
  moments: momentsOf(one.moments),
  notifiedAt: instantOf(one.notifiedAt),
  dueAt: instantOf(one.dueAt),
  duties: one.duties.map(({ duty, doneAt }) => ({ duty, ...instantIf('doneAt', doneAt) })),
  ...(one.finding ? { finding: one.finding } : {}),
  ...instantIf('answeredAt', one.answeredAt),
  ...instantIf('remindedAt', one.remindedAt),
  ...instantIf('escalatedAt', one.escalatedAt),
  ...(one.waived ? { waived: { at: instantOf(one.waived.at), reason: one.waived.reason } } : {}),
  answers: one.answers.map(({ at, by: _by, measures, duties: done_, breach, ...rest }) => ({
    ...rest,
    at: instantOf(at),
    measures: [...measures],
    duties: [...done_],
    ...(breach
      ? { breach: { decision: breach.decision, reason: breach.reason, ...instantIf('awareAt', breach.awareAt) } }
      : {}),
  })),
})

const CaseShape = CaseLine.extend({
  person: z.string().optional(),
  words: z.string().optional().meta({ description: 'What was written, where it can still be read.' }),
  rule: z.string().optional().meta({ description: 'Of the hub’s own detection.' }),
  explanation: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  checks: z.partialRecord(z.enum(checks), z.enum(checkAnswers)).optional(),
  stolen: z.enum(stolenCredentials).optional(),
  connections: z.array(ConnectionShape).meta({ description: 'Those in question that the ledger still has.' }),
  parties: z.array(PartyShape),
})

const Entry = z.strictObject({
  at: Instant_,
  by: Author,
  what: z.string(),
  party: z.string().optional(),
  more: z.record(z.string(), z.string()).optional().meta({ description: 'Closed words.' }),
  text: z.string().optional(),
})

const RouteShape = z.strictObject({ side: z.enum(sides), object: z.string(), partner: z.string(), moments: Moments })

const StatisticsShape = z.strictObject({
  months: z.array(
    z.strictObject({
      month: z.string(),
      origin: z.enum(origins),
      match: z.enum(matches),
      verdict: z.enum(verdicts).optional(),
      reason: z.enum(caseCloseReasons).optional(),
      open: z.boolean(),
      count: z.int(),
    }),
  ),
  objects: z.array(
    z.strictObject({
      month: z.string(),
      side: z.enum(sides),
      object: z.string(),
      count: z.int(),
      answered: z.int(),
      confirmed: z.int(),
      notConfirmed: z.int(),
      late: z.int(),
    }),
  ),
  times: z.array(
    z.strictObject({ month: z.string(), firstAnswer: z.number().optional(), conclusion: z.number().optional() }),
  ),
  rules: z.array(z.strictObject({ rule: z.string(), opened: z.int(), confirmed: z.int(), notConfirmed: z.int() })),
})

const SurgeShape = z.strictObject({
  recent: z.int().meta({ description: 'People about whom something was reported in the last seven days.' }),
  usual: z.number().meta({ description: 'In the median one of the eight weeks before.' }),
  rises: z.boolean(),
})
const TrendShape = z.strictObject({
  all: SurgeShape,
  providers: z.array(z.strictObject({ provider: z.string(), surge: SurgeShape })),
})
const trendOf = ({ all, providers }: Trend): z.output<typeof TrendShape> => ({ all, providers: [...providers] })

// ── What is asked ───────────────────────────────────────────────────────────────────────────────────────────────────

const InCase = z.strictObject({ case: z.string() })

const Text = z.string().trim().min(1).max(mostWords)

const ConnectionGiven = z
  .string()
  .refine((text): text is ConnectionId => isId('connection', text), 'must be the id of a connection')
const PartyGiven = z.string().refine((text): text is PartyId => isId('caseParty', text), 'must be the id of a party')

/** The case as it is then; what the rules refuse is a conflict. */
function stepped(outcome: StepOutcome): Answer<z.output<typeof CaseLine>> {
  switch (outcome.kind) {
    case 'absent':
      return refused('not-found')
    case 'moved':
      return refused('overtaken', { etag: outcome.case.version })
    case 'refused':
      return outcome.reason === 'too_long'
        ? refused('content-invalid', { detail: 'A text is too long.' })
        : refused('conflict', { detail: stepRefusals[outcome.reason].says })
    case 'done':
      return done(lineOf(outcome.case), { etag: outcome.case.version })
  }
}

/** What all steps have in common. */
const step = { tag: 'Cases', method: 'POST', params: InCase, answers: CaseLine, tagged: true } as const
const onlyAsRead = { conditional: 'required', problems: ['conflict'] } as const

export function caseOperations({ cases, caseTrend, connections, clock }: CaseOperationsOptions): Operation[] {
  return [
    operation({
      id: 'listCases',
      method: 'GET',
      path: '/cases',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'Cases of misuse: open ones by what is due first, closed ones from the last on',
      query: z.strictObject({
        ...Page,
        state: z.enum(['open', ...caseStates]).default('open'),
        origin: z.enum(origins).optional(),
        service: z.string().max(200).optional().meta({ description: 'Reached, or told.' }),
        provider: z.string().max(200).optional(),
        overdue: z.stringbool().default(false).meta({ description: 'With a partner that is late.' }),
      }),
      answers: pageOf(CaseLine),
      async run({ query: { cursor, limit, state, origin, service, provider, overdue } }) {
        const found = await cases.queue({
          state,
          limit: limit + 1,
          ...(overdue ? { overdue } : {}),
          ...(origin ? { origin } : {}),
          ...(service ? { service } : {}),
          ...(provider ? { provider } : {}),
          ...(isId('case', cursor) ? { after: cursor } : {}),
        })
        const items = found.slice(0, limit)
        const last = items.at(-1)
        return done({ items: items.map(lineOf), ...(found.length > limit && last ? { next: last.id } : {}) })
      },
    }),
    operation({
      id: 'searchCases',
      method: 'POST',
      path: '/cases/search',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'The case of exactly this reference: its own, that of a report, or that of a partner',
      body: z.strictObject({ reference: z.string().min(1).max(60) }),
      answers: z.strictObject({ items: z.array(CaseLine) }),
      async run({ body }) {
        const reference = parseReference(body.reference)
        const id = reference === undefined ? undefined : await cases.findBy(reference)
        const found = id && (await cases.find(id))
        return done({ items: found ? [lineOf(found)] : [] })
      },
    }),
    operation({
      id: 'getCaseStatistics',
      method: 'GET',
      path: '/cases/statistics',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'Cases opened in a time: by month, origin and outcome, by partner, by rule, and how long they took',
      description: 'Each counts in the month in which it was opened. Times are medians, in milliseconds.',
      query: z.strictObject({
        from: GivenInstant.optional().meta({ description: 'A year ago when it is left out.' }),
        until: GivenInstant.optional().meta({ description: 'Now when it is left out.' }),
      }),
      answers: StatisticsShape,
      async run({ query: { until = clock.now() + 1, from = until - 365 * day } }) {
        const { months, objects, times, rules } = await cases.statistics({ from, until })
        return done({ months: [...months], objects: [...objects], times: [...times], rules: [...rules] })
      },
    }),
    operation({
      id: 'getCaseTrend',
      method: 'GET',
      path: '/cases/trend',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'Whether reports rise: in all, and by provider where they do',
      description: 'Reports of people and of partners; what led nowhere, and the hub’s own detection, do not count.',
      answers: TrendShape,
      async run() {
        return done(trendOf(await caseTrend.trend()))
      },
    }),
    operation({
      id: 'getCase',
      method: 'GET',
      path: '/cases/{case}',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'One of them, with what was written, its connections and what partners answered',
      params: InCase,
      answers: CaseShape,
      tagged: true,
      async run({ params: { case: id }, caller: { actor } }) {
        const found = isId('case', id) ? await cases.read(id, actor) : undefined
        if (!found) return refused('not-found')
        const { case: one, words, explanation } = found
        const { person, rule, checks: answers, stolen } = one
        const [lines, parties] = await Promise.all([
          person ? connections.linesOf(person, one.connections) : [],
          cases.parties(one.id),
        ])
        const body = {
          ...lineOf(one),
          ...(person ? { person } : {}),
          ...(words === undefined ? {} : { words }),
          ...(rule === undefined ? {} : { rule }),
          ...(explanation ? { explanation: { ...explanation } } : {}),
          ...(answers ? { checks: { ...answers } } : {}),
          ...(stolen ? { stolen } : {}),
          connections: lines.sort((a, b) => a.at - b.at).map(connectionOf),
          parties: parties.map(partyOf),
        }
        return done(body, { etag: one.version })
      },
    }),
    operation({
      id: 'getCaseTimeline',
      method: 'GET',
      path: '/cases/{case}/timeline',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'What happened in a case, the newest first',
      params: InCase,
      answers: z.strictObject({ items: z.array(Entry) }),
      async run({ params: { case: id }, caller: { actor } }) {
        // Notes and reasons are words as well: reading them is reading the case.
        if (!isId('case', id) || !(await cases.read(id, actor))) return refused('not-found')
        const items = (await cases.timeline(id)).map(({ at, by, what, party, more, text }) => ({
          at: instantOf(at),
          by: authorOf(by),
          what,
          ...(party ? { party } : {}),
          ...(more ? { more: { ...more } } : {}),
          ...(text === undefined ? {} : { text }),
        }))
        return done({ items })
      },
    }),
    operation({
      id: 'foreseeCaseNotices',
      method: 'GET',
      path: '/cases/{case}/route',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'Which partners would be told, before they are',
      params: InCase,
      answers: z.strictObject({ items: z.array(RouteShape) }),
      async run({ params: { case: id } }) {
        if (!isId('case', id) || !(await cases.find(id))) return refused('not-found')
        const route = await cases.routeOf(id)
        return done({ items: route.map(({ moments, ...rest }) => ({ ...rest, moments: momentsOf(moments) })) })
      },
    }),
    operation({
      ...step,
      ...onlyAsRead,
      id: 'qualifyCase',
      path: '/cases/{case}/qualify',
      scope: 'cases:write',
      summary: 'Record what support found with the person; again while no partner was told',
      body: z.strictObject({
        connections: z
          .array(ConnectionGiven)
          .max(200)
          .exactOptional()
          .meta({ description: 'In question from now on.' }),
        checks: z.record(z.enum(checks), z.enum(checkAnswers)),
        stolen: z.enum(stolenCredentials).exactOptional(),
        note: Text.exactOptional(),
      }),
      async run({ params: { case: id }, body, seen = 0, caller: { actor } }) {
        if (!isId('case', id)) return refused('not-found')
        return stepped(await cases.qualify(id, { ...body, seen, actor }))
      },
    }),
    operation({
      ...step,
      ...onlyAsRead,
      id: 'notifyCase',
      path: '/cases/{case}/notify',
      scope: 'cases:decide',
      summary: 'Tell each partner concerned what is its own; it cannot be taken back',
      async run({ params: { case: id }, seen = 0, caller: { actor } }) {
        if (!isId('case', id)) return refused('not-found')
        return stepped(await cases.notify(id, { seen, actor }))
      },
    }),
    operation({
      ...step,
      ...onlyAsRead,
      id: 'concludeCase',
      path: '/cases/{case}/conclude',
      scope: 'cases:decide',
      summary: 'Give the verdict, once partners answered or their time is over',
      body: z.strictObject({
        verdict: z.enum(verdicts),
        reason: Text,
        waive: z
          .array(z.strictObject({ party: PartyGiven, reason: Text }))
          .max(500)
          .exactOptional()
          .meta({ description: 'Partners that are late, and why the case goes on without them.' }),
      }),
      async run({ params: { case: id }, body, seen = 0, caller: { actor } }) {
        if (!isId('case', id)) return refused('not-found')
        return stepped(await cases.conclude(id, { ...body, seen, actor }))
      },
    }),
    operation({
      ...step,
      ...onlyAsRead,
      id: 'reviseCase',
      path: '/cases/{case}/revise',
      scope: 'cases:decide',
      summary: 'Take the verdict back',
      body: z.strictObject({ reason: Text }),
      async run({ params: { case: id }, body, seen = 0, caller: { actor } }) {
        if (!isId('case', id)) return refused('not-found')
        return stepped(await cases.revise(id, { ...body, seen, actor }))
      },
    }),
    operation({
      ...step,
      id: 'closeCase',
      path: '/cases/{case}/close',
      scope: 'cases:write',
      summary: 'Close a case, with a reason that fits it',
      conditional: 'optional',
      problems: ['conflict'],
      body: z.strictObject({ reason: z.enum(caseCloseReasons) }),
      async run({ params: { case: id }, body: { reason }, seen, caller: { actor } }) {
        if (!isId('case', id)) return refused('not-found')
        return stepped(await cases.close(id, { reason, actor, ...(seen === undefined ? {} : { seen }) }))
      },
    }),
    operation({
      ...step,
      id: 'noteCase',
      path: '/cases/{case}/notes',
      scope: 'cases:write',
      summary: 'Add a note for operators',
      body: z.strictObject({ text: Text }),
      async run({ params: { case: id }, body: { text }, caller: { actor } }) {
        if (!isId('case', id)) return refused('not-found')
        return stepped(await cases.note(id, { text, actor }))
      },
    }),
  ]
}
