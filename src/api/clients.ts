/**
 * Programs that may use the admin API: who they are, what they may do, the public keys by which they prove it. Operators
 * register them, on the command line, or on a page where another one confirms; each registration, change and removal is a
 * fact, which all operators are told by letter (`approvals/announcements.ts`).
 */
import { isDeepStrictEqual } from 'node:util'
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import { type ApiScope, apiScopeNames } from '../kernel/api-scopes.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { type ApiClientId, newId, type OperatorId } from '../kernel/ids.ts'
import { check, type Fault, settingsInvalid } from '../partners/checked-yaml.ts'
import { publicKeyProblem } from '../partners/client-keys.ts'
import { issueOf, raising, some, words } from '../partners/fields.ts'
import { type Problem, problem } from '../partners/problems.ts'
import type { Operators } from '../staff/operators.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import * as store from './store.ts'

export interface ApiClient {
  client: ApiClientId
  name: string
  scopes: ApiScope[]
  jwks: JSONWebKeySet
  registeredBy: Actor
  /** Who answers for it, and is not the second pair of eyes for what it asks. */
  operator?: OperatorId
  registeredAt: Instant
  /** Of its keys or scopes: the state that somebody saw. */
  changedAt: Instant
  lastTokenAt?: Instant
}

export interface ApiClients {
  /**
   * @throws GarantError `settings_invalid` with every fault: a name that is no line of text, no scope, an unknown one, a
   *   key that is private, too weak or of a kind that no assertion is signed with, an operator who is not in office
   */
  register(given: NewApiClient, actor: Actor, also?: Also): Promise<ApiClient>
  /** What `register` would refuse, of as much as is given. */
  faultsOf(given: Partial<NewApiClient>): Promise<Fault[]>
  /** All its keys at once: name the old one beside the new one while both are in use. As `register`. */
  replaceKeys(client: ApiClientId, jwks: unknown, by: ChangedBy): Promise<ClientOutcome>
  /** From its next request on, whatever its tokens say. As `register`. */
  changeScopes(client: ApiClientId, scopes: readonly string[], by: ChangedBy): Promise<ClientOutcome>
  /** For good, from its next request on, whatever token it holds. False when there is no such one. */
  remove(client: ApiClientId, actor: Actor): Promise<boolean>
  list(): Promise<ApiClient[]>
  find(client: string): Promise<ApiClient | undefined>
  /** Writes that it was given a token. False when it was removed meanwhile: then it gets none. */
  authenticated(client: ApiClientId, scopes: readonly ApiScope[]): Promise<boolean>
  /** Forgets answers that no repetition can ask for any more. A job calls it. */
  sweep(): Promise<void>
}

/** `unchanged`: it was so already. `moved`: somebody changed it since it was seen. */
export type ClientOutcome = 'done' | 'unchanged' | 'moved' | 'unknown'

/** Called in the transaction of a change; a throw leaves nothing of it. */
type Also = (tx: Tx) => Promise<void>

export interface ChangedBy {
  actor: Actor
  /** `changedAt` of what was looked at; what is there now when absent. */
  seen?: Instant
  also?: Also
}

export interface NewApiClient {
  name: string
  scopes: readonly string[]
  /** As it came; judged here. */
  jwks: unknown
  /** Who answers for it: an operator in office. */
  operator?: OperatorId
}

export interface ApiClientsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  operators: Pick<Operators, 'find'>
  /** In the same transaction: what it asked of two operators, it asks no more. */
  onRemoval: (tx: Tx, client: ApiClientId, actor: Actor) => Promise<void>
}

/** For how long an answer is kept that a repetition of its request gets. */
export const answerLifetime = day

/** A kind of key for each algorithm that assertions are signed with (`tokens.ts`). */
const curves = { EC: 'P-256', OKP: 'Ed25519' } as const

function keyProblem(jwk: Record<string, unknown>): Problem | undefined {
  const found = publicKeyProblem(jwk)
  if (found) return found
  const { kty, crv, use } = jwk
  const isKnown = kty === 'RSA' || (kty === 'EC' && crv === curves.EC) || (kty === 'OKP' && crv === curves.OKP)
  return isKnown && (use === undefined || use === 'sig') ? undefined : problem('key_of_program')
}

const jwksSchema = z.object({
  keys: z
    .array(
      z.looseObject({ kty: z.string(), kid: z.string().max(200).optional() }).superRefine((jwk, context) => {
        const found = keyProblem(jwk)
        if (found) context.addIssue(issueOf(found))
      }),
    )
    .min(1)
    .max(10)
    .refine(
      (keys) => keys.length === 1 || new Set(keys.map(({ kid }) => kid)).size === keys.length,
      raising('keys_same_kid'),
    ),
})

const clientSchema = z.object({ name: words(120), scopes: some(z.enum(apiScopeNames), apiScopeNames.length) })

export function createApiClients({ storage, clock, audit, operators, onRemoval }: ApiClientsOptions): ApiClients {
  const now = () => toDate(clock.now())

  async function operatorFaults(operator: OperatorId | undefined): Promise<Fault[]> {
    if (operator === undefined || (await operators.find(operator))?.state === 'active') return []
    return [{ path: 'operator', problem: 'is no operator in office', code: 'not_valid' }]
  }

  async function change(
    client: ApiClientId,
    { seen, also }: ChangedBy,
    decide: (before: store.ClientRow) => { to: Parameters<typeof store.changeClient>[2]; fact: Fact } | undefined,
  ): Promise<ClientOutcome> {
    return storage.transaction(async (tx) => {
      const before = await store.holdClient(tx, client)
      if (!before) return 'unknown'
      if (seen !== undefined && before.changed_at.getTime() !== seen) return 'moved'
      const decided = decide(before)
      if (!decided) return 'unchanged'
      await store.changeClient(tx, client, decided.to, now())
      audit.append(tx, decided.fact)
      await also?.(tx)
      return 'done'
    })
  }

  /** @throws GarantError `settings_invalid` */
  function judged<S extends z.ZodType>(schema: S, value: unknown, name: string): z.output<S> {
    const faults: Fault[] = []
    const read = check(schema, value, { faults })
    if (faults.length > 0 || read === undefined) throw settingsInvalid(name, faults)
    return read
  }

  const clientOf = (row: store.ClientRow): ApiClient => ({
    client: row.id,
    name: row.name,
    // A scope that this version does not know any more allows nothing.
    scopes: apiScopeNames.filter((scope) => row.scopes.includes(scope)),
    jwks: row.jwks,
    registeredBy: row.registered_by,
    ...(row.operator ? { operator: row.operator } : {}),
    registeredAt: row.registered_at.getTime(),
    changedAt: row.changed_at.getTime(),
    ...(row.last_token_at ? { lastTokenAt: row.last_token_at.getTime() } : {}),
  })

  return {
    async register({ name, scopes, jwks, operator }, actor, also) {
      const given = judged(clientSchema, { name, scopes }, 'the client')
      const keys = judged(jwksSchema, jwks, 'the keys')
      const faults = await operatorFaults(operator)
      if (faults.length > 0) throw settingsInvalid('the client', faults)
      const client = newId('apiClient')
      const at = clock.now()
      await storage.transaction(async (tx) => {
        const row = { id: client, name: given.name, scopes: given.scopes, jwks: keys as JSONWebKeySet }
        await store.insertClient(tx, {
          ...row,
          registered_by: actor,
          operator: operator ?? null,
          registered_at: toDate(at),
        })
        audit.append(tx, {
          name: 'api_client.registered',
          data: { client, scopes: given.scopes, operator: operator ?? null, actor },
        })
        await also?.(tx)
      })
      const answers = operator ? { operator } : {}
      const instants = { registeredAt: at, changedAt: at }
      return { client, ...given, jwks: keys as JSONWebKeySet, registeredBy: actor, ...answers, ...instants }
    },

    async faultsOf({ jwks, operator, ...given }) {
      const faults = await operatorFaults(operator)
      check(clientSchema.partial(), given, { faults })
      if (jwks !== undefined) check(jwksSchema, jwks, { faults })
      return faults
    },

    async replaceKeys(client, jwks, by) {
      const keys = judged(jwksSchema, jwks, 'the keys') as JSONWebKeySet
      return change(client, by, ({ jwks: before }) =>
        isDeepStrictEqual(before, JSON.parse(JSON.stringify(keys)))
          ? undefined
          : { to: { jwks: keys }, fact: { name: 'api_client.keys_changed', data: { client, actor: by.actor } } },
      )
    },

    async changeScopes(client, given, by) {
      const { scopes } = judged(clientSchema.pick({ scopes: true }), { scopes: given }, 'the client')
      const same = (others: readonly string[]) => isDeepStrictEqual(new Set(scopes), new Set<string>(others))
      return change(client, by, ({ scopes: before }) =>
        same(before)
          ? undefined
          : { to: { scopes }, fact: { name: 'api_client.scopes_changed', data: { client, scopes, actor: by.actor } } },
      )
    },

    remove: (client, actor) =>
      storage.transaction(async (tx) => {
        if (!(await store.removeClient(tx, client, now()))) return false
        audit.append(tx, { name: 'api_client.removed', data: { client, actor } })
        await onRemoval(tx, client, actor)
        return true
      }),

    list: async () => (await store.listClients(storage.db)).map(clientOf),

    async find(client) {
      const row = await store.findClient(storage.db, client)
      return row && clientOf(row)
    },

    authenticated: (client, scopes) =>
      storage.transaction(async (tx) => {
        if (!(await store.noteToken(tx, client, now()))) return false
        const actor: Actor = { kind: 'api_client', id: client }
        audit.append(tx, { name: 'api_client.authenticated', data: { scopes: [...scopes], actor } })
        return true
      }),

    sweep: () => store.dropAnswersBefore(storage.db, toDate(clock.now() - answerLifetime)),
  }
}
