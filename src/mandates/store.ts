/**
 * Every statement on `mandates`, `mandate_rights`, `mandate_signatures` and `mandate_uses`. Organisations and firms are
 * joined by the fragments of their own stores.
 */
import { type RawBuilder, sql } from 'kysely'
import { organisationNames, organisationNumbers } from '../directory/organisations.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type {
  ConnectionId,
  MandateId,
  MandateUseId,
  MembershipId,
  OrganisationId,
  PersonId,
  RepresentationId,
  ServiceId,
  SignatureId,
} from '../kernel/ids.ts'
import type { AssignedActions } from '../policy/firm.ts'
import type {
  Action,
  Capacity,
  EndReason,
  MandateState,
  RefusedBecause,
  Right,
  Side,
  SuspensionReason,
  UseRefusal,
} from '../policy/mandate.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import { reachesOf, wasSeatOf } from './firm-store.ts'
import type { NewUse } from './mandates.ts'
import type { Named } from './text.ts'

export interface MandateRow {
  id: MandateId
  principal: OrganisationId
  mandatary_organisation: OrganisationId | null
  mandatary_person: PersonId | null
  parent: MandateId | null
  renews: MandateId | null
  drawn_up_by: Side
  drafted_by: PersonId
  drafted_at: Date
  state: MandateState
  suspended_by_principal_at: Date | null
  suspended_by_operator_at: Date | null
  to_confirm_at: Date | null
  ended_at: Date | null
  ended_for: EndReason | null
  refused_because: RefusedBecause | null
  from_at: Date
  until_at: Date
  delegable: boolean
  version: number
  text_version: string
  named: Named | null
  representation: RepresentationId | null
  representation_role: string | null
  representation_source: string | null
  representation_checked_at: Date | null
  proposed_at: Date | null
  answer_by: Date | null
  active_at: Date | null
  replaced_by: MandateId | null
  replaced_at: Date | null
  warned: number | null
  rights: Right[]
  signatures: SignatureRow[] | null
}

export interface SignatureRow {
  side: Side
  signature: SignatureId
  person: PersonId
  level: Level
  representation: RepresentationId | null
  /** Instant. */
  at: number
}

/** A mandate as a use sees it: all rights are at the service in question. */
export interface InForceRow {
  state: MandateState
  suspensions: SuspensionReason[]
  from: number
  until: number
  rights: Omit<Right, 'service'>[]
}

export interface UsableRow extends InForceRow {
  id: MandateId
  principal: OrganisationId
  parent: InForceRow | null
  principal_closed: boolean
}

export interface FoundRow extends UsableRow {
  membership: MembershipId | null
  firm: OrganisationId | null
  firm_closed: boolean | null
  reaches: { actions: AssignedActions; minimumLevel: Level | null; until: number | null }[] | null
}

export interface EntryRow extends FoundRow {
  representation: RepresentationId | null
  name_key: string
  /** What tells entries of one organisation apart. */
  place: string
  total: number
}

export interface UseRow {
  id: MandateUseId
  organisation: OrganisationId
  mandate: MandateId | null
  membership: MembershipId | null
  firm: OrganisationId | null
  person: PersonId
  service: ServiceId
  actions: Action[]
  kind: NewUse['kind']
  connection: ConnectionId | null
  country: string | null
  refused: UseRefusal | null
  unusual: string[]
  at: Date
}

const json = (value: unknown) => sql`${JSON.stringify(value)}::jsonb`
const instant = (column: RawBuilder<unknown>) => sql`(extract(epoch from ${column}) * 1000)::float8`
const list = (values: readonly string[]) => sql`${[...values]}::text[]`

/** Rights as the policy has them. */
const rightsOf = (mandate: RawBuilder<unknown>) => sql`coalesce((
  select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('service', r.service, 'action', r.action,
    'until', ${instant(sql`r.until_at`)}, 'minimumLevel', r.minimum_level)))
  from mandate_rights r where r.mandate = ${mandate}), '[]'::jsonb)`

const columns = sql`m.id, m.principal, m.mandatary_organisation, m.mandatary_person, m.parent, m.renews, m.drawn_up_by,
  m.drafted_by, m.drafted_at, m.state, m.suspended_by_principal_at, m.suspended_by_operator_at, m.to_confirm_at,
  m.ended_at, m.ended_for, m.refused_because, m.from_at, m.until_at, m.delegable, m.version, m.text_version, m.named, m.representation,
  m.representation_role, m.representation_source, m.representation_checked_at, m.proposed_at, m.answer_by, m.active_at,
  m.replaced_by, m.replaced_at, m.warned, ${rightsOf(sql`m.id`)} as rights, (
    select jsonb_agg(jsonb_build_object('side', s.side, 'signature', s.signature, 'person', s.person, 'level', s.level,
      'representation', s.representation, 'at', ${instant(sql`s.at`)}) order by s.number)
    from mandate_signatures s where s.mandate = m.id) as signatures`

/** What a use is judged by, of the mandate `m` at one service. */
const usable = (m: string, service: ServiceId) => {
  const column = (name: string) => sql.ref(`${m}.${name}`)
  return sql`jsonb_build_object('state', ${column('state')}, 'suspensions', to_jsonb(array_remove(array[
      case when ${column('suspended_by_operator_at')} is not null then 'operator' end,
      case when ${column('to_confirm_at')} is not null then 'to_confirm' end,
      case when ${column('suspended_by_principal_at')} is not null then 'principal' end], null)),
    'from', ${instant(column('from_at'))},
    'until', ${instant(sql`least(${column('until_at')}, ${column('replaced_at')})`)},
    'rights', coalesce(${column('scope')} -> ${service}, '[]'::jsonb))`
}

/** The reaches of one membership into one client at one service. */
const reachesAgg = sql`jsonb_agg(jsonb_build_object('actions', x.actions, 'minimumLevel', x.minimum_level,
  'until', ${instant(sql`x.until_at`)}))`

/** For `like`. */
const escaped = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&')

const spread = <R extends { own: unknown; parent: unknown }>({ own, ...rest }: R) =>
  ({ ...rest, ...(own as object) }) as never

// ── Mandates ────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function byIds(handle: Handle, ids: readonly MandateId[]): Promise<MandateRow[]> {
  const { rows } = await sql<MandateRow>`select ${columns} from mandates m where m.id = any(${list(ids)})`.execute(
    handle,
  )
  return rows
}

/** Until the end of the transaction nobody else changes it. */
export async function lock(tx: Tx, id: MandateId): Promise<MandateRow | undefined> {
  const { rows } = await sql<MandateRow>`select ${columns} from mandates m where m.id = ${id} for update of m`.execute(
    tx,
  )
  return rows[0]
}

/** Until the end of the transaction nobody changes it; others may hold it as well. */
export async function hold(tx: Tx, id: MandateId): Promise<MandateRow | undefined> {
  const { rows } = await sql<MandateRow>`select ${columns} from mandates m where m.id = ${id} for share of m`.execute(
    tx,
  )
  return rows[0]
}

export type NewMandate = Pick<
  MandateRow,
  | 'id'
  | 'principal'
  | 'mandatary_organisation'
  | 'mandatary_person'
  | 'parent'
  | 'renews'
  | 'drawn_up_by'
  | 'drafted_by'
  | 'delegable'
  | 'text_version'
  | 'rights'
> & { at: Instant; from: Instant; until: Instant; proposed?: { named: Named; answerBy: Instant } }

/** Many in two statements. */
export async function insert(tx: Tx, mandates: readonly NewMandate[]): Promise<void> {
  if (mandates.length === 0) return
  const rows = mandates.map(({ at, from, until, proposed, rights, ...row }) => ({
    ...row,
    scope: scopeOf(rights),
    state: proposed ? 'proposed' : 'draft',
    drafted_at: toDate(at),
    from_at: toDate(from),
    until_at: toDate(until),
    version: 1,
    named: proposed?.named ?? null,
    proposed_at: proposed ? toDate(at) : null,
    answer_by: proposed ? toDate(proposed.answerBy) : null,
  }))
  await sql`insert into mandates (id, principal, principal_name, mandatary_organisation, mandatary_person, parent, renews, drawn_up_by,
      drafted_by, drafted_at, state, from_at, until_at, delegable, scope, version, text_version, named, proposed_at,
      answer_by)
    select id, principal, coalesce((select o.name_key from ${organisationNames} as o where o.id = new.principal), ''),
      mandatary_organisation, mandatary_person, parent, renews, drawn_up_by, drafted_by, drafted_at,
      state, from_at, until_at, delegable, scope, version, text_version, named, proposed_at, answer_by
    from jsonb_populate_recordset(null::mandates, ${json(rows)}) as new`.execute(tx)
  await insertRights(tx, mandates)
}

/** As it stands in one column. */
function scopeOf(rights: readonly Right[]): Record<ServiceId, Omit<Right, 'service'>[]> {
  const scope: Record<ServiceId, Omit<Right, 'service'>[]> = {}
  for (const { service, ...right } of rights) {
    scope[service] ??= []
    scope[service].push(right)
  }
  return scope
}

async function insertRights(tx: Tx, mandates: readonly Pick<NewMandate, 'id' | 'rights'>[]): Promise<void> {
  const rows = mandates.flatMap(({ id, rights }) =>
    rights.map(({ service, action, until, minimumLevel }) => ({
      mandate: id,
      service,
      action,
      until_at: until === undefined ? null : toDate(until),
      minimum_level: minimumLevel,
    })),
  )
  await sql`insert into mandate_rights select * from jsonb_populate_recordset(null::mandate_rights, ${json(rows)})`.execute(
    tx,
  )
}

export interface MandateChange {
  state: MandateState
  at: Instant
  /** All reasons that hold, with since when. */
  suspensions?: ReadonlyMap<SuspensionReason, Instant>
  ended?: EndReason
  because?: RefusedBecause
  terms?: { from: Instant; until: Instant; delegable: boolean; rights: readonly Right[] }
  proposed?: { named: Named; answerBy: Instant }
  representation?: { representation: RepresentationId; role: string; source: string; checkedAt: Instant }
  active?: boolean
}

/** Of one that is locked; its version goes up. */
export async function change(tx: Tx, id: MandateId, to: MandateChange): Promise<void> {
  const at = toDate(to.at)
  const sets: RawBuilder<unknown>[] = [sql`version = version + 1`, sql`state = ${to.state}`]
  if (to.suspensions) {
    const since = (reason: SuspensionReason) => {
      const found = to.suspensions?.get(reason)
      return found === undefined ? null : toDate(found)
    }
    sets.push(
      sql`suspended_by_principal_at = ${since('principal')}`,
      sql`suspended_by_operator_at = ${since('operator')}`,
      sql`to_confirm_at = ${since('to_confirm')}`,
    )
  }
  if (to.ended) sets.push(sql`ended_at = ${at}, ended_for = ${to.ended}, refused_because = ${to.because ?? null}`)
  if (to.terms) {
    const { from, until, delegable, rights } = to.terms
    sets.push(sql`from_at = ${toDate(from)}, until_at = ${toDate(until)}, delegable = ${delegable},
      scope = ${json(scopeOf(rights))}`)
  }
  if (to.proposed) {
    const { named, answerBy } = to.proposed
    sets.push(sql`proposed_at = ${at}, answer_by = ${toDate(answerBy)}, named = ${json(named)}`)
  }
  if (to.representation) {
    const { representation, role, source, checkedAt } = to.representation
    sets.push(sql`representation = ${representation}, representation_role = ${role},
      representation_source = ${source}, representation_checked_at = ${toDate(checkedAt)}`)
  }
  if (to.active) sets.push(sql`active_at = ${at}`)
  await sql`update mandates set ${sql.join(sets)} where id = ${id}`.execute(tx)
  if (!to.terms) return
  await sql`delete from mandate_rights where mandate = ${id}`.execute(tx)
  await insertRights(tx, [{ id, rights: [...to.terms.rights] }])
}

/** Another one takes its place at that instant; an earlier one that was to do so comes first all the same. */
export async function replace(tx: Tx, id: MandateId, by: { mandate: MandateId; at: Instant }): Promise<void> {
  await sql`update mandates set replaced_by = ${by.mandate}, replaced_at = ${toDate(by.at)}, version = version + 1
    where id = ${id} and (replaced_at is null or replaced_at > ${toDate(by.at)})`.execute(tx)
}

export async function addSignature(
  tx: Tx,
  given: { mandate: MandateId; side: Side; signature: SignatureId; person: PersonId; level: Level; at: Instant } & {
    representation: RepresentationId | null
  },
): Promise<void> {
  const { mandate, side, signature, person, level, representation, at } = given
  await sql`insert into mandate_signatures (mandate, number, side, signature, person, level, representation, at)
    select ${mandate}, coalesce(max(number), 0) + 1, ${side}, ${signature}, ${person}, ${level}, ${representation},
      ${toDate(at)}
    from mandate_signatures where mandate = ${mandate}`.execute(tx)
}

/** Of a mandate, those that still can do something. */
export async function openDelegations(handle: Handle, parent: MandateId): Promise<MandateId[]> {
  const { rows } = await sql<{ id: MandateId }>`
    select id from mandates where parent = ${parent} and state <> 'ended' order by id`.execute(handle)
  return rows.map(({ id }) => id)
}

/** Drafts and proposals by this person that nobody answered; what a firm proposes to its clients is the firm's. */
export async function countOpenDrafts(handle: Handle, person: PersonId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from mandates where drafted_by = ${person} and state in ('draft', 'proposed')
      and (drawn_up_by = 'principal' or mandatary_person is not null)`.execute(handle)
  return rows[0]?.count ?? 0
}

/** What the same side proposed to the same other one since then, and what ended without ever being in force. */
export async function countInVain(
  tx: Tx,
  row: Pick<MandateRow, 'principal' | 'mandatary_organisation' | 'mandatary_person' | 'drawn_up_by'>,
  since: Instant,
): Promise<number> {
  const mandatary = row.mandatary_person
    ? sql`mandatary_person = ${row.mandatary_person}`
    : sql`mandatary_organisation = ${row.mandatary_organisation}`
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from mandates
    where ${mandatary} and principal = ${row.principal} and drawn_up_by = ${row.drawn_up_by}
      and proposed_at > ${toDate(since)} and state = 'ended' and active_at is null`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Of a renewal that waits or is in force already; of drafts, those of these sides, since the others know nothing of one. */
export async function isRenewed(handle: Handle, id: MandateId, of: readonly Side[]): Promise<boolean> {
  const { rows } = await sql`
    select 1 from mandates where renews = ${id} and state <> 'ended'
      and (state <> 'draft' or drawn_up_by = any(${list(of)})) limit 1`.execute(handle)
  return rows.length > 0
}

export type Whose = { principal: OrganisationId } | { firm: OrganisationId } | { person: PersonId }

const whose = (of: Whose) => {
  if ('principal' in of) return sql`m.principal = ${of.principal}`
  // A draft is its author's own.
  if ('firm' in of) return sql`m.mandatary_organisation = ${of.firm}`
  return sql`m.mandatary_person = ${of.person}`
}

/** What one side sees of drafts: its own. */
const seenBy = (of: Whose) =>
  'principal' in of
    ? sql`(m.state <> 'draft' or m.drawn_up_by = 'principal')`
    : sql`(m.state <> 'draft' or m.drawn_up_by = 'mandatary')`

export async function listOf(
  handle: Handle,
  of: Whose,
  page: { state?: MandateState | 'open'; after?: string; limit: number },
): Promise<MandateRow[]> {
  const { state, after, limit } = page
  const inState = state && (state === 'open' ? sql`and m.state <> 'ended'` : sql`and m.state = ${state}`)
  const { rows } = await sql<MandateRow>`select ${columns} from mandates m
    where ${whose(of)} and ${seenBy(of)} ${inState ?? sql``} ${after === undefined ? sql`` : sql`and m.id < ${after}`}
    order by m.id desc limit ${limit}`.execute(handle)
  return rows
}

export async function countsOf(handle: Handle, of: Whose): Promise<{ state: MandateState; count: number }[]> {
  const { rows } = await sql<{ state: MandateState; count: number }>`
    select m.state, count(*)::int as count from mandates m where ${whose(of)} and ${seenBy(of)} group by m.state`.execute(
    handle,
  )
  return rows
}

/** Proposals and mandates that wait for a signature of the principals' side, and proposals to this person. */
export async function awaiting(
  handle: Handle,
  of: { principals: readonly OrganisationId[]; person: PersonId; limit: number },
): Promise<MandateRow[]> {
  const { rows } = await sql<MandateRow>`select ${columns} from mandates m where m.id in (
      select id from mandates where principal = any(${list(of.principals)}) and parent is null
        and (state = 'proposed' or to_confirm_at is not null)
      union select id from mandates where mandatary_person = ${of.person} and state = 'proposed'
      union select c.id from mandates p join mandates c on c.parent = p.id and c.state = 'proposed'
        where p.mandatary_person = ${of.person} and p.state = 'active')
    order by coalesce(m.answer_by, m.to_confirm_at), m.id limit ${of.limit}`.execute(handle)
  return rows
}

/** Ids of those that this person holds, has signed or drawn up. */
export async function ofPersonWhole(handle: Handle, person: PersonId, limit: number): Promise<MandateRow[]> {
  const { rows } = await sql<MandateRow>`select ${columns} from mandates m where m.id in (
      select id from mandates where mandatary_person = ${person}
      union select mandate from mandate_signatures where person = ${person})
    order by m.id limit ${limit}`.execute(handle)
  return rows
}

// ── Use ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of one pair: those in force, then the newest that were. A pair has one or two, and those before them. */
const mostOfOnePair = 50

// Small statements side by side, and none that joins them: the server plans each one anew, which takes longer than to run it.

type Bare = Pick<FoundRow, 'id' | 'principal'> & {
  own: InForceRow
  parent: MandateId | null
  mandatary_organisation: OrganisationId | null
}
const bare = (service: ServiceId) =>
  sql`m.id, m.principal, m.mandatary_organisation, m.parent, ${usable('m', service)} as own`

interface Seat {
  membership: MembershipId
  firm: OrganisationId
  reaches: NonNullable<FoundRow['reaches']>
}

/** What a firm gave to this person for one client; by membership where it is known. */
async function seats(
  handle: Handle,
  about: { person: PersonId; principal: OrganisationId; now: Instant; membership?: MembershipId },
): Promise<Seat[]> {
  const { rows } = await sql<Seat>`select x.membership, x.firm, ${reachesAgg} as reaches from ${reachesOf(about)} as x
    group by x.membership, x.firm`.execute(handle)
  return rows
}

async function closedAmong(handle: Handle, ids: readonly OrganisationId[]): Promise<ReadonlySet<OrganisationId>> {
  const { rows } = await sql<{ id: OrganisationId }>`
    select o.id from ${organisationNames} as o where o.id = any(${list(ids)}) and o.state = 'active'`.execute(handle)
  const active = new Set(rows.map(({ id }) => id))
  return new Set(ids.filter((id) => !active.has(id)))
}

/** With what they are drawn from, where they are delegations. */
async function whole(
  handle: Handle,
  {
    rows,
    service,
    closed,
    seats: theirs,
  }: {
    rows: readonly Bare[]
    service: ServiceId
    closed: ReadonlySet<OrganisationId>
    seats: readonly Seat[]
  },
): Promise<FoundRow[]> {
  const wanted = rows.flatMap(({ parent }) => (parent ? [parent] : []))
  const parents =
    wanted.length === 0
      ? []
      : (await sql<Bare>`select ${bare(service)} from mandates m where m.id = any(${list(wanted)})`.execute(handle))
          .rows
  const givers = parents.flatMap(({ mandatary_organisation: giver }) => giver ?? [])
  const gone = givers.length === 0 ? new Set<OrganisationId>() : await closedAmong(handle, givers)
  return rows.map(({ own, parent, mandatary_organisation: firm, ...row }) => {
    const seat = theirs.find((one) => one.firm === firm)
    const from = parents.find(({ id }) => id === parent)
    const giver = from?.mandatary_organisation ?? null
    return {
      ...row,
      ...own,
      parent: from?.own ?? null,
      principal_closed: closed.has(row.principal),
      firm_closed: (firm !== null && closed.has(firm)) || (giver !== null && gone.has(giver)),
      membership: seat?.membership ?? null,
      firm,
      reaches: seat?.reaches ?? null,
    }
  })
}

/** All that lets this person act for one organisation at one service, or once did: what nobody signed is none of it. */
export async function between(
  handle: Handle,
  about: { person: PersonId; principal: OrganisationId; service: ServiceId; now: Instant },
): Promise<FoundRow[]> {
  const { person, principal, service } = about
  const of = (mandatary: RawBuilder<unknown>) =>
    sql<Bare>`select ${bare(service)} from mandates m where ${mandatary} and m.principal = ${principal}
      and m.active_at is not null order by m.state = 'ended', m.id desc limit ${mostOfOnePair}`.execute(handle)
  const [own, theirs] = await Promise.all([of(sql`m.mandatary_person = ${person}`), seats(handle, about)])
  const firms = theirs.map(({ firm }) => firm)
  const [employed, closed] = await Promise.all([
    firms.length === 0 ? { rows: [] } : of(sql`m.mandatary_organisation = any(${list(firms)})`),
    own.rows.length + firms.length === 0 ? new Set<OrganisationId>() : closedAmong(handle, [principal, ...firms]),
  ])
  return whole(handle, { rows: [...own.rows, ...employed.rows], service, closed, seats: theirs })
}

/** One of them, for whoever chose it before. */
export async function inCapacity(
  handle: Handle,
  about: {
    person: PersonId
    principal: OrganisationId
    service: ServiceId
    now: Instant
    capacity: Exclude<Capacity, { as: 'representative' }>
  },
): Promise<FoundRow | undefined> {
  const { person, principal, service, now, capacity } = about
  const employed = capacity.as === 'employee' ? capacity : undefined
  const mandatary = employed ? sql`m.mandatary_organisation = ${employed.firm}` : sql`m.mandatary_person = ${person}`
  const [{ rows }, theirs, closed] = await Promise.all([
    sql<Bare>`select ${bare(service)} from mandates m
      where m.id = ${capacity.mandate} and m.principal = ${principal} and ${mandatary}
        and m.active_at is not null`.execute(handle),
    employed ? seats(handle, { person, principal, now, membership: employed.membership }) : [],
    closedAmong(handle, [principal, ...(employed ? [employed.firm] : [])]),
  ])
  const [found] = await whole(handle, { rows, service, closed, seats: theirs })
  if (!found || !employed || found.reaches) return found
  // Who was given nothing, or works there no longer, is told so; whoever never had that seat is nobody here.
  const { membership, firm } = employed
  return (await wasSeatOf(handle, { membership, firm, person })) ? { ...found, membership, reaches: [] } : undefined
}

/**
 * For whom somebody may act at one service, by name. `representing`: what they represent by themselves. `words`: folded,
 * each the beginning of a word of the name; or `number`, the beginning of one of its numbers.
 */
export async function principalsOf(
  tx: Tx,
  about: {
    person: PersonId | undefined
    representing: readonly { representation: RepresentationId; organisation: OrganisationId }[]
    service: ServiceId
    now: Instant
    words: readonly string[]
    number?: string
    after?: { name: string; organisation: string; place: string }
    limit: number
  },
): Promise<{ rows: EntryRow[]; total: number }> {
  const { person, representing, service, now, words, number, after, limit } = about
  const at = toDate(now)
  // Written so that it is looked at row by row: nearly all mandates are in force, and no index of that helps.
  const inForce = (m: string) => sql`${sql.ref(`${m}.state`)} = 'active' and ${sql.ref(`${m}.from_at`)} <= ${at}
    and ${sql.ref(`${m}.until_at`)} > ${at}
    and (${sql.ref(`${m}.replaced_at`)} is null or ${sql.ref(`${m}.replaced_at`)} > ${at})`
  const live = sql`${inForce('m')} and m.scope ? ${service}
    and (m.scope ->> ${service} not like '%"until"%' or jsonb_path_exists(m.scope -> ${service},
      '$[*] ? (!exists(@.until) || @.until > $at)', jsonb_build_object('at', ${now}::float8)))
    and (m.parent is null or exists (select 1 from mandates p where p.id = m.parent and ${inForce('p')}))`
  const held =
    person === undefined
      ? sql``
      : sql`union all
      select m.principal, m.principal_name, m.id, null, null, null from mandates m
        where m.mandatary_person = ${person} and ${live}
      union all
      select m.principal, m.principal_name, m.id, x.membership, x.firm, null
        from (select distinct membership, firm, principal from ${reachesOf({ person, now })} as x
          where x.actions ? ${service}) as x
        join mandates m on m.mandatary_organisation = x.firm and m.principal = x.principal where ${live}`
  const matching = [
    ...words.map((word) => sql`' ' || name_key like ${`% ${escaped(word)}%`}`),
    ...(number === undefined
      ? []
      : [
          sql`exists (select 1 from ${organisationNumbers} as n
            where n.organisation = principal and n.number like ${`${escaped(number)}%`})`,
        ]),
  ]
  // To compile it takes longer than to run it: ten thousand rows are many for the planner, and few.
  const plain = sql`set local jit = off`.execute(tx)
  const found = sql<{ own: UsableRow; parent: UsableRow['parent']; total: number }>`
    with entries (principal, name_key, mandate, membership, firm, representation) as (
      select x.organisation, o.name_key, null, null, null, x.representation
        from jsonb_to_recordset(${json(representing)}) as x (organisation text, representation text)
        join ${organisationNames} as o on o.id = x.organisation and o.state = 'active'
      ${held}
    ),
    named as materialized (
      select *, coalesce(representation, mandate || coalesce(membership, '')) as place from entries
      ${matching.length > 0 ? sql`where ${sql.join(matching, sql` and `)}` : sql``}
    ),
    page as (
      select * from named
      ${after ? sql`where (name_key, principal, place) > (${after.name}, ${after.organisation}, ${after.place})` : sql``}
      order by name_key, principal, place limit ${limit}
    )
    select page.principal, page.mandate as id, page.membership, page.firm, page.representation, page.name_key, page.place,
      (select count(*)::int from named) as total,
      case when m.id is not null then ${usable('m', service)} end as own,
      case when p.id is not null then ${usable('p', service)} end as parent,
      false as principal_closed,
      coalesce(f.state <> 'active', false) or coalesce(g.state <> 'active', false) as firm_closed
    from (select 1) as one left join page on true
      left join mandates m on m.id = page.mandate left join mandates p on p.id = m.parent
      left join ${organisationNames} as f on f.id = page.firm
      left join ${organisationNames} as g on g.id = p.mandatary_organisation
    order by page.name_key, page.principal, page.place`.execute(tx)
  const [, { rows }] = await Promise.all([plain, found])
  const entries: EntryRow[] = rows.map(spread)
  const shown = entries.filter(({ principal }) => principal !== null)
  const clients = shown.flatMap(({ membership, principal }) => (membership ? [principal] : []))
  const reaches = person && clients.length > 0 ? await reachesInto(tx, { person, now, clients }) : []
  return {
    total: rows[0]?.total ?? 0,
    rows: shown.map((row) => {
      const theirs = reaches.find(
        ({ membership, principal }) => membership === row.membership && principal === row.principal,
      )
      return { ...row, reaches: theirs?.reaches ?? null }
    }),
  }
}

/** What was given to one person for these clients. */
async function reachesInto(
  tx: Tx,
  { person, now, clients }: { person: PersonId; now: Instant; clients: readonly OrganisationId[] },
): Promise<(Pick<FoundRow, 'membership' | 'reaches'> & { principal: OrganisationId })[]> {
  const { rows } = await sql<Pick<FoundRow, 'membership' | 'reaches'> & { principal: OrganisationId }>`
    select x.membership, x.principal, ${reachesAgg} as reaches from ${reachesOf({ person, now })} as x
    where x.principal = any(${list(clients)}) group by x.membership, x.principal`.execute(tx)
  return rows
}

// ── Uses ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function insertUse(tx: Tx, row: Omit<UseRow, 'unusual'>): Promise<void> {
  await sql`insert into mandate_uses (id, organisation, mandate, membership, firm, person, service, actions, kind,
      connection, country, refused, at)
    values (${row.id}, ${row.organisation}, ${row.mandate}, ${row.membership}, ${row.firm}, ${row.person}, ${row.service},
      ${list(row.actions)}, ${row.kind}, ${row.connection}, ${row.country}, ${row.refused}, ${row.at})`.execute(tx)
}

/** Was this person refused the same for the same reason since then? */
export async function wasRefused(
  tx: Tx,
  row: Pick<UseRow, 'organisation' | 'mandate' | 'person' | 'service' | 'refused'> & { since: MandateUseId },
): Promise<boolean> {
  const { rows } = await sql`select 1 from mandate_uses
    where person = ${row.person} and id > ${row.since} and organisation = ${row.organisation}
      and mandate is not distinct from ${row.mandate} and service = ${row.service} and refused = ${row.refused}
    limit 1`.execute(tx)
  return rows.length > 0
}

export async function uses(
  handle: Handle,
  of: { mandate: MandateId } | { organisation: OrganisationId; representatives?: true } | { person: PersonId },
  page: { after?: string; limit: number; unusual?: boolean; accepted?: boolean; oldestFirst?: boolean },
): Promise<UseRow[]> {
  const { after, limit, unusual, accepted, oldestFirst } = page
  const theirs =
    'mandate' in of
      ? sql`mandate = ${of.mandate}`
      : 'person' in of
        ? sql`person = ${of.person}`
        : sql`organisation = ${of.organisation} ${of.representatives ? sql`and mandate is null` : sql``}`
  const { rows } = await sql<UseRow>`select id, organisation, mandate, membership, firm, person, service, actions, kind,
      connection, country, refused, unusual, at
    from mandate_uses where ${theirs} ${unusual ? sql`and unusual <> '{}'` : sql``} ${accepted ? sql`and refused is null` : sql``}
      ${after === undefined ? sql`` : oldestFirst ? sql`and id > ${after}` : sql`and id < ${after}`}
    order by id ${oldestFirst ? sql`` : sql`desc`} limit ${limit}`.execute(handle)
  return rows
}

export async function use(handle: Handle, id: MandateUseId): Promise<UseRow | undefined> {
  const { rows } = await sql<UseRow>`select id, organisation, mandate, membership, firm, person, service, actions, kind,
    connection, country, refused, unusual, at from mandate_uses where id = ${id}`.execute(handle)
  return rows[0]
}

export async function markUse(tx: Tx, id: MandateUseId, unusual: readonly string[]): Promise<void> {
  await sql`update mandate_uses set unusual = ${list(unusual)} where id = ${id}`.execute(tx)
}

export async function countUses(handle: Handle, mandate: MandateId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from mandate_uses where mandate = ${mandate} and refused is null`.execute(handle)
  return rows[0]?.count ?? 0
}

// ── Time and registers ──────────────────────────────────────────────────────────────────────────────────────────────

const ids = async (handle: Handle, query: RawBuilder<{ id: MandateId }>): Promise<MandateId[]> =>
  (await query.execute(handle)).rows.map(({ id }) => id)

/** Over by their term, or replaced; unanswered. */
export async function due(
  handle: Handle,
  { now, limit }: { now: Instant; limit: number },
): Promise<{ over: MandateId[]; unanswered: MandateId[] }> {
  const at = toDate(now)
  return {
    over: await ids(
      handle,
      sql`select id from mandates where state in ('active', 'suspended') and least(until_at, replaced_at) <= ${at}
        order by least(until_at, replaced_at) limit ${limit}`,
    ),
    unanswered: await ids(
      handle,
      sql`select id from mandates where state = 'proposed' and answer_by <= ${at} order by answer_by limit ${limit}`,
    ),
  }
}

/** Waiting to be confirmed since that instant or longer. */
export async function unconfirmed(
  handle: Handle,
  { since, after, limit }: { since: Instant; after?: MandateId; limit: number },
): Promise<{ id: MandateId; representation: RepresentationId | null }[]> {
  const { rows } = await sql<{ id: MandateId; representation: RepresentationId | null }>`
    select id, representation from mandates where state = 'suspended' and to_confirm_at <= ${toDate(since)}
      ${after === undefined ? sql`` : sql`and id > ${after}`} order by id limit ${limit}`.execute(handle)
  return rows
}

/**
 * Those that end within so many days, of which nobody was told so for this number of days: they are now, by whichever
 * process comes first. Not of one that is shorter than that; and a renewal that is signed says enough.
 */
export async function takeWarnings(
  tx: Tx,
  { now, days, before, limit }: { now: Instant; days: number; before: Instant; limit: number },
): Promise<{ id: MandateId; principal: OrganisationId }[]> {
  const { rows } = await sql<{ id: MandateId; principal: OrganisationId }>`
    update mandates set warned = ${days} where id in (
      select id from mandates where state in ('active', 'suspended') and replaced_at is null
        and least(until_at, replaced_at) <= ${toDate(before)} and until_at > ${toDate(now)}
        and active_at <= until_at - make_interval(days => ${days}) and (warned is null or warned > ${days})
      order by id limit ${limit} for update skip locked)
    and (warned is null or warned > ${days}) returning id, principal`.execute(tx)
  return rows
}

/** In force, or suspended, on one of these. `doubted`: those that wait for somebody else to confirm them, or the others. */
export async function carriedBy(
  handle: Handle,
  given: { representations: readonly RepresentationId[]; doubted: boolean; after?: MandateId; limit: number },
): Promise<MandateId[]> {
  const { representations, doubted, after, limit } = given
  if (representations.length === 0) return []
  return ids(
    handle,
    sql`select id from mandates where state in ('active', 'suspended') and representation = any(${[...representations]})
      and (to_confirm_at is not null) = ${doubted} ${after === undefined ? sql`` : sql`and id > ${after}`}
      order by id limit ${limit}`,
  )
}

/** On what all that is in force stands. */
export async function representationsInUse(
  handle: Handle,
  { after, limit }: { after?: RepresentationId; limit: number },
): Promise<RepresentationId[]> {
  const { rows } = await sql<{ representation: RepresentationId }>`
    select distinct representation from mandates where state in ('active', 'suspended') and representation is not null
      ${after === undefined ? sql`` : sql`and representation > ${after}`}
    order by representation limit ${limit}`.execute(handle)
  return rows.map(({ representation }) => representation)
}

/** Names as the register has them now; returns how many were others. */
export async function rename(tx: Tx, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`update mandates m set principal_name = new.name_key
    from (select m.id, o.name_key from mandates m join ${organisationNames} as o on o.id = m.principal
      where m.principal_name <> o.name_key and m.state <> 'ended' limit ${limit}) as new
    where m.id = new.id`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** With a side that is closed. */
export async function ofClosed(handle: Handle, limit: number): Promise<MandateId[]> {
  return ids(
    handle,
    sql`select m.id from ${organisationNames} as o join mandates m on m.principal = o.id
        where o.state <> 'active' and m.state in ('proposed', 'active', 'suspended')
      union select m.id from ${organisationNames} as o join mandates m on m.mandatary_organisation = o.id
        where o.state <> 'active' and m.state in ('proposed', 'active', 'suspended')
      limit ${limit}`,
  )
}

/** Drafts that nobody touched, for good. */
export async function staleDrafts(handle: Handle, before: Instant, limit: number): Promise<MandateId[]> {
  return ids(
    handle,
    sql`select id from mandates where state = 'draft' and drafted_at <= ${toDate(before)} order by drafted_at limit ${limit}`,
  )
}

/** Ended before that instant, and nothing that is kept still names them. */
export async function forgettable(handle: Handle, before: Instant, limit: number): Promise<MandateId[]> {
  return ids(
    handle,
    sql`select m.id from mandates m where m.state = 'ended' and m.ended_at <= ${toDate(before)}
      and not exists (select 1 from mandates c where c.parent = m.id)
      and not exists (select 1 from mandates c where c.renews = m.id and c.state <> 'ended')
      order by m.ended_at limit ${limit}`,
  )
}

/** Nobody but their author ever saw them. */
export async function forgetDrafts(tx: Tx, mandates: readonly MandateId[]): Promise<void> {
  await sql`delete from mandates where id = any(${list(mandates)}) and state = 'draft'`.execute(tx)
}

export async function forget(tx: Tx, mandates: readonly MandateId[]): Promise<void> {
  await sql`update mandates set renews = null where renews = any(${list(mandates)})`.execute(tx)
  await sql`update mandates set replaced_by = null, replaced_at = null where replaced_by = any(${list(mandates)})`.execute(
    tx,
  )
  await sql`delete from mandates where id = any(${list(mandates)})`.execute(tx)
}

/** Of representatives, which hang on no mandate. */
export async function forgetUses(handle: Handle, before: Instant): Promise<void> {
  await sql`delete from mandate_uses where mandate is null and at <= ${toDate(before)}`.execute(handle)
}

export async function openOf(handle: Handle, person: PersonId): Promise<MandateId[]> {
  return ids(handle, sql`select id from mandates where mandatary_person = ${person} and state <> 'ended' order by id`)
}

/** Two people are one: what was `from`'s is `to`'s. */
export async function moveTo(tx: Tx, { from, to }: { from: PersonId; to: PersonId }): Promise<void> {
  await sql`update mandates set mandatary_person = ${to} where mandatary_person = ${from}`.execute(tx)
  await sql`update mandates set drafted_by = ${to} where drafted_by = ${from}`.execute(tx)
  await sql`update mandate_signatures set person = ${to} where person = ${from}`.execute(tx)
  await sql`update mandate_uses set person = ${to} where person = ${from}`.execute(tx)
}

export async function statistics(
  handle: Handle,
  { from, until }: { from: Instant; until: Instant },
): Promise<{ kind: 'state' | 'week' | 'ended' | 'refused'; word: string; count: number }[]> {
  const within = (column: RawBuilder<unknown>) => sql`${column} >= ${toDate(from)} and ${column} < ${toDate(until)}`
  const { rows } = await sql<{ kind: 'state' | 'week' | 'ended' | 'refused'; word: string; count: number }>`
    select 'state' as kind, state as word, count(*)::int as count from mandates group by state
    union all
    select 'week', (extract(epoch from date_trunc('week', active_at at time zone 'UTC')) * 1000)::bigint::text,
      count(*)::int from mandates where ${within(sql`active_at`)} group by 2
    union all
    select 'ended', ended_for, count(*)::int from mandates where ${within(sql`ended_at`)} group by ended_for
    union all
    select 'refused', refused, count(*)::int from mandate_uses where refused is not null and ${within(sql`at`)}
      group by refused`.execute(handle)
  return rows
}
