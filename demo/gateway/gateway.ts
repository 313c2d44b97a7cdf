/**
 * The gateway of the hospital's network, standing on its port. Staff sign in to it with a password and a code, and it
 * remembers that for half a day. Whoever the hub sends is told of in one signed sentence (docs/integration.md, "For a
 * gateway"), and asked for nothing that they have proved before. It knows the hub, and no service that asks the hub.
 */
import { randomBytes, randomInt } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { importJWK, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { type Html, html } from '../../src/http/html.ts'
import { type Clock, type Instant, toSeconds } from '../../src/kernel/clock.ts'
import { flowLifetime, hour, minute } from '../../src/kernel/durations.ts'
import { sameSecret } from '../../src/kernel/secrets.ts'
import { gateway } from '../hospital.ts'
import { demoKey } from '../keys.ts'
import { type Account, accountsOf, holderOf, testPassword } from '../people.ts'
import { originOf } from '../ports.ts'
import * as providerPages from '../providers/pages.ts'
import { notices } from '../providers/provider.ts'
import { wording } from '../providers/wording.ts'
import { clearCookie, createSite, readCookie, refusesForeignForm, type Site, setCookie } from '../site.ts'
import * as pages from './pages.ts'

export interface GatewayOptions {
  port: number
  hubIssuer: string
  /** Where staff go from its home page. */
  portal: string
  clock: Clock
}

export interface RunningGateway {
  close(): Promise<void>
}

/** A working day of the hospital: as long as the hub would believe it (`windowHours`). */
const remembered = 12 * hour

const triesAllowed = 5

/** What the hub asked for. */
interface Asked {
  state: string
  nonce: string
  ui_locales?: string
}

/** A sign-in on its way, in the browser of its cookie. */
interface Visit {
  id: string
  browser: string
  at: Instant
  asked?: Asked
  tries: number
  account?: Account
  since?: Instant
  code?: string
}

/** Somebody who proved both factors in a browser. */
interface Connected {
  account: Account
  since: Instant
}

type Fields = Record<string, string | undefined>
type Step = { request: FastifyRequest; reply: FastifyReply; visit: Visit; fields: Fields }

export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const site = new GatewaySite(options)
  await site.start()
  return { close: () => site.close() }
}

class GatewaySite {
  readonly #options: GatewayOptions
  readonly #site: Site
  readonly #cookie: string
  readonly #visits = new LRUCache<string, Visit>({ max: 5_000 })
  readonly #connected = new LRUCache<string, Connected>({ max: 5_000 })

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#site = createSite({ brand: gateway.brand, kind: 'login' })
    this.#cookie = `gateway_${options.port}`
    this.#route()
  }

  start(): Promise<void> {
    return this.#site.listen(this.#options.port)
  }

  close(): Promise<void> {
    return this.#site.close()
  }

  #route(): void {
    const { app } = this.#site
    app.get('/', (request, reply) => this.#home(request, reply))
    app.get<{ Querystring: Fields }>('/assert', (request, reply) => this.#assert(request, reply))
    app.get<{ Params: { visit: string } }>('/sign-in/:visit', (request, reply) =>
      this.#step(request, reply, (step) => this.#show(step)),
    )
    const posts = { login: this.#login, code: this.#code, without: this.#without, cancel: this.#cancel }
    for (const [name, handle] of Object.entries(posts)) {
      app.post<{ Params: { visit: string } }>(`/sign-in/:visit/${name}`, (request, reply) =>
        refusesForeignForm(request, reply) ? reply : this.#step(request, reply, (step) => handle.call(this, step)),
      )
    }
    app.post('/connect', (request, reply) => (refusesForeignForm(request, reply) ? reply : this.#begin(request, reply)))
    app.post('/leave', (request, reply) => {
      if (refusesForeignForm(request, reply)) return reply
      this.#connected.delete(readCookie(request, this.#cookie) ?? '')
      clearCookie(reply, this.#cookie)
      return reply.redirect('/', 303)
    })
    for (const { path, title, text } of notices) {
      app.get(path, (request, reply) => {
        const language = this.#site.languageOf(request)
        return this.#page(request, reply, {
          title: title[language],
          body: providerPages.noticePage(title[language], text[language]),
        })
      })
    }
  }

  #home(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const language = this.#site.languageOf(request)
    const { portal } = this.#options
    const body = pages.homePage({ language, connected: this.#connectedIn(request), portal })
    return this.#page(request, reply, { title: gateway.brand.name[language], body })
  }

  /** Where the hub sends the browser. Only the hub's own address gets an answer. */
  async #assert(request: FastifyRequest<{ Querystring: Fields }>, reply: FastifyReply): Promise<FastifyReply> {
    const { state, nonce, redirect_uri: back, prompt, ui_locales } = request.query
    if (back !== this.#returnAddress() || !state || !nonce) {
      const language = this.#site.languageOf(request, ui_locales)
      const title = wording.problem[language]
      const body = providerPages.noticePage(title, pages.words.stranger[language])
      return this.#page(request, reply, { title, body, status: 400 })
    }
    const asked: Asked = { state, nonce, ...(ui_locales ? { ui_locales } : {}) }
    const connected = this.#connectedIn(request)
    if (connected && prompt !== 'login') return this.#answer(reply, asked, connected, ['pwd', gateway.secondStep.amr])
    return this.#begin(request, reply, asked)
  }

  #begin(request: FastifyRequest, reply: FastifyReply, asked?: Asked): FastifyReply {
    const browser = readCookie(request, this.#cookie) ?? newName()
    const visit = { id: newName(), browser, at: this.#options.clock.now(), tries: 0, ...(asked ? { asked } : {}) }
    this.#visits.set(visit.id, visit)
    setCookie(reply, this.#cookie, browser)
    return reply.redirect(`/sign-in/${visit.id}`, 303)
  }

  /** Every step belongs to a visit, which only the browser that began it can continue. */
  #step(
    request: FastifyRequest<{ Params: { visit: string } }>,
    reply: FastifyReply,
    handle: (step: Step) => FastifyReply | Promise<FastifyReply>,
  ): FastifyReply | Promise<FastifyReply> {
    const visit = this.#visits.get(request.params.visit)
    const isOpen = visit && this.#options.clock.now() - visit.at < flowLifetime
    if (!isOpen || visit.browser !== readCookie(request, this.#cookie)) {
      const language = this.#site.languageOf(request)
      const title = wording.problem[language]
      const body = providerPages.noticePage(title, wording.expired[language])
      return this.#page(request, reply, { title, body, status: 400 })
    }
    return handle({ request, reply, visit, fields: (request.body ?? {}) as Fields })
  }

  #show(step: Step, problem?: keyof typeof wording, username = ''): FastifyReply {
    const { request, reply, visit } = step
    const language = this.#site.languageOf(request, visit.asked?.ui_locales)
    const action = `/sign-in/${visit.id}`
    const view = { definition: gateway, language, action, problem, ...(visit.asked ? {} : { alone: true as const }) }
    const status = problem ? { status: 400 } : {}
    if (!visit.account) {
      const body = providerPages.loginPage({ ...view, username })
      return this.#page(request, reply, { title: wording.signIn[language], body, here: action, ...status })
    }
    visit.code ??= String(randomInt(1_000_000)).padStart(6, '0')
    const code = providerPages.codePage({ ...view, code: visit.code })
    const body = visit.asked ? html`${code}${pages.withoutDevice(action, language)}` : code
    return this.#page(request, reply, { title: wording.second[language], body, here: action, ...status })
  }

  #login(step: Step): FastifyReply {
    const { visit, reply, fields } = step
    const { username = '', password = '' } = fields
    const account = accountsOf(gateway.key).find((one) => one.username === username.trim().toLowerCase())
    if (!account || !sameSecret(password, testPassword)) return this.#wrong(step, 'wrongPassword', username)
    Object.assign(visit, { account, since: this.#options.clock.now(), tries: 0 })
    return reply.redirect(`/sign-in/${visit.id}`, 303)
  }

  #code(step: Step): FastifyReply | Promise<FastifyReply> {
    const { visit, reply, fields } = step
    const { account, since, code } = visit
    if (!account || since === undefined || !code) return reply.redirect(`/sign-in/${visit.id}`, 303)
    if (!sameSecret((fields.code ?? '').trim(), code)) return this.#wrong(step, 'wrongCode')
    const connected = { account, since }
    this.#visits.delete(visit.id)
    // A new name: the one from before the sign-in may be known to somebody else.
    this.#connected.delete(visit.browser)
    const browser = newName()
    this.#connected.set(browser, connected)
    setCookie(reply, this.#cookie, browser)
    if (!visit.asked) return reply.redirect('/', 303)
    return this.#answer(reply, visit.asked, connected, ['pwd', gateway.secondStep.amr])
  }

  /** Says truly that there was one factor, for this once: what is remembered has two. */
  #without({ visit, reply }: Step): FastifyReply | Promise<FastifyReply> {
    const { account, since, asked } = visit
    if (!account || since === undefined || !asked) return reply.redirect(`/sign-in/${visit.id}`, 303)
    this.#visits.delete(visit.id)
    return this.#answer(reply, asked, { account, since }, ['pwd'])
  }

  #cancel({ visit, reply }: Step): FastifyReply {
    this.#visits.delete(visit.id)
    return visit.asked
      ? this.#goBack(reply, { state: visit.asked.state, error: 'access_denied' })
      : reply.redirect('/', 303)
  }

  #wrong(step: Step, problem: keyof typeof wording, username = ''): FastifyReply {
    step.visit.tries += 1
    return step.visit.tries < triesAllowed ? this.#show(step, problem, username) : this.#cancel(step)
  }

  async #answer(
    reply: FastifyReply,
    { state, nonce }: Asked,
    { account, since }: Connected,
    amr: string[],
  ): Promise<FastifyReply> {
    const holder = holderOf(account)
    if (holder.kind !== 'professional') throw new Error(`${account.username} does not work at the hospital`)
    const { port, hubIssuer, clock } = this.#options
    const { privateJwk } = demoKey(gateway.id)
    const now = toSeconds(clock.now())
    const { nationalId, given_name, family_name } = holder
    const assertion = await new SignJWT({
      ...{ nonce, auth_time: toSeconds(since), amr },
      ...{ SubjectNameID: nationalId, given_name, family_name, email: account.email },
    })
      .setProtectedHeader({ alg: 'ES256', kid: String(privateJwk.kid), typ: 'prior-login+jwt' })
      .setIssuer(originOf(port))
      .setAudience(hubIssuer)
      .setSubject(account.subject)
      .setIssuedAt(now)
      .setExpirationTime(now + toSeconds(minute))
      .setJti(newName())
      .sign(await importJWK(privateJwk, 'ES256'))
    return this.#goBack(reply, { state, assertion })
  }

  #goBack(reply: FastifyReply, parameters: Record<string, string>): FastifyReply {
    return reply.redirect(`${this.#returnAddress()}?${new URLSearchParams(parameters)}`, 303)
  }

  #returnAddress(): string {
    return `${this.#options.hubIssuer}/callback/${gateway.id}`
  }

  #connectedIn(request: FastifyRequest): Connected | undefined {
    const found = this.#connected.get(readCookie(request, this.#cookie) ?? '')
    return found && this.#options.clock.now() - found.since < remembered ? found : undefined
  }

  #page(
    request: FastifyRequest,
    reply: FastifyReply,
    page: { title: string; body: Html; status?: number; here?: string },
  ): FastifyReply {
    const here = page.here ?? (request.method === 'GET' ? request.url : undefined)
    return this.#site.page(request, reply, { ...page, ...(here ? { here } : {}) })
  }
}

const newName = () => randomBytes(24).toString('base64url')
