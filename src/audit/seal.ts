/**
 * From committed facts to signed heads. Leaves follow the order of sequences exactly; none is ever added behind another.
 *
 * Why that holds. A transaction holds the lock of one who writes to the table of facts before it draws its first
 * sequence, and until it ends (`insertFacts`). The sealer reads the highest sequence drawn so far, and after that who
 * holds that lock: whoever drew one of those sequences is among them, or has ended. Once all of them have ended, every
 * sequence up to the one read is either visible or will never be. No lock is taken that an appending transaction could
 * wait for, and whoever writes elsewhere, as in another database of the server, holds nothing up.
 *
 * Signing and writing outside happen after the commit: a signer may be on the network. A crash in between leaves leaves
 * without a head, and the next turn signs for them.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { OutboundFetch } from '../http/outbound.ts'
import type { Clock } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import type { AuditOptions, Signer, TreeHead } from './audit.ts'
import { commitmentOf, firstDayAfter, type Leaf, leafEntry } from './canonical.ts'
import { headPayload, type LeafPrint, printOf } from './heads.ts'
import { oneAtATime } from './loop.ts'
import { completeSubtrees, createFrontier, type Frontier, foldRight, leafHash } from './merkle.ts'
import { createOutside } from './outside.ts'
import { keptFor } from './retention.ts'
import {
  haveEnded,
  insertHead,
  insertLeaves,
  latestHead,
  lockSealer,
  readFacts,
  readHashes,
  readRoot,
  readTail,
  type SaltedFact,
  type SignedHead,
  writers,
} from './store.ts'

/** Facts that are added in one transaction: a few megabytes of memory. */
const batchSize = 5_000

/** A transaction that appends lasts milliseconds: this long a turn waits for those that run, then leaves it to the next. */
const patience = { pauses: 20, pause: 10 }

/** All sequences up to `drawn` belong to these transactions, or to some that have ended. */
interface Horizon {
  drawn: bigint
  writers: string[]
}

interface Tree {
  size: number
  root: Buffer
}

type Outcome =
  /** Leaves were added; there may be more. */
  | (Tree & { kind: 'grown'; prints: LeafPrint[]; drawn: bigint; full: boolean })
  /** Nothing is left up to `drawn`. */
  | { kind: 'nothing'; drawn: bigint }
  /** A transaction runs that may still add a fact below the horizon. */
  | { kind: 'unsettled' }
  /** Another process is sealing. */
  | { kind: 'busy' }

export interface Sealer {
  sealNow(): Promise<TreeHead | undefined>
  /** One turn of the loop: as `sealNow`, but leaves the work to another process that is at it. */
  sealTurn(): Promise<void>
  stop(): Promise<void>
}

export function createSealer(options: {
  storage: Storage
  clock: Clock
  signer: () => Promise<Signer>
  origin: string
  retention: AuditOptions['retention']
  heads: AuditOptions['heads']
  fetch: OutboundFetch
  log: AuditOptions['log']
}): Sealer {
  const { storage, clock, origin } = options
  const outside = createOutside(options)
  const alone = oneAtATime()
  let horizon: Horizon | undefined
  /** Sequences up to this one need no further look: sealed, or never to be. */
  let settledUpTo = 0n
  /** The tree that this process, or the file of heads, vouches for. What is in the database must continue it. */
  let trusted: Tree | undefined

  async function seal(tx: Tx, wait: boolean): Promise<Outcome> {
    if (!(await lockSealer(tx, wait))) return { kind: 'busy' }
    const tail = await readTail(tx)
    const subtrees = await readHashes(tx, completeSubtrees({ from: 0, to: tail.size }))
    await checkTree(tx, { size: tail.size, root: foldRight(subtrees) })
    if (!horizon || horizon.drawn <= tail.sequence) {
      // In this order: first what was drawn, then who may have drawn it.
      if (tail.drawn <= tail.sequence) return { kind: 'nothing', drawn: tail.drawn }
      horizon = { drawn: tail.drawn, writers: await writers(tx) }
    }
    const { drawn, writers: drawing } = horizon
    // While nobody wrote, all had ended.
    if (drawing.length > 0 && !(await haveEnded(tx, drawing))) return { kind: 'unsettled' }
    const facts = await readFacts(tx, { after: tail.sequence, upTo: drawn, limit: batchSize })
    if (facts.length === 0) return { kind: 'nothing', drawn }
    const grown = await grow(tx, createFrontier(tail.size, subtrees), facts)
    return { kind: 'grown', ...grown, drawn, full: facts.length === batchSize }
  }

  async function grow(tx: Tx, frontier: Frontier, facts: readonly SaltedFact[]) {
    const from = frontier.size
    const leaves = facts.map((fact) => toLeaf(fact))
    const prints = leaves.map((leaf, place): LeafPrint => {
      const hash = leafHash(leafEntry(leaf))
      frontier.push(hash)
      return { index: from + place, sequence: leaf.sequence, print: printOf(hash) }
    })
    await insertLeaves(tx, { from, leaves, nodes: frontier.takeCompleted() })
    return { size: frontier.size, root: frontier.root(), prints }
  }

  function toLeaf({ salt, ...fact }: SaltedFact): Leaf {
    const until = firstDayAfter(fact.at, keptFor(fact.name, options.retention))
    return { sequence: fact.sequence, until, commitment: commitmentOf(fact, salt) }
  }

  /** Never continues, and so never signs, a tree that is not the one that was signed before. */
  async function checkTree(handle: Handle, { size, root }: Tree): Promise<void> {
    trusted ??= (await outside.lastHead()) ?? (await latestHead(handle))
    if (!trusted || (size === trusted.size && root.equals(trusted.root))) return
    const continues = size > trusted.size && (await readRoot(handle, trusted.size)).equals(trusted.root)
    if (!continues) {
      throw new GarantError('internal', {
        reason: 'not_the_signed_tree',
        size,
        signed: trusted.size,
      })
    }
  }

  function remember(outcome: Outcome): void {
    if (outcome.kind === 'grown') {
      trusted = { size: outcome.size, root: outcome.root }
      outside.hold(outcome.prints)
    }
    const done = outcome.kind === 'nothing' || (outcome.kind === 'grown' && !outcome.full)
    if (done) {
      settledUpTo = outcome.drawn
      horizon = undefined
    }
  }

  /** Adds all that can be added now. Returns the tree when it is this process that gave it its end. */
  async function sealAll(wait: boolean): Promise<Tree | undefined> {
    for (let pauses = 0; pauses < patience.pauses; ) {
      const outcome = await storage.transaction((tx) => seal(tx, wait))
      remember(outcome)
      if (outcome.kind === 'unsettled') {
        pauses += 1
        await pause(patience.pause)
      } else if (outcome.kind !== 'grown' || !outcome.full) {
        return outcome.kind === 'grown' ? { size: outcome.size, root: outcome.root } : undefined
      }
    }
    return undefined
  }

  /** The tree, if it has leaves that no head is signed for: another process added them, or this one before it failed. */
  async function unsignedTree(): Promise<Tree | undefined> {
    const { size, signed } = await readTail(storage.db)
    if (size <= signed) return undefined
    if (trusted?.size !== size) {
      const tree = { size, root: await readRoot(storage.db, size) }
      await checkTree(storage.db, tree)
      trusted = tree
    }
    return trusted
  }

  async function sign(tree: Tree): Promise<SignedHead> {
    const unsigned = { ...tree, at: clock.now() }
    const signer = await options.signer()
    const head = { ...unsigned, signature: await signer.sign({ ...headPayload(origin, unsigned) }) }
    await outside.publish(head)
    await insertHead(storage.db, head)
    return head
  }

  async function turn(wait: boolean): Promise<SignedHead | undefined> {
    const { size, sequence, drawn, signed } = await readTail(storage.db)
    const isMore = wait || drawn > bigger(sequence, settledUpTo)
    if (!isMore && size <= signed) {
      await outside.publishHeld()
      return undefined
    }
    const tree = (isMore ? await sealAll(wait) : undefined) ?? (await unsignedTree())
    return tree && sign(tree)
  }

  return {
    sealNow: () =>
      alone(async () => {
        const head = await turn(true)
        return head && { ...head, root: head.root.toString('base64url') }
      }),
    sealTurn: () => alone(async () => void (await turn(false))),
    stop: () => outside.stop(),
  }
}

const bigger = (a: bigint, b: bigint) => (a > b ? a : b)
