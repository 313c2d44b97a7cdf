/**
 * The pages of one service or provider as a thing with versions: what is published and what waits, the form of its draft,
 * what a publication would change, its history, its secrets. They decide nothing; all of them work without a script.
 */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Language } from '../kernel/languages.ts'
import type { StaffRole } from '../kernel/roles.ts'
import type { ChangedField } from '../partners/difference.ts'
import { warningText } from '../partners/fault-messages.ts'
import {
  type Draft,
  type Entry,
  type EntryFault,
  type EntryWarning,
  editingRoles,
  type Look,
  overlapDays,
  type ScopeRequest,
  type SecretsView,
  type Version,
} from '../partners/versions.ts'
import { trialPath } from '../trial/trial.ts'
import { byWords, type DeskFrame, deskPaths, exact, framed, has, hiddenField, type Own } from './frame.ts'
import { fieldName, refusal, scopeState, settingsFields } from './settings-fields.ts'
import { at, type Field, faultsByField, partsOf, shown } from './settings-form.ts'

/** Its name in the language of the page, or its id while it has none. */
export function nameIn(entry: Entry, { id }: Own, language: Language): string {
  const name = at(entry, `name.${language}`)
  return typeof name === 'string' && name !== '' ? name : id
}

/** Who makes and first publishes something new. */
export const foundingRoles = ['administrator'] as const satisfies readonly StaffRole[]

export const objectOutcomes = [
  'published',
  'asked',
  'unchanged',
  'undone',
  'discarded',
  'secret_ended',
  'withdrawn',
] as const
export type ObjectOutcome = (typeof objectOutcomes)[number]

// --- What it is ----------------------------------------------------------------------------------------------------

export interface ObjectView {
  own: Own
  /** As published; of what never was, the draft's. */
  entry: Entry
  draft?: Draft
  /** The newest first, some of them. */
  versions: readonly Version[]
  warnings: readonly EntryWarning[]
  requests: readonly ScopeRequest[]
  /** Of a service that uses secrets. */
  secrets?: SecretsView
  done?: ObjectOutcome
  /** Why what was asked was not done. */
  refused?: Html
  status?: number
}

/** Of a service, of a partner, and of a provider that was never published. */
export function objectPage(view: ObjectView, frame: DeskFrame, context: RequestContext): Page {
  const { own, entry } = view
  const name = nameIn(entry, own, context.language)
  return framed(frame, context, {
    title: name,
    here: deskPaths.page(own),
    ...(view.status === undefined ? {} : { status: view.status }),
    body: html`<h1><bdi>${name}</bdi></h1>
${outcomeNotice(view, context)}
<p><code dir="ltr">${own.id}</code> · ${standingWords(view, context)}</p>
${versionsSections(view, frame, context)}
${own.kind === 'service' && scopesSection(view, context)}
${view.secrets && secretsSection(view.secrets, own, frame, context)}
${settingsSection(view, context)}
${own.kind === 'service' && has(frame, foundingRoles) && withdrawalLink(view, context)}`,
  })
}

/** The way to take it away; what its own staff took away comes back by its versions. */
function withdrawalLink({ own, versions }: ObjectView, { t }: RequestContext): Html | undefined {
  if (!versions.some(({ state }) => state === 'published')) return undefined
  return html`<section class="sheet" aria-labelledby="withdraw"><h2 id="withdraw">${t('withdraw.title')}</h2>
<p>${t('withdraw.about')}</p>
<p class="actions"><a class="button button-quiet" href="${deskPaths.withdraw(own.id)}">${t('withdraw.look')}</a></p></section>`
}

export function outcomeNotice({ done, refused }: Pick<ObjectView, 'done' | 'refused'>, { t }: RequestContext): Html {
  return html`${done && html`<p class="notice" role="status">${t(`object.done.${done}`)}</p>`}${refused}`
}

export function refusedNotice(key: string, { t }: RequestContext): Html {
  return html`<div class="notice" role="alert"><h2>${t(key)}</h2><p>${t(`${key}.text`)}</p></div>`
}

export function standingWords(
  { versions, draft }: Pick<ObjectView, 'versions' | 'draft'>,
  { t }: RequestContext,
): string {
  const published = versions.find(({ state }) => state === 'published')
  const state = published
    ? t('object.version', { number: published.number })
    : t(versions.length > 0 ? 'object.archived' : 'object.unpublished')
  return draft ? `${state} · ${t('object.has_draft')}` : state
}

/** The draft that waits, the last versions, what is worth a second look. */
export function versionsSections(
  view: Pick<ObjectView, 'own' | 'draft' | 'versions' | 'warnings'>,
  frame: DeskFrame,
  context: RequestContext,
): Html {
  const { t } = context
  const { own, draft, versions, warnings } = view
  const isPublished = versions.some(({ state }) => state === 'published')
  const editors = editorsOf(own)
  const mayEdit = has(frame, editors) && (isPublished || draft !== undefined)
  return html`<section class="sheet" aria-labelledby="change"><h2 id="change">${t('object.change')}</h2>
${
  draft
    ? html`<p>${t('draft.saved', { date: exact(draft.savedAt, frame, context) })} ${byWords(draft.savedBy, frame, context)}</p>`
    : html`<p>${t(isPublished ? 'object.change.text' : versions[0]?.archivedHand === 'partner' ? 'object.withdrawn.text' : 'object.archived.text')}</p>`
}
<div class="actions">${
    mayEdit &&
    (draft
      ? html`<a class="button" href="${deskPaths.draft(own)}">${t('draft.go_on')}</a>
<a href="${deskPaths.review(own)}">${t('draft.review')}</a>
${tryLink(own, context)}`
      : openForm(own, frame, context))
  }
${own.kind === 'service' && html`<a href="${deskPaths.integration(own.id)}">${t('integration.title')}</a>`}
${isPublished && own.kind !== 'partner' && html`<a href="${deskPaths.figures}?of=${own.kind}/${own.id}">${t('desk.place.figures')}</a>`}</div>
${!has(frame, editors) && html`<p class="hint">${t(own.kind === 'partner' ? 'object.founders' : 'object.editors')}</p>`}
</section>
${
  warnings.length > 0 &&
  html`<section class="sheet" aria-labelledby="warnings"><h2 id="warnings">${t('object.warnings')}</h2>
<ul class="plain">${warnings.map((warning) => html`<li>${warningText(frame.named(warning), t)}</li>`)}</ul></section>`
}
<section class="sheet" aria-labelledby="versions"><h2 id="versions">${t('versions.title')}</h2>
${versions.length === 0 ? html`<p>${t('versions.none')}</p>` : versionList(versions.slice(0, 3), own, frame, context)}
${versions.length > 3 && html`<p><a href="${deskPaths.versions(own)}">${t('versions.all')}</a></p>`}
</section>`
}

/** Whoever answers for a partner changes what it is. */
export const editorsOf = ({ kind }: Own): readonly StaffRole[] => (kind === 'partner' ? foundingRoles : editingRoles)

/** A partner is not tried. */
function tryLink({ kind, id }: Own, { t }: RequestContext): Html | undefined {
  return kind === 'partner' ? undefined : html`<a href="${trialPath('desk', { kind, id })}">${t('draft.try')}</a>`
}

function openForm(own: Own, frame: DeskFrame, { t }: RequestContext): Html {
  const path = deskPaths.open(own)
  return html`<form method="post" action="${path}">${hiddenField(frame, path)}
<button class="button">${t('draft.open')}</button></form>`
}

function scopesSection({ entry, requests, versions }: ObjectView, context: RequestContext): Html | undefined {
  if (versions.length === 0) return undefined
  const { t } = context
  const asked = requests.filter(({ state }) => state !== 'granted')
  const inForce = Array.isArray(entry.scopes) ? entry.scopes.map(String) : []
  return html`<section class="sheet" aria-labelledby="scopes"><h2 id="scopes">${t('object.scopes')}</h2>
<p>${inForce.map((scope) => html`<code class="badge" dir="ltr">${scope}</code> `)}</p>
${
  asked.length > 0 &&
  html`<ul class="rows">${asked.map(
    (request) => html`<li><p><code dir="ltr">${request.scope}</code> · ${scopeState(request, context)}</p>
${request.justification && html`<p class="hint"><bdi>${request.justification}</bdi></p>`}</li>`,
  )}</ul>`
}</section>`
}

/** The settings as they are, without a form; what only operators give comes last. */
export function settingsSection({ own, entry }: Pick<ObjectView, 'own' | 'entry'>, context: RequestContext): Html {
  const { t } = context
  const fields = partsOf(own.kind, entry).flatMap((part) => part.fields)
  const held = ['entitledTo', 'idpHints', 'passwordAlone', 'riskProfile', 'serviceSecret']
    .map((path) => ({ path, value: at(entry, path) }))
    .filter(({ value }) => value !== undefined && !(Array.isArray(value) && value.length === 0))
  return html`<section class="sheet" aria-labelledby="settings"><h2 id="settings">${t('object.settings')}</h2>
<dl class="data">${fields
    .filter(({ path, shape }) => path !== 'scopes' && shape.kind !== 'secret' && at(entry, path) !== undefined)
    .map(
      (field) => html`<div><dt>${t(`setting.${field.path}`)}</dt><dd>${valueWords(entry, field, context)}</dd></div>`,
    )}</dl>
${
  held.length > 0 &&
  html`<h3>${t('object.held')}</h3><dl class="data">${held.map(
    ({ path, value }) =>
      html`<div><dt><code dir="ltr">${path}</code></dt><dd><code dir="ltr">${typeof value === 'string' ? value : JSON.stringify(value)}</code></dd></div>`,
  )}</dl>`
}</section>`
}

function valueWords(entry: Entry, field: Field, { t }: RequestContext): Html | string {
  const value = shown(entry, field)
  const { shape } = field
  if (shape.kind === 'switch') return t(value === 'yes' ? 'setting.yes' : 'setting.no')
  if (shape.kind === 'providers' && value === 'all') return t('setting.providers.all')
  if ('words' in shape && shape.words) {
    const { words } = shape
    return value
      .split('\n')
      .map((word) => t(`${words}.${word}`))
      .join(', ')
  }
  if (/\.(fr|en|ar)$/.test(field.path)) return html`<bdi>${value}</bdi>`
  return html`${value.split('\n').map((line) => html`<code dir="ltr" class="line">${line}</code>`)}`
}

// --- Taking it away ------------------------------------------------------------------------------------------------

export interface WithdrawalView {
  own: Own
  name: string
  /** Number of the version that is published. */
  published: number
  /** Signed in there now. */
  open: { sessions: number; people: number }
  isOvertaken?: boolean
  isUnsure?: boolean
}

/** Of a handful of people nothing is told, not even how many they are. */
const leastTold = 10

/** What a withdrawal does: to whom the service serves, and to the service. */
export function withdrawalEffects({ people, sessions }: WithdrawalView['open'], { t }: RequestContext): Html {
  const now =
    people === 0
      ? t('withdraw.open.none')
      : people < leastTold
        ? t('withdraw.open.few', { least: leastTold })
        : t('withdraw.open', { people, sessions })
  return html`<h2 id="effects">${t('withdraw.effects')}</h2>
<ul class="rows"><li>${t('withdraw.effect.sign_in')}</li><li>${now}</li><li>${t('withdraw.effect.tokens')}</li><li>${t('withdraw.effect.scopes')}</li><li>${t('withdraw.effect.subjects')}</li></ul>`
}

export function withdrawalPage(view: WithdrawalView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { own, name, published, open, isOvertaken, isUnsure } = view
  const path = deskPaths.withdraw(own.id)
  return framed(frame, context, {
    title: t('withdraw.of', { name }),
    status: isOvertaken ? 409 : isUnsure ? 422 : 200,
    here: path,
    body: html`<h1>${t('withdraw.of', { name })}</h1>
${isOvertaken && refusedNotice('review.overtaken', context)}
${isUnsure && html`<p class="notice" role="alert" id="unsure">${t('withdraw.unsure')}</p>`}
<section class="sheet" aria-labelledby="effects">${withdrawalEffects(open, context)}
<p><a href="${deskPaths.figures}?of=service/${own.id}">${t('withdraw.figures')}</a></p></section>
<form class="sheet" method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="over" value="${published}">
<p class="pick"><input type="checkbox" name="sure" value="yes" id="sure" required${isUnsure && html` aria-invalid="true" aria-describedby="unsure"`}><label for="sure">${t('withdraw.sure')}</label></p>
<p class="actions"><button class="button">${t('withdraw.go')}</button> <a href="${deskPaths.page(own)}">${t('desk.back')}</a></p></form>`,
  })
}

// --- Secrets -------------------------------------------------------------------------------------------------------

function secretsSection(
  secrets: SecretsView,
  own: Own,
  frame: DeskFrame,
  context: RequestContext,
  isBesideForm = false,
): Html {
  const { t } = context
  const { inForce, seen } = secrets
  const path = deskPaths.secret(own.id)
  const end = deskPaths.endSecret(own.id)
  const [older] = inForce
  return html`<section class="sheet" aria-labelledby="secrets"><h2 id="secrets">${t('secrets.title')}</h2>
${
  inForce.length === 0
    ? html`<p>${t('secrets.none')}</p>`
    : html`<ul class="rows">${inForce.map(({ until }, index) => {
        const words =
          until === undefined ? t('secrets.without_end') : t('secrets.until', { date: exact(until, frame, context) })
        return html`<li>${t('secrets.one', { number: index + 1 })} · ${words}</li>`
      })}</ul>`
}
${
  has(frame, editingRoles) &&
  (inForce.length > 1
    ? html`<p>${t('secrets.two')}</p>
<form method="post" action="${end}">${hiddenField(frame, end)}<input type="hidden" name="seen" value="${seen}">
<p class="actions"><button class="button button-quiet">${t('secrets.end')}</button></p></form>`
    : html`<form method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="seen" value="${seen}">
${
  older &&
  html`<p class="ask"><label for="overlap">${t('secrets.overlap')}</label>
<input id="overlap" name="overlap" type="number" min="${overlapDays.least}" max="${overlapDays.most}" value="${overlapDays.usual}" required aria-describedby="overlap-hint" dir="ltr">
<span class="hint" id="overlap-hint">${t('secrets.overlap.hint', { most: overlapDays.most })}</span></p>`
}
${isBesideForm && html`<p class="hint">${t('secrets.save_first')}</p>`}
<p class="actions"><button class="button ${older && 'button-quiet'}">${t(older ? 'secrets.rotate' : 'secrets.make')}</button></p></form>`)
}</section>`
}

export interface SecretMadeView {
  own: Own
  name: string
  secret: string
  olderUntil?: Instant
  /** The draft goes on; otherwise it is in force already. */
  ofDraft: boolean
}

/** The only page that ever shows it. */
export function secretPage(view: SecretMadeView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { own, name, secret, olderUntil, ofDraft } = view
  return framed(frame, context, {
    title: t('secrets.made'),
    here: deskPaths.page(own),
    body: html`<h1>${t('secrets.made')}</h1>
<p class="lead"><bdi>${name}</bdi></p>
<div class="notice" role="status"><p>${t('secrets.made.text')}</p>
<p><code class="secret" dir="ltr">${secret}</code></p></div>
<p>${
      olderUntil === undefined
        ? t(ofDraft ? 'secrets.made.draft' : 'secrets.made.alone')
        : t('secrets.made.older', { date: exact(olderUntil, frame, context) })
    }</p>
<p class="actions"><a class="button" href="${ofDraft ? deskPaths.draft(own) : deskPaths.page(own)}">${t('secrets.noted')}</a>
<a href="${deskPaths.integration(own.id)}${ofDraft && '?of=draft'}">${t('integration.title')}</a></p>`,
  })
}

// --- A new one -----------------------------------------------------------------------------------------------------

/** Kinds of connectors that partners may begin with; the hub's own means are the operators' to set up. */
export const newConnectors = ['oidc', 'gateway'] as const

export function newObjectPage(
  view: { kind: 'service' | 'provider'; id: string; connector?: string; faults: readonly EntryFault[] },
  frame: DeskFrame,
  context: RequestContext,
): Page {
  const { t } = context
  const { kind, id, connector = 'oidc' } = view
  const words = `new_${kind}`
  const path = kind === 'service' ? deskPaths.newService : deskPaths.newProvider
  const faults = faultsByField(
    [{ part: 'id', fields: [{ path: 'id', shape: { kind: 'line', most: 64 } }] }],
    view.faults,
  )
  const isWrong = view.faults.length > 0
  return framed(frame, context, {
    title: t(`${words}.title`),
    here: path,
    status: isWrong ? 422 : 200,
    body: html`<h1>${t(`${words}.title`)}</h1>
<p class="lead">${t(`${words}.lead`)}</p>
${refusal(t('new_service.refused'), faults, context)}
<form class="sheet" method="post" action="${path}">${hiddenField(frame, path)}
<p class="ask"><label for="f-id">${t('setting.id')}</label>
<input id="f-id" name="id" value="${id}" maxlength="64" required autocomplete="off" autocapitalize="none" spellcheck="false" dir="ltr" aria-describedby="f-id-hint"${isWrong && html` aria-invalid="true"`}>
<span class="hint" id="f-id-hint">${t(kind === 'service' ? 'setting.id.help' : 'new_provider.id.help')}</span></p>
${
  kind === 'provider' &&
  html`<fieldset class="picks"><legend>${t('new_provider.connector')}</legend>${newConnectors.map(
    (
      one,
    ) => html`<p class="pick"><input type="radio" name="connector" value="${one}" id="connector-${one}"${one === connector && html` checked`}>
<label for="connector-${one}">${t(`new_provider.connector.${one}`)}</label></p>`,
  )}</fieldset>`
}
<p class="actions"><button class="button">${t('new_service.go')}</button> <a href="${kind === 'service' ? deskPaths.services : deskPaths.providers}">${t('desk.back')}</a></p>
</form>`,
  })
}

// --- The draft -----------------------------------------------------------------------------------------------------

export interface DraftView {
  own: Own
  entry: Entry
  draft: Draft
  faults: readonly EntryFault[]
  providers: readonly { id: string; name: string }[]
  requests: readonly ScopeRequest[]
  secrets?: SecretsView
  isSaved?: boolean
  /** Another one was to be begun, from an older version: this one was there. */
  isThere?: boolean
  /** It could not even be kept. */
  isRefused?: boolean
  /** It was just opened: nothing is said of what is missing. */
  isFresh?: boolean
}

export function draftPage(view: DraftView, frame: DeskFrame, context: RequestContext): Page {
  const { t, language } = context
  const { own, entry, draft } = view
  const parts = partsOf(own.kind, entry)
  const faults = faultsByField(parts, view.isFresh ? [] : view.faults)
  const name = nameIn(entry, own, language)
  const path = deskPaths.draft(own)
  const discard = deskPaths.discard(own)
  return framed(frame, context, {
    title: t('draft.of', { name }),
    status: view.isRefused ? 422 : 200,
    here: path,
    body: html`<h1>${t('draft.of', { name })}</h1>
${view.isSaved && html`<p class="notice" role="status">${t('draft.done')}</p>`}
${view.isThere && html`<p class="notice" role="status">${t('draft.there')}</p>`}
<p class="lead">${t(draft.base === undefined ? 'draft.lead.new' : 'draft.lead', { number: draft.base ?? 0 })}</p>
${!view.isFresh && html`<p class="hint">${t('draft.saved', { date: exact(draft.savedAt, frame, context) })} ${byWords(draft.savedBy, frame, context)}</p>`}
${refusal(t(view.isRefused ? 'draft.refused' : 'draft.faults'), faults, context)}
<form class="settings" method="post" action="${path}">${hiddenField(frame, path)}
<input type="hidden" name="edit" value="${draft.edit}">
${settingsFields({ entry, parts, faults, providers: view.providers, requests: view.requests, clientSecret: clientSecretOf(draft) }, context)}
<p class="actions"><button class="button">${t('draft.save')}</button>
<button class="button button-quiet" name="next" value="review">${t('draft.save_and_review')}</button>
${tryLink(own, context)}
${own.kind === 'service' && html`<a href="${deskPaths.integration(own.id)}?of=draft">${t('integration.title')}</a>`}</p>
</form>
${view.secrets && secretsSection(view.secrets, own, frame, context, true)}
<section class="sheet" aria-labelledby="discard"><h2 id="discard">${t('draft.discard.title')}</h2>
<p>${t('draft.discard.text')}</p>
<form method="post" action="${discard}">${hiddenField(frame, discard)}<input type="hidden" name="edit" value="${draft.edit}">
<p class="pick"><input type="checkbox" name="sure" value="yes" id="sure" required><label for="sure">${t('draft.discard.sure')}</label></p>
<p class="actions"><button class="button button-quiet">${t('draft.discard')}</button></p></form></section>`,
  })
}

const clientSecretOf = ({ entry, clientSecretGiven }: Draft) =>
  clientSecretGiven ? 'given' : at(entry, 'connector.clientSecret') === undefined ? 'none' : 'in_force'

/** Somebody was faster: both texts, field by field, and the way on. */
export function conflictPage(
  view: {
    own: Own
    mine: Entry
    theirs?: Draft
    /** A client secret was typed: it is nowhere any more. */
    hadSecret: boolean
  },
  frame: DeskFrame,
  context: RequestContext,
): Page {
  const { t, language } = context
  const { own, mine, theirs } = view
  const path = deskPaths.draft(own)
  const fields = partsOf(own.kind, mine).flatMap((part) => part.fields)
  const others = theirs?.entry ?? {}
  const differing = fields.filter(
    (field) =>
      shown(mine, field) !== shown(others, field) ||
      (field.shape.kind === 'scopes' && JSON.stringify(mine.justifications) !== JSON.stringify(others.justifications)),
  )
  return framed(frame, context, {
    title: t('conflict.title'),
    status: 409,
    here: path,
    body: html`<h1>${t('conflict.title')}</h1>
<div class="notice" role="alert"><p>${
      theirs
        ? html`${t('conflict.saved', { date: exact(theirs.savedAt, frame, context) })} ${byWords(theirs.savedBy, frame, context)}`
        : t('conflict.gone')
    }</p><p>${t('conflict.kept')}</p>${view.hadSecret && html`<p>${t('conflict.secret')}</p>`}</div>
<div class="wide" tabindex="0" role="region" aria-label="${t('conflict.title')}"><table class="figures"><caption>${t('conflict.table', { name: nameIn(mine, own, language) })}</caption>
<thead><tr><th scope="col">${t('change.field')}</th><th scope="col">${t('conflict.mine')}</th>${theirs && html`<th scope="col">${t('conflict.theirs')}</th>`}</tr></thead>
<tbody>${(theirs ? differing : fields.filter((field) => shown(mine, field) !== '')).map(
      (
        field,
      ) => html`<tr><th scope="row">${t(`setting.${field.path}`)}</th><td>${bothWords(mine, field, context)}</td>${theirs && html`<td>${bothWords(others, field, context)}</td>`}</tr>
`,
    )}</tbody></table></div>
<form method="post" action="${path}">${hiddenField(frame, path)}
<input type="hidden" name="edit" value="${theirs ? theirs.edit : 'new'}">
<input type="hidden" name="entry" value="${JSON.stringify(mine)}">
<p class="actions"><button class="button">${t(theirs ? 'conflict.take_mine' : 'conflict.begin_anew')}</button>
<a href="${theirs ? path : deskPaths.page(own)}">${t(theirs ? 'conflict.take_theirs' : 'conflict.leave')}</a></p></form>`,
  })
}

function bothWords(entry: Entry, field: Field, context: RequestContext): Html {
  const value = valueOrNothing(entry, field, context)
  if (field.shape.kind !== 'scopes') return html`${value}`
  const reasons = (entry.justifications ?? {}) as Record<string, unknown>
  return html`${value}${Object.entries(reasons).map(([scope, reason]) => html`<p><code dir="ltr">${scope}</code> <bdi>${String(reason)}</bdi></p>`)}`
}

const valueOrNothing = (entry: Entry, field: Field, context: RequestContext) =>
  shown(entry, field) === '' ? context.t('change.nothing') : valueWords(entry, field, context)

// --- What a publication would do -----------------------------------------------------------------------------------

export interface ReviewView {
  own: Own
  look: Look
  /** Of an older version: an undo. */
  number?: number
  /** Somebody was faster: it is shown anew. */
  isOvertaken?: boolean
}

export function reviewPage(view: ReviewView, frame: DeskFrame, context: RequestContext): Page {
  const { t, language } = context
  const { own, look, number, isOvertaken } = view
  const { changes, faults, warnings, moved, asks, draft, published, entry } = look
  const byField = faultsByField(partsOf(own.kind, entry), faults)
  const path = number === undefined ? deskPaths.review(own) : deskPaths.version(own, number)
  const isEmpty = changes.length === 0 && asks.length === 0
  const title =
    number === undefined
      ? t('review.title', { name: nameIn(entry, own, language) })
      : t('review.undo.title', { number, name: nameIn(entry, own, language) })
  // Something new is published by whoever answers for it.
  const mayPublish = has(frame, published === undefined ? foundingRoles : editorsOf(own))
  const mayGo = mayPublish && faults.length === 0 && !isEmpty
  return framed(frame, context, {
    title,
    status: isOvertaken ? 409 : faults.length > 0 ? 422 : 200,
    here: path,
    body: html`<h1>${title}</h1>
${isOvertaken && refusedNotice('review.overtaken', context)}
${refusal(t('review.faults'), byField, context, deskPaths.draft(own))}
${
  moved.length > 0 &&
  html`<div class="notice"><h2>${t('review.moved')}</h2><p>${t('review.moved.text')}</p>${changeTable(moved, t('review.moved.table'), context)}</div>`
}
${
  (!isEmpty || faults.length === 0) &&
  html`<section class="sheet" aria-labelledby="changes"><h2 id="changes">${t('review.changes')}</h2>
${isEmpty ? html`<p>${t('review.nothing')}</p>` : changeTable(changes, t(published === undefined ? 'review.table.new' : 'review.table', { number: published ?? 0 }), context)}
${asks.length > 0 && html`<p>${t('review.asks', { count: asks.length })} ${asks.map((scope) => html`<code class="badge" dir="ltr">${scope}</code> `)}</p><p class="hint">${t('review.asks.text')}</p>`}
</section>`
}
${
  warnings.length > 0 &&
  html`<section class="sheet" aria-labelledby="warnings"><h2 id="warnings">${t('object.warnings')}</h2><ul class="plain">${warnings.map((warning) => html`<li>${warningText(frame.named(warning), t)}</li>`)}</ul></section>`
}
${
  mayGo
    ? html`<form method="post" action="${path}">${hiddenField(frame, path)}
${draft && number === undefined && html`<input type="hidden" name="edit" value="${draft.edit}">`}
${published !== undefined && html`<input type="hidden" name="over" value="${published}">`}
<p>${t(number === undefined ? 'review.go.text' : 'review.undo.text')}</p>
<p class="actions"><button class="button">${t(number === undefined ? 'review.go' : 'review.undo.go')}</button>
<a href="${number === undefined ? deskPaths.draft(own) : deskPaths.versions(own)}">${t('desk.back')}</a></p></form>`
    : html`${!mayPublish && html`<p class="notice">${t(published === undefined ? 'review.administrator' : own.kind === 'partner' ? 'object.founders' : 'object.editors')}</p>`}
<p class="actions"><a class="button" href="${number === undefined ? deskPaths.draft(own) : deskPaths.versions(own)}">${t(number === undefined ? 'review.mend' : 'versions.title')}</a></p>`
}
${number === undefined && html`<p>${tryLink(own, context)}</p>`}`,
  })
}

function changeTable(changes: readonly ChangedField[], caption: string, context: RequestContext): Html {
  const { t } = context
  const cell = (value: string | undefined) =>
    html`<td>${value === undefined ? t('change.nothing') : html`<bdi>${value}</bdi>`}</td>`
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table class="figures"><caption>${caption}</caption>
<thead><tr><th scope="col">${t('change.field')}</th><th scope="col">${t('change.old')}</th><th scope="col">${t('change.fresh')}</th></tr></thead>
<tbody>${changes.map(
    ({ path, old, fresh, secret }) => html`
<tr><th scope="row">${fieldName(path, context)}</th>${secret === undefined ? html`${cell(old)}${cell(fresh)}` : html`<td colspan="2">${t('change.secret')}</td>`}</tr>`,
  )}</tbody></table></div>`
}

// --- History -------------------------------------------------------------------------------------------------------

export interface VersionsView {
  own: Own
  name: string
  versions: readonly Version[]
  /** There are older ones. */
  more: boolean
}

export function versionsPage(view: VersionsView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { own, name, versions, more } = view
  const last = versions.at(-1)
  return framed(frame, context, {
    title: t('versions.of', { name }),
    here: deskPaths.versions(own),
    body: html`<h1>${t('versions.of', { name })}</h1>
<section class="sheet">${versions.length === 0 ? html`<p>${t('versions.none')}</p>` : versionList(versions, own, frame, context)}</section>
${more && last && html`<p class="actions"><a rel="next" href="${deskPaths.versions(own)}?before=${last.number}">${t('versions.older')}</a></p>`}
<p><a href="${deskPaths.page(own)}"><bdi>${name}</bdi></a></p>`,
  })
}

/** A draft that begins where a version of before was, rather than where the published one is. */
function draftFrom(own: Own, number: number, frame: DeskFrame, { t }: RequestContext): Html {
  const path = deskPaths.open(own)
  return html`<form method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="from" value="${number}">
<button class="link" aria-describedby="version-${number}">${t('versions.draft')}</button></form>`
}

/** Changes of one version that are told in a list of many. */
const shownChanges = 6

function versionList(versions: readonly Version[], own: Own, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  return html`<ul class="rows">${versions.map((version) => {
    const { number, state, publishedAt, author, cause, undoOf, changes } = version
    const id = `version-${number}`
    return html`<li><p id="${id}"><strong>${t('object.version', { number })}</strong>${state === 'published' && html` <span class="badge">${t('versions.published')}</span>`} · <time datetime="${toDate(publishedAt).toISOString()}">${exact(publishedAt, frame, context)}</time> · ${byWords(author, frame, context)}</p>
<p>${cause === 'undo' ? t('versions.cause.undo', { number: undoOf ?? 0 }) : t(`versions.cause.${cause}`)}</p>
${
  changes.length > 0 &&
  number > 1 &&
  html`<p class="hint">${changes.slice(0, shownChanges).map((change, index) => html`${index > 0 && t('desk.comma')}${fieldName(change.path, context)}`)}${changes.length > shownChanges && t('versions.more', { count: changes.length - shownChanges })}</p>`
}
${state === 'archived' && html`<div class="actions"><a href="${deskPaths.version(own, number)}" aria-describedby="${id}">${t('versions.back')}</a>${has(frame, editorsOf(own)) && draftFrom(own, number, frame, context)}</div>`}</li>`
  })}</ul>`
}
