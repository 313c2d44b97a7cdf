/** Every statement on `service_secrets` and `handovers`. */
import { sql } from 'kysely'
import type { PersonId, ServiceId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export interface SecretRow {
  sealed: Buffer
  made_at: Date
}

interface Whose {
  service: ServiceId
  person: PersonId
}

export function createBridgeStore() {
  return {
    async find(handle: Handle, { service, person }: Whose): Promise<SecretRow | undefined> {
      const { rows } = await sql<SecretRow>`select sealed, made_at from service_secrets
        where service = ${service} and person = ${person}`.execute(handle)
      return rows[0]
    },

    /** False when there is one already. */
    async insert(tx: Tx, { service, person, sealed, at }: Whose & { sealed: Buffer; at: Date }): Promise<boolean> {
      const { rows } = await sql`insert into service_secrets (service, person, sealed, made_at)
        values (${service}, ${person}, ${sealed}::bytea, ${at}) on conflict do nothing returning service`.execute(tx)
      return rows.length === 1
    },

    /** False when there is none. */
    async replace(tx: Tx, { service, person, sealed, at }: Whose & { sealed: Buffer; at: Date }): Promise<boolean> {
      const { rows } = await sql`update service_secrets set sealed = ${sealed}::bytea, made_at = ${at}
        where service = ${service} and person = ${person} returning service`.execute(tx)
      return rows.length === 1
    },

    async all(tx: Tx, person: PersonId): Promise<{ service: ServiceId; sealed: Buffer }[]> {
      const { rows } = await sql<{ service: ServiceId; sealed: Buffer }>`select service, sealed from service_secrets
        where person = ${person} order by service for update`.execute(tx)
      return rows
    },

    /** Nothing when the other one has one there already: that one is in use. */
    async give(tx: Tx, given: { service: ServiceId; from: PersonId; to: PersonId; sealed: Buffer }): Promise<void> {
      await sql`update service_secrets s set person = ${given.to}, sealed = ${given.sealed}::bytea
        where s.service = ${given.service} and s.person = ${given.from} and not exists (
          select 1 from service_secrets own where own.service = s.service and own.person = ${given.to})`.execute(tx)
    },

    async forget(tx: Tx, person: PersonId): Promise<void> {
      await sql`delete from service_secrets where person = ${person}`.execute(tx)
    },

    /** Counts one more in this minute of the service; of simultaneous callers each gets a number of its own. */
    async count(tx: Tx, service: ServiceId, minute: Date): Promise<number> {
      const { rows } = await sql<{ count: number }>`insert into handovers (service, minute, count)
        values (${service}, ${minute}, 1)
        on conflict (service) do update set minute = excluded.minute,
          count = case when handovers.minute = excluded.minute then handovers.count + 1 else 1 end
        returning count`.execute(tx)
      return rows[0]?.count ?? 0
    },
  }
}
