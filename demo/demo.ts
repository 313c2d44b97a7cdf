/**
 * `npm run demo`: the town and a hub on an embedded database, in one process. It writes `garant.yaml` and
 * `partners.yaml` into the data folder and starts the hub from them as `garant serve` and `garant apply` would, so that
 * the `garant` command finds this hub too.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { type Boot, loadBoot } from '../src/config.ts'
import { createLog } from '../src/http/log.ts'
import { buildHub, type Hub } from '../src/hub.ts'
import { systemClock, toDate } from '../src/kernel/clock.ts'
import { day } from '../src/kernel/durations.ts'
import { parsePartnersFile } from '../src/partners/file.ts'
import { ownProvider } from '../src/partners/partners.ts'
import { type AdminSocket, openSocket } from '../src/socket.ts'
import { runVerb, sayError } from '../src/verbs.ts'
import { homologateGateway } from './hospital.ts'
import { enrolTownspeople, withOwnMeans } from './own-accounts.ts'
import { originOf, type Ports, PortTaken, portFault, portsFrom } from './ports.ts'
import { providers } from './providers/providers.ts'
import { startTown, type Town } from './town.ts'

export interface Demo {
  town: Town
  hub: Hub
  /** Where the security contact of a provider begins: with their link until it is used, then at the sign-in. */
  contact: string
  close(): Promise<void>
}

export interface DemoOptions {
  dataFolder: string
  ports: Ports
}

/** The hub answers last: when its `/readyz` says 200, the whole town stands. */
export async function startDemo({ dataFolder, ports }: DemoOptions): Promise<Demo> {
  const opened: { close(): Promise<void> }[] = []
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each.close()
  }
  try {
    const town = await startTown({ ports })
    opened.push(town)
    const partnersYaml = withOwnMeans(town.partnersYaml)
    const configFile = writeFiles(dataFolder, ports, partnersYaml)
    const { boot } = loadBoot({ env: {}, clock: systemClock, configFile })
    const hub = await buildHub(boot, {
      clock: systemClock,
      log: createLog({ level: 'warn', destination: process.stderr }),
    })
    opened.push(hub)
    const file = parsePartnersFile(partnersYaml, { allowHttp: true })
    await hub.partners.apply(file, { actor: { kind: 'command' } })
    opened.push(await commandSocket(boot, hub))
    await homologateGateway(hub)
    await enrolTownspeople(hub, town, dataFolder)
    const contact = await inviteContact(hub)
    await hub.listen().catch((fault) => Promise.reject(portFault(fault, ports.hub)))
    return { town, hub, contact, close }
  } catch (fault) {
    await close()
    throw fault
  }
}

const notice = '# Written by `npm run demo` at each start: changes made here are lost then.\n'

/** The town's gateway for text messages asks nobody for it. */
const smsSecret = 'demo-only-not-a-secret-sms'

function writeFiles(dataFolder: string, ports: Ports, partnersYaml: string): string {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const configFile = join(dataFolder, 'garant.yaml')
  writeFileSync(configFile, notice + settingsYaml(ports))
  writeFileSync(join(dataFolder, 'partners.yaml'), notice + partnersYaml)
  return configFile
}

function settingsYaml(ports: Ports): string {
  return stringify({
    issuer: originOf(ports.hub),
    name: 'Garant',
    listen: { host: '127.0.0.1', port: ports.hub },
    dataFolder: '.',
    timeZone: 'Europe/Paris',
    mail: {
      host: '127.0.0.1',
      port: ports.smtp,
      from: 'Garant <ne-pas-repondre@garant.example>',
      secure: false,
      danger_in_clear: true,
    },
    // An outage is seen, and its end, while the visitor looks on.
    health: { probeSeconds: 5, settleSeconds: 10 },
    means: { sms: { url: `${originOf(ports.mailbox)}/sms`, danger_secret: smsSecret } },
    security: {
      contact: ['mailto:securite@garant.example'],
      expires: toDate(systemClock.now() + 180 * day)
        .toISOString()
        .replace(/\.\d+/, ''),
    },
    danger_allow_http: true,
  })
}

/** Somebody at the bank who may take its tile off the page and back; a new link at each start until one is used. */
async function inviteContact({ staff, settings }: Hub): Promise<string> {
  const { partner } = providers.find(({ id }) => id === contactOf) ?? raise(contactOf)
  const actor = { kind: 'command' } as const
  const known = (await staff.list(partner.id)).find(({ state }) => state !== 'removed')
  if (known && known.state !== 'invited') return `${settings.issuer}/desk/sign-in`
  const invited = known
    ? await staff.inviteAgain(known.staff, actor)
    : await staff.invite({
        partner: partner.id,
        name: 'Karim Haddad',
        roles: ['security_contact'],
        mail: 'karim.haddad@banque-du-rivage.example',
        language: 'fr',
        actor,
      })
  return invited ? `${settings.issuer}/desk/join/${invited.token}` : raise(partner.id)
}

const contactOf = 'bank-identity'

function raise(id: string): never {
  throw new Error(`the town has no ${id}`)
}

function commandSocket({ settings }: Boot, hub: Hub): Promise<AdminSocket> {
  return openSocket({ folder: settings.dataFolder, run: (request, out) => runVerb(hub, request, out) })
}

/** Where to click, and who to be: one test identity for each provider. */
function welcome({ town, contact }: Demo, dataFolder: string): string {
  const services = town.services.map(({ origin, id }) => `    ${origin}   ${id}`)
  const width = Math.max(...town.providers.map(({ id }) => id.length))
  const identities = [...town.providers, { id: ownProvider }].flatMap(({ id }) => {
    const one = town.people.find(({ provider }) => provider === id)
    return one ? [`    ${id.padEnd(width)}   ${one.username.padEnd(11)} ${one.password}   ${one.level}`] : []
  })
  return [
    '',
    `  Garant is ready: ${town.hubIssuer}`,
    '',
    '  Begin at a service:',
    ...services,
    '',
    '  Choose a provider there, and sign in as:',
    ...identities,
    '',
    `  Security contact of ${contactOf}, who takes it off the page and back:`,
    `    ${contact}`,
    '',
    `  Each use of one's identity, and what stops it: ${town.hubIssuer}/space`,
    `  Outages and interruptions, for everybody: ${town.hubIssuer}/status`,
    `  Console of those who run the hub: ${town.hubIssuer}/console`,
    `  Map of the town, mail, all test identities, and how to stop a provider: ${town.mailboxUrl}`,
    `  Commands reach this hub by: bin/garant --config ${join(dataFolder, 'garant.yaml')} …`,
    '  Ctrl+C stops everything.',
    '',
  ].join('\n')
}

const usage = `npm run demo [-- options]

  --data DIR         keep the data in DIR (default: .garant)
  --port-base PORT   the hub's port; services follow from +1, the mailbox is at +90, providers from +101 (default: 4000)
`

interface Arguments {
  dataFolder: string
  portBase: number
}

/** Undefined when the arguments make no sense. */
function readArguments(args: string[]): Arguments | 'help' | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        data: { type: 'string', default: '.garant' },
        'port-base': { type: 'string', default: '4000' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) return 'help'
    const portBase = Number(values['port-base'])
    const fits = Number.isInteger(portBase) && portBase >= 1024 && portBase + 200 < 65_536
    return fits ? { dataFolder: resolve(values.data), portBase } : undefined
  } catch {
    return undefined
  }
}

function explain(fault: unknown): void {
  if (fault instanceof PortTaken) {
    console.error(`\n  ${fault.message} Is the demo running already? Other ports: npm run demo -- --port-base 5000\n`)
  } else sayError(fault, { line: console.log, warn: console.error })
}

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  if (!options) {
    console.error(usage)
    process.exitCode = 2
    return
  }
  const { dataFolder, portBase } = options
  try {
    const demo = await startDemo({ dataFolder, ports: portsFrom(portBase) })
    console.log(welcome(demo, relative('', dataFolder) || '.'))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void demo.close())
  } catch (fault) {
    explain(fault)
    process.exitCode = 1
  }
}

if (import.meta.main) await main()
