/**
 * Cases of misuse before operators: the queue, one case with its steps, the frozen evidence, and the list of the accounts
 * of the hub itself that managers of means have to check. Each reading of a case is a fact; what a step does and whether it
 * may is decided by the verbs of `cases/`.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Case, StepOutcome, TimelineEntry } from '../cases/cases.ts'
import type { Line } from '../connections/connections.ts'
import { parseReference } from '../connections/reference.ts'
import type { RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { GarantError } from '../kernel/errors.ts'
import { type CaseId, type ConnectionId, isId } from '../kernel/ids.ts'
import { ownProvider } from '../partners/vocabulary.ts'
import {
  type Check,
  type CheckAnswer,
  caseCloseReasons,
  caseStates,
  checkAnswers,
  checks,
  origins,
  stolenCredentials,
  verdicts,
} from '../policy/case-flow.ts'
import {
  type CaseAct,
  type CaseTyped,
  type CaseView,
  caseActs,
  casePage,
  evidencePage,
  ownMeansPage,
  routePage,
} from './cases-one.ts'
import { type CasesFilter, casesPage, openOf } from './cases-pages.ts'
import { mountCaseStatistics } from './cases-statistics.ts'
import { checkField, waiveField } from './cases-steps.ts'
import { consolePaths } from './frame.ts'
import { namesFor } from './providers-routes.ts'
import type { Right } from './rights.ts'
import { actorOf, allow, type ConsoleOptions, frameOf } from './visit.ts'

const pageSize = 25

/** A case has connections of one person and of a few days; what a form sends beyond that is no form of ours. */
const mostTicked = 200

type Post = (id: CaseId, typed: CaseTyped, request: FastifyRequest) => Promise<StepOutcome | 'incomplete'>

export function mountCases(options: ConsoleOptions): void {
  const { web, door, breaches, cases, clock, connections, partners } = options
  const { app } = web

  mountCaseStatistics(options)

  // ── The queue ─────────────────────────────────────────────────────────────────────────────────────────────────────

  app.get(consolePaths.cases, allow('cases'), async (request, reply) => {
    const context = web.contextOf(request)
    const { q, after } = request.query as { q?: unknown; after?: unknown }
    const asked = typeof q === 'string' && q.trim() !== '' ? q.trim().slice(0, 60) : undefined
    const reference = asked === undefined ? undefined : parseReference(asked)
    const found = reference === undefined ? undefined : await cases.findBy(reference)
    if (found) return reply.redirect(consolePaths.case(found), 303)
    const filter = filterIn(request)
    const from = isId('case', after) ? after : undefined
    const { overdue, ...wanted } = filter
    const question = { ...wanted, ...(overdue ? { overdue } : {}), ...(from ? { after: from } : {}) }
    const [listed, counts] = await Promise.all([
      asked === undefined ? cases.queue({ ...question, limit: pageSize + 1 }) : [],
      cases.counts(),
    ])
    const shown = listed.slice(0, pageSize)
    const next = listed.length > pageSize ? shown.at(-1)?.id : undefined
    const { services, providers } = partners.registry()
    const view = {
      filter,
      cases: shown,
      counts: { ...counts, open: openOf(counts) },
      services: byName(services.values(), context),
      providers: byName(providers.values(), context),
      now: clock.now(),
      isFirst: from === undefined,
      ...(next ? { next } : {}),
      ...(asked === undefined ? {} : { asked }),
    }
    return web.page(request, reply, casesPage(view, await frameOf(options, request), context))
  })

  // ── One case ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: CaseId,
    more: Pick<CaseView, 'done' | 'said' | 'typed'> = {},
  ): Promise<FastifyReply> {
    const read = await cases.read(id, actorOf(door.of(request)))
    if (!read) throw new GarantError('not_found')
    const { person, state, openedBy, closed } = read.case
    const isEarly = state === 'received' || state === 'qualified'
    const [lines, candidates, similar, parties, timeline, breach] = await Promise.all([
      linesOf(read.case),
      person && isEarly ? cases.candidates(id) : [],
      cases.similar(id),
      cases.parties(id),
      cases.timeline(id),
      breaches.ofCase(id),
    ])
    const actors = [openedBy, ...(closed ? [closed.by] : []), ...timeline.map(({ by }) => by)]
    const context = web.contextOf(request)
    const names = await namesFor(options, context, actors)
    const view: CaseView = {
      ...{ ...read, ...more },
      ...{ lines, candidates, similar, parties, timeline, names },
      now: clock.now(),
      ...(breach ? { breach: breach.id } : {}),
    }
    return web.page(request, reply, casePage(view, await frameOf(options, request), context))
  }

  /** The oldest first; those that are kept. */
  async function linesOf({ person, connections: ids }: Case): Promise<Line[]> {
    const lines = person ? await connections.linesOf(person, ids) : []
    return lines.sort((a, b) => a.at - b.at)
  }

  app.get('/console/cases/:case', allow('cases'), async (request, reply) => {
    const done = Object.values(caseActs).find((one) => one === (request.query as { done?: unknown }).done)
    return show(request, reply, idIn(request), done ? { done } : {})
  })

  app.get('/console/cases/:case/evidence', allow('cases_work'), async (request, reply) => {
    const id = idIn(request)
    const one = await cases.find(id)
    const evidence = one && (await cases.evidence(id, actorOf(door.of(request))))
    if (!one || !evidence) throw new GarantError('not_found')
    const context = web.contextOf(request)
    const view = { case: one, evidence, names: await namesFor(options, context, []) }
    return web.page(request, reply, evidencePage(view, await frameOf(options, request), context))
  })

  /** Who would be told: nothing is sent yet. */
  app.get('/console/cases/:case/notify', allow('cases_decide'), async (request, reply) => {
    const id = idIn(request)
    const one = await cases.find(id)
    if (!one) throw new GarantError('not_found')
    if (one.state !== 'qualified') return show(request, reply, id, { said: { act: 'notify', why: 'wrong_state' } })
    const context = web.contextOf(request)
    const view = { case: one, route: await cases.routeOf(id), names: await namesFor(options, context, []) }
    return web.page(request, reply, routePage(view, await frameOf(options, request), context))
  })

  // ── The steps ─────────────────────────────────────────────────────────────────────────────────────────────────────

  const seenIn = ({ fields: { seen = '' } }: CaseTyped) => (/^\d{1,9}$/.test(seen) ? Number(seen) : 0)
  const by = (request: FastifyRequest) => actorOf(door.of(request))

  const steps: Record<CaseAct, [right: Right, post: Post]> = {
    qualify: [
      'cases_work',
      async (id, typed, request) => {
        const answers = checks.map((check): [Check, CheckAnswer | undefined] => [
          check,
          checkAnswers.find((one) => one === typed.fields[checkField(check)]),
        ])
        if (answers.some(([, answer]) => answer === undefined)) return 'incomplete'
        const { note = '', stolen: given } = typed.fields
        const stolen = stolenCredentials.find((one) => one === given)
        const ticked = typed.connections.filter((one): one is ConnectionId => isId('connection', one))
        return cases.qualify(id, {
          ...(await questioned(id, ticked)),
          checks: Object.fromEntries(answers) as Record<Check, CheckAnswer>,
          ...(stolen ? { stolen } : {}),
          ...(note.trim() === '' ? {} : { note }),
          ...{ seen: seenIn(typed), actor: by(request) },
        })
      },
    ],
    notify: ['cases_decide', (id, typed, request) => cases.notify(id, { seen: seenIn(typed), actor: by(request) })],
    conclude: [
      'cases_decide',
      async (id, typed, request) => {
        const verdict = verdicts.find((one) => one === typed.fields.verdict)
        const { reason = '' } = typed.fields
        if (!verdict || reason.trim() === '') return 'incomplete'
        const waive = (await cases.parties(id)).flatMap(({ id: party, answeredAt }) => {
          const why = typed.fields[waiveField(party)]?.trim() ?? ''
          return answeredAt === undefined && why !== '' ? [{ party, reason: why }] : []
        })
        return cases.conclude(id, { verdict, reason, waive, seen: seenIn(typed), actor: by(request) })
      },
    ],
    revise: [
      'cases_decide',
      async (id, typed, request) => {
        const { reason = '' } = typed.fields
        if (reason.trim() === '') return 'incomplete'
        return cases.revise(id, { reason, seen: seenIn(typed), actor: by(request) })
      },
    ],
    close: [
      'cases_work',
      async (id, typed, request) => {
        const reason = caseCloseReasons.find((one) => one === typed.fields.reason)
        if (!reason) return 'incomplete'
        return cases.close(id, { reason, seen: seenIn(typed), actor: by(request) })
      },
    ],
    note: [
      'cases_work',
      async (id, { fields: { text = '' } }, request) => {
        if (text.trim() === '') return 'incomplete'
        const one = (await isNoted(id, text, request)) ? await cases.find(id) : undefined
        return one ? { kind: 'done', case: one } : cases.note(id, { text, actor: by(request) })
      },
    ],
  }

  for (const [act, [right, post]] of Object.entries(steps) as [CaseAct, [Right, Post]][]) {
    app.post(`/console/cases/:case/${act}`, allow(right), async (request, reply) => {
      const id = idIn(request)
      const typed = typedIn(request)
      const outcome = await post(id, typed, request)
      const finished = () => reply.redirect(`${consolePaths.case(id)}?done=${caseActs[act]}`, 303)
      if (outcome === 'incomplete') return show(request, reply, id, { said: { act, why: outcome }, typed })
      if (outcome.kind === 'absent') throw new GarantError('not_found')
      if (outcome.kind === 'done') return finished()
      if (outcome.kind === 'moved' && (await isMine(outcome.case, act, typed, request))) return finished()
      const why = outcome.kind === 'moved' ? 'moved' : outcome.reason
      return show(request, reply, id, { said: { act, why }, typed })
    })
  }

  /** The same press again: what moved the case since was this very step, by the same operator, with the same answers. */
  async function isMine(now: Case, act: CaseAct, typed: CaseTyped, request: FastifyRequest): Promise<boolean> {
    if (now.version !== seenIn(typed) + 1) return false
    const step = (await cases.timeline(now.id)).find(({ what }) => what === caseActs[act])
    return step !== undefined && isBy(step.by, request) && isSame[act](now, typed, step)
  }

  /** The same note by the same operator as the newest entry. */
  async function isNoted(id: CaseId, text: string, request: FastifyRequest): Promise<boolean> {
    const [newest] = await cases.timeline(id)
    return newest?.what === 'note' && newest.text === plain(text) && isBy(newest.by, request)
  }

  const isBy = (actor: { kind: string; id?: string }, request: FastifyRequest) =>
    actor.kind === 'operator' && actor.id === door.of(request).operator

  /** Lines that the ledger has lost have no box: they stay in question. Of nobody there are none. */
  async function questioned(
    id: CaseId,
    ticked: readonly ConnectionId[],
  ): Promise<{ connections?: readonly ConnectionId[] }> {
    const one = await cases.find(id)
    if (!one?.person) return {}
    const kept = new Set((await linesOf(one)).map((line) => line.id))
    return { connections: [...new Set([...ticked, ...one.connections.filter((line) => !kept.has(line))])] }
  }

  // ── Accounts of the hub itself ────────────────────────────────────────────────────────────────────────────────────

  app.get(consolePaths.casesMeans, allow('people'), async (request, reply) => {
    const { after } = request.query as { after?: unknown }
    const from = isId('case', after) ? after : undefined
    const limit = pageSize + 1
    const found = await cases.queue({ state: 'open', provider: ownProvider, limit, ...(from ? { after: from } : {}) })
    const shown = found.slice(0, pageSize)
    const next = found.length > pageSize ? shown.at(-1)?.id : undefined
    const view = { cases: shown, isFirst: from === undefined, ...(next ? { next } : {}) }
    return web.page(request, reply, ownMeansPage(view, await frameOf(options, request), web.contextOf(request)))
  })
}

/** Does the case, after a step by somebody, say what this form says? */
const isSame: Record<CaseAct, (now: Case, typed: CaseTyped, step: TimelineEntry) => boolean> = {
  qualify: (now, { fields, connections }) =>
    checks.every((check) => now.checks?.[check] === fields[checkField(check)]) &&
    (now.stolen ?? '') === (fields.stolen ?? '') &&
    connections.every((one) => now.connections.some((id) => id === one)),
  notify: () => true,
  conclude: ({ verdict }, { fields }) => verdict === fields.verdict,
  revise: (_now, { fields }, { text }) => text === plain(fields.reason ?? ''),
  close: ({ closed }, { fields }) => closed?.reason === fields.reason,
  note: () => false,
}

/** As the verbs keep a text: a form sends two characters for the end of a line. */
const plain = (text: string) => text.replace(/\r\n?/g, '\n').trim()

/** @throws GarantError `not_found` */
function idIn(request: FastifyRequest): CaseId {
  const { case: id } = request.params as { case: string }
  if (!isId('case', id)) throw new GarantError('not_found')
  return id
}

/** What is none of the values is not asked for. */
function filterIn(request: FastifyRequest): CasesFilter {
  const query = request.query as Record<string, unknown>
  const text = (name: string) => (typeof query[name] === 'string' && query[name] !== '' ? query[name] : undefined)
  const origin = origins.find((one) => one === query.origin)
  const [service, provider] = [text('service')?.slice(0, 200), text('provider')?.slice(0, 200)]
  return {
    state: caseStates.find((one) => one === query.state) ?? 'open',
    ...(origin ? { origin } : {}),
    ...(service ? { service } : {}),
    ...(provider ? { provider } : {}),
    overdue: query.overdue === '1',
  }
}

function typedIn(request: FastifyRequest): CaseTyped {
  const body = (request.body ?? {}) as Record<string, unknown>
  const { connections = [] } = body
  const texts = Object.entries(body).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return {
    fields: Object.fromEntries(texts),
    connections: [connections]
      .flat()
      .filter((one) => typeof one === 'string')
      .slice(0, mostTicked),
  }
}

function byName(
  all: Iterable<{ id: string; name: RequestedName }>,
  { language }: RequestContext,
): { id: string; name: string }[] {
  return [...all]
    .map(({ id, name }) => ({ id, name: name[language] }))
    .sort((a, b) => a.name.localeCompare(b.name, localeOf(language), { numeric: true }))
}

type RequestedName = Readonly<Record<RequestContext['language'], string>>
