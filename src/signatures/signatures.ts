/**
 * Signatures: somebody is shown a text, and signs it with a key of their own, by a card (Web eID), by the e-ID app or by a
 * passkey. This room owns the ceremony of signing (one text, one person, one session, ten minutes, once), the pages of
 * `/sign`, the signatures that were made with what proves them (key, chain, answer on revocation, what an authenticator
 * said), and their verification without the hub (`verify.ts`, pure).
 *
 * It does not know what a text means nor who may sign it: the room that asks (`mandates/`) says what is signed at which
 * level, is asked again whether it is wanted still, and writes what follows in the same transaction. Whether a certificate
 * is good is for `certificates/`, whether a key is strong enough for `policy/signing.ts`.
 */
import type { JsonWebKey } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import { createBrake } from '../cards/brake.ts'
import { type CardProblem, problemOf } from '../cards/cards.ts'
import {
  type Certificates,
  type CheckedCertificate,
  derOfSignature,
  isContactless,
  type RefusedCertificate,
  type SignatureAlgorithm,
  verifyBy,
} from '../certificates/certificates.ts'
import type { Phones } from '../eid/eid.ts'
import type { PhoneAttestation, SignedByApp } from '../eid/signing.ts'
import { highestOf, type Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import {
  type LinkId,
  type MandateId,
  newId,
  type PersonId,
  type ProviderId,
  type SessionId,
  type SignatureId,
  type SigningId,
} from '../kernel/ids.ts'
import { sameSecret } from '../kernel/secrets.ts'
import { challengeOf, hashOfText, type SignedText } from '../kernel/signing-statement.ts'
import type { SignedIn } from '../means/holder-visit.ts'
import type { PasskeySigning, SignedByPasskey } from '../means/means.ts'
import type { Keeper, People } from '../people/people.ts'
import type { Protections } from '../people/protections.ts'
import { judgeSigned, judgeWay, type SigningWay, signingWays, type WayGives, type WayView } from '../policy/signing.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { createStore } from './store.ts'
import { type Proof, verifySignature } from './verify.ts'

export type { SignedText } from '../kernel/signing-statement.ts'
export { type SigningWay as Way, signingWays, type WayView } from '../policy/signing.ts'

/** What a signature is made for. */
export interface About {
  kind: 'mandate'
  id: MandateId
  side: 'principal' | 'mandatary'
}

/** A text that waits for one person's signature. */
export interface Wanted {
  person: PersonId
  /** Nobody else's, and in no other browser: who opens the ceremony is signed in. */
  session: SessionId
  about: About
  /** The least that the key must be worth: `eidas3` for a principal. */
  level: Level
  text: SignedText
  /**
   * Path of the page that asked. The browser comes back there with `done=signed`, `done=declined`, or `refused=` and the
   * reason of the room that asked.
   */
  returnTo: string
}

/** How the person was signed in when they signed. */
export interface Authentication {
  link: LinkId
  provider: string
  level: Level
  amr: string[]
  authTime: Instant
}

/** A signature that was made, with all that proves it to somebody who does not trust the hub. */
export interface Signature {
  signature: SignatureId
  /** The ceremony, which the statement of an app or a passkey names. */
  signing: SigningId
  person: PersonId
  about: About
  way: SigningWay
  level: Level
  at: Instant
  text: SignedText
  /** SHA-256 of the text, base64url (`hashOfText`). */
  hash: string
  /** Public address of the hub: what a statement names, and the origin of a passkey. */
  issuer: string
  /** A card signs the text itself; the app and a passkey sign a statement that names its hash (`kernel/signing-statement.ts`). */
  signs: 'text' | 'statement'
  algorithm: SignatureAlgorithm | 'EdDSA'
  /** As OpenSSL takes it: of an elliptic curve in DER (RFC 3279 section 2.2.3), else the bytes. */
  value: Buffer
  /** Public. */
  key: JsonWebKey
  /** DER, the certificate first and the anchor last; empty where no certificate vouches for the key. */
  chain: Buffer[]
  /** Kind of card, by whose rules the chain is judged. */
  kind?: string
  /** What was answered about the first certificate, as it came. */
  revocation?: { by: 'ocsp' | 'crl'; at: Instant; until: Instant; answer: Buffer }
  webauthn?: { authenticatorData: Buffer; clientDataJSON: Buffer }
  /** What vouches for the key of a phone. For a passkey nothing does but the hub, which knows whose it is. */
  attested?: PhoneAttestation
  authentication: Authentication
}

/** What a way hands over; it was not looked at yet but where said. */
export type Made =
  /** Web eID. Raw signature of the text, base64 as the extension gives it. */
  | { way: 'card'; certificate: Buffer; algorithm: SignatureAlgorithm; value: Buffer }
  /** The e-ID app: whose card or phone it is was found by `eid/`. */
  | { way: 'app'; signed: SignedByApp }
  /** What `navigator.credentials.get` gave, as JSON. */
  | { way: 'passkey'; response: unknown }

/** What can be wrong, in the words of the page: closed, and the same for all that a person can do the same about. */
export const signingProblems = [
  /** Not this session's, used, declined, or its ten minutes are over. */
  'over',
  'frozen',
  'not_yours',
  'too_low',
  'changed',
  /** The certificate with which a card signs in. */
  'not_for_signing',
  'card_expired',
  'card_revoked',
  'card_unknown',
  'card_unverifiable',
  'card_refused',
  'signature_invalid',
  'malformed',
  /** The form came without a signature: no script ran. */
  'no_script',
  'too_often',
  /** Of the room that asked: its page says which. */
  'not_accepted',
] as const
export type SigningProblem = (typeof signingProblems)[number]

export type Completed =
  | { ok: true; signature: SignatureId; next: string }
  /** `next`: where the browser goes, the page of the ceremony while it is open. */
  | { ok: false; problem: SigningProblem; reason?: string; next: string }

/** What the room that asked does with a signature, in its transaction. A refusal takes the signature back. */
export type Outcome = { ok: true } | { ok: false; reason: string }

export interface Asker {
  /** Is this text still to be signed by this person, now? Nothing is locked by the question. */
  stillWanted(wanted: Wanted): Promise<boolean>
  /** In one transaction with the row of the signature. Refuses what changed since `stillWanted`. */
  onSigned(tx: Tx, wanted: Wanted, signature: Signature): Promise<Outcome>
}

/** What is open, as its page shows it. */
export interface Open {
  state: 'open'
  signing: SigningId
  wanted: Wanted
  hash: string
  expiresAt: Instant
}

/** Signed, declined, or its time has come; `returnTo` where it was this session's and is still known. */
export interface Over {
  state: 'over'
  returnTo?: string
}

export interface Signatures {
  /** Opens a ceremony: its page is `/sign/<id>`, in this session only, for ten minutes. */
  open(tx: Tx, wanted: Wanted): Promise<SigningId>
  /** As whoever is signed in may see it: what is another session's is over. */
  look(signing: SigningId, session: SessionId): Promise<Open | Over>
  /** Is the text still to be signed? The room that asked says so. */
  isWanted(wanted: Wanted): Promise<boolean>
  /** What this person could sign with, at this level: all ways, in the order of the page. */
  waysFor(person: PersonId, level: Level): Promise<WayView[]>
  /** The options of `navigator.credentials.get`; undefined when it is over or they have no passkey. */
  passkeyOptions(signing: SigningId, session: SessionId): Promise<object | undefined>
  /**
   * A way has a signature. It is verified, judged, kept, and the asker told, once: of two at the same time exactly one gets
   * `ok`. Never throws for what a browser, a phone or a card can cause.
   */
  complete(from: { signing: SigningId; who: SignedIn; address: string; made: Made }): Promise<Completed>
  /** The person does not sign: it is over. Where the browser goes. */
  decline(signing: SigningId, who: SignedIn): Promise<string | undefined>
  of(handle: Handle, signature: SignatureId): Promise<Signature | undefined>
  /** All of them that were made for something, the first first. */
  about(handle: Handle, about: Pick<About, 'kind' | 'id'>): Promise<Signature[]>
  /** Of a person, without what proves them: for the copy of their data. */
  ofPerson(
    handle: Handle,
    person: PersonId,
  ): Promise<Pick<Signature, 'signature' | 'about' | 'way' | 'level' | 'at' | 'text'>[]>
  /** With what they were made for: its room says when. */
  forget(tx: Tx, about: Pick<About, 'kind' | 'id'>): Promise<void>
  /** The room that asks for signatures of a kind; once, at the start. */
  register(kind: About['kind'], asker: Asker): void
  keeper: Keeper
}

/** Where cards are read here: a provider of kind `card`, as far as this room needs it. */
export interface CardReaders {
  provider: ProviderId
  /** Kinds of card. */
  cards: readonly string[]
}

export interface SignaturesOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'linksOf' | 'recognise'>
  protections: Pick<Protections, 'of'>
  certificates: Pick<Certificates, 'check' | 'kinds'>
  passkeys: PasskeySigning
  phones: Pick<Phones, 'read' | 'signers'>
  /** Those that read cards by Web eID and work now. */
  cardReaders: () => readonly CardReaders[]
  /** Is there an e-ID app here that works now? */
  hasApp: () => boolean
  /** Public address of the hub, without a trailing slash. */
  issuer: string
  /** 256 bits of this room. */
  key: Buffer
}

/** Time to read a mandate twice, to look for a card, and to ask somebody. */
export const signingLifetime = 10 * minute

const kind = 'signing'

export const signPath = (signing: SigningId) => `/sign/${signing}`

/** What a way found of what it was handed, before it is judged. */
type Found =
  | {
      ok: true
      proof: Omit<Proof, 'signing' | 'at' | 'text' | 'hash' | 'issuer'>
      isTheirs: boolean
      passkey?: SignedByPasskey
    }
  /** `reason`: for the journal, where it says more than the page. */
  | { ok: false; problem: SigningProblem; reason?: string }

/** Takes the transaction back, for an asker that refuses. */
class NotAccepted extends Error {
  readonly reason: string
  constructor(reason: string) {
    super('not accepted')
    this.reason = reason
  }
}

export function createSignatures(options: SignaturesOptions): Signatures {
  const { storage, clock, audit, people, protections, certificates, passkeys, phones, issuer } = options
  const { state, db } = storage
  const store = createStore(options.key)
  const brake = createBrake({ clock })
  const askers = new Map<About['kind'], Asker>()

  function askerOf({ about }: Wanted): Asker {
    const found = askers.get(about.kind)
    if (!found) throw new Error(`no room asks for signatures of a ${about.kind}`)
    return found
  }

  async function look(signing: SigningId, session: SessionId): Promise<Open | Over> {
    const [found] = await state.getMany([{ kind, key: signing }])
    const wanted = found?.value as Wanted | undefined
    if (!found || !wanted || !sameSecret(wanted.session, session)) return { state: 'over' }
    if (found.consumedAt !== undefined) return { state: 'over', returnTo: wanted.returnTo }
    return {
      state: 'open',
      signing,
      wanted,
      hash: hashOfText(wanted.text.text),
      expiresAt: found.expiresAt,
    }
  }

  /** R034: those that prove a will to sign. */
  const cardKinds = () => {
    const read = new Set(options.cardReaders().flatMap(({ cards }) => cards))
    return [...read].filter((kind) => !isContactless(certificates, kind))
  }
  const stated = ({ signing, hash }: Pick<Open, 'signing' | 'hash'>) => ({ issuer, signing, hash })

  // ── What each way hands over ──────────────────────────────────────────────────────────────────────────────────────

  /** The certificate names this person: by an account that they have, or by an identity that is theirs alone. */
  async function isHolder(person: PersonId, { holder, kind: card, level }: CheckedCertificate): Promise<boolean> {
    const links = await people.linksOf(db, person)
    if (links.some(({ subject }) => subject === holder.subject)) return true
    const reader = options.cardReaders().find(({ cards }) => cards.includes(card))
    if (!reader) return false
    const { subject, identity } = holder
    const found = await people.recognise({ provider: reader.provider, subject, level, identity })
    return (found.kind === 'known' || found.kind === 'match') && found.person === person
  }

  async function byCard(open: Open, made: Extract<Made, { way: 'card' }>): Promise<Found> {
    const { certificate, algorithm, value } = made
    // Whoever signs is told whether the card is revoked, whatever level is asked.
    const asked = { kinds: cardKinds(), use: 'signature', level: 'eidas3' } as const
    const checked = await certificates.check(certificate, asked)
    if (!checked.ok) return { ok: false, problem: problemOfCard(checked), reason: checked.reason }
    if (!verifyBy(checked.key, algorithm, Buffer.from(open.wanted.text.text), value)) {
      return { ok: false, problem: 'signature_invalid' }
    }
    const { chain, level, key, kind: card, revocation } = checked
    if (revocation.by === 'nothing') return { ok: false, problem: 'card_unverifiable' }
    return {
      ok: true,
      isTheirs: await isHolder(open.wanted.person, checked),
      proof: {
        ...{ way: 'card', signs: 'text', level, algorithm, chain, kind: card },
        value: derOfSignature(algorithm, value),
        key: key.export({ format: 'jwk' }),
        revocation: { ...revocation, by: revocation.by },
      },
    }
  }

  async function byPasskey(open: Open, made: Extract<Made, { way: 'passkey' }>): Promise<Found> {
    const response = made.response as Parameters<PasskeySigning['verify']>[2]
    const signed = await passkeys.verify(open.wanted.person, challengeOf(stated(open)), response)
    if (!signed) return { ok: false, problem: 'signature_invalid' }
    const { level, algorithm, key, value, authenticatorData, clientDataJSON } = signed
    const webauthn = { authenticatorData, clientDataJSON }
    return {
      ok: true,
      isTheirs: true,
      passkey: signed,
      proof: { way: 'passkey', signs: 'statement', level, algorithm, key, value, chain: [], webauthn },
    }
  }

  async function byApp(open: Open, { signed }: Extract<Made, { way: 'app' }>): Promise<Found> {
    const { level, signature } = signed
    const { algorithm, key, chain, kind: card, revocation, attested, phone } = signature
    const bytes = (text: string) => Buffer.from(text, 'base64url')
    const found = await phones.read(db, open.wanted.person, phone)
    const by = revocation?.by
    return {
      ok: true,
      isTheirs: found?.state === 'active',
      proof: {
        ...{ way: 'app', signs: 'statement', level, algorithm, key },
        value: derOfSignature(algorithm, bytes(signature.value)),
        chain: chain.map(bytes),
        ...(card === undefined ? {} : { kind: card }),
        ...(revocation && by && by !== 'nothing'
          ? { revocation: { ...revocation, by, answer: bytes(revocation.answer) } }
          : {}),
        ...(attested ? { attested } : {}),
      },
    }
  }

  function find(open: Open, made: Made): Promise<Found> {
    switch (made.way) {
      case 'card':
        return byCard(open, made)
      case 'app':
        return byApp(open, made)
      case 'passkey':
        return byPasskey(open, made)
    }
  }

  // ── The end of a ceremony ─────────────────────────────────────────────────────────────────────────────────────────

  async function complete({ signing, who, address, made }: Parameters<Signatures['complete']>[0]): Promise<Completed> {
    const open = await look(signing, who.session)
    const here = signPath(signing)
    const over: Completed = { ok: false, problem: 'over', next: `${here}?said=over` }
    if (open.state === 'over' || open.wanted.person !== who.person) return over
    const { wanted } = open
    const refuse = async (problem: SigningProblem, reason: string = problem): Promise<Completed> => {
      if (problem !== 'card_unverifiable') brake.note(address)
      await storage.transaction(async (tx) => noteRefusal(tx, wanted, { way: made.way, reason }))
      return { ok: false, problem, next: `${here}?said=${problem}` }
    }
    if (brake.isOver(address)) return { ok: false, problem: 'too_often', next: `${here}?said=too_often` }
    const found = await find(open, made)
    if (!found.ok) return refuse(found.problem, found.reason)
    const { text } = wanted
    const proof: Proof = { ...found.proof, signing, at: clock.now(), text, hash: open.hash, issuer }
    // Nothing is kept that somebody without the hub would not take for a signature.
    if ((await verifySignature(proof)).faults.length > 0) return refuse('signature_invalid')
    const { link, provider, level, amr, authTime } = who
    const signature: Signature = {
      ...proof,
      signature: newId('signature'),
      person: wanted.person,
      about: wanted.about,
      authentication: { link, provider, level, amr, authTime },
    }
    const isWanted = await askerOf(wanted).stillWanted(wanted)
    const isFrozen = (await protections.of(db, wanted.person)).freeze !== undefined
    const { isTheirs } = found
    const fault = judgeSigned({ wanted: wanted.level, level: proof.level, isTheirs, isFrozen, isWanted })
    if (fault) return refuse(fault)
    const ended = await end(open, signature, found.passkey)
    return ended === 'over' ? over : ended
  }

  /** One of two who come at once finds the ceremony open; the other waits for the first, and finds it used. */
  async function end(
    open: Open,
    signature: Signature,
    passkey: SignedByPasskey | undefined,
  ): Promise<Completed | 'over'> {
    const { signing, wanted } = open
    try {
      return await storage.transaction(async (tx): Promise<Completed | 'over'> => {
        if ((await state.consume(kind, signing, { tx })) !== 'first') return 'over'
        const isFrozen = (await protections.of(tx, wanted.person)).freeze !== undefined
        const isUsed = !passkey || (await passkeys.use(tx, passkey)) === 'used'
        if (isFrozen || !isUsed) {
          const problem = isFrozen ? 'frozen' : 'signature_invalid'
          noteRefusal(tx, wanted, { way: signature.way, reason: problem })
          return { ok: false, problem, next: backTo(wanted, { refused: problem }) }
        }
        await store.insert(tx, signature)
        const { signature: id, person, about, way, level } = signature
        const data = { signature: id, person, mandate: about.id, side: about.side, way, level }
        audit.append(tx, { name: 'signature.made', data })
        const outcome = await askerOf(wanted).onSigned(tx, wanted, signature)
        if (!outcome.ok) throw new NotAccepted(outcome.reason)
        return { ok: true, signature: id, next: backTo(wanted, { done: 'signed' }) }
      })
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error
      const { reason } = error
      await storage.transaction(async (tx) => noteRefusal(tx, wanted, { way: signature.way, reason }))
      return { ok: false, problem: 'not_accepted', reason, next: backTo(wanted, { refused: reason }) }
    }
  }

  function noteRefusal(tx: Tx, { person, about }: Wanted, of: { way: SigningWay; reason: string }): void {
    audit.append(tx, { name: 'signature.refused', data: { person, mandate: about.id, side: about.side, ...of } })
  }

  return {
    async open(tx, wanted) {
      const { text } = wanted.text
      if (text !== text.normalize('NFC') || text.includes('\r')) throw new Error('a text that is displayed otherwise')
      const signing = newId('signing')
      await state.write({
        put: [{ kind, key: signing, value: wanted, expiresAt: clock.now() + signingLifetime }],
        tx,
      })
      return signing
    },

    look,

    async isWanted(wanted) {
      return askerOf(wanted).stillWanted(wanted)
    },

    async waysFor(person, wanted) {
      const [signers, passkey] = await Promise.all([phones.signers(db, person), passkeys.levelOf(person)])
      const cards = cardKinds().flatMap((name) => certificates.kinds.get(name)?.level ?? [])
      const gives: Record<SigningWay, WayGives> = {
        card: highestOf(cards),
        app: options.hasApp() ? (highestOf(signers.map(({ level }) => level)) ?? 'none') : undefined,
        passkey: passkey ?? 'none',
      }
      return signingWays.map((way) => judgeWay(way, { gives: gives[way], wanted }))
    },

    async passkeyOptions(signing, session) {
      const open = await look(signing, session)
      return open.state === 'open' ? passkeys.options(open.wanted.person, challengeOf(stated(open))) : undefined
    },

    complete,

    async decline(signing, who) {
      const open = await look(signing, who.session)
      if (open.state === 'over' || open.wanted.person !== who.person) return undefined
      const isFirst = (await state.consume(kind, signing)) === 'first'
      return isFirst ? backTo(open.wanted, { done: 'declined' }) : undefined
    },

    of: store.read,
    about: store.about,

    async ofPerson(handle, person) {
      const found = await store.ofPerson(handle, person)
      return found.map(({ signature, about, way, level, at, text }) => ({ signature, about, way, level, at, text }))
    },

    forget: store.forget,

    register(name, asker) {
      if (askers.has(name)) throw new Error(`two rooms ask for signatures of a ${name}`)
      askers.set(name, asker)
    },

    keeper: {
      room: 'signatures',
      // The other side of a mandate is owed the proof for as long as the mandate is kept; then it goes with that.
      async forget() {},
      async follow(tx, { from, to, links, left, also }) {
        const accounts = left.length === 0 ? {} : { links: links.map(({ link }) => link) }
        also(await store.give(tx, { from, to, ...accounts }))
      },
    },
  }
}

const cardProblems = {
  expired: 'card_expired',
  revoked: 'card_revoked',
  unknown_card: 'card_unknown',
  unverifiable: 'card_unverifiable',
  refused: 'card_refused',
} as const satisfies Partial<Record<CardProblem, SigningProblem>>

function problemOfCard(refused: RefusedCertificate): SigningProblem {
  if (refused.reason === 'key_usage_missing') return 'not_for_signing'
  return cardProblems[problemOf(refused) as keyof typeof cardProblems] ?? 'card_refused'
}

/** The page that asked, and what became of it. */
function backTo({ returnTo }: Wanted, said: Record<string, string>): string {
  const url = new URL(returnTo, 'http://hub.invalid')
  for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value)
  return `${url.pathname}${url.search}`
}
