/**
 * `npm run demo`: the town and a hub on an embedded database, in one process. It writes `garant.yaml` and
 * `partners.yaml` into the data folder and starts the hub from them as `garant serve` and `garant apply` would, so that
 * the `garant` command finds this hub too.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { houseSettings } from '../src/cards/settings.ts'
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
import { drawUpMandates } from './mandates.ts'
import { enrolTownspeople, withOwnMeans } from './own-accounts.ts'
import { cardProvider, cardSettings, withCards } from './own-cards.ts'
import { contactsOf } from './partners-file.ts'
import { originOf, type Ports, PortTaken, portFault, portsFrom } from './ports.ts'
import { providers } from './providers/providers.ts'
import { actForPath } from './services/pages.ts'
import { services } from './services/services.ts'
import { connectSignals } from './signals.ts'
import { startTown, type Town } from './town.ts'

export interface Demo {
  town: Town
  hub: Hub
  /** Where each begins who works here: with their link until it is used, then at the sign-in. */
  operator: string
  contacts: { of: string; link: string }[]
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
    const partnersYaml = withCards(withOwnMeans(town.partnersYaml), ports)
    const configFile = writeFiles(dataFolder, town, partnersYaml)
    const { boot } = loadBoot({ env: {}, clock: systemClock, configFile })
    const hub = await buildHub(boot, {
      clock: systemClock,
      log: createLog({ level: 'warn', destination: process.stderr }),
    })
    opened.push(hub)
    const house = houseSettings(boot.settings.cards)
    const file = parsePartnersFile(partnersYaml, { allowHttp: true, house })
    await hub.partners.apply(file, { actor: { kind: 'command' } })
    opened.push(await commandSocket(boot, hub))
    await homologateGateway(hub)
    await enrolTownspeople(hub, town, dataFolder)
    await drawUpMandates(hub, town)
    await connectSignals(hub, ports)
    const operator = await inviteOperator(hub)
    const contacts = await inviteContacts(hub)
    await hub.listen().catch((fault) => Promise.reject(portFault(fault, ports.hub)))
    return { town, hub, operator, contacts, close }
  } catch (fault) {
    await close()
    throw fault
  }
}

const notice = '# Written by `npm run demo` at each start: changes made here are lost then.\n'

/** The town's gateway for text messages asks nobody for it. */
const smsSecret = 'demo-only-not-a-secret-sms'

function writeFiles(dataFolder: string, town: Town, partnersYaml: string): string {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const configFile = join(dataFolder, 'garant.yaml')
  writeFileSync(configFile, notice + settingsYaml(town, dataFolder))
  writeFileSync(join(dataFolder, 'partners.yaml'), notice + partnersYaml)
  return configFile
}

function settingsYaml({ ports, authority, phoneRoot }: Town, folder: string): string {
  return stringify({
    ...cardSettings({ ports, authority, phoneRoot, folder, clock: systemClock }),
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

/**
 * Who answers for a service or a provider when something is wrong with it: they take a tile off the page and back, and
 * answer about a case of identity theft.
 */
const contacts = [
  { of: 'bank-identity', name: 'Karim Haddad' },
  { of: 'tax-identity', name: 'Nadia Ferrand' },
  { of: 'health-refunds', name: 'Hugo Delmas' },
  { of: 'employer-declarations', name: 'Salma Benkirane' },
]

const byCommand = { kind: 'command' } as const

/** A new link at each start until one is used. */
async function inviteContacts({ staff, settings }: Hub): Promise<Demo['contacts']> {
  const invited: Demo['contacts'] = []
  for (const { of, name } of contacts) {
    const { partner } = [...providers, ...services].find(({ id }) => id === of) ?? raise(of)
    const known = (await staff.list(partner.id)).find((one) => one.name === name && one.state !== 'removed')
    const mail = contactsOf(partner.id).security
    const given = {
      partner: partner.id,
      name,
      roles: ['security_contact'],
      mail,
      language: 'fr',
      actor: byCommand,
    } as const
    const link = await linkOf(known, {
      first: () => staff.invite(given),
      again: ({ staff: id }) => staff.inviteAgain(id, byCommand),
    })
    invited.push({ of, link: `${settings.issuer}/desk/${link ? `join/${link}` : 'sign-in'}` })
  }
  return invited
}

/** One who may do everything in the console, which takes two where it matters. */
async function inviteOperator({ operators, settings }: Hub): Promise<string> {
  const name = 'Angela Martin'
  const known = (await operators.list()).find((one) => one.name === name && one.state !== 'removed')
  const roles = ['administrator', 'support', 'security_officer', 'data_protection_officer'] as const
  const link = await linkOf(known, {
    first: () => operators.invite({ name, roles, mail: 'angela.martin@garant.example', actor: byCommand }),
    again: ({ operator }) => operators.inviteAgain(operator, byCommand),
  })
  return `${settings.issuer}/operators/${link ? `join/${link}` : 'sign-in'}`
}

/** Undefined when theirs was used: they sign in. */
async function linkOf<K extends { state: string }>(
  known: K | undefined,
  invite: { first(): Promise<{ token: string }>; again(known: K): Promise<{ token: string } | undefined> },
): Promise<string | undefined> {
  if (!known) return (await invite.first()).token
  return known.state === 'invited' ? (await invite.again(known))?.token : undefined
}

function raise(id: string): never {
  throw new Error(`the town has no ${id}`)
}

function commandSocket({ settings }: Boot, hub: Hub): Promise<AdminSocket> {
  return openSocket({ folder: settings.dataFolder, run: (request, out) => runVerb(hub, request, out) })
}

/** Where to click, and who to be: one test identity for each provider. */
function welcome({ town, operator, contacts }: Demo, dataFolder: string): string {
  const services = town.services.map(({ origin, id }) => `    ${origin}   ${id}`)
  const longest = Math.max(...contacts.map(({ of }) => of.length))
  const width = Math.max(...town.providers.map(({ id }) => id.length))
  const identities = [...town.providers, { id: ownProvider }, cardProvider].flatMap(({ id }) => {
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
    '  To act for a company, by a mandate that is in force: as bilal or ines of postal-identity, at',
    `    ${originOf(town.ports.employers)}${actForPath}`,
    '',
    '  Security contacts, who take a provider off the page and back, and answer about cases:',
    ...contacts.map(({ of, link }) => `    ${of.padEnd(longest)}   ${link}`),
    '',
    '  Somebody who runs the hub, in its console:',
    `    ${operator}`,
    '',
    `  A phone with the e-ID app, and the cards on the table: ${town.phoneUrl}`,
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
  --port-base PORT   the hub's port; services follow from +1, the phone is at +80, the mailbox at +90, providers from +101, cards
                      are asked for at +443 (default: 4000)
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
    const fits = Number.isInteger(portBase) && portBase >= 1024 && portBase + 500 < 65_536
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
