/**
 * What goes to an authority, drawn up from an entry of the register: point by point what GDPR art. 33(3) asks, in the
 * language of the authority, with what is still missing marked. The second one and those after it complete the first
 * (33(4)): they mark what changed since. Pure; nothing is sent. It holds no name of a person: neither of those concerned,
 * who have no place in the register, nor of who wrote it, as the contact point of the settings stands for them.
 */
import { localeOf, type Translate } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import {
  type AskedItem,
  type Authority,
  blankDescription,
  type Description,
  deadlineOf,
  localMinute,
  missingItems,
  needsLateReason,
  writtenInUtc,
} from '../policy/breach.ts'
import type { Breach, Phase } from './breaches.ts'
import { writtenDeadline } from './letters.ts'

export interface Notifier {
  /** Name of the hub, and its public address. */
  hub: string
  issuer: string
  /** Where the authority finds out more: `mailto:`, `tel:`, `https:`. */
  contact?: string
}

export interface NotificationRow {
  /** What of art. 33(3) it is, where it is something of it. */
  item?: AskedItem
  label: string
  /** Absent: it is not known yet. */
  value?: string
  /** It is not as the last notification to this authority had it. */
  isNew: boolean
}

export interface NotificationFile {
  authority: Authority
  language: Language
  reference: string
  /** Of this notification to this authority, from 1. */
  number: number
  drawnUpAt: Instant
  title: string
  lead: string
  sections: { title: string; rows: NotificationRow[] }[]
  missing: AskedItem[]
}

interface Given {
  breach: Breach
  authority: Authority
  notifier: Notifier
  language: Language
  t: Translate
  now: Instant
}

const numbers = inEachLanguage((language) => new Intl.NumberFormat(localeOf(language)))
const lists = inEachLanguage((language) => new Intl.ListFormat(localeOf(language), { type: 'conjunction' }))

export function drawUp(given: Given): NotificationFile {
  const { breach, authority, language, t, now, notifier } = given
  const before = breach.phases.filter((one) => one.authority === authority.id)
  const number = before.length + 1
  const title = t(number === 1 ? 'breach.file.title.first' : 'breach.file.title.next', { number })
  return {
    ...{ authority, language, reference: breach.reference, number, drawnUpAt: now, title },
    lead: t(leads[authority.id] ?? 'breach.file.basis.gdpr', { authority: authority.name[language] }),
    sections: [
      { title: t('breach.file.who'), rows: whoRows(given) },
      { title: t('breach.file.when'), rows: whenRows(given, before) },
      { title: t('breach.file.nature'), rows: describedRows(given, before, natureItems) },
      { title: t('breach.file.consequences'), rows: describedRows(given, before, ['consequences']) },
      { title: t('breach.file.measures'), rows: [...describedRows(given, before, ['measures']), ...peopleRows(given)] },
      ...(before.length > 0 ? [{ title: t('breach.file.before'), rows: beforeRows(given, before) }] : []),
    ],
    missing: missingItems(breach.description, notifier.contact),
  }
}

const leads: Readonly<Record<string, string>> = {
  ...{ cndp: 'breach.file.basis.cndp', dgssi: 'breach.file.basis.dgssi' },
}

const natureItems = ['natures', 'what', 'people_kinds', 'people', 'data_kinds', 'records'] as const
type DescribedItem = Exclude<AskedItem, 'happened' | 'contact'>

const row = (label: string, value: string | undefined, more: Partial<NotificationRow> = {}): NotificationRow => ({
  ...{ label, isNew: false },
  ...(value === undefined || value === '' ? {} : { value }),
  ...more,
})

function whoRows({ breach, notifier, authority, language, t }: Given): NotificationRow[] {
  return [
    row(t('breach.file.to'), authority.name[language]),
    row(t('breach.file.controller'), `${notifier.hub} (${notifier.issuer})`),
    row(t('breach.file.contact'), notifier.contact?.replace(/^(mailto|tel):/, ''), { item: 'contact' }),
    row(t('breach.file.reference'), breach.reference),
  ]
}

function whenRows({ breach, authority, language, t, now }: Given, before: readonly Phase[]): NotificationRow[] {
  const { awareAt, description } = breach
  const { happenedFrom: from, happenedUntil: until } = description
  const at = (instant: Instant) => writtenDeadline(instant, authority.timeZone, language)
  const last = before.at(-1)?.description
  const isLate = needsLateReason(awareAt, authority, now, before.length === 0)
  const lateReason = before.find(({ number }) => number === 1)?.lateReason
  const happened =
    from === undefined
      ? undefined
      : until === undefined
        ? t('breach.file.since', { date: at(from) })
        : t('breach.file.span', { from: at(from), until: at(until) })
  const isMoved = last !== undefined && (last.happenedFrom !== from || last.happenedUntil !== until)
  return [
    row(t('breach.file.happened'), happened, { item: 'happened', isNew: isMoved }),
    row(t('breach.file.aware'), at(awareAt)),
    row(
      t('breach.file.due'),
      authority.hours === undefined ? t('breach.file.due.at_once') : at(deadlineOf(awareAt, authority)),
    ),
    row(t('breach.file.drawn_up'), at(now)),
    ...(isLate || lateReason !== undefined ? [row(t('breach.file.late_reason'), lateReason)] : []),
  ]
}

function describedRows(
  { breach, language, t }: Given,
  before: readonly Phase[],
  items: readonly DescribedItem[],
): NotificationRow[] {
  const last = before.at(-1)?.description
  return items.map((item) => {
    const value = wordsOf(breach.description, item, language, t)
    const isNew = last !== undefined && wordsOf(last, item, language, t) !== value
    return row(t(`breach.field.${item}`), value, { item, isNew })
  })
}

/** A member of a description in words; undefined where it is not known. */
export function wordsOf(
  description: Description,
  item: DescribedItem,
  language: Language,
  t: Translate,
): string | undefined {
  const words = (key: string, kinds: readonly string[]) =>
    kinds.length === 0 ? undefined : lists[language].format(kinds.map((kind) => t(`breach.${key}.${kind}`)))
  const about = (count: number | undefined) =>
    count === undefined ? undefined : t('breach.file.about', { count: numbers[language].format(count) })
  switch (item) {
    case 'natures':
      return words('nature', description.natures)
    case 'people_kinds':
      return words('people', description.peopleKinds)
    case 'data_kinds':
      return words('data', description.dataKinds)
    case 'people':
      return about(description.people)
    case 'records':
      return about(description.records)
    default:
      return description[item] === '' ? undefined : description[item]
  }
}

function peopleRows({ breach, authority, language, t }: Given): NotificationRow[] {
  const { assessment, peopleTold } = breach
  if (!assessment) return [row(t('breach.field.risk'), undefined), row(t('breach.field.telling'), undefined)]
  const told = peopleTold
    ? t('breach.file.people_told', {
        date: writtenDeadline(peopleTold.at, authority.timeZone, language),
        how: peopleTold.how,
      })
    : t(`breach.telling.${assessment.telling}`)
  return [
    row(t('breach.field.risk'), t(`breach.risk.${assessment.risk}`)),
    row(t('breach.field.reason'), assessment.reason),
    row(t('breach.field.telling'), told),
    ...(assessment.tellingReason === '' ? [] : [row(t('breach.field.telling_reason'), assessment.tellingReason)]),
  ]
}

function beforeRows({ authority, language, t }: Given, before: readonly Phase[]): NotificationRow[] {
  return before.map(({ number, at, reference }) => {
    const date = writtenDeadline(at, authority.timeZone, language)
    const said = reference === undefined ? date : t('breach.file.sent', { date, reference })
    return row(t('breach.file.number', { number }), said)
  })
}

/** The same as lines of plain text, for a form to paste into or a mail. */
export function notificationText(file: NotificationFile, t: Translate): string {
  const lines = file.sections.flatMap(({ title, rows }) => [
    '',
    `— ${title} —`,
    ...rows.map(({ label, value, isNew }) => {
      const said = value ?? `[${t('breach.file.missing')}]`
      return `${label}${t('breach.colon')} ${isNew ? `(${t('breach.file.new')}) ` : ''}${said}`
    }),
  ])
  const { missing } = file
  const open = missing.length === 0 ? [] : ['', t('breach.file.in_phases', { count: missing.length })]
  return [file.title, file.lead, ...lines, ...open, ''].join('\n')
}

/** The same for a program. Instants are in UTC; deadlines also as the clocks of the authority show them. */
export function notificationJson(given: Given): object {
  const { breach, authority, notifier, now } = given
  const { description, assessment, awareAt, phases, peopleTold } = breach
  const before = phases.filter((one) => one.authority === authority.id)
  const both = (at: Instant) => ({ utc: writtenInUtc(at), local: localMinute(at, authority.timeZone) })
  return {
    reference: breach.reference,
    notification: before.length + 1,
    authority: { id: authority.id, jurisdiction: authority.jurisdiction, timeZone: authority.timeZone },
    drawnUpAt: both(now),
    controller: { name: notifier.hub, address: notifier.issuer },
    contact: notifier.contact ?? null,
    awareAt: both(awareAt),
    dueAt: authority.hours === undefined ? null : both(deadlineOf(awareAt, authority)),
    isLate: needsLateReason(awareAt, authority, now, before.length === 0),
    ...described(description),
    assessment: assessment ?? null,
    peopleToldAt: peopleTold ? both(peopleTold.at) : null,
    before: before.map(({ number, at, reference = null, late, lateReason = null }) => ({
      ...{ number, reference, late, lateReason, at: both(at) },
    })),
    missing: missingItems(description, notifier.contact),
  }
}

/** What is known, as programs read it; null: not known. */
export function described(description: Description = blankDescription): object {
  const { happenedFrom, happenedUntil, people = null, records = null } = description
  const { natures, what, peopleKinds, dataKinds, consequences, measures } = description
  const at = (instant: Instant | undefined) => (instant === undefined ? null : writtenInUtc(instant))
  return {
    nature: {
      ...{ kinds: natures, what: what || null, happenedFrom: at(happenedFrom), happenedUntil: at(happenedUntil) },
      ...{ peopleKinds, people, dataKinds, records },
    },
    consequences: consequences || null,
    measures: measures || null,
  }
}
