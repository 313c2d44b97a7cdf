/**
 * A draft, or an older version, as a publication of it would be judged now: by the schemas and rules of a partners file,
 * by its plan, by what operators granted, by the reasons that scopes need. A file of one entry is made of it, so that
 * there is one validation and one plan. Pure.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { DestinationRules } from '../policy/destinations.ts'
import { type Fault, faultOf } from './checked-yaml.ts'
import { addedFields, type ChangedField, changedFields } from './difference.ts'
import type { HouseSettings } from './entries.ts'
import { createReader, type readPartners } from './file.ts'
import { findKept } from './kept.ts'
import type { EntityKind, PartnersFile, Scope, Service } from './partners.ts'
import { changesKeys, type Entity, entityOf, type Plan, type Published, planPublication } from './plan.ts'
import { type Problem, problem, type SaidValues } from './problems.ts'
import { reservedFaults } from './reserved.ts'
import type { Editor, Entry, EntryFault, EntryWarning, Look, ScopeRequest, Subject } from './versions.ts'

export interface EntryRules {
  allowHttp: boolean
  destinations?: DestinationRules
  /** What the settings of the hub have for cards and the e-ID app. */
  house?: HouseSettings
}

/** What is tried, with the secrets that are no part of it. */
export interface Tried {
  subject: Subject
  /** Whose it is to be. */
  partner: string
  entry: Entry
  /** Of a provider: takes the place of the one in force. */
  clientSecret?: string
  /** Of a service: made for it, for when none is in force. */
  secrets: Service['secrets']
  /** An older version: what operators granted without a reason then, they may grant so again. */
  again?: true
}

export interface Known {
  current: Published
  editor: Editor
  now: Instant
  /** What operators granted (`reserved.ts`); absent when there never was a version of it. */
  granted?: Entity
  /** The partner's own staff withdrew it last. */
  isOwnWithdrawal?: boolean
  /** Of the service. */
  requests: readonly ScopeRequest[]
}

export interface Judged {
  faults: EntryFault[]
  warnings: EntryWarning[]
  changes: ChangedField[]
  /** Asked and not granted, with their reasons. */
  asks: { scope: Scope; justification: string }[]
  changesKeys: boolean
  candidate?: NonNullable<Look['candidate']>
  /** Absent while there is no file of it. */
  plan?: Plan
}

const lists = { service: 'services', provider: 'providers' } as const

/** The name under which the client secret that came with a draft is found. */
const givenSecret = 'given'

/** The settings that an entry means, if its fields are right, and what is wrong with them by themselves. */
export interface Read {
  tried: Tried
  file: PartnersFile
  faults: EntryFault[]
  /** As `Look.candidate`, partners too. */
  entity?: Entity
}

export type EntryReader = (tried: Tried, current: Published) => Read

export function createEntryReader(rules: EntryRules): EntryReader {
  // Of the entry that is read at the moment; reading waits for nothing.
  let given: string | undefined
  const read = createReader({
    ...rules,
    resolveSecret: (reference) => ('env' in reference && reference.env === givenSecret ? given : undefined),
  })
  return (tried, current) => {
    given = tried.clientSecret
    try {
      return readEntry(tried, current, (data) => read(data, { name: 'draft' }))
    } finally {
      given = undefined
    }
  }
}

function readEntry(
  tried: Tried,
  current: Published,
  readFile: (data: unknown) => ReturnType<typeof readPartners>,
): Read {
  const { subject, partner } = tried
  const head = current.partners.get(partner)
  const { entry, faults } = entryIn(tried, current)
  if (!head) faults.push(fault('', problem('partner_unknown')))
  const own = { ...head, id: partner }
  const data = subject.kind === 'partner' ? entry : { ...own, [lists[subject.kind]]: [entry] }
  const read = readFile({ partners: [data] })
  const file = withSecrets(read.file, secretsOf(tried, current))
  faults.push(...read.faults.map((found) => entryFault(found, subject)))
  const entity = entityIn(file, subject, current)
  return { tried, file, faults, ...(entity ? { entity } : {}) }
}

/** The entry as a file would have it, and what a draft may not hold though a file may. */
function entryIn(tried: Tried, current: Published): { entry: Entry; faults: EntryFault[] } {
  const { subject, clientSecret } = tried
  const entry = { ...tried.entry }
  const faults: EntryFault[] = []
  const refuse = (field: string, said: Problem) => {
    faults.push(fault(field, said))
    delete entry[field]
  }
  if (entry.id !== undefined && entry.id !== subject.id)
    faults.push(fault('id', problem('id_fixed', { id: subject.id })))
  entry.id = subject.id
  if (subject.kind === 'partner') {
    for (const name of ['services', 'providers']) if (name in entry) refuse(name, problem('unknown_key'))
  }
  if (subject.kind === 'provider') {
    if ('state' in entry) refuse('state', problem('state_apart'))
    const { connector } = entry
    if (clientSecret !== undefined && isMapping(connector)) {
      entry.connector = { ...connector, clientSecret: { env: givenSecret } }
    }
  }
  if (subject.kind === 'service') {
    if ('secrets' in entry) refuse('secrets', problem('secrets_apart'))
    entry.secrets = secretsOf(tried, current).map(({ until }) => ({
      kept: true,
      ...(until === undefined ? {} : { until: toDate(until).toISOString() }),
    }))
  }
  return { entry, faults }
}

/** Those in force, or else those made for it; a service that proves who it is by a key has none. */
function secretsOf({ subject, entry, secrets }: Tried, current: Published): Service['secrets'] {
  if (subject.kind !== 'service' || entry.auth === 'private_key_jwt') return []
  const inForce = current.services.get(subject.id)?.secrets ?? []
  return inForce.length > 0 ? inForce : secrets
}

function withSecrets(file: PartnersFile, secrets: Service['secrets']): PartnersFile {
  const partners = file.partners.map((partner) => ({
    ...partner,
    services: partner.services.map((service) => ({ ...service, secrets })),
  }))
  return { ...file, partners }
}

/** With the secrets that it keeps; one that is not there is a fault of the plan. */
function entityIn(file: PartnersFile, { kind, id }: Subject, current: Published): Entity | undefined {
  const [partner] = findKept(file, current, false).partners
  if (!partner) return undefined
  const { services, providers, ...settings } = partner
  if (kind === 'partner') return { kind, id, settings }
  if (kind === 'service') return services[0] && { kind, id, settings: services[0] }
  if (!providers[0]) return undefined
  const { state: _, ...provider } = providers[0]
  return { kind, id, settings: provider }
}

/** @param lastOwner the partner that had the sector of the service last */
export function judgeEntry(read: Read, known: Known, lastOwner: string | undefined): Judged {
  const { tried, entity } = read
  const { subject } = tried
  const { current, editor, now, granted } = known
  const nothing = { warnings: [], changes: [], asks: [], changesKeys: false }
  if (!entity) return { faults: blinded(read.faults, editor), ...nothing }
  const scoped = entity.kind === 'service' ? withGranted(read, entity.settings, known) : undefined
  const file = scoped?.file ?? read.file
  const plan = planPublication({
    current,
    file,
    prune: false,
    judged: subject,
    now,
    everPublished: () => granted !== undefined,
    lastOwner: () => lastOwner,
    stateOf: (id) => current.providers.get(id)?.state,
  })
  const before = entityOf(current, subject)
  const after = plan.publish.find((one) => one.entity.kind === subject.kind && one.entity.id === subject.id)?.entity
  const wanted = scoped ? ({ ...entity, settings: scoped.settings } as Entity) : entity
  const faults = [
    ...read.faults,
    ...plan.faults.map((found) => entryFault(found, subject)),
    ...(scoped?.faults ?? []),
    ...(editor.hand === 'partner' ? staffFaults(wanted, { ...known, before }) : []),
  ]
  return {
    faults: blinded(faults, editor),
    warnings: plan.doubts
      .filter(({ about }) => about.some(({ kind, id }) => kind === subject.kind && id === subject.id))
      .map(({ said: { code, values, text } }) => ({ code, text, ...(values ? { values } : {}) })),
    changes: after ? differenceOf(before, after) : [],
    asks: scoped?.asks ?? [],
    changesKeys: before !== undefined && after !== undefined && changesKeys(before, after),
    ...(entity.kind === 'partner' ? {} : { candidate: candidateOf(entity) }),
    plan,
  }
}

function candidateOf(entity: Extract<Entity, { kind: 'service' | 'provider' }>): NonNullable<Look['candidate']> {
  return entity.kind === 'service'
    ? { kind: 'service', settings: entity.settings }
    : { kind: 'provider', settings: entity.settings }
}

export function differenceOf(before: Entity | undefined, after: Entity): ChangedField[] {
  return before ? changedFields({ ...before.settings }, { ...after.settings }) : addedFields({ ...after.settings })
}

function staffFaults(wanted: Entity, known: Known & { before: Entity | undefined }): EntryFault[] {
  const { current, granted, before, isOwnWithdrawal } = known
  if (granted && !before && !isOwnWithdrawal) return [fault('', problem('reserved_return'))]
  const own = wanted.kind === 'service' ? wanted.settings.partner : ''
  const others = [...current.services.values()].filter(({ id, partner }) => partner === own && id !== wanted.id)
  const context = { ownSectors: new Set(others.map(({ sector }) => sector)) }
  return reservedFaults(wanted, granted, context).map(({ field, said }) => fault(field, said))
}

// --- Scopes --------------------------------------------------------------------------------------------------------

interface Scoped {
  file: PartnersFile
  settings: Service
  asks: Judged['asks']
  faults: EntryFault[]
}

/** The service with the scopes that are granted: what operators publish is, of what staff publish what was before. */
function withGranted({ file, tried }: Read, service: Service, known: Known): Scoped {
  const { current, editor, requests } = known
  const present = current.services.get(service.id)
  const had: readonly Scope[] = present?.scopes ?? ['openid']
  const { justifications = {} } = service
  const fresh = service.scopes.filter((scope) => !had.includes(scope))
  const inForce = editor.hand === 'operators' ? service.scopes : service.scopes.filter((scope) => had.includes(scope))
  // Of what comes back after it was withdrawn, nobody said why: it is asked by a draft, with a reason.
  const returns = tried.again === true && !present
  const explained = fresh.filter((scope) => justifications[scope] !== undefined)
  const asks = editor.hand === 'operators' ? [] : returns ? explained : fresh
  const unexplained = tried.again && (editor.hand === 'operators' || returns) ? [] : fresh
  const faults = [
    ...unexplained.flatMap((scope) =>
      justifications[scope] === undefined ? justificationFault(scope, problem('justification_needed', { scope })) : [],
    ),
    ...asks.flatMap((scope) => {
      const refused = requests.find((one) => one.scope === scope && one.state === 'refused')
      return refused && refused.justification === justifications[scope]
        ? justificationFault(scope, problem('scope_refused', { reason: refused.reason ?? '' }))
        : []
    }),
    ...(editor.hand === 'operators' ? [] : inForce).flatMap((scope) => {
      const given = present?.justifications?.[scope]
      return given !== undefined && given !== justifications[scope]
        ? justificationFault(scope, problem('justification_granted', { scope }))
        : []
    }),
  ]
  const { justifications: _, ...rest } = service
  const kept = Object.entries(justifications).filter(([scope]) => inForce.includes(scope as Scope))
  const settings: Service = {
    ...rest,
    scopes: [...inForce],
    ...(kept.length > 0 ? { justifications: Object.fromEntries(kept) } : {}),
  }
  const partners = file.partners.map((partner) => ({
    ...partner,
    services: partner.services.map(() => settings),
  }))
  return {
    file: { ...file, partners },
    settings,
    asks: asks.map((scope) => ({ scope, justification: justifications[scope] ?? '' })),
    faults,
  }
}

const justificationFault = (scope: Scope, said: Problem) => [fault(`justifications.${scope}`, said)]

// --- Faults --------------------------------------------------------------------------------------------------------

export function fault(field: string, said: Problem): EntryFault {
  return { field, ...faultOf(said) }
}

const prefixes: Record<EntityKind, string> = {
  partner: 'partners[0]',
  service: 'partners[0].services[0]',
  provider: 'partners[0].providers[0]',
}

/** A fault of a file of one entry, by the path in the entry. */
function entryFault({ path, problem: text, code = 'not_valid', values }: Fault, { kind }: Subject): EntryFault {
  const prefix = prefixes[kind]
  const field = path.startsWith(prefix) ? path.slice(prefix.length).replace(/^\./, '') : ''
  return { field, problem: text, code, ...(values ? { values } : {}) }
}

/** What a partner's staff are not told: whose something else is. */
function blinded(faults: readonly EntryFault[], { hand }: Editor): EntryFault[] {
  if (hand === 'operators') return [...faults]
  return faults.map((found) => {
    const { owner: _, ...values }: SaidValues = found.values ?? {}
    const isBlind = found.values !== undefined && 'owner' in found.values
    return isBlind ? fault(found.field, problem('sector_another', { sector: values.sector ?? '' })) : found
  })
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What somebody else changed between two versions, other than secrets. */
export function movedBetween(base: Entity | undefined, present: Entity | undefined): ChangedField[] {
  if (!present) return []
  if (base && isDeepStrictEqual(base.settings, present.settings)) return []
  return differenceOf(base, present).filter(({ secret }) => secret === undefined)
}
