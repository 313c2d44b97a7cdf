/** Reports of a misused identity, for the programs of those who look into them. Each reading is a fact. */
import { z } from 'zod'
import { type Case, type Cases, caseCloseReasons } from '../cases/cases.ts'
import type { Connections, Line } from '../connections/connections.ts'
import { isId } from '../kernel/ids.ts'
import { done, type Operation, operation, refused } from './operations.ts'
import { Author, authorOf, Done, Instant_, instantOf, Level, Page, pageOf } from './shapes.ts'

export interface CaseOperationsOptions {
  cases: Pick<Cases, 'waiting' | 'closed' | 'read' | 'close'>
  connections: Pick<Connections, 'linesOf'>
}

const CaseLine = z.strictObject({
  case: z.string(),
  reference: z.string().meta({ description: 'As the person was told it.' }),
  state: z.enum(['received', 'closed']),
  openedAt: Instant_,
  closed: z.strictObject({ at: Instant_, by: Author, reason: z.enum(caseCloseReasons) }).optional(),
})

const CaseShape = CaseLine.extend({
  person: z.string(),
  words: z.string().optional().meta({ description: 'What the person wrote, where it can still be read.' }),
  connection: z
    .strictObject({
      reference: z.string(),
      at: Instant_,
      service: z.string(),
      provider: z.string().optional(),
      level: Level.optional(),
      country: z.string().optional(),
      unusual: z.array(z.string()),
    })
    .optional()
    .meta({ description: 'The connection in question; absent when it is not kept any more.' }),
})

const caseLineOf = ({ id, reference, state, openedAt, closed }: Case): z.output<typeof CaseLine> => ({
  case: id,
  reference,
  state,
  openedAt: instantOf(openedAt),
  ...(closed ? { closed: { at: instantOf(closed.at), by: authorOf(closed.by), reason: closed.reason } } : {}),
})

const connectionOf = ({ reference, at, service, provider, level, country, unusual }: Line) => ({
  reference,
  at: instantOf(at),
  service,
  ...(provider ? { provider } : {}),
  ...(level ? { level } : {}),
  ...(country ? { country } : {}),
  unusual: [...unusual],
})

const InCase = z.strictObject({ case: z.string() })

export function caseOperations({ cases, connections }: CaseOperationsOptions): Operation[] {
  return [
    operation({
      id: 'listCases',
      method: 'GET',
      path: '/cases',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'Reports of misuse: open ones from the oldest on, closed ones from the last on',
      query: z.strictObject({ ...Page, state: z.enum(['open', 'closed']).default('open') }),
      answers: pageOf(CaseLine),
      async run({ query: { state, cursor, limit } }) {
        const from = isId('case', cursor) ? cursor : undefined
        const found =
          state === 'open'
            ? await cases.waiting({ limit: limit + 1, ...(from ? { after: from } : {}) })
            : await cases.closed({ limit: limit + 1, ...(from ? { before: from } : {}) })
        const items = found.slice(0, limit)
        const last = items.at(-1)
        return done({ items: items.map(caseLineOf), ...(found.length > limit && last ? { next: last.id } : {}) })
      },
    }),
    operation({
      id: 'getCase',
      method: 'GET',
      path: '/cases/{case}',
      tag: 'Cases',
      scope: 'cases:read',
      summary: 'One of them, with what the person wrote and the connection in question',
      params: InCase,
      answers: CaseShape,
      async run({ params: { case: id }, caller: { actor } }) {
        const found = isId('case', id) ? await cases.read(id, actor) : undefined
        if (!found) return refused('not-found')
        const { person, connection } = found.case
        const [line] = await connections.linesOf(person, [connection])
        return done({
          ...caseLineOf(found.case),
          person,
          ...(found.words === undefined ? {} : { words: found.words }),
          ...(line ? { connection: connectionOf(line) } : {}),
        })
      },
    }),
    operation({
      id: 'closeCase',
      method: 'POST',
      path: '/cases/{case}/close',
      tag: 'Cases',
      scope: 'cases:write',
      summary: 'Close a case, once',
      params: InCase,
      body: z.strictObject({ reason: z.enum(caseCloseReasons) }),
      answers: Done,
      async run({ params: { case: id }, body: { reason }, caller: { actor } }) {
        if (!isId('case', id)) return refused('not-found')
        const outcome = await cases.close(id, { reason, actor })
        return outcome === 'absent' ? refused('not-found') : done({ done: outcome === 'done' })
      },
    }),
  ]
}
