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
import { compareLevels, type Level, levels, lowerOf } from '../kernel/assurance.ts'
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
import type { Keeper } from '../people/people.ts'
import type { Stopper } from '../people/protections.ts'
import type { SeenIn, Standing } from '../policy/geography.ts'
import type { ActingRef } from '../policy/mandate.ts'
import { hasTwoFactors, idleLimit } from '../policy/step-up.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { createDevices } from './devices.ts'
import {
  createSessionStore,
  type EndReason,
  groundsOf,
  type Opening,
  type Openings,
  type SessionRow,
  startedAlone,
} from './store.ts'
import type { Through } from './withdrawal.ts'

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
  /**
   * It began while the person was frozen: for the hub's own pages and no service. It stays so: after a thaw the person
   * signs in anew.
   */
  confined?: true
}

export interface OpenedService extends Opening {
  service: ServiceId
}

export interface NewSession extends Omit<Session, 'id' | 'secondFactorAt' | 'startedAt' | 'lastSeenAt' | 'services'> {
  /** For who names it before it is there. */
  id?: SessionId
  /** The session that the browser had before. */
  replaces?: SessionId
  /** The service for which it starts, as `open` takes it: saves that call, one statement. */
  opens?: { service: ServiceId; scopes: readonly string[]; acting?: ActingRef }
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
   * activity of the person (R057). `acting`: for whom the person acts there from now on; without it, for themselves.
   *
   * @throws GarantError `flow_out_of_step` when the session ended meanwhile: a code issued for it would never be revoked
   */
  open(
    tx: Tx,
    session: SessionId,
    service: ServiceId,
    scopes: readonly string[],
    options?: { unattended?: boolean; acting?: ActingRef },
  ): Promise<{ sid: string }>
  /**
   * Notes that the person is there, for pages that a human asks for; writes at most once a minute. The error is on the
   * safe side: a session may end up to a minute early, never late.
   */
  touch(session: Session): Promise<void>
  /** Ends one session: fact `session.ended` with the services to tell. Idempotent. */
  end(tx: Tx, session: SessionId, reason: EndReason): Promise<void>
  /** Ends all sessions of a person; with `provider`, those that came through it; `except` one. Returns how many. */
  endAllOf(
    tx: Tx,
    person: PersonId,
    reason: 'revoked',
    options?: { provider?: ProviderId; device?: DeviceId; except?: SessionId },
  ): Promise<number>
  /** Ends one that is this person's. False when it is not, or is over. */
  endOf(tx: Tx, person: PersonId, session: SessionId): Promise<boolean>
  /** The live ones of a person, the latest seen first. */
  ofPerson(person: PersonId): Promise<Session[]>
  /** When it is over unless the person comes back before: never later than it really is. */
  endsAt(session: Pick<Session, 'level' | 'serves' | 'startedAt' | 'lastSeenAt'>): Instant
  /**
   * To be registered with `people.keep`. Nobody stays signed in as who they no longer are, and services are told; of who
   * is erased, the rows stay for as long as they tell them, without what the provider said.
   */
  keeper: Keeper
  /** Of a person who is frozen, or left providers out: services are told. */
  stopper: Stopper
  /**
   * Ends what a suspension of a provider closes: the sessions that were authenticated there since an instant, above a
   * level where one is given. Where it is for some services, the sessions go on without these. Returns how many.
   */
  endThrough(closed: Closing): Promise<number>
  /** How many live sessions that would end now, or lose a service. */
  countThrough(closed: Closing): Promise<number>
  /**
   * Takes services out of the live sessions in which they were opened for somebody else under one of these (an organisation,
   * a mandate, a representation, a membership, by id), where `stands` finds that nothing carries that any more. The services
   * are told. Returns how many sessions lost one.
   */
  closeActing(under: readonly string[], stands: (opening: ActingOpening) => Promise<boolean>): Promise<number>
  /** Live sessions in which a service was opened, and of how many people. */
  countOpen(service: ServiceId): Promise<{ sessions: number; people: number }>
  /** Does the session live in which a service was given this `sid`, or the one that replaced it in the same browser? */
  isOpen(opening: { person: PersonId; service: ServiceId; sid: string }): Promise<boolean>
  /**
   * The services of a session and when it ended, kept for a day after its end, for those who tell them; `closed` are
   * those that were taken out of it while it went on.
   */
  servicesOf(
    handle: Handle,
    session: SessionId,
  ): Promise<{ services: OpenedService[]; closed?: OpenedService[]; endedAt?: Instant }>
  /** What the signed device cookie says, and who was seen with it. An unreadable cookie is no device. */
  device(cookie: string | undefined, person: PersonId, handle?: Handle): Promise<DeviceStanding>
  /** The device that a cookie of ours names; no look at what is known of it. */
  deviceNamed(cookie: string | undefined): DeviceId | undefined
  /** Of these devices, those that still know the person. */
  devicesKnowing(person: PersonId, devices: readonly DeviceId[]): Promise<DeviceId[]>
  /**
   * The device forgets the person, who is signed out there (but for the session `except`): the next sign-in is one from
   * an unknown device. False when it did not know them.
   */
  forgetDevice(tx: Tx, person: PersonId, device: DeviceId, options?: { except?: SessionId }): Promise<boolean>
  /** Notes the person on the device, and where they are; returns the cookie's new value. */
  remember(
    tx: Tx,
    standing: DeviceStanding,
    person: PersonId,
    place: SeenIn,
  ): Promise<{ device: DeviceId; cookie: string }>
  /** What makes up for being abroad (R082): the device of the cookie, and the person's declared trips. One statement. */
  standingAbroad(cookie: string | undefined, person: PersonId): Promise<Standing>
  /** Ends what is over and forgets old devices; returns how many sessions it ended. A job calls it. */
  sweep(): Promise<number>
}

/** A service that was opened for somebody else. */
export interface ActingOpening {
  person: PersonId
  service: ServiceId
  acting: ActingRef
  /** At most what the session opens. */
  level: Level
}

/** The sessions that a suspension closes. */
export interface Closing {
  provider: ProviderId
  /** Authenticated there at this instant or later. */
  since: Instant
  services: 'all' | readonly ServiceId[]
  above?: Level
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
  /** Is it refused by a suspension of its provider, altogether or for a service? See `withdrawal.ts`. */
  isWithdrawn?: (session: Through, service?: ServiceId) => boolean
}

/** How far `lastSeenAt` may lag behind the person. */
const touchInterval = minute

/** Longer than logout notices are tried for; then nobody asks any more which services a session had opened. */
const endedMemory = day

const sweepBatch = 500
/** Sessions whose openings are looked at, and then closed together. */
const actingBatch = 100

/**
 * Are the services told? Not of an idle end: the person may be busy at a service, which has its own limits, and Back-
 * Channel Logout is for a logout that somebody wanted.
 */
const tellsServices: Record<EndReason, boolean> = {
  logout: true,
  replaced: true,
  revoked: true,
  withdrawn: true,
  expired: false,
}

const scopeOf = ({ provider, since, above }: Closing) => ({
  provider,
  since: toDate(since),
  levels: levels.filter((level) => above === undefined || compareLevels(level, above) > 0),
})

const newSid = () => randomBytes(16).toString('base64url')

export function createSessions(options: SessionsOptions): Sessions {
  const { storage, clock, audit, isWithdrawn = () => false } = options
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
      ...(row.confined ? { confined: true as const } : {}),
      ...(row.upstream_id_token
        ? { upstreamIdToken: unseal(tokenKey, row.upstream_id_token, row.id).toString('utf8') }
        : {}),
    }

  /** From the first instant of the suspension on: that it is over is written down a moment later. */
  const unlessWithdrawn = (session: Session | undefined) => (session && isWithdrawn(session) ? undefined : session)

  const endAllOf: Sessions['endAllOf'] = async (tx, person, reason, { provider, device, except } = {}) => {
    const which = { provider: provider ?? null, device: device ?? null, except: except ?? null }
    const ended = await store.endAllOf(tx, { person, ...which, reason, at: toDate(clock.now()) })
    audit.append(tx, ...ended.map((row) => endedFact(row, reason)))
    return ended.length
  }

  return {
    async find(secret) {
      if (!secret) return undefined
      return unlessWithdrawn(read(await store.liveBySecret(storage.db, hashSecret(secret), limits())))
    },

    async byId(id) {
      return unlessWithdrawn(read(await store.liveById(storage.db, id, limits())))
    },

    async start(tx, { id = newId('session'), replaces, opens, ...given }) {
      const secret = newSecret()
      const now = clock.now()
      const row = {
        ...given,
        id,
        secretHash: hashSecret(secret),
        at: toDate(now),
        authTime: toDate(given.authTime),
        secondFactorAt: hasTwoFactors(given) ? toDate(given.authTime) : null,
        sealedToken: given.upstreamIdToken ? seal(tokenKey, given.upstreamIdToken, id) : null,
        replaces: replaces ?? null,
        confined: given.confined === true,
        opens: opens && { ...opens, sid: newSid(), scopes: [...new Set(opens.scopes)].sort() },
      }
      const starting = store.start(tx, row)
      // Only what it inherits has to be read: without that it leaves with the commit.
      if (!replaces) storage.behind(tx, starting)
      const started = replaces ? await starting : startedAlone(row)
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

    async open(tx, session, service, scopes, { unattended = false, acting } = {}) {
      const seenAt = unattended ? null : toDate(clock.now())
      const opening = { service, sid: newSid(), scopes: [...scopes], ...(acting ? { acting } : {}) }
      const sid = await store.open(tx, { session, ...opening, seenAt, ...limits() })
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

    endAllOf,

    async endOf(tx, person, session) {
      const ended = await store.endOf(tx, { person, session, reason: 'revoked', at: toDate(clock.now()) })
      audit.append(tx, ...ended.map((row) => endedFact(row, 'revoked')))
      return ended.length > 0
    },

    async ofPerson(person) {
      const rows = await store.ofPerson(storage.db, person, limits())
      return rows.flatMap((row) => unlessWithdrawn(read(row)) ?? [])
    },

    endsAt({ level, serves, startedAt, lastSeenAt }) {
      const now = clock.now()
      // A use within the interval was not written down.
      const seen = now - lastSeenAt < touchInterval ? lastSeenAt : now
      return Math.min(seen + idleLimit(lowerOf(level, serves), options.idle), startedAt + options.absolute)
    },

    stopper: {
      async stop(tx, { person, providers }) {
        if (!providers) return endAllOf(tx, person, 'revoked')
        let ended = 0
        for (const provider of providers) ended += await endAllOf(tx, person, 'revoked', { provider })
        return ended
      },
    },

    keeper: {
      room: 'sessions',
      async forget(tx, person) {
        await endAllOf(tx, person, 'revoked')
        await store.blank(tx, person)
      },
      async follow(tx, { from, to }) {
        for (const person of [from, to].sort()) await endAllOf(tx, person, 'revoked')
      },
    },

    async isOpen(opening) {
      const found = (await store.openings(storage.db, opening, limits())).map(({ auth_time, ...row }) => ({
        ...row,
        authTime: auth_time.getTime(),
      }))
      return found.some((session) => !isWithdrawn(session, opening.service))
    },

    countOpen: (service) => store.countOpen(storage.db, service, limits()),

    countThrough: (closed) => store.countThrough(storage.db, scopeOf(closed), closed.services, limits()),

    async endThrough(closed) {
      const { services } = closed
      const scope = scopeOf(closed)
      let total = 0
      for (let batch = sweepBatch; batch === sweepBatch; total += batch) {
        batch = await storage.transaction(async (tx) => {
          const rows =
            services === 'all'
              ? await store.endThrough(tx, scope, toDate(clock.now()), sweepBatch)
              : await store.closeFor(tx, scope, services, sweepBatch)
          audit.append(tx, ...rows.map((row) => withdrawnFact(row, services)))
          return rows.length
        })
      }
      return total
    },

    async closeActing(under, stands) {
      let total = 0
      for (let after: SessionId | null = null; ; ) {
        const rows = await store.openUnder(storage.db, under, { after, limit: actingBatch }, limits())
        const looked: [SessionId, [ServiceId, ActingRef][]][] = []
        for (const row of rows) looked.push([row.id, await withoutGround(row, under, stands)])
        total += await storage.transaction(async (tx) => {
          let closed = 0
          // In the order of ids, like others who hold many.
          for (const [id, over] of looked) {
            const found = over.length > 0 ? await store.closeActing(tx, id, Object.fromEntries(over)) : undefined
            if (!found) continue
            audit.append(tx, closedFact(found))
            closed += 1
          }
          return closed
        })
        if (rows.length < actingBatch) return total
        after = rows.at(-1)?.id ?? null
      }
    },

    async servicesOf(handle, session) {
      const row = await store.servicesOf(handle, session)
      return {
        services: servicesIn(row?.services ?? {}),
        ...(row?.closed ? { closed: servicesIn(row.closed) } : {}),
        ...(row?.ended_at ? { endedAt: row.ended_at.getTime() } : {}),
      }
    },

    device: devices.standing,
    deviceNamed: devices.named,
    devicesKnowing: devices.knowing,
    async forgetDevice(tx, person, device, { except } = {}) {
      if (!(await devices.forget(tx, person, device))) return false
      await endAllOf(tx, person, 'revoked', { device, ...(except ? { except } : {}) })
      return true
    },
    remember: devices.remember,
    standingAbroad: devices.standingAbroad,

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

function withdrawnFact(
  row: { id: SessionId; person: PersonId; services: Openings },
  closed: 'all' | readonly ServiceId[],
): Fact {
  if (closed === 'all') return endedFact(row, 'withdrawn')
  const services = Object.entries(row.services).filter(([service]) => closed.includes(service))
  return closedFact({ ...row, services: Object.fromEntries(services) })
}

function closedFact({ id, person, services }: { id: SessionId; person: PersonId; services: Openings }): Fact {
  return { name: 'session.services_closed', data: { session: id, person, services: Object.keys(services) } }
}

/** The services of a session that were opened under one of these, and which nothing carries any more. */
async function withoutGround(
  row: Pick<SessionRow, 'person' | 'level' | 'serves' | 'services'>,
  under: readonly string[],
  stands: (opening: ActingOpening) => Promise<boolean>,
): Promise<[ServiceId, ActingRef][]> {
  const over: [ServiceId, ActingRef][] = []
  const level = lowerOf(row.level, row.serves)
  for (const [service, { acting }] of Object.entries(row.services)) {
    if (!acting || !groundsOf(acting).some((ground) => under.includes(ground))) continue
    if (!(await stands({ person: row.person, service, acting, level }))) over.push([service, acting])
  }
  return over
}

function servicesIn(services: Openings): OpenedService[] {
  return Object.entries(services).map(([service, opening]) => ({ service, ...opening }))
}
