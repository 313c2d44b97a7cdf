import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { shippedTunings } from '../policy/detection.ts'
import { changedTunings, renderSimulation, type Simulation, simulate, tuningsIn } from './simulation.ts'
import { makeTraffic, theftKinds } from './traffic.ts'

const seeds = [1, 2, 3, 4]
const month = { people: 1_000, days: 30 }

/** Of several months together, as one has only some twenty thefts. */
function pooled(months: readonly Simulation[]) {
  const sum = (of: (month: Simulation) => number) => months.reduce((total, one) => total + of(one), 0)
  const shareOf = (some: (month: Simulation) => { found: number; of: number } | undefined) =>
    sum((one) => some(one)?.found ?? 0) / sum((one) => some(one)?.of ?? 0)
  return {
    precision: sum(({ score }) => score.precision.confirmed) / sum(({ score }) => score.precision.concluded),
    recall: shareOf(({ score }) => score.recall),
    attacks: shareOf(({ score }) => score.rules.find(({ rule }) => rule === 'provider_refusals')?.recall),
    kind: (kind: string) => shareOf(({ score }) => score.kinds.find((one) => one.kind === kind)),
    aDay: (sum(({ score }) => score.precision.concluded) / months.length / month.days / month.people) * 10_000,
  }
}

describe('R100: the rules on a made-up month', () => {
  test('find what is loud, are right every third time at least, and keep the queue short', async () => {
    const found = pooled(await Promise.all(seeds.map((seed) => simulate({ seed, ...month }, shippedTunings))))
    assert.ok(found.precision > 0.35, `precision ${found.precision}`)
    assert.ok(found.recall > 0.35, `recall ${found.recall}`)
    assert.ok(found.kind('burst') > 0.3, `burst ${found.kind('burst')}`)
    assert.ok(found.kind('one_device') > 0.4, `one device ${found.kind('one_device')}`)
    assert.ok(found.attacks > 0.6, `attacks ${found.attacks}`)
    assert.ok(found.aDay < 15, `${found.aDay} cases a day for 10,000 people`)
    // What nobody can see in the ledger is not claimed to be seen.
    assert.ok(found.kind('at_home') < 0.2)
  })

  test('the same seed makes the same month, another one another', async () => {
    const small = { people: 200, days: 10 }
    const [one, same, other] = [7, 7, 8].map((seed) => makeTraffic({ seed, ...small }))
    assert.deepEqual(one, same)
    assert.notDeepEqual(one?.lines, other?.lines)
    const [first, again] = [
      await simulate({ seed: 7, ...small }, shippedTunings),
      await simulate({ seed: 7, ...small }, shippedTunings),
    ]
    assert.deepEqual(renderSimulation(first), renderSimulation(again))
  })

  test('lines are in the order of time, thefts are in the month, and every kind is planted', () => {
    const { lines, thefts, begins, ends } = makeTraffic({ seed: 3, ...month })
    assert.ok(
      lines.every(
        ({ at, id }, index) => index === 0 || ((lines[index - 1]?.at ?? 0) <= at && (lines[index - 1]?.id ?? '') < id),
      ),
    )
    assert.ok(thefts.every((theft) => theft.begins >= begins && theft.begins < ends && theft.lines.length > 0))
    assert.deepEqual([...new Set(thefts.map(({ kind }) => kind))].sort(), [...theftKinds].sort())
    assert.ok(new Set(thefts.map(({ victim }) => victim)).size === thefts.length, 'nobody is robbed twice')
  })

  test('R125: values that are proposed are compared on the same month', async () => {
    const proposed = changedTunings(shippedTunings, ['device_many_identities=off', 'burst.services=8'])
    if (typeof proposed === 'string') return assert.fail(proposed)
    const { score, proposed: other } = await simulate({ seed: 1, people: 500, days: 30 }, shippedTunings, proposed)
    assert.ok(other)
    assert.equal(other.rules.find(({ rule }) => rule === 'device_many_identities')?.precision.concluded, 0)
    assert.ok(other.recall.found <= score.recall.found)
    const text = renderSimulation({
      options: { seed: 1, people: 500, days: 30 },
      traffic: { signIns: 1, thefts: 1, attacks: 1 },
      score,
      proposed: other,
    })
    assert.match(
      text.at(-1) ?? '',
      /^What changes: \d+ right and \d+ wrong more; \d+ right and \d+ wrong not found any more\.$/,
    )
  })

  test('a change that cannot be is refused, with what could', () => {
    const cases: [string, RegExp][] = [
      ['nonsense=1', /no such rule/],
      ['burst', /no such rule/],
      ['burst.speed=1', /burst has services, minutes, times, new_device/],
      ['burst.services=2', /from 3 to 30/],
      ['burst.services=many', /from 3 to 30/],
      ['burst.times=1.3', /in steps of 0\.5/],
      ['provider_refusals=case', /none of off, watch/],
    ]
    for (const [change, says] of cases) assert.match(String(changedTunings(shippedTunings, [change])), says)
    const changed = changedTunings(shippedTunings, ['burst.services=8', 'burst=watch'])
    assert.ok(typeof changed !== 'string' && changed.burst.parameters.services === 8 && changed.burst.mode === 'watch')
    assert.equal(shippedTunings.burst.parameters.services, 6)
    const [{ rule, ...inForce }] = [{ rule: 'burst', mode: 'off', parameters: { ...shippedTunings.burst.parameters } }]
    assert.deepEqual(tuningsIn(JSON.stringify([{ rule, ...inForce }])), { ...shippedTunings, burst: inForce })
  })
})
