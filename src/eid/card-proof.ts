/**
 * A card that was read by a phone: its certificate is looked at by `certificates/`, its signature over the text of this
 * step is verified, and who fails too often waits.
 */
import type { Ask, Certificates, CheckedCertificate } from '../certificates/certificates.ts'
import { isContactless, verifyBy } from '../certificates/certificates.ts'
import type { Level } from '../kernel/assurance.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { Gate } from './gate.ts'
import type { Holder } from './phones.ts'
import { AppError } from './protocol-errors.ts'
import { type CardProof, fingerprintOf } from './protocol-messages.ts'

/** Tries of one pairing or request. */
export const cardTries = 3

/** Whom the card proves, and by what. */
export interface ProvedCard {
  holder: Holder
  /** Keyed digest: the same card. */
  card: string
  notAfter: number
  checked: CheckedCertificate
}

export interface CardAsked {
  provider: ProviderId
  /** Address of the phone: a silence that one network sees is not one that all see. */
  from: string | undefined
  /** By which of its keys, and over what. */
  use: Ask['use']
  text: Buffer
  kinds: readonly string[]
  level: Level
}

/** Without a signature. */
export type Looked = Pick<CardAsked, 'provider' | 'from' | 'kinds' | 'level'>

export interface CardReader {
  /** `reason`: why the card was refused. @throws AppError `card_unverifiable`, `too_many_requests` */
  prove(proof: CardProof, asked: CardAsked): Promise<ProvedCard | { refused: string }>
  /** Is the card of a pairing good still? @throws AppError `card_unverifiable` */
  holds(holder: Holder, asked: Looked): Promise<boolean>
}

export function createCardReader(options: {
  certificates: Pick<Certificates, 'check' | 'kinds'>
  gate: Pick<Gate, 'limit'>
  /** What answers for the cards did not: for the health of the provider. */
  onSilence: (provider: ProviderId, from: string | undefined) => void
}): CardReader {
  const { certificates, gate, onSilence } = options

  async function check(certificate: Buffer, intermediates: Buffer[], use: Ask['use'], looked: Looked) {
    const { provider, from, kinds, level } = looked
    // R034: the card is believed here for nothing less than its PIN.
    const withPin = kinds.filter((kind) => !isContactless(certificates, kind))
    if (withPin.length === 0) return { ok: false, reason: 'pin_not_proved' } as const
    const checked = await certificates.check(certificate, { kinds: withPin, intermediates, use, level })
    if (checked.ok || !checked.ours) return checked
    onSilence(provider, from)
    throw new AppError('card_unverifiable')
  }

  async function refuse(certificate: string, reason: string): Promise<{ refused: string }> {
    await gate.limit('card', fingerprintOf(certificate))
    return { refused: reason }
  }

  return {
    async prove({ certificate, intermediates = [], algorithm, signature }, asked) {
      const [der, chain] = [bytes(certificate), intermediates.map(bytes)]
      const checked = await check(der, chain, asked.use, asked)
      if (!checked.ok) return refuse(certificate, checked.reason)
      if (!verifyBy(checked.key, algorithm, asked.text, bytes(signature))) return refuse(certificate, 'signature')
      const { card, notAfter } = checked
      return { holder: holderOf(checked, certificate, intermediates), card, notAfter, checked }
    },

    async holds({ certificate, intermediates, subject }, asked) {
      const checked = await check(bytes(certificate), intermediates.map(bytes), 'authentication', asked)
      return checked.ok && checked.holder.subject === subject
    },
  }
}

const bytes = (text: string) => Buffer.from(text, 'base64url')

const holderOf = ({ holder, level }: CheckedCertificate, certificate: string, intermediates: string[]): Holder => ({
  subject: holder.subject,
  identity: holder.identity,
  level,
  certificate,
  intermediates,
})
