/** The pages on which a manager of means finds a person and looks after their means. They show states, dates and levels only. */
import type { PhoneView } from '../eid/eid.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { PersonId } from '../kernel/ids.ts'
import { type Enrolment, type MeansView, meansReasons } from '../means/means.ts'
import { consolePaths, date, dayInWords, type Frame, framed, hiddenField, instant } from './frame.ts'
import { has } from './rights.ts'

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
${hiddenField(frame, path)}
<p class="ask"><label for="identifier">${t('people.identifier')}</label>
<input id="identifier" name="identifier" required maxlength="200" autocomplete="off" spellcheck="false" aria-describedby="identifier-hint">
<span class="hint" id="identifier-hint">${t('people.identifier.hint')}</span></p>
<p class="actions"><button class="button">${t('people.search')}</button></p>
</form>
${has(frame.roles, 'enrol') && html`<p><a href="${consolePaths.enrolments}#by-identity">${t('people.by_identity')}</a></p>`}
<p>${t('people.traced')}</p>`,
  })
}

export interface PersonMeansView {
  person: PersonId
  means: readonly MeansView[]
  /** Of the e-ID app, those in force first. */
  phones: readonly PhoneView[]
  /** Nothing of theirs can be added or renewed meanwhile. */
  isFrozen: boolean
  enrolments: readonly Enrolment[]
  /** Names of the operators who checked. */
  operators: ReadonlyMap<string, string>
  /** A code of activation that can still be used. */
  activation?: { givenAt: Instant; expiresAt: Instant }
  done?: PersonOutcome
}

export const personOutcomes = [
  ...(['suspend', 'resume', 'revoke', 'renew', 'unlock', 'withdrawn', 'unchanged'] as const),
  ...(['phone_revoked', 'phone_over'] as const),
] as const
export type PersonOutcome = (typeof personOutcomes)[number]

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
${view.isFrozen && html`<p class="notice">${t('protection.state.frozen')}</p>`}
<p><a href="${consolePaths.protectionOf(person)}">${t('protection.one')}</a></p>
<h2>${t('person.enrolments')}</h2>
${
  view.enrolments.length === 0
    ? html`<p>${t('person.enrolments.none')}</p>`
    : html`<ul class="rows">${view.enrolments.map((one) => {
        const href = consolePaths.enrolment(person, one.enrolment)
        const on = enrolledOn(one, frame, context)
        return html`<li><p>${provedBy(one, context)} · ${t(`level.${one.level}`)} · ${on} · <bdi>${agentOf(one, view.operators, context)}</bdi></p>
${has(frame.roles, 'enrol') && html`<p><a href="${href}">${t('enrol.see', { date: on })}</a></p>`}</li>`
      })}</ul>`
}
${
  has(frame.roles, 'enrol') &&
  html`<p class="actions"><a href="${consolePaths.enrolKnown(person)}">${t('enrol.again')}</a>
<a href="${consolePaths.identity(person)}">${t('enrol.change')}</a></p>`
}
${view.activation && activationNotice(person, view.activation, frame, context)}
<h2>${t('person.means')}</h2>
${view.means.length === 0 && html`<p>${t('person.means.none')}</p>`}
${view.means.map((one) => meansSection(one, view, frame, context))}
<h2>${t('person.phones')}</h2>
${view.phones.length === 0 && html`<p>${t('person.phones.none')}</p>`}
${view.phones.slice(0, mostPhones).map((one) => phoneSection(one, view, frame, context))}
<form method="post" action="${unlock}">
${hiddenField(frame, unlock)}
<p>${t('person.unlock.text')}</p>
<p class="actions"><button class="button button-quiet">${t('person.unlock')}</button></p>
</form>`,
  })
}

function activationNotice(
  person: PersonId,
  activation: { givenAt: Instant; expiresAt: Instant },
  frame: Frame,
  context: RequestContext,
): Html {
  const { t } = context
  const path = consolePaths.withdrawActivation(person)
  const [given, until] = [activation.givenAt, activation.expiresAt].map((at) => instant(at, frame, context))
  return html`<div class="notice"><h2>${t('activation.waiting')}</h2>
<p>${t('activation.waiting.text', { given: given ?? '', until: until ?? '' })}</p>
<form method="post" action="${path}">
${hiddenField(frame, path)}
<button class="link">${t('activation.withdraw')}</button>
</form></div>`
}

/** Who checked: an operator by name, as long as it is kept. */
export function agentOf(
  { agent }: Pick<Enrolment, 'agent'>,
  operators: ReadonlyMap<string, string>,
  { t }: RequestContext,
): string {
  return agent.kind === 'operator' ? (operators.get(agent.id) ?? agent.id) : t(`enrol.agent.${agent.kind}`)
}

/** How somebody proved who they are, in words. */
export function provedBy({ proof, seen }: Pick<Enrolment, 'proof' | 'seen'>, { t }: RequestContext): string {
  return proof === 'document' && seen ? t(`enrol.proof.${seen}`) : t(`proof.${proof}`)
}

/** The day of the check, as it was written down or as it happened. */
export function enrolledOn(one: Pick<Enrolment, 'at' | 'checkedOn'>, frame: Frame, context: RequestContext): string {
  return one.checkedOn ? dayInWords(one.checkedOn, context) : date(one.at, frame, context)
}

function meansSection(one: MeansView, view: PersonMeansView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { person } = view
  const path = consolePaths.means(person, one.means)
  const written = (at: Instant | undefined) => (at === undefined ? t('person.never') : instant(at, frame, context))
  const proved = view.enrolments.find(({ enrolment }) => enrolment === one.enrolment)
  const rows: [string, string][] = [
    [t('person.state'), t(one.suspendedBy ? `person.suspended_by.${one.suspendedBy}` : `state.${one.state}`)],
    ...(proved ? [[t('person.level'), t(`level.${proved.level}`)] as [string, string]] : []),
    [t('person.created'), written(one.createdAt)],
    [t('person.used'), written(one.lastUsedAt)],
    [t('person.expires'), written(one.expiresAt)],
  ]
  const changes = meansChanges.filter(
    (change) => offered[change].includes(one.state) && (change !== 'renew' || renewalOf(one, view.enrolments)),
  )
  return html`<section class="sheet" aria-labelledby="${one.means}">
<h3 id="${one.means}">${t(`means.${one.kind}`)} ${one.label && html`<bdi>${one.label}</bdi>`} ${one.hint && html`<bdi>${one.hint}</bdi>`}</h3>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${
  changes.length > 0 &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}
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

/** Why an operator ends a pairing. */
export const phoneReasons = ['lost', 'operator'] as const

/** Those that ended are kept for a while, and somebody may pair each day. */
const mostPhones = 50

/** Its model, not the name that its holder gave it: that one is theirs. */
function phoneSection(one: PhoneView, { person }: PersonMeansView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = consolePaths.phone(person, one.phone)
  const written = (at: Instant | undefined) => (at === undefined ? t('person.never') : instant(at, frame, context))
  const state = one.state === 'revoked' ? `person.phone.ended.${one.revokedFor ?? 'operator'}` : `state.${one.state}`
  const rows: [string, string][] = [
    [t('person.state'), t(state)],
    [t('person.phone.key'), t(`person.phone.key.${one.securityLevel}`)],
    [t('person.created'), written(one.pairedAt)],
    [t('person.used'), written(one.lastUsedAt)],
    [t('person.expires'), written(one.endedAt ?? one.expiresAt)],
  ]
  return html`<section class="sheet" aria-labelledby="${one.phone}">
<h3 id="${one.phone}">${t(`person.phone.${one.platform}`)} ${one.model && html`<bdi>${one.model}</bdi>`}</h3>
${one.shared && html`<p class="notice">${t('person.phone.shared')}</p>`}
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${
  one.state === 'active' &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<p class="ask"><label for="reason-${one.phone}">${t('person.reason')}</label>
<select id="reason-${one.phone}" name="reason" required><option value=""></option>${phoneReasons.map(
    (reason) => html`<option value="${reason}">${t(`person.phone.because.${reason}`)}</option>`,
  )}</select></p>
<p class="actions"><button class="button" aria-describedby="${one.phone}">${t('person.phone.revoke')}</button></p>
</form>`
}
</section>`
}

export const meansChanges = ['suspend', 'resume', 'renew', 'revoke'] as const

const offered: Record<(typeof meansChanges)[number], readonly MeansView['state'][]> = {
  suspend: ['active'],
  resume: ['suspended'],
  renew: ['active'],
  revoke: ['pending', 'active', 'suspended'],
}

/** R046: the newest check of identity since that of the means, which proves no less. */
export function renewalOf(one: MeansView, enrolments: readonly Enrolment[]): Enrolment | undefined {
  const before = enrolments.find(({ enrolment }) => enrolment === one.enrolment)
  return before && enrolments.findLast(({ level, at }) => at > before.at && atLeast(level, before.level))
}
