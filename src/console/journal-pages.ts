/** The journal, as those read it who answer for the hub: a search, what it finds, and one fact with all that proves it. */
import type { Entry, Explored, Recorded } from '../audit/audit.ts'
import { subjectFields } from '../audit/audit.ts'
import { factList } from '../audit/facts.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { checked, consolePaths, date, type Frame, framed, selected, textField } from './frame.ts'
import { allNames, families, queryOf, type SearchFault, type SearchTyped, searchReasons } from './journal-search.ts'

export interface JournalView {
  typed: SearchTyped
  faults: readonly SearchFault[]
  /** Absent before anything was asked. */
  found?: Explored
  /** The most facts that a file holds. */
  longestExport: number
}

export function journalPage(view: JournalView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { typed, faults, found } = view
  const query = queryOf(typed)
  return framed(frame, context, {
    title: t('journal.title'),
    status: faults.length > 0 ? 422 : 200,
    here: query ? `${consolePaths.journal}?${query}` : consolePaths.journal,
    body: html`<h1>${t('journal.title')}</h1>
<p class="lead">${t('journal.lead')}</p>
${faults.length > 0 && faultList(faults, context)}
${searchForm(view, context)}
${found && foundFacts(found, view, frame, context)}`,
  })
}

function faultList(faults: readonly SearchFault[], { t }: RequestContext): Html {
  return html`<div class="notice" role="alert" id="search-faults"><h2>${t('journal.refused')}</h2>
<ul class="plain">${faults.map(({ field, reason }) => html`<li>${t(`journal.fault.${field}.${reason}`)}</li>`)}</ul></div>`
}

function searchForm({ typed, faults, found }: JournalView, { t }: RequestContext): Html {
  const wrong = (field: SearchFault['field']) =>
    faults.some((fault) => fault.field === field) ? 'search-faults' : undefined
  const moment = (name: 'from' | 'until') =>
    html`<p class="ask"><label for="${name}">${t(`journal.${name}`)}</label>
<input id="${name}" name="${name}" type="datetime-local" value="${typed[name]}"${wrong(name) && html` aria-describedby="search-faults" aria-invalid="true"`}></p>`
  return html`<form method="get" action="${consolePaths.journal}" class="sheet">
<p class="ask"><label for="about">${t('journal.about')}</label>
<select id="about" name="about"><option value="">${t('journal.about.all')}</option>${subjectFields.map(
    (field) =>
      html`<option value="${field}"${typed.about === field && selected}>${t(`journal.about.${field}`)}</option>`,
  )}</select></p>
${textField({ name: 'id', label: t('journal.id'), hint: t('journal.id.hint'), value: typed.id, optional: true, most: 200, wrong: wrong('id') })}
<p class="ask"><label for="reason">${t('journal.reason')}</label>
<select id="reason" name="reason" aria-describedby="reason-hint"${wrong('reason') && html` aria-invalid="true"`}><option value=""></option>${searchReasons.map(
    (reason) =>
      html`<option value="${reason}"${typed.reason === reason && selected}>${t(`journal.reason.${reason}`)}</option>`,
  )}</select>
<span class="hint" id="reason-hint">${t('journal.reason.hint')}</span></p>
${moment('from')}
${moment('until')}
<p class="ask"><label for="outcome">${t('journal.outcome')}</label>
<select id="outcome" name="outcome"><option value="">${t('journal.outcome.all')}</option>
<option value="refused"${typed.outcome === 'refused' && selected}>${t('journal.outcome.refused')}</option></select></p>
${typed.names.length > 0 && html`<p>${t('journal.chosen')} ${typed.names.map((name) => html`<code dir="ltr">${name}</code> `)}</p>`}
<details class="about"><summary>${t('journal.names')}</summary>
<p>${t('journal.names.hint')}</p>
${families.map((family) => familyOf(family, typed))}
</details>
<p class="actions"><button class="button">${t('journal.search')}</button>
${found && html`<a href="${consolePaths.journal}">${t('journal.anew')}</a>`}</p>
</form>`
}

function familyOf(family: string, { names }: SearchTyped): Html {
  const [prefix] = family.split('.')
  const box = (value: string) => {
    const id = `name-${value.replace('*', 'all').replaceAll('.', '-')}`
    return html`<p class="pick"><input type="checkbox" id="${id}" name="name" value="${value}"${names.includes(value) && checked}>
<label for="${id}"><code dir="ltr">${value}</code></label></p>`
  }
  return html`<fieldset class="picks"><legend><code dir="ltr">${prefix}</code></legend>
${[family, ...allNames.filter((name) => name.startsWith(`${prefix}.`))].map(box)}</fieldset>`
}

function foundFacts({ facts, older }: Explored, view: JournalView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const query = queryOf(view.typed)
  const next = older === undefined ? undefined : queryOf(view.typed, { before: String(older) })
  return html`<section aria-labelledby="found">
<h2 id="found">${t('journal.found')}</h2>
${
  facts.length === 0
    ? html`<p role="status">${older === undefined ? t('journal.found.none') : t('journal.found.none_here')}</p>`
    : html`<p role="status">${t('journal.found.count', { count: facts.length })}</p>
<ul class="rows">${facts.map((fact) => factRow(fact, frame, context))}</ul>`
}
<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${consolePaths.journal}?${next}">${t('journal.older')}</a>`}
${view.typed.before !== '' && html`<a href="${consolePaths.journal}?${queryOf(view.typed, { before: '' })}">${t('journal.newest')}</a>`}</p>
${
  facts.length > 0 &&
  html`<p>${t('journal.export', { count: view.longestExport })}</p>
<p class="actions"><a class="button button-quiet" href="${consolePaths.journalCsv}?${query}">${t('register.csv')}</a>
<a class="button button-quiet" href="${consolePaths.journalJson}?${query}">${t('register.json')}</a></p>`
}
</section>`
}

function factRow({ sequence, name, at, data }: Recorded, frame: Frame, context: RequestContext): Html {
  return html`<li><p><a href="${consolePaths.fact(sequence)}"><code dir="ltr">${name}</code></a> · ${precisely(at, frame, context)}</p>
<p class="hint"><code dir="ltr">${membersOf(data)
    .map(([member, value]) => `${member}: ${value}`)
    .join(' · ')}</code></p></li>`
}

const membersOf = (data: object): [string, string][] =>
  Object.entries(data).map(([member, value]) => [member, typeof value === 'string' ? value : JSON.stringify(value)])

const precisely = (at: Instant, { timeZone }: Frame, { language }: RequestContext) =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeStyle: 'medium', timeZone }).format(at)

export function factPage(entry: Entry, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { fact, sequence } = entry
  return framed(frame, context, {
    title: t('fact.title', { sequence: String(sequence) }),
    here: consolePaths.fact(sequence),
    body: html`<h1>${t('fact.title', { sequence: String(sequence) })}</h1>
${
  fact
    ? whatHappened(fact, frame, context)
    : html`<div class="notice" role="status"><h2>${t(`fact.${entry.state}`)}</h2><p>${t(`fact.${entry.state}.text`, {
        date: entry.leaf ? date(entry.leaf.until, frame, context) : '',
      })}</p></div>`
}
<h2>${t('fact.proof')}</h2>
${proofOf(entry, frame, context)}
<p><a href="${consolePaths.journal}">${t('journal.title')}</a></p>`,
  })
}

function whatHappened(fact: Recorded, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const known = Object.hasOwn(factList, fact.name) ? factList[fact.name] : undefined
  const rows: [string, Html | string][] = [
    [t('fact.name'), code(fact.name)],
    [t('fact.at'), html`${precisely(fact.at, frame, context)} · ${code(toDate(fact.at).toISOString())}`],
    ...(known ? [[t('fact.category'), t(`fact.category.${known.category}`)] as [string, string]] : []),
  ]
  return html`${known && html`<p class="lead" lang="en" dir="ltr">${known.says}</p>`}
<dl class="data">${rows.map(row)}${membersOf(fact.data).map(([member, value]) => row([code(member), code(value)]))}</dl>`
}

function proofOf(entry: Entry, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { leaf, inclusion, since, sequence, fact } = entry
  if (!leaf) return html`<p>${t('fact.unsealed')}</p>`
  const rows: [Html | string, Html | string][] = [
    [t('fact.leaf'), t('fact.leaf.place', { index: String(leaf.index) })],
    [t('fact.leaf.hash'), code(leaf.hash)],
    [t('fact.leaf.until'), date(leaf.until, frame, context)],
  ]
  return html`<dl class="data">${rows.map(row)}</dl>
${
  inclusion
    ? html`<h3>${t('fact.inclusion')}</h3>
<p>${t(inclusion.holds ? 'fact.inclusion.holds' : 'fact.inclusion.broken', { size: String(inclusion.head.size) })}</p>
${headOf(inclusion.head, frame, context)}
${hashes(inclusion.path, context)}`
    : html`<p>${t('fact.unsigned')}</p>`
}
${
  since &&
  html`<h3>${t('fact.consistency')}</h3>
<p>${
    since.head.size === inclusion?.head.size
      ? t('fact.consistency.same')
      : t(since.holds ? 'fact.consistency.holds' : 'fact.consistency.broken', {
          first: String(since.head.size),
          second: String(inclusion?.head.size ?? ''),
        })
  }</p>
${since.head.size !== inclusion?.head.size && html`${headOf(since.head, frame, context)}${hashes(since.path, context)}`}`
}
${
  fact &&
  inclusion &&
  html`<p class="actions"><a class="button" href="${consolePaths.proof(sequence)}">${t('fact.download')}</a></p>
<p>${t('fact.download.text')}</p>
<p><code dir="ltr">garant audit verify-receipt fact-${String(sequence)}-proof.json --keys journal-keys.json</code></p>`
}`
}

function headOf(
  { size, root, at }: { size: number; root: string; at: Instant },
  frame: Frame,
  context: RequestContext,
): Html {
  const { t } = context
  const rows: [string, Html | string][] = [
    [t('fact.head.size'), String(size)],
    [t('fact.head.root'), code(root)],
    [t('fact.head.at'), precisely(at, frame, context)],
  ]
  return html`<dl class="data">${rows.map(row)}</dl>`
}

function hashes(path: readonly string[], { t }: RequestContext): Html | undefined {
  if (path.length === 0) return undefined
  return html`<details class="about"><summary>${t('fact.hashes', { count: path.length })}</summary>
<ol class="plain">${path.map((each) => html`<li>${code(each)}</li>`)}</ol></details>`
}

const code = (text: string) => html`<code dir="ltr">${text}</code>`
const row = ([label, value]: [Html | string, Html | string]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`
