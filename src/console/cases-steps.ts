/** The forms by which an operator takes a case a step further: what is asked, in which state, of whom. */
import { mostWords, type Party } from '../cases/cases.ts'
import { type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import type { PartyId } from '../kernel/ids.ts'
import {
  checkAnswers,
  checks,
  closeReasonsFor,
  decideStep,
  stolenCredentials,
  type Verdict,
  verdicts,
} from '../policy/case-flow.ts'
import { type CaseAct, type CaseView, lineRow } from './cases-one.ts'
import { objectName } from './cases-pages.ts'
import { checked, consolePaths, type Frame, hiddenField, selected } from './frame.ts'
import { has } from './rights.ts'

export const checkField = (check: (typeof checks)[number]) => `check_${check}`
export const waiveField = (party: PartyId) => `waive_${party}`

/** What the answers say together: one that confirms outweighs others, for it saw its own account. */
export function proposalOf(parties: readonly Pick<Party, 'finding'>[]): {
  verdict?: Verdict
  confirmed: number
  denied: number
} {
  const of = (finding: Verdict) => parties.filter((party) => party.finding === finding).length
  const [confirmed, denied] = [of('confirmed'), of('not_confirmed')]
  if (confirmed > 0) return { verdict: 'confirmed', confirmed, denied }
  return denied > 0 ? { verdict: 'not_confirmed', confirmed, denied } : { confirmed, denied }
}

const hasAnswered = ({ answeredAt, waived }: Party) => answeredAt !== undefined || waived !== undefined

/** What this operator may do in this state, the next step first; and what they had written in a form that is no more. */
export function stepForms(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { case: one, said } = view
  const works = has(frame.roles, 'cases_work')
  const decides = has(frame.roles, 'cases_decide')
  const drawn: [act: CaseAct, isDrawn: boolean, form: () => Html][] = [
    ['notify', decides && one.state === 'qualified' && one.match === 'matched', () => notifyPart(view, context)],
    ['conclude', decides && one.state === 'notified', () => concludePart(view, frame, context)],
    ['qualify', works && isPossible(view, 'qualify'), () => qualifyPart(view, frame, context)],
    ['close', works && closeReasonsFor(one.state, one).length > 0, () => closePart(view, frame, context)],
    ['revise', decides && one.state === 'concluded', () => revisePart(view, frame, context)],
  ]
  // A note can be added in every state, and to close is to choose from a list.
  const mayLose = said && said.act !== 'note' && said.act !== 'close'
  const lost = mayLose && !drawn.some(([act, isDrawn]) => act === said.act && isDrawn)
  return html`${lost && unsent(view, context)}${drawn.map(([, isDrawn, form]) => isDrawn && form())}`
}

function isPossible({ case: one }: CaseView, step: 'qualify'): boolean {
  return decideStep(one.state, step, { match: one.match, reached: 0, waiting: 0, late: 0 }).allowed
}

/** Nothing that somebody wrote is thrown away because another was faster. */
function unsent({ typed }: CaseView, { t }: RequestContext): Html | false {
  const texts = Object.entries(typed?.fields ?? {}).filter(
    ([name, text]) => text.trim() !== '' && (name === 'reason' || name === 'note' || name.startsWith('waive_')),
  )
  return (
    texts.length > 0 &&
    html`<section class="sheet" aria-labelledby="unsent"><h2 id="unsent">${t('cases.unsent')}</h2>${texts.map(
      ([, text]) => html`<p dir="auto">${text}</p>`,
    )}</section>`
  )
}

interface Part {
  act: CaseAct
  title: string
  go: string
  isQuiet?: boolean
}

/** A form to one step, with what was seen when it was begun. */
function part({ act, title, go, isQuiet }: Part, fields: Html, { case: one }: CaseView, frame: Frame): Html {
  const path = consolePaths.caseStep(one.id, act)
  return html`<section class="sheet" aria-labelledby="${act}"><h2 id="${act}">${title}</h2>
<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="seen" value="${one.version}">
${fields}
<p class="actions"><button class="button${isQuiet && ' button-quiet'}">${go}</button></p>
</form></section>`
}

const isWrong = ({ said }: CaseView, act: CaseAct) =>
  said?.act === act && (said.why === 'incomplete' || said.why === 'too_long')

function area({
  name,
  label,
  help,
  value,
  isWrong,
  rows = 3,
}: {
  name: string
  label: string
  help?: string
  value: string | undefined
  isWrong: boolean
  rows?: number
}): Html {
  const about = [isWrong ? 'said' : '', help ? `${name}-hint` : ''].filter((id) => id !== '').join(' ')
  return html`<p class="ask"><label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" rows="${rows}" maxlength="${mostWords}" dir="auto"${about !== '' && html` aria-describedby="${about}"`}${isWrong && html` aria-invalid="true"`}>${value}</textarea>
${help && html`<span class="hint" id="${name}-hint">${help}</span>`}</p>`
}

/** R103. */
function qualifyPart(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { case: one, lines, candidates, names, typed } = view
  const wrong = isWrong(view, 'qualify')
  const mine = typed && view.said?.act === 'qualify' ? typed : undefined
  const answerOf = (check: (typeof checks)[number]) => (mine ? mine.fields[checkField(check)] : one.checks?.[check])
  const stolen = mine ? mine.fields.stolen : one.stolen
  const isTicked = (id: string) => (mine ? mine.connections.includes(id) : lines.some((line) => line.id === id))
  const others = candidates.filter(({ id }) => !lines.some((line) => line.id === id))
  const fields = html`<p>${t('cases.qualify.lead')}</p>
${checks.map(
  (check) => html`<fieldset class="picks" aria-describedby="${check}-hint"><legend>${t(`cases.check.${check}`)}</legend>
<p class="hint" id="${check}-hint">${t(`cases.check.${check}.help`)}</p>
<div class="across">${checkAnswers.map(
    (answer) =>
      html`<p class="pick"><input type="radio" name="${checkField(check)}" value="${answer}" id="${check}-${answer}" required${answerOf(check) === answer && checked}><label for="${check}-${answer}">${t(`cases.check.${answer}`)}</label></p>`,
  )}</div></fieldset>`,
)}
<p class="ask"><label for="stolen">${t('cases.qualify.stolen')}</label>
<select id="stolen" name="stolen"><option value="">${t('cases.stolen.none')}</option>${stolenCredentials.map(
    (kind) => html`<option value="${kind}"${stolen === kind && selected}>${t(`cases.stolen.${kind}`)}</option>`,
  )}</select></p>
${
  lines.length + others.length > 0 &&
  html`<fieldset class="picks" aria-describedby="which-hint"><legend>${t('cases.qualify.connections')}</legend>
<p class="hint" id="which-hint">${t('cases.qualify.connections.help')}</p>
${[...lines, ...others].map(
  (line) =>
    html`<div class="pick pick-told"><input type="checkbox" name="connections" value="${line.id}" id="${line.id}"${isTicked(line.id) && checked}><label for="${line.id}">${lineRow(line, names, frame, context)}</label></div>`,
)}</fieldset>`
}
${area({ name: 'note', label: t('cases.qualify.note'), help: t('cases.note.help'), value: mine?.fields.note, isWrong: wrong && view.said?.why === 'too_long' })}`
  const title = t(one.state === 'received' ? 'cases.qualify' : 'cases.qualify.again')
  const form = part(
    { act: 'qualify', title, go: t('cases.qualify.go'), isQuiet: one.state !== 'received' },
    fields,
    view,
    frame,
  )
  // Once it is done, the next step comes first and this one is folded.
  if (one.state === 'received' || mine) return form
  return html`<details class="about"><summary>${title}</summary>${form}</details>`
}

function notifyPart({ case: one }: CaseView, { t }: RequestContext): Html {
  return html`<section class="sheet" aria-labelledby="notify"><h2 id="notify">${t('cases.notify')}</h2>
<p>${t('cases.notify.text')}</p>
<p class="actions"><a class="button" href="${consolePaths.caseStep(one.id, 'notify')}">${t('cases.notify.see')}</a></p></section>`
}

function concludePart(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { parties, now, names, said, typed } = view
  const silent = parties.filter((party) => !hasAnswered(party))
  const waiting = silent.filter(({ dueAt }) => dueAt > now)
  const title = t('cases.conclude')
  const { verdict, ...counts } = proposalOf(parties)
  const proposal = html`<p class="notice">${t(`cases.conclude.proposal.${verdict ?? 'none'}`, counts)}</p>`
  if (waiting.length > 0) {
    return html`<section class="sheet" aria-labelledby="conclude"><h2 id="conclude">${title}</h2>${proposal}
<p>${t('cases.conclude.wait', { count: waiting.length })}</p></section>`
  }
  const mine = said?.act === 'conclude' ? typed?.fields : undefined
  const chosen = mine ? mine.verdict : verdict
  const wrong = isWrong(view, 'conclude')
  const fields = html`${proposal}<p>${t('cases.conclude.text')}</p>
<fieldset class="picks"${wrong && html` aria-describedby="said"`}><legend>${t('cases.conclude.verdict')}</legend>${verdicts.map(
    (one) =>
      html`<p class="pick"><input type="radio" name="verdict" value="${one}" id="verdict-${one}" required${chosen === one && checked}><label for="verdict-${one}">${t(`cases.verdict.${one}`)}</label></p>`,
  )}</fieldset>
${area({ name: 'reason', label: t('cases.conclude.reason'), help: t('cases.note.help'), value: mine?.reason, isWrong: wrong })}
${silent.map((party) =>
  area({
    name: waiveField(party.id),
    label: t('cases.conclude.waive', { name: objectName(party, names, context) }),
    value: mine?.[waiveField(party.id)],
    isWrong: wrong,
    rows: 2,
  }),
)}`
  return part({ act: 'conclude', title, go: t('cases.conclude.go') }, fields, view, frame)
}

function closePart(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { case: one, said, typed } = view
  const wrong = isWrong(view, 'close')
  const given = said?.act === 'close' ? typed?.fields.reason : undefined
  const fields = html`<p id="told">${t('cases.close.text')}</p>
<p class="ask"><label for="close-reason">${t('cases.close.reason')}</label>
<select id="close-reason" name="reason" required aria-describedby="${wrong && 'said '}told"${wrong && html` aria-invalid="true"`}><option value=""></option>${closeReasonsFor(
    one.state,
    one,
  ).map(
    (reason) => html`<option value="${reason}"${given === reason && selected}>${t(`cases.close.${reason}`)}</option>`,
  )}</select></p>`
  return part(
    { act: 'close', title: t('cases.close'), go: t('cases.close'), isQuiet: one.state !== 'concluded' },
    fields,
    view,
    frame,
  )
}

function revisePart(view: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { said, typed } = view
  const mine = said?.act === 'revise' ? typed?.fields.reason : undefined
  const fields = html`<p>${t('cases.revise.text')}</p>
${area({ name: 'reason', label: t('cases.revise.reason'), help: t('cases.note.help'), value: mine, isWrong: isWrong(view, 'revise') })}`
  return part({ act: 'revise', title: t('cases.revise'), go: t('cases.revise.go'), isQuiet: true }, fields, view, frame)
}
