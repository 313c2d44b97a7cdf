/**
 * Where somebody is signed in, and the devices that know them. Ending a session protects and takes nothing away: its
 * owner signs in again, a thief who ends those of the owner has gained nothing. So every sign-in that sees the page may
 * end what it sees, and all at once what it does not see.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { deviceMemory } from '../kernel/durations.ts'
import { type DeviceId, isId, type SessionId } from '../kernel/ids.ts'
import { textIn } from '../means/routes-sign-in.ts'
import { spacePaths } from './frame.ts'
import {
  type DeviceView,
  type DoneWithSessions,
  doneWithSessions,
  nameDevicePage,
  sessionsPage,
  signedOutPage,
} from './sessions-pages.ts'
import type { SpaceHandle, SpacePages, SpaceVisit } from './visit.ts'

/** Of the history, the lines in which devices are looked for: those of 90 days, of whoever signs in six times a day. */
const linesRead = 500

export function mountSessions(pages: SpacePages): void {
  const { get, post, show, web, storage, sessions, deviceNames, connections, clock } = pages
  const listPath = spacePaths.sessions

  const done = (visit: SpaceVisit, what: DoneWithSessions) => pages.done(visit, listPath, what)

  /** An act on the list: whoever comes to its address by a reload or from a sign-in finds the list. */
  function act(path: string, handle: SpaceHandle): void {
    get(path, async ({ reply }) => reply.redirect(listPath, 303))
    post(path, handle)
  }

  // --- Sessions ------------------------------------------------------------------------------------------------------

  get(listPath, async (visit) => {
    const all = await sessions.ofPerson(visit.who.person)
    const seen = all.filter(({ provider }) => pages.seesProvider(visit, provider))
    const said = pages.outcomeIn(visit, doneWithSessions)
    const view = {
      sessions: seen,
      others: all.length - seen.length,
      ...(await devicesOf(visit)),
      ...(said ? { done: said } : {}),
    }
    return show(visit, sessionsPage(view, pages, visit))
  })

  act(spacePaths.endSession(':session' as SessionId), async (visit) => {
    const id = idIn(visit.request, 'session')
    const one = (await sessions.ofPerson(visit.who.person)).find((session) => session.id === id)
    if (!one) return done(visit, 'over')
    if (!pages.seesProvider(visit, one.provider)) return pages.notFound(visit)
    const isOver = await storage.transaction((tx) => sessions.endOf(tx, visit.who.person, one.id))
    if (one.id === visit.who.session) return signedOut(visit, 'here')
    return done(visit, isOver ? 'ended' : 'over')
  })

  act(spacePaths.endOthers, async (visit) => {
    const { person, session } = visit.who
    const ended = await storage.transaction((tx) => sessions.endAllOf(tx, person, 'revoked', { except: session }))
    return done(visit, ended > 0 ? 'others_ended' : 'over')
  })

  act(spacePaths.endAll, async (visit) => {
    await storage.transaction((tx) => sessions.endAllOf(tx, visit.who.person, 'revoked'))
    return signedOut(visit, 'everywhere')
  })

  /** There is nobody on this page any more. */
  function signedOut({ request, reply, context }: SpaceVisit, how: 'here' | 'everywhere'): FastifyReply {
    web.cookies.clear(reply, 'session')
    return web.page(request, reply, signedOutPage(how, pages.door.signInPath(spacePaths.home), context))
  }

  post(
    spacePaths.stay,
    async ({ session, reply }) => {
      const seconds = Math.floor((sessions.endsAt(session) - clock.now()) / 1000)
      return reply.send({ seconds })
    },
    { weak: true },
  )

  // --- Devices -------------------------------------------------------------------------------------------------------

  /**
   * A device does not say who was seen on it, so the history is asked which ones this person used; of these, those that
   * still know them. `unseen`: how many this sign-in does not see.
   */
  async function devicesOf(visit: SpaceVisit): Promise<{ devices: DeviceView[]; unseen: number }> {
    const { person, provider } = visit.who
    const isWhole = visit.access.sight === 'whole'
    const question = { limit: linesRead, from: clock.now() - deviceMemory, outcome: 'accepted' } as const
    const [lines, all, names] = await Promise.all([
      connections.ofPerson(person, { ...question, ...(isWhole ? {} : { providers: [provider] }) }),
      isWhole ? [] : connections.ofPerson(person, question),
      deviceNames.of(person),
    ])
    const used = (some: typeof all) => [...new Set(some.flatMap(({ device }) => device ?? []))]
    const known = await sessions.devicesKnowing(person, [...new Set([...used(lines), ...used(all)])])
    const devices = used(lines)
      .filter((device) => known.includes(device))
      .map((device): DeviceView => {
        const there = lines.filter((line) => line.device === device)
        const country = there.find((line) => line.country)?.country
        return {
          device,
          here: device === visit.session.device,
          lastAt: there[0]?.at ?? clock.now(),
          firstAt: there.at(-1)?.at ?? clock.now(),
          name: names.get(device) ?? '',
          ...(country ? { country } : {}),
        }
      })
    return { devices, unseen: isWhole ? 0 : known.length - devices.length }
  }

  /** Through its owner, as far as this sign-in sees. */
  async function find(visit: SpaceVisit): Promise<DeviceView | undefined> {
    const id = idIn(visit.request, 'device')
    return (await devicesOf(visit)).devices.find(({ device }) => device === id)
  }

  const namePath = spacePaths.nameDevice(':device' as DeviceId)
  get(namePath, async (visit) => {
    const device = await find(visit)
    return device ? show(visit, nameDevicePage(device, pages, visit)) : pages.notFound(visit)
  })
  // A name gives nobody anything: it is not asked for twice.
  post(namePath, async (visit) => {
    const found = await find(visit)
    if (!found) return done(visit, 'device_unknown')
    const { person } = visit.who
    await storage.transaction((tx) => deviceNames.name(tx, person, found.device, textIn(visit.body, 'name')))
    return done(visit, 'named')
  })

  act(spacePaths.forgetDevice(':device' as DeviceId), async (visit) => {
    const found = await find(visit)
    if (!found) return done(visit, 'device_unknown')
    const { person, session } = visit.who
    const isDone = await storage.transaction(async (tx) => {
      await deviceNames.forget(tx, person, found.device)
      return sessions.forgetDevice(tx, person, found.device, { except: session })
    })
    return done(visit, isDone ? 'forgotten' : 'device_unknown')
  })
}

function idIn<K extends 'session' | 'device'>(request: FastifyRequest, kind: K) {
  const value = (request.params as Record<string, unknown>)[kind]
  return isId(kind, value) ? value : undefined
}
