/**
 * The one place where a plan is written: versions, states, the grants that follow from them, facts, and the word to every
 * process, in one transaction. By a file, from a draft, as an undo: all end here.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Difference, EntityKind, Service } from './partners.ts'
import type { Entity, Plan } from './plan.ts'
import { factOf, numbered } from './state-changes.ts'
import type { Author, Origin, PartnersStore } from './store.ts'

export type Planned = Pick<Plan, 'publish' | 'archive' | 'states'>

/** `lastNumber`: of the last version that there was; 0 when there was none. */
export type Publisher = (
  tx: Tx,
  plan: Planned,
  lastNumber: (kind: EntityKind, id: string) => number,
  author: Author & Origin,
) => Promise<void>

export function createPublisher(options: {
  storage: Storage
  audit: Pick<Audit, 'append'>
  store: PartnersStore
}): Publisher {
  const { storage, audit, store } = options

  return async (tx, plan, lastNumber, author) => {
    const versions = plan.publish.map(({ entity, change }) => ({
      entity,
      change,
      number: lastNumber(entity.kind, entity.id) + 1,
    }))
    const replaced = versions.map(({ entity }) => ({ kind: entity.kind, id: entity.id }))
    await store.archive(tx, [...replaced, ...plan.archive], author)
    await store.publish(tx, versions, author)
    const granted = await store.setGranted(tx, servicesOf(plan.publish), author)
    await store.forgetScopes(
      tx,
      plan.archive.filter(({ kind }) => kind === 'service').map(({ id }) => id),
    )
    const states = plan.states.map(({ provider, before, state, steps }) => ({
      provider,
      state: { ...state, number: before.number + steps.length },
      changes: numbered(provider, before, steps, author),
    }))
    await store.setStates(tx, states, author)
    await store.setRevision(tx, author.revision)
    const turns = states.flatMap(({ changes }) => changes.map(factOf))
    const grants = granted.map(({ service, scope }): Fact => {
      return { name: 'service.scope_granted', data: { service, scope, actor: author.actor } }
    })
    audit.append(tx, ...factsOf(plan, versions, lastNumber, author), ...turns, ...grants)
    await storage.notify(tx, 'garant_partners')
  }
}

function servicesOf(publish: Planned['publish']): Service[] {
  return publish.flatMap(({ entity }) => (entity.kind === 'service' ? [entity.settings] : []))
}

function factsOf(
  plan: Planned,
  versions: readonly { entity: Entity; change: 'added' | 'changed' | 'restored'; number: number }[],
  lastNumber: (kind: EntityKind, id: string) => number,
  { actor, undoOf }: { actor: Actor } & Origin,
): Fact[] {
  const published = (kind: EntityKind, id: string, version: number, change: Difference['change']): Fact => ({
    name: 'partners.published',
    data: { kind, id, version, change, ...(undoOf === undefined ? {} : { undoOf }), actor },
  })
  return [
    ...versions.map(({ entity, number, change }) => published(entity.kind, entity.id, number, change)),
    ...plan.archive.map(({ kind, id }) => published(kind, id, lastNumber(kind, id), 'archived')),
  ]
}
