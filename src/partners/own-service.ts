/**
 * The hub itself as the service of a sign-in: its own pages for people, which only who is signed in may see. It stands in
 * no partners file and is no client of the engine: nobody can ask for a code in its name. To the rules of policy, to the
 * ledger and to alerts it is a service like any other.
 */
import type { ServiceId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import type { Service } from './partners.ts'

/** No id of a partners file has a colon in it. */
export const ownService: ServiceId = 'hub:pages'

export const ownServiceName = (name: string): Translated => ({
  fr: `votre espace ${name}`,
  en: `your ${name} space`,
  ar: `فضاؤك في ${name}`,
})

/**
 * @param issuer origin of the hub
 * @param name of the hub
 */
export function ownServiceOf({ issuer, name }: { issuer: string; name: string }): Service {
  return {
    id: ownService,
    partner: ownService,
    name: ownServiceName(name),
    homepage: '/',
    redirectUris: [],
    postLogoutRedirectUris: [],
    auth: 'private_key_jwt',
    secrets: [],
    sector: new URL(issuer).hostname,
    // Nothing leaves the hub for it.
    scopes: [],
    entitledTo: [],
    minimumLevel: 'eidas1',
    providers: 'all',
    idpHints: [],
    idTokenAlg: 'ES256',
    singleSignOn: true,
    sensitive: false,
    forOrganisations: false,
  }
}
