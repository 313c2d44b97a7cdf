/**
 * What a verified id token and userinfo mean to the hub: level, means, instant, address, identity. Pure; each function
 * throws a `Refusal` for what is not acceptable.
 */
import type { IDToken } from 'openid-client'
import { atLeast, compareLevels, highestOf, isLevel, type Level, levels } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { Identity } from '../kernel/identity.ts'
import { type Problem, parsePivot, parseProfessional } from '../kernel/parse-pivot.ts'
import type { OidcConnector, OidcProvider } from '../partners/partners.ts'
import { methodWords } from '../policy/acceptance.ts'
import { invalid, Refusal } from './refusals.ts'

/**
 * Clocks of provider and hub may differ by so much, either way. Between the 10 seconds that FAPI 2.0 Security Profile
 * section 5.3.2.1 wants accepted and the 60 that it wants refused.
 */
export const clockDifference = 30 * second

export type Claims = Record<string, unknown>

/** How a provider names what it says of a person. */
type Asserting = Pick<OidcConnector, 'claims' | 'identity'>

/**
 * The provider's words for the weakest level that it may assert and that is enough; when none is, for its strongest, and
 * the login decides what to do with less than was needed. Several words of one level stand in the order of the settings.
 */
export function acrValues({ connector, allowedLevels }: OidcProvider, needed: Level): string[] {
  const words = wordsOf(connector)
  const asserted = allowedLevels.filter((level) => words.some(([, meaning]) => meaning === level))
  const enough = asserted.filter((level) => atLeast(level, needed)).sort(compareLevels)
  const asked = enough[0] ?? highestOf(asserted)
  return words.filter(([, meaning]) => meaning === asked).map(([word]) => word)
}

function wordsOf({ acr }: OidcConnector): [string, Level][] {
  return acr ? Object.entries(acr) : levels.map((level) => [level, level])
}

/**
 * The level that the provider says it reached. Silence is not the lowest level: a level that nobody asserted would be one
 * "as configured", and the person who can strip a word from a provider's configuration would choose it. A provider
 * without words of ours gets them in its settings.
 */
export function levelOf({ connector, allowedLevels }: OidcProvider, { acr }: IDToken): Level {
  if (acr === undefined || acr === '') throw invalid('acr_missing')
  const level = connector.acr ? meaningOf(connector.acr, acr) : acr
  if (!isLevel(level)) throw invalid('acr_unknown')
  const strongest = highestOf(allowedLevels)
  if (!strongest || !atLeast(strongest, level)) throw new Refusal('provider_level_not_allowed', 'acr_above_allowed')
  return level
}

function meaningOf(words: Record<string, Level>, acr: unknown): Level | undefined {
  return typeof acr === 'string' && Object.hasOwn(words, acr) ? words[acr] : undefined
}

/** Others are left out: `amr` goes to the journal and to services, and words such as `fc` or `fr` name the provider. */
const authenticationMethods = new Set<string>(methodWords)

export function methodsOf({ amr }: Claims): string[] {
  const said: unknown[] = Array.isArray(amr) ? amr : []
  return [...new Set(said.filter((word) => typeof word === 'string'))].filter((word) => authenticationMethods.has(word))
}

/**
 * When the person was seen to authenticate. `since` is the instant at which a new authentication was asked for.
 *
 * "When a max_age request is made [...] then this Claim is REQUIRED" (Core section 2). When none was made and the
 * provider does not say, it is at the latest when the token was issued.
 */
export function authTimeOf(
  token: Pick<IDToken, 'iat' | 'auth_time'>,
  { now, since }: { now: Instant; since?: Instant | undefined },
): Instant {
  if (token.iat * second > now + clockDifference) throw invalid('id_token_issued_in_future')
  if (token.auth_time === undefined && since !== undefined) throw invalid('auth_time_missing')
  const authTime = (token.auth_time ?? token.iat) * second
  if (authTime > now + clockDifference) throw invalid('auth_time_in_future')
  if (since !== undefined && authTime < since - clockDifference) throw invalid('auth_time_too_old')
  // A clock ahead of ours must not make an authentication younger than it can be.
  return Math.min(authTime, now)
}

/** "It MUST NOT exceed 255 ASCII characters in length" (Core section 2). */
export function subjectOf({ sub }: Pick<IDToken, 'sub'>): string {
  if (!/^[\x20-\x7e]{1,255}$/.test(sub)) throw invalid('id_token_subject')
  return sub
}

/** The identity under our names, complete and well-formed. */
export function identityOf(connector: Asserting, claims: Claims, now: Instant): Identity {
  const ours = renamed(claims, connector.claims)
  const parsed = connector.identity === 'pivot' ? parsePivot(ours, { now }) : parseProfessional(ours)
  if (parsed.ok) return parsed.identity
  const [fault] = parsed.faults
  throw new Refusal('identity_malformed', `identity_${fault?.field || 'claims'}_${fault?.problem ?? 'malformed'}`)
}

/** One claim of an identity: whether it came and is well-formed. Its value is nowhere in here. */
export interface ClaimSeen {
  /** Our name of it. */
  claim: string
  /** The provider's, where it differs. */
  theirs?: string
  state: 'well_formed' | 'wrong' | 'absent'
  problem?: Problem
}

const tried = {
  pivot: ['given_name', 'family_name', 'birthdate', 'gender', 'birthplace', 'birthcountry', 'preferred_username'],
  professional: ['SubjectNameID', 'preferred_username', 'given_name', 'family_name'],
} as const

/** What came of an identity, claim by claim: for who connects a provider. `identityOf` says whether it is enough. */
export function claimsSeen(connector: Asserting, claims: Claims, now: Instant): ClaimSeen[] {
  const names = connector.claims ?? {}
  const ours = renamed(claims, names)
  const parsed = connector.identity === 'pivot' ? parsePivot(ours, { now }) : parseProfessional(ours)
  const problems = new Map(parsed.ok ? [] : parsed.faults.map(({ field, problem }) => [field, problem]))
  const told = (value: unknown) => value !== undefined && value !== null && value !== ''
  const seen = tried[connector.identity].map((claim): ClaimSeen => {
    const problem = problems.get(claim) ?? problems.get('')
    if (problem) return { claim, state: 'wrong', problem }
    return { claim, state: told(ours[claim]) ? 'well_formed' : 'absent' }
  })
  const email: ClaimSeen = { claim: 'email', state: told(ours.email) ? 'wrong' : 'absent' }
  if (emailOf(connector, claims) !== undefined) email.state = 'well_formed'
  return [...seen, email].map((one) => {
    const theirs = names[one.claim]
    return theirs === undefined || theirs === one.claim ? one : { ...one, theirs }
  })
}

/** An address that could be written to; whether it is the person's nobody knows. */
export function emailOf(connector: Asserting, claims: Claims): string | undefined {
  const { email } = renamed(claims, connector.claims)
  const isAddress =
    typeof email === 'string' && email.length <= 254 && /^[^\s\p{C}@<>,;"]+@[^\s\p{C}@<>,;"]+$/u.test(email)
  return isAddress ? email : undefined
}

/** `names` leads from our name of a claim to the provider's; a claim that is not renamed keeps its name. */
function renamed(claims: Claims, names: Record<string, string> | undefined): Claims {
  if (!names) return claims
  const ours = Object.entries(names).map(([name, theirs]) => [
    name,
    Object.hasOwn(claims, theirs) ? claims[theirs] : undefined,
  ])
  return { ...claims, ...Object.fromEntries(ours) }
}
