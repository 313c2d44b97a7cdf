/**
 * One look at a stretch of the ledger: which lines are read for which rule, and what the rules of `policy/detection.ts`
 * say of them. It reads by index and by the time of the stretch, never the whole ledger, and nobody's history beyond its
 * last hundred lines. The ledger is handed in, so that the simulation looks with these very eyes.
 */
import type { AttemptsThrough, Connections, Line } from '../connections/connections.ts'
import type { Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { DeviceId, PersonId, ProviderId, ServiceId } from '../kernel/ids.ts'
import { ownService } from '../partners/own-service.ts'
import {
  type Attempts,
  deviceHabit,
  type Finding,
  findBurst,
  findManyIdentities,
  findNewEverything,
  findRefusals,
  findTravel,
  type Seen,
  type Tunings,
} from '../policy/detection.ts'
import type { Reason } from '../policy/policy.ts'

/** What is read of the ledger. */
export type Ledger = Pick<Connections, 'striking' | 'busy' | 'attempts' | 'onSharedDevice' | 'ofPerson'>

/** What is known of services and providers. */
export interface Surroundings {
  isSensitive(service: ServiceId): boolean
  /** Its accounts are those of professionals: whole wards sign in by them on one device. */
  isProfessional(provider: ProviderId): boolean
}

/** How sign-ins at a provider ended, in the last hour and in the weeks before. */
export interface ProviderRecord {
  lastHour: Attempts
  usual: Attempts
}

export interface Look {
  from: Instant
  /** Without it: the look goes so far. It is earlier than what was asked where more happened than one look may read. */
  until: Instant
  findings: readonly Finding[]
  attempts: readonly AttemptsThrough[]
}

/** Refusals that a wrong password, or a person who is not who they say, may be behind; an outage is none of them. */
export const tellingRefusals: readonly ErrorName[] = [
  'provider_refused',
  'provider_cancelled',
  'provider_means_refused',
  'level_not_reached',
  'identity_collision',
]

/** Lines of one person that are read: as many as the decision on an unusual context looks at. */
const historyRead = 100
/** Of one kind, in one look. Where there are more, the look takes a shorter stretch. */
const candidatesRead = 400
/** A library's computer in a month. */
const deviceRead = 2_000
/** A stretch is not cut below this one: what is too much for a look then is left out. */
const shortest = 1_000

const marked: readonly Reason[] = ['new_device', 'new_network', 'new_country', 'new_provider']

export async function look(
  options: Surroundings & { ledger: Ledger; tunings: Tunings; mostCandidates?: number },
  asked: { from: Instant; until: Instant },
  /** Of the providers that had attempts in this stretch, with these. */
  recordsOf: (attempts: readonly AttemptsThrough[], until: Instant) => Promise<ReadonlyMap<ProviderId, ProviderRecord>>,
): Promise<Look> {
  const { ledger, tunings, mostCandidates: limit = candidatesRead } = options
  const { from } = asked
  const by = <R extends keyof Tunings>(rule: R) => tunings[rule].parameters as Tunings[R]['parameters']
  const isOn = (rule: keyof Tunings) => tunings[rule].mode !== 'off'

  async function candidates(until: Instant) {
    const stretch = { from, until }
    const striking = (reasons: readonly Reason[], least: number) => ledger.striking(stretch, { reasons, least, limit })
    const { marks } = by('new_everything')
    const window = by('burst').minutes * minute
    // The service may be new without a reason of its own: one mark less is asked of the context.
    const unfamiliar = isOn('new_everything') ? await striking(marked, Math.max(1, marks - 1)) : []
    const travelled = isOn('impossible_travel') ? await striking(['impossible_travel'], 1) : []
    const shared = isOn('device_many_identities') ? await striking(['shared_device'], 1) : []
    const { services } = by('burst')
    const busy = isOn('burst')
      ? await ledger.busy({ from: from - window, until }, { services, since: from, limit })
      : []
    return { unfamiliar, travelled, shared, busy, most: Math.max(...[unfamiliar, travelled, shared, busy].map(count)) }
  }

  let { until } = asked
  let read = await candidates(until)
  while (read.most >= limit && until - from > shortest) {
    until = from + Math.max(shortest, Math.floor((until - from) / 2))
    read = await candidates(until)
  }

  const histories = new Map<PersonId, Seen[]>()
  const historyOf = async (person: PersonId) => {
    const known = histories.get(person)
    if (known) return known
    const lines = await ledger.ofPerson(person, { outcome: 'accepted', until, limit: historyRead })
    const seen = lines.filter(({ answer }) => answer !== 'disowned').flatMap(seenIn)
    histories.set(person, seen)
    return seen
  }
  const beforeOf = async (line: Seen) => (await historyOf(line.person)).filter(({ id }) => id < line.id)

  const findings: (Finding | undefined)[] = []
  for (const line of read.travelled.flatMap(seenIn)) {
    findings.push(findTravel(line, await beforeOf(line), by('impossible_travel')))
  }
  for (const line of read.unfamiliar.flatMap(seenIn)) {
    findings.push(findNewEverything(line, await beforeOf(line), by('new_everything'), options.isSensitive))
  }
  for (const person of read.busy) {
    findings.push(findBurst((await historyOf(person)).filter(isElsewhere), from, by('burst')))
  }
  const since = until - deviceHabit
  for (const device of new Set(read.shared.flatMap(({ device }): DeviceId[] => (device ? [device] : [])))) {
    const lines = await ledger.onSharedDevice(device, { from: since, until, limit: deviceRead })
    const private_ = lines.flatMap(seenIn).filter(({ provider }) => !options.isProfessional(provider))
    findings.push(...findManyIdentities(private_, from, by('device_many_identities')))
  }
  const attempts = await ledger.attempts({ from, until }, tellingRefusals)
  if (isOn('provider_refusals')) {
    for (const [provider, record] of await recordsOf(attempts, until)) {
      findings.push(findRefusals(provider, until, record, by('provider_refusals')))
    }
  }
  return { from, until, attempts, findings: findings.filter((finding) => finding !== undefined) }
}

const count = (some: readonly unknown[]) => some.length

/** The hub's own pages are no service that a thief is after. */
const isElsewhere = ({ service }: Seen) => service !== ownService

function seenIn(line: Line): Seen[] {
  const { person, provider, id, at, service, device, country, reused, unusual } = line
  if (!person || !provider) return []
  return [
    {
      id,
      at,
      person,
      provider,
      service,
      reused,
      unusual,
      ...(device ? { device } : {}),
      ...(country ? { country } : {}),
    },
  ]
}
