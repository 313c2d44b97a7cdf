/**
 * How a step of this room says no. A `Refusal` is thrown across the libraries that call each other here and becomes a
 * value at the room's two doors, `begin` and `finish`; it never leaves the room. Its detail is a closed word: the
 * provider's own text is for nobody's journal.
 */
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import type { ErrorName } from '../kernel/errors.ts'
import type { PriorLoginReason } from '../policy/prior-login.ts'

/** The requests that the hub makes to a provider: its two public documents, what it says of itself, the two of a login. */
export type Stage = 'discovery' | 'keys' | 'status' | 'token' | 'userinfo'

/** What a provider signs. */
export type Signed = 'id_token' | 'userinfo' | 'prior_login'

const authorizationErrors = [
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'interaction_required',
  'login_required',
  'account_selection_required',
  'consent_required',
  'unmet_authentication_requirements',
] as const

const tokenErrors = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
] as const

/** Every word that a refusal of this room can carry. */
export type Detail =
  | `${Stage}_${'timeout' | 'unreachable' | 'unavailable'}`
  | `${Stage}_${'address' | 'redirected' | 'status' | 'too_large' | 'content_type' | 'malformed'}`
  | 'discovery_issuer'
  | 'keys_empty'
  | `authorization_${'address' | 'state' | 'issuer' | 'issuer_missing' | 'code_missing' | 'repeated' | 'malformed'}`
  | `authorization_error_${(typeof authorizationErrors)[number] | 'other'}`
  | `token_error_${(typeof tokenErrors)[number] | 'other'}`
  | 'userinfo_error'
  | `${Signed}_${'not_encrypted' | 'decryption' | 'algorithm' | 'key_unknown' | 'signature' | 'malformed'}`
  | `${Signed}_${'issuer' | 'audience' | 'subject' | 'expired' | 'not_yet_valid' | 'issued_in_future'}`
  | `id_token_${'missing' | 'nonce' | 'authorized_party'}`
  | `acr_${'missing' | 'unknown' | 'above_allowed'}`
  | `auth_time_${'missing' | 'in_future' | 'too_old'}`
  | `identity_${string}`
  /** Of a gateway. */
  | `prior_login_${'missing' | 'type' | 'nonce' | 'lifetime' | 'replayed' | 'level' | PriorLoginReason}`
  /** Of the hub's own means. */
  | `handle_${'missing' | 'unknown' | 'of_another_login'}`
  | `means_${'ended' | 'not_accepted'}`
  /** Of a card or the e-ID app. */
  | `house_${'ended' | 'level'}`

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly error: ErrorName
  readonly detail: Detail

  constructor(error: ErrorName, detail: Detail, options?: ErrorOptions) {
    super(`${error} ${detail}`, options)
    this.error = error
    this.detail = detail
  }
}

/** The provider answered, and the answer is not acceptable. */
export function invalid(detail: Detail, cause?: unknown): Refusal {
  return new Refusal('provider_answer_invalid', detail, { cause })
}

/** The provider did not answer. */
export function silent(detail: Detail, cause?: unknown): Refusal {
  return new Refusal('provider_silent', detail, { cause })
}

/** The provider answered that it will not. */
export function refused(detail: Detail): Refusal {
  return new Refusal('provider_refused', detail)
}

/**
 * What an error of the relying-party library says, in our words; undefined for an error that no provider and no browser
 * can cause, which is a bug of ours and has to stay one.
 */
export function refusalOf(error: unknown, stage: 'token' | 'userinfo'): Refusal | undefined {
  const own = causes(error).find((cause) => cause instanceof Refusal)
  if (own) return own
  if (error instanceof AuthorizationResponseError) return refusalOfAuthorizationError(error.error)
  if (error instanceof ResponseBodyError) return refused(`token_error_${wordIn(tokenErrors, error.error)}`)
  // "[I]nvalid_client [...] the authorization server MUST respond with [...] 401" and a challenge (RFC 6749 section 5.2).
  if (error instanceof WWWAuthenticateChallengeError) return refused('token_error_invalid_client')
  if (error instanceof ClientError) return invalid(detailOf(error, stage), error)
  return undefined
}

/** What the `error` of a callback says, in our words. */
export function refusalOfAuthorizationError(code: string): Refusal {
  const word = wordIn(authorizationErrors, code)
  // "This error code is needed because a 500 Internal Server Error HTTP status code cannot be returned to the client via
  // an HTTP redirect" and likewise 503 for the other (RFC 6749 section 4.1.2.1): they are what silence is elsewhere.
  const isSilence = word === 'server_error' || word === 'temporarily_unavailable'
  return isSilence ? silent(`authorization_error_${word}`) : refused(`authorization_error_${word}`)
}

/** The library's stable codes that say the same whichever claim they are about. */
const detailsByCode: Record<string, 'status' | 'content_type' | 'malformed'> = {
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'status',
  OAUTH_RESPONSE_IS_NOT_JSON: 'content_type',
  OAUTH_PARSE_ERROR: 'malformed',
}

const wordsByClaim: Record<string, 'issuer' | 'audience' | 'subject' | 'expired' | 'not_yet_valid'> = {
  iss: 'issuer',
  aud: 'audience',
  sub: 'subject',
  exp: 'expired',
  nbf: 'not_yet_valid',
}

const idTokenWordsByClaim: Record<string, 'nonce' | 'authorized_party'> = { nonce: 'nonce', azp: 'authorized_party' }

function detailOf(error: ClientError, stage: 'token' | 'userinfo'): Detail {
  const signed = stage === 'token' ? 'id_token' : 'userinfo'
  const claim = String(memberOf(error, 'claim') ?? memberOf(error, 'attribute') ?? '')
  const idTokenWord = idTokenWordsByClaim[claim]
  if (idTokenWord) return `id_token_${idTokenWord}`
  const word = wordsByClaim[claim]
  if (word) return `${signed}_${word}`
  const claims = memberOf(error, 'claims')
  if (typeof claims === 'object' && claims !== null) {
    // Of a required claim that is not there the library tells no name, only what is. "If a nonce value was sent in the
    // Authentication Request, a nonce Claim MUST be present" (OpenID Connect Core section 3.1.3.7), and the hub always
    // sends one: without it an answer could be that of another login.
    return stage === 'token' && !('nonce' in claims) ? 'id_token_nonce' : `${signed}_malformed`
  }
  return `${stage}_${detailsByCode[error.code ?? ''] ?? 'malformed'}`
}

/** What the library keeps beside an error: the innermost cause is a plain object. */
function memberOf(error: ClientError, name: 'claim' | 'attribute' | 'claims'): unknown {
  const details = causes(error).find((cause) => typeof cause === 'object' && cause !== null && name in cause)
  return (details as Record<string, unknown> | undefined)?.[name]
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (
    let each = error;
    each !== undefined && chain.length < 5;
    each = each instanceof Error ? each.cause : undefined
  ) {
    chain.push(each)
  }
  return chain
}

function wordIn<W extends string>(words: readonly W[], code: string): W | 'other' {
  return words.find((word) => word === code) ?? 'other'
}
