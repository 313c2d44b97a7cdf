/** What changes between two settings, as lines that a person reads before saying yes. Secrets are never shown. */
import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'

type Settings = Record<string, unknown>

/** By path; what is here is told to have changed, not how. */
const secretPaths = new Set(['secrets', 'connector.clientSecret'])

/** `path: old → new` for each field that differs. */
export function changedLines(before: Settings, after: Settings): string[] {
  return compare(before, after, '').map(({ path, old, fresh }) => {
    if (secretPaths.has(path))
      return `${path}: «${old === undefined ? 'set' : fresh === undefined ? 'removed' : 'changed'}»`
    return `${path}: ${show(old)} → ${show(fresh)}`
  })
}

/** `path: value` for each field of something new. */
export function addedLines(after: Settings): string[] {
  return compare({}, after, '')
    .filter(({ fresh }) => !(Array.isArray(fresh) && fresh.length === 0))
    .map(({ path, fresh }) => (secretPaths.has(path) ? `${path}: «set»` : `${path}: ${show(fresh)}`))
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

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Longer texts (logos, keys) are named by length and digest. */
const longest = 120

function show(value: unknown): string {
  if (value === undefined) return 'none'
  if (Array.isArray(value)) return short(value.length === 0 ? 'none' : value.map(item).join(', '))
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
