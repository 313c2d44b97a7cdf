/**
 * Changes to the state of providers: suspended, amended, lifted, hidden, shown. Each is one transaction of row, history
 * and fact, and says which state its author saw: who acts on an older one is told what changed instead. A partners file
 * speaks for the suspension that it made itself, and for none of anybody else's.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { newId, type ProviderId, type SuspensionId } from '../kernel/ids.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { FileProvider, Provider } from './partners.ts'
import { merge, nothingPublished } from './registry.ts'
import type { PartnersStore } from './store.ts'
import {
  activeState,
  changed,
  faultsOf,
  isOver,
  isReserved,
  type NewSuspension,
  type ProviderState,
  type Suspension,
  type SuspensionChanges,
  type SuspensionFault,
  type SuspensionRecord,
} from './suspensions.ts'

/** One line of the history of a provider (R009). */
export interface StateChange {
  provider: ProviderId
  /** Of the state that it made. */
  number: number
  at: Instant
  author: Actor
  change: 'suspended' | 'amended' | 'lifted' | 'hidden' | 'shown'
  /** As it was from then on; of one that was lifted, as it was until then. */
  suspension?: Suspension
}

/** Who changes something, and the number of the state that they saw. */
export interface ChangedBy {
  actor: Actor
  expected: number
}

export type StateOutcome =
  /** What was so already is done, and leaves no trace. */
  | { kind: 'done'; state: ProviderState; suspension?: Suspension }
  | { kind: 'invalid'; faults: SuspensionFault[] }
  /** Somebody else came first: what they did since the state that the caller saw. */
  | { kind: 'overtaken'; state: ProviderState; changes: StateChange[] }
  /** It is the operators' to change, not the partner's (`isReserved`). */
  | { kind: 'reserved' }
  /** No such provider, or no such suspension of it. */
  | { kind: 'unknown' }

export interface StateChanges {
  suspend(provider: ProviderId, suspension: NewSuspension, by: ChangedBy): Promise<StateOutcome>
  /** One that is in force or planned; what is absent stays. */
  amend(
    provider: ProviderId,
    suspension: SuspensionId,
    changes: SuspensionChanges,
    by: ChangedBy,
  ): Promise<StateOutcome>
  /** Ends it now, or takes back what was planned. */
  lift(provider: ProviderId, suspension: SuspensionId | 'all', by: ChangedBy): Promise<StateOutcome>
  /** Off the page; a service that may name it still reaches it. */
  hide(provider: ProviderId, by: ChangedBy): Promise<StateOutcome>
  show(provider: ProviderId, by: ChangedBy): Promise<StateOutcome>
  /** As the database has it now. Undefined when the provider is not published. */
  stateOf(provider: ProviderId): Promise<ProviderState | undefined>
  /** Every change, the oldest first; also of a provider that is not published any more. */
  history(provider: ProviderId): Promise<StateChange[]>
  /**
   * Suspensions of all providers that began before an instant and were not over at another one, the newest first. One
   * that was lifted before it began never was.
   */
  suspensions(filter: { since: Instant; before: Instant; limit: number }): Promise<SuspensionRecord[]>
}

/** What a partners file says of a provider, as it is applied. */
export type FileState = NonNullable<FileProvider['state']>

/** A change before it has its number. */
export type Step = Pick<StateChange, 'change' | 'suspension'>

interface Decided {
  state: Omit<ProviderState, 'number'>
  steps: Step[]
  suspension?: Suspension
}

type Decision = Decided | { faults: SuspensionFault[] } | 'unknown' | 'reserved'

export function createStateChanges(options: {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  store: PartnersStore
  /** Takes what was written into the snapshot of this process. */
  refresh: () => Promise<void>
}): StateChanges {
  const { storage, clock, audit, store, refresh } = options

  async function change(
    id: ProviderId,
    { actor, expected }: ChangedBy,
    decide: (context: { provider: Provider; services: ReadonlyMap<string, unknown>; now: Instant }) => Decision,
  ): Promise<StateOutcome> {
    const outcome = await storage.transaction(async (tx): Promise<StateOutcome> => {
      const revision = (await store.lock(tx)) + 1
      const { providers, services } = merge(nothingPublished, await store.load(tx, 0))
      const provider = providers.get(id)
      if (!provider) return { kind: 'unknown' }
      const { state } = provider
      if (state.number !== expected) {
        return { kind: 'overtaken', state, changes: await store.history(tx, id, expected) }
      }
      const now = clock.now()
      const decision = decide({ provider, services, now })
      if (typeof decision === 'string') return { kind: decision }
      if ('faults' in decision) return { kind: 'invalid', faults: decision.faults }
      const suspension = decision.suspension ? { suspension: decision.suspension } : {}
      if (decision.steps.length === 0) return { kind: 'done', state, ...suspension }
      const changes = numbered(id, state, decision.steps, { actor, at: now })
      const after = { ...decision.state, number: state.number + changes.length }
      await writeStates(tx, [{ provider: id, state: after, changes }], { revision, actor, at: now })
      await store.setRevision(tx, revision)
      await storage.notify(tx, 'garant_partners')
      return { kind: 'done', state: after, ...suspension }
    })
    await refresh()
    return outcome
  }

  async function writeStates(
    tx: Tx,
    states: readonly { provider: ProviderId; state: ProviderState; changes: readonly StateChange[] }[],
    author: { revision: number; actor: Actor; at: Instant },
  ): Promise<void> {
    await store.setStates(tx, states, author)
    audit.append(tx, ...states.flatMap(({ changes }) => changes.map(factOf)))
  }

  return {
    suspend: (id, draft, by) =>
      change(id, by, ({ provider, services, now }) => {
        const since = draft.since ?? now
        const rest = { provider: id, author: by.actor, since, changedAt: now }
        const suspension: Suspension = { ...draft, ...rest, id: newId('suspension') }
        const faults = faultsOf(suspension, { provider, services, now })
        if (faults.length > 0) return { faults }
        const suspensions = [...standing(provider.state, now), suspension]
        const { kind } = provider.state
        return { state: { kind, suspensions }, steps: [{ change: 'suspended', suspension }], suspension }
      }),

    amend: (id, which, changes, by) =>
      change(id, by, ({ provider, services, now }) => {
        const others = standing(provider.state, now)
        const before = others.find((one) => one.id === which)
        if (!before) return 'unknown'
        const suspension = { ...changed(before, changes), changedAt: now }
        // Neither what is reserved, nor into what would be.
        if (isReserved(before, by.actor) || isReserved(suspension, by.actor)) return 'reserved'
        const faults = faultsOf(suspension, { provider, services, now, before })
        if (faults.length > 0) return { faults }
        const suspensions = others.map((one) => (one === before ? suspension : one))
        return {
          state: { kind: provider.state.kind, suspensions },
          steps: [{ change: 'amended', suspension }],
          suspension,
        }
      }),

    lift: (id, which, by) =>
      change(id, by, ({ provider, now }) => {
        const all = standing(provider.state, now)
        const lifted = which === 'all' ? all : all.filter((one) => one.id === which)
        if (which !== 'all' && !provider.state.suspensions.some((one) => one.id === which)) return 'unknown'
        if (lifted.some((one) => isReserved(one, by.actor))) return 'reserved'
        return {
          state: { kind: provider.state.kind, suspensions: all.filter((one) => !lifted.includes(one)) },
          steps: lifted.map((suspension) => ({ change: 'lifted', suspension })),
        }
      }),

    hide: (id, by) => change(id, by, ({ provider: { state } }) => turned(state, 'hidden')),
    show: (id, by) => change(id, by, ({ provider: { state } }) => turned(state, 'active')),
    stateOf: (id) => store.stateOf(storage.db, id),
    history: (id) => store.history(storage.db, id, 0),
    suspensions: (filter) => store.suspensions(storage.db, filter),
  }
}

/** What was over by itself is cleared away at the next change. */
const standing = ({ suspensions }: ProviderState, now: Instant) => suspensions.filter((one) => !isOver(one, now))

function turned({ kind, suspensions }: ProviderState, to: ProviderState['kind']): Decided {
  const change = to === 'hidden' ? ('hidden' as const) : ('shown' as const)
  return { state: { kind: to, suspensions }, steps: kind === to ? [] : [{ change }] }
}

/** The lines of the history that some steps make. */
export function numbered(
  provider: ProviderId,
  before: ProviderState,
  steps: readonly Step[],
  { actor, at }: { actor: Actor; at: Instant },
): StateChange[] {
  return steps.map((step, index) => ({ provider, number: before.number + index + 1, at, author: actor, ...step }))
}

export function factOf({ provider, change, suspension, author: actor }: StateChange): Fact {
  if (change === 'hidden') return { name: 'provider.hidden', data: { provider, actor } }
  if (change === 'shown' || !suspension) return { name: 'provider.shown', data: { provider, actor } }
  if (change === 'lifted') {
    return { name: 'provider.restored', data: { provider, suspension: suspension.id, actor } }
  }
  const { id, category, services, above = null, since, until = null, sessions } = suspension
  return {
    name: change === 'suspended' ? 'provider.suspended' : 'provider.suspension_changed',
    data: {
      provider,
      suspension: id,
      category,
      services: services === 'all' ? null : [...services],
      above,
      since,
      until,
      sessions: sessions === 'kept' ? 'kept' : 'closed',
      actor,
    },
  }
}

// --- What a partners file says -------------------------------------------------------------------------------------

/** The state as the file would have written it: whether the provider is hidden, and the suspension of the file itself. */
export function asFileSays(state: ProviderState, now: Instant): FileState {
  if (state.kind === 'hidden') return { kind: 'hidden' }
  const own = ofFile(state, now)
  if (!own) return { kind: 'active' }
  const { id: _id, provider: _provider, author: _author, changedAt: _changedAt, ...rest } = own
  return { kind: 'suspended', ...rest }
}

/** With its start: a suspension without one began when it was applied first. One that is over already is none. */
export function datedFileState(said: FileState, state: ProviderState | undefined, now: Instant): FileState {
  if (said.kind !== 'suspended') return said
  if (said.until !== undefined && said.until <= now) return { kind: 'active' }
  return { ...said, since: said.since ?? (state && ofFile(state, now)?.since) ?? now }
}

/** The state after the file, and the steps to it. The suspensions of operators and of providers' own staff stay. */
export function withFileState({
  provider,
  state,
  said,
  now,
}: {
  provider: ProviderId
  state: ProviderState
  said: FileState
  now: Instant
}): { state: Omit<ProviderState, 'number'>; steps: Step[] } {
  if (isDeepStrictEqual(asFileSays(state, now), said)) return { state, steps: [] }
  const own = ofFile(state, now)
  const others = standing(state, now).filter((one) => one !== own)
  const kind = said.kind === 'hidden' ? 'hidden' : 'active'
  const steps: Step[] = turned(state, kind).steps
  if (said.kind !== 'suspended') {
    const lifted: Step[] = own ? [{ change: 'lifted', suspension: own }] : []
    return { state: { kind, suspensions: others }, steps: [...lifted, ...steps] }
  }
  const { kind: _, ...draft } = said
  const since = draft.since ?? now
  const suspension: Suspension = {
    ...draft,
    since,
    id: own?.id ?? newId('suspension'),
    provider,
    author: { kind: 'file' },
    changedAt: now,
  }
  const made: Step = { change: own ? 'amended' : 'suspended', suspension }
  return { state: { kind, suspensions: [...others, suspension] }, steps: [...steps, made] }
}

const ofFile = (state: ProviderState, now: Instant) => standing(state, now).find(({ author }) => author.kind === 'file')

/** Suspensions that a file which says `active` leaves in force: they are somebody else's to lift. */
export function keptAgainstFile(state: ProviderState | undefined, now: Instant): number {
  return standing(state ?? activeState, now).filter(({ author }) => author.kind !== 'file').length
}
