/**
 * What an operator can ask of a hub from the command line, as data: a name, the arguments, what is done. The command
 * line runs these on rooms that it opened itself (PostgreSQL), or sends them to the hub that holds an embedded database
 * (`socket.ts`); both are the same verbs.
 */
import { z } from 'zod'
import { auditVerify, renderVerification } from './audit/audit.ts'
import type { Actor } from './audit/facts.ts'
import type { Rooms } from './hub.ts'
import { type Instant, toDate } from './kernel/clock.ts'
import { type ErrorName, entryOf, GarantError } from './kernel/errors.ts'
import { type CollisionId, isId, type LinkId, type PersonId } from './kernel/ids.ts'
import type { Key, Purpose } from './keys/keys.ts'
import { parsePartnersFile, type SecretReference } from './partners/file.ts'
import type { Difference } from './partners/partners.ts'

/** Where a verb writes: what was asked for, and what the operator should know besides. */
export interface Out {
  line(text: string): void
  warn(text: string): void
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

interface Verb {
  name: string
  run(rooms: Rooms, args: unknown, out: Out): Promise<number>
}

function verb<S extends z.ZodType>(
  name: string,
  schema: S,
  work: (rooms: Rooms, args: z.output<S>, out: Out) => Promise<number>,
): Verb {
  return { name, run: async (rooms, args, out) => work(rooms, schema.parse(args), out) }
}

const actor: Actor = { kind: 'command' }

const purposes = ['id-token', 'client', 'decryption', 'journal'] as const satisfies readonly Purpose[]

const idOf = <K extends 'person' | 'link' | 'collision'>(kind: K) =>
  z.string().refine((text) => isId(kind, text), `is not the id of a ${kind}`)

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
  verb('keys.list', z.strictObject({}), async ({ keys }, _args, out) => {
    const all = purposes.flatMap((purpose) => keys.of(purpose))
    for (const line of table(['KEY', 'PURPOSE', 'ALGORITHM', 'STATE', 'SINCE'], all.map(keyRow))) out.line(line)
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
    // Files of heads beside the one of the settings: those of other processes, and parts that were moved away.
    z.strictObject({ heads: z.array(z.string()).default([]) }),
    async ({ storage, keys, settings, clock }, { heads }, out) => {
      const result = await auditVerify({
        storage,
        clock,
        origin: settings.issuer,
        publicKeys: keys.of('journal').map(({ publicJwk }) => publicJwk),
        headsFiles: [...new Set([settings.journal.headsFile, ...heads])],
      })
      out.line(renderVerification(result).trimEnd())
      return result.ok ? exits.done.code : exits.tampered.code
    },
  ),
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
        if (move) await moveHistory(rooms, tx, { from: move.from, to: move.to, providers: [move.provider] })
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
        const providers = before.filter(({ link }) => links.includes(link)).map(({ provider }) => provider)
        const fresh = await people.split(tx, person, links, actor)
        await moveHistory(rooms, tx, { from: person, to: fresh, providers: [...new Set(providers)] })
        return fresh
      })
      out.line(`Split: the accounts now belong to ${into}, with their connections; both are signed out.`)
      return exits.done.code
    },
  ),
]

/** After links moved: the connections follow them, and nobody stays signed in as who they no longer are. */
async function moveHistory(
  { connections, sessions }: Rooms,
  tx: Parameters<Parameters<Rooms['storage']['transaction']>[0]>[0],
  move: Parameters<Rooms['connections']['moveTo']>[1],
): Promise<void> {
  await connections.moveTo(tx, move)
  await sessions.endAllOf(tx, move.from, 'revoked')
  await sessions.endAllOf(tx, move.to, 'revoked')
}

const byName = new Map(list.map((each) => [each.name, each]))

/** Runs a verb and says in plain words what went wrong, if something did. Never throws. */
export async function runVerb(rooms: Rooms, { verb: name, args }: VerbRequest, out: Out): Promise<number> {
  const found = byName.get(name)
  if (!found) {
    out.warn(`This hub has no verb ${JSON.stringify(name)}: are the command and the hub of one version?`)
    return exits.usage.code
  }
  try {
    return await found.run(rooms, args, out)
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
  not_found: { exit: 'refused', say: () => 'There is no such thing, or it is already decided.' },
  not_allowed: { exit: 'refused', say: () => 'That is not allowed: nothing would be left of the person.' },
}

/** Says an error on `out` and returns the exit code. No stack: what a bug is stays for the log. */
export function sayError(error: unknown, out: Out): number {
  if (error instanceof z.ZodError) {
    for (const { path, message } of error.issues) out.warn(`${path.join('.') || 'arguments'}: ${message}`)
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
