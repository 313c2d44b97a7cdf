/**
 * Every statement on the tables of firms: `firms`, `firm_members`, `firm_invitations`, `firm_portfolios`,
 * `firm_portfolio_clients`, `firm_assignments`, `firm_imports`. What an employee may do is asked together with the
 * mandates: the fragment is here (`reachesOf`), the statement in `store.ts`.
 */
import { type RawBuilder, sql } from 'kysely'
import { organisationNames, organisationNumbers } from '../directory/organisations.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type {
  AssignmentId,
  FirmImportId,
  FirmInvitationId,
  MandateId,
  MembershipId,
  OrganisationId,
  PersonId,
  PortfolioId,
  RepresentationId,
  ServiceId,
} from '../kernel/ids.ts'
import type { AssignedActions, FirmRole } from '../policy/firm.ts'
import type { Action } from '../policy/mandate.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { AssignmentEnd, MemberEnd } from './firm.ts'
import type { ImportedLine } from './firm-import.ts'
import type { ImportKind } from './firm-lines.ts'

/** One live assignment that leads an employee to one client. */
export interface ReachRow {
  membership: MembershipId
  firm: OrganisationId
  principal: OrganisationId
  actions: AssignedActions
  minimum_level: Level | null
  until_at: Date | null
}

/**
 * A derived table of `ReachRow`, to be joined with mandates on the firm as mandatary and on the principal: of a person at
 * work in whatever firm, for one client or for all. One client may be led to by several rows. Index look-ups only: by
 * person, then by member, then by (portfolio, client).
 *
 *     from ${reachesOf({ person, principal, now })} as reach
 *     join mandates m on m.mandatary = reach.firm and m.principal = reach.principal
 */
export function reachesOf(about: {
  person: PersonId
  now: Instant
  principal?: OrganisationId
  membership?: MembershipId
}): RawBuilder<ReachRow> {
  const { person, now, principal, membership } = about
  const alive = sql`w.person = ${person} and w.state = 'active' and a.ended_at is null
    and (a.until_at is null or a.until_at > ${toDate(now)})
    ${membership === undefined ? sql`` : sql`and w.membership = ${membership}`}`
  return sql`(
    select w.membership, w.firm, a.principal, a.actions, a.minimum_level, a.until_at
      from firm_members w join firm_assignments a on a.membership = w.membership and a.principal is not null
      where ${alive} ${principal === undefined ? sql`` : sql`and a.principal = ${principal}`}
    union all
    select w.membership, w.firm, c.principal, a.actions, a.minimum_level, a.until_at
      from firm_members w join firm_assignments a on a.membership = w.membership and a.portfolio is not null
      join firm_portfolio_clients c on c.portfolio = a.portfolio and c.removed_at is null
      where ${alive} ${principal === undefined ? sql`` : sql`and c.principal = ${principal}`}
  )`
}

/** Is that, or was it once, the seat of this person in this firm? */
export async function wasSeatOf(
  handle: Handle,
  { membership, firm, person }: { membership: MembershipId; firm: OrganisationId; person: PersonId },
): Promise<boolean> {
  const { rows } = await sql`select membership from firm_members
    where membership = ${membership} and firm = ${firm} and person = ${person}`.execute(handle)
  return rows.length === 1
}

export interface MemberRow {
  membership: MembershipId
  firm: OrganisationId
  person: PersonId
  role: FirmRole
  state: 'waiting' | 'active' | 'ended'
  level: Level
  representation: RepresentationId | null
  invited_by: MembershipId | null
  accepted_at: Date
  active_at: Date | null
}

export interface InvitationRow {
  id: FirmInvitationId
  firm: OrganisationId
  role: FirmRole
  mail: Buffer | null
  invited_by: MembershipId
  created_at: Date
  expires_at: Date
}

export interface AssignmentRow {
  assignment: AssignmentId
  firm: OrganisationId
  membership: MembershipId
  principal: OrganisationId | null
  portfolio: PortfolioId | null
  actions: AssignedActions
  minimum_level: Level | null
  until_at: Date | null
  given_by: MembershipId
  given_at: Date
}

/** Of an assignment that has ended, with whose it was. */
export interface EndedRow {
  assignment: AssignmentId
  firm: OrganisationId
  membership: MembershipId
  person: PersonId
  principal: OrganisationId | null
  portfolio: PortfolioId | null
  services: string[]
}

export interface PortfolioRow {
  portfolio: PortfolioId
  name: string
  clients: number
  members: number
}

export interface ImportRow {
  id: FirmImportId
  firm: OrganisationId
  kind: ImportKind
  digest: string
  checked_by: MembershipId
  checked_at: Date
  file: string | null
  applied_at: Date | null
  outcome: ImportedLine[] | null
}

export const clientStates = ['active', 'suspended', 'proposed', 'ended'] as const
export type ClientState = (typeof clientStates)[number]

export interface ClientRow {
  principal: OrganisationId
  name: string
  name_key: string
  id: MandateId
  state: ClientState
  from_at: Date
  until_at: Date
  answer_by: Date | null
  drawn_up_by: 'principal' | 'mandatary'
}

/** Whose assignments end: each of these that is given must fit. */
interface Which {
  assignment?: AssignmentId
  firm?: OrganisationId
  membership?: MembershipId
  principal?: OrganisationId
  portfolio?: PortfolioId
  /** Those that are over. */
  overAt?: Date
}

const memberColumns = sql`membership, firm, person, role, state, level, representation, invited_by, accepted_at, active_at`
const assignmentColumns = sql`assignment, firm, membership, principal, portfolio, actions, minimum_level, until_at,
  given_by, given_at`

const endedColumns = sql`a.assignment, a.firm, a.membership, m.person, a.principal, a.portfolio,
  array(select jsonb_object_keys(a.actions)) as services`

const fits = (column: string, value: string | undefined) =>
  value === undefined ? sql`` : sql`and a.${sql.ref(column)} = ${value}`

export function createFirmStore() {
  return {
    // ── Firms and members ───────────────────────────────────────────────────────────────────────────────────────────

    /** True when it was not open. */
    async open(tx: Tx, firm: OrganisationId, at: Date): Promise<boolean> {
      const { rows } = await sql`insert into firms (organisation, opened_at) values (${firm}, ${at})
        on conflict do nothing returning organisation`.execute(tx)
      return rows.length === 1
    },

    /** Whoever changes members or what they are given waits here for one another. */
    async lock(tx: Tx, firm: OrganisationId): Promise<boolean> {
      const { rows } = await sql`select organisation from firms where organisation = ${firm} for update`.execute(tx)
      return rows.length === 1
    },

    async isOpen(handle: Handle, firm: OrganisationId): Promise<boolean> {
      const { rows } = await sql`select organisation from firms where organisation = ${firm}`.execute(handle)
      return rows.length === 1
    },

    async seat(handle: Handle, firm: OrganisationId, person: PersonId): Promise<MemberRow | undefined> {
      const { rows } = await sql<MemberRow>`select ${memberColumns} from firm_members
        where firm = ${firm} and person = ${person} and state <> 'ended'`.execute(handle)
      return rows[0]
    },

    async seatsOf(handle: Handle, person: PersonId): Promise<MemberRow[]> {
      const { rows } = await sql<MemberRow>`select ${memberColumns} from firm_members
        where person = ${person} and state <> 'ended' order by accepted_at, membership`.execute(handle)
      return rows
    },

    async member(handle: Handle, firm: OrganisationId, membership: MembershipId): Promise<MemberRow | undefined> {
      const { rows } = await sql<MemberRow>`select ${memberColumns} from firm_members
        where firm = ${firm} and membership = ${membership} and state <> 'ended'`.execute(handle)
      return rows[0]
    },

    /** With how many assignments each has. */
    async members(handle: Handle, firm: OrganisationId): Promise<(MemberRow & { assignments: number })[]> {
      const { rows } = await sql<MemberRow & { assignments: number }>`select ${memberColumns}, (
            select count(*)::int from firm_assignments a where a.membership = m.membership and a.ended_at is null
          ) as assignments
        from firm_members m where firm = ${firm} and state <> 'ended'
        order by accepted_at, membership`.execute(handle)
      return rows
    },

    async administrators(
      handle: Handle,
      firm: OrganisationId,
    ): Promise<{ membership: MembershipId; person: PersonId }[]> {
      const { rows } = await sql<{ membership: MembershipId; person: PersonId }>`select membership, person
        from firm_members where firm = ${firm} and state = 'active' and role = 'administrator'
        order by accepted_at, membership`.execute(handle)
      return rows
    },

    async insertMember(
      tx: Tx,
      row: Pick<MemberRow, 'membership' | 'firm' | 'person' | 'role' | 'level' | 'representation' | 'invited_by'> & {
        state: 'waiting' | 'active'
        at: Date
      },
    ): Promise<boolean> {
      const { rows } = await sql`insert into firm_members
          (membership, firm, person, role, state, level, representation, invited_by, accepted_at, active_at)
        values (${row.membership}, ${row.firm}, ${row.person}, ${row.role}, ${row.state}, ${row.level},
          ${row.representation}, ${row.invited_by}, ${row.at}, ${row.state === 'active' ? row.at : null})
        on conflict do nothing returning membership`.execute(tx)
      return rows.length === 1
    },

    async activate(tx: Tx, membership: MembershipId, at: Date): Promise<boolean> {
      const { rows } = await sql`update firm_members set state = 'active', active_at = ${at}
        where membership = ${membership} and state = 'waiting' returning membership`.execute(tx)
      return rows.length === 1
    },

    async setRole(
      tx: Tx,
      membership: MembershipId,
      to: { role: FirmRole; representation?: RepresentationId; activeAt?: Date },
    ): Promise<void> {
      await sql`update firm_members set role = ${to.role},
          representation = coalesce(${to.representation ?? null}, representation),
          state = case when ${to.activeAt ?? null}::timestamptz is null then state else 'active' end,
          active_at = coalesce(active_at, ${to.activeAt ?? null}::timestamptz)
        where membership = ${membership}`.execute(tx)
    },

    async endMember(tx: Tx, membership: MembershipId, how: { reason: MemberEnd; at: Date }): Promise<boolean> {
      const { rows } =
        await sql`update firm_members set state = 'ended', ended_at = ${how.at}, end_reason = ${how.reason}
        where membership = ${membership} and state <> 'ended' returning membership`.execute(tx)
      return rows.length === 1
    },

    async moveMembers(tx: Tx, { from, to }: { from: PersonId; to: PersonId }): Promise<void> {
      await sql`update firm_members set person = ${to} where person = ${from}`.execute(tx)
    },

    // ── Invitations ─────────────────────────────────────────────────────────────────────────────────────────────────

    async insertInvitation(
      tx: Tx,
      row: Omit<InvitationRow, 'created_at' | 'expires_at'> & { tokenHash: string; at: Date; expiresAt: Date },
    ): Promise<void> {
      await sql`insert into firm_invitations (id, token_hash, firm, role, mail, invited_by, created_at, expires_at)
        values (${row.id}, ${row.tokenHash}, ${row.firm}, ${row.role}, ${row.mail}, ${row.invited_by}, ${row.at},
          ${row.expiresAt})`.execute(tx)
    },

    /** Those that can be used, the oldest first. */
    async invitations(handle: Handle, firm: OrganisationId, at: Date): Promise<InvitationRow[]> {
      const { rows } = await sql<InvitationRow>`select id, firm, role, mail, invited_by, created_at, expires_at
        from firm_invitations
        where firm = ${firm} and used_at is null and withdrawn_at is null and expires_at > ${at}
        order by created_at, id`.execute(handle)
      return rows
    },

    async invitation(
      handle: Handle,
      by: { tokenHash: string } | { id: FirmInvitationId },
      at: Date,
    ): Promise<InvitationRow | undefined> {
      const { rows } = await sql<InvitationRow>`select id, firm, role, mail, invited_by, created_at, expires_at
        from firm_invitations
        where ${'id' in by ? sql`id = ${by.id}` : sql`token_hash = ${by.tokenHash}`}
          and used_at is null and withdrawn_at is null and expires_at > ${at}`.execute(handle)
      return rows[0]
    },

    /** Uses the link up: of simultaneous callers one is told so, the others wait for its transaction and are told no. */
    async takeInvitation(
      tx: Tx,
      use: { tokenHash: string; membership: MembershipId; at: Date },
    ): Promise<InvitationRow | undefined> {
      const { rows } = await sql<InvitationRow>`update firm_invitations
        set used_at = ${use.at}, membership = ${use.membership}
        where token_hash = ${use.tokenHash} and used_at is null and withdrawn_at is null and expires_at > ${use.at}
        returning id, firm, role, mail, invited_by, created_at, expires_at`.execute(tx)
      return rows[0]
    },

    /** One, or all that a member made. */
    async withdrawInvitations(
      tx: Tx,
      which: { firm: OrganisationId; at: Date } & ({ id: FirmInvitationId } | { invitedBy: MembershipId }),
    ): Promise<number> {
      const { rows } = await sql`update firm_invitations set withdrawn_at = ${which.at}, mail = null
        where firm = ${which.firm} and used_at is null and withdrawn_at is null and expires_at > ${which.at}
          and ${'id' in which ? sql`id = ${which.id}` : sql`invited_by = ${which.invitedBy}`}
        returning id`.execute(tx)
      return rows.length
    },

    // ── Portfolios ──────────────────────────────────────────────────────────────────────────────────────────────────

    async portfolios(handle: Handle, firm: OrganisationId): Promise<PortfolioRow[]> {
      const { rows } = await sql<PortfolioRow>`select portfolio, name,
          (select count(*)::int from firm_portfolio_clients c where c.portfolio = p.portfolio and c.removed_at is null)
            as clients,
          (select count(*)::int from firm_assignments a where a.portfolio = p.portfolio and a.ended_at is null)
            as members
        from firm_portfolios p where firm = ${firm} and removed_at is null order by lower(name), portfolio`.execute(
        handle,
      )
      return rows
    },

    async portfolio(
      handle: Handle,
      firm: OrganisationId,
      portfolio: PortfolioId,
    ): Promise<{ name: string } | undefined> {
      const { rows } = await sql<{ name: string }>`select name from firm_portfolios
        where firm = ${firm} and portfolio = ${portfolio} and removed_at is null`.execute(handle)
      return rows[0]
    },

    async portfolioNamed(
      handle: Handle,
      firm: OrganisationId,
      names: readonly string[],
    ): Promise<{ portfolio: PortfolioId; name: string }[]> {
      const { rows } = await sql<{ portfolio: PortfolioId; name: string }>`select portfolio, name from firm_portfolios
        where firm = ${firm} and removed_at is null
          and lower(name) in (select lower(asked) from unnest(${[...names]}::text[]) as asked)`.execute(handle)
      return rows
    },

    /** False when the name is taken. */
    async insertPortfolio(
      tx: Tx,
      row: { portfolio: PortfolioId; firm: OrganisationId; name: string; at: Date },
    ): Promise<boolean> {
      const { rows } = await sql`insert into firm_portfolios (portfolio, firm, name, created_at)
        values (${row.portfolio}, ${row.firm}, ${row.name}, ${row.at}) on conflict do nothing returning portfolio`.execute(
        tx,
      )
      return rows.length === 1
    },

    /** The firm is locked: nobody takes the name meanwhile. */
    async renamePortfolio(tx: Tx, portfolio: PortfolioId, name: string): Promise<void> {
      await sql`update firm_portfolios set name = ${name} where portfolio = ${portfolio}`.execute(tx)
    },

    async removePortfolio(tx: Tx, portfolio: PortfolioId, at: Date): Promise<number> {
      await sql`update firm_portfolios set removed_at = ${at} where portfolio = ${portfolio}`.execute(tx)
      const { rows } = await sql`update firm_portfolio_clients set removed_at = ${at}
        where portfolio = ${portfolio} and removed_at is null returning principal`.execute(tx)
      return rows.length
    },

    async place(
      tx: Tx,
      placed: {
        portfolio: PortfolioId
        firm: OrganisationId
        principals: readonly OrganisationId[]
        by: MembershipId
        at: Date
      },
    ): Promise<number> {
      const { rows } = await sql`insert into firm_portfolio_clients (portfolio, principal, firm, added_at, added_by)
        select ${placed.portfolio}, principal, ${placed.firm}, ${placed.at}::timestamptz, ${placed.by}
          from unnest(${[...placed.principals]}::text[]) as principal
        on conflict do nothing returning principal`.execute(tx)
      return rows.length
    },

    async takeOut(
      tx: Tx,
      taken: { portfolio: PortfolioId; principals: readonly OrganisationId[]; at: Date },
    ): Promise<number> {
      const { rows } = await sql`update firm_portfolio_clients set removed_at = ${taken.at}
        where portfolio = ${taken.portfolio} and removed_at is null and principal = any(${[...taken.principals]}::text[])
        returning principal`.execute(tx)
      return rows.length
    },

    async portfoliosOfClient(
      handle: Handle,
      firm: OrganisationId,
      principal: OrganisationId,
    ): Promise<{ portfolio: PortfolioId; name: string }[]> {
      const { rows } = await sql<{ portfolio: PortfolioId; name: string }>`select p.portfolio, p.name
        from firm_portfolio_clients c join firm_portfolios p on p.portfolio = c.portfolio
        where c.firm = ${firm} and c.principal = ${principal} and c.removed_at is null
        order by lower(p.name), p.portfolio`.execute(handle)
      return rows
    },

    // ── Assignments ─────────────────────────────────────────────────────────────────────────────────────────────────

    async insertAssignments(tx: Tx, rows: readonly Omit<AssignmentRow, 'given_at'>[], at: Date): Promise<void> {
      await sql`insert into firm_assignments (assignment, firm, membership, principal, portfolio, actions, minimum_level,
          until_at, given_by, given_at)
        select assignment, firm, membership, principal, portfolio, actions, minimum_level, until_at, given_by,
            ${at}::timestamptz
          from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (assignment text, firm text, membership text,
            principal text, portfolio text, actions jsonb, minimum_level text, until_at timestamptz, given_by text)`.execute(
        tx,
      )
    },

    /** What these members were given for the same clients and portfolios. */
    async endReplaced(
      tx: Tx,
      rows: readonly Pick<AssignmentRow, 'membership' | 'principal' | 'portfolio'>[],
      at: Date,
    ): Promise<EndedRow[]> {
      const places = rows.map(({ membership, principal, portfolio }) => ({ membership, principal, portfolio }))
      const { rows: ended } =
        await sql<EndedRow>`update firm_assignments a set ended_at = ${at}, end_reason = 'replaced'
        from firm_members m, jsonb_to_recordset(${JSON.stringify(places)}::jsonb)
          as x (membership text, principal text, portfolio text)
        where a.membership = x.membership and (a.principal = x.principal or a.portfolio = x.portfolio)
          and a.ended_at is null and m.membership = a.membership
        returning ${endedColumns}`.execute(tx)
      return ended
    },

    /** Those that count or will be ended by the next sweep. */
    async assignments(handle: Handle, which: Which & { firm: OrganisationId }): Promise<AssignmentRow[]> {
      const { rows } = await sql<AssignmentRow>`select ${assignmentColumns} from firm_assignments a
        where a.firm = ${which.firm} and a.ended_at is null ${fits('assignment', which.assignment)}
          ${fits('membership', which.membership)} ${fits('principal', which.principal)}
          ${fits('portfolio', which.portfolio)}
        order by a.given_at, a.assignment`.execute(handle)
      return rows
    },

    /** Of one client, those of its portfolios included. */
    async assignmentsOfClient(
      handle: Handle,
      firm: OrganisationId,
      principal: OrganisationId,
    ): Promise<AssignmentRow[]> {
      const { rows } = await sql<AssignmentRow>`select ${assignmentColumns} from firm_assignments a
        where a.firm = ${firm} and a.ended_at is null and a.principal = ${principal}
        union all
        select a.assignment, a.firm, a.membership, a.principal, a.portfolio, a.actions, a.minimum_level, a.until_at,
            a.given_by, a.given_at
          from firm_portfolio_clients c join firm_assignments a on a.portfolio = c.portfolio and a.ended_at is null
          where c.firm = ${firm} and c.principal = ${principal} and c.removed_at is null
        order by given_at, assignment`.execute(handle)
      return rows
    },

    async endAssignments(tx: Tx, which: Which, how: { reason: AssignmentEnd; at: Date }): Promise<EndedRow[]> {
      const { rows } =
        await sql<EndedRow>`update firm_assignments a set ended_at = ${how.at}, end_reason = ${how.reason}
        from firm_members m
        where m.membership = a.membership and a.ended_at is null ${fits('assignment', which.assignment)}
          ${fits('firm', which.firm)} ${fits('membership', which.membership)} ${fits('principal', which.principal)}
          ${fits('portfolio', which.portfolio)}
          ${which.overAt ? sql`and a.until_at <= ${which.overAt}` : sql``}
        returning ${endedColumns}`.execute(tx)
      return rows
    },

    // ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async insertImport(
      tx: Tx,
      row: Pick<ImportRow, 'id' | 'firm' | 'kind' | 'digest' | 'checked_by'> & { at: Date; file: string },
    ): Promise<void> {
      await sql`insert into firm_imports (id, firm, kind, digest, checked_by, checked_at, file)
        values (${row.id}, ${row.firm}, ${row.kind}, ${row.digest}, ${row.checked_by}, ${row.at}, ${row.file})`.execute(
        tx,
      )
    },

    /** Of what a member only checked, all but the newest. */
    async forgetChecks(tx: Tx, of: { firm: OrganisationId; by: MembershipId; keep: number }): Promise<void> {
      await sql`delete from firm_imports where id in (
        select id from firm_imports where firm = ${of.firm} and checked_by = ${of.by} and applied_at is null
        order by checked_at desc, id offset ${of.keep})`.execute(tx)
    },

    async import(handle: Handle, firm: OrganisationId, id: FirmImportId): Promise<ImportRow | undefined> {
      const { rows } =
        await sql<ImportRow>`select id, firm, kind, digest, checked_by, checked_at, file, applied_at, outcome
        from firm_imports where firm = ${firm} and id = ${id}`.execute(handle)
      return rows[0]
    },

    /** The one in which this file was carried out. */
    async appliedBefore(
      handle: Handle,
      file: { firm: OrganisationId; kind: ImportKind; digest: string },
    ): Promise<{ id: FirmImportId; applied_at: Date } | undefined> {
      const { rows } = await sql<{ id: FirmImportId; applied_at: Date }>`select id, applied_at from firm_imports
        where firm = ${file.firm} and kind = ${file.kind} and digest = ${file.digest} and applied_at is not null`.execute(
        handle,
      )
      return rows[0]
    },

    async applied(
      tx: Tx,
      done: { id: FirmImportId; by: MembershipId; at: Date; outcome: readonly ImportedLine[] },
    ): Promise<void> {
      await sql`update firm_imports set applied_by = ${done.by}, applied_at = ${done.at}, file = null,
          outcome = ${JSON.stringify(done.outcome)}::jsonb
        where id = ${done.id}`.execute(tx)
    },

    async forgetImports(handle: Handle, before: { checked: Date; applied: Date }): Promise<void> {
      await sql`delete from firm_imports
        where (applied_at is null and checked_at < ${before.checked}) or applied_at < ${before.applied}`.execute(handle)
    },

    /** Clients to whom a proposal of the firm is on its way. */
    async proposedTo(
      handle: Handle,
      firm: OrganisationId,
      principals: readonly OrganisationId[],
    ): Promise<OrganisationId[]> {
      const { rows } = await sql<{ principal: OrganisationId }>`select distinct principal from mandates
        where mandatary_organisation = ${firm} and principal = any(${[...principals]}::text[])
          and state = 'proposed' and drawn_up_by = 'mandatary'`.execute(handle)
      return rows.map(({ principal }) => principal)
    },

    /** What each of these clients gave. */
    async givenByEach(
      handle: Handle,
      firm: OrganisationId,
      principals: readonly OrganisationId[],
    ): Promise<{ principal: OrganisationId; service: ServiceId; action: Action }[]> {
      const { rows } = await sql<{ principal: OrganisationId; service: ServiceId; action: Action }>`select distinct
          m.principal, r.service, r.action
        from mandates m join mandate_rights r on r.mandate = m.id
        where m.mandatary_organisation = ${firm} and m.principal = any(${[...principals]}::text[])
          and m.state in ('proposed', 'active', 'suspended')`.execute(handle)
      return rows
    },

    // ── What clients gave ───────────────────────────────────────────────────────────────────────────────────────────

    /** Rows of scopes of mandates to the firm that have not ended: of one client, or of all. */
    async givenBy(
      handle: Handle,
      firm: OrganisationId,
      principal?: OrganisationId,
    ): Promise<{ service: ServiceId; action: Action }[]> {
      const { rows } = await sql<{ service: ServiceId; action: Action }>`select distinct r.service, r.action
        from mandates m join mandate_rights r on r.mandate = m.id
        where m.mandatary_organisation = ${firm} and m.state in ('proposed', 'active', 'suspended')
          ${principal === undefined ? sql`` : sql`and m.principal = ${principal}`}`.execute(handle)
      return rows
    },

    /** Those of these organisations that gave it a mandate which has not ended. */
    async clientsAmong(
      handle: Handle,
      firm: OrganisationId,
      principals: readonly OrganisationId[],
    ): Promise<OrganisationId[]> {
      const { rows } = await sql<{ principal: OrganisationId }>`select distinct principal from mandates
        where mandatary_organisation = ${firm} and principal = any(${[...principals]}::text[])
          and state in ('proposed', 'active', 'suspended')`.execute(handle)
      return rows.map(({ principal }) => principal)
    },

    /**
     * By name, one row for each client, with the mandate that counts most. `seenBy`: only those that this member was given.
     * `words`: folded, each the beginning of a word of the name; or `number`, the beginning of one of its numbers.
     */
    async clients(
      handle: Handle,
      about: {
        firm: OrganisationId
        now: Instant
        seenBy?: { person: PersonId; membership: MembershipId }
        principal?: OrganisationId
        state?: ClientState | 'ending'
        endingBefore: Date
        portfolio?: PortfolioId | 'none'
        words: readonly string[]
        number?: string
        after?: { name: string; organisation: string }
        limit: number
      },
    ): Promise<{ rows: ClientRow[]; total: number }> {
      const { firm, now, seenBy, principal, state, portfolio, words, number, after, limit } = about
      const pattern = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&')
      const placed = sql`select 1 from firm_portfolio_clients c
        where c.firm = ${firm} and c.principal = m.principal and c.removed_at is null`
      const conditions = [
        ...words.map((word) => sql`' ' || o.name_key like ${`% ${pattern(word)}%`}`),
        ...(number === undefined
          ? []
          : [
              sql`exists (select 1 from ${organisationNumbers} as n
                where n.organisation = o.id and n.number like ${`${pattern(number)}%`})`,
            ]),
        ...(portfolio === undefined
          ? []
          : [
              portfolio === 'none'
                ? sql`not exists (${placed})`
                : sql`exists (${placed} and c.portfolio = ${portfolio})`,
            ]),
        ...(state === undefined
          ? []
          : state === 'ending'
            ? [sql`m.state in ('active', 'suspended') and m.until_at <= ${about.endingBefore}`]
            : [sql`m.state = ${state}`]),
      ]
      const given =
        seenBy && sql`seen as materialized (select distinct principal from ${reachesOf({ ...seenBy, now })} as reach),`
      const { rows } = await sql<ClientRow & { total: number }>`with ${given ?? sql``} clients as (
          select distinct on (principal) principal, id, state, from_at, until_at, answer_by, drawn_up_by
          from mandates
          where mandatary_organisation = ${firm} and state <> 'draft'
            ${principal === undefined ? sql`` : sql`and principal = ${principal}`}
            ${seenBy ? sql`and principal in (select principal from seen)` : sql``}
          order by principal, array_position(array['active', 'suspended', 'proposed', 'ended'], state), until_at desc
        ),
        named as (
          select m.*, o.name, o.name_key from clients m join ${organisationNames} as o on o.id = m.principal
          ${conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``}
        )
        select *, (select count(*)::int from named) as total from named
        ${after ? sql`where (name_key, principal) > (${after.name}, ${after.organisation})` : sql``}
        order by name_key, principal limit ${limit}`.execute(handle)
      return { rows, total: rows[0]?.total ?? 0 }
    },

    /** Of one client, the newest first: all but drafts. */
    async mandatesOfClient(handle: Handle, firm: OrganisationId, principal: OrganisationId): Promise<MandateId[]> {
      const { rows } = await sql<{ id: MandateId }>`select id from mandates
        where mandatary_organisation = ${firm} and principal = ${principal} and state <> 'draft'
        order by coalesce(proposed_at, drafted_at) desc, id`.execute(handle)
      return rows.map(({ id }) => id)
    },

    /** For the home page of a firm: mandates that wait for its answer, and how many end before that instant. */
    async comingUp(
      handle: Handle,
      firm: OrganisationId,
      before: Date,
    ): Promise<{ waiting: { mandate: MandateId; principal: OrganisationId; answer_by: Date }[]; ending: number }> {
      const { rows } = await sql<{
        mandate: MandateId
        principal: OrganisationId
        answer_by: Date
      }>`select id as mandate, principal, answer_by from mandates
        where mandatary_organisation = ${firm} and state = 'proposed' and drawn_up_by = 'principal'
        order by answer_by, id limit 25`.execute(handle)
      const { rows: ending } = await sql<{ count: number }>`select count(*)::int as count from mandates
        where mandatary_organisation = ${firm} and state in ('active', 'suspended') and until_at <= ${before}`.execute(
        handle,
      )
      return { waiting: rows, ending: ending[0]?.count ?? 0 }
    },

    /** Clients whose last mandate ended between these instants. */
    async clientsGone(
      tx: Tx,
      between: { after: Date; before: Date },
    ): Promise<{ firm: OrganisationId; principal: OrganisationId }[]> {
      const { rows } = await sql<{ firm: OrganisationId; principal: OrganisationId }>`select distinct
            m.mandatary_organisation as firm, m.principal
        from mandates m
        where m.state = 'ended' and m.ended_at > ${between.after} and m.ended_at <= ${between.before}
          and m.mandatary_organisation is not null
          and (exists (select 1 from firm_portfolio_clients c
              where c.firm = m.mandatary_organisation and c.principal = m.principal and c.removed_at is null)
            or exists (select 1 from firm_assignments a
              where a.firm = m.mandatary_organisation and a.principal = m.principal and a.ended_at is null))
          and not exists (select 1 from mandates o
            where o.mandatary_organisation = m.mandatary_organisation and o.principal = m.principal
              and (o.state <> 'ended' or o.ended_at > ${between.before}))`.execute(tx)
      return rows
    },

    async takeOutEverywhere(
      tx: Tx,
      gone: { firm: OrganisationId; principal: OrganisationId; at: Date },
    ): Promise<void> {
      await sql`update firm_portfolio_clients set removed_at = ${gone.at}
        where firm = ${gone.firm} and principal = ${gone.principal} and removed_at is null`.execute(tx)
    },

    // ── Retention ───────────────────────────────────────────────────────────────────────────────────────────────────

    async waitingSince(tx: Tx, before: Date): Promise<MemberRow[]> {
      const { rows } = await sql<MemberRow>`select ${memberColumns} from firm_members
        where state = 'waiting' and accepted_at < ${before} for update skip locked`.execute(tx)
      return rows
    },

    async forgetInvitations(handle: Handle, overBefore: Date): Promise<void> {
      await sql`delete from firm_invitations where expires_at < ${overBefore}`.execute(handle)
    },

    /** What has ended so long ago: assignments first, which name members and portfolios. */
    async forgetEnded(handle: Handle, before: Date): Promise<void> {
      await sql`delete from firm_assignments where ended_at < ${before}`.execute(handle)
      await sql`delete from firm_portfolio_clients where removed_at < ${before}`.execute(handle)
      await sql`delete from firm_portfolios p where removed_at < ${before}
        and not exists (select 1 from firm_assignments a where a.portfolio = p.portfolio)
        and not exists (select 1 from firm_portfolio_clients c where c.portfolio = p.portfolio)`.execute(handle)
      await sql`delete from firm_members m where ended_at < ${before}
        and not exists (select 1 from firm_assignments a where a.membership = m.membership)`.execute(handle)
    },
  }
}

export type FirmStore = ReturnType<typeof createFirmStore>
