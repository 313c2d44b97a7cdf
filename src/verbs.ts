/**
 * What an operator can ask of a hub from the command line, as data: a name, the arguments, what is done. The command
 * line runs these on rooms that it opened itself (PostgreSQL), or sends them to the hub that holds an embedded database
 * (`socket.ts`); both are the same verbs.
 */
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { auditVerify, type JournalKeys, renderVerification, writeJournalKeys } from './audit/audit.ts'
import type { Actor } from './audit/facts.ts'
import { isBridged } from './bridge/bridge.ts'
import { openSource, renderOutcome, renderProgress, renderStatus, SourceFault } from './directory/directory.ts'
import type { Rooms } from './hub.ts'
import { type Clock, type Instant, toDate } from './kernel/clock.ts'
import { day } from './kernel/durations.ts'
import { type ErrorName, entryOf, GarantError } from './kernel/errors.ts'
import { type CollisionId, isId, type LinkId, type OperatorId, type PersonId } from './kernel/ids.ts'
import { operatorRoles } from './kernel/roles.ts'
import type { Key, Purpose } from './keys/keys.ts'
import { parsePartnersFile, type SecretReference } from './partners/file.ts'
import { obligationLines } from './partners/obligations.ts'
import type { Difference } from './partners/partners.ts'
import type { AwaitingRekey } from './people/people.ts'

/** Where a verb writes: what was asked for, and what the operator should know besides. */
export interface Out {
  line(text: string): void
  warn(text: string): void
  /** How far it is, some times a second at most; the next one takes its place. */
  progress?(text: string): void
}

export interface VerbRequest {
  verb: string
  args: Record<string, unknown>
}

/** The exit codes of `garant`, for `--help`. */
export const exits = {
  done: { code: 0, says: 'done, or nothing to do' },
  failed: { code: 1, says: 'it failed; the reason is on standard error' },
  usage: { code: 2, says: 'the command line is wrong' },
  refused: { code: 3, says: 'the settings, the partners file or an argument is refused; every fault is listed' },
  tampered: { code: 4, says: 'the journal does not verify' },
  unavailable: { code: 5, says: 'the database or the hub does not answer, or another process holds the data folder' },
} as const

/** What the command reads on its standard input, when it is there; opened by the verb that wants it. */
type Input = () => Readable

interface Verb {
  name: string
  run(rooms: Rooms, args: unknown, out: Out, input?: Input): Promise<number>
}

function verb<S extends z.ZodType>(
  name: string,
  schema: S,
  work: (rooms: Rooms, args: z.output<S>, out: Out, input?: Input) => Promise<number>,
): Verb {
  return { name, run: async (rooms, args, out, input) => work(rooms, schema.parse(args), out, input) }
}

const actor: Actor = { kind: 'command' }

const purposes = ['id-token', 'client', 'decryption', 'journal'] as const satisfies readonly Purpose[]

const idOf = <K extends 'person' | 'link' | 'collision' | 'operator'>(kind: K) =>
  z.string().refine((text) => isId(kind, text), `is not the id of a ${kind}`)

const percent = z.number().min(0).max(100)

/** Between two words about progress. */
const progressPause = 200

const list: readonly Verb[] = [
  verb(
    'apply',
    z.strictObject({
      yaml: z.string(),
      /** For messages. */
      name: z.string(),
      /** What the file's references stand for, found where the command was given. */
      secrets: z.record(z.string(), z.string()),
      prune: z.boolean(),
      dryRun: z.boolean(),
    }),
    async ({ partners, settings }, { yaml, name, secrets, prune, dryRun }, out) => {
      const file = parsePartnersFile(yaml, {
        name,
        allowHttp: settings.danger_allow_http,
        resolveSecret: (reference) => secrets[secretName(reference)],
      })
      for (const warning of partners.review(file, { prune })) out.warn(`warning: ${warning}`)
      const differences = await partners.apply(file, { actor, prune, dryRun })
      for (const line of differenceLines(differences)) out.line(line)
      if (differences.length === 0) out.line('Nothing to do: everything is published as the file says.')
      else if (dryRun) out.line('Nothing was changed (--dry-run).')
      return exits.done.code
    },
  ),
  verb('keys.list', z.strictObject({}), async ({ keys, people }, _args, out) => {
    const all = purposes.flatMap((purpose) => keys.of(purpose))
    for (const line of table(['KEY', 'PURPOSE', 'ALGORITHM', 'STATE', 'SINCE'], all.map(keyRow))) out.line(line)
    for (const waiting of await people.awaitingRekey()) out.line(pivotWords(waiting))
    return exits.done.code
  }),
  verb(
    'keys.rotate',
    z
      .strictObject({ purpose: z.enum(purposes).optional(), now: z.boolean() })
      .refine(({ purpose, now }) => purpose !== undefined || !now, '--now needs --purpose: name the key that leaked'),
    async ({ keys }, { purpose, now }, out) => {
      for (const each of purpose ? [purpose] : purposes) {
        const { created, activeFrom } = await keys.rotate({ purpose: each, now, actor })
        out.line(`${each}: ${rotationWords({ created, activeFrom, now })}`)
      }
      return exits.done.code
    },
  ),
  verb(
    'audit.verify',
    z.strictObject({
      // Files of heads beside the one of the settings: those of other processes, and parts that were moved away.
      heads: z.array(z.string()).default([]),
      /** In place of the hub's own: those that whoever asks has kept. */
      keys: z.strictObject({ origin: z.string(), keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
    }),
    async (rooms, { heads, keys }, out) =>
      verifyJournal(
        {
          ...rooms,
          headsFiles: [rooms.settings.journal.headsFile, ...heads],
          keys: keys ?? journalKeys(rooms),
        },
        out,
      ),
  ),
  verb('audit.keys', z.strictObject({}), async (rooms, _args, out) => {
    out.line(writeJournalKeys(journalKeys(rooms)))
    return exits.done.code
  }),
  verb(
    'directory.import',
    z.strictObject({
      register: z.literal('rpps'),
      /** Read where the verb is carried out; `-` is the standard input of the command. */
      file: z.string(),
      /** The name of the extraction, when the file does not have it. */
      name: z.string().min(1).max(200).optional(),
      mostBad: percent,
      mostLost: percent,
    }),
    async ({ directory, clock }, { file, name, mostBad, mostLost }, out, input) => {
      if (file === '-' && !input) {
        out.warn('A hub holds the data folder and reads the file by itself: name the file instead of -.')
        return exits.refused.code
      }
      const source = file === '-' && input ? { name: 'standard input', stream: input() } : openSource(file)
      const { bytes } = source
      const begunAt = clock.now()
      let told = begunAt
      const outcome = await directory.importRegister({
        source: { ...source, name: name ?? source.name },
        actor,
        mostBad: mostBad / 100,
        mostLost: mostLost / 100,
        onProgress: (progress) => {
          const at = clock.now()
          if (at - told < progressPause) return
          told = at
          out.progress?.(renderProgress(progress, { took: at - begunAt, ...(bytes === undefined ? {} : { bytes }) }))
        },
      })
      const { lines, warnings, done } = renderOutcome(outcome)
      for (const warning of warnings) out.warn(warning)
      for (const line of lines) out.line(line)
      return done ? exits.done.code : exits.refused.code
    },
  ),
  verb('directory.status', z.strictObject({}), async ({ directory }, _args, out) => {
    for (const line of renderStatus(await directory.status())) out.line(line)
    return exits.done.code
  }),
  verb('people.collisions', z.strictObject({}), async ({ people }, _args, out) => {
    const open = await people.collisions()
    if (open.length === 0) out.line('No collision waits for a review.')
    else {
      const rows = open.map(({ collision, person, provider, cause, at }) => [
        collision,
        person,
        provider,
        cause,
        when(at),
      ])
      for (const line of table(['COLLISION', 'PERSON', 'PROVIDER', 'CAUSE', 'SINCE'], rows)) out.line(line)
    }
    return exits.done.code
  }),
  verb(
    'people.resolve',
    z.strictObject({ collision: idOf('collision'), outcome: z.enum(['same', 'different']) }),
    async (rooms, { collision, outcome }, out) => {
      const { storage, people } = rooms
      const moved = await storage.transaction(async (tx) => {
        const move = await people.resolveCollision(tx, collision as CollisionId, outcome, actor)
        if (move) await moveHistory(rooms, tx, { from: move.from, to: move.to, links: [move.link] }, [move])
        return move
      })
      out.line(outcome === 'same' ? 'Decided: both accounts are one person.' : 'Decided: the accounts are two people.')
      if (moved)
        out.line(`The account moved from ${moved.from} to ${moved.to}, with its connections; both are signed out.`)
      return exits.done.code
    },
  ),
  verb(
    'people.split',
    z.strictObject({ person: idOf('person'), links: z.array(idOf('link')).min(1) }),
    async (rooms, args, out) => {
      const { storage, people } = rooms
      const person = args.person as PersonId
      const links = args.links as LinkId[]
      const into = await storage.transaction(async (tx) => {
        const before = await people.linksOf(tx, person)
        const fresh = await people.split(tx, person, links, actor)
        await moveHistory(rooms, tx, { from: person, to: fresh, links }, before)
        return fresh
      })
      out.line(`Split: the accounts now belong to ${into}, with their connections; both are signed out.`)
      return exits.done.code
    },
  ),
  verb(
    'operator.invite',
    z.union([
      z.strictObject({ name: z.string(), roles: z.array(z.enum(operatorRoles)) }),
      z.strictObject({ for: idOf('operator') }),
    ]),
    async ({ operators, settings }, args, out) => {
      const invited =
        'for' in args
          ? await operators.inviteAgain(args.for as OperatorId, actor)
          : await operators.invite({ ...args, actor })
      if (!invited) {
        out.warn('No operator of that id can be invited: unknown, or removed (garant operator list).')
        return exits.refused.code
      }
      out.line(`${settings.issuer}/operators/join/${invited.token}`)
      out.warn(`This link makes ${invited.operator} an operator. It serves once, until ${when(invited.expiresAt)}.`)
      out.warn('Hand it to that person only, by a way that nobody else reads: whoever opens it first can use it.')
      return exits.done.code
    },
  ),
  verb(
    'statistics.sso',
    z.strictObject({ months: z.int().min(1).max(36), partner: z.string().optional(), json: z.boolean() }),
    async ({ connections, partners, settings, clock }, { months, partner, json }, out) => {
      const obligations = partners.obligations().filter(({ partner: id }) => partner === undefined || id === partner)
      if (partner !== undefined && obligations.length === 0) {
        out.warn(`There is no partner ${partner}.`)
        return exits.refused.code
      }
      const all = [...partners.registry().services.values()]
      const own = partner === undefined ? undefined : all.filter((service) => service.partner === partner)
      const { month: first, since } = monthBack(clock.now(), months - 1, settings.timeZone)
      const found = await connections.reuse(
        since,
        settings.timeZone,
        own?.map(({ id }) => id),
      )
      const shown = (count: number) => (own ? told(count) : count)
      const figures = found
        .filter(({ month }) => month >= first)
        .map(({ month, ...counts }) => ({
          month,
          connections: shown(counts.connections),
          bySession: shown(counts.bySession),
          doubleAvoided: shown(counts.doubleAvoided),
        }))
      if (json) {
        out.line(JSON.stringify({ months: figures, obligations }, undefined, 2))
        return exits.done.code
      }
      const cell = (count: number | null) => (count === null ? `under ${fewest}` : String(count))
      const rows = figures.map((row) => [
        row.month,
        cell(row.connections),
        cell(row.bySession),
        cell(row.doubleAvoided),
      ])
      for (const line of table(['MONTH', 'CONNECTIONS', 'BY SESSION', 'DOUBLE AVOIDED'], rows)) out.line(line)
      for (const line of obligationLines(obligations)) out.line(line)
      return exits.done.code
    },
  ),
  verb(
    'service-secret.renew',
    z.strictObject({ service: z.string(), person: idOf('person') }),
    async ({ storage, partners, bridge }, { service: id, person }, out) => {
      const service = partners.registry().services.get(id)
      if (!service || !isBridged(service)) {
        out.warn(`There is no service ${id} for which the hub keeps passwords.`)
        return exits.refused.code
      }
      const done = await storage.transaction((tx) => bridge.renew(tx, service, person as PersonId, actor))
      if (done) out.line('Made: the service gets it at the next sign-in of that person.')
      else out.warn('Nothing was changed: that person has no password at that service yet.')
      return done ? exits.done.code : exits.refused.code
    },
  ),
  verb('operator.list', z.strictObject({}), async ({ operators }, _args, out) => {
    const all = await operators.list()
    if (all.length === 0) out.line('There is no operator: garant operator invite --name "…" --role administrator')
    else {
      const rows = all.map(({ operator, name, roles, state, lastSignInAt }) => [
        operator,
        name,
        roles.join(' '),
        state,
        lastSignInAt === undefined ? 'never' : when(lastSignInAt),
      ])
      for (const line of table(['OPERATOR', 'NAME', 'ROLES', 'STATE', 'LAST SIGN-IN'], rows)) out.line(line)
    }
    return exits.done.code
  }),
  ...(
    [
      ['suspend', 'Suspended: their sessions are over, and they cannot sign in.'],
      ['restore', 'Restored: they can sign in again.'],
      ['remove', 'Removed, for good: their sessions are over, their passkeys revoked.'],
    ] as const
  ).map(([change, says]) =>
    verb(`operator.${change}`, z.strictObject({ operator: idOf('operator') }), async ({ operators }, args, out) => {
      const isDone = await operators[change](args.operator as OperatorId, actor)
      if (isDone) out.line(says)
      else out.warn(`Nothing was changed: that operator is unknown, or in another state (garant operator list).`)
      return isDone ? exits.done.code : exits.refused.code
    }),
  ),
]

/** A partner is not told how few: people could be recognised in small numbers. */
const fewest = 10
const told = (count: number) => (count < fewest ? null : count)

/** The month `back` months before the present one of a zone, and an instant before its beginning there. */
function monthBack(now: Instant, back: number, timeZone: string): { month: string; since: Instant } {
  const written = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit' }).format(toDate(now))
  const [year = 0, month = 1] = written.split('-').map(Number)
  const begin = Date.UTC(year, month - 1 - back, 1)
  return { month: toDate(begin).toISOString().slice(0, 7), since: begin - day }
}

/**
 * After links moved: the connections follow them, and nobody stays signed in as who they no longer are. A line of the
 * ledger that names no link goes along by its provider, unless the person who is left has another account there: then
 * nobody knows whose it was, and it stays. `known` holds at least the links that moved.
 */
async function moveHistory(
  { people, connections, sessions }: Rooms,
  tx: Parameters<Parameters<Rooms['storage']['transaction']>[0]>[0],
  move: { from: PersonId; to: PersonId; links: LinkId[] },
  known: readonly { link: LinkId; provider: string }[],
): Promise<void> {
  const left = (await people.linksOf(tx, move.from)).filter(({ link }) => !move.links.includes(link))
  const providers = known
    .filter(({ link, provider }) => move.links.includes(link) && !left.some((other) => other.provider === provider))
    .map(({ provider }) => provider)
  await connections.moveTo(tx, { ...move, providers: [...new Set(providers)] })
  await sessions.endAllOf(tx, move.from, 'revoked')
  await sessions.endAllOf(tx, move.to, 'revoked')
}

const journalKeys = ({ keys, settings }: Rooms): JournalKeys => ({
  origin: settings.issuer,
  keys: keys.of('journal').map(({ publicJwk }) => publicJwk),
})

/** Says what a verification found; the exit code tells whether the journal is intact. */
export async function verifyJournal(
  options: { storage: Pick<Rooms['storage'], 'db'>; clock: Clock; keys: JournalKeys; headsFiles: readonly string[] },
  out: Out,
): Promise<number> {
  const { storage, clock, keys, headsFiles } = options
  const result = await auditVerify({
    storage,
    clock,
    origin: keys.origin,
    publicKeys: keys.keys,
    headsFiles: [...new Set(headsFiles)],
  })
  out.line(renderVerification(result).trimEnd())
  return result.ok ? exits.done.code : exits.tampered.code
}

const byName = new Map(list.map((each) => [each.name, each]))

/**
 * Runs a verb and says in plain words what went wrong, if something did. Never throws. A hub that carries out the verb of
 * a command has no `input`.
 */
export async function runVerb(
  rooms: Rooms,
  { verb: name, args }: VerbRequest,
  out: Out,
  input?: Input,
): Promise<number> {
  const found = byName.get(name)
  if (!found) {
    out.warn(`This hub has no verb ${JSON.stringify(name)}: are the command and the hub of one version?`)
    return exits.usage.code
  }
  try {
    return await found.run(rooms, args, out, input)
  } catch (error) {
    return sayError(error, out)
  }
}

/** How a reference is named among the secrets that are sent along. */
export function secretName(reference: SecretReference): string {
  return 'env' in reference ? `env ${reference.env}` : `file ${reference.file}`
}

// --- Errors in plain words -----------------------------------------------------------------------------------------

type Inside = GarantError['inside']

const sentences: Partial<Record<ErrorName, { exit: keyof typeof exits; say: (inside: Inside) => string }>> = {
  settings_invalid: {
    exit: 'refused',
    say: ({ file, faults }) => `${String(file)} is refused:\n${String(faults).replace(/^/gm, '  ')}`,
  },
  data_folder_busy: {
    exit: 'unavailable',
    say: ({ folder, process: holder }) =>
      `The data folder ${String(folder)} is held by ${holder ? `process ${String(holder)}` : 'another process'}. One process at a time can use an embedded database: stop the other one, choose another folder, or use PostgreSQL (DATABASE_URL).`,
  },
  database_unavailable: { exit: 'unavailable', say: () => 'The database does not answer: see DATABASE_URL.' },
  schema_unknown: {
    exit: 'failed',
    say: ({ migration }) =>
      `The database is not one of this version: ${String(migration)} is unknown here, or was changed after it was applied.`,
  },
  master_key_wrong: {
    exit: 'refused',
    say: ({ path }) =>
      `The master key does not open what this database holds (${String(path)}). It is the key of another hub, or the database was damaged. Give the key with which this database was made: GARANT_MASTER_KEY, or master.key in the data folder.`,
  },
  not_found: { exit: 'refused', say: () => 'There is no such thing, or it is already decided.' },
  not_allowed: { exit: 'refused', say: () => 'That is not allowed: nothing would be left of the person.' },
}

/** Says an error on `out` and returns the exit code. No stack: what a bug is stays for the log. */
export function sayError(error: unknown, out: Out): number {
  if (error instanceof z.ZodError) {
    for (const { path, message } of error.issues) out.warn(`${path.join('.') || 'arguments'}: ${message}`)
    return exits.refused.code
  }
  if (error instanceof SourceFault) {
    out.warn(`The file cannot be read (${error.code}).`)
    return exits.refused.code
  }
  if (!(error instanceof GarantError)) {
    out.warn(`It failed: ${error instanceof Error ? error.message : String(error)}`)
    return exits.failed.code
  }
  const sentence = sentences[error.error]
  out.warn(
    sentence?.say(error.inside) ?? `It failed: ${error.error.replaceAll('_', ' ')} (${entryOf(error.error).code})`,
  )
  return exits[sentence?.exit ?? 'failed'].code
}

// --- Text ----------------------------------------------------------------------------------------------------------

const signs = { added: '+', restored: '+', changed: '~', archived: '-' } as const

/** A line for each entry, then its fields, and a count. */
export function differenceLines(differences: readonly Difference[]): string[] {
  if (differences.length === 0) return []
  const counts = Map.groupBy(differences, ({ change }) => change)
  return [
    ...differences.flatMap(({ kind, id, change, lines }) => [
      `${signs[change]} ${kind} ${id} (${change})`,
      ...lines.map((line) => `    ${line}`),
    ]),
    [...counts].map(([change, { length }]) => `${length} ${change}`).join(', '),
  ]
}

function rotationWords({ created, activeFrom, now }: { created: string[]; activeFrom: Instant; now: boolean }): string {
  if (created.length === 0) return `a key already waits, and serves from ${when(activeFrom)}`
  return `${created.join(', ')} ${now ? 'made, and in use now' : `published, in use from ${when(activeFrom)}`}`
}

/** Of an older pivot key: who still needs it. */
function pivotWords({ version, people, given }: AwaitingRekey): string {
  const name = `pivot key ${version}`
  const count = people === 1 ? '1 person' : `${people} people`
  if (!given) return `${name}: not given, and ${count} cannot be recognised without it: put it back (GARANT_PIVOT_KEYS)`
  if (people === 0) return `${name}: nobody needs it any more, and it may leave GARANT_PIVOT_KEYS`
  return `${name}: ${count} left to digest with the newest key; a running hub does so by itself, some hundreds each second`
}

function keyRow({ id, purpose, alg, state, createdAt, activeFrom, retiredAt }: Key): string[] {
  const since = { next: createdAt, active: activeFrom, retired: retiredAt ?? activeFrom }
  return [id, purpose, alg, state, when(since[state])]
}

const when = (instant: Instant) => toDate(instant).toISOString()

function table(header: string[], rows: string[][]): string[] {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)))
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
