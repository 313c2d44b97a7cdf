/**
 * Files of a firm with many lines: mandates that it draws up and proposes to its clients, and clients that it gives to its
 * members. A file is first checked: each line with what is wrong with it, nothing written but the file. Then it is
 * carried out, by a second act: all lines that were good, in one transaction, or nothing. Where the hub has changed
 * between the two so that other lines are good, nothing is done, and the new check is shown.
 *
 * A file is known by its digest: sent or confirmed again, it is told when it was carried out, and is not done twice.
 */
import { createHash } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Organisation, Organisations } from '../directory/organisations.ts'
import { atLeast } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { type FirmImportId, isId, type MembershipId, newId, type OrganisationId, type PersonId } from '../kernel/ids.ts'
import { fold } from '../kernel/names.ts'
import type { People } from '../people/people.ts'
import { firmLevel, rightsOf, rowsBeyond } from '../policy/firm.ts'
import { type DraftProblem, defaultEnd, judgeDraft, type Right } from '../policy/mandate.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { type Assignment, type FirmRefusal, type Firms, plainName, type Seat } from './firm.ts'
import {
  type FileFault,
  type ImportKind,
  type LineFault,
  longestFile,
  type ReadLine,
  readLines,
  type SaidLine,
} from './firm-lines.ts'
import { createFirmStore } from './firm-store.ts'
import type { Asker, Mandates, ServiceTerms } from './mandates.ts'

/** What is impossible of what a line says. */
export const lineProblems = [
  'organisation_unknown',
  'organisation_closed',
  'own_organisation',
  /** An earlier line is about the same. */
  'twice',
  /** A proposal of the firm waits for this client's answer. */
  'proposed_already',
  'portfolio_unknown',
  'portfolio_name',
  'member_unknown',
  /** Several members are called so: the file names them by their code. */
  'member_ambiguous',
  'not_a_client',
  'beyond_mandate',
  'until_past',
] as const
export type LineProblem = LineFault | (typeof lineProblems)[number] | DraftProblem

export interface ImportedLine {
  line: number
  /** As its organisation is called, or the portfolio. */
  name?: string
  problem?: LineProblem
  /** The column that it is about, as the file names it. */
  column?: string
}

export interface CheckedFile {
  import: FirmImportId
  kind: ImportKind
  lines: ImportedLine[]
  good: number
  /** When the same file was carried out, and in which import. */
  before?: { import: FirmImportId; at: Instant }
  /** It has been. */
  appliedAt?: Instant
  /** Tells this result from another one: carried out is only what was shown. */
  mark: string
}

export type ImportRefusal = FirmRefusal | 'changed_meanwhile' | 'nothing_good' | 'applied_before'

export type CheckOutcome =
  | { ok: true; checked: CheckedFile }
  | { ok: false; reason: FirmRefusal }
  | { ok: false; fault: FileFault; columns?: string[] }

export interface FirmImports {
  /** Reads and judges a file, and keeps it for a day. */
  check(asker: Asker, given: { firm: OrganisationId; kind: ImportKind; file: Buffer }): Promise<CheckOutcome>
  /** As it is judged now, or what came of it. */
  checked(
    asker: Asker,
    about: { firm: OrganisationId; import: FirmImportId },
  ): Promise<{ ok: true; checked: CheckedFile } | { ok: false; reason: FirmRefusal }>
  /** Carries out the good lines. The same again is `ok` and does nothing. */
  apply(
    asker: Asker,
    given: { firm: OrganisationId; import: FirmImportId; mark: string },
  ): Promise<{ ok: true; applied: number } | { ok: false; reason: ImportRefusal }>
  /** A job calls it. */
  sweep(): Promise<void>
}

export interface FirmImportsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  firms: Pick<Firms, 'holdSeat' | 'seatOf' | 'write'>
  mandates: Pick<Mandates, 'proposeMany'>
  organisations: Pick<Organisations, 'byNumbers' | 'schemes'>
  people: Pick<People, 'identityOf'>
  /** Of a service that takes whoever acts for an organisation. */
  service(service: string): Pick<ServiceTerms, 'actions'> | undefined
  /** IANA name: of the days that stand in a file. */
  timeZone: string
}

/** A file that was only checked. */
const checkedFor = day
/** Of one member: nobody confirms more at a time. */
const mostChecked = 5
/** What came of one, and that it was carried out. */
const appliedFor = 365 * day

/** A line that can be carried out. */
type Plan =
  | { kind: 'mandates'; principal: OrganisationId; rights: Right[]; from: Instant; until: Instant; portfolio?: string }
  | {
      kind: 'assignments'
      member: { membership: MembershipId; person: PersonId }
      to: Assignment['to']
      said: SaidLine
    }

interface Judged {
  lines: ImportedLine[]
  plans: Plan[]
}

/** Undoes what was begun. */
class ChangedMeanwhile extends Error {}

export function createFirmImports(options: FirmImportsOptions): FirmImports {
  const { storage, clock, audit, firms, mandates, organisations, people, timeZone } = options
  const store = createFirmStore()
  const at = () => toDate(clock.now())

  const rulesOf = (kind: ImportKind) => ({ kind, schemes: organisations.schemes, timeZone })

  // ── Judging ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function judge(handle: Handle, seat: Seat, kind: ImportKind, read: readonly ReadLine[]): Promise<Judged> {
    const said = read.flatMap((line) => (line.ok && line.said.number ? [line.said.number] : []))
    const named = await organisations.byNumbers(said, handle)
    const of = (line: SaidLine) => line.number && named.get(`${line.number.scheme}:${line.number.number}`)
    const judgeLine =
      kind === 'mandates'
        ? await mandateJudge(handle, seat, [...named.values()])
        : await assignmentJudge(handle, seat, [...named.values()], read)
    const plans: Plan[] = []
    const lines = read.map((line): ImportedLine => {
      if (!line.ok) return { line: line.line, problem: line.fault, ...(line.column ? { column: line.column } : {}) }
      const organisation = of(line.said)
      const shown = organisation?.name ?? line.said.portfolio
      const about = { line: line.line, ...(shown ? { name: shown } : {}) }
      const judged = line.said.number && !organisation ? 'organisation_unknown' : judgeLine(line.said, organisation)
      if (typeof judged === 'string') return { ...about, problem: judged }
      plans.push(judged)
      return about
    })
    return { lines, plans }
  }

  async function mandateJudge(handle: Handle, { firm }: Seat, all: readonly Organisation[]) {
    const now = clock.now()
    const waiting = new Set(
      await store.proposedTo(
        handle,
        firm,
        all.map(({ organisation }) => organisation),
      ),
    )
    const seen = new Set<OrganisationId>()
    return (said: SaidLine, found: Organisation | undefined): Plan | LineProblem => {
      if (!found) return 'organisation_unknown'
      const principal = found.organisation
      if (found.state !== 'active') return 'organisation_closed'
      if (principal === firm) return 'own_organisation'
      if (seen.has(principal)) return 'twice'
      seen.add(principal)
      if (waiting.has(principal)) return 'proposed_already'
      if (said.portfolio !== undefined && typeof plainName(said.portfolio) !== 'string') return 'portfolio_name'
      const from = said.from ?? now
      const until = said.until ?? defaultEnd(from, timeZone)
      const rights = rightsOf({ actions: said.actions, minimumLevel: said.minimumLevel ?? firmLevel })
      const takes = (service: string) => options.service(service)?.actions
      const [problem] = judgeDraft({ terms: { from, until, rights, delegable: false }, now, timeZone, takes })
      if (problem) return problem.problem
      return {
        kind: 'mandates',
        principal,
        rights,
        from,
        until,
        ...(said.portfolio ? { portfolio: said.portfolio } : {}),
      }
    }
  }

  async function assignmentJudge(
    handle: Handle,
    { firm }: Seat,
    all: readonly Organisation[],
    read: readonly ReadLine[],
  ) {
    const now = clock.now()
    const members = await membersByName(handle, firm)
    const principals = all.map(({ organisation }) => organisation)
    const given = Map.groupBy(await store.givenByEach(handle, firm, principals), ({ principal }) => principal)
    const everything = await store.givenBy(handle, firm)
    const asked = read.flatMap((line) => (line.ok && line.said.portfolio ? [line.said.portfolio] : []))
    const portfolios = new Map(
      (await store.portfolioNamed(handle, firm, asked)).map(({ portfolio, name }) => [name.toLowerCase(), portfolio]),
    )
    const seen = new Set<string>()
    return (said: SaidLine, found: Organisation | undefined): Plan | LineProblem => {
      const member = members(said.member ?? '')
      if (typeof member === 'string') return member
      const portfolio = said.portfolio === undefined ? undefined : portfolios.get(said.portfolio.toLowerCase())
      const to = found ? { principal: found.organisation } : portfolio && { portfolio }
      if (!to) return 'portfolio_unknown'
      const place = `${member.membership} ${Object.values(to)[0]}`
      if (seen.has(place)) return 'twice'
      seen.add(place)
      const rows = found ? (given.get(found.organisation) ?? []) : everything
      if (rows.length === 0) return 'not_a_client'
      if (rowsBeyond(said, rows).length > 0) return 'beyond_mandate'
      if (said.until !== undefined && said.until <= now) return 'until_past'
      return { kind: 'assignments', member, to, said }
    }
  }

  /** By the code that the page of members shows, or by a name that one member alone has. */
  async function membersByName(handle: Handle, firm: OrganisationId) {
    const rows = (await store.members(handle, firm)).filter(({ state }) => state === 'active')
    const byName = new Map<string, typeof rows>()
    for (const row of rows) {
      const identity = await people.identityOf(handle, row.person)
      if (!identity) continue
      const name = fold(`${identity.given_name} ${identity.family_name}`)
      byName.set(name, [...(byName.get(name) ?? []), row])
    }
    return (text: string) => {
      const found = isId('membership', text)
        ? rows.filter(({ membership }) => membership === text)
        : (byName.get(fold(text)) ?? [])
      const [one, ...others] = found
      if (!one) return 'member_unknown' as const
      return others.length > 0 ? ('member_ambiguous' as const) : one
    }
  }

  /** A result as it is shown and told again. */
  const markOf = (lines: readonly ImportedLine[]) =>
    createHash('sha256')
      .update(JSON.stringify(lines.map(({ line, problem }) => [line, problem ?? ''])))
      .digest('base64url')

  const goodIn = (lines: readonly ImportedLine[]) => lines.filter(({ problem }) => problem === undefined).length

  async function administering(handle: Handle, asker: Asker, firm: OrganisationId) {
    const seat = await firms.seatOf(handle, { firm, person: asker.person })
    if (!seat) return { ok: false as const, reason: 'unknown' as const }
    if (seat.role !== 'administrator') return { ok: false as const, reason: 'not_allowed' as const }
    if (!atLeast(asker.level, firmLevel)) return { ok: false as const, reason: 'level_too_low' as const }
    return { ok: true as const, seat }
  }

  /** The members of a firm and their names, the register and the mandates: as they are now. */
  async function judgeFile(handle: Handle, seat: Seat, kind: ImportKind, file: string): Promise<Judged> {
    const read = readLines(Buffer.from(file, 'utf8'), rulesOf(kind))
    if (!read.ok) throw new Error('a file that was read before is read no more')
    return judge(handle, seat, kind, read.lines)
  }

  // ── Carrying out ────────────────────────────────────────────────────────────────────────────────────────────────────

  async function proposeAll(tx: Tx, asker: Asker, seat: Seat, plans: readonly Plan[]): Promise<void> {
    const drafts = plans.flatMap((plan) => (plan.kind === 'mandates' ? [plan] : []))
    const { firm } = seat
    const answers = await mandates.proposeMany(tx, { firm, person: asker.person, drafts })
    if (answers.some(({ ok }) => !ok)) throw new ChangedMeanwhile()
    const groups = Map.groupBy(
      drafts.filter(({ portfolio }) => portfolio !== undefined),
      ({ portfolio = '' }) => portfolio.toLowerCase(),
    )
    for (const group of groups.values()) {
      const name = plainName(group[0]?.portfolio ?? '')
      if (typeof name !== 'string') throw new ChangedMeanwhile()
      const [known] = await store.portfolioNamed(tx, firm, [name])
      const portfolio = known?.portfolio ?? (await firms.write.portfolio(tx, { seat, asker, name }))
      if (!portfolio) throw new ChangedMeanwhile()
      await firms.write.place(tx, { seat, asker, portfolio, add: group.map(({ principal }) => principal) })
    }
  }

  async function assignAll(tx: Tx, asker: Asker, seat: Seat, plans: readonly Plan[]): Promise<void> {
    const all = plans.flatMap((plan) => {
      if (plan.kind !== 'assignments') return []
      const { actions, minimumLevel, until } = plan.said
      const reach = { actions, ...(minimumLevel ? { minimumLevel } : {}), ...(until === undefined ? {} : { until }) }
      return [{ person: plan.member.person, membership: plan.member.membership, to: plan.to, ...reach }]
    })
    await firms.write.assign(tx, { seat, asker, all })
  }

  return {
    async check(asker, { firm, kind, file }) {
      const judged = await administering(storage.db, asker, firm)
      if (!judged.ok) return judged
      if (file.length > longestFile) return { ok: false, fault: 'too_large' }
      const read = readLines(file, rulesOf(kind))
      if (!read.ok) return { ok: false, fault: read.fault, ...(read.columns ? { columns: read.columns } : {}) }
      const id = newId('firmImport')
      const digest = createHash('sha256').update(file).digest('base64url')
      const row = { id, firm, kind, digest, checked_by: judged.seat.membership, at: at(), file: file.toString('utf8') }
      await storage.transaction(async (tx) => {
        await store.insertImport(tx, row)
        await store.forgetChecks(tx, { firm, by: row.checked_by, keep: mostChecked })
      })
      const { lines } = await judge(storage.db, judged.seat, kind, read.lines)
      const before = await store.appliedBefore(storage.db, { firm, kind, digest })
      return {
        ok: true,
        checked: {
          ...{ import: id, kind, lines, good: goodIn(lines), mark: markOf(lines) },
          ...(before ? { before: { import: before.id, at: before.applied_at.getTime() } } : {}),
        },
      }
    },

    async checked(asker, { firm, import: id }) {
      const judged = await administering(storage.db, asker, firm)
      if (!judged.ok) return judged
      const row = await store.import(storage.db, firm, id)
      if (!row) return { ok: false, reason: 'unknown' }
      const { kind, digest, applied_at, outcome, file } = row
      if (applied_at) {
        const lines = outcome ?? []
        const appliedAt = applied_at.getTime()
        return { ok: true, checked: { import: id, kind, lines, good: goodIn(lines), mark: markOf(lines), appliedAt } }
      }
      const { lines } = await judgeFile(storage.db, judged.seat, kind, file ?? '')
      const before = await store.appliedBefore(storage.db, { firm, kind, digest })
      const found = before ? { before: { import: before.id, at: before.applied_at.getTime() } } : {}
      return { ok: true, checked: { import: id, kind, lines, good: goodIn(lines), mark: markOf(lines), ...found } }
    },

    async apply(asker, { firm, import: id, mark }) {
      const actor: Actor = { kind: 'person', id: asker.person }
      try {
        return await storage.transaction(async (tx) => {
          const held = await firms.holdSeat(tx, asker, { firm, verb: 'import' })
          if (!held.ok) return held
          const { seat } = held
          const row = await store.import(tx, firm, id)
          if (!row) return { ok: false, reason: 'unknown' }
          if (row.applied_at) return { ok: true, applied: goodIn(row.outcome ?? []) }
          const { kind, digest, file } = row
          if (await store.appliedBefore(tx, { firm, kind, digest })) return { ok: false, reason: 'applied_before' }
          const { lines, plans } = await judgeFile(tx, seat, kind, file ?? '')
          if (markOf(lines) !== mark) return { ok: false, reason: 'changed_meanwhile' }
          if (plans.length === 0) return { ok: false, reason: 'nothing_good' }
          await (kind === 'mandates' ? proposeAll : assignAll)(tx, asker, seat, plans)
          await store.applied(tx, { id, by: seat.membership, at: at(), outcome: lines })
          audit.append(tx, {
            name: 'firm.imported',
            data: { firm, import: id, what: kind, applied: plans.length, left: lines.length - plans.length, actor },
          })
          return { ok: true, applied: plans.length }
        })
      } catch (error) {
        if (error instanceof ChangedMeanwhile) return { ok: false, reason: 'changed_meanwhile' }
        throw error
      }
    },

    async sweep() {
      const now = clock.now()
      await store.forgetImports(storage.db, { checked: toDate(now - checkedFor), applied: toDate(now - appliedFor) })
    },
  }
}
