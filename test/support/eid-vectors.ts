/**
 * The vectors of the e-ID app's protocol: `--write` puts them in `docs/eid-app-vectors.json`, a test compares. Keys, nonces
 * and instants are fixed. ECDSA draws a number for each signature, so one that is in the file already and verifies stays.
 */
import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nameOf, writeCertificate } from '../../demo/authority/x509.ts'
import { AppError, type AppErrorName, appErrors, bodyOf } from '../../src/eid/protocol-errors.ts'
import { type CardPurpose, cardText, codeText, type MessageName, typOf } from '../../src/eid/protocol-messages.ts'
import type { SigningId } from '../../src/kernel/ids.ts'
import { hashOfText, signingStatement } from '../../src/kernel/signing-statement.ts'

const file = join(import.meta.dirname, '../../docs/eid-app-vectors.json')

export interface MessageVector {
  about: string
  /** By its name in the discovery. */
  endpoint: string
  header: Record<string, unknown>
  payload: Record<string, unknown>
  /** RFC 7515 section 5.1: what is signed. */
  signing_input: string
  message: string
}

export interface CardVector {
  purpose: CardPurpose
  challenge: string
  thumbprint: string
  /** What the card signs, and its SHA-256 in hexadecimal. */
  text: string
  sha256: string
  algorithm: 'ES256'
  signature: string
}

/** A text, what is signed in its place, and both signatures of it. */
export interface SignatureVector {
  text: { signing: string; language: string; content: string }
  /** Of the UTF-8 bytes of the text, base64url. */
  hash: string
  statement: string
  card: { certificate: string; algorithm: 'ES256'; signature: string }
  device_key: { algorithm: 'ES256'; signature: string }
}

export interface Vectors {
  about: string
  issuer: string
  /** The instant of all messages, in seconds. */
  now: number
  device_key: { jwk: Record<string, string>; thumbprint: string }
  new_device_key: { jwk: Record<string, string>; thumbprint: string }
  card: { jwk: Record<string, string>; certificate: string }
  codes: { code: string; qr: string; link: string }
  card_signatures: CardVector[]
  /** By another key of the card than the others. */
  signature_card: { jwk: Record<string, string>; certificate: string }
  signature: SignatureVector
  messages: MessageVector[]
  answers: Record<string, { status: number; body: Record<string, unknown> }>
  errors: { error: string; status: number; body: Record<string, unknown> }[]
}

const issuer = 'https://hub.example'
const now = Date.UTC(2026, 10, 22, 12) / 1_000
const bytes = (label: string) => hash('sha256', `garant-eid vectors: ${label}`, 'base64url')
/** An identifier as the hub makes them: a prefix and 22 characters. */
const id = (prefix: string, label: string) => `${prefix}_${bytes(label).slice(0, 22)}`

interface FixedKey {
  jwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  d: string
  privateKey: KeyObject
  publicKey: KeyObject
  thumbprint: string
}

/** With a private key that everybody knows. */
function fixedKey(label: string): FixedKey {
  const d = hash('sha256', `garant-eid vectors: ${label}`, 'buffer')
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(d)
  const point = ecdh.getPublicKey()
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  const jwk = { kty: 'EC', crv: 'P-256', x, y } as const
  const privateKey = createPrivateKey({ key: { ...jwk, d: d.toString('base64url') }, format: 'jwk' })
  const canonical = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x, y })
  return {
    ...{ jwk, d: d.toString('base64url'), privateKey, publicKey: createPublicKey(privateKey) },
    thumbprint: createHash('sha256').update(canonical).digest('base64url'),
  }
}

const ieee = 'ieee-p1363' as const

/** The signature that was there, where it is one of these bytes; otherwise a new one. */
function signature(key: FixedKey, data: string, before: string | undefined): string {
  const known =
    before &&
    verify('sha256', Buffer.from(data), { key: key.publicKey, dsaEncoding: ieee }, Buffer.from(before, 'base64url'))
  if (known) return before
  return sign('sha256', Buffer.from(data), { key: key.privateKey, dsaEncoding: ieee }).toString('base64url')
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

export function readVectors(): Vectors | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Vectors) : undefined
}

export const readVectorsText = () => readFileSync(file, 'utf8')

export function renderVectors(before = readVectors()): string {
  const device = fixedKey('device key')
  const rotated = fixedKey('new device key')
  const card = fixedKey('card')
  const certificate = certificateOf(card, before?.card.certificate)
  const texts = fixedKey('card, for texts')
  const ofTexts = certificateOf(texts, before?.signature_card?.certificate)
  const pairing = bytes('pairing')
  const request = id('eir', 'request')
  const phone = id('phn', 'phone')
  const code = bytes('code')

  const cardVector = (purpose: CardPurpose, key: FixedKey, label: string): CardVector => {
    const challenge = bytes(label)
    const text = cardText({ issuer, challenge, thumbprint: key.thumbprint, purpose }).toString('utf8')
    const known = before?.card_signatures.find((one) => one.purpose === purpose)?.signature
    return {
      ...{ purpose, challenge, thumbprint: key.thumbprint, text, sha256: hash('sha256', text) },
      ...{ algorithm: 'ES256', signature: signature(card, text, known) },
    }
  }
  const cards = {
    pairing: cardVector('pairing', device, 'challenge of the card'),
    renewal: cardVector('renewal', rotated, 'challenge of a renewal'),
    approval: cardVector('approval', device, 'challenge of a sign-in'),
    reading: cardVector('reading', rotated, 'challenge of a reader'),
  }
  const signed = signatureVector()

  function signatureVector(): SignatureVector {
    const content = 'Je donne mandat à Cabinet Ziz.\nأوكّل مكتب زيز.\n'
    const signing = id('sgg', 'signing')
    const known = before?.signature
    const statement = signingStatement({ issuer, signing: signing as SigningId, hash: hashOfText(content) })
    const by = (key: FixedKey, last: string | undefined) => ({
      algorithm: 'ES256' as const,
      signature: signature(key, statement, last),
    })
    return {
      text: { signing, language: 'fr', content },
      hash: hashOfText(content),
      statement,
      card: { certificate: ofTexts, ...by(texts, known?.card.signature) },
      device_key: by(device, known?.device_key.signature),
    }
  }

  const proof = ({ algorithm, signature: signed }: CardVector) => ({ certificate, algorithm, signature: signed })

  let count = 0
  const message = (
    about: string,
    endpoint: string,
    name: MessageName,
    claims: Record<string, unknown>,
    by: { key: FixedKey; paired: boolean } = { key: device, paired: true },
  ): MessageVector => {
    const header = { alg: 'ES256', typ: typOf(name), ...(by.paired ? { kid: phone } : { jwk: by.key.jwk }) }
    const payload = { aud: issuer, iat: now, jti: bytes(`jti ${++count}`).slice(0, 22), ...claims }
    const signing_input = `${part(header)}.${part(payload)}`
    const known = before?.messages.find((one) => one.about === about)?.message.split('.')[2]
    const sealed = `${signing_input}.${signature(by.key, signing_input, known)}`
    return { about, endpoint, header, payload, signing_input, message: sealed }
  }

  const first = { key: device, paired: false }
  const next = { key: rotated, paired: false }
  const statement = { chain: [bytes('certificate of the device key'), bytes('certificate of the phone')] }
  const messages = [
    message(
      'Pairing: attestation. The chain is shortened here.',
      'pairing_attestation',
      'attestation',
      { pairing, challenge: bytes('challenge of the attestation'), platform: 'android', statement, model: 'Pixel 9' },
      first,
    ),
    message(
      'Pairing: card',
      'pairing_card',
      'card',
      { pairing, challenge: cards.pairing.challenge, card: proof(cards.pairing) },
      first,
    ),
    message(
      'Pairing: biometrics',
      'pairing_biometrics',
      'biometrics',
      { pairing, challenge: bytes('challenge of the biometrics'), method: 'fingerprint' },
      first,
    ),
    message('Renewal with a new key', 'renewal', 'renewal', { rotate: true }),
    message(
      'Renewal: card, with the new key',
      'pairing_card',
      'card',
      { pairing, challenge: cards.renewal.challenge, card: proof(cards.renewal) },
      next,
    ),
    message('The phone', 'phone', 'phone', {}),
    message('Its name', 'phone_name', 'name', { label: 'Mon téléphone' }),
    message('What was approved on it', 'phone_approvals', 'approvals', {}),
    message('Its end', 'phone_end', 'end', {}),
    message('Scan', 'request_scan', 'scan', { code }),
    message('Scan without a pairing', 'request_scan', 'scan', { code }, next),
    message('State', 'request_state', 'state', { request }),
    message('Number', 'request_number', 'number', { request, number: '07' }),
    message('Card', 'request_card', 'card', {
      request,
      challenge: cards.approval.challenge,
      card: proof(cards.approval),
    }),
    message(
      'Card without a pairing',
      'request_card',
      'card',
      { request, challenge: cards.reading.challenge, card: proof(cards.reading) },
      next,
    ),
    message('Biometrics', 'request_biometrics', 'biometrics', {
      request,
      challenge: bytes('challenge of the biometrics'),
      method: 'face',
    }),
    message('Approval', 'request_approval', 'approval', { request, challenge: bytes('challenge of the approval') }),
    message('Text to sign', 'request_text', 'text', { request }),
    message('Card, over a text', 'request_card', 'card', {
      request,
      challenge: bytes('challenge of a signature'),
      card: signed.card,
    }),
    message("Approval, with the signature of the phone's own key", 'request_approval', 'approval', {
      request,
      challenge: bytes('challenge of the approval'),
      signature: signed.device_key.signature,
    }),
    message('Decline', 'request_decline', 'decline', { request, reason: 'not_me' }),
  ]

  const service = { fr: 'Patrimoine', en: 'Heritage', ar: 'التراث' }
  const view = {
    hub: 'Garant',
    service,
    asked_at: now,
    device: 'Firefox, Windows',
    country: 'FR',
    own_country: 'FR',
    notices: ['other_network'],
  }
  const seen = { request, mode: 'app', way: 'qr', by: ['card', 'device_key'] }
  const ofPhone = {
    phone,
    provider: 'e-id',
    label: 'Pixel 9',
    paired_at: now,
    expires_at: now + 63_072_000,
    shared: false,
  }
  const answers: Vectors['answers'] = {
    pairing: {
      status: 201,
      body: { pairing, step: 'attestation', challenge: bytes('challenge of the attestation'), expires_in: 600 },
    },
    pairing_attestation: {
      status: 200,
      body: { step: 'card', challenge: cards.pairing.challenge, expires_in: 540 },
    },
    pairing_card: {
      status: 200,
      body: { step: 'biometrics', challenge: bytes('challenge of the biometrics'), expires_in: 520 },
    },
    pairing_biometrics: {
      status: 201,
      body: { phone, provider: 'e-id', expires_at: now + 63_072_000, shared: false },
    },
    renewal: {
      status: 201,
      body: { pairing, step: 'attestation', challenge: bytes('challenge of the attestation'), expires_in: 600 },
    },
    phone: { status: 200, body: ofPhone },
    phone_name: { status: 200, body: { ...ofPhone, label: 'Mon téléphone' } },
    phone_approvals: {
      status: 200,
      body: { approvals: [{ at: now, outcome: 'approved', purpose: 'sign_in', service, country: 'FR' }] },
    },
    phone_end: { status: 200, body: {} },
    request_scan: {
      status: 200,
      body: { ...seen, step: 'number', challenge: null, expires_in: 284, view, confirm: null },
    },
    request_number: {
      status: 200,
      body: {
        ...seen,
        step: 'card_or_biometrics',
        challenge: cards.approval.challenge,
        expires_in: 270,
        view,
        confirm: null,
      },
    },
    request_text: {
      status: 200,
      body: {
        ...{ ...seen, mode: 'signature', step: 'card_or_biometrics', challenge: bytes('challenge of a signature') },
        ...{ expires_in: 265, view: { ...view, service: null }, confirm: null, text: signed.text },
      },
    },
    request_card: {
      status: 200,
      body: {
        ...seen,
        step: 'biometrics',
        challenge: bytes('challenge of the biometrics'),
        expires_in: 250,
        view,
        confirm: null,
      },
    },
    request_biometrics: {
      status: 200,
      body: {
        ...seen,
        step: 'approve',
        challenge: bytes('challenge of the approval'),
        expires_in: 240,
        view,
        confirm: null,
      },
    },
    request_approval: {
      status: 200,
      body: { ...seen, step: 'wait', challenge: null, expires_in: 230, view, confirm: { number: '402913' } },
    },
    request_state: {
      status: 200,
      body: { ...seen, step: 'wait', challenge: null, expires_in: 228, view, confirm: { number: '402913' } },
    },
    request_decline: { status: 200, body: { state: 'declined' } },
  }

  const members: Partial<Record<AppErrorName, Record<string, string | number>>> = {
    clock_skew: { now },
    step_wrong: { step: 'card' },
    attestation_refused: { reason: 'challenge_differs' },
    card_refused: { reason: 'revoked', left: 2 },
    identity_refused: { reason: 'frozen' },
    number_wrong: { left: 2 },
    request_over: { state: 'declined', reason: 'not_me' },
    refused: { reason: 'second_phone' },
  }
  const errors = (Object.keys(appErrors) as AppErrorName[]).map((error) => ({
    error,
    status: appErrors[error].status,
    body: bodyOf(new AppError(error, members[error] ?? {})),
  }))

  const vectors: Vectors = {
    about:
      'Vectors of docs/eid-app-protocol.md, version 1. Keys, nonces and instants are fixed; the private keys (d) are for tests, and worth nothing anywhere. Generated by npm run eid-vectors; do not edit.',
    issuer,
    now,
    device_key: { jwk: { ...device.jwk, d: device.d }, thumbprint: device.thumbprint },
    new_device_key: { jwk: { ...rotated.jwk, d: rotated.d }, thumbprint: rotated.thumbprint },
    card: { jwk: { ...card.jwk, d: card.d }, certificate },
    codes: { code, qr: codeText(issuer, code), link: codeText(issuer, code) },
    card_signatures: Object.values(cards),
    signature_card: { jwk: { ...texts.jwk, d: texts.d }, certificate: ofTexts },
    signature: signed,
    messages,
    answers,
    errors,
  }
  return `${JSON.stringify(vectors, null, 2)}\n`
}

/** Made once: its own signature is drawn as well. */
function certificateOf(card: FixedKey, before: string | undefined): string {
  if (before && new X509Certificate(Buffer.from(before, 'base64url')).publicKey.equals(card.publicKey)) return before
  const subject = nameOf([['commonName', 'Card of the vectors']])
  return writeCertificate({
    ...{ subject, issuer: subject, serial: Buffer.from([1]), key: card.publicKey, signer: card.privateKey },
    ...{ notBefore: Date.UTC(2026, 0), notAfter: Date.UTC(2036, 0), extensions: [] },
  }).toString('base64url')
}

if (process.argv[1] === import.meta.filename && process.argv.includes('--write')) writeFileSync(file, renderVectors())
