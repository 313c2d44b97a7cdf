/** One case before an operator: what is known of it, who was told and what they answered, what may be done now. */
import type { Actor } from '../audit/facts.ts'
import {
  type Case,
  type Cases,
  type Evidence,
  mostWords,
  type Party,
  type PartyAnswer,
  type Route,
  type Similarity,
  type TimelineEntry,
} from '../cases/cases.ts'
import type { Line } from '../connections/connections.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { BreachId, CaseId } from '../kernel/ids.ts'
import { ownProvider } from '../partners/vocabulary.ts'
import { checks } from '../policy/case-flow.ts'
import { detectionRules } from '../policy/detection.ts'
import { breachPaths } from './breaches-forms.ts'
import { countryName, deadline, facts, objectName, ruleName } from './cases-pages.ts'
import { stepForms } from './cases-steps.ts'
import { explained } from './detection-pages.ts'
import { consolePaths, type Frame, framed, hiddenField, instant, listed } from './frame.ts'
import { type Names, withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'
import { written } from './support-pages.ts'

/** What a click can do, and what the page says afterwards. */
export const caseActs = {
  qualify: 'qualified',
  notify: 'notified',
  conclude: 'concluded',
  revise: 'revised',
  close: 'closed',
  note: 'noted',
} as const
export type CaseAct = keyof typeof caseActs
export type CaseDone = (typeof caseActs)[CaseAct]

/** Why nothing was done, besides what the rules refuse (`stepRefusals`). */
export const caseSaid = ['moved', 'incomplete', 'too_long'] as const

export interface CaseTyped {
  /** By the field's name. */
  fields: Readonly<Record<string, string>>
  /** Of the form that qualifies: what was ticked. */
  connections: readonly string[]
}

export interface CaseView extends NonNullable<Awaited<ReturnType<Cases['read']>>> {
  /** In question, of those that the ledger still has. */
  lines: readonly Line[]
  candidates: readonly Line[]
  similar: readonly { case: CaseId; reference: string; reasons: readonly Similarity[] }[]
  parties: readonly Party[]
  timeline: readonly TimelineEntry[]
  names: Names
  now: Instant
  /** Its entry in the register of breaches. */
  breach?: BreachId
  done?: CaseDone
  said?: { act: CaseAct; why: string }
  typed?: CaseTyped
}

export function casePage(view: CaseView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { case: one, done, said } = view
  const title = t('cases.one', { reference: one.reference })
  const page = framed(frame, context, {
    title,
    ...(said ? { status: said.why === 'incomplete' || said.why === 'too_long' ? 422 : 409 } : {}),
    here: consolePaths.case(one.id),
    body: html`<p><a href="${consolePaths.cases}">${t('cases.back')}</a></p>
<h1>${t('cases.case')} <code dir="ltr">${one.reference}</code> <span class="mark-state">${t(`cases.stands.${one.state}`)}</span></h1>
${done && html`<p class="notice" role="status">${t(`cases.done.${done}`)}</p>`}
${said && html`<div class="fault" role="alert" id="said"><h2>${t('cases.not_done')}</h2><p>${t(`cases.said.${said.why}`)}</p></div>`}
${one.match !== 'matched' && html`<div class="warning"><h2>${t(`cases.match.${one.match}`)}</h2><p>${t(`cases.match.${one.match}.text`)}</p></div>`}
${summary(view, frame, context)}
${detected(view, frame, context)}
<section class="sheet" aria-labelledby="words"><h2 id="words">${t('cases.words')}</h2>
${view.words === undefined ? html`<p class="empty">${t('cases.words.none')}</p>` : written(view.words)}
<p class="hint">${t('cases.read')}</p></section>
${connections(view, frame, context)}
${checked(view, context)}
${stepForms(view, frame, context)}
${parties(view, frame, context)}
${similar(view, context)}
${timeline(view, frame, context)}`,
  })
  return said ? withoutSwitch(page) : page
}

function summary(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { case: one, contact, about, names, now } = view
  const { person, closed, dueAt, verdict, concludedAt } = one
  const time = (at: Instant) => instant(at, frame, context)
  const period = [about?.from, about?.until].flatMap((at) => (at === undefined ? [] : [time(at)])).join(' – ')
  return html`<section class="sheet" aria-labelledby="summary"><h2 id="summary">${t('cases.summary')}</h2>
${facts([
  [t('cases.received_on'), time(one.openedAt)],
  [t('cases.origin'), t(`cases.origin.${one.origin}`)],
  [t('cases.opened_by'), byWhom(one.openedBy, names, context)],
  [t('cases.person'), person ? html`<code dir="ltr">${person}</code>` : t('cases.person.none')],
  contact !== undefined && [
    t('cases.contact'),
    html`<bdi>${contact}</bdi> <span class="hint">${t('cases.contact.unproved')}</span>`,
  ],
  about?.service !== undefined && [t('cases.service'), html`<bdi>${names.service(about.service)}</bdi>`],
  period !== '' && [t('cases.period'), period],
  dueAt !== undefined && !closed && [t('cases.due'), deadline(dueAt, now, frame, context)],
  verdict && [
    t('cases.verdict'),
    html`<strong>${t(`cases.verdict.${verdict}`)}</strong>${concludedAt !== undefined && html` <span class="line hint">${time(concludedAt)}</span>`}`,
  ],
  view.breach !== undefined &&
    has(frame.roles, 'breaches') && [
      t('breaches.title'),
      html`<a href="${breachPaths.one(view.breach)}">${t('cases.breach')}</a>`,
    ],
  closed && [
    t('cases.close.reason'),
    html`${t(`cases.close.${closed.reason}`)} <span class="line hint">${time(closed.at)} · ${byWhom(closed.by, names, context)}</span>`,
  ],
])}
${person && protection(view, frame, context)}</section>`
}

/** R113, R114: whatever the state. And what nobody but the hub can do about its own accounts. */
function protection({ case: { person, closed }, lines }: CaseView, frame: Frame, { t }: RequestContext): Html {
  if (!person) return html``
  const isOwn = lines.some(({ provider }) => provider === ownProvider)
  return html`<p>${t('cases.protection.text')}</p>
${has(frame.roles, 'protect') && html`<p class="actions"><a class="button button-quiet" href="${consolePaths.protectionOf(person)}">${t('cases.protection')}</a></p>`}
${
  isOwn &&
  html`<div class="notice"><h3>${t('cases.own.title')}</h3><p>${t('cases.own')}${!closed && html` ${t('cases.own.waits')}`}</p>
${has(frame.roles, 'people') && html`<p><a href="${consolePaths.person(person)}">${t('cases.own.means')}</a></p>`}</div>`
}`
}

/** What the hub saw itself, in the words of its rules. */
function detected({ case: { rule }, explanation }: CaseView, frame: Frame, context: RequestContext): Html | undefined {
  const { t } = context
  const known = detectionRules.find((one) => one === rule)
  if (rule === undefined) return undefined
  return html`<section class="sheet" aria-labelledby="detected"><h2 id="detected">${t('cases.detected')}</h2>
<p>${known && has(frame.roles, 'detection') ? html`<a href="${consolePaths.detectionRule(known)}">${ruleName(rule, context)}</a>` : ruleName(rule, context)}</p>
${known && explanation && html`<p>${explained(known, explanation, context)}</p>`}</section>`
}

// ── Connections ─────────────────────────────────────────────────────────────────────────────────────────────────────

function connections(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { case: one, lines, names } = view
  const gone = one.connections.length - lines.length
  return html`<section class="sheet" aria-labelledby="connections"><h2 id="connections">${t('cases.connections')}</h2>
${one.connections.length === 0 && html`<p class="empty">${t('cases.connections.none')}</p>`}
${lines.length > 0 && html`<ul class="rows">${lines.map((line) => html`<li>${lineRow(line, names, frame, context)}</li>`)}</ul>`}
${gone > 0 && html`<p>${t('cases.connections.gone', { count: gone })}</p>`}
${
  one.connections.length > 0 &&
  has(frame.roles, 'cases_work') &&
  html`<p class="actions"><a class="button button-quiet" href="${consolePaths.caseEvidence(one.id)}">${t('cases.evidence.open')}</a></p>
<p class="hint">${t('cases.evidence.text')}</p>`
}</section>`
}

export function lineRow(line: Line, names: Names, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { level, unusual, provider } = line
  const words = [
    provider === undefined ? t('cases.connection.unknown') : names.provider(provider),
    level ? t(`level.${level}`) : undefined,
    countryName(line.country, context),
  ].filter((one) => one !== undefined)
  return html`<p><strong><bdi>${objectName({ side: 'service', object: line.service }, names, context)}</bdi></strong> ${instant(line.at, frame, context)}</p>
<p class="hint"><bdi>${words.join(' · ')}</bdi> · ${t('cases.connection.reference')} <code dir="ltr">${line.reference}</code></p>
${
  unusual.length > 0 &&
  html`<p>${t('cases.connection.unusual')}${t('suspension.colon')} ${listed(
    unusual.map((reason) => t(`reason.${reason}`)),
    context,
  )}</p>`
}`
}

/** What support found with the person, in the order of the questions. */
function checked({ case: { checks: answers, stolen } }: CaseView, { t }: RequestContext): Html | undefined {
  if (!answers) return undefined
  const rows = checks.flatMap((check) => {
    const answer = answers[check]
    return answer ? [[t(`cases.check.${check}`), t(`cases.check.${answer}`)] as const] : []
  })
  return html`<section class="sheet" aria-labelledby="checks"><h2 id="checks">${t('cases.checks')}</h2>
${facts([...rows, stolen && [t('cases.qualify.stolen'), t(`cases.stolen.${stolen}`)]])}</section>`
}

// ── Parties ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function parties(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { parties: all } = view
  const answered = all.filter(({ answeredAt }) => answeredAt !== undefined).length
  return html`<section aria-labelledby="parties"><h2 id="parties">${t('cases.parties')}</h2>
${
  all.length === 0
    ? html`<p class="empty">${t('cases.parties.none')}</p>`
    : html`<p>${t('cases.parties.answered', { answered, count: all.length })}</p>
${all.map((party) => partyPart(party, view, frame, context))}`
}</section>`
}

function partyPart(party: Party, { names, now }: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { id, side, answeredAt, waived, remindedAt, escalatedAt } = party
  const time = (at: Instant) => instant(at, frame, context)
  const told = waived ? 'waived' : (party.finding ?? (answeredAt === undefined ? 'none' : 'open'))
  return html`<article class="sheet" aria-labelledby="${id}"><h3 id="${id}"><bdi>${objectName(party, names, context)}</bdi> <span class="mark-state">${t(`cases.finding.${told}`)}</span></h3>
${facts([
  [t(`cases.side.${side}`), html`<code dir="ltr">${party.object}</code>`],
  [t('cases.party.reference'), html`<code dir="ltr">${party.reference}</code>`],
  party.subject !== '' && [t('cases.party.subject'), html`<code dir="ltr">${party.subject}</code>`],
  [t('cases.party.moments'), html`${party.moments.map(({ at }) => html`<span class="line">${time(at)}</span>`)}`],
  [t('cases.party.told'), time(party.notifiedAt)],
  answeredAt === undefined
    ? !waived && [t('cases.party.due'), deadline(party.dueAt, now, frame, context)]
    : [t('cases.party.answered'), time(answeredAt)],
  remindedAt !== undefined && [t('cases.party.reminded'), time(remindedAt)],
  escalatedAt !== undefined && [t('cases.party.escalated'), time(escalatedAt)],
  waived && [
    t('cases.party.waived'),
    html`<bdi>${waived.reason}</bdi> <span class="line hint">${time(waived.at)}</span>`,
  ],
])}
<h4>${t('cases.duties')}</h4>
<ul class="plain">${party.duties.map(
    ({ duty, doneAt }) =>
      html`<li>${t(`cases.duty.${duty}`)}${t('suspension.colon')} <span class="hint">${doneAt === undefined ? t('cases.duty.waits') : t('cases.duty.done', { date: time(doneAt) })}</span></li>`,
  )}</ul>
${
  party.answers.length > 0 &&
  html`<h4>${t('cases.answers')}</h4>
<ol class="rows" reversed>${party.answers.map((answer) => html`<li>${answerPart(answer, names, frame, context)}</li>`)}</ol>`
}</article>`
}

function answerPart(answer: PartyAnswer, names: Names, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { finding, measures, measuresText, analysis, breach, duties } = answer
  return html`<p class="hint">${t('cases.answer.line', {
    date: instant(answer.at, frame, context),
    by: byWhom(answer.by, names, context),
    via: t(`cases.via.${answer.via}`),
  })}${answer.late && html` · ${t('cases.answer.late')}`}</p>
${facts([
  finding && [t('cases.verdict'), t(`cases.finding.${finding}`)],
  measures.length > 0 && [
    t('cases.answer.measures'),
    listed(
      measures.map((one) => t(`cases.measure.${one}`)),
      context,
    ),
  ],
  duties.length > 0 && [
    t('cases.duties'),
    listed(
      duties.map((one) => t(`cases.duty.${one}`)),
      context,
    ),
  ],
  breach && [
    t('cases.answer.breach'),
    html`${t(`cases.breach.${breach.decision}`)} <bdi class="line">${breach.reason}</bdi>`,
  ],
])}
${measuresText && written(measuresText)}
${analysis && html`<h5>${t('cases.answer.analysis')}</h5>${written(analysis)}`}`
}

// ── Others ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function similar({ similar: all }: CaseView, context: RequestContext): Html {
  const { t } = context
  return html`<section class="sheet" aria-labelledby="similar"><h2 id="similar">${t('cases.similar')}</h2>
${
  all.length === 0
    ? html`<p class="empty">${t('cases.similar.none')}</p>`
    : html`<ul class="plain">${all.map(
        (one) =>
          html`<li><a href="${consolePaths.case(one.case)}"><code dir="ltr">${one.reference}</code></a> ${listed(
            one.reasons.map((reason) => t(`cases.similar.${reason}`)),
            context,
          )}</li>`,
      )}</ul>`
}</section>`
}

function timeline(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { timeline: entries, names, parties: all, case: one } = view
  const partyName = (id: TimelineEntry['party']) => {
    const party = all.find((each) => each.id === id)
    return party && objectName(party, names, context)
  }
  return html`<section class="sheet" aria-labelledby="timeline"><h2 id="timeline">${t('cases.timeline')}</h2>
<ol class="rows" reversed>${entries.map(
    (entry) => html`
<li><p><strong>${t(`cases.event.${entry.what}`)}</strong>${entry.party && html` <bdi>${partyName(entry.party)}</bdi>`}${moreOf(entry, context)}</p>
<p class="hint"><time datetime="${toDate(entry.at).toISOString()}">${instant(entry.at, frame, context)}</time> · ${byWhom(entry.by, names, context)}</p>
${entry.text !== undefined && written(entry.text)}</li>`,
  )}
</ol>
${has(frame.roles, 'cases_work') && noteForm(one, view, frame, context)}</section>`
}

/** Operators by their name; who works for a partner, and a person, is nobody's to know here. */
function byWhom(actor: Actor, { operators }: Names, { t }: RequestContext): string {
  const name = actor.kind === 'operator' ? operators.get(actor.id) : undefined
  return name ?? t(`cases.by.${actor.kind}`)
}

/** The closed words of an entry that add to its name. */
function moreOf({ more = {} }: TimelineEntry, { t }: RequestContext): Html | undefined {
  const { origin, verdict, finding, via, reason } = more
  const words = [
    origin && t(`cases.origin.${origin}`),
    verdict && t(`cases.verdict.${verdict}`),
    finding && t(`cases.finding.${finding}`),
    via && t(`cases.via.${via}`),
    reason && t(`cases.close.${reason}`),
  ].filter((word) => word)
  return words.length === 0 ? undefined : html` · ${words.join(' · ')}`
}

function noteForm(one: Case, { typed, said }: CaseView, frame: Frame, { t }: RequestContext): Html {
  const path = consolePaths.caseStep(one.id, 'note')
  const isWrong = said?.act === 'note'
  return html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<p class="ask"><label for="text">${t('cases.notes.add')}</label>
<textarea id="text" name="text" rows="3" maxlength="${mostWords}" dir="auto" aria-describedby="${isWrong && 'said '}text-hint"${isWrong && html` aria-invalid="true"`}>${typed?.fields.text}</textarea>
<span class="hint" id="text-hint">${t('cases.note.help')}</span></p>
<p class="actions"><button class="button button-quiet">${t('cases.note.go')}</button></p>
</form>`
}

// ── Evidence ────────────────────────────────────────────────────────────────────────────────────────────────────────

export function evidencePage(
  view: { case: Case; evidence: readonly Evidence[]; names: Names },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { case: one, evidence, names } = view
  const title = `${t('cases.evidence')} · ${one.reference}`
  return framed(frame, context, {
    title,
    here: consolePaths.caseEvidence(one.id),
    body: html`<p><a href="${consolePaths.case(one.id)}">${t('cases.to_case')}</a></p>
<h1>${t('cases.evidence')} <code dir="ltr">${one.reference}</code></h1>
<p class="notice">${t('cases.read')}</p>
${
  evidence.length === 0
    ? html`<p class="empty">${t('cases.evidence.none')}</p>`
    : html`<ul class="rows">${evidence.map((line) => html`<li>${evidencePart(line, names, frame, context)}</li>`)}</ul>`
}`,
  })
}

function evidencePart(line: Evidence, names: Names, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const utc = toDate(line.at).toISOString()
  const unknown = t('cases.connection.unknown')
  return html`<h2><bdi>${objectName({ side: 'service', object: line.service }, names, context)}</bdi>${line.inQuestion && html` <span class="mark-state">${t('cases.evidence.in_question')}</span>`}</h2>
${facts([
  [t('cases.connection.at'), instant(line.at, frame, context)],
  [t('cases.evidence.utc'), html`<time dir="ltr" datetime="${utc}">${utc}</time>`],
  [t('cases.provider'), html`<bdi>${line.provider === undefined ? unknown : names.provider(line.provider)}</bdi>`],
  [t('cases.connection.level'), line.level ? t(`level.${line.level}`) : unknown],
  line.amr.length > 0 && [t('cases.evidence.factors'), html`<code dir="ltr">${line.amr.join(' ')}</code>`],
  [t('cases.evidence.address'), html`<code dir="ltr">${addressOf(line)}</code>`],
  [t('cases.connection.place'), countryName(line.country, context)],
  line.device !== undefined && [t('cases.evidence.device'), html`<code dir="ltr">${line.device}</code>`],
  line.refusal && [t('cases.evidence.refusal'), t(`error.${line.refusal}.title`)],
  [t('cases.connection.reference'), html`<code dir="ltr">${line.reference}</code>`],
])}`
}

/** RFC 3986 section 3.2.2: an address of version 6 stands in brackets before a port. */
const addressOf = ({ address, port }: Evidence) =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

// ── Who would be told ───────────────────────────────────────────────────────────────────────────────────────────────

export function routePage(
  view: { case: Case; route: readonly Route[]; names: Names },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { case: one, route, names } = view
  const path = consolePaths.caseStep(one.id, 'notify')
  const count = route.length
  return framed(frame, context, {
    title: `${t('cases.notify')} · ${one.reference}`,
    here: path,
    body: html`<p><a href="${consolePaths.case(one.id)}">${t('cases.to_case')}</a></p>
<h1>${t('cases.notify')}</h1>
${
  count === 0
    ? html`<p class="empty">${t('cases.notify.none')}</p>`
    : html`<p class="lead">${t('cases.notify.lead', { count })}</p>
<ul class="rows">${route.map(
        (party) => html`
<li><p><strong><bdi>${objectName(party, names, context)}</bdi></strong> ${t(`cases.side.${party.side}`)}</p>
<p class="hint">${t('cases.notify.moments', { count: party.moments.length })} · ${party.moments.map(({ at }) => instant(at, frame, context)).join(' · ')}</p></li>`,
      )}
</ul>
<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="seen" value="${one.version}">
<p>${t('cases.notify.once')}</p>
<p class="actions"><button class="button">${t('cases.notify.go', { count })}</button>
<a href="${consolePaths.case(one.id)}">${t('console.cancel')}</a></p>
</form>`
}`,
  })
}

// ── Accounts of the hub itself ──────────────────────────────────────────────────────────────────────────────────────

/** For managers of means, who read no case: which person's means to check, and by which reference to speak of it. */
export function ownMeansPage(
  view: { cases: readonly Case[]; isFirst: boolean; next?: CaseId },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { cases, next } = view
  const path = consolePaths.casesMeans
  return framed(frame, context, {
    title: t('cases.to_means'),
    here: path,
    body: html`<h1>${t('cases.to_means')}</h1>
<p class="lead">${t('cases.to_means.lead')}</p>
${
  cases.length === 0
    ? html`<p class="empty">${t('cases.to_means.none')}</p>`
    : html`<ul class="rows">${cases.map(
        ({ person, reference, openedAt }) => html`
<li><p>${person && html`<a href="${consolePaths.person(person)}">${t('cases.own.means')} <code dir="ltr">${person}</code></a>`}</p>
<p class="hint"><code dir="ltr">${reference}</code> · ${t('cases.opened', { date: instant(openedAt, frame, context) })}</p></li>`,
      )}
</ul>`
}
<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${path}?after=${next}">${t('cases.more')}</a>`}
${!view.isFirst && html`<a href="${path}">${t('cases.first')}</a>`}</p>`,
  })
}
