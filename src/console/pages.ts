/** The pages of the register of means. They decide nothing; forms work without a script. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { factorKinds } from '../policy/factors.ts'
import { homologationYears, meansClasses } from '../policy/means.ts'
import { type Ending, type Entry, endingSoon, type RegisteredHomologation } from '../register/register.ts'
import {
  checked,
  consolePaths,
  date,
  dateField,
  type Frame,
  framed,
  hiddenField,
  reasonList,
  refusal,
  selected,
  type Typed,
  textField,
} from './frame.ts'
import { has } from './rights.ts'

// ── The register of means ───────────────────────────────────────────────────────────────────────────────────────────

export interface RegisterView {
  entries: readonly Entry[]
  endings: readonly Ending[]
  /** Names of services and of operators, by id. */
  services: ReadonlyMap<string, string>
  operators: ReadonlyMap<string, string>
  done?: 'homologated' | 'declared' | 'withdrawn' | 'undeclared' | 'changed_meanwhile'
}

export function registerPage(view: RegisterView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const names = new Map(view.entries.map((entry) => [entry.entry, entryName(entry, context)]))
  return framed(frame, context, {
    title: t('register.title'),
    here: consolePaths.register,
    body: html`<h1>${t('register.title')}</h1>
${view.done && html`<p class="notice" role="status">${t(`register.done.${view.done}`)}</p>`}
<p class="lead">${t('register.lead', { years: homologationYears })}</p>
<p class="actions"><a class="button button-quiet" href="${consolePaths.csv}">${t('register.csv')}</a>
<a class="button button-quiet" href="${consolePaths.json}">${t('register.json')}</a></p>
<section class="sheet" aria-labelledby="endings">
<h2 id="endings">${t('register.endings', { days: endingSoon / 86_400_000 })}</h2>
${
  view.endings.length === 0
    ? html`<p>${t('register.endings.none')}</p>`
    : html`<ul class="plain">${view.endings.map((ending) => {
        const values = {
          name: names.get(ending.entry) ?? ending.entry,
          service: ending.service === undefined ? '' : (view.services.get(ending.service) ?? ending.service),
          date: date(ending.at, frame, context),
        }
        return html`<li>${t(`register.ending.${ending.what}`, values)}</li>`
      })}</ul>`
}
</section>
${view.entries.map((entry) => entrySection(entry, view, frame, context))}`,
  })
}

function entrySection(entry: Entry, view: RegisterView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const id = entry.entry.replace('/', '-')
  const mayRecord = has(frame.roles, 'homologate')
  const query = `?entry=${encodeURIComponent(entry.entry)}`
  const until = entry.validUntil
  const rows: [string, Html | string][] = [
    [t('register.class'), t(`class.${entry.class}`)],
    [t('register.level'), t(`level.${entry.level}`)],
    [t('register.population'), t(`population.${entry.population}`)],
    [t('register.jurisdiction'), countryIn(entry, context)],
    [t('register.factors'), factorsIn(entry, context)],
    [t('register.validity'), until === undefined ? t('register.validity.none') : date(until, frame, context)],
    ...(entry.certificate ? [[t('register.certificate'), certificateIn(entry, frame, context)] as [string, Html]] : []),
  ]
  return html`<section class="sheet" aria-labelledby="${id}">
<h2 id="${id}"><bdi>${entryName(entry, context)}</bdi></h2>
<p><code dir="ltr">${entry.entry}</code></p>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${entry.notes.map((note) => html`<p class="badge">${t(`reason.${note}`)}</p>`)}
${entry.declared && declaredIn(entry, entry.declared, view, frame, context)}
<h3>${t('register.homologations')}</h3>
${
  entry.homologations.length === 0
    ? html`<p>${t('register.homologations.none')}</p>`
    : html`<ul class="rows">${entry.homologations.map(
        (each) => html`<li>${homologationIn(each, view, frame, context)}</li>`,
      )}</ul>`
}
${
  mayRecord &&
  html`<p class="actions"><a href="${consolePaths.homologate}${query}" aria-describedby="${id}">${t('register.homologate')}</a>
<a href="${consolePaths.declare}${query}" aria-describedby="${id}">${t('register.declare')}</a></p>`
}
</section>`
}

function declaredIn(
  { entry }: Entry,
  { declaration, at, by }: NonNullable<Entry['declared']>,
  view: RegisterView,
  frame: Frame,
  context: RequestContext,
): Html {
  const { t } = context
  const path = consolePaths.undeclare
  const name = by.kind === 'operator' ? (view.operators.get(by.id) ?? by.id) : by.kind
  return html`<p>${t('register.declared', { name, date: date(at, frame, context) })}</p>
${
  has(frame.roles, 'homologate') &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="entry" value="${entry}">
<button class="link" name="declaration" value="${declaration}">${t('register.undeclare')}</button>
</form>`
}`
}

function factorsIn({ factors }: Entry, { t, language }: RequestContext): string {
  if (factors.length === 0) return t('register.factors.none')
  return new Intl.ListFormat(localeOf(language), { type: 'conjunction' }).format(
    factors.map((kind) => t(`factor.${kind}`)),
  )
}

function countryIn({ jurisdiction }: Entry, { language }: RequestContext): string {
  return new Intl.DisplayNames([localeOf(language)], { type: 'region' }).of(jurisdiction) ?? jurisdiction
}

function certificateIn({ certificate }: Entry, frame: Frame, context: RequestContext): Html {
  const until = certificate?.until
  return html`<bdi>${certificate?.reference}</bdi>${
    until !== undefined && html` (${context.t('register.until', { date: date(until, frame, context) })})`
  }`
}

function homologationIn(each: RegisteredHomologation, view: RegisterView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { recordedBy } = each
  const by = recordedBy.kind === 'operator' ? (view.operators.get(recordedBy.id) ?? recordedBy.id) : recordedBy.kind
  const path = consolePaths.withdraw
  return html`<p><strong><bdi>${view.services.get(each.service) ?? each.service}</bdi></strong> · ${t(`homologation.${each.state}`)}</p>
<p>${t('homologation.by', { author: each.author, date: date(each.decidedAt, frame, context) })}
${t('homologation.risk', { reference: each.riskAnalysis })}
${t('homologation.ends', { date: date(each.endsAt, frame, context) })}
${t('homologation.recorded', { name: by, date: date(each.recordedAt, frame, context) })}
${each.withdrawnAt !== undefined && t('homologation.withdrawn_on', { date: date(each.withdrawnAt, frame, context) })}</p>
${each.reasons.length > 0 && html`<div class="notice"><p>${t('homologation.refused_now')}</p>${reasonList(each.reasons, context)}</div>`}
${
  each.state === 'in_force' &&
  has(frame.roles, 'homologate') &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<button class="link" name="homologation" value="${each.homologation}">${t('homologation.withdraw')}</button>
</form>`
}`
}

export interface RecordView {
  entry: Entry
  /** What was typed before, and why it was refused. */
  values: Typed
  reasons: readonly string[]
}

export function homologatePage(
  view: RecordView & { services: readonly { id: string; name: string }[] },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { entry, values } = view
  return framed(frame, context, {
    title: t('homologate.title'),
    status: view.reasons.length > 0 ? 422 : 200,
    here: `${consolePaths.homologate}?entry=${encodeURIComponent(entry.entry)}`,
    body: html`<h1>${t('homologate.title')}</h1>
<p class="lead">${t('homologate.lead', { name: entryName(entry, context), years: homologationYears })}</p>
${refusal(view.reasons, context)}
${recordForm(
  consolePaths.homologate,
  view,
  frame,
  html`<p class="ask"><label for="service">${t('homologate.service')}</label>
<select id="service" name="service" required><option value=""></option>${view.services.map(
    ({ id, name }) => html`<option value="${id}"${id === values.service && selected}>${name}</option>`,
  )}</select></p>
${textField({ name: 'author', label: t('homologate.author'), hint: t('homologate.author.hint'), value: values.author })}
${textField({ name: 'risk_analysis', label: t('homologate.risk'), hint: t('homologate.risk.hint'), value: values.risk_analysis })}
${dateField({ name: 'decided_on', label: t('homologate.date'), value: values.decided_on, required: true })}
<p class="actions"><button class="button">${t('homologate.go')}</button>
<a href="${consolePaths.register}">${t('console.cancel')}</a></p>`,
)}`,
  })
}

export function declarePage(view: RecordView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { entry, values } = view
  const chosen = values.class ?? entry.class
  const factors = values.factors === undefined ? entry.factors : [values.factors].flat()
  return framed(frame, context, {
    title: t('declare.title'),
    status: view.reasons.length > 0 ? 422 : 200,
    here: `${consolePaths.declare}?entry=${encodeURIComponent(entry.entry)}`,
    body: html`<h1>${t('declare.title')}</h1>
<p class="lead">${t('declare.lead', { name: entryName(entry, context) })}</p>
${refusal(view.reasons, context)}
${recordForm(
  consolePaths.declare,
  view,
  frame,
  html`<fieldset class="picks"><legend>${t('register.class')}</legend>${meansClasses.map(
    (
      each,
    ) => html`<p class="pick"><input type="radio" id="class-${each}" name="class" value="${each}"${each === chosen && checked}>
<label for="class-${each}">${t(`class.${each}`)}</label></p>`,
  )}</fieldset>
${
  'provider' in entry.of &&
  html`<fieldset class="picks"><legend>${t('declare.factors')}</legend>${Object.keys(factorKinds).map(
    (
      kind,
    ) => html`<p class="pick"><input type="checkbox" id="factor-${kind}" name="factors" value="${kind}"${(factors as readonly string[]).includes(kind) && checked}>
<label for="factor-${kind}">${t(`factor.${kind}`)}</label></p>`,
  )}</fieldset>`
}
${textField({ name: 'certificate', label: t('declare.certificate'), hint: t('declare.certificate.hint'), value: values.certificate, optional: true })}
${dateField({ name: 'certificate_until', label: t('declare.certificate_until'), value: values.certificate_until })}
${dateField({ name: 'valid_until', label: t('declare.valid_until'), value: values.valid_until })}
<p class="actions"><button class="button">${t('declare.go')}</button>
<a href="${consolePaths.register}">${t('console.cancel')}</a></p>`,
)}`,
  })
}

/** A form about an entry. */
function recordForm(path: string, { entry }: RecordView, frame: Frame, fields: Html): Html {
  return html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="entry" value="${entry.entry}">
${fields}
</form>`
}

function entryName({ of }: Entry, { t, language }: RequestContext): string {
  return 'own' in of ? t(`means.${of.own}`) : of.name[language]
}
