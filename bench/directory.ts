/**
 * The register of health professionals at its real size: how long `garant directory import` takes, how much memory its
 * process has at most, and how long a look-up takes then.
 *
 *     DATABASE_URL=postgres://… node bench/directory.ts FILE     on a database of its own, dropped at the end
 *     node bench/directory.ts FILE                               on an embedded one
 *
 * FILE is an extraction; `test/support/rpps-extraction.ts` makes one of any size.
 */
import { randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'kysely'
import { createDirectory } from '../src/directory/directory.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { openStorage } from '../src/storage/storage.ts'
import { timeCommand, writeSettings } from './command.ts'
import { withDatabase } from './database.ts'

const file = resolve(process.argv[2] ?? '')
const folder = mkdtempSync(join(tmpdir(), 'garant-bench-'))
const server = process.env.DATABASE_URL

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

async function run(url: string | undefined): Promise<void> {
  const args = ['directory', 'import', 'rpps', file, '--config', writeSettings(folder)]
  await timeCommand(args, url === undefined ? undefined : { url, masterKey: randomBytes(32).toString('base64') })
  await lookUp(url)
}

try {
  await (server ? withDatabase(server, run) : run(undefined))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
