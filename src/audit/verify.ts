/**
 * Verification of the whole journal, from rows, signed heads and public keys alone. It reads in pages and keeps a few
 * pages in memory however long the journal is; nothing is written, and a hub may be running meanwhile.
 *
 * Three things are compared: each fact with its leaf; the tree over all leaves with every signed head, in the database
 * and outside; and, when that tree is not the one that was signed, each leaf with what the file of heads says of it. The
 * last one names the facts, whatever was rebuilt in the database.
 */
import { existsSync } from 'node:fs'
import type { JWK } from 'jose'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { Handle } from '../storage/storage.ts'
import { commitmentOf, dayOf, type Leaf, leafEntry, type WrittenFact } from './canonical.ts'
import { createHeadVerifier, type LeafPrint, printLength, readHeadsFile } from './heads.ts'
import { createFrontier, emptyRoot, leafHash, type StoredNode, storedStep } from './merkle.ts'
import {
  differingNodes,
  displacedLeaves,
  factsWaiting,
  factsWithoutLeaf,
  type JournalRow,
  readHeads,
  readRoot,
  readTail,
  type SaltedFact,
  type SignedHead,
  type Tail,
  walkJournal,
  walkSequences,
} from './store.ts'

export interface VerifyOptions {
  /** A `Storage`, or anything whose `db` can read the journal's tables. */
  storage: { db: Handle }
  /** The name of the journal that heads must carry: the issuer. */
  origin: string
  /** Every key that ever signed heads that are still to be checked. */
  publicKeys: readonly JWK[]
  /** Files of heads kept outside the database, of any process, current or moved away. */
  headsFiles: readonly string[]
  clock: Clock
  /** Findings that are listed; the rest is counted. Default 1,000. */
  limit?: number
}

/**
 * One fault. `removed`, `changed`, `inserted` and `reordered` name a fact by its sequence; a removed one whose number is
 * nowhere to be found any more is named by its place in the tree.
 */
export type Finding =
  | { kind: 'changed' | 'inserted' | 'reordered'; sequence: bigint; name?: string; at?: Instant; why: string }
  | { kind: 'removed'; sequence?: bigint; index: number; why: string }
  /** Signed, and not the head of this tree: some leaf from `from` (included) to `to` (excluded) is not what it was. */
  | { kind: 'head_mismatch'; source: string; from: number; to: number; heads: number }
  /** Not signed by the hub's keys for this journal. */
  | { kind: 'head_forged'; source: string; size: number }
  /** Leaves, and no signed head at all. */
  | { kind: 'head_missing'; leaves: number }
  /** A file of heads that was to be read is not there. */
  | { kind: 'file_missing'; source: string }
  /** A stored inner node is not the hash of the leaves `from` (included) to `to` (excluded). */
  | { kind: 'tree_damaged'; from: number; to: number }

export interface Verification {
  ok: boolean
  leaves: number
  /** Facts that are there and are what their leaf says. */
  intact: number
  /** Facts that are gone since their time came, as their leaf allows. */
  expired: number
  /** Facts that wait for the sealer; nothing protects them yet. */
  unsealed: number
  /** Leaves above the last signed head; nothing protects them yet. */
  unsigned: number
  heads: { database: number; outside: number }
  /** Lines of the files of heads that could not be read, such as one that a crash cut off. */
  unreadableLines: number
  findings: Finding[]
  /** How many there are, listed or not. */
  found: number
}

/** Rows in memory at a time. A multiple of 2^storedStep, so that complete nodes end where pages end. */
const pageSize = 4_096

/**
 * How much older than the head before it a fact may be: transactions last seconds, and clocks of processes agree to
 * seconds. One that is older was written into the database by hand, for the sealer to take.
 */
const dateTolerance = 10 * minute

/** Candidates for `reordered`: pairs of changed facts that are each other's. */
const mostPairs = 200

export async function auditVerify(options: VerifyOptions): Promise<Verification> {
  const report = createReport(options.limit ?? 1_000)
  const files = options.headsFiles.filter((file) => existsSync(file))
  const start = await readTail(options.storage.db)
  const heads = await startHeadCheck({ ...options, headsFiles: files }, report, start)
  const walked = await walkTree(options, { heads, report, size: start.size })
  await heads.finish()
  await findDisplaced(options, report, walked.disordered)
  await findUnsealed(options, report, { above: walked.lastSequence, lastHeadAt: heads.lastMatch().at })
  if (heads.outsideDiffers() || !walked.whole) await comparePrints({ ...options, headsFiles: files }, report)
  report.closeHoles()
  for (const source of walked.leaves > 0 ? options.headsFiles : []) {
    if (!files.includes(source)) report.other({ kind: 'file_missing', source })
  }
  return report.finish({
    leaves: walked.leaves,
    unsigned: Math.max(0, walked.leaves - heads.lastMatch().size),
    heads: heads.counts,
  })
}

const leafTaken = 'its leaf was taken out of the tree; the fact is still there'

// Report

interface Hole {
  index: number
  width: number
  after: bigint
  before: bigint
}

type FactFinding = Extract<Finding, { kind: 'changed' | 'inserted' | 'reordered' }>
type RemovedFinding = Extract<Finding, { kind: 'removed' }>

/** Collects findings, at most one for each fact, and drops those that a more precise one explains. */
function createReport(limit: number) {
  const byFact = new Map<bigint, FactFinding | RemovedFinding>()
  const others: Finding[] = []
  const nodes: Extract<Finding, { kind: 'tree_damaged' }>[] = []
  const holes: Hole[] = []
  let uncounted = 0
  const counts = { intact: 0, expired: 0, unsealed: 0, unreadableLines: 0 }

  // Far above what is listed, so that a journal that is wholly foreign does not fill the memory.
  const most = limit * 10
  const setFact = (sequence: bigint, finding: FactFinding | RemovedFinding) => {
    if (byFact.size >= most && !byFact.has(sequence)) uncounted += 1
    else byFact.set(sequence, finding)
  }
  const add = <T>(list: T[], item: T) => {
    if (list.length >= most) uncounted += 1
    else list.push(item)
  }
  return {
    counts,
    fact(kind: FactFinding['kind'], fact: { sequence: bigint } & Partial<WrittenFact>, why: string) {
      const { sequence, name, at } = fact
      setFact(sequence, {
        kind,
        sequence,
        why,
        ...(name === undefined ? {} : { name }),
        ...(at !== undefined && Number.isFinite(at) ? { at } : {}),
      })
    },
    removed(sequence: bigint, index: number, why: string) {
      setFact(sequence, { kind: 'removed', sequence, index, why })
    },
    known: (sequence: bigint) => byFact.get(sequence)?.kind,
    /** A leaf that passed the first look has a fault after all. */
    recount(leaf: { sequence: bigint; present: boolean }) {
      if (!byFact.has(leaf.sequence)) counts[leaf.present ? 'intact' : 'expired'] -= 1
    },
    other: (finding: Finding) => add(others, finding),
    damaged: (from: number, to: number) => add(nodes, { kind: 'tree_damaged', from, to }),
    hole: (hole: Hole) => {
      if (holes.length < limit) holes.push(hole)
      else uncounted += hole.width
    },
    /** Leaves that are gone: their facts may still be there, or may have been named by the file of heads. */
    closeHoles() {
      for (const { index, width, after, before } of holes) {
        const inside = [...byFact.values()].filter(({ sequence = -1n }) => sequence > after && sequence < before)
        for (const finding of inside) {
          if (finding.kind === 'inserted') this.removed(finding.sequence, index, leafTaken)
        }
        for (let place = inside.length; place < Math.min(width, limit); place++) {
          add(others, { kind: 'removed', index: index + place, why: `between the facts ${after} and ${before}` })
        }
      }
    },
    finish(totals: Pick<Verification, 'leaves' | 'unsigned' | 'heads'>): Verification {
      const { leaves, heads } = totals
      if (leaves > 0 && heads.database + heads.outside === 0) add<Finding>(others, { kind: 'head_missing', leaves })
      // A changed leaf makes the nodes above it differ: only damage that no named fact explains is damage of its own.
      const named = [...byFact.values()].sort((a, b) => compare(a.sequence, b.sequence))
      const explained = others.some(({ kind }) => kind === 'head_mismatch') && named.length > 0
      const findings = [...named, ...others, ...(explained ? [] : nodes)]
      const found = findings.length + uncounted
      return { ok: found === 0, ...totals, ...counts, findings: findings.slice(0, limit), found }
    },
  }
}

type Report = ReturnType<typeof createReport>

const compare = (a = -1n, b = -1n) => (a < b ? -1 : a > b ? 1 : 0)

// Heads

interface SourcedHead extends SignedHead {
  source: string
}

/** The source named `database`; the others are named by their file. */
const database = 'database'

/** Compares signed heads, in order of size, with the tree as it grows. */
async function startHeadCheck(options: VerifyOptions, report: Report, start: Tail) {
  const { origin, storage } = options
  const verifier = createHeadVerifier(options.publicKeys)
  const sources = new Map<string, SourceState>()
  const counts = { database: 0, outside: 0 }
  let last: { size: number; at: Instant } = { size: 0, at: 0 }

  async function expectSigned(head: SourcedHead): Promise<boolean> {
    const signed = await verifier.vouchesFor(origin, head)
    if (!signed) report.other({ kind: 'head_forged', source: head.source, size: head.size })
    return signed
  }

  /** Few enough to check each signature: whoever changed a row here shall be seen, even if the root is right. */
  async function* databaseHeads(): AsyncGenerator<SourcedHead> {
    for (let above = -1; ; ) {
      const page = await readHeads(storage.db, { above, limit: pageSize })
      for (const row of page) {
        const head = { ...row, source: database }
        if (await expectSigned(head)) yield head
      }
      const end = page.at(-1)
      if (!end) return
      above = end.size
    }
  }

  async function* fileHeads(file: string): AsyncGenerator<SourcedHead> {
    const unreadable = () => {
      report.counts.unreadableLines += 1
    }
    for await (const line of readHeadsFile(file, unreadable)) {
      if (line.kind === 'head') yield { ...line, source: file }
    }
  }

  const heads = inOrder([databaseHeads(), ...options.headsFiles.map(fileHeads)], (head) => head.size)
  let next = await heads.next()

  /**
   * A root that matches needs no look at its signature: a later head that matches speaks for it too. So of a file, with
   * its head for each second of years, only the last one that matches is checked, and the first that does not.
   */
  async function check(head: SourcedHead, root: Buffer | undefined): Promise<void> {
    const state = sources.get(head.source) ?? { matched: 0, differing: 0 }
    sources.set(head.source, state)
    counts[head.source === database ? 'database' : 'outside'] += 1
    if (root?.equals(head.root)) {
      state.matched = head.size
      state.lastMatch = head
      if (head.size >= last.size) last = { size: head.size, at: head.at }
    } else if (state.firstBad !== undefined) {
      state.differing += 1
    } else if (head.source === database || (await expectSigned(head))) {
      state.differing = 1
      state.firstBad = head.size
    }
  }

  return {
    counts,
    lastMatch: () => last,
    /** True when there is a head for a tree of this size, or of a smaller one. */
    due: (size: number) => !next.done && next.value.size <= size,
    async compare(size: number, root: Buffer): Promise<void> {
      for (; !next.done && next.value.size <= size; next = await heads.next()) {
        // Two processes that write one file may leave heads slightly out of order.
        const late = next.value.size < size
        await check(next.value, late ? await readRoot(storage.db, next.value.size).catch(() => undefined) : root)
      }
    },
    /** Heads of more leaves than there were at the start; then the verdict on each source. */
    async finish(): Promise<void> {
      // A hub that runs meanwhile has signed some since: they are for the next verification.
      const { size } = await readTail(storage.db)
      for (; !next.done; next = await heads.next()) {
        const younger = start.size < next.value.size && next.value.size <= size
        if (!younger) await check(next.value, undefined)
      }
      for (const [source, { lastMatch, firstBad, matched, differing }] of sources) {
        if (lastMatch && source !== database) await expectSigned(lastMatch)
        if (firstBad === undefined) continue
        report.other({
          kind: 'head_mismatch',
          source,
          from: Math.min(matched, firstBad),
          to: firstBad,
          heads: differing,
        })
      }
    },
    outsideDiffers: () => [...sources].some(([source, state]) => source !== database && state.firstBad !== undefined),
  }
}

interface SourceState {
  /** The largest size whose root was right. */
  matched: number
  lastMatch?: SourcedHead
  firstBad?: number
  differing: number
}

type HeadCheck = Awaited<ReturnType<typeof startHeadCheck>>

/** Merges streams that are each in order. */
async function* inOrder<T>(streams: readonly AsyncGenerator<T>[], key: (item: T) => number): AsyncGenerator<T, void> {
  const open = await Promise.all(streams.map(async (stream) => ({ stream, head: await stream.next() })))
  while (true) {
    let least: (typeof open)[number] | undefined
    for (const source of open) {
      if (source.head.done) continue
      if (!least || least.head.done || key(source.head.value) < key(least.head.value)) least = source
    }
    if (!least || least.head.done) return
    yield least.head.value
    least.head = await least.stream.next()
  }
}

// The tree

interface Walk {
  leaves: number
  lastSequence: bigint
  /** False when leaves are missing in between: roots cannot be computed then. */
  whole: boolean
  /** True when sequences do not grow with the place in the tree. */
  disordered: boolean
}

/** One pass over leaves and facts in the order of the tree. */
async function walkTree(
  { storage, clock }: VerifyOptions,
  context: { heads: HeadCheck; report: Report; size: number },
): Promise<Walk> {
  const { heads, report } = context
  const facts = createFactCheck({ report, heads, today: dayOf(clock.now()) })
  const frontier = createFrontier()
  const walk: Walk = { leaves: 0, lastSequence: 0n, whole: true, disordered: false }
  let previous = { index: -1, sequence: 0n }
  for await (const page of walkJournal(storage.db, context.size - 1, pageSize)) {
    for (const row of page) {
      if (row.index <= previous.index) {
        // Only before the first place: the order of reading allows no other.
        report.fact('inserted', row.fact ?? row, 'its leaf has an impossible place in the tree')
        continue
      }
      if (row.index !== previous.index + 1) {
        const index = previous.index + 1
        report.hole({ index, width: row.index - index, after: previous.sequence, before: row.sequence })
        walk.whole = false
      }
      if (row.sequence <= previous.sequence) walk.disordered = true
      if (row.sequence > walk.lastSequence) walk.lastSequence = row.sequence
      previous = row
      walk.leaves += 1
      facts.check(row)
      if (!walk.whole) continue
      frontier.push(hashOfLeaf(row))
      if (heads.due(frontier.size)) await heads.compare(frontier.size, frontier.root())
    }
    if (walk.whole) reportDamage(report, await differingNodes(storage.db, frontier.takeCompleted()))
  }
  facts.finish()
  return walk
}

/** A leaf that was given an impossible day or number has no hash of its own; it differs from every other. */
function hashOfLeaf(leaf: Leaf): Buffer {
  try {
    return leafHash(leafEntry(leaf))
  } catch {
    return emptyRoot
  }
}

/** Only the lowest of the nodes that differ: those above it follow from it. */
function reportDamage(report: Report, differing: readonly StoredNode[]): void {
  const ranges = differing.map(({ height, position }) => ({
    height,
    from: position * 2 ** height,
    to: (position + 1) * 2 ** height,
  }))
  for (const { height, from, to } of ranges) {
    const inner = ranges.some((other) => other.height < height && other.from >= from && other.to <= to)
    if (height === storedStep || !inner) report.damaged(from, to)
  }
}

/** Each leaf with its fact. */
function createFactCheck({ report, heads, today }: { report: Report; heads: HeadCheck; today: number }) {
  const changed: { row: JournalRow; fact: SaltedFact }[] = []

  return {
    check(row: JournalRow): void {
      const { fact } = row
      if (!fact) {
        if (row.until <= today) report.counts.expired += 1
        else report.removed(row.sequence, row.index, 'it was to be kept longer')
      } else if (!commitmentOf(fact, fact.salt).equals(row.commitment)) {
        report.fact('changed', fact, 'it is not what its leaf says')
        if (changed.length < mostPairs) changed.push({ row, fact })
      } else if (fact.at < heads.lastMatch().at - dateTolerance) {
        report.fact('inserted', fact, 'it was sealed after a head that is younger than it')
      } else {
        report.counts.intact += 1
      }
    },
    /** Two facts that only changed places are each what the leaf of the other says. */
    finish(): void {
      for (const { row, fact } of changed) {
        const origin = changed.find((other) => {
          const there = { ...fact, sequence: other.row.sequence }
          return other.row !== row && commitmentOf(there, fact.salt).equals(other.row.commitment)
        })
        if (origin) report.fact('reordered', fact, `it is what fact ${origin.row.sequence} was`)
      }
    },
  }
}

/** Leaves that changed places. */
async function findDisplaced({ storage, limit }: VerifyOptions, report: Report, disordered: boolean): Promise<void> {
  if (!disordered) return
  for (const leaf of await displacedLeaves(storage.db, limit ?? pageSize)) {
    report.recount(leaf)
    report.fact('reordered', { sequence: leaf.sequence }, `it is at place ${leaf.index} of the tree`)
  }
}

/** Facts without a leaf: too young for the sealer, or put in behind it. */
async function findUnsealed(
  { storage, limit }: VerifyOptions,
  report: Report,
  { above, lastHeadAt }: { above: bigint; lastHeadAt: Instant },
): Promise<void> {
  const listed = limit ?? pageSize
  for (const fact of await factsWithoutLeaf(storage.db, above, listed)) {
    report.fact('inserted', fact, 'it has no leaf in the tree')
  }
  const before = Math.max(lastHeadAt - dateTolerance, 0)
  const { count, early } = await factsWaiting(storage.db, { above, before, limit: listed })
  for (const fact of early) report.fact('inserted', fact, 'it has no leaf, and is older than the last signed head')
  report.counts.unsealed = count - early.length
}

// Prints

interface OutsidePrint extends LeafPrint {
  /** Leaves before this one are not named outside: nothing is known of them. */
  afterGap: boolean
}

/** What the files name, each leaf once, in order. */
async function* outsidePrints(files: readonly string[]): AsyncGenerator<OutsidePrint> {
  const lines = inOrder(files.map(leavesLines), (line) => line.from)
  let index = 0
  for await (const line of lines) {
    for (const print of line.prints) {
      if (print.index < index) continue
      yield { ...print, afterGap: print.index > index }
      index = print.index + 1
    }
  }
}

async function* leavesLines(file: string) {
  for await (const line of readHeadsFile(file, () => {})) if (line.kind === 'leaves') yield line
}

/** Merges what the files name with the leaves that are there, both in order of sequence. */
async function comparePrints({ storage, headsFiles }: VerifyOptions, report: Report): Promise<void> {
  const leaves = walkSequences(storage.db, pageSize)
  let leaf = await leaves.next()
  for await (const outside of outsidePrints(headsFiles)) {
    for (; !leaf.done && leaf.value.sequence < outside.sequence; leaf = await leaves.next()) {
      if (outside.afterGap) continue
      report.recount(leaf.value)
      report.fact('inserted', leaf.value, 'no head was ever signed over it')
    }
    if (leaf.done || leaf.value.sequence !== outside.sequence) {
      const orphan = report.known(outside.sequence) === 'inserted'
      report.removed(outside.sequence, outside.index, orphan ? leafTaken : 'the fact and its leaf are gone')
    } else {
      comparePrint(report, leaf.value, outside)
      leaf = await leaves.next()
    }
  }
}

function comparePrint(report: Report, leaf: Leaf & { present: boolean }, { print, sequence, index }: LeafPrint): void {
  if (hashOfLeaf(leaf).toString('hex', 0, printLength) === print) return
  report.recount(leaf)
  if (leaf.present) report.fact('changed', { sequence }, 'the fact and its leaf are not what was signed')
  else report.removed(sequence, index, 'its leaf was rewritten so that it looks expired')
}
