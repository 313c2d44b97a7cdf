/**
 * The addresses of the status page, for people, and of its JSON, for the sites of services and providers (R010). Both
 * answer 200 while the database is away, with what was known last and when: that is what people come for, and a proxy
 * would put a page of its own in the place of a 503.
 */
import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Web } from '../http/http.ts'
import { preferredLanguage } from '../http/negotiation.ts'
import { isLevel } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { isLanguage, type Language } from '../kernel/languages.ts'
import type { Partners } from '../partners/partners.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import { monthsUpTo } from './history.ts'
import { type Notices, recentDays } from './notices.ts'
import { historyPage, type StatementLine, type StatusFrame, statusPage, statusPaths } from './pages.ts'
import { jsonOf, type Status } from './status.ts'

export interface StatusRoutesOptions {
  web: Web
  notices: Notices
  partners: Pick<Partners, 'registry'>
  clock: Clock
  timeZone: string
  /** What the hub said of its own incidents, the newest first; never waits. */
  statements: () => readonly StatementLine[]
}

/** What happened, on one page. */
const perPage = 50

/** Of one network, which may be a whole hospital, in a minute: browsers of its people ask again every ten seconds. */
const mostRequests = 600

export function mountStatus(options: StatusRoutesOptions): void {
  const { web, notices, partners, clock, timeZone, statements } = options

  const { app } = web
  const access = { config: { access: 'public' } } as const
  const frame: StatusFrame = {
    timeZone,
    serviceName: (id) => partners.registry().services.get(id)?.name,
    providerName: (id) => partners.registry().providers.get(id)?.name,
  }
  const spare = limited(clock)
  const spend = (request: FastifyRequest) => {
    if (!spare(neighbourhoodOf(web.contextOf(request).address) ?? '')) throw new GarantError('too_many_requests')
  }

  app.get(statusPaths.status, access, (request, reply) => {
    const view = {
      ...frame,
      status: notices.status(),
      now: clock.now(),
      banners: notices.inForce().filter(({ services }) => services !== 'all'),
      happenings: notices.recentHistory(),
      statements: statements().filter(({ at, isFixed }) => !isFixed || at > clock.now() - recentDays * day),
    }
    return web.page(request, reply, statusPage(view, web.contextOf(request)))
  })

  app.get(statusPaths.history, access, async (request, reply) => {
    spend(request)
    const months = monthsUpTo(clock.now(), timeZone)
    const { month = months[0], page: number = '1' } = request.query as Record<string, unknown>
    if (typeof month !== 'string' || !months.includes(month)) throw new GarantError('not_found')
    const found = await notices.historyOf(month)
    const pages = Math.max(1, Math.ceil((found?.happenings.length ?? 0) / perPage))
    const page = Number(number)
    if (!Number.isInteger(page) || page < 1 || page > pages) throw new GarantError('not_found')
    const happenings = found?.happenings.slice((page - 1) * perPage, page * perPage)
    const view = { ...frame, month, months, happenings, isCut: found?.isCut ?? false, page, pages }
    return web.page(request, reply, historyPage(view, web.contextOf(request)))
  })

  app.get(
    statusPaths.json,
    {
      config: { access: 'public', machine: true },
      // Before anything can be refused: a page of another site reads refusals too.
      onRequest: async (request, reply) => {
        reply.headers({
          'access-control-allow-origin': '*',
          'access-control-expose-headers': 'date, etag, retry-after',
          'cross-origin-resource-policy': 'cross-origin',
        })
        spend(request)
      },
    },
    (request, reply) => {
      const { lang, service, level } = request.query as Record<string, unknown>
      return answer(request, reply, { status: asked(service, level), language: languageOf(request, lang) })
    },
  )

  function asked(service: unknown, level: unknown): Status {
    const isSaid = [service, level].every((value) => value === undefined || typeof value === 'string')
    if (!isSaid || (level !== undefined && (service === undefined || !isLevel(level)))) {
      throw new GarantError('request_unreadable')
    }
    if (typeof service !== 'string') return notices.status()
    const status = notices.status({ service, ...(isLevel(level) ? { level } : {}) })
    if (!status) throw new GarantError('not_found')
    return status
  }

  function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    { status, language }: { status: Status; language: Language },
  ): FastifyReply {
    const body = JSON.stringify(jsonOf(status, language))
    const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
    reply.headers({
      'cache-control': 'public, max-age=10',
      'content-language': language,
      etag,
      // The snapshot that it is drawn from: older than `Date` by more than a minute while the hub cannot learn.
      'last-modified': toDate(status.at).toUTCString(),
      vary: 'accept-language',
    })
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send()
    return reply.type('application/json; charset=utf-8').send(body)
  }
}

/** What was asked for in the address, then what the client prefers; no cookie: the answer is kept by caches. */
function languageOf({ headers }: FastifyRequest, lang: unknown): Language {
  return isLanguage(lang) ? lang : (preferredLanguage(headers['accept-language']) ?? 'fr')
}

/** "A recipient MUST use the weak comparison function when comparing entity tags for If-None-Match" (RFC 9110, 13.1.2). */
function isKnown(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}

/** Counts by network, from zero in each minute. */
function limited(clock: Clock): (network: string) => boolean {
  let minuteNow: Instant = 0
  const counts = new Map<string, number>()
  return (network) => {
    const present = Math.floor(clock.now() / minute)
    if (present !== minuteNow) counts.clear()
    minuteNow = present
    const count = (counts.get(network) ?? 0) + 1
    counts.set(network, count)
    return count <= mostRequests
  }
}
