import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import { canonical, canonicalFact, commitmentOf, dayOf, firstDayAfter, leafEntry } from './canonical.ts'
import { leafHash } from './merkle.ts'
import { onlyWords, withheld } from './words.ts'

test('RFC 8785: members are sorted by UTF-16 code units, whatever their script', () => {
  // The example of section 3.2.3.
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  }
  const values = [...canonical(value).matchAll(/:"([^"]*)"/g)].map(([, text]) => text)
  assert.deepEqual(values, [
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ])
})

test('RFC 8785: strings are escaped as in the example of section 3.2.2', () => {
  assert.equal(canonical('\u20ac$\u000f\nA\'B"\\\\"/'), '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"')
  assert.equal(canonical({ literals: [null, true, false] }), '{"literals":[null,true,false]}')
})

test('what is not a value of facts is refused', () => {
  for (const value of [1.5, Number.NaN, 2 ** 53, undefined, 1n, () => 1, new Date(0), '\ud800', 'a\0b', [undefined]]) {
    assert.throws(() => canonical({ value }), TypeError)
  }
})

const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

test('canonical text means the same value and does not depend on the order of members', () => {
  fc.assert(
    fc.property(values.value, (value) => {
      const text = canonical(value)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      assert.equal(canonical(JSON.parse(text)), text)
      assert.equal(canonical(reversed(value)), text)
    }),
  )
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, reversed(item)]),
  )
}

test('the canonical fact is the canonical text of its four members', () => {
  const data = { service: 'health-refunds', connection: 'con_1' }
  const fact = { sequence: 12n, at: 1_795_341_600_000, name: 'connection.completed', data: canonical(data) }
  assert.equal(canonicalFact(fact), canonical({ sequence: 12, at: fact.at, name: fact.name, data }))
})

test('the worked example of docs/journal.md is what the code computes', () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/journal.md'), 'utf8')
  const shown = (label: string) => {
    const [, value] = new RegExp(`^${label}: +(.+)$`, 'm').exec(document) ?? []
    assert.ok(value, `docs/journal.md shows no ${label}`)
    return value
  }
  const text = shown('canonical fact')
  const { sequence, at, name, data } = JSON.parse(text)
  const fact = { sequence: BigInt(sequence), at, name, data: canonical(data) }
  assert.equal(canonicalFact(fact), text)

  const salt = Buffer.from(shown('salt'), 'hex')
  const commitment = commitmentOf(fact, salt)
  assert.equal(commitment.toString('hex'), shown('commitment'))
  // Once more with nothing of ours, as a stranger would.
  assert.equal(createHash('sha256').update(salt).update(text, 'utf8').digest('hex'), shown('commitment'))

  const until = Number(shown('until').split(' ')[0])
  assert.equal(until, firstDayAfter(at, 365 * 86_400_000))
  const entry = leafEntry({ sequence: fact.sequence, until, commitment })
  assert.equal(entry.toString('hex'), shown('entry'))
  assert.equal(leafHash(entry).toString('hex'), shown('leaf hash'))
})

test('a fact may be gone on the first day that begins after its time', () => {
  const start = Date.parse('2026-11-22T00:00:00Z')
  assert.equal(firstDayAfter(start, 86_400_000), dayOf(start) + 1)
  assert.equal(firstDayAfter(start + 1, 86_400_000), dayOf(start) + 2)
})

test('R127: what is no identifier or closed word does not reach a fact', () => {
  const logged: unknown[] = []
  const log = (...line: unknown[]) => void logged.push(line)
  const words = { service: 'health-refunds', level: 'eidas2', amr: ['pwd', 'urn:x:y#1'], reused: false, device: null }
  assert.equal(onlyWords('connection.authorised', words, log), words)
  assert.deepEqual(logged, [])
  const dirty = { ...words, amr: ['pwd', 'Jeanne Martin <j.martin@example.net>'], service: 'Œuvre' }
  assert.deepEqual(onlyWords('connection.authorised', dirty, log), {
    ...words,
    amr: ['pwd', withheld],
    service: withheld,
  })
  assert.equal(logged.length, 1)
  assert.doesNotMatch(JSON.stringify(logged), /Martin|Œuvre/)
})
