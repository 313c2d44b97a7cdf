/**
 * The addresses of a sign-in with a card. Each is the page of one login, in the browser that holds it; what the card showed
 * comes back by a handle or a form, and goes on to the callback like the answer of any provider.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import type { BadgeSignIn } from './badge.ts'
import { type CardOutcome, type Cards, type CardWaiting, cardProblems } from './cards.ts'
import { badgePage, cardOverPage, cardPage } from './pages.ts'
import type { HouseWaiting } from './waiting.ts'

type CardRequest = FastifyRequest<{ Params: { state: string } }>

export function mountCards(options: {
  web: Web
  cards: Cards
  /** A login that waits for the kind `card`, or for one that is told as such. */
  waitingFor: (kind: 'card', state: string, request: FastifyRequest) => Promise<HouseWaiting<'card'>>
  /** A password beside a card that was read without contact; without it such a card goes on by itself. */
  beside?: {
    verifiers: Verifiers
    badge: BadgeSignIn
    /** Whose password it is: the name of the hub. */
    account: string
  }
  /** `/card`, or wherever else a card is read; below it comes the state of the login. */
  path?: string
}): void {
  const { web, cards, waitingFor, beside, path = '/card' } = options
  const { app } = web
  const access = { config: { access: 'flow' } } as const
  const pathOf = ({ state }: CardWaiting) => `${path}/${state}`

  /** Serves the login of this address while it waits for a card in this browser; every other is led to where it is. */
  const serving =
    (serve: (waiting: CardWaiting, request: CardRequest, reply: FastifyReply) => Promise<FastifyReply>) =>
    async (request: CardRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const waiting = await waitingFor('card', request.params.state, request)
      if (waiting.kind === 'refused') return web.error(request, reply, { error: waiting.error })
      if (waiting.kind === 'elsewhere') return reply.redirect(waiting.path, 303)
      return serve(waiting, request, reply)
    }

  const problemPath = (waiting: CardWaiting, problem: (typeof cardProblems)[number]) =>
    `${pathOf(waiting)}?said=${problem}`

  async function follow(
    outcome: CardOutcome,
    waiting: CardWaiting,
    request: CardRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    if (!outcome.ok) return reply.redirect(problemPath(waiting, outcome.problem), 303)
    const { found } = outcome
    if (beside?.badge.isShort(waiting, found)) {
      await beside.badge.keep(waiting, found)
      return reply.redirect(`${pathOf(waiting)}/password`, 303)
    }
    return onward(await waiting.done(found), request, reply)
  }

  /** From a post the way may lead to another site at its end. */
  const onward = (next: string, request: CardRequest, reply: FastifyReply): FastifyReply =>
    request.method === 'POST' ? web.depart(request, reply, next) : reply.redirect(next, 303)

  if (options.path === undefined) {
    app.get('/card/over', { config: { access: 'public' } }, (request, reply) =>
      web.page(request, reply, cardOverPage(web.contextOf(request))),
    )
  }

  app.get<{ Params: { state: string } }>(
    `${path}/:state`,
    access,
    serving(async (waiting, request, reply) => {
      const { said } = request.query as { said?: unknown }
      const problem = cardProblems.find((one) => one === said)
      const { provider, service, purpose, ways, language } = waiting
      const offered = cards.waysOf(provider)
      const view = {
        base: pathOf(waiting),
        provider: provider.name[language],
        service: purpose === 'service' ? service.name[language] : undefined,
        isChange: purpose === 'change',
        ways: offered,
        challenge: offered.includes('web_eid') ? await cards.challenge(waiting) : '',
        out: [ways.choice, ways.back],
        ...(problem ? { problem } : {}),
      }
      return web.page(request, reply, cardPage(view, web.contextOf(request)))
    }),
  )

  app.get<{ Params: { state: string } }>(
    `${path}/:state/read`,
    access,
    serving(async (waiting, _request, reply) =>
      cards.waysOf(waiting.provider).includes('tls')
        ? reply.redirect(await cards.ticket(waiting), 303)
        : reply.redirect(pathOf(waiting), 303),
    ),
  )

  app.get<{ Params: { state: string } }>(
    `${path}/:state/done`,
    access,
    serving(async (waiting, request, reply) => {
      const { h } = request.query as { h?: unknown }
      return follow(await cards.collect(waiting, typeof h === 'string' ? h : ''), waiting, request, reply)
    }),
  )

  app.post<{ Params: { state: string } }>(
    `${path}/:state/sign`,
    access,
    serving(async (waiting, request, reply) => {
      if (!cards.waysOf(waiting.provider).includes('web_eid')) return reply.redirect(pathOf(waiting), 303)
      const body = (request.body ?? {}) as Record<string, unknown>
      const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '')
      const answer = { challenge: text('challenge'), token: text('token') }
      if (answer.token === '') return reply.redirect(problemPath(waiting, 'no_script'), 303)
      return follow(await cards.signed(waiting, answer), waiting, request, reply)
    }),
  )

  if (beside) mountPassword(beside)

  function mountPassword({ badge, verifiers, account }: NonNullable<typeof beside>): void {
    const viewOf = (waiting: CardWaiting) => ({
      base: pathOf(waiting),
      verifier: verifiers.make('card/password', waiting.state),
      account,
      out: [waiting.ways.choice, waiting.ways.back],
    })

    app.get<{ Params: { state: string } }>(
      `${path}/:state/password`,
      access,
      serving(async (waiting, request, reply) =>
        (await badge.isWaiting(waiting))
          ? web.page(request, reply, badgePage(viewOf(waiting), web.contextOf(request)))
          : reply.redirect(pathOf(waiting), 303),
      ),
    )

    app.post<{ Params: { state: string } }>(
      `${path}/:state/password`,
      access,
      serving(async (waiting, request, reply) => {
        const { verifier, password } = (request.body ?? {}) as Record<string, unknown>
        if (!verifiers.check(verifier, 'card/password', waiting.state))
          return web.error(request, reply, { error: 'form_foreign' })
        const typed = await badge.typed(waiting, typeof password === 'string' ? password : '')
        if (typed.kind === 'done') return onward(typed.url, request, reply)
        if (typed.kind === 'gone') return reply.redirect(problemPath(waiting, 'too_late'), 303)
        // RFC 9110 section 10.2.3.
        if (typed.kind === 'too_often' && typed.retryAfterSeconds !== undefined)
          reply.header('retry-after', String(typed.retryAfterSeconds))
        return web.page(request, reply, badgePage({ ...viewOf(waiting), fault: typed }, web.contextOf(request)))
      }),
    )
  }
}
