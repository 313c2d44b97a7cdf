/**
 * Help: the pages that explain, and requests to those who answer. This room owns the requests and their answers, from the
 * form to the letter, and how long they are kept. It owns no person: who writes is not asked who they are, even when they
 * are signed in, and what they wrote is tied to nobody's id. Whoever answers finds a person by the code that was quoted,
 * as everywhere else, which is a fact of its own.
 *
 * What people write is sealed at rest; a list shows none of it, and each reading of a request is a fact.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { makeReference, parseReference } from '../connections/reference.ts'
import type { Translate } from '../http/messages.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import type { SupportAnswerId, SupportRequestId } from '../kernel/ids.ts'
import { isLanguage, type Language } from '../kernel/languages.ts'
import { createAutomationCheck, type WorkChallenge } from '../means/automation-check.ts'
import type { MessageGateway } from '../means/gateway.ts'
import { parseAddress } from '../people/address.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import type { Attempt, JobData } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'
import { readQuotedCode } from './quoted-code.ts'
import { createSupportStore } from './store.ts'
import {
  type Audience,
  type CloseReason,
  isAudience,
  isSituation,
  mostAnswer,
  mostReference,
  mostText,
  type Situation,
} from './vocabulary.ts'

/** What a list shows: nothing that anybody wrote. */
export interface RequestLine {
  id: SupportRequestId
  /** As people are told it: `K7QX-2M4P-9TRC`. */
  number: string
  state: 'open' | 'closed'
  audience: Audience
  situation: Situation
  /** In which an answer is wanted. */
  language: Language
  receivedAt: Instant
  changedAt: Instant
  version: number
  /** How many were given. */
  answers: number
}

export interface SupportRequest extends RequestLine {
  text: string
  /** The code that was quoted, as it was typed. */
  reference?: string
  /** Where an answer is wanted; nobody has shown that it is theirs. */
  address?: string
  answersGiven: Answer[]
  closedBy?: Actor
  closeReason?: CloseReason
}

export interface Answer {
  id: SupportAnswerId
  text: string
  by: Actor
  at: Instant
  sentAt?: Instant
  /** The mail server refused it for good, or did not take it for two days. */
  failedAt?: Instant
}

/** What a form sends: anything. */
export interface AskGiven {
  /** Drawn with the form: sent twice, it is one request. */
  id: SupportRequestId
  audience: string
  situation: string
  reference: string
  text: string
  address: string
  language: string
  /** Of the sender. */
  from: string
  /** What the browser worked out, where it was asked to. */
  proof?: { challenge: string; solution: string }
}

export const askProblems = [
  'audience_missing',
  'situation_missing',
  'reference_long',
  'text_missing',
  'text_long',
  'address_malformed',
] as const
export type AskProblem = (typeof askProblems)[number]

export type AskOutcome =
  | { kind: 'received'; number: string }
  /** Sent before. `same`: it says the same; else nothing of the second one was kept. */
  | { kind: 'known'; number: string; receivedAt: Instant; same: boolean }
  | { kind: 'invalid'; problems: AskProblem[] }
  /** Many came from this network: the browser has to work first. `failed`: what it worked out is not it. */
  | { kind: 'task'; work: WorkChallenge; failed: boolean; retryAfterSeconds: number }
  | { kind: 'too_many'; retryAfterSeconds: number }

export const answerProblems = ['text_missing', 'text_long', 'text_link'] as const
export type AnswerProblem = (typeof answerProblems)[number]

export type AnswerOutcome =
  | { kind: 'done' }
  /** This very answer was given before: a second click. */
  | { kind: 'again' }
  | { kind: 'invalid'; problems: AnswerProblem[] }
  /** Somebody answered, closed or reopened it since it was read. */
  | { kind: 'conflict' }
  | { kind: 'closed' }
  | { kind: 'no_address' }
  | { kind: 'unknown' }

/** `unchanged`: it was so already. */
export type ChangeOutcome = 'done' | 'unchanged' | 'conflict' | 'unknown'

export interface Support {
  ask(given: AskGiven): Promise<AskOutcome>
  /** How many are open. */
  countOpen(): Promise<number>
  /** Open ones from the oldest on, closed ones from the last on; `after` is the `next` of the page before. */
  list(page: {
    state: 'open' | 'closed'
    after?: string
    limit: number
  }): Promise<{ requests: RequestLine[]; next?: string }>
  /** Those of exactly that number, or in which exactly that code was quoted. */
  search(text: string): Promise<RequestLine[]>
  /** With what was written, for somebody who answers: a fact. `other`: who else has it open, as it seems. */
  read(
    id: SupportRequestId,
    actor: Actor,
  ): Promise<{ request: SupportRequest; other?: { by: Actor; at: Instant } } | undefined>
  /** Sends a letter. `answer` was drawn with the form, `seen` is the version that was read. */
  answer(
    id: SupportRequestId,
    given: { answer: SupportAnswerId; text: string; seen: number; actor: Actor },
  ): Promise<AnswerOutcome>
  close(id: SupportRequestId, given: { reason: CloseReason; seen: number; actor: Actor }): Promise<ChangeOutcome>
  reopen(id: SupportRequestId, given: { seen: number; actor: Actor }): Promise<ChangeOutcome>
  /** A job's work. */
  sendLetter(job: JobData['support.letter'], attempt: Attempt): Promise<void>
  /** Deletes what is over its time. A job calls it. */
  sweep(): Promise<void>
}

export interface SupportOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  /** 256 bits of this room. */
  key: Buffer
  gateway: MessageGateway
  /** Did the mail server refuse for good? */
  isRefusal(error: unknown): boolean
  translate: (language: Language) => Translate
  /** Name of the hub, and its public address, of which the host is printed. */
  hub: string
  issuer: string
  /** How long a request is kept after the last thing that happened to it. */
  retention: number
  /** Of the proof of work; as at the sign-in by default. */
  difficulty?: number
}

/** Of one network, which may be a whole office, in an hour: so many as they are, then with work of the browser, then none. */
export const freely = 5
export const mostOfNetwork = 60
const window = hour

/** Somebody who opened a request within this time may be writing an answer. */
const attention = 15 * minute

/** On a page of what a search finds. */
const mostFound = 50

export function createSupport(options: SupportOptions): Support {
  const { storage, clock, audit, gateway, isRefusal, translate, hub, retention, key } = options
  const { host } = new URL(options.issuer)
  const store = createSupportStore({ key })
  const automation = createAutomationCheck({
    clock,
    key,
    state: storage.state,
    ...(options.difficulty === undefined ? {} : { difficulty: options.difficulty }),
  })

  /** Seconds until fewer than `most` of these are within the window. */
  function waitFor(before: readonly Instant[], most: number): number {
    const blocking = before.at(-most) ?? clock.now()
    return Math.max(1, Math.ceil((blocking + window - clock.now()) / second))
  }

  return {
    async ask(given) {
      const problems = problemsOf(given)
      const { id, audience, situation, language, proof } = given
      if (problems.length > 0 || !isAudience(audience) || !isSituation(situation)) return { kind: 'invalid', problems }
      const written = writtenIn(given)
      const { canonical } = readQuotedCode(given.reference) ?? {}
      const content = store.digest('content', JSON.stringify([audience, situation, written]))
      const network = store.digest('network', neighbourhoodOf(given.from) ?? '')
      // A solution is good once: it is judged before the transaction, where no other statement may run.
      const isWorked = proof !== undefined && proof.solution !== '' && (await automation.verify(id, proof))
      return storage.transaction(async (tx): Promise<AskOutcome> => {
        await store.lockNetwork(tx, network)
        const known = await store.known(tx, { id, content })
        if (known) return { kind: 'known', ...known }
        const before = await store.ofNetwork(tx, network, clock.now() - window)
        if (before.length >= mostOfNetwork) {
          return { kind: 'too_many', retryAfterSeconds: waitFor(before, mostOfNetwork) }
        }
        if (before.length >= freely && !isWorked) {
          const retryAfterSeconds = waitFor(before, freely)
          return { kind: 'task', work: automation.issue(id), failed: Boolean(proof?.solution), retryAfterSeconds }
        }
        const row = {
          id,
          audience,
          situation,
          language: isLanguage(language) ? language : ('fr' as const),
          written,
          content,
          reference: canonical === undefined ? undefined : store.digest('reference', canonical),
          network,
          at: clock.now(),
        }
        let number = makeReference()
        while (!(await store.insert(tx, { ...row, number }))) number = makeReference()
        audit.append(tx, { name: 'support.asked', data: { request: id } })
        return { kind: 'received', number }
      })
    },

    countOpen: () => store.countOpen(storage.db),

    async list({ state, after, limit }) {
      const place = placeIn(after)
      const found = await store.list(storage.db, { state, limit: limit + 1, ...(place ? { after: place } : {}) })
      const requests = found.slice(0, limit)
      const last = requests.at(-1)
      if (found.length <= limit || !last) return { requests }
      return { requests, next: `${state === 'open' ? last.receivedAt : last.changedAt}.${last.id}` }
    },

    async search(text) {
      if (text.length > mostReference) return []
      const { canonical } = readQuotedCode(text) ?? {}
      if (canonical === undefined) return []
      const number = parseReference(text) ?? ''
      return store.search(storage.db, { number, reference: store.digest('reference', canonical), limit: mostFound })
    },

    read: (id, actor) =>
      storage.transaction(async (tx) => {
        const request = await store.find(tx, id)
        if (!request) return undefined
        const now = clock.now()
        const before = await store.noteReader(tx, { id, by: actor, at: now })
        audit.append(tx, { name: 'support.read', data: { request: id, actor } })
        const isOther = before && JSON.stringify(idOf(before.by)) !== JSON.stringify(idOf(actor))
        return { request, ...(before && isOther && now - before.at < attention ? { other: before } : {}) }
      }),

    async answer(id, { answer, text: typed, seen, actor }) {
      const text = plain(typed)
      const problems = problemsOfAnswer(text)
      if (problems.length > 0) return { kind: 'invalid', problems }
      return storage.transaction(async (tx): Promise<AnswerOutcome> => {
        const at = clock.now()
        const request = await store.find(tx, id)
        if (!request) return { kind: 'unknown' }
        if (request.address === undefined) return { kind: 'no_address' }
        // Of two at once the second one waits here, and finds another version.
        if (!(await store.advance(tx, { id, seen, state: 'open', to: 'open', at }))) {
          const now = await store.find(tx, id)
          if (now?.answersGiven.some((one) => one.id === answer)) return { kind: 'again' }
          return { kind: now?.state === 'closed' ? 'closed' : 'conflict' }
        }
        await store.insertAnswer(tx, { id: answer, request: id, text, by: actor, at })
        audit.append(tx, { name: 'support.answered', data: { request: id, answer, actor } })
        await storage.jobs.enqueue(tx, 'support.letter', { answer })
        return { kind: 'done' }
      })
    },

    close: (id, { reason, seen, actor }) =>
      storage.transaction(async (tx): Promise<ChangeOutcome> => {
        const at = clock.now()
        if (await store.advance(tx, { id, seen, state: 'open', to: 'closed', by: actor, reason, at })) {
          audit.append(tx, { name: 'support.closed', data: { request: id, reason, actor } })
          return 'done'
        }
        const request = await store.find(tx, id)
        if (!request) return 'unknown'
        return request.state === 'closed' ? 'unchanged' : 'conflict'
      }),

    reopen: (id, { seen, actor }) =>
      storage.transaction(async (tx): Promise<ChangeOutcome> => {
        if (await store.advance(tx, { id, seen, state: 'closed', to: 'open', at: clock.now() })) {
          audit.append(tx, { name: 'support.reopened', data: { request: id, actor } })
          return 'done'
        }
        const request = await store.find(tx, id)
        if (!request) return 'unknown'
        return request.state === 'open' ? 'unchanged' : 'conflict'
      }),

    async sendLetter({ answer: id }, { last }) {
      const found = await store.toSend(storage.db, id as SupportAnswerId)
      if (!found?.request.address) return
      const { answer, request } = found
      const { number, language, address } = request
      const t = translate(language)
      // The part in HTML knows paragraphs only.
      const values = { hub, host: `${host}/help`, number, answer: answer.text.replace(/\n+/g, '\n\n') }
      try {
        await gateway.send({
          channel: 'mail',
          to: address as string,
          subject: t('support.letter.subject', values),
          text: t('support.letter.text', values),
          language,
          // Known to be ours by a code, like every letter to a person; no copy of the words is kept.
          of: { kind: 'answer', secret: values.answer },
        })
      } catch (error) {
        // Who typed an address that there is not has nobody try for two days.
        if (!last && !isRefusal(error)) throw error
        await store.noteSent(storage.db, answer.id, 'failed', clock.now())
        return
      }
      await store.noteSent(storage.db, answer.id, 'sent', clock.now())
    },

    async sweep() {
      const now = clock.now()
      await store.forget(storage.db, { before: now - retention, networks: now - day })
    },
  }
}

/** Lines as everybody ends them, nothing around. */
const plain = (text: string) =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()

function problemsOf({ audience, situation, reference, text, address }: AskGiven): AskProblem[] {
  const checks: [AskProblem, boolean][] = [
    ['audience_missing', !isAudience(audience)],
    ['situation_missing', !isSituation(situation)],
    ['reference_long', reference.trim().length > mostReference],
    ['text_missing', plain(text) === ''],
    ['text_long', plain(text).length > mostText],
    ['address_malformed', address.trim() !== '' && parseAddress(address) === undefined],
  ]
  return checks.filter(([, applies]) => applies).map(([problem]) => problem)
}

function writtenIn({ text, reference, address }: AskGiven) {
  const parsed = address.trim() === '' ? undefined : parseAddress(address)
  return {
    text: plain(text),
    ...(reference.trim() === '' ? {} : { reference: reference.trim() }),
    ...(parsed === undefined ? {} : { address: parsed }),
  }
}

/** R107: no message of the hub holds a link, so that one with a link is known to be somebody else's. */
function problemsOfAnswer(text: string): AnswerProblem[] {
  const checks: [AnswerProblem, boolean][] = [
    ['text_missing', text === ''],
    ['text_long', text.length > mostAnswer],
    ['text_link', /[a-z][a-z0-9+.-]*:\/\/|\bwww\.|\bmailto:/i.test(text)],
  ]
  return checks.filter(([, applies]) => applies).map(([problem]) => problem)
}

const idOf = (actor: Actor) => ('id' in actor ? [actor.kind, actor.id] : [actor.kind])

function placeIn(after: string | undefined): { at: Instant; id: string } | undefined {
  const [, at = '', id = ''] = /^(\d{1,15})\.(req_[\w-]{22,40})$/.exec(after ?? '') ?? []
  return id === '' ? undefined : { at: Number(at), id }
}
