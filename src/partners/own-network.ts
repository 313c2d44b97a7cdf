/**
 * Is it the provider that does not answer, or this process that reaches nobody? Whoever did not answer at all is believed
 * to be at fault only once somebody else answered; until then nothing is held against anybody. What is found is true of
 * this process alone, and kept in its memory: another one, elsewhere in the network, goes on.
 *
 * It asks nobody while all is well. A provider that does not answer costs one request to another one, or none when
 * somebody answered a moment ago.
 */
import type { Reach } from '../http/outbound.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { Connector, Provider, Registry } from './partners.ts'

/** Asks one provider for something public, to learn whether anybody is there. Never throws. */
export type Knock = (provider: Provider) => Promise<Reach>

export interface OwnNetwork {
  /** Since when this process has reached no provider at all; undefined while it does. */
  lostSince(): Instant | undefined
  /** Somebody answered. */
  heard(): void
  /** Somebody did not answer: is that to be believed of this process rather than of them? */
  isOurs(silent: { provider?: Provider; reach: Reach }): Promise<boolean>
  /** Tries whether the network is back; no more often than every few seconds. */
  tryAgain(): Promise<void>
}

/** An answer says for so long that the network is there. */
const answerCounts = 5 * second
/** Between two tries while nobody answers. */
const tryEvery = 5 * second
/** Others that are asked before it is said that nobody answers: two data centres that burn at once are two. */
const mostAsked = 8
/** Machines that were asked, at the least: of two that are silent each may be by itself. */
const [enoughSilent, enoughWithoutRoute] = [3, 2]

export interface Heard {
  host: string
  reach: Reach
}

/**
 * `theirs`: at least one answered, or too few were asked to tell. Several providers at one host are one witness. That
 * this machine had no network, no name server or no socket for anybody takes fewer of them than silence does.
 */
export function decideWhose(heard: readonly Heard[]): 'theirs' | 'ours' {
  if (heard.some(({ reach }) => reach === 'answered')) return 'theirs'
  const hosts = new Set(heard.map(({ host }) => host)).size
  const enough = heard.every(({ reach }) => reach === 'no_route') ? enoughWithoutRoute : enoughSilent
  return hosts >= enough ? 'ours' : 'theirs'
}

export function createOwnNetwork(options: {
  clock: Clock
  registry(): Registry
  knock: Knock
  log: (message: string, inside: Record<string, unknown>) => void
}): OwnNetwork {
  const { clock, registry, knock, log } = options
  let heardAt: Instant = Number.NEGATIVE_INFINITY
  let lost: Instant | undefined
  let triedAt: Instant = Number.NEGATIVE_INFINITY
  let inquiry: Promise<boolean> | undefined
  /** Who was asked last: the next time others are. */
  let turn = 0

  function heard(): void {
    heardAt = clock.now()
    if (lost === undefined) return
    log('providers answer again', { lostSince: lost })
    lost = undefined
  }

  /** One provider of each host, beginning behind those that were asked last; no host of `except`. */
  function witnesses(except: string | undefined): Provider[] {
    const byHost = new Map<string, Provider>()
    for (const provider of registry().providers.values()) {
      const host = hostOf(provider.connector)
      if (host !== undefined && host !== except && !byHost.has(host)) byHost.set(host, provider)
    }
    const all = [...byHost.values()]
    const from = all.length === 0 ? 0 : turn % all.length
    turn += 1
    return [...all.slice(from), ...all.slice(0, from)].slice(0, mostAsked)
  }

  async function ask(provider: Provider): Promise<Heard> {
    const reach = await knock(provider)
    if (reach === 'answered') heard()
    return { host: hostOf(provider.connector) ?? provider.id, reach }
  }

  /** First one, who mostly answers; the others together. */
  async function inquire({ provider, reach }: { provider?: Provider; reach: Reach }): Promise<boolean> {
    const begunAt = clock.now()
    const host = provider && hostOf(provider.connector)
    const [first, ...others] = witnesses(host)
    const known: Heard[] = host === undefined ? [] : [{ host, reach }]
    if (first) known.push(await ask(first))
    if (!known.some((one) => one.reach === 'answered')) known.push(...(await Promise.all(others.map(ask))))
    const isOurs = decideWhose(known) === 'ours' && heardAt < begunAt
    if (isOurs && lost === undefined) {
      lost = begunAt
      triedAt = clock.now()
      log('no provider answers: the network of this process seems to be lost', { asked: known.length })
    }
    return isOurs
  }

  return {
    lostSince: () => lost,
    heard,
    async isOurs(silent) {
      if (lost !== undefined) return true
      if (clock.now() - heardAt < answerCounts) return false
      // All who are not answered at the same moment wait for one inquiry.
      inquiry ??= inquire(silent).finally(() => {
        inquiry = undefined
      })
      return inquiry
    },
    async tryAgain() {
      if (lost === undefined || clock.now() - triedAt < tryEvery) return
      triedAt = clock.now()
      await Promise.all(witnesses(undefined).map(ask))
    },
  }
}

/** The machine that the documents of a provider are asked of; undefined when there are none. */
export function hostOf(connector: Connector): string | undefined {
  const address = addressOf(connector)
  return address === undefined ? undefined : URL.parse(address)?.host
}

function addressOf(connector: Connector): string | undefined {
  if (connector.kind === 'gateway') return connector.jwksUri
  // A card and the app have no document of their own: what they are looked at by is what is said of them.
  if (connector.kind !== 'oidc') return 'statusUrl' in connector ? connector.statusUrl : undefined
  const { issuer, discoveryUrl, metadata } = connector
  return metadata ? String(metadata.jwks_uri) : (discoveryUrl ?? issuer)
}
