/**
 * The observed health of providers, shared by all processes: what each of them sees of a provider goes into one row,
 * under whose lock `policy/breaker.ts` decides, and every process reads what came of it. This file owns the schedule of
 * probes (a lease on the row: one process at a time, and so one trial at a time when the breaker is half open), the
 * gathering of real sign-ins, incidents and their notes. It does not make the probes nor judge answers (`upstream/`), and
 * it does not decide what people are shown.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import type { Reach } from '../http/outbound.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { type IncidentId, newId, type ProviderId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import { randomBytes } from '../kernel/random.ts'
import { hashSecret, keyedHash } from '../kernel/secrets.ts'
import {
  advance,
  type Breaker,
  type HealthReason,
  healthAt,
  isDoubted,
  newBreaker,
  nextProbe,
  type ObservedHealth,
  type ProbeOutcome,
  type TrafficOutcome,
} from '../policy/breaker.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { follow } from './following.ts'
import { breakerSettings, type HealthSettings } from './health-settings.ts'
import { createOwnNetwork, hostOf, type Knock, type OwnNetwork } from './own-network.ts'
import type { Connector, Provider, Registry } from './partners.ts'
import { createStandIns, type StandIns } from './stand-ins.ts'
import { type HealthRow, type StandInRow, standInStore, healthStore as store } from './store.ts'
import { isHouseConnector } from './vocabulary.ts'

/** A time during which a provider did not work well; what the public status page tells. */
export interface Incident {
  id: IncidentId
  provider: ProviderId
  /** The worst that it came to. */
  health: 'degraded' | 'down'
  reasons: readonly HealthReason[]
  openedAt: Instant
  closedAt?: Instant
  /** What an operator tells the public of it. */
  note?: { text: Translated; author: Actor; at: Instant }
}

/** How a sign-in at a provider went, as far as it tells something of the provider. */
export type SignInOutcome =
  /** How long the provider took over it, in milliseconds. */
  | { result: 'success'; took: number }
  /** `from`: the address that the person comes from. `proved`: nothing that a browser chose can have caused it. */
  | { result: 'failure'; reason: HealthReason; proved: boolean; from: string | undefined }

/**
 * Looks at one provider. `doubted`: sign-ins failed at its token endpoint, which is therefore to be asked as well. Of a
 * failure it says how far it got; by default somebody answered.
 */
export type Probe = (
  provider: Provider,
  options: { doubted: boolean },
) => Promise<Omit<ProbeOutcome, 'from' | 'at'> & { reach?: Reach }>

export interface Health {
  of(provider: ProviderId): ObservedHealth
  /** The one that is not over. */
  incidentOf(provider: ProviderId): Incident | undefined
  /** When this process last read what all processes know. */
  readAt(): Instant
  /** Since when this process has reached no provider: then none of them can be used here, whatever is known of them. */
  cutOffSince(): Instant | undefined
  /** Never waits and never throws: what is reported is written once a second at most, for all sign-ins together. */
  report(provider: ProviderId, outcome: SignInOutcome): void
  /** Incidents that were not over at an instant, and that began before another one; the newest first. */
  incidents(filter: { since: Instant; before?: Instant; provider?: ProviderId; limit: number }): Promise<Incident[]>
  /**
   * What the public is told of an incident, in place of an earlier note. Who says which one they saw (`seen`: when it was
   * written, undefined for none) writes nothing over a newer one.
   *
   * @throws GarantError `not_found` when there is no such incident
   */
  note(
    incident: IncidentId,
    text: Translated,
    options: { actor: Actor; seen?: { at: Instant | undefined } },
  ): Promise<'done' | 'overtaken'>
  /** As the database has it now. */
  incident(id: IncidentId): Promise<Incident | undefined>
  /** What stood in for an e-ID app, and when (`stand-ins.ts`). */
  readonly standIns: StandIns
  /** Deletes incidents, and times of a stand-in, that were over before an instant. */
  forget(before: Instant): Promise<void>
  /**
   * Begins to write what is reported and, with a probe, to look at what is due: this process among others. With `knock`
   * it finds out whether it is this process that reaches nobody.
   */
  start(eyes?: Probe | { probe?: Probe; knock?: Knock }): void
  /** One turn now: looks at what is due, writes what was gathered, reads what came of it. */
  turn(): Promise<void>
  /** Ends the turns, writes what was gathered, and follows no more. */
  close(): Promise<void>
}

export interface HealthOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  registry(): Registry
  settings: HealthSettings
  /** Tells networks apart. */
  key: Buffer
  log: (message: string, inside: Record<string, unknown>) => void
  /** From 0 to 1, so that many providers are not looked at in one moment. */
  chance?: () => number
}

/** Between two turns. */
const turnEvery = second
/** Sign-ins that succeed at a provider that works are no news: they wait for others. */
const goodNewsEvery = 10 * second
/** Probes of one process under way at a time. */
const mostProbes = 32
/** After this time another process may look instead: longer than a probe can take. */
const lease = minute
/** Trouble that does not close a provider is told to the public when it lasts. */
const lastingTrouble = 5 * minute
/** Different networks that are remembered for one provider between two turns. */
const mostFailures = 64

/** What was seen of one provider since the last writing. */
interface News {
  since: Instant
  successes: number
  slow: number
  /** When somebody signed in last. */
  signedInAt: Instant
  failures: Map<string, TrafficOutcome>
  probe?: { outcome: ProbeOutcome; by: string }
}

interface Known {
  rows: ReadonlyMap<ProviderId, HealthRow>
  open: ReadonlyMap<ProviderId, Incident>
  standIns: ReadonlyMap<ProviderId, StandInRow>
}

const systemChance = () => randomBytes(2).readUInt16BE() / 0x10000

export async function createHealth(options: HealthOptions): Promise<Health> {
  const { storage, clock, audit, registry, key, log, chance = systemChance } = options
  const { probes, slowMilliseconds } = options.settings
  const settings = breakerSettings(options.settings)
  const own = randomBytes(9).toString('base64url')
  const known = await follow<Known>({ storage, clock, channel: 'garant_health', read, log })
  let gathered = new Map<ProviderId, News>()
  let probe: Probe | undefined
  let network: OwnNetwork | undefined
  let timer: NodeJS.Timeout | undefined
  let claims = 0
  let closed = false
  /** The registry whose providers have their rows. */
  let registered: number | undefined
  let turning: Promise<void> = Promise.resolve()
  let isTurning = false
  const underWay = new Set<Promise<void>>()

  // --- What all processes know ---------------------------------------------------------------------------------------

  async function read(): Promise<Known> {
    const [rows, open, standIns] = await Promise.all([
      store.all(storage.db),
      store.openIncidents(storage.db),
      standInStore.open(storage.db),
    ])
    return {
      rows: new Map(rows.map((row) => [row.provider, row])),
      open: new Map(open.map((incident) => [incident.provider, incident])),
      standIns: new Map(standIns.map((row) => [row.provider, row])),
    }
  }

  const breakerOf = (provider: ProviderId) => known.present().rows.get(provider)?.breaker ?? newBreaker

  /** Rows for what was published, none for what is not any more; other addresses begin anew. */
  async function register(): Promise<void> {
    const { version, providers } = registry()
    if (registered === version) return
    const now = clock.now()
    const isKnown = (provider: Provider) =>
      known.present().rows.get(provider.id)?.addresses === digestOf(provider.connector)
    const isComplete = [...providers.values()].every(isKnown) && known.present().rows.size === providers.size
    if (!isComplete) {
      await storage.transaction(async (tx) => {
        const rows = new Map((await store.lock(tx)).map((row) => [row.provider, row]))
        const gone = [...rows.keys()].filter((id) => !providers.has(id))
        const others = [...providers.values()].filter(
          ({ id, connector }) => rows.has(id) && rows.get(id)?.addresses !== digestOf(connector),
        )
        await store.add(
          tx,
          [...providers.values()].filter(({ id }) => !rows.has(id)).map((provider) => newRow(provider, now)),
        )
        await store.remove(tx, gone)
        const renewed = others.map((provider) => newRow(provider, now))
        await store.write(tx, renewed)
        const changes = [...gone, ...others.map(({ id }) => id)].map((provider) => ({
          provider,
          before: rows.get(provider)?.breaker ?? newBreaker,
          after: { ...newBreaker, since: now },
        }))
        await tell(tx, changes, now)
      })
      await known.refresh()
    }
    registered = version
  }

  function newRow(provider: Provider, now: Instant): HealthRow {
    return {
      provider: provider.id,
      addresses: digestOf(provider.connector),
      breaker: newBreaker,
      // All of them once within the first interval, and not at one moment.
      nextProbeAt: isProbed(provider) ? now + settings.interval * chance() : null,
      probedBy: null,
      probedUntil: null,
    }
  }

  const isProbed = ({ connector }: Provider) => probes && addressesOf(connector).length > 0

  function of(provider: ProviderId): ObservedHealth {
    const { connector } = registry().providers.get(provider) ?? {}
    // The hub answers this question, so it works.
    if (connector?.kind === 'own_means') return { health: 'up', reasons: [] }
    const since = network?.lostSince()
    if (since !== undefined && connector && hostOf(connector) !== undefined) {
      return { health: 'down', since, reasons: ['own_network'] }
    }
    return healthAt(breakerOf(provider), clock.now(), settings)
  }

  const standIns = createStandIns({
    storage,
    clock,
    audit,
    registry,
    healthOf: of,
    open: () => known.present().standIns,
  })

  // --- Writing -------------------------------------------------------------------------------------------------------

  /** What is worth a statement now. */
  function takeNews(isAll: boolean): Map<ProviderId, News> {
    const now = clock.now()
    const isWorth = ([provider, { since, failures, probe }]: [ProviderId, News]) =>
      isAll || probe || failures.size > 0 || now - since >= goodNewsEvery || breakerOf(provider).health !== 'up'
    const taken = new Map([...gathered].filter(isWorth))
    gathered = new Map([...gathered].filter(([provider]) => !taken.has(provider)))
    return taken
  }

  /** Providers of which time alone says something else than what is written: their incident is over with it. */
  function overtaken(): ProviderId[] {
    const now = clock.now()
    const { rows } = known.present()
    return [...rows.values()]
      .filter(({ breaker }) => breaker.health !== 'up' && healthAt(breaker, now, settings).health !== breaker.health)
      .map(({ provider }) => provider)
  }

  /** Sign-ins that nobody answered are held against nobody before it is known that somebody else does. */
  async function forgiveOwnFaults(): Promise<void> {
    const isSilent = (outcome: TrafficOutcome) => outcome.result === 'failure' && outcome.reason === 'unreachable'
    const silent = [...gathered.values()].filter(({ failures }) => [...failures.values()].some(isSilent))
    if (!network || silent.length === 0) return
    // A process that ends asks nobody any more.
    const isOurs = closed ? isCutOff() : await network.isOurs({ reach: 'silent' })
    if (!isOurs) return
    for (const { failures } of silent) {
      for (const [key, failure] of failures) if (isSilent(failure)) failures.delete(key)
    }
  }

  async function write(isAll = false): Promise<void> {
    await forgiveOwnFaults()
    const news = takeNews(isAll)
    const concerned = [...new Set([...news.keys(), ...overtaken()])].filter((id) => registry().providers.has(id))
    if (concerned.length === 0) return
    try {
      await storage.transaction((tx) => writeDown(tx, concerned, news))
    } catch (error) {
      // It is gathered again with what comes meanwhile; failures are few by construction.
      for (const [provider, lost] of news) gathered.set(provider, joined(lost, gathered.get(provider)))
      throw error
    }
    await known.refresh()
  }

  async function writeDown(
    tx: Tx,
    concerned: readonly ProviderId[],
    news: ReadonlyMap<ProviderId, News>,
  ): Promise<void> {
    const now = clock.now()
    const { rows } = known.present()
    const { providers } = registry()
    const missing = concerned.filter((id) => !rows.has(id)).flatMap((id) => providers.get(id) ?? [])
    await store.add(
      tx,
      missing.map((provider) => newRow(provider, now)),
    )
    const locked = await store.lock(tx, concerned)
    const changes = locked.map((row) => {
      const seen = news.get(row.provider)
      // A probe that took longer than its lease is not the trial that counts.
      const own = seen?.probe && seen.probe.by === row.probedBy ? seen.probe.outcome : undefined
      const outcomes = [...(own ? [own] : []), ...(seen ? signInsOf(seen) : [])]
      const after = advance(row.breaker, outcomes, now, settings)
      return { row, provider: row.provider, before: row.breaker, after, isProbed: own !== undefined }
    })
    await store.write(
      tx,
      changes.map(({ row, before, after, isProbed: isOver }) => ({
        ...row,
        breaker: after,
        nextProbeAt: row.nextProbeAt === null ? null : dueAt(row.nextProbeAt, { before, after, isOver, now }),
        ...(isOver ? { probedBy: null, probedUntil: null } : {}),
      })),
    )
    await tell(tx, changes, now)
  }

  /** Doubts bring the next probe forward; only a probe, or a breaker that opens, puts it off. */
  function dueAt(
    due: Instant,
    { before, after, isOver, now }: { before: Breaker; after: Breaker; isOver: boolean; now: Instant },
  ): Instant {
    const next = nextProbe(after, now, settings, chance())
    return isOver || before.phase !== after.phase ? next : Math.min(due, next)
  }

  /** Facts and incidents of what changed; every process hears of it at once. */
  async function tell(
    tx: Tx,
    changes: readonly { provider: ProviderId; before: Breaker; after: Breaker }[],
    now: Instant,
  ): Promise<void> {
    const open = new Map((await openOf(tx, changes)).map((incident) => [incident.provider, incident]))
    const facts: Fact[] = []
    for (const { provider, before, after } of changes) {
      if (after.health !== before.health) {
        const reasons = [...after.reasons]
        facts.push({
          name: 'provider.health_changed',
          data: { provider, health: after.health, before: before.health, reasons },
        })
        log('the health of a provider changed', { provider, health: after.health, reasons: reasons.join(' ') })
      }
      facts.push(...(await keepIncident(tx, provider, { incident: open.get(provider), after, now })))
    }
    if (facts.length === 0) return
    audit.append(tx, ...facts)
    await storage.notify(tx, 'garant_health')
  }

  /** Most changes are none: then nothing is asked. */
  async function openOf(tx: Tx, changes: readonly { before: Breaker; after: Breaker }[]): Promise<Incident[]> {
    const isQuiet = changes.every(({ before, after }) => before.health === 'up' && after.health === 'up')
    return isQuiet ? [] : store.openIncidents(tx)
  }

  async function keepIncident(
    tx: Tx,
    provider: ProviderId,
    { incident, after, now }: { incident: Incident | undefined; after: Breaker; now: Instant },
  ): Promise<Fact[]> {
    const { health, reasons, since = now } = after
    if (health === 'up') {
      if (!incident) return []
      await store.closeIncident(tx, incident.id, since)
      return [{ name: 'incident.closed', data: { incident: incident.id, provider } }]
    }
    if (incident) {
      if (incident.health === 'down' || health === 'degraded') return []
      await store.worsenIncident(tx, { ...incident, health, reasons })
      return []
    }
    if (health === 'degraded' && now - since < lastingTrouble) return []
    const opened: Incident = { id: newId('incident'), provider, health, reasons, openedAt: since }
    await store.openIncident(tx, opened)
    return [{ name: 'incident.opened', data: { incident: opened.id, provider, health } }]
  }

  // --- Gathering -----------------------------------------------------------------------------------------------------

  function newsOf(provider: ProviderId): News {
    const known = gathered.get(provider)
    if (known) return known
    const now = clock.now()
    const news = { since: now, successes: 0, slow: 0, signedInAt: now, failures: new Map() }
    gathered.set(provider, news)
    return news
  }

  /**
   * Which network somebody comes from, as sixteen bits: enough to tell two of them apart, and no address to anybody who
   * reads it in the minutes for which it is kept.
   */
  function sourceOf(from: string | undefined): number {
    return Buffer.from(keyedHash(key, 'network', neighbourhoodOf(from) ?? ''), 'base64url').readUInt16BE()
  }

  function report(provider: ProviderId, outcome: SignInOutcome): void {
    const news = newsOf(provider)
    if (outcome.result === 'success') {
      network?.heard()
      if (outcome.took > slowMilliseconds) news.slow++
      else news.successes++
      news.signedInAt = clock.now()
      return
    }
    const { reason, proved, from } = outcome
    if (news.failures.size >= mostFailures) return
    const source = sourceOf(from)
    const seen = { from: 'traffic', at: clock.now(), result: 'failure', reason, proved, source } as const
    news.failures.set(`${source} ${proved}`, seen)
  }

  /** Looks at what is due and free, as much as there is room for; returns how many. */
  async function claim(look: Probe): Promise<number> {
    const now = clock.now()
    const most = mostProbes - underWay.size
    const isDue = ({ nextProbeAt }: HealthRow) => nextProbeAt !== null && nextProbeAt <= now
    if (most <= 0 || ![...known.present().rows.values()].some(isDue)) return 0
    claims += 1
    const by = `${own}.${claims}`
    const rows = await store.claim(storage.db, { by, now, until: now + lease, most })
    for (const { provider, breaker } of rows) {
      const running = lookAt(provider, { look, breaker, by }).finally(() => underWay.delete(running))
      underWay.add(running)
    }
    return rows.length
  }

  async function lookAt(
    id: ProviderId,
    { look, breaker, by }: { look: Probe; breaker: Breaker; by: string },
  ): Promise<void> {
    const provider = registry().providers.get(id)
    // It was published meanwhile, and this process has not heard of it: its lease ends by itself.
    if (!provider) return
    try {
      const { reach = 'answered', ...seen } = await look(provider, { doubted: isDoubted(breaker, clock.now()) })
      const at = clock.now()
      if (reach === 'answered') network?.heard()
      else if (await network?.isOurs({ provider, reach })) return await store.release(storage.db, by)
      if (!closed) newsOf(id).probe = { outcome: { from: 'probe', at, ...seen }, by }
    } catch (error) {
      log('a provider could not be probed', { provider: id, error })
    }
  }

  // --- Turns ---------------------------------------------------------------------------------------------------------

  /** One after the other, whoever asks. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = turning.then(work)
    turning = turn.catch(() => {})
    return turn
  }

  async function tick(): Promise<void> {
    await register()
    await network?.tryAgain()
    await write()
    await keepStandIns()
    if (probe && !isCutOff()) await claim(probe)
  }

  async function keepStandIns(): Promise<void> {
    if (await standIns.keep()) await known.refresh()
  }

  /** Then others look at providers, whose network may be another. */
  const isCutOff = () => network?.lostSince() !== undefined

  async function turn(): Promise<void> {
    await register()
    await network?.tryAgain()
    await known.refresh()
    while (probe && !isCutOff() && (await claim(probe)) > 0) {
      await Promise.all(underWay)
      await write(true)
    }
    await Promise.all(underWay)
    await write(true)
    await known.refresh()
    await keepStandIns()
  }

  const begin = () => {
    if (isTurning) return
    isTurning = true
    inTurn(tick)
      .catch((error: unknown) => log('the health of providers could not be kept', { error }))
      .finally(() => {
        isTurning = false
      })
  }

  return {
    of,
    incidentOf: (provider) => known.present().open.get(provider),
    readAt: known.readAt,
    cutOffSince: () => network?.lostSince(),
    report,
    incidents: (filter) => store.incidents(storage.db, filter),
    async note(id, text, { actor, seen }) {
      const outcome = await storage.transaction(async (tx) => {
        const before = seen && (await store.incident(tx, id, { lock: true }))
        if (before && before.note?.at !== seen.at) return 'overtaken' as const
        const noted = await store.noteIncident(tx, id, { text, author: actor, at: clock.now() })
        if (!noted) throw new GarantError('not_found', { incident: id })
        audit.append(tx, { name: 'incident.noted', data: { incident: id, provider: noted.provider, actor } })
        await storage.notify(tx, 'garant_health')
        return 'done' as const
      })
      await known.refresh()
      return outcome
    },
    incident: (id) => store.incident(storage.db, id),
    standIns,
    async forget(before) {
      await store.forgetIncidents(storage.db, before)
      await standInStore.forget(storage.db, before)
    },
    start(eyes = {}) {
      const { probe: look, knock } = typeof eyes === 'function' ? { probe: eyes } : eyes
      probe = probes ? look : undefined
      network = probes && knock ? createOwnNetwork({ clock, registry, knock, log }) : undefined
      timer ??= setInterval(begin, turnEvery).unref()
    },
    turn: () => inTurn(turn),
    async close() {
      const wasStarted = timer !== undefined
      clearInterval(timer)
      closed = true
      probe = undefined
      await turning
      // What is under way ends by itself within its time limit; its lease too.
      if (wasStarted) await write(true).catch(() => log('the last news of providers were not written', {}))
      await known.close()
    },
  }
}

/** Where the probes of a provider go; empty when there is nothing to look at. */
function addressesOf(connector: Connector): readonly string[] {
  if (connector.kind === 'own_means') return []
  const status = 'statusUrl' in connector && connector.statusUrl !== undefined ? [connector.statusUrl] : []
  if (isHouseConnector(connector)) return status
  if (connector.kind === 'gateway') return [...(connector.jwksUri === undefined ? [] : [connector.jwksUri]), ...status]
  const { issuer, discoveryUrl = '', metadata = {} } = connector
  return [issuer, discoveryUrl, JSON.stringify(metadata), ...status]
}

function digestOf(connector: Connector): string {
  return hashSecret(JSON.stringify(addressesOf(connector)))
}

function signInsOf({ successes, slow, signedInAt: at, failures }: News): TrafficOutcome[] {
  return [
    ...(successes > 0 ? [{ from: 'traffic', at, result: 'success', count: successes } as const] : []),
    ...(slow > 0 ? [{ from: 'traffic', at, result: 'slow', count: slow } as const] : []),
    ...failures.values(),
  ]
}

function joined(lost: News, later: News | undefined): News {
  if (!later) return lost
  return {
    since: lost.since,
    successes: lost.successes + later.successes,
    slow: lost.slow + later.slow,
    signedInAt: Math.max(lost.signedInAt, later.signedInAt),
    failures: new Map([...lost.failures, ...later.failures].slice(0, mostFailures)),
    ...(later.probe ? { probe: later.probe } : lost.probe ? { probe: lost.probe } : {}),
  }
}
