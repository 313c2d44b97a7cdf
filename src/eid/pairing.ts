/**
 * A phone is paired, or its pairing renewed: device key with its attestation, card after its PIN, biometrics on the phone,
 * in this order. Until the last step there is nothing but a record that is over in ten minutes; at the last step one
 * transaction finds or makes the person, as for every sign-in, and writes the phone.
 */
import type { Audit } from '../audit/audit.ts'
import { atLeast, highestOf } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { newId, newSecret, type PersonId, type PhoneId, type ProviderId } from '../kernel/ids.ts'
import { keyedHash, sameSecret } from '../kernel/secrets.ts'
import type { Claimed, Settled } from '../people/people.ts'
import type { Tx } from '../storage/storage.ts'
import {
  type AppAttestKey,
  type AttestationInput,
  type AttestationRefused,
  type Attested,
  verifyAssertion,
} from './attestation.ts'
import { type CardAsked, type CardReader, cardTries, type ProvedCard } from './card-proof.ts'
import type { EidOptions, EidProvider, Platform, SecurityLevel } from './eid.ts'
import type { Gate, Signed } from './gate.ts'
import type { PhoneBook } from './phones.ts'
import { AppError } from './protocol-errors.ts'
import { beginning, type ClaimsOf, cardText, type DeviceKey, read } from './protocol-messages.ts'
import type { PhoneAttestation } from './signing.ts'

/** From the first step to the last. */
export const pairingLifetime = 10 * minute

/** What the app is told to do next. */
export interface PairingStep {
  pairing?: string
  step: 'attestation' | 'card' | 'biometrics'
  challenge: string
  expires_in: number
}

export interface Paired {
  phone: PhoneId
  provider: ProviderId
  expires_at: number
  shared: boolean
}

type ClaimsInPairing<N extends 'card' | 'biometrics'> = Extract<ClaimsOf<N>, { pairing: string }>

export interface Pairing {
  /** Unsigned: there is no key yet. `address` of the network that asks. */
  begin(body: unknown, address: string): Promise<PairingStep>
  renew(signed: Signed<'renewal'>): Promise<PairingStep>
  attest(signed: Signed<'attestation'>): Promise<PairingStep>
  card(signed: Signed<'card'>, claims: ClaimsInPairing<'card'>, address: string): Promise<PairingStep>
  /** `isNew`: a pairing, not a renewal. */
  finish(signed: Signed<'biometrics'>, claims: ClaimsInPairing<'biometrics'>): Promise<Paired & { isNew: boolean }>
}

type Step = PairingStep['step']

/** One pairing under way. Rests sealed, by its secret, and is over by itself. */
interface Kept {
  provider: ProviderId
  /** Keyed digest. */
  installation: string
  step: Step
  challenge: string
  expiresAt: Instant
  failures: number
  /** A renewal: of this phone, whose key began it. */
  renews?: { phone: PhoneId; person: PersonId; before: string; subject: string }
  /** From the attestation on; in a renewal without rotation, that of the phone. */
  device?: {
    key: DeviceKey
    thumbprint: string
    platform: Platform
    securityLevel: SecurityLevel
    model: string
    /** Apple's key of the installation: asked again at a renewal that keeps the device key. */
    attested: AppAttestKey | null
    /** Absent in a renewal that keeps the key: what was said of it is kept already. */
    attestation?: PhoneAttestation
  }
  proved?: Omit<ProvedCard, 'checked'>
}

const kind = 'eid.pairing'

export function createPairing(
  options: Pick<EidOptions, 'storage' | 'clock' | 'people' | 'providers' | 'rules' | 'key' | 'issuer'> & {
    audit: Pick<Audit, 'append'>
    attest: (input: AttestationInput) => Promise<Attested | AttestationRefused>
    cards: CardReader
    gate: Gate
    phones: PhoneBook
  },
): Pairing {
  const { storage, clock, audit, people, providers, rules, key, issuer, cards, gate, phones } = options

  const providerOf = (id: ProviderId): EidProvider => {
    const provider = providers().find((one) => one.id === id)
    if (!provider) throw new AppError('provider_unknown')
    if (!provider.usable) throw new AppError('unavailable')
    return provider
  }

  const told = ({ step, challenge, expiresAt }: Kept): PairingStep => ({
    step,
    challenge,
    expires_in: Math.max(0, Math.floor((expiresAt - clock.now()) / second)),
  })

  const put = (pairing: string, value: Kept) =>
    storage.state.write({ put: [{ kind, key: pairing, value, expiresAt: value.expiresAt }] })

  async function start(of: Omit<Kept, 'challenge' | 'expiresAt' | 'failures'>): Promise<PairingStep> {
    const pairing = newSecret()
    const kept: Kept = { ...of, challenge: newSecret(), expiresAt: clock.now() + pairingLifetime, failures: 0 }
    await put(pairing, kept)
    return { pairing, ...told(kept) }
  }

  /**
   * The pairing that a message goes on with, taken: of two messages at once one finds it. `step` writes what comes after;
   * where the answer of somebody else fails, it is put back as it was.
   */
  async function go<T>(
    claims: { pairing: string; challenge: string },
    step: Step,
    thumbprint: string,
    work: (kept: Kept) => Promise<T>,
  ): Promise<T> {
    const peeked = (await storage.state.getMany([{ kind, key: claims.pairing }]))[0]?.value as Kept | undefined
    // Somebody else's key: as if there were none.
    const isOwn = !peeked?.device || sameSecret(peeked.device.thumbprint, thumbprint)
    if (!peeked || !isOwn) throw new AppError('pairing_unknown')
    if (peeked.step !== step) throw new AppError('step_wrong', { step: peeked.step })
    if (!sameSecret(peeked.challenge, claims.challenge)) throw new AppError('challenge_wrong')
    const kept = (await storage.state.take(kind, claims.pairing))?.value as Kept | undefined
    if (!kept || kept.step !== step || kept.challenge !== peeked.challenge) throw new AppError('pairing_unknown')
    try {
      return await work(kept)
    } catch (error) {
      const isOurs =
        !(error instanceof AppError) || error.error === 'card_unverifiable' || error.error === 'unavailable'
      if (isOurs) await put(claims.pairing, kept)
      throw error
    }
  }

  async function on(pairing: string, kept: Kept, next: Pick<Kept, 'step'> & Partial<Kept>): Promise<PairingStep> {
    const value: Kept = { ...kept, ...next, challenge: newSecret() }
    await put(pairing, value)
    return told(value)
  }

  /** In a renewal that keeps the device key, the app says by Apple's key that it is still the same. */
  async function sameInstallation(kept: Kept, assertion: string | undefined): Promise<Kept> {
    const { device, renews } = kept
    if (!device?.attested || !renews || device.thumbprint !== renews.before) return kept
    const challenge = Buffer.from(kept.challenge, 'base64url')
    const said = await verifyAssertion({ challenge, key: device.key, assertion, kept: device.attested })
    if (said.ok) return { ...kept, device: { ...device, attested: { ...device.attested, counter: said.counter } } }
    await refused(renews.person, `attestation.${said.reason}`)
    throw new AppError('attestation_refused', { reason: said.reason })
  }

  async function refused(person: PersonId | null, reason: string): Promise<void> {
    await storage.transaction(async (tx) =>
      audit.append(tx, { name: 'phone.pairing_refused', data: { person, reason } }),
    )
  }

  /** What the claim of this card would be at the provider; undefined where nothing that it may say is reached. */
  function claimOf({ id, allowedLevels }: EidProvider, { holder }: Pick<ProvedCard, 'holder'>): Claimed | undefined {
    const level = highestOf(allowedLevels.filter((allowed) => atLeast(holder.level, allowed)))
    return level && { provider: id, subject: holder.subject, level, identity: holder.identity }
  }

  const endOf = ({ notAfter }: Pick<ProvedCard, 'notAfter'>) => Math.min(clock.now() + rules.phoneValidity, notAfter)

  /** Finds or makes the person, or says why not. A collision is written: the caller commits. */
  async function settle(tx: Tx, claimed: Claimed): Promise<Settled | 'frozen' | 'blocked' | 'collision'> {
    const settled = await people.settle(tx, claimed)
    if ('kind' in settled) return settled.kind
    return settled.frozen ? 'frozen' : settled
  }

  async function pair(
    kept: Kept,
    device: NonNullable<Kept['device']>,
    proved: NonNullable<Kept['proved']>,
  ): Promise<Paired> {
    const provider = providerOf(kept.provider)
    const claimed = claimOf(provider, proved)
    if (!claimed) throw new AppError('card_refused', { reason: 'level', left: 0 })
    const phone = newId('phone')
    const expiresAt = endOf(proved)
    const done = await storage.transaction(async (tx) => {
      const settled = await settle(tx, claimed)
      if (typeof settled === 'string') {
        audit.append(tx, { name: 'phone.pairing_refused', data: { person: null, reason: settled } })
        return settled
      }
      const { person, link } = settled
      const { installation } = kept
      return phones.add(tx, {
        ...{ phone, person, link, provider: provider.id, installation, expiresAt },
        ...device,
        ...{ card: proved.card, holder: proved.holder },
      })
    })
    if (typeof done === 'string') throw new AppError('identity_refused', { reason: done })
    return { phone, provider: provider.id, expires_at: Math.floor(expiresAt / second), shared: done.shared }
  }

  async function renewed(
    { provider, renews }: Kept & { renews: NonNullable<Kept['renews']> },
    device: NonNullable<Kept['device']>,
    proved: NonNullable<Kept['proved']>,
  ): Promise<Paired> {
    const { phone, person, before } = renews
    const expiresAt = endOf(proved)
    const done = await storage.transaction((tx) =>
      phones.renew(tx, {
        ...{ phone, person, before, expiresAt, ...device },
        ...{ card: proved.card, holder: proved.holder },
      }),
    )
    const { shared } = await phones.present(phone)
    if (!done) throw new AppError('pairing_unknown')
    return { phone, provider, expires_at: Math.floor(expiresAt / second), shared }
  }

  return {
    async begin(body, address) {
      const { provider, installation } = read(beginning, body)
      providerOf(provider)
      await gate.limit('pairings', gate.networkOf(address))
      return start({ provider, installation: keyedHash(key, 'installation', installation), step: 'attestation' })
    },

    async renew({ claims: { rotate }, phone }) {
      if (!phone) throw new AppError('signature_invalid')
      providerOf(phone.provider)
      await gate.limit('pairings', phone.phone)
      const { row, person, thumbprint, provider } = phone
      const { subject } = await phones.holderOf(phone)
      const renews = { phone: phone.phone, person, before: thumbprint, subject }
      const { installation, platform, security_level: securityLevel } = row
      if (rotate) return start({ provider, installation, step: 'attestation', renews })
      const { attested } = row
      const device = { key: phone.key as DeviceKey, thumbprint, platform, securityLevel, model: '', attested }
      return start({ provider, installation, step: 'card', renews, device })
    },

    async attest({ claims, key: deviceKey, thumbprint }) {
      if (!deviceKey) throw new AppError('signature_invalid')
      return go(claims, 'attestation', thumbprint, async (kept) => {
        const challenge = Buffer.from(kept.challenge, 'base64url')
        const { platform, statement, model = '' } = claims
        const attested = await options.attest({ platform, challenge, key: deviceKey, statement })
        const reason = attested.ok ? (await phones.isKnownKey(thumbprint)) && 'key_known' : attested.reason
        if (!attested.ok || reason) {
          await refused(kept.renews?.person ?? null, `attestation.${reason}`)
          throw new AppError('attestation_refused', { reason: String(reason) })
        }
        const isDemo = attested.notes.includes('dangerous_root')
        const made = {
          platform: isDemo ? 'demo' : attested.platform,
          securityLevel: attested.securityLevel,
          key: deviceKey,
        } as const
        return on(claims.pairing, kept, {
          step: 'card',
          device: {
            ...made,
            thumbprint,
            model: attested.model ?? model,
            attested: attested.appAttest ?? null,
            attestation: { ...made, challenge: kept.challenge, statement },
          },
        })
      })
    },

    card: ({ thumbprint }, { pairing, challenge, card, assertion }, from) =>
      go({ pairing, challenge }, 'card', thumbprint, async (started) => {
        const provider = providerOf(started.provider)
        const kept = await sameInstallation(started, assertion)
        const purpose = kept.renews ? 'renewal' : 'pairing'
        const asked: CardAsked = {
          ...{ provider: provider.id, from, kinds: provider.cards, level: 'eidas3' },
          ...{ use: 'authentication', text: cardText({ issuer, challenge, thumbprint, purpose }) },
        }
        const proved = await cards.prove(card, asked)
        const isOther = !('refused' in proved) && kept.renews && kept.renews.subject !== proved.holder.subject
        if (!('refused' in proved) && !isOther) {
          const { holder, card: digest, notAfter } = proved
          return on(pairing, kept, { step: 'biometrics', proved: { holder, card: digest, notAfter } })
        }
        const reason = 'refused' in proved ? proved.refused : 'somebody_else'
        const failures = kept.failures + 1
        await refused(kept.renews?.person ?? null, `card.${reason}`)
        // The same challenge may be signed again: the wrong card, a slip of the hand.
        if (failures < cardTries) await put(pairing, { ...kept, failures })
        throw new AppError('card_refused', { reason, left: cardTries - failures })
      }),

    finish: ({ thumbprint }, { pairing, challenge }) =>
      go({ pairing, challenge }, 'biometrics', thumbprint, async (kept) => {
        const { device, proved, renews } = kept
        if (!device || !proved) throw new Error('a pairing at its last step without the ones before')
        try {
          if (renews) return { ...(await renewed({ ...kept, renews }, device, proved)), isNew: false }
          return { ...(await pair(kept, device, proved)), isNew: true }
        } catch (error) {
          if (!(error instanceof GarantError) || error.error === 'internal') throw error
          const reason = error.error === 'identity_frozen' ? 'frozen' : 'malformed'
          await refused(renews?.person ?? null, reason)
          throw new AppError('identity_refused', { reason })
        }
      }),
  }
}
