/**
 * Is a sign-in good enough for this service, here and today, whoever authenticated the person: a provider, or the hub by
 * means of its own? What is known of either comes from the partners file and the register of means. Of what nobody
 * declared only the level speaks, which promises a number of factors. The rules themselves are `decideMeans`.
 */
import { higherOf, type Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { When } from './bounded-instant.ts'
import type { Factor, FactorKind } from './factors.ts'
import {
  decideMeans,
  type EnrolmentProof,
  type Homologation,
  type Means,
  type MeansClass,
  type MeansPolicy,
  type MeansReason,
  type Population,
} from './means.ts'
import type { Place } from './network.ts'

/** Words of `amr` (RFC 8176 section 2), and two that providers of this field add. No other one is believed or passed on. */
export const methodWords = [
  ...['face', 'fpt', 'geo', 'hwk', 'iris', 'kba', 'mca', 'mfa', 'otp', 'pin', 'pop', 'pwd', 'rba', 'retina', 'sc'],
  ...['sms', 'swk', 'tel', 'user', 'vbm', 'wia'],
  ...['mail', 'totp'],
] as const

/** What is known of the means behind a provider, or of one kind of the hub's own. */
export interface KnownMeans {
  class: MeansClass
  jurisdiction: string
  /** Kinds that every sign-in proves. Undefined, with `amr` undefined too: nobody said. */
  factors?: readonly FactorKind[]
  /** Kinds that a word of `amr` proves besides. */
  amr?: Readonly<Record<string, readonly FactorKind[]>>
  validFrom?: Instant
  /** The first instant at which it is refused everywhere; the term of each person's means is their provider's. */
  validUntil?: Instant
  certificate?: { reference: string; validUntil?: Instant }
  enrolment?: { proofs: readonly EnrolmentProof[]; contactsVerified: boolean; inDirectory: boolean }
  homologations: readonly Homologation[]
}

/** What a service asks of whoever signs in. */
export interface ServiceTerms {
  id: string
  minimumLevel: Level
  sensitive: boolean
  /** Whom it serves; both when undefined. */
  population?: Population
  /**
   * Undefined where the service does not say: a sensitive one takes none then, another one what the settings allow, and
   * a provider that does not tell its factors is taken at its level.
   */
  passwordAlone?: boolean
  /** Where the measures of a service that takes a password alone are written (R067). */
  riskProfile?: string
}

/** One sign-in, as observed. */
export interface SignIn {
  level: Level
  amr: readonly string[]
  /** Undefined when it may be either: nobody has signed in yet. */
  population?: Population
}

/** Beside those of means. */
export const acceptanceReasons = {
  other_population: {
    says: 'The service is for citizens and the sign-in is that of a professional, or the other way round.',
    requirement: '—',
  },
} as const
export type AcceptanceReason = MeansReason | keyof typeof acceptanceReasons

export interface Acceptance {
  readonly accepted: boolean
  /** The level that the sign-in carries, never above the one observed; undefined when it signs nobody in. */
  readonly level?: Level
  /** All that speak against it, then remarks. */
  readonly reasons: readonly AcceptanceReason[]
}

export interface AcceptanceQuestion {
  known: KnownMeans
  service: ServiceTerms
  place: Place
  /** A bounded instant learns for how long the answer holds. */
  at: When
  policy: MeansPolicy
}

export function decideAcceptance({ signIn, ...question }: AcceptanceQuestion & { signIn: SignIn }): Acceptance {
  return judge(question, signIn, provedBy(question.known, signIn, question.service))
}

/** The same of the best that can come: what is refused then is refused to everybody, so it need not be tried. */
export function decideProspect({
  strongest,
  population,
  ...question
}: AcceptanceQuestion & { strongest: Level; population?: Population }): Acceptance {
  const { factors, amr } = question.known
  const signIn: SignIn = { level: strongest, amr: Object.keys(amr ?? {}), ...(population ? { population } : {}) }
  const isDeclared = factors !== undefined || amr !== undefined
  return judge(question, signIn, isDeclared ? provedBy(question.known, signIn, question.service) : promised[strongest])
}

/** A means of no class or of transition that the service homologated is what that made of it, if it holds today (R025). */
function judge(question: AcceptanceQuestion, signIn: SignIn, factors: readonly Factor[]): Acceptance {
  const { known, service } = question
  const isRaised =
    (known.class === 'none' || known.class === 'transition') &&
    known.homologations.some((homologation) => homologation.service === service.id)
  const asItIs = () => decide(question, signIn, factors)
  if (!isRaised) return asItIs()
  // Its owner judged factors that were declared: a level alone promises none.
  const proved = known.factors !== undefined || known.amr !== undefined ? factors : []
  const raised = decide({ ...question, known: { ...known, class: 'homologated' } }, signIn, proved)
  if (raised.accepted) return raised
  const plain = asItIs()
  return plain.accepted ? plain : raised
}

function decide(
  { known, service, place, at, policy }: AcceptanceQuestion,
  signIn: SignIn,
  factors: readonly Factor[],
): Acceptance {
  const { population: serves, passwordAlone = !service.sensitive, ...rules } = service
  const decision = decideMeans({
    means: meansOf(known, signIn, factors, serves),
    service: { ...rules, passwordAlone },
    place,
    at,
    policy,
  })
  const isOther = serves !== undefined && signIn.population !== undefined && signIn.population !== serves
  return isOther ? { ...decision, accepted: false, reasons: ['other_population', ...decision.reasons] } : decision
}

/** The means that was used, of a person of whom this room knows nothing: only what is known of its kind speaks. */
function meansOf(known: KnownMeans, signIn: SignIn, factors: readonly Factor[], serves?: Population): Means {
  const { certificate, enrolment, validFrom = 0, validUntil = never } = known
  return {
    class: known.class,
    level: signIn.level,
    identityLevel: signIn.level,
    factors,
    bound: 'one_person',
    jurisdiction: known.jurisdiction,
    population: signIn.population ?? serves ?? 'citizen',
    validFrom,
    validUntil,
    ...(certificate
      ? { certificate: { reference: certificate.reference, validUntil: certificate.validUntil ?? never } }
      : {}),
    ...(enrolment ? { enrolment } : {}),
    homologations: known.homologations,
  }
}

const never = Number.MAX_SAFE_INTEGER

/**
 * What a level promises by itself (Implementing Regulation (EU) 2015/1502, Annex 2.2.1): two factors from `eidas2` on, one
 * that its provider chose below.
 */
const promised: Record<Level, readonly Factor[]> = {
  eidas1: [{ kind: 'phone_app' }],
  eidas2: [{ kind: 'phone_app_verified' }],
  eidas3: [{ kind: 'security_key_pin' }],
}

/** These classes rest on what others checked, so their level is believed where their factors are not told. */
const vouchedFor: ReadonlySet<MeansClass> = new Set(['psc', 'certified', 'none'])

function provedBy(known: KnownMeans, { level, amr }: SignIn, service: ServiceTerms): readonly Factor[] {
  if (known.factors !== undefined || known.amr !== undefined) return declaredFactors(known, amr)
  if (service.passwordAlone === false && isPasswordAlone(amr)) return [{ kind: 'password' }]
  return vouchedFor.has(known.class) ? promised[level] : []
}

function declaredFactors({ factors = [], amr: proves = {} }: KnownMeans, amr: readonly string[]): readonly Factor[] {
  const words = amr.filter((word) => Object.hasOwn(proves, word))
  return [...new Set([...factors, ...words.flatMap((word) => proves[word] ?? [])])].map(factorOf)
}

/** "pwd: Password-based authentication" (RFC 8176 section 2), and no word for anything else. */
const isPasswordAlone = (amr: readonly string[]) => amr.length > 0 && amr.every((word) => word === 'pwd')

/** A kind by itself, at the best that can be said of it: how a provider keeps templates and mailboxes is its own matter. */
export function factorOf(kind: FactorKind): Factor {
  if (kind === 'fingerprint' || kind === 'face') return { kind, verifiedOn: 'holder_hardware' }
  return kind === 'mail_otp' ? { kind, resetsPassword: false, secured: false } : { kind }
}

/** The weakest level of a service at an instant: a sensitive one takes none below `eidas2` from the date on (R032). */
export function minimumAt(
  { minimumLevel, sensitive }: Pick<ServiceTerms, 'minimumLevel' | 'sensitive'>,
  { sensitiveMinimumFrom }: Pick<MeansPolicy, 'sensitiveMinimumFrom'>,
  at: Instant,
): Level {
  return sensitive && !(at < sensitiveMinimumFrom) ? higherOf(minimumLevel, 'eidas2') : minimumLevel
}
