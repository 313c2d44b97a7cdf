/**
 * What an operation of the API is: one declaration from which the request is validated, the verb called, the answer
 * written, and the OpenAPI document made (`openapi.ts`). There is no second list of operations anywhere.
 */
import { z } from 'zod'
import type { Actor } from '../audit/facts.ts'
import type { PartyObject } from '../cases/cases.ts'
import type { ApiScope } from '../kernel/api-scopes.ts'
import type { ApiClientId, OperatorId } from '../kernel/ids.ts'
import { type ProblemDetails, type ProblemError, type ProblemName, pointerOf, Refusal } from './problems.ts'
import type { ApprovalShape } from './shapes.ts'

/** Who calls. */
export interface Caller {
  client: ApiClientId
  actor: Extract<Actor, { kind: 'api_client' }>
  /** The operator who answers for the program: not the second pair of eyes for what it asks. */
  behind?: OperatorId
  /** The one service or provider that a program of a partner acts for. */
  party?: PartyObject & { partner: string }
}

export interface Call<P, Q, B> {
  caller: Caller
  params: P
  query: Q
  body: B
  /** The version that If-Match names. */
  seen: number | undefined
}

export type Answer<R> =
  | { kind: 'done'; body: R; etag?: number; location?: string }
  /** It waits for a second operator. */
  | { kind: 'pending'; approval: ApprovalShape }
  | { kind: 'refused'; problem: ProblemName; details: ProblemDetails }

export const done = <R>(body: R, more: { etag?: number; location?: string } = {}): Answer<R> => ({
  kind: 'done',
  body,
  ...more,
})

export const refused = (problem: ProblemName, details: ProblemDetails = {}): Answer<never> => ({
  kind: 'refused',
  problem,
  details,
})

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface Declaration<P, Q, B, R> {
  id: string
  method: Method
  /** As OpenAPI writes it: `/providers/{provider}`. */
  path: string
  tag: string
  scope: ApiScope
  summary: string
  /** More of it, where the summary does not say all. */
  description?: string
  /** Status of success; 200 by default, 204 without a body, 202 where it always waits for a second operator. */
  status?: 200 | 201 | 202 | 204
  params?: P
  query?: Q
  body?: B
  /** The answer's body. */
  answers: R
  /** An answer with an ETag: a version to be named when it is changed. */
  tagged?: boolean
  /** It changes what has a version: If-Match is needed, or may be left out. */
  conditional?: 'required' | 'optional'
  /** It may wait for a second operator: 202. */
  twoOperators?: boolean
  /** Besides those that any operation can have. */
  problems?: readonly ProblemName[]
  /** In bytes; 64 kB by default. */
  bodyLimit?: number
}

/** With its types erased, for those who go through all of them. */
export interface Operation extends Declaration<z.ZodType, z.ZodType, z.ZodType, z.ZodType> {
  run(call: Call<unknown, unknown, unknown>): Promise<Answer<unknown>>
}

const nothing = z.strictObject({})
type Nothing = typeof nothing

export function operation<
  R extends z.ZodType,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = z.ZodUndefined,
>(
  declared: Declaration<P, Q, B, R> & {
    run(call: Call<z.output<P>, z.output<Q>, z.output<B>>): Promise<Answer<z.output<R>>>
  },
): Operation {
  return declared as unknown as Operation
}

/** So that what is missing is told from what is wrong; no value of it is repeated. */
const reporting = { reportInput: true }

/** The request as the declaration has it, or the refusal that names everything that is wrong. */
export function readRequest(
  declared: Operation,
  given: { params: unknown; query: unknown; body: unknown; ifMatch: string | undefined },
): Omit<Call<unknown, unknown, unknown>, 'caller'> {
  const params = (declared.params ?? nothing).safeParse(given.params)
  // An address that nothing can have is an address that nothing has.
  if (!params.success) throw new Refusal('not-found')
  const query = (declared.query ?? nothing).safeParse(given.query, reporting)
  if (!query.success) {
    const errors = errorsOf(query.error, (path) => ({ parameter: String(path[0] ?? 'query') }))
    throw new Refusal('request-invalid', { errors })
  }
  const seen = seenBy(declared, given.ifMatch)
  if (!declared.body) {
    if (given.body !== undefined && given.body !== null) {
      throw new Refusal('request-invalid', { detail: 'This operation takes no body.' })
    }
    return { params: params.data, query: query.data, body: undefined, seen }
  }
  const body = declared.body.safeParse(given.body ?? undefined, reporting)
  if (!body.success) {
    throw new Refusal('content-invalid', { errors: errorsOf(body.error, (path) => ({ pointer: pointerOf(path) })) })
  }
  return { params: params.data, query: query.data, body: body.data, seen }
}

function errorsOf(error: z.ZodError, at: (path: PropertyKey[]) => Omit<ProblemError, 'detail'>): ProblemError[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ ...at([...issue.path, key]), detail: 'is not known here' }))
      : [{ ...at(issue.path), detail: detailOf(issue) }],
  )
}

function detailOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing'
  return issue.message
}

/** Versions are numbers, and their tags are strong: `"7"`. */
function seenBy({ conditional }: Operation, ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) {
    if (conditional === 'required') throw new Refusal('version-missing')
    return undefined
  }
  const [, number] = /^"(\d{1,15})"$/.exec(ifMatch.trim()) ?? []
  if (!conditional || number === undefined) {
    const detail = conditional ? 'must be one ETag as it was read: "7"' : 'has no meaning here'
    throw new Refusal('request-invalid', { errors: [{ header: 'if-match', detail }] })
  }
  return Number(number)
}

export const tagOf = (version: number) => `"${version}"`
