/**
 * Letters to partners about what is theirs to do: a homologation that ends soon (R026), a service that depends on a single
 * provider (R083) or lacks the one that is obligatory (R022), a key or a secret of theirs that changed, what operators
 * answered to a scope that was asked. They go to the administrative and the security mailbox of the partner, or where it
 * has none to its administrators; an answer goes to the administrators, who ask; operators who record homologations hear
 * of those as well. What a letter says is read when it is written: of what was settled meanwhile there is none.
 */
import type { Reactor, Recorded } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { localeOf, type Translate } from '../http/messages.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import type { HomologationId, ServiceId } from '../kernel/ids.ts'
import type { Language, Translated } from '../kernel/languages.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import type { MessageGateway } from '../means/gateway.ts'
import type { Partner, Partners, Provider, Service } from '../partners/partners.ts'
import type { Editor } from '../partners/versions.ts'
import type { Entry, Register, RegisteredHomologation } from '../register/register.ts'
import type { Operators } from '../staff/operators.ts'
import type { PartnerStaff } from '../staff/partner-staff.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'
import { createMailboxFinder, type Recipient } from './mailboxes.ts'
import { createWarningStore } from './store.ts'

export interface PartnerLetters {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /** Finds services that have become worth a second look, each time once, whoever sweeps. A job calls it. */
  sweep(): Promise<void>
  /** The job's work: finds who is to be written to, or writes one letter. */
  send(job: JobData['alerts.partner']): Promise<void>
}

export interface PartnerLettersOptions {
  storage: Storage
  clock: Clock
  partners: Pick<Partners, 'registry' | 'partner' | 'doubts'> & {
    versions: Pick<Partners['versions'], 'history' | 'lookBack' | 'scopes'>
  }
  register: Pick<Register, 'entries'>
  staff: Pick<PartnerStaff, 'list'>
  operators: Pick<Operators, 'list'>
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** Name of the hub, and its public address, of which the host is printed. */
  hub: string
  issuer: string
  timeZone: string
}

/** Days before the end of a homologation at which a letter leaves. */
const homologationDays: readonly number[] = [60, 30, 7]

/** Operators who record homologations. */
const homologating: readonly OperatorRole[] = ['administrator', 'security_officer']

/** Warnings that are told by letter. */
const told = ['doubt_no_psc', 'doubt_single', 'doubt_nobody'] as const
type Told = (typeof told)[number]

/** Of whom and what a letter speaks. */
interface Matter {
  partner: Partner
  /** Operators hear too. */
  isForOperators: boolean
  /** Its administrators rather than its mailboxes. */
  isForAdministrators?: boolean
  /** In place of its mailboxes: those that it has no more. */
  former?: { to: string; mail: string }[]
  write(language: Language, t: Translate): { key: string; values: Record<string, string> }
}

/**
 * A key or a secret changed, by whose hand: the partner's staff, or else the operators of the hub. A program may act for a
 * service or a provider from now on, or one that did was changed or removed.
 */
const keysMatters = ['keys_by_staff', 'keys_by_operators', 'program_added', 'program_changed'] as const
type KeysMatter = (typeof keysMatters)[number]

const reader: Editor = { hand: 'operators', actor: { kind: 'hub' } }

const isKeysMatter = (what: string): what is KeysMatter => (keysMatters as readonly string[]).includes(what)

/**
 * What a partner's mailboxes hear of after a fact; of its keys whoever changed them: a change that nobody expected is
 * noticed by those whom it harms.
 */
function letterAbout({ name, data }: Pick<Recorded, 'name' | 'data'>): JobData['alerts.partner'] | undefined {
  const what = ({ kind }: Actor): KeysMatter => (kind === 'staff' ? 'keys_by_staff' : 'keys_by_operators')
  if (name === 'service.secret_rotated' || name === 'service.secret_ended') {
    const { service, actor } = data as Recorded<'service.secret_rotated' | 'service.secret_ended'>['data']
    return { what: what(actor), about: `service/${service}` }
  }
  if (name.startsWith('api_client.') && 'partner' in data) {
    const { partner, side, object } = data as Recorded<'api_client.registered' | 'api_client.removed'>['data']
    const what = name === 'api_client.registered' ? 'program_added' : 'program_changed'
    return partner === null ? undefined : { what, about: `${side}/${object}/${partner}` }
  }
  if (name === 'partners.keys_changed') {
    const { kind, id, actor } = data as Recorded<'partners.keys_changed'>['data']
    return { what: what(actor), about: `${kind}/${id}` }
  }
  if (name === 'service.scope_granted' || name === 'service.scope_refused') {
    const { service, scope } = data as Recorded<'service.scope_granted'>['data']
    const state = name === 'service.scope_granted' ? 'granted' : 'refused'
    return { what: 'scope', about: `${service}/${scope}/${state}` }
  }
  if (name === 'partners.published') {
    const { kind, id, version, change } = data as Recorded<'partners.published'>['data']
    return kind === 'partner' && change === 'changed' ? { what: 'contacts', about: `${id}/${version}` } : undefined
  }
  if (name !== 'homologation.ends_soon') return undefined
  const { homologation, days } = data as Recorded<'homologation.ends_soon'>['data']
  return homologationDays.includes(days) ? { what: 'homologation', about: homologation, days: String(days) } : undefined
}

export function createPartnerLetters(options: PartnerLettersOptions): PartnerLetters {
  const { storage, clock, partners, register, gateway, translate, hub, timeZone } = options
  const { host } = new URL(options.issuer)
  const store = createWarningStore()
  const mailboxes = createMailboxFinder(options)

  function standing(): { service: ServiceId; code: Told }[] {
    return partners.doubts().flatMap(({ about, said }) => {
      const code = told.find((one) => one === said.code)
      return code ? about.flatMap(({ kind, id }) => (kind === 'service' ? [{ service: id, code }] : [])) : []
    })
  }

  const nameOf = (service: ServiceId, language: Language) =>
    partners.registry().services.get(service)?.name[language] ?? service

  /** Absent when it is settled, or its partner left. */
  async function matterOf({ what, about }: JobData['alerts.partner']): Promise<Matter | undefined> {
    if (what === 'homologation') return homologationMatter(about as HomologationId)
    if (what === 'contacts') return contactsMatter(about)
    if (what === 'scope') return scopeMatter(about)
    return isKeysMatter(what) ? keysMatter(what, about) : warningsMatter(about)
  }

  /**
   * The last letter to a mailbox that was replaced: whoever acts in the place of a partner must not silence who would hear
   * of it. `about`: the partner and the number of the version without it.
   */
  async function contactsMatter(about: string): Promise<Matter | undefined> {
    const [id = '', version = ''] = about.split('/')
    const partner = partners.partner(id)
    const page = { before: Number(version) + 1, limit: 1 }
    const [changed] = (await partners.versions.history({ kind: 'partner', id }, reader, page)) ?? []
    const left = (changed?.changes ?? []).flatMap(({ path, old }) =>
      path.startsWith('contacts.') && old !== undefined ? [{ to: path, mail: old }] : [],
    )
    // By the database: this process may not have heard of the change whose letter it writes.
    const subject = { kind: 'partner', id } as const
    const [newest] = (await partners.versions.history(subject, reader, { limit: 1 })) ?? []
    const look = newest && (await partners.versions.lookBack(subject, newest.number, reader))
    const present: unknown[] = Object.values(look?.entry.contacts ?? {})
    const former = left.filter(
      ({ mail }, index) => !present.includes(mail) && left.findIndex((one) => one.mail === mail) === index,
    )
    if (!partner || former.length === 0) return undefined
    return { partner, isForOperators: false, former, write: () => ({ key: 'partner_letter.contacts', values: {} }) }
  }

  /** What operators answered, while nobody asked anew. `about`: `refunds/gender/granted`. */
  async function scopeMatter(about: string): Promise<Matter | undefined> {
    const [service = '', scope = '', state = ''] = about.split('/')
    const requests = await partners.versions.scopes(reader, { service })
    const request = requests.find((one) => one.scope === scope && one.state === state)
    const partner = request && partners.partner(request.partner)
    if (!partner) return undefined
    const write = (language: Language) => ({
      key: `partner_letter.scope_${state}`,
      values: { name: nameOf(service, language), scope, reason: request.reason ?? '' },
    })
    return { partner, isForOperators: false, isForAdministrators: true, write }
  }

  /** `about`: `service/refunds`, `provider/bank`; of a program also whose it was when the program was registered. */
  function keysMatter(what: KeysMatter, about: string): Matter | undefined {
    const [kind, id = '', of] = about.split('/')
    const { services, providers } = partners.registry()
    const own: Service | Provider | undefined = kind === 'service' ? services.get(id) : providers.get(id)
    const partner = own && partners.partner(own.partner)
    if (!partner || (of !== undefined && of !== partner.id)) return undefined
    const write = (language: Language) => ({ key: `partner_letter.${what}`, values: { name: own.name[language] } })
    return { partner, isForOperators: false, write }
  }

  async function homologationMatter(id: HomologationId): Promise<Matter | undefined> {
    const found = (await register.entries()).flatMap((entry) =>
      entry.homologations.map((homologation) => ({ entry, homologation })),
    )
    const one = found.find(({ homologation }) => homologation.homologation === id)
    const partner = one && partners.partner(partners.registry().services.get(one.homologation.service)?.partner ?? '')
    if (!one || !partner || one.homologation.state !== 'in_force' || isDoneAgain(one)) return undefined
    const { entry, homologation } = one
    return {
      partner,
      isForOperators: true,
      write: (language, t) => ({
        key: 'partner_letter.homologation',
        values: {
          service: nameOf(homologation.service, language),
          means: meansName(entry, language, t),
          date: new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone }).format(
            homologation.endsAt,
          ),
        },
      }),
    }
  }

  function warningsMatter(id: string): Matter | undefined {
    const partner = partners.partner(id)
    const { services } = partners.registry()
    const own = standing().filter(({ service }) => services.get(service)?.partner === id)
    if (!partner || own.length === 0) return undefined
    return {
      partner,
      isForOperators: false,
      write: (language, t) => ({
        key: 'partner_letter.warnings',
        values: {
          lines: own
            .map(({ service, code }) =>
              t('partner_letter.warning', {
                service: nameOf(service, language),
                warning: t(`partner_letter.warning.${code}`),
              }),
            )
            .join('\n'),
        },
      }),
    }
  }

  async function recipientsOf({ partner, isForOperators, isForAdministrators, former }: Matter): Promise<Recipient[]> {
    const { administrative, security, administrators, language } = await mailboxes.of(partner)
    if (former) return former.map((one) => ({ ...one, language }))
    const own = [...administrative, ...security.filter(({ mail }) => mail !== administrative[0]?.mail)]
    const homologators = isForOperators ? await mailboxes.operators(homologating) : []
    const [first, second] = isForAdministrators ? [administrators, own] : [own, administrators]
    return [...(first.length > 0 ? first : second), ...homologators]
  }

  return {
    async reactor(facts, tx) {
      for (const job of facts.flatMap((fact) => letterAbout(fact) ?? []))
        await storage.jobs.enqueue(tx, 'alerts.partner', job)
    },

    async sweep() {
      const { services } = partners.registry()
      const now = standing()
      await storage.transaction(async (tx) => {
        const begun = await store.replace(tx, now, toDate(clock.now()))
        const concerned = new Set(begun.flatMap((service) => services.get(service)?.partner ?? []))
        for (const about of concerned) await storage.jobs.enqueue(tx, 'alerts.partner', { what: 'warnings', about })
      })
    },

    async send(job) {
      const matter = await matterOf(job)
      if (!matter) return
      const recipients = await recipientsOf(matter)
      if (job.to === undefined) {
        return storage.transaction(async (tx) => {
          for (const { to } of recipients) await storage.jobs.enqueue(tx, 'alerts.partner', { ...job, to })
        })
      }
      const recipient = recipients.find(({ to }) => to === job.to)
      if (!recipient) return
      const { language, mail } = recipient
      const t = translate(language)
      const { key, values } = matter.write(language, t)
      const all = { hub, host: `${host}/desk`, partner: matter.partner.name[language], ...values }
      const [subject, text] = [t(`${key}.subject`, all), t(`${key}.text`, all)]
      await gateway.send({ channel: 'mail', to: mail, subject, text, language })
    },
  }
}

/** A later one of the same service covers it. */
function isDoneAgain({ entry, homologation }: { entry: Entry; homologation: RegisteredHomologation }): boolean {
  return entry.homologations.some(
    ({ service, state, endsAt }) =>
      service === homologation.service && state === 'in_force' && endsAt > homologation.endsAt,
  )
}

function meansName({ of }: Entry, language: Language, t: Translate): string {
  const name: Translated | undefined = 'name' in of ? of.name : undefined
  return name?.[language] ?? t(`alert.means_kind.${'own' in of ? of.own : ''}`)
}
