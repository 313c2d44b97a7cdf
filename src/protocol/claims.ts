/**
 * Scopes, claims and what each service may have of them. The engine filters by these tables: a claim
 * leaves only when its scope was granted to the service and asked in the request (R019).
 */
import { registerClaimNames } from '../directory/directory.ts'
import type { Scope, Service } from '../partners/partners.ts'

const pivot = ['given_name', 'family_name', 'birthdate', 'gender', 'birthplace', 'birthcountry'] as const

/** Claims of each scope. `openid` carries what is said of the authentication itself. */
export const claimsOfScope: Record<Scope, readonly string[]> = {
  openid: ['sub', 'acr', 'auth_time'],
  given_name: ['given_name'],
  family_name: ['family_name'],
  birthdate: ['birthdate'],
  gender: ['gender'],
  birthplace: ['birthplace'],
  birthcountry: ['birthcountry'],
  email: ['email', 'email_verified'],
  preferred_username: ['preferred_username'],
  profile: ['given_name', 'family_name', 'birthdate', 'gender', 'preferred_username'],
  birth: ['birthplace', 'birthcountry'],
  identite_pivot: pivot,
  rpps: registerClaimNames,
  // Nothing of the person: `token-exchange.ts` answers it.
  service_secret: [],
  representation: ['represented'],
}

/** What a page lists, in this order. What a register says is shown as one thing, under the claim that has all of it. */
const listed = [...pivot, 'preferred_username', 'email', 'SubjectRefPro', 'represented']

/** What scopes release of the person, within what the service was granted, in the order in which a page lists it. */
export function claimsInOrder(service: Service, scopes: readonly Scope[]): readonly string[] {
  const granted = claimsGrantedTo(service)
  const isAsked = (claim: string) => scopes.some((scope) => claimsOfScope[scope].includes(claim))
  return listed.filter((claim) => granted.has(claim) && isAsked(claim))
}

/**
 * Every scope that a service may ask: those of its settings, and each scope whose claims they cover, so that a service
 * granted `identite_pivot` may ask for `given_name` alone.
 */
export function askableScopes(granted: readonly Scope[]): Scope[] {
  const covered = new Set(granted.flatMap((scope) => claimsOfScope[scope]))
  const scopes = Object.keys(claimsOfScope) as Scope[]
  const isCovered = (claims: readonly string[]) => claims.length > 0 && claims.every((claim) => covered.has(claim))
  return scopes.filter((scope) => scope === 'openid' || granted.includes(scope) || isCovered(claimsOfScope[scope]))
}

/** Claims that the `claims` parameter may ask one by one: what the scopes of the service cover, and its entitlements. */
export function askableClaims(service: Service): string[] {
  const entitled = service.entitledTo.map((entitlement) => (entitlement === 'idp' ? 'idp_id' : entitlement))
  return [...claimsGrantedTo(service), ...entitled]
}

/** What the scopes of a service cover; looked up once, as a service is one object until it is published anew. */
function claimsGrantedTo(service: Service): ReadonlySet<string> {
  const granted = grantedTo.get(service) ?? new Set(service.scopes.flatMap((scope) => claimsOfScope[scope]))
  grantedTo.set(service, granted)
  return granted
}

const grantedTo = new WeakMap<Service, ReadonlySet<string>>()
