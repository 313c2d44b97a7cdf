/**
 * The counterpart of a service's draft: a hub for that draft alone, under an issuer of its own. It is the engine of
 * `protocol/` itself, by the same configuration, so what it takes and refuses is what the real hub would; only what stands
 * around it is another: one client, one person whom nobody is, keys that sign nothing else, and state under names that the
 * real hub never looks up. Nobody is asked who they are: whoever the site sends here is the person of the trial.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Log } from '../http/http.ts'
import type { OutboundFetch } from '../http/outbound.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorName } from '../kernel/errors.ts'
import { newId, newSecret, type ServiceId } from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import { sameSecret } from '../kernel/secrets.ts'
import type { Algorithm, Key } from '../keys/keys.ts'
import type { Outcome, Visitor } from '../login/login.ts'
import type { Partners, Registry, Service } from '../partners/partners.ts'
import { answeredAcr, requiredLevel } from '../policy/level.ts'
import { createEngine, type Engine } from '../protocol/engine.ts'
import { currentRequest, type EngineRequest, type EngineStateOptions, engineRequest } from '../protocol/engine-state.ts'
import { parametersOf, readLogoutRequest } from '../protocol/logout.ts'
import { logoutAnswer, logoutToken, postLogoutToken } from '../protocol/logout-token.ts'
import { noMandateTokens } from '../protocol/mandate-token.ts'
import type { Storage } from '../storage/storage.ts'
import type { Drafts } from './drafts.ts'
import { fictionalClaims, fictionalProfessional } from './fictional.ts'
import { type Records, type ServiceTrial, trialLifetime } from './records.ts'
import { judgeBackchannel, judgeLogout, judgeRequest, type ServiceCheck, serviceLines } from './service-checks.ts'
import type { Check } from './trial.ts'

export interface ServiceTrialsOptions {
  /** Public address of the hub, without a trailing slash. */
  issuer: string
  storage: Storage
  clock: Clock
  drafts: Drafts
  records: Records
  partners: Pick<Partners, 'secretMatches'>
  /** To addresses of services: the keys at their `jwks_uri`, their back-channel logout. */
  fetch: OutboundFetch
  log: Log
}

/** A trial with the draft that it follows. */
export interface Running {
  trial: ServiceTrial
  /** Its issuer. */
  issuer: string
  edit: number
  service: Service
}

export type Served =
  | { kind: 'answered' }
  | { kind: 'held'; lines: Check<ServiceCheck>[]; location: string }
  /** There is nowhere to send anybody: it is said in words of this room. */
  | { kind: 'refused'; lines: Check<ServiceCheck>[]; error: ErrorName }

export interface ServiceTrials {
  /** Puts an end to the trial before. */
  begin(service: ServiceId): Promise<void>
  /** The trial of a service while it can be used, and what was seen. */
  look(service: ServiceId): Promise<(Running & { lines: Check<ServiceCheck>[]; hasSession: boolean }) | undefined>
  end(service: ServiceId): Promise<void>
  /** Posts a logout token for the last session that the site got. False when there was none, or nowhere to post it. */
  sendLogout(service: ServiceId): Promise<boolean>
  /** The trial at an address, by the two parts of it. */
  at(service: string, key: string): Promise<Running | undefined>
  /** Lets the engine answer at `path`. `hold`: where it would send the browser is told, and not done. */
  serve(
    request: FastifyRequest,
    reply: FastifyReply,
    running: Running,
    asked: { path: string; hold: boolean },
  ): Promise<Served>
  logout(
    request: FastifyRequest,
    running: Running,
  ): Promise<{ kind: 'left'; returnTo?: string } | { kind: 'refused'; lines: Check<ServiceCheck>[] }>
}

/** The path of an issuer: both parts are of the alphabet of a path. */
export const issuerPath = (service: string, key: string) => `/trial/${service}/${key}`

/** Engines at hand in this process; another trial makes another one. */
const mostEngines = 20

/** Its own path of logout, below the issuer. */
export const logoutEnd = '/logout'

/** The fictional person's account is at no provider that anybody has. */
const nowhere = 'trial'

export function createServiceTrials(options: ServiceTrialsOptions): ServiceTrials {
  const { storage, clock, drafts, records, partners, fetch, log } = options
  const engines = new Map<string, { engine: Engine; keys: readonly Key[]; running: Running }>()
  /** What the request that is being answered showed. */
  const shown = new WeakMap<EngineRequest, Check<ServiceCheck>[]>()

  /** Codes and tokens of a trial rest under names of its own: no other issuer finds them. */
  function ownStorage({ service, key }: ServiceTrial): EngineStateOptions['storage'] {
    const { state } = storage
    const own = <E extends { kind: string }>(entry: E): E => ({
      ...entry,
      kind: `trial/${service}/${key}/${entry.kind}`,
    })
    return {
      transaction: (work) => storage.transaction(work),
      behind: (tx, statement) => storage.behind(tx, statement),
      state: {
        getMany: (keys) => state.getMany(keys.map(own)),
        write: ({ put = [], remove = [], whileExists, tx }) =>
          state.write({
            put: put.map(own),
            remove: remove.map(own),
            ...(whileExists ? { whileExists: own(whileExists) } : {}),
            ...(tx ? { tx } : {}),
          }),
        put: (entry, more) => state.put(own(entry), more),
        create: (entry) => state.create(own(entry)),
        consume: (kind, name, more) => state.consume(own({ kind }).kind, name, more),
        consumeFirst: (tx, kind, name, more) => state.consumeFirst(tx, own({ kind }).kind, name, more),
        removeGroup: (group) => state.removeGroup(group),
      },
    }
  }

  /** Made at first need, by whichever process is first. */
  async function keyOf(trial: ServiceTrial, alg: 'ES256' | 'RS256'): Promise<Key> {
    const entry = { kind: 'trial-key', key: JSON.stringify([trial.service, trial.key, alg]) }
    const read = async () => (await storage.state.getMany([entry]))[0]?.value as Key | undefined
    const known = await read()
    if (known) return known
    const made = await newKey(alg, clock.now())
    if (await storage.state.create({ ...entry, value: made, expiresAt: trial.expiresAt })) return made
    const first = await read()
    if (!first) throw new Error('the key of a trial was made and is not there')
    return first
  }

  async function keysOf({ trial, service }: Running): Promise<Key[]> {
    const algorithms = new Set(['ES256', service.idTokenAlg, service.userinfoAlg ?? 'ES256'] as const)
    return Promise.all([...algorithms].sort().map((alg) => keyOf(trial, alg)))
  }

  /** The engine of a trial, on the draft as it is now. */
  async function engineOf(running: Running) {
    const keys = await keysOf(running)
    const name = JSON.stringify([running.trial.service, running.trial.key, ...keys.map(({ id }) => id)])
    const known = engines.get(name)
    if (known) {
      known.running = running
      return known
    }
    const made: { engine: Engine; keys: readonly Key[]; running: Running } = { keys, running, engine: absent }
    made.engine = build(running, keys, () => made.running)
    engines.set(name, made)
    if (engines.size > mostEngines) engines.delete([...engines.keys()][0] as string)
    return made
  }

  function build({ trial, issuer }: Running, keys: readonly Key[], present: () => Running): Engine {
    const never = (): never => {
      throw new Error('a trial has no pages of a login')
    }
    return createEngine({
      issuer,
      clock,
      fetch,
      storage: ownStorage(trial),
      keys: {
        of: () => keys,
        active: (_purpose, alg) => keys.find((key) => key.alg === alg) ?? never(),
      },
      partners: {
        registry: () => registryOf(present().service),
        secretMatches: partners.secretMatches,
      },
      people: {
        claimsOf: async () => fictionalClaims(present().service),
        standingOf: async () => ({ frozen: false, isBlocked: () => false }),
      },
      directory: { professional: async (nationalId) => fictionalProfessional(nationalId) },
      login: {
        arrive: async ({ requested }) => {
          const { service } = present()
          const reached = requiredLevel(requested, service.minimumLevel)
          const acr = answeredAcr(requested, reached, service.minimumLevel)
          if (!acr) return { kind: 'refused', error: 'level_not_reached' }
          const sid = newId('session')
          await records.noteSession(trial, sid)
          const amr = service.entitledTo.includes('amr') ? ['pwd'] : []
          const answer = { subject: trial.subject, acr, amr, sid, authTime: clock.now(), provider: nowhere }
          const ids = { connection: newId('connection'), person: newId('person') }
          return { kind: 'answer', answer: { ...answer, ...ids }, cookies: [] } satisfies Outcome
        },
        begin: never,
        conclude: never,
      },
      // There is no ledger of trials, no session that could end, and no password that the hub keeps for nobody.
      connections: { complete: async () => true, completeBehind: () => {}, byId: async () => undefined },
      sessions: { isOpen: async () => true },
      bridge: { handOver: async () => ({ kind: 'unknown' }) },
      mandateTokens: noMandateTokens,
      loginPath: never,
      logoutPath: logoutEnd,
      serializeCookie: never,
      onServerError: (error) => log.error('engine fault in a trial', { error }),
      // Said by what the engine observed, like the rest.
      onReplay: async () => {},
      observe: async (seen) => {
        const { edit, service } = present()
        const lines = judgeRequest(seen, service)
        shown.set(currentRequest(), lines)
        await records.note(trial, edit, lines)
      },
    })
  }

  async function at(service: string, key: string): Promise<Running | undefined> {
    const trial = await records.trialOf(service)
    return trial && sameSecret(key, trial.key) ? running(trial) : undefined
  }

  /** With the draft, while there is one that can be tried. */
  async function running(trial: ServiceTrial): Promise<Running | undefined> {
    const draft = await drafts.find({ kind: 'service', id: trial.service })
    if (draft?.settings?.kind !== 'service') return undefined
    const issuer = `${options.issuer}${issuerPath(trial.service, trial.key)}`
    return { trial, issuer, edit: draft.edit, service: draft.settings.service }
  }

  /** Posts a logout token and writes down what became of it. */
  async function tellLogout({ trial, issuer, edit, service }: Running, sid: string): Promise<void> {
    const address = service.backchannelLogoutUri
    if (address === undefined) return
    const key = await keyOf(trial, service.idTokenAlg)
    const now = clock.now()
    const token = await logoutToken({ issuer, audience: service.id, subject: trial.subject, sid, key, now })
    const answer = await postLogoutToken(fetch, address, token)
    await records.note(trial, edit, [judgeBackchannel(answer, logoutAnswer(answer))])
  }

  return {
    at,
    async begin(service) {
      const now = clock.now()
      await records.begin({
        service,
        key: randomBytes(16).toString('base64url'),
        subject: newSecret(),
        begunAt: now,
        expiresAt: now + trialLifetime,
      })
    },
    async look(service) {
      const trial = await records.trialOf(service)
      const found = trial && (await running(trial))
      if (!trial || !found) return undefined
      const seen = await records.seen(trial, found.edit)
      const hasSession = (await records.lastSession(trial)) !== undefined
      return { ...found, lines: serviceLines(seen, found.service), hasSession }
    },
    end: records.end,
    async sendLogout(service) {
      const trial = await records.trialOf(service)
      const found = trial && (await running(trial))
      const sid = trial && (await records.lastSession(trial))
      if (!found?.service.backchannelLogoutUri || sid === undefined) return false
      await tellLogout(found, sid)
      return true
    },

    async serve(request, reply, found, { path, hold }) {
      const { engine } = await engineOf(found)
      const { raw } = request
      const { url = '' } = raw
      const query = url.includes('?') ? url.slice(url.indexOf('?')) : ''
      // The engine finds its addresses below the part of the path that is not its own.
      const baseUrl = issuerPath(found.trial.service, found.trial.key)
      Object.assign(raw, { url: `${path}${query}`, baseUrl })
      const context: EngineRequest = { visitor: () => nobody, cookies: [], grants: new Map(), captureRedirect: hold }
      await engineRequest
        .run(context, () => engine.handle(raw, reply.raw))
        .finally(() => {
          raw.url = url
        })
      if (reply.raw.writableEnded || reply.raw.headersSent) {
        reply.hijack()
        return { kind: 'answered' }
      }
      for (const name of ['location', 'content-type', 'content-length', 'content-security-policy']) {
        reply.raw.removeHeader(name)
      }
      if (context.fault !== undefined) throw context.fault
      const lines = shown.get(context) ?? []
      if (context.location) return { kind: 'held', lines, location: context.location }
      return { kind: 'refused', lines, error: context.page ?? 'internal' }
    },

    async logout(request, found) {
      const { trial, issuer, edit, service } = found
      const parameters = parametersOf(request)
      const keys = await keysOf(found)
      const asked = await readLogoutRequest(parameters, {
        issuer,
        keys: { publicJwks: () => ({ keys: keys.map(({ publicJwk }) => publicJwk) }) },
        partners: { registry: () => registryOf(service) },
      })
      const hint = asked === 'invalid' ? undefined : asked.hint
      const line = judgeLogout(
        {
          hint: parameters.id_token_hint !== undefined,
          isOwnHint: hint !== undefined,
          address: parameters.post_logout_redirect_uri,
        },
        service,
      )
      await records.note(trial, edit, [line])
      // Only who was given an id token makes the hub post something.
      if (hint?.sid !== undefined) await tellLogout(found, hint.sid)
      if (asked === 'invalid') return { kind: 'refused', lines: [line] }
      return { kind: 'left', ...(asked.returnTo === undefined ? {} : { returnTo: asked.returnTo }) }
    },
  }
}

/** Until an engine is built. */
const absent: Engine = { handle: async () => {} }

/** A trial is not bound to a browser, and asks nothing of one. */
const nobody: Visitor = {
  browser: undefined,
  session: undefined,
  device: undefined,
  language: 'en',
  address: '',
  port: 0,
}

const registries = new WeakMap<Service, Registry>()

/** All that there is in a trial: the one service. */
function registryOf(service: Service): Registry {
  const known = registries.get(service)
  if (known) return known
  const made: Registry = { version: 0, services: new Map([[service.id, service]]), providers: new Map() }
  registries.set(service, made)
  return made
}

/** Bits of a key that signs for two hours. */
const rsaBits = 2048

async function newKey(alg: Extract<Algorithm, 'ES256' | 'RS256'>, now: number): Promise<Key> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: rsaBits })
  const jwk = await exportJWK(privateKey)
  const id = newId('key')
  const named = { kid: id, alg, use: 'sig' }
  return {
    id,
    purpose: 'id-token',
    alg,
    state: 'active',
    publicJwk: { ...publicPart(jwk), ...named },
    privateJwk: { ...jwk, ...named },
    createdAt: now,
    activeFrom: now,
  }
}

function publicPart({ kty, crv, x, y, n, e }: JWK): JWK {
  return { kty, ...(kty === 'EC' ? { crv, x, y } : { n, e }) } as JWK
}
