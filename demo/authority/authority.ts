/**
 * An authority that issues cards: a root, one issuing authority for professionals (`cpx`) and one for citizens and
 * residents (`cnie`), a delegated responder (OCSP) for each, and lists of what was revoked, over plain HTTP as such
 * servers are. The certificates are real; nobody but the town trusts them.
 *
 * With a `seed` its keys are the same on every run, so that cards of yesterday are still its own.
 */
import {
  createECDH,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { childrenOf, cursorOf, elementOf, inside, oidOf, tags } from '../../src/certificates/der.ts'
import type { Clock, Instant } from '../../src/kernel/clock.ts'
import { day, hour } from '../../src/kernel/durations.ts'
import {
  type CertificateOrder,
  extensions,
  type NameParts,
  nameOf,
  purposes,
  toPem,
  writeAnswer,
  writeCertificate,
  writeList,
  writeNoAnswer,
} from './x509.ts'

export type CardKindName = 'cpx' | 'cnie'

export interface Citizen {
  givenName: string
  familyName: string
  /** `YYYY-MM-DD` */
  birthdate: string
  gender: 'male' | 'female'
  /** A code of the COG: of a commune, or of a country. */
  birthplace: string
  /** Number of the card's owner: one or two letters, then digits. */
  document: string
  /** ISO 3166-1: `MA`, unless a resident of another nationality. */
  nationality?: string
}

export interface Professional {
  givenName: string
  familyName: string
  /** With its type digit: `8` and the RPPS number. */
  nationalId: string
  title?: string
}

/** One of the keys of a card. */
export interface CardKey {
  /** DER. */
  certificate: Buffer
  /** The private key, which never leaves a real card. */
  key: KeyObject
  /** In hexadecimal. */
  serial: string
}

export interface Card extends CardKey {
  kind: CardKindName
  /** Its issuer, in DER; the root is not among them. */
  chain: Buffer[]
  /** The other key, for texts alone ("nonRepudiation"), with a PIN of its own on a real card. */
  signature: CardKey
}

/** What makes a card other than it should be. */
export type Defects = Partial<Omit<CertificateOrder, 'extensions' | 'key'>> & {
  /** Of which certificate; the one that signs in by default. The other one is as it should be. */
  of?: 'authentication' | 'signature'
  /** A pair of the caller's own. */
  keys?: { privateKey: KeyObject; publicKey: KeyObject }
  extensions?: (own: OwnExtensions) => readonly Buffer[]
}

/** The extensions of a card, by what they are. */
export type OwnExtensions = Record<'constraints' | 'usage' | 'policies' | 'responder' | 'lists', Buffer> & {
  /** Of the certificate that signs in. */
  purposes?: Buffer
  attributes?: Buffer
}

export type Order = ({ kind: 'cnie'; holder: Citizen } | { kind: 'cpx'; holder: Professional }) & { defects?: Defects }

/** One that signs certificates. */
export interface Issuer {
  name: Buffer
  key: KeyObject
  publicKey: KeyObject
  certificate: Buffer
}

/** What a responder was asked. */
export interface Question {
  issuer: Issuer
  certId: Buffer
  serial: string
  nonce?: Buffer
}

export interface Authority {
  url: string
  root: Issuer
  issuers: Record<CardKindName, Issuer>
  responders: Record<CardKindName, Issuer>
  /** PEM, as settings take them. */
  anchor: string
  intermediates: Record<CardKindName, string>
  policies: Record<CardKindName, string>
  issue(order: Order): Card
  /** By its serial number in hexadecimal, at this instant or another. */
  revoke(serial: string, at?: Instant): void
  /** Nobody answers any more: requests are cut off. */
  stop(): void
  start(): void
  /** What was asked for, in order: `POST /ocsp/cnie`. Emptied by whoever reads it. */
  asked: string[]
  /** In place of what the responder would say: bytes, or a status of HTTP. */
  answer: ((question: Question) => Buffer | number | undefined) | undefined
  /** In place of a list, by its path. */
  lists: Map<string, Buffer | number>
  close(): Promise<void>
}

export interface AuthorityOptions {
  clock: Clock
  /** A free one of the system by default. */
  port?: number
  seed?: string
}

/** "Example enterprise number" (RFC 5612): policies of nobody. */
const policies = { cpx: '1.3.6.1.4.1.32473.1.1', cnie: '1.3.6.1.4.1.32473.1.2' } as const

const names: Record<'root' | CardKindName, NameParts> = {
  root: [
    ['country', 'MA'],
    ['organization', 'Démonstration'],
    ['commonName', 'Racine de démonstration'],
  ],
  cpx: [
    ['country', 'FR'],
    ['organization', 'Démonstration'],
    ['commonName', 'Cartes de professionnels'],
  ],
  cnie: [
    ['country', 'MA'],
    ['organization', 'Démonstration'],
    ['commonName', 'Cartes d’identité'],
  ],
}

export async function createAuthority({ clock, port = 0, seed }: AuthorityOptions): Promise<Authority> {
  const secret = seed ?? randomBytes(16).toString('hex')
  let isUp = true
  const asked: string[] = []
  const revoked = new Map<string, { at: Instant; kind: CardKindName | 'root' }>()

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: found } = server.address() as { port: number }
  const url = `http://localhost:${found}`

  const began = clock.now()
  const root = authority('root')
  const issuers = { cpx: authority('cpx', root), cnie: authority('cnie', root) }
  const responders = { cpx: responderOf('cpx'), cnie: responderOf('cnie') }

  function keysOf(label: string, curve: 'P-256' | 'P-384' = 'P-256') {
    return seed === undefined
      ? generateKeyPairSync('ec', { namedCurve: curve })
      : derivedKeys(`${seed}/${label}`, curve)
  }

  function authority(kind: 'root' | CardKindName, by?: Issuer): Issuer {
    const { privateKey, publicKey } = keysOf(kind, kind === 'root' ? 'P-384' : 'P-256')
    const name = nameOf(names[kind])
    const signer = by?.key ?? privateKey
    const certificate = writeCertificate({
      subject: name,
      issuer: by?.name ?? name,
      serial: serialOf(`authority ${kind}`),
      notBefore: began - 400 * day,
      notAfter: began + (by ? 10 : 20) * 365 * day,
      key: publicKey,
      signer,
      hash: 'sha384',
      extensions: [
        extensions.basicConstraints(by ? { ca: true, pathLength: 0 } : { ca: true }),
        extensions.keyUsage('keyCertSign', 'cRLSign'),
        extensions.subjectKey(publicKey),
        ...(by ? [extensions.issuerKey(by.publicKey), extensions.lists(`${url}/lists/root.crl`)] : []),
        ...(kind === 'root' ? [] : [extensions.policies(policies[kind])]),
      ],
    })
    return { name, key: privateKey, publicKey, certificate }
  }

  function responderOf(kind: CardKindName): Issuer {
    const { privateKey, publicKey } = keysOf(`responder ${kind}`)
    const name = nameOf([
      ['organization', 'Démonstration'],
      ['commonName', `Répondeur ${kind}`],
    ])
    const certificate = writeCertificate({
      subject: name,
      issuer: issuers[kind].name,
      serial: serialOf(`responder ${kind}`),
      notBefore: began - day,
      notAfter: began + 2 * 365 * day,
      key: publicKey,
      signer: issuers[kind].key,
      extensions: [
        extensions.basicConstraints({ ca: false }),
        extensions.keyUsage('digitalSignature'),
        extensions.purposes(purposes.ocspSigning),
        extensions.noCheck(),
      ],
    })
    return { name, key: privateKey, publicKey, certificate }
  }

  /** Sixteen bytes, the last four of which tell that this authority chose them: it keeps no list of what it issued. */
  function serialOf(label?: string): Buffer {
    const chosen = label === undefined ? randomBytes(12) : hash('sha256', label, 'buffer').subarray(0, 12)
    chosen[0] = ((chosen[0] ?? 0) & 0x3f) | 0x40
    return Buffer.concat([chosen, markOf(chosen)])
  }

  function markOf(chosen: Buffer): Buffer {
    return createHmac('sha256', secret).update(chosen).digest().subarray(0, 4)
  }

  function isOwn(serial: string): boolean {
    const bytes = Buffer.from(serial, 'hex')
    return bytes.length === 16 && bytes.subarray(12).equals(markOf(bytes.subarray(0, 12)))
  }

  function issue(order: Order): Card {
    const { of = 'authentication', ...defects } = order.defects ?? {}
    const { kind } = order
    const key = (use: 'authentication' | 'signature') => certify(order, use, use === of ? defects : {})
    return {
      kind,
      ...key('authentication'),
      chain: [issuers[kind].certificate],
      signature: key('signature'),
    }
  }

  function certify(
    { kind, holder }: Order,
    use: 'authentication' | 'signature',
    { keys = generateKeyPairSync('ec', { namedCurve: 'P-256' }), extensions: change, ...changes }: Omit<Defects, 'of'>,
  ): CardKey {
    const issuer = issuers[kind]
    const serial = changes.serial ?? serialOf()
    const own: OwnExtensions = {
      constraints: extensions.basicConstraints({ ca: false }),
      usage: extensions.keyUsage(use === 'signature' ? 'nonRepudiation' : 'digitalSignature'),
      ...(use === 'signature' ? {} : { purposes: extensions.purposes(purposes.clientAuth) }),
      policies: extensions.policies(policies[kind]),
      responder: extensions.responder(`${url}/ocsp/${kind}`),
      lists: extensions.lists(`${url}/lists/${kind}.crl`),
      ...(kind === 'cnie' ? { attributes: attributesOf(holder as Citizen) } : {}),
    }
    const certificate = writeCertificate({
      subject: kind === 'cnie' ? citizenName(holder as Citizen) : professionalName(holder as Professional),
      issuer: issuer.name,
      notBefore: clock.now() - day,
      notAfter: clock.now() + 3 * 365 * day,
      key: keys.publicKey,
      signer: issuer.key,
      ...changes,
      serial,
      extensions: change?.(own) ?? Object.values(own),
    })
    return { certificate, key: keys.privateKey, serial: serial.toString('hex') }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    asked.push(`${request.method} ${request.url}`)
    if (!isUp) {
      request.socket.destroy()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const [, folder, name = ''] = (request.url ?? '').split('/')
    const [kind = ''] = name.split('.')
    const found =
      folder === 'ocsp' ? ocsp(kind, Buffer.concat(chunks)) : folder === 'lists' ? list(kind) : issuerFile(kind)
    if (typeof found === 'number') response.writeHead(found).end()
    else response.writeHead(200, { 'content-type': types[folder ?? ''] ?? 'application/pkix-cert' }).end(found)
  }

  function ocsp(kind: string, body: Buffer): Buffer | number {
    if (kind !== 'cpx' && kind !== 'cnie') return 404
    const question = questionOf(body, issuers[kind])
    if (!question) return writeNoAnswer(1)
    const instead = made.answer?.(question)
    if (instead !== undefined) return instead
    const at = revoked.get(question.serial)?.at
    const { name, key, certificate } = responders[kind]
    return writeAnswer({
      certId: question.certId,
      status: at !== undefined ? { revokedAt: at } : isOwn(question.serial) ? 'good' : 'unknown',
      producedAt: clock.now(),
      thisUpdate: clock.now(),
      nextUpdate: clock.now() + hour,
      ...(question.nonce ? { nonce: question.nonce } : {}),
      signer: key,
      certificates: [certificate],
      responder: { name },
    })
  }

  function list(kind: string): Buffer | number {
    const instead = made.lists.get(kind)
    if (instead !== undefined) return instead
    if (kind !== 'root' && kind !== 'cpx' && kind !== 'cnie') return 404
    const issuer = kind === 'root' ? root : issuers[kind]
    return writeList({
      issuer: issuer.name,
      signer: issuer.key,
      thisUpdate: clock.now(),
      nextUpdate: clock.now() + 7 * day,
      revoked: [...revoked].flatMap(([serial, entry]) =>
        entry.kind === kind ? { serial: Buffer.from(serial, 'hex'), at: entry.at } : [],
      ),
    })
  }

  const issuerFile = (kind: string) =>
    kind === 'root' ? root.certificate : kind === 'cpx' || kind === 'cnie' ? issuers[kind].certificate : 404

  /** Which list a serial number is on: cards by what was issued; issuers on the root's. */
  const kindOfSerial = new Map<string, CardKindName>()

  const made: Authority = {
    url,
    root,
    issuers,
    responders,
    anchor: toPem(root.certificate),
    intermediates: { cpx: toPem(issuers.cpx.certificate), cnie: toPem(issuers.cnie.certificate) },
    policies,
    issue(order) {
      const card = issue(order)
      for (const { serial } of [card, card.signature]) kindOfSerial.set(serial, card.kind)
      return card
    },
    revoke(serial, at = clock.now()) {
      revoked.set(serial, { at, kind: kindOfSerial.get(serial) ?? 'root' })
    },
    stop: () => {
      isUp = false
      server.closeAllConnections()
    },
    start: () => {
      isUp = true
    },
    asked,
    answer: undefined,
    lists: new Map(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return made
}

const types: Record<string, string> = { ocsp: 'application/ocsp-response', lists: 'application/pkix-crl' }

/** RFC 6960 section 4.1.1, as far as a responder of one issuer needs it. */
function questionOf(body: Buffer, issuer: Issuer): Question | undefined {
  try {
    const [tbs] = childrenOf(elementOf(body, tags.sequence))
    const parts = cursorOf((tbs as { content: Buffer }).content)
    const [request] = childrenOf(parts.next(tags.sequence))
    const [certId] = childrenOf(request as never)
    const serial = childrenOf(certId as never)[3]?.content ?? Buffer.alloc(0)
    const extensions = parts.maybe(inside(2))
    const nonce = extensions
      ? childrenOf(childrenOf(extensions)[0] as never)
          .map((each) => childrenOf(each))
          .find(([oid]) => oid && oidOf(oid) === '1.3.6.1.5.5.7.48.1.2')?.[1]
      : undefined
    return {
      issuer,
      certId: (certId as { raw: Buffer }).raw,
      serial: serial.toString('hex'),
      ...(nonce ? { nonce: elementOf(nonce.content).content } : {}),
    }
  } catch {
    return undefined
  }
}

function citizenName({ givenName, familyName, document, nationality = 'MA' }: Citizen): Buffer {
  return nameOf([
    ['country', nationality],
    ['surname', familyName],
    ['givenName', givenName],
    ['serialNumber', `IDCMA-${document}`],
    ['commonName', `${givenName} ${familyName}`],
  ])
}

/** The number of a professional is the common name, as the French health authority writes it. */
function professionalName({ givenName, familyName, nationalId, title }: Professional): Buffer {
  return nameOf([
    ['country', 'FR'],
    ...(title === undefined ? [] : [['title', title] as const]),
    ['surname', familyName],
    ['givenName', givenName],
    ['commonName', nationalId],
  ])
}

function attributesOf({ birthdate, birthplace, gender, nationality = 'MA' }: Citizen): Buffer {
  return extensions.attributes({
    // RFC 3739 section 3.2.2: "GMT 12:00:00 (noon)", so that no zone makes another day of it.
    dateOfBirth: Date.parse(`${birthdate}T12:00:00Z`),
    placeOfBirth: birthplace,
    gender: gender === 'female' ? 'F' : 'M',
    countryOfCitizenship: nationality,
  })
}

/** A key pair that follows from a label. */
export function derivedKeys(label: string, curve: 'P-256' | 'P-384' = 'P-256') {
  const ecdh = createECDH(curve === 'P-256' ? 'prime256v1' : 'secp384r1')
  const scalar = hash(curve === 'P-256' ? 'sha256' : 'sha384', label, 'buffer')
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey()
  const size = (point.length - 1) / 2
  const jwk = {
    kty: 'EC',
    crv: curve,
    x: point.subarray(1, 1 + size).toString('base64url'),
    y: point.subarray(1 + size).toString('base64url'),
    d: scalar.toString('base64url'),
  }
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}
