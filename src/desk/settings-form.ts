/**
 * The settings of a service or a provider as a form: which fields there are, what was typed in them as the entry of a
 * draft, and which field a fault belongs to. What cannot be read as its kind stays in the entry as it was typed, so that
 * it is shown again and judged with the rest (`partners/versions.ts`). What no field names stays as it was: it is the
 * operators' to give. Pure; `settings-fields.ts` draws it.
 */
import { levels } from '../kernel/assurance.ts'
import { languages } from '../kernel/languages.ts'
import { appProofs, cardWays, ownMeansKinds, populations, scopes } from '../partners/partners.ts'
import type { Entry, EntryFault } from '../partners/versions.ts'
import { elsewheres, exemptions } from '../policy/geography.ts'
import { actions } from '../policy/mandate.ts'
import type { Own } from './frame.ts'

export type Shape =
  /** One line of text. */
  | { kind: 'line'; most: number; isAddress?: true }
  /** A list, one a line. */
  | { kind: 'lines' }
  /** Anything, as JSON. */
  | { kind: 'json' }
  /** A long text, kept as it is. */
  | { kind: 'text' }
  | { kind: 'number' }
  /** A choice of words; `words` is the beginning of their messages. Optional: none of them, too. */
  | { kind: 'choice'; of: readonly string[]; words?: string; optional?: true }
  | { kind: 'choices'; of: readonly string[]; words?: string }
  /** `of`: it says something of that field, and nothing where there is none; what is usual is left out. */
  | { kind: 'switch'; usual: boolean; of?: string }
  /** `name = value`, one a line. */
  | { kind: 'pairs' }
  /** All providers, or some. */
  | { kind: 'providers' }
  /** Scopes, each but `openid` with the reason for it, which is kept in `justifications`. */
  | { kind: 'scopes' }
  /** Never shown, and in no entry. */
  | { kind: 'secret' }

export interface Field {
  /** Where it is in the entry: `name.fr`. */
  path: string
  shape: Shape
  required?: true
  /** There is a sentence of help. */
  help?: true
}

export interface Part {
  part: string
  fields: readonly Field[]
}

const translated = (path: string, most: number, more: Pick<Field, 'required'> = {}): Field[] =>
  languages.map((language) => ({ path: `${path}.${language}`, shape: { kind: 'line', most }, ...more }))

const address = { kind: 'line', most: 2_000, isAddress: true } as const
const authMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
const answerAlgs = ['ES256', 'RS256']
const signingAlgs = [
  ...['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
  ...['RS256', 'RS384', 'RS512', 'Ed25519', 'EdDSA'],
]

const actionsShape: Shape = { kind: 'choices', of: actions, words: 'acting.action' }

const serviceParts: readonly Part[] = [
  {
    part: 'public',
    fields: [
      ...translated('name', 120, { required: true }),
      ...translated('purpose', 200),
      { path: 'homepage', shape: address, required: true, help: true },
    ],
  },
  {
    part: 'addresses',
    fields: [
      { path: 'redirectUris', shape: { kind: 'lines' }, required: true, help: true },
      { path: 'postLogoutRedirectUris', shape: { kind: 'lines' }, help: true },
      { path: 'backchannelLogoutUri', shape: address, help: true },
    ],
  },
  {
    part: 'authentication',
    fields: [
      { path: 'auth', shape: { kind: 'choice', of: authMethods, words: 'setting.auth' }, help: true },
      { path: 'jwks', shape: { kind: 'json' }, help: true },
      { path: 'jwksUri', shape: address, help: true },
      { path: 'idTokenAlg', shape: { kind: 'choice', of: answerAlgs }, help: true },
      { path: 'userinfoAlg', shape: { kind: 'choice', of: answerAlgs, optional: true }, help: true },
    ],
  },
  {
    part: 'people',
    fields: [
      { path: 'minimumLevel', shape: { kind: 'choice', of: levels, words: 'level' }, help: true },
      {
        path: 'population',
        shape: { kind: 'choice', of: populations, words: 'setting.population', optional: true },
        help: true,
      },
      { path: 'sensitive', shape: { kind: 'switch', usual: false }, help: true },
      { path: 'forOrganisations', shape: { kind: 'switch', usual: false }, help: true },
      { path: 'singleSignOn', shape: { kind: 'switch', usual: true }, help: true },
      { path: 'sector', shape: { kind: 'line', most: 260 }, help: true },
      { path: 'providers', shape: { kind: 'providers' }, help: true },
    ],
  },
  {
    part: 'geography',
    fields: [
      { path: 'geography.allowed', shape: { kind: 'lines' }, help: true },
      {
        path: 'geography.elsewhere',
        shape: { kind: 'choice', of: elsewheres, words: 'setting.elsewhere', optional: true },
      },
      {
        path: 'geography.stepUpLevel',
        shape: { kind: 'choice', of: ['eidas2', 'eidas3'], words: 'level', optional: true },
        help: true,
      },
      { path: 'geography.exempt', shape: { kind: 'choices', of: exemptions, words: 'setting.exempt' }, help: true },
      ...translated('geography.reason', 300),
    ],
  },
  {
    part: 'representation',
    fields: [
      { path: 'representation.actions', shape: actionsShape, help: true },
      {
        path: 'representation.alone',
        shape: { kind: 'switch', usual: true, of: 'representation.actions' },
        help: true,
      },
      { path: 'representation.remote.actions', shape: actionsShape, help: true },
      {
        path: 'representation.remote.level',
        shape: { kind: 'choice', of: ['eidas2', 'eidas3'], words: 'level', optional: true },
      },
      {
        path: 'representation.remote.secondFactor',
        shape: { kind: 'switch', usual: false, of: 'representation.actions' },
      },
      { path: 'representation.remote.closed', shape: { kind: 'switch', usual: false, of: 'representation.actions' } },
      { path: 'representation.tokensFrom', shape: { kind: 'lines' }, help: true },
    ],
  },
  { part: 'scopes', fields: [{ path: 'scopes', shape: { kind: 'scopes' }, help: true }] },
]

const providerPublic: Part = {
  part: 'public',
  fields: [
    ...translated('name', 120, { required: true }),
    ...translated('hint', 160),
    { path: 'helpUrl', shape: address, help: true },
    { path: 'logo', shape: { kind: 'text' }, help: true },
    { path: 'allowedLevels', shape: { kind: 'choices', of: levels, words: 'level' }, required: true, help: true },
  ],
}

const statusUrl: Field = { path: 'connector.statusUrl', shape: address, help: true }
const algs: Field = { path: 'connector.signingAlgs', shape: { kind: 'choices', of: signingAlgs }, help: true }
const claims: Field = { path: 'connector.claims', shape: { kind: 'pairs' }, help: true }
const cards: Field = { path: 'connector.cards', shape: { kind: 'lines' }, required: true, help: true }
const issuer: Field = { path: 'connector.issuer', shape: address, required: true, help: true }

const connectorParts: Record<string, readonly Part[]> = {
  oidc: [
    {
      part: 'connector',
      fields: [
        issuer,
        { path: 'connector.discoveryUrl', shape: address, help: true },
        { path: 'connector.metadata', shape: { kind: 'json' }, help: true },
        statusUrl,
        { path: 'connector.clientId', shape: { kind: 'line', most: 256 }, required: true, help: true },
        { path: 'connector.auth', shape: { kind: 'choice', of: authMethods, words: 'setting.auth' }, help: true },
        { path: 'connector.clientSecret', shape: { kind: 'secret' }, help: true },
        { path: 'connector.scopes', shape: { kind: 'lines' }, required: true, help: true },
      ],
    },
    {
      part: 'answers',
      fields: [
        algs,
        {
          path: 'connector.userinfo',
          shape: { kind: 'choice', of: ['json', 'jwt', 'none'], words: 'setting.userinfo' },
        },
        { path: 'connector.encryption', shape: { kind: 'pairs' }, help: true },
        { path: 'connector.acr', shape: { kind: 'pairs' }, help: true },
        claims,
      ],
    },
  ],
  gateway: [
    {
      part: 'connector',
      fields: [
        issuer,
        { path: 'connector.address', shape: address, required: true, help: true },
        { path: 'connector.jwks', shape: { kind: 'json' }, help: true },
        { path: 'connector.jwksUri', shape: address, help: true },
        statusUrl,
      ],
    },
    {
      part: 'answers',
      fields: [algs, { path: 'connector.windowHours', shape: { kind: 'number' }, help: true }, claims],
    },
  ],
  own_means: [
    {
      part: 'connector',
      fields: [
        { path: 'connector.accepts', shape: { kind: 'choices', of: ownMeansKinds, words: 'means' }, required: true },
      ],
    },
  ],
  card: [
    {
      part: 'connector',
      fields: [
        cards,
        { path: 'connector.ways', shape: { kind: 'choices', of: cardWays, words: 'setting.way' }, required: true },
        statusUrl,
      ],
    },
  ],
  eid_app: [
    {
      part: 'connector',
      fields: [
        cards,
        { path: 'connector.by', shape: { kind: 'choices', of: appProofs, words: 'setting.by' }, required: true },
        statusUrl,
      ],
    },
  ],
  card_and_code: [
    {
      part: 'connector',
      fields: [
        cards,
        { path: 'connector.standsInFor', shape: { kind: 'line', most: 64 }, required: true, help: true },
        { path: 'connector.hours', shape: { kind: 'number' }, help: true },
      ],
    },
  ],
}

const partnerParts: readonly Part[] = [
  { part: 'public', fields: translated('name', 120, { required: true }) },
  {
    part: 'contacts',
    fields: (['administrative', 'technical', 'security'] as const).map((one) => ({
      path: `contacts.${one}`,
      shape: { kind: 'line', most: 254 },
      help: true,
    })),
  },
]

/** The parts of the form; those of a provider differ by the kind of its connector. */
export function partsOf(kind: Own['kind'], entry: Entry): readonly Part[] {
  if (kind === 'service') return serviceParts
  if (kind === 'partner') return partnerParts
  return [providerPublic, ...(connectorParts[String(at(entry, 'connector.kind') ?? 'oidc')] ?? [])]
}

/** Every path that has a label. */
export const labelled: ReadonlySet<string> = new Set([
  'id',
  ...[...serviceParts, ...partnerParts, providerPublic, ...Object.values(connectorParts).flat()].flatMap(({ fields }) =>
    fields.map(({ path }) => path),
  ),
])

// --- Values by path ------------------------------------------------------------------------------------------------

export function at(entry: Entry, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined), entry)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same entry with a value there, or without one; a mapping of which nothing is left is none. */
function withValue(entry: Entry, path: string, value: unknown): Entry {
  const [name = '', ...rest] = path.split('.')
  const inside = rest.length === 0 ? value : withValue(isRecord(entry[name]) ? entry[name] : {}, rest.join('.'), value)
  const isGone = inside === undefined || (rest.length > 0 && Object.keys(inside as Entry).length === 0)
  const { [name]: _, ...others } = entry
  return isGone ? others : { ...others, [name]: inside }
}

// --- What was typed ------------------------------------------------------------------------------------------------

/** The fields of a form as they were sent. */
export type Typed = Readonly<Record<string, string | readonly string[] | undefined>>

export function typedIn(body: unknown): Typed {
  const fields = Object.entries((body ?? {}) as Record<string, unknown>)
  return Object.fromEntries(
    fields.map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value ?? '')]),
  )
}

const text = (typed: Typed, name: string): string => {
  const value = typed[name]
  // A browser sends the lines of a text with CRLF, whatever they were.
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).replace(/\r\n?/g, '\n').trim()
}

const list = (typed: Typed, name: string): string[] => {
  const value = typed[name]
  return value === undefined ? [] : typeof value === 'string' ? [value] : [...value]
}

const linesOf = (typed: Typed, name: string) =>
  text(typed, name)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** The entry as the form says it. */
export function entryFrom(kind: Own['kind'], typed: Typed, before: Entry): Entry {
  const fields = partsOf(kind, before).flatMap((part) => part.fields)
  return fields.reduce((entry, field) => reading(field.shape)(entry, field.path, typed), before)
}

type Reader = (entry: Entry, path: string, typed: Typed) => Entry

const plain =
  (read: (typed: Typed, path: string) => unknown): Reader =>
  (entry, path, typed) =>
    withValue(entry, path, read(typed, path))

const readers: Record<Exclude<Shape['kind'], 'choices'>, Reader> = {
  line: plain((typed, path) => text(typed, path) || undefined),
  text: plain((typed, path) => text(typed, path) || undefined),
  choice: plain((typed, path) => text(typed, path) || undefined),
  lines: plain((typed, path) => orNothing(linesOf(typed, path))),
  json: plain((typed, path) => jsonOf(text(typed, path))),
  number: plain((typed, path) => numberOf(text(typed, path))),
  switch: plain((typed, path) => text(typed, path) === 'yes'),
  pairs: plain((typed, path) => pairsOf(text(typed, path))),
  providers: (entry, path, typed) =>
    withValue(entry, path, text(typed, `${path}.choice`) === 'all' ? 'all' : inOrder(list(typed, path), entry, path)),
  scopes(entry, path, typed) {
    const ticked = scopes.filter((scope) => scope === 'openid' || list(typed, path).includes(scope))
    const chosen = inOrder(ticked, entry, path)
    const reasons = chosen.flatMap((scope) => {
      const reason = text(typed, `justifications.${scope}`).replace(/\s+/g, ' ')
      return reason === '' ? [] : [[scope, reason]]
    })
    const justifications = reasons.length === 0 ? undefined : Object.fromEntries(reasons)
    return withValue(withValue(entry, path, chosen), 'justifications', justifications)
  },
  secret: (entry) => entry,
}

function reading(shape: Shape): Reader {
  if (shape.kind === 'switch' && shape.of !== undefined) return besides(shape.of, shape.usual)
  if (shape.kind !== 'choices') return readers[shape.kind]
  return (entry, path, typed) => {
    const ticked = shape.of.filter((one) => list(typed, path).includes(one))
    return withValue(entry, path, orNothing(inOrder(ticked, entry, path)))
  }
}

/** A switch that says something of another field: that one is read before. */
const besides =
  (of: string, usual: boolean): Reader =>
  (entry, path, typed) => {
    const isOn = text(typed, path) === 'yes'
    return withValue(entry, path, at(entry, of) === undefined || isOn === usual ? undefined : isOn)
  }

/** What was there stays in its order: that in which boxes stand on the page says nothing. */
function inOrder<T extends string>(ticked: readonly T[], entry: Entry, path: string): T[] {
  const before = chosenIn(entry, path)
  const stay = before.filter((one): one is T => (ticked as readonly string[]).includes(one))
  return [...stay, ...ticked.filter((one) => !before.includes(one))]
}

const orNothing = <T>(values: T[]): T[] | undefined => (values.length === 0 ? undefined : values)

function jsonOf(typed: string): unknown {
  if (typed === '') return undefined
  try {
    return JSON.parse(typed)
  } catch {
    return typed
  }
}

function numberOf(typed: string): unknown {
  if (typed === '') return undefined
  return /^\d+([.,]\d+)?$/.test(typed) ? Number(typed.replace(',', '.')) : typed
}

function pairsOf(typed: string): unknown {
  if (typed === '') return undefined
  const pairs = typed.split('\n').map((line) => /^\s*(\S(?:.*?\S)?)\s*=\s*(\S(?:.*\S)?)\s*$/.exec(line))
  if (pairs.some((pair) => !pair)) return typed
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
}

/** The value of a field as the form shows it, and as two people's texts are compared. */
export function shown(entry: Entry, { path, shape }: Field): string {
  const value = at(entry, path)
  if (shape.kind === 'switch') return (value ?? shape.usual) === true ? 'yes' : 'no'
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value) && shape.kind !== 'json') return value.map(String).join('\n')
  if (shape.kind === 'pairs' && isRecord(value)) {
    return Object.entries(value)
      .map(([name, word]) => `${name} = ${String(word)}`)
      .join('\n')
  }
  return typeof value === 'number' ? String(value) : JSON.stringify(value, undefined, 2)
}

export const chosenIn = (entry: Entry, path: string): readonly string[] => {
  const value = at(entry, path)
  return Array.isArray(value) ? value.map(String) : []
}

// --- Faults --------------------------------------------------------------------------------------------------------

/** The faults of each field by its path, and those that belong to none. */
export interface FaultsByField {
  of: ReadonlyMap<string, readonly EntryFault[]>
  others: readonly EntryFault[]
}

/** A fault of `redirectUris[1]` is shown at `redirectUris`, one of `name` at the first field of it. */
export function faultsByField(parts: readonly Part[], faults: readonly EntryFault[]): FaultsByField {
  const paths = parts.flatMap(({ fields }) => fields.map(({ path }) => path))
  const placeOf = ({ field }: EntryFault) => {
    if (field.startsWith('justifications')) return 'scopes'
    const above = paths.filter((path) => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`))
    return above.sort((a, b) => b.length - a.length)[0] ?? paths.find((path) => path.startsWith(`${field}.`))
  }
  const placed = Map.groupBy(faults, (fault) => placeOf(fault) ?? '')
  const others = placed.get('') ?? []
  placed.delete('')
  return { of: placed, others }
}
