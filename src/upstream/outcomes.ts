/**
 * What a sign-in that failed says of the provider, for its observed health (`partners/health.ts`): a reason, or nothing.
 *
 * Whoever wants a provider closed can begin sign-ins and make them fail: turn back, bring wrong codes, states, errors and
 * addresses to the callback, take parameters out of the request to the provider, sign in with an account that lacks what
 * is needed. None of that says anything of the provider, so none of it is here. Two kinds are:
 *
 * - `proved`: nothing in what the hub asked was a browser's choice (discovery, keys), or the provider had accepted the
 *   code already (the signature and the times of the id token, userinfo);
 * - otherwise no answer, or none that can be read, to a code: perhaps the code was made for that. Only a doubt.
 *
 * A word that is not in the table says nothing; so a new word of `refusals.ts` is harmless until somebody thinks of it.
 */
import type { HealthReason } from '../policy/breaker.ts'
import type { Detail } from './refusals.ts'

export interface Blame {
  reason: HealthReason
  /** Nothing that a browser chose can have caused it. */
  proved: boolean
}

const table: [pattern: RegExp, blame: Blame][] = [
  [/^(?:discovery|keys|userinfo)_(?:timeout|unreachable)$/, { reason: 'unreachable', proved: true }],
  [/^(?:discovery|keys|userinfo)_unavailable$/, { reason: 'out_of_order', proved: true }],
  // Its own documents name them, and they lead where the hub may not go.
  [/^(?:token|userinfo)_address$/, { reason: 'documents_wrong', proved: true }],
  [/^(?:discovery|keys)_/, { reason: 'documents_wrong', proved: true }],
  [/^token_(?:timeout|unreachable)$/, { reason: 'unreachable', proved: false }],
  [/^token_unavailable$/, { reason: 'out_of_order', proved: false }],
  [/^token_(?:redirected|too_large|content_type|malformed)$/, { reason: 'answers_wrong', proved: false }],
  [
    /^(?:id_token|userinfo)_(?:not_encrypted|decryption|algorithm|key_unknown|signature|malformed)$/,
    { reason: 'answers_wrong', proved: true },
  ],
  [
    /^(?:id_token|userinfo)_(?:issuer|expired|not_yet_valid|issued_in_future)$/,
    { reason: 'answers_wrong', proved: true },
  ],
  // Not `userinfo_error`: who takes a scope out of the request is answered that it is missing.
  [/^userinfo_(?:subject|status|redirected|too_large|content_type)$/, { reason: 'answers_wrong', proved: true }],
]

/** Who is to blame for a sign-in that failed: the provider, with a reason; undefined when it may be anybody. */
export function blameOf(detail: string): Blame | undefined {
  return table.find(([pattern]) => pattern.test(detail))?.[1]
}

/** Why a probe failed. Whatever went wrong in it, no browser had a part. */
export function reasonOf(detail: Detail): HealthReason {
  if (/_(?:timeout|unreachable)$/.test(detail)) return 'unreachable'
  if (/_unavailable$/.test(detail)) return 'out_of_order'
  return detail.startsWith('token_') ? 'answers_wrong' : 'documents_wrong'
}
