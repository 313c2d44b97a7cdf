/**
 * `npm test`: types, style, then every test with the runner of Node, each file in a process of its own, on the Node that
 * the project pins. Finds a browser or gets one, and says which; it never skips in silence. `npm test -- src/people` runs
 * the tests that are below, without types and style. The last thing printed is the summary of the runner.
 *
 * Files that took longest the last time begin first, so that none is left running alone at the end.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { ensureBrowser } from './support/browser.ts'

const root = join(import.meta.dirname, '..')
const cache = join(root, '.cache')
const wanted = process.argv.slice(2).map((path) => relative(root, join(process.cwd(), path)))

/**
 * A process that lives for seconds has no use for a better compilation of the embedded database, which costs more than
 * it gains, and a larger young generation of the heap saves collecting what the process never needs again.
 */
const execArgv = ['--liftoff-only', '--max-semi-space-size=16']

/** A test that takes longer hangs. */
const longest = 120_000
/** So does a file of which nothing is heard for so long: its tests are over, and something keeps it running. */
const silence = 2 * longest

function step(title: string, command: string, args: string[]): void {
  console.log(`\n— ${title}`)
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

const tool = (name: string) => join(root, 'node_modules/.bin', name)

const files = globSync(
  ['src', 'demo', 'bench', 'test'].map((folder) => `${folder}/**/*.test.ts`),
  { cwd: root },
).filter(
  (file) => wanted.length === 0 || wanted.some((path) => path === '' || file === path || file.startsWith(`${path}/`)),
)
if (files.length === 0) {
  console.error(`There is no test in ${process.argv.slice(2).join(', ')}.`)
  process.exit(2)
}

if (wanted.length === 0) {
  step('types', tool('tsc'), ['--noEmit'])
  step('style', tool('biome'), ['check', '.'])
}

// Every process of the run compiles each source once, not once more.
process.env.NODE_COMPILE_CACHE ??= join(cache, 'compiled')
if (files.some((file) => file.startsWith('test/browser/'))) {
  process.env.GARANT_BROWSER = ensureBrowser()
  console.log(`\n— browser: ${process.env.GARANT_BROWSER}`)
}
const database = process.env.DATABASE_URL ? 'PostgreSQL (DATABASE_URL)' : 'embedded PostgreSQL (PGlite)'
if (!process.env.DATABASE_URL) {
  step('a migrated database to begin with', process.execPath, [join(root, 'test/support/database.ts'), '--prepare'])
}

// --- The run -------------------------------------------------------------------------------------------------------

const timings = join(cache, `durations-${process.env.DATABASE_URL ? 'server' : 'embedded'}.json`)
const durations = readDurations()

/** Milliseconds; before the first run a file of the kind that starts most is taken for slow, then the longer one. */
const expected = (file: string) =>
  durations[file] ??
  (/^(?:demo|test\/(?:browser|journeys))\//.test(file) ? longest : 0) + statSync(join(root, file)).size / 100

files.sort((a, b) => expected(b) - expected(a))
console.log(`\n— ${files.length} test files on ${database}\n`)

const stop = new AbortController()
const unfinished = new Set(files)
const events = run({
  cwd: root,
  files: files.map((file) => join(root, file)),
  // One more than there are cores: a test that waits for its hub leaves its core to another.
  concurrency: availableParallelism() + 1,
  execArgv,
  timeout: longest,
  signal: stop.signal,
})
let heard = performance.now()
events.on('data', () => {
  heard = performance.now()
})
setInterval(() => {
  if (performance.now() - heard < silence) return
  console.error(`\nNothing was heard for ${silence / 1_000} s. Not finished: ${[...unfinished].join(', ')}`)
  process.exitCode = 1
  stop.abort()
}, 1_000).unref()
events.on('test:fail', ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1
})
events.on('test:summary', ({ file, duration_ms: duration, success }) => {
  if (!success) process.exitCode = 1
  if (!file) return
  durations[relative(root, file)] = Math.round(duration)
  unfinished.delete(relative(root, file))
})
events.once('end', writeDurations)
events.compose(spec).pipe(process.stdout)

function readDurations(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(timings, 'utf8')) as Record<string, number>
  } catch {
    return {}
  }
}

/** Only an aid for the next run: what cannot be written is no failure of the tests. */
function writeDurations(): void {
  try {
    mkdirSync(cache, { recursive: true })
    writeFileSync(timings, JSON.stringify(durations, null, 2))
  } catch {
    console.warn(`(${timings} could not be written)`)
  }
}
