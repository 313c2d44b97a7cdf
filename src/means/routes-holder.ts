/**
 * The pages on which somebody looks after their own means: what they have, what they add, and what they stop, which they
 * may at any instant (R047). Who is signed in is handed in: sessions are not known here.
 */
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { atLeast, compareLevels, type Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { type EnrolmentId, isId, type LinkId, type MeansId, type PersonId, type SessionId } from '../kernel/ids.ts'
import { ownProvider } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import { freshFor } from '../policy/step-up.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { type ChangeDecision, decideChange, providerLevel, type SignIn } from './change.ts'
import {
  type Authenticated,
  type Identifier,
  type Means,
  type MeansKind,
  type MeansView,
  meansReasons,
} from './means.ts'
import {
  actPage,
  addMailboxPage,
  addPasskeyPage,
  addPasswordPage,
  addPhonePage,
  beginTotpPage,
  type HolderAct,
  holderActs,
  holderPage,
  holderPath,
  makeRecoveryCodesPage,
  pathOf,
  recoveryCodesPage,
  totpPage,
  verifyPhonePage,
} from './pages-holder.ts'
import { donePage } from './pages-sign-in.ts'
import { type Body, mountCeremony, responseIn, textIn } from './routes-sign-in.ts'

/** Whoever is signed in on this browser. */
export interface SignedIn {
  session: SessionId
  person: PersonId
  link: LinkId
  provider: string
  level: Level
  amr: string[]
  authTime: Instant
}

export interface HolderOptions {
  web: Web
  means: Means
  people: People
  storage: Storage
  clock: Clock
  verifiers: Verifiers
  automationCheck: boolean
  /** Name of the hub. */
  name: string
  /** IANA name of the zone in which pages write dates. */
  timeZone: string
  /** The live session of this browser; noted as a use of it. */
  signedIn: (request: FastifyRequest) => Promise<SignedIn | undefined>
}

const access = { config: { access: 'session' } } as const

/** What is shown once stays there for a reload and another language. */
const shownFor = 5 * minute
const secretShownFor = 10 * minute

const mayAdd: readonly MeansKind[] = ['passkey', 'totp', 'recovery_codes', 'password', 'sms_code', 'mail_code']

/** Takes the transaction of a new account back. */
class Refused extends Error {
  readonly reason: string
  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

interface Visit {
  who: SignedIn
  request: FastifyRequest
  reply: FastifyReply
  body: Body
}

export function mountHolder(options: HolderOptions): void {
  const { web, means, people, storage, clock, verifiers, name, timeZone, signedIn } = options
  const { app } = web
  const { state } = storage
  const verifierOf = ({ session }: SignedIn) => verifiers.make('means/holder', session)
  const contextOf = ({ request }: Visit) => web.contextOf(request)

  // --- Who asks ------------------------------------------------------------------------------------------------------

  function visit(handle: (visit: Visit) => Promise<FastifyReply>) {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const who = await signedIn(request)
      if (!who) return web.error(request, reply, { error: 'session_needed' })
      const body = (request.body ?? {}) as Body
      if (request.method === 'POST' && !verifiers.check(body.verifier, 'means/holder', who.session)) {
        return web.error(request, reply, { error: 'form_foreign' })
      }
      return handle({ who, request, reply, body })
    }
  }
  const get = (path: string, handle: (visit: Visit) => Promise<FastifyReply>) => app.get(path, access, visit(handle))
  const post = (path: string, handle: (visit: Visit) => Promise<FastifyReply>) => app.post(path, access, visit(handle))

  const confirmation = ({ session }: SignedIn) => ({ kind: 'means.confirmed', key: session })

  async function confirmed(who: SignedIn): Promise<Authenticated | undefined> {
    const [found] = await state.getMany([confirmation(who)])
    return found?.value as Authenticated | undefined
  }

  async function decide(who: SignedIn, all: readonly MeansView[], stopping?: MeansId): Promise<ChangeDecision> {
    const own = await confirmed(who)
    const signIns: SignIn[] = [{ ...who, own: who.provider === ownProvider }, ...(own ? [{ ...own, own: true }] : [])]
    return decideChange({ means: all, signIns, now: clock.now(), ...(stopping ? { stopping } : {}) })
  }

  /** Serves only who has proved enough just now; the others are led there first. `act` is where they come back to. */
  function guarded(
    act: (request: FastifyRequest) => { act: string; stopping?: MeansId } | undefined,
    handle: (visit: Visit & { all: MeansView[]; enrolment: EnrolmentId }) => Promise<FastifyReply>,
  ) {
    return async (asked: Visit): Promise<FastifyReply> => {
      const { who, request, reply } = asked
      const wanted = act(request)
      if (!wanted) return web.error(request, reply, { error: 'not_found' })
      const all = await means.of(storage.db, who.person)
      const enrolment = await enrolmentOf(who.person)
      if (!enrolment) return reply.redirect(holderPath, 303)
      const decision = await decide(who, all, wanted.stopping)
      if (decision === 'allowed') return handle({ ...asked, all, enrolment })
      if (decision === 'confirm') return reply.redirect(`${holderPath}/confirm/${wanted.act}`, 303)
      const { t } = web.contextOf(request)
      const page = donePage({
        title: t('own.fresh.title'),
        text: t('own.fresh'),
        status: 403,
        link: { href: holderPath, label: t('own.back') },
      })
      return web.page(request, reply, page)
    }
  }

  /** The strongest proof of who they are, the latest of several. */
  async function enrolmentOf(person: PersonId): Promise<EnrolmentId | undefined> {
    const all = await means.enrolments.of(storage.db, person)
    return all.toSorted((a, b) => compareLevels(b.level, a.level) || b.at - a.at)[0]?.enrolment
  }

  const done = ({ reply }: Visit, what: string) => reply.redirect(`${holderPath}?done=${what}`, 303)

  // --- The list ------------------------------------------------------------------------------------------------------

  const doneWords = ['account', 'added', 'changed', 'renamed', 'resumed', 'suspended', 'revoked']

  async function list(asked: Visit, identifierFault?: string): Promise<FastifyReply> {
    const { who, request, reply } = asked
    const { done: what } = request.query as { done?: unknown }
    const said = doneWords.find((word) => word === what)
    const view = {
      verifier: verifierOf(who),
      means: await means.of(storage.db, who.person),
      addable: [...mayAdd],
      account: (await enrolmentOf(who.person)) ? ('has_one' as const) : accountFor(who),
      timeZone,
      ...(said ? { done: said } : {}),
      ...(identifierFault ? { identifierFault } : {}),
    }
    return web.page(request, reply, holderPage(view, contextOf(asked)))
  }

  function accountFor({ provider, level, authTime }: SignedIn) {
    if (provider === ownProvider || !atLeast(level, providerLevel)) return 'level_too_low' as const
    return clock.now() - authTime <= freshFor ? ('may_begin' as const) : ('sign_in_again' as const)
  }

  get(holderPath, (asked) => list(asked))

  post(`${holderPath}/account`, async (asked) => {
    const { who, body, reply } = asked
    if ((await enrolmentOf(who.person)) || accountFor(who) !== 'may_begin') return reply.redirect(holderPath, 303)
    const checked = await means.enrolments.check(identifierFrom(textIn(body, 'identifier')))
    if (!checked.ok) return list(asked, checked.reasons[0])
    try {
      await storage.transaction((tx) => openAccount(tx, who, checked.identifier))
    } catch (error) {
      if (error instanceof Refused) return list(asked, error.reason)
      throw error
    }
    return done(asked, 'account')
  })

  /** R040: the sign-in by another provider is the proof; the account joins the person who is signed in, and nobody else. */
  async function openAccount(
    tx: Tx,
    { person, link, provider, level, authTime }: SignedIn,
    identifier: Parameters<Means['enrolments']['addIdentifier']>[2],
  ): Promise<void> {
    const refuse = (reasons: readonly string[]): never => {
      throw new Refused(reasons[0] ?? 'identifier_taken')
    }
    const recorded = await means.enrolments.record(tx, {
      proof: { kind: 'provider', provider, link, level, authTime },
      agent: { kind: 'person', id: person },
      person,
    })
    if (!recorded.ok) return refuse(recorded.reasons)
    const named = await means.enrolments.addIdentifier(tx, person, identifier)
    if (!named.ok) return refuse(named.reasons)
    const identity = await people.identityOf(tx, person)
    if (!identity) return refuse([])
    const account = { provider: ownProvider, subject: recorded.enrolment, level: recorded.level, identity }
    const settled = await people.settle(tx, account, { joinTo: person, joinedBy: { link, level } })
    if ('kind' in settled || settled.person !== person) refuse([])
  }

  // --- One means -----------------------------------------------------------------------------------------------------

  const meansIn = (request: FastifyRequest): MeansId | undefined => {
    const { means: id } = request.params as { means?: unknown }
    return isId('means', id) ? id : undefined
  }
  const reasonIn = (body: Body) => meansReasons.find((reason) => reason === textIn(body, 'reason')) ?? 'asked'

  for (const act of holderActs) {
    const stops = act === 'suspend' || act === 'revoke'
    const path = `${holderPath}/:means/${act}`
    const guard = guarded.bind(undefined, (request) => {
      const id = meansIn(request)
      return id && { act: `${id}.${act}`, ...(stops ? { stopping: id } : {}) }
    })
    const one =
      (handle: (asked: Visit, view: MeansView) => Promise<FastifyReply>) =>
      async (asked: Visit & { all: MeansView[] }) => {
        const view = asked.all.find(({ means: id }) => id === meansIn(asked.request))
        return view ? handle(asked, view) : web.error(asked.request, asked.reply, { error: 'not_found' })
      }
    // A name gives nobody anything: it is not asked for twice.
    const serve = (handle: (asked: Visit, view: MeansView) => Promise<FastifyReply>) =>
      act === 'rename'
        ? async (asked: Visit) => one(handle)({ ...asked, all: await means.of(storage.db, asked.who.person) })
        : guard(one(handle))
    get(
      path,
      serve(async (asked, view) =>
        web.page(
          asked.request,
          asked.reply,
          actPage({ verifier: verifierOf(asked.who), one: view, act }, contextOf(asked)),
        ),
      ),
    )
    post(
      path,
      serve((asked, view) => perform[act](asked, view)),
    )
  }

  const perform: Record<HolderAct, (asked: Visit, one: MeansView) => Promise<FastifyReply>> = {
    rename: async (asked, { means: id }) => {
      const label = textIn(asked.body, 'label').replace(/\p{C}/gu, '').trim()
      await storage.transaction((tx) => means.rename(tx, { person: asked.who.person, means: id, label }))
      return done(asked, 'renamed')
    },
    suspend: (asked, { means: id }) => stop(asked, 'suspend', id),
    revoke: (asked, { means: id }) => stop(asked, 'revoke', id),
    resume: async (asked, { means: id }) => {
      const outcome = await storage.transaction((tx) => means.resume(tx, changeOf(asked, id, 'found')))
      return outcome === 'done' ? done(asked, 'resumed') : outOfStep(asked)
    },
  }

  const changeOf = ({ who }: Visit, id: MeansId, reason: (typeof meansReasons)[number]) => ({
    person: who.person,
    means: id,
    actor: { kind: 'person', id: who.person } as const,
    reason,
  })

  /** Sessions that came from own means end with it, this one among them. */
  async function stop(asked: Visit, act: 'suspend' | 'revoke', id: MeansId): Promise<FastifyReply> {
    const { request, reply, who, body } = asked
    const outcome = await storage.transaction((tx) => means[act](tx, changeOf(asked, id, reasonIn(body))))
    if (outcome !== 'done') return outOfStep(asked)
    await state.write({ remove: [confirmation(who)] })
    if (who.provider !== ownProvider) return done(asked, act === 'revoke' ? 'revoked' : 'suspended')
    web.cookies.clear(reply, 'session')
    const { t } = contextOf(asked)
    return web.page(request, reply, donePage({ title: t('own.ended.title'), text: t('own.ended') }))
  }

  async function outOfStep(asked: Visit): Promise<FastifyReply> {
    const { t } = contextOf(asked)
    const link = { href: holderPath, label: t('own.back') }
    const page = donePage({ title: t('own.out_of_step.title'), text: t('own.out_of_step'), status: 409, link })
    return web.page(asked.request, asked.reply, page)
  }

  // --- Adding one ----------------------------------------------------------------------------------------------------

  type Adding = Visit & { all: MeansView[]; enrolment: EnrolmentId }
  const adding = (
    kind: MeansKind,
    part: '' | '/:means',
    handlers: Partial<Record<'get' | 'post', (asked: Adding) => Promise<FastifyReply>>>,
  ) => {
    const guard = guarded.bind(undefined, () => ({ act: `add.${pathOf[kind]}` }))
    const path = `${holderPath}/add/${pathOf[kind]}${part}`
    if (handlers.get) get(path, guard(handlers.get))
    if (handlers.post) post(path, guard(handlers.post))
  }
  const holderOf = ({ who, enrolment }: Adding) => ({ person: who.person, enrolment })
  const labelIn = (body: Body) => textIn(body, 'label').replace(/\p{C}/gu, '').trim().slice(0, 64)
  const browserOf = ({ session }: SignedIn) => `session ${session}`

  /** As authenticators and code apps list the account. */
  async function accountName({ person }: SignedIn): Promise<string> {
    const identity = await people.identityOf(storage.db, person)
    if (!identity) return name
    const [given = ''] = identity.given_name.split(' ')
    return `${given} ${identity.family_name}`.trim()
  }

  async function askPasskey(asked: Adding, fault?: 'gone' | 'not_verified' | 'already_known'): Promise<FastifyReply> {
    const { who, request, reply } = asked
    const name = await accountName(who)
    const begun = await means.passkeys.beginRegistration({
      ...holderOf(asked),
      browser: browserOf(who),
      accountName: name,
      displayName: name,
      label: '',
    })
    const view = { verifier: verifierOf(who), ...begun, ...(fault ? { fault } : {}) }
    return web.page(request, reply, addPasskeyPage(view, contextOf(asked)))
  }

  adding('passkey', '', {
    get: (asked) => askPasskey(asked),
    post: async (asked) => {
      const { who, body } = asked
      const response = responseIn<RegistrationResponseJSON>(body)
      if (!response) return askPasskey(asked, 'not_verified')
      const made = await means.passkeys.finishRegistration({
        ceremony: textIn(body, 'ceremony'),
        browser: browserOf(who),
        response,
      })
      if (!made.ok) return askPasskey(asked, made.reasons[0] ?? 'not_verified')
      const label = labelIn(body)
      if (label) await storage.transaction((tx) => means.rename(tx, { person: who.person, means: made.means, label }))
      return done(asked, 'added')
    },
  })

  const shownTotp = 'means.totp-shown'
  interface ShownTotp {
    person: PersonId
    uri: string
    secret: string
  }

  adding('totp', '', {
    get: async (asked) =>
      web.page(asked.request, asked.reply, beginTotpPage({ verifier: verifierOf(asked.who) }, contextOf(asked))),
    post: async (asked) => {
      const { who, body, reply } = asked
      const name = await accountName(who)
      const begun = await storage.transaction((tx) =>
        means.totps.begin(tx, { ...holderOf(asked), label: labelIn(body), accountName: name }),
      )
      const value: ShownTotp = { person: who.person, uri: begun.uri, secret: begun.secret }
      await state.write({
        put: [{ kind: shownTotp, key: begun.means, value, expiresAt: clock.now() + secretShownFor }],
      })
      return reply.redirect(`${holderPath}/add/totp/${begun.means}`, 303)
    },
  })

  async function showTotp(asked: Adding, fault: boolean): Promise<FastifyReply> {
    const { who, request, reply } = asked
    const id = meansIn(request)
    const [found] = id ? await state.getMany([{ kind: shownTotp, key: id }]) : []
    const shown = found?.value as ShownTotp | undefined
    if (!id || shown?.person !== who.person) return outOfStep(asked)
    const { uri, secret } = shown
    const view = { verifier: verifierOf(who), here: `${holderPath}/add/totp/${id}`, uri, secret, fault }
    return web.page(request, reply, totpPage(view, contextOf(asked)))
  }

  adding('totp', '/:means', {
    get: (asked) => showTotp(asked, false),
    post: async (asked) => {
      const id = meansIn(asked.request)
      const outcome = id ? await means.totps.activate(asked.who.person, id, textIn(asked.body, 'code')) : 'unknown'
      if (outcome === 'wrong') return showTotp(asked, true)
      if (outcome === 'unknown' || !id) return outOfStep(asked)
      await state.write({ remove: [{ kind: shownTotp, key: id }] })
      return done(asked, 'added')
    },
  })

  const hasPassword = (all: readonly MeansView[]) =>
    all.some(({ kind, state: is }) => kind === 'password' && is !== 'revoked' && is !== 'expired')

  async function askNewPassword(asked: Adding, reasons: string[] = []): Promise<FastifyReply> {
    const { who, all, request, reply } = asked
    const view = { verifier: verifierOf(who), change: hasPassword(all), reasons }
    return web.page(request, reply, addPasswordPage(view, contextOf(asked)))
  }

  adding('password', '', {
    get: (asked) => askNewPassword(asked),
    post: async (asked) => {
      const { who, all, body } = asked
      const change = hasPassword(all)
      const authenticated = await confirmed(who)
      const by = change
        ? ({ kind: 'recent', authenticated: authenticated ?? ofSession(who) } as const)
        : ({ kind: 'first' } as const)
      const set = await means.passwords.set({ ...holderOf(asked), password: textIn(body, 'password'), by })
      if (!set.ok) return askNewPassword(asked, set.reasons)
      return done(asked, change ? 'changed' : 'added')
    },
  })

  /** The sign-in of this session, where it is fresh enough to have been let through. */
  const ofSession = ({ person, level, amr, authTime }: SignedIn): Authenticated => ({
    person,
    means: [],
    amr: amr as Authenticated['amr'],
    level,
    authTime,
  })

  const shownCodes = 'means.codes-shown'

  adding('recovery_codes', '', {
    get: async (asked) => {
      const replaces = asked.all.some((one) => one.kind === 'recovery_codes' && one.state === 'active')
      const view = { verifier: verifierOf(asked.who), replaces }
      return web.page(asked.request, asked.reply, makeRecoveryCodesPage(view, contextOf(asked)))
    },
    post: async (asked) => {
      const { who, reply } = asked
      const { codes } = await storage.transaction((tx) => means.recoveryCodes.make(tx, holderOf(asked)))
      const entry = { kind: shownCodes, key: who.session, value: codes, expiresAt: clock.now() + shownFor }
      await state.write({ put: [entry] })
      return reply.redirect(`${holderPath}/recovery-codes`, 303)
    },
  })

  get(`${holderPath}/recovery-codes`, async (asked) => {
    const { who, request, reply } = asked
    const context = contextOf(asked)
    const [found] = await state.getMany([{ kind: shownCodes, key: who.session }])
    const here = `${holderPath}/recovery-codes`
    if (found) return web.page(request, reply, recoveryCodesPage({ here, codes: found.value as string[] }, context))
    const { t } = context
    const link = { href: holderPath, label: t('own.back') }
    const gone = donePage({
      title: t('own.recovery.gone.title'),
      text: t('own.recovery.gone'),
      status: 410,
      here,
      link,
    })
    return web.page(request, reply, gone)
  })

  type PhoneFault = 'number_malformed' | 'not_sent' | 'too_many'
  async function askNumber(asked: Adding, number: string, fault?: PhoneFault): Promise<FastifyReply> {
    const view = { verifier: verifierOf(asked.who), number, ...(fault ? { fault } : {}) }
    return web.page(asked.request, asked.reply, addPhonePage(view, contextOf(asked)))
  }

  adding('sms_code', '', {
    get: (asked) => askNumber(asked, ''),
    post: async (asked) => {
      const { request, reply, body } = asked
      const number = textIn(body, 'number')
      const { language } = web.contextOf(request)
      const added = await means.sentCodes.addNumber({ ...holderOf(asked), number, label: '', language })
      if (!added.ok) return askNumber(asked, number, added.reasons[0])
      return reply.redirect(`${holderPath}/add/phone/${added.means}`, 303)
    },
  })

  async function askNumberCode(asked: Adding, fault: boolean): Promise<FastifyReply> {
    const id = meansIn(asked.request)
    const waits = asked.all.some((one) => one.means === id && one.state === 'pending')
    if (!id || !waits) return outOfStep(asked)
    const view = { verifier: verifierOf(asked.who), here: `${holderPath}/add/phone/${id}`, fault }
    return web.page(asked.request, asked.reply, verifyPhonePage(view, contextOf(asked)))
  }

  adding('sms_code', '/:means', {
    get: (asked) => askNumberCode(asked, false),
    post: async (asked) => {
      const id = meansIn(asked.request)
      const outcome = id
        ? await means.sentCodes.verifyNumber(asked.who.person, id, textIn(asked.body, 'code'))
        : 'expired'
      if (outcome === 'wrong') return askNumberCode(asked, true)
      return outcome === 'active' ? done(asked, 'added') : outOfStep(asked)
    },
  })

  async function askMailbox(asked: Adding, fault?: 'not_verified' | 'mailbox_resets_password'): Promise<FastifyReply> {
    const contacts = (await people.contactsOf(asked.who.person)).filter(({ verified }) => verified)
    const view = { verifier: verifierOf(asked.who), contacts, ...(fault ? { fault } : {}) }
    return web.page(asked.request, asked.reply, addMailboxPage(view, contextOf(asked)))
  }

  adding('mail_code', '', {
    get: (asked) => askMailbox(asked),
    post: async (asked) => {
      const contact = textIn(asked.body, 'contact')
      if (!isId('contact', contact)) return askMailbox(asked, 'not_verified')
      const added = await means.sentCodes.addMailbox({ ...holderOf(asked), contact, label: '' })
      return added.ok ? done(asked, 'added') : askMailbox(asked, added.reasons[0])
    },
  })

  // --- Confirming ----------------------------------------------------------------------------------------------------

  mountCeremony({
    ...options,
    route: `${holderPath}/confirm/:act`,
    access: 'session',
    wayOf: async (request, reply) => {
      const who = await signedIn(request)
      if (!who) return { answered: web.error(request, reply, { error: 'session_needed' }) }
      const { act } = request.params as { act: string }
      const next = placeOf(act)
      if (!next) return { answered: web.error(request, reply, { error: 'not_found' }) }
      const all = await means.of(storage.db, who.person)
      const usable = all.filter((one) => one.state === 'active').map(({ kind }) => kind)
      const { t } = web.contextOf(request)
      return {
        base: `${holderPath}/confirm/${act}`,
        purpose: { kind: 'change' },
        ways: [{ href: holderPath, label: t('own.back') }],
        key: `confirm ${who.session}`,
        browser: browserOf(who),
        expiresAt: clock.now() + secretShownFor,
        required: 'eidas1',
        secondFactor: 'if_enrolled',
        accepts: usable,
        person: who.person,
        done: async (authenticated) => {
          const entry = { ...confirmation(who), value: authenticated, expiresAt: clock.now() + freshFor }
          await state.write({ put: [entry] })
          return next
        },
      }
    },
  })
}

/** `add.passkey`, `mea_….revoke`: an address below this page, and no other. */
function placeOf(act: string): string | undefined {
  const [, thing = '', what = ''] = /^([\w-]+)\.([a-z-]+)$/.exec(act) ?? []
  const isAdding = thing === 'add' && Object.values(pathOf).includes(what)
  const isAct = isId('means', thing) && (holderActs as readonly string[]).includes(what)
  return isAdding || isAct ? `${holderPath}/${thing}/${what}` : undefined
}

/** What somebody typed, by what it looks like. */
function identifierFrom(value: string): Identifier {
  const text = value.trim()
  if (text.includes('@')) return { kind: 'email', value: text }
  return { kind: /^\d+$/.test(text) ? 'rpps' : 'login_name', value: text }
}
