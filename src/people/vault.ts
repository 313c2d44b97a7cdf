/**
 * What rests sealed, and what is looked up without being readable. Each person has a key of 256 random bits, wrapped by
 * a key derived from the master key; without the wrapped key nothing that it sealed can be read by anybody. What was
 * sealed for one row does not open in another: the row's own id is authenticated with it.
 *
 * Opened keys are not kept in memory. Opening one takes a few microseconds, and one kept would outlive, in every other
 * process, the erasure of its person.
 */

import type { Identity } from '../kernel/identity.ts'
import type { CollisionId, ContactId, LinkId, PersonId } from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import { deriveKey, keyedHash, seal, unseal } from '../kernel/secrets.ts'
import { canonicalForm } from './canonical.ts'

/** A key for the pivot match. The version is stored with each digest, so it is never given to another key. */
export interface PivotKey {
  version: number
  key: Buffer
}

export type SealedPlace =
  | `identity ${PersonId}`
  | `subject ${LinkId}`
  | `email ${LinkId}`
  | `address ${ContactId}`
  | `collision ${CollisionId}`
  /** What another room keeps of a person; the rest of the place is that room's. */
  | `means ${string}`

export type Vault = ReturnType<typeof createVault>

export function createVault(masterKey: Buffer, pivotKeys: readonly PivotKey[]) {
  const wrapping = deriveKey(masterKey, 'people/person-key')
  const looking = deriveKey(masterKey, 'people/look-up')
  const [writer] = pivotKeys
  if (!writer) throw new Error('the pivot match needs at least one key')
  if (new Set(pivotKeys.map(({ version }) => version)).size < pivotKeys.length) {
    throw new Error('two pivot keys have the same version')
  }
  const wrappingPlace = (person: PersonId) => `garant people key ${person}`

  return {
    newKey(person: PersonId): { key: Buffer; wrapped: Buffer } {
      const key = randomBytes(32)
      return { key, wrapped: seal(wrapping, key, wrappingPlace(person)) }
    },
    openKey: (person: PersonId, wrapped: Buffer): Buffer => unseal(wrapping, wrapped, wrappingPlace(person)),
    seal: (key: Buffer, place: SealedPlace, text: string): Buffer => seal(key, text, `garant people ${place}`),
    open: (key: Buffer, place: SealedPlace, sealed: Buffer): string =>
      unseal(key, sealed, `garant people ${place}`).toString('utf8'),

    /**
     * Names an account at a provider. The kind is part of it: should a provider of citizens ever become one of
     * professionals, its old accounts are not taken for new ones.
     */
    accountKey: (account: { provider: string; subject: string; identity: Pick<Identity, 'kind'> }): string =>
      keyedHash(looking, 'account', JSON.stringify([account.identity.kind, account.provider, account.subject])),
    /** Tells whether an account asserts what it asserted before. Every field counts, as written. */
    identityDigest: (identity: Identity): string =>
      keyedHash(looking, 'identity', JSON.stringify(Object.entries(identity).sort(([a], [b]) => (a < b ? -1 : 1)))),
    /** Of a name and a date that somebody says are the person's: compared, and kept nowhere. */
    declaredKey: (person: PersonId, name: string, date: string): string =>
      keyedHash(looking, 'declared', JSON.stringify([person, name, date])),
    /** The person is part of it: two people with one mailbox cannot be seen to share it. */
    addressKey: (person: PersonId, address: string): string =>
      keyedHash(looking, 'address', JSON.stringify([person, address])),
    /** Keyed, because a code has too few digits for a plain hash. */
    codeHash: (person: PersonId, code: string): string => keyedHash(looking, 'code', JSON.stringify([person, code])),

    /** The digest of an identity under every key, the one that writes first. */
    matchKeys(identity: Identity): [string, ...string[]] {
      const form = canonicalForm(identity)
      const under = ({ version, key }: PivotKey) => `${version}.${keyedHash(key, 'people/pivot-match', form)}`
      return [under(writer), ...pivotKeys.slice(1).map(under)]
    },
    /** Was this digest made by the key that writes? */
    isCurrent: (matchKey: string): boolean => matchKey.startsWith(`${writer.version}.`),
    newestVersion: writer.version,
    olderVersions: pivotKeys.slice(1).map(({ version }) => version),
  }
}
