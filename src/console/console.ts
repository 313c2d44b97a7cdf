/**
 * The operators' pages: what they may do, the register of means with its export, the means of a person whose exact
 * identifier is known, enrolment. This room owns no table and decides nothing: each route names the right it needs
 * (`rights.ts`) and calls a verb of the room below; who is there was settled at the gate (`staff/`).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GarantError } from '../kernel/errors.ts'
import { isId, type OperatorId } from '../kernel/ids.ts'
import { type FactorKind, factorKinds } from '../policy/factors.ts'
import { meansClasses } from '../policy/means.ts'
import type { Entry } from '../register/register.ts'
import { mountApprovals } from './approvals-routes.ts'
import { mountBanners } from './banners.ts'
import { mountBreaches } from './breaches-routes.ts'
import { mountCases } from './cases-routes.ts'
import { mountCollisions } from './collisions-routes.ts'
import { mountDetection } from './detection-routes.ts'
import { mountEnrolments } from './enrolment-routes.ts'
import { registerCsv, registerJson } from './export.ts'
import { createFigures, type Figures } from './figures.ts'
import { consolePaths } from './frame.ts'
import { mountHome } from './home.ts'
import { mountIncidents } from './incidents.ts'
import { mountJobs } from './jobs-routes.ts'
import { mountJournal } from './journal-routes.ts'
import { mountMandates } from './mandates.ts'
import { mountOperators } from './operators.ts'
import { mountOrganisations } from './organisations.ts'
import { declarePage, homologatePage, type RegisterView, registerPage } from './pages.ts'
import { mountPartners } from './partners-routes.ts'
import { mountPeopleProtection } from './people-protection.ts'
import { mountPeople } from './people-routes.ts'
import { mountProviders } from './providers-routes.ts'
import { mountRehearsal } from './rehearsal.ts'
import { mountServices } from './services-routes.ts'
import { mountSettings } from './settings-routes.ts'
import { mountRequests } from './support-routes.ts'
import { mountVersions } from './versions-routes.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

/** Returns what it counts: the admin API tells the same. */
export function mountConsole(options: ConsoleOptions): { figures: Figures } {
  mountRegister(options)
  mountPeople(options)
  mountPeopleProtection(options)
  mountEnrolments(options)
  const figures = createFigures(options)
  const operations = { ...options, figures }
  mountHome(operations)
  mountProviders(operations)
  mountRehearsal(operations)
  mountIncidents(operations)
  mountBanners(operations)
  mountCollisions(options)
  mountCases(options)
  mountDetection(options)
  mountBreaches(options)
  mountOrganisations(options)
  mountMandates(options)
  mountJournal(options)
  mountJobs(options)
  mountRequests(options)
  mountSettings(options)
  mountApprovals(options)
  mountOperators(options)
  mountServices(options)
  mountPartners(options)
  mountVersions(options)
  return { figures }
}

// ── The register of means ───────────────────────────────────────────────────────────────────────────────────────────

const registerOutcomes = ['homologated', 'declared', 'withdrawn', 'undeclared', 'changed_meanwhile'] as const

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
    const actors = entries.flatMap(({ homologations, declared }) => [
      ...homologations.map(({ recordedBy }) => recordedBy),
      ...(declared ? [declared.by] : []),
    ])
    const authors = actors.flatMap((actor) => (actor.kind === 'operator' ? [actor.id] : []))
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

  app.post(consolePaths.undeclare, allow('homologate'), async (request, reply) => {
    const withdrawn = fieldsOf(request, ['entry', 'declaration'])
    const isDone = await register.undeclare(withdrawn, actorOf(door.of(request)))
    // A second click, or somebody else was faster: the page shows what counts now.
    return reply.redirect(`${consolePaths.register}?done=${isDone ? 'undeclared' : 'changed_meanwhile'}`, 303)
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
