/**
 * A sign-in or a signature with the e-ID app at the browser that asked for it (R089, R091): the code or the link, the numbers that both
 * screens show, and the one answer that leads on. Which state a request is in, and whether a number is right, `requests`
 * decides; these routes read what was sent and draw what there is. A request is this browser's: its address opened in
 * another one shows nothing and changes nothing.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HouseWaiter } from '../cards/waiting.ts'
import type { Access, Web } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Verifiers } from '../http/verifier.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { EidRequestId } from '../kernel/ids.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import { codeShown } from '../policy/relay.ts'
import type { Storage } from '../storage/storage.ts'
import { browserOf, wordsOf } from './browsers.ts'
import type { NewRequest, Proved, RequestLook, Requests } from './eid.ts'
import {
  codePage,
  confirmPage,
  type Ending,
  elsewherePage,
  endPage,
  type Frame,
  type Link,
  linkPage,
  type Moment,
  numberPage,
  onPhonePage,
  pictureOf,
  returnPage,
  scannedPlainlyPage,
  tooManyPage,
} from './pages.ts'
import { changedEvent, createStreams, eventStream, type ShownCode, type Streams, secondsLeft } from './streams.ts'

/** A sign-in that waits for the app: where it belongs and where it leads. */
export interface Waiting {
  kind: 'waiting'
  /** What the request is about; the rest of it is of the browser. */
  ask: Pick<NewRequest, 'provider' | 'cards' | 'by' | 'mode' | 'purpose'>
  /** In the language of the request. */
  provider: string
  service?: string
  /** What is signed, in a few words: nobody signs in. */
  signs?: string
  ways: Link[]
  passkey?: Link
  isDown?: true
  /** Binds it to this browser. */
  browser: string
  address: string
  required: Level
  expiresAt: Instant
  /** Where the browser goes with what was proved. */
  done(proved: Proved): Promise<string>
}

export type WaitingAnswer = Waiting | { kind: 'elsewhere'; path: string } | { kind: 'refused'; error: ErrorName }

export interface RequestPagesOptions {
  web: Web
  requests: Requests
  storage: Storage
  clock: Clock
  verifiers: Verifiers
  countryOf: (address: string) => string | undefined
  /** Of the instants on pages. */
  timeZone: string
  /** `/eid`, or wherever else such a sign-in has its pages; below it comes the state of the login. */
  path: string
  access: Access
  waitingFor: (state: string, request: FastifyRequest) => Promise<WaitingAnswer>
}

/** Which request a login has open rests between two visits of its page. */
const pageKind = 'eid.page'

/** The login asks for a phone anew when its page is opened next. */
export async function beginAnew(storage: Pick<Storage, 'state'>, state: string): Promise<void> {
  await storage.state.write({ remove: [{ kind: pageKind, key: state }] })
}

/** Where a click led is written in two statements after the one that completed the request: well within a second. */
const longestLead = 2 * second

type Way = Waiting & { state: string; base: string }
type Routed = FastifyRequest<{ Params: { state: string }; Querystring: Record<string, unknown> }>

export function mountRequestPages(options: RequestPagesOptions): Streams {
  const { web, requests, storage, clock, verifiers, path, access } = options
  const streams = createStreams({ clock })
  const config = { config: { access } } as const
  const times = inEachLanguage(
    (language) => new Intl.DateTimeFormat(localeOf(language), { timeStyle: 'short', timeZone: options.timeZone }),
  )

  // --- What there is -------------------------------------------------------------------------------------------------

  async function wayOf(request: Routed): Promise<Way | Exclude<WaitingAnswer, Waiting>> {
    const { state } = request.params
    const answer = await options.waitingFor(state, request)
    return answer.kind === 'waiting' ? { ...answer, state, base: `${path}/${state}` } : answer
  }

  async function openedBy({ state }: Way): Promise<EidRequestId | undefined> {
    const [found] = await storage.state.getMany([{ kind: pageKind, key: state }])
    return found?.value as EidRequestId | undefined
  }

  async function ask(request: FastifyRequest, way: Way): Promise<EidRequestId | { retryAfterSeconds: number }> {
    const { ask: about, browser, address, required, expiresAt, state } = way
    const country = options.countryOf(address)
    const asked = await requests.open({
      ...about,
      login: state,
      browser,
      required,
      expiresAt,
      from: { address, ...(country ? { country } : {}), device: wordsOf(browserOf(request.headers)) },
    })
    if (typeof asked === 'string') {
      await storage.state.write({ put: [{ kind: pageKind, key: state, value: asked, expiresAt }] })
    }
    return asked
  }

  // --- What is shown -------------------------------------------------------------------------------------------------

  const frameOf = ({ base, state, provider, service, signs, ways, passkey, isDown }: Way): Frame => ({
    base,
    provider,
    ways,
    verifier: verifiers.make('eid/request', state),
    ...(service === undefined ? {} : { service }),
    ...(signs === undefined ? {} : { signs }),
    ...(passkey ? { passkey } : {}),
    ...(isDown ? { isDown } : {}),
  })

  const momentOf = (at: Instant, language: Language): Moment => ({
    iso: toDate(at).toISOString(),
    text: times[language].format(at),
  })

  function followOf({ base }: Way, { version }: RequestLook, more: { way?: 'qr' | 'link'; until?: Instant } = {}) {
    const { way, until } = more
    const query = new URLSearchParams({ version: String(version), ...(until ? { until: String(until) } : {}) })
    return { href: `${base}/events?${query}`, page: way ? `${base}?way=${way}` : base }
  }

  async function present(request: Routed, reply: FastifyReply, way: Way, id: EidRequestId): Promise<FastifyReply> {
    const look = await requests.look(id, way.browser)
    if (look?.state === 'waiting') return invite(request, reply, way, id, look)
    return show(request, reply, way, look)
  }

  /** No phone is there yet: a code for one, or a link. */
  async function invite(request: Routed, reply: FastifyReply, way: Way, id: EidRequestId, look: RequestLook) {
    const context = web.contextOf(request)
    const { isPhone, isInside } = browserOf(request.headers)
    const closes = momentOf(look.expiresAt, context.language)
    const wanted = request.query.way
    if (wanted === 'link' || (isPhone && wanted !== 'qr')) {
      const follow = followOf(way, look, { way: 'link' })
      return web.page(request, reply, linkPage({ ...frameOf(way), closes, follow, isInside }, context))
    }
    const code = await requests.code(id, way.browser, 'qr')
    // A phone came between the two questions.
    if (!code) return reply.redirect(way.base, 303)
    const { text, until } = code
    const follow = followOf(way, look, { way: 'qr', until })
    const seconds = secondsLeft(until, clock.now())
    return web.page(request, reply, codePage({ ...frameOf(way), text, seconds, closes, follow }, context))
  }

  function show(
    request: Routed,
    reply: FastifyReply,
    way: Way,
    look: RequestLook | undefined,
    isWrong = false,
  ): FastifyReply {
    const context = web.contextOf(request)
    const frame = frameOf(way)
    const ended = (ending: Ending) => web.page(request, reply, endPage({ ...frame, ending }, context))
    if (!look) return ended('expired')
    const view = { ...frame, follow: followOf(way, look) }
    switch (look.state) {
      case 'waiting':
        return reply.redirect(way.base, 303)
      case 'scanned':
        return web.page(request, reply, numberPage({ ...view, number: look.number }, context))
      case 'matched':
        return web.page(request, reply, onPhonePage(view, context))
      case 'approved': {
        const { confirm: digits, left } = look
        if (digits === 0) return web.page(request, reply, returnPage(view, context))
        return web.page(request, reply, confirmPage({ ...view, digits, left, isWrong }, context))
      }
      case 'declined':
      case 'refused':
        return ended(`${look.state}.${look.reason}` as Ending)
      case 'completed':
        return look.led === undefined ? ended('completed') : leadOn(request, reply, look.led)
      case 'expired':
        return ended('expired')
    }
  }

  function tooMany(request: Routed, reply: FastifyReply, way: Way, seconds: number): FastifyReply {
    const view = { ...frameOf(way), minutes: Math.ceil((seconds * 1_000) / minute) }
    // RFC 9110 section 10.2.3.
    return web.page(request, reply.header('retry-after', String(seconds)), tooManyPage(view, web.contextOf(request)))
  }

  // --- What is sent --------------------------------------------------------------------------------------------------

  /** The request of this login, made now if there was none. */
  async function serve(
    request: Routed,
    reply: FastifyReply,
    use: (way: Way, id: EidRequestId) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const way = await wayOf(request)
    if (way.kind === 'elsewhere') return leadOn(request, reply, way.path)
    if (way.kind === 'refused') return web.error(request, reply, { error: way.error })
    const id = (await openedBy(way)) ?? (await ask(request, way))
    return typeof id === 'string' ? use(way, id) : tooMany(request, reply, way, id.retryAfterSeconds)
  }

  const leadOn = (request: Routed, reply: FastifyReply, url: string): FastifyReply =>
    request.method === 'POST' ? web.depart(request, reply, url) : reply.redirect(url, 303)

  async function confirm(
    request: Routed,
    reply: FastifyReply,
    way: Way,
    id: EidRequestId,
    by: { typed: string } | { responseCode: string },
  ): Promise<FastifyReply> {
    const answer = await requests.confirm(id, way.browser, by)
    if (answer.kind === 'done') {
      const url = await way.done(answer.proved)
      await requests.lead(id, url)
      return leadOn(request, reply, url)
    }
    return show(request, reply, way, await lookAfter(way, id), answer.kind === 'wrong')
  }

  /** The click before this one may have ended it, and may still be writing down where it led: that is waited for. */
  async function lookAfter({ browser }: Way, id: EidRequestId): Promise<RequestLook | undefined> {
    const look = await requests.look(id, browser)
    if (look?.state !== 'completed' || look.led !== undefined) return look
    return (await requests.wait(id, browser, look.version, AbortSignal.timeout(longestLead))) ?? look
  }

  /** A page that is behind hears so at once, and reads itself anew. */
  async function follow(request: Routed, reply: FastifyReply): Promise<FastifyReply> {
    const way = await wayOf(request)
    if (way.kind === 'refused') return web.error(request, reply, { error: way.error })
    const id = way.kind === 'waiting' ? await openedBy(way) : undefined
    if (way.kind === 'elsewhere' || !id) return reply.type(eventStream).send(changedEvent)
    const look = await requests.look(id, way.browser)
    const { version, until } = shownBy(request)
    if (!look || look.version !== version) return reply.type(eventStream).send(changedEvent)
    const isFull = !streams.follow({
      response: reply.raw,
      key: id,
      browser: way.browser,
      network: neighbourhoodOf(way.address) ?? way.address,
      version,
      ...(until === undefined ? {} : { codeUntil: Math.min(until, clock.now() + codeShown) }),
      expiresAt: look.expiresAt,
      wait: (shown, signal) => requests.wait(id, way.browser, shown, signal),
      renew: () => renew(way, id),
    })
    return isFull ? reply.code(503).header('retry-after', '60').send() : reply.hijack()
  }

  async function renew({ browser }: Way, id: EidRequestId): Promise<ShownCode | undefined> {
    const code = await requests.code(id, browser, 'qr')
    return code && { picture: pictureOf(code.text).toString(), until: code.until }
  }

  // --- Routes --------------------------------------------------------------------------------------------------------

  const route = `${path}/:state`
  type Route = { Params: { state: string }; Querystring: Record<string, unknown> }

  web.app.get<Route>(route, config, (request, reply) =>
    serve(request, reply, (way, id) => present(request, reply, way, id)),
  )

  web.app.get<Route>(`${route}/events`, config, follow)

  // A code is made when the link is pressed: one that was made with the page would be over by then.
  web.app.get<Route>(`${route}/open`, config, (request, reply) =>
    serve(request, reply, async (way, id) => {
      const code = await requests.code(id, way.browser, 'link')
      return reply.redirect(code?.text ?? way.base, 303)
    }),
  )

  /** The app leads back here with what only it was told. */
  web.app.get<Route>(`${route}/return`, config, async (request, reply) => {
    const way = await wayOf(request)
    if (way.kind === 'refused') return web.page(request, reply, elsewherePage(web.contextOf(request)))
    const { rc } = request.query
    if (typeof rc !== 'string') return reply.redirect(`${path}/${request.params.state}`, 303)
    return serve(request, reply, (own, id) => confirm(request, reply, own, id, { responseCode: rc.slice(0, longest) }))
  })

  web.app.get<Route>(`${route}/leave`, config, (request, reply) =>
    serve(request, reply, async (way, id) => {
      const to = way.ways[Number(request.query.to)] ?? way.ways[0]
      await requests.abandon(id, way.browser)
      // Whoever comes back begins anew.
      await beginAnew(storage, way.state)
      return reply.redirect(to?.href ?? way.base, 303)
    }),
  )

  const perform = {
    confirm: (request: Routed, reply: FastifyReply, way: Way, id: EidRequestId) =>
      confirm(request, reply, way, id, { typed: digitsIn((request.body ?? {}) as Record<string, unknown>) }),

    again: async (request: Routed, reply: FastifyReply, way: Way, id: EidRequestId) => {
      const look = await requests.look(id, way.browser)
      const isOver = !look || ends.has(look.state)
      const asked = isOver ? await ask(request, way) : id
      return typeof asked === 'string'
        ? leadOn(request, reply, way.base)
        : tooMany(request, reply, way, asked.retryAfterSeconds)
    },
  }

  for (const act of Object.keys(perform) as (keyof typeof perform)[]) {
    web.app.post<Route>(`${route}/${act}`, config, (request, reply) =>
      serve(request, reply, async (way, id) => {
        const { verifier } = (request.body ?? {}) as Record<string, unknown>
        return verifiers.check(verifier, 'eid/request', way.state)
          ? perform[act](request, reply, way, id)
          : web.error(request, reply, { error: 'form_foreign' })
      }),
    )
    // Reloaded, or opened by hand: the page that it is sent from.
    web.app.get<Route>(`${route}/${act}`, config, (request, reply) =>
      serve(request, reply, async ({ base }) => reply.redirect(base, 303)),
    )
  }

  // Before the server waits for answers that are under way: these would never end.
  web.app.addHook('preClose', async () => streams.close())
  return streams
}

/** The pages of logins that wait for a provider of kind `eid_app`. */
export function mountAppPages(
  options: Omit<RequestPagesOptions, 'path' | 'access' | 'waitingFor'> & { waitingFor: HouseWaiter },
): Streams {
  const { waitingFor, web, ...rest } = options
  mountScannedPlainly(web)
  return mountRequestPages({
    ...rest,
    web,
    path: '/eid',
    access: 'flow',
    async waitingFor(state, request) {
      const login = await waitingFor('eid_app', state, request)
      if (login.kind !== 'waiting') return login
      const { provider, service, purpose, ways, language, isDown, browser, address, required, expiresAt, done } = login
      return {
        kind: 'waiting',
        ask: {
          provider: provider.id,
          cards: provider.connector.cards,
          by: provider.connector.by,
          mode: 'app',
          purpose: purpose === 'service' ? { service: service.name } : { own: true },
        },
        provider: provider.name[language],
        ...(purpose === 'service' ? { service: service.name[language] } : {}),
        ways: [ways.choice, ways.back],
        ...(ways.passkey ? { passkey: ways.passkey } : {}),
        ...(isDown ? { isDown } : {}),
        browser,
        address,
        required,
        expiresAt,
        done,
      }
    },
  })
}

/** Whoever scans the code with the camera of a telephone, and no app answers for it. */
function mountScannedPlainly(web: Web): void {
  web.app.get('/eid/q/:code', { config: { access: 'public' } }, (request, reply) =>
    web.page(request, reply, scannedPlainlyPage(web.contextOf(request))),
  )
}

const ends: ReadonlySet<RequestLook['state']> = new Set(['declined', 'refused', 'expired', 'completed'])

/** Of what a program sends in place of a code or number. */
const longest = 128

/** As people type them: with spaces, or with the digits of their own keyboard. */
function digitsIn({ typed }: Record<string, unknown>): string {
  if (typeof typed !== 'string') return ''
  const latin = typed.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
  return latin.replace(/[\s\u2066-\u2069\u200e\u200f-]/g, '').slice(0, longest)
}

/** What the page shows by now: the browser says it itself when it comes again. */
function shownBy(request: Routed): { version: number; until?: number } {
  const last = request.headers['last-event-id']
  const [version, until] =
    typeof last === 'string' && last !== '' ? last.split('.') : [request.query.version, request.query.until]
  const known = Number(until)
  return { version: Number(version) || 0, ...(until !== undefined && Number.isFinite(known) ? { until: known } : {}) }
}
