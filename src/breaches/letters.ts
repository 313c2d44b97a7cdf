/**
 * Letters to those who answer for the register: an entry was opened, its deadline comes near or has passed, the verdict of
 * its case changed. They go to data-protection officers and security officers in office. No letter holds a link, as none
 * of the hub does, nor a word of what happened: mail is read on the way.
 */
import { localeOf, type Translate } from '../http/messages.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { BreachId, OperatorId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import type { MessageGateway } from '../means/gateway.ts'
import { distanceTo, standingOf } from '../policy/breach.ts'
import type { Operators } from '../staff/operators.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'
import type { Breach, Breaches } from './breaches.ts'

export const breachLetters = ['opened', '48', '24', '6', '0', 'revised', 'not_confirmed', 'confirmed'] as const

/** Those who answer for it: they write in the register, and hear of its deadlines. */
export const answering: readonly OperatorRole[] = ['data_protection_officer', 'security_officer']

export interface LettersOptions {
  storage: Storage
  clock: Clock
  breaches: Pick<Breaches, 'read' | 'authorities'>
  operators: Pick<Operators, 'list'>
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** Name of the hub. */
  hub: string
  timeZone: string
}

export interface BreachLetters {
  /** A job's work: one letter, or without an operator a job for each of them. */
  send(job: JobData['breaches.letter']): Promise<void>
}

export function createBreachLetters(options: LettersOptions): BreachLetters {
  const { storage, clock, breaches, operators, gateway, translate, hub, timeZone } = options

  /** Is there anything left to say of it? A deadline that was met, or moved, is reminded of no more. */
  function isDue({ dueAt: present }: Breach, { event, dueAt }: JobData['breaches.letter']): boolean {
    const isKnown = breachLetters.some((one) => one === event)
    return isKnown && (!/^\d+$/.test(event) || present === dueAt)
  }

  return {
    async send(job) {
      const id = job.breach as BreachId
      const breach = await breaches.read(id)
      if (!breach || !isDue(breach, job)) return
      const officers = (await operators.list()).filter(
        ({ state, mail, roles }) => state === 'active' && mail && roles.some((role) => answering.includes(role)),
      )
      if (job.operator === undefined) {
        await storage.transaction(async (tx) => {
          for (const { operator } of officers) {
            const key = `${id}/${job.event}/${job.dueAt}/${operator}`
            await storage.jobs.enqueue(tx, 'breaches.letter', { ...job, operator }, { key })
          }
        })
        return
      }
      const to = officers.find(({ operator }) => operator === (job.operator as OperatorId))
      if (!to?.mail) return
      const { language = 'fr', name, mail } = to
      const t = translate(language)
      const values = { hub, name, reference: breach.reference, deadlines: deadlinesOf(breach, language, t) }
      await gateway.send({
        channel: 'mail',
        to: mail,
        subject: t(`breach.letter.${job.event}.subject`, values),
        text: t('breach.letter.text', { ...values, event: t(`breach.letter.${job.event}.text`, values) }),
        language,
      })
    },
  }

  function deadlinesOf(breach: Breach, language: Language, t: Translate): string {
    if (breach.dueAt === undefined) return t('breach.letter.no_deadline')
    const now = clock.now()
    const open = standingOf(breach, breaches.authorities, now).filter(({ firstAt }) => firstAt === undefined)
    return open
      .map(({ authority, dueAt }) => {
        const values = { authority: authority.name[language] }
        if (authority.hours === undefined) return t('breach.letter.deadline.at_once', values)
        const left = distanceTo(dueAt, now)
        return t(left.isPassed ? 'breach.letter.deadline.passed' : 'breach.letter.deadline', {
          ...values,
          date: writtenDeadline(dueAt, authority.timeZone, language),
          left: t('breach.distance', { days: left.days, hours: left.hours, minutes: left.minutes }),
        })
      })
      .concat(t('breach.letter.here', { date: writtenDeadline(breach.dueAt, timeZone, language) }))
      .join('\n')
  }
}

/** The minute that is safe to keep, with its distance from UTC: clocks may change before it. */
export function writtenDeadline(at: Instant, timeZone: string, language: Language): string {
  const key = `${language} ${timeZone}`
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(localeOf(language), {
      ...({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const),
      ...({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'shortOffset', timeZone } as const),
    })
  formats.set(key, format)
  return format.format(toDate(Math.floor(at / minute) * minute))
}

const formats = new Map<string, Intl.DateTimeFormat>()
