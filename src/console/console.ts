/**
 * The operators' pages: what they may do, the register of means with its export, the means of a person whose exact
 * identifier is known. This room owns no table and decides nothing: each route names the right it needs (`rights.ts`)
 * and calls a verb of the room below; who is there was settled at the gate (`operators/`).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Web } from '../http/http.ts'
import type { Clock } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type OperatorId, type PersonId } from '../kernel/ids.ts'
import { type Means, meansReasons } from '../means/means.ts'
import type { Operators, Standing } from '../operators/operators.ts'
import type { OperatorDoor } from '../operators/routes.ts'
import type { Partners } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import { type FactorKind, factorKinds } from '../policy/factors.ts'
import { meansClasses } from '../policy/means.ts'
import type { Entry, Register } from '../register/register.ts'
import type { Storage } from '../storage/storage.ts'
import { registerCsv, registerJson } from './export.ts'
import {
  consolePaths,
  declarePage,
  type Frame,
  homePage,
  homologatePage,
  type PersonMeansView,
  personPage,
  type RegisterView,
  registerPage,
  searchPage,
} from './pages.ts'
import { type Right, rights } from './rights.ts'

export interface ConsoleOptions {
  web: Web
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  operators: Operators
  door: OperatorDoor
  register: Register
  means: Pick<Means, 'of' | 'suspend' | 'resume' | 'revoke' | 'unlock' | 'enrolments'>
  people: Pick<People, 'sealerOf'>
  partners: Pick<Partners, 'registry'>
  /** IANA name of the zone in which dates are written. */
  timeZone: string
}

export function mountConsole(options: ConsoleOptions): void {
  const { web, door } = options
  mountRegister(options)
  mountPeople(options)

  web.app.get(consolePaths.home, allow('home'), async (request, reply) => {
    const { previousSignInAt } = door.of(request)
    const frame = await frameOf(options, request)
    const view = { ...frame, ...(previousSignInAt === undefined ? {} : { previousSignInAt }) }
    return web.page(request, reply, homePage(view, web.contextOf(request)))
  })
}

const allow = (right: Right) => ({ config: { access: { operator: rights[right] } } })

async function frameOf(options: ConsoleOptions, request: FastifyRequest): Promise<Frame> {
  const { door, operators, timeZone } = options
  const standing = door.of(request)
  const names = await operators.namesOf([standing.operator])
  return {
    name: names.get(standing.operator) ?? '',
    roles: standing.roles,
    timeZone,
    verifier: (path) => door.verifier(standing, path),
  }
}

const actorOf = ({ operator }: Standing): Actor => ({ kind: 'operator', id: operator })

/** Texts of a form; what is no text is empty. */
function fieldsOf<const N extends string>(request: FastifyRequest, names: readonly N[]): Record<N, string> {
  const body = (request.body ?? {}) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return Object.fromEntries(names.map((name) => [name, text(body[name])])) as Record<N, string>
}

// ── The register of means ───────────────────────────────────────────────────────────────────────────────────────────

const registerOutcomes = ['homologated', 'declared', 'withdrawn'] as const

function mountRegister(options: ConsoleOptions): void {
  const { web, register, operators, partners, door, clock } = options
  const { app } = web

  const entryIn = async (given: unknown): Promise<Entry> => {
    const found = (await register.entries()).find(({ entry }) => entry === given)
    if (!found) throw new GarantError('not_found')
    return found
  }

  app.get(consolePaths.register, allow('register'), async (request, reply) => {
    const context = web.contextOf(request)
    const entries = await register.entries()
    const authors = entries.flatMap(({ homologations }) =>
      homologations.flatMap(({ recordedBy }) => (recordedBy.kind === 'operator' ? [recordedBy.id] : [])),
    )
    const done = registerOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    const view: RegisterView = {
      entries,
      endings: register.endings(entries),
      services: new Map([...partners.registry().services.values()].map(({ id, name }) => [id, name[context.language]])),
      operators: await operators.namesOf([...new Set<OperatorId>(authors)]),
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, registerPage(view, await frameOf(options, request), context))
  })

  app.get(consolePaths.csv, allow('register'), async (request, reply) => {
    const { language } = web.contextOf(request)
    return file(reply, 'means.csv', 'text/csv; charset=utf-8; header=present').send(
      registerCsv(await register.entries(), language),
    )
  })

  app.get(consolePaths.json, allow('register'), async (_request, reply) =>
    file(reply, 'means.json', 'application/json; charset=utf-8').send(
      JSON.stringify(registerJson(await register.entries(), clock.now()), null, 2),
    ),
  )

  async function homologateForm(
    request: FastifyRequest,
    reply: FastifyReply,
    entry: Entry,
    refused?: { values: Record<string, string>; reasons: readonly string[] },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const services = [...partners.registry().services.values()]
      .map(({ id, name }) => ({ id, name: name[context.language] }))
      .sort((a, b) => a.name.localeCompare(b.name, context.language))
    const view = { entry, services, values: refused?.values ?? {}, reasons: refused?.reasons ?? [] }
    return web.page(request, reply, homologatePage(view, await frameOf(options, request), context))
  }

  app.get(consolePaths.homologate, allow('homologate'), async (request, reply) =>
    homologateForm(request, reply, await entryIn((request.query as { entry?: unknown }).entry)),
  )

  app.post(consolePaths.homologate, allow('homologate'), async (request, reply) => {
    const values = fieldsOf(request, ['entry', 'service', 'author', 'risk_analysis', 'decided_on'])
    const { entry, service, author, risk_analysis: riskAnalysis, decided_on: decidedOn } = values
    const outcome = await register.homologate(
      { entry, service, author, riskAnalysis, decidedOn },
      actorOf(door.of(request)),
    )
    if (outcome.ok) return reply.redirect(`${consolePaths.register}?done=homologated`, 303)
    return homologateForm(request, reply, await entryIn(entry), { values, reasons: outcome.reasons })
  })

  async function declareForm(
    request: FastifyRequest,
    reply: FastifyReply,
    entry: Entry,
    refused?: { values: Record<string, string | readonly string[]>; reasons: readonly string[] },
  ): Promise<FastifyReply> {
    const view = { entry, values: refused?.values ?? valuesOf(entry), reasons: refused?.reasons ?? [] }
    return web.page(request, reply, declarePage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get(consolePaths.declare, allow('homologate'), async (request, reply) =>
    declareForm(request, reply, await entryIn((request.query as { entry?: unknown }).entry)),
  )

  app.post(consolePaths.declare, allow('homologate'), async (request, reply) => {
    const values = fieldsOf(request, ['entry', 'class', 'certificate', 'certificate_until', 'valid_until'])
    const kind = meansClasses.find((one) => one === values.class)
    if (!kind) throw new GarantError('request_unreadable')
    const factors = factorsIn(request)
    const outcome = await register.declare(
      {
        entry: values.entry,
        class: kind,
        factors,
        ...(values.certificate ? { certificate: values.certificate } : {}),
        ...(values.certificate_until ? { certificateUntil: values.certificate_until } : {}),
        ...(values.valid_until ? { validUntil: values.valid_until } : {}),
      },
      actorOf(door.of(request)),
    )
    if (outcome.ok) return reply.redirect(`${consolePaths.register}?done=declared`, 303)
    const refused = { values: { ...values, factors }, reasons: outcome.reasons }
    return declareForm(request, reply, await entryIn(values.entry), refused)
  })

  app.post(consolePaths.withdraw, allow('homologate'), async (request, reply) => {
    const { homologation } = fieldsOf(request, ['homologation'])
    const isDone =
      isId('homologation', homologation) && (await register.withdraw(homologation, actorOf(door.of(request))))
    if (!isDone) throw new GarantError('not_found')
    return reply.redirect(`${consolePaths.register}?done=withdrawn`, 303)
  })

  /** What is declared now, as the form has it. The day is the one of the hub's zone. */
  function valuesOf({ certificate, validUntil }: Entry): Record<string, string> {
    const dayOf = (at: number | undefined) => (at === undefined ? '' : days.format(at))
    return {
      certificate: certificate?.reference ?? '',
      certificate_until: dayOf(certificate?.until),
      valid_until: dayOf(validUntil),
    }
  }
  // The Swedish form of a date is that of ISO 8601.
  const days = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: options.timeZone })
}

function file(reply: FastifyReply, name: string, type: string): FastifyReply {
  return reply.type(type).header('content-disposition', `attachment; filename="${name}"`)
}

/** Boxes that were ticked: none, one, or several fields of one name. */
function factorsIn(request: FastifyRequest): FactorKind[] {
  const { factors = [] } = (request.body ?? {}) as { factors?: unknown }
  const given = [factors].flat()
  return (Object.keys(factorKinds) as FactorKind[]).filter((kind) => given.includes(kind))
}

// ── The means of a person ───────────────────────────────────────────────────────────────────────────────────────────

const changes = ['suspend', 'resume', 'revoke'] as const
const personOutcomes = [...changes, 'unlock', 'unchanged'] as const

function mountPeople(options: ConsoleOptions): void {
  const { web, storage, audit, operators, door, means, people } = options
  const { app } = web

  /** By id or exact identifier; operators are found by nobody here. */
  async function find(text: string): Promise<{ by: 'identifier' | 'person'; person: PersonId | undefined }> {
    const given = text.trim()
    const by = isId('person', given) ? 'person' : 'identifier'
    const found = isId('person', given) ? given : await means.enrolments.personOf(given)
    return { by, person: found && (await isSubject(found)) ? found : undefined }
  }

  async function isSubject(person: PersonId): Promise<boolean> {
    const isKnown = (await people.sealerOf(storage.db, person)) !== undefined
    return isKnown && !(await operators.isOperator(person))
  }

  async function personIn(request: FastifyRequest): Promise<PersonId> {
    const { person } = request.params as { person: string }
    if (!isId('person', person) || !(await isSubject(person))) throw new GarantError('not_found')
    return person
  }

  app.get(consolePaths.people, allow('people'), async (request, reply) =>
    web.page(request, reply, searchPage({ notFound: false }, await frameOf(options, request), web.contextOf(request))),
  )

  app.post(consolePaths.people, allow('people'), async (request, reply) => {
    const { operator } = door.of(request)
    const { by, person } = await find(fieldsOf(request, ['identifier']).identifier)
    await storage.transaction(async (tx) =>
      audit.append(tx, { name: 'operator.searched', data: { operator, by, person: person ?? null } }),
    )
    if (person) return reply.redirect(consolePaths.person(person), 303)
    return web.page(
      request,
      reply,
      searchPage({ notFound: true }, await frameOf(options, request), web.contextOf(request)),
    )
  })

  app.get('/console/people/:person', allow('people'), async (request, reply) => {
    const person = await personIn(request)
    const { operator } = door.of(request)
    await storage.transaction(async (tx) =>
      audit.append(tx, { name: 'operator.viewed_person', data: { operator, person } }),
    )
    const done = personOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    const view: PersonMeansView = {
      person,
      means: await means.of(storage.db, person),
      enrolments: await means.enrolments.of(storage.db, person),
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, personPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.post('/console/people/:person/means/:means', allow('people'), async (request, reply) => {
    const person = await personIn(request)
    const { means: id } = request.params as { means: string }
    const fields = fieldsOf(request, ['change', 'reason'])
    const change = changes.find((one) => one === fields.change)
    const reason = meansReasons.find((one) => one === fields.reason)
    if (!change || !reason || !isId('means', id)) throw new GarantError('request_unreadable')
    const actor = actorOf(door.of(request))
    const outcome = await storage.transaction((tx) => means[change](tx, { person, means: id, actor, reason }))
    if (outcome === 'unknown') throw new GarantError('not_found')
    return reply.redirect(`${consolePaths.person(person)}?done=${outcome === 'done' ? change : 'unchanged'}`, 303)
  })

  app.post('/console/people/:person/unlock', allow('people'), async (request, reply) => {
    const person = await personIn(request)
    const actor = actorOf(door.of(request))
    await storage.transaction((tx) => means.unlock(tx, person, { actor, how: 'manager' }))
    return reply.redirect(`${consolePaths.person(person)}?done=unlock`, 303)
  })
}
