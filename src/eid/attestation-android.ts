/**
 * Android Key Attestation: a certificate for the device key, signed in the phone's trusted environment, whose extension
 * says how the key was made and what it is good for
 * (https://source.android.com/docs/security/features/keystore/attestation). What the hardware enforces is believed; what
 * Android alone enforces only where nothing else can be: which app asked.
 */
import type { X509Certificate } from 'node:crypto'
import {
  booleanOf,
  childrenOf,
  cursorOf,
  DerFault,
  type Element,
  elementAt,
  elementOf,
  integerOf,
  smallOf,
  tags,
} from '../certificates/der.ts'
import type { Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { AttestationNote, AttestationReason, AttestationRefused, Attested, DeviceKey } from './attestation.ts'
import { type Anchor, extensionsOf, walk } from './attestation-chain.ts'

export interface AndroidTrust {
  anchors: readonly Anchor[]
  packages: ReadonlySet<string>
  /** SHA-256 of the certificates that sign the app, in lower-case hexadecimal. */
  signingDigests: ReadonlySet<string>
  /** As Android counts months: 202506. */
  minimumPatchLevel?: number
  /** Absent when the settings do not ask for it. Serial numbers as Google's list writes them. */
  revoked?: (serials: readonly string[], now: Instant) => Promise<boolean | 'unknown'>
}

export interface AndroidQuestion {
  challenge: Uint8Array
  key: DeviceKey
  statement: unknown
  now: Instant
}

/** Keymaster 3 and 4, KeyMint 1 to 5. Those before do not say which app asked, or not in the hardware. */
const versions: ReadonlySet<number> = new Set([3, 4, 100, 200, 300, 400, 500])

/** Numbers of the extension's schema. */
const strongBox = 2
/** The trusted environment and StrongBox; 0 is software. */
const inHardware: ReadonlySet<number> = new Set([1, strongBox])
const purpose = { sign: 2, verify: 3 } as const
const generated = 0
const verified = 0
/** A bit of `userAuthType`. Another bit, and a code typed on the phone opens the key as well. */
const biometric = 2

/** How long one recognition may open the key: a sign-in takes several signatures. In seconds, as the schema has it. */
const longestOpen = minute / 1000

export async function verifyAndroid(
  { challenge, key, statement, now }: AndroidQuestion,
  trust: AndroidTrust,
): Promise<Attested | AttestationRefused> {
  const sent = chainOf(statement)
  if (!sent) return refused('malformed')
  const walked = walk(sent, trust.anchors, now)
  if (!walked.ok) return walked
  const { chain, anchor } = walked

  const revoked = await trust.revoked?.(chain.map(serialOf), now)
  if (revoked === 'unknown') return refused('revocation_unknown')
  if (revoked) return refused('certificate_revoked')

  const read = describe(chain)
  if (typeof read === 'string') return refused(read)
  const leaf = chain[0] as X509Certificate
  const asked: Asked = { read, leaf, challenge, key, trust }
  const failed = checks.find(([, holds]) => !holds(asked))
  if (failed) return refused(failed[0])

  const notes: AttestationNote[] = []
  if (!trust.revoked) notes.push('revocation_not_checked')
  if (anchor.dangerous) notes.push('dangerous_root')
  return {
    ok: true,
    platform: 'android',
    securityLevel: read.attestedIn === strongBox && read.keptIn === strongBox ? 'strongbox' : 'tee',
    ...(read.model === undefined ? {} : { model: read.model }),
    keyThumbprint: key.thumbprint,
    appId: read.packages[0] as string,
    notes,
  }
}

const refused = (reason: AttestationReason): AttestationRefused => ({ ok: false, reason })

// ── What is asked of the description ────────────────────────────────────────────────────────────────────────────────

interface Described {
  version: number
  attestedIn: number
  keptIn: number
  challenge: Buffer
  purposes: number[]
  origin?: number
  /** A key without `noAuthRequired` in either list. */
  isGuarded: boolean
  userAuthType?: number
  authTimeout: number
  staysOpenWhenCarried: boolean
  isForAllApps: boolean
  boot?: { locked: boolean; state: number }
  /** 202506; 0 where the phone does not say. */
  patchLevel: number
  packages: string[]
  /** Lower-case hexadecimal. */
  digests: string[]
  model?: string
}

interface Asked {
  read: Described
  leaf: X509Certificate
  challenge: Uint8Array
  key: DeviceKey
  trust: AndroidTrust
}

/** In this order; the first that does not hold is the answer. */
const checks: readonly (readonly [AttestationReason, (asked: Asked) => boolean])[] = [
  ['version_unknown', ({ read }) => versions.has(read.version)],
  ['challenge_differs', ({ read, challenge }) => read.challenge.equals(challenge)],
  ['key_differs', ({ leaf, key }) => isKey(leaf, key)],
  ['key_in_software', ({ read }) => inHardware.has(read.attestedIn) && inHardware.has(read.keptIn)],
  ['key_not_made_there', ({ read }) => read.origin === generated],
  [
    'key_for_other_use',
    ({ read: { purposes } }) =>
      purposes.includes(purpose.sign) && purposes.every((use) => use === purpose.sign || use === purpose.verify),
  ],
  ['key_open_to_all', ({ read }) => !read.isForAllApps],
  ['system_not_verified', ({ read: { boot } }) => boot?.locked === true && boot.state === verified],
  ['system_too_old', ({ read, trust: { minimumPatchLevel = 0 } }) => read.patchLevel >= minimumPatchLevel],
  [
    // Apps that share one user of the system share their keys: each of them would be believed.
    'other_app',
    ({ read: { packages, digests }, trust }) =>
      packages.length === 1 &&
      packages.every((name) => trust.packages.has(name)) &&
      digests.length > 0 &&
      digests.every((digest) => trust.signingDigests.has(digest)),
  ],
  [
    'key_without_holder',
    ({ read }) =>
      read.isGuarded &&
      read.userAuthType === biometric &&
      read.authTimeout <= longestOpen &&
      !read.staysOpenWhenCarried,
  ],
]

function isKey(leaf: X509Certificate, { x, y }: DeviceKey): boolean {
  const own = leaf.publicKey
  if (own.asymmetricKeyType !== 'ec' || own.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false
  const jwk = own.export({ format: 'jwk' })
  return jwk.x === x && jwk.y === y
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `{ chain: [base64url DER, …] }`. */
function chainOf(statement: unknown): Buffer[] | undefined {
  const { chain } = (statement ?? {}) as { chain?: unknown }
  if (!Array.isArray(chain) || chain.length > 16) return undefined
  const bytes = chain.map((text) => (typeof text === 'string' ? Buffer.from(text, 'base64url') : Buffer.alloc(0)))
  return bytes.every((one) => one.length > 0) ? bytes : undefined
}

/** Lower-case hexadecimal without zeros in front, as Google's list writes them. */
const serialOf = ({ serialNumber }: X509Certificate) => serialNumber.toLowerCase().replace(/^0+(?=.)/, '')

const keyDescription = '1.3.6.1.4.1.11129.2.1.17'

/**
 * The extension stands once, in the certificate of the key itself. Where it stood further up too, the key of somebody's
 * app would have signed the certificate below, with whatever extension it liked.
 */
function describe(chain: readonly X509Certificate[]): Described | AttestationReason {
  try {
    const [own = [], ...above] = chain.map((certificate) => extensionsOf(certificate, keyDescription))
    if (own.length > 1 || above.some((found) => found.length > 0)) return 'extension_repeated'
    return own[0] ? descriptionOf(own[0]) : 'extension_missing'
  } catch (error) {
    if (error instanceof DerFault) return 'malformed'
    throw error
  }
}

/** `KeyDescription` of the schema. What a later version adds at its end is left alone. */
function descriptionOf(extension: Buffer): Described {
  const fields = cursorOf(elementOf(extension, tags.sequence).content)
  const version = smallOf(fields.next(tags.integer))
  const attestedIn = smallOf(fields.next(tags.enumerated))
  fields.next(tags.integer)
  const keptIn = smallOf(fields.next(tags.enumerated))
  const challenge = fields.next(tags.octets).content
  fields.next(tags.octets)
  const android = authorizationsOf(fields.next(tags.sequence))
  const hardware = authorizationsOf(fields.next(tags.sequence))

  const number = (tag: number) => {
    const found = hardware.get(tag)
    return found && numberOf(elementOf(found, tags.integer))
  }
  const [purposes, root, app, model] = [
    hardware.get(field.purpose),
    hardware.get(field.rootOfTrust),
    android.get(field.attestationApplicationId),
    hardware.get(field.attestationIdModel),
  ]
  const [origin, userAuthType] = [number(field.origin), number(field.userAuthType)]
  return {
    version,
    attestedIn,
    keptIn,
    challenge,
    purposes: purposes ? childrenOf(elementOf(purposes, tags.set), tags.integer).map(smallOf) : [],
    ...(origin !== undefined && { origin }),
    isGuarded: ![hardware, android].some((list) => list.has(field.noAuthRequired)),
    ...(userAuthType !== undefined && { userAuthType }),
    authTimeout: number(field.authTimeout) ?? 0,
    staysOpenWhenCarried: hardware.has(field.allowWhileOnBody),
    isForAllApps: [hardware, android].some((list) => list.has(field.allApplications)),
    ...(root && { boot: bootOf(elementOf(root, tags.sequence)) }),
    patchLevel: number(field.osPatchLevel) ?? 0,
    ...(app ? appOf(elementOf(app, tags.octets).content) : { packages: [], digests: [] }),
    ...(model && { model: elementOf(model, tags.octets).content.toString('utf8').replace(/\p{C}/gu, '').slice(0, 64) }),
  }
}

/** Tags of `AuthorizationList`. */
const field = {
  purpose: 1,
  noAuthRequired: 503,
  userAuthType: 504,
  authTimeout: 505,
  allowWhileOnBody: 506,
  allApplications: 600,
  origin: 702,
  rootOfTrust: 704,
  osPatchLevel: 706,
  attestationApplicationId: 709,
  attestationIdModel: 717,
} as const

/** By tag, what each holds. Some phones write them out of order; none may say two things of one. */
function authorizationsOf({ content }: Element): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let at = 0; at < content.length; ) {
    const { tag, value, ends } = taggedAt(content, at)
    if (found.has(tag)) throw new DerFault('twice')
    found.set(tag, value)
    at = ends
  }
  return found
}

/** X.690 section 8.1.2.4: numbers above 30 take bytes of seven bits. */
function taggedAt(content: Buffer, at: number): { tag: number; value: Buffer; ends: number } {
  const first = content[at] ?? 0
  if ((first & 0xe0) !== 0xa0) throw new DerFault('tag')
  let tag = first & 0x1f
  let begins = at + 1
  if (tag === 0x1f) {
    tag = 0
    for (let more = true; more; begins++) {
      const byte = content[begins]
      if (byte === undefined || begins - at > 3) throw new DerFault('tag')
      tag = tag * 128 + (byte & 0x7f)
      more = byte >= 0x80
    }
  }
  const rest = elementAt(Buffer.concat([Buffer.from([tags.sequence]), content.subarray(begins)]))
  return { tag, value: rest.content, ends: begins + rest.raw.length - 1 }
}

/** Up to 2^32 - 1, which stands for every kind of recognition, or for no end. */
function numberOf(element: Element): number {
  const bytes = integerOf(element)
  if (bytes.length > 6 || (bytes[0] ?? 0) >= 0x80) throw new DerFault('integer')
  return bytes.readUIntBE(0, bytes.length)
}

function bootOf({ content }: Element) {
  const fields = cursorOf(content)
  fields.next(tags.octets)
  return { locked: booleanOf(fields.next(tags.boolean)), state: smallOf(fields.next(tags.enumerated)) }
}

function appOf(octets: Buffer): Pick<Described, 'packages' | 'digests'> {
  const fields = cursorOf(elementOf(octets, tags.sequence).content)
  const packages = childrenOf(fields.next(tags.set), tags.sequence)
  const digests = childrenOf(fields.next(tags.set), tags.octets)
  return {
    packages: packages.map(({ content }) => cursorOf(content).next(tags.octets).content.toString('utf8')),
    digests: digests.map(({ content }) => content.toString('hex')),
  }
}
