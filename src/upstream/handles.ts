/**
 * One-time handles of the ceremonies that the hub holds itself: what one of them found waits here, and a handle is all
 * that the browser carries to the callback. No level, no means and no identity ever passes through it.
 */
import type { Clock } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { newSecret, type ProviderId } from '../kernel/ids.ts'
import { sameSecret } from '../kernel/secrets.ts'
import type { Storage } from '../storage/storage.ts'
import { invalid, type Refusal } from './refusals.ts'
import type { Hop } from './upstream.ts'

export interface Handles<Found> {
  /** Keeps what a ceremony found, and says where the browser goes with it. Good once, for this login, for a minute. */
  keep(hop: Pick<Hop, 'provider' | 'state'>, found: Found): Promise<string>
  /** What the handle stands for, taken: of simultaneous callbacks exactly one gets it. */
  take(hop: Hop, callback: URL): Promise<Found | Refusal>
}

/** A redirection takes less than a second; a phone in a tunnel gets a minute. */
const handleLifetime = minute

/** @param kind of the short-lived state */
export function createHandles<Found>({
  storage,
  clock,
  kind,
}: {
  storage: Storage
  clock: Clock
  kind: string
}): Handles<Found> {
  interface Kept {
    provider: ProviderId
    state: string
    found: Found
  }
  return {
    async keep({ provider, state }, found) {
      const handle = newSecret()
      const value: Kept = { provider, state, found }
      await storage.state.write({ put: [{ kind, key: handle, value, expiresAt: clock.now() + handleLifetime }] })
      return `/callback/${encodeURIComponent(provider)}?${new URLSearchParams({ state, code: handle })}`
    },

    async take(hop, callback) {
      const handle = callback.searchParams.get('code')
      if (!handle) return invalid('handle_missing')
      const kept = (await storage.state.take(kind, handle))?.value as Kept | undefined
      if (!kept) return invalid('handle_unknown')
      // Somebody else's handle, pushed into this browser, would sign the person in as that somebody.
      const own = kept.provider === hop.provider && sameSecret(kept.state, hop.state)
      return own ? kept.found : invalid('handle_of_another_login')
    },
  }
}
