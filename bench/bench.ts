/**
 * `npm run bench`: the floor, the bare engine and Garant in one run, so that a slow machine slows all of them. Prints a
 * table and writes `bench/results/latest.json`. The method is in `docs/performance.md`.
 *
 *     npm run bench                      embedded database
 *     DATABASE_URL=… npm run bench       PostgreSQL too, by either kind of provider
 *     npm run bench -- --logins 2000 --services 1000 --providers 60
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { serialize } from 'node:v8'
import type { Location } from '../src/storage/storage.ts'
import { secretOf, serviceEntry, testBoot } from '../test/support/hub.ts'
import { freePort } from '../test/support/ports.ts'
import { startSmtp } from '../test/support/smtp.ts'
import { withDatabase } from './database.ts'
import { drive, percentile, type Run, type Target } from './driver.ts'
import { measureFloor } from './floor.ts'
import type { HubOrder } from './hub-server.ts'
import { asServed, isolate, moveDatabase, startChild, type Usage } from './measured.ts'

const { values: options } = parseArgs({
  options: {
    logins: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '10' },
    concurrency: { type: 'string', default: '16' },
    warmup: { type: 'string', default: '1000' },
    services: { type: 'string', default: '10' },
    providers: { type: 'string', default: '1' },
    'skip-embedded': { type: 'boolean', default: false },
    /** Writes a CPU profile of the hub into this folder. */
    profile: { type: 'string' },
  },
})
const rounds = Number(options.rounds)
const loginsOfRound = Math.ceil(Number(options.logins) / rounds)
const logins = loginsOfRound * rounds
const concurrency = Number(options.concurrency)
const warmup = Number(options.warmup)

interface Result {
  what: string
  logins: number
  failed: number
  loginsPerSecond: number
  /** Median of the rounds. */
  cpuMsPerLogin: number
  /** Median over the rounds of the ratio to the engine's round just before, as many at a time. */
  timesEngine: number
  /** Of the hub only. The engine's CPU at as many logins a second as the hub had in the round before, and the ratio to it. */
  engineAtSameLoadMs?: number
  timesEngineAtSameLoad?: number
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

interface Contestant {
  what: string
  child: Measured
  before?: () => Promise<unknown>
}

/**
 * Both are warmed up, then measured in turns, a round each: what slows the machine for a while slows both, and the ratio
 * is taken between neighbours.
 */
async function measure(engine: Contestant, other?: Contestant): Promise<{ engine: Result; other: Result }> {
  const contestants = other ? [engine, other] : [engine]
  const rest = await Promise.all(contestants.map(({ child }) => child.usage()))
  for (const { child, before } of contestants) {
    await drive(child.ready, { logins: warmup, concurrency, ...(before ? { before } : {}) })
  }
  const runs = contestants.map(() => [] as Round[])
  const sameLoad: Round[] = []
  for (let round = 0; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) runs[index]?.push(await runRound(contestant))
    const perSecond = loginsOfRound / (runs.at(-1)?.at(-1)?.seconds ?? Number.NaN)
    if (other) sameLoad.push(await runRound(engine, { perSecond }))
  }
  const loaded = await Promise.all(contestants.map(({ child }) => child.usage()))
  const results = contestants.map(({ what }, index): Result => {
    const own = runs[index] ?? []
    const durations = own.flatMap((run) => run.durations).sort((a, b) => a - b)
    return {
      what,
      logins,
      failed: sum(own.map(({ failed }) => failed)),
      loginsPerSecond: logins / sum(own.map(({ seconds }) => seconds)),
      cpuMsPerLogin: median(own.map(({ cpuMs }) => cpuMs)),
      timesEngine: median(own.map(({ cpuMs }, round) => cpuMs / (runs[0]?.[round]?.cpuMs ?? Number.NaN))),
      p50Ms: percentile(durations, 0.5),
      p99Ms: percentile(durations, 0.99),
      restMb: (rest[index]?.rss ?? 0) / 2 ** 20,
      loadedMb: (loaded[index]?.rss ?? 0) / 2 ** 20,
    }
  })
  const [first, last] = [results[0], results.at(-1)]
  if (!first || !last) throw new Error('nothing was measured')
  if (!other) return { engine: first, other: last }
  return {
    engine: first,
    other: {
      ...last,
      engineAtSameLoadMs: median(sameLoad.map(({ cpuMs }) => cpuMs)),
      timesEngineAtSameLoad: median(
        sameLoad.map(({ cpuMs }, round) => (runs.at(-1)?.[round]?.cpuMs ?? Number.NaN) / cpuMs),
      ),
    },
  }
}

type Round = Run & { cpuMs: number }

async function runRound({ what, child, before }: Contestant, load: { perSecond?: number } = {}): Promise<Round> {
  const from = await child.usage()
  const run = await drive(child.ready, { logins: loginsOfRound, concurrency, ...load, ...(before ? { before } : {}) })
  const to = await child.usage()
  if (run.firstFailure) console.error(`${what}: ${run.failed} failed, first: ${run.firstFailure}`)
  return { ...run, cpuMs: (to.cpuMs - from.cpuMs) / loginsOfRound }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
}

/** The engine is measured anew beside each of the others. */
async function withEngine<T>(work: (engine: Contestant) => Promise<T>): Promise<T> {
  const child = await startChild<Target>('./engine-server.ts', { isolated: true })
  try {
    return await work({ what: 'bare engine, in memory', child })
  } finally {
    await child.stop()
  }
}

function benchHub(
  what: string,
  databaseUrl: string | undefined,
  { asksUserinfo } = { asksUserinfo: false },
): Promise<{ engine: Result; other: Result }> {
  return withEngine(async (engine) => {
    const folder = mkdtempSync(join(tmpdir(), 'garant-bench-'))
    const smtp = await startSmtp()
    const provider = await startChild<{ entry: ProviderEntry }>('./provider-server.ts', {
      env: asksUserinfo ? { BENCH_USERINFO: 'asked' } : {},
    })
    // A thousand services are more than an environment holds.
    const orderFile = join(folder, 'order')
    writeFileSync(
      orderFile,
      serialize(await order({ provider: provider.ready.entry, smtpPort: smtp.port, folder, databaseUrl })),
    )
    const hub = await startChild<Target>('./hub-server.ts', {
      isolated: true,
      execArgv: [...asServed.execArgv, ...(options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [])],
      env: { ...asServed.env, BENCH_HUB: orderFile },
    })
    try {
      const measured = await measure(engine, { what, child: hub, before: () => provider.ask('next') })
      const before = await hub.usage()
      await hub.ask('settle')
      const after = await hub.usage()
      const report = await hub.ask<{ ok: boolean }>('verify')
      return {
        engine: measured.engine,
        other: {
          ...measured.other,
          afterMsPerLogin: (after.cpuMs - before.cpuMs) / (logins + warmup),
          ledger: (await hub.ask<number>('connections')) - warmup,
          journal: report.ok ? 'verifies' : 'does not verify',
        },
      }
    } finally {
      await hub.stop()
      await provider.stop()
      await smtp.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

type ProviderEntry = Record<string, unknown> & { connector: Record<string, unknown> & { clientSecret: string } }

/** What the measured hub boots with and serves. */
async function order(given: {
  provider: ProviderEntry
  smtpPort: number
  folder: string
  databaseUrl: string | undefined
}): Promise<HubOrder> {
  const { provider, smtpPort, folder, databaseUrl } = given
  const database: Location = databaseUrl
    ? { kind: 'server', url: databaseUrl }
    : { kind: 'folder', path: join(folder, 'data') }
  const boot = testBoot({ port: await freePort(), smtpPort, folder, database })
  const { state: _state, partner: _partner, ...rest } = provider
  const entry = rest as typeof rest & { id: string }
  const { clientSecret } = provider.connector
  const partners = [
    {
      id: 'bench',
      name: { fr: 'Banc', en: 'Bench', ar: 'Bench' },
      services: Array.from({ length: Number(options.services) }, (_, index) => serviceEntry(`bench-${index}`)),
      // All of them are one server under several names: a login takes the first tile.
      providers: Array.from({ length: Number(options.providers) }, (_, index) => ({
        ...entry,
        ...(index > 0 ? { id: `${entry.id}-${index}` } : {}),
        connector: { ...provider.connector, clientSecret: { danger_plain: clientSecret } },
      })),
    },
  ]
  return {
    boot,
    partners: JSON.stringify({ partners }),
    target: {
      issuer: boot.settings.issuer,
      redirectUri: 'http://localhost:1/callback',
      clientId: 'bench-0',
      clientSecret: secretOf('bench-0'),
      scope: 'openid identite_pivot email',
    },
  }
}

const isolated = isolate('others')
const floor = await measureFloor()
const url = process.env.DATABASE_URL
const pairs: { engine: Result; other: Result }[] = []
if (!options['skip-embedded']) pairs.push(await benchHub('Garant, embedded', undefined))
if (url) {
  const moveBack = await moveDatabase(url)
  try {
    pairs.push(await withDatabase(url, (own) => benchHub('Garant, PostgreSQL', own)))
    const asked = 'Garant, PostgreSQL, provider asked for userinfo'
    pairs.push(await withDatabase(url, (own) => benchHub(asked, own, { asksUserinfo: true })))
  } finally {
    moveBack()
  }
}
if (pairs.length === 0) pairs.push(await withEngine((engine) => measure(engine)))
const results = pairs.flatMap(({ engine, other }) => (other === engine ? [engine] : [engine, other]))

const rows = results.map((result) => ({
  '': result.what,
  'logins/s': result.loginsPerSecond.toFixed(0),
  'CPU ms/login': result.cpuMsPerLogin.toFixed(2),
  '× engine': result.timesEngine.toFixed(2),
  'engine, same load': result.engineAtSameLoadMs?.toFixed(2) ?? '',
  '× engine, same load': result.timesEngineAtSameLoad?.toFixed(2) ?? '',
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
  `\n${logins} logins in ${rounds} rounds, ${concurrency} at a time, on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}${isolated ? ', the measured process alone on a core' : ''}`,
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
      results,
    },
    null,
    2,
  )}\n`,
)
const failed =
  results.some((result) => result.failed > 0) ||
  results.some(({ ledger, journal }) => ledger !== undefined && (ledger !== logins || journal !== 'verifies'))
if (failed) process.exitCode = 1
