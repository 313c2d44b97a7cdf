/**
 * The evidence archive of a mandate: which files it has, and how each is written (`docs/mandate-archive.md`). Everything in
 * it can be checked with public tools alone; what a file is for a tool only is made from the others, and compared with
 * them when the archive is verified (`archive-verify.ts`). Pure, but for the one signature that is handed in.
 */
import { createHash, createPublicKey, hash, type JsonWebKey, X509Certificate } from 'node:crypto'
import { type JournalKeys, type Receipt, writeJournalKeys } from '../audit/audit.ts'
import { derOfSignature } from '../certificates/certificates.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { MandateId } from '../kernel/ids.ts'
import { inEachLanguage, languages } from '../kernel/languages.ts'
import { hashOfText, signingStatement } from '../kernel/signing-statement.ts'
import type { Signature } from '../signatures/signatures.ts'
import { signedBytes, type Trust } from '../signatures/verify.ts'
import { readme } from './archive-readme.ts'
import { type Files, writeZip } from './zip.ts'

export const archiveFormat = 'garant-mandate-archive-1'

/** What the archive is made of, as the rooms gave it. */
export interface Evidence {
  issuer: string
  mandate: MandateId
  madeAt: Instant
  /** The mandate as it is now, with the names of those who are in it: `mandate.json` as it is. */
  view: object
  signatures: readonly Signature[]
  /** Kinds of card by which somebody signed. */
  trust: Trust
  /** Every fact about it that is kept, the oldest first. */
  facts: readonly Receipt[]
  /** The oldest first, one object for each. */
  uses: readonly object[]
  keys: JournalKeys
}

/** `signatures/1-principal/`: in the order in which they were made. */
export const folderOf = (index: number, { about }: Pick<Signature, 'about'>) => `signatures/${index + 1}-${about.side}`

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)
const lines = (values: readonly unknown[]) => Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))

export const toPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

const iso = (at: Instant) => toDate(at).toISOString()

/** The digest by which OpenSSL verifies, and its options. */
function commandFor({ algorithm }: Signature): string {
  if (algorithm === 'EdDSA') {
    return 'openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed.bin -sigfile signature.bin'
  }
  const padding = algorithm.startsWith('PS') ? ' -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest' : ''
  return `openssl dgst -sha${algorithm.slice(2)}${padding} -verify key.pem -signature signature.bin signed.bin`
}

/** The files of one signature, by their names in its folder. */
export function signatureFiles(signature: Signature): Map<string, Buffer> {
  const { text, chain, revocation, webauthn, attested, authentication, about } = signature
  const [certificate, ...issuers] = chain
  const { provider, level, amr, authTime } = authentication
  const described = {
    signature: signature.signature,
    signing: signature.signing,
    mandate: about.id,
    side: about.side,
    person: signature.person,
    at: iso(signature.at),
    way: signature.way,
    level: signature.level,
    text: { version: text.version, language: text.language, sha256: hash('sha256', text.text, 'hex') },
    hash: signature.hash,
    issuer: signature.issuer,
    signs: signature.signs,
    algorithm: signature.algorithm,
    key: signature.key,
    ...(signature.kind === undefined ? {} : { kind: signature.kind }),
    ...(revocation ? { revocation: { by: revocation.by, at: iso(revocation.at), until: iso(revocation.until) } } : {}),
    authentication: { provider, level, amr, authTime: iso(authTime) },
    check: commandFor(signature),
  }
  const { issuer, signing } = signature
  return new Map<string, Buffer>([
    ['signature.json', json(described)],
    ['text.txt', Buffer.from(text.text)],
    ['signed.bin', signedBytes(signature)],
    ['signature.bin', signature.value],
    [
      'key.pem',
      Buffer.from(createPublicKey({ key: signature.key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })),
    ],
    ...(signature.signs === 'statement'
      ? [['statement.txt', Buffer.from(signingStatement({ issuer, signing, hash: hashOfText(text.text) }))] as const]
      : []),
    ...(certificate ? [['certificate.pem', Buffer.from(toPem(certificate))] as const] : []),
    ...(issuers.length > 0 ? [['issuers.pem', Buffer.from(issuers.map(toPem).join(''))] as const] : []),
    ...(revocation
      ? [[revocation.by === 'ocsp' ? 'revocation.ocsp' : 'revocation.crl', revocation.answer] as const]
      : []),
    ...(webauthn
      ? [
          ['authenticator-data.bin', webauthn.authenticatorData] as const,
          ['client-data.json', webauthn.clientDataJSON] as const,
        ]
      : []),
    ...(attested ? [['attestation.json', json(attested)] as const] : []),
  ])
}

/** Beside the anchors, by what rules they count: `trust/cnie.pem` and `trust/kinds.json`. */
function trustFiles(trust: Trust): [string, Buffer][] {
  if (trust.size === 0) return []
  const kinds = [...trust].map(([kind, { policies, level }]) => [kind, { policies, level }])
  return [
    ['trust/kinds.json', json(Object.fromEntries(kinds))],
    ...[...trust].map(([kind, { anchors }]): [string, Buffer] => [
      `trust/${kind}.pem`,
      Buffer.from(anchors.map(toPem).join('')),
    ]),
  ]
}

/** What the hub signs of an archive. */
export interface Manifest {
  format: typeof archiveFormat
  issuer: string
  mandate: MandateId
  madeAt: string
  /** SHA-256 in hexadecimal of every file but those of the manifest itself. */
  files: Record<string, string>
}

/** Those that are about the others, and so name themselves nowhere. */
export const manifestFiles = ['manifest.json', 'manifest.jws', 'manifest.signed', 'manifest.signature'] as const

/** The files that follow from a manifest's JWS (RFC 7515 section 7.1), ES256: for `openssl`. */
export function filesOfJws(jws: string): Map<string, Buffer> {
  const [header = '', payload = '', signature = ''] = jws.split('.')
  return new Map([
    ['manifest.json', Buffer.from(payload, 'base64url')],
    ['manifest.jws', Buffer.from(jws)],
    ['manifest.signed', Buffer.from(`${header}.${payload}`)],
    ['manifest.signature', derOfSignature('ES256', Buffer.from(signature, 'base64url'))],
  ])
}

export function fileHashes(files: Files): Record<string, string> {
  return Object.fromEntries(
    [...files].map(([name, content]) => [name, createHash('sha256').update(content).digest('hex')]),
  )
}

/**
 * @param sign a compact JWS over the JSON of its argument, ES256, with a key of the journal: the one that hands out proofs
 */
export async function writeArchive(
  evidence: Evidence,
  sign: (payload: Record<string, unknown>) => Promise<string>,
): Promise<Buffer> {
  const { issuer, mandate, madeAt, keys } = evidence
  const files = new Map<string, Buffer>()
  for (const language of languages) files.set(`readme.${language}.txt`, Buffer.from(readmes[language]))
  files.set('mandate.json', json(evidence.view))
  for (const [index, signature] of evidence.signatures.entries()) {
    for (const [name, content] of signatureFiles(signature)) files.set(`${folderOf(index, signature)}/${name}`, content)
  }
  for (const [name, content] of trustFiles(evidence.trust)) files.set(name, content)
  files.set('facts.jsonl', lines(evidence.facts))
  files.set('uses.jsonl', lines(evidence.uses))
  files.set('hub/journal-keys.json', Buffer.from(writeJournalKeys(keys)))
  for (const key of keys.keys) files.set(`hub/${key.kid}.pem`, Buffer.from(pemOfJwk(key)))
  const manifest: Manifest = { format: archiveFormat, issuer, mandate, madeAt: iso(madeAt), files: fileHashes(files) }
  return writeZip(new Map([...files, ...filesOfJws(await sign({ ...manifest }))]))
}

const readmes = inEachLanguage(readme)

export const pemOfJwk = (jwk: object): string =>
  createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString()

/** Of a certificate in PEM or DER, its DER; of a text of several, each. */
export function certificatesIn(content: Buffer): Buffer[] {
  const text = content.toString('latin1')
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z\d+/=\s]+-----END CERTIFICATE-----/g)
  return (blocks ?? [content]).map((one) => new X509Certificate(one).raw)
}
