/**
 * A service in one file: sign in through the hub, sign out both ways. Node 24, `openid-client` 6 and `jose` 6; run with
 * `node service.ts`. What a real one does otherwise: it keeps its sessions in a database.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as openid from 'openid-client'

const { HUB = '', CLIENT_ID = '', CLIENT_SECRET = '', ORIGIN = '', PORT = '3000', DANGER_ALLOW_HTTP } = process.env
const callback = `${ORIGIN}/callback`

// Once, at the start. The library then reads the hub's keys when it meets one that it does not know.
const hub = await openid.discovery(
  new URL(HUB),
  CLIENT_ID,
  { id_token_signed_response_alg: 'ES256' },
  openid.ClientSecretBasic(CLIENT_SECRET),
  { execute: [openid.enableNonRepudiationChecks, ...(DANGER_ALLOW_HTTP ? [openid.allowInsecureRequests] : [])] },
)
const hubKeys = createRemoteJWKSet(new URL(hub.serverMetadata().jwks_uri ?? ''))

interface Session {
  /** A login that this browser began. */
  attempt?: { state: string; nonce: string; verifier: string }
  person?: { subject: string; name: string; sid: string; idToken: string }
}
const sessions = new Map<string, Session>()

async function begin(response: ServerResponse): Promise<void> {
  const attempt = {
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    verifier: openid.randomPKCECodeVerifier(),
  }
  openSession(response, { attempt })
  const url = openid.buildAuthorizationUrl(hub, {
    redirect_uri: callback,
    scope: 'openid given_name family_name',
    acr_values: 'eidas1',
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
  })
  redirect(response, url)
}

async function finish(url: URL, session: Session | undefined, response: ServerResponse): Promise<void> {
  const attempt = session?.attempt
  if (!attempt) return say(response, 400, 'This browser began no sign-in. <a href="/login">Sign in</a>')
  delete session.attempt
  try {
    // Checks state, `iss`, the signature, audience and nonce of the id token, and its times.
    const tokens = await openid.authorizationCodeGrant(hub, url, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims || !tokens.id_token) throw new Error('no id token')
    const { given_name } = await openid.fetchUserInfo(hub, tokens.access_token, claims.sub)
    // `sub` is the key of the person here, alone: names, addresses and the level may change.
    openSession(response, {
      person: { subject: claims.sub, name: given_name ?? '', sid: String(claims.sid), idToken: tokens.id_token },
    })
    redirect(response, `${ORIGIN}/`)
  } catch (error) {
    const code = error instanceof openid.AuthorizationResponseError ? error.error : 'invalid'
    const sentence = sentences[code] ?? 'The sign-in did not succeed.'
    say(response, 400, `${sentence} <a href="/login">Sign in</a> or <a href="/other-way">use another way</a>.`)
  }
}

const sentences: Record<string, string> = {
  access_denied: 'You came back without signing in.',
  unmet_authentication_requirements: 'This service needs an account of a higher level.',
  temporarily_unavailable: 'Signing in is not possible at the moment.',
}

/** The end begins here: this session ends first, then the one at the hub, which tells the other services. */
function logout(id: string, session: Session | undefined, response: ServerResponse): void {
  sessions.delete(id)
  const back = { post_logout_redirect_uri: `${ORIGIN}/` }
  const { person } = session ?? {}
  redirect(response, person ? openid.buildEndSessionUrl(hub, { ...back, id_token_hint: person.idToken }) : ORIGIN)
}

/** The end began elsewhere: the hub posts a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.6). */
async function loggedOut(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = new URLSearchParams(await text(request)).get('logout_token') ?? ''
  const verified = await jwtVerify(token, hubKeys, {
    issuer: hub.serverMetadata().issuer,
    audience: CLIENT_ID,
    typ: 'logout+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['sid', 'exp'],
  }).catch(() => undefined)
  const events = verified?.payload.events as Record<string, unknown> | undefined
  if (!verified || !events?.['http://schemas.openid.net/event/backchannel-logout']) return say(response, 400, '')
  for (const [id, { person }] of sessions) if (person?.sid === verified.payload.sid) sessions.delete(id)
  say(response, 200, '')
}

export const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', ORIGIN)
  const id = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
  const session = sessions.get(id)
  const name = session?.person?.name
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /login':
      return begin(response)
    case 'GET /callback':
      return finish(url, session, response)
    case 'POST /logout':
      return logout(id, session, response)
    case 'POST /backchannel-logout':
      return loggedOut(request, response)
    case 'GET /':
      return name === undefined
        ? say(response, 200, '<a href="/login">Sign in</a>')
        : say(
            response,
            200,
            `Hello, ${escaped(name)}. <form method="post" action="/logout"><button>Sign out</button></form>`,
          )
    default:
      return say(response, 404, 'There is no such page.')
  }
}).listen(Number(PORT))

// --- Answers -------------------------------------------------------------------------------------------------------

/** A new id whenever what a session may do changes. */
function openSession(response: ServerResponse, session: Session): void {
  const id = randomBytes(24).toString('base64url')
  sessions.set(id, session)
  const secure = ORIGIN.startsWith('https:') ? '; Secure' : ''
  response.setHeader('set-cookie', `session=${id}; Path=/; HttpOnly; SameSite=Lax${secure}`)
}

function redirect(response: ServerResponse, to: URL | string): void {
  response.writeHead(303, { location: String(to) }).end()
}

function say(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`<!doctype html><title>Service</title><p>${body}`)
}

function escaped(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
