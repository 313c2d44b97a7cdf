/** The snapshot of this process: loaded once, then only what changed, each time that somebody publishes. */
import { AsyncResource } from 'node:async_hooks'
import type { Clock, Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import type { Storage } from '../storage/storage.ts'
import type { Partner, PartnersOptions, Provider, Registry, Service } from './partners.ts'
import type { Published } from './plan.ts'
import type { PartnersStore, Row } from './store.ts'

/** A net below the notifications, for one lost with its connection: one statement on an index, and no row. */
const pollEvery = 10 * second

export const nothingPublished: Published = {
  version: 0,
  partners: new Map(),
  services: new Map(),
  providers: new Map(),
}

export interface FollowedRegistry {
  present(): Published
  /** When it was last known to be what the database has. */
  readAt(): Instant
  /** Resolves when all that was committed before the call is in the snapshot, or could not be read. */
  refresh(): Promise<void>
  onChange(listener: (registry: Registry) => void): void
  close(): Promise<void>
}

export async function followRegistry(options: {
  store: PartnersStore
  storage: Pick<Storage, 'db' | 'listen'>
  clock: Clock
  log: PartnersOptions['log']
}): Promise<FollowedRegistry> {
  const { store, storage, clock, log } = options
  const listeners: ((registry: Registry) => void)[] = []
  let present = nothingPublished
  let readAt = clock.now()
  let running: Promise<void> | undefined
  let wanted = false
  let closed = false

  async function load(): Promise<void> {
    const asked = clock.now()
    const change = await store.load(storage.db, present.version)
    readAt = asked
    if (change.revision === present.version) return
    present = merge(present, change)
    for (const listener of listeners) tell(listener)
  }

  /** A listener that fails keeps nobody else from hearing. */
  function tell(listener: (registry: Registry) => void): void {
    try {
      listener(present)
    } catch (error) {
      log('partners: a listener of the registry failed', { error })
    }
  }

  async function loadWhileWanted(): Promise<void> {
    try {
      while (wanted && !closed) {
        wanted = false
        await load()
      }
    } finally {
      running = undefined
    }
  }

  /** One load at a time; a wish that comes during one is served by a further one, so that none is lost. */
  function refresh(): Promise<void> {
    wanted = true
    running ??= loadWhileWanted()
    return running
  }

  /** The snapshot serves while the database is away; the next poll asks again. */
  const refreshOrLog = () =>
    refresh().catch((error: unknown) => log('partners: the registry could not be read again', { error }))
  // Bound to this async context, because a notification may arrive in that of somebody's transaction.
  const follow = AsyncResource.bind(() => void refreshOrLog())
  // Listening first: what is published between the two is then heard.
  const unlisten = await storage.listen('garant_partners', follow)
  await refresh().catch(async (error: unknown) => {
    await unlisten()
    throw error
  })
  const timer = setInterval(follow, pollEvery).unref()

  return {
    present: () => present,
    readAt: () => readAt,
    refresh: refreshOrLog,
    onChange: (listener) => void listeners.push(listener),
    close: async () => {
      closed = true
      clearInterval(timer)
      await unlisten()
      await running?.catch(() => {})
    },
  }
}

/** A snapshot with a change applied; ordered by id, so that every process has the same. */
export function merge(before: Published, change: { revision: number; rows: readonly Row[] }): Published {
  const maps = {
    partner: new Map<string, unknown>(before.partners),
    service: new Map<string, unknown>(before.services),
    provider: new Map<string, unknown>(before.providers),
  }
  for (const { kind, id, value } of change.rows) {
    if (value === undefined) maps[kind].delete(id)
    else maps[kind].set(id, deepFreeze(value))
  }
  return {
    version: change.revision,
    partners: ordered(maps.partner) as Map<string, Partner>,
    services: ordered(maps.service) as Map<ServiceId, Service>,
    providers: ordered(maps.provider) as Map<ProviderId, Provider>,
  }
}

function ordered(map: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
