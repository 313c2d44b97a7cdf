import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { minute } from '../kernel/durations.ts'
import { conformance } from './state.conformance.ts'
import { createPostgresState, isNotFirst, type StateEntry } from './state.ts'
import type { Tx } from './storage.ts'

const key = Buffer.alloc(32, 7)

conformance('PostgreSQL', async () => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  return {
    state: storage.state,
    other: createPostgresState({ db: storage.db, key, clock }),
    clock,
    close: storage.close,
  }
})

test('R127: neither a bearer value nor what is stored under it can be read in the table', async (t) => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  t.after(storage.close)
  const canary = { key: 'canary-key', group: 'canary-group', value: { name: 'canary-value' } }
  await storage.state.write({ put: [{ kind: 'code', expiresAt: clock.now() + minute, ...canary }] })

  const { rows } = await sql<{ line: string; value: Buffer }>`select state::text as line, value from state`.execute(
    storage.db,
  )
  assert.equal(rows.length, 1)
  const everything = rows.map(({ line, value }) => line + value.toString('latin1')).join()
  assert.doesNotMatch(everything, /canary/)
})

test('of many transactions that end by consuming one entry, unwaited for, one commits and nothing of the others stays', async (t) => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  t.after(storage.close)
  const { state } = storage
  const entry = (name: string) => ({ kind: 'flow', key: name, value: name, expiresAt: clock.now() + minute })
  await state.write({ put: [entry('one')] })
  const attempts = Array.from({ length: 12 }, (_, index) =>
    storage.transaction(async (tx) => {
      await state.write({ put: [entry(`left by ${index}`)], tx })
      storage.behind(tx, state.consumeFirst(tx, 'flow', 'one', { value: `consumed by ${index}` }))
    }),
  )
  const outcomes = await Promise.allSettled(attempts)
  const committed = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
  assert.equal(committed.length, 1)
  for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(isNotFirst(outcome.reason))
  const names = ['one', ...outcomes.map((_, index) => `left by ${index}`)]
  const left = await state.getMany(names.map((key) => ({ kind: 'flow', key })))
  assert.deepEqual(
    left.flatMap((stored) => stored?.value ?? []),
    [`consumed by ${committed[0]}`, `left by ${committed[0]}`],
  )
  const known = await state.put(entry('two'))
  assert.ok(known)
  await state.put(entry('two'))
  const late = storage.transaction(async (tx) => storage.behind(tx, state.consumeFirst(tx, 'flow', 'two', { known })))
  await assert.rejects(late, isNotFirst)
  const present = (await state.getMany([entry('two')]))[0]?.revision
  assert.ok(present)
  await storage.transaction(async (tx) => storage.behind(tx, state.consumeFirst(tx, 'flow', 'two', { known: present })))
  assert.equal(await state.consume('flow', 'two'), 'again')
  const nothing = storage.transaction(async (tx) => storage.behind(tx, state.consumeFirst(tx, 'flow', 'never there')))
  await assert.rejects(nothing, isNotFirst)
})

test('a value moved to another entry, or changed, does not open', async (t) => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  t.after(storage.close)
  const expiresAt = clock.now() + minute
  const put = ['one', 'two'].map((name) => ({ kind: 'flow', key: name, value: name, expiresAt }))
  await storage.state.write({ put })

  await sql`update state set value = (select value from state s where s.id <> state.id)`.execute(storage.db)
  await assert.rejects(storage.state.getMany([{ kind: 'flow', key: 'one' }]))
  await assert.rejects(storage.state.take('flow', 'two'))
})

test('entries written in a transaction that rolls back never were', async (t) => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  t.after(storage.close)
  const { state } = storage
  const entry = (key: string) => ({ kind: 'flow', key, value: key, expiresAt: clock.now() + minute })
  const ways: [StateEntry, (tx: Tx) => Promise<unknown>][] = [
    [entry('written'), (tx) => state.write({ put: [entry('written')], tx })],
    [entry('put'), (tx) => state.put(entry('put'), { tx })],
  ]
  for (const [place, write] of ways) {
    const rolledBack = storage.transaction(async (tx) => {
      await write(tx)
      throw new Error('changed my mind')
    })
    await assert.rejects(rolledBack, /changed my mind/)
    assert.deepEqual(await state.getMany([place]), [undefined])
    await storage.transaction(write)
    assert.equal((await state.getMany([place]))[0]?.value, place.key)
  }
})

test('a sweep takes any number of entries, in portions', async (t) => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  t.after(storage.close)
  await sql`insert into state (id, value, expires_at)
    select 'flow:' || n, '', ${new Date(clock.now())} from generate_series(1, 25000) n`.execute(storage.db)
  assert.equal(await storage.state.sweep(), 25_000)
})
