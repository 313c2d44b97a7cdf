/**
 * Phones that are paired: whose they are, until when, what ended them. A pairing belongs to an account (the card at the
 * provider of the app), and goes where the account goes. Names and what the card said rest sealed with the key of the
 * person; what the card said is wiped when the pairing is over, as nobody needs it any more.
 */
import type { JWK } from 'jose'
import type { Audit } from '../audit/audit.ts'
import { highestOf, type Level, lowerOf } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { Identity } from '../kernel/identity.ts'
import type { EidRequestId, PersonId, PhoneId, ProviderId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import { reminderDays } from '../means/life.ts'
import type { People, Sealer } from '../people/people.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import type { AppAttestKey } from './attestation.ts'
import type { EidProvider, EidRules, PhoneApproval, PhoneState, Phones, PhoneView, SecurityLevel } from './eid.ts'
import { AppError } from './protocol-errors.ts'
import type { PhoneAttestation } from './signing.ts'
import * as store from './store.ts'

/** In force, of one person. */
export const mostPhones = 5
/** R090: from so many people on, an installation is shared. */
export const sharedFrom = 3

/** What the card said of its holder, kept for sign-ins without it. */
export interface Holder {
  subject: string
  identity: Identity
  /** Of the card, not of the phone. */
  level: Level
  /** DER, base64: looked at again at each sign-in without the card. */
  certificate: string
  intermediates: string[]
}

export interface PhoneParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: People
  /** Ends the sessions that began with the provider, in the same transaction. */
  endSessions: (tx: Tx, person: PersonId, provider: ProviderId) => Promise<void>
  providers: () => readonly EidProvider[]
  rules: Pick<EidRules, 'deviceKeyLevel'>
  retention: { approvals: number; phones: number }
}

/** Of this room only. */
export interface PhoneBook extends Phones {
  /**
   * For the app, by the id that its message names.
   *
   * @throws AppError `phone_unknown`, `phone_revoked`, `phone_expired`
   */
  present(phone: PhoneId): Promise<PresentPhone>
  holderOf(phone: PresentPhone): Promise<Holder>
  /** What the phone's system said of its key; undefined of one that was paired before this was kept. */
  attestationOf(phone: PresentPhone): Promise<PhoneAttestation | undefined>
  viewOf(phone: PresentPhone): Promise<PhoneView>
  /** Was it paired before, whoever's it was? */
  isKnownKey(thumbprint: string): Promise<boolean>
  /** @throws AppError `too_many_phones` */
  add(tx: Tx, made: NewPhone): Promise<{ shared: boolean }>
  /** False when it is over, or was renewed meanwhile. */
  renew(tx: Tx, renewed: Renewed): Promise<boolean>
  /** Writes what was answered on a phone, and that it was used. */
  write(
    tx: Tx,
    of: {
      request: EidRequestId
      phone: PhoneId
      person: PersonId
      outcome: 'approved' | 'declined'
      signs?: true
      service?: Translated
      country?: string
    },
  ): Promise<void>
}

export interface PresentPhone {
  phone: PhoneId
  person: PersonId
  provider: ProviderId
  key: JWK
  thumbprint: string
  shared: boolean
  row: store.CountedRow
}

export interface NewPhone
  extends Pick<store.PhoneRow, 'provider' | 'platform' | 'key' | 'thumbprint' | 'installation' | 'card'> {
  phone: PhoneId
  person: PersonId
  link: store.PhoneRow['link_id']
  securityLevel: SecurityLevel
  model: string
  holder: Holder
  attested: AppAttestKey | null
  attestation?: PhoneAttestation
  expiresAt: Instant
}

export type Renewed = Pick<
  NewPhone,
  | 'phone'
  | 'person'
  | 'key'
  | 'thumbprint'
  | 'card'
  | 'holder'
  | 'securityLevel'
  | 'platform'
  | 'attested'
  | 'attestation'
  | 'expiresAt'
> & { before: string }

const batch = 500

const labelPlace = (phone: PhoneId) => `phone ${phone}`
const holderPlace = (phone: PhoneId) => `phone-holder ${phone}`
const attestationPlace = (phone: PhoneId) => `phone-attestation ${phone}`
const approvalPlace = (request: EidRequestId) => `phone-approval ${request}`

interface Names {
  label: string
  model: string
}

const sealedAttestation = (sealer: Sealer, { phone, attestation }: Pick<NewPhone, 'phone' | 'attestation'>) =>
  attestation ? sealer.seal(attestationPlace(phone), JSON.stringify(attestation)) : null

export function createPhones(options: PhoneParts): PhoneBook {
  const { storage, clock, audit, people, endSessions, providers, rules, retention } = options

  async function sealerOf(handle: Handle, person: PersonId, hold?: { hold: boolean }): Promise<Sealer> {
    const sealer = await people.sealerOf(handle, person, hold)
    if (!sealer) throw new AppError('phone_unknown')
    return sealer
  }

  /** What a stored state is at this instant: a term that is over ends the pairing at once, not when a job passes. */
  const stateAt = ({ state, expires_at }: store.PhoneRow): PhoneState =>
    state === 'active' && expires_at.getTime() <= clock.now() ? 'expired' : state

  function viewOf(sealer: Sealer, row: store.CountedRow): PhoneView {
    const names: Names = JSON.parse(sealer.open(labelPlace(row.id), row.label))
    const state = stateAt(row)
    const endedAt = row.ended_at?.getTime() ?? (state === 'expired' ? row.expires_at.getTime() : undefined)
    return {
      phone: row.id,
      person: row.person_id,
      provider: row.provider,
      platform: row.platform,
      ...(names.model ? { model: names.model } : {}),
      label: names.label || names.model,
      securityLevel: row.security_level,
      pairedAt: row.paired_at.getTime(),
      ...(row.renewed_at ? { renewedAt: row.renewed_at.getTime() } : {}),
      ...(row.last_used_at ? { lastUsedAt: row.last_used_at.getTime() } : {}),
      expiresAt: row.expires_at.getTime(),
      state,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(row.revoked_for ? { revokedFor: row.revoked_for } : {}),
      card: row.card,
      installation: row.installation,
      shared: row.people >= sharedFrom,
    }
  }

  async function rename(tx: Tx, person: PersonId, phone: PhoneId, label: string): Promise<boolean> {
    const sealer = await people.sealerOf(tx, person, { hold: true })
    const row = sealer && (await store.phoneOf(tx, person, phone, clock.now()))
    if (!sealer || !row) return false
    const { model }: Names = JSON.parse(sealer.open(labelPlace(phone), row.label))
    const names: Names = { model, label: [...label.replace(/\p{C}/gu, '').trim()].slice(0, 64).join('') }
    const sealed = sealer.seal(labelPlace(phone), JSON.stringify(names))
    return store.relabel(tx, { phone, person, label: sealed, at: clock.now() })
  }

  const inBatches = async (work: (tx: Tx) => Promise<number>) => {
    for (let done = batch; done === batch; ) done = await storage.transaction(work)
  }

  async function give(tx: Tx, row: store.PhoneRow, seals: { from: Sealer; to: Sealer }, to: PersonId): Promise<void> {
    const again = (place: string, sealed: Buffer) => seals.to.seal(place, seals.from.open(place, sealed))
    await store.givePhone(tx, {
      phone: row.id,
      from: row.person_id,
      to,
      label: again(labelPlace(row.id), row.label),
      holder: row.holder && again(holderPlace(row.id), row.holder),
      attestation: row.attestation && again(attestationPlace(row.id), row.attestation),
    })
    for (const { id, about } of await store.allApprovalsOf(tx, row.id)) {
      await store.giveApproval(tx, { id, to, about: again(approvalPlace(id), about) })
    }
  }

  return {
    async of(handle, person) {
      const rows = await store.phonesOf(handle, person, clock.now())
      const sealer = rows.length > 0 ? await people.sealerOf(handle, person) : undefined
      return sealer ? rows.map((row) => viewOf(sealer, row)) : []
    },

    async read(handle, person, phone) {
      const row = await store.phoneOf(handle, person, phone, clock.now())
      const sealer = row && (await people.sealerOf(handle, person))
      return row && sealer && viewOf(sealer, row)
    },

    async signers(handle, person) {
      const rows = (await store.phonesOf(handle, person, clock.now())).filter((row) => stateAt(row) === 'active')
      return providers().flatMap(({ id: provider, usable, by, allowedLevels }) => {
        const own = rows.filter((row) => row.provider === provider)
        const highest = highestOf(allowedLevels)
        if (!usable || own.length === 0 || !highest) return []
        const hasKey = own.some(({ attestation, people: count }) => attestation !== null && count < sharedFrom)
        const left = by.filter((one) => one === 'card' || hasKey)
        const level = left.includes('card') ? highest : lowerOf(highest, rules.deviceKeyLevel)
        return left.length > 0 ? [{ provider, by: left, level }] : []
      })
    },

    async revoke(tx, { person, phone, actor, reason }) {
      // A thief must not take from the holder what thaws the identity; operators and the phone itself may at any instant.
      if (actor.kind === 'person' && reason !== 'app') await people.requireThawed(tx, person)
      const row = await store.phoneOf(tx, person, phone, clock.now())
      if (!row || !(await store.endPhone(tx, { phone, person, reason, at: clock.now() }))) return false
      audit.append(tx, { name: 'phone.revoked', data: { person, phone, reason, actor } })
      await endSessions(tx, person, row.provider)
      return true
    },

    rename,

    async approvalsOf(handle, person, phone) {
      const row = await store.phoneOf(handle, person, phone, clock.now())
      const sealer = row && (await people.sealerOf(handle, person))
      if (!sealer) return []
      const lines = await store.approvalsOf(handle, phone, 50)
      return lines.map(({ id, outcome, about, at }) => ({
        at: at.getTime(),
        outcome,
        ...(JSON.parse(sealer.open(approvalPlace(id), about)) as Pick<PhoneApproval, 'signs' | 'service' | 'country'>),
      }))
    },

    async sweep() {
      await inBatches(async (tx) => {
        const ended = await store.endOver(tx, clock.now(), batch)
        for (const { id, person_id } of ended) {
          audit.append(tx, { name: 'phone.expired', data: { person: person_id, phone: id } })
        }
        return ended.length
      })
      for (const days of reminderDays) {
        await inBatches(async (tx) => {
          const at = clock.now()
          const rows = await store.remind(tx, { days, at, until: at + days * day, most: batch })
          for (const [person, found] of Map.groupBy(rows, ({ person_id }) => person_id)) {
            const phones = found.map(({ id }) => id).sort()
            audit.append(tx, { name: 'phone.expires_soon', data: { person, phones, days } })
          }
          return rows.length
        })
      }
      const now = clock.now()
      await store.forgetOld(storage.db, { phones: now - retention.phones, approvals: now - retention.approvals, now })
    },

    keeper: {
      room: 'eid',
      forget: store.forgetPerson,
      async follow(tx, passed) {
        const { from, to, links, left, actor } = passed
        const gone = new Set(links.map(({ link }) => link))
        const rows = (await store.lockPhonesOf(tx, from)).filter(
          ({ link_id }) => left.length === 0 || gone.has(link_id),
        )
        if (rows.length === 0) return
        const seals = { from: await sealerOf(tx, from), to: await sealerOf(tx, to) }
        for (const row of rows) {
          await give(tx, row, seals, to)
          audit.append(tx, { name: 'phone.moved', data: { phone: row.id, person: from, into: to, actor } })
        }
        passed.also(rows.map(({ id }) => id))
      },
    },

    async present(phone) {
      const row = await store.phoneById(storage.db, phone, clock.now())
      if (!row) throw new AppError('phone_unknown')
      const state = stateAt(row)
      if (state !== 'active') throw new AppError(state === 'revoked' ? 'phone_revoked' : 'phone_expired')
      const { person_id: person, provider, key, thumbprint, people: count } = row
      return { phone, person, provider, key, thumbprint, shared: count >= sharedFrom, row }
    },

    async holderOf({ phone, person, row }) {
      const sealer = await sealerOf(storage.db, person)
      if (!row.holder) throw new AppError('phone_revoked')
      return JSON.parse(sealer.open(holderPlace(phone), row.holder))
    },

    async attestationOf({ phone, person, row }) {
      const sealer = row.attestation ? await sealerOf(storage.db, person) : undefined
      return row.attestation && sealer ? JSON.parse(sealer.open(attestationPlace(phone), row.attestation)) : undefined
    },

    viewOf: async ({ person, row }) => viewOf(await sealerOf(storage.db, person), row),

    isKnownKey: (thumbprint) => store.isKnownKey(storage.db, thumbprint),

    async add(tx, made) {
      const { phone, person, provider, installation } = made
      const at = clock.now()
      const sealer = await sealerOf(tx, person, { hold: true })
      const present = (await store.lockPhonesOf(tx, person)).filter((row) => stateAt(row) === 'active')
      const replaced = present.filter((row) => row.installation === installation && row.provider === provider)
      if (present.length - replaced.length >= mostPhones) throw new AppError('too_many_phones')
      for (const { id } of replaced) {
        await store.endPhone(tx, { phone: id, person, reason: 'replaced', at })
        const actor = { kind: 'person', id: person } as const
        audit.append(tx, { name: 'phone.revoked', data: { person, phone: id, reason: 'replaced', actor } })
      }
      const names: Names = { label: '', model: made.model }
      await store.insertPhone(tx, {
        id: phone,
        person_id: person,
        link_id: made.link,
        provider,
        platform: made.platform,
        security_level: made.securityLevel,
        key: made.key,
        thumbprint: made.thumbprint,
        installation,
        card: made.card,
        label: sealer.seal(labelPlace(phone), JSON.stringify(names)),
        holder: sealer.seal(holderPlace(phone), JSON.stringify(made.holder)),
        attested: made.attested,
        attestation: sealedAttestation(sealer, made),
        at,
        expiresAt: made.expiresAt,
      })
      const shared = (await store.countPeopleOn(tx, installation, at)) >= sharedFrom
      audit.append(tx, {
        name: 'phone.paired',
        data: { person, phone, provider, platform: made.platform, shared },
      })
      return { shared }
    },

    async renew(tx, renewed) {
      const { phone, person, before } = renewed
      const sealer = await sealerOf(tx, person, { hold: true })
      await people.requireThawed(tx, person)
      const done = await store.renewPhone(tx, {
        ...renewed,
        holder: sealer.seal(holderPlace(phone), JSON.stringify(renewed.holder)),
        attestation: sealedAttestation(sealer, renewed),
        at: clock.now(),
      })
      if (done) {
        const rotated = before !== renewed.thumbprint
        audit.append(tx, { name: 'phone.renewed', data: { person, phone, rotated } })
      }
      return done
    },

    async write(tx, { request, phone, person, outcome, signs, service, country }) {
      const sealer = await sealerOf(tx, person, { hold: true })
      const told = { ...(signs ? { signs } : {}), ...(service ? { service } : {}), ...(country ? { country } : {}) }
      const about = sealer.seal(approvalPlace(request), JSON.stringify(told))
      await store.putApproval(tx, { id: request, phone, person, outcome, about, at: clock.now() })
      await store.used(tx, phone, clock.now())
    },
  }
}
