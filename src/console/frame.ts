/** What the operators' pages have in common: their addresses, the way between them, fields, dates. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type {
  ApiClientId,
  ApprovalId,
  CaseId,
  CollisionId,
  EnrolmentId,
  MandateId,
  MeansId,
  OrganisationId,
  PersonId,
  PhoneId,
  ProviderId,
  RepresentationId,
  ServiceId,
  StaffId,
  SupportRequestId,
} from '../kernel/ids.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import type { Said } from '../partners/problems.ts'
import type { Subject } from '../partners/versions.ts'
import { operatorPaths } from '../staff/pages.ts'
import { operationsPaths } from './operations-paths.ts'
import { has } from './rights.ts'

/** Of the addresses of what has versions. */
export const segments = { service: 'services', provider: 'providers', partner: 'partners' } as const

export const consolePaths = {
  home: '/console',
  register: '/console/means',
  csv: '/console/means.csv',
  json: '/console/means.json',
  /** GET `?entry=`: the form. POST `entry`, `service`, `author`, `risk_analysis`, `decided_on`. */
  homologate: '/console/means/homologate',
  /** GET `?entry=`: the form. POST `entry`, `class`, `factors`, `certificate`, `certificate_until`, `valid_until`. */
  declare: '/console/means/declare',
  /** POST `homologation`. */
  withdraw: '/console/means/withdraw',
  /** POST `entry`, `declaration`. */
  undeclare: '/console/means/undeclare',
  /** GET: the form. POST `identifier`: a person's id or an exact identifier of theirs. */
  people: '/console/people',
  /** GET the form. POST `identifier`. */
  protection: '/console/protection',
  protectionOf: (person: PersonId) => `/console/people/${person}/protection`,
  /** POST `id`, `reason`. */
  freezePerson: (person: PersonId) => `/console/people/${person}/protection/freeze`,
  /** POST `id`, `reason`, `evidence`, `blocks`. */
  thawPerson: (person: PersonId) => `/console/people/${person}/protection/thaw`,
  person: (person: PersonId) => `/console/people/${person}`,
  /** POST `change=suspend|resume|revoke`, `reason`. */
  means: (person: PersonId, means: MeansId) => `/console/people/${person}/means/${means}`,
  /** POST `reason`. */
  phone: (person: PersonId, phone: PhoneId) => `/console/people/${person}/phones/${phone}`,
  /** POST. */
  unlock: (person: PersonId) => `/console/people/${person}/unlock`,
  /** GET: how one enrols somebody, and the search. */
  enrolments: '/console/enrolments',
  /** POST `identifier`, or the fields of an identity. */
  enrolmentSearch: '/console/enrolments/search',
  /** GET `?kind=citizen|professional`, `?draft=`: the form. */
  enrolNew: '/console/enrolments/new',
  /** GET: the form for a new check of somebody who is known. */
  enrolKnown: (person: PersonId) => `/console/people/${person}/enrol`,
  /** GET: the form for another identity. */
  identity: (person: PersonId) => `/console/people/${person}/identity`,
  /** POST: any of the three forms. */
  drafts: '/console/enrolments/drafts',
  /** GET: what would be recorded. POST `act=confirm|send`, `code`. */
  draft: (draft: string) => `/console/enrolments/drafts/${draft}`,
  /** GET: what came of it. */
  enrolment: (person: PersonId, enrolment: EnrolmentId) => `/console/people/${person}/enrolments/${enrolment}`,
  /** POST: makes a code. GET: the sheet to hand over. */
  activation: (person: PersonId, enrolment: EnrolmentId) =>
    `/console/people/${person}/enrolments/${enrolment}/activation`,
  /** POST. */
  withdrawActivation: (person: PersonId) => `/console/people/${person}/activation/withdraw`,
  /** GET `?name=`, `about=`, `id=`, `from=`, `until=`, `outcome=`, `reason=`, `before=`: the form, and what it finds. */
  journal: '/console/journal',
  /** GET: the same question, as a file. */
  journalCsv: '/console/journal.csv',
  journalJson: '/console/journal.json',
  fact: (sequence: bigint) => `/console/journal/${sequence}`,
  proof: (sequence: bigint) => `/console/journal/${sequence}/proof.json`,
  /** GET `?state=open|closed`, `after=`, or `?q=`: exactly a number, or a code that was quoted. */
  requests: '/console/support',
  request: (request: SupportRequestId) => `/console/support/${request}`,
  /** POST `text`, `seen`, `answer`. */
  answerRequest: (request: SupportRequestId) => `/console/support/${request}/answer`,
  /** POST `reason`, `seen`. */
  closeRequest: (request: SupportRequestId) => `/console/support/${request}/close`,
  /** POST `seen`. */
  reopenRequest: (request: SupportRequestId) => `/console/support/${request}/reopen`,
  /** GET `?state=`, `origin=`, `service=`, `provider=`, `overdue=1`, `after=`, or `?q=`: exactly a reference. */
  cases: '/console/cases',
  /** GET `?until=`: a month. */
  casesStatistics: '/console/cases/statistics',
  casesStatisticsCsv: '/console/cases/statistics.csv',
  /** GET: cases about accounts of the hub itself, for managers of means. */
  casesMeans: '/console/cases/means',
  /** GET: each reading is a fact. */
  case: (id: CaseId) => `/console/cases/${id}`,
  /** GET: each reading is a fact. */
  caseEvidence: (id: CaseId) => `/console/cases/${id}/evidence`,
  /** POST `seen` and the fields of the step. `notify` is a page as well: whom it would tell. */
  caseStep: (id: CaseId, step: 'qualify' | 'notify' | 'conclude' | 'revise' | 'close' | 'note') =>
    `/console/cases/${id}/${step}`,
  detection: '/console/detection',
  /** GET `?before=`, or the values of a proposal. POST `act=review|confirm|edit`, `seen`, `mode` and the values. */
  detectionRule: (rule: string) => `/console/detection/${rule}`,
  /** GET `?q=`: a number, or words of a name. */
  organisations: '/console/organisations',
  /** GET `?after=` and `?firm=` for its mandates: each reading is a fact. */
  organisation: (organisation: OrganisationId) => `/console/organisations/${organisation}`,
  /** GET: the form. POST: the fields of a document, `reason`, `id`. */
  newRepresentative: (organisation: OrganisationId) => `/console/organisations/${organisation}/representatives`,
  /** GET: what it would do. POST `sure`. */
  withdrawRepresentative: (organisation: OrganisationId, representation: RepresentationId) =>
    `/console/organisations/${organisation}/representatives/${representation}/withdraw`,
  /** GET `?q=`: exactly an id, or as for organisations. */
  mandates: '/console/mandates',
  /** GET `?weeks=`. */
  mandatesStatistics: '/console/mandates/statistics',
  /** GET: each reading is a fact. */
  mandate: (mandate: MandateId) => `/console/mandates/${mandate}`,
  /** POST `id`, `reason`. */
  stopMandate: (mandate: MandateId, act: 'suspend' | 'resume' | 'end') => `/console/mandates/${mandate}/${act}`,
  jobs: '/console/jobs',
  /** GET: what failed. POST `act=retry|retry_all|discard`, `job`, `reason`. */
  queue: (queue: string) => `/console/jobs/${queue}`,
  /** GET `?after=`: what waits, and what is over. */
  approvals: '/console/approvals',
  approval: (approval: ApprovalId) => `/console/approvals/${approval}`,
  /** POST `sure`: the answer may hold a secret or a link. */
  confirmApproval: (approval: ApprovalId) => `/console/approvals/${approval}/confirm`,
  /** POST `answer`. */
  declineApproval: (approval: ApprovalId) => `/console/approvals/${approval}/decline`,
  /** POST. */
  withdrawApproval: (approval: ApprovalId) => `/console/approvals/${approval}/withdraw`,
  /** GET: the form. POST `purpose`, `what=rotate|revoke`, `reason`, `id`. */
  changeKeys: '/console/keys',
  /** GET: who runs the hub. POST `name`, `roles`, `mail`, `language`, `reason`, `id`, or `operator`: asks for a link. */
  operators: '/console/operators',
  /** GET `?q=`, `partner=`, `state=`, `level=`, `page=`. */
  services: '/console/services',
  service: (id: ServiceId) => `/console/services/${id}`,
  /** GET: what it would do. POST: does it. */
  withdrawService: (id: ServiceId) => `/console/services/${id}/withdraw`,
  /** POST `scope`, `asked_at`, `act=grant|refuse`, `answer`. */
  scopes: (id: ServiceId) => `/console/services/${id}/scopes`,
  /** POST `seen`, `overlap`, `reason`, `id`. */
  secret: (id: ServiceId) => `/console/services/${id}/secret`,
  /** POST `seen`, `reason`, `id`. */
  endSecret: (id: ServiceId) => `/console/services/${id}/secret/end`,
  provider: (id: ProviderId) => operationsPaths.provider(id),
  /** GET `?q=`, `page=`. */
  partners: '/console/partners',
  partner: (id: string) => `/console/partners/${id}`,
  /** POST `name`, `mail`, `roles`, `language`: the answer holds the link. */
  partnerStaff: (id: string) => `/console/partners/${id}/staff`,
  /** POST `change=suspend|restore|remove|link`. */
  staffMember: (id: string, staff: StaffId) => `/console/partners/${id}/staff/${staff}`,
  pageOf: ({ kind, id }: Subject) => `/console/${segments[kind]}/${id}`,
  /** GET: what it would change. POST `edit`, `over`, and where it takes two operators `reason`, `id`. */
  draftOf: ({ kind, id }: Subject) => `/console/${segments[kind]}/${id}/draft`,
  /** GET: what coming back to it would change. POST `over`, and where it takes two operators `reason`, `id`. */
  version: ({ kind, id }: Subject, number: number) => `/console/${segments[kind]}/${id}/versions/${number}`,
  /** GET. POST `id`, `name`, `jwks`, `scopes`, `operator`, `reason`. */
  programs: '/console/programs',
  program: (client: ApiClientId) => `/console/programs/${client}`,
  /** POST `id`, `jwks`, `seen`, `reason`. */
  programKeys: (client: ApiClientId) => `/console/programs/${client}/keys`,
  /** POST `id`, `scopes`, `seen`, `reason` where it is more than before. */
  programScopes: (client: ApiClientId) => `/console/programs/${client}/scopes`,
  /** POST `sure`. */
  removeProgram: (client: ApiClientId) => `/console/programs/${client}/remove`,
  settings: '/console/settings',
  publicKeys: '/console/settings/keys.json',
  journalKeys: '/console/settings/journal-keys.json',
  collisions: '/console/collisions',
  collision: (collision: CollisionId) => `/console/collisions/${collision}`,
  /** GET `?outcome=`, `link=`: what would become of whom. POST the same with `state`. */
  decideCollision: (collision: CollisionId) => `/console/collisions/${collision}/decision`,
} as const

export interface Frame {
  name: string
  roles: readonly OperatorRole[]
  /** IANA name of the zone in which dates are written. */
  timeZone: string
  /** A warning with names in place of ids. */
  named<S extends Said>(said: S): S
  /** For a form to this address. */
  verifier(path: string): string
}

export function framed(frame: Frame, { t }: RequestContext, page: Page & { here: string }): Page {
  const places: [string, string][] = [
    [consolePaths.home, t('console.home.title')],
    ...(has(frame.roles, 'second') ? [[consolePaths.approvals, t('two.title')] as [string, string]] : []),
    ...(has(frame.roles, 'services') ? [[consolePaths.services, t('services.title')] as [string, string]] : []),
    ...(has(frame.roles, 'providers')
      ? ([
          [operationsPaths.providers, t('ops.providers.title')],
          [operationsPaths.incidents, t('ops.incidents.title')],
          [operationsPaths.banners, t('ops.banners.title')],
        ] satisfies [string, string][])
      : []),
    ...(has(frame.roles, 'register') ? [[consolePaths.register, t('register.title')] as [string, string]] : []),
    ...(has(frame.roles, 'people') ? [[consolePaths.people, t('people.title')] as [string, string]] : []),
    ...(has(frame.roles, 'protect') ? [[consolePaths.protection, t('protection.title')] as [string, string]] : []),
    ...(has(frame.roles, 'enrol') ? [[consolePaths.enrolments, t('enrol.title')] as [string, string]] : []),
    ...(has(frame.roles, 'collisions') ? [[consolePaths.collisions, t('collisions.title')] as [string, string]] : []),
    ...(has(frame.roles, 'requests') ? [[consolePaths.requests, t('requests.title')] as [string, string]] : []),
    ...(has(frame.roles, 'cases') ? [[consolePaths.cases, t('cases.title')] as [string, string]] : []),
    ...(has(frame.roles, 'detection') ? [[consolePaths.detection, t('detection.title')] as [string, string]] : []),
    ...(has(frame.roles, 'organisations')
      ? ([
          [consolePaths.organisations, t('organisations.title')],
          [consolePaths.mandates, t('office.mandates')],
        ] satisfies [string, string][])
      : []),
    ...(has(frame.roles, 'breaches') ? [['/console/breaches', t('breaches.title')] as [string, string]] : []),
    ...(has(frame.roles, 'journal') ? [[consolePaths.journal, t('journal.title')] as [string, string]] : []),
    ...(has(frame.roles, 'jobs') ? [[consolePaths.jobs, t('jobs.title')] as [string, string]] : []),
    ...(has(frame.roles, 'settings') ? [[consolePaths.settings, t('settings.title')] as [string, string]] : []),
  ]
  return {
    ...page,
    hasForm: true,
    body: html`<nav class="places" aria-label="${t('console.places')}"><ul>${places.map(
      ([path, label]) =>
        html`<li><a href="${path}"${path === page.here && html` aria-current="page"`}>${label}</a></li>`,
    )}</ul>
<form method="post" action="${operatorPaths.signOut}">
<input type="hidden" name="verifier" value="${frame.verifier(operatorPaths.signOut)}">
<button class="link">${t('console.leave')}</button>
</form></nav>
${page.body}`,
  }
}

export function refusal(reasons: readonly string[], context: RequestContext): Html | undefined {
  if (reasons.length === 0) return undefined
  return html`<div class="notice" role="alert"><h2>${context.t('register.refused')}</h2>${reasonList(reasons, context)}</div>`
}

export function reasonList(reasons: readonly string[], { t }: RequestContext): Html {
  return html`<ul class="plain">${reasons.map((reason) => html`<li>${t(`reason.${reason}`)}</li>`)}</ul>`
}

/** What was typed before, by field. */
export type Typed = Readonly<Record<string, string | readonly string[] | undefined>>

interface Field {
  name: string
  label: string
  value: Typed[string]
  /** Id of what says why it is wrong. */
  wrong?: string | undefined
}

export const selected = html` selected`
export const checked = html` checked`

/** The hidden field by which a form to this address is known to be ours. */
export function hiddenField(frame: Frame, path: string): Html {
  return html`<input type="hidden" name="verifier" value="${frame.verifier(path)}">`
}

export function textField({
  name,
  label,
  hint,
  value,
  optional,
  wrong,
  most = 120,
}: Field & { hint?: string; optional?: boolean; most?: number }): Html {
  const about = [...(hint ? [`${name}-hint`] : []), ...(wrong ? [wrong] : [])].join(' ')
  return html`<p class="ask"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" maxlength="${most}" value="${value}" autocomplete="off"${!optional && html` required`}${about && html` aria-describedby="${about}"`}${wrong && html` aria-invalid="true"`}>
${hint && html`<span class="hint" id="${name}-hint">${hint}</span>`}</p>`
}

export function dateField({ name, label, value, required, wrong }: Field & { required?: boolean }): Html {
  return html`<p class="ask"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="date" value="${value}"${required && html` required`}${wrong && html` aria-describedby="${wrong}" aria-invalid="true"`}></p>`
}

const lists = inEachLanguage((language) => new Intl.ListFormat(localeOf(language), { type: 'conjunction' }))

/** Several words as the language lists them. */
export const listed = (words: readonly string[], { language }: RequestContext): string => lists[language].format(words)

export const date = (at: Instant, { timeZone }: Frame, { language }: RequestContext) =>
  format(language, timeZone, { dateStyle: 'long' }).format(at)

/** Of a birth date the year alone, which tells two namesakes apart on a screen that others see. */
export const masked = (birthdate: string) => `${birthdate.slice(0, 4)}-••-••`

/** A day of the calendar, `2026-11-22`, wherever on Earth. */
export const dayInWords = (day: string, { language }: RequestContext) =>
  format(language, 'UTC', { dateStyle: 'long' }).format(Date.parse(day))

/** Of an end that a register or a document gives as a day: it is over when that day is, in UTC. */
export const lastDay = (until: Instant, context: RequestContext) =>
  dayInWords(
    toDate(until - 1)
      .toISOString()
      .slice(0, 10),
    context,
  )

export const instant = (at: Instant, { timeZone }: Frame, { language }: RequestContext) =>
  format(language, timeZone, { dateStyle: 'long', timeStyle: 'short' }).format(at)

function format(language: Language, timeZone: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(localeOf(language), { ...style, timeZone })
}
