/** The engine's request, parsed once into what the dispatcher understands. */
import type { KoaContextWithOIDC } from 'oidc-provider'
import { errors } from 'oidc-provider'
import { isLevel, type Level } from '../kernel/assurance.ts'
import { isLanguage, type Language } from '../kernel/languages.ts'
import type { LoginRequest } from '../login/flow.ts'
import type { Scope, Service } from '../partners/partners.ts'
import { parseAcrValues, type Requested } from '../policy/level.ts'
import { askableScopes, claimsOfScope } from './claims.ts'

/** Characters of what names somebody for whom the person acts; more is nobody's number. */
const longestHint = 100

/** Parameters of an authorization request as the engine leaves them: checked, each a string. */
type Params = Record<string, string | undefined>

/**
 * @throws InvalidRequest when a provider is named that the service may not name, or `max_age` is no number of seconds
 */
export function parseLoginRequest(ctx: KoaContextWithOIDC, service: Service): LoginRequest {
  const params = ctx.oidc.params as unknown as Params
  const hint = params.idp_hint
  if (hint !== undefined && !service.idpHints.includes(hint)) {
    throw new errors.InvalidRequest('idp_hint is not allowed for this client')
  }
  // The engine takes what JavaScript takes for a number: 1e3, 0x10.
  if (params.max_age !== undefined && !/^\d+$/.test(params.max_age)) {
    throw new errors.InvalidRequest('invalid max_age parameter value')
  }
  const hinted = ctx.oidc.entities.IdTokenHint as { payload?: { sub?: string } } | undefined
  return {
    service: service.id,
    scopes: [...new Set([...scopesIn(params.scope), ...scopesOfClaims(params.claims, service)])],
    requested: parseRequested(params),
    ...(hint ? { hint } : {}),
    ...(params.representation_hint === undefined
      ? {}
      : { representation: params.representation_hint.slice(0, longestHint) }),
    ...(hinted?.payload?.sub ? { expectedSubject: hinted.payload.sub } : {}),
    languages: parseLocales(params.ui_locales),
  }
}

function scopesIn(text: string | undefined): Scope[] {
  return (text ?? '').split(' ').filter((scope): scope is Scope => scope in claimsOfScope)
}

/**
 * What the `claims` parameter asks of the person, as scopes: the page must show it and the ledger keep it like the rest.
 * Each claim about a person has a scope of its own, those of the register of professionals have one; what the service may not ask is not released either.
 */
function scopesOfClaims(claims: string | undefined, service: Service): Scope[] {
  if (claims === undefined) return []
  const { userinfo, id_token } = JSON.parse(claims) as Record<'userinfo' | 'id_token', object | undefined>
  const asked = new Set(Object.keys({ ...userinfo, ...id_token }))
  if (asked.has('email_verified')) asked.add('email')
  if (claimsOfScope.rpps.some((claim) => asked.has(claim))) asked.add('rpps')
  if (asked.has('represented')) asked.add('representation')
  return askableScopes(service.scopes).filter((scope) => scope !== 'openid' && asked.has(scope))
}

function parseRequested(params: Params): Requested {
  const essentialAcr = parseEssentialAcr(params.claims)
  return {
    acrValues: parseAcrValues(params.acr_values),
    ...(essentialAcr ? { essentialAcr } : {}),
    ...(params.max_age === undefined ? {} : { maxAge: Number(params.max_age) }),
    prompts: (params.prompt ?? '')
      .split(' ')
      .filter((prompt) => prompt === 'login' || prompt === 'consent' || prompt === 'none'),
  }
}

/**
 * "value [...] Requests that the Claim be returned with a particular value", "values [...] with one of a set of values"
 * (Core 5.5.1). Only an essential `acr` binds. Unknown values leave an empty list, which no level meets.
 */
function parseEssentialAcr(claims: string | undefined): Level[] | undefined {
  if (claims === undefined) return undefined
  const parsed = JSON.parse(claims) as {
    id_token?: { acr?: { essential?: boolean; value?: string; values?: string[] } | null }
  }
  const acr = parsed.id_token?.acr
  if (!acr?.essential || (acr.value === undefined && acr.values === undefined)) return undefined
  return [acr.value, ...(Array.isArray(acr.values) ? acr.values : [])].filter(isLevel)
}

/** "ui_locales [...] End-User's preferred languages, represented as a space-separated list of BCP47 values". */
function parseLocales(text: string | undefined): Language[] {
  return (text ?? '')
    .split(' ')
    .map((tag) => tag.split('-')[0]?.toLowerCase())
    .filter(isLanguage)
}
