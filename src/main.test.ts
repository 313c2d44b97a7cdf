/** The command as people type it: a real process, its output, its exit code. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts'
import { freePort } from '../test/support/ports.ts'
import { samplePartners, sampleService, strongSecret, toYaml } from './partners/partners.sample.ts'

const garant = join(import.meta.dirname, '../bin/garant')
const folder = mkdtempSync(join(tmpdir(), 'garant-main-'))
const settingsFile = join(folder, 'garant.yaml')
const partnersFile = join(folder, 'partners.yaml')
after(() => rmSync(folder, { recursive: true }))

const { DATABASE_URL: serverUrl, ...environment } = process.env
/** Each command is a process that reads all the sources: they share what was compiled. */
const inherited = { ...environment, NODE_COMPILE_CACHE: join(import.meta.dirname, '../.cache/compiled') }

function start(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(garant, args, { cwd: folder, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function run(args: string[], env: Record<string, string> = {}) {
  const child = start(args, env)
  assert.ok(child.stdout && child.stderr)
  const [stdout, stderr, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  assert.doesNotMatch(stderr, /^\s+at .*:\d+:\d+/m, 'a stack is not plain words')
  return { exit: exit as number | null, stdout, stderr }
}

before(async () => {
  const port = await freePort()
  writeFileSync(
    settingsFile,
    `issuer: http://localhost:${port}
listen: { port: ${port} }
dataFolder: data
mail: { host: 127.0.0.1, port: 1025, secure: false, danger_in_clear: true, from: hub@garant.example }
security: { contact: [security@garant.example], expires: 2027-06-01T00:00:00Z }
danger_allow_http: true
`,
  )
  const data = samplePartners()
  data.partners[0].services?.push(
    sampleService('letters', {
      sector: 'health.example',
      secrets: [{ env: 'LETTERS_SECRET' }, { file: 'old.secret', until: '2030-01-01T00:00:00Z' }],
    }),
  )
  writeFileSync(partnersFile, toYaml(data))
  writeFileSync(join(folder, 'old.secret'), `${strongSecret('old')}\n`)
})

const secrets = { LETTERS_SECRET: strongSecret('letters') }

describe('without a hub', () => {
  test('--help names every command, the environment and the exit codes', async () => {
    const { exit, stdout } = await run(['--help'])
    assert.equal(exit, 0)
    for (const word of ['serve', 'check', 'apply', 'keys', 'audit', 'people', 'GARANT_MASTER_KEY', 'Exit codes']) {
      assert.ok(stdout.includes(word), word)
    }
  })

  test('a wrong command line says so, with exit code 2', async () => {
    const wrong = [['frobnicate'], ['apply'], ['keys', 'rotate', '--purpose', 'money'], ['serve', '--port', '1']]
    for (const { exit, stderr } of await Promise.all(wrong.map((args) => run(args)))) {
      assert.equal(exit, 2)
      assert.match(stderr, /error: /)
    }
  })

  test('check lists every fault on standard error, with exit code 3, and changes nothing', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'issuer: https://a/\nsurprise: 1\n')
    const settings = await run(['check', '--config', 'bad.yaml'])
    assert.equal(settings.exit, 3)
    assert.equal(settings.stdout, '')
    for (const fault of [
      /line 1: issuer must be an origin/,
      /mail is missing/,
      /line 2: surprise is not a known key/,
    ]) {
      assert.match(settings.stderr, fault)
    }
    const partners = await run(['check', '--partners', 'partners.yaml'])
    assert.equal(partners.exit, 3)
    assert.match(partners.stderr, /secrets\[0\] is not in the environment: LETTERS_SECRET/)
    const good = await run(['check', '-p', 'partners.yaml'], secrets)
    assert.equal(good.exit, 0, good.stderr)
    assert.match(good.stdout, /partners\.yaml is good: 3 services, 2 providers\./)
    assert.equal(existsSync(join(folder, 'data')), false)
  })
})

describe('with a hub on an embedded database', () => {
  let hub: ChildProcess
  const said: string[] = []

  before(async () => {
    hub = start(['serve'])
    hub.stdout?.resume()
    assert.ok(hub.stderr)
    for await (const line of createInterface({ input: hub.stderr })) {
      said.push(line)
      if (line.includes(' is ready at ')) break
    }
  })

  after(async () => {
    if (hub.exitCode !== null || hub.signalCode !== null) return
    hub.kill('SIGKILL')
    await once(hub, 'exit')
  })

  test('serve says where it listens', () => {
    assert.match(
      said.at(-1) ?? '',
      /^Garant is ready at http:\/\/localhost:\d+, listening on 127\.0\.0\.1:\d+, on an embedded/,
    )
  })

  test('a second one on the same folder is refused in plain words', async () => {
    const { exit, stderr } = await run(['serve'])
    assert.equal(exit, 5, stderr)
    assert.match(stderr, /The data folder .*data is held by process \d+\. One process at a time/)
  })

  test('apply reaches it through its socket: a difference, then nothing to do', async () => {
    const first = await run(['apply', 'partners.yaml'], secrets)
    assert.equal(first.exit, 0, first.stderr)
    assert.match(first.stdout, /^\+ service letters \(added\)$/m)
    assert.match(first.stdout, /^7 added$/m)
    assert.match(first.stderr, /danger_plain/)
    const second = await run(['apply', 'partners.yaml'], secrets)
    assert.equal(second.exit, 0)
    assert.equal(second.stdout, 'Nothing to do: everything is published as the file says.\n')
    for (const secret of [strongSecret('letters'), strongSecret('old'), 'secret-of-refunds']) {
      assert.equal(`${first.stdout}${first.stderr}`.includes(secret), false)
    }
  })

  test('so do the other verbs, with their exit codes', async () => {
    const [keys, rotated, blind, journal, people, unknown] = await Promise.all([
      run(['keys', 'list']),
      run(['keys', 'rotate', '--purpose', 'client']),
      run(['keys', 'rotate', '--now']),
      run(['audit', 'verify']),
      run(['people', 'collisions']),
      run(['people', 'resolve', 'col_AAAAAAAAAAAAAAAAAAAAAA', 'same']),
    ])
    assert.equal(keys.exit, 0, keys.stderr)
    assert.match(keys.stdout, /^key_\S+\s+id-token\s+ES256\s+active/m)
    assert.match(rotated.stdout, /^client: key_\S+/)
    assert.equal(blind.exit, 3)
    assert.equal(journal.exit, 0, journal.stdout)
    assert.match(journal.stdout, /^The journal is intact\./)
    assert.equal(people.stdout, 'No collision waits for a review.\n')
    assert.equal(unknown.exit, 3)
    assert.match(unknown.stderr, /no such thing/)
  })

  test('SIGTERM ends it with exit code 0, and leaves no socket', async () => {
    hub.kill('SIGTERM')
    const [exit] = await once(hub, 'exit')
    assert.equal(exit, 0)
    assert.equal(existsSync(join(folder, 'data/garant.sock')), false)
  })

  test('then a command opens the folder itself', async () => {
    const { exit, stdout, stderr } = await run(['apply', 'partners.yaml', '--dry-run'], secrets)
    assert.equal(exit, 0, stderr)
    assert.match(stdout, /^Nothing to do/)
  })
})

if (serverUrl) {
  describe('on PostgreSQL', () => {
    let database: TestDatabase
    const env = () => ({
      ...secrets,
      DATABASE_URL: database.location.kind === 'server' ? database.location.url : '',
      GARANT_MASTER_KEY: Buffer.alloc(32, 6).toString('base64'),
    })
    before(async () => {
      database = await createTestDatabase()
    })
    after(() => database.drop())

    test('commands work on the database themselves, whether or not a hub runs', async () => {
      const first = await run(['apply', 'partners.yaml'], env())
      assert.equal(first.exit, 0, first.stderr)
      assert.match(first.stdout, /^7 added$/m)
      assert.match((await run(['apply', 'partners.yaml'], env())).stdout, /^Nothing to do/)
    })

    test('a server that does not answer is said in plain words, with exit code 5', async () => {
      const away = `postgres://garant@127.0.0.1:${await freePort()}/garant`
      const { exit, stderr } = await run(['keys', 'list'], { ...env(), DATABASE_URL: away })
      assert.equal(exit, 5)
      assert.match(stderr, /The database does not answer: see DATABASE_URL\./)
    })
  })
}
