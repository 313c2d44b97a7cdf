/** Drawing up a mandate: the form, with its table of services and actions, and the text as it will be signed. */
import type { Organisation } from '../directory/organisations.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import { levels } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { OrganisationId } from '../kernel/ids.ts'
import { directionOf } from '../kernel/languages.ts'
import type { SignedText } from '../kernel/signing-statement.ts'
import type { MandateRefusal, NamedMandate } from '../mandates/mandates.ts'
import { actions, mostYears, type Side } from '../policy/mandate.ts'
import { groupsOf } from '../signatures/pages.ts'
import { dayOf, type Framed, hiddenField } from './frame.ts'
import {
  defaultLevel,
  endField,
  type FieldFault,
  levelField,
  type MandateField,
  type OfferedService,
  type TypedMandate,
  tickOf,
} from './mandate-form.ts'
import { type Drawn, mandataryName, mandatePaths, numbersOf, organisationName } from './mandates-words.ts'
import type { SpaceVisit } from './visit.ts'

/** What is drawn up: by whom for whom. */
export type Drafting =
  /** A representative gives one. */
  | { kind: 'give'; organisation: Organisation }
  /** Who would hold it proposes one: in person, or for a firm whose administrator they are. */
  | { kind: 'propose'; firms: readonly Organisation[]; as: OrganisationId | 'me' }
  | { kind: 'amend'; named: NamedMandate; version: number }
  | { kind: 'renew'; named: NamedMandate }
  | { kind: 'delegate'; named: NamedMandate }

export interface FormView {
  drafting: Drafting
  typed: TypedMandate
  offered: readonly OfferedService[]
  /** Schemes of numbers of organisations. */
  schemes: readonly string[]
  faults: readonly FieldFault[]
  refused?: MandateRefusal
  now: Instant
}

const pathOf = (drafting: Drafting): string => {
  switch (drafting.kind) {
    case 'give':
      return mandatePaths.give(drafting.organisation.organisation)
    case 'propose':
      return mandatePaths.propose
    case 'amend':
      return mandatePaths.amend(drafting.named.view.mandate)
    case 'renew':
      return mandatePaths.renew(drafting.named.view.mandate)
    case 'delegate':
      return mandatePaths.delegate(drafting.named.view.mandate)
  }
}

export function formPage(view: FormView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { drafting, faults, refused, offered, typed } = view
  const path = pathOf(drafting)
  const title = t(`mandates.form.${drafting.kind}`)
  const isStopped = faults.length > 0 || refused !== undefined
  return {
    title: isStopped ? t('mandates.form.stopped', { title }) : title,
    current: 'mandates',
    here: path,
    status: faults.length > 0 ? 422 : refused ? 409 : 200,
    main: html`<h1>${title}</h1>
<p class="lead">${t(`mandates.form.${drafting.kind}.lead`)}</p>
${'named' in drafting && html`<p><strong>${organisationName(drafting.named.principal, visit)}</strong> – ${mandataryName(drafting.named.mandatary, visit)}</p>`}
${drafting.kind === 'give' && html`<p>${t('mandates.form.for')} <strong>${organisationName(drafting.organisation, visit)}</strong> <small>${numbersOf(drafting.organisation)}</small></p>`}
${refused && html`<div class="fault" role="alert"><p>${t(`mandates.refusal.${refused}`)}</p></div>`}
${faults.length > 0 && summary(view, pages, visit)}
${
  offered.length === 0
    ? html`<section class="panel"><p>${t('mandates.form.no_service')}</p><p class="back"><a href="${mandatePaths.home}">${t('mandates.back')}</a></p></section>`
    : html`<form class="panel" method="post" action="${path}">${hiddenField(pages.verifierOf(visit))}
${drafting.kind === 'amend' && html`<input type="hidden" name="version" value="${drafting.version}">`}
${drafting.kind === 'give' || drafting.kind === 'delegate' ? toWhom(view, pages, visit) : drafting.kind === 'propose' && fromWhom(view, pages, visit)}
${table(view, pages, visit)}
<fieldset class="picks"><legend>${t('mandates.form.days')}</legend>
<p>${t('mandates.form.days.hint', { years: mostYears })}</p>
${date('from', view, pages, visit)}
${date('until', view, pages, visit)}</fieldset>
${
  drafting.kind !== 'delegate' &&
  html`<fieldset class="picks"><legend>${t('mandates.form.delegable')}</legend>
<div class="pick pick-told"><input type="checkbox" id="delegable" name="delegable" value="yes"${typed.delegable && danger_raw(' checked')}${described('delegable', view)}>
<label for="delegable">${t('mandates.form.delegable.yes')}<span class="hint">${t('mandates.form.delegable.hint')}</span></label></div>
${wrongs('delegable', view, visit)}</fieldset>`
}
<p>${t('mandates.form.next')}</p>
<p class="buttons"><button class="button">${t('mandates.form.go')}</button>
<a class="button button-quiet" href="${'named' in drafting ? mandatePaths.one(drafting.named.view.mandate) : drafting.kind === 'give' ? mandatePaths.of(drafting.organisation.organisation) : mandatePaths.home}">${t('mandates.form.no')}</a></p></form>`
}`,
  }
}

// --- What is wrong -------------------------------------------------------------------------------------------------

const idOf: Readonly<Record<MandateField, string>> = {
  ...{ number: 'number', code: 'code', rights: 'grants', from: 'from', until: 'until', delegable: 'delegable' },
}

function sentence({ fault, service }: FieldFault, pages: Drawn, visit: SpaceVisit): Html {
  return html`${service && html`<bdi>${pages.serviceName(visit, service)}</bdi>${visit.context.language === 'fr' ? ' : ' : ': '}`}${visit.context.t(`mandates.fault.${fault}`, { years: mostYears })}`
}

/** Each leads to its field. */
const summary = ({ faults }: FormView, pages: Drawn, visit: SpaceVisit): Html => html`<div class="fault" role="alert">
<h2>${visit.context.t('mandates.form.wrong', { count: faults.length })}</h2>
<ul>${faults.map((one) => html`<li><a href="#${idOf[one.field]}">${sentence(one, pages, visit)}</a></li>`)}</ul></div>`

const of = (field: MandateField, { faults }: FormView) => faults.filter((one) => one.field === field)

const described = (field: MandateField, view: FormView) =>
  of(field, view).length > 0 && danger_raw(` aria-invalid="true" aria-describedby="${field}-wrong"`)

const wrongs = (field: MandateField, view: FormView, visit: SpaceVisit) => {
  const found = of(field, view)
  const said = (one: FieldFault) => visit.context.t(`mandates.fault.${one.fault}`, { years: mostYears })
  return (
    found.length > 0 && html`<span class="wrong" id="${field}-wrong">${[...new Set(found.map(said))].join(' ')}</span>`
  )
}

// --- Fields --------------------------------------------------------------------------------------------------------

/** A firm by its number, which is public; a person by what they handed over, so that nobody is looked up here. */
function toWhom(view: FormView, _pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const { typed } = view
  const radio = (value: TypedMandate['to']) =>
    html`<div class="pick"><input type="radio" id="to-${value}" name="to" value="${value}"${typed.to === value && danger_raw(' checked')}>
<label for="to-${value}">${t(`mandates.form.to.${value}`)}</label></div>`
  return html`<fieldset class="picks"><legend>${t('mandates.form.to')}</legend>
${radio('firm')}
<div class="of-pick">${numberFields('mandates.form.number.firm', view, visit)}</div>
${radio('person')}
<div class="of-pick"><p class="ask"><label for="code">${t('mandates.form.code')}</label>
<input id="code" name="code" value="${typed.code}" autocomplete="off" autocapitalize="characters" spellcheck="false" dir="ltr" maxlength="64" aria-describedby="code-hint${of('code', view).length > 0 && ' code-wrong'}"${of('code', view).length > 0 && danger_raw(' aria-invalid="true"')}>
<span class="hint" id="code-hint">${t('mandates.form.code.hint')}</span>
${wrongs('code', view, visit)}</p></div></fieldset>`
}

function fromWhom(view: FormView, _pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const { drafting } = view
  const firms = drafting.kind === 'propose' ? drafting.firms : []
  const chosen = drafting.kind === 'propose' ? drafting.as : 'me'
  return html`<fieldset class="picks"><legend>${t('mandates.form.from_whom')}</legend>
${numberFields('mandates.form.number.principal', view, visit)}</fieldset>
${
  firms.length > 0 &&
  html`<p class="ask"><label for="as">${t('mandates.form.as')}</label>
<select id="as" name="as"><option value="me">${t('mandates.form.as.me')}</option>${firms.map(
    ({ organisation, name }) =>
      html`<option value="${organisation}"${chosen === organisation && danger_raw(' selected')}>${name}</option>`,
  )}</select></p>`
}`
}

function numberFields(label: string, view: FormView, visit: SpaceVisit): Html {
  const { t } = visit.context
  const { typed, schemes } = view
  return html`<p class="ask"><label for="scheme">${t('mandates.form.scheme')}</label>
<select id="scheme" name="scheme">${schemes.map(
    (scheme) =>
      html`<option value="${scheme}"${typed.scheme === scheme && danger_raw(' selected')}>${scheme.toUpperCase()}</option>`,
  )}</select></p>
<p class="ask"><label for="number">${t(label)}</label>
<input id="number" name="number" value="${typed.number}" inputmode="numeric" autocomplete="off" dir="ltr" maxlength="40"${described('number', view)}>
${wrongs('number', view, visit)}</p>`
}

function date(name: 'from' | 'until', view: FormView, _pages: Drawn, visit: SpaceVisit): Html {
  return html`<p class="ask"><label for="${name}">${visit.context.t(`mandates.form.${name}`)}</label>
<input type="date" id="${name}" name="${name}" value="${view.typed[name]}" required dir="ltr"${described(name, view)}>
${wrongs(name, view, visit)}</p>
`
}

/**
 * A line for each service, a column for each action; below it the level and the end of that line. Where there is no room
 * for columns, each line becomes a list with the words at its boxes: the roles say that it is a table still.
 */
function table(view: FormView, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const { offered } = view
  const wrong = of('rights', view)
  const columns = actions.filter((action) => offered.some((one) => one.actions.includes(action)))
  return html`<fieldset class="picks" id="grants" tabindex="-1"${described('rights', view)}><legend>${t('mandates.form.rights')}</legend>
<p>${t('mandates.form.rights.hint')}</p>
${wrong.length > 0 && html`<p class="wrong" id="rights-wrong">${wrong.map((one) => html`${sentence(one, pages, visit)} `)}</p>`}
<table class="grants" role="table"><caption class="unseen">${t('mandates.form.rights')}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${t('mandates.rights.service')}</th>${columns.map(
    (action) => html`<th scope="col" role="columnheader">${t(`acting.action.${action}`)}</th>`,
  )}</tr></thead>
${offered.map((one) => row(one, columns, view, visit))}</table>
<details class="about"><summary>${t('mandates.form.words')}</summary><dl>${columns.map(
    (action) => html`<dt>${t(`acting.action.${action}`)}</dt><dd>${t(`mandates.action.${action}.what`)}</dd>`,
  )}<dt>${t('mandates.form.level')}</dt><dd>${t('mandates.form.level.what')}</dd><dt>${t('mandates.form.end')}</dt><dd>${t('mandates.form.end.what')}</dd></dl></details></fieldset>`
}

function row(
  { service, name, actions: taken }: OfferedService,
  columns: readonly (typeof actions)[number][],
  { typed, faults }: FormView,
  { context: { t } }: SpaceVisit,
): Html {
  const isWrong = faults.some((one) => one.service === service)
  const field = (id: string) => `${id}-${service}`
  return html`<tbody role="rowgroup"${isWrong && danger_raw(' class="off"')}><tr role="row"><th scope="row" rowspan="2" role="rowheader" id="${field('service')}"><bdi>${name}</bdi></th>
${columns.map((action) => {
  if (!taken.includes(action))
    return html`<td role="cell" class="none"><span class="unseen">${t('mandates.form.not_taken')}</span></td>\n`
  const value = tickOf(service, action)
  return html`<td role="cell"><label><input type="checkbox" name="right" value="${value}" aria-describedby="${field('service')}"${typed.ticked.has(value) && danger_raw(' checked')}>
<span class="said">${t(`acting.action.${action}`)}</span></label></td>\n`
})}</tr>
<tr role="row"><td role="cell" colspan="${columns.length}"><span class="limits"><span><label for="${field('level')}">${t('mandates.form.level')}</label>
<select id="${field('level')}" name="${levelField(service)}" aria-describedby="${field('service')}">${levels.map(
    (level) =>
      html`<option value="${level}"${(typed.levels.get(service) ?? defaultLevel) === level && danger_raw(' selected')}>${t(`own.level.${level}`)}</option>`,
  )}</select></span>
<span><label for="${field('until')}">${t('mandates.form.end')}</label>
<input type="date" id="${field('until')}" name="${endField(service)}" value="${typed.ends.get(service) ?? ''}" dir="ltr" aria-describedby="${field('service')}"></span></span></td></tr></tbody>
`
}

// --- The text as it will be signed ---------------------------------------------------------------------------------

export interface TextView {
  named: NamedMandate
  /** Of whoever may sign now; otherwise what was signed last. */
  side?: Side
  text?: SignedText
  mayAmend: boolean
  refused?: MandateRefusal
}

export function textPage(view: TextView, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { named, side, text, mayAmend, refused } = view
  const { mandate, state, answerBy } = named.view
  const path = mandatePaths.text(mandate)
  const isProposal = state === 'proposed'
  return {
    title: t('mandates.text.title'),
    current: 'mandates',
    here: path,
    main: html`<h1>${t(side ? 'mandates.text.title' : 'mandates.text.only')}</h1>
${refused && html`<div class="fault" role="alert"><p>${t(`mandates.refusal.${refused}`)}</p></div>`}
${side && html`<p class="lead">${t(`mandates.text.lead.${state === 'draft' ? 'draft' : isProposal ? 'proposed' : 'confirm'}`)}</p>`}
${side && isProposal && answerBy !== undefined && html`<p>${t('mandates.state.answer_by')} <strong>${dayOf(answerBy, pages.timeZone, context)}</strong></p>`}
${text ? shown(text, visit) : html`<section class="panel"><p>${t(side ? 'mandates.text.not_you' : 'mandates.text.none')}</p></section>`}
${
  side &&
  text &&
  html`<section class="panel prose" aria-labelledby="sign"><h2 id="sign">${t('mandates.text.sign')}</h2>
<p>${t(`mandates.text.with.${side}`)}</p>
<form method="post" action="${path}">${hiddenField(pages.verifierOf(visit))}
<p class="buttons"><button class="button">${t('mandates.text.go')}</button>
${mayAmend && html`<a class="button button-quiet" href="${mandatePaths.amend(mandate)}">${t('mandates.amend.go')}</a>`}
${isProposal && html`<a class="button button-quiet" href="${mandatePaths.step(mandate, 'refuse')}">${t('mandates.refuse.go')}</a>`}</p></form></section>`
}
<p class="back"><a href="${mandatePaths.one(mandate)}">${t('mandates.back.one')}</a></p>`,
  }
}

/** Exactly what is signed, line for line. */
export const shown = ({ text, language, version }: SignedText, { context: { t } }: SpaceVisit): Html =>
  html`<section class="panel" aria-label="${t('mandates.text.title')}"><div class="letter contract" lang="${language}" dir="${directionOf(language)}">${text}</div>
<p><small>${t('mandates.text.version')} <bdi dir="ltr">${version}</bdi> – SHA-256 <code class="hash" dir="ltr">${groupsOf(text)}</code></small></p></section>`
