/**
 * Keeps signed heads, and the prints of the leaves below them, where nobody who can write to the database can reach: in
 * a file that is only appended to, and at an address. Neither ever holds up the sealing: what the file could not take is
 * written with the next head, and posts wait in memory.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { OutboundFetch } from '../http/outbound.ts'
import { minute, second } from '../kernel/durations.ts'
import type { Storage } from '../storage/storage.ts'
import type { AuditOptions } from './audit.ts'
import { leafEntry } from './canonical.ts'
import { appendToFile, type LeafPrint, printOf, readFileEnd, writeHeadLine, writeLeavesLines } from './heads.ts'
import { leafHash } from './merkle.ts'
import { readLeaves, readTail, type SignedHead } from './store.ts'

const postTimeout = 5 * second
const firstRetry = second
const longestRetry = 5 * minute
/** Posts that wait while nobody answers: a quarter of an hour under load. What is dropped is still in the file. */
const longestQueue = 1_000
/** Leaves that are read and written in one go, for a file that lags behind. */
const leavesAtATime = 5_000

export interface Outside {
  /** The last head of the file: the tree must continue it. */
  lastHead(): Promise<SignedHead | undefined>
  /** Prints of leaves that were added just now, for the next head. */
  hold(prints: readonly LeafPrint[]): void
  publish(head: SignedHead): Promise<void>
  /** Tries again to write what the file could not take. */
  publishHeld(): Promise<void>
  stop(): Promise<void>
}

export function createOutside(options: {
  storage: Storage
  heads: AuditOptions['heads']
  fetch: OutboundFetch
  log: AuditOptions['log']
}): Outside {
  const { storage, heads, log } = options
  const wanted = heads.file !== undefined || heads.url !== undefined
  const posts = heads.url === undefined ? undefined : createPosts({ ...options, url: heads.url })
  let held: LeafPrint[] = []
  /** How many leaves are named outside; unknown until the first look. */
  let named: number | undefined
  let first: number | undefined
  /** A head that is signed, but not in the file yet. */
  let late: SignedHead | undefined

  /** Where to go on: where the file ends. A new file starts with what is new; older leaves are in an older file. */
  async function startingPoint(): Promise<number> {
    const end = heads.file === undefined ? undefined : await readFileEnd(heads.file)
    first ??= held[0]?.index ?? (await readTail(storage.db)).size
    return end?.named ?? first
  }

  /** Prints from memory if none is missing there, else from the database. */
  async function printsOf(range: { from: number; to: number }): Promise<LeafPrint[]> {
    const known = held.filter(({ index }) => index >= range.from && index < range.to)
    if (known.length === range.to - range.from) return known
    const leaves = await readLeaves(storage.db, range)
    return leaves.map((leaf) => ({
      index: leaf.index,
      sequence: leaf.sequence,
      print: printOf(leafHash(leafEntry(leaf))),
    }))
  }

  async function write(text: string): Promise<void> {
    if (heads.file !== undefined) await appendToFile(heads.file, text)
    posts?.add(text)
  }

  async function publish(head: SignedHead): Promise<void> {
    if (!wanted) return
    late = head
    try {
      named ??= await startingPoint()
      let text = ''
      while (named < head.size) {
        const to: number = Math.min(named + leavesAtATime, head.size)
        text = writeLeavesLines(await printsOf({ from: named, to }))
        if (to < head.size) await write(text)
        named = to
      }
      await write(text + writeHeadLine(head))
      late = undefined
    } catch (error) {
      // What is named twice does no harm; what is not named at all would.
      named = undefined
      log('journal: heads could not be written outside', { error, size: head.size })
    }
    // After a failure the prints come from the database, so that memory does not grow while a disk is full.
    held = []
  }

  return {
    lastHead: async () => (heads.file === undefined ? undefined : (await readFileEnd(heads.file))?.head),
    hold(prints) {
      if (wanted) held.push(...prints)
    },
    publish,
    publishHeld: async () => {
      if (late) await publish(late)
    },
    stop: async () => posts?.stop(),
  }
}

/** Posts texts one after the other, each until it is accepted. */
function createPosts(options: { url: string; fetch: OutboundFetch; log: AuditOptions['log'] }) {
  const { url, log } = options
  const stopping = new AbortController()
  const queue: string[] = []
  let working: Promise<void> | undefined

  async function postOnce(body: string): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(postTimeout)])
    const headers = { 'content-type': 'application/x-ndjson' }
    const response = await options.fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' })
    await response.body?.cancel()
    if (!response.ok) throw Object.assign(new Error('heads were not accepted'), { statusCode: response.status })
  }

  async function work(): Promise<void> {
    let failures = 0
    while (queue.length > 0 && !stopping.signal.aborted) {
      try {
        await postOnce(queue[0] ?? '')
        queue.shift()
        failures = 0
      } catch (error) {
        failures += 1
        if (failures === 1) log('journal: heads could not be posted', { error, waiting: queue.length })
        const delay = Math.min(firstRetry * 2 ** (failures - 1), longestRetry)
        await pause(delay, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
    working = undefined
  }

  return {
    add(text: string) {
      if (queue.length >= longestQueue) {
        // Not the first one: it may be on its way.
        queue.splice(1, 1)
        log('journal: a post of heads was dropped', { waiting: queue.length })
      }
      queue.push(text)
      working ??= work()
    },
    async stop() {
      stopping.abort()
      await working
    },
  }
}
