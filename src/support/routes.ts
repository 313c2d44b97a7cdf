/**
 * The addresses of help: pages that everybody reads, and the form. Nobody is asked who they are; the explanations need no
 * database, so that they answer while it is away.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { failureOf } from '../http/failures.ts'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import type { Clock } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import { entryOf, GarantError } from '../kernel/errors.ts'
import { isId, newId } from '../kernel/ids.ts'
import { type AskView, askPage, type Obstacle, sentPage, type Typed } from './ask-pages.ts'
import {
  audiencePage,
  errorHelpPage,
  errorOf,
  errorsPage,
  type HelpFrame,
  helpPage,
  helpPaths,
  mandatesPage,
} from './help-pages.ts'
import type { AskProblem, Support } from './support.ts'
import { isAudience, isSituation, mostReference } from './vocabulary.ts'

export interface HelpRoutesOptions extends HelpFrame {
  web: Web
  requests: Pick<Support, 'ask'>
  clock: Clock
  verifiers: Verifiers
  keptDays: number
  timeZone: string
}

export function mountHelp(options: HelpRoutesOptions): void {
  const { web, requests, clock, verifiers, keptDays, timeZone, support } = options
  const { app } = web
  const access = { config: { access: 'public' } } as const
  const frame: HelpFrame = support === undefined ? {} : { support }

  app.get(helpPaths.help, access, (request, reply) => web.page(request, reply, helpPage(frame, web.contextOf(request))))

  app.get(helpPaths.mandates, access, (request, reply) =>
    web.page(request, reply, mandatesPage(web.contextOf(request))),
  )

  app.get('/help/:audience', access, (request, reply) => {
    const { audience } = request.params as { audience: string }
    if (!isAudience(audience)) throw new GarantError('not_found')
    return web.page(request, reply, audiencePage(audience, web.contextOf(request)))
  })

  app.get(helpPaths.errors, access, (request, reply) => {
    const asked = textIn(request.query, 'code')
    const found = errorOf(asked)
    if (found) return reply.redirect(helpPaths.error(entryOf(found).code), 303)
    return web.page(request, reply, errorsPage(asked === '' ? {} : { asked }, web.contextOf(request)))
  })

  app.get('/help/errors/:code', access, (request, reply) => {
    const { code } = request.params as { code: string }
    const found = /^g\d{4}$/i.test(code) ? errorOf(code) : undefined
    if (!found) throw new GarantError('not_found')
    return web.page(request, reply, errorHelpPage(found, web.contextOf(request)))
  })

  // --- The form ------------------------------------------------------------------------------------------------------

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    view: Pick<AskView, 'typed'> & { id?: string; problems?: readonly AskProblem[]; obstacle?: Obstacle },
  ): FastifyReply {
    const { id = newId('supportRequest'), typed, problems = [], obstacle } = view
    const verifier = verifiers.make('support/ask', id)
    const whole = { id, verifier, typed, problems, keptDays, timeZone, ...(obstacle ? { obstacle } : {}) }
    if (obstacle && 'until' in obstacle) {
      // RFC 9110 section 10.2.3.
      reply.header('retry-after', String(Math.ceil((obstacle.until - clock.now()) / second)))
    }
    return web.page(request, reply, askPage(whole, web.contextOf(request)))
  }

  app.get(helpPaths.ask, access, (request, reply) => {
    const [audience, situation] = [textIn(request.query, 'audience'), textIn(request.query, 'situation')]
    const typed: Typed = {
      audience: isAudience(audience) ? audience : '',
      situation: isSituation(situation) ? situation : '',
      reference: textIn(request.query, 'reference').slice(0, mostReference),
      text: '',
      address: '',
      language: web.contextOf(request).language,
    }
    return show(request, reply, { typed })
  })

  app.post(helpPaths.ask, access, async (request, reply) => {
    const { body } = request
    const id = textIn(body, 'id')
    const typed: Typed = {
      audience: textIn(body, 'audience'),
      situation: textIn(body, 'situation'),
      reference: textIn(body, 'reference'),
      text: textIn(body, 'text'),
      address: textIn(body, 'address'),
      language: textIn(body, 'language'),
    }
    if (!isId('supportRequest', id) || !verifiers.check(textIn(body, 'verifier'), 'support/ask', id)) {
      throw new GarantError('form_foreign')
    }
    const solution = textIn(body, 'solution')
    const proof = solution === '' ? {} : { proof: { challenge: textIn(body, 'challenge'), solution } }
    const { address: from } = web.contextOf(request)
    try {
      const outcome = await requests.ask({ ...typed, id, from, ...proof })
      switch (outcome.kind) {
        case 'received':
          return reply.redirect(sentAddress(outcome.number, 'first'), 303)
        case 'known':
          if (outcome.same) return reply.redirect(sentAddress(outcome.number, 'again'), 303)
          return show(request, reply, { typed, obstacle: { kind: 'other_text', number: outcome.number } })
        case 'invalid':
          return show(request, reply, { id, typed, problems: outcome.problems })
        case 'task': {
          const { work, failed, retryAfterSeconds } = outcome
          return show(request, reply, {
            id,
            typed,
            obstacle: { kind: 'task', work, failed, until: clock.now() + retryAfterSeconds * second },
          })
        }
        case 'too_many':
          return show(request, reply, {
            id,
            typed,
            obstacle: { kind: 'too_many', until: clock.now() + outcome.retryAfterSeconds * second },
          })
      }
    } catch (error) {
      // An error page would lose a text that somebody took trouble over.
      if (failureOf(error) !== 'database_unavailable') throw error
      return show(request, reply, { id, typed, obstacle: { kind: 'unavailable' } })
    }
  })

  const proofOf = (number: string, how: string) => verifiers.make('support/sent', number, how)
  const sentAddress = (number: string, how: 'first' | 'again') =>
    `${helpPaths.sent}?${new URLSearchParams({ number, how, proof: proofOf(number, how) })}`

  app.get(helpPaths.sent, access, (request, reply) => {
    const [number, how] = [textIn(request.query, 'number'), textIn(request.query, 'how')]
    // Only what this hub wrote is shown: nobody makes a page of it that says what they like.
    if (!verifiers.check(textIn(request.query, 'proof'), 'support/sent', number, how)) {
      throw new GarantError('not_found')
    }
    const here = sentAddress(number, how === 'again' ? 'again' : 'first')
    return web.page(
      request,
      reply,
      sentPage({ ...frame, number, again: how === 'again', here }, web.contextOf(request)),
    )
  })
}

function textIn(fields: unknown, name: string): string {
  const value = ((fields ?? {}) as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}
