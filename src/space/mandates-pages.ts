/** Mandates, drawn: what concerns somebody, lists of them, one mandate, who used it, and each question before a step. */
import type { Organisation, Representation } from '../directory/organisations.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { MandateRefusal, NamedMandate, Page, SeenAs, UseView } from '../mandates/mandates.ts'
import { type MandateState, mandateStates, refusedBecause, type Side } from '../policy/mandate.ts'
import type { Signature } from '../signatures/signatures.ts'
import { dayOf, type Framed, hiddenField, spacePaths, timeOf } from './frame.ts'
import {
  type AskedStep,
  type Drawn,
  mandataryName,
  mandatePaths,
  numbersOf,
  organisationName,
  rightsList,
  servicesOf,
  stateMark,
  stateSentences,
  type UsesFormat,
  useLine,
  usesFormats,
} from './mandates-words.ts'
import type { SpaceVisit } from './visit.ts'

export const doneWithMandates = [
  ...(['signed', 'declined', 'drafted', 'amended', 'withdrawn', 'refused_it', 'suspended', 'resumed'] as const),
  ...(['revoked', 'renounced', 'again', 'archive_waits'] as const),
] as const
export type DoneWithMandates = (typeof doneWithMandates)[number]

const framed = (title: string, here: string, main: Html, status?: number): Framed => ({
  title,
  current: 'mandates',
  here,
  main,
  ...(status === undefined ? {} : { status }),
})

const said = (done: DoneWithMandates | undefined, { context: { t } }: SpaceVisit) =>
  done && html`<p class="required" role="status">${t(`mandates.done.${done}`)}</p>`

const back = (visit: SpaceVisit, path: string = mandatePaths.home, key = 'mandates.back') =>
  html`<p class="back"><a href="${path}">${visit.context.t(key)}</a></p>`

// --- What concerns somebody ----------------------------------------------------------------------------------------

export interface Represented {
  organisation: Organisation
  representation: Representation
}

export interface HomeOfMandates {
  waiting: readonly (NamedMandate & { side: Side })[]
  represented: readonly Represented[]
  /** Uses to look at, of organisations that are represented. */
  unusual: readonly UseView[]
  held: Listed
  firms: readonly { organisation: Organisation; role: string }[]
  done?: DoneWithMandates
}

export interface Listed extends Page<NamedMandate> {
  counts: Readonly<Record<MandateState, number>>
}

const openStates = mandateStates.filter((state) => state !== 'ended')
const sum = (counts: Listed['counts'], states: readonly MandateState[] = mandateStates) =>
  states.reduce((all, state) => all + counts[state], 0)

/** The others come up as these are answered; the list of the organisation has them all. */
const waitingShown = 10

export function homePage(view: HomeOfMandates, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { waiting, represented, unusual, held, firms, done } = view
  return framed(
    t('mandates.title'),
    mandatePaths.home,
    html`<h1>${t('mandates.title')}</h1>
${said(done, visit)}
<p class="lead">${t('mandates.lead')} <a href="${mandatePaths.help}">${t('mandates.more')}</a></p>
${
  waiting.length > 0 &&
  html`<section class="panel" aria-labelledby="waiting"><h2 id="waiting">${t('mandates.waiting', { count: waiting.length })}</h2>
<ul class="rows">${waiting.slice(0, waitingShown).map((one) => html`<li>${waitingLine(one, pages, visit)}</li>`)}</ul>
${waiting.length > waitingShown && html`<p>${t('mandates.waiting.others', { count: waiting.length - waitingShown })}</p>`}</section>`
}
${
  unusual.length > 0 &&
  html`<section class="panel" aria-labelledby="unusual"><h2 id="unusual">${t('mandates.unusual')}</h2>
<ul class="rows">${unusual.map(
    (use) => html`<li>${useLine(use, pages, visit)}
${use.mandate && html`<p><a href="${mandatePaths.uses(use.mandate)}">${t('mandates.unusual.look')}</a></p>`}</li>`,
  )}</ul></section>`
}
<section class="panel" aria-labelledby="represented"><h2 id="represented">${t('mandates.represented')}</h2>
${represented.length === 0 ? representsNobody(visit) : html`<ul class="rows">${represented.map((one) => html`<li>${representedLine(one, pages, visit)}</li>`)}</ul>`}</section>
<section class="panel" aria-labelledby="held"><h2 id="held">${t('mandates.held')}</h2>
${
  held.entries.length === 0
    ? html`<p>${t('mandates.held.none')}</p>`
    : html`<ul class="rows">${held.entries.map((one) => html`<li>${line(one, 'mandatary', pages, visit)}</li>`)}</ul>
<p><a href="${mandatePaths.held}">${t('mandates.held.all', { count: sum(held.counts) })}</a></p>`
}
<p>${t('mandates.held.how')}</p>
<p class="buttons"><a class="button button-quiet" href="${mandatePaths.code}">${t('mandates.code.go')}</a>
<a class="button button-quiet" href="${mandatePaths.propose}">${t('mandates.propose.go')}</a></p></section>
<section class="panel" aria-labelledby="firms"><h2 id="firms">${t('mandates.firms')}</h2>
${
  firms.length === 0
    ? html`<p>${t('mandates.firms.none')}</p>`
    : html`<p>${t('mandates.firms.text')}</p>
<ul>${firms.map(({ organisation }) => html`<li><a href="${mandatePaths.firm}/${organisation.organisation}"><strong>${organisationName(organisation, visit)}</strong></a></li>`)}</ul>`
}
<p class="buttons"><a class="button button-quiet" href="${mandatePaths.firm}">${t('mandates.firms.go')}</a></p></section>`,
  )
}

/** How one becomes known as somebody who represents an organisation. */
const representsNobody = ({ context: { t } }: SpaceVisit): Html => html`<p>${t('mandates.represented.none')}</p>
<p>${t('mandates.represented.how')}</p>
<ul><li>${t('mandates.represented.register')}</li><li>${t('mandates.represented.document')}</li></ul>
<p><a href="/help/ask?situation=for_somebody">${t('mandates.represented.ask')}</a></p>`

function representedLine({ organisation, representation }: Represented, { timeZone }: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const { role, source, checkedAt, alone, until } = representation
  return html`<h3><a href="${mandatePaths.of(organisation.organisation)}">${organisationName(organisation, visit)}</a></h3>
<p class="about-one"><span>${numbersOf(organisation)}</span>
<span>${t('mandates.represented.as')} <bdi>${role}</bdi></span>
<span>${t(`mandates.represented.by.${representation.by}`)} <bdi>${source}</bdi> – ${dayOf(checkedAt, timeZone, context)}</span>
${until !== undefined && html`<span>${t('mandates.represented.until', { day: dayOf(until - 1, timeZone, context) })}</span>`}</p>
${!alone && html`<p>${t('mandates.represented.not_alone')}</p>`}
<p class="buttons"><a class="button button-quiet" href="${mandatePaths.of(organisation.organisation)}">${t('mandates.represented.see')}<span class="unseen"> – ${organisation.name}</span></a>
${alone && html`<a class="button button-quiet" href="${mandatePaths.give(organisation.organisation)}">${t('mandates.give.go')}<span class="unseen"> – ${organisation.name}</span></a>`}</p>`
}

function waitingLine(one: NamedMandate & { side: Side }, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const { view, principal, mandatary, side } = one
  return html`<h3><a href="${mandatePaths.one(view.mandate)}">${parties(one, visit)}</a></h3>
<p>${t(`mandates.waiting.${view.suspensions.some(({ reason }) => reason === 'to_confirm') ? 'to_confirm' : side}`)}
${side === 'principal' ? html`<strong>${organisationName(principal, visit)}</strong>` : html`<strong>${mandataryName(mandatary, visit)}</strong>`}</p>
<p class="about-one"><span>${servicesOf(view, pages, visit)}</span>
${view.answerBy !== undefined && html`<span>${t('mandates.state.answer_by')} <strong>${timeOf(view.answerBy, pages.timeZone, context)}</strong></span>`}</p>
<p class="buttons"><a class="button" href="${mandatePaths.one(view.mandate)}">${t('mandates.waiting.read')}</a></p>`
}

/** `Atlas → Cabinet Untel`, in the direction of the page. */
const parties = ({ principal, mandatary }: NamedMandate, visit: SpaceVisit): Html =>
  html`${organisationName(principal, visit)} <span aria-hidden="true">${visit.context.language === 'ar' ? '←' : '→'}</span><span class="unseen">${visit.context.t('mandates.to')}</span> ${mandataryName(mandatary, visit)}`

/** One of a list: the other side's name leads to it. */
function line(one: NamedMandate, own: Side, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const { view, principal, mandatary } = one
  const other = own === 'principal' ? mandataryName(mandatary, visit) : organisationName(principal, visit)
  return html`<h3><a href="${mandatePaths.one(view.mandate)}">${other}</a> ${stateMark(view, pages, visit)}</h3>
<p class="about-one"><span>${servicesOf(view, pages, visit)}</span>
<span>${t('mandates.days', { from: dayOf(view.from, pages.timeZone, context), until: dayOf(view.until - 1, pages.timeZone, context) })}</span></p>`
}

// --- Lists ---------------------------------------------------------------------------------------------------------

export const listStates = ['open', ...mandateStates] as const
export type ListState = (typeof listStates)[number]

export interface ListView extends Listed {
  /** Of a represented organisation; without one: what somebody holds in person. */
  of?: Represented
  state?: ListState
  isFirst: boolean
  done?: DoneWithMandates
}

export function listPage(view: ListView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { of, entries, counts, state, next, isFirst, done } = view
  const path = of ? mandatePaths.of(of.organisation.organisation) : mandatePaths.held
  const title = of ? of.organisation.name : t('mandates.held')
  const all = state === undefined || state === 'open' ? sum(counts, openStates) : counts[state]
  const query = (more: Record<string, string>) =>
    `${path}?${new URLSearchParams({ ...(state ? { state } : {}), ...more })}`
  return framed(
    title,
    path,
    html`<h1>${of ? organisationName(of.organisation, visit) : title}</h1>
${said(done, visit)}
${of && html`<p class="lead">${t('mandates.given.lead')}</p><p>${numbersOf(of.organisation)}</p>`}
${
  of &&
  html`<p class="actions">${of.representation.alone && html`<a class="button" href="${mandatePaths.give(of.organisation.organisation)}">${t('mandates.give.go')}</a>`}
<a class="button button-quiet" href="${mandatePaths.usesOf(of.organisation.organisation)}">${t('mandates.uses.all')}</a></p>`
}
<nav aria-label="${t('mandates.filter')}"><ul class="plain months">${listStates.map(
      (one) =>
        html`<li><a href="${path}?state=${one}"${(state ?? 'open') === one && danger_raw(' aria-current="page"')}>${t(`mandates.filter.${one}`)}${one !== 'open' && ` (${counts[one]})`}</a></li>`,
    )}</ul></nav>
<section class="panel" aria-labelledby="list"><h2 id="list">${t('mandates.count', { count: all })}</h2>
${
  entries.length === 0
    ? html`<p class="empty">${t(isFirst ? 'mandates.list.none' : 'mandates.list.no_more')}</p>`
    : html`<ul class="rows">${entries.map((one) => html`<li>${line(one, of ? 'principal' : 'mandatary', pages, visit)}</li>`)}</ul>`
}
${pager({ next: next && query({ after: next }), first: isFirst ? undefined : query({}) }, ['next', 'first'], visit)}</section>
${back(visit)}`,
  )
}

function pager(
  { next, first }: { next: string | undefined; first: string | undefined },
  [onward, back]: readonly [string, string],
  { context: { t } }: SpaceVisit,
): Html | false {
  if (next === undefined && first === undefined) return false
  return html`<p class="buttons">${next && html`<a class="button button-quiet" rel="next" href="${next}">${t(`mandates.list.${onward}`)}</a>`}
${first && html`<a class="button button-quiet" href="${first}">${t(`mandates.list.${back}`)}</a>`}</p>`
}

// --- One mandate ---------------------------------------------------------------------------------------------------

/** What the person in front of it may do with it now. */
export interface Offered {
  /** On which side they may sign: a proposal, their own draft, or what has to be confirmed. */
  sign?: Side
  steps: readonly AskedStep[]
  amend: boolean
  renew: boolean
  delegate: boolean
}

export interface OneView {
  named: NamedMandate & { seenAs: readonly SeenAs[] }
  offered: Offered
  /** By signature, with what it was made. */
  ways: ReadonlyMap<string, Signature['way']>
  /** By signature, as they are called. */
  signers: ReadonlyMap<string, string>
  uses: { last: readonly UseView[]; count: number }
  done?: DoneWithMandates
  refused?: MandateRefusal
}

export function onePage(view: OneView, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { named, offered, done, refused } = view
  const { view: mandate, principal, mandatary } = named
  const path = mandatePaths.one(mandate.mandate)
  const facts: [string, Html][] = [
    [
      'principal',
      html`${organisationName(principal, visit)}${principal && html`<br><small>${numbersOf(principal)}</small>`}`,
    ],
    [
      'mandatary',
      html`${mandataryName(mandatary, visit)}${mandatary.kind === 'organisation' && mandatary.organisation && html`<br><small>${numbersOf(mandatary.organisation)}</small>`}`,
    ],
    [
      'days',
      html`${t('mandates.days', { from: dayOf(mandate.from, pages.timeZone, context), until: dayOf(mandate.until - 1, pages.timeZone, context) })}`,
    ],
    ['delegable', html`${t(mandate.delegable ? 'mandates.delegable.yes' : 'mandates.delegable.no')}`],
    ['number', html`<code>${mandate.mandate}</code>`],
  ]
  return framed(
    t('mandates.one.title'),
    path,
    html`<h1>${parties(named, visit)} ${stateMark(mandate, pages, visit)}</h1>
${said(done, visit)}
${refused && html`<div class="fault" role="alert"><p>${t(`mandates.refusal.${refused}`)}</p></div>`}
<section class="panel" aria-labelledby="state"><h2 id="state">${t('mandates.state')}</h2>
${stateSentences(named, pages, visit).map((sentence) => html`<p>${sentence}</p>`)}
${mandate.parent && html`<p>${t('mandates.is_delegation')} <a href="${mandatePaths.one(mandate.parent)}">${t('mandates.is_delegation.see')}</a></p>`}
${mandate.renews && html`<p>${t('mandates.renews')} <a href="${mandatePaths.one(mandate.renews)}">${t('mandates.renews.see')}</a></p>`}
${mandate.sameSigner && html`<p class="notice">${t('mandates.same_signer')}</p>`}
${buttons(view, visit)}</section>
<section class="panel" aria-labelledby="says"><h2 id="says">${t('mandates.says')}</h2>
<dl class="data">${facts.map(([label, value]) => html`<div><dt>${t(`mandates.label.${label}`)}</dt><dd>${value}</dd></div>`)}</dl>
${rightsList(mandate, pages, visit)}
${offered.sign === undefined && html`<p><a href="${mandatePaths.text(mandate.mandate)}">${t('mandates.text.read')}</a></p>`}</section>
${signaturesPart(view, pages, visit)}
${usesPart(view, pages, visit)}
${stops(view, visit)}
${back(visit)}`,
  )
}

/** What the other side waits for, or what one has begun. */
function buttons({ named: { view }, offered }: OneView, { context: { t } }: SpaceVisit): Html | false {
  const { sign, steps, amend } = offered
  if (!sign && !amend && !steps.includes('refuse') && !steps.includes('withdraw')) return false
  const kind = view.state === 'draft' ? 'draft' : view.state === 'proposed' ? 'proposed' : 'confirm'
  const quiet = (href: string, key: string) => html`<a class="button button-quiet" href="${href}">${t(key)}</a>\n`
  return html`<p class="buttons">${sign && html`<a class="button" href="${mandatePaths.text(view.mandate)}">${t(`mandates.sign.${kind}`)}</a>`}
${amend && quiet(mandatePaths.amend(view.mandate), 'mandates.amend.go')}
${steps.includes('refuse') && quiet(mandatePaths.step(view.mandate, 'refuse'), 'mandates.refuse.go')}
${steps.includes('withdraw') && quiet(mandatePaths.step(view.mandate, 'withdraw'), `mandates.withdraw.go.${view.state === 'draft' ? 'draft' : 'proposed'}`)}</p>`
}

function signaturesPart({ ways, signers, named: { view } }: OneView, { timeZone }: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  return html`<section class="panel" aria-labelledby="signatures"><h2 id="signatures">${t('mandates.signatures')}</h2>
${
  view.signatures.length === 0
    ? html`<p class="empty">${t('mandates.signatures.none')}</p>`
    : html`<ul class="rows">${view.signatures.map(({ signature, side, at, level }) => {
        const way = ways.get(signature)
        return html`<li><h3><bdi>${signers.get(signature) ?? t('mandates.person_gone')}</bdi></h3>
<p class="about-one"><span>${t(`mandates.signed_as.${side}`)}</span><span>${timeOf(at, timeZone, context)}</span>
${way && html`<span>${t(`mandates.way.${way}`)}</span>`}<span>${t('mandates.level', { level: t(`own.level.${level}`) })}</span></p></li>`
      })}</ul>
<p class="buttons"><a class="button button-quiet" href="${mandatePaths.evidence(view.mandate)}">${t('mandates.evidence.go')}</a>
<a class="button button-quiet" href="${mandatePaths.archive(view.mandate)}">${t('mandates.archive.go')}</a></p>`
}</section>`
}

function usesPart({ uses, named: { view } }: OneView, pages: Drawn, visit: SpaceVisit): Html | false {
  const { t } = visit.context
  if (view.activeSince === undefined) return false
  return html`<section class="panel" aria-labelledby="uses"><h2 id="uses">${t('mandates.uses', { count: uses.count })}</h2>
${uses.last.length === 0 ? html`<p class="empty">${t('mandates.uses.none')}</p>` : html`<ul class="rows">${uses.last.map((use) => html`<li>${useLine(use, pages, visit)}</li>`)}</ul>`}
${uses.count > uses.last.length && html`<p><a href="${mandatePaths.uses(view.mandate)}">${t('mandates.uses.see')}</a></p>`}</section>`
}

/** What ends it or holds it, and what carries it on. */
function stops(
  { offered: { steps, renew, delegate }, named: { view } }: OneView,
  { context: { t } }: SpaceVisit,
): Html | false {
  const stopping = (['suspend', 'resume', 'revoke', 'renounce'] as const).filter((step) => steps.includes(step))
  if (stopping.length === 0 && !renew && !delegate) return false
  return html`<section class="panel${stopping.length > 0 && ' stop'}" aria-labelledby="change"><h2 id="change">${t('mandates.change')}</h2>
${stopping.length > 0 && html`<p>${t('mandates.change.text')}</p>`}
<p class="buttons">${stopping.map(
    (step) =>
      html`<a class="button ${step === 'revoke' || step === 'renounce' ? 'button-stop' : 'button-quiet'}" href="${mandatePaths.step(view.mandate, step)}">${t(`mandates.${step}.go`)}</a>\n`,
  )}${renew && html`<a class="button button-quiet" href="${mandatePaths.renew(view.mandate)}">${t('mandates.renew.go')}</a>\n`}
${delegate && html`<a class="button button-quiet" href="${mandatePaths.delegate(view.mandate)}">${t('mandates.delegate.go')}</a>`}</p></section>`
}

// --- Uses ----------------------------------------------------------------------------------------------------------

export interface UsesView extends Page<UseView> {
  of: { named: NamedMandate & { seenAs: readonly SeenAs[] } } | { organisation: Organisation }
  unusual: boolean
  isFirst: boolean
  /** Of the mandate: what would stop it. */
  steps: readonly AskedStep[]
}

export function usesPage(view: UsesView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { of, entries, next, unusual, isFirst, steps } = view
  const path =
    'named' in of ? mandatePaths.uses(of.named.view.mandate) : mandatePaths.usesOf(of.organisation.organisation)
  const query = (more: Record<string, string>) => {
    const all = new URLSearchParams({ ...(unusual ? { unusual: 'yes' } : {}), ...more }).toString()
    return all === '' ? path : `${path}?${all}`
  }
  const fileOf = (format: UsesFormat) =>
    'named' in of
      ? mandatePaths.usesFile(of.named.view.mandate, format)
      : mandatePaths.usesFileOf(of.organisation.organisation, format)
  const stopping = (['suspend', 'revoke'] as const).filter((step) => steps.includes(step))
  return framed(
    t('mandates.uses.title'),
    path,
    html`<h1>${t('mandates.uses.title')}</h1>
<p class="lead">${'named' in of ? parties(of.named, visit) : organisationName(of.organisation, visit)}</p>
<p>${t('mandates.uses.lead')}</p>
${
  'named' in of &&
  stopping.length > 0 &&
  html`<section class="panel stop" aria-labelledby="doubt"><h2 id="doubt">${t('mandates.uses.doubt')}</h2><p>${t('mandates.uses.doubt.text')}</p>
<p class="buttons">${stopping.map((step) => html`<a class="button ${step === 'revoke' ? 'button-stop' : 'button-quiet'}" href="${mandatePaths.step(of.named.view.mandate, step)}">${t(`mandates.${step}.go`)}</a>\n`)}</p></section>`
}
<nav aria-label="${t('mandates.filter')}"><ul class="plain months">${[false, true].map(
      (one) =>
        html`<li><a href="${path}${one && '?unusual=yes'}"${one === unusual && danger_raw(' aria-current="page"')}>${t(one ? 'mandates.uses.only_unusual' : 'mandates.uses.every')}</a></li>`,
    )}</ul></nav>
<section class="panel" aria-labelledby="list"><h2 id="list">${t('mandates.uses.list')}</h2>
${
  entries.length === 0
    ? html`<p class="empty">${t(isFirst ? (unusual ? 'mandates.uses.none_unusual' : 'mandates.uses.none') : 'mandates.list.no_more')}</p>`
    : html`<ul class="rows">${entries.map(
        (use) => html`<li>${useLine(use, pages, visit)}
${'organisation' in of && use.mandate && html`<p><a href="${mandatePaths.one(use.mandate)}">${t('mandates.uses.mandate')}</a></p>`}</li>`,
      )}</ul>`
}
${pager({ next: next && query({ after: next }), first: isFirst ? undefined : query({}) }, ['older', 'newest'], visit)}</section>
<section class="panel" aria-labelledby="files"><h2 id="files">${t('mandates.uses.files')}</h2><p>${t('mandates.uses.files.text')}</p>
<ul class="ways">${usesFormats.map(
      (
        format,
      ) => html`<li><a href="${fileOf(format)}${unusual && '?unusual=yes'}">${t(`history.files.${format}`)}</a></li>
`,
    )}</ul></section>
${'named' in of ? back(visit, mandatePaths.one(of.named.view.mandate), 'mandates.back.one') : back(visit, mandatePaths.of(of.organisation.organisation), 'mandates.back.organisation')}`,
  )
}

// --- Questions before a step ---------------------------------------------------------------------------------------

/** Steps that take something away from somebody at once. */
const hard: readonly AskedStep[] = ['revoke', 'renounce', 'refuse']

export function stepPage(
  view: { named: NamedMandate; step: AskedStep; refused?: MandateRefusal },
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const { named, step, refused } = view
  const { mandate, state } = named.view
  const path = mandatePaths.step(mandate, step)
  const key = `mandates.${step}`
  const what = step === 'withdraw' && state === 'draft' ? `${key}.what.draft` : `${key}.what`
  return framed(
    t(`${key}.title`),
    path,
    html`<h1>${t(`${key}.title`)}</h1>
<p class="lead">${parties(named, visit)}</p>
${refused && html`<div class="fault" role="alert"><p>${t(`mandates.refusal.${refused}`)}</p></div>`}
<form class="panel prose" method="post" action="${path}">${hiddenField(pages.verifierOf(visit))}
<p>${t(what)}</p>
${(step === 'revoke' || step === 'renounce' || step === 'suspend') && html`<ul>${(['requests', 'sessions', 'told', 'kept'] as const).map((one) => html`<li>${t(`mandates.stop.${one}`)}</li>`)}</ul>`}
${
  step === 'refuse' &&
  html`<p class="ask"><label for="because">${t('mandates.refuse.because')}</label>
<select id="because" name="because"><option value="">${t('mandates.because.unsaid')}</option>${refusedBecause.map((one) => html`<option value="${one}">${t(`mandates.because.${one}`)}</option>`)}</select></p>`
}
<p>${t(`${key}.undo`)}</p>
<p class="buttons"><button class="button${hard.includes(step) && ' button-stop'}">${t(`${key}.do`)}</button>
<a class="button button-quiet" href="${mandatePaths.one(mandate)}">${t('mandates.keep_it')}</a></p></form>`,
    refused ? 409 : undefined,
  )
}

// --- Too low a sign-in ---------------------------------------------------------------------------------------------

/** What this sign-in may not do, and the one that may. */
export function strongerPage(view: { needs: Level; href: string; here: string }, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const level = t(`own.level.${view.needs}`)
  return framed(
    t('mandates.stronger.title'),
    view.here,
    html`<h1>${t('mandates.stronger.title')}</h1>
<p class="lead">${t('mandates.stronger', { level })}</p>
<p class="buttons"><a class="button" href="${view.href}">${t('mandates.stronger.go', { level })}</a></p>
<p>${t('mandates.stronger.none')} <a href="${spacePaths.means}">${t('mandates.stronger.means')}</a></p>
${back(visit)}`,
    403,
  )
}

// --- A code of one's own -------------------------------------------------------------------------------------------

export function codePage(view: { code?: string; expiresAt?: Instant }, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { code, expiresAt } = view
  return framed(
    t('mandates.code.title'),
    mandatePaths.code,
    html`<h1>${t('mandates.code.title')}</h1>
<p class="lead">${t('mandates.code.lead')}</p>
${
  code !== undefined &&
  expiresAt !== undefined &&
  html`<section class="panel" aria-labelledby="code" role="status"><h2 id="code">${t('mandates.code.here')}</h2>
<p class="secret" dir="ltr">${code}</p>
<p>${t('mandates.code.until')} <strong>${timeOf(expiresAt, pages.timeZone, context)}</strong></p></section>`
}
<form class="panel prose" method="post" action="${mandatePaths.code}">${hiddenField(pages.verifierOf(visit))}
<ul>${(['learns', 'binds', 'once'] as const).map((one) => html`<li>${t(`mandates.code.${one}`)}</li>`)}</ul>
<p class="buttons"><button class="button${code !== undefined && ' button-quiet'}">${t(code === undefined ? 'mandates.code.make' : 'mandates.code.again')}</button></p></form>
${back(visit)}`,
  )
}
