/** Every statement on `signal_streams`, `signal_unwanted`, `signal_sets`, `signal_sources` and `signal_received`. */
import type { JSONWebKeySet } from 'jose'
import { sql } from 'kysely'
import type { ApiClientId, MandateId, PartyId, SetId, SourceId, StreamId } from '../kernel/ids.ts'
import type { Side } from '../policy/case-flow.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { Initiator, SignalDetail, SignalKind, StreamSignal } from './events.ts'
import type { MandateSignal } from './mandate-events.ts'

export type StreamStatus = 'enabled' | 'paused' | 'disabled'
export type Delivery = 'push' | 'poll'

export interface StreamRow {
  id: StreamId
  client: ApiClientId
  side: Side
  object: string
  partner: string
  method: Delivery
  endpoint: string | null
  authorization_header: Buffer | null
  events: string[] | null
  description: string | null
  status: StreamStatus
  reason: string | null
  created_at: Date
  seen_at: Date
  verification_asked_at: Date | null
  delivered_at: Date | null
  failing_since: Date | null
  tries: number
  last_error: string | null
  next_try_at: Date | null
}

const streamColumns = sql`id, client, side, object, partner, method, endpoint, authorization_header, events, description,
  status, reason, created_at, seen_at, verification_asked_at, delivered_at, failing_since, tries, last_error, next_try_at`

export type NewStream = Pick<StreamRow, 'id' | 'client' | 'side' | 'object' | 'partner'> & StreamSettings & { at: Date }

/** What a receiver decides. */
export type StreamSettings = Pick<StreamRow, 'method' | 'endpoint' | 'authorization_header' | 'events' | 'description'>

export type SetState = 'waiting' | 'delivered' | 'refused' | 'expired' | 'dropped'

export interface SetRow {
  id: SetId
  stream: StreamId
  kind: SignalKind | StreamSignal | MandateSignal
  /** What it is about: a party of a case, a mandate, or the stream itself. */
  party: PartyId | null
  mandate: MandateId | null
  at: Date
  initiator: Initiator
  queued_at: Date
  detail: SignalDetail
  echo: Buffer | null
  state: SetState
  settled_at: Date | null
  error: string | null
}

const setColumns = sql`id, stream, kind, party, mandate, at, initiator, queued_at, detail, echo, state, settled_at, error`

export type NewSet = Omit<SetRow, 'state' | 'settled_at' | 'error'> & {
  place: string
  turn: number
  state: 'waiting' | 'dropped'
}

export interface SourceRow {
  id: SourceId
  client: ApiClientId
  side: Side
  object: string
  partner: string
  issuer: string
  audience: string
  jwks: JSONWebKeySet | null
  jwks_uri: string | null
  method: Delivery
  secret: string | null
  endpoint: string | null
  authorization_header: Buffer | null
  created_at: Date
  accepted: number
  replayed: number
  refused: number
  accepted_at: Date | null
  refused_at: Date | null
  refusal: string | null
  polled_at: Date | null
  failing_since: Date | null
  tries: number
  last_error: string | null
  next_poll_at: Date | null
}

const sourceColumns = sql`id, client, side, object, partner, issuer, audience, jwks, jwks_uri, method, secret, endpoint,
  authorization_header, created_at, accepted, replayed, refused, accepted_at, refused_at, refusal, polled_at,
  failing_since, tries, last_error, next_poll_at`

/** Of what a stream holds. */
export interface SetCounts {
  stream: StreamId
  waiting: number
  refused: number
  expired: number
  dropped: number
  oldest: Date | null
}

/** Rows settled by one statement of a sweep: well within what a statement may take. */
const sweepBatch = 5_000

const json = (value: unknown) => sql`${JSON.stringify(value)}::jsonb`

// ── Streams ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** False when the program has one. */
export async function insertStream(tx: Tx, stream: NewStream): Promise<boolean> {
  const { id, client, side, object, partner, method, endpoint, authorization_header: header, events } = stream
  const { rows } = await sql`insert into signal_streams (id, client, side, object, partner, method, endpoint,
      authorization_header, events, description, status, created_at, seen_at)
    values (${id}, ${client}, ${side}, ${object}, ${partner}, ${method}, ${endpoint}, ${header}::bytea,
      ${events}::text[], ${stream.description}, 'enabled', ${stream.at}, ${stream.at})
    on conflict (client) do nothing returning id`.execute(tx)
  return rows.length === 1
}

export async function streamsOfClient(handle: Handle, client: ApiClientId): Promise<StreamRow[]> {
  const { rows } = await sql<StreamRow>`select ${streamColumns} from signal_streams where client = ${client}`.execute(
    handle,
  )
  return rows
}

export async function streamOfClient(
  handle: Handle,
  wanted: { id: string; client: ApiClientId },
  { hold = false } = {},
): Promise<StreamRow | undefined> {
  const { rows } = await sql<StreamRow>`select ${streamColumns} from signal_streams
    where id = ${wanted.id} and client = ${wanted.client} ${hold ? sql`for update` : sql``}`.execute(handle)
  return rows[0]
}

export async function streamsOf(
  handle: Handle,
  of: { side: Side; object: string; partner?: string },
): Promise<StreamRow[]> {
  const { rows } = await sql<StreamRow>`select ${streamColumns} from signal_streams
    where side = ${of.side} and object = ${of.object}
      and (${of.partner ?? null}::text is null or partner = ${of.partner ?? null}::text)
    order by created_at, id`.execute(handle)
  return rows
}

export async function allStreams(handle: Handle): Promise<StreamRow[]> {
  const { rows } = await sql<StreamRow>`select ${streamColumns} from signal_streams order by side, object, id`.execute(
    handle,
  )
  return rows
}

/** A new address or secret is tried at once. */
export async function changeStream(tx: Tx, id: StreamId, settings: StreamSettings): Promise<void> {
  await sql`update signal_streams set method = ${settings.method}, endpoint = ${settings.endpoint},
      authorization_header = ${settings.authorization_header}::bytea, events = ${settings.events}::text[],
      description = ${settings.description}, next_try_at = null where id = ${id}`.execute(tx)
}

export async function setStatus(
  tx: Tx,
  id: StreamId,
  { status, reason }: { status: StreamStatus; reason: string | null },
): Promise<void> {
  await sql`update signal_streams set status = ${status}, reason = ${reason}, next_try_at = null where id = ${id}`.execute(
    tx,
  )
}

export async function removeStream(tx: Tx, id: StreamId): Promise<void> {
  await sql`delete from signal_streams where id = ${id}`.execute(tx)
}

/** The receiver is there. */
export async function noteSeen(handle: Handle, id: StreamId, at: Date): Promise<void> {
  await sql`update signal_streams set seen_at = ${at} where id = ${id} and seen_at < ${at}`.execute(handle)
}

/** Of requests that come together one is taken. False when the last one is too near. */
export async function takeVerification(
  tx: Tx,
  id: StreamId,
  { at, since }: { at: Date; since: Date },
): Promise<boolean> {
  const { rows } = await sql`update signal_streams set verification_asked_at = ${at}, next_try_at = null
    where id = ${id} and (verification_asked_at is null or verification_asked_at <= ${since}) returning id`.execute(tx)
  return rows.length === 1
}

/** Streams that are disabled, and whose receiver was not seen since. */
export async function leftStreams(handle: Handle, since: Date): Promise<StreamRow[]> {
  const { rows } = await sql<StreamRow>`select ${streamColumns} from signal_streams
    where status = 'disabled' and seen_at < ${since} limit 1000`.execute(handle)
  return rows
}

/** Streams to poll that are enabled and whose receiver was not seen since. */
export async function unseenStreams(handle: Handle, since: Date): Promise<StreamRow[]> {
  const { rows } = await sql<StreamRow>`select ${streamColumns} from signal_streams
    where method = 'poll' and status = 'enabled' and seen_at < ${since} limit 1000`.execute(handle)
  return rows
}

// ── Subjects ────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function addUnwanted(tx: Tx, stream: StreamId, subject: string): Promise<void> {
  await sql`insert into signal_unwanted (stream, subject) values (${stream}, ${subject}) on conflict do nothing`.execute(
    tx,
  )
}

export async function removeUnwanted(tx: Tx, stream: StreamId, subject: string): Promise<void> {
  await sql`delete from signal_unwanted where stream = ${stream} and subject = ${subject}`.execute(tx)
}

export async function countUnwanted(handle: Handle, stream: StreamId): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from signal_unwanted
    where stream = ${stream}`.execute(handle)
  return rows[0]?.count ?? 0
}

export async function isUnwanted(handle: Handle, stream: StreamId, subject: string): Promise<boolean> {
  const { rows } = await sql`select 1 from signal_unwanted where stream = ${stream} and subject = ${subject}`.execute(
    handle,
  )
  return rows.length > 0
}

// ── Sets ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Returns those that were not written before. */
export async function insertSets(tx: Tx, sets: readonly NewSet[]): Promise<SetId[]> {
  if (sets.length === 0) return []
  const values = sets.map((set) => {
    const settled = set.state === 'waiting' ? null : set.queued_at
    return sql`(${set.id}, ${set.stream}, ${set.place}::bigint, ${set.turn}::int, ${set.kind}, ${set.party}, ${set.mandate},
      ${set.at}::timestamptz, ${set.initiator}, ${set.queued_at}::timestamptz, ${json(set.detail)}, ${set.echo}::bytea,
      ${set.state}, ${settled}::timestamptz)`
  })
  const { rows } = await sql<{
    id: SetId
  }>`insert into signal_sets (id, stream, place, turn, kind, party, mandate, at, initiator,
      queued_at, detail, echo, state, settled_at)
    values ${sql.join(values)}
    on conflict do nothing returning id`.execute(tx)
  return rows.map(({ id }) => id)
}

/** What a stream was told of a party and has not refused, the oldest first. */
export async function toldOf(handle: Handle, about: { stream: StreamId; party: PartyId }): Promise<string[]> {
  const { rows } = await sql<{ kind: string }>`select kind from signal_sets
    where party = ${about.party} and stream = ${about.stream} and state in ('waiting', 'delivered')
    order by place, turn`.execute(handle)
  return rows.map(({ kind }) => kind)
}

/** Where the order of what the hub itself has to say begins: after all that waits. */
export async function lastPlace(handle: Handle, stream: StreamId): Promise<string> {
  const { rows } = await sql<{ place: string }>`select coalesce(max(place), 0)::text as place from signal_sets
    where stream = ${stream}`.execute(handle)
  return rows[0]?.place ?? '0'
}

/** In their order. `ofStream`: what is said of the stream by the hub alone, which goes out while it is paused, too. */
export async function waitingSets(
  handle: Handle,
  of: { stream: StreamId; ofStream: boolean; limit: number },
): Promise<SetRow[]> {
  const { rows } = await sql<SetRow>`select ${setColumns} from signal_sets
    where stream = ${of.stream} and state = 'waiting' ${of.ofStream ? sql`and kind = 'stream_updated'` : sql``}
    order by place, turn, queued_at, id limit ${of.limit}`.execute(handle)
  return rows
}

/** Those of them that were waiting. */
export async function settleSets(
  tx: Tx,
  of: {
    stream: StreamId
    sets: readonly string[] | 'all'
    to: Exclude<SetState, 'waiting'>
    error?: string | null
    at: Date
  },
): Promise<Pick<SetRow, 'id' | 'party' | 'kind'>[]> {
  const which = of.sets === 'all' ? sql`` : sql`and id = any(${[...of.sets]})`
  const { rows } = await sql<Pick<SetRow, 'id' | 'party' | 'kind'>>`update signal_sets
    set state = ${of.to}, settled_at = ${of.at}, error = ${of.error ?? null}, echo = null
    where stream = ${of.stream} and state = 'waiting' ${which} returning id, party, kind`.execute(tx)
  return rows
}

/** Those that wait for longer than a receiver has. */
export async function overdueSets(handle: Handle, before: Date): Promise<Pick<SetRow, 'id' | 'stream'>[]> {
  const { rows } = await sql<Pick<SetRow, 'id' | 'stream'>>`select id, stream from signal_sets
    where state = 'waiting' and queued_at < ${before} order by stream limit ${sweepBatch}`.execute(handle)
  return rows
}

/** Refused or never taken, the newest first. */
export async function troubledSets(
  handle: Handle,
  of: { stream: StreamId; limit: number; before: Date | null },
): Promise<SetRow[]> {
  const { rows } = await sql<SetRow>`select ${setColumns} from signal_sets
    where stream = ${of.stream} and state in ('refused', 'expired')
      and (${of.before}::timestamptz is null or settled_at < ${of.before}::timestamptz)
    order by settled_at desc, id limit ${of.limit}`.execute(handle)
  return rows
}

/** It waits again, at its place. */
export async function reviveSet(tx: Tx, of: { stream: StreamId; set: string; at: Date }): Promise<boolean> {
  const { rows } = await sql`update signal_sets set state = 'waiting', settled_at = null, error = null,
      queued_at = ${of.at}
    where id = ${of.set} and stream = ${of.stream} and state in ('refused', 'expired') and (party is not null or mandate is not null)
    returning id`.execute(tx)
  return rows.length === 1
}

export async function countSets(handle: Handle, streams: readonly StreamId[]): Promise<SetCounts[]> {
  const { rows } = await sql<SetCounts>`select stream, count(*) filter (where state = 'waiting')::int as waiting,
      count(*) filter (where state = 'refused')::int as refused, count(*) filter (where state = 'expired')::int as expired,
      count(*) filter (where state = 'dropped')::int as dropped,
      min(queued_at) filter (where state = 'waiting') as oldest
    from signal_sets where stream = any(${[...streams]}) and state in ('waiting', 'refused', 'expired', 'dropped')
    group by stream`.execute(handle)
  return rows
}

export async function forgetSets(handle: Handle, before: Date): Promise<void> {
  await sql`delete from signal_sets where state <> 'waiting' and settled_at < ${before}`.execute(handle)
}

// ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Of all processes one sends on a stream: it takes the stream, and takes it again before each set. Returns the stream as
 * it is now; nothing while another one has it, or there is nothing to push.
 */
export async function takeStream(
  handle: Handle,
  of: { stream: string; sender: string; at: Date; until: Date },
): Promise<StreamRow | undefined> {
  const { rows } = await sql<StreamRow>`update signal_streams set sender = ${of.sender}, sender_until = ${of.until}
    where id = ${of.stream} and method = 'push' and status <> 'disabled'
      and (sender is null or sender = ${of.sender} or sender_until <= ${of.at})
    returning ${streamColumns}`.execute(handle)
  return rows[0]
}

/** When whoever has it leaves it at the latest; nothing when nobody has. */
export async function takenUntil(handle: Handle, stream: string): Promise<Date | undefined> {
  const { rows } = await sql<{ until: Date | null }>`select sender_until as until from signal_streams
    where id = ${stream}`.execute(handle)
  return rows[0]?.until ?? undefined
}

export async function leaveStream(handle: Handle, of: { stream: string; sender: string }): Promise<void> {
  await sql`update signal_streams set sender = null, sender_until = null
    where id = ${of.stream} and sender = ${of.sender}`.execute(handle)
}

export async function noteDelivered(tx: Tx, stream: StreamId, at: Date): Promise<void> {
  await sql`update signal_streams set delivered_at = ${at}, failing_since = null, tries = 0, last_error = null,
    next_try_at = null where id = ${stream}`.execute(tx)
}

export async function noteFailed(
  tx: Tx,
  of: { stream: StreamId; error: string; at: Date; nextTryAt: Date },
): Promise<void> {
  await sql`update signal_streams set failing_since = coalesce(failing_since, ${of.at}), tries = tries + 1,
    last_error = ${of.error}, next_try_at = ${of.nextTryAt} where id = ${of.stream}`.execute(tx)
}

/** Streams on which something waits that may go out now; is it one of them, where one is named. */
export async function dueStreams(handle: Handle, at: Date, only: string | null = null): Promise<StreamId[]> {
  const { rows } = await sql<{ id: StreamId }>`select id from signal_streams s
    where method = 'push' and status <> 'disabled' and (next_try_at is null or next_try_at <= ${at})
      and (${only}::text is null or id = ${only}::text)
      and exists (select 1 from signal_sets w where w.stream = s.id and w.state = 'waiting'
        and (s.status = 'enabled' or w.kind = 'stream_updated'))`.execute(handle)
  return rows.map(({ id }) => id)
}

// ── Sources ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type SourceSettings = Pick<
  SourceRow,
  | 'issuer'
  | 'audience'
  | 'jwks'
  | 'jwks_uri'
  | 'method'
  | 'secret'
  | 'endpoint'
  | 'authorization_header'
  | 'next_poll_at'
>

export async function insertSource(
  tx: Tx,
  source: SourceSettings & Pick<SourceRow, 'id' | 'client' | 'side' | 'object' | 'partner'> & { at: Date },
): Promise<void> {
  const { id, client, side, object, partner, issuer, audience, jwks, jwks_uri: uri, method, secret, endpoint } = source
  await sql`insert into signal_sources (id, client, side, object, partner, issuer, audience, jwks, jwks_uri, method, secret,
      endpoint, authorization_header, next_poll_at, created_at)
    values (${id}, ${client}, ${side}, ${object}, ${partner}, ${issuer}, ${audience},
      ${jwks === null ? null : JSON.stringify(jwks)}::jsonb, ${uri}, ${method}, ${secret}, ${endpoint},
      ${source.authorization_header}::bytea, ${source.next_poll_at}::timestamptz, ${source.at})`.execute(tx)
}

export async function changeSource(tx: Tx, id: SourceId, settings: SourceSettings): Promise<void> {
  const { issuer, audience, jwks, jwks_uri: uri, method, secret, endpoint } = settings
  await sql`update signal_sources set issuer = ${issuer}, audience = ${audience},
      jwks = ${jwks === null ? null : JSON.stringify(jwks)}::jsonb, jwks_uri = ${uri}, method = ${method},
      secret = ${secret}, endpoint = ${endpoint}, authorization_header = ${settings.authorization_header}::bytea,
      next_poll_at = ${settings.next_poll_at}::timestamptz, failing_since = null, tries = 0, last_error = null
    where id = ${id}`.execute(tx)
}

export async function sourceById(handle: Handle, id: string): Promise<SourceRow | undefined> {
  const { rows } = await sql<SourceRow>`select ${sourceColumns} from signal_sources where id = ${id}`.execute(handle)
  return rows[0]
}

export async function sourcesOf(
  handle: Handle,
  of: { side: Side; object: string; partner: string },
  { hold = false } = {},
): Promise<SourceRow[]> {
  const { rows } = await sql<SourceRow>`select ${sourceColumns} from signal_sources
    where side = ${of.side} and object = ${of.object} and partner = ${of.partner} order by created_at, id
    ${hold ? sql`for update` : sql``}`.execute(handle)
  return rows
}

export async function removeSource(
  tx: Tx,
  of: { id: string; side: Side; object: string; partner: string },
): Promise<boolean> {
  const { rows } = await sql`delete from signal_sources where id = ${of.id} and side = ${of.side}
    and object = ${of.object} and partner = ${of.partner} returning id`.execute(tx)
  return rows.length === 1
}

export async function countAccepted(tx: Tx, source: SourceId, at: Date): Promise<void> {
  await sql`update signal_sources set accepted = accepted + 1, accepted_at = ${at} where id = ${source}`.execute(tx)
}

export async function countReplayed(tx: Tx, source: SourceId): Promise<void> {
  await sql`update signal_sources set replayed = replayed + 1 where id = ${source}`.execute(tx)
}

export async function countRefused(tx: Tx, of: { source: SourceId; refusal: string; at: Date }): Promise<void> {
  await sql`update signal_sources set refused = refused + 1, refused_at = ${of.at}, refusal = ${of.refusal}
    where id = ${of.source}`.execute(tx)
}

/** Polled sources whose time has come. */
export async function dueSources(handle: Handle, at: Date): Promise<SourceId[]> {
  const { rows } = await sql<{ id: SourceId }>`select id from signal_sources
    where method = 'poll' and next_poll_at <= ${at}`.execute(handle)
  return rows.map(({ id }) => id)
}

/** Of processes that poll together one does. */
export async function takePoll(
  handle: Handle,
  of: { source: string; at: Date; next: Date },
): Promise<SourceRow | undefined> {
  const { rows } = await sql<SourceRow>`update signal_sources set next_poll_at = ${of.next}
    where id = ${of.source} and method = 'poll' and next_poll_at <= ${of.at} returning ${sourceColumns}`.execute(handle)
  return rows[0]
}

export async function notePolled(
  tx: Tx,
  of: { source: SourceId; at: Date; next: Date; error: string | null },
): Promise<void> {
  await sql`update signal_sources set polled_at = ${of.at}, next_poll_at = ${of.next}, last_error = ${of.error},
      failing_since = case when ${of.error}::text is null then null else coalesce(failing_since, ${of.at}) end,
      tries = case when ${of.error}::text is null then 0 else tries + 1 end
    where id = ${of.source}`.execute(tx)
}

// ── What was received ───────────────────────────────────────────────────────────────────────────────────────────────

export interface ReceivedRow {
  digest: string
  outcome: string | null
}

/** What is there of this jti: as given, when it is new. */
export async function takeReceived(
  handle: Handle,
  of: { source: SourceId; jti: string; digest: string; at: Date },
): Promise<ReceivedRow & { isNew: boolean }> {
  const { rows } = await sql`insert into signal_received (source, jti, digest, at)
    values (${of.source}, ${of.jti}, ${of.digest}, ${of.at}) on conflict do nothing returning jti`.execute(handle)
  if (rows.length === 1) return { digest: of.digest, outcome: null, isNew: true }
  const found = await sql<ReceivedRow>`select digest, outcome from signal_received
    where source = ${of.source} and jti = ${of.jti}`.execute(handle)
  return { ...(found.rows[0] ?? { digest: of.digest, outcome: null }), isNew: false }
}

/** False when another one said it first. */
export async function noteOutcome(tx: Tx, of: { source: SourceId; jti: string; outcome: string }): Promise<boolean> {
  const { rows } = await sql`update signal_received set outcome = ${of.outcome}
    where source = ${of.source} and jti = ${of.jti} and outcome is null returning jti`.execute(tx)
  return rows.length === 1
}

export async function forgetReceived(handle: Handle, before: Date): Promise<void> {
  await sql`delete from signal_received where at < ${before}`.execute(handle)
}
