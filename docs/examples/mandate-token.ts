/**
 * Two services, one of which uses the programming interface of the other for an organisation: `exchange` in the one that
 * the person signed in to, `whoActs` in the one that is called. Node 24, `openid-client` 6 and `jose` 6. What a real one
 * does otherwise: it remembers the proofs that it has seen where all its processes see them.
 */
import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose'
import * as openid from 'openid-client'

// --- The service that calls ----------------------------------------------------------------------------------------

/** One key for one token: what is stolen on the way opens nothing without it. */
export async function exchange(
  hub: openid.Configuration,
  {
    accessToken,
    audience,
    ...details
  }: { accessToken: string; audience: string; organisation?: string; actions: string[] },
) {
  const DPoP = openid.getDPoPHandle(hub, await openid.randomDPoPKeyPair('ES256'))
  const parameters = {
    subject_token: accessToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience,
    authorization_details: JSON.stringify([{ type: 'mandate', ...details }]),
  }
  const answer = await openid.genericGrantRequest(hub, 'urn:ietf:params:oauth:grant-type:token-exchange', parameters, {
    DPoP,
  })
  const token = answer.access_token
  return {
    answer,
    /** Calls the other service; the library makes a proof for each request. */
    call: (url: URL, method = 'GET', body?: string) =>
      openid.fetchProtectedResource(hub, token, url, method, body, undefined, { DPoP }),
  }
}

// --- The service that is called ------------------------------------------------------------------------------------

export interface Caller {
  /** For whom: an organisation, `ice:001525516000093`. */
  organisation: string
  /** Who acts: the subject by which this service knows the person. */
  person: string
  /** The firm in which they work, when the mandate is a firm's. */
  firm?: string
  actions: string[]
  mandate?: string
}

interface Actor {
  sub: string
  act?: Actor
}

const seen = new Map<string, number>()
const patience = 60

/** Undefined: answer 401 with `WWW-Authenticate: DPoP error="invalid_token"`. */
export async function whoActs(
  hub: openid.Configuration,
  request: { method: string; url: string; authorization?: string; dpop?: string },
): Promise<Caller | undefined> {
  const [scheme, token = ''] = (request.authorization ?? '').split(' ')
  // A mandate token is never taken from a bearer: whoever found one could use it.
  if (scheme?.toLowerCase() !== 'dpop' || !request.dpop) return undefined
  const key = await provenKey({ ...request, dpop: request.dpop, token })
  const told = key === undefined ? { active: false } : await openid.tokenIntrospection(hub, token)
  // At each request: what somebody ended a moment ago is not active any more.
  if (!told.active || told.aud !== hub.clientMetadata().client_id) return undefined
  if ((told.cnf as { jkt?: string } | undefined)?.jkt !== key) return undefined
  const actor = told.act as Actor | undefined
  const details = told.authorization_details as { type: string; actions: string[]; mandate?: string }[] | undefined
  const detail = details?.find(({ type }) => type === 'mandate')
  // Never for an organisation without somebody who acts.
  if (!told.sub || !actor || !detail) return undefined
  return {
    organisation: told.sub,
    person: actor.sub,
    ...(actor.act ? { firm: actor.act.sub } : {}),
    actions: detail.actions,
    ...(detail.mandate ? { mandate: detail.mandate } : {}),
  }
}

/** Thumbprint of the key that signed a good proof of this very request (RFC 9449 section 4.3). */
async function provenKey({
  method,
  url,
  dpop,
  token,
}: {
  method: string
  url: string
  dpop: string
  token: string
}): Promise<string | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(dpop, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256', 'Ed25519'],
      maxTokenAge: patience,
      clockTolerance: 10,
    })
    const { htm, htu, ath, jti, iat = 0 } = payload
    const ofRequest = htm === method && typeof htu === 'string' && sameAddress(htu, url)
    const ofToken = ath === createHash('sha256').update(token).digest('base64url')
    if (!ofRequest || !ofToken || !jti || seen.has(jti)) return undefined
    for (const [id, at] of seen) if (at + 2 * patience < iat) seen.delete(id)
    seen.set(jti, iat)
    return await calculateJwkThumbprint(protectedHeader.jwk as JWK)
  } catch {
    return undefined
  }
}

/** "without query and fragment parts" (section 4.2). */
function sameAddress(one: string, other: string): boolean {
  const bare = (text: string) => {
    const { origin, pathname } = new URL(text)
    return `${origin}${pathname}`
  }
  return bare(one) === bare(other)
}
