import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Line } from '../connections/connections.ts'
import { newOrderedId } from '../kernel/ids.ts'
import { filePage, jsonOfHistory, pagesOf } from './history-files.ts'
import { historyQuery, looksLikeCode, monthsBetween, questionOf, readHistoryTyped } from './history-question.ts'
import type { LineWords } from './history-words.ts'

const timeZone = 'Europe/Paris'
const services = new Map([
  ['refunds', ['refunds', 'Remboursements santé', 'Health refunds']],
  ['school', ['school', 'École', 'School']],
])

describe('R102: the question of a history', () => {
  const before = newOrderedId('connection', 1)
  const march = { from: Date.parse('2027-02-28T23:00:00Z'), until: Date.parse('2027-03-31T22:00:00Z') }
  const cases: [string, Record<string, unknown>, object][] = [
    ['nothing', {}, { question: {} }],
    ['a month, over a change of the clocks', { month: '2027-03' }, { question: march }],
    ['months that are none', { month: '2027-00' }, { question: {} }],
    ['what only looks like a month', { month: '2027-3' }, { question: {} }],
    ['a service', { service: 'school' }, { question: { services: ['school'] } }],
    ['a service that one never used', { service: 'other' }, { question: { services: [] } }],
    ['words of a name', { q: 'SANTE remb' }, { question: { services: ['refunds'] } }],
    ['words of two names', { q: 'sante school' }, { question: { services: [] } }],
    ['words, among the lines of a service', { q: 'sante', service: 'school' }, { question: { services: [] } }],
    ['outcomes', { outcome: 'refused', unusual: 'yes' }, { question: { outcome: 'refused', unusual: true } }],
    ['outcomes that are none', { outcome: 'x', unusual: 'no' }, { question: {} }],
    ['a page', { before }, { question: {}, before }],
    ['a page that is none', { before: "con_' or 1=1" }, { question: {} }],
    ['lists in place of words', { service: ['a', 'b'], q: { x: 1 } }, { question: {} }],
  ]
  for (const [what, query, expected] of cases) {
    test(what, () => {
      const typed = readHistoryTyped(query)
      assert.deepEqual(questionOf(typed, { services, timeZone }), { kind: 'lines', ...expected })
      // An address asks the same again.
      const again = Object.fromEntries(new URLSearchParams(historyQuery(typed)))
      assert.deepEqual(readHistoryTyped(again), typed)
    })
  }

  test('R112: a sign-in that sees one account asks for that one, whatever it asks', () => {
    const asked = (query: object) => questionOf(readHistoryTyped(query), { services, timeZone, providers: ['tax'] })
    assert.deepEqual(asked({}), { kind: 'lines', question: { providers: ['tax'] } })
    assert.deepEqual(asked({ provider: 'tax' }), { kind: 'lines', question: { providers: ['tax'] } })
    assert.deepEqual(asked({ provider: 'post' }), { kind: 'lines', question: { providers: [] } })
  })

  test('codes are read as people write them, and told from names', () => {
    const codes = ['K7QX-2M4P-9TRC', 'k7qx2m4p9', '2026 2027 2028', 'KQXM-PTRC-HVNB', 'kqxm ptrc hvnb']
    const names = ['santé', 'École 2', 'remboursements santé', 'KQXM-PTRC HVNB']
    assert.deepEqual([...codes, ...names].filter(looksLikeCode), codes)
  })

  test('months go from the first line to now, in the zone', () => {
    const [since, now] = [Date.parse('2026-11-30T23:30:00Z'), Date.parse('2027-02-10T00:00:00Z')]
    assert.deepEqual(monthsBetween(since, now, timeZone), ['2027-02', '2027-01', '2026-12'])
    assert.deepEqual(monthsBetween(since, now, 'UTC').at(-1), '2026-11')
    assert.deepEqual(monthsBetween(now, now, timeZone), ['2027-02'])
  })
})

describe('a file of 12,345 lines', () => {
  const all = Array.from({ length: 12_345 }, (_, index) => line(index))
  let pages = 0
  let handed = 0

  async function read({ limit, before }: { limit: number; before?: Line['id'] }): Promise<readonly Line[]> {
    pages += 1
    const from = before ? all.findIndex(({ id }) => id === before) + 1 : 0
    return all.slice(from, from + limit)
  }
  async function write(page: readonly Line[]): Promise<LineWords[]> {
    handed += page.length
    return page.map((one) => ({ line: one, when: '', service: one.service, means: [], data: [], unusual: [] }))
  }

  test('is written while it is read: a page more only when the one before has left', async () => {
    const head = { hub: 'Garant', issuer: 'https://hub.example', at: 0, when: '', asked: [] }
    const chunks = jsonOfHistory({ ...head, question: readHistoryTyped({}) }, pagesOf(read, write))
    let text = ''
    for await (const chunk of chunks) {
      text += chunk
      assert.ok(handed - lines(text) <= filePage, `${handed} lines were read, ${lines(text)} have left`)
    }
    assert.equal(pages, Math.floor(all.length / filePage) + 1)
    const { lines: found } = JSON.parse(text) as { lines: { reference: string }[] }
    assert.deepEqual(
      found.map(({ reference }) => reference),
      all.map(({ reference }) => reference),
    )
  })

  const lines = (text: string) => text.split('"reference":').length - 1

  function line(index: number): Line {
    const at = 1_800_000_000_000 - index
    return {
      id: newOrderedId('connection', at),
      reference: `K${index}`,
      ...{ state: 'completed', at, service: 'refunds', amr: ['pwd'], reused: false, scopes: [], unusual: [] },
      alert: 'none',
    }
  }
})
