/**
 * A report from somebody who cannot, or will not, sign in: small steps that work without script, one address each, so
 * that going back, another language and a slow network lose nothing. What was typed waits sealed for this browser alone
 * (`report-draft.ts`); sending it is `cases.openByForm`, whose answer is the same whoever is known here.
 *
 * A second click is the first one again: of two at once one sends, and the other waits for what came of it.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { failureOf } from '../http/failures.ts'
import { day } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { ServiceId } from '../kernel/ids.ts'
import { type Body, textIn } from '../means/routes-sign-in.ts'
import { parseAddress } from '../people/address.ts'
import {
  birthdateOf,
  codesIn,
  createDrafts,
  dayIn,
  faultsIn,
  nextStep,
  type ReportStep,
  type ReportTyped,
  reportSteps,
  typedIn,
} from './report-draft.ts'
import {
  type FollowFault,
  followedPage,
  followPage,
  goneSentPage,
  printPage,
  type ReportObstacle,
  reportPaths,
  type StepView,
  sentPage,
  startNotices,
  startPage,
  stepPage,
} from './report-pages.ts'
import type { SpacePages } from './visit.ts'

export function mountReport(pages: SpacePages): void {
  const { web, cases, storage, clock, partners, timeZone, name } = pages
  const { app, cookies } = web
  const access = { config: { access: 'public' } } as const
  const drafts = createDrafts({ state: storage.state, clock })
  const sending = new Map<string, Promise<void>>()
  const place = `${new URL(pages.issuer).host}${reportPaths.follow}`

  const idIn = (request: FastifyRequest) => {
    const id = cookies.read(request, 'report')
    return id !== undefined && /^[\w-]{22}$/.test(id) ? id : undefined
  }

  /** Adds to the answers so far. An id under which there are none is not taken from a browser. */
  async function keep(request: FastifyRequest, reply: FastifyReply, answers: ReportTyped): Promise<ReportTyped> {
    const before = idIn(request)
    const held = await drafts.read(before)
    const typed = { ...held, ...answers }
    const id = await drafts.write(held && before, typed)
    if (id !== before) cookies.set(reply, 'report', id)
    return typed
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    view: Pick<StepView, 'step' | 'typed' | 'fromCheck'> & Partial<StepView>,
  ): FastifyReply {
    return web.page(request, reply, stepPage({ faults: {}, ...view }, web.contextOf(request)))
  }

  app.get(reportPaths.start, access, async (request, reply) => {
    const asked = (request.query as { notice?: unknown }).notice
    const notice = startNotices.find((one) => one === asked)
    const begun = (await drafts.read(idIn(request))) !== undefined
    return web.page(request, reply, startPage({ begun, ...(notice ? { notice } : {}) }, web.contextOf(request)))
  })

  app.post(reportPaths.leave, access, async (request, reply) => {
    const id = idIn(request)
    if (id) await drafts.forget(id)
    cookies.clear(reply, 'report')
    return reply.redirect(`${reportPaths.start}?notice=left`, 303)
  })

  // --- The steps -----------------------------------------------------------------------------------------------------

  const stepIn = ({ params }: FastifyRequest): ReportStep => {
    const step = reportSteps.find((one) => one === (params as { step: string }).step)
    if (!step) throw new GarantError('not_found')
    return step
  }
  const isFromCheck = (fields: unknown) => ((fields ?? {}) as Record<string, unknown>).back === 'check'

  app.get(reportPaths.step(':step'), access, async (request, reply) => {
    const step = stepIn(request)
    const typed = await drafts.read(idIn(request))
    // Only the first step needs nothing that came before.
    if (!typed && step !== 'what') return reply.redirect(`${reportPaths.start}?notice=lost`, 303)
    const missing = nextStep(typed ?? {}, clock.now())
    if (step === 'check' && missing !== 'check') return reply.redirect(reportPaths.step(missing), 303)
    return show(request, reply, { step, typed: typed ?? {}, fromCheck: isFromCheck(request.query) })
  })

  app.post(reportPaths.step(':step'), access, async (request, reply) => {
    const step = stepIn(request)
    if (step === 'check') return send(request, reply)
    const body = (request.body ?? {}) as Record<string, unknown>
    const fromCheck = isFromCheck(body)
    const answers = typedIn(step, body)
    const faults = faultsIn(step, answers, clock.now())
    if (Object.keys(faults).length > 0) return show(request, reply, { step, typed: answers, faults, fromCheck })
    try {
      const typed = await keep(request, reply, answers)
      const next = reportSteps[reportSteps.indexOf(step) + 1] ?? 'check'
      // The others stand as they are: back to where all are read again, or to the first that lacks.
      return reply.redirect(reportPaths.step(fromCheck ? nextStep(typed, clock.now()) : next), 303)
    } catch (error) {
      if (failureOf(error) !== 'database_unavailable') throw error
      return show(request, reply, { step, typed: answers, fromCheck, obstacle: 'unavailable' })
    }
  })

  // --- Sending -------------------------------------------------------------------------------------------------------

  async function send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const id = idIn(request)
    if (id === undefined) return reply.redirect(`${reportPaths.start}?notice=lost`, 303)
    const typed = await drafts.read(id)
    if (!typed) {
      // The first click was quicker than this one.
      const isKnown = (await drafts.sent(id)) !== undefined
      return reply.redirect(isKnown ? reportPaths.sent : `${reportPaths.start}?notice=lost`, 303)
    }
    const missing = nextStep(typed, clock.now())
    if (missing !== 'check') return reply.redirect(reportPaths.step(missing), 303)
    try {
      await (sending.get(id) ?? begin(id, request))
    } catch (error) {
      const obstacle = obstacleOf(error)
      if (!obstacle) throw error
      return show(request, reply, { step: 'check', typed, fromCheck: false, obstacle })
    }
    return reply.redirect(reportPaths.sent, 303)
  }

  function begin(id: string, request: FastifyRequest): Promise<void> {
    const work = sendOnce(id, request).finally(() => sending.delete(id))
    sending.set(id, work)
    return work
  }

  async function sendOnce(id: string, request: FastifyRequest): Promise<void> {
    // Another process is at it.
    if (!(await drafts.lock(id))) return
    const typed = await drafts.read(id)
    // It was sent since it was read above.
    if (!typed) return drafts.unlock(id)
    const { language, address, t } = web.contextOf(request)
    const service = serviceNamed(typed.service)
    try {
      const { reference, key } = await cases.openByForm({
        codes: codesIn(typed.codes ?? '').codes,
        identity: { birthName: typed.name ?? '', birthdate: birthdateOf(typed) },
        ...contactIn(typed),
        about: { ...periodIn(typed), ...(service ? { service } : {}) },
        words: [t(`report.what.${typed.what}`), typed.service, typed.words].filter(Boolean).join('\n\n'),
        language,
        address,
      })
      await drafts.finish(id, { reference, key, at: clock.now() })
    } catch (error) {
      await drafts.unlock(id).catch(() => undefined)
      throw error
    }
  }

  /** The service that is called so in one of its languages; its name stays in the words in any case. */
  function serviceNamed(name = ''): ServiceId | undefined {
    const asked = plainName(name)
    const found = [...partners.registry().services.values()].find((one) =>
      Object.values(one.name).some((called) => plainName(called) === asked),
    )
    return asked === '' ? undefined : found?.id
  }

  for (const [path, draw] of [
    [reportPaths.sent, sentPage],
    [reportPaths.print, printPage],
  ] as const) {
    app.get(path, access, async (request, reply) => {
      const id = idIn(request)
      const sent = await drafts.sent(id)
      const context = web.contextOf(request)
      if (sent) return web.page(request, reply, draw({ sent, place, name, timeZone }, context))
      const isUnderWay = (await drafts.read(id)) !== undefined
      return web.page(request, reply, goneSentPage(isUnderWay, context))
    })
  }

  // --- Following -----------------------------------------------------------------------------------------------------

  app.get(reportPaths.follow, access, (request, reply) =>
    web.page(request, reply, followPage({ typed: { reference: '', key: '' } }, web.contextOf(request))),
  )

  app.post(reportPaths.follow, access, async (request, reply) => {
    const context = web.contextOf(request)
    const typedOf = (field: string) => textIn((request.body ?? {}) as Body, field).slice(0, longestTyped)
    const typed = { reference: typedOf('reference'), key: typedOf('key') }
    const refuse = (fault: FollowFault) => web.page(request, reply, followPage({ typed, fault }, context))
    const [code] = codesIn(typed.reference).codes
    const [secret] = codesIn(typed.key).codes
    if (!code || !secret) return refuse('malformed')
    if (!(await cases.mayTry(context.address))) return refuse('too_many')
    const found = await cases.follow(code, secret)
    if (!found) return refuse('unknown')
    return web.page(request, reply, followedPage({ reference: code, ...found, timeZone }, context))
  })
}

/** Of what is shown again. */
const longestTyped = 60

function obstacleOf(error: unknown): ReportObstacle | undefined {
  if (error instanceof GarantError && error.error === 'too_many_requests') return 'too_many'
  return failureOf(error) === 'database_unavailable' ? 'unavailable' : undefined
}

function contactIn({ contact = '' }: ReportTyped): { contact?: string } {
  const parsed = contact === '' ? undefined : parseAddress(contact)
  return parsed === undefined ? {} : { contact: parsed }
}

/** However it was typed. */
const plainName = (name: string) => name.normalize('NFKC').trim().toLowerCase()

/** Days as they were typed, with both ends: where the person was is not known. */
function periodIn({ from = '', until = '' }: ReportTyped) {
  const [begins, ends] = [dayIn(from), dayIn(until)]
  return {
    ...(begins === undefined ? {} : { from: begins }),
    ...(ends === undefined ? {} : { until: ends + day }),
  }
}
