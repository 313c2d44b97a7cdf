/**
 * The log of the process, on pino: one JSON line each. What may be written is decided by type, not by taste: numbers
 * and booleans; strings under a name of the list below and of the shape of an identifier; of an error its class, code
 * and place. An error's sentence is left out, because it may quote what a person typed. Everything else prints as
 * `[redacted]`, so that a careless line costs a detail and never a secret.
 */
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type DestinationStream, pino } from 'pino'
import { GarantError } from '../kernel/errors.ts'
import type { Log } from './http.ts'

/** Names whose strings are identifiers or closed words. A new one is added here, with thought. */
const identifiers = new Set([
  ...[
    'reference',
    'method',
    'route',
    'error',
    'code',
    'reason',
    'detail',
    'kind',
    'state',
    'outcome',
    'change',
    'name',
  ],
  ...['service', 'provider', 'partner', 'person', 'connection', 'session', 'device', 'flow', 'message', 'link', 'key'],
  ...['channel', 'queue', 'job', 'fact', 'origin', 'issuer', 'host', 'folder', 'file', 'path', 'root', 'version'],
  ...['migration', 'table', 'constraint', 'purpose', 'algorithm', 'syscall', 'severity', 'signal', 'problem', 'facts'],
])

const identifierShape = /^[\w.:/@#,+-]{0,200}$/

/** What an error of PostgreSQL or of Node says about itself without quoting data. */
const errorMembers = ['code', 'syscall', 'severity', 'table', 'column', 'constraint', 'routine', 'statusCode'] as const

const deepest = 4

/** Lines are gathered for a quarter of a second, or 4 kB: one write for each would cost more than the line. */
export function createLog(
  options: { level?: 'info' | 'warn' | 'error' | 'silent'; destination?: DestinationStream } = {},
): Log {
  const logger = pino(
    { level: options.level ?? 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime },
    options.destination ?? pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 250 }),
  )
  return {
    info: (message, inside = {}) => logger.info(safe(inside), message),
    warn: (message, inside = {}) => logger.warn(safe(inside), message),
    error: (message, inside = {}) => logger.error(safe(inside), message),
  }
}

function safe(inside: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inside).map(([name, value]) => [name, safeValue(name, value, depth)]))
}

function safeValue(name: string, value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return identifiers.has(name) && identifierShape.test(value) ? value : '[redacted]'
  if (depth >= deepest) return '[redacted]'
  if (value instanceof Error) return describeError(value, depth)
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => safeValue(name, item, depth + 1))
  return typeof value === 'object' ? safe(value, depth + 1) : undefined
}

/** An error by its class, code, place and causes. Of ours also what was put inside for the log. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const members = errorMembers
    .map((name) => [name, (error as unknown as Record<string, unknown>)[name]] as const)
    .filter(([, value]) => (typeof value === 'string' && identifierShape.test(value)) || typeof value === 'number')
  const nested = error instanceof AggregateError ? error.errors.slice(0, 5) : error.cause ? [error.cause] : []
  return {
    class: error.constructor.name,
    ...(error instanceof GarantError ? { error: error.error, inside: safe(error.inside, depth + 1) } : {}),
    ...Object.fromEntries(members),
    at: placesOf(error),
    ...(nested.length > 0 ? { causes: nested.map((cause) => safeValue('cause', cause, depth + 1)) } : {}),
  }
}

/** Function and line of each frame. The header is cut by its length: a message may look like a frame. */
function placesOf(error: Error): string[] {
  const stack = error.stack ?? ''
  const message = stack.indexOf(error.message)
  return stack
    .slice(message < 0 ? 0 : message + error.message.length)
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, 12)
    .map((line) =>
      line
        .trim()
        .slice(3)
        .replace(/(^|[\s(])((?:file:\/\/)?\/.*)(?=:\d+:\d+\)?$)/, (_path, before, path) => `${before}${placeOf(path)}`),
    )
}

const project = join(import.meta.dirname, '../..')
const projectPrefixes = [`${pathToFileURL(project).href}/`, `${project}/`]

/** A file of the project as it is named there, of a package elsewhere from `node_modules` on; of any other its name. */
function placeOf(path: string): string {
  const own = projectPrefixes.find((prefix) => path.startsWith(prefix))
  if (own) return path.slice(own.length)
  const inPackages = path.lastIndexOf('/node_modules/')
  return inPackages < 0 ? basename(path) : path.slice(inPackages + 1)
}
