/**
 * `npm test`: types, style, then every test with the runner of Node, several files to a process, on the Node that the
 * project pins. Finds a browser or gets one, and says which; it never skips in silence. `npm test -- src/people` runs
 * the tests that are below, without types and style. Where there is a server too, two runs share the work (decision 0056):
 * `--on-database` has what may tell databases apart, `--beside-database` all the rest, and of that what drives the embedded
 * database. The last thing printed is the summary of the runner.
 *
 * Files share a process, one after the other (`support/batch.ts`): what a process starts with costs more than most files.
 * The processes that took longest the last time begin first, so that none is left running alone at the end.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { pathToFileURL } from 'node:url'
import { ensureBrowser } from './support/browser.ts'

const root = join(import.meta.dirname, '..')
const cache = join(root, '.cache')
const onDatabase = process.argv.includes('--on-database')
const besideDatabase = process.argv.includes('--beside-database')
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const wanted = named.map((path) => relative(root, join(process.cwd(), path)))

/** A module that waits to be loaded: at its top level, or in what it does when it is the program. */
const waits = /^(?:(?:export )?const .*= )?await |^if \(import\.meta\.main\b.*(?:\bawait |\{\n(?: .*\n)*? .*\bawait )/m

/** What there is to know of a file of the project, by its path from the root. */
const sourceOf = once((file) => readFileSync(join(root, file), 'utf8'))
const importsOf = once(readImports)
const waitsToLoad = once((file) => waits.test(sourceOf(file)))
const namesDatabase = once((file) => sourceOf(file).includes('env.DATABASE_URL'))
/** A file does it, or anything that it imports. */
const opensDatabase = once((file) => reaches(file, namesDatabase))
/** Also not where something that it imports waits to be loaded: it would be waited for outside of its suite. */
const sharesProcess = once((file) => !isItsOwn(file) && !reaches(file, waitsToLoad))

/**
 * A process that lives for seconds has no use for a better compilation of the embedded database, which costs more than
 * it gains, and a larger young generation of the heap saves collecting what the process never needs again.
 */
const execArgv = ['--liftoff-only', '--max-semi-space-size=16']

/** A test that takes longer hangs, and a file of them. */
const longest = 240_000
/** A process is worth its start if its files take at least so long together. */
const shortest = 10_000
/** So do processes of which nothing is heard for so long: their tests are over, and something keeps them running. */
const silence = longest

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

/** Milliseconds. Before the first run they are guessed by what a test of the kind starts: a hub, a database, nothing. */
function expected(file: string): number {
  const guessed = /^(?:demo|test\/(?:browser|journeys))\//.test(file) ? 8_000 : opensDatabase(file) ? 4_000 : 1_000
  return durations[file] ?? guessed
}

const sumOf = (batch: readonly string[]) => batch.reduce((sum, file) => sum + expected(file), 0)

// One more than there are cores: a test that waits for its hub leaves its core to another.
const concurrency = availableParallelism() + 1
const batches = inBatches(files).sort((a, b) => sumOf(b) - sumOf(a))
console.log(`\n— ${files.length} test files in ${batches.length} processes on ${database}\n`)

const entries = mkdtempSync(join(tmpdir(), 'garant-tests-'))
process.once('exit', () => rmSync(entries, { recursive: true, force: true }))
const stop = new AbortController()
const unfinished = new Set(files)
const events = run({
  cwd: root,
  files: batches.map(entryOf),
  concurrency,
  execArgv,
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
events.on('test:complete', ({ name, nesting, details }) => {
  const file = relative(root, resolve(root, name))
  if (nesting === 0 && unfinished.delete(file)) durations[file] = Math.round(details.duration_ms)
})
events.on('test:summary', ({ file, success }) => {
  if (!success) process.exitCode = 1
  // The last of them is that of the whole run.
  if (file !== undefined || unfinished.size === 0) return
  console.error(`\nTheir process ended before them: ${[...unfinished].join(', ')}`)
  process.exitCode = 1
})
events.once('end', writeDurations)
events.compose(spec).pipe(process.stdout)

/**
 * Files that follow one another in a process, of about the same length together: many processes for each core, so that
 * the last ones end together. What opens no database is apart from what does: its processes are small and end soon.
 */
function inBatches(all: readonly string[]): string[][] {
  const share = Math.max(shortest, sumOf(all) / (concurrency * 16))
  const {
    alone = [],
    database = [],
    none = [],
  } = Object.groupBy(all.toSorted(), (file) => {
    if (!sharesProcess(file)) return 'alone'
    return opensDatabase(file) ? 'database' : 'none'
  })
  return [...alone.map((file) => [file]), ...filled(database, share), ...filled(none, share)]
}

/** In their order, so that neighbours have their modules in common. */
function filled(all: readonly string[], share: number): string[][] {
  const batches: string[][] = []
  for (const file of all) {
    const last = batches.at(-1)
    if (last && sumOf(last) + expected(file) <= share) last.push(file)
    else batches.push([file])
  }
  return batches
}

/** What the runner of Node starts: the file itself, or one that runs several. */
function entryOf(batch: readonly string[], index: number): string {
  const [only] = batch as [string]
  if (!sharesProcess(only)) return join(root, only)
  const entry = join(entries, `${index}.mjs`)
  const runner = pathToFileURL(join(root, 'test/support/batch.ts')).href
  writeFileSync(entry, `import { runFiles } from '${runner}'\nrunFiles(${JSON.stringify(batch)}, ${longest})\n`)
  return entry
}

/** Does a file change what is the process's own, so that another one after it would find it otherwise? */
function isItsOwn(file: string): boolean {
  return /\bprocess\.(?:chdir|exit|once?)\(|\bprocess\.env\.\w+ = |\bObject\.assign\(process\.env|\bglobalThis\.\w+ = /.test(
    sourceOf(file),
  )
}

/** Decision 0056. Of the files in a browser the main road alone: the journeys over HTTP go the same roads to the database. */
function tellsDatabases(file: string): boolean {
  const inBrowser = sourceOf(file).includes("support/browser.ts'")
  return inBrowser ? file === 'test/browser/journey.test.ts' : opensDatabase(file)
}

/**
 * The storage, the command line, the town, what looks at the whole product, the main road in a browser, and what has
 * something of its own to say of one of the two databases. A room's tests and the journeys over HTTP run on the server.
 */
function drivesEmbedded(file: string): boolean {
  if (sourceOf(file).includes('env.DATABASE_URL')) return true
  return !/^(?:src\/(?!storage\/|main\.test)|test\/journeys\/)/.test(file)
}

/** Is there a module of the project, among a file and all that it imports, that is such? */
function reaches(file: string, isSuch: (module: string) => boolean): boolean {
  return [...modulesOf(file)].some(isSuch)
}

/** A file and all of the project that it imports, types apart. */
function modulesOf(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file) || !existsSync(join(root, file))) return seen
  seen.add(file)
  for (const imported of importsOf(file)) modulesOf(imported, seen)
  return seen
}

function readImports(file: string): string[] {
  const found = sourceOf(file).matchAll(/^(?:import|export) (?!type )[^'"]*?'(\.[^']+)'|^} from '(\.[^']+)'/gm)
  return [...found].map(([, whole, last]) => join(dirname(file), (whole ?? last) as string))
}

/** What is asked of a file again and again is read from it once. */
function once<T>(answer: (file: string) => T): (file: string) => T {
  const known = new Map<string, T>()
  return (file) => {
    const value = known.has(file) ? (known.get(file) as T) : answer(file)
    known.set(file, value)
    return value
  }
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
