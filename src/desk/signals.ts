/**
 * The exchange of security events with a partner's services and providers (Shared Signals), for those who run its
 * receiver: what leaves and what comes, what fails, and what was given up, which can be sent again. Streams are made and
 * changed by the partner's programs (`signals/`). No subject is here, so every role may read it.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { type StaffRole, staffRoles } from '../kernel/roles.ts'
import type { Receiver, Source } from '../signals/receiver.ts'
import type { DeadSet, StreamHealth, Transmitter } from '../signals/transmitter.ts'
import { type DeskFrame, deskPaths, distance, exact, framed, has, hiddenField } from './frame.ts'
import { allow, type DeskOptions, frameOf, type Published, publishedOf } from './visit.ts'

export interface DeskSignals {
  transmitter: Pick<Transmitter, 'healthOf' | 'deadSets' | 'revive'>
  receiver: Pick<Receiver, 'sourcesOf'>
}

/** Whoever runs the receiver. */
const reviving = ['administrator', 'technician'] as const satisfies readonly StaffRole[]

/** Given up, of each stream: the newest. */
const mostDead = 20

interface Exchange {
  of: Published
  streams: { stream: StreamHealth; dead: DeadSet[] }[]
  sources: Source[]
}

export function mountSignalsPage(options: DeskOptions): void {
  const { web, door, programs, signals } = options
  const { app } = web

  /** Of those services and providers that a program speaks for: no other has streams. */
  async function exchangesIn(request: FastifyRequest): Promise<Exchange[]> {
    const { partner } = door.of(request)
    const spoken = new Set(
      (await programs.listOf(partner)).flatMap(({ party }) => (party ? [`${party.side}/${party.id}`] : [])),
    )
    const own = publishedOf(options, partner, web.contextOf(request).language).filter(({ key }) => spoken.has(key))
    return Promise.all(
      own.map(async (of) => {
        const object = { side: of.side, object: of.id, partner }
        const [health, sources] = await Promise.all([
          signals.transmitter.healthOf(object),
          signals.receiver.sourcesOf(object),
        ])
        const streams = await Promise.all(
          health.map(async (stream) => ({
            stream,
            dead: (await signals.transmitter.deadSets(object, stream.id, { limit: mostDead })) ?? [],
          })),
        )
        return { of, streams, sources }
      }),
    )
  }

  app.get(deskPaths.signals, allow(...staffRoles), async (request, reply) => {
    const { done } = request.query as { done?: unknown }
    const view = { exchanges: await exchangesIn(request), isRevived: done === 'revived' }
    return web.page(request, reply, signalsPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.post('/desk/signals/:stream/:set', allow(...reviving), async (request, reply): Promise<FastifyReply> => {
    const { stream: id, set } = request.params as { stream: string; set: string }
    const found = (await exchangesIn(request)).find(({ streams }) => streams.some(({ stream }) => stream.id === id))
    if (!found) throw new GarantError('not_found')
    // A second click finds that it waits already, which is what it asked for.
    await signals.transmitter.revive({ side: found.of.side, object: found.of.id }, id, set)
    return reply.redirect(`${deskPaths.signals}?done=revived`, 303)
  })
}

function signalsPage(
  { exchanges, isRevived }: { exchanges: readonly Exchange[]; isRevived: boolean },
  frame: DeskFrame,
  context: RequestContext,
): Page {
  const { t } = context
  return framed(frame, context, {
    title: t('own_signals.title'),
    here: deskPaths.signals,
    body: html`<p><a href="${deskPaths.programs}">${t('own_programs.title')}</a></p>
<h1>${t('own_signals.title')}</h1>
<p class="lead">${t('own_signals.lead')}</p>
${isRevived && html`<p class="notice" role="status">${t('own_signals.revived')}</p>`}
${exchanges.length === 0 && html`<p>${t('own_signals.none')}</p>`}
${exchanges.map(
  ({ of, streams, sources }) => html`
<section class="sheet" aria-labelledby="${of.side}-${of.id}"><h2 id="${of.side}-${of.id}"><bdi>${of.name}</bdi></h2>
<h3>${t('own_signals.leaving')}</h3>
${streams.length === 0 ? html`<p>${t('own_signals.leaving.none')}</p>` : streams.map((one) => streamIn(one, frame, context))}
<h3>${t('own_signals.coming')}</h3>
${sources.length === 0 ? html`<p>${t('own_signals.coming.none')}</p>` : sources.map((one) => sourceIn(one, frame, context))}</section>`,
)}`,
  })
}

type Line = readonly [label: string, value: Html | string | number | undefined]

const table = (lines: readonly Line[]) =>
  html`<dl class="data">${lines.map(([label, value]) => value !== undefined && html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`

const dated = (at: Instant | undefined, frame: DeskFrame, context: RequestContext) =>
  at === undefined ? undefined : `${exact(at, frame, context)} (${distance(at, frame, context)})`

const code = (text: string) => html`<code dir="ltr">${text}</code>`

function failure(
  { failing }: Pick<StreamHealth | Source, 'failing'>,
  frame: DeskFrame,
  context: RequestContext,
): Html | undefined {
  if (!failing) return undefined
  const since = exact(failing.since, frame, context)
  return html`${context.t('own_signals.failing.text', { since, count: failing.tries })} ${code(failing.error)}`
}

function streamIn({ stream, dead }: Exchange['streams'][number], frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { method, endpoint, status, waiting, oldestWaitingAt, lastDeliveredAt } = stream
  return html`${table([
    [t('own_signals.stream'), code(stream.id)],
    [t('own_signals.program'), code(stream.client)],
    [t('own_signals.status'), html`<span class="badge">${t(`own_signals.status.${status}`)}</span>`],
    [t('own_signals.reason'), stream.reason && html`<bdi>${stream.reason}</bdi>`],
    [t('own_signals.method'), html`${t(`own_signals.method.${method}`)}${endpoint && html` ${code(endpoint)}`}`],
    [t('own_signals.waiting'), waiting],
    [t('own_signals.oldest'), dated(oldestWaitingAt, frame, context)],
    [t('own_signals.last'), dated(lastDeliveredAt, frame, context) ?? t('own_signals.never')],
    [t('own_signals.failing'), failure(stream, frame, context)],
    [t('own_signals.dead'), stream.dead],
  ])}
${
  dead.length > 0 &&
  html`<h4>${t('own_signals.dead.title', { count: dead.length })}</h4><ul class="rows">${dead.map((one) => html`<li>${deadIn(one, stream, frame, context)}</li>`)}</ul>`
}`
}

function deadIn(one: DeadSet, stream: StreamHealth, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const path = deskPaths.reviveSignal(stream.id, one.set)
  const about = `about-${one.set}`
  return html`<p id="${about}">${code(one.kind)} · ${exact(one.at, frame, context)}</p>
<p class="hint">${t(`own_signals.dead.${one.how}`)}${one.error && html` ${code(one.error)}`}</p>
${
  has(frame, reviving) &&
  html`<form method="post" action="${path}">${hiddenField(frame, path)}<button class="link" aria-describedby="${about}">${t('own_signals.revive')}</button></form>`
}`
}

function sourceIn(source: Source, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { method, endpoint, counts, lastAcceptedAt, lastRefused } = source
  return table([
    [t('own_signals.issuer'), code(source.issuer)],
    [t('own_signals.method'), html`${t(`own_signals.source.${method}`)}${endpoint && html` ${code(endpoint)}`}`],
    [t('own_signals.accepted'), counts.accepted],
    [t('own_signals.replayed'), counts.replayed],
    [t('own_signals.refused'), counts.refused],
    [t('own_signals.last.accepted'), dated(lastAcceptedAt, frame, context) ?? t('own_signals.never')],
    [
      t('own_signals.last.refused'),
      lastRefused && html`${exact(lastRefused.at, frame, context)} ${code(lastRefused.reason)}`,
    ],
    [t('own_signals.failing'), failure(source, frame, context)],
  ])
}
