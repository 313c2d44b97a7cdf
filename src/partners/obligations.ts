/**
 * Of each partner, whether single sign-on by OpenID Connect is an obligation (R071): its sensitive services are counted
 * from their settings, its professionals are what it declares. The rule is `policy/single-sign-on.ts`.
 */
import type { Instant } from '../kernel/clock.ts'
import type { ServiceId } from '../kernel/ids.ts'
import { decideSingleSignOn, type SingleSignOnReason } from '../policy/single-sign-on.ts'
import type { Partner, Service } from './partners.ts'

export interface Obligation {
  partner: string
  sensitiveServices: number
  /** Who have access to at least one of these; absent when the partner does not say. */
  professionals?: number
  required: boolean
  reasons: SingleSignOnReason[]
  /** Its sensitive services that take no single sign-on: the hub does not meet the obligation for them. */
  apart: ServiceId[]
}

export function singleSignOnObligations(
  {
    partners,
    services,
  }: {
    partners: Iterable<Partner>
    services: Iterable<Pick<Service, 'id' | 'partner' | 'sensitive' | 'singleSignOn'>>
  },
  at: Instant,
): Obligation[] {
  const sensitive = Map.groupBy(
    [...services].filter((service) => service.sensitive),
    ({ partner }) => partner,
  )
  return [...partners].map(({ id, professionals }) => {
    const own = sensitive.get(id) ?? []
    // "having access to at least one": where there is none, nobody has.
    const reached = own.length > 0 ? (professionals ?? 0) : 0
    return {
      partner: id,
      sensitiveServices: own.length,
      ...(professionals === undefined ? {} : { professionals }),
      ...decideSingleSignOn({ services: own.length, professionals: reached, at }),
      apart: own.filter(({ singleSignOn }) => !singleSignOn).map((service) => service.id),
    }
  })
}

/** One line for each partner that is concerned, or may be: nothing is said of who has no sensitive service. */
export function obligationLines(obligations: readonly Obligation[]): string[] {
  return obligations
    .filter(({ sensitiveServices }) => sensitiveServices > 0)
    .map((obligation) => `partner ${obligation.partner}: ${verdict(obligation)}${remark(obligation)}`)
}

function verdict({ required, sensitiveServices, professionals, apart }: Obligation): string {
  const services = `${sensitiveServices} sensitive ${sensitiveServices === 1 ? 'service' : 'services'}`
  const people = professionals === undefined ? 'professionals not declared' : `${professionals} professionals`
  const figures = `${services}, ${people}`
  if (!required) return `single sign-on is not required (${figures})`
  const met = apart.length === 0 ? 'this hub meets it' : `this hub meets it, but not for ${apart.join(', ')}`
  return `single sign-on by OpenID Connect is required (${figures}); ${met}`
}

function remark({ required, professionals }: Obligation): string {
  return !required && professionals === undefined ? '; declare its professionals to be sure' : ''
}
