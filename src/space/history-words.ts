/** A line of the ledger in the words of the person whose it is: the same on the page, in its details and in files. */
import type { Line } from '../connections/connections.ts'
import type { Organisation } from '../directory/organisations.ts'
import type { RequestContext } from '../http/http.ts'
import { localeOf, type Translate } from '../http/messages.ts'
import { flowLifetime, minute } from '../kernel/durations.ts'
import type { DeviceId, OrganisationId, ProviderId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import type { Scope } from '../partners/partners.ts'
import { claimsOfScope } from '../protocol/claims.ts'
import { countryName, exactTime } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export interface LineWords {
  line: Line
  /** With its zone. */
  when: string
  service: string
  /** Absent when it was refused before an account was chosen. */
  provider?: string
  /** Nothing was proved. */
  level?: string
  /** What was proved with, in the order of use; empty where it is not known. */
  means: readonly string[]
  /** Absent when the address tells no country. */
  place?: string
  /** Absent when no device was recognised. */
  device?: string
  /** What the service was told of the person; empty when it was nothing. */
  data: readonly string[]
  /** On whose behalf, for those who act for somebody. */
  organisation?: string
  /** Why it was refused. */
  refusal?: { title: string; what: string }
  /** Why its context was out of the ordinary. */
  unusual: readonly string[]
}

/** Words of `amr` (RFC 8176 and our own) that have a sentence; the others say how, not with what. */
const knownMeans = new Set(['pwd', 'pin', 'otp', 'sms', 'mail', 'hwk', 'swk', 'pop', 'sc', 'fpt', 'face', 'tel', 'kba'])

/** What says something of the sign-in itself is told elsewhere; what a register says is named as one thing. */
const unnamed = new Set(['sub', 'acr', 'auth_time', 'email_verified', ...claimsOfScope.rpps])
unnamed.delete('SubjectRefPro')

export interface LineNames {
  /** What the person calls them. */
  devices: ReadonlyMap<DeviceId, string>
  /** For which they acted. */
  organisations: ReadonlyMap<OrganisationId, Pick<Organisation, 'name'>>
}

export function lineWriter(pages: SpacePages, visit: SpaceVisit, { devices, organisations }: LineNames) {
  const { context, session } = visit
  const { t } = context

  const deviceOf = ({ device }: Line): string | undefined => {
    if (!device) return undefined
    const name = devices.get(device)
    if (device === session.device) return name ? t('history.device.this.named', { name }) : t('history.device.this')
    return name ?? t('history.device.other')
  }

  /** R084: what stood in for another account is never taken for it. */
  const providerOf = (id: ProviderId): string => {
    const [provider, replaced] = [pages.providerName(visit, id), pages.standsInFor(id)]
    return replaced ? t('history.stand_in', { provider, app: pages.providerName(visit, replaced) }) : provider
  }

  return (line: Line): LineWords => {
    const { provider, level, country, organisation, refusal } = line
    const device = deviceOf(line)
    return {
      line,
      when: exactTime(line.at, pages.timeZone, context),
      service: pages.serviceName(visit, line.service),
      ...(provider ? { provider: providerOf(provider) } : {}),
      ...(level ? { level: t(`own.level.${level}`) } : {}),
      means: [...new Set(line.amr)].filter((word) => knownMeans.has(word)).map((word) => t(`history.means.${word}`)),
      ...(country ? { place: countryName(country, context) } : {}),
      ...(device ? { device } : {}),
      data: refusal ? [] : dataOf(line.scopes, t),
      ...(organisation ? { organisation: organisations.get(organisation)?.name ?? organisation } : {}),
      ...(refusal ? { refusal: refusalOf(refusal, line, pages, visit) } : {}),
      unusual: line.unusual.map((reason) => t(`reason.${reason}`)),
    }
  }
}

function dataOf(scopes: readonly string[], t: Translate): string[] {
  const claims = new Set(scopes.flatMap(claimsIn))
  return [...claims].filter((claim) => !unnamed.has(claim)).map((claim) => t(`claim.${claim}`))
}

/** A scope of an older version has no claims that are known today. */
function claimsIn(scope: string): readonly string[] {
  if (scope === 'service_secret') return [scope]
  return Object.hasOwn(claimsOfScope, scope) ? claimsOfScope[scope as Scope] : []
}

function refusalOf(
  refusal: NonNullable<Line['refusal']>,
  { provider }: Line,
  pages: SpacePages,
  visit: SpaceVisit,
): { title: string; what: string } {
  const { t } = visit.context
  const named = provider && t('error.the_provider', { name: pages.providerName(visit, provider) })
  const values = { provider: named ?? t('error.a_provider'), minutes: flowLifetime / minute }
  return { title: t(`error.${refusal}.title`, values), what: t(`error.${refusal}.what`, values) }
}

/** `November 2026` of `2026-11`. */
export const monthName = (month: string, { language }: RequestContext): string =>
  months[language].format(Date.parse(`${month}-15T12:00:00Z`))

const months = inEachLanguage(
  (language) => new Intl.DateTimeFormat(localeOf(language), { year: 'numeric', month: 'long', timeZone: 'UTC' }),
)
