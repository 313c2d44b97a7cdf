/**
 * The breaker against years of providers that fail, stutter and come back, on a clock of its own: how often it is wrong,
 * and how long it takes to notice. The numbers are printed, and bounded.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { day, hour, minute, second } from '../kernel/durations.ts'
import {
  advance,
  type Breaker,
  type BreakerSettings,
  type Health,
  healthAt,
  isDoubted,
  newBreaker,
  nextProbe,
  type Outcome,
} from './breaker.ts'

const settings: BreakerSettings = { interval: 30 * second, failures: 3, networks: 5, settle: minute }
const probeTimeout = 5 * second

/** The same draws each time (xorshift32): what is printed for one version is printed again. */
function chances(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

interface World {
  /** What fails while it is out: all of it, or sign-ins alone, before or after the code was accepted. */
  kind: 'everything' | 'codes' | 'answers'
  /** Sign-ins each minute. */
  signIns: number
  /** Part of the probes and sign-ins that go wrong although nothing is the matter. */
  noise: number
  /** Part of the probes that are slow although nothing is the matter. */
  slow: number
  /** Between two interruptions of a few seconds; they are no outages. */
  stutterEvery: number
  /** Somebody brings made-up codes, which crash the token endpoint of this provider, from so many networks a minute. */
  attack: number
}

const calm: World = {
  kind: 'everything',
  signIns: 0,
  noise: 0.005,
  slow: 0.01,
  stutterEvery: 2 * hour,
  attack: 0,
}

interface Tally {
  outages: number
  years: number
  /** It was said to be down, and was not. */
  falseAlarms: number
  falseWarnings: number
  /** Outages of two minutes or more of which people were told nothing. */
  unnoticed: number
  /** From the beginning to `down`, or to `degraded` where that is what is said; sorted. */
  delays: number[]
  /** From the end to the first moment at which people are sent there again; sorted. */
  returns: number[]
  /** Changes of health, all told. */
  changes: number
  /** The shortest time between two changes of which the second is an improvement. */
  quickest: number
}

/** Outages one after the other, until there were enough. */
function live(world: World, outages: number, seed: number): Tally {
  const chance = chances(seed)
  const exponential = (mean: number) => -Math.log(1 - chance()) * mean
  const tally: Tally = {
    outages: 0,
    years: 0,
    falseAlarms: 0,
    falseWarnings: 0,
    unnoticed: 0,
    delays: [],
    returns: [],
    changes: 0,
    quickest: Number.POSITIVE_INFINITY,
  }
  let now = 0
  let breaker: Breaker = newBreaker
  let probeAt = 0
  let signInAt = world.signIns > 0 ? exponential(minute / world.signIns) : Number.POSITIVE_INFINITY
  let attackAt = world.attack > 0 ? exponential(minute / world.attack) : Number.POSITIVE_INFINITY
  let stutter = { from: exponential(world.stutterEvery), until: 0 }
  stutter.until = stutter.from + 10 * second * chance()
  let outage = nextOutage()
  let noticedAt: number | undefined
  let returned = true
  let changedAt = Number.NEGATIVE_INFINITY

  function nextOutage() {
    const from = now + 20 * minute + exponential(hour)
    // From half a minute to hours, most of them minutes.
    return { from, until: from + 30 * second + Math.min(6 * hour, exponential(1) ** 3 * 5 * minute) }
  }

  const isOut = () => now >= outage.from && now < outage.until
  const isStuttering = () => now >= stutter.from && now < stutter.until

  function observe(outcome: Outcome): void {
    const { health, phase } = breaker
    breaker = advance(breaker, [outcome], now, settings)
    // As `partners/health.ts` does it.
    const next = nextProbe(breaker, now, settings, chance())
    probeAt = outcome.from === 'probe' || breaker.phase !== phase ? next : Math.min(probeAt, next)
    if (breaker.health !== health) changed(health, breaker.health)
  }

  function changed(before: Health, after: Health): void {
    tally.changes++
    const isBetter = before === 'down' || after === 'up'
    if (isBetter) tally.quickest = Math.min(tally.quickest, now - changedAt)
    changedAt = now
    if (isBetter) return
    // What is found out in the seconds after its end is about the outage all the same.
    const isAbout = now >= outage.from && now < outage.until + 40 * second
    if (after === 'down' && !isAbout) tally.falseAlarms++
    if (after === 'degraded' && !isAbout) tally.falseWarnings++
    if (!isAbout || (after === 'degraded' && world.kind !== 'codes')) return
    noticedAt ??= now
    returned = false
  }

  function probe(): void {
    const asksTokens = isDoubted(breaker, now)
    const fails =
      isStuttering() ||
      (isOut() && (world.kind === 'everything' || (world.kind === 'codes' && asksTokens))) ||
      chance() < world.noise
    // Half of those that fail do so by saying nothing.
    now += fails && chance() < 0.5 ? probeTimeout : 50
    const result = fails ? 'failure' : chance() < world.slow ? 'slow' : 'success'
    observe({ from: 'probe', at: now, result, ...(fails ? { reason: 'unreachable' } : {}) })
  }

  function signIn(): void {
    signInAt = now + exponential(minute / world.signIns)
    // Nobody is sent where it is said to be down.
    if (healthAt(breaker, now, settings).health === 'down') return
    const source = Math.floor(chance() * 65_536)
    const fails = isOut() || isStuttering() || chance() < world.noise
    const proved = world.kind === 'answers' && isOut()
    if (fails) observe({ from: 'traffic', at: now, result: 'failure', reason: 'out_of_order', source, proved })
    else observe({ from: 'traffic', at: now, result: 'success', count: 1 })
  }

  function attack(): void {
    attackAt = now + exponential(minute / world.attack)
    if (healthAt(breaker, now, settings).health === 'down') return
    const source = Math.floor(chance() * 65_536)
    observe({ from: 'traffic', at: now, result: 'failure', reason: 'out_of_order', source, proved: false })
  }

  const begun = now
  while (tally.outages < outages) {
    now = Math.max(now, Math.min(probeAt, signInAt, attackAt))
    if (now >= stutter.until) {
      const from = now + exponential(world.stutterEvery)
      stutter = { from, until: from + 10 * second * chance() }
    }
    if (now >= outage.until && !returned && breaker.health !== 'down') {
      returned = true
      tally.returns.push(now - outage.until)
    }
    if (now >= outage.until + 20 * minute) {
      tally.outages++
      if (noticedAt !== undefined) tally.delays.push(noticedAt - outage.from)
      else if (outage.until - outage.from >= 2 * minute) tally.unnoticed++
      noticedAt = undefined
      returned = true
      outage = nextOutage()
    }
    if (probeAt <= now) probe()
    else if (signInAt <= now) signIn()
    else attack()
  }
  tally.years = (now - begun) / (365 * day)
  tally.delays.sort((a, b) => a - b)
  tally.returns.sort((a, b) => a - b)
  return tally
}

const quantile = (sorted: readonly number[], part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? 0
/** Two a year; what is simulated for less than a year may have two all the same. */
const falseAlarmsIn = (years: number) => Math.max(2, 2 * years)
const seconds = (length: number) => `${Math.round(length / second)} s`

function told(context: { diagnostic(text: string): void }, name: string, tally: Tally): void {
  const { outages, years, falseAlarms, falseWarnings, unnoticed, delays, returns, changes } = tally
  const spread = (sorted: readonly number[]) =>
    `half within ${seconds(quantile(sorted, 0.5))}, 95 % within ${seconds(quantile(sorted, 0.95))}, all within ${seconds(quantile(sorted, 1))}`
  context.diagnostic(
    `${name}: ${outages} outages in ${years.toFixed(1)} years · false alarms ${falseAlarms} · false warnings ${falseWarnings} · ` +
      `unnoticed ${unnoticed} · noticed ${spread(delays)} · back ${spread(returns)} · ${(changes / outages).toFixed(2)} changes each`,
  )
}

test('outages of a provider that nobody uses: found by probes alone', (context) => {
  const tally = live(calm, 3_000, 1)
  told(context, 'probes alone', tally)
  assert.ok(tally.falseAlarms <= falseAlarmsIn(tally.years))
  assert.equal(tally.unnoticed, 0)
  assert.ok(quantile(tally.delays, 0.5) <= 50 * second)
  assert.ok(quantile(tally.delays, 0.95) <= 70 * second)
  assert.ok(quantile(tally.delays, 1) <= 2 * minute)
  assert.ok(quantile(tally.returns, 1) <= 7 * minute)
  assert.ok(tally.quickest >= settings.settle)
  assert.ok(tally.changes / tally.outages < 4)
})

test('a provider in use: sign-ins that fail do not make it flap', (context) => {
  const tally = live({ ...calm, signIns: 3 }, 1_000, 2)
  told(context, 'three sign-ins a minute', tally)
  assert.ok(tally.falseAlarms <= falseAlarmsIn(tally.years))
  assert.equal(tally.unnoticed, 0)
  assert.ok(quantile(tally.delays, 0.95) <= 70 * second)
  assert.ok(tally.quickest >= settings.settle)
})

test('answers that do not verify, which no probe sees: found by sign-ins from several networks', (context) => {
  const tally = live({ ...calm, kind: 'answers', signIns: 3 }, 500, 3)
  told(context, 'answers that do not verify', tally)
  assert.ok(tally.falseAlarms <= falseAlarmsIn(tally.years))
  assert.ok(quantile(tally.delays, 0.5) <= 5 * minute)
  assert.ok(tally.quickest >= settings.settle)
})

test('a token endpoint that is out of order alone: doubted by sign-ins, decided by probes', (context) => {
  const tally = live({ ...calm, kind: 'codes', signIns: 2 }, 500, 4)
  told(context, 'token endpoint alone', tally)
  assert.ok(tally.falseAlarms <= falseAlarmsIn(tally.years))
  assert.ok(quantile(tally.delays, 0.5) <= 2 * minute)
  assert.ok(tally.quickest >= settings.settle)
})

test('codes made to crash a token endpoint, from many networks, all the time, close nothing', (context) => {
  const tally = live({ ...calm, noise: 0, stutterEvery: 1e6 * day, signIns: 1, attack: 10 }, 20, 5)
  told(context, 'under attack', tally)
  assert.equal(tally.falseAlarms, 0)
})

test('a provider on which half of everything fails does not go up and down with it', (context) => {
  const chance = chances(6)
  let breaker: Breaker = newBreaker
  let changes = 0
  let now = 0
  while (now < 10 * day) {
    const result = chance() < 0.5 ? 'failure' : 'success'
    const next = advance(breaker, [{ from: 'probe', at: now, result }], now, settings)
    if (next.health !== breaker.health) changes++
    breaker = next
    now = nextProbe(breaker, now, settings, chance())
  }
  context.diagnostic(`half of all probes fail: ${(changes / 240).toFixed(2)} changes an hour`)
  assert.ok(changes / 240 < 8, String(changes / 240))
})
