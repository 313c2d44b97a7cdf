/** Each provider against a stock relying party, without a hub between them. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { type CryptoKey, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { ClientMetadata } from 'oidc-provider'
import * as client from 'openid-client'
import { systemClock } from '../../src/kernel/clock.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { freePorts } from '../../test/support/ports.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { explicitMetadata, issuerOf } from '../partners-file.ts'
import { accountsOf, type ProviderKey, testPassword } from '../people.ts'
import { originOf, type Ports } from '../ports.ts'
import { scopesOf } from './engine.ts'
import { type RunningProvider, startProvider } from './provider.ts'
import { type ProviderDefinition, providers } from './providers.ts'

const secret = 'test-only-not-a-secret'
const definitionOf = (key: ProviderKey) => {
  const found = providers.find((definition) => definition.key === key)
  assert.ok(found)
  return found
}

interface Keys {
  signing: CryptoKey
  decryption: CryptoKey
  jwks: { keys: JWK[] }
}

async function createKeys(): Promise<Keys> {
  const signing = await generateKeyPair('ES256')
  const decryption = await generateKeyPair('ECDH-ES')
  const published = async (key: CryptoKey, members: Partial<JWK>) => ({ ...(await exportJWK(key)), ...members })
  return {
    signing: signing.privateKey,
    decryption: decryption.privateKey,
    jwks: {
      keys: [
        await published(signing.publicKey, { kid: 's', use: 'sig', alg: 'ES256' }),
        await published(decryption.publicKey, { kid: 'd', use: 'enc', alg: 'ECDH-ES' }),
      ],
    },
  }
}

describe('the providers of the town', () => {
  let ports: Ports
  let party: string
  let keys: Keys
  let keyServer: Server
  const running: RunningProvider[] = []

  before(async () => {
    ports = await freePorts()
    party = originOf(ports.hub)
    keys = await createKeys()
    keyServer = createServer((_, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(keys.jwks)),
    )
    await new Promise<void>((done) => keyServer.listen(ports.hub, '127.0.0.1', done))
    for (const definition of providers) {
      running.push(
        await startProvider({
          definition,
          port: ports[definition.key],
          ...(definition.wallet && { walletPort: ports.wallet }),
          issuer: issuerOf(definition, ports),
          clients: [asClient(definition)],
          clock: systemClock,
        }),
      )
    }
  })
  after(async () => {
    keyServer.closeAllConnections()
    keyServer.close()
    await Promise.all(running.map((provider) => provider.close()))
  })

  function asClient({ clientAuth, signingAlg, encryption, userinfo }: ProviderDefinition): ClientMetadata {
    return {
      client_id: 'party',
      redirect_uris: [`${party}/callback`],
      post_logout_redirect_uris: [`${party}/bye`],
      token_endpoint_auth_method: clientAuth,
      ...(clientAuth === 'private_key_jwt' ? { jwks_uri: `${party}/jwks` } : { client_secret: secret }),
      id_token_signed_response_alg: signingAlg,
      ...(userinfo === 'jwt' && { userinfo_signed_response_alg: signingAlg }),
      ...(encryption && {
        id_token_encrypted_response_alg: encryption.alg,
        id_token_encrypted_response_enc: encryption.enc,
        userinfo_encrypted_response_alg: encryption.alg,
        userinfo_encrypted_response_enc: encryption.enc,
      }),
    }
  }

  async function configure(definition: ProviderDefinition): Promise<client.Configuration> {
    const { clientAuth, signingAlg, encryption, userinfo } = definition
    const auth = {
      client_secret_basic: () => client.ClientSecretBasic(secret),
      client_secret_post: () => client.ClientSecretPost(secret),
      private_key_jwt: () => client.PrivateKeyJwt({ key: keys.signing, kid: 's' }),
    }[clientAuth]()
    const metadata = {
      id_token_signed_response_alg: signingAlg,
      ...(userinfo === 'jwt' && { userinfo_signed_response_alg: signingAlg }),
    }
    const configuration = definition.wallet
      ? new client.Configuration(explicitMetadata(definition, ports), 'party', metadata, auth)
      : await client.discovery(new URL(issuerOf(definition, ports)), 'party', metadata, auth, {
          execute: [client.allowInsecureRequests],
        })
    client.allowInsecureRequests(configuration)
    client.enableNonRepudiationChecks(configuration)
    if (encryption) {
      client.enableDecryptingResponses(configuration, [encryption.enc], {
        key: keys.decryption,
        kid: 'd',
        alg: encryption.alg,
      })
    }
    return configuration
  }

  /** A login that waits at the provider's first page, and how to end it. */
  async function begin(key: ProviderKey, browser: UserAgent, parameters: Record<string, string> = {}) {
    const definition = definitionOf(key)
    const configuration = await configure(definition)
    const verifier = client.randomPKCECodeVerifier()
    const [state, nonce] = [client.randomState(), client.randomNonce()]
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `${party}/callback`,
      scope: scopesOf(definition).join(' '),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...parameters,
    })
    const stop = (at: URL) => at.href.startsWith(`${party}/callback`)
    const page = await browser.open(url, stop)
    const finish = async (answer: Answer) => {
      assert.ok(stop(answer.url), `${answer.status} ${textOf(answer)}`)
      const tokens = await client.authorizationCodeGrant(configuration, answer.url, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
        ...(parameters.max_age && { maxAge: Number(parameters.max_age) }),
      })
      const idToken = tokens.claims()
      assert.ok(idToken)
      const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, idToken.sub)
      return { idToken, userinfo, rawIdToken: tokens.id_token ?? '' }
    }
    return { page, stop, finish }
  }

  type Begun = Awaited<ReturnType<typeof begin>>
  const password = (browser: UserAgent, { page, stop }: Begun, username: string, typed = testPassword) =>
    browser.submit(page, formTo(page, /\/login$/), { username, password: typed }, stop)

  /** Types the code that the page's device shows. */
  function secondStep(browser: UserAgent, page: Answer, { stop }: Begun, code = shownCode(page)): Promise<Answer> {
    return browser.submit(page, formTo(page, /\/(code|approval)$/), { code }, stop)
  }

  function shownCode(page: Answer): string {
    return /<output[^>]*>(\d+)<\/output>/.exec(page.body)?.[1] ?? ''
  }

  async function signIn(
    key: ProviderKey,
    browser: UserAgent,
    username: string,
    parameters: Record<string, string> = {},
  ) {
    const begun = await begin(key, browser, parameters)
    let page = await password(browser, begun, username)
    if (!begun.stop(page.url)) page = await secondStep(browser, page, begun)
    return begun.finish(page)
  }

  for (const { key, acr, allowedLevels, secondStep: step } of providers) {
    const level = allowedLevels.at(-1) ?? 'eidas1'
    test(`R002: ${key} signs in each of its people, at ${level} and with true means`, async () => {
      for (const { username, level: best } of accountsOf(key)) {
        const { idToken, userinfo } = await signIn(key, new UserAgent(), username, { acr_values: acr[level] ?? '' })
        const second = best !== 'eidas1' && step.kind !== 'none'
        assert.equal(idToken.acr, acr[best], username)
        assert.deepEqual(idToken.amr, second ? ['pwd', step.amr, 'mfa'] : ['pwd'], username)
        assert.equal(typeof idToken.auth_time, 'number')
        assert.equal(userinfo.sub, idToken.sub)
        assert.ok(userinfo.family_name && userinfo.email)
      }
    })
  }

  test('the login page owes help, account creation, a forgotten password and a way back, in three languages', async () => {
    for (const [language, direction] of [
      ['fr', 'ltr'],
      ['en', 'ltr'],
      ['ar', 'rtl'],
    ] as const) {
      for (const { key } of providers) {
        const { page } = await begin(key, new UserAgent(), { ui_locales: language })
        assert.match(page.body, new RegExp(`<html lang="${language}" dir="${direction}"`))
        const paths = linksOf(page).map(({ pathname }) => pathname)
        for (const owed of ['/help', '/register', '/forgotten-password']) {
          assert.ok(paths.includes(owed), `${key} ${owed}`)
          const notice = await new UserAgent().open(new URL(owed, page.url))
          assert.equal(notice.status, 200)
        }
        assert.ok(formTo(page, /\/cancel$/))
      }
    }
  })

  test('a wrong password says so and keeps the name; after five the login ends with access_denied', async () => {
    const browser = new UserAgent()
    const begun = await begin('tax', browser)
    for (let tries = 1; tries < 5; tries++) {
      const page = await password(browser, begun, 'amina', 'wrong')
      assert.equal(page.status, 400)
      assert.match(textOf(page), /Identifiant ou mot de passe incorrect/)
      assert.equal(formTo(page, /\/login$/).fields.username, 'amina')
    }
    const answer = await password(browser, begun, 'amina', 'wrong')
    assert.equal(answer.url.searchParams.get('error'), 'access_denied')
    assert.equal(answer.url.searchParams.get('iss'), originOf(ports.tax))
  })

  test('returning without signing in is access_denied', async () => {
    const browser = new UserAgent()
    const { page, stop } = await begin('bank', browser)
    const answer = await browser.submit(page, formTo(page, /\/cancel$/), {}, stop)
    assert.equal(answer.url.searchParams.get('error'), 'access_denied')
  })

  test('a session answers without a form; prompt=login asks again, and the other account takes over', async () => {
    const browser = new UserAgent()
    const first = await signIn('bank', browser, 'amina')
    const again = await begin('bank', browser)
    assert.equal((await again.finish(again.page)).idToken.sub, first.idToken.sub)
    const other = await signIn('bank', browser, 'lucas', { prompt: 'login' })
    assert.notEqual(other.idToken.sub, first.idToken.sub)
    const after = await begin('bank', browser)
    assert.equal((await after.finish(after.page)).idToken.sub, other.idToken.sub)
  })

  test('prompt=none without a session is login_required', async () => {
    const { page } = await begin('health', new UserAgent(), { prompt: 'none' })
    assert.equal(page.url.searchParams.get('error'), 'login_required')
  })

  test('max_age is held to the time of the authentication', async (context) => {
    const clock = mockProcessClock(context)
    const browser = new UserAgent()
    const first = await signIn('tax', browser, 'karim')
    clock.advance(10 * 60_000)
    const fresh = await begin('tax', browser, { max_age: '900' })
    assert.equal((await fresh.finish(fresh.page)).idToken.auth_time, first.idToken.auth_time)
    const stale = await signIn('tax', browser, 'karim', { max_age: '300' })
    assert.equal(stale.idToken.auth_time, (first.idToken.auth_time ?? 0) + 600)
  })

  test('a session below the level asked is raised by the second step alone, and keeps its time', async (context) => {
    const clock = mockProcessClock(context)
    const browser = new UserAgent()
    const low = await signIn('postal', browser, 'claire', { acr_values: 'eidas1' })
    assert.deepEqual([low.idToken.acr, low.idToken.amr], ['eidas1', ['pwd']])
    clock.advance(60_000)
    const begun = await begin('postal', browser, { acr_values: 'eidas2' })
    assert.equal(
      formsOf(begun.page).some(({ action }) => action.pathname.endsWith('/login')),
      false,
    )
    const raised = await begun.finish(await secondStep(browser, begun.page, begun))
    assert.deepEqual([raised.idToken.acr, raised.idToken.amr], ['eidas2', ['pwd', 'sms', 'mfa']])
    assert.equal(raised.idToken.auth_time, low.idToken.auth_time)
    // A session above what is asked answers as it is.
    const after = await begin('postal', browser, { acr_values: 'eidas1' })
    assert.equal((await after.finish(after.page)).idToken.acr, 'eidas2')
  })

  test('a wrong code is refused and the right one still passes', async () => {
    const browser = new UserAgent()
    const begun = await begin('consular', browser, { acr_values: 'eidas2' })
    const page = await password(browser, begun, 'fatima')
    const code = shownCode(page)
    const wrong = await secondStep(browser, page, begun, code === '000000' ? '111111' : '000000')
    assert.equal(wrong.status, 400)
    assert.match(textOf(wrong), /Ce code n’est pas le bon/)
    const { idToken } = await begun.finish(await secondStep(browser, wrong, begun, code))
    assert.equal(idToken.acr, 'eidas2')
  })

  test('an account that was never checked stays low, and an essential level is refused in the standard’s words', async () => {
    const { idToken } = await signIn('postal', new UserAgent(), 'karim', { acr_values: 'eidas2' })
    assert.equal(idToken.acr, 'eidas1')
    const browser = new UserAgent()
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['eidas2'] } } })
    const begun = await begin('postal', browser, { claims })
    const answer = await password(browser, begun, 'karim')
    assert.equal(answer.url.searchParams.get('error'), 'unmet_authentication_requirements')
  })

  test('the consular provider encrypts its id token to the relying party', async () => {
    const { rawIdToken } = await signIn('consular', new UserAgent(), 'robin')
    const { alg, enc } = decodeProtectedHeader(rawIdToken)
    assert.deepEqual([alg, enc, rawIdToken.split('.').length], ['ECDH-ES', 'A256GCM', 5])
  })

  test('the federator answers browsers on another host than its issuer, and publishes no standard document', async () => {
    const issuer = originOf(ports.soignants)
    for (const host of [issuer, originOf(ports.wallet)]) {
      assert.equal((await fetch(`${host}/.well-known/openid-configuration`)).status, 404)
    }
    assert.equal((await fetch(`${issuer}/authorize`, { redirect: 'manual' })).status, 404)
    const { page } = await begin('soignants', new UserAgent())
    assert.equal(page.url.origin, originOf(ports.wallet))
    const { idToken, userinfo } = await signIn('soignants', new UserAgent(), 'dr.osman')
    assert.equal(idToken.iss, issuer)
    assert.equal(userinfo.SubjectNameID, '899010002147')
    assert.ok(idToken.sub.endsWith(':899010002147'))
  })

  test('the bank has words of its own for some claims', async () => {
    const { userinfo } = await signIn('bank', new UserAgent(), 'mehdi')
    const { birth_date, birth_place_code, birth_country_code } = userinfo as Record<string, unknown>
    assert.deepEqual([birth_date, birth_place_code, birth_country_code], ['1999-12-31', '', '99351'])
    assert.equal(userinfo.birthdate, undefined)
  })

  test('logout with a hint ends the session at once and returns; without one the person is asked', async () => {
    const browser = new UserAgent()
    const { rawIdToken } = await signIn('health', browser, 'sofia')
    const end = (parameters: Record<string, string>) =>
      browser.open(
        `${originOf(ports.health)}/session/end?${new URLSearchParams(parameters)}`,
        (at) => at.origin === party,
      )
    const asked = await end({ client_id: 'party', post_logout_redirect_uri: `${party}/bye`, state: 'x' })
    assert.equal(asked.status, 200)
    assert.ok(formTo(asked, /\/session\/end$/))
    const foreign = await end({ id_token_hint: rawIdToken, post_logout_redirect_uri: 'http://localhost:1/elsewhere' })
    assert.match(textOf(foreign), /Vous êtes déconnecté/)

    await signIn('health', browser, 'sofia')
    const returned = await end({ id_token_hint: rawIdToken, post_logout_redirect_uri: `${party}/bye`, state: 'x' })
    assert.equal(returned.url.href, `${party}/bye?state=x`)
    const { page } = await begin('health', browser)
    assert.ok(formTo(page, /\/login$/), 'nobody is signed in any more')
  })

  test('a page of a login is of no use in another browser, and forms of other sites are refused', async () => {
    const { page } = await begin('tax', new UserAgent())
    const elsewhere = await new UserAgent().open(page.url)
    assert.equal(elsewhere.status, 400)
    const answer = await fetch(`${originOf(ports.tax)}/session/end`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-site' },
    })
    assert.equal(answer.status, 403)
  })
})
