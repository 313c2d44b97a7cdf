/**
 * What partners tell the hub, as security events: where these come from (`sources`, which a partner's program registers),
 * how they are received (pushed, RFC 8935, or fetched, RFC 8936), and what follows. An event about a subject of theirs
 * opens a case, or is an answer to one that is open; no subject that is unknown is told apart from one that is known.
 *
 * Each event counts once. What comes again as it was is taken for what it is, a transmitter that did not hear the answer,
 * and nothing follows of it; another event under the same `jti` is refused.
 */
import { createLocalJWKSet, type JSONWebKeySet, errors as joseErrors } from 'jose'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Cases, Party } from '../cases/cases.ts'
import type { OutboundFetch } from '../http/outbound.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { newId, newSecret, type SourceId } from '../kernel/ids.ts'
import { deriveKey, hashSecret, keyedHash, sameSecret, seal, unseal } from '../kernel/secrets.ts'
import { isGateway, isOidc, type Partners } from '../partners/partners.ts'
import type { Measure, Side } from '../policy/case-flow.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { eventTypes, theftReportType } from './events.ts'
import { isObject, type KeySet, longestWait, type ReadSet, type Refusal, readSet, refusals } from './sets.ts'
import * as store from './store.ts'
import { type PartyProgram, wordOf } from './transmitter.ts'

export interface Source {
  id: SourceId
  side: Side
  object: string
  issuer: string
  audience: string
  /** Their keys: how many stand here, or where they are read. */
  keys: { held: number } | { uri: string }
  method: store.Delivery
  /** Of a poll. */
  endpoint?: string
  createdAt: Instant
  /** Since it was registered. `replayed`: what came again, and counted for nothing. */
  counts: { accepted: number; replayed: number; refused: number }
  lastAcceptedAt?: Instant
  lastRefused?: { at: Instant; reason: string }
  lastPolledAt?: Instant
  failing?: { since: Instant; tries: number; error: string }
}

/** Judged before it comes here. */
export interface SourceRequest {
  issuer: string
  /** The hub's own issuer when absent. */
  audience?: string
  keys: { jwks: JSONWebKeySet } | { uri: string }
  delivery: { method: 'push' } | { method: 'poll'; endpoint: string; authorization?: string }
  /** A push gets another secret. */
  renew?: boolean
}

/** `secret`: what a push is to show, told once. */
export interface RegisteredSource {
  source: Source
  secret?: string
}

export type Reception =
  | { kind: 'accepted' }
  | { kind: 'refused'; refusal: Refusal }
  /** There is no such source. */
  | { kind: 'absent' }
  /** Its keys cannot be read now: the same event is taken later. */
  | { kind: 'unavailable' }

export interface Receiver {
  add(program: PartyProgram, request: SourceRequest): Promise<RegisteredSource | 'too_many'>
  sourcesOf(of: Omit<PartyProgram, 'client'>): Promise<Source[]>
  change(program: PartyProgram, source: string, request: SourceRequest): Promise<RegisteredSource | undefined>
  remove(program: PartyProgram, source: string): Promise<boolean>
  /** One event that was pushed. */
  receive(source: string, pushed: { authorization: string | undefined; token: string }): Promise<Reception>
  /** A job: fetches what waits at a partner. */
  poll(job: JobData['signals.poll']): Promise<void>
  sweep(): Promise<void>
}

export interface ReceiverOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  cases: Pick<Cases, 'openByPartner' | 'partyBySubject' | 'answer'>
  partners: Pick<Partners, 'registry'>
  issuer: string
  /** 256 bits of this room. */
  key: Buffer
  fetch: OutboundFetch
  speaksFor(program: Omit<PartyProgram, 'partner'>): Promise<boolean>
}

/** Of one service or provider. */
const mostSources = 5

/** As long as an event may be old, and some more: what is forgotten cannot come again. */
const rememberedFor = 2 * longestWait + day

/** Keys that were withdrawn are not believed for longer. */
const keysAge = 10 * minute
/** Between two readings because a token names an unknown key. */
const keysCoolDown = 30 * second
const fetchTimeout = 10 * second

const pollEvery = minute
const longestPollRetry = hour
/** For the poll of a process that died. */
const pollTime = 5 * minute
const setsOfPoll = 25
const roundsOfPoll = 20
const timeOfPoll = minute

/** Of what a partner wrote for administrators: a report is a paragraph. */
const mostReason = 500

export function createReceiver(options: ReceiverOptions): Receiver {
  const { storage, clock, audit, cases, partners, issuer, speaksFor } = options
  const { db, jobs } = storage
  const sealingKey = deriveKey(options.key, 'signals/sealed')
  const digestKey = deriveKey(options.key, 'signals/received')
  const now = () => toDate(clock.now())
  const keyCache = createKeyCache(options)
  const effects = effectsOf(issuer)

  // ── One event ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async function take(source: store.SourceRow, token: string): Promise<Reception> {
    let read: ReadSet | Refusal
    try {
      const { issuer: from, audience } = source
      read = await readSet(token, { issuer: from, audience, now: clock.now(), keys: keyCache.of(source) })
    } catch (error) {
      if (error instanceof KeysUnavailable) return { kind: 'unavailable' }
      throw error
    }
    if (typeof read === 'string') return refuse(source, read)
    const broken = subjectProblem(source, read)
    if (broken) return refuse(source, broken)
    const of = {
      source: source.id,
      jti: keyedHash(digestKey, source.id, read.jti),
      digest: keyedHash(digestKey, 'payload', token.split('.')[1] ?? ''),
    }
    const { isNew, digest, outcome } = await store.takeReceived(db, { ...of, at: now() })
    if (digest !== of.digest) return refuse(source, 'jti_reused')
    if (!isNew && outcome !== null) return again(source)
    // A process that died in between is followed by another one: what follows of an event is itself done once.
    const done = await follow(source, read)
    await storage.transaction(async (tx) => {
      if (!(await store.noteOutcome(tx, { ...of, outcome: done }))) return
      await store.countAccepted(tx, source.id, now())
      audit.append(tx, { name: 'signals.set_received', data: { source: source.id, outcome: done } })
    })
    return { kind: 'accepted' }
  }

  function again({ id: source }: store.SourceRow): Promise<Reception> {
    return storage.transaction(async (tx) => {
      await store.countReplayed(tx, source)
      audit.append(tx, { name: 'signals.set_refused', data: { source, reason: 'replayed' } })
      return { kind: 'accepted' }
    })
  }

  function refuse({ id: source }: store.SourceRow, refusal: Refusal): Promise<Reception> {
    return storage.transaction(async (tx) => {
      await store.countRefused(tx, { source, refusal, at: now() })
      // Whoever shows no secret may be anybody, and is not to fill the journal.
      if (refusal !== 'unauthenticated') {
        audit.append(tx, { name: 'signals.set_refused', data: { source, reason: refusal } })
      }
      return { kind: 'refused', refusal }
    })
  }

  /** Who issues the subjects that a partner may speak of. */
  function subjectIssuerOf({ side, object }: store.SourceRow): string | undefined {
    if (side === 'service') return issuer
    const provider = partners.registry().providers.get(object)
    return provider && (isOidc(provider) || isGateway(provider)) ? provider.connector.issuer : undefined
  }

  function subjectProblem(source: store.SourceRow, { type, subject }: ReadSet): Refusal | undefined {
    if (ofStreams.has(type)) return undefined
    if (subject.format !== 'iss_sub') return 'no_subject'
    return subject.iss === subjectIssuerOf(source) ? undefined : 'foreign_subject'
  }

  // ── What follows ──────────────────────────────────────────────────────────────────────────────────────────────────

  async function follow(source: store.SourceRow, read: ReadSet): Promise<Outcome> {
    const effect = effects[read.type]
    if (!effect || read.subject.format !== 'iss_sub') return ofStreams.has(read.type) ? 'noted' : 'unknown_event'
    const { side, object } = source
    const actor: Actor = { kind: 'api_client', id: source.client }
    const { sub: subject } = read.subject
    if (effect.measure) {
      const open = await cases.partyBySubject({ side, object, partner: source.partner }, subject)
      for (const party of open) await answer(party, { source, read, measure: effect.measure[side], actor })
      if (open.length > 0) return 'answered'
    }
    if (!effect.reports?.(read.event)) return 'noted'
    const opened = await cases.openByPartner({
      ...{ side, object, subject, actor, via: 'signal', kind: nameOf(read.type) },
      ...timesOf(read.event),
      words: wordsOf(read.event),
    })
    return opened.kind === 'opened' ? 'opened' : opened.kind === 'open_already' ? 'joined' : 'noted'
  }

  async function answer(
    party: Party,
    given: { source: store.SourceRow; read: ReadSet; measure: Measure | undefined; actor: Actor },
  ): Promise<void> {
    const { source, read, measure, actor } = given
    const { side, object, partner } = source
    const owner = { partner, only: { side, object } }
    let seen = party.version
    // Somebody of the partner may answer at the same moment.
    for (let attempt = 0; attempt < 5; attempt++) {
      const outcome = await cases.answer(party.id, owner, {
        answer: {
          measures: measure ? [measure] : [],
          ...(measure ? {} : { measuresText: nameOf(read.type) }),
          duties: measure && party.duties.some(({ duty }) => duty === 'protect') ? ['protect'] : [],
        },
        seen,
        key: `signal ${keyedHash(digestKey, source.id, read.jti)}`,
        actor,
        via: 'signal',
      })
      if (outcome.kind !== 'moved') return
      seen = outcome.party.version
    }
    throw new Error('a party of a case that moves all the time')
  }

  // ── Fetching ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async function fetchAll(source: store.SourceRow): Promise<void> {
    const end = clock.now() + timeOfPoll
    let heard: Heard = { ack: [], setErrs: {} }
    for (let round = 0; ; round++) {
      const isLast = round >= roundsOfPoll || clock.now() >= end
      const sets = await ask(source, { ...heard, maxEvents: isLast ? 0 : setsOfPoll })
      if (sets.length === 0) return
      heard = { ack: [], setErrs: {} }
      for (const [jti, token] of sets) {
        const received = await take(source, token)
        if (received.kind === 'accepted') heard.ack.push(jti)
        else if (received.kind === 'refused') heard.setErrs[jti] = errorOf(received.refusal)
        // It stays there, and comes again.
        else throw new PollFailure('keys_unavailable')
      }
    }
  }

  /** RFC 8936 section 2.4. */
  async function ask(source: store.SourceRow, request: Heard & { maxEvents: number }): Promise<[string, string][]> {
    const { endpoint, authorization_header: header } = source
    const response = await options.fetch(endpoint ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(header ? { authorization: openHeader(source.id, header) } : {}),
      },
      body: JSON.stringify({ returnImmediately: true, ...request }),
      redirect: 'manual',
      signal: AbortSignal.timeout(fetchTimeout),
    })
    if (response.status !== 200) throw new PollFailure(String(response.status))
    const body: unknown = await response.json().catch(() => undefined)
    const sets = isObject(body) ? body.sets : undefined
    if (!isObject(sets)) throw new PollFailure('malformed')
    return Object.entries(sets).map(([jti, token]) => [jti, String(token)])
  }

  const sealHeader = (id: SourceId, header: string) => seal(sealingKey, header, `source ${id}`)
  const openHeader = (id: SourceId, sealed: Buffer) => String(unseal(sealingKey, sealed, `source ${id}`))

  async function pollLater(tx: Tx, source: SourceId, at: Instant): Promise<void> {
    await jobs.enqueue(tx, 'signals.poll', { source }, { startAfter: toDate(at), key: `${source} at ${at}` })
  }

  // ── Sources ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function settingsOf(
    id: SourceId,
    request: SourceRequest,
    before?: store.SourceRow,
  ): { settings: store.SourceSettings; secret?: string } {
    const { delivery, keys, audience = issuer } = request
    const isPush = delivery.method === 'push'
    const secret = isPush && (request.renew || !before?.secret) ? newSecret() : undefined
    const authorization = isPush ? undefined : delivery.authorization
    return {
      settings: {
        issuer: request.issuer,
        audience,
        jwks: 'jwks' in keys ? keys.jwks : null,
        jwks_uri: 'uri' in keys ? keys.uri : null,
        method: delivery.method,
        secret: secret ? hashSecret(secret) : isPush ? (before?.secret ?? null) : null,
        endpoint: isPush ? null : delivery.endpoint,
        authorization_header: authorization ? sealHeader(id, authorization) : null,
        next_poll_at: isPush ? null : now(),
      },
      ...(secret ? { secret } : {}),
    }
  }

  function note(tx: Tx, program: PartyProgram, source: SourceId, change: 'added' | 'changed' | 'removed'): void {
    const { side, object, client } = program
    const actor: Actor = { kind: 'api_client', id: client }
    audit.append(tx, { name: 'signals.source_changed', data: { source, side, object, change, actor } })
  }

  async function registered(tx: Tx, id: SourceId, secret: string | undefined): Promise<RegisteredSource> {
    const row = await store.sourceById(tx, id)
    if (!row) throw new Error('a source that was just written')
    if (row.method === 'poll') await pollLater(tx, id, clock.now())
    return { source: sourceIn(row), ...(secret ? { secret } : {}) }
  }

  return {
    add: (program, request) =>
      storage.transaction(async (tx) => {
        if ((await store.sourcesOf(tx, program, { hold: true })).length >= mostSources) return 'too_many'
        const id = newId('signalSource')
        const { settings, secret } = settingsOf(id, request)
        const { client, side, object, partner } = program
        await store.insertSource(tx, { id, client, side, object, partner, ...settings, at: now() })
        note(tx, program, id, 'added')
        return registered(tx, id, secret)
      }),

    sourcesOf: async (of) => (await store.sourcesOf(db, of)).map(sourceIn),

    change: (program, id, request) =>
      storage.transaction(async (tx) => {
        const before = (await store.sourcesOf(tx, program, { hold: true })).find((source) => source.id === id)
        if (!before) return undefined
        const { settings, secret } = settingsOf(before.id, request, before)
        await store.changeSource(tx, before.id, settings)
        note(tx, program, before.id, 'changed')
        return registered(tx, before.id, secret)
      }),

    remove: (program, id) =>
      storage.transaction(async (tx) => {
        const { side, object, partner } = program
        if (!(await store.removeSource(tx, { id, side, object, partner }))) return false
        note(tx, program, id as SourceId, 'removed')
        return true
      }),

    async receive(id, { authorization = '', token }) {
      const source = await store.sourceById(db, id)
      if (source?.method !== 'push' || !source.secret) return { kind: 'absent' }
      const [, shown = ''] = /^Bearer ([\w-]{43})$/i.exec(authorization) ?? []
      if (!sameSecret(hashSecret(shown), source.secret)) return refuse(source, 'unauthenticated')
      return (await speaksFor(source)) ? take(source, token) : { kind: 'absent' }
    },

    async poll({ source: id }) {
      const at = clock.now()
      const source = await store.takePoll(db, { source: id, at: toDate(at), next: toDate(at + pollTime) })
      if (!source) return
      const failure = (await speaksFor(source))
        ? await fetchAll(source).then(() => undefined, failureOf)
        : 'program_gone'
      const pause =
        failure === undefined ? pollEvery : Math.min(longestPollRetry, pollEvery * 2 ** Math.min(source.tries, 10))
      const next = clock.now() + pause
      await storage.transaction(async (tx) => {
        await store.notePolled(tx, { source: source.id, at: now(), next: toDate(next), error: failure ?? null })
        await pollLater(tx, source.id, next)
      })
    },

    async sweep() {
      await store.forgetReceived(db, toDate(clock.now() - rememberedFor))
      const due = await store.dueSources(db, now())
      if (due.length === 0) return
      await storage.transaction(async (tx) => {
        for (const source of due) await pollLater(tx, source, clock.now())
      })
    },
  }
}

// ── What an event means ─────────────────────────────────────────────────────────────────────────────────────────────

type Outcome = 'opened' | 'joined' | 'answered' | 'noted' | 'unknown_event'

interface Effect {
  /** Where a case is open about the subject: a measure that was taken in it; undefined: it is written in words. */
  measure?: Record<Side, Measure | undefined>
  /** Else, or besides: a report. */
  reports?: (event: Record<string, unknown>) => boolean
}

const always = () => true

function effectsOf(issuer: string): Readonly<Record<string, Effect | undefined>> {
  const ended: Effect = { measure: { provider: 'sessions_ended', service: 'sessions_ended' } }
  const reset: Effect = { measure: { provider: 'factors_reset', service: 'checks_reinforced' } }
  return {
    [eventTypes.accountDisabled]: {
      measure: { provider: 'account_blocked', service: 'account_blocked' },
      // The other reason of the list, and none of a person: accounts that were made in bulk.
      reports: ({ reason }) => reason !== 'bulk-account',
    },
    [eventTypes.sessionsRevoked]: { ...ended, reports: always },
    // Services end sessions every day, for all kinds of reasons.
    [eventTypes.sessionRevoked]: ended,
    [eventTypes.credentialCompromise]: { reports: always },
    [eventTypes.riskLevelChange]: {
      reports: ({ principal, current_level: level }) => level === 'HIGH' && (principal ?? 'USER') === 'USER',
    },
    [theftReportType(issuer)]: { reports: always },
    [eventTypes.credentialChange]: reset,
    [eventTypes.credentialChangeRequired]: reset,
    [eventTypes.accountEnabled]: { measure: { provider: undefined, service: undefined } },
  }
}

/** About a stream, not about somebody. */
const ofStreams: ReadonlySet<string> = new Set([eventTypes.verification, eventTypes.streamUpdated])

const nameOf = (type: string) => type.slice(type.lastIndexOf('/') + 1)

/** Of the language map that administrators read. */
function wordsOf({ reason_admin: reason }: Record<string, unknown>): string {
  if (!isObject(reason)) return ''
  const texts = [reason.fr, reason.en, ...Object.values(reason)].filter((text) => typeof text === 'string')
  return (texts[0] ?? '').slice(0, mostReason)
}

/** The connections that a report names: from the first to the last. */
function timesOf(event: Record<string, unknown>): { from?: Instant; until?: Instant } {
  const times = [event.connection_time, event.connection_times]
    .flat()
    .filter((time) => typeof time === 'number' && Number.isSafeInteger(time) && time > 0) as number[]
  if (times.length === 0) return {}
  // Whole seconds on the wire.
  return { from: Math.min(...times) * second, until: Math.max(...times) * second + second }
}

interface Heard {
  ack: string[]
  setErrs: Record<string, { err: string; description: string }>
}

/** As it is told to a transmitter. */
export function errorOf(refusal: Refusal): { err: string; description: string } {
  const [err, description] = refusals[refusal]
  return { err, description }
}

class PollFailure extends Error {
  override readonly name = 'PollFailure'
  readonly word: string

  constructor(word: string) {
    super(word)
    this.word = word
  }
}

function failureOf(error: unknown): string {
  if (error instanceof PollFailure) return error.word
  if (isObject(error) && 'kind' in error) return wordOf(error.kind)
  if (error instanceof Error && error.name === 'TimeoutError') return 'timeout'
  throw error
}

function sourceIn(row: store.SourceRow): Source {
  const { id, side, object, issuer, audience, method, accepted, replayed, refused } = row
  return {
    ...{ id, side, object, issuer, audience, method },
    keys: row.jwks_uri === null ? { held: row.jwks?.keys.length ?? 0 } : { uri: row.jwks_uri },
    ...(row.endpoint === null ? {} : { endpoint: row.endpoint }),
    createdAt: row.created_at.getTime(),
    counts: { accepted, replayed, refused },
    ...(row.accepted_at ? { lastAcceptedAt: row.accepted_at.getTime() } : {}),
    ...(row.refused_at && row.refusal ? { lastRefused: { at: row.refused_at.getTime(), reason: row.refusal } } : {}),
    ...(row.polled_at ? { lastPolledAt: row.polled_at.getTime() } : {}),
    ...(row.failing_since && row.last_error
      ? { failing: { since: row.failing_since.getTime(), tries: row.tries, error: row.last_error } }
      : {}),
  }
}

// ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────

class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

/** The keys of sources, read again when they are old, or a token names one that is not among them. */
function createKeyCache({ clock, fetch: ask }: Pick<ReceiverOptions, 'clock'> & { fetch: OutboundFetch }) {
  const read = new Map<string, { keys: ReturnType<typeof createLocalJWKSet>; at: Instant }>()

  async function readAt(uri: string) {
    try {
      const response = await ask(uri, {
        headers: { accept: 'application/jwk-set+json, application/json' },
        redirect: 'manual',
        signal: AbortSignal.timeout(fetchTimeout),
      })
      if (response.status !== 200) throw new KeysUnavailable(String(response.status))
      const found = { keys: createLocalJWKSet((await response.json()) as JSONWebKeySet), at: clock.now() }
      read.set(uri, found)
      return found
    } catch (cause) {
      throw cause instanceof KeysUnavailable ? cause : new KeysUnavailable('keys cannot be read', { cause })
    }
  }

  async function kept(uri: string) {
    const known = read.get(uri)
    return known && clock.now() - known.at < keysAge ? known : readAt(uri)
  }

  return {
    of({ jwks, jwks_uri: uri }: store.SourceRow): KeySet {
      if (uri === null) return createLocalJWKSet(jwks ?? { keys: [] })
      return async (header, token) => {
        const found = await kept(uri)
        try {
          return await found.keys(header, token)
        } catch (error) {
          const isUnknown = error instanceof joseErrors.JWKSNoMatchingKey
          if (!isUnknown || clock.now() - found.at < keysCoolDown) throw error
          return (await readAt(uri)).keys(header, token)
        }
      }
    },
  }
}
