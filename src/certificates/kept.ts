/**
 * A certificate that was found good once, looked at again later and elsewhere: by its chain and the answer on revocation
 * that was kept with it, at the instant at which it was used, with anchors that whoever asks trusts. The same rules as at
 * that time, and neither network nor clock.
 */
import type { KeyObject } from 'node:crypto'
import type { CertificateReason } from '../kernel/certificate-reasons.ts'
import type { Instant } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import { keyOfSerial, listFault, readList } from './lists.ts'
import { textOfName } from './names.ts'
import { isOfNow, readAnswer, type Window } from './ocsp.ts'
import { findPath } from './path.ts'
import { type Certificate, parseCertificate } from './x509.ts'

export interface Kept {
  /** DER: the certificate first, the anchor last. */
  chain: readonly Buffer[]
  at: Instant
  revocation: { by: 'ocsp' | 'crl'; answer: Buffer } | undefined
}

export interface KeptRules {
  /** DER. */
  anchors: readonly Buffer[]
  policies: readonly string[]
}

export type KeptFault =
  /** The path, as at a sign-in. */
  | { fault: 'path'; reason: CertificateReason }
  /** There is no answer, it is not about this certificate or not of its issuer, or not of that time. */
  | { fault: 'revocation_missing' | 'revocation_foreign' | 'revocation_not_of_then' | 'revoked' }

/** An answer is good until the next one is due, and no longer than a month, whatever it says. */
const window: Window = { skew: 2 * minute, oldest: 31 * day, oldestWithoutEnd: day }

export async function judgeKept({ chain, at, revocation }: Kept, rules: KeptRules): Promise<KeptFault | undefined> {
  const parsed = chain.map(parsedOr)
  const [certificate, ...rest] = parsed
  if (!certificate || rest.some((one) => !one)) return { fault: 'path', reason: 'unreadable' }
  const anchors = rules.anchors.flatMap((one) => parsedOr(one) ?? [])
  const pool = rest.filter((one) => one !== undefined)
  const path = findPath(certificate, { anchors, pool, policies: rules.policies, use: 'signature', now: at })
  if (!path.ok) return { fault: 'path', reason: path.reason }
  const issuer = path.chain[1]
  if (!revocation || !issuer) return { fault: 'revocation_missing' }
  return revocation.by === 'ocsp'
    ? answerFault(revocation.answer, { certificate, issuer, at })
    : keptListFault(revocation.answer, { certificate, issuer, at })
}

interface About {
  certificate: Certificate
  issuer: Certificate
  at: Instant
}

function answerFault(bytes: Buffer, { certificate, issuer, at }: About): KeptFault | undefined {
  const answer = readAnswer(bytes, { certificate, issuer, nonce: undefined, isNonceRequired: false, now: at, window })
  if (answer.kind === 'good') return undefined
  if (answer.kind === 'revoked') return { fault: 'revoked' }
  return {
    fault: answer.kind === 'none' && answer.why === 'not_of_now' ? 'revocation_not_of_then' : 'revocation_foreign',
  }
}

async function keptListFault(bytes: Buffer, { certificate, issuer, at }: About): Promise<KeptFault | undefined> {
  const list = await readList(bytes, { pause: async () => {} })
  if ('fault' in list) return { fault: 'revocation_foreign' }
  // Where it was fetched was judged when it was; here it only has to be of the issuer and of this kind.
  const urls = list.scope.urls ?? []
  if (listFault(list, { certificate, issuer, urls })) return { fault: 'revocation_foreign' }
  if (list.revoked.has(keyOfSerial(Buffer.from(certificate.serial, 'hex')))) return { fault: 'revoked' }
  return isOfNow(list, at, window) ? undefined : { fault: 'revocation_not_of_then' }
}

function parsedOr(bytes: Buffer): Certificate | undefined {
  try {
    return parseCertificate(bytes)
  } catch {
    return undefined
  }
}

/** Subject of a certificate in DER, in the way of RFC 4514, and its public key; undefined for what is none. */
export function namedIn(bytes: Buffer): { subject: string; key: KeyObject } | undefined {
  const found = parsedOr(bytes)
  return found?.key && { subject: textOfName(found.subject), key: found.key }
}
