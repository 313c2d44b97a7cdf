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
import { hour } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import {
  type ConnectionId,
  type DeviceId,
  type LinkId,
  newOrderedId,
  type PersonId,
  type ProviderId,
  type ServiceId,
  type SessionId,
} from '../kernel/ids.ts'
import { deriveKey, seal, unseal } from '../kernel/secrets.ts'
import type { Keeper } from '../people/people.ts'
import type { Reason } from '../policy/policy.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { makeReference } from './reference.ts'
import { type ConnectionRow, createConnectionStore } from './store.ts'

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
  refusal?: ErrorName
  /** Why the context was unusual; empty when it was not. */
  unusual: Reason[]
  /** Does the person hear of it? `alerts/` obeys, and them, where they turned it off (R056). */
  alert: AlertKind
}

export type NewConnection = Omit<Connection, 'reference' | 'completedAt' | 'state'> & {
  state: 'authorised' | 'refused'
}

export interface Connections {
  /**
   * Writes a connection and its fact. The reference is made here. An authorised one has a person, a provider, a level
   * and a session; a refused one its refusal.
   */
  record(tx: Tx, connection: NewConnection): Promise<Connection>
  /** The service redeemed the code: `authorised` becomes `completed`, once. Writes the fact. */
  complete(tx: Tx, id: ConnectionId): Promise<boolean>
  byId(handle: Handle, id: ConnectionId): Promise<Connection | undefined>
  /** Who signed in, or tried to, by the connection of this code, as `parseReference` has it. */
  personOf(reference: string): Promise<PersonId | undefined>
  /** Newest first, of one person, through its owner. `before` pages. */
  ofPerson(person: PersonId, options: { limit: number; before?: ConnectionId }): Promise<Connection[]>
  /**
   * Countries and providers of the person's last connections (a hundred at most, so that its cost has a bound), for the
   * unusual-context decision. Refused ones are nobody's habit.
   */
  habits(
    person: PersonId,
    since: Instant,
  ): Promise<{ countries: string[]; providers: ProviderId[]; connections: number }>
  /**
   * To be registered with `people.keep`. What was done through accounts that passed to somebody else goes along. A line
   * that names no account (an older one, a refusal) goes by its provider, unless who is left has another account there:
   * then nobody knows whose it was, and it stays. Of who is erased the lines stay, for as long as the law keeps traces:
   * they hold no name.
   */
  keeper: Keeper
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
const expiryBatch = 5_000
/** After its end, a day gets no line any more: those of clocks that differ, and of transactions under way, are there. */
const tallyAfter = hour

export function createConnections(options: ConnectionsOptions): Connections {
  const { storage, clock, audit } = options
  const originKey = deriveKey(options.key, 'connections/origin')
  const store = createConnectionStore()

  /** The id is authenticated with the address: it cannot be moved to the line of somebody else. */
  const sealOrigin = ({ id, address, port }: NewConnection) => seal(originKey, `${port} ${address}`, id)

  function read(row: ConnectionRow): Connection {
    const [port = '', address = ''] = unseal(originKey, row.origin, row.id).toString('utf8').split(' ')
    return {
      id: row.id,
      reference: row.reference,
      state: row.state,
      at: row.at.getTime(),
      service: row.service,
      amr: row.amr,
      reused: row.reused,
      address,
      port: Number(port),
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
        refusal: row.refusal,
      }),
    }
  }

  return {
    async record(tx, connection) {
      const fact = factOf(connection)
      const origin = sealOrigin(connection)
      for (let attempt = 0; attempt < 3; attempt++) {
        const reference = makeReference()
        if (await store.insert(tx, { ...connection, reference, origin, at: toDate(connection.at) })) {
          audit.append(tx, fact)
          return { ...connection, reference }
        }
      }
      throw new Error('three references in a row were taken: the source of randomness is broken')
    },

    async complete(tx, id) {
      const service = await store.complete(tx, id, toDate(clock.now()))
      if (service === undefined) return false
      audit.append(tx, { name: 'connection.completed', data: { connection: id, service } })
      return true
    },

    async byId(handle, id) {
      const row = await store.byId(handle, id)
      return row && read(row)
    },

    personOf: (reference) => store.personOf(storage.db, reference),

    async ofPerson(person, { limit, before }) {
      return (await store.ofPerson(storage.db, { person, limit, before: before ?? null })).map(read)
    },

    async habits(person, since) {
      return store.habits(storage.db, { person, since: newOrderedId('connection', since), limit: habitsRemembered })
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
    firstSince: (handle, at) => store.firstSince(handle, at),
    counted: (handle, time) => store.counted(handle, time),
    reuse: (since, timeZone, services) => store.reuse(storage.db, { since, timeZone, services: services ?? null }),
  }
}

function factOf(connection: NewConnection): Fact {
  const { id, person, service, provider, level, amr, reused, session, device, alert, refusal } = connection
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
    data: { connection: id, person, service, provider, level, amr, reused, session, device: device ?? null, alert },
  }
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** Without what the row does not have. */
function present<T extends Record<string, unknown>>(columns: T): Present<T> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value != null)) as Present<T>
}
