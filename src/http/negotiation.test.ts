import assert from 'node:assert/strict'
import { test } from 'node:test'
import { preferredLanguage } from './negotiation.ts'

test('the language of a browser is the first of its list that the hub speaks, by weight', () => {
  const cases: [string | undefined, string | undefined][] = [
    ['fr-MA,fr;q=0.9,en;q=0.8', 'fr'],
    ['de, en;q=0.5, ar;q=0.7', 'ar'],
    ['en;q=0, fr;q=0.1', 'fr'],
    ['de,it', undefined],
    ['', undefined],
    [undefined, undefined],
  ]
  // Whether it was read before or not.
  for (const [header, language] of [...cases, ...cases]) assert.equal(preferredLanguage(header), language, header)
})

test('however many headers were read, and however long, each is read by itself', () => {
  for (let turn = 0; turn < 2; turn++) {
    for (let count = 0; count < 1200; count++) {
      assert.equal(preferredLanguage(`x-${count},${count % 2 ? 'ar' : 'en'}`), count % 2 ? 'ar' : 'en')
    }
    assert.equal(preferredLanguage(`${'x,'.repeat(30)}${' '.repeat(200)}fr`), 'fr')
  }
})
