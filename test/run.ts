/**
 * `npm test`: types, style, then every test with the runner of Node, each file in a process of its own, on the Node that
 * the project pins. Finds a browser or gets one, and says which; it never skips in silence. `npm test -- src/people` runs
 * the tests that are below, without types and style. Where there is a server too, two runs share the work (decision 0056):
 * `--on-database` has what may tell databases apart, `--beside-database` all the rest, and of that what drives the embedded
 * database. The last thing printed is the summary of the runner.
 *
 * Files that took longest the last time begin first, so that none is left running alone at the end.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { ensureBrowser } from './support/browser.ts'

const root = join(import.meta.dirname, '..')
const cache = join(root, '.cache')
const onDatabase = process.argv.includes('--on-database')
const besideDatabase = process.argv.includes('--beside-database')
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const wanted = named.map((path) => relative(root, join(process.cwd(), path)))

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
)
  .filter(
    (file) => wanted.length === 0 || wanted.some((path) => path === '' || file === path || file.startsWith(`${path}/`)),
  )
  .filter((file) => !onDatabase || tellsDatabases(file))
  .filter((file) => !besideDatabase || !tellsDatabases(file) || drivesEmbedded(file))
if (files.length === 0) {
  console.error(`There is no such test in ${named.join(', ')}.`)
  process.exit(2)
}

if (wanted.length === 0 && !onDatabase) {
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

/** Decision 0056. Of the files in a browser the main road alone: the journeys over HTTP go the same roads to the database. */
function tellsDatabases(file: string): boolean {
  const inBrowser = readFileSync(join(root, file), 'utf8').includes("support/browser.ts'")
  return inBrowser ? file === 'test/browser/journey.test.ts' : opensDatabase(join(root, file))
}

/**
 * The storage, the command line, the town, what looks at the whole product, the main road in a browser, and what has
 * something of its own to say of one of the two databases. A room's tests and the journeys over HTTP run on the server.
 */
function drivesEmbedded(file: string): boolean {
  if (readFileSync(join(root, file), 'utf8').includes('env.DATABASE_URL')) return true
  return !/^(?:src\/(?!storage\/|main\.test)|test\/journeys\/)/.test(file)
}

/** Does a test file, or anything that it imports, open the database of `DATABASE_URL`? */
function opensDatabase(file: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(file) || !existsSync(file)) return false
  seen.add(file)
  const source = readFileSync(file, 'utf8')
  if (source.includes('env.DATABASE_URL')) return true
  const imported = source.matchAll(/^(?:import|export) (?!type )[^'"]*?'(\.[^']+)'|^} from '(\.[^']+)'/gm)
  return [...imported].some(([, whole, last]) => opensDatabase(join(dirname(file), (whole ?? last) as string), seen))
}

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
