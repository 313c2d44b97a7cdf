/**
 * Why a certificate is not accepted: a closed list, what each says to an operator, and which error the person gets. The
 * order is that of the checks: of several paths the one that came furthest says why.
 */
import type { ErrorName } from './errors.ts'

export const certificateReasons = {
  unreadable: { error: 'certificate_refused', says: 'it is no certificate in DER, or larger than any card holds' },
  kind_unknown: { error: 'certificate_unverifiable', says: 'no kind of card of the settings has this name' },
  issuer_unknown: { error: 'certificate_unknown_issuer', says: 'no path leads to a trust anchor of this kind of card' },
  chain_too_long: {
    error: 'certificate_unknown_issuer',
    says: 'the path to a trust anchor has more than five certificates',
  },
  algorithms_differ: {
    error: 'certificate_refused',
    says: 'it names one signature algorithm inside and another outside',
  },
  hash_too_weak: { error: 'certificate_refused', says: 'it is signed with MD5 or SHA-1' },
  algorithm_not_allowed: { error: 'certificate_refused', says: 'it is signed with an algorithm that is not accepted' },
  signature_invalid: { error: 'certificate_refused', says: 'the signature is not that of the issuer it names' },
  key_not_allowed: {
    error: 'certificate_refused',
    says: 'a key is neither RSA of 2,048 bits or more nor on P-256, P-384 or P-521',
  },
  issuer_no_ca: { error: 'certificate_refused', says: 'an issuer is no authority (basicConstraints)' },
  issuer_may_not_sign: { error: 'certificate_refused', says: 'an issuer may not sign certificates (keyUsage)' },
  path_length_exceeded: {
    error: 'certificate_refused',
    says: 'there are more issuers than one of them allows (pathLenConstraint)',
  },
  issuer_not_yet_valid: { error: 'certificate_refused', says: 'an issuer is not valid yet' },
  issuer_expired: { error: 'certificate_expired', says: 'an issuer has expired' },
  not_yet_valid: { error: 'certificate_refused', says: 'it is not valid yet' },
  expired: { error: 'certificate_expired', says: 'it has expired' },
  extension_unknown: { error: 'certificate_refused', says: 'an extension that is marked critical is not known here' },
  extension_malformed: {
    error: 'certificate_refused',
    says: 'an extension is not as its standard says, or is there twice',
  },
  name_not_allowed: {
    error: 'certificate_refused',
    says: 'a name is outside of what an issuer may name (nameConstraints)',
  },
  policy_mapped: { error: 'certificate_refused', says: 'an issuer maps policies, which no kind of card here allows' },
  policy_missing: { error: 'certificate_refused', says: 'none of the policies asked for holds along the path' },
  key_usage_missing: {
    error: 'certificate_refused',
    says: 'its key is not for this use (keyUsage): digitalSignature signs in, nonRepudiation signs texts',
  },
  purpose_missing: { error: 'certificate_refused', says: 'its key is not for this purpose (extendedKeyUsage)' },
  identity_unreadable: {
    error: 'certificate_refused',
    says: 'who it is made for cannot be read by the rules of this kind of card',
  },
  revocation_unknown: { error: 'certificate_unverifiable', says: 'nobody could say whether it is revoked' },
  issuer_revoked: { error: 'certificate_revoked', says: 'an issuer is revoked' },
  not_issued: { error: 'certificate_revoked', says: 'whoever answers for its issuer does not know it' },
  revoked: { error: 'certificate_revoked', says: 'it is revoked' },
} as const satisfies Record<string, { error: ErrorName; says: string }>

export type CertificateReason = keyof typeof certificateReasons

const ranks = new Map(Object.keys(certificateReasons).map((reason, rank) => [reason, rank]))

/** Of two reasons the one that was found later. */
export function furtherOf(a: CertificateReason, b: CertificateReason): CertificateReason {
  return (ranks.get(a) ?? 0) >= (ranks.get(b) ?? 0) ? a : b
}
