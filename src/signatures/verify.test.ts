/** Signatures verified without the hub: good ones of each way, every fault by its name, and no byte that may change. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, hash, randomBytes, sign } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { Authority } from '../../demo/authority/authority.ts'
import { toPem } from '../../demo/authority/x509.ts'
import { createAuthenticator, type SoftwareAuthenticator, type Twist } from '../../test/support/authenticator.ts'
import { type Card, salma, startAuthority } from '../../test/support/cards.ts'
import { createTestClock } from '../../test/support/clock.ts'
import fc from '../../test/support/property.ts'
import { signedByCard } from '../../test/support/signing.ts'
import { derOfSignature, readPem } from '../certificates/certificates.ts'
import { questionAbout } from '../certificates/ocsp.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { challengeOf, hashOfText, signingStatement } from '../kernel/signing-statement.ts'
import { type Proof, type SignatureFault, signatureFaults, type Trust, verifySignature } from './verify.ts'

const issuer = 'https://hub.example'
const text = { version: 'mandate/1', language: 'ar', text: 'توكيل رقم 1\nÀ Casablanca.\n' } as const
const clock = createTestClock()

let authority: Authority
let trust: Trust
let card: Card
let byCard: Proof
let byList: Proof
let byPasskey: Proof
let byPhone: Proof
let key: SoftwareAuthenticator
let passkey: Proof['key']

const parse = (der: Buffer) => readPem(toPem(der))[0] as NonNullable<ReturnType<typeof readPem>[0]>

async function answerAbout(one: Card): Promise<Buffer> {
  const question = questionAbout(parse(one.signature.certificate), parse(one.chain[0] as Buffer), randomBytes(16))
  const answer = await fetch(`${authority.url}/ocsp/cnie`, { method: 'POST', body: new Uint8Array(question) })
  return Buffer.from(await answer.arrayBuffer())
}

const common = () => ({
  ...{ signing: newId('signing'), text, hash: hashOfText(text.text), issuer, at: clock.now() },
})

async function cardProof(one: Card): Promise<Proof> {
  const made = signedByCard(one, text.text)
  assert.ok(made.way === 'card')
  const { publicKey } = new (await import('node:crypto')).X509Certificate(made.certificate)
  return {
    ...common(),
    ...{ way: 'card', signs: 'text', level: 'eidas3', algorithm: 'ES256', kind: 'cnie' },
    value: derOfSignature('ES256', made.value),
    key: publicKey.export({ format: 'jwk' }),
    chain: [made.certificate, ...one.chain, authority.root.certificate],
    revocation: { by: 'ocsp', at: clock.now(), until: clock.now() + hour, answer: await answerAbout(one) },
  }
}

function passkeyProof(twist?: Twist): Proof {
  const proof = common()
  const answer = key.get({ challenge: challengeOf(proof), rpId: 'hub.example' }, twist)
  const bytes = (value: string) => Buffer.from(value, 'base64url')
  const { signature, authenticatorData, clientDataJSON } = answer.response
  return {
    ...proof,
    ...{ way: 'passkey', signs: 'statement', level: 'eidas2', algorithm: 'ES256', chain: [], key: passkey },
    value: bytes(signature),
    webauthn: { authenticatorData: bytes(authenticatorData), clientDataJSON: bytes(clientDataJSON) },
  }
}

function phoneProof(): Proof {
  const proof = common()
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const attested = { platform: 'demo', securityLevel: 'tee', key: jwk, challenge: 'AAAA', statement: {} }
  return {
    ...proof,
    ...{ way: 'app', signs: 'statement', level: 'eidas2', algorithm: 'ES256', chain: [], key: jwk },
    value: sign('sha256', Buffer.from(signingStatement(proof)), privateKey),
    attested: attested as NonNullable<Proof['attested']>,
  }
}

before(async () => {
  authority = await startAuthority(clock)
  const anchors = [authority.root.certificate]
  trust = new Map([['cnie', { anchors, policies: [authority.policies.cnie], level: 'eidas3' }]])
  card = authority.issue({ kind: 'cnie', holder: salma })
  byCard = await cardProof(card)
  const list = Buffer.from(await (await fetch(`${authority.url}/lists/cnie.crl`)).arrayBuffer())
  byList = { ...byCard, revocation: { by: 'crl', at: clock.now(), until: clock.now() + day, answer: list } }
  key = createAuthenticator({ origin: issuer })
  const made = key.create({ challenge: 'AAAA', user: { id: 'AAAA' } } as never)
  passkey = keyOfRegistration(Buffer.from(made.response.attestationObject, 'base64url'))
  byPasskey = passkeyProof()
  byPhone = phoneProof()
})
after(() => authority.close())

/** The authenticator of tests makes keys of P-256: their coordinates are the last things it writes of one. */
function keyOfRegistration(attestation: Buffer): Proof['key'] {
  const tail = attestation.subarray(-(32 + 3 + 32))
  return {
    kty: 'EC',
    crv: 'P-256',
    x: tail.subarray(0, 32).toString('base64url'),
    y: tail.subarray(35).toString('base64url'),
  }
}

const faultsOf = async (proof: Proof, by: Trust | undefined = trust) => (await verifySignature(proof, by)).faults

test('R097: a signature of each way stands by itself; a card tells whose it is', async () => {
  for (const proof of [byCard, byList, byPasskey, byPhone]) assert.deepEqual(await faultsOf(proof), [], proof.way)
  assert.match((await verifySignature(byCard)).subject ?? '', /EL FASSI/)
  assert.equal((await verifySignature(byPasskey)).subject, undefined)
})

describe('each fault has its name', () => {
  const flipped = (bytes: Buffer, at = bytes.length - 1) => {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] as number) ^ 1
    return copy
  }
  const revoked = async () => {
    const gone = authority.issue({ kind: 'cnie', holder: salma })
    authority.revoke(gone.signature.serial)
    return cardProof(gone)
  }
  const other = async () => cardProof(authority.issue({ kind: 'cnie', holder: salma }))
  const rows: [string, () => Proof | Promise<Proof>, SignatureFault[], Trust?][] = [
    [
      'another text',
      () => ({ ...byCard, text: { ...text, text: `${text.text} ` } }),
      ['hash_differs', 'signature_invalid'],
    ],
    [
      'another text with its hash',
      () => ({ ...byCard, text: { ...text, text: 'x' }, hash: hashOfText('x') }),
      ['signature_invalid'],
    ],
    [
      'another text of a passkey',
      () => ({ ...byPasskey, text: { ...text, text: 'x' }, hash: hashOfText('x') }),
      ['challenge_differs'],
    ],
    [
      'another text of a phone',
      () => ({ ...byPhone, text: { ...text, text: 'x' }, hash: hashOfText('x') }),
      ['signature_invalid'],
    ],
    ['another ceremony of a passkey', () => ({ ...byPasskey, signing: newId('signing') }), ['challenge_differs']],
    ['another ceremony of a phone', () => ({ ...byPhone, signing: newId('signing') }), ['signature_invalid']],
    [
      'another hub',
      () => ({ ...byPasskey, issuer: 'https://other.example' }),
      ['challenge_differs', 'origin_differs', 'rp_differs'],
    ],
    ['no key', () => ({ ...byCard, key: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' } }), ['key_unreadable']],
    [
      'the key of another certificate',
      async () => ({ ...byCard, key: (await other()).key }),
      ['key_differs', 'signature_invalid'],
    ],
    ['the key of another phone', () => ({ ...byPhone, key: phoneProof().key }), ['key_differs', 'signature_invalid']],
    ['a signature that was altered', () => ({ ...byCard, value: flipped(byCard.value) }), ['signature_invalid']],
    [
      'the certificate that signs in',
      async () => ({ ...byCard, chain: [card.certificate, ...byCard.chain.slice(1)] }),
      ['key_differs', 'chain_invalid'],
    ],
    ['a certificate for a passkey', () => ({ ...byPasskey, chain: byCard.chain, kind: 'cnie' }), ['form']],
    ['an attestation for a card', () => ({ ...byCard, attested: byPhone.attested as never }), ['form']],
    ['a card without its chain', () => ({ ...byCard, chain: [] }), ['form']],
    ['a statement for a card', () => ({ ...byCard, signs: 'statement' }), ['form']],
    ['a kind that nobody trusts', () => ({ ...byCard, kind: 'cpx' }), ['root_unknown']],
    ['roots of others', () => byCard, ['root_unknown'], new Map()],
    [
      'too high for the kind',
      () => byCard,
      ['level_too_high'],
      new Map([['cnie', { anchors: [], policies: [], level: 'eidas2' }]]),
    ],
    ['a passkey at the highest level', () => ({ ...byPasskey, level: 'eidas3' }), ['level_too_high']],
    ['a phone alone at the highest level', () => ({ ...byPhone, level: 'eidas3' }), ['level_too_high']],
    [
      'no answer on revocation',
      () => {
        const { revocation: _, ...rest } = byCard
        return rest
      },
      ['revocation_missing'],
    ],
    [
      'an answer about another card',
      async () => ({ ...byCard, revocation: (await other()).revocation as never }),
      ['revocation_foreign'],
    ],
    [
      'an answer that was altered',
      () => ({
        ...byCard,
        revocation: {
          ...(byCard.revocation as NonNullable<Proof['revocation']>),
          answer: flipped(byCard.revocation?.answer as Buffer, 90),
        },
      }),
      ['revocation_foreign'],
    ],
    ['an answer of a later hour', () => ({ ...byCard, at: byCard.at - hour }), ['revocation_not_of_then']],
    ['an answer that was over', () => ({ ...byCard, at: byCard.at + 2 * hour }), ['revocation_not_of_then']],
    ['a list that was over', () => ({ ...byList, at: byList.at + 8 * day }), ['revocation_not_of_then']],
    ['a certificate that was not valid yet', () => ({ ...byCard, at: byCard.at - 30 * day }), ['chain_invalid']],
    ['a certificate that had been revoked', revoked, ['revoked']],
    ['a passkey whose holder was not verified', () => passkeyProof({ userVerified: false }), ['holder_not_verified']],
    ['a passkey that nobody touched', () => passkeyProof({ userPresent: false }), ['holder_not_verified']],
    ['a passkey of another site', () => passkeyProof({ origin: 'https://hub.example.evil' }), ['origin_differs']],
    [
      'a passkey inside a frame',
      () => passkeyProof({ client: { topOrigin: 'https://evil.example' } }),
      ['origin_differs'],
    ],
    ['a passkey for another site', () => passkeyProof({ rpId: 'evil.example' }), ['rp_differs']],
    ['the creation of a passkey', () => passkeyProof({ type: 'webauthn.create' }), ['challenge_differs']],
    [
      'a sign-in with the passkey',
      () => passkeyProof({ challenge: randomBytes(32).toString('base64url') }),
      ['challenge_differs'],
    ],
  ]
  for (const [what, given, expected, by] of rows) {
    test(`R097: ${what}: ${expected.join(', ')}`, async () => {
      const faults = await faultsOf(await given(), by ?? trust)
      for (const fault of expected) assert.ok(faults.includes(fault), `${fault} is not among ${faults}`)
      for (const fault of faults) assert.ok(signatureFaults[fault].endsWith('.'), fault)
    })
  }

  test('R097: a card of a list that names it is revoked', async () => {
    const gone = authority.issue({ kind: 'cnie', holder: salma })
    const proof = await cardProof(gone)
    authority.revoke(gone.signature.serial, clock.now() - minute)
    const list = Buffer.from(await (await fetch(`${authority.url}/lists/cnie.crl`)).arrayBuffer())
    assert.deepEqual(await faultsOf({ ...proof, revocation: { by: 'crl', at: 0, until: 0, answer: list } }), [
      'revoked',
    ])
  })
})

test('R097: no bit of what was signed can change unnoticed', async () => {
  /** What a signature covers: of the answer on revocation and of certificates the part that their issuers signed. */
  const parts: [Proof, (proof: Proof) => Buffer, (proof: Proof, bytes: Buffer) => Proof][] = [
    [byCard, ({ text: { text: of } }) => Buffer.from(of), (proof, bytes) => withText(proof, bytes)],
    [byPasskey, ({ text: { text: of } }) => Buffer.from(of), (proof, bytes) => withText(proof, bytes)],
    [byPhone, ({ text: { text: of } }) => Buffer.from(of), (proof, bytes) => withText(proof, bytes)],
    ...[byCard, byPasskey, byPhone].map((one): (typeof parts)[number] => [
      one,
      ({ value }) => value,
      (proof, value) => ({ ...proof, value }),
    ]),
    [
      byPasskey,
      ({ webauthn }) => webauthn?.authenticatorData as Buffer,
      (proof, authenticatorData) => ({
        ...proof,
        webauthn: { ...(proof.webauthn as never as { clientDataJSON: Buffer }), authenticatorData },
      }),
    ],
    [
      byPasskey,
      ({ webauthn }) => webauthn?.clientDataJSON as Buffer,
      (proof, clientDataJSON) => ({
        ...proof,
        webauthn: { ...(proof.webauthn as never as { authenticatorData: Buffer }), clientDataJSON },
      }),
    ],
    ...[0, 1].map((at): (typeof parts)[number] => [
      byCard,
      ({ chain }) => chain[at] as Buffer,
      (proof, bytes) => ({ ...proof, chain: proof.chain.map((one, index) => (index === at ? bytes : one)) }),
    ]),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: parts.length - 1 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.nat({ max: 7 }),
      async (which, place, bit) => {
        const [proof, read, write] = parts[which] as (typeof parts)[number]
        const bytes = Buffer.from(read(proof))
        const at = Math.floor(place * bytes.length)
        bytes[at] = (bytes[at] as number) ^ (1 << bit)
        assert.notDeepEqual(await faultsOf(write(proof, bytes)), [], `part ${which}, byte ${at}, bit ${bit}`)
      },
    ),
    { numRuns: 300 },
  )

  function withText(proof: Proof, bytes: Buffer): Proof {
    // As a file is read: what is no UTF-8 is some other text.
    const of = bytes.toString('utf8')
    return { ...proof, text: { ...proof.text, text: of }, hash: hash('sha256', of, 'base64url') }
  }
})
