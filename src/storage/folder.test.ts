import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openStorage } from './storage.ts'

/** Another process that opens the folder, writes a row, says so and stays until it is killed. */
const otherProcess = `
  import { sql } from 'kysely'
  import { systemClock } from '${import.meta.dirname}/../kernel/clock.ts'
  import { openStorage } from '${import.meta.dirname}/storage.ts'
  const location = { kind: 'folder', path: process.argv[1] }
  try {
    const { db } = await openStorage({ location, clock: systemClock, stateKey: Buffer.alloc(32, 7) })
    await sql\`create table note (text text)\`.execute(db)
    await sql\`insert into note values ('written before the crash')\`.execute(db)
    process.stdout.write('open')
    setInterval(() => {}, 60_000)
  } catch (error) {
    process.stdout.write(JSON.stringify({ error: error.error, inside: error.inside }))
  }
`

describe('an embedded database in a folder', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'garant-folder-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const location = () => ({ kind: 'folder', path: join(folder, 'data') }) as const
  const open = () => openStorage({ location: location(), clock: createTestClock(), stateKey: Buffer.alloc(32, 7) })
  const startOther = (): ChildProcess =>
    spawn(process.execPath, ['--input-type=module', '--eval', otherProcess, location().path], {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  const firstWords = async ({ stdout }: ChildProcess) => {
    assert.ok(stdout)
    return String((await once(stdout, 'data'))[0])
  }

  test('is for one process at a time: a second one is told which process holds it', async () => {
    const storage = await open()
    assert.deepEqual(JSON.parse(await firstWords(startOther())), {
      error: 'data_folder_busy',
      inside: { folder: location().path, process: process.pid },
    })
    await assert.rejects(open(), { error: 'data_folder_busy' }, 'not twice in one process either')
    const { rows } = await sql`show shared_buffers`.execute(storage.db)
    assert.deepEqual(rows, [{ shared_buffers: '16MB' }])
    await storage.close()
  })

  test('is taken over with all its data from a process that was killed', async () => {
    const other = startOther()
    assert.equal(await firstWords(other), 'open')
    other.kill('SIGKILL')
    await once(other, 'exit')

    const storage = await open()
    const { rows } = await sql`select text from note`.execute(storage.db)
    assert.deepEqual(rows, [{ text: 'written before the crash' }])
    await storage.close()
  })

  test('is not refused because of a number that another process has by now', async () => {
    await writeFile(join(location().path, 'garant.pid'), String(process.ppid))
    const storage = await open()
    await storage.close()
  })
})
