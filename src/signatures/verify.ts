/**
 * Is a signature one, without the hub? By the text, the key and what was kept with it alone: whoever holds an evidence
 * archive runs this (`mandates/evidence.ts`), and the hub itself before it keeps a signature. Pure: no network, no clock.
 */
import { createPublicKey, hash, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { verifyBy } from '../certificates/certificates.ts'
import { judgeKept, type KeptFault, namedIn } from '../certificates/kept.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import { challengeOf, hashOfText, signingStatement } from '../kernel/signing-statement.ts'
import type { Signature } from './signatures.ts'

/** What may be wrong, each with its sentence. */
export const signatureFaults = {
  hash_differs: 'The text is not the one whose hash is written beside the signature.',
  form: 'What is written of the signature does not fit its way: a part is missing, or one is there that must not be.',
  key_unreadable: 'The public key cannot be read.',
  key_differs: 'The public key is not the one of the certificate, or of the phone that was paired.',
  signature_invalid: 'The signature was not made by this key over this text.',
  challenge_differs: 'The passkey answered another challenge than the one that follows from this text.',
  origin_differs: 'The passkey answered another site than the hub, or inside a frame of one.',
  rp_differs: 'The authenticator spoke to another site than the hub.',
  holder_not_verified: 'The authenticator did not verify its holder.',
  level_too_high: 'The level that is written is higher than this key can give.',
  root_unknown: 'The certificate leads to no root that is trusted.',
  chain_invalid: 'The certificate or one of its issuers was not valid for signing at that time.',
  revocation_missing: 'Nothing says that the certificate was not revoked.',
  revocation_foreign: 'The answer about revocation is not one about this certificate by its issuer.',
  revocation_not_of_then: 'The answer about revocation was not valid when the text was signed.',
  revoked: 'The certificate was revoked when the text was signed.',
} as const
export type SignatureFault = keyof typeof signatureFaults

/** Whom to believe about certificates, by the name of a kind of card. */
export type Trust = ReadonlyMap<string, { anchors: readonly Buffer[]; policies: readonly string[]; level: Level }>

export interface Verdict {
  /** The first is what matters most; none when the signature is good. */
  faults: SignatureFault[]
  /** Of the certificate, in the way of RFC 4514. */
  subject?: string
}

/** Parts of a signature that one way has and another has not. */
export type Proof = Omit<Signature, 'signature' | 'person' | 'about' | 'authentication'>

/** @param trust without it neither the chain nor what was answered about it is looked at: whoever kept it did */
export async function verifySignature(proof: Proof, trust?: Trust): Promise<Verdict> {
  const { text, way, chain } = proof
  const faults: SignatureFault[] = []
  if (hashOfText(text.text) !== proof.hash) faults.push('hash_differs')
  const key = keyIn(proof)
  if (!key) return { faults: [...faults, 'key_unreadable'] }
  if (!isWhole(proof)) return { faults: [...faults, 'form'] }
  const named = chain[0] && namedIn(chain[0])
  if (chain.length > 0 && !named?.key.equals(key)) faults.push('key_differs')
  if (proof.attested && !isSameKey(proof.attested.key, key)) faults.push('key_differs')
  if (way === 'passkey') faults.push(...passkeyFaults(proof))
  if (!isSignedBy(key, proof, signedBytes(proof))) faults.push('signature_invalid')
  faults.push(...(await vouchedFaults(proof, trust)))
  return { faults, ...(named ? { subject: named.subject } : {}) }
}

const isSameKey = (jwk: JsonWebKey, key: KeyObject) => keyIn({ key: jwk })?.equals(key) === true

function keyIn({ key }: Pick<Proof, 'key'>): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    return undefined
  }
}

/** Each way has its own parts: what is there for show would be taken for proof. */
function isWhole({ way, signs, chain, webauthn, kind, revocation, attested }: Proof): boolean {
  const hasChain = chain.length > 0
  if (hasChain !== (kind !== undefined) || (!hasChain && revocation !== undefined)) return false
  if (way === 'card') return signs === 'text' && hasChain && !webauthn && !attested
  if (way === 'passkey') return signs === 'statement' && !hasChain && webauthn !== undefined && !attested
  return signs === 'statement' && !webauthn && hasChain === (attested === undefined)
}

/** What the key has signed. */
export function signedBytes({ way, text, issuer, signing, webauthn }: Proof): Buffer {
  if (way === 'card') return Buffer.from(text.text)
  if (webauthn) return Buffer.concat([webauthn.authenticatorData, hash('sha256', webauthn.clientDataJSON, 'buffer')])
  return Buffer.from(signingStatement({ issuer, signing, hash: hashOfText(text.text) }))
}

function isSignedBy(key: KeyObject, { algorithm, value }: Proof, signed: Buffer): boolean {
  if (algorithm !== 'EdDSA') return verifyBy(key, algorithm, signed, value, 'der')
  try {
    return key.asymmetricKeyType === 'ed25519' && verify(null, signed, key, value)
  } catch {
    return false
  }
}

/** WebAuthn level 3 section 7.2, steps 10 to 17, as far as they are about what was kept. */
function passkeyFaults({ issuer, signing, hash: shown, webauthn }: Proof): SignatureFault[] {
  const { authenticatorData, clientDataJSON } = webauthn as NonNullable<Proof['webauthn']>
  const said = jsonIn(clientDataJSON)
  const { hostname, origin } = new URL(issuer)
  const flags = authenticatorData[32] ?? 0
  const isFramed = said.crossOrigin === true || said.topOrigin !== undefined
  const faults: [SignatureFault, boolean][] = [
    [
      'challenge_differs',
      said.type !== 'webauthn.get' || said.challenge !== challengeOf({ issuer, signing, hash: shown }),
    ],
    ['origin_differs', said.origin !== origin || isFramed],
    ['rp_differs', !authenticatorData.subarray(0, 32).equals(hash('sha256', hostname, 'buffer'))],
    // "UP" and "UV".
    ['holder_not_verified', (flags & 0b101) !== 0b101],
  ]
  return faults.flatMap(([fault, isWrong]) => (isWrong ? [fault] : []))
}

function jsonIn(bytes: Buffer): Record<string, unknown> {
  try {
    return Object(JSON.parse(bytes.toString('utf8'))) as Record<string, unknown>
  } catch {
    return {}
  }
}

async function vouchedFaults(proof: Proof, trust: Trust | undefined): Promise<SignatureFault[]> {
  const { chain, kind, level, at, revocation } = proof
  // A key of a phone or a passkey is believed on the word of the hub that knew whose it is: never at the highest level.
  if (chain.length === 0) return level === 'eidas3' ? ['level_too_high'] : []
  if (!trust) return []
  const rules = kind === undefined ? undefined : trust.get(kind)
  if (!rules) return ['root_unknown']
  const faults: SignatureFault[] = atLeast(rules.level, level) ? [] : ['level_too_high']
  const found = await judgeKept({ chain, at, revocation }, rules)
  return found ? [...faults, faultOf(found)] : faults
}

function faultOf(found: KeptFault): SignatureFault {
  if (found.fault !== 'path') return found.fault
  return found.reason === 'issuer_unknown' ? 'root_unknown' : 'chain_invalid'
}
