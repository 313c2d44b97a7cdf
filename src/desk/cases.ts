/**
 * Stolen identities, before those of a partner who look after its security: what the hub asks of one of its services or
 * providers, the answer, in one part or in several, and reports of its own. A case of another partner is not there. Each
 * press says which state its author saw; who was overtaken by a colleague, a program or the hub gets what they typed back
 * with what is new, and who presses twice answers once.
 *
 * Technicians have no page here: a subject stands for a person, and connecting software needs none of it.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Cases, mostWords, type Party, type PartyObject } from '../cases/cases.ts'
import { parseReference } from '../connections/reference.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, newSecret } from '../kernel/ids.ts'
import { readWallClock } from '../policy/calendar.ts'
import { duties, measuresOf, verdicts } from '../policy/case-flow.ts'
import {
  type AnswerWrong,
  breachDecisions,
  casePage,
  caseStates,
  casesPage,
  type ReportWrong,
  reportPage,
  type TypedAnswer,
  type TypedReport,
} from './cases-pages.ts'
import { caseRoles, deskPaths, pageLength } from './frame.ts'
import { allow, type DeskOptions, frameOf, publishedOf } from './visit.ts'

/** Own reports that the page of reports shows. */
const mostReports = 20

export type DeskCases = Pick<
  Cases,
  'partiesOf' | 'countWaitingOf' | 'party' | 'partyOf' | 'answer' | 'openByPartner' | 'reportsOf'
>

export function mountCases(options: DeskOptions): void {
  const { web, door, staff, cases, timeZone } = options
  const { app } = web

  const ownIn = (request: FastifyRequest) =>
    publishedOf(options, door.of(request).partner, web.contextOf(request).language)
  const objectsIn = (request: FastifyRequest): PartyObject[] =>
    ownIn(request).map(({ side, id }) => ({ side, object: id }))

  // ── All of them ───────────────────────────────────────────────────────────────────────────────────────────────────

  app.get(deskPaths.cases, allow(...caseRoles), async (request, reply) => {
    const { state: asked, after } = request.query as { state?: unknown; after?: unknown }
    const state = caseStates.find((one) => one === asked) ?? 'waiting'
    const owner = { partner: door.of(request).partner }
    const from = isId('caseParty', after) ? { after } : {}
    const [found, waiting] = await Promise.all([
      cases.partiesOf(owner, { state, limit: pageLength + 1, ...from }),
      cases.countWaitingOf(owner),
    ])
    const parties = found.slice(0, pageLength)
    const last = parties.at(-1)
    const view = {
      ...{ state, parties, waiting, own: ownIn(request), isFirst: !('after' in from) },
      ...(found.length > pageLength && last ? { next: last.id } : {}),
    }
    return web.page(request, reply, casesPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  // ── One of them ───────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * One that the partner was told of. Another's is not there, and that it was asked for is a fact.
   *
   * @throws GarantError `not_found`
   */
  async function partyIn(request: FastifyRequest): Promise<Party> {
    const standing = door.of(request)
    const { party: id } = request.params as { party: string }
    if (!isId('caseParty', id)) throw new GarantError('not_found')
    const found = await cases.party(id, { partner: standing.partner })
    if (found) return found
    if (await cases.partyOf(id)) await staff.denied(standing, request.routeOptions.url ?? '')
    throw new GarantError('not_found')
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    party: Party,
    said: { typed?: TypedAnswer; wrong?: readonly AnswerWrong[]; isMoved?: boolean } = {},
  ): Promise<FastifyReply> {
    const { typed, wrong = [], isMoved = false } = said
    const view = {
      ...{ party, wrong, own: ownIn(request) },
      typed: typed ?? blankAnswer(),
      isDone: (request.query as { done?: unknown }).done === 'answered',
      // Answers are only ever added: those that the author did not see are the newest.
      ...(isMoved && typed
        ? { unseen: party.answers.slice(0, Math.max(0, party.answers.length - typed.answers)) }
        : {}),
    }
    return web.page(request, reply, casePage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get('/desk/cases/:party', allow(...caseRoles), async (request, reply) =>
    show(request, reply, await partyIn(request)),
  )

  app.post('/desk/cases/:party', allow(...caseRoles), async (request, reply) => {
    const party = await partyIn(request)
    const { typed, seen } = typedAnswer(request.body, party)
    const { answer, wrong } = readAnswer(typed, timeZone)
    if (wrong.length > 0) return show(request, reply, party, { typed, wrong })
    const { staff: author, partner } = door.of(request)
    const by = { actor: { kind: 'staff', id: author }, via: 'desk' } as const
    const given = { answer, seen, key: typed.key, ...by }
    const outcome = await cases.answer(party.id, { partner }, given)
    if (outcome.kind === 'absent') throw new GarantError('not_found')
    if (outcome.kind === 'refused') return show(request, reply, outcome.party, { typed, wrong: outcome.faults })
    if (outcome.kind === 'moved') return show(request, reply, outcome.party, { typed, isMoved: true })
    return reply.redirect(`${deskPaths.case(party.id)}?done=answered`, 303)
  })

  // ── Reports ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async function showReport(
    request: FastifyRequest,
    reply: FastifyReply,
    said: { typed?: TypedReport; wrong?: readonly ReportWrong[] } = {},
  ): Promise<FastifyReply> {
    const own = ownIn(request)
    const reports = await cases.reportsOf(objectsIn(request), { limit: mostReports })
    const { done } = request.query as { done?: unknown }
    const made = reports.find(({ reference }) => reference === done)
    const { typed = blankReport, wrong = [] } = said
    const view = { own, reports, typed, wrong, mostWords, ...(made ? { made: made.reference } : {}) }
    return web.page(request, reply, reportPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get(deskPaths.report, allow(...caseRoles), async (request, reply) => showReport(request, reply))

  app.post(deskPaths.report, allow(...caseRoles), async (request, reply) => {
    const typed = typedReport(request.body)
    const of = ownIn(request).find(({ key }) => key === typed.of)
    const { report, wrong } = readReport(typed, timeZone)
    if (!of || wrong.length > 0) {
      return showReport(request, reply, { typed, wrong: [...(of ? [] : (['of'] as const)), ...wrong] })
    }
    const by = { actor: { kind: 'staff', id: door.of(request).staff }, via: 'desk' } as const
    const outcome = await cases.openByPartner({ side: of.side, object: of.id, ...report, ...by })
    if (outcome.kind === 'absent') throw new GarantError('not_found')
    if (outcome.kind === 'too_long') return showReport(request, reply, { typed, wrong: ['words'] })
    return reply.redirect(`${deskPaths.report}?done=${encodeURIComponent(outcome.reference)}`, 303)
  })
}

// ── What was typed ──────────────────────────────────────────────────────────────────────────────────────────────────

const blankAnswer = (): TypedAnswer => ({
  ...{ key: newSecret(), answers: 0, finding: '', measures: [], measuresText: '', analysis: '', duties: [] },
  ...{ breach: '', breachReason: '', awareAt: '' },
})

const blankReport: TypedReport = { of: '', subject: '', code: '', from: '', until: '', words: '' }

type Fields = Record<string, unknown>

const text = (value: unknown) => (typeof value === 'string' ? value : '')
/** As texts are counted: a form sends two characters for the end of a line. */
const prose = (value: unknown) => text(value).replace(/\r\n?/g, '\n').trim()
const ticked = <V extends string>(value: unknown, all: readonly V[]) => {
  const given = [value ?? []].flat()
  return all.filter((one) => given.includes(one))
}

/** @throws GarantError `request_unreadable` */
function typedAnswer(body: unknown, { side }: Party): { typed: TypedAnswer; seen: number } {
  const fields = (body ?? {}) as Fields
  const [seen, answers, key] = [text(fields.seen), text(fields.answers), text(fields.key)]
  const isWhole = [seen, answers].every((number) => /^\d{1,9}$/.test(number)) && /^[\w-]{43}$/.test(key)
  if (!isWhole) throw new GarantError('request_unreadable')
  return {
    seen: Number(seen),
    typed: {
      ...{ key, answers: Number(answers) },
      finding: verdicts.find((one) => one === fields.finding) ?? '',
      measures: ticked(fields.measures, measuresOf[side]),
      measuresText: prose(fields.measures_text),
      analysis: prose(fields.analysis),
      duties: ticked(fields.duties, duties),
      breach: breachDecisions.find((one) => one === fields.breach) ?? '',
      breachReason: prose(fields.breach_reason),
      awareAt: text(fields.aware_at),
    },
  }
}

type GivenAnswer = Parameters<Cases['answer']>[2]['answer']

function readAnswer(typed: TypedAnswer, timeZone: string): { answer: GivenAnswer; wrong: AnswerWrong[] } {
  const { finding, measures, measuresText, analysis, breach, breachReason, awareAt: wall } = typed
  const awareAt = wall === '' ? undefined : readWallClock(wall, timeZone)
  const answer: GivenAnswer = {
    ...(finding === '' ? {} : { finding }),
    measures,
    ...(measuresText === '' ? {} : { measuresText }),
    ...(analysis === '' ? {} : { analysis }),
    duties: typed.duties,
    ...(breach === ''
      ? {}
      : { breach: { decision: breach, reason: breachReason, ...(awareAt === undefined ? {} : { awareAt }) } }),
  }
  return { answer, wrong: Number.isNaN(awareAt) ? ['aware_unread'] : [] }
}

function typedReport(body: unknown): TypedReport {
  const { of, subject, code, from, until, words } = (body ?? {}) as Fields
  return {
    ...{ of: text(of), subject: text(subject).trim(), code: text(code).trim() },
    ...{ from: text(from), until: text(until), words: prose(words) },
  }
}

type GivenReport = Pick<Parameters<Cases['openByPartner']>[0], 'subject' | 'code' | 'from' | 'until' | 'words'>

function readReport(typed: TypedReport, timeZone: string): { report: GivenReport; wrong: ReportWrong[] } {
  const { subject, code, words } = typed
  const instantOf = (wall: string) => (wall === '' ? undefined : readWallClock(wall, timeZone))
  const [from, until] = [instantOf(typed.from), instantOf(typed.until)]
  const checks: readonly (readonly [ReportWrong, boolean])[] = [
    ['who', subject === '' && code === ''],
    // By its check symbol: whether there is such a connection is not told.
    ['code', code !== '' && parseReference(code) === undefined],
    ['from', Number.isNaN(from)],
    ['until', Number.isNaN(until) || (from !== undefined && until !== undefined && until < from)],
  ]
  const period = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) }
  return {
    report: { subject, words, ...period, ...(code === '' ? {} : { code }) },
    wrong: checks.flatMap(([wrong, applies]) => (applies ? [wrong] : [])),
  }
}
