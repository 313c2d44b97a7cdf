/**
 * The command line: `garant serve` runs the hub, the other commands ask something of it. A command for a hub that holds
 * an embedded database goes to that hub's socket; on PostgreSQL, or while no hub runs, it is carried out here.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { Argument, Command, CommanderError, Option } from 'commander'
import { type JournalKeys, readJournalKeys } from './audit/audit.ts'
import { type Boot, type LoadOptions, loadBoot, parseSettings, secretResolver, variables } from './config.ts'
import { createLog } from './http/log.ts'
import { systemClock } from './kernel/clock.ts'
import { second } from './kernel/durations.ts'
import { GarantError } from './kernel/errors.ts'
import { operatorRoles } from './kernel/roles.ts'
import { settingsInvalid } from './partners/checked-yaml.ts'
import { type FileOptions, parsePartnersFile } from './partners/file.ts'
import { obligationLines, singleSignOnObligations } from './partners/obligations.ts'
import { reviewAlone } from './partners/partners.ts'
import { explain, explainHelp } from './policy/explain.ts'
import { policyOf, policySchema } from './policy/settings.ts'
import { type AdminSocket, callSocket, openSocket } from './socket.ts'
import { exits, type Out, runVerb, sayError, secretName, type VerbRequest, verifyJournal } from './verbs.ts'

/** Where a command runs: its arguments apart, all that it sees of the process. */
interface World {
  env: LoadOptions['env']
  out: Out
  /** All of standard input, for the one command that reads it. */
  input?: () => Promise<string>
  /** Resolves when the process is asked to end. */
  stopped: () => Promise<void>
}

/** @returns the exit code */
export async function main(args: readonly string[], world: World): Promise<number> {
  let code: number = exits.done.code
  const program = createProgram(world, (exit) => {
    code = exit
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Commander has said it already; help and version are no fault.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exits.done.code : exits.usage.code
    return sayError(error, world.out)
  }
}

// --- Commands ------------------------------------------------------------------------------------------------------

function createProgram(world: World, finish: (exit: number) => void): Command {
  const { out } = world
  const program = new Command('garant')
    .description(
      'Garant, an identity-federation hub: it says who is there, at what assurance level, and for whom that person acts.',
    )
    .version(readVersion(), '-V, --version', 'print the version')
    .option('-c, --config <file>', 'the settings file (default: $GARANT_CONFIG, else garant.yaml here)')
    .helpOption('-h, --help', 'print what a command does, with examples')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.line(text.trimEnd()),
      writeErr: (text) => out.warn(text.trimEnd()),
    })
    .showHelpAfterError('(garant --help says more)')
    .addHelpText('after', overview)
  const load = (create?: boolean) => {
    const { config } = program.opts<{ config?: string }>()
    return loadBoot({
      env: world.env,
      clock: systemClock,
      ...(config === undefined ? {} : { configFile: config }),
      ...(create === undefined ? {} : { create }),
    })
  }
  const ask = async (verb: string, args: VerbRequest['args'] = {}) =>
    finish(await carryOut(load(), { verb, args }, out))

  program
    .command('serve')
    .description('run the hub until SIGTERM or SIGINT; requests under way are finished first')
    .action(async () => finish(await serve(load(), world)))

  program
    .command('check')
    .description('read the settings, and a partners file if one is given, and list every fault; nothing is changed')
    .option('-p, --partners <file>', 'a partners file to check as well')
    .addHelpText('after', examples('garant check', 'garant check --config prod.yaml --partners partners.yaml'))
    .action(({ partners }: { partners?: string }) => checkFiles(load(false), partners, world))

  program
    .command('apply')
    .description('publish the services and providers of a partners file, and print what changes')
    .argument('<file>', 'the partners file (YAML)')
    .option('--prune', 'archive what is published and the file does not name')
    .option('--dry-run', 'print what would change, and change nothing')
    .addHelpText('after', applyNotes)
    .action(async (file: string, { prune = false, dryRun = false }: { prune?: boolean; dryRun?: boolean }) => {
      const loaded = load()
      const request = readPartners(file, loaded.boot, world)
      finish(await carryOut(loaded, { verb: 'apply', args: { ...request, prune, dryRun } }, out))
    })

  const keys = program.command('keys').description('the keys that sign and decrypt')
  keys
    .command('list')
    .description('list the keys, with their state')
    .action(() => ask('keys.list'))
  keys
    .command('rotate')
    .description('make new keys; they are published first and sign after keys.overlapHours')
    .addOption(
      new Option('--purpose <purpose>', 'only the keys of this purpose').choices([
        'id-token',
        'client',
        'decryption',
        'journal',
      ]),
    )
    .option('--now', 'sign with the new key at once, because the old one leaked; needs --purpose')
    .addHelpText('after', examples('garant keys rotate', 'garant keys rotate --purpose id-token --now'))
    .action((options: { purpose?: string; now?: boolean }) => ask('keys.rotate', { now: false, ...options }))

  const audit = program.command('audit').description('the journal')
  audit
    .command('verify')
    .description('prove that no fact was changed, removed, inserted or moved, against the heads kept outside as well')
    .option('--heads <files...>', "files of heads beside this process's own: of other processes, or moved away")
    .option('--keys <file>', 'public keys that you have kept (garant audit keys), in place of those of the hub')
    .addHelpText('after', verifyNotes)
    .action(async (options: { heads?: string[]; keys?: string }) => {
      // The hub that carries it out may stand in another folder.
      const heads = (options.heads ?? []).map((file) => resolve(file))
      if (options.keys === undefined) return ask('audit.verify', { heads })
      const keys = await readJournalKeys(readSource(options.keys).toString('utf8'))
      if (!keys) {
        throw new GarantError('settings_invalid', {
          file: options.keys,
          faults: 'is not what garant audit keys prints',
        })
      }
      const url = world.env.DATABASE_URL
      return url ? finish(await verifyByKeys({ url, keys, heads }, out)) : ask('audit.verify', { heads, keys })
    })
  audit
    .command('keys')
    .description('print the public keys of the journal, to keep beside the files of heads')
    .addHelpText('after', examples('garant audit keys > journal-keys.json'))
    .action(() => ask('audit.keys'))

  const directory = program.command('directory').description('reference data: the register of health professionals')
  directory
    .command('import')
    .description('read a new edition of a register and put it in force, or change nothing')
    .addArgument(new Argument('<register>', 'which one').choices(['rpps']))
    .argument('<file>', 'the extraction, as text or gzip; - is standard input')
    .option('--name <name>', 'the name of the extraction, when the file does not have it')
    .option('--max-bad <percent>', 'bad lines are left out; with more of them, nothing is changed', Number, 1)
    .option('--max-lost <percent>', 'professionals that may be missing from the new edition', Number, 10)
    .addHelpText('after', importNotes)
    .action((register: string, file: string, options: { name?: string; maxBad: number; maxLost: number }) => {
      const { maxBad: mostBad, maxLost: mostLost, ...rest } = options
      // The hub that carries it out may stand in another folder.
      return ask('directory.import', {
        register,
        file: file === '-' ? file : resolve(file),
        mostBad,
        mostLost,
        ...rest,
      })
    })
  directory
    .command('status')
    .description('which edition is in force, of when, with how many professionals')
    .action(() => ask('directory.status'))

  program
    .command('statistics')
    .description('figures of the hub')
    .command('sso')
    .description('what single sign-on spares people, by month, and of whom it is an obligation')
    .option('--months <number>', 'how many months, the present one included', Number, 12)
    .option('--partner <partner>', 'of the services of one partner, as it may be told: counts under 10 are hidden')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('garant statistics sso', 'garant statistics sso --partner hospital --json'))
    .action(({ months, partner, json = false }: { months: number; partner?: string; json?: boolean }) =>
      ask('statistics.sso', { months, json, ...(partner === undefined ? {} : { partner }) }),
    )

  program
    .command('service-secret')
    .description('passwords that the hub keeps for services that know nothing else')
    .command('renew')
    .description('make a new one; the service gets it at the next sign-in of that person')
    .requiredOption('--service <service>', 'at which service')
    .requiredOption('--person <person>', 'of whom')
    .addHelpText('after', examples('garant service-secret renew --service archive --person per_4pXc…'))
    .action((options: { service: string; person: string }) => ask('service-secret.renew', { ...options }))

  const operator = program.command('operator').description('the people who run the hub')
  operator
    .command('invite')
    .description('print a link by which somebody registers a passkey and becomes an operator')
    .option('--name <name>', 'who it is')
    .addOption(new Option('--role <roles...>', 'what they may do, one or several').choices(operatorRoles))
    .option('--for <operator>', 'a new link for an operator, whose passkey replaces those of before: opr_…')
    .addHelpText('after', inviteNotes)
    .action((options: { name?: string; role?: string[]; for?: string }) => {
      const { name = '', role: roles = [], for: again } = options
      if (again === undefined) return ask('operator.invite', { name, roles })
      if (name === '' && roles.length === 0) return ask('operator.invite', { for: again })
      return program.error('error: --for goes without --name and --role', { exitCode: exits.usage.code })
    })
  operator
    .command('list')
    .description('list the operators')
    .action(() => ask('operator.list'))
  for (const [change, says] of [
    ['suspend', 'put an operator out of office; their sessions end at once'],
    ['restore', 'bring a suspended operator back'],
    ['remove', 'remove an operator for good; their passkeys are revoked'],
  ] as const) {
    operator
      .command(change)
      .description(says)
      .argument('<operator>', 'the id of the operator: opr_…')
      .action((id: string) => ask(`operator.${change}`, { operator: id }))
  }

  const people = program.command('people').description('reviews of who is who')
  people
    .command('collisions')
    .description('list the accounts that wait for a review')
    .action(() => ask('people.collisions'))
  people
    .command('resolve')
    .description('decide a collision: the two accounts are the same person, or different people')
    .argument('<collision>', 'its id: col_…')
    .argument('<outcome>', 'same or different')
    .action((collision: string, outcome: string) => ask('people.resolve', { collision, outcome }))
  people
    .command('split')
    .description('take accounts away from a person into a new one, with their connections; both are signed out')
    .argument('<person>', 'the id of the person: per_…')
    .argument('<links...>', 'the accounts of the intruder: lnk_…')
    .action((person: string, links: string[]) => ask('people.split', { person, links }))

  program
    .command('policy')
    .description('the rules that decide what is accepted where')
    .command('explain')
    .description('answer one question by the rules of the hub, with all its reasons')
    .addHelpText('after', explainHelp)
    .action(async () => finish(await explainPolicy(program.opts<{ config?: string }>().config, world)))

  return program
}

/** The policy of a settings file that was named; as it is shipped otherwise, so that anybody can ask. */
async function explainPolicy(config: string | undefined, { env, input, out }: World): Promise<number> {
  const file = config ?? env.GARANT_CONFIG
  const settings = file ? parseSettings(readSource(file)) : undefined
  if (settings && !settings.ok) throw settingsInvalid(file ?? '', settings.faults)
  const explanation = await explain(
    (await input?.()) ?? '',
    policyOf(settings?.settings.policy ?? policySchema.parse({})),
  )
  if (explanation.ok) {
    out.line(JSON.stringify(explanation.answer))
    return exits.done.code
  }
  for (const fault of explanation.faults) out.warn(fault)
  return exits.usage.code
}

type Loaded = ReturnType<typeof loadBoot>

/** At the hub that holds the data folder, if one does; here otherwise. */
async function carryOut({ boot, warnings }: Loaded, request: VerbRequest, out: Out): Promise<number> {
  if (boot.database.kind === 'folder') {
    const exit = await callSocket(boot.database.path, request, out)
    if (exit !== undefined) return exit
  }
  for (const warning of warnings) out.warn(`warning: ${warning}`)
  // The rooms are read only by a command that needs them, so that the others answer at once.
  const { openRooms } = await import('./hub.ts')
  const log = createLog({ level: 'warn', destination: process.stderr })
  const rooms = await openRooms(boot, { clock: systemClock, fetch, log })
  try {
    return await runVerb(rooms, request, out, () => process.stdin)
  } finally {
    await rooms.close()
  }
}

/** The journal of a server, read by somebody who has neither its settings nor its secrets. */
async function verifyByKeys(
  { url, keys, heads }: { url: string; keys: JournalKeys; heads: string[] },
  out: Out,
): Promise<number> {
  const { openReading } = await import('./storage/storage.ts')
  const storage = await openReading({ kind: 'server', url })
  try {
    return await verifyJournal({ storage, clock: systemClock, keys, headsFiles: heads }, out)
  } finally {
    await storage.close()
  }
}

async function serve({ boot, warnings }: Loaded, { out, stopped }: World): Promise<number> {
  for (const warning of warnings) out.warn(`warning: ${warning}`)
  const { settings, database } = boot
  const { buildHub } = await import('./hub.ts')
  const hub = await buildHub(boot, { clock: systemClock, fetch, log: createLog() })
  let socket: AdminSocket | undefined
  try {
    if (database.kind === 'folder') {
      socket = await openSocket({ folder: database.path, run: (request, to) => runVerb(hub, request, to) })
    }
    const { host, port } = await hub.listen()
    const where = database.kind === 'folder' ? `an embedded database in ${database.path}` : 'PostgreSQL'
    out.warn(`${settings.name} is ready at ${settings.issuer}, listening on ${host}:${port}, on ${where}.`)
    await stopped()
    out.warn('Stopping: requests under way are finished.')
    return exits.done.code
  } finally {
    await socket?.close()
    await hub.close()
  }
}

function checkFiles({ boot, warnings }: Loaded, partners: string | undefined, world: World): void {
  const { out } = world
  for (const warning of warnings) out.warn(`warning: ${warning}`)
  const { issuer, timeZone } = boot.settings
  out.line(`The settings are good: a hub at ${issuer}.`)
  out.line(`Messages write dates in the zone ${timeZone} (timeZone).`)
  if (partners === undefined) return
  const file = parsePartnersFile(readSource(partners), fileOptions(partners, boot, world))
  for (const warning of reviewAlone(file, systemClock.now())) out.warn(`warning: ${warning}`)
  const count = (kind: 'services' | 'providers') =>
    file.partners.reduce((sum, partner) => sum + partner[kind].length, 0)
  out.line(`${partners} is good: ${count('services')} services, ${count('providers')} providers.`)
  const services = file.partners.flatMap((partner) => partner.services)
  for (const line of obligationLines(
    singleSignOnObligations({ partners: file.partners, services }, systemClock.now()),
  )) {
    out.line(`notice: ${line}`)
  }
}

// --- Partners files ------------------------------------------------------------------------------------------------

/**
 * The file is read and its secrets are found here, in the folder and the environment of whoever typed the command; the
 * hub that applies it may have others. Faults are told before anybody is asked.
 */
function readPartners(path: string, boot: Boot, world: World): VerbRequest['args'] {
  const source = readSource(path)
  const options = fileOptions(path, boot, world)
  const secrets: Record<string, string> = {}
  parsePartnersFile(source, {
    ...options,
    resolveSecret: (reference) => {
      const text = options.resolveSecret?.(reference)
      if (text !== undefined) secrets[secretName(reference)] = text
      return text
    },
  })
  return { yaml: source.toString('utf8'), name: path, secrets }
}

function fileOptions(path: string, { settings }: Boot, { env }: World): FileOptions {
  return {
    name: path,
    allowHttp: settings.danger_allow_http,
    resolveSecret: secretResolver(env, dirname(resolve(path))),
  }
}

function readSource(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    throw new GarantError('settings_invalid', { file: path, faults: 'file cannot be read' })
  }
}

// --- Help ----------------------------------------------------------------------------------------------------------

const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`

const aligned = (rows: readonly (readonly [string, string])[]) => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, says]) => `  ${name.padEnd(width)}  ${says}`).join('\n')
}

const overview = `
Two files say everything: garant.yaml how the hub runs, partners.yaml which services and providers it knows. Secrets are
in neither: they come from the environment or from files. Without DATABASE_URL the hub keeps an embedded database in its
data folder; while it runs, the other commands reach it through a socket there, which only its owner can open.
${examples(
  'garant check --partners partners.yaml',
  'garant serve',
  'garant apply partners.yaml --dry-run',
  'garant keys rotate',
)}

Environment:
${aligned(Object.entries(variables))}

Exit codes:
${aligned(Object.values(exits).map(({ code, says }) => [String(code), says]))}`

const inviteNotes = `
The link is on standard output and serves once, within 24 hours. docs/operators.md says what each role may do:
${operatorRoles.join(', ')}. The first operator needs nobody.
${examples(
  'garant operator invite --name "Angela Dubois" --role administrator',
  'garant operator invite --name "Karim Haddad" --role security_officer --role auditor',
  'garant operator invite --for opr_4pXc…',
)}`

const verifyNotes = `
With --keys it believes neither the keys nor the settings of the hub. On PostgreSQL it then needs nothing but
DATABASE_URL, of an account that may read the tables of the journal, and the files of heads: no garant.yaml, no master
key, no running hub.
${examples(
  'garant audit verify',
  'garant audit verify --heads backup/journal-heads-*.jsonl',
  'garant audit verify --keys journal-keys.json --heads journal-heads-*.jsonl',
)}`

const applyNotes = `
What the file does not name stays as it is, unless --prune. Applying a file twice changes nothing the second time. Every
hub takes the change within a second. The state of a provider (suspended, hidden) changes only where the file says one.

Secrets are named in the file: { env: NAME } or { file: PATH }, relative to the file. They are found here, in your
environment, and are never printed. A service may have two secrets during a rotation; give the older one its end:

  secrets:
    - { env: REFUNDS_SECRET_2027 }
    - { env: REFUNDS_SECRET_2026, until: "2027-01-31T12:00:00Z" }
${examples('garant apply partners.yaml --dry-run', 'garant apply partners.yaml', 'garant apply all.yaml --prune')}`

const importNotes = `
Persons who are not in the new edition are unknown from then on. Everybody reads the old edition until the new one is
complete, and whatever goes wrong leaves the old one in force. A running hub on an embedded database reads the file by
itself, so that it must be allowed to.
${examples(
  'garant directory import rpps PS_LibreAcces_Personne_activite_202611220712.txt',
  'unzip -p PS_LibreAcces.zip "*Personne_activite*" | garant directory import rpps -',
)}`

function readVersion(): string {
  return (JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string }).version
}

// --- Process -------------------------------------------------------------------------------------------------------

/** The first signal asks to end; a second one does not wait. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const [signal, number] of [
      ['SIGTERM', 15],
      ['SIGINT', 2],
    ] as const) {
      process.once(signal, () => {
        process.on(signal, () => process.exit(128 + number))
        resolve()
      })
    }
  })
}

/** How often progress is told where it cannot be written over. */
const toldEvery = 5 * second

/** Standard output and error. Progress takes one line of a terminal, and is told now and then elsewhere. */
function streams(): Out {
  let told = 0
  let shown = false
  const clear = () => {
    if (shown) process.stderr.write('\r\u001b[K')
    shown = false
  }
  return {
    line: (text) => {
      clear()
      console.log(text)
    },
    warn: (text) => {
      clear()
      console.error(text)
    },
    progress: (text) => {
      if (process.stderr.isTTY) {
        process.stderr.write(`\r\u001b[K${text}`)
        shown = true
      } else if (systemClock.now() - told >= toldEvery) {
        told = systemClock.now()
        console.error(text)
      }
    },
  }
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), {
    env: process.env,
    out: streams(),
    input: () => text(process.stdin),
    stopped: stopSignal,
  })
}
