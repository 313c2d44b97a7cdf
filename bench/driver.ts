/**
 * Complete logins as a browser and a service make them, over real HTTP: authorize, every page and form on the way, the
 * callback, the code for tokens, userinfo. Each login is a fresh browser.
 */
import { createHash, randomBytes } from 'node:crypto'
import { Agent } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { type Answer, formsOf, textOf, UserAgent } from '../test/support/user-agent.ts'

export interface Target {
  issuer: string
  redirectUri: string
  clientId: string
  clientSecret: string
  scope: string
}

export interface Run {
  logins: number
  failed: number
  firstFailure?: string
  seconds: number
  /** Milliseconds, sorted. */
  durations: number[]
}

/** `logins` in all, `concurrency` at a time; with `perSecond`, no more of them begin in a second. */
export async function drive(
  target: Target,
  options: { logins: number; concurrency: number; perSecond?: number; before?: () => Promise<unknown> },
): Promise<Run> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency * 2 })
  const endpoints = await discover(target)
  const durations: number[] = []
  let started = 0
  let failed = 0
  let firstFailure: string | undefined
  const begin = performance.now()
  const worker = async () => {
    while (started < options.logins) {
      const due = options.perSecond ? begin + (started * 1000) / options.perSecond : 0
      started++
      if (due > performance.now()) await setTimeout(due - performance.now())
      await options.before?.()
      const from = performance.now()
      try {
        await login(target, endpoints, agent)
      } catch (error) {
        failed++
        firstFailure ??= String(error)
      }
      durations.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, worker))
  const seconds = (performance.now() - begin) / 1000
  agent.destroy()
  durations.sort((a, b) => a - b)
  return { logins: options.logins, failed, seconds, durations, ...(firstFailure ? { firstFailure } : {}) }
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

interface Endpoints {
  authorization: string
  token: string
  userinfo: string
}

async function discover({ issuer }: Target): Promise<Endpoints> {
  const document = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<string, string>
  return {
    authorization: String(document.authorization_endpoint),
    token: String(document.token_endpoint),
    userinfo: String(document.userinfo_endpoint),
  }
}

async function login(target: Target, endpoints: Endpoints, agent: Agent): Promise<void> {
  const browser = new UserAgent({ agent })
  const [verifier, state, nonce] = [randomBytes(32), randomBytes(16), randomBytes(16)].map((bytes) =>
    bytes.toString('base64url'),
  )
  const authorize = new URL(endpoints.authorization)
  authorize.search = new URLSearchParams({
    client_id: target.clientId,
    redirect_uri: target.redirectUri,
    response_type: 'code',
    scope: target.scope,
    state: state ?? '',
    nonce: nonce ?? '',
    code_challenge: createHash('sha256')
      .update(verifier ?? '')
      .digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  const atService = (url: URL) => url.href.startsWith(target.redirectUri)
  let page = await browser.open(authorize, atService)
  for (let pages = 0; !atService(page.url); pages++) {
    if (pages > 5) throw new Error(`no way through: ${page.url.href}`)
    page = await press(browser, page, atService)
  }
  const code = page.url.searchParams.get('code')
  if (!code || page.url.searchParams.get('state') !== state) throw new Error(`no code: ${page.url.search}`)
  const tokens = await tokensFor(browser, target, endpoints, { code, verifier: verifier ?? '' })
  const info = await browser.send({
    url: new URL(endpoints.userinfo),
    headers: { authorization: `Bearer ${tokens.access_token}`, accept: '*/*' },
  })
  if (info.status !== 200 || !info.body.includes('given_name')) throw new Error(`userinfo: ${info.status} ${info.body}`)
}

/** The page's first form, with the first button that carries a value: what a person would press. */
async function press(browser: UserAgent, page: Answer, stop: (url: URL) => boolean): Promise<Answer> {
  const form = formsOf(page).find(({ method }) => method === 'POST')
  if (!form) throw new Error(`no form on ${page.url.href} (${page.status}): ${textOf(page).slice(0, 400)}`)
  const button = form.buttons.find(({ name }) => name !== '')
  return browser.submit(page, form, button ? { [button.name]: button.value } : {}, stop)
}

async function tokensFor(
  browser: UserAgent,
  target: Target,
  endpoints: Endpoints,
  { code, verifier }: { code: string; verifier: string },
): Promise<{ access_token: string }> {
  const answer = await browser.send({
    url: new URL(endpoints.token),
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: target.redirectUri,
      code_verifier: verifier,
    }).toString(),
    headers: {
      authorization: `Basic ${Buffer.from(`${target.clientId}:${target.clientSecret}`).toString('base64')}`,
      accept: 'application/json',
    },
  })
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.body}`)
  return JSON.parse(answer.body) as { access_token: string }
}
