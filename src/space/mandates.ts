/**
 * Mandates, for whoever they concern: what waits for them, the organisations that they represent with what was given in
 * their name, what they hold in person, and one mandate with all that is known of it and all that can be done with it.
 * Drawing up and signing are in `mandate-drafts.ts`. Who may is judged by the verbs of `mandates/`, which also refuse; a
 * mandate of somebody else is not there.
 *
 * All of it takes the strongest sign-in that a person has: whoever holds one stolen account reads nobody's affairs. To end
 * something or to open it again is asked for with a proof of just now; to hold it is not, since it only protects.
 */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { atLeast } from '../kernel/assurance.ts'
import { toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { isId, type MandateId, type OrganisationId } from '../kernel/ids.ts'
import type { MandateOutcome, MandateRefusal, NamedMandate, Page, SeenAs, UseView } from '../mandates/mandates.ts'
import { mandateRefusals } from '../mandates/mandates.ts'
import { addressOf } from '../means/holder-visit.ts'
import { textIn } from '../means/routes-sign-in.ts'
import {
  type Cause,
  handlingLevel,
  type MandateStep,
  mandateStates,
  refusedBecause,
  type Side,
  transition,
} from '../policy/mandate.ts'
import { mountMandateDrafts } from './mandate-drafts.ts'
import { evidencePage, usesPrinted } from './mandate-evidence-page.ts'
import { allPages, csvOfUses, jsonOfUses } from './mandate-uses-files.ts'
import {
  type DoneWithMandates,
  doneWithMandates,
  homePage,
  type ListState,
  listPage,
  listStates,
  type Offered,
  onePage,
  type Represented,
  stepPage,
  strongerPage,
  usesPage,
} from './mandates-pages.ts'
import {
  type AskedStep,
  askedSteps,
  mandatePaths,
  missingSides,
  partiesText,
  signedSides,
  type UsesFormat,
  usesFormats,
} from './mandates-words.ts'
import type { SpaceHandle, SpacePages, SpaceVisit } from './visit.ts'

const perPage = 25
/** Of each kind, on the first page. */
const perPart = 5

/** A mandate as its reader sees it. */
export type Seen = NamedMandate & { seenAs: readonly SeenAs[] }

/** What the files of these pages share. */
export interface MandatePages extends SpacePages {
  /** Serves whoever sees all of what is theirs. */
  seeing(handle: SpaceHandle): SpaceHandle
  /** The same at the level that it takes to change something. */
  handling(handle: SpaceHandle): SpaceHandle
  /** The mandate of the address, through who has a part in it. */
  seen(visit: SpaceVisit): Promise<Seen | undefined>
  /** The organisation of the address, if the person represents it. */
  represented(visit: SpaceVisit): Promise<Represented | undefined>
  /** All that they represent; the hub remembers that it met them. */
  allRepresented(visit: SpaceVisit): Promise<Represented[]>
  doneWith(visit: SpaceVisit, path: string, what: DoneWithMandates): FastifyReply
  refusedIn(visit: SpaceVisit): MandateRefusal | undefined
}

export function mountMandates(pages: SpacePages): void {
  const { get, post, show, guardChange, storage, clock, people, organisations, mandates, firms, signatures } = pages

  const seeing =
    (handle: SpaceHandle): SpaceHandle =>
    async (visit) => {
      if (visit.access.sight === 'whole') return handle(visit)
      const href = pages.door.signInPath(addressOf(visit.request), { level: visit.access.highest })
      return show(visit, strongerPage({ needs: visit.access.highest, href, here: addressOf(visit.request) }, visit))
    }

  const handling = (handle: SpaceHandle): SpaceHandle =>
    seeing(async (visit) => {
      if (atLeast(visit.who.level, handlingLevel)) return handle(visit)
      const here = addressOf(visit.request)
      const href = pages.door.signInPath(here, { level: handlingLevel })
      return show(visit, strongerPage({ needs: handlingLevel, href, here }, visit))
    })

  async function seen({ who, request }: SpaceVisit): Promise<Seen | undefined> {
    const { mandate } = request.params as { mandate?: unknown }
    return isId('mandate', mandate) ? mandates.read({ mandate, person: who.person }) : undefined
  }

  async function allRepresented({ who }: SpaceVisit): Promise<Represented[]> {
    const identity = await people.identityOf(storage.db, who.person)
    const found = identity ? await organisations.representedBy(identity) : []
    const ids = found.map(({ organisation }) => organisation)
    const names = await organisations.named(ids)
    await pages.knownRepresentatives.meet(who.person, ids)
    return found
      .flatMap((representation) => {
        const organisation = names.get(representation.organisation)
        return organisation ? [{ organisation, representation }] : []
      })
      .sort((a, b) => a.organisation.name.localeCompare(b.organisation.name))
  }

  async function represented({ who, request }: SpaceVisit): Promise<Represented | undefined> {
    const { organisation: id } = request.params as { organisation?: unknown }
    if (!isId('organisation', id)) return undefined
    const identity = await people.identityOf(storage.db, who.person)
    const representation = identity && (await organisations.represents(identity, id))
    const organisation = representation && (await organisations.organisation(id))
    if (!organisation) return undefined
    await pages.knownRepresentatives.meet(who.person, [id])
    return { organisation, representation }
  }

  const own: MandatePages = {
    ...pages,
    ...{ seeing, handling, seen, represented, allRepresented },
    doneWith: (visit, path, what) => pages.done(visit, path, what),
    refusedIn({ request }) {
      const { refused } = request.query as { refused?: unknown }
      return mandateRefusals.find((one) => one === refused)
    },
  }

  // --- What concerns somebody ----------------------------------------------------------------------------------------

  get(
    mandatePaths.home,
    seeing(async (visit) => {
      const { person } = visit.who
      const [waiting, theirs, held, seats] = await Promise.all([
        mandates.awaiting(person),
        allRepresented(visit),
        mandates.list({ person }, { limit: perPart }),
        firms.of(person),
      ])
      const at = seats.filter(({ state }) => state === 'active')
      const names = await organisations.named(at.map(({ firm }) => firm))
      const unusual = await Promise.all(
        theirs
          .slice(0, perPart)
          .map(({ organisation: { organisation } }) =>
            mandates.uses({ of: { organisation }, person, unusual: true, limit: perPart }),
          ),
      )
      const lately = unusual.flatMap((found) => found?.entries ?? []).filter(({ at }) => at > clock.now() - recent)
      const forFirms = await Promise.all(
        at
          .filter(({ role }) => role === 'administrator')
          .map(({ firm }) => mandates.list({ firm }, { state: 'proposed', limit: perPart })),
      )
      const toFirms = forFirms
        .flatMap(({ entries }) => entries)
        .filter(({ view }) => missingSides(view).includes('mandatary'))
        .map((one) => ({ ...one, side: 'mandatary' as const }))
      const said = pages.outcomeIn(visit, doneWithMandates)
      const view = {
        ...{ waiting: [...waiting, ...toFirms], represented: theirs, held },
        unusual: lately.toSorted((a, b) => b.at - a.at).slice(0, perPart),
        firms: at.flatMap(({ firm, role }) => {
          const organisation = names.get(firm)
          return organisation ? [{ organisation, role }] : []
        }),
        ...(said ? { done: said } : {}),
      }
      return show(visit, homePage(view, pages, visit))
    }),
  )

  async function list(visit: SpaceVisit, of: Represented | undefined): Promise<FastifyReply> {
    const asked = visit.request.query as { state?: unknown; after?: unknown }
    const state: ListState | undefined = listStates.find((one) => one === asked.state)
    const after = typeof asked.after === 'string' ? asked.after : undefined
    const whose = of ? { principal: of.organisation.organisation } : { person: visit.who.person }
    const page = { state: state ?? 'open', limit: perPage, ...(after ? { after } : {}) } as const
    const found = await mandates.list(whose, page)
    const said = pages.outcomeIn(visit, doneWithMandates)
    const view = {
      ...found,
      isFirst: !after,
      ...(of ? { of } : {}),
      ...(state ? { state } : {}),
      ...(said ? { done: said } : {}),
    }
    return show(visit, listPage(view, pages, visit))
  }

  get(
    mandatePaths.held,
    seeing((visit) => list(visit, undefined)),
  )
  get(
    mandatePaths.of(':organisation' as OrganisationId),
    seeing(async (visit) => {
      const of = await represented(visit)
      return of ? list(visit, of) : pages.notFound(visit)
    }),
  )

  mountMandateDrafts(own)

  // --- One mandate ---------------------------------------------------------------------------------------------------

  const signersOf = async (made: readonly { signature: string; person: Parameters<typeof people.identityOf>[1] }[]) => {
    const named = await Promise.all(
      made.map(async ({ signature, person }) => {
        const identity = await people.identityOf(storage.db, person)
        return identity ? [[signature, `${identity.given_name} ${identity.family_name}`] as const] : []
      }),
    )
    return new Map(named.flat())
  }

  get(
    mandatePaths.one(':mandate' as MandateId),
    seeing(async (visit) => {
      const named = await seen(visit)
      if (!named) return pages.notFound(visit)
      const { mandate } = named.view
      const [made, last, count] = await Promise.all([
        signatures.about(storage.db, { kind: 'mandate', id: mandate }),
        mandates.uses({ of: { mandate }, person: visit.who.person, limit: perPart }),
        mandates.countUses(mandate),
      ])
      const said = pages.outcomeIn(visit, doneWithMandates)
      const refused = own.refusedIn(visit)
      const view = {
        named,
        offered: offeredTo(named, clock.now()),
        ways: new Map(made.map(({ signature, way }) => [signature, way])),
        signers: await signersOf(named.view.signatures),
        uses: { last: last?.entries ?? [], count },
        ...(said ? { done: said } : {}),
        ...(refused ? { refused } : {}),
      }
      return show(visit, onePage(view, pages, visit))
    }),
  )

  // --- Uses ----------------------------------------------------------------------------------------------------------

  const usesAsked = ({ request }: SpaceVisit) => {
    const { after, unusual } = request.query as { after?: unknown; unusual?: unknown }
    return {
      ...(typeof after === 'string' ? { after } : {}),
      ...(unusual === 'yes' ? { unusual: true } : {}),
      limit: perPage,
    }
  }

  get(
    mandatePaths.uses(':mandate' as MandateId),
    seeing(async (visit) => {
      const named = await seen(visit)
      const asked = usesAsked(visit)
      const found =
        named && (await mandates.uses({ of: { mandate: named.view.mandate }, person: visit.who.person, ...asked }))
      if (!named || !found) return pages.notFound(visit)
      const view = { ...found, of: { named }, unusual: 'unusual' in asked, isFirst: !('after' in asked) }
      return show(visit, usesPage({ ...view, steps: offeredTo(named, clock.now()).steps }, pages, visit))
    }),
  )
  get(
    mandatePaths.usesOf(':organisation' as OrganisationId),
    seeing(async (visit) => {
      const of = await represented(visit)
      const asked = usesAsked(visit)
      const organisation = of?.organisation
      const found =
        organisation &&
        (await mandates.uses({ of: { organisation: organisation.organisation }, person: visit.who.person, ...asked }))
      if (!organisation || !found) return pages.notFound(visit)
      const view = { ...found, of: { organisation }, unusual: 'unusual' in asked, isFirst: !('after' in asked) }
      return show(visit, usesPage({ ...view, steps: [] }, pages, visit))
    }),
  )

  /** The file of all that the page lists. `about`: in words; `id`: of the mandate or the organisation. */
  async function sendUses(
    visit: SpaceVisit,
    format: UsesFormat,
    { about, id }: { about: string; id: string },
    read: (page: { after?: string; limit: number; unusual?: boolean }) => Promise<Page<UseView> | undefined>,
  ): Promise<FastifyReply> {
    const { after: _, ...asked } = usesAsked(visit)
    const first = await read(asked)
    if (!first) return pages.notFound(visit)
    const at = clock.now()
    const head = { hub: pages.name, issuer: pages.issuer, about, id, at, unusual: 'unusual' in asked }
    const all = allPages(first, (page) => read({ ...asked, ...page }))
    const chunks = format === 'csv' ? csvOfUses(head, all, pages, visit) : jsonOfUses(head, all, pages, visit)
    return visit.reply
      .type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="uses-${toDate(at).toISOString().slice(0, 10)}.${format}"`)
      .send(Readable.from(chunks, { objectMode: false }))
  }

  for (const format of usesFormats) {
    get(
      mandatePaths.usesFile(':mandate' as MandateId, format),
      seeing(async (visit) => {
        const named = await seen(visit)
        if (!named) return pages.notFound(visit)
        const { mandate } = named.view
        const about = partiesText(named, visit)
        return sendUses(visit, format, { about, id: mandate }, (page) =>
          mandates.uses({ of: { mandate }, person: visit.who.person, ...page }),
        )
      }),
    )
    get(
      mandatePaths.usesFileOf(':organisation' as OrganisationId, format),
      seeing(async (visit) => {
        const of = await represented(visit)
        if (!of) return pages.notFound(visit)
        const { organisation, name } = of.organisation
        return sendUses(visit, format, { about: name, id: organisation }, (page) =>
          mandates.uses({ of: { organisation }, person: visit.who.person, ...page }),
        )
      }),
    )
  }

  // --- Evidence ------------------------------------------------------------------------------------------------------

  get(
    mandatePaths.evidence(':mandate' as MandateId),
    seeing(async (visit) => {
      const named = await seen(visit)
      if (!named) return pages.notFound(visit)
      const { mandate } = named.view
      const [made, uses, countOfUses] = await Promise.all([
        signatures.about(storage.db, { kind: 'mandate', id: mandate }),
        mandates.allUses(mandate, { limit: usesPrinted }),
        mandates.countUses(mandate),
      ])
      const view = {
        ...{ named, signatures: made, signers: await signersOf(made) },
        ...{ uses: uses.entries, countOfUses, madeAt: clock.now() },
      }
      return pages.web.page(visit.request, visit.reply, evidencePage(view, pages, visit))
    }),
  )

  get(
    mandatePaths.archive(':mandate' as MandateId),
    seeing(async (visit) => {
      const named = await seen(visit)
      const { mandate } = named?.view ?? {}
      const archive = mandate && (await pages.evidence.take({ mandate, person: visit.who.person }))
      if (!mandate || !archive) return pages.notFound(visit)
      if (archive === 'waiting') return own.doneWith(visit, mandatePaths.one(mandate), 'archive_waits')
      return visit.reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${archive.name}"`)
        .header('cache-control', 'no-store')
        .send(archive.bytes)
    }),
  )

  // --- Steps ---------------------------------------------------------------------------------------------------------

  const doneBy: Readonly<Record<AskedStep, DoneWithMandates>> = {
    withdraw: 'withdrawn',
    refuse: 'refused_it',
    suspend: 'suspended',
    resume: 'resumed',
    revoke: 'revoked',
    renounce: 'renounced',
  }

  /** Taking something from somebody, or opening it again. */
  const guarded: readonly AskedStep[] = ['resume', 'revoke', 'renounce']

  const take = (visit: SpaceVisit, step: AskedStep, mandate: MandateId): Promise<MandateOutcome> =>
    storage.transaction((tx) => {
      const asker = { person: visit.who.person, level: visit.who.level }
      if (step !== 'refuse') return mandates[step](tx, asker, { mandate })
      const given = textIn(visit.body, 'because')
      const because = refusedBecause.find((one) => one === given)
      return mandates.refuse(tx, asker, { mandate, ...(because ? { because } : {}) })
    })

  for (const step of askedSteps) {
    const path = mandatePaths.step(':mandate' as MandateId, step)
    const guard = (handle: SpaceHandle) => handling(guarded.includes(step) ? guardChange(handle) : handle)
    get(
      path,
      guard(async (visit) => {
        const named = await seen(visit)
        if (!named) return pages.notFound(visit)
        const isOffered = offeredTo(named, clock.now()).steps.includes(step)
        if (!isOffered) return own.doneWith(visit, mandatePaths.one(named.view.mandate), 'again')
        return show(visit, stepPage({ named, step }, pages, visit))
      }),
    )
    post(
      path,
      guard(async (visit) => {
        const named = await seen(visit)
        if (!named) return pages.notFound(visit)
        const { mandate } = named.view
        const outcome = await take(visit, step, mandate)
        if (outcome.ok) {
          const isGone = step === 'withdraw' && named.view.state === 'draft'
          return own.doneWith(visit, isGone ? mandatePaths.home : mandatePaths.one(mandate), doneBy[step])
        }
        switch (outcome.reason) {
          // Somebody was faster, or it was done by the first of two clicks.
          case 'wrong_state':
          case 'already_so':
            return own.doneWith(visit, mandatePaths.one(mandate), 'again')
          case 'unknown':
            return pages.notFound(visit)
          default:
            return show(visit, stepPage({ named, step, refused: outcome.reason }, pages, visit))
        }
      }),
    )
  }
}

/** What is marked stays on the first page for so long. */
const recent = 14 * day

/** By whom a step would be, for who sees it so. */
const causeOf: Readonly<Record<SeenAs, Side>> = { principal: 'principal', giver: 'principal', mandatary: 'mandatary' }

/** What may be done with it by this reader, by the table of steps alone: the verbs judge again. */
export function offeredTo({ view, seenAs }: Seen, now: number): Offered {
  const own = [...new Set(seenAs.map((one) => causeOf[one]))]
  const standing = {
    ...{ state: view.state, drawnUpBy: view.drawnUpBy, signed: signedSides(view) },
    suspensions: view.suspensions.map(({ reason }) => reason),
  }
  const can = (step: MandateStep, by: Cause) => transition(standing, { step, by }).ok
  const isOver = now >= view.until
  const steps = askedSteps.filter((step) => !isOver && own.some((side) => can(step, side)))
  const isDraft = view.state === 'draft'
  const signing = own.filter((side) => missingSides(view).includes(side) && can('sign', side))
  const toConfirm = own.find((side) => side === 'principal' && can('confirm', side))
  const side = isOver ? undefined : (signing[0] ?? toConfirm)
  const isRunning = mandateStates.indexOf(view.state) >= mandateStates.indexOf('active') && view.state !== 'ended'
  return {
    ...(side ? { sign: side } : {}),
    steps,
    amend: isDraft && own.includes(view.drawnUpBy),
    renew: isRunning && !isOver,
    delegate: view.state === 'active' && !isOver && view.delegable && !view.parent && own.includes('mandatary'),
  }
}
