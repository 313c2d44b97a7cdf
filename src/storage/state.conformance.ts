/**
 * What any implementation of `StateStore` must do. `open` gives two stores on the same data, as two processes of the hub
 * would have them, and the clock that both read.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestClock } from '../../test/support/clock.ts'
import fc from '../../test/support/property.ts'
import { minute } from '../kernel/durations.ts'
import { newSecret } from '../kernel/ids.ts'
import type { StateEntry, StateStore } from './state.ts'

export interface StateUnderTest {
  state: StateStore
  /** The same data from another process. */
  other: StateStore
  clock: TestClock
  close(): Promise<void>
}

const simultaneous = 40

export function conformance(name: string, open: () => Promise<StateUnderTest>): void {
  describe(`short-lived state: ${name}`, () => {
    let state: StateStore
    let other: StateStore
    let clock: TestClock
    let close = async () => {}
    before(async () => {
      ;({ state, other, clock, close } = await open())
    })
    after(() => close())

    const entry = (change: Partial<StateEntry> = {}): StateEntry => ({
      kind: 'flow',
      key: newSecret(),
      value: { step: 'choose' },
      expiresAt: clock.now() + minute,
      ...change,
    })
    const read = async (store: StateStore, key: { kind: string; key: string }) => (await store.getMany([key]))[0]
    /** The same call from both processes, as often as it takes to meet. */
    const race = <T>(call: (store: StateStore, index: number) => Promise<T>) =>
      Promise.all(Array.from({ length: simultaneous }, (_, index) => call(index % 2 === 0 ? state : other, index)))

    test('what one process writes the other reads, with its time', async () => {
      const written = entry({ value: { step: 'choose', nested: [1, null, 'é'] } })
      await state.write({ put: [written] })
      const { revision, ...stored } = (await read(other, written)) ?? assert.fail('absent')
      assert.deepEqual(stored, { value: written.value, expiresAt: written.expiresAt })
    })

    test('each writing has a revision of its own, which who writes and who reads are told alike', async () => {
      const one = entry()
      const revisions = [await state.put(one), await other.put(one), await state.put({ ...one, value: 'changed' })]
      assert.equal(new Set(revisions).size, 3)
      assert.equal((await read(other, one))?.revision, revisions.at(-1))
      await state.consume('flow', one.key, { value: 'at its end' })
      assert.notEqual((await read(other, one))?.revision, revisions.at(-1))
    })

    test('a revision that is known is replaced, and no other one', async () => {
      const one = entry({ value: 'first' })
      const first = await state.put(one)
      assert.ok(first)
      const second = await other.put({ ...one, value: 'second', expiresAt: one.expiresAt + minute }, { known: first })
      assert.ok(second)
      assert.equal(await state.put({ ...one, value: 'late' }, { known: first }), undefined)
      const { value, expiresAt } = (await read(state, one)) ?? assert.fail('absent')
      assert.deepEqual([value, expiresAt], ['second', one.expiresAt + minute])
      assert.equal(await state.put(entry(), { known: second }), undefined)
      assert.equal(await state.consume('flow', one.key, { known: first }), 'again')
      // One that is over is not begun again.
      const consumed = await state.put(entry({ key: 'consumed' }))
      await state.consume('flow', 'consumed')
      assert.equal(await state.put(entry({ key: 'consumed' }), { known: consumed }), undefined)
      clock.advance(2 * minute)
      assert.equal(await state.put({ ...one, expiresAt: clock.now() + minute }, { known: second }), undefined)
      assert.equal(await read(state, one), undefined)
    })

    test('of many that replace one revision exactly one does', async () => {
      const one = entry()
      const known = await state.put(one)
      const got = await race((store, index) => store.put({ ...one, value: index }, { known }))
      const winners = got.flatMap((revision, index) => (revision ? [index] : []))
      assert.equal(winners.length, 1)
      assert.equal((await read(state, one))?.value, winners[0])
    })

    test('any JSON value comes back as it was', async () => {
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), fc.string({ minLength: 1, unit: 'binary' }), async (value, key) => {
          const written = entry({ value, key })
          await state.write({ put: [written] })
          assert.deepEqual((await read(state, written))?.value, JSON.parse(JSON.stringify(value)))
        }),
        { numRuns: 30 },
      )
    })

    test('entries come back in the order of the keys, absent ones undefined at their place', async () => {
      const [first, second] = [entry({ value: 1 }), entry({ value: 2 })]
      await state.write({ put: [first, second] })
      const found = await state.getMany([second, { kind: 'flow', key: 'absent' }, first, second])
      assert.deepEqual(
        found.map((stored) => stored?.value),
        [2, undefined, 1, 2],
      )
      assert.deepEqual(await state.getMany([]), [])
    })

    test('one key under two kinds is two entries', async () => {
      const one = entry({ kind: 'flow', value: 'flow' })
      await state.write({ put: [one, { ...one, kind: 'code', value: 'code' }] })
      await state.write({ remove: [one] })
      assert.equal(await read(state, one), undefined)
      assert.equal((await read(state, { kind: 'code', key: one.key }))?.value, 'code')
    })

    test('a write replaces and removes in one step, and an empty one does nothing', async () => {
      const [old, gone] = [entry(), entry()]
      await state.write({ put: [old, gone] })
      assert.equal(await state.write({ put: [{ ...old, value: 'new' }], remove: [gone] }), true)
      assert.equal((await read(state, old))?.value, 'new')
      assert.equal(await read(state, gone), undefined)
      assert.equal(await state.write({}), true)
    })

    test('an entry is absent to every verb from the instant it expires', async () => {
      const [read1, taken, consumed, guard] = [entry(), entry(), entry(), entry()]
      await state.write({ put: [read1, taken, consumed, guard] })
      clock.advance(minute - 1)
      assert.notEqual(await read(state, read1), undefined)
      clock.advance(1)
      assert.equal(await read(state, read1), undefined)
      assert.equal(await state.take('flow', taken.key), undefined)
      assert.equal(await state.consume('flow', consumed.key), 'absent')
      assert.equal(await state.write({ put: [entry({ key: 'under-guard' })], whileExists: guard }), false)
      assert.equal(await read(state, { kind: 'flow', key: 'under-guard' }), undefined)
    })

    test('of many that take an entry exactly one gets it', async () => {
      const one = entry({ value: 'prize' })
      await state.write({ put: [one] })
      const got = await race((store) => store.take('flow', one.key))
      assert.deepEqual(
        got.filter((stored) => stored !== undefined).map(({ value }) => value),
        ['prize'],
      )
    })

    test('of many that consume an entry exactly one is the first, and it stays readable', async () => {
      const one = entry()
      await state.write({ put: [one] })
      const consumedAt = clock.now()
      const got = await race((store) => store.consume('flow', one.key))
      assert.equal(got.filter((outcome) => outcome === 'first').length, 1)
      assert.equal(got.filter((outcome) => outcome === 'again').length, simultaneous - 1)
      clock.advance(1)
      assert.equal((await read(other, one))?.consumedAt, consumedAt)
    })

    test('who consumes an entry first replaces its value, and the others read that one', async () => {
      const one = entry({ value: 'before' })
      await state.write({ put: [one] })
      const got = await race(async (store, index) => {
        const outcome = await store.consume('flow', one.key, { value: `of ${index}` })
        return { index, outcome, value: (await read(store, one))?.value }
      })
      const [first, ...more] = got.filter(({ outcome }) => outcome === 'first')
      assert.deepEqual(more, [])
      for (const { value } of got) assert.equal(value, `of ${first?.index}`)
      assert.equal(await state.consume('flow', 'never', { value: 'made up' }), 'absent')
    })

    test('consuming what is not there says so', async () => {
      assert.equal(await state.consume('flow', 'never'), 'absent')
    })

    test('a replaced entry stays consumed, one written after it expired is new', async () => {
      const one = entry()
      await state.write({ put: [one] })
      await state.consume('flow', one.key)
      await state.write({ put: [{ ...one, value: 'again' }] })
      assert.equal(await state.consume('flow', one.key), 'again')
      await state.put({ ...one, value: 'and again' })
      assert.equal(await state.consume('flow', one.key), 'again')
      clock.advance(2 * minute)
      await state.write({ put: [{ ...one, expiresAt: clock.now() + minute }] })
      assert.equal(await state.consume('flow', one.key), 'first')
    })

    test('of many that create an entry exactly one does, and it can be created again when its time has come', async () => {
      const one = entry({ kind: 'jti' })
      const created = async () => (await race((store) => store.create(one))).filter(Boolean).length
      assert.equal(await created(), 1)
      assert.equal(await created(), 0)
      clock.advance(minute)
      one.expiresAt = clock.now() + minute
      assert.equal(await created(), 1)
    })

    test('a write under the condition of an entry writes all or nothing', async () => {
      const [guard, removed] = [entry(), entry()]
      await state.write({ put: [guard, removed] })
      const refused = entry()
      const absent = { kind: 'flow', key: 'absent' }
      assert.equal(await state.write({ put: [refused], remove: [removed], whileExists: absent }), false)
      assert.equal(await read(state, refused), undefined)
      assert.notEqual(await read(state, removed), undefined)
      assert.equal(await state.write({ put: [refused], remove: [removed], whileExists: guard }), true)
      assert.notEqual(await read(state, refused), undefined)
      assert.equal(await read(state, removed), undefined)
    })

    test('a group is removed whole, and nothing else', async () => {
      const group = newSecret()
      const [one, two, stranger] = [entry({ group }), entry({ kind: 'token', group }), entry({ group: newSecret() })]
      await state.write({ put: [one, two, stranger] })
      await other.removeGroup(group)
      assert.deepEqual(await state.getMany([one, two]), [undefined, undefined])
      assert.notEqual(await read(state, stranger), undefined)
    })

    test('nothing that a grant gives survives its removal, at whatever moment that comes', async () => {
      for (let round = 0; round < 25; round++) {
        const group = newSecret()
        const grant = entry({ kind: 'grant', group })
        await state.write({ put: [grant] })
        const tokens = Array.from({ length: 6 }, () => entry({ kind: 'token', group }))
        await Promise.all([
          ...tokens.map((token) => state.write({ put: [token], whileExists: grant })),
          other.removeGroup(group),
        ])
        assert.deepEqual(await state.getMany([grant, ...tokens]), Array(7).fill(undefined))
      }
    })

    test('a sweep deletes what has expired and nothing else', async () => {
      clock.advance(10 * minute)
      await state.sweep()
      const [dead, alive] = [entry(), entry({ expiresAt: clock.now() + 10 * minute })]
      await state.write({ put: [dead, alive] })
      clock.advance(minute)
      assert.equal(await other.sweep(), 1)
      assert.equal(await state.sweep(), 0)
      assert.notEqual(await read(state, alive), undefined)
    })
  })
}
