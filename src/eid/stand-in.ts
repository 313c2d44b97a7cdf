/**
 * The ceremony of what stands in for the e-ID app (R084): first the card, read by a phone that is nothing but a reader or
 * by a reader at the computer; then a code, sent to a mailbox or number that the person had verified before. Until the card
 * has said who somebody is, nothing of anybody is shown or sent. Whether it may be used at all is judged with each request,
 * by the room of logins.
 *
 * It lets people into the account that they have at the app's provider: whoever never signed in there has none here, and a
 * provider that only asserts an address gives nobody a code.
 */
import type { Audit } from '../audit/audit.ts'
import type { Found, HouseWaiting } from '../cards/waiting.ts'
import { lowerOf } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { betweenCodes } from '../means/contact-codes.ts'
import type { CodeTarget, PersonCodes } from '../means/person-codes.ts'
import { accountProviderOf } from '../partners/stand-ins.ts'
import type { People } from '../people/people.ts'
import { mayReceiveCode, standInAmr, standInLevel } from '../policy/stand-in.ts'
import type { Storage } from '../storage/storage.ts'

/** A login that waits for a card and a code. */
export type StandInWaiting = Extract<HouseWaiting<'card_and_code'>, { kind: 'waiting' }>

/** Why a card leads no further here. */
export type Stuck =
  /** Nobody has signed in at the app's provider with it. */
  | 'unknown'
  /** There is no mailbox and no number to send a code to. */
  | 'no_contact'
  /** It was read without its PIN. */
  | 'no_pin'
  /** Whose card it is has left that provider out. */
  | 'blocked'

type CardProved = Pick<Found, 'subject' | 'identity' | 'level'>

type Kept =
  | { at: 'code'; person: PersonId; proved: CardProved; sent?: { to: CodeTarget['to']; at: Instant } }
  | { at: 'stuck'; why: Stuck }
  /** Done a moment ago, by a click before this one. */
  | { at: 'over'; url: string }

export type Step =
  | { at: 'card' }
  | { at: 'code'; targets: readonly CodeTarget[]; sent?: CodeTarget }
  | Extract<Kept, { at: 'stuck' | 'over' }>

export type Sent = 'sent' | 'too_soon' | 'too_many' | 'not_sent'

export type Typed =
  | { kind: 'done'; url: string }
  | Exclude<Awaited<ReturnType<PersonCodes['check']>>, { kind: 'right' }>
  /** No code is asked for here any more: the present step is another one. */
  | { kind: 'elsewhere' }

export interface StandInCeremony {
  stepOf(waiting: StandInWaiting): Promise<Step>
  /** A card was read and is good. */
  proved(waiting: StandInWaiting, found: Found): Promise<void>
  /** Begins again, with another card or another reader. */
  again(waiting: StandInWaiting): Promise<void>
  /** Undefined when there is nothing to send, or not there. */
  send(waiting: StandInWaiting, to: string, language: Language): Promise<Sent | undefined>
  typed(waiting: StandInWaiting, code: string): Promise<Typed>
}

/** A card that was read is good for so long, within its login. */
const cardHolds = 15 * minute
/** A second click within this time is led on like the first: a browser drops the answer of a click that another follows. */
const secondClick = minute

const kind = 'eid.stand-in'

export function createStandInCeremony(options: {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'recognise'>
  codes: PersonCodes
}): StandInCeremony {
  const { storage, clock, audit, people, codes } = options

  async function kept({ state }: StandInWaiting): Promise<Kept | undefined> {
    const [found] = await storage.state.getMany([{ kind, key: state }])
    return found?.value as Kept | undefined
  }

  const keep = ({ state, expiresAt }: StandInWaiting, value: Kept, lifetime: number) =>
    storage.state.write({
      put: [{ kind, key: state, value, expiresAt: Math.min(expiresAt, clock.now() + lifetime) }],
    })

  /** By the account at the provider that is stood in for; a card of somebody else names somebody else. */
  async function whose({ provider }: StandInWaiting, { subject, level, identity }: CardProved) {
    return people.recognise({ provider: accountProviderOf(provider), subject, level, identity })
  }

  const targetsOf = async (person: PersonId) => (await codes.targets(person)).filter(strongEnough)
  const strongEnough = ({ level }: CodeTarget) => mayReceiveCode({ verified: true, level })

  async function after(waiting: StandInWaiting, found: Found): Promise<Kept> {
    const { subject, identity, level, amr } = found
    if (!amr.includes('pin')) return { at: 'stuck', why: 'no_pin' }
    const proved = { subject, identity, level }
    const recognition = await whose(waiting, proved)
    if ('obstacle' in recognition && recognition.obstacle === 'blocked') return { at: 'stuck', why: 'blocked' }
    // Who is frozen goes on to what the login then says, as everywhere.
    if (recognition.kind !== 'known') return { at: 'stuck', why: 'unknown' }
    const { person } = recognition
    const targets = await targetsOf(person)
    return targets.length > 0 ? { at: 'code', person, proved } : { at: 'stuck', why: 'no_contact' }
  }

  return {
    async stepOf(waiting) {
      const step = await kept(waiting)
      if (step?.at !== 'code') return step ?? { at: 'card' }
      const targets = await targetsOf(step.person)
      if (targets.length === 0) return { at: 'stuck', why: 'no_contact' }
      const sent = targets.find(({ to }) => to === step.sent?.to)
      return { at: 'code', targets, ...(sent ? { sent } : {}) }
    },

    async proved(waiting, found) {
      await keep(waiting, await after(waiting, found), cardHolds)
    },

    async again({ state }) {
      await storage.state.write({ remove: [{ kind, key: state }] })
    },

    async send(waiting, to, language) {
      const step = await kept(waiting)
      if (step?.at !== 'code') return undefined
      const { person } = step
      const target = (await targetsOf(person)).find((one) => one.to === to)
      if (!target) return undefined
      const now = clock.now()
      if (step.sent?.to === to && now - step.sent.at < betweenCodes) return 'too_soon'
      const outcome = await codes.send({ person, to: target.to, binding: waiting.state, language })
      if (outcome === 'gone') return undefined
      if (outcome !== 'sent') return outcome
      await keep(waiting, { ...step, sent: { to: target.to, at: now } }, cardHolds)
      const { provider } = waiting
      const data = { person, provider: provider.id, channel: target.channel }
      await storage.transaction(async (tx) => audit.append(tx, { name: 'standin.code_sent', data }))
      return 'sent'
    },

    async typed(waiting, code) {
      const step = await kept(waiting)
      if (step?.at === 'over') return { kind: 'done', url: step.url }
      if (step?.at !== 'code' || !step.sent) return { kind: 'elsewhere' }
      const { person, proved, sent } = step
      const target = (await targetsOf(person)).find(({ to }) => to === sent.to)
      if (!target) return { kind: 'elsewhere' }
      const answer = await codes.check({ person, binding: waiting.state, code })
      if (answer.kind !== 'right') {
        // The click before this one may have used the code up.
        const present = await kept(waiting)
        return present?.at === 'over' ? { kind: 'done', url: present.url } : answer
      }
      const amr = standInAmr(target.channel)
      const level = standInLevel(amr, waiting.provider.allowedLevels)
      // Settings that allow none of what it carries: nobody is let in by them.
      if (!level) return { kind: 'elsewhere' }
      const { subject, identity } = proved
      const found: Found = { subject, identity, level: lowerOf(level, proved.level), amr, authTime: clock.now() }
      const url = await waiting.done(found)
      await keep(waiting, { at: 'over', url }, secondClick)
      return { kind: 'done', url }
    },
  }
}
