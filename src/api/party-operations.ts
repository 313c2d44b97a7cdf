/**
 * Misused identities, for the programs of partners: what the hub asks of the one service or provider that the program acts
 * for, its answer, and its own reports. The object is the program's, and no request can name another one: what is not its
 * own is not there. Nothing of an answer or a refusal tells whether the hub knows a subject.
 */
import { z } from 'zod'
import { type AnswerFault, type Cases, type Party, type PartyObject, type PartyOwner, vias } from '../cases/cases.ts'
import { isId, newSecret } from '../kernel/ids.ts'
import { duties, measuresOf, sides, verdicts } from '../policy/case-flow.ts'
import type { Receiver, Source } from '../signals/receiver.ts'
import type { StreamHealth, Transmitter } from '../signals/transmitter.ts'
import { type Caller, done, type Operation, operation, refused } from './operations.ts'
import { type ProblemError, Refusal } from './problems.ts'
import { Author, authorOf, GivenInstant, Instant_, instantIf, instantOf, Level, Page, pageOf } from './shapes.ts'

export interface PartyOperationsOptions {
  cases: Pick<Cases, 'partiesOf' | 'party' | 'answer' | 'openByPartner' | 'reportsOf'>
  transmitter: Pick<Transmitter, 'healthOf'>
  receiver: Pick<Receiver, 'sourcesOf'>
}

const Finding = z.enum(verdicts)
const Measures = z.enum([...new Set([...measuresOf.provider, ...measuresOf.service])])
const Decision = z.enum(['notify', 'not_needed', 'undecided'])

/** As long as the room below takes, and what is longer it refuses. */
const Words = z.string().max(10_000)

const PartyCase = z
  .strictObject({
    id: z.string(),
    reference: z.string().meta({ description: 'Of this service or provider alone: no other partner has it.' }),
    txn: z.string().meta({ description: 'In the security events about it (`txn`).' }),
    side: z.enum(sides),
    object: z.string().meta({ description: 'The service or the provider.' }),
    subject: z.string().meta({ description: 'By what this service or provider knows the person (`sub`).' }),
    issuer: z.string(),
    connections: z.array(z.strictObject({ at: Instant_, level: Level.optional() })),
    notifiedAt: Instant_,
    dueAt: Instant_,
    duties: z.array(z.strictObject({ duty: z.enum(duties), doneAt: Instant_.optional() })),
    finding: Finding.optional().meta({ description: 'Of its own answers.' }),
    answeredAt: Instant_.optional(),
    verdict: Finding.optional().meta({ description: 'Of the case, once it is known.' }),
    closedAt: Instant_.optional(),
    answers: z.array(
      z.strictObject({
        at: Instant_,
        by: Author,
        via: z.enum(vias),
        finding: Finding.optional(),
        measures: z.array(Measures),
        measuresText: z.string().optional(),
        analysis: z.string().optional(),
        duties: z.array(z.enum(duties)),
        breach: z.strictObject({ decision: Decision, reason: z.string(), awareAt: Instant_.optional() }).optional(),
        late: z.literal(true).optional().meta({ description: 'It came after the verdict, which it did not change.' }),
      }),
    ),
  })
  .meta({ description: 'What the hub asks of one service or provider.' })

function partyCaseOf(party: Party): z.output<typeof PartyCase> {
  const { id, reference, txn, side, object, subject, issuer, finding, verdict } = party
  return {
    ...{ id, reference, txn, side, object, subject, issuer },
    connections: party.moments.map(({ at, level }) => ({ at: instantOf(at), ...(level ? { level } : {}) })),
    notifiedAt: instantOf(party.notifiedAt),
    dueAt: instantOf(party.dueAt),
    duties: party.duties.map(({ duty, doneAt }) => ({ duty, ...instantIf('doneAt', doneAt) })),
    ...(finding ? { finding } : {}),
    ...instantIf('answeredAt', party.answeredAt),
    ...(verdict ? { verdict } : {}),
    ...instantIf('closedAt', party.closedAt),
    answers: party.answers.map(({ at, by, measures, breach, ...answer }) => ({
      ...answer,
      at: instantOf(at),
      by: authorOf(by),
      measures: [...measures],
      duties: [...answer.duties],
      ...(breach
        ? {
            breach: { decision: breach.decision, reason: breach.reason, ...instantIf('awareAt', breach.awareAt) },
          }
        : {}),
    })),
  }
}

const GivenAnswer = z
  .strictObject({
    finding: Finding.exactOptional(),
    measures: z.array(Measures).max(20).default([]),
    measuresText: Words.exactOptional(),
    analysis: Words.exactOptional(),
    duties: z.array(z.enum(duties)).max(20).default([]).meta({ description: 'Those that are done.' }),
    breach: z
      .strictObject({
        decision: Decision,
        reason: Words,
        awareAt: GivenInstant.exactOptional().meta({ description: 'From which the 72 hours are counted.' }),
      })
      .exactOptional()
      .meta({ description: 'Is this a breach of personal data that an authority has to be told of (GDPR, art. 33)?' }),
  })
  .meta({ description: 'A part of an answer, or all of it: what was said before stays said.' })

/** Where a fault of the verb stands in the body. */
const faultPlaces: Readonly<Record<AnswerFault, ProblemError>> = {
  measure_unknown: { pointer: '/measures', detail: 'has a measure that is none of this side' },
  duty_unknown: { pointer: '/duties', detail: 'has a duty that is none of this case' },
  too_long: { detail: 'has a text that is too long' },
  empty: { detail: 'says nothing' },
  breach_reason_missing: { pointer: '/breach/reason', detail: 'must say why' },
  aware_at: { pointer: '/breach/awareAt', detail: 'must not lie ahead' },
}

const Failing = z.strictObject({ since: Instant_, tries: z.int(), error: z.string() })
const failingOf = ({ failing }: StreamHealth | Source) =>
  failing ? { failing: { since: instantOf(failing.since), tries: failing.tries, error: failing.error } } : {}

const Streams = z.strictObject({
  streams: z
    .array(
      z.strictObject({
        stream: z.string(),
        program: z.string(),
        method: z.enum(['push', 'poll']),
        status: z.enum(['enabled', 'paused', 'disabled']),
        reason: z.string().optional(),
        waiting: z.int(),
        oldestWaitingAt: Instant_.optional(),
        dead: z.int().meta({ description: 'Refused by the receiver, or never taken in time.' }),
        lastDeliveredAt: Instant_.optional(),
        failing: Failing.optional(),
      }),
    )
    .meta({ description: 'What leaves for this service or provider, by each of its programs.' }),
  sources: z
    .array(
      z.strictObject({
        source: z.string(),
        issuer: z.string(),
        method: z.enum(['push', 'poll']),
        accepted: z.int(),
        replayed: z.int(),
        refused: z.int(),
        lastAcceptedAt: Instant_.optional(),
        lastRefused: z.strictObject({ at: Instant_, reason: z.string() }).optional(),
        failing: Failing.optional(),
      }),
    )
    .meta({ description: 'What comes from it.' }),
})

const streamOf = (one: StreamHealth): z.output<typeof Streams>['streams'][number] => ({
  ...{ stream: one.id, program: one.client, method: one.method, status: one.status },
  ...(one.reason === undefined ? {} : { reason: one.reason }),
  waiting: one.waiting,
  ...instantIf('oldestWaitingAt', one.oldestWaitingAt),
  dead: one.dead,
  ...instantIf('lastDeliveredAt', one.lastDeliveredAt),
  ...failingOf(one),
})

const sourceOf = (one: Source): z.output<typeof Streams>['sources'][number] => ({
  ...{ source: one.id, issuer: one.issuer, method: one.method, ...one.counts },
  ...instantIf('lastAcceptedAt', one.lastAcceptedAt),
  ...(one.lastRefused ? { lastRefused: { at: instantOf(one.lastRefused.at), reason: one.lastRefused.reason } } : {}),
  ...failingOf(one),
})

const InCase = z.strictObject({ party: z.string() })

/** The one object that the program speaks for: from its registration, never from a request. */
function ownOf({ party }: Caller): PartyObject & { partner: string } {
  if (!party) throw new Refusal('not-allowed')
  return party
}

function ownerOf(caller: Caller): PartyOwner {
  const { partner, ...only } = ownOf(caller)
  return { partner, only }
}

export function partyOperations({ cases, transmitter, receiver }: PartyOperationsOptions): Operation[] {
  async function partyOf(id: string, caller: Caller): Promise<Party | undefined> {
    return isId('caseParty', id) ? cases.party(id, ownerOf(caller)) : undefined
  }

  return [
    operation({
      id: 'listOwnCases',
      method: 'GET',
      path: '/party/cases',
      tag: 'For partners',
      scope: 'party:cases:read',
      summary: 'What the hub asks of this service or provider: what waits by its due date, or the last answered first',
      query: z.strictObject({ ...Page, state: z.enum(['waiting', 'answered', 'all']).default('waiting') }),
      answers: pageOf(PartyCase),
      async run({ query: { state, cursor, limit }, caller }) {
        const after = isId('caseParty', cursor) ? { after: cursor } : {}
        const found = await cases.partiesOf(ownerOf(caller), { state, limit: limit + 1, ...after })
        const page = found.slice(0, limit)
        const last = page.at(-1)
        return done({ items: page.map(partyCaseOf), ...(found.length > limit && last ? { next: last.id } : {}) })
      },
    }),
    operation({
      id: 'getOwnCase',
      method: 'GET',
      path: '/party/cases/{party}',
      tag: 'For partners',
      scope: 'party:cases:read',
      summary: 'One of them',
      params: InCase,
      answers: PartyCase,
      tagged: true,
      async run({ params: { party: id }, caller }) {
        const found = await partyOf(id, caller)
        return found ? done(partyCaseOf(found), { etag: found.version }) : refused('not-found')
      },
    }),
    operation({
      id: 'answerOwnCase',
      method: 'POST',
      path: '/party/cases/{party}/answers',
      tag: 'For partners',
      scope: 'party:cases:answer',
      summary: 'Answer, in one part or in several',
      description:
        'What was found, what was done to protect, which duties are done, whether it is a breach to notify. Taken after the due date and after the verdict too; it changes no verdict then.',
      params: InCase,
      body: GivenAnswer,
      answers: PartyCase,
      tagged: true,
      conditional: 'required',
      async run({ params: { party: id }, body, seen = -1, caller }) {
        const known = await partyOf(id, caller)
        if (!known) return refused('not-found')
        const given = { answer: body, seen, key: newSecret(), actor: caller.actor, via: 'api' } as const
        const outcome = await cases.answer(known.id, ownerOf(caller), given)
        if (outcome.kind === 'absent') return refused('not-found')
        const { party } = outcome
        if (outcome.kind === 'moved') return refused('overtaken', { etag: party.version })
        if (outcome.kind === 'refused') {
          return refused('content-invalid', { errors: outcome.faults.map((fault) => faultPlaces[fault]) })
        }
        return done(partyCaseOf(party), { etag: party.version })
      },
    }),
    operation({
      id: 'listOwnReports',
      method: 'GET',
      path: '/party/reports',
      tag: 'For partners',
      scope: 'party:cases:report',
      summary: 'What this service or provider reported, the newest first',
      query: z.strictObject({ ...Page }),
      answers: pageOf(
        z.strictObject({
          reference: z.string(),
          at: Instant_,
          by: Author,
          via: z.enum(vias),
          case: z.string().optional().meta({ description: 'What the hub asks about it since; often it never does.' }),
        }),
      ),
      async run({ query: { cursor, limit }, caller }) {
        const page = { limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) }
        const found = await cases.reportsOf([ownOf(caller)], page)
        const items = found.slice(0, limit).map(({ reference, at, by, via, party }) => ({
          ...{ reference, at: instantOf(at), by: authorOf(by), via },
          ...(party ? { case: party } : {}),
        }))
        const last = items.at(-1)
        return done({ items, ...(found.length > limit && last ? { next: last.reference } : {}) })
      },
    }),
    operation({
      id: 'reportMisuse',
      method: 'POST',
      path: '/party/reports',
      tag: 'For partners',
      scope: 'party:cases:report',
      summary: 'Report that somebody uses the identity of another',
      description:
        'By the `subject` of the person, by the code of a connection, or by both. The answer is the same whether the hub finds anything or not.',
      body: z
        .strictObject({
          subject: z.string().min(1).max(500).exactOptional(),
          code: z
            .string()
            .min(1)
            .max(60)
            .exactOptional()
            .meta({ description: 'Of a connection, as the person has it.' }),
          from: GivenInstant.exactOptional().meta({ description: 'Of the time in which it happened.' }),
          until: GivenInstant.exactOptional(),
          words: Words.default(''),
        })
        .refine(({ subject, code }) => subject !== undefined || code !== undefined, {
          path: ['subject'],
          error: 'is missing, and so is code: one of the two is needed',
        })
        .refine(({ from, until }) => from === undefined || until === undefined || from <= until, {
          path: ['until'],
          error: 'must not be before from',
        }),
      answers: z.strictObject({ reference: z.string() }),
      status: 201,
      async run({ body: { subject = '', ...report }, caller }) {
        const { actor } = caller
        const { side, object } = ownOf(caller)
        const outcome = await cases.openByPartner({ side, object, ...report, subject, actor, via: 'api' })
        if (outcome.kind === 'absent') return refused('not-found')
        if (outcome.kind === 'too_long') {
          const detail = `has more than ${outcome.most} characters`
          return refused('content-invalid', { errors: [{ pointer: '/words', detail }] })
        }
        return done({ reference: outcome.reference })
      },
    }),
    operation({
      id: 'getOwnSignals',
      method: 'GET',
      path: '/party/signals',
      tag: 'For partners',
      scope: 'party:signals',
      summary: 'How the exchange of security events with this service or provider stands (Shared Signals)',
      answers: Streams,
      async run({ caller }) {
        const own = ownOf(caller)
        const [streams, sources] = await Promise.all([transmitter.healthOf(own), receiver.sourcesOf(own)])
        return done({ streams: streams.map(streamOf), sources: sources.map(sourceOf) })
      },
    }),
  ]
}
