/** The pages of a test login: of a service's draft, of a provider's draft, and what a site's visitor sees when it stops. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { isOidc, type OidcProvider, type Provider, type Service } from '../partners/partners.ts'
import { operatorPaths, staffPaths } from '../staff/pages.ts'
import type { ClaimSeen } from '../upstream/claims.ts'
import { fixOf } from './fixes.ts'
import type { StoredResult } from './records.ts'
import type { ServiceCheck } from './service-checks.ts'
import { logoutEnd, type Running } from './service-trial.ts'
import { type Check, type Side, type TrialSubject, trialPath } from './trial.ts'

export interface TrialFrame {
  side: Side
  subject: TrialSubject
  /** Where the pages of that side begin. */
  home: string
  /** Where the draft is. */
  draft: string
  /** IANA name of the zone in which dates are written. */
  timeZone: string
  /** For a form to this address. */
  verifier(path: string): string
}

/** What a post brought about, or why it did nothing. */
export const trialOutcomes = [
  'begun',
  'ended',
  'sent',
  'not_sent',
  'there',
  'too_many',
  'untryable',
  'issuer_taken',
] as const
export type TrialOutcome = (typeof trialOutcomes)[number]

const refusals: ReadonlySet<TrialOutcome> = new Set(['not_sent', 'there', 'too_many', 'untryable', 'issuer_taken'])

function framed(frame: TrialFrame, { t }: RequestContext, page: { title: string; body: Html }): Page {
  const signOut = frame.side === 'desk' ? staffPaths.signOut : operatorPaths.signOut
  return {
    title: page.title,
    here: trialPath(frame.side, frame.subject),
    hasForm: true,
    body: html`<nav class="places" aria-label="${t('trial.places')}"><ul>
<li><a href="${frame.home}">${t(`trial.home.${frame.side}`)}</a></li>
<li><a href="${frame.draft}">${t('trial.draft')}</a></li></ul>
<form method="post" action="${signOut}">${hidden(frame, signOut)}<button class="link">${t('trial.leave')}</button></form></nav>
${page.body}`,
  }
}

const hidden = (frame: TrialFrame, path: string) =>
  html`<input type="hidden" name="verifier" value="${frame.verifier(path)}">`

const code = (text: string) => html`<code dir="ltr">${text}</code>`

function said(done: TrialOutcome | undefined, { t }: RequestContext): Html | undefined {
  if (!done) return undefined
  return refusals.has(done)
    ? html`<div class="notice" role="alert"><p>${t(`trial.done.${done}`)}</p></div>`
    : html`<p class="notice" role="status">${t(`trial.done.${done}`)}</p>`
}

/** There is nothing to try, and why. */
export function untryablePage(
  view: { name: string; why: 'no_draft' | 'faults' | 'kind' },
  frame: TrialFrame,
  context: RequestContext,
): Page {
  const { t } = context
  return framed(frame, context, {
    title: t('trial.title', { name: view.name }),
    body: html`<h1>${t('trial.title', { name: view.name })}</h1>
<div class="notice"><h2>${t(`trial.untryable.${view.why}`)}</h2><p>${t(`trial.untryable.${view.why}.text`)}</p></div>`,
  })
}

// --- A service -----------------------------------------------------------------------------------------------------

export interface ServiceView {
  service: Service
  running?: Running & { lines: readonly Check<ServiceCheck>[]; hasSession: boolean }
  done?: TrialOutcome
}

export function servicePage(view: ServiceView, frame: TrialFrame, context: RequestContext): Page {
  const { t, language } = context
  const { service, running } = view
  const name = service.name[language]
  return framed(frame, context, {
    title: t('trial.title', { name }),
    body: html`<h1>${t('trial.title', { name })}</h1>
<p class="lead">${t('trial.service.lead')}</p>
${said(view.done, context)}
${running ? runningPart(running, frame, context) : beginForm(frame, context, { seen: '', label: t('trial.service.begin') })}`,
  })
}

function beginForm(frame: TrialFrame, { t }: RequestContext, options: { seen: string; label: string }): Html {
  const path = trialPath(frame.side, frame.subject)
  const isAgain = options.seen !== ''
  return html`<form method="post" action="${path}">${hidden(frame, path)}
<input type="hidden" name="seen" value="${options.seen}">
<p class="actions"><button class="button${isAgain ? ' button-quiet' : ''}">${options.label}</button></p>
${isAgain && html`<p class="hint">${t('trial.service.again.text')}</p>`}</form>`
}

function runningPart(running: NonNullable<ServiceView['running']>, frame: TrialFrame, context: RequestContext): Html {
  const { t } = context
  const { trial, issuer, service, lines, hasSession } = running
  const path = trialPath(frame.side, frame.subject)
  const settings: [string, Html | string][] = [
    [t('trial.issuer'), code(issuer)],
    [t('trial.discovery'), code(`${issuer}/.well-known/openid-configuration`)],
    [t('trial.client'), code(service.id)],
    [t('trial.method'), html`${code(service.auth)} ${t(`trial.method.${credential(service)}`)}`],
    [t('trial.redirects'), lineList(service.redirectUris)],
    [t('trial.scopes'), code(service.scopes.join(' '))],
    [t('trial.logout'), code(`${issuer}${logoutEnd}`)],
  ]
  return html`<section class="sheet" aria-labelledby="settings"><h2 id="settings">${t('trial.service.settings')}</h2>
<p>${t('trial.service.settings.text', { until: exact(trial.expiresAt, frame, context) })}</p>
<dl class="data">${settings.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
<p class="hint">${t('trial.service.person')}</p>
</section>
<section class="sheet" aria-labelledby="checks"><h2 id="checks">${t('trial.checks')}</h2>
<p>${t('trial.count', { passed: count(lines, 'passed'), failed: count(lines, 'failed'), all: lines.length })}</p>
<p class="actions"><a class="button" href="${path}">${t('trial.refresh')}</a></p>
${checkList('service', lines, frame, context)}
</section>
<section class="sheet" aria-labelledby="more"><h2 id="more">${t('trial.more')}</h2>
${
  service.backchannelLogoutUri !== undefined && hasSession
    ? oneButton(`${path}/logout`, t('trial.service.send_logout'), frame, t('trial.service.send_logout.text'))
    : ''
}
${beginForm(frame, context, { seen: String(trial.begunAt), label: t('trial.service.again') })}
${oneButton(`${path}/end`, t('trial.service.end'), frame)}
</section>`
}

function credential({ auth, secrets }: Service): 'key' | 'secret' | 'none' {
  if (auth === 'private_key_jwt') return 'key'
  return secrets.length > 0 ? 'secret' : 'none'
}

const oneButton = (path: string, label: string, frame: TrialFrame, hint?: string) =>
  html`<form method="post" action="${path}">${hidden(frame, path)}
<p class="actions"><button class="button button-quiet">${label}</button></p>${hint && html`<p class="hint">${hint}</p>`}</form>`

const lineList = (texts: readonly string[]) =>
  html`<ul class="plain">${texts.map((text) => html`<li>${code(text)}</li>`)}</ul>`

const count = (lines: readonly Check[], state: Check['state']) => lines.filter((line) => line.state === state).length

// --- Checks --------------------------------------------------------------------------------------------------------

const tones: Record<Check['state'], string> = {
  passed: 'standing-up',
  failed: 'standing-down',
  not_seen: '',
  not_reached: '',
  not_needed: '',
}

function checkList(
  kind: TrialSubject['kind'],
  lines: readonly Check[],
  frame: TrialFrame,
  context: RequestContext,
): Html {
  return html`<ul class="standings">${lines.map((line) => html`<li>${checkIn(kind, line, frame, context)}</li>`)}</ul>`
}

function checkIn(kind: TrialSubject['kind'], line: Check, frame: TrialFrame, context: RequestContext): Html {
  const { t } = context
  const { check, state, at } = line
  return html`<h3>${t(`trial.${kind}.check.${check}`)}</h3>
<span class="standing ${tones[state]}">${t(`trial.state.${state}`)}</span>
${fixIn(kind, line, context)}
${at !== undefined && html`<p class="facts"><time datetime="${toDate(at).toISOString()}">${exact(at, frame, context)}</time></p>`}`
}

/** What to change, and what was met; for support, the word that says exactly what. */
function fixIn(kind: TrialSubject['kind'], { check, state, detail, seen }: Check, { t }: RequestContext): Html {
  const fix = fixOf(kind, check, state, detail)
  return html`${fix && html`<p>${t(fix)}</p>`}
${seen && html`<p class="facts">${t('trial.seen')} ${code(seen)}</p>`}
${state === 'failed' && detail && html`<p class="facts">${t('trial.detail')} ${code(detail)}</p>`}`
}

// --- A provider ----------------------------------------------------------------------------------------------------

export interface ProviderView {
  provider: Provider
  /** What the provider has to know of the hub. */
  redirectUri: string
  keysUrl: string
  result?: StoredResult
  /** The result is of a draft that was changed since. */
  isPast: boolean
  done?: TrialOutcome
}

export function providerPage(view: ProviderView, frame: TrialFrame, context: RequestContext): Page {
  const { t, language } = context
  const { provider, result } = view
  const name = provider.name[language]
  return framed(frame, context, {
    title: t('trial.title', { name }),
    body: html`<h1>${t('trial.title', { name })}</h1>
<p class="lead">${t('trial.provider.lead')}</p>
${said(view.done, context)}
${result && resultPart(result, view.isPast, frame, context)}
${isOidc(provider) && goPart(provider, view, frame, context)}`,
  })
}

function goPart(provider: OidcProvider, view: ProviderView, frame: TrialFrame, context: RequestContext): Html {
  const { t } = context
  const path = trialPath(frame.side, frame.subject)
  const [strongest] = [...provider.allowedLevels].reverse()
  return html`<section class="sheet" aria-labelledby="go"><h2 id="go">${t('trial.provider.go')}</h2>
<p>${t('trial.provider.go.text')}</p>
<dl class="data"><div><dt>${t('trial.provider.redirect')}</dt><dd>${code(view.redirectUri)}</dd></div>
<div><dt>${t('trial.provider.keys')}</dt><dd>${code(view.keysUrl)}</dd></div></dl>
<form method="post" action="${path}">${hidden(frame, path)}
<fieldset class="picks"><legend>${t('trial.provider.level')}</legend>${provider.allowedLevels.map(
    (level) => html`
<div class="pick"><input type="radio" name="level" id="level-${level}" value="${level}"${level === strongest && html` checked`}>
<label for="level-${level}">${t(`level.${level}`)}</label></div>`,
  )}</fieldset>
<p class="actions"><button class="button">${t('trial.provider.begin')}</button></p></form></section>`
}

function resultPart(result: StoredResult, isPast: boolean, frame: TrialFrame, context: RequestContext): Html {
  const { t } = context
  const { lines, claims, at } = result
  return html`<section class="sheet" aria-labelledby="checks"><h2 id="checks">${t('trial.checks')}</h2>
<p>${t('trial.provider.at', { date: exact(at, frame, context) })}
${t('trial.count', { passed: count(lines, 'passed'), failed: count(lines, 'failed'), all: lines.length })}</p>
${isPast && html`<div class="notice"><p>${t('trial.provider.past')}</p></div>`}
${checkList('provider', lines, frame, context)}
</section>
${claims && claimsPart(claims, context)}`
}

function claimsPart(claims: readonly ClaimSeen[], { t }: RequestContext): Html {
  const tone = { well_formed: 'standing-up', wrong: 'standing-down', absent: '' }
  return html`<section class="sheet" aria-labelledby="claims"><h2 id="claims">${t('trial.claims')}</h2>
<p>${t('trial.claims.text')}</p>
<ul class="standings">${claims.map(
    ({ claim, theirs, state, problem }) => html`
<li><h3>${code(claim)}</h3><span class="standing ${tone[state]}">${t(`trial.claim.${state}`)}</span>
${theirs && html`<p class="facts">${t('trial.claim.theirs')} ${code(theirs)}</p>`}
${problem && html`<p>${t(`trial.problem.${problem}`)}</p>`}</li>`,
  )}</ul></section>`
}

// --- At the address of a trial -------------------------------------------------------------------------------------

/** For whoever the site sent: the login stops here, and this is why. */
export function stoppedPage(lines: readonly Check[], context: RequestContext): Page {
  const { t } = context
  return {
    title: t('trial.stopped'),
    status: 400,
    body: html`<h1>${t('trial.stopped')}</h1>
<p class="lead">${t('trial.stopped.text')}</p>
${failures(lines, context)}`,
  }
}

function failures(lines: readonly Check[], context: RequestContext): Html | undefined {
  const failed = lines.filter(({ state }) => state === 'failed')
  if (failed.length === 0) return undefined
  return html`<ul class="rows">${failed.map(
    (line) => html`<li><h2>${context.t(`trial.service.check.${line.check}`)}</h2>
${fixIn('service', line, context)}</li>`,
  )}</ul>`
}

/** Before the browser goes on to the site, as the person of the trial. */
export function goPage(view: { host: string; href: string; lines: readonly Check[] }, context: RequestContext): Page {
  const { t } = context
  return {
    title: t('trial.go'),
    body: html`<h1>${t('trial.go')}</h1>
<p class="lead">${t('trial.go.text')}</p>
${failures(view.lines, context)}
<p class="actions"><a class="button" href="${view.href}">${t('trial.go.on', { host: view.host })}</a></p>`,
  }
}

/** What a provider sent back and nobody waits for. */
export function strayPage({ t }: RequestContext): Page {
  return {
    title: t('trial.stray'),
    status: 400,
    body: html`<h1>${t('trial.stray')}</h1><p class="lead">${t('trial.stray.text')}</p>`,
  }
}

/** After a logout. `returnTo`: where the site asked to be led back. */
export function leftPage(returnTo: string | undefined, { t }: RequestContext): Page {
  return {
    title: t('trial.left'),
    body: html`<h1>${t('trial.left')}</h1>
<p class="lead">${t('trial.left.text')}</p>
${
  returnTo !== undefined &&
  html`<p class="actions"><a class="button" href="${returnTo}">${t('trial.go.on', { host: new URL(returnTo).host })}</a></p>`
}`,
  }
}

function exact(at: Instant, { timeZone }: Pick<TrialFrame, 'timeZone'>, { language }: RequestContext): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(at)
}
