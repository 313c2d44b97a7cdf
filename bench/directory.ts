/**
 * The register of health professionals at its real size: how long `garant directory import` takes, how much memory its
 * process has at most, and how long a look-up takes then.
 *
 *     DATABASE_URL=postgres://… node bench/directory.ts FILE     on a database of its own, dropped at the end
 *     node bench/directory.ts FILE                               on an embedded one
 *
 * FILE is an extraction; `test/support/rpps-extraction.ts` makes one of any size.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'kysely'
import pg from 'pg'
import { createDirectory } from '../src/directory/directory.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { openStorage } from '../src/storage/storage.ts'

const file = resolve(process.argv[2] ?? '')
const folder = mkdtempSync(join(tmpdir(), 'garant-bench-'))
const server = process.env.DATABASE_URL
const database = `garant_bench_${randomBytes(4).toString('hex')}`

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

/** Peak resident memory of a process, in megabytes, as the kernel counts it (Linux). */
function peakOf(pid: number): number {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

async function runImport(url: string | undefined): Promise<void> {
  const settings = join(folder, 'garant.yaml')
  writeFileSync(
    settings,
    `issuer: http://localhost:4999
dataFolder: data
mail: { host: 127.0.0.1, port: 1025, secure: false, danger_in_clear: true, from: hub@garant.example }
security: { contact: [security@garant.example], expires: ${new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 19)}Z }
danger_allow_http: true
`,
  )
  const { DATABASE_URL: _, ...env } = process.env
  const command = join(import.meta.dirname, '../bin/garant')
  const child = spawn(command, ['directory', 'import', 'rpps', file, '--config', settings], {
    env: {
      ...env,
      ...(url ? { DATABASE_URL: url, GARANT_MASTER_KEY: randomBytes(32).toString('base64') } : {}),
    },
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

/** Identifiers from all over the file, a few thousand. */
async function someIdentifiers(): Promise<string[]> {
  const found: string[] = []
  let seen = 0
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (seen++ % 499 === 1) found.push(line.split('|')[2] ?? '')
  }
  return found.sort(() => Math.random() - 0.5).slice(0, 5000)
}

async function lookUp(url: string | undefined): Promise<void> {
  const storage = await openStorage({
    location: url ? { kind: 'server', url } : { kind: 'folder', path: join(folder, 'data') },
    clock: systemClock,
    stateKey: Buffer.alloc(32),
  })
  const directory = createDirectory({ storage, clock: systemClock, audit: { append: () => {} } })
  const identifiers = await someIdentifiers()
  for (const what of ['professional', 'exists'] as const) {
    const times: number[] = []
    for (const identifier of [...identifiers.slice(0, 500), ...identifiers]) {
      const begun = performance.now()
      const found = await directory[what](identifier)
      times.push(performance.now() - begun)
      if (found === undefined || found === 'unknown') throw new Error(`${identifier} is not there`)
    }
    const sorted = times.slice(500).sort((a, b) => a - b)
    const at = (share: number) => `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2)} ms`
    console.log(
      `${what}: ${sorted.length} look-ups, median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, most ${at(1)}`,
    )
  }
  const { rows } = await sql<{
    size: string
  }>`select pg_size_pretty(pg_total_relation_size('professionals_a')) as size`.execute(storage.db)
  console.log(`size of the edition in the database: ${rows[0]?.size}`)
  await storage.close()
}

const url = server ? Object.assign(new URL(server), { pathname: `/${database}` }).href : undefined
if (url) await onServer(`create database ${database}`)
try {
  await runImport(url)
  await lookUp(url)
} finally {
  if (url) await onServer(`drop database ${database} with (force)`)
  rmSync(folder, { recursive: true, force: true })
}
