/** What several operations read and answer, each with its name in the OpenAPI document. Instants are RFC 3339, in UTC. */
import { z } from 'zod'
import type { Approval } from '../approvals/approvals.ts'
import type { Actor } from '../audit/facts.ts'
import { levels } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Translated as TranslatedText } from '../kernel/languages.ts'
import { oneLineProblem } from '../partners/fields.ts'

export const instantOf = (at: Instant) => toDate(at).toISOString()
/** For members that may be absent. */
export const instantIf = <N extends string>(name: N, at: Instant | undefined) =>
  (at === undefined ? {} : { [name]: instantOf(at) }) as { [K in N]?: string }

export const Instant_ = z.iso.datetime({ offset: true }).meta({ description: 'RFC 3339, with its zone.' })
/** As it is sent: turned into milliseconds. */
export const GivenInstant = z.iso
  .datetime({ offset: true, error: 'must be a date and time with its zone: 2027-01-31T12:00:00Z' })
  .transform((text) => Date.parse(text))

export const Level = z.enum(levels)

export const Translated = z.strictObject({ fr: z.string(), en: z.string(), ar: z.string() })
export const translatedOf = ({ fr, en, ar }: TranslatedText) => ({ fr, en, ar })

export const Author = z
  .strictObject({
    kind: z.enum(['person', 'operator', 'staff', 'api_client', 'command', 'hub', 'file']),
    id: z.string().optional(),
  })
  .meta({ description: 'Who did it.' })
export type AuthorShape = z.output<typeof Author>

export function authorOf(author: Actor | { kind: 'file' }): AuthorShape {
  return 'id' in author ? { kind: author.kind, id: author.id } : { kind: author.kind }
}

export const Services = z.union([z.literal('all'), z.array(z.string()).max(5_000)])

/** A text of one line, for people. */
export const lineOf = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => oneLineProblem(text) === undefined, 'must be a text of one line, without spaces around it')

// ── Pages of a list ─────────────────────────────────────────────────────────────────────────────────────────────────

const mostPerPage = 200

export const Page = {
  cursor: z.string().max(400).optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(mostPerPage).default(50),
}

export const pageOf = <S extends z.ZodType>(item: S) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().optional().meta({ description: 'The cursor of the next page; absent at the end.' }),
  })

/** A page of what is all in memory, by an id in which it is sorted. */
export function paged<T>(
  all: Iterable<T>,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  idOf: (item: T) => string,
): { items: T[]; next?: string } {
  const after = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString('utf8')
  const sorted = [...all].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  const rest = after === undefined ? sorted : sorted.filter((item) => idOf(item) > after)
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return rest.length > limit && last !== undefined
    ? { items, next: Buffer.from(idOf(last), 'utf8').toString('base64url') }
    : { items }
}

// ── Changes that wait ───────────────────────────────────────────────────────────────────────────────────────────────

export const ApprovalView = z.strictObject({
  approval: z.string(),
  kind: z.string(),
  about: z.string().meta({ description: 'A purpose of keys, a service, a provider, a partner.' }),
  reason: z.string(),
  state: z.enum(['pending', 'confirmed', 'declined', 'withdrawn', 'expired']),
  askedBy: Author,
  askedAt: Instant_,
  expiresAt: Instant_,
  decidedBy: z.string().optional(),
  decidedAt: Instant_.optional(),
  answer: z.string().optional(),
})
export type ApprovalShape = z.output<typeof ApprovalView>

export function approvalOf(one: Approval): ApprovalShape {
  return {
    approval: one.id,
    kind: one.kind,
    about: one.about,
    reason: one.reason,
    state: one.state,
    askedBy: authorOf(one.askedBy),
    askedAt: instantOf(one.askedAt),
    expiresAt: instantOf(one.expiresAt),
    ...(one.decidedBy === undefined ? {} : { decidedBy: one.decidedBy }),
    ...instantIf('decidedAt', one.decidedAt),
    ...(one.answer === undefined ? {} : { answer: one.answer }),
  }
}

/** Why, for the operator who confirms it. */
export const Reason = lineOf(500).refine((text) => text.length >= 10, 'must have at least 10 characters')

export const Done = z.strictObject({ done: z.boolean().meta({ description: 'False: it was so already.' }) })

/** Those that have a name of their own in the document. */
export const shapes: Readonly<Record<string, z.ZodType>> = {
  Author,
  Approval: ApprovalView,
  Translated,
  Done,
}
