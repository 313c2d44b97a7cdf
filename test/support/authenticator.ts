/**
 * An authenticator without a body: makes keys and real signatures as WebAuthn level 3 describes, by `node:crypto` alone,
 * so that what the hub verifies was not made by the library that verifies it. Each test says what it gets wrong.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'

export interface Twist {
  origin?: string
  rpId?: string
  challenge?: string
  /** Claims of `clientDataJSON` beside the usual ones. */
  client?: Record<string, unknown>
  type?: string
  userVerified?: boolean
  userPresent?: boolean
  counter?: number
  backupEligible?: boolean
  backedUp?: boolean
  userHandle?: string
  /** Changes one bit of what is signed. */
  brokenSignature?: boolean
}

export interface SoftwareAuthenticator {
  create(options: PublicKeyCredentialCreationOptionsJSON, twist?: Twist): RegistrationResponseJSON
  get(options: PublicKeyCredentialRequestOptionsJSON, twist?: Twist): AuthenticationResponseJSON
  counter: number
}

export const modelOfTests = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'

/** `counts: false` is one that says zero for ever, as those that copy their keys do. */
export function createAuthenticator(given: {
  origin: string
  counts?: boolean
  synced?: boolean
}): SoftwareAuthenticator {
  const { counts = true, synced = false } = given
  let key: { id: Buffer; secret: KeyObject; handle: string } | undefined
  let counter = 0

  const flagsOf = (twist: Twist, attested: boolean) =>
    ((twist.userPresent ?? true) ? 0x01 : 0) |
    ((twist.userVerified ?? true) ? 0x04 : 0) |
    ((twist.backupEligible ?? synced) ? 0x08 : 0) |
    ((twist.backedUp ?? synced) ? 0x10 : 0) |
    (attested ? 0x40 : 0)

  /** Section 6.1: hash of the RP id, flags, counter, then the attested credential data. */
  function authenticatorData(twist: Twist, attested?: Buffer): Buffer {
    const head = Buffer.alloc(5)
    head.writeUInt8(flagsOf(twist, attested !== undefined), 0)
    head.writeUInt32BE(twist.counter ?? counter, 1)
    return Buffer.concat([sha256(twist.rpId ?? new URL(given.origin).hostname), head, attested ?? Buffer.alloc(0)])
  }

  function clientData(type: string, challenge: string, twist: Twist): Buffer {
    const origin = twist.origin ?? given.origin
    const data = { type: twist.type ?? type, challenge: twist.challenge ?? challenge, origin, crossOrigin: false }
    return Buffer.from(JSON.stringify({ ...data, ...twist.client }))
  }

  return {
    get counter() {
      return counter
    },
    set counter(value) {
      counter = value
    },

    create(options, twist = {}) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' })
      key = { id: randomBytes(32), secret: pair.privateKey, handle: options.user.id }
      if (counts) counter += 1
      const { id } = key
      // RFC 9053 section 7.1: kty EC2, alg ES256, crv P-256.
      const cose = new Map<number, number | Buffer>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ])
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const model = Buffer.from(modelOfTests.replaceAll('-', ''), 'hex')
      const authData = authenticatorData(twist, Buffer.concat([model, length, id, cbor(cose)]))
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ])
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, twist).toString('base64url'),
          attestationObject: cbor(attestation).toString('base64url'),
          transports: ['usb', 'telepathy' as never],
        },
      }
    },

    get(options, twist = {}) {
      if (!key) throw new Error('this authenticator has no key yet')
      if (counts) counter += 1
      const client = clientData('webauthn.get', options.challenge, twist)
      const authData = authenticatorData(twist)
      const signature = sign('sha256', Buffer.concat([authData, sha256(client)]), key.secret)
      if (twist.brokenSignature) signature[signature.length - 1] = (signature.at(-1) as number) ^ 1
      const id = key.id.toString('base64url')
      return {
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          userHandle: twist.userHandle ?? key.handle,
        },
      }
    },
  }
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()

/** As much of CBOR (RFC 8949) as an authenticator says: small integers, byte and text strings, maps. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([name, item]) => [cbor(name), cbor(item)])])
  }
  throw new TypeError('not what an authenticator says')
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument])
  if (argument < 256) return Buffer.from([(major << 5) | 24, argument])
  return Buffer.from([(major << 5) | 25, argument >> 8, argument & 255])
}
