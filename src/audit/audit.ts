/**
 * The journal: what happened, written once and never changed. This room owns the closed list of facts (`facts.ts`),
 * appending in the caller's transaction, the outbox that tells reactors after the commit, sealing into a signed Merkle
 * tree (RFC 9162 hashing), proofs, retention, and offline verification. It does not own what facts mean to others, nor
 * the key that signs: `hub.ts` hands the signer in.
 *
 * A fact holds identifiers and closed words only: no name, contact, address, secret, code or token.
 */

import type { OutboundFetch } from '../http/outbound.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import type { ConnectionId } from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { canonical, saltLength } from './canonical.ts'
import { createDelivery } from './deliver.ts'
import { createExplorer, type Entry, type Exploration, type Explored } from './explore.ts'
import type { Fact, FactName } from './facts.ts'
import { toTreeHead } from './heads.ts'
import { type Loop, startLoop } from './loop.ts'
import { completeSubtrees, consistencyPath, foldRight, inclusionPath, type Range } from './merkle.ts'
import { type ConnectionReceipt, connectionFormat, type Receipt } from './receipt.ts'
import { expireFacts } from './retention.ts'
import { createSealer } from './seal.ts'
import {
  type Backlog,
  findLeaf,
  insertFacts,
  latestHead,
  type NewFact,
  readBacklog,
  readFacts,
  readHashes,
  readHeads,
} from './store.ts'
import { onlyWords } from './words.ts'

export { type Entry, type Exploration, type Explored, type SubjectField, subjectFields } from './explore.ts'
export { type JournalKeys, journalKeysOf, readJournalKeys, writeJournalKeys } from './heads.ts'
export {
  type ConnectionReceipt,
  type Receipt,
  type ReceiptVerdict,
  readReceipt,
  verifyConnectionReceipt,
  verifyReceipt,
} from './receipt.ts'
export { renderVerification } from './render.ts'
export { auditVerify, type Finding, type Verification, type VerifyOptions } from './verify.ts'
export type { Backlog }

/** A fact as reactors and readers see it. */
export interface Recorded<N extends FactName = FactName> {
  /** Position in the journal, growing, with gaps where transactions rolled back. */
  sequence: bigint
  at: Instant
  name: N
  data: Extract<Fact, { name: N }>['data']
}

/** Signs tree heads; `keyId` names the public key that `verify` is given. */
export interface Signer {
  keyId: string
  /** Compact JWS over the payload (RFC 7515). */
  sign(payload: Record<string, unknown>): Promise<string>
}

export interface TreeHead {
  size: number
  /** Root hash of the tree (RFC 9162 section 2.1.1), base64url. */
  root: string
  at: Instant
  /** Compact JWS whose payload is `{ size, root, at }` and the journal's origin. */
  signature: string
}

/**
 * What runs after the commit, in a transaction that also marks as done what it hears: the facts of some transactions
 * together, those of each in their order.
 */
export type Reactor = (facts: readonly Recorded[], tx: Tx) => Promise<void>

export interface Audit {
  /**
   * Adds facts to the caller's transaction. They are written just before it commits, all facts of the transaction and
   * its one outbox row in one statement.
   *
   * @throws TypeError when a fact holds something else than text, integers, booleans, null, lists and objects
   */
  append(tx: Tx, ...facts: Fact[]): void
  /**
   * Registers a reactor; before `start`. Reactors enqueue jobs through `tx` and make no network call. A reactor that
   * throws hears the same facts again, those of each transaction alone; those of different ones come in any order.
   */
  react(reactor: Reactor): void
  /** Starts delivering to reactors and sealing, each about once a second; delivering also soon after an append. */
  start(): Promise<void>
  /** Ends both, after a last sealing. */
  stop(): Promise<void>
  /** Delivers all that is committed to the reactors now; returns how many facts. */
  deliver(): Promise<number>
  /** Seals all that is committed now and signs a head if the tree grew. */
  sealNow(): Promise<TreeHead | undefined>
  /** Applies retention: deletes facts older than their category's duration, with their salt, keeping the leaf. */
  expire(): Promise<number>
  /** Facts that meet all conditions, the newest first. */
  explore(wanted: Exploration): Promise<Explored>
  /** One fact with what proves it, also once it is not kept any more. Nothing when there never was such a fact. */
  entry(sequence: bigint): Promise<Entry | undefined>
  /** The proof that a fact is in the journal; nothing when there is no such fact or it is not under a signed head yet. */
  receipt(sequence: bigint): Promise<Receipt | undefined>
  /**
   * The proof of what the journal says of a connection. `waiting`: some of it is not under a signed head yet, which
   * takes about a second; `gone`: what it was is not kept any more.
   */
  receiptOf(connection: ConnectionId): Promise<ConnectionReceipt | 'waiting' | 'gone'>
  /** The last signed head. */
  head(): Promise<TreeHead | undefined>
  /** Hashes (base64url) that prove that a tree grew from one size to another (RFC 9162 section 2.1.4). */
  consistency(from: number, to: number): Promise<string[]>
  /** What waits; for health and metrics. */
  backlog(): Promise<Backlog>
}

export interface AuditOptions {
  storage: Storage
  clock: Clock
  signer: () => Promise<Signer>
  /** Public name of this journal, in every head: the issuer. */
  origin: string
  /** How long facts of a category are kept, in milliseconds. */
  retention: Record<'security' | 'connection' | 'administration', number>
  /** Where heads are also kept, outside the database: a file that is appended to, and an address to post to. */
  heads: { file?: string; url?: string }
  fetch: OutboundFetch
  /** Errors are handed over whole: the log says of them what is safe to say. */
  log: (message: string, inside: Record<string, unknown>) => void
}

/** Pause between two turns of delivering and of sealing. */
const turnEvery = second
/**
 * Delivering follows an append after this time: the transaction has most likely ended by then, and what a busy process
 * appends meanwhile goes with it. An alert is a mail, which takes seconds: nobody notices a quarter of one.
 */
const deliverSoon = second / 4
/** While the database is away, it is asked again at least this often. */
const longestPause = minute / 4

/** What happened, and what its person said of it last: they may change their mind without end. */
const factsOfConnection = [
  { names: ['connection.authorised', 'connection.completed', 'connection.refused'], limit: 5 },
  { names: ['connection.owned', 'connection.disowned'], limit: 10 },
] as const satisfies { names: FactName[]; limit: number }[]

export function createAudit(options: AuditOptions): Audit {
  const { storage, clock, log } = options
  const db = storage.db
  const reactors: Reactor[] = []
  const gathered = new WeakMap<Tx, NewFact[]>()
  const delivery = createDelivery({ storage, clock, reactors, log })
  const sealer = createSealer(options)
  const explorer = createExplorer({ storage, clock, hashesOf })
  let loops: { delivering: Loop; sealing: Loop } | undefined

  function append(tx: Tx, ...facts: Fact[]): void {
    const at = clock.now()
    const written = facts.map(({ name, data }) => ({ at, name, data: canonical(onlyWords(name, data, log)) }))
    const waiting = gathered.get(tx)
    if (waiting) {
      waiting.push(...written)
    } else if (written.length > 0) {
      gathered.set(tx, written)
      storage.beforeCommit(tx, () => flush(tx))
    }
  }

  async function flush(tx: Tx): Promise<void> {
    const facts = gathered.get(tx) ?? []
    // A later hook of this transaction may append again.
    gathered.delete(tx)
    storage.behind(tx, insertFacts(tx, facts, randomBytes(saltLength * facts.length), clock.now()))
    loops?.delivering.nudge()
  }

  async function hashesOf(ranges: readonly Range[]): Promise<string[]> {
    const parts = ranges.map(completeSubtrees)
    const hashes = await readHashes(db, parts.flat())
    return parts.map((part) => foldRight(hashes.splice(0, part.length)).toString('base64url'))
  }

  async function receipt(sequence: bigint): Promise<Receipt | undefined> {
    const [leaf, head, [fact]] = await Promise.all([
      findLeaf(db, sequence),
      latestHead(db),
      readFacts(db, { after: sequence - 1n, upTo: sequence, limit: 1 }),
    ])
    if (!leaf || !head || !fact || leaf.index >= head.size) return undefined
    const [first] = await readHeads(db, { above: leaf.index, limit: 1 })
    return {
      fact: { sequence: Number(sequence), at: fact.at, name: fact.name, data: JSON.parse(fact.data) },
      salt: fact.salt.toString('base64url'),
      leaf: { index: leaf.index, until: leaf.until },
      inclusion: await hashesOf(inclusionPath(leaf.index, head.size)),
      head: toTreeHead(head),
      ...(first && first.size < head.size
        ? { since: { head: toTreeHead(first), consistency: await hashesOf(consistencyPath(first.size, head.size)) } }
        : {}),
    }
  }

  async function receiptOf(connection: ConnectionId): Promise<ConnectionReceipt | 'waiting' | 'gone'> {
    const subject = { field: 'connection', id: connection } as const
    const found = (await Promise.all(factsOfConnection.map((one) => explorer.explore({ ...one, subject }))))
      .flatMap(({ facts }) => facts)
      .toSorted((a, b) => Number(a.sequence - b.sequence))
    const [first] = found
    if (first?.name !== 'connection.authorised' && first?.name !== 'connection.refused') return 'gone'
    const receipts = await Promise.all(found.map(({ sequence }) => receipt(sequence)))
    const signed = receipts.filter((one) => one !== undefined)
    return signed.length < found.length ? 'waiting' : { format: connectionFormat, connection, facts: signed }
  }

  function startLoops() {
    const loop = (what: string, turn: () => Promise<unknown>) =>
      startLoop({
        every: turnEvery,
        soon: deliverSoon,
        longest: longestPause,
        turn,
        failed: (error) => log(`journal: ${what} failed`, { error }),
      })
    return { delivering: loop('delivering', delivery.deliverTurn), sealing: loop('sealing', sealer.sealTurn) }
  }

  return {
    append,
    react: (reactor) => void reactors.push(reactor),
    async start() {
      loops ??= startLoops()
    },
    async stop() {
      const running = loops
      loops = undefined
      if (running) {
        await Promise.all([running.delivering.stop(), running.sealing.stop()])
        await sealer.sealTurn().catch((error) => log('journal: the last sealing failed', { error }))
      }
      await sealer.stop()
    },
    deliver: delivery.deliverAll,
    sealNow: sealer.sealNow,
    expire: () => expireFacts({ storage, clock, retention: options.retention, append }),
    ...explorer,
    receipt,
    receiptOf,
    async head() {
      const head = await latestHead(db)
      return head && toTreeHead(head)
    },
    consistency: (from, to) => hashesOf(consistencyPath(from, to)),
    backlog: () => readBacklog(db),
  }
}
