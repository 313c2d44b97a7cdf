/**
 * Programs that may use the admin API: who they are, what they may do, the public keys by which they prove it. They are
 * registered by operators, on the command line; each registration, change and removal is a fact, which all operators are
 * told by letter (`approvals/announcements.ts`).
 */
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { type ApiScope, apiScopeNames } from '../kernel/api-scopes.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { type ApiClientId, newId, type OperatorId } from '../kernel/ids.ts'
import { check, type Fault, settingsInvalid } from '../partners/checked-yaml.ts'
import { publicKeyProblem } from '../partners/client-keys.ts'
import { some, words } from '../partners/fields.ts'
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
  lastTokenAt?: Instant
}

export interface ApiClients {
  /**
   * @throws GarantError `settings_invalid` with every fault: a name that is no line of text, no scope, an unknown one, a
   *   key that is private, too weak or of a kind that no assertion is signed with, an operator who is not in office
   */
  register(given: NewApiClient, actor: Actor): Promise<ApiClient>
  /** All its keys at once: name the old one beside the new one while both are in use. As `register`. */
  replaceKeys(client: ApiClientId, jwks: unknown, actor: Actor): Promise<boolean>
  /** For good, from its next request on, whatever token it holds. False when there is no such one. */
  remove(client: ApiClientId, actor: Actor): Promise<boolean>
  list(): Promise<ApiClient[]>
  find(client: string): Promise<ApiClient | undefined>
  /** Writes that it was given a token. False when it was removed meanwhile: then it gets none. */
  authenticated(client: ApiClientId, scopes: readonly ApiScope[]): Promise<boolean>
  /** Forgets answers that no repetition can ask for any more. A job calls it. */
  sweep(): Promise<void>
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

function keyProblem(jwk: Record<string, unknown>): string | undefined {
  const problem = publicKeyProblem(jwk)
  if (problem) return problem.text
  const { kty, crv, use } = jwk
  if (use !== undefined && use !== 'sig') return 'must be a key for signatures (use)'
  const isKnown = kty === 'RSA' || (kty === 'EC' && crv === curves.EC) || (kty === 'OKP' && crv === curves.OKP)
  return isKnown ? undefined : 'must be an RSA key of at least 2048 bits, one on P-256, or Ed25519'
}

const jwksSchema = z.object({
  keys: z
    .array(
      z.looseObject({ kty: z.string(), kid: z.string().max(200).optional() }).superRefine((jwk, context) => {
        const message = keyProblem(jwk)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      }),
    )
    .min(1)
    .max(10)
    .refine(
      (keys) => keys.length === 1 || new Set(keys.map(({ kid }) => kid)).size === keys.length,
      'must give each key its own kid',
    ),
})

const clientSchema = z.object({ name: words(120), scopes: some(z.enum(apiScopeNames), apiScopeNames.length) })

export function createApiClients({ storage, clock, audit, operators, onRemoval }: ApiClientsOptions): ApiClients {
  const now = () => toDate(clock.now())

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
    ...(row.last_token_at ? { lastTokenAt: row.last_token_at.getTime() } : {}),
  })

  return {
    async register({ name, scopes, jwks, operator }, actor) {
      const given = judged(clientSchema, { name, scopes }, 'the client')
      const keys = judged(jwksSchema, jwks, 'the keys')
      if (operator !== undefined && (await operators.find(operator))?.state !== 'active') {
        throw settingsInvalid('the client', [
          { path: 'operator', problem: 'is no operator in office', code: 'not_valid' },
        ])
      }
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
      })
      const answers = operator ? { operator } : {}
      return { client, ...given, jwks: keys as JSONWebKeySet, registeredBy: actor, ...answers, registeredAt: at }
    },

    async replaceKeys(client, jwks, actor) {
      const keys = judged(jwksSchema, jwks, 'the keys')
      return storage.transaction(async (tx) => {
        if (!(await store.replaceKeys(tx, client, keys as JSONWebKeySet, now()))) return false
        audit.append(tx, { name: 'api_client.keys_changed', data: { client, actor } })
        return true
      })
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
