/** Every statement on the tables of partners: versions, provider states, the registry's revision. */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import type { Instant } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { seal, unseal } from '../kernel/secrets.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { EntityKind, Partner, Provider, ProviderState, Service } from './partners.ts'
import type { Entity } from './plan.ts'

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
  provider_state: ProviderState | null
}

export interface Author {
  actor: Actor
  at: Instant
  revision: number
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
    const provider = row.settings as Omit<Provider, 'state'>
    const clientSecret = row.sealed && open(Buffer.from(row.sealed), row.version ?? '')
    return {
      ...provider,
      connector: { ...provider.connector, ...(clientSecret ? { clientSecret } : {}) },
      state: row.provider_state ?? { kind: 'active' },
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
          s.state as provider_state
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
      { at, revision }: Author,
    ): Promise<void> {
      if (entities.length === 0) return
      await sql`update partner_versions v set state = 'archived', archived_at = ${new Date(at)}, revision = ${revision}
        from jsonb_to_recordset(${JSON.stringify(entities)}::text::jsonb) as e (kind text, id text)
        where v.kind = e.kind and v.subject = e.id and v.state = 'published'`.execute(tx)
    },

    async publish(tx: Tx, versions: readonly { entity: Entity; number: number }[], author: Author): Promise<void> {
      if (versions.length === 0) return
      const { actor, at, revision } = author
      const rows = versions.map(({ entity, number }) => {
        const id = newId('version')
        const { settings, secret } = withoutSecret(entity)
        // Sealed to its own row: a value moved to another one does not open.
        const sealed = secret === undefined ? null : seal(key, secret, id).toString('base64')
        return { id, kind: entity.kind, subject: entity.id, number, settings, sealed }
      })
      await sql`insert into partner_versions
          (id, kind, subject, number, state, settings, sealed, author, created_at, published_at, revision)
        select id, kind, subject, number, 'published', settings, decode(sealed, 'base64'),
          ${JSON.stringify(actor)}::text::jsonb, ${new Date(at)}, ${new Date(at)}, ${revision}
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          as r (id text, kind text, subject text, number int, settings jsonb, sealed text)`.execute(tx)
    },

    async setStates(
      tx: Tx,
      states: readonly { provider: string; state: ProviderState }[],
      author: Author,
    ): Promise<void> {
      if (states.length === 0) return
      const { actor, at, revision } = author
      const list = JSON.stringify(states)
      await sql`insert into provider_states (provider, state, author, changed_at)
        select provider, state, ${JSON.stringify(actor)}::text::jsonb, ${new Date(at)}
        from jsonb_to_recordset(${list}::text::jsonb) as r (provider text, state jsonb)
        on conflict (provider) do update
          set state = excluded.state, author = excluded.author, changed_at = excluded.changed_at`.execute(tx)
      await sql`update partner_versions v set revision = ${revision}
        from jsonb_to_recordset(${list}::text::jsonb) as r (provider text)
        where v.kind = 'provider' and v.subject = r.provider and v.state = 'published'`.execute(tx)
    },

    async setRevision(tx: Tx, revision: number): Promise<void> {
      await sql`update partners_revision set revision = ${revision}`.execute(tx)
    },
  }
}

export type PartnersStore = ReturnType<typeof createPartnersStore>

function withoutSecret(entity: Entity): { settings: unknown; secret?: string } {
  if (entity.kind !== 'provider') return { settings: entity.settings }
  if (entity.settings.connector.kind !== 'oidc') return { settings: entity.settings }
  const { clientSecret, ...connector } = entity.settings.connector
  const settings = { ...entity.settings, connector }
  return clientSecret === undefined ? { settings } : { settings, secret: clientSecret }
}
