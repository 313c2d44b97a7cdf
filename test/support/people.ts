/** A people room on a database of its own, and the humans that its tests are about. */
import type { KyselyPlugin } from 'kysely'
import { CompiledQuery, sql } from 'kysely'
import type { Audit } from '../../src/audit/audit.ts'
import type { Fact } from '../../src/audit/facts.ts'
import type { PivotIdentity, ProfessionalIdentity } from '../../src/kernel/identity.ts'
import {
  type Claimed,
  createPeople,
  type Passed,
  type People,
  type Settled,
  type SettleOptions,
} from '../../src/people/people.ts'
import type { PivotKey } from '../../src/people/vault.ts'
import type { Storage, Tx } from '../../src/storage/storage.ts'
import { createTestClock } from './clock.ts'
import { openTestStorage } from './database.ts'

export const angela: PivotIdentity = {
  kind: 'pivot',
  given_name: 'Angéla Claire Louise',
  family_name: 'DUBOIS-LEMAIRE',
  birthdate: '1962-08-24',
  gender: 'female',
  birthplace: '75107',
  birthcountry: '99100',
}
export const tarik: PivotIdentity = {
  kind: 'pivot',
  given_name: 'Tarik',
  family_name: 'BENJELLOUN',
  birthdate: '1988-03-02',
  gender: 'male',
  birthplace: '',
  birthcountry: '99350',
}
export const presumed: PivotIdentity = { ...angela, birthdate: '1962-08-00' }
export const ilan: ProfessionalIdentity = {
  kind: 'professional',
  nationalId: '899700366240',
  given_name: 'Ilan',
  family_name: 'VERMEIL',
  claims: { SubjectRole: ['10^1.2.250.1.213.1.1.5.5'] },
}

/** An account: by default Angela's at the tax office, at the lowest level. */
export function claim(over: Partial<Claimed> = {}): Claimed {
  return { provider: 'tax', subject: `${over.provider ?? 'tax'}-1`, level: 'eidas1', identity: angela, ...over }
}

export const firstKey: PivotKey = { version: 1, key: Buffer.alloc(32, 1) }

export type Room = Awaited<ReturnType<typeof openRoom>>

export async function openRoom() {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  const facts: Fact[] = []
  let statements: { sql: string; parameters: readonly unknown[] }[] | undefined
  const audit = { append: (_: Tx, ...added: Fact[]) => void facts.push(...added) } as unknown as Audit
  const counter: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      statements?.push(storage.db.getExecutor().compileQuery(node, queryId))
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const seen: Storage = {
    ...storage,
    db: storage.db.withPlugin(counter),
    transaction: (work) => storage.transaction((tx) => work(tx.withPlugin(counter) as Tx)),
  }
  const peopleWith = (pivotKeys: readonly PivotKey[]): People =>
    createPeople({ storage: seen, clock, audit, masterKey: Buffer.alloc(32, 9), pivotKeys, log: () => {} })
  const people = peopleWith([firstKey])

  async function settle(claimed: Claimed, options?: SettleOptions, by = people) {
    return seen.transaction((tx) => by.settle(tx, claimed, options))
  }

  return {
    clock,
    storage: seen,
    audit,
    people,
    peopleWith,
    settle,
    /** Settles what must not stop for a review. */
    async signIn(claimed: Claimed, options?: SettleOptions, by = people): Promise<Settled> {
      const settled = await settle(claimed, options, by)
      if ('kind' in settled) throw new Error(`stopped: ${settled.kind}`)
      return settled
    },
    inside: seen.transaction,
    /** The facts written since the last call. */
    facts: () => facts.splice(0),
    /** The statements sent while `work` ran, without those of transactions. */
    async statementsOf(work: () => Promise<unknown>) {
      const seenNow: NonNullable<typeof statements> = []
      statements = seenNow
      await work()
      statements = undefined
      return seenNow
    },
    /** The plan of a statement when the planner may not read a whole table if it can help it. */
    async planOf({ sql: text, parameters }: { sql: string; parameters: readonly unknown[] }): Promise<string> {
      return storage.transaction(async (tx) => {
        await sql`set local enable_seqscan = off`.execute(tx)
        const { rows } = await tx.executeQuery<{ 'QUERY PLAN': string }>(
          CompiledQuery.raw(`explain ${text}`, [...parameters]),
        )
        return rows.map((row) => row['QUERY PLAN']).join('\n')
      })
    },
    /** Every value of every row of the room. */
    async dump(): Promise<string> {
      const tables = ['people', 'links', 'subjects', 'contacts', 'collisions']
      const parts = await Promise.all(
        tables.map((table) =>
          sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(storage.db),
        ),
      )
      return parts.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n')
    },
    async count(table: 'people' | 'links' | 'subjects' | 'collisions'): Promise<number> {
      const { rows } = await sql<{ count: string }>`select count(*) from ${sql.table(table)}`.execute(storage.db)
      return Number(rows[0]?.count)
    },
    async empty(): Promise<void> {
      await sql`truncate people, links, subjects, contacts, collisions`.execute(storage.db)
      facts.length = 0
    },
    close: () => storage.close(),
  }
}

/** Accounts that passed to somebody else, as a review hands them to the rooms that keep something of people. */
export function passed(over: Pick<Passed, 'from' | 'to'> & Partial<Passed>): {
  -readonly [F in keyof Passed]: Passed[F]
} {
  const ids = new Set<string>()
  const also = (more: readonly string[]) => {
    for (const id of more) ids.add(id)
  }
  return { links: [], left: [], contacts: [], sectors: [], actor: { kind: 'command' }, ids, also, ...over }
}
