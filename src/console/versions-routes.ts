/**
 * Drafts and older versions before an operator: read against what is published now, and published. The verbs decide; a
 * change of a key or a secret is asked of a second operator instead (`approvals/`).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../audit/facts.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Language } from '../kernel/languages.ts'
import type { EntityKind } from '../partners/partners.ts'
import type { Editor, Look, PublishOutcome, Subject } from '../partners/versions.ts'
import type { Standing } from '../staff/operators.ts'
import { answerAsked, asking, idOf } from './approvals-routes.ts'
import { consolePaths, segments } from './frame.ts'
import {
  type AuthorNames,
  kindsWithVersions,
  type LookSaid,
  lookPage,
  shownVersions,
  type VersionsView,
} from './versions-pages.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

export const editorOf = (standing: Standing): Editor => ({ hand: 'operators', actor: actorOf(standing) })

export function mountVersions(options: ConsoleOptions): void {
  for (const kind of kindsWithVersions) mountVersionsOf(kind, options)
}

function mountVersionsOf(kind: EntityKind, options: ConsoleOptions): void {
  const { web, door, versions, approvals } = options
  const { app } = web
  const subjectIn = (request: FastifyRequest): Subject => {
    const { [kind]: id = '' } = request.params as Record<string, string>
    return { kind, id }
  }
  const numberIn = (request: FastifyRequest) => whole((request.params as { number: string }).number)

  /** @throws GarantError `not_found` */
  async function lookIn(request: FastifyRequest, number?: number): Promise<Look> {
    const editor = editorOf(door.of(request))
    const subject = subjectIn(request)
    const look =
      number === undefined ? await versions.look(subject, editor) : await versions.lookBack(subject, number, editor)
    if (!look) throw new GarantError('not_found')
    return look
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    look: Look,
    more: { number?: number; id?: string; reason?: string; said?: LookSaid },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { number, said, reason = '' } = more
    const view = {
      look,
      ...(number === undefined ? {} : { number }),
      name: nameOf(options, look.subject, context.language),
      names: await namesOf(options, look.draft ? [look.draft.savedBy] : []),
      id: idOf(more.id),
      reason,
      ...(said ? { said } : {}),
    }
    return web.page(request, reply, lookPage(view, await frameOf(options, request), context))
  }

  const base = `/console/${segments[kind]}/:${kind}`

  app.get(`${base}/draft`, allow('services'), async (request, reply) => show(request, reply, await lookIn(request), {}))

  app.get(`${base}/versions/:number`, allow('services'), async (request, reply) => {
    const number = numberIn(request)
    return show(request, reply, await lookIn(request, number), { number })
  })

  app.post(`${base}/draft`, allow('publish'), async (request, reply) => press(request, reply))
  app.post(`${base}/versions/:number`, allow('publish'), async (request, reply) =>
    press(request, reply, numberIn(request)),
  )

  async function press(request: FastifyRequest, reply: FastifyReply, number?: number): Promise<FastifyReply> {
    const typed = fieldsOf(request, ['edit', 'over', 'reason', 'id'])
    const subject = subjectIn(request)
    const editor = editorOf(door.of(request))
    const over = typed.over === '' ? {} : { over: whole(typed.over) }
    const edit = typed.edit === '' ? -1 : whole(typed.edit)
    const outcome =
      number === undefined
        ? await versions.publish(subject, { edit, ...over }, editor)
        : await versions.undo(subject, { number, ...over }, editor)
    if (outcome.kind === 'published') {
      return reply.redirect(
        `${consolePaths.pageOf(subject)}?done=${number === undefined ? 'published' : 'undone'}`,
        303,
      )
    }
    if (outcome.kind !== 'second_needed')
      return refused(request, reply, outcome, { ...typed, ...(number === undefined ? {} : { number }) })
    const parameters = number === undefined ? { subject, edit, ...over } : { subject, number, ...over }
    const change =
      'edit' in parameters ? ({ kind: 'publish', parameters } as const) : ({ kind: 'republish', parameters } as const)
    const asked = await approvals.ask(asking(request, options, { ...change, reason: typed.reason, id: typed.id }))
    return (
      answerAsked(reply, asked) ??
      show(request, reply, await lookIn(request, number), {
        ...typed,
        ...(number === undefined ? {} : { number }),
        said: asked.kind === 'no_reason' ? 'no_reason' : asked.kind === 'not_allowed' ? 'not_allowed' : 'conflict',
      })
    )
  }

  async function refused(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: Exclude<PublishOutcome, { kind: 'published' | 'second_needed' }>,
    more: { number?: number; id?: string; reason?: string },
  ): Promise<FastifyReply> {
    if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') throw new GarantError('not_found')
    // A draft that somebody published or discarded meanwhile is not there to be shown: the thing itself is.
    const look = await lookIn(request, more.number).catch((error: unknown) => {
      if (error instanceof GarantError && error.error === 'not_found') return undefined
      throw error
    })
    if (!look) return reply.redirect(`${consolePaths.pageOf(subjectIn(request))}?done=changed_meanwhile`, 303)
    return show(request, reply, look, { ...more, said: outcome.kind })
  }
}

/** A number that an address or a form holds; one that nothing has when it holds none. */
export function whole(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : -1
}

/** The draft and the newest versions of a thing, for its page; undefined when nothing of that name ever was. */
export async function versionsOf(
  options: ConsoleOptions,
  request: FastifyRequest,
  subject: Subject,
): Promise<VersionsView | undefined> {
  const { door, versions } = options
  const editor = editorOf(door.of(request))
  const [draft, history] = await Promise.all([
    versions.draft(subject, editor),
    versions.history(subject, editor, { limit: shownVersions + 1 }),
  ])
  if (!draft && !history) return undefined
  const authors = [...(draft ? [draft.savedBy] : []), ...(history ?? []).map(({ author }) => author)]
  return { subject, draft, versions: history ?? [], names: await namesOf(options, authors) }
}

export async function namesOf(
  { operators, staff }: Pick<ConsoleOptions, 'operators' | 'staff'>,
  authors: readonly Actor[],
): Promise<AuthorNames> {
  const ids = <K extends Actor['kind']>(kind: K) => [
    ...new Set(authors.flatMap((one) => (one.kind === kind && 'id' in one ? [one.id] : []))),
  ]
  return {
    operators: await operators.namesOf(ids('operator') as never),
    staff: await staff.namesOf(ids('staff') as never),
  }
}

/** Its name in the language of the page, or its id while it has none. */
export function nameOf(
  { partners }: Pick<ConsoleOptions, 'partners'>,
  { kind, id }: Subject,
  language: Language,
): string {
  const { services, providers } = partners.registry()
  const found = kind === 'service' ? services.get(id) : kind === 'provider' ? providers.get(id) : partners.partner(id)
  return found?.name[language] ?? id
}
