/**
 * A server in a process of its own, and its CPU and memory as that process sees them. The child prepares, sends its
 * address, then answers questions; the parent drives it.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** Read before anybody is moved. */
const availableCores = availableParallelism()

export interface Usage {
  /** Milliseconds of CPU, user and system, since the process began. */
  cpuMs: number
  /** Resident memory in bytes. */
  rss: number
}

export interface Child<Ready> {
  ready: Ready
  usage(): Promise<Usage>
  ask<T>(question: string): Promise<T>
  stop(): Promise<void>
}

/**
 * Moves the PostgreSQL server of `url`, if it runs on this machine and may be moved, to the cores of everybody else:
 * what it burns is in no figure, and its caches are not the measured process's. Returns how to undo it.
 */
export async function moveDatabase(url: string): Promise<() => void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ backend: number }>('select pg_backend_pid() as backend')
    const status = readFileSync(`/proc/${rows[0]?.backend}/status`, 'utf8')
    // The backends are children of the server, and those to come inherit its cores.
    const parent = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1])
    if (!/^Name:\s*postgres$/m.test(status) || availableCores < 2) return () => {}
    const place = (cores: string) => execFileSync('taskset', ['-apc', cores, String(parent)], { stdio: 'ignore' })
    place(`0-${availableCores - 2}`)
    return () => place(`0-${availableCores - 1}`)
  } catch {
    return () => {}
  } finally {
    await client.end()
  }
}

/**
 * Gives the measured process a core of its own and keeps everybody else of this run off it, so that nobody else's
 * switches and caches are in its figures. False where the system has no `taskset`, or no second core.
 */
export function isolate(pid: number | 'others'): boolean {
  const last = availableCores - 1
  if (last < 1) return false
  const [cores, target] = pid === 'others' ? [`0-${last - 1}`, process.pid] : [`${last}`, pid]
  try {
    execFileSync('taskset', ['-apc', cores, String(target)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Where `bin/garant` keeps it as well. */
const compiled = join(import.meta.dirname, '../.cache/compiled')

/** How `bin/garant` starts a hub. */
export const asServed = {
  execArgv: ['--max-semi-space-size=32', '--expose-gc'],
  env: { MALLOC_ARENA_MAX: '1' },
} as const

/** Starts `file` and waits until it says where it listens. */
export async function startChild<Ready>(
  file: string,
  options: { env?: NodeJS.ProcessEnv; execArgv?: readonly string[]; isolated?: boolean } = {},
): Promise<Child<Ready>> {
  const child = fork(new URL(file, import.meta.url), [], {
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, ...options.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...(options.execArgv ?? [])],
  })
  // Each question under way listens for its own answer.
  child.setMaxListeners(0)
  const ready = await answerOf<Ready>(child, 'ready')
  if (options.isolated && child.pid) isolate(child.pid)
  let questions = 0
  const ask = async <T>(question: string): Promise<T> => {
    const id = `${question}#${++questions}`
    child.send(id)
    return answerOf<T>(child, id)
  }
  return {
    ready,
    ask,
    usage: () => ask<Usage>('usage'),
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.send('stop')
      await gone
    },
  }
}

function answerOf<T>(child: ChildProcess, id: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const listener = (message: unknown) => {
      const { id: answered, value, error } = message as { id: string; value: T; error?: string }
      if (answered !== id) return
      child.off('message', listener)
      child.off('exit', gone)
      if (error) reject(new Error(error))
      else resolve(value)
    }
    const gone = (code: number | null) =>
      reject(new Error(`the measured process ended with ${code} before it answered ${id}`))
    child.on('message', listener)
    child.once('exit', gone)
  })
}

/** The child's side: announces itself, then answers `usage` and the questions given, until it is told to stop. */
export function serveParent<Ready>(options: {
  ready: Ready
  answers?: Record<string, () => Promise<unknown>>
  stop: () => Promise<void>
}): void {
  const usage = async (): Promise<Usage> => {
    const { user, system } = process.cpuUsage()
    return { cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() }
  }
  const answers: Record<string, () => Promise<unknown>> = { usage, ...options.answers }
  process.on('message', async (id: string) => {
    if (id === 'stop') {
      await options.stop()
      process.disconnect()
      return
    }
    const question = id.split('#')[0] ?? ''
    const answer = answers[question]
    try {
      process.send?.({ id, value: answer ? await answer() : undefined })
    } catch (error) {
      process.send?.({ id, error: String(error) })
    }
  })
  // A parent that died asks for nothing any more.
  process.on('disconnect', () => process.exit())
  process.send?.({ id: 'ready', value: options.ready })
}
