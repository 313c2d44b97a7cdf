/** Every statement on the tables of partners: versions, provider states, the registry's revision. */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { type IncidentId, newId, type ProviderId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import { seal, unseal } from '../kernel/secrets.ts'
import type { Breaker, HealthReason } from '../policy/breaker.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { Incident } from './health.ts'
import type { EntityKind, Partner, Provider, Scope, Service } from './partners.ts'
import type { Entity } from './plan.ts'
import type { StandInEnd } from './stand-ins.ts'
import type { StateChange } from './state-changes.ts'
import { activeState, type ProviderState, type Suspension, type SuspensionRecord } from './suspensions.ts'
import type { Draft, Editor, Entry, ScopeRequest, ScopeState, Subject, Version, VersionCause } from './versions.ts'

/** What is published of one id, or that nothing is any more. */
export type Row =
  | { kind: 'partner'; id: string; value: Partner | undefined }
  | { kind: 'service'; id: string; value: Service | undefined }
  | { kind: 'provider'; id: string; value: Provider | undefined }

interface LoadedRow {
  registry: number
  version: string | null
  kind: EntityKind
  subject: string
  state: 'published' | 'archived'
  settings: unknown
  sealed: Uint8Array | null
  provider_state: Omit<ProviderState, 'number'> | null
  state_number: number | null
}

export interface Author {
  actor: Actor
  at: Instant
  revision: number
}

/** By whose hand a version comes, and how. */
export interface Origin {
  hand: Editor['hand']
  cause: VersionCause
  undoOf?: number
}

/** One version with what it holds, secrets in clear. */
export interface StoredVersion extends Origin {
  number: number
  state: Version['state']
  entity: Entity
  author: Actor
  publishedAt: Instant
  archivedAt?: Instant
  /** By whose hand it was replaced or taken away; untold of long ago. */
  archivedHand?: Origin['hand']
}

/** A draft, with what no page shows of it. */
export interface StoredDraft extends Omit<Draft, 'clientSecretGiven'> {
  clientSecret?: string
  /** Of a service that has none in force: those made for it. */
  secrets: Service['secrets']
}

export function createPartnersStore(options: { key: Buffer }) {
  const { key } = options

  function open(sealed: Buffer, version: string): string {
    try {
      return unseal(key, sealed, version).toString('utf8')
    } catch (cause) {
      throw new GarantError('master_key_wrong', { path: `partners/${version}` }, { cause })
    }
  }

  function readValue(row: LoadedRow): Row['value'] {
    if (row.state !== 'published') return undefined
    if (row.kind !== 'provider') return row.settings as Partner | Service
    return { ...readProvider(row), state: stateIn(row) }
  }

  function readProvider({ settings, sealed, version }: Pick<LoadedRow, 'settings' | 'sealed' | 'version'>) {
    const provider = settings as Omit<Provider, 'state'>
    const clientSecret = sealed && open(Buffer.from(sealed), version ?? '')
    return { ...provider, connector: { ...provider.connector, ...(clientSecret ? { clientSecret } : {}) } }
  }

  function readVersion(row: VersionRow): StoredVersion {
    const { kind, number, state, author, hand, cause, undo_of, published_at, archived_at, archived_hand } = row
    const settings = kind === 'provider' ? readProvider(row) : row.settings
    return {
      number,
      state,
      entity: { kind, id: row.subject, settings } as Entity,
      author,
      hand,
      cause,
      publishedAt: published_at.getTime(),
      ...(archived_at ? { archivedAt: archived_at.getTime() } : {}),
      ...(archived_hand ? { archivedHand: archived_hand } : {}),
      ...(undo_of === null ? {} : { undoOf: undo_of }),
    }
  }

  const draftContext = ({ kind, id }: Subject) => `draft/${kind}/${id}`

  function readDraft(row: DraftRow): StoredDraft {
    const { kind, subject: id, partner, entry, base, edit, sealed, secrets } = row
    const clientSecret = sealed && open(Buffer.from(sealed), draftContext({ kind, id }))
    return {
      ...{ kind, id, partner, entry, edit, secrets },
      ...(base === null ? {} : { base }),
      openedBy: row.opened_by,
      openedAt: row.opened_at.getTime(),
      savedBy: row.saved_by,
      savedAt: row.saved_at.getTime(),
      ...(clientSecret ? { clientSecret } : {}),
    }
  }

  return {
    /** Takes the one row that puts publications in order, until the end of `tx`. */
    async lock(tx: Tx): Promise<number> {
      const { rows } = await sql<{ revision: number }>`select revision from partners_revision for update`.execute(tx)
      return rows[0]?.revision ?? 0
    },

    /**
     * What changed after `since`, in one statement, so that it is one moment of the registry. From nothing (0) only what
     * is published is read.
     */
    async load(handle: Handle, since: number): Promise<{ revision: number; rows: Row[] }> {
      const { rows } = await sql<LoadedRow>`
        select r.revision as registry, v.id as version, v.kind, v.subject, v.state, v.settings, v.sealed,
          s.state as provider_state, s.number as state_number
        from partners_revision r
        left join partner_versions v
          on v.revision > ${since} and (v.state = 'published' or (v.state = 'archived' and ${since} > 0))
        left join provider_states s on v.kind = 'provider' and s.provider = v.subject
        order by v.state`.execute(handle)
      const found = new Map<string, Row>()
      // "archived" sorts before "published": the version in force has the last word on its id.
      for (const row of rows) {
        if (row.version === null) continue
        found.set(`${row.kind}/${row.subject}`, { kind: row.kind, id: row.subject, value: readValue(row) } as Row)
      }
      return { revision: rows[0]?.registry ?? 0, rows: [...found.values()] }
    },

    /** The number of the last version of everything that ever had one. */
    async lastNumbers(tx: Tx): Promise<Map<string, number>> {
      const { rows } = await sql<{ kind: EntityKind; subject: string; number: number }>`
        select kind, subject, max(number) as number from partner_versions group by kind, subject`.execute(tx)
      return new Map(rows.map(({ kind, subject, number }) => [`${kind}/${subject}`, number]))
    },

    /** Of each sector that a service was ever published in, the partner whose service was the last to be. */
    async lastOwners(tx: Tx): Promise<Map<string, string>> {
      const { rows } = await sql<{ sector: string; partner: string }>`
        select distinct on (settings ->> 'sector') settings ->> 'sector' as sector, settings ->> 'partner' as partner
        from partner_versions where kind = 'service' and published_at is not null
        order by settings ->> 'sector', published_at desc, state = 'published' desc, number desc`.execute(tx)
      return new Map(rows.map(({ sector, partner }) => [sector, partner]))
    },

    /** Archives what is published of these ids. */
    async archive(
      tx: Tx,
      entities: readonly { kind: EntityKind; id: string }[],
      { at, revision, hand }: Author & Pick<Origin, 'hand'>,
    ): Promise<void> {
      if (entities.length === 0) return
      await sql`update partner_versions v
        set state = 'archived', archived_at = ${new Date(at)}, archived_hand = ${hand}, revision = ${revision}
        from jsonb_to_recordset(${JSON.stringify(entities)}::text::jsonb) as e (kind text, id text)
        where v.kind = e.kind and v.subject = e.id and v.state = 'published'`.execute(tx)
    },

    async publish(
      tx: Tx,
      versions: readonly { entity: Entity; number: number }[],
      author: Author & Origin,
    ): Promise<void> {
      if (versions.length === 0) return
      const { actor, at, revision, hand, cause, undoOf = null } = author
      const rows = versions.map(({ entity, number }) => {
        const id = newId('version')
        const { settings, secret } = withoutSecret(entity)
        // Sealed to its own row: a value moved to another one does not open.
        const sealed = secret === undefined ? null : seal(key, secret, id).toString('base64')
        return { id, kind: entity.kind, subject: entity.id, number, settings, sealed }
      })
      await sql`insert into partner_versions
          (id, kind, subject, number, state, settings, sealed, author, created_at, published_at, revision, hand, cause,
            undo_of)
        select id, kind, subject, number, 'published', settings, decode(sealed, 'base64'),
          ${JSON.stringify(actor)}::text::jsonb, ${new Date(at)}, ${new Date(at)}, ${revision}, ${hand}, ${cause},
          ${undoOf}::int
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          as r (id text, kind text, subject text, number int, settings jsonb, sealed text)`.execute(tx)
    },

    /** The states that these providers have from now on, with the lines of their history. */
    async setStates(
      tx: Tx,
      states: readonly { provider: ProviderId; state: ProviderState; changes: readonly StateChange[] }[],
      author: Author,
    ): Promise<void> {
      if (states.length === 0) return
      const { actor, at, revision } = author
      const rows = states.map(({ provider, state: { number, ...state } }) => ({ provider, number, state }))
      const list = JSON.stringify(rows)
      const lines = states.flatMap(({ changes }) => changes)
      await sql`insert into provider_states (provider, number, state, author, changed_at)
        select provider, number, state, ${JSON.stringify(actor)}::text::jsonb, ${toDate(at)}
        from jsonb_to_recordset(${list}::text::jsonb) as r (provider text, number int, state jsonb)
        on conflict (provider) do update set number = excluded.number,
          state = excluded.state, author = excluded.author, changed_at = excluded.changed_at`.execute(tx)
      await sql`insert into provider_state_changes (provider, number, change, suspension, author, changed_at)
        select provider, number, change, suspension, ${JSON.stringify(actor)}::text::jsonb, ${toDate(at)}
        from jsonb_to_recordset(${JSON.stringify(lines)}::text::jsonb)
          as r (provider text, number int, change text, suspension jsonb)`.execute(tx)
      await sql`update partner_versions v set revision = ${revision}
        from jsonb_to_recordset(${list}::text::jsonb) as r (provider text)
        where v.kind = 'provider' and v.subject = r.provider and v.state = 'published'`.execute(tx)
    },

    /** Of a provider that is published. */
    async stateOf(handle: Handle, provider: ProviderId): Promise<ProviderState | undefined> {
      const { rows } = await sql<Pick<LoadedRow, 'provider_state' | 'state_number'>>`
        select s.state as provider_state, s.number as state_number
        from partner_versions v left join provider_states s on s.provider = v.subject
        where v.kind = 'provider' and v.subject = ${provider} and v.state = 'published'`.execute(handle)
      return rows[0] && stateIn(rows[0])
    },

    /** Of every provider of which somebody ever said something, published or not. */
    async states(tx: Tx): Promise<Map<ProviderId, ProviderState>> {
      const { rows } = await sql<Pick<LoadedRow, 'provider_state' | 'state_number'> & { provider: ProviderId }>`
        select provider, state as provider_state, number as state_number from provider_states`.execute(tx)
      return new Map(rows.map((row) => [row.provider, stateIn(row)]))
    },

    /** What changed after the state of this number, the oldest first. */
    async history(handle: Handle, provider: ProviderId, after: number): Promise<StateChange[]> {
      const { rows } = await sql<{
        number: number
        change: StateChange['change']
        suspension: StateChange['suspension'] | null
        author: Actor
        changed_at: Date
      }>`select number, change, suspension, author, changed_at from provider_state_changes
        where provider = ${provider} and number > ${after} order by number`.execute(handle)
      return rows.map(({ number, change, suspension, author, changed_at }) => ({
        provider,
        number,
        at: changed_at.getTime(),
        author,
        change,
        ...(suspension ? { suspension } : {}),
      }))
    },

    async suspensions(
      handle: Handle,
      { since, before, limit }: { since: Instant; before: Instant; limit: number },
    ): Promise<SuspensionRecord[]> {
      const { rows } = await sql<{ suspension: Suspension; ended: string | null }>`
        with last as (
          select distinct on (suspension ->> 'id') suspension, (suspension ->> 'since')::bigint as begun,
            least((suspension ->> 'until')::bigint,
              case when change = 'lifted' then (extract(epoch from changed_at) * 1000)::bigint end) as ended
          from provider_state_changes where suspension is not null
          order by suspension ->> 'id', number desc)
        select suspension, ended from last
        where begun < ${before} and (ended is null or (ended > begun and ended >= ${since}))
        order by begun desc, suspension ->> 'id' limit ${limit}`.execute(handle)
      return rows.map(({ suspension, ended }) => ({ suspension, ...(ended === null ? {} : { end: Number(ended) }) }))
    },

    async setRevision(tx: Tx, revision: number): Promise<void> {
      await sql`update partners_revision set revision = ${revision}`.execute(tx)
    },

    // --- One subject ---------------------------------------------------------------------------------------------

    /** Its last version, whatever became of it. */
    async last(handle: Handle, { kind, id }: Subject): Promise<StoredVersion | undefined> {
      const { rows } = await sql<VersionRow>`select ${versionColumns} from partner_versions
        where kind = ${kind} and subject = ${id} order by number desc limit 1`.execute(handle)
      return rows[0] && readVersion(rows[0])
    },

    /** Versions before one, the newest first. */
    async versions(
      handle: Handle,
      { kind, id }: Subject,
      { before, limit }: { before: number; limit: number },
    ): Promise<StoredVersion[]> {
      const { rows } = await sql<VersionRow>`select ${versionColumns} from partner_versions
        where kind = ${kind} and subject = ${id} and number < ${before} order by number desc limit ${limit}`.execute(
        handle,
      )
      return rows.map(readVersion)
    },

    /** The last version that operators published for what it says, or else the first one that there was. */
    async granted(handle: Handle, { kind, id }: Subject): Promise<Entity | undefined> {
      const { rows } = await sql<VersionRow>`select ${versionColumns} from partner_versions
        where kind = ${kind} and subject = ${id}
          and (number = 1 or (hand = 'operators' and cause in ('file', 'draft', 'undo')))
        order by number desc limit 1`.execute(handle)
      return rows[0] && readVersion(rows[0]).entity
    },

    /** The partner whose service was the last to be published in a sector. */
    async lastOwner(handle: Handle, sector: string): Promise<string | undefined> {
      const { rows } = await sql<{ partner: string }>`select settings ->> 'partner' as partner from partner_versions
        where kind = 'service' and settings ->> 'sector' = ${sector} and published_at is not null
        order by published_at desc, state = 'published' desc, number desc limit 1`.execute(handle)
      return rows[0]?.partner
    },

    // --- Drafts --------------------------------------------------------------------------------------------------

    async draft(handle: Handle, { kind, id }: Subject, { lock = false } = {}): Promise<StoredDraft | undefined> {
      const { rows } = await sql<DraftRow>`select ${draftColumns} from partner_drafts
        where kind = ${kind} and subject = ${id} ${lock ? sql`for update` : sql``}`.execute(handle)
      return rows[0] && readDraft(rows[0])
    },

    /** The last saved first. */
    async drafts(handle: Handle, partner?: string): Promise<StoredDraft[]> {
      const { rows } = await sql<DraftRow>`select ${draftColumns} from partner_drafts
        ${partner === undefined ? sql`` : sql`where partner = ${partner}`} order by saved_at desc, kind, subject`.execute(
        handle,
      )
      return rows.map(readDraft)
    },

    /** How many drafts of something new a partner has. */
    async countNew(handle: Handle, partner: string): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from partner_drafts where partner = ${partner} and base is null`.execute(handle)
      return rows[0]?.count ?? 0
    },

    /** Undefined when there is one already. */
    async openDraft(
      handle: Handle,
      { kind, id }: Subject,
      { partner, entry, base, actor, at }: { partner: string; entry: Entry; base?: number; actor: Actor; at: Instant },
    ): Promise<StoredDraft | undefined> {
      const by = JSON.stringify(actor)
      const { rows } = await sql<DraftRow>`insert into partner_drafts
          (kind, subject, partner, entry, base, edit, opened_by, opened_at, saved_by, saved_at)
        values (${kind}, ${id}, ${partner}, ${JSON.stringify(entry)}::text::jsonb, ${base ?? null},
          nextval('partner_draft_edits'), ${by}::text::jsonb, ${toDate(at)}, ${by}::text::jsonb, ${toDate(at)})
        on conflict (kind, subject) do nothing returning ${draftColumns}`.execute(handle)
      return rows[0] && readDraft(rows[0])
    },

    /** Undefined when it is not the draft of this `edit` any more. What is absent stays. */
    async saveDraft(
      handle: Handle,
      subject: Subject,
      given: {
        edit: number
        partner: string
        actor: Actor
        at: Instant
        entry?: Entry
        clientSecret?: string | null
        secrets?: Service['secrets']
      },
    ): Promise<StoredDraft | undefined> {
      const { edit, partner, actor, at, entry, clientSecret, secrets } = given
      const sealed = typeof clientSecret === 'string' ? seal(key, clientSecret, draftContext(subject)) : null
      const { rows } = await sql<DraftRow>`update partner_drafts set edit = nextval('partner_draft_edits'),
          saved_by = ${JSON.stringify(actor)}::text::jsonb, saved_at = ${toDate(at)}
          ${entry ? sql`, entry = ${JSON.stringify(entry)}::text::jsonb` : sql``}
          ${clientSecret === undefined ? sql`` : sql`, sealed = ${sealed}`}
          ${secrets ? sql`, secrets = ${JSON.stringify(secrets)}::text::jsonb` : sql``}
        where kind = ${subject.kind} and subject = ${subject.id} and partner = ${partner} and edit = ${edit}
        returning ${draftColumns}`.execute(handle)
      return rows[0] && readDraft(rows[0])
    },

    async removeDraft(handle: Handle, { kind, id }: Subject, edit: number): Promise<boolean> {
      const { rows } = await sql`delete from partner_drafts
        where kind = ${kind} and subject = ${id} and edit = ${edit} returning edit`.execute(handle)
      return rows.length > 0
    },

    // --- Scopes --------------------------------------------------------------------------------------------------

    /** The oldest request first. */
    async scopes(
      handle: Handle,
      { partner, service, state }: { partner?: string; service?: string; state?: ScopeState },
    ): Promise<ScopeRequest[]> {
      const wanted = [
        sql`true`,
        ...(partner === undefined ? [] : [sql`partner = ${partner}`]),
        ...(service === undefined ? [] : [sql`service = ${service}`]),
        ...(state === undefined ? [] : [sql`state = ${state}`]),
      ]
      const { rows } = await sql<ScopeRow>`select ${scopeColumns} from service_scopes
        where ${sql.join(wanted, sql` and `)} order by asked_at, service, scope`.execute(handle)
      return rows.map(readScope)
    },

    async lockScope(tx: Tx, service: string, scope: Scope): Promise<ScopeRequest | undefined> {
      const { rows } = await sql<ScopeRow>`select ${scopeColumns} from service_scopes
        where service = ${service} and scope = ${scope} for update`.execute(tx)
      return rows[0] && readScope(rows[0])
    },

    async refuseScope(
      tx: Tx,
      { service, scope }: Pick<ScopeRequest, 'service' | 'scope'>,
      { actor, at, reason }: { actor: Actor; at: Instant; reason: string },
    ): Promise<void> {
      await sql`update service_scopes set state = 'refused', decided_by = ${JSON.stringify(actor)}::text::jsonb,
          decided_at = ${toDate(at)}, reason = ${reason}
        where service = ${service} and scope = ${scope}`.execute(tx)
    },

    /**
     * What these services have from now on is granted; what they have no more is not, nor what another partner asked.
     * Returns what was asked, or refused, until now.
     */
    async setGranted(
      tx: Tx,
      services: readonly Service[],
      { actor, at }: Pick<Author, 'actor' | 'at'>,
    ): Promise<{ service: string; scope: Scope }[]> {
      if (services.length === 0) return []
      const rows = services.flatMap(({ id, partner, scopes, justifications = {} }) =>
        scopes
          .filter((scope) => scope !== 'openid')
          .map((scope) => ({ service: id, partner, scope, justification: justifications[scope] ?? null })),
      )
      const by = sql`${JSON.stringify(actor)}::text::jsonb`
      const owners = services.map(({ id, partner }) => ({ id, partner }))
      await sql`delete from service_scopes s
        using jsonb_to_recordset(${JSON.stringify(owners)}::text::jsonb) as o (id text, partner text)
        where s.service = o.id and (s.state = 'granted' or s.partner <> o.partner) and not exists (
          select from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (service text, scope text)
          where r.service = s.service and r.scope = s.scope)`.execute(tx)
      const { rows: answered } = await sql<{ service: string; scope: Scope }>`
        select s.service, s.scope from service_scopes s
        join jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (service text, scope text)
          on r.service = s.service and r.scope = s.scope
        where s.state <> 'granted' order by s.service, s.scope`.execute(tx)
      await sql`insert into service_scopes as s
          (service, scope, partner, state, justification, asked_by, asked_at, decided_by, decided_at)
        select service, scope, partner, 'granted', justification, ${by}, ${toDate(at)}, ${by}, ${toDate(at)}
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          as r (service text, scope text, partner text, justification text)
        on conflict (service, scope) do update set state = 'granted', partner = excluded.partner,
          justification = coalesce(excluded.justification, s.justification), reason = null,
          decided_by = case when s.state = 'granted' then s.decided_by else excluded.decided_by end,
          decided_at = case when s.state = 'granted' then s.decided_at else excluded.decided_at end`.execute(tx)
      return answered
    },

    /** The requests of a service that wait from now on, in place of those that did. */
    async setAsked(
      tx: Tx,
      { id, partner }: Pick<Service, 'id' | 'partner'>,
      asked: readonly { scope: Scope; justification: string }[],
      { actor, at }: Pick<Author, 'actor' | 'at'>,
    ): Promise<void> {
      await sql`delete from service_scopes
        where service = ${id} and state = 'asked' and scope <> all(${asked.map(({ scope }) => scope)})`.execute(tx)
      if (asked.length === 0) return
      await sql`insert into service_scopes as s (service, scope, partner, state, justification, asked_by, asked_at)
        select ${id}, scope, ${partner}, 'asked', justification, ${JSON.stringify(actor)}::text::jsonb, ${toDate(at)}
        from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb) as r (scope text, justification text)
        on conflict (service, scope) do update set state = 'asked', partner = excluded.partner,
          justification = excluded.justification, asked_by = excluded.asked_by, asked_at = excluded.asked_at,
          decided_by = null, decided_at = null, reason = null
        where s.state <> 'asked' or s.justification is distinct from excluded.justification`.execute(tx)
    },

    async forgetScopes(tx: Tx, services: readonly string[]): Promise<void> {
      if (services.length === 0) return
      await sql`delete from service_scopes where service = any(${services})`.execute(tx)
    },
  }
}

interface VersionRow {
  version: string
  kind: EntityKind
  subject: string
  number: number
  state: Version['state']
  settings: unknown
  sealed: Uint8Array | null
  author: Actor
  hand: Origin['hand']
  cause: VersionCause
  undo_of: number | null
  published_at: Date
  archived_at: Date | null
  archived_hand: Origin['hand'] | null
}

const versionColumns = sql`id as version, kind, subject, number, state, settings, sealed, author, hand, cause, undo_of,
  published_at, archived_at, archived_hand`

interface DraftRow {
  kind: EntityKind
  subject: string
  partner: string
  entry: Entry
  base: number | null
  edit: number
  sealed: Uint8Array | null
  secrets: Service['secrets']
  opened_by: Actor
  opened_at: Date
  saved_by: Actor
  saved_at: Date
}

const draftColumns = sql`kind, subject, partner, entry, base, edit, sealed, secrets, opened_by, opened_at, saved_by, saved_at`

interface ScopeRow {
  service: string
  scope: Scope
  partner: string
  state: ScopeState
  justification: string | null
  asked_by: Actor
  asked_at: Date
  decided_by: Actor | null
  decided_at: Date | null
  reason: string | null
}

const scopeColumns = sql`service, scope, partner, state, justification, asked_by, asked_at, decided_by, decided_at, reason`

function readScope(row: ScopeRow): ScopeRequest {
  const { service, scope, partner, state, justification, decided_by, decided_at, reason } = row
  return {
    ...{ service, partner, scope, state },
    ...(justification === null ? {} : { justification }),
    askedBy: row.asked_by,
    askedAt: row.asked_at.getTime(),
    ...(decided_by && decided_at ? { decidedBy: decided_by, decidedAt: decided_at.getTime() } : {}),
    ...(reason === null ? {} : { reason }),
  }
}

/** A provider of which nobody ever said anything is active. */
function stateIn({ provider_state, state_number }: Pick<LoadedRow, 'provider_state' | 'state_number'>): ProviderState {
  return provider_state ? { ...provider_state, number: state_number ?? 0 } : activeState
}

export type PartnersStore = ReturnType<typeof createPartnersStore>

function withoutSecret(entity: Entity): { settings: unknown; secret?: string } {
  if (entity.kind !== 'provider') return { settings: entity.settings }
  if (entity.settings.connector.kind !== 'oidc') return { settings: entity.settings }
  const { clientSecret, ...connector } = entity.settings.connector
  const settings = { ...entity.settings, connector }
  return clientSecret === undefined ? { settings } : { settings, secret: clientSecret }
}

// --- Health --------------------------------------------------------------------------------------------------------

export interface HealthRow {
  provider: ProviderId
  /** Where its probes go, as a digest. */
  addresses: string
  breaker: Breaker
  nextProbeAt: Instant | null
  probedBy: string | null
  probedUntil: Instant | null
}

const healthColumns = sql`provider, addresses, breaker, next_probe_at as "nextProbeAt", probed_by as "probedBy",
  probed_until as "probedUntil"`

const incidentColumns = sql`id, provider, health, reasons, opened_at as "openedAt", closed_at as "closedAt", note,
  note_author as "noteAuthor", noted_at as "notedAt"`

interface IncidentRow {
  id: IncidentId
  provider: ProviderId
  health: Incident['health']
  reasons: HealthReason[]
  openedAt: Date
  closedAt: Date | null
  note: Translated | null
  noteAuthor: Actor | null
  notedAt: Date | null
}

function incidentOf({ openedAt, closedAt, note, noteAuthor, notedAt, ...row }: IncidentRow): Incident {
  return {
    ...row,
    openedAt: openedAt.getTime(),
    ...(closedAt ? { closedAt: closedAt.getTime() } : {}),
    ...(note && noteAuthor && notedAt ? { note: { text: note, author: noteAuthor, at: notedAt.getTime() } } : {}),
  }
}

type Dated<Row> = { [Key in keyof Row]: Key extends 'nextProbeAt' | 'probedUntil' ? Date | null : Row[Key] }

const healthOf = (row: Dated<HealthRow>): HealthRow => ({
  ...row,
  nextProbeAt: row.nextProbeAt?.getTime() ?? null,
  probedUntil: row.probedUntil?.getTime() ?? null,
})

/** Every statement on what is observed of providers, and on incidents. */
export const healthStore = {
  async all(handle: Handle): Promise<HealthRow[]> {
    const { rows } = await sql<Dated<HealthRow>>`select ${healthColumns} from provider_health`.execute(handle)
    return rows.map(healthOf)
  },

  /** The rows of these providers, or of all, locked until the end of `tx`, always in the same order. */
  async lock(tx: Tx, providers?: readonly ProviderId[]): Promise<HealthRow[]> {
    const wanted = providers ? sql`where provider = any(${providers})` : sql``
    const { rows } = await sql<Dated<HealthRow>>`
      select ${healthColumns} from provider_health ${wanted} order by provider for update`.execute(tx)
    return rows.map(healthOf)
  },

  /** A row that somebody else made first stays as it is. */
  async add(tx: Tx, rows: readonly Pick<HealthRow, 'provider' | 'addresses' | 'breaker' | 'nextProbeAt'>[]) {
    if (rows.length === 0) return
    await sql`insert into provider_health (provider, addresses, breaker, next_probe_at)
      select provider, addresses, breaker, to_timestamp("nextProbeAt" / 1000)
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as r (provider text, addresses text, breaker jsonb, "nextProbeAt" double precision)
      order by provider
      on conflict (provider) do nothing`.execute(tx)
  },

  async write(tx: Tx, rows: readonly HealthRow[]): Promise<void> {
    if (rows.length === 0) return
    await sql`update provider_health h
      set addresses = r.addresses, breaker = r.breaker, next_probe_at = to_timestamp(r."nextProbeAt" / 1000),
        probed_by = r."probedBy", probed_until = to_timestamp(r."probedUntil" / 1000)
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as r (provider text, addresses text, breaker jsonb, "nextProbeAt" double precision, "probedBy" text,
          "probedUntil" double precision)
      where h.provider = r.provider`.execute(tx)
  },

  async remove(tx: Tx, providers: readonly ProviderId[]): Promise<void> {
    if (providers.length === 0) return
    await sql`delete from provider_health where provider = any(${providers})`.execute(tx)
  },

  /** Takes what is due for a while: of simultaneous callers exactly one gets each. */
  async claim(
    handle: Handle,
    { by, now, until, most }: { by: string; now: Instant; until: Instant; most: number },
  ): Promise<HealthRow[]> {
    const { rows } = await sql<
      Dated<HealthRow>
    >`update provider_health set probed_by = ${by}, probed_until = ${toDate(until)}
      where provider in (
        select provider from provider_health
        where next_probe_at <= ${toDate(now)} and (probed_until is null or probed_until <= ${toDate(now)})
        order by next_probe_at limit ${most} for update skip locked)
      returning ${healthColumns}`.execute(handle)
    return rows.map(healthOf)
  },

  /** Leaves what was taken to whoever comes next. */
  async release(handle: Handle, by: string): Promise<void> {
    await sql`update provider_health set probed_by = null, probed_until = null where probed_by = ${by}`.execute(handle)
  },

  async openIncidents(handle: Handle): Promise<Incident[]> {
    const { rows } = await sql<IncidentRow>`
      select ${incidentColumns} from incidents where closed_at is null order by opened_at, id`.execute(handle)
    return rows.map(incidentOf)
  },

  async incidents(
    handle: Handle,
    filter: { since: Instant; before?: Instant; provider?: ProviderId; limit: number },
  ): Promise<Incident[]> {
    const { since, before, provider, limit } = filter
    const { rows } = await sql<IncidentRow>`select ${incidentColumns} from incidents
      where (closed_at is null or closed_at >= ${toDate(since)})
        ${before === undefined ? sql`` : sql`and opened_at < ${toDate(before)}`}
        and provider = coalesce(${provider ?? null}, provider)
      order by opened_at desc, id limit ${limit}`.execute(handle)
    return rows.map(incidentOf)
  },

  async openIncident(tx: Tx, { id, provider, health, reasons, openedAt }: Incident): Promise<void> {
    await sql`insert into incidents (id, provider, health, reasons, opened_at)
      values (${id}, ${provider}, ${health}, ${JSON.stringify(reasons)}::text::jsonb, ${toDate(openedAt)})`.execute(tx)
  },

  async worsenIncident(tx: Tx, { id, health, reasons }: Incident): Promise<void> {
    await sql`update incidents set health = ${health}, reasons = ${JSON.stringify(reasons)}::text::jsonb
      where id = ${id}`.execute(tx)
  },

  async closeIncident(tx: Tx, id: IncidentId, at: Instant): Promise<void> {
    await sql`update incidents set closed_at = ${toDate(at)} where id = ${id}`.execute(tx)
  },

  async incident(handle: Handle, id: IncidentId, { lock = false } = {}): Promise<Incident | undefined> {
    const { rows } = await sql<IncidentRow>`select ${incidentColumns} from incidents where id = ${id}
      ${lock ? sql`for update` : sql``}`.execute(handle)
    return rows[0] && incidentOf(rows[0])
  },

  /** The incident that the note is about; nothing when there is none. */
  async noteIncident(
    tx: Tx,
    id: IncidentId,
    { text, author, at }: { text: Translated; author: Actor; at: Instant },
  ): Promise<Incident | undefined> {
    const { rows } = await sql<IncidentRow>`update incidents set note = ${JSON.stringify(text)}::text::jsonb,
        note_author = ${JSON.stringify(author)}::text::jsonb, noted_at = ${toDate(at)}
      where id = ${id} returning ${incidentColumns}`.execute(tx)
    return rows[0] && incidentOf(rows[0])
  },

  async forgetIncidents(handle: Handle, before: Instant): Promise<void> {
    await sql`delete from incidents where closed_at < ${toDate(before)}`.execute(handle)
  },
}

/** A time during which a stand-in was offered, as `stand-ins.ts` has it. */
export interface StandInRow {
  provider: ProviderId
  standsInFor: ProviderId
  since: Instant
  offeredAt: Instant
  endedAt?: Instant
  endedBy?: StandInEnd
  uses: number
}

const standInColumns = sql`provider, stands_in_for as "standsInFor", since, offered_at as "offeredAt",
  ended_at as "endedAt", ended_by as "endedBy", uses`

type DatedStandIn = Omit<StandInRow, 'since' | 'offeredAt' | 'endedAt' | 'endedBy'> & {
  since: Date
  offeredAt: Date
  endedAt: Date | null
  endedBy: StandInEnd | null
}

const standInOf = ({ since, offeredAt, endedAt, endedBy, ...row }: DatedStandIn): StandInRow => ({
  ...row,
  since: since.getTime(),
  offeredAt: offeredAt.getTime(),
  ...(endedAt && endedBy ? { endedAt: endedAt.getTime(), endedBy } : {}),
})

/** Every statement on what stood in for an e-ID app. */
export const standInStore = {
  /** One at a time decides over what is offered. */
  async lock(tx: Tx): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended('stand ins', 0))`.execute(tx)
  },

  async open(handle: Handle): Promise<StandInRow[]> {
    const { rows } = await sql<DatedStandIn>`
      select ${standInColumns} from stand_ins where ended_at is null order by provider`.execute(handle)
    return rows.map(standInOf)
  },

  /** The same outage once more: it goes on, with those who used it before. */
  async offer(tx: Tx, { provider, standsInFor, since, at }: Omit<StandInRow, 'offeredAt' | 'uses'> & { at: Instant }) {
    await sql`insert into stand_ins (provider, stands_in_for, since, offered_at)
      values (${provider}, ${standsInFor}, ${toDate(since)}, ${toDate(at)})
      on conflict (provider, since) do update set ended_at = null, ended_by = null`.execute(tx)
  },

  async end(tx: Tx, provider: ProviderId, { by, at }: { by: StandInEnd; at: Instant }): Promise<void> {
    await sql`update stand_ins set ended_at = ${toDate(at)}, ended_by = ${by}
      where provider = ${provider} and ended_at is null`.execute(tx)
  },

  /** Of the outage that goes on, or of the one that ended last. */
  async count(tx: Tx, provider: ProviderId): Promise<void> {
    await sql`update stand_ins set uses = uses + 1 where provider = ${provider} and since =
      (select max(since) from stand_ins where provider = ${provider})`.execute(tx)
  },

  async last(handle: Handle, provider: ProviderId, limit: number): Promise<StandInRow[]> {
    const { rows } = await sql<DatedStandIn>`select ${standInColumns} from stand_ins where provider = ${provider}
      order by since desc limit ${limit}`.execute(handle)
    return rows.map(standInOf)
  },

  async forget(handle: Handle, before: Instant): Promise<void> {
    await sql`delete from stand_ins where ended_at < ${toDate(before)}`.execute(handle)
  },
}
