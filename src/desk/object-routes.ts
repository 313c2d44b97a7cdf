/**
 * A service or a provider in the hands of its partner: read, changed in a draft, looked at, published, brought back; a
 * service's secrets. Each press says which state its author saw; who was overtaken sees what the others did beside what
 * they typed themselves, and nothing is lost; who presses twice changes nothing twice.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../audit/facts.ts'
import type { Page } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { GarantError } from '../kernel/errors.ts'
import { staffRoles } from '../kernel/roles.ts'
import {
  type Denied,
  type Draft,
  type Editor,
  type Entry,
  type EntryFault,
  editingRoles,
  type PublishOutcome,
  type SecretOutcome,
  type Version,
} from '../partners/versions.ts'
import { type DeskFrame, deskPaths, type Own } from './frame.ts'
import { integrationOf } from './integration.ts'
import { integrationPage } from './integration-pages.ts'
import {
  conflictPage,
  type DraftView,
  draftPage,
  editorsOf,
  foundingRoles,
  nameIn,
  newConnectors,
  newObjectPage,
  type ObjectOutcome,
  type ObjectView,
  objectOutcomes,
  objectPage,
  type ReviewView,
  refusedNotice,
  reviewPage,
  secretPage,
  versionsPage,
  type WithdrawalView,
  withdrawalPage,
} from './object-pages.ts'
import { at, entryFrom, typedIn } from './settings-form.ts'
import { allow, type DeskOptions, editorOf, frameOf, ownIn } from './visit.ts'

/** Of one service or provider, what its page says of its versions. */
export type Told = Pick<ObjectView, 'own' | 'entry' | 'versions' | 'warnings' | 'requests'> & {
  draft?: Draft
}

/** The largest entry that is kept, with every sign of it written as three, and the form around it. */
const longestDraft = 512 * 1024

/** Versions on one page of a history. */
const versionsAtOnce = 20

export interface Objects {
  tell(own: Own, editor: Editor): Promise<Told>
  /** The page of something whose versions are all that there is of it. */
  page(request: FastifyRequest, reply: FastifyReply, own: Own): Promise<FastifyReply>
}

export function mountObjects(options: DeskOptions): Objects {
  const { web, door, versions, partners, issuer } = options
  const { app } = web

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    draw: (frame: DeskFrame, context: ReturnType<typeof web.contextOf>) => Page,
  ) => web.page(request, reply, draw(await frameOf(options, request), web.contextOf(request)))

  const editor = (request: FastifyRequest) => editorOf(door.of(request))

  async function tell(own: Own, by: Editor): Promise<Told> {
    const [draft, past = [], requests] = await Promise.all([
      versions.draft(own, by),
      versions.history(own, by, { limit: 4 }),
      own.kind === 'service' ? versions.scopes(by, { service: own.id }) : [],
    ])
    const published = past.find(({ state }) => state === 'published') ?? past[0]
    const look = published && (await versions.lookBack(own, published.number, by))
    return {
      own,
      entry: look?.entry ?? draft?.entry ?? {},
      ...(draft ? { draft } : {}),
      versions: past,
      warnings: look?.warnings ?? [],
      requests,
    }
  }

  // ── Something new ─────────────────────────────────────────────────────────────────────────────────────────────────

  for (const kind of ['service', 'provider'] as const) {
    const path = kind === 'service' ? deskPaths.newService : deskPaths.newProvider

    app.get(path, allow(...foundingRoles), (request, reply) =>
      show(request, reply, (frame, context) => newObjectPage({ kind, id: '', faults: [] }, frame, context)),
    )

    app.post(path, allow(...foundingRoles), async (request, reply) => {
      const typed = request.body as { id?: unknown; connector?: unknown }
      const id = String(typed.id ?? '').trim()
      const connector = newConnectors.find((one) => one === typed.connector) ?? 'oidc'
      const own: Own = { kind, id }
      const by = editor(request)
      const taken: EntryFault = { field: 'id', code: 'id_taken', problem: 'is taken' }
      const { services, providers } = partners.registry()
      const isOwn = (kind === 'service' ? services : providers).get(id)?.partner === door.of(request).partner
      const outcome = isOwn ? ({ kind: 'refused', faults: [taken] } as const) : await versions.open(own, by)
      if (outcome.kind === 'refused') {
        const { faults } = outcome
        return show(request, reply, (frame, context) => newObjectPage({ kind, id, connector, faults }, frame, context))
      }
      if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') return deny(request, outcome)
      if (outcome.kind === 'opened') {
        const begun = kind === 'service' ? beginning : { connector: { kind: connector } }
        await versions.save(own, { entry: { ...begun, ...outcome.draft.entry }, edit: outcome.draft.edit }, by)
      }
      return reply.redirect(deskPaths.draft(own), 303)
    })
  }

  for (const kind of ['service', 'provider', 'partner'] as const) {
    const path = kind === 'partner' ? deskPaths.partner : `/desk/${kind}s/:${kind}`
    const editors = editorsOf({ kind, id: '' })
    const ownOf = (request: FastifyRequest) => ownIn(options, request, kind)

    // That of a provider says more than its settings (`suspension-routes.ts`).
    if (kind !== 'provider') {
      app.get(path, allow(...staffRoles), async (request, reply) =>
        page(request, reply, await ownOf(request), doneIn(request)),
      )
    }

    // ── The draft ─────────────────────────────────────────────────────────────────────────────────────────────────────

    app.post(`${path}/draft/open`, allow(...editors), async (request, reply) => {
      const own = await ownOf(request)
      const from = numberIn(request.body, 'from')
      const outcome = await versions.open(own, editor(request), from === undefined ? {} : { from })
      if (outcome.kind === 'refused') throw new GarantError('not_found')
      if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') return deny(request, outcome)
      const isThere = outcome.kind === 'there' && from !== undefined
      return reply.redirect(`${deskPaths.draft(own)}${isThere ? '?done=there' : ''}`, 303)
    })

    app.get(`${path}/draft`, allow(...editors), async (request, reply) => {
      const own = await ownOf(request)
      const look = await versions.look(own, editor(request))
      // It was published or discarded: the page says what is now.
      if (!look?.draft) return reply.redirect(deskPaths.page(own), 303)
      const { done } = request.query as { done?: unknown }
      const isSaved = done === 'saved'
      const { entry, draft, faults } = look
      return form(request, reply, own, {
        entry,
        draft,
        faults,
        isSaved,
        isThere: done === 'there',
        isFresh: !isSaved && kind !== 'partner' && draft.base === undefined && at(entry, 'name') === undefined,
      })
    })

    app.post(`${path}/draft`, { ...allow(...editors), bodyLimit: longestDraft }, async (request, reply) => {
      const own = await ownOf(request)
      const by = editor(request)
      const typed = typedIn(request.body)
      const before = await versions.draft(own, by)
      const edit = typed.edit === 'new' ? await editAnew(own, by) : numberIn(request.body, 'edit')
      if (edit === undefined) throw new GarantError('request_unreadable')
      const whole = typeof typed.entry === 'string' ? entryIn(typed.entry) : undefined
      const entry = whole ?? entryFrom(kind, typed, before?.entry ?? (await tell(own, by)).entry)
      const given = clientSecretIn(typed)
      const outcome = await versions.save(own, { entry, edit, ...given }, by)
      switch (outcome.kind) {
        case 'saved':
          return reply.redirect(
            typed.next === 'review' ? deskPaths.review(own) : `${deskPaths.draft(own)}?done=saved`,
            303,
          )
        case 'refused':
          if (!before) throw new GarantError('request_unreadable')
          return form(request, reply, own, { entry, draft: before, faults: outcome.faults, isRefused: true })
        case 'conflict': {
          const theirs = outcome.draft
          // The same press a second time: it is saved already.
          if (theirs && isBy(theirs.savedBy, by) && isSameEntry(theirs.entry, entry)) {
            return reply.redirect(`${deskPaths.draft(own)}?done=saved`, 303)
          }
          return show(request, reply, (frame, context) =>
            conflictPage(
              { own, mine: entry, ...(theirs ? { theirs } : {}), hadSecret: typeof given.clientSecret === 'string' },
              frame,
              context,
            ),
          )
        }
        default:
          return deny(request, outcome)
      }
    })

    app.post(`${path}/draft/discard`, allow(...editors), async (request, reply) => {
      const own = await ownOf(request)
      const edit = numberIn(request.body, 'edit')
      if (edit === undefined) throw new GarantError('request_unreadable')
      const by = editor(request)
      const outcome = await versions.discard(own, { edit }, by)
      if (outcome.kind === 'conflict' && outcome.draft) {
        const theirs = outcome.draft
        return show(request, reply, (frame, context) =>
          conflictPage({ own, mine: theirs.entry, theirs, hadSecret: false }, frame, context),
        )
      }
      if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') return deny(request, outcome)
      const isThere = await versions.history(own, by, { limit: 1 })
      if (!isThere)
        return reply.redirect(`${deskPaths[kind === 'provider' ? 'providers' : 'services']}?done=discarded`, 303)
      return reply.redirect(`${deskPaths.page(own)}?done=discarded`, 303)
    })

    // ── Publishing ────────────────────────────────────────────────────────────────────────────────────────────────────

    app.get(`${path}/draft/review`, allow(...editors), async (request, reply) => {
      const own = await ownOf(request)
      const look = await versions.look(own, editor(request))
      if (!look?.draft) return reply.redirect(deskPaths.page(own), 303)
      return review(request, reply, { own, look })
    })

    app.post(`${path}/draft/review`, allow(...editors), async (request, reply) => {
      const own = await ownOf(request)
      const by = editor(request)
      const edit = numberIn(request.body, 'edit')
      const over = numberIn(request.body, 'over')
      if (edit === undefined) throw new GarantError('request_unreadable')
      const outcome = await versions.publish(own, { edit, ...(over === undefined ? {} : { over }) }, by)
      const done = await doneBy(outcome, own, { over, by })
      if (done) return reply.redirect(`${deskPaths.page(own)}?done=${done}`, 303)
      if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') return deny(request, outcome)
      const look = await versions.look(own, by)
      if (!look?.draft) return page(request, reply, own, { overtaken: true })
      return review(request, reply, { own, look, isOvertaken: outcome.kind === 'conflict' })
    })

    // ── History ───────────────────────────────────────────────────────────────────────────────────────────────────────

    app.get(`${path}/versions`, allow(...staffRoles), async (request, reply) => {
      const own = await ownOf(request)
      const by = editor(request)
      const before = numberIn(request.query, 'before')
      const past =
        (await versions.history(own, by, {
          limit: versionsAtOnce + 1,
          ...(before === undefined ? {} : { before }),
        })) ?? []
      const { entry } = await tell(own, by)
      return show(request, reply, (frame, context) =>
        versionsPage(
          {
            own,
            name: nameIn(entry, own, context.language),
            versions: past.slice(0, versionsAtOnce),
            more: past.length > versionsAtOnce,
          },
          frame,
          context,
        ),
      )
    })

    const versionOf = (request: FastifyRequest) => {
      const number = numberIn(request.params, 'number')
      if (number === undefined) throw new GarantError('not_found')
      return number
    }

    app.get(`${path}/versions/:number`, allow(...staffRoles), async (request, reply) => {
      const own = await ownOf(request)
      const number = versionOf(request)
      const look = await versions.lookBack(own, number, editor(request))
      if (!look) throw new GarantError('not_found')
      return review(request, reply, { own, look, number })
    })

    app.post(`${path}/versions/:number`, allow(...editors), async (request, reply) => {
      const own = await ownOf(request)
      const by = editor(request)
      const number = versionOf(request)
      const over = numberIn(request.body, 'over')
      const outcome = await versions.undo(own, { number, ...(over === undefined ? {} : { over }) }, by)
      if (outcome.kind === 'published' || (await isUndoneBy(outcome, own, { number, over, by }))) {
        return reply.redirect(`${deskPaths.page(own)}?done=undone`, 303)
      }
      if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') return deny(request, outcome)
      const look = await versions.lookBack(own, number, by)
      if (!look) throw new GarantError('not_found')
      return review(request, reply, { own, look, number, isOvertaken: outcome.kind === 'conflict' })
    })
  }

  // ── Secrets and integration of a service ──────────────────────────────────────────────────────────────────────────

  app.post('/desk/services/:service/secret', allow(...editingRoles), async (request, reply) => {
    const own = await ownIn(options, request, 'service')
    const by = editor(request)
    const seen = numberIn(request.body, 'seen')
    const overlap = numberIn(request.body, 'overlap')
    if (seen === undefined) throw new GarantError('request_unreadable')
    const of = (await versions.secrets(own.id, by))?.of
    const outcome = await versions.rotateSecret(own.id, { seen, ...(overlap === undefined ? {} : { overlap }) }, by)
    if (outcome.kind !== 'made') return secretRefused(request, reply, own, outcome)
    const { secret, olderUntil } = outcome
    const { entry } = await tell(own, by)
    return show(request, reply, (frame, context) =>
      secretPage(
        {
          own,
          name: nameIn(entry, own, context.language),
          secret,
          ...(olderUntil === undefined ? {} : { olderUntil }),
          ofDraft: of === 'draft',
        },
        frame,
        context,
      ),
    )
  })

  app.post('/desk/services/:service/secret/end', allow(...editingRoles), async (request, reply) => {
    const own = await ownIn(options, request, 'service')
    const seen = numberIn(request.body, 'seen')
    if (seen === undefined) throw new GarantError('request_unreadable')
    const outcome = await versions.endOldSecret(own.id, { seen }, editor(request))
    if (outcome.kind !== 'ended') return secretRefused(request, reply, own, outcome)
    return reply.redirect(`${deskPaths.page(own)}?done=secret_ended`, 303)
  })

  function secretRefused(request: FastifyRequest, reply: FastifyReply, own: Own, outcome: SecretOutcome) {
    if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') return deny(request, outcome)
    return page(request, reply, own, { refusedSecret: outcome.kind })
  }

  app.get('/desk/services/:service/integration', allow(...staffRoles), async (request, reply) => {
    const own = await ownIn(options, request, 'service')
    const by = editor(request)
    const isDraft = (request.query as { of?: unknown }).of === 'draft'
    const published = partners.registry().services.get(own.id)
    const look = isDraft || !published ? await versions.look(own, by) : undefined
    const service = look?.candidate?.kind === 'service' ? look.candidate.settings : published
    return show(request, reply, (frame, context) =>
      integrationPage(
        {
          own,
          name: look ? nameIn(look.entry, own, context.language) : (published?.name[context.language] ?? own.id),
          of: service && look?.candidate ? 'draft' : published ? 'published' : 'nothing',
          ...(service ? { integration: integrationOf(service, issuer) } : {}),
        },
        frame,
        context,
      ),
    )
  })

  // ── Taking a service away ─────────────────────────────────────────────────────────────────────────────────────────

  async function withdrawal(
    request: FastifyRequest,
    reply: FastifyReply,
    own: Own,
    said: Pick<WithdrawalView, 'isOvertaken' | 'isUnsure'> = {},
  ): Promise<FastifyReply> {
    const by = editor(request)
    const [newest] = (await versions.history(own, by, { limit: 1 })) ?? []
    if (newest?.state !== 'published') return reply.redirect(deskPaths.page(own), 303)
    const open = await options.sessions.countOpen(own.id)
    const { entry } = await tell(own, by)
    return show(request, reply, (frame, context) =>
      withdrawalPage(
        { own, name: nameIn(entry, own, context.language), published: newest.number, open, ...said },
        frame,
        context,
      ),
    )
  }

  app.get('/desk/services/:service/withdraw', allow(...foundingRoles), async (request, reply) =>
    withdrawal(request, reply, await ownIn(options, request, 'service')),
  )

  app.post('/desk/services/:service/withdraw', allow(...foundingRoles), async (request, reply) => {
    const own = await ownIn(options, request, 'service')
    const over = numberIn(request.body, 'over')
    if (over === undefined) throw new GarantError('request_unreadable')
    if ((request.body as { sure?: unknown }).sure !== 'yes') return withdrawal(request, reply, own, { isUnsure: true })
    const outcome = await versions.withdraw(own.id, { over }, editor(request))
    if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') return deny(request, outcome)
    // Withdrawn already, by a first press or by a colleague.
    if (outcome.kind === 'conflict' && outcome.published !== undefined) {
      return withdrawal(request, reply, own, { isOvertaken: true })
    }
    return reply.redirect(`${deskPaths.page(own)}?done=withdrawn`, 303)
  })

  // ── Pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function page(
    request: FastifyRequest,
    reply: FastifyReply,
    own: Own,
    said: { done?: ObjectOutcome; refusedSecret?: string; overtaken?: boolean },
  ): Promise<FastifyReply> {
    if (own.kind === 'provider' && partners.registry().providers.has(own.id)) {
      return reply.redirect(`${deskPaths.page(own)}?done=overtaken`, 303)
    }
    const by = editor(request)
    const told = await tell(own, by)
    const hasSecret = own.kind === 'service' && usesSecret(told.entry)
    const secrets = hasSecret ? await versions.secrets(own.id, by) : undefined
    const { done, refusedSecret, overtaken } = said
    const key = overtaken ? 'review.overtaken' : refusedSecret && `secrets.refused.${refusedSecret}`
    return show(request, reply, (frame, context) =>
      objectPage(
        {
          ...told,
          ...(secrets ? { secrets } : {}),
          ...(done ? { done } : {}),
          ...(key ? { refused: refusedNotice(key, context), status: refusedSecret === 'invalid' ? 422 : 409 } : {}),
        },
        frame,
        context,
      ),
    )
  }

  async function form(
    request: FastifyRequest,
    reply: FastifyReply,
    own: Own,
    view: Pick<DraftView, 'entry' | 'draft' | 'faults' | 'isSaved' | 'isThere' | 'isRefused' | 'isFresh'>,
  ): Promise<FastifyReply> {
    const by = editor(request)
    const isService = own.kind === 'service'
    const requests = isService ? await versions.scopes(by, { service: own.id }) : []
    const secrets = isService && usesSecret(view.entry) ? await versions.secrets(own.id, by) : undefined
    return show(request, reply, (frame, context) => {
      const { language } = context
      const named = new Set(Array.isArray(view.entry.providers) ? view.entry.providers.map(String) : [])
      const providers = [...partners.registry().providers.values()]
        .filter(({ id, state }) => state.kind !== 'hidden' || named.has(id))
        .map(({ id, name }) => ({ id, name: name[language] }))
        .sort((a, b) => a.name.localeCompare(b.name, localeOf(language), { numeric: true }))
      // Those of what is published are on its page, and are not the draft's.
      const drafted = secrets?.of === 'draft' ? { secrets } : {}
      return draftPage({ own, ...view, providers, requests, ...drafted }, frame, context)
    })
  }

  const review = (request: FastifyRequest, reply: FastifyReply, view: ReviewView) =>
    show(request, reply, (frame, context) => reviewPage(view, frame, context))

  async function deny(request: FastifyRequest, { kind }: Denied): Promise<never> {
    if (kind === 'unknown') throw new GarantError('not_found')
    await options.staff.denied(door.of(request), request.routeOptions.url ?? '')
    throw new GarantError('staff_role_missing')
  }

  // ── Second presses ────────────────────────────────────────────────────────────────────────────────────────────────

  /** The newest version, when it came by this hand since the page was shown. */
  async function sinceThen(own: Own, over: number | undefined, by: Editor): Promise<Version | undefined> {
    const [newest] = (await versions.history(own, by, { limit: 1 })) ?? []
    return newest && newest.number > (over ?? 0) && isBy(newest.author, by) ? newest : undefined
  }

  async function doneBy(
    outcome: PublishOutcome,
    own: Own,
    { over, by }: { over: number | undefined; by: Editor },
  ): Promise<ObjectOutcome | undefined> {
    if (outcome.kind === 'published') {
      if (outcome.asked.length > 0) return 'asked'
      return outcome.number === undefined ? 'unchanged' : 'published'
    }
    if (outcome.kind !== 'conflict' || outcome.draft) return undefined
    return (await sinceThen(own, over, by))?.cause === 'draft' ? 'published' : undefined
  }

  async function isUndoneBy(
    outcome: PublishOutcome,
    own: Own,
    { number, over, by }: { number: number; over: number | undefined; by: Editor },
  ): Promise<boolean> {
    return outcome.kind === 'conflict' && (await sinceThen(own, over, by))?.undoOf === number
  }

  /** Of a draft that is gone: what was typed goes into a new one. */
  async function editAnew(own: Own, by: Editor): Promise<number | undefined> {
    const outcome = await versions.open(own, by)
    return outcome.kind === 'opened' ? outcome.draft.edit : outcome.kind === 'there' ? outcome.draft.edit : undefined
  }

  return {
    tell,
    page: (request, reply, own) => page(request, reply, own, doneIn(request)),
  }
}

/** What a new service begins with: nothing that needs a grant. */
const beginning: Entry = {
  auth: 'client_secret_basic',
  scopes: ['openid'],
  minimumLevel: 'eidas1',
  providers: 'all',
}

function doneIn(request: FastifyRequest): { done?: ObjectOutcome } {
  const done = objectOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
  return done ? { done } : {}
}

const isBy = (author: Actor, { actor }: Editor) =>
  author.kind === 'staff' && actor.kind === 'staff' && author.id === actor.id

const usesSecret = (entry: Entry) => (at(entry, 'auth') ?? 'client_secret_basic') !== 'private_key_jwt'

function numberIn(from: unknown, name: string): number | undefined {
  const value = ((from ?? {}) as Record<string, unknown>)[name]
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined
}

function clientSecretIn(typed: ReturnType<typeof typedIn>): { clientSecret?: string | null } {
  if (typeof typed.clientSecret === 'string' && typed.clientSecret !== '') return { clientSecret: typed.clientSecret }
  return typed.withdrawSecret === 'yes' ? { clientSecret: null } : {}
}

/** @throws GarantError `request_unreadable` */
function entryIn(text: string): Entry {
  try {
    const entry: unknown = JSON.parse(text)
    if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) return entry as Entry
  } catch {
    // What is no JSON is no entry either.
  }
  throw new GarantError('request_unreadable')
}

const isSameEntry = (a: Entry, b: Entry) => sorted(a) === sorted(b)

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
