/**
 * Letters about cases of identity theft to all but the person (whom `alerts.ts` tells): to each partner concerned, to
 * operators, and to who reported without signing in. Which fact becomes which letter is the table below.
 *
 * A partner is told when its own connections were made, by which subject it knows the person, its own reference, what is
 * its to do and by when; nothing of anybody else, and no name. It is written to at its security mailbox, or where it has
 * none to its administrators; when its time is over at its administrative mailbox as well. A letter that reaches nobody
 * there is told to operators, who have a telephone. They hear of what waits for them at most once an hour.
 *
 * Who reported without signing in reads nothing but that it arrived and that it is over: nobody checked that mailbox.
 */
import type { Reactor, Recorded } from '../audit/audit.ts'
import type { Cases, Party } from '../cases/cases.ts'
import { localeOf, type Translate } from '../http/messages.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, second } from '../kernel/durations.ts'
import { isId, type PartyId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import type { MessageGateway } from '../means/gateway.ts'
import type { Partners } from '../partners/partners.ts'
import { mailboxOf } from '../people/address.ts'
import { type CaseRules, dutiesOf, publicStateOf } from '../policy/case-flow.ts'
import type { Operators } from '../staff/operators.ts'
import type { PartnerStaff } from '../staff/partner-staff.ts'
import type { Attempt, JobData } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'
import type { Block, Letters } from './letter.ts'
import { isRefusal, type MailTransport } from './mail.ts'
import { createMailboxFinder, type Recipient } from './mailboxes.ts'

/** To a partner concerned. */
export const partyLetters = [
  'party_notified',
  'party_reminded',
  'party_due',
  'party_overdue',
  'party_concluded',
  'party_revised',
] as const
export type PartyLetter = (typeof partyLetters)[number]
/** To operators; `unreachable`: a partner could not be told. */
export const operatorLetters = ['digest', 'unreachable'] as const
export type OperatorLetter = (typeof operatorLetters)[number]
/** To who reported without signing in. */
export const reporterLetters = ['reporter_received', 'reporter_over'] as const
export type ReporterLetter = (typeof reporterLetters)[number]

export interface CaseLetters {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /** The job's work: finds who is to be written to, or writes one letter. */
  send(job: JobData['alerts.case'], attempt: Pick<Attempt, 'last'>): Promise<void>
}

export interface CaseLettersOptions {
  storage: Storage
  clock: Clock
  cases: Pick<Cases, 'partyOf' | 'parties' | 'queue' | 'counts' | 'reporters'>
  partners: Pick<Partners, 'registry' | 'partner'>
  staff: Pick<PartnerStaff, 'list'>
  operators: Pick<Operators, 'list'>
  /** To those who work for a partner or for the hub. */
  transport: Pick<MailTransport, 'send'>
  letters: Pick<Letters, 'ofBlocks'>
  /** To people: what leaves by it can be recognised by its code. */
  gateway: MessageGateway
  translate: (language: Language) => Translate
  rules: CaseRules
  /** Name of the hub, and its public address, of which the host is printed. */
  hub: string
  issuer: string
  timeZone: string
}

interface Caused {
  what: PartyLetter | OperatorLetter | ReporterLetter
  /** A party, a report, a case (of each of its parties, of each who reported), or the hub. */
  about: string
}

type DataOf<N extends Recorded['name']> = Recorded<N>['data']
type Cause<N extends Recorded['name']> = (data: DataOf<N>) => Caused[]

const digest: Caused = { what: 'digest', about: 'hub' }

/** The table. A partner is never asked by a letter about a case that was not notified to it. */
const causes: { [N in Recorded['name']]?: Cause<N> } = {
  'case.reported': ({ report: about }) => [{ what: 'reporter_received', about }],
  'case.opened': () => [digest],
  'case.notified': ({ party: about }) => [{ what: 'party_notified', about }],
  'case.reminded': ({ party: about, reminder }) => [{ what: reminder === 1 ? 'party_reminded' : 'party_due', about }],
  'case.overdue': ({ party: about }) => [{ what: 'party_overdue', about }, digest],
  'case.concluded': ({ case: about }) => [{ what: 'party_concluded', about }],
  'case.revised': ({ case: about }) => [{ what: 'party_revised', about }],
  'case.closed': ({ case: about }) => [{ what: 'reporter_over', about }],
}

export function lettersOf({ name, data }: Pick<Recorded, 'name' | 'data'>): Caused[] {
  const cause = causes[name as keyof typeof causes] as ((data: never) => Caused[]) | undefined
  return cause?.(data as never) ?? []
}

/** What a letter asks for may be done, or not hold any more, when it is written. */
const isOver: Readonly<Record<PartyLetter, (party: Party) => boolean>> = {
  party_notified: () => false,
  party_reminded: isAnswered,
  party_due: isAnswered,
  party_overdue: isAnswered,
  party_concluded: ({ verdict }) => verdict === undefined,
  party_revised: ({ verdict }) => verdict !== undefined,
}

function isAnswered({ answeredAt, waived, verdict, closedAt }: Party): boolean {
  return [answeredAt, waived, verdict, closedAt].some((end) => end !== undefined)
}

/** Operators who look at reports. */
const looking: readonly OperatorRole[] = ['support', 'security_officer']

/** To one mailbox in a day, of each kind: anybody can type anybody's address, again and again. */
const mostToReporter = 3

/** Overdue parties that a digest names. */
const mostNamed = 20

export function createCaseLetters(options: CaseLettersOptions): CaseLetters {
  const { storage, clock, cases, partners, transport, letters, gateway, translate, rules, hub, timeZone } = options
  const { host, hostname } = new URL(options.issuer)
  const mailboxes = createMailboxFinder(options)

  const enqueue = (jobs: readonly JobData['alerts.case'][]) =>
    storage.transaction(async (tx) => {
      for (const job of jobs) {
        const { what, about, to = '' } = job
        await storage.jobs.enqueue(tx, 'alerts.case', job, { key: `${what}/${about}/${to}` })
      }
    })

  function nameOf({ side, object }: Pick<Party, 'side' | 'object'>, language: Language): string {
    const { services, providers } = partners.registry()
    // One that was archived is named by its id.
    return (side === 'service' ? services.get(object) : providers.get(object))?.name[language] ?? object
  }

  const partnerName = (id: string, language: Language) => partners.partner(id)?.name[language] ?? id

  /** In words, with the zone, to the second: to be found in a log. */
  const localTime = (at: Instant, language: Language) =>
    new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeStyle: 'full', timeZone }).format(toDate(at))
  const universalTime = (at: Instant) => toDate(at).toISOString().replace(/\.\d+/, '')

  /** A line break in a name must not become a line of ours. */
  const inOneLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

  async function post(to: Recipient, id: string, title: string, blocks: readonly Block[]): Promise<void> {
    const { mail, language } = to
    const letter = letters.ofBlocks({ title, blocks, language })
    // The same at each try: a mail that was taken twice is shown once.
    const messageId = `<${id}.${to.to}@${hostname}>`
    await transport.send({ to: mail, language, ...letter, messageId, date: clock.now() })
  }

  // ── Partners ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async function recipientsOf(what: PartyLetter, { partner: id }: Party): Promise<Recipient[]> {
    const partner = partners.partner(id)
    if (!partner) return []
    const { security, administrators, administrative } = await mailboxes.of(partner)
    const first = [security, administrators, administrative].find((some) => some.length > 0) ?? []
    const second = what === 'party_overdue' ? administrative : []
    return [...first, ...second.filter(({ mail }) => !first.some((one) => one.mail === mail))]
  }

  function partyBlocks(what: PartyLetter, party: Party, language: Language, t: Translate): Block[] {
    const { side, verdict } = party
    const object = inOneLine(nameOf(party, language))
    const label = (key: string) => t(`case_letter.party.${key}`)
    const done = new Set(party.duties.flatMap(({ duty, doneAt }) => (doneAt === undefined ? [] : [duty])))
    const left = dutiesOf(side, verdict).filter((duty) => !done.has(duty))
    const rows = [
      { label: label(`object.${side}`), value: object },
      { label: label('reference'), value: party.reference },
      { label: label('subject'), value: party.subject },
      ...party.moments.flatMap(({ at, level }) => [
        { label: label('utc'), value: universalTime(at) },
        { label: label('local'), value: localTime(at, language) },
        ...(level ? [{ label: label('level'), value: level }] : []),
      ]),
      ...(verdict
        ? [{ label: label('verdict'), value: t(`case_letter.verdict.${verdict}`) }]
        : [
            { label: label('due'), value: localTime(party.dueAt, language) },
            { label: label('due_utc'), value: universalTime(party.dueAt) },
          ]),
    ]
    const asked: Block[] = [
      { kind: 'heading', text: label('duties') },
      { kind: 'list', items: left.map((duty) => t(`case_letter.duty.${side}.${duty}`)) },
    ]
    return [
      { kind: 'paragraph', text: t(`case_letter.${what}.text`) },
      { kind: 'table', rows },
      ...(left.length > 0 ? asked : []),
      { kind: 'heading', text: label('answer') },
      {
        kind: 'list',
        items: [
          t('case_letter.party.answer.desk', { host: `${host}/desk` }),
          t('case_letter.party.answer.api', { object }),
        ],
      },
      { kind: 'paragraph', text: label('care') },
      { kind: 'paragraph', text: t('case_letter.no_link') },
    ]
  }

  async function toParty({ what, about, to }: Job<PartyLetter>, { last }: Pick<Attempt, 'last'>): Promise<void> {
    if (isId('case', about)) {
      return enqueue((await cases.parties(about)).map(({ id }) => ({ what, about: id })))
    }
    const party = await cases.partyOf(about as PartyId)
    if (!party || isOver[what](party)) return
    const recipients = await recipientsOf(what, party)
    if (to === undefined) {
      const jobs = recipients.map((one) => ({ what, about, to: one.to }))
      return enqueue(jobs.length > 0 ? jobs : [{ what: 'unreachable', about }])
    }
    const recipient = recipients.find((one) => one.to === to)
    if (!recipient) return
    const { language } = recipient
    const t = translate(language)
    const title = t(`case_letter.${what}.title`, { object: inOneLine(nameOf(party, language)) })
    try {
      await post(recipient, `${what}.${party.id}.${party.version}`, title, partyBlocks(what, party, language, t))
    } catch (error) {
      if (!last && !isRefusal(error)) throw error
      await enqueue([{ what: 'unreachable', about }])
    }
  }

  // ── Operators ─────────────────────────────────────────────────────────────────────────────────────────────────────

  async function overdueParties(): Promise<Party[]> {
    const late = await cases.queue({ state: 'open', overdue: true, limit: mostNamed + 1 })
    const parties: Party[] = []
    for (const { id } of late) parties.push(...(await cases.parties(id)))
    return parties.filter((party) => party.dueAt <= clock.now() && !isAnswered(party)).sort((a, b) => a.dueAt - b.dueAt)
  }

  function digestBlocks(waiting: number, late: readonly Party[], language: Language, t: Translate): Block[] {
    const lines = late.slice(0, mostNamed).map((party) =>
      t('case_letter.digest.line', {
        object: inOneLine(nameOf(party, language)),
        partner: inOneLine(partnerName(party.partner, language)),
        reference: party.reference,
        date: localTime(party.dueAt, language),
      }),
    )
    const overdue: Block[] = [
      { kind: 'paragraph', text: t('case_letter.digest.overdue', { count: lines.length }) },
      { kind: 'list', items: [...lines, ...(late.length > lines.length ? [t('case_letter.digest.more')] : [])] },
    ]
    return [
      { kind: 'paragraph', text: t('case_letter.digest.waiting', { count: waiting }) },
      ...(lines.length > 0 ? overdue : []),
      ...closing(t),
    ]
  }

  const closing = (t: Translate): Block[] => [
    { kind: 'paragraph', text: t('case_letter.digest.where', { host: `${host}/console/cases` }) },
    { kind: 'paragraph', text: t('case_letter.operators.no_link') },
  ]

  /** Undefined when what it was about is settled. */
  async function operatorMatter({ what, about }: Job<OperatorLetter>) {
    if (what === 'digest') {
      const [{ received }, late] = await Promise.all([cases.counts(), overdueParties()])
      if (received === 0 && late.length === 0) return undefined
      return {
        id: `digest.${Math.floor(clock.now() / second)}`,
        title: (_: Language, t: Translate) => t('case_letter.digest.title'),
        blocks: (language: Language, t: Translate) => digestBlocks(received, late, language, t),
      }
    }
    const party = await cases.partyOf(about as PartyId)
    if (!party) return undefined
    return {
      id: `${what}.${party.id}.${party.version}`,
      title: (language: Language, t: Translate) =>
        t('case_letter.unreachable.title', { object: inOneLine(nameOf(party, language)) }),
      blocks: (language: Language, t: Translate): Block[] => [
        {
          kind: 'paragraph',
          text: t('case_letter.unreachable.text', { partner: inOneLine(partnerName(party.partner, language)) }),
        },
        { kind: 'table', rows: [{ label: t('case_letter.unreachable.reference'), value: party.reference }] },
        ...closing(t),
      ],
    }
  }

  async function toOperators(job: Job<OperatorLetter>): Promise<void> {
    const recipients = await mailboxes.operators(looking)
    if (job.to === undefined) return enqueue(recipients.map(({ to }) => ({ ...job, to })))
    const recipient = recipients.find(({ to }) => to === job.to)
    const matter = recipient && (await operatorMatter(job))
    if (!matter) return
    const { language } = recipient
    const t = translate(language)
    await post(recipient, matter.id, matter.title(language, t), matter.blocks(language, t))
  }

  // ── Who reported without signing in ───────────────────────────────────────────────────────────────────────────────

  /** One of the letters that this mailbox may get today; that of a report stays its own at each try. */
  async function mayWriteTo(mailbox: string, what: ReporterLetter, report: string): Promise<boolean> {
    for (let place = 0; place < mostToReporter; place++) {
      const entry = { kind: 'alerts.reporter', key: `${what} ${place} ${mailbox}` }
      if (await storage.state.create({ ...entry, value: report, expiresAt: clock.now() + day })) return true
      const [taken] = await storage.state.getMany([entry])
      if (taken?.value === report) return true
    }
    return false
  }

  async function toReporter({ what, about }: Job<ReporterLetter>, { last }: Pick<Attempt, 'last'>): Promise<void> {
    if (isId('case', about)) {
      return enqueue((await cases.reporters({ case: about })).map(({ reference }) => ({ what, about: reference })))
    }
    const [reporter] = await cases.reporters({ report: about })
    if (!reporter) return
    const { reference, contact, language, openedAt } = reporter
    if (what === 'reporter_over') {
      const now = clock.now()
      // Whoever guesses at a code must not read from the pace of the case whether they were right.
      if (publicStateOf({ openedAt, closedAt: now }, rules, now) !== 'over') {
        const later = { startAfter: toDate(now + day), key: `${what}/${about}` }
        return storage.transaction((tx) => storage.jobs.enqueue(tx, 'alerts.case', { what, about }, later))
      }
    }
    if (!(await mayWriteTo(mailboxOf(contact), what, reference))) return
    const t = translate(language)
    const values = { hub, reference, host: `${host}/report/follow`, space: `${host}/space` }
    try {
      await gateway.send({
        channel: 'mail',
        to: contact,
        subject: t(`case_letter.${what}.title`, values),
        text: t(`case_letter.${what}.text`, values),
        language,
        of: { kind: 'report', secret: reference },
      })
    } catch (error) {
      if (!last && !isRefusal(error)) throw error
    }
  }

  return {
    async reactor(facts, tx) {
      for (const { what, about } of facts.flatMap(lettersOf)) {
        // What comes within the hour is told in one letter.
        const startAfter = what === 'digest' ? { startAfter: toDate(nextHour(clock.now())), key: what } : {}
        await storage.jobs.enqueue(tx, 'alerts.case', { what, about }, startAfter)
      }
    },

    async send(job, attempt) {
      if (isOneOf(partyLetters, job)) return toParty(job, attempt)
      if (isOneOf(operatorLetters, job)) return toOperators(job)
      if (isOneOf(reporterLetters, job)) return toReporter(job, attempt)
    },
  }
}

type Job<W> = JobData['alerts.case'] & { what: W }

function isOneOf<W extends string>(kinds: readonly W[], job: JobData['alerts.case']): job is Job<W> {
  return (kinds as readonly string[]).includes(job.what)
}

const nextHour = (now: Instant): Instant => (Math.floor(now / hour) + 1) * hour
