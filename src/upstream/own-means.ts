/**
 * The connector of the hub's own means: the person goes to a page of the hub in place of another site, and comes back to
 * the same callback. What the ceremony found waits here under a one-time handle, which is all that the browser carries:
 * no level, no means and no identity ever passes through it.
 */
import type { Log } from '../http/http.ts'
import { atLeast, highestOf } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { newSecret, type ProviderId } from '../kernel/ids.ts'
import { sameSecret } from '../kernel/secrets.ts'
import type { Authenticated, Means } from '../means/means.ts'
import type { OwnMeansConnector, Provider } from '../partners/partners.ts'
import type { Storage } from '../storage/storage.ts'
import { type Detail, invalid, type Refusal, refused } from './refusals.ts'
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

/** A redirection takes less than a second; a phone in a tunnel gets a minute. */
const handleLifetime = minute

const kind = 'own-means'

interface Kept {
  provider: ProviderId
  state: string
  authenticated: Authenticated
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

  /** What the handle stands for, taken: of simultaneous callbacks exactly one gets it. */
  async function taken(hop: Hop, callback: URL): Promise<Authenticated | Refusal> {
    const handle = callback.searchParams.get('code')
    if (!handle) return invalid('handle_missing')
    const kept = (await storage.state.take(kind, handle))?.value as Kept | undefined
    if (!kept) return invalid('handle_unknown')
    // Somebody else's handle, pushed into this browser, would sign the person in as that somebody.
    const own = kept.provider === hop.provider && sameSecret(kept.state, hop.state)
    return own ? kept.authenticated : invalid('handle_of_another_login')
  }

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

    async answer({ provider, state }, authenticated) {
      const handle = newSecret()
      const value: Kept = { provider, state, authenticated }
      await storage.state.write({ put: [{ kind, key: handle, value, expiresAt: clock.now() + handleLifetime }] })
      return `/callback/${encodeURIComponent(provider)}?${new URLSearchParams({ state, code: handle })}`
    },

    async finish(provider, hop, callback) {
      const { connector } = provider
      if (connector.kind !== 'own_means') throw new Error(`${provider.id} is another server`)
      const authenticated = await taken(hop, callback)
      if (authenticated instanceof Error) return refusedBy(provider, authenticated)
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
