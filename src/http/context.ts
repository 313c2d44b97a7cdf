/** What the edge knows of a request: computed when first asked for, once. */
import type { FastifyRequest } from 'fastify'
import type { ServiceId } from '../kernel/ids.ts'
import { isLanguage, type Language } from '../kernel/languages.ts'
import { randomBytes } from '../kernel/random.ts'
import type { Cookies, RequestContext } from './http.ts'
import type { Translate } from './messages.ts'
import { preferredLanguage, spoken } from './negotiation.ts'
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
    if (isLanguage(lang) && !request.routeOptions?.config?.crossSite) return lang
    const remembered = cookies.read(request, 'language')
    return isLanguage(remembered) ? remembered : undefined
  }

  const of = (request: FastifyRequest): RequestContext => {
    if (request.edge) return request.edge
    const { language, t } = speak(request, askedBy(request))
    const { address, port } = clientOf(request)
    request.edge = { language, t, address, port, reference: newReference() }
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
  return preferredLanguage(request.headers['accept-language'])
}

/** Twelve hexadecimal digits in groups, to be read out on the phone in any language: 48 random bits. */
function newReference(): string {
  const digits = randomBytes(6).toString('hex').toUpperCase()
  return `${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(8)}`
}
