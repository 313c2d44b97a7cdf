import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { type Connections, createConnections, type NewConnection } from '../connections/connections.ts'
import type { RequestContext } from '../http/http.ts'
import { createTranslator } from '../http/messages.ts'
import { pageMessages } from '../http/page-messages.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { catalogue, type ErrorName } from '../kernel/errors.ts'
import { newId, newOrderedId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import type { Registry } from '../partners/partners.ts'
import type { Storage } from '../storage/storage.ts'
import { figuresCsv } from './csv.ts'
import { figuresBody } from './drawing.ts'
import { createFigures, type Figures, type Subject, type Table, type Unit } from './figures.ts'
import { figuresMessages } from './messages.ts'
import { providerReasonOf, serviceReasonOf } from './reasons.ts'

const clock = createTestClock(Date.parse('2026-11-20T10:00:00+01:00'))
const retention = 365 * day
let storage: Storage
let connections: Connections
let figures: Figures

/** What partners own; the room asks for nothing else of the registry. */
const registry = {
  services: new Map([
    ['refunds', { id: 'refunds', partner: 'health' }],
    ['letters', { id: 'letters', partner: 'post' }],
    ['quiet', { id: 'quiet', partner: 'post' }],
  ]),
  providers: new Map([
    ['tax', { id: 'tax', partner: 'treasury' }],
    ['card', { id: 'card', partner: 'treasury' }],
  ]),
} as unknown as Registry

before(async () => {
  storage = await openTestStorage(clock)
  const { audit } = recordFacts(() => storage)
  connections = createConnections({ storage, clock, audit, key: Buffer.alloc(32, 1) })
  figures = createFigures({
    storage,
    clock,
    connections,
    partners: { registry: () => registry },
    timeZone: 'Europe/Paris',
    retention,
  })
  await storage.transaction(async (tx) => {
    for (const connection of ledger()) await connections.record(tx, connection)
  })
  await figures.tally()
})
after(() => storage.close())

interface Line extends Partial<NewConnection> {
  times?: number
}

function* ledger(): Generator<NewConnection> {
  const on = (date: string, lines: Line[]) => lines.map((line) => [Date.parse(`${date}T12:00:00+02:00`), line] as const)
  const october = [...Array.from({ length: 14 }, (_, index) => index + 1), 20, 27].map(
    (date) => `2026-10-${String(date).padStart(2, '0')}`,
  )
  const lines = [
    // Twelve each day but on Sundays, when there are three; all of them low, the service was given no more.
    ...october.flatMap((date) => {
      const isSunday = new Date(`${date}T12:00:00Z`).getUTCDay() === 0
      return on(date, [
        { times: isSunday ? 3 : 12, level: 'eidas2', acr: 'eidas1', took: 40 * second, away: 20 * second },
      ])
    }),
    ...on('2026-10-05', [
      { times: 15, level: 'eidas3', acr: 'eidas2', provider: 'card', took: 90 * second, away: 70 * second },
      { times: 4, level: 'eidas3', acr: 'eidas3', provider: 'card' },
      { times: 30, reused: true, acr: 'eidas1' },
      { times: 25, state: 'refused', refusal: 'provider_cancelled' },
      { times: 6, state: 'refused', refusal: 'identity_frozen' },
      { times: 5, state: 'refused', refusal: 'provider_blocked' },
      { times: 2, state: 'refused', refusal: 'provider_silent' },
      { times: 9, service: 'letters', acr: 'eidas1' },
    ]),
    // In Paris this is Monday already.
    ...on('2026-11-15', [{ times: 20, at: Date.parse('2026-11-15T23:30:00Z'), acr: 'eidas1' }]),
    ...on('2026-11-09', [{ times: 11, acr: 'eidas1' }]),
  ]
  for (const [noon, { times = 1, ...line }] of lines) {
    for (let count = 0; count < times; count++) {
      const at = line.at ?? noon + count * minute
      const present: Omit<NewConnection, 'state'> = {
        id: newOrderedId('connection', at),
        service: 'refunds',
        provider: 'tax',
        reused: false,
        amr: [],
        address: '192.0.2.1',
        port: 443,
        scopes: [],
        unusual: [],
        alert: 'none',
        ...line,
        at,
      }
      if (line.state === 'refused') yield { ...present, state: 'refused' }
      else
        yield {
          ...present,
          state: 'authorised',
          person: newId('person'),
          session: newId('session'),
          level: line.level ?? 'eidas1',
        }
    }
  }
}

async function tableOf(of: Subject, by: Unit, month?: string): Promise<Table> {
  const table = await figures.figuresOf({ of, by, for: 'operators', ...(month ? { month } : {}) })
  return table ?? assert.fail('no figures')
}

const refunds = { service: 'refunds' }

describe('figures of a service and of a provider', () => {
  test('by month: what is over, told apart by level and reason', async () => {
    const { logins, refusals, months } = await tableOf(refunds, 'month')
    // 14 days of 12, 2 Sundays of 3, and 49 on the 5th.
    const span = { from: '2026-10-01', to: '2026-10-31' }
    assert.deepEqual(logins, [{ ...span, count: 14 * 12 + 2 * 3 + 49 }])
    // All on one day: whether the other weeks had few or none is not told.
    assert.deepEqual(refusals, [{ ...span, count: 38, more: true }])
    const [october] = months
    assert.deepEqual(october?.levels, [
      { of: ['eidas1'], count: 14 * 12 + 2 * 3 + 30 },
      // What would be four high ones alone.
      { of: ['eidas2', 'eidas3'], count: 19 },
    ])
    // Nothing says how many of these persons stopped their identity, or that any did.
    assert.deepEqual(october?.reasons, [
      { of: ['cancelled'], count: 25 },
      { of: ['not_signed_in', 'level', 'provider', 'other'], count: 13 },
    ])
    const near = (value: number | undefined, wanted: number) =>
      assert.ok(value && Math.abs(value / wanted - 1) < 0.06, `${value} is not about ${wanted}`)
    near(october?.median, 40 * second)
    assert.equal(october?.p95, undefined, 'fewer than ten took longer')
  })

  test('by week and by day: what is over, small days with their neighbours, what goes on hidden', async () => {
    const weeks = await tableOf(refunds, 'week')
    assert.deepEqual(weeks.logins.slice(0, 2), [
      { from: '2026-10-01', to: '2026-10-04', count: 3 * 12 + 3 },
      { from: '2026-10-05', to: '2026-10-11', count: 6 * 12 + 3 + 49 },
    ])
    assert.deepEqual(weeks.logins.slice(-3), [
      { from: '2026-11-01', to: '2026-11-08' },
      { from: '2026-11-09', to: '2026-11-15', count: 11 },
      // The week goes on: its Monday has twenty.
      { from: '2026-11-16', to: '2026-11-19' },
    ])
    const days = await tableOf(refunds, 'day', '2026-10')
    assert.deepEqual(days.logins.slice(0, 4), [
      { from: '2026-10-01', to: '2026-10-01', count: 12 },
      { from: '2026-10-02', to: '2026-10-02', count: 12 },
      { from: '2026-10-03', to: '2026-10-04', count: 15 },
      { from: '2026-10-05', to: '2026-10-05', count: 61 },
    ])
    assert.equal((await tableOf(refunds, 'day')).month, '2026-11')
    assert.deepEqual(days.known, ['2026-11', '2026-10'])
  })

  test('R014: blindness: a provider’s figures are its own sign-ins, whatever the service, and no session’s', async () => {
    const tax = await tableOf({ provider: 'tax' }, 'month')
    const card = await tableOf({ provider: 'card' }, 'month')
    assert.equal(tax.logins[0]?.count, 14 * 12 + 2 * 3 + 9)
    assert.deepEqual(card.logins, [{ from: '2026-10-01', to: '2026-10-31', count: 19, more: true }])
    // The level reached, not the one that a service was given.
    assert.deepEqual(card.months[0]?.levels, [{ of: ['eidas1', 'eidas2', 'eidas3'], count: 19 }])
    assert.deepEqual(tax.months[0]?.reasons, [
      { of: ['cancelled'], count: 25 },
      { of: ['silent', 'refused', 'answer', 'level', 'suspended', 'other'], count: 13 },
    ])
    const dumped = JSON.stringify([tax, card, await tableOf(refunds, 'month')])
    assert.doesNotMatch(dumped.replaceAll(/"of":\{[^}]*\}/g, ''), /refunds|letters|tax|card/)
    assert.deepEqual((await tableOf({ service: 'letters' }, 'month')).logins, [
      { from: '2026-10-01', to: '2026-10-31' },
    ])
  })

  test('whoever waits for the first ones is told until when, and gets a file with its heading', async () => {
    const rows: [now: string, next: string][] = [
      // Sunday, Monday soon after midnight, Monday once it is counted, the last day of a month.
      ['2026-11-22T12:00:00Z', '2026-11-23'],
      ['2026-11-22T23:30:00Z', '2026-11-23'],
      ['2026-11-23T08:00:00Z', '2026-11-30'],
      ['2026-11-30T12:00:00Z', '2026-12-01'],
      ['2026-12-01T12:00:00Z', '2026-12-07'],
    ]
    for (const [now, next] of rows) {
      const waiting = createFigures({
        storage,
        clock: { now: () => Date.parse(now) },
        connections: { firstSince: async () => undefined, counted: async () => [] },
        partners: { registry: () => registry },
        timeZone: 'Europe/Paris',
        retention: 400 * day,
      })
      const table = await waiting.figuresOf({ of: { service: 'quiet' }, by: 'week', for: 'operators' })
      assert.deepEqual([table?.next, table?.known], [next, []], now)
      const t = createTranslator(figuresMessages, pageMessages)('en')
      const file = table && figuresCsv(table, { t, language: 'en' })
      assert.equal(file?.trim().split('\r\n').length, 1)
    }
  })

  test('whose they are not, what is not there, and a month that is none: no figures', async () => {
    const asks = [
      { of: refunds, by: 'month', for: { partner: 'post' } },
      { of: { provider: 'tax' }, by: 'month', for: { partner: 'health' } },
      { of: { service: 'tax' }, by: 'month', for: 'operators' },
      { of: refunds, by: 'day', month: '2025-01', for: 'operators' },
      { of: refunds, by: 'day', month: 'x', for: 'operators' },
    ] as const
    for (const ask of asks) assert.equal(await figures.figuresOf(ask), undefined)
    assert.ok(await figures.figuresOf({ of: refunds, by: 'month', for: { partner: 'health' } }))
  })

  test('no reason tells of a freeze or a block', () => {
    const own: readonly ErrorName[] = ['identity_frozen', 'provider_blocked']
    const others = (Object.keys(catalogue) as ErrorName[]).filter((name) => !own.includes(name))
    for (const reasonOf of [serviceReasonOf, providerReasonOf]) {
      for (const name of own) assert.equal(reasonOf(name), 'other')
      assert.ok(others.some((name) => reasonOf(name) === 'other'))
    }
  })

  test('a day is counted once, an hour after its end; what was shown stays', async () => {
    const before = await tableOf(refunds, 'day', '2026-10')
    await figures.tally()
    assert.deepEqual(await tableOf(refunds, 'day', '2026-10'), before)
    clock.set(Date.parse('2026-11-23T00:30:00+01:00'))
    await figures.tally()
    assert.equal((await tableOf(refunds, 'week')).logins.at(-1)?.count, undefined)
    clock.advance(hour)
    await figures.tally()
    assert.deepEqual((await tableOf(refunds, 'week')).logins.at(-1), {
      from: '2026-11-16',
      to: '2026-11-22',
      count: 20,
    })
  })

  test('months are forgotten whole, when the ledger has forgotten them', async () => {
    clock.set(Date.parse('2026-10-31T12:00:00Z') + retention)
    await figures.sweep()
    assert.deepEqual((await tableOf(refunds, 'month')).known.at(-1), '2026-10')
    clock.advance(day)
    await figures.sweep()
    assert.deepEqual((await tableOf(refunds, 'month')).known.at(-1), '2026-11')
  })
})

describe('drawn and written', () => {
  const translate = createTranslator(pageMessages, figuresMessages)
  const table: Table = {
    of: refunds,
    by: 'day',
    month: '2026-10',
    timeZone: 'Europe/Paris',
    logins: [
      { from: '2026-10-01', to: '2026-10-01', count: 12 },
      { from: '2026-10-02', to: '2026-10-04', count: 1_234 },
      { from: '2026-10-05', to: '2026-10-31' },
    ],
    refusals: [{ from: '2026-10-01', to: '2026-10-31' }],
    months: [
      {
        month: '2026-10',
        levels: [{ of: ['eidas1', 'eidas2'], count: 1_246 }],
        reasons: [],
        median: 12_000,
      },
    ],
    known: ['2026-10', '2026-09'],
    next: '2026-11-01',
  }

  test('in each language: a chart with its table, what is hidden said so', () => {
    for (const language of languages) {
      const context = { t: translate(language), language } as RequestContext
      const views: Table[] = [table, { ...table, by: 'month', known: [] }, { ...table, by: 'month' }]
      for (const shown of views) {
        const addressOf = ({ by, month = '' }: { by: string; month?: string }) => `/x?by=${by}&month=${month}`
        const page = String(figuresBody({ table: shown, addressOf, csv: '/x.csv' }, context))
        assert.equal(page.includes('<svg'), shown.known.length > 0)
        if (shown.known.length === 0) continue
        assert.match(page, /by=day&amp;month=2026-(?:09|10)/)
        assert.ok(page.includes(context.t('figures.hidden')))
      }
    }
  })

  test('as a file: RFC 4180, in the words of the reader, what is hidden left empty', () => {
    const [bom, ...lines] = figuresCsv(table, { t: translate('fr'), language: 'fr' }).split(/(?<=^\ufeff)|\r\n/)
    assert.equal(bom, '\ufeff')
    assert.deepEqual(lines, [
      '"Mesure","Détail","Du","Au","Valeur","Remarque"',
      '"Connexions","","2026-10-01","2026-10-01","12",""',
      '"Connexions","","2026-10-02","2026-10-04","1234",""',
      '"Connexions","","2026-10-05","2026-10-31","","non affiché"',
      '"Refus et abandons","","2026-10-01","2026-10-31","","non affiché"',
      '"Niveaux de garantie","faible · substantiel (ensemble)","2026-10-01","2026-10-31","1246",""',
      '"Durée en secondes","Une sur deux prend moins de","2026-10-01","2026-10-31","12",""',
      '',
    ])
  })
})
