/**
 * What the questions "is this message really yours?" tell of phishing. Whoever copies one true message into a million
 * mails copies its code, and those who ask name addresses to which it was never sent. A typing error names one such
 * address; many of them are a misuse. Pure: addresses are counted elsewhere.
 */
import { day } from '../kernel/durations.ts'

export interface PhishingRules {
  /** From so many addresses on, to which it was never sent, the code of a message is misused. */
  misusedFrom: number
  /** From so many such addresses on, of all misused codes in a week, a warning to the public is proposed. */
  warnFrom: number
  /** ... and published by the hub itself, without waiting for an operator. */
  publish: boolean
}

/** Time in which addresses are counted. */
export const misuseWindow = 7 * day

/** For how long the warning is proposed to stand. */
export const warningLasts = 7 * day

/** Different addresses with which one code may be asked about in a day: nobody finds by it whose a message is. */
export const addressesOfCode = 20

/**
 * Is a misuse to be told when one more address makes this many? When it begins, and each time that it doubled, so that
 * a wave is seen to grow and fills no journal.
 */
export function tellsMisuse(addresses: number, { misusedFrom }: Pick<PhishingRules, 'misusedFrom'>): boolean {
  const times = addresses / misusedFrom
  return Number.isInteger(Math.log2(times)) && times >= 1
}

export function proposesWarning(addresses: number, { warnFrom }: Pick<PhishingRules, 'warnFrom'>): boolean {
  return addresses >= warnFrom
}
