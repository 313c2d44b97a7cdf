/** Which sentence says what to change. Pure: from a line of a trial to the key of a message, if there is anything to say. */
import type { CheckState, TrialSubject } from './trial.ts'

/** Words of `upstream/` that ask for the same change. The first that matches; `*` stands for every other word. */
const providerFixes: Record<string, [pattern: RegExp, fix: string][]> = {
  discovery: [
    [/_(?:timeout|unreachable|unavailable)$/, 'silent'],
    [/_address$/, 'address'],
    [/_issuer$/, 'issuer'],
    [/./, 'wrong'],
  ],
  keys: [
    [/_(?:timeout|unreachable|unavailable)$/, 'silent'],
    [/_empty$/, 'empty'],
    [/./, 'wrong'],
  ],
  return: [
    [/^cancelled$/, 'cancelled'],
    [/_issuer(?:_missing)?$/, 'issuer'],
    [/_error_/, 'error'],
    [/./, 'wrong'],
  ],
  tokens: [
    [/_(?:timeout|unreachable|unavailable)$/, 'silent'],
    [/_invalid_client$/, 'client'],
    [/_invalid_grant$/, 'grant'],
    [/^token_error_/, 'error'],
    [/^id_token_missing$/, 'missing'],
    [/./, 'wrong'],
  ],
  signature: [
    [/_(?:not_encrypted|decryption)$/, 'encryption'],
    [/_algorithm$/, 'algorithm'],
    [/_key_unknown$/, 'key'],
    [/_malformed$/, 'malformed'],
    [/./, 'wrong'],
  ],
  auth_time: [
    [/_missing$/, 'missing'],
    [/_too_old$/, 'old'],
    [/./, 'future'],
  ],
  acr: [
    [/_missing$/, 'missing'],
    [/_unknown$/, 'unknown'],
    [/./, 'above'],
  ],
  userinfo: [
    [/_(?:timeout|unreachable|unavailable)$/, 'silent'],
    [/_error$/, 'refused'],
    [/_subject$/, 'subject'],
    [/_content_type$/, 'type'],
    [/_(?:not_encrypted|decryption|algorithm|key_unknown|signature)$/, 'signature'],
    [/./, 'wrong'],
  ],
}

/** Checks of a provider that fail in one way only. */
const whole = new Set(['times', 'issuer', 'audience', 'nonce', 'subject', 'level', 'amr', 'claims'])

export function fixOf(
  kind: TrialSubject['kind'],
  check: string,
  state: CheckState,
  detail: string | undefined,
): string | undefined {
  // Nothing is wrong without it, and something is better with it.
  if (kind === 'provider' && check === 'logout' && state === 'not_needed') return 'trial.provider.fix.logout'
  if (state !== 'failed' || detail === undefined) return undefined
  if (kind === 'service') return `trial.service.fix.${check}.${detail}`
  if (whole.has(check)) return `trial.provider.fix.${check}`
  const fix = providerFixes[check]?.find(([pattern]) => pattern.test(detail))?.[1] ?? 'wrong'
  return `trial.provider.fix.${check}.${fix}`
}
