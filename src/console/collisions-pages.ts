/**
 * The review of identity collisions: an account waits, as the hub must not decide by itself whose it is. Whoever decides
 * sees which accounts there are, how strong and since when, and which members of the identities differ; never what these
 * hold, nor anybody whom no collision names.
 */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { CollisionId, LinkId } from '../kernel/ids.ts'
import { type CollisionCase, type CollisionView, comparedFields } from '../people/people.ts'
import { consolePaths, type Frame, framed, hiddenField, instant } from './frame.ts'
import { has } from './rights.ts'

export interface CollisionsView {
  collisions: readonly CollisionView[]
  total: number
  next?: CollisionId
  isFirst: boolean
  /** Names of providers. */
  providers: ReadonlyMap<string, string>
}

export function collisionsPage(view: CollisionsView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { collisions, next } = view
  return framed(frame, context, {
    title: t('collisions.title'),
    here: consolePaths.collisions,
    body: html`<h1>${t('collisions.title')}</h1>
<p class="lead">${t('collisions.lead')}</p>
<p role="status">${t('collisions.count', { count: view.total })}</p>
${
  collisions.length > 0 &&
  html`<ul class="rows">${collisions.map(
    ({ collision, provider, cause, level, at }) => html`<li>
<p><a href="${consolePaths.collision(collision)}">${t('collision.of', { date: instant(at, frame, context) })}</a></p>
<p><bdi>${view.providers.get(provider) ?? provider}</bdi> · ${t(`level.${level}`)} · ${t(`collision.cause.${cause}`)}</p></li>`,
  )}</ul>`
}
<p class="actions">${next && html`<a class="button button-quiet" rel="next" href="${consolePaths.collisions}?after=${next}">${t('jobs.more')}</a>`}
${!view.isFirst && html`<a href="${consolePaths.collisions}">${t('jobs.first')}</a>`}</p>`,
  })
}

export const collisionOutcomes = ['same', 'different', 'split', 'changed_meanwhile'] as const
export type CollisionOutcome = (typeof collisionOutcomes)[number]

export interface CaseView {
  found: CollisionCase
  providers: ReadonlyMap<string, string>
  done?: CollisionOutcome
  /** A split was asked for without saying of what. */
  nothingChosen?: boolean
}

export function collisionPage(view: CaseView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { found } = view
  const { collision, decided } = found
  const written = instant(found.at, frame, context)
  return framed(frame, context, {
    title: t('collision.of', { date: written }),
    status: view.nothingChosen ? 422 : 200,
    here: consolePaths.collision(collision),
    body: html`<h1>${t('collision.of', { date: written })}</h1>
${view.done && html`<p class="notice" role="status">${t(`collision.done.${view.done}`)}</p>`}
${view.nothingChosen && html`<p class="notice" role="alert">${t('collision.split.nothing')}</p>`}
<p class="lead">${t(`collision.cause.${found.cause}`)}</p>
<p>${t(`collision.cause.${found.cause}.text`)}</p>
<p><code dir="ltr">${collision}</code></p>
${
  decided &&
  html`<p class="notice">${t(`collision.decided.${decided.outcome}`, { date: instant(decided.at, frame, context) })}</p>`
}
<h2>${t('collision.accounts')}</h2>
${accountsTable(view, frame, context)}
<h2>${t('collision.identity')}</h2>
${identityTable(found, context)}
${!decided && decisionForms(view, frame, context)}
<p><a href="${consolePaths.collisions}">${t('collisions.title')}</a></p>`,
  })
}

/** Side by side: the account that waits, those of the person, those of whose account it is now. */
function accountsTable({ found, providers }: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const line = (provider: string, level: string, at: number) =>
    html`<p><bdi>${providers.get(provider) ?? provider}</bdi> · ${t(`level.${level}`)} · ${instant(at, frame, context)}</p>`
  const sheets: [string, Html | string, readonly Html[]][] = [
    ['waiting', '', [line(found.provider, found.level, found.at)]],
    [
      'person',
      personLink(found.person, frame, context),
      found.accounts.map((account) => line(account.provider, account.level, account.at)),
    ],
    ...(found.other
      ? [
          [
            'other',
            personLink(found.other, frame, context),
            found.otherAccounts.map((account) => line(account.provider, account.level, account.at)),
          ] as [string, Html, readonly Html[]],
        ]
      : []),
  ]
  return html`<div class="sides">${sheets.map(
    ([side, about, lines]) => html`<section class="sheet" aria-labelledby="side-${side}">
<h3 id="side-${side}">${t(`collision.side.${side}`)}</h3>
${about && html`<p>${about}</p>`}
${lines.length === 0 ? html`<p>${t('collision.no_account')}</p>` : lines}
</section>`,
  )}</div>`
}

/** Only a manager of means may open a person. */
function personLink(person: string, frame: Frame, { t }: RequestContext): Html {
  const id = html`<code dir="ltr">${person}</code>`
  return has(frame.roles, 'people')
    ? html`<a href="${consolePaths.people}/${person}">${t('collision.open')} ${id}</a>`
    : id
}

function identityTable(found: CollisionCase, { t }: RequestContext): Html {
  const { differing, betweenPeople } = found
  if (!differing && !betweenPeople) return html`<p>${t('collision.identity.unknown')}</p>`
  const said = (field: string, fields: readonly string[] | undefined) =>
    t(fields ? (fields.includes(field) ? 'collision.differs' : 'collision.alike') : 'collision.not_compared')
  const fields = comparedFields[found.kind]
  return html`<p>${t('collision.identity.text')}</p>
<dl class="data">${fields.map(
    (field) =>
      html`<div><dt>${t(`collision.field.${field}`)}</dt><dd>${
        found.other
          ? html`${t('collision.with_account', { said: said(field, differing) })}<br>${t('collision.with_other', { said: said(field, betweenPeople) })}`
          : said(field, differing)
      }</dd></div>`,
  )}</dl>`
}

function decisionForms(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { found, providers } = view
  const path = consolePaths.decideCollision(found.collision)
  const maySplit = found.accounts.length > 1
  return html`<h2>${t('collision.decide')}</h2>
<p>${t('collision.decide.text')}</p>
<form method="get" action="${path}">
<fieldset class="picks"><legend>${t('collision.outcome')}</legend>
${(['same', 'different', ...(maySplit ? (['split'] as const) : [])] as const).map(
  (
    outcome,
  ) => html`<p class="pick"><input type="radio" id="outcome-${outcome}" name="outcome" value="${outcome}" required>
<label for="outcome-${outcome}">${t(`collision.outcome.${outcome}`)}</label></p>`,
)}</fieldset>
${
  maySplit &&
  html`<fieldset class="picks"><legend>${t('collision.split.which')}</legend>
<p>${t('collision.split.hint')}</p>${found.accounts.map(
    ({
      link,
      provider,
      level,
      at,
    }) => html`<p class="pick"><input type="checkbox" id="${link}" name="link" value="${link}">
<label for="${link}"><bdi>${providers.get(provider) ?? provider}</bdi> · ${t(`level.${level}`)} · ${instant(at, frame, context)}</label></p>`,
  )}</fieldset>`
}
<p class="actions"><button class="button">${t('collision.next')}</button></p>
</form>`
}

export interface DecisionView extends CaseView {
  outcome: 'same' | 'different' | 'split'
  links: readonly LinkId[]
  /** Of what was shown: a decision about something else is not carried out. */
  state: string
}

/** What becomes of whom, before it does. */
export function decisionPage(view: DecisionView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { found, outcome, links, state, providers } = view
  const path = consolePaths.decideCollision(found.collision)
  const moves = outcome === 'same' && found.other !== undefined
  const isNobody = moves && found.otherAccounts.length === 1
  const consequences =
    outcome === 'split'
      ? ['kept', 'taken', 'means', 'history', 'sessions', 'again']
      : outcome === 'different'
        ? [found.cause === 'second_account' ? 'homonyms' : 'apart', 'unchanged']
        : [
            ...(moves
              ? ['moves', isNobody ? 'nobody' : 'keeps', 'moved_means', 'moved_history', 'sessions']
              : ['linked']),
            'serves',
          ]
  return framed(frame, context, {
    title: t(`collision.outcome.${outcome}`),
    here: `${path}?${new URLSearchParams([['outcome', outcome], ...links.map((link): [string, string] => ['link', link])])}`,
    body: html`<h1>${t(`collision.outcome.${outcome}`)}</h1>
<p class="lead">${t('collision.confirm.lead')}</p>
${
  outcome === 'split' &&
  html`<h2>${t('collision.split.which')}</h2><ul class="plain">${found.accounts
    .filter(({ link }) => links.includes(link))
    .map(
      ({ provider, level, at }) =>
        html`<li><bdi>${providers.get(provider) ?? provider}</bdi> · ${t(`level.${level}`)} · ${instant(at, frame, context)}</li>`,
    )}</ul>`
}
<h2>${t('collision.becomes')}</h2>
<ul class="plain">${consequences.map((one) => html`<li>${t(`collision.becomes.${one}`)}</li>`)}</ul>
<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="outcome" value="${outcome}">
<input type="hidden" name="state" value="${state}">
${links.map((link) => html`<input type="hidden" name="link" value="${link}">`)}
<p class="pick"><input type="checkbox" id="sure" name="sure" value="yes" required>
<label for="sure">${t('collision.sure')}</label></p>
<p class="actions"><button class="button">${t('collision.confirm')}</button>
<a href="${consolePaths.collision(found.collision)}">${t('console.cancel')}</a></p>
</form>`,
  })
}
