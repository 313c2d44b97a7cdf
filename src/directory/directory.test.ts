import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { after, before, beforeEach, describe, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import pg from 'pg'
import { createTestClock, type TestClock } from '../../test/support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import {
  type ExtractionOptions,
  extractionLine,
  identifierOf,
  type PublicColumn,
  publicHeader,
  rppsExtraction,
  rppsNumber,
} from '../../test/support/rpps-extraction.ts'
import type { Fact } from '../audit/facts.ts'
import { second } from '../kernel/durations.ts'
import { openStorage, type Storage } from '../storage/storage.ts'
import { createDirectory, type Directory, openSource, registerClaims, type Source, SourceFault } from './directory.ts'

let clock: TestClock
let database: TestDatabase
let storage: Storage
let facts: Fact[]

const open = (location = database.location) => openStorage({ location, clock, stateKey: Buffer.alloc(32, 7) })
const create = (on: Storage = storage): Directory =>
  createDirectory({ storage: on, clock, audit: { append: (_tx, ...given) => void facts.push(...given) } })

before(async () => {
  clock = createTestClock()
  database = await createTestDatabase()
  storage = await open()
})

after(async () => {
  await storage.close()
  await database.drop()
})

beforeEach(async () => {
  facts = []
  await sql`truncate register_editions, professionals_a, professionals_b`.execute(storage.db)
})

const nationalId = (person: number) => `8${rppsNumber(person)}`
const name = 'PS_LibreAcces_Personne_activite_202611220712.txt'

function sourceOf(bytes: Buffer | string | Iterable<string>, more: Partial<Source> = {}): Source {
  const parts = typeof bytes === 'string' || Buffer.isBuffer(bytes) ? [Buffer.from(bytes)] : toBuffers(bytes)
  return { name, stream: Readable.from(parts), ...more }
}

function* toBuffers(parts: Iterable<string>): Generator<Buffer> {
  for (const part of parts) yield Buffer.from(part)
}

const extraction = (options: ExtractionOptions) => [...rppsExtraction(options)].join('')

const actor = { kind: 'command' } as const
const accepted = { actor, mostBad: 0.01, mostLost: 0.1 }

async function load(directory: Directory, text: Buffer | string, more: Partial<typeof accepted> = {}) {
  return directory.importRegister({ source: sourceOf(text), ...accepted, ...more })
}

async function loaded(directory: Directory, text: Buffer | string) {
  const outcome = await load(directory, text)
  assert.ok(outcome.kind === 'imported', JSON.stringify(outcome))
  return outcome
}

const header = `${publicHeader.join('|')}|\n`
const cells = (person: number, more: Partial<Record<PublicColumn, string>> = {}) => ({
  "Type d'identifiant PP": '8',
  'Identifiant PP': rppsNumber(person),
  'Identification nationale PP': nationalId(person),
  'Code civilité': 'M',
  "Nom d'exercice": 'LE "GOFF"',
  "Prénom d'exercice": 'Yves',
  'Code profession': '10',
  'Code catégorie professionnelle': 'C',
  'Code mode exercice': 'L',
  "Code secteur d'activité": 'SA07',
  'Identifiant technique de la structure': 'R1',
  'Raison sociale site': 'CABINET \\ {a,b}',
  ...more,
})

describe('an import', () => {
  test('R044: whoever is in the extraction is known, whoever is not is unknown', async () => {
    const directory = create()
    assert.equal(await directory.exists(nationalId(0)), 'no_edition')
    assert.deepEqual(await directory.status(), {})
    const text = extraction({ lines: 300 })
    const { persons, lines, badLines, edition } = await loaded(directory, text)
    assert.deepEqual([lines, badLines], [300, 0])
    assert.equal(persons, new Set(text.split('\n').flatMap((line) => /^[038]\|([^|]+)/.exec(line)?.[1] ?? [])).size)
    assert.equal(await directory.exists(nationalId(0)), 'known')
    for (const other of [nationalId(5000), '899700366240', 'x', '', `${nationalId(0)} `]) {
      assert.equal(await directory.exists(other), 'unknown', other)
      assert.equal(await directory.professional(other), undefined, other)
    }
    const sha256 = createHash('sha256').update(text).digest('hex')
    assert.deepEqual(facts, [
      { name: 'directory.imported', data: { register: 'rpps', edition, sha256, persons, lines, badLines, actor } },
    ])
    const { current, loading } = await directory.status()
    assert.equal(loading, undefined)
    assert.deepEqual(current, {
      id: edition,
      source: name,
      extracted: '202611220712',
      sha256,
      persons,
      lines,
      badLines,
      importedBy: 'command',
      begunAt: clock.now(),
      seenAt: clock.now(),
      endedAt: clock.now(),
    })
  })

  test('R020: keeps every code of a person whose lines are far apart, and makes them one record', async () => {
    const directory = create()
    const others = extraction({ lines: 4500, from: 10 }).split('\n').slice(1).join('\n')
    const hospital = {
      'Code mode exercice': 'S',
      "Code secteur d'activité": 'SA01',
      'Raison sociale site': "L'Hôpital",
    }
    await loaded(
      directory,
      header + extractionLine(cells(1)) + others + extractionLine(cells(1, hospital)) + extractionLine(cells(1)),
    )
    const found = await directory.professional(nationalId(1))
    assert.ok(found)
    assert.deepEqual(found.nationalId, { register: 'rpps', text: nationalId(1), number: rppsNumber(1) })
    const [practice, ...more] = found.practices
    assert.deepEqual([more, practice?.familyName, practice?.profession], [[], 'LE "GOFF"', { code: '10', label: '' }])
    assert.deepEqual(
      practice?.activities.map(({ mode, sector, structure }) => [mode.code, sector.code, structure.name]),
      [
        ['L', 'SA07', 'CABINET \\ {a,b}'],
        ['S', 'SA01', "L'Hôpital"],
      ],
    )
    assert.equal(registerClaims(found).SubjectNameID, nationalId(1))
  })

  describe('reads the same of', () => {
    const publicText = extraction({ lines: 120, header: 'older' })
    const variants: [string, string | Buffer][] = [
      ['the columns in other words and another order', extraction({ lines: 120, header: 'worded' })],
      ['line ends of CR and LF', publicText.replaceAll('\n', '\r\n')],
      ['a byte order mark and no last line end', `\uFEFF${publicText.trimEnd()}`],
      ['gzip', gzipSync(publicText)],
      ['gzip of several members, with a byte order mark', Buffer.concat([gzipSync('\uFEFF'), gzipSync(publicText)])],
      ['spaces around the cells', publicText.replaceAll('|', ' | ')],
      ['quotes around the names of the columns', publicText.replace(/.*/, (line) => line.replaceAll(/[^|]+/g, '"$&"'))],
      ['a header without a separator at its end', publicText.replace('|\n', '\n')],
      ['no separator at the end of any line', publicText.replaceAll('|\n', '\n')],
      ['empty lines', publicText.replaceAll('\n', '\n\n')],
    ]
    // Each of the three registers that number people.
    const people = [3, 33, 44].map((person) => {
      const { type, number } = identifierOf(person)
      return `${type}${number}`
    })
    const found = (directory: Directory) => Promise.all(people.map((person) => directory.professional(person)))

    for (const [what, variant] of variants) {
      test(what, async () => {
        const directory = create()
        const { lines, badLines } = await loaded(directory, publicText)
        const expected = await found(directory)
        for (const professional of expected) assert.ok(professional?.practices[0]?.familyName)
        const again = await loaded(directory, variant)
        assert.deepEqual([again.lines, again.badLines], [lines, badLines])
        assert.deepEqual(await found(directory), expected)
      })
    }

    test('parts of any size', async () => {
      const directory = create()
      await loaded(directory, publicText)
      const expected = await found(directory)
      const bytes = Buffer.from(publicText)
      const crumbs = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(at * 7, at * 7 + 7))
      for (const parts of [crumbs, [bytes]]) {
        const outcome = await directory.importRegister({ source: { name, stream: Readable.from(parts) }, ...accepted })
        assert.equal(outcome.kind, 'imported')
        assert.deepEqual(await found(directory), expected)
      }
    })
  })

  test('keeps a quote as what it is: the source puts nothing in quotes', async () => {
    const directory = create()
    const names = ['LE "GOFF"', '"CASTEL"', '"', '""', "D'ARGENT", '«\u00A0X\u00A0»']
    const text = names.map((familyName, person) => extractionLine(cells(person, { "Nom d'exercice": familyName })))
    await loaded(directory, header + text.join(''))
    for (const [person, familyName] of names.entries()) {
      assert.equal((await directory.professional(nationalId(person)))?.practices[0]?.familyName, familyName)
    }
  })

  test('removes who vanished, and the former edition at once', async () => {
    const directory = create()
    await loaded(directory, extraction({ lines: 200 }))
    const next = await loaded(directory, extraction({ lines: 200, from: 5 }))
    assert.ok(next.personsBefore > 0 && next.formerRemoved)
    assert.equal(await directory.exists(nationalId(4)), 'unknown')
    assert.equal(await directory.exists(nationalId(5)), 'known')
    const { rows } = await sql`select count(*)::int as rows from professionals_a`.execute(storage.db)
    assert.deepEqual(rows, [{ rows: 0 }])
  })

  test('leaves bad lines out, says which and why, and counts all of them', async () => {
    const directory = create()
    const good = extraction({ lines: 400, from: 100 })
    const bad = [
      extractionLine(cells(1)).slice(2),
      extractionLine(cells(2, { 'Identification nationale PP': `8${rppsNumber(2).replace(/.$/, 'X')}` })),
      extractionLine(
        cells(3, {
          'Identification nationale PP': `8${rppsNumber(3).slice(0, -1)}${(Number(rppsNumber(3).at(-1)) + 1) % 10}`,
        }),
      ),
      extractionLine(cells(4, { 'Identifiant PP': rppsNumber(5) })),
      extractionLine(cells(6, { "Nom d'exercice": 'L\uFFFD' })),
      extractionLine(cells(7, { "Nom d'exercice": 'a\u0000' })),
      extractionLine(cells(8, { "Nom d'exercice": 'x'.repeat(20_000) })),
    ].join('')
    const outcome = await load(directory, `${good}${bad}`, { mostBad: 0.05 })
    assert.ok(outcome.kind === 'imported')
    assert.deepEqual([outcome.lines, outcome.badLines], [400, 7])
    const problems = ['columns', 'national_id', 'check_digit', 'contradiction', 'characters', 'characters', 'too_long']
    assert.deepEqual(
      outcome.firstBad,
      problems.map((problem, place) => ({ number: 402 + place, problem })),
    )
    for (const person of [1, 2, 3, 4, 5, 6, 7, 8]) assert.equal(await directory.exists(nationalId(person)), 'unknown')
    const many = await load(directory, `${good}${bad.repeat(100)}`, { mostBad: 1 })
    assert.ok(many.kind === 'imported')
    assert.deepEqual([many.badLines, many.firstBad.length], [700, 50])
  })
})

describe('nothing changes', () => {
  let directory: Directory
  let text: string

  beforeEach(async () => {
    directory = create()
    text = extraction({ lines: 300 })
    await loaded(directory, text)
    facts = []
  })

  async function refused(source: Source | Buffer | string, more: Partial<typeof accepted> = {}) {
    const before = await directory.status()
    const outcome = await directory.importRegister({
      source: typeof source === 'string' || Buffer.isBuffer(source) ? sourceOf(source) : source,
      ...accepted,
      ...more,
    })
    assert.ok(outcome.kind === 'refused')
    assert.deepEqual(await directory.status(), before)
    assert.equal(await directory.exists(nationalId(0)), 'known')
    assert.deepEqual(facts, [])
    const { rows } = await sql`select count(*)::int as rows from professionals_b`.execute(storage.db)
    assert.deepEqual(rows, [{ rows: 0 }], 'what was written of the refused edition is removed')
    return outcome
  }

  test('when a column is missing, or is there twice: each is named', async () => {
    const missing = await refused(text.replace("Nom d'exercice", 'Nom').replace('Code profession', 'Code'))
    assert.deepEqual(missing, {
      kind: 'refused',
      reason: 'header',
      missing: ["Nom d'exercice", 'Code profession'],
      twice: [],
    })
    const twice = await refused(text.replace('Libellé rôle', 'code RÔLE'))
    assert.deepEqual(twice, { kind: 'refused', reason: 'header', missing: [], twice: ['Code rôle'] })
  })

  test('when too many lines are bad', async () => {
    const bad = extraction({ lines: 3000, bad: 0.05 })
    const outcome = await refused(bad)
    assert.ok(outcome.reason === 'bad_lines')
    assert.ok(outcome.badLines > 100 && outcome.firstBad.length === 50 && outcome.lines + outcome.badLines === 3000)
    assert.equal((await load(directory, bad, { mostBad: 0.1 })).kind, 'imported')
  })

  test('when a tenth of the persons is gone, as in a file that was cut', async () => {
    const lines = text.split('\n')
    const cut = lines.slice(0, 250).join('\n')
    const outcome = await refused(cut)
    assert.ok(outcome.reason === 'persons_lost')
    assert.ok(outcome.persons < outcome.personsBefore * 0.9)
    assert.equal((await load(directory, cut, { mostLost: 0.5 })).kind, 'imported')
  })

  test('when the file is empty, a zip archive, cut gzip, in another encoding, or breaks off', async () => {
    assert.equal((await refused('')).reason, 'empty')
    assert.equal((await refused(header)).reason, 'empty')
    assert.equal((await refused(Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(99)]))).reason, 'zip')
    const packed = gzipSync(text)
    const cut = await refused(packed.subarray(0, packed.length - 20))
    assert.deepEqual([cut.reason, 'code' in cut && cut.code], ['unreadable', 'Z_BUF_ERROR'])
    assert.equal((await refused(Buffer.from(text, 'latin1'))).reason, 'header')
    assert.equal((await refused(Buffer.from(`\uFEFF${text}`, 'utf16le'))).reason, 'header')
    const [first = '', ...others] = text.split('\n')
    const mixed = Buffer.concat([Buffer.from(`${first}\n`), Buffer.from(others.join('\n'), 'latin1')])
    assert.equal((await refused(mixed)).reason, 'bad_lines')
    const quoted = text.replaceAll(/[^|\n]+/g, '"$&"')
    assert.equal((await refused(quoted)).reason, 'bad_lines')
    assert.equal((await refused(text.replaceAll('|', ';'))).reason, 'header')
    const broken = async function* () {
      yield Buffer.from(text)
      throw Object.assign(new Error('the disk'), { code: 'EIO' })
    }
    const outcome = await refused({ name, stream: Readable.from(broken()) })
    assert.deepEqual([outcome.reason, 'code' in outcome && outcome.code], ['unreadable', 'EIO'])
  })

  test('when a line never ends, or one person has lines without end: in bounded memory', async () => {
    const part = Buffer.alloc(256 * 1024, 'x')
    const before = process.memoryUsage.rss()
    const endless = { name, stream: Readable.from(repeat(part, 1200)) }
    assert.equal((await refused(endless)).reason, 'header')
    const grown = process.memoryUsage.rss() - before
    assert.ok(grown < 600 * part.length, `${grown} bytes for a line of ${1200 * part.length}`)
    const lines = Buffer.from(extractionLine(cells(1)).repeat(500))
    const same = { name, stream: Readable.from([Buffer.from(header), ...repeat(lines, 100)]) }
    assert.equal((await refused(same)).reason, 'too_many_lines')
  })

  test('when another import is under way, in this process', async () => {
    const slow = new PassThrough()
    const first = directory.importRegister({ source: { name, stream: slow }, ...accepted })
    slow.write(text)
    await until(async () => (await directory.status()).loading !== undefined)
    const outcome = await directory.importRegister({ source: sourceOf(text), ...accepted })
    assert.ok(outcome.kind === 'refused' && outcome.reason === 'busy')
    slow.end()
    assert.equal((await first).kind, 'imported')
    await loaded(directory, text)
  })
})

describe('an import that dies', () => {
  /** Writes some lines, in one statement, and is never heard of again. */
  async function die({ mock }: TestContext, directory: Directory) {
    mock.timers.enable({ apis: ['setInterval'] })
    const stream = new PassThrough()
    const rows = async () =>
      Number(
        (
          await sql<{ rows: number }>`select (select count(*) from professionals_a)
      + (select count(*) from professionals_b) as rows`.execute(storage.db)
        ).rows[0]?.rows,
      )
    const before = await rows()
    const dying = directory.importRegister({ source: { name, stream }, ...accepted })
    stream.write(extraction({ bytes: 400_000 }))
    await until(async () => (await rows()) > before)
    return { stream, dying }
  }

  test('leaves the old edition, and the next import cleans up after it', async (t) => {
    const directory = create()
    const text = extraction({ lines: 300, from: 20_000 })
    await loaded(directory, text)
    const { stream, dying } = await die(t, directory)
    assert.equal(await directory.exists(nationalId(20_000)), 'known')
    assert.equal(await directory.exists(nationalId(0)), 'unknown', 'nobody reads what is being written')
    // Another process, as far as it can tell; the first one is as good as dead.
    const other = create()
    if (storage.kind === 'server') {
      const early = await load(other, text)
      assert.ok(early.kind === 'refused' && early.reason === 'busy')
      assert.equal(early.freeAt, clock.now() + 30 * second)
      clock.advance(31 * second)
    }
    const outcome = await loaded(other, text)
    const { rows } = await sql`select state from register_editions order by id`.execute(storage.db)
    assert.deepEqual(
      rows.map((row) => (row as { state: string }).state),
      ['past', 'failed', 'current'],
    )
    // It was not dead: what it still writes goes nowhere, and it says so.
    stream.end(extraction({ lines: 9000 }))
    assert.deepEqual(await dying, { kind: 'refused', reason: 'place_lost' })
    assert.equal(await directory.exists(nationalId(0)), 'unknown')
    assert.equal((await directory.status()).current?.id, outcome.edition)
    assert.equal(await directory.exists(nationalId(20_000)), 'known')
  })
})

describe('readers', () => {
  test('see the old edition or the new one, whole, and never wait for long', async () => {
    const directory = create()
    const edition = (label: string) =>
      header +
      Array.from({ length: 3000 }, (_, person) => extractionLine(cells(person, { "Prénom d'exercice": label }))).join(
        '',
      )
    await loaded(directory, edition('old'))
    let done = false
    const seen = new Set<string>()
    const look = async (person: number) => {
      const found = await directory.professional(nationalId(person))
      seen.add(found?.practices[0]?.givenName ?? 'nobody')
    }
    const read = async () => {
      for (let person = 0; !done; person = (person + 7) % 3000) {
        await look(person)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const reading = read()
    for (const label of ['new', 'newer', 'newest']) await loaded(directory, edition(label))
    done = true
    await reading
    await look(0)
    assert.equal(seen.has('nobody'), false)
    assert.ok(seen.has('old') && seen.has('newest'), [...seen].join())
  })

  if (process.env.DATABASE_URL) {
    test('that hold the slot of a former edition delay its removal, not other readers', async () => {
      const directory = create()
      const text = extraction({ lines: 300 })
      await loaded(directory, text)
      const url = database.location.kind === 'server' ? database.location.url : ''
      const backup = new pg.Client({ connectionString: url })
      await backup.connect()
      try {
        await backup.query('begin; select from professionals_a limit 1')
        const importing = directory.importRegister({ source: sourceOf(text), ...accepted })
        let slowest = 0
        let done = false
        const settled = importing.finally(() => {
          done = true
        })
        while (!done) {
          const begun = performance.now()
          assert.equal(await directory.exists(nationalId(0)), 'known')
          slowest = Math.max(slowest, performance.now() - begun)
        }
        const outcome = await settled
        assert.ok(outcome.kind === 'imported')
        assert.equal(outcome.formerRemoved, false)
        assert.ok(slowest < 15_000, `a reader waited ${slowest} ms`)
        const next = await load(directory, text)
        assert.deepEqual(next, { kind: 'refused', reason: 'slot_in_use' })
        await backup.query('rollback')
        assert.ok((await loaded(directory, text)).formerRemoved)
      } finally {
        await backup.end()
      }
    })

    test('two processes that import at once: one of them is refused', async () => {
      const second = await open()
      try {
        const text = extraction({ lines: 3000 })
        const outcomes = await Promise.all([load(create(), text), load(create(second), text)])
        assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['imported', 'refused'])
      } finally {
        await second.close()
      }
    })
  }
})

describe('a source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-directory-'))
  after(() => rmSync(folder, { recursive: true }))

  test('that is no file, or a folder, is a fault of the source', () => {
    assert.throws(
      () => openSource(join(folder, 'nowhere')),
      (error) => error instanceof SourceFault && error.code === 'ENOENT',
    )
    assert.throws(
      () => openSource(folder),
      (error) => error instanceof SourceFault && error.code === 'EISDIR',
    )
  })

  test('is named without its folder and has its size', async () => {
    writeFileSync(join(folder, name), header)
    const { stream, ...source } = openSource(join(folder, name))
    await once(stream.destroy(), 'close')
    assert.deepEqual(source, { name, bytes: Buffer.byteLength(header) })
  })
})

function* repeat<T>(part: T, times: number): Generator<T> {
  for (let count = 0; count < times; count++) yield part
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve))
}
