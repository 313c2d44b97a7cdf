/**
 * The rules of the tree that no compiler checks: a room imports only rooms above it, its tables are named by its store
 * alone, and the clock, chance, the environment and the console are read in their one place.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

const root = new URL('..', import.meta.url).pathname

/** From the ground up: each may import those before it. */
const rooms = [
  'kernel',
  'policy',
  'storage',
  'http',
  'audit',
  'keys',
  'directory',
  'people',
  'partners',
  'means',
  'upstream',
  'mandates',
  'sessions',
  'connections',
  'login',
  'protocol',
  'cases',
  'alerts',
  'signals',
  'space',
  'desk',
  'console',
]

/** They assemble the rooms. */
const exempt = new Set(['main.ts', 'config.ts', 'hub.ts', 'verbs.ts', 'socket.ts'])

const sources = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.conformance.ts'))
  .map((file) => ({ file, room: file.split('/')[1] ?? '', text: readFileSync(join(root, file), 'utf8') }))

const importsOf = (text: string) =>
  [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) => path as string)

test('every folder of src is a room of the list', () => {
  const found = new Set(sources.filter(({ file }) => file.split('/').length > 2).map(({ room }) => room))
  assert.deepEqual(
    [...found].filter((room) => !rooms.includes(room)),
    [],
  )
})

test('a room imports only rooms above it', () => {
  const wrong = sources
    .filter(({ file }) => file.split('/').length > 2)
    .flatMap(({ file, room, text }) =>
      importsOf(text).flatMap((path) => {
        const target = normalize(join(dirname(file), path)).split('/')
        const to = target.length > 2 ? (target[1] ?? '') : 'src'
        if (to === 'src') return [`${file} imports ${path}: what assembles imports rooms, not the other way`]
        return rooms.indexOf(to) <= rooms.indexOf(room) ? [] : [`${file} imports ${to}, which is below ${room}`]
      }),
    )
  assert.deepEqual(wrong, [])
})

test('only what assembles imports several rooms without being one', () => {
  const loose = sources.filter(({ file }) => file.split('/').length === 2 && !exempt.has(basename(file)))
  assert.deepEqual(
    loose.map(({ file }) => file),
    [],
  )
})

test('no barrel and no drawer', () => {
  const wrong = sources.filter(
    ({ file }) => basename(file) === 'index.ts' || /\/(utils|helpers|common|shared)\//.test(file),
  )
  assert.deepEqual(
    wrong.map(({ file }) => file),
    [],
  )
})

const migrations = globSync('src/storage/migrations/*.sql', { cwd: root }).map((file) => ({
  room: /\d{4}-([a-z]+)/.exec(basename(file))?.[1] ?? '',
  text: readFileSync(join(root, file), 'utf8'),
}))

test("a table is named only in SQL of its room's own store", () => {
  const owners = migrations.flatMap(({ room, text }) =>
    [...text.matchAll(/create\s+(?:unlogged\s+)?table\s+(?:if not exists\s+)?"?([a-z_]+)"?/gi)].map(([, table]) => ({
      table: table as string,
      room: room === 'state' ? 'storage' : room,
    })),
  )
  assert.ok(owners.length > 10, 'the migrations were read')
  const wrong = sources.flatMap(({ file, room, text }) =>
    owners
      .filter((owner) => owner.room !== room)
      .filter(({ table }) =>
        new RegExp(`(from|into|update|join|table)\\s+"?${table}"?\\b(?!['\\w])`, 'i').test(sqlIn(text)),
      )
      .map(({ table }) => `${file} names ${table}`),
  )
  assert.deepEqual(wrong, [])
})

/** What stands in template literals and in calls of the query builder. */
function sqlIn(text: string): string {
  const templates = [...text.matchAll(/sql(?:<[^`]*?>)?`([^`]*)`/g)].map(([, body]) => body)
  const builders = [
    ...text.matchAll(/\.(?:selectFrom|insertInto|updateTable|deleteFrom|innerJoin|leftJoin)\('([a-z_]+)/g),
  ].map(([, table]) => `from ${table}`)
  return [...templates, ...builders].join('\n')
}

/** What may stand in its own place only, with the reason. */
const bans: { what: RegExp; why: string; where: RegExp }[] = [
  { what: /\bDate\.now\(/, why: 'time comes from the clock', where: /^src\/kernel\/clock\.ts$/ },
  { what: /\bnew Date\(\s*\)/, why: 'time comes from the clock', where: /^src\/kernel\/clock\.ts$/ },
  { what: /\bMath\.random\(/, why: 'chance comes from node:crypto', where: /^$/ },
  { what: /\bprocess\.env\b/, why: 'the environment is read in config.ts', where: /^src\/(config|main)\.ts$/ },
  { what: /\bconsole\./, why: 'a room logs through Log', where: /^src\/(main|audit\/facts-doc)\.ts$/ },
]

test('the clock, chance, the environment and the console are read in their one place', () => {
  const wrong = sources.flatMap(({ file, text }) =>
    bans
      .filter(({ what, where }) => what.test(withoutComments(text)) && !where.test(file))
      .map(({ why }) => `${file}: ${why}`),
  )
  assert.deepEqual(wrong, [])
})

test('SQL does not read the time of the database', () => {
  const clocks =
    /\b(now\(\)|current_timestamp|clock_timestamp\(\)|statement_timestamp\(\)|localtimestamp|current_date)/i
  const inCode = sources.filter(({ text }) => clocks.test(sqlIn(text))).map(({ file }) => file)
  const inMigrations = migrations.filter(({ text }) => clocks.test(text.replace(/--.*$/gm, ''))).map(({ room }) => room)
  assert.deepEqual([...inCode, ...inMigrations], [])
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}
