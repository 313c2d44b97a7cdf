/**
 * The maker of the demo's phones: attests device keys as Android does, under a root of its own. A hub believes them only
 * where `eid.danger_trusted_phones` names that root, and then as it believes any phone: nothing in `src/` knows of a demo.
 * It also makes phones that should not be believed, each wrong in one thing.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { JWK } from 'jose'
import { encode, tags } from '../../src/certificates/der.ts'
import type { Instant } from '../../src/kernel/clock.ts'
import { day, hour } from '../../src/kernel/durations.ts'
import { extensions, nameOf, sequence, toPem, writeCertificate } from '../authority/x509.ts'

/** Of the demo's app: what `eid.android` of its settings names. */
export const demoPackage = 'ma.garant.eid'
export const demoSigningDigest = createHash('sha256').update('the key that signs the app of the demo').digest('hex')

/** What a phone says of its key, where it is not as it should be. */
export interface Defects {
  version?: number
  /** 0 software, 1 trusted environment, 2 StrongBox. */
  securityLevel?: 0 | 1 | 2
  keyLevel?: 0 | 1 | 2
  challenge?: Uint8Array
  purposes?: number[]
  origin?: number
  noAuthRequired?: true
  userAuthType?: number
  authTimeout?: number
  allowWhileOnBody?: true
  allApplications?: true
  boot?: { locked?: boolean; state?: number } | 'unsaid'
  patchLevel?: number
  packages?: string[]
  digests?: string[]
  model?: string
  /** In the certificate of the key; once unless said otherwise. `above`: in its issuer's as well. */
  extension?: 'missing' | 'twice' | 'above'
  /** In place of the description. */
  description?: Buffer
  /** The certificate is made for this key. */
  certified?: JWK
  notBefore?: Instant
  notAfter?: Instant
  issuerIsNoAuthority?: true
  /** Of the certificate of the phone's own attestation key. */
  serial?: Buffer
}

export interface PhoneMaker {
  rootPem: string
  /** The statement of a phone that asks at this instant. */
  attest(order: { key: JWK; challenge: Uint8Array; now: Instant; defects?: Defects }): { chain: string[] }
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** With a key given, the root is the same after a restart: certificates of Android's roots last twenty years. */
export function createPhoneMaker({
  rootKey = newKey().privateKey,
  name = 'Garant demo phones',
}: {
  rootKey?: KeyObject
  name?: string
} = {}): PhoneMaker {
  const rootName = nameOf([['commonName', name]])
  const rootPublic = createPublicKey(rootKey)
  const authority = [extensions.basicConstraints({ ca: true }), extensions.keyUsage('keyCertSign', 'cRLSign')]
  const root = writeCertificate({
    subject: rootName,
    issuer: rootName,
    serial: Buffer.from([1]),
    notBefore: Date.UTC(2020, 0),
    notAfter: Date.UTC(2045, 0),
    key: rootPublic,
    signer: rootKey,
    extensions: authority,
  })
  const phoneKey = newKey()

  return {
    rootPem: toPem(root),
    attest({ key, challenge, now, defects = {} }) {
      const description = defects.description ?? describe(challenge, defects)
      const said = extensions.other(keyDescription, { value: description })
      const phoneName = nameOf([
        ['organization', 'TEE'],
        ['commonName', 'A phone of the demo'],
      ])
      const phone = writeCertificate({
        subject: phoneName,
        issuer: rootName,
        // A first byte that DER writes as it is.
        serial: defects.serial ?? Buffer.concat([Buffer.from([1]), randomBytes(15)]),
        notBefore: now - day,
        notAfter: now + 30 * day,
        key: phoneKey.publicKey,
        signer: rootKey,
        extensions: [
          extensions.basicConstraints({ ca: !defects.issuerIsNoAuthority }),
          extensions.keyUsage('keyCertSign'),
          ...(defects.extension === 'above' ? [said] : []),
        ],
      })
      const own = writeCertificate({
        subject: nameOf([['commonName', 'Android Keystore Key']]),
        issuer: phoneName,
        serial: Buffer.from([1]),
        notBefore: defects.notBefore ?? now - hour,
        notAfter: defects.notAfter ?? Date.UTC(2048, 0),
        key: createPublicKey({ key: (defects.certified ?? key) as never, format: 'jwk' }),
        signer: phoneKey.privateKey,
        extensions: [
          extensions.keyUsage('digitalSignature'),
          ...(defects.extension === 'missing' ? [] : defects.extension === 'twice' ? [said, said] : [said]),
        ],
      })
      return { chain: [own, phone, root].map((certificate) => certificate.toString('base64url')) }
    },
  }
}

// --- Android's key description -------------------------------------------------------------------------------------

const keyDescription = '1.3.6.1.4.1.11129.2.1.17'

function describe(challenge: Uint8Array, defects: Defects): Buffer {
  const {
    version = 400,
    securityLevel = 1,
    keyLevel = securityLevel,
    purposes = [2],
    origin = 0,
    userAuthType = 2,
    authTimeout,
    boot = {},
    patchLevel = 202_609,
    packages = [demoPackage],
    digests = [demoSigningDigest],
    model,
  } = defects
  const app = sequence(
    encode(tags.set, ...packages.map((name) => sequence(octets(Buffer.from(name)), integer(1)))),
    encode(tags.set, ...digests.map((digest) => octets(Buffer.from(digest, 'hex')))),
  )
  const android = [tagged(709, octets(app))]
  const hardware = [
    tagged(1, encode(tags.set, ...purposes.map(integer))),
    tagged(2, integer(3)),
    tagged(3, integer(256)),
    tagged(10, integer(1)),
    ...(defects.noAuthRequired ? [tagged(503, nothing)] : [tagged(504, integer(userAuthType))]),
    ...(authTimeout === undefined ? [] : [tagged(505, integer(authTimeout))]),
    ...(defects.allowWhileOnBody ? [tagged(506, nothing)] : []),
    ...(defects.allApplications ? [tagged(600, nothing)] : []),
    tagged(702, integer(origin)),
    ...(boot === 'unsaid' ? [] : [tagged(704, rootOfTrust(boot))]),
    tagged(705, integer(160_000)),
    tagged(706, integer(patchLevel)),
    ...(model === undefined ? [] : [tagged(717, octets(Buffer.from(model)))]),
  ]
  return sequence(
    integer(version),
    enumerated(securityLevel),
    integer(version),
    enumerated(keyLevel),
    octets(defects.challenge ?? challenge),
    octets(Buffer.alloc(0)),
    sequence(...android),
    sequence(...hardware),
  )
}

const rootOfTrust = ({ locked = true, state = 0 }: { locked?: boolean; state?: number }) =>
  sequence(
    octets(Buffer.alloc(32, 7)),
    encode(tags.boolean, Buffer.from([locked ? 0xff : 0])),
    enumerated(state),
    octets(Buffer.alloc(32, 9)),
  )

const octets = (bytes: Uint8Array) => encode(tags.octets, bytes)
const nothing = encode(tags.null)
const enumerated = (value: number) => encode(tags.enumerated, Buffer.from([value]))

function integer(value: number): Buffer {
  const digits = value.toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return encode(tags.integer, (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes)
}

/** `[number] EXPLICIT`: numbers above 30 take bytes of seven bits (X.690 section 8.1.2.4). */
function tagged(number: number, value: Buffer): Buffer {
  if (number < 31) return encode(0xa0 | number, value)
  const header = Buffer.from([0xbf, ...(number < 128 ? [] : [0x80 | (number >> 7)]), number & 0x7f])
  return Buffer.concat([header, encode(tags.sequence, value).subarray(1)])
}
