/** What the verbs of mandates share: a row as a view, who stands where, the names and the text that are signed. */
import type { Audit } from '../audit/audit.ts'
import type { Organisations, Representation } from '../directory/organisations.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import type { MandateId, OrganisationId, PersonId, ServiceId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { SignedText } from '../kernel/signing-statement.ts'
import type { People } from '../people/people.ts'
import {
  inTableOrder,
  type ParentTerms,
  type Right,
  type Side,
  type Standing,
  type SuspensionReason,
  suspensionReasons,
} from '../policy/mandate.ts'
import type { Handle, Storage } from '../storage/storage.ts'
import type { Firms } from './firm.ts'
import type { Mandatary, MandateView, ServiceTerms } from './mandates.ts'
import * as store from './store.ts'
import { mandateText, type Named, type NamedOrganisation, type NamedPerson, type Party, type Signer } from './text.ts'

export interface Parts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'identityOf' | 'standingOf'>
  organisations: Pick<Organisations, 'named' | 'represents' | 'representedBy' | 'representation' | 'representations'>
  firms: Pick<Firms, 'mayAcceptFor' | 'of'>
  /** Of a published service. */
  services: (service: ServiceId) => ServiceTerms | undefined
  /** IANA name: of the hub. */
  timeZone: string
  /** Milliseconds, after the end. */
  retention: number
}

/** On which sides of a mandate somebody is, now. */
export interface Stand {
  /** Of the organisation for which one acts. */
  representation?: Representation
  /** They hold the mandate that it is drawn from, or run the firm that does. */
  gives: boolean
  /** It names them, or a firm that they run. */
  receives: boolean
}

export const has = ({ representation, gives, receives }: Stand): boolean => Boolean(representation) || gives || receives

/** May they speak for that side? */
export function isOn(side: Side, stand: Stand, delegated: boolean): boolean {
  if (side === 'mandatary') return stand.receives
  return delegated ? stand.gives : stand.representation !== undefined
}

export function mandataryOf(row: Pick<store.MandateRow, 'mandatary_organisation' | 'mandatary_person'>): Mandatary {
  const { mandatary_organisation: organisation, mandatary_person: person } = row
  if (organisation) return { kind: 'organisation', organisation }
  if (!person) throw new Error('a mandate without a mandatary')
  return { kind: 'person', person }
}

export function suspensionsOf(row: store.MandateRow): Map<SuspensionReason, number> {
  const since: Record<SuspensionReason, Date | null> = {
    principal: row.suspended_by_principal_at,
    operator: row.suspended_by_operator_at,
    to_confirm: row.to_confirm_at,
  }
  return new Map(
    suspensionReasons.flatMap((reason) => {
      const at = since[reason]
      return at ? [[reason, at.getTime()] as const] : []
    }),
  )
}

export function standingOf(row: store.MandateRow): Standing {
  return {
    state: row.state,
    drawnUpBy: row.drawn_up_by,
    // Whoever confirms signs once more.
    signed: [...new Set((row.signatures ?? []).map(({ side }) => side))],
    suspensions: [...suspensionsOf(row).keys()],
    ...(row.ended_for ? { endedFor: row.ended_for } : {}),
  }
}

export function viewOf(row: store.MandateRow): MandateView {
  const suspensions = [...suspensionsOf(row)].map(([reason, since]) => ({ reason, since }))
  const signatures = (row.signatures ?? []).map(({ representation, ...signature }) => ({
    ...signature,
    ...(representation ? { representation } : {}),
  }))
  const signers = (side: Side) => signatures.filter((one) => one.side === side).map(({ person }) => person)
  const [suspended] = suspensions
  return {
    mandate: row.id,
    principal: row.principal,
    mandatary: mandataryOf(row),
    ...(row.parent ? { parent: row.parent } : {}),
    ...(row.renews ? { renews: row.renews } : {}),
    state: row.state,
    ...(suspended ? { suspended } : {}),
    suspensions,
    ...(row.ended_at && row.ended_for
      ? {
          ended: {
            reason: row.ended_for,
            at: row.ended_at.getTime(),
            ...(row.refused_because ? { because: row.refused_because } : {}),
          },
        }
      : {}),
    ...(row.replaced_by && row.replaced_at ? { replaced: { by: row.replaced_by, at: row.replaced_at.getTime() } } : {}),
    from: row.from_at.getTime(),
    until: row.until_at.getTime(),
    rights: inTableOrder(row.rights),
    delegable: row.delegable,
    ...(row.representation && row.representation_checked_at
      ? {
          representation: {
            representation: row.representation,
            role: row.representation_role ?? '',
            source: row.representation_source ?? '',
            checkedAt: row.representation_checked_at.getTime(),
          },
        }
      : {}),
    version: row.version,
    textVersion: row.text_version,
    drawnUpBy: row.drawn_up_by,
    draftedBy: row.drafted_by,
    draftedAt: row.drafted_at.getTime(),
    signatures,
    ...(row.proposed_at ? { proposedAt: row.proposed_at.getTime() } : {}),
    ...(row.answer_by ? { answerBy: row.answer_by.getTime() } : {}),
    ...(row.active_at ? { activeSince: row.active_at.getTime() } : {}),
    sameSigner: signers('principal').some((person) => signers('mandatary').includes(person)),
  }
}

/** What delegations of it are judged by. */
export function parentTermsOf(row: store.MandateRow): ParentTerms {
  return {
    state: row.state,
    delegated: row.parent !== null,
    from: row.from_at.getTime(),
    until: Math.min(row.until_at.getTime(), row.replaced_at?.getTime() ?? Number.POSITIVE_INFINITY),
    rights: row.rights,
    delegable: row.delegable,
  }
}

export const servicesOf = (rights: readonly Right[]): ServiceId[] =>
  [...new Set(rights.map(({ service }) => service))].sort()

export type Core = ReturnType<typeof createCore>

export function createCore(parts: Parts) {
  const { people, organisations, firms, services, timeZone } = parts

  const byId = async (handle: Handle, id: MandateId): Promise<store.MandateRow | undefined> =>
    (await store.byIds(handle, [id]))[0]

  const isMandatary = async (handle: Handle, mandatary: Mandatary, person: PersonId): Promise<boolean> =>
    mandatary.kind === 'person'
      ? mandatary.person === person
      : firms.mayAcceptFor(handle, { firm: mandatary.organisation, person })

  async function represents(handle: Handle, person: PersonId, organisation: OrganisationId) {
    const identity = await people.identityOf(handle, person)
    return identity && organisations.represents(identity, organisation, handle)
  }

  async function stand(
    handle: Handle,
    of: { principal: OrganisationId; mandatary: Mandatary; parent: Mandatary | undefined },
    person: PersonId,
  ): Promise<Stand> {
    const representation = await represents(handle, person, of.principal)
    return {
      ...(representation ? { representation } : {}),
      gives: of.parent !== undefined && (await isMandatary(handle, of.parent, person)),
      receives: await isMandatary(handle, of.mandatary, person),
    }
  }

  async function standOf(handle: Handle, row: store.MandateRow, person: PersonId): Promise<Stand> {
    const parent = row.parent ? await byId(handle, row.parent) : undefined
    const of = { principal: row.principal, mandatary: mandataryOf(row), parent: parent && mandataryOf(parent) }
    return stand(handle, of, person)
  }

  /** As they are now. */
  async function namesOf(
    handle: Handle,
    of: { principal: OrganisationId; giver: Mandatary | undefined; mandatary: Mandatary; rights: readonly Right[] },
  ): Promise<Named | undefined> {
    const organisationOf = (one: Mandatary | undefined) => (one?.kind === 'organisation' ? one.organisation : undefined)
    const [giver, mandatary] = [organisationOf(of.giver), organisationOf(of.mandatary)]
    const found = await organisations.named(
      [of.principal, ...(giver ? [giver] : []), ...(mandatary ? [mandatary] : [])],
      handle,
    )
    const named = (id: OrganisationId | undefined): NamedOrganisation | undefined => {
      const one = id && found.get(id)
      return one && { name: one.name, identifiers: one.identifiers }
    }
    const [givers, receivers, principal] = [named(giver), named(mandatary), named(of.principal)]
    if (!principal || (mandatary && !receivers)) return undefined
    const names = servicesOf(of.rights).map((service) => {
      const same = { fr: service, en: service, ar: service }
      return [service, services(service)?.name ?? same] as const
    })
    return {
      principal,
      ...(givers ? { giver: givers } : {}),
      ...(receivers ? { mandatary: receivers } : {}),
      services: Object.fromEntries(names),
    }
  }

  async function personNamed(handle: Handle, person: PersonId): Promise<NamedPerson | undefined> {
    const identity = await people.identityOf(handle, person)
    return identity && nameIn(identity)
  }

  async function party(
    handle: Handle,
    one: Mandatary,
    named: NamedOrganisation | undefined,
  ): Promise<Party | undefined> {
    if (one.kind === 'organisation') return named && { kind: 'organisation', ...named }
    const person = await personNamed(handle, one.person)
    return person && { kind: 'person', ...person }
  }

  /** Undefined when they may not sign on that side, or somebody whom it names is not known any more. */
  async function textOf(
    handle: Handle,
    row: store.MandateRow,
    { side, person, language, stand: standing }: { side: Side; person: PersonId; language: Language; stand: Stand },
  ): Promise<SignedText | undefined> {
    const parent = row.parent ? await byId(handle, row.parent) : undefined
    if (!isOn(side, standing, parent !== undefined)) return undefined
    const view = viewOf(row)
    const { mandatary, rights } = view
    const giver = parent && mandataryOf(parent)
    const named = row.named ?? (await namesOf(handle, { principal: row.principal, giver, mandatary, rights }))
    const signs = await personNamed(handle, person)
    const receiving = named && (await party(handle, mandatary, named.mandatary))
    const giving = named && giver && (await party(handle, giver, named.giver))
    if (!named || !signs || !receiving || (giver && !giving)) return undefined
    return mandateText({
      mandate: row.id,
      language,
      timeZone,
      principal: named.principal,
      ...(giving && parent ? { giver: giving, parent: parent.id } : {}),
      mandatary: receiving,
      services: named.services,
      ...(row.renews ? { renews: row.renews } : {}),
      from: view.from,
      until: view.until,
      rights,
      delegable: view.delegable,
      side: side === 'principal' ? 'giving' : 'receiving',
      signer: signerOf(signs, side === 'principal' ? (giving ?? 'representative') : receiving, standing),
      forBoth: view.signatures.some((one) => one.side !== side && one.person === person),
      ...(isConfirming(row, side) && view.activeSince !== undefined ? { confirms: view.activeSince } : {}),
    })
  }

  return { ...parts, byId, stand, standOf, represents, namesOf, personNamed, textOf }
}

/** Does a signature of that side say that what another one signed still stands? */
export const isConfirming = (row: store.MandateRow, side: Side): boolean =>
  side === 'principal' && row.state === 'suspended' && row.to_confirm_at !== null

function signerOf(signs: NamedPerson, forWhom: Party | 'representative', { representation }: Stand): Signer {
  if (forWhom !== 'representative') {
    return forWhom.kind === 'organisation'
      ? { ...signs, as: 'administrator', firm: forWhom.name }
      : { ...signs, as: 'themselves' }
  }
  if (!representation) throw new Error('a signature for a principal by nobody who represents it')
  const { role, source, checkedAt } = representation
  return { ...signs, as: 'representative', role, source, checkedAt }
}

const nameIn = (identity: Identity): NamedPerson => ({
  givenNames: identity.given_name,
  familyName: identity.family_name,
  ...(identity.kind === 'pivot' ? { birthdate: identity.birthdate } : {}),
})
