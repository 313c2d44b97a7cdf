/**
 * A settings file as a checked value: YAML text → data → schema, with every fault listed at once, by path and line. A
 * fault says what is wrong in plain words and never repeats a value, because the value may be a secret.
 */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
} from 'yaml'
import type { z } from 'zod'
import { GarantError } from '../kernel/errors.ts'
import { type Problem, problem, problemOf, type Said } from './problems.ts'

export type Path = readonly PropertyKey[]

export interface Fault extends Partial<Said> {
  /** `partners[0].services[2].redirectUris[0]`, or the name of a variable or a file. */
  path: string
  line?: number
  /** The end of a sentence that begins with the path: "must be …". Of partners' settings there is a `code` as well. */
  problem: string
}

/** A settings file is written by hand; 1,000 services with logos of providers stay far below. */
const sizeLimit = 16 * 1024 * 1024

export interface YamlSource {
  data: unknown
  /** The line, from 1, of what a path leads to, or of its nearest parent that exists. */
  lineOf(path: Path): number | undefined
  /** The lines of everything, by its path as JSON. */
  allLines(): ReadonlyMap<string, number>
}

/**
 * Reads one YAML 1.2 document. Anchors may be used; their expansion is limited.
 *
 * @returns the data, or the faults when the text is not one well-formed document
 */
export function readYaml(source: string | Uint8Array): { ok: true; yaml: YamlSource } | { ok: false; faults: Fault[] } {
  const text = decode(source)
  if (typeof text !== 'string') return { ok: false, faults: [text] }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
    resolveKnownTags: false,
  })
  const notes = [...document.errors, ...document.warnings]
  if (notes.length > 0) {
    return {
      ok: false,
      faults: notes.map((note) => ({
        path: 'file',
        line: lines.linePos(note.pos[0]).line,
        problem: yamlProblems[note.code] ?? 'is not well-formed YAML here',
      })),
    }
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { ok: false, faults: [{ path: 'file', problem: 'is empty' }] }
  }
  try {
    const data: unknown = document.toJS({ maxAliasCount: 1_000 })
    const lineOf = lineFinder(document, lines)
    return { ok: true, yaml: { data, lineOf, allLines: () => linesOf(document, lines) } }
  } catch {
    // Only aliases fail here: one without its anchor, or an expansion beyond the limit.
    return {
      ok: false,
      faults: [{ path: 'file', problem: 'has an alias (*) without its anchor (&), or far too many' }],
    }
  }
}

/** The library's own messages quote the text; these do not. */
const yamlProblems: Partial<Record<string, string>> = {
  BAD_INDENT: 'is not indented as it should be, or a bracket is not closed',
  BLOCK_AS_IMPLICIT_KEY: 'has a second ": " on the line: put the value in quotes',
  DUPLICATE_KEY: 'has this key twice in one mapping',
  MISSING_CHAR: 'lacks a closing quote, comma or bracket',
  MULTIPLE_DOCS: 'holds several documents (---): write one',
  NON_STRING_KEY: 'has a key that is not text',
  TAB_AS_INDENT: 'is indented by a tab: use spaces',
  TAG_RESOLVE_FAILED: 'has a tag (!): tags are not used here',
}

function decode(source: string | Uint8Array): string | Fault {
  if (source.length > sizeLimit) return { path: 'file', problem: 'is larger than 16 MB' }
  if (typeof source === 'string') return source
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source)
  } catch {
    return { path: 'file', problem: 'is not written in UTF-8' }
  }
}

function lineFinder(document: Document.Parsed, lines: LineCounter): YamlSource['lineOf'] {
  return (path) => {
    let node: Node | null = document.contents
    let offset = node?.range?.[0]
    for (const step of path) {
      const found = childOf(resolved(node, document), step)
      if (!found) break
      offset = found.offset ?? offset
      node = found.node
    }
    return offset === undefined ? undefined : lines.linePos(offset).line
  }
}

function linesOf(document: Document.Parsed, lines: LineCounter): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const walk = (node: Node | null, offset: number | undefined, path: readonly PropertyKey[]) => {
    if (offset !== undefined) found.set(JSON.stringify(path), lines.linePos(offset).line)
    const real = resolved(node, document)
    const steps = isMap(real) ? real.items.map(({ key }) => (key as ParsedNode & { value?: unknown }).value) : []
    for (const step of isSeq(real) ? real.items.keys() : steps) {
      if (typeof step !== 'string' && typeof step !== 'number') continue
      const child = childOf(real, step)
      if (child) walk(child.node, child.offset ?? offset, [...path, step])
    }
  }
  walk(document.contents, document.contents?.range?.[0], [])
  return found
}

function resolved(node: Node | null, document: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node
}

/** Where a member starts: at its key in a mapping, at its value in a list. */
function childOf(node: Node | null, step: PropertyKey): { node: Node | null; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)
    if (!pair) return undefined
    return { node: (pair.value ?? null) as ParsedNode | null, offset: (pair.key as ParsedNode).range?.[0] }
  }
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step] as ParsedNode | undefined
    return item && { node: item, offset: item.range?.[0] }
  }
  return undefined
}

/** Checks a value against a schema; adds what is wrong to `faults` and returns undefined then. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  options: { faults: Fault[]; at?: Path; lineOf?: YamlSource['lineOf'] },
): z.output<S> | undefined {
  const { faults, at = [], lineOf } = options
  const result = schema.safeParse(value, { error: () => unsaid, reportInput: true })
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    for (const { path, said } of spread(issue)) faults.push(faultAt([...at, ...path], said, lineOf))
  }
  return undefined
}

/** A sentence without a code is one of other settings than partners'. */
export function faultAt(path: Path, said: Problem | string, lineOf?: YamlSource['lineOf']): Fault {
  const place = placeOf(path, lineOf)
  return typeof said === 'string' ? { ...place, problem: said } : { ...place, ...faultOf(said) }
}

export function placeOf(path: Path, lineOf?: YamlSource['lineOf']): { path: string; line?: number } {
  const line = lineOf?.(path)
  return { path: formatPath(path), ...(line === undefined ? {} : { line }) }
}

/** A problem, as the part of a fault that says it. */
export function faultOf({ code, values, text }: Problem): Omit<Fault, 'path' | 'line'> & Said {
  return { problem: text, code, ...(values ? { values } : {}) }
}

export function formatPath(path: Path): string {
  const text = path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`
      return /^[\w-]+$/.test(String(step)) ? `.${String(step)}` : `[${JSON.stringify(String(step))}]`
    })
    .join('')
  return text.replace(/^\./, '') || 'file'
}

/** What schemas that say nothing of their own are given, to be told apart from those that do. */
const unsaid = '\0'

/** One fault for each unknown key, at the key's own line. */
function spread(issue: z.core.$ZodIssue): { path: PropertyKey[]; said: Problem | string }[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, said: saidBy(issue) }]
  return issue.keys.map((key) => ({ path: [...issue.path, key], said: problem('unknown_key') }))
}

function saidBy(issue: z.core.$ZodIssue): Problem | string {
  if (issue.message === unsaid) return problemIn(issue)
  const carried = issue.code === 'custom' ? (issue.params?.problem as Problem | undefined) : undefined
  return carried ?? problemOf(issue.message) ?? issue.message
}

const typeWords: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'empty',
}

/** Plain words for the faults that schemas find by themselves; a schema's own message wins over these. */
function problemIn(issue: z.core.$ZodIssue): Problem {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return problem('missing')
      return problem('wrong_type', {
        expected: typeWords[issue.expected] ?? issue.expected,
        given: typeWords[typeOf(issue.input)] ?? 'that',
      })
    case 'invalid_value': {
      if (issue.input === undefined) return problem('missing')
      return problem(issue.values.length === 1 ? 'not_that' : 'not_one_of', {
        offered: issue.values.map(String).join(', '),
      })
    }
    case 'too_small':
      return isCounted(issue) ? problem('empty') : problem('too_low', { least: Number(issue.minimum) })
    case 'too_big': {
      const most = Number(issue.maximum)
      if (!isCounted(issue)) return problem('too_high', { most })
      return problem(issue.origin === 'string' ? 'too_long' : 'too_many', { most })
    }
    case 'invalid_key':
      return problem('key_not_allowed')
    default:
      return problem('not_valid')
  }
}

const isCounted = ({ origin }: { origin: string }) => origin === 'string' || origin === 'array'

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** The refusal that carries the faults, one sentence a line. */
export function settingsInvalid(file: string, faults: readonly Fault[]): GarantError {
  return new GarantError('settings_invalid', { file, faults: faults.map(sayFault).join('\n') })
}

export function sayFault({ path, line, problem }: Fault): string {
  return `${line === undefined ? '' : `line ${line}: `}${path} ${problem}`
}
