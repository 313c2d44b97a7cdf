import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proposesWarning, tellsMisuse } from './phishing.ts'

test('R105: a misuse is told when it begins and each time that it doubled', () => {
  const told = (misusedFrom: number, upTo: number) =>
    Array.from({ length: upTo + 1 }, (_, addresses) => addresses).filter((one) => tellsMisuse(one, { misusedFrom }))
  assert.deepEqual(told(5, 100), [5, 10, 20, 40, 80])
  assert.deepEqual(told(2, 20), [2, 4, 8, 16])
  assert.deepEqual(told(3, 13), [3, 6, 12])
})

test('R105: a warning is proposed at the threshold, not before', () => {
  assert.deepEqual(
    [0, 19, 20, 21].map((addresses) => proposesWarning(addresses, { warnFrom: 20 })),
    [false, false, true, true],
  )
})
