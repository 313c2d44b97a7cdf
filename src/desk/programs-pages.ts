/** The pages about a partner's programs: all of them, and one with its keys. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type ApiScope, partyScopeNames } from '../kernel/api-scopes.ts'
import type { ApiClientId } from '../kernel/ids.ts'
import type { Fault } from '../partners/checked-yaml.ts'
import { thumbprintOf } from '../partners/client-keys.ts'
import { faultText } from '../partners/fault-messages.ts'
import { type DeskFrame, dayOf, deskPaths, exact, framed, has, hiddenField } from './frame.ts'
import type { Program } from './programs.ts'
import type { Published } from './visit.ts'

export const programsDone = ['registered', 'keys', 'removed', 'unchanged'] as const
export type ProgramsDone = (typeof programsDone)[number]

export interface TypedProgram {
  id: ApiClientId
  name: string
  jwks: string
  scopes: readonly ApiScope[]
  /** `service/refunds` */
  party: string
}

interface Wrong {
  faults: readonly Fault[]
  /** The text of the keys is no JSON. */
  isUnreadable: boolean
}

interface ProgramsView extends Wrong {
  programs: readonly { program: Program; isInForce: boolean }[]
  own: readonly Published[]
  typed: TypedProgram
  done?: ProgramsDone
}

export function programsPage(view: ProgramsView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { programs, own, done } = view
  return framed(frame, context, {
    title: t('own_programs.title'),
    status: isWrong(view) ? 422 : 200,
    here: deskPaths.programs,
    body: html`<h1>${t('own_programs.title')}</h1>
<p class="lead">${t('own_programs.lead')}</p>
${done && html`<p class="notice" role="status">${t(`own_programs.done.${done}`)}</p>`}
<p class="actions"><a class="button button-quiet" href="${deskPaths.signals}">${t('own_signals.title')}</a></p>
<section class="sheet" aria-labelledby="all"><h2 id="all">${t('own_programs.all')}</h2>
${
  programs.length === 0
    ? html`<p>${t('own_programs.none')}</p>`
    : html`<ul class="rows">${programs.map(
        ({ program, isInForce }) => html`
<li><p><strong><a href="${deskPaths.program(program.client)}"><bdi>${program.name}</bdi></a></strong></p>
<p>${t('own_programs.for')} ${partyWords(program, own, context)}</p>
<p class="hint"><code dir="ltr">${program.client}</code> · ${lastToken(program, frame, context)}</p>
${!isInForce && html`<p class="hint">${t('own_programs.over')}</p>`}</li>`,
      )}</ul>`
}</section>
${has(frame, ['administrator']) ? registration(view, frame, context) : html`<p class="hint">${t('own_programs.administrators')}</p>`}`,
  })
}

function registration(view: ProgramsView, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { own, typed } = view
  const path = deskPaths.programs
  return html`<section class="sheet" aria-labelledby="register"><h2 id="register">${t('own_programs.register')}</h2>
${
  own.length === 0
    ? html`<p>${t('own_programs.register.nothing')}</p>`
    : html`<p>${t('own_programs.register.text')}</p>
${isWrong(view) && wrongNotice(view, context)}
<form method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="id" value="${typed.id}">
<p class="ask"><label for="name">${t('own_programs.name')}</label>
<input id="name" name="name" value="${typed.name}" maxlength="120" required autocomplete="off" dir="auto"${about(view, /^name/)}></p>
<p class="ask"><label for="party">${t('own_programs.for')}</label>
<select id="party" name="party"${about(view, /^party/)}>${own.map(
        (one) =>
          html`<option value="${one.key}"${one.key === typed.party && html` selected`}>${t(`own_programs.for.${one.side}`, { name: one.name })}</option>`,
      )}</select></p>
<fieldset class="picks"${about(view, /^scopes/)}><legend>${t('own_programs.rights')}</legend>${partyScopeNames.map(
        (scope) => html`
<p class="pick"><input type="checkbox" id="scope-${scope}" name="scopes" value="${scope}"${typed.scopes.includes(scope) && html` checked`}>
<label for="scope-${scope}">${t(`programs.scope.${scope}`)} <code dir="ltr">${scope}</code></label></p>`,
      )}</fieldset>
${keysField(typed.jwks, view, context)}
<p class="actions"><button class="button">${t('own_programs.register.go')}</button></p></form>`
}</section>`
}

// ── One of them ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface ProgramView extends Wrong {
  program: Program
  own: readonly Published[]
  isInForce: boolean
  /** Of the hub. */
  issuer: string
  /** What was typed. */
  jwks: string
  /** Somebody changed it since the page was drawn. */
  isMoved: boolean
  isUnsure: boolean
  done?: ProgramsDone
}

export function programPage(view: ProgramView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { program, own, issuer, isMoved, isUnsure, done } = view
  const code = (text: string) => html`<code dir="ltr">${text}</code>`
  const lines: [string, Html | string][] = [
    [t('own_programs.for'), partyWords(program, own, context)],
    [
      t('own_programs.rights'),
      html`<ul class="plain">${program.scopes.map((one) => html`<li>${t(`programs.scope.${one}`)} ${code(one)}</li>`)}</ul>`,
    ],
    [t('own_programs.since'), dayOf(program.registeredAt, frame, context)],
    [
      t('own_programs.keys'),
      html`<ul class="plain">${program.jwks.keys.map((one) => html`<li>${code(thumbprintOf({ ...one }))}${one.kid && html` · <bdi dir="ltr">${one.kid}</bdi>`}</li>`)}</ul>`,
    ],
  ]
  const connecting: [string, string][] = [
    [t('own_programs.client'), program.client],
    [t('own_programs.audience'), `${issuer}/api/v1`],
    [t('own_programs.token'), `${issuer}/api/v1/token`],
    [t('own_programs.document'), `${issuer}/api/v1/openapi.json`],
  ]
  return framed(frame, context, {
    title: program.name,
    status: isMoved ? 409 : isWrong(view) || isUnsure ? 422 : 200,
    here: deskPaths.program(program.client),
    body: html`<p><a href="${deskPaths.programs}">${t('own_programs.title')}</a></p>
<h1><bdi>${program.name}</bdi></h1>
${done && html`<p class="notice" role="status">${t(`own_programs.done.${done}`)}</p>`}
${isMoved && html`<p class="notice" role="alert">${t('own_programs.moved')}</p>`}
${!view.isInForce && html`<p class="notice">${t('own_programs.over')}</p>`}
<section class="sheet" aria-labelledby="about"><h2 id="about">${lastToken(program, frame, context)}</h2>
<dl class="data">${lines.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<p class="hint">${t('own_programs.keys.hint')}</p></section>
<section class="sheet" aria-labelledby="connect"><h2 id="connect">${t('own_programs.connect')}</h2>
<dl class="data">${connecting.map(([label, value]) => html`<div><dt>${label}</dt><dd>${code(value)}</dd></div>`)}</dl></section>
${has(frame, ['administrator']) ? [keysForm(view, frame, context), removeForm(view, frame, context)] : html`<p class="hint">${t('own_programs.administrators')}</p>`}`,
  })
}

function keysForm(view: ProgramView, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const path = deskPaths.programKeys(view.program.client)
  return html`<section class="sheet" aria-labelledby="keys"><h2 id="keys">${t('own_programs.replace')}</h2>
<p>${t('own_programs.replace.text')}</p>
${isWrong(view) && wrongNotice(view, context)}
<form method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="seen" value="${view.program.changedAt}">
${keysField(view.jwks, view, context)}
<p class="actions"><button class="button button-quiet">${t('own_programs.replace.go')}</button></p></form></section>`
}

function removeForm({ program, isUnsure }: ProgramView, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const path = deskPaths.removeProgram(program.client)
  return html`<section class="sheet" aria-labelledby="remove"><h2 id="remove">${t('own_programs.remove')}</h2>
<p>${t('own_programs.remove.text')}</p>
${isUnsure && html`<p class="notice" role="alert" id="unsure">${t('own_programs.remove.unsure')}</p>`}
<form method="post" action="${path}">${hiddenField(frame, path)}
<p class="pick"><input type="checkbox" id="sure" name="sure" value="yes" required${isUnsure && html` aria-describedby="unsure" aria-invalid="true"`}>
<label for="sure">${t('own_programs.remove.sure')}</label></p>
<p class="actions"><button class="button button-quiet">${t('own_programs.remove.go')}</button></p></form></section>`
}

// ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const isWrong = ({ faults, isUnreadable }: Wrong) => faults.length > 0 || isUnreadable

/** Of a field that is wrong: which text says so. */
const about = ({ faults }: Wrong, path: RegExp) =>
  faults.some((fault) => path.test(fault.path)) && html` aria-invalid="true" aria-describedby="program-wrong"`

function wrongNotice({ faults, isUnreadable }: Wrong, { t }: RequestContext): Html {
  return html`<div class="notice" role="alert" id="program-wrong"><h3>${t('own_programs.wrong')}</h3><ul class="plain">
${isUnreadable && html`<li>${t('own_programs.wrong.json')}</li>`}
${faults.map((fault) => html`<li><strong>${t(labelOf(fault.path))}</strong>${t('desk.colon')} ${faultText({ ...fault, code: fault.code ?? 'not_valid' }, t)}</li>`)}</ul></div>`
}

function labelOf(path: string): string {
  if (path.startsWith('name')) return 'own_programs.name'
  if (path.startsWith('scopes')) return 'own_programs.rights'
  return path.startsWith('party') ? 'own_programs.for' : 'own_programs.jwks'
}

const jwksSample = '{"keys": [{"kty": "EC", …}]}'

function keysField(value: string, wrong: Wrong, { t }: RequestContext): Html {
  const isFaulty = wrong.isUnreadable || wrong.faults.some(({ path }) => path.startsWith('keys'))
  return html`<p class="ask"><label for="jwks">${t('own_programs.jwks')}</label>
<textarea id="jwks" name="jwks" rows="6" maxlength="60000" required spellcheck="false" autocomplete="off" dir="ltr" aria-describedby="jwks-hint${isFaulty && ' program-wrong'}"${isFaulty && html` aria-invalid="true"`}>
${value}</textarea>
<span class="hint" id="jwks-hint">${t('own_programs.jwks.hint')} <code dir="ltr">${jwksSample}</code></span></p>`
}

function lastToken({ lastTokenAt }: Program, frame: DeskFrame, context: RequestContext): string {
  const { t } = context
  return lastTokenAt === undefined
    ? t('own_programs.never')
    : t('own_programs.last', { date: exact(lastTokenAt, frame, context) })
}

/** By the name that everybody reads; of what is the partner's no more, by its id. */
function partyWords({ party }: Program, own: readonly Published[], { t }: RequestContext): Html {
  const found = own.find(({ side, id }) => side === party?.side && id === party.id)
  return html`${party && html`<bdi>${t(`own_programs.for.${party.side}`, { name: found?.name ?? party.id })}</bdi>`}`
}
