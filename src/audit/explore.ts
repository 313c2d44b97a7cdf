/**
 * Reading the journal as somebody does who answers for it: facts by what they are about, page by page, and one fact with
 * all that proves it. Nothing is written here. A page never reads more than a fixed number of facts, however long the
 * journal is: what no index finds is looked for in a window, and the answer says where to go on.
 */
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import type { Storage } from '../storage/storage.ts'
import type { Recorded, TreeHead } from './audit.ts'
import { dayOf, leafEntry } from './canonical.ts'
import { recordedOf } from './deliver.ts'
import type { FactName } from './facts.ts'
import { toTreeHead } from './heads.ts'
import { consistencyPath, inclusionPath, leafHash, type Range, verifyConsistency, verifyInclusion } from './merkle.ts'
import { factAtOrAfter, findFacts, findLeaf, latestHead, readFacts, readHeads, sequenceBounds } from './store.ts'

/** What a fact may be about. */
export const subjectFields = ['person', 'connection', 'operator', 'service', 'provider'] as const
export type SubjectField = (typeof subjectFields)[number]

/** A mandate's are read by its evidence file alone; operators look for mandates where these are. */
export interface Subject {
  field: SubjectField | 'mandate'
  id: string
}

/** Facts that meet all conditions. */
export interface Exploration {
  names?: readonly FactName[]
  /** Exactly this one. An operator's facts are also those of what they did. */
  subject?: Subject
  /** From this instant on. */
  from?: Instant
  /** Up to this instant, without it. */
  until?: Instant
  /** Where the page before ended. */
  before?: bigint
  /** At most 500. */
  limit: number
}

export interface Explored {
  /** The newest first. */
  facts: Recorded[]
  /** `before` of the next page, which may be empty and yet have one after it; absent at the beginning of the journal. */
  older?: bigint
}

/** One place of the journal. */
export interface Entry {
  sequence: bigint
  /** Absent when it is not kept any more. */
  fact?: Recorded
  /** Absent until the sealer took the fact: about a second. */
  leaf?: {
    index: number
    /** Start of the day from which on the hub may have deleted the fact. */
    until: Instant
    /** Base64url. */
    hash: string
  }
  /** That the leaf is under the newest signed head. */
  inclusion?: { path: string[]; head: TreeHead; holds: boolean }
  /** The first head that is kept of those over this leaf, and that the newest tree grew from it. */
  since?: { head: TreeHead; path: string[]; holds: boolean }
  /**
   * `expired`: deleted when its time had come. `missing`: it is not there, and its time has not come: somebody removed
   * it, and a verification of the journal tells more.
   */
  state: 'kept' | 'unsealed' | 'expired' | 'missing'
}

export interface Explorer {
  explore(wanted: Exploration): Promise<Explored>
  /** Nothing when there never was such a fact, or its transaction did not commit. */
  entry(sequence: bigint): Promise<Entry | undefined>
}

/** A journal of a person, a connection, an operator or a mandate has its index. */
const indexed: readonly Subject['field'][] = ['person', 'connection', 'operator', 'mandate']
/** Facts that one page looks at where there is no index: some tenths of a second. */
const window = 50_000n
const longestPage = 500
/** No transaction is open for longer, nor are two clocks of the hub further apart. */
const disorder = 10 * minute

export function createExplorer(options: {
  storage: Pick<Storage, 'db'>
  clock: Clock
  hashesOf(ranges: readonly Range[]): Promise<string[]>
}): Explorer {
  const { storage, clock, hashesOf } = options
  const { db } = storage

  /** The first sequence whose fact is not older; sequences grow with time, but for the `disorder`. */
  async function sequenceAt(at: Instant, bounds: { first: bigint; last: bigint }): Promise<bigint> {
    let [low, high] = [bounds.first, bounds.last + 1n]
    while (low < high) {
      const middle = (low + high) / 2n
      const found = await factAtOrAfter(db, middle)
      if (found === undefined || found.at >= at) high = middle
      else low = found.sequence + 1n
    }
    return low
  }

  async function explore({ limit, names, subject, from, until, before }: Exploration): Promise<Explored> {
    const bounds = await sequenceBounds(db)
    if (!bounds || names?.length === 0) return { facts: [] }
    const start = from === undefined ? bounds.first : await sequenceAt(from - disorder, bounds)
    const end = until === undefined ? bounds.last + 1n : await sequenceAt(until + disorder, bounds)
    const top = before !== undefined && before < end ? before : end
    const isIndexed = subject === undefined || indexed.includes(subject.field)
    const floor = isIndexed || top - window < start ? start : top - window
    const page = Math.min(limit, longestPage)
    const conditions = {
      ...(names ? { names } : {}),
      ...(subject ? { subject } : {}),
      ...(from === undefined ? {} : { since: from }),
      ...(until === undefined ? {} : { until }),
    }
    const found = await findFacts(db, { ...conditions, floor, before: top, limit: page + 1 })
    const facts = found.slice(0, page).map(recordedOf)
    const last = facts.at(-1)
    const older = found.length > page && last ? last.sequence : floor > start ? floor : undefined
    return { facts, ...(older === undefined ? {} : { older }) }
  }

  async function entry(sequence: bigint): Promise<Entry | undefined> {
    const [leaf, newest, [fact]] = await Promise.all([
      findLeaf(db, sequence),
      latestHead(db),
      readFacts(db, { after: sequence - 1n, upTo: sequence, limit: 1 }),
    ])
    if (!leaf) return fact && { sequence, fact: recordedOf(fact), state: 'unsealed' }
    const hash = leafHash(leafEntry(leaf))
    const expired = dayOf(clock.now()) >= leaf.until
    const common: Entry = {
      sequence,
      leaf: { index: leaf.index, until: leaf.until * day, hash: hash.toString('base64url') },
      ...(fact ? { fact: recordedOf(fact), state: 'kept' } : { state: expired ? 'expired' : 'missing' }),
    }
    if (!newest || leaf.index >= newest.size) return common
    const [first = newest] = await readHeads(db, { above: leaf.index, limit: 1 })
    const [path, grown] = await Promise.all([
      hashesOf(inclusionPath(leaf.index, newest.size)),
      hashesOf(consistencyPath(first.size, newest.size)),
    ])
    const included = { index: leaf.index, size: newest.size, leaf: hash, path: path.map(bytes), root: newest.root }
    return {
      ...common,
      inclusion: { path, head: toTreeHead(newest), holds: verifyInclusion(included) },
      since: {
        head: toTreeHead(first),
        path: grown,
        holds: verifyConsistency({ first, second: newest, path: grown.map(bytes) }),
      },
    }
  }

  return { explore, entry }
}

const bytes = (text: string) => Buffer.from(text, 'base64url')
