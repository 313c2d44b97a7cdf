/**
 * The connector of what the hub reads itself beside its own means: a card at the computer, the e-ID app, and the card with
 * a code that stands in for it. The person goes to a page of the hub (`cards/`, `eid/`) and comes back to the callback
 * with a one-time handle. Who somebody is comes from the certificate of the card; this file gives the level, and looks
 * once more at what may have ended in the minute between.
 */
import type { Found } from '../cards/waiting.ts'
import type { Log } from '../http/http.ts'
import { atLeast, highestOf, type Level, lowerOf } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { isId } from '../kernel/ids.ts'
import type { Health } from '../partners/health.ts'
import type { HouseConnector, HouseProvider, Provider } from '../partners/partners.ts'
import { accountProviderOf, isStandIn } from '../partners/stand-ins.ts'
import { houseLevel } from '../policy/house-means.ts'
import type { Storage } from '../storage/storage.ts'
import { createHandles } from './handles.ts'
import { type Detail, Refusal, refused } from './refusals.ts'
import type { Answer, Hop } from './upstream.ts'

/** Where the person proves who they are; `state` names the login, and the page judges whether it is this browser's. */
export const housePaths: Record<HouseConnector['kind'], (state: string) => string> = {
  card: (state) => `/card/${state}`,
  eid_app: (state) => `/eid/${state}`,
  card_and_code: (state) => `/stand-in/${state}`,
}

export interface House {
  begin(provider: HouseProvider, hop: Hop): { url: string; hop: Hop }
  /** Keeps what a ceremony found, and says where the browser goes with it. Good once, for this login, for a minute. */
  answer(hop: Pick<Hop, 'provider' | 'state'>, found: Found): Promise<string>
  /** Never throws for what a browser can cause. */
  finish(provider: HouseProvider, hop: Hop, callback: URL): Promise<Answer>
  /** Nobody answered whether the card was revoked; a fault of the person is none. `from`: as for `Upstream.begin`. */
  silent(provider: Provider, from?: string): void
}

export interface HouseOptions {
  storage: Storage
  clock: Clock
  /** Public address of the hub, without a trailing slash. */
  issuer: string
  /** Does it hold still? Nothing is asked where no ceremony says `still`. */
  still?: (what: NonNullable<Found['still']>) => Promise<boolean>
  health?: Pick<Health, 'report'>
  log: Log
}

export function createHouse({ storage, clock, issuer, still, health, log }: HouseOptions): House {
  const handles = createHandles<Found>({ storage, clock, kind: 'house' })

  async function obstacle({ still: what, authTime }: Found, hop: Hop): Promise<Detail | undefined> {
    if (hop.authenticatedSince !== undefined && authTime < hop.authenticatedSince) return 'auth_time_too_old'
    return what && !(await still?.(what)) ? 'house_ended' : undefined
  }

  function refusedBy(provider: Provider, { error, detail }: Refusal): Answer {
    log.warn('a sign-in with a card or the e-ID app failed', { provider: provider.id, error, detail })
    return { kind: 'refused', error, detail }
  }

  return {
    begin: ({ connector }, hop) => ({ url: `${issuer}${housePaths[connector.kind](hop.state)}`, hop }),
    answer: handles.keep,

    async finish(provider, hop, callback) {
      const found = await handles.take(hop, callback)
      if (found instanceof Refusal) return refusedBy(provider, found)
      const detail = await obstacle(found, hop)
      if (detail) return refusedBy(provider, refused(detail))
      const level = levelOf(provider, found)
      if (!level) return refusedBy(provider, refused('house_level'))
      health?.report(provider.id, { result: 'success', took: 0 })
      const { subject, identity, amr, authTime, card, still: paired } = found
      const used = {
        ...(card ? { card } : {}),
        ...(paired && isId('phone', paired.id) ? { phone: paired.id } : {}),
      }
      const account = isStandIn(provider) ? { account: accountProviderOf(provider) } : {}
      const { id } = provider
      return {
        kind: 'assertion',
        assertion: { provider: id, ...account, subject, identity, level, amr, authTime, used },
      }
    },

    silent(provider, from) {
      health?.report(provider.id, { result: 'failure', reason: 'cards_unchecked', proved: true, from })
    },
  }
}

/** The lowest of what the certificate carries, what was proved beside it, and what the provider is allowed. */
function levelOf({ connector, allowedLevels }: HouseProvider, { level, amr }: Found): Level | undefined {
  const reached = lowerOf(level, houseLevel(connector, amr) ?? 'eidas1')
  return highestOf(allowedLevels.filter((allowed) => atLeast(reached, allowed)))
}
