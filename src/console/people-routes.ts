/**
 * The means of a person (R047): found by an exact identifier, suspended, brought back, renewed, revoked, unblocked; and
 * their phones, revoked.
 */
import { GarantError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import { meansReasons } from '../means/means.ts'
import { consolePaths } from './frame.ts'
import {
  meansChanges,
  type PersonMeansView,
  personOutcomes,
  personPage,
  phoneReasons,
  renewalOf,
  searchPage,
} from './people-pages.ts'
import {
  actorOf,
  allow,
  type ConsoleOptions,
  fieldsOf,
  findByWord,
  frameOf,
  noteSearch,
  noteView,
  operatorNames,
  personIn,
} from './visit.ts'

export function mountPeople(options: ConsoleOptions): void {
  const { web, storage, door, means, eid } = options
  const { app } = web

  app.get(consolePaths.people, allow('people'), async (request, reply) =>
    web.page(request, reply, searchPage({ notFound: false }, await frameOf(options, request), web.contextOf(request))),
  )

  app.post(consolePaths.people, allow('people'), async (request, reply) => {
    const found = await findByWord(options, fieldsOf(request, ['identifier']).identifier)
    await noteSearch(options, request, found)
    if (found.person) return reply.redirect(consolePaths.person(found.person), 303)
    return web.page(
      request,
      reply,
      searchPage({ notFound: true }, await frameOf(options, request), web.contextOf(request)),
    )
  })

  app.get('/console/people/:person', allow('people'), async (request, reply) => {
    const person = await personIn(options, request)
    await noteView(options, request, person)
    const done = personOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    const activation = await means.activations.waiting(storage.db, person)
    const enrolments = await means.enrolments.of(storage.db, person)
    const view: PersonMeansView = {
      person,
      means: await means.of(storage.db, person),
      phones: await eid.phones.of(storage.db, person),
      isFrozen: (await options.protections.of(storage.db, person)).freeze !== undefined,
      enrolments,
      operators: await operatorNames(options, enrolments),
      ...(activation ? { activation } : {}),
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, personPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.post('/console/people/:person/means/:means', allow('people'), async (request, reply) => {
    const person = await personIn(options, request)
    const { means: id } = request.params as { means: string }
    const fields = fieldsOf(request, ['change', 'reason'])
    const change = meansChanges.find((one) => one === fields.change)
    const reason = meansReasons.find((one) => one === fields.reason)
    if (!change || !reason || !isId('means', id)) throw new GarantError('request_unreadable')
    const given = { person, means: id, actor: actorOf(door.of(request)), reason }
    const outcome = await storage.transaction(async (tx) => {
      if (change !== 'renew') return means[change](tx, given)
      const one = (await means.of(tx, person)).find((each) => each.means === id)
      const renewal = one && renewalOf(one, await means.enrolments.of(tx, person))
      return renewal ? means.renew(tx, { ...given, enrolment: renewal.enrolment }) : one ? 'unchanged' : 'unknown'
    })
    if (outcome === 'unknown') throw new GarantError('not_found')
    return reply.redirect(`${consolePaths.person(person)}?done=${outcome === 'done' ? change : 'unchanged'}`, 303)
  })

  app.post('/console/people/:person/phones/:phone', allow('people'), async (request, reply) => {
    const person = await personIn(options, request)
    const { phone } = request.params as { phone: string }
    const given = fieldsOf(request, ['reason']).reason
    const reason = phoneReasons.find((one) => one === given)
    if (!reason || !isId('phone', phone)) throw new GarantError('request_unreadable')
    const actor = actorOf(door.of(request))
    const isDone = await storage.transaction((tx) => eid.phones.revoke(tx, { person, phone, actor, reason }))
    return reply.redirect(`${consolePaths.person(person)}?done=${isDone ? 'phone_revoked' : 'phone_over'}`, 303)
  })

  app.post('/console/people/:person/unlock', allow('people'), async (request, reply) => {
    const person = await personIn(options, request)
    const actor = actorOf(door.of(request))
    await storage.transaction((tx) => means.unlock(tx, person, { actor, how: 'manager' }))
    return reply.redirect(`${consolePaths.person(person)}?done=unlock`, 303)
  })
}
