/**
 * Requests of a login or a signature: opened by a browser, scanned by a phone, ended in that browser. What may come next is decided by
 * `policy/eid-flow.ts`; here it is bound: request, browser, phone and code to one another, each step to a challenge of its
 * own, and each change to the version that it was decided on, so that of two changes at once one happens.
 *
 * It rests in the short-lived state, sealed. Every process hears of a change by one notification, whoever waits in it: no
 * page asks anything while nothing happens.
 */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import type { Fact } from '../audit/facts.ts'
import { verifyBy } from '../certificates/certificates.ts'
import { atLeast, lowerOf } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import {
  type EidRequestId,
  isId,
  newId,
  newSecret,
  type PersonId,
  type PhoneId,
  type SigningId,
} from '../kernel/ids.ts'
import type { Language, Translated } from '../kernel/languages.ts'
import { randomBytes } from '../kernel/random.ts'
import { sameSecret } from '../kernel/secrets.ts'
import { hashOfText, signingStatement } from '../kernel/signing-statement.ts'
import {
  advance,
  type EidBy,
  type EidEvent,
  type EidFlow,
  type EidMode,
  type EidStep,
  isObstacle,
  isOver,
  numbersTyped,
  openedFlow,
  stepOf,
} from '../policy/eid-flow.ts'
import { codeShown, decideRelay, type RelayNotice, type RelayRules } from '../policy/relay.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { type CardAsked, type CardReader, cardTries, type ProvedCard } from './card-proof.ts'
import type { EidRules, NewRequest, Proved, RefusalReason, RequestLook, Requests, Whereabouts } from './eid.ts'
import type { Gate, Signed } from './gate.ts'
import type { Holder, PhoneBook, PresentPhone } from './phones.ts'
import { AppError } from './protocol-errors.ts'
import {
  type BiometricMethod,
  type CardProof,
  type ClaimsOf,
  cardText,
  codeText,
  type DeclineReason,
  digitsFrom,
  textBytes,
} from './protocol-messages.ts'
import { type AppSignature, appSigningPath } from './signing.ts'

/** A code is no secret of its own once it was shown: the digits of the screen and of the phone are what binds. */
const screenDigits = 2
const phoneDigits = 6

/** A request that ended is shown for so long: the page in the browser, the app's last question. */
const afterlife = 2 * minute

/** A second click within this time is led on like the first: a browser drops the answer of a click that another follows. */
const secondClick = minute

/** How often a change is tried when somebody else's comes first. */
const turns = 5

/** As the app is told; `docs/eid-app-protocol.md`, "Scan". */
export interface RequestView {
  request: EidRequestId
  mode: EidMode
  way: 'qr' | 'link'
  step: EidStep
  by: readonly EidBy[]
  challenge: string | null
  expires_in: number
  view: {
    hub: string
    service: Translated | null
    asked_at: number
    device: string
    country: string | null
    own_country: string | null
    notices: RelayNotice[]
  }
  confirm: null | { number: string } | { return: string }
  /** In the answer to the one message that asks for it. */
  text?: { signing: SigningId; language: Language; content: string }
}

/** The phone's side. Each throws `AppError`. */
export interface PhoneSide {
  scan(signed: Signed<'scan'>, address: string): Promise<RequestView>
  state(signed: Signed<'state'>): Promise<RequestView>
  number(signed: Signed<'number'>): Promise<RequestView>
  /** What is to be signed; again as often as the phone asks for it. */
  text(signed: Signed<'text'>): Promise<RequestView>
  card(signed: Signed<'card'>, claims: Extract<ClaimsOf<'card'>, { request: unknown }>): Promise<RequestView>
  biometrics(
    signed: Signed<'biometrics'>,
    claims: Extract<ClaimsOf<'biometrics'>, { request: unknown }>,
  ): Promise<RequestView>
  approve(signed: Signed<'approval'>): Promise<RequestView>
  decline(signed: Signed<'decline'>): Promise<void>
}

interface Kept extends Omit<NewRequest, 'expiresAt'> {
  request: EidRequestId
  version: number
  flow: EidFlow
  at: Instant
  expiresAt: Instant
  /** Shown by the screen, and by the phone. */
  number: string
  confirm: string
  responseCode: string
  /** Of the phone's next step. */
  challenge: string
  cardFailures: number
  scanned?: {
    phone?: PhoneId
    person?: PersonId
    from: Whereabouts
    notices: RelayNotice[]
  }
  holder?: Pick<Holder, 'subject' | 'identity' | 'level'>
  signature?: AppSignature
  method?: BiometricMethod
  approvedAt?: Instant
  led?: { url: string; until: Instant }
}

interface Code {
  request: EidRequestId
  way: 'qr' | 'link'
  at: Instant
  /** Thumbprint of who scanned it. */
  by?: string
}

const kinds = { request: 'eid.request', turn: 'eid.turn', code: 'eid.code', shown: 'eid.shown', login: 'eid.login' }

/** Where the browser waits. */
const pages = { app: '/eid', reader: '/stand-in/phone', signature: appSigningPath } as const

const turnOf = ({ request, version }: Pick<Kept, 'request' | 'version'>) => `${request} ${version}`

/** What looks as if screen and phone did not belong together. */
const mismatches: ReadonlySet<string> = new Set([
  'second_phone',
  'number_wrong',
  'confirmation_wrong',
  'other_country',
  'other_network',
  'phone_of_somebody_else',
])

export interface RequestParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  phones: PhoneBook
  cards: CardReader
  gate: Pick<Gate, 'limit' | 'networkOf'>
  relay: RelayRules
  countryOf: (address: string) => string | undefined
  issuer: string
  name: string
  rules: EidRules
}

/** A change that was decided on what was read: what is kept from then on, what is written with it, what the caller gets. */
interface Change<T> {
  next?: Kept
  facts?: Fact[]
  within?: (tx: Tx) => Promise<void>
  result: T | AppError
}

export async function createRequests(
  options: RequestParts,
): Promise<{ requests: Requests; phoneSide: PhoneSide; close(): Promise<void> }> {
  const { storage, clock, audit, phones, cards, gate, relay, countryOf, issuer, name, rules } = options
  const { state } = storage

  // ── Who waits ───────────────────────────────────────────────────────────────────────────────────────────────────

  let isClosed = false
  const waiters = new Map<string, Set<() => void>>()
  const wake = (request: string) => {
    for (const tell of waiters.get(request) ?? []) tell()
  }
  // An empty payload: news may have been missed.
  const stop = await storage.listen('garant_eid', (payload) => {
    for (const request of payload ? [payload] : [...waiters.keys()]) wake(request)
  })

  // ── What is kept ────────────────────────────────────────────────────────────────────────────────────────────────

  async function load(request: EidRequestId): Promise<Kept | undefined> {
    const [found] = await state.getMany([{ kind: kinds.request, key: request }])
    return found?.value as Kept | undefined
  }

  const isExpired = (kept: Kept) => kept.expiresAt <= clock.now()

  const entriesOf = (kept: Kept) => [
    { kind: kinds.request, key: kept.request, value: kept, expiresAt: kept.expiresAt + afterlife },
    { kind: kinds.turn, key: turnOf(kept), value: 0, expiresAt: kept.expiresAt + afterlife },
  ]

  /** Decides on what is there and writes it if nobody came between; otherwise looks anew. */
  async function change<T>(request: EidRequestId, decide: (kept: Kept) => Promise<Change<T>>): Promise<T> {
    for (let turn = 0; turn < turns; turn++) {
      const kept = await load(request)
      if (!kept) throw new AppError('request_unknown')
      const { next, facts = [], within, result } = await decide(kept)
      const isDone = !next || (await commit(kept, next, facts, within))
      if (!isDone) continue
      if (result instanceof AppError) throw result
      return result
    }
    throw new AppError('unavailable')
  }

  async function commit(kept: Kept, next: Kept, facts: Fact[], within?: (tx: Tx) => Promise<void>): Promise<boolean> {
    const after: Kept = { ...next, version: kept.version + 1 }
    const isFirst = await storage.transaction(async (tx) => {
      // The turn of this version is taken once; who comes second waits here for the first, and then looks anew.
      if ((await state.consume(kinds.turn, turnOf(kept), { tx })) !== 'first') return false
      await state.write({ put: entriesOf(after), remove: [{ kind: kinds.turn, key: turnOf(kept) }], tx })
      await within?.(tx)
      if (facts.length > 0) audit.append(tx, ...facts)
      await storage.notify(tx, 'garant_eid', kept.request)
      return true
    })
    if (isFirst) wake(kept.request)
    return isFirst
  }

  // ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────

  const about = ({ request, scanned, mode }: Kept) => ({
    request,
    phone: scanned?.phone ?? null,
    person: scanned?.person ?? null,
    purpose: mode === 'signature' ? ('signature' as const) : ('sign_in' as const),
  })

  function refusalFact(kept: Kept, reason: string): Fact {
    const data = { ...about(kept), reason }
    return mismatches.has(reason)
      ? { name: 'eid.request_mismatch', data: { ...data, country: kept.from.country ?? null } }
      : { name: 'eid.request_refused', data }
  }

  /** What an event makes of a request, with the fact of its end when it ends by it. */
  function moved(kept: Kept, event: EidEvent): { next: Kept; facts: Fact[] } | AppError {
    const flow = advance(kept.flow, event)
    if (isObstacle(flow)) {
      if (flow === 'over') return overError(kept)
      if (flow === 'other_phone') return new AppError('request_unknown')
      return new AppError('step_wrong', { step: stepOf(kept.flow) })
    }
    const facts = flow.state === 'refused' ? [refusalFact(kept, flow.reason ?? '')] : []
    return { next: { ...kept, flow, challenge: newSecret() }, facts }
  }

  function overError({ flow }: Kept): AppError {
    const { state: ended, reason } = flow
    return new AppError('request_over', { state: isOver(flow) ? ended : 'expired', ...(reason ? { reason } : {}) })
  }

  /** Ends a request for a reason; the caller answers with it. */
  function refuse<T>(kept: Kept, reason: RefusalReason): Change<T> {
    const step = moved(kept, { kind: 'refuse', reason })
    if (step instanceof AppError) return { result: step }
    return { ...step, result: new AppError('refused', { reason }) }
  }

  /** What the app is told. The challenge only where it is the turn of one. */
  function viewOf(kept: Kept): RequestView {
    const { request, flow, mode, from, purpose, at, scanned, challenge, expiresAt } = kept
    const step = stepOf(flow)
    const isApproved = flow.state === 'approved'
    return {
      request,
      mode,
      way: flow.way ?? 'qr',
      step,
      by: flow.by,
      challenge: step === 'number' || step === 'wait' ? null : challenge,
      expires_in: Math.max(0, Math.floor((expiresAt - clock.now()) / second)),
      view: {
        hub: name,
        service: 'service' in purpose ? purpose.service : null,
        asked_at: Math.floor(at / second),
        device: from.device,
        country: from.country ?? null,
        own_country: scanned?.from.country ?? null,
        notices: scanned?.notices ?? [],
      },
      confirm: isApproved
        ? flow.way === 'link'
          ? { return: `${issuer}${pages[mode]}/${kept.login}/return?${new URLSearchParams({ rc: kept.responseCode })}` }
          : { number: kept.confirm }
        : null,
    }
  }

  function textOf({ purpose }: Kept): Pick<RequestView, 'text'> {
    if (!('sign' in purpose)) return {}
    const { signing, language, text: content } = purpose.sign
    return { text: { signing, language, content } }
  }

  /** The request that a message is about, if its signer has scanned it. */
  function ownOf(kept: Kept, { thumbprint }: Pick<Signed<'state'>, 'thumbprint'>): AppError | undefined {
    if (kept.flow.phone === undefined || !sameSecret(kept.flow.phone, thumbprint))
      return new AppError('request_unknown')
    return isOver(kept.flow) || isExpired(kept) ? overError(kept) : undefined
  }

  /** A step of the phone that scanned, with the challenge that this step was given. */
  function step(
    signed: Pick<Signed<'state'>, 'thumbprint'>,
    claims: { request: string; challenge?: string },
    allowed: readonly EidStep[],
    work: (kept: Kept) => Promise<Change<Kept>>,
    show = viewOf,
  ): Promise<RequestView> {
    return change(claims.request as EidRequestId, async (kept) => {
      const refused = ownOf(kept, signed)
      if (refused) return { result: refused }
      const now = stepOf(kept.flow)
      if (!allowed.includes(now)) return { result: new AppError('step_wrong', { step: now }) }
      if (claims.challenge !== undefined && !sameSecret(claims.challenge, kept.challenge)) {
        return { result: new AppError('challenge_wrong') }
      }
      return work(kept)
    }).then(show)
  }

  /** An event that leads on, with what it adds. */
  function forward(kept: Kept, event: EidEvent, more: Partial<Kept> = {}, facts: Fact[] = []): Change<Kept> {
    const done = moved(kept, event)
    if (done instanceof AppError) return { result: done }
    const next = { ...done.next, ...more }
    return { next, facts: [...done.facts, ...facts], result: next }
  }

  /** For the list of the phone. One that only read a card has none. */
  async function list(tx: Tx, { request, scanned, purpose, from }: Kept, outcome: 'approved' | 'declined') {
    if (!scanned?.phone || !scanned.person) return
    await phones.write(tx, {
      ...{ request, phone: scanned.phone, person: scanned.person, outcome },
      ...('sign' in purpose ? { signs: true as const } : {}),
      ...('service' in purpose ? { service: purpose.service } : {}),
      ...(from.country ? { country: from.country } : {}),
    })
  }

  const statementOf = ({ purpose }: Kept): string | undefined =>
    'sign' in purpose
      ? signingStatement({ issuer, signing: purpose.sign.signing, hash: hashOfText(purpose.sign.text) })
      : undefined

  /** What is left of a request's ways for this phone, from there (R089, R090). */
  function left(
    { by, mode, required }: Kept,
    phone: PresentPhone | undefined,
    answer: 'proceed' | 'stronger',
  ): EidBy[] {
    // Nobody could tell later what a key is worth of which nothing was kept.
    const isUntold = mode === 'signature' && phone?.row.attestation === null
    const isTooFar = phone?.shared || answer === 'stronger' || !atLeast(rules.deviceKeyLevel, required)
    const isCardOnly = mode === 'reader' || !phone || isUntold || isTooFar
    return by.filter((one) => one === 'card' || !isCardOnly)
  }

  async function scanFirst(kept: Kept, code: Code, signed: Signed<'scan'>, address: string): Promise<Change<Kept>> {
    const { thumbprint } = signed
    if (isOver(kept.flow) || isExpired(kept)) return { result: new AppError('code_unknown') }
    // In mode `reader` a pairing counts for nothing: it is a telephone that reads a card.
    const phone = kept.mode === 'reader' ? undefined : signed.phone
    const country = countryOf(address)
    const from: Whereabouts = { address, ...(country ? { country } : {}) }
    const verdict = decideRelay(
      {
        by: code.way,
        browser: kept.from,
        phone: from,
        shownFor: clock.now() - code.at,
        required: kept.required,
        takesCard: kept.by.includes('card'),
      },
      relay,
    )
    const scanned = {
      ...(phone ? { phone: phone.phone, person: phone.person } : {}),
      from,
      notices: verdict.notice ? [verdict.notice] : [],
    }
    const facing: Kept = { ...kept, scanned }
    const fact: Fact = { name: 'eid.request_scanned', data: { ...about(facing), provider: kept.provider } }
    if (verdict.answer === 'refuse') {
      const isElsewhere = !verdict.reasons.includes('other_network')
      const refused = refuse<Kept>(facing, isElsewhere ? 'other_country' : 'other_network')
      return { ...refused, facts: [fact, ...(refused.facts ?? [])] }
    }
    const { purpose } = kept
    const by = left(kept, phone, verdict.answer)
    const isForeign = 'sign' in purpose && purpose.sign.person !== phone?.person
    if (isForeign || by.length === 0) {
      const refused = refuse<Kept>(facing, isForeign ? 'phone_of_somebody_else' : 'card_needed')
      return { ...refused, facts: [fact, ...(refused.facts ?? [])] }
    }
    return forward(facing, { kind: 'scan', phone: thumbprint, way: code.way, by }, {}, [fact])
  }

  /** A code that came before: the same phone lost the answer, or another one has a picture of it. */
  function scanAgain({ request, by }: Code, signed: Signed<'scan'>): Promise<Kept> {
    const isOwn = by !== undefined && sameSecret(by, signed.thumbprint)
    return change(request, async (kept) => {
      if (isOver(kept.flow) || isExpired(kept))
        return { result: isOwn ? overError(kept) : new AppError('code_unknown') }
      if (!isOwn) return refuse(kept, 'second_phone')
      // Its first message is under way still.
      return { result: kept.flow.phone === undefined ? new AppError('code_unknown') : kept }
    })
  }

  async function cardStep(kept: Kept, signed: Signed<'card'>, card: CardProof): Promise<Change<Kept>> {
    const { challenge, mode, flow } = kept
    const { thumbprint } = signed
    const statement = statementOf(kept)
    const purpose = mode === 'reader' ? 'reading' : 'approval'
    // A card is worth what it is, so its revocation is known or it is refused, whatever the service asks for.
    const asked: CardAsked = {
      ...{ provider: kept.provider, kinds: kept.cards, level: 'eidas3', from: kept.scanned?.from.address },
      use: statement === undefined ? 'authentication' : 'signature',
      text: statement === undefined ? cardText({ issuer, challenge, thumbprint, purpose }) : Buffer.from(statement),
    }
    const proved = await cards.prove(card, asked)
    if ('refused' in proved) {
      const cardFailures = kept.cardFailures + 1
      if (cardFailures >= cardTries) return refuse(kept, 'card_refused')
      return {
        next: { ...kept, cardFailures },
        result: new AppError('card_refused', { reason: proved.refused, left: cardTries - cardFailures }),
      }
    }
    const { subject, identity } = proved.holder
    if (mode !== 'reader' && signed.phone && (await phones.holderOf(signed.phone)).subject !== subject) {
      return refuse(kept, 'card_of_somebody_else')
    }
    const holder = { subject, identity, level: proved.holder.level }
    const signature = statement === undefined ? {} : { signature: signedByCard(kept, statement, card, proved) }
    return forward(kept, { kind: 'card', phone: flow.phone ?? '' }, { holder, ...signature })
  }

  const signedOn = ({ request, scanned }: Kept, statement: string) => {
    if (!scanned?.phone) throw new Error('a signature by no phone')
    return { request, phone: scanned.phone, statement }
  }

  function signedByCard(kept: Kept, statement: string, card: CardProof, { checked }: ProvedCard): AppSignature {
    const { revocation, chain, key, kind } = checked
    return {
      by: 'card',
      ...signedOn(kept, statement),
      algorithm: card.algorithm,
      value: card.signature,
      key: key.export({ format: 'jwk' }),
      chain: chain.map((certificate) => certificate.toString('base64url')),
      kind,
      revocation: { ...revocation, answer: revocation.answer.toString('base64url') },
    }
  }

  /** The phone's own key signs the statement at the approval, and no sooner: until then its holder may turn back. */
  async function signedByPhone(
    kept: Kept,
    statement: string,
    value: string,
    phone: PresentPhone,
  ): Promise<AppSignature | AppError> {
    const attested = await phones.attestationOf(phone)
    const key = createPublicKey({ key: phone.key as JsonWebKey, format: 'jwk' })
    const isOwn = verifyBy(key, 'ES256', Buffer.from(statement), Buffer.from(value, 'base64url'))
    if (!attested || !isOwn) return new AppError('signature_invalid')
    return {
      by: 'device_key',
      ...signedOn(kept, statement),
      algorithm: 'ES256',
      value,
      key: attested.key,
      chain: [],
      attested,
    }
  }

  /** A signature goes with the approval where the phone's own key makes it, and only there. */
  async function signatureOf(kept: Kept, signed: Signed<'approval'>): Promise<Pick<Kept, 'signature'> | AppError> {
    const { signature: value } = signed.claims
    const statement = kept.flow.proof === 'device_key' ? statementOf(kept) : undefined
    if ((statement === undefined) !== (value === undefined)) return new AppError('request_malformed')
    if (statement === undefined || value === undefined || !signed.phone) return {}
    const signature = await signedByPhone(kept, statement, value, signed.phone)
    return signature instanceof AppError ? signature : { signature }
  }

  /** The phone's own key: what its card said at the pairing, if that card is good still. */
  async function keyStep(
    kept: Kept,
    phone: PresentPhone | undefined,
  ): Promise<Pick<Holder, 'subject' | 'identity' | 'level'> | undefined> {
    if (!phone) return undefined
    const holder = await phones.holderOf(phone)
    const holds = await cards.holds(holder, {
      ...{ provider: kept.provider, kinds: kept.cards, level: rules.deviceKeyLevel },
      from: kept.scanned?.from.address,
    })
    const { subject, identity } = holder
    return holds ? { subject, identity, level: lowerOf(holder.level, rules.deviceKeyLevel) } : undefined
  }

  const phoneSide: PhoneSide = {
    async scan(signed, address) {
      const { phone, claims } = signed
      await gate.limit(phone ? 'scans' : 'strangers', phone ? phone.phone : gate.networkOf(address))
      const [found] = await state.getMany([{ kind: kinds.code, key: claims.code }])
      if (!found) throw new AppError('code_unknown')
      const code = found.value as Code
      if (found.consumedAt !== undefined) return viewOf(await scanAgain(code, signed))
      const kept = await load(code.request)
      // Before the code is used up: the right phone may come next.
      if (kept && kept.mode !== 'reader' && phone?.provider !== kept.provider) throw new AppError('phone_needed')
      const value: Code = { ...code, by: signed.thumbprint }
      if ((await state.consume(kinds.code, claims.code, { value })) !== 'first') {
        const [taken] = await state.getMany([{ kind: kinds.code, key: claims.code }])
        return viewOf(await scanAgain((taken?.value as Code | undefined) ?? code, signed))
      }
      const scanned = await change(code.request, (now) =>
        now.flow.phone === undefined
          ? scanFirst(now, code, signed, address)
          : Promise.resolve(refuse<Kept>(now, 'second_phone')),
      )
      return viewOf(scanned)
    },

    async state(signed) {
      const kept = await load(signed.claims.request as EidRequestId)
      if (!kept) throw new AppError('request_unknown')
      const refused = ownOf(kept, signed)
      if (refused) throw refused
      return viewOf(kept)
    },

    number: (signed) =>
      step(signed, signed.claims, ['number'], async (kept) => {
        const right = sameSecret(signed.claims.number, kept.number)
        const done = moved(kept, { kind: 'number', phone: signed.thumbprint, right })
        if (done instanceof AppError) return { result: done }
        const { next, facts } = done
        if (right) return { next, facts, result: next }
        const isEnd = isOver(next.flow)
        const wrong = isEnd
          ? new AppError('refused', { reason: 'number_wrong' })
          : new AppError('number_wrong', { left: numbersTyped - next.flow.wrong })
        return { next, facts, result: wrong }
      }),

    text: (signed) =>
      step(
        signed,
        signed.claims,
        ['text', 'card', 'card_or_biometrics', 'biometrics', 'approve'],
        async (kept) => {
          const now = stepOf(kept.flow)
          if (!('sign' in kept.purpose)) return { result: new AppError('step_wrong', { step: now }) }
          return now === 'text' ? forward(kept, { kind: 'text', phone: signed.thumbprint }) : { result: kept }
        },
        (kept) => ({ ...viewOf(kept), ...textOf(kept) }),
      ),

    card: (signed, claims) =>
      step(signed, claims, ['card', 'card_or_biometrics'], (kept) => cardStep(kept, signed, claims.card)),

    biometrics: (signed, claims) =>
      step(signed, claims, ['biometrics', 'card_or_biometrics'], async (kept) => {
        const { method } = claims
        const holder = kept.holder ?? (await keyStep(kept, signed.phone))
        if (!holder) return refuse(kept, 'card_refused')
        return forward(kept, { kind: 'biometrics', phone: signed.thumbprint }, { method, holder })
      }),

    approve: (signed) =>
      step(signed, signed.claims, ['approve'], async (kept) => {
        const by = kept.flow.proof ?? 'card'
        const made = await signatureOf(kept, signed)
        if (made instanceof AppError) return { result: made }
        const more = { approvedAt: clock.now(), ...made }
        const fact: Fact = { name: 'eid.request_approved', data: { ...about(kept), by } }
        const done = forward(kept, { kind: 'approve', phone: signed.thumbprint }, more, [fact])
        return done.next ? { ...done, within: (tx) => list(tx, kept, 'approved') } : done
      }),

    decline: (signed) =>
      change(signed.claims.request as EidRequestId, async (kept) => {
        const refused = ownOf(kept, signed)
        if (refused) return { result: refused }
        const { reason } = signed.claims
        const done = moved(kept, { kind: 'decline', phone: signed.thumbprint, reason })
        if (done instanceof AppError) return { result: done }
        const country = kept.from.country ?? null
        return {
          next: done.next,
          facts: [{ name: 'eid.request_declined', data: { ...about(kept), reason, country } }],
          within: (tx) => list(tx, kept, 'declined'),
          result: undefined,
        }
      }),
  }

  // ── The browser's side ──────────────────────────────────────────────────────────────────────────────────────────

  /** A template that is the text alone takes it as it is; a part of an address takes it encoded. */
  const linkTo = (text: string) =>
    rules.appLink === '{link}' ? text : rules.appLink.replaceAll('{link}', encodeURIComponent(text))

  const isOf = (kept: Kept | undefined, browser: string): kept is Kept =>
    kept !== undefined && sameSecret(kept.browser, browser)

  /** The one that this login has open already. */
  async function openOf(given: NewRequest): Promise<EidRequestId | undefined> {
    const [found] = await state.getMany([{ kind: kinds.login, key: given.login }])
    const id = found?.value as EidRequestId | undefined
    const kept = id && (await load(id))
    const isSame = isOf(kept, given.browser) && kept.provider === given.provider && kept.mode === given.mode
    return isSame && !isOver(kept.flow) && !isExpired(kept) ? kept.request : undefined
  }

  async function open(given: NewRequest): ReturnType<Requests['open']> {
    const text = 'sign' in given.purpose ? given.purpose.sign.text : undefined
    if ((text !== undefined) !== (given.mode === 'signature'))
      throw new Error('a signature has a text, and nothing else')
    if (Buffer.byteLength(text ?? '') > textBytes) throw new Error('no telephone shows a text of this length')
    const present = await openOf(given)
    if (present) return present
    try {
      await gate.limit('browser', given.browser)
      await gate.limit('network', gate.networkOf(given.from.address))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { retryAfterSeconds: Number(error.members.retry_after) }
    }
    const at = clock.now()
    const country = given.from.country ?? countryOf(given.from.address)
    const kept: Kept = {
      ...given,
      from: { ...given.from, ...(country ? { country } : {}) },
      request: newId('eidRequest'),
      version: 1,
      flow: openedFlow(given.mode, given.mode === 'reader' ? ['card'] : given.by),
      at,
      expiresAt: Math.min(given.expiresAt, at + rules.requestLifetime),
      number: digitsFrom(randomBytes(8), screenDigits),
      confirm: digitsFrom(randomBytes(8), phoneDigits),
      responseCode: newSecret(),
      challenge: newSecret(),
      cardFailures: 0,
    }
    const { login, expiresAt } = kept
    const own = { kind: kinds.login, key: login, value: kept.request, expiresAt: expiresAt + afterlife }
    await state.write({ put: [...entriesOf(kept), own] })
    return kept.request
  }

  function lookOf(kept: Kept): RequestLook {
    const { version, expiresAt, flow } = kept
    const seen = { version, expiresAt }
    if (flow.state === 'completed') {
      const isLed = kept.led !== undefined && clock.now() < kept.led.until
      return { ...seen, state: 'completed', ...(isLed ? { led: kept.led?.url ?? '' } : {}) }
    }
    if (flow.state === 'declined') return { ...seen, state: 'declined', reason: flow.reason as DeclineReason }
    if (flow.state === 'refused') return { ...seen, state: 'refused', reason: flow.reason as RefusalReason }
    if (isExpired(kept)) return { ...seen, state: 'expired' }
    if (flow.state === 'waiting') return { ...seen, state: 'waiting' }
    if (flow.state === 'scanned') return { ...seen, state: 'scanned', number: kept.number }
    if (flow.state !== 'approved') return { ...seen, state: 'matched' }
    const confirm = flow.way === 'link' ? 0 : phoneDigits
    return { ...seen, state: 'approved', confirm, left: numbersTyped - flow.wrong }
  }

  async function look(request: EidRequestId, browser: string): Promise<RequestLook | undefined> {
    const kept = isId('eidRequest', request) ? await load(request) : undefined
    return isOf(kept, browser) ? lookOf(kept) : undefined
  }

  /** RFC 8176. */
  function provedBy(kept: Kept): Proved | undefined {
    const { holder, flow, method, approvedAt, scanned, signature } = kept
    if (!holder || approvedAt === undefined) return undefined
    const ofCard = flow.proof === 'card' ? ['sc', 'pin'] : []
    const ofHolder = kept.mode === 'reader' ? [] : ['hwk', method === 'face' ? 'face' : 'fpt', 'mfa']
    return {
      ...holder,
      amr: [...ofCard, ...ofHolder],
      authTime: approvedAt,
      ...(scanned?.phone ? { still: { room: 'eid' as const, id: scanned.phone } } : {}),
      ...(signature ? { signature } : {}),
    }
  }

  type Confirmed = Awaited<ReturnType<Requests['confirm']>>

  function confirmed(kept: Kept, by: { typed: string } | { responseCode: string }): Change<Confirmed> {
    const { flow } = kept
    // Each way has its own end: what a link's app was told is typed nowhere, and what is typed comes back by no link.
    const fits = flow.way === 'link' ? 'responseCode' in by : 'typed' in by
    if (flow.state !== 'approved' || isExpired(kept) || !fits) return { result: { kind: 'gone' } }
    const right = 'typed' in by ? sameSecret(by.typed, kept.confirm) : sameSecret(by.responseCode, kept.responseCode)
    const done = moved(kept, { kind: 'confirm', right })
    if (done instanceof AppError) return { result: { kind: 'gone' } }
    const { next, facts } = done
    const proved = right ? provedBy(next) : undefined
    if (!proved) return { next, facts, result: { kind: 'wrong', left: numbersTyped - next.flow.wrong } }
    // Who it was goes out of the state with this answer.
    const { holder: _, signature: __, ...rest } = next
    return { next: rest, facts, result: { kind: 'done', proved } }
  }

  /** Revoked or expired since it approved. */
  async function stillHolds(phone: PhoneId): Promise<boolean> {
    return phones.present(phone).then(
      () => true,
      (error) => {
        if (error instanceof AppError) return false
        throw error
      },
    )
  }

  const requests: Requests = {
    open,
    look,
    stillHolds,

    async code(request, browser, way) {
      const [found, before] = await state.getMany([
        { kind: kinds.request, key: request },
        { kind: kinds.shown, key: request },
      ])
      const kept = found?.value as Kept | undefined
      if (!isOf(kept, browser) || kept.flow.state !== 'waiting' || isExpired(kept)) return undefined
      const at = clock.now()
      const until = Math.min(at + Math.min(rules.codeLifetime, codeShown), kept.expiresAt)
      const code = newSecret()
      const value: Code = { request, way, at }
      const last = before?.value as string | undefined
      await state.write({
        put: [
          // It outlives its time a little, so that a picture of it that comes later is known for what it is.
          { kind: kinds.code, key: code, value, expiresAt: until },
          { kind: kinds.shown, key: request, value: code, expiresAt: kept.expiresAt },
        ],
        remove: last === undefined ? [] : [{ kind: kinds.code, key: last }],
      })
      const text = codeText(issuer, code)
      return { text: way === 'link' ? linkTo(text) : text, until }
    },

    async wait(request, browser, version, signal) {
      if (signal.aborted || isClosed) return undefined
      // Listening before looking, so that nothing falls in between.
      let changed = Promise.withResolvers<void>()
      const tell = () => changed.resolve()
      const mine = waiters.get(request) ?? new Set()
      waiters.set(request, mine.add(tell))
      signal.addEventListener('abort', tell, { once: true })
      try {
        while (!signal.aborted && !isClosed) {
          const seen = await look(request, browser)
          if (!seen || seen.version !== version) return seen
          await changed.promise
          changed = Promise.withResolvers()
        }
        return undefined
      } finally {
        signal.removeEventListener('abort', tell)
        mine.delete(tell)
        if (mine.size === 0) waiters.delete(request)
      }
    },

    async confirm(request, browser, by) {
      const kept = isId('eidRequest', request) ? await load(request) : undefined
      if (!isOf(kept, browser)) return { kind: 'gone' }
      return change<Confirmed>(request, async (found) => {
        const { scanned } = found
        const isPhoneOver = scanned?.phone !== undefined && !(await stillHolds(scanned.phone))
        if (!isPhoneOver || found.flow.state !== 'approved') return confirmed(found, by)
        return { ...refuse<Confirmed>(found, 'phone_over'), result: { kind: 'gone' } }
      })
    },

    lead: (request, url) =>
      change(request, async (kept) => ({
        next: { ...kept, led: { url, until: clock.now() + secondClick } },
        result: undefined,
      })),

    async abandon(request, browser) {
      const kept = await load(request)
      if (!isOf(kept, browser) || isOver(kept.flow)) return
      // Nothing is kept of what nobody waits for any more.
      await state.write({ remove: [...entriesOf(kept), { kind: kinds.login, key: kept.login }] })
      await storage.transaction((tx) => storage.notify(tx, 'garant_eid', request))
      wake(request)
    },
  }

  return {
    requests,
    phoneSide,
    async close() {
      isClosed = true
      await stop()
      for (const request of [...waiters.keys()]) wake(request)
    },
  }
}
