/**
 * The rules of the tree that no compiler checks: a room imports only rooms above it and packages that are its own, its
 * tables are named by its stores alone, and the clock, chance, the environment and the console are read in their one
 * place. Each rule is a function from sources to sentences, tried on a source that breaks it as well as on the tree.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources that break a rule are written as plain strings
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { describe, test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** From the ground up: each may import those before it. */
const rooms = [
  'kernel',
  'policy',
  'storage',
  'http',
  'audit',
  'keys',
  'certificates',
  'directory',
  'people',
  'partners',
  'notices',
  'means',
  'cards',
  'eid',
  'register',
  'staff',
  'approvals',
  'upstream',
  'signatures',
  'mandates',
  'sessions',
  'connections',
  'figures',
  'bridge',
  'login',
  'protocol',
  'trial',
  'cases',
  'detection',
  'breaches',
  'support',
  'alerts',
  'signals',
  'space',
  'desk',
  'console',
  'api',
]

/** They assemble the rooms. */
const assembling = new Set([
  'main.ts',
  'config.ts',
  'hub.ts',
  'bundles.ts',
  'loading.ts',
  'verbs.ts',
  'request.ts',
  'socket.ts',
])

/** Packages that are the business of one room: what else needs them asks that room. */
const packageOwners: Record<string, readonly string[]> = {
  pg: ['storage'],
  'pg-boss': ['storage'],
  'pg-protocol': ['storage'],
  '@electric-sql/pglite': ['storage'],
  'node:sqlite': ['storage'],
  'oidc-provider': ['protocol'],
  'openid-client': ['upstream'],
  nodemailer: ['alerts'],
  'mmdb-lib': ['directory'],
  '@etalab/decoupage-administratif': ['directory'],
  pino: ['http'],
  hono: ['http'],
  '@fastify/cookie': ['http'],
  '@fastify/formbody': ['http'],
  '@fastify/busboy': ['http'],
  'intl-messageformat': ['http'],
  'prom-client': ['http'],
  'ipaddr.js': ['policy'],
  yaml: ['partners'],
  '@zxcvbn-ts/language-common': ['policy'],
  '@simplewebauthn/server': ['means', 'eid'],
  otpauth: ['means'],
}

/**
 * What opens connections: one file judges where they lead (`http/outbound.ts`), another is the command line's socket, a
 * third only listens, and asks browsers for the certificate of a card.
 */
const connecting = /^(?:node:)?(?:http|https|http2|net|tls|dns|dns\/promises|dgram)$/
const mayConnect = new Set(['src/http/outbound.ts', 'src/socket.ts', 'src/cards/listener.ts'])
/** What of these modules opens none. */
const harmless = new Set(['isIP', 'BlockList', 'SocketAddress'])

/** Rooms of pure decisions: nothing that reaches outside of the process. */
const withoutInput = { policy: /^node:/, kernel: /^node:(?!crypto$|util$|net$)/ } as const

interface Source {
  file: string
  text: string
}

const roomOf = ({ file }: Source) => (file.split('/').length > 2 ? (file.split('/')[1] as string) : undefined)

// --- Reading sources -----------------------------------------------------------------------------------------------

/** A source in its three parts, at their places: what is not of the part is blank. */
interface Parts {
  /** Comments and the inside of strings are blank. */
  code: string
  /** The same with strings. */
  uncommented: string
  /** Strings and templates, without what is between `${` and `}`. */
  strings: string[]
}

/** Enough of a scanner to tell code, comments, strings, templates and regular expressions apart. */
function partsOf(text: string): Parts {
  const strings: string[] = []
  let code = ''
  let uncommented = ''
  let at = 0
  /** The templates around this place: the depth of braces at which each goes on, and which string it is. */
  const templates: { depth: number; index: number }[] = []
  let depth = 0
  const blanks = (upTo: number) => text.slice(at, upTo).replace(/[^\n]/g, ' ')
  const skip = (upTo: number) => {
    code += blanks(upTo)
    uncommented += blanks(upTo)
    at = upTo
  }
  const blank = (upTo: number) => {
    code += blanks(upTo)
    uncommented += text.slice(at, upTo)
    at = upTo
  }
  const keep = (upTo: number) => {
    code += text.slice(at, upTo)
    uncommented += text.slice(at, upTo)
    at = upTo
  }
  const string = (pattern: RegExp) => {
    pattern.lastIndex = at
    const [whole = ''] = pattern.exec(text) ?? []
    strings.push(whole)
    keep(at + 1)
    blank(at + Math.max(0, whole.length - 2))
    keep(at + 1)
  }
  /** Up to the next expression or the end. The parts of one template are one string, read over its expressions. */
  const template = (index: number) => {
    const pattern = /[`}](?:\\[\s\S]|\$(?!\{)|[^\\`$])*(?:`|\$\{)/y
    pattern.lastIndex = at
    const [whole = text.slice(at)] = pattern.exec(text) ?? []
    strings[index] = `${strings[index] ?? ''}${whole}`
    blank(at + whole.length)
    if (whole.endsWith('{')) templates.push({ depth, index })
  }
  while (at < text.length) {
    const rest = text.slice(at, at + 2)
    const [character = ''] = rest
    if (rest === '//') skip(ends(text, at, '\n', 0))
    else if (rest === '/*') skip(ends(text, at + 2, '*/', 2))
    else if (character === "'") string(/'(?:\\[\s\S]|[^\\'\n])*'/y)
    else if (character === '"') string(/"(?:\\[\s\S]|[^\\"\n])*"/y)
    else if (character === '`') template(strings.length)
    else if (character === '}' && templates.at(-1)?.depth === depth) template(templates.pop()?.index ?? 0)
    else if (character === '/' && beginsPattern(code)) {
      const pattern = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/y
      pattern.lastIndex = at
      skip(at + (pattern.exec(text)?.[0].length ?? 1))
    } else {
      if (character === '{') depth++
      if (character === '}') depth--
      keep(at + 1)
    }
  }
  return { code, uncommented, strings }
}

function ends(text: string, from: number, mark: string, length: number): number {
  const end = text.indexOf(mark, from)
  return end < 0 ? text.length : end + length
}

/** A slash divides after a value and begins a regular expression elsewhere. */
function beginsPattern(code: string): boolean {
  const before = code.trimEnd()
  return /(?:^|[^\w$)\]'"`])$|\b(?:return|typeof|case|in|of|await|yield)$/.test(before.slice(-12))
}

/** What a source imports, in whatever way it is written; `import type` as well. */
function importsOf({ text }: Source): string[] {
  const { code } = partsOf(text)
  // The scanner leaves strings in place as blanks: their text is read from the source at the same place.
  return [...code.matchAll(/\b(?:from|import|import\s*\(|require\s*\()\s*(['"])( *)\1/g)].map((match) => {
    const start = match.index + match[0].length - (match[2] ?? '').length - 1
    return text.slice(start, start + (match[2] ?? '').length)
  })
}

// --- The rules -----------------------------------------------------------------------------------------------------

function strayFiles(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const { file } = source
    const room = roomOf(source)
    if (room === undefined) return assembling.has(basename(file)) ? [] : [`${file} is in no room`]
    if (!rooms.includes(room)) return [`${file}: ${room} is no room of the list`]
    const isDrawer = basename(file) === 'index.ts' || /\/(?:utils?|helpers?|common|shared|misc)(?:\/|\.ts$)/.test(file)
    return isDrawer ? [`${file} is a barrel or a drawer`] : []
  })
}

function strayImports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const { file } = source
    const room = roomOf(source)
    if (room === undefined) return []
    return importsOf(source).flatMap((path) => {
      if (!path.startsWith('.')) {
        const name = path.startsWith('@') ? path.split('/').slice(0, 2).join('/') : (path.split('/')[0] as string)
        const owners = packageOwners[path] ?? packageOwners[name]
        const isOutside = withoutInput[room as keyof typeof withoutInput]?.test(path)
        return (owners && !owners.includes(room)) || isOutside ? [`${file} imports ${path}`] : []
      }
      const [top, to = '', ...rest] = normalize(join(dirname(file), path)).split('/')
      if (top !== 'src' || rest.length === 0) return [`${file} imports ${path}, which is in no room`]
      if (!rooms.includes(to)) return [`${file} imports ${to}, which is no room`]
      if (rooms.indexOf(to) > rooms.indexOf(room)) return [`${file} imports ${to}, which is below ${room}`]
      // The stores of a room are its own.
      return to !== room && rest.join('/') === 'store.ts' ? [`${file} imports the store of ${to}`] : []
    })
  })
}

interface Table {
  table: string
  room: string
}

/** Those that there are after the last migration, in whose order they are given. */
function tablesOf(migrations: readonly Source[]): Table[] {
  const dropped = migrations.map(({ text }) =>
    [...text.replace(/--.*$/gm, '').matchAll(/\bdrop\s+table\s+(?:if\s+exists\s+)?"?(\w+)"?/gi)].map(
      ([, name]) => name,
    ),
  )
  const isDropped = (table: string, from: number) => dropped.slice(from + 1).some((names) => names.includes(table))
  return migrations.flatMap(({ file, text }, index) => {
    const room = /^\d{4}-([a-z]+)/.exec(basename(file))?.[1] ?? ''
    const pattern = /\bcreate\s+(?:unlogged\s+|temp(?:orary)?\s+)?table\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?/gi
    return [...text.replace(/--.*$/gm, '').matchAll(pattern)]
      .map(([, table = '']) => ({
        table,
        // Short-lived state belongs to the room of the database itself.
        room: room === 'state' ? 'storage' : room,
      }))
      .filter(({ table }) => !isDropped(table, index))
  })
}

const sqlVerbs = /\b(?:select|insert|update|delete|merge|truncate|lock|create|alter|drop|copy|with)\b/i

/** `store.ts`, or `firm-store.ts` in a room with several; in the room of the database every file is one. */
const isStore = (file: string) => /^(?:[a-z]+-)?store\.ts$/.test(basename(file)) || file.startsWith('src/storage/')

function strayTables(sources: readonly Source[], tables: readonly Table[]): string[] {
  return sources.flatMap((source) => {
    const { uncommented, strings } = partsOf(source.text)
    const statements = strings.filter((string) => sqlVerbs.test(string)).join('\n')
    return tables.flatMap(({ table, room }) => {
      if (room === roomOf(source) && isStore(source.file)) return []
      const inStatement = new RegExp(
        `\\b(?:from|into|update|join|table|only|truncate|using|lock|copy)\\s+(?:public\\.)?"?${table}\\b(?![\\w(])`,
        'i',
      )
      // The query builder takes a name as a bare string, alone, with an alias, or in a list.
      const inBuilder = new RegExp(
        `\\.(?:selectFrom|insertInto|replaceInto|updateTable|deleteFrom|mergeInto|using|\\w+Join|from|table)\\s*\\([^()]*?(['"])${table}(?: as \\w+)?\\1`,
      )
      const found = inStatement.test(statements) || inBuilder.test(uncommented)
      return found ? [`${source.file} names the table ${table} of ${room}`] : []
    })
  })
}

/** What may stand in its own place only, with the reason. */
const bans: { what: RegExp; why: string; where: RegExp }[] = [
  { what: /\bDate\s*\.\s*now\b/, why: 'time comes from the clock', where: /^src\/kernel\/clock\.ts$/ },
  { what: /\bnew\s+Date\b(?!\s*\(\s*[^)\s])/, why: 'time comes from the clock', where: /^src\/kernel\/clock\.ts$/ },
  { what: /(?<!new\s+)(?<![\w.])Date\s*\(/, why: 'time comes from the clock', where: /^$/ },
  { what: /\bMath\s*\.\s*random\b/, why: 'chance comes from node:crypto', where: /^$/ },
  { what: /\bprocess\s*(?:\.|\?\.)\s*env\b/, why: 'the environment is read in config.ts', where: /^src\/main\.ts$/ },
  {
    what: /\benv\b[^;=]*\}\s*=\s*process\b|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*'\s*'/,
    why: 'the environment is read in config.ts',
    where: /^$/,
  },
  {
    what: /(?<![\w.])console\s*(?:\.|\?\.|\[)/,
    why: 'a room logs through Log',
    where: /^src\/(?:main|audit\/facts-doc)\.ts$/,
  },
  { what: /\bglobalThis\b/, why: 'what a room uses is handed in', where: /^$/ },
  { what: /(?<![\w.$])(?:WebSocket|EventSource|XMLHttpRequest)\b/, why: 'calls leave by outbound.ts', where: /^$/ },
  {
    // A name in a type or an object is none: `fetch: toServices.fetch`. One that is handed in says what it is.
    what: /^(?![\s\S]*\bfetch: OutboundFetch\b)[\s\S]*(?<![\w.$])fetch\b(?!\s*\??:)|\btypeof\s+fetch\b/,
    why: 'calls leave by outbound.ts',
    where: /^src\/http\/outbound\.ts$/,
  },
]

function strayReads(sources: readonly Source[]): string[] {
  return sources.flatMap(({ file, text }) => {
    const { code } = partsOf(text)
    const broken = bans.filter(({ what, where }) => what.test(code) && !where.test(file))
    return [...new Set(broken.map(({ why }) => `${file}: ${why}`))]
  })
}

/** Imports by which a file could connect to somewhere by itself; types are none. */
function strayCalls(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const { file, text } = source
    if (mayConnect.has(file) || !importsOf(source).some((path) => connecting.test(path))) return []
    const { uncommented } = partsOf(text)
    const named = /\bimport\s+(type\s+)?([^;'"]*?)\s*from\s*'([^']+)'/g
    const plain = [...uncommented.matchAll(named)].filter(([, , , path = '']) => connecting.test(path))
    const values = plain.flatMap(([, type, names = '']) =>
      type
        ? []
        : names
            .replace(/[{}]/g, ' ')
            .split(',')
            .map((name) => name.trim()),
    )
    const isStray = (name: string) => name !== '' && !name.startsWith('type ') && !harmless.has(name)
    const count = importsOf(source).filter((path) => connecting.test(path)).length
    // Whatever is imported in another way than by names is not understood, and so refused.
    return plain.length < count || values.some(isStray) ? [`${file} connects by itself`] : []
  })
}

const sqlClocks =
  /\b(?:now\s*\(\s*\)|transaction_timestamp|clock_timestamp|statement_timestamp|timeofday)\b|\b(?:current_timestamp|localtimestamp|current_date|current_time|localtime)\b|\bnow\s*\(|'now'/i

function sqlThatReadsTime(sources: readonly Source[], migrations: readonly Source[]): string[] {
  const inCode = sources.filter(({ text }) =>
    partsOf(text).strings.some((string) => sqlVerbs.test(string) && sqlClocks.test(string)),
  )
  const inMigrations = migrations.filter(({ text }) => sqlClocks.test(text.replace(/--.*$/gm, '')))
  return [...inCode, ...inMigrations].map(({ file }) => file)
}

// --- On the tree ---------------------------------------------------------------------------------------------------

const read = (pattern: string): Source[] =>
  globSync(pattern, { cwd: root }).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))

/** Helpers of tests (`*.test.ts`, `*.conformance.ts`, `*.sample.ts`) are not the product. */
const sources = read('src/**/*.ts').filter(({ file }) => !/\.(?:test|conformance|sample)\.ts$/.test(file))
const migrations = read('src/storage/migrations/*.sql').sort((a, b) => (a.file < b.file ? -1 : 1))
const tables = tablesOf(migrations)

describe('the tree', () => {
  test('has no file outside of a room, no barrel and no drawer', () => {
    assert.ok(sources.length > 80, 'the sources were read')
    assert.deepEqual(strayFiles(sources), [])
  })

  test('imports only upwards, each package in its own room, and nobody else’s store', () => {
    assert.deepEqual(strayImports(sources), [])
  })

  test('names each table in the stores of its room alone', () => {
    assert.ok(tables.length > 10, 'the migrations were read')
    for (const { room } of tables) assert.ok(rooms.includes(room), room)
    assert.deepEqual(strayTables(sources, tables), [])
  })

  test('reads the clock, chance, the environment and the console in their one place', () => {
    assert.deepEqual(strayReads(sources), [])
  })

  test('calls other machines by the one file that judges where calls lead', () => {
    assert.deepEqual(strayCalls(sources), [])
  })

  test('has no SQL that reads the time of the database', () => {
    assert.deepEqual(sqlThatReadsTime(sources, migrations), [])
  })

  test('tries properties with the seed of the run', () => {
    const tests = [...read('{src,demo,bench}/**/*.test.ts'), ...read('{src,test}/**/*.{test,conformance}.ts')]
    const direct = tests.filter((source) => importsOf(source).includes('fast-check')).map(({ file }) => file)
    assert.ok(tests.length > 100, 'the tests were read')
    assert.deepEqual([...new Set(direct)], [])
  })

  test('has each rule about a package that is there, and each exception for a file that is', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object }
    const known = Object.keys(packageOwners).filter((name) => !name.startsWith('node:'))
    assert.deepEqual(
      known.filter((name) => !(name in dependencies)),
      [],
    )
    for (const file of assembling)
      assert.ok(
        sources.some((source) => source.file === `src/${file}`),
        file,
      )
  })
})

// --- On sources that break the rules -------------------------------------------------------------------------------

describe('the rules find', () => {
  const one = (file: string, text: string): Source[] => [{ file, text }]
  const found = (rule: (sources: Source[]) => string[], file: string, texts: string[]) => {
    for (const text of texts) assert.equal(rule(one(file, text)).length, 1, text)
  }
  const fine = (rule: (sources: Source[]) => string[], file: string, texts: string[]) => {
    for (const text of texts) assert.deepEqual(rule(one(file, text)), [], text)
  }

  test('files in the wrong place', () => {
    for (const file of ['src/loose.ts', 'src/attic/attic.ts', 'src/http/index.ts', 'src/people/utils.ts']) {
      assert.equal(strayFiles(one(file, '')).length, 1, file)
    }
    assert.deepEqual(strayFiles([...one('src/hub.ts', ''), ...one('src/people/people.ts', '')]), [])
  })

  test('imports that go down, out, or into another room’s store, however they are written', () => {
    found(strayImports, 'src/audit/audit.ts', [
      "import { x } from '../people/people.ts'",
      'import type { X } from "../people/people.ts"',
      "import '../people/people.ts'",
      "export * from '../people/people.ts'",
      "const x = await import('../people/people.ts')",
      "type X = import('../people/people.ts').X",
      "import {\n  a,\n  b,\n} from\n  '../people/people.ts'",
      "import { hub } from '../hub.ts'",
      "import { x } from '../../test/support/hub.ts'",
      "import { x } from '../../demo/town.ts'",
      "import { x } from '../storage/store.ts'",
      "import pg from 'pg'",
      "import { html } from 'hono/html'",
      "const sql = `a ${'}'} b`\nimport pg from 'pg'",
    ])
    found(strayImports, 'src/policy/level.ts', ["import { readFileSync } from 'node:fs'"])
    fine(strayImports, 'src/audit/audit.ts', [
      "import { x } from '../kernel/clock.ts'",
      "import { x } from './store.ts'",
      "// import { x } from '../people/people.ts'",
      "/* see import('../people/people.ts') */",
      'const text = "import x from \'../people/people.ts\'"',
      "import { kysely } from 'kysely'",
    ])
  })

  test('tables of another room, or outside of a store', () => {
    const rule = (list: Source[]) => strayTables(list, [{ table: 'people', room: 'people' }])
    const names = [
      'sql`select 1 from people`',
      'sql<{ a: string }>`select a from x join people using (id)`',
      'sql`update ${x} set a = 1; delete\n  from "people" where b`',
      'sql`select ${sql`a`} from people`',
      'sql`select ${list.map((x) => `${x}`)} from people`',
      "db.selectFrom('people')",
      "db.selectFrom('people as p')",
      "db.selectFrom(['facts', 'people'])",
      "db.selectFrom('facts').rightJoin('people', 'a', 'b')",
      "CompiledQuery.raw('truncate people')",
      "connection.exec('lock table people')",
    ]
    found(rule, 'src/login/store.ts', names)
    found(rule, 'src/people/people.ts', names)
    fine(rule, 'src/people/store.ts', names)
    fine(rule, 'src/login/login.ts', [
      "const kind = 'people'",
      '// select a from people',
      "t('nobody hears from people')",
      'sql`select a from people_seen`',
      "import { x } from '../people/people.ts'",
    ])
    assert.deepEqual(
      tablesOf(one('src/storage/migrations/0042-state.sql', '-- create table no\ncreate unlogged table a (b int)')),
      [{ table: 'a', room: 'storage' }],
    )
    const [made, gone] = ['create table a (b int); create table c (d int)', 'drop table a; create table e (f int)']
    assert.deepEqual(
      tablesOf([...one('src/storage/migrations/0043-audit.sql', made), ...one('x/0044-keys.sql', gone)]),
      [
        { table: 'c', room: 'audit' },
        { table: 'e', room: 'keys' },
      ],
    )
  })

  test('time, chance, environment and console, however they are written', () => {
    found(strayReads, 'src/people/people.ts', [
      'const now = Date.now()',
      'const read = Date.now',
      'const now = new Date()',
      'const now = new Date',
      'const text = Date()',
      'const at = `${Date.now()}`',
      "const glob = 'src/**/*.ts'; const now = Date.now() /* */",
      'const quote = /[\'"`]/; const now = Date.now()',
      'const x = Math.random()',
      'const x = process.env.HOME',
      'const { env } = process',
      "import { env } from 'node:process'",
      "console.log('x')",
      "console['log']('x')",
      'const x = globalThis.Date',
    ])
    fine(strayReads, 'src/people/people.ts', [
      'const at = new Date(instant)',
      '// Date.now() would be another clock',
      "const text = 'console.log(Date.now())'",
      'const ratio = a / b / Date.parse(c)',
      'const own = this.console.write()',
    ])
    fine(strayReads, 'src/kernel/clock.ts', ['export const systemClock = { now: () => Date.now() }'])
  })

  test('calls that do not leave by the file that judges them, however they are written', () => {
    found(strayReads, 'src/people/people.ts', [
      'await fetch(url)',
      'const call = fetch',
      'const { fetch } = options; void fetch(url)',
      'use({ clock, fetch, log })',
      'type F = typeof fetch',
      'new WebSocket(url)',
      'new EventSource(url)',
    ])
    fine(strayReads, 'src/people/people.ts', [
      'const rows = await sender.fetch(name)',
      'use({ fetch: out.fetch })',
      'interface X { fetch: OutboundFetch; fetch?: OutboundFetch }',
      'interface X { fetch: OutboundFetch }; const { fetch } = options; await fetch(url)',
      "const site = headers['sec-fetch-site']",
      'const fetched = prefetch(1)',
    ])
    found(strayCalls, 'src/people/people.ts', [
      "import http from 'node:http'",
      "import { request } from 'node:https'",
      "import { isIP, connect } from 'node:net'",
      "import { type Agent, request } from 'node:http'",
      "import * as dns from 'dns'",
      "import { lookup } from 'node:dns/promises'",
      "const tls = await import('node:tls')",
      "export { connect } from 'node:net'",
      "import 'node:dgram'",
    ])
    fine(strayCalls, 'src/people/people.ts', [
      "import type { IncomingMessage } from 'node:http'",
      "import { type IncomingMessage } from 'node:http'",
      "import { BlockList, isIP, SocketAddress } from 'node:net'",
      "// import http from 'node:http'",
      'const text = "import { createServer } from \'node:http\'"',
    ])
    fine(strayCalls, 'src/http/outbound.ts', ["import http from 'node:http'"])
  })

  test('SQL that asks the database for the time', () => {
    const rule = (list: Source[]) => sqlThatReadsTime(list, [])
    found(rule, 'src/people/store.ts', [
      'sql`select now()`',
      'sql`select a from b where c < current_timestamp`',
      'sql`update a set b = ${x}, c = clock_timestamp()`',
      "CompiledQuery.raw('delete from a where b < localtimestamp')",
    ])
    fine(rule, 'src/people/store.ts', ['sql`select a from b where c < ${clock.now()}`', "t('what is happening now()')"])
    assert.equal(sqlThatReadsTime([], one('x.sql', 'create table a (b timestamptz default now())')).length, 1)
    assert.equal(sqlThatReadsTime([], one('x.sql', '-- never now()\ncreate table a (b int)')).length, 0)
  })
})
