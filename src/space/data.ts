/**
 * What the hub holds of a person: by category, with what it is for and how long it is kept; a copy of all of it; and its
 * erasure. A copy and an erasure are what a thief would like best, so both ask the strongest that the person can prove.
 */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { textIn } from '../means/routes-sign-in.ts'
import { dataExport } from './data-export.ts'
import { confirmErasurePage, dataPage, erasedPage, erasurePage, type HeldView } from './data-pages.ts'
import { createErasure } from './erasure.ts'
import { spacePaths } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

/** Facts are counted up to here: more are only said to be more. */
const factsCounted = 500

export function mountData(pages: SpacePages): void {
  const { get, post, show, guardChange, web, storage, people, means, sessions, connections, cases, audit } = pages
  const erasure = createErasure(pages)

  async function viewOf({ who: { person }, means: own }: SpaceVisit): Promise<HeldView> {
    const [identity, contacts, enrolments, subjects, live, habits, messages, reports, facts, phones, trips, acting] =
      await Promise.all([
        people.identityOf(storage.db, person),
        people.contactsOf(person),
        means.enrolments.of(storage.db, person),
        people.subjectsOf(person),
        sessions.ofPerson(person),
        connections.habitsOf(person),
        pages.messageCopies.count({ person }),
        cases.ofPerson(person),
        audit.explore({ subject: { field: 'person', id: person }, limit: factsCounted }),
        pages.eid.phones.of(storage.db, person),
        pages.trips.of(person),
        pages.mandates.ofPersonWhole(person),
      ])
    return {
      ...(identity ? { identity } : {}),
      contacts,
      counts: {
        contacts: contacts.length,
        means: own.length,
        phones: phones.length,
        enrolments: enrolments.length,
        subjects: subjects.length,
        sessions: live.length,
        trips: trips.length,
        mandates: acting.mandates.length,
        connections: habits.reduce((sum, { count }) => sum + count, 0),
        messages: messages.shown + messages.others,
        reports: reports.length,
        facts: facts.facts.length,
      },
      moreFacts: facts.older !== undefined,
    }
  }

  get(spacePaths.data, async (visit) => show(visit, dataPage(await viewOf(visit), pages, visit)))

  get(
    spacePaths.export,
    guardChange(async (visit) => {
      const { person, session } = visit.who
      await storage.transaction(async (tx) =>
        audit.append(tx, { name: 'person.data_exported', data: { person, session } }),
      )
      return visit.reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', 'attachment; filename="garant-data.json"')
        .header('cache-control', 'no-store')
        .send(Readable.from(dataExport(pages, visit)))
    }),
  )

  // --- Erasure -------------------------------------------------------------------------------------------------------

  get(
    spacePaths.erase,
    guardChange(async (visit) => {
      const reasons = await erasure.reasonsAgainst(visit.who.person)
      return show(visit, erasurePage(reasons, pages, visit))
    }),
  )

  get(
    spacePaths.confirmErasure,
    guardChange(async (visit) => show(visit, confirmErasurePage(pages.verifierOf(visit), false, visit))),
  )

  post(
    spacePaths.confirmErasure,
    guardChange(async (visit) => {
      if (textIn(visit.body, 'understood') !== 'yes') {
        return show(visit, confirmErasurePage(pages.verifierOf(visit), true, visit))
      }
      const outcome = await erasure.erase(visit.who.person)
      if (outcome.kind === 'refused') return show(visit, erasurePage(outcome.reasons, pages, visit))
      return erased(visit)
    }),
  )

  /** There is nobody on this page any more. */
  function erased({ request, reply, context }: SpaceVisit): FastifyReply {
    web.cookies.clear(reply, 'session')
    return web.page(request, reply, erasedPage(context))
  }
}
