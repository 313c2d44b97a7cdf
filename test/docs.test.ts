/**
 * What the documents promise: each setting and each error is in them as the source has it, the example files are
 * accepted by the command itself, links lead somewhere, and the example for services runs against a hub.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { z } from 'zod'
import { settingsSchema, variables } from '../src/config.ts'
import { errorMessages } from '../src/http/errors-messages.ts'
import { catalogue, type ErrorName, entryOf } from '../src/kernel/errors.ts'
import { main } from '../src/main.ts'
import { entrySchemas } from '../src/partners/entries.ts'
import { strongSecret } from '../src/partners/partners.sample.ts'
import { claimsOfScope } from '../src/protocol/claims.ts'
import { exits } from '../src/request.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from './support/hub.ts'
import { freePort } from './support/ports.ts'
import { citizen, startProvider, type TestProvider } from './support/provider.ts'
import { tile } from './support/relying-party.ts'
import { formTo, UserAgent } from './support/user-agent.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The cells of the rows of a section's tables whose first cell is code. */
function rowsOf(document: string, heading: string): string[][] {
  const [, section] = document.split(`\n${heading}\n`)
  assert.ok(section, `the section ${heading}`)
  const [body = ''] = section.split(new RegExp(`\n#{1,${heading.indexOf(' ')}} `))
  const rows = body.split('\n').filter((line) => line.startsWith('| `') && line.endsWith('|'))
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const uncoded = (cell = '') => cell.replaceAll('`', '')

// --- Settings ------------------------------------------------------------------------------------------------------

type Schema = z.core.$ZodTypes

/** Every key of a schema with its default as the document writes it. */
function keysOf(schema: Schema, path: string, standing: string): [key: string, standing: string][] {
  const { def } = schema._zod
  const inner = (next: unknown, how = standing) => keysOf(next as Schema, path, how)
  switch (def.type) {
    case 'optional':
      return inner(def.innerType, '—')
    case 'default':
      return inner(def.innerType, `\`${JSON.stringify(def.defaultValue)}\``)
    case 'prefault':
      return inner(def.innerType, '—')
    case 'pipe':
      return inner(def.in)
    case 'union': {
      const records = def.options.filter(isRecord)
      return records.length > 0 ? [...new Map(records.flatMap((option) => inner(option)))] : [[path, standing]]
    }
    case 'array':
      return [
        ...(path ? [[path, standing] as [string, string]] : []),
        ...(isRecord(def.element) ? keysOf(def.element as Schema, `${path}[]`, 'required') : []),
      ]
    case 'object':
      if (!isRecord(schema)) return [[path, standing]]
      return Object.entries(def.shape).flatMap(([name, member]) =>
        keysOf(member as Schema, path ? `${path}.${name}` : name, 'required'),
      )
    default:
      return [[path, standing]]
  }
}

/** A mapping whose keys are ours: neither open, nor a text in three languages. */
function isRecord(schema: unknown): boolean {
  const { def } = (schema as Schema)._zod
  if (def.type === 'pipe') return isRecord(def.in)
  if (def.type !== 'object') return false
  const isOpen = def.catchall?._zod.def.type !== 'never'
  return !isOpen && Object.keys(def.shape).join() !== 'fr,en,ar'
}

describe('docs/settings.md', () => {
  const document = read('docs/settings.md')
  const entries = entrySchemas({ allowHttp: false })
  const sections: [heading: string, schema: unknown][] = [
    ['## garant.yaml', settingsSchema],
    ['### Partner', entries.partner],
    ['### Service', entries.service],
    ['### Provider', entries.provider],
  ]
  for (const [heading, schema] of sections) {
    test(`has every key of "${heading}" and no other, with its default`, () => {
      const documented = rowsOf(document, heading).map(([key, , standing]) => [uncoded(key), standing])
      const known = keysOf(schema as Schema, '', 'required')
      assert.deepEqual(new Map(documented as [string, string][]), new Map(known))
      assert.equal(documented.length, known.length, 'no key twice')
    })
  }

  test('has every variable of the environment', () => {
    const documented = rowsOf(document, '## Environment').map(([name]) => uncoded(name))
    assert.deepEqual(documented, Object.keys(variables))
  })

  test('names a dangerous setting by its danger', () => {
    const dangerous = [...document.matchAll(/^\| `([\w.[\]]*)` .*(?:in clear|[Pp]lain http|secret itself)/gm)]
    assert.ok(dangerous.length >= 3)
    for (const [, key = ''] of dangerous) assert.match(key, /(^|\.)danger_/)
  })
})

// --- Examples of deploy/ -------------------------------------------------------------------------------------------

describe('deploy/', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-docs-'))
  after(() => rmSync(folder, { recursive: true }))
  const check = (env: Record<string, string>) => {
    const { DATABASE_URL: _, ...inherited } = process.env
    return spawnSync(
      join(root, 'bin/garant'),
      ['--config', 'garant.example.yaml', 'check', '--partners', 'partners.example.yaml'],
      {
        cwd: folder,
        env: {
          NODE_COMPILE_CACHE: join(root, '.cache/compiled'),
          ...inherited,
          GARANT_DATA: join(folder, 'data'),
          ...env,
        },
        encoding: 'utf8',
      },
    )
  }
  before(() => {
    cpSync(join(root, 'deploy'), folder, { recursive: true })
    mkdirSync(join(folder, 'secrets'))
    for (const [, name = ''] of read('deploy/partners.example.yaml').matchAll(/file: secrets\/([\w-]+)/g)) {
      writeFileSync(join(folder, 'secrets', name), `${strongSecret(name)}\n`)
    }
  })

  test('`garant check` accepts both examples, and warns of nothing dangerous', () => {
    const { status, stdout, stderr } = check({ GARANT_MAIL_PASSWORD: 'a-password' })
    assert.equal(status, exits.done.code, stderr)
    assert.match(stdout, /The settings are good: a hub at https:\/\/hub\.example\.org\./)
    assert.match(stdout, /partners\.example\.yaml is good: 2 services, 2 providers\./)
    assert.doesNotMatch(stderr, /danger_|only provider/)
  })

  test('`garant check` refuses them without their secrets, and says which is missing', () => {
    rmSync(join(folder, 'secrets/taxes'))
    const settings = check({})
    assert.equal(settings.status, exits.refused.code)
    assert.match(settings.stderr, /GARANT_MAIL_PASSWORD is missing/)
    const partners = check({ GARANT_MAIL_PASSWORD: 'a-password' })
    assert.equal(partners.status, exits.refused.code)
    assert.match(
      partners.stderr,
      /partners\[2\]\.providers\[0\]\.connector\.clientSecret is in a file that cannot be read/,
    )
  })

  test('the unit of systemd runs commands that exist, and gives the hub nothing that it does not need', async () => {
    const unit = read('deploy/garant.service')
    for (const [, path = '', command = ''] of unit.matchAll(/^Exec\w+=\/opt\/garant\/(\S+) (\S+)$/gm)) {
      assert.ok(existsSync(join(root, path)), path)
      assert.match(await helpOf([command]), new RegExp(`Usage: garant ${command}`))
    }
    for (const line of ['NoNewPrivileges=yes', 'CapabilityBoundingSet=', 'ProtectSystem=strict', 'UMask=0077']) {
      assert.ok(unit.includes(`\n${line}\n`), line)
    }
    assert.doesNotMatch(unit, /^(?:Environment=.*(?:KEY|PASSWORD)|User=root)/m)
  })
})

// --- Links and commands --------------------------------------------------------------------------------------------

const documents = globSync(['*.md', 'docs/**/*.md', 'demo/*.md'], { cwd: root })

/** The anchor that a heading gets on the pages of code hosts. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

test('every link between documents leads to a file, and to a heading of it', () => {
  const broken = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([, path = '', anchor]) => {
      const target = path === '' ? file : join(dirname(file), path)
      if (!existsSync(join(root, target))) return [`${file}: ${path}`]
      if (anchor === undefined || !target.endsWith('.md')) return []
      const anchors = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
      return anchors.includes(anchor) ? [] : [`${file}: ${path}#${anchor}`]
    }),
  )
  assert.deepEqual(broken, [])
})

test('docs/README.md leads to every document', () => {
  const index = read('docs/README.md')
  const missing = globSync('docs/**/*.md', { cwd: root })
    .map((file) => file.slice('docs/'.length))
    .filter((file) => file !== 'README.md' && !index.includes(`](${file})`))
  assert.deepEqual(missing, [])
})

test('every `garant` command in a document exists, with the options that it is given', async () => {
  const lines = documents.flatMap((file) =>
    [...read(file).matchAll(/^(?:\$ )?garant ([^\n|>]*)$/gm)].map(([, line = '']) => line),
  )
  assert.ok(lines.length > 8, 'the commands were found')
  for (const { words, options } of lines.map(shapeOf)) {
    const help = await helpOf(words)
    assert.match(help, new RegExp(`^Usage: garant ${words.join(' ')}`))
    for (const option of options)
      assert.match(help, new RegExp(`^ .*${option}\\b`, 'm'), `${words.join(' ')} ${option}`)
  }
})

async function helpOf(words: string[]): Promise<string> {
  const said: string[] = []
  const out = { line: (text: string) => void said.push(text), warn: (text: string) => void said.push(text) }
  assert.equal(await main([...words, '--help'], { env: {}, out, stopped: async () => {} }), exits.done.code)
  return said.join('\n')
}

/** The words of a command and its own options, without arguments. */
function shapeOf(line: string): { words: string[]; options: string[] } {
  const parts = line
    .replace(/--config \S+/, '')
    .trim()
    .split(/\s+/)
  const nested = [
    'banner',
    'card',
    'keys',
    'audit',
    'detection',
    'directory',
    'mandate',
    'means',
    'organisations',
    'people',
    'operator',
    'provider',
    'statistics',
    'service-secret',
    'staff',
    'api-client',
  ].includes(parts[0] ?? '')
    ? 2
    : 1
  return { words: parts.slice(0, nested), options: parts.filter((part) => part.startsWith('--')) }
}

// --- Integration ---------------------------------------------------------------------------------------------------

describe('docs/integration.md', () => {
  const document = read('docs/integration.md')

  test('has every error that a service can get, and every one that a person can read out, as the catalogue has it', () => {
    const said = (name: ErrorName, part: 'title' | 'next') =>
      errorMessages.en[`error.${name}.${part}`]?.replace('{provider}', 'The provider').replace('{minutes}', '30')
    const documented = rowsOf(document, '### The catalogue').map((cells) => cells.map(uncoded))
    const known = (Object.keys(catalogue) as ErrorName[]).map((name) => {
      const { code, status, fault, oauth } = entryOf(name)
      return [code, name, String(status), fault, oauth ?? '—', said(name, 'title'), said(name, 'next')]
    })
    assert.deepEqual(documented, known)
  })

  test('has every scope with the claims that it opens', () => {
    const documented = rowsOf(document, '## Scopes and claims').map(([scope, claims = '']) => [
      uncoded(scope),
      claims === '—' ? [] : uncoded(claims).split(', '),
    ])
    assert.deepEqual(
      documented,
      Object.entries(claimsOfScope).map(([scope, claims]) => [scope, [...claims]]),
    )
  })
})

describe('the example for services', () => {
  let hub: TestHub
  let tax: TestProvider
  before(async () => {
    hub = await startTestHub()
    tax = await startProvider({ id: 'tax', acr: 'eidas1' })
  })
  after(async () => {
    await hub.close()
    await tax.close()
  })

  test('is printed as it is checked and run, and so is the one for mandates (`mandate-tokens.test.ts`)', () => {
    const printed = [...read('docs/integration.md').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
    assert.deepEqual(
      printed,
      ['service', 'mandate-token'].map((name) => read(`docs/examples/${name}.ts`)),
    )
  })

  test('R011 R068: signs a person in, says in plain words that they came back, and is told when they sign out', async () => {
    const port = await freePort()
    const origin = `http://localhost:${port}`
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Town' },
        services: [
          serviceEntry('refunds', {
            homepage: `${origin}/`,
            redirectUris: [`${origin}/callback`],
            postLogoutRedirectUris: [`${origin}/`],
            backchannelLogoutUri: `${origin}/backchannel-logout`,
          }),
          serviceEntry('other'),
        ],
        providers: [providerEntry(tax, { allowedLevels: ['eidas1'] })],
      },
    ])
    Object.assign(process.env, {
      HUB: hub.issuer,
      CLIENT_ID: 'refunds',
      CLIENT_SECRET: secretOf('refunds'),
      ORIGIN: origin,
      PORT: String(port),
      DANGER_ALLOW_HTTP: 'yes',
    })
    const { server } = await import('../docs/examples/service.ts')
    try {
      const atService = (url: URL) => url.origin === origin
      const browser = new UserAgent({ language: 'en' })
      const signIn = async () => {
        const choice = await browser.open(`${origin}/login`)
        assert.equal(choice.url.origin, hub.issuer, 'the hub shows its providers')
        const { form, values } = tile(choice, 'tax')
        const page = await browser.submit(choice, form, values)
        return browser.submit(page, formTo(page, /\/inform$/), {}, atService)
      }
      const choice = await browser.open(`${origin}/login`)
      const cancelled = await browser.submit(choice, formTo(choice, /\/cancel$/))
      assert.match(cancelled.body, /You came back without signing in/)

      const answer = await signIn()
      const home = await browser.open(answer.url)
      assert.equal(home.url.href, `${origin}/`)
      assert.match(home.body, new RegExp(`Hello, ${citizen.given_name}`))
      const replayed = await browser.open(answer.url)
      assert.equal(replayed.status, 400, 'an answer that nobody asked for is refused')

      const goodbye = await browser.submit(home, formTo(home, /logout/))
      assert.equal(goodbye.url.origin, origin, goodbye.body)
      assert.match(goodbye.body, /Sign in/)

      const again = await browser.open((await signIn()).url)
      assert.match(again.body, /Hello/)
      const confirm = await browser.open(`${hub.issuer}/logout`)
      await browser.submit(confirm, formTo(confirm, /confirm/), { answer: 'yes' })
      await until(async () => (await browser.open(`${origin}/`)).body.includes('Sign in'))
      const forged = await fetch(`${origin}/backchannel-logout`, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: 'eyJhbGciOiJub25lIn0.e30.' }),
      })
      assert.equal(forged.status, 400)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

/** What a job does after a commit: seen within seconds, on a busy machine within a minute, or the test fails. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; !(await holds()); await new Promise((next) => setTimeout(next, 50))) {
    assert.ok(performance.now() < end, 'it did not happen in time')
  }
}
