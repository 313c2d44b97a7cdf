/**
 * The words of a message. A letter is built once as a list of blocks and written twice, as text and as HTML, so that
 * both say the same. No link, no image, no form, nothing fetched: a mail that has one is not ours (R107).
 */
import type { Connection } from '../connections/connections.ts'
import { type Html, html } from '../http/html.ts'
import { localeOf, type Translate } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { MessageId } from '../kernel/ids.ts'
import { directionOf, type Language, languages, type Translated } from '../kernel/languages.ts'
import type { MeansKind } from '../means/means.ts'
import type { CaseCloseReason, Origin } from '../policy/case-flow.ts'
import type { Side } from '../policy/mandate.ts'
import type { CaseNews, Change, MandateNews, Said } from './audience.ts'
import type { Details } from './store.ts'

export interface LetterSettings {
  /** Public address of the hub. Only its host is printed. */
  issuer: string
  /** Name of the hub, in the reader's eyes the sender. */
  name: string
  /** IANA name of the zone in which dates are written, with its name. */
  timeZone: string
}

/** Who reads, and what they may be told. */
export interface Reader {
  language: Language
  said: Exclude<Said, 'nothing'>
}

interface View {
  reader: Reader
  /** Proves that this message is ours. */
  messageCode: string
}

/** What a letter about a connection is made from. The names are absent when the partner left. */
export interface ConnectionLetter extends View {
  connection: Connection
  service: Translated | undefined
  provider: Translated | undefined
}

/** What a letter about a change of protection is made from. */
export interface ChangeLetter extends View {
  change: Change
  details: Details
  at: Instant
  /** Which kind of means, where one is meant and still known. */
  of?: MeansKind
  /** Names of the providers that it is about. */
  providers?: readonly Translated[]
  /** The contact that it is about, with most of it hidden. */
  contact?: string
  /** That contact is where this is read. */
  isHere?: boolean
  phones?: readonly ToldPhone[]
  /** Name of the firm that it is about. */
  firm?: string
}

/** With its end, where it is told. */
export interface ToldPhone {
  label: string
  expiresAt?: Instant
}

export interface EndingMeans {
  kind: MeansKind
  expiresAt: Instant
}

/** R046: one letter for all that ends, the first first. */
export interface ReminderLetter extends View {
  ending: readonly [EndingMeans, ...EndingMeans[]]
  at: Instant
}

/** How a report that an identity was misused goes on. */
export interface CaseLetter extends View {
  news: CaseNews
  details: Details
  at: Instant
  /** Of the case. */
  reference: string
  origin: Origin
  /** Sign-ins in question, of those that the reader may know. */
  signIns: readonly { at: Instant; reference: string }[]
  /** Names of the providers by which they were made. */
  providers: readonly Translated[]
}

/** What a letter says of one mandate: between whom, and until when (exclusively). */
export interface ToldMandate {
  /** Absent of an organisation or a person that is known no more. */
  principal: string | undefined
  mandatary: string | undefined
  until: Instant
}

/** News of mandates: of many of a kind, the first few by name. */
export interface MandatesLetter extends View {
  news: MandateNews
  details: Details
  at: Instant
  mandates: readonly ToldMandate[]
}

export interface Letter {
  subject: string
  text: string
  html: string
}

export type Block =
  | { kind: 'heading' | 'paragraph'; text: string }
  /** Labels end with their colon. */
  | { kind: 'table'; rows: { label: string; value: string }[] }
  | { kind: 'list'; items: string[] }

export interface Letters {
  ofConnection(view: ConnectionLetter): Letter
  ofChange(view: ChangeLetter): Letter
  ofReminder(view: ReminderLetter): Letter
  ofCase(view: CaseLetter): Letter
  ofMandates(view: MandatesLetter): Letter
  /** To those who work for a partner or for the hub: `title` is the first block, the rest as it is. */
  ofBlocks(view: { title: string; blocks: readonly Block[]; language: Language }): Letter
  /** A few sentences that another room wrote, with what every message of ours ends with. */
  ofSentences(view: { subject: string; text: string; language: Language; messageCode: string }): Letter
  messageIdOf(message: MessageId, position: number): string
}

/**
 * What one does about what one has not done oneself: on which page, and how. Whoever was erased has no page left; what
 * came to its end by itself needs no answer.
 */
const answers: Partial<Record<Change, { page: string; steps: readonly string[] }>> = {
  ...Object.fromEntries(
    (['activated', 'suspended', 'resumed', 'revoked', 'renewed', 'password_set', 'recovery_code_used'] as const).map(
      (one) => [`means.${one}`, { page: '/means', steps: ['means'] }],
    ),
  ),
  'means.locked': { page: '/means', steps: ['means'] },
  'means.unlocked': { page: '/means', steps: ['means'] },
  'means.counter_regressed': { page: '/means', steps: ['means'] },
  'means.activation_given': { page: '/means', steps: ['means'] },
  'contact.added': { page: '/means/contacts', steps: ['contacts'] },
  'contact.verified': { page: '/means/contacts', steps: ['contacts'] },
  'contact.confirmed': { page: '/means/contacts', steps: ['contacts'] },
  'contact.removed': { page: '/means/contacts', steps: ['contacts'] },
  'alerts.turned_off': { page: '/space/alerts', steps: ['alerts'] },
  'alerts.turned_on': { page: '/space/alerts', steps: ['means'] },
  'person.linked': { page: '/space/protection', steps: ['block'] },
  'protection.frozen': { page: '/space/protection', steps: ['frozen'] },
  'protection.thaw_asked': { page: '/space/protection', steps: ['stop_thaw'] },
  'protection.thaw_stopped': { page: '/space/protection', steps: ['frozen'] },
  'protection.thawed': { page: '/space/protection', steps: ['freeze'] },
  'protection.blocked': { page: '/space/protection', steps: ['unblock'] },
  'protection.unblocked': { page: '/space/protection', steps: ['block'] },
  'trip.declared': { page: '/space/trips', steps: ['trip'] },
  'device.shared': { page: '/mandates', steps: ['mandates', 'card'] },
  'card.shared': { page: '/mandates', steps: ['mandates', 'card'] },
  'firm.opened': { page: '/firm', steps: ['firm'] },
  'firm.member_waiting': { page: '/firm', steps: ['firm'] },
  'firm.member_joined': { page: '/firm', steps: ['firm'] },
  'firm.member_left': { page: '/firm', steps: ['firm'] },
  'firm.role_changed': { page: '/firm', steps: ['firm'] },
  'phone.paired': { page: '/space/phones', steps: ['phones', 'card'] },
  'eid.declined': { page: '/space/phones', steps: ['scan', 'phones'] },
  'eid.mismatch': { page: '/space/phones', steps: ['scan', 'phones'] },
  'phone.renewed': { page: '/space/phones', steps: ['phones', 'card'] },
  'phone.revoked': { page: '/space/phones', steps: ['phones'] },
}

/** What whoever hears of a case can do; the page is named before. */
const caseSteps: Readonly<Record<CaseNews | 'confirmed' | 'not_confirmed', readonly string[]>> = {
  'case.opened': ['follow', 'stop', 'password'],
  'case.qualified': ['say', 'stop'],
  'case.notified': ['follow', 'password', 'stop', 'stronger', 'watch'],
  'case.concluded': [],
  confirmed: ['password', 'stop', 'stronger', 'watch', 'keep'],
  not_confirmed: ['lift', 'watch'],
  'case.revised': ['follow', 'stop'],
  'case.closed': ['watch'],
}

/** What whoever hears of mandates can do; where is said before. Of who gave it and of who holds it. */
const mandateSteps: Readonly<Record<MandateNews, Readonly<Record<Side, readonly string[]>>>> = {
  'mandate.proposed': { principal: ['answer', 'not_expected'], mandatary: ['answer', 'not_expected'] },
  'mandate.given': { principal: ['watch', 'end'], mandatary: [] },
  'mandate.accepted': { principal: ['watch', 'end'], mandatary: ['use'] },
  'mandate.renewed': { principal: ['watch', 'end'], mandatary: ['use'] },
  'mandate.refused': { principal: ['again'], mandatary: ['again'] },
  'mandate.unanswered': { principal: ['again'], mandatary: ['again'] },
  'mandate.ending': { principal: ['renew'], mandatary: ['ask_renewal'] },
  'mandate.suspended': { principal: ['resume', 'end'], mandatary: ['ask'] },
  'mandate.resumed': { principal: ['watch', 'end'], mandatary: ['use'] },
  'mandate.to_confirm': { principal: ['confirm'], mandatary: ['ask'] },
  'mandate.confirmed': { principal: ['watch', 'end'], mandatary: ['use'] },
  'mandate.ended': { principal: ['again'], mandatary: ['ask'] },
  'mandate.unusual': { principal: ['look', 'suspend', 'end'], mandatary: [] },
}

export function createLetters(options: {
  translate: (language: Language) => Translate
  settings: LetterSettings
}): Letters {
  const { translate, settings } = options
  const { host, hostname } = new URL(settings.issuer)
  const { name } = settings
  const formats = Object.fromEntries(
    languages.map((language) => [language, formatsOf(language, settings.timeZone)]),
  ) as Record<Language, ReturnType<typeof formatsOf>>

  const dateOf = (at: Instant, language: Language) => formats[language].dates.format(toDate(at))

  /** What a reader may know, in their language; what they may not is absent from every block. */
  function known(view: ConnectionLetter, t: Translate) {
    const { connection, reader, messageCode } = view
    const { language } = reader
    const tells = toldTo(reader)
    return {
      date: dateOf(connection.at, language),
      service: tells.service ? oneLine(view.service?.[language] ?? connection.service) : undefined,
      provider: tells.provider ? oneLine(view.provider?.[language] ?? connection.provider ?? '') : undefined,
      place: tells.provider
        ? ((connection.country && formats[language].places.of(connection.country)) ?? t('alert.place_unknown'))
        : undefined,
      connection_code: connection.reference,
      message_code: messageCode,
      reasons: tells.provider ? connection.unusual.map((reason) => t(`reason.${reason}`)) : [],
    }
  }

  /** What every message ends with: how to see whether it is ours, and what one of ours never does. */
  function ending(t: Translate): Block[] {
    return [
      { kind: 'heading', text: t('alert.check') },
      { kind: 'paragraph', text: t('alert.check.text', { host: `${host}/message` }) },
      { kind: 'paragraph', text: t('alert.no_link', { name }) },
    ]
  }

  function ofConnection(view: ConnectionLetter): Letter {
    const { language } = view.reader
    const t = translate(language)
    const facts = known(view, t)
    const { service, provider, reasons } = facts
    const title = service ? t('alert.subject.named', { service }) : t('alert.subject.unnamed')
    const rows = tableOrder.flatMap((row) => {
      const value = facts[row]
      return value ? [{ label: t(`alert.label.${row}`), value }] : []
    })
    const why: Block[] = [
      { kind: 'paragraph', text: t('alert.why') },
      { kind: 'list', items: reasons },
    ]
    const steps = [
      t('alert.step.not_me', { host: `${host}/not-me` }),
      t('alert.step.address', { name, host: `${host}/space` }),
      ...(provider ? [t('alert.step.password', { provider })] : []),
    ]
    return written(
      title,
      [
        { kind: 'heading', text: title },
        { kind: 'paragraph', text: t(`alert.intro.${view.connection.alert}`) },
        { kind: 'table', rows },
        ...(reasons.length > 0 ? why : []),
        { kind: 'paragraph', text: t('alert.it_was_you') },
        { kind: 'heading', text: t('alert.not_you') },
        { kind: 'list', items: steps },
        ...ending(t),
      ],
      language,
    )
  }

  function ofChange(view: ChangeLetter): Letter {
    const { change, details, at, of, contact, phones = [], reader, messageCode } = view
    const { language } = reader
    const t = translate(language)
    const isChanged = reader.said === 'changed'
    const about = isChanged ? 'changed' : (variants(view).find((one) => one !== undefined) ?? change)
    const title = t(isChanged ? 'alert.changed' : `alert.${change}`)
    const tells = toldTo(reader)
    const names = (view.providers ?? []).map((provider) => oneLine(provider[language]))
    const row = (label: string, value: string | undefined) =>
      value ? [{ label: t(`alert.label.${label}`), value }] : []
    const rowOf = ({ label, expiresAt }: ToldPhone) =>
      expiresAt === undefined
        ? { label: t('alert.label.phone'), value: oneLine(label) }
        : { label: t('alert.label.ends', { means: oneLine(label) }), value: dateOf(expiresAt, language) }
    const rows = [
      ...row('date', dateOf(at, language)),
      ...row('means', tells.means && of ? t(`alert.means_kind.${of}`) : undefined),
      ...(tells.means ? phones : []).map((phone) => rowOf(phone)),
      ...row('firm', tells.means && view.firm ? oneLine(view.firm) : undefined),
      ...row('contact', tells.means ? contact : undefined),
      ...row('provider', tells.provider ? formats[language].lists.format(names) : undefined),
      ...row('place', tells.means && details.country ? formats[language].places.of(details.country) : undefined),
      ...row('from', isChanged || details.from === undefined ? undefined : dateOf(details.from, language)),
      ...row('hears', tells.means && details.hears ? t(`alert.hears.${details.hears}`) : undefined),
      ...row('message_code', messageCode),
    ]
    return written(
      title,
      [
        { kind: 'heading', text: title },
        { kind: 'paragraph', text: t(`alert.${about}.text`) },
        { kind: 'table', rows },
        ...asking(change, isChanged, t),
        ...ending(t),
      ],
      language,
    )
  }

  /** What to do about what one has not done oneself. */
  function asking(change: Change, isChanged: boolean, t: Translate): Block[] {
    const answer = isChanged && change !== 'person.erased' ? { page: '/space', steps: [] } : answers[change]
    if (!answer && change !== 'person.erased') return []
    const steps = [
      ...(answer ? [t('alert.step.address', { name, host: `${host}${answer.page}` })] : []),
      ...(answer?.steps ?? []).map((step) => t(`alert.step.${step}`)),
      t('alert.step.support'),
    ]
    return [
      { kind: 'paragraph', text: t('alert.it_was_you') },
      { kind: 'heading', text: t('alert.not_you') },
      { kind: 'list', items: steps },
    ]
  }

  function ofReminder({ ending: ends, at, reader, messageCode }: ReminderLetter): Letter {
    const { language } = reader
    const t = translate(language)
    const told = toldTo(reader).means ? ends : []
    const title = t('alert.means.expires_soon', { count: told.length || 1 })
    const rows = [
      { label: t('alert.label.date'), value: dateOf(at, language) },
      ...told.map(({ kind, expiresAt }) => ({
        label: t('alert.label.ends', { means: t(`alert.means_kind.${kind}`) }),
        value: dateOf(expiresAt, language),
      })),
      { label: t('alert.label.message_code'), value: messageCode },
    ]
    const steps = [
      t('alert.step.address', { name, host: `${host}/means` }),
      t('alert.step.prepare'),
      t('alert.step.renew'),
    ]
    return written(
      title,
      [
        { kind: 'heading', text: title },
        { kind: 'paragraph', text: t('alert.means.expires_soon.text') },
        { kind: 'table', rows },
        { kind: 'heading', text: t('alert.to_do') },
        { kind: 'list', items: steps },
        ...ending(t),
      ],
      language,
    )
  }

  function ofCase(view: CaseLetter): Letter {
    const { news, details, at, reference, reader, messageCode } = view
    const { language } = reader
    const t = translate(language)
    const isWhole = reader.said !== 'news'
    const title = t(isWhole ? `alert.${news}` : 'alert.case.news')
    const row = (label: string, value: string | undefined) =>
      value ? [{ label: t(`alert.label.${label}`), value }] : []
    const names = view.providers.map((provider) => oneLine(provider[language]))
    const rows = [
      ...row('date', dateOf(at, language)),
      ...row('case', isWhole ? reference : undefined),
      ...row('provider', isWhole ? formats[language].lists.format(names) : undefined),
      ...(isWhole ? view.signIns : []).flatMap((one) => [
        ...row('connection', dateOf(one.at, language)),
        ...row('connection_code', one.reference),
      ]),
      ...row('message_code', messageCode),
    ]
    const steps = isWhole ? caseSteps[details.verdict ?? news] : []
    return written(
      title,
      [
        { kind: 'heading', text: title },
        { kind: 'paragraph', text: t(isWhole ? `alert.${caseVariant(view)}.text` : 'alert.case.news.text') },
        { kind: 'table', rows },
        { kind: 'heading', text: t('alert.to_do') },
        {
          kind: 'list',
          items: [
            t('alert.step.address', { name, host: `${host}${casesPage}` }),
            ...steps.map((step) => t(`alert.step.case_${step}`)),
            t('alert.step.support'),
          ],
        },
        ...ending(t),
      ],
      language,
    )
  }

  function ofMandates(view: MandatesLetter): Letter {
    const { news, details, at, mandates, reader, messageCode } = view
    const { language } = reader
    const t = translate(language)
    const isWhole = reader.said === 'whole'
    const { count = mandates.length, side = 'mandatary', why, days, unusual = [] } = details
    const title = t(isWhole ? `alert.${news}` : 'alert.mandate.news', { count, days: days ?? 0 })
    const row = (label: string, value: string | undefined) =>
      value ? [{ label: t(`alert.label.${label}`), value }] : []
    const between = ({ principal, mandatary, until }: ToldMandate) =>
      t('alert.mandate.between', {
        principal: oneLine(principal ?? t('alert.mandate.nobody')),
        mandatary: oneLine(mandatary ?? t('alert.mandate.nobody')),
        until: formats[language].days.format(toDate(until - 1)),
      })
    const others = count - mandates.length
    const rows = [
      ...row('date', dateOf(at, language)),
      ...(isWhole ? mandates : []).flatMap((one) => row('mandate', between(one))),
      ...(isWhole && others > 0 ? row('mandate', t('alert.mandate.others', { count: others })) : []),
      ...row('message_code', messageCode),
    ]
    const reasons: Block[] = [
      { kind: 'paragraph', text: t('alert.why') },
      { kind: 'list', items: unusual.map((reason) => t(`mandate_use.${reason}`)) },
    ]
    const variant = why && (news === 'mandate.ended' || news === 'mandate.suspended' || news === 'mandate.refused')
    const steps = isWhole ? mandateSteps[news][side] : []
    return written(
      title,
      [
        { kind: 'heading', text: title },
        {
          kind: 'paragraph',
          text: isWhole
            ? t(`alert.${variant ? `${news}.${why}` : news}.text`, { count, days: days ?? 0 })
            : t('alert.mandate.news.text'),
        },
        { kind: 'table', rows },
        ...(isWhole && unusual.length > 0 ? reasons : []),
        { kind: 'heading', text: t('alert.to_do') },
        {
          kind: 'list',
          items: [
            t('alert.step.address', { name, host: `${host}${mandatesPage}` }),
            ...steps.map((step) => t(`alert.step.mandate_${step}`)),
            t('alert.step.support'),
          ],
        },
        ...ending(t),
      ],
      language,
    )
  }

  function written(title: string, blocks: readonly Block[], language: Language): Letter {
    return {
      // A subject is one line of a header: no isolates, no line break.
      subject: `${name} – ${withoutIsolates(title)}`,
      text: textOf(blocks, language),
      html: documentOf(blocks, language, name),
    }
  }

  return {
    ofConnection,
    ofChange,
    ofReminder,
    ofCase,
    ofMandates,
    ofBlocks: ({ title, blocks, language }) => written(title, [{ kind: 'heading', text: title }, ...blocks], language),
    ofSentences({ subject, text, language, messageCode }) {
      const t = translate(language)
      const blocks: Block[] = [
        ...text.split('\n\n').map((paragraph) => ({ kind: 'paragraph' as const, text: paragraph })),
        ...ending(t),
        { kind: 'table', rows: [{ label: t('alert.label.message_code'), value: messageCode }] },
      ]
      return {
        subject: withoutIsolates(subject),
        text: textOf(blocks, language),
        html: documentOf(blocks, language, subject),
      }
    },
    messageIdOf: (message, position) => `<${message}.${position}@${hostname}>`,
  }
}

/** Sentences of their own for some ways in which a change comes about. */
function variants({ change, details, isHere }: ChangeLetter): (string | undefined)[] {
  const { origin, future, providers = [], hears } = details
  const isBlock = change === 'protection.blocked' || change === 'protection.unblocked'
  return [
    change === 'protection.frozen' && origin === 'operators' ? 'protection.frozen.operators' : undefined,
    isBlock && future && providers.length === 0 ? `${change}.future` : undefined,
    change === 'contact.removed' && isHere ? 'contact.removed.here' : undefined,
    change === 'alerts.turned_off' && hears === 'unusual' ? 'alerts.turned_off.some' : undefined,
  ]
}

const casesPage = '/space/cases'
const mandatesPage = '/space/mandates'

/** Why a report led nowhere is not told: whose a code is, is nobody's business but theirs. */
const nothingFound: readonly (CaseCloseReason | undefined)[] = ['no_trace', 'not_matching']

function caseVariant({ news, details: { verdict, reason }, origin }: CaseLetter): string {
  if (news === 'case.opened') return origin === 'form' ? 'case.opened.form' : news
  if (news === 'case.qualified') return origin === 'hub' ? 'case.qualified.hub' : news
  if (news === 'case.concluded') return `${news}.${verdict}`
  if (news === 'case.closed') return `${news}.${nothingFound.includes(reason) ? 'nothing_found' : reason}`
  return news
}

function toldTo({ said }: Reader): { service: boolean; provider: boolean; means: boolean } {
  return { service: said === 'whole', provider: said === 'whole' || said === 'provider', means: said === 'whole' }
}

/** A line for each thing that there is to say, in this order. */
const tableOrder = ['date', 'service', 'provider', 'place', 'connection_code', 'message_code'] as const

/** How a letter writes a date, and a page that speaks of it. */
export const datesOf = (language: Language, timeZone: string) =>
  new Intl.DateTimeFormat(localeOf(language), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'long',
  })

/** Made once: a format costs more than the letter that it is used in. */
function formatsOf(language: Language, timeZone: string) {
  const locale = localeOf(language)
  return {
    dates: datesOf(language, timeZone),
    days: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }),
    places: new Intl.DisplayNames([locale], { type: 'region' }),
    lists: new Intl.ListFormat(locale),
  }
}

/** Names come from partners: a line break in one must not become a line of ours, nor a header. */
function oneLine(name: string): string {
  return name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

function withoutIsolates(text: string): string {
  return text.replace(/[\u2066-\u2069]/g, '')
}

/** A code or a Latin name on a line of Arabic keeps its own direction (UAX #9 section 2.4). */
function isolated(value: string, language: Language): string {
  return directionOf(language) === 'rtl' ? `\u2068${value}\u2069` : value
}

function textOf(blocks: readonly Block[], language: Language): string {
  return `${blocks.map((block) => textOfBlock(block, language)).join('\n\n')}\n`
}

function textOfBlock(block: Block, language: Language): string {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return block.text
    case 'table':
      return block.rows.map(({ label, value }) => `${label} ${isolated(value, language)}`).join('\n')
    case 'list':
      return block.items.map((item) => `- ${item}`).join('\n')
  }
}

const page = 'font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:0 auto;padding:24px'
const term = 'font-weight:600;margin:8px 0 0'
const value = 'margin:0'

function documentOf(blocks: readonly Block[], language: Language, name: string): string {
  return String(html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${name}</title></head>
<body style="${page}">
${blocks.map(htmlOfBlock)}
</body>
</html>
`)
}

function htmlOfBlock(block: Block, index: number): Html {
  switch (block.kind) {
    case 'heading':
      return index === 0
        ? html`<h1 style="font-size:20px">${block.text}</h1>
`
        : html`<h2 style="font-size:17px">${block.text}</h2>
`
    case 'paragraph':
      return html`<p>${block.text}</p>
`
    case 'table':
      return html`<dl>
${block.rows.map(
  (row) => html`<dt style="${term}">${row.label}</dt> <dd style="${value}"><bdi>${row.value}</bdi></dd>
`,
)}</dl>
`
    case 'list':
      return html`<ul>
${block.items.map(
  (item) => html`<li>${item}</li>
`,
)}</ul>
`
  }
}
