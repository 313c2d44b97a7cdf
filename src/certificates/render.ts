/** What the hub thinks of a certificate, as lines for whoever runs it. Nothing of the person whose card it is. */
import { certificateReasons } from '../kernel/certificate-reasons.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { CertificateReason, Explanation } from './certificates.ts'

const written = (at: Instant) => toDate(at).toISOString().replace('.000Z', 'Z')

/** The steps in their order, and the first reason of each: what comes later was not looked at. */
const steps: [step: string, first: CertificateReason, good: string][] = [
  ['path', 'issuer_unknown', 'leads to an anchor'],
  ['rules', 'key_not_allowed', 'all of RFC 5280 section 6, policies, key usage and purpose'],
  ['identity', 'identity_unreadable', 'can be read by the rules of this kind'],
  ['revocation', 'revocation_unknown', ''],
]

export function explanationLines({ certificate, kinds }: Explanation): string[] {
  const lines = certificate
    ? [
        `certificate  sha256 ${certificate.fingerprint}`,
        `  issuer     ${certificate.issuer}`,
        `  valid      ${written(certificate.notBefore)} to ${written(certificate.notAfter)}`,
        `  key        ${certificate.key}`,
      ]
    : []
  return [...lines, ...kinds.flatMap(kindLines)]
}

function kindLines({ kind, path, found }: Explanation['kinds'][number]): string[] {
  const failed = found.ok ? steps.length : stepOf(found.reason)
  const stepLines = steps.slice(0, failed + 1).map(([step, , good], index) => {
    const says = found.ok || index < failed ? `ok: ${step === 'revocation' ? '' : good}` : refusal(found.reason)
    return `  ${step.padEnd(10)} ${found.ok && step === 'revocation' ? revocationLine(found) : says}`
  })
  return [
    `kind ${kind}: ${found.ok ? `accepted, at ${found.level} at most` : `refused: ${found.reason}`}`,
    ...path.map((name, index) => `  ${index === 0 ? 'issued by ' : 'above it  '} ${name}`),
    ...stepLines,
  ]
}

const refusal = (reason: CertificateReason) => `no: ${certificateReasons[reason].says}`

function revocationLine({
  revocation: { by, at, until },
}: Extract<Explanation['kinds'][number]['found'], { ok: true }>) {
  if (by === 'nothing') return 'nobody could tell; these settings accept that below eidas3'
  return `ok: by ${by === 'ocsp' ? 'the responder (OCSP)' : 'the list (CRL)'}, made ${written(at)}, kept until ${written(until)}`
}

/** What stands in the way of a path is nothing else's fault. */
function stepOf(reason: CertificateReason): number {
  const order = Object.keys(certificateReasons)
  const at = order.indexOf(reason)
  const reached = steps.filter(([, first]) => order.indexOf(first) <= at).length - 1
  return Math.max(0, reached)
}
