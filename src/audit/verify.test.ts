import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import {
  createTestSigner,
  emptyJournal,
  openTestJournal,
  someFact,
  type TestJournal,
  testOrigin,
} from '../../test/support/journal.ts'
import fc from '../../test/support/property.ts'
import { day, hour } from '../kernel/durations.ts'
import type { Tx } from '../storage/storage.ts'
import { type Finding, renderVerification, type Verification } from './audit.ts'
import { commitmentOf, type Leaf, leafEntry } from './canonical.ts'
import { headPayload } from './heads.ts'
import { createFrontier, leafHash } from './merkle.ts'
import { insertLeaves, readFacts, readLeaves } from './store.ts'

const storage = await openTestStorage(createTestClock())
const open: TestJournal[] = []
after(async () => {
  for (const journal of open) await journal.close()
  await storage.close()
})

async function journalOf(): Promise<TestJournal> {
  await emptyJournal(storage)
  const journal = await openTestJournal({ storage })
  open.push(journal)
  return journal
}

/** What an attacker who may write everything in the database does, seen by a verification, then undone. */
async function afterTampering(
  journal: TestJournal,
  tamper: (tx: Tx) => Promise<unknown>,
  options: Parameters<TestJournal['verify']>[0] = {},
): Promise<Verification> {
  let report: Verification | undefined
  const undo = new Error('undo')
  const tampering = storage.transaction(async (tx) => {
    await tamper(tx)
    report = await journal.verify({ ...options, handle: tx })
    throw undo
  })
  await assert.rejects(tampering, (error) => {
    if (error !== undo) throw error
    return true
  })
  assert.ok(report)
  return report
}

const number = (value: bigint | number) => sql`${String(value)}::text::bigint`

/** All leaves as the attacker wants them: a new tree that is right in itself, and no head that contradicts it. */
async function rebuild(tx: Tx, leaves: readonly Leaf[]): Promise<void> {
  await sql`delete from journal_leaves`.execute(tx)
  await sql`delete from journal_nodes`.execute(tx)
  await sql`delete from journal_heads`.execute(tx)
  const frontier = createFrontier()
  for (const leaf of leaves) frontier.push(leafHash(leafEntry(leaf)))
  if (leaves.length > 0) await insertLeaves(tx, { from: 0, leaves, nodes: frontier.takeCompleted() })
}

const allLeaves = (tx: Tx) => readLeaves(tx, { from: 0, to: Number.MAX_SAFE_INTEGER })
const removeFact = (tx: Tx, { sequence }: Leaf) =>
  sql`delete from facts where sequence = ${number(sequence)}`.execute(tx)

async function factOf(tx: Tx, { sequence }: Leaf) {
  const [fact] = await readFacts(tx, { after: sequence - 1n, upTo: sequence, limit: 1 })
  assert.ok(fact)
  return fact
}

async function changeFact(tx: Tx, { sequence }: Leaf, how: number): Promise<void> {
  const changes = [
    sql`data = '{"connection":"con_other","service":"other"}'`,
    sql`at = at + interval '1 second'`,
    sql`name = 'hub.started'`,
    sql`salt = ${Buffer.alloc(32, 5)}::bytea`,
    // The same value in another spelling is not what was written either.
    sql`data = (data::text || ' ')::json`,
  ]
  await sql`update facts set ${changes[how % changes.length]} where sequence = ${number(sequence)}`.execute(tx)
}

async function insertFact(tx: Tx, sequence: bigint): Promise<void> {
  await sql`insert into facts (sequence, at, name, data, salt) overriding system value
    select ${number(sequence)}, max(at), 'connection.completed', '{"connection":"con_x","service":"x"}',
      ${Buffer.alloc(32, 9)}::bytea from facts`.execute(tx)
}

interface Pick {
  /** Leaves whose facts are there, two of them, a before b in the tree. */
  a: Leaf & { index: number }
  b: Leaf & { index: number }
  leaves: (Leaf & { index: number })[]
  how: number
}

/** Without a sequence: a fault that concerns no fact. */
type Expected = [kind: Finding['kind'], sequence?: bigint][]

/** Each attack, and exactly the facts that a verification has to name. */
const attacks: Record<string, (tx: Tx, pick: Pick) => Promise<Expected>> = {
  async 'a fact is changed'(tx, { a, how }) {
    await changeFact(tx, a, how)
    return [['changed', a.sequence]]
  },
  async 'a fact is changed with its leaf'(tx, { a, how }) {
    await changeFact(tx, a, how)
    const fact = await factOf(tx, a)
    const commitment = commitmentOf(fact, fact.salt)
    await sql`update journal_leaves set commitment = ${commitment}::bytea where index = ${number(a.index)}`.execute(tx)
    return [['changed', a.sequence]]
  },
  async 'a fact is changed and the tree rebuilt'(tx, { a, how, leaves }) {
    await changeFact(tx, a, how)
    const fact = await factOf(tx, a)
    await rebuild(tx, leaves.with(a.index, { ...a, commitment: commitmentOf(fact, fact.salt) }))
    return [['changed', a.sequence]]
  },
  async 'a fact is removed'(tx, { a }) {
    await removeFact(tx, a)
    return [['removed', a.sequence]]
  },
  async 'a fact is removed with its leaf'(tx, { a }) {
    await removeFact(tx, a)
    await sql`delete from journal_leaves where index = ${number(a.index)}`.execute(tx)
    return [['removed', a.sequence]]
  },
  async 'a fact is removed and the tree rebuilt'(tx, { a, leaves }) {
    await removeFact(tx, a)
    await rebuild(tx, leaves.toSpliced(a.index, 1))
    return [['removed', a.sequence]]
  },
  async 'a leaf is removed'(tx, { a }) {
    await sql`delete from journal_leaves where index = ${number(a.index)}`.execute(tx)
    return [['removed', a.sequence]]
  },
  async 'a leaf is removed and the tree rebuilt'(tx, { a, leaves }) {
    await rebuild(tx, leaves.toSpliced(a.index, 1))
    return [['removed', a.sequence]]
  },
  async 'a fact is removed and its leaf made to look expired'(tx, { a }) {
    await removeFact(tx, a)
    await sql`update journal_leaves set until = '2001-01-01' where index = ${number(a.index)}`.execute(tx)
    return [['removed', a.sequence]]
  },
  async 'a fact is removed and the tree rebuilt to make it look expired'(tx, { a, leaves }) {
    await removeFact(tx, a)
    await rebuild(tx, leaves.with(a.index, { ...a, until: 1 }))
    return [['removed', a.sequence]]
  },
  async 'the last facts are removed with their leaves and heads'(tx, { a, leaves }) {
    const gone = leaves.slice(a.index)
    for (const leaf of gone) await removeFact(tx, leaf)
    await rebuild(tx, leaves.slice(0, a.index))
    return gone.map(({ sequence }) => ['removed', sequence])
  },
  async 'a fact is inserted'(tx) {
    await insertFact(tx, 0n)
    return [['inserted', 0n]]
  },
  async 'a fact is inserted and the tree rebuilt'(tx, { leaves }) {
    await insertFact(tx, 0n)
    const fact = await factOf(tx, { ...(leaves[0] as Leaf), sequence: 0n })
    await rebuild(tx, [{ sequence: 0n, until: 40_000, commitment: commitmentOf(fact, fact.salt) }, ...leaves])
    return [['inserted', 0n]]
  },
  async 'two facts change places'(tx, { a, b }) {
    for (const [from, to] of [
      [a.sequence, -1n],
      [b.sequence, a.sequence],
      [-1n, b.sequence],
    ] as const) {
      await sql`alter table facts alter column sequence set generated by default`.execute(tx)
      await sql`update facts set sequence = ${number(to)} where sequence = ${number(from)}`.execute(tx)
    }
    return [
      ['reordered', a.sequence],
      ['reordered', b.sequence],
    ]
  },
  async 'two leaves change places'(tx, { a, b }) {
    for (const [from, to] of [
      [a.index, 1_000_000],
      [b.index, a.index],
      [1_000_000, b.index],
    ] as const) {
      await sql`update journal_leaves set index = ${number(to)} where index = ${number(from)}`.execute(tx)
    }
    return [
      ['reordered', a.sequence],
      ['reordered', b.sequence],
    ]
  },
  async 'two leaves change places and the tree is rebuilt'(tx, { a, b, leaves }) {
    await rebuild(tx, leaves.with(a.index, b).with(b.index, a))
    return [
      ['reordered', a.sequence],
      ['reordered', b.sequence],
    ]
  },
  async 'the heads are signed by somebody else'(tx) {
    const { signer } = await createTestSigner()
    const signature = await signer.sign({ ...headPayload(testOrigin, { size: 1, root: Buffer.alloc(32), at: 0 }) })
    await sql`update journal_heads set root = ${Buffer.alloc(32)}::bytea, signature = ${signature}`.execute(tx)
    return [['head_forged']]
  },
  async 'the date of a head is changed'(tx) {
    await sql`update journal_heads set at = at - interval '1 minute'`.execute(tx)
    return [['head_forged']]
  },
  async 'an inner node is changed'(tx) {
    await sql`update journal_nodes set hash = ${Buffer.alloc(32)}::bytea where position = 0`.execute(tx)
    return [['tree_damaged']]
  },
}

const batch = fc.record({
  transactions: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
  rolledBack: fc.boolean(),
  pause: fc.constantFrom(0, hour, 30 * day),
})
const histories = fc.array(batch, { minLength: 3, maxLength: 7 })
const picks = fc.record({ a: fc.nat(), b: fc.nat(), how: fc.nat() })

async function live(journal: TestJournal, history: typeof histories extends fc.Arbitrary<infer H> ? H : never) {
  // One node is stored for 16 leaves: there shall be some.
  await journal.write(...Array.from({ length: 17 }, (_, index) => someFact(index)))
  for (const { transactions, rolledBack, pause } of history) {
    for (const facts of transactions)
      await journal.write(...Array.from({ length: facts }, (_, index) => someFact(index)))
    if (rolledBack) {
      const lost = storage.transaction(async (tx) => {
        journal.audit.append(tx, someFact())
        storage.beforeCommit(tx, () => Promise.reject(new Error('lost')))
      })
      await assert.rejects(lost, /lost/)
    }
    await journal.audit.sealNow()
    journal.clock.advance(pause)
  }
}

test('whatever is touched in whatever history, verification names exactly that', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.array(picks, { minLength: 19, maxLength: 19 }), async (history, chosen) => {
      const journal = await journalOf()
      await live(journal, history)
      const untouched = await afterTampering(journal, async () => {})
      assert.deepEqual([untouched.ok, untouched.found], [true, 0])

      for (const [place, [attack, perform]] of Object.entries(attacks).entries()) {
        const { a, b, how } = chosen[place] ?? { a: 0, b: 0, how: 0 }
        let expected: Expected = []
        const report = await afterTampering(journal, async (tx) => {
          const leaves = await allLeaves(tx)
          const present = leaves.slice(1)
          const first = a % (present.length - 1)
          const second = first + 1 + (b % (present.length - 1 - first))
          const [one, two] = [present[first], present[second]]
          assert.ok(one && two)
          expected = await perform(tx, { a: one, b: two, leaves, how })
        })
        assert.equal(report.ok, false, attack)
        const facts = expected.filter(([, sequence]) => sequence !== undefined)
        assert.deepEqual(named(report), facts.map(String).sort(), `${attack}\n${renderVerification(report)}`)
        if (facts.length === 0)
          assert.deepEqual(
            kinds(report),
            expected.map(([kind]) => kind),
            attack,
          )
      }
    }),
    { numRuns: 4 },
  )
})

/** The facts that a report names, as `kind,sequence`. */
function named({ findings }: Verification): string[] {
  return findings.flatMap((finding) => ('sequence' in finding ? [`${finding.kind},${finding.sequence}`] : [])).sort()
}

const kinds = ({ findings }: Verification) => [...new Set(findings.map(({ kind }) => kind))].sort()

async function smallJournal(facts = 40): Promise<TestJournal> {
  const journal = await journalOf()
  for (let index = 0; index < facts; index++) {
    await journal.write(someFact(index))
    if (index % 8 === 7) await journal.audit.sealNow()
  }
  await journal.audit.sealNow()
  return journal
}

test('expired facts are counted, removed ones are named, in one journal', async () => {
  const journal = await smallJournal()
  journal.clock.advance(200 * day)
  for (let index = 0; index < 10; index++) await journal.write(someFact(index))
  await journal.audit.sealNow()
  journal.clock.advance(200 * day)
  await journal.audit.expire()
  await journal.audit.sealNow()
  const report = await afterTampering(journal, (tx) => sql`delete from facts where sequence = 45`.execute(tx))
  assert.equal(report.expired, 40)
  assert.deepEqual(named(report), ['removed,45'])
})

test('a fact that is removed before its day is removed; on its day it is expired', async () => {
  const journal = await smallJournal()
  const remove = (tx: Tx) => sql`delete from facts where sequence = 7`.execute(tx)
  journal.clock.advance(365 * day)
  assert.deepEqual(named(await afterTampering(journal, remove)), ['removed,7'])
  journal.clock.advance(day)
  const report = await afterTampering(journal, remove)
  assert.deepEqual([report.ok, report.expired], [true, 1])
})

test('without the file of heads: what a rebuilt tree hides from the rows is still seen in the heads of the database', async () => {
  const journal = await smallJournal()
  const report = await afterTampering(
    journal,
    async (tx) => {
      await changeFact(tx, { sequence: 20n } as Leaf, 0)
      const { rows: heads } = await sql<Record<string, unknown>>`select * from journal_heads`.execute(tx)
      const leaves = await allLeaves(tx)
      const fact = await factOf(tx, { sequence: 20n } as Leaf)
      await rebuild(
        tx,
        leaves.with(19, { ...(leaves[19] as (typeof leaves)[number]), commitment: commitmentOf(fact, fact.salt) }),
      )
      for (const { size, root, at, signature } of heads) {
        await sql`insert into journal_heads values (${size}, ${root}, ${at}, ${signature})`.execute(tx)
      }
    },
    { headsFiles: [] },
  )
  assert.deepEqual(report.findings, [{ kind: 'head_mismatch', source: 'database', from: 16, to: 24, heads: 3 }])
  assert.match(renderVerification(report), /No head from outside was compared/)
})

test('a tree that was rebuilt and signed by the hub itself since is caught by the heads outside', async () => {
  const journal = await smallJournal()
  const before = readFileSync(journal.headsFile)
  // The attacker makes the hub forget what it signed: other file, new process.
  const elsewhere = join(journal.headsFile, '..', 'elsewhere.jsonl')
  await storage.transaction(async (tx) => {
    await removeFact(tx, { sequence: 12n } as Leaf)
    const leaves = await allLeaves(tx)
    await rebuild(tx, leaves.toSpliced(11, 1))
  })
  const fooled = journal.another({ heads: { file: elsewhere } })
  await journal.write(someFact())
  assert.equal((await fooled.sealNow())?.size, 40)
  assert.equal((await journal.verify({ headsFiles: [elsewhere] })).ok, true)

  writeFileSync(journal.headsFile, before)
  const report = await journal.verify()
  assert.deepEqual(named(report), ['removed,12'])
  assert.deepEqual(kinds(report), ['head_mismatch', 'removed'])
  assert.deepEqual(kinds(await journal.verify({ headsFiles: [journal.headsFile, elsewhere] })), [
    'head_mismatch',
    'removed',
  ])
})

test('a fact written by hand with a date of last month is sealed, and named', async () => {
  const journal = await smallJournal()
  journal.clock.advance(30 * day)
  await journal.write(someFact(1))
  await journal.audit.sealNow()
  await sql`insert into facts (at, name, data, salt)
    select min(at), 'connection.completed', '{"connection":"con_x","service":"x"}', ${Buffer.alloc(32)}::bytea
    from facts`.execute(storage.db)
  assert.deepEqual(named(await journal.verify()), ['inserted,42'])
  await journal.audit.sealNow()
  assert.deepEqual(named(await journal.verify()), ['inserted,42'])
})

test('facts that wait for the sealer, and leaves that wait for a signature, are no fault', async () => {
  const journal = await smallJournal()
  journal.clock.advance(day)
  for (let index = 0; index < 3; index++) await journal.write(someFact())
  const waiting = await journal.verify()
  assert.deepEqual([waiting.ok, waiting.unsealed], [true, 3])
  const unsigned = journal.another({ signer: () => Promise.reject(new Error('no signature')), heads: {} })
  await assert.rejects(unsigned.sealNow(), /no signature/)
  const report = await journal.verify()
  assert.deepEqual([report.ok, report.unsealed, report.unsigned], [true, 0, 3])
})

test('a hub that writes and seals meanwhile disturbs no verification', async () => {
  const journal = await smallJournal()
  let busy = true
  const hub = (async () => {
    while (busy) {
      await journal.write(someFact())
      await journal.audit.sealNow()
    }
  })()
  for (let leaves = 40; leaves < 60; ) {
    const report = await journal.verify()
    assert.deepEqual(report.findings, [])
    leaves = report.leaves
  }
  busy = false
  await hub
})

test('a leaf outside the tree makes no fact genuine', async () => {
  const journal = await smallJournal()
  const report = await afterTampering(journal, async (tx) => {
    await insertFact(tx, 0n)
    const fact = await factOf(tx, { sequence: 0n } as Leaf)
    await sql`alter table journal_leaves drop constraint journal_leaves_index_check`.execute(tx)
    await sql`insert into journal_leaves values (-1, 0, '2030-01-01', ${commitmentOf(fact, fact.salt)}::bytea)`.execute(
      tx,
    )
  })
  assert.deepEqual(named(report), ['inserted,0'])
})

test('a journal that nobody ever signed proves nothing', async () => {
  const journal = await smallJournal()
  const report = await afterTampering(journal, (tx) => sql`delete from journal_heads`.execute(tx), { headsFiles: [] })
  assert.deepEqual(report.findings, [{ kind: 'head_missing', leaves: 40 }])
})

test('an empty journal is intact, and one that was emptied is not', async () => {
  const journal = await journalOf()
  assert.equal((await journal.verify()).ok, true)
  for (let index = 0; index < 3; index++) await journal.write(someFact())
  await journal.audit.sealNow()
  const report = await afterTampering(journal, (tx) =>
    sql`truncate facts, journal_leaves, journal_nodes, journal_heads`.execute(tx),
  )
  assert.deepEqual(named(report), ['removed,1', 'removed,2', 'removed,3'])
})

test('a file of heads that is not there is said to be missing', async () => {
  const journal = await smallJournal()
  const report = await journal.verify({ headsFiles: ['/nowhere/heads.jsonl'] })
  assert.deepEqual(report.findings, [{ kind: 'file_missing', source: '/nowhere/heads.jsonl' }])
})

test('heads of another journal, of another key, or made up are not taken', async () => {
  const journal = await smallJournal()
  const stranger = await createTestSigner('key_stranger')
  assert.deepEqual(kinds(await journal.verify({ publicKeys: [stranger.publicKey] })), ['head_forged'])
  assert.equal((await journal.verify({ publicKeys: [stranger.publicKey, journal.publicKey] })).ok, true)

  const head = { size: 3, root: Buffer.alloc(32, 1), at: 5 }
  for (const [origin, { signer }] of [
    ['https://other.example', journal],
    [testOrigin, stranger],
  ] as const) {
    const signature = await signer.sign({ ...headPayload(origin, head) })
    const forged = join(journal.headsFile, '..', 'forged.jsonl')
    writeFileSync(
      forged,
      `${JSON.stringify({ head: { ...head, root: head.root.toString('base64url'), signature } })}\n`,
    )
    const { findings } = await journal.verify({ headsFiles: [journal.headsFile, forged] })
    assert.deepEqual(findings, [{ kind: 'head_forged', source: forged, size: 3 }])
  }
})

test('nonsense in the file of heads is counted and costs nothing else', async () => {
  const journal = await smallJournal()
  const nonsense = [
    'null',
    '[]',
    '{"head":null}',
    '{"head":{"size":-1}}',
    '{"leaves":{"from":0,"sequences":"1-99999999999","prints":""}}',
    '{"leaves":{"from":0,"sequences":"x","prints":"AAAAAAAAAAA"}}',
    '\u0000\u0001',
  ]
  appendFileSync(journal.headsFile, `${nonsense.join('\n')}\n`)
  const report = await journal.verify()
  assert.deepEqual([report.ok, report.unreadableLines], [true, nonsense.length])
})

test('findings are listed up to the limit and counted beyond it', async () => {
  const journal = await smallJournal()
  const report = await afterTampering(journal, (tx) => sql`delete from facts`.execute(tx))
  assert.equal(report.found, 40)
  const rendered = renderVerification({ ...report, findings: report.findings.slice(0, 2) })
  assert.match(rendered, /^The journal is NOT intact: 40 findings\.\n/)
  assert.match(rendered, /^ {2}removed: fact 1 at place 0: it was to be kept longer$/m)
  assert.match(rendered, /^ {2}and 38 more$/m)
})
