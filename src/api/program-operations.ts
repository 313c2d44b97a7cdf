/**
 * Programs of this API, for whoever keeps the list of them elsewhere. A program gives no program power over the hub: it
 * asks, and an operator confirms who is not behind it. Taking power away acts at once.
 */
import { z } from 'zod'
import { apiScopeNames } from '../kernel/api-scopes.ts'
import { isId, type OperatorId } from '../kernel/ids.ts'
import { thumbprintOf } from '../partners/client-keys.ts'
import type { Ask } from './asking.ts'
import type { ApiClient, ApiClients } from './clients.ts'
import { done, type Operation, operation, refused } from './operations.ts'
import { type ProblemError, pointerOf } from './problems.ts'
import {
  Author,
  authorOf,
  Done,
  Instant_,
  instantIf,
  instantOf,
  lineOf,
  Page,
  paged,
  pageOf,
  Reason,
} from './shapes.ts'

export interface ProgramOperationsOptions {
  apiClients: Pick<ApiClients, 'list' | 'find' | 'faultsOf' | 'changeScopes' | 'remove'>
  ask: Ask
}

const Scopes = z.array(z.enum(apiScopeNames as [(typeof apiScopeNames)[number]])).min(1)
const Keys = z
  .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(10) })
  .meta({ description: 'A set of public keys (RFC 7517).' })

const Party = z.strictObject({ side: z.enum(['service', 'provider']), id: z.string().max(64) })

const ProgramShape = z.strictObject({
  program: z.string().meta({ description: 'Its client_id.' }),
  name: z.string(),
  scopes: z.array(z.string()),
  keys: z.array(
    z.strictObject({ thumbprint: z.string().meta({ description: 'RFC 7638.' }), kid: z.string().optional() }),
  ),
  party: Party.extend({ partner: z.string() })
    .optional()
    .meta({ description: 'The service or provider that a program of a partner acts for; one of the hub has none.' }),
  operator: z.string().optional().meta({ description: 'Who answers for it, and confirms nothing that it asks.' }),
  registeredBy: Author,
  registeredAt: Instant_,
  changedAt: Instant_,
  lastTokenAt: Instant_.optional(),
})

const InProgram = z.strictObject({ program: z.string() })

const programOf = (one: ApiClient): z.output<typeof ProgramShape> => ({
  program: one.client,
  name: one.name,
  scopes: [...one.scopes],
  keys: one.jwks.keys.map((key) => ({ thumbprint: thumbprintOf({ ...key }), ...(key.kid ? { kid: key.kid } : {}) })),
  ...(one.party ? { party: one.party } : {}),
  ...(one.operator ? { operator: one.operator } : {}),
  registeredBy: authorOf(one.registeredBy),
  registeredAt: instantOf(one.registeredAt),
  changedAt: instantOf(one.changedAt),
  ...instantIf('lastTokenAt', one.lastTokenAt),
})

export function programOperations({ apiClients, ask }: ProgramOperationsOptions): Operation[] {
  async function errorsOf(...given: Parameters<ApiClients['faultsOf']>): Promise<ProblemError[]> {
    return (await apiClients.faultsOf(...given)).map(({ path, problem, code }) => ({
      pointer: path.startsWith('keys') ? `/jwks${pointerOf(path)}` : pointerOf(path),
      detail: problem,
      ...(code ? { code } : {}),
    }))
  }

  const found = async (program: string) => (isId('apiClient', program) ? apiClients.find(program) : undefined)

  return [
    operation({
      id: 'listPrograms',
      method: 'GET',
      path: '/programs',
      tag: 'Programs',
      scope: 'operators:read',
      summary: 'The programs that may use this API',
      query: z.strictObject(Page),
      answers: pageOf(ProgramShape),
      async run({ query }) {
        const page = paged(await apiClients.list(), query, ({ client }) => client)
        return done({ ...page, items: page.items.map(programOf) })
      },
    }),
    operation({
      id: 'getProgram',
      method: 'GET',
      path: '/programs/{program}',
      tag: 'Programs',
      scope: 'operators:read',
      summary: 'One of them',
      params: InProgram,
      answers: ProgramShape,
      tagged: true,
      async run({ params }) {
        const one = await found(params.program)
        return one ? done(programOf(one), { etag: one.changedAt }) : refused('not-found')
      },
    }),
    operation({
      id: 'registerProgram',
      method: 'POST',
      path: '/programs',
      tag: 'Programs',
      scope: 'operators:write',
      summary: 'Ask that a program may use this API',
      description:
        'Always waits for a second operator. `operator` answers for it, and confirms nothing that it asks. With `party` it is a program of a partner, which acts for that service or provider alone, and has scopes of partners alone.',
      body: z.strictObject({
        ...{ name: lineOf(120), scopes: Scopes, jwks: Keys, operator: z.string(), reason: Reason },
        party: Party.exactOptional(),
      }),
      answers: z.undefined(),
      status: 202,
      twoOperators: true,
      problems: ['not-allowed', 'conflict'],
      async run({ body: { reason, operator, ...given }, caller }) {
        const parameters = { ...given, operator: operator as OperatorId }
        const errors = await errorsOf(parameters)
        if (errors.length > 0) return refused('content-invalid', { errors })
        return ask({ kind: 'register_program', parameters }, { caller, reason })
      },
    }),
    operation({
      id: 'replaceProgramKeys',
      method: 'PUT',
      path: '/programs/{program}/keys',
      tag: 'Programs',
      scope: 'operators:write',
      summary: 'Ask that a program has these keys, and no others',
      description: 'Always waits for a second operator.',
      params: InProgram,
      body: z.strictObject({ jwks: Keys, reason: Reason }),
      answers: z.undefined(),
      status: 202,
      twoOperators: true,
      conditional: 'required',
      problems: ['not-allowed', 'conflict'],
      async run({ params, body: { jwks, reason }, seen = -1, caller }) {
        const one = await found(params.program)
        if (!one) return refused('not-found')
        const errors = await errorsOf({ jwks }, one)
        if (errors.length > 0) return refused('content-invalid', { errors })
        return ask({ kind: 'program_keys', parameters: { client: one.client, jwks, seen } }, { caller, reason })
      },
    }),
    operation({
      id: 'changeProgramScopes',
      method: 'PUT',
      path: '/programs/{program}/scopes',
      tag: 'Programs',
      scope: 'operators:write',
      summary: 'Change what a program may do',
      description: 'Less takes effect at once; more waits for a second operator, and needs a `reason`.',
      params: InProgram,
      body: z.strictObject({ scopes: Scopes, reason: Reason.exactOptional() }),
      answers: Done,
      twoOperators: true,
      conditional: 'required',
      problems: ['not-allowed', 'conflict'],
      async run({ params, body: { scopes, reason = '' }, seen = -1, caller }) {
        const one = await found(params.program)
        if (!one) return refused('not-found')
        if (scopes.some((scope) => !one.scopes.includes(scope))) {
          return ask({ kind: 'program_scopes', parameters: { client: one.client, scopes, seen } }, { caller, reason })
        }
        const outcome = await apiClients.changeScopes(one.client, scopes, { actor: caller.actor, seen })
        if (outcome === 'unknown') return refused('not-found')
        return outcome === 'moved' ? refused('overtaken', { etag: one.changedAt }) : done({ done: outcome === 'done' })
      },
    }),
    operation({
      id: 'removeProgram',
      method: 'DELETE',
      path: '/programs/{program}',
      tag: 'Programs',
      scope: 'operators:write',
      summary: 'Remove a program for good, from its next request on',
      params: InProgram,
      answers: Done,
      async run({ params, caller: { actor } }) {
        const { program } = params
        if (!isId('apiClient', program)) return refused('not-found')
        return done({ done: await apiClients.remove(program, actor) })
      },
    }),
  ]
}
