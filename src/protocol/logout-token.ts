/** What tells a service that somebody's session has ended (OpenID Connect Back-Channel Logout 1.0), and its answer. */
import { type JWK, SignJWT } from 'jose'
import { OutboundFailure, type OutboundFetch } from '../http/outbound.ts'
import { type Instant, toSeconds } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import { randomBytes } from '../kernel/random.ts'

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** "preferably at most two minutes in the future" (section 4); each try makes a new token. */
const tokenLifetime = 2 * minute

/** Section 2.4: `sub` and `sid` both, so that a service may key its sessions by either. */
export function logoutToken(options: {
  issuer: string
  /** The client id of the service. */
  audience: string
  subject: string
  sid: string
  key: { id: string; alg: string; privateJwk: JWK }
  now: Instant
}): Promise<string> {
  const { issuer, audience, subject, sid, key } = options
  const now = toSeconds(options.now)
  // "A nonce Claim MUST NOT be present" (section 2.4): the token could pass for an id token.
  return new SignJWT({ sub: subject, sid, events: { [logoutEvent]: {} } })
    .setProtectedHeader({ alg: key.alg, kid: key.id, typ: 'logout+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + toSeconds(tokenLifetime))
    .setJti(randomBytes(16).toString('base64url'))
    .sign(key.privateJwk)
}

/** A service answers after it has ended its own session: a few writes. */
const answerTimeout = 5 * second

/** The status of the service's answer (section 2.5), or a word for why there was none. */
export async function postLogoutToken(fetch: OutboundFetch, uri: string, token: string): Promise<number | string> {
  try {
    const response = await fetch(uri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ logout_token: token }),
      // The token is for the registered address only.
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeout),
    })
    await response.body?.cancel()
    return response.status
  } catch (error) {
    if (error instanceof OutboundFailure) return error.kind
    return error instanceof Error ? error.name : 'unknown'
  }
}

/**
 * "If the logout succeeded, the RP MUST respond with HTTP 200 OK [...] some Web frameworks will substitute an HTTP 204 No
 * Content response [...] If the logout request was invalid or the logout failed, the RP MUST respond with HTTP 400 Bad
 * Request" (section 2.8). Anything else is not an answer to the question.
 */
export function logoutAnswer(status: number | string): 'accepted' | 'refused' | undefined {
  if (status === 200 || status === 204) return 'accepted'
  return status === 400 ? 'refused' : undefined
}
