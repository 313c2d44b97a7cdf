/** What may be released of a person, in the words of OpenID Connect. Which of it a service gets is not decided here. */
import type { Clock } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import { releasedBirthdate } from '../kernel/parse-pivot.ts'
import type { Storage } from '../storage/storage.ts'
import { mailboxOf, parseAddress } from './address.ts'
import { decideIdentity } from './linking.ts'
import type { Claimed, People, PersonClaims } from './people.ts'
import { standingIn } from './protections.ts'
import * as store from './store.ts'
import type { Vault } from './vault.ts'

export function createClaims(options: {
  storage: Storage
  clock: Clock
  vault: Vault
}): Pick<People, 'claimsOf' | 'claimsIn'> {
  const { storage, clock, vault } = options

  /** The identity in force once what arrives is settled. */
  function identityAfter(stored: Identity | undefined, row: store.ReleasedRow, arriving: Claimed | undefined) {
    if (!arriving) return stored
    const digest = vault.identityDigest(arriving.identity)
    // A first link has no news to tell: only a stronger proof replaces what is stored.
    const known = { level: row.identity_level, digest: row.link ? row.identity_digest : digest }
    return decideIdentity(known, { level: arriving.level, digest }) === 'take' ? arriving.identity : stored
  }

  return {
    async claimsOf(person, provider, arriving) {
      const asserted = arriving?.email && parseAddress(arriving.email)
      const emailKey = asserted ? vault.addressKey(person, mailboxOf(asserted)) : null
      const row = await store.released(storage.db, { person, provider, emailKey })
      const standing = row && standingIn(row, clock.now())
      if (!row || !standing || standing.frozen || standing.isBlocked(provider)) return undefined
      const key = vault.openKey(person, row.wrapped_key)
      const stored = row.identity ? JSON.parse(vault.open(key, `identity ${person}`, row.identity)) : undefined
      const kept = row.link && row.email ? vault.open(key, `email ${row.link}`, row.email) : undefined
      const identity = identityAfter(stored, row, arriving)
      return { ...claimsOfIdentity(identity), ...claimsOfEmail(asserted || kept, row.email_verified) }
    },
    claimsIn: ({ identity, email }) => ({
      ...claimsOfIdentity(identity),
      ...claimsOfEmail(email && parseAddress(email), false),
    }),
  }
}

function claimsOfIdentity(identity: Identity | undefined): PersonClaims {
  if (!identity) return {}
  const { given_name, family_name } = identity
  // Under the name that Pro Santé Connect gives it, so that services of this field read it as it is.
  if (identity.kind === 'professional') return { given_name, family_name, preferred_username: identity.nationalId }
  const { kind: _, birthdate, birthplace, ...pivot } = identity
  // "If a Claim is not returned, that Claim Name SHOULD be omitted [...]; it SHOULD NOT be present with a null or empty
  // string value" (OpenID Connect Core 5.3.2): whoever was born abroad has no birthplace.
  return { ...pivot, ...(birthplace === '' ? {} : { birthplace }), birthdate: releasedBirthdate(birthdate) }
}

function claimsOfEmail(email: string | undefined, email_verified: boolean): PersonClaims {
  return email ? { email, email_verified } : {}
}
