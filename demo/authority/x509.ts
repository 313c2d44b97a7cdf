/**
 * Writes certificates, lists and answers of a responder as RFC 5280 and RFC 6960 lay them out, right or wrong: whoever
 * calls decides. The one who reads them in `src/` is another; here nothing is checked.
 */
import { constants, createHash, type KeyObject, sign } from 'node:crypto'
import {
  childrenOf,
  type Element,
  elementOf,
  encode,
  encodeOid,
  inside,
  plain,
  tags,
  wholeBitsOf,
} from '../../src/certificates/der.ts'
import { namedAttributes } from '../../src/certificates/settings.ts'
import { type Instant, toDate } from '../../src/kernel/clock.ts'

// --- Small parts ---------------------------------------------------------------------------------------------------

export const sequence = (...parts: Uint8Array[]) => encode(tags.sequence, ...parts)
const set = (...parts: Uint8Array[]) => encode(tags.set, ...parts)
const octets = (...parts: Uint8Array[]) => encode(tags.octets, ...parts)
const bits = (bytes: Uint8Array, unused = 0) => encode(tags.bits, Buffer.from([unused]), bytes)
const boolean = (value: boolean) => encode(tags.boolean, Buffer.from([value ? 0xff : 0]))
const nothing = encode(tags.null)
export const utf8 = (text: string) => encode(tags.utf8, Buffer.from(text))
const printable = (text: string) => encode(tags.printable, Buffer.from(text, 'latin1'))

/** Of bytes that are positive: a zero goes before those that would be negative. */
const integer = (bytes: Buffer) =>
  encode(tags.integer, (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes)
const small = (value: number) => integer(Buffer.from(value < 256 ? [value] : [value >> 8, value & 0xff]))

const stampOf = (instant: Instant) =>
  toDate(instant)
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
const generalizedTime = (instant: Instant) => encode(tags.generalizedTime, Buffer.from(stampOf(instant)))

/** RFC 5280 section 4.1.2.5: "through the year 2049 as UTCTime". */
function time(instant: Instant): Buffer {
  const stamp = stampOf(instant)
  return stamp < '2050' ? encode(tags.utcTime, Buffer.from(stamp.slice(2))) : generalizedTime(instant)
}

// --- Names ---------------------------------------------------------------------------------------------------------

export type AttributeName = keyof typeof namedAttributes
/** A value that is written already, in whatever type, stays as it is. */
export type NameParts = readonly (readonly [AttributeName | `${number}.${string}`, string | Buffer])[]

const oidOfAttribute = (name: string) => namedAttributes[name as AttributeName] ?? name
const asPrintable = new Set(['country', 'serialNumber'])

function valueElement(name: string, value: string | Buffer): Buffer {
  if (typeof value !== 'string') return value
  return asPrintable.has(name) ? printable(value) : utf8(value)
}

export function nameOf(parts: NameParts): Buffer {
  return sequence(
    ...parts.map(([name, value]) => set(sequence(encodeOid(oidOfAttribute(name)), valueElement(name, value)))),
  )
}

// --- Signatures ----------------------------------------------------------------------------------------------------

/** `pss`: SHA-256 by RSASSA-PSS (RFC 4055). */
export type Hash = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512' | 'pss'

const signatureOids: Record<'ec' | 'rsa', Record<Exclude<Hash, 'pss'>, string>> = {
  ec: {
    md5: '1.2.840.10045.4.1',
    sha1: '1.2.840.10045.4.1',
    sha256: '1.2.840.10045.4.3.2',
    sha384: '1.2.840.10045.4.3.3',
    sha512: '1.2.840.10045.4.3.4',
  },
  rsa: {
    md5: '1.2.840.113549.1.1.4',
    sha1: '1.2.840.113549.1.1.5',
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
}

const sha256 = sequence(encodeOid('2.16.840.1.101.3.4.2.1'), nothing)
const pss = sequence(
  encodeOid('1.2.840.113549.1.1.10'),
  sequence(
    encode(inside(0), sha256),
    encode(inside(1), sequence(encodeOid('1.2.840.113549.1.1.8'), sha256)),
    encode(inside(2), small(32)),
  ),
)

export function algorithmOf(key: KeyObject, hash: Hash): Buffer {
  if (hash === 'pss') return pss
  const isRsa = key.asymmetricKeyType === 'rsa'
  const oid = encodeOid(signatureOids[isRsa ? 'rsa' : 'ec'][hash])
  return isRsa ? sequence(oid, nothing) : sequence(oid)
}

function signed(body: Buffer, signer: KeyObject, hash: Hash, outside?: Buffer): Buffer {
  return sequence(body, outside ?? algorithmOf(signer, hash), bits(signatureOf(body, signer, hash)))
}

function signatureOf(body: Buffer, key: KeyObject, hash: Hash): Buffer {
  if (hash !== 'pss') return sign(hash, body, key)
  return sign('sha256', body, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
}

// --- Extensions ----------------------------------------------------------------------------------------------------

const extension = (oid: string, value: Buffer, critical = false) =>
  sequence(encodeOid(oid), ...(critical ? [boolean(true)] : []), octets(value))

const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const
export type KeyUsage = (typeof keyUsages)[number]

/** RFC 5280 section 4.2.1.12. */
export const purposes = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const

export type GeneralName = { dns: string } | { mail: string } | { directory: NameParts } | { uri: string }

function generalName(name: GeneralName): Buffer {
  if ('dns' in name) return encode(plain(2), Buffer.from(name.dns))
  if ('mail' in name) return encode(plain(1), Buffer.from(name.mail))
  if ('uri' in name) return encode(plain(6), Buffer.from(name.uri))
  return encode(inside(4), nameOf(name.directory))
}

const distributionPoint = (url: string) => sequence(encode(inside(0), encode(inside(0), generalName({ uri: url }))))

export const extensions = {
  basicConstraints: ({ ca, pathLength }: { ca: boolean; pathLength?: number }) =>
    extension(
      '2.5.29.19',
      sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [small(pathLength)])),
      true,
    ),
  keyUsage(...usages: KeyUsage[]) {
    let value = 0
    for (const usage of usages) value |= 0x80 >> keyUsages.indexOf(usage)
    const unused = value === 0 ? 0 : Math.trunc(Math.log2(value & -value))
    return extension('2.5.29.15', bits(value === 0 ? Buffer.alloc(0) : Buffer.from([value]), unused), true)
  },
  purposes: (...oids: string[]) => extension('2.5.29.37', sequence(...oids.map(encodeOid))),
  policies: (...oids: string[]) => extension('2.5.29.32', sequence(...oids.map((oid) => sequence(encodeOid(oid))))),
  policyMappings: (...pairs: [string, string][]) =>
    extension('2.5.29.33', sequence(...pairs.map(([from, to]) => sequence(encodeOid(from), encodeOid(to)))), true),
  policyConstraints: ({ explicit }: { explicit: number }) =>
    extension('2.5.29.36', sequence(encode(plain(0), Buffer.from([explicit]))), true),
  inhibitAnyPolicy: (skip: number) => extension('2.5.29.54', small(skip), true),
  nameConstraints({ permitted = [], excluded = [] }: { permitted?: GeneralName[]; excluded?: GeneralName[] }) {
    const subtrees = (names: GeneralName[], tag: number) =>
      names.length === 0 ? [] : [encode(tag, ...names.map((name) => sequence(generalName(name))))]
    return extension('2.5.29.30', sequence(...subtrees(permitted, inside(0)), ...subtrees(excluded, inside(1))), true)
  },
  alternativeNames: (...names: GeneralName[]) => extension('2.5.29.17', sequence(...names.map(generalName))),
  responder: (url: string) =>
    extension('1.3.6.1.5.5.7.1.1', sequence(sequence(encodeOid('1.3.6.1.5.5.7.48.1'), generalName({ uri: url })))),
  lists: (...urls: string[]) => extension('2.5.29.31', sequence(...urls.map(distributionPoint))),
  subjectKey: (key: KeyObject) => extension('2.5.29.14', octets(keyHash(key))),
  issuerKey: (key: KeyObject) => extension('2.5.29.35', sequence(encode(plain(0), keyHash(key)))),
  noCheck: () => extension('1.3.6.1.5.5.7.48.1.5', nothing),
  /** RFC 3739 section 3.2.2. */
  attributes: (values: {
    dateOfBirth?: Instant
    placeOfBirth?: string
    gender?: string
    countryOfCitizenship?: string
  }) => {
    const { dateOfBirth, placeOfBirth, gender, countryOfCitizenship } = values
    const one = (name: AttributeName, value: Buffer) => sequence(encodeOid(namedAttributes[name]), set(value))
    return extension(
      '2.5.29.9',
      sequence(
        ...(dateOfBirth === undefined ? [] : [one('dateOfBirth', generalizedTime(dateOfBirth))]),
        ...(placeOfBirth === undefined ? [] : [one('placeOfBirth', utf8(placeOfBirth))]),
        ...(gender === undefined ? [] : [one('gender', printable(gender))]),
        ...(countryOfCitizenship === undefined ? [] : [one('countryOfCitizenship', printable(countryOfCitizenship))]),
      ),
    )
  },
  /** Whatever a standard to come may define. */
  other: (oid: string, { critical = false, value = nothing }: { critical?: boolean; value?: Buffer } = {}) =>
    extension(oid, value, critical),
}

// --- Certificates --------------------------------------------------------------------------------------------------

/** The bit string of a public key, without its header: what key identifiers and certIDs are digests of. */
function keyBytes(key: KeyObject): Buffer {
  const [, bitString] = childrenOf(elementOf(key.export({ type: 'spki', format: 'der' })))
  return wholeBitsOf(bitString as Element)
}

const digest = (hash: string, bytes: Uint8Array) => createHash(hash).update(bytes).digest()
export const keyHash = (key: KeyObject) => digest('sha1', keyBytes(key))

export interface CertificateOrder {
  subject: Buffer
  issuer: Buffer
  serial: Buffer
  notBefore: Instant
  notAfter: Instant
  key: KeyObject
  signer: KeyObject
  hash?: Hash
  /** Beside the signature, where it is another than inside. */
  outside?: Buffer
  extensions: readonly Buffer[]
}

export function writeCertificate(order: CertificateOrder): Buffer {
  const { hash = 'sha256', signer } = order
  const body = sequence(
    encode(inside(0), small(2)),
    integer(order.serial),
    algorithmOf(signer, hash),
    order.issuer,
    sequence(time(order.notBefore), time(order.notAfter)),
    order.subject,
    order.key.export({ type: 'spki', format: 'der' }),
    ...(order.extensions.length === 0 ? [] : [encode(inside(3), sequence(...order.extensions))]),
  )
  return signed(body, signer, hash, order.outside)
}

export function toPem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

// --- Lists (RFC 5280 section 5) ------------------------------------------------------------------------------------

export interface ListOrder {
  issuer: Buffer
  signer: KeyObject
  thisUpdate: Instant
  nextUpdate?: Instant
  revoked: readonly { serial: Buffer; at: Instant; extensions?: readonly Buffer[] }[]
  extensions?: readonly Buffer[]
  hash?: Hash
}

export const listExtensions = {
  number: (value: number) => extension('2.5.29.20', small(value)),
  delta: (base: number) => extension('2.5.29.27', small(base), true),
  scope: (scope: {
    url?: string
    onlyCards?: true
    onlyIssuers?: true
    indirect?: true
    someReasons?: true
    onlyAttributes?: true
  }) =>
    extension(
      '2.5.29.28',
      sequence(
        ...(scope.url === undefined ? [] : [encode(inside(0), encode(inside(0), generalName({ uri: scope.url })))]),
        ...(scope.onlyCards ? [encode(plain(1), Buffer.from([0xff]))] : []),
        ...(scope.onlyIssuers ? [encode(plain(2), Buffer.from([0xff]))] : []),
        ...(scope.someReasons ? [encode(plain(3), Buffer.from([6, 0x40]))] : []),
        ...(scope.indirect ? [encode(plain(4), Buffer.from([0xff]))] : []),
        ...(scope.onlyAttributes ? [encode(plain(5), Buffer.from([0xff]))] : []),
      ),
      true,
    ),
}

export function writeList(order: ListOrder): Buffer {
  const { hash = 'sha256', extensions: own = [listExtensions.number(1)] } = order
  const entries = order.revoked.map(({ serial, at, extensions: some = [] }) =>
    sequence(integer(serial), time(at), ...(some.length === 0 ? [] : [sequence(...some)])),
  )
  const body = sequence(
    small(1),
    algorithmOf(order.signer, hash),
    order.issuer,
    time(order.thisUpdate),
    ...(order.nextUpdate === undefined ? [] : [time(order.nextUpdate)]),
    ...(entries.length === 0 ? [] : [sequence(Buffer.concat(entries))]),
    ...(own.length === 0 ? [] : [encode(inside(0), sequence(...own))]),
  )
  return signed(body, order.signer, hash)
}

// --- Answers of a responder (RFC 6960 section 4.2) -----------------------------------------------------------------

export interface AnswerOrder {
  /** The certID of the question, or another. */
  certId: Buffer
  status: 'good' | 'unknown' | { revokedAt: Instant }
  producedAt: Instant
  thisUpdate: Instant
  nextUpdate?: Instant
  nonce?: Buffer
  /** Beside the nonce. */
  extensions?: readonly Buffer[]
  signer: KeyObject
  /** Of the signer, where it is not the issuer itself. */
  certificates?: readonly Buffer[]
  /** The name or key of who signs. */
  responder: { name: Buffer } | { key: KeyObject }
  hash?: Hash
}

export function writeCertId(certificate: { issuer: Buffer; issuerKey: KeyObject; serial: Buffer }): Buffer {
  return sequence(
    sequence(encodeOid('1.3.14.3.2.26'), nothing),
    octets(digest('sha1', certificate.issuer)),
    octets(keyHash(certificate.issuerKey)),
    integer(certificate.serial),
  )
}

export function writeAnswer(order: AnswerOrder): Buffer {
  const { status, responder, hash = 'sha256', certificates = [], nonce } = order
  const own = [...(nonce ? [extension('1.3.6.1.5.5.7.48.1.2', octets(nonce))] : []), ...(order.extensions ?? [])]
  const statusOf =
    status === 'good'
      ? encode(plain(0))
      : status === 'unknown'
        ? encode(plain(2))
        : encode(inside(1), generalizedTime(status.revokedAt))
  const body = sequence(
    'name' in responder ? encode(inside(1), responder.name) : encode(inside(2), octets(keyHash(responder.key))),
    generalizedTime(order.producedAt),
    sequence(
      sequence(
        order.certId,
        statusOf,
        generalizedTime(order.thisUpdate),
        ...(order.nextUpdate === undefined ? [] : [encode(inside(0), generalizedTime(order.nextUpdate))]),
      ),
    ),
    ...(own.length === 0 ? [] : [encode(inside(1), sequence(...own))]),
  )
  const basic = sequence(
    body,
    algorithmOf(order.signer, hash),
    bits(signatureOf(body, order.signer, hash)),
    ...(certificates.length === 0 ? [] : [encode(inside(0), sequence(...certificates))]),
  )
  const bytes = sequence(encodeOid('1.3.6.1.5.5.7.48.1.1'), octets(basic))
  return sequence(encode(tags.enumerated, Buffer.from([0])), encode(inside(0), bytes))
}

/** Why there is no answer: 1 malformed, 2 internal error, 3 try later, 5 signature needed, 6 unauthorized. */
export function writeNoAnswer(status: 1 | 2 | 3 | 5 | 6): Buffer {
  return sequence(encode(tags.enumerated, Buffer.from([status])))
}
