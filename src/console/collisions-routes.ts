/**
 * The review of identity collisions, by the verbs of `people/`. Each look at a case is a look at the people it names, and
 * a fact. A decision is about what was shown: when anything of it has changed, nothing is done and the page says so.
 */
import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GarantError } from '../kernel/errors.ts'
import { isId, type LinkId } from '../kernel/ids.ts'
import type { CollisionCase } from '../people/people.ts'
import {
  type CaseView,
  type CollisionOutcome,
  collisionOutcomes,
  collisionPage,
  collisionsPage,
  decisionPage,
} from './collisions-pages.ts'
import { consolePaths } from './frame.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf, noteView } from './visit.ts'

const pageSize = 50
const decisions = ['same', 'different', 'split'] as const

export function mountCollisions(options: ConsoleOptions): void {
  const { web, door, storage, people, partners } = options
  const { app } = web

  const providerNames = (request: FastifyRequest) => {
    const { language } = web.contextOf(request)
    return new Map([...partners.registry().providers.values()].map(({ id, name }) => [id, name[language]]))
  }

  /** @throws GarantError `not_found` */
  async function caseIn(request: FastifyRequest): Promise<CollisionCase> {
    const { collision } = request.params as { collision: string }
    const found = isId('collision', collision) ? await people.collision(storage.db, collision) : undefined
    if (!found) throw new GarantError('not_found')
    return found
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    said: Pick<CaseView, 'done' | 'nothingChosen'>,
  ): Promise<FastifyReply> {
    const found = await caseIn(request)
    for (const person of [found.person, ...(found.other ? [found.other] : [])]) await noteView(options, request, person)
    const view = { found, providers: providerNames(request), ...said }
    return web.page(request, reply, collisionPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get(consolePaths.collisions, allow('collisions'), async (request, reply) => {
    const all = await people.collisions()
    const { after } = request.query as { after?: unknown }
    // One that was decided meanwhile is not in the list any more: it begins anew.
    const from = all.findIndex(({ collision }) => collision === after) + 1
    const collisions = all.slice(from, from + pageSize)
    const next = from + pageSize < all.length ? collisions.at(-1)?.collision : undefined
    const view = {
      collisions,
      total: all.length,
      isFirst: from === 0,
      providers: providerNames(request),
      ...(next ? { next } : {}),
    }
    return web.page(request, reply, collisionsPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get('/console/collisions/:collision', allow('collisions'), async (request, reply) => {
    const done = collisionOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    return show(request, reply, done ? { done } : {})
  })

  app.get('/console/collisions/:collision/decision', allow('collisions'), async (request, reply) => {
    const found = await caseIn(request)
    const query = request.query as { outcome?: unknown; link?: unknown }
    const outcome = decisions.find((one) => one === query.outcome)
    if (!outcome) throw new GarantError('request_unreadable')
    if (found.decided) return reply.redirect(`${consolePaths.collision(found.collision)}?done=changed_meanwhile`, 303)
    const links = outcome === 'split' ? linksIn(query.link, found) : []
    if (outcome === 'split' && !isSplit(links, found)) return show(request, reply, { nothingChosen: true })
    const view = { found, outcome, links, state: stateOf(found), providers: providerNames(request) }
    return web.page(request, reply, decisionPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.post('/console/collisions/:collision/decision', allow('collisions'), async (request, reply) => {
    const { collision } = await caseIn(request)
    const fields = fieldsOf(request, ['outcome', 'state', 'sure'])
    const outcome = decisions.find((one) => one === fields.outcome)
    if (!outcome || fields.sure !== 'yes') throw new GarantError('request_unreadable')
    const actor = actorOf(door.of(request))
    const done = await storage
      .transaction(async (tx): Promise<CollisionOutcome> => {
        const found = await people.collision(tx, collision)
        if (!found || found.decided || stateOf(found) !== fields.state) return 'changed_meanwhile'
        if (outcome !== 'split') {
          await people.resolveCollision(tx, collision, outcome, actor)
          return outcome
        }
        const links = linksIn((request.body as { link?: unknown }).link, found)
        if (!isSplit(links, found)) throw new GarantError('request_unreadable')
        await people.split(tx, found.person, links, actor)
        return 'split'
      })
      .catch((error) => {
        // Somebody else was faster between the look and the lock.
        if (error instanceof GarantError && error.error === 'not_found') return 'changed_meanwhile' as const
        throw error
      })
    return reply.redirect(`${consolePaths.collision(collision)}?done=${done}`, 303)
  })
}

/** Those of them that are the person's. */
function linksIn(given: unknown, { accounts }: CollisionCase): LinkId[] {
  const named = [given ?? []].flat()
  return accounts.map(({ link }) => link).filter((link) => named.includes(link))
}

/** Some go, and some stay. */
const isSplit = (links: readonly LinkId[], { accounts }: CollisionCase) =>
  links.length > 0 && links.length < accounts.length

/** Whatever somebody decides by: the accounts on both sides, with what each has proved. */
function stateOf({ person, other, accounts, otherAccounts, decided }: CollisionCase): string {
  const told = [person, other ?? '', ...[...accounts, ...otherAccounts].map(({ link, level }) => `${link} ${level}`)]
  return hash('sha256', [...told, decided?.outcome ?? ''].join('\n'), 'base64url')
}
