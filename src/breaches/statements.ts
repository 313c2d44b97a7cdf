/**
 * What the public is told of an incident (R135): what happened, who is concerned, what was done, when it was mended, what
 * people can do. Written in three languages by one officer, published by hand, corrected by a further version with its
 * date and what was wrong before; never changed in silence. One officer suffices, as for a banner: nothing of it gives a
 * power to anybody, and a word to those concerned must not wait for a second person at night. What is published is in
 * memory, so that its pages answer while the database is away.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { makeReference } from '../connections/reference.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import type { BreachId, StatementId } from '../kernel/ids.ts'
import { inEachLanguage, languages, type Translated } from '../kernel/languages.ts'
import { follow } from '../partners/following.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { createStatementStore } from './store.ts'

/** The texts of a statement, in this order. */
export const statementTexts = ['title', 'what', 'who', 'done', 'advice'] as const
export type StatementText = (typeof statementTexts)[number]

export interface StatementContent extends Record<StatementText, Translated> {
  happenedFrom?: Instant
  happenedUntil?: Instant
  /** Absent: it is not mended yet, and the page says so. */
  fixedAt?: Instant
}

export interface PublishedContent extends StatementContent {
  happenedFrom: Instant
  /** What was put right: of every version but the first. */
  correction?: Translated
}

export interface StatementVersion {
  /** From 1. */
  number: number
  content: PublishedContent
  at: Instant
  by: Actor
}

export interface Statement {
  id: StatementId
  /** Of its public address. */
  reference: string
  /** The entry of the register that it speaks of. */
  breach?: BreachId
  /** Goes up with each change: name it as `seen`. */
  version: number
  changedAt: Instant
  changedBy: Actor
  /** What is being written, and not published. */
  draft?: StatementContent
  /** What was published, the newest first. */
  versions: readonly StatementVersion[]
  withdrawnAt?: Instant
}

export const statementProblems = [
  ...(['missing', 'too_long', 'in_future', 'until_before_from', 'fixed_before_from', 'unreadable'] as const),
]
export type StatementProblem = (typeof statementProblems)[number]
/** `title.fr`, `correction.ar`, `happenedFrom`. */
export interface StatementFault {
  field: string
  problem: StatementProblem
}

export type StatementOutcome =
  | { kind: 'done' | 'unchanged' | 'moved'; statement: Statement }
  | { kind: 'invalid'; faults: StatementFault[] }
  /** There is no draft to publish. */
  | { kind: 'nothing'; statement: Statement }
  | { kind: 'absent' }

interface ChangedBy {
  seen: number
  actor: Actor
}

/** What everybody may read. */
export interface PublicStatement {
  reference: string
  content: PublishedContent
  publishedAt: Instant
  /** The newest first; empty: it was never corrected. */
  corrections: readonly { at: Instant; text: Translated }[]
}

export interface Statements {
  /** A draft. `id` is drawn with the form: sent twice, it is one. Whatever is in it may lack anything. */
  draft(given: {
    id: StatementId
    breach?: BreachId
    content: StatementContent
    actor: Actor
  }): Promise<StatementOutcome>
  save(id: StatementId, given: ChangedBy & { content: StatementContent }): Promise<StatementOutcome>
  /** Of one that was published before, with what is put right. */
  publish(id: StatementId, given: ChangedBy & { correction?: Translated }): Promise<StatementOutcome>
  /** Off the public pages, for what should never have been said. Its address says that it is gone. */
  withdraw(id: StatementId, by: ChangedBy): Promise<StatementOutcome>
  list(): Promise<Statement[]>
  read(id: StatementId): Promise<Statement | undefined>
  ofBreach(id: BreachId): Promise<Statement[]>
  /** What the public may read, the newest first; never waits. */
  published(): readonly PublicStatement[]
  /** Never waits. `withdrawn`: there was one. */
  publicOne(reference: string): PublicStatement | 'withdrawn' | undefined
  sweep(): Promise<void>
  refresh(): Promise<void>
  close(): Promise<void>
}

export interface StatementsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  key: Buffer
  /** Milliseconds after its last change for which a statement is kept. */
  retention: number
  log: (message: string, inside: Record<string, unknown>) => void
}

/** Characters. */
export const mostOfText: Record<StatementText | 'correction', number> = {
  ...{ title: 120, what: 3_000, who: 2_000, done: 3_000, advice: 2_000, correction: 1_000 },
}

const mostListed = 200

export async function createStatements(options: StatementsOptions): Promise<Statements> {
  const { storage, clock, audit, retention, log } = options
  const store = createStatementStore(options)
  const known = await follow({
    storage,
    clock,
    channel: 'garant_statements',
    read: async () => (await store.published(storage.db, mostListed)).map(publicOf),
    log,
  })

  async function change(
    id: StatementId,
    decide: (tx: Tx, before: Statement | undefined, now: Instant) => Promise<StatementOutcome>,
  ): Promise<StatementOutcome> {
    const outcome = await storage.transaction(async (tx) => {
      await store.lock(tx, id)
      return decide(tx, await store.find(tx, id), clock.now())
    })
    if (outcome.kind === 'done') await known.refresh()
    return outcome
  }

  async function written(tx: Tx, statement: Statement): Promise<StatementOutcome> {
    await store.update(tx, statement)
    await storage.notify(tx, 'garant_statements')
    return { kind: 'done', statement }
  }

  return {
    draft: ({ id, breach, content: given, actor }) =>
      change(id, async (tx, before, now) => {
        const content = plainContent(given)
        if (before) return { kind: isDeepStrictEqual(before.draft, content) ? 'unchanged' : 'moved', statement: before }
        const faults = lengthFaults(content)
        if (faults.length > 0) return { kind: 'invalid', faults }
        for (let attempt = 0; attempt < 3; attempt++) {
          const statement: Statement = {
            ...{ id, reference: makeReference(), version: 1, changedAt: now, changedBy: actor },
            ...{ draft: content, versions: [] },
            ...(breach ? { breach } : {}),
          }
          if (await store.insert(tx, statement)) return { kind: 'done', statement }
        }
        throw new Error('three references in a row were taken: the source of randomness is broken')
      }),

    save: (id, { seen, actor, content: given }) =>
      change(id, async (tx, before, now) => {
        if (!before) return { kind: 'absent' }
        const content = plainContent(given)
        if (isDeepStrictEqual(before.draft, content)) return { kind: 'unchanged', statement: before }
        if (before.version !== seen) return { kind: 'moved', statement: before }
        const faults = lengthFaults(content)
        if (faults.length > 0) return { kind: 'invalid', faults }
        return written(tx, { ...before, ...next(before, actor, now), draft: content })
      }),

    publish: (id, { seen, actor, correction: given }) =>
      change(id, async (tx, before, now) => {
        if (!before) return { kind: 'absent' }
        const { draft, ...rest } = before
        // Of two clicks the second one finds it published.
        if (!draft) return { kind: before.versions.length > 0 ? 'unchanged' : 'nothing', statement: before }
        if (before.version !== seen) return { kind: 'moved', statement: before }
        const number = before.versions.length + 1
        const correction = number > 1 ? plainText(given ?? blankText) : undefined
        const faults = publicationFaults(draft, correction, now)
        const { happenedFrom } = draft
        if (faults.length > 0 || happenedFrom === undefined) return { kind: 'invalid', faults }
        const content: PublishedContent = { ...draft, happenedFrom, ...(correction ? { correction } : {}) }
        const version: StatementVersion = { number, content, at: now, by: actor }
        await store.insertVersion(tx, id, version)
        audit.append(tx, { name: 'statement.published', data: { statement: id, number, actor } })
        const { withdrawnAt: _, ...back } = rest
        return written(tx, { ...back, ...next(before, actor, now), versions: [version, ...before.versions] })
      }),

    withdraw: (id, { seen, actor }) =>
      change(id, async (tx, before, now) => {
        if (!before) return { kind: 'absent' }
        if (before.withdrawnAt !== undefined) return { kind: 'unchanged', statement: before }
        if (before.version !== seen) return { kind: 'moved', statement: before }
        if (before.versions.length === 0) return { kind: 'nothing', statement: before }
        audit.append(tx, { name: 'statement.withdrawn', data: { statement: id, actor } })
        return written(tx, { ...before, ...next(before, actor, now), withdrawnAt: now })
      }),

    list: () => store.list(storage.db, mostListed),
    read: (id) => store.find(storage.db, id),
    ofBreach: (id) => store.ofBreach(storage.db, id),
    published: () => known.present().flatMap(({ statement }) => statement ?? []),
    publicOne(reference) {
      const found = known.present().find((one) => one.reference === reference)
      return found && (found.statement ?? 'withdrawn')
    },

    sweep: () => store.forget(storage.db, clock.now() - retention),
    refresh: () => known.refresh(),
    close: () => known.close(),
  }
}

const next = ({ version }: Statement, changedBy: Actor, changedAt: Instant) => ({
  ...{ version: version + 1, changedBy, changedAt },
})

function publicOf({ reference, versions, withdrawnAt }: Statement): {
  reference: string
  statement?: PublicStatement
} {
  const [newest] = versions
  const first = versions.at(-1)
  if (!newest || !first || withdrawnAt !== undefined) return { reference }
  const corrections = versions.flatMap(({ at, content }) =>
    content.correction ? [{ at, text: content.correction }] : [],
  )
  return { reference, statement: { reference, content: newest.content, publishedAt: first.at, corrections } }
}

// ── What was typed ──────────────────────────────────────────────────────────────────────────────────────────────────

const blankText: Translated = inEachLanguage(() => '')
export const blankStatement: StatementContent = {
  ...{ title: blankText, what: blankText, who: blankText, done: blankText, advice: blankText },
}

const plainText = (text: Translated): Translated =>
  inEachLanguage((language) =>
    text[language]
      .normalize('NFC')
      .replace(/\r\n?/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
  )

function plainContent(given: StatementContent): StatementContent {
  const texts = Object.fromEntries(statementTexts.map((field) => [field, plainText(given[field])]))
  return { ...given, ...(texts as Record<StatementText, Translated>) }
}

const inAll = (field: string, text: Translated, problem: StatementProblem, isWrong: (text: string) => boolean) =>
  languages.flatMap((language): StatementFault[] =>
    isWrong(text[language]) ? [{ field: `${field}.${language}`, problem }] : [],
  )

function lengthFaults(content: StatementContent): StatementFault[] {
  const { happenedFrom = 0, happenedUntil = 0, fixedAt = 0 } = content
  const times = Object.entries({ happenedFrom, happenedUntil, fixedAt })
  return [
    ...statementTexts.flatMap((field) =>
      inAll(field, content[field], 'too_long', (text) => text.length > mostOfText[field]),
    ),
    ...times.flatMap(([field, at]): StatementFault[] =>
      Number.isFinite(at) ? [] : [{ field, problem: 'unreadable' }],
    ),
  ]
}

/** A draft may lack anything; what is published lacks nothing but the time of the mending. */
function publicationFaults(
  content: StatementContent,
  correction: Translated | undefined,
  now: Instant,
): StatementFault[] {
  const { happenedFrom, happenedUntil, fixedAt } = content
  const isFuture = (at: Instant | undefined) => at !== undefined && at > now
  const isBefore = (at: Instant | undefined) => at !== undefined && happenedFrom !== undefined && at < happenedFrom
  const times: [field: string, problem: StatementProblem, applies: boolean][] = [
    ['happenedFrom', 'missing', happenedFrom === undefined],
    ['happenedFrom', 'in_future', isFuture(happenedFrom)],
    ['happenedUntil', 'in_future', isFuture(happenedUntil)],
    ['happenedUntil', 'until_before_from', isBefore(happenedUntil)],
    ['fixedAt', 'in_future', isFuture(fixedAt)],
    ['fixedAt', 'fixed_before_from', isBefore(fixedAt)],
  ]
  return [
    ...lengthFaults(content),
    ...statementTexts.flatMap((field) => inAll(field, content[field], 'missing', (text) => text === '')),
    ...(correction
      ? [
          ...inAll('correction', correction, 'missing', (text) => text === ''),
          ...inAll('correction', correction, 'too_long', (text) => text.length > mostOfText.correction),
        ]
      : []),
    ...times.filter(([, , applies]) => applies).map(([field, problem]) => ({ field, problem })),
  ]
}
