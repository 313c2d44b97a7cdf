/**
 * Browser sessions and known devices: the truth about who signed in here, at what level, by which provider and when.
 * The engine's own session is not. The cookie's value is a bearer secret: stored hashed, apart from the session's id.
 * This room does not decide whether a session may answer for a service (`policy/`), and sends nothing to anybody:
 * ending a session is one verb and one fact. Known devices are in `devices.ts`.
 *
 * Nothing is cached: a session that ended in one process is over in all of them at the next request, and a look-up by
 * an index costs less than being told.
 */

import type { Audit } from '../audit/audit.ts'
import type { Fact } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import {
  type DeviceId,
  type LinkId,
  newId,
  newSecret,
  type PersonId,
  type ProviderId,
  type ServiceId,
  type SessionId,
} from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import { deriveKey, hashSecret, seal, unseal } from '../kernel/secrets.ts'
import { hasTwoFactors, idleLimit } from '../policy/step-up.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { createDevices } from './devices.ts'
import { createSessionStore, type EndReason, type Opening, type Openings, type SessionRow } from './store.ts'

export type { EndReason, Opening } from './store.ts'

export interface Session {
  id: SessionId
  person: PersonId
  link: LinkId
  provider: ProviderId
  /** As observed at the authentication. */
  level: Level
  amr: string[]
  authTime: Instant
  /** When two factors were last proved in this browser, here or in the session before; absent when never (R059). */
  secondFactorAt?: Instant
  /** The strongest level of services that the link may open. */
  serves: Level
  startedAt: Instant
  lastSeenAt: Instant
  device?: DeviceId
  /** The services that this session has opened. */
  services: OpenedService[]
  /** Kept for the provider's logout; absent when it gave none. */
  upstreamIdToken?: string
}

export interface OpenedService extends Opening {
  service: ServiceId
}

export interface NewSession extends Omit<Session, 'id' | 'secondFactorAt' | 'startedAt' | 'lastSeenAt' | 'services'> {
  /** The session that the browser had before. */
  replaces?: SessionId
  /** The service for which it starts and the scopes given to it: saves the call of `open`, one statement. */
  opens?: { service: ServiceId; scopes: readonly string[] }
}

export interface Sessions {
  /** The live session of a cookie's value, or undefined. Ended, idle (R057) and too old ones are absent. Writes nothing. */
  find(secret: string | undefined): Promise<Session | undefined>
  /** By id, live only: for tokens that belong to it. */
  byId(id: SessionId): Promise<Session | undefined>
  /**
   * Starts a session, ending the one that the browser had before (`replaces`); returns the cookie's value, which exists
   * nowhere else.
   *
   * The services of a replaced session of the same person pass to the new one, `sid` included: a person who proves a
   * higher level for a second service does not leave the first, and a later logout tells both. Those of another person
   * are told that it is over.
   */
  start(tx: Tx, session: NewSession): Promise<{ session: Session; secret: string }>
  /**
   * Notes a use, the service it opened and the scopes given to it, which add up; returns the `sid` of that service in
   * this session, made once. `unattended` (`prompt=none`: a hidden frame may ask all night) opens without counting as
   * activity of the person (R057).
   *
   * @throws GarantError `flow_out_of_step` when the session ended meanwhile: a code issued for it would never be revoked
   */
  open(
    tx: Tx,
    session: SessionId,
    service: ServiceId,
    scopes: readonly string[],
    options?: { unattended?: boolean },
  ): Promise<{ sid: string }>
  /**
   * Notes that the person is there, for pages that a human asks for; writes at most once a minute. The error is on the
   * safe side: a session may end up to a minute early, never late.
   */
  touch(session: Session): Promise<void>
  /** Ends one session: fact `session.ended` with the services to tell. Idempotent. */
  end(tx: Tx, session: SessionId, reason: EndReason): Promise<void>
  /** Ends all sessions of a person; with `provider`, those that came through it. */
  endAllOf(tx: Tx, person: PersonId, reason: 'revoked', options?: { provider?: ProviderId }): Promise<number>
  /** The services of a session and when it ended, kept for a day after its end, for those who tell them. */
  servicesOf(handle: Handle, session: SessionId): Promise<{ services: OpenedService[]; endedAt?: Instant }>
  /** What the signed device cookie says, and who was seen with it. An unreadable cookie is no device. */
  device(cookie: string | undefined, person: PersonId, handle?: Handle): Promise<DeviceStanding>
  /** Notes the person on the device; returns the cookie's new value. */
  remember(tx: Tx, standing: DeviceStanding, person: PersonId): Promise<{ device: DeviceId; cookie: string }>
  /** Ends what is over and forgets old devices; returns how many sessions it ended. A job calls it. */
  sweep(): Promise<number>
}

export interface DeviceStanding {
  device?: DeviceId
  /** Was this person seen here within the device's memory? */
  personKnown: boolean
  /** Distinct persons seen here, this one included. Up to two a device is trusted, from the third it is shared. */
  persons: number
}

export interface SessionsOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  /** 256 bits of this room: seals id tokens, signs device cookies. */
  key: Buffer
  /** Milliseconds without activity after which a session is refused (R057); less at the highest level (`idleLimit`). */
  idle: number
  /** Milliseconds after which it is refused however busy. */
  absolute: number
}

/** How far `lastSeenAt` may lag behind the person. */
const touchInterval = minute

/** Longer than logout notices are tried for; then nobody asks any more which services a session had opened. */
const endedMemory = day

const sweepBatch = 500

/**
 * Are the services told? Not of an idle end: the person may be busy at a service, which has its own limits, and Back-
 * Channel Logout is for a logout that somebody wanted.
 */
const tellsServices: Record<EndReason, boolean> = { logout: true, replaced: true, revoked: true, expired: false }

const newSid = () => randomBytes(16).toString('base64url')

export function createSessions(options: SessionsOptions): Sessions {
  const { storage, clock, audit } = options
  const tokenKey = deriveKey(options.key, 'sessions/upstream-id-token')
  const store = createSessionStore()
  const devices = createDevices({ storage, clock, audit, key: options.key })

  /** A session is live while it was seen, and started, after these. */
  const limits = () => {
    const now = clock.now()
    const seenAfter = (level: Level) => toDate(now - idleLimit(level, options.idle))
    return {
      seenAfter: seenAfter('eidas2'),
      seenAfterAtHigh: seenAfter('eidas3'),
      startedAfter: toDate(now - options.absolute),
    }
  }

  const read = (row: SessionRow | undefined): Session | undefined =>
    row && {
      id: row.id,
      person: row.person,
      link: row.link,
      provider: row.provider,
      level: row.level,
      amr: row.amr,
      authTime: row.auth_time.getTime(),
      serves: row.serves,
      startedAt: row.started_at.getTime(),
      lastSeenAt: row.last_seen_at.getTime(),
      services: servicesIn(row.services),
      ...(row.second_factor_at ? { secondFactorAt: row.second_factor_at.getTime() } : {}),
      ...(row.device ? { device: row.device } : {}),
      ...(row.upstream_id_token
        ? { upstreamIdToken: unseal(tokenKey, row.upstream_id_token, row.id).toString('utf8') }
        : {}),
    }

  return {
    async find(secret) {
      if (!secret) return undefined
      return read(await store.liveBySecret(storage.db, hashSecret(secret), limits()))
    },

    async byId(id) {
      return read(await store.liveById(storage.db, id, limits()))
    },

    async start(tx, { replaces, opens, ...given }) {
      const secret = newSecret()
      const id = newId('session')
      const now = clock.now()
      const started = await store.start(tx, {
        ...given,
        id,
        secretHash: hashSecret(secret),
        at: toDate(now),
        authTime: toDate(given.authTime),
        secondFactorAt: hasTwoFactors(given) ? toDate(given.authTime) : null,
        sealedToken: given.upstreamIdToken ? seal(tokenKey, given.upstreamIdToken, id) : null,
        replaces: replaces ?? null,
        opens: opens && { service: opens.service, sid: newSid(), scopes: [...opens.scopes] },
      })
      if (replaces && started.replaced_person) {
        // What the new session inherited is not over.
        const over = started.replaced_person === given.person ? {} : (started.replaced_services ?? {})
        audit.append(tx, endedFact({ id: replaces, person: started.replaced_person, services: over }, 'replaced'))
      }
      const { person, provider, level } = given
      audit.append(tx, { name: 'session.started', data: { session: id, person, provider, level } })
      const services = servicesIn(started.services)
      const secondFactorAt = started.second_factor_at?.getTime()
      const session = {
        ...given,
        ...(secondFactorAt === undefined ? {} : { secondFactorAt }),
        ...{ id, startedAt: now, lastSeenAt: now, services },
      }
      return { session, secret }
    },

    async open(tx, session, service, scopes, { unattended = false } = {}) {
      const seenAt = unattended ? null : toDate(clock.now())
      const sid = await store.open(tx, { session, service, sid: newSid(), scopes: [...scopes], seenAt, ...limits() })
      if (!sid) throw new GarantError('flow_out_of_step', { session })
      return { sid }
    },

    async touch(session) {
      const now = clock.now()
      if (now - session.lastSeenAt < touchInterval) return
      await store.touch(storage.db, session.id, toDate(now), limits())
    },

    async end(tx, session, reason) {
      const ended = await store.end(tx, session, reason, toDate(clock.now()))
      audit.append(tx, ...ended.map((row) => endedFact(row, reason)))
    },

    async endAllOf(tx, person, reason, { provider } = {}) {
      const ended = await store.endAllOf(tx, { person, provider: provider ?? null, reason, at: toDate(clock.now()) })
      audit.append(tx, ...ended.map((row) => endedFact(row, reason)))
      return ended.length
    },

    async servicesOf(handle, session) {
      const row = await store.servicesOf(handle, session)
      return {
        services: servicesIn(row?.services ?? {}),
        ...(row?.ended_at ? { endedAt: row.ended_at.getTime() } : {}),
      }
    },

    device: devices.standing,
    remember: devices.remember,

    async sweep() {
      let total = 0
      for (let batch = sweepBatch; batch === sweepBatch; total += batch) {
        batch = await storage.transaction(async (tx) => {
          const ended = await store.endOver(tx, limits(), toDate(clock.now()), sweepBatch)
          audit.append(tx, ...ended.map((row) => endedFact(row, 'expired')))
          return ended.length
        })
      }
      await store.forgetEnded(storage.db, toDate(clock.now() - endedMemory))
      await devices.sweep()
      return total
    },
  }
}

function endedFact(row: { id: SessionId; person: PersonId; services: Openings }, reason: EndReason): Fact {
  const services = tellsServices[reason] ? Object.keys(row.services) : []
  return { name: 'session.ended', data: { session: row.id, person: row.person, reason, services } }
}

function servicesIn(services: Openings): OpenedService[] {
  return Object.entries(services).map(([service, opening]) => ({ service, ...opening }))
}
