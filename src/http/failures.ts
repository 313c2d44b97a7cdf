/** From what was thrown to an entry of the catalogue, and from an entry to what the client gets. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { flowLifetime, minute } from '../kernel/durations.ts'
import { type ErrorName, entryOf, GarantError } from '../kernel/errors.ts'
import { contact } from './disclosure.ts'
import { html } from './html.ts'
import type { ErrorView, Page, RequestContext } from './http.ts'
import { prefersJson } from './negotiation.ts'

/** The first that applies. What nothing recognises is a bug of ours, and is never told as somebody else's fault. */
const recognisers: ((error: Error & { code?: unknown }) => ErrorName | undefined)[] = [
  (error) => (error instanceof GarantError ? error.error : undefined),
  (error) => (isDatabaseGone(error) ? 'database_unavailable' : undefined),
  (error) => (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'request_too_large' : undefined),
  // Only what the framework says of the request itself: other errors that bear a 4xx status are thrown by our code.
  (error) => (unreadable.has(String(error.code)) ? 'request_unreadable' : undefined),
]

const unreadable = new Set([
  'FST_ERR_BAD_URL',
  'FST_ERR_VALIDATION',
  'FST_ERR_CTP_EMPTY_JSON_BODY',
  'FST_ERR_CTP_INVALID_JSON_BODY',
  'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
  'FST_ERR_CTP_INVALID_MEDIA_TYPE',
])

export function failureOf(thrown: unknown): ErrorName {
  if (!(thrown instanceof Error)) return 'internal'
  for (const recognise of recognisers) {
    const name = recognise(thrown)
    if (name) return name
  }
  return 'internal'
}

/**
 * The database cannot be reached or shuts down: SQLSTATE class 08 (connection), 57P01 to 57P03 (shutdown, crash, starting
 * up), 53300 (no connection left); Node's errors on its socket; what `pg`, its pool and PGlite say in words only.
 */
function isDatabaseGone(error: Error & { code?: unknown; syscall?: unknown; severity?: unknown }): boolean {
  const code = String(error.code ?? '')
  if (/^08...$|^57P0[1-3]$|^53300$/.test(code)) return true
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isDatabaseGone)
  // Rooms that call other machines return what happened there as a value; a socket's error that gets here is pg's.
  if (/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/.test(code)) return true
  return goneInWords.some((words) => error.message.startsWith(words))
}

const goneInWords = [
  'Connection terminated',
  'Client has encountered a connection error',
  'timeout exceeded when trying to connect',
  'Cannot use a pool after calling end',
  'PGlite is closed',
]

/** Seconds after which trying again makes sense (RFC 9110 section 10.2.3). */
const retryAfter: Partial<Record<ErrorName, number>> = {
  database_unavailable: 5,
  no_provider_usable: 60,
  too_many_requests: 60,
}

export function headersOfFailure(error: ErrorName): Record<string, string> {
  const seconds = retryAfter[error]
  return seconds === undefined ? {} : { 'retry-after': String(seconds) }
}

export function answerError(
  view: ErrorView,
  edge: {
    context: RequestContext
    request: FastifyRequest
    reply: FastifyReply
    page: (page: Page) => FastifyReply
    /** Of the hub: the page may have come under another host, where nothing else is answered. */
    origin: string
    support?: string
  },
): FastifyReply {
  const { access, machine } = edge.request.routeOptions?.config ?? {}
  const isMachine = machine || access === 'client' || access === 'token' || prefersJson(edge.request.headers.accept)
  if (!isMachine) return edge.page(errorPage(view, edge.context, edge))
  const { status, code } = entryOf(view.error)
  return edge.reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify({ ...problemOf(view, edge.context), status, code, reference: view.reference }))
}

/** Problem details (RFC 9457). `about:blank` is its word for "no more than the status and title say". */
function problemOf(view: ErrorView, { t }: RequestContext): Record<string, string> {
  return { type: 'about:blank', title: t(`error.${view.error}.title`), error: view.error }
}

export function errorPage(
  view: ErrorView,
  { t, language }: RequestContext,
  { origin, support }: { origin: string; support?: string },
): Page {
  const { status, code, fault } = entryOf(view.error)
  const asking = new URLSearchParams({ reference: `${code} · ${view.reference}` })
  const name = view.provider?.name[language]
  const provider = name === undefined ? t('error.a_provider') : t('error.the_provider', { name })
  const values = { provider, minutes: flowLifetime / minute }
  const title = t(`error.${view.error}.title`)
  return {
    title,
    status,
    body: html`
      <div class="sheet">
        <h1>${title}</h1>
        <p class="lead">${t(`error.${view.error}.what`, values)}</p>
        <p class="badge badge-${fault}">${t(`error.fault.${fault}`)}</p>
        <h2>${t('error.do')}</h2>
        <p>${t(`error.${view.error}.next`, values)}</p>
        ${view.provider?.helpUrl && html`<p><a href="${view.provider.helpUrl}">${t('help.provider', { provider: name ?? '' })}</a></p>`}
        ${
          view.retry || view.back
            ? html`<p class="actions">
          ${view.retry && html`<a class="button" href="${view.retry.href}">${t('error.retry')}</a>`}
          ${view.back && html`<a class="button ${view.retry && 'button-quiet'}" href="${view.back.href}">${view.back.label[language]}</a>`}
        </p>`
            : ''
        }
        <dl class="reference">
          <dt>${t('error.reference')}</dt>
          <dd><code dir="ltr">${code} · ${view.reference}</code></dd>
          ${support && html`<dt>${t('help.support')}</dt><dd>${contact(support)}</dd>`}
        </dl>
        <ul class="plain ways">
          <li><a href="${origin}/help/errors/${code}">${t('error.explained')}</a></li>
          <li><a href="${origin}/help/ask?${asking}">${t('error.ask')}</a></li>
        </ul>
      </div>`,
  }
}
