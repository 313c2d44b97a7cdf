/**
 * The connector of the hub's own means: the person goes to a page of the hub in place of another site, and comes back to
 * the same callback with a one-time handle (`handles.ts`), under which what the ceremony found waits.
 */
import type { Log } from '../http/http.ts'
import { atLeast, highestOf } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Authenticated, Means } from '../means/means.ts'
import type { OwnMeansConnector, Provider } from '../partners/partners.ts'
import type { Storage } from '../storage/storage.ts'
import { createHandles } from './handles.ts'
import { type Detail, Refusal, refused } from './refusals.ts'
import type { Answer, Hop } from './upstream.ts'

/** Where the person proves who they are; `state` names the login, and the page judges whether it is this browser's. */
export const signInPath = (state: string) => `/means/sign-in/${state}`

export interface OwnMeans {
  begin(hop: Hop): { url: string; hop: Hop }
  /** Keeps what a ceremony found, and says where the browser goes with it. Good once, for this login, for a minute. */
  answer(hop: Pick<Hop, 'provider' | 'state'>, authenticated: Authenticated): Promise<string>
  /** Never throws for what a browser can cause. */
  finish(provider: Provider, hop: Hop, callback: URL): Promise<Answer>
}

export function createOwnMeans(options: {
  storage: Storage
  clock: Clock
  /** Public address of the hub, without a trailing slash. */
  issuer: string
  means: Pick<Means, 'claimedOf' | 'of'>
  log: Log
}): OwnMeans {
  const { storage, clock, issuer, means, log } = options
  const handles = createHandles<Authenticated>({ storage, clock, kind: 'own-means' })

  /** R047: the minute between the ceremony and here is no gap; what was revoked in it counts as revoked. */
  async function obstacle({ person, means: used }: Authenticated, { accepts }: OwnMeansConnector) {
    const all = await means.of(storage.db, person)
    const found = used.map((id) => all.find((one) => one.means === id))
    const checks: [Detail, boolean][] = [
      ['means_ended', found.length === 0 || found.some((one) => one?.state !== 'active')],
      ['means_not_accepted', found.some((one) => one !== undefined && !accepts.includes(one.kind))],
    ]
    return checks.find(([, applies]) => applies)?.[0]
  }

  function refusedBy(provider: Provider, { error, detail }: Refusal): Extract<Answer, { kind: 'refused' }> {
    log.warn("a sign-in with the hub's own means failed", { provider: provider.id, error, detail })
    return { kind: 'refused', error, detail }
  }

  return {
    begin: (hop) => ({ url: `${issuer}${signInPath(hop.state)}`, hop }),

    answer: handles.keep,

    async finish(provider, hop, callback) {
      const { connector } = provider
      if (connector.kind !== 'own_means') throw new Error(`${provider.id} is another server`)
      const authenticated = await handles.take(hop, callback)
      if (authenticated instanceof Refusal) return refusedBy(provider, authenticated)
      const detail = await obstacle(authenticated, connector)
      if (detail) return refusedBy(provider, refused(detail))
      const claimed = await means.claimedOf(authenticated)
      if (!claimed) return refusedBy(provider, refused('means_ended'))
      // The hub knows what it saw, and what the operators allow it to say of that: the lower of both.
      const level = highestOf(provider.allowedLevels.filter((allowed) => atLeast(authenticated.level, allowed)))
      if (!level) return refusedBy(provider, refused('means_not_accepted'))
      const { amr, authTime } = authenticated
      return { kind: 'assertion', assertion: { ...claimed, provider: provider.id, level, amr, authTime } }
    },
  }
}
