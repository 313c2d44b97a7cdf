/**
 * The ledger of connections: each completed or refused authentication towards one service, which is what a person sees
 * as history. Addresses and ports live here and nowhere else, sealed: they are asked for rarely, by a case, one
 * connection at a time, and a copied table must not be a list of who was where. This room does not decide and does not
 * send.
 */
import type { Audit } from '../audit/audit.ts'
import type { Fact } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, flowLifetime, hour } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import {
  type ConnectionId,
  type DeviceId,
  instantOfId,
  type LinkId,
  type MandateId,
  newOrderedId,
  type OrganisationId,
  type PersonId,
  type ProviderId,
  type ServiceId,
  type SessionId,
} from '../kernel/ids.ts'
import { deriveKey, keyedHash, seal, unseal } from '../kernel/secrets.ts'
import type { Keeper } from '../people/people.ts'
import type { Stopper } from '../people/protections.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import type { Habits, Reason } from '../policy/policy.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { makeReference } from './reference.ts'
import { type ConnectionRow, createConnectionStore } from './store.ts'

export type OwnAnswer = 'owned' | 'disowned'

export type ConnectionState = 'authorised' | 'completed' | 'refused'

/** What was decided at the login about telling the person. */
export type AlertKind = 'none' | 'unusual' | 'suspicious'

export interface Connection {
  /** From `newOrderedId('connection', at)`: history and retention follow its order. */
  id: ConnectionId
  /** Short code that a person can read out: `K7QX-2M4P-9TRC`. Unique. */
  reference: string
  state: ConnectionState
  at: Instant
  completedAt?: Instant
  person?: PersonId
  service: ServiceId
  provider?: ProviderId
  /** The account that the person came by. */
  link?: LinkId
  level?: Level
  /** The level that the service was given: `level` may be above what it asked. */
  acr?: Level
  /** Milliseconds from the service's request to the answer, where somebody signed in anew. */
  took?: number
  /** Milliseconds from leaving for the provider to coming back. */
  away?: number
  amr: string[]
  reused: boolean
  session?: SessionId
  device?: DeviceId
  /** Two letters of ISO 3166-1, of the address; absent when unknown (a private address). */
  country?: string
  address: string
  port: number
  scopes: string[]
  /** For whom the person acted; absent when it was for themselves. */
  organisation?: OrganisationId
  /** ... and by which mandate, where it was not as its legal representative. */
  mandate?: MandateId
  refusal?: ErrorName
  /** Why the context was unusual; empty when it was not. */
  unusual: Reason[]
  /** Does the person hear of it? `alerts/` obeys, and them, where they turned it off (R056). */
  alert: AlertKind
  /** What the person said of it: that it was them, or that it was not. */
  answer?: OwnAnswer
  answeredAt?: Instant
}

/** A connection as its person reads it: where it came from is the country, never the address. */
export type Line = Omit<Connection, 'address' | 'port'>

/** What of a history is asked; conditions that are given hold together. */
export interface HistoryQuestion {
  /** To these services only. */
  services?: readonly ServiceId[]
  /** By these providers only; a refusal that came before a provider was chosen is by none. */
  providers?: readonly ProviderId[]
  outcome?: 'accepted' | 'refused'
  /** From this instant on. */
  from?: Instant
  /** Up to this instant, without it. */
  until?: Instant
  /** Those of an unusual context only. */
  unusual?: true
}

/** How often a person went to a service by a provider. */
export interface Habit {
  service: ServiceId
  provider?: ProviderId
  count: number
  /** The earliest that is kept. */
  since: Instant
}

/** A part of the ledger. */
export interface Stretch {
  from: Instant
  /** Without it. */
  until: Instant
}

/** How sign-ins ended that somebody went to a provider for; what a session answered is none. */
export interface AttemptsThrough {
  provider: ProviderId
  signedIn: number
  refused: number
}

export type NewConnection = Omit<Connection, 'reference' | 'completedAt' | 'state' | 'answer' | 'answeredAt'> & {
  state: 'authorised' | 'refused'
}

export interface Connections {
  /**
   * Writes a connection and its fact. The reference is made here. An authorised one has a person, a provider, a level
   * and a session; a refused one its refusal.
   */
  record(tx: Tx, connection: NewConnection): Promise<Connection>
  /**
   * The same for who needs no answer before the commit. Where the reference is taken, as one in 36 million is in a ledger
   * of a billion lines, the transaction fails with an error that `isReferenceTaken` knows; another attempt makes another.
   */
  recordBehind(tx: Tx, connection: NewConnection): void
  isReferenceTaken(error: unknown): boolean
  /** The service redeemed the code: `authorised` becomes `completed`, once. Writes the fact. */
  complete(tx: Tx, id: ConnectionId): Promise<boolean>
  /**
   * The same for who needs no answer before the commit: unless the connection to that service completes by this, the
   * transaction fails with an error for which `isNotFirst` holds.
   */
  completeBehind(tx: Tx, connection: { id: ConnectionId; service: ServiceId }): void
  byId(handle: Handle, id: ConnectionId): Promise<Connection | undefined>
  /** Who signed in, or tried to, by the connection of this code, as `parseReference` has it. */
  personOf(reference: string): Promise<PersonId | undefined>
  /** Newest first, of one person, through its owner. `before` pages. */
  ofPerson(person: PersonId, options: HistoryQuestion & { limit: number; before?: ConnectionId }): Promise<Line[]>
  /** One line of a person by its code, as `parseReference` has it; nothing for a line of somebody else. */
  lineOf(person: PersonId, reference: string): Promise<Line | undefined>
  /** Those of a person that have these ids, in no order. */
  linesOf(person: PersonId, ids: readonly ConnectionId[]): Promise<Line[]>
  /**
   * For the evidence of a case: these lines of a person and all others of the sessions that they were made in, with
   * addresses, the oldest first; `most` at most, those that were named always among them.
   */
  around(
    handle: Handle,
    person: PersonId,
    asked: { lines: readonly ConnectionId[]; most: number },
  ): Promise<Connection[]>
  /** For whom a person last acted at a service, the latest first, `most` at most. The work does not grow with the ledger. */
  lastActed(person: PersonId, service: ServiceId, most: number): Promise<OrganisationId[]>
  /** All lines of a person, counted by service and provider. */
  habitsOf(person: PersonId): Promise<Habit[]>
  /**
   * What the person's last connections were like (a hundred at most, so that its cost has a bound), for the
   * unusual-context decision. Refused ones are nobody's habit, nor are those that the person disowned.
   */
  habits(person: PersonId, since: Instant): Promise<Habits>
  /**
   * The network of an address (`neighbourhoodOf`) as `habits` names it: a digest with the hub's key and the person, so
   * that the ledger does not tell who was at one place with whom. Undefined for what is no address.
   */
  networkOf(person: PersonId, address: string): string | undefined
  /**
   * Connections of which the person was told and has not said whether it was them, the newest first, of the last 90 days;
   * `besides` is the session that asks.
   */
  unansweredOf(
    person: PersonId,
    options: { limit: number; providers?: readonly ProviderId[]; besides?: SessionId },
  ): Promise<Line[]>
  /**
   * Notes what the person says of a line of theirs, and writes the fact; false when they had said so already, or the line
   * is not theirs. That a disowned one ends its session is the business of `cases/`.
   */
  answer(
    tx: Tx,
    said: { person: PersonId; connection: ConnectionId } & (
      | { answer: 'owned' }
      | { answer: 'disowned'; by: 'code' | 'session' }
    ),
  ): Promise<boolean>
  /** What was said of a line of theirs so far, and where it was made; undefined for a line of somebody else. */
  saidOf(
    handle: Handle,
    line: { person: PersonId; connection: ConnectionId },
  ): Promise<{ answer?: OwnAnswer; session?: SessionId; device?: DeviceId } | undefined>
  /**
   * To be registered with `people.keep`. What was done through accounts that passed to somebody else goes along. A line
   * that names no account (an older one, a refusal) goes by its provider, unless who is left has another account there:
   * then nobody knows whose it was, and it stays. Of who is erased the lines stay, for as long as the law keeps traces:
   * they hold no name.
   */
  keeper: Keeper
  /** What a service was to be told of a person and has not asked for yet is refused: its code is worth nothing. */
  stopper: Stopper
  /** Counts the days of `timeZone` that are over; what is counted outlives the ledger. A job calls it, before `expire`. */
  tally(timeZone: string): Promise<void>
  /** Deletes what is older than its retention; returns how many. */
  expire(olderThan: Instant): Promise<number>
  count(): Promise<number>
  /**
   * R072: what sessions spared people, by month of `timeZone`, from the day of an instant on: from the days that were
   * counted, and of the ledger only what came after them.
   */
  reuse(since: Instant, timeZone: string, services?: readonly ServiceId[]): Promise<Reuse[]>
  /** How much happens, from an instant on, for all people together; the work grows with what happened since. */
  activity(since: Instant, timeZone: string): Promise<Activity>
  /** Sign-ins at providers from an instant on, for each service; what a session answered is none. */
  signIns(since: Instant): Promise<SignInsThrough[]>
  /**
   * For `detection/`, over all people: sign-ins of a stretch whose context was unusual for so many of these reasons, the
   * oldest first. The work of this one and of the next two grows with the stretch, not with the ledger.
   */
  striking(stretch: Stretch, asked: { reasons: readonly Reason[]; least: number; limit: number }): Promise<Line[]>
  /** Who signed in to so many services in a stretch or more, and did so since an instant of it. */
  busy(stretch: Stretch, asked: { services: number; since: Instant; limit: number }): Promise<PersonId[]>
  /** Of refusals only these count. */
  attempts(stretch: Stretch, refusals: readonly ErrorName[]): Promise<AttemptsThrough[]>
  /** The last sign-ins on a device that was known to be shared when they were made, the newest first. */
  onSharedDevice(device: DeviceId, asked: Stretch & { limit: number }): Promise<Line[]>
  /** When the first connection from an instant on was. */
  firstSince(handle: Handle, at: Instant): Promise<Instant | undefined>
  /**
   * What happened from one instant to before another, to each service and to each provider by itself: never to both
   * together. The work grows with what happened.
   */
  counted(handle: Handle, time: { from: Instant; to: Instant }): Promise<Counted[]>
}

/** Of a provider: what it was asked itself, not what a session answered. */
export interface Counted {
  side: 'service' | 'provider'
  id: ServiceId | ProviderId
  kind: 'login' | 'refusal' | 'duration'
  /** The level, given to the service or reached with the provider; the `ErrorName`; n for times from `durationStep ** n`. */
  value: string
  count: number
}

/** Durations are told apart when they differ by a tenth. */
export const durationStep = 1.1

export interface Activity {
  /** In the order of time; an hour in which nothing happened is left out. */
  hours: readonly { begins: Instant; authorised: number; refused: number }[]
  /** The most frequent first. */
  refusals: readonly { reason: ErrorName; count: number }[]
}

export interface SignInsThrough {
  provider: ProviderId
  service: ServiceId
  count: number
}

/** One month of answers. */
export interface Reuse {
  /** `2026-11` */
  month: string
  connections: number
  /** Answered by a session, without a new authentication. */
  bySession: number
  /** Of these, by a session with two factors: double authentications that were avoided. */
  doubleAvoided: number
}

export interface ConnectionsOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  /** 256 bits of this room: seals addresses. */
  key: Buffer
}

const habitsRemembered = 100
/** Lines that are looked through for whom somebody last acted for. */
const actedRemembered = 50
const expiryBatch = 5_000
/** From the first to the last line of a session: as long as the settings let one be. */
const sessionSpan = day
/** Characters of a digest of a network, of six bits each: two networks of one person are told apart. */
const networkDigest = 12
/** What the person did not answer for this long is asked no more. */
const answerable = 90 * day
/** After its end, a day gets no line any more: those of clocks that differ, and of transactions under way, are there. */
const tallyAfter = hour

export function createConnections(options: ConnectionsOptions): Connections {
  const { storage, clock, audit } = options
  const originKey = deriveKey(options.key, 'connections/origin')
  const networkKey = deriveKey(options.key, 'connections/network')
  const store = createConnectionStore()

  /** The id is authenticated with the address: it cannot be moved to the line of somebody else. */
  const sealOrigin = ({ id, address, port }: NewConnection) => seal(originKey, `${port} ${address}`, id)

  const networkOf: Connections['networkOf'] = (person, address) => {
    const network = neighbourhoodOf(address)
    return network && keyedHash(networkKey, person, network).slice(0, networkDigest)
  }

  /** As it rests, but for its reference. */
  function sealed(connection: NewConnection) {
    const { person, address, at } = connection
    const network = person && networkOf(person, address)
    return { ...connection, at: toDate(at), origin: sealOrigin(connection), ...(network ? { network } : {}) }
  }

  function read(row: ConnectionRow & { origin: Buffer }): Connection {
    const [port = '', address = ''] = unseal(originKey, row.origin, row.id).toString('utf8').split(' ')
    return { ...lineIn(row), address, port: Number(port) }
  }

  function lineIn(row: ConnectionRow): Line {
    return {
      id: row.id,
      reference: row.reference,
      state: row.state,
      at: row.at.getTime(),
      service: row.service,
      amr: row.amr,
      reused: row.reused,
      scopes: row.scopes,
      unusual: row.unusual,
      alert: row.alert,
      ...present({
        completedAt: row.completed_at?.getTime(),
        person: row.person,
        provider: row.provider,
        link: row.link,
        level: row.level,
        acr: row.acr,
        took: row.took,
        away: row.away,
        session: row.session,
        device: row.device,
        country: row.country,
        organisation: row.organisation,
        mandate: row.mandate,
        refusal: row.refusal,
        answer: row.answer,
        answeredAt: row.answered_at?.getTime(),
      }),
    }
  }

  return {
    async record(tx, connection) {
      const fact = factOf(connection)
      const line = sealed(connection)
      for (let attempt = 0; attempt < 3; attempt++) {
        const reference = makeReference()
        if (await store.insertUnlessTaken(tx, { ...line, reference })) {
          audit.append(tx, fact)
          return { ...connection, reference }
        }
      }
      throw new Error('three references in a row were taken: the source of randomness is broken')
    },

    recordBehind(tx, connection) {
      const line = { ...sealed(connection), reference: makeReference() }
      storage.behind(tx, store.insert(tx, line))
      audit.append(tx, factOf(connection))
    },

    isReferenceTaken: (error) => store.isReferenceTaken(error),

    async complete(tx, id) {
      const service = await store.complete(tx, id, toDate(clock.now()))
      if (service === undefined) return false
      audit.append(tx, { name: 'connection.completed', data: { connection: id, service } })
      return true
    },

    completeBehind(tx, { id, service }) {
      storage.behind(tx, store.completeFirst(tx, { id, service, at: toDate(clock.now()) }))
      audit.append(tx, { name: 'connection.completed', data: { connection: id, service } })
    },

    async byId(handle, id) {
      const row = await store.byId(handle, id)
      return row && read(row)
    },

    personOf: (reference) => store.personOf(storage.db, reference),

    async ofPerson(person, asked) {
      return (await store.ofPerson(storage.db, { ...asked, person })).map(lineIn)
    },

    async lineOf(person, reference) {
      const row = await store.lineOf(storage.db, { person, reference })
      return row && lineIn(row)
    },

    async linesOf(person, ids) {
      return ids.length === 0 ? [] : (await store.linesOf(storage.db, person, ids)).map(lineIn)
    },

    async around(handle, person, { lines, most }) {
      if (lines.length === 0) return []
      const named = await store.linesWithOrigin(handle, person, { lines })
      const sessions = [...new Set(named.flatMap(({ session }) => session ?? []))]
      const times = named.map(({ id }) => instantOfId(id))
      // A session is over after half a day, so its lines are near.
      const near = { from: Math.min(...times) - sessionSpan, until: Math.max(...times) + sessionSpan }
      const also = sessions.length === 0 ? [] : await store.linesWithOrigin(handle, person, { sessions, ...near, most })
      const all = new Map([...named, ...also.slice(0, Math.max(0, most - named.length))].map((row) => [row.id, row]))
      return [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(read)
    },

    lastActed: (person, service, most) =>
      store.lastActed(storage.db, { person, service, most, looked: actedRemembered }),

    async habitsOf(person) {
      const found = await store.habitsOf(storage.db, person)
      return found.map(({ provider, first, ...habit }) => ({
        ...habit,
        since: instantOfId(first),
        ...present({ provider }),
      }))
    },

    async habits(person, since) {
      const { last_country, last_at, ...habits } = await store.habits(storage.db, {
        person,
        since: newOrderedId('connection', since),
        limit: habitsRemembered,
      })
      return last_country && last_at ? { ...habits, last: { country: last_country, at: last_at.getTime() } } : habits
    },

    networkOf,

    async unansweredOf(person, { limit, providers, besides }) {
      const since = newOrderedId('connection', clock.now() - answerable)
      const rows = await store.unansweredOf(storage.db, { person, since, limit: habitsRemembered })
      return rows
        .filter(({ session }) => besides === undefined || session !== besides)
        .filter(({ provider }) => !providers || providers.includes(provider ?? ''))
        .slice(0, limit)
        .map(lineIn)
    },

    async answer(tx, said) {
      const { person, connection, answer } = said
      if (!(await store.answer(tx, { person, connection, answer, at: toDate(clock.now()) }))) return false
      const data = { person, connection }
      audit.append(
        tx,
        said.answer === 'disowned'
          ? { name: 'connection.disowned', data: { ...data, by: said.by } }
          : { name: 'connection.owned', data },
      )
      return true
    },

    async saidOf(handle, line) {
      const row = await store.saidOf(handle, line)
      return row && present({ ...row })
    },

    stopper: {
      async stop(tx, { person, providers = null, why }) {
        const since = newOrderedId('connection', clock.now() - flowLifetime)
        const stopped = await store.stop(tx, { person, providers, since, refusal: why })
        for (const { id, service, provider } of stopped) {
          const data = { connection: id, person, service, provider, reason: why }
          audit.append(tx, { name: 'connection.refused', data })
        }
        return stopped.length
      },
    },

    keeper: {
      room: 'connections',
      forget: async () => {},
      async follow(tx, { from, to, links, left, also }) {
        const providers = links
          .map(({ provider }) => provider)
          .filter((one) => !left.some((kept) => kept.provider === one))
        const what = {
          links: links.map(({ link }) => link),
          providers: [...new Set(providers)],
          all: left.length === 0,
        }
        also(await store.moveTo(tx, { from, to, ...what }))
      },
    },

    async expire(olderThan) {
      // An id of that instant stands between what is older and what is younger: the primary key finds what has to go.
      const end = newOrderedId('connection', olderThan)
      let total = 0
      for (let batch = expiryBatch; batch === expiryBatch; total += batch) {
        batch = await store.expire(storage.db, { before: end, olderThan: toDate(olderThan), limit: expiryBatch })
      }
      return total
    },

    count: () => store.count(storage.db),
    async tally(timeZone) {
      const over = toDate(clock.now() - tallyAfter)
      for (let more = true; more; ) more = await storage.transaction((tx) => store.countDay(tx, { timeZone, over }))
    },
    activity: (since, timeZone) => store.activity(storage.db, { since, timeZone }),
    signIns: (since) => store.signIns(storage.db, since),
    async striking(stretch, asked) {
      return (await store.striking(storage.db, { ...stretch, ...asked })).map(lineIn)
    },
    busy: (stretch, asked) => store.busy(storage.db, { ...stretch, ...asked }),
    attempts: (stretch, refusals) => store.attempts(storage.db, { ...stretch, refusals }),
    async onSharedDevice(device, asked) {
      return (await store.onSharedDevice(storage.db, { ...asked, device })).map(lineIn)
    },
    firstSince: (handle, at) => store.firstSince(handle, at),
    counted: (handle, time) => store.counted(handle, time),
    reuse: (since, timeZone, services) => store.reuse(storage.db, { since, timeZone, services: services ?? null }),
  }
}

function factOf(connection: NewConnection): Fact {
  const { id, person, service, provider, level, amr, reused, session, device, alert, refusal } = connection
  const { organisation = null, mandate = null } = connection
  if (connection.state === 'refused') {
    if (!refusal) throw new TypeError('a refused connection has a refusal')
    return {
      name: 'connection.refused',
      data: { connection: id, person: person ?? null, service, provider: provider ?? null, reason: refusal },
    }
  }
  if (!person || !provider || !level || !session || refusal) {
    throw new TypeError('an authorised connection has a person, a provider, a level and a session, and no refusal')
  }
  return {
    name: 'connection.authorised',
    data: {
      ...{ connection: id, person, service, provider, level, amr, reused, session, device: device ?? null, alert },
      ...{ organisation, mandate },
    },
  }
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** Without what the row does not have. */
function present<T extends Record<string, unknown>>(columns: T): Present<T> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value != null)) as Present<T>
}
