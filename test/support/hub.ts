/** A whole hub for a test or a measurement: real HTTP on a free port, a fresh database, a real SMTP server beside it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { breachesSchema } from '../../src/breaches/settings.ts'
import { cardsSchema } from '../../src/cards/settings.ts'
import type { Boot, Settings } from '../../src/config.ts'
import { organisationsSchema } from '../../src/directory/organisation-settings.ts'
import { eidSchema } from '../../src/eid/settings.ts'
import type { Log } from '../../src/http/http.ts'
import { buildHub, type Hub, type Surroundings } from '../../src/hub.ts'
import { type Clock, systemClock } from '../../src/kernel/clock.ts'
import { createPasswordHasher } from '../../src/means/password-hash.ts'
import { meansSchema } from '../../src/means/settings.ts'
import { parsePartnersFile } from '../../src/partners/file.ts'
import { healthSchema } from '../../src/partners/health-settings.ts'
import { policySchema } from '../../src/policy/settings.ts'
import type { JobName } from '../../src/storage/jobs.ts'
import type { Location } from '../../src/storage/storage.ts'
import { createTestDatabase } from './database.ts'
import { cheapHash } from './means.ts'
import { freePort } from './ports.ts'
import { createKeyStock } from './private-keys.ts'
import type { TestProvider } from './provider.ts'
import { startSmtp, type TestSmtp } from './smtp.ts'

const hasher = createPasswordHasher(cheapHash)
const privateKey = createKeyStock()

/** What a hub does some times an hour, and writes facts of, it does in a test when the test asks for it. */
const byHand: readonly JobName[] = [
  'housekeeping.retention',
  'detection.look',
  'breaches.deadlines',
  'cases.deadlines',
  'mandates.recheck',
]

export interface TestHub extends Hub {
  issuer: string
  smtp: TestSmtp
  /** Everything that the process logged. */
  logged: { level: string; message: string; inside: Record<string, unknown> }[]
  boot: Boot
  /** Publishes what a `partners.yaml` of this content would. */
  publish(partners: unknown[], options?: { prune?: boolean }): Promise<void>
}

export interface TestHubOptions {
  clock?: Clock
  settings?: Partial<Settings>
  secrets?: Partial<Boot['secrets']>
  /** Shared by several hubs; a fresh one by default. */
  database?: Location
  /** The port to listen on; a free one by default. */
  port?: number
  boot?: Boot
  /** How names of other machines become addresses. */
  lookup?: Surroundings['lookup']
}

export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const opened: (() => unknown)[] = []
  /** The last opened is closed first. */
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end()
  }
  try {
    const port = options.port ?? (await freePort())
    const folder = mkdtempSync(join(tmpdir(), 'garant-hub-'))
    opened.push(() => rmSync(folder, { recursive: true, force: true }))
    const location = options.database ?? (await freshDatabase())
    const smtp = await startSmtp()
    opened.push(() => smtp.close())
    const boot =
      options.boot ??
      testBoot({
        port,
        smtpPort: smtp.port,
        folder,
        database: location,
        settings: options.settings ?? {},
        secrets: options.secrets ?? {},
      })
    const logged: TestHub['logged'] = []
    const surroundings: Surroundings = {
      clock: options.clock ?? systemClock,
      log: collecting(logged),
      hasher,
      privateKey,
      byHand,
      ...(options.lookup ? { lookup: options.lookup } : {}),
    }
    const hub = await buildHub(boot, surroundings)
    opened.push(() => hub.close())
    await hub.listen()
    return {
      ...hub,
      issuer: boot.settings.issuer,
      smtp,
      logged,
      boot,
      async publish(partners, { prune = false } = {}) {
        const file = parsePartnersFile(JSON.stringify({ partners }), { allowHttp: true })
        await hub.partners.apply(file, { actor: { kind: 'command' }, prune })
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }

  async function freshDatabase(): Promise<Location> {
    const { location, drop } = await createTestDatabase()
    opened.push(drop)
    return location
  }
}

export function testBoot(options: {
  port: number
  smtpPort: number
  folder: string
  database: Location
  settings?: Partial<Settings>
  secrets?: Partial<Boot['secrets']>
}): Boot {
  const { port, smtpPort, folder } = options
  return {
    database: options.database,
    secrets: {
      master: Buffer.alloc(32, 1),
      pivot: [{ version: 1, key: Buffer.alloc(32, 2) }],
      ...options.secrets,
    },
    settings: {
      issuer: `http://localhost:${port}`,
      name: 'Garant',
      timeZone: 'Europe/Paris',
      listen: { host: '127.0.0.1', port },
      trustedProxies: [],
      dataFolder: folder,
      mail: {
        host: '127.0.0.1',
        port: smtpPort,
        from: 'ne-pas-repondre@garant.example',
        secure: false,
        danger_in_clear: true,
      },
      journal: { headsFile: join(folder, 'heads.jsonl') },
      security: {
        contact: ['mailto:security@garant.example'],
        acknowledgementDays: 3,
        expires: '2027-06-30T00:00:00Z',
      },
      retention: {
        connectionDays: 365,
        securityDays: 1095,
        administrationDays: 1095,
        supportDays: 180,
        breachDays: 1825,
        mandateDays: 3650,
        caseDays: 1095,
      },
      sessions: { idleMinutes: 30, absoluteHours: 12 },
      policy: policySchema.parse({}),
      means: meansSchema.parse({}),
      // A test that is about something else counts what its provider is asked.
      health: healthSchema.parse({ probes: false }),
      breaches: breachesSchema.parse({ contact: 'mailto:dpo@garant.example' }),
      cards: cardsSchema.parse({}),
      eid: eidSchema.parse({}),
      organisations: organisationsSchema.parse({}),
      keys: { overlapHours: 24, lifetimeDays: 90 },
      outbound: { allow: [] },
      danger_allow_http: true,
      ...options.settings,
    },
  }
}

function collecting(lines: TestHub['logged']): Log {
  const add =
    (level: string) =>
    (message: string, inside: Record<string, unknown> = {}) =>
      void lines.push({ level, message, inside })
  return { info: add('info'), warn: add('warn'), error: add('error') }
}

/** A service and a provider as a partners file names them, with only what matters to a test written out. */
export function serviceEntry(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    name: { fr: `Service ${id}`, en: `Service ${id}`, ar: `Service ${id}` },
    homepage: 'http://localhost:1/',
    redirectUris: ['http://localhost:1/callback'],
    postLogoutRedirectUris: ['http://localhost:1/bye'],
    auth: 'client_secret_basic',
    secrets: [{ danger_plain: secretOf(id) }],
    sector: 'localhost',
    scopes: ['openid', 'identite_pivot', 'email', 'preferred_username'],
    minimumLevel: 'eidas1',
    providers: 'all',
    ...changes,
  }
}

export function secretOf(service: string): string {
  return `${service}-secret-${'0123456789abcdef'.repeat(2)}`
}

/** A test provider as a partners file names it. */
export function providerEntry(provider: TestProvider, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { state: _state, partner: _partner, ...entry } = provider.provider()
  const { clientSecret, ...connector } = entry.connector
  return {
    ...entry,
    connector: { ...connector, ...(clientSecret ? { clientSecret: { danger_plain: clientSecret } } : {}) },
    ...changes,
  }
}
