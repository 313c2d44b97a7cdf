/**
 * `npm run bench`: the floor, the bare engine and Garant in one run, so that a slow machine slows all of them. Prints a
 * table and writes `bench/results/latest.json`. The method is in `docs/performance.md`.
 *
 *     npm run bench                      embedded database
 *     DATABASE_URL=… npm run bench       PostgreSQL too
 *     npm run bench -- --logins 2000 --services 1000
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startSmtp } from '../test/support/smtp.ts'
import { drive, percentile, type Target } from './driver.ts'
import { measureFloor } from './floor.ts'
import { isolate, startChild, type Usage } from './measured.ts'

const { values: options } = parseArgs({
  options: {
    logins: { type: 'string', default: '2000' },
    concurrency: { type: 'string', default: '16' },
    warmup: { type: 'string', default: '300' },
    services: { type: 'string', default: '10' },
    'skip-embedded': { type: 'boolean', default: false },
    /** Writes a CPU profile of the hub into this folder. */
    profile: { type: 'string' },
  },
})
const logins = Number(options.logins)
const concurrency = Number(options.concurrency)
const warmup = Number(options.warmup)

interface Result {
  what: string
  logins: number
  failed: number
  loginsPerSecond: number
  cpuMsPerLogin: number
  p50Ms: number
  p99Ms: number
  restMb: number
  loadedMb: number
  /** Of the hub only. */
  ledger?: number
  journal?: string
  /** CPU for the alerts of these logins to be sent, and the last facts to be sealed, per login. */
  afterMsPerLogin?: number
}

interface Measured {
  ready: Target
  usage(): Promise<Usage>
}

async function measure(what: string, child: Measured, before?: () => Promise<unknown>): Promise<Result> {
  const rest = await child.usage()
  await drive(child.ready, { logins: warmup, concurrency, ...(before ? { before } : {}) })
  const from = await child.usage()
  const run = await drive(child.ready, { logins, concurrency, ...(before ? { before } : {}) })
  const to = await child.usage()
  if (run.firstFailure) console.error(`${what}: ${run.failed} failed, first: ${run.firstFailure}`)
  return {
    what,
    logins,
    failed: run.failed,
    loginsPerSecond: run.logins / run.seconds,
    cpuMsPerLogin: (to.cpuMs - from.cpuMs) / logins,
    p50Ms: percentile(run.durations, 0.5),
    p99Ms: percentile(run.durations, 0.99),
    restMb: rest.rss / 2 ** 20,
    loadedMb: to.rss / 2 ** 20,
  }
}

async function benchEngine(): Promise<Result> {
  const child = await startChild<Target>('./engine-server.ts', { isolated: true })
  try {
    return await measure('bare engine, in memory', child)
  } finally {
    await child.stop()
  }
}

async function benchHub(what: string, databaseUrl: string | undefined): Promise<Result> {
  const smtp = await startSmtp()
  const provider = await startChild<{ entry: unknown }>('./provider-server.ts')
  const hub = await startChild<Target>('./hub-server.ts', {
    isolated: true,
    execArgv: options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [],
    env: {
      BENCH_HUB: JSON.stringify({
        provider: provider.ready.entry,
        smtpPort: smtp.port,
        services: Number(options.services),
      }),
      ...(databaseUrl ? { BENCH_DATABASE_URL: databaseUrl } : {}),
    },
  })
  try {
    const result = await measure(what, hub, () => provider.ask('next'))
    const before = await hub.usage()
    await hub.ask('settle')
    const after = await hub.usage()
    const report = await hub.ask<{ ok: boolean }>('verify')
    return {
      ...result,
      afterMsPerLogin: (after.cpuMs - before.cpuMs) / (logins + warmup),
      ledger: (await hub.ask<number>('connections')) - warmup,
      journal: report.ok ? 'verifies' : 'does not verify',
    }
  } finally {
    await hub.stop()
    await provider.stop()
    await smtp.close()
  }
}

/** A database of this run's own on the server of `DATABASE_URL`. */
async function withDatabase<T>(url: string, work: (own: string) => Promise<T>): Promise<T> {
  const name = `garant_bench_${process.pid}`
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await run(`drop database if exists ${name} with (force)`)
  await run(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  try {
    return await work(own.href)
  } finally {
    await run(`drop database if exists ${name} with (force)`)
  }
}

const isolated = isolate('others')
const floor = await measureFloor()
const engine = await benchEngine()
const url = process.env.DATABASE_URL
const hubs: Result[] = []
if (!options['skip-embedded']) hubs.push(await benchHub('Garant, embedded', undefined))
if (url) hubs.push(await withDatabase(url, (own) => benchHub('Garant, PostgreSQL', own)))

const rows = [engine, ...hubs].map((result) => ({
  '': result.what,
  'logins/s': result.loginsPerSecond.toFixed(0),
  'CPU ms/login': result.cpuMsPerLogin.toFixed(2),
  '× engine': (result.cpuMsPerLogin / engine.cpuMsPerLogin).toFixed(2),
  '× floor': (result.cpuMsPerLogin / floor.loginMs).toFixed(1),
  'sending ms': result.afterMsPerLogin?.toFixed(2) ?? '',
  'p50 ms': result.p50Ms.toFixed(1),
  'p99 ms': result.p99Ms.toFixed(1),
  'MB at rest': result.restMb.toFixed(0),
  'MB loaded': result.loadedMb.toFixed(0),
  failed: result.failed,
  ledger: result.ledger ?? '',
  journal: result.journal ?? '',
}))
console.log(
  `\n${logins} logins, ${concurrency} at a time, on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}${isolated ? ', the measured process alone on a core' : ''}`,
)
console.log(
  `floor: sign ${floor.signMs.toFixed(3)} ms, verify ${floor.verifyMs.toFixed(3)} ms, request ${floor.requestMs.toFixed(3)} ms; a login ${floor.loginMs.toFixed(2)} ms of CPU`,
)
console.table(rows)

const folder = join(import.meta.dirname, 'results')
mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, 'latest.json'),
  `${JSON.stringify(
    {
      at: new Date().toISOString(),
      node: process.version,
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      isolated,
      floor,
      engine,
      hubs,
    },
    null,
    2,
  )}\n`,
)
const failed =
  [engine, ...hubs].some((result) => result.failed > 0) ||
  hubs.some(({ ledger, journal }) => ledger !== logins || journal !== 'verifies')
if (failed) process.exitCode = 1
