/** A file of many lines, drawn: what it has to look like, what a check found, what was carried out; and as a file again. */
import { csvOf } from '../http/csv.ts'
import { type Html, html } from '../http/html.ts'
import type { CheckedFile, ImportedLine, ImportRefusal } from '../mandates/firm-import.ts'
import { type FileFault, type ImportKind, importKinds, longestFile, mostLines } from '../mandates/firm-lines.ts'
import { type Framed, hiddenField, timeOf } from '../space/frame.ts'
import type { SpaceVisit } from '../space/visit.ts'
import { type At, type Drawn, firmPaths, framed } from './firm-frame.ts'

/** Lines that a page shows; all are in the file. */
const mostShown = 200

export interface ImportView {
  kind: ImportKind
  /** Names of columns for numbers. */
  schemes: readonly string[]
  /** A service that takes whoever acts for an organisation, for the example. */
  service: string
  fault?: FileFault
  columns?: readonly string[]
  refused?: ImportRefusal
}

export function importPage(view: ImportView, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { kind, schemes, service, fault, columns = [], refused } = view
  const path = firmPaths.import(at.seat.firm)
  const [scheme = 'ice'] = schemes
  return framed(
    at,
    {
      ...{ title: fault ? t('mandates.form.stopped', { title: t('firm.place.import') }) : t('firm.place.import') },
      ...{ current: 'import', here: path, status: fault ? 422 : 200 },
      main: html`<h1>${t('firm.place.import')}</h1>
<p class="lead">${t('firm.import.lead')}</p>
${fault && html`<div class="fault" role="alert"><p><a href="#file">${t(`firm.import.fault.${fault}`, { count: mostLines, megabytes: longestFile / 1024 / 1024 })}</a></p>${columns.length > 0 && html`<p>${t('firm.import.columns')} <bdi dir="ltr">${columns.join(', ')}</bdi></p>`}</div>`}
${refused && html`<p class="notice" role="alert">${t(`firm.refused.${refused}`)}</p>`}
<form method="post" action="${path}" enctype="multipart/form-data" class="panel">${hiddenField(pages.verifierOf(visit))}
<fieldset class="picks"><legend>${t('firm.import.kind')}</legend>${importKinds.map(
        (one) =>
          html`<p class="pick"><input type="radio" id="kind-${one}" name="kind" value="${one}" required${kind === one && html` checked`}><label for="kind-${one}">${t(`firm.import.kind.${one}`)}</label></p>`,
      )}</fieldset>
<p class="ask"><label for="file">${t('firm.import.file')}</label><input type="file" id="file" name="file" accept=".csv,text/csv,text/plain" required aria-describedby="file-hint"${fault && html` aria-invalid="true"`}><small class="hint" id="file-hint">${t('firm.import.file.hint', { count: mostLines })}</small></p>
<p class="buttons"><button class="button">${t('firm.import.check')}</button></p></form>
<section class="panel prose" aria-labelledby="how"><h2 id="how">${t('firm.import.how')}</h2>
<p>${t('firm.import.how.text')}</p>
<h3>${t('firm.import.kind.mandates')}</h3>
<pre class="code" dir="ltr" tabindex="0"><code>${scheme};rights;from;until;portfolio
001561191000066;${service}:read+prepare;2027-01-01;2027-12-31;North</code></pre>
<h3>${t('firm.import.kind.assignments')}</h3>
<pre class="code" dir="ltr" tabindex="0"><code>${scheme};portfolio;member;rights;until
001561191000066;;Salma Bennis;${service}:read+prepare;
;North;mbr_4w…;${service}:read;2027-06-30</code></pre>
<ul><li>${t('firm.import.how.numbers')} <bdi dir="ltr">${schemes.join(', ')}</bdi></li>
<li>${t('firm.import.how.rights')}</li><li>${t('firm.import.how.days')}</li><li>${t('firm.import.how.member')}</li></ul></section>`,
    },
    visit,
  )
}

export interface CheckedView {
  checked: CheckedFile
  refused?: ImportRefusal
  done?: boolean
}

export function checkedPage({ checked, refused, done }: CheckedView, at: At, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { firm } = at.seat
  const { lines, good, kind, mark, before, appliedAt } = checked
  const path = firmPaths.checked(firm, checked.import)
  const bad = lines.filter(({ problem }) => problem !== undefined)
  const fine = lines.filter(({ problem }) => problem === undefined)
  const isOpen = appliedAt === undefined && before === undefined && good > 0
  return framed(
    at,
    {
      ...{ title: t('firm.import.checked'), current: 'import', here: path, ...(refused ? { status: 409 } : {}) },
      main: html`<h1>${t(appliedAt === undefined ? 'firm.import.checked' : 'firm.import.applied')}</h1>
<p class="lead">${t(`firm.import.kind.${kind}`)}</p>
${done && html`<p class="required" role="status">${t('firm.done.imported')}</p>`}
${refused && html`<p class="notice" role="alert">${t(`firm.refused.${refused}`)}</p>`}
${appliedAt !== undefined && html`<p>${t('firm.import.applied.at')} ${timeOf(appliedAt, pages.timeZone, context)}</p>`}
${before && html`<p class="notice">${t('firm.import.before')} ${timeOf(before.at, pages.timeZone, context)} <a href="${firmPaths.checked(firm, before.import)}">${t('firm.import.before.see')}</a></p>`}
<p role="status"><strong>${t('firm.import.good', { count: good })}</strong> ${bad.length > 0 && t('firm.import.bad', { count: bad.length })}</p>
<p><a href="${firmPaths.result(firm, checked.import)}" download>${t('firm.import.result')}</a></p>
${
  isOpen &&
  html`<form method="post" action="${path}" class="panel">${hiddenField(pages.verifierOf(visit))}<input type="hidden" name="mark" value="${mark}">
<p>${t(`firm.import.go.${kind}.text`, { count: good })}</p>${bad.length > 0 && html`<p>${t('firm.import.go.bad')}</p>`}
<p class="buttons"><button class="button">${t('firm.import.go', { count: good })}</button> <a href="${firmPaths.import(firm)}">${t('firm.import.again')}</a></p></form>`
}
${!isOpen && appliedAt === undefined && html`<p class="buttons"><a class="button" href="${firmPaths.import(firm)}">${t('firm.import.again')}</a></p>`}
${bad.length > 0 && linesIn(bad, 'bad', visit)}
${fine.length > 0 && linesIn(fine, 'good', visit)}`,
    },
    visit,
  )
}

function linesIn(lines: readonly ImportedLine[], which: 'good' | 'bad', visit: SpaceVisit): Html {
  const { t } = visit.context
  return html`<section class="panel" aria-labelledby="${which}"><h2 id="${which}">${t(`firm.import.lines.${which}`)}</h2>
<ul class="rows">${lines.slice(0, mostShown).map(
    (
      one,
    ) => html`<li><strong>${t('firm.import.line', { line: one.line })}</strong> ${one.column && html`<code dir="ltr">${one.column}</code> `}${one.name && html`<bdi>${one.name}</bdi>`}
${one.problem && html`<p>${t(`firm.line.${one.problem}`)}</p>`}</li>`,
  )}</ul>
${lines.length > mostShown && html`<p>${t('firm.import.more', { count: lines.length - mostShown })}</p>`}</section>`
}

/** One row for each line; what a spreadsheet would take for a formula is text. */
export function resultFile({ lines, appliedAt }: CheckedFile, { context: { t } }: SpaceVisit): string {
  const head = ['line', 'name', 'result', 'column', 'why'].map((column) => t(`firm.import.csv.${column}`))
  const result = (one: ImportedLine) => {
    if (one.problem) return t('firm.import.csv.refused')
    return t(appliedAt === undefined ? 'firm.import.csv.good' : 'firm.import.csv.done')
  }
  const rows = lines.map((one) => [
    ...[String(one.line), one.name ?? '', result(one), one.column ?? ''],
    one.problem ? t(`firm.line.${one.problem}`) : '',
  ])
  return csvOf([head, ...rows])
}
