import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { minute } from '../kernel/durations.ts'
import type { Storage } from '../storage/storage.ts'
import { type AutomationCheck, createAutomationCheck, leadingZeros } from './automation-check.ts'

const clock = createTestClock()
let storage: Storage
let check: AutomationCheck
before(async () => {
  storage = await openTestStorage(clock)
  check = createAutomationCheck({ clock, key: Buffer.alloc(32, 5), state: storage.state, difficulty: 10 })
})
after(() => storage.close())

function solve({ challenge, difficulty }: { challenge: string; difficulty: number }): string {
  for (let each = 0; ; each++) if (leadingZeros(challenge, String(each)) >= difficulty) return String(each)
}

test('R062: a solved challenge serves once, of many at once too', async () => {
  const task = check.issue('here')
  const proof = { challenge: task.challenge, solution: solve(task) }
  const answers = await Promise.all(Array.from({ length: 10 }, () => check.verify('here', proof)))
  assert.equal(answers.filter(Boolean).length, 1)
})

test('R062: for its binding, in its time, unchanged, and only solved', async () => {
  const task = check.issue('here')
  const solution = solve(task)
  const wrong = Array.from({ length: 2000 }, (_, each) => `x${each}`).find(
    (text) => leadingZeros(task.challenge, text) < 10,
  )
  const proofs: [string, { challenge: string; solution: string }][] = [
    ['elsewhere', { challenge: task.challenge, solution }],
    ['here', { challenge: task.challenge, solution: wrong ?? '' }],
    ['here', { challenge: task.challenge, solution: solution.padStart(1000, ' ') }],
    ['here', { challenge: task.challenge.replace(/^10\./, '0.'), solution }],
    ['here', { challenge: task.challenge.replace(/\.\d+\./, (until) => `.${until.slice(1, -1)}0.`), solution }],
    ['here', { challenge: '', solution }],
  ]
  for (const [binding, proof] of proofs) assert.equal(await check.verify(binding, proof), false)
  clock.advance(10 * minute)
  assert.equal(await check.verify('here', { challenge: task.challenge, solution }), false)
  const other = createAutomationCheck({ clock, key: Buffer.alloc(32, 6), state: storage.state, difficulty: 0 })
  assert.equal(await check.verify('here', { challenge: other.issue('here').challenge, solution: '0' }), false)
})

test('leading zeros are those of the hash', async () => {
  const { createHash } = await import('node:crypto')
  for (let each = 0; each < 500; each++) {
    const bits = [...createHash('sha256').update(`a:${each}`).digest()]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
    assert.equal(leadingZeros('a', String(each)), bits.indexOf('1'))
  }
})
