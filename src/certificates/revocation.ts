/**
 * Is a certificate revoked? Asks the responder, then reads the list, and keeps what they said: a good answer for some
 * minutes, a revocation until the next answer is due, silence for some seconds. Of many who ask at once for the same
 * thing one is sent, and all get its answer.
 */
import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Outbound } from '../http/outbound.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import { randomBytes } from '../kernel/random.ts'
import { keyOfSerial, listFault, type RevocationList, readList } from './lists.ts'
import { isOfNow, questionAbout, readAnswer, type Window } from './ocsp.ts'
import type { RevocationRules } from './settings.ts'
import type { Certificate } from './x509.ts'

export type Standing =
  | { kind: 'good' | 'revoked' | 'not_issued'; by: 'ocsp' | 'crl'; at: Instant; until: Instant; answer: Buffer }
  | { kind: 'unknown'; why: string }

export interface Question {
  /** Name of the kind of card. */
  kind: string
  certificate: Certificate
  issuer: Certificate
  rules: RevocationRules
  /** The card itself, of which the settings may name the responder; else one of its issuers. */
  isCard: boolean
}

export interface Revocation {
  of(question: Question): Promise<Standing>
  /** Those whom issuers charged with answering, as they were met. */
  delegates(): Certificate[]
}

export interface RevocationOptions {
  clock: Clock
  /** To addresses that a certificate names. */
  toNamed: Outbound
  /** To those that the settings name, or whose host they do. */
  toOwn: Outbound
  /**
   * Milliseconds for one answer. Of several responders, and of several lists, none is asked any more once half of it is over:
   * one that is silent costs one wait, and leaves time for the list. Four seconds by default.
   */
  patience?: number
}

/** Clocks of responders differ a little from ours. */
const skew = 2 * minute

/** Somebody stands in front of a page. */
const shippedPatience = 4 * second

/** Bytes of an answer, which has two certificates at most; one is under 5 kB. */
const largestAnswer = 64 * 1024

/** Answers are kept as they came, for a proof; a list of a hundred thousand has 4 MB. */
const memory = { answers: 5_000, lists: 50 }

/** How long nobody who was silent, or had nothing to say, is asked again. */
const silence = 10 * second

/** RFC 9654 section 2.1: "clients ... SHOULD use 32 octets". */
const nonceBytes = 32

/** Of those that a certificate names. */
const mostAddresses = 3

interface Kept {
  standing: Standing
  until: Instant
}

type Fetched = { ok: true; list: RevocationList } | { ok: false; why: string }

interface KeptList {
  fetched: Fetched
  at: Instant
  /** It told nothing of a card that it should know. */
  isDoubted?: true
}

export function createRevocation(options: RevocationOptions): Revocation {
  const { clock, toNamed, toOwn, patience = shippedPatience } = options
  const answers = new LRUCache<string, Kept>({ max: memory.answers })
  const lists = new LRUCache<string, KeptList>({ max: memory.lists })
  const silent = new LRUCache<string, Instant>({ max: 1_000 })
  const delegates = new LRUCache<string, Certificate>({ max: 100 })
  const asking = singleFlight<Standing>()
  const fetching = singleFlight<Fetched>()

  async function of(question: Question): Promise<Standing> {
    const key = keyOf(question)
    const kept = answers.get(key)
    if (kept && clock.now() < kept.until) return kept.standing
    return asking(key, async () => {
      const standing = await ask(question)
      answers.set(key, { standing, until: standing.kind === 'unknown' ? clock.now() + silence : standing.until })
      return standing
    })
  }

  async function ask(question: Question): Promise<Standing> {
    const byResponder = await askResponders(question)
    if (byResponder && byResponder.kind !== 'unknown') return byResponder
    const byList = await readLists(question)
    return byList ?? byResponder ?? { kind: 'unknown', why: 'no_address' }
  }

  // --- Responders --------------------------------------------------------------------------------------------------

  async function askResponders(question: Question): Promise<Standing | undefined> {
    const { certificate, rules, isCard } = question
    const named = certificate.extensions.responders ?? []
    const addresses = isCard && rules.ocsp ? [rules.ocsp] : named
    const late = AbortSignal.timeout(patience / 2)
    let found: Standing | undefined
    for (const address of addresses.slice(0, mostAddresses)) {
      if (late.aborted) break
      found = await askResponder(question, address)
      if (found.kind !== 'unknown') return found
    }
    return found
  }

  async function askResponder(question: Question, address: string): Promise<Standing> {
    const { certificate, issuer, rules } = question
    const nonce = randomBytes(nonceBytes)
    const body = await request(address, rules, {
      method: 'POST',
      headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
      body: questionAbout(certificate, issuer, nonce),
    })
    if (!body) return { kind: 'unknown', why: 'silent' }
    if (body.length > largestAnswer) return { kind: 'unknown', why: 'too_large' }
    const now = clock.now()
    const isNonceRequired = rules.nonce === 'required'
    const answer = readAnswer(body, { certificate, issuer, nonce, isNonceRequired, now, window: windowOf(rules) })
    if (answer.kind === 'none') return { kind: 'unknown', why: `${answer.isOfCard ? 'card_' : ''}${answer.why}` }
    if (answer.delegate && !(await mayAnswer(answer.delegate, question)))
      return { kind: 'unknown', why: 'delegate_revoked' }
    const ends = Math.min(answer.next ?? Number.POSITIVE_INFINITY, now + rules.maxAgeMinutes * minute)
    const until = answer.kind === 'revoked' && answer.next !== undefined ? answer.next : ends
    const kind = answer.kind === 'unknown' ? 'not_issued' : answer.kind
    return { kind, by: 'ocsp', at: answer.at, until, answer: body }
  }

  /** RFC 6960 section 4.2.2.2.1: not checked where the issuer says so; else by the issuer's list, and by no responder. */
  async function mayAnswer(delegate: Certificate, { kind, issuer, rules }: Question): Promise<boolean> {
    delegates.set(delegate.fingerprint, delegate)
    if (delegate.extensions.noCheck) return true
    const standing = await readLists({ kind, certificate: delegate, issuer, rules, isCard: false })
    return standing?.kind === 'good'
  }

  // --- Lists -------------------------------------------------------------------------------------------------------

  async function readLists(question: Question): Promise<Standing | undefined> {
    const { certificate, rules, isCard } = question
    const points = (certificate.extensions.lists ?? []).filter(({ isPlain }) => isPlain)
    const named = points.flatMap(({ urls }) => urls).filter((url) => /^https?:/i.test(url))
    const addresses = isCard && rules.crl ? [rules.crl] : named
    const late = AbortSignal.timeout(patience / 2)
    let found: Standing | undefined
    for (const address of addresses.slice(0, mostAddresses)) {
      if (late.aborted) break
      const fetched = await listAt(address, rules)
      found = fetched.ok
        ? standingIn(fetched.list, question, [...named, address])
        : { kind: 'unknown', why: fetched.why }
      if (found.kind !== 'unknown') return found
      if (fetched.ok && doubts.has(found.why)) doubt(address)
    }
    return found
  }

  async function listAt(address: string, rules: RevocationRules): Promise<Fetched> {
    const kept = lists.get(address)
    if (kept && isFresh(kept, rules)) return kept.fetched
    return fetching(address, async () => {
      const fetched = await fetchList(address, rules)
      lists.set(address, { fetched, at: clock.now() })
      return fetched
    })
  }

  /** Neither kept for its whole time, as somebody may have put it there, nor fetched anew for each card that comes. */
  function doubt(address: string): void {
    const kept = lists.get(address)
    if (kept) lists.set(address, { ...kept, isDoubted: true })
  }

  function isFresh({ fetched, at, isDoubted }: KeptList, rules: RevocationRules): boolean {
    const now = clock.now()
    if (!fetched.ok || isDoubted) return now < at + silence
    return now < Math.min(fetched.list.next, at + rules.maxAgeMinutes * minute)
  }

  async function fetchList(address: string, rules: RevocationRules): Promise<Fetched> {
    const body = await request(address, rules, { method: 'GET', headers: { accept: 'application/pkix-crl' } })
    if (!body) return { ok: false, why: 'silent' }
    const list = await readList(body, { pause: () => setImmediate() })
    return 'fault' in list ? { ok: false, why: list.fault } : { ok: true, list }
  }

  function standingIn(
    list: RevocationList,
    { certificate, issuer, rules }: Question,
    urls: readonly string[],
  ): Standing {
    const fault = listFault(list, { certificate, issuer, urls })
    if (fault) return { kind: 'unknown', why: fault }
    const now = clock.now()
    if (!isOfNow(list, now, windowOf(rules))) return { kind: 'unknown', why: 'not_of_now' }
    const isRevoked = list.revoked.has(keyOfSerial(Buffer.from(certificate.serial, 'hex')))
    const until = isRevoked ? list.next : Math.min(list.next, now + rules.maxAgeMinutes * minute)
    return { kind: isRevoked ? 'revoked' : 'good', by: 'crl', at: list.at, until, answer: list.raw }
  }

  // --- On the wire -------------------------------------------------------------------------------------------------

  /** The body of an answer 200. Who was silent a moment ago is not waited for again. */
  async function request(
    address: string,
    rules: RevocationRules,
    what: { method: string; headers: Record<string, string>; body?: Buffer },
  ): Promise<Buffer | undefined> {
    if (clock.now() < (silent.get(address) ?? 0)) return undefined
    try {
      const { status, body } = await wayTo(address, rules).ask(address, { ...what, timeout: patience })
      if (status === 200) return body
    } catch {
      // Whatever went wrong on the way, there is no answer.
    }
    silent.set(address, clock.now() + silence)
    return undefined
  }

  function wayTo(address: string, { ocsp, crl, hosts }: RevocationRules): Outbound {
    const isOwn = address === ocsp || address === crl || hosts.includes(URL.parse(address)?.hostname ?? '')
    return isOwn ? toOwn : toNamed
  }

  return { of, delegates: () => [...delegates.values()] }
}

/** Why a list may be another one than its issuer's. One key of an issuer that has two is such a case as well. */
const doubts: ReadonlySet<string> = new Set(['signature_invalid', 'not_of_now'])

function windowOf({ oldestHours, maxAgeMinutes }: RevocationRules): Window {
  return { skew, oldest: oldestHours * hour, oldestWithoutEnd: maxAgeMinutes * minute }
}

const keyOf = ({ kind, certificate, issuer, isCard }: Question) =>
  [kind, certificate.fingerprint, issuer.fingerprint, isCard].join('/')

/** Who asks for what another is asking for waits with them. */
function singleFlight<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>()
  return (key, work) => {
    const known = underWay.get(key)
    if (known) return known
    const made = work().finally(() => underWay.delete(key))
    underWay.set(key, made)
    return made
  }
}
