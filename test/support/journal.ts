/** A journal with a key of its own on a fresh database, and a file of heads in a folder that goes away with the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'
import { sql } from 'kysely'
import { type Audit, type AuditOptions, auditVerify, createAudit, type Signer } from '../../src/audit/audit.ts'
import type { Fact } from '../../src/audit/facts.ts'
import { day } from '../../src/kernel/durations.ts'
import type { Handle, Storage } from '../../src/storage/storage.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { openTestStorage } from './database.ts'

export interface TestJournal {
  storage: Storage
  clock: TestClock
  audit: Audit
  signer: Signer
  publicKey: JWK
  headsFile: string
  log: { message: string; inside: Record<string, unknown> }[]
  /** Another process on the same database: same settings but what is given. */
  another(changes?: Partial<AuditOptions>): Audit
  /** Commits one transaction with these facts. */
  write(...facts: Fact[]): Promise<void>
  verify(options?: { handle?: Handle; headsFiles?: string[]; publicKeys?: JWK[] }): ReturnType<typeof auditVerify>
  close(): Promise<void>
}

export const testOrigin = 'https://hub.example'
export const testRetention = { security: 3 * 365 * day, connection: 365 * day, administration: 365 * day }

export async function createTestSigner(keyId = 'key_journal'): Promise<{ signer: Signer; publicKey: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const sign: Signer['sign'] = (payload) =>
    new CompactSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .sign(privateKey)
  return { signer: { keyId, sign }, publicKey: { ...(await exportJWK(publicKey)), kid: keyId, alg: 'ES256' } }
}

/** Empties the journal's tables, so that the tests of a file may share one database. */
export async function emptyJournal(storage: Storage): Promise<void> {
  await sql`truncate facts, outbox, journal_leaves, journal_nodes, journal_heads restart identity`.execute(storage.db)
}

/** `storage` is one that the test opened, and closes, itself. */
export async function openTestJournal(
  changes: Partial<AuditOptions> = {},
  clock = createTestClock(),
): Promise<TestJournal> {
  const storage = changes.storage ?? (await openTestStorage(clock))
  const { signer, publicKey } = await createTestSigner()
  const folder = mkdtempSync(join(tmpdir(), 'garant-journal-'))
  const headsFile = join(folder, 'heads.jsonl')
  const log: TestJournal['log'] = []
  const options: AuditOptions = {
    storage,
    clock,
    signer: async () => signer,
    origin: testOrigin,
    retention: testRetention,
    heads: { file: headsFile },
    fetch: () => Promise.reject(new Error('no address to post heads to')),
    log: (message, inside) => void log.push({ message, inside }),
    ...changes,
  }
  const audit = createAudit(options)
  return {
    storage,
    clock,
    audit,
    signer,
    publicKey,
    headsFile,
    log,
    another: (own = {}) => createAudit({ ...options, ...own }),
    write: (...facts) => storage.transaction(async (tx) => audit.append(tx, ...facts)),
    verify: ({ handle = storage.db, headsFiles = [headsFile], publicKeys = [publicKey] } = {}) =>
      auditVerify({ storage: { db: handle }, origin: testOrigin, publicKeys, headsFiles, clock }),
    async close() {
      await audit.stop()
      if (!changes.storage) await storage.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A fact for tests that do not care which. */
export function someFact(number = 0): Fact {
  return { name: 'connection.completed', data: { connection: `con_${number}`, service: 'health-refunds' } }
}
