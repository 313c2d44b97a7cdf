/**
 * Pages that wait for a phone, each on one connection of server-sent events (HTML section 9.2). This file owns the
 * connections of one process and the one clockwork that they share: what is due in the same second is done in one turn,
 * and a page that waits has no timer and asks nothing of its own. It does not know what happened: who waits in its place
 * is handed in, and a page that hears of a change reads itself anew.
 *
 * Events: `code`, a new picture; `state`, something happened; `moved`, the same page was opened elsewhere; `over`.
 */
import { randomInt } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Clock, Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'

/** What is shown until when, as the script of the page takes it. */
export interface ShownCode {
  picture: string
  until: Instant
}

export interface Followed {
  response: ServerResponse
  /** What the page is about: one page at a time follows it, the last one that was opened. */
  key: string
  /** Whose pages are counted together. */
  browser: string
  /** ... and where they are: an address, or what one network has in common. */
  network: string
  /** What the page shows by now. */
  version: number
  /** The code that the page shows ends then; absent where it shows none. */
  codeUntil?: Instant
  /** The page waits no longer than that. */
  expiresAt: Instant
  /** Resolves when something changed, or when `signal` aborts. */
  wait(version: number, signal: AbortSignal): Promise<unknown>
  /** A new code; undefined when none is to be shown any more. */
  renew(): Promise<ShownCode | undefined>
}

export interface Streams {
  /** False when this process, or this network in it, has as many as it takes: then nothing was answered. */
  follow(page: Followed): boolean
  readonly size: number
  /** Ends all of them; browsers ask again, another process perhaps. */
  close(): void
}

/** Of one browser: some tabs of some logins. One more ends the oldest. */
export const mostOfBrowser = 4

/** Of one process: about 100 MB. One more is refused, and its page has a button instead. */
export const mostOfProcess = 5_000

/**
 * Of one network in one process: a hospital at the change of shifts, behind one address, has some hundred. Whoever opens as
 * many as they can from one place takes a fifth of what there is for all.
 */
export const mostOfNetwork = 1_000

/** Proxies close what is silent for a minute, some for half of one. */
export const heartbeat = 20 * second

/** A code is renewed when five sixths of its time are over: whoever aims at it has a moment left. */
const renewedAfter = 5 / 6

/** What a browser has not read by then it will not: two pictures and more. */
const mostUnread = 64 * 1024

interface Stream extends Followed {
  stop: AbortController
  renewAt?: Instant
  beatAt: Instant
  slot: number
}

export const eventStream = 'text/event-stream; charset=utf-8'

/** All that a page hears that is behind. */
export const changedEvent = eventOf('state')

function eventOf(name: 'state' | 'moved' | 'over'): string {
  return `event: ${name}\ndata: now\n\n`
}

const slotOf = (at: Instant) => Math.ceil(at / second)

export function createStreams({ clock }: { clock: Clock }): Streams {
  const byKey = new Map<string, Stream>()
  const byBrowser = new Map<string, Set<Stream>>()
  const ofNetwork = new Map<string, number>()
  /** What is due, by the second. */
  const due = new Map<number, Set<Stream>>()
  let clockwork: NodeJS.Timeout | undefined

  function plan(stream: Stream): void {
    due.get(stream.slot)?.delete(stream)
    stream.slot = slotOf(Math.min(stream.beatAt, stream.renewAt ?? stream.expiresAt, stream.expiresAt))
    const others = due.get(stream.slot)
    if (others) others.add(stream)
    else due.set(stream.slot, new Set([stream]))
  }

  function end(stream: Stream, event?: 'state' | 'moved' | 'over'): void {
    if (stream.stop.signal.aborted) return
    stream.stop.abort()
    due.get(stream.slot)?.delete(stream)
    if (byKey.get(stream.key) === stream) byKey.delete(stream.key)
    const own = byBrowser.get(stream.browser)
    own?.delete(stream)
    if (own?.size === 0) byBrowser.delete(stream.browser)
    const left = (ofNetwork.get(stream.network) ?? 0) - 1
    if (left > 0) ofNetwork.set(stream.network, left)
    else ofNetwork.delete(stream.network)
    if (byKey.size === 0) {
      clearInterval(clockwork)
      clockwork = undefined
    }
    stream.response.end(event && eventOf(event))
  }

  function write(stream: Stream, text: string): void {
    stream.response.write(text)
    if (stream.response.writableLength > mostUnread) {
      end(stream)
      stream.response.destroy()
    }
  }

  async function renew(stream: Stream): Promise<void> {
    try {
      const code = await stream.renew()
      if (stream.stop.signal.aborted) return
      if (!code) return end(stream, 'state')
      write(stream, codeEvent(stream.version, code, clock.now()))
      stream.renewAt = renewalOf(code.until, clock.now())
      stream.beatAt = clock.now() + heartbeat
      plan(stream)
    } catch {
      // The database is away: the browser comes again.
      end(stream)
    }
  }

  function turn(): void {
    const now = clock.now()
    for (const [slot, streams] of due) {
      if (slot * second > now) continue
      due.delete(slot)
      for (const stream of streams) perform(stream, now)
    }
  }

  function perform(stream: Stream, now: Instant): void {
    if (now >= stream.expiresAt) end(stream, 'over')
    else if (stream.renewAt !== undefined && now >= stream.renewAt) {
      delete stream.renewAt
      void renew(stream)
    } else if (now >= stream.beatAt) write(stream, ':\n\n')
    if (stream.stop.signal.aborted) return
    stream.beatAt = now + heartbeat
    plan(stream)
  }

  async function awaitChange(stream: Stream): Promise<void> {
    try {
      await stream.wait(stream.version, stream.stop.signal)
      end(stream, 'state')
    } catch {
      end(stream)
    }
  }

  return {
    get size() {
      return byKey.size
    },

    follow(page) {
      // The browser went while its login was looked up: nothing would ever end this one.
      if (page.response.destroyed) return true
      const before = byKey.get(page.key)
      if (before) end(before, 'moved')
      const own = byBrowser.get(page.browser) ?? new Set()
      const [oldest] = own
      if (oldest && own.size >= mostOfBrowser) end(oldest, 'moved')
      const there = ofNetwork.get(page.network) ?? 0
      if (byKey.size >= mostOfProcess || there >= mostOfNetwork) return false
      ofNetwork.set(page.network, there + 1)
      const now = clock.now()
      const stream: Stream = {
        ...page,
        stop: new AbortController(),
        beatAt: now + heartbeat,
        slot: 0,
        ...(page.codeUntil === undefined ? {} : { renewAt: renewalOf(page.codeUntil, now) }),
      }
      byKey.set(page.key, stream)
      own.add(stream)
      byBrowser.set(page.browser, own)
      page.response.writeHead(200, {
        'content-type': eventStream,
        'cache-control': 'no-store, no-transform',
        // Understood by nginx and by those that copied it: what is written here goes out at once.
        'x-accel-buffering': 'no',
      })
      // All browsers come again after a restart: not all in the same moment.
      page.response.write(`retry: ${2_000 + randomInt(3_000)}\n\n`)
      page.response.on('close', () => end(stream))
      plan(stream)
      clockwork ??= setInterval(turn, second).unref()
      void awaitChange(stream)
      return true
    },

    close() {
      for (const stream of [...byKey.values()]) end(stream)
    },
  }
}

function renewalOf(until: Instant, now: Instant): Instant {
  return now + Math.max(0, until - now) * renewedAfter
}

/** The id says what the page shows, so that a browser that comes again says it too (`Last-Event-ID`). */
function codeEvent(version: number, { picture, until }: ShownCode, now: Instant): string {
  const data = JSON.stringify({ picture, seconds: secondsLeft(until, now) })
  return `id: ${version}.${until}\nevent: code\ndata: ${data}\n\n`
}

/** Until the page shows the next one. */
export const secondsLeft = (until: Instant, now: Instant): number =>
  Math.max(0, Math.ceil((renewalOf(until, now) - now) / second))
