/** Detection, as operators see it: what each rule is for, how often it was right, what it found, and how it is tuned. */
import type { Detected, Preview, RuleStanding, TuningView } from '../detection/detection.ts'
import type { SharingKind } from '../detection/sharing.ts'
import { number } from '../http/charts.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import {
  type DetectionRule,
  detectionRules,
  type Explanation,
  modesOf,
  type Parameter,
  parametersOf,
  shippedTunings,
  type TuningFault,
} from '../policy/detection.ts'
import { checked, consolePaths, type Frame, framed, hiddenField, instant, listed } from './frame.ts'
import type { Names } from './providers-pages.ts'
import { has } from './rights.ts'

export interface DetectionView {
  standings: readonly RuleStanding[]
  surges: readonly Detected[]
  /** What several people who act for organisations use, or one card from many devices; not of one rule. */
  sharing?: Readonly<Record<SharingKind, number>>
  found: readonly Detected[]
  /** Only what this rule found. */
  rule?: DetectionRule
  isFirst: boolean
  /** Where the next page begins. */
  next?: string
  names: Names
}

export function detectionPage(view: DetectionView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { standings } = view
  return framed(frame, context, {
    title: t('detection.title'),
    here: consolePaths.detection,
    body: html`<h1>${t('detection.title')}</h1>
<p class="lead">${t('detection.lead')}</p>
${surgesSection(view, frame, context)}
<h2>${t('detection.rules')}</h2>
${standings.map((one) => ruleSection(one, frame, context))}
${view.sharing && sharingSection(view.sharing, context)}
${latest(view, frame, context)}`,
  })
}

/** Providers where far more sign-ins fail than usual. Nothing where there is none. */
export function surgesSection(
  { surges, names }: Pick<DetectionView, 'surges' | 'names'>,
  frame: Frame,
  context: RequestContext,
): Html | false {
  const { t } = context
  return (
    surges.length > 0 &&
    html`<section class="warning" aria-labelledby="surges"><h2 id="surges">${t('detection.surges')}</h2>
<p>${t('detection.surges.text')}</p>
<ul class="rows">${surges.map((one) => foundRow(one, { names }, frame, context))}</ul></section>`
  )
}

/** R088: of no rule, since nobody was robbed and no case is opened. */
function sharingSection(counts: Readonly<Record<SharingKind, number>>, { t, language }: RequestContext): Html {
  const kinds = ['device', 'phone', 'card'] as const
  return html`<section class="sheet" aria-labelledby="sharing"><h3 id="sharing">${t('detection.sharing')}</h3>
<p>${t('detection.sharing.text')}</p>
<dl class="data">${kinds.map((kind) => html`<div><dt>${t(`detection.sharing.${kind}`)}</dt><dd>${number(counts[kind], language)}</dd></div>`)}</dl>
<p><a href="/mandates">${t('detection.sharing.page')}</a></p></section>`
}

function ruleSection(standing: RuleStanding, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { rule } = standing
  const mayTune = has(frame.roles, 'detection_tune')
  return html`<section class="sheet" aria-labelledby="${rule}"><h3 id="${rule}">${t(`detection.rule.${rule}`)}</h3>
<p>${t(`detection.rule.${rule}.text`)}</p>
${figuresOf(standing, context)}
${proposalOf(standing, frame, context)}
<p class="actions"><a class="button button-quiet" href="${consolePaths.detectionRule(rule)}" aria-describedby="${rule}">${t(mayTune ? 'detection.see' : 'detection.see.only')}</a></p>
</section>`
}

const shares = inEachLanguage((language) => new Intl.NumberFormat(localeOf(language), { style: 'percent' }))

function figuresOf({ rule, mode, found, cases, precision }: RuleStanding, context: RequestContext): Html {
  const { t, language } = context
  const { confirmed, concluded, share = 0, low, high } = precision
  const percent = (value: number) => shares[language].format(value)
  const isRight =
    concluded === 0
      ? t('detection.precision.none')
      : t('detection.precision.text', {
          ...{ confirmed: number(confirmed, language), concluded: number(concluded, language) },
          ...{ share: percent(share), low: percent(low), high: percent(high) },
        })
  const rows: [string, string][] = [
    [t('detection.mode'), t(`detection.mode.${mode}`)],
    [t('detection.found'), number(found, language)],
    // Nothing of a provider is a case.
    ...(modesOf(rule).includes('case')
      ? ([
          [t('detection.cases'), number(cases, language)],
          [t('detection.precision'), isRight],
        ] as [string, string][])
      : []),
  ]
  return html`<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`
}

function proposalOf(standing: RuleStanding, frame: Frame, context: RequestContext): Html | false {
  const { t } = context
  const { rule, mode, parameters, imprecise, proposal } = standing
  if (!imprecise) return false
  const changes = proposal
    ? [
        ...(proposal.mode === mode ? [] : [t(`detection.mode.${proposal.mode}`)]),
        ...Object.keys(parameters)
          .filter((key) => proposal.parameters[key] !== parameters[key])
          .map((key) => named(rule, key, proposal.parameters[key] ?? 0, context)),
      ]
    : []
  const query = proposal && new URLSearchParams([['mode', proposal.mode], ...valuesIn(proposal.parameters)])
  return html`<div class="notice"><p><strong>${t('detection.imprecise')}</strong></p>
${
  proposal &&
  html`<p>${t('detection.proposal', { change: listed(changes, context) })}
${t('detection.proposal.effect', { spared: proposal.spared.wrong, kept: proposal.kept.confirmed, lost: proposal.spared.confirmed })}</p>
${has(frame.roles, 'detection_tune') && html`<p><a href="${consolePaths.detectionRule(rule)}?${query}">${t('detection.proposal.see')}</a></p>`}`
}</div>`
}

const valuesIn = (parameters: Readonly<Record<string, number>>) =>
  Object.entries(parameters).map(([key, value]): [string, string] => [key, String(value)])

function named(rule: DetectionRule, key: string, value: number, context: RequestContext): string {
  return `${context.t(`detection.parameter.${rule}.${key}`)} = ${said(parametersOf(rule)[key], value, context)}`
}

const said = (parameter: Parameter | undefined, value: number, { t, language }: RequestContext) =>
  parameter?.unit === 'yes_no' ? t(value === 1 ? 'detection.yes' : 'detection.no') : number(value, language)

// ── What was found ──────────────────────────────────────────────────────────────────────────────────────────────────

function latest(view: DetectionView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { found, rule, next } = view
  const path = rule ? consolePaths.detectionRule(rule) : consolePaths.detection
  return html`<section class="sheet" aria-labelledby="latest"><h2 id="latest">${t('detection.latest')}</h2>
${
  found.length === 0
    ? html`<p class="empty">${t('detection.latest.none')}</p>`
    : html`<ul class="rows">${found.map((one) => foundRow(one, view, frame, context))}</ul>`
}
<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${path}?before=${next}#latest">${t('detection.more')}</a>`}
${!view.isFirst && html`<a href="${path}#latest">${t('detection.first')}</a>`}</p></section>`
}

function foundRow(one: Detected, { names }: Pick<DetectionView, 'names'>, frame: Frame, context: RequestContext): Html {
  const { t, language } = context
  const { rule, provider, case: about, verdict, weight } = one
  const outcome =
    provider !== undefined
      ? html`<bdi>${names.provider(provider)}</bdi>`
      : about && has(frame.roles, 'cases')
        ? html`<a href="${consolePaths.case(about)}">${t('detection.latest.case')}</a>${verdict && html` · ${t(`detection.preview.${verdict}`)}`}`
        : t('detection.latest.watched')
  return html`
<li><p><strong>${t(`detection.rule.${rule}`)}</strong> · ${instant(one.at, frame, context)} · ${t('detection.latest.weight')} ${number(weight, language)}</p>
<p>${explained(rule, one.explanation, context)}</p>
<p class="hint">${outcome}</p></li>`
}

const regions = inEachLanguage((language) => new Intl.DisplayNames([localeOf(language)], { type: 'region' }))

/** What a rule said, in words: countries by their names. */
export function explained(rule: string, explanation: Explanation, { t, language }: RequestContext): string {
  const { from, to } = explanation
  const place = (code: string | number | undefined) => (code ? (regions[language].of(String(code)) ?? code) : '–')
  return t(`detection.explains.${rule}`, { ...explanation, from: place(from), to: place(to) })
}

// ── One rule ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const tuneOutcomes = ['tuned', 'again'] as const

export interface RuleView extends DetectionView {
  rule: DetectionRule
  standing: RuleStanding
  history: readonly TuningView[]
  /** Who tuned, by number. */
  authors: ReadonlyMap<number, string>
  typed: { mode: string; values: Readonly<Record<string, string>> }
  /** The number of the values that the form was made from. */
  seen: number
  faults: readonly TuningFault[]
  preview?: Preview
  done?: (typeof tuneOutcomes)[number]
  isMoved?: true
}

export function rulePage(view: RuleView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { rule, standing, faults, preview, done, isMoved } = view
  const title = t(`detection.rule.${rule}`)
  const mayTune = has(frame.roles, 'detection_tune')
  return framed(frame, context, {
    title: `${title} · ${t('detection.title')}`,
    status: isMoved ? 409 : faults.length > 0 ? 422 : 200,
    here: consolePaths.detectionRule(rule),
    body: html`<p><a href="${consolePaths.detection}">${t('detection.back')}</a></p>
<h1>${title}</h1>
${done && html`<p class="notice" role="status">${t(`detection.done.${done}`)}</p>`}
${isMoved && html`<p class="notice" role="alert">${t('detection.moved')}</p>`}
${faults.length > 0 && faultList(view, context)}
<p class="lead">${t(`detection.rule.${rule}.text`)}</p>
${figuresOf(standing, context)}
${proposalOf(standing, frame, context)}
${preview ? previewSection(view, preview, frame, context) : html`${valuesSection(standing, context)}${mayTune && changeForm(view, frame, context)}`}
${historySection(view, frame, context)}
${latest(view, frame, context)}`,
  })
}

function faultList({ rule, faults }: RuleView, { t, language }: RequestContext): Html {
  return html`<div class="notice" role="alert"><h2>${t('detection.wrong')}</h2><ul class="plain">${faults.map(
    ({ field, problem }) => {
      const { least = 0, most = 0, step = 1 } = parametersOf(rule)[field] ?? {}
      const label = field === 'mode' ? t('detection.mode') : t(`detection.parameter.${rule}.${field}`)
      return html`<li id="${field}-wrong"><a href="#${field}">${label}</a> ${t(`detection.fault.${problem}`, {
        ...{ least: number(least, language), most: number(most, language), step: number(step, language) },
      })}</li>`
    },
  )}</ul></div>`
}

function valuesSection({ rule, parameters, mode }: TuningView, context: RequestContext): Html {
  const { t } = context
  const rows = [
    [t('detection.mode'), t(`detection.mode.${mode}`)],
    ...Object.entries(parametersOf(rule)).map(([key, parameter]) => [
      t(`detection.parameter.${rule}.${key}`),
      said(parameter, parameters[key] ?? 0, context),
    ]),
  ]
  return html`<section class="sheet" aria-labelledby="values"><h2 id="values">${t('detection.values')}</h2>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>`
}

function changeForm({ rule, typed, seen, faults }: RuleView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = consolePaths.detectionRule(rule)
  return html`<section class="sheet" aria-labelledby="change"><h2 id="change">${t('detection.change')}</h2>
<p>${t('detection.change.text')}</p>
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="seen" value="${seen}">
<fieldset class="picks" id="mode" tabindex="-1"><legend>${t('detection.mode')}</legend>
${modesOf(rule).map(
  (mode) =>
    html`<p class="pick"><input type="radio" name="mode" value="${mode}" id="mode-${mode}" required${typed.mode === mode && checked}><label for="mode-${mode}">${t(`detection.mode.${mode}`)}</label></p>`,
)}</fieldset>
${Object.entries(parametersOf(rule)).map(([key, parameter]) =>
  parameterField(
    { rule, key, parameter, value: typed.values[key] ?? '', isWrong: faults.some(({ field }) => field === key) },
    context,
  ),
)}
<p class="actions"><button class="button" name="act" value="review">${t('detection.review')}</button></p>
</form></section>`
}

interface ParameterField {
  rule: DetectionRule
  key: string
  parameter: Parameter
  value: string
  isWrong: boolean
}

function parameterField({ rule, key, parameter, value, isWrong }: ParameterField, context: RequestContext): Html {
  const { t, language } = context
  const { least, most, usual, step = 1, unit } = parameter
  const label = t(`detection.parameter.${rule}.${key}`)
  const hint = t(`detection.parameter.${rule}.${key}.text`)
  if (unit === 'yes_no') {
    return html`<fieldset class="picks" id="${key}" tabindex="-1"><legend>${label}</legend>
<p class="hint">${hint}</p>${[1, 0].map(
      (one) =>
        html`<p class="pick"><input type="radio" name="${key}" value="${one}" id="${key}-${one}" required${value === String(one) && checked}><label for="${key}-${one}">${t(one === 1 ? 'detection.yes' : 'detection.no')}</label></p>`,
    )}</fieldset>`
  }
  const bounds = t('detection.bounds', {
    least: number(least, language),
    most: number(most, language),
    usual: number(usual, language),
  })
  return html`<p class="ask"><label for="${key}">${label}</label>
<input id="${key}" name="${key}" type="number" inputmode="decimal" min="${least}" max="${most}" step="${step}" value="${value}" required aria-describedby="${key}-hint${isWrong && ` ${key}-wrong`}"${isWrong && html` aria-invalid="true"`}>
<span class="hint" id="${key}-hint">${hint} ${bounds}</span></p>`
}

function previewSection(view: RuleView, preview: Preview, frame: Frame, context: RequestContext): Html {
  const { t, language } = context
  const { rule, typed, seen } = view
  const path = consolePaths.detectionRule(rule)
  const [kinds, sides] = [['confirmed', 'not_confirmed', 'open'] as const, ['kept', 'spared'] as const]
  const changes = [
    t(`detection.mode.${typed.mode}`),
    ...Object.entries(typed.values).map(([key, value]) => named(rule, key, Number(value), context)),
  ]
  return html`<section class="sheet" aria-labelledby="preview"><h2 id="preview">${t('detection.preview')}</h2>
<ul class="plain">${changes.map((change) => html`<li>${change}</li>`)}</ul>
<div class="wide"><table class="figures"><caption>${t('detection.preview.over')}</caption><thead><tr><td></td>${sides.map((side) => html`<th scope="col" class="count">${t(`detection.preview.${side}`)}</th>`)}</tr></thead>
<tbody>${kinds.map(
    (kind) =>
      html`<tr><th scope="row">${t(`detection.preview.${kind}`)}</th>${sides.map((side) => html`<td class="count">${number(preview[side][kind], language)}</td>`)}</tr>`,
  )}</tbody></table></div>
${preview.looser && html`<p class="notice">${t('detection.preview.looser')}</p>`}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="seen" value="${seen}"><input type="hidden" name="mode" value="${typed.mode}">
${Object.entries(typed.values).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`)}
<p class="actions"><button class="button" name="act" value="confirm">${t('detection.confirm')}</button>
<button class="button button-quiet" name="act" value="edit">${t('detection.edit')}</button></p>
</form></section>`
}

function historySection({ history, authors, rule }: RuleView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  return html`<section class="sheet" aria-labelledby="history"><h2 id="history">${t('detection.history')}</h2>
${
  history.length === 0
    ? html`<p class="empty">${t('detection.history.none')}</p>`
    : html`<ul class="rows">${history.map(({ number: place, tuned, mode, parameters }, index) => {
        // Of the oldest that is shown, all is told, unless it was the first.
        const before: Pick<TuningView, 'mode' | 'parameters'> | undefined =
          history[index + 1] ?? (place === 1 ? shippedTunings[rule] : undefined)
        const values = Object.keys(parameters).filter((key) => parameters[key] !== before?.parameters[key])
        const changes = [
          ...(mode === before?.mode ? [] : [t(`detection.mode.${mode}`)]),
          ...values.map((key) => named(rule, key, parameters[key] ?? 0, context)),
        ]
        const who = authors.get(place) ?? t('detection.by.somebody')
        return html`<li><p>${tuned && t('detection.tuned', { date: instant(tuned.at, frame, context), who })}</p>
<p class="hint">${changes.join(' · ')}</p></li>`
      })}</ul>`
}</section>`
}

export const ruleIn = (given: unknown): DetectionRule | undefined => detectionRules.find((one) => one === given)
