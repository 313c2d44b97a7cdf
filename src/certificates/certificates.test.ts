/** Which certificates are refused, each made for one reason, and beside it the nearest one that is accepted. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import {
  algorithmOf,
  type CertificateOrder,
  extensions as ext,
  type Hash,
  type NameParts,
  nameOf,
  purposes,
  toPem,
  utf8,
  writeCertificate,
} from '../../demo/authority/x509.ts'
import { cardKinds, joao, nadege, salma, startAuthority } from '../../test/support/cards.ts'
import { createTestClock, testStart } from '../../test/support/clock.ts'
import fc from '../../test/support/property.ts'
import { createOutbound } from '../http/outbound.ts'
import { certificateReasons } from '../kernel/certificate-reasons.ts'
import { day } from '../kernel/durations.ts'
import { publicOnly } from '../policy/destinations.ts'
import {
  type Ask,
  type Certificates,
  createCertificates,
  kindDoubts,
  kindFaults,
  nearnessOf,
  verifyBy,
} from './certificates.ts'
import { encode, tags } from './der.ts'
import { type CardKinds, cardKindsSchema } from './settings.ts'

const clock = createTestClock()
const toOwn = createOutbound({ rules: 'anywhere' })
const toNamed = createOutbound({ rules: publicOnly })
const ways = { clock, key: Buffer.alloc(32, 5), toNamed, toOwn }
const authority = await startAuthority(clock)
after(async () => {
  toOwn.close()
  toNamed.close()
  await authority.close()
})

// --- A small world of authorities ----------------------------------------------------------------------------------

interface Pair {
  privateKey: KeyObject
  publicKey: KeyObject
}

interface One {
  name: Buffer
  keys: Pair
  der: Buffer
}

const pair = (curve = 'P-256'): Pair => generateKeyPairSync('ec', { namedCurve: curve })
const rsaPair = (bits: number): Pair => generateKeyPairSync('rsa', { modulusLength: bits })

type Changes = Partial<Omit<CertificateOrder, 'extensions' | 'key' | 'signer' | 'issuer' | 'subject'>> & {
  by?: One
  keys?: Pair
  named?: NameParts
  extensions?: Buffer[]
}

let serial = 1

function make(
  subject: NameParts,
  own: readonly Buffer[],
  { by, keys = pair(), named, extensions, ...rest }: Changes,
): One {
  const name = nameOf(named ?? subject)
  const der = writeCertificate({
    subject: name,
    issuer: by?.name ?? name,
    serial: Buffer.from([0x40, serial >> 8, serial++ & 0xff]),
    notBefore: testStart - 100 * day,
    notAfter: testStart + 100 * day,
    key: keys.publicKey,
    signer: by?.keys.privateKey ?? keys.privateKey,
    extensions: extensions ?? own,
    ...rest,
  })
  return { name, keys, der }
}

const maySign = ext.keyUsage('keyCertSign', 'cRLSign')
const isCa = (pathLength?: number) =>
  ext.basicConstraints({ ca: true, ...(pathLength === undefined ? {} : { pathLength }) })
const ca = (name: string, changes: Changes = {}, ...more: Buffer[]) =>
  make([['commonName', name]], [isCa(), maySign, ...more], changes)

const usage = ext.keyUsage('digitalSignature')
const purpose = ext.purposes(purposes.clientAuth)
const number = [
  ['country', 'FR'],
  ['surname', 'ORSINI'],
  ['givenName', 'Nadège'],
  ['commonName', '810100000016'],
] as const
const card = (changes: Changes, ...more: Buffer[]) => make(number, [usage, purpose, ...more], changes)

const root = ca('Root')
const mid = ca('Middle', { by: root })

interface Case {
  /** Of a sentence that begins with "a certificate". */
  what: string
  card: Buffer
  /** The issuers that are offered, and the anchors; Middle below Root by default. */
  pool?: One[]
  anchors?: One[]
  policies?: string[]
  use?: Ask['use']
}

function worldOf({ anchors = [root], pool = [mid], policies = [] }: Omit<Case, 'what' | 'card'>): Certificates {
  return createCertificates({
    kinds: cardKindsSchema.parse({
      any: {
        anchors: anchors.map(({ der }) => toPem(der)),
        intermediates: pool.map(({ der }) => toPem(der)),
        policies,
        // No responder and no list stands behind these: what is accepted is accepted below eidas3.
        revocation: { danger_soft_fail_below_eidas3: true },
        identity: { kind: 'professional' },
      },
    }),
    ...ways,
  })
}

async function judged({ card: der, use = 'authentication', ...world }: Omit<Case, 'what'>): Promise<string> {
  const found = await worldOf(world).check(der, { kinds: ['any'], use, level: 'eidas2' })
  return found.ok ? 'accepted' : found.reason
}

/** One bit is another at this place. */
function flipped(der: Buffer, at: number): Buffer {
  const changed = Buffer.from(der)
  changed[at < 0 ? der.length + at : at] = (changed.at(at) ?? 0) ^ 1
  return changed
}

/** The same signature algorithm twice, of another kind than what signed. */
function resigned(hash: Hash, keys?: Pair): Buffer {
  const by = keys ? ca('Of this key', { keys }) : root
  return card({ by, hash }).der
}

const policy = '1.3.6.1.4.1.32473.1.1'
const otherPolicy = '1.3.6.1.4.1.32473.1.9'
const anyPolicy = '2.5.29.32.0'
const rsaKeys = rsaPair(2048)
const rsaRoot = ca('RSA', { keys: rsaKeys })

/** Four authorities, one below the other. */
const stepA = ca('A', { by: root })
const stepB = ca('B', { by: stepA })
const stepC = ca('C', { by: stepB })
const stepD = ca('D', { by: stepC })
/** Two authorities that vouch for each other, and for nobody else. */
const loopKeys = [pair(), pair()] as const
const loopB = ca('Loop B', { keys: loopKeys[1] })
const loopA = ca('Loop A', { keys: loopKeys[0], by: loopB })
const loopBack = ca('Loop B', { keys: loopKeys[1], by: loopA })
/** The same name with another key, and the root's second certificate by an authority that is not known. */
const rolled = ca('Middle', { by: root })
const strangers = ca('Strangers')
const crossed = ca('Root', { keys: root.keys, by: strangers })

const below = (changes: Changes, ...more: Buffer[]) => ca('Below', { by: root, ...changes }, ...more)
const constrained = (constraints: Parameters<typeof ext.nameConstraints>[0]) =>
  below({}, ext.nameConstraints(constraints))
const inFrance = constrained({ permitted: [{ directory: [['country', 'FR']] }] })
const notInFrance = constrained({ excluded: [{ directory: [['country', 'FR']] }] })
const ofHospital = constrained({ permitted: [{ mail: 'hospital.example' }, { dns: 'hospital.example' }] })
const notOfHospital = constrained({ excluded: [{ mail: '.hospital.example' }, { dns: 'hospital.example' }] })
const noAddresses = constrained({ excluded: [{ uri: 'hospital.example' }] })
const inUtf32 = (text: string) =>
  encode(tags.universal, Buffer.concat([...text].map((sign) => Buffer.from([0, 0, 0, sign.charCodeAt(0)]))))
const mailed = (by: One, mail: string) => card({ by }, ext.alternativeNames({ mail })).der
const hosted = (by: One, dns: string) => card({ by }, ext.alternativeNames({ dns })).der
const withPolicies = (oids: string[], ...more: Buffer[]) => below({}, ext.policies(...oids), ...more)
const named = withPolicies([policy])
const open = withPolicies([anyPolicy])
const inhibiting = below({}, ext.policies(anyPolicy), ext.inhibitAnyPolicy(0))
const inhibited = ca('Lower', { by: inhibiting }, ext.policies(anyPolicy))
const explicit = below({}, ext.policies(otherPolicy), ext.policyConstraints({ explicit: 0 }))
const mapping = below({}, ext.policies(otherPolicy), ext.policyMappings([otherPolicy, policy]))
const unknown = (critical: boolean) => ext.other('1.3.6.1.4.1.32473.7', { critical })
const unknownBelow = below({}, unknown(true))
const late = below({ notBefore: testStart + day })
const over = below({ notAfter: testStart - 2000 })
const noCa = make([['commonName', 'Below']], [ext.basicConstraints({ ca: false }), maySign], { by: root })
const bare = make([['commonName', 'Below']], [maySign], { by: root })
const noSigning = make([['commonName', 'Below']], [isCa(), ext.keyUsage('digitalSignature')], { by: root })
const silentUsage = make([['commonName', 'Below']], [isCa()], { by: root })
const short = make([['commonName', 'Short']], [isCa(0), maySign], { by: root })
const tooLow = ca('Too low', { by: short })
const forMail = below({}, ext.purposes(purposes.emailProtection))
const forClients = below({}, ext.purposes(purposes.clientAuth))
const weakRoot = ca('Weak', { keys: pair('secp256k1') })
const expiredRoot = ca('Old', { notAfter: testStart - day })

/** A card, which is no authority. */
const ofMid = card({ by: mid })

const accepted: Case[] = [
  { what: 'that leads to an anchor by one issuer', card: card({ by: mid }).der },
  { what: 'that an anchor issued itself', card: card({ by: root }).der, pool: [] },
  { what: 'of an RSA authority of 2,048 bits', card: card({ by: rsaRoot }).der, anchors: [rsaRoot], pool: [] },
  { what: 'signed by RSASSA-PSS', card: card({ by: rsaRoot, hash: 'pss' }).der, anchors: [rsaRoot], pool: [] },
  { what: 'with an RSA key of its own', card: card({ by: root, keys: rsaKeys }).der },
  { what: 'on P-384', card: card({ by: root, keys: pair('P-384'), hash: 'sha384' }).der },
  { what: 'on P-521', card: card({ by: root, keys: pair('P-521'), hash: 'sha512' }).der },
  { what: 'below four issuers, the anchor among them', card: card({ by: stepC }).der, pool: [stepA, stepB, stepC] },
  { what: 'whose issuer has two keys under one name', card: card({ by: rolled }).der, pool: [mid, rolled] },
  { what: 'whose issuer has a cross-certificate too', card: card({ by: root }).der, pool: [crossed] },
  { what: 'in the last second of its time', card: card({ by: mid, notAfter: testStart }).der },
  { what: 'in the first second of its time', card: card({ by: mid, notBefore: testStart }).der },
  { what: 'with an unknown extension that is not critical', card: card({ by: mid }, unknown(false)).der },
  { what: 'directly below an issuer of path length 0', card: card({ by: short }).der, pool: [short] },
  { what: 'of a country that is permitted', card: card({ by: inFrance }).der, pool: [inFrance] },
  {
    what: 'of a mailbox at a host that is permitted',
    card: mailed(ofHospital, 'n@hospital.example'),
    pool: [ofHospital],
  },
  { what: 'of a host below one that is permitted', card: hosted(ofHospital, 'a.hospital.example'), pool: [ofHospital] },
  {
    what: 'of a mailbox outside of a domain that is excluded',
    card: mailed(notOfHospital, 'n@hospital.example'),
    pool: [notOfHospital],
  },
  {
    what: 'whose issuer is constrained in a form of name that it does not have',
    card: card({ by: noAddresses }).der,
    pool: [noAddresses],
  },
  {
    what: 'with the policy that is asked for',
    card: card({ by: named }, ext.policies(policy)).der,
    pool: [named],
    policies: [policy],
  },
  {
    what: 'with that policy below an issuer of any',
    card: card({ by: open }, ext.policies(otherPolicy, policy)).der,
    pool: [open],
    policies: [policy],
  },
  { what: 'below an issuer that is for clients too', card: card({ by: forClients }).der, pool: [forClients] },
  {
    what: 'for signatures of content and without a purpose, for a signature',
    card: make(number, [ext.keyUsage('nonRepudiation')], { by: mid }).der,
    use: 'signature',
  },
]

const refused: Partial<Record<keyof typeof certificateReasons, Case[]>> = {
  unreadable: [
    { what: 'that is none', card: Buffer.from('hello') },
    { what: 'with a byte behind it', card: Buffer.concat([card({ by: mid }).der, Buffer.from([0])]) },
    { what: 'of more than 16 kB', card: card({ by: mid }, ext.other('1.2.3.4', { value: Buffer.alloc(17_000) })).der },
  ],
  issuer_unknown: [
    { what: 'of an authority that is not known', card: card({ by: strangers }).der },
    { what: 'that issued itself', card: card({}).der },
    { what: 'whose issuer is missing', card: card({ by: mid }).der, pool: [] },
    { what: 'of two authorities that vouch for each other', card: card({ by: loopA }).der, pool: [loopA, loopBack] },
    {
      what: 'whose issuer only bears another name (name chaining)',
      card: card({ by: { ...mid, name: root.name } }).der,
      anchors: [strangers],
    },
  ],
  chain_too_long: [{ what: 'below five issuers', card: card({ by: stepD }).der, pool: [stepA, stepB, stepC, stepD] }],
  algorithms_differ: [
    {
      what: 'that names another algorithm outside',
      card: card({ by: mid, outside: algorithmOf(mid.keys.privateKey, 'sha384') }).der,
    },
  ],
  hash_too_weak: [
    { what: 'signed with SHA-1', card: resigned('sha1'), pool: [] },
    { what: 'signed with SHA-1 by RSA', card: card({ by: rsaRoot, hash: 'sha1' }).der, anchors: [rsaRoot] },
    { what: 'signed with MD5 by RSA', card: card({ by: rsaRoot, hash: 'md5' }).der, anchors: [rsaRoot] },
  ],
  algorithm_not_allowed: [
    {
      what: 'signed with an algorithm of somebody’s own',
      card: Buffer.from(
        card({ by: mid })
          .der.toString('latin1')
          .replaceAll('\x2a\x86\x48\xce\x3d\x04\x03\x02', '\x2a\x86\x48\xce\x3d\x04\x03\x07'),
        'latin1',
      ),
    },
  ],
  signature_invalid: [
    { what: 'with a bit changed in its signature', card: flipped(card({ by: mid }).der, -1) },
    // The tenth byte of the serial number is far from every length.
    {
      what: 'with a bit changed in what is signed',
      card: flipped(card({ by: mid, serial: Buffer.alloc(16, 0x41) }).der, 24),
    },
    { what: 'signed by another key under the issuer’s name', card: card({ by: { ...mid, keys: pair() } }).der },
    {
      what: 'whose issuer’s signature has a bit changed',
      card: card({ by: mid }).der,
      pool: [{ ...mid, der: flipped(mid.der, -1) }],
    },
  ],
  key_not_allowed: [
    { what: 'of an RSA key of 1,024 bits', card: card({ by: mid, keys: rsaPair(1024) }).der },
    { what: 'of a key on a curve that is not one of the three', card: card({ by: mid, keys: pair('secp256k1') }).der },
    { what: 'of an Ed25519 key', card: card({ by: mid, keys: generateKeyPairSync('ed25519') }).der },
    { what: 'whose issuer has such a key', card: card({ by: weakRoot }).der, anchors: [weakRoot] },
  ],
  issuer_no_ca: [
    { what: 'whose issuer says that it is no authority', card: card({ by: noCa }).der, pool: [noCa] },
    { what: 'whose issuer does not say that it is one', card: card({ by: bare }).der, pool: [bare] },
    { what: 'that another card issued', card: card({ by: ofMid }).der, pool: [mid, ofMid] },
  ],
  issuer_may_not_sign: [
    { what: 'whose issuer may not sign certificates', card: card({ by: noSigning }).der, pool: [noSigning] },
    { what: 'whose issuer does not say that it may', card: card({ by: silentUsage }).der, pool: [silentUsage] },
  ],
  path_length_exceeded: [
    { what: 'two issuers below one of path length 0', card: card({ by: tooLow }).der, pool: [short, tooLow] },
  ],
  issuer_not_yet_valid: [{ what: 'whose issuer begins tomorrow', card: card({ by: late }).der, pool: [late] }],
  issuer_expired: [
    { what: 'whose issuer has ended', card: card({ by: over }).der, pool: [over] },
    { what: 'whose anchor has ended', card: card({ by: expiredRoot }).der, anchors: [expiredRoot] },
  ],
  not_yet_valid: [{ what: 'that begins in a second', card: card({ by: mid, notBefore: testStart + 1000 }).der }],
  expired: [{ what: 'that ended a second ago', card: card({ by: mid, notAfter: testStart - 1000 }).der }],
  extension_unknown: [
    { what: 'with a critical extension that nobody knows', card: card({ by: mid }, unknown(true)).der },
    { what: 'whose issuer has such an extension', card: card({ by: unknownBelow }).der, pool: [unknownBelow] },
  ],
  extension_malformed: [
    { what: 'with an extension twice', card: card({ by: mid }, usage).der },
    {
      what: 'with key usages that are none',
      card: make(number, [ext.other('2.5.29.15', { value: Buffer.from([5, 0]) }), purpose], { by: mid }).der,
    },
    { what: 'with an empty list of purposes', card: make(number, [usage, ext.purposes()], { by: mid }).der },
  ],
  name_not_allowed: [
    {
      what: 'of a country that is not permitted',
      card: card({ by: inFrance, named: [['country', 'MA'], ...number.slice(1)] }).der,
      pool: [inFrance],
    },
    { what: 'of a country that is excluded', card: card({ by: notInFrance }).der, pool: [notInFrance] },
    {
      what: 'of a country in small letters that is excluded',
      card: card({ by: notInFrance, named: [['country', 'fr'], ...number.slice(1)] }).der,
      pool: [notInFrance],
    },
    {
      what: 'of a country that is excluded, written in UTF-32',
      card: card({ by: notInFrance, named: [['country', inUtf32('FR')], ...number.slice(1)] }).der,
      pool: [notInFrance],
    },
    {
      what: 'of a country that is excluded, written as visible characters',
      card: card({ by: notInFrance, named: [['country', encode(tags.visible, Buffer.from('FR'))], ...number.slice(1)] })
        .der,
      pool: [notInFrance],
    },
    {
      what: 'of a country that is excluded, with a sign in it that is not seen',
      card: card({ by: notInFrance, named: [['country', utf8('F\u00adR\u200b')], ...number.slice(1)] }).der,
      pool: [notInFrance],
    },
    {
      what: 'of a host that is excluded, with the dot of the root',
      card: hosted(notOfHospital, 'a.hospital.example.'),
      pool: [notOfHospital],
    },
    {
      what: 'of a mailbox in a domain that is excluded, with the dot of the root',
      card: mailed(notOfHospital, 'n@a.hospital.example.'),
      pool: [notOfHospital],
    },
    {
      what: 'of a mailbox in its subject that is no text',
      card: card({
        by: notOfHospital,
        named: [...number, ['1.2.840.113549.1.9.1', encode(tags.octets, Buffer.from('n@a.hospital.example'))]],
      }).der,
      pool: [notOfHospital],
    },
    {
      what: 'of a mailbox elsewhere than permitted',
      card: mailed(ofHospital, 'n@elsewhere.example'),
      pool: [ofHospital],
    },
    {
      what: 'of a mailbox below the host that is permitted',
      card: mailed(ofHospital, 'n@a.hospital.example'),
      pool: [ofHospital],
    },
    {
      what: 'of a mailbox in a domain that is excluded',
      card: mailed(notOfHospital, 'n@a.hospital.example'),
      pool: [notOfHospital],
    },
    {
      what: 'of a mailbox in its subject elsewhere than permitted',
      card: card({ by: ofHospital, named: [...number, ['1.2.840.113549.1.9.1', 'n@elsewhere.example']] }).der,
      pool: [ofHospital],
    },
    { what: 'of a host elsewhere than permitted', card: hosted(ofHospital, 'nothospital.example'), pool: [ofHospital] },
    { what: 'of a host that is excluded', card: hosted(notOfHospital, 'HOSPITAL.example'), pool: [notOfHospital] },
    {
      what: 'of a form of name that is constrained and not understood',
      card: card({ by: noAddresses }, ext.alternativeNames({ uri: 'https://elsewhere.example' })).der,
      pool: [noAddresses],
    },
  ],
  policy_mapped: [
    {
      what: 'whose issuer maps its policy to the one asked for',
      card: card({ by: mapping }, ext.policies(policy)).der,
      pool: [mapping],
      policies: [policy],
    },
  ],
  policy_missing: [
    {
      what: 'with another policy',
      card: card({ by: named }, ext.policies(otherPolicy)).der,
      pool: [named],
      policies: [policy],
    },
    { what: 'without a policy', card: card({ by: named }).der, pool: [named], policies: [policy] },
    {
      what: 'with any policy, which names none',
      card: card({ by: open }, ext.policies(anyPolicy)).der,
      pool: [open],
      policies: [policy],
    },
    {
      what: 'with a policy that its issuer has not',
      card: card({ by: explicit }, ext.policies(policy)).der,
      pool: [explicit],
      policies: [policy],
    },
    { what: 'whose issuer names none', card: card({ by: mid }, ext.policies(policy)).der, policies: [policy] },
    {
      what: 'below an issuer of any policy where that is inhibited',
      card: card({ by: inhibited }, ext.policies(policy)).der,
      pool: [inhibiting, inhibited],
      policies: [policy],
    },
    { what: 'without a policy where its issuer demands one', card: card({ by: explicit }).der, pool: [explicit] },
  ],
  key_usage_missing: [
    { what: 'for encryption', card: make(number, [ext.keyUsage('keyEncipherment'), purpose], { by: mid }).der },
    { what: 'that does not say what its key is for', card: make(number, [purpose], { by: mid }).der },
    { what: 'for signing in, for a signature', card: make(number, [usage], { by: mid }).der, use: 'signature' },
    {
      what: 'for signatures of content',
      card: make(number, [ext.keyUsage('nonRepudiation'), purpose], { by: mid }).der,
    },
  ],
  purpose_missing: [
    { what: 'of a server', card: make(number, [usage, ext.purposes(purposes.serverAuth)], { by: mid }).der },
    {
      what: 'for any purpose, which is none',
      card: make(number, [usage, ext.purposes(purposes.any)], { by: mid }).der,
    },
    { what: 'without a purpose', card: make(number, [usage], { by: mid }).der },
    { what: 'whose issuer is for mail only', card: card({ by: forMail }).der, pool: [forMail] },
  ],
  identity_unreadable: [
    {
      what: 'of a number without its check digit',
      card: card({ by: mid, named: [...number.slice(0, 3), ['commonName', '810100000017']] }).der,
    },
    { what: 'without a number', card: card({ by: mid, named: number.slice(0, 3) }).der },
    { what: 'with two numbers', card: card({ by: mid, named: [...number, ['commonName', '810000123454']] }).der },
    { what: 'without a surname', card: card({ by: mid, named: [number[0], ...number.slice(2)] }).der },
  ],
}

describe('R076: a certificate', () => {
  for (const one of accepted) {
    test(`${one.what} is accepted`, async () => assert.equal(await judged(one), 'accepted'))
  }
  for (const [reason, cases] of Object.entries(refused)) {
    for (const one of cases) {
      test(`${one.what} is refused: ${reason}`, async () => assert.equal(await judged(one), reason))
    }
  }

  test('has a reason in this table for each that has nothing to do with revocation or settings', () => {
    const elsewhere = ['kind_unknown', 'revocation_unknown', 'issuer_revoked', 'not_issued', 'revoked']
    const missing = Object.keys(certificateReasons).filter((name) => !elsewhere.includes(name) && !(name in refused))
    assert.deepEqual(missing, [])
  })

  test('of a kind that the settings do not have is refused, and it is not the card', async () => {
    const found = await worldOf({}).check(card({ by: mid }).der, {
      kinds: ['other'],
      use: 'authentication',
      level: 'eidas2',
    })
    assert.deepEqual(found, { ok: false, reason: 'kind_unknown', ours: true })
  })

  test('may bring its issuer along, which is believed no more than another', async () => {
    const world = worldOf({ pool: [] })
    const ask = { kinds: ['any'], use: 'authentication', level: 'eidas2' } as const
    const alone = await world.check(card({ by: mid }).der, ask)
    const together = await world.check(card({ by: mid }).der, { ...ask, intermediates: [Buffer.from('no'), mid.der] })
    const foreign = await world.check(card({ by: strangers }).der, { ...ask, intermediates: [strangers.der] })
    assert.deepEqual([alone.ok, together.ok, foreign.ok], [false, true, false])
  })

  test('that comes with many issuers of one name costs a limited number of signatures', async () => {
    const many = Array.from({ length: 8 }, () => ca('Loop A', { by: loopB }))
    const ask = { kinds: ['any'], use: 'authentication', level: 'eidas2' } as const
    const found = await worldOf({}).check(card({ by: many[7] as One }).der, {
      ...ask,
      intermediates: many.map(({ der }) => der),
    })
    assert.equal(found.ok, false)
  })

  test('is read as OpenSSL reads it', () => {
    const x509 = new X509Certificate(card({ by: mid }).der)
    assert.ok(x509.checkIssued(new X509Certificate(mid.der)) && x509.verify(mid.keys.publicKey))
  })
})

// --- Whose it is ---------------------------------------------------------------------------------------------------

const kinds = cardKinds(authority)
const rooms = createCertificates({ kinds, ...ways })
const atHigh: Ask = { kinds: ['cpx', 'cnie'], use: 'authentication', level: 'eidas3' }

describe('R033, R073: the holder of a card', () => {
  test('R033: of a professional’s card has the national identifier', async () => {
    const found = await rooms.check(authority.issue({ kind: 'cpx', holder: nadege }).certificate, atHigh)
    assert.ok(found.ok)
    const { identity } = found.holder
    assert.deepEqual(identity, {
      kind: 'professional',
      nationalId: '810100000016',
      given_name: 'Nadège',
      family_name: 'ORSINI',
      claims: {},
    })
    assert.equal(found.kind, 'cpx')
  })

  test('R073: of an identity card has the civil status that it says', async () => {
    const found = await rooms.check(authority.issue({ kind: 'cnie', holder: salma }).certificate, atHigh)
    assert.ok(found.ok)
    assert.deepEqual(found.holder.identity, {
      kind: 'pivot',
      given_name: 'Salma Nour',
      family_name: 'EL FASSI',
      birthdate: '1984-05-17',
      gender: 'female',
      birthplace: '',
      birthcountry: '99350',
    })
    assert.deepEqual([found.level, found.revocation.by, found.chain.length], ['eidas3', 'ocsp', 3])
  })

  test('R016: is a resident of another nationality as well as a citizen', async () => {
    const found = await rooms.check(authority.issue({ kind: 'cnie', holder: joao }).certificate, atHigh)
    assert.ok(found.ok && found.holder.identity.kind === 'pivot')
    assert.equal(found.holder.identity.birthcountry, '99139')
  })

  test('born in a commune of the COG has that birthplace', async () => {
    const holder = { ...salma, birthplace: '75107' }
    const found = await rooms.check(authority.issue({ kind: 'cnie', holder }).certificate, atHigh)
    assert.ok(found.ok && found.holder.identity.kind === 'pivot')
    assert.deepEqual([found.holder.identity.birthplace, found.holder.identity.birthcountry], ['75107', '99100'])
  })

  test('is the same with a renewed card, which is another card; nobody else is, and the number is not to be seen', async () => {
    const check = async (document: string) => {
      const found = await rooms.check(
        authority.issue({ kind: 'cnie', holder: { ...salma, document } }).certificate,
        atHigh,
      )
      assert.ok(found.ok)
      return found
    }
    const [first, renewed, inSmall, other] = [
      await check('BE734512'),
      await check('BE734512'),
      await check('be734512'),
      await check('BE734513'),
    ]
    assert.equal(renewed.holder.subject, first.holder.subject)
    assert.notEqual(renewed.card, first.card)
    assert.notEqual(other.holder.subject, first.holder.subject)
    assert.ok(!JSON.stringify([first.holder.subject, first.card]).includes('734512'))
    // Letters of a number are letters, large or small.
    assert.deepEqual([inSmall.holder.document, inSmall.holder.subject], ['BE734512', first.holder.subject])
  })

  const unreadable: [string, Parameters<typeof authority.issue>[0]][] = [
    ['a number of another form', { kind: 'cnie', holder: { ...salma, document: '734512' } }],
    ['a date that does not exist yet', { kind: 'cnie', holder: { ...salma, birthdate: '2031-01-01' } }],
    ['a place that is none', { kind: 'cnie', holder: { ...salma, birthplace: 'Rabat' } }],
    [
      'no civil status',
      { kind: 'cnie', holder: salma, defects: { extensions: ({ attributes: _, ...own }) => Object.values(own) } },
    ],
  ]
  for (const [what, order] of unreadable) {
    test(`with ${what} is nobody`, async () => {
      const found = await rooms.check(authority.issue(order).certificate, atHigh)
      assert.deepEqual(found, { ok: false, reason: 'identity_unreadable', kind: 'cnie' })
    })
  }

  test('of a pattern and a prefix of the settings is read by them', async () => {
    const own: CardKinds = cardKindsSchema.parse({
      cpx: {
        ...cardKinds(authority).cpx,
        identity: {
          kind: 'professional',
          prefix: '8',
          nationalId: { from: 'commonName', pattern: '^RPPS-([0-9]{11})$' },
        },
      },
    })
    const room = createCertificates({ kinds: own, ...ways })
    const holder = { ...nadege, nationalId: 'RPPS-10100000016' }
    const found = await room.check(authority.issue({ kind: 'cpx', holder }).certificate, { ...atHigh, kinds: ['cpx'] })
    assert.ok(found.ok && found.holder.document === '810100000016')
  })
})

// --- Anything else ---------------------------------------------------------------------------------------------------

describe('what somebody sends in place of a certificate', () => {
  const good = authority.issue({ kind: 'cnie', holder: salma }).certificate

  test('cut short, lengthened or changed, is refused with a reason, and at once', async () => {
    const change = fc.record({ at: fc.nat({ max: good.length - 1 }), byte: fc.integer({ min: 0, max: 255 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 6 }),
        fc.oneof(fc.constant(good.length), fc.nat({ max: good.length })),
        fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ maxLength: 20 })),
        async (changes, cut, more) => {
          const bytes = Buffer.from(good)
          for (const { at, byte } of changes) bytes[at] = byte
          const sent = Buffer.concat([bytes.subarray(0, cut), more])
          if (sent.equals(good)) return
          const found = await rooms.check(sent, { ...atHigh, intermediates: [sent] })
          assert.ok(!found.ok && found.reason in certificateReasons)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('of elements within elements without end does not stop us', async () => {
    const deep = Array.from({ length: 4000 }).reduce<Buffer>(
      (inner) => (inner.length > 16_000 ? inner : Buffer.concat([header(inner.length), inner])),
      Buffer.alloc(0),
    )
    assert.equal(await judged({ card: deep }), 'unreadable')
  })

  function header(length: number): Buffer {
    return length < 0x80 ? Buffer.from([0x30, length]) : Buffer.from([0x30, 0x82, length >> 8, length & 0xff])
  }
})

describe('verifyBy', () => {
  const { privateKey, publicKey } = pair()
  const data = Buffer.from('what was signed')

  test('accepts an algorithm only for the key that it is for', async () => {
    const { sign } = await import('node:crypto')
    const signature = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    const byRsa = sign('sha256', data, rsaKeys.privateKey)
    const found = (['ES256', 'ES384', 'RS256', 'PS256'] as const).map((name) =>
      verifyBy(publicKey, name, data, signature),
    )
    assert.deepEqual(found, [true, false, false, false])
    assert.ok(verifyBy(rsaKeys.publicKey, 'RS256', data, byRsa))
    assert.ok(!verifyBy(rsaKeys.publicKey, 'PS256', data, byRsa) && !verifyBy(rsaKeys.publicKey, 'ES256', data, byRsa))
    assert.ok(!verifyBy(publicKey, 'ES256', Buffer.from('something else'), signature))
  })
})

describe('kinds of card in the settings', () => {
  const identity = { kind: 'pivot' }

  test('are refused with their faults, by path', () => {
    const faults = (kinds: unknown) => {
      const parsed = cardKindsSchema.safeParse(kinds)
      return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))
    }
    const one = { anchors: ['root.pem'], identity }
    assert.deepEqual(faults({ cnie: one }), [])
    assert.deepEqual(faults({ CNIE: one }), ['CNIE'])
    assert.deepEqual(faults({ cnie: { ...one, anchors: [] } }), ['cnie.anchors'])
    assert.deepEqual(faults({ cnie: { ...one, policies: ['card'] } }), ['cnie.policies.0'])
    assert.deepEqual(faults({ cnie: { ...one, soft: true } }), ['cnie'])
    assert.deepEqual(faults({ cnie: { ...one, revocation: { ocsp: 'ldap://a' } } }), ['cnie.revocation.ocsp'])
    const document = (pattern: string) => ({ cnie: { ...one, identity: { ...identity, document: { pattern } } } })
    assert.deepEqual(faults(document('^([A-Z]{2})([0-9]+)$')), ['cnie.identity.document.pattern'])
    assert.deepEqual(faults(document('(')), ['cnie.identity.document.pattern'])
    assert.deepEqual(faults({ cnie: { ...one, identity: { ...identity, gender: 'sex' } } }), ['cnie.identity.gender'])
  })

  test('name certificates that can be read', () => {
    const anchors = [toPem(root.der), 'no/such/file.pem', toPem(Buffer.from('hello'))]
    const faults = kindFaults(cardKindsSchema.parse({ cnie: { anchors, identity } }))
    assert.deepEqual(
      faults.map(({ path }) => path),
      ['cards.kinds.cnie.anchors[1]', 'cards.kinds.cnie.anchors[2]'],
    )
  })

  test('are doubted from 90 days before an end, and when they let pass what nobody could tell', () => {
    const kinds = cardKindsSchema.parse({
      cnie: {
        anchors: [toPem(root.der)],
        intermediates: [toPem(late.der), toPem(over.der)],
        revocation: { danger_soft_fail_below_eidas3: true },
        identity,
      },
    })
    assert.equal(kindDoubts(kinds, testStart).length, 2)
    const [soft, , over90] = kindDoubts(kinds, testStart + 11 * day)
    assert.match(soft ?? '', /danger_soft_fail_below_eidas3/)
    assert.match(kindDoubts(kinds, testStart)[1] ?? '', /intermediates: CN=Below is over/)
    assert.match(over90 ?? '', /CN=Below ends on 2027-03-02, in less than 90 days/)
    const ends = { notAfter: testStart + 100 * day }
    const near = [0, 11, 71, 94, 101].map((days) => nearnessOf(ends, testStart + days * day))
    assert.deepEqual(near, [undefined, 90, 30, 7, 'over'])
  })

  test('and every reason of a refusal are in docs/cards.md', () => {
    const document = readFileSync(new URL('../../docs/cards.md', import.meta.url), 'utf8')
    for (const [name, { says }] of Object.entries(certificateReasons)) {
      assert.ok(document.includes(`| \`${name}\` | ${says} |`), name)
    }
  })
})
