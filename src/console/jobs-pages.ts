/** Work that follows a commit, as operators see it: what waits and runs, and what failed, which waits for one of them. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { QueueView, TroubledJob } from '../storage/jobs.ts'
import { consolePaths, type Frame, framed, hiddenField, instant } from './frame.ts'
import { has } from './rights.ts'

export const discardReasons = ['obsolete', 'done_otherwise', 'receiver_gone', 'faulty'] as const

export const jobOutcomes = ['retried', 'discarded', 'unchanged'] as const
export type JobOutcome = (typeof jobOutcomes)[number]

export function jobsPage(queues: readonly QueueView[], frame: Frame, context: RequestContext): Page {
  const { t } = context
  const [scheduled, others] = [true, false].map((is) =>
    queues.filter(({ schedule }) => (schedule !== undefined) === is),
  )
  const dead = queues.reduce((sum, queue) => sum + queue.dead, 0)
  return framed(frame, context, {
    title: t('jobs.title'),
    here: consolePaths.jobs,
    body: html`<h1>${t('jobs.title')}</h1>
<p class="lead">${t('jobs.lead')}</p>
<p class="notice" role="status">${t('jobs.dead.total', { count: dead })}</p>
<h2>${t('jobs.queues')}</h2>
${(others ?? []).map((queue) => queueSection(queue, frame, context))}
<h2>${t('jobs.schedules')}</h2>
${(scheduled ?? []).map((queue) => queueSection(queue, frame, context))}`,
  })
}

function queueSection(queue: QueueView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const id = queue.queue.replace('.', '-')
  const { schedule, oldestAt } = queue
  const rows: [string, Html | string | number][] = [
    ...(['waiting', 'active', 'failing', 'dead'] as const).map((state): [string, number] => [
      t(`jobs.${state}`),
      queue[state],
    ]),
    [t('jobs.oldest'), oldestAt === undefined ? t('jobs.oldest.none') : instant(oldestAt, frame, context)],
    ...(schedule
      ? [
          [t('jobs.cron'), html`<code dir="ltr">${schedule.cron}</code>`] as [string, Html],
          [t('jobs.last_run'), lastRunOf(schedule.lastRun, frame, context)] as [string, string],
        ]
      : []),
  ]
  return html`<section class="sheet" aria-labelledby="${id}">
<h3 id="${id}"><code dir="ltr">${queue.queue}</code></h3>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${
  queue.failing + queue.dead > 0 &&
  html`<p class="actions"><a href="${consolePaths.queue(queue.queue)}" aria-describedby="${id}">${t('jobs.see')}</a></p>`
}
</section>`
}

function lastRunOf(run: NonNullable<QueueView['schedule']>['lastRun'], frame: Frame, context: RequestContext): string {
  const { t } = context
  return run ? t(`jobs.run.${run.outcome}`, { date: instant(run.at, frame, context) }) : t('jobs.run.none')
}

export interface QueuePageView {
  queue: QueueView
  jobs: readonly TroubledJob[]
  /** Where the next page begins; none: this is the last. */
  next?: string
  isFirst: boolean
  done?: JobOutcome
  /** Why nothing was given up. */
  reasonMissing?: boolean
}

export function queuePage(view: QueuePageView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { queue, jobs, next } = view
  const path = consolePaths.queue(queue.queue)
  const mayWork = has(frame.roles, 'jobs_work')
  return framed(frame, context, {
    title: t('jobs.queue.title', { queue: queue.queue }),
    status: view.reasonMissing ? 422 : 200,
    here: path,
    body: html`<h1>${t('jobs.queue.title', { queue: queue.queue })}</h1>
${view.done && html`<p class="notice" role="status">${t(`jobs.done.${view.done}`)}</p>`}
${view.reasonMissing && html`<p class="notice" role="alert">${t('jobs.reason.missing')}</p>`}
<p class="lead">${t('jobs.queue.counts', { dead: queue.dead, failing: queue.failing })}</p>
${
  jobs.length === 0
    ? html`<p>${t('jobs.none')}</p>`
    : html`${
        mayWork &&
        html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<p>${t('jobs.retry_all.text')}</p>
<p class="actions"><button class="button button-quiet" name="act" value="retry_all">${t('jobs.retry_all')}</button></p>
</form>`
      }
${jobs.map((job) => jobSection(job, path, mayWork, frame, context))}`
}
<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${path}?after=${next}">${t('jobs.more')}</a>`}
${!view.isFirst && html`<a href="${path}">${t('jobs.first')}</a>`}
<a href="${consolePaths.jobs}">${t('jobs.back')}</a></p>`,
  })
}

function jobSection(job: TroubledJob, path: string, mayWork: boolean, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const payload = Object.entries(job.payload).map(([name, value]) => `${name}: ${value ?? t('jobs.withheld')}`)
  const rows: [string, Html | string | number][] = [
    [t('jobs.state'), t(`jobs.state.${job.state}`)],
    [t('jobs.payload'), html`<bdi>${payload.join(' · ')}</bdi>`],
    [t('jobs.enqueued'), instant(job.enqueuedAt, frame, context)],
    [t('jobs.tries'), job.tries],
    [t('jobs.error'), html`<code dir="ltr">${job.error ?? '–'}</code>`],
    ...(job.nextAt === undefined ? [] : [[t('jobs.next'), instant(job.nextAt, frame, context)] as [string, string]]),
  ]
  const id = `job-${job.job}`
  return html`<section class="sheet" aria-labelledby="${id}">
<h2 id="${id}"><code dir="ltr">${job.job}</code></h2>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${
  mayWork &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="job" value="${job.job}">
${
  job.state === 'dead' &&
  html`<p class="ask"><label for="reason-${job.job}">${t('jobs.reason')}</label>
<select id="reason-${job.job}" name="reason"><option value=""></option>${discardReasons.map(
    (reason) => html`<option value="${reason}">${t(`jobs.reason.${reason}`)}</option>`,
  )}</select></p>`
}
<p class="actions"><button class="button" name="act" value="retry" aria-describedby="${id}">${t('jobs.retry')}</button>
${job.state === 'dead' && html`<button class="button button-quiet" name="act" value="discard" aria-describedby="${id}">${t('jobs.discard')}</button>`}</p>
</form>`
}
</section>`
}
