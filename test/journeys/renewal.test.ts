/** R046: holders are reminded of what ends, once each time, whichever process does it and however often it restarts. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { day } from '../../src/kernel/durations.ts'
import type { Location } from '../../src/storage/storage.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { createTestDatabase } from '../support/database.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { enrol, type OwnAccount } from '../support/own-means.ts'
import { settle } from '../support/records.ts'
import { type ReceivedMail, startSmtp, type TestSmtp } from '../support/smtp.ts'

describe('R046: the renewal campaign', () => {
  let clock: TestClock
  let smtp: TestSmtp
  let location: Location
  let drop: () => Promise<void> | void
  /** Two on a server; an embedded database has one. */
  let hubs: TestHub[]
  let account: OwnAccount
  let end: number

  before(async () => {
    clock = mockProcessClock({ mock })
    smtp = await startSmtp()
    if (process.env.DATABASE_URL) {
      const database = await createTestDatabase()
      ;({ location, drop } = database)
    } else {
      const path = mkdtempSync(join(tmpdir(), 'garant-renewal-'))
      location = { kind: 'folder', path }
      drop = () => rmSync(path, { recursive: true, force: true })
    }
    hubs = await startAll()
    const [hub] = hubs
    assert.ok(hub)
    account = await enrol(hub, { name: 'angela', totp: true })
    const { person } = account
    const { contact, code } = await hub.storage.transaction((tx) =>
      hub.people.addContact(tx, person, 'angela@mail.example', 'eidas2', 'fr'),
    )
    await hub.storage.transaction((tx) => hub.people.verifyContact(tx, person, contact, code, 'eidas2'))
    end = Math.min(...(await hub.means.of(hub.storage.db, person)).map(({ expiresAt }) => expiresAt))
    await letters()
  })
  after(async () => {
    for (const hub of hubs) await hub.close()
    await smtp.close()
    await drop()
  })

  async function startAll(): Promise<TestHub[]> {
    const { port } = smtp
    const mail = { host: '127.0.0.1', port, from: 'g@hub.example', secure: false, danger_in_clear: true }
    const started = [await startTestHub({ database: location, settings: { mail } })]
    if (location.kind === 'server') started.push(await startTestHub({ database: location, settings: { mail } }))
    return started
  }

  /** The letters since the last call, after all has been delivered: by this call, or by what the hubs do of their own. */
  async function letters(): Promise<ReceivedMail[]> {
    const [hub] = hubs
    assert.ok(hub)
    for (;;) {
      for (const each of hubs) await settle(each)
      const { rows } = await sql`select 1 from outbox union all select 1 from messages where state = 'waiting'
        limit 1`.execute(hub.storage.db)
      if (rows.length === 0) return smtp.mails.splice(0)
    }
  }

  async function sweepEverywhere(): Promise<ReceivedMail[]> {
    await Promise.all(hubs.map((hub) => hub.means.sweep()))
    return letters()
  }

  test('60 days before, one letter names all that ends, and says nowhere to click', async () => {
    clock.set(end - 60 * day - 1)
    assert.deepEqual(await sweepEverywhere(), [])
    clock.set(end - 60 * day)
    const [letter, ...more] = await sweepEverywhere()
    assert.equal(more.length, 0)
    assert.deepEqual(letter?.to, ['angela@mail.example'])
    assert.match(letter?.headers.get('subject') ?? '', /expirent bientôt$/)
    assert.match(letter?.text ?? '', /mot de passe[\s\S]*application de codes|application de codes[\s\S]*mot de passe/)
    for (const part of [letter?.text ?? '', letter?.html ?? '']) assert.doesNotMatch(part, /https?:|href|www\./i)
  })

  test('not again at the next rounds, nor after a restart', async () => {
    assert.deepEqual(await sweepEverywhere(), [])
    for (const hub of hubs) await hub.close()
    hubs = await startAll()
    assert.deepEqual(await sweepEverywhere(), [])
  })

  test('again 30 days before, and not for what was suspended since', async () => {
    clock.set(end - 30 * day)
    assert.equal((await sweepEverywhere()).length, 1)
    const [hub] = hubs
    assert.ok(hub)
    const { person } = account
    const all = await hub.means.of(hub.storage.db, person)
    for (const { means } of all) {
      const change = { person, means, actor: { kind: 'person', id: person }, reason: 'asked' } as const
      const outcome: string = await hub.storage.transaction((tx) => hub.means.suspend(tx, change))
      assert.equal(outcome, 'done')
    }
    await letters()
    clock.set(end - 7 * day)
    assert.deepEqual(await sweepEverywhere(), [])
  })
})
