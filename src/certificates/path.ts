/**
 * From a certificate to a trust anchor: finds a path and validates it (RFC 5280 section 6.1). Pure. What it decides more
 * strictly than the standard: anchors are held to what they say of themselves (RFC 5937), one policy of the kind of card
 * is named by the certificate itself and by no mapping, key usages and purposes are named and not merely not excluded.
 */

import { type CertificateReason, furtherOf } from '../kernel/certificate-reasons.ts'
import type { Instant } from '../kernel/clock.ts'
import { tags } from './der.ts'
import { areAllowed, type GeneralName, isSameName, type NameConstraints } from './names.ts'
import { isKeyAllowed, isSigned } from './signatures.ts'
import { type Certificate, usages } from './x509.ts'

/** Certificates of a path, the card's and the anchor included. */
const longestPath = 5

/** Signatures that are computed for one card, however many issuers of one name are offered. */
const signatureBudget = 40

export const purposes = {
  any: '2.5.29.37.0',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const

const anyPolicy = '2.5.29.32.0'
const emailAddress = '1.2.840.113549.1.9.1'
const nonRepudiation = 1

export interface PathRules {
  anchors: readonly Certificate[]
  /** Issuers that may stand between; none of them is believed. */
  pool: readonly Certificate[]
  /** One of them must hold along the path; with none, none is asked for. */
  policies: readonly string[]
  use: 'authentication' | 'signature'
  now: Instant
}

export type FoundPath =
  /** The certificate first, the anchor last. */
  | { ok: true; chain: readonly [Certificate, ...Certificate[]] }
  /** `isAnchored`: signatures lead to an anchor; something else is wrong. */
  | { ok: false; reason: CertificateReason; isAnchored: boolean }

export function findPath(certificate: Certificate, rules: PathRules): FoundPath {
  let reason: CertificateReason = 'issuer_unknown'
  let isAnchored = false
  let budget = signatureBudget
  const anchors = new Set(rules.anchors.map(({ fingerprint }) => fingerprint))

  function follow(chain: [Certificate, ...Certificate[]]): FoundPath | undefined {
    const last = chain.at(-1) as Certificate
    const known = linkedBy(last, chain, [...rules.anchors, ...rules.pool])
    for (const issuer of known) {
      if (chain.length >= longestPath) {
        reason = furtherOf(reason, 'chain_too_long')
        return undefined
      }
      if (budget-- <= 0) return undefined
      const wrong = linkFault(last, issuer)
      if (wrong) {
        reason = furtherOf(reason, wrong)
        continue
      }
      const longer: [Certificate, ...Certificate[]] = [...chain, issuer]
      const found = anchors.has(issuer.fingerprint) ? judge(longer) : follow(longer)
      if (found) return found
    }
    return undefined
  }

  function judge(chain: [Certificate, ...Certificate[]]): FoundPath | undefined {
    isAnchored = true
    const wrong = pathFault(chain, rules)
    if (!wrong) return { ok: true, chain }
    reason = furtherOf(reason, wrong)
    return undefined
  }

  return follow([certificate]) ?? { ok: false, reason, isAnchored }
}

/** Issuers by name and signature alone, as far as they lead: what an operator is shown of a path that is refused. */
export function linkedPath(
  certificate: Certificate,
  { anchors, pool }: Pick<PathRules, 'anchors' | 'pool'>,
): Certificate[] {
  const chain = [certificate]
  while (chain.length < longestPath && !anchors.includes(chain.at(-1) as Certificate)) {
    const last = chain.at(-1) as Certificate
    const issuer = linkedBy(last, chain, [...anchors, ...pool]).find((one) => linkFault(last, one) === undefined)
    if (!issuer) break
    chain.push(issuer)
  }
  return chain.slice(1)
}

/** Those that bear the issuer's name, without those that the path went through; the likeliest first. */
function linkedBy(last: Certificate, chain: readonly Certificate[], all: readonly Certificate[]): Certificate[] {
  const { issuerKey } = last.extensions
  const seen = new Set<string>()
  const named = all.filter((one) => {
    if (seen.has(one.fingerprint) || !isSameName(one.subject, last.issuer)) return false
    seen.add(one.fingerprint)
    // One key under one name is one authority, however many certificates it has: to meet it again is a loop.
    return !chain.some((passed) => isSameName(passed.subject, one.subject) && passed.keyBits.equals(one.keyBits))
  })
  const isLikely = ({ extensions: { subjectKey } }: Certificate) =>
    issuerKey !== undefined && subjectKey?.equals(issuerKey) === true
  return [...named.filter(isLikely), ...named.filter((one) => !isLikely(one))]
}

/** Computed once for each pair: those of the settings meet again with every card. */
const links = new WeakMap<Certificate, WeakMap<Certificate, CertificateReason | 'none'>>()

/** Did the issuer sign it, in a way that is accepted? */
function linkFault(certificate: Certificate, issuer: Certificate): CertificateReason | undefined {
  const known = links.get(certificate) ?? new WeakMap<Certificate, CertificateReason | 'none'>()
  links.set(certificate, known)
  const found = known.get(issuer) ?? computedFault(certificate, issuer) ?? 'none'
  known.set(issuer, found)
  return found === 'none' ? undefined : found
}

function computedFault(certificate: Certificate, issuer: Certificate): CertificateReason | undefined {
  const { method } = certificate
  if (!certificate.isMethodSame) return 'algorithms_differ'
  if (method.type === 'none') return method.reason
  if (!isKeyAllowed(issuer.key)) return 'key_not_allowed'
  return isSigned(certificate.body, certificate.signature, method, issuer.key) ? undefined : 'signature_invalid'
}

// --- RFC 5280 section 6.1 ------------------------------------------------------------------------------------------

interface State {
  /** "max_path_length" */
  issuersLeft: number
  constraints: NameConstraints[]
  /** What "valid_policy_tree" comes to where nothing is mapped. */
  policies: 'any' | ReadonlySet<string>
  /** "explicit_policy", "inhibit_anyPolicy": how many certificates until it holds. */
  explicit: number
  inhibitAny: number
}

function pathFault(chain: readonly [Certificate, ...Certificate[]], rules: PathRules): CertificateReason | undefined {
  const [anchor, ...below] = [...chain].reverse() as [Certificate, ...Certificate[]]
  const state: State = {
    issuersLeft: Number.POSITIVE_INFINITY,
    constraints: [],
    policies: 'any',
    explicit: Number.POSITIVE_INFINITY,
    inhibitAny: Number.POSITIVE_INFINITY,
  }
  const ofAnchor = commonFault(anchor, rules, { isIssuer: true }) ?? issuerFault(anchor, rules.use, state, true)
  if (ofAnchor) return ofAnchor
  for (const [index, certificate] of below.entries()) {
    const isIssuer = index < below.length - 1
    const wrong =
      commonFault(certificate, rules, { isIssuer }) ??
      nameFault(certificate, state, isIssuer) ??
      policyFault(certificate, state, isIssuer) ??
      (isIssuer ? issuerFault(certificate, rules.use, state, false) : cardFault(certificate, rules, state))
    if (wrong) return wrong
  }
  return undefined
}

const isSelfIssued = ({ subject, issuer }: Certificate) => isSameName(subject, issuer)

function commonFault(
  { unknownCritical, notBefore, notAfter, key }: Certificate,
  { now }: PathRules,
  { isIssuer }: { isIssuer: boolean },
): CertificateReason | undefined {
  if (now < notBefore) return isIssuer ? 'issuer_not_yet_valid' : 'not_yet_valid'
  // Both ends belong to the period (section 4.1.2.5).
  if (now >= notAfter + 1000) return isIssuer ? 'issuer_expired' : 'expired'
  if (unknownCritical.length > 0) return 'extension_unknown'
  return isKeyAllowed(key) ? undefined : 'key_not_allowed'
}

/** Section 6.1.3 (b) and (c). */
function nameFault(certificate: Certificate, { constraints }: State, isIssuer: boolean): CertificateReason | undefined {
  if (isIssuer && isSelfIssued(certificate)) return undefined
  const { subject, extensions } = certificate
  const mails = subject.attributes.filter(({ oid }) => oid === emailAddress)
  // RFC 5280 section 4.2.1.6 and appendix A: an IA5String. In another type nobody could say which host it names.
  if (constraints.length > 0 && mails.some(({ value }) => value.tag !== tags.ia5)) return 'name_not_allowed'
  const names: GeneralName[] = [
    ...(subject.attributes.length > 0 ? [{ form: 'directory' as const, name: subject }] : []),
    ...mails.map(({ value }) => ({ form: 'mail' as const, text: value.content.toString('latin1') })),
    ...(extensions.alternativeNames ?? []),
  ]
  return constraints.every((each) => areAllowed(names, each)) ? undefined : 'name_not_allowed'
}

/** Section 6.1.3 (d) to (f), without mappings. */
function policyFault(certificate: Certificate, state: State, isIssuer: boolean): CertificateReason | undefined {
  const { policies: named, hasPolicyMappings } = certificate.extensions
  if (hasPolicyMappings) return 'policy_mapped'
  const mayBeAny = state.inhibitAny > 0 || (isIssuer && isSelfIssued(certificate))
  const before = state.policies
  if (!named) state.policies = new Set()
  else if (!(mayBeAny && named.includes(anyPolicy))) {
    const own = named.filter((oid) => oid !== anyPolicy)
    state.policies = new Set(before === 'any' ? own : own.filter((oid) => before.has(oid)))
  }
  const isNone = state.policies !== 'any' && state.policies.size === 0
  return state.explicit <= 0 && isNone ? 'policy_missing' : undefined
}

/** Section 6.1.4: may it issue, and what does it say of those below? An anchor is no certificate of the path. */
function issuerFault(
  certificate: Certificate,
  use: PathRules['use'],
  state: State,
  isAnchor: boolean,
): CertificateReason | undefined {
  const {
    basicConstraints,
    keyUsage,
    purposes: named,
    nameConstraints,
    policyConstraints,
    inhibitAnyPolicy,
  } = certificate.extensions
  if (!basicConstraints?.ca) return 'issuer_no_ca'
  if (!isAnchor && !isSelfIssued(certificate)) {
    if (state.issuersLeft <= 0) return 'path_length_exceeded'
    state.issuersLeft--
    state.explicit = Math.max(0, state.explicit - 1)
    state.inhibitAny = Math.max(0, state.inhibitAny - 1)
  }
  state.issuersLeft = Math.min(state.issuersLeft, basicConstraints.pathLength ?? Number.POSITIVE_INFINITY)
  // An anchor of old may have none; an authority below must say it.
  if (keyUsage ? !keyUsage.has(usages.keyCertSign) : !isAnchor) return 'issuer_may_not_sign'
  const isForThis = !named || named.includes(purposes.any) || named.includes(purposes.clientAuth)
  if (use === 'authentication' && !isForThis) return 'purpose_missing'
  if (nameConstraints) state.constraints.push(nameConstraints)
  state.explicit = Math.min(state.explicit, policyConstraints?.explicit ?? Number.POSITIVE_INFINITY)
  state.inhibitAny = Math.min(state.inhibitAny, inhibitAnyPolicy ?? Number.POSITIVE_INFINITY)
  return undefined
}

/** Section 6.1.5, and what this room asks of a card. */
function cardFault(certificate: Certificate, rules: PathRules, state: State): CertificateReason | undefined {
  const { keyUsage, purposes: named, policies: own = [], policyConstraints } = certificate.extensions
  const { policies } = state
  const holds = (oid: string) => own.includes(oid) && (policies === 'any' || policies.has(oid))
  const explicit = Math.min(Math.max(0, state.explicit - 1), policyConstraints?.explicit ?? Number.POSITIVE_INFINITY)
  if (explicit <= 0 && policies !== 'any' && policies.size === 0) return 'policy_missing'
  if (rules.policies.length > 0 && !rules.policies.some(holds)) return 'policy_missing'
  // The key that signs in signs no text: what it is asked for at a sign-in is nothing that the holder has read.
  const maySign = keyUsage?.has(rules.use === 'signature' ? nonRepudiation : usages.digitalSignature)
  if (!maySign) return 'key_usage_missing'
  // "anyExtendedKeyUsage" says nothing of what the key is for.
  return rules.use === 'signature' || named?.includes(purposes.clientAuth) ? undefined : 'purpose_missing'
}
