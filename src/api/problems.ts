/**
 * What can go wrong at the admin API, as problem details (RFC 9457). A closed list: each has an address that says what it
 * means (`/api/v1/problems/NAME`), one status, and a title. What is particular to a request is in `detail` and `errors`,
 * in English, for who writes the program; values of the request are never repeated.
 */
import { failureOf } from '../http/failures.ts'
import type { ApiScope } from '../kernel/api-scopes.ts'
import { type ErrorName, GarantError } from '../kernel/errors.ts'

export const problems = {
  'request-invalid': {
    status: 400,
    title: 'The request cannot be read',
    says: 'A parameter or a header is missing, unknown or malformed (`errors` names it), or the body is not well-formed JSON. Sending it again changes nothing.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid token was shown',
    says: 'Send `Authorization: Bearer …` with a token of this API that is not over. Tokens last ten minutes; ask for another one.',
  },
  'scope-missing': {
    status: 403,
    title: 'The token lacks the scope of this operation',
    says: 'The scope is in the `WWW-Authenticate` header. The program must be registered with it, and ask for it.',
  },
  'not-allowed': {
    status: 403,
    title: 'This is not allowed',
    says: 'The token is good, and what was asked is not for this program to do, whatever its scopes.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing',
    says: 'Nothing has this address, or it may not be told that something has.',
  },
  conflict: {
    status: 409,
    title: 'That cannot be done as things are',
    says: 'The state of what it is about does not allow it: `detail` says why. Read it again, then decide anew.',
  },
  'request-running': {
    status: 409,
    title: 'The request with this Idempotency-Key has no answer yet',
    says: 'It is being carried out: repeat it later. When that lasts for more than a minute, it was cut off: look whether it was done, and use another key.',
  },
  overtaken: {
    status: 412,
    title: 'It is not what you read any more',
    says: 'Somebody changed it since the version that If-Match names. The `ETag` of this answer, where there is one, is the version of now: read it again.',
  },
  'too-large': { status: 413, title: 'The body is too large', says: 'Send less at once.' },
  'not-json': { status: 415, title: 'The body is not JSON', says: 'Send `Content-Type: application/json`.' },
  'content-invalid': {
    status: 422,
    title: 'The content is refused',
    says: 'Each fault is in `errors`, by its JSON pointer (RFC 6901) in the body. Nothing was changed.',
  },
  'key-reused': {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
    says: 'A key stands for one request, with one body. Use another one.',
  },
  'version-missing': {
    status: 428,
    title: 'Say which version you read',
    says: 'Send `If-Match` with the `ETag` that you read, so that nobody is overwritten.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    says: 'Wait for as many seconds as `Retry-After` says.',
  },
  internal: {
    status: 500,
    title: 'It failed here',
    says: 'The fault is the hub’s. Tell the operators the `reference`.',
  },
  unavailable: { status: 503, title: 'The database does not answer', says: 'Try again later.' },
} as const satisfies Record<string, { status: number; title: string; says: string }>

export type ProblemName = keyof typeof problems

/** One thing that is wrong: in the body (`pointer`), or in a parameter or a header of that name. */
export interface ProblemError {
  pointer?: string
  parameter?: string
  header?: string
  /** The end of a sentence that begins with the field. */
  detail: string
  /** A closed word for programs, where there is one. */
  code?: string
}

export interface ProblemDetails {
  detail?: string
  errors?: readonly ProblemError[]
  /** Of the version of now. */
  etag?: number
  /** In seconds. */
  retryAfter?: number
  /** The one that lacks. */
  scope?: ApiScope
}

/** Thrown where no caller can go on: before an operation is reached. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problem: ProblemName
  readonly details: ProblemDetails

  constructor(problem: ProblemName, details: ProblemDetails = {}) {
    super(problem)
    this.problem = problem
    this.details = details
  }
}

/** Refusals of the rooms below; what is in none of these lists is a fault of the hub. */
const named: Partial<Record<ErrorName, ProblemName>> = {
  not_found: 'not-found',
  not_allowed: 'not-allowed',
  request_unreadable: 'request-invalid',
  request_malformed: 'request-invalid',
  request_too_large: 'too-large',
  too_many_requests: 'too-many-requests',
  database_unavailable: 'unavailable',
  settings_invalid: 'content-invalid',
  wrong_host: 'request-invalid',
  flow_out_of_step: 'conflict',
}

/** From what was thrown to what is told. `logged`: by which name the log has it. */
export function refusalOf(thrown: unknown): { refusal: Refusal; logged: string } {
  if (thrown instanceof Refusal) return { refusal: thrown, logged: thrown.problem }
  if ((thrown as { code?: unknown })?.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { refusal: new Refusal('not-json'), logged: 'request_unreadable' }
  }
  const error = failureOf(thrown)
  const problem = named[error] ?? 'internal'
  if (thrown instanceof GarantError && error === 'settings_invalid') {
    const errors = String(thrown.inside.faults)
      .split('\n')
      .map((detail) => ({ detail }))
    return { refusal: new Refusal(problem, { errors }), logged: error }
  }
  const details = error === 'wrong_host' ? { errors: [{ header: 'host', detail: 'is not the one of this API' }] } : {}
  return { refusal: new Refusal(problem, details), logged: error }
}

/** `partners[0].name.fr` as a JSON pointer (RFC 6901). */
export function pointerOf(path: readonly PropertyKey[] | string): string {
  const steps = typeof path === 'string' ? stepsOf(path) : path.map(String)
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function stepsOf(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? '',
  )
}
