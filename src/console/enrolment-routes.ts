/**
 * Enrolment before an operator (R039 to R046): somebody new, a new check of somebody known, another identity. What was
 * typed is read, shown as it would be recorded, and recorded by a second press; then the operator hands over a code by
 * which the person makes their own means.
 *
 * Between the two presses it rests in the state store, for this operator alone. Confirming consumes it: a second click
 * leads to what the first one did.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { atLeast, type Level } from '../kernel/assurance.ts'
import { minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Identity } from '../kernel/identity.ts'
import { type EnrolmentId, isId, newSecret, type OperatorId, type PersonId } from '../kernel/ids.ts'
import { activationFollows } from '../means/activation.ts'
import type { Enrolment } from '../means/means.ts'
import { activationPath } from '../means/pages-activation.ts'
import type { Tx } from '../storage/storage.ts'
import {
  type FieldFault,
  type FieldName,
  identifierFields,
  identityFields,
  proofFields,
  readIdentity,
  todayIn,
  type Values,
} from './enrolment-form.ts'
import {
  activationHiddenPage,
  activationSheetPage,
  type DraftView,
  draftGonePage,
  draftPage,
  draftRefusedPage,
  type EnrolFormView,
  enrolFormPage,
  enrolmentsPage,
  identityUnknownPage,
  outcomePage,
  type ProofsView,
  proofKinds,
  type StartView,
} from './enrolment-pages.ts'
import { type About, createEnrolmentWork, type Prepared } from './enrolment-work.ts'
import { consolePaths } from './frame.ts'
import { agentOf } from './people-pages.ts'
import {
  actorOf,
  allow,
  type ConsoleOptions,
  fieldsOf,
  findByWord,
  frameOf,
  isSubject,
  noteSearch,
  noteView,
  operatorNames,
  personIn,
} from './visit.ts'

/** What waits for its confirmation. */
interface Draft extends Prepared {
  operator: OperatorId
  /** Of a health mailbox: what came of sending, until the code came back. */
  mailbox?: 'sent' | 'too_many' | 'not_sent' | 'proved'
  /** As it was typed, for the form. */
  values: Values
}

type Kept = { draft: Draft } & (
  | { at: 'waiting' }
  | { at: 'done'; person: PersonId; enrolment: EnrolmentId }
  | { at: 'refused'; reasons: readonly string[] }
)

const draftKind = 'console.enrolment'
/** For a conversation at a desk, and a mail that is slow. */
const draftLifetime = 30 * minute
const shownKind = 'console.activation-shown'
const shownFor = 10 * minute

const allFields = [...identityFields, ...proofFields, ...identifierFields, 'rpps'] as const

export function mountEnrolments(options: ConsoleOptions): void {
  const { web, storage, clock, door, means, timeZone } = options
  const { app } = web
  const { state } = storage
  const { enrolments, mailboxProofs, activations } = means
  const work = createEnrolmentWork(options)

  const proofs = (): ProofsView => {
    const levelOf = (kind: (typeof proofKinds)[number]): Level => {
      const [domain = ''] = options.healthMailDomains
      const weighed = enrolments.weigh(
        kind === 'health_mailbox' ? { kind, address: `a@${domain}` } : { kind: 'document', seen: kind },
      )
      return 'level' in weighed ? weighed.level : 'eidas1'
    }
    const levels = Object.fromEntries(proofKinds.map((kind) => [kind, levelOf(kind)])) as ProofsView['levels']
    return { levels, healthMailDomains: options.healthMailDomains }
  }

  // ── Where one begins ──────────────────────────────────────────────────────────────────────────────────────────────

  async function start(request: FastifyRequest, reply: FastifyReply, view: Omit<StartView, keyof ProofsView>) {
    const page = enrolmentsPage({ ...proofs(), ...view }, await frameOf(options, request), web.contextOf(request))
    return web.page(request, reply, page)
  }

  app.get(consolePaths.enrolments, allow('enrol'), (request, reply) =>
    start(request, reply, { values: {}, faults: [] }),
  )

  app.post(consolePaths.enrolmentSearch, allow('enrol'), async (request, reply) => {
    const values = fieldsOf(request, allFields)
    if (values.identifier) {
      const found = await findByWord(options, values.identifier)
      await noteSearch(options, request, found)
      if (found.person) return reply.redirect(consolePaths.person(found.person), 303)
      return start(request, reply, { values, faults: [], found: 'nobody' })
    }
    const read = readIdentity(values, clock.now())
    if (!read.ok) return start(request, reply, { values, faults: read.faults })
    const found = await work.having(read.value)
    const [one, another] = found.people
    await noteSearch(options, request, { by: 'identity', person: another ? undefined : one })
    if (one && !another) return reply.redirect(consolePaths.person(one), 303)
    return start(request, reply, { values, faults: [], found: one ? found.people : 'nobody' })
  })
  // Reloaded, or opened by hand: the page that it is sent from.
  app.get(consolePaths.enrolmentSearch, allow('enrol'), (_request, reply) =>
    reply.redirect(consolePaths.enrolments, 303),
  )

  // ── The three forms ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Which proofs would not be enough. */
  function tooWeakFor({ needed }: About): Pick<EnrolFormView, 'tooWeak'> {
    if (!needed) return {}
    const { levels } = proofs()
    return { tooWeak: proofKinds.filter((kind) => !atLeast(levels[kind], needed)) }
  }

  async function form(
    request: FastifyRequest,
    reply: FastifyReply,
    about: About,
    given: { values: Values; faults?: readonly FieldFault[]; known?: PersonId },
  ): Promise<FastifyReply> {
    const { faults = [], values, known } = given
    const seen = new Set<FieldName>()
    const first = faults.filter(({ field }) => !seen.has(field) && seen.add(field))
    const view = { ...proofs(), ...about, ...tooWeakFor(about), values, faults: first, ...(known ? { known } : {}) }
    return web.page(request, reply, enrolFormPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  /** What was typed before, where somebody comes back to correct it; otherwise the identity in force. */
  async function valuesFor(request: FastifyRequest, identity?: Identity): Promise<Values> {
    const { draft } = request.query as { draft?: unknown }
    const kept = typeof draft === 'string' ? await keptOf(request, draft) : undefined
    if (kept) return kept.draft.values
    const checked_on = todayIn(timeZone, clock.now())
    return identity?.kind === 'pivot' ? { ...identity, checked_on } : { checked_on }
  }

  app.get(consolePaths.enrolNew, allow('enrol'), async (request, reply) => {
    const { kind } = request.query as { kind?: unknown }
    const what = kind === 'professional' ? kind : 'citizen'
    return form(request, reply, { what }, { values: await valuesFor(request) })
  })

  for (const [path, what] of [
    ['/console/people/:person/enrol', 'known'],
    ['/console/people/:person/identity', 'change'],
  ] as const) {
    app.get(path, allow('enrol'), async (request, reply) => {
      const person = await personIn(options, request)
      await noteView(options, request, person)
      const about = await work.about(what, person)
      if (!about) return noIdentity(request, reply, person)
      return form(request, reply, about, {
        values: await valuesFor(request, what === 'change' ? about.identity : undefined),
      })
    })
  }

  async function noIdentity(request: FastifyRequest, reply: FastifyReply, person: PersonId): Promise<FastifyReply> {
    const frame = await frameOf(options, request)
    return web.page(request, reply, identityUnknownPage(person, frame, web.contextOf(request)))
  }

  // ── From a form to a draft ────────────────────────────────────────────────────────────────────────────────────────

  app.get(consolePaths.drafts, allow('enrol'), (_request, reply) => reply.redirect(consolePaths.enrolments, 303))

  app.post(consolePaths.drafts, allow('enrol'), async (request, reply) => {
    const values = fieldsOf(request, allFields)
    const { what: whatGiven, person: personGiven } = fieldsOf(request, ['what', 'person'])
    const what = (['citizen', 'professional', 'known', 'change'] as const).find((one) => one === whatGiven)
    const isAboutSomebody = what === 'known' || what === 'change'
    if (!what || isAboutSomebody !== isId('person', personGiven)) throw new GarantError('request_unreadable')
    const person = isAboutSomebody ? (personGiven as PersonId) : undefined
    if (person && !(await isSubject(options, person))) throw new GarantError('not_found')
    const about = await work.about(what, person)
    if (!about) return noIdentity(request, reply, person as PersonId)

    const context = web.contextOf(request)
    const actor = actorOf(door.of(request))
    const searched = (found: PersonId | undefined) => noteSearch(options, request, { by: 'identity', person: found })
    const judged = await work.judge(about, values, { actor, searched })
    if (judged.kind === 'faulty') return form(request, reply, about, { values, faults: judged.faults })
    if (judged.kind === 'known') return form(request, reply, about, { values, known: judged.person })
    const { prepared } = judged

    const id = newSecret()
    const { proof: proved } = prepared
    const mailbox =
      proved.kind === 'health_mailbox'
        ? await mailboxProofs.send({
            address: proved.address,
            binding: id,
            language: context.language,
            actor,
            ...(person ? { person } : {}),
          })
        : undefined
    if (mailbox === 'address_malformed' || mailbox === 'mailbox_not_secured') {
      return form(request, reply, about, { values, faults: [{ field: 'mailbox', reason: mailbox }] })
    }
    const { operator } = door.of(request)
    const draft: Draft = { ...prepared, operator, values, ...(mailbox ? { mailbox } : {}) }
    await keep(id, { at: 'waiting', draft })
    return reply.redirect(consolePaths.draft(id), 303)
  })

  // ── From a draft to an enrolment ──────────────────────────────────────────────────────────────────────────────────

  async function keptOf(request: FastifyRequest, id: string): Promise<Kept | undefined> {
    const [found] = await state.getMany([{ kind: draftKind, key: id }])
    const kept = found?.value as Kept | undefined
    return kept?.draft.operator === door.of(request).operator ? kept : undefined
  }

  const keep = (key: string, value: Kept, tx?: Tx) =>
    state.write({
      put: [{ kind: draftKind, key, value, expiresAt: clock.now() + draftLifetime }],
      ...(tx ? { tx } : {}),
    })

  const idIn = (request: FastifyRequest) => (request.params as { draft: string }).draft

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    kept: Kept | undefined,
    wrong = false,
  ): Promise<FastifyReply> {
    const [frame, context, draft] = [await frameOf(options, request), web.contextOf(request), idIn(request)]
    if (!kept) return web.page(request, reply, draftGonePage(frame, context))
    if (kept.at === 'done') return reply.redirect(consolePaths.enrolment(kept.person, kept.enrolment), 303)
    const { mailbox, values: _, operator: __, ...rest } = kept.draft
    if (kept.at === 'refused') {
      return web.page(request, reply, draftRefusedPage({ ...rest, draft, reasons: kept.reasons }, frame, context))
    }
    const about = mailbox === 'proved' ? mailbox : mailbox && { outcome: mailbox, wrong }
    const view: DraftView = { ...rest, draft, ...(about ? { mailbox: about } : {}) }
    return web.page(request, reply, draftPage(view, frame, context))
  }

  app.get('/console/enrolments/drafts/:draft', allow('enrol'), async (request, reply) =>
    show(request, reply, await keptOf(request, idIn(request))),
  )

  app.post('/console/enrolments/drafts/:draft', allow('enrol'), async (request, reply) => {
    const id = idIn(request)
    const kept = await keptOf(request, id)
    if (kept?.at !== 'waiting') return show(request, reply, kept)
    const { act, code } = fieldsOf(request, ['act', 'code'])
    const { draft } = kept
    const { proof } = draft
    if (proof.kind === 'health_mailbox' && draft.mailbox !== 'proved') {
      if (act === 'send') {
        const { language } = web.contextOf(request)
        const actor = actorOf(door.of(request))
        const sent = await mailboxProofs.send({ address: proof.address, binding: id, language, actor })
        const mailbox = sent === 'sent' || sent === 'too_many' ? sent : 'not_sent'
        await keep(id, { at: 'waiting', draft: { ...draft, mailbox } })
        return reply.redirect(consolePaths.draft(id), 303)
      }
      if (!(await mailboxProofs.check({ address: proof.address, binding: id, code }))) {
        return show(request, reply, kept, true)
      }
      draft.mailbox = 'proved'
      await keep(id, kept)
    }
    await confirm(id, draft)
    return show(request, reply, await keptOf(request, id))
  })

  /** Of two clicks one records; the other waits for it and finds what it did. */
  async function confirm(id: string, draft: Draft): Promise<void> {
    await work.record(draft, { kind: 'operator', id: draft.operator }, (record) =>
      storage.transaction(async (tx) => {
        if ((await state.consume(draftKind, id, { tx })) !== 'first') return
        const outcome = await record(tx)
        const kept: Kept = outcome.ok
          ? { at: 'done', draft, person: outcome.person, enrolment: outcome.enrolment }
          : { at: 'refused', draft, reasons: outcome.reasons }
        await keep(id, kept, tx)
      }),
    )
  }

  // ── What came of it ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Through its person. */
  async function enrolmentIn(request: FastifyRequest): Promise<{ person: PersonId; enrolment: Enrolment }> {
    const person = await personIn(options, request)
    const { enrolment: id } = request.params as { enrolment: string }
    const enrolment = (await enrolments.of(storage.db, person)).find((one) => one.enrolment === id)
    if (!enrolment) throw new GarantError('not_found')
    return { person, enrolment }
  }

  app.get('/console/people/:person/enrolments/:enrolment', allow('enrol'), async (request, reply) => {
    const { person, enrolment } = await enrolmentIn(request)
    await noteView(options, request, person)
    const context = web.contextOf(request)
    const waiting = await activations.waiting(storage.db, person)
    const present = (await means.of(storage.db, person)).filter(
      ({ state: is }) => is === 'active' || is === 'suspended',
    )
    const view = {
      person,
      enrolment,
      agent: agentOf(enrolment, await operatorNames(options, [enrolment]), context),
      identifiers: await enrolments.identifiersOf(storage.db, person),
      hasMeans: present.length > 0,
      mayActivate: clock.now() - enrolment.at <= activationFollows,
      ...(waiting ? { waiting } : {}),
    }
    return web.page(request, reply, outcomePage(view, await frameOf(options, request), context))
  })

  const activation = '/console/people/:person/enrolments/:enrolment/activation'
  const shownKey = (request: FastifyRequest, enrolment: EnrolmentId) => `${door.of(request).session} ${enrolment}`

  app.post(activation, allow('enrol'), async (request, reply) => {
    const { person, enrolment } = await enrolmentIn(request)
    const holder = { person, enrolment: enrolment.enrolment }
    const actor = actorOf(door.of(request))
    const given = await storage.transaction((tx) => activations.give(tx, { ...holder, actor }))
    if (!given.ok) return reply.redirect(consolePaths.enrolment(person, enrolment.enrolment), 303)
    const key = shownKey(request, enrolment.enrolment)
    const value = { code: given.code, expiresAt: given.expiresAt }
    await state.write({ put: [{ kind: shownKind, key, value, expiresAt: clock.now() + shownFor }] })
    return reply.redirect(consolePaths.activation(person, enrolment.enrolment), 303)
  })

  app.get(activation, allow('enrol'), async (request, reply) => {
    const { person, enrolment } = await enrolmentIn(request)
    const [frame, context] = [await frameOf(options, request), web.contextOf(request)]
    const holder = { person, enrolment: enrolment.enrolment }
    const [found] = await state.getMany([{ kind: shownKind, key: shownKey(request, enrolment.enrolment) }])
    if (!found) return web.page(request, reply, activationHiddenPage(holder, frame, context))
    const view = {
      ...holder,
      ...(found.value as { code: string; expiresAt: number }),
      identifiers: await enrolments.identifiersOf(storage.db, person),
      address: `${options.issuer}${activationPath}`,
    }
    return web.page(request, reply, activationSheetPage(view, frame, context))
  })

  app.post('/console/people/:person/activation/withdraw', allow('enrol'), async (request, reply) => {
    const person = await personIn(options, request)
    const actor = actorOf(door.of(request))
    const isDone = await storage.transaction((tx) => activations.withdraw(tx, person, actor))
    return reply.redirect(`${consolePaths.person(person)}?done=${isDone ? 'withdrawn' : 'unchanged'}`, 303)
  })
}
