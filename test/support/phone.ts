/**
 * A telephone with the e-ID app, written from `docs/eid-app-protocol.md`: it holds a device key, reads a card, and speaks
 * to the hub over HTTP. Each step can be sent alone, out of order, or with something wrong in it.
 */
import { constants, createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { PhoneMaker } from '../../demo/phone/attestation.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { Card } from './cards.ts'

export interface PhoneOptions {
  hubUrl: string
  /** What the reader of the telephone finds: one that its holder puts there. */
  card?: Card
  /** Attests its keys; not needed by a phone that only reads cards. */
  maker?: PhoneMaker
  clock: Clock
  /** The headers of each request: `x-forwarded-for` says where the phone is. */
  headers?: Record<string, string>
  /** In common with other pairings on the same telephone. */
  installation?: string
  fetch?: typeof fetch
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a hub answers is looked at by the test
  body: any
  headers: Headers
}

export interface DeviceKey {
  jwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  privateKey: KeyObject
  thumbprint: string
}

/** Claims and header members in place of the right ones. */
export interface Twist {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  key?: DeviceKey
}

export function newDeviceKey(): DeviceKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const jwk = { kty: 'EC', crv: 'P-256', x, y } as const
  // RFC 7638 section 3: the required members, in lexicographic order, without white space.
  const canonical = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x, y })
  return { jwk, privateKey, thumbprint: createHash('sha256').update(canonical).digest('base64url') }
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** RFC 7515 section 7.1. */
export function compact(header: unknown, payload: unknown, key: KeyObject): string {
  const input = `${part(header)}.${part(payload)}`
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

/** What the chip does once it has its PIN. */
export function signByCard(card: Card, text: string): { algorithm: string; signature: string } {
  const isRsa = card.key.asymmetricKeyType === 'rsa'
  const curve = card.key.asymmetricKeyDetails?.namedCurve ?? 'prime256v1'
  const bits = isRsa ? '256' : ({ prime256v1: '256', secp384r1: '384', secp521r1: '512' }[curve] ?? '256')
  const key = isRsa
    ? { key: card.key, padding: constants.RSA_PKCS1_PADDING }
    : ({ key: card.key, dsaEncoding: 'ieee-p1363' } as const)
  const signature = sign(`sha${bits}`, Buffer.from(text), key).toString('base64url')
  return { algorithm: `${isRsa ? 'RS' : 'ES'}${bits}`, signature }
}

export const createPhone = (options: PhoneOptions): Phone => new Phone(options)

export class Phone {
  card: Card | undefined
  headers: Record<string, string>
  installation: string
  key = newDeviceKey()
  /** Once it is paired. */
  phone: string | undefined
  /** The request that it scanned last, and the challenge of the step that is next. */
  request: string | undefined
  challenge: string | null | undefined
  readonly #options: PhoneOptions
  readonly #call: typeof fetch
  #endpoints: Record<string, string> | undefined
  /** The last answer of each endpoint that was no refusal. */
  readonly answers = new Map<string, Answer>()

  constructor(options: PhoneOptions) {
    this.#options = options
    this.#call = options.fetch ?? fetch
    this.card = options.card
    this.headers = options.headers ?? {}
    this.installation = options.installation ?? randomBytes(32).toString('base64url')
  }

  get hubUrl(): string {
    return this.#options.hubUrl
  }

  async discover(): Promise<Record<string, string>> {
    if (this.#endpoints) return this.#endpoints
    const found = (await (await this.#call(`${this.hubUrl}/.well-known/garant-eid`)).json()) as {
      endpoints: Record<string, string>
    }
    this.#endpoints = found.endpoints
    return found.endpoints
  }

  async post(endpoint: string, body: unknown): Promise<Answer> {
    const address = (await this.discover())[endpoint]
    if (!address) throw new Error(`the hub has no ${endpoint}`)
    const response = await this.#call(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const answer: Answer = { status: response.status, body: await response.json(), headers: response.headers }
    if (answer.status < 400) this.answers.set(endpoint, answer)
    return answer
  }

  /** A message in the words of the document; signed as the phone that it is, or with its bare key. */
  message(name: string, claims: Record<string, unknown>, twist: Twist & { bare?: boolean } = {}): string {
    const key = twist.key ?? this.key
    const signer = this.phone && !twist.bare ? { kid: this.phone } : { jwk: key.jwk }
    const header = { alg: 'ES256', typ: `garant-eid-${name}+jwt`, ...signer, ...twist.header }
    const payload = {
      aud: this.hubUrl,
      iat: Math.floor(this.#options.clock.now() / 1_000),
      jti: randomBytes(16).toString('base64url'),
      ...claims,
      ...twist.claims,
    }
    return compact(header, payload, key.privateKey)
  }

  send(
    endpoint: string,
    name: string,
    claims: Record<string, unknown>,
    twist: Twist & { bare?: boolean } = {},
  ): Promise<Answer> {
    return this.post(endpoint, { message: this.message(name, claims, twist) })
  }

  /** The card, after its PIN. */
  cardProof(purpose: string, challenge: string, key = this.key, card = this.card) {
    if (!card) throw new Error('no card lies on the phone')
    const text = ['garant-eid/1 card', this.hubUrl, challenge, key.thumbprint, purpose].join('\n')
    return {
      certificate: card.certificate.toString('base64url'),
      intermediates: card.chain.map((one) => one.toString('base64url')),
      ...signByCard(card, text),
    }
  }

  // ── Pairing ─────────────────────────────────────────────────────────────────────────────────────────────────────

  begin(provider = 'e-id'): Promise<Answer> {
    return this.post('pairing', { provider, installation: this.installation })
  }

  statement(challenge: string, key = this.key) {
    const { maker } = this.#options
    if (!maker) throw new Error('nobody attests this phone')
    return maker.attest({
      key: key.jwk,
      challenge: Buffer.from(challenge, 'base64url'),
      now: this.#options.clock.now(),
    })
  }

  attest(pairing: string, challenge: string, { key = this.key, ...twist }: Twist = {}) {
    const claims = {
      pairing,
      challenge,
      platform: 'android',
      statement: this.statement(challenge, key),
      model: 'Pixel 9',
    }
    return this.send('pairing_attestation', 'attestation', claims, { ...twist, key, bare: true })
  }

  /** All steps; the first answer that is a refusal, or the last one. */
  async pair({ provider = 'e-id', method = 'fingerprint' } = {}): Promise<Answer> {
    const begun = await this.begin(provider)
    if (begun.status >= 400) return begun
    const { pairing } = begun.body
    const attested = await this.attest(pairing, begun.body.challenge)
    if (attested.status >= 400) return attested
    const { challenge } = attested.body
    const card = this.cardProof('pairing', challenge)
    const carded = await this.send('pairing_card', 'card', { pairing, challenge, card }, { bare: true })
    if (carded.status >= 400) return carded
    const paired = await this.send(
      'pairing_biometrics',
      'biometrics',
      { pairing, challenge: carded.body.challenge, method },
      { bare: true },
    )
    if (paired.status < 400) this.phone = paired.body.phone
    return paired
  }

  async renew({ rotate = true, method = 'face' } = {}): Promise<Answer> {
    const begun = await this.send('renewal', 'renewal', { rotate })
    if (begun.status >= 400) return begun
    const { pairing } = begun.body
    let { challenge } = begun.body
    const key = rotate ? newDeviceKey() : this.key
    const how = { key, bare: rotate }
    if (rotate) {
      const attested = await this.attest(pairing, challenge, { key })
      if (attested.status >= 400) return attested
      challenge = attested.body.challenge
    }
    const card = this.cardProof('renewal', challenge, key)
    const carded = await this.send('pairing_card', 'card', { pairing, challenge, card }, how)
    if (carded.status >= 400) return carded
    const claims = { pairing, challenge: carded.body.challenge, method }
    const renewed = await this.send('pairing_biometrics', 'biometrics', claims, how)
    if (renewed.status < 400) this.key = key
    return renewed
  }

  // ── A sign-in ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** `text`: what the QR code or the link holds. */
  async scan(text: string, twist: Twist & { bare?: boolean } = {}): Promise<Answer> {
    const code = text.slice(text.lastIndexOf('/') + 1)
    return this.heard(await this.send('request_scan', 'scan', { code }, twist))
  }

  heard(answer: Answer): Answer {
    if (answer.status < 400 && answer.body.request) {
      this.request = answer.body.request
      this.challenge = answer.body.challenge
    }
    return answer
  }

  /** A step about the request that was scanned last. */
  async step(
    name: string,
    claims: Record<string, unknown> = {},
    twist: Twist & { bare?: boolean } = {},
  ): Promise<Answer> {
    return this.heard(await this.send(`request_${name}`, name, { request: this.request, ...claims }, twist))
  }

  state(): Promise<Answer> {
    return this.step('state')
  }
  number(number: string): Promise<Answer> {
    return this.step('number', { number })
  }
  readCard({ purpose = this.phone ? 'approval' : 'reading', card = this.card } = {}): Promise<Answer> {
    return this.step('card', {
      challenge: this.challenge,
      card: this.cardProof(purpose, this.challenge ?? '', this.key, card),
    })
  }
  biometrics(method = 'fingerprint'): Promise<Answer> {
    return this.step('biometrics', { challenge: this.challenge, method })
  }
  confirm(): Promise<Answer> {
    return this.step('approval', { challenge: this.challenge })
  }
  text(): Promise<Answer> {
    return this.step('text')
  }
  /** What is signed: built of the text that was shown, of nothing that the hub says of it. */
  statementOf({ signing, content }: { signing: string; content: string }): string {
    return ['garant-signature/1', this.hubUrl, signing, createHash('sha256').update(content).digest('base64url')].join(
      '\n',
    )
  }
  /** The card's key for signatures, after its PIN. */
  signByCard(statement: string, card = this.card): Promise<Answer> {
    if (!card) throw new Error('no card lies on the phone')
    const { certificate, key } = card.signature
    const proof = {
      certificate: certificate.toString('base64url'),
      intermediates: card.chain.map((one) => one.toString('base64url')),
      ...signByCard({ ...card, key }, statement),
    }
    return this.step('card', { challenge: this.challenge, card: proof })
  }
  /** The approval, with the signature of the phone's own key. */
  signByKey(statement: string, key = this.key): Promise<Answer> {
    const value = sign('sha256', Buffer.from(statement), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
    return this.step('approval', { challenge: this.challenge, signature: value.toString('base64url') })
  }
  decline(reason = 'not_me'): Promise<Answer> {
    return this.step('decline', { reason })
  }

  /** Everything after the scan: number (of a QR code), card or key, biometrics, approval. The last answer. */
  async approve({ number, by = 'card' }: { number?: string; by?: 'card' | 'device_key' } = {}): Promise<Answer> {
    const steps = [
      ...(number === undefined ? [] : [() => this.number(number)]),
      ...(by === 'card' ? [() => this.readCard()] : []),
      ...(this.phone ? [() => this.biometrics()] : []),
      () => this.confirm(),
    ]
    return inTurn(steps)
  }

  /** The same where a text is to be signed: it is fetched, read, and signed by the card or by the phone's own key. */
  async sign({ number, by = 'card' }: { number?: string; by?: 'card' | 'device_key' } = {}): Promise<Answer> {
    const read = await inTurn([...(number === undefined ? [] : [() => this.number(number)]), () => this.text()])
    if (read.status >= 400) return read
    const statement = this.statementOf(read.body.text)
    return by === 'card'
      ? inTurn([() => this.signByCard(statement), () => this.biometrics(), () => this.confirm()])
      : inTurn([() => this.biometrics(), () => this.signByKey(statement)])
  }
}

/** The first answer that is a refusal, or the last one. */
async function inTurn(steps: readonly (() => Promise<Answer>)[]): Promise<Answer> {
  let last: Answer | undefined
  for (const step of steps) {
    last = await step()
    if (last.status >= 400) return last
  }
  if (!last) throw new Error('nothing was sent')
  return last
}
