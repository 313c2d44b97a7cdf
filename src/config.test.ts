import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { createTestClock } from '../test/support/clock.ts'
import { cardsSchema } from './cards/settings.ts'
import { loadBoot, parseSettings, secretResolver } from './config.ts'
import { organisationsSchema } from './directory/organisation-settings.ts'
import { eidSchema } from './eid/settings.ts'
import { GarantError } from './kernel/errors.ts'
import { deriveKey } from './kernel/secrets.ts'
import { meansSchema } from './means/settings.ts'
import { policySchema } from './policy/settings.ts'

const clock = createTestClock()
const root = mkdtempSync(join(tmpdir(), 'garant-config-'))
after(() => rmSync(root, { recursive: true }))

const least = `
issuer: https://hub.example
mail: { host: smtp.hub.example, from: Garant <no-reply@hub.example> }
security: { contact: ['mailto:security@hub.example'], expires: 2027-06-01T00:00:00Z }
`
const masterKey = Buffer.alloc(32, 9).toString('base64')
const server = { DATABASE_URL: 'postgres://garant@db.example/garant', GARANT_MASTER_KEY: masterKey }

const tls = (address: string, key = 'key.pem') =>
  `{ address: ${address}, listen: { port: 4443 }, certificate: cards.pem, key: ${key} }`

let count = 0
/** A settings file in a folder of its own. */
function fileOf(text: string): string {
  const folder = join(root, String(count++))
  mkdirSync(folder)
  const file = join(folder, 'garant.yaml')
  writeFileSync(file, text)
  return file
}

const load = (text: string, env: Record<string, string> = server, create?: boolean) =>
  loadBoot({ configFile: fileOf(text), env, clock, ...(create === undefined ? {} : { create }) })

function faultsOf(work: () => unknown): string[] {
  try {
    work()
  } catch (error) {
    if (!(error instanceof GarantError)) throw error
    assert.equal(error.error, 'settings_invalid')
    return String(error.inside.faults).split('\n')
  }
  return []
}

describe('settings', () => {
  test('the least that must be said, and the defaults', () => {
    const file = fileOf(least)
    const { boot, warnings } = loadBoot({ configFile: file, env: server, clock })
    const folder = join(file, '../.garant')
    assert.deepEqual(boot.settings, {
      issuer: 'https://hub.example',
      name: 'Garant',
      listen: { host: '127.0.0.1', port: 4000 },
      trustedProxies: [],
      dataFolder: folder,
      timeZone: 'Europe/Paris',
      mail: {
        host: 'smtp.hub.example',
        port: 465,
        from: 'Garant <no-reply@hub.example>',
        secure: true,
        danger_in_clear: false,
      },
      journal: { headsFile: join(folder, 'journal-heads.jsonl') },
      security: { contact: ['mailto:security@hub.example'], acknowledgementDays: 3, expires: '2027-06-01T00:00:00Z' },
      retention: {
        connectionDays: 365,
        securityDays: 365,
        administrationDays: 365,
        supportDays: 180,
        caseDays: 1_095,
        breachDays: 1_825,
        mandateDays: 3_650,
      },
      sessions: { idleMinutes: 30, absoluteHours: 12 },
      policy: policySchema.parse({}),
      means: meansSchema.parse({}),
      health: {
        probes: true,
        probeSeconds: 30,
        slowMilliseconds: 3000,
        failedProbes: 3,
        failedNetworks: 5,
        settleSeconds: 60,
      },
      breaches: { jurisdictions: ['FR'], authorities: [] },
      cards: cardsSchema.parse({}),
      eid: eidSchema.parse({}),
      organisations: organisationsSchema.parse({}),
      keys: { overlapHours: 24, lifetimeDays: 90 },
      outbound: { allow: [] },
      danger_allow_http: false,
    })
    assert.deepEqual(boot.database, { kind: 'server', url: server.DATABASE_URL })
    assert.deepEqual(boot.secrets.master, Buffer.alloc(32, 9))
    assert.deepEqual([boot.origins?.masterKey, boot.origins?.databaseUrl], ['environment', 'environment'])
    assert.deepEqual([boot.origins?.pivotKeys, boot.origins?.sms], ['derived', 'absent'])
    assert.deepEqual(warnings, [])
  })

  test('every fault of the file, the environment and the secrets is listed at once, by path and line', () => {
    const text = `issuer: https://hub.example/
nom: Garant
listen: { port: "4000", hots: x }
trustedProxies: [10.0.0.0/8, everybody, 0.0.0.0/0]
mail:
  host: smtp.hub.example
  from: nobody
security:
  contact: []
  expires: soon
retention: { connectionDays: 7 }
`
    const env = { DATABASE_URL: 'mysql://db', GARANT_MASTER_KEY: 'short', GARANT_PIVOT_KEYS: '1:x' }
    const faults = faultsOf(() => load(text, env))
    assert.deepEqual(
      faults.sort(),
      [
        'DATABASE_URL must be postgres://user@host:port/database',
        'GARANT_MASTER_KEY must be 32 bytes in base64 or hexadecimal',
        'GARANT_PIVOT_KEYS must be a list like "2:<32 bytes in base64>,1:derived"',
        'line 10: security.expires must be a date and time with its zone: 2027-01-31T12:00:00Z',
        'line 11: retention.connectionDays must be at least 180',
        'line 1: issuer must be an origin only: no path, no slash at the end',
        'line 2: nom is not a known key',
        'line 3: listen.hots is not a known key',
        'line 3: listen.port must be a number, not text',
        'line 4: trustedProxies[1] must be an address or a range: 10.0.0.5, 10.0.0.0/8, fd00::/8',
        'line 4: trustedProxies[2] is too wide: a forwarded address of anybody would be believed',
        'line 7: mail.from must be a mailbox: Garant <no-reply@hub.example>',
        'line 9: security.contact must not be empty',
      ].sort(),
    )
  })

  const cases: [string, string, RegExp][] = [
    ['plain http', least.replace('https://hub', 'http://localhost'), /issuer must begin with https/],
    [
      'plain http elsewhere',
      `${least.replace('https://hub', 'http://hub')}danger_allow_http: true`,
      /issuer must begin with/,
    ],
    [
      'an issuer with a path',
      least.replace('hub.example\nmail', 'hub.example/sso\nmail'),
      /issuer must be an origin only/,
    ],
    ['an issuer with a query', least.replace('hub.example\nmail', 'hub.example?a=b\nmail'), /issuer must/],
    [
      'a password in clear',
      least.replace('from:', 'secure: false, danger_in_clear: true, user: u, from:'),
      /danger_in_clear goes with/,
    ],
    [
      'keys that live shorter than they overlap',
      `${least}keys: { lifetimeDays: 2, overlapHours: 48 }`,
      /keys\.lifetimeDays must be longer/,
    ],
    ['a zone that does not exist', `${least}timeZone: Europe/Atlantis`, /timeZone must be the name of a time zone/],
    ['a session that never idles', `${least}sessions: { idleMinutes: 600 }`, /idleMinutes must be at most 120/],
    ['a wide way out', `${least}outbound: { allow: [0.0.0.0/0] }`, /outbound\.allow\[0\] is too wide/],
    [
      'a way out to half a name',
      `${least}outbound: { allow: [intranet] }`,
      /outbound\.allow\[0\] must be an address, a/,
    ],
    ['a way out to a wildcard', `${least}outbound: { allow: ['*.intranet.example'] }`, /outbound\.allow\[0\] must be/],
    [
      'the rules of a country without an authority',
      `${least}breaches: { jurisdictions: [FR, BE] }`,
      /breaches\.jurisdictions names a country without an authority/,
    ],
    [
      'a listener for cards at plain http',
      `${least}cards: { tls: ${tls('http://cards.hub.example')} }`,
      /cards\.tls\.address must be an origin: https/,
    ],
    [
      'a listener for cards with a path',
      `${least}cards: { tls: ${tls('https://cards.hub.example/')} }`,
      /cards\.tls\.address must be an origin/,
    ],
    [
      'a listener for cards at the address of the hub',
      `${least}cards: { tls: ${tls('https://hub.example')} }`,
      /cards must have an address of its own/,
    ],
    [
      'a private key in the settings',
      `${least}cards: { tls: ${tls('https://cards.hub.example', '"-----BEGIN PRIVATE KEY-----"')} }`,
      /cards\.tls\.key must be the name of a file/,
    ],
    [
      'two listeners for cards',
      `${least}cards:
  tls: ${tls('https://cards.hub.example')}
  proxy: ${tls('https://cards.hub.example').replace(/ }$/, ', clientCa: ca.pem, names: [proxy.internal] }')}`,
      /cards\.proxy and cards\.tls exclude each other/,
    ],
    ['a secret in the settings', `${least}masterKey: x`, /masterKey is not a known key/],
    ['an empty file', '', /file is empty/],
  ]
  for (const [what, text, expected] of cases) {
    test(`refuses ${what}`, () => {
      const parsed = parseSettings(text)
      assert.ok(!parsed.ok)
      assert.equal(parsed.faults.length, 1)
      assert.match(`${parsed.faults[0]?.path} ${parsed.faults[0]?.problem}`, expected)
    })
  }

  test('files of cards are beside the settings, and one that cannot be read is a fault', () => {
    const file = fileOf(`${least}cards: { webEid: true, tls: ${tls('https://cards.hub.example')} }`)
    const read = () => loadBoot({ configFile: file, env: server, clock }).boot.settings.cards.tls
    assert.deepEqual(faultsOf(read), ['cards.tls.certificate cannot be read', 'cards.tls.key cannot be read'])
    for (const name of ['cards.pem', 'key.pem']) writeFileSync(join(dirname(file), name), 'PEM')
    assert.deepEqual(read(), {
      address: 'https://cards.hub.example',
      listen: { host: '127.0.0.1', port: 4443 },
      certificate: join(dirname(file), 'cards.pem'),
      key: join(dirname(file), 'key.pem'),
    })
  })

  test('what is unsafe is named danger, allowed, and warned of', () => {
    const text = `${least.replace('from:', 'secure: false, danger_in_clear: true, from:')}danger_allow_http: true
retention: { securityDays: 1095 }`.replace('2027-06', '2026-06')
    const warnings = load(text).warnings.map((warning) => warning.split(':')[0])
    assert.deepEqual(warnings, [
      'danger_allow_http',
      'mail.danger_in_clear',
      'security.expires',
      'retention.securityDays',
    ])
  })

  test('a way out to this machine, or to the metadata of a cloud, is warned of', () => {
    const warningsOf = (allow: string) =>
      load(`${least}outbound: { allow: [${allow}] }`).warnings.map((warning) => warning.split(':')[0])
    assert.deepEqual(warningsOf('10.20.0.0/16, fd00:1::/32, idp.intranet.example'), [])
    for (const one of ['127.0.0.0/8', '169.254.169.254', '::1']) assert.deepEqual(warningsOf(one), ['outbound.allow'])
  })

  test('R059: an interval that no session outlives is warned of', () => {
    const warningsOf = (rest: string) => load(`${least}\n${rest}`).warnings.map((warning) => warning.split(':')[0])
    assert.deepEqual(warningsOf('policy: { secondFactorHours: 11 }'), [])
    assert.deepEqual(warningsOf('policy: { secondFactorHours: 12 }'), ['policy.secondFactorHours'])
    assert.deepEqual(warningsOf('policy: { secondFactorHours: 12, stepUp: never }'), [])
    assert.deepEqual(warningsOf('sessions: { absoluteHours: 4 }'), ['policy.secondFactorHours'])
  })

  test('a file that is not there is said by its name', () => {
    assert.match(
      faultsOf(() => loadBoot({ configFile: '/nowhere.yaml', env: server, clock }))[0] ?? '',
      /^\/nowhere\.yaml cannot be read/,
    )
  })

  test('the data folder is beside the settings, or where GARANT_DATA says', () => {
    const { boot } = load(`${least}dataFolder: data`)
    assert.match(boot.settings.dataFolder, /\/\d+\/data$/)
    assert.equal(load(least, { ...server, GARANT_DATA: '/srv/garant' }).boot.settings.dataFolder, '/srv/garant')
  })
})

describe('secrets', () => {
  test('an embedded data folder gets its master key at the first start, for its owner only', () => {
    const file = fileOf(least)
    const folder = join(file, '../.garant')
    const first = loadBoot({ configFile: file, env: {}, clock })
    assert.deepEqual(first.boot.database, { kind: 'folder', path: folder })
    assert.match(first.warnings[0] ?? '', /master\.key: a master key was made; keep a copy/)
    assert.equal(statSync(join(folder, 'master.key')).mode & 0o777, 0o600)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    const again = loadBoot({ configFile: file, env: {}, clock })
    assert.deepEqual(again.boot.secrets.master, first.boot.secrets.master)
    assert.deepEqual(again.warnings, [])
    chmodSync(join(folder, 'master.key'), 0o644)
    assert.match(loadBoot({ configFile: file, env: {}, clock }).warnings[0] ?? '', /can be read by others/)
  })

  test('a check makes no key, nor does a start that is refused', () => {
    assert.match(load(least, {}, false).warnings[0] ?? '', /will be made at the first start/)
    const file = fileOf(`${least}surprise: 1`)
    faultsOf(() => loadBoot({ configFile: file, env: {}, clock }))
    assert.equal(statSync(join(file, '../.garant'), { throwIfNoEntry: false }), undefined)
  })

  test('a master key that is gone is not replaced while its database is there', () => {
    const file = fileOf(least)
    mkdirSync(join(file, '../.garant/postgres'), { recursive: true })
    assert.match(faultsOf(() => loadBoot({ configFile: file, env: {}, clock }))[0] ?? '', /master\.key is gone/)
  })

  test('a server needs a master key, in the environment or a file, not both', () => {
    const { DATABASE_URL } = server
    assert.match(faultsOf(() => load(least, { DATABASE_URL }))[0] ?? '', /GARANT_MASTER_KEY is missing; make one with/)
    const file = join(root, 'key')
    writeFileSync(file, `${Buffer.alloc(32, 5).toString('hex')}\n`)
    const fromFile = load(least, { DATABASE_URL, GARANT_MASTER_KEY_FILE: file })
    assert.deepEqual(fromFile.boot.secrets.master, Buffer.alloc(32, 5))
    assert.match(faultsOf(() => load(least, { ...server, GARANT_MASTER_KEY_FILE: file }))[0] ?? '', /is given twice/)
    assert.match(
      faultsOf(() => load(least, { DATABASE_URL, GARANT_MASTER_KEY_FILE: '/none' }))[0] ?? '',
      /cannot be read/,
    )
  })

  test('the keys of the match: one derived by default, which a first rotation keeps as the older one', () => {
    const derived = deriveKey(Buffer.alloc(32, 9), 'pivot-match')
    assert.deepEqual(load(least).boot.secrets.pivot, [{ version: 1, key: derived }])
    const rotated = load(least, {
      ...server,
      GARANT_PIVOT_KEYS: `2:${Buffer.alloc(32, 4).toString('base64')}, 1:derived`,
    })
    assert.deepEqual(rotated.boot.secrets.pivot, [
      { version: 2, key: Buffer.alloc(32, 4) },
      { version: 1, key: derived },
    ])
    for (const wrong of ['derived', '1:derived,1:derived', '0:derived', '1:abc', '1:derived,']) {
      assert.equal(faultsOf(() => load(least, { ...server, GARANT_PIVOT_KEYS: wrong })).length, 1, wrong)
    }
  })

  test('a mail user and a mail password go together', () => {
    const withUser = least.replace('from:', 'user: garant, from:')
    assert.match(faultsOf(() => load(withUser))[0] ?? '', /GARANT_MAIL_PASSWORD is missing/)
    assert.equal(load(withUser, { ...server, GARANT_MAIL_PASSWORD: 'p' }).boot.secrets.mailPassword, 'p')
    assert.match(faultsOf(() => load(least, { ...server, GARANT_MAIL_PASSWORD: 'p' }))[0] ?? '', /mail\.user is not/)
  })

  test('a gateway for text messages and its secret go together; plain http to it is for a demo', () => {
    const withSms = `${least}means: { sms: { url: https://sms.example/send } }\n`
    assert.match(faultsOf(() => load(withSms))[0] ?? '', /GARANT_SMS_SECRET is missing/)
    assert.equal(load(withSms, { ...server, GARANT_SMS_SECRET: 's' }).boot.secrets.sms, 's')
    assert.match(faultsOf(() => load(least, { ...server, GARANT_SMS_SECRET: 's' }))[0] ?? '', /means\.sms is not/)
    const env = { ...server, GARANT_SMS_SECRET: 's' }
    const inClear = withSms.replace('https://sms.example/send', 'http://localhost:4090/sms')
    assert.match(faultsOf(() => load(inClear, env))[0] ?? '', /means\.sms\.url.*danger_allow_http/)
    load(`${inClear}danger_allow_http: true\n`, env)
  })

  test('R127: no fault repeats a secret', () => {
    const canary = 'CANARY-4242'
    const env = { DATABASE_URL: `mysql://u:${canary}@db`, GARANT_MASTER_KEY: canary, GARANT_PIVOT_KEYS: canary }
    const faults = faultsOf(() => load(`${least}masterKey: ${canary}\nname: [${canary}]`, env))
    assert.equal(faults.length, 5)
    assert.equal(faults.join('\n').includes(canary), false)
  })

  test('references of a partners file: the environment, or a file beside it', () => {
    writeFileSync(join(root, 'secret'), 'from the file\n')
    const find = secretResolver({ NAME: 'from the environment', EMPTY: '' }, root)
    assert.equal(find({ env: 'NAME' }), 'from the environment')
    assert.equal(find({ file: 'secret' }), 'from the file')
    assert.equal(find({ env: 'EMPTY' }), undefined)
    assert.equal(find({ file: 'nothing' }), undefined)
  })
})
