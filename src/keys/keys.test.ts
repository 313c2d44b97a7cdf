import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import {
  CompactEncrypt,
  compactDecrypt,
  compactVerify,
  createLocalJWKSet,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { sql } from 'kysely'
import { createTestClock, type TestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import { day, hour } from '../kernel/durations.ts'
import type { Storage } from '../storage/storage.ts'
import { createKeys, type Keys, type KeysOptions, type KeyVault, type Purpose } from './keys.ts'
import { localVault } from './vault.ts'

const masterKey = Buffer.alloc(32, 3)
const overlap = day
const lifetime = 90 * day
/** Without RSA, whose keys take long to make; one test makes the whole set. */
const elliptic = {
  'id-token': ['ES256'],
  client: ['ES256'],
  decryption: ['ECDH-ES'],
  journal: ['ES256'],
} as const
const operator: Actor = { kind: 'command' }

interface Bench {
  storage: Storage
  clock: TestClock
  /** Names and keys of the facts so far. */
  facts: Fact[]
  /** Another process of the hub on the same database. */
  open(changes?: Partial<KeysOptions>): Promise<Keys>
  close(): Promise<void>
}

async function openBench(): Promise<Bench> {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  const facts: Fact[] = []
  const opened: Keys[] = []
  const audit: Pick<Audit, 'append'> = { append: (_tx, ...more) => void facts.push(...more) }
  return {
    storage,
    clock,
    facts,
    async open(changes = {}) {
      const settings = { overlap, lifetime, algorithms: elliptic }
      const keys = await createKeys({ storage, clock, audit, masterKey, settings, ...changes })
      opened.push(keys)
      return keys
    },
    async close() {
      for (const keys of opened) await keys.close()
      await storage.close()
    },
  }
}

async function withBench(t: { after(work: () => Promise<void>): void }): Promise<Bench> {
  const bench = await openBench()
  t.after(bench.close)
  return bench
}

const states = (keys: Keys, purpose: Purpose) => keys.of(purpose).map(({ state }) => state)
const changed = (keys: Keys) => new Promise<void>((resolve) => keys.onChange(resolve))

async function signed(keys: Keys): Promise<string> {
  const { id, alg, privateJwk } = keys.active('id-token', 'ES256')
  return new SignJWT({ sub: 'somebody' }).setProtectedHeader({ alg, kid: id }).sign(privateJwk)
}
const verifies = (keys: Keys, token: string) =>
  jwtVerify(token, createLocalJWKSet(keys.publicJwks())).then(
    () => true,
    () => false,
  )

test('without other settings the first start makes one key for each purpose and algorithm, and each does its work', async (t) => {
  const { open } = await withBench(t)
  const keys = await open({ settings: { overlap, lifetime } })
  for (const [purpose, algs] of Object.entries(wholeSet)) {
    assert.deepEqual(
      keys
        .of(purpose as Purpose)
        .map(({ alg, state }) => `${alg} ${state}`)
        .sort(),
      algs.map((alg) => `${alg} active`).sort(),
    )
  }
  for (const alg of ['ES256', 'RS256'] as const) {
    const { id, privateJwk } = keys.active('client', alg)
    const token = await new SignJWT({}).setProtectedHeader({ alg, kid: id }).sign(privateJwk)
    assert.ok(await verifies(keys, token))
  }
  for (const alg of ['ECDH-ES', 'RSA-OAEP-256'] as const) {
    const { publicJwk, privateJwk } = keys.active('decryption', alg)
    const sealed = await new CompactEncrypt(Buffer.from('secret'))
      .setProtectedHeader({ alg, enc: 'A256GCM' })
      .encrypt(await importJWK(publicJwk, alg))
    const { plaintext } = await compactDecrypt(sealed, await importJWK(privateJwk, alg))
    assert.equal(Buffer.from(plaintext).toString(), 'secret')
  }
  const modulus = keys.active('client', 'RS256').publicJwk.n
  assert.equal(Buffer.from(modulus ?? '', 'base64url').length * 8, 3072)
})

const wholeSet = {
  'id-token': ['ES256', 'RS256'],
  client: ['ES256', 'RS256'],
  decryption: ['ECDH-ES', 'RSA-OAEP-256'],
  journal: ['ES256'],
} as const

describe('two processes of the hub', () => {
  let bench: Bench
  let one: Keys
  let two: Keys
  before(async () => {
    bench = await openBench()
    ;[one, two] = await Promise.all([bench.open(), bench.open()])
  })
  after(() => bench.close())

  test('that start together make one set of keys, and one fact for each', async () => {
    for (const purpose of Object.keys(elliptic) as Purpose[]) {
      assert.equal(one.of(purpose).length, 1)
      assert.deepEqual(one.of(purpose), two.of(purpose))
    }
    assert.deepEqual(bench.facts.map(({ name, data }) => `${name} ${(data as { purpose: string }).purpose}`).sort(), [
      'key.created client',
      'key.created decryption',
      'key.created id-token',
      'key.created journal',
    ])
  })

  test('a third one that starts later makes none', async () => {
    const three = await bench.open()
    assert.deepEqual(three.publicJwks(), one.publicJwks())
    assert.equal(bench.facts.length, 4)
  })

  test('hear of each rotation, whichever of them made it', async () => {
    const heard = changed(two)
    const { created } = await one.rotate({ purpose: 'client', actor: operator })
    await heard
    assert.deepEqual(
      two
        .of('client')
        .filter(({ state }) => state === 'next')
        .map(({ id }) => id),
      created,
    )
  })

  test('that rotate at the same moment make one next key', async () => {
    const made = await Promise.all(
      [one, two, one, two].map((keys) => keys.rotate({ purpose: 'id-token', actor: operator })),
    )
    assert.equal(made.flatMap(({ created }) => created).length, 1)
    assert.deepEqual(states(one, 'id-token'), ['active', 'next'])
  })

  test('that advance at the same moment retire one key, with one fact', async () => {
    bench.facts.length = 0
    bench.clock.advance(overlap)
    await Promise.all([one.advance(), two.advance()])
    assert.deepEqual(states(one, 'id-token'), ['active', 'retired'])
    assert.deepEqual(states(two, 'id-token'), ['active', 'retired'])
    assert.deepEqual(bench.facts.map(({ name, data }) => `${name} ${(data as { purpose: string }).purpose}`).sort(), [
      'key.retired client',
      'key.retired id-token',
    ])
  })
})

test('a rotation publishes first, signs after the overlap, and what was signed before is verified after', async (t) => {
  const { open, clock, facts } = await withBench(t)
  const keys = await open()
  const before = await signed(keys)
  const old = keys.active('id-token', 'ES256').id

  const { created, activeFrom } = await keys.rotate({ purpose: 'id-token', actor: operator })
  assert.equal(activeFrom, clock.now() + overlap)
  assert.equal(keys.active('id-token', 'ES256').id, old)
  const cached = createLocalJWKSet(keys.publicJwks())

  clock.advance(overlap - 1)
  await keys.advance()
  assert.equal(keys.active('id-token', 'ES256').id, old)
  clock.advance(1)
  await keys.advance()
  assert.equal(keys.active('id-token', 'ES256').id, created[0])
  const after = await signed(keys)
  assert.equal(decodeProtectedHeader(after).kid, created[0])
  await jwtVerify(after, cached)
  assert.ok(await verifies(keys, before), 'the retired key is still published')

  clock.advance(overlap)
  await keys.advance()
  assert.equal(await verifies(keys, before), false, 'and then no more')
  assert.ok(await verifies(keys, after))
  assert.deepEqual(
    facts.slice(4).map(({ name, data }) => [name, data]),
    [
      ['key.created', { key: created[0], purpose: 'id-token', actor: operator }],
      ['key.retired', { key: old, purpose: 'id-token', actor: { kind: 'hub' } }],
    ],
  )
})

test('a second rotation before the first one took effect makes nothing and tells when it will', async (t) => {
  const { open, clock } = await withBench(t)
  const keys = await open()
  const { activeFrom } = await keys.rotate({ purpose: 'client', actor: operator })
  clock.advance(hour)
  assert.deepEqual(await keys.rotate({ purpose: 'client', actor: operator }), { created: [], activeFrom })
})

test('a key that leaked is replaced at once, with the one that waited beside it', async (t) => {
  const { open } = await withBench(t)
  const keys = await open()
  const leaked = keys.active('id-token', 'ES256').id
  const before = await signed(keys)
  const waiting = (await keys.rotate({ purpose: 'id-token', actor: operator })).created[0]
  const { created } = await keys.rotate({ purpose: 'id-token', now: true, actor: operator })
  assert.deepEqual(
    keys.of('id-token').map(({ id, state }) => [id, state]),
    [
      [created[0], 'active'],
      [leaked, 'retired'],
    ],
  )
  assert.notEqual(created[0], waiting)
  assert.ok(await verifies(keys, before))
})

test('keys rotate by themselves at the end of their life, in every purpose, with nobody there', async (t) => {
  const { open, clock } = await withBench(t)
  const keys = await open()
  const first = keys.active('client', 'ES256').id
  clock.advance(lifetime - overlap - 1)
  await keys.advance()
  assert.deepEqual(states(keys, 'client'), ['active'])
  clock.advance(1)
  await keys.advance()
  for (const purpose of Object.keys(elliptic) as Purpose[]) assert.deepEqual(states(keys, purpose), ['active', 'next'])
  clock.advance(overlap)
  await keys.advance()
  assert.notEqual(keys.active('client', 'ES256').id, first)

  const ids = new Set([first])
  for (let month = 0; month < 12; month++) {
    clock.advance(30 * day)
    await keys.advance()
    ids.add(keys.active('client', 'ES256').id)
  }
  assert.equal(ids.size, 5, 'one key for each quarter')
})

test('a hub that was off for a year starts, and rotates with the whole overlap', async (t) => {
  const { open, clock } = await withBench(t)
  await open()
  clock.advance(365 * day)
  const keys = await open()
  assert.deepEqual(states(keys, 'id-token'), ['active', 'next'])
  assert.equal(keys.of('id-token')[1]?.activeFrom, clock.now() + overlap)
})

test('a retired key of decryption opens what comes late, but is offered to nobody', async (t) => {
  const { open } = await withBench(t)
  const keys = await open()
  const old = keys.active('decryption', 'ECDH-ES')
  await keys.rotate({ purpose: 'decryption', now: true, actor: operator })
  assert.deepEqual(states(keys, 'decryption'), ['active', 'retired'])
  assert.equal(
    keys.publicJwks().keys.some(({ kid }) => kid === old.id),
    false,
  )
  assert.ok(keys.of('decryption')[1]?.privateJwk.d)
})

test('tree heads verify for ever, though the private part of a retired key is destroyed', async (t) => {
  const { open, clock, storage } = await withBench(t)
  const keys = await open()
  const signer = keys.journalSigner()
  const head = await signer.sign({ size: 1 })
  await keys.rotate({ purpose: 'journal', now: true, actor: operator })
  assert.notEqual(keys.journalSigner().keyId, signer.keyId)

  clock.advance(400 * day)
  await keys.advance()
  const restarted = await open()
  const key = restarted.of('journal').find(({ id }) => id === signer.keyId)
  assert.ok(key)
  assert.equal(key.privateJwk.d, undefined)
  const { payload } = await compactVerify(head, await importJWK(key.publicJwk, 'ES256'))
  assert.deepEqual(JSON.parse(Buffer.from(payload).toString()), { size: 1 })
  const { rows } = await sql<{ sealed: Buffer }>`select sealed from keys where id = ${key.id}`.execute(storage.db)
  const atRest = await localVault(masterKey).unwrap(rows[0]?.sealed ?? Buffer.alloc(0), `keys/journal/ES256/${key.id}`)
  assert.deepEqual(Object.keys(JSON.parse(atRest.toString())).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
})

test('nothing secret is published, and the keys of the journal are not', async (t) => {
  const { open } = await withBench(t)
  const keys = await open()
  const { keys: published } = keys.publicJwks()
  assert.deepEqual(published.map(({ use, alg }) => `${use} ${alg}`).sort(), ['enc ECDH-ES', 'sig ES256', 'sig ES256'])
  for (const jwk of published) {
    assert.deepEqual(Object.keys(jwk).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  }
})

test('R127: keys rest sealed; another master key, or bytes moved to another row, do not open', async (t) => {
  const { open, storage } = await withBench(t)
  const keys = await open()
  const { rows } = await sql<{ line: string; sealed: Buffer }>`select keys::text as line, sealed from keys`.execute(
    storage.db,
  )
  const atRest = rows.map(({ line, sealed }) => line + sealed.toString('latin1') + sealed.toString('base64url')).join()
  for (const purpose of Object.keys(elliptic) as Purpose[]) {
    const { privateJwk } = keys.active(purpose, elliptic[purpose][0])
    assert.ok(privateJwk.d && !atRest.includes(privateJwk.d))
  }
  assert.doesNotMatch(atRest, /"kty"|"d":/)
  await assert.rejects(open({ masterKey: randomBytes(32) }))
  await sql`update keys set sealed = (select sealed from keys k where k.purpose = 'client')
    where purpose = 'id-token'`.execute(storage.db)
  await assert.rejects(open())
})

test('a purpose that gains or loses an algorithm in the settings gains or loses its key', async (t) => {
  const { open, clock } = await withBench(t)
  await open()
  const more = { ...elliptic, decryption: ['ECDH-ES', 'RSA-OAEP-256'] } as const
  const keys = await open({ settings: { overlap, lifetime, algorithms: more } })
  assert.deepEqual(
    keys
      .of('decryption')
      .map(({ alg, state }) => `${alg} ${state}`)
      .sort(),
    ['ECDH-ES active', 'RSA-OAEP-256 active'],
  )
  const fewer = await open()
  assert.equal(fewer.of('decryption').find(({ alg }) => alg === 'RSA-OAEP-256')?.state, 'retired')
  assert.throws(() => fewer.active('decryption', 'RSA-OAEP-256'), /no active key/)
  clock.advance(2 * overlap)
  await fewer.advance()
  assert.deepEqual(
    fewer.of('decryption').map(({ alg }) => alg),
    ['ECDH-ES'],
  )
})

test('a known key keeps its JWK object when keys change, so that it is imported once', async (t) => {
  const { open } = await withBench(t)
  const keys = await open()
  const { privateJwk } = keys.active('client', 'ES256')
  await keys.rotate({ purpose: 'id-token', actor: operator })
  assert.equal(keys.active('client', 'ES256').privateJwk, privateJwk)
})

test('a KMS in place of the master key sees every key on its way to and from rest', async (t) => {
  const { open } = await withBench(t)
  const contexts = { wrapped: [] as string[], unwrapped: [] as string[] }
  const vault: KeyVault = {
    async wrap(plaintext, context) {
      contexts.wrapped.push(context)
      return Buffer.from(plaintext.toReversed())
    },
    async unwrap(wrapped, context) {
      contexts.unwrapped.push(context)
      return Buffer.from(wrapped.toReversed())
    },
  }
  const keys = await open({ vault })
  assert.ok(await verifies(keys, await signed(keys)))
  assert.deepEqual(contexts.unwrapped.sort(), contexts.wrapped.sort())
  assert.equal(contexts.wrapped.length, 4)
})
