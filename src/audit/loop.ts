/** Work that repeats until it is stopped, never twice at a time, with growing pauses while it fails. */
import { AsyncLocalStorage } from 'node:async_hooks'

export interface Loop {
  /** Runs the next turn soon rather than at its time. Cheap; may be called from anywhere. */
  nudge(): void
  /** No more turns; resolves when the one that runs has ended. */
  stop(): Promise<void>
}

export function startLoop(options: {
  /** Pause between two turns, in milliseconds. */
  every: number
  /** Pause after a nudge: it gathers what follows closely. */
  soon: number
  /** Longest pause while turns fail. */
  longest: number
  turn: () => Promise<unknown>
  failed: (error: unknown) => void
}): Loop {
  // A nudge comes from inside somebody's transaction, and a timer made there would believe that it still is in it.
  const outside = AsyncLocalStorage.snapshot()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let state: 'waiting' | 'nudged' | 'stopped' = 'waiting'
  let failures = 0

  const schedule = (delay: number) => {
    clearTimeout(timer)
    timer = outside(() => setTimeout(begin, delay))
  }
  const begin = () => {
    state = 'waiting'
    running = options
      .turn()
      .then(
        () => {
          failures = 0
        },
        (error: unknown) => {
          failures += 1
          options.failed(error)
        },
      )
      .then(() => {
        running = undefined
        if (state === 'stopped') return
        const pause = state === 'nudged' ? options.soon : options.every
        schedule(failures > 0 ? Math.min(options.every * 2 ** failures, options.longest) : pause)
      })
  }
  schedule(options.every)
  return {
    nudge() {
      if (state !== 'waiting' || failures > 0) return
      state = 'nudged'
      if (!running) schedule(options.soon)
    },
    async stop() {
      state = 'stopped'
      clearTimeout(timer)
      await running
    },
  }
}

/** Runs works one after the other, in the order in which they came. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}
