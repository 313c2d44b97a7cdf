/**
 * `npm test`: types, style, then every test with the runner of Node, in parallel, on the Node that the project pins.
 * Finds a browser or gets one, and says which; it never skips in silence. `npm test -- src/people` runs what is below.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { ensureBrowser } from './support/browser.ts'

const root = new URL('..', import.meta.url).pathname
const only = process.argv.slice(2)

function run(title: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
  console.log(`\n— ${title}`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}

const bin = (name: string) => `${root}node_modules/.bin/${name}`

if (only.length === 0) {
  run('types', bin('tsc'), ['--noEmit'])
  run('style', bin('biome'), ['check', '.'])
}

const files = globSync(['src/**/*.test.ts', 'demo/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'], {
  cwd: root,
})
  .filter((file) => only.length === 0 || only.some((start) => file.startsWith(start.replace(/^\.\//, ''))))
  .sort()
if (files.length === 0) {
  console.error(`no test below ${only.join(', ')}`)
  process.exit(1)
}

const needsBrowser = files.some((file) => file.startsWith('test/browser/'))
const browser = needsBrowser ? ensureBrowser() : undefined
if (browser) console.log(`\n— browser: ${browser}`)

const database = process.env.DATABASE_URL ? 'PostgreSQL (DATABASE_URL)' : 'PGlite, embedded'
run(
  `${files.length} test files on ${database}`,
  process.execPath,
  [
    '--test',
    `--test-concurrency=${Math.max(2, availableParallelism() + 1)}`,
    '--test-reporter=spec',
    '--test-timeout=180000',
    ...files,
  ],
  browser ? { GARANT_BROWSER: browser } : {},
)
