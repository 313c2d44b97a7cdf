/**
 * Charts as pictures of the page itself (SVG), without a script, and the same figures as a table beside each: who cannot
 * see the picture, or wants the number, reads the table. Colour alone says nothing: what is stacked is also outlined.
 */
import { directionOf, inEachLanguage, type Language } from '../kernel/languages.ts'
import { type Html, html } from './html.ts'
import type { RequestContext } from './http.ts'
import { localeOf } from './messages.ts'

export interface Chart {
  /** Unique on the page. */
  id: string
  title: string
  /** Head of the first column of the table. */
  over: string
  /** Names of what is stacked, the lowest first; three at most. */
  series: readonly string[]
  /** In the order of reading. */
  bars: readonly Bar[]
}

export interface Bar {
  label: string
  values: readonly number[]
  /** What the table says in place of the numbers, where they are not all there is to say. */
  told?: readonly string[]
  /** How many days it is for, 1 by default: a bar for two is as wide as two, and as high as each of them. */
  span?: number
}

const numbers = inEachLanguage((language) => new Intl.NumberFormat(localeOf(language)))

export const number = (value: number, language: Language) => numbers[language].format(value)

const width = 480
const height = 120

/** Upright bars over time; the time of a page that is read from right to left runs so too. */
export function barChart(chart: Chart, { t, language }: RequestContext): Html {
  const { id, title, bars, series } = chart
  const spanOf = ({ span = 1 }: Bar) => span
  const highest = Math.max(0, ...bars.map((bar) => sum(bar.values) / spanOf(bar)))
  const most = Math.max(1, highest)
  const step = width / Math.max(1, sum(bars.map(spanOf)))
  const isMirrored = directionOf(language) === 'rtl'
  const scale = number(Math.round(highest), language)
  let begins = 0
  const drawn = bars.map((bar) => {
    const wide = spanOf(bar) * step
    const x = isMirrored ? width - begins - wide : begins
    begins += wide
    let top = height
    return bar.values.map((value, part) => {
      const tall = (value / spanOf(bar) / most) * (height - 4)
      top -= tall
      return (
        value > 0 &&
        html`<rect class="part-${part}" x="${rounded(x + step * 0.12)}" y="${rounded(top)}" width="${rounded(wide - step * 0.24)}" height="${rounded(tall)}"/>`
      )
    })
  })
  return html`<figure class="chart" aria-labelledby="${id}">
<figcaption id="${id}">${title}</figcaption>
<p class="scale" aria-hidden="true">${bars.some((bar) => spanOf(bar) !== 1) ? t('chart.mean', { count: scale }) : scale}</p>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-labelledby="${id}">${drawn}</svg>
<p class="ends" aria-hidden="true"><span>${bars[0]?.label}</span><span>${bars.at(-1)?.label}</span></p>
${legend(series)}
<details><summary>${t('chart.table')}</summary>${table(chart, language)}</details>
</figure>`
}

/** One lying bar for each row, in the table itself. */
export function rankedTable(chart: Chart, { language }: RequestContext): Html {
  const { id, title, over, series, bars } = chart
  const most = Math.max(1, ...bars.map(({ values }) => sum(values)))
  const isMirrored = directionOf(language) === 'rtl'
  return html`<div class="wide"><table class="figures" aria-labelledby="${id}"><caption id="${id}">${title}</caption>
<thead><tr><th scope="col">${over}</th>${series.map((name) => html`<th scope="col" class="count">${name}</th>`)}</tr></thead>
<tbody>${bars.map(({ label, values }) => {
    const long = (sum(values) / most) * 100
    return html`
<tr><th scope="row">${label}<svg class="lying" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="part-0" x="${isMirrored ? rounded(100 - long) : 0}" y="0" width="${rounded(long)}" height="4"/></svg></th>${values.map(
      (value) => html`<td class="count">${number(value, language)}</td>`,
    )}</tr>`
  })}
</tbody></table></div>`
}

function table({ over, series, bars }: Chart, language: Language): Html {
  return html`<div class="wide"><table class="figures">
<thead><tr><th scope="col">${over}</th>${series.map((name) => html`<th scope="col" class="count">${name}</th>`)}</tr></thead>
<tbody>${bars.map(
    ({ label, values, told }) => html`
<tr><th scope="row">${label}</th>${values.map((value, part) => html`<td class="count">${told?.[part] ?? number(value, language)}</td>`)}</tr>`,
  )}
</tbody></table></div>`
}

function legend(series: readonly string[]): Html | undefined {
  if (series.length < 2) return undefined
  return html`<ul class="legend">${series.map(
    (name, part) =>
      html`<li><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect class="part-${part}" x="1" y="1" width="10" height="10"/></svg>${name}</li>`,
  )}</ul>`
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const rounded = (value: number) => Math.round(value * 100) / 100
