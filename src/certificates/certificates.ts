/**
 * Certificates of cards: is this one genuine, in force, of a kind of card that the hub knows, and whose is it. This room
 * owns the trust anchors by kind of card, the validation of paths (RFC 5280 section 6), revocation by OCSP (RFC 6960) and
 * by lists (RFC 5280 section 6.3) with what it keeps of their answers, and the rules by which a name becomes an identity.
 * It does not own how a card is asked for or what it signs (`cards/`, `eid/`), nor pages, nor people: it has no table.
 *
 * Decoding is strict: what is not DER is refused, so that no two readers can see two things in one certificate. What is
 * decoded is what is verified: signatures are computed by `node:crypto` over the very bytes that were read.
 */

import type { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Outbound } from '../http/outbound.ts'
import { type Level, lowerOf } from '../kernel/assurance.ts'
import { type CertificateReason, furtherOf } from '../kernel/certificate-reasons.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { Identity } from '../kernel/identity.ts'
import { keyedHash } from '../kernel/secrets.ts'
import { DerFault } from './der.ts'
import { type Holder, readHolder } from './holder.ts'
import { textOfName } from './names.ts'
import { findPath, linkedPath } from './path.ts'
import { createRevocation, type Standing } from './revocation.ts'
import type { CardKind, CardKinds } from './settings.ts'
import { type Certificate, ExtensionFault, parseCertificate } from './x509.ts'

export { type CertificateReason, certificateReasons } from '../kernel/certificate-reasons.ts'
export type { CardKind, CardKinds } from './settings.ts'
export { derOfSignature, type SignatureAlgorithm, verifyBy } from './signatures.ts'

/** What a certificate is shown for. */
export interface Ask {
  /** Names of kinds; the first that accepts it counts. */
  kinds: readonly string[]
  /** What the card's owner sent along: no more than a help to find the path. */
  intermediates?: readonly Buffer[]
  /**
   * `authentication` asks for the purpose of a TLS client, `signature` for a key that its holder signs texts with ("nonRepudiation",
   * RFC 5280 section 4.2.1.3) and for no purpose.
   */
  use: 'authentication' | 'signature'
  /** What it is to carry: `eidas3` never goes on without an answer on revocation. */
  level: Level
}

export interface CheckedCertificate {
  ok: true
  kind: string
  /** That of the kind; below `eidas3` when revocation could not be told. */
  level: Level
  holder: {
    /** Keyed digest over the kind and the number of the person: the same after a renewal of the card. */
    subject: string
    identity: Identity
    /** Number of the document, or national identifier. Never logged. */
    document?: string
  }
  /** Keyed digest of the certificate: "the same card". */
  card: string
  key: KeyObject
  notAfter: Instant
  revocation: {
    /** `nothing` only below `eidas3`, where the settings of the kind allow it. */
    by: 'ocsp' | 'crl' | 'nothing'
    /** When the answer was made, and until when it holds. */
    at: Instant
    until: Instant
    /** As it came, for a proof. Empty with `nothing`. */
    answer: Buffer
  }
  /** The certificate first, then its issuers up to the anchor, in DER. */
  chain: Buffer[]
}

export interface RefusedCertificate {
  ok: false
  reason: CertificateReason
  /** Not the card but whoever answers for it failed, or the settings of the hub. */
  ours?: true
  /** The kind of card whose anchors it leads to, where one does. */
  kind?: string
}

/** A certificate of the settings, as operators see it. */
export interface LoadedCertificate {
  kind: string
  role: 'anchor' | 'intermediate' | 'responder'
  /** Its subject, in the way of RFC 4514. */
  name: string
  /** SHA-256 of its DER, in hexadecimal. */
  fingerprint: string
  notBefore: Instant
  notAfter: Instant
}

/** A certificate and what becomes of it. */
export interface Explanation {
  /** Undefined when it cannot be read. */
  certificate?: {
    issuer: string
    fingerprint: string
    notBefore: Instant
    notAfter: Instant
    /** `ec prime256v1`, `rsa 2048`. */
    key: string
  }
  kinds: {
    kind: string
    /** Names of the issuers, the anchor last; none when no path was found. */
    path: string[]
    found: CheckedCertificate | RefusedCertificate
  }[]
}

export interface Certificates {
  kinds: ReadonlyMap<string, CardKind>
  /** Never throws for what a card can cause. */
  check(certificate: Buffer, ask: Ask): Promise<CheckedCertificate | RefusedCertificate>
  /** The same for whoever runs the hub: what each of these kinds says of it, and by which path. */
  explain(certificate: Buffer, ask: Ask): Promise<Explanation>
  /** Anchors and intermediates of the settings, and the responders that were met; those that end first come first. */
  loaded(): LoadedCertificate[]
  close(): Promise<void>
}

/** R034: what may be read in passing, without contact and without its PIN, proves no PIN and no will of its holder. */
export function isContactless({ kinds }: Pick<Certificates, 'kinds'>, kind: string): boolean {
  return kinds.get(kind)?.contactless === true
}

export interface CertificatesOptions {
  kinds: CardKinds
  clock: Clock
  /** For digests that tell cards and their owners apart without telling who they are. */
  key: Buffer
  /** To addresses that certificates name, judged; and to those of the settings. Lists may be long. */
  toNamed: Outbound
  toOwn: Outbound
  /** Of `revocation.ts`, where it is to be another. */
  patience?: number
}

interface Known {
  name: string
  kind: CardKind
  anchors: readonly Certificate[]
  intermediates: readonly Certificate[]
}

/** Bytes: six hundred thousand entries. What a responder answers is a thousandth of it. */
export const largestList = 32 * 1024 * 1024

const isGone = (standing: Standing | undefined) => standing?.kind === 'revoked' || standing?.kind === 'not_issued'

/** Of those that a card's owner sends along. */
const mostSent = 8

/** @throws Error when a certificate of the settings cannot be read; `kindFaults` tells which before */
export function createCertificates(options: CertificatesOptions): Certificates {
  const { clock, key, toNamed, toOwn } = options
  const known = new Map(
    Object.entries(options.kinds).map(([name, kind]): [string, Known] => [
      name,
      { name, kind, anchors: kind.anchors.flatMap(readPem), intermediates: kind.intermediates.flatMap(readPem) },
    ]),
  )
  const revocation = createRevocation({
    clock,
    toNamed,
    toOwn,
    ...(options.patience ? { patience: options.patience } : {}),
  })

  async function check(bytes: Buffer, ask: Ask): Promise<CheckedCertificate | RefusedCertificate> {
    const certificate = parsed(bytes)
    if (typeof certificate === 'string') return { ok: false, reason: certificate }
    const sent = (ask.intermediates ?? []).slice(0, mostSent).map(parsed)
    const pool = sent.filter((one) => typeof one !== 'string')
    let refused: RefusedCertificate | undefined
    for (const name of ask.kinds) {
      const kind = known.get(name)
      if (!kind) continue
      const found = await checkAs(kind, certificate, pool, ask)
      if (found.ok) return found
      const isFurther = !refused || furtherOf(refused.reason, found.reason) === found.reason
      if (isFurther) refused = found
    }
    return refused ?? { ok: false, reason: 'kind_unknown', ours: true }
  }

  /** By a path whose issuers stand: one that is revoked is left out, and another path looked for. */
  async function checkAs(
    one: Known,
    certificate: Certificate,
    sent: readonly Certificate[],
    ask: Ask,
  ): Promise<CheckedCertificate | RefusedCertificate> {
    const { name, kind, anchors, intermediates } = one
    const now = clock.now()
    const refuse = (reason: CertificateReason) => ({ ok: false, reason, kind: name }) as const
    let pool = [...intermediates, ...sent]
    let refused: RefusedCertificate | undefined
    for (;;) {
      const path = findPath(certificate, { anchors, pool, policies: kind.policies, use: ask.use, now })
      if (!path.ok) return refused ?? { ok: false, reason: path.reason, ...(path.isAnchored ? { kind: name } : {}) }
      const holder = readHolder(certificate, kind.identity, now)
      if (!holder) return refuse('identity_unreadable')
      const { chain } = path
      const standings = await standingsOf(one, chain)
      const gone = chain.filter((_, index) => index > 0 && isGone(standings[index]))
      if (gone.length === 0) return conclude(one, { chain, standings, holder, level: ask.level })
      refused = refuse('issuer_revoked')
      pool = pool.filter((issuer) => !gone.includes(issuer))
    }
  }

  /** Of the card and each issuer below the anchor. None of them is asked later than another: somebody waits. */
  async function standingsOf({ name, kind }: Known, chain: readonly Certificate[]): Promise<[Standing, ...Standing[]]> {
    const asked = chain.slice(0, -1).map((certificate, index) =>
      revocation.of({
        kind: name,
        certificate,
        issuer: chain[index + 1] as Certificate,
        rules: kind.revocation,
        isCard: index === 0,
      }),
    )
    return (await Promise.all(asked)) as [Standing, ...Standing[]]
  }

  function conclude(
    { name, kind }: Known,
    found: {
      chain: readonly [Certificate, ...Certificate[]]
      standings: readonly [Standing, ...Standing[]]
      holder: Holder
      level: Level
    },
  ): CheckedCertificate | RefusedCertificate {
    const { chain, standings, holder, level } = found
    const [own] = standings
    if (own.kind === 'revoked' || own.kind === 'not_issued') return { ok: false, reason: own.kind, kind: name }
    const isTold = standings.every(({ kind: standing }) => standing !== 'unknown')
    const isSoft = kind.revocation.danger_soft_fail_below_eidas3 && level !== 'eidas3'
    if (!isTold && !isSoft) return { ok: false, reason: 'revocation_unknown', kind: name, ours: true }
    const [{ fingerprint, key: publicKey, notAfter }] = chain
    const now = clock.now()
    return {
      ok: true,
      kind: name,
      level: isTold ? kind.level : lowerOf(kind.level, 'eidas2'),
      holder: {
        subject: keyedHash(key, 'card-holder', `${name}\0${holder.number}`),
        identity: holder.identity,
        document: holder.number,
      },
      card: keyedHash(key, 'card', fingerprint),
      key: publicKey as KeyObject,
      notAfter,
      revocation:
        own.kind === 'unknown' || !isTold
          ? { by: 'nothing', at: now, until: now, answer: Buffer.alloc(0) }
          : { by: own.by, at: own.at, until: own.until, answer: own.answer },
      chain: chain.map(({ raw }) => raw),
    }
  }

  async function explain(bytes: Buffer, ask: Ask): Promise<Explanation> {
    const certificate = parsed(bytes)
    const refused = (reason: CertificateReason): RefusedCertificate => ({ ok: false, reason })
    if (typeof certificate === 'string') {
      return { kinds: ask.kinds.map((kind) => ({ kind, path: [], found: refused(certificate) })) }
    }
    const kinds: Explanation['kinds'] = []
    for (const kind of ask.kinds) {
      const found = await check(bytes, { ...ask, kinds: [kind] })
      const { anchors = [], intermediates = [] } = known.get(kind) ?? {}
      const sent = (ask.intermediates ?? []).map(parsed).filter((one) => typeof one !== 'string')
      const path = linkedPath(certificate, { anchors, pool: [...intermediates, ...sent] })
      kinds.push({ kind, path: path.map(({ subject }) => textOfName(subject)), found })
    }
    const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details = {} } = certificate.key ?? {}
    return {
      certificate: {
        issuer: textOfName(certificate.issuer),
        fingerprint: certificate.fingerprint,
        notBefore: certificate.notBefore,
        notAfter: certificate.notAfter,
        key: [type, details.namedCurve ?? details.modulusLength].join(' ').trim(),
      },
      kinds,
    }
  }

  function loaded(): LoadedCertificate[] {
    const described = (kind: string, role: LoadedCertificate['role']) => (one: Certificate) => ({
      kind,
      role,
      name: textOfName(one.subject),
      fingerprint: one.fingerprint,
      notBefore: one.notBefore,
      notAfter: one.notAfter,
    })
    const delegates = revocation.delegates()
    const all = [...known.values()].flatMap(({ name, anchors, intermediates }) => [
      ...anchors.map(described(name, 'anchor')),
      ...intermediates.map(described(name, 'intermediate')),
      ...delegates
        .filter((one) => [...anchors, ...intermediates].some((by) => by.subject.raw.equals(one.issuer.raw)))
        .map(described(name, 'responder')),
    ])
    return all.sort((a, b) => a.notAfter - b.notAfter)
  }

  return {
    kinds: new Map([...known].map(([name, { kind }]) => [name, kind])),
    check,
    explain,
    loaded,
    async close() {
      toNamed.close()
      toOwn.close()
    },
  }
}

function parsed(bytes: Buffer): Certificate | 'unreadable' | 'extension_malformed' {
  try {
    return parseCertificate(bytes)
  } catch (error) {
    if (error instanceof ExtensionFault) return 'extension_malformed'
    if (error instanceof DerFault) return 'unreadable'
    throw error
  }
}

/** Days before an end, from which on it is said: one is not told for the first time when it is too late. */
const warningDays = [7, 30, 90] as const

/** How near the end of a certificate is; undefined when it is far. */
export function nearnessOf(
  { notAfter }: Pick<LoadedCertificate, 'notAfter'>,
  now: Instant,
): 'over' | 7 | 30 | 90 | undefined {
  return notAfter < now ? 'over' : warningDays.find((days) => notAfter < now + days * day)
}

/** What of the settings is allowed, or still good, but worth a second look. */
export function kindDoubts(kinds: CardKinds, now: Instant): string[] {
  return Object.entries(kinds).flatMap(([name, kind]) => [
    ...(kind.revocation.danger_soft_fail_below_eidas3
      ? [
          `cards.kinds.${name}.revocation.danger_soft_fail_below_eidas3: a revoked card is accepted while nobody answers`,
        ]
      : []),
    ...(['anchors', 'intermediates'] as const).flatMap((list) =>
      kind[list].flatMap(readPem).flatMap((one) => {
        const nearness = nearnessOf(one, now)
        const ends =
          nearness === 'over'
            ? 'is over: no card below it is accepted'
            : `ends on ${toDate(one.notAfter).toISOString().slice(0, 10)}, in less than ${nearness} days`
        return nearness === undefined ? [] : [`cards.kinds.${name}.${list}: ${textOfName(one.subject)} ${ends}`]
      }),
    ),
  ])
}

/** What of the settings cannot be used, by its path. */
export function kindFaults(kinds: CardKinds): { path: string; problem: string }[] {
  return Object.entries(kinds).flatMap(([name, kind]) =>
    (['anchors', 'intermediates'] as const).flatMap((list) =>
      kind[list].flatMap((source, index) => {
        const path = `cards.kinds.${name}.${list}[${index}]`
        try {
          readPem(source)
          return []
        } catch {
          return [{ path, problem: 'must be a PEM file of certificates that can be read, or such a text' }]
        }
      }),
    ),
  )
}

/**
 * The certificates of a PEM file, or of a text of PEM itself.
 *
 * @throws Error that says what is wrong, with the name of the file
 */
export function readPem(source: string): Certificate[] {
  const isText = source.includes('-----BEGIN ')
  const text = isText ? source : readFileSync(source, 'utf8')
  const where = isText ? 'the text' : source
  const blocks = pemBlocks(text)
  if (blocks.length === 0) throw new Error(`${where} holds no certificate in PEM`)
  return blocks.map((block) => {
    const found = parsed(block)
    if (typeof found === 'string')
      throw new Error(`${where} holds a certificate that is not in DER or whose extensions are malformed`)
    return found
  })
}

/** The DER of each certificate in a text of PEM (RFC 7468 section 5). */
export function pemBlocks(text: string): Buffer[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z\d+/=\s]+)-----END CERTIFICATE-----/g)].map(
    ([, body = '']) => Buffer.from(body.replaceAll(/\s/g, ''), 'base64'),
  )
}
