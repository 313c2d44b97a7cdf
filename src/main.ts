/**
 * The command line: `garant serve` runs the hub, the other commands ask something of it. A command for a hub that holds
 * an embedded database goes to that hub's socket; on PostgreSQL, or while no hub runs, it is carried out here.
 */
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { Argument, Command, CommanderError, Option } from 'commander'
import type { JournalKeys } from './audit/audit.ts'
import { houseSettings } from './cards/settings.ts'
import {
  type Boot,
  destinationsOf,
  type LoadOptions,
  loadBoot,
  parseSettings,
  secretResolver,
  variables,
} from './config.ts'
import { apiScopes } from './kernel/api-scopes.ts'
import { levels } from './kernel/assurance.ts'
import { systemClock } from './kernel/clock.ts'
import { second } from './kernel/durations.ts'
import { GarantError } from './kernel/errors.ts'
import { type Language, languages, type Translated } from './kernel/languages.ts'
import { operatorRoles, staffRoles } from './kernel/roles.ts'
import { loadHub } from './loading.ts'
import { bannerKinds } from './notices/banners.ts'
import { settingsInvalid } from './partners/checked-yaml.ts'
import { type FileOptions, parsePartnersFile } from './partners/file.ts'
import { obligationLines, singleSignOnObligations } from './partners/obligations.ts'
import { suspensionCategories } from './partners/suspensions.ts'
import { caseCloseReasons, caseStates } from './policy/case-flow.ts'
import { explain, explainHelp } from './policy/explain.ts'
import { policyOf, policySchema } from './policy/settings.ts'
import { exits, type Out, secretName, type VerbRequest } from './request.ts'
import { type AdminSocket, callSocket, openSocket } from './socket.ts'

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
    const { sayError } = await import('./verbs.ts')
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

  program
    .command('export')
    .description('print what is published as a partners file, without secrets')
    .option('--partner <partner>', 'the services and providers of one partner')
    .option('--out <file>', 'write it to a file that its owner alone may read')
    .option('--force', 'replace the file of --out')
    .option('--json', 'print JSON, which apply takes too')
    .addHelpText('after', exportNotes)
    .action(async ({ partner, out: path, force = false, json = false }: ExportFlags) => {
      if (force && path === undefined) {
        return program.error('error: --force goes with --out', { exitCode: exits.usage.code })
      }
      const request = { verb: 'export', args: { json, ...(partner === undefined ? {} : { partner }) } }
      finish(
        path === undefined
          ? await carryOut(load(), request, out)
          : await writeOut(path, force, out, (to) => carryOut(load(), request, to)),
      )
    })

  const kindArgument = () => new Argument('<kind>').choices(['partner', 'service', 'provider'])
  program
    .command('versions')
    .description('list the versions of the settings of a partner, a service or a provider, the newest first')
    .addArgument(kindArgument())
    .argument('<id>')
    .option('--limit <number>', 'how many', Number, 20)
    .option('--json', 'print JSON')
    .addHelpText('after', examples('garant versions service health-refunds'))
    .action((kind: string, id: string, { limit, json = false }: { limit: number; json?: boolean }) =>
      ask('versions', { kind, id, limit, json }),
    )
  program
    .command('undo')
    .description('publish an older version again, as a new one, if the rules of today allow it')
    .addArgument(kindArgument())
    .argument('<id>')
    .argument('<number>', 'of the version to go back to', Number)
    .option('--dry-run', 'show what would change, and change nothing')
    .addHelpText(
      'after',
      `
Secrets are those in force now. A change of a key or a secret by this command is announced to all operators.
${examples('garant undo service health-refunds 4 --dry-run', 'garant undo provider bank 2')}`,
    )
    .action((kind: string, id: string, number: number, { dryRun = false }: { dryRun?: boolean }) =>
      ask('undo', { kind, id, number, dryRun }),
    )

  program
    .command('withdraw')
    .description('take a service away: nobody signs in to it any more, and undo brings it back')
    .argument('<id>')
    .action((id: string) => ask('withdraw', { id }))

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
      const keys = await readKeysFile(options.keys)
      const url = world.env.DATABASE_URL
      return url ? finish(await verifyByKeys({ url, keys, heads }, out)) : ask('audit.verify', { heads, keys })
    })
  audit
    .command('keys')
    .description('print the public keys of the journal, to keep beside the files of heads')
    .addHelpText('after', examples('garant audit keys > journal-keys.json'))
    .action(() => ask('audit.keys'))
  audit
    .command('verify-receipt')
    .description('prove that the facts of a receipt are in the journal, as they were written')
    .argument('<file>', 'the receipt, as the console or the space of a person hands it out; - is standard input')
    .option('--keys <file>', 'public keys that you have kept (garant audit keys): then no hub is needed')
    .addHelpText('after', examples('garant audit verify-receipt fact-4711-proof.json --keys journal-keys.json'))
    .action(async (file: string, options: { keys?: string }) => {
      const { readReceipt } = await import('./audit/audit.ts')
      const receipt = readReceipt(readSource(file).toString('utf8'))
      if (!receipt) throw new GarantError('settings_invalid', { file, faults: 'is no receipt of a journal' })
      if (options.keys === undefined) return ask('audit.verify-receipt', { receipt })
      const { verifyOneReceipt } = await import('./verbs.ts')
      finish(await verifyOneReceipt({ receipt, keys: await readKeysFile(options.keys) }, out))
    })

  program
    .command('card')
    .description('cards that people sign in with (docs/cards.md)')
    .command('check')
    .description('say what the hub thinks of a certificate, step by step; asks about its revocation as a sign-in does')
    .argument('<file>', 'the certificate in PEM, its issuers after it where there are any; - is standard input')
    .option('--kind <name>', 'one of cards.kinds; all of them by default')
    .addOption(
      new Option('--use <use>', 'what it is shown for')
        .choices(['authentication', 'signature'])
        .default('authentication'),
    )
    .addHelpText('after', examples('garant card check card.pem --kind cpx'))
    .action((file: string, options: { kind?: string; use: string }) =>
      ask('card.check', { pem: readSource(file).toString('utf8'), ...options }),
    )

  program
    .command('mandate')
    .description('evidence of mandates (docs/mandate-archive.md)')
    .command('verify')
    .description('prove that an evidence archive is genuine, without a hub, a database or a network')
    .argument('<file>', 'the archive, as a page of mandates hands it out')
    .option('--roots <folder>', 'root certificates of cards that you trust, in place of those in the archive')
    .option('--keys <file>', 'public keys of the journal that you have kept (garant audit keys)')
    .addHelpText('after', examples('garant mandate verify mandate.zip --roots roots/ --keys journal-keys.json'))
    .action(async (file: string, options: { roots?: string; keys?: string }) => {
      const { verifyArchive, rootsIn } = await import('./mandates/archive-verify.ts')
      const roots = options.roots === undefined ? undefined : rootsIn(filesOf(options.roots))
      if (roots?.length === 0) {
        throw new GarantError('settings_invalid', { file: options.roots ?? '', faults: 'holds no certificate' })
      }
      const keys = options.keys === undefined ? undefined : await readKeysFile(options.keys)
      const verdict = await verifyArchive(readSource(file), { ...(roots ? { roots } : {}), ...(keys ? { keys } : {}) })
      for (const line of verdict.checked) out.line(line)
      for (const line of verdict.taken) out.line(`Taken from the archive itself: ${line}.`)
      for (const line of verdict.faults) out.warn(line)
      const isGenuine = verdict.faults.length === 0
      out.line(isGenuine ? 'The archive is genuine.' : 'The archive is NOT genuine.')
      finish(isGenuine ? exits.done.code : exits.failed.code)
    })

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

  const organisations = program.command('organisations').description('organisations and who represents them by law')
  organisations
    .command('import')
    .description('read a new edition of the register of organisations and put it in force, or change nothing')
    .argument('<file>', 'the register, CSV as text or gzip; - is standard input')
    .option('--name <name>', 'the name of the file, when it has none')
    .option('--extracted <day>', 'when the register made it (YYYY-MM-DD), when its name does not say so')
    .option('--max-bad <percent>', 'bad lines are left out; with more of them, nothing is changed', Number, 1)
    .option('--max-ended <percent>', 'organisations and representatives that the new edition may end', Number, 5)
    .addHelpText('after', organisationNotes)
    .action((file: string, options: { name?: string; extracted?: string; maxBad: number; maxEnded: number }) => {
      const { maxBad: mostBad, maxEnded: mostEnded, ...rest } = options
      return ask('organisations.import', { file: file === '-' ? file : resolve(file), mostBad, mostEnded, ...rest })
    })
  organisations
    .command('status')
    .description('which edition is in force, of when, and until when it may be gone by')
    .action(() => ask('organisations.status'))

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

  program
    .command('means')
    .description('the means of identification of people')
    .command('expiring')
    .description('list what ends soon and whether its holder was reminded; identifiers only')
    .option('--days <number>', 'within how many days', Number, 60)
    .option('--limit <number>', 'list so many at most', Number, 1000)
    .option('--json', 'print JSON')
    .addHelpText('after', examples('garant means expiring', 'garant means expiring --days 7 --json'))
    .action(({ days, limit, json = false }: { days: number; limit: number; json?: boolean }) =>
      ask('means.expiring', { days, limit, json }),
    )

  const operator = program.command('operator').description('the people who run the hub')
  operator
    .command('invite')
    .description('print a link by which somebody registers a passkey and becomes an operator')
    .option('--name <name>', 'who it is')
    .addOption(new Option('--role <roles...>', 'what they may do, one or several').choices(operatorRoles))
    .option('--mail <address>', 'where they are written to when a change waits for a second operator')
    .addOption(new Option('--language <language>', 'of the letters').choices(languages).default('fr'))
    .option('--for <operator>', 'a new link for an operator, whose passkey replaces those of before: opr_…')
    .addHelpText('after', inviteNotes)
    .action((options: { name?: string; role?: string[]; mail?: string; language: Language; for?: string }) => {
      const { name = '', role: roles = [], mail, language, for: again } = options
      const address = mail === undefined ? {} : { mail }
      if (again === undefined) return ask('operator.invite', { name, roles, language, ...address })
      if (name === '' && roles.length === 0 && mail === undefined) return ask('operator.invite', { for: again })
      return program.error('error: --for goes without --name, --role and --mail', { exitCode: exits.usage.code })
    })
  operator
    .command('write-to')
    .description('change where an operator is written to')
    .argument('<operator>', 'the id of the operator: opr_…')
    .argument('<address>', 'their address at work')
    .addOption(new Option('--language <language>', 'of the letters').choices(languages).default('fr'))
    .action((operator: string, mail: string, { language }: { language: Language }) =>
      ask('operator.write-to', { operator, mail, language }),
    )
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

  const staff = program.command('staff').description('the people who work for partners: they sign in at /desk')
  staff
    .command('invite')
    .description('print a link by which somebody registers a passkey and acts for a partner')
    .argument('[partner]', 'the id of the partner')
    .option('--name <name>', 'who it is')
    .addOption(new Option('--role <roles...>', 'what they may do, one or several').choices(staffRoles))
    .option('--mail <address>', 'their address at work: they are told by letter, as their partner is')
    .addOption(new Option('--language <language>', 'of the letters').choices(languages).default('fr'))
    .option('--for <staff>', 'a new link for somebody, whose passkey replaces those of before: stf_…')
    .addHelpText('after', staffNotes)
    .action((partner: string | undefined, options: StaffOptions) => {
      const { name = '', role: roles = [], mail = '', language, for: again } = options
      const isNew = partner !== undefined && again === undefined
      if (isNew) return ask('staff.invite', { partner, name, roles, mail, language })
      if (again !== undefined && partner === undefined && name === '' && roles.length === 0 && mail === '') {
        return ask('staff.invite', { for: again })
      }
      return program.error('error: name a partner, or --for without anything else', { exitCode: exits.usage.code })
    })
  staff
    .command('list')
    .description('list those who work for partners')
    .argument('[partner]', 'only those of one partner')
    .action((partner: string | undefined) => ask('staff.list', partner === undefined ? {} : { partner }))
  for (const [change, says] of [
    ['suspend', 'put somebody out of office; their sessions end at once'],
    ['restore', 'bring somebody suspended back'],
    ['remove', 'remove somebody for good; their passkeys are revoked'],
  ] as const) {
    staff
      .command(change)
      .description(says)
      .argument('<staff>', 'their id: stf_…')
      .action((id: string) => ask(`staff.${change}`, { staff: id }))
  }

  const apiClient = program.command('api-client').description('programs that may use the admin API (docs/api.md)')
  apiClient
    .command('add')
    .description('register a program by its public keys, and print its client_id')
    .argument('<name>', 'what it is, for the operators')
    .requiredOption('--jwks <file>', 'its public keys (RFC 7517); no secret of it ever comes here')
    .requiredOption('--scopes <scopes...>', 'what it may do, one or several')
    .option('--operator <operator>', 'who answers for it, and confirms nothing that it asks: opr_…')
    .option(
      '--for <party>',
      'a program of a partner: service/ID or provider/ID that it acts for, with scopes party:… alone',
    )
    .addHelpText('after', apiClientNotes)
    .action(
      (
        name: string,
        { jwks, scopes, for: party, ...rest }: { jwks: string; scopes: string[]; operator?: string; for?: string },
      ) =>
        ask('api-client.add', {
          name,
          scopes: scopes.flatMap((one) => one.split(/[ ,]+/)),
          jwks: readJwks(jwks),
          ...(party === undefined ? {} : { party }),
          ...rest,
        }),
    )
  apiClient
    .command('list')
    .description('list the programs that may use the admin API')
    .action(() => ask('api-client.list'))
  apiClient
    .command('keys')
    .description('replace the public keys of a program; put the old one beside the new one while both are in use')
    .argument('<client>', 'its id: api_…')
    .requiredOption('--jwks <file>', 'all its public keys')
    .action((client: string, { jwks }: { jwks: string }) => ask('api-client.keys', { client, jwks: readJwks(jwks) }))
  apiClient
    .command('scopes')
    .description('change what a program may do')
    .argument('<client>', 'its id: api_…')
    .requiredOption('--scopes <scopes...>', 'all that it may do from now on')
    .action((client: string, { scopes }: { scopes: string[] }) =>
      ask('api-client.scopes', { client, scopes: scopes.flatMap((one) => one.split(/[ ,]+/)) }),
    )
  apiClient
    .command('remove')
    .description('remove a program for good; its tokens are worth nothing from then on')
    .argument('<client>', 'its id: api_…')
    .action((client: string) => ask('api-client.remove', { client }))

  const provider = program.command('provider').description('the state of providers: suspended, hidden, back')
  const state = () =>
    new Option('--state <number>', 'refuse when the state is not this one any more (garant provider list)').argParser(
      Number,
    )
  provider
    .command('list')
    .description('list the providers, with what is in force or planned')
    .option('--json', 'print JSON')
    .action(({ json = false }: { json?: boolean }) => ask('provider.list', { json }))
  suspensionOptions(
    provider
      .command('suspend')
      .description('greyed on the page, with a reason, and refused; for all services or some, now or later, for a time')
      .argument('<provider>', 'the id of the provider'),
  )
    .option('--close-sessions [since]', 'end the sessions that came through it: all, or those since a date and time')
    .addOption(state())
    .addHelpText('after', suspendNotes)
    .action((id: string, options: SuspensionOptions) => {
      const { fr = '', en = '', ar = '' } = reasonOf(options)
      const { category = 'other' } = options
      const rest = { category, services: 'all', sessions: 'kept', ...suspensionOf(options) }
      return ask('provider.suspend', { provider: id, ...rest, reason: { fr, en, ar } })
    })
  suspensionOptions(
    provider
      .command('amend')
      .description('change a suspension that is in force or planned; what is not named stays')
      .argument('<provider>', 'the id of the provider')
      .argument('<suspension>', 'its id: sus_…'),
  )
    .option('--close-sessions [since]', 'end the sessions that came through it: all, or those since a date and time')
    .option('--keep-sessions', 'leave the sessions that came through it; those that were ended stay so')
    .option('--all-services', 'for all services from now on')
    .option('--all-levels', 'for all levels from now on')
    .option('--open-ended', 'without an end')
    .addOption(state())
    .addHelpText('after', examples('garant provider amend bank sus_4pXc… --until 2027-01-31T12:00:00Z'))
    .action((id: string, suspension: string, options: SuspensionOptions) =>
      ask('provider.amend', { provider: id, suspension, ...suspensionOf(options), reason: reasonOf(options) }),
    )
  provider
    .command('restore')
    .description('lift a suspension, or all that are in force or planned')
    .argument('<provider>', 'the id of the provider')
    .argument('[suspension]', 'its id: sus_…; all of them when it is left out')
    .addOption(state())
    .action((id: string, suspension: string | undefined, options: { state?: number }) =>
      ask('provider.restore', { provider: id, ...(suspension === undefined ? {} : { suspension }), ...options }),
    )
  for (const [change, says] of [
    ['hide', 'take a provider off the page; a service that may name it (idpHints) still reaches it'],
    ['show', 'bring a hidden provider back to the page'],
  ] as const) {
    provider
      .command(change)
      .description(says)
      .argument('<provider>', 'the id of the provider')
      .addOption(state())
      .action((id: string, options: { state?: number }) => ask(`provider.${change}`, { provider: id, ...options }))
  }
  provider
    .command('history')
    .description('list every suspension and hiding of a provider, with author and reason')
    .argument('<provider>', 'the id of the provider')
    .option('--json', 'print JSON')
    .action((id: string, { json = false }: { json?: boolean }) => ask('provider.history', { provider: id, json }))
  provider
    .command('health')
    .description('list what probes and sign-ins show of providers; of one, also why, and its incidents')
    .argument('[provider]', 'the id of the provider; all of them when it is left out')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('garant provider health', 'garant provider health bank --json'))
    .action((id: string | undefined, { json = false }: { json?: boolean }) =>
      ask('provider.health', { ...(id === undefined ? {} : { provider: id }), json }),
    )

  const cases = program.command('cases').description('identities that were misused: what is open, one of them, its end')
  cases
    .command('list')
    .description('list cases, those that are due first')
    .addOption(new Option('--state <state>', 'only these').choices(['open', ...caseStates]).default('open'))
    .option('--overdue', 'only those with a partner that is late')
    .addOption(new Option('--limit <number>', 'so many at most').argParser(Number).default(50))
    .option('--json', 'print JSON')
    .addHelpText('after', examples('garant cases list --overdue', 'garant cases list --state closed --limit 10'))
    .action(({ state, limit, overdue = false, json = false }: CasesOptions) =>
      ask('cases.list', { state, limit, overdue, json }),
    )
  cases
    .command('show')
    .description('print a case with what was written and what partners answered; each reading is in the journal')
    .argument('<reference>', 'that of the case, or the one that a partner has')
    .option('--json', 'print JSON')
    .action((reference: string, { json = false }: { json?: boolean }) => ask('cases.show', { reference, json }))
  cases
    .command('close')
    .description('close a case; the person sees it, and why')
    .argument('<reference>', 'that of the case')
    .addOption(new Option('--reason <reason>', 'why').choices(caseCloseReasons).makeOptionMandatory())
    .action((reference: string, { reason }: { reason: string }) => ask('cases.close', { reference, reason }))

  const banner = program
    .command('banner')
    .description('what stands above the pages for everybody: warnings, maintenance')
  banner
    .command('list')
    .description('list the banners that are in force or planned')
    .option('--all', 'those that left the pages too')
    .option('--json', 'print JSON')
    .action(({ all = false, json = false }: { all?: boolean; json?: boolean }) => ask('banner.list', { all, json }))
  bannerOptions(banner.command('publish').description('put a text above the pages, from now or later, until an end'))
    .addHelpText('after', bannerNotes)
    .action((options: BannerOptions) => {
      const { text: { fr = '', en = '', ar = '' } = {}, ...rest } = bannerOf(options)
      return ask('banner.publish', { services: 'all', ...rest, text: { fr, en, ar } })
    })
  const number = () =>
    new Option('--number <number>', 'refuse when the banner is not this one any more (garant banner list)').argParser(
      Number,
    )
  bannerOptions(
    banner
      .command('amend')
      .description('change a banner that is in force or planned; what is not named stays')
      .argument('<banner>', 'its id: ban_…'),
  )
    .option('--all-pages', 'on every page from now on')
    .addOption(number())
    .addHelpText('after', examples('garant banner amend ban_4pXc… --until 2027-01-31T12:00:00Z'))
    .action((id: string, options: BannerOptions) => ask('banner.amend', { banner: id, ...bannerOf(options) }))
  banner
    .command('withdraw')
    .description('take a banner off the pages now')
    .argument('<banner>', 'its id: ban_…')
    .addOption(number())
    .action((id: string, options: { number?: number }) => ask('banner.withdraw', { banner: id, ...options }))

  const detection = program.command('detection').description('what the hub suspects by itself (docs/detection.md)')
  detection
    .command('rules')
    .description('list the rules, with what they found and how often they were right')
    .option('--json', 'print JSON, with their values')
    .action(({ json = false }: { json?: boolean }) => ask('detection.rules', { json }))
  detection
    .command('simulate')
    .description('try the rules on a made-up month with planted thefts, and print what they find and miss')
    .option('--seed <number>', 'the same seed makes the same month', Number, 1)
    .option('--people <number>', 'how many people there are, 100 to 20000', Number, 3_000)
    .option('--days <number>', 'how long the month is, 1 to 90', Number, 30)
    .option('--set <changes...>', 'values to compare: burst.services=8, impossible_travel=off')
    .option('--current', 'start from the values in force at the hub, not from those as shipped')
    .addHelpText(
      'after',
      examples('garant detection simulate', 'garant detection simulate --seed 7 --set burst.services=8'),
    )
    .action(async ({ seed, people, days, set = [], current = false }: SimulateOptions) => {
      const isWithin = Number.isInteger(seed) && within(people, 100, 20_000) && within(days, 1, 90)
      if (!isWithin) {
        return program.error('error: --seed is a whole number, --people from 100 to 20000, --days from 1 to 90', {
          exitCode: exits.usage.code,
        })
      }
      const { changedTunings, renderSimulation, simulate, tuningsIn } = await import('./detection/simulation.ts')
      const said: string[] = []
      const to: Out = { line: (text) => said.push(text), warn: out.warn }
      const code = current
        ? await carryOut(load(), { verb: 'detection.rules', args: { json: true } }, to)
        : exits.done.code
      if (code !== exits.done.code) return finish(code)
      const tunings = tuningsIn(current ? said.join('\n') : '[]')
      const proposed = set.length === 0 ? undefined : changedTunings(tunings, set)
      if (typeof proposed === 'string') return program.error(`error: ${proposed}`, { exitCode: exits.usage.code })
      for (const line of renderSimulation(await simulate({ seed, people, days }, tunings, proposed))) out.line(line)
    })

  const people = program.command('people').description('reviews of who is who; freezes')
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
  people
    .command('freeze')
    .description('freeze the identity of a person, who does not thaw it alone; announced to all operators')
    .argument('<person>', 'the id of the person: per_…')
    .action((person: string) => ask('people.freeze', { person }))
  people
    .command('thaw')
    .description('thaw the identity of a person at once; announced to all operators')
    .argument('<person>', 'the id of the person: per_…')
    .option('--lift-blocks', 'lift the blocks that the person set too, where they get in by nothing any more')
    .action((person: string, options: { liftBlocks?: boolean }) =>
      ask('people.thaw', { person, blocks: options.liftBlocks ? 'lifted' : 'kept' }),
    )

  program
    .command('policy')
    .description('the rules that decide what is accepted where')
    .command('explain')
    .description('answer one question by the rules of the hub, with all its reasons')
    .addHelpText('after', explainHelp)
    .action(async () => finish(await explainPolicy(program.opts<{ config?: string }>().config, world)))

  return program
}

interface SimulateOptions {
  seed: number
  people: number
  days: number
  set?: string[]
  current?: boolean
}

const within = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most

interface ExportFlags {
  partner?: string
  out?: string
  force?: boolean
  json?: boolean
}

interface StaffOptions {
  name?: string
  role?: string[]
  mail?: string
  language: string
  for?: string
}

interface BannerOptions {
  kind?: string
  fr?: string
  en?: string
  ar?: string
  service?: string[]
  allPages?: true
  since?: string
  until?: string
  number?: number
}

interface CasesOptions {
  state: string
  limit: number
  overdue?: boolean
  json?: boolean
}

function bannerOptions(command: Command): Command {
  return command
    .addOption(new Option('--kind <kind>', 'what it is').choices(bannerKinds))
    .option('--fr <text>', 'the text, in French')
    .option('--en <text>', 'the text, in English')
    .option('--ar <text>', 'the text, in Arabic')
    .option('--service <services...>', 'on the pages of logins at these services only')
    .option('--since <when>', 'from a date and time on, with its zone; now when left out')
    .option('--until <when>', 'the end: from then on it is off the pages by itself')
}

function bannerOf({ fr, en, ar, service, allPages, ...given }: BannerOptions): {
  text?: Partial<Translated>
  [name: string]: unknown
} {
  const text = Object.fromEntries(Object.entries({ fr, en, ar }).filter(([, said]) => said !== undefined))
  const services = allPages ? 'all' : service
  return {
    ...given,
    ...(Object.keys(text).length > 0 ? { text } : {}),
    ...(services === undefined ? {} : { services }),
  }
}

interface SuspensionOptions {
  category?: string
  reasonFr?: string
  reasonEn?: string
  reasonAr?: string
  service?: string[]
  above?: string
  since?: string
  until?: string
  closeSessions?: string | true
  keepSessions?: true
  allServices?: true
  allLevels?: true
  openEnded?: true
  state?: number
}

function suspensionOptions(command: Command): Command {
  return command
    .addOption(new Option('--category <category>', 'what the public is told that it is').choices(suspensionCategories))
    .option('--reason-fr <text>', 'the reason, in French')
    .option('--reason-en <text>', 'the reason, in English')
    .option('--reason-ar <text>', 'the reason, in Arabic')
    .option('--service <services...>', 'for these services only')
    .addOption(new Option('--above <level>', 'refuse sign-ins above this level only').choices(levels))
    .option('--since <when>', 'from a date and time on, with its zone; now when left out')
    .option('--until <when>', 'the end: from then on the provider is back by itself')
}

function suspensionOf(options: SuspensionOptions): Record<string, unknown> {
  const { category, service, above, since, until, closeSessions, state } = options
  const sessions = closeSessions === true ? 'closed' : closeSessions && { closedSince: closeSessions }
  const given = {
    category,
    services: options.allServices ? 'all' : service,
    above: options.allLevels ? null : above,
    since,
    until: options.openEnded ? null : until,
    sessions: options.keepSessions ? 'kept' : sessions,
    state,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function reasonOf({ reasonFr, reasonEn, reasonAr }: SuspensionOptions): Partial<Translated> {
  return {
    ...(reasonFr === undefined ? {} : { fr: reasonFr }),
    ...(reasonEn === undefined ? {} : { en: reasonEn }),
    ...(reasonAr === undefined ? {} : { ar: reasonAr }),
  }
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

/** Only for a command that needs the rooms here: the others answer at once. */
const readRooms = async () => [await loadHub(), await import('./verbs.ts'), await import('./http/log.ts')] as const

/** At the hub that holds the data folder, if one does; here otherwise. */
async function carryOut({ boot, warnings }: Loaded, request: VerbRequest, out: Out): Promise<number> {
  if (boot.database.kind === 'folder') {
    const exit = await callSocket(boot.database.path, request, out)
    if (exit !== undefined) return exit
  }
  for (const warning of warnings) out.warn(`warning: ${warning}`)
  const [{ openRooms }, { runVerb }, { createLog }] = await readRooms()
  const log = createLog({ level: 'warn', destination: process.stderr })
  const rooms = await openRooms(boot, { clock: systemClock, log })
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
  const { verifyJournal } = await import('./verbs.ts')
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
  const [{ buildHub }, { runVerb }, { createLog }] = await readRooms()
  const hub = await buildHub(boot, { clock: systemClock, log: createLog() })
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

async function checkFiles({ boot, warnings }: Loaded, partners: string | undefined, world: World): Promise<void> {
  const { out } = world
  for (const warning of warnings) out.warn(`warning: ${warning}`)
  const { issuer, timeZone } = boot.settings
  out.line(`The settings are good: a hub at ${issuer}.`)
  out.line(`Messages write dates in the zone ${timeZone} (timeZone).`)
  if (partners === undefined) return
  const file = parsePartnersFile(readSource(partners), fileOptions(partners, boot, world))
  const { reviewAlone } = await import('./partners/partners.ts')
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
    destinations: destinationsOf(settings),
    house: houseSettings(settings.cards),
    resolveSecret: secretResolver(env, dirname(resolve(path))),
  }
}

/** What is printed goes to a file instead, whole or not at all. */
async function writeOut(path: string, force: boolean, out: Out, print: (to: Out) => Promise<number>): Promise<number> {
  if (!force && existsSync(path)) throw fileExists(path)
  const lines: string[] = []
  const exit = await print({ ...out, line: (line) => void lines.push(line) })
  if (exit !== exits.done.code) return exit
  let folder: string | undefined
  try {
    folder = mkdtempSync(join(dirname(path), '.garant-export-'))
    const beside = join(folder, 'partners.yaml')
    writeFileSync(beside, `${lines.join('\n')}\n`, { mode: 0o600, flush: true })
    // A link, unlike a renaming, never takes the place of what is there.
    if (force) renameSync(beside, path)
    else linkSync(beside, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw fileExists(path)
    throw new GarantError('settings_invalid', { file: path, faults: `cannot be written (${code ?? 'unknown'})` })
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true })
  }
  out.line(`Written: ${path}`)
  return exit
}

const fileExists = (path: string) =>
  new GarantError('settings_invalid', { file: path, faults: 'exists already: --force replaces it' })

/** What lies in a folder, itself and nothing below it. */
function filesOf(folder: string): Buffer[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
    return entries.map(({ name }) => readFileSync(join(folder, name)))
  } catch {
    throw new GarantError('settings_invalid', { file: folder, faults: 'is no folder that can be read' })
  }
}

async function readKeysFile(file: string): Promise<JournalKeys> {
  const { readJournalKeys } = await import('./audit/audit.ts')
  const keys = await readJournalKeys(readSource(file).toString('utf8'))
  if (keys) return keys
  throw new GarantError('settings_invalid', { file, faults: 'is not what garant audit keys prints' })
}

function readJwks(file: string): unknown {
  try {
    return JSON.parse(readSource(file).toString('utf8'))
  } catch (error) {
    if (error instanceof GarantError) throw error
    throw new GarantError('settings_invalid', { file, faults: 'is not JSON: a set of public keys (JWKS)' })
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
  'garant operator invite --name "Angela Dubois" --role administrator --mail angela@hub.example',
  'garant operator invite --name "Karim Haddad" --role security_officer --role auditor --mail karim@hub.example',
  'garant operator invite --for opr_4pXc…',
)}`

const staffNotes = `
The link is on standard output and serves once, within 24 hours. The roles: ${staffRoles.join(', ')}.
docs/operators.md says what each may do. The letters hold no link.
${examples(
  'garant staff invite postal --name "Karim Haddad" --role security_contact --mail karim@post.example',
  'garant staff invite --for stf_4pXc…',
)}`

const apiClientNotes = `
Scopes:
${aligned(Object.entries(apiScopes))}
${examples('garant api-client add "Supervision" --jwks supervision.jwks.json \\\n      --scopes providers:read jobs:read --operator opr_4pXc…')}`

const bannerNotes = `
Plain text of one line in the three languages, 300 characters at most, without any address: say in words where to go.
After a phishing warning the hub adds its own advice. A banner has an end, 92 days after its start at the latest; a page
shows three at most, warnings first.
${examples(
  'garant banner publish --kind phishing --until 2027-01-31T12:00:00Z \\\n      --fr "De faux courriels circulent…" --en "False emails are going round…" --ar "تنتشر رسائل كاذبة…"',
  'garant banner publish --kind maintenance --since 2027-01-30T21:00:00Z --until 2027-01-30T23:00:00Z …',
)}`

const suspendNotes = `
The reason is public, in the three languages: what is true, and useful. Every other provider goes on working. Sessions
that came through this one are kept unless --close-sessions. With --since it is planned, with --until it ends by itself.
${examples(
  'garant provider suspend bank --category maintenance --until 2027-01-31T12:00:00Z \\\\\n      --reason-fr "Maintenance jusqu’à midi." --reason-en "Maintenance until noon." --reason-ar "صيانة حتى الظهر."',
  'garant provider suspend bank --category security --close-sessions 2027-01-30T00:00:00Z …',
  'garant provider suspend bank --category other --service justice --above eidas1 …',
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
environment, and are never printed. { kept: true } leaves the one in force as it is. A service may have two secrets during
a rotation; give the older one its end:

  secrets:
    - { env: REFUNDS_SECRET_2027 }
    - { env: REFUNDS_SECRET_2026, until: "2027-01-31T12:00:00Z" }
${examples('garant apply partners.yaml --dry-run', 'garant apply partners.yaml', 'garant apply all.yaml --prune')}`

const exportNotes = `
What it prints, apply takes: on the same hub it changes nothing. It holds no secret: { kept: true } stands for the one in
force where the file is applied, and a hub that has none asks for it by name. Suspensions that operators or the staff of
providers made are not in it, and applying it lifts none of them.
${examples(
  'garant export > partners.yaml',
  'garant export --partner hospital --out hospital.yaml',
  'garant export --out partners.yaml --force',
)}`

const importNotes = `
Persons who are not in the new edition are unknown from then on. Everybody reads the old edition until the new one is
complete, and whatever goes wrong leaves the old one in force. A running hub on an embedded database reads the file by
itself, so that it must be allowed to.
${examples(
  'garant directory import rpps PS_LibreAcces_Personne_activite_202611220712.txt',
  'unzip -p PS_LibreAcces.zip "*Personne_activite*" | garant directory import rpps -',
)}`

const organisationNotes = `
Who is not in the new edition represents nothing from then on, and the mandates that they gave have to be confirmed.
Everybody reads the old edition until the new one is complete, and whatever goes wrong leaves the old one in force. A
running hub on an embedded database reads the file by itself, so that it must be allowed to.
${examples(
  'garant organisations import organisations-20261122.csv',
  'garant organisations import register.csv --extracted 2026-11-22 --max-ended 20',
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
