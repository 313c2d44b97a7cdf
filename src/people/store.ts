/** Every statement on the tables of people: `people`, `links`, `subjects`, `contacts`, `collisions`. */
import { type Generated, type Kysely, type RawBuilder, sql, type Updateable } from 'kysely'
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import type { CollisionId, ContactId, LinkId, PersonId, ProviderId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { Db, Handle, Tx } from '../storage/storage.ts'
import type { ComparedField } from './canonical.ts'
import type { CollisionView } from './people.ts'

/** An operator of the hub has no identity, and is nobody's match. */
export type Kind = Identity['kind'] | 'staff'
export type Cause = CollisionView['cause']

interface PeopleTable {
  id: PersonId
  kind: Kind
  created_at: Date
  erased_at: Date | null
  wrapped_key: Buffer | null
  language: Language | null
  highest_level: Level
  identity: Buffer | null
  identity_level: Level | null
  match_key: string | null
  homonyms: boolean
}

/** What stops the use of the identity (`protections.ts`). */
interface ProtectionColumns {
  frozen_at: Date | null
  frozen_by: 'person' | 'operators' | null
  suspected: ProviderId[]
  thaw_asked_at: Date | null
  thaws_at: Date | null
  thaw_provider: ProviderId | null
  /** When each was left out. */
  blocked: Record<ProviderId, Instant>
  future_blocked_at: Date | null
  known_providers: ProviderId[] | null
}

interface LinksTable {
  id: LinkId
  person_id: PersonId
  provider: ProviderId
  account_key: string
  subject: Buffer
  level: Level
  serves: Level
  identity_digest: string | null
  email: Buffer | null
  email_key: string | null
  linked_at: Date
}

interface ContactsTable {
  id: ContactId
  person_id: PersonId
  address: Buffer
  address_key: string
  level: Level
  via_link: LinkId | null
  added_at: Date
  verified_at: Date | null
  removed_at: Date | null
  code_hash: string | null
  code_expires_at: Date | null
  tries: number
}

interface CollisionsTable {
  id: CollisionId
  person_id: PersonId
  provider: ProviderId
  account_key: string
  subject: Buffer | null
  level: Level
  cause: Cause
  /** Null: not compared, as nothing was known of the person. */
  differing: ComparedField[] | null
  found_at: Date
  resolved_at: Date | null
  outcome: 'same' | 'different' | null
}

type Tables = {
  people: PeopleTable & { [C in keyof ProtectionColumns]: Generated<ProtectionColumns[C]> }
  links: LinksTable
  contacts: ContactsTable
  collisions: CollisionsTable
}

export type PersonRow = Omit<PeopleTable, 'wrapped_key' | 'erased_at' | 'created_at'> & { wrapped_key: Buffer }
export type LinkRow = LinksTable
export type CollisionRow = Omit<CollisionsTable, 'subject' | 'differing'> & { subject: Buffer }
export type ContactRow = ContactsTable
export type PersonPatch = Updateable<PeopleTable>
export type ProtectionRow = ProtectionColumns
export type LockedPerson = PersonRow & StandingRow
/** The part of it that each sign-in is judged by. */
export type StandingRow = Pick<ProtectionRow, 'frozen_at' | 'thaws_at' | 'blocked' | 'known_providers'>
export type LinkPatch = Updateable<LinksTable>

/** A transaction is a database to Kysely's types, except in a union of both. */
const tables = (handle: Handle): Kysely<Tables> => (handle as Db).withTables<Tables>()

// ── Accounts: the hot path ──────────────────────────────────────────────────────────────────────────────────────────

const standing = sql`p.frozen_at, p.thaws_at, p.blocked, p.known_providers`

export interface AccountRow extends StandingRow {
  link: LinkId
  person: PersonId
  level: Level
  serves: Level
  identity_digest: string | null
  email_key: string | null
  highest_level: Level
  identity_level: Level | null
  match_key: string | null
  language: Language | null
}

/**
 * An account that is linked already, with what tells whether anything is new about it. `hold` waits for whoever stops the
 * person (`lockProtection`), and makes them wait until this transaction ends.
 */
export async function account(
  handle: Handle,
  accountKey: string,
  { hold }: { hold: boolean } = { hold: false },
): Promise<AccountRow | undefined> {
  const { rows } = await sql<AccountRow>`select l.id as link, l.person_id as person, l.level, l.serves,
      l.identity_digest, l.email_key, p.highest_level, p.identity_level, p.match_key, p.language, ${standing}
    from links l join people p on p.id = l.person_id where l.account_key = ${accountKey}
    ${hold ? sql`for key share of p` : sql``}`.execute(handle)
  return rows[0]
}

/**
 * Whose an account is, and by what subject the services of a sector know them. Behind an `account` that holds the person,
 * in one transaction: it began when the person was held, so what it finds stays so until that ends.
 */
export async function heldAccount(
  tx: Tx,
  accountKey: string,
  sector: string,
): Promise<{ person: PersonId; subject: string | null } | undefined> {
  const { rows } = await sql<{ person: PersonId; subject: string | null }>`select l.person_id as person, s.subject
    from links l left join subjects s on s.person_id = l.person_id and s.sector = ${sector}
    where l.account_key = ${accountKey}`.execute(tx)
  return rows[0]
}

export interface CandidateRow extends StandingRow {
  person: PersonId
  highest_level: Level
  homonyms: boolean
  /** This provider has an account for that person already. */
  provider_linked: boolean
  collision: CollisionId | null
}

/** People with that identity: two at most, since more than one is all that matters. */
export async function candidates(
  handle: Handle,
  wanted: { matchKeys: readonly string[]; provider: ProviderId; accountKey: string },
): Promise<CandidateRow[]> {
  const { rows } = await sql<CandidateRow>`select p.id as person, p.highest_level, p.homonyms, ${standing},
      exists (select 1 from links l where l.person_id = p.id and l.provider = ${wanted.provider}) as provider_linked,
      (select c.id from collisions c
        where c.person_id = p.id and c.account_key = ${wanted.accountKey} and c.resolved_at is null) as collision
    from people p where p.match_key = any(${wanted.matchKeys}) limit 2`.execute(handle)
  return rows
}

/** The oldest first; of an identity that many have, the first twenty. */
export async function withIdentity(
  handle: Handle,
  matchKeys: readonly string[],
): Promise<{ person: PersonId; homonyms: boolean }[]> {
  const { rows } = await sql<{ person: PersonId; homonyms: boolean }>`select id as person, homonyms from people
    where match_key = any(${[...matchKeys]}) order by created_at, id limit 20`.execute(handle)
  return rows
}

/**
 * Keeps every other first login of the same account or identity out until this transaction ends. In sorted order, so
 * that two of them never wait for each other; every version of the key, so that two processes that write with different
 * ones still meet.
 */
export async function lockKeys(tx: Tx, keys: readonly string[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${[...keys].sort()}::text[]) as key`.execute(
    tx,
  )
}

// ── People and links ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The person, locked until the transaction ends; undefined when unknown or erased. `whole` waits as well for whoever
 * holds the person by `sealedIdentity`, and makes them wait.
 */
export async function lockPerson(
  tx: Tx,
  person: PersonId,
  { whole }: { whole: boolean } = { whole: false },
): Promise<LockedPerson | undefined> {
  const row = await tables(tx)
    .selectFrom('people')
    .select(['id', 'kind', 'wrapped_key', 'language', 'highest_level'])
    .select(['identity', 'identity_level', 'match_key', 'homonyms'])
    .select(['frozen_at', 'thaws_at', 'blocked', 'known_providers'])
    .where('id', '=', person)
    .where('erased_at', 'is', null)
    .$call((query) => (whole ? query.forUpdate() : query.forNoKeyUpdate()))
    .executeTakeFirst()
  return row?.wrapped_key ? { ...row, wrapped_key: row.wrapped_key } : undefined
}

export async function insertPerson(
  tx: Tx,
  row: Omit<PeopleTable, 'created_at' | 'erased_at'> & { at: Instant },
): Promise<void> {
  const { at, ...values } = row
  await tables(tx)
    .insertInto('people')
    .values({ ...values, created_at: toDate(at), erased_at: null })
    .execute()
}

export async function updatePerson(tx: Tx, person: PersonId, patch: PersonPatch): Promise<void> {
  if (Object.keys(patch).length === 0) return
  await tables(tx).updateTable('people').set(patch).where('id', '=', person).execute()
}

export async function insertLink(tx: Tx, row: Omit<LinksTable, 'linked_at'> & { at: Instant }): Promise<void> {
  const { at, ...values } = row
  await tables(tx)
    .insertInto('links')
    .values({ ...values, linked_at: toDate(at) })
    .execute()
}

export async function updateLink(tx: Tx, link: LinkId, patch: LinkPatch): Promise<void> {
  if (Object.keys(patch).length === 0) return
  await tables(tx).updateTable('links').set(patch).where('id', '=', link).execute()
}

export async function hasAccountAt(tx: Tx, person: PersonId, provider: ProviderId): Promise<boolean> {
  const { rows } = await sql`select 1 from links
    where person_id = ${person} and provider = ${provider} limit 1`.execute(tx)
  return rows.length > 0
}

/** Not locked: who has it is locked first, as everywhere. */
export async function linkByAccount(tx: Tx, accountKey: string): Promise<LinkRow | undefined> {
  return tables(tx).selectFrom('links').selectAll().where('account_key', '=', accountKey).executeTakeFirst()
}

export async function linkOf(tx: Tx, person: PersonId, link: LinkId): Promise<LinkRow | undefined> {
  return tables(tx)
    .selectFrom('links')
    .selectAll()
    .where('id', '=', link)
    .where('person_id', '=', person)
    .forUpdate()
    .executeTakeFirst()
}

export async function linksOf(handle: Handle, person: PersonId): Promise<(LinkRow & { wrapped_key: Buffer })[]> {
  const { rows } = await sql<LinkRow & { wrapped_key: Buffer }>`select l.*, p.wrapped_key
    from links l join people p on p.id = l.person_id
    where l.person_id = ${person} and p.erased_at is null order by l.linked_at, l.id`.execute(handle)
  return rows
}

export async function rememberLanguage(tx: Tx, person: PersonId, language: Language): Promise<void> {
  await sql`update people set language = ${language}
    where id = ${person} and erased_at is null and language is distinct from ${language}`.execute(tx)
}

/** People whose digest was made by one of these versions, locked, those in others' hands left out. */
export async function peopleWithVersion(tx: Tx, version: number, limit: number): Promise<PersonRow[]> {
  // The point ends a version and the slash follows it in ASCII, which is the collation of the column.
  const { rows } = await sql<PersonRow>`select id, kind, wrapped_key, language, highest_level, identity, identity_level,
      match_key, homonyms
    from people where match_key >= ${`${version}.`} and match_key < ${`${version}/`}
    limit ${limit} for update skip locked`.execute(tx)
  return rows
}

export async function setMatchKeys(
  tx: Tx,
  digests: readonly { id: PersonId; match_key: string | null }[],
): Promise<void> {
  await sql`update people p set match_key = d.match_key
    from jsonb_to_recordset(${JSON.stringify(digests)}::text::jsonb) as d (id text, match_key text)
    where p.id = d.id`.execute(tx)
}

/** How many people have a digest of each version but this one; what it costs grows with those alone. */
export async function countOtherVersions(handle: Handle, version: number): Promise<Map<number, number>> {
  const { rows } = await sql<{ version: number; people: number }>`
    select split_part(match_key, '.', 1)::int as version, count(*)::int as people from people
    where match_key < ${`${version}.`} or match_key >= ${`${version}/`} group by 1 order by 1`.execute(handle)
  return new Map(rows.map((row) => [row.version, row.people]))
}

// ── What is released ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The person's subject in a sector, made on the first call. Undefined when the person is unknown or erased, or when
 * another transaction made it at this very moment: then it is there for the next call.
 */
export async function subjectsOf(handle: Handle, person: PersonId) {
  const { rows } = await sql<{ sector: string; subject: string; created_at: Date }>`
    select sector, subject, created_at from subjects where person_id = ${person} order by created_at, sector`.execute(
    handle,
  )
  return rows
}

export async function subject(
  handle: Handle,
  wanted: { person: PersonId; sector: string; fresh: string; at: Instant },
): Promise<string | undefined> {
  const { rows } = await sql<{ subject: string }>`with
      found as (select subject from subjects where person_id = ${wanted.person} and sector = ${wanted.sector}),
      made as (
        insert into subjects (person_id, sector, subject, created_at)
        select id, ${wanted.sector}, ${wanted.fresh}, ${toDate(wanted.at)} from people
        where id = ${wanted.person} and erased_at is null and not exists (select 1 from found)
        on conflict (person_id, sector) do nothing returning subject)
    select subject from found union all select subject from made`.execute(handle)
  return rows[0]?.subject
}

export async function personKnownAs(
  handle: Handle,
  known: { sector: string; subject: string },
): Promise<PersonId | undefined> {
  const { rows } = await sql<{ person: PersonId }>`select person_id as person from subjects
    where subject = ${known.subject} and sector = ${known.sector}`.execute(handle)
  return rows[0]?.person
}

export async function holderOf(handle: Handle, accountKeys: readonly string[]): Promise<PersonId | undefined> {
  const { rows } = await sql<{ person: PersonId }>`select person_id as person from links
    where account_key = any(${[...accountKeys]}::text[])`.execute(handle)
  return rows[0]?.person
}

export interface ReleasedRow extends StandingRow {
  wrapped_key: Buffer
  identity: Buffer | null
  identity_level: Level | null
  link: LinkId | null
  identity_digest: string | null
  email: Buffer | null
  /** The asserted address is also one of the person's verified contacts. */
  email_verified: boolean
}

/** `emailKey` is that of an address that arrives now; without it the one stored for the provider counts. */
export async function released(
  handle: Handle,
  wanted: { person: PersonId; provider: ProviderId; emailKey: string | null },
): Promise<ReleasedRow | undefined> {
  const { rows } = await sql<ReleasedRow>`select p.wrapped_key, p.identity, p.identity_level, ${standing},
      l.id as link, l.identity_digest, l.email,
      exists (select 1 from contacts c where c.person_id = p.id
        and c.address_key = coalesce(${wanted.emailKey}, l.email_key)
        and c.verified_at is not null and c.removed_at is null) as email_verified
    from people p left join lateral (
      select id, identity_digest, email, email_key from links
      where person_id = p.id and provider = ${wanted.provider} order by linked_at desc limit 1) l on true
    where p.id = ${wanted.person} and p.erased_at is null`.execute(handle)
  return rows[0]
}

/** The person's key and identity, for whoever opens them; undefined when unknown or erased. */
export async function sealedIdentity(
  handle: Handle,
  person: PersonId,
  { hold }: { hold: boolean } = { hold: false },
): Promise<{ wrapped_key: Buffer; identity: Buffer | null } | undefined> {
  const { rows } = await sql<{ wrapped_key: Buffer; identity: Buffer | null }>`select wrapped_key, identity from people
    where id = ${person} and erased_at is null ${hold ? sql`for key share` : sql``}`.execute(handle)
  return rows[0]
}

/** The same of several; who is unknown or erased is left out. */
export async function sealedIdentities(
  handle: Handle,
  people: readonly PersonId[],
): Promise<{ person: PersonId; wrapped_key: Buffer; identity: Buffer | null }[]> {
  const { rows } = await sql<{ person: PersonId; wrapped_key: Buffer; identity: Buffer | null }>`
    select id as person, wrapped_key, identity from people
    where id = any(${[...people]}::text[]) and erased_at is null`.execute(handle)
  return rows
}

// ── Freeze and blocks ───────────────────────────────────────────────────────────────────────────────────────────────

const protection: RawBuilder<unknown> = sql`frozen_at, frozen_by, suspected, thaw_asked_at, thaws_at, thaw_provider,
  blocked, future_blocked_at, known_providers`

/** Undefined when the person is unknown or erased, or works for the hub or a partner. */
export async function protectionOf(handle: Handle, person: PersonId): Promise<ProtectionRow | undefined> {
  const { rows } = await sql<ProtectionRow>`select ${protection} from people
    where id = ${person} and erased_at is null and kind <> 'staff'`.execute(handle)
  return rows[0]
}

/** The same, locked: no sign-in of the person is under way from here on until the transaction ends. */
export async function lockProtection(tx: Tx, person: PersonId): Promise<ProtectionRow | undefined> {
  const { rows } = await sql<ProtectionRow>`select ${protection} from people
    where id = ${person} and erased_at is null and kind <> 'staff' for update`.execute(tx)
  return rows[0]
}

export async function setFreeze(
  tx: Tx,
  person: PersonId,
  to: Pick<ProtectionRow, 'frozen_at' | 'frozen_by' | 'suspected'>,
): Promise<void> {
  await sql`update people set frozen_at = ${to.frozen_at}, frozen_by = ${to.frozen_by},
      suspected = ${[...to.suspected]}::text[], thaw_asked_at = null, thaws_at = null, thaw_provider = null
    where id = ${person}`.execute(tx)
}

export async function setThaw(
  tx: Tx,
  person: PersonId,
  thaw: { askedAt: Instant; effectiveAt: Instant; provider: ProviderId } | null,
): Promise<void> {
  await sql`update people set thaw_asked_at = ${thaw && toDate(thaw.askedAt)}::timestamptz,
      thaws_at = ${thaw && toDate(thaw.effectiveAt)}::timestamptz, thaw_provider = ${thaw?.provider ?? null}
    where id = ${person}`.execute(tx)
}

export async function setBlocks(
  tx: Tx,
  person: PersonId,
  to: Pick<ProtectionRow, 'blocked' | 'future_blocked_at' | 'known_providers'>,
): Promise<void> {
  await sql`update people set blocked = ${JSON.stringify(to.blocked)}::text::jsonb,
      future_blocked_at = ${to.future_blocked_at}::timestamptz, known_providers = ${to.known_providers}::text[]
    where id = ${person}`.execute(tx)
}

/** Providers that somebody left out stay so for whom they turned out to be. */
export async function passBlocks(tx: Tx, from: PersonId, to: PersonId): Promise<void> {
  await sql`update people p set blocked = f.blocked || p.blocked
    from people f where f.id = ${from} and p.id = ${to} and f.blocked <> '{}'`.execute(tx)
}

// ── Contacts ────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A new contact, or the one with that address and a new code. One that is verified keeps its level until the code is
 * given; one that never was takes the new one.
 */
export async function putContact(
  tx: Tx,
  row: Pick<ContactsTable, 'id' | 'person_id' | 'address' | 'address_key' | 'level' | 'via_link' | 'code_hash'> & {
    at: Instant
    codeExpiresAt: Instant
  },
): Promise<ContactId> {
  const { rows } = await sql<{ id: ContactId }>`
    insert into contacts (id, person_id, address, address_key, level, via_link, added_at, code_hash, code_expires_at)
    values (${row.id}, ${row.person_id}, ${row.address}, ${row.address_key}, ${row.level}, ${row.via_link},
      ${toDate(row.at)}, ${row.code_hash}, ${toDate(row.codeExpiresAt)})
    on conflict (person_id, address_key) where removed_at is null do update set
      level = case when contacts.verified_at is null then excluded.level else contacts.level end,
      via_link = case when contacts.verified_at is null then excluded.via_link else contacts.via_link end,
      code_hash = excluded.code_hash, code_expires_at = excluded.code_expires_at, tries = 0
    returning id`.execute(tx)
  const [put] = rows
  if (!put) throw new Error('an insert that cannot fail returned nothing')
  return put.id
}

/** One that is proved already. Undefined when it was there and verified, or when `most` are there. */
export async function putProvedContact(
  tx: Tx,
  row: Pick<ContactsTable, 'id' | 'person_id' | 'address' | 'address_key' | 'level'> & { at: Instant; most: number },
): Promise<{ contact: ContactId; added: boolean } | undefined> {
  const { rows } = await sql<{ contact: ContactId; added: boolean }>`
    insert into contacts (id, person_id, address, address_key, level, added_at, verified_at)
    select ${row.id}, ${row.person_id}, ${row.address}::bytea, ${row.address_key}, ${row.level},
      ${toDate(row.at)}::timestamptz, ${toDate(row.at)}::timestamptz
    where (select count(*) from contacts where person_id = ${row.person_id} and removed_at is null
      and address_key <> ${row.address_key}) < ${row.most}
    on conflict (person_id, address_key) where removed_at is null do update set
      verified_at = excluded.verified_at, level = excluded.level, via_link = null, code_hash = null
      where contacts.verified_at is null
    returning id as contact, id = ${row.id} as added`.execute(tx)
  return rows[0]
}

export async function countContacts(tx: Tx, person: PersonId): Promise<number> {
  const { rows } = await sql<{ count: string }>`select count(*) from contacts
    where person_id = ${person} and removed_at is null`.execute(tx)
  return Number(rows[0]?.count ?? 0)
}

/** One statement counts the try, compares and verifies: of simultaneous tries none is free, and one at most succeeds. */
export async function tryCode(
  tx: Tx,
  attempt: { person: PersonId; contact: ContactId; hash: string; level: Level; maxTries: number; at: Instant },
): Promise<{ right: boolean; level: Level } | undefined> {
  const { rows } = await sql<{ right: boolean; level: Level }>`update contacts set
      tries = tries + 1,
      verified_at = case when code_hash = ${attempt.hash} then ${toDate(attempt.at)}::timestamptz else verified_at end,
      level = case when code_hash = ${attempt.hash} then greatest(level, ${attempt.level}) else level end,
      code_hash = case when code_hash = ${attempt.hash} then null else code_hash end
    where id = ${attempt.contact} and person_id = ${attempt.person} and removed_at is null
      and code_hash is not null and code_expires_at > ${toDate(attempt.at)} and tries < ${attempt.maxTries}
      and level <= ${attempt.level}
    returning code_hash is null as right, level`.execute(tx)
  return rows[0]
}

export async function contactLevel(tx: Tx, person: PersonId, contact: ContactId): Promise<Level | undefined> {
  const { rows } = await sql<{ level: Level }>`select level from contacts
    where id = ${contact} and person_id = ${person} and removed_at is null`.execute(tx)
  return rows[0]?.level
}

/** A sign-in at this level says that a verified contact is still the person's own. False: nothing there to confirm. */
export async function confirmContact(tx: Tx, person: PersonId, contact: ContactId, level: Level): Promise<boolean> {
  const { rows } = await sql`update contacts set level = ${level}
    where id = ${contact} and person_id = ${person} and removed_at is null and verified_at is not null
      and level < ${level} returning id`.execute(tx)
  return rows.length === 1
}

export async function removeContact(
  tx: Tx,
  gone: { person: PersonId; contact: ContactId; level: Level; at: Instant },
): Promise<{ verified: boolean } | undefined> {
  const { rows } = await sql<{ verified: boolean }>`update contacts
    set removed_at = ${toDate(gone.at)}, code_hash = null
    where id = ${gone.contact} and person_id = ${gone.person} and removed_at is null and level <= ${gone.level}
    returning verified_at is not null as verified`.execute(tx)
  return rows[0]
}

export type ContactOfPerson = ContactsTable & { wrapped_key: Buffer; highest_level: Level }

export async function contactsOf(handle: Handle, person: PersonId): Promise<ContactOfPerson[]> {
  const { rows } = await sql<ContactOfPerson>`select c.*, p.wrapped_key, p.highest_level
    from contacts c join people p on p.id = c.person_id
    where c.person_id = ${person} and c.removed_at is null and p.erased_at is null
    order by c.added_at, c.id`.execute(handle)
  return rows
}

export interface RecipientRow {
  wrapped_key: Buffer
  language: Language | null
  highest_level: Level
  contact: ContactId | null
  address: Buffer | null
  address_key: string | null
  level: Level | null
  former: boolean | null
  link: LinkId | null
  email: Buffer | null
}

/** Verified contacts, those removed since, and what the provider asserted: one row for each contact, at least one. */
export async function recipients(
  handle: Handle,
  wanted: { person: PersonId; provider: ProviderId | null; formerSince: Instant },
): Promise<RecipientRow[]> {
  const { rows } = await sql<RecipientRow>`select p.wrapped_key, p.language, p.highest_level,
      c.id as contact, c.address, c.address_key, c.level, 
      case when c.id is not null then c.removed_at is not null end as former, l.id as link, l.email
    from people p
    left join contacts c on c.person_id = p.id and c.verified_at is not null
      and (c.removed_at is null or c.removed_at > ${toDate(wanted.formerSince)})
    left join lateral (
      select id, email from links where person_id = p.id and provider = ${wanted.provider} and email is not null
      order by linked_at desc limit 1) l on true
    where p.id = ${wanted.person} and p.erased_at is null
    order by c.added_at, c.id`.execute(handle)
  return rows
}

export async function moveContact(tx: Tx, contact: ContactId, patch: Updateable<ContactsTable>): Promise<void> {
  await tables(tx).updateTable('contacts').set(patch).where('id', '=', contact).execute()
}

/** The contacts that were added after a sign-in by one of these links, or all of them. */
export async function contactsVia(tx: Tx, person: PersonId, links: readonly LinkId[] | 'all'): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow>`select * from contacts
    where person_id = ${person} ${links === 'all' ? sql`` : sql`and via_link = any(${links})`}
    order by added_at, id for update`.execute(tx)
  return rows
}

export async function deleteContact(tx: Tx, person: PersonId, contact: ContactId): Promise<void> {
  await tables(tx).deleteFrom('contacts').where('id', '=', contact).where('person_id', '=', person).execute()
}

/** Present ones, by what tells one mailbox from another. */
export async function hasAddress(tx: Tx, person: PersonId, addressKey: string): Promise<boolean> {
  const { rows } = await sql`select 1 from contacts
    where person_id = ${person} and address_key = ${addressKey} and removed_at is null limit 1`.execute(tx)
  return rows.length > 0
}

/** Deletes addresses whose last use is over; returns how many. */
export async function forgetContacts(handle: Handle, before: { removed: Instant; unproved: Instant }): Promise<number> {
  const { numAffectedRows } = await sql`delete from contacts where removed_at <= ${toDate(before.removed)}
    or (verified_at is null and code_expires_at <= ${toDate(before.unproved)})`.execute(handle)
  return Number(numAffectedRows ?? 0n)
}

// ── Collisions, split, erasure ──────────────────────────────────────────────────────────────────────────────────────

/** The collision of this person and account: the one that exists, whatever became of it, or this new one. */
export async function putCollision(
  tx: Tx,
  row: Omit<CollisionsTable, 'found_at' | 'resolved_at' | 'outcome'> & { at: Instant },
): Promise<{ collision: CollisionId; isNew: boolean }> {
  const { at, ...values } = row
  const put = await tables(tx)
    .insertInto('collisions')
    .values({ ...values, found_at: toDate(at), resolved_at: null, outcome: null })
    .onConflict((conflict) => conflict.columns(['person_id', 'account_key']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (put) return { collision: put.id, isNew: true }
  const { id } = await tables(tx)
    .selectFrom('collisions')
    .select('id')
    .where('person_id', '=', row.person_id)
    .where('account_key', '=', row.account_key)
    .executeTakeFirstOrThrow()
  return { collision: id, isNew: false }
}

export async function openCollisions(handle: Handle): Promise<
  (Pick<CollisionsTable, 'id' | 'person_id' | 'provider' | 'cause' | 'level' | 'found_at'> & {
    other: PersonId | null
  })[]
> {
  return tables(handle)
    .selectFrom('collisions as c')
    .leftJoin('links as l', 'l.account_key', 'c.account_key')
    .select(['c.id', 'c.person_id', 'c.provider', 'c.cause', 'c.level', 'c.found_at', 'l.person_id as other'])
    .where('c.resolved_at', 'is', null)
    .orderBy('c.found_at')
    .execute()
}

/** One of them, decided or not, with whose the account is at present. */
export async function collision(
  handle: Handle,
  id: CollisionId,
): Promise<(Omit<CollisionsTable, 'account_key' | 'subject'> & { kind: Kind; other: PersonId | null }) | undefined> {
  return tables(handle)
    .selectFrom('collisions as c')
    .innerJoin('people as p', 'p.id', 'c.person_id')
    .leftJoin('links as l', 'l.account_key', 'c.account_key')
    .select(['c.id', 'c.person_id', 'c.provider', 'c.level', 'c.cause', 'c.differing', 'c.found_at'])
    .select(['c.resolved_at', 'c.outcome', 'p.kind', 'l.person_id as other'])
    .where('c.id', '=', id)
    .executeTakeFirst()
}

/** Decides a collision once: of simultaneous deciders, one gets the row. */
export async function decideCollision(
  tx: Tx,
  decided: { collision: CollisionId; outcome: 'same' | 'different'; at: Instant },
): Promise<CollisionRow | undefined> {
  const { rows } = await sql<CollisionRow>`with open as (
      select id, subject from collisions where id = ${decided.collision} and resolved_at is null for update)
    update collisions c set resolved_at = ${toDate(decided.at)}, outcome = ${decided.outcome}, subject = null
    from open where c.id = open.id
    returning c.id, c.person_id, c.provider, c.account_key, open.subject, c.level, c.cause, c.found_at, c.resolved_at,
      c.outcome`.execute(tx)
  return rows[0]
}

/** The subjects of somebody who has no account left pass to whom they turned out to be, where that one has none. */
export async function passSubjects(tx: Tx, from: PersonId, to: PersonId): Promise<string[]> {
  const { rows } = await sql<{ sector: string }>`update subjects s set person_id = ${to}
    where s.person_id = ${from} and not exists (
      select 1 from subjects own where own.person_id = ${to} and own.sector = s.sector)
    returning sector`.execute(tx)
  return rows.map(({ sector }) => sector)
}

/** Nothing of the person can be read after this. What services know, the subjects, stays: nobody else gets them. */
export async function erase(tx: Tx, person: PersonId, at: Instant): Promise<boolean> {
  const { rows } = await sql`update people set erased_at = ${toDate(at)}, wrapped_key = null, identity = null,
      identity_level = null, match_key = null, language = null, frozen_at = null, frozen_by = null, suspected = '{}',
      thaw_asked_at = null, thaws_at = null, thaw_provider = null, blocked = '{}', future_blocked_at = null,
      known_providers = null
    where id = ${person} and erased_at is null returning id`.execute(tx)
  if (rows.length === 0) return false
  for (const table of ['collisions', 'contacts', 'links'] as const) {
    await tables(tx).deleteFrom(table).where('person_id', '=', person).execute()
  }
  return true
}
