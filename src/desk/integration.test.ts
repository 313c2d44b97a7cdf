/**
 * What a service pastes: every text is well formed whatever the service is called and wherever it answers, says what it
 * cannot do, and the one for Node signs people in and hears that they left, against a hub.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { integrationDocument, renderIntegration } from '../../test/support/integration-doc.ts'
import { freePort } from '../../test/support/ports.ts'
import fc from '../../test/support/property.ts'
import { citizen, startProvider, type TestProvider } from '../../test/support/provider.ts'
import { tile } from '../../test/support/relying-party.ts'
import { formTo, UserAgent } from '../../test/support/user-agent.ts'
import { createTranslator } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'
import { exampleNotes, type Integrated, integrationOf, type Stack, settingNames, stacks } from './integration.ts'
import { integrationMessages } from './integration-messages.ts'

const issuer = 'https://hub.example.org'

const plain: Integrated = {
  id: 'refunds',
  homepage: 'https://refunds.example/',
  redirectUris: ['https://refunds.example/callback'],
  postLogoutRedirectUris: [],
  auth: 'client_secret_basic',
  scopes: ['given_name', 'openid'],
  minimumLevel: 'eidas2',
  idTokenAlg: 'ES256',
}

const exampleOf = (stack: Stack, changes: Partial<Integrated> = {}) => {
  const found = integrationOf({ ...plain, ...changes }, issuer).examples.find((one) => one.stack === stack)
  return found ?? assert.fail(stack)
}
const textOf = (stack: Stack, changes: Partial<Integrated> = {}) =>
  exampleOf(stack, changes)
    .files.map(({ text }) => text)
    .join('\n')
const notesOf = (stack: Stack, changes: Partial<Integrated> = {}) =>
  exampleOf(stack, changes).notes.map(({ note, value }) => (value === undefined ? note : `${note} ${value}`))

describe('what a service pastes', () => {
  test('each setting is the one of the service, by its name on the wire', () => {
    const service: Integrated = {
      ...plain,
      redirectUris: ['https://refunds.example/a', 'https://refunds.example/b'],
      backchannelLogoutUri: 'https://refunds.example/ended',
      userinfoAlg: 'RS256',
    }
    const { settings } = integrationOf(service, issuer)
    assert.deepEqual(Object.fromEntries(settings.map(({ name, values }) => [name, values.join(' ')])), {
      issuer,
      discovery: `${issuer}/.well-known/openid-configuration`,
      client_id: 'refunds',
      auth_method: 'client_secret_basic',
      redirect_uri: 'https://refunds.example/a https://refunds.example/b',
      response_type: 'code',
      pkce: 'S256',
      scope: 'openid given_name',
      acr_values: 'eidas2',
      id_token_alg: 'ES256',
      userinfo: 'JWT, RS256',
      end_session: `${issuer}/logout`,
      post_logout_redirect_uri: '',
      backchannel_logout_uri: 'https://refunds.example/ended',
    })
  })

  test('there is a sentence for every setting, stack and note', () => {
    const translate = createTranslator(integrationMessages)
    const keys = [
      ...settingNames.map((name) => `integration.setting.${name}`),
      ...stacks.map((stack) => `integration.stack.${stack}`),
      ...exampleNotes.map((note) => `integration.note.${note}`),
    ]
    for (const language of languages) for (const key of keys) assert.ok(translate(language)(key), `${language} ${key}`)
  })

  test('every stack asks for the level, the scopes and PKCE, authenticates as the settings say, and holds no secret', () => {
    const spelling: Record<Stack, RegExp> = {
      node: /code_challenge_method: 'S256'/,
      python: /"code_challenge_method": "S256"/,
      spring: /withPkce\(\)/,
      php: /setCodeChallengeMethod\('S256'\)/,
      keycloak: /"pkceMethod": "S256"/,
      apache: /OIDCPKCEMethod S256/,
    }
    const methods: Partial<Record<Stack, RegExp>> = {
      node: /ClientSecretPost\(process\.env\.CLIENT_SECRET\)/,
      apache: /OIDCProviderTokenEndpointAuth client_secret_post/,
    }
    for (const stack of stacks) {
      const text = textOf(stack, { auth: 'client_secret_post' })
      for (const needed of [
        /refunds/,
        /eidas2/,
        /given_name/,
        spelling[stack],
        methods[stack] ?? /client_secret_post/,
      ]) {
        assert.match(text, needed, stack)
      }
      assert.ok(text.includes(issuer), stack)
      assert.doesNotMatch(text, /undefined|\[object|NaN/, stack)
    }
  })

  test('the document of examples is what is made', () => {
    assert.equal(readFileSync(integrationDocument, 'utf8'), renderIntegration(), 'npm run integration')
  })

  test('what a stack cannot do, or needs of the settings, is said beside it, and only there', () => {
    const ended = 'https://refunds.example/ended'
    const rows: [stack: Stack, changes: Partial<Integrated>, notes: string[]][] = [
      ['node', {}, ['secret']],
      ['node', { auth: 'private_key_jwt' }, ['key']],
      ['python', { userinfoAlg: 'ES256' }, ['secret', 'userinfo_json']],
      ['python', { backchannelLogoutUri: ended }, ['secret', 'no_backchannel']],
      ['spring', {}, ['secret']],
      [
        'spring',
        { backchannelLogoutUri: ended },
        ['secret', 'backchannel_rs256', 'backchannel_address https://refunds.example/logout/connect/back-channel/hub'],
      ],
      ['php', {}, ['secret', 'rs256_only']],
      ['php', { idTokenAlg: 'RS256' }, ['secret']],
      ['php', { idTokenAlg: 'RS256', userinfoAlg: 'ES256' }, ['secret', 'rs256_only']],
      [
        'keycloak',
        {},
        ['secret', 'redirect_address https://refunds.example/realms/REALM/broker/hub/endpoint', 'subject'],
      ],
      [
        'keycloak',
        { redirectUris: ['https://sso.example/auth/realms/town/broker/state/endpoint'] },
        ['secret', 'subject'],
      ],
      ['apache', {}, ['secret']],
      ['apache', { auth: 'private_key_jwt' }, ['no_private_key_jwt']],
      [
        'apache',
        { backchannelLogoutUri: ended },
        ['secret', 'backchannel_address https://refunds.example/callback?logout=backchannel'],
      ],
    ]
    for (const [stack, changes, notes] of rows) {
      assert.deepEqual(notesOf(stack, changes), notes, `${stack} ${JSON.stringify(changes)}`)
    }
    const keycloak = JSON.parse(
      textOf('keycloak', { redirectUris: ['https://sso.example/realms/town/broker/state/endpoint'] }),
    )
    assert.equal(keycloak.alias, 'state')
  })

  test('no address of a service ends a text and begins code', () => {
    const signs = fc.string({ unit: fc.constantFrom(...`ab/'"\\$\`{}()<>;%&=?!*|~é `), maxLength: 24 })
    fc.assert(
      fc.property(
        signs,
        signs,
        fc.constantFrom('client_secret_basic', 'client_secret_post', 'private_key_jwt'),
        fc.boolean(),
        (path, query, auth, hears) => {
          // Whatever the settings take for an address is in its canonical spelling.
          const address = new URL(`https://refunds.example/${path}?q=${query}`).href
          const { examples } = integrationOf(
            {
              ...plain,
              auth: auth as Integrated['auth'],
              redirectUris: [address],
              postLogoutRedirectUris: [address],
              ...(hears ? { backchannelLogoutUri: address } : {}),
            },
            issuer,
          )
          for (const { stack, files } of examples) {
            for (const { name, text } of files) {
              if (stack === 'node') assert.ok(stripTypeScriptTypes(text).includes(JSON.stringify(address)))
              if (name.endsWith('.json')) JSON.parse(text)
              if (name.endsWith('.yaml')) {
                const read = parse(text).spring.security.oauth2.client.registration.hub
                assert.equal(read['redirect-uri'], address)
              }
              if (stack === 'php') assert.equal(unquoted(text, /[^\\](?:\\\\)*'/g) % 2, 0, text)
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** Quotes of PHP that are not escaped, outside of its comments. */
const unquoted = (text: string, quote: RegExp) =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('//'))
    .join('\n')
    .match(quote)?.length ?? 0

describe('the example for Node', () => {
  let hub: TestHub
  let tax: TestProvider
  const folder = mkdtempSync(join(tmpdir(), 'garant-pasted-'))
  const running: ChildProcess[] = []
  before(async () => {
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
    ;[hub, tax] = await Promise.all([startTestHub(), startProvider({ id: 'tax', acr: 'eidas1' })])
  })
  after(async () => {
    for (const child of running) child.kill()
    await hub?.close()
    await tax?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The text as it is shown, in a process of its own. Resolves when it answers. */
  async function start(service: string, env: Record<string, string>): Promise<string> {
    const settings = hub.partners.registry().services.get(service) ?? assert.fail(service)
    const [file] = integrationOf(settings, hub.issuer).examples[0]?.files ?? []
    const path = join(folder, `${service}.mjs`)
    writeFileSync(path, file?.text ?? assert.fail())
    const child = spawn(process.execPath, [path], { env: { PATH: process.env.PATH, ...env }, stdio: 'inherit' })
    running.push(child)
    const { origin } = new URL(settings.homepage)
    for (const end = performance.now() + 60_000; performance.now() < end; ) {
      const [answer] = await Promise.all([
        fetch(origin).catch(() => undefined),
        Promise.race([once(child, 'exit'), new Promise((next) => setTimeout(next, 50))]),
      ])
      if (answer?.ok) return origin
      assert.equal(child.exitCode, null, `${service} ended`)
    }
    throw new Error(`${service} does not answer`)
  }

  test('R011: with a secret, and with a key, a signed userinfo and back-channel logout: signs in, signs out, hears', async () => {
    const [first, second] = [`http://localhost:${await freePort()}`, `http://localhost:${await freePort()}`]
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256', use: 'sig' }
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const at = (origin: string) => ({
      homepage: `${origin}/`,
      redirectUris: [`${origin}/back`],
      postLogoutRedirectUris: [`${origin}/`],
    })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Town' },
        services: [
          serviceEntry('with-secret', { ...at(first), auth: 'client_secret_post' }),
          serviceEntry('with-key', {
            ...at(second),
            auth: 'private_key_jwt',
            secrets: [],
            jwks: { keys: [jwk] },
            userinfoAlg: 'ES256',
            backchannelLogoutUri: `${second}/ended`,
          }),
        ],
        providers: [providerEntry(tax, { allowedLevels: ['eidas1'] })],
      },
    ])
    await Promise.all([
      start('with-secret', { CLIENT_SECRET: secretOf('with-secret') }),
      start('with-key', { PRIVATE_KEY_FILE: join(folder, 'key.pem'), PRIVATE_KEY_ID: 'mine' }),
    ])
    for (const origin of [first, second]) {
      const browser = new UserAgent({ language: 'en' })
      const signIn = async () => {
        const choice = await browser.open(`${origin}/login`)
        const { form, values } = tile(choice, 'tax')
        const page = await browser.submit(choice, form, values)
        const answer = await browser.submit(page, formTo(page, /\/inform$/), {}, (url) => url.origin === origin)
        return browser.open(answer.url)
      }
      const home = await signIn()
      assert.equal(home.url.href, `${origin}/`)
      assert.match(home.body, new RegExp(`&#34;acr&#34;: &#34;eidas1&#34;.*${citizen.given_name}`, 's'))
      const gone = await browser.submit(home, formTo(home, /\/logout$/))
      assert.match(gone.body, /Sign in/)
      if (origin === first) continue
      assert.match((await signIn()).body, /eidas1/)
      const confirm = await browser.open(`${hub.issuer}/logout`)
      await browser.submit(confirm, formTo(confirm, /confirm/), { answer: 'yes' })
      const end = performance.now() + 60_000
      while (!(await browser.open(`${origin}/`)).body.includes('Sign in')) {
        assert.ok(performance.now() < end, 'the end of the session is told')
        await new Promise((next) => setTimeout(next, 50))
      }
    }
  })
})
