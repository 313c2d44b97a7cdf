/**
 * What a sign-in by a card or by the e-ID app proves: the factors behind the words that the hub wrote of it, since it saw
 * them itself and nobody else has to declare them. A card read without contact and without its PIN answers whoever is
 * near, so only the PIN makes it a chip that was used by contact (R033, R034, R050, R051).
 */
import type { Level } from '../kernel/assurance.ts'
import { factorOf, type KnownMeans } from './acceptance.ts'
import { assessFactors, type FactorKind } from './factors.ts'

type Words = Readonly<Record<string, readonly FactorKind[]>>

/** As far as it matters here, a connector of `partners/`. */
export type House = { kind: 'card' | 'card_and_code' } | { kind: 'eid_app'; by: readonly ('card' | 'device_key')[] }

/** The words of each, beside `hwk` and `mfa`, which say nothing that these do not. */
const words: Record<House['kind'], Words> = {
  card: { sc: ['contactless_chip'], pin: ['contact_chip', 'pin'], pwd: ['password'] },
  eid_app: {
    sc: ['identity_chip'],
    pin: ['pin'],
    hwk: ['phone_app_verified'],
    fpt: ['fingerprint'],
    face: ['face'],
  },
  card_and_code: { sc: ['identity_chip'], pin: ['pin'], sms: ['sms_otp'], mail: ['mail_otp'] },
}

/** What is known of it where nobody declared a class: a card is one of R033, an app is recognised by whoever certified it. */
export function houseMeans(house: House): Pick<KnownMeans, 'class'> & { amr: Words } {
  const known = words[house.kind]
  if (house.kind === 'card') return { class: 'card', amr: known }
  // A key of a phone alone: the best that can come is without the card.
  const { sc: _, pin: __, ...keyOnly } = known
  const isWithoutCard = house.kind === 'eid_app' && !house.by.includes('card')
  return { class: 'none', amr: isWithoutCard ? keyOnly : known }
}

/** The highest level that these words can carry; undefined where they sign nobody in. */
export function houseLevel(house: House, amr: readonly string[]): Level | undefined {
  const known = words[house.kind]
  const kinds = amr.flatMap((word) => (Object.hasOwn(known, word) ? (known[word] ?? []) : []))
  return assessFactors([...new Set(kinds)].map(factorOf)).level
}
