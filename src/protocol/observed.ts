/**
 * What the engine made of one request, in words of the standards, for who watches a client learn to speak with it
 * (`trial/`). Of what is a secret, or good once, only the name of its parameter is told.
 */
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { currentRequest } from './engine-state.ts'

export interface Observed {
  /** The engine's name of the address: `discovery`, `jwks`, `authorization`, `token`, `userinfo` and others. */
  route: string
  /** As sent: of several values the first, and what is confidential as an empty text. */
  parameters: ReadonlyMap<string, string>
  /** Scheme of the `Authorization` header, in lower case. */
  scheme?: string
  /** The error that went back, or that a page says, and the engine's reason for it. */
  refusal?: { error: string; why: string }
}

const confidential = new Set([
  'code',
  'code_verifier',
  'client_secret',
  'client_assertion',
  'subject_token',
  'actor_token',
  'access_token',
  'token',
  'id_token_hint',
  'login_hint',
])

/** Every kind of refusal that the engine tells apart by an event. */
const refusals = ['authorization.error', 'grant.error', 'userinfo.error'] as const

/** Lets `observe` hear of each request, before its answer leaves. */
export function observeEngine(provider: Provider, observe: (seen: Observed) => Promise<void>): void {
  for (const event of refusals) {
    provider.on(event as 'grant.error', (_ctx, error) => {
      currentRequest().refusal = error
    })
  }
  provider.use(async (ctx, next) => {
    await next()
    // An address that the engine does not have gets no context of its own.
    if (ctx.oidc?.route) await observe(observedIn(ctx as unknown as KoaContextWithOIDC))
  })
}

function observedIn(ctx: KoaContextWithOIDC): Observed {
  const { refusal } = currentRequest()
  const given = (ctx.method === 'POST' ? ctx.oidc.body : ctx.query) ?? {}
  const parameters = Object.entries(given).map(([name, value]) => {
    const [first] = [value].flat()
    return [name, confidential.has(name) ? '' : String(first ?? '')] as const
  })
  const scheme = ctx.get('authorization').split(' ', 1)[0]?.toLowerCase()
  return {
    route: ctx.oidc.route,
    parameters: new Map(parameters),
    ...(scheme ? { scheme } : {}),
    ...(refusal instanceof errors.OIDCProviderError
      ? { refusal: { error: refusal.error ?? refusal.message, why: reasonOf(refusal) } }
      : {}),
  }
}

/** The engine says more to its own side than to the client. */
function reasonOf({ error_detail, error_description }: errors.OIDCProviderError): string {
  return error_detail ?? error_description ?? ''
}
