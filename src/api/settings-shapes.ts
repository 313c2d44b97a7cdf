/** The settings of services and providers as the admin API says them: entries, drafts, versions, scopes, secrets. */
import { z } from 'zod'
import { scopes } from '../partners/partners.ts'
import {
  type Draft,
  type EntryFault,
  type Look,
  type ScopeRequest,
  type SecretsView,
  scopeStates,
  type Version,
  versionCauses,
} from '../partners/versions.ts'
import { pointerOf } from './problems.ts'
import { Author, authorOf, Instant_, instantIf, instantOf, Level, Translated } from './shapes.ts'

/** In the vocabulary of a partners file. It may have faults while it is a draft. */
export const EntryShape = z.record(z.string(), z.unknown()).meta({
  description:
    'An entry of a partners file: PartnerEntry, ServiceEntry or ProviderEntry, but for faults while it is a draft. It never holds a secret: those of a service have operations of their own, a client secret is given beside the entry of a draft.',
})

const ChangeShape = z.strictObject({
  path: z.string(),
  old: z.string().optional(),
  fresh: z.string().optional(),
  secret: z.string().optional(),
})
const FaultShape = z.strictObject({ field: z.string(), problem: z.string(), code: z.string() })
const WarningShape = z.strictObject({ text: z.string(), code: z.string() })

export const DraftShape = z.strictObject({
  kind: z.enum(['service', 'provider', 'partner']),
  id: z.string(),
  partner: z.string(),
  version: z.int().meta({ description: 'Grows with each saving: the ETag.' }),
  base: z.int().optional(),
  entry: EntryShape,
  clientSecretGiven: z.boolean(),
  openedBy: Author,
  openedAt: Instant_,
  savedBy: Author,
  savedAt: Instant_,
})

export const LookShape = z.strictObject({
  draft: DraftShape.optional(),
  entry: EntryShape,
  partner: z.string(),
  published: z.int().optional().meta({ description: 'The version that is published now.' }),
  faults: z.array(FaultShape),
  warnings: z.array(WarningShape),
  changes: z.array(ChangeShape).meta({ description: 'What a publication would change of what is published now.' }),
  moved: z.array(ChangeShape).meta({ description: 'What somebody else published since the draft began.' }),
  asks: z.array(z.string()).meta({ description: 'Scopes that would be asked, and not be in force.' }),
  changesKeys: z.boolean().meta({ description: 'It takes two operators.' }),
})

export const PublishedShape = z.strictObject({
  version: z.int().optional().meta({ description: 'Absent: what is published stays as it was.' }),
  changes: z.array(ChangeShape),
  asked: z.array(z.string()),
})

export const VersionShape = z.strictObject({
  version: z.int(),
  state: z.enum(['published', 'archived']),
  partner: z.string(),
  author: Author,
  hand: z.enum(['operators', 'partner']),
  cause: z.enum(versionCauses),
  undoOf: z.int().optional(),
  publishedAt: Instant_,
  archivedAt: Instant_.optional(),
  changes: z.array(ChangeShape),
})

export const SettingsShape = z.strictObject({
  kind: z.enum(['service', 'provider', 'partner']),
  id: z.string(),
  partner: z.string(),
  version: z.int(),
  entry: EntryShape,
})

export const SummaryShape = z.strictObject({
  id: z.string(),
  partner: z.string(),
  name: Translated,
  minimumLevel: Level.optional(),
  allowedLevels: z.array(Level).optional(),
  sensitive: z.boolean().optional(),
})

export const RequestShape = z.strictObject({
  service: z.string(),
  partner: z.string(),
  scope: z.enum(scopes),
  state: z.enum(scopeStates),
  justification: z.string().optional(),
  askedBy: Author,
  askedAt: Instant_,
  decidedBy: Author.optional(),
  decidedAt: Instant_.optional(),
  reason: z.string().optional(),
})

export const SecretsShape = z.strictObject({
  of: z.enum(['published', 'draft']),
  version: z.int(),
  inForce: z.array(z.strictObject({ until: Instant_.optional() })),
})

export const MadeShape = z.strictObject({
  secret: z.string().optional().meta({ description: 'Told once, here.' }),
  version: z.int(),
  olderUntil: Instant_.optional(),
})

export const DifferenceShape = z.strictObject({
  kind: z.enum(['partner', 'service', 'provider']),
  id: z.string(),
  change: z.enum(['added', 'changed', 'archived', 'restored']),
  lines: z.array(z.string()),
})

export const changesOf = (changes: Look['changes']) => changes.map((change) => ({ ...change }))
const faultOf = ({ field, problem, code }: EntryFault) => ({ field, problem, code })
export const faultErrors = (faults: readonly EntryFault[], at = '/entry') => ({
  errors: faults.map(({ field, problem, code }) => ({ pointer: `${at}${pointerOf(field)}`, detail: problem, code })),
})

export const draftOf = (draft: Draft): z.output<typeof DraftShape> => ({
  kind: draft.kind,
  id: draft.id,
  partner: draft.partner,
  version: draft.edit,
  ...(draft.base === undefined ? {} : { base: draft.base }),
  entry: draft.entry,
  clientSecretGiven: draft.clientSecretGiven,
  openedBy: authorOf(draft.openedBy),
  openedAt: instantOf(draft.openedAt),
  savedBy: authorOf(draft.savedBy),
  savedAt: instantOf(draft.savedAt),
})

export const lookOf = (look: Look): z.output<typeof LookShape> => ({
  ...(look.draft ? { draft: draftOf(look.draft) } : {}),
  entry: look.entry,
  partner: look.partner,
  ...(look.published === undefined ? {} : { published: look.published }),
  faults: look.faults.map(faultOf),
  warnings: look.warnings.map(({ text, code }) => ({ text, code })),
  changes: changesOf(look.changes),
  moved: changesOf(look.moved),
  asks: [...look.asks],
  changesKeys: look.changesKeys,
})

export const versionOf = (one: Version): z.output<typeof VersionShape> => ({
  version: one.number,
  state: one.state,
  partner: one.partner,
  author: authorOf(one.author),
  hand: one.hand,
  cause: one.cause,
  ...(one.undoOf === undefined ? {} : { undoOf: one.undoOf }),
  publishedAt: instantOf(one.publishedAt),
  ...instantIf('archivedAt', one.archivedAt),
  changes: changesOf(one.changes),
})

export const requestOf = (one: ScopeRequest): z.output<typeof RequestShape> => ({
  service: one.service,
  partner: one.partner,
  scope: one.scope,
  state: one.state,
  ...(one.justification === undefined ? {} : { justification: one.justification }),
  askedBy: authorOf(one.askedBy),
  askedAt: instantOf(one.askedAt),
  ...(one.decidedBy ? { decidedBy: authorOf(one.decidedBy) } : {}),
  ...instantIf('decidedAt', one.decidedAt),
  ...(one.reason === undefined ? {} : { reason: one.reason }),
})

export const secretsOf = ({ of, seen, inForce }: SecretsView): z.output<typeof SecretsShape> => ({
  of,
  version: seen,
  inForce: inForce.map(({ until }) => instantIf('until', until)),
})
