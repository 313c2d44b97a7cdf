import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameKey, searchedIn } from './names.ts'

test('what is typed is a number by its beginning, or words as names of organisations have them', () => {
  const found: [string, ReturnType<typeof searchedIn>][] = [
    ['', { words: [] }],
    ['   ', { words: [] }],
    ['001 561-191.0', { words: [], number: '0015611910' }],
    ['12', { words: ['12'] }],
    ['A&B société', { words: ['A', 'B', 'SOCIETE'] }],
    ['المكتب الأول', { words: ['المكتب', 'الأول'] }],
    ['&%_', undefined],
    ['a b c d e f g h i j', { words: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] }],
  ]
  for (const [typed, wanted] of found) assert.deepEqual(searchedIn(typed), wanted, typed)
  assert.equal(nameKey('Moulin — Frères & Cie'), 'MOULIN FRERES CIE')
})
