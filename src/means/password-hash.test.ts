import assert from 'node:assert/strict'
import { argon2Sync } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import { GarantError } from '../kernel/errors.ts'
import { createPasswordHasher, secondRecommended } from './password-hash.ts'

const cheap = { memory: 64, passes: 1, lanes: 1 }

test('argon2id: the vector of RFC 9106 section 5.3 holds for what is underneath', () => {
  const tag = argon2Sync('argon2id', {
    message: Buffer.alloc(32, 1),
    nonce: Buffer.alloc(16, 2),
    secret: Buffer.alloc(8, 3),
    associatedData: Buffer.alloc(12, 4),
    parallelism: 4,
    tagLength: 32,
    memory: 32,
    passes: 3,
  })
  assert.equal(tag.toString('hex'), '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
})

test('by default, the second recommended option of RFC 9106, with its own salt each time', async () => {
  const hasher = createPasswordHasher()
  assert.deepEqual(secondRecommended, { memory: 64 * 1024, passes: 3, lanes: 4 })
  const [one, other] = [await hasher.hash('corail'), await hasher.hash('corail')]
  assert.notEqual(one, other)
  assert.match(one, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w+/]{22}\$[\w+/]{43}$/)
  assert.equal(await hasher.verify('corail', one), true)
  assert.equal(await hasher.verify('Corail', one), false)
  assert.equal(hasher.evaluations(), 4)
})

test('a string says by which parameters it was made, and is weaker than what is asked in any of them', async () => {
  const old = createPasswordHasher(cheap)
  const stored = await old.hash('corail')
  assert.equal(await createPasswordHasher({ memory: 128, passes: 2, lanes: 2 }).verify('corail', stored), true)
  assert.equal(old.isWeaker(stored), false)
  for (const more of [{ memory: 128 }, { passes: 2 }, { lanes: 2 }]) {
    assert.equal(createPasswordHasher({ ...cheap, ...more }).isWeaker(stored), true)
  }
  assert.throws(() => old.isWeaker('$2b$10$abcdefghijklmnopqrstuv'), /no argon2id/)
})

test('nobody costs one evaluation too', async () => {
  const hasher = createPasswordHasher(cheap)
  assert.equal(await hasher.verify('corail', undefined), false)
  assert.equal(hasher.evaluations(), 1)
})

test('beyond what can wait nobody is admitted, and everybody who waits is served', async () => {
  const hasher = createPasswordHasher(cheap)
  const work = Array.from({ length: 66 }, () => hasher.verify('corail', undefined))
  assert.throws(
    () => hasher.admit(),
    (error) => error instanceof GarantError && error.error === 'means_busy',
  )
  assert.deepEqual(new Set(await Promise.all(work)), new Set([false]))
  hasher.admit()
})

test('a few at a time: threads of the pool are left for files and names', async () => {
  const hasher = createPasswordHasher()
  let ended = 0
  const work = Array.from({ length: 8 }, () => hasher.verify('corail', undefined).then(() => ended++))
  await stat(import.meta.filename)
  // Behind all eight on the four threads of the pool it would have come after the fifth.
  assert.ok(ended < 5, `${ended} of 8 came before`)
  await Promise.all(work)
})

test('evaluations leave the thread of the process free', async () => {
  const hasher = createPasswordHasher()
  let turns = 0
  let running = true
  const turn = () => {
    turns++
    if (running) setImmediate(turn)
  }
  turn()
  await Promise.all([1, 2, 3, 4].map(() => hasher.verify('corail', undefined)))
  running = false
  assert.ok(turns > 100, `${turns} turns of the loop`)
})
