/**
 * Programs that may use the API: who they are, what they may do, the public keys by which they prove it. There are two
 * kinds, and nothing is for both. A program of the hub does what operators do: they register it, on the command line, or
 * on a page where another one confirms. A program of a partner speaks for exactly one service or provider, about what is
 * that one's alone: the partner's administrators register it at the desk, or operators do. It is worth nothing from the
 * moment on that its service or provider is published no more, or belongs to somebody else. Each registration, change and
 * removal is a fact, of which those are told by letter whom it gives power over: all operators
 * (`approvals/announcements.ts`), or the mailboxes of the partner (`alerts/partner-letters.ts`).
 */
import { isDeepStrictEqual } from 'node:util'
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import {
  type ApiScope,
  apiScopeNames,
  hubScopeNames,
  type ProgramParty,
  partyScopeNames,
} from '../kernel/api-scopes.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { type ApiClientId, newId, type OperatorId } from '../kernel/ids.ts'
import { check, type Fault, settingsInvalid } from '../partners/checked-yaml.ts'
import { publicKeyProblem } from '../partners/client-keys.ts'
import { issueOf, raising, some, words } from '../partners/fields.ts'
import type { Partners } from '../partners/partners.ts'
import { type Problem, problem } from '../partners/problems.ts'
import type { Operators } from '../staff/operators.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import * as store from './store.ts'

export interface ApiClient {
  client: ApiClientId
  name: string
  scopes: ApiScope[]
  jwks: JSONWebKeySet
  /** Whom a program of a partner speaks for; one of the hub has none. */
  party?: ProgramParty & { partner: string }
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
   * @throws GarantError `settings_invalid` with every fault: a name that is no line of text, no scope, an unknown one, one
   *   of the other kind of programs, a key that is private, too weak or of a kind that no assertion is signed with, an
   *   operator who is not in office, a service or provider that is not published or has too many programs; `not_found`
   *   for an id that is somebody else's
   */
  register(given: NewApiClient, actor: Actor, also?: Also): Promise<ApiClient>
  /** What `register` would refuse, of as much as is given; or of a program that is there, what a change of it would. */
  faultsOf(given: Partial<NewApiClient>, changed?: { party?: ProgramParty }): Promise<Fault[]>
  /** All its keys at once: name the old one beside the new one while both are in use. As `register`. */
  replaceKeys(client: ApiClientId, jwks: unknown, by: ChangedBy): Promise<ClientOutcome>
  /** From its next request on, whatever its tokens say. As `register`. */
  changeScopes(client: ApiClientId, scopes: readonly string[], by: ChangedBy): Promise<ClientOutcome>
  /** For good, from its next request on, whatever token it holds. False when there is no such one. */
  remove(client: ApiClientId, actor: Actor): Promise<boolean>
  list(): Promise<ApiClient[]>
  find(client: string): Promise<ApiClient | undefined>
  /** Those of a partner; of what is another's today as well, until they are removed. */
  listOf(partner: string): Promise<ApiClient[]>
  findOf(partner: string, client: string): Promise<ApiClient | undefined>
  /** False for a program of a partner whose service or provider is published no more, or is another's. */
  isInForce(client: ApiClient): boolean
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
  /** Drawn with a form: sent twice, it is registered once. A new one by default. */
  id?: ApiClientId
  name: string
  scopes: readonly string[]
  /** As it came; judged here. */
  jwks: unknown
  /** Who answers for it: an operator in office. */
  operator?: OperatorId
  /** What is published by that name, whose partner's program it becomes. */
  party?: ProgramParty
}

export interface ApiClientsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  operators: Pick<Operators, 'find'>
  partners: Pick<Partners, 'registry'>
  /** In the same transaction: what it asked of two operators, it asks no more. */
  onRemoval: (tx: Tx, client: ApiClientId, actor: Actor) => Promise<void>
}

/** For how long an answer is kept that a repetition of its request gets. */
export const answerLifetime = day

/** Of one service or provider: its own software, and what it tries beside it. */
const mostOfParty = 10

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

export function createApiClients(options: ApiClientsOptions): ApiClients {
  const { storage, clock, audit, operators, partners, onRemoval } = options
  const now = () => toDate(clock.now())

  const publishedOf = ({ side, id }: ProgramParty) =>
    (side === 'service' ? partners.registry().services : partners.registry().providers).get(id)

  async function operatorFaults(operator: OperatorId | undefined): Promise<Fault[]> {
    if (operator === undefined || (await operators.find(operator))?.state === 'active') return []
    return [{ path: 'operator', problem: 'is no operator in office', code: 'not_valid' }]
  }

  async function partyFaults(party: ProgramParty | undefined): Promise<Fault[]> {
    if (!party) return []
    const published = publishedOf(party)
    if (!published) return [{ path: 'party', problem: 'is no published service or provider', code: 'not_valid' }]
    const others = (await store.listClientsOf(storage.db, published.partner)).filter(
      ({ party_side: side, party_object: id }) => side === party.side && id === party.id,
    )
    return others.length < mostOfParty ? [] : [faultOf('party', problem('too_many', { most: mostOfParty }))]
  }

  async function change(
    client: ApiClientId,
    { seen, also }: ChangedBy,
    decide: (
      before: store.ClientRow,
    ) => { to: Parameters<typeof store.changeClient>[2]; fact: (about: About) => Fact } | undefined,
  ): Promise<ClientOutcome> {
    return storage.transaction(async (tx) => {
      const before = await store.holdClient(tx, client)
      if (!before) return 'unknown'
      if (seen !== undefined && before.changed_at.getTime() !== seen) return 'moved'
      const decided = decide(before)
      if (!decided) return 'unchanged'
      await store.changeClient(tx, client, decided.to, now())
      audit.append(tx, decided.fact(aboutOf(before)))
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

  const clientOf = (row: store.ClientRow): ApiClient => {
    const party = partyOf(row)
    return {
      client: row.id,
      name: row.name,
      // A scope of the other kind, or one that this version does not know any more, allows nothing.
      scopes: scopesFor(party).filter((scope) => row.scopes.includes(scope)),
      jwks: row.jwks,
      ...(party ? { party } : {}),
      registeredBy: row.registered_by,
      ...(row.operator ? { operator: row.operator } : {}),
      registeredAt: row.registered_at.getTime(),
      changedAt: row.changed_at.getTime(),
      ...(row.last_token_at ? { lastTokenAt: row.last_token_at.getTime() } : {}),
    }
  }

  return {
    async register({ id: client = newId('apiClient'), name, scopes, jwks, operator, party }, actor, also) {
      const given = judged(clientSchema, { name, scopes }, 'the client')
      const keys = judged(jwksSchema, jwks, 'the keys') as JSONWebKeySet
      const faults = [
        ...(await operatorFaults(operator)),
        ...(await partyFaults(party)),
        ...scopeFaults(given.scopes, party),
      ]
      const published = party && publishedOf(party)
      if (faults.length > 0) throw settingsInvalid('the client', faults)
      const row = {
        id: client,
        ...given,
        jwks: keys,
        party_side: party?.side ?? null,
        party_object: party?.id ?? null,
        party_partner: published?.partner ?? null,
        registered_by: actor,
        operator: operator ?? null,
        registered_at: now(),
      }
      const isNew = await storage.transaction(async (tx) => {
        if (!(await store.insertClient(tx, row))) return false
        audit.append(tx, {
          name: 'api_client.registered',
          data: { client, scopes: given.scopes, operator: operator ?? null, ...aboutOf(row), actor },
        })
        await also?.(tx)
        return true
      })
      const there = isNew ? undefined : await store.findClient(storage.db, client)
      // The id was drawn before: by the same form, or by nobody who may know.
      if (!isNew && there?.party_partner !== row.party_partner) throw new GarantError('not_found')
      return clientOf(there ?? { ...row, changed_at: row.registered_at, last_token_at: null })
    },

    async faultsOf({ jwks, operator, party, name, scopes }, changed) {
      const faults = [...(await operatorFaults(operator)), ...(await partyFaults(party))]
      const given = { ...(name === undefined ? {} : { name }), ...(scopes === undefined ? {} : { scopes }) }
      const read = check(clientSchema.partial(), given, { faults })
      if (read?.scopes) faults.push(...scopeFaults(read.scopes, changed ? changed.party : party))
      if (jwks !== undefined) check(jwksSchema, jwks, { faults })
      return faults
    },

    async replaceKeys(client, jwks, by) {
      const keys = judged(jwksSchema, jwks, 'the keys') as JSONWebKeySet
      return change(client, by, ({ jwks: before }) =>
        isDeepStrictEqual(before, JSON.parse(JSON.stringify(keys)))
          ? undefined
          : {
              to: { jwks: keys },
              fact: (about) => ({ name: 'api_client.keys_changed', data: { client, ...about, actor: by.actor } }),
            },
      )
    },

    async changeScopes(client, given, by) {
      const { scopes } = judged(clientSchema.pick({ scopes: true }), { scopes: given }, 'the client')
      const same = (others: readonly string[]) => isDeepStrictEqual(new Set(scopes), new Set<string>(others))
      return change(client, by, (before) => {
        if (same(before.scopes)) return undefined
        const faults = scopeFaults(scopes, partyOf(before))
        if (faults.length > 0) throw settingsInvalid('the client', faults)
        return {
          to: { scopes },
          fact: (about) => ({ name: 'api_client.scopes_changed', data: { client, scopes, ...about, actor: by.actor } }),
        }
      })
    },

    remove: (client, actor) =>
      storage.transaction(async (tx) => {
        const removed = await store.removeClient(tx, client, now())
        if (!removed) return false
        audit.append(tx, { name: 'api_client.removed', data: { client, ...aboutOf(removed), actor } })
        await onRemoval(tx, client, actor)
        return true
      }),

    list: async () => (await store.listClients(storage.db)).map(clientOf),

    async find(client) {
      const row = await store.findClient(storage.db, client)
      return row && clientOf(row)
    },

    listOf: async (partner) => (await store.listClientsOf(storage.db, partner)).map(clientOf),

    async findOf(partner, client) {
      const row = await store.findClient(storage.db, client)
      return row?.party_partner === partner ? clientOf(row) : undefined
    },

    isInForce: ({ party }) => party === undefined || publishedOf(party)?.partner === party.partner,

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

// ── Whom a program speaks for ───────────────────────────────────────────────────────────────────────────────────────

type PartyColumns = Pick<store.ClientRow, 'party_side' | 'party_object' | 'party_partner'>

function partyOf({ party_side: side, party_object: id, party_partner: partner }: PartyColumns): ApiClient['party'] {
  return side && id && partner ? { side, id, partner } : undefined
}

/** The part of a fact that says whose program it is. */
const aboutOf = ({ party_side: side, party_object: object, party_partner: partner }: PartyColumns) => ({
  partner,
  side,
  object,
})
type About = ReturnType<typeof aboutOf>

const scopesFor = (party: ProgramParty | undefined): readonly ApiScope[] => (party ? partyScopeNames : hubScopeNames)

function scopeFaults(scopes: readonly ApiScope[], party: ProgramParty | undefined): Fault[] {
  const fitting = scopesFor(party)
  if (scopes.every((scope) => fitting.includes(scope))) return []
  return [faultOf('scopes', problem(party ? 'scopes_not_party' : 'scopes_not_hub'))]
}

const faultOf = (path: string, { text, ...said }: Problem): Fault => ({ path, problem: text, ...said })
