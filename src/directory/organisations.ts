/**
 * Organisations, and who represents them by law: out of a register file, or out of a document that two operators
 * checked. This part of the room owns the editions of that register, the organisations with their numbers, and their
 * representatives; it answers who represents what, now. It knows no person of the hub: callers hand in an identity that
 * somebody proved.
 *
 * An organisation keeps its identifier from edition to edition, by its numbers. What says who represents it is never
 * older than the settings allow: a representation that falls is a fact (`representation.ended`), and whoever stands on
 * one asks `representation` again at each use.
 *
 * Organisations rest in the clear, as registers publish them. Representatives are people: their names and birth rest
 * sealed, and are found by a keyed digest.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import type { Identity } from '../kernel/identity.ts'
import { newId, type OrganisationId, type RepresentationId } from '../kernel/ids.ts'
import { wordsIn } from '../kernel/names.ts'
import { type DocumentKind, documentKinds, type RepresentationEnd } from '../kernel/representations.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import {
  createOrganisationImport,
  endedFacts,
  type OrganisationImportOptions,
  type OrganisationImportOutcome,
} from './organisation-import.ts'
import { instantAfter } from './organisation-lines.ts'
import { type NumberScheme, parseNumber } from './organisation-numbers.ts'
import type { OrganisationRules } from './organisation-settings.ts'
import * as store from './organisation-store.ts'
import {
  createRepresentativeVault,
  isHolder,
  type ParsedHolder,
  parseHolder,
  type RegisteredPerson,
} from './representatives.ts'

export type {
  BadOrganisationLine,
  OrganisationImportOptions,
  OrganisationImportOutcome,
  OrganisationProgress,
} from './organisation-import.ts'
export { instantAfter } from './organisation-lines.ts'
export {
  renderOrganisationProgress,
  renderOrganisationStatus,
  renderOrganisationsOutcome,
} from './organisation-render.ts'
export {
  type OrganisationRules,
  type OrganisationSettings,
  organisationRules,
  organisationsSchema,
} from './organisation-settings.ts'
export { organisationNames, organisationNumbers } from './organisation-store.ts'
export type { RegisteredPerson } from './representatives.ts'

/** `ice`, `siren`, `cnss`: a name in the settings. */
export type Scheme = string

export interface Organisation {
  organisation: OrganisationId
  name: string
  identifiers: Record<Scheme, string>
  /** `<scheme>:<number>`: what `sub` of a token for it says. Stable as long as the number is its own. */
  subject: string
  /** Legal form, as the register writes it. */
  kind?: string
  state: 'active' | 'closed'
  /** Name of the register file that had it last. */
  source: string
  extractedAt: Instant
}

export interface Representation {
  representation: RepresentationId
  organisation: OrganisationId
  /** As the register or the operator writes it: `manager`, `président`. */
  role: string
  by: 'register' | 'document'
  /** Name of the register file, or the kind of document. */
  source: string
  /** When the register was extracted, or the document was checked. */
  checkedAt: Instant
  until?: Instant
  /** May bind the organisation without another representative. */
  alone: boolean
}

/** Whether it is in force at the instant of the question; why not, if it was. */
export interface Standing extends Representation {
  inForce: boolean
  ended?: RepresentationEnd
}

export interface NewDocument {
  organisation: OrganisationId
  /** Who the document says represents it: texts as somebody types them. */
  holder: Readonly<Partial<Record<keyof RegisteredPerson, string>>>
  role: string
  alone: boolean
  document: {
    kind: DocumentKind
    /** `YYYY-MM-DD`. */
    date: string
    /** Where it is kept: a file number. Nothing of what it says. */
    reference: string
  }
  until?: Instant
  /** When somebody looks again; as the settings have it by default, and never later than that. */
  checkBy?: Instant
}

/** A representation with all that operators see of it. */
export interface RepresentationView extends Representation {
  holder: RegisteredPerson
  inForce: boolean
  beganAt: Instant
  ended?: { at: Instant; why: RepresentationEnd }
  document?: { kind: DocumentKind; date: string; reference: string; checkBy: Instant }
}

export type DocumentProblem =
  | 'unknown'
  | 'organisation_closed'
  /** The person, the role or the reference is not well-formed. */
  | 'incomplete'
  /** The end is over, or before the date of the document. */
  | 'dates'
  /** The document is of a day to come. */
  | 'future'
  /** A document about the same person is in force. */
  | 'already'

export interface OrganisationStatus {
  current?: OrganisationEdition
  loading?: OrganisationEdition
  /** The present edition is older than the settings allow: nobody represents anything by it. */
  stale: boolean
  /** When it will be. */
  staleAt?: Instant
  documents: number
}

export interface OrganisationEdition {
  id: number
  source: string
  extractedAt: Instant
  sha256?: string
  organisations: number
  representations: number
  lines: number
  badLines: number
  closed: number
  ended: number
  importedBy: string
  begunAt: Instant
  seenAt: Instant
  endedAt?: Instant
}

export interface Organisations {
  organisation(id: OrganisationId): Promise<Organisation | undefined>
  /**
   * By one of its numbers as somebody types it: spaces are folded, check digits verified. `'malformed'` when no
   * organisation can have this number; undefined when none has, or there is no such scheme.
   */
  byNumber(scheme: Scheme, number: string): Promise<Organisation | undefined | 'malformed'>
  /** By numbers that `parseNumber` accepted, in one statement: by `<scheme>:<number>` as asked. Who is unknown is absent. */
  byNumbers(
    wanted: readonly { scheme: Scheme; number: string }[],
    handle?: Handle,
  ): Promise<ReadonlyMap<string, Organisation>>
  /** How organisations are numbered here, in the order of the settings. */
  readonly schemes: readonly NumberScheme[]
  /** By `<scheme>:<number>`, whatever scheme its own subject is of. */
  bySubject(subject: string): Promise<Organisation | undefined | 'malformed'>
  /** In one statement. Who is unknown is absent. */
  named(ids: readonly OrganisationId[], handle?: Handle): Promise<ReadonlyMap<OrganisationId, Organisation>>
  /** By a number, or by beginnings of words of the name; by name, at most `limit`. */
  search(given: { text: string; limit: number }): Promise<Organisation[]>
  /** What this identity represents now, of organisations that are active. Whoever is told here can stand on it. */
  representedBy(identity: Identity, handle?: Handle): Promise<Representation[]>
  /** Still in force? One index look-up. Undefined when there never was one, or nobody keeps it any more. */
  representation(id: RepresentationId, handle?: Handle): Promise<Standing | undefined>
  /** The same of many, in one statement. */
  representations(ids: readonly RepresentationId[], handle?: Handle): Promise<ReadonlyMap<RepresentationId, Standing>>
  represents(identity: Identity, organisation: OrganisationId, handle?: Handle): Promise<Representation | undefined>
  /**
   * A keyed digest of what several people may share, the family name and the birth date; undefined for who has none. By it
   * another room finds of whom it may be, and then asks `represents`.
   */
  traceOf(identity: Identity): string | undefined
  /** Of those who represent it now, the digests. */
  tracesOf(organisation: OrganisationId): Promise<string[]>
  /** All representatives of one, those that are over too, for operators. */
  representativesOf(organisation: OrganisationId): Promise<RepresentationView[]>

  importOrganisations(options: OrganisationImportOptions): Promise<OrganisationImportOutcome>
  /** Why a document could not be recorded now, if so. */
  judgeDocument(given: NewDocument): Promise<DocumentProblem | undefined>
  /** Four eyes: `actor` recorded it, `second` confirmed. */
  recordDocument(
    tx: Tx,
    given: NewDocument & { actor: Actor; second: Actor },
  ): Promise<{ ok: true; representation: RepresentationId } | { ok: false; reason: DocumentProblem }>
  /** At once. Only what stands on a document; the register is corrected where it is kept. */
  withdrawDocument(
    tx: Tx,
    given: { representation: RepresentationId; actor: Actor },
  ): Promise<'done' | 'over' | 'unknown'>
  status(): Promise<OrganisationStatus>
  /**
   * Writes down what came to its end since it was last asked, or fell with the last edition, in portions that carry their
   * facts. Returns how many. Idempotent, over all processes.
   */
  recheck(): Promise<number>
  /** Deletes what ended before `before`, and editions that nothing came of. */
  forget(before: Instant): Promise<number>
}

export interface OrganisationsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  rules: OrganisationRules
  /** Of this room, derived from the master key. */
  key: Buffer
  /** Lines that one statement of an import goes through. */
  importSpan?: number
}

/** A file number: no sentence, nothing of what a document says. */
const referencePattern = /^[\p{L}\p{N}][\p{L}\p{N} ./_-]{1,59}$/u
const rolePattern = /^[\p{L}\p{N}][\p{L}\p{N}\p{M} .,'’()/-]{1,79}$/u

/** Representations of one transaction: each of them may be a fact, and a fact a letter. */
const portionOf = 500
/** At most this many words of a search count. */
const mostWords = 6

export function createOrganisations(options: OrganisationsOptions): Organisations {
  const { storage, clock, audit, rules } = options
  const { db } = storage
  const vault = createRepresentativeVault(options.key)
  const age = () => ({ at: clock.now(), maxAge: rules.representationMaxAge })

  const importOrganisations = createOrganisationImport({
    ...{ storage, clock, audit, rules, vault },
    ...(options.importSpan === undefined ? {} : { span: options.importSpan }),
  })

  /** Each portion in a transaction of its own, with its facts; until nothing is left. */
  async function inPortions(portion: (tx: Tx) => Promise<{ count: number; facts: Fact[] }>): Promise<number> {
    for (let all = 0; ; ) {
      const count = await storage.transaction(async (tx) => {
        const done = await portion(tx)
        audit.append(tx, ...done.facts)
        return done.count
      })
      all += count
      if (count < portionOf) return all
    }
  }

  const ending = (find: (tx: Tx) => Promise<store.EndedRow[]>) =>
    inPortions(async (tx) => {
      const ended = await find(tx)
      return { count: ended.length, facts: endedFacts(ended) }
    })

  async function recheck(): Promise<number> {
    const told = await ending((tx) => store.tellEnded(tx, portionOf))
    const over = await ending((tx) => store.endOver(tx, clock.now(), portionOf))
    const stale = await ending((tx) => store.markStale(tx, age(), portionOf))
    await inPortions(async (tx) => {
      const restored = await store.unmarkStale(tx, age(), portionOf)
      const facts = restored.map(
        ({ id: representation, organisation_id: organisation }): Fact => ({
          name: 'representation.restored',
          data: { representation, organisation },
        }),
      )
      return { count: restored.length, facts }
    })
    return told + over + stale
  }

  async function byNumber(scheme: Scheme, number: string): Promise<Organisation | undefined | 'malformed'> {
    const known = rules.schemes.find(({ scheme: name }) => name === scheme)
    if (!known) return undefined
    const parsed = parseNumber(known, number)
    if (!parsed.ok) return 'malformed'
    const [found] = await store.byNumbers(db, [{ scheme, number: parsed.number }])
    return found && organisationOf(found)
  }

  async function representedBy(
    handle: Handle,
    identity: Identity,
    organisation?: OrganisationId,
  ): Promise<Representation[]> {
    if (identity.kind !== 'pivot') return []
    const lookUp = vault.lookUpOf(identity)
    const found = await store.candidates(handle, {
      ...age(),
      lookUp,
      ...(organisation === undefined ? {} : { organisation }),
    })
    const own = found.filter((row) => isHolder(identity, vault.open(row.holder, row.identity)))
    const unmet = own.filter(({ met_at }) => met_at === null)
    const met =
      unmet.length === 0
        ? []
        : await store.meet(
            handle,
            unmet.map(({ id }) => id),
            clock.now(),
          )
    const standing = own.filter(({ id, met_at }) => met_at !== null || met.includes(id))
    return oneForEach(standing).map(representationOf)
  }

  /** What is wrong with it by itself, or whom it is about. */
  function readDocument(
    given: NewDocument,
    at: Instant,
  ): { problem: DocumentProblem } | { holder: RegisteredPerson; digest: string } {
    const { document, until, checkBy } = given
    const made = instantAfter(document.date)
    const holder = holderIn(given.holder, at)
    const checks: [DocumentProblem, boolean][] = [
      ['incomplete', !rolePattern.test(given.role) || !referencePattern.test(document.reference)],
      ['incomplete', !documentKinds.includes(document.kind) || !holder.ok],
      ['incomplete', made === undefined],
      // The day may have begun elsewhere.
      ['future', made !== undefined && made - day > at + 14 * hour],
      ['dates', until !== undefined && (until <= at || (made !== undefined && until < made))],
      ['dates', checkBy !== undefined && (checkBy <= at || checkBy > at + rules.documentCheck)],
    ]
    const problem = checks.find(([, applies]) => applies)?.[0]
    if (problem || !holder.ok) return { problem: problem ?? 'incomplete' }
    return { holder: holder.holder, digest: vault.holderOf(holder.holder) }
  }

  return {
    async organisation(id) {
      const [found] = await store.organisations(db, [id])
      return found && organisationOf(found)
    },
    byNumber,
    async byNumbers(wanted, handle = db) {
      if (wanted.length === 0) return new Map()
      const asked = new Set(wanted.map(({ scheme, number }) => `${scheme}:${number}`))
      const found = (await store.byNumbers(handle, wanted)).map(organisationOf)
      return new Map(
        found.flatMap((organisation) =>
          Object.entries(organisation.identifiers)
            .map(([scheme, number]) => `${scheme}:${number}`)
            .filter((subject) => asked.has(subject))
            .map((subject): [string, Organisation] => [subject, organisation]),
        ),
      )
    },
    schemes: rules.schemes,
    async bySubject(subject) {
      const colon = subject.indexOf(':')
      return colon < 1 ? 'malformed' : byNumber(subject.slice(0, colon), subject.slice(colon + 1))
    },
    async named(ids, handle = db) {
      if (ids.length === 0) return new Map()
      const found = await store.organisations(handle, [...new Set(ids)])
      return new Map(found.map((row) => [row.id, organisationOf(row)]))
    },
    async search({ text, limit }) {
      const numbers = rules.schemes.flatMap((scheme) => {
        const parsed = parseNumber(scheme, text.slice(text.indexOf(':') + 1))
        return parsed.ok ? [{ scheme: scheme.scheme, number: parsed.number }] : []
      })
      const byNumbers = numbers.length === 0 ? [] : await store.byNumbers(db, numbers)
      if (byNumbers.length > 0) return byNumbers.slice(0, limit).map(organisationOf)
      const words = wordsIn(text).slice(0, mostWords)
      return words.length === 0 ? [] : (await store.byWords(db, words, limit)).map(organisationOf)
    },
    representedBy: (identity, handle = db) => representedBy(handle, identity),
    async represents(identity, organisation, handle = db) {
      return (await representedBy(handle, identity, organisation))[0]
    },
    async representation(id, handle = db) {
      const [row] = await store.representations(handle, [id], age())
      return row && standingOf(row)
    },
    async representations(ids, handle = db) {
      if (ids.length === 0) return new Map()
      const rows = await store.representations(handle, ids, age())
      return new Map(rows.map((row) => [row.id, standingOf(row)]))
    },
    traceOf: (identity) => (identity.kind === 'pivot' ? vault.lookUpOf(identity) : undefined),
    tracesOf: (organisation) => store.lookUpsOf(db, organisation, age()),
    async representativesOf(organisation) {
      const rows = await store.representationsOf(db, organisation, age())
      return rows.map((row) => viewOf(row, vault))
    },
    async importOrganisations(wanted) {
      const outcome = await importOrganisations(wanted)
      if (outcome.kind === 'imported') await recheck()
      return outcome
    },
    async judgeDocument(given) {
      const read = readDocument(given, clock.now())
      if ('problem' in read) return read.problem
      const [organisation] = await store.organisations(db, [given.organisation])
      if (organisation?.state !== 'active') return organisation ? 'organisation_closed' : 'unknown'
      return (await store.hasDocument(db, given.organisation, read.digest)) ? 'already' : undefined
    },
    async recordDocument(tx, { actor, second, ...given }) {
      const at = clock.now()
      const read = readDocument(given, at)
      if ('problem' in read) return { ok: false, reason: read.problem }
      const state = await store.holdOrganisation(tx, given.organisation)
      if (state !== 'active') return { ok: false, reason: state ? 'organisation_closed' : 'unknown' }
      const { role, alone, document, until, organisation } = given
      const { holder, digest } = read
      const id = newId('representation')
      const added = await store.addDocument(tx, {
        id,
        organisation,
        role,
        alone,
        lookUp: vault.lookUpOf(holder),
        holder: digest,
        identity: vault.seal(digest, holder),
        kind: document.kind,
        date: document.date,
        reference: vault.sealReference(id, document.reference),
        recordedBy: JSON.stringify(actor),
        confirmedBy: JSON.stringify(second),
        until,
        checkBy: given.checkBy ?? at + rules.documentCheck,
        at,
      })
      if (!added) return { ok: false, reason: 'already' }
      audit.append(tx, {
        name: 'representation.recorded',
        data: { representation: id, organisation, document: document.kind, actor, second },
      })
      return { ok: true, representation: id }
    },
    async withdrawDocument(tx, { representation, actor }) {
      const ended = await store.endDocument(tx, representation, clock.now())
      if (!ended) return (await store.isDocument(tx, representation)) ? 'over' : 'unknown'
      // Written whether or not somebody stands on it: it is an operator's act.
      audit.append(tx, ...endedFacts([{ ...ended, met: true }], actor))
      return 'done'
    },
    async status() {
      const [current, loading] = [await store.editionIn(db, 'current'), await store.editionIn(db, 'loading')]
      const staleAt = current && Number(current.extracted_at) + rules.representationMaxAge
      return {
        ...(current ? { current: editionOf(current) } : {}),
        ...(loading ? { loading: editionOf(loading) } : {}),
        stale: staleAt !== undefined && staleAt <= clock.now(),
        ...(staleAt === undefined ? {} : { staleAt }),
        documents: await store.documentsInForce(db),
      }
    },
    recheck,
    forget: (before) => store.forget(db, before),
  }
}

function holderIn(holder: NewDocument['holder'], now: Instant): ParsedHolder {
  const text = (field: keyof RegisteredPerson) => (holder[field] ?? '').trim()
  return parseHolder(
    {
      family_name: text('family_name'),
      given_name: text('given_name'),
      birthdate: text('birthdate'),
      gender: text('gender'),
      birthplace: text('birthplace').toUpperCase(),
      birthcountry: text('birthcountry'),
    },
    now,
  )
}

/** Of several representations of one organisation by one human, that of who may act alone, then that of the register. */
function oneForEach(rows: readonly store.RepresentationRow[]): store.RepresentationRow[] {
  const chosen = new Map<OrganisationId, store.RepresentationRow>()
  for (const row of rows) {
    const known = chosen.get(row.organisation_id)
    if (!known || (row.alone && !known.alone)) chosen.set(row.organisation_id, row)
  }
  return [...chosen.values()]
}

function organisationOf(row: store.OrganisationRow): Organisation {
  return {
    organisation: row.id,
    name: row.name,
    identifiers: row.numbers ?? {},
    subject: row.subject,
    ...(row.kind === null ? {} : { kind: row.kind }),
    state: row.state,
    source: row.source,
    extractedAt: Number(row.extracted_at),
  }
}

function representationOf(row: store.RepresentationRow): Representation {
  return {
    representation: row.id,
    organisation: row.organisation_id,
    role: row.role,
    by: row.by,
    source: row.source,
    checkedAt: Number(row.checked_at),
    ...(row.until === null ? {} : { until: Number(row.until) }),
    alone: row.alone,
  }
}

function standingOf(row: store.RepresentationRow): Standing {
  const why = endOf(row)
  return { ...representationOf(row), inForce: row.in_force, ...(why === undefined ? {} : { ended: why }) }
}

/** Why it is not in force, also before `recheck` writes it down. */
function endOf(row: store.RepresentationRow): RepresentationEnd | undefined {
  if (row.ended_for !== null) return row.ended_for as RepresentationEnd
  if (row.in_force) return undefined
  if (row.stale) return 'edition_too_old'
  // What is left is of time, as an organisation that is closed ends what it has in the same transaction.
  return row.by === 'document' && row.until === null ? 'check_overdue' : 'term'
}

function viewOf(row: store.RepresentationRow, vault: ReturnType<typeof createRepresentativeVault>): RepresentationView {
  const why = endOf(row)
  return {
    ...representationOf(row),
    holder: vault.open(row.holder, row.identity),
    inForce: row.in_force,
    beganAt: Number(row.begun_at),
    ...(why === undefined ? {} : { ended: { at: Number(row.ended_at ?? row.until ?? row.check_by ?? 0), why } }),
    ...(row.document_kind === null
      ? {}
      : {
          document: {
            kind: row.document_kind as DocumentKind,
            date: row.document_date as string,
            reference: vault.openReference(row.id, row.document_reference as Buffer),
            checkBy: Number(row.check_by),
          },
        }),
  }
}

function editionOf(row: store.EditionRow): OrganisationEdition {
  return {
    id: row.id,
    source: row.source,
    extractedAt: Number(row.extracted_at),
    ...(row.sha256 === null ? {} : { sha256: row.sha256 }),
    organisations: row.organisations,
    representations: row.representations,
    lines: row.lines,
    badLines: row.bad_lines,
    closed: row.closed,
    ended: row.ended,
    importedBy: row.imported_by,
    begunAt: Number(row.begun_at),
    seenAt: Number(row.seen_at),
    ...(row.ended_at === null ? {} : { endedAt: Number(row.ended_at) }),
  }
}
