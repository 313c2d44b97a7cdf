/** A key and its certificates as one file that browsers import (PKCS #12, RFC 7292), under a password. */
import { createHash, createHmac, type KeyObject, randomBytes } from 'node:crypto'
import { encode, encodeOid, inside, tags } from '../src/certificates/der.ts'

export interface Pkcs12Content {
  key: KeyObject
  /** DER, the key's own first. */
  certificates: readonly Buffer[]
  /** What the browser calls it. */
  name: string
  password: string
}

const oids = {
  data: '1.2.840.113549.1.7.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const

const rounds = 10_000

/** Not a type that certificates of today use, hence not among `tags`. */
const bmpString = 0x1e

export function pkcs12({ key, certificates, name, password }: Pkcs12Content): Buffer {
  const [own = Buffer.alloc(0)] = certificates
  const keyId = createHash('sha1').update(own).digest()
  const attributes = set(
    sequence(oid('friendlyName'), set(encode(bmpString, utf16be(name)))),
    sequence(oid('localKeyId'), set(octets(keyId))),
  )
  const shrouded = key.export({ format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: password })
  const bags = sequence(
    sequence(oid('shroudedKeyBag'), explicit(shrouded), attributes),
    ...certificates.map((certificate) => {
      const bag = explicit(sequence(oid('x509Certificate'), explicit(octets(certificate))))
      return certificate === own ? sequence(oid('certBag'), bag, attributes) : sequence(oid('certBag'), bag)
    }),
  )
  const content = sequence(sequence(oid('data'), explicit(octets(bags))))
  const salt = randomBytes(16)
  const mac = createHmac('sha256', macKey(password, salt)).update(content).digest()
  return sequence(
    integer(3),
    sequence(oid('data'), explicit(octets(content))),
    sequence(sequence(sequence(oid('sha256'), encode(tags.null)), octets(mac)), octets(salt), integer(rounds)),
  )
}

/** RFC 7292 appendix B.2 with SHA-256, for the one purpose (3, integrity) and the one block that it takes here. */
function macKey(password: string, salt: Buffer): Buffer {
  const block = 64
  const repeated = (bytes: Buffer) => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
  const ended = Buffer.concat([utf16be(password), Buffer.alloc(2)])
  let key = Buffer.concat([Buffer.alloc(block, 3), repeated(salt), repeated(ended)])
  for (let round = 0; round < rounds; round += 1) key = createHash('sha256').update(key).digest()
  return key
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

const sequence = (...parts: Buffer[]) => encode(tags.sequence, ...parts)
const set = (...parts: Buffer[]) => encode(tags.set, ...parts)
const explicit = (...parts: Buffer[]) => encode(inside(0), ...parts)
const octets = (bytes: Buffer) => encode(tags.octets, bytes)
const oid = (name: keyof typeof oids) => encodeOid(oids[name])

/** Small and not negative. */
function integer(value: number): Buffer {
  return encode(tags.integer, Buffer.from(value < 0x80 ? [value] : [value >> 8, value & 0xff]))
}
