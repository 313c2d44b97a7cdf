/**
 * Cards at a computer: a card is asked for its certificate and for a signature, by the browser's own TLS (`listener.ts`)
 * or by the extension of Web eID (`web-eid.ts`). This room owns the listeners that ask for certificates, the tickets that
 * lead there and what comes back from them, the challenges, and the pages of `/card`. It does not decide whether a
 * certificate is genuine and whose it is (`certificates/`), nor whether the sign-in is enough (`policy/`). It has no table:
 * what waits here lives for minutes.
 *
 * Each way proves that the card is there now: by one full handshake for each login, or by a challenge of this login. What
 * was proved counts in the browser that holds the login and nowhere else, so a ticket or an answer that is handed to
 * somebody else opens nothing for either of them.
 */
import type { Audit } from '../audit/audit.ts'
import {
  type Certificates,
  type CheckedCertificate,
  isContactless,
  type RefusedCertificate,
} from '../certificates/certificates.ts'
import type { Log } from '../http/http.ts'
import { highestOf } from '../kernel/assurance.ts'
import { certificateReasons } from '../kernel/certificate-reasons.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { newSecret, type ProviderId } from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import { sameSecret } from '../kernel/secrets.ts'
import type { CardWay } from '../partners/partners.ts'
import type { Storage } from '../storage/storage.ts'
import { createBrake } from './brake.ts'
import { type Presented, startListener } from './listener.ts'
import type { CardsSettings } from './settings.ts'
import type { Found, HouseWaiting } from './waiting.ts'
import { readToken } from './web-eid.ts'

/** What a page can say of a card that was not accepted: closed, and the same for all that a person can do the same about. */
export const cardProblems = [
  /** The browser showed no certificate: cancelled, no card, or a wrong PIN. */
  'nothing_shown',
  'expired',
  'revoked',
  'unknown_card',
  /** Not the card: who says whether it is revoked did not answer. */
  'unverifiable',
  'refused',
  /** A ticket or a challenge that was used, or has had its time. */
  'too_late',
  'malformed',
  /** The form came without a token: no script ran. */
  'no_script',
  /** Too many failures from this network. */
  'too_often',
] as const
export type CardProblem = (typeof cardProblems)[number]

export type CardOutcome = { ok: true; found: Found } | { ok: false; problem: CardProblem }

/** A login that waits for a card. */
export type CardWaiting = Extract<HouseWaiting<'card'>, { kind: 'waiting' }>

export interface Cards {
  /** Of the ways of a provider those that are set up here; the first is the one to offer first. */
  waysOf(provider: CardWaiting['provider']): CardWay[]
  /** Where the browser goes with its card: good once, for this login, for a minute. */
  ticket(waiting: CardWaiting): Promise<string>
  /** What the listener found, by the handle with which it sent the browser back. */
  collect(waiting: CardWaiting, handle: string): Promise<CardOutcome>
  /** 256 random bits for the card to sign, in base64; good once, in this login, for five minutes. */
  challenge(waiting: CardWaiting): Promise<string>
  /** What the extension answered to a challenge. Never throws for what a browser can cause. */
  signed(waiting: CardWaiting, answer: { challenge: string; token: string }): Promise<CardOutcome>
  /** Opens the listener of the settings, if there is one. */
  listen(): Promise<void>
  close(): Promise<void>
}

/** To arrive at the listener: from the page it is one redirection. */
export const ticketLifetime = minute
/** From the first byte of the handshake to the last: within it the person finds the card and types its PIN. */
export const handshakeTime = 2 * minute
/** From the handshake back to the page. */
const handleLifetime = minute
/** "short life": the extension gives the person two minutes, and who is to look for a reader gets the rest. */
export const challengeLifetime = 5 * minute

const kinds = { ticket: 'card-ticket', result: 'card-result', challenge: 'card-challenge' } as const

interface Ticket {
  state: string
  provider: ProviderId
  cards: string[]
  level: Found['level']
  madeAt: Instant
}

export interface CardsOptions {
  settings: CardsSettings
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  certificates: Pick<Certificates, 'check' | 'kinds'>
  /** Public address of the hub, without a trailing slash: the origin that a card signs for. */
  issuer: string
  log: Log
}

export function createCards(options: CardsOptions): Cards {
  const { settings, storage, clock, audit, certificates, issuer, log } = options
  const { state } = storage
  const origin = new URL(issuer).origin
  const brake = createBrake({ clock })
  const { tls, proxy, webEid } = settings
  const address = (tls ?? proxy)?.address
  let listener: { close(): Promise<void> } | undefined

  /** The level that a card of this provider is to carry: for the highest, revocation is always told. */
  const levelFor = ({ allowedLevels }: CardWaiting['provider']) => highestOf(allowedLevels) ?? 'eidas3'

  async function check({ certificate, chain }: Presented, { cards, level }: Pick<Ticket, 'cards' | 'level'>) {
    return certificates.check(certificate, { kinds: cards, intermediates: chain, use: 'authentication', level })
  }

  function foundIn(checked: CheckedCertificate): Found {
    const { subject, identity } = checked.holder
    return {
      subject,
      identity,
      level: checked.level,
      amr: isContactless(certificates, checked.kind) ? ['sc'] : ['sc', 'pin', 'hwk', 'mfa'],
      authTime: clock.now(),
      card: checked.card,
    }
  }

  /** A card that is not accepted is a fact of its provider; nothing of the card or its holder is in it. */
  async function refuse(
    { kind, reason, ours }: RefusedCertificate,
    { provider, from }: { provider: ProviderId; from: string },
  ): Promise<CardOutcome> {
    if (!ours) brake.note(from)
    log.info('a card was refused', { provider, kind: kind ?? 'none', reason })
    await storage.transaction(async (tx) =>
      audit.append(tx, { name: 'certificate.refused', data: { kind: kind ?? null, reason, provider } }),
    )
    return { ok: false, problem: problemOf({ reason, ...(ours ? { ours } : {}) }) }
  }

  // ── By TLS ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What a browser with a ticket showed, as the address that it goes to next. */
  async function present(
    key: string,
    shown: { presented: Presented | undefined; from: string; since: Instant | undefined },
  ): Promise<string> {
    const { presented, from, since } = shown
    if (brake.isOver(from)) return `${issuer}/card/over`
    const ticket = (await state.take(kinds.ticket, key))?.value as Ticket | undefined
    // Known from the first byte of the connection: the time for the PIN is not the ticket's.
    const isLate = ticket !== undefined && since !== undefined && since > ticket.madeAt + ticketLifetime
    if (!ticket || isLate) {
      brake.note(from)
      return ticket ? backTo(ticket, { ok: false, problem: 'too_late' }) : `${issuer}/card/over`
    }
    if (!presented) return backTo(ticket, { ok: false, problem: 'nothing_shown' })
    const checked = await check(presented, ticket)
    return backTo(
      ticket,
      checked.ok ? { ok: true, found: foundIn(checked) } : await refuse(checked, { provider: ticket.provider, from }),
    )
  }

  async function backTo({ state: login }: Ticket, outcome: CardOutcome): Promise<string> {
    const handle = newSecret()
    const value = { login, outcome }
    await state.write({
      put: [{ kind: kinds.result, key: handle, value, expiresAt: clock.now() + handleLifetime }],
    })
    return `${issuer}/card/${login}/done?${new URLSearchParams({ h: handle })}`
  }

  return {
    waysOf(provider) {
      const set = { tls: address !== undefined, web_eid: webEid }
      const ways = provider.connector.ways.filter((way) => set[way])
      // Who has the card of a profession has the software that shows it to browsers; other readers come with Web eID.
      const isOfProfession = provider.connector.cards.some(
        (name) => certificates.kinds.get(name)?.identity.kind === 'professional',
      )
      const first: CardWay = isOfProfession ? 'tls' : 'web_eid'
      return ways.toSorted((a, b) => Number(b === first) - Number(a === first))
    },

    async ticket(waiting) {
      const { provider } = waiting
      if (address === undefined) throw new Error('no listener for cards is set up')
      const key = newSecret()
      const now = clock.now()
      const value: Ticket = {
        state: waiting.state,
        provider: provider.id,
        cards: provider.connector.cards,
        level: levelFor(provider),
        madeAt: now,
      }
      const expiresAt = now + ticketLifetime + handshakeTime
      await state.write({ put: [{ kind: kinds.ticket, key, value, expiresAt }] })
      return `${address}/card/${key}`
    },

    async collect(waiting, handle) {
      const kept = (await state.take(kinds.result, handle))?.value as
        | { login: string; outcome: CardOutcome }
        | undefined
      // A handle of another login, pushed into this browser, would sign the person in as somebody else.
      if (!kept || !sameSecret(kept.login, waiting.state)) return { ok: false, problem: 'too_late' }
      if (!kept.outcome.ok && kept.outcome.problem === 'unverifiable') waiting.silent()
      return kept.outcome
    },

    async challenge(waiting) {
      const challenge = randomBytes(32).toString('base64')
      const value = { login: waiting.state, browser: waiting.browser }
      const expiresAt = clock.now() + challengeLifetime
      await state.write({ put: [{ kind: kinds.challenge, key: challenge, value, expiresAt }] })
      return challenge
    },

    async signed(waiting, { challenge, token }) {
      const { provider, address: from } = waiting
      if (brake.isOver(from)) return { ok: false, problem: 'too_often' }
      const failed = (problem: CardProblem): CardOutcome => {
        brake.note(from)
        return { ok: false, problem }
      }
      const kept = (await state.take(kinds.challenge, challenge))?.value as
        | { login: string; browser: string }
        | undefined
      // Another login's, or another browser's: a token that somebody was made to sign elsewhere.
      const isOwn = kept && sameSecret(kept.login, waiting.state) && sameSecret(kept.browser, waiting.browser)
      if (!isOwn) return failed('too_late')
      const read = readToken(token, { origin, challenge })
      if (!read.ok) {
        log.info('a token of Web eID was refused', { provider: provider.id, reason: read.reason })
        return failed(read.reason === 'malformed' ? 'malformed' : 'refused')
      }
      const checked = await check(
        { certificate: read.certificate, chain: [] },
        { cards: provider.connector.cards, level: levelFor(provider) },
      )
      if (checked.ok && checked.key.equals(read.key)) return { ok: true, found: foundIn(checked) }
      const refusal: RefusedCertificate = checked.ok ? { ok: false, reason: 'unreadable' } : checked
      const outcome = await refuse(refusal, { provider: provider.id, from })
      if (!outcome.ok && outcome.problem === 'unverifiable') waiting.silent()
      return outcome
    },

    async listen() {
      if (!tls && !proxy) return
      listener = await startListener({
        settings: tls ? { kind: 'tls', ...tls } : { kind: 'proxy', ...(proxy as NonNullable<typeof proxy>) },
        kinds: certificates.kinds,
        clock,
        handshakeTime,
        present,
        lost: `${issuer}/card/over`,
        log,
      })
    },

    async close() {
      await listener?.close()
      listener = undefined
    },
  }
}

const problems = {
  certificate_expired: 'expired',
  certificate_revoked: 'revoked',
  certificate_unknown_issuer: 'unknown_card',
  certificate_unverifiable: 'unverifiable',
  certificate_refused: 'refused',
} as const satisfies Partial<Record<string, CardProblem>>

/** The certificate of another card, or the other one of the same card, which is for signing. */
const ofAnother: ReadonlySet<RefusedCertificate['reason']> = new Set([
  'policy_missing',
  'purpose_missing',
  'key_usage_missing',
])

/** What the person is told of a certificate that is not accepted. */
export function problemOf({ reason, ours }: Pick<RefusedCertificate, 'reason' | 'ours'>): CardProblem {
  if (ours) return 'unverifiable'
  return ofAnother.has(reason) ? 'unknown_card' : problems[certificateReasons[reason].error]
}
