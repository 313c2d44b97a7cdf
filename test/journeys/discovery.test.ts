/**
 * The discovery document against what the hub does: for each list in it, every entry works and what is not in it is
 * refused. A list that is new in the document has no proof here and fails.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { ClientSecretBasic, ClientSecretPost, PrivateKeyJwt } from 'openid-client'
import { registerClaimNames } from '../../src/directory/directory.ts'
import { scopes } from '../../src/partners/partners.ts'
import { newProofKey, proofOf } from '../support/dpop.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { at, attempt, type RelyingParty, relyingParty, signIn, walk } from '../support/relying-party.ts'
import { UserAgent } from '../support/user-agent.ts'

const algorithms = ['ES256', 'RS256', 'PS256'] as const
const others = ['ES384', 'EdDSA'] as const
type Algorithm = (typeof algorithms)[number] | (typeof others)[number]

describe('R001: every list of the discovery document is true', () => {
  let hub: TestHub
  let provider: TestProvider
  let document: Record<string, unknown>
  let service: RelyingParty
  const keys = new Map<Algorithm, Awaited<ReturnType<typeof generateKeyPair>>['privateKey']>()
  const proved: string[] = []

  before(async () => {
    hub = await startTestHub()
    provider = await startProvider({ id: 'tax', acr: 'eidas3' })
    const jwks = []
    for (const alg of [...algorithms, ...others]) {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
      keys.set(alg, privateKey)
      jwks.push({ ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' })
    }
    provider.next = { ...provider.next, claims: { ...citizen, preferred_username: 'MARCHETTI' } }
    const levels = ['eidas1', 'eidas2', 'eidas3']
    const entry = (id: string, changes: Record<string, unknown> = {}) =>
      serviceEntry(id, {
        ...{ singleSignOn: false, scopes: [...scopes], serviceSecret: {}, representation: { actions: ['read'] } },
        ...changes,
      })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Town' },
        services: [
          entry('everything', {
            entitledTo: ['amr', 'idp'],
            backchannelLogoutUri: 'http://localhost:1/backchannel',
          }),
          entry('elsewhere', { sector: 'elsewhere.example' }),
          entry('posting', { auth: 'client_secret_post', idTokenAlg: 'RS256', userinfoAlg: 'RS256' }),
          entry('keyed', {
            auth: 'private_key_jwt',
            secrets: [],
            jwks: { keys: jwks },
            userinfoAlg: 'ES256',
          }),
        ],
        providers: [providerEntry(provider, { allowedLevels: levels })],
      },
    ])
    document = (await (await fetch(`${hub.issuer}/.well-known/openid-configuration`)).json()) as typeof document
    service = await party('everything')
  })
  after(async () => {
    await hub.close()
    await provider.close()
  })

  const party = (clientId: string, options: Partial<Parameters<typeof relyingParty>[0]> = {}) =>
    relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId), ...options })

  const listed = (name: string): string[] => {
    proved.push(name)
    const list = document[name]
    assert.ok(Array.isArray(list) && list.length > 0, `${name} is not a list`)
    return list as string[]
  }

  /** The error of an authorization request, in the address or on the page; undefined when a page of the login comes. */
  async function errorOf(parameters: Record<string, string>): Promise<string | undefined> {
    const tried = await attempt(service, parameters)
    const page = await new UserAgent({ language: 'en' }).open(tried.url, at(service))
    const error = page.url.searchParams.get('error') ?? new URLSearchParams(page.url.hash.slice(1)).get('error')
    return error ?? (page.status >= 400 ? `page ${page.status}` : undefined)
  }

  async function tokenErrorOf(fields: Record<string, string>, path = '/token'): Promise<unknown> {
    const response = await fetch(`${hub.issuer}${path}`, { method: 'POST', body: new URLSearchParams(fields) })
    return ((await response.json().catch(() => ({}))) as { error?: unknown }).error
  }

  const signInAs = (as: RelyingParty, parameters: Record<string, string> = {}) =>
    signIn(new UserAgent({ language: 'en' }), as, 'tax', parameters)

  test('response types and modes', async () => {
    const types = listed('response_types_supported')
    for (const type of ['code', 'token', 'id_token', 'none', 'code id_token', 'code token', 'code id_token token']) {
      const error = await errorOf({ response_type: type })
      assert.equal(error === undefined, types.includes(type), `${type}: ${error}`)
    }
    const modes = listed('response_modes_supported')
    for (const mode of ['query', 'fragment', 'form_post', 'jwt', 'query.jwt', 'web_message']) {
      const error = await errorOf({ response_mode: mode })
      assert.equal(error === undefined, modes.includes(mode), `${mode}: ${error}`)
    }
  })

  test('grant types', async () => {
    const types = listed('grant_types_supported')
    const known = [
      ...['authorization_code', 'refresh_token', 'client_credentials', 'password', 'implicit'],
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:openid:params:grant-type:ciba',
    ]
    for (const type of known) {
      const credentials = { client_id: 'posting', client_secret: secretOf('posting') }
      const error = await tokenErrorOf({ ...credentials, grant_type: type })
      assert.equal(error !== 'unsupported_grant_type', types.includes(type), `${type}: ${error}`)
    }
    assert.ok(!types.includes('refresh_token'))
  })

  test('challenge methods', async () => {
    const methods = listed('code_challenge_methods_supported')
    for (const method of ['S256', 'plain', '']) {
      const error = await errorOf({ code_challenge_method: method })
      assert.equal(error === undefined, methods.includes(method), `${method}: ${error}`)
    }
    assert.equal(await errorOf({ code_challenge: '', code_challenge_method: '' }), 'invalid_request')
  })

  test('scopes', async () => {
    const names = listed('scopes_supported')
    assert.deepEqual([...names].sort(), [...scopes].sort())
    for (const scope of names) assert.equal(await errorOf({ scope: `openid ${scope}` }), undefined, scope)
    for (const scope of ['offline_access', 'phone', 'address']) {
      const tried = await walk(new UserAgent({ language: 'en' }), service, 'tax', { scope: `openid ${scope}` })
      assert.ok(!tried.page.url.searchParams.has('scope'), scope)
    }
  })

  test('claims, and their types', async () => {
    const names = listed('claims_supported')
    const asked = { id_token: { amr: null }, userinfo: { idp_id: null } }
    const { idToken, userinfo } = await signInAs(service, {
      scope: scopes.join(' '),
      claims: JSON.stringify(asked),
    })
    // What every id token has, whatever it is about (OpenID Connect Core sections 2 and 3.1.3.6).
    const framing = new Set(['aud', 'exp', 'iat', 'nonce', 'at_hash'])
    const given = [...new Set([...Object.keys(idToken), ...Object.keys(userinfo)])].filter((name) => !framing.has(name))
    // What the register of professionals says is of no citizen: professionals.test.ts. Who acts for themselves represents
    // nobody: acting.test.ts.
    const ofOthers: readonly string[] = [...registerClaimNames, 'represented']
    const ofCitizens = names.filter((name) => !ofOthers.includes(name))
    assert.deepEqual(given.sort(), ofCitizens.sort())
    assert.deepEqual(listed('claim_types_supported'), ['normal'])
    assert.ok(!('_claim_names' in userinfo) && !('_claim_names' in idToken))
  })

  test('levels', async () => {
    for (const acr of listed('acr_values_supported')) {
      const { idToken } = await signInAs(service, {
        claims: JSON.stringify({ id_token: { acr: { essential: true, value: acr } } }),
      })
      assert.equal(idToken.acr, acr)
    }
    const beyond = JSON.stringify({ id_token: { acr: { essential: true, value: 'eidas4' } } })
    assert.equal(await errorOf({ claims: beyond }), 'unmet_authentication_requirements')
  })

  test('subject types: another sector knows another subject', async () => {
    assert.deepEqual(listed('subject_types_supported'), ['pairwise'])
    const [one, again, other] = [
      await signInAs(service),
      await signInAs(service),
      await signInAs(await party('elsewhere')),
    ]
    assert.equal(again.idToken.sub, one.idToken.sub)
    assert.notEqual(other.idToken.sub, one.idToken.sub)
  })

  test('ways to authenticate at the token endpoint and at the others, with their algorithms', async () => {
    const methods = listed('token_endpoint_auth_methods_supported')
    assert.deepEqual([...methods].sort(), ['client_secret_basic', 'client_secret_post', 'private_key_jwt'])
    const signing = listed('token_endpoint_auth_signing_alg_values_supported')
    for (const endpoint of ['introspection', 'revocation']) {
      assert.deepEqual(listed(`${endpoint}_endpoint_auth_methods_supported`), methods, endpoint)
      assert.deepEqual(listed(`${endpoint}_endpoint_auth_signing_alg_values_supported`), signing, endpoint)
    }
    assert.deepEqual([...signing].sort(), [...algorithms].sort())
    await signInAs(await party('everything', { auth: ClientSecretBasic(secretOf('everything')) }))
    const posting = await party('posting', {
      auth: ClientSecretPost(secretOf('posting')),
      metadata: { id_token_signed_response_alg: 'RS256', userinfo_signed_response_alg: 'RS256' },
    })
    await signInAs(posting)
    for (const alg of [...algorithms, ...others]) {
      const key = keys.get(alg)
      assert.ok(key)
      if (signing.includes(alg)) {
        const metadata = { id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' }
        await signInAs(await party('keyed', { auth: PrivateKeyJwt({ key, kid: alg }), metadata }))
      }
      for (const path of ['/token', '/introspect', '/revoke']) {
        const assertion = await new SignJWT({ jti: `${alg} ${path}` })
          .setProtectedHeader({ alg, kid: alg })
          .setIssuer('keyed')
          .setSubject('keyed')
          .setAudience(hub.issuer)
          .setIssuedAt()
          .setExpirationTime('1 minute')
          .sign(key)
        const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
        const fields = { client_assertion: assertion, client_assertion_type: type, token: 'x', grant_type: 'implicit' }
        const error = await tokenErrorOf({ ...fields, client_id: 'keyed' }, path)
        assert.equal(error !== 'invalid_client', signing.includes(alg), `${alg} at ${path}: ${error}`)
      }
    }
    assert.equal(await tokenErrorOf({ grant_type: 'authorization_code', client_id: 'posting' }), 'invalid_client')
  })

  test('algorithms of id tokens and of userinfo', async () => {
    const published = ((await (await fetch(`${hub.issuer}/jwks`)).json()) as { keys: { alg: string; use: string }[] })
      .keys
    const ours = [...new Set(published.filter(({ use }) => use === 'sig').map(({ alg }) => alg))].sort()
    assert.deepEqual([...listed('id_token_signing_alg_values_supported')].sort(), ours)
    assert.deepEqual([...listed('userinfo_signing_alg_values_supported')].sort(), ours)
    const posting = await party('posting', {
      auth: ClientSecretPost(secretOf('posting')),
      metadata: { id_token_signed_response_alg: 'RS256', userinfo_signed_response_alg: 'RS256' },
    })
    const used: (string | undefined)[] = []
    for (const each of [service, posting]) used.push(decodeProtectedHeader((await signInAs(each)).rawIdToken).alg)
    assert.deepEqual(used.sort(), ours)
  })

  test('algorithms of proofs of possession', async () => {
    const supported = listed('dpop_signing_alg_values_supported')
    const url = `${hub.issuer}/token`
    const fields = { client_id: 'posting', client_secret: secretOf('posting'), grant_type: 'authorization_code' }
    for (const alg of [...algorithms, ...others]) {
      const DPoP = await proofOf(await newProofKey(alg), { url, at: Date.now() })
      const body = new URLSearchParams({ ...fields, code: 'a'.repeat(43), redirect_uri: service.redirectUri })
      const response = await fetch(url, { method: 'POST', body, headers: { DPoP } })
      const { error } = (await response.json()) as { error?: string }
      assert.equal(error !== 'invalid_dpop_proof', supported.includes(alg), `${alg}: ${error}`)
    }
  })

  test('languages of the pages', async () => {
    for (const language of listed('ui_locales_supported')) {
      const { url } = await attempt(service, { ui_locales: language })
      const page = await new UserAgent().open(url)
      assert.match(page.body, new RegExp(`<html lang="${language}"`))
    }
  })

  test('no list is left without its proof', () => {
    const lists = Object.keys(document).filter((name) => Array.isArray(document[name]))
    assert.deepEqual([...new Set(proved)].sort(), lists.sort())
  })
})
