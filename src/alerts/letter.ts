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
import type { Recipient } from '../people/people.ts'
import type { MeansChanged } from './store.ts'

export interface LetterSettings {
  /** Public address of the hub. Only its host is printed. */
  issuer: string
  /** Name of the hub, in the reader's eyes the sender. */
  name: string
  /** IANA name of the zone in which dates are written, with its name. */
  timeZone: string
}

/** What a letter about a connection is made from. The names are absent when the partner left. */
export interface ConnectionLetter {
  connection: Connection
  recipient: Recipient
  service: Translated | undefined
  provider: Translated | undefined
  /** Proves that this message is ours. */
  messageCode: string
}

/** What a letter about somebody's own means is made from. */
export interface MeansLetter {
  news: MeansChanged
  /** Which kind of means, where one is meant and still known. */
  of?: MeansKind
  at: Instant
  recipient: Recipient
  messageCode: string
}

export interface EndingMeans {
  kind: MeansKind
  expiresAt: Instant
}

/** R046: one letter for all that ends, the first first. */
export interface ReminderLetter {
  ending: readonly [EndingMeans, ...EndingMeans[]]
  at: Instant
  recipient: Recipient
  messageCode: string
}

export interface Letter {
  subject: string
  text: string
  html: string
}

type Block =
  | { kind: 'heading' | 'paragraph'; text: string }
  /** Labels end with their colon. */
  | { kind: 'table'; rows: { label: string; value: string }[] }
  | { kind: 'list'; items: string[] }

export interface Letters {
  ofConnection(view: ConnectionLetter): Letter
  ofMeans(view: MeansLetter): Letter
  ofReminder(view: ReminderLetter): Letter
  messageIdOf(message: MessageId, position: number): string
}

export function createLetters(options: {
  translate: (language: Language) => Translate
  settings: LetterSettings
}): Letters {
  const { translate, settings } = options
  const { host, hostname } = new URL(settings.issuer)
  const formats = Object.fromEntries(
    languages.map((language) => [language, formatsOf(language, settings.timeZone)]),
  ) as Record<Language, ReturnType<typeof formatsOf>>

  /** What a reader may know, in their language; what they may not is absent from every block. */
  function known(view: ConnectionLetter, t: Translate) {
    const { connection, recipient } = view
    const { language } = recipient
    const { dates, places } = formats[language]
    const tells = toldTo(recipient)
    return {
      date: dates.format(toDate(connection.at)),
      service: tells.service ? oneLine(view.service?.[language] ?? connection.service) : undefined,
      provider: tells.provider ? oneLine(view.provider?.[language] ?? connection.provider ?? '') : undefined,
      place: tells.place
        ? ((connection.country && places.of(connection.country)) ?? t('alert.place_unknown'))
        : undefined,
      connection_code: connection.reference,
      message_code: view.messageCode,
      reasons: tells.place ? connection.unusual.map((reason) => t(`reason.${reason}`)) : [],
    }
  }

  function blocksOf(view: ConnectionLetter, facts: ReturnType<typeof known>, t: Translate, title: string): Block[] {
    const { reasons, provider } = facts
    const { name } = settings
    const rows = tableOrder.flatMap((row) => {
      const value = facts[row]
      return value ? [{ label: t(`alert.label.${row}`), value }] : []
    })
    const why: Block[] = [
      { kind: 'paragraph', text: t('alert.why') },
      { kind: 'list', items: reasons },
    ]
    const steps = [t('alert.step.address', { name, host }), t('alert.step.codes')]
    if (provider) steps.push(t('alert.step.password', { provider }))
    return [
      { kind: 'heading', text: title },
      { kind: 'paragraph', text: t(`alert.intro.${view.connection.alert}`) },
      { kind: 'table', rows },
      ...(reasons.length > 0 ? why : []),
      { kind: 'paragraph', text: t('alert.it_was_you') },
      { kind: 'heading', text: t('alert.not_you') },
      { kind: 'list', items: steps },
      { kind: 'paragraph', text: t('alert.no_link', { name }) },
    ]
  }

  /** What to do about what one has not done oneself. */
  function asking(news: MeansChanged, t: Translate): Block[] {
    const { name } = settings
    const steps = [
      t('alert.step.address', { name, host: `${host}/means` }),
      t(news === 'alerts.turned_off' ? 'alert.step.alerts' : 'alert.step.means'),
      t('alert.step.support'),
    ]
    return [
      { kind: 'paragraph', text: t('alert.it_was_you') },
      { kind: 'heading', text: t('alert.not_you') },
      { kind: 'list', items: steps },
    ]
  }

  function written(title: string, blocks: readonly Block[], language: Language): Letter {
    return {
      // A subject is one line of a header: no isolates, no line break.
      subject: `${settings.name} – ${withoutIsolates(title)}`,
      text: textOf(blocks, language),
      html: documentOf(blocks, language, settings.name),
    }
  }

  return {
    ofConnection(view) {
      const { language } = view.recipient
      const t = translate(language)
      const facts = known(view, t)
      const { service } = facts
      const title = service ? t('alert.subject.named', { service }) : t('alert.subject.unnamed')
      const blocks = blocksOf(view, facts, t, title)
      return written(title, blocks, language)
    },
    ofMeans({ news, of, at, recipient, messageCode }) {
      const { language } = recipient
      const { name } = settings
      const t = translate(language)
      const title = t(`alert.${news}`)
      const rows = [
        { label: t('alert.label.date'), value: formats[language].dates.format(toDate(at)) },
        ...(of ? [{ label: t('alert.label.means'), value: t(`alert.means_kind.${of}`) }] : []),
        { label: t('alert.label.message_code'), value: messageCode },
      ]
      const blocks: Block[] = [
        { kind: 'heading', text: title },
        { kind: 'paragraph', text: t(`alert.${news}.text`) },
        { kind: 'table', rows },
        ...(news === 'means.expired' ? [] : asking(news, t)),
        { kind: 'paragraph', text: t('alert.no_link', { name }) },
      ]
      return written(title, blocks, language)
    },
    ofReminder({ ending, at, recipient, messageCode }) {
      const { language } = recipient
      const { name } = settings
      const t = translate(language)
      const { dates } = formats[language]
      const told = toldTo(recipient).means ? ending : []
      const title = t('alert.means.expires_soon', { count: told.length || 1 })
      const rows = [
        { label: t('alert.label.date'), value: dates.format(toDate(at)) },
        ...told.map(({ kind, expiresAt }) => ({
          label: t('alert.label.ends', { means: t(`alert.means_kind.${kind}`) }),
          value: dates.format(toDate(expiresAt)),
        })),
        { label: t('alert.label.message_code'), value: messageCode },
      ]
      const steps = [
        t('alert.step.address', { name, host: `${host}/means` }),
        t('alert.step.prepare'),
        t('alert.step.renew'),
      ]
      const blocks: Block[] = [
        { kind: 'heading', text: title },
        { kind: 'paragraph', text: t('alert.means.expires_soon.text') },
        { kind: 'table', rows },
        { kind: 'heading', text: t('alert.to_do') },
        { kind: 'list', items: steps },
        { kind: 'paragraph', text: t('alert.no_link', { name }) },
      ]
      return written(title, blocks, language)
    },
    messageIdOf: (message, position) => `<${message}.${position}@${hostname}>`,
  }
}

/**
 * What a reader may know. Only a confirmed contact is surely the person's. An address that a provider
 * asserted hears what concerns that provider, not which service. Whoever reads at a contact that a stronger sign-in has
 * not confirmed hears that something happened: it may be the thief's own mailbox.
 */
function toldTo(recipient: Recipient): { service: boolean; provider: boolean; place: boolean; means: boolean } {
  const confirmed = recipient.kind === 'verified' && recipient.confirmed
  const asserted = recipient.kind === 'asserted'
  return { service: confirmed, provider: confirmed || asserted, place: confirmed || asserted, means: confirmed }
}

/** A line for each thing that there is to say, in this order. */
const tableOrder = ['date', 'service', 'provider', 'place', 'connection_code', 'message_code'] as const

/** Made once: a format costs more than the letter that it is used in. */
function formatsOf(language: Language, timeZone: string) {
  const locale = localeOf(language)
  return {
    dates: new Intl.DateTimeFormat(locale, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone,
      timeZoneName: 'long',
    }),
    places: new Intl.DisplayNames([locale], { type: 'region' }),
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
