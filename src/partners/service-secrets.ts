/**
 * Secrets by which services prove who they are: made here, shown once, kept as hashes. Two are in force at most, the older
 * with an end, so that a site changes from one to the other without an interruption. Making or ending one of a service
 * that is published is a version of it like another; those of one that is not yet published rest beside its draft.
 */
import type { Fact } from '../audit/facts.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { newSecret, type ServiceId } from '../kernel/ids.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import { fault } from './judgement.ts'
import type { Service } from './partners.ts'
import type { Published } from './plan.ts'
import { problem } from './problems.ts'
import type { StoredDraft, StoredVersion } from './store.ts'
import {
  type Denied,
  type Editor,
  overlapDays,
  type SecretOutcome,
  type SecretsView,
  type Versions,
} from './versions.ts'
import { denial, type Held, needsSecond, type Workshop } from './workshop.ts'

type Secrets = Service['secrets']

/** Where the secrets of a service are. */
type Place =
  | { of: 'published'; seen: number; secrets: Secrets; service: Service; last: StoredVersion }
  | { of: 'draft'; seen: number; secrets: Secrets; draft: StoredDraft }

export function createServiceSecrets(workshop: Workshop): Pick<Versions, 'secrets' | 'rotateSecret' | 'endOldSecret'> {
  const { storage, clock, audit, store, snapshot } = workshop

  const inForce = (secrets: Secrets): Secrets =>
    secrets
      .filter(({ until }) => until === undefined || clock.now() < until)
      .sort((a, b) => (a.until ?? Number.POSITIVE_INFINITY) - (b.until ?? Number.POSITIVE_INFINITY))

  const view = ({ of, seen, secrets }: Place): SecretsView => ({
    of,
    seen,
    inForce: inForce(secrets).map(({ until }) => (until === undefined ? {} : { until })),
  })

  /** Of a service that proves who it is by a key there are none, unless its draft says otherwise. */
  async function placeOf(
    handle: Handle,
    id: ServiceId,
    { editor, current, wish }: { editor: Editor; current: Published; wish: 'read' | 'change' },
  ): Promise<Place | Denied | { kind: 'uses_keys' }> {
    const subject = { kind: 'service' as const, id }
    const service = current.services.get(id)
    const draft = await store.draft(handle, subject)
    const denied = denial(editor, 'service', service?.partner ?? draft?.partner, wish)
    if (denied) return denied
    if (service && service.auth !== 'private_key_jwt') {
      const last = await store.last(handle, subject)
      if (!last) throw new Error('a published service has a version')
      return { of: 'published', seen: last.number, secrets: service.secrets, service, last }
    }
    if (!draft || draft.entry.auth === 'private_key_jwt') return { kind: 'uses_keys' }
    return { of: 'draft', seen: draft.edit, secrets: draft.secrets, draft }
  }

  async function replace(
    tx: Tx,
    place: Place,
    secrets: Secrets,
    { held, editor, fact }: { held: Held; editor: Editor; fact: Fact },
  ): Promise<number> {
    if (editor.hand === 'operators') await editor.confirm?.(tx)
    audit.append(tx, fact)
    if (place.of === 'published') {
      const { service, last } = place
      const entity = { kind: 'service' as const, id: service.id, settings: { ...service, secrets } }
      return workshop.publishAsIs(tx, { entity, last, held, editor, cause: 'secret' })
    }
    const { kind, id, partner, edit } = place.draft
    const saved = await store.saveDraft(
      tx,
      { kind, id },
      { edit, partner, secrets, actor: editor.actor, at: clock.now() },
    )
    if (!saved) throw new Error('the draft changed while publications are held')
    return saved.edit
  }

  /** What both verbs judge first. */
  async function change(
    id: ServiceId,
    seen: number,
    editor: Editor,
    work: (tx: Tx, place: Place, held: Held) => Promise<SecretOutcome>,
  ): Promise<SecretOutcome> {
    await snapshot.refresh()
    const outcome = await storage.transaction(async (tx): Promise<SecretOutcome> => {
      const held = await workshop.hold(tx)
      await store.draft(tx, { kind: 'service', id }, { lock: true })
      const place = await placeOf(tx, id, { editor, current: held.current, wish: 'change' })
      if (!('of' in place)) return place
      if (place.seen !== seen) return { kind: 'conflict', secrets: view(place) }
      if (place.of === 'published' && needsSecond(editor)) return { kind: 'second_needed' }
      return work(tx, place, held)
    })
    await snapshot.refresh()
    return outcome
  }

  return {
    async secrets(id, editor) {
      await snapshot.refresh()
      const place = await placeOf(storage.db, id, { editor, current: snapshot.present(), wish: 'read' })
      return 'of' in place ? view(place) : undefined
    },

    async rotateSecret(id, { seen, overlap = overlapDays.usual }, editor) {
      const { least, most } = overlapDays
      if (!Number.isInteger(overlap) || overlap < least || overlap > most) {
        return { kind: 'invalid', faults: [fault('overlap', problem('overlap_range', { least, most }))] }
      }
      return change(id, seen, editor, async (tx, place, held) => {
        const now = clock.now()
        const [older, other] = inForce(place.secrets)
        if (other) return { kind: 'two_in_force', secrets: view(place) }
        const secret = newSecret()
        const olderUntil = older && endOf(older, now + overlap * day)
        const kept =
          older && olderUntil !== undefined && olderUntil > now ? [{ hash: older.hash, until: olderUntil }] : []
        const [{ until } = {}] = kept
        const fact: Fact = {
          name: 'service.secret_rotated',
          data: { service: id, olderUntil: until ?? null, actor: editor.actor },
        }
        const secrets = [...kept, { hash: hashSecret(secret) }]
        const next = await replace(tx, place, secrets, { held, editor, fact })
        return { kind: 'made', secret, seen: next, ...(until === undefined ? {} : { olderUntil: until }) }
      })
    },

    async endOldSecret(id, { seen }, editor) {
      return change(id, seen, editor, async (tx, place, held) => {
        const [, newer] = inForce(place.secrets)
        if (!newer) return { kind: 'nothing_to_end' }
        const fact: Fact = { name: 'service.secret_ended', data: { service: id, actor: editor.actor } }
        return { kind: 'ended', seen: await replace(tx, place, [newer], { held, editor, fact }) }
      })
    },
  }
}

/** An end that it has already is not put off. */
const endOf = ({ until }: Secrets[number], wanted: Instant): Instant => Math.min(until ?? wanted, wanted)
