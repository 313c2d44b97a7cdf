/**
 * Numbered, forward-only SQL: `migrations/NNNN-title.sql`, one transaction for all that are missing. Two processes that
 * start together are a success: the second waits for the lock and finds nothing to do. A file that was applied never
 * changes; its hash is kept and compared.
 */
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GarantError } from '../kernel/errors.ts'
import type { Connection } from './storage.ts'

export interface Migration {
  number: number
  name: string
  sql: string
}

/** The migrations that ship with this version, in order. */
export function readMigrations(folder = join(import.meta.dirname, 'migrations')): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => ({ number: Number(name.slice(0, 4)), name, sql: readFileSync(join(folder, name), 'utf8') }))
}

/** Any number that no other program is likely to lock with. */
const advisoryLock = 7_263_510_101

/** SQLSTATE of our own for a database that is not the one of these files; the message is the migration's name. */
const strangerState = 'GA001'

/**
 * @throws GarantError `schema_unknown` when the database was made by a newer version or a file was changed after its
 *   application; nothing is applied then
 */
export async function migrate(connection: Connection, migrations = readMigrations()): Promise<void> {
  const known = migrations.map(({ number, sql }) => `(${number}, '${hash('sha256', sql, 'hex')}')`).join(', ')
  // One message of several statements is one transaction: all of it is applied, or nothing. Each step looks at the
  // table only after the lock, so a process that waited sees what the other one did.
  const script = `
    select set_config('statement_timeout', '0', true);
    select pg_advisory_xact_lock(${advisoryLock});
    create table if not exists schema_migrations (number int primary key, name text not null, sha256 text not null);
    do $check$ declare stranger text; begin
      select name into stranger from schema_migrations
        where (number, sha256) not in (${known}) order by number limit 1;
      if found then raise exception using errcode = '${strangerState}', message = stranger; end if;
    end $check$;
    ${migrations.map(applyOnce).join('\n')}`
  try {
    await connection.exec(script, { patient: true })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code !== strangerState) throw error
    throw new GarantError('schema_unknown', { migration: message }, { cause: error })
  }
}

function applyOnce({ number, name, sql }: Migration): string {
  return `
    do $migrate$ begin
      if not exists (select from schema_migrations where number = ${number}) then
        execute $statements$${sql}$statements$;
        insert into schema_migrations values (${number}, '${name}', '${hash('sha256', sql, 'hex')}');
      end if;
    end $migrate$;`
}
