/**
 * Programs of the admin API on the operators' pages. A key gives power over the hub, so registering a program, giving it
 * other keys or more rights is asked here and confirmed by another operator (`approvals/`); taking rights away, and the
 * program itself, takes one, and acts at once.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { NewApproval } from '../approvals/approvals.ts'
import { answerAsked, asking, idOf, saidOf } from '../console/approvals-routes.ts'
import { consolePaths } from '../console/frame.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from '../console/visit.ts'
import { type ApiScope, apiScopeNames, type ProgramParty } from '../kernel/api-scopes.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type OperatorId } from '../kernel/ids.ts'
import { keysIn } from '../partners/client-keys.ts'
import type { ApiClient, ApiClients } from './clients.ts'
import {
  behind,
  type PartyWords,
  type ProgramDone,
  type ProgramsView,
  type ProgramView,
  programDone,
  programPage,
  programsPage,
  type TypedProgram,
  type Unasked,
} from './programs-pages.ts'

export type ProgramsOptions = Pick<
  ConsoleOptions,
  'web' | 'door' | 'operators' | 'approvals' | 'partners' | 'timeZone'
> & {
  clients: Pick<ApiClients, 'list' | 'find' | 'isInForce' | 'faultsOf' | 'changeScopes' | 'remove'>
}

export function mountPrograms(options: ProgramsOptions): void {
  const { web, door, operators, approvals, partners, clients } = options
  const { app } = web

  const partyWordsIn = (request: FastifyRequest): PartyWords => {
    const { t, language } = web.contextOf(request)
    return ({ side, id, partner }) => {
      const { services, providers } = partners.registry()
      const name = (side === 'service' ? services : providers).get(id)?.name[language] ?? id
      return t(`programs.party.${side}`, { name, partner: partners.partner(partner)?.name[language] ?? partner })
    }
  }

  // ── All of them ───────────────────────────────────────────────────────────────────────────────────────────────────

  app.get(consolePaths.programs, allow('approvals'), async (request, reply) =>
    list(request, reply, { ...doneIn(request) }),
  )

  async function list(
    request: FastifyRequest,
    reply: FastifyReply,
    more: { typed?: TypedProgram; id?: string; unasked?: Unasked; done?: ProgramDone },
  ): Promise<FastifyReply> {
    const { typed, id, ...rest } = more
    const me = door.of(request).operator
    const programs = await clients.list()
    const inOffice = (await operators.list()).filter(({ state }) => state === 'active').map(({ operator }) => operator)
    const view: ProgramsView = {
      programs,
      names: await operators.namesOf([...new Set([...inOffice, ...answering(programs)])]),
      partyWords: partyWordsIn(request),
      inOffice,
      id: idOf(id),
      typed: typed ?? { name: '', jwks: '', scopes: [], operator: me, party: '', reason: '' },
      ...rest,
    }
    return web.page(request, reply, programsPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.post(consolePaths.programs, allow('approve'), async (request, reply) => {
    const { id, ...texts } = fieldsOf(request, ['id', 'name', 'jwks', 'operator', 'party', 'reason'])
    const typed: TypedProgram = { ...texts, scopes: ticked(request) }
    const { name, operator, reason, scopes } = typed
    const jwks = keysIn(typed.jwks)
    if (!jwks) return list(request, reply, { typed, id, unasked: { isUnreadable: true } })
    const party = partyIn(typed.party.trim())
    const parameters = {
      ...{ name: name.trim(), scopes: scopes as ApiScope[], jwks, operator: operator as OperatorId },
      ...(party ? { party } : {}),
    }
    const faults = await clients.faultsOf(parameters)
    if (faults.length > 0) return list(request, reply, { typed, id, unasked: { faults } })
    const outcome = await approvals.ask(asking(request, options, { kind: 'register_program', parameters, reason, id }))
    return answerAsked(reply, outcome) ?? list(request, reply, { typed, id, unasked: unaskedOf(outcome) })
  })

  // ── One of them ───────────────────────────────────────────────────────────────────────────────────────────────────

  app.get('/console/programs/:program', allow('approvals'), async (request, reply) =>
    show(request, reply, await programIn(request), doneIn(request)),
  )

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    program: ApiClient,
    more: Partial<Omit<ProgramView, 'program' | 'names' | 'partyWords' | 'isInForce' | 'id'>> & { id?: string },
  ): Promise<FastifyReply> {
    const { id, ...rest } = more
    const view: ProgramView = {
      program,
      names: await operators.namesOf(answering([program])),
      partyWords: partyWordsIn(request),
      isInForce: clients.isInForce(program),
      id: idOf(id),
      ...rest,
    }
    return web.page(request, reply, programPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.post('/console/programs/:program/keys', allow('approve'), async (request, reply) => {
    const program = await programIn(request)
    const { id, seen, jwks: text, reason } = fieldsOf(request, ['id', 'seen', 'jwks', 'reason'])
    const typed = { form: 'keys', jwks: text, scopes: [], reason } as const
    const jwks = keysIn(text)
    if (!jwks) return show(request, reply, program, { typed, id, unasked: { isUnreadable: true } })
    const faults = await clients.faultsOf({ jwks }, program)
    if (faults.length > 0) return show(request, reply, program, { typed, id, unasked: { faults } })
    const parameters = { client: program.client, jwks, seen: Number(seen) }
    return ask(request, reply, program, { kind: 'program_keys', parameters, reason, id }, { typed, id })
  })

  app.post('/console/programs/:program/scopes', allow('approve'), async (request, reply) => {
    const program = await programIn(request)
    const { id, seen: seenText, reason } = fieldsOf(request, ['id', 'seen', 'reason'])
    const scopes = ticked(request)
    const typed = { form: 'scopes', jwks: '', scopes, reason } as const
    const faults = await clients.faultsOf({ scopes }, program)
    if (faults.length > 0) return show(request, reply, program, { typed, id, unasked: { faults } })
    const seen = Number(seenText)
    if (scopes.some((one) => !program.scopes.includes(one))) {
      const parameters = { client: program.client, scopes, seen }
      return ask(request, reply, program, { kind: 'program_scopes', parameters, reason, id }, { typed, id })
    }
    const outcome = await clients.changeScopes(program.client, scopes, { actor: actorOf(door.of(request)), seen })
    if (outcome === 'unknown') throw new GarantError('not_found')
    if (outcome === 'moved') return show(request, reply, await programIn(request), { isMoved: true })
    return done(reply, consolePaths.program(program.client), outcome === 'done' ? 'scopes' : 'unchanged')
  })

  app.post('/console/programs/:program/remove', allow('approve'), async (request, reply) => {
    const { program: id } = request.params as { program: string }
    // A second click finds it gone, which is what it asked for.
    const program = isId('apiClient', id) ? await clients.find(id) : undefined
    if (!program) return done(reply, consolePaths.programs, 'unchanged')
    if (fieldsOf(request, ['sure']).sure !== 'yes') return show(request, reply, program, { isUnsure: true })
    const isDone = await clients.remove(program.client, actorOf(door.of(request)))
    return done(reply, consolePaths.programs, isDone ? 'removed' : 'unchanged')
  })

  async function ask(
    request: FastifyRequest,
    reply: FastifyReply,
    program: ApiClient,
    change: Parameters<typeof asking>[2],
    again: Pick<ProgramView, 'typed'> & { id: string },
  ): Promise<FastifyReply> {
    const outcome = await approvals.ask(asking(request, options, change) satisfies NewApproval)
    const answered = answerAsked(reply, outcome)
    if (answered) return answered
    const isMoved = outcome.kind === 'refused' && outcome.refusal.problem === 'moved'
    return show(request, reply, program, isMoved ? { isMoved } : { ...again, unasked: unaskedOf(outcome) })
  }

  /** @throws GarantError `not_found` */
  async function programIn(request: FastifyRequest): Promise<ApiClient> {
    const { program: id } = request.params as { program: string }
    const found = isId('apiClient', id) ? await clients.find(id) : undefined
    if (!found) throw new GarantError('not_found')
    return found
  }
}

const answering = (programs: readonly ApiClient[]): OperatorId[] => programs.flatMap((one) => behind(one) ?? [])

const ticked = (request: FastifyRequest): ApiScope[] => {
  const given = [(request.body as { scopes?: unknown }).scopes ?? []].flat()
  return apiScopeNames.filter((scope) => given.includes(scope))
}

/** `service/refunds`. What is written otherwise names nothing that is published. */
function partyIn(text: string): ProgramParty | undefined {
  if (text === '') return undefined
  const [, side = 'service', id = text] = /^(service|provider)\/(.*)$/.exec(text) ?? []
  return { side: side as ProgramParty['side'], id }
}

function unaskedOf(outcome: Parameters<typeof saidOf>[0]): Unasked {
  const { askSaid: said, refusal } = saidOf(outcome)
  return { said, ...(refusal ? { refusal } : {}) }
}

function doneIn(request: FastifyRequest): { done?: ProgramDone } {
  const said = programDone.find((one) => one === (request.query as { done?: unknown }).done)
  return said ? { done: said } : {}
}

const done = (reply: FastifyReply, path: string, what: ProgramDone) => reply.redirect(`${path}?done=${what}`, 303)
