/**
 * What partners' programs are told of cases and of mandates, as security events (Shared Signals Framework 1.0): their
 * streams, the queue of what waits on each, sending (RFC 8935) and handing out (RFC 8936). Which fact is told to whom stands
 * in `events.ts` and `mandate-events.ts`.
 *
 * A set in the queue names a party of a case or a mandate, and a kind, nothing more. What it says is put together and signed
 * when it leaves, from what the receiver may know: so nothing of a person rests here, a key that was rotated meanwhile signs nothing,
 * and of who is erased nothing is told. On each stream sets leave in the order of the facts, and the next one waits for the
 * one before. A receiver that is down loses nothing for 14 days.
 */
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Case, Cases, Party } from '../cases/cases.ts'
import type { Organisations } from '../directory/organisations.ts'
import type { OutboundFetch } from '../http/outbound.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import {
  type ApiClientId,
  type CaseId,
  type MandateId,
  newId,
  type PartyId,
  type PersonId,
  type SetId,
  type StreamId,
} from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import { deriveKey, keyedHash, seal, unseal } from '../kernel/secrets.ts'
import type { Keys } from '../keys/keys.ts'
import type { Mandates, MandateView } from '../mandates/mandates.ts'
import type { People } from '../people/people.ts'
import type { Side } from '../policy/case-flow.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import {
  eventOf,
  type Initiator,
  initiatorOf,
  type Occasion,
  occasions,
  offeredTypes,
  type SignalDetail,
  type SignalKind,
  type StreamReason,
  signalsFor,
  streamReasons,
  toldBy,
  typeOf,
} from './events.ts'
import { isMandateSignal, type MandateSignal, mandateEventOf, mandateSignalOf } from './mandate-events.ts'
import { isObject, longestWait, type SetClaims, type SubjectIdentifier, signSet } from './sets.ts'
import * as store from './store.ts'

export type { Delivery, StreamStatus } from './store.ts'

/** A program of a partner, and the one service or provider that it speaks for. */
export interface PartyProgram {
  client: ApiClientId
  side: Side
  object: string
  partner: string
}

export interface Stream {
  id: StreamId
  client: ApiClientId
  side: Side
  object: string
  method: store.Delivery
  /** Of a push. Whether a header goes with it, which is never given back. */
  endpoint?: string
  hasAuthorization: boolean
  /** Types of events; all that are offered when the receiver named none. */
  requested?: readonly string[]
  offered: readonly string[]
  delivered: readonly string[]
  description?: string
  status: store.StreamStatus
  reason?: string
}

/** As a receiver gives it; judged before it comes here, but for what only this room knows. */
export interface StreamRequest {
  delivery?: { method: 'push'; endpoint: string; authorization?: string } | { method: 'poll' }
  /** Null takes it away. */
  requested?: readonly string[] | null
  description?: string | null
}

export interface StreamHealth extends Stream {
  createdAt: Instant
  /** When the receiver last asked for something. */
  seenAt: Instant
  waiting: number
  oldestWaitingAt?: Instant
  /** Refused by the receiver, or never taken in time: kept for a person to look at. */
  dead: number
  /** What came, or waited, while it was disabled. */
  dropped: number
  lastDeliveredAt?: Instant
  /** Of a push that does not get through. `error`: an HTTP status, or a word. */
  failing?: { since: Instant; tries: number; error: string; nextTryAt?: Instant }
}

/** A service or provider; with its partner, without what it was told while it was another's. */
export interface ObjectOf {
  side: Side
  object: string
  partner?: string
}

export interface DeadSet {
  set: SetId
  kind: string
  party?: PartyId
  at: Instant
  settledAt: Instant
  how: 'refused' | 'expired'
  /** What the receiver said, as RFC 8935 has it. */
  error?: string
}

export interface PollRequest {
  ack: readonly string[]
  /** By jti. */
  setErrs: readonly { jti: string; err: string }[]
  maxEvents: number
  /** Where nothing waits: until something comes, or this is aborted, or for 20 seconds. */
  wait?: AbortSignal
}

export interface Transmitter {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /** Jobs. */
  plan(job: JobData['signals.plan']): Promise<void>
  deliver(job: JobData['signals.deliver']): Promise<void>
  /**
   * Gives up what waited too long, pauses streams that nobody polls, removes those of programs that are no more, forgets
   * what is over, wakes what was forgotten. A job calls it.
   */
  sweep(): Promise<void>

  // ── Of the receiver: another's stream is absent ───────────────────────────────────────────────────────────────────

  create(program: PartyProgram, request: StreamRequest): Promise<Stream | 'exists'>
  streamsOf(program: PartyProgram): Promise<Stream[]>
  find(program: PartyProgram, stream: string): Promise<Stream | undefined>
  /** `replace`: what is not given is taken away. */
  change(
    program: PartyProgram,
    stream: string,
    request: StreamRequest,
    options: { replace: boolean },
  ): Promise<Stream | undefined>
  remove(program: PartyProgram, stream: string): Promise<boolean>
  /** `disabled` drops what waits. */
  setStatus(
    program: PartyProgram,
    stream: string,
    to: { status: store.StreamStatus; reason?: string },
  ): Promise<Stream | undefined>
  /** Whether the subject is anybody is not told. */
  setWanted(
    program: PartyProgram,
    stream: string,
    subject: SubjectIdentifier,
    wanted: boolean,
  ): Promise<'done' | 'absent' | 'too_many'>
  verify(program: PartyProgram, stream: string, state?: string): Promise<'done' | 'absent' | 'too_soon' | 'disabled'>
  /** Hands out what waits, in order; it stays until it is acknowledged. */
  poll(
    program: PartyProgram,
    stream: string,
    request: PollRequest,
  ): Promise<{ sets: { jti: string; token: string }[]; more: boolean } | undefined>

  // ── For the desk and the console ──────────────────────────────────────────────────────────────────────────────────

  /** Of a service or provider. */
  healthOf(object: ObjectOf): Promise<StreamHealth[]>
  /** Of all. */
  health(): Promise<StreamHealth[]>
  /** The newest first. */
  deadSets(object: ObjectOf, stream: string, page: { limit: number; before?: Instant }): Promise<DeadSet[] | undefined>
  /** One of these waits again, at its place; false when it is none. */
  revive(object: ObjectOf, stream: string, set: string): Promise<boolean>
  /** Ends those that wait for something to hand out. */
  release(): void
  close(): Promise<void>
}

export interface TransmitterOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  cases: Pick<Cases, 'find' | 'ofPerson' | 'parties' | 'partyOf'>
  mandates: Pick<Mandates, 'byId'>
  organisations: Pick<Organisations, 'named'>
  people: Pick<People, 'standingOf'>
  keys: Pick<Keys, 'active'>
  issuer: string
  /** 256 bits of this room. */
  key: Buffer
  /** Judged by `http/outbound.ts`. */
  fetch: OutboundFetch
  /** Does the program still speak for that service or provider? */
  speaksFor(program: Omit<PartyProgram, 'partner'>): Promise<boolean>
  /** Milliseconds for which is kept what became of a set. */
  retention: number
}

/** Between two requests for a verification. */
export const verificationInterval = minute
/** A stream that nobody polls for so long is paused. */
export const inactivityTimeout = 30 * day
/** Subjects that one receiver wants to hear nothing of. */
const mostUnwanted = 10_000

/** A receiver answers after it has written the set down. */
const answerTimeout = 10 * second
/** A set that is being sent by a process that died is sent by another one after this time. */
const senderTime = minute
/** Of one job; what is left gets another one. */
const setsOfJob = 100
const timeOfJob = minute

/** After the first failure, then twice that each time. */
const firstRetry = 10 * second
const longestRetry = hour
/** A receiver may ask for more patience (`Retry-After`), up to this. */
const longestPause = day

export const mostPolled = 100
/** "long polling" (RFC 8936 section 2.4). */
const longestPoll = 20 * second
/** Of one process: each holds a socket, and nothing of the database. */
const mostWaiters = 500

const signing = { purpose: 'id-token', alg: 'RS256' } as const

export async function createTransmitter(options: TransmitterOptions): Promise<Transmitter> {
  const { storage, clock, audit, cases, mandates, organisations, people, keys, issuer, speaksFor } = options
  const { db, jobs } = storage
  const sealingKey = deriveKey(options.key, 'signals/sealed')
  const subjectKey = deriveKey(options.key, 'signals/subjects')
  const now = () => toDate(clock.now())
  const waiters = new Map<string, () => void>()
  const stopListening = await storage.listen('garant_signals', (stream) => {
    if (stream === '') release()
    else waiters.get(stream)?.()
  })

  function release(): void {
    for (const wake of waiters.values()) wake()
  }

  // ── From a fact to sets ───────────────────────────────────────────────────────────────────────────────────────────

  function plannedBy(fact: Recorded): JobData['signals.plan'] | undefined {
    const { name, data, sequence, at } = fact
    const ofMandate = mandateSignalOf(fact)
    if (!ofMandate && !isOccasion(name)) return undefined
    const about = data as AboutSomebody
    const base = { fact: String(sequence), at, by: initiatorOf(about.actor) }
    if (ofMandate) {
      const { kind: on, mandate, services: objects } = ofMandate
      return { ...base, on, mandate, objects }
    }
    // Whoever leaves of their own accord, or stays away, is no affair of partners.
    if (name === 'session.ended' && (about.reason !== 'revoked' || about.services?.length === 0)) return undefined
    const { case: id, party, person } = about
    const objects = about.services ?? about.providers
    return {
      ...base,
      on: name,
      ...(id ? { case: id } : {}),
      ...(party ? { party } : {}),
      ...(person ? { person } : {}),
      ...(objects ? { objects } : {}),
    }
  }

  async function plan(job: JobData['signals.plan']): Promise<void> {
    if (job.mandate) return planMandate(job, job.mandate as MandateId)
    const about = job.case ? await cases.find(job.case as CaseId) : undefined
    const concerned = job.party
      ? [await cases.partyOf(job.party as PartyId)].filter((one) => one !== undefined)
      : job.case
        ? await cases.parties(job.case as CaseId)
        : await partiesOfPerson(job.person as PersonId)
    for (const party of concerned) await planFor(job, party, about ?? (await cases.find(party.case)))
  }

  async function partiesOfPerson(person: PersonId): Promise<Party[]> {
    const found: Party[] = []
    for (const about of await cases.ofPerson(person)) {
      if (about.person === person) found.push(...(await cases.parties(about.id)))
    }
    return found
  }

  async function planFor(job: JobData['signals.plan'], party: Party, about: Case | undefined): Promise<void> {
    if (party.subject === '' || !about?.person) return
    const streams = await store.streamsOf(db, { side: party.side, object: party.object })
    if (streams.length === 0) return
    const { frozen, isBlocked } = await people.standingOf(about.person)
    const occasion = job.on as Occasion
    const present = {
      side: party.side,
      concerned: job.objects === undefined || job.objects.includes(party.object),
      stopped: frozen || (party.side === 'provider' && isBlocked(party.object)),
      over: party.closedAt !== undefined,
      ...(party.verdict ? { verdict: party.verdict } : {}),
      ...(about.stolen ? { stolen: about.stolen } : {}),
    }
    for (const stream of streams) {
      if (!(await speaksFor(stream))) {
        await disable(stream)
        continue
      }
      const told = toldBy(await store.toldOf(db, { stream: stream.id, party: party.id }))
      const situation = { ...present, told }
      const what = signalsFor(occasion, situation).map((kind) => {
        const credential = kind === 'credential_compromise' ? situation.stolen : undefined
        return { kind, detail: { occasion, ...(credential ? { credential } : {}) } }
      })
      await queue(job, { stream, subject: subjectOf(party), about: { party: party.id, mandate: null }, what })
    }
  }

  /** To each service in its scope that has somebody who listens. */
  async function planMandate(job: JobData['signals.plan'], mandate: MandateId): Promise<void> {
    const subject = await subjectOfMandate(await mandates.byId(mandate))
    if (!subject) return
    const what = [{ kind: job.on as MandateSignal, detail: {} }]
    for (const object of job.objects ?? []) {
      for (const stream of await store.streamsOf(db, { side: 'service', object })) {
        if (await speaksFor(stream)) await queue(job, { stream, subject, about: { party: null, mandate }, what })
        else await disable(stream)
      }
    }
  }

  async function queue(
    job: JobData['signals.plan'],
    given: {
      stream: store.StreamRow
      subject: SubjectIdentifier
      about: Pick<store.SetRow, 'party' | 'mandate'>
      what: { kind: SignalKind | MandateSignal; detail: SignalDetail }[]
    },
  ): Promise<void> {
    const { stream, subject, about } = given
    const what = given.what.filter(({ kind }) => delivers(stream, kind))
    if (what.length === 0 || (await store.isUnwanted(db, stream.id, digestOf(subject)))) return
    const at = clock.now()
    const sets = what.map(
      (one, turn): store.NewSet => ({
        id: newId('signalSet'),
        stream: stream.id,
        place: job.fact,
        turn,
        ...one,
        ...about,
        at: toDate(job.at),
        initiator: job.by as Initiator,
        queued_at: toDate(at),
        echo: null,
        // "will not hold any events for later transmission" (SSF 1.0 section 8.1.2.1).
        state: stream.status === 'disabled' ? 'dropped' : 'waiting',
      }),
    )
    await storage.transaction(async (tx) => {
      const written = new Set(await store.insertSets(tx, sets))
      const fresh = sets.filter(({ id }) => written.has(id))
      for (const set of fresh) if (set.state === 'dropped') noteSettled(tx, stream.id, set, 'dropped')
      if (fresh.some(({ state }) => state === 'waiting')) await wake(tx, stream)
    })
  }

  /** Somebody is to look at the stream: whoever polls, or a job. */
  async function wake(tx: Tx, { id, method }: Pick<store.StreamRow, 'id' | 'method'>, { key = id as string } = {}) {
    if (method === 'poll') await storage.notify(tx, 'garant_signals', id)
    else await jobs.enqueue(tx, 'signals.deliver', { stream: id }, { key })
  }

  function delivers(stream: store.StreamRow, kind: SignalKind | MandateSignal): boolean {
    return stream.events === null || stream.events.includes(typeOf(kind, issuer))
  }

  function noteSettled(
    tx: Tx,
    stream: StreamId,
    { id, party, kind }: Pick<store.SetRow, 'id' | 'party' | 'kind'>,
    outcome: Exclude<store.SetState, 'waiting'>,
  ): void {
    audit.append(tx, { name: 'signals.set_settled', data: { set: id, stream, party, event: kind, outcome } })
  }

  async function settle(
    tx: Tx,
    given: Omit<Parameters<typeof store.settleSets>[1], 'at'>,
  ): Promise<Pick<store.SetRow, 'id'>[]> {
    const settled = await store.settleSets(tx, { ...given, at: now() })
    for (const set of settled) noteSettled(tx, given.stream, set, given.to)
    return settled
  }

  // ── What a set says ───────────────────────────────────────────────────────────────────────────────────────────────

  const subjectOf = ({ issuer: iss, subject: sub }: Party): SubjectIdentifier => ({ format: 'iss_sub', iss, sub })
  /** The organisation, by the `sub` that it has in mandate tokens. */
  async function subjectOfMandate(view: MandateView | undefined): Promise<SubjectIdentifier | undefined> {
    const principal = view && (await organisations.named([view.principal])).get(view.principal)
    return principal && { format: 'iss_sub', iss: issuer, sub: principal.subject }
  }
  const digestOf = (subject: SubjectIdentifier) =>
    keyedHash(subjectKey, 'subject', JSON.stringify(Object.entries(subject).sort()))

  /** Nothing when there is nobody left of whom it could be told. */
  async function claimsOf(set: store.SetRow, stream: store.StreamRow): Promise<SetClaims | undefined> {
    const common = { iss: issuer, jti: set.id, iat: set.queued_at.getTime(), aud: stream.client }
    const { kind, initiator, at } = set
    if (set.mandate !== null && isMandateSignal(kind)) {
      const view = await mandates.byId(set.mandate)
      const subject = await subjectOfMandate(view)
      if (!view || !subject) return undefined
      const event = mandateEventOf({ kind, at: at.getTime(), initiator }, view, stream.object)
      return { ...common, txn: set.id, subject, type: typeOf(kind, issuer), event }
    }
    if (set.party === null) {
      const event = ofStream(set)
      const subject = { format: 'opaque', id: stream.id } as const
      return { ...common, txn: set.id, subject, type: typeOf(kind, issuer), event }
    }
    const party = await cases.partyOf(set.party)
    if (!party || party.subject === '' || party.side !== stream.side || party.object !== stream.object) return undefined
    const told = { kind: kind as SignalKind, at: at.getTime(), initiator, detail: set.detail }
    return {
      ...common,
      txn: party.txn,
      subject: subjectOf(party),
      type: typeOf(kind, issuer),
      event: eventOf(told, party),
    }
  }

  function ofStream({ id, detail, echo }: store.SetRow): Record<string, unknown> {
    if (detail.status) {
      return { status: detail.status, ...(detail.reason ? { reason: streamReasons[detail.reason] } : {}) }
    }
    return echo ? { state: String(unseal(sealingKey, echo, `set ${id}`)) } : {}
  }

  function sign(claims: SetClaims): Promise<string> {
    return signSet(claims, keys.active(signing.purpose, signing.alg))
  }

  // ── Push ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function deliver({ stream: id }: JobData['signals.deliver']): Promise<void> {
    const sender = randomBytes(12).toString('base64url')
    const end = clock.now() + timeOfJob
    for (let sent = 0; ; sent++) {
      const at = clock.now()
      const stream = await store.takeStream(db, { stream: id, sender, at: toDate(at), until: toDate(at + senderTime) })
      if (!stream) return comeBack(id)
      const isLast = sent >= setsOfJob || at >= end
      if (isLast || !(await sendNext(stream))) return leave(stream, sender)
    }
  }

  /** Sends one. False when nothing waits, or the receiver is to be left alone for a while. */
  async function sendNext(stream: store.StreamRow): Promise<boolean> {
    if (stream.next_try_at && stream.next_try_at.getTime() > clock.now()) return false
    if (!(await speaksFor(stream))) {
      await disable(stream)
      return false
    }
    const of = { stream: stream.id, ofStream: stream.status === 'paused', limit: 1 }
    const [set] = await store.waitingSets(db, of)
    if (!set) return false
    const claims = await claimsOf(set, stream)
    if (!claims) {
      await storage.transaction((tx) => settle(tx, { stream: stream.id, sets: [set.id], to: 'dropped' }))
      return true
    }
    const answer = decideAnswer(await push(stream, await sign(claims)))
    if (answer.kind === 'failed') {
      await fail(stream, answer)
      return false
    }
    await storage.transaction(async (tx) => {
      const to = answer.kind === 'taken' ? 'delivered' : 'refused'
      await settle(tx, { stream: stream.id, sets: [set.id], to, ...('err' in answer ? { error: answer.err } : {}) })
      await store.noteDelivered(tx, stream.id, now())
    })
    return true
  }

  async function push(stream: store.StreamRow, token: string): Promise<PushAnswer> {
    const authorization = stream.authorization_header && openHeader(stream.id, stream.authorization_header)
    try {
      const response = await options.fetch(stream.endpoint ?? '', {
        method: 'POST',
        headers: {
          'content-type': 'application/secevent+jwt',
          accept: 'application/json',
          ...(authorization ? { authorization } : {}),
        },
        body: token,
        // The set is for the registered address only.
        redirect: 'manual',
        signal: AbortSignal.timeout(answerTimeout),
      })
      const retryAfter = response.headers.get('retry-after') ?? undefined
      const body = response.status === 400 ? await response.text() : undefined
      if (body === undefined) await response.body?.cancel()
      return { status: response.status, ...(body === undefined ? {} : { body }), ...(retryAfter ? { retryAfter } : {}) }
    } catch (error) {
      const kind = isObject(error) && 'kind' in error ? error.kind : undefined
      return { status: typeof kind === 'string' ? kind : error instanceof Error ? error.name : 'unknown' }
    }
  }

  async function fail(stream: store.StreamRow, { error, retryAfter }: Extract<Answer, { kind: 'failed' }>) {
    const at = clock.now()
    const own = Math.min(longestRetry, firstRetry * 2 ** Math.min(stream.tries, 20))
    const asked = Math.min(longestPause, pauseIn(retryAfter, at) ?? 0)
    const nextTryAt = toDate(at + Math.max(own, asked))
    await storage.transaction(async (tx) => {
      await store.noteFailed(tx, { stream: stream.id, error, at: toDate(at), nextTryAt })
      const key = `${stream.id} at ${nextTryAt.getTime()}`
      await jobs.enqueue(tx, 'signals.deliver', { stream: stream.id }, { startAfter: nextTryAt, key })
    })
  }

  /** What came while it was taken is seen to now: whoever brought it found the stream taken. */
  async function leave(stream: store.StreamRow, sender: string): Promise<void> {
    await store.leaveStream(db, { stream: stream.id, sender })
    const [due] = await store.dueStreams(db, now(), stream.id)
    if (due) await storage.transaction((tx) => wake(tx, stream))
  }

  /** Another process has it: it is looked at again when that one must be done with it, should it have died. */
  async function comeBack(id: string): Promise<void> {
    const until = await store.takenUntil(db, id)
    if (!until || until.getTime() <= clock.now()) return
    await storage.transaction((tx) =>
      jobs.enqueue(tx, 'signals.deliver', { stream: id }, { startAfter: until, key: `${id} at ${until.getTime()}` }),
    )
  }

  /** The program is gone, or speaks for nobody any more: there is no receiver who could be told. */
  async function disable(stream: store.StreamRow): Promise<void> {
    if (stream.status === 'disabled') return
    await storage.transaction(async (tx) => {
      await store.setStatus(tx, stream.id, { status: 'disabled', reason: null })
      noteChange(tx, stream, 'disabled', { kind: 'hub' })
      await settle(tx, { stream: stream.id, sets: 'all', to: 'dropped' })
    })
  }

  // ── Streams ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function noteChange(
    tx: Tx,
    { id, side, object }: Pick<store.StreamRow, 'id' | 'side' | 'object'>,
    change: 'created' | 'changed' | 'enabled' | 'paused' | 'disabled' | 'removed',
    actor: Actor,
  ): void {
    audit.append(tx, { name: 'signals.stream_changed', data: { stream: id, side, object, change, actor } })
  }

  const sealHeader = (id: StreamId, header: string) => seal(sealingKey, header, `stream ${id}`)
  const openHeader = (id: StreamId, sealed: Buffer) => String(unseal(sealingKey, sealed, `stream ${id}`))

  function settingsOf(id: StreamId, request: StreamRequest, before?: store.StreamSettings): store.StreamSettings {
    const { delivery, requested, description } = request
    // "MUST assume that the method is urn:ietf:rfc:8936 (poll)" (SSF 1.0 section 8.1.1.1).
    const given = delivery ?? (before ? undefined : { method: 'poll' as const })
    const isPush = given?.method === 'push'
    const where = given
      ? {
          method: given.method,
          endpoint: isPush ? given.endpoint : null,
          authorization_header: isPush && given.authorization ? sealHeader(id, given.authorization) : null,
        }
      : (before ?? { method: 'poll' as const, endpoint: null, authorization_header: null })
    return {
      method: where.method,
      endpoint: where.endpoint,
      authorization_header: where.authorization_header,
      events: requested === undefined ? (before?.events ?? null) : requested && [...requested],
      description: description === undefined ? (before?.description ?? null) : description,
    }
  }

  function streamIn(row: store.StreamRow): Stream {
    const offered = offeredTypes(row.side, issuer)
    return {
      id: row.id,
      client: row.client,
      side: row.side,
      object: row.object,
      method: row.method,
      ...(row.endpoint === null ? {} : { endpoint: row.endpoint }),
      hasAuthorization: row.authorization_header !== null,
      ...(row.events === null ? {} : { requested: row.events }),
      offered,
      delivered: row.events === null ? offered : offered.filter((type) => row.events?.includes(type)),
      ...(row.description === null ? {} : { description: row.description }),
      status: row.status,
      ...(row.reason === null ? {} : { reason: row.reason }),
    }
  }

  const actorOf = ({ client }: PartyProgram): Actor => ({ kind: 'api_client', id: client })

  /** In one transaction with the stream held; nothing when it is not the program's. */
  async function withStream<T>(
    program: PartyProgram,
    id: string,
    work: (tx: Tx, stream: store.StreamRow) => Promise<T>,
  ): Promise<T | undefined> {
    return storage.transaction(async (tx) => {
      const stream = await store.streamOfClient(tx, { id, client: program.client }, { hold: true })
      if (!stream) return undefined
      await store.noteSeen(tx, stream.id, now())
      return work(tx, stream)
    })
  }

  /** What the hub has to say of the stream itself comes after all that waits. */
  async function say(
    tx: Tx,
    stream: StreamId,
    given: { kind: 'verification' | 'stream_updated'; initiator: Initiator; detail: SignalDetail; state?: string },
  ): Promise<void> {
    const at = now()
    // An id that told the instant would be the same for all receivers of a case, to the millisecond.
    const id = newId('signalSet')
    await store.insertSets(tx, [
      {
        id,
        stream,
        place: await store.lastPlace(tx, stream),
        turn: afterFacts,
        kind: given.kind,
        party: null,
        mandate: null,
        at,
        initiator: given.initiator,
        queued_at: at,
        detail: given.detail,
        echo: given.state === undefined ? null : seal(sealingKey, given.state, `set ${id}`),
        state: 'waiting',
      },
    ])
  }

  // ── Poll ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function handOut(stream: store.StreamRow, maxEvents: number) {
    if (stream.status === 'disabled' || stream.method !== 'poll') return { sets: [], more: false }
    const of = { stream: stream.id, ofStream: stream.status === 'paused' }
    const waiting = await store.waitingSets(db, { ...of, limit: maxEvents + 1 })
    const sets: { jti: string; token: string }[] = []
    const gone: SetId[] = []
    for (const set of waiting.slice(0, maxEvents)) {
      const claims = await claimsOf(set, stream)
      if (claims) sets.push({ jti: set.id, token: await sign(claims) })
      else gone.push(set.id)
    }
    if (gone.length > 0) {
      await storage.transaction((tx) => settle(tx, { stream: stream.id, sets: gone, to: 'dropped' }))
    }
    return { sets, more: waiting.length > maxEvents }
  }

  /** Resolves when something came for the stream, or there is no more waiting. One waits on a stream at a time. */
  function something(stream: StreamId, aborted: AbortSignal): { came: Promise<void>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiters.get(stream)?.()
    const timer = setTimeout(resolve, longestPoll)
    const stop = () => {
      clearTimeout(timer)
      aborted.removeEventListener('abort', stop)
      if (waiters.get(stream) === stop) waiters.delete(stream)
      resolve()
    }
    aborted.addEventListener('abort', stop)
    waiters.set(stream, stop)
    return { came: promise, stop }
  }

  // ── Health ────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function healthIn(rows: readonly store.StreamRow[]): Promise<StreamHealth[]> {
    if (rows.length === 0) return []
    const counts = new Map(
      (
        await store.countSets(
          db,
          rows.map(({ id }) => id),
        )
      ).map((one) => [one.stream, one]),
    )
    return rows.map((row) => {
      const { waiting = 0, refused = 0, expired = 0, dropped = 0, oldest = null } = counts.get(row.id) ?? {}
      const { failing_since: since, last_error: error, next_try_at: next } = row
      return {
        ...streamIn(row),
        createdAt: row.created_at.getTime(),
        seenAt: row.seen_at.getTime(),
        waiting,
        ...(oldest ? { oldestWaitingAt: oldest.getTime() } : {}),
        dead: refused + expired,
        dropped,
        ...(row.delivered_at ? { lastDeliveredAt: row.delivered_at.getTime() } : {}),
        ...(since && error
          ? {
              failing: {
                since: since.getTime(),
                tries: row.tries,
                error,
                ...(next ? { nextTryAt: next.getTime() } : {}),
              },
            }
          : {}),
      }
    })
  }

  /** One of this service or provider. */
  async function streamAt(of: ObjectOf, id: string): Promise<store.StreamRow | undefined> {
    return (await store.streamsOf(db, of)).find((stream) => stream.id === id)
  }

  return {
    async reactor(facts, tx) {
      for (const job of facts.flatMap((fact) => plannedBy(fact) ?? [])) await jobs.enqueue(tx, 'signals.plan', job)
    },

    plan,
    deliver,

    async sweep() {
      const at = clock.now()
      const overdue = await store.overdueSets(db, toDate(at - longestWait))
      for (const [stream, sets] of Map.groupBy(overdue, (set) => set.stream)) {
        const ids = sets.map(({ id }) => id)
        await storage.transaction((tx) => settle(tx, { stream, sets: ids, to: 'expired' }))
      }
      for (const stream of await store.unseenStreams(db, toDate(at - inactivityTimeout))) {
        await storage.transaction(async (tx) => {
          await store.setStatus(tx, stream.id, { status: 'paused', reason: streamReasons.inactive })
          noteChange(tx, stream, 'paused', { kind: 'hub' })
          const detail = { status: 'paused', reason: 'inactive' satisfies StreamReason } as const
          await say(tx, stream.id, { kind: 'stream_updated', initiator: 'policy', detail })
        })
      }
      for (const stream of await store.leftStreams(db, toDate(at - inactivityTimeout))) {
        if (await speaksFor(stream)) continue
        await storage.transaction(async (tx) => {
          noteChange(tx, stream, 'removed', { kind: 'hub' })
          await store.removeStream(tx, stream.id)
        })
      }
      await store.forgetSets(db, toDate(at - options.retention))
      const due = await store.dueStreams(db, toDate(at))
      if (due.length === 0) return
      await storage.transaction(async (tx) => {
        for (const id of due) await wake(tx, { id, method: 'push' })
      })
    },

    async create(program, request) {
      const id = newId('signalStream')
      const { client, side, object, partner } = program
      return storage.transaction(async (tx) => {
        const settings = settingsOf(id, request)
        const isNew = await store.insertStream(tx, { id, client, side, object, partner, ...settings, at: now() })
        if (!isNew) return 'exists'
        noteChange(tx, { id, side, object }, 'created', actorOf(program))
        const row = await store.streamOfClient(tx, { id, client })
        if (!row) throw new Error('a stream that was just written')
        return streamIn(row)
      })
    },

    streamsOf: async ({ client }) => (await store.streamsOfClient(db, client)).map(streamIn),

    async find({ client }, id) {
      const row = await store.streamOfClient(db, { id, client })
      if (!row) return undefined
      await store.noteSeen(db, row.id, now())
      return streamIn(row)
    },

    change: (program, id, request, { replace }) =>
      withStream(program, id, async (tx, stream) => {
        const settings = settingsOf(stream.id, replace ? { requested: null, description: null, ...request } : request, {
          ...stream,
          // "Missing Receiver-Supplied properties MUST be interpreted as requested to be deleted" (section 8.1.1.4).
          ...(replace && !request.delivery ? { method: 'poll', endpoint: null, authorization_header: null } : {}),
        })
        await store.changeStream(tx, stream.id, settings)
        noteChange(tx, stream, 'changed', actorOf(program))
        await wake(tx, { id: stream.id, method: settings.method }, { key: `${stream.id} now` })
        return streamIn({ ...stream, ...settings })
      }),

    async remove(program, id) {
      const removed = await withStream(program, id, async (tx, stream) => {
        noteChange(tx, stream, 'removed', actorOf(program))
        await settle(tx, { stream: stream.id, sets: 'all', to: 'dropped' })
        await store.removeStream(tx, stream.id)
        return true
      })
      return removed === true
    },

    setStatus: (program, id, { status, reason = null as string | null }) =>
      withStream(program, id, async (tx, stream) => {
        await store.setStatus(tx, stream.id, { status, reason })
        if (status !== stream.status) noteChange(tx, stream, status, actorOf(program))
        if (status === 'disabled') await settle(tx, { stream: stream.id, sets: 'all', to: 'dropped' })
        if (status === 'enabled') {
          // What the hub said of a pause is over with it.
          const said = await store.waitingSets(tx, { stream: stream.id, ofStream: true, limit: mostPolled })
          await settle(tx, { stream: stream.id, sets: said.map(({ id }) => id), to: 'dropped' })
          await wake(tx, stream, { key: `${stream.id} now` })
        }
        return streamIn({ ...stream, status, reason })
      }),

    async setWanted(program, id, subject, wanted) {
      const done = await withStream(program, id, async (tx, stream) => {
        const digest = digestOf(subject)
        if (wanted) await store.removeUnwanted(tx, stream.id, digest)
        else if ((await store.countUnwanted(tx, stream.id)) >= mostUnwanted) return 'too_many'
        else await store.addUnwanted(tx, stream.id, digest)
        return 'done'
      })
      return done ?? 'absent'
    },

    async verify(program, id, state) {
      const done = await withStream(program, id, async (tx, stream) => {
        if (stream.status === 'disabled') return 'disabled'
        const at = clock.now()
        const times = { at: toDate(at), since: toDate(at - verificationInterval) }
        if (!(await store.takeVerification(tx, stream.id, times))) return 'too_soon'
        const echo = state === undefined ? {} : { state }
        await say(tx, stream.id, { kind: 'verification', initiator: 'admin', detail: {}, ...echo })
        await wake(tx, stream, { key: `${stream.id} now` })
        return 'done'
      })
      return done ?? 'absent'
    },

    async poll(program, id, { ack, setErrs, maxEvents, wait }) {
      const found = await withStream(program, id, async (tx, stream) => {
        const taken = await settle(tx, { stream: stream.id, sets: ack, to: 'delivered' })
        if (taken.length > 0) await store.noteDelivered(tx, stream.id, now())
        for (const { jti, err } of setErrs) {
          await settle(tx, { stream: stream.id, sets: [jti], to: 'refused', error: err })
        }
        return stream
      })
      if (!found || maxEvents === 0) return found && { sets: [], more: false }
      const mayWait = wait && !wait.aborted && (waiters.has(found.id) || waiters.size < mostWaiters)
      if (!mayWait) return handOut(found, maxEvents)
      // Before it looks, so that what comes in between is not missed.
      const { came, stop } = something(found.id, wait)
      try {
        const present = await handOut(found, maxEvents)
        if (present.sets.length > 0) return present
        await came
      } finally {
        stop()
      }
      const later = await store.streamOfClient(db, { id: found.id, client: program.client })
      return later ? handOut(later, maxEvents) : { sets: [], more: false }
    },

    healthOf: async (of) => healthIn(await store.streamsOf(db, of)),
    health: async () => healthIn(await store.allStreams(db)),

    async deadSets(of, id, { limit, before }) {
      const stream = await streamAt(of, id)
      if (!stream) return undefined
      const page = { stream: stream.id, limit, before: before === undefined ? null : toDate(before) }
      return (await store.troubledSets(db, page)).map(deadIn)
    },

    async revive(of, id, set) {
      const stream = await streamAt(of, id)
      if (!stream || stream.status === 'disabled') return false
      return storage.transaction(async (tx) => {
        if (!(await store.reviveSet(tx, { stream: stream.id, set, at: now() }))) return false
        await wake(tx, stream)
        return true
      })
    },

    release,
    async close() {
      release()
      await stopListening()
    },
  }
}

/** What the facts have that matter here. */
interface AboutSomebody {
  case?: string
  party?: string
  person?: string | null
  services?: string[]
  providers?: string[]
  reason?: string
  actor?: Actor
}

const isOccasion = (name: string): name is Occasion => (occasions as readonly string[]).includes(name)

/** Behind the sets of the fact at whose place it stands. */
const afterFacts = 1_000_000

function deadIn({ id, kind, party, at, settled_at: settledAt, state, error }: store.SetRow): DeadSet {
  return {
    set: id,
    kind,
    ...(party ? { party } : {}),
    at: at.getTime(),
    settledAt: settledAt?.getTime() ?? at.getTime(),
    how: state === 'expired' ? 'expired' : 'refused',
    ...(error ? { error } : {}),
  }
}

// ── What an answer to a push means ──────────────────────────────────────────────────────────────────────────────────

export interface PushAnswer {
  /** A word when there was no answer. */
  status: number | string
  /** Of a 400. */
  body?: string
  retryAfter?: string
}

export type Answer =
  | { kind: 'taken' }
  | { kind: 'refused'; err: string }
  | { kind: 'failed'; error: string; retryAfter?: string }

/** They speak of the connection or of its settings, not of the set: once these are right, the same set is taken. */
const curable = new Set(['authentication_failed', 'access_denied', 'invalid_key'])

/**
 * "HTTP Response Status Code of 202 (Accepted)" is the only success, and "400 (Bad Request)" with an error code the only
 * refusal of a set (RFC 8935 sections 2.2 and 2.3). All else is an answer of something that stands in between.
 */
export function decideAnswer({ status, body, retryAfter }: PushAnswer): Answer {
  if (status === 202) return { kind: 'taken' }
  const failed = { kind: 'failed' as const, error: String(status), ...(retryAfter ? { retryAfter } : {}) }
  if (status !== 400) return failed
  const err = errOf(body ?? '')
  return curable.has(err) ? { ...failed, error: err } : { kind: 'refused', err }
}

/** A code is a word; what is none is not kept. */
export const wordOf = (value: unknown) =>
  typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value) ? value : 'untold'

function errOf(body: string): string {
  try {
    const read: unknown = JSON.parse(body)
    return isObject(read) ? wordOf(read.err) : 'untold'
  } catch {
    return 'untold'
  }
}

/** Milliseconds from a `Retry-After` (RFC 9110 section 10.2.3), which is in seconds or a date. */
export function pauseIn(value: string | undefined, now: Instant): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * second
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
