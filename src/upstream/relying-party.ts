/**
 * The hub as a client of one provider: `openid-client` set up with how the hub authenticates there, and with an exchange
 * that goes through `requests.ts` and opens what is signed before the library reads it. What is left to the library is
 * the protocol: state, `iss`, code, PKCE, the claims of the id token, the subject of userinfo.
 */
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetch,
  clockTolerance,
  customFetch,
  PrivateKeyJwt,
  type ServerMetadata,
} from 'openid-client'
import { second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Algorithm, Keys } from '../keys/keys.ts'
import type { OidcConnector } from '../partners/partners.ts'
import { clockDifference } from './claims.ts'
import type { Documents, Library } from './documents.ts'
import { acceptedAlgorithms, createOpener, imported, type Opener } from './envelopes.ts'
import { invalid, refused, type Stage } from './refusals.ts'
import type { Endpoint, Reply, Requests } from './requests.ts'

export interface RelyingParty {
  config: Configuration
  server: ServerMetadata
}

export interface RelyingParties {
  /** From memory when the provider's metadata is known. */
  of(connector: OidcConnector): Promise<RelyingParty>
}

export function createRelyingParties(options: {
  library: Library
  requests: Requests
  keys: Pick<Keys, 'of' | 'active'>
  allowHttp: boolean
}): RelyingParties {
  const { library, requests, keys, allowHttp } = options
  const made = new WeakMap<OidcConnector, { server: Promise<ServerMetadata>; party: Promise<RelyingParty> }>()

  function make(connector: OidcConnector, documents: Documents, server: ServerMetadata): RelyingParty {
    const config = new Configuration(
      limitedTo(acceptedAlgorithms(connector), server),
      connector.clientId,
      { [clockTolerance]: clockDifference / second },
      clientAuthentication(connector, server, keys),
    )
    config[customFetch] = exchange(connector, requests, createOpener({ connector, documents, keys }))
    // The library's own timer would be a second one: `requests.ts` has the first.
    config.timeout = undefined
    if (allowHttp) allowInsecureRequests(config)
    return { config, server }
  }

  return {
    of: (connector) => {
      const documents = library.of(connector)
      // The same promise for as long as the document is the same.
      const server = documents.server()
      const known = made.get(connector)
      if (known?.server === server) return known.party
      const party = server.then((metadata) => make(connector, documents, metadata))
      made.set(connector, { server, party })
      return party
    },
  }
}

/** The settings say which algorithms are believed, not the provider that has to be checked. */
function limitedTo(algorithms: string[], server: ServerMetadata): ServerMetadata {
  return {
    ...server,
    id_token_signing_alg_values_supported: algorithms,
    userinfo_signing_alg_values_supported: algorithms,
  }
}

function clientAuthentication(
  connector: OidcConnector,
  server: ServerMetadata,
  keys: Pick<Keys, 'active'>,
): ClientAuth {
  switch (connector.auth) {
    case 'client_secret_basic':
      return writtenOnce(ClientSecretBasic(secretOf(connector)), connector, server)
    case 'client_secret_post':
      return ClientSecretPost(secretOf(connector))
    case 'private_key_jwt':
      return signedAssertion(server, keys)
  }
}

/** Name and secret in a header (RFC 6749 section 2.3.1), the same one in every request: the library writes it once. */
function writtenOnce(basic: ClientAuth, { clientId }: OidcConnector, server: ServerMetadata): ClientAuth {
  const written = new Headers()
  basic(server, { client_id: clientId }, new URLSearchParams(), written)
  const entries = [...written]
  return (_server, _client, _body, headers) => {
    for (const [name, value] of entries) headers.set(name, value)
  }
}

function secretOf({ issuer, clientSecret }: OidcConnector): string {
  if (!clientSecret) throw new GarantError('settings_invalid', { issuer, missing: 'clientSecret' })
  return clientSecret
}

/** RFC 7523 with the key that is active at that instant; `aud` is the provider's issuer, and nothing else. */
function signedAssertion(server: ServerMetadata, keys: Pick<Keys, 'active'>): ClientAuth {
  const accepted = server.token_endpoint_auth_signing_alg_values_supported
  const alg: Algorithm = accepted?.includes('RS256') && !accepted.includes('ES256') ? 'RS256' : 'ES256'
  return async (...request) => {
    const key = keys.active('client', alg)
    return PrivateKeyJwt({ key: await imported(key), kid: key.id })(...request)
  }
}

/** The two requests of a login: the code for tokens (the only POST), the access token for the identity. */
function exchange(connector: OidcConnector, requests: Requests, opener: Opener): CustomFetch {
  const [token, userinfo] = [endpointOf('token', requests), endpointOf('userinfo', requests)]
  return async (address, { method, headers, body }) => {
    if (method === 'POST') {
      const reply = await requests.send(token(address), { method, headers, body: String(body) })
      return asResponse(reply, reply.status === 200 ? await openTokens(reply, opener) : reply.text)
    }
    const reply = await requests.send(userinfo(address), { method: 'GET', headers })
    if (reply.status !== 200) throw refused('userinfo_error')
    const isSigned = connector.userinfo === 'jwt'
    // Plain JSON where a signature was agreed upon would be the easiest forgery of all.
    if (reply.mediaType !== (isSigned ? 'application/jwt' : 'application/json')) throw invalid('userinfo_content_type')
    return asResponse(reply, isSigned ? await opener.open('userinfo', reply.text.trim()) : reply.text)
  }
}

/** The library gives the address of the metadata each time: it is judged and taken apart with the first request. */
function endpointOf(stage: Stage, requests: Requests): (address: string) => Endpoint {
  let known: { address: string; endpoint: Endpoint } | undefined
  return (address) => {
    if (known?.address !== address) known = { address, endpoint: requests.endpoint(stage, address) }
    return known.endpoint
  }
}

/** Parsed, since a token inside has to be opened before the library reads it. */
async function openTokens(reply: Reply, opener: Opener): Promise<Record<string, unknown>> {
  if (reply.mediaType !== 'application/json') throw invalid('token_content_type')
  const tokens = objectIn(reply.text)
  // "access-token = 1*VSCHAR" (RFC 6749 appendix A.12); anything else does not fit in a header either.
  if (!tokens || typeof tokens.access_token !== 'string' || !/^[\x20-\x7e]+$/.test(tokens.access_token)) {
    throw invalid('token_malformed')
  }
  if (typeof tokens.id_token !== 'string') throw invalid('id_token_missing')
  tokens.id_token = await opener.open('id_token', tokens.id_token)
  return tokens
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/**
 * For a reader of text or JSON, as the library is: what it reads is here already, and can be read again. A body would be
 * a stream, which costs four times as much, and six more turns.
 */
function asResponse({ status, mediaType, challenge }: Reply, body: string | Record<string, unknown>): Response {
  const response = new Response(null, { status })
  response.headers.set('content-type', mediaType)
  if (challenge !== undefined) response.headers.set('www-authenticate', challenge)
  return Object.assign(response, {
    text: async () => (typeof body === 'string' ? body : JSON.stringify(body)),
    json: async () => (typeof body === 'string' ? JSON.parse(body) : body),
    clone: () => response,
  })
}
