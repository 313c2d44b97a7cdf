/** The operators' pages: home, the register of means, the means of a person. They decide nothing; forms work without a script. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import type { MeansId, PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import { type Enrolment, type MeansView, meansReasons } from '../means/means.ts'
import { operatorPaths } from '../operators/pages.ts'
import { factorKinds } from '../policy/factors.ts'
import { homologationYears, meansClasses } from '../policy/means.ts'
import { type Ending, type Entry, endingSoon, type RegisteredHomologation } from '../register/register.ts'
import { explained, has } from './rights.ts'

export const consolePaths = {
  home: '/console',
  register: '/console/means',
  csv: '/console/means.csv',
  json: '/console/means.json',
  /** GET `?entry=`: the form. POST `entry`, `service`, `author`, `risk_analysis`, `decided_on`. */
  homologate: '/console/means/homologate',
  /** GET `?entry=`: the form. POST `entry`, `class`, `factors`, `certificate`, `certificate_until`, `valid_until`. */
  declare: '/console/means/declare',
  /** POST `homologation`. */
  withdraw: '/console/means/withdraw',
  /** GET: the form. POST `identifier`: a person's id or an exact identifier of theirs. */
  people: '/console/people',
  person: (person: PersonId) => `/console/people/${person}`,
  /** POST `change=suspend|resume|revoke`, `reason`. */
  means: (person: PersonId, means: MeansId) => `/console/people/${person}/means/${means}`,
  /** POST. */
  unlock: (person: PersonId) => `/console/people/${person}/unlock`,
} as const

export interface Frame {
  name: string
  roles: readonly OperatorRole[]
  /** IANA name of the zone in which dates are written. */
  timeZone: string
  /** For a form to this address. */
  verifier(path: string): string
}

// ── Home ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function homePage(frame: Frame & { previousSignInAt?: Instant }, context: RequestContext): Page {
  const { t } = context
  const allowed = explained.filter((right) => has(frame.roles, right))
  const previous = frame.previousSignInAt
  return framed(frame, context, {
    title: t('console.home.title'),
    here: consolePaths.home,
    body: html`<h1>${t('console.home.heading', { name: frame.name })}</h1>
<p class="notice">${
      previous === undefined
        ? t('console.home.first')
        : html`${t('console.home.previous', { date: instant(previous, frame, context) })} ${t('console.home.stranger')}`
    }</p>
<h2>${t('console.home.roles')}</h2>
<ul class="plain">${frame.roles.map((role) => html`<li>${t(`role.${role}`)}</li>`)}</ul>
<h2>${t('console.home.may')}</h2>
${
  allowed.length === 0
    ? html`<p>${t('console.may.none')}</p>`
    : html`<ul class="rows">${allowed.map(
        (right) => html`
<li><p><strong>${t(`console.may.${right}`)}</strong></p>
<p>${t(`console.may.${right}.text`)}</p></li>`,
      )}</ul>`
}
<p>${t('console.home.journal')}</p>`,
  })
}

// ── The register of means ───────────────────────────────────────────────────────────────────────────────────────────

export interface RegisterView {
  entries: readonly Entry[]
  endings: readonly Ending[]
  /** Names of services and of operators, by id. */
  services: ReadonlyMap<string, string>
  operators: ReadonlyMap<string, string>
  done?: 'homologated' | 'declared' | 'withdrawn'
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
<input type="hidden" name="verifier" value="${frame.verifier(path)}">
<button class="link" name="homologation" value="${each.homologation}">${t('homologation.withdraw')}</button>
</form>`
}`
}

export interface RecordView {
  entry: Entry
  /** What was typed before, and why it was refused. */
  values: Readonly<Record<string, string | readonly string[] | undefined>>
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

const selected = html` selected`
const checked = html` checked`

/** A form about an entry. */
function recordForm(path: string, { entry }: RecordView, frame: Frame, fields: Html): Html {
  return html`<form method="post" action="${path}">
<input type="hidden" name="verifier" value="${frame.verifier(path)}">
<input type="hidden" name="entry" value="${entry.entry}">
${fields}
</form>`
}

// ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export function searchPage(view: { notFound: boolean }, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const path = consolePaths.people
  return framed(frame, context, {
    title: t('people.title'),
    status: view.notFound ? 404 : 200,
    here: path,
    body: html`<h1>${t('people.title')}</h1>
<p class="lead">${t('people.lead')}</p>
${view.notFound && html`<div class="notice" role="status"><h2>${t('people.none')}</h2><p>${t('people.none.text')}</p></div>`}
<form method="post" action="${path}">
<input type="hidden" name="verifier" value="${frame.verifier(path)}">
<p class="ask"><label for="identifier">${t('people.identifier')}</label>
<input id="identifier" name="identifier" required maxlength="200" autocomplete="off" spellcheck="false" aria-describedby="identifier-hint">
<span class="hint" id="identifier-hint">${t('people.identifier.hint')}</span></p>
<p class="actions"><button class="button">${t('people.search')}</button></p>
</form>
<p>${t('people.traced')}</p>`,
  })
}

export interface PersonMeansView {
  person: PersonId
  means: readonly MeansView[]
  enrolments: readonly Enrolment[]
  done?: 'suspend' | 'resume' | 'revoke' | 'unlock' | 'unchanged'
}

export function personPage(view: PersonMeansView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { person } = view
  const unlock = consolePaths.unlock(person)
  return framed(frame, context, {
    title: t('person.title'),
    here: consolePaths.person(person),
    body: html`<h1>${t('person.title')}</h1>
${view.done && html`<p class="notice" role="status">${t(`person.done.${view.done}`)}</p>`}
<p><code dir="ltr">${person}</code></p>
<h2>${t('person.enrolments')}</h2>
${
  view.enrolments.length === 0
    ? html`<p>${t('person.enrolments.none')}</p>`
    : html`<ul class="plain">${view.enrolments.map(
        ({ proof, level, at }) =>
          html`<li>${t(`proof.${proof}`)} · ${t(`level.${level}`)} · ${date(at, frame, context)}</li>`,
      )}</ul>`
}
<h2>${t('person.means')}</h2>
${view.means.length === 0 && html`<p>${t('person.means.none')}</p>`}
${view.means.map((one) => meansSection(one, person, frame, context))}
<form method="post" action="${unlock}">
<input type="hidden" name="verifier" value="${frame.verifier(unlock)}">
<p>${t('person.unlock.text')}</p>
<p class="actions"><button class="button button-quiet">${t('person.unlock')}</button></p>
</form>`,
  })
}

function meansSection(one: MeansView, person: PersonId, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = consolePaths.means(person, one.means)
  const written = (at: Instant | undefined) => (at === undefined ? t('person.never') : instant(at, frame, context))
  const rows: [string, string][] = [
    [t('person.state'), t(`state.${one.state}`)],
    [t('person.created'), written(one.createdAt)],
    [t('person.used'), written(one.lastUsedAt)],
    [t('person.expires'), written(one.expiresAt)],
  ]
  const changes = (['suspend', 'resume', 'revoke'] as const).filter((change) => offered[change].includes(one.state))
  return html`<section class="sheet" aria-labelledby="${one.means}">
<h3 id="${one.means}">${t(`means.${one.kind}`)} ${one.label && html`<bdi>${one.label}</bdi>`} ${one.hint && html`<bdi>${one.hint}</bdi>`}</h3>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${
  changes.length > 0 &&
  html`<form method="post" action="${path}">
<input type="hidden" name="verifier" value="${frame.verifier(path)}">
<p class="ask"><label for="reason-${one.means}">${t('person.reason')}</label>
<select id="reason-${one.means}" name="reason" required><option value=""></option>${meansReasons.map(
    (reason) => html`<option value="${reason}">${t(`because.${reason}`)}</option>`,
  )}</select></p>
<p class="actions">${changes.map(
    (change) =>
      html`<button class="button ${change !== 'revoke' && 'button-quiet'}" name="change" value="${change}" aria-describedby="${one.means}">${t(`person.${change}`)}</button>
`,
  )}</p>
</form>`
}
</section>`
}

const offered = {
  suspend: ['active'],
  resume: ['suspended'],
  revoke: ['pending', 'active', 'suspended'],
} as const as Record<'suspend' | 'resume' | 'revoke', readonly MeansView['state'][]>

// ── Frame and fields ────────────────────────────────────────────────────────────────────────────────────────────────

function framed(frame: Frame, { t }: RequestContext, page: Page & { here: string }): Page {
  const places: [string, string][] = [
    [consolePaths.home, t('console.home.title')],
    ...(has(frame.roles, 'register') ? [[consolePaths.register, t('register.title')] as [string, string]] : []),
    ...(has(frame.roles, 'people') ? [[consolePaths.people, t('people.title')] as [string, string]] : []),
  ]
  return {
    ...page,
    hasForm: true,
    body: html`<nav class="places" aria-label="${t('console.places')}"><ul>${places.map(
      ([path, label]) =>
        html`<li><a href="${path}"${path === page.here && html` aria-current="page"`}>${label}</a></li>`,
    )}</ul>
<form method="post" action="${operatorPaths.signOut}">
<input type="hidden" name="verifier" value="${frame.verifier(operatorPaths.signOut)}">
<button class="link">${t('console.leave')}</button>
</form></nav>
${page.body}`,
  }
}

function refusal(reasons: readonly string[], context: RequestContext): Html | undefined {
  if (reasons.length === 0) return undefined
  return html`<div class="notice" role="alert"><h2>${context.t('register.refused')}</h2>${reasonList(reasons, context)}</div>`
}

function reasonList(reasons: readonly string[], { t }: RequestContext): Html {
  return html`<ul class="plain">${reasons.map((reason) => html`<li>${t(`reason.${reason}`)}</li>`)}</ul>`
}

interface Field {
  name: string
  label: string
  value: RecordView['values'][string]
}

function textField({ name, label, hint, value, optional }: Field & { hint: string; optional?: boolean }): Html {
  return html`<p class="ask"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" maxlength="120" value="${value}"${!optional && html` required`} aria-describedby="${name}-hint">
<span class="hint" id="${name}-hint">${hint}</span></p>`
}

function dateField({ name, label, value, required }: Field & { required?: boolean }): Html {
  return html`<p class="ask"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="date" value="${value}"${required && html` required`}></p>`
}

function entryName({ of }: Entry, { t, language }: RequestContext): string {
  return 'own' in of ? t(`means.${of.own}`) : of.name[language]
}

const date = (at: Instant, { timeZone }: Frame, { language }: RequestContext) =>
  format(language, timeZone, { dateStyle: 'long' }).format(at)

const instant = (at: Instant, { timeZone }: Frame, { language }: RequestContext) =>
  format(language, timeZone, { dateStyle: 'long', timeStyle: 'short' }).format(at)

function format(language: Language, timeZone: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(localeOf(language), { ...style, timeZone })
}
