/** What can be answered to an app that asked for something that is not: the closed list of `docs/eid-app-protocol.md`. */

/** Status, and what is said to developers. */
export const appErrors = {
  request_malformed: { status: 400, says: 'The body cannot be read, or has a member that it must not have.' },
  signature_invalid: { status: 400, says: 'The message is not signed as the protocol says.' },
  clock_skew: { status: 400, says: "The message's instant is too far from the hub's clock." },
  challenge_wrong: { status: 400, says: 'This is not the challenge of this step.' },
  attestation_refused: { status: 403, says: "The phone's system does not prove what it must." },
  card_refused: { status: 403, says: 'The card was refused.' },
  identity_refused: { status: 403, says: 'Nobody can be paired by this card.' },
  too_many_phones: { status: 403, says: 'The holder has as many phones as may be.' },
  phone_unknown: { status: 403, says: 'There is no such phone.' },
  phone_revoked: { status: 403, says: 'The pairing was ended.' },
  phone_expired: { status: 403, says: 'The term of the pairing is over.' },
  phone_needed: { status: 403, says: 'This sign-in takes a phone that is paired for it.' },
  number_wrong: { status: 403, says: 'This is not the number on the screen.' },
  refused: { status: 403, says: 'The request was refused and is over.' },
  not_found: { status: 404, says: 'There is no such address.' },
  provider_unknown: { status: 404, says: 'There is no such provider.' },
  pairing_unknown: { status: 404, says: 'The pairing is over, or of another key.' },
  code_unknown: { status: 404, says: 'The code was never shown, is over, or was scanned before.' },
  request_unknown: { status: 404, says: "The request is over, or another phone's." },
  message_replayed: { status: 409, says: 'The message came before.' },
  step_wrong: { status: 409, says: 'Another step is next.' },
  request_over: { status: 410, says: 'The request has ended.' },
  too_large: { status: 413, says: 'The body is too large.' },
  too_many_requests: { status: 429, says: 'Too many requests: wait.' },
  unavailable: { status: 503, says: 'The hub cannot do this at the moment.' },
  card_unverifiable: { status: 503, says: "The card's issuer cannot be asked at the moment." },
} as const satisfies Record<string, { status: number; says: string }>
export type AppErrorName = keyof typeof appErrors

/** Thrown by whatever reads a message or takes a step; answered as JSON at the edge. Members hold closed words and counts. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly error: AppErrorName
  readonly members: Readonly<Record<string, string | number>>

  constructor(error: AppErrorName, members: Readonly<Record<string, string | number>> = {}) {
    super(error)
    this.error = error
    this.members = members
  }
}

export function bodyOf({ error, members }: AppError): Record<string, string | number> {
  return { error, error_description: appErrors[error].says, ...members }
}
