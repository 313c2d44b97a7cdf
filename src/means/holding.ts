/**
 * Means in general, whatever their kind: made for a holder under an enrolment, suspended, resumed, revoked, renewed,
 * reminded of, ended. What a holder wrote or knows is sealed with their own key.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { type MeansId, newId, type PersonId } from '../kernel/ids.ts'
import { keyedHash } from '../kernel/secrets.ts'
import type { People, Sealer } from '../people/people.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { type MeansEvent, mayResume, remindedTogether, reminderDays, roleOf, stateAt, transition } from './life.ts'
import type { Holder, Means, MeansChange, MeansKind, MeansView } from './means.ts'
import * as store from './store.ts'

/** Ends the sessions that came from a person's own means, in the same transaction. */
export type EndSessions = (tx: Tx, person: PersonId) => Promise<void>

export interface HoldingParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: People
  key: Buffer
  /** Milliseconds, by kind. */
  validity: Record<MeansKind, number>
  endSessions: EndSessions
}

type Shared = Pick<Means, 'of' | 'suspend' | 'resume' | 'revoke' | 'renew' | 'rename'>

export interface Holding extends Shared {
  make(
    tx: Tx,
    holder: Holder,
    made: {
      kind: MeansKind
      state: 'pending' | 'active'
      label?: string
      /** Sealed here. */
      secret?: string
      credential?: { id: string; publicKey: Buffer }
      counter?: number
      details?: store.Details
    },
  ): Promise<MeansId | undefined>
  activate(tx: Tx, row: store.MeansRow): Promise<void>
  /** What `secret` was made with. */
  secretOf(sealer: Sealer, row: store.MeansRow): string
  /** Puts another secret in place; with an enrolment that is new and not weaker, for a new term. */
  replaceSecret(
    tx: Tx,
    row: store.MeansRow,
    secret: string,
    by: { who: 'hub' | 'somebody'; enrolment?: Holder['enrolment'] },
  ): Promise<void>
  /** Whoever makes something of the person's holds them, before locking a row of this room (`people.sealerOf`). */
  sealerOf(handle: Handle, person: PersonId, options?: { hold: boolean }): Promise<Sealer>
  /** Under which key the failures of a person's second factor are counted. */
  secondFactorKey(person: PersonId): string
  endOver(): Promise<void>
}

const batch = 500
/** What nobody showed to be in their hands is over after this. */
const pendingTerm = 1 * day
/** Present ones of a person: enough for anybody, and an end to what a script would make. */
const mostMeans = 30
const longestLabel = 64

export function createHolding(options: HoldingParts): Holding {
  const { storage, clock, audit, people, key, validity, endSessions } = options

  async function sealerOf(handle: Handle, person: PersonId, options?: { hold: boolean }): Promise<Sealer> {
    const sealer = await people.sealerOf(handle, person, options)
    if (!sealer) throw new GarantError('not_found', { person })
    return sealer
  }

  /** The row, locked, with the state that it has at this instant. */
  async function locked(tx: Tx, person: PersonId, means: MeansId): Promise<store.MeansRow | undefined> {
    const row = await store.lockMeans(tx, person, means)
    return row && { ...row, state: stateAt({ state: row.state, expiresAt: row.expires_at.getTime() }, clock.now()) }
  }

  async function step(tx: Tx, row: store.MeansRow, event: MeansEvent, suspendedBy: 'holder' | 'manager' | null) {
    const state = transition(row.state, event)
    if (!state) return false
    await store.changeState(tx, { means: row.id, state, suspendedBy, at: clock.now() })
    return true
  }

  function viewOf(sealer: Sealer | undefined, row: store.MeansRow): MeansView {
    const { details } = row
    const seen = { state: row.state, expiresAt: row.expires_at.getTime() }
    const secret = row.kind === 'sms_code' && sealer ? secretOf(sealer, row) : undefined
    return {
      means: row.id,
      person: row.person_id,
      kind: row.kind,
      state: stateAt(seen, clock.now()),
      label: sealer?.open(`label ${row.id}`, row.label) ?? '',
      enrolment: row.enrolment_id,
      createdAt: row.created_at.getTime(),
      expiresAt: seen.expiresAt,
      discouraged: row.kind === 'sms_code',
      ...(row.activated_at ? { activatedAt: row.activated_at.getTime() } : {}),
      ...(row.last_used_at ? { lastUsedAt: row.last_used_at.getTime() } : {}),
      ...(row.suspended_by ? { suspendedBy: row.suspended_by } : {}),
      ...(row.ended_at ? { endedAt: row.ended_at.getTime() } : {}),
      ...(row.codes_left === null ? {} : { codesLeft: row.codes_left }),
      ...(secret === undefined ? {} : { hint: numberHint(secret) }),
      ...(row.kind === 'passkey'
        ? {
            passkey: {
              aaguid: details.aaguid ?? '',
              attestation: details.attestation ?? 'none',
              deviceBound: details.deviceBound ?? false,
              transports: details.transports ?? [],
            },
          }
        : {}),
    }
  }

  function secretOf(sealer: Sealer, row: store.MeansRow): string {
    if (!row.secret) throw new Error(`a means of kind ${row.kind} has no secret`)
    return sealer.open(`secret ${row.id}`, row.secret)
  }

  /** A thief must not take from the holder what thaws the identity; managers of means may stop any, at any instant. */
  async function unlessFrozen(tx: Tx, person: PersonId, actor: Actor): Promise<void> {
    if (actor.kind === 'person') await people.requireThawed(tx, person)
  }

  return {
    sealerOf,
    secretOf,

    async make(tx, { person, enrolment, via }, made) {
      const sealer = await sealerOf(tx, person, { hold: true })
      await people.requireThawed(tx, person)
      // Through its owner: an enrolment of somebody else makes no means.
      if (!(await store.enrolmentOf(tx, person, enrolment))) throw new GarantError('not_found', { person, enrolment })
      await store.lockPersonsMeans(tx, person)
      if ((await store.countPresent(tx, person)) >= mostMeans) throw new GarantError('too_many_requests', { person })
      const id = newId('means')
      const at = clock.now()
      const { kind, state, label = '', secret, ...rest } = made
      const isNew = await store.insertMeans(tx, {
        ...rest,
        id,
        person_id: person,
        kind,
        state,
        enrolment_id: enrolment,
        label: sealer.seal(`label ${id}`, label.slice(0, longestLabel)),
        ...(via === undefined ? {} : { via }),
        ...(secret === undefined ? {} : { secret: sealer.seal(`secret ${id}`, secret) }),
        at,
        expiresAt: at + (state === 'pending' ? pendingTerm : validity[kind]),
      })
      if (!isNew) return undefined
      audit.append(tx, { name: 'means.created', data: { person, means: id, kind, enrolment } })
      if (state === 'active') audit.append(tx, { name: 'means.activated', data: { person, means: id } })
      return id
    },

    async activate(tx, row) {
      if (!(await step(tx, row, 'activate', null))) throw new GarantError('not_allowed', { means: row.id })
      const renewal = { means: row.id, enrolment: row.enrolment_id, expiresAt: clock.now() + validity[row.kind] }
      await store.renewMeans(tx, renewal)
      audit.append(tx, { name: 'means.activated', data: { person: row.person_id, means: row.id } })
    },

    async replaceSecret(tx, row, secret, { who, enrolment }) {
      const sealer = await sealerOf(tx, row.person_id)
      if (who === 'somebody') await people.requireThawed(tx, row.person_id)
      const proved = enrolment && (await store.enrolmentOf(tx, row.person_id, enrolment))
      const isRenewal = proved && proved.id !== row.enrolment_id && atLeast(proved.level, row.level)
      const renewed = isRenewal ? { enrolment: proved.id, expiresAt: clock.now() + validity[row.kind] } : undefined
      const { id: means, person_id: person } = row
      const changedAt = who === 'hub' ? null : clock.now()
      const replaced = { means, person, secret: sealer.seal(`secret ${means}`, secret), changedAt }
      if (!(await store.replaceSecret(tx, replaced, renewed))) throw new GarantError('not_found', { means })
    },

    secondFactorKey: (person) => keyedHash(key, 'means/second-factor', person),

    async of(handle, person) {
      const rows = await store.meansOf(handle, person)
      const sealer = await people.sealerOf(handle, person)
      return rows.map((row) => viewOf(sealer, row))
    },

    async suspend(tx, { person, means, actor, reason }) {
      await unlessFrozen(tx, person, actor)
      const row = await locked(tx, person, means)
      if (!row) return 'unknown'
      if (!(await step(tx, row, 'suspend', roleOf(actor, person)))) return 'unchanged'
      audit.append(tx, { name: 'means.suspended', data: { person, means, reason, actor } })
      await endSessions(tx, person)
      return 'done'
    },

    async resume(tx, { person, means, actor, reason }) {
      await unlessFrozen(tx, person, actor)
      const row = await locked(tx, person, means)
      if (!row) return 'unknown'
      if (row.state === 'suspended' && row.suspended_by && !mayResume(row.suspended_by, roleOf(actor, person))) {
        return 'not_allowed'
      }
      if (!(await step(tx, row, 'resume', null))) return 'unchanged'
      audit.append(tx, { name: 'means.resumed', data: { person, means, reason, actor } })
      return 'done'
    },

    async revoke(tx, { person, means, actor, reason }) {
      await unlessFrozen(tx, person, actor)
      const row = await locked(tx, person, means)
      if (!row) return 'unknown'
      if (!(await step(tx, row, 'revoke', null))) return 'unchanged'
      audit.append(tx, { name: 'means.revoked', data: { person, means, reason, actor } })
      await endSessions(tx, person)
      return 'done'
    },

    async renew(tx, { person, means, actor, enrolment }: MeansChange & { enrolment: Holder['enrolment'] }) {
      const row = await locked(tx, person, means)
      const proved = row && (await store.enrolmentOf(tx, person, enrolment))
      if (!row || !proved) return 'unknown'
      // The same proof twice says nothing new about who holds the means now.
      if (proved.id === row.enrolment_id || !atLeast(proved.level, row.level)) return 'not_allowed'
      if (!transition(row.state, 'renew')) return 'unchanged'
      await store.renewMeans(tx, { means, enrolment, expiresAt: clock.now() + validity[row.kind] })
      audit.append(tx, { name: 'means.renewed', data: { person, means, enrolment, actor } })
      return 'done'
    },

    async rename(tx, { person, means, label }) {
      const sealer = await sealerOf(tx, person)
      const sealed = sealer.seal(`label ${means}`, label.slice(0, longestLabel))
      return (await store.relabel(tx, person, means, sealed)) ? 'done' : 'unknown'
    },

    async endOver() {
      const inBatches = async (work: (tx: Tx) => Promise<number>) => {
        for (let done = batch; done === batch; ) done = await storage.transaction(work)
      }
      await inBatches(async (tx) => {
        const ended = await store.endOver(tx, clock.now(), batch)
        for (const { id, person_id } of ended) {
          audit.append(tx, { name: 'means.expired', data: { person: person_id, means: id } })
        }
        // What was not in force opened no session. In one order, so that two processes cannot wait for each other.
        const persons = ended.filter(({ before }) => before === 'active').map(({ person_id }) => person_id)
        for (const person of [...new Set(persons)].sort()) await endSessions(tx, person)
        return ended.length
      })
      for (const days of reminderDays) {
        await inBatches(async (tx) => {
          await store.lockReminders(tx)
          const at = clock.now()
          const until = at + days * day
          const due = { days, at, until, together: until + remindedTogether, holders: batch }
          const holders = Map.groupBy(await store.remind(tx, due), ({ person_id }) => person_id)
          for (const [person, rows] of holders) {
            const means = rows.map(({ id }) => id).sort()
            audit.append(tx, { name: 'means.expires_soon', data: { person, means, days } })
          }
          return holders.size
        })
      }
    },
  }
}

/** The two last digits are enough to know one's own number, and tell nobody else one. */
export function numberHint(number: string): string {
  return `•••• ${number.slice(-2)}`
}

export function addressHint(address: string): string {
  const at = address.lastIndexOf('@')
  return `${[...address].at(0) ?? ''}•••${address.slice(at)}`
}
