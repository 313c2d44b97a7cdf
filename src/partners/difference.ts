/** What changes between two settings, as lines that a person reads before saying yes. Secrets are never shown. */
import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Instant, toDate } from '../kernel/clock.ts'

type Settings = Record<string, unknown>

/** One field that differs, as it is shown. Of a secret only that it does. */
export interface ChangedField {
  /** `name.fr`, `connector.issuer`, `secrets`. */
  path: string
  /** Absent: there was nothing. */
  old?: string
  /** Absent: there is nothing any more. */
  fresh?: string
  /** What happened to secrets, in English: `1 added`; then there is no `old` and no `fresh`. */
  secret?: string
}

/** By path; what is here is told to have changed, not how. */
const secretPaths = new Set(['secrets', 'connector.clientSecret'])

/** By path; what is here is an instant. */
const instantPaths = new Set([
  ...['state.since', 'state.until', 'state.sessions.closedSince'],
  ...['means.validFrom', 'means.validUntil', 'means.certificate.validUntil'],
])

/** Each field that differs. */
export function changedFields(before: Settings, after: Settings): ChangedField[] {
  return compare(before, after, '').map(({ path, old, fresh }) => {
    if (secretPaths.has(path)) return { path, secret: secretWords(old, fresh) }
    const [was, is] = [show(path, old), show(path, fresh)]
    return { path, ...(was === undefined ? {} : { old: was }), ...(is === undefined ? {} : { fresh: is }) }
  })
}

/** Each field of something new; its id is told beside. */
export function addedFields(after: Settings): ChangedField[] {
  return changedFields({}, after)
    .filter(({ path, fresh, secret }) => path !== 'id' && (fresh !== undefined || secret !== undefined))
    .map((field) => (field.secret === undefined ? field : { ...field, secret: 'set' }))
}

/** `path: old → new` for each field that differs. */
export function changedLines(before: Settings, after: Settings): string[] {
  return changedFields(before, after).map(changedLine)
}

export function changedLine({ path, old = 'none', fresh = 'none', secret }: ChangedField): string {
  return secret === undefined ? `${path}: ${old} → ${fresh}` : `${path}: «${secret}»`
}

/** `path: value` for each field of something new. */
export function addedLines(after: Settings): string[] {
  return addedFields(after).map(({ path, fresh, secret }) => `${path}: ${secret === undefined ? fresh : `«${secret}»`}`)
}

interface Change {
  path: string
  old: unknown
  fresh: unknown
}

function compare(before: Settings, after: Settings, prefix: string): Change[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])]
  return names.flatMap((name) => {
    const path = /^[\w-]+$/.test(name) ? `${prefix}${prefix && '.'}${name}` : `${prefix}["${printable(name)}"]`
    const [old, fresh] = [before[name], after[name]]
    if (isDeepStrictEqual(old, fresh)) return []
    if (!secretPaths.has(path) && (isSettings(old) || isSettings(fresh))) {
      if (old === undefined || fresh === undefined || (isSettings(old) && isSettings(fresh))) {
        return compare((old as Settings | undefined) ?? {}, (fresh as Settings | undefined) ?? {}, path)
      }
    }
    return [{ path, old, fresh }]
  })
}

interface ListedSecret {
  hash: string
  until?: Instant
}

/** How many came and went, and ends that moved: what somebody who rotates a secret has to see. */
function secretWords(old: unknown, fresh: unknown): string {
  if (old === undefined) return 'set'
  if (fresh === undefined) return 'removed'
  if (!Array.isArray(old) || !Array.isArray(fresh)) return 'changed'
  const [before, after] = [old as ListedSecret[], fresh as ListedSecret[]]
  const without = (list: ListedSecret[], others: ListedSecret[]) =>
    list.filter(({ hash }) => !others.some((other) => other.hash === hash)).length
  const moved = after.flatMap(({ hash, until }) => {
    const known = before.find((other) => other.hash === hash)
    return known && known.until !== until ? [`end: ${endWords(known.until)} → ${endWords(until)}`] : []
  })
  const [added, removed] = [without(after, before), without(before, after)]
  const words = [...(added ? [`${added} added`] : []), ...(removed ? [`${removed} removed`] : []), ...moved]
  return words.length > 0 ? words.join(', ') : 'in another order'
}

const endWords = (until: Instant | undefined) => (until === undefined ? 'none' : toDate(until).toISOString())

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Longer texts (logos, keys) are named by length and digest. */
const longest = 120

/** Undefined: nothing, or an empty list. */
function show(path: string, value: unknown): string | undefined {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined
  if (instantPaths.has(path)) return toDate(value as Instant).toISOString()
  if (Array.isArray(value)) return short(value.map(item).join(', '))
  return short(item(value))
}

function item(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function short(text: string): string {
  if (text.length <= longest && !text.includes('\n')) return printable(text)
  return `${text.length} characters (${hash('sha256', text, 'hex').slice(0, 8)})`
}

/** What a terminal would obey is not printed. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\u{FFFD}')
}
