/** What the command line says of the health of providers. */
import { type Instant, toDate } from '../kernel/clock.ts'
import { healthReasons } from '../policy/breaker.ts'
import { type StandInDecision, standInReasons } from '../policy/stand-in.ts'
import type { ProviderAvailability } from './availability.ts'
import type { Incident } from './health.ts'

const when = (instant: Instant | undefined) => (instant === undefined ? '-' : toDate(instant).toISOString())

export const healthHeader = ['PROVIDER', 'STATE', 'HEALTH', 'SINCE', 'LOOKED AT', 'WHY']

export function healthRow({ provider, state, observed }: ProviderAvailability): string[] {
  const { health, since, checkedAt, reasons } = observed
  return [provider.id, state.kind, health, when(since), when(checkedAt), reasons.join(', ') || '-']
}

/** Each reason in a sentence, then the incidents given, the newest first. */
export function healthDetails({ observed, standIn }: ProviderAvailability, incidents: readonly Incident[]): string[] {
  return [
    ...observed.reasons.map((reason) => healthReasons[reason].says),
    ...(standIn ? [standInLine(standIn)] : []),
    ...(incidents.length === 0 ? ['No incident in the last 90 days.'] : incidents.map(incidentLine)),
  ]
}

const standInLine = (standIn: StandInDecision): string =>
  standIn.offered
    ? `Offered in its place since ${when(standIn.since)}, until ${when(standIn.until)} at the latest.`
    : `Not offered: ${standInReasons[standIn.reason].says}`

function incidentLine({ id, health, reasons, openedAt, closedAt, note }: Incident): string {
  const end = closedAt === undefined ? 'not over' : `until ${when(closedAt)}`
  return `${id}  ${health}  from ${when(openedAt)}, ${end}: ${reasons.join(', ')}${note ? ` (${note.text.en})` : ''}`
}

export function healthJson({ provider, state, observed, incident }: ProviderAvailability) {
  const { health, since, checkedAt, reasons } = observed
  return {
    id: provider.id,
    state: state.kind,
    health,
    ...(since === undefined ? {} : { since: when(since) }),
    ...(checkedAt === undefined ? {} : { checkedAt: when(checkedAt) }),
    reasons,
    ...(incident ? { incident: incident.id } : {}),
  }
}
