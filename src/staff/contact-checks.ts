/**
 * The yearly check of a partner's security contacts: its security mailbox and those of its staff who are its security
 * contacts. Somebody of the partner confirms them at the desk; a letter asks for it 30 and 7 days before a year is over,
 * and says so once when it is. A mailbox that changed is to be confirmed anew. Whoever has nobody to write to is told by
 * its other contacts. Nothing is stopped by a check that is overdue: operators see it.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Audit } from '../audit/audit.ts'
import { localeOf, type Translate } from '../http/messages.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { StaffId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { StaffRole } from '../kernel/roles.ts'
import type { MessageGateway } from '../means/gateway.ts'
import type { Partner, Partners } from '../partners/partners.ts'
import { addYears } from '../policy/calendar.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { PartnerStaff, StaffMember, StaffStanding } from './partner-staff.ts'
import { type ContactCheckRow, createContactCheckStore } from './store.ts'

/** Who may confirm. */
export const confirmingRoles = ['administrator', 'security_contact'] as const satisfies readonly StaffRole[]

/** Days before the end at which a letter asks; 0: it is over. */
export const contactCheckDays = [30, 7, 0] as const
export type ContactCheckDays = (typeof contactCheckDays)[number]

export interface ContactCheck {
  partner: string
  /**
   * `due`: within 30 days. `missing`: there is neither a mailbox nor anybody in that role, so there is nothing to confirm,
   * and nobody to tell when something is wrong.
   */
  state: 'confirmed' | 'due' | 'overdue' | 'missing'
  /** When it is overdue. */
  dueAt: Instant
  confirmedAt?: Instant
  confirmedBy?: StaffId
  /** What is to be confirmed: the mailbox of the partner's settings, and its security contacts in office. */
  mailbox?: string
  contacts: StaffId[]
  /** What somebody saw who confirms: to be given back. */
  seen: string
}

export type ContactConfirmation =
  | { kind: 'confirmed'; check: ContactCheck }
  /** Somebody did so since the page was shown. */
  | { kind: 'already'; check: ContactCheck }
  /** What would be confirmed is not what they saw. */
  | { kind: 'conflict'; check: ContactCheck }
  | { kind: 'missing'; check: ContactCheck }
  /** None of their roles may. */
  | { kind: 'forbidden' }

export interface ContactChecks {
  /** Of every partner, the most urgent first. For operators. */
  contactChecks(): Promise<ContactCheck[]>
  /** Of one; undefined when there is no such partner. For whoever works for it. */
  of(partner: string): Promise<ContactCheck | undefined>
  /** By an administrator or a security contact of the partner, for a year. */
  confirm(by: Pick<StaffStanding, 'staff' | 'partner' | 'roles'>, seen: string): Promise<ContactConfirmation>
  /** Begins checks and asks for those that are due, each time once, whoever sweeps. A job calls it. */
  sweep(): Promise<void>
  /** Finds who is to be written to, or writes one letter. A job calls it; what was confirmed meanwhile is not asked for. */
  sendLetter(job: JobData['staff.contact_check']): Promise<void>
}

export interface ContactChecksOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  partners: Pick<Partners, 'partner' | 'organisations' | 'published'>
  staff: Pick<PartnerStaff, 'list'>
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** Name of the hub, and its public address, of which the host is printed. */
  hub: string
  issuer: string
  timeZone: string
}

/** What a new partner, or one with a new mailbox, has to confirm it. */
const firstTerm = 30 * day

export function createContactChecks(options: ContactChecksOptions): ContactChecks {
  const { storage, clock, audit, partners, staff, gateway, translate, hub, timeZone } = options
  const { host } = new URL(options.issuer)
  const store = createContactCheckStore()

  function checkOf(partner: Partner, contacts: StaffId[], row: ContactCheckRow | undefined): ContactCheck {
    const mailbox = partner.contacts?.security
    const dueAt = row?.due_at.getTime() ?? clock.now() + firstTerm
    const confirmedAt = row?.confirmed_at?.getTime()
    return {
      partner: partner.id,
      state: mailbox === undefined && contacts.length === 0 ? 'missing' : stateAt(dueAt, clock.now()),
      dueAt,
      ...(confirmedAt === undefined ? {} : { confirmedAt }),
      ...(row?.confirmed_by ? { confirmedBy: row.confirmed_by } : {}),
      ...(mailbox === undefined ? {} : { mailbox }),
      contacts,
      seen: JSON.stringify([confirmedAt ?? 0, mailbox ?? '', ...contacts]),
    }
  }

  async function find(id: string): Promise<ContactCheck | undefined> {
    const partner = partners.partner(id)
    if (!partner) return undefined
    const [contacts, row] = await Promise.all([store.contacts(storage.db, id), store.find(storage.db, id)])
    return checkOf(
      partner,
      contacts.map(({ id: member }) => member),
      row,
    )
  }

  /** Who hears, by what a job may carry: never an address. */
  function recipientsOf(partner: Partner, team: readonly StaffMember[], days: number): string[] {
    const contacts = inOffice(team, 'security_contact').map((one) => one.staff)
    const security = [...(partner.contacts?.security ? ['security'] : []), ...contacts]
    const others = [
      ...(partner.contacts?.administrative ? ['administrative'] : []),
      ...inOffice(team, 'administrator').map((one) => one.staff),
    ]
    return [...new Set(security.length === 0 || days === 0 ? [...security, ...others] : security)]
  }

  async function ask(tx: Tx, partner: string, days: ContactCheckDays): Promise<void> {
    await store.asked(tx, partner, days)
    audit.append(tx, { name: 'partner.contact_check_due', data: { partner, days } })
    await storage.jobs.enqueue(tx, 'staff.contact_check', { partner, days: String(days) })
  }

  return {
    of: find,

    async contactChecks() {
      const contacts = Map.groupBy(await store.contacts(storage.db), ({ partner }) => partner)
      const rows = new Map((await store.all(storage.db)).map((row) => [row.partner, row]))
      const checks = partners.organisations().map((partner) =>
        checkOf(
          partner,
          (contacts.get(partner.id) ?? []).map(({ id }) => id),
          rows.get(partner.id),
        ),
      )
      const urgency = { missing: 0, overdue: 1, due: 2, confirmed: 3 } as const
      return checks.sort(
        (a, b) => urgency[a.state] - urgency[b.state] || a.dueAt - b.dueAt || (a.partner < b.partner ? -1 : 1),
      )
    },

    async confirm(by, seen) {
      const check = await find(by.partner)
      if (!check || !by.roles.some((role) => (confirmingRoles as readonly StaffRole[]).includes(role)))
        return { kind: 'forbidden' }
      if (check.state === 'missing') return { kind: 'missing', check }
      if (seen !== check.seen) return { kind: isConfirmedSince(seen, check) ? 'already' : 'conflict', check }
      const now = clock.now()
      const isFirst = await storage.transaction(async (tx) => {
        const confirmed = await store.confirm(tx, {
          partner: by.partner,
          before: check.confirmedAt === undefined ? null : toDate(check.confirmedAt),
          at: toDate(now),
          by: by.staff,
          mailbox: check.mailbox ?? null,
          dueAt: toDate(addYears(now, 1, timeZone)),
        })
        if (confirmed) {
          audit.append(tx, { name: 'partner.contact_confirmed', data: { partner: by.partner, staff: by.staff } })
        }
        return confirmed
      })
      return { kind: isFirst ? 'confirmed' : 'already', check: (await find(by.partner)) ?? check }
    },

    async sweep() {
      const { partners: all } = await partners.published()
      await storage.transaction(async (tx) => {
        const known = new Map((await store.lockAll(tx)).map((row) => [row.partner, row]))
        await store.keep(tx, [...all.keys()])
        const now = clock.now()
        const soon = toDate(now + firstTerm)
        for (const partner of all.values()) {
          const row = known.get(partner.id)
          const isOther = row?.confirmed_at && row.mailbox !== (partner.contacts?.security ?? null)
          const isNew = !row || (isOther && row.due_at > soon)
          if (isNew) await store.begin(tx, partner.id, soon)
          const left = isNew ? firstTerm : row.due_at.getTime() - now
          const days = contactCheckDays.findLast((one) => left <= one * day)
          const asked = isNew ? null : row.asked
          if (days !== undefined && (asked === null || asked > days)) await ask(tx, partner.id, days)
        }
      })
    },

    async sendLetter({ partner: id, to, days }) {
      const partner = partners.partner(id)
      const check = partner && (await find(id))
      if (!partner || !check || check.state === 'confirmed') return
      const team = await staff.list(id)
      if (to === undefined) {
        const recipients = recipientsOf(partner, team, Number(days))
        return storage.transaction(async (tx) => {
          for (const one of recipients) {
            await storage.jobs.enqueue(tx, 'staff.contact_check', { partner: id, days, to: one })
          }
        })
      }
      const member = team.find((one) => one.staff === to && one.state === 'active')
      const mailbox = to === 'security' || to === 'administrative' ? partner.contacts?.[to] : undefined
      const address = member?.mail ?? mailbox
      if (!address) return
      const language = member?.language ?? languageOf(team)
      const t = translate(language)
      const values = {
        hub,
        host: `${host}/desk`,
        partner: partner.name[language],
        mailbox: check.mailbox ?? t('contact_check.none'),
        contacts:
          inOffice(team, 'security_contact')
            .map(({ name }) => name)
            .join(', ') || t('contact_check.none'),
        date: new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone }).format(check.dueAt),
      }
      const stage = check.state === 'missing' ? 'missing' : Number(days) === 0 ? 'overdue' : 'due'
      await gateway.send({
        channel: 'mail',
        to: address,
        subject: t(`contact_check.${stage}.subject`, values),
        text: t(`contact_check.${stage}.text`, values),
        language,
      })
    },
  }
}

function stateAt(dueAt: Instant, now: Instant): 'confirmed' | 'due' | 'overdue' {
  if (now >= dueAt) return 'overdue'
  return dueAt - now <= firstTerm ? 'due' : 'confirmed'
}

/** The page was shown before the last confirmation, of the same mailbox and people. */
function isConfirmedSince(seen: string, check: ContactCheck): boolean {
  const rest = (text: string): unknown => {
    try {
      return (JSON.parse(text) as unknown[]).slice(1)
    } catch {
      return undefined
    }
  }
  return check.state === 'confirmed' && isDeepStrictEqual(rest(seen), rest(check.seen))
}

const inOffice = (team: readonly StaffMember[], role: StaffRole) =>
  team.filter(({ state, roles }) => state === 'active' && roles.includes(role))

/** A mailbox of a function has no language: that of whoever answers for the partner, or French. */
export function languageOf(team: readonly StaffMember[]): Language {
  return (inOffice(team, 'administrator')[0] ?? team.find(({ state }) => state === 'active'))?.language ?? 'fr'
}
