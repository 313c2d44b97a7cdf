import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { webEidToken } from '../../demo/web-eid/stand-in.ts'
import { type Authority, type Card, salma, startAuthority } from '../../test/support/cards.ts'
import { createTestClock } from '../../test/support/clock.ts'
import fc from '../../test/support/property.ts'
import { readToken } from './web-eid.ts'

const origin = 'https://hub.example'
const challenge = randomBytes(32).toString('base64')

describe('a token of Web eID', () => {
  let authority: Authority
  let card: Card
  before(async () => {
    authority = await startAuthority(createTestClock())
    card = authority.issue({ kind: 'cnie', holder: salma })
  })
  after(() => authority.close())

  const token = (changes: Record<string, unknown> = {}, question = { origin, challenge }) =>
    JSON.stringify({ ...webEidToken(card, question), ...changes })
  const reasonOf = (text: string) => {
    const read = readToken(text, { origin, challenge })
    return read.ok ? 'ok' : read.reason
  }

  test('R081: shows that its maker has the key of its certificate, for this origin and this challenge', () => {
    const read = readToken(token(), { origin, challenge })
    assert.ok(read.ok && read.certificate.equals(card.certificate))
  })

  test('of a later minor version is read, of another version not', () => {
    assert.equal(reasonOf(token({ format: 'web-eid:1.1', unverifiedSigningCertificates: [{}] })), 'ok')
    for (const format of ['web-eid:2.0', 'web-eid:1', 'web-eid:1.', 'web-eid:10.0', 'Web-eID:1.0', undefined]) {
      assert.equal(reasonOf(token({ format })), 'malformed', String(format))
    }
  })

  test('is signed by every algorithm that its key is for, and by none that it is not for', () => {
    const pairs = {
      ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
      ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    }
    for (const [algorithm, keys] of Object.entries(pairs)) {
      const other = authority.issue({ kind: 'cnie', holder: salma, defects: { keys } })
      const signed = webEidToken(other, { origin, challenge })
      assert.equal(signed.algorithm, algorithm)
      assert.equal(reasonOf(JSON.stringify(signed)), 'ok', algorithm)
      for (const wrong of ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'RS512'].filter((one) => one !== algorithm)) {
        assert.equal(reasonOf(JSON.stringify({ ...signed, algorithm: wrong })), 'signature', `${algorithm} ${wrong}`)
      }
    }
  })

  test('of an RSA key is PSS or PKCS #1', () => {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const other = authority.issue({ kind: 'cnie', holder: salma, defects: { keys } })
    for (const algorithm of ['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']) {
      const signed = webEidToken(other, { origin, challenge, algorithm })
      assert.equal(reasonOf(JSON.stringify(signed)), 'ok', algorithm)
      assert.equal(reasonOf(JSON.stringify({ ...signed, algorithm: 'ES256' })), 'signature', algorithm)
    }
  })

  const wrong: [what: string, text: () => string, reason: 'malformed' | 'signature'][] = [
    ['signed for another origin', () => token({}, { origin: 'https://hub.example.evil', challenge }), 'signature'],
    ['signed for an origin with a slash', () => token({}, { origin: `${origin}/`, challenge }), 'signature'],
    [
      'signed for another challenge',
      () => token({}, { origin, challenge: randomBytes(32).toString('base64') }),
      'signature',
    ],
    [
      'with origin and challenge shifted',
      () => token({}, { origin: `${origin}${challenge}`, challenge: '' }),
      'signature',
    ],
    ['with another certificate', () => token({ unverifiedCertificate: other().toString('base64') }), 'signature'],
    ['without a signature', () => token({ signature: '' }), 'malformed'],
    ['with a signature in DER', () => token({ signature: 'MEUCIQDx' }), 'signature'],
    ['with the algorithm none', () => token({ algorithm: 'none' }), 'malformed'],
    ['with an algorithm of secrets', () => token({ algorithm: 'HS256' }), 'malformed'],
    ['with a name in place of an algorithm', () => token({ algorithm: 'constructor' }), 'malformed'],
    ['without a certificate', () => token({ unverifiedCertificate: undefined }), 'malformed'],
    ['with a certificate that is none', () => token({ unverifiedCertificate: 'AAAA' }), 'malformed'],
    ['with a certificate in base64url', () => token({ unverifiedCertificate: 'a-_a' }), 'malformed'],
    ['that is too large', () => token({ more: 'x'.repeat(20_000) }), 'malformed'],
    ['that is no object', () => '[]', 'malformed'],
    ['that is no JSON', () => '{"format"', 'malformed'],
    ['that is nothing', () => '', 'malformed'],
  ]
  const other = () => authority.issue({ kind: 'cnie', holder: salma }).certificate
  for (const [what, text, reason] of wrong) {
    test(`${what} is refused`, () => assert.equal(reasonOf(text()), reason))
  }

  test('that was changed anywhere shows the same key and the same signature, or nothing, and never throws', () => {
    const whole = token()
    const { signature } = JSON.parse(whole)
    const bytesOf = (text: string) => Buffer.from(text, 'base64').toString('hex')
    const key = new X509Certificate(card.certificate).publicKey
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.string({ minLength: 0, maxLength: 3 }), (at, text) => {
        const changed = whole.slice(0, at) + text + whole.slice(at + 1)
        const read = readToken(changed, { origin, challenge })
        // The rest of the certificate is for `certificates/`, which sees whether its issuer signed it.
        if (read.ok) assert.ok(read.key.equals(key) && bytesOf(JSON.parse(changed).signature) === bytesOf(signature))
      }),
      { numRuns: 200 },
    )
  })
})
