/** From what may be chosen to what the page of choice shows of it, in one language. */
import { localeOf } from '../http/messages.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import { ownService } from '../partners/own-service.ts'
import type { Service } from '../partners/partners.ts'
import { isStandIn } from '../partners/stand-ins.ts'
import type { Offered } from './offer.ts'
import type { Moment, ServiceView, TileView } from './pages.ts'

/** @param timeZone of the instants on pages */
export function createTileViews({ timeZone }: { timeZone: string }) {
  const moments = inEachLanguage(
    (language) => new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeStyle: 'short', timeZone }),
  )

  /** When the hub learned of its providers stands on every page, until it learns of them again. */
  const last: Partial<Record<Language, Moment & { at: Instant }>> = {}

  function momentOf(at: Instant, language: Language): Moment {
    let moment = last[language]
    if (moment?.at !== at) {
      moment = { at, iso: toDate(at).toISOString(), text: moments[language].format(at) }
      last[language] = moment
    }
    return moment
  }

  /** Hidden and absent ones are not on the page. */
  function viewsOf(offered: readonly Offered[], language: Language): TileView[] {
    return offered.flatMap(({ provider, tile, level, obstacle, suspension, why, since }) => {
      if (tile.state !== 'usable' && tile.state !== 'greyed') return []
      return [
        {
          tile,
          provider: provider.id,
          name: provider.name[language],
          ...(provider.hint ? { hint: provider.hint[language] } : {}),
          ...(provider.logo ? { logo: `/providers/${provider.id}/logo` } : {}),
          level,
          ...(obstacle ? { obstacle } : {}),
          ...(why ? { why } : {}),
          ...(since === undefined ? {} : { since: momentOf(since, language) }),
          ...(isStandIn(provider) ? { standsInFor: provider.connector.standsInFor } : {}),
          ...(suspension ? { reason: suspension.reason[language] } : {}),
          ...(suspension?.until === undefined ? {} : { until: momentOf(suspension.until, language) }),
        },
      ]
    })
  }

  return { momentOf, viewsOf }
}

/** The level that the page names: where an account below it may be used all the same, it names none. */
export function requiredOfAll(tiles: readonly TileView[], required: Level): Level {
  return tiles.some(({ tile, level }) => tile.state === 'usable' && !atLeast(level, required)) ? 'eidas1' : required
}

export function serviceView(service: Service, language: Language): ServiceView {
  return {
    name: service.name[language],
    isOwn: service.id === ownService,
    ...(service.population ? { population: service.population } : {}),
    ...(service.purpose ? { purpose: service.purpose[language] } : {}),
  }
}
