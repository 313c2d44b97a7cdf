/**
 * The pages of a ceremony, step by step, wherever it leads: towards a service, or before somebody changes their own
 * means. A step that lasts longer than one request rests in the state store, so that no name of a ceremony is in a
 * browser's history and a page can be read again, in another language or after a reload.
 */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access, Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { isId, type MeansId } from '../kernel/ids.ts'
import { assessFactors, type Factor } from '../policy/factors.ts'
import type { Storage } from '../storage/storage.ts'
import { betweenCodes } from './contact-codes.ts'
import type {
  Authenticated,
  AutomationProof,
  BeginSignIn,
  Means,
  MeansKind,
  SecondFactor,
  SecondFactorChoice,
  SignInAnswer,
  WorkChallenge,
} from './means.ts'
import {
  type Fault,
  type Frame,
  passwordPage,
  type SecondFactorView,
  secondFactorPage,
  secondMissingPage,
  signInPage,
} from './pages-sign-in.ts'

/** Where a ceremony belongs, and where it leads. */
export interface Way extends Omit<Frame, 'verifier'> {
  /** Under which the present step rests: as hard to guess as what the ceremony belongs to. */
  key: string
  /** Binds the ceremony to this browser. */
  browser: string
  expiresAt: Instant
  required: Level
  secondFactor: BeginSignIn['secondFactor']
  /** Kinds of means that may be used, the passkey of one press among them. */
  accepts: readonly MeansKind[]
  /** Where the browser goes when somebody was authenticated. */
  done(authenticated: Authenticated): Promise<string>
}

export interface CeremonyOptions {
  web: Web
  means: Means
  storage: Storage
  clock: Clock
  verifiers: Verifiers
  /** R062: the password has a page of its own, which makes the browser work. */
  automationCheck: boolean
}

/** What rests between two requests. `over`: somebody was authenticated a moment ago, by a click before this one. */
type Step =
  | {
      at: 'second'
      ceremony: string
      choices: SecondFactorChoice[]
      /** Where the last code went. */
      sent?: { means: MeansId; at: Instant }
    }
  | { at: 'over'; url: string }

type Second = Extract<Step, { at: 'second' }>

/** A second click within this time is led on like the first: a browser drops the answer of a click that another follows. */
const secondClick = minute

const kindOfChoice = {
  passkey: 'passkey',
  totp: 'totp',
  sms_code: 'sms_code',
  mail_code: 'mail_code',
  recovery_code: 'recovery_codes',
} as const satisfies Record<SecondFactorChoice['kind'], MeansKind>

/** As policy weighs them beside a password. A mailbox is only offered where R055 lets it count. */
const factorOfChoice: Record<SecondFactorChoice['kind'], Factor> = {
  passkey: { kind: 'passkey_verified' },
  totp: { kind: 'totp' },
  sms_code: { kind: 'sms_otp' },
  mail_code: { kind: 'mail_otp', resetsPassword: false, secured: true },
  recovery_code: { kind: 'recovery_code' },
}

/** Does a password and this reach what is asked? What the identity behind it is worth is for the login to judge. */
export function isEnough({ kind }: SecondFactorChoice, required: Level): boolean {
  const { level } = assessFactors([{ kind: 'password' }, factorOfChoice[kind]])
  return level !== undefined && atLeast(level, required)
}

type Answered = { answered: FastifyReply }

export function mountCeremony(
  options: CeremonyOptions & {
    /** Pattern of the address of the first page. */
    route: string
    access: Access
    /** The way of this request, or the answer to a request that has none. */
    wayOf: (request: FastifyRequest, reply: FastifyReply) => Promise<Way | Answered>
  },
): void {
  const { web, means, storage, clock, verifiers, automationCheck, route, access, wayOf } = options
  const { ceremonies } = means
  const { state } = storage
  const stepKind = 'means.step'
  const verifierOf = (way: Way) => verifiers.make('means/ceremony', way.key)
  const frameOf = (way: Way): Frame => {
    const { base, purpose, ways } = way
    return { base, purpose, ways, verifier: verifierOf(way) }
  }

  async function stepOf({ key }: Way): Promise<Step | undefined> {
    const [found] = await state.getMany([{ kind: stepKind, key }])
    return found?.value as Step | undefined
  }
  const keep = ({ key, expiresAt }: Way, value: Step, lifetime?: number) =>
    state.write({
      put: [{ kind: stepKind, key, value, expiresAt: lifetime === undefined ? expiresAt : clock.now() + lifetime }],
    })
  const forget = ({ key }: Way) => state.write({ remove: [{ kind: stepKind, key }] })

  // --- What is shown -------------------------------------------------------------------------------------------------

  async function first(
    request: FastifyRequest,
    reply: FastifyReply,
    way: Way,
    fault?: Fault,
    identifier = '',
  ): Promise<FastifyReply> {
    const { browser, accepts } = way
    const passkey = accepts.includes('passkey') ? await ceremonies.beginPasskey({ browser }) : undefined
    const view = {
      ...frameOf(way),
      password: accepts.includes('password'),
      identifierFirst: automationCheck,
      identifier: identifier.slice(0, 320),
      ...(passkey ? { passkey } : {}),
      ...(fault ? { fault } : {}),
    }
    return web.page(request, retryAfter(reply, fault), signInPage(view, web.contextOf(request)))
  }

  function askPassword(
    request: FastifyRequest,
    reply: FastifyReply,
    way: Way,
    step: { ceremony: string; identifier: string; work?: WorkChallenge; fault?: Fault },
  ): FastifyReply {
    const view = { ...frameOf(way), ...step }
    return web.page(request, retryAfter(reply, step.fault), passwordPage(view, web.contextOf(request)))
  }

  async function askSecond(
    request: FastifyRequest,
    reply: FastifyReply,
    way: Way,
    step: Second,
    more: Pick<SecondFactorView, 'fault' | 'sent'> = {},
  ): Promise<FastifyReply> {
    const { ceremony, choices, sent } = step
    const options = choices.some(({ kind }) => kind === 'passkey')
      ? await ceremonies.passkeyOptions({ ceremony, browser: way.browser })
      : undefined
    const view = {
      ...frameOf(way),
      choices: choices.map((choice) => ({ choice, enough: isEnough(choice, way.required) })),
      ...(options ? { options } : {}),
      ...(sent ? { sent: { means: sent.means, outcome: 'sent' as const, arrived: true } } : {}),
      ...more,
    }
    return web.page(request, retryAfter(reply, more.fault), secondFactorPage(view, web.contextOf(request)))
  }

  /** RFC 9110 section 10.2.3. */
  function retryAfter(reply: FastifyReply, fault: Fault | undefined): FastifyReply {
    return fault?.retryAfterSeconds === undefined ? reply : reply.header('retry-after', String(fault.retryAfterSeconds))
  }

  // --- What an answer leads to ---------------------------------------------------------------------------------------

  async function follow(
    request: FastifyRequest,
    reply: FastifyReply,
    way: Way,
    answer: SignInAnswer,
    refused: (answer: Extract<SignInAnswer, { kind: 'refused' }>) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    switch (answer.kind) {
      case 'authenticated':
        return finish(request, reply, way, answer.authenticated)
      case 'second_factor': {
        const choices = answer.choices.filter(({ kind }) => way.accepts.includes(kindOfChoice[kind]))
        if (choices.length === 0)
          return web.page(request, reply, secondMissingPage(frameOf(way), web.contextOf(request)))
        await keep(way, { at: 'second', ceremony: answer.ceremony, choices })
        return reply.redirect(`${way.base}/second`, 303)
      }
      case 'second_factor_missing':
        return web.page(request, reply, secondMissingPage(frameOf(way), web.contextOf(request)))
      case 'refused':
        return refused(answer)
      case 'gone':
        return gone(request, reply, way)
    }
  }

  async function finish(
    request: FastifyRequest,
    reply: FastifyReply,
    way: Way,
    authenticated: Authenticated,
  ): Promise<FastifyReply> {
    await forget(way)
    const url = await way.done(authenticated)
    await keep(way, { at: 'over', url }, secondClick)
    return web.depart(request, reply, url)
  }

  /** Over, unless it ended well a moment ago: then it is the same click once more. */
  async function gone(request: FastifyRequest, reply: FastifyReply, way: Way): Promise<FastifyReply> {
    const step = await stepOf(way)
    if (step?.at === 'over') return web.depart(request, reply, step.url)
    return first(request, reply, way, { kind: 'gone' })
  }

  const faultIn = (kind: Fault['kind'], { retryAfterSeconds }: { retryAfterSeconds?: number }): Fault => ({
    kind,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })

  // --- What is sent --------------------------------------------------------------------------------------------------

  const perform = {
    async password(request: FastifyRequest, reply: FastifyReply, way: Way, body: Body): Promise<FastifyReply> {
      if (!way.accepts.includes('password')) return first(request, reply, way, { kind: 'not_accepted' })
      const { browser, secondFactor } = way
      const identifier = textIn(body, 'identifier')
      const given = textIn(body, 'ceremony')
      const begun = given ? undefined : await ceremonies.begin({ identifier, browser, secondFactor })
      if (begun?.automation) {
        return askPassword(request, reply, way, { ceremony: begun.ceremony, identifier, work: begun.automation })
      }
      const ceremony = begun?.ceremony ?? given
      const automation = given ? { automation: automationIn(body) } : {}
      const password = textIn(body, 'password')
      const answer = await ceremonies.password({ ceremony, browser, password, ...automation })
      return follow(request, reply, way, answer, async (refused) => {
        const fault = faultIn('wrong', refused)
        return refused.automation && refused.ceremony
          ? askPassword(request, reply, way, {
              ceremony: refused.ceremony,
              identifier,
              work: refused.automation,
              fault,
            })
          : first(request, reply, way, fault, identifier)
      })
    },

    /** For whoever cannot have the browser work: a code by mail. */
    async check(request: FastifyRequest, reply: FastifyReply, way: Way, body: Body): Promise<FastifyReply> {
      const [ceremony, identifier] = [textIn(body, 'ceremony'), textIn(body, 'identifier')]
      const { language } = web.contextOf(request)
      await ceremonies.mailAutomationCode({ ceremony, browser: way.browser, language })
      return askPassword(request, reply, way, { ceremony, identifier })
    },

    async passkey(request: FastifyRequest, reply: FastifyReply, way: Way, body: Body): Promise<FastifyReply> {
      if (!way.accepts.includes('passkey')) return first(request, reply, way, { kind: 'not_accepted' })
      const response = responseIn(body)
      if (!response) return first(request, reply, way, { kind: 'no_script' })
      const answer = await ceremonies.passkey({ ceremony: textIn(body, 'ceremony'), browser: way.browser, response })
      return follow(request, reply, way, answer, (refused) => first(request, reply, way, faultIn('passkey', refused)))
    },

    async send(request: FastifyRequest, reply: FastifyReply, way: Way, body: Body): Promise<FastifyReply> {
      const step = await stepOf(way)
      if (step?.at !== 'second') return gone(request, reply, way)
      const wanted = textIn(body, 'means')
      const choice = step.choices.find((one) => 'means' in one && one.means === wanted)
      if (!choice || !('means' in choice) || !isEnough(choice, way.required)) {
        return askSecond(request, reply, way, step, { fault: { kind: 'not_accepted' } })
      }
      const { means: to } = choice
      const before = step.sent?.means === to ? step.sent : undefined
      if (before && clock.now() - before.at < betweenCodes) {
        return askSecond(request, reply, way, step, { sent: { means: to, outcome: 'too_soon', arrived: true } })
      }
      const { language } = web.contextOf(request)
      const outcome = await ceremonies.sendCode({ ceremony: step.ceremony, browser: way.browser, means: to, language })
      if (outcome === 'gone') return gone(request, reply, way)
      if (outcome !== 'sent') {
        const sent = { means: to, outcome, arrived: before !== undefined }
        return askSecond(request, reply, way, step, { sent })
      }
      await keep(way, { ...step, sent: { means: to, at: clock.now() } })
      return reply.redirect(`${way.base}/second`, 303)
    },

    async second(request: FastifyRequest, reply: FastifyReply, way: Way, body: Body): Promise<FastifyReply> {
      const step = await stepOf(way)
      if (step?.at !== 'second') return gone(request, reply, way)
      const kind = textIn(body, 'kind')
      const answer = secondFactorIn(body)
      if (kind === 'passkey' && !answer) return askSecond(request, reply, way, step, { fault: { kind: 'no_script' } })
      const choice = answer && choiceFor(answer, step.choices)
      if (!answer || !choice || !isEnough(choice, way.required)) {
        return askSecond(request, reply, way, step, { fault: { kind: 'not_accepted' } })
      }
      const { ceremony } = step
      const outcome = await ceremonies.secondFactor({ ceremony, browser: way.browser, answer })
      return follow(request, reply, way, outcome, async (refused) => {
        const fault = faultIn(answer.kind === 'passkey' ? 'passkey' : 'wrong_code', refused)
        if (!refused.ceremony) return first(request, reply, way, fault)
        const next = { ...step, ceremony: refused.ceremony }
        await keep(way, next)
        return askSecond(request, reply, way, next, { fault })
      })
    },
  }

  // --- Routes --------------------------------------------------------------------------------------------------------

  const config = { config: { access } } as const

  web.app.get(route, config, async (request, reply) => {
    const way = await wayOf(request, reply)
    return 'answered' in way ? way.answered : first(request, reply, way)
  })

  web.app.get(`${route}/second`, config, async (request, reply) => {
    const way = await wayOf(request, reply)
    if ('answered' in way) return way.answered
    const step = await stepOf(way)
    return step?.at === 'second' ? askSecond(request, reply, way, step) : gone(request, reply, way)
  })

  for (const act of Object.keys(perform) as (keyof typeof perform)[]) {
    web.app.post(`${route}/${act}`, config, async (request, reply) => {
      const way = await wayOf(request, reply)
      if ('answered' in way) return way.answered
      const body = (request.body ?? {}) as Body
      return verifiers.check(body.verifier, 'means/ceremony', way.key)
        ? perform[act](request, reply, way, body)
        : web.error(request, reply, { error: 'form_foreign' })
    })
  }
  // Reloaded, or opened by hand: the page that these are sent from.
  for (const act of ['password', 'check', 'passkey', 'send'] as const) {
    web.app.get(`${route}/${act}`, config, async (request, reply) => {
      const way = await wayOf(request, reply)
      return 'answered' in way ? way.answered : reply.redirect(way.base, 303)
    })
  }
}

export type Body = Record<string, unknown>

export function textIn(body: Body, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}

/** What the browser wrote into the form. Only its being an object is judged here; the rest is for who verifies it. */
export function responseIn<T = AuthenticationResponseJSON>(body: Body): T | undefined {
  try {
    const value: unknown = JSON.parse(textIn(body, 'response'))
    return typeof value === 'object' && value !== null ? (value as T) : undefined
  } catch {
    return undefined
  }
}

function automationIn(body: Body): AutomationProof {
  const code = textIn(body, 'check')
  if (code) return { kind: 'mailed', code }
  return { kind: 'work', challenge: textIn(body, 'challenge'), solution: textIn(body, 'solution') }
}

function secondFactorIn(body: Body): SecondFactor | undefined {
  const code = textIn(body, 'code')
  const means = textIn(body, 'means')
  switch (textIn(body, 'kind')) {
    case 'totp':
      return { kind: 'totp', code }
    case 'recovery_code':
      return { kind: 'recovery_code', code }
    case 'sent_code':
      return isId('means', means) ? { kind: 'sent_code', means, code } : undefined
    case 'passkey': {
      const response = responseIn(body)
      return response && { kind: 'passkey', response }
    }
    default:
      return undefined
  }
}

/** The choice that was offered and that this answers: nothing else is accepted. */
function choiceFor(answer: SecondFactor, choices: readonly SecondFactorChoice[]): SecondFactorChoice | undefined {
  return choices.find((choice) =>
    answer.kind === 'sent_code' ? 'hint' in choice && choice.means === answer.means : choice.kind === answer.kind,
  )
}
