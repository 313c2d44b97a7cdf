/**
 * Is an evidence archive genuine? By the archive alone, with the keys and roots that whoever asks trusts, if they have any:
 * no database, no network, no clock. Every fault is a sentence of its own; what was found good is told as well, and what
 * rests on the word of the archive itself.
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { z } from 'zod'
import { type Receipt, readReceipt, verifyReceipt } from '../audit/audit.ts'
import { verifyBy } from '../certificates/certificates.ts'
import { atLeast, levels } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { isId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { signingWays } from '../policy/signing.ts'
import type { Signature } from '../signatures/signatures.ts'
import { type SignatureFault, signatureFaults, type Trust, verifySignature } from '../signatures/verify.ts'
import {
  archiveFormat,
  certificatesIn,
  fileHashes,
  filesOfJws,
  folderOf,
  type Manifest,
  manifestFiles,
  signatureFiles,
} from './archive.ts'
import { isTextOf } from './text.ts'
import { type Files, readZip, zipFaults } from './zip.ts'

export interface Trusted {
  /** Of the journal of the hub, kept from before; without them those of the archive are taken at its word. */
  keys?: { origin: string; keys: readonly JWK[] }
  /** DER: in place of the roots of the archive. */
  roots?: readonly Buffer[]
}

export interface ArchiveVerdict {
  /** What was looked at and found good, in order. */
  checked: string[]
  /** None: it is genuine. */
  faults: string[]
  /** What holds only if the archive is believed about it. */
  taken: string[]
}

/** Takes the verification to its end: nothing that comes after means anything. */
class Stop extends Error {}

export async function verifyArchive(bytes: Buffer, trusted: Trusted = {}): Promise<ArchiveVerdict> {
  const verdict: ArchiveVerdict = { checked: [], faults: [], taken: [] }
  try {
    await verify(bytes, trusted, verdict)
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    verdict.faults.push(error.message)
  }
  return verdict
}

async function verify(bytes: Buffer, trusted: Trusted, { checked, faults, taken }: ArchiveVerdict): Promise<void> {
  const read = readZip(bytes)
  if (!read.ok) throw new Stop([zipFaults[read.fault], read.name].filter(Boolean).join(' '))
  const { files } = read
  const keys = keysIn(files, trusted)
  const manifest = openManifest(files, keys)
  checked.push(`The manifest is signed by the journal of ${manifest.issuer}, made on ${manifest.madeAt}.`)
  if (!trusted.keys)
    taken.push(
      'the keys of the journal: compare hub/journal-keys.json with those that the hub publishes at /journal/keys',
    )
  compareFiles(files, manifest)
  checked.push(`All ${Object.keys(manifest.files).length} files are those of the manifest.`)

  const { mandate } = jsonIn(files, 'mandate.json', mandateSchema)
  if (mandate !== manifest.mandate) throw new Stop('The manifest is of another mandate than mandate.json.')
  const trust = trustIn(files, trusted)
  if (!trusted.roots && trust.size > 0) taken.push('the roots of the cards (trust/): give those of their issuers')
  const signatures = signaturesIn(files)
  for (const [index, signature] of signatures.entries()) {
    const where = folderOf(index, signature)
    const found = await faultsOf(signature, { files, where, trust, manifest })
    faults.push(...found.faults.map((fault) => `${where}: ${fault}`))
    if (found.faults.length > 0) continue
    const who = found.subject ? ` by ${found.subject}` : ''
    const { way, level, at } = signature
    checked.push(`${where}: the text was signed${who} (${way}, ${level}) on ${toDate(at).toISOString()}.`)
    if (signature.chain.length === 0) taken.push(`whose the key of ${where} is: no certificate names its holder`)
  }
  faults.push(...sideFaults(files, signatures))
  const facts = linesIn(files, 'facts.jsonl', readFact)
  faults.push(...(await factFaults(facts, { mandate, keys: keys.keys, origin: manifest.issuer })))
  checked.push(`${facts.length} facts are in the journal of ${manifest.issuer} as they were written.`)
  faults.push(...madeFaults(facts, signatures))
  const uses = linesIn(files, 'uses.jsonl', (line) => useSchema.parse(JSON.parse(line)))
  const isForeign = uses.some((use) => use.mandate !== mandate)
  if (isForeign) faults.push('uses.jsonl: a use of another mandate.')
  checked.push(`${uses.length} uses are listed.`)
}

/** The certificates of some files, PEM or DER; what is none is left out. */
export function rootsIn(contents: readonly Buffer[]): Buffer[] {
  return contents.flatMap((content) => {
    try {
      return certificatesIn(content)
    } catch {
      return []
    }
  })
}

// --- Files ---------------------------------------------------------------------------------------------------------

function fileOf(files: Files, name: string): Buffer {
  const found = files.get(name)
  if (!found) throw new Stop(`The file ${name} is missing.`)
  return found
}

function jsonIn<S extends z.ZodType>(files: Files, name: string, schema: S): z.output<S> {
  try {
    return schema.parse(JSON.parse(fileOf(files, name).toString('utf8')))
  } catch (error) {
    if (error instanceof Stop) throw error
    throw new Stop(`The file ${name} is not what an evidence archive has there.`)
  }
}

function linesIn<T>(files: Files, name: string, read: (line: string) => T): T[] {
  const text = fileOf(files, name).toString('utf8')
  try {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map(read)
  } catch {
    throw new Stop(`The file ${name} is not what an evidence archive has there.`)
  }
}

function readFact(line: string): Receipt {
  const read = readReceipt(line)
  if (!read || 'facts' in read) throw new Error('no receipt of a fact')
  return read
}

// --- The manifest --------------------------------------------------------------------------------------------------

const manifestSchema = z.strictObject({
  format: z.literal(archiveFormat),
  issuer: z.url(),
  mandate: z.string().refine((id) => isId('mandate', id)),
  madeAt: z.string(),
  files: z.record(z.string(), z.string().regex(/^[\da-f]{64}$/)),
})
const keysSchema = z.object({
  issuer: z.string(),
  keys: z
    .array(z.looseObject({ kid: z.string() }))
    .min(1)
    .max(50),
})

type Keys = { origin: string; keys: readonly JWK[] }

function keysIn(files: Files, { keys }: Trusted): Keys {
  if (keys) return keys
  const { issuer, keys: found } = jsonIn(files, 'hub/journal-keys.json', keysSchema)
  return { origin: issuer, keys: found as JWK[] }
}

function openManifest(files: Files, { origin, keys }: Keys): Manifest {
  const jws = fileOf(files, 'manifest.jws').toString('latin1')
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jws)) throw new Stop('The signature of the manifest cannot be read.')
  const [header = '', payload = '', signature = ''] = jws.split('.')
  const signed = Buffer.from(`${header}.${payload}`)
  const value = Buffer.from(signature, 'base64url')
  const isOurs = keys.some((jwk) => isSignedBy(jwk, signed, value))
  // One writing for the same bytes: what differs from it was changed.
  const isPlain = [header, payload, signature].every(
    (part) => Buffer.from(part, 'base64url').toString('base64url') === part,
  )
  if (!isOurs || !isPlain) throw new Stop('The manifest is not signed by a key of the journal that is trusted.')
  for (const [name, content] of filesOfJws(jws)) {
    if (!fileOf(files, name).equals(content)) throw new Stop(`The file ${name} is not what was signed.`)
  }
  const manifest = jsonIn(files, 'manifest.json', manifestSchema) as Manifest
  if (manifest.issuer !== origin) throw new Stop(`The archive is of another hub: ${manifest.issuer}.`)
  return manifest
}

function isSignedBy(jwk: JWK, signed: Buffer, value: Buffer): boolean {
  const key = keyOf(jwk as JsonWebKey)
  return key !== undefined && verifyBy(key, 'ES256', signed, value)
}

function keyOf(jwk: JsonWebKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return undefined
  }
}

function compareFiles(files: Files, { files: named }: Manifest): void {
  const own = new Set<string>(manifestFiles)
  const found = fileHashes(files)
  for (const name of Object.keys(found)) {
    if (!own.has(name) && !Object.hasOwn(named, name)) throw new Stop(`The file ${name} is not in the manifest.`)
  }
  for (const [name, sum] of Object.entries(named)) {
    if (found[name] === undefined) throw new Stop(`The file ${name} of the manifest is missing.`)
    if (found[name] !== sum) throw new Stop(`The file ${name} is not the one that the manifest names.`)
  }
}

// --- Signatures ----------------------------------------------------------------------------------------------------

const instant = z.iso.datetime().transform((text): Instant => Date.parse(text))
const level = z.enum(levels)
const jwkSchema = z.record(z.string(), z.string())

const signatureSchema = z.strictObject({
  signature: z.string().refine((id) => isId('signature', id)),
  signing: z.string().refine((id) => isId('signing', id)),
  mandate: z.string().refine((id) => isId('mandate', id)),
  side: z.enum(['principal', 'mandatary']),
  person: z.string(),
  at: instant,
  way: z.enum(signingWays),
  level,
  text: z.strictObject({ version: z.string(), language: z.enum(languages), sha256: z.string() }),
  hash: z.string(),
  issuer: z.url(),
  signs: z.enum(['text', 'statement']),
  algorithm: z.enum(['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512', 'EdDSA']),
  key: jwkSchema,
  kind: z.string().exactOptional(),
  revocation: z.strictObject({ by: z.enum(['ocsp', 'crl']), at: instant, until: instant }).exactOptional(),
  authentication: z.strictObject({ provider: z.string(), level, amr: z.array(z.string()), authTime: instant }),
  check: z.string(),
})

const folders = /^(signatures\/\d+-(?:principal|mandatary))\/signature\.json$/

function signaturesIn(files: Files): Signature[] {
  const names = [...files.keys()].flatMap((name) => folders.exec(name)?.[1] ?? [])
  const read = names.map((folder) => signatureIn(files, folder))
  const isInOrder = read.every((signature, index) => names[index] === folderOf(index, signature))
  if (!isInOrder) throw new Stop('The signatures are not numbered as they were made.')
  return read
}

function signatureIn(files: Files, folder: string): Signature {
  const { mandate, side, text, authentication, revocation, ...rest } = jsonIn(
    files,
    `${folder}/signature.json`,
    signatureSchema,
  )
  const part = (name: string) => files.get(`${folder}/${name}`)
  const answer = revocation && fileOf(files, `${folder}/revocation.${revocation.by === 'ocsp' ? 'ocsp' : 'crl'}`)
  const [authenticatorData, clientDataJSON] = [part('authenticator-data.bin'), part('client-data.json')]
  const attested = part('attestation.json')
  const { check: _, ...described } = rest
  return {
    ...described,
    about: { kind: 'mandate', id: mandate, side },
    text: { ...text, text: fileOf(files, `${folder}/text.txt`).toString('utf8') },
    value: fileOf(files, `${folder}/signature.bin`),
    chain: ['certificate.pem', 'issuers.pem'].flatMap((name) => chainIn(part(name), `${folder}/${name}`)),
    ...(revocation && answer ? { revocation: { ...revocation, answer } } : {}),
    ...(authenticatorData && clientDataJSON ? { webauthn: { authenticatorData, clientDataJSON } } : {}),
    ...(attested ? { attested: jsonIn(files, `${folder}/attestation.json`, z.record(z.string(), z.unknown())) } : {}),
    authentication: { ...authentication, link: 'lnk_untold' },
  } as unknown as Signature
}

function chainIn(content: Buffer | undefined, name: string): Buffer[] {
  try {
    return content ? certificatesIn(content) : []
  } catch {
    throw new Stop(`The file ${name} holds something that is no certificate.`)
  }
}

async function faultsOf(
  signature: Signature,
  { files, where, trust, manifest }: { files: Files; where: string; trust: Trust; manifest: Manifest },
): Promise<{ faults: string[]; subject?: string }> {
  const own: string[] = []
  const { id, side } = signature.about
  if (id !== manifest.mandate) own.push('It was made for another mandate.')
  // What is written beside the text is the hub's word; what the key has signed says itself which mandate, and which side.
  const isOfIt = isTextOf(signature.text, { mandate: id, side: side === 'principal' ? 'giving' : 'receiving' })
  if (!isOfIt) own.push('Its text is that of another mandate, or of the other side.')
  if (signature.issuer !== manifest.issuer) own.push('It was made at another hub.')
  const { faults, subject } = await verifySignature(signature, trust)
  own.push(...faults.map((fault: SignatureFault) => signatureFaults[fault]))
  // What lies there for other tools is what follows from the signature, and there is nothing else.
  if (own.length === 0) {
    const made = signatureFiles(signature)
    const there = [...files.keys()].filter((name) => name.startsWith(`${where}/`))
    const isSame = ([name, content]: [string, Buffer]) => files.get(`${where}/${name}`)?.equals(content) === true
    if (there.length !== made.size || ![...made].every(isSame)) {
      own.push('A file beside the signature says something else than the signature.')
    }
  }
  return { faults: own, ...(subject ? { subject } : {}) }
}

const kindsSchema = z.record(
  z.string().regex(/^[a-z][a-z\d_-]{0,39}$/),
  z.strictObject({ policies: z.array(z.string()), level }),
)

function trustIn(files: Files, { roots }: Trusted): Trust {
  if (!files.has('trust/kinds.json')) return new Map()
  const kinds = jsonIn(files, 'trust/kinds.json', kindsSchema)
  return new Map(
    Object.entries(kinds).map(([kind, rules]) => {
      const name = `trust/${kind}.pem`
      return [kind, { ...rules, anchors: roots ?? chainIn(fileOf(files, name), name) }]
    }),
  )
}

// --- The mandate ---------------------------------------------------------------------------------------------------

/** As far as it is judged here: whose signatures it says to stand on. */
const mandateSchema = z.looseObject({
  mandate: z.string(),
  parent: z.string().exactOptional(),
  state: z.string(),
  activeSince: z.string().exactOptional(),
  signatures: z.array(z.looseObject({ side: z.string(), signature: z.string(), level })),
})

/** The principal signs at level high, the mandatary at substantial; who delegates was a mandatary. */
function sideFaults(files: Files, signatures: readonly Signature[]): string[] {
  const { parent, activeSince, signatures: named } = jsonIn(files, 'mandate.json', mandateSchema)
  const faults: string[] = []
  for (const one of named) {
    const found = signatures.find(({ signature }) => signature === one.signature)
    if (!found) faults.push(`mandate.json: the signature ${one.signature} that it stands on is not in the archive.`)
    else if (found.about.side !== one.side || found.level !== one.level) {
      faults.push(`mandate.json: what it says of the signature ${one.signature} is not what was signed.`)
    }
  }
  if (activeSince === undefined) return faults
  for (const [side, least] of [
    ['principal', parent ? 'eidas2' : 'eidas3'],
    ['mandatary', 'eidas2'],
  ] as const) {
    const isSigned = signatures.some(({ about, level: reached }) => about.side === side && atLeast(reached, least))
    if (!isSigned) faults.push(`The mandate was in force without a signature of the ${side} at level ${least}.`)
  }
  return faults
}

// --- The journal ---------------------------------------------------------------------------------------------------

const useSchema = z.looseObject({ use: z.string(), mandate: z.string() })

async function factFaults(
  facts: readonly Receipt[],
  { mandate, keys, origin }: { mandate: string; keys: readonly JWK[]; origin: string },
): Promise<string[]> {
  const faults: string[] = []
  let before = 0
  for (const receipt of facts) {
    const { sequence, name, data } = receipt.fact
    const where = `facts.jsonl: fact ${sequence} (${name})`
    const verdict = await verifyReceipt(receipt, keys).catch(() => undefined)
    if (!verdict?.genuine) faults.push(`${where} is not in the journal as it is written.`)
    else if (verdict.origin !== origin) faults.push(`${where} is of the journal of another hub.`)
    if ((data as { mandate?: unknown }).mandate !== mandate) faults.push(`${where} is about something else.`)
    if (sequence <= before) faults.push(`${where} is out of order.`)
    before = sequence
  }
  return faults
}

/** What the journal says of each signature, where it still does: its facts are kept for a shorter time than the mandate. */
function madeFaults(facts: readonly Receipt[], signatures: readonly Signature[]): string[] {
  return facts.flatMap(({ fact: { name, sequence, data } }) => {
    if (name !== 'signature.made') return []
    const made = data as { signature?: unknown; way?: unknown; level?: unknown }
    const found = signatures.find(({ signature }) => signature === made.signature)
    const isSame = found?.way === made.way && found?.level === made.level
    return isSame ? [] : [`facts.jsonl: fact ${sequence} tells of a signature that is not the one in the archive.`]
  })
}
