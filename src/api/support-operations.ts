/**
 * Requests for help, for the programs of those who answer them. Each reading is a fact. The address of who wrote does not
 * leave the hub this way: an answer finds it.
 */
import { z } from 'zod'
import { isId, newId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import type { AnswerProblem, ChangeOutcome, RequestLine, Support, SupportRequest } from '../support/support.ts'
import { audiences, closeReasons, mostAnswer, mostReference, situations } from '../support/vocabulary.ts'
import { type Answer, done, type Operation, operation, refused } from './operations.ts'
import { Author, authorOf, Done, Instant_, instantIf, instantOf, Page, pageOf } from './shapes.ts'

export interface SupportOperationsOptions {
  support: Pick<Support, 'list' | 'search' | 'read' | 'answer' | 'close' | 'reopen'>
}

const LineShape = z.strictObject({
  request: z.string(),
  number: z.string().meta({ description: 'As the person was told it.' }),
  state: z.enum(['open', 'closed']),
  audience: z.enum(audiences),
  situation: z.enum(situations),
  language: z.enum(languages).meta({ description: 'In which an answer is wanted.' }),
  receivedAt: Instant_,
  changedAt: Instant_,
  answers: z.int(),
})

const RequestShape = LineShape.extend({
  text: z.string(),
  reference: z.string().optional().meta({ description: 'The code that was quoted, as it was typed.' }),
  answerable: z.boolean().meta({ description: 'Whether an address was given.' }),
  given: z.array(
    z.strictObject({
      answer: z.string(),
      text: z.string(),
      by: Author,
      at: Instant_,
      sentAt: Instant_.optional(),
      failedAt: Instant_.optional(),
    }),
  ),
  closedBy: Author.optional(),
  closeReason: z.enum(closeReasons).optional(),
})

const lineOf = (one: RequestLine): z.output<typeof LineShape> => ({
  request: one.id,
  number: one.number,
  state: one.state,
  audience: one.audience,
  situation: one.situation,
  language: one.language,
  receivedAt: instantOf(one.receivedAt),
  changedAt: instantOf(one.changedAt),
  answers: one.answers,
})

const requestOf = (one: SupportRequest): z.output<typeof RequestShape> => ({
  ...lineOf(one),
  text: one.text,
  ...(one.reference === undefined ? {} : { reference: one.reference }),
  answerable: one.address !== undefined,
  given: one.answersGiven.map(({ id, text, by, at, sentAt, failedAt }) => ({
    answer: id,
    text,
    by: authorOf(by),
    at: instantOf(at),
    ...instantIf('sentAt', sentAt),
    ...instantIf('failedAt', failedAt),
  })),
  ...(one.closedBy ? { closedBy: authorOf(one.closedBy) } : {}),
  ...(one.closeReason ? { closeReason: one.closeReason } : {}),
})

const problems: Record<AnswerProblem, string> = {
  text_missing: 'is empty',
  text_long: `must have at most ${mostAnswer} characters`,
  text_link: 'must hold no link: messages of the hub are known by that',
}

const InRequest = z.strictObject({ request: z.string() })

function changed(outcome: ChangeOutcome): Answer<z.output<typeof Done>> {
  if (outcome === 'unknown') return refused('not-found')
  return outcome === 'conflict' ? refused('overtaken') : done({ done: outcome === 'done' })
}

export function supportOperations({ support }: SupportOperationsOptions): Operation[] {
  return [
    operation({
      id: 'listSupportRequests',
      method: 'GET',
      path: '/support/requests',
      tag: 'Support',
      scope: 'support:read',
      summary: 'Requests for help: open ones from the oldest on, closed ones from the last on',
      query: z.strictObject({ ...Page, state: z.enum(['open', 'closed']).default('open') }),
      answers: pageOf(LineShape),
      async run({ query: { state, cursor, limit } }) {
        const page = await support.list({ state, limit, ...(cursor === undefined ? {} : { after: cursor }) })
        return done({ items: page.requests.map(lineOf), ...(page.next === undefined ? {} : { next: page.next }) })
      },
    }),
    operation({
      id: 'searchSupportRequests',
      method: 'POST',
      path: '/support/requests/search',
      tag: 'Support',
      scope: 'support:read',
      summary: 'Requests of exactly this number, or in which exactly this code was quoted',
      body: z.strictObject({ code: z.string().min(1).max(mostReference) }),
      answers: z.strictObject({ items: z.array(LineShape) }),
      async run({ body: { code } }) {
        return done({ items: (await support.search(code)).map(lineOf) })
      },
    }),
    operation({
      id: 'getSupportRequest',
      method: 'GET',
      path: '/support/requests/{request}',
      tag: 'Support',
      scope: 'support:read',
      summary: 'One of them, with what was written',
      params: InRequest,
      answers: RequestShape,
      tagged: true,
      async run({ params: { request }, caller: { actor } }) {
        const found = isId('supportRequest', request) ? await support.read(request, actor) : undefined
        return found ? done(requestOf(found.request), { etag: found.request.version }) : refused('not-found')
      },
    }),
    operation({
      id: 'answerSupportRequest',
      method: 'POST',
      path: '/support/requests/{request}/answer',
      tag: 'Support',
      scope: 'support:write',
      summary: 'Answer by mail, in the language that was wanted',
      description: 'The salutation and the number of the request are added.',
      params: InRequest,
      body: z.strictObject({ text: z.string() }),
      conditional: 'required',
      answers: Done,
      problems: ['conflict'],
      async run({ params: { request }, body: { text }, seen = 0, caller: { actor } }) {
        if (!isId('supportRequest', request)) return refused('not-found')
        const outcome = await support.answer(request, { answer: newId('supportAnswer'), text, seen, actor })
        switch (outcome.kind) {
          case 'done':
          case 'again':
            return done({ done: outcome.kind === 'done' })
          case 'invalid':
            return refused('content-invalid', {
              errors: outcome.problems.map((one) => ({ pointer: '/text', detail: problems[one], code: one })),
            })
          case 'unknown':
            return refused('not-found')
          case 'conflict':
            return refused('overtaken')
          case 'closed':
            return refused('conflict', { detail: 'It is closed: open it again first.' })
          case 'no_address':
            return refused('conflict', { detail: 'No address was given.' })
        }
      },
    }),
    operation({
      id: 'closeSupportRequest',
      method: 'POST',
      path: '/support/requests/{request}/close',
      tag: 'Support',
      scope: 'support:write',
      summary: 'Close a request',
      params: InRequest,
      body: z.strictObject({ reason: z.enum(closeReasons) }),
      conditional: 'required',
      answers: Done,
      async run({ params: { request }, body: { reason }, seen = 0, caller: { actor } }) {
        if (!isId('supportRequest', request)) return refused('not-found')
        return changed(await support.close(request, { reason, seen, actor }))
      },
    }),
    operation({
      id: 'reopenSupportRequest',
      method: 'POST',
      path: '/support/requests/{request}/reopen',
      tag: 'Support',
      scope: 'support:write',
      summary: 'Open a closed request again',
      params: InRequest,
      conditional: 'required',
      answers: Done,
      async run({ params: { request }, seen = 0, caller: { actor } }) {
        if (!isId('supportRequest', request)) return refused('not-found')
        return changed(await support.reopen(request, { seen, actor }))
      },
    }),
  ]
}
