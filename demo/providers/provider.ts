/**
 * One provider of the town, standing on its port: its engine, its login with a session of its own, its second step, its
 * logout, and the pages that it owes to people. It knows accounts and relying parties, not services.
 */
import { randomInt } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { decodeJwt } from 'jose'
import { LRUCache } from 'lru-cache'
import type { ClientMetadata, Interaction, InteractionResults, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Html } from '../../src/http/html.ts'
import { atLeast, type Level } from '../../src/kernel/assurance.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { toSeconds } from '../../src/kernel/clock.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { sameSecret } from '../../src/kernel/secrets.ts'
import { type Account, accountsOf, testPassword } from '../people.ts'
import { createSite, refusesForeignForm, type Site } from '../site.ts'
import { accountBySubject, createEngine, endPath, subjectOf, wantedLevel } from './engine.ts'
import * as pages from './pages.ts'
import type { ProviderDefinition } from './providers.ts'
import { wording } from './wording.ts'

export interface ProviderOptions {
  definition: ProviderDefinition
  port: number
  /** The authorization host, when it is apart. */
  walletPort?: number
  issuer: string
  clients: ClientMetadata[]
  clock: Clock
}

export interface RunningProvider {
  definition: ProviderDefinition
  issuer: string
  close(): Promise<void>
}

/** Wrong passwords or codes in one login before it ends. */
const triesAllowed = 5

/** What one login at this provider has shown so far. Kept until the engine forgets the interaction. */
interface Progress {
  tries: number
  /** Set once the password was right; whoever is in a session already starts here. */
  account?: Account
  /** Seconds; when the first factor was shown. */
  since?: number
  code?: string
}

type Uid = { Params: { uid: string } }
type Fields = Record<string, string | undefined>

export async function startProvider(options: ProviderOptions): Promise<RunningProvider> {
  const { definition } = options
  const provider = new ProviderSite(options)
  await provider.start()
  return { definition, issuer: options.issuer, close: () => provider.close() }
}

class ProviderSite {
  readonly #options: ProviderOptions
  readonly #definition: ProviderDefinition
  readonly #progress = new LRUCache<string, Progress>({ max: 5_000 })
  readonly #sites: Site[] = []
  #engine!: Provider

  constructor(options: ProviderOptions) {
    this.#options = options
    this.#definition = options.definition
  }

  async start(): Promise<void> {
    const { port, walletPort, issuer, clients } = this.#options
    this.#engine = await createEngine({
      definition: this.#definition,
      issuer,
      clients,
      cookieName: `provider_${port}`,
      renderError: (context, out) => this.#engineError(context, out),
    })
    try {
      for (const each of walletPort ? [port, walletPort] : [port]) await this.#stand(each)
    } catch (fault) {
      await this.close()
      throw fault
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#sites.map((site) => site.close()))
  }

  /** One origin of this provider. When there is a wallet, the browser goes there and the hub's server to the issuer. */
  async #stand(port: number): Promise<void> {
    const listener = this.#engine.callback()
    const takes = this.#options.walletPort ? takesApart(port === this.#options.walletPort) : takesAll
    const site = createSite({ brand: this.#definition.brand, kind: 'login', engine: { takes, listener } })
    this.#sites.push(site)
    this.#route(site)
    await site.listen(port)
  }

  #route(site: Site): void {
    const { app } = site
    const step = (name: string, handle: StepHandler) =>
      app.post<Uid & { Body: Fields }>(`/interaction/:uid/${name}`, (request, reply) =>
        refusesForeignForm(request, reply) ? reply : this.#step(site, request, reply, handle),
      )
    app.get<Uid>('/interaction/:uid', (request, reply) => this.#step(site, request, reply, this.#show))
    step('login', this.#login)
    step('code', this.#code)
    step('approval', this.#code)
    step('cancel', this.#cancel)
    app.get(endPath, (request, reply) => this.#end(site, request, reply, request.query as Fields))
    app.post<{ Body: Fields }>(endPath, (request, reply) =>
      refusesForeignForm(request, reply) ? reply : this.#endNow(site, request, reply, request.body ?? {}),
    )
    app.get('/', async (request, reply) => {
      const language = site.languageOf(request)
      const { accountId } = await this.#sessionOf(request, reply)
      const account = accountId ? accountBySubject(this.#definition, accountId) : undefined
      const view = { definition: this.#definition, language, account }
      return this.#send(site, request, reply, this.#definition.brand.name[language], pages.homePage(view))
    })
    for (const { path, title, text } of notices) {
      app.get(path, (request, reply) => {
        const language = site.languageOf(request)
        const body = pages.noticePage(title[language], text[language])
        return this.#send(site, request, reply, title[language], body)
      })
    }
  }

  /** Every step starts with the login in progress, which only the browser that began it can continue. */
  async #step(site: Site, request: FastifyRequest<Uid>, reply: FastifyReply, handle: StepHandler) {
    const interaction = await this.#engine.interactionDetails(request.raw, reply.raw).catch(() => undefined)
    const language = site.languageOf(request, String(interaction?.params.ui_locales ?? ''))
    if (!interaction || interaction.uid !== request.params.uid) {
      const body = pages.noticePage(wording.problem[language], wording.expired[language])
      return this.#send(site, request, reply, wording.problem[language], body, 400)
    }
    const progress = this.#progress.get(interaction.uid) ?? (await this.#begin(interaction))
    const visit: Visit = { site, request, reply, interaction, progress, language }
    return handle.call(this, visit, (request.body ?? {}) as Fields)
  }

  /** Somebody in a session who only lacks the second factor is not asked for the first one again. */
  async #begin(interaction: Interaction): Promise<Progress> {
    const progress: Progress = { tries: 0 }
    this.#progress.set(interaction.uid, progress)
    const { reasons } = interaction.prompt
    const session = interaction.session && (await this.#engine.Session.findByUid(interaction.session.uid))
    const account = session?.accountId ? accountBySubject(this.#definition, session.accountId) : undefined
    if (account && session?.loginTs && reasons.every((reason) => reason === 'level_not_reached')) {
      Object.assign(progress, { account, since: session.loginTs })
    }
    return progress
  }

  async #show(visit: Visit): Promise<FastifyReply> {
    const { progress, interaction } = visit
    if (progress.account && !this.#needsSecondStep(interaction, progress.account)) return this.#finish(visit)
    return progress.account ? this.#showSecondStep(visit) : this.#showLogin(visit)
  }

  #showLogin(visit: Visit, problem?: keyof typeof wording, username = ''): FastifyReply {
    const view = { ...this.#view(visit), problem, username }
    return this.#page(visit, wording.signIn[visit.language], pages.loginPage(view), problem && 400)
  }

  #showSecondStep(visit: Visit, problem?: keyof typeof wording): FastifyReply {
    const { progress, language } = visit
    const approval = this.#definition.secondStep.kind === 'approval'
    // Two digits to compare with the phone; six to type.
    progress.code ??= approval ? String(randomInt(10, 100)) : String(randomInt(1_000_000)).padStart(6, '0')
    const view = { ...this.#view(visit), problem, code: progress.code }
    const body = approval ? pages.approvalPage(view) : pages.codePage(view)
    return this.#page(visit, wording.second[language], body, problem && 400)
  }

  async #login(visit: Visit, { username = '', password = '' }: Fields): Promise<FastifyReply> {
    const { progress } = visit
    const account = accountsOf(this.#definition.key).find((one) => one.username === username.trim().toLowerCase())
    if (!account || !sameSecret(password, testPassword)) {
      progress.tries += 1
      if (progress.tries >= triesAllowed) return this.#refuse(visit, 'access_denied', 'too many wrong passwords')
      return this.#showLogin(visit, 'wrongPassword', username)
    }
    Object.assign(progress, { account, since: toSeconds(this.#options.clock.now()), tries: 0 })
    return this.#needsSecondStep(visit.interaction, account) ? redirect(visit, '') : this.#finish(visit)
  }

  async #code(visit: Visit, { code = '' }: Fields): Promise<FastifyReply> {
    const { progress } = visit
    if (!progress.account || !progress.code) return redirect(visit, '')
    if (!sameSecret(code.trim(), progress.code)) {
      progress.tries += 1
      if (progress.tries >= triesAllowed) return this.#refuse(visit, 'access_denied', 'too many wrong codes')
      return this.#showSecondStep(visit, 'wrongCode')
    }
    return this.#finish(visit, true)
  }

  #cancel(visit: Visit): Promise<FastifyReply> {
    return this.#refuse(visit, 'access_denied', 'the person returned without signing in')
  }

  #needsSecondStep(interaction: Interaction, account: Account): boolean {
    const { kind } = this.#definition.secondStep
    if (kind !== 'code') return kind === 'approval'
    const { level } = wantedLevel(this.#definition, interaction.params)
    return atLeast(level, 'eidas2') && atLeast(account.level, level)
  }

  async #finish(visit: Visit, withSecondFactor = false): Promise<FastifyReply> {
    const { progress, interaction } = visit
    const { account, since } = progress
    if (!account || since === undefined) return redirect(visit, '')
    const reached: Level = withSecondFactor ? account.level : 'eidas1'
    const { level, essential } = wantedLevel(this.#definition, interaction.params)
    if (essential && !atLeast(reached, level)) {
      return this.#refuse(visit, 'unmet_authentication_requirements', 'this account does not reach the level')
    }
    await this.#forgetOtherAccount(interaction, account)
    const { secondStep } = this.#definition
    const amr = withSecondFactor && secondStep.kind !== 'none' ? ['pwd', secondStep.amr, 'mfa'] : ['pwd']
    const acr = this.#definition.acr[reached] ?? reached
    // The earlier of the two factors: a second step alone must not make an old password look fresh to `max_age`.
    return this.#answer(visit, { login: { accountId: subjectOf(account), acr, amr, ts: since } })
  }

  /** Another account takes the browser over: the engine would show a page with a script to end the first session. */
  async #forgetOtherAccount(interaction: Interaction, account: Account): Promise<void> {
    const before = interaction.session?.accountId
    if (!interaction.session || !before || before === subjectOf(account)) return
    const session = await this.#engine.Session.findByUid(interaction.session.uid)
    if (session) {
      Object.assign(session, { accountId: undefined, authorizations: undefined, acr: undefined, amr: undefined })
      await session.persist()
    }
    Object.assign(interaction.session, { accountId: undefined })
    await interaction.persist()
  }

  #refuse(visit: Visit, error: string, error_description: string): Promise<FastifyReply> {
    return this.#answer(visit, { error, error_description })
  }

  async #answer({ request, reply, interaction }: Visit, result: InteractionResults): Promise<FastifyReply> {
    this.#progress.delete(interaction.uid)
    const returnTo = await this.#engine.interactionResult(request.raw, reply.raw, result, {
      mergeWithLastSubmission: false,
    })
    return reply.redirect(returnTo, 303)
  }

  /**
   * RP-Initiated Logout 1.0 section 2: "the OP MUST ask the End-User whether to log out" unless the hint tells that the
   * request is the relying party's own. An expired id token is a hint all the same.
   */
  async #end(site: Site, request: FastifyRequest, reply: FastifyReply, fields: Fields): Promise<FastifyReply> {
    const hinted = await this.#hintedClient(fields)
    const session = await this.#sessionOf(request, reply)
    if (!session.accountId || (hinted && hinted.subject === session.accountId)) {
      return this.#endNow(site, request, reply, fields)
    }
    const language = site.languageOf(request, fields.ui_locales)
    const kept = Object.entries(fields).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    const view = { definition: this.#definition, language, fields: Object.fromEntries(kept) }
    return this.#send(site, request, reply, wording.signOut[language], pages.logoutPage(view))
  }

  async #endNow(site: Site, request: FastifyRequest, reply: FastifyReply, fields: Fields): Promise<FastifyReply> {
    const session = await this.#sessionOf(request, reply)
    if (session.accountId) await session.destroy()
    const back = await this.#returnAfterLogout(fields)
    if (back) return reply.redirect(back, 303)
    const language = site.languageOf(request, fields.ui_locales)
    const body = pages.noticePage(wording.signOut[language], wording.signedOut[language])
    return this.#send(site, request, reply, wording.signOut[language], body)
  }

  /** Only an address that the relying party registered, exactly (RP-Initiated Logout 1.0 section 3). */
  async #returnAfterLogout(fields: Fields): Promise<string | undefined> {
    const { post_logout_redirect_uri: target, state } = fields
    const clientId = (await this.#hintedClient(fields))?.clientId ?? fields.client_id
    const client = clientId ? await this.#engine.Client.find(clientId) : undefined
    if (!target || !client?.postLogoutRedirectUriAllowed(target)) return undefined
    const address = new URL(target)
    if (state !== undefined) address.searchParams.set('state', state)
    return address.href
  }

  async #hintedClient({ id_token_hint: hint }: Fields): Promise<{ clientId: string; subject: string } | undefined> {
    try {
      const clientId = String(decodeJwt(hint ?? '').aud)
      const client = await this.#engine.Client.find(clientId)
      if (!client) return undefined
      const { payload } = await this.#engine.IdToken.validate(hint ?? '', client)
      return { clientId, subject: String(payload.sub) }
    } catch {
      return undefined
    }
  }

  #sessionOf(request: FastifyRequest, reply: FastifyReply) {
    return this.#engine.Session.get(this.#engine.createContext(request.raw, reply.raw))
  }

  #view({ interaction, language }: Visit) {
    return { definition: this.#definition, language, action: `/interaction/${interaction.uid}` }
  }

  #page({ site, request, reply, interaction, language }: Visit, title: string, body: Html, status?: number | '') {
    const here = `/interaction/${interaction.uid}`
    return site.page(request, reply, { title, body, language, here, ...(status ? { status } : {}) })
  }

  #send(site: Site, request: FastifyRequest, reply: FastifyReply, title: string, body: Html, status = 200) {
    const here = request.method === 'GET' ? request.url : undefined
    return site.page(request, reply, { title, body, status, ...(here ? { here } : {}) })
  }

  /** Errors that cannot go back to the relying party are shown here, in plain text and without detail. */
  #engineError(context: KoaContextWithOIDC, out: { error: string; error_description?: string | undefined }): void {
    context.type = 'text/plain; charset=utf-8'
    context.body = `${this.#definition.brand.name.fr} : ${wording.problem.fr} (${out.error})\n${out.error_description ?? ''}\n`
  }
}

interface Visit {
  site: Site
  request: FastifyRequest
  reply: FastifyReply
  interaction: Interaction
  progress: Progress
  language: Language
}

type StepHandler = (this: ProviderSite, visit: Visit, fields: Fields) => Promise<FastifyReply>

function redirect({ reply, interaction }: Visit, suffix: string): FastifyReply {
  return reply.redirect(`/interaction/${interaction.uid}${suffix}`, 303)
}

export const notices = [
  { path: '/help', title: wording.help, text: wording.helpText },
  { path: '/register', title: wording.register, text: wording.registerText },
  { path: '/forgotten-password', title: wording.forgotten, text: wording.forgottenText },
] as const

const browserPath = /^\/authorize(\/|$)/
const serverPath = /^\/(token|userinfo|jwks)(\/|$)/
const discoveryPath = /^\/\.well-known\//

function takesAll(path: string): boolean {
  return browserPath.test(path) || serverPath.test(path) || discoveryPath.test(path)
}

/** The wallet answers browsers, the issuer answers servers, and neither publishes the standard discovery document. */
function takesApart(isWallet: boolean): (path: string) => boolean {
  return (path) => (isWallet ? browserPath : serverPath).test(path)
}
