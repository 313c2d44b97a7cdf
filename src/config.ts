/**
 * From the outside to a hub: environment → settings (`garant.yaml`) → secrets → what `buildHub` takes. Unknown keys are
 * refused and every fault is listed at once, by path. Secrets are a type of their own and come from the environment or
 * from files, never from the settings file. Nothing else reads the environment.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { type BreachesSettings, breachesSchema, withoutAuthority } from './breaches/settings.ts'
import { type CardsSettings, cardsIn, cardsSchema, unreadableIn } from './cards/settings.ts'
import { kindDoubts, kindFaults } from './certificates/certificates.ts'
import { type OrganisationSettings, organisationsSchema } from './directory/organisation-settings.ts'
import { attestationDoubts } from './eid/attestation-settings.ts'
import { type EidSettings, eidSchema } from './eid/settings.ts'
import type { Clock, Instant } from './kernel/clock.ts'
import { day, hour, minute, sessionAbsolute, sessionIdle } from './kernel/durations.ts'
import { deriveKey } from './kernel/secrets.ts'
import { type MeansSettings, meansSchema } from './means/settings.ts'
import { addressProblem, isLoopback, issuerProblem } from './partners/addresses.ts'
import { check, type Fault, readYaml, settingsInvalid } from './partners/checked-yaml.ts'
import { instantText, saying, words } from './partners/fields.ts'
import type { SecretReference } from './partners/file.ts'
import { type HealthSettings, healthSchema } from './partners/health-settings.ts'
import { type DestinationRules, decideDestination, destinationRules } from './policy/destinations.ts'
import { parseNetwork } from './policy/network.ts'
import { isRestricted, type PolicySettings, policyDoubts, policySchema } from './policy/settings.ts'
import type { Location } from './storage/storage.ts'

export interface Settings {
  /** Public address of the hub, without a trailing slash: the issuer. */
  issuer: string
  /** Name shown in the header of pages and in mails. */
  name: string
  /** Where people find help: an address by mail, by telephone, or on the web. */
  support?: string
  listen: { host: string; port: number }
  /** Addresses or ranges whose forwarded headers are believed. */
  trustedProxies: string[]
  /** Folder for the embedded database, the socket and the journal's heads. */
  dataFolder: string
  /** IANA name of the zone in which messages write dates. */
  timeZone: string
  mail: {
    host: string
    port: number
    from: string
    /** TLS from the first byte; otherwise STARTTLS, which must succeed. */
    secure: boolean
    user?: string
    /** Sends without TLS to a server that offers none. Unsafe outside this machine. */
    danger_in_clear?: boolean
  }
  journal: { headsFile: string; headsUrl?: string }
  security: {
    contact: string[]
    acknowledgementDays: number
    policyUrl?: string
    encryptionKeyUrl?: string
    expires: string
  }
  retention: {
    connectionDays: number
    securityDays: number
    administrationDays: number
    supportDays: number
    breachDays: number
    mandateDays: number
    caseDays: number
  }
  sessions: { idleMinutes: number; absoluteHours: number }
  policy: PolicySettings
  means: MeansSettings
  health: HealthSettings
  /** Who is told of a breach of personal data. */
  breaches: BreachesSettings
  keys: { overlapHours: number; lifetimeDays: number }
  /** Cards that the hub reads, and how. */
  cards: CardsSettings
  /** The e-ID app and its phones. */
  eid: EidSettings
  /** The register of organisations, and how they are numbered. */
  organisations: OrganisationSettings
  /** Where the hub may call although it is not public, at an address that a partner named. */
  outbound: { allow: string[] }
  /** Allows plain http for an issuer, services and providers on the loopback. Unsafe outside the demo. */
  danger_allow_http: boolean
}

export interface Secrets {
  /** 32 bytes; every other key is derived from it or wrapped by it. */
  master: Buffer
  /** Keys for the pivot match: the first one writes, all of them find. */
  pivot: { version: number; key: Buffer }[]
  mailPassword?: string
  /** Of the gateway for text messages. */
  sms?: string
}

/** Where a secret was read, for whoever asks whether it is set; never the secret. */
export type SecretOrigin = 'environment' | 'file' | 'data_folder' | 'derived' | 'settings' | 'absent'

export type SecretOrigins = Record<'masterKey' | 'pivotKeys' | 'mailPassword' | 'sms' | 'databaseUrl', SecretOrigin>

export interface Boot {
  settings: Settings
  secrets: Secrets
  database: Location
  /** Absent in a hub that was not booted from an environment. */
  origins?: SecretOrigins
}

export interface LoadOptions {
  env: Record<string, string | undefined>
  /** Before `GARANT_CONFIG`, before `garant.yaml` of the present folder. */
  configFile?: string
  clock: Clock
  /** False: nothing is written, so a master key that would be made at the first start is only announced. */
  create?: boolean
}

export interface Loaded {
  boot: Boot
  /** What is allowed but worth a second look, one sentence each. */
  warnings: string[]
}

/** @throws GarantError `settings_invalid` with every fault of the environment, the file and the secrets */
export function loadBoot(options: LoadOptions): Loaded {
  const { clock, create = true } = options
  const faults: Fault[] = []
  const warnings: string[] = []
  const environment = readEnvironment(options.env, faults)
  const file = resolve(options.configFile ?? environment.config ?? 'garant.yaml')
  const settings = readSettings(file, environment, faults)
  const database = locate(settings, environment)
  const secrets = readSecrets({
    environment,
    database,
    mail: settings?.mail,
    means: settings?.means,
    create,
    faults,
    warnings,
  })
  if (!settings || faults.length > 0) throw settingsInvalid(file, faults)
  warnings.push(...settingsDoubts(settings, clock.now()))
  return { boot: { settings, secrets, database, origins: originsOf(options.env, settings) }, warnings }
}

function originsOf(env: LoadOptions['env'], { means }: Settings): SecretOrigins {
  const origin = (name: string, otherwise: SecretOrigin): SecretOrigin =>
    env[`${name}_FILE`] ? 'file' : env[name] ? 'environment' : otherwise
  return {
    masterKey: origin('GARANT_MASTER_KEY', 'data_folder'),
    pivotKeys: origin('GARANT_PIVOT_KEYS', 'derived'),
    mailPassword: origin('GARANT_MAIL_PASSWORD', 'absent'),
    sms: origin('GARANT_SMS_SECRET', means.sms?.danger_secret === undefined ? 'absent' : 'settings'),
    databaseUrl: env.DATABASE_URL ? 'environment' : 'absent',
  }
}

// --- Environment ---------------------------------------------------------------------------------------------------

/** Every variable that the hub reads, for `--help`. A secret may be given in a file, by the same name with `_FILE`. */
export const variables = {
  GARANT_CONFIG: 'the settings file (default: garant.yaml in the present folder)',
  GARANT_DATA: 'the data folder, in place of dataFolder of the settings',
  DATABASE_URL: 'a PostgreSQL server (postgres://…); without it the database is embedded in the data folder',
  GARANT_MASTER_KEY: '32 bytes in base64 or hexadecimal, from which every key at rest is derived (or …_FILE)',
  GARANT_PIVOT_KEYS:
    'keys of the identity match, "2:<32 bytes>,1:derived": the first one writes, all of them find (or …_FILE)',
  GARANT_MAIL_PASSWORD: 'the password of mail.user (or …_FILE)',
  GARANT_SMS_SECRET: 'the bearer secret of the gateway at means.sms.url (or …_FILE)',
} as const

interface Environment {
  config?: string
  data?: string
  databaseUrl?: string
  masterKey?: string
  pivotKeys?: string
  mailPassword?: string
  sms?: string
}

function readEnvironment(env: LoadOptions['env'], faults: Fault[]): Environment {
  const plain = (name: string) => env[name] || undefined
  const secret = (name: string) => {
    const file = plain(`${name}_FILE`)
    if (file === undefined) return plain(name)
    if (plain(name) !== undefined) faults.push({ path: name, problem: 'is given twice: also as a file (_FILE)' })
    const text = readSecretFile(file)
    if (text === undefined) faults.push({ path: `${name}_FILE`, problem: 'names a file that cannot be read' })
    return text
  }
  const databaseUrl = plain('DATABASE_URL')
  // The address holds a password, so it is not repeated.
  if (databaseUrl !== undefined && !/^postgres(ql)?:$/.test(URL.parse(databaseUrl)?.protocol ?? '')) {
    faults.push({ path: 'DATABASE_URL', problem: 'must be postgres://user@host:port/database' })
  }
  return withoutUndefined({
    config: plain('GARANT_CONFIG'),
    data: plain('GARANT_DATA'),
    databaseUrl,
    masterKey: secret('GARANT_MASTER_KEY'),
    pivotKeys: secret('GARANT_PIVOT_KEYS'),
    mailPassword: secret('GARANT_MAIL_PASSWORD'),
    sms: secret('GARANT_SMS_SECRET'),
  })
}

function withoutUndefined<T extends Record<string, unknown>>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never
}

/** The text of a file without the line end that editors add. */
function readSecretFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch {
    return undefined
  }
}

/** Where `partners.yaml` finds the secrets that it names: files are relative to its own folder. */
export function secretResolver(env: LoadOptions['env'], folder: string): (from: SecretReference) => string | undefined {
  return (from) => ('env' in from ? env[from.env] || undefined : readSecretFile(resolve(folder, from.file)))
}

// --- Settings ------------------------------------------------------------------------------------------------------

function readSettings(file: string, environment: Environment, faults: Fault[]): Settings | undefined {
  let text: Uint8Array
  try {
    text = readFileSync(file)
  } catch {
    faults.push({ path: file, problem: 'cannot be read: name the settings file by --config or GARANT_CONFIG' })
    return undefined
  }
  const parsed = parseSettings(text)
  if (!parsed.ok) {
    faults.push(...parsed.faults)
    return undefined
  }
  const { dataFolder, journal, cards, ...settings } = parsed.settings
  const folder = environment.data ? resolve(environment.data) : resolve(dirname(file), dataFolder)
  const { headsFile, ...heads } = journal
  const readCards = cardsIn(dirname(file), cards)
  faults.push(...kindFaults(readCards.kinds))
  for (const path of unreadableIn(readCards, readSecretFile)) faults.push({ path, problem: 'cannot be read' })
  return {
    ...settings,
    dataFolder: folder,
    cards: readCards,
    journal: {
      ...heads,
      headsFile: headsFile ? resolve(dirname(file), headsFile) : join(folder, 'journal-heads.jsonl'),
    },
  }
}

type ParsedSettings = z.output<typeof settingsSchema>

/** The settings of a text, before folders are resolved. */
export function parseSettings(
  text: string | Uint8Array,
): { ok: true; settings: ParsedSettings } | { ok: false; faults: Fault[] } {
  const read = readYaml(text)
  if (!read.ok) return read
  const { lineOf, data } = read.yaml
  const faults: Fault[] = []
  const settings = check(settingsSchema, data, { faults, lineOf })
  if (!settings) return { ok: false, faults }
  for (const { path, broken, problem } of settingsRules) {
    const line = lineOf(path.split('.'))
    if (broken(settings)) faults.push({ path, problem, ...(line === undefined ? {} : { line }) })
  }
  return faults.length === 0 ? { ok: true, settings } : { ok: false, faults }
}

const line = words(256)
const whole = (least: number, most: number) => z.int().min(least).max(most)
const httpsAddress = saying((text) => addressProblem(text, { allowHttp: false }))

/** An address that http could reach on this machine; whether it may is a rule over two settings. */
const hubAddress = saying((text) => {
  const problem = issuerProblem(text, { allowHttp: true })
  if (problem) return problem
  return URL.parse(text)?.origin === text ? undefined : 'must be an origin only: no path, no slash at the end'
})

/** "The value MUST follow the URI syntax" (RFC 9116 section 2.5.3); a bare mailbox is taken as `mailto:`. */
const contact = saying((text) =>
  /^(mailto:|tel:|https:\/\/)\S+$|^[^\s@:]+@[^\s@:]+$/.test(text) ? undefined : 'must be mailto:…, tel:… or https://…',
)

const proxy = saying((text) => {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  const bits = prefix === undefined ? undefined : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
  if (family === 0 || rest.length > 0 || (bits !== undefined && !(bits <= (family === 4 ? 32 : 128)))) {
    return 'must be an address or a range: 10.0.0.5, 10.0.0.0/8, fd00::/8'
  }
  if (bits !== undefined && bits < 8) return 'is too wide: a forwarded address of anybody would be believed'
  return undefined
})

const destination = saying((text) => {
  if (/^(?=.{1,253}$)(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(text)) return undefined
  const network = parseNetwork(text)
  if (!network)
    return 'must be an address, a range or a full name in small letters: 10.1.2.3, 10.1.0.0/16, idp.intranet.example'
  return network.prefix < 8 ? 'is too wide: most of it is not yours' : undefined
})

const zone = saying((text) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return undefined
  } catch {
    return 'must be the name of a time zone: Europe/Paris'
  }
})

/** An object whose members all have defaults may be left out. */
const optional = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape).prefault({} as never)

/** Exported for the test that compares it with `docs/settings.md`. */
export const settingsSchema = z.strictObject({
  issuer: hubAddress,
  name: line.default('Garant'),
  support: contact.exactOptional(),
  /** On the loopback, for a proxy that ends TLS in front of it. */
  listen: optional({ host: line.default('127.0.0.1'), port: whole(0, 65_535).default(4000) }),
  trustedProxies: z.array(proxy).default([]),
  /** Relative to the settings file. */
  dataFolder: line.default('.garant'),
  /** Of dates in messages. The hub speaks of France, wherever its machines are: their own zone says nothing. */
  timeZone: zone.default('Europe/Paris'),
  mail: z.strictObject({
    host: line,
    /** Submission with TLS from the first byte: "port 465" (RFC 8314 section 3.3). */
    port: whole(1, 65_535).default(465),
    from: saying((text) =>
      /^([^<>\p{Cc}]+ <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/u.test(text)
        ? undefined
        : 'must be a mailbox: Garant <no-reply@hub.example>',
    ),
    secure: z.boolean().default(true),
    user: line.exactOptional(),
    danger_in_clear: z.boolean().default(false),
  }),
  journal: optional({ headsFile: line.exactOptional(), headsUrl: httpsAddress.exactOptional() }),
  security: z.strictObject({
    contact: z.array(contact).min(1).max(10),
    acknowledgementDays: whole(1, 30).default(3),
    policyUrl: httpsAddress.exactOptional(),
    encryptionKeyUrl: httpsAddress.exactOptional(),
    expires: instantText,
  }),
  /** "Six months to one year", "up to three years" with a reason (CNIL, deliberation 2021-122). */
  retention: optional({
    connectionDays: whole(180, 1_095).default(365),
    securityDays: whole(180, 1_095).default(365),
    administrationDays: whole(180, 1_095).default(365),
    supportDays: whole(30, 1_095).default(180),
    /** What was done in somebody's name is found out and disputed for years. */
    caseDays: whole(180, 2_190).default(1_095),
    /** The time within which somebody may go to court about it (France: Code civil, art. 2224). */
    breachDays: whole(365, 3_650).default(1_825),
    /** What was signed and done under a mandate, after its end: books are kept ten years (Code de commerce, art. L123-22). */
    mandateDays: whole(365, 5_475).default(3_650),
  }),
  /** R057: a session ends after inactivity, in all cases. */
  sessions: optional({
    idleMinutes: whole(1, 120).default(sessionIdle / minute),
    absoluteHours: whole(1, 24).default(sessionAbsolute / hour),
  }),
  /** What is accepted where (R023 to R079). */
  policy: policySchema,
  /** What the hub authenticates itself (R039 to R066). */
  means: meansSchema,
  /** How closely providers are watched, and how soon something is said of them. */
  health: healthSchema,
  /** Under whose rules the hub stands when data of people got out. */
  breaches: breachesSchema,
  /** The overlap is how long a new key is published before it signs: longer than services keep the key set. */
  keys: optional({ overlapHours: whole(1, 720).default(24), lifetimeDays: whole(2, 730).default(90) }),
  /** Which cards the hub knows, and how they are read at a computer (R033, R073, R081). */
  cards: cardsSchema,
  /** The e-ID app: which phones are believed, and for how long. */
  eid: eidSchema,
  /** Who represents an organisation, and how long that is believed (R098). */
  organisations: organisationsSchema,
  /** Providers and services on an intranet. */
  outbound: optional({ allow: z.array(destination).max(200).default([]) }),
  danger_allow_http: z.boolean().default(false),
})

/** Where the hub itself may call, at an address that a partner named. */
export function destinationsOf({
  outbound,
  danger_allow_http,
}: Pick<Settings, 'outbound' | 'danger_allow_http'>): DestinationRules {
  return destinationRules({ allow: outbound.allow, loopback: danger_allow_http })
}

/** Rules over several settings. */
const settingsRules: { path: string; broken: (settings: ParsedSettings) => boolean; problem: string }[] = [
  {
    path: 'issuer',
    broken: ({ issuer, danger_allow_http: allowHttp }) => issuer.startsWith('http:') && !allowHttp,
    problem: 'must begin with https:// (http only on this machine, with danger_allow_http)',
  },
  {
    path: 'keys.lifetimeDays',
    broken: ({ keys }) => keys.lifetimeDays * 24 <= keys.overlapHours,
    problem: 'must be longer than keys.overlapHours',
  },
  {
    path: 'cards',
    broken: ({ cards: { tls, proxy }, issuer }) => (tls ?? proxy)?.address === issuer,
    problem: 'must have an address of its own: there everybody is asked for a certificate',
  },
  {
    path: 'breaches.authorities',
    broken: ({ breaches: { authorities } }) => new Set(authorities.map(({ id }) => id)).size < authorities.length,
    problem: 'names an authority twice',
  },
  {
    path: 'breaches.jurisdictions',
    broken: ({ breaches }) => withoutAuthority(breaches).length > 0,
    problem: 'names a country without an authority: add it to breaches.authorities',
  },
  {
    path: 'mail.danger_in_clear',
    broken: ({ mail }) => mail.danger_in_clear && (mail.secure || mail.user !== undefined),
    problem: 'goes with secure: false and without a user: a password never travels in clear',
  },
  {
    path: 'means.sms.url',
    broken: ({ means, danger_allow_http: allowHttp }) => means.sms?.url.startsWith('http:') === true && !allowHttp,
    problem: 'must begin with https:// (http only on this machine, with danger_allow_http)',
  },
  {
    // R064: "at least one of A, B, C is mandatory for password alone".
    path: 'policy.restrictions',
    broken: ({ policy }) => !isRestricted(policy),
    problem: 'must have one of delay, challenge, block on, unless passwordAlone is never',
  },
]

const yearDays = 365

/** What is allowed but worth a second look. */
function settingsDoubts(settings: Settings, now: Instant): string[] {
  const { security, retention, mail } = settings
  const expires = Date.parse(security.expires)
  const doubts: [boolean, string][] = [
    [settings.danger_allow_http, 'danger_allow_http: plain http is accepted on this machine: for a demo only'],
    [
      ['127.0.0.1', '::1', '169.254.169.254', 'fe80::1'].some(
        (one) => decideDestination(one, one, destinationsOf({ ...settings, danger_allow_http: false })) === undefined,
      ),
      'outbound.allow: holds this machine or its own link, where services stand that ask nobody who they are',
    ],
    [settings.means.sms?.danger_secret !== undefined, 'means.sms.danger_secret: a secret that stands in the settings'],
    [
      mail.danger_in_clear === true && !isLoopback(mail.host),
      'mail.danger_in_clear: messages to people may cross the network in clear',
    ],
    [expires <= now, 'security.expires: is over, so nobody should trust security.txt any more'],
    // "It is RECOMMENDED that the value of this field be less than a year into the future" (RFC 9116 section 2.5.5).
    [expires > now + yearDays * day, 'security.expires: is more than a year away'],
    ...Object.entries(retention).map(([name, days]): [boolean, string] => [
      // The register of breaches has its reason: it is what an authority verifies. Cases have theirs (docs/cases.md).
      days > (name === 'caseDays' ? 3 : 1) * yearDays && name !== 'breachDays' && name !== 'mandateDays',
      `retention.${name}: more than a year needs a written reason`,
    ]),
    ...policyDoubts(settings.policy).map((doubt): [boolean, string] => [true, doubt]),
    ...kindDoubts(settings.cards.kinds, now).map((doubt): [boolean, string] => [true, doubt]),
    ...attestationDoubts(settings.eid).map((doubt): [boolean, string] => [true, doubt]),
    [
      settings.policy.stepUp !== 'never' && settings.policy.secondFactorHours >= settings.sessions.absoluteHours,
      'policy.secondFactorHours: sessions end before it (sessions.absoluteHours), so none asks for a second factor again',
    ],
  ]
  return doubts.filter(([holds]) => holds).map(([, doubt]) => doubt)
}

// --- Secrets -------------------------------------------------------------------------------------------------------

function locate(settings: Settings | undefined, { databaseUrl }: Environment): Location {
  if (databaseUrl !== undefined) return { kind: 'server', url: databaseUrl }
  return { kind: 'folder', path: settings?.dataFolder ?? '' }
}

interface SecretsOptions {
  environment: Environment
  database: Location
  mail: Settings['mail'] | undefined
  means: Settings['means'] | undefined
  create: boolean
  faults: Fault[]
  warnings: string[]
}

const noKey = Buffer.alloc(0)

function readSecrets(options: SecretsOptions): Secrets {
  const { environment, mail, faults } = options
  const master = readMasterKey(options)
  const { mailPassword, sms = options.means?.sms?.danger_secret } = environment
  if (mail?.user !== undefined && mailPassword === undefined) {
    faults.push({ path: 'GARANT_MAIL_PASSWORD', problem: 'is missing: mail.user is set' })
  }
  if (mail && mail.user === undefined && mailPassword !== undefined) {
    faults.push({ path: 'GARANT_MAIL_PASSWORD', problem: 'is set, but mail.user is not' })
  }
  if (options.means?.sms && sms === undefined) {
    faults.push({ path: 'GARANT_SMS_SECRET', problem: 'is missing: means.sms is set' })
  }
  if (options.means && !options.means.sms && sms !== undefined) {
    faults.push({ path: 'GARANT_SMS_SECRET', problem: 'is set, but means.sms is not' })
  }
  return {
    master,
    pivot: readPivotKeys(environment.pivotKeys, master, faults),
    ...(mailPassword === undefined ? {} : { mailPassword }),
    ...(sms === undefined ? {} : { sms }),
  }
}

/** 32 bytes in base64, base64url or hexadecimal. */
function parseKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

function readMasterKey({ environment, database, create, faults, warnings }: SecretsOptions): Buffer {
  const refuse = (path: string, problem: string) => {
    faults.push({ path, problem })
    return noKey
  }
  if (environment.masterKey !== undefined) {
    return parseKey(environment.masterKey) ?? refuse('GARANT_MASTER_KEY', 'must be 32 bytes in base64 or hexadecimal')
  }
  if (database.kind !== 'folder') {
    return refuse('GARANT_MASTER_KEY', 'is missing; make one with: openssl rand -base64 32')
  }
  // The folder is known only when the settings could be read; their faults are told then.
  if (database.path === '' || (faults.length > 0 && !existsSync(join(database.path, keyFileName)))) return noKey
  const file = join(database.path, keyFileName)
  if (existsSync(file)) {
    if ((statSync(file).mode & 0o077) !== 0) warnings.push(`${file} can be read by others: chmod 600 it`)
    return parseKey(readSecretFile(file) ?? '') ?? refuse(file, 'must be 32 bytes in base64 or hexadecimal')
  }
  if (existsSync(join(database.path, 'postgres'))) {
    return refuse(file, 'is gone, and the database beside it cannot be read without it: put it back')
  }
  warnings.push(
    `${file}: ${create ? 'a master key was made' : 'a master key will be made at the first start'}; keep a copy`,
  )
  return create ? makeKeyFile(file) : noKey
}

const keyFileName = 'master.key'

/** Written aside, then linked: of two first starts together one wins, and none reads half a key. */
function makeKeyFile(file: string): Buffer {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  chmodSync(dirname(file), 0o700)
  const partial = `${file}.${process.pid}`
  writeFileSync(partial, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(partial, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(partial, { force: true })
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
}

/**
 * `2:<key>,1:derived`: versions from 1 to 9999, in the order of use: the first one writes. `derived` is the key that
 * serves when none is given: made from the master key, so that the first rotation can keep it as the older one.
 */
function readPivotKeys(text: string | undefined, master: Buffer, faults: Fault[]): Secrets['pivot'] {
  const derived = deriveKey(master, 'pivot-match')
  if (text === undefined) return [{ version: 1, key: derived }]
  const keys = text.split(',').flatMap((entry) => {
    const [, version, value = ''] = /^\s*([1-9]\d{0,3}):(\S+)\s*$/.exec(entry) ?? []
    const key = value === 'derived' ? derived : parseKey(value)
    return version && key ? [{ version: Number(version), key }] : []
  })
  const wellFormed =
    keys.length === text.split(',').length && new Set(keys.map(({ version }) => version)).size === keys.length
  if (!wellFormed) {
    faults.push({ path: 'GARANT_PIVOT_KEYS', problem: 'must be a list like "2:<32 bytes in base64>,1:derived"' })
  }
  return keys
}
