import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import {
  CompactSign,
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JWK,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { toDate } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import { eventTypes } from './events.ts'
import { type ExpectedSet, readSet, signSet, subjectOf } from './sets.ts'
import { decideAnswer, pauseIn } from './transmitter.ts'

const now = Date.parse('2026-11-22T10:00:00Z')
const issuer = 'https://bank.example'
const audience = 'https://hub.example'

let own: { privateKey: CryptoKey; jwk: JWK }
let foreign: CryptoKey
let expected: ExpectedSet

before(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true })
  own = { privateKey: pair.privateKey, jwk: { ...(await exportJWK(pair.publicKey)), kid: 'own', alg: 'ES256' } }
  foreign = (await generateKeyPair('ES256')).privateKey
  expected = { issuer, audience, now, keys: createLocalJWKSet({ keys: [own.jwk] }) }
})

const good = () => ({
  iss: issuer,
  aud: audience,
  iat: now / 1_000,
  jti: 'one',
  txn: 'why',
  sub_id: { format: 'iss_sub', iss: issuer, sub: 'somebody' },
  events: { [eventTypes.credentialCompromise]: { credential_type: 'password' } },
})

const write = (
  claims: Record<string, unknown>,
  { header = {}, key = own.privateKey }: { header?: Record<string, unknown>; key?: CryptoKey } = {},
) =>
  new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', kid: 'own', typ: 'secevent+jwt', ...header })
    .sign(key)

const seconds = (past: number) => (now - past) / 1_000

describe('a security event token of somebody else', () => {
  test('is read', async () => {
    assert.deepEqual(await readSet(await write(good()), expected), {
      jti: 'one',
      iat: now,
      txn: 'why',
      subject: { format: 'iss_sub', iss: issuer, sub: 'somebody' },
      type: eventTypes.credentialCompromise,
      event: { credential_type: 'password' },
    })
    // "either upper or lower case" media types, with the prefix that may be omitted (RFC 8417 section 2.3).
    const typ = 'application/SECEVENT+JWT'
    assert.equal(typeof (await readSet(await write(good(), { header: { typ } }), expected)), 'object')
    assert.equal(typeof (await readSet(await write({ ...good(), aud: [audience] }), expected)), 'object')
    assert.equal(typeof (await readSet(await write({ ...good(), iat: seconds(13 * day) }), expected)), 'object')
  })

  const changed: [string, Record<string, unknown>][] = [
    ['foreign_issuer', { iss: 'https://stranger.example' }],
    ['foreign_issuer', { iss: undefined }],
    ['foreign_audience', { aud: 'https://other.example' }],
    ['foreign_audience', { aud: [audience, 'https://other.example'] }],
    ['foreign_audience', { aud: undefined }],
    ['sub_present', { sub: 'somebody' }],
    ['sub_present', { sub: null }],
    ['exp_present', { exp: seconds(-hour) }],
    ['exp_present', { exp: seconds(hour) }],
    ['no_jti', { jti: undefined }],
    ['no_jti', { jti: '' }],
    ['no_jti', { jti: 'j'.repeat(256) }],
    ['no_time', { iat: undefined }],
    ['no_time', { iat: 'today' }],
    ['future', { iat: seconds(-hour) }],
    ['stale', { iat: seconds(15 * day) }],
    ['no_events', { events: undefined }],
    ['no_events', { events: {} }],
    ['no_events', { events: [] }],
    ['no_events', { events: { [eventTypes.accountDisabled]: {}, [eventTypes.accountEnabled]: {} } }],
    ['no_events', { events: { [eventTypes.accountDisabled]: 'yes' } }],
    ['no_subject', { sub_id: undefined }],
    ['no_subject', { sub_id: 'somebody' }],
    ['no_subject', { sub_id: { format: 'email', email: 'somebody@mail.example' } }],
    ['no_subject', { sub_id: { format: 'iss_sub', iss: issuer } }],
  ]
  for (const [refusal, changes] of changed) {
    test(`${refusal}: ${JSON.stringify(changes)}`, async () => {
      assert.equal(await readSet(await write({ ...good(), ...changes }), expected), refusal)
    })
  }

  const otherwise: [string, string, () => Promise<string> | string][] = [
    ['malformed', 'no token', () => 'hello'],
    ['malformed', 'two parts', () => 'a.b'],
    ['malformed', 'a header that is none', () => 'bm90aGluZw.e30.AA'],
    ['malformed', 'an encrypted one', () => 'a.b.c.d.e'],
    ['wrong_type', 'no typ', () => write(good(), { header: { typ: undefined } })],
    ['wrong_type', 'an id token', () => write(good(), { header: { typ: 'JWT' } })],
    ['wrong_type', 'a logout token', () => write(good(), { header: { typ: 'logout+jwt' } })],
    [
      'unsigned',
      'alg none',
      () => {
        const [, payload = ''] = new UnsecuredJWT(good()).encode().split('.')
        const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'secevent+jwt' })).toString('base64url')
        return `${header}.${payload}.`
      },
    ],
    [
      'unsigned',
      'by a shared secret: the public key as one',
      () =>
        new SignJWT(good())
          .setProtectedHeader({ alg: 'HS256', kid: 'own', typ: 'secevent+jwt' })
          .sign(Buffer.from(JSON.stringify(own.jwk))),
    ],
    ['unknown_key', 'by a stranger under our kid', () => write(good(), { key: foreign })],
    ['unknown_key', 'by a key of another name', () => write(good(), { header: { kid: 'other' } })],
    [
      'unknown_key',
      'changed after it was signed',
      async () => {
        const [header, , signature] = (await write(good())).split('.')
        const payload = Buffer.from(JSON.stringify({ ...good(), jti: 'two' })).toString('base64url')
        return `${header}.${payload}.${signature}`
      },
    ],
    [
      'malformed',
      'a payload that is no object',
      () =>
        new CompactSign(Buffer.from('[]'))
          .setProtectedHeader({ alg: 'ES256', kid: 'own', typ: 'secevent+jwt' })
          .sign(own.privateKey),
    ],
  ]
  for (const [refusal, what, token] of otherwise) {
    test(`${refusal}: ${what}`, async () => assert.equal(await readSet(await token(), expected), refusal))
  }

  test('keys that cannot be had are no refusal: it is taken later', async () => {
    const away = new Error('away')
    const keys = () => Promise.reject(away)
    await assert.rejects(readSet(await write(good()), { ...expected, keys }), away)
  })

  test('subjects', () => {
    assert.deepEqual(subjectOf({ format: 'opaque', id: 'stream' }), { format: 'opaque', id: 'stream' })
    for (const value of [null, [], 'x', { format: 'opaque' }, { format: 'iss_sub', iss: 1, sub: 'x' }, { id: 'x' }]) {
      assert.equal(subjectOf(value), undefined)
    }
  })
})

test('one of ours has a type, one audience, one event, and neither sub nor exp', async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const privateJwk = { ...(await exportJWK(privateKey)), kid: 'hub', alg: 'RS256' }
  const token = await signSet(
    {
      ...{ iss: audience, jti: 'set_1', iat: now + 700, aud: 'api_1', txn: 'txn-1' },
      subject: { format: 'iss_sub', iss: audience, sub: 'pairwise' },
      type: eventTypes.sessionRevoked,
      event: { initiating_entity: 'user' },
    },
    { id: 'hub', alg: 'RS256', privateJwk },
  )
  const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
    ...{ issuer: audience, audience: 'api_1', typ: 'secevent+jwt', currentDate: toDate(now) },
  })
  assert.deepEqual(protectedHeader, { alg: 'RS256', kid: 'hub', typ: 'secevent+jwt' })
  assert.deepEqual(payload, {
    iss: audience,
    jti: 'set_1',
    iat: now / 1_000,
    aud: 'api_1',
    txn: 'txn-1',
    sub_id: { format: 'iss_sub', iss: audience, sub: 'pairwise' },
    events: { [eventTypes.sessionRevoked]: { initiating_entity: 'user' } },
  })
})

describe('what an answer to a push means', () => {
  const refused = (err: unknown) => ({ status: 400, body: JSON.stringify({ err, description: 'x' }) })
  const rows: [Parameters<typeof decideAnswer>[0], ReturnType<typeof decideAnswer>][] = [
    [{ status: 202 }, { kind: 'taken' }],
    // A page of something that stands in between.
    [{ status: 200 }, { kind: 'failed', error: '200' }],
    [{ status: 204 }, { kind: 'failed', error: '204' }],
    [{ status: 302 }, { kind: 'failed', error: '302' }],
    [refused('invalid_request'), { kind: 'refused', err: 'invalid_request' }],
    [refused('invalid_issuer'), { kind: 'refused', err: 'invalid_issuer' }],
    [refused('invalid_audience'), { kind: 'refused', err: 'invalid_audience' }],
    [refused('invalid_state'), { kind: 'refused', err: 'invalid_state' }],
    [refused('jwtCrypto'), { kind: 'refused', err: 'jwtCrypto' }],
    [refused('no word at all'), { kind: 'refused', err: 'untold' }],
    [refused(7), { kind: 'refused', err: 'untold' }],
    [
      { status: 400, body: '<html>' },
      { kind: 'refused', err: 'untold' },
    ],
    [
      { status: 400, body: 'null' },
      { kind: 'refused', err: 'untold' },
    ],
    [{ status: 400 }, { kind: 'refused', err: 'untold' }],
    // These are about the connection: the same set is taken once it is set right.
    [refused('authentication_failed'), { kind: 'failed', error: 'authentication_failed' }],
    [refused('access_denied'), { kind: 'failed', error: 'access_denied' }],
    [refused('invalid_key'), { kind: 'failed', error: 'invalid_key' }],
    [{ status: 401 }, { kind: 'failed', error: '401' }],
    [{ status: 403 }, { kind: 'failed', error: '403' }],
    [{ status: 404 }, { kind: 'failed', error: '404' }],
    [
      { status: 429, retryAfter: '120' },
      { kind: 'failed', error: '429', retryAfter: '120' },
    ],
    [{ status: 503 }, { kind: 'failed', error: '503' }],
    [{ status: 'timeout' }, { kind: 'failed', error: 'timeout' }],
    [{ status: 'forbidden' }, { kind: 'failed', error: 'forbidden' }],
  ]
  for (const [given, answer] of rows) {
    test(`${given.status} ${given.body ?? ''}`, () => assert.deepEqual(decideAnswer(given), answer))
  }

  test('Retry-After, in seconds or as a date', () => {
    assert.equal(pauseIn('120', now), 120_000)
    assert.equal(pauseIn('Sun, 22 Nov 2026 11:00:00 GMT', now), hour)
    assert.equal(pauseIn('Sun, 22 Nov 2026 09:00:00 GMT', now), 0)
    assert.equal(pauseIn('soon', now), undefined)
    assert.equal(pauseIn(undefined, now), undefined)
  })
})
