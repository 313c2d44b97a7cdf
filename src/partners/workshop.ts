/** What the verbs of versions have in common: the order of publications, the judgement of an entry, who may. */
import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../kernel/clock.ts'
import type { StaffRole } from '../kernel/roles.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { createEntryReader, type EntryRules, type Judged, judgeEntry, type Known, type Tried } from './judgement.ts'
import type { EntityKind } from './partners.ts'
import { type Entity, entityOf, type Published } from './plan.ts'
import type { Publisher } from './publication.ts'
import { type FollowedRegistry, merge, nothingPublished } from './registry.ts'
import type { Origin, PartnersStore, StoredDraft, StoredVersion } from './store.ts'
import { type Denied, type Draft, type Editor, editingRoles } from './versions.ts'

export interface VersionsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  store: PartnersStore
  snapshot: Pick<FollowedRegistry, 'present' | 'refresh'>
  publisher: Publisher
  rules: EntryRules
}

/** The registry inside of a transaction that holds the order of publications. */
export interface Held {
  current: Published
  revision: number
}

/** What the verbs of this room's parts have in common. */
export interface Workshop extends VersionsOptions {
  /** From now on nobody else publishes until the end of `tx`. */
  hold(tx: Tx): Promise<Held>
  judge(handle: Handle, tried: Tried, known: Pick<Known, 'current' | 'editor'>): Promise<Judged>
  /** Publishes settings as they are, as the version after `last`. */
  publishAsIs(
    tx: Tx,
    given: { entity: Entity; last: StoredVersion | undefined; held: Held; editor: Editor } & Omit<Origin, 'hand'>,
  ): Promise<number>
}

export function createWorkshop(options: VersionsOptions): Workshop {
  const { clock, store, snapshot, publisher } = options
  const read = createEntryReader(options.rules)
  return {
    ...options,

    async hold(tx) {
      const revision = await store.lock(tx)
      const present = snapshot.present()
      // What this process has is of that revision, or it is read again: nothing can be published meanwhile.
      const current = present.version === revision ? present : merge(nothingPublished, await store.load(tx, 0))
      return { current, revision }
    },

    async judge(handle, tried, { current, editor }) {
      const { subject } = tried
      const found = read(tried, current)
      const sector = found.entity?.kind === 'service' ? found.entity.settings.sector : undefined
      const granted = await store.granted(handle, subject)
      const isGone = granted !== undefined && !entityOf(current, subject)
      const isOwnWithdrawal = isGone && (await store.last(handle, subject))?.archivedHand === 'partner'
      const requests = subject.kind === 'service' ? await store.scopes(handle, { service: subject.id }) : []
      const lastOwner = sector === undefined ? undefined : await store.lastOwner(handle, sector)
      return judgeEntry(
        found,
        { current, editor, now: clock.now(), requests, isOwnWithdrawal, ...(granted ? { granted } : {}) },
        lastOwner,
      )
    },

    async publishAsIs(tx, { entity, last, held, editor, ...origin }) {
      const { number = 0 } = last ?? {}
      const author = { actor: editor.actor, at: clock.now(), revision: held.revision + 1, hand: editor.hand, ...origin }
      const planned = { publish: [{ entity, change: 'changed' as const }], archive: [], states: [] }
      await publisher(tx, planned, () => number, author)
      return number + 1
    },
  }
}

/** Whoever begins something new for a partner answers for it, and for its mailboxes, which hear of what goes wrong. */
export const founders = ['administrator'] as const satisfies readonly StaffRole[]

/** May this editor read it, or change it? `partner`: whose it is; absent when it is not there. */
export function denial(
  editor: Editor,
  kind: EntityKind,
  partner: string | undefined,
  wish: 'read' | 'change',
): Denied | undefined {
  if (partner === undefined) return { kind: 'unknown' }
  if (editor.hand === 'operators') return undefined
  if (editor.partner !== partner) return { kind: 'unknown' }
  const roles = kind === 'partner' ? founders : editingRoles
  return wish === 'read' || hasRole(editor, roles) ? undefined : { kind: 'forbidden' }
}

/** Whose a draft is: what is published may have passed to another partner since it began. */
export function ownerOfDraft(draft: Draft | StoredDraft, current: Published): string {
  const published = entityOf(current, draft)
  return published ? partnerOf(published) : draft.partner
}

export function hasRole(editor: Editor, roles: readonly StaffRole[]): boolean {
  return editor.hand === 'operators' || roles.some((role) => editor.roles.includes(role))
}

/** The command line needs nobody beside it: it is an override, and announced. */
export function needsSecond(editor: Editor): boolean {
  return editor.hand === 'operators' && editor.second === undefined && !['command', 'hub'].includes(editor.actor.kind)
}

export const partnerOf = ({ kind, id, settings }: Entity): string => (kind === 'partner' ? id : settings.partner)
