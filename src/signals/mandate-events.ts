/**
 * What services hear of the mandates under which people act there: two events of the hub's own. Which fact is told, and
 * what an event says. Pure. Its subject is the organisation, as tokens and claims name it; nobody who acts for it is in it.
 *
 * What is told is how the mandate is when the event leaves: facts may come in another order, and what is told last has to
 * be true.
 */
import type { Fact } from '../audit/facts.ts'
import { type Instant, toSeconds } from '../kernel/clock.ts'
import type { MandateId, ServiceId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import type { MandateView } from '../mandates/mandates.ts'
import type { Initiator } from './events.ts'

export const mandateSignals = ['mandate_ended', 'mandate_changed'] as const
export type MandateSignal = (typeof mandateSignals)[number]

export const isMandateSignal = (kind: string): kind is MandateSignal =>
  (mandateSignals as readonly string[]).includes(kind)

export function mandateEventType(kind: MandateSignal, issuer: string): string {
  return `${issuer}/secevent/event-type/${kind.replace('_', '-')}`
}

/** Of what happens to a mandate, what is told, of which one and to which services. */
const rows: { [Name in Fact['name']]?: (data: (Fact & { name: Name })['data']) => ToldOf | undefined } = {
  // Of what never was in force nobody knows.
  'mandate.ended': ({ mandate, services }) => told('mandate_ended', mandate, services),
  'mandate.suspended': ({ mandate, services }) => told('mandate_changed', mandate, services),
  'mandate.resumed': ({ mandate, services, inForce }) =>
    inForce ? told('mandate_changed', mandate, services) : undefined,
  // By the new one: of the one that it took the place of, the end is told.
  'mandate.changed': ({ mandate, services }) => told('mandate_changed', mandate, services),
}

export interface ToldOf {
  kind: MandateSignal
  mandate: MandateId
  services: ServiceId[]
}

const told = (kind: MandateSignal, mandate: MandateId, services: readonly ServiceId[]): ToldOf | undefined =>
  services.length > 0 ? { kind, mandate, services: [...services] } : undefined

export function mandateSignalOf(fact: { name: Fact['name']; data: unknown }): ToldOf | undefined {
  return rows[fact.name]?.(fact.data as never)
}

/** Names of the facts that lead to one. */
export const mandateOccasions = Object.keys(rows) as Fact['name'][]

/** The claims of an event for one service: the value beside its type. */
export function mandateEventOf(
  { kind, at, initiator }: { kind: MandateSignal; at: Instant; initiator: Initiator },
  view: Pick<MandateView, 'mandate' | 'state' | 'suspended' | 'ended' | 'renews' | 'until' | 'rights'>,
  service: ServiceId,
): Record<string, unknown> {
  const common = { event_timestamp: toSeconds(at), initiating_entity: initiator, reason_admin: reasonsForAdmins[kind] }
  const { mandate, state, suspended, ended, renews, until } = view
  if (kind === 'mandate_ended') return { mandate, reason: ended?.reason, ...common }
  const inForce = state === 'active' ? view.rights.filter((right) => right.service === service) : []
  return {
    mandate,
    state,
    ...(suspended ? { reason: suspended.reason } : {}),
    ...(ended ? { reason: ended.reason } : {}),
    ...(renews ? { replaces: renews } : {}),
    rights: inForce.map(({ action, until: end, minimumLevel }) => ({
      action,
      until: toSeconds(end ?? until),
      minimum_level: minimumLevel,
    })),
    ...common,
  }
}

const reasonsForAdmins: Record<MandateSignal, Translated> = {
  mandate_ended: {
    fr: 'Le mandat est terminé : plus personne n’agit par lui au nom de cette organisation.',
    en: 'The mandate has ended: nobody acts by it for this organisation any more.',
    ar: 'انتهى التوكيل: لم يعد أحد يتصرف بموجبه باسم هذه المؤسسة.',
  },
  mandate_changed: {
    fr: 'Ce que le mandat permet chez vous a changé.',
    en: 'What the mandate allows at your service has changed.',
    ar: 'تغيّر ما يسمح به التوكيل لديكم.',
  },
}
