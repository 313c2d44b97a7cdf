/**
 * What takes two operators on a page takes nobody's word on the command line: whoever types there reads the master key.
 * So that none of it goes unseen, it is announced by letter to all operators in office. The same holds for what gives a
 * program power over the hub, whoever does it, and for what a program does to an operator. Facts are what is announced:
 * whatever writes one is heard.
 */
import type { Reactor, Recorded } from '../audit/audit.ts'
import type { Actor, FactName } from '../audit/facts.ts'
import type { Translate } from '../http/messages.ts'
import type { OperatorId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { MessageGateway } from '../means/gateway.ts'
import type { Operators } from '../staff/operators.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'
import { purposeName } from './messages.ts'

/** What a letter is about; its words are `approvals.announced.…`. `outages`: nobody did it, and somebody has to act. */
export const announcedKinds = ['keys', 'operators', 'secrets', 'api_clients', 'people', 'outages'] as const
export type AnnouncedKind = (typeof announcedKinds)[number]

interface Announced {
  what: AnnouncedKind
  /** A purpose of keys, an id. */
  about: string
}

type Judge = (data: never) => Announced | undefined

const byCommand = ({ actor }: { actor: Actor }) => actor.kind === 'command'

const keys = (data: Recorded<'key.created' | 'key.retired'>['data']): Announced | undefined =>
  byCommand(data) ? { what: 'keys', about: data.purpose } : undefined
type OperatorData = { operator: OperatorId; actor: Actor }
const invited = (data: OperatorData): Announced | undefined =>
  byCommand(data) ? { what: 'operators', about: data.operator } : undefined
/** One operator is enough for it, or a program: nobody asked a second one. */
const changed = ({ operator, actor }: OperatorData): Announced | undefined =>
  actor.kind === 'command' || actor.kind === 'api_client' ? { what: 'operators', about: operator } : undefined
const settings = (data: Recorded<'partners.keys_changed'>['data']): Announced | undefined =>
  byCommand(data) ? { what: 'secrets', about: `${data.kind} ${data.id}` } : undefined
const secret = (data: Recorded<'service.secret_rotated' | 'service.secret_ended'>['data']): Announced | undefined =>
  byCommand(data) ? { what: 'secrets', about: `service ${data.service}` } : undefined
/** What partners do with their own gives no power over the hub: they are told of it themselves. */
const program = ({
  client,
  partner,
  actor,
}: Recorded<'api_client.registered' | 'api_client.removed'>['data']): Announced | undefined =>
  partner !== null && actor.kind === 'staff' ? undefined : { what: 'api_clients', about: client }

const person = (data: Recorded<'protection.frozen' | 'protection.thawed'>['data']): Announced | undefined =>
  byCommand(data) ? { what: 'people', about: data.person } : undefined

/** R084: an e-ID app has been down for longer than what stands in for it may be offered. */
const outage = ({ reason, standsInFor }: Recorded<'standin.ended'>['data']): Announced | undefined =>
  reason === 'too_long' ? { what: 'outages', about: standsInFor } : undefined

/** Which facts are announced, and as what. */
const announced: { readonly [N in FactName]?: Judge } = {
  'key.created': keys,
  'key.retired': keys,
  'operator.invited': invited,
  'operator.suspended': changed,
  'operator.restored': changed,
  'operator.removed': changed,
  'operator.address_changed': changed,
  'partners.keys_changed': settings,
  'protection.frozen': person,
  'protection.thawed': person,
  'service.secret_rotated': secret,
  'service.secret_ended': secret,
  'standin.ended': outage,
  'api_client.registered': program,
  'api_client.keys_changed': program,
  'api_client.scopes_changed': program,
  'api_client.removed': program,
}

export function announcementOf({ name, data }: Pick<Recorded, 'name' | 'data'>): Announced | undefined {
  return announced[name]?.(data as never)
}

export interface Announcements {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /** A job's work: one letter, or without an operator a job for each of them. */
  send(job: JobData['approvals.announcement']): Promise<void>
}

export function createAnnouncements(options: {
  storage: Storage
  operators: Pick<Operators, 'list'>
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** Name of the hub. */
  hub: string
}): Announcements {
  const { storage, operators, gateway, translate, hub } = options
  return {
    async reactor(facts, tx) {
      for (const found of facts.flatMap((fact) => announcementOf(fact) ?? [])) {
        // One rotation writes several facts: of letters that were not begun yet one is enough.
        const key = `${found.what}/${found.about}`
        await storage.jobs.enqueue(tx, 'approvals.announcement', { ...found }, { key })
      }
    },

    async send({ what, about, operator }) {
      const all = (await operators.list()).filter(({ state, mail }) => state === 'active' && mail)
      if (operator === undefined) {
        await storage.transaction(async (tx) => {
          for (const { operator: each } of all) {
            const job = { what, about, operator: each }
            await storage.jobs.enqueue(tx, 'approvals.announcement', job, { key: `${what}/${about}/${each}` })
          }
        })
        return
      }
      const to = all.find((one) => one.operator === (operator as OperatorId))
      if (!to?.mail) return
      const { language = 'fr', name, mail } = to
      const t = translate(language)
      const values = { hub, name, about: what === 'keys' ? purposeName(about, t) : about }
      await gateway.send({
        channel: 'mail',
        to: mail,
        subject: t(`${letterOf(what)}.subject`, values),
        text: t(`${letterOf(what)}.text`, { ...values, what: t(`approvals.announced.${what}`, values) }),
        language,
      })
    },
  }
}

const letterOf = (what: string) => (what === 'outages' ? 'approvals.outage' : 'approvals.announced')
