/**
 * What an operator can ask of a hub from the command line, as data: a name, the arguments, what is done. The command
 * line runs these on rooms that it opened itself (PostgreSQL), or sends them to the hub that holds an embedded database
 * (`socket.ts`); both are the same verbs.
 */
import type { Readable } from 'node:stream'
import { z } from 'zod'
import {
  auditVerify,
  type ConnectionReceipt,
  type JournalKeys,
  journalKeysOf,
  type Receipt,
  readReceipt,
  renderVerification,
  verifyConnectionReceipt,
  verifyReceipt,
  writeJournalKeys,
} from './audit/audit.ts'
import type { Actor } from './audit/facts.ts'
import { isBridged } from './bridge/bridge.ts'
import { houseSettings } from './cards/settings.ts'
import type { Case, Cases } from './cases/cases.ts'
import { pemBlocks } from './certificates/certificates.ts'
import { explanationLines } from './certificates/render.ts'
import { destinationsOf } from './config.ts'
import { parseReference } from './connections/reference.ts'
import { openSource, renderOutcome, renderProgress, renderStatus, SourceFault } from './directory/directory.ts'
import {
  renderOrganisationProgress,
  renderOrganisationStatus,
  renderOrganisationsOutcome,
} from './directory/organisations.ts'
import type { Rooms } from './hub.ts'
import { levels } from './kernel/assurance.ts'
import { type Clock, type Instant, toDate } from './kernel/clock.ts'
import { day } from './kernel/durations.ts'
import { type ErrorName, entryOf, GarantError } from './kernel/errors.ts'
import {
  type ApiClientId,
  type BannerId,
  type CaseId,
  type CollisionId,
  isId,
  type LinkId,
  type OperatorId,
  type PersonId,
  type StaffId,
  type SuspensionId,
} from './kernel/ids.ts'
import { languages } from './kernel/languages.ts'
import { operatorRoles, staffRoles } from './kernel/roles.ts'
import type { Key, Purpose } from './keys/keys.ts'
import { bannerKinds, isStanding } from './notices/banners.ts'
import type { BannerOutcome, Notices } from './notices/notices.ts'
import { bannerFaultLines, bannerLines } from './notices/render.ts'
import { exportAside, parseAside } from './partners/aside.ts'
import { changedLine } from './partners/difference.ts'
import { instantText } from './partners/fields.ts'
import { healthDetails, healthHeader, healthJson, healthRow } from './partners/health-lines.ts'
import { obligationLines } from './partners/obligations.ts'
import type { Difference } from './partners/partners.ts'
import {
  entryFaultLines,
  faultLines,
  historyRows,
  stateRows,
  suspensionLines,
  versionLines,
} from './partners/render.ts'
import type { ChangedBy, StateOutcome } from './partners/state-changes.ts'
import { suspensionCategories } from './partners/suspensions.ts'
import type { Editor, Version } from './partners/versions.ts'
import type { AwaitingRekey } from './people/people.ts'
import { caseCloseReasons, caseStates, stepRefusals } from './policy/case-flow.ts'
import { exits, type Out, secretName, type VerbRequest } from './request.ts'

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
const asOperator: Editor = { hand: 'operators', actor }

const entityKinds = ['partner', 'service', 'provider'] as const

const purposes = ['id-token', 'client', 'decryption', 'journal'] as const satisfies readonly Purpose[]

const idOf = <K extends 'person' | 'link' | 'collision' | 'operator' | 'staff' | 'suspension' | 'banner' | 'apiClient'>(
  kind: K,
) => z.string().refine((text) => isId(kind, text), `is not the id of a ${kind}`)

const instantOf = instantText.transform((text) => Date.parse(text))

/** What becomes of sessions that came through a provider: kept, or closed, all of them or those since an instant. */
const sessionsOf = z.union([
  z.literal('kept'),
  z.literal('closed').transform(() => ({ closedSince: 0 })),
  z.strictObject({ closedSince: instantOf }),
])

const percent = z.number().min(0).max(100)

const versionJson = ({ publishedAt, archivedAt, ...version }: Version) => ({
  ...version,
  publishedAt: when(publishedAt),
  ...(archivedAt === undefined ? {} : { archivedAt: when(archivedAt) }),
})

/** By a reference of the case, of a report, or of a partner. */
async function caseOf(cases: Pick<Cases, 'findBy'>, typed: string): Promise<CaseId | undefined> {
  const reference = parseReference(typed)
  return reference === undefined ? undefined : cases.findBy(reference)
}

const caseJson = ({ openedAt, dueAt, concludedAt, closed, ...rest }: Case) => ({
  ...rest,
  openedAt: when(openedAt),
  ...(dueAt === undefined ? {} : { dueAt: when(dueAt) }),
  ...(concludedAt === undefined ? {} : { concludedAt: when(concludedAt) }),
  ...(closed ? { closed: { ...closed, at: when(closed.at) } } : {}),
})

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
      const file = await parseAside(yaml, {
        name,
        allowHttp: settings.danger_allow_http,
        destinations: destinationsOf(settings),
        house: houseSettings(settings.cards),
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
  verb(
    'export',
    z.strictObject({ partner: z.string().optional(), json: z.boolean() }),
    async ({ partners, settings, clock }, { partner, json }, out) => {
      const current = await partners.published()
      if (partner !== undefined && !current.partners.has(partner)) {
        out.warn('There is no such partner.')
        return exits.refused.code
      }
      const { text, warnings } = await exportAside(current, {
        ...(partner === undefined ? {} : { partner }),
        allowHttp: settings.danger_allow_http,
        destinations: destinationsOf(settings),
        issuer: settings.issuer,
        now: clock.now(),
        format: json ? 'json' : 'yaml',
      })
      for (const warning of warnings) out.warn(`warning: ${warning}`)
      out.line(text.trimEnd())
      return exits.done.code
    },
  ),
  verb(
    'versions',
    z.strictObject({ kind: z.enum(entityKinds), id: z.string(), limit: z.int().min(1).max(1000), json: z.boolean() }),
    async ({ partners }, { limit, json, ...subject }, out) => {
      const history = (await partners.versions.history(subject, asOperator, { limit })) ?? []
      if (history.length === 0) {
        out.warn(`There is no ${subject.kind} ${subject.id}.`)
        return exits.refused.code
      }
      const lines = json
        ? [JSON.stringify(history.map(versionJson), undefined, 2)]
        : history.flatMap((version) => versionLines(version))
      for (const line of lines) out.line(line)
      return exits.done.code
    },
  ),
  verb('withdraw', z.strictObject({ id: z.string() }), async ({ partners: { versions } }, { id }, out) => {
    const [newest] = (await versions.history({ kind: 'service', id }, asOperator, { limit: 1 })) ?? []
    const outcome =
      newest?.state === 'published' ? await versions.withdraw(id, { over: newest.number }, asOperator) : undefined
    if (outcome?.kind === 'withdrawn') out.line(`service ${id} is published no more (garant undo brings it back).`)
    else out.warn(outcome ? 'Somebody published meanwhile: nothing was changed.' : `No service ${id} is published.`)
    return outcome?.kind === 'withdrawn' ? exits.done.code : exits.refused.code
  }),
  verb(
    'undo',
    z.strictObject({ kind: z.enum(entityKinds), id: z.string(), number: z.int().min(1), dryRun: z.boolean() }),
    async ({ partners: { versions } }, { number, dryRun, ...subject }, out) => {
      const look = await versions.lookBack(subject, number, asOperator)
      if (!look) {
        out.warn(`There is no version ${number} of a ${subject.kind} ${subject.id} (garant versions).`)
        return exits.refused.code
      }
      for (const { text } of look.warnings) out.warn(`warning: ${subject.kind} ${subject.id}: ${text}`)
      const { published: over } = look
      const outcome =
        dryRun || look.faults.length > 0
          ? undefined
          : await versions.undo(subject, { number, ...(over === undefined ? {} : { over }) }, asOperator)
      const faults = outcome?.kind === 'invalid' ? outcome.faults : look.faults
      if (faults.length > 0) {
        out.warn(`Version ${number} cannot be published again today:`)
        for (const line of entryFaultLines(faults)) out.warn(line)
        return exits.refused.code
      }
      if (outcome && outcome.kind !== 'published') {
        out.warn('Somebody published meanwhile: nothing was changed.')
        return exits.refused.code
      }
      for (const change of outcome?.changes ?? look.changes) out.line(changedLine(change))
      if (look.changes.length === 0) out.line('Nothing to do: what is published says the same.')
      else out.line(outcome ? `Published as version ${outcome.number}.` : 'Nothing was changed (--dry-run).')
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
  verb(
    'audit.verify-receipt',
    z.strictObject({ receipt: z.custom<AnyReceipt>((value) => readReceipt(JSON.stringify(value)) !== undefined) }),
    (rooms, { receipt }, out) => verifyOneReceipt({ receipt, keys: journalKeys(rooms) }, out),
  ),
  verb('audit.keys', z.strictObject({}), async (rooms, _args, out) => {
    out.line(writeJournalKeys(journalKeys(rooms)))
    return exits.done.code
  }),
  verb(
    'card.check',
    z.strictObject({
      /** The certificate first; what follows are issuers, as a card may send them along. */
      pem: z.string(),
      kind: z.string().optional(),
      use: z.enum(['authentication', 'signature']),
    }),
    async ({ certificates }, { pem, kind, use }, out) => {
      const known = [...certificates.kinds.keys()]
      const kinds = kind === undefined ? known : known.filter((name) => name === kind)
      if (kinds.length === 0) {
        out.warn(
          kind === undefined ? 'the settings name no kind of card (cards.kinds)' : `no kind of card is named ${kind}`,
        )
        return exits.refused.code
      }
      const [certificate, ...intermediates] = pemBlocks(pem)
      if (!certificate) {
        out.warn('the file holds no certificate in PEM')
        return exits.refused.code
      }
      const explained = await certificates.explain(certificate, { kinds, intermediates, use, level: 'eidas3' })
      for (const line of explanationLines(explained)) out.line(line)
      return explained.kinds.some(({ found }) => found.ok) ? exits.done.code : exits.refused.code
    },
  ),
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
  verb(
    'organisations.import',
    z.strictObject({
      /** Read where the verb is carried out; `-` is the standard input of the command. */
      file: z.string(),
      name: z.string().min(1).max(200).optional(),
      /** When the register made the file, where its name does not say so. */
      extracted: z.iso.date().optional(),
      mostBad: percent,
      mostEnded: percent,
    }),
    async ({ organisations, clock }, { file, name, extracted, mostBad, mostEnded }, out, input) => {
      if (file === '-' && !input) {
        out.warn('A hub holds the data folder and reads the file by itself: name the file instead of -.')
        return exits.refused.code
      }
      const source = file === '-' && input ? { name: 'standard input', stream: input() } : openSource(file)
      let told = clock.now()
      const outcome = await organisations.importOrganisations({
        source: { ...source, name: name ?? source.name },
        ...(extracted === undefined ? {} : { extractedAt: Date.parse(extracted) }),
        actor,
        mostBad: mostBad / 100,
        mostEnded: mostEnded / 100,
        onProgress: (progress) => {
          const at = clock.now()
          if (at - told < progressPause) return
          told = at
          out.progress?.(renderOrganisationProgress(progress))
        },
      })
      const { lines, warnings, done } = renderOrganisationsOutcome(outcome)
      for (const warning of warnings) out.warn(warning)
      for (const line of lines) out.line(line)
      return done ? exits.done.code : exits.refused.code
    },
  ),
  verb('organisations.status', z.strictObject({}), async ({ organisations }, _args, out) => {
    const status = await organisations.status()
    for (const line of renderOrganisationStatus(status)) out.line(line)
    return exits.done.code
  }),
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
    async ({ storage, people }, { collision, outcome }, out) => {
      const moved = await storage.transaction((tx) =>
        people.resolveCollision(tx, collision as CollisionId, outcome, actor),
      )
      out.line(outcome === 'same' ? 'Decided: both accounts are one person.' : 'Decided: the accounts are two people.')
      if (moved) out.line(`The account moved from ${moved.from} to ${moved.to}, with ${followed}; both are signed out.`)
      return exits.done.code
    },
  ),
  verb(
    'people.split',
    z.strictObject({ person: idOf('person'), links: z.array(idOf('link')).min(1) }),
    async ({ storage, people }, args, out) => {
      const into = await storage.transaction((tx) =>
        people.split(tx, args.person as PersonId, args.links as LinkId[], actor),
      )
      out.line(`Split: the accounts now belong to ${into}, with ${followed}; both are signed out.`)
      return exits.done.code
    },
  ),
  verb('people.freeze', z.strictObject({ person: idOf('person') }), async ({ protections }, args, out) => {
    const outcome = await protections.freezeByOperators({ person: args.person as PersonId, actor })
    if (outcome.kind === 'unknown') {
      out.warn('Nobody known has this id.')
      return exits.refused.code
    }
    out.line(
      outcome.kind === 'already'
        ? 'It is frozen already, by operators. Nothing was changed.'
        : `Frozen: nothing of this person is released any more; ${outcome.sessions} sessions ended. They do not thaw it alone.`,
    )
    return exits.done.code
  }),
  verb(
    'people.thaw',
    z.strictObject({ person: idOf('person'), blocks: z.enum(['kept', 'lifted']) }),
    async ({ protections }, { person, blocks }, out) => {
      const { kind } = await protections.thaw({ person: person as PersonId, actor, blocks })
      if (kind === 'unknown') {
        out.warn('Nobody known has this id.')
        return exits.refused.code
      }
      out.line(kind === 'thawed' ? 'Thawed: the identity may be used again.' : 'There is nothing to thaw.')
      return exits.done.code
    },
  ),
  verb(
    'means.expiring',
    z.strictObject({ days: z.int().min(1).max(3650), limit: z.int().min(1).max(100_000), json: z.boolean() }),
    async ({ means, storage }, { days, limit, json }, out) => {
      const { counts, first } = await means.expiring(storage.db, days * day, limit)
      if (json) {
        const each = first.map((one) => ({ ...one, expiresAt: when(one.expiresAt) }))
        out.line(JSON.stringify({ counts, means: each }, undefined, 2))
        return exits.done.code
      }
      if (counts.length === 0) {
        out.line(`No means of a person ends within ${days} ${days === 1 ? 'day' : 'days'}.`)
        return exits.done.code
      }
      const sums = counts.map(({ kind, means, holders }) => [kind, String(means), String(holders)])
      for (const line of table(['KIND', 'MEANS', 'HOLDERS'], sums)) out.line(line)
      out.line('')
      const rows = first.map(({ means, kind, person, expiresAt, reminded }) => [
        when(expiresAt),
        kind,
        means,
        person,
        reminded === undefined ? 'no' : `${reminded} days before`,
      ])
      for (const line of table(['ENDS', 'KIND', 'MEANS', 'PERSON', 'REMINDED'], rows)) out.line(line)
      const all = counts.reduce((sum, { means }) => sum + means, 0)
      if (all > rows.length) out.warn(`The first ${rows.length} of ${all} are listed (--limit).`)
      return exits.done.code
    },
  ),
  verb(
    'operator.invite',
    z.union([
      z.strictObject({
        name: z.string(),
        roles: z.array(z.enum(operatorRoles)),
        mail: z.string().exactOptional(),
        language: z.enum(languages),
      }),
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
      if (!('for' in args) && args.mail === undefined) {
        out.warn('Without --mail the hub cannot tell them what waits for a second operator (garant operator write-to).')
      }
      return exits.done.code
    },
  ),
  verb(
    'operator.write-to',
    z.strictObject({ operator: idOf('operator'), mail: z.string(), language: z.enum(languages) }),
    async ({ operators }, { operator, ...to }, out) => {
      const outcome = await operators.writeTo(operator as OperatorId, to, actor)
      if (outcome === 'done') out.line('Written down: letters to that operator go there from now on.')
      else if (outcome === 'no_address') out.warn('Nothing was changed: that is not an e-mail address.')
      else out.warn('Nothing was changed: that operator is unknown, or removed (garant operator list).')
      return outcome === 'done' ? exits.done.code : exits.refused.code
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
  verb('provider.list', z.strictObject({ json: z.boolean() }), async ({ partners, clock }, { json }, out) => {
    const all = [...partners.registry().providers.values()]
    if (json)
      out.line(
        JSON.stringify(
          all.map(({ id, state }) => ({ id, ...state })),
          undefined,
          2,
        ),
      )
    else {
      for (const line of table(['PROVIDER', 'STATE', 'NUMBER', 'SUSPENSIONS'], stateRows(all, clock.now())))
        out.line(line)
    }
    return exits.done.code
  }),
  verb(
    'provider.suspend',
    z.strictObject({
      provider: z.string(),
      category: z.enum(suspensionCategories),
      reason: z.strictObject({ fr: z.string(), en: z.string(), ar: z.string() }),
      services: z.union([z.literal('all'), z.array(z.string())]),
      above: z.enum(levels).exactOptional(),
      since: instantOf.exactOptional(),
      until: instantOf.exactOptional(),
      sessions: sessionsOf,
      state: z.int().exactOptional(),
    }),
    (rooms, { provider, state, ...draft }, out) =>
      changeState(rooms, { provider, state, says: 'Suspended.' }, out, (by) =>
        rooms.partners.suspend(provider, draft, by),
      ),
  ),
  verb(
    'provider.amend',
    z.strictObject({
      provider: z.string(),
      suspension: idOf('suspension'),
      category: z.enum(suspensionCategories).exactOptional(),
      reason: z.strictObject({
        fr: z.string().exactOptional(),
        en: z.string().exactOptional(),
        ar: z.string().exactOptional(),
      }),
      services: z.union([z.literal('all'), z.array(z.string())]).exactOptional(),
      above: z.enum(levels).nullable().exactOptional(),
      since: instantOf.exactOptional(),
      until: instantOf.nullable().exactOptional(),
      sessions: sessionsOf.exactOptional(),
      state: z.int().exactOptional(),
    }),
    (rooms, { provider, suspension, state, ...changes }, out) =>
      changeState(rooms, { provider, state, says: 'Changed.' }, out, (by) =>
        rooms.partners.amend(provider, suspension as SuspensionId, changes, by),
      ),
  ),
  verb(
    'provider.restore',
    z.strictObject({
      provider: z.string(),
      suspension: idOf('suspension').exactOptional(),
      state: z.int().exactOptional(),
    }),
    (rooms, { provider, suspension = 'all', state }, out) =>
      changeState(rooms, { provider, state, says: 'Restored.' }, out, (by) =>
        rooms.partners.lift(provider, suspension as SuspensionId | 'all', by),
      ),
  ),
  ...(
    [
      ['hide', 'Hidden: off the page, and reached only by a service that may name it.'],
      ['show', 'Shown.'],
    ] as const
  ).map(([change, says]) =>
    verb(
      `provider.${change}`,
      z.strictObject({ provider: z.string(), state: z.int().exactOptional() }),
      (rooms, { provider, state }, out) =>
        changeState(rooms, { provider, state, says }, out, (by) => rooms.partners[change](provider, by)),
    ),
  ),
  verb('detection.rules', z.strictObject({ json: z.boolean() }), async ({ detection }, { json }, out) => {
    const standings = await detection.standing()
    if (json) {
      out.line(JSON.stringify(standings, undefined, 2))
      return exits.done.code
    }
    const rows = standings.map(
      ({ rule, mode, found, cases, precision: { confirmed, concluded, low, high }, imprecise }) => [
        ...[rule, mode, String(found), String(cases)],
        concluded === 0 ? 'nothing concluded' : `${confirmed} of ${concluded} (${share(low)} to ${share(high)})`,
        imprecise ? 'imprecise' : '',
      ],
    )
    for (const line of table(['RULE', 'MODE', 'FOUND IN 30 DAYS', 'CASES', 'CONFIRMED', ''], rows)) out.line(line)
    return exits.done.code
  }),
  verb(
    'provider.health',
    z.strictObject({ provider: z.string().exactOptional(), json: z.boolean() }),
    async ({ partners, clock }, { provider, json }, out) => {
      const known = partners.availability()
      const found = provider === undefined ? known.all() : [known.of(provider)].filter((one) => one !== undefined)
      if (provider !== undefined && found.length === 0) {
        out.warn(`There is no provider ${provider}.`)
        return exits.refused.code
      }
      if (json) {
        out.line(JSON.stringify({ at: when(known.at), providers: found.map(healthJson) }, undefined, 2))
        return exits.done.code
      }
      for (const line of table(healthHeader, found.map(healthRow))) out.line(line)
      const [only] = found
      if (provider === undefined || !only) return exits.done.code
      const since = clock.now() - 90 * day
      const incidents = await partners.health.incidents({ since, provider, limit: 20 })
      for (const line of healthDetails(only, incidents)) out.line(line)
      return exits.done.code
    },
  ),
  verb(
    'provider.history',
    z.strictObject({ provider: z.string(), json: z.boolean() }),
    async ({ partners }, { provider, json }, out) => {
      const history = await partners.history(provider)
      if (json) {
        out.line(
          JSON.stringify(
            history.map(({ at, ...line }) => ({ at: when(at), ...line })),
            undefined,
            2,
          ),
        )
        return exits.done.code
      }
      if (history.length > 0) {
        for (const line of table(['AT', 'CHANGE', 'SUSPENSION', 'BY', 'REASON'], historyRows(history))) out.line(line)
        return exits.done.code
      }
      if (partners.registry().providers.has(provider)) {
        out.line('It was never suspended nor hidden.')
        return exits.done.code
      }
      out.warn(`There is no provider ${provider}.`)
      return exits.refused.code
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
  verb(
    'staff.invite',
    z.union([
      z.strictObject({
        partner: z.string(),
        name: z.string(),
        roles: z.array(z.enum(staffRoles)),
        mail: z.string(),
        language: z.enum(languages),
      }),
      z.strictObject({ for: idOf('staff') }),
    ]),
    async ({ staff, settings }, args, out) => {
      const invited =
        'for' in args ? await staff.inviteAgain(args.for as StaffId, actor) : await staff.invite({ ...args, actor })
      if (!invited) {
        out.warn(
          'Nobody of that id can be invited: unknown, removed, or of a partner that is gone (garant staff list).',
        )
        return exits.refused.code
      }
      out.line(`${settings.issuer}/desk/join/${invited.token}`)
      out.warn(
        `This link lets ${invited.staff} act for their partner. It serves once, until ${when(invited.expiresAt)}.`,
      )
      out.warn('Hand it to that person only, by a way that nobody else reads: whoever opens it first can use it.')
      out.warn("They and their partner's own mailboxes are told by letter, without the link.")
      return exits.done.code
    },
  ),
  verb('staff.list', z.strictObject({ partner: z.string().optional() }), async ({ staff }, { partner }, out) => {
    const all = await staff.list(partner)
    if (all.length === 0) out.line('There is nobody: garant staff invite PARTNER --name "…" --role … --mail …')
    else {
      const rows = all.map(({ staff: id, name, partner: of, roles, state, lastSignInAt }) => [
        id,
        of,
        name,
        roles.join(' '),
        state,
        lastSignInAt === undefined ? 'never' : when(lastSignInAt),
      ])
      for (const line of table(['STAFF', 'PARTNER', 'NAME', 'ROLES', 'STATE', 'LAST SIGN-IN'], rows)) out.line(line)
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
    verb(`staff.${change}`, z.strictObject({ staff: idOf('staff') }), async ({ staff }, args, out) => {
      const isDone = await staff[change](args.staff as StaffId, actor)
      if (isDone) out.line(says)
      else out.warn('Nothing was changed: that person is unknown, or in another state (garant staff list).')
      return isDone ? exits.done.code : exits.refused.code
    }),
  ),
  verb(
    'api-client.add',
    z.strictObject({
      name: z.string(),
      scopes: z.array(z.string()),
      jwks: z.unknown(),
      operator: idOf('operator').exactOptional(),
      party: z.templateLiteral([z.enum(['service', 'provider']), '/', z.string()]).exactOptional(),
    }),
    async ({ apiClients, settings }, { name, scopes, jwks, operator, party }, out) => {
      const [side, id = ''] = party?.split('/') ?? []
      const behind = operator === undefined ? {} : { operator: operator as OperatorId }
      const of = side === 'service' || side === 'provider' ? { party: { side, id } as const } : {}
      const { client } = await apiClients.register({ name, scopes, jwks, ...behind, ...of }, actor)
      out.line(client)
      out.warn(`It is client_id, iss and sub of this program; aud is ${settings.issuer}/api/v1 (docs/api.md).`)
      if (operator === undefined && party === undefined) {
        out.warn(
          'Nobody answers for it (--operator): whoever holds its key and is an operator could confirm what it asks.',
        )
      }
      out.warn('All operators are told by letter.')
      return exits.done.code
    },
  ),
  verb('api-client.list', z.strictObject({}), async ({ apiClients }, _args, out) => {
    const all = await apiClients.list()
    if (all.length === 0) out.line('There is no program: garant api-client add "…" --jwks FILE --scopes …')
    else {
      const rows = all.map(({ client, name, scopes, jwks, party, lastTokenAt }) => [
        client,
        name,
        String(jwks.keys.length),
        lastTokenAt === undefined ? 'never' : when(lastTokenAt),
        scopes.join(' '),
        party ? `${party.side}/${party.id}` : '',
      ])
      for (const line of table(['CLIENT', 'NAME', 'KEYS', 'LAST TOKEN', 'SCOPES', 'ACTS FOR'], rows)) out.line(line)
    }
    return exits.done.code
  }),
  verb(
    'api-client.keys',
    z.strictObject({ client: idOf('apiClient'), jwks: z.unknown() }),
    async ({ apiClients }, { client, jwks }, out) => {
      const outcome = await apiClients.replaceKeys(client as ApiClientId, jwks, { actor })
      const isDone = outcome !== 'unknown'
      if (isDone) out.line('Replaced: only these keys prove from now on who it is. All operators are told by letter.')
      else out.warn('There is no such program (garant api-client list).')
      return isDone ? exits.done.code : exits.refused.code
    },
  ),
  verb(
    'api-client.scopes',
    z.strictObject({ client: idOf('apiClient'), scopes: z.array(z.string()) }),
    async ({ apiClients }, { client, scopes }, out) => {
      const outcome = await apiClients.changeScopes(client as ApiClientId, scopes, { actor })
      if (outcome === 'unknown') out.warn('There is no such program (garant api-client list).')
      else out.line('From its next request on it may do this, and nothing else. All operators are told by letter.')
      return outcome === 'unknown' ? exits.refused.code : exits.done.code
    },
  ),
  verb('api-client.remove', z.strictObject({ client: idOf('apiClient') }), async ({ apiClients }, { client }, out) => {
    const isDone = await apiClients.remove(client as ApiClientId, actor)
    if (isDone)
      out.line('Removed, for good: its tokens are worth nothing from now on. All operators are told by letter.')
    else out.warn('There is no such program (garant api-client list).')
    return isDone ? exits.done.code : exits.refused.code
  }),
  verb(
    'cases.list',
    z.strictObject({
      state: z.enum(['open', ...caseStates]),
      limit: z.int().min(1).max(1_000),
      overdue: z.boolean(),
      json: z.boolean(),
    }),
    async ({ cases, clock }, { json, overdue, ...page }, out) => {
      const found = await cases.queue({ ...page, ...(overdue ? { overdue } : {}) })
      if (json) out.line(JSON.stringify(found.map(caseJson), undefined, 2))
      else if (found.length === 0) out.line('There is no such case.')
      else {
        const now = clock.now()
        const rows = found.map(({ reference, state, origin, match, openedAt, dueAt, verdict }) => [
          ...[reference, state, origin, match, verdict ?? '', when(openedAt)],
          dueAt === undefined ? '' : `${when(dueAt)}${dueAt <= now ? ' (late)' : ''}`,
        ])
        const head = ['REFERENCE', 'STATE', 'ORIGIN', 'MATCH', 'VERDICT', 'OPENED', 'DUE']
        for (const line of table(head, rows)) out.line(line)
      }
      return exits.done.code
    },
  ),
  verb(
    'cases.show',
    z.strictObject({ reference: z.string(), json: z.boolean() }),
    async ({ cases }, { reference: typed, json }, out) => {
      const id = await caseOf(cases, typed)
      const found = id && (await cases.read(id, actor))
      if (!found) {
        out.warn('There is no case of this reference (garant cases list).')
        return exits.refused.code
      }
      const { case: one, words } = found
      const parties = await cases.parties(one.id)
      if (json) {
        const told = parties.map(({ side, object, reference, notifiedAt, dueAt, finding, answeredAt }) => ({
          ...{ side, object, reference, notifiedAt: when(notifiedAt), dueAt: when(dueAt) },
          ...(answeredAt === undefined ? {} : { answeredAt: when(answeredAt) }),
          ...(finding ? { finding } : {}),
        }))
        out.line(JSON.stringify({ ...caseJson(one), words, parties: told }, undefined, 2))
        return exits.done.code
      }
      const { reference, state, origin, match, verdict, closed, openedAt } = one
      out.line(`${reference}: ${state}, by ${origin}, ${match}, opened ${when(openedAt)}`)
      if (verdict) out.line(`verdict: ${verdict}`)
      if (closed) out.line(`closed: ${closed.reason}, ${when(closed.at)}`)
      for (const line of words?.split('\n') ?? []) out.line(`> ${line}`)
      const rows = parties.map(({ side, object, dueAt, finding, answeredAt }) => [
        ...[`${side}/${object}`, when(dueAt), answeredAt === undefined ? '' : when(answeredAt), finding ?? ''],
      ])
      if (rows.length > 0) for (const line of table(['PARTNER', 'DUE', 'ANSWERED', 'FINDING'], rows)) out.line(line)
      return exits.done.code
    },
  ),
  verb(
    'cases.close',
    z.strictObject({ reference: z.string(), reason: z.enum(caseCloseReasons) }),
    async ({ cases }, { reference, reason }, out) => {
      const id = await caseOf(cases, reference)
      const outcome = id ? await cases.close(id, { reason, actor }) : ({ kind: 'absent' } as const)
      if (outcome.kind === 'done') {
        out.line('Closed. The person sees it, and why.')
        return exits.done.code
      }
      const why = outcome.kind === 'refused' && outcome.reason !== 'too_long' ? stepRefusals[outcome.reason].says : ''
      out.warn(why === '' ? 'There is no case of this reference (garant cases list).' : `Nothing was changed. ${why}`)
      return exits.refused.code
    },
  ),
  verb(
    'banner.list',
    z.strictObject({ all: z.boolean(), json: z.boolean() }),
    async ({ notices, clock }, { all, json }, out) => {
      const banners = (await notices.banners()).filter((banner) => all || isStanding(banner, clock.now()))
      if (json) out.line(JSON.stringify(banners, undefined, 2))
      else if (banners.length === 0) out.line(all ? 'There is no banner.' : 'No banner is in force or planned.')
      else for (const line of banners.flatMap((banner) => bannerLines(banner, clock.now()))) out.line(line)
      return exits.done.code
    },
  ),
  verb(
    'banner.publish',
    z.strictObject({
      kind: z.enum(bannerKinds),
      text: z.strictObject({ fr: z.string(), en: z.string(), ar: z.string() }),
      services: z.union([z.literal('all'), z.array(z.string())]),
      since: instantOf.optional(),
      until: instantOf,
    }),
    async ({ notices, clock }, { since, ...banner }, out) =>
      sayBanner(await notices.publish({ ...banner, ...(since === undefined ? {} : { since }) }, { actor }), {
        says: 'Written down: every page takes it within a second or two.',
        out,
        now: clock.now(),
      }),
  ),
  verb(
    'banner.amend',
    z.strictObject({
      banner: idOf('banner'),
      number: z.int().optional(),
      kind: z.enum(bannerKinds).optional(),
      text: z.strictObject({ fr: z.string(), en: z.string(), ar: z.string() }).partial().optional(),
      services: z.union([z.literal('all'), z.array(z.string())]).optional(),
      since: instantOf.optional(),
      until: instantOf.optional(),
    }),
    async ({ notices, clock }, { banner, number, ...changes }, out) => {
      const id = banner as BannerId
      const expected = number ?? (await numberOf(notices, id))
      const { text = {}, ...rest } = changes
      const given = { ...present(rest), text: present(text) }
      return sayBanner(await notices.amend(id, given, { actor, expected }), {
        says: 'Changed: every page takes it within a second or two.',
        out,
        now: clock.now(),
      })
    },
  ),
  verb(
    'banner.withdraw',
    z.strictObject({ banner: idOf('banner'), number: z.int().optional() }),
    async ({ notices, clock }, { banner, number }, out) => {
      const id = banner as BannerId
      const expected = number ?? (await numberOf(notices, id))
      return sayBanner(await notices.withdraw(id, { actor, expected }), {
        says: 'Withdrawn: it leaves the pages within a second or two.',
        out,
        now: clock.now(),
      })
    },
  ),
]

/** What was given, without the rest. */
function present<T extends object>(given: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never
}

async function numberOf(notices: Notices, id: BannerId): Promise<number> {
  return (await notices.banners()).find((banner) => banner.id === id)?.number ?? 0
}

function sayBanner(outcome: BannerOutcome, { says, out, now }: { says: string; out: Out; now: Instant }): number {
  switch (outcome.kind) {
    case 'done':
      out.line(says)
      for (const line of bannerLines(outcome.banner, now)) out.line(line)
      return exits.done.code
    case 'invalid':
      for (const line of bannerFaultLines(outcome.faults)) out.warn(line)
      break
    case 'overtaken':
      out.warn('Nothing was changed: the banner is not the one that you saw. As it is now:')
      for (const line of bannerLines(outcome.banner, now)) out.warn(line)
      break
    case 'over':
      out.warn('Nothing was changed: the banner has left the pages for good. Publish a new one.')
      break
    case 'unknown':
      out.warn('There is no such banner (garant banner list --all).')
  }
  return exits.refused.code
}

/** What a review takes along (`people.keep`). */
const followed = 'their connections and means (those of which nobody knows whose they are are suspended)'

/** Carries out a change of the state that there is now, or of the one whose number was given, and says what came of it. */
async function changeState(
  { partners, clock }: Rooms,
  { provider, state, says }: { provider: string; state: number | undefined; says: string },
  out: Out,
  change: (by: ChangedBy) => Promise<StateOutcome>,
): Promise<number> {
  const expected = state ?? (await partners.stateOf(provider))?.number ?? 0
  const outcome = await change({ actor, expected })
  switch (outcome.kind) {
    case 'done':
      out.line(says)
      for (const suspension of outcome.state.suspensions) {
        for (const line of suspensionLines(suspension, clock.now())) out.line(line)
      }
      return exits.done.code
    case 'invalid':
      for (const line of faultLines(outcome.faults)) out.warn(line)
      break
    case 'overtaken':
      out.warn(
        `Nothing was changed: the state of ${provider} is not the one that you saw (it is ${outcome.state.number}).`,
      )
      for (const line of table(['AT', 'CHANGE', 'SUSPENSION', 'BY', 'REASON'], historyRows(outcome.changes)))
        out.warn(line)
      break
    case 'reserved':
      out.warn('Nothing was changed: that is the operators’ to change.')
      break
    case 'unknown':
      out.warn(`There is no such provider, or no such suspension of it (garant provider list).`)
  }
  return exits.refused.code
}

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

const journalKeys = ({ keys, settings }: Rooms): JournalKeys => journalKeysOf(settings.issuer, keys.of('journal'))

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

type AnyReceipt = Receipt | ConnectionReceipt

/** Says whether a receipt is one of this journal; the exit code tells it as well. */
export async function verifyOneReceipt(
  { receipt, keys }: { receipt: AnyReceipt; keys: JournalKeys },
  out: Out,
): Promise<number> {
  const verdict = await ('facts' in receipt
    ? verifyConnectionReceipt(receipt, keys.keys)
    : verifyReceipt(receipt, keys.keys))
  if (verdict.genuine && verdict.origin === keys.origin) {
    for (const line of genuineLines(receipt, keys.origin)) out.line(line)
    out.line(`It has not changed since its tree was signed, on ${when(verdict.signedAt)}.`)
    return exits.done.code
  }
  const reasons = {
    signature: 'a head of it was not signed with a key of this journal',
    head: 'what it says of a head is not what was signed',
    inclusion: 'its fact is not what the tree holds at this place',
    consistency: 'the newer tree did not grow from the older one',
    malformed: 'what it holds cannot be a fact',
    other_connection: 'a fact of it is of another connection, or of another journal',
  }
  const why = verdict.genuine ? `it is of another journal, ${verdict.origin}` : reasons[verdict.reason]
  out.line(`The receipt is NOT genuine: ${why}.`)
  return exits.tampered.code
}

function genuineLines(receipt: AnyReceipt, origin: string): string[] {
  if (!('facts' in receipt)) {
    const { sequence, name, at } = receipt.fact
    return [`The receipt is genuine: fact ${sequence} (${name}) of ${when(at)}, in the journal of ${origin}.`]
  }
  return [
    `The receipt is genuine: connection ${receipt.connection}, in the journal of ${origin}.`,
    ...receipt.facts.map(({ fact: { sequence, name, at, data } }) => {
      const { connection: _, ...said } = data as Record<string, unknown>
      const words = Object.entries(said).map(([member, value]) => `${member} ${[value].flat().join('+') || '-'}`)
      return `  ${when(at)}  fact ${sequence}  ${name}: ${words.join(', ')}`
    }),
  ]
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

const share = (part: number) => `${Math.round(100 * part)} %`

function table(header: string[], rows: string[][]): string[] {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)))
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
