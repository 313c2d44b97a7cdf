/** Who may act for whom here and now, for whom somebody may act, and what was done so. */
import type { Representation } from '../directory/organisations.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import type { Identity } from '../kernel/identity.ts'
import { isId, newOrderedId, type OrganisationId, orderedIdAt, type PersonId, type ServiceId } from '../kernel/ids.ts'
import { searchedIn } from '../kernel/names.ts'
import { rightsOf } from '../policy/firm.ts'
import {
  type Acting,
  type Action,
  bestOf,
  type Capacity,
  type InForce,
  judgeRights,
  judgeUse,
  type Right,
  representativeLevel,
  type UseDecision,
} from '../policy/mandate.ts'
import { type Core, has } from './core.ts'
import type { Mandates, MayAnswer, Page, PrincipalEntry, UseView } from './mandates.ts'
import { maySee } from './steps.ts'
import * as store from './store.ts'

export interface ActingVerbs
  extends Pick<
    Mandates,
    'may' | 'check' | 'principals' | 'noteUse' | 'uses' | 'allUses' | 'usesBefore' | 'markUse' | 'countUses'
  > {
  /** Of this room only: what one person did, the oldest first. */
  ofPerson(person: PersonId, page: { after?: string; limit: number }): Promise<Page<UseView>>
}

/** What one request asks, besides who. */
interface Asked {
  service: ServiceId
  action?: Action
  level: Parameters<Mandates['may']>[0]['level']
}

/** Whoever tries again and again is one line of what the principal reads. */
const refusalQuiet = hour

type Found = { capacity: Capacity; decision: UseDecision }

export function createActing(core: Core): ActingVerbs {
  const { storage, clock, audit, people, organisations, services } = core
  const { db } = storage

  const taken = (service: ServiceId): readonly Action[] => services(service)?.actions ?? []

  /** Whoever represents an organisation does all that the service takes, at the substantial level. */
  function asRepresentative({ until }: Pick<Representation, 'until'>, asked: Asked, now: Instant): UseDecision {
    const rights: Right[] = taken(asked.service).map((action) => ({
      service: asked.service,
      action,
      minimumLevel: representativeLevel,
      ...(until === undefined ? {} : { until }),
    }))
    if (rights.length === 0) return { ok: false, reason: 'service_out_of_scope' }
    return judgeRights({ ...asked, now, rights })
  }

  function judge(row: store.FoundRow, asked: Asked, now: Instant): UseDecision {
    if (row.principal_closed || row.firm_closed) return { ok: false, reason: 'organisation_closed' }
    const { service } = asked
    // What a service does not take any more is nobody's right.
    const actions = taken(service)
    const own = ({ rights, ...rest }: store.InForceRow): InForce => ({
      ...rest,
      rights: rights.filter(({ action }) => actions.includes(action)).map((right) => ({ service, ...right })),
    })
    return judgeUse({
      ...asked,
      now,
      mandate: own(row),
      ...(row.parent ? { parent: own(row.parent) } : {}),
      ...(row.membership ? { assigned: assignedIn(row) } : {}),
    })
  }

  const assignedIn = ({ reaches }: store.FoundRow): Right[] =>
    (reaches ?? []).flatMap(({ actions, minimumLevel, until }) =>
      rightsOf({ actions, ...(minimumLevel ? { minimumLevel } : {}), ...(until === null ? {} : { until }) }),
    )

  const capacityOf = ({ id, membership, firm }: store.FoundRow): Capacity =>
    membership && firm ? { as: 'employee', mandate: id, firm, membership } : { as: 'mandatary', mandate: id }

  function answer(organisation: OrganisationId, { capacity, decision }: Found): MayAnswer {
    if (!decision.ok) return decision
    const { ok: _ok, ...rest } = decision
    const acting: Acting = { organisation, capacity, ...rest }
    return { ok: true, acting }
  }

  /** Who may bind it only together with somebody else does nothing for it by themselves. */
  async function representationOf(
    { person, identity }: { person?: PersonId; identity?: Identity },
    organisation: OrganisationId,
  ): Promise<Representation | undefined> {
    const known = identity ?? (person && (await people.identityOf(db, person)))
    const found = known && (await organisations.represents(known, organisation))
    return found?.alone ? found : undefined
  }

  const isFrozen = async (person: PersonId | undefined) =>
    person !== undefined && (await people.standingOf(person)).frozen

  async function found(
    row: Promise<store.FoundRow | undefined>,
    asked: Asked,
    now: Instant,
  ): Promise<Found | undefined> {
    const one = await row
    return one && { capacity: capacityOf(one), decision: judge(one, asked, now) }
  }

  /** Yes before no, a representative before a mandatary before an employee. */
  function best(all: readonly Found[]): Found | undefined {
    const order = ['representative', 'mandatary', 'employee']
    const sorted = [...all].sort((a, b) => order.indexOf(a.capacity.as) - order.indexOf(b.capacity.as))
    return bestOf(sorted.map((one) => ({ ...one, ...(one.decision.ok ? { ok: true } : one.decision) })))
  }

  async function alone(
    { person, capacity, organisation }: { person: PersonId; capacity: Capacity; organisation: OrganisationId },
    asked: Asked,
    represents: () => Promise<Representation | undefined>,
  ): Promise<MayAnswer> {
    const now = clock.now()
    if (capacity.as === 'representative') {
      const [frozen, representation] = await Promise.all([isFrozen(person), represents()])
      if (frozen) return { ok: false, reason: 'frozen' }
      if (representation?.representation !== capacity.representation) return { ok: false, reason: 'not_representative' }
      return answer(organisation, { capacity, decision: asRepresentative(representation, asked, now) })
    }
    const about = { person, principal: organisation, service: asked.service, now, capacity }
    const [frozen, one] = await Promise.all([isFrozen(person), found(store.inCapacity(db, about), asked, now)])
    if (frozen) return { ok: false, reason: 'frozen' }
    return one ? answer(organisation, one) : { ok: false, reason: 'no_mandate' }
  }

  const useViewOf = (row: store.UseRow, name: string | undefined): UseView => ({
    use: row.id,
    at: row.at.getTime(),
    organisation: row.organisation,
    ...(row.mandate ? { mandate: row.mandate } : {}),
    ...(row.firm ? { firm: row.firm } : {}),
    ...(row.membership ? { membership: row.membership } : {}),
    as: row.membership ? 'employee' : row.mandate ? 'mandatary' : 'representative',
    person: row.person,
    ...(name === undefined ? {} : { name }),
    service: row.service,
    actions: row.actions,
    kind: row.kind,
    ...(row.connection ? { connection: row.connection } : {}),
    ...(row.country ? { country: row.country } : {}),
    ...(row.refused ? { refused: row.refused } : {}),
    unusual: row.unusual,
  })

  async function withNames(rows: readonly store.UseRow[]): Promise<UseView[]> {
    const persons = [...new Set(rows.map(({ person }) => person))]
    const named = await Promise.all(
      persons.map(async (person) => {
        const one = await core.personNamed(db, person)
        return [person, one && `${one.givenNames} ${one.familyName}`] as const
      }),
    )
    const names = new Map(named)
    return rows.map((row) => useViewOf(row, names.get(row.person)))
  }

  async function page(
    of: Parameters<typeof store.uses>[1],
    { limit, after, ...rest }: Parameters<typeof store.uses>[2],
  ): Promise<Page<UseView>> {
    const begins = isId('mandateUse', after) ? { after } : {}
    const rows = await store.uses(db, of, { ...rest, ...begins, limit: limit + 1 })
    const entries = await withNames(rows.slice(0, limit))
    const last = entries.at(-1)
    return { entries, ...(rows.length > limit && last ? { next: last.use } : {}) }
  }

  /** Does this person have a part in what they ask about? */
  async function mayRead(of: Parameters<Mandates['uses']>[0]['of'], person: PersonId): Promise<boolean> {
    if ('organisation' in of) return (await core.represents(db, person, of.organisation)) !== undefined
    const row = await core.byId(db, of.mandate)
    if (!row) return false
    const stand = await core.standOf(db, row, person)
    return has(stand) && maySee(row, stand)
  }

  return {
    async may({ person, identity, organisation, capacity, mandate, ...asked }) {
      const now = clock.now()
      if (capacity && person) {
        const given = { ...(identity ? { identity } : {}), person }
        return alone({ person, capacity, organisation }, asked, () => representationOf(given, organisation))
      }
      const given = { ...(person ? { person } : {}), ...(identity ? { identity } : {}) }
      const [frozen, representation, rows] = await Promise.all([
        isFrozen(person),
        mandate ? undefined : representationOf(given, organisation),
        person ? store.between(db, { person, principal: organisation, service: asked.service, now }) : [],
      ])
      if (frozen) return { ok: false, reason: 'frozen' }
      const all: Found[] = rows
        .filter(({ id }) => mandate === undefined || id === mandate)
        .map((row) => ({ capacity: capacityOf(row), decision: judge(row, asked, now) }))
      if (representation) {
        const own: Capacity = { as: 'representative', representation: representation.representation }
        all.push({ capacity: own, decision: asRepresentative(representation, asked, now) })
      }
      const one = best(all)
      return one ? answer(organisation, one) : { ok: false, reason: 'no_mandate' }
    },

    check: ({ organisation, capacity }, { person, ...asked }) =>
      alone({ person, capacity, organisation }, asked, () => representationOf({ person }, organisation)),

    async principals({ person, identity, service, level, search, after, limit }) {
      const now = clock.now()
      const typed = searchedIn(search)
      if (!typed) return { entries: [], total: 0 }
      const known = identity ?? (person && (await people.identityOf(db, person)))
      const represented = known && taken(service).length > 0 ? await organisations.representedBy(known) : []
      const representing = represented.filter(({ alone: byThemselves }) => byThemselves)
      const { rows, total } = await storage.transaction((tx) =>
        store.principalsOf(tx, {
          person,
          representing,
          service,
          now,
          ...typed,
          ...(after === undefined ? {} : { after: cursorIn(after) }),
          limit: limit + 1,
        }),
      )
      const shown = rows.slice(0, limit)
      const named = await organisations.named(
        shown.flatMap(({ principal, firm }) => [principal, ...(firm ? [firm] : [])]),
      )
      const entries = shown.flatMap((row): PrincipalEntry[] => {
        const organisation = named.get(row.principal)
        const own = representing.find(({ representation }) => representation === row.representation)
        const decision = own ? asRepresentative(own, { service, level }, now) : judge(row, { service, level }, now)
        if (organisation?.state !== 'active' || (!decision.ok && decision.reason !== 'level_too_low')) return []
        const capacity: Capacity = own ? { as: 'representative', representation: own.representation } : capacityOf(row)
        const firm = row.firm && named.get(row.firm)
        return [
          {
            organisation,
            capacity,
            ...(firm ? { firm } : {}),
            actions: decision.ok ? decision.rights.map(({ action }) => action) : [],
            ...(decision.ok && decision.until !== undefined ? { until: decision.until } : {}),
            ...(!decision.ok && decision.needs ? { needs: decision.needs } : {}),
          },
        ]
      })
      const last = shown.at(-1)
      return { entries, total, ...(rows.length > limit && last ? { next: cursorOf(last) } : {}) }
    },

    async noteUse(tx, { ref, person, service, actions, kind, connection, country, refused }) {
      const { organisation, capacity } = ref
      const now = clock.now()
      const id = newOrderedId('mandateUse', now)
      const employed = capacity.as === 'employee' ? capacity : undefined
      const row = {
        id,
        organisation,
        mandate: capacity.as === 'representative' ? null : capacity.mandate,
        membership: employed?.membership ?? null,
        firm: employed?.firm ?? null,
        person,
        service,
        actions: [...actions],
        kind,
        connection: connection ?? null,
        refused: refused ?? null,
      }
      const since = orderedIdAt('mandateUse', now - refusalQuiet)
      if (refused && (await store.wasRefused(tx, { ...row, since }))) return undefined
      await store.insertUse(tx, { ...row, country: country ?? null, at: toDate(now) })
      const { id: use, ...data } = row
      audit.append(tx, { name: 'mandate.used', data: { use, ...data } })
      return id
    },

    async uses({ of, person, ...rest }) {
      return (await mayRead(of, person)) ? page(of, rest) : undefined
    },

    ofPerson: (person, rest) => page({ person }, { ...rest, oldestFirst: true }),
    allUses: (mandate, rest) => page({ mandate }, { ...rest, oldestFirst: true }),

    async usesBefore(id, limit) {
      const row = await store.use(db, id)
      if (!row) return undefined
      const of = row.mandate
        ? { mandate: row.mandate }
        : { organisation: row.organisation, representatives: true as const }
      const before = await store.uses(db, of, { after: id, limit, accepted: true })
      const [use, ...others] = await withNames([row, ...before])
      return use && { use, before: others }
    },

    markUse: (tx, use, unusual) => store.markUse(tx, use, unusual),
    countUses: (mandate) => store.countUses(db, mandate),
  }
}

const cursorOf = ({ name_key, principal, place }: store.EntryRow): string =>
  Buffer.from(JSON.stringify([name_key, principal, place])).toString('base64url')

const fromTheStart = { name: '', organisation: '', place: '' }

/** Whoever changes it by hand begins somewhere else in their own list. */
function cursorIn(text: string): { name: string; organisation: string; place: string } {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (!Array.isArray(read) || read.some((part) => typeof part !== 'string' || part.includes('\0')))
      return fromTheStart
    const [name = '', organisation = '', place = ''] = read as string[]
    return { name, organisation, place }
  } catch {
    return fromTheStart
  }
}
