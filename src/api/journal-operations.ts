/** The journal: searched, and taken with its proofs. A question that names a person says why, and is itself a fact. */
import { z } from 'zod'
import { type Audit, type Entry, type Recorded, subjectFields, type TreeHead } from '../audit/audit.ts'
import { readSearch, type SearchTyped, searchReasons } from '../console/journal-search.ts'
import type { Storage } from '../storage/storage.ts'
import { type Caller, done, type Operation, operation, refused } from './operations.ts'
import { GivenInstant, Instant_, instantOf, Page, pageOf } from './shapes.ts'

export interface JournalOperationsOptions {
  storage: Pick<Storage, 'transaction'>
  audit: Pick<Audit, 'append' | 'explore' | 'entry' | 'receipt' | 'head'>
}

const FactView = z.strictObject({
  sequence: z.string(),
  at: Instant_,
  name: z.string(),
  data: z.record(z.string(), z.unknown()),
})

const HeadView = z.strictObject({ size: z.int(), root: z.string(), at: Instant_, signature: z.string() })

const EntryView = z.strictObject({
  sequence: z.string(),
  state: z
    .enum(['kept', 'unsealed', 'expired', 'missing'])
    .meta({ description: '`missing`: it is not there, and its time has not come. Verify the journal.' }),
  fact: FactView.optional(),
  leaf: z.strictObject({ index: z.int(), until: Instant_, hash: z.string() }).optional(),
  inclusion: z.strictObject({ path: z.array(z.string()), head: HeadView, holds: z.boolean() }).optional(),
  since: z.strictObject({ path: z.array(z.string()), head: HeadView, holds: z.boolean() }).optional(),
})

/** As `garant audit verify-receipt` takes it. */
const ReceiptView = z.looseObject({
  fact: z.looseObject({ sequence: z.int(), at: z.int(), name: z.string() }),
  salt: z.string(),
  leaf: z.looseObject({ index: z.int(), until: z.int() }),
  inclusion: z.array(z.string()),
  head: z.looseObject({ size: z.int(), root: z.string(), at: z.int(), signature: z.string() }),
})

const InSequence = z.strictObject({ sequence: z.string().regex(/^[1-9]\d{0,17}$/) })

const factOf = ({ sequence, at, name, data }: Recorded): z.output<typeof FactView> => ({
  sequence: String(sequence),
  at: instantOf(at),
  name,
  data: data as Record<string, unknown>,
})

const headOf = ({ size, root, at, signature }: TreeHead) => ({ size, root, at: instantOf(at), signature })

function entryOf({ sequence, state, fact, leaf, inclusion, since }: Entry): z.output<typeof EntryView> {
  return {
    sequence: String(sequence),
    state,
    ...(fact ? { fact: factOf(fact) } : {}),
    ...(leaf ? { leaf: { ...leaf, until: instantOf(leaf.until) } } : {}),
    ...(inclusion ? { inclusion: { ...inclusion, head: headOf(inclusion.head) } } : {}),
    ...(since ? { since: { ...since, head: headOf(since.head) } } : {}),
  }
}

export function journalOperations({ storage, audit }: JournalOperationsOptions): Operation[] {
  const noteExported = ({ actor }: Caller, format: 'facts' | 'proof', facts: number) =>
    storage.transaction(async (tx) => audit.append(tx, { name: 'api_client.exported', data: { format, facts, actor } }))

  return [
    operation({
      id: 'searchFacts',
      method: 'GET',
      path: '/journal/facts',
      tag: 'Journal',
      scope: 'journal:read',
      summary: 'Facts that meet all conditions, the newest first',
      description:
        'A page may be empty and yet have one after it. A question about a person or a connection needs its `reason`. Each page is a fact.',
      query: z.strictObject({
        name: z
          .string()
          .max(80)
          .exactOptional()
          .meta({ description: '`provider.suspended`, or a family: `provider.*`.' }),
        outcome: z.literal('refused').exactOptional(),
        about: z.enum(subjectFields).exactOptional(),
        id: z
          .string()
          .max(200)
          .exactOptional()
          .meta({ description: 'Of what `about` names. `operator`: a program too.' }),
        from: GivenInstant.exactOptional(),
        until: GivenInstant.exactOptional().meta({ description: 'Without this instant.' }),
        reason: z.enum(searchReasons).exactOptional(),
        ...Page,
      }),
      answers: pageOf(FactView),
      async run({ query: { limit, cursor = '', name, from, until, ...given }, caller }) {
        const typed: SearchTyped = {
          names: name === undefined ? [] : [name],
          about: given.about ?? '',
          id: given.id ?? '',
          from: '',
          until: '',
          outcome: given.outcome ?? '',
          reason: given.reason ?? '',
          before: cursor,
        }
        const search = readSearch(typed, 'UTC')
        const isReversed = from !== undefined && until !== undefined && from >= until
        if (!('wanted' in search) || isReversed) {
          const faults = 'wanted' in search ? [{ field: 'until', reason: 'reversed' }] : search
          const errors = faults.map(({ field, reason }) => ({
            parameter: field === 'before' ? 'cursor' : field,
            detail: `is ${reason}`,
            code: reason,
          }))
          return refused('request-invalid', { errors })
        }
        const { reason, person = null, connection = null } = search
        if (reason) {
          // Committed before anything is answered.
          await storage.transaction(async (tx) =>
            audit.append(tx, {
              name: 'api_client.searched_journal',
              data: { person, connection, reason, actor: caller.actor },
            }),
          )
        }
        const { facts, older } = await audit.explore({
          ...search.wanted,
          ...(from === undefined ? {} : { from }),
          ...(until === undefined ? {} : { until }),
          limit,
        })
        await noteExported(caller, 'facts', facts.length)
        return done({ items: facts.map(factOf), ...(older === undefined ? {} : { next: String(older) }) })
      },
    }),
    operation({
      id: 'getFact',
      method: 'GET',
      path: '/journal/facts/{sequence}',
      tag: 'Journal',
      scope: 'journal:read',
      summary: 'One place of the journal, with what proves it',
      params: InSequence,
      answers: EntryView,
      async run({ params: { sequence }, caller }) {
        const entry = await audit.entry(BigInt(sequence))
        if (!entry) return refused('not-found')
        await noteExported(caller, 'facts', 1)
        return done(entryOf(entry))
      },
    }),
    operation({
      id: 'getReceipt',
      method: 'GET',
      path: '/journal/facts/{sequence}/receipt',
      tag: 'Journal',
      scope: 'journal:read',
      summary: 'The proof that a fact is in the journal, for whoever has nothing else of it',
      description: 'Verified offline: `garant audit verify-receipt FILE --keys KEYS`.',
      params: InSequence,
      answers: ReceiptView,
      async run({ params: { sequence }, caller }) {
        const receipt = await audit.receipt(BigInt(sequence))
        if (!receipt) return refused('not-found')
        await noteExported(caller, 'proof', 1)
        return done(receipt as unknown as z.output<typeof ReceiptView>)
      },
    }),
    operation({
      id: 'getHead',
      method: 'GET',
      path: '/journal/head',
      tag: 'Journal',
      scope: 'journal:read',
      summary: 'The last signed head of the journal',
      description: 'To be kept elsewhere: what was signed then cannot be changed unseen.',
      answers: HeadView,
      problems: ['not-found'],
      async run() {
        const head = await audit.head()
        return head ? done(headOf(head)) : refused('not-found', { detail: 'Nothing is sealed yet.' })
      },
    }),
  ]
}
