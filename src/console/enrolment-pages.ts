/** The pages of enrolment, as functions from a view to a `Page`. They decide nothing; forms work without a script. */
import { meansScript } from '../http/assets.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { qrCode } from '../http/qr-code.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import type { EnrolmentId, PersonId } from '../kernel/ids.ts'
import { france } from '../kernel/parse-pivot.ts'
import type { Enrolment, Identifier } from '../means/means.ts'
import {
  birthplaces,
  type FieldFault,
  type FieldName,
  identifierKinds,
  identityFields,
  type TypedProof,
  type Values,
  waysSeen,
} from './enrolment-form.ts'
import type { EnrolWhat, Prepared } from './enrolment-work.ts'
import {
  checked,
  consolePaths,
  dateField,
  dayInWords,
  type Frame,
  framed,
  hiddenField,
  instant,
  selected,
  textField,
} from './frame.ts'
import { enrolledOn, provedBy } from './people-pages.ts'

// ── Where one begins ────────────────────────────────────────────────────────────────────────────────────────────────

export interface ProofsView {
  /** What each proof reaches, as the settings have it. */
  levels: Record<(typeof waysSeen)[number] | 'health_mailbox', Level>
  healthMailDomains: readonly string[]
}

export interface StartView extends ProofsView {
  values: Values
  faults: readonly FieldFault[]
  /** What came of a search: nobody, or several whom their identity alone does not tell apart. */
  found?: 'nobody' | readonly PersonId[]
}

export function enrolmentsPage(view: StartView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { found, faults } = view
  const search = consolePaths.enrolmentSearch
  return framed(frame, context, {
    title: t('enrol.title'),
    status: faults.length > 0 ? 422 : found === 'nobody' ? 404 : 200,
    here: consolePaths.enrolments,
    body: html`<h1>${t('enrol.title')}</h1>
<p class="lead">${t('enrol.lead')}</p>
${faultBox(faults, context)}
${found === 'nobody' && html`<div class="notice" role="status"><h2>${t('enrol.nobody')}</h2><p>${t('enrol.nobody.text')}</p></div>`}
${
  found !== undefined &&
  found !== 'nobody' &&
  html`<div class="notice" role="status"><h2>${t('enrol.several')}</h2><p>${t('enrol.several.text')}</p>
${personList(found)}</div>`
}
<section class="sheet" aria-labelledby="someone-new"><h2 id="someone-new">${t('enrol.new')}</h2>
<p>${t('enrol.new.text')}</p>
<p class="actions"><a class="button" href="${consolePaths.enrolNew}?kind=citizen">${t('enrol.new.citizen')}</a>
<a class="button button-quiet" href="${consolePaths.enrolNew}?kind=professional">${t('enrol.new.professional')}</a></p></section>
<section class="sheet" aria-labelledby="someone-known"><h2 id="someone-known">${t('enrol.known')}</h2>
<p>${t('enrol.known.text')}</p>
<form method="post" action="${search}">
${hiddenField(frame, search)}
${textField({ name: 'identifier', label: t('people.identifier'), hint: t('enrol.identifier.hint.search'), value: view.values.identifier, most: 320 })}
<p class="actions"><button class="button">${t('people.search')}</button></p>
</form>
<details class="about" id="by-identity"${(faults.length > 0 || found !== undefined) && open}><summary>${t('enrol.by_identity')}</summary>
<p>${t('enrol.by_identity.text')}</p>
<form method="post" action="${search}">
${hiddenField(frame, search)}
${identityInputs(view.values, faults, context)}
<p class="actions"><button class="button">${t('people.search')}</button></p>
</form></details>
<p>${t('people.traced')}</p></section>
<section class="sheet prose" aria-labelledby="proofs"><h2 id="proofs">${t('enrol.proofs')}</h2>
<p>${t('enrol.proofs.text')}</p>
<ul>${kindsOf(view).map(
      (kind) =>
        html`<li><strong>${t(`enrol.proof.${kind}`)}</strong> · ${t(`level.${view.levels[kind]}`)}<br>${condition(kind, view, context)}</li>`,
    )}</ul>
${unaccepted(context)}</section>`,
  })
}

const open = html` open`

function personList(people: readonly PersonId[]): Html {
  return html`<ul class="plain">${people.map(
    (person) => html`<li><a href="${consolePaths.person(person)}"><code dir="ltr">${person}</code></a></li>`,
  )}</ul>`
}

// ── Proofs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What an agent may record, the strongest first. */
export const proofKinds = [...waysSeen, 'health_mailbox'] as const

/** Without a domain that the settings trust, a mailbox proves nothing. */
const kindsOf = ({ healthMailDomains }: ProofsView) =>
  proofKinds.filter((kind) => kind !== 'health_mailbox' || healthMailDomains.length > 0)

function condition(
  kind: (typeof proofKinds)[number],
  { healthMailDomains }: ProofsView,
  context: RequestContext,
): string {
  const { t, language } = context
  const domains = new Intl.ListFormat(localeOf(language), { type: 'disjunction' }).format(healthMailDomains)
  return t(`enrol.condition.${kind}`, kind === 'health_mailbox' ? { domains } : {})
}

/** What is no proof here, and why: told before anybody has taken the trouble. */
function unaccepted({ t }: RequestContext): Html {
  return html`<h3>${t('enrol.unaccepted')}</h3>
<ul>${['document_only', 'mailbox', 'provider'].map(
    (kind) => html`<li><strong>${t(`enrol.unaccepted.${kind}`)}</strong><br>${t(`enrol.unaccepted.${kind}.text`)}</li>`,
  )}</ul>`
}

function proofInputs(
  values: Values,
  faults: readonly FieldFault[],
  view: ProofsView & { /** R045. */ tooWeak?: readonly string[]; needed?: Level },
  context: RequestContext,
): Html {
  const { t } = context
  const { tooWeak = [], needed } = view
  return html`<fieldset class="picks" id="proof"><legend>${t('enrol.proof')}</legend>
${needed && html`<p>${t('enrol.needed', { level: t(`level.${needed}`) })}</p>`}
${kindsOf(view).map((kind) => {
  const isShort = tooWeak.includes(kind)
  return html`<div class="pick pick-told"><input type="radio" id="proof-${kind}" name="proof" value="${kind}" required aria-describedby="about-${kind}"${kind === values.proof && !isShort && checked}${isShort && html` disabled`}>
<p><label for="proof-${kind}">${t(`enrol.proof.${kind}`)} · ${t(`level.${view.levels[kind]}`)}</label>
<span class="hint" id="about-${kind}">${condition(kind, view, context)}${isShort && html` ${t('enrol.too_weak')}`}</span></p></div>`
})}</fieldset>
<details class="about"><summary>${t('enrol.unaccepted')}</summary>${unaccepted(context)}</details>
${textField({ ...common('mailbox', values, faults, context), hint: t('enrol.mailbox.hint'), optional: true, most: 254 })}
${dateField({ ...common('checked_on', values, faults, context), required: true })}
${textField({ ...common('evidence', values, faults, context), hint: t('enrol.evidence.hint'), optional: true, most: 200 })}`
}

// ── The three forms ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface EnrolFormView extends ProofsView {
  what: EnrolWhat
  /** Of whom it is; nobody yet when they are new. */
  person?: PersonId
  /** As it is stored: to be compared with the document. */
  identity?: Identity
  /** Whoever signs in needs one. */
  hasIdentifier?: boolean
  needed?: Level
  tooWeak?: readonly string[]
  values: Values
  faults: readonly FieldFault[]
  /** The identity that was typed is that of somebody. */
  known?: PersonId
}

export function enrolFormPage(view: EnrolFormView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { what, person, identity, values, faults } = view
  const here = person
    ? what === 'change'
      ? consolePaths.identity(person)
      : consolePaths.enrolKnown(person)
    : `${consolePaths.enrolNew}?kind=${what}`
  const title = t(`enrol.form.${what}`)
  const path = consolePaths.drafts
  return framed(frame, context, {
    title,
    status: faults.length > 0 || view.known ? 422 : 200,
    here,
    body: html`<h1>${title}</h1>
<p class="lead">${t(`enrol.form.${what}.text`)}</p>
${faultBox(faults, context)}
${
  view.known &&
  html`<div class="notice" role="alert"><h2>${t('enrol.is_known')}</h2><p>${t('enrol.is_known.text')}</p>
<p class="actions"><a class="button" href="${consolePaths.enrolKnown(view.known)}">${t('enrol.is_known.go')}</a></p></div>`
}
${identity && html`<section class="sheet" aria-labelledby="stored"><h2 id="stored">${t('enrol.stored')}</h2>${identityList(identity, context)}</section>`}
<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="what" value="${what}">
${person && html`<input type="hidden" name="person" value="${person}">`}
${what === 'professional' && textField({ ...common('rpps', values, faults, context), hint: t('enrol.rpps.hint'), most: 20 })}
${
  (what === 'citizen' || (what === 'change' && identity?.kind === 'pivot')) &&
  html`<h2 class="part">${t('enrol.identity')}</h2>
<p>${t('enrol.identity.text')}</p>
${identityInputs(values, faults, context)}`
}
${(what === 'citizen' || what === 'known') && identifierInputs(view, context)}
<h2 class="part">${t('enrol.proofs')}</h2>
${proofInputs(values, faults, view, context)}
<p class="actions"><button class="button">${t('enrol.check')}</button>
<a href="${person ? consolePaths.person(person) : consolePaths.enrolments}">${t('console.cancel')}</a></p>
</form>`,
  })
}

/** Nobody to enrol from this page: the identity in force is not known. */
export function identityUnknownPage(person: PersonId, frame: Frame, context: RequestContext): Page {
  const { t } = context
  return framed(frame, context, {
    title: t('enrol.no_identity'),
    status: 409,
    here: consolePaths.enrolKnown(person),
    body: html`<h1>${t('enrol.no_identity')}</h1><p class="lead">${t('enrol.no_identity.text')}</p>
<p class="actions"><a href="${consolePaths.person(person)}">${t('person.title')}</a></p>`,
  })
}

function identifierInputs({ values, faults, hasIdentifier }: EnrolFormView, context: RequestContext): Html {
  const { t } = context
  const kind = values.identifier_kind ?? 'login_name'
  return html`<h2 class="part">${t('enrol.identifier')}</h2>
<p>${t(hasIdentifier ? 'enrol.identifier.another' : 'enrol.identifier.text')}</p>
<p class="ask"><label for="identifier_kind">${t('enrol.identifier_kind')}</label>
<select id="identifier_kind" name="identifier_kind">${identifierKinds.map(
    (one) => html`<option value="${one}"${one === kind && selected}>${t(`identifier.${one}`)}</option>`,
  )}</select></p>
${textField({ ...common('identifier', values, faults, context), hint: t('enrol.identifier.hint'), optional: hasIdentifier === true, most: 320 })}`
}

function identityInputs(values: Values, faults: readonly FieldFault[], context: RequestContext): Html {
  const { t, language } = context
  const field = (name: FieldName) => common(name, values, faults, context)
  const { wrong } = field('gender')
  const country = values.birthcountry ?? france
  return html`${textField({ ...field('given_name'), hint: t('enrol.given_name.hint'), most: 256 })}
${textField({ ...field('family_name'), most: 256 })}
${textField({ ...field('preferred_username'), hint: t('enrol.preferred_username.hint'), optional: true, most: 256 })}
${textField({ ...field('birthdate'), hint: t('enrol.birthdate.hint'), most: 10 })}
<p class="ask"><label for="gender">${t('claim.gender')}</label>
<select id="gender" name="gender" required${wrong && html` aria-describedby="${wrong}" aria-invalid="true"`}><option value=""></option>${[
    'female',
    'male',
    'unspecified',
  ].map(
    (one) => html`<option value="${one}"${one === values.gender && selected}>${t(`gender.${one}`)}</option>`,
  )}</select></p>
<p class="ask"><label for="birthcountry">${t('claim.birthcountry')}</label>
<select id="birthcountry" name="birthcountry" required>${birthplaces
    .countries(language)
    .map(
      ({ code, name }) => html`<option value="${code}"${code === country && selected}>${name}</option>`,
    )}</select></p>
${communeInput(values, faults, context)}`
}

/** A name that several communes have is answered with the list of them. */
function communeInput(values: Values, faults: readonly FieldFault[], context: RequestContext): Html {
  const { t } = context
  const field = common('birthplace', values, faults, context)
  const isOfSeveral = faults.some(({ field: name, reason }) => name === 'birthplace' && reason === 'commune_of_several')
  if (!isOfSeveral) {
    return textField({ ...field, hint: t('enrol.birthplace.hint'), optional: true, most: 100 })
  }
  return html`<p class="ask"><label for="birthplace">${field.label}</label>
<select id="birthplace" name="birthplace" aria-describedby="fault-birthplace" aria-invalid="true"><option value=""></option>${birthplaces
    .communesNamed(values.birthplace ?? '')
    .map(
      ({ code, name, department }) =>
        html`<option value="${code}">${name} (${department || code.slice(0, 2)}, ${code})</option>`,
    )}</select></p>`
}

// ── What would be recorded ──────────────────────────────────────────────────────────────────────────────────────────

export interface DraftView extends Readonly<Prepared> {
  draft: string
  /** Of a health mailbox. */
  mailbox?: { outcome: 'sent' | 'too_many' | 'not_sent'; wrong: boolean } | 'proved'
}

export function draftPage(view: DraftView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { proof, identifier, mailbox, person } = view
  const path = consolePaths.draft(view.draft)
  const isWrong = typeof mailbox === 'object' && mailbox.wrong
  const rows: [string, Html | string][] = [
    ...(identifier
      ? [[t(`identifier.${identifier.kind}`), html`<bdi dir="ltr">${identifier.value}</bdi>`] as [string, Html]]
      : []),
    [t('enrol.proof'), proofInWords(proof, context)],
    [t('enrol.checked_on'), dayInWords(view.checkedOn, context)],
    ...(view.evidence ? [[t('enrol.evidence'), html`<bdi>${view.evidence}</bdi>`] as [string, Html]] : []),
    [t('enrol.reached'), t(`level.${view.level}`)],
  ]
  return framed(frame, context, {
    title: t('enrol.confirm'),
    status: isWrong ? 403 : 200,
    here: path,
    body: html`<h1>${t('enrol.confirm')}</h1>
<p class="lead">${t(view.before ? 'enrol.confirm.change' : 'enrol.confirm.text')}</p>
${view.resembling.length > 0 && html`<div class="notice"><h2>${t('enrol.resembles')}</h2><p>${t('enrol.resembles.text')}</p>${personList(view.resembling)}</div>`}
<section class="sheet" aria-labelledby="who"><h2 id="who">${t('enrol.identity')}</h2>
${view.before ? changeTable(view.before, view.identity, context) : identityList(view.identity, context)}
${view.profession && html`<p>${t('enrol.register_says', { profession: view.profession })}</p>`}</section>
<section class="sheet" aria-labelledby="what"><h2 id="what">${t('enrol.proofs')}</h2>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>
${typeof mailbox === 'object' && html`<p class="notice" role="status">${t(`enrol.mailbox.${mailbox.outcome}`)}</p>`}
${isWrong && html`<div class="notice" id="code-fault" role="alert"><p>${t('enrol.mailbox.wrong')}</p></div>`}
<form method="post" action="${path}">
${hiddenField(frame, path)}
${
  typeof mailbox === 'object' &&
  html`<p class="ask"><label for="code">${t('enrol.mailbox.code')}</label>
<input id="code" name="code" dir="ltr" inputmode="numeric" autocomplete="off" maxlength="10"${isWrong && html` aria-invalid="true" aria-describedby="code-fault"`}></p>`
}
<p class="actions"><button class="button" name="act" value="confirm">${t(view.before ? 'enrol.confirm.change.go' : 'enrol.confirm.go')}</button>
${typeof mailbox === 'object' && html`<button class="button button-quiet" name="act" value="send">${t('enrol.mailbox.again')}</button>`}
<a href="${formOf(view)}">${t('enrol.correct')}</a>
<a href="${person ? consolePaths.person(person) : consolePaths.enrolments}">${t('console.cancel')}</a></p>
</form>`,
  })
}

/** Back to the form, with what was typed. */
function formOf({ what, person, draft }: Pick<DraftView, 'what' | 'person' | 'draft'>): string {
  const query = `draft=${draft}`
  if (!person) return `${consolePaths.enrolNew}?kind=${what}&${query}`
  return `${what === 'change' ? consolePaths.identity(person) : consolePaths.enrolKnown(person)}?${query}`
}

/** Nothing was recorded: something came between the form and its confirmation. */
export function draftRefusedPage(
  view: Pick<DraftView, 'what' | 'person' | 'draft'> & { reasons: readonly string[] },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { person } = view
  return framed(frame, context, {
    title: t('register.refused'),
    status: 409,
    here: consolePaths.draft(view.draft),
    body: html`<h1>${t('register.refused')}</h1>
<ul class="plain">${view.reasons.map((reason) => html`<li>${t(`enrol.fault.${reason}`)}</li>`)}</ul>
<p class="actions"><a class="button" href="${formOf(view)}">${t('enrol.correct')}</a>
${person && html`<a href="${consolePaths.person(person)}">${t('person.title')}</a>`}</p>`,
  })
}

export function draftGonePage(frame: Frame, context: RequestContext): Page {
  const { t } = context
  return framed(frame, context, {
    title: t('enrol.gone'),
    status: 410,
    here: consolePaths.enrolments,
    body: html`<h1>${t('enrol.gone')}</h1><p class="lead">${t('enrol.gone.text')}</p>
<p class="actions"><a class="button" href="${consolePaths.enrolments}">${t('enrol.title')}</a></p>`,
  })
}

// ── What came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface OutcomeView {
  person: PersonId
  enrolment: Enrolment
  /** Who checked. */
  agent: string
  identifiers: readonly Identifier[]
  hasMeans: boolean
  /** A code may still follow this check. */
  mayActivate: boolean
  /** One that was given and not used. */
  waiting?: { expiresAt: Instant }
}

export function outcomePage(view: OutcomeView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { person, enrolment, waiting } = view
  const path = consolePaths.activation(person, enrolment.enrolment)
  const rows: [string, Html | string][] = [
    [t('enrol.reached'), t(`level.${enrolment.level}`)],
    [t('enrol.proof'), provedBy(enrolment, context)],
    [t('enrol.checked_on'), enrolledOn(enrolment, frame, context)],
    [t('enrol.recorded'), instant(enrolment.at, frame, context)],
    [t('enrol.agent'), html`<bdi>${view.agent}</bdi>`],
    [t('enrol.identifiers'), identifierList(view.identifiers, context)],
  ]
  return framed(frame, context, {
    title: t('enrol.outcome'),
    here: consolePaths.enrolment(person, enrolment.enrolment),
    body: html`<h1>${t('enrol.outcome')}</h1>
<p class="lead">${t(`enrol.outcome.${enrolment.level}`)}</p>
<section class="sheet" aria-labelledby="why"><h2 id="why">${t('enrol.outcome.why')}</h2>
<p>${why(enrolment, context)}</p>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>
<section class="sheet" aria-labelledby="hand"><h2 id="hand">${t('activation.hand')}</h2>
<p>${t(view.hasMeans ? 'activation.has_means' : 'activation.text')}</p>
${waiting && html`<p class="notice">${t('activation.replaces', { date: instant(waiting.expiresAt, frame, context) })}</p>`}
${
  view.mayActivate
    ? html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<p class="actions"><button class="button${view.hasMeans && ' button-quiet'}">${t('activation.make')}</button></p>
</form>`
    : html`<p class="notice">${t('activation.too_old')}</p>`
}</section>
<p class="actions"><a href="${consolePaths.person(person)}">${t('person.title')}</a>
<a href="${consolePaths.enrolments}">${t('enrol.next')}</a></p>`,
  })
}

function why({ proof, seen }: Enrolment, { t }: RequestContext): string {
  return t(proof === 'document' && seen ? `enrol.why.${seen}` : `enrol.why.${proof}`)
}

function identifierList(identifiers: readonly Identifier[], { t }: RequestContext): Html | string {
  if (identifiers.length === 0) return t('enrol.identifiers.none')
  return html`${identifiers.map(
    ({ kind, value }) =>
      html`<span class="line"><bdi dir="ltr">${shownIdentifier(kind, value)}</bdi> (${t(`identifier.${kind}`)})</span> `,
  )}`
}

/** As it stands on the professional's card: eleven digits. */
function shownIdentifier(kind: Identifier['kind'], value: string): string {
  return kind === 'rpps' ? value.slice(1) : value
}

export interface ActivationSheetView {
  person: PersonId
  enrolment: EnrolmentId
  code: string
  expiresAt: Instant
  identifiers: readonly Identifier[]
  /** Where the code is typed. */
  address: string
}

/** The sheet that is printed, or read by the person's telephone from the screen. */
export function activationSheetPage(view: ActivationSheetView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { address, code } = view
  const page = framed(frame, context, {
    title: t('activation.title'),
    here: consolePaths.activation(view.person, view.enrolment),
    script: meansScript,
    body: html`<h1>${t('activation.title')}</h1>
<p class="lead no-print">${t('activation.lead')}</p>
<section class="sheet prose" aria-labelledby="sheet"><h2 id="sheet">${t('activation.sheet')}</h2>
<ol><li>${t('activation.step.open')}<br><strong><code dir="ltr">${address}</code></strong></li>
<li>${t('activation.step.type')}<br><code class="secret" dir="ltr">${code}</code></li>
<li>${t('activation.step.choose')}</li>
<li>${t('activation.step.sign_in')} ${identifierList(view.identifiers, context)}</li></ol>
<p>${t('activation.until', { date: instant(view.expiresAt, frame, context) })}</p>
<p>${t('activation.secret')}</p>
<div class="qr" role="img" aria-label="${t('activation.qr')}">${qrCode(`${address}?code=${code}`)}</div></section>
<p class="actions no-print"><button class="button button-quiet" type="button" data-print hidden>${t('activation.print')}</button>
<a class="button" href="${consolePaths.enrolment(view.person, view.enrolment)}">${t('activation.handed')}</a></p>`,
  })
  return page
}

export function activationHiddenPage(
  { person, enrolment }: Pick<ActivationSheetView, 'person' | 'enrolment'>,
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  return framed(frame, context, {
    title: t('activation.hidden'),
    status: 410,
    here: consolePaths.activation(person, enrolment),
    body: html`<h1>${t('activation.hidden')}</h1><p class="lead">${t('activation.hidden.text')}</p>
<p class="actions"><a class="button" href="${consolePaths.enrolment(person, enrolment)}">${t('enrol.outcome')}</a></p>`,
  })
}

// ── An identity in words ────────────────────────────────────────────────────────────────────────────────────────────

function proofInWords(proof: TypedProof, { t }: RequestContext): Html | string {
  if (proof.kind === 'document') return t(`enrol.proof.${proof.seen}`)
  return html`${t('enrol.proof.health_mailbox')} <bdi dir="ltr">${proof.address}</bdi>`
}

const shownOf = (identity: Identity): readonly string[] =>
  identity.kind === 'pivot' ? identityFields : ['nationalId', 'given_name', 'family_name']

function identityList(identity: Identity, context: RequestContext): Html {
  return html`<dl class="data">${shownOf(identity).map(
    (field) => html`<div><dt>${labelOf(field, context)}</dt><dd>${shownValue(identity, field, context)}</dd></div>`,
  )}</dl>`
}

function changeTable(before: Identity, after: Identity, context: RequestContext): Html {
  const { t } = context
  return html`<dl class="data">${shownOf(after).map((field) => {
    const [old, fresh] = [shownValue(before, field, context), shownValue(after, field, context)]
    const isSame = String(old) === String(fresh)
    return html`<div><dt>${labelOf(field, context)}</dt><dd>${
      isSame
        ? html`${fresh} <span class="empty">(${t('enrol.unchanged')})</span>`
        : html`<span class="line">${t('enrol.before')} <del>${old}</del></span> <span class="line">${t('enrol.after')} <ins>${fresh}</ins></span>`
    }</dd></div>`
  })}</dl>`
}

const labelOf = (field: string, { t }: RequestContext) =>
  t(field === 'nationalId' ? 'claim.professional.preferred_username' : `claim.${field}`)

function shownValue(identity: Identity, field: string, context: RequestContext): Html {
  const { t, language } = context
  const text = String((identity as unknown as Record<string, unknown>)[field] ?? '')
  if (text === '') return html`<span class="empty">${t('claim.empty')}</span>`
  if (field === 'gender') return html`${t(`gender.${text}`)}`
  if (field === 'birthdate') return html`${birthdateInWords(text, context)}`
  if (field === 'birthcountry') return html`<bdi>${birthplaces.countryOf(text, language) ?? text}</bdi>`
  if (field === 'birthplace') return html`<bdi>${birthplaces.communeOf(text) ?? ''}</bdi> (${text})`
  return html`<bdi>${text}</bdi>`
}

/** Only the parts that somebody knows. */
function birthdateInWords(text: string, { t, language }: RequestContext): string {
  const [year = '', month, day] = text.split('-')
  const style =
    month === '00' ? { year: 'numeric' } : day === '00' ? { month: 'long', year: 'numeric' } : { dateStyle: 'long' }
  const format = new Intl.DateTimeFormat(localeOf(language), {
    ...style,
    timeZone: 'UTC',
  } as Intl.DateTimeFormatOptions)
  const date = format.format(toDate(Date.UTC(Number(year), Math.max(Number(month), 1) - 1, Math.max(Number(day), 1))))
  return day === '00' ? t('claim.presumed', { date }) : date
}

// ── Fields ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function common(name: FieldName, values: Values, faults: readonly FieldFault[], context: RequestContext) {
  const isWrong = faults.some(({ field }) => field === name)
  return {
    name,
    label: fieldLabel(name, context),
    value: values[name],
    ...(isWrong ? { wrong: `fault-${name}` } : {}),
  }
}

function fieldLabel(field: FieldName, { t }: RequestContext): string {
  return t((identityFields as readonly string[]).includes(field) ? `claim.${field}` : `enrol.${field}`)
}

/** Every fault at once, each leading to its field. */
function faultBox(faults: readonly FieldFault[], context: RequestContext): Html | undefined {
  if (faults.length === 0) return undefined
  const { t } = context
  return html`<div class="notice" role="alert"><h2>${t('register.refused')}</h2>
<ul class="plain">${faults.map(
    ({ field, reason }) =>
      html`<li id="fault-${field}"><a href="#${field}">${fieldLabel(field, context)}</a> – ${t(`enrol.fault.${reason}`)}</li>`,
  )}</ul></div>`
}
