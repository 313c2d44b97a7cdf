/**
 * Signing and encryption keys of the hub: made, rotated with overlap, published. Private keys rest in the database,
 * sealed with a key derived from the master key; `KeyVault` is where a KMS or HSM comes in. This room does not decide
 * what is signed.
 *
 * Life of a key: `next` (published, not used yet, so that everybody's cache has it), `active` (signs), `retired`
 * (still published, because what it signed is still read), then removed. A key of the journal is never removed, as tree
 * heads are verified for ever, but its private part is destroyed when it retires.
 */
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Audit, Signer } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { sessionAbsolute } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import type { Log, Storage, Tx } from '../storage/storage.ts'
import {
  activate,
  allKeys,
  dropNext,
  insertKeys,
  type KeyRow,
  lockRotation,
  removeKeys,
  replaceSealed,
  retireActive,
  type Slot,
} from './store.ts'
import { type KeyVault, localVault } from './vault.ts'

export type { KeyVault } from './vault.ts'

/** `id-token`: what services verify. `client`: how the hub authenticates to providers. `decryption`: what providers
 * encrypt to. `journal`: tree heads. */
export type Purpose = 'id-token' | 'client' | 'decryption' | 'journal'
export type Algorithm = 'ES256' | 'RS256' | 'ECDH-ES' | 'RSA-OAEP-256'
export type KeyState = 'next' | 'active' | 'retired'

export interface Key {
  /** Also its `kid`. */
  id: string
  purpose: Purpose
  alg: Algorithm
  state: KeyState
  /** With `kid`, `use` and `alg`. */
  publicJwk: JWK
  /**
   * The same object for as long as the key lives, so that `jose` imports it once. Of a retired key of the journal the
   * public part alone: there is no other any more.
   */
  privateJwk: JWK
  createdAt: Instant
  /** When it serves, or will. */
  activeFrom: Instant
  retiredAt?: Instant
}

export interface Keys {
  /** All keys of a purpose that are not removed, `active` first. From memory; refreshed on notification. */
  of(purpose: Purpose): readonly Key[]
  /** The key that signs now. */
  active(purpose: Purpose, alg: Algorithm): Key
  /** What signs tree heads now. */
  journalSigner(): Signer
  /**
   * What anybody may read: the keys of `id-token`, `client` and `decryption`, public parts only. A retired key of
   * `decryption` still opens what comes, but is not offered to anybody any more.
   */
  publicJwks(): { keys: JWK[] }
  /**
   * Makes the next key of each algorithm. It signs after `overlap`; at once with `now: true`, for a key that leaked. The
   * old one stays published until what it signed has expired. A key that already waits for its turn keeps it, and
   * nothing is created beside it; with `now` it is dropped, as it may have leaked too.
   */
  rotate(options: {
    purpose: Purpose
    now?: boolean
    actor: Actor
    /** Runs in the same transaction, first: a throw leaves the keys as they are. */
    also?: (tx: Tx) => Promise<void>
  }): Promise<{ created: string[]; activeFrom: Instant }>
  /** Moves keys along their life by the clock. A job calls it; it needs nobody's confirmation. */
  advance(): Promise<void>
  /** Calls the listener after any change, in this or another process. */
  onChange(listener: () => void): void
  close(): Promise<void>
}

/** The private part of a new key, as a JWK. */
export type MakePrivateKey = (alg: Algorithm) => Promise<JWK>

export interface KeysOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  masterKey: Buffer
  settings: {
    /** How long others may keep our key set: a new key is published so long before it is used. */
    overlap: number
    /** How long a key is active before the next one takes over by itself. */
    lifetime: number
    algorithms?: Record<Purpose, readonly Algorithm[]>
  }
  /** In place of the master key. */
  vault?: KeyVault
  /** In place of `newPrivateKey`. */
  privateKey?: MakePrivateKey
  log?: Log
}

const defaultAlgorithms: Record<Purpose, readonly Algorithm[]> = {
  'id-token': ['ES256', 'RS256'],
  client: ['ES256', 'RS256'],
  decryption: ['ECDH-ES', 'RSA-OAEP-256'],
  journal: ['ES256'],
}

/** What is encrypted for an RSA key today must stay closed beyond 2030, where 2048 bits end (SOG-IS ACM 1.3 section 4.1). */
export const rsaBits = 3072

const uses: Record<Purpose, 'sig' | 'enc'> = { 'id-token': 'sig', client: 'sig', decryption: 'enc', journal: 'sig' }
const order: Record<KeyState, number> = { active: 0, next: 1, retired: 2 }

type Generated = Omit<KeyRow, 'retired_at'>

export async function createKeys(options: KeysOptions): Promise<Keys> {
  const { storage, clock, audit, settings, log = () => {} } = options
  const vault = options.vault ?? localVault(options.masterKey)
  const privateKey = options.privateKey ?? newPrivateKey
  const algorithms = settings.algorithms ?? defaultAlgorithms
  const listeners: (() => void)[] = []
  let keys: readonly Key[] = []
  let published: { keys: JWK[] } = { keys: [] }

  /** Id tokens come back as `id_token_hint` for as long as a session may last. */
  const retiredFor = Math.max(settings.overlap, sessionAbsolute)

  const wanted: Slot[] = Object.entries(algorithms).flatMap(([purpose, algs]) =>
    algs.map((alg) => ({ purpose: purpose as Purpose, alg })),
  )
  const hasNext = (slot: Slot) => keys.some((key) => key.state === 'next' && isSameSlot(key, slot))
  const isWanted = (slot: Slot) => wanted.some((other) => isSameSlot(other, slot))

  /** Slow for RSA, hence never inside a transaction. */
  async function generate(slot: Slot, state: 'active' | 'next', activeFrom: Instant): Promise<Generated> {
    const { purpose, alg } = slot
    const jwk = await privateKey(alg)
    const id = newId('key')
    return {
      id,
      purpose,
      alg,
      state,
      sealed: await sealed({ id, purpose, alg }, jwk),
      created_at: toDate(clock.now()),
      active_from: toDate(activeFrom),
    }
  }

  const sealed = (key: Pick<KeyRow, 'id' | 'purpose' | 'alg'>, jwk: JWK) =>
    vault.wrap(Buffer.from(JSON.stringify(jwk)), contextOf(key))

  /** Adds those whose slot is free, with their facts. */
  async function add(tx: Tx, generated: readonly Generated[], actor: Actor): Promise<string[]> {
    if (generated.length === 0) return []
    const added = new Set((await insertKeys(tx, generated)).map(({ id }) => id))
    const made = generated.filter(({ id }) => added.has(id))
    audit.append(
      tx,
      ...made.map(({ id, purpose }) => ({ name: 'key.created' as const, data: { key: id, purpose, actor } })),
    )
    return made.map(({ id }) => id)
  }

  async function retire(tx: Tx, slot: Slot, actor: Actor): Promise<void> {
    for (const { id } of await retireActive(tx, slot, clock.now())) {
      audit.append(tx, { name: 'key.retired', data: { key: id, purpose: slot.purpose, actor } })
    }
  }

  /** One change of keys: alone among all processes, told to all of them, and visible here when it returns. */
  async function change<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await storage.transaction(async (tx) => {
      await lockRotation(tx)
      const value = await work(tx)
      await storage.notify(tx, 'garant_keys')
      return value
    })
    await refresh()
    return result
  }

  /** Reads the keys again; those that are known keep their JWKs. */
  async function readKeys(): Promise<void> {
    const known = new Map(keys.map((key) => [key.id, key]))
    const rows = await allKeys(storage.db)
    const read = await Promise.all(rows.map((row) => keyOf(row, known.get(row.id), vault)))
    read.sort((a, b) => order[a.state] - order[b.state])
    const isChanged = read.length !== keys.length || read.some((key) => known.get(key.id)?.state !== key.state)
    if (!isChanged) return
    keys = read
    published = { keys: read.filter(isPublished).map(({ publicJwk }) => publicJwk) }
    for (const listener of listeners) listener()
  }

  /** One reading after another: an old answer never replaces a newer one. */
  let reading = Promise.resolve()
  function refresh(): Promise<void> {
    const next = reading.then(readKeys)
    reading = next.catch(() => {})
    return next
  }

  /** Makes what the settings ask for and is not there; retires what they ask for no more. */
  async function followSettings(actor: Actor): Promise<void> {
    const present = keys.filter(({ state }) => state === 'active')
    const missing = wanted.filter((slot) => !present.some((key) => isSameSlot(key, slot)))
    const unwanted = present.filter((key) => !isWanted(key))
    if (missing.length === 0 && unwanted.length === 0) return
    const generated = await Promise.all(missing.map((slot) => generate(slot, 'active', clock.now())))
    await change(async (tx) => {
      await add(tx, generated, actor)
      for (const slot of unwanted) {
        await dropNext(tx, slot)
        await retire(tx, slot, actor)
      }
    })
  }

  /** Those that waited take over; those that were retired long enough are gone. */
  async function moveAlong(actor: Actor): Promise<void> {
    const isDue = (key: Key) => key.state === 'next' && key.activeFrom <= clock.now()
    const isGone = (key: Key) =>
      key.retiredAt !== undefined && key.purpose !== 'journal' && key.retiredAt + retiredFor <= clock.now()
    const due = keys.filter(isDue)
    const gone = keys.filter(isGone)
    if (due.length === 0 && gone.length === 0) return
    await change(async (tx) => {
      // What another process did meanwhile is seen by none of this: the keys are read again under the lock.
      const stillNext = new Set((await allKeys(tx)).filter(({ state }) => state === 'next').map(({ id }) => id))
      for (const key of due.filter(({ id }) => stillNext.has(id))) {
        await retire(tx, key, actor)
        await activate(tx, key.id)
      }
      if (gone.length > 0)
        await removeKeys(
          tx,
          gone.map(({ id }) => id),
        )
    })
  }

  /** What a retired key of the journal signed is verified with its public part; the private one could only forge. */
  async function destroySpent(): Promise<void> {
    for (const row of (await allKeys(storage.db)).filter(isSpent)) {
      const jwk: JWK = await unsealed(row, vault)
      if (jwk.d === undefined) continue
      const publicOnly = await sealed(row, bothParts(jwk, row).publicJwk)
      await storage.transaction((tx) => replaceSealed(tx, row.id, publicOnly))
    }
  }

  /** Makes the next keys of those whose life ends within the overlap. */
  async function prepareNext(actor: Actor): Promise<void> {
    const isEnding = (key: Key) => key.activeFrom + settings.lifetime - settings.overlap <= clock.now()
    const ending = keys.filter((key) => key.state === 'active' && isWanted(key) && isEnding(key) && !hasNext(key))
    if (ending.length === 0) return
    const activeFrom = clock.now() + settings.overlap
    const generated = await Promise.all(ending.map((slot) => generate(slot, 'next', activeFrom)))
    await change((tx) => add(tx, generated, actor))
  }

  async function advance(): Promise<void> {
    const actor: Actor = { kind: 'hub' }
    await refresh()
    await followSettings(actor)
    await moveAlong(actor)
    await prepareNext(actor)
    await destroySpent()
  }

  function active(purpose: Purpose, alg: Algorithm): Key {
    const key = keys.find((each) => each.state === 'active' && isSameSlot(each, { purpose, alg }))
    if (!key) throw new Error(`no active key for ${purpose} with ${alg}`)
    return key
  }

  const stopListening = await storage.listen('garant_keys', () => {
    refresh().catch(() => log('keys: not refreshed', {}))
  })
  try {
    await advance()
  } catch (error) {
    await stopListening()
    throw error
  }

  return {
    of: (purpose) => keys.filter((key) => key.purpose === purpose),
    active,
    journalSigner() {
      const { id, alg, privateJwk } = active('journal', 'ES256')
      return {
        keyId: id,
        sign: (payload) =>
          new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg, kid: id }).sign(privateJwk),
      }
    },
    publicJwks: () => published,
    async rotate({ purpose, now = false, actor, also }) {
      const slots = wanted.filter((slot) => slot.purpose === purpose)
      const activeFrom = now ? clock.now() : clock.now() + settings.overlap
      const free = now ? slots : slots.filter((slot) => !hasNext(slot))
      const generated = await Promise.all(free.map((slot) => generate(slot, now ? 'active' : 'next', activeFrom)))
      const created = await change(async (tx) => {
        await also?.(tx)
        for (const slot of now ? slots : []) {
          await dropNext(tx, slot)
          await retire(tx, slot, actor)
        }
        return add(tx, generated, actor)
      })
      await destroySpent()
      const waiting = keys.find((key) => key.purpose === purpose && key.state === 'next')
      return { created, activeFrom: now ? activeFrom : (waiting?.activeFrom ?? activeFrom) }
    },
    advance,
    onChange: (listener) => void listeners.push(listener),
    async close() {
      await stopListening()
      await reading
    },
  }
}

/** A key like no other, from the system's randomness. Takes a third of a second for RSA. */
export async function newPrivateKey(alg: Algorithm): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: rsaBits })
  return exportJWK(privateKey)
}

function isSameSlot(a: Slot, b: Slot): boolean {
  return a.purpose === b.purpose && a.alg === b.alg
}

/** Bytes moved to another key's row do not open there. */
function contextOf({ id, purpose, alg }: Pick<KeyRow, 'id' | 'purpose' | 'alg'>): string {
  return `keys/${purpose}/${alg}/${id}`
}

function isPublished({ purpose, state }: Key): boolean {
  return purpose !== 'journal' && !(purpose === 'decryption' && state === 'retired')
}

function isSpent({ purpose, state }: KeyRow): boolean {
  return purpose === 'journal' && state === 'retired'
}

async function unsealed(row: KeyRow, vault: KeyVault): Promise<JWK> {
  return JSON.parse(String(await vault.unwrap(row.sealed, contextOf(row))))
}

async function keyOf(row: KeyRow, known: Key | undefined, vault: KeyVault): Promise<Key> {
  const { id, purpose, alg, state } = row
  const { publicJwk, privateJwk } = known ?? bothParts(await unsealed(row, vault), row)
  return {
    id,
    purpose,
    alg,
    state,
    publicJwk,
    privateJwk: isSpent(row) ? publicJwk : privateJwk,
    createdAt: row.created_at.getTime(),
    activeFrom: row.active_from.getTime(),
    ...(row.retired_at ? { retiredAt: row.retired_at.getTime() } : {}),
  }
}

/** RFC 7518 sections 6.2.1 and 6.3.1: the members that are public; all others are secret. */
const publicMembers = ['kty', 'crv', 'x', 'y', 'n', 'e']

function bothParts(jwk: JWK, { id, purpose, alg }: KeyRow): Pick<Key, 'publicJwk' | 'privateJwk'> {
  const names = { kid: id, use: uses[purpose], alg }
  const open = Object.fromEntries(Object.entries(jwk).filter(([member]) => publicMembers.includes(member)))
  return { publicJwk: { ...open, ...names }, privateJwk: { ...jwk, ...names } }
}
