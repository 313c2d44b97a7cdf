/**
 * What the engine keeps, in the hub's short-lived state. The engine names its models; this adapter gives each the
 * storage that the hub's rules ask for:
 *
 * - `Session`: none. `sessions/` is the truth; the engine's session lives for one request.
 * - `Interaction`: inside the flow of `login/`, so that a login is one entry.
 * - `Grant`: inside the code and the token that came from it. Removing these is revoking the grant.
 * - `AuthorizationCode`, `AccessToken`: under the hash of their value, in the group of their grant. The process that made a
 *   code remembers it until it is presented, so that it need not be read then; what redeems it says whether it still is one.
 * - `ReplayDetection`: created once; the second is refused.
 * - `Client`: the published services.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { LRUCache } from 'lru-cache'
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Connections } from '../connections/connections.ts'
import type { Clock } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { Answer, Flow } from '../login/flow.ts'
import type { CookieChange, Draft, Visitor } from '../login/login.ts'
import type { People } from '../people/people.ts'
import { isNotFirst, type StateEntry } from '../storage/state.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { KeptMandate, MandateTokens } from './mandate-token.ts'

/** What one request of the engine is about. Made at the edge, filled as the request goes. */
export interface EngineRequest {
  /** Who the browser says it is: a service that redeems a code is not asked. */
  visitor: () => Visitor
  /** Cookies to set with the answer. */
  cookies: CookieChange[]
  /** The login that the request resumes. */
  flow?: Flow
  /** The engine's redirection is to be told to the edge, which ends a post (see `web.depart`). */
  captureRedirect?: boolean
  location?: string
  /** The login that the request begins. */
  draft?: Draft
  interaction?: Record<string, unknown>
  /** ... as it was kept: the edge answers, with its first step. */
  begun?: Flow
  /** What the code or token at hand stands for. */
  answer?: Answer
  /** ... and, of a mandate token, what it may be used for. */
  mandate?: KeptMandate
  /** Of an exchange: what the token that is being made stands for. It lives while the one that it was given for is there. */
  exchanged?: { mandate: KeptMandate; for: string }
  /** Payloads of grants by their id. */
  grants: Map<string, AdapterPayload>
  /** The code that this request redeems. */
  code?: string
  /** A fault that the engine would have dressed as its own; the edge answers with it. */
  fault?: unknown
  /** What the engine cannot send back to a service: the edge draws the page. */
  page?: ErrorName
  /** Why the engine refused, for who watches (`observed.ts`). */
  refusal?: Error
}

export const engineRequest = new AsyncLocalStorage<EngineRequest>()

export function currentRequest(): EngineRequest {
  const request = engineRequest.getStore()
  if (!request) throw new Error('the engine was called outside a request')
  return request
}

/** A code or a token as it rests. */
interface Kept {
  payload: AdapterPayload
  grant: AdapterPayload
  answer: Answer
  mandate?: KeptMandate
}

export interface EngineStateOptions {
  storage: Pick<Storage, 'transaction' | 'behind'> & {
    state: Pick<Storage['state'], 'getMany' | 'put' | 'write' | 'create' | 'consume' | 'consumeFirst' | 'removeGroup'>
  }
  clock: Clock
  connections: Pick<Connections, 'complete' | 'completeBehind' | 'byId'>
  people: Pick<People, 'standingOf'>
  mandateTokens: Pick<MandateTokens, 'standing' | 'note'>
  clientMetadata: (id: string) => AdapterPayload | undefined
  /** A code came back a second time; its grant is revoked at this moment. */
  onReplay: (replayed: { answer: Answer; service: string }) => Promise<void>
}

export function createAdapterFactory(options: EngineStateOptions): (model: string) => Adapter {
  const { clientMetadata } = options
  return (model) => {
    switch (model) {
      case 'Client':
        return { ...absent, find: async (id) => clientMetadata(id) }
      case 'Interaction':
        return interactionAdapter
      case 'Grant':
        return grantAdapter
      case 'AuthorizationCode':
        return codeAdapter(options)
      case 'AccessToken':
        return tokenAdapter(options)
      case 'ReplayDetection':
        return replayAdapter(options)
      default:
        return absent
    }
  }
}

/** A model without storage: nothing is found, nothing is kept. */
const absent: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
}

const interactionAdapter: Adapter = {
  ...absent,
  // Written with the flow, when the engine asks where to send the person.
  async upsert(_id, payload) {
    currentRequest().interaction = payload as Record<string, unknown>
  },
  async find(id) {
    const { flow } = currentRequest()
    return flow?.id === id ? (flow.interaction as AdapterPayload) : undefined
  },
  // It ends with its flow: a second click on the last button must find it.
}

const grantAdapter: Adapter = {
  ...absent,
  async upsert(id, payload) {
    currentRequest().grants.set(id, payload)
  },
  async find(id) {
    return currentRequest().grants.get(id)
  },
}

/** Reads a kept entry and lays out for the engine what is in it. */
async function open({ storage }: EngineStateOptions, kind: string, id: string): Promise<AdapterPayload | undefined> {
  const [stored] = await guarded(storage.state.getMany([{ kind, key: id }]))
  if (!stored) return undefined
  const payload = layOut(stored.value as Kept)
  return stored.consumedAt ? { ...payload, consumed: Math.floor(stored.consumedAt / second) } : payload
}

function layOut({ payload, grant, answer, mandate }: Kept): AdapterPayload {
  const request = currentRequest()
  Object.assign(request, { answer, mandate })
  if (payload.grantId) request.grants.set(payload.grantId, grant)
  return payload
}

function entryOf({ clock }: EngineStateOptions, kind: string, id: string, payload: AdapterPayload, ttl = 0) {
  const request = currentRequest()
  const grant = request.grants.get(payload.grantId ?? '')
  if (!grant || !payload.grantId || !request.answer) throw new Error(`${kind} without a grant`)
  const mandate = request.exchanged?.mandate
  const value: Kept = { payload, grant, answer: request.answer, ...(mandate ? { mandate } : {}) }
  return { kind, key: id, value, group: payload.grantId, expiresAt: clock.now() + ttl * second }
}

/** Codes of a few kilobytes that a process remembers: more than it gives out until the services have redeemed them. */
const mostRemembered = 1000

/** How long a redeemed code is remembered past its life, so that a late replay still revokes what came from it. */
const replayMemory = 120

function codeAdapter(options: EngineStateOptions): Adapter {
  const { state } = options.storage
  const made = new LRUCache<string, StateEntry>({ max: mostRemembered })

  /** Once: whoever presents it again gets it as it is by then. */
  function recall(id: string): AdapterPayload | undefined {
    const entry = made.get(id)
    made.delete(id)
    return entry && entry.expiresAt > options.clock.now() ? layOut(entry.value as Kept) : undefined
  }

  return {
    ...absent,
    async upsert(id, payload, ttl) {
      const entry = entryOf(options, 'code', id, payload, (ttl ?? 0) + replayMemory)
      await guarded(state.put(entry))
      made.set(id, entry)
    },
    async find(id) {
      const payload = recall(id) ?? (await open(options, 'code', id))
      if (payload) currentRequest().code = id
      // Here, because the engine looks at the age of a code first: a late replay would revoke nothing. Of another service
      // it will not hear, and what somebody else presents takes nothing away.
      if (payload?.consumed && payload.grantId && payload.clientId === callingClient()) {
        await replayed(options, payload.clientId)
        await guarded(state.removeGroup(payload.grantId))
      }
      return payload
    },
    // In one transaction with the token that comes from it (`tokenAdapter`): neither is there without the other.
    async consume() {},
    async destroy(id) {
      await guarded(state.write({ remove: [{ kind: 'code', key: id }] }))
    },
    async revokeByGrantId(grantId) {
      await guarded(state.removeGroup(grantId))
    },
  }
}

/** The service that has authenticated itself to this request. */
function callingClient(): string | undefined {
  return Provider.ctx?.oidc.client?.clientId
}

async function replayed({ onReplay }: EngineStateOptions, service = 'unknown'): Promise<void> {
  const { answer } = currentRequest()
  if (answer) await guarded(onReplay({ answer, service }))
}

function tokenAdapter(options: EngineStateOptions): Adapter {
  const { storage, connections, people, mandateTokens } = options
  const { state } = storage

  /** Rare: a second click gave the same answer again, or somebody stopped the person or the provider meanwhile. */
  async function mayStill(tx: Tx, { connection, person, provider }: Answer): Promise<boolean> {
    const known = await connections.byId(tx, connection)
    const standing = await people.standingOf(person, tx)
    return known?.state !== 'refused' && !standing.frozen && !standing.isBlocked(provider)
  }

  /** One transaction with the use that the organisation sees. */
  async function keepExchanged(
    entry: StateEntry,
    { mandate, for: token }: NonNullable<EngineRequest['exchanged']>,
    answer: Answer,
  ): Promise<void> {
    const { clientId = '' } = (entry.value as Kept).payload
    await guarded(
      storage.transaction(async (tx) => {
        const whileExists = { kind: 'token', key: token }
        if (!(await state.write({ put: [entry], whileExists, tx }))) throw new errors.InvalidGrant('revoked meanwhile')
        await mandateTokens.note(tx, { kept: mandate, answer, service: clientId })
      }),
    )
  }

  /** What nearly all redemptions are: nothing is waited for but the commit. Fails where anything is not as it always is. */
  async function redeemFirst(tx: Tx, { code, answer, entry, service }: Redemption): Promise<void> {
    storage.behind(tx, state.consumeFirst(tx, 'code', code))
    connections.completeBehind(tx, { id: answer.connection, service })
    storage.behind(tx, state.put(entry, { tx }))
  }

  /** The same step by step, where that has failed: a replay is told from a second click, and from who was stopped. */
  async function redeemIfFirst(tx: Tx, { code, answer, entry }: Redemption): Promise<void> {
    const outcome = await state.consume('code', code, { tx })
    if (outcome === 'again') throw new CodeReplayed()
    // Taken away since it was made, or since it was read.
    if (outcome === 'absent') throw new errors.InvalidGrant('authorization code not found')
    const completed = await connections.complete(tx, answer.connection)
    if (!completed && !(await mayStill(tx, answer))) throw new errors.InvalidGrant('the person was stopped')
    await state.put(entry, { tx })
  }

  async function refuseReplay(error: unknown): Promise<never> {
    if (!(error instanceof CodeReplayed)) throw error
    const { grants } = currentRequest()
    await replayed(options, [...grants.values()][0]?.clientId)
    for (const grant of grants.keys()) await state.removeGroup(grant)
    throw new errors.InvalidGrant('authorization code already consumed')
  }

  return {
    ...absent,
    /**
     * The consumed code, the token and the completed connection are one transaction. Where the person was stopped since
     * the code was made, the connection was refused, and nothing comes of it.
     *
     * "If an authorization code is used more than once, the authorization server MUST deny the request and SHOULD revoke
     * (when possible) all tokens previously issued based on that authorization code." (RFC 6749 section 4.1.2)
     *
     * The engine has looked whether the code was consumed; here the statement that consumes it decides who is first. The
     * others wait until the first has its token, and take it away.
     */
    async upsert(id, payload, ttl) {
      const entry = entryOf(options, 'token', id, payload, ttl)
      const { code, answer, exchanged } = currentRequest()
      if (exchanged && answer) return keepExchanged(entry, exchanged, answer)
      if (!code || !answer) throw new Error('an access token comes from a code')
      if (answer.acting && !(await guarded(mandateTokens.standing(answer, payload.clientId ?? '')))) {
        throw new errors.InvalidGrant('the person acts for nobody any more')
      }
      const redemption = { code, answer, entry, service: payload.clientId ?? '' }
      await guarded(
        storage
          .transaction((tx) => redeemFirst(tx, redemption))
          .catch((error: unknown) => {
            if (!isNotFirst(error)) throw error
            return storage.transaction((tx) => redeemIfFirst(tx, redemption)).catch(refuseReplay)
          }),
      )
    },
    find: (id) => open(options, 'token', id),
    async destroy(id) {
      await guarded(state.write({ remove: [{ kind: 'token', key: id }] }))
    },
    async revokeByGrantId(grantId) {
      await guarded(state.removeGroup(grantId))
    },
  }
}

/** A code that becomes a token. */
interface Redemption {
  code: string
  answer: Answer
  /** The token. */
  entry: StateEntry
  service: string
}

/** Thrown inside the transaction, so that nothing of it stays: somebody else was the first to redeem the code. */
class CodeReplayed extends Error {}

/** Seconds by which the clock of a client may be ahead (`CHALLENGE_OK_WINDOW` of the engine). */
const longestProof = 300

function replayAdapter({ storage, clock }: EngineStateOptions): Adapter {
  return {
    ...absent,
    async upsert(id, _payload, ttl = 0) {
      // The engine takes the proof of a key from five minutes ahead, and forgets it before it is over.
      const expiresAt = clock.now() + (ttl + longestProof) * second
      const first = await guarded(storage.state.create({ kind: 'assertion', key: id, value: true, expiresAt }))
      if (first) return
      // The engine looks, then writes; of two at once the second one gets here.
      const says = 'what is signed for one request must only be used once'
      const isAssertion = Provider.ctx?.oidc.params?.client_assertion !== undefined
      throw isAssertion ? new errors.InvalidClientAuth(says) : new errors.InvalidDpopProof(says)
    },
    async find(id) {
      const [stored] = await guarded(storage.state.getMany([{ kind: 'assertion', key: id }]))
      return stored ? { jti: id } : undefined
    },
  }
}

/** The engine turns any throw into its own `server_error`; the edge must still know that the database was away. */
export function guarded<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    currentRequest().fault ??= error
    throw error
  })
}
