/** The addresses of somebody who is signed in: listed, added and verified by a code, replaced, confirmed, removed. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ContactId, isId } from '../kernel/ids.ts'
import type { ContactView } from '../people/people.ts'
import type { SignedIn, Visit } from './holder-visit.ts'
import type { ContactSession } from './means.ts'
import {
  addContactPage,
  type ContactFault,
  contactActPage,
  contactActs,
  contactsPage,
  doneWithContacts,
  type KeptContact,
  verifyContactPage,
} from './pages-contacts.ts'
import { contactsPath, type SentAgain } from './pages-holder.ts'
import { donePage } from './pages-sign-in.ts'
import type { HolderPages } from './routes-holder.ts'
import { textIn } from './routes-sign-in.ts'

export function mountContacts(options: HolderPages): void {
  const { web, people, means, storage, get, post, show, verifierOf, guardContacts } = options
  const { contacts } = means
  const contextOf = ({ request }: Visit) => web.contextOf(request)
  const sessionOf = ({ person, session, level, link }: SignedIn): ContactSession => ({ person, session, level, link })

  const contactIn = (request: FastifyRequest): ContactId | undefined => {
    const { contact } = request.params as { contact?: unknown }
    return isId('contact', contact) ? contact : undefined
  }

  /** Through its owner: that of somebody else is no contact. */
  async function find({ who, request }: Visit): Promise<ContactView | undefined> {
    const id = contactIn(request)
    return (await people.contactsOf(who.person)).find(({ contact }) => contact === id)
  }

  const done = ({ reply }: Visit, what: (typeof doneWithContacts)[number]) =>
    reply.redirect(`${contactsPath}?done=${what}`, 303)

  function outOfStep(asked: Visit): Promise<FastifyReply> {
    const { t } = contextOf(asked)
    const link = { href: contactsPath, label: t('contact.back') }
    const page = donePage({ title: t('own.out_of_step.title'), text: t('contact.out_of_step'), status: 409, link })
    return show(asked, page)
  }

  // --- The list ------------------------------------------------------------------------------------------------------

  get(contactsPath, async (asked) => {
    const { who, request } = asked
    const { done: what } = request.query as { done?: unknown }
    const said = doneWithContacts.find((word) => word === what)
    const all = await means.of(storage.db, who.person)
    const view = {
      contacts: await people.contactsOf(who.person),
      level: who.level,
      // A number serves for codes and is a means: its page is theirs.
      numbers: all.filter(({ kind, state }) => kind === 'sms_code' && state !== 'revoked' && state !== 'expired'),
      mayAddNumber: (await means.enrolments.of(storage.db, who.person)).length > 0,
      ...(said ? { done: said } : {}),
    }
    return show(asked, contactsPage(view, contextOf(asked)))
  })

  // --- Adding one, in place of another or not ------------------------------------------------------------------------

  /** The contact that is to go, when it is one of theirs that may. */
  async function replacedIn(asked: Visit, id: string): Promise<ContactView | undefined> {
    return id ? (await people.contactsOf(asked.who.person)).find(({ contact }) => contact === id) : undefined
  }

  async function askAddress(asked: Visit, given: { address: string; replaces: string }, fault?: ContactFault) {
    const replaces = await replacedIn(asked, given.replaces)
    const view = { verifier: verifierOf(asked.who), address: given.address, ...(replaces ? { replaces } : {}) }
    const page = addContactPage({ ...view, ...(fault ? { fault } : {}) }, contextOf(asked))
    return show(asked, page)
  }

  get(
    `${contactsPath}/add`,
    guardContacts((asked) => askAddress(asked, { address: asked.typed.address ?? '', replaces: replacesIn(asked) })),
  )

  const replacesIn = ({ request, typed }: Visit): string => {
    const { replaces } = request.query as { replaces?: unknown }
    return typed.replaces ?? (typeof replaces === 'string' ? replaces : '')
  }

  post(
    `${contactsPath}/add`,
    guardContacts(async (asked) => {
      const given = { address: textIn(asked.body, 'address'), replaces: textIn(asked.body, 'replaces') }
      const replaced = await replacedIn(asked, given.replaces)
      const { language } = contextOf(asked)
      const added = await contacts.add(sessionOf(asked.who), {
        address: given.address,
        language,
        ...(replaced ? { replaces: replaced.contact } : {}),
      })
      if (!added.ok) return askAddress(asked, given, added.reasons[0])
      return asked.reply.redirect(`${contactsPath}/${added.contact}/verify`, 303)
    }),
  )

  // --- Giving the code back ------------------------------------------------------------------------------------------

  async function askCode(asked: Visit, said: { wrong?: true; sent?: SentAgain } = {}): Promise<FastifyReply> {
    const found = await find(asked)
    if (!found) return web.error(asked.request, asked.reply, { error: 'not_found' })
    if (found.verified) return outOfStep(asked)
    const { contact, address, code } = found
    const view = { verifier: verifierOf(asked.who), contact, address, left: code?.triesLeft ?? 0, ...said }
    return show(asked, verifyContactPage(view, contextOf(asked)))
  }

  const verifyPath = `${contactsPath}/:contact/verify`
  get(verifyPath, (asked) => askCode(asked))

  post(verifyPath, async (asked) => {
    const id = contactIn(asked.request)
    if (!id) return web.error(asked.request, asked.reply, { error: 'not_found' })
    const answer = await contacts.verify(sessionOf(asked.who), id, textIn(asked.body, 'code'))
    switch (answer.kind) {
      case 'verified':
        return done(asked, answer.kept ? 'added_beside' : 'added')
      case 'wrong':
        return askCode(asked, { wrong: true })
      case 'over':
        return askOver(asked)
      case 'too_weak':
        return refuse(asked, 'too_weak')
    }
  })

  /** The code does not serve, whatever was typed: of another session, too late, too many tries. */
  async function askOver(asked: Visit): Promise<FastifyReply> {
    const found = await find(asked)
    if (!found) return web.error(asked.request, asked.reply, { error: 'not_found' })
    if (found.verified) return outOfStep(asked)
    const { contact, address } = found
    const view = { verifier: verifierOf(asked.who), contact, address, left: 0 }
    return show(asked, verifyContactPage(view, contextOf(asked)))
  }

  get(`${verifyPath}/again`, async (asked) =>
    asked.reply.redirect(`${contactsPath}/${contactIn(asked.request) ?? ''}/verify`, 303),
  )
  post(
    `${verifyPath}/again`,
    guardContacts(async (asked) => {
      const id = contactIn(asked.request)
      const { language } = contextOf(asked)
      const sent = id ? await contacts.sendAgain(sessionOf(asked.who), id, language) : 'gone'
      return sent === 'gone' ? askCode(asked) : askCode(asked, { sent })
    }),
  )

  // --- Removing and confirming ---------------------------------------------------------------------------------------

  function refuse(asked: Visit, why: KeptContact): Promise<FastifyReply> {
    const { t } = contextOf(asked)
    const link = { href: contactsPath, label: t('contact.back') }
    const page = donePage({ title: t('contact.kept.title'), text: t(`contact.kept.${why}`), status: 409, link })
    return show(asked, page)
  }

  for (const act of contactActs) {
    const path = `${contactsPath}/:contact/${act}`
    get(
      path,
      guardContacts(async (asked) => {
        const found = await find(asked)
        if (!found) return web.error(asked.request, asked.reply, { error: 'not_found' })
        const others = (await people.contactsOf(asked.who.person)).filter(
          ({ verified, contact }) => verified && contact !== found.contact,
        )
        const view = { verifier: verifierOf(asked.who), one: found, act, isLast: found.verified && others.length === 0 }
        return show(asked, contactActPage(view, contextOf(asked)))
      }),
    )
    post(
      path,
      guardContacts(async (asked) => {
        const id = contactIn(asked.request)
        return id ? perform[act](asked, id) : web.error(asked.request, asked.reply, { error: 'not_found' })
      }),
    )
  }

  const perform: Record<(typeof contactActs)[number], (asked: Visit, id: ContactId) => Promise<FastifyReply>> = {
    remove: async (asked, id) => {
      const outcome = await contacts.remove(sessionOf(asked.who), id)
      if (outcome === 'removed') return done(asked, 'removed')
      return outcome === 'unknown' ? outOfStep(asked) : refuse(asked, outcome)
    },
    confirm: async (asked, id) => {
      if (await contacts.confirm(sessionOf(asked.who), id)) return done(asked, 'confirmed')
      const found = await find(asked)
      return found?.verified && !found.confirmed ? refuse(asked, 'not_stronger') : outOfStep(asked)
    },
  }
}
