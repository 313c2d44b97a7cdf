/**
 * A service as its team would write it: `openid-client`, a stock library that knows nothing of Garant. Pages on the way
 * are pressed through by a `UserAgent`.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  type IDToken,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type UserInfoResponse,
} from 'openid-client'
import { type Answer, type Form, formsOf, linksOf, type UserAgent } from './user-agent.ts'

export interface RelyingParty {
  config: Configuration
  redirectUri: string
  scope: string
}

export interface Attempt {
  url: URL
  state: string
  nonce: string
  verifier: string
}

export interface SignedIn {
  idToken: IDToken
  rawIdToken: string
  accessToken: string
  userinfo: UserInfoResponse
}

export async function relyingParty(options: {
  issuer: string
  clientId: string
  secret?: string
  auth?: ClientAuth
  redirectUri?: string
  scope?: string
  metadata?: Record<string, unknown>
}): Promise<RelyingParty> {
  const config = await discovery(
    new URL(options.issuer),
    options.clientId,
    { id_token_signed_response_alg: 'ES256', ...options.metadata },
    options.auth ?? ClientSecretBasic(options.secret ?? ''),
    { execute: [allowInsecureRequests, enableNonRepudiationChecks] },
  )
  return {
    config,
    redirectUri: options.redirectUri ?? 'http://localhost:1/callback',
    scope: options.scope ?? 'openid identite_pivot email',
  }
}

/** An authorization request; `parameters` adds to it or, with an empty value, takes away. */
export async function attempt(party: RelyingParty, parameters: Record<string, string> = {}): Promise<Attempt> {
  const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()]
  const url = buildAuthorizationUrl(party.config, {
    redirect_uri: party.redirectUri,
    scope: party.scope,
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  for (const [name, value] of Object.entries(parameters)) if (value === '') url.searchParams.delete(name)
  return { url, state, nonce, verifier }
}

/** True at the service's callback: where a journey's browser stops. */
export function at(party: RelyingParty): (url: URL) => boolean {
  return (url) => url.href.startsWith(party.redirectUri)
}

/** The address of the login that a page belongs to: where it stands again, wherever it was shown. */
export function loginOf(page: Answer): URL {
  const addresses = [...formsOf(page).map(({ action }) => action), ...linksOf(page)]
  const path = addresses.map(({ pathname }) => /^\/login\/[\w-]+/.exec(pathname)?.[0]).find((one) => one !== undefined)
  if (!path) throw new Error(`no login at ${page.url.href} (${page.status}): ${page.body.slice(0, 1500)}`)
  return new URL(path, page.url)
}

/** The tile of a provider on the choice page. */
export function tile(page: Answer, provider: string): { form: Form; values: Record<string, string> } {
  const form = formsOf(page).find((candidate) =>
    candidate.buttons.some(({ value, name }) => name === 'provider' && value === provider),
  )
  if (!form)
    throw new Error(`no tile for ${provider} on ${page.url.href} (${page.status}): ${page.body.slice(0, 1500)}`)
  return { form, values: { provider } }
}

/** Chooses a provider on a choice page; stops at the service. */
export function choose(browser: UserAgent, party: RelyingParty, page: Answer, provider: string): Promise<Answer> {
  const { form, values } = tile(page, provider)
  return browser.submit(page, form, values, at(party))
}

/** Goes on from the information page. */
export function goOn(browser: UserAgent, party: RelyingParty, page: Answer): Promise<Answer> {
  const form = formsOf(page).find(({ action }) => action.pathname.endsWith('/inform'))
  if (!form) throw new Error(`no information page at ${page.url.href} (${page.status}): ${page.body.slice(0, 1500)}`)
  return browser.submit(page, form, {}, at(party))
}

/** The whole way with one provider, whatever pages come. Returns the callback that the service receives. */
export async function walk(
  browser: UserAgent,
  party: RelyingParty,
  provider: string,
  parameters: Record<string, string> = {},
): Promise<{ attempt: Attempt; page: Answer }> {
  const tried = await attempt(party, parameters)
  let page = await browser.open(tried.url, at(party))
  if (!at(party)(page.url) && page.body.includes('/choose"')) page = await choose(browser, party, page, provider)
  if (!at(party)(page.url) && page.body.includes('/inform"')) page = await goOn(browser, party, page)
  return { attempt: tried, page }
}

/** Redeems a callback and reads userinfo, with every check of the library. */
export async function redeem(
  party: RelyingParty,
  { attempt: tried, page }: { attempt: Attempt; page: Answer },
): Promise<SignedIn> {
  const tokens = await authorizationCodeGrant(party.config, page.url, {
    expectedState: tried.state,
    expectedNonce: tried.nonce,
    pkceCodeVerifier: tried.verifier,
    idTokenExpected: true,
  })
  const idToken = tokens.claims()
  if (!idToken || !tokens.id_token) throw new Error('no id token')
  const userinfo = await fetchUserInfo(party.config, tokens.access_token, idToken.sub)
  return { idToken, rawIdToken: tokens.id_token, accessToken: tokens.access_token, userinfo }
}

export async function signIn(
  browser: UserAgent,
  party: RelyingParty,
  provider: string,
  parameters: Record<string, string> = {},
): Promise<SignedIn> {
  return redeem(party, await walk(browser, party, provider, parameters))
}
