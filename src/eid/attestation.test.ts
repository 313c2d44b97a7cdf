import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { extensions, nameOf, sequence, toPem, writeCertificate } from '../../demo/authority/x509.ts'
import { createPhoneMaker, type Defects, demoPackage, demoSigningDigest } from '../../demo/phone/attestation.ts'
import fc from '../../test/support/property.ts'
import { encode, inside, tags } from '../certificates/der.ts'
import { day, hour } from '../kernel/durations.ts'
import { type AttestationReason, verifyAssertion, verifyAttestation } from './attestation.ts'
import { walk } from './attestation-chain.ts'
import { clientDataOf, verifyAppAttest, verifyAppAttestAssertion } from './attestation-ios.ts'
import {
  type AttestationSettings,
  androidSchema,
  attestationDoubts,
  attestationTrust,
  iosSchema,
} from './attestation-settings.ts'

const now = Date.UTC(2026, 10, 22, 12)
const nothingToDownload = async () => undefined
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) as JWK

// ── Phones that were made by others ─────────────────────────────────────────────────────────────────────────────────

/** Real phones, from the test data of two public projects; the file names them. */
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/vectors/phone-attestations.json'), 'utf8'),
) as {
  android: { phone: string; at: number; challenge: string; chain: string[]; version: number }[]
  ios: {
    phone: string
    at: string
    appId: string
    keyId: string
    clientDataHash: string
    object: string
    assertion: { clientDataHash: string; object: string; counter: number }
  }[]
}

const bytes = (text: string) => Buffer.from(text, 'base64url')

const googles = attestationTrust(
  {
    android: androidSchema.parse({
      packages: [
        'com.google.android.attestation',
        'com.google.wireless.android.security.attestationverifier.collector',
      ],
      signingDigests: [
        '10:39:38:EE:45:37:E5:9E:8E:E7:92:F6:54:50:4F:B8:34:6F:C6:B3:46:D0:BB:C4:41:5F:C3:39:FC:FC:8E:C1',
      ],
    }),
  },
  nothingToDownload,
)

/** Those keys were made for a test, so they ask for nobody's finger: everything else about them holds. */
const outcomes: Record<string, AttestationReason> = {
  'Pixel 9 Pro, StrongBox, RSA root': 'key_without_holder',
  'Pixel 9 Pro, TEE, RSA root': 'key_without_holder',
  'Pixel 9a, TEE, EC root': 'key_without_holder',
  'Pixel 9a, StrongBox, EC root': 'key_without_holder',
  'Pixel 8a, unlocked': 'system_not_verified',
  'Pixel 3, unlocked, made in the factory': 'system_not_verified',
  'Pixel 9a, KeyMint 5, unlocked': 'system_not_verified',
  'Xperia 10 III, whose factory key is no authority': 'chain_broken',
  'Pixel, attested in software': 'root_unknown',
}

describe("R073: a real Android phone is known by Google's roots, down to the last check", () => {
  for (const { phone, at, challenge, chain } of recorded.android) {
    test(`${phone}: ${outcomes[phone]}`, async () => {
      const key = certifiedKey(chain[0] as string)
      const ask = (question: object, instant = at) =>
        verifyAttestation(
          { platform: 'android', challenge: bytes(challenge), key, statement: { chain }, ...question },
          googles,
          instant,
        )
      assert.deepEqual(await ask({}), { ok: false, reason: outcomes[phone] })
      if (outcomes[phone] !== 'key_without_holder') return
      assert.deepEqual(await ask({ challenge: randomBytes(32) }), { ok: false, reason: 'challenge_differs' })
      assert.deepEqual(await ask({ key: newKey() }), { ok: false, reason: 'key_differs' })
      assert.deepEqual(await ask({}, at + 4 * 365 * day), { ok: false, reason: 'chain_expired' })
    })
  }
})

const certifiedKey = (certificate: string): JWK =>
  new X509Certificate(bytes(certificate)).publicKey.export({ format: 'jwk' }) as JWK

describe("R073: a real iPhone is known by Apple's root", () => {
  for (const { phone, at, appId, keyId, clientDataHash, object, assertion } of recorded.ios) {
    test(phone, async () => {
      const trustOf = (settings: object) => {
        const { ios } = attestationTrust({ ios: iosSchema.parse({ appIds: [appId], ...settings }) }, nothingToDownload)
        assert.ok(ios)
        return ios
      }
      const asked = {
        keyId: bytes(keyId),
        object: bytes(object),
        clientDataHash: bytes(clientDataHash),
        now: Date.parse(at),
      }
      const answer = await verifyAppAttest(asked, trustOf({ danger_development: true }))
      assert.ok(answer.ok)
      assert.deepEqual([answer.appAttest.appId, answer.notes], [appId, ['development_app']])

      const refusals: [object, object, AttestationReason][] = [
        [{}, {}, 'environment'],
        [{}, { danger_development: true, appIds: ['AAAAAAAAAA.ma.other.app'] }, 'other_app'],
        [{ clientDataHash: randomBytes(32) }, { danger_development: true }, 'challenge_differs'],
        [{ keyId: randomBytes(32) }, { danger_development: true }, 'key_differs'],
        [{ now: Date.parse(at) + 10 * day }, { danger_development: true }, 'chain_expired'],
      ]
      for (const [question, settings, reason] of refusals) {
        assert.deepEqual(await verifyAppAttest({ ...asked, ...question }, trustOf(settings)), { ok: false, reason })
      }

      const later = { assertion: bytes(assertion.object), clientDataHash: bytes(assertion.clientDataHash) }
      const { counter } = assertion
      assert.deepEqual(await verifyAppAttestAssertion(later, answer.appAttest), { ok: true, counter })
      const replayed = await verifyAppAttestAssertion(later, { ...answer.appAttest, counter })
      assert.deepEqual(replayed, { ok: false, reason: 'counter' })
    })
  }
})

// ── Phones of our own making ────────────────────────────────────────────────────────────────────────────────────────

const maker = createPhoneMaker()
const other = createPhoneMaker({ name: 'Somebody else' })
const demo: AttestationSettings = {
  android: androidSchema.parse({
    packages: [demoPackage],
    signingDigests: [demoSigningDigest],
    minimumPatch: '2026-01',
  }),
  danger_trusted_phones: maker.rootPem,
}
const trust = attestationTrust(demo, nothingToDownload)
const key = newKey()
const challenge = randomBytes(32)
const attest = (defects: Defects = {}, by = maker) => by.attest({ key, challenge, now, defects })
const verify = (statement: unknown, question: object = {}, trusted = trust, at = now) =>
  verifyAttestation({ platform: 'android', challenge, key, statement, ...question }, trusted, at)
const reasonOf = async (answer: ReturnType<typeof verify>) => {
  const outcome = await answer
  return outcome.ok ? 'accepted' : outcome.reason
}

test('R073: a key made in the hardware, for one app, behind a finger is accepted, and says how far', async () => {
  const keyThumbprint = await calculateJwkThumbprint(key)
  const common = { ok: true, platform: 'android', keyThumbprint, appId: demoPackage }
  const notes = ['revocation_not_checked', 'dangerous_root']
  assert.deepEqual(await verify(attest()), { ...common, securityLevel: 'tee', notes })
  const strong = attest({ securityLevel: 2, model: 'Pixel 9 Pro\u202e\u0000', authTimeout: 60, version: 3 })
  assert.deepEqual(await verify(strong), { ...common, securityLevel: 'strongbox', model: 'Pixel 9 Pro', notes })
  // The root goes without saying; a phone may send it or not.
  const { chain } = attest()
  assert.equal((await verify({ chain: chain.slice(0, 2) })).ok, true)
})

/** The longer name first where one word of a statement decides. */
const wrong: [string, Defects, AttestationReason][] = [
  ['a version before apps were named', { version: 2 }, 'version_unknown'],
  ['a version that nobody knows', { version: 9_000 }, 'version_unknown'],
  ['another challenge', { challenge: randomBytes(32) }, 'challenge_differs'],
  ['a challenge cut short', { challenge: challenge.subarray(1) }, 'challenge_differs'],
  ['a certificate for another key', { certified: newKey() }, 'key_differs'],
  ['a key that Android keeps in software', { securityLevel: 0 }, 'key_in_software'],
  ['a key in software, attested in hardware', { keyLevel: 0 }, 'key_in_software'],
  ['a key that was imported', { origin: 2 }, 'key_not_made_there'],
  ['a key that decrypts', { purposes: [1, 2] }, 'key_for_other_use'],
  ['a key that attests others', { purposes: [7] }, 'key_for_other_use'],
  ['a key that does not sign', { purposes: [] }, 'key_for_other_use'],
  ['a key for all apps', { allApplications: true }, 'key_open_to_all'],
  ['an unlocked boot loader', { boot: { locked: false } }, 'system_not_verified'],
  ['a system that its owner signed', { boot: { state: 1 } }, 'system_not_verified'],
  ['a system that nobody verified', { boot: { state: 2 } }, 'system_not_verified'],
  ['nothing about the system', { boot: 'unsaid' }, 'system_not_verified'],
  ['a system of two years ago', { patchLevel: 202_411 }, 'system_too_old'],
  ['no patch level', { patchLevel: 0 }, 'system_too_old'],
  ['another package', { packages: ['ma.other.app'] }, 'other_app'],
  ['two packages that share one user', { packages: [demoPackage, 'ma.other.app'] }, 'other_app'],
  ['no package', { packages: [] }, 'other_app'],
  ['the right name, signed by somebody else', { digests: ['00'.repeat(32)] }, 'other_app'],
  ['signed by two', { digests: [demoSigningDigest, '00'.repeat(32)] }, 'other_app'],
  ['signed by nobody', { digests: [] }, 'other_app'],
  ['a key without a finger', { noAuthRequired: true }, 'key_without_holder'],
  ['a key that the code of the phone opens too', { userAuthType: 3 }, 'key_without_holder'],
  ['a key that anything opens', { userAuthType: 0xffff_ffff }, 'key_without_holder'],
  ['a key that stays open for an hour', { authTimeout: 3_600 }, 'key_without_holder'],
  ['a key that stays open in a pocket', { allowWhileOnBody: true }, 'key_without_holder'],
  ['a certificate without the extension', { extension: 'missing' }, 'extension_missing'],
  ['the extension twice', { extension: 'twice' }, 'extension_repeated'],
  ['the extension of an issuer too: an app signed it', { extension: 'above' }, 'extension_repeated'],
  ['a description that is none', { description: encode(tags.null) }, 'malformed'],
  ['an issuer that is no authority', { issuerIsNoAuthority: true }, 'chain_broken'],
  ['an expired certificate', { notAfter: now - hour }, 'chain_expired'],
  ['a certificate of tomorrow', { notBefore: now + hour }, 'chain_expired'],
]

for (const [what, defects, reason] of wrong) {
  test(`R076: refused: ${what} (${reason})`, async () => assert.equal(await reasonOf(verify(attest(defects))), reason))
}

test('R076: what is no statement is refused, and so is a chain that is put together', async () => {
  const { chain } = attest()
  const [own = '', phone = '', root = ''] = chain
  const foreign = attest({}, other).chain
  const cases: [unknown, AttestationReason][] = [
    [undefined, 'malformed'],
    ['statement', 'malformed'],
    [{ chain: own }, 'malformed'],
    [{ chain: [] }, 'malformed'],
    [{ chain: [own, 5] }, 'malformed'],
    [{ chain: ['', own] }, 'malformed'],
    [{ chain: Array(9).fill(own) }, 'malformed'],
    [{ chain: [`${own}AAAA`, phone] }, 'malformed'],
    [{ chain: [randomBytes(9_000).toString('base64url')] }, 'malformed'],
    [{ chain: foreign }, 'root_unknown'],
    [{ chain: [own] }, 'root_unknown'],
    [{ chain: [root] }, 'extension_missing'],
    [{ chain: [own, foreign[1], root] }, 'chain_broken'],
    [{ chain: [phone, own, root] }, 'chain_broken'],
    [{ chain: [own, own, phone] }, 'chain_broken'],
  ]
  for (const [statement, reason] of cases) assert.equal(await reasonOf(verify(statement)), reason)
  assert.equal(await reasonOf(verify(attest(), { key: { ...key, d: key.x } })), 'malformed')
  assert.equal(await reasonOf(verify(attest(), { key: { ...key, x: `${key.x}=` } })), 'malformed')
  assert.equal(await reasonOf(verify(attest(), { key: { kty: 'RSA', n: key.x, e: 'AQAB' } })), 'malformed')
  assert.equal(await reasonOf(verify(attest(), { platform: 'ios' })), 'platform_not_accepted')
})

test('R076: an authority has no more authorities under it than it may (RFC 5280 section 4.2.1.9)', () => {
  const keys = [0, 1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const names = ['root', 'maker', 'phone'].map((name) => nameOf([['commonName', name]]))
  const written = (index: number, pathLength?: number) => {
    const by = Math.max(0, index - 1)
    return writeCertificate({
      ...{ subject: names[index] as Buffer, issuer: names[by] as Buffer, serial: Buffer.from([index + 1]) },
      ...{ notBefore: now - day, notAfter: now + day, key: keys[index]?.publicKey as never },
      signer: keys[by]?.privateKey as never,
      extensions: [
        extensions.basicConstraints({ ca: index < 2, ...(pathLength === undefined ? {} : { pathLength }) }),
        extensions.keyUsage(index < 2 ? 'keyCertSign' : 'digitalSignature'),
      ],
    })
  }
  for (const [ofRoot, ofMaker, holds] of [
    [undefined, undefined, true],
    [1, 0, true],
    [0, 0, false],
    [0, undefined, false],
  ] as const) {
    const anchors = [{ certificate: new X509Certificate(written(0, ofRoot)) }]
    const walked = walk([written(2), written(1, ofMaker)], anchors, now)
    assert.equal(walked.ok, holds, `${ofRoot} ${ofMaker}`)
    assert.equal(walk([written(2)], anchors, now).ok, false)
  }
})

test("R073: the demo's root counts where the dangerous setting names it, and nowhere else", async () => {
  const { danger_trusted_phones: _, ...real } = demo
  assert.equal(await reasonOf(verify(attest(), {}, attestationTrust(real, nothingToDownload))), 'root_unknown')
  const alone = attestationTrust({ danger_trusted_phones: maker.rootPem }, nothingToDownload)
  assert.equal(await reasonOf(verify(attest(), {}, alone)), 'platform_not_accepted')
})

describe("R076: Google's list of revoked keys", () => {
  const address = 'https://lists.example/status'
  const serial = Buffer.from('0abc', 'hex')
  const withList = (download: (asked: string) => Promise<string | undefined>) =>
    attestationTrust(
      { ...demo, android: { ...(demo.android as never as object), revocationList: address } as never },
      download,
    )
  const listed = (status: string, name = 'abc') =>
    JSON.stringify({ entries: { [name]: { status, reason: 'KEY_COMPROMISE' } } })

  test('a key that is on it is refused, revoked or suspended; another is not', async () => {
    for (const [body, expected] of [
      [listed('REVOKED'), 'certificate_revoked'],
      [listed('SUSPENDED', '0ABC'), 'certificate_revoked'],
      [listed('REVOKED', 'abcd'), 'accepted'],
    ]) {
      const trusted = withList(async () => body)
      assert.equal(await reasonOf(verify(attest({ serial }), {}, trusted)), expected)
    }
  })

  test('it is asked for once an hour; an old one serves for a week of silence, then nobody pairs', async () => {
    const asked: string[] = []
    let body: string | undefined = listed('REVOKED')
    const trusted = withList(async (where) => {
      asked.push(where)
      return body
    })
    const at = async (instant: number) => reasonOf(verify(attest(), {}, trusted, instant))
    assert.deepEqual(await Promise.all([at(now), at(now)]), ['accepted', 'accepted'])
    assert.equal(await at(now + hour - 1), 'accepted')
    assert.deepEqual(asked, [address])
    for (const broken of [undefined, '<html>', '{}']) {
      body = broken
      assert.equal(await at(now + 2 * hour + asked.length * hour), 'accepted')
    }
    assert.equal(asked.length, 4)
    assert.equal(await at(now + 8 * day), 'revocation_unknown')
    body = listed('REVOKED')
    assert.equal(await at(now + 8 * day + hour), 'accepted')
  })

  test('without it an operator is told so at each start, and the answer says it was not looked at', async () => {
    const doubts = attestationDoubts(demo)
    assert.deepEqual(
      doubts.map((doubt) => doubt.split(':')[0]),
      ['eid.danger_trusted_phones', 'eid.android.revocationList'],
    )
    assert.deepEqual(attestationDoubts({}), [])
    const answer = await verify(
      attest(),
      {},
      withList(async () => listed('REVOKED')),
    )
    assert.deepEqual(answer.ok && answer.notes, ['dangerous_root'])
  })
})

// ── An Apple of our own ─────────────────────────────────────────────────────────────────────────────────────────────

const apple = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const appleName = nameOf([['commonName', 'An Apple of our own']])
const appleRoot = writeCertificate({
  subject: appleName,
  issuer: appleName,
  serial: Buffer.from([1]),
  notBefore: now - day,
  notAfter: now + 365 * day,
  key: apple.publicKey,
  signer: apple.privateKey,
  extensions: [extensions.basicConstraints({ ca: true }), extensions.keyUsage('keyCertSign')],
})
const appId = 'A1B2C3D4E5.ma.garant.eid'
const appleTrust = attestationTrust(
  { ios: iosSchema.parse({ appIds: [appId], roots: [toPem(appleRoot)] }) },
  nothingToDownload,
)
const installation = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

interface AppleDefects {
  counter?: number
  aaguid?: string
  app?: string
  credential?: Buffer
  nonce?: 'missing' | 'twice' | 'bare'
  clientData?: Buffer
  format?: string
}

async function appAttest(defects: AppleDefects = {}) {
  const { x = '', y = '' } = installation.publicKey.export({ format: 'jwk' })
  const keyId = sha256(Buffer.from([4]), bytes(x), bytes(y))
  const { aaguid = 'appattest\0\0\0\0\0\0\0', credential = keyId } = defects
  const data = Buffer.concat([
    sha256(Buffer.from(defects.app ?? appId)),
    Buffer.from([0x40]),
    word(defects.counter ?? 0),
    Buffer.from(aaguid),
    Buffer.from([0, credential.length]),
    credential,
  ])
  const nonce = sha256(data, sha256(defects.clientData ?? clientDataOf(challenge, await calculateJwkThumbprint(key))))
  const framed = sequence(encode(inside(1), encode(tags.octets, nonce)))
  const extension = extensions.other('1.2.840.113635.100.8.2', { value: defects.nonce === 'bare' ? nonce : framed })
  const leaf = writeCertificate({
    subject: nameOf([['commonName', keyId.toString('hex').slice(0, 60)]]),
    issuer: appleName,
    serial: Buffer.from([2]),
    notBefore: now - hour,
    notAfter: now + 3 * day,
    key: installation.publicKey,
    signer: apple.privateKey,
    extensions: { missing: [], twice: [extension, extension], bare: [extension] }[defects.nonce ?? 'bare'] ?? [],
  })
  const { isoCBOR } = await import('@simplewebauthn/server/helpers')
  const object = isoCBOR.encode(
    new Map<string, never>([
      ['fmt', (defects.format ?? 'apple-appattest') as never],
      ['attStmt', new Map([['x5c', [u8(leaf), u8(appleRoot)]]]) as never],
      ['authData', u8(data) as never],
    ]),
  )
  return { keyId: keyId.toString('base64url'), object: Buffer.from(object).toString('base64url') }
}

const u8 = (buffer: Buffer) => new Uint8Array(buffer)
const word = (value: number) => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(value)
  return four
}
const verifyApple = async (statement: unknown) =>
  reasonOf(verifyAttestation({ platform: 'ios', challenge, key, statement }, appleTrust, now))

test("R073: Apple's word for the app, and the app's for the device key; then assertions whose counter grows", async () => {
  const statement = await appAttest()
  const answer = await verifyAttestation({ platform: 'ios', challenge, key, statement }, appleTrust, now)
  assert.ok(answer.ok && answer.appAttest)
  assert.deepEqual([answer.securityLevel, answer.appId, answer.notes], ['secure_enclave', appId, []])

  const { isoCBOR } = await import('@simplewebauthn/server/helpers')
  const kept = answer.appAttest
  const again = randomBytes(32)
  const assertion = async (counter: number, { app = appId, over = again } = {}) => {
    const data = Buffer.concat([sha256(Buffer.from(app)), Buffer.from([0x40]), word(counter)])
    const nonce = sha256(data, sha256(clientDataOf(over, await calculateJwkThumbprint(key))))
    const signature = sign('sha256', nonce, installation.privateKey)
    return Buffer.from(
      isoCBOR.encode(
        new Map<string, never>([
          ['signature', u8(signature) as never],
          ['authenticatorData', u8(data) as never],
        ]),
      ),
    ).toString('base64url')
  }
  const check = async (text: unknown, counter = 4) =>
    verifyAssertion({ challenge: again, key, assertion: text, kept: { ...kept, counter } })
  assert.deepEqual(await check(await assertion(5)), { ok: true, counter: 5 })
  for (const [text, reason] of [
    [await assertion(4), 'counter'],
    [await assertion(9, { app: 'A1B2C3D4E5.ma.other' }), 'other_app'],
    [await assertion(9, { over: randomBytes(32) }), 'challenge_differs'],
    ['', 'malformed'],
    ['oA', 'malformed'],
    [7, 'malformed'],
  ]) {
    assert.deepEqual(await check(text), { ok: false, reason })
  }
})

const wrongOfApple: [string, AppleDefects, AttestationReason][] = [
  ['another app', { app: 'A1B2C3D4E5.ma.other' }, 'other_app'],
  ['a key that has signed', { counter: 1 }, 'counter'],
  ['an app that is being developed', { aaguid: 'appattestdevelop' }, 'environment'],
  ['another authenticator', { aaguid: 'somebody-else-16' }, 'environment'],
  ['another credential', { credential: randomBytes(32) }, 'key_differs'],
  ['no nonce', { nonce: 'missing' }, 'extension_missing'],
  ['two nonces', { nonce: 'twice' }, 'extension_repeated'],
  ['another device key', { clientData: clientDataOf(challenge, 'x'.repeat(43)) }, 'challenge_differs'],
  ['another challenge', { clientData: clientDataOf(randomBytes(32), 'x') }, 'challenge_differs'],
  ['another format', { format: 'packed' }, 'malformed'],
]
for (const [what, defects, reason] of wrongOfApple) {
  test(`R076: refused of Apple: ${what} (${reason})`, async () => {
    assert.equal(await verifyApple(await appAttest(defects)), reason)
  })
}

// ── Whatever arrives ────────────────────────────────────────────────────────────────────────────────────────────────

const runs = { numRuns: 60 }

test('R076: an attestation that is cut, changed or filled up is refused, and nothing is thrown', async () => {
  const { chain } = attest()
  const apples = await appAttest()
  const mutation = fc.record({
    which: fc.nat({ max: 1 }),
    at: fc.nat({ max: 4_000 }),
    how: fc.oneof(
      fc.record({ xor: fc.integer({ min: 1, max: 255 }) }),
      fc.record({ cut: fc.constant(true) }),
      fc.record({ insert: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
    ),
  })
  await fc.assert(
    fc.asyncProperty(mutation, async ({ which, at, how }) => {
      const mutate = (text: string) => {
        const whole = bytes(text)
        const place = at % whole.length
        if ('xor' in how) whole[place] = (whole[place] as number) ^ how.xor
        if ('cut' in how) return whole.subarray(0, place).toString('base64url')
        if ('insert' in how) {
          return Buffer.concat([whole.subarray(0, place), how.insert, whole.subarray(place)]).toString('base64url')
        }
        return whole.toString('base64url')
      }
      const changed = chain.slice(0, 2).map((text, index) => (index === which ? mutate(text) : text))
      assert.equal((await verify({ chain: changed })).ok, false)
      // What is after the item, and what nobody signed of it, changes nothing: it is only not to throw.
      await verifyApple({ ...apples, object: mutate(apples.object) })
    }),
    runs,
  )
})

test('R076: a description that the hardware would sign but nobody can read is refused, and nothing is thrown', async () => {
  // The mutations are signed here: what reads the description is reached, which a broken signature would hide.
  const sane = describedBy(attest())
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some)),
        fc.tuple(fc.nat({ max: 400 }), fc.integer({ min: 1, max: 255 })).map(([at, xor]) => {
          const copy = Buffer.from(sane)
          copy[at % copy.length] = (copy[at % copy.length] as number) ^ xor
          return copy
        }),
        fc.nat({ max: 400 }).map((at) => sane.subarray(0, at % sane.length)),
      ),
      async (description) => {
        const answer = await verify(attest({ description }))
        // A change of what is not judged (the size of the key, the hash of the system) is borne.
        if (answer.ok) assert.equal(answer.keyThumbprint, await calculateJwkThumbprint(key))
      },
    ),
    runs,
  )
})

/** The description stands in the certificate as it is. */
function describedBy({ chain }: { chain: string[] }): Buffer {
  const whole = bytes(chain[0] as string)
  const oid = Buffer.from('060a2b06010401d679020111', 'hex')
  const at = whole.indexOf(oid) + oid.length
  // OCTET STRING, its length in two or three bytes.
  const header = (whole[at + 1] as number) === 0x82 ? 4 : (whole[at + 1] as number) === 0x81 ? 3 : 2
  const length = header === 4 ? whole.readUInt16BE(at + 2) : (whole[at + header - 1] as number)
  return whole.subarray(at + header, at + header + length)
}
