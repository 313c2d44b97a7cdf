/** A program of the admin API: its key, the assertions that it signs, and its calls. */
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { ApiClients } from '../../src/api/clients.ts'
import type { ApiScope, ProgramParty } from '../../src/kernel/api-scopes.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { ApiClientId, OperatorId } from '../../src/kernel/ids.ts'

export interface ApiKey {
  alg: string
  privateKey: CryptoKey
  publicJwk: JWK
}

export async function newApiKey(alg = 'ES256', kid = 'first'): Promise<ApiKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg } }
}

let drawn = 0

/** As RFC 7523 section 3 wants it; what a test changes is beside. Undefined takes a claim away. */
export async function assertionOf(
  { alg, privateKey, publicJwk }: ApiKey,
  given: {
    client: string
    api: string
    clock: Clock
    claims?: Record<string, unknown>
    header?: Record<string, unknown>
  },
): Promise<string> {
  const now = Math.floor(given.clock.now() / 1000)
  const claims = {
    iss: given.client,
    sub: given.client,
    aud: given.api,
    jti: `assertion-${drawn++}`,
    iat: now,
    exp: now + 60,
    ...given.claims,
  }
  const payload = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
  return new SignJWT(payload)
    .setProtectedHeader({ alg, ...(publicJwk.kid ? { kid: publicJwk.kid } : {}), ...given.header })
    .sign(privateKey)
}

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface ApiAnswer {
  status: number
  headers: Headers
  /** JSON; undefined without a body. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it, it asserts
  body: any
}

export interface ApiProgram {
  client: ApiClientId
  key: ApiKey
  /** A token of now for these scopes; all of the program's by default. */
  token(scope?: string): Promise<string>
  /** Calls with a token of its own, renewed when its time is over. */
  call(method: string, path: string, given?: { body?: unknown; headers?: Record<string, string> }): Promise<ApiAnswer>
}

interface Served {
  issuer: string
  clock: Clock
  apiClients: ApiClients
}

export async function request(
  url: string,
  method: string,
  given: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<ApiAnswer> {
  const { body, headers = {} } = given
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  const isJson = /json/.test(answer.headers.get('content-type') ?? '')
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text || undefined }
}

export async function newProgram(
  hub: Served,
  options: { scopes: readonly ApiScope[]; name?: string; operator?: OperatorId; party?: ProgramParty },
): Promise<ApiProgram> {
  const { scopes, name = 'Supervision', operator, party } = options
  const key = await newApiKey()
  const { client } = await hub.apiClients.register(
    {
      ...{ name, scopes, jwks: { keys: [key.publicJwk] } },
      ...(operator ? { operator } : {}),
      ...(party ? { party } : {}),
    },
    { kind: 'command' },
  )
  const api = `${hub.issuer}/api/v1`
  let held: { token: string; until: number } | undefined

  async function token(scope?: string): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: await assertionOf(key, { client, api, clock: hub.clock }),
      ...(scope === undefined ? {} : { scope }),
    })
    const answer = await fetch(`${api}/token`, { method: 'POST', body: form })
    const body = (await answer.json()) as { access_token?: string }
    if (!body.access_token) throw new Error(`no token: ${answer.status} ${JSON.stringify(body)}`)
    return body.access_token
  }

  return {
    client,
    key,
    token,
    async call(method, path, given = {}) {
      if (!held || held.until <= hub.clock.now()) held = { token: await token(), until: hub.clock.now() + 9 * 60_000 }
      const headers = { authorization: `Bearer ${held.token}`, ...given.headers }
      return request(path.startsWith('http') ? path : `${api}${path}`, method, { ...given, headers })
    },
  }
}
