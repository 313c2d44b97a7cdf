/**
 * What the team of a service types into its own software, from one version of its settings: each setting by its name on
 * the wire, and a small working example for stacks that are often met. Pure; nothing of it is a secret, and where one is
 * needed the example says from where it is read.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Service } from '../partners/partners.ts'
import { apacheExample, keycloakExample, nodeExample, phpExample, pythonExample, springExample } from './examples.ts'

/** Of a service, what its own software has to know: the published version, or a draft that has no fault. */
export type Integrated = Pick<
  Service,
  | 'id'
  | 'homepage'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'backchannelLogoutUri'
  | 'auth'
  | 'jwksUri'
  | 'scopes'
  | 'minimumLevel'
  | 'userinfoAlg'
  | 'idTokenAlg'
>

export const settingNames = [
  ...(['issuer', 'discovery', 'client_id', 'auth_method', 'redirect_uri', 'response_type', 'pkce', 'scope'] as const),
  ...(['acr_values', 'id_token_alg', 'userinfo', 'end_session', 'post_logout_redirect_uri'] as const),
  'backchannel_logout_uri',
] as const
export type SettingName = (typeof settingNames)[number]

/** A setting as it is typed; of addresses there may be several, or none. */
export interface IntegrationSetting {
  name: SettingName
  values: readonly string[]
}

export const stacks = ['node', 'python', 'spring', 'php', 'keycloak', 'apache'] as const
export type Stack = (typeof stacks)[number]

/** What has to be known beside the text: a limit of that stack that this service meets. */
export const exampleNotes = [
  ...(['secret', 'key', 'rs256_only', 'backchannel_rs256', 'userinfo_json', 'no_private_key_jwt'] as const),
  ...(['no_backchannel', 'backchannel_address', 'redirect_address', 'key_address', 'subject'] as const),
] as const
export type ExampleNote = (typeof exampleNotes)[number]

export interface Example {
  stack: Stack
  /** The files, in the order in which they are made. */
  files: readonly { name: string; text: string }[]
  notes: readonly { note: ExampleNote; value?: string }[]
}

export interface Integration {
  settings: readonly IntegrationSetting[]
  examples: readonly Example[]
}

/** What an example is made from. */
export interface Subject {
  service: Integrated
  issuer: string
  /** The one that the example answers at: the first. */
  redirectUri: string
  /** As the request has them, separated by spaces. */
  scope: string
  level: Level
  /** Where the hub lets people back after they signed out, if anywhere. */
  afterLogout: string | undefined
}

/** @param issuer of the hub */
export function integrationOf(service: Integrated, issuer: string): Integration {
  const [redirectUri = service.homepage] = service.redirectUris
  const subject: Subject = {
    service,
    issuer,
    redirectUri,
    scope: askedScopes(service).join(' '),
    level: service.minimumLevel,
    afterLogout: service.postLogoutRedirectUris[0],
  }
  return { settings: settingsOf(subject), examples: stacks.map((stack) => makers[stack](subject)) }
}

const makers: Record<Stack, (subject: Subject) => Example> = {
  node: nodeExample,
  python: pythonExample,
  spring: springExample,
  php: phpExample,
  keycloak: keycloakExample,
  apache: apacheExample,
}

/** `openid` first, as people expect to read it. */
function askedScopes({ scopes }: Integrated): string[] {
  return ['openid', ...scopes.filter((scope) => scope !== 'openid')]
}

function settingsOf({ service, issuer, scope, level }: Subject): IntegrationSetting[] {
  const values: Record<SettingName, readonly string[]> = {
    issuer: [issuer],
    discovery: [`${issuer}/.well-known/openid-configuration`],
    client_id: [service.id],
    auth_method: [service.auth],
    redirect_uri: service.redirectUris,
    response_type: ['code'],
    pkce: ['S256'],
    scope: [scope],
    acr_values: [level],
    id_token_alg: [service.idTokenAlg],
    userinfo: [service.userinfoAlg ? `JWT, ${service.userinfoAlg}` : 'JSON'],
    end_session: [`${issuer}/logout`],
    post_logout_redirect_uri: service.postLogoutRedirectUris,
    backchannel_logout_uri: service.backchannelLogoutUri === undefined ? [] : [service.backchannelLogoutUri],
  }
  return settingNames.map((name) => ({ name, values: values[name] }))
}
