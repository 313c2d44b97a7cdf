/** What the edge knows of a request: computed when first asked for, once. */
import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { ServiceId } from '../kernel/ids.ts'
import { isLanguage, type Language } from '../kernel/languages.ts'
import type { Cookies, RequestContext } from './http.ts'
import type { Translate } from './messages.ts'
import { preferences, spoken } from './negotiation.ts'
import { clientOf } from './protection.ts'

export interface Contexts {
  of(request: FastifyRequest): RequestContext
  prefer(request: FastifyRequest, languages: readonly Language[], service?: ServiceId): RequestContext
}

export function createContexts(options: { translate: (language: Language) => Translate; cookies: Cookies }): Contexts {
  const { translate, cookies } = options

  /** What the person chose on a page of the hub, now or before; then what is asked for; then what their browser says. */
  const speak = (request: FastifyRequest, languages: readonly Language[]): Pick<RequestContext, 'language' | 't'> => {
    const language = chosenBy(request) ?? languages[0] ?? acceptedBy(request) ?? 'fr'
    return { language, t: translate(language) }
  }

  const chosenBy = (request: FastifyRequest): Language | undefined => {
    const { lang } = (request.query ?? {}) as { lang?: unknown }
    // Read only where there is one: the framework draws these options anew each time.
    const isTheirs = lang !== undefined && !request.routeOptions?.config?.crossSite
    return [isTheirs ? lang : undefined, cookies.read(request, 'language')].find(isLanguage)
  }

  const of = (request: FastifyRequest): RequestContext => {
    request.edge ??= { ...speak(request, askedBy(request)), ...clientOf(request), reference: newReference() }
    return request.edge
  }

  return {
    of,
    prefer(request, languages, service) {
      request.edge = { ...of(request), ...speak(request, languages), ...(service ? { service } : {}) }
      return request.edge
    },
  }
}

/** "End-User's preferred languages [...] as a space-separated list of BCP47 tags, ordered by preference" (Core 3.1.2.1). */
function askedBy(request: FastifyRequest): Language[] {
  const { ui_locales } = (request.query ?? {}) as { ui_locales?: unknown }
  return typeof ui_locales === 'string' ? spoken(ui_locales.split(' ', 32)) : []
}

function acceptedBy(request: FastifyRequest): Language | undefined {
  return spoken(preferences(request.headers['accept-language']))[0]
}

/**
 * Twelve hexadecimal digits in groups, to be read out on the phone in any language: 48 random bits. A UUID's first ones
 * are free of its version, and Node makes UUIDs from a pool, at a tenth of the cost of `randomBytes`.
 */
function newReference(): string {
  const digits = randomUUID().toUpperCase()
  return `${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(9, 13)}`
}
