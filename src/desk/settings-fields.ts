/** The fields of `settings-form.ts` as people see them: label, help, what was typed, and what is wrong beside it. */
import { type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import { faultText } from '../partners/fault-messages.ts'
import { type Scope, scopes } from '../partners/partners.ts'
import { type Entry, type EntryFault, justificationLimits, type ScopeRequest } from '../partners/versions.ts'
import {
  at,
  chosenIn,
  type FaultsByField,
  type Field,
  labelled,
  type Part,
  type Shape,
  shown,
} from './settings-form.ts'

export interface FormView {
  entry: Entry
  parts: readonly Part[]
  faults: FaultsByField
  /** That may be named, by name. */
  providers: readonly { id: string; name: string }[]
  /** What was asked, and what operators answered. */
  requests: readonly ScopeRequest[]
  /** A client secret was given with this draft, or is in force. */
  clientSecret: 'given' | 'in_force' | 'none'
}

const idOf = (path: string) => `f-${path.replaceAll('.', '-')}`

/** What a field is called; a path that no form has stays as it is. */
export function fieldName(path: string, { t }: RequestContext): Html | string {
  const own = path.replace(/\[\d+\].*$/, '')
  if (labelled.has(own)) return t(`setting.${own}`)
  const [group = ''] = own.split('.')
  return group === 'justifications' ? t('setting.scopes') : html`<code dir="ltr">${path}</code>`
}

/** Above the form: each field that is wrong, with the way to it. */
export function refusal(
  title: string,
  { of, others }: FaultsByField,
  context: RequestContext,
  /** Address of the form, when it is on another page. */
  form = '',
): Html | undefined {
  const { t } = context
  if (of.size === 0 && others.length === 0) return undefined
  return html`<div class="notice" role="alert"><h2>${title}</h2><ul class="plain">${[...of].flatMap(([path, faults]) =>
    faults.map(
      (fault) =>
        html`<li><a href="${form}#${idOf(path)}">${fieldName(path, context)}</a>${t('desk.colon')} ${faultText(fault, t)}</li>`,
    ),
  )}${others.map((fault) => html`<li>${fault.field && html`${fieldName(fault.field, context)}${t('desk.colon')} `}${faultText(fault, t)}</li>`)}</ul></div>`
}

export function settingsFields(view: FormView, context: RequestContext): Html {
  const { t } = context
  return html`${view.parts.map(
    ({
      part,
      fields,
    }) => html`<section class="sheet" aria-labelledby="part-${part}"><h2 id="part-${part}">${t(`setting.part.${part}`)}</h2>
${fields.map((field) => fieldIn(field, view, context))}</section>
`,
  )}`
}

interface Drawn {
  field: Field
  id: string
  label: string
  value: string
  faults: readonly EntryFault[]
  /** Attributes that say what is wrong and what helps. */
  about: Html
  hint: Html | undefined
  wrong: readonly Html[]
}

function fieldIn(field: Field, view: FormView, context: RequestContext): Html {
  const { t } = context
  const id = idOf(field.path)
  const faults = view.faults.of.get(field.path) ?? []
  const described = [...(field.help ? [`${id}-hint`] : []), ...faults.map((_fault, index) => `${id}-wrong-${index}`)]
  const drawn: Drawn = {
    field,
    id,
    label: t(`setting.${field.path}`),
    value: shown(view.entry, field),
    faults,
    about: html`${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}${faults.length > 0 && html` aria-invalid="true"`}`,
    hint: field.help ? html`<span class="hint" id="${id}-hint">${t(`setting.${field.path}.help`)}</span>` : undefined,
    wrong: faults.map(
      (fault, index) => html`<span class="wrong" id="${id}-wrong-${index}">${faultText(fault, t)}</span>`,
    ),
  }
  return drawers[field.shape.kind](drawn, view, context)
}

type Drawer = (drawn: Drawn, view: FormView, context: RequestContext) => Html

const ask = ({ id, label, hint, wrong }: Drawn, control: Html): Html =>
  html`<p class="ask"><label for="${id}">${label}</label>
${control}
${hint}${wrong}</p>
`

/** Words of a program read from left to right everywhere; names in the direction of their language. */
function direction({ path, shape }: Field): Html {
  const [, language] = /\.(fr|en|ar)$/.exec(path) ?? []
  if (language) return html` lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"`
  return html` dir="${shape.kind === 'line' && !shape.isAddress ? 'auto' : 'ltr'}"`
}

const area =
  (rows: number): Drawer =>
  (drawn) =>
    ask(
      drawn,
      html`<textarea id="${drawn.id}" name="${drawn.field.path}" rows="${rows}" spellcheck="false" autocomplete="off"${direction(drawn.field)}${drawn.about}>
${drawn.value}</textarea>`,
    )

const isChosen = html` selected`
const isTicked = html` checked`

const drawers: Record<Shape['kind'], Drawer> = {
  line: (drawn) => {
    const { id, field, value, about } = drawn
    const { shape } = field
    const isAddress = shape.kind === 'line' && shape.isAddress
    return ask(
      drawn,
      html`<input id="${id}" name="${field.path}" value="${value}" maxlength="${shape.kind === 'line' ? shape.most : 200}" autocomplete="off"${isAddress && html` inputmode="url" spellcheck="false"`}${direction(field)}${about}>`,
    )
  },
  lines: area(4),
  pairs: area(4),
  json: area(6),
  text: area(4),
  number: (drawn) =>
    ask(
      drawn,
      html`<input id="${drawn.id}" name="${drawn.field.path}" value="${drawn.value}" inputmode="decimal" autocomplete="off" dir="ltr"${drawn.about}>`,
    ),
  choice: (drawn, view, context) => {
    const { field, id, about } = drawn
    if (field.shape.kind !== 'choice') throw new Error(`${field.path} is no choice`)
    const { of, optional } = field.shape
    const present = at(view.entry, field.path)
    return ask(
      drawn,
      html`<select id="${id}" name="${field.path}"${about}>${(optional || present === undefined) && html`<option value="">${context.t(optional ? `setting.${field.path}.none` : 'setting.usual')}</option>`}${of.map(
        (one) =>
          html`<option value="${one}"${present === one && isChosen}>${wordOf(field.shape, one, context)}</option>`,
      )}</select>`,
    )
  },
  choices: (drawn, view, context) => {
    const { field } = drawn
    if (field.shape.kind !== 'choices') throw new Error(`${field.path} is no choice`)
    const chosen = chosenIn(view.entry, field.path)
    return group(
      drawn,
      html`${field.shape.of.map((one) => tick(field.path, one, chosen.includes(one), wordOf(field.shape, one, context)))}`,
    )
  },
  switch: ({ field, id, label, value, about, hint, wrong }) => html`<div class="ask"><p class="pick pick-told">
<input type="checkbox" id="${id}" name="${field.path}" value="yes"${value === 'yes' && isTicked}${about}>
<label for="${id}">${label}</label></p>${hint}${wrong}</div>
`,
  providers: (drawn, view, context) => {
    const { t } = context
    const { field } = drawn
    const isAll = at(view.entry, field.path) === 'all'
    const chosen = chosenIn(view.entry, field.path)
    const radio = (value: 'all' | 'some', isOn: boolean) => html`<p class="pick">
<input type="radio" name="${field.path}.choice" value="${value}" id="${drawn.id}-${value}"${isOn && isTicked}><label for="${drawn.id}-${value}">${t(`setting.providers.${value}`)}</label></p>
`
    return group(
      drawn,
      html`${radio('all', isAll)}${radio('some', !isAll)}
<div class="pick-list">${view.providers.map(({ id, name }) => tick(field.path, id, chosen.includes(id), html`<bdi>${name}</bdi>`))}</div>`,
    )
  },
  scopes: (drawn, view, context) =>
    group(
      drawn,
      html`${scopes.filter((scope) => scope !== 'openid').map((scope) => scopeIn(scope, drawn, view, context))}`,
    ),
  secret: (drawn, view, context) =>
    ask(
      drawn,
      html`<input id="${drawn.id}" name="clientSecret" type="password" maxlength="2000" autocomplete="new-password" dir="ltr"${drawn.about}>
<span class="hint">${context.t(`setting.secret.${view.clientSecret}`)}</span>
${
  view.clientSecret === 'given' &&
  html`<span class="pick"><input type="checkbox" name="withdrawSecret" value="yes" id="${drawn.id}-back"><label for="${drawn.id}-back">${context.t('setting.secret.back')}</label></span>`
}`,
    ),
}

const wordOf = (shape: Shape, word: string, { t }: RequestContext) =>
  'words' in shape && shape.words ? t(`${shape.words}.${word}`) : word

function group({ id, label, about, hint, wrong }: Drawn, inside: Html): Html {
  return html`<fieldset class="picks" id="${id}" tabindex="-1"${about}><legend>${label}</legend>
${hint && html`<p>${hint}</p>`}${wrong}
${inside}</fieldset>
`
}

function tick(name: string, value: string, isOn: boolean, label: Html | string): Html {
  const id = `${idOf(name)}-${value}`
  return html`<p class="pick"><input type="checkbox" name="${name}" value="${value}" id="${id}"${isOn && isTicked}><label for="${id}">${label}</label></p>
`
}

/** A scope, what it opens, what became of it, and why the service needs it. */
function scopeIn(scope: Scope, { field, faults }: Drawn, view: FormView, context: RequestContext): Html {
  const { t } = context
  const request = view.requests.find((one) => one.scope === scope)
  const reason = at(view.entry, `justifications.${scope}`)
  const id = `${idOf(field.path)}-${scope}`
  const isWrong = faults.some((fault) => fault.field === `justifications.${scope}`)
  const isOn = chosenIn(view.entry, field.path).includes(scope)
  const said = typeof reason === 'string' ? reason : (request?.justification ?? '')
  return html`<div class="scope">${tick(field.path, scope, isOn, html`<code dir="ltr">${scope}</code> — ${t(`setting.scope.${scope}`)}`)}
${request && html`<p class="hint">${scopeState(request, context)}</p>`}
<details${(isOn || isWrong) && html` open`}><summary>${t('setting.justification', { scope })}</summary>
<p class="ask"><textarea id="${id}-why" name="justifications.${scope}" rows="2" maxlength="${justificationLimits.most}" dir="auto" aria-label="${t('setting.justification', { scope })}"${isWrong && html` aria-invalid="true"`}>${said}</textarea></p></details></div>
`
}

/** Asked, granted or refused, and for what reason. */
export function scopeState({ state, reason }: ScopeRequest, { t }: RequestContext): Html {
  return html`<strong>${t(`setting.scope_state.${state}`)}</strong>${reason && html` <bdi>${reason}</bdi>`}`
}
