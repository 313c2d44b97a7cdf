/**
 * The addresses by which somebody makes their first means with a code that an agent handed over. The code is typed into a
 * form and never part of an address that the hub leads to; from then on the browser is known by its own cookie.
 */
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import type { Clock } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { type EnrolmentId, isId, newSecret, type PersonId } from '../kernel/ids.ts'
import type { People } from '../people/people.ts'
import type { Storage } from '../storage/storage.ts'
import { ActivationOver } from './activation.ts'
import type { Means, MeansKind } from './means.ts'
import {
  activateAppPage,
  activatePasskeyPage,
  activatePasswordPage,
  activationPage,
  activationPath,
  activationWays,
  beginAppPage,
  choosePage,
} from './pages-activation.ts'
import { donePage } from './pages-sign-in.ts'
import { type Body, responseIn, textIn } from './routes-sign-in.ts'

const secretShownFor = 10 * minute
const shownApp = 'means.activation-app'

interface ShownApp {
  person: PersonId
  uri: string
  secret: string
}

/** A request of the browser in which an activation goes on. */
interface Step {
  request: FastifyRequest
  reply: FastifyReply
  body: Body
  browser: string
  person: PersonId
  enrolment: EnrolmentId
  used: boolean
  present: MeansKind[]
}

export function mountActivation(options: {
  web: Web
  means: Means
  people: People
  storage: Storage
  clock: Clock
  verifiers: Verifiers
  /** Of the hub. */
  name: string
}): void {
  const { web, means, people, storage, clock, verifiers } = options
  const { app } = web
  const { state } = storage
  const { activations } = means
  const anybody = { config: { access: 'public' } } as const
  /** Only the browser in which a code was typed. */
  const inThere = { config: { access: 'flow' } } as const
  const verifierOf = ({ browser }: Pick<Step, 'browser'>) => verifiers.make('means/activation', browser)
  const contextOf = ({ request }: Pick<Step, 'request'>) => web.contextOf(request)

  // --- The code ------------------------------------------------------------------------------------------------------

  app.get(activationPath, anybody, (request, reply) => {
    const { code } = request.query as { code?: unknown }
    const view = { code: typeof code === 'string' ? code.slice(0, 40) : '' }
    return web.page(request, reply, activationPage(view, web.contextOf(request)))
  })

  app.post(activationPath, anybody, async (request, reply) => {
    const code = textIn((request.body ?? {}) as Body, 'code')
    const known = web.cookies.read(request, 'browser')
    const browser = known ?? newSecret()
    if (!(await activations.enter({ code, browser }))) {
      return web.page(
        request,
        reply,
        activationPage({ code: code.slice(0, 40), fault: 'wrong' }, web.contextOf(request)),
      )
    }
    if (!known) web.cookies.set(reply, 'browser', browser)
    return reply.redirect(`${activationPath}/choose`, 303)
  })

  // --- What is made by it --------------------------------------------------------------------------------------------

  function step(handle: (asked: Step) => Promise<FastifyReply>) {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const browser = web.cookies.read(request, 'browser') ?? ''
      const opened = browser ? await activations.open(browser) : undefined
      if (!opened) return over(request, reply)
      const body = (request.body ?? {}) as Body
      if (request.method === 'POST' && !verifiers.check(body.verifier, 'means/activation', browser)) {
        return web.error(request, reply, { error: 'form_foreign' })
      }
      const all = await means.of(storage.db, opened.person)
      const present = all.filter((one) => one.state === 'active' || one.state === 'suspended').map(({ kind }) => kind)
      try {
        return await handle({ request, reply, body, browser, ...opened, present })
      } catch (error) {
        if (error instanceof ActivationOver) return over(request, reply)
        throw error
      }
    }
  }
  const get = (path: string, handle: (asked: Step) => Promise<FastifyReply>) =>
    app.get(`${activationPath}/${path}`, inThere, step(handle))
  const post = (path: string, handle: (asked: Step) => Promise<FastifyReply>) =>
    app.post(`${activationPath}/${path}`, inThere, step(handle))

  const over = (request: FastifyRequest, reply: FastifyReply) =>
    web.page(request, reply, activationPage({ code: '', fault: 'over' }, web.contextOf(request)))
  const done = ({ reply }: Step, what: string) => reply.redirect(`${activationPath}/choose?done=${what}`, 303)

  get('choose', async (asked) => {
    const { request, reply, person, present, used } = asked
    const { done: given } = request.query as { done?: unknown }
    const what = activationWays.find((one) => one === given && present.includes(one))
    const view = {
      verifier: verifierOf(asked),
      name: await nameOf(person),
      identifiers: await means.enrolments.identifiersOf(storage.db, person),
      present,
      used,
      ...(what ? { done: what } : {}),
    }
    return web.page(request, reply, choosePage(view, contextOf(asked)))
  })

  /** As authenticators and code applications list the account. */
  async function nameOf(person: PersonId): Promise<string> {
    const identity = await people.identityOf(storage.db, person)
    if (!identity) return options.name
    const [given = ''] = identity.given_name.split(' ')
    return `${given} ${identity.family_name}`.trim()
  }

  const browserOf = ({ browser }: Step) => `activation ${browser}`

  async function askPasskey(asked: Step, fault?: 'gone' | 'not_verified' | 'already_known'): Promise<FastifyReply> {
    const { request, reply, person, enrolment } = asked
    const name = await nameOf(person)
    const begun = await means.passkeys.beginRegistration({
      person,
      enrolment,
      browser: browserOf(asked),
      accountName: name,
      displayName: name,
      label: '',
    })
    const view = { verifier: verifierOf(asked), ...begun, ...(fault ? { fault } : {}) }
    return web.page(request, reply, activatePasskeyPage(view, contextOf(asked)))
  }

  get('passkey', (asked) => askPasskey(asked))
  post('passkey', async (asked) => {
    const { body, browser, person } = asked
    const response = responseIn<RegistrationResponseJSON>(body)
    if (!response) return askPasskey(asked, 'not_verified')
    const made = await means.passkeys.finishRegistration(
      { ceremony: textIn(body, 'ceremony'), browser: browserOf(asked), response },
      async (tx, { person: whose }) => {
        // The ceremony may have begun with another code.
        if (whose !== person) throw new ActivationOver()
        await activations.use(tx, browser, person)
      },
    )
    if (!made.ok) return askPasskey(asked, made.reasons[0] ?? 'not_verified')
    return done(asked, 'passkey')
  })

  function askPassword(asked: Step, reasons: readonly string[] = []): FastifyReply {
    const view = { verifier: verifierOf(asked), reasons }
    return web.page(asked.request, asked.reply, activatePasswordPage(view, contextOf(asked)))
  }

  get('password', async (asked) => (asked.present.includes('password') ? done(asked, 'password') : askPassword(asked)))
  post('password', async (asked) => {
    const { body, browser, person, enrolment, present } = asked
    // A second click: the first one has set it.
    if (present.includes('password')) return done(asked, 'password')
    const set = await means.passwords.set(
      { person, enrolment, password: textIn(body, 'password'), by: { kind: 'first' } },
      (tx) => activations.use(tx, browser, person),
    )
    if (set.ok || set.reasons.includes('out_of_step')) return done(asked, 'password')
    return askPassword(asked, set.reasons)
  })

  get('totp', async (asked) =>
    asked.present.includes('password')
      ? web.page(asked.request, asked.reply, beginAppPage({ verifier: verifierOf(asked) }, contextOf(asked)))
      : done(asked, 'none'),
  )
  post('totp', async (asked) => {
    const { reply, browser, person, enrolment, present } = asked
    // By itself it opens nothing, so it comes second.
    if (!present.includes('password')) return done(asked, 'none')
    const accountName = await nameOf(person)
    const begun = await storage.transaction(async (tx) => {
      await activations.use(tx, browser, person)
      return means.totps.begin(tx, { person, enrolment, label: '', accountName })
    })
    const value: ShownApp = { person, uri: begun.uri, secret: begun.secret }
    await state.write({ put: [{ kind: shownApp, key: begun.means, value, expiresAt: clock.now() + secretShownFor }] })
    return reply.redirect(`${activationPath}/totp/${begun.means}`, 303)
  })

  async function askCode(asked: Step, fault: boolean): Promise<FastifyReply> {
    const { request, reply, person } = asked
    const { means: id } = request.params as { means?: unknown }
    const [found] = isId('means', id) ? await state.getMany([{ kind: shownApp, key: id }]) : []
    const shown = found?.value as ShownApp | undefined
    if (!isId('means', id) || shown?.person !== person) return done(asked, 'totp')
    const { uri, secret } = shown
    const view = { verifier: verifierOf(asked), here: `${activationPath}/totp/${id}`, uri, secret, fault }
    return web.page(request, reply, activateAppPage(view, contextOf(asked)))
  }

  get('totp/:means', (asked) => askCode(asked, false))
  post('totp/:means', async (asked) => {
    const { request, person, body } = asked
    const { means: id } = request.params as { means?: unknown }
    const outcome = isId('means', id) ? await means.totps.activate(person, id, textIn(body, 'code')) : 'unknown'
    if (outcome === 'wrong' || !isId('means', id)) return askCode(asked, true)
    await state.write({ remove: [{ kind: shownApp, key: id }] })
    return done(asked, 'totp')
  })

  post('finish', async (asked) => {
    await activations.close(asked.browser)
    return asked.reply.redirect(`${activationPath}/done`, 303)
  })

  app.get(`${activationPath}/done`, anybody, (request, reply) => {
    const { t } = web.contextOf(request)
    const page = donePage({ title: t('activate.end.title'), text: t('activate.end'), here: `${activationPath}/done` })
    return web.page(request, reply, page)
  })
}
