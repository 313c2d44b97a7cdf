/**
 * "It was not me": a person disowns a connection, which ends its session and nothing else, and reports that somebody used
 * their identity, which is a case. A case here is a simple record: about one connection, received, then closed by an
 * operator with a reason; who is told of it and what partners do about it is not here. One case is open about a
 * connection at a time. What the person wrote is sealed with their own key, and goes with it when they are erased.
 *
 * The code of an alert alone disowns, because it is often all that somebody has at hand; so it does no more than that: it
 * blocks nothing and freezes nothing, else whoever reads somebody's mail could shut them out.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Connections } from '../connections/connections.ts'
import { makeReference } from '../connections/reference.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import { type CaseId, type ConnectionId, newOrderedId, type PersonId, type SessionId } from '../kernel/ids.ts'
import { deriveKey, keyedHash } from '../kernel/secrets.ts'
import type { Keeper, People } from '../people/people.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { type CaseRow, createCaseStore } from './store.ts'

export type CaseState = 'received' | 'closed'
export const caseCloseReasons = ['settled', 'not_a_theft', 'duplicate', 'no_answer'] as const
export type CaseCloseReason = (typeof caseCloseReasons)[number]

export interface Case {
  id: CaseId
  /** A code that people read out, like that of a connection. */
  reference: string
  person: PersonId
  connection: ConnectionId
  state: CaseState
  openedAt: Instant
  openedBy: Actor
  closed?: { at: Instant; by: Actor; reason: CaseCloseReason }
}

/** `again`: it was so already. `absent`: it is no line of theirs. */
export type Said = 'done' | 'again' | 'absent'

export interface Cases {
  /**
   * It was not them: notes it, and ends the session that the connection was made in, whatever replaced it in the same
   * browser; services are told. The device knows the person no more. Idempotent. A session that the person is in now (`besides`) goes on.
   */
  disown(said: {
    person: PersonId
    connection: ConnectionId
    by: 'code' | 'session'
    besides?: SessionId
  }): Promise<Said>
  /** It was them, after all or from the start. Not while a case is open about it. */
  own(said: { person: PersonId; connection: ConnectionId }): Promise<Said | 'case_open'>
  /** Reports it: disowns the connection, and opens a case about it unless one is open, which is returned. */
  open(report: {
    person: PersonId
    connection: ConnectionId
    /** What they want to say; may be empty. */
    words: string
    actor: Actor
    besides?: SessionId
  }): Promise<{ kind: 'opened' | 'open_already'; case: Case } | { kind: 'absent' } | { kind: 'too_long'; most: number }>
  /** The one that is open about a connection of a person. */
  openAbout(person: PersonId, connection: ConnectionId): Promise<Case | undefined>
  /** The newest first, a hundred at most. */
  ofPerson(person: PersonId): Promise<Case[]>
  /** Those that wait, the oldest first. */
  waiting(page: { limit: number; after?: CaseId }): Promise<Case[]>
  /** Those that are over, the last closed first. */
  closed(page: { limit: number; before?: CaseId }): Promise<Case[]>
  countWaiting(): Promise<number>
  /** For an operator: a case with what the person wrote, where that can still be read. Each reading is a fact. */
  read(id: CaseId, actor: Actor): Promise<{ case: Case; words?: string } | undefined>
  /** By an operator, once. `absent`: there is no such case. */
  close(id: CaseId, end: { reason: CaseCloseReason; actor: Actor }): Promise<Said>
  /** May somebody at this address type another code of an alert? Counts the try, over all processes. */
  mayTry(address: string): Promise<boolean>
  /** To be registered with `people.keep`, after that of `connections`. */
  keeper: Keeper
  /** Deletes cases that were closed longer ago than their retention. A job calls it. */
  sweep(): Promise<void>
}

export interface CasesOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  people: Pick<People, 'sealerOf'>
  sessions: Pick<Sessions, 'endOf' | 'endAllOf' | 'forgetDevice'>
  connections: Pick<Connections, 'answer' | 'saidOf'>
  /** 256 bits of this room: digests of networks. */
  key: Buffer
  /** Milliseconds for which a closed case is kept. */
  retention: number
}

/** Characters of what a person may write: a page. */
export const mostWords = 2_000

/** Codes of alerts that one network may type in an hour: a hospital is one network, and guessing 55 bits needs far more. */
const mostTries = 60
const tryWindow = hour

/** Of one person: a list is read at one glance, and nobody has a hundred connections reported. */
const mostOfPerson = 100

export function createCases(options: CasesOptions): Cases {
  const { storage, clock, audit, people, sessions, connections, retention } = options
  const networkKey = deriveKey(options.key, 'cases/network')
  const store = createCaseStore()
  const placeOf = (id: CaseId) => `case ${id}`

  /**
   * With the connection locked (`store.lock`): what is said of it is said here alone. Devices come before sessions and
   * these before connections, as in a sign-in and a freeze, so that none of them waits for another in a circle.
   */
  async function disownIn(tx: Tx, said: Parameters<Cases['disown']>[0]): Promise<Said> {
    const { person, connection, by, besides } = said
    const line = await connections.saidOf(tx, said)
    if (!line) return 'absent'
    if (line.answer === 'disowned') return 'again'
    const { session, device } = line
    if (device) {
      const there = besides ? { except: besides } : {}
      // Else whoever comes back by it would be somebody familiar, and nobody would be told.
      await sessions.forgetDevice(tx, person, device, there)
      // One that replaced it in the same browser is found by the device: an ended session is forgotten after a day.
      await sessions.endAllOf(tx, person, 'revoked', { device, ...there })
    }
    if (session && session !== besides) await sessions.endOf(tx, person, session)
    await connections.answer(tx, { person, connection, answer: 'disowned', by })
    return 'done'
  }

  async function insert(tx: Tx, row: Omit<Parameters<typeof store.insert>[1], 'reference'>): Promise<string> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const reference = makeReference()
      if (await store.insert(tx, { ...row, reference })) return reference
    }
    throw new Error('three references in a row were taken: the source of randomness is broken')
  }

  return {
    disown: (said) =>
      storage.transaction(async (tx) => {
        await store.lock(tx, said.connection)
        return disownIn(tx, said)
      }),

    own: (said) =>
      storage.transaction(async (tx) => {
        await store.lock(tx, said.connection)
        if (await store.openAbout(tx, said)) return 'case_open'
        const line = await connections.saidOf(tx, said)
        if (!line) return 'absent'
        return (await connections.answer(tx, { ...said, answer: 'owned' })) ? 'done' : 'again'
      }),

    async open({ words: given, actor, ...about }) {
      // As the page counts them: a form sends two characters for the end of a line.
      const words = given.replace(/\r\n?/g, '\n').trim()
      if (words.length > mostWords) return { kind: 'too_long', most: mostWords }
      return storage.transaction(async (tx) => {
        await store.lock(tx, about.connection)
        const before = await store.openAbout(tx, about)
        if (before) return { kind: 'open_already', case: caseIn(before) }
        if ((await disownIn(tx, { ...about, by: 'session' })) === 'absent') return { kind: 'absent' }
        const { person, connection } = about
        const sealer = await people.sealerOf(tx, person)
        if (!sealer) return { kind: 'absent' }
        const at = clock.now()
        const id = newOrderedId('case', at)
        const sealed = words === '' ? null : sealer.seal(placeOf(id), words)
        const reference = await insert(tx, { id, person, connection, words: sealed, at: toDate(at), by: actor })
        audit.append(tx, { name: 'case.opened', data: { case: id, person, connection, actor } })
        const opened = { id, reference, person, connection, state: 'received', openedAt: at, openedBy: actor } as const
        return { kind: 'opened', case: opened }
      })
    },

    async openAbout(person, connection) {
      const row = await store.openAbout(storage.db, { person, connection })
      return row && caseIn(row)
    },

    ofPerson: async (person) => (await store.ofPerson(storage.db, person, mostOfPerson)).map(caseIn),
    waiting: async ({ limit, after }) => (await store.waiting(storage.db, { limit, after: after ?? null })).map(caseIn),
    closed: async ({ limit, before }) =>
      (await store.closed(storage.db, { limit, before: before ?? null })).map(caseIn),
    countWaiting: () => store.countWaiting(storage.db),

    read: (id, actor) =>
      storage.transaction(async (tx) => {
        const row = await store.byId(tx, id)
        if (!row) return undefined
        audit.append(tx, { name: 'case.read', data: { case: id, person: row.person, actor } })
        const sealer = row.words ? await people.sealerOf(tx, row.person) : undefined
        return { case: caseIn(row), ...(row.words && sealer ? { words: sealer.open(placeOf(id), row.words) } : {}) }
      }),

    close: (id, { reason, actor }) =>
      storage.transaction(async (tx) => {
        const ended = await store.close(tx, { id, reason, by: actor, at: toDate(clock.now()) })
        if (!ended) return (await store.byId(tx, id)) ? 'again' : 'absent'
        audit.append(tx, { name: 'case.closed', data: { case: id, person: ended.person, reason, actor } })
        return 'done'
      }),

    async mayTry(address) {
      const at = clock.now()
      const network = keyedHash(networkKey, 'tries', neighbourhoodOf(address) ?? address)
      return (await store.countTry(storage.db, { network, at, from: at - tryWindow })) <= mostTries
    },

    keeper: {
      room: 'cases',
      forget: (tx, person) => store.blank(tx, person),
      async follow(tx, { from, to, ids, left }) {
        const rows = await store.goingWith(tx, { from, connections: [...ids], all: left.length === 0 })
        if (rows.length === 0) return
        const [before, after] = [await people.sealerOf(tx, from), await people.sealerOf(tx, to)]
        for (const { id, words } of rows) {
          const readable = words && before && after
          const sealed = readable ? after.seal(placeOf(id), before.open(placeOf(id), words)) : null
          await store.give(tx, id, { person: to, words: sealed })
        }
      },
    },

    async sweep() {
      const now = clock.now()
      await store.forgetClosed(storage.db, toDate(now - retention))
      await store.forgetTries(storage.db, toDate(now - tryWindow))
    },
  }
}

function caseIn(row: CaseRow): Case {
  const { id, reference, person, connection, state, closed_at: at, closed_by: by, close_reason: reason } = row
  return {
    ...{ id, reference, person, connection, state, openedAt: row.opened_at.getTime(), openedBy: row.opened_by },
    ...(at && by && reason ? { closed: { at: at.getTime(), by, reason } } : {}),
  }
}
