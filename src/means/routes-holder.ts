/**
 * The pages on which somebody looks after their own means: what they have, what they add, and what they stop, which they
 * may at any instant (R047).
 */
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { atLeast, compareLevels, type Level } from '../kernel/assurance.ts'
import { minute } from '../kernel/durations.ts'
import { type EnrolmentId, isId, type MeansId, type PersonId } from '../kernel/ids.ts'
import { ownProvider } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import { hasTwoFactors } from '../policy/step-up.ts'
import type { Tx } from '../storage/storage.ts'
import { decideChange, decideRenewal, isFresh, providerLevel, strongest } from './change.ts'
import {
  createVisits,
  type Handle,
  type SignedIn,
  signInOf,
  type Visit,
  type Visits,
  type VisitsOptions,
} from './holder-visit.ts'
import { identifierFrom } from './identifiers.ts'
import { type Authenticated, type Means, type MeansKind, type MeansView, meansReasons } from './means.ts'
import {
  actPage,
  addMailboxPage,
  addPasskeyPage,
  addPasswordPage,
  addPhonePage,
  alertsPath,
  beginTotpPage,
  type HolderAct,
  holderActs,
  holderPage,
  holderPath,
  makeRecoveryCodesPage,
  pathOf,
  recoveryCodesPage,
  type SentAgain,
  totpPage,
  verifyPhonePage,
} from './pages-holder.ts'
import { donePage } from './pages-sign-in.ts'
import { mountContacts } from './routes-contacts.ts'
import { type Body, responseIn, textIn } from './routes-sign-in.ts'

export interface HolderOptions extends VisitsOptions {
  means: Means
  people: People
  /** Name of the hub. */
  name: string
  /** IANA name of the zone in which pages write dates. */
  timeZone: string
  /** Is there an app whose phones people pair? */
  pairsPhones: () => boolean
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

/** What the other pages of the holder are mounted with. */
export interface HolderPages extends HolderOptions {
  get(path: string, handle: Handle): void
  post(path: string, handle: Handle): void
  /** Sends a page, drawn where all pages of a person are. */
  show: Visits['show']
  verifierOf(who: SignedIn): string
  /** Serves only who has proved enough just now to change a contact; the others are led there first, and come back. */
  guardContacts(handle: Handle): Handle
  /** To the list, which says what was done. */
  done(asked: Visit, what: string): FastifyReply
}

export function mountHolder(options: HolderOptions): void {
  const { web, means, people, storage, clock, name, timeZone, signInPath } = options
  const { app } = web
  const { state } = storage
  const contextOf = ({ request }: Visit) => web.contextOf(request)

  const visits = createVisits('means/holder', options)
  const { visited, serve, show, verifierOf } = visits
  const get = (path: string, handle: Handle) => void app.get(path, access, visited(handle))
  const post = (path: string, handle: Handle) => void app.post(path, access, visited(handle))

  /** Serves only who has proved enough just now to change their means. */
  function guarded(
    act: (request: FastifyRequest) => { stopping?: MeansId; existing?: true } | undefined,
    handle: Handle<Visit & { all: MeansView[]; enrolment: EnrolmentId }>,
  ): Handle {
    return async (asked) => {
      const { who, request, reply } = asked
      const wanted = act(request)
      if (!wanted) return web.error(request, reply, { error: 'not_found' })
      const all = await means.of(storage.db, who.person)
      const enrolment = await enrolmentOf(who.person)
      if (!enrolment) return reply.redirect(holderPath, 303)
      const question = { means: all, signIn: signInOf(who), about: 'means', now: clock.now() } as const
      return serve({ ...asked, all, enrolment }, decideChange({ ...question, ...wanted }), handle)
    }
  }

  const guardContacts =
    (handle: Handle): Handle =>
    async (asked) => {
      const all = await means.of(storage.db, asked.who.person)
      const question = { means: all, signIn: signInOf(asked.who), about: 'contacts', now: clock.now() } as const
      return serve(asked, decideChange(question), handle)
    }

  /** The strongest proof of who they are, the latest of several. */
  async function enrolmentOf(person: PersonId): Promise<EnrolmentId | undefined> {
    const all = await means.enrolments.of(storage.db, person)
    return all.toSorted((a, b) => compareLevels(b.level, a.level) || b.at - a.at)[0]?.enrolment
  }

  const done = ({ reply }: Visit, what: string) => reply.redirect(`${holderPath}?done=${what}`, 303)

  // --- The list ------------------------------------------------------------------------------------------------------

  const doneWords = ['account', 'added', 'changed', 'renamed', 'renewed', 'resumed', 'suspended', 'revoked']

  async function list(asked: Visit, identifierFault?: string): Promise<FastifyReply> {
    const { who, request } = asked
    const { done: what } = request.query as { done?: unknown }
    const said = doneWords.find((word) => word === what)
    const view = {
      verifier: verifierOf(who),
      means: await means.of(storage.db, who.person),
      addable: [...mayAdd],
      contacts: (await people.contactsOf(who.person)).filter(({ verified }) => verified).length,
      pairsPhones: options.pairsPhones(),
      account: (await enrolmentOf(who.person)) ? ('has_one' as const) : accountFor(who),
      ways: {
        level_too_low: signInPath(holderPath, { level: providerLevel }),
        sign_in_again: signInPath(holderPath, { again: true }),
      },
      timeZone,
      ...(said ? { done: said } : {}),
      ...(identifierFault ? { identifierFault } : {}),
    }
    return show(asked, holderPage(view, contextOf(asked)))
  }

  function accountFor(who: SignedIn) {
    if (who.provider === ownProvider || !atLeast(who.level, providerLevel)) return 'level_too_low' as const
    return isFresh(signInOf(who), clock.now(), 'two') ? ('may_begin' as const) : ('sign_in_again' as const)
  }

  get(holderPath, (asked) => list(asked))
  get(`${holderPath}/account`, async ({ reply }) => reply.redirect(holderPath, 303))

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
      return id && (stops ? { stopping: id } : { existing: true })
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
      serve(async (asked, view) => {
        const wanting = act === 'renew' ? await renewalOf(asked, view) : undefined
        if (wanting?.kind === 'prove') return proveAnew(asked, view, wanting.level)
        return show(
          asked,
          actPage({ verifier: verifierOf(asked.who), one: view, act, typed: asked.typed }, contextOf(asked)),
        )
      }),
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
    renew: async (asked, one) => {
      const decision = await renewalOf(asked, one)
      if (decision.kind === 'prove') return proveAnew(asked, one, decision.level)
      const outcome = await storage.transaction(async (tx) => {
        const enrolment = decision.kind === 'by_enrolment' ? decision.enrolment : await recordSignIn(tx, asked.who)
        return enrolment ? means.renew(tx, { ...changeOf(asked, one.means, 'asked'), enrolment }) : 'not_allowed'
      })
      return outcome === 'done' ? done(asked, 'renewed') : outOfStep(asked)
    },
    suspend: (asked, { means: id }) => stop(asked, 'suspend', id),
    revoke: (asked, { means: id }) => stop(asked, 'revoke', id),
    resume: async (asked, { means: id }) => {
      const outcome = await storage.transaction((tx) => means.resume(tx, changeOf(asked, id, 'found')))
      return outcome === 'done' ? done(asked, 'resumed') : outOfStep(asked)
    },
  }

  const renewalOf = async ({ who }: Visit, { enrolment }: MeansView) =>
    decideRenewal({
      enrolment,
      enrolments: await means.enrolments.of(storage.db, who.person),
      signIn: signInOf(who),
      now: clock.now(),
    })

  /** R046: the page that says which proof renews, and leads to the sign-in that gives it. */
  function proveAnew(asked: Visit, one: MeansView, level: Level): Promise<FastifyReply> {
    const { t } = contextOf(asked)
    const path = `${holderPath}/${one.means}/renew`
    const link = { href: signInPath(path, { level }), label: t('own.renew.prove.go') }
    const text = t('own.renew.prove', { level: t(`own.level.${level}`) })
    return show(asked, donePage({ title: t('own.renew.prove.title'), text, here: path, link }))
  }

  /** R040: a sign-in by another provider is a proof of who they are. */
  async function recordSignIn(tx: Tx, who: SignedIn): Promise<EnrolmentId | undefined> {
    const { person, provider, link, level, authTime } = who
    const proof = { kind: 'provider', provider, link, level, authTime } as const
    const recorded = await means.enrolments.record(tx, { proof, agent: { kind: 'person', id: person }, person })
    return recorded.ok ? recorded.enrolment : undefined
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
    if (who.provider !== ownProvider) return done(asked, act === 'revoke' ? 'revoked' : 'suspended')
    web.cookies.clear(reply, 'session')
    const { t } = contextOf(asked)
    const link = { href: signInPath(holderPath), label: t('own.sign_in_again') }
    return web.page(request, reply, donePage({ title: t('own.ended.title'), text: t('own.ended'), link }))
  }

  async function outOfStep(asked: Visit): Promise<FastifyReply> {
    const { t } = contextOf(asked)
    const link = { href: holderPath, label: t('own.back') }
    const page = donePage({ title: t('own.out_of_step.title'), text: t('own.out_of_step'), status: 409, link })
    return show(asked, page)
  }

  // --- Adding one ----------------------------------------------------------------------------------------------------

  type Adding = Visit & { all: MeansView[]; enrolment: EnrolmentId }
  const adding = (
    kind: MeansKind,
    part: '' | '/:means' | '/:means/again',
    handlers: Partial<Record<'get' | 'post', (asked: Adding) => Promise<FastifyReply>>>,
  ) => {
    const guard = guarded.bind(undefined, () => ({}))
    const path = `${holderPath}/add/${pathOf[kind]}${part}`
    if (handlers.get) get(path, guard(handlers.get))
    if (handlers.post) post(path, guard(handlers.post))
  }
  const holderOf = ({ who, enrolment }: Adding) => ({ person: who.person, enrolment, via: who.link })
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
    const { who } = asked
    const name = await accountName(who)
    const begun = await means.passkeys.beginRegistration({
      ...holderOf(asked),
      browser: browserOf(who),
      accountName: name,
      displayName: name,
      label: '',
    })
    const view = { verifier: verifierOf(who), ...begun, typed: asked.typed, ...(fault ? { fault } : {}) }
    return show(asked, addPasskeyPage(view, contextOf(asked)))
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
    get: async (asked) => {
      const view = { verifier: verifierOf(asked.who), typed: asked.typed }
      return show(asked, beginTotpPage(view, contextOf(asked)))
    },
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
    const { who } = asked
    const id = meansIn(asked.request)
    const [found] = id ? await state.getMany([{ kind: shownTotp, key: id }]) : []
    const shown = found?.value as ShownTotp | undefined
    if (!id || shown?.person !== who.person) return outOfStep(asked)
    const { uri, secret } = shown
    const view = { verifier: verifierOf(who), here: `${holderPath}/add/totp/${id}`, uri, secret, fault }
    return show(asked, totpPage(view, contextOf(asked)))
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

  /** Whoever has nothing but it shows that they know it. */
  const asksOld = (all: readonly MeansView[]) => hasPassword(all) && strongest(all) === 0

  async function askNewPassword(asked: Adding, reasons: string[] = []): Promise<FastifyReply> {
    const { who, all } = asked
    const view = { verifier: verifierOf(who), change: hasPassword(all), asksOld: asksOld(all), reasons }
    return show(asked, addPasswordPage(view, contextOf(asked)))
  }

  adding('password', '', {
    get: (asked) => askNewPassword(asked),
    post: async (asked) => {
      const { who, all, body } = asked
      const change = hasPassword(all)
      const by = !change
        ? ({ kind: 'first' } as const)
        : asksOld(all)
          ? ({ kind: 'old', password: textIn(body, 'old') } as const)
          : ({ kind: 'recent', authenticated: authenticatedAs(who) } as const)
      const set = await means.passwords.set({ ...holderOf(asked), password: textIn(body, 'password'), by })
      if (!set.ok) return askNewPassword(asked, set.reasons)
      return done(asked, change ? 'changed' : 'added')
    },
  })

  /** The sign-in of this session, fresh enough to have been let through. A level promises two factors too. */
  const authenticatedAs = ({ person, level, amr, authTime }: SignedIn): Authenticated => ({
    person,
    means: [],
    amr: [...amr, ...(hasTwoFactors({ level, amr }) ? ['mfa'] : [])] as Authenticated['amr'],
    level,
    authTime,
  })

  const shownCodes = 'means.codes-shown'

  adding('recovery_codes', '', {
    get: async (asked) => {
      const replaces = asked.all.some((one) => one.kind === 'recovery_codes' && one.state === 'active')
      const view = { verifier: verifierOf(asked.who), replaces }
      return show(asked, makeRecoveryCodesPage(view, contextOf(asked)))
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
    const { who } = asked
    const context = contextOf(asked)
    const [found] = await state.getMany([{ kind: shownCodes, key: who.session }])
    const here = `${holderPath}/recovery-codes`
    if (found) return show(asked, recoveryCodesPage({ here, codes: found.value as string[] }, context))
    const { t } = context
    const link = { href: holderPath, label: t('own.back') }
    const gone = donePage({
      title: t('own.recovery.gone.title'),
      text: t('own.recovery.gone'),
      status: 410,
      here,
      link,
    })
    return show(asked, gone)
  })

  type PhoneFault = 'number_malformed' | 'not_sent' | 'too_many'
  async function askNumber(asked: Adding, number: string, fault?: PhoneFault): Promise<FastifyReply> {
    const view = { verifier: verifierOf(asked.who), number, ...(fault ? { fault } : {}) }
    return show(asked, addPhonePage(view, contextOf(asked)))
  }

  adding('sms_code', '', {
    get: (asked) => askNumber(asked, asked.typed.number ?? ''),
    post: async (asked) => {
      const { request, reply, body } = asked
      const number = textIn(body, 'number')
      const { language } = web.contextOf(request)
      const { session } = asked.who
      const added = await means.sentCodes.addNumber({ ...holderOf(asked), number, label: '', language, session })
      if (!added.ok) return askNumber(asked, number, added.reasons[0])
      return reply.redirect(`${holderPath}/add/phone/${added.means}`, 303)
    },
  })

  /** Of this person, waiting for its first code. */
  const waitingNumber = (asked: Adding): MeansId | undefined => {
    const id = meansIn(asked.request)
    return asked.all.some((one) => one.means === id && one.kind === 'sms_code' && one.state === 'pending')
      ? id
      : undefined
  }

  async function askNumberCode(asked: Adding, said: { wrong?: true; sent?: SentAgain } = {}): Promise<FastifyReply> {
    const id = waitingNumber(asked)
    if (!id) return outOfStep(asked)
    const left = await means.sentCodes.numberTriesLeft(asked.who.person)
    const view = { verifier: verifierOf(asked.who), here: `${holderPath}/add/phone/${id}`, left, ...said }
    return show(asked, verifyPhonePage(view, contextOf(asked)))
  }

  adding('sms_code', '/:means', {
    get: (asked) => askNumberCode(asked),
    post: async (asked) => {
      const { person, session } = asked.who
      const id = meansIn(asked.request)
      if (!id) return outOfStep(asked)
      const outcome = await means.sentCodes.verifyNumber(person, id, textIn(asked.body, 'code'), session)
      if (outcome === 'wrong') return askNumberCode(asked, { wrong: true })
      return outcome === 'active' ? done(asked, 'added') : outOfStep(asked)
    },
  })

  adding('sms_code', '/:means/again', {
    get: async (asked) => asked.reply.redirect(`${holderPath}/add/phone/${meansIn(asked.request) ?? ''}`, 303),
    post: async (asked) => {
      const { person, session } = asked.who
      const id = waitingNumber(asked)
      if (!id) return outOfStep(asked)
      const { language } = web.contextOf(asked.request)
      const sent = await means.sentCodes.sendNumberAgain({ person, means: id, session }, language)
      return sent === 'gone' ? outOfStep(asked) : askNumberCode(asked, { sent })
    },
  })

  async function askMailbox(asked: Adding, fault?: 'not_verified' | 'mailbox_resets_password'): Promise<FastifyReply> {
    const contacts = (await people.contactsOf(asked.who.person)).filter(({ verified }) => verified)
    const view = { verifier: verifierOf(asked.who), contacts, ...(fault ? { fault } : {}) }
    return show(asked, addMailboxPage(view, contextOf(asked)))
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

  const pages = { ...options, get, post, show, verifierOf, guardContacts, done }
  mountContacts(pages)
  // Where it was before people had a space.
  app.get(`${holderPath}/alerts`, { config: { access: 'public' } }, (_request, reply) =>
    reply.redirect(alertsPath, 303),
  )
}
