/** Who is on a page of the desk, and the service or provider of an address: one's own, or not there. */
import type { FastifyRequest } from 'fastify'
import type { Figures } from '../figures/figures.ts'
import type { Web } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Clock } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import type { StaffRole } from '../kernel/roles.ts'
import { named } from '../partners/fault-messages.ts'
import type { Partners, Provider, Service } from '../partners/partners.ts'
import type { Editor, Versions } from '../partners/versions.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { ContactChecks } from '../staff/contact-checks.ts'
import type { PartnerStaff, StaffStanding } from '../staff/partner-staff.ts'
import type { StaffDoor } from '../staff/routes.ts'
import type { DeskCases } from './cases.ts'
import type { DeskFrame, Own } from './frame.ts'
import type { Programs } from './programs.ts'
import type { DeskSignals } from './signals.ts'

export interface DeskOptions {
  web: Web
  door: StaffDoor
  staff: Pick<
    PartnerStaff,
    'list' | 'partnerOf' | 'denied' | 'inviteColleague' | 'inviteColleagueAgain' | 'changeColleague' | 'changeRoles'
  >
  partners: Pick<
    Partners,
    'registry' | 'partner' | 'availability' | 'suspend' | 'amend' | 'lift' | 'stateOf' | 'history' | 'doubts'
  >
  versions: Versions
  contactChecks: Pick<ContactChecks, 'of' | 'confirm'>
  figures: Pick<Figures, 'figuresOf'>
  programs: Programs
  cases: DeskCases
  signals: DeskSignals
  sessions: Pick<Sessions, 'countOpen'>
  clock: Clock
  /** Origin of the hub. */
  issuer: string
  /** Name of the hub. */
  name: string
  /** IANA name of the zone in which dates are written. */
  timeZone: string
}

export const allow = (...roles: readonly StaffRole[]) => ({ config: { access: { staff: roles } } })

/** Whoever of the staff may take a provider off the page and bring it back. */
export const guardians = ['security_contact'] as const satisfies readonly StaffRole[]

export async function frameOf(options: DeskOptions, request: FastifyRequest): Promise<DeskFrame> {
  const { web, door, staff, partners, clock, name, timeZone } = options
  const standing = door.of(request)
  const colleagues = await staff.list(standing.partner)
  const { language } = web.contextOf(request)
  return {
    standing,
    colleagues: new Map(colleagues.map(({ staff: id, name: named }) => [id, named])),
    partner: partners.partner(standing.partner)?.name[language] ?? standing.partner,
    hub: name,
    timeZone,
    now: clock.now(),
    named: (said) => named(said, partners.registry(), language),
    verifier: (path) => door.verifier(standing, path),
  }
}

/** A service or provider of a partner, by the name that everybody reads. */
export interface Published {
  /** `service/refunds` */
  key: string
  side: 'service' | 'provider'
  id: string
  name: string
}

/** What is published in a partner's name, by name. */
export function publishedOf(
  { partners }: Pick<DeskOptions, 'partners'>,
  partner: string,
  language: Language,
): Published[] {
  const { services, providers } = partners.registry()
  const of = (side: Published['side'], all: Iterable<Service | Provider>) =>
    [...all].flatMap(({ id, name, partner: owner }) =>
      owner === partner ? [{ key: `${side}/${id}`, side, id, name: name[language] }] : [],
    )
  return sortedByName(
    [...of('service', services.values()), ...of('provider', providers.values())],
    ({ name }) => name,
    language,
  )
}

export function sortedByName<T>(all: readonly T[], nameOf: (one: T) => string, language: Language): T[] {
  const collator = collators[language]
  return [...all].sort((a, b) => collator.compare(nameOf(a), nameOf(b)))
}

const collators = inEachLanguage((language) => new Intl.Collator(localeOf(language), { numeric: true }))

export function editorOf({ staff, partner, roles }: StaffStanding): Editor {
  return { hand: 'partner', actor: { kind: 'staff', id: staff }, partner, roles }
}

/**
 * The service or provider of an address. That of another partner is not there, and that it was asked for is a fact.
 *
 * @throws GarantError `not_found`
 */
export async function ownIn(options: DeskOptions, request: FastifyRequest, kind: Own['kind']): Promise<Own> {
  const { door, staff, partners, versions } = options
  const standing = door.of(request)
  // Nobody's address but their own says which partner.
  if (kind === 'partner') return { kind, id: standing.partner }
  const id = (request.params as Record<string, string>)[kind] ?? ''
  const { services, providers } = partners.registry()
  const published = (kind === 'service' ? services : providers).get(id)
  if (published?.partner === standing.partner) return { kind, id }
  if (!published) {
    const subject = { kind, id }
    const editor = editorOf(standing)
    if (await versions.draft(subject, editor)) return subject
    if (await versions.history(subject, editor, { limit: 1 })) return subject
  }
  const operators: Editor = { hand: 'operators', actor: { kind: 'hub' } }
  const isOthers = published ?? (await versions.draft({ kind, id }, operators))
  if (isOthers) await staff.denied(standing, request.routeOptions.url ?? '')
  throw new GarantError('not_found')
}
