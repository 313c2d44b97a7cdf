// The protocol of docs/eid-app-protocol.md, version 1: discovery, and messages that a key signs. All goes through the
// house of the telephone, because the hub answers no scripts of other origins.
import { base64url } from './store.js'

/** What the hub answered when it was not what was asked for: `code` is its word, `told` the members beside it. */
export class Refusal extends Error {
  constructor({ error, error_description: description, ...told }) {
    super(description ?? error)
    this.code = error
    this.told = told
  }
}

const text = new TextEncoder()

/** Asks the hub who it is. The clock of the hub is followed where it says that ours is wrong. */
export async function findHub() {
  const { issuer, name, endpoints, providers } = await answerOf(await reach('/hub/.well-known/garant-eid'))
  let drift = 0

  /** Members as they are, unsigned: the first message of a pairing. */
  const post = (endpoint, body) => reach(`/hub${new URL(endpoints[endpoint]).pathname}`, body).then(answerOf)

  /** One signed message. `signer`: a key pair with its public `jwk`, and the phone's id once it is paired. */
  async function send(endpoint, type, signer, claims) {
    try {
      return await post(endpoint, { message: await sign(type, signer, claims) })
    } catch (refusal) {
      if (refusal.code !== 'clock_skew') throw refusal
      drift = refusal.told.now - Math.floor(Date.now() / 1000)
      return post(endpoint, { message: await sign(type, signer, claims) })
    }
  }

  async function sign(type, { keys, jwk, phone }, claims) {
    const header = { alg: 'ES256', typ: `garant-eid-${type}+jwt`, ...(phone ? { kid: phone } : { jwk }) }
    const jti = base64url(crypto.getRandomValues(new Uint8Array(24)))
    const payload = { aud: issuer, iat: Math.floor(Date.now() / 1000) + drift, jti, ...claims }
    const input = [header, payload].map((part) => base64url(text.encode(JSON.stringify(part)))).join('.')
    return `${input}.${await signatureOf(keys, input)}`
  }

  /** The five lines that a card signs. */
  async function cardText(challenge, { jwk }, purpose) {
    return ['garant-eid/1 card', issuer, challenge, await thumbprint(jwk), purpose].join('\n')
  }

  /** What stands for a text that is signed: made of what was shown, of nothing else. */
  async function statement({ signing, content }) {
    const hash = base64url(await crypto.subtle.digest('SHA-256', text.encode(content)))
    return ['garant-signature/1', issuer, signing, hash].join('\n')
  }

  /** The code in what was scanned, or undefined when it is none of this hub's. */
  function codeIn(scanned) {
    const before = `${issuer}/eid/q/`
    const code = scanned.startsWith(before) ? scanned.slice(before.length) : ''
    return /^[\w-]{43}$/.test(code) ? code : undefined
  }

  return { issuer, name, providers, post, send, cardText, statement, codeIn }
}

/** ES256: the two numbers one after the other. */
export async function signatureOf({ privateKey }, message) {
  return base64url(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, text.encode(message)))
}

/** A new key of this device, with the public half as messages show it. */
export async function signerOf(keys, phone) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey)
  return { keys, jwk: { kty, crv, x, y }, ...(phone && { phone }) }
}

/** RFC 7638: the members in this order, without a space. */
async function thumbprint({ crv, kty, x, y }) {
  return base64url(await crypto.subtle.digest('SHA-256', text.encode(JSON.stringify({ crv, kty, x, y }))))
}

export async function reach(path, body) {
  const sent = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return fetch(path, sent).catch(() => {
    throw new Refusal({ error: 'unreachable' })
  })
}

export async function answerOf(response) {
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer
  throw new Refusal({ error: 'unreachable', ...answer })
}
