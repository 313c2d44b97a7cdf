/**
 * How far a sign-in at a provider came, as named checks. Pure. `upstream/` stops at the first thing that is wrong and says
 * it by a word; the checks stand in the order in which it looks, so what is before that one passed, and nothing is known
 * of what comes after.
 */
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { ClaimSeen } from '../upstream/claims.ts'
import type { Tried } from '../upstream/upstream.ts'
import type { Check } from './trial.ts'

/** In the order in which the hub looks. */
export const providerChecks = [
  'discovery',
  'keys',
  'return',
  'tokens',
  'signature',
  'times',
  'issuer',
  'audience',
  'nonce',
  'subject',
  'auth_time',
  'acr',
  'level',
  'amr',
  'userinfo',
  'claims',
  'logout',
] as const
export type ProviderCheck = (typeof providerChecks)[number]

type Line = Check<ProviderCheck>

/** What a trial of a provider left: no value of anybody. */
export interface ProviderResult {
  lines: Line[]
  /** Claim by claim, once the identity was told. */
  claims?: ClaimSeen[]
}

/** The check that a word of `upstream/` belongs to, and what the page says of it: the first that matches. */
const table: [pattern: RegExp, check: ProviderCheck][] = [
  [/^discovery_/, 'discovery'],
  [/^keys_/, 'keys'],
  [/^cancelled$|^authorization_/, 'return'],
  [/^token_|^id_token_missing$/, 'tokens'],
  [/^id_token_(?:not_encrypted|decryption|algorithm|key_unknown|signature|malformed)$/, 'signature'],
  [/^id_token_issuer$/, 'issuer'],
  [/^id_token_(?:audience|authorized_party)$/, 'audience'],
  [/^id_token_(?:expired|not_yet_valid|issued_in_future)$/, 'times'],
  [/^id_token_nonce$/, 'nonce'],
  [/^id_token_subject$/, 'subject'],
  [/^auth_time_/, 'auth_time'],
  [/^acr_/, 'acr'],
  [/^userinfo_/, 'userinfo'],
  [/^identity_/, 'claims'],
]

/** @throws Error for a word that no check names: each word of `upstream/` has one */
export function checkOf(stopped: string): ProviderCheck {
  const found = table.find(([pattern]) => pattern.test(stopped))
  if (!found) throw new Error(`no check names ${stopped}`)
  return found[1]
}

/** `asked`: the level that the trial asked for. `hasUserinfo`: the identity is not in the id token. */
export function providerLines(tried: Tried, { asked, hasUserinfo }: { asked: Level; hasUserinfo: boolean }): Line[] {
  const stoppedAt = tried.stopped === undefined ? undefined : checkOf(tried.stopped)
  const end = stoppedAt === undefined ? providerChecks.length : providerChecks.indexOf(stoppedAt)
  return providerChecks.map((check, index): Line => {
    if (check === stoppedAt) return { check, state: 'failed', detail: tried.stopped as string }
    // It stands in the documents, whatever became of the sign-in.
    if (check === 'logout' && tried.endsSessions !== undefined) return logoutLine(tried.endsSessions)
    if (index > end || isPassedOver(check, stoppedAt)) return { check, state: 'not_reached' }
    if (check === 'level') return levelLine(tried.level, asked)
    if (check === 'amr') return amrLine(tried.methods)
    if (check === 'userinfo' && !hasUserinfo) return { check, state: 'not_needed' }
    return { check, state: 'passed', ...(check === 'acr' && tried.level ? { seen: tried.level } : {}) }
  })
}

/** That a nonce is there at all is looked at before issuer and audience are compared. */
const isPassedOver = (check: ProviderCheck, stoppedAt: ProviderCheck | undefined) =>
  stoppedAt === 'nonce' && (check === 'issuer' || check === 'audience')

const logoutLine = (endsSessions: boolean): Line =>
  endsSessions ? { check: 'logout', state: 'passed' } : { check: 'logout', state: 'not_needed', detail: 'none' }

function levelLine(level: Level | undefined, asked: Level): Line {
  if (level !== undefined && atLeast(level, asked)) return { check: 'level', state: 'passed' }
  return { check: 'level', state: 'failed', detail: 'weaker' }
}

function amrLine(methods: Tried['methods']): Line {
  if (!methods) return { check: 'amr', state: 'not_needed' }
  const seen = methods.known.join(' ')
  if (methods.known.length === 0) return { check: 'amr', state: 'failed', detail: 'unknown' }
  return { check: 'amr', state: 'passed', seen }
}
