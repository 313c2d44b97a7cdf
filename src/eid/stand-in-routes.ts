/**
 * The addresses of what stands in for the e-ID app: its own two pages, and below them those by which a card is read, which
 * are the pages of the app's requests and of cards at a computer, told that what they find goes on here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Cards } from '../cards/cards.ts'
import { mountCards } from '../cards/routes.ts'
import type { HouseWaiter } from '../cards/waiting.ts'
import type { Translated } from '../kernel/languages.ts'
import { browserOf } from './browsers.ts'
import { beginAnew, mountRequestPages, type RequestPagesOptions } from './routes-browser.ts'
import type { StandInCeremony, StandInWaiting } from './stand-in.ts'
import { type CodeStepView, cardStepPage, codeStepPage, readerPaths, stuckPage } from './stand-in-pages.ts'

export const standInPath = '/stand-in'

type Routed = FastifyRequest<{ Params: { state: string } }>
type Serve = (waiting: StandInWaiting, request: Routed, reply: FastifyReply) => Promise<FastifyReply>

export function mountStandIn(
  options: Omit<RequestPagesOptions, 'path' | 'access' | 'waitingFor'> & {
    ceremony: StandInCeremony
    cards: Cards
    waitingFor: HouseWaiter
    /** Of the app that is stood in for. */
    nameOf: (provider: string) => Translated | undefined
  },
): ReturnType<typeof mountRequestPages> {
  const { ceremony, cards, waitingFor, nameOf, ...pages } = options
  const { web, verifiers, storage } = pages
  const { app } = web
  const config = { config: { access: 'flow' } } as const
  const baseOf = ({ state }: StandInWaiting) => `${standInPath}/${state}`

  const appOf = ({ provider, language }: StandInWaiting) =>
    (nameOf(provider.connector.standsInFor) ?? provider.name)[language]

  const serviceOf = ({ purpose, service, language }: StandInWaiting) =>
    purpose === 'service' ? { service: service.name[language] } : {}

  function frameOf(waiting: StandInWaiting) {
    const { provider, language, ways, state } = waiting
    return {
      base: baseOf(waiting),
      verifier: verifiers.make('stand-in', state),
      provider: provider.name[language],
      app: appOf(waiting),
      ...serviceOf(waiting),
      ways: [ways.choice, ways.back],
    }
  }

  /** A card at the computer is asked for as for a sign-in by it alone at the highest level: revocation is always told. */
  function asCard(waiting: StandInWaiting): Parameters<Cards['challenge']>[0] {
    const { provider } = waiting
    const { cards: kinds } = provider.connector
    return {
      ...waiting,
      provider: {
        ...provider,
        allowedLevels: ['eidas3'],
        connector: { kind: 'card', cards: kinds, ways: ['web_eid'] },
      },
      ways: {
        ...waiting.ways,
        choice: { href: baseOf(waiting), label: web.translate(waiting.language)('stand_in.read.else') },
      },
      done: (found) => onceProved(waiting, found),
    }
  }

  async function onceProved(waiting: StandInWaiting, found: Parameters<StandInCeremony['proved']>[1]): Promise<string> {
    await ceremony.proved(waiting, found)
    return baseOf(waiting)
  }

  const readersOf = (waiting: StandInWaiting, request: FastifyRequest) => {
    const hasReader = cards.waysOf(asCard(waiting).provider).length > 0
    const { isPhone } = browserOf(request.headers)
    if (!hasReader || isPhone) return ['phone'] as const
    return ['phone', 'reader'] as const
  }

  const serving =
    (serve: Serve) =>
    async (request: Routed, reply: FastifyReply): Promise<FastifyReply> => {
      const waiting = await waitingFor('card_and_code', request.params.state, request)
      if (waiting.kind === 'refused') return web.error(request, reply, { error: waiting.error })
      if (waiting.kind === 'elsewhere') return onward(request, reply, waiting.path)
      return serve(waiting, request, reply)
    }

  /** From a post the way may lead to another site at its end. */
  const onward = (request: FastifyRequest, reply: FastifyReply, url: string): FastifyReply =>
    request.method === 'POST' ? web.depart(request, reply, url) : reply.redirect(url, 303)

  async function present(
    waiting: StandInWaiting,
    request: Routed,
    reply: FastifyReply,
    more: Pick<CodeStepView, 'outcome' | 'fault'> = {},
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const step = await ceremony.stepOf(waiting)
    const frame = frameOf(waiting)
    switch (step.at) {
      case 'over':
        return onward(request, reply, step.url)
      case 'stuck':
        return web.page(request, reply, stuckPage({ ...frame, why: step.why }, context))
      case 'code': {
        const { targets, sent } = step
        const { fault } = more
        const seconds = fault?.kind === 'too_often' ? fault.retryAfterSeconds : undefined
        // RFC 9110 section 10.2.3.
        if (seconds !== undefined) reply.header('retry-after', String(seconds))
        const page = codeStepPage({ ...frame, targets, ...(sent ? { sent } : {}), ...more }, context)
        return web.page(request, reply, page)
      }
      case 'card': {
        const { state } = waiting
        return web.page(
          request,
          reply,
          cardStepPage({ ...frame, readers: readersOf(waiting, request), state }, context),
        )
      }
    }
  }

  const perform: Record<'send' | 'code', Serve> = {
    async send(waiting, request, reply) {
      const to = textIn(request, 'to')
      const kind = await ceremony.send(waiting, to, web.contextOf(request).language)
      return kind === 'sent' || kind === undefined
        ? reply.redirect(baseOf(waiting), 303)
        : present(waiting, request, reply, { outcome: { kind, to } })
    },

    async code(waiting, request, reply) {
      const typed = await ceremony.typed(waiting, textIn(request, 'code'))
      if (typed.kind === 'done') return onward(request, reply, typed.url)
      return typed.kind === 'elsewhere'
        ? reply.redirect(baseOf(waiting), 303)
        : present(waiting, request, reply, { fault: typed })
    },
  }

  type Route = { Params: { state: string } }
  const route = `${standInPath}/:state`

  app.get<Route>(route, config, serving(present))

  app.get<Route>(
    `${route}/again`,
    config,
    serving(async (waiting, _request, reply) => {
      await ceremony.again(waiting)
      await beginAnew(storage, waiting.state)
      return reply.redirect(baseOf(waiting), 303)
    }),
  )

  for (const act of Object.keys(perform) as (keyof typeof perform)[]) {
    app.post<Route>(
      `${route}/${act}`,
      config,
      serving(async (waiting, request, reply) =>
        verifiers.check(textIn(request, 'verifier'), 'stand-in', waiting.state)
          ? perform[act](waiting, request, reply)
          : web.error(request, reply, { error: 'form_foreign' }),
      ),
    )
    // Reloaded, or opened by hand: the page that it is sent from.
    app.get<Route>(
      `${route}/${act}`,
      config,
      serving(async (waiting, _request, reply) => reply.redirect(baseOf(waiting), 303)),
    )
  }

  mountCards({
    web,
    cards,
    path: readerPaths.reader,
    async waitingFor(_kind, state, request) {
      const waiting = await waitingFor('card_and_code', state, request)
      return waiting.kind === 'waiting' ? asCard(waiting) : waiting
    },
  })

  return mountRequestPages({
    ...pages,
    path: readerPaths.phone,
    access: 'flow',
    async waitingFor(state, request) {
      const waiting = await waitingFor('card_and_code', state, request)
      if (waiting.kind !== 'waiting') return waiting
      const { provider, purpose, service, ways, browser, address, required, expiresAt, language } = waiting
      return {
        kind: 'waiting',
        ask: {
          provider: provider.id,
          cards: provider.connector.cards,
          by: ['card'],
          mode: 'reader',
          purpose: purpose === 'service' ? { service: service.name } : { own: true },
        },
        provider: appOf(waiting),
        ...serviceOf(waiting),
        ways: [{ href: baseOf(waiting), label: web.translate(language)('stand_in.read.else') }, ways.choice, ways.back],
        browser,
        address,
        required,
        expiresAt,
        done: (proved) => onceProved(waiting, proved),
      }
    },
  })
}

function textIn(request: FastifyRequest, name: string): string {
  const value = ((request.body ?? {}) as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}
