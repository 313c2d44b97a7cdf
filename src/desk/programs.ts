/**
 * The programs of a partner: everybody sees them, an administrator registers one for one of the partner's own services or
 * providers, gives it other keys and removes it, each at once and alone: a program of a partner reaches nothing that is
 * not its partner's. The partner's mailboxes hear of it (`alerts/partner-letters.ts`).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { JSONWebKeySet } from 'jose'
import type { Actor } from '../audit/facts.ts'
import { type ApiScope, type ProgramParty, partyScopeNames } from '../kernel/api-scopes.ts'
import type { Instant } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { type ApiClientId, isId, newId } from '../kernel/ids.ts'
import { staffRoles } from '../kernel/roles.ts'
import type { Fault } from '../partners/checked-yaml.ts'
import { keysIn } from '../partners/client-keys.ts'
import { deskPaths } from './frame.ts'
import { type ProgramsDone, programPage, programsDone, programsPage, type TypedProgram } from './programs-pages.ts'
import { allow, type DeskOptions, frameOf, publishedOf } from './visit.ts'

/** A program of the API, whose room is below this one. */
export interface Program {
  client: ApiClientId
  name: string
  scopes: readonly ApiScope[]
  jwks: JSONWebKeySet
  party?: ProgramParty
  registeredAt: Instant
  changedAt: Instant
  lastTokenAt?: Instant
}

interface NewProgram {
  /** Drawn with the form: sent twice, it is registered once. */
  id: ApiClientId
  name: string
  scopes: readonly string[]
  jwks: unknown
  party: ProgramParty
}

export interface Programs {
  listOf(partner: string): Promise<Program[]>
  findOf(partner: string, client: string): Promise<Program | undefined>
  find(client: string): Promise<Program | undefined>
  /** False where what it acts for is not the partner's any more. */
  isInForce(program: Program): boolean
  faultsOf(given: Partial<NewProgram>, changed?: Program): Promise<Fault[]>
  register(given: NewProgram, actor: Actor): Promise<Program>
  replaceKeys(
    client: ApiClientId,
    jwks: unknown,
    by: { actor: Actor; seen: Instant },
  ): Promise<'done' | 'unchanged' | 'moved' | 'unknown'>
  remove(client: ApiClientId, actor: Actor): Promise<boolean>
}

export function mountOwnPrograms(options: DeskOptions): void {
  const { web, door, staff, programs, issuer } = options
  const { app } = web

  async function list(
    request: FastifyRequest,
    reply: FastifyReply,
    said: { typed?: TypedProgram; faults?: readonly Fault[]; isUnreadable?: boolean } = {},
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { partner } = door.of(request)
    const all = await programs.listOf(partner)
    const done = doneIn(request)
    const { typed, faults = [], isUnreadable = false } = said
    const view = {
      programs: all.map((program) => ({ program, isInForce: programs.isInForce(program) })),
      own: publishedOf(options, partner, context.language),
      typed: typed ?? { id: newId('apiClient'), name: '', jwks: '', scopes: [], party: '' },
      faults,
      isUnreadable,
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, programsPage(view, await frameOf(options, request), context))
  }

  app.get(deskPaths.programs, allow(...staffRoles), async (request, reply) => list(request, reply))

  app.post(deskPaths.programs, allow('administrator'), async (request, reply) => {
    const standing = door.of(request)
    const typed = typedProgram(request.body)
    const { id, name, scopes, party: of } = typed
    if (!isId('apiClient', id)) throw new GarantError('request_unreadable')
    // A second click: what it asked for is there.
    if (await programs.findOf(standing.partner, id)) return done(reply, deskPaths.program(id), 'registered')
    const jwks = keysIn(typed.jwks)
    if (!jwks) return list(request, reply, { typed, isUnreadable: true })
    const own = publishedOf(options, standing.partner, web.contextOf(request).language).find(({ key }) => key === of)
    if (!own) return list(request, reply, { typed, faults: [{ path: 'party', problem: '', code: 'missing' }] })
    const { side, id: object } = own
    const given = { id, name: name.trim(), scopes, jwks, party: { side, id: object } }
    const faults = await programs.faultsOf(given)
    if (faults.length > 0) return list(request, reply, { typed, faults })
    const { client } = await programs.register(given, { kind: 'staff', id: standing.staff })
    return done(reply, deskPaths.program(client), 'registered')
  })

  // ── One of them ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** One of the partner's. That another's was asked for is a fact. */
  async function programOf(request: FastifyRequest): Promise<Program | undefined> {
    const standing = door.of(request)
    const { program: id } = request.params as { program: string }
    if (!isId('apiClient', id)) return undefined
    const found = await programs.findOf(standing.partner, id)
    if (!found && (await programs.find(id))) await staff.denied(standing, request.routeOptions.url ?? '')
    return found
  }

  /** @throws GarantError `not_found` */
  async function programIn(request: FastifyRequest): Promise<Program> {
    const found = await programOf(request)
    if (!found) throw new GarantError('not_found')
    return found
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    program: Program,
    said: {
      jwks?: string
      faults?: readonly Fault[]
      isUnreadable?: boolean
      isMoved?: boolean
      isUnsure?: boolean
    } = {},
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const done = doneIn(request)
    const { jwks = '', faults = [], isUnreadable = false, isMoved = false, isUnsure = false } = said
    const view = {
      ...{ program, issuer, jwks, faults, isUnreadable, isMoved, isUnsure },
      own: publishedOf(options, door.of(request).partner, context.language),
      isInForce: programs.isInForce(program),
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, programPage(view, await frameOf(options, request), context))
  }

  app.get('/desk/programs/:program', allow(...staffRoles), async (request, reply) =>
    show(request, reply, await programIn(request)),
  )

  app.post('/desk/programs/:program/keys', allow('administrator'), async (request, reply) => {
    const program = await programIn(request)
    const { jwks: text, seen } = request.body as { jwks?: unknown; seen?: unknown }
    if (typeof text !== 'string' || typeof seen !== 'string' || !/^\d{1,15}$/.test(seen)) {
      throw new GarantError('request_unreadable')
    }
    const jwks = keysIn(text)
    if (!jwks) return show(request, reply, program, { jwks: text, isUnreadable: true })
    const faults = await programs.faultsOf({ jwks }, program)
    if (faults.length > 0) return show(request, reply, program, { jwks: text, faults })
    const by = { actor: { kind: 'staff', id: door.of(request).staff }, seen: Number(seen) } as const
    const outcome = await programs.replaceKeys(program.client, jwks, by)
    if (outcome === 'unknown') throw new GarantError('not_found')
    if (outcome === 'moved') return show(request, reply, await programIn(request), { jwks: text, isMoved: true })
    return done(reply, deskPaths.program(program.client), outcome === 'done' ? 'keys' : 'unchanged')
  })

  app.post('/desk/programs/:program/remove', allow('administrator'), async (request, reply) => {
    const program = await programOf(request)
    // A second click finds it gone, which is what it asked for; so does who asks for another partner's.
    if (!program) return done(reply, deskPaths.programs, 'unchanged')
    if ((request.body as { sure?: unknown }).sure !== 'yes') return show(request, reply, program, { isUnsure: true })
    const isDone = await programs.remove(program.client, { kind: 'staff', id: door.of(request).staff })
    return done(reply, deskPaths.programs, isDone ? 'removed' : 'unchanged')
  })
}

function typedProgram(body: unknown): TypedProgram {
  const { id, name, jwks, scopes, party } = (body ?? {}) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const ticked = [scopes ?? []].flat()
  return {
    id: text(id) as ApiClientId,
    name: text(name),
    jwks: text(jwks),
    scopes: partyScopeNames.filter((scope) => ticked.includes(scope)),
    party: text(party),
  }
}

const doneIn = (request: FastifyRequest): ProgramsDone | undefined =>
  programsDone.find((one) => one === (request.query as { done?: unknown }).done)

const done = (reply: FastifyReply, path: string, what: ProgramsDone) => reply.redirect(`${path}?done=${what}`, 303)
