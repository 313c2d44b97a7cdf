/**
 * What is published, as a partners file that `garant apply` takes back. Where it came from it changes nothing, and that
 * is tried before the text leaves; elsewhere it makes the same services and providers, once their secrets are given. It
 * holds no secret and no hash of one, and of the state of providers only what a file may say. Pure; reading such a file
 * is `file.ts`.
 */
import { Document, Scalar, visit } from 'yaml'
import { highestOf } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { DestinationRules } from '../policy/destinations.ts'
import { settingsInvalid } from './checked-yaml.ts'
import { parsePartnersFile } from './file.ts'
import type { Partner, Provider, ProviderMeans, Service } from './partners.ts'
import { type Entity, type Published, planPublication } from './plan.ts'
import { asFileSays, type FileState } from './state-changes.ts'
import type { Entry } from './versions.ts'

export interface ExportOptions {
  /** Only this partner; all of them by default. */
  partner?: string
  /** As the settings have it: an address may be plain http on this machine. */
  allowHttp: boolean
  destinations?: DestinationRules
  /** Origin of the hub, for the head of the file. */
  issuer: string
  now: Instant
  /** `json` has no comments; it is YAML too. */
  format: 'yaml' | 'json'
}

export interface Exported {
  text: string
  /** What the file cannot say, one sentence each. Applying it changes nothing of that. */
  warnings: string[]
}

/**
 * @throws GarantError `settings_invalid` when something published would be refused in a file now: plain http that was
 *   allowed when it was published
 */
export function exportPartners(current: Published, options: ExportOptions): Exported {
  const { partner: only, format, now } = options
  const warnings: string[] = []
  const partners = [...current.partners.values()]
    .filter(({ id }) => only === undefined || id === only)
    .map((partner) => partnerEntry(partner, { current, now, warnings }))
  const data = arranged({ partners })
  const text = format === 'json' ? `${JSON.stringify(data, undefined, 2)}\n` : `${head(options)}\n${yamlOf(data)}`
  tryOut(text, current, options)
  return { text, warnings }
}

const name = 'what is published'

/** An application of the text has to change nothing, also when it archives what is not in it. */
function tryOut(text: string, current: Published, { allowHttp, destinations, partner, now }: ExportOptions): void {
  const { differences, faults } = planPublication({
    current,
    file: parsePartnersFile(text, { name, allowHttp, ...(destinations ? { destinations } : {}) }),
    prune: partner === undefined,
    now,
    everPublished: () => true,
    lastOwner: () => undefined,
    stateOf: (id) => current.providers.get(id)?.state,
  })
  if (faults.length > 0) throw settingsInvalid(name, faults)
  if (differences.length > 0) {
    throw new Error(`an export does not say what is published: ${differences.map(({ id }) => id).join(', ')}`)
  }
}

function head({ issuer, partner, now }: ExportOptions): string {
  const whose = partner === undefined ? '' : `, of the partner ${partner} alone`
  return `# Services and providers of ${issuer}${whose}, as published on ${instant(now)} (garant export).
# Applied there (garant apply), this file changes nothing as long as nothing else does.
# It holds no secret: "kept: true" stands for the one in force on the hub where it is applied. A hub that has none refuses
# the entry, by name: write there, in place of kept, where the secret is ("env" or "file").
# Suspensions that operators or the staff of providers made are not in it, and applying it lifts none of them. Nor are
# drafts in it, and what services asked and operators did not grant yet.
`
}

// --- Entries -------------------------------------------------------------------------------------------------------

interface Context {
  current: Published
  now: Instant
  warnings: string[]
}

function partnerEntry(partner: Partner, context: Context): Record<string, unknown> {
  const { services, providers } = context.current
  const of = <T extends { partner: string }>(all: ReadonlyMap<string, T>) =>
    [...all.values()].filter((entry) => entry.partner === partner.id)
  return withoutEmpty({
    ...partner,
    services: of(services).map(serviceEntry),
    providers: of(providers).map((provider) => providerEntry(provider, context)),
  })
}

/** What a version says, as the entry of a draft: no secret, no state. */
export function draftEntry({ kind, settings }: Entity): Entry {
  if (kind === 'partner') return arranged(settings) as Entry
  if (kind === 'service') {
    const { secrets: _, ...entry } = serviceEntry(settings)
    return arranged(entry) as Entry
  }
  const { partner: _, connector, means, ...rest } = settings
  const entry = { ...rest, connector: connectorEntry(connector), ...(means ? { means: meansEntry(means) } : {}) }
  return arranged(entry) as Entry
}

function serviceEntry({ partner: _, secrets, ...settings }: Service): Record<string, unknown> {
  return withoutEmpty({
    ...settings,
    secrets: secrets.map(({ until }) => ({ kept: true, ...(until === undefined ? {} : { until: instant(until) }) })),
  })
}

function providerEntry(provider: Provider, context: Context): Record<string, unknown> {
  const { partner: _, state, connector, means, ...settings } = provider
  const said = stateEntry(provider, asFileSays(state, context.now), context)
  return {
    ...settings,
    ...(said ? { state: said } : {}),
    connector: connectorEntry(connector),
    ...(means ? { means: meansEntry(means) } : {}),
  }
}

function connectorEntry(connector: Provider['connector']): Record<string, unknown> {
  if (connector.kind !== 'oidc') return { ...connector }
  const { clientSecret, ...settings } = connector
  return { ...settings, ...(clientSecret === undefined ? {} : { clientSecret: { kept: true } }) }
}

function meansEntry({ validFrom, validUntil, certificate, ...settings }: ProviderMeans): Record<string, unknown> {
  return {
    ...settings,
    ...dated({ validFrom, validUntil }),
    ...(certificate
      ? { certificate: { reference: certificate.reference, ...dated({ validUntil: certificate.validUntil }) } }
      : {}),
  }
}

/**
 * What a file would have said. Nothing where the provider is active: a file that said so would show it again after an
 * operator hid it. Nothing either where a file cannot say it any more, and then the state stays as it is.
 */
function stateEntry(
  { id, allowedLevels }: Provider,
  state: FileState,
  { current, warnings }: Context,
): Record<string, unknown> | undefined {
  if (state.kind === 'active') return undefined
  if (state.kind === 'hidden') return { kind: 'hidden' }
  const { services, above, since, until, sessions, ...said } = state
  const gone = services === 'all' ? [] : services.filter((service) => !current.services.has(service))
  const isAbove = above === undefined || (allowedLevels.includes(above) && above !== highestOf(allowedLevels))
  if (gone.length > 0 || !isAbove || (until !== undefined && until > lastInstant)) {
    warnings.push(`provider ${id}: its suspension is left out, because a file cannot say it any more`)
    return undefined
  }
  return {
    ...said,
    services,
    ...(above === undefined ? {} : { above }),
    ...dated({ since, until, sessionsClosedSince: sessions === 'kept' ? undefined : sessions.closedSince }),
  }
}

/** RFC 3339 has four digits for the year. */
const lastInstant = Date.UTC(9999, 11, 31)

const instant = (at: Instant) => toDate(at).toISOString().replace('.000Z', 'Z')

function dated(instants: Record<string, Instant | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(instants).flatMap(([field, at]) => (at === undefined ? [] : [[field, instant(at)]])),
  )
}

/** An empty list is said by leaving it out. */
function withoutEmpty(entry: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => !(Array.isArray(value) && value.length === 0)))
}

// --- Text ----------------------------------------------------------------------------------------------------------

/** As docs/settings.md has them; the rest after these, by the alphabet. The database keeps no order of keys. */
const order = new Map(
  `partners id fr en ar name hint purpose logo kind state contacts professionals homepage redirectUris
  postLogoutRedirectUris backchannelLogoutUri connector issuer metadata discoveryUrl statusUrl clientId address auth cards ways by
  standsInFor hours clientSecret secrets jwks jwksUri sector category reason above since until sessionsClosedSince scopes justifications
  entitledTo
  minimumLevel`
    .split(/\s+/)
    .map((key, rank) => [key, rank]),
)

const rank = (key: string) => order.get(key) ?? (nested.has(key) ? order.size + 1 : order.size)

/** Lists of entries come last. */
const nested = new Set(['services', 'providers'])

function arranged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(arranged)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, member]) => [key, arranged(member)]))
}

function yamlOf(data: unknown): string {
  // "no" and "12:30" are text for us; for tools that read the older YAML they are only in quotes.
  const document = new Document(data, { aliasDuplicateObjects: false, compat: 'yaml-1.1' })
  visit(document, {
    Scalar(_, node) {
      // As a block, spaces that stand alone on a line would be read back as indentation.
      if (typeof node.value === 'string' && /^[ \t]+$/m.test(node.value)) node.type = Scalar.QUOTE_DOUBLE
    },
  })
  return document.toString({
    lineWidth: 0,
    blockQuote: 'literal',
    // Otherwise quotes go over several lines, and a carriage return before a line of spaces is read back as another text.
    doubleQuotedAsJSON: true,
  })
}
