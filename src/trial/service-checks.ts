/**
 * What the requests of a service say of it, as named checks. Pure: from what the engine observed to lines of the trial.
 * Each judge looks at one address; a check that it can say nothing about is not in its answer, and stays as it was.
 */
import type { Service } from '../partners/partners.ts'
import { askableScopes } from '../protocol/claims.ts'
import type { Observed } from '../protocol/observed.ts'
import type { Check } from './trial.ts'

/** In the order in which a login meets them. */
export const serviceChecks = [
  'discovery',
  'client',
  'redirect',
  'response_type',
  'pkce',
  'state',
  'nonce',
  'scopes',
  'request',
  'token_method',
  'token_auth',
  'exchange',
  'code_once',
  'keys',
  'userinfo',
  'logout',
  'backchannel',
] as const
export type ServiceCheck = (typeof serviceChecks)[number]

type Line = Check<ServiceCheck>

/** Longer than any address that a library makes; the rest is cut. */
const longestSeen = 300

const passed = (check: ServiceCheck): Line => ({ check, state: 'passed' })

function failed(check: ServiceCheck, detail: string, seen?: string): Line {
  const text = seen?.slice(0, longestSeen)
  return { check, state: 'failed', detail, ...(text ? { seen: text } : {}) }
}

/** A check by the first thing that is wrong, or passed. */
function judged(check: ServiceCheck, faults: [applies: boolean, detail: string, seen?: string | undefined][]): Line {
  const found = faults.find(([applies]) => applies)
  return found ? failed(check, found[1], found[2]) : passed(check)
}

/** What one request to an address of the trial shows. */
export function judgeRequest(seen: Observed, service: Service): Line[] {
  switch (seen.route) {
    case 'discovery':
      return [passed('discovery')]
    case 'jwks':
      return [passed('keys')]
    case 'authorization':
      return judgeAuthorization(seen, service)
    case 'token':
      return judgeToken(seen, service)
    case 'userinfo':
      return [judgeUserinfo(seen)]
    default:
      return []
  }
}

/** "code_challenge = 43*128unreserved"; of S256 it is always 43 (RFC 7636 section 4.2). */
const challengePattern = /^[\w-]{43}$/

function judgeAuthorization({ parameters, refusal }: Observed, service: Service): Line[] {
  const given = (name: string) => parameters.get(name) ?? ''
  const [redirect, responseType, method] = ['redirect_uri', 'response_type', 'code_challenge_method'].map(given) as [
    string,
    string,
    string,
  ]
  const scopes = given('scope').split(' ').filter(Boolean)
  const askable = new Set<string>(askableScopes(service.scopes))
  const strange = scopes.filter((scope) => !askable.has(scope))
  const lines: Line[] = [
    judged('client', [
      [given('client_id') === '', 'missing'],
      [given('client_id') !== service.id, 'other', given('client_id')],
    ]),
    judged('redirect', [
      [redirect === '', 'missing'],
      [!service.redirectUris.includes(redirect), 'not_exact', redirect],
    ]),
    judged('response_type', [
      [responseType === '', 'missing'],
      [responseType !== 'code', 'other', responseType],
    ]),
    judged('pkce', [
      [given('code_challenge') === '', 'missing'],
      [method !== 'S256', 'method', method],
      [!challengePattern.test(given('code_challenge')), 'malformed'],
    ]),
    judged('state', [[given('state') === '', 'missing']]),
    judged('nonce', [[given('nonce') === '', 'missing']]),
    judged('scopes', [
      [!scopes.includes('openid'), 'openid_missing'],
      [strange.length > 0, 'not_in_draft', strange.join(' ')],
    ]),
  ]
  // What is refused for another reason than those above.
  const isNamed = lines.some((line) => line.state === 'failed' && !['state', 'nonce'].includes(line.check))
  if (!refusal) return [...lines, passed('request')]
  const said = [refusal.error, refusal.why].filter(Boolean).join(': ')
  return [...lines, isNamed ? { check: 'request', state: 'not_seen' } : failed('request', 'refused', said)]
}

/** How a service authenticates, by what is in its request. */
function methodSeen({ parameters, scheme }: Observed): string {
  const found = [
    ...(scheme === 'basic' ? ['client_secret_basic'] : []),
    ...(parameters.has('client_secret') ? ['client_secret_post'] : []),
    ...(parameters.has('client_assertion') ? ['private_key_jwt'] : []),
  ]
  return found.join(' ')
}

/** The engine's reasons, by what has to be changed. */
const authReasons: [pattern: RegExp, detail: string][] = [
  [/client not found/, 'client'],
  [/invalid secret/, 'secret'],
  [/not properly encoded|authorization header|must be provided in the Authorization/, 'header'],
  [/audience|\baud\b/, 'audience'],
  [/expir|\bexp\b|\biat\b|\bnbf\b/, 'time'],
  [/only be used once|\bjti\b/, 'once'],
  [/signature|no applicable key|key|alg/, 'key'],
]

const exchangeReasons: [pattern: RegExp, detail: string][] = [
  [/code_verifier/, 'verifier'],
  [/redirect_uri/, 'redirect'],
  [/expired/, 'expired'],
  [/not found|client mismatch/, 'unknown'],
]

const reasonIn = (reasons: [RegExp, string][], why: string) => reasons.find(([pattern]) => pattern.test(why))?.[1]

/** Refusals that come before the engine knows who is asking. */
const beforeAuthentication =
  /client authentication|authorization header|Authorization header|client_assertion|client_id mismatch/

function judgeToken(seen: Observed, service: Service): Line[] {
  const { refusal } = seen
  const method = methodSeen(seen)
  const isRight = method === service.auth
  const lines: Line[] = [
    judged('token_method', [
      [method === '', 'none'],
      [method.includes(' '), 'several', method],
      [!isRight, 'other', method],
    ]),
  ]
  const isUnauthenticated =
    refusal !== undefined && (refusal.error === 'invalid_client' || beforeAuthentication.test(refusal.why))
  if (isUnauthenticated) {
    // By another method than the draft says nothing is learned of the secret or the key.
    if (isRight) lines.push(failed('token_auth', reasonIn(authReasons, refusal.why) ?? 'other', refusal.why))
    return lines
  }
  lines.push(passed('token_auth'))
  // Another grant than that of a login is none of the checks.
  const grant = seen.parameters.get('grant_type')
  if (grant !== undefined && grant !== '' && grant !== 'authorization_code') return lines
  if (!refusal) return [...lines, passed('exchange'), passed('code_once')]
  if (/consumed/.test(refusal.why)) return [...lines, failed('code_once', 'again')]
  const said = [refusal.error, refusal.why].filter(Boolean).join(': ')
  return [...lines, failed('exchange', reasonIn(exchangeReasons, refusal.why) ?? 'other', said)]
}

function judgeUserinfo({ parameters, scheme, refusal }: Observed): Line {
  if (!refusal) return passed('userinfo')
  return judged('userinfo', [
    [parameters.has('access_token') && scheme === undefined, 'parameter'],
    [scheme === undefined, 'no_token'],
    [scheme !== 'bearer', 'scheme', scheme],
    [true, 'token', refusal.error],
  ])
}

/** What a service asked of the address that ends a session. `isOwnHint`: its id token is one that this trial gave. */
export function judgeLogout(
  asked: { hint: boolean; isOwnHint: boolean; address: string | undefined },
  service: Pick<Service, 'postLogoutRedirectUris'>,
): Line {
  const { hint, isOwnHint, address } = asked
  return judged('logout', [
    [!hint, 'hint_missing'],
    [!isOwnHint, 'hint_wrong'],
    [address === undefined && service.postLogoutRedirectUris.length > 0, 'address_missing'],
    [address !== undefined && !service.postLogoutRedirectUris.includes(address), 'address_not_exact', address],
  ])
}

/** How the service answered a logout token: a status, or a word for why there was no answer. */
export function judgeBackchannel(answer: number | string, meaning: 'accepted' | 'refused' | undefined): Line {
  return judged('backchannel', [
    [meaning === 'refused', 'refused', String(answer)],
    [typeof answer === 'string', 'silent', String(answer)],
    [meaning === undefined, 'status', String(answer)],
  ])
}

/** All checks in their order: those that were observed, those that the draft does not need, those still to come. */
export function serviceLines(observed: readonly Line[], service: Service): Line[] {
  const found = new Map(observed.map((line) => [line.check, line]))
  return serviceChecks.map((check): Line => {
    if (check === 'backchannel' && service.backchannelLogoutUri === undefined) return { check, state: 'not_needed' }
    return found.get(check) ?? { check, state: 'not_seen' }
  })
}
