/**
 * Is this means accepted for this service at this instant? Classes, dates, homologations, levels and combinations of
 * factors of R023 to R034, R046, R048 to R055, R060 and R079. What is decided here is decided before any identity is
 * released (R030); that the challenge was fresh and the certificate not revoked is for whoever verified them to observe.
 */
import { atLeast, type Level, lowerOf } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { Restrictions } from './attempts.ts'
import { type BoundedInstant, boundedAt, type When } from './bounded-instant.ts'
import { addYears, yearsHavePassed } from './calendar.ts'
import {
  assessFactors,
  type Factor,
  type FactorAssessment,
  type FactorNote,
  factorNotes,
  factorReasons,
} from './factors.ts'
import type { Network, Place } from './network.ts'

/** How a means was recognised (R023). `none`: not at all; it opens services that are not sensitive. */
export const meansClasses = ['psc', 'card', 'certified', 'homologated', 'transition', 'none'] as const
export type MeansClass = (typeof meansClasses)[number]

export const populations = ['citizen', 'professional'] as const
export type Population = (typeof populations)[number]

/** The act of the owner of a service: after a risk analysis, this means is sufficient for it (R025). */
export interface Homologation {
  service: string
  author: string
  /** Reference of the risk analysis. */
  riskAnalysis: string
  at: Instant
}

export const enrolmentProofs = [
  'pro_sante_connect',
  'franceconnect',
  'identity_card',
  'photo',
  'video',
  'face_to_face',
  /** A confirmation sent to the mailbox of the secured health messaging, MSSanté. */
  'mssante_mail',
] as const
export type EnrolmentProof = (typeof enrolmentProofs)[number]

export interface Means {
  class: MeansClass
  /** The assurance level that was certified, homologated or declared for the means. */
  level: Level
  /** The level at which the identity of its holder was proved. */
  identityLevel: Level
  /** What is proved at a sign-in with it, all of it. */
  factors: readonly Factor[]
  /** Can anybody but one person be in possession of it? */
  bound: 'one_person' | 'shared'
  /** ISO 3166-1 code of the country whose rules it was issued under. */
  jurisdiction: string
  population: Population
  validFrom: Instant
  /** Exclusive. Every means ends, so that it is renewed (R046): without an end it is refused. */
  validUntil?: Instant
  revokedAt?: Instant
  certificate?: { reference: string; validUntil: Instant }
  homologations: readonly Homologation[]
  enrolment?: {
    proofs: readonly EnrolmentProof[]
    /** Every address and number that authenticates or recovers was verified (R043). */
    contactsVerified: boolean
    /** The person is in the directory of health professionals (R044). */
    inDirectory: boolean
  }
}

/** What a service asks of means. */
export interface ServiceRules {
  id: string
  minimumLevel: Level
  /** It handles health data or others as sensitive. */
  sensitive: boolean
  /** May a password alone open it at all (R079)? */
  passwordAlone: boolean
  /** Where it is written which measures suit its context: a sensitive service needs one to take a password alone. */
  riskProfile?: string
}

/** What the operator decides, from the settings. */
export interface MeansPolicy {
  /** IANA name of the zone in which years are counted. */
  timeZone: string
  /** From this instant on means of transition are refused (R031), ... */
  transitionEnd: Instant
  /** ... except where another end is set for a population of a jurisdiction; the first that fits counts. */
  transitionEnds: readonly { jurisdiction: string; population: Population; end: Instant }[]
  /** From this instant on sensitive services take no level below `eidas2` (R032). */
  sensitiveMinimumFrom: Instant
  /** Where a password alone may sign somebody in: on local networks, or besides everywhere towards ordinary services. */
  passwordAlone: 'never' | 'local' | 'ordinary'
  restrictions: Restrictions
  localNetworks: readonly Network[]
}

/** "Once every 4 years": calendar years, so that the date itself, four years later, is no longer covered (R026). */
export const homologationYears = 4

const ownReasons = {
  class_none: { says: 'The means is of no recognised class, and the service is sensitive.', requirement: 'R023' },
  certificate_missing: { says: 'A certified means names no certificate.', requirement: 'R024' },
  certificate_ended: { says: 'The certificate of a certified means has ended.', requirement: 'R024' },
  enrolment_unproved: {
    says: 'The enrolment of a certified means lacks a sufficient proof of identity, verified contacts or, for a professional, the directory.',
    requirement: 'R024',
  },
  homologation_missing: { says: 'No homologation of this means for this service.', requirement: 'R025' },
  homologation_incomplete: { says: 'The homologation names no author or no risk analysis.', requirement: 'R025' },
  homologation_not_yet: { says: 'The homologation is dated after the sign-in.', requirement: 'R025' },
  homologation_ended: { says: 'The homologation is four years old or more.', requirement: 'R026' },
  homologation_level: { says: 'A means below the substantial level cannot be homologated.', requirement: 'R027' },
  second_factor_missing: {
    says: 'Two factors of different categories are needed here, and fewer were proved.',
    requirement: 'R048',
  },
  shared: {
    says: 'Somebody else than its one holder can be in possession of a homologated means.',
    requirement: 'R029',
  },
  not_dynamic: { says: 'Nothing in the authentication changes from one use to the next.', requirement: 'R030' },
  transition_ended: { says: 'The transition is over for this population and jurisdiction.', requirement: 'R031' },
  below_sensitive_minimum: { says: 'A sensitive service takes the substantial level at least.', requirement: 'R032' },
  card_without_pin: { says: 'A card is used by its contact chip and its PIN.', requirement: 'R033' },
  no_end: { says: 'The means has no date of end, so nothing makes it be renewed.', requirement: 'R046' },
  not_yet_valid: { says: 'The validity of the means has not begun.', requirement: 'R046' },
  expired: { says: 'The validity of the means is over: it has to be renewed.', requirement: 'R046' },
  revoked: { says: 'The means was revoked.', requirement: 'R047' },
  password_alone_here: {
    says: 'The settings do not let a password alone sign somebody in from here, towards this service.',
    requirement: 'R060',
  },
  password_unrestricted: {
    says: 'A password alone needs at least one of the restriction measures A, B and C.',
    requirement: 'R064',
  },
  risk_profile_missing: {
    says: 'A sensitive service that takes a password alone names no risk profile, to which its measures are adapted.',
    requirement: 'R067',
  },
  password_alone_forbidden: { says: 'The service forbids a password alone.', requirement: 'R079' },
  below_minimum: { says: 'The level reached is below what the service accepts.', requirement: 'R079' },
} as const

export const meansReasons = { ...ownReasons, ...factorReasons } as const
export type MeansReason = keyof typeof meansReasons

/** These are said beside an acceptance too. */
const remarks = new Set<MeansReason>(Object.keys(factorNotes) as FactorNote[])

export interface MeansDecision {
  accepted: boolean
  /** The level reached, if the factors sign anybody in: told with a refusal too. */
  level?: Level
  /** All that speak against it, then all remarks. An acceptance has remarks only. */
  reasons: MeansReason[]
}

interface Circumstances {
  means: Means
  service: ServiceRules
  place: Place
  policy: MeansPolicy
}

/** `at`: given a bounded instant, its owner learns for how long the answer holds. */
export type MeansQuestion = Circumstances & { at: When }

/** The level is the lowest of what the identity, the means, its class and the factors carry. */
export function decideMeans({ means, service, place, at, policy }: MeansQuestion): MeansDecision {
  const now = boundedAt(at)
  const assessment = assessFactors(means.factors)
  const found = effectiveClass(means, assessment)
  const level = levelReached(means, found, assessment)
  return conclude(level, [
    ...validity(means, now),
    ...classFaults[found]({ means, service, place, now, policy, assessment }),
    ...combination({ ...service, place, policy, assessment }),
    ...levelFaults({ means, service, now, policy, level, found }),
  ])
}

/** The same for factors only, whatever the means: what `sensitive` and the place ask of a combination. */
export function decideFactors(
  question: Omit<Combination, 'assessment'> & { factors: readonly Factor[]; identityLevel: Level },
): MeansDecision {
  const assessment = assessFactors(question.factors)
  const level = assessment.level && lowerOf(assessment.level, question.identityLevel)
  return conclude(level, combination({ ...question, assessment }))
}

function conclude(level: Level | undefined, found: readonly MeansReason[]): MeansDecision {
  const against = found.filter((reason) => !remarks.has(reason))
  const beside = found.filter((reason) => remarks.has(reason))
  return {
    accepted: against.length === 0,
    ...(level === undefined ? {} : { level }),
    reasons: [...new Set([...against, ...beside])],
  }
}

/** Without its PIN a card is what its contactless chip and another factor make of it (R034). */
function effectiveClass(means: Means, { counted, factors }: FactorAssessment): MeansClass {
  if (means.class !== 'card' || hasCardAndPin(counted)) return means.class
  return counted.includes('contactless_chip') && factors >= 2 ? 'transition' : 'card'
}

const hasCardAndPin = (counted: FactorAssessment['counted']) =>
  counted.includes('contact_chip') && counted.includes('pin')

/** "Multi-factor does not raise identity assurance": an identity proved at a low level stays there. */
function levelReached(means: Means, found: MeansClass, { level, counted }: FactorAssessment): Level | undefined {
  if (level === undefined) return undefined
  const isCapped = found === 'transition' || (found === 'card' && !hasCardAndPin(counted))
  const ofClass: Level = isCapped ? 'eidas1' : 'eidas3'
  return [level, means.level, means.identityLevel, ofClass].reduce(lowerOf)
}

type Check = [MeansReason, boolean]

const failing = (checks: readonly Check[]) => checks.filter(([, fails]) => fails).map(([reason]) => reason)

function validity({ validFrom, validUntil, revokedAt }: Means, now: BoundedInstant): MeansReason[] {
  return failing([
    ['no_end', validUntil === undefined],
    ['not_yet_valid', !now.hasReached(validFrom)],
    ['expired', validUntil !== undefined && !now.isBefore(validUntil)],
    ['revoked', revokedAt !== undefined && !now.isBefore(revokedAt)],
  ])
}

// --- Classes -------------------------------------------------------------------------------------------------------

interface ClassQuestion extends Circumstances {
  now: BoundedInstant
  assessment: FactorAssessment
}

const classFaults: Record<MeansClass, (question: ClassQuestion) => MeansReason[]> = {
  psc: () => [],
  card: ({ assessment }) => failing([['card_without_pin', !hasCardAndPin(assessment.counted)]]),
  certified: ({ means, now }) => certifiedFaults(means, now),
  homologated: (question) => homologatedFaults(question),
  transition: ({ means, place, now, policy, assessment }) =>
    failing([
      ['transition_ended', !now.isBefore(transitionEndFor(means, policy))],
      ['second_factor_missing', place === 'remote' && assessment.factors < 2],
    ]),
  none: ({ service }) => failing([['class_none', service.sensitive]]),
}

function certifiedFaults({ certificate, enrolment, population }: Means, now: BoundedInstant): MeansReason[] {
  const isProved =
    enrolment !== undefined &&
    identityProved(enrolment.proofs) &&
    enrolment.contactsVerified &&
    (population === 'citizen' || enrolment.inDirectory)
  return failing([
    ['certificate_missing', certificate === undefined || isBlank(certificate.reference)],
    ['certificate_ended', certificate !== undefined && !now.isBefore(certificate.validUntil)],
    ['enrolment_unproved', !isProved],
  ])
}

/** R040 to R042: a federator, a secured mailbox, or an identity card together with somebody who is seen. */
function identityProved(proofs: readonly EnrolmentProof[]): boolean {
  const has = (...wanted: EnrolmentProof[]) => wanted.some((proof) => proofs.includes(proof))
  return (
    has('pro_sante_connect', 'franceconnect', 'mssante_mail') ||
    (has('identity_card') && has('photo', 'video', 'face_to_face'))
  )
}

function homologatedFaults({ means, service, now, policy, assessment }: ClassQuestion): MeansReason[] {
  const ours = means.homologations.filter((homologation) => homologation.service === service.id)
  const faults = ours.map((homologation) => homologationFaults(homologation, now, policy.timeZone))
  const isCovered = faults.some(({ length }) => length === 0)
  return [
    ...failing([
      ['homologation_missing', ours.length === 0],
      ['homologation_level', !atLeast(means.level, 'eidas2')],
      ['second_factor_missing', assessment.factors < 2],
      ['shared', means.bound === 'shared'],
      ['not_dynamic', !assessment.dynamic],
    ]),
    ...(isCovered ? [] : faults.flat()),
  ]
}

function homologationFaults(
  { author, riskAnalysis, at: since }: Homologation,
  now: BoundedInstant,
  zone: string,
): MeansReason[] {
  return failing([
    ['homologation_incomplete', isBlank(author) || isBlank(riskAnalysis)],
    ['homologation_not_yet', !now.hasReached(since)],
    ['homologation_ended', yearsHavePassed(since, homologationYears, now, zone)],
  ])
}

const isBlank = (text: string) => text.trim() === ''

/** The first instant at which the homologation covers nothing any more. */
export function homologationEnd(homologation: Pick<Homologation, 'at'>, timeZone: string): Instant {
  return addYears(homologation.at, homologationYears, timeZone)
}

/** The first instant at which a means of transition is refused. */
export function transitionEndFor(
  { jurisdiction, population }: Pick<Means, 'jurisdiction' | 'population'>,
  { transitionEnd, transitionEnds }: Pick<MeansPolicy, 'transitionEnd' | 'transitionEnds'>,
): Instant {
  const exception = transitionEnds.find((each) => each.jurisdiction === jurisdiction && each.population === population)
  return exception?.end ?? transitionEnd
}

/** Days before an end at which those who can renew are told. */
export const reminderDays = [180, 90, 60, 30, 7, 1] as const

/** The reminder that fell due after `since` and up to `at`, the latest of several; in days before `end`. */
export function reminderDue(end: Instant, { since, at }: { since: Instant; at: Instant }): number | undefined {
  return reminderDays.findLast((days) => end - days * day > since && end - days * day <= at && at < end)
}

// --- Combinations and levels ---------------------------------------------------------------------------------------

interface Combination extends Pick<ServiceRules, 'sensitive' | 'passwordAlone' | 'riskProfile'> {
  assessment: FactorAssessment
  place: Place
  policy: Pick<MeansPolicy, 'passwordAlone' | 'restrictions'>
}

/** R048 and R060: two factors from afar; on a local network a password too, with measures that restrict attempts. */
function combination(question: Combination): MeansReason[] {
  const { assessment, place, sensitive, passwordAlone, riskProfile = '', policy } = question
  const { factors, counted, gaps, notes } = assessment
  const isPasswordAlone = counted.length === 1 && counted[0] === 'password'
  const { delay, challenge, block } = policy.restrictions
  const isAllowedHere =
    policy.passwordAlone !== 'never' && (place === 'local' || (policy.passwordAlone === 'ordinary' && !sensitive))
  return [
    ...gaps,
    ...failing([
      ['second_factor_missing', sensitive && place === 'remote' && factors < 2],
      ['password_alone_here', isPasswordAlone && !isAllowedHere],
      ['password_unrestricted', isPasswordAlone && !delay && !challenge && !block],
      ['risk_profile_missing', isPasswordAlone && sensitive && isBlank(riskProfile)],
      ['password_alone_forbidden', isPasswordAlone && !passwordAlone],
    ]),
    ...notes,
  ]
}

interface LevelQuestion extends Omit<Circumstances, 'place'> {
  now: BoundedInstant
  level: Level | undefined
  found: MeansClass
}

function levelFaults({ means, service, now, policy, level, found }: LevelQuestion): MeansReason[] {
  const reaches = (minimum: Level) => level !== undefined && atLeast(level, minimum)
  // A longer transition would mean nothing if the level refused it.
  const isSpared = found === 'transition' && now.isBefore(transitionEndFor(means, policy))
  return failing([
    ['below_minimum', !reaches(service.minimumLevel)],
    [
      'below_sensitive_minimum',
      service.sensitive && !now.isBefore(policy.sensitiveMinimumFrom) && !isSpared && !reaches('eidas2'),
    ],
  ])
}
