/**
 * Factors: what each kind proves, which sets of them count as two factors, and which assurance level a set can carry.
 * A factor that does not count is set aside with a note and never spoils the others, so more proof is never less.
 */
import type { Level } from '../kernel/assurance.ts'

/** What the person knows, has, or is (Implementing Regulation (EU) 2015/1502, Annex 1). */
export const categories = ['knowledge', 'possession', 'biometrics'] as const
export type Category = (typeof categories)[number]

interface KindRule {
  /** `verification`: knowledge or biometrics, which of the two stays on the device. */
  proves: readonly (Category | 'verification')[]
  /** Different at each use, by a challenge or as a one-time value: what was seen once opens nothing later. */
  dynamic: boolean
  /** The highest level at which it counts as one of the two factors. */
  supports: Level
  /** It can sign in by itself where one factor is enough. */
  alone: boolean
}

/**
 * Every kind of factor. One-time codes by text message or mail cross channels that others can read, a recovery code is
 * on paper, a contactless badge answers whoever is near: they make a second factor, and lift no level above the lowest.
 * A passkey may be copied between the devices of its holder, so it stays below the highest.
 */
export const factorKinds = {
  password: { proves: ['knowledge'], dynamic: false, supports: 'eidas3', alone: true },
  /** The PIN of a chip or of a security key, checked by it. Beside none of them it is set aside. */
  pin: { proves: ['knowledge'], dynamic: false, supports: 'eidas3', alone: false },
  /** RFC 6238, on hardware of the person. */
  totp: { proves: ['possession'], dynamic: true, supports: 'eidas2', alone: false },
  sms_otp: { proves: ['possession'], dynamic: true, supports: 'eidas1', alone: false },
  mail_otp: { proves: ['possession'], dynamic: true, supports: 'eidas1', alone: false },
  recovery_code: { proves: ['possession'], dynamic: true, supports: 'eidas1', alone: false },
  /** A passkey that proved presence only. */
  passkey: { proves: ['possession'], dynamic: true, supports: 'eidas2', alone: true },
  /** A passkey that verified its holder (the UV flag of WebAuthn): two factors in one. */
  passkey_verified: { proves: ['possession', 'verification'], dynamic: true, supports: 'eidas2', alone: true },
  /** A hardware key whose private key cannot leave it. */
  security_key: { proves: ['possession'], dynamic: true, supports: 'eidas3', alone: true },
  security_key_pin: { proves: ['possession', 'knowledge'], dynamic: true, supports: 'eidas3', alone: true },
  security_key_fingerprint: { proves: ['possession', 'biometrics'], dynamic: true, supports: 'eidas3', alone: true },
  contact_chip: { proves: ['possession'], dynamic: true, supports: 'eidas3', alone: false },
  /** A badge read without contact, the CPx card among them. */
  contactless_chip: { proves: ['possession'], dynamic: false, supports: 'eidas1', alone: false },
  /** The chip of an identity document, read over NFC, that signs a challenge. */
  identity_chip: { proves: ['possession'], dynamic: true, supports: 'eidas3', alone: false },
  /** An application enrolled on a phone, with a key of its own. */
  phone_app: { proves: ['possession'], dynamic: true, supports: 'eidas2', alone: true },
  /** The same, unlocked by a code or by biometrics on the phone. */
  phone_app_verified: { proves: ['possession', 'verification'], dynamic: true, supports: 'eidas2', alone: true },
  fingerprint: { proves: ['biometrics'], dynamic: false, supports: 'eidas3', alone: false },
  face: { proves: ['biometrics'], dynamic: false, supports: 'eidas3', alone: false },
} as const satisfies Record<string, KindRule>

export type FactorKind = keyof typeof factorKinds

type Biometric = 'fingerprint' | 'face'

export type Factor =
  | { kind: Exclude<FactorKind, Biometric | 'mail_otp'> }
  /** Where the template is kept and compared (R049). */
  | { kind: Biometric; verifiedOn: 'holder_hardware' | 'elsewhere' }
  /** R055: whether that mailbox resets the password too, and whether it is secured: MSSanté, or a domain of the settings. */
  | { kind: 'mail_otp'; resetsPassword: boolean; secured: boolean }

/** Said beside an acceptance too. */
export const factorNotes = {
  biometrics_elsewhere: {
    says: 'A biometric factor that is not stored and verified on hardware of its holder is set aside.',
    requirement: 'R049',
  },
  mail_resets_password: {
    says: 'The code went to the mailbox that resets the password, and the mailbox is not secured: it is set aside.',
    requirement: 'R055',
  },
  pin_without_chip: {
    says: 'A PIN counts only beside the chip or key that checks it; it is set aside.',
    requirement: 'R050',
  },
  contactless_is_transition: {
    says: 'Without a homologation, a contactless chip with another factor is a means of transition.',
    requirement: 'R034',
  },
  sms_discouraged: {
    says: 'Accepted but discouraged: the second factor is a code by text message, which can be diverted.',
    requirement: 'R054',
  },
} as const

const gaps = {
  no_factor: { says: 'Nothing that counts as a factor was proved.', requirement: 'R048' },
  otp_alone: {
    says: 'A one-time code (TOTP, text message, mail, recovery code) never signs in without another factor.',
    requirement: 'R053',
  },
  contactless_alone: {
    says: 'A contactless chip by itself opens doors, not a digital service.',
    requirement: 'R034',
  },
  incomplete: {
    says: 'A chip without its PIN, or biometrics without the hardware that they unlock, signs nobody in.',
    requirement: 'R050',
  },
} as const

export const factorReasons = { ...gaps, ...factorNotes } as const
export type FactorNote = keyof typeof factorNotes
export type FactorGap = keyof typeof gaps
export type FactorReason = FactorNote | FactorGap

export interface FactorAssessment {
  /** How many factors of different categories were proved, from 0 to 3. */
  factors: number
  /** What the set can carry at most, whatever the identity behind it; undefined when it signs nobody in. */
  level?: Level
  /** At least one answer was made for this sign-in alone. */
  dynamic: boolean
  /** The kinds that count. */
  counted: FactorKind[]
  notes: FactorNote[]
  /** Empty exactly when there is a level. */
  gaps: FactorGap[]
}

/** What a set of factors, all proved in one authentication, is worth. The order and repetitions mean nothing. */
export function assessFactors(given: readonly Factor[]): FactorAssessment {
  const aside = given.map((factor) => setAside(factor, given))
  const counted = [...new Set(given.filter((_, index) => aside[index] === undefined).map(({ kind }) => kind))]
  const factors = categoriesIn(counted)
  const level = levelOf(counted, factors)
  return {
    factors,
    ...(level === undefined ? {} : { level }),
    dynamic: counted.some((kind) => factorKinds[kind].dynamic),
    counted,
    notes: [...new Set([...aside.filter((note) => note !== undefined), ...leaningNotes(counted)])],
    gaps: level === undefined ? gapsOf(counted) : [],
  }
}

const checkingPins = new Set<FactorKind>(['contact_chip', 'identity_chip', 'security_key'])

function setAside(factor: Factor, among: readonly Factor[]): FactorNote | undefined {
  switch (factor.kind) {
    case 'fingerprint':
    case 'face':
      return factor.verifiedOn === 'holder_hardware' ? undefined : 'biometrics_elsewhere'
    case 'mail_otp':
      return factor.resetsPassword && !factor.secured ? 'mail_resets_password' : undefined
    case 'pin':
      return among.some(({ kind }) => checkingPins.has(kind)) ? undefined : 'pin_without_chip'
    default:
      return undefined
  }
}

/** Said where nothing else would make two factors. */
function leaningNotes(counted: readonly FactorKind[]): FactorNote[] {
  const leansOn = (kind: FactorKind) =>
    counted.includes(kind) && categoriesIn(counted.filter((other) => other !== kind)) < 2
  const found: [FactorNote, boolean][] = [
    ['contactless_is_transition', categoriesIn(counted) >= 2 && leansOn('contactless_chip')],
    ['sms_discouraged', leansOn('sms_otp')],
  ]
  return found.filter(([, applies]) => applies).map(([note]) => note)
}

/** How many different categories these kinds prove, all of them counting. */
export function categoriesIn(kinds: readonly FactorKind[]): number {
  const proved = new Set<KindRule['proves'][number]>(kinds.flatMap((kind) => factorKinds[kind].proves))
  // What a device verified may be either: it is one more only where neither is proved otherwise.
  return proved.has('verification') && (proved.has('knowledge') || proved.has('biometrics'))
    ? proved.size - 1
    : proved.size
}

/**
 * "The authentication means utilises at least two authentication factors from different categories" and dynamic
 * authentication make the substantial level, protection "against duplication and tampering" the highest
 * (2015/1502, Annex 2.2.1 and 2.3.1). One factor that may stand alone, or two of any kind, make the lowest.
 */
function levelOf(counted: readonly FactorKind[], factors: number): Level | undefined {
  for (const level of ['eidas3', 'eidas2'] as const) {
    const strong = counted.filter((kind) =>
      level === 'eidas2' ? factorKinds[kind].supports !== 'eidas1' : factorKinds[kind].supports === 'eidas3',
    )
    if (categoriesIn(strong) >= 2 && strong.some((kind) => factorKinds[kind].dynamic)) return level
  }
  return factors >= 2 || counted.some((kind) => factorKinds[kind].alone) ? 'eidas1' : undefined
}

/** They never stand alone, under no exception. */
export const oneTimeCodes: ReadonlySet<FactorKind> = new Set(['totp', 'sms_otp', 'mail_otp', 'recovery_code'])

function gapsOf(counted: readonly FactorKind[]): FactorGap[] {
  if (counted.length === 0) return ['no_factor']
  const found: [FactorGap, boolean][] = [
    ['otp_alone', counted.some((kind) => oneTimeCodes.has(kind))],
    ['contactless_alone', counted.includes('contactless_chip')],
    ['incomplete', counted.some((kind) => !oneTimeCodes.has(kind) && kind !== 'contactless_chip')],
  ]
  return found.filter(([, applies]) => applies).map(([gap]) => gap)
}
