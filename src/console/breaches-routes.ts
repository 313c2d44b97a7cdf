/**
 * The register of breaches for those who answer for it, and for those who look after them: each route names its right and
 * calls a verb of `breaches/`. What goes to an authority, and the register as a file, are written down when they are taken.
 */
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Breach, BreachOutcome } from '../breaches/breaches.ts'
import { drawUp, notificationJson, notificationText } from '../breaches/notification.ts'
import { registerCsv, registerJson } from '../breaches/register-file.ts'
import { GarantError } from '../kernel/errors.ts'
import { type BreachId, isId, newOrderedId, type OperatorId } from '../kernel/ids.ts'
import { isLanguage, type Language } from '../kernel/languages.ts'
import { type Authority, type Closing, closings } from '../policy/breach.ts'
import { readWallClock } from '../policy/calendar.ts'
import {
  assessmentIn,
  blankTyped,
  breachPaths,
  readAssessment,
  readTyped,
  typedAssessment,
  typedIn,
  typedOf,
  versionIn,
} from './breaches-forms.ts'
import {
  assessmentPage,
  type BreachDone,
  type BreachSaid,
  type BreachView,
  breachesDone,
  breachesPage,
  breachPage,
  descriptionPage,
  notificationPage,
} from './breaches-pages.ts'
import { mountStatements } from './statements.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

const pageSize = 25
const param = ':breach' as BreachId

export function mountBreaches(options: ConsoleOptions): void {
  const { web, door, clock, breaches, statements, cases, partners, operators, timeZone, notifier } = options
  const { app } = web
  const { authorities } = breaches
  const { contact } = notifier

  app.get(breachPaths.list, allow('breaches'), async (request, reply) => {
    const { which: given, after } = request.query as { which?: unknown; after?: unknown }
    const which = given === 'closed' ? 'closed' : 'open'
    const from = isId('breach', after) ? after : undefined
    const [found, counts] = await Promise.all([
      breaches.list({ which, limit: pageSize, ...(from ? { after: from } : {}) }),
      breaches.counts(),
    ])
    const view = { which, ...found, counts, authorities, now: clock.now(), isFirst: from === undefined } as const
    return web.page(request, reply, breachesPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  /** What a form shows when the entry is not what it was drawn from: whoever sends it once more means it. */
  const conflictWith = (breach: Breach) => ({
    ...{ breach, hidden: { seen: String(breach.version) }, problems: [], isMoved: true },
  })

  // ── A new entry ─────────────────────────────────────────────────────────────────────────────────────────────────

  app.get(breachPaths.fresh, allow('breaches_work'), async (request, reply) => {
    const typed = blankTyped(breaches.concerned)
    const hidden = { breach: newOrderedId('breach', clock.now()) }
    const view = { typed, hidden, problems: [], isMoved: false, authorities, timeZone, hasTitle: true }
    return web.page(request, reply, descriptionPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.post(breachPaths.fresh, allow('breaches_work'), async (request, reply) => {
    const { breach: id } = fieldsOf(request, ['breach'])
    if (!isId('breach', id)) throw new GarantError('request_unreadable')
    const typed = typedIn(request)
    const given = readTyped(typed, undefined, timeZone)
    const outcome = await breaches.openIncident({ id, ...given, actor: actorOf(door.of(request)) })
    if (outcome.kind === 'opened') return finished(reply, id, 'opened')
    if (outcome.kind === 'known') return finished(reply, id, 'unchanged')
    const form = { typed, authorities, timeZone, hasTitle: true }
    const view =
      outcome.kind === 'invalid'
        ? { ...form, hidden: { breach: id }, problems: outcome.problems, isMoved: false }
        : { ...form, ...conflictWith(outcome.breach) }
    return web.page(request, reply, descriptionPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  // ── One entry ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws GarantError `not_found` */
  async function breachIn(request: FastifyRequest): Promise<Breach> {
    const { breach: id } = request.params as { breach: string }
    const found = isId('breach', id) ? await breaches.read(id) : undefined
    if (!found) throw new GarantError('not_found')
    return found
  }

  /** What partners decided about it for themselves, by their own words in the answers to its case. */
  async function partnersOf({ source }: Breach, language: Language): Promise<BreachView['partners']> {
    if (source.kind !== 'case') return []
    const { services, providers } = partners.registry()
    return (await cases.parties(source.case)).flatMap((party) => {
      const last = party.answers.find(({ breach }) => breach !== undefined)
      const own = party.side === 'service' ? services.get(party.object) : providers.get(party.object)
      if (!last?.breach) return []
      return [{ name: own?.name[language] ?? party.object, answer: last.breach, at: last.at }]
    })
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    breach: Breach,
    more: Pick<BreachView, 'done' | 'said'> = {},
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const [events, own, about] = await Promise.all([
      breaches.history(breach.id),
      partnersOf(breach, context.language),
      statements.ofBreach(breach.id),
    ])
    const ids = events.flatMap(({ by }) => (by.kind === 'operator' ? [by.id] : []))
    const view: BreachView = {
      ...{ breach, events, authorities, partners: own, statements: about, now: clock.now() },
      names: await operators.namesOf([...new Set<OperatorId>(ids)]),
      ...(contact ? { contact: contact.replace(/^(mailto|tel):/, '') } : {}),
      ...more,
    }
    return web.page(request, reply, breachPage(view, await frameOf(options, request), context))
  }

  app.get(breachPaths.one(param), allow('breaches'), async (request, reply) => {
    const done = breachesDone.find((one) => one === (request.query as { done?: unknown }).done)
    return show(request, reply, await breachIn(request), done ? { done } : {})
  })

  const finished = (reply: FastifyReply, id: BreachId, done: BreachDone) =>
    reply.redirect(`${breachPaths.one(id)}?done=${done}`, 303)

  /** Of the short forms on the page of an entry: what was typed stays there. */
  async function answered(
    request: FastifyRequest,
    reply: FastifyReply,
    given: { before: Breach; outcome: BreachOutcome; done: BreachDone } & Pick<BreachSaid, 'step' | 'typed'>,
  ): Promise<FastifyReply> {
    const { before, outcome, done, step, typed } = given
    switch (outcome.kind) {
      case 'done':
        return finished(reply, before.id, done)
      case 'unchanged':
        return finished(reply, before.id, 'unchanged')
      case 'absent':
        throw new GarantError('not_found')
      case 'invalid':
        return show(request, reply, before, { said: { step, typed, problems: outcome.problems } })
      case 'moved':
        return show(request, reply, outcome.breach, { said: { step, typed, problems: [], isMoved: true } })
      case 'refused':
        return show(request, reply, outcome.breach, { said: { step, typed, problems: [], refused: outcome.reason } })
    }
  }

  app.post(breachPaths.notification(param), allow('breaches_work'), async (request, reply) => {
    const before = await breachIn(request)
    const typed = fieldsOf(request, ['seen', 'phase', 'authority', 'told_at', 'reference', 'late_reason', 'note'])
    if (!isId('breachPhase', typed.phase)) throw new GarantError('request_unreadable')
    const outcome = await breaches.notify(before.id, {
      ...{ phase: typed.phase, authority: typed.authority, at: readWallClock(typed.told_at, timeZone) },
      ...{ reference: typed.reference, lateReason: typed.late_reason, note: typed.note },
      ...{ seen: versionIn(typed.seen), actor: actorOf(door.of(request)) },
    })
    return answered(request, reply, { before, outcome, done: 'notified', step: 'notification', typed })
  })

  app.post(breachPaths.people(param), allow('breaches_work'), async (request, reply) => {
    const before = await breachIn(request)
    const typed = fieldsOf(request, ['seen', 'people_at', 'how'])
    const by = { seen: versionIn(typed.seen), actor: actorOf(door.of(request)) }
    const at = readWallClock(typed.people_at, timeZone)
    const outcome = await breaches.tellPeople(before.id, { ...by, at, how: typed.how })
    return answered(request, reply, { before, outcome, done: 'people_told', step: 'people', typed })
  })

  app.post(breachPaths.close(param), allow('breaches_work'), async (request, reply) => {
    const before = await breachIn(request)
    const typed = fieldsOf(request, ['seen', 'closing', 'closing_note'])
    const reason: Closing | undefined = closings.find((one) => one === typed.closing)
    if (!reason) return show(request, reply, before, { said: { step: 'close', typed, problems: ['reason_missing'] } })
    const by = { seen: versionIn(typed.seen), actor: actorOf(door.of(request)) }
    const outcome = await breaches.close(before.id, { ...by, reason, note: typed.closing_note })
    return answered(request, reply, { before, outcome, done: 'closed', step: 'close', typed })
  })

  app.post(breachPaths.reopen(param), allow('breaches_work'), async (request, reply) => {
    const before = await breachIn(request)
    const typed = fieldsOf(request, ['seen', 'closing_note'])
    const by = { seen: versionIn(typed.seen), actor: actorOf(door.of(request)) }
    const outcome = await breaches.reopen(before.id, { ...by, reason: typed.closing_note })
    return answered(request, reply, { before, outcome, done: 'reopened', step: 'reopen', typed })
  })

  // ── The long forms ──────────────────────────────────────────────────────────────────────────────────────────────

  /** What a long form shows again after a refusal; undefined where it was done. */
  function refusedIn(outcome: Exclude<BreachOutcome, { kind: 'done' | 'unchanged' | 'absent' }>, before: Breach) {
    return {
      // Whoever sends it once more after reading what is there now, means it.
      breach: 'breach' in outcome ? outcome.breach : before,
      problems: outcome.kind === 'invalid' ? outcome.problems : [],
      isMoved: outcome.kind === 'moved',
      ...(outcome.kind === 'refused' ? { refused: outcome.reason } : {}),
    }
  }

  app.get(breachPaths.description(param), allow('breaches_work'), async (request, reply) => {
    const breach = await breachIn(request)
    const view = { breach, hidden: { seen: String(breach.version) }, problems: [], isMoved: false }
    const form = { typed: typedOf(breach, timeZone), authorities, timeZone, hasTitle: breach.source.kind === 'hub' }
    const frame = await frameOf(options, request)
    return web.page(request, reply, descriptionPage({ ...view, ...form }, frame, web.contextOf(request)))
  })

  app.post(breachPaths.description(param), allow('breaches_work'), async (request, reply) => {
    const before = await breachIn(request)
    const typed = typedIn(request)
    const by = { seen: versionIn(fieldsOf(request, ['seen']).seen), actor: actorOf(door.of(request)) }
    const outcome = await breaches.describe(before.id, { ...readTyped(typed, before, timeZone), ...by })
    if (outcome.kind === 'absent') throw new GarantError('not_found')
    if (outcome.kind === 'done') return finished(reply, before.id, 'described')
    if (outcome.kind === 'unchanged') return finished(reply, before.id, 'unchanged')
    const refused = refusedIn(outcome, before)
    const hasTitle = before.source.kind === 'hub'
    const view = {
      ...refused,
      hidden: { seen: String(refused.breach.version) },
      typed,
      authorities,
      timeZone,
      hasTitle,
    }
    return web.page(request, reply, descriptionPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get(breachPaths.assessment(param), allow('breaches_work'), async (request, reply) => {
    const breach = await breachIn(request)
    const typed = typedAssessment(breach.assessment)
    const view = { breach, hidden: { seen: String(breach.version) }, problems: [], isMoved: false, typed }
    return web.page(request, reply, assessmentPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.post(breachPaths.assessment(param), allow('breaches_work'), async (request, reply) => {
    const before = await breachIn(request)
    const typed = assessmentIn(request)
    const assessment = readAssessment(typed)
    const by = { seen: versionIn(fieldsOf(request, ['seen']).seen), actor: actorOf(door.of(request)) }
    const outcome: BreachOutcome = assessment
      ? await breaches.assess(before.id, { ...by, assessment })
      : { kind: 'invalid', problems: ['choice_missing'] }
    if (outcome.kind === 'absent') throw new GarantError('not_found')
    if (outcome.kind === 'done') return finished(reply, before.id, 'assessed')
    if (outcome.kind === 'unchanged') return finished(reply, before.id, 'unchanged')
    const refused = refusedIn(outcome, before)
    const view = { ...refused, hidden: { seen: String(refused.breach.version) }, typed }
    return web.page(request, reply, assessmentPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  // ── What goes to an authority ───────────────────────────────────────────────────────────────────────────────────

  async function asked(request: FastifyRequest): Promise<{ breach: Breach; authority: Authority; language: Language }> {
    const breach = await breachIn(request)
    const { authority: id, in: given } = request.query as { authority?: unknown; in?: unknown }
    const authority = authorities.find((one) => one.id === id)
    if (!authority) throw new GarantError('not_found')
    return { breach, authority, language: isLanguage(given) ? given : authority.language }
  }

  const given = ({ breach, authority, language }: Awaited<ReturnType<typeof asked>>) => ({
    ...{ breach, authority, language, notifier, t: web.translate(language), now: clock.now() },
  })

  app.get(breachPaths.notification(param), allow('breaches'), async (request, reply) => {
    const wanted = given(await asked(request))
    await breaches.noteExport(wanted.breach.id, actorOf(door.of(request)))
    const view = { breach: wanted.breach, file: drawUp(wanted), t: wanted.t }
    return web.page(request, reply, notificationPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get(breachPaths.notificationText(param), allow('breaches'), async (request, reply) => {
    const wanted = given(await asked(request))
    await breaches.noteExport(wanted.breach.id, actorOf(door.of(request)))
    return file(reply, `${wanted.breach.reference}.txt`, 'text/plain; charset=utf-8').send(
      notificationText(drawUp(wanted), wanted.t),
    )
  })

  app.get(breachPaths.notificationJson(param), allow('breaches'), async (request, reply) => {
    const wanted = given(await asked(request))
    await breaches.noteExport(wanted.breach.id, actorOf(door.of(request)))
    return file(reply, `${wanted.breach.reference}.json`, 'application/json; charset=utf-8').send(
      JSON.stringify(notificationJson(wanted), null, 2),
    )
  })

  app.get(breachPaths.csv, allow('breaches'), async (request, reply) => {
    await breaches.noteExport(undefined, actorOf(door.of(request)))
    return file(reply, 'breaches.csv', 'text/csv; charset=utf-8; header=present').send(
      Readable.from(registerCsv(breaches.all())),
    )
  })

  app.get(breachPaths.json, allow('breaches'), async (request, reply) => {
    await breaches.noteExport(undefined, actorOf(door.of(request)))
    return file(reply, 'breaches.json', 'application/json; charset=utf-8').send(
      Readable.from(registerJson(breaches.all(), clock.now())),
    )
  })

  mountStatements(options)
}

const file = (reply: FastifyReply, name: string, type: string) =>
  reply.type(type).header('content-disposition', `attachment; filename="${name}"`)
