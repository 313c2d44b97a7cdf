/**
 * What the hub wrote to the person, and of which sign-ins each of their mailboxes hears. The copies are read through
 * their owner, by what this sign-in sees: at a lower one those about the provider in use, and how many others there are.
 * Changing what is told asks the strongest proof that the person has, and is itself told to all of them.
 */
import { hearings } from '../alerts/choices.ts'
import type { Sees } from '../alerts/copies.ts'
import type { ContactId } from '../kernel/ids.ts'
import { textIn } from '../means/routes-sign-in.ts'
import { spacePaths } from './frame.ts'
import {
  alertsPage,
  changeAlertsPage,
  changeAlertsPath,
  type Findings,
  fieldOf,
  findings,
  findPath,
  letterPage,
  lettersPage,
  type Mailbox,
} from './letters-pages.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

const perPage = 20

export function mountMessages(pages: SpacePages): void {
  const { get, post, guardChange, show, messageCopies, alertChoices, people } = pages

  const sees = ({ who, access }: SpaceVisit): Sees => ({
    person: who.person,
    ...(access.sight === 'whole' ? {} : { provider: who.provider }),
  })

  // --- Copies --------------------------------------------------------------------------------------------------------

  get(spacePaths.messages, async (visit) => {
    const { before } = visit.request.query as { before?: unknown }
    const from = typeof before === 'string' ? { before } : {}
    const page = await messageCopies.page(sees(visit), { ...from, limit: perPage })
    const found = pages.outcomeIn(visit, findings)
    return show(
      visit,
      lettersPage({ ...page, isFirst: before === undefined, ...(found ? { found } : {}) }, pages, visit),
    )
  })

  get(findPath, async ({ reply }) => reply.redirect(spacePaths.messages, 303))
  post(findPath, async (visit) => {
    const found = await messageCopies.byCode(sees(visit), textIn(visit.body, 'code').slice(0, 100))
    const notThere: Findings | undefined =
      found === undefined ? 'unknown' : found === 'malformed' || found === 'hidden' ? found : undefined
    if (notThere) return pages.done(visit, spacePaths.messages, notThere)
    const { message } = found as Exclude<typeof found, string | undefined>
    return visit.reply.redirect(`${spacePaths.messages}/${message}`, 303)
  })

  get(`${spacePaths.messages}/:message`, async (visit) => {
    const { message } = visit.request.params as { message: string }
    const found = await messageCopies.one(sees(visit), message)
    if (found === undefined || found === 'hidden') return pages.notFound(visit)
    return show(visit, letterPage(found, pages, visit))
  })

  // --- Which are sent ------------------------------------------------------------------------------------------------

  /** The verified contacts, or what providers assert where there is none. */
  async function mailboxesOf({ who }: SpaceVisit): Promise<Mailbox[]> {
    const [contacts, chosen] = await Promise.all([people.contactsOf(who.person), alertChoices.of(who.person)])
    const hears = (contact: ContactId | null) => chosen.get(contact) ?? 'unusual'
    const verified = contacts.filter(({ verified }) => verified)
    if (verified.length === 0) return [{ contact: null, hears: hears(null) }]
    return verified.map(({ contact, address }) => ({ contact, address, hears: hears(contact) }))
  }

  get(spacePaths.alerts, async (visit) => {
    const done = pages.outcomeIn(visit, ['changed', 'same'])
    const mailboxes = visit.access.sight === 'whole' ? await mailboxesOf(visit) : undefined
    return show(visit, alertsPage({ ...(mailboxes ? { mailboxes } : {}), ...(done ? { done } : {}) }, visit))
  })

  get(
    changeAlertsPath,
    guardChange(async (visit) =>
      show(visit, changeAlertsPage({ mailboxes: await mailboxesOf(visit), verifier: pages.verifierOf(visit) }, visit)),
    ),
  )

  post(
    changeAlertsPath,
    guardChange(async (visit) => {
      const { person, level } = visit.who
      const outcomes: string[] = []
      for (const { contact } of await mailboxesOf(visit)) {
        const hears = hearings.find((one) => one === textIn(visit.body, fieldOf(contact)))
        if (hears) outcomes.push(await alertChoices.turn(person, { contact, hears, level }))
      }
      return pages.done(visit, spacePaths.alerts, outcomes.includes('turned') ? 'changed' : 'same')
    }),
  )
}
