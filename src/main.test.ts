/**
 * The command as people type it: its output, its exit code. Where the process matters (its streams, its signals, its end)
 * it is one; elsewhere `main` is called here, in the folder and with the environment that a process would have.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts'
import { freePort } from '../test/support/ports.ts'
import { rppsExtraction } from '../test/support/rpps-extraction.ts'
import { day } from './kernel/durations.ts'
import { main } from './main.ts'
import { samplePartners, sampleService, strongSecret, toYaml } from './partners/partners.sample.ts'

const garant = join(import.meta.dirname, '../bin/garant')
const folder = mkdtempSync(join(tmpdir(), 'garant-main-'))
const settingsFile = join(folder, 'garant.yaml')
const partnersFile = join(folder, 'partners.yaml')
after(() => {
  process.chdir(import.meta.dirname)
  rmSync(folder, { recursive: true })
})

const { DATABASE_URL: serverUrl, ...environment } = process.env
/** Each command is a process that reads all the sources: they share what was compiled. */
const inherited = { ...environment, NODE_COMPILE_CACHE: join(import.meta.dirname, '../.cache/compiled') }

function start(args: string[], env: Record<string, string> = {}, input: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
  return spawn(garant, args, { cwd: folder, env: { ...inherited, ...env }, stdio: [input, 'pipe', 'pipe'] })
}

interface Ran {
  exit: number | null
  stdout: string
  stderr: string
}

function inPlainWords(ran: Ran): Ran {
  assert.doesNotMatch(ran.stderr, /^\s+at .*:\d+:\d+/m, 'a stack is not plain words')
  return ran
}

async function runProcess(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = start(args, env)
  assert.ok(child.stdout && child.stderr)
  const [stdout, stderr, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return inPlainWords({ exit: exit as number | null, stdout, stderr })
}

async function run(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const said = { stdout: '', stderr: '' }
  const exit = await main(args, {
    env: { ...environment, ...env },
    out: {
      line: (line) => {
        said.stdout += `${line}\n`
      },
      warn: (line) => {
        said.stderr += `${line}\n`
      },
      progress: () => {},
    },
    stopped: () => Promise.reject(new Error('a hub is served by a process of its own')),
  })
  return inPlainWords({ exit, ...said })
}

/** By the clock of the machine, which is the one that a process has. */
const inAMonth = new Date(Date.now() + 30 * day).toISOString()

before(async () => {
  process.chdir(folder)
  const port = await freePort()
  writeFileSync(
    settingsFile,
    `issuer: http://localhost:${port}
listen: { port: ${port} }
dataFolder: data
mail: { host: 127.0.0.1, port: 1025, secure: false, danger_in_clear: true, from: hub@garant.example }
security: { contact: [security@garant.example], expires: ${inAMonth} }
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
    const { exit, stdout } = await runProcess(['--help'])
    assert.equal(exit, 0)
    for (const word of [
      'serve',
      'check',
      'apply',
      'export',
      'keys',
      'audit',
      'directory',
      'operator',
      'organisations',
      'people',
      'provider',
      'service-secret',
      'statistics',
      'GARANT_MASTER_KEY',
      'Exit codes',
    ]) {
      assert.ok(stdout.includes(word), word)
    }
  })

  test('a wrong command line says so, with exit code 2', async () => {
    const wrong = [['frobnicate'], ['apply'], ['keys', 'rotate', '--purpose', 'money'], ['serve', '--port', '1']]
    for (const { exit, stderr } of await Promise.all(wrong.map((args) => runProcess(args)))) {
      assert.equal(exit, 2)
      assert.match(stderr, /error: /)
    }
  })

  test('check lists every fault on standard error, with exit code 3, and changes nothing', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'issuer: https://a/\nsurprise: 1\n')
    const settings = await runProcess(['check', '--config', 'bad.yaml'])
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
    const good = await runProcess(['check', '-p', 'partners.yaml'], secrets)
    assert.equal(good.exit, 0, good.stderr)
    assert.match(good.stdout, /partners\.yaml is good: 3 services, 2 providers\./)
    assert.doesNotMatch(good.stdout, /^notice: /m)
    assert.match(good.stdout, /^Messages write dates in the zone Europe\/Paris \(timeZone\)\.$/m)
    assert.equal(existsSync(join(folder, 'data')), false)
  })

  test('R071: check says of whom single sign-on is an obligation, where a service is sensitive', async () => {
    const data = samplePartners()
    const [first] = data.partners
    first.professionals = 5_001
    for (const service of first.services ?? []) service.sensitive = true
    writeFileSync(join(folder, 'sensitive.yaml'), toYaml(data))
    const { exit, stdout, stderr } = await run(['check', '-p', 'sensitive.yaml'])
    assert.equal(exit, 0, stderr)
    assert.match(
      stdout,
      /^notice: partner health-insurance: single sign-on by OpenID Connect is required \(2 sensitive services, 5001 professionals\); this hub meets it$/m,
    )
    assert.equal(stdout.match(/^notice: /gm)?.length, 1)
  })
})

// On a server the whole suite has run without one before.
if (!serverUrl) {
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
      // What nobody reads fills its pipe, and whoever writes to it stands still.
      hub.stderr.resume()
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

    test('R014: an operator is invited, listed and removed while it runs; the link opens a page, until then', async () => {
      assert.match((await run(['operator', 'list'])).stdout, /^There is no operator/)
      const roles = ['--role', 'administrator', '--role', 'auditor']
      const mail = ['--mail', 'angela@hub.example', '--language', 'en']
      const invited = await run(['operator', 'invite', '--name', 'Angela Dubois', ...mail, ...roles])
      assert.equal(invited.exit, 0, invited.stderr)
      assert.match(invited.stderr, /It serves once, until \d{4}-/)
      const [link = ''] = /^http:\S+\/operators\/join\/[\w-]{43}$/m.exec(invited.stdout) ?? []
      const [operator = ''] = /opr_[\w-]+/.exec(invited.stderr) ?? []
      const page = await fetch(link, { headers: { accept: 'text/html', 'accept-language': 'en' } })
      assert.equal(page.status, 200)
      assert.match(await page.text(), /Angela Dubois, this is your invitation/)
      const { stdout } = await run(['operator', 'list'])
      assert.match(stdout, new RegExp(`^${operator} +Angela Dubois +administrator auditor +invited +never$`, 'm'))
      assert.equal((await run(['operator', 'suspend', operator])).exit, 3, 'nobody is in office yet')
      assert.equal((await run(['operator', 'remove', operator])).exit, 0)
      assert.equal((await fetch(link)).status, 410)

      const refused = await run(['operator', 'invite'])
      assert.equal(refused.exit, 3)
      assert.match(refused.stderr, /role is missing\n {2}name is missing/)
      for (const wrong of [
        ['--name', 'X', '--role', 'king'],
        ['--for', operator, '--role', 'auditor'],
      ]) {
        assert.equal((await run(['operator', 'invite', ...wrong])).exit, 2, wrong.join(' '))
      }
      const gone = await run(['operator', 'invite', '--for', operator])
      assert.equal(gone.exit, 3)
      assert.match(gone.stderr, /No operator of that id can be invited/)
    })

    test('a second one on the same folder is refused in plain words', async () => {
      const { exit, stderr } = await runProcess(['serve'])
      assert.equal(exit, 5, stderr)
      assert.match(stderr, /The data folder .*data is held by process \d+\. One process at a time/)
    })

    test('apply reaches it through its socket: a difference, then nothing to do', async () => {
      const first = await runProcess(['apply', 'partners.yaml'], secrets)
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

    test('R014: a contact of a partner is invited, listed and removed while it runs; the link opens the door of the desk', async () => {
      const whom = ['--name', 'Karim Haddad', '--role', 'security_contact', '--mail', 'k@health.example']
      const early = await run(['staff', 'invite', 'nobody', '--name', 'Karim Haddad'])
      assert.equal(early.exit, 3)
      assert.match(early.stderr, /there is no partner "nobody"\n {2}mail is not an e-mail address\n {2}role is missing/)
      const invited = await run(['staff', 'invite', 'health-insurance', ...whom])
      assert.equal(invited.exit, 0, invited.stderr)
      assert.equal(invited.stdout.trim().split('\n').length, 1, 'the link alone')
      const [link = ''] = /^http:\S+\/desk\/join\/[\w-]{43}$/m.exec(invited.stdout) ?? []
      const [staff = ''] = /stf_[\w-]+/.exec(invited.stderr) ?? []
      const page = await fetch(link, { headers: { accept: 'text/html', 'accept-language': 'en' } })
      assert.match(await page.text(), /Karim Haddad, this is your invitation/)
      // A link of one kind opens no other door.
      assert.equal((await fetch(link.replace('/desk/', '/operators/'))).status, 410)
      const row = new RegExp(`^${staff} +health-insurance +Karim Haddad +security_contact +invited +never$`, 'm')
      assert.match((await run(['staff', 'list'])).stdout, row)
      assert.doesNotMatch((await run(['staff', 'list', 'post'])).stdout, row)
      assert.equal((await run(['staff', 'remove', staff])).exit, 0)
      assert.equal((await fetch(link)).status, 410)
      assert.equal((await run(['staff', 'invite', '--for', staff])).exit, 3)
      for (const wrong of [[], ['health-insurance', '--for', staff], ['--for', staff, '--name', 'X']]) {
        assert.equal((await run(['staff', 'invite', ...wrong])).exit, 2, wrong.join(' '))
      }
    })

    test('export prints what apply takes without any change, and writes it for its owner alone', async () => {
      const [printed, json, one] = await Promise.all([
        run(['export']),
        run(['export', '--json']),
        run(['export', '--partner', 'state']),
      ])
      assert.equal(printed.exit, 0, printed.stderr)
      assert.match(printed.stdout, /^# Services and providers of http:\/\/localhost:\d+, as published on \d{4}-/)
      assert.equal((JSON.parse(json.stdout) as { partners: unknown[] }).partners.length, 2)
      assert.equal(/health-insurance/.test(one.stdout), false)
      for (const secret of [strongSecret('letters'), strongSecret('old'), 'secret-of', 'secret-at', folder]) {
        assert.equal(`${printed.stdout}${json.stdout}`.includes(secret), false)
      }
      const out = join(folder, 'exported.yaml')
      const written = await run(['export', '--out', 'exported.yaml'])
      assert.equal(written.exit, 0, written.stderr)
      assert.equal(written.stdout, 'Written: exported.yaml\n')
      assert.equal(statSync(out).mode & 0o777, 0o600)
      const withoutHead = (text: string) => text.replace(/^.*\n/, '')
      assert.equal(withoutHead(readFileSync(out, 'utf8')), withoutHead(printed.stdout))
      const applied = await run(['apply', 'exported.yaml', '--prune'])
      assert.equal(applied.stdout, 'Nothing to do: everything is published as the file says.\n', applied.stderr)
      assert.match(
        (await run(['check', '-p', 'exported.yaml'])).stderr,
        /service refunds: a secret that it keeps must be/,
      )

      writeFileSync(out, 'precious')
      const again = await run(['export', '--out', 'exported.yaml'])
      assert.equal(again.exit, 3)
      assert.match(again.stderr, /exported\.yaml is refused:\n {2}exists already: --force replaces it/)
      assert.equal(readFileSync(out, 'utf8'), 'precious')
      assert.equal((await run(['export', '--out', 'exported.yaml', '--force'])).exit, 0)
      assert.equal(withoutHead(readFileSync(out, 'utf8')), withoutHead(printed.stdout))
      const nowhere = await run(['export', '--out', 'nowhere/exported.yaml'])
      assert.equal(nowhere.exit, 3)
      assert.match(nowhere.stderr, /cannot be written \(ENOENT\)/)
      assert.equal((await run(['export', '--partner', 'nobody', '--out', 'nobody.yaml'])).exit, 3)
      assert.equal(existsSync(join(folder, 'nobody.yaml')), false)
      assert.equal((await run(['export', '--force'])).exit, 2)
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith('.garant')),
        [],
      )
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

    test('R009: a provider is suspended, changed and brought back while it runs, and every fault is listed', async () => {
      const reason = ['--reason-fr', 'Entretien', '--reason-en', 'Maintenance', '--reason-ar', 'صيانة']
      const suspend = ['provider', 'suspend', 'taxes', '--category', 'maintenance']
      const made = await run([...suspend, ...reason, '--until', '2099-01-31T12:00:00Z', '--close-sessions'])
      assert.equal(made.exit, 0, made.stderr)
      assert.match(made.stdout, /^Suspended\.\nsus_\S+: maintenance, in force, by command\n/)
      assert.match(made.stdout, /sessions: closed, all of them/)
      const [id = ''] = /sus_[\w-]+/.exec(made.stdout) ?? []
      const amend = ['provider', 'amend', 'taxes', id, '--open-ended', '--keep-sessions', '--service', 'refunds']
      assert.match((await run(amend)).stdout, /for: refunds\n.*until further notice\n {2}sessions: kept/)
      assert.match(
        (await run(['provider', 'list'])).stdout,
        new RegExp(`^taxes +active, in part suspended +2 +${id}$`, 'm'),
      )
      assert.equal((await run(['provider', 'restore', 'taxes', id, '--state', '1'])).exit, 3)
      assert.equal((await run(['provider', 'restore', 'taxes', id, '--state', '2'])).stdout, 'Restored.\n')
      const wrong = await run([...suspend, '--reason-fr', 'Entretien', '--since', '2099-01-31T12:00:00Z'])
      assert.equal(wrong.exit, 3)
      assert.match(
        wrong.stderr,
        /^reason\.en is missing\nreason\.ar is missing\nsince must not be more than a year ahead$/m,
      )
      for (const bad of [
        ['--category', 'whim'],
        ['--above', 'eidas9'],
      ]) {
        assert.equal((await run([...suspend, ...bad])).exit, 2, bad.join(' '))
      }
      assert.match((await run(['provider', 'history', 'taxes'])).stdout, /suspended[\s\S]*amended[\s\S]*lifted/)
    })

    test('audit keys prints public keys, by which audit verify does without those of the hub', async () => {
      const printed = await runProcess(['audit', 'keys'])
      assert.equal(printed.exit, 0, printed.stderr)
      const { issuer, keys } = JSON.parse(printed.stdout) as { issuer: string; keys: Record<string, unknown>[] }
      assert.match(issuer, /^http:\/\/localhost:/)
      assert.deepEqual(
        keys.map((key) => Object.keys(key).sort()),
        [['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']],
      )
      writeFileSync(join(folder, 'journal-keys.json'), printed.stdout)
      const verified = await runProcess(['audit', 'verify', '--keys', 'journal-keys.json'])
      assert.equal(verified.exit, 0, verified.stdout + verified.stderr)
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const stranger = { ...keys[0], ...publicKey.export({ format: 'jwk' }) }
      writeFileSync(join(folder, 'other-keys.json'), JSON.stringify({ issuer, keys: [stranger] }))
      const forged = await run(['audit', 'verify', '--keys', 'other-keys.json'])
      assert.equal(forged.exit, 4, forged.stdout)
      assert.match(forged.stdout, /head_forged/)
      const wrong = await run(['audit', 'verify', '--keys', 'partners.yaml'])
      assert.equal(wrong.exit, 3)
      assert.match(wrong.stderr, /partners\.yaml is refused:\n {2}is not what garant audit keys prints/)
    })

    test('audit verify --heads compares what was kept elsewhere: a copy, a lie, a file that is gone', async () => {
      const own = readFileSync(join(folder, 'data/journal-heads.jsonl'), 'utf8')
      writeFileSync(join(folder, 'kept.jsonl'), own)
      const good = await run(['audit', 'verify', '--heads', 'kept.jsonl'])
      assert.equal(good.exit, 0, good.stdout)
      const root = Buffer.alloc(32, 1).toString('base64url')
      writeFileSync(join(folder, 'lie.jsonl'), own.replaceAll(/"root":"[\w-]{43}"/g, `"root":"${root}"`))
      const lie = await run(['audit', 'verify', '--heads', 'kept.jsonl', 'lie.jsonl'])
      assert.equal(lie.exit, 4, lie.stdout)
      assert.match(lie.stdout, /head_forged.*lie\.jsonl/)
      const gone = await run(['audit', 'verify', '--heads', 'gone.jsonl'])
      assert.equal(gone.exit, 4, gone.stdout)
      assert.match(gone.stdout, /file_missing.*gone\.jsonl/)
    })

    test('R044: the hub reads an extraction by itself, from where the command was typed', async () => {
      const name = 'PS_LibreAcces_Personne_activite_202611220712.txt'
      writeFileSync(join(folder, name), [...rppsExtraction({ lines: 3000 })].join(''))
      const empty = await run(['directory', 'status'])
      assert.match(empty.stdout, /^There is no register of health professionals here/)
      const imported = await run(['directory', 'import', 'rpps', name])
      assert.equal(imported.exit, 0, imported.stderr)
      assert.match(
        imported.stdout,
        /^Edition 1 is in force: [\d,]+ professionals \(the first edition\), 3,000 activities\./,
      )
      const piped = await run(['directory', 'import', 'rpps', '-'])
      assert.equal(piped.exit, 3)
      assert.match(piped.stderr, /name the file instead of -/)
      assert.match((await run(['directory', 'status'])).stdout, /^ {2}activities {6}3,000$/m)
      assert.equal((await run(['directory', 'import', 'doctors', name])).exit, 2)
    })

    test('SIGTERM ends it with exit code 0, and leaves no socket', async () => {
      hub.kill('SIGTERM')
      const [exit] = await once(hub, 'exit')
      assert.equal(exit, 0)
      assert.equal(existsSync(join(folder, 'data/garant.sock')), false)
    })

    test('then a command opens the folder itself, and reads standard input', async () => {
      const child = start(['directory', 'import', 'rpps', '-', '--name', 'activite_202611230712'], {}, 'pipe')
      assert.ok(child.stdin && child.stdout)
      child.stdin.end([...rppsExtraction({ lines: 3000 })].join(''))
      const [printed, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')])
      assert.equal(status, 0)
      assert.match(printed, /^Edition 2 is in force/)
      assert.match((await run(['directory', 'status'])).stdout, /^ {2}extracted {7}2026-11-23 07:12 in France$/m)
      const { exit, stdout, stderr } = await run(['apply', 'partners.yaml', '--dry-run'], secrets)
      assert.equal(exit, 0, stderr)
      assert.match(stdout, /^Nothing to do/)
    })

    test('a master key of another hub is said in plain words, with exit code 3', async () => {
      const other = Buffer.alloc(32, 9).toString('base64')
      const { exit, stderr } = await runProcess(['keys', 'list'], { GARANT_MASTER_KEY: other })
      assert.equal(exit, 3, stderr)
      assert.match(stderr, /^The master key does not open what this database holds \(keys\/[\w/.-]+\)\./m)
      assert.match(stderr, /GARANT_MASTER_KEY/)
      assert.equal(stderr.includes(other), false)
      const serving = await runProcess(['serve'], { GARANT_MASTER_KEY: other })
      assert.equal(serving.exit, 3, serving.stderr)
    })
  })
}

if (serverUrl) {
  describe('on PostgreSQL', () => {
    let database: TestDatabase
    const env = () => ({
      ...secrets,
      DATABASE_URL: database.location.kind === 'server' ? database.location.url : '',
      GARANT_MASTER_KEY: Buffer.alloc(32, 6).toString('base64'),
      GARANT_DATA: 'server',
    })
    before(async () => {
      database = await createTestDatabase()
    })
    after(() => database.drop())

    test('commands work on the database themselves, whether or not a hub runs', async () => {
      const first = await runProcess(['apply', 'partners.yaml'], env())
      assert.equal(first.exit, 0, first.stderr)
      assert.match(first.stdout, /^7 added$/m)
      assert.match((await run(['apply', 'partners.yaml'], env())).stdout, /^Nothing to do/)
    })

    test('a journal is verified with kept keys and heads by somebody who may only read, without any secret of the hub', async () => {
      const hub = start(['serve'], env())
      hub.stdout?.resume()
      assert.ok(hub.stderr)
      for await (const line of createInterface({ input: hub.stderr })) if (line.includes(' is ready at ')) break
      hub.stderr.resume()
      // The first head is written within a second or two of the start.
      while (!existsSync(join(folder, 'server/journal-heads.jsonl'))) await delay(20)
      hub.kill('SIGTERM')
      await once(hub, 'exit')
      const { stdout } = await run(['audit', 'keys'], env())
      writeFileSync(join(folder, 'server-keys.json'), stdout)
      const url = new URL(env().DATABASE_URL)
      const reader = `reader_${url.pathname.slice(1)}`
      const owner = new pg.Client({ connectionString: url.href })
      await owner.connect()
      try {
        await owner.query(`create role ${reader} login`)
        await owner.query(
          `grant select on facts, journal_leaves, journal_nodes, journal_heads, facts_sequence_seq to ${reader}`,
        )
        const outside = mkdtempSync(join(tmpdir(), 'garant-auditor-'))
        copyFileSync(join(folder, 'server/journal-heads.jsonl'), join(outside, 'heads.jsonl'))
        url.username = reader
        const files = ['--keys', join(folder, 'server-keys.json'), '--heads', join(outside, 'heads.jsonl')]
        const good = await run(['audit', 'verify', ...files], { DATABASE_URL: url.href })
        assert.equal(good.exit, 0, good.stdout + good.stderr)
        assert.match(good.stdout, /^The journal is intact\./)
        await owner.query('update facts set data = \'{"version":"0"}\' where name = \'hub.started\'')
        const changed = await run(['audit', 'verify', ...files], { DATABASE_URL: url.href })
        assert.equal(changed.exit, 4, changed.stdout + changed.stderr)
        rmSync(outside, { recursive: true })
      } finally {
        await owner.query(`drop owned by ${reader}`)
        await owner.query(`drop role ${reader}`)
        await owner.end()
      }
    })

    test('a server that does not answer is said in plain words, with exit code 5', async () => {
      const away = `postgres://garant@127.0.0.1:${await freePort()}/garant`
      const { exit, stderr } = await runProcess(['keys', 'list'], { ...env(), DATABASE_URL: away })
      assert.equal(exit, 5)
      assert.match(stderr, /The database does not answer: see DATABASE_URL\./)
    })
  })
}
