/**
 * A receiver of security events (Shared Signals Framework 1.0, push by RFC 8935), as a team would write it that has
 * `jose` and an afternoon: it checks what comes, keeps the newest, and shows them. It knows nothing of the hub's code.
 */
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, errors as joseErrors, jwtVerify } from 'jose'
import type { Clock, Instant } from '../../src/kernel/clock.ts'
import { toDate } from '../../src/kernel/clock.ts'

export interface SignalsOptions {
  /** Who may tell us something: the address of the hub. */
  issuer: string
  /** By which the hub knows this receiver. */
  audience: string
  /** What the hub shows with each event. */
  authorization: string
}

export interface ReceivedSignal {
  at: Instant
  payload: JWTPayload
}

/** Of a show; a service would handle them and keep what it did. */
const mostKept = 50

export class SignalReceiver {
  readonly #options: SignalsOptions
  readonly #clock: Clock
  readonly #received: ReceivedSignal[] = []
  /** Comes again where our answer was lost. */
  readonly #seen = new Set<string>()
  #keys: JWTVerifyGetKey | undefined

  constructor(options: SignalsOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** The newest first. */
  get received(): readonly ReceivedSignal[] {
    return this.#received
  }

  /** Undefined when it was taken (202), else the body of a 400 (RFC 8935 section 2.3). */
  async receive(token: string, authorization: string | undefined): Promise<Record<string, string> | undefined> {
    const { issuer, audience } = this.#options
    if (authorization !== this.#options.authorization) return { err: 'authentication_failed' }
    try {
      const { payload } = await jwtVerify(token, await this.#keySet(), {
        issuer,
        audience,
        typ: 'secevent+jwt',
        currentDate: toDate(this.#clock.now()),
      })
      this.#keep(payload)
      return undefined
    } catch (fault) {
      if (!(fault instanceof joseErrors.JOSEError)) throw fault
      return { err: fault instanceof joseErrors.JWTClaimValidationFailed ? 'invalid_request' : 'invalid_key' }
    }
  }

  #keep(payload: JWTPayload): void {
    if (payload.jti === undefined || this.#seen.has(payload.jti)) return
    this.#seen.add(payload.jti)
    this.#received.unshift({ at: this.#clock.now(), payload })
    this.#received.splice(mostKept)
  }

  /** Where the hub says that its keys are. */
  async #keySet(): Promise<JWTVerifyGetKey> {
    if (this.#keys) return this.#keys
    const answer = await fetch(new URL('/.well-known/ssf-configuration', this.#options.issuer))
    const { jwks_uri } = (await answer.json()) as { jwks_uri: string }
    this.#keys = createRemoteJWKSet(new URL(jwks_uri))
    return this.#keys
  }
}
