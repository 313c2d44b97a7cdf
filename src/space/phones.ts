/**
 * The phones that may approve sign-ins of a person: seeing them, calling them by a name, ending one. Pairing begins in the
 * app, with the card, so there is no form for it here: the page says how. The verbs are those of `eid/`. A pairing is what
 * proves most, so to end one asks for the strongest that the person has, as blocking an account does; whoever has lost the
 * phone and the card with it stops everything by freezing, which any sign-in may do.
 */
import type { FastifyRequest } from 'fastify'
import type { PhoneView } from '../eid/eid.ts'
import { isId, type PhoneId } from '../kernel/ids.ts'
import { textIn } from '../means/routes-sign-in.ts'
import { spacePaths } from './frame.ts'
import {
  type DoneWithPhones,
  doneWithPhones,
  endingReasons,
  endPhonePage,
  namePhonePage,
  phonesPage,
} from './phones-pages.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export function mountPhones(pages: SpacePages): void {
  const { get, post, show, guardChange, storage, eid } = pages
  const listPath = spacePaths.phones

  const done = (visit: SpaceVisit, what: DoneWithPhones) => pages.done(visit, listPath, what)

  get(listPath, async (visit) => {
    const all = await eid.phones.of(storage.db, visit.who.person)
    const seen = all.filter(({ provider }) => pages.seesProvider(visit, provider))
    const others = all.filter((one) => !seen.includes(one) && one.state === 'active').length
    const said = pages.outcomeIn(visit, doneWithPhones)
    const { providers } = pages.partners.registry()
    const pairs = [...providers.values()].some(({ connector }) => connector.kind === 'eid_app')
    return show(visit, phonesPage({ phones: seen, others, pairs, ...(said ? { done: said } : {}) }, pages, visit))
  })

  /** Through its owner, as far as this sign-in sees. */
  async function find(visit: SpaceVisit): Promise<PhoneView | undefined> {
    const id = phoneIn(visit.request)
    const found = id && (await eid.phones.read(storage.db, visit.who.person, id))
    return found && pages.seesProvider(visit, found.provider) ? found : undefined
  }

  const namePath = spacePaths.namePhone(':phone' as PhoneId)
  get(namePath, async (visit) => {
    const phone = await find(visit)
    if (!phone) return pages.notFound(visit)
    return phone.state === 'active' ? show(visit, namePhonePage(phone, pages, visit)) : done(visit, 'over')
  })
  // A name gives nobody anything: it is not asked for twice.
  post(namePath, async (visit) => {
    const found = await find(visit)
    if (!found) return pages.notFound(visit)
    const { person } = visit.who
    const name = textIn(visit.body, 'name')
    const isDone = await storage.transaction((tx) => eid.phones.rename(tx, person, found.phone, name))
    return done(visit, isDone ? 'named' : 'over')
  })

  const endPath = spacePaths.endPhone(':phone' as PhoneId)
  get(
    endPath,
    guardChange(async (visit) => {
      const phone = await find(visit)
      if (!phone) return pages.notFound(visit)
      if (phone.state !== 'active') return done(visit, 'over')
      if (visit.protection.freeze) return done(visit, 'while_frozen')
      return show(visit, endPhonePage(phone, pages, visit))
    }),
  )
  post(
    endPath,
    guardChange(async (visit) => {
      const found = await find(visit)
      if (!found) return pages.notFound(visit)
      if (visit.protection.freeze) return done(visit, 'while_frozen')
      const { person } = visit.who
      const given = textIn(visit.body, 'reason')
      const reason = endingReasons.find((one) => one === given) ?? endingReasons[0]
      const isDone = await storage.transaction((tx) =>
        eid.phones.revoke(tx, { person, phone: found.phone, actor: { kind: 'person', id: person }, reason }),
      )
      return done(visit, isDone ? 'ended' : 'over')
    }),
  )
}

function phoneIn({ params }: FastifyRequest): PhoneId | undefined {
  const { phone } = params as { phone?: unknown }
  return isId('phone', phone) ? phone : undefined
}
