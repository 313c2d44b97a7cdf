/**
 * What a partner's staff may not decide alone, because it decides about the protection of people: the fields of which
 * operators grant how far they go. What is granted is what stands in the last version that operators published for what
 * it says, or in the first one where they published none; within that, staff go back and forth. Pure.
 */
import { isDeepStrictEqual } from 'node:util'
import { atLeast } from '../kernel/assurance.ts'
import { type Geography, isLooser } from '../policy/geography.ts'
import { asksLess, type RemoteTerms } from '../policy/representation.ts'
import type { Partner, Provider, Service } from './partners.ts'
import type { Entity } from './plan.ts'
import { type Problem, problem } from './problems.ts'
import { sectorOf } from './rules.ts'
import { isHouseConnector } from './vocabulary.ts'

/** A field, as a path, and whether what is wanted goes beyond what is granted. Nothing is granted to what is new. */
interface Reserved<T> {
  field: string
  beyond: (wanted: T, granted: T | undefined, context: ReservedContext) => boolean
  said: (granted: T | undefined) => Problem
}

export interface ReservedContext {
  /** Sectors of the services that this partner has published, other than the one in question. */
  ownSectors: ReadonlySet<string>
}

type Settings<K extends Entity['kind']> = Extract<Entity, { kind: K }>['settings']

const asked = () => problem('reserved')
/** Says how far the grant goes. */
const limited = (granted: string) => problem('reserved_more', { granted })
const listed = (list: readonly string[]) => (list.length === 0 ? '–' : list.join(', '))

/** Members of a list that the other one lacks. */
const isWider = <T>(wanted: readonly T[], granted: readonly T[] = []) => wanted.some((one) => !granted.includes(one))

const geographyWords = (geography: Geography | undefined) =>
  geography === undefined
    ? '–'
    : [geography.allowed.join(', '), geography.elsewhere, geography.stepUpLevel, ...geography.exempt]
        .filter((word) => word !== undefined)
        .join(' · ')

function remoteWords({ level, secondFactor, actions, closed }: Partial<RemoteTerms> = {}): string {
  if (closed) return 'closed'
  return listed([level ?? [], secondFactor ? 'secondFactor' : [], actions ?? []].flat())
}

const ofService: readonly Reserved<Service>[] = [
  {
    field: 'minimumLevel',
    beyond: (wanted, granted) => granted !== undefined && !atLeast(wanted.minimumLevel, granted.minimumLevel),
    said: (granted) => limited(granted?.minimumLevel ?? ''),
  },
  {
    field: 'entitledTo',
    beyond: (wanted, granted) => isWider(wanted.entitledTo, granted?.entitledTo),
    said: (granted) => limited(listed(granted?.entitledTo ?? [])),
  },
  {
    field: 'providers',
    beyond: ({ providers: wanted }, granted) => {
      const known = granted?.providers ?? 'all'
      return known !== 'all' && (wanted === 'all' || isWider(wanted, known))
    },
    said: (granted) => limited(listed([granted?.providers ?? 'all'].flat())),
  },
  {
    field: 'idpHints',
    beyond: (wanted, granted) => isWider(wanted.idpHints, granted?.idpHints),
    said: (granted) => limited(listed(granted?.idpHints ?? [])),
  },
  { field: 'sensitive', beyond: (wanted, granted) => granted?.sensitive === true && !wanted.sensitive, said: asked },
  {
    field: 'population',
    beyond: (wanted, granted) => granted !== undefined && wanted.population !== granted.population,
    said: asked,
  },
  {
    field: 'passwordAlone',
    beyond: (wanted, granted) => wanted.passwordAlone === true && granted?.passwordAlone !== true,
    said: asked,
  },
  { field: 'riskProfile', beyond: (wanted, granted) => wanted.riskProfile !== granted?.riskProfile, said: asked },
  {
    field: 'geography',
    beyond: (wanted, granted) => isLooser(wanted.geography, granted?.geography),
    said: (granted) => limited(geographyWords(granted?.geography)),
  },
  {
    field: 'representation.remote',
    beyond: ({ representation }, granted) =>
      representation !== undefined && asksLess(representation.remote, granted?.representation?.remote),
    said: (granted) => limited(remoteWords(granted?.representation?.remote)),
  },
  {
    field: 'serviceSecret',
    beyond: (wanted, granted) => !isDeepStrictEqual(wanted.serviceSecret, granted?.serviceSecret),
    said: asked,
  },
  {
    // Its people are known by it: another sector would give each of them another subject, or those of somebody else.
    field: 'sector',
    beyond: (wanted, granted) => granted !== undefined && wanted.sector !== granted.sector,
    said: (granted) => limited(granted?.sector ?? ''),
  },
  {
    field: 'sector',
    beyond: ({ sector, redirectUris }, granted, { ownSectors }) =>
      granted === undefined && !redirectUris.some((uri) => sectorOf(uri) === sector) && !ownSectors.has(sector),
    said: () => problem('sector_not_own'),
  },
]

type ProviderSettings = Settings<'provider'>

const connectorOf = ({ connector }: Pick<Provider, 'connector'>): Record<string, unknown> => ({ ...connector })

const ofProvider: readonly Reserved<ProviderSettings>[] = [
  {
    field: 'allowedLevels',
    beyond: (wanted, granted) => isWider(wanted.allowedLevels, granted?.allowedLevels),
    said: (granted) => limited(listed(granted?.allowedLevels ?? [])),
  },
  { field: 'means', beyond: (wanted, granted) => !isDeepStrictEqual(wanted.means, granted?.means), said: asked },
  { field: 'population', beyond: (wanted, granted) => wanted.population !== granted?.population, said: asked },
  ...(['kind', 'identity', 'windowHours', 'accepts', 'cards', 'ways', 'by', 'standsInFor', 'hours'] as const).map(
    (name) => ({
      field: `connector.${name}`,
      beyond: (wanted: ProviderSettings, granted: ProviderSettings | undefined) =>
        granted !== undefined && !isDeepStrictEqual(connectorOf(wanted)[name], connectorOf(granted)[name]),
      said: asked,
    }),
  ),
  {
    // Whoever may say that the e-ID service is down has the stand-in offered in its place.
    field: 'connector.statusUrl',
    beyond: (wanted, granted) =>
      granted !== undefined &&
      isHouseConnector(wanted.connector) &&
      connectorOf(wanted).statusUrl !== connectorOf(granted).statusUrl,
    said: asked,
  },
]

const ofPartner: readonly Reserved<Partner>[] = [
  { field: 'name', beyond: (wanted, granted) => !isDeepStrictEqual(wanted.name, granted?.name), said: asked },
]

export interface ReservedFault {
  field: string
  said: Problem
}

/** @param granted undefined for something new */
export function reservedFaults(wanted: Entity, granted: Entity | undefined, context: ReservedContext): ReservedFault[] {
  // Who vouches for people is let in by operators; a service at first learns only that somebody is there.
  if (!granted && wanted.kind !== 'service') return [{ field: '', said: problem('reserved_new') }]
  const known = granted?.settings
  if (wanted.kind === 'service') return beyond(ofService, wanted.settings, known as Service | undefined, context)
  if (wanted.kind === 'provider') {
    return beyond(ofProvider, wanted.settings, known as ProviderSettings | undefined, context)
  }
  return beyond(ofPartner, wanted.settings, known as Partner | undefined, context)
}

function beyond<T>(
  rules: readonly Reserved<T>[],
  wanted: T,
  granted: T | undefined,
  context: ReservedContext,
): ReservedFault[] {
  return rules
    .filter((rule) => rule.beyond(wanted, granted, context))
    .map(({ field, said }) => ({ field, said: said(granted) }))
}

/** Fields that staff may not change freely: for pages, which say so beside them. */
export const reservedFields: Readonly<Record<Entity['kind'], readonly string[]>> = {
  service: [...new Set(ofService.map(({ field }) => field))],
  provider: ofProvider.map(({ field }) => field),
  partner: ofPartner.map(({ field }) => field),
}
