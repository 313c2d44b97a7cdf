/** Which key a token is verified by, where several are published and one was found before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair } from 'jose'
import { readKeys } from './documents.ts'
import { verifySignature } from './envelopes.ts'
import { Refusal } from './refusals.ts'
import type { Reply, Requests } from './requests.ts'

type Algorithm = 'ES256' | 'RS256'

async function newKey(alg: Algorithm, kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, published: { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' } }
}

const [es, rs, other] = await Promise.all([newKey('ES256', 'one'), newKey('RS256', 'one'), newKey('ES256', 'two')])

const sign = (key: CryptoKey, header: { alg: Algorithm; kid?: unknown }) =>
  new CompactSign(Buffer.from('{}')).setProtectedHeader(header as { alg: Algorithm }).sign(key)

/** The word of the refusal, undefined when the token is good; over one reading of the keys. */
async function verifier(): Promise<(token: string) => Promise<string | undefined>> {
  const reply: Reply = {
    status: 200,
    mediaType: 'application/json',
    challenge: undefined,
    text: JSON.stringify({ keys: [es, rs, other].map(({ published }) => published) }),
  }
  const requests = { endpoint: () => ({}), send: async () => reply } as unknown as Requests
  const set = readKeys('https://idp.example/keys', requests)
  const options = { keys: { keys: () => set, renewedKeys: () => set }, algorithms: ['ES256', 'RS256'] }
  return (token) =>
    verifySignature('id_token', token, options).then(
      () => undefined,
      (error) => (error instanceof Refusal ? error.detail : assert.fail(error)),
    )
}

test('a key that was found for one token serves the tokens that mean it, and no other', async () => {
  const cases: [name: string, token: string, expected: string | undefined][] = [
    ['by one', await sign(es.privateKey, { alg: 'ES256', kid: 'one' }), undefined],
    ['by the one of the same name', await sign(rs.privateKey, { alg: 'RS256', kid: 'one' }), undefined],
    ['by another', await sign(other.privateKey, { alg: 'ES256', kid: 'two' }), undefined],
    ['by another in its name', await sign(other.privateKey, { alg: 'ES256', kid: 'one' }), 'id_token_signature'],
    ['by one in the name of another', await sign(es.privateKey, { alg: 'ES256', kid: 'two' }), 'id_token_signature'],
    ['by a name of nobody', await sign(es.privateKey, { alg: 'ES256', kid: 'three' }), 'id_token_key_unknown'],
    ['by a name that is none', await sign(es.privateKey, { alg: 'ES256', kid: ['one'] }), 'id_token_key_unknown'],
    ['by one of two, without a name', await sign(other.privateKey, { alg: 'ES256' }), undefined],
    ['by the only one, without a name', await sign(rs.privateKey, { alg: 'RS256' }), undefined],
  ]
  const verify = await verifier()
  // In either order, so that each comes after each.
  for (const [name, token, expected] of [...cases, ...cases.toReversed()]) {
    assert.equal(await verify(token), expected, name)
  }
})
