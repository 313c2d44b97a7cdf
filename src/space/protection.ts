/**
 * What stops the use of an identity, for whom it belongs to: the freeze, by any sign-in; the thaw, by another one, later;
 * and which accounts may be used, by the strongest sign-in that the person has. The verbs are those of
 * `people/protections.ts`, which refuses by itself; these pages ask first and say what happened.
 *
 * A sign-in that sees only its own account sees neither which others there are nor which are blocked: how many, and
 * where all is shown. It may freeze, and stop a thaw.
 */
import type { FastifyRequest } from 'fastify'
import type { ProviderId } from '../kernel/ids.ts'
import type { SignedInBy, Way } from '../people/protections.ts'
import { mayDoubt } from '../policy/thaw.ts'
import {
  afterFreezePage,
  blockPage,
  type DoneWithProtection,
  doneWithProtection,
  freezePage,
  futurePage,
  type Past,
  protectionFacts,
  protectionPage,
  protectionPaths,
  thawPage,
  unblockPage,
} from './protection-pages.ts'
import type { SpaceHandle, SpacePages, SpaceVisit } from './visit.ts'

/** Changes on one page. */
const pastShown = 20

export function mountProtection(pages: SpacePages): void {
  const { get, post, show, guardChange, storage, protections, partners, audit, web, door, timeZone } = pages
  const paths = protectionPaths
  const done = (visit: SpaceVisit, what: DoneWithProtection) => pages.done(visit, paths.home, what)
  const weak = { weak: true }

  const by = ({ who: { person, link, provider, level } }: SpaceVisit): SignedInBy => ({ person, link, provider, level })

  // --- The state -----------------------------------------------------------------------------------------------------

  get(
    paths.home,
    async (visit) => {
      const { access, who, protection } = visit
      const ways = access.sight === 'whole' ? await protections.waysOf(storage.db, who.person) : undefined
      const said = pages.outcomeIn(visit, doneWithProtection)
      const view = {
        protection,
        others: ways ? othersThan(ways) : [],
        ...(ways ? { ways, past: await pastOf(visit) } : {}),
        ...(said ? { done: said } : {}),
      }
      return show(visit, protectionPage(view, pages, visit))
    },
    weak,
  )

  // Led to the strongest sign-in, and from there to all that it shows.
  get(
    paths.accounts,
    guardChange(async ({ reply }) => reply.redirect(paths.home, 303)),
  )

  function othersThan(ways: readonly Way[]): ProviderId[] {
    const published = [...partners.registry().providers.values()].filter(({ state }) => state.kind !== 'hidden')
    return published.map(({ id }) => id).filter((id) => !ways.some(({ provider }) => provider === id))
  }

  async function pastOf({ who, request }: SpaceVisit): Promise<Past> {
    const { before } = request.query as { before?: unknown }
    const from = typeof before === 'string' && /^\d{1,18}$/.test(before) ? { before: BigInt(before) } : {}
    const subject = { field: 'person', id: who.person } as const
    const { facts, older } = await audit.explore({ names: protectionFacts, subject, limit: pastShown, ...from })
    return { facts, ...(older === undefined ? {} : { older: String(older) }) }
  }

  // --- Freeze and thaw -----------------------------------------------------------------------------------------------

  get(
    paths.freeze,
    async (visit) => {
      const { freeze } = visit.protection
      // Pressing the button again stops a thaw that is under way: also for whoever does not know that it is frozen.
      if (freeze && !freeze.thaw) return done(visit, 'already_frozen')
      const seen = visit.accounts.filter(
        ({ provider }) => pages.seesProvider(visit, provider) || provider === visit.who.provider,
      )
      const doubted = uniqueBy(seen.filter((account) => mayDoubt(visit.who, account)))
      return show(visit, freezePage(doubted, protections.thawDelay, pages, visit))
    },
    weak,
  )

  post(
    paths.freeze,
    async (visit) => {
      const { request, reply, context, body } = visit
      const suspected = [(body as Record<string, unknown>).suspected ?? []]
        .flat()
        .filter((one) => typeof one === 'string')
      const outcome = await protections.freeze(by(visit), { suspected })
      if (outcome.kind === 'already') return done(visit, outcome.thawStopped ? 'thaw_stopped' : 'already_frozen')
      if (outcome.kind === 'unknown') return pages.notFound(visit)
      web.cookies.clear(reply, 'session')
      const signIn = door.signInPath(paths.home)
      return web.page(request, reply, afterFreezePage({ at: outcome.at, timeZone, signIn }, context))
    },
    weak,
  )

  get(paths.thaw, async (visit) => {
    const { freeze } = visit.protection
    if (!freeze) return done(visit, 'not_frozen')
    if (freeze.thaw) return visit.reply.redirect(paths.home, 303)
    const reasons = await protections.thawReasons(by(visit))
    return show(visit, thawPage({ freeze, reasons, delay: protections.thawDelay }, pages, visit))
  })

  post(paths.thaw, async (visit) => {
    const outcome = await protections.askThaw(by(visit))
    switch (outcome.kind) {
      case 'not_frozen':
        return done(visit, 'not_frozen')
      case 'refused':
        return visit.reply.redirect(paths.thaw, 303)
      case 'asked':
      case 'under_way':
        return done(visit, 'thaw_asked')
    }
  })

  get(paths.stopThaw, async ({ reply }) => reply.redirect(paths.home, 303), weak)
  post(
    paths.stopThaw,
    async (visit) => {
      const { person } = visit.who
      const outcome = await protections.stopThaw(person, { kind: 'person', id: person })
      return done(visit, outcome.kind === 'stopped' ? 'thaw_stopped' : 'thaw_over')
    },
    weak,
  )

  // --- Accounts ------------------------------------------------------------------------------------------------------

  /** A change of what may be used: its question and its answer, both after the strongest sign-in. */
  function change(path: string, ask: SpaceHandle, answer: SpaceHandle): void {
    get(path, guardChange(ask))
    post(path, guardChange(answer))
  }

  change(
    paths.block(':provider'),
    async (visit) => {
      const provider = providerIn(visit.request)
      const ways = await protections.waysOf(storage.db, visit.who.person)
      const way = ways.find((one) => one.provider === provider)
      if (!way && !partners.registry().providers.has(provider)) return pages.notFound(visit)
      if (way?.blocked) return done(visit, 'already')
      if (provider === visit.who.provider) return done(visit, 'in_use')
      const left = protections.leftAfter(ways, provider)
      return show(visit, blockPage({ provider, ...(left ? { left } : {}) }, pages, visit))
    },
    async (visit) => {
      const provider = providerIn(visit.request)
      const { who, body } = visit
      const acceptsLast = body.accepts === 'last'
      const outcome = await protections.block({ person: who.person, provider, inUse: who.provider, acceptsLast })
      switch (outcome.kind) {
        case 'last_way':
          return show(visit, blockPage({ provider, left: outcome.left }, pages, visit))
        case 'unknown':
          return pages.notFound(visit)
        default:
          return done(visit, outcome.kind)
      }
    },
  )

  change(
    paths.unblock(':provider'),
    async (visit) => {
      const provider = providerIn(visit.request)
      const { freeze } = visit.protection
      if (freeze) return done(visit, 'while_frozen')
      const known = partners.registry().providers.has(provider)
      const ways = await protections.waysOf(storage.db, visit.who.person)
      if (!known && !ways.some((one) => one.provider === provider)) return pages.notFound(visit)
      return show(visit, unblockPage(provider, pages, visit))
    },
    async (visit) => {
      const { kind } = await protections.unblock({ person: visit.who.person, provider: providerIn(visit.request) })
      if (kind === 'unknown') return pages.notFound(visit)
      return done(visit, kind === 'frozen' ? 'while_frozen' : kind === 'unblocked' ? 'unblocked' : 'already')
    },
  )

  for (const blocked of [true, false]) {
    change(
      blocked ? paths.blockFuture : paths.unblockFuture,
      async (visit) => {
        const { freeze, future } = visit.protection
        if ((future !== undefined) === blocked) return done(visit, 'already')
        if (!blocked && freeze) return done(visit, 'while_frozen')
        return show(visit, futurePage(blocked, pages, visit))
      },
      async (visit) => {
        const { kind } = await protections.blockFuture(visit.who.person, blocked)
        if (kind === 'unknown') return pages.notFound(visit)
        if (kind !== 'done') return done(visit, kind === 'frozen' ? 'while_frozen' : 'already')
        return done(visit, blocked ? 'future_blocked' : 'future_unblocked')
      },
    )
  }
}

function providerIn({ params }: FastifyRequest): ProviderId {
  const { provider } = params as { provider?: unknown }
  return typeof provider === 'string' ? provider : ''
}

function uniqueBy<T extends { provider: ProviderId }>(accounts: readonly T[]): T[] {
  return accounts.filter(({ provider }, index) => accounts.findIndex((one) => one.provider === provider) === index)
}
