/**
 * Every statement on the register of breaches (entries, what authorities were told, the history of each entry) and on what
 * the public is told of incidents. What operators write rests sealed until it is published.
 */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { BreachId, BreachPhaseId, CaseId, StatementId } from '../kernel/ids.ts'
import { seal, unseal } from '../kernel/secrets.ts'
import type {
  Assessment,
  AuthorityId,
  BreachState,
  Closing,
  Decision,
  Description,
  ReminderHours,
  Risk,
} from '../policy/breach.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { Breach, BreachEvent, BreachEventName, CaseStanding, Changes, PeopleTold, Phase } from './breaches.ts'
import type { PublishedContent, Statement, StatementContent, StatementVersion } from './statements.ts'

/** What rests sealed in an entry. */
interface Written {
  title: string
  description: Description
  assessment?: Assessment
  peopleTold?: PeopleTold
}

interface BreachRow {
  id: BreachId
  reference: string
  source_case: CaseId | null
  case_standing: CaseStanding | null
  case_sequence: string | null
  state: BreachState
  version: number
  authorities: AuthorityId[]
  opened_at: Date
  opened_by: Actor
  aware_at: Date
  due_at: Date | null
  reminded: ReminderHours | null
  sealed: Buffer
  closed_at: Date | null
  closed_by: Actor | null
  closing: Closing | null
}

interface PhaseRow {
  id: BreachPhaseId
  breach: BreachId
  authority: AuthorityId
  number: number
  told_at: Date
  recorded_at: Date
  recorded_by: Actor
  late: boolean
  sealed: Buffer
}

interface EventRow {
  id: string
  at: Date
  by: Actor
  what: BreachEventName
  sealed: Buffer
}

/** An entry with what only this room reads. */
export interface StoredBreach extends Breach {
  reminded?: ReminderHours
  /** Of the fact that told last what became of its case. */
  caseSequence?: bigint
}

export function createBreachStore({ key }: { key: Buffer }) {
  const sealed = (value: unknown, place: string) => seal(key, JSON.stringify(value), `garant breach ${place}`)
  const opened = (bytes: Buffer, place: string): unknown =>
    JSON.parse(unseal(key, bytes, `garant breach ${place}`).toString())

  const phaseOf = (row: PhaseRow): Phase => ({
    ...{ id: row.id, authority: row.authority, number: row.number, late: row.late, by: row.recorded_by },
    at: row.told_at.getTime(),
    recordedAt: row.recorded_at.getTime(),
    ...(opened(row.sealed, row.id) as Pick<Phase, 'description' | 'reference' | 'lateReason' | 'note'>),
  })

  function breachOf(row: BreachRow, phases: readonly PhaseRow[]): StoredBreach {
    const { id, source_case: from, case_standing: standing, closed_at: at, closed_by: by, closing } = row
    return {
      ...{ id, reference: row.reference, state: row.state, version: row.version, authorities: row.authorities },
      source: from && standing ? { kind: 'case', case: from, standing } : { kind: 'hub' },
      ...{ openedAt: row.opened_at.getTime(), openedBy: row.opened_by, awareAt: row.aware_at.getTime() },
      ...(row.due_at ? { dueAt: row.due_at.getTime() } : {}),
      ...(opened(row.sealed, id) as Written),
      phases: phases.filter((one) => one.breach === id).map(phaseOf),
      ...(at && by && closing ? { closed: { at: at.getTime(), by, reason: closing } } : {}),
      ...(row.reminded === null ? {} : { reminded: row.reminded }),
      ...(row.case_sequence === null ? {} : { caseSequence: BigInt(row.case_sequence) }),
    }
  }

  async function withPhases(handle: Handle, rows: readonly BreachRow[]): Promise<StoredBreach[]> {
    if (rows.length === 0) return []
    const { rows: phases } = await sql<PhaseRow>`select * from breach_phases
      where breach = any(${rows.map(({ id }) => id)}::text[]) order by told_at, number, id`.execute(handle)
    return rows.map((row) => breachOf(row, phases))
  }

  const writtenIn = ({ title, description, assessment, peopleTold }: Breach): Written => ({
    ...{ title, description },
    ...(assessment ? { assessment } : {}),
    ...(peopleTold ? { peopleTold } : {}),
  })

  /** Columns that change, as statements take them. */
  function columnsOf(breach: StoredBreach) {
    const { source, assessment, closed, dueAt } = breach
    const decision: Decision | null = assessment?.decision ?? null
    const risk: Risk | null = assessment?.risk ?? null
    return {
      from: source.kind === 'case' ? source.case : null,
      standing: source.kind === 'case' ? source.standing : null,
      sequence: breach.caseSequence === undefined ? null : String(breach.caseSequence),
      ...{ decision, risk },
      due: dueAt === undefined ? null : toDate(dueAt),
      reminded: breach.reminded ?? null,
      closedAt: closed ? toDate(closed.at) : null,
      closedBy: closed ? JSON.stringify(closed.by) : null,
      closing: closed?.reason ?? null,
      written: sealed(writtenIn(breach), breach.id),
    }
  }

  return {
    /** One entry of a case at a time: of two facts about it, one opens it. */
    async lockCase(tx: Tx, from: CaseId): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`breach of ${from}`}, 0))`.execute(tx)
    },

    async lockNew(tx: Tx, id: BreachId): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`breach ${id}`}, 0))`.execute(tx)
    },

    /** False when somebody else has that reference: the caller draws another one. */
    async insert(tx: Tx, breach: StoredBreach): Promise<boolean> {
      const given = columnsOf(breach)
      const { rows } = await sql`insert into breaches (id, reference, source_case, case_standing, case_sequence, state,
          version, authorities, opened_at, opened_by, aware_at, due_at, reminded, decision, risk, sealed)
        values (${breach.id}, ${breach.reference}, ${given.from}, ${given.standing}, ${given.sequence}::bigint,
          ${breach.state}, ${breach.version}, ${[...breach.authorities]}::text[], ${toDate(breach.openedAt)},
          ${JSON.stringify(breach.openedBy)}::text::jsonb, ${toDate(breach.awareAt)}, ${given.due}, ${given.reminded},
          ${given.decision}, ${given.risk}, ${given.written}::bytea)
        on conflict (reference) do nothing returning id`.execute(tx)
      return rows.length === 1
    },

    async update(tx: Tx, breach: StoredBreach): Promise<void> {
      const given = columnsOf(breach)
      await sql`update breaches set case_standing = ${given.standing}, case_sequence = ${given.sequence}::bigint,
          state = ${breach.state}, version = ${breach.version}, authorities = ${[...breach.authorities]}::text[],
          aware_at = ${toDate(breach.awareAt)}, due_at = ${given.due}, reminded = ${given.reminded},
          decision = ${given.decision}, risk = ${given.risk}, sealed = ${given.written}::bytea,
          closed_at = ${given.closedAt}, closed_by = ${given.closedBy}::text::jsonb, closing = ${given.closing}
        where id = ${breach.id}`.execute(tx)
    },

    async find(handle: Handle, id: BreachId): Promise<StoredBreach | undefined> {
      const { rows } = await sql<BreachRow>`select * from breaches where id = ${id}`.execute(handle)
      return (await withPhases(handle, rows))[0]
    },

    /** The same, which nobody else changes until the transaction ends. */
    async hold(tx: Tx, id: BreachId): Promise<StoredBreach | undefined> {
      const { rows } = await sql<BreachRow>`select * from breaches where id = ${id} for update`.execute(tx)
      return (await withPhases(tx, rows))[0]
    },

    async holdOfCase(tx: Tx, from: CaseId): Promise<StoredBreach | undefined> {
      const { rows } = await sql<BreachRow>`select * from breaches where source_case = ${from} for update`.execute(tx)
      return (await withPhases(tx, rows))[0]
    },

    async ofCase(handle: Handle, from: CaseId): Promise<StoredBreach | undefined> {
      const { rows } = await sql<BreachRow>`select * from breaches where source_case = ${from}`.execute(handle)
      return (await withPhases(handle, rows))[0]
    },

    /** Those that are open, the next deadline first, those without one last. */
    async open(handle: Handle, page: { after: BreachId | null; limit: number }): Promise<StoredBreach[]> {
      const from =
        page.after === null
          ? sql``
          : sql`and (coalesce(due_at, 'infinity'), id) >
              (select coalesce(due_at, 'infinity'), id from breaches where id = ${page.after})`
      const { rows } = await sql<BreachRow>`select * from breaches where state <> 'closed' ${from}
        order by coalesce(due_at, 'infinity'), id limit ${page.limit}`.execute(handle)
      return withPhases(handle, rows)
    },

    /** Those closed last first. */
    async closed(handle: Handle, page: { after: BreachId | null; limit: number }): Promise<StoredBreach[]> {
      const from =
        page.after === null
          ? sql``
          : sql`and (closed_at, id) < (select closed_at, id from breaches where id = ${page.after})`
      const { rows } = await sql<BreachRow>`select * from breaches where state = 'closed' ${from}
        order by closed_at desc, id desc limit ${page.limit}`.execute(handle)
      return withPhases(handle, rows)
    },

    /** In the order in which they were opened; a register is read from its beginning. */
    async all(handle: Handle, page: { after: BreachId | null; limit: number }): Promise<StoredBreach[]> {
      const from = page.after === null ? sql`` : sql`where id > ${page.after}`
      const { rows } = await sql<BreachRow>`select * from breaches ${from} order by id limit ${page.limit}`.execute(
        handle,
      )
      return withPhases(handle, rows)
    },

    async counts(handle: Handle, now: Instant): Promise<{ open: number; due: number; overdue: number }> {
      const { rows } = await sql<{ open: number; due: number; overdue: number }>`select count(*)::int as open,
          count(due_at)::int as due, count(*) filter (where due_at < ${toDate(now)})::int as overdue
        from breaches where state <> 'closed'`.execute(handle)
      return rows[0] ?? { open: 0, due: 0, overdue: 0 }
    },

    /** Whose deadline comes before an instant, and who were not told yet that it has passed. */
    async dueBefore(handle: Handle, before: Instant): Promise<BreachId[]> {
      const { rows } = await sql<{ id: BreachId }>`select id from breaches
        where due_at is not null and due_at <= ${toDate(before)} and (reminded is null or reminded > 0)
        order by due_at, id`.execute(handle)
      return rows.map(({ id }) => id)
    },

    /** Takes no version: nobody who has the entry before them needs to read it anew. */
    async noteReminder(tx: Tx, id: BreachId, hours: ReminderHours): Promise<void> {
      await sql`update breaches set reminded = ${hours} where id = ${id}`.execute(tx)
    },

    async insertPhase(tx: Tx, breach: BreachId, phase: Phase): Promise<void> {
      const { id, authority, number, at, recordedAt, by, late, ...written } = phase
      await sql`insert into breach_phases
          (id, breach, authority, number, told_at, recorded_at, recorded_by, late, sealed)
        values (${id}, ${breach}, ${authority}, ${number}, ${toDate(at)}, ${toDate(recordedAt)},
          ${JSON.stringify(by)}::text::jsonb, ${late}, ${sealed(written, id)}::bytea)`.execute(tx)
    },

    async addEvent(
      tx: Tx,
      event: { breach: BreachId; at: Instant; by: Actor; what: BreachEventName; changes: Changes },
    ): Promise<void> {
      const { breach, at, by, what, changes } = event
      await sql`insert into breach_events (breach, at, by, what, sealed)
        values (${breach}, ${toDate(at)}, ${JSON.stringify(by)}::text::jsonb, ${what},
          ${sealed(changes, `event of ${breach}`)}::bytea)`.execute(tx)
    },

    /** The newest first. */
    async events(handle: Handle, breach: BreachId): Promise<BreachEvent[]> {
      const { rows } = await sql<EventRow>`select * from breach_events where breach = ${breach}
        order by id desc`.execute(handle)
      return rows.map(({ at, by, what, sealed: bytes }) => ({
        ...{ at: at.getTime(), by, what },
        changes: opened(bytes, `event of ${breach}`) as Changes,
      }))
    },

    async forget(handle: Handle, before: Instant): Promise<void> {
      await sql`delete from breaches where state = 'closed' and closed_at < ${toDate(before)}`.execute(handle)
    },
  }
}

// ── Statements ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface StatementRow {
  id: StatementId
  reference: string
  breach: BreachId | null
  version: number
  changed_at: Date
  changed_by: Actor
  draft: Buffer | null
  withdrawn_at: Date | null
}

interface VersionRow {
  statement: StatementId
  number: number
  content: PublishedContent
  published_at: Date
  published_by: Actor
}

const versionOf = ({ number, content, published_at: at, published_by: by }: VersionRow): StatementVersion => ({
  ...{ number, content, by },
  at: at.getTime(),
})

export function createStatementStore({ key }: { key: Buffer }) {
  const placeOf = (id: StatementId) => `garant statement ${id}`

  function statementOf(row: StatementRow, versions: readonly VersionRow[]): Statement {
    const { id, draft } = row
    return {
      ...{ id, reference: row.reference, version: row.version, changedBy: row.changed_by },
      changedAt: row.changed_at.getTime(),
      ...(row.breach ? { breach: row.breach } : {}),
      ...(draft ? { draft: JSON.parse(unseal(key, draft, placeOf(id)).toString()) as StatementContent } : {}),
      versions: versions.filter(({ statement }) => statement === id).map(versionOf),
      ...(row.withdrawn_at ? { withdrawnAt: row.withdrawn_at.getTime() } : {}),
    }
  }

  /** With their versions, the newest first. */
  async function complete(handle: Handle, rows: readonly StatementRow[]): Promise<Statement[]> {
    if (rows.length === 0) return []
    const { rows: versions } = await sql<VersionRow>`select * from incident_statement_versions
      where statement = any(${rows.map(({ id }) => id)}::text[]) order by number desc`.execute(handle)
    return rows.map((row) => statementOf(row, versions))
  }

  const sealedDraft = ({ id, draft }: Statement) => (draft ? seal(key, JSON.stringify(draft), placeOf(id)) : null)

  return {
    async lock(tx: Tx, id: StatementId): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`statement ${id}`}, 0))`.execute(tx)
    },

    async find(handle: Handle, id: StatementId): Promise<Statement | undefined> {
      const { rows } = await sql<StatementRow>`select * from incident_statements where id = ${id}`.execute(handle)
      return (await complete(handle, rows))[0]
    },

    /** All that are kept, the one that was changed last first. */
    async list(handle: Handle, limit: number): Promise<Statement[]> {
      const { rows } = await sql<StatementRow>`select * from incident_statements
        order by changed_at desc, id desc limit ${limit}`.execute(handle)
      return complete(handle, rows)
    },

    async ofBreach(handle: Handle, breach: BreachId): Promise<Statement[]> {
      const { rows } = await sql<StatementRow>`select * from incident_statements
        where breach = ${breach} order by id`.execute(handle)
      return complete(handle, rows)
    },

    /** What has a public address, the one that was published first last. */
    async published(handle: Handle, limit: number): Promise<Statement[]> {
      const { rows } = await sql<StatementRow>`select s.* from incident_statements s
        join incident_statement_versions v on v.statement = s.id and v.number = 1
        order by v.published_at desc, s.id desc limit ${limit}`.execute(handle)
      return complete(handle, rows)
    },

    /** False when somebody else has that reference. */
    async insert(tx: Tx, statement: Statement): Promise<boolean> {
      const { id, reference, breach, version, changedAt, changedBy } = statement
      const { rows } = await sql`insert into incident_statements
          (id, reference, breach, version, changed_at, changed_by, draft)
        values (${id}, ${reference}, ${breach ?? null}, ${version}, ${toDate(changedAt)},
          ${JSON.stringify(changedBy)}::text::jsonb, ${sealedDraft(statement)}::bytea)
        on conflict (reference) do nothing returning id`.execute(tx)
      return rows.length === 1
    },

    async update(tx: Tx, statement: Statement): Promise<void> {
      const { id, version, changedAt, changedBy, withdrawnAt } = statement
      await sql`update incident_statements set version = ${version}, changed_at = ${toDate(changedAt)},
          changed_by = ${JSON.stringify(changedBy)}::text::jsonb, draft = ${sealedDraft(statement)}::bytea,
          withdrawn_at = ${withdrawnAt === undefined ? null : toDate(withdrawnAt)}
        where id = ${id}`.execute(tx)
    },

    async insertVersion(tx: Tx, id: StatementId, version: StatementVersion): Promise<void> {
      const { number, content, at, by } = version
      await sql`insert into incident_statement_versions (statement, number, content, published_at, published_by)
        values (${id}, ${number}, ${JSON.stringify(content)}::text::jsonb, ${toDate(at)},
          ${JSON.stringify(by)}::text::jsonb)`.execute(tx)
    },

    async forget(handle: Handle, before: Instant): Promise<void> {
      await sql`delete from incident_statements where changed_at < ${toDate(before)}`.execute(handle)
    },
  }
}
