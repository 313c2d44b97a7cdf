/** A command of `bin/garant` as an operator runs it: how long it takes, and how much memory its process has at most. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, toDate } from '../src/kernel/clock.ts'
import { day } from '../src/kernel/durations.ts'

/** Writes the least that a hub needs to be set into a folder; returns the path of the file. */
export function writeSettings(folder: string): string {
  const file = join(folder, 'garant.yaml')
  const expires = toDate(systemClock.now() + 30 * day)
    .toISOString()
    .slice(0, 19)
  writeFileSync(
    file,
    `issuer: http://localhost:4999
dataFolder: data
mail: { host: 127.0.0.1, port: 1025, secure: false, danger_in_clear: true, from: hub@garant.example }
security: { contact: [security@garant.example], expires: ${expires}Z }
danger_allow_http: true
`,
  )
  return file
}

/** @param url of a PostgreSQL database with its master key; without it the command has the embedded one of its settings */
export async function timeCommand(args: readonly string[], on: { url: string; masterKey: string } | undefined) {
  const { DATABASE_URL: _, ...env } = process.env
  const child = spawn(join(import.meta.dirname, '../bin/garant'), args, {
    env: { ...env, ...(on ? { DATABASE_URL: on.url, GARANT_MASTER_KEY: on.masterKey } : {}) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  let peak = 0
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, peakOf(child.pid ?? 0))
    } catch {}
  }, 200)
  const begun = performance.now()
  const [exit] = (await once(child, 'exit')) as [number]
  clearInterval(watch)
  const took = (performance.now() - begun) / 1000
  console.log(`\nexit ${exit}, ${took.toFixed(1)} s with the start of the process, peak memory ${peak.toFixed(0)} MB`)
}

/** Peak resident memory of a process, in megabytes, as the kernel counts it (Linux). */
function peakOf(pid: number): number {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
