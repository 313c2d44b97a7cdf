/** The pages of the history, as functions from a view to what is in the frame. They decide nothing. */
import { danger_raw, type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import { toDate } from '../kernel/clock.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import { type Framed, spacePaths } from './frame.ts'
import { type HistoryTyped, historyQuery, isFiltered, looksLikeCode, outcomes } from './history-question.ts'
import { type LineWords, monthName } from './history-words.ts'
import type { SpaceVisit } from './visit.ts'

export const historyPaths = {
  /** GET: the same question as the page, as a file. */
  csv: `${spacePaths.history}.csv`,
  json: `${spacePaths.history}.json`,
  /** GET: the signed receipt of a line. */
  receipt: (reference: string) => `${spacePaths.line(reference)}/receipt.json`,
} as const

export interface Choice<Id extends string> {
  id: Id
  name: string
}

export interface HistoryView {
  typed: HistoryTyped
  lines: readonly LineWords[]
  /** `before` of the next page. */
  older?: string
  /** Months that hold something, or might: the newest first. */
  months: readonly string[]
  /** What there is to choose from. */
  services: readonly Choice<ServiceId>[]
  providers: readonly Choice<ProviderId>[]
  /** Lines that this sign-in sees. */
  seen: number
  /** How many there are of other accounts, of which nothing else is told. */
  others: readonly { name: string; count: number }[]
  /** A line of another account has the code that was searched for. */
  isHidden: boolean
}

export function historyPage(view: HistoryView, { context }: SpaceVisit): Framed {
  const { t } = context
  return {
    title: t('history.title'),
    current: 'history',
    here: `${spacePaths.history}${historyQuery(view.typed)}`,
    main: html`<h1>${t('history.title')}</h1>
<p class="lead">${t('history.lead')}</p>
${searchForm(view, context)}
${found(view, context)}
${others(view, context)}
${files(view, context)}`,
  }
}

// --- Searching -----------------------------------------------------------------------------------------------------

/** A list to choose from; an unknown choice stays, so that nobody believes it was not asked. */
function select(
  { name, value, choices }: { name: keyof HistoryTyped; value: string; choices: readonly Choice<string>[] },
  { t }: RequestContext,
): Html {
  const known =
    value === '' || choices.some(({ id }) => id === value) ? choices : [...choices, { id: value, name: value }]
  return html`<p class="ask"><label for="${name}">${t(`history.${name}`)}</label>
<select id="${name}" name="${name}"><option value="">${t(`history.${name}.all`)}</option>${known.map(
    ({ id, name: said }) => html`<option value="${id}"${id === value && danger_raw(' selected')}>${said}</option>`,
  )}</select></p>`
}

function searchForm({ typed, months, services, providers }: HistoryView, context: RequestContext): Html {
  const { t } = context
  const filtered = isFiltered(typed)
  const lists = [
    { name: 'month', choices: months.map((id) => ({ id, name: monthName(id, context) })) },
    { name: 'service', choices: services },
    { name: 'provider', choices: providers },
    { name: 'outcome', choices: outcomes.map((id) => ({ id, name: t(`history.outcome.${id}`) })) },
  ] as const
  return html`<details class="about"${filtered && danger_raw(' open')}><summary>${t('history.search')}</summary>
<form class="filter" method="get" action="${spacePaths.history}" role="search">
<p class="ask"><label for="q">${t('history.q')}</label>
<input id="q" name="q" type="search" value="${typed.q}" maxlength="100" autocomplete="off" autocapitalize="characters" spellcheck="false" dir="auto" aria-describedby="q-hint">
<span class="hint" id="q-hint">${t('history.q.hint')}</span></p>
${lists.map(({ name, choices }) => select({ name, value: typed[name], choices }, context))}
<p class="pick"><input type="checkbox" id="unusual" name="unusual" value="yes"${typed.unusual === 'yes' && danger_raw(' checked')}>
<label for="unusual">${t('history.unusual.only')}</label></p>
<p class="actions"><button class="button button-quiet">${t('history.search.go')}</button>
${filtered && html`<a href="${spacePaths.history}">${t('history.search.all')}</a>`}</p>
</form></details>`
}

// --- Lines ---------------------------------------------------------------------------------------------------------

function found(view: HistoryView, context: RequestContext): Html {
  const { t } = context
  const { typed, lines, older } = view
  const isLater = typed.before !== ''
  const newest =
    isLater && html`<a href="${spacePaths.history}${historyQuery(typed, { before: '' })}">${t('history.newest')}</a>`
  return html`<section aria-labelledby="lines"><h2 id="lines">${t('history.lines')}</h2>
<p role="status">${saying(view, t)}</p>
${lines.length > 0 && html`<ul class="rows">${lines.map((words) => row(words, context))}</ul>`}
${
  (older !== undefined || isLater) &&
  html`<nav class="actions" aria-label="${t('history.pages')}">
${older !== undefined && html`<a class="button button-quiet" rel="next" href="${spacePaths.history}${historyQuery(typed, { before: older })}">${t('history.older')}</a>`}
${newest}</nav>`
}</section>`
}

function saying({ typed, lines, older, seen, isHidden }: HistoryView, t: RequestContext['t']): string {
  if (isHidden) return t('history.hidden')
  if (lines.length === 0) {
    if (looksLikeCode(typed.q)) return t('history.none.code')
    return t(isFiltered(typed) ? 'history.none.found' : typed.before === '' ? 'history.none' : 'history.none.older')
  }
  if (isFiltered(typed) || typed.before !== '') {
    return t(older === undefined ? 'history.shown.last' : 'history.shown', { count: lines.length })
  }
  return t('history.count', { count: seen, shown: lines.length })
}

const state = ({ line }: LineWords, { t }: RequestContext): Html =>
  html`<span class="mark-state ${line.refusal ? '' : 'good'}">${t(line.refusal ? 'space.line.refused' : 'space.line.accepted')}</span>`

function row(words: LineWords, context: RequestContext): Html {
  const { t } = context
  const { line, service, provider, level, place, organisation, refusal, unusual } = words
  const facts = [
    organisation && t('history.for', { organisation }),
    provider && t('space.line.by', { provider }),
    level && t('history.by_level', { level }),
    place ?? t('history.place.unknown'),
  ]
  return html`<li><h3><a href="${spacePaths.line(line.reference)}"><bdi>${service}</bdi><span class="unseen">, ${words.when}</span></a> ${state(words, context)}</h3>
<p><time datetime="${toDate(line.at).toISOString()}">${words.when}</time></p>
<p class="about-one">${facts.map((fact) => fact && html`<span><bdi>${fact}</bdi></span> `)}</p>
${refusal && html`<p>${t('history.refused', { why: refusal.title })}</p>`}
${unusual.length > 0 && html`<p class="warning">${unusual.join(' ')}</p>`}
${answered(words, context)}
<p class="about-one">${t('history.code')} <code dir="ltr">${line.reference}</code></p></li>`
}

const answered = ({ line }: LineWords, { t }: RequestContext): Html | false =>
  line.answer !== undefined &&
  html`<p><strong>${t(`history.answer.${line.answer}`)}</strong>${
    line.answer === 'disowned' &&
    html` <a href="${spacePaths.notMe(line.reference)}">${t('notme.follow')}<span class="unseen"> – ${line.reference}</span></a>`
  }</p>`

function others({ others: counted }: HistoryView, { t }: RequestContext): Html | false {
  return (
    counted.length > 0 &&
    html`<section class="panel" aria-labelledby="others"><h2 id="others">${t('history.others')}</h2>
<p>${t('history.others.why')}</p>
<ul class="plain">${counted.map(({ name, count }) => html`<li>${t('history.others.of', { name, count })}</li>`)}</ul></section>`
  )
}

function files({ typed, lines }: HistoryView, { t }: RequestContext): Html | false {
  const query = historyQuery(typed, { before: '' })
  return (
    lines.length > 0 &&
    html`<section class="panel" aria-labelledby="files"><h2 id="files">${t('history.files')}</h2>
<p>${t(query === '' ? 'history.files.all' : 'history.files.found')}</p>
<ul class="ways"><li><a href="${historyPaths.csv}${query}">${t('history.files.csv')}</a></li>
<li><a href="${historyPaths.json}${query}">${t('history.files.json')}</a></li></ul></section>`
  )
}

// --- One line ------------------------------------------------------------------------------------------------------

export interface LineView {
  words: LineWords
  /** Where to say that it was somebody else, and what one may do then. */
  notMe: string
  /** Whether there is a receipt; see `Audit.receiptOf`. */
  receipt: 'signed' | 'waiting' | 'gone'
  /** Where the public keys are by which it is verified. */
  keysPath: string
}

export function linePage(view: LineView, { context }: SpaceVisit): Framed {
  const { t } = context
  const { words, notMe } = view
  const { line, service } = words
  const here = spacePaths.line(line.reference)
  return {
    title: t('history.line.title', { service, when: words.when }),
    current: 'history',
    here,
    main: html`<h1><bdi>${service}</bdi> ${state(words, context)}</h1>
<p class="lead"><time datetime="${toDate(line.at).toISOString()}">${words.when}</time></p>
${answered(words, context)}
<dl class="data">${lineRows(words, context).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${notMePart(words, notMe, t)}
${receiptPart(view, context)}
<p class="back"><a href="${spacePaths.history}">${t('history.back')}</a></p>`,
  }
}

function notMePart({ line }: LineWords, path: string, t: RequestContext['t']): Html {
  if (line.answer === 'disowned') {
    return html`<section class="panel" aria-labelledby="not-me"><h2 id="not-me">${t('history.disowned')}</h2>
<p>${t('history.disowned.text')}</p>
<p class="buttons"><a class="button" href="${path}">${t('history.disowned.go')}</a></p></section>`
  }
  return html`<section class="panel stop" aria-labelledby="not-me"><h2 id="not-me">${t('history.not_me')}</h2>
<p>${t(line.refusal ? 'history.not_me.refused' : 'history.not_me.text')}</p>
<p class="buttons"><a class="button button-stop" href="${path}">${t('history.not_me.go')}</a></p></section>`
}

const list = (items: readonly string[]): Html =>
  html`<ul class="plain">${items.map((item) => html`<li>${item}</li>`)}</ul>`
const code = (text: string): Html => html`<code dir="ltr">${text}</code>`
const named = (text: string): Html => html`<bdi>${text}</bdi>`

type Row = readonly [label: string, value: Html | string]

/** All that is known of a line, what is absent left out. */
function lineRows(words: LineWords, { t }: RequestContext): Row[] {
  const { line, provider, level, place, device, organisation, refusal, unusual } = words
  const rows: (Row | false | undefined)[] = [
    [t('history.row.outcome'), outcomeOf(words, t)],
    refusal && [t('history.row.refusal'), html`${refusal.title}<br>${refusal.what}`],
    [t('history.row.service'), named(words.service)],
    [t('history.row.provider'), provider ? named(provider) : t('history.provider.none')],
    level !== undefined && [t('history.row.level'), level],
    !refusal && [t('history.row.means'), meansOf(words, t)],
    [t('history.row.place'), place ?? t('history.place.unknown')],
    [t('history.row.device'), device ? named(device) : t('history.device.unknown')],
    !refusal && [t('history.row.data'), dataOf(words, t)],
    organisation !== undefined && [t('history.row.mandate'), named(organisation)],
    line.mandate !== undefined && [t('history.row.mandate_id'), code(line.mandate)],
    unusual.length > 0 && [t('history.row.unusual'), list(unusual)],
    [t('history.row.code'), code(line.reference)],
    [t('history.row.utc'), code(toDate(line.at).toISOString())],
  ]
  return rows.filter((row) => typeof row === 'object')
}

function outcomeOf({ line: { state: reached } }: LineWords, t: RequestContext['t']): string {
  return t(`history.state.${reached}`)
}

function meansOf({ means, line: { reused } }: LineWords, t: RequestContext['t']): Html | string {
  const words = means.length > 0 ? means : [t('history.means.unknown')]
  const all = reused ? [...words, t('history.reused')] : words
  return all.length === 1 ? (all[0] ?? '') : list(all)
}

function dataOf({ data, line: { state: reached } }: LineWords, t: RequestContext['t']): Html | string {
  if (data.length === 0) return t('history.data.none')
  return html`${reached === 'authorised' && html`<p>${t('history.data.not_fetched')}</p>`}${list([...data, t('history.data.subject')])}`
}

function receiptPart({ words, receipt, keysPath }: LineView, { t }: RequestContext): Html {
  const { reference } = words.line
  const path = historyPaths.receipt(reference)
  const file = path.split('/').at(-2)
  const parts = {
    signed: () => html`<p>${t('history.receipt.text')}</p>
<p class="buttons"><a class="button button-quiet" href="${path}">${t('history.receipt.get')}</a></p>
<details class="about"><summary>${t('history.receipt.how')}</summary>
<p>${t('history.receipt.how.text')}</p>
<p><a href="${keysPath}">${t('history.receipt.keys')}</a></p>
<p><code dir="ltr">garant audit verify-receipt receipt-${file}.json --keys journal-keys.json</code></p></details>`,
    waiting: () => html`<p role="status">${t('history.receipt.waiting')}</p>
<p><a href="${spacePaths.line(reference)}">${t('history.receipt.again')}</a></p>`,
    gone: () => html`<p>${t('history.receipt.gone')}</p>`,
  }
  return html`<section class="panel" aria-labelledby="receipt"><h2 id="receipt">${t('history.receipt')}</h2>
${parts[receipt]()}</section>`
}

/** A line of this person that this sign-in may not read. */
export function hiddenLinePage({ context, strongerPath }: SpaceVisit): Framed {
  const { t } = context
  return {
    title: t('history.hidden.title'),
    current: 'history',
    status: 403,
    main: html`<h1>${t('history.hidden.title')}</h1>
<p class="lead">${t('history.hidden')}</p>
<p class="buttons"><a class="button" href="${strongerPath}">${t('space.stronger')}</a></p>
<p class="back"><a href="${spacePaths.history}">${t('history.back')}</a></p>`,
  }
}
