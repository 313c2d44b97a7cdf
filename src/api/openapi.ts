/** The OpenAPI document (3.1), made from the declarations by which requests are validated and answers typed. Pure. */
import { z } from 'zod'
import { apiScopes } from '../kernel/api-scopes.ts'
import { entrySchemas } from '../partners/entries.ts'
import type { Operation } from './operations.ts'
import { type ProblemName, problems } from './problems.ts'
import { shapes } from './shapes.ts'

export interface DocumentOptions {
  /** `https://…/api/v1`. */
  api: string
  tokenEndpoint: string
  /** Name of the hub. */
  name: string
  operations: readonly Operation[]
}

type Json = Record<string, unknown>

/** Any operation can have these. */
const common: readonly ProblemName[] = [
  ...(['request-invalid', 'unauthenticated', 'scope-missing'] as const),
  ...(['too-many-requests', 'internal', 'unavailable'] as const),
]

/** What a declaration says without saying it. */
export function problemsOf(declared: Operation): ProblemName[] {
  const { method, path, body, conditional, problems: own = [] } = declared
  const implied: ProblemName[] = [
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...(body ? (['content-invalid', 'not-json', 'too-large'] as const) : []),
    ...(method === 'POST' ? (['request-running', 'key-reused'] as const) : []),
    ...(conditional ? (['overtaken'] as const) : []),
    ...(conditional === 'required' ? (['version-missing'] as const) : []),
  ]
  return [...new Set([...common, ...implied, ...own])]
}

export function openApiOf({ api, tokenEndpoint, name, operations }: DocumentOptions): Json {
  const schemas = schemasOf(operations)
  return {
    openapi: '3.1.1',
    info: {
      title: `${name}: API`,
      version: '1',
      description:
        'For programs of two kinds. Those of the hub do what operators do on their pages. Those of a partner act for one service or provider of it, by the operations under `/party` and by Shared Signals, with the scopes `party:…` alone; neither kind can do anything of the other. Each program proves who it is by a key (private_key_jwt) and holds tokens for ten minutes. Changes that take two operators are answered by 202 and wait for one.',
    },
    servers: [{ url: api }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((tag) => ({ name: tag })),
    security: [],
    paths: pathsOf(operations),
    components: {
      schemas,
      responses: problemResponses(),
      securitySchemes: {
        client: {
          type: 'oauth2',
          description: 'The client authenticates by private_key_jwt (RFC 7523); other ways are refused.',
          flows: { clientCredentials: { tokenUrl: tokenEndpoint, scopes: { ...apiScopes } } },
        },
      },
      headers: {
        ETag: { description: 'The version, to be named by If-Match.', schema: { type: 'string' } },
        Location: { description: 'Where it is found.', schema: { type: 'string', format: 'uri' } },
        RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } },
      },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'A value of your own, 8 to 128 characters: a repetition within 24 hours gets the first answer.',
          schema: { type: 'string', minLength: 8, maxLength: 130 },
        },
      },
    },
  }
}

// --- Paths ---------------------------------------------------------------------------------------------------------

function pathsOf(operations: readonly Operation[]): Json {
  const paths: Record<string, Json> = {}
  for (const declared of operations) {
    const of = paths[declared.path] ?? {}
    paths[declared.path] = of
    of[declared.method.toLowerCase()] = operationOf(declared)
  }
  return paths
}

function operationOf(declared: Operation): Json {
  const { id, tag, scope, summary, description, method, params, query, body, conditional } = declared
  const parameters = [
    ...parametersOf(params, 'path'),
    ...parametersOf(query, 'query'),
    ...(conditional ? [ifMatch(conditional)] : []),
    ...(method === 'POST' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ]
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: [{ client: [scope] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: !body.safeParse(undefined).success,
            content: { 'application/json': { schema: referenceTo(requestName(id)) } },
          },
        }
      : {}),
    responses: responsesOf(declared),
  }
}

function responsesOf(declared: Operation): Json {
  const { id, status = 200, tagged, twoOperators } = declared
  const headers = tagged ? { headers: { ETag: { $ref: '#/components/headers/ETag' } } } : {}
  const success =
    status === 204 || status === 202
      ? { description: 'Done.' }
      : { description: 'Done.', ...headers, content: { 'application/json': { schema: referenceTo(answerName(id)) } } }
  const byStatus = Map.groupBy(problemsOf(declared), (name) => problems[name].status)
  return {
    [status]: success,
    ...(twoOperators
      ? {
          202: {
            description: 'Nothing is done yet: it waits for a second operator.',
            headers: { Location: { $ref: '#/components/headers/Location' } },
            content: { 'application/json': { schema: referenceTo('Approval') } },
          },
        }
      : {}),
    ...Object.fromEntries(
      [...byStatus].map(([code]) => [String(code), { $ref: `#/components/responses/Problem${code}` }]),
    ),
  }
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = jsonSchemaOf(schema) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...of }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: of,
  }))
}

const ifMatch = (conditional: 'required' | 'optional'): Json => ({
  name: 'If-Match',
  in: 'header',
  required: conditional === 'required',
  description: 'The ETag that was read.',
  schema: { type: 'string', pattern: '^"\\d+"$' },
})

/** One for each status, as OpenAPI has it; which problems it may be is in its text. */
function problemResponses(): Json {
  const byStatus = Map.groupBy(Object.entries(problems), ([, { status }]) => status)
  return Object.fromEntries(
    [...byStatus].map(([status, ones]) => [
      `Problem${status}`,
      {
        description: ones.map(([name, { title }]) => `${name}: ${title}.`).join(' '),
        ...(status === 429 ? { headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } } : {}),
        content: { 'application/problem+json': { schema: referenceTo('Problem') } },
      },
    ]),
  )
}

// --- Schemas -------------------------------------------------------------------------------------------------------

const referenceTo = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const requestName = (id: string) => `${id}.request`
const answerName = (id: string) => `${id}.answer`

const Problem = z
  .looseObject({
    type: z.string().meta({ format: 'uri' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    reference: z.string().meta({ description: 'Under which the operators find it in their log.' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().optional(),
          parameter: z.string().optional(),
          header: z.string().optional(),
          detail: z.string(),
          code: z.string().optional(),
        }),
      )
      .optional(),
  })
  .meta({ description: 'Problem details (RFC 9457). `type` is an address that says what it means.' })

function schemasOf(operations: readonly Operation[]): Json {
  const requests = operations.flatMap(({ id, body }) => (body ? [[requestName(id), body] as const] : []))
  const answers = operations.flatMap(({ id, answers: of, status }) =>
    status === 204 || status === 202 ? [] : [[answerName(id), of] as const],
  )
  const known = [...Object.entries(shapes), ['Problem', Problem] as const]
  // The same names in both: a request is described as it is sent, an answer as it arrives.
  return {
    ...entriesOf(),
    ...jsonSchemasOf([...known, ...requests], 'input', new Set(requests.map(([name]) => name))),
    ...jsonSchemasOf([...known, ...answers], 'output'),
  }
}

/** A format says what its pattern says, in a word. */
const legible = {
  unrepresentable: 'any',
  override: ({ jsonSchema }: { jsonSchema: { format?: unknown; pattern?: unknown } }) => {
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  },
} as const

/** What an entry has to be when it is published; a draft may be otherwise. Secrets and states are apart from it. */
function entriesOf(): Json {
  const { partner, service, provider } = entrySchemas({ allowHttp: false })
  const described = (schema: z.ZodType, apart: string): Json => {
    const { properties, ...rest } = jsonSchemaOf(schema) as { properties: Json }
    const members = Object.fromEntries(Object.entries(properties).filter(([name]) => name !== apart))
    return { ...rest, properties: members, description: 'When it is published (docs/settings.md has each member).' }
  }
  return {
    PartnerEntry: described(partner, ''),
    ServiceEntry: described(service, 'secrets'),
    ProviderEntry: described(provider, 'state'),
  }
}

function jsonSchemasOf(
  named: readonly (readonly [string, z.ZodType])[],
  io: 'input' | 'output',
  only?: ReadonlySet<string>,
): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of named) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    ...legible,
  })
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([id, { $schema: _, $id: __, ...schema }]) =>
      only && !only.has(id) ? [] : [[id, schema]],
    ),
  )
}

const jsonSchemaOf = (schema: z.ZodType): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', ...legible })
  return rest
}
