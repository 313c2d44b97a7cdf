/**
 * Organisations and mandates, for programs: look-up, documents of representatives, the three things that two operators can
 * do to a mandate, the statistics. Each look is a fact. Names and births of people do not leave the hub this way, and
 * single uses of a mandate are for its principal alone.
 */
import { z } from 'zod'
import type { Audit } from '../audit/audit.ts'
import {
  instantAfter,
  type Organisation,
  type Organisations,
  type RepresentationView,
} from '../directory/organisations.ts'
import type { Clock } from '../kernel/clock.ts'
import { isId } from '../kernel/ids.ts'
import { documentKinds, representationEnds } from '../kernel/representations.ts'
import type { Mandates, MandateView } from '../mandates/mandates.ts'
import { weeksUpTo } from '../policy/calendar.ts'
import { actions, endReasons, mandateStates, sides, suspensionReasons, useRefusals } from '../policy/mandate.ts'
import type { Storage } from '../storage/storage.ts'
import type { Ask } from './asking.ts'
import { done, type Operation, operation, refused } from './operations.ts'
import { Done, Instant_, instantIf, instantOf, Level, lineOf, Page, pageOf, Reason } from './shapes.ts'

export interface MandateOperationsOptions {
  storage: Pick<Storage, 'transaction'>
  audit: Pick<Audit, 'append'>
  clock: Clock
  organisations: Pick<Organisations, 'search' | 'organisation' | 'representativesOf' | 'withdrawDocument'>
  mandates: Pick<Mandates, 'byId' | 'list' | 'countUses' | 'statistics'>
  ask: Ask
}

const OrganisationLine = z.strictObject({
  organisation: z.string(),
  name: z.string(),
  identifiers: z.record(z.string(), z.string()).meta({ description: 'Its numbers, by scheme.' }),
  subject: z.string().meta({ description: 'By what services know it.' }),
  kind: z.string().optional(),
  state: z.enum(['active', 'closed']),
  source: z.string(),
  extractedAt: Instant_,
})

const organisationOf = (one: Organisation): z.output<typeof OrganisationLine> => ({
  organisation: one.organisation,
  name: one.name,
  identifiers: { ...one.identifiers },
  subject: one.subject,
  ...(one.kind === undefined ? {} : { kind: one.kind }),
  state: one.state,
  source: one.source,
  extractedAt: instantOf(one.extractedAt),
})

const Representative = z.strictObject({
  representation: z.string(),
  role: z.string(),
  by: z.enum(['register', 'document']),
  source: z.string(),
  checkedAt: Instant_,
  until: Instant_.optional(),
  alone: z.boolean().meta({ description: 'May bind the organisation without another representative.' }),
  inForce: z.boolean(),
  ended: z.enum(representationEnds).optional(),
})

const representativeOf = (one: RepresentationView): z.output<typeof Representative> => ({
  representation: one.representation,
  role: one.role,
  by: one.by,
  source: one.source,
  checkedAt: instantOf(one.checkedAt),
  ...instantIf('until', one.until),
  alone: one.alone,
  inForce: one.inForce,
  ...(one.ended ? { ended: one.ended.why } : {}),
})

const MandateShape = z.strictObject({
  mandate: z.string(),
  principal: z.string(),
  mandatary: z.union([z.strictObject({ organisation: z.string() }), z.strictObject({ person: z.string() })]),
  parent: z.string().optional().meta({ description: 'The mandate that this one is drawn from.' }),
  renews: z.string().optional(),
  state: z.enum(mandateStates),
  suspensions: z.array(z.strictObject({ reason: z.enum(suspensionReasons), since: Instant_ })),
  ended: z.strictObject({ reason: z.enum(endReasons), at: Instant_ }).optional(),
  from: Instant_,
  until: Instant_,
  delegable: z.boolean(),
  rights: z.array(
    z.strictObject({
      service: z.string(),
      action: z.enum(actions),
      minimumLevel: Level,
      until: Instant_.optional(),
    }),
  ),
  drawnUpBy: z.enum(sides),
  signatures: z.array(z.strictObject({ signature: z.string(), side: z.enum(sides), level: Level, at: Instant_ })),
  textVersion: z.string(),
})

const mandateOf = (one: MandateView): z.output<typeof MandateShape> => ({
  mandate: one.mandate,
  principal: one.principal,
  mandatary:
    one.mandatary.kind === 'organisation'
      ? { organisation: one.mandatary.organisation }
      : { person: one.mandatary.person },
  ...(one.parent ? { parent: one.parent } : {}),
  ...(one.renews ? { renews: one.renews } : {}),
  state: one.state,
  suspensions: one.suspensions.map(({ reason, since }) => ({ reason, since: instantOf(since) })),
  ...(one.ended ? { ended: { reason: one.ended.reason, at: instantOf(one.ended.at) } } : {}),
  from: instantOf(one.from),
  until: instantOf(one.until),
  delegable: one.delegable,
  rights: one.rights.map(({ service, action, minimumLevel, until }) => ({
    ...{ service, action, minimumLevel },
    ...instantIf('until', until),
  })),
  drawnUpBy: one.drawnUpBy,
  signatures: one.signatures.map(({ signature, side, level, at }) => ({ signature, side, level, at: instantOf(at) })),
  textVersion: one.textVersion,
})

const day = z.iso.date({ error: 'must be a day: 2027-01-31' })

const Document = z.strictObject({
  holder: z
    .strictObject({
      family_name: z.string().max(300),
      given_name: z.string().max(300),
      birthdate: z.string().max(10),
      gender: z.enum(['male', 'female']).optional(),
      birthplace: z.string().max(5).optional(),
      birthcountry: z.string().max(5).optional(),
    })
    .meta({ description: 'As the identity document names the person: they sign in with exactly this.' }),
  role: lineOf(80),
  alone: z.boolean(),
  kind: z.enum(documentKinds),
  date: day,
  reference: lineOf(60).meta({ description: 'Where the document is kept; nothing of what it says.' }),
  until: day.optional().meta({ description: 'The last day.' }),
  reason: Reason,
})

/** Null: under 10, and hidden. */
const Count = z.int().nullable()
const fewest = 10
const told = (count: number) => (count < fewest ? null : count)

const StatisticsShape = z.strictObject({
  byState: z.record(z.enum(mandateStates), Count),
  signedByWeek: z.array(z.strictObject({ week: Instant_, count: Count })),
  endedByReason: z.record(z.enum(endReasons), Count),
  refusedByReason: z.record(z.string(), Count),
})

const InOrganisation = z.strictObject({ organisation: z.string() })
const InMandate = z.strictObject({ mandate: z.string() })

const stops = [
  ['suspend', 'suspend_mandate', 'Ask that a mandate be suspended: nobody acts under it from then on'],
  ['resume', 'resume_mandate', 'Ask that a mandate which operators suspended be brought back'],
  ['end', 'end_mandate', 'Ask that a mandate be ended for fraud, for ever'],
] as const

export function mandateOperations(options: MandateOperationsOptions): Operation[] {
  const { storage, audit, clock, organisations, mandates, ask } = options

  const organisation = async (id: string) => (isId('organisation', id) ? organisations.organisation(id) : undefined)
  const mandate = async (id: string) => (isId('mandate', id) ? mandates.byId(id) : undefined)

  return [
    operation({
      id: 'searchOrganisations',
      method: 'GET',
      path: '/organisations',
      tag: 'Mandates',
      scope: 'organisations:read',
      summary: 'Organisations by a whole number, or by beginnings of words of the name',
      query: z.strictObject({ q: z.string().max(120).default(''), limit: Page.limit }),
      answers: z.strictObject({ items: z.array(OrganisationLine) }),
      async run({ query: { q, limit } }) {
        return done({ items: (await organisations.search({ text: q, limit })).map(organisationOf) })
      },
    }),
    operation({
      id: 'getOrganisation',
      method: 'GET',
      path: '/organisations/{organisation}',
      tag: 'Mandates',
      scope: 'organisations:read',
      summary: 'An organisation, and by what it is represented; no names',
      params: InOrganisation,
      answers: OrganisationLine.extend({ representatives: z.array(Representative) }),
      async run({ params, caller: { actor } }) {
        const found = await organisation(params.organisation)
        if (!found) return refused('not-found')
        const data = { organisation: found.organisation, actor }
        await storage.transaction(async (tx) => audit.append(tx, { name: 'organisation.viewed', data }))
        const representatives = (await organisations.representativesOf(found.organisation)).map(representativeOf)
        return done({ ...organisationOf(found), representatives })
      },
    }),
    operation({
      id: 'listMandatesOfOrganisation',
      method: 'GET',
      path: '/organisations/{organisation}/mandates',
      tag: 'Mandates',
      scope: 'mandates:read',
      summary: 'The mandates that an organisation gave, or holds as a firm, the newest first',
      params: InOrganisation,
      query: z.strictObject({ ...Page, side: z.enum(sides).default('principal') }),
      answers: pageOf(MandateShape),
      async run({ params, query: { side, cursor, limit }, caller: { actor } }) {
        const found = await organisation(params.organisation)
        if (!found) return refused('not-found')
        const { organisation: id } = found
        await storage.transaction(async (tx) =>
          audit.append(tx, { name: 'organisation.viewed', data: { organisation: id, actor } }),
        )
        const { entries, next } = await mandates.list(side === 'principal' ? { principal: id } : { firm: id }, {
          limit,
          ...(cursor === undefined ? {} : { after: cursor }),
        })
        return done({ items: entries.map(({ view }) => mandateOf(view)), ...(next === undefined ? {} : { next }) })
      },
    }),
    operation({
      id: 'recordRepresentative',
      method: 'POST',
      path: '/organisations/{organisation}/representatives',
      tag: 'Mandates',
      scope: 'organisations:write',
      summary: 'Ask that somebody be recorded as a representative, by a document that was shown at a desk',
      params: InOrganisation,
      body: Document,
      answers: z.undefined(),
      status: 202,
      twoOperators: true,
      problems: ['not-allowed', 'conflict'],
      async run({ params, body, caller }) {
        const found = await organisation(params.organisation)
        if (!found) return refused('not-found')
        const { holder: given, role, alone, kind, date, reference, until: lastDay, reason } = body
        const until = lastDay === undefined ? undefined : instantAfter(lastDay)
        // Members that are not there are absent, also in what waits.
        const holder = Object.fromEntries(Object.entries(given).filter(([, text]) => text !== undefined))
        const parameters = {
          ...{ organisation: found.organisation, holder, role, alone, document: { kind, date, reference } },
          ...(until === undefined ? {} : { until }),
        }
        return ask({ kind: 'record_representation', parameters }, { caller, reason })
      },
    }),
    operation({
      id: 'withdrawRepresentative',
      method: 'POST',
      path: '/organisations/{organisation}/representatives/{representation}/withdraw',
      tag: 'Mandates',
      scope: 'organisations:write',
      summary: 'Withdraw a document by which somebody represents an organisation, at once',
      params: z.strictObject({ organisation: z.string(), representation: z.string() }),
      answers: Done,
      async run({ params, caller: { actor } }) {
        const found = await organisation(params.organisation)
        const all = found ? await organisations.representativesOf(found.organisation) : []
        const one = all.find(({ representation, document }) => representation === params.representation && document)
        if (!one) return refused('not-found')
        const { representation } = one
        const outcome = await storage.transaction((tx) => organisations.withdrawDocument(tx, { representation, actor }))
        return done({ done: outcome === 'done' })
      },
    }),
    operation({
      id: 'getMandateStatistics',
      method: 'GET',
      path: '/mandates/statistics',
      tag: 'Mandates',
      scope: 'mandates:read',
      summary: 'How many mandates there are, are signed each week, end and why, and why uses are refused',
      description: 'Counts under 10 are hidden: null.',
      query: z.strictObject({ weeks: z.coerce.number().int().min(1).max(104).default(12) }),
      answers: StatisticsShape,
      async run({ query }) {
        const weeks = weeksUpTo(clock.now(), query.weeks)
        const found = await mandates.statistics({ from: weeks[0] ?? 0, until: clock.now() + 1 })
        const signed = new Map(found.signedByWeek.map(({ week, count }) => [week, count]))
        const counted = <N extends string>(names: readonly N[], counts: Readonly<Partial<Record<N, number>>>) =>
          Object.fromEntries(names.map((name) => [name, told(counts[name] ?? 0)])) as Record<N, number | null>
        return done({
          byState: counted(mandateStates, found.byState),
          signedByWeek: weeks.map((week) => ({ week: instantOf(week), count: told(signed.get(week) ?? 0) })),
          endedByReason: counted(endReasons, found.endedByReason),
          refusedByReason: counted(Object.keys(useRefusals) as (keyof typeof useRefusals)[], found.refusedByReason),
        })
      },
    }),
    operation({
      id: 'getMandate',
      method: 'GET',
      path: '/mandates/{mandate}',
      tag: 'Mandates',
      scope: 'mandates:read',
      summary: 'A mandate: its sides, rights and dates, where it stands, and how often it was used',
      params: InMandate,
      answers: MandateShape.extend({ uses: z.int() }),
      async run({ params, caller: { actor } }) {
        const found = await mandate(params.mandate)
        if (!found) return refused('not-found')
        const { mandate: id } = found
        await storage.transaction(async (tx) =>
          audit.append(tx, { name: 'mandate.viewed', data: { mandate: id, actor } }),
        )
        return done({ ...mandateOf(found), uses: await mandates.countUses(id) })
      },
    }),
    ...stops.map(([act, kind, summary]) =>
      operation({
        id: `${act}Mandate`,
        method: 'POST',
        path: `/mandates/{mandate}/${act}`,
        tag: 'Mandates',
        scope: 'mandates:stop',
        summary,
        params: InMandate,
        body: z.strictObject({ reason: Reason }),
        answers: z.undefined(),
        status: 202,
        twoOperators: true,
        problems: ['not-allowed', 'conflict'],
        async run({ params, body: { reason }, caller }) {
          const found = await mandate(params.mandate)
          if (!found) return refused('not-found')
          return ask({ kind, parameters: { mandate: found.mandate } }, { caller, reason })
        },
      }),
    ),
  ]
}
