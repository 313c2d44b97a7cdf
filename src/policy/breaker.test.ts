import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import type { Instant } from '../kernel/clock.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import {
  advance,
  type Breaker,
  type BreakerSettings,
  type Health,
  type HealthReason,
  healthAt,
  isDoubted,
  newBreaker,
  nextProbe,
  type Outcome,
} from './breaker.ts'

const settings: BreakerSettings = { interval: 30 * second, failures: 3, networks: 5, settle: minute }

type Step = [
  at: number,
  outcome: 'ok' | 'slow' | 'bad' | { ok: number } | { failed: number; from?: number; doubt?: true },
]

/** Seconds, and what was seen then. `failed` networks, numbered from `from` on. */
function outcomesOf(steps: readonly Step[]): Outcome[] {
  return steps.flatMap(([seconds, seen]): Outcome[] => {
    const at = seconds * second
    if (seen === 'ok') return [{ from: 'probe', at, result: 'success' }]
    if (seen === 'slow') return [{ from: 'probe', at, result: 'slow', reason: 'slow' }]
    if (seen === 'bad') return [{ from: 'probe', at, result: 'failure', reason: 'unreachable' }]
    if ('ok' in seen) return [{ from: 'traffic', at, result: 'success', count: seen.ok }]
    const { failed, from = 0, doubt } = seen
    return Array.from({ length: failed }, (_, index) => ({
      from: 'traffic',
      at,
      result: 'failure',
      reason: 'answers_wrong',
      source: from + index,
      proved: !doubt,
    }))
  })
}

function after(steps: readonly Step[], start: Breaker = newBreaker, changes: Partial<BreakerSettings> = {}): Breaker {
  const outcomes = outcomesOf(steps)
  return advance(start, outcomes, outcomes.at(-1)?.at ?? 0, { ...settings, ...changes })
}

const down = after([
  [0, 'bad'],
  [10, 'bad'],
  [20, 'bad'],
])

describe('what is seen, and what is said of it', () => {
  const cases: [name: string, steps: Step[], health: Health, reasons: HealthReason[]][] = [
    ['nothing', [], 'up', []],
    ['one probe that fails', [[0, 'bad']], 'up', []],
    [
      'two in a row',
      [
        [0, 'bad'],
        [10, 'bad'],
      ],
      'up',
      [],
    ],
    [
      'three in a row',
      [
        [0, 'bad'],
        [10, 'bad'],
        [20, 'bad'],
      ],
      'down',
      ['unreachable'],
    ],
    [
      'three of five',
      [
        [0, 'bad'],
        [10, 'ok'],
        [20, 'bad'],
        [30, 'ok'],
        [40, 'bad'],
      ],
      'degraded',
      ['unreachable'],
    ],
    [
      'two of five',
      [
        [0, 'bad'],
        [10, 'ok'],
        [20, 'bad'],
        [30, 'ok'],
        [40, 'ok'],
      ],
      'up',
      [],
    ],
    [
      'slow probes',
      [
        [0, 'slow'],
        [30, 'slow'],
        [60, 'slow'],
      ],
      'degraded',
      ['slow'],
    ],
    [
      'two slow probes',
      [
        [0, 'slow'],
        [30, 'slow'],
        [60, 'ok'],
      ],
      'up',
      [],
    ],
    [
      'failures while somebody signs in',
      [
        [0, 'bad'],
        [10, 'bad'],
        [15, { ok: 1 }],
        [20, 'bad'],
      ],
      'degraded',
      ['unreachable'],
    ],
    [
      'somebody who signed in before',
      [
        [0, { ok: 9 }],
        [1, 'bad'],
        [11, 'bad'],
        [21, 'bad'],
      ],
      'down',
      ['unreachable'],
    ],
    ['sign-ins that fail from two networks', [[0, { failed: 2 }]], 'up', []],
    ['from three', [[0, { failed: 3 }]], 'degraded', ['sign_ins_fail', 'answers_wrong']],
    ['from five', [[0, { failed: 5 }]], 'down', ['sign_ins_fail', 'answers_wrong']],
    [
      'from five, and as many that succeed',
      [
        [0, { ok: 5 }],
        [1, { failed: 5 }],
      ],
      'degraded',
      ['sign_ins_fail', 'answers_wrong'],
    ],
    [
      'from five among a hundred',
      [
        [0, { ok: 100 }],
        [1, { failed: 5 }],
      ],
      'up',
      [],
    ],
    ['five from one network', [0, 1, 2, 3, 4].map((at) => [at, { failed: 1 }]), 'up', []],
    ['from five within half an hour', [0, 1, 2, 3, 4].map((at) => [at * 400, { failed: 1, from: at }]), 'up', []],
    ['no answer to codes, from four networks', [[0, { failed: 4, doubt: true }]], 'up', []],
    [
      'no answer to codes, from thirty',
      [[0, { failed: 30, doubt: true }]],
      'degraded',
      ['sign_ins_fail', 'answers_wrong'],
    ],
    [
      'the same among those who succeed',
      [
        [0, { ok: 40 }],
        [1, { failed: 30, doubt: true }],
      ],
      'up',
      [],
    ],
  ]
  for (const [name, steps, health, reasons] of cases) {
    test(`${name}: ${health}`, () => {
      const { health: said, reasons: why } = after(steps)
      assert.deepEqual([said, why], [health, reasons])
    })
  }

  test('the settings say how many', () => {
    assert.equal(
      after(
        [
          [0, 'bad'],
          [10, 'bad'],
        ],
        newBreaker,
        { failures: 2 },
      ).health,
      'down',
    )
    assert.equal(after([[0, { failed: 2 }]], newBreaker, { networks: 2 }).health, 'down')
  })

  test('observations count in the order of their times, whoever brings them first', () => {
    const outcomes = outcomesOf([
      [0, 'bad'],
      [10, 'bad'],
      [20, 'ok'],
      [30, 'bad'],
    ])
    for (const order of [outcomes, outcomes.toReversed()]) {
      assert.deepEqual(
        advance(newBreaker, order, 30 * second, settings),
        after([
          [0, 'bad'],
          [10, 'bad'],
          [20, 'ok'],
          [30, 'bad'],
        ]),
      )
    }
  })
})

describe('an open breaker', () => {
  test('has its trial after one interval, then at growing ones', () => {
    assert.equal(down.phase, 'open')
    assert.equal(down.trialAt, 50 * second)
    const delays = [30, 60, 120, 120]
    let breaker = down
    for (const [index, delay] of delays.entries()) {
      const at = breaker.trialAt ?? Number.NaN
      assert.equal(nextProbe(breaker, at - second, settings, 0), at)
      breaker = advance(breaker, [{ from: 'probe', at, result: 'failure' }], at, settings)
      assert.equal((breaker.trialAt ?? 0) - at, (delays[index + 1] ?? delay) * second)
    }
    assert.equal(breaker.health, 'down')
  })

  test('takes no probe for a trial before it is due', () => {
    assert.equal(
      after(
        [
          [30, 'ok'],
          [40, 'ok'],
          [49, 'ok'],
        ],
        down,
      ).phase,
      'open',
    )
    assert.equal(after([[50, 'ok']], down).phase, 'half_open')
  })

  test('stays down for people until three trials in a row succeeded and a minute is over', () => {
    const first = after([[50, 'ok']], down)
    assert.deepEqual([first.phase, first.health], ['half_open', 'down'])
    const third = after(
      [
        [60, 'ok'],
        [70, 'ok'],
      ],
      first,
    )
    assert.equal(third.health, 'down', 'not a minute yet')
    const back = after([[80, 'ok']], third)
    assert.deepEqual(
      [back.phase, back.health, back.reasons, back.since],
      ['closed', 'degraded', ['recovering'], 80_000],
    )
    assert.equal(
      after(
        [
          [110, 'ok'],
          [139, 'ok'],
        ],
        back,
      ).health,
      'degraded',
    )
    const up = after(
      [
        [110, 'ok'],
        [140, 'ok'],
      ],
      back,
    )
    assert.deepEqual([up.health, up.reasons, up.since], ['up', [], 140_000])
  })

  test('a trial that fails opens it again, and nothing is seen of it', () => {
    const half = after(
      [
        [50, 'ok'],
        [60, 'ok'],
      ],
      down,
    )
    const again = after([[70, 'bad']], half)
    assert.deepEqual([again.phase, again.health, again.since], ['open', 'down', down.since])
    assert.equal(again.trialAt, 130_000)
  })

  test('somebody who gets through has the trial made at once', () => {
    const through = after([[30, { ok: 1 }]], down)
    assert.equal(through.phase, 'open')
    assert.equal(nextProbe(through, 30 * second, settings, 0), 30 * second)
    assert.equal(after([[31, 'ok']], through).phase, 'half_open')
  })

  test('lets people try when nobody made its trial, so that it cannot stay open for want of a probe', () => {
    assert.equal(healthAt(down, 5 * minute, settings).health, 'down')
    assert.deepEqual(healthAt(down, 50 * second + 5 * minute, settings).reasons, ['recovering'])
    assert.equal(healthAt(down, hour, settings).health, 'degraded')
  })

  test('waits for twice as long after each relapse, up to eight times', () => {
    let breaker = down
    let [at, waits]: [Instant, number[]] = [20 * second, []]
    for (let relapse = 0; relapse < 5; relapse++) {
      while (breaker.health !== 'up') {
        const { health, since = 0 } = breaker
        at = nextProbe(breaker, at, settings, 0.5)
        breaker = advance(breaker, [{ from: 'probe', at, result: 'success' }], at, settings)
        if (health === 'degraded' && breaker.health === 'up') waits.push(Math.floor((at - since) / minute))
      }
      while (breaker.health === 'up') {
        at += 10 * second
        breaker = advance(breaker, [{ from: 'probe', at, result: 'failure' }], at, settings)
      }
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 8])
  })

  test('closed by the probes after sign-ins opened it, it opens again by two networks', () => {
    const open = after([[0, { failed: 5 }]])
    assert.deepEqual([open.phase, open.trialAt], ['open', 60_000])
    const back = after(
      [
        [60, 'ok'],
        [70, 'ok'],
        [80, 'ok'],
      ],
      open,
    )
    assert.deepEqual(back.reasons, ['recovering'])
    assert.equal(after([[85, { failed: 1, from: 100 }]], back).health, 'degraded')
    const again = after([[85, { failed: 2, from: 100 }]], back)
    assert.equal(again.health, 'down')
    assert.equal((again.trialAt ?? 0) - 85_000, 120_000, 'and then later than the first time')
  })
})

describe('the next probe', () => {
  const dueIn = (breaker: Breaker, at: number, chance = 0.5) =>
    Math.round((nextProbe(breaker, at * second, settings, chance) - at * second) / second)
  test('comes at the interval, sooner while something has to be found out, with some chance in it', () => {
    assert.equal(dueIn(after([[0, 'ok']]), 0), 30)
    assert.deepEqual([dueIn(newBreaker, 0, 0), dueIn(newBreaker, 0, 1)], [24, 36])
    assert.equal(dueIn(after([[0, 'bad']]), 0), 10)
    assert.equal(dueIn(after([[0, { failed: 1, doubt: true }]]), 0), 10)
    assert.equal(dueIn(after([[50, 'ok']], down), 50), 10)
    const slow = after([
      [0, 'slow'],
      [30, 'slow'],
      [60, 'slow'],
    ])
    assert.equal(dueIn(slow, 60), 30, 'who is known to be slow is not asked more often for that')
  })

  test('asks the token endpoint while it is in doubt, and as long as it is down for that', () => {
    assert.equal(isDoubted(after([[0, { failed: 3 }]]), 0), false)
    const doubted = after([[0, { failed: 1, doubt: true }]])
    assert.equal(isDoubted(doubted, minute), true)
    assert.equal(isDoubted(doubted, 6 * minute), false)
    const open = after(
      [
        [10, 'bad'],
        [20, 'bad'],
        [30, 'bad'],
      ],
      doubted,
    )
    assert.equal(open.phase, 'open')
    assert.equal(isDoubted(open, hour), true)
    const back = after(
      [
        [60, 'ok'],
        [70, 'ok'],
        [90, 'ok'],
        [120, 'ok'],
        [150, 'ok'],
      ],
      open,
    )
    assert.equal(back.health, 'up')
    assert.equal(isDoubted(back, 150 * second), false)
  })
})

// --- Whatever happens ----------------------------------------------------------------------------------------------

const seen = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('ok' as const, 'slow' as const, 'bad' as const) },
  { weight: 1, arbitrary: fc.record({ ok: fc.integer({ min: 1, max: 20 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ failed: fc.integer({ min: 1, max: 8 }), from: fc.integer({ min: 0, max: 20 }) }),
  },
)
/** Pauses and what was seen after each. */
const life = fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), seen), { maxLength: 120 })

function lived(pauses: readonly (readonly [number, Step[1]])[]): { at: Instant; outcomes: Outcome[] }[] {
  let now = 0
  return pauses.map(([pause, what]) => {
    now += pause
    return { at: now * second, outcomes: outcomesOf([[now, what]]) }
  })
}

describe('whatever happens', () => {
  test('isolated failures never close a provider', () => {
    // Between two failing probes one that works, and at most one network that fails in five minutes.
    const isolated = fc.array(fc.tuple(fc.integer({ min: 5, max: 60 }), fc.boolean(), fc.boolean()), { maxLength: 200 })
    fc.assert(
      fc.property(isolated, (steps) => {
        let [breaker, now, failedAt]: [Breaker, number, number] = [newBreaker, 0, -1000]
        let last: 'ok' | 'bad' = 'ok'
        for (const [pause, fails, signInFails] of steps) {
          now += pause
          last = fails && last === 'ok' ? 'bad' : 'ok'
          const isAlone = signInFails && now - failedAt > 360
          if (isAlone) failedAt = now
          breaker = after([[now, last], ...(isAlone ? [[now, { failed: 1, from: now }] as Step] : [])], breaker)
          assert.notEqual(breaker.health, 'down')
        }
      }),
    )
  })

  test('an improvement never comes sooner than a minute after the last change, and always with a reason to be worse', () => {
    const rank: Record<Health, number> = { up: 0, degraded: 1, down: 2 }
    fc.assert(
      fc.property(life, (pauses) => {
        let breaker = newBreaker
        let changedAt = Number.NEGATIVE_INFINITY
        for (const { at, outcomes } of lived(pauses)) {
          const { health } = breaker
          breaker = advance(breaker, outcomes, at, settings)
          assert.equal(breaker.health !== 'up', breaker.reasons.length > 0)
          assert.equal(breaker.health === 'down', breaker.phase !== 'closed')
          if (breaker.health === health) continue
          assert.equal(breaker.since, at)
          if (rank[breaker.health] < rank[health]) assert.ok(at - changedAt >= settings.settle)
          changedAt = at
        }
      }),
    )
  })

  test('once all is well it is up again within twenty minutes, if it is only looked at', () => {
    fc.assert(
      fc.property(life, fc.float({ min: 0, max: 1, noNaN: true }), (pauses, chance) => {
        let [breaker, now]: [Breaker, number] = [newBreaker, 0]
        for (const { at, outcomes } of lived(pauses)) {
          breaker = advance(breaker, outcomes, at, settings)
          now = at
        }
        const wellSince = now
        while (breaker.health !== 'up') {
          now = nextProbe(breaker, now, settings, chance)
          breaker = advance(breaker, [{ from: 'probe', at: now, result: 'success' }], now, settings)
          assert.ok(now - wellSince < 20 * minute)
        }
      }),
    )
  })

  test('what it keeps is small, and is the same after being written down', () => {
    fc.assert(
      fc.property(life, (pauses) => {
        let breaker = newBreaker
        for (const { at, outcomes } of lived(pauses)) {
          const text = JSON.stringify(breaker)
          assert.ok(text.length < 20_000)
          assert.deepEqual(
            advance(JSON.parse(text) as Breaker, outcomes, at, settings),
            advance(breaker, outcomes, at, settings),
          )
          breaker = advance(breaker, outcomes, at, settings)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('nothing that a browser can cause closes a provider whose probes succeed', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 30 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(steps, (attacks) => {
        let [breaker, now]: [Breaker, number] = [newBreaker, 0]
        for (const [pause, networks] of attacks) {
          now += pause
          breaker = after(
            [
              [now, { failed: networks, from: now * 100, doubt: true }],
              [now, 'ok'],
            ],
            breaker,
          )
          assert.notEqual(breaker.health, 'down')
        }
      }),
    )
  })
})
