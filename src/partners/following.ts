/** What all processes share and each keeps in memory: read once, then again when anybody tells of a change. */
import { AsyncResource } from 'node:async_hooks'
import type { Clock, Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { Channel, Storage } from '../storage/storage.ts'

/** A net below the notifications, for one lost with its connection, and for what nobody is told of. */
const pollEvery = 10 * second

export interface Followed<T> {
  present(): T
  /** When the reading of what is present began. */
  readAt(): Instant
  /** Resolves when what was committed before the call is present, or could not be read. */
  refresh(): Promise<void>
  close(): Promise<void>
}

export async function follow<T>(options: {
  storage: Pick<Storage, 'listen'>
  clock: Clock
  channel: Channel
  read: () => Promise<T>
  log: (message: string, inside: Record<string, unknown>) => void
}): Promise<Followed<T>> {
  const { storage, clock, channel, read, log } = options
  let readAt = clock.now()
  let present = await read()
  let running: Promise<void> | undefined
  let wanted = false
  let closed = false

  async function readWhileWanted(): Promise<void> {
    try {
      while (wanted && !closed) {
        wanted = false
        const begunAt = clock.now()
        present = await read()
        readAt = begunAt
      }
    } catch (error) {
      // What was known before serves until it can be read again.
      log('partners: what changed could not be read', { channel, error })
    } finally {
      running = undefined
    }
  }

  /** One reading at a time; a wish that comes during one is served by a further one, so that none is lost. */
  function refresh(): Promise<void> {
    wanted = true
    running ??= readWhileWanted()
    return running
  }

  // Bound to this async context, because a notification may arrive in that of somebody's transaction.
  const again = AsyncResource.bind(() => void refresh())
  const unlisten = await storage.listen(channel, again)
  // What was committed between the first reading and the listening.
  await refresh()
  const timer = setInterval(again, pollEvery).unref()

  return {
    present: () => present,
    readAt: () => readAt,
    refresh,
    async close() {
      closed = true
      clearInterval(timer)
      await unlisten()
      await running
    },
  }
}
