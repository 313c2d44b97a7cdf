/**
 * The verbs of `versions.ts` that open, keep, judge and publish drafts and bring older versions back. Whatever they write
 * that is published goes through the plan and the publisher of a partners file.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Actor, Fact } from '../audit/facts.ts'
import type { Instant } from '../kernel/clock.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import { idProblem } from './entries.ts'
import { draftEntry } from './export.ts'
import { differenceOf, fault, type Judged, movedBetween, type Tried } from './judgement.ts'
import { isSameDestination } from './kept.ts'
import { type Entity, entityOf, type Published } from './plan.ts'
import { type Problem, problem } from './problems.ts'
import { createScopeGrants } from './scope-grants.ts'
import { createServiceSecrets } from './service-secrets.ts'
import type { Origin, StoredDraft, StoredVersion } from './store.ts'
import type {
  Denied,
  Draft,
  Editor,
  Entry,
  EntryFault,
  Look,
  OpenOutcome,
  PublishOutcome,
  Subject,
  Version,
  VersionCause,
  Versions,
  WithdrawOutcome,
} from './versions.ts'
import type { Scope } from './vocabulary.ts'
import {
  createWorkshop,
  denial,
  founders,
  type Held,
  hasRole,
  needsSecond,
  ownerOfDraft,
  partnerOf,
  type VersionsOptions,
} from './workshop.ts'

const numberOf = (last: StoredVersion | undefined): number | undefined =>
  last?.state === 'published' ? last.number : undefined

const shownDraft = ({ clientSecret, secrets: _, ...draft }: StoredDraft): Draft => ({
  ...draft,
  clientSecretGiven: clientSecret !== undefined,
})

/** Bytes: a service with twenty keys, or a provider with its logo and metadata, stays far below. */
const entryLimit = 128 * 1024

/** Drafts of something new that the staff of one partner may have at a time. */
const newDraftsLimit = 100

export function createVersions(options: VersionsOptions): Versions {
  const workshop = createWorkshop(options)
  const { storage, clock, audit, store, snapshot, publisher } = options

  /** Whose it is: as published, else by its draft, else by its last version. */
  async function ownerOf(subject: Subject): Promise<string | undefined> {
    const published = entityOf(snapshot.present(), subject)
    if (published) return partnerOf(published)
    const draft = await store.draft(storage.db, subject)
    if (draft) return draft.partner
    const last = await store.last(storage.db, subject)
    return last && partnerOf(last.entity)
  }

  async function find(handle: Handle, subject: Subject, number: number): Promise<StoredVersion | undefined> {
    const [found] = await store.versions(handle, subject, { before: number + 1, limit: 1 })
    return found?.number === number ? found : undefined
  }

  /** The entry that a draft begins with, of a version; with what waits for the operators, when staff go on with it. */
  async function entryOf({ entity }: StoredVersion, editor: Editor): Promise<Entry> {
    const entry = draftEntry(entity)
    if (entity.kind !== 'service' || editor.hand === 'operators') return entry
    const waiting = await store.scopes(storage.db, { service: entity.id, state: 'asked' })
    const more = waiting.filter(({ scope }) => !entity.settings.scopes.includes(scope))
    if (more.length === 0) return entry
    const reasons = Object.fromEntries(more.map(({ scope, justification }) => [scope, justification]))
    return {
      ...entry,
      scopes: [...entity.settings.scopes, ...more.map(({ scope }) => scope)],
      justifications: { ...entity.settings.justifications, ...reasons },
    }
  }

  /** Why something new cannot have this id, of this partner. */
  async function newFaults({ id }: Subject, partner: string | undefined, editor: Editor): Promise<EntryFault[]> {
    const wrong = idProblem(id)
    const isKnown = partner !== undefined && snapshot.present().partners.has(partner)
    const isFull = editor.hand === 'partner' && (await store.countNew(storage.db, editor.partner)) >= newDraftsLimit
    return [
      ...(wrong ? [fault('id', wrong)] : []),
      ...(isKnown ? [] : [fault('', problem('partner_unknown'))]),
      ...(isFull ? [fault('', problem('drafts_many', { most: newDraftsLimit }))] : []),
    ]
  }

  async function beginning(
    subject: Subject,
    editor: Editor,
    { partner, from }: { partner?: string; from?: number },
  ): Promise<{ partner: string; entry: Entry; base?: number } | Exclude<OpenOutcome, { draft: Draft }>> {
    const last = await store.last(storage.db, subject)
    if (last) {
      const owner = partnerOf(last.entity)
      const denied = denial(editor, subject.kind, owner, 'change')
      // That a name is taken is no secret: it is the `client_id` of public addresses, or part of them.
      if (denied) return denied.kind === 'unknown' ? taken : denied
      const version = from === undefined ? last : await find(storage.db, subject, from)
      if (!version || isForeign(editor, version)) return { kind: 'unknown' }
      const base = numberOf(last)
      return { partner: owner, entry: await entryOf(version, editor), ...(base === undefined ? {} : { base }) }
    }
    if (subject.kind === 'partner' || from !== undefined) return { kind: 'unknown' }
    const owner = editor.hand === 'partner' ? editor.partner : partner
    if (!hasRole(editor, founders)) return { kind: 'forbidden' }
    const faults = await newFaults(subject, owner, editor)
    if (owner === undefined || faults.length > 0) return { kind: 'refused', faults }
    const { id } = subject
    return { partner: owner, entry: subject.kind === 'service' ? { id, scopes: ['openid'], providers: 'all' } : { id } }
  }

  const taken = { kind: 'refused' as const, faults: [fault('id', problem('id_taken'))] }

  /** Of a draft that is there already, or came there meanwhile. */
  function there(draft: StoredDraft, editor: Editor): OpenOutcome {
    const denied = denial(editor, draft.kind, ownerOfDraft(draft, snapshot.present()), 'change')
    if (denied?.kind === 'unknown') return taken
    return denied ?? { kind: 'there', draft: shownDraft(draft) }
  }

  /** A draft to change. When it is gone, for who could have changed it: a conflict. */
  async function held(subject: Subject, editor: Editor): Promise<StoredDraft | Denied | { kind: 'conflict' }> {
    const draft = await store.draft(storage.db, subject)
    const denied = denial(editor, subject.kind, await ownerOf(subject), 'change')
    return denied ?? draft ?? { kind: 'conflict' }
  }

  const isDraft = (found: StoredDraft | Denied | { kind: 'conflict' }): found is StoredDraft => 'edit' in found

  const conflict = (draft: StoredDraft | undefined) => ({
    kind: 'conflict' as const,
    ...(draft ? { draft: shownDraft(draft) } : {}),
  })

  async function lookAt(tried: Tried, editor: Editor, draft?: StoredDraft): Promise<Look> {
    const { subject, partner, entry } = tried
    const current = snapshot.present()
    const judged = await workshop.judge(storage.db, tried, { current, editor })
    const last = await store.last(storage.db, subject)
    const published = numberOf(last)
    const base = draft?.base === undefined ? undefined : await find(storage.db, subject, draft.base)
    const present = entityOf(current, subject)
    const { faults, warnings, changes, asks, changesKeys, candidate } = judged
    return {
      ...{ subject, partner, entry, faults, warnings, changes, changesKeys },
      ...(draft ? { draft: shownDraft(draft) } : {}),
      ...(published === undefined ? {} : { published }),
      moved: draft && draft.base !== published ? movedBetween(base?.entity, present) : [],
      asks: asks.map(({ scope }) => scope),
      ...(candidate ? { candidate } : {}),
    }
  }

  const triedOf = (draft: StoredDraft, current: Published): Tried => {
    const { kind, id, entry, clientSecret, secrets } = draft
    const partner = ownerOfDraft(draft, current)
    return { subject: { kind, id }, partner, entry, secrets, ...(clientSecret === undefined ? {} : { clientSecret }) }
  }

  /**
   * An older version, to be published again, with the secrets of today. What is published no more has none of today: its
   * last version comes back with those that it had.
   */
  function triedAgain(
    version: StoredVersion,
    subject: Subject,
    { current, last }: { current: Published; last: StoredVersion | undefined },
  ): Tried {
    const { entity } = version
    const present = entityOf(current, subject)
    const own = clientSecretOf(entity)
    // Where the secret in force would go elsewhere than today, the one that went there then.
    const isKept = present !== undefined && isSameDestination(connectorOf(present), connectorOf(entity))
    return {
      subject,
      partner: partnerOf(present ?? entity),
      entry: draftEntry(entity),
      secrets: present === undefined && last?.number === version.number ? secretsOf(entity) : [],
      again: true,
      ...(own !== undefined && !isKept ? { clientSecret: own } : {}),
    }
  }

  /** Inside of `tx`, which holds the order of publications. */
  async function publishTried(
    tx: Tx,
    tried: Tried,
    given: { held: Held; editor: Editor; last: StoredVersion | undefined } & Omit<Origin, 'hand'>,
  ): Promise<PublishOutcome> {
    const { held: now, editor, last, ...origin } = given
    const judged = await workshop.judge(tx, tried, { current: now.current, editor })
    const { faults, plan, asks, changes, changesKeys } = judged
    if (faults.length > 0 || !plan) return { kind: 'invalid', faults }
    const isFirst = plan.publish.some(({ change }) => change !== 'changed')
    if (isFirst && !hasRole(editor, founders)) return { kind: 'forbidden' }
    if (changesKeys && needsSecond(editor)) return { kind: 'second_needed' }
    const { actor, hand } = editor
    const author = { actor, at: clock.now(), revision: now.revision + 1, hand, ...origin }
    const number = (last?.number ?? 0) + 1
    if (plan.publish.length > 0) {
      if (editor.hand === 'operators') await editor.confirm?.(tx)
      await publisher(tx, plan, () => number - 1, author)
      if (changesKeys) audit.append(tx, { name: 'partners.keys_changed', data: { ...tried.subject, actor } })
    }
    const asked = editor.hand === 'partner' ? await ask(tx, tried, asks, author, origin.cause) : []
    return { kind: 'published', ...(plan.publish.length > 0 ? { number } : {}), changes, asked }
  }

  /** Writes down what waits for the operators from now on; an undo adds to it, a draft says it all. */
  async function ask(
    tx: Tx,
    { subject, partner }: Tried,
    asks: Judged['asks'],
    author: { actor: Actor; at: Instant },
    cause: VersionCause,
  ): Promise<Scope[]> {
    if (subject.kind !== 'service') return []
    const known = await store.scopes(tx, { service: subject.id, state: 'asked' })
    const others = cause === 'undo' ? known.filter(({ scope }) => asks.every((one) => one.scope !== scope)) : []
    const kept = others.map(({ scope, justification = '' }) => ({ scope, justification }))
    await store.setAsked(tx, { id: subject.id, partner }, [...asks, ...kept], author)
    const fresh = asks.filter(({ scope, justification }) =>
      known.every((one) => one.scope !== scope || one.justification !== justification),
    )
    audit.append(
      tx,
      ...fresh.map(({ scope }): Fact => {
        return { name: 'service.scope_asked', data: { service: subject.id, scope, actor: author.actor } }
      }),
    )
    return asks.map(({ scope }) => scope)
  }

  return {
    ...createServiceSecrets(workshop),
    ...createScopeGrants(workshop),

    async drafts(editor, { partner } = {}) {
      if (editor.hand === 'partner' && partner !== undefined && partner !== editor.partner) return []
      const own = editor.hand === 'partner' ? editor.partner : partner
      const all = await store.drafts(storage.db, own)
      return all
        .filter((draft) => !denial(editor, draft.kind, ownerOfDraft(draft, snapshot.present()), 'read'))
        .map(shownDraft)
    },

    async draft(subject, editor) {
      const draft = await store.draft(storage.db, subject)
      if (!draft || denial(editor, subject.kind, ownerOfDraft(draft, snapshot.present()), 'read')) return undefined
      return shownDraft(draft)
    },

    async open(subject, editor, wanted = {}) {
      await snapshot.refresh()
      const known = await store.draft(storage.db, subject)
      if (known) return there(known, editor)
      const begun = await beginning(subject, editor, wanted)
      if ('kind' in begun) return begun
      const author = { actor: editor.actor, at: clock.now() }
      const draft = await store.openDraft(storage.db, subject, { ...begun, ...author })
      if (draft) return { kind: 'opened', draft: shownDraft(draft) }
      const other = await store.draft(storage.db, subject)
      return other ? there(other, editor) : { kind: 'unknown' }
    },

    async save(subject, { entry, edit, clientSecret }, editor) {
      const draft = await held(subject, editor)
      if (!isDraft(draft)) return draft
      const faults = unkeepable(subject, entry, clientSecret)
      if (faults.length > 0) return { kind: 'refused', faults }
      const isSame = isDeepStrictEqual(draft.entry, entry) && clientSecret === undefined
      // Nothing to keep, or the second click of the same save.
      if (isSame && (draft.edit === edit || isDeepStrictEqual(draft.savedBy, editor.actor))) {
        return { kind: 'saved', draft: shownDraft(draft) }
      }
      const saved = await store.saveDraft(storage.db, subject, {
        ...{ entry, edit, partner: draft.partner, actor: editor.actor, at: clock.now() },
        ...(clientSecret === undefined ? {} : { clientSecret }),
      })
      return saved ? { kind: 'saved', draft: shownDraft(saved) } : conflict(await store.draft(storage.db, subject))
    },

    async discard(subject, { edit }, editor) {
      const draft = await held(subject, editor)
      if (!isDraft(draft)) return draft
      const isGone = await store.removeDraft(storage.db, subject, edit)
      return isGone ? { kind: 'discarded' } : conflict(await store.draft(storage.db, subject))
    },

    async look(subject, editor) {
      await snapshot.refresh()
      const draft = await store.draft(storage.db, subject)
      const owner = draft && ownerOfDraft(draft, snapshot.present())
      if (!draft || denial(editor, subject.kind, owner, 'read')) return undefined
      return lookAt(triedOf(draft, snapshot.present()), editor, draft)
    },

    async publish(subject, { edit, over }, editor) {
      const denied = await held(subject, editor)
      if (!isDraft(denied) && denied.kind !== 'conflict') return denied
      await snapshot.refresh()
      const outcome = await storage.transaction(async (tx): Promise<PublishOutcome> => {
        const now = await workshop.hold(tx)
        const draft = await store.draft(tx, subject, { lock: true })
        const last = await store.last(tx, subject)
        const published = numberOf(last)
        // Again, now that nothing moves any more.
        const unowned = draft && denial(editor, subject.kind, ownerOfDraft(draft, now.current), 'change')
        if (unowned) return unowned
        if (!draft || draft.edit !== edit || published !== over) {
          return { ...conflict(draft), ...(published === undefined ? {} : { published }) }
        }
        const done = await publishTried(tx, triedOf(draft, now.current), { held: now, editor, last, cause: 'draft' })
        if (done.kind === 'published') await store.removeDraft(tx, subject, edit)
        return done
      })
      await snapshot.refresh()
      return outcome
    },

    async history(subject, editor, { before = Number.MAX_SAFE_INTEGER, limit = 50 } = {}) {
      if (denial(editor, subject.kind, await ownerOf(subject), 'read')) return undefined
      // One more than is shown, for what the oldest one changed.
      const page = await store.versions(storage.db, subject, { before: Math.min(before, lastNumber), limit: limit + 1 })
      const own = page.filter((version) => !isForeign(editor, version))
      return own.slice(0, limit).map((version, index) => shownVersion(version, own[index + 1]))
    },

    async lookBack(subject, number, editor) {
      await snapshot.refresh()
      if (denial(editor, subject.kind, await ownerOf(subject), 'read')) return undefined
      const version = await find(storage.db, subject, number)
      if (!version || isForeign(editor, version)) return undefined
      const last = await store.last(storage.db, subject)
      return lookAt(triedAgain(version, subject, { current: snapshot.present(), last }), editor)
    },

    async undo(subject, { number, over }, editor) {
      await snapshot.refresh()
      const outcome = await storage.transaction(async (tx): Promise<PublishOutcome> => {
        const now = await workshop.hold(tx)
        const last = await store.last(tx, subject)
        const denied = denial(editor, subject.kind, last && partnerOf(last.entity), 'change')
        if (denied) return denied
        const published = numberOf(last)
        const version = await find(tx, subject, number)
        if (!version || isForeign(editor, version)) return { kind: 'unknown' }
        if (published !== over) return { kind: 'conflict', ...(published === undefined ? {} : { published }) }
        const tried = triedAgain(version, subject, { current: now.current, last })
        return publishTried(tx, tried, { held: now, editor, last, cause: 'undo', undoOf: number })
      })
      await snapshot.refresh()
      return outcome
    },

    async withdraw(id, { over }, editor) {
      await snapshot.refresh()
      const subject = { kind: 'service', id } as const
      const outcome = await storage.transaction(async (tx): Promise<WithdrawOutcome> => {
        const now = await workshop.hold(tx)
        const last = await store.last(tx, subject)
        const denied = denial(editor, 'service', last && partnerOf(last.entity), 'change')
        if (denied) return denied
        if (!hasRole(editor, founders)) return { kind: 'forbidden' }
        const published = numberOf(last)
        if (published !== over) return { kind: 'conflict', ...(published === undefined ? {} : { published }) }
        const { actor, hand } = editor
        const author = { actor, at: clock.now(), revision: now.revision + 1, hand, cause: 'draft' as const }
        await publisher(tx, { publish: [], archive: [subject], states: [] }, () => over, author)
        return { kind: 'withdrawn' }
      })
      await snapshot.refresh()
      return outcome
    },
  }
}

/** Of an `int` column. */
const lastNumber = 2_147_483_647

/** A version of when it was another partner's. */
const isForeign = (editor: Editor, { entity }: StoredVersion): boolean =>
  denial(editor, entity.kind, partnerOf(entity), 'read') !== undefined

function shownVersion(version: StoredVersion, before: StoredVersion | undefined): Version {
  const { entity, ...shown } = version
  return { ...shown, partner: partnerOf(entity), changes: differenceOf(before?.entity, entity) }
}

const secretsOf = (entity: Entity) => (entity.kind === 'service' ? entity.settings.secrets : [])

const connectorOf = (entity: Entity) => (entity.kind === 'provider' ? entity.settings.connector : undefined)

function clientSecretOf(entity: Entity): string | undefined {
  const connector = connectorOf(entity)
  return connector?.kind === 'oidc' ? connector.clientSecret : undefined
}

/** Why an entry cannot even be kept: it would hold a secret in clear, or is no text that a database takes. */
function unkeepable({ kind }: Subject, entry: Entry, clientSecret: string | null | undefined): EntryFault[] {
  const { connector } = entry as { connector?: { clientSecret?: unknown } }
  const written = kind === 'provider' && typeof connector === 'object' ? connector?.clientSecret : undefined
  const rules: [boolean, string, () => Problem][] = [
    [JSON.stringify(entry).length > entryLimit, '', () => problem('entry_large', { most: entryLimit / 1024 })],
    [!isStorable(entry), '', () => problem('not_valid')],
    [kind === 'service' && 'secrets' in entry, 'secrets', () => problem('secrets_apart')],
    [
      written !== undefined && !isDeepStrictEqual(written, { kept: true }),
      'connector.clientSecret',
      () => problem('client_secret_apart'),
    ],
    [
      typeof clientSecret === 'string' && !/^[\x20-\x7e]{1,1024}$/.test(clientSecret),
      'connector.clientSecret',
      () => problem('secret_ascii'),
    ],
    [typeof clientSecret === 'string' && kind !== 'provider', 'clientSecret', () => problem('unknown_key')],
  ]
  return rules.filter(([broken]) => broken).map(([, field, said]) => fault(field, said()))
}

/** "\u0000 cannot be converted to text", nor half of a pair of surrogates (PostgreSQL, JSON types). */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, member]) => isStorable(name) && isStorable(member))
}
