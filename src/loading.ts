/**
 * Loads the sources of the hub, and lets go of what loading took. A hub at rest is mostly its own sources, so what is
 * kept beyond them counts.
 */
import { flushCompileCache } from 'node:module'

/**
 * The sources of the hub, in parts of a megabyte or so. Node keeps what it reads of its compile cache until that is
 * flushed. Read at once, it is 23 MB, of which the allocator gives nothing back to the system; read part by part, it is
 * the largest part, which therefore comes first, while little else is kept. The order matters to nothing else, and what
 * no part needs comes with `hub.ts`.
 */
const parts: readonly (() => Promise<unknown>)[] = [
  () => import('./bundles.ts'),
  () => import('./storage/storage.ts'),
  () => import('./audit/audit.ts'),
  () => import('./http/http.ts'),
  () => import('./partners/partners.ts'),
  () => import('./means/routes.ts'),
  () => import('./eid/eid.ts'),
  () => import('./upstream/upstream.ts'),
  () => import('./mandates/mandates.ts'),
  () => import('./login/routes.ts'),
  () => import('./protocol/protocol.ts'),
  () => import('./trial/routes.ts'),
  () => import('./alerts/alerts.ts'),
  () => import('./signals/ssf-routes.ts'),
  () => import('./space/space.ts'),
  () => import('./desk/desk.ts'),
  () => import('./desk/firm.ts'),
  () => import('./console/console.ts'),
  () => import('./api/catalogue.ts'),
]

/** `hub.ts`. What was compiled is in the cache when this resolves, so that a process that is killed leaves it behind. */
export async function loadHub(): Promise<typeof import('./hub.ts')> {
  for (const part of parts) {
    await part()
    flushCompileCache()
  }
  const hub = await import('./hub.ts')
  flushCompileCache()
  return hub
}

/**
 * Collects what starting left behind: some 15 MB, and up to 40 with a large young generation, that would otherwise stay
 * until the hub is busy. Takes a quarter of a second in one piece, so it belongs before the first request. Does nothing
 * where Node was started without `--expose-gc`.
 */
export function collectStart(): void {
  if (typeof gc === 'function') gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
