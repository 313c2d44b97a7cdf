/**
 * "Is this message really yours?" Anybody may ask, with the code of a message and the address that received it. The
 * answer is that it was sent there, when, and about what kind of thing; or that it was not. Never that a message is
 * genuine: whoever copies one true code into a million mails would get that answer for all of them. An unknown code and
 * another address get the same answer, by the same statements.
 *
 * A network may ask so often in an hour, and a code with so many addresses in a day, over all processes; what is asked is
 * kept as digests, for a week. A code that is asked about with many addresses is a fact: it may be phishing (R105).
 */
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import type { Translate } from '../http/messages.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import type { BannerContent } from '../notices/banners.ts'
import type { Notices } from '../notices/notices.ts'
import { parseAddress } from '../people/address.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import {
  addressesOfCode,
  misuseWindow,
  type PhishingRules,
  proposesWarning,
  tellsMisuse,
  warningLasts,
} from '../policy/phishing.ts'
import type { Storage } from '../storage/storage.ts'
import type { MessageKind } from './audience.ts'
import { createCodes } from './codes.ts'
import { createCheckStore } from './store.ts'

/** What kind of thing a message was about: no more than its reader sees at a glance. */
export type About = 'sign_in' | 'protection' | 'reminder' | 'code' | 'answer' | 'case'

export type CheckAnswer =
  | { kind: 'sent'; at: Instant; about: About }
  | { kind: 'not_sent' }
  /** That is no code of ours, or no address: nothing was looked up. */
  | { kind: 'malformed'; field: 'code' | 'address' }
  /** From this network. */
  | { kind: 'too_often' }
  /** With this code and too many addresses: whoever asks is told no more about it today. */
  | { kind: 'code_everywhere' }

export interface Misuse {
  /** Messages whose code is asked about with many addresses, and with how many in all, in the last seven days. */
  codes: number
  addresses: number
  /** Enough of them for a warning to the public. */
  proposes: boolean
}

export interface MessageChecks {
  /** `from`: the address of whoever asks on the network. */
  check(question: { code: string; address: string; from: string }): Promise<CheckAnswer>
  misuse(): Promise<Misuse>
  /** Deletes what nothing counts any more. A job calls it. */
  sweep(): Promise<void>
}

/** A household asks a few times; a company whose people were all written to, a few dozen. */
export const mostOfNetwork = 60

export function createMessageChecks(options: {
  storage: Storage
  clock: Clock
  audit: Audit
  /** 256 bits of the room. */
  key: Buffer
  rules: PhishingRules
}): MessageChecks {
  const { storage, clock, audit, rules } = options
  const codes = createCodes(options.key)
  const store = createCheckStore()
  return {
    async check({ code: typed, address: text, from }) {
      const code = codes.parse(typed)
      if (code === undefined) return { kind: 'malformed', field: 'code' }
      const address = parseAddress(text)
      if (address === undefined) return { kind: 'malformed', field: 'address' }
      const now = clock.now()
      const network = codes.networkMark(neighbourhoodOf(from) ?? '')
      const codeMark = codes.markOf(code)
      const addressMark = codes.addressMark(code, address)
      return storage.transaction(async (tx): Promise<CheckAnswer> => {
        const tries = await store.countNetwork(tx, network, Math.floor(now / hour) * hour)
        if (tries > mostOfNetwork) return { kind: 'too_often' }
        await store.lockCode(tx, codeMark)
        const today = await store.tried(tx, codeMark, addressMark, now - day)
        if (today.addresses >= addressesOfCode && !today.known) return { kind: 'code_everywhere' }
        const found = await store.find(tx, codeMark, addressMark)
        if (found?.delivered && found.kind && found.at)
          return { kind: 'sent', at: found.at.getTime(), about: aboutOf(found.kind) }
        const message = found?.message ?? null
        const before = await store.tried(tx, codeMark, addressMark, now - misuseWindow)
        await store.note(tx, { codeMark, addressMark, message, at: now })
        const addresses = before.addresses + 1
        if (message && !before.known && tellsMisuse(addresses, rules))
          audit.append(tx, { name: 'message.code_misused', data: { message, receivers: addresses } })
        return { kind: 'not_sent' }
      })
    },

    async misuse() {
      const counted = await store.misused(storage.db, clock.now() - misuseWindow, rules.misusedFrom)
      return { ...counted, proposes: proposesWarning(counted.addresses, rules) }
    },

    async sweep() {
      const now = clock.now()
      await store.forget(storage.db, { checks: now - misuseWindow, networks: now - 2 * hour })
    },
  }
}

function aboutOf(kind: MessageKind): About {
  if (kind.startsWith('connection.')) return 'sign_in'
  if (kind.startsWith('case.') || kind === 'code.report') return 'case'
  if (kind === 'code.answer') return 'answer'
  if (kind.startsWith('code.')) return 'code'
  return kind.endsWith('.expires_soon') || kind.endsWith('.expired') ? 'reminder' : 'protection'
}

// ── The warning to the public ───────────────────────────────────────────────────────────────────────────────────────

/** What a warning is about: messages that were copied, or reports of misused identities that rise (R105). */
export const warnings = ['messages', 'reports'] as const
export type Warning = (typeof warnings)[number]

/** The warning as it is ready to be published (R106): what to do, in plain words and without an address. */
export function readyWarning(
  translate: (language: Language) => Translate,
  now: Instant,
  about: Warning,
): Pick<BannerContent, 'kind' | 'text' | 'services' | 'until'> {
  const text = inEachLanguage((language) => translate(language)(`phishing.ready.${about}`))
  return { kind: 'phishing', text, services: 'all', until: now + warningLasts }
}

/** What may have the hub warn the public by itself. */
export interface WarningCause {
  about: Warning
  /** Whether the settings say that it does so. */
  publish: boolean
  /** After this fact it is looked at. */
  fact: Recorded['name']
  proposes(): Promise<boolean>
}

export interface PhishingWatch {
  reactor: Reactor
  /** The job's work: publishes the warning where the settings say so and none stands. */
  work(): Promise<void>
}

export function createPhishingWatch(options: {
  storage: Storage
  clock: Clock
  notices: Pick<Notices, 'banners' | 'publish'>
  translate: (language: Language) => Translate
  /** The first that proposes one gives it its words: one warning at a time. */
  causes: readonly WarningCause[]
}): PhishingWatch {
  const { storage, clock, notices, translate } = options
  const causes = options.causes.filter(({ publish }) => publish)

  async function proposed(): Promise<Warning | undefined> {
    for (const { about, proposes } of causes) if (await proposes()) return about
    return undefined
  }

  return {
    async reactor(facts, tx) {
      if (facts.some(({ name }) => causes.some(({ fact }) => fact === name)))
        await storage.jobs.enqueue(tx, 'alerts.warning', {})
    },
    async work() {
      const about = await proposed()
      if (!about) return
      const now = clock.now()
      const isWarned = (await notices.banners()).some(
        ({ kind, until, withdrawnAt, author, publishedAt }) =>
          kind === 'phishing' &&
          // One that stands; or our own, which operators took back of late: they know better.
          ((withdrawnAt === undefined && until > now) || (author.kind === 'hub' && publishedAt > now - warningLasts)),
      )
      if (!isWarned) await notices.publish(readyWarning(translate, now, about), { actor: { kind: 'hub' } })
    },
  }
}
