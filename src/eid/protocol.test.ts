/** The document and its vectors against the code that reads messages: what a stranger builds from them is understood. */
import assert from 'node:assert/strict'
import { createHash, createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { JWK } from 'jose'
import { type MessageVector, readVectorsText, renderVectors, type Vectors } from '../../test/support/eid-vectors.ts'
import { compact, newDeviceKey } from '../../test/support/phone.ts'
import fc from '../../test/support/property.ts'
import { verifyBy } from '../certificates/certificates.ts'
import { randomBytes } from '../kernel/random.ts'
import { AppError, appErrors } from './protocol-errors.ts'
import { cardText, digitsFrom, type MessageName, messageNames, readMessage, typOf } from './protocol-messages.ts'
import { appPaths } from './routes-app.ts'
import { eidRules, eidSchema } from './settings.ts'

const vectors = JSON.parse(readVectorsText()) as Vectors
const document = readFileSync(join(import.meta.dirname, '../../docs/eid-app-protocol.md'), 'utf8')
const { issuer } = vectors
const now = vectors.now * 1_000

const nameOf = ({ header }: MessageVector) => messageNames.find((name) => typOf(name) === header.typ) as MessageName
const keys: Record<string, JWK> = { device: vectors.device_key.jwk, rotated: vectors.new_device_key.jwk }
const publicOf = ({ kty, crv, x, y }: JWK): JWK => ({ kty, crv, x, y }) as JWK

const readAt = <N extends MessageName>(name: N, message: unknown, at = now, key = keys.device as JWK) =>
  readMessage(name, { message }, { issuer, now: at, keyOf: async () => publicOf(key) })

describe('docs/eid-app-vectors.json', () => {
  test('is what the code makes: npm run eid-vectors writes it', () => {
    assert.equal(readVectorsText(), renderVectors())
  })

  for (const vector of vectors.messages) {
    test(`R076: ${vector.about}: read by the hub, exact to the byte`, async () => {
      const { header, payload, signing_input: input, message } = vector
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      assert.equal(input, `${part(header)}.${part(payload)}`)
      assert.ok(message.startsWith(`${input}.`))
      const read = await readAt(nameOf(vector), message)
      const { aud: _aud, iat: _iat, jti, ...claims } = payload
      assert.deepEqual([read.claims, read.jti], [claims, jti])
      const { thumbprint } =
        'jwk' in header && (header.jwk as JWK).x === keys.rotated?.x ? vectors.new_device_key : vectors.device_key
      assert.equal(read.thumbprint, thumbprint)
      assert.ok(vector.endpoint in appPaths)
    })
  }

  for (const { purpose, challenge, thumbprint, text, algorithm, signature } of vectors.card_signatures) {
    test(`R074 R076: what the card signs for ${purpose}`, () => {
      assert.equal(cardText({ issuer, challenge, thumbprint, purpose }).toString('utf8'), text)
      const { publicKey } = new X509Certificate(Buffer.from(vectors.card.certificate, 'base64url'))
      assert.ok(verifyBy(publicKey, algorithm, Buffer.from(text), Buffer.from(signature, 'base64url')))
      assert.ok(publicKey.equals(createPublicKey({ key: vectors.card.jwk, format: 'jwk' })))
    })
  }

  test('R097: what stands for a text that is signed, and both signatures of it', () => {
    const { text, hash, statement, card, device_key: own } = vectors.signature
    const digest = createHash('sha256').update(text.content, 'utf8').digest('base64url')
    assert.equal(hash, digest)
    assert.equal(statement, `garant-signature/1\n${issuer}\n${text.signing}\n${digest}`)
    const { publicKey } = new X509Certificate(Buffer.from(card.certificate, 'base64url'))
    assert.ok(publicKey.equals(createPublicKey({ key: vectors.signature_card.jwk, format: 'jwk' })))
    const device = createPublicKey({ key: publicOf(vectors.device_key.jwk) as JsonWebKey, format: 'jwk' })
    for (const [key, { algorithm, signature }] of [[publicKey, card] as const, [device, own] as const]) {
      assert.ok(verifyBy(key, algorithm, Buffer.from(statement), Buffer.from(signature, 'base64url')))
    }
  })

  test('has each message, each answer and each error', () => {
    assert.deepEqual(new Set(vectors.messages.map(nameOf)), new Set(messageNames))
    assert.deepEqual(Object.keys(vectors.answers).sort(), Object.keys(appPaths).sort())
    assert.deepEqual(
      vectors.errors.map(({ error }) => error),
      Object.keys(appErrors),
    )
  })
})

describe('docs/eid-app-protocol.md', () => {
  test('names each address, each message and each error with its status', () => {
    for (const [name, path] of Object.entries(appPaths))
      assert.ok(document.includes(`"${name}": "${issuer}${path}"`), name)
    for (const name of messageNames) assert.ok(document.includes(typOf(name)), name)
    for (const [error, { status }] of Object.entries(appErrors))
      assert.ok(document.includes(`| \`${error}\` | ${status} |`), error)
    const listed = [...document.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, error]) => error)
    assert.deepEqual(listed.toSorted(), Object.keys(appErrors).sort())
  })
})

describe('a message', () => {
  const [first] = vectors.messages.filter(({ about }) => about === 'Scan')
  const message = first?.message ?? assert.fail()

  test('is of now, for this hub, of this kind and by this key', async () => {
    await readAt('scan', message)
    const other = { issuer: 'https://other.example', now, keyOf: async () => publicOf(keys.device as JWK) }
    const rows: [string, () => Promise<unknown>, string][] = [
      ['of another kind', () => readAt('state', message), 'signature_invalid'],
      ['too late', () => readAt('scan', message, now + 120_001), 'clock_skew'],
      ['too early', () => readAt('scan', message, now - 120_001), 'clock_skew'],
      ['by another key', () => readAt('scan', message, now, keys.rotated), 'signature_invalid'],
      ['for another hub', () => readMessage('scan', { message }, other), 'signature_invalid'],
    ]
    for (const [about, refused, error] of rows) await assert.rejects(refused(), { error }, about)
  })

  test('that is not one is refused, never a failure of the hub', async () => {
    const mutated = fc
      .tuple(fc.nat(message.length - 1), fc.constantFrom('', 'A', '.', '=', '"', 'é'), fc.nat(3))
      .map(([at, by, more]) => `${message.slice(0, at)}${by}${message.slice(at + more)}`)
      .filter((changed) => changed !== message)
    const key = newDeviceKey()
    const claimed = fc
      .dictionary(fc.constantFrom('aud', 'iat', 'jti', 'code', 'request', '__proto__', 'constructor'), fc.jsonValue())
      .map((claims) => compact({ alg: 'ES256', typ: typOf('scan'), jwk: key.jwk }, claims, key.privateKey))
    const anything = fc.oneof(mutated, claimed, fc.jsonValue(), fc.string())
    await fc.assert(
      fc.asyncProperty(anything, async (given) => {
        // The last character of base64url has bits that nobody reads: then it is the same message.
        const read = await readAt('scan', given).catch((error) => assert.ok(error instanceof AppError, String(error)))
        if (read) assert.equal(read.claims.code, first?.payload.code)
      }),
      { numRuns: 200 },
    )
  })

  test('digits keep their zeros, and all of them come', () => {
    assert.equal(digitsFrom(Buffer.alloc(8), 6), '000000')
    assert.equal(digitsFrom(Buffer.from('00000000000003e9', 'hex'), 6), '001001')
    const seen = new Set(Array.from({ length: 3_000 }, () => digitsFrom(randomBytes(8), 2)))
    assert.equal(seen.size, 100)
  })
})

describe('the settings of the app', () => {
  test('what they are by default, and what they cannot be', () => {
    const rules = eidRules(eidSchema.parse({}))
    assert.equal(rules.appLink, '{link}')
    assert.equal(rules.codeLifetime, 60_000)
    const refused = [
      { deviceKeyLevel: 'eidas3' },
      { codeSeconds: 61 },
      { appLink: 'https://app.example/' },
      { appLink: 'javascript:alert("{link}")' },
      { appLink: 'x {link}' },
      { danger_trusted_phones: '/nowhere.pem' },
      { unknown: 1 },
    ]
    for (const given of refused) assert.equal(eidSchema.safeParse(given).success, false, JSON.stringify(given))
    for (const appLink of ['https://app.example/open?text={link}', 'garant-eid:{link}']) {
      assert.equal(eidSchema.safeParse({ appLink }).success, true, appLink)
    }
  })
})
