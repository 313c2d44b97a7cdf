/** The operators' pages on a whole hub, over HTTP: every role at every address, and what each of them writes down. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { enrolPerson, formOf, newOperator, optionsIn, signIn, type TestOperator } from '../../test/support/operators.ts'
import { factsOf } from '../../test/support/records.ts'
import { routesOf } from '../../test/support/routes.ts'
import { formsOf, formTo, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { approvalKinds, approvalStates } from '../approvals/approvals.ts'
import { approvalsMessages } from '../approvals/messages.ts'
import { subjectFields } from '../audit/audit.ts'
import { breachEventNames, changedFields, fieldProblems } from '../breaches/breaches.ts'
import { breachLetters } from '../breaches/letters.ts'
import { breachMessages } from '../breaches/messages.ts'
import { statementProblems, statementTexts } from '../breaches/statements.ts'
import { similarities, type TimelineKind, vias } from '../cases/cases.ts'
import { createTranslator } from '../http/messages.ts'
import { day, minute } from '../kernel/durations.ts'
import { type MeansId, newId, type PersonId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { documentKinds, representationEnds } from '../kernel/representations.ts'
import { type OperatorRole, operatorRoles, staffRoles } from '../kernel/roles.ts'
import { actingMessages } from '../login/acting-messages.ts'
import { loginMessages } from '../login/messages.ts'
import { meansKinds, meansReasons } from '../means/means.ts'
import { scopeStates, versionCauses } from '../partners/versions.ts'
import { comparedFields } from '../people/people.ts'
import {
  askedItems,
  assessmentProblems,
  breachStates,
  closings,
  dataKinds,
  decisions,
  descriptionProblems,
  natures,
  peopleKinds,
  risks,
  stepRefusals as stepRefusalsOfBreach,
  tellings,
} from '../policy/breach.ts'
import {
  caseCloseReasons,
  caseStates,
  checkAnswers,
  duties,
  checks as flowChecks,
  matches,
  measuresOf,
  origins,
  stepRefusals,
  stolenCredentials,
  verdicts,
} from '../policy/case-flow.ts'
import { detectionModes, detectionRules, parametersOf } from '../policy/detection.ts'
import { factorKinds } from '../policy/factors.ts'
import { actions, endReasons, mandateStates, suspensionReasons, useRefusals } from '../policy/mandate.ts'
import { meansClasses, meansReasons as policyReasons } from '../policy/means.ts'
import type { Entry } from '../register/register.ts'
import { mandatesMessages } from '../space/mandates-messages.ts'
import { staffMessages } from '../staff/messages.ts'
import { accountStates } from '../staff/staff.ts'
import { closeReasons } from '../support/vocabulary.ts'
import { approvalPagesMessages } from './approvals-messages.ts'
import { approvalDone, approvalSaid, askSaid, purposes } from './approvals-pages.ts'
import { breachesMessages } from './breaches-messages.ts'
import { breachesDone } from './breaches-pages.ts'
import { casesMessages } from './cases-messages.ts'
import { caseActs, caseSaid } from './cases-one.ts'
import { collisionsMessages } from './collisions-messages.ts'
import { collisionOutcomes } from './collisions-pages.ts'
import { detectionMessages } from './detection-messages.ts'
import { tuneOutcomes } from './detection-pages.ts'
import { enrolmentMessages } from './enrolment-messages.ts'
import { registerCsv, registerJson } from './export.ts'
import { jobsMessages } from './jobs-messages.ts'
import { discardReasons, jobOutcomes } from './jobs-pages.ts'
import { journalMessages } from './journal-messages.ts'
import { searchReasons } from './journal-search.ts'
import { consoleMandatesMessages } from './mandates-messages.ts'
import { stops } from './mandates-pages.ts'
import { consoleMessages } from './messages.ts'
import { operationsMessages } from './operations-messages.ts'
import { organisationsMessages } from './organisations-messages.ts'
import { documentFields, organisationOutcomes } from './organisations-pages.ts'
import { partnerOutcomes, staffChanges } from './partners-pages.ts'
import { peopleProtectionMessages } from './people-protection-messages.ts'
import { providerOutcomes } from './providers-pages.ts'
import { explained, has, type Right, rights } from './rights.ts'
import { servicesMessages } from './services-messages.ts'
import { serviceOutcomes, serviceStates } from './services-pages.ts'
import { settingsMessages } from './settings-messages.ts'
import { statementsDone } from './statements.ts'
import { requestsMessages } from './support-messages.ts'
import { requestsDone, requestsSaid } from './support-pages.ts'
import { lookSaid } from './versions-pages.ts'

/** Every address for operators, and the right that it needs. The inventory below finds what is missing here. */
const addresses: Record<string, Right | readonly OperatorRole[]> = {
  'GET /console': 'home',
  'POST /operators/sign-out': 'home',
  'GET /console/means': 'register',
  'GET /console/means.csv': 'register',
  'GET /console/means.json': 'register',
  'GET /console/means/homologate': 'homologate',
  'POST /console/means/homologate': 'homologate',
  'GET /console/means/declare': 'homologate',
  'POST /console/means/declare': 'homologate',
  'POST /console/means/withdraw': 'homologate',
  'POST /console/means/undeclare': 'homologate',
  'GET /console/people': 'people',
  'POST /console/people': 'people',
  'GET /console/people/:person': 'people',
  'POST /console/people/:person/means/:means': 'people',
  'POST /console/people/:person/phones/:phone': 'people',
  'POST /console/people/:person/unlock': 'people',
  'GET /console/protection': 'protect',
  'POST /console/protection': 'protect',
  'GET /console/people/:person/protection': 'protect',
  'POST /console/people/:person/protection/freeze': 'protect',
  'POST /console/people/:person/protection/thaw': 'protect',
  'GET /console/enrolments': 'enrol',
  'GET /console/enrolments/search': 'enrol',
  'POST /console/enrolments/search': 'enrol',
  'GET /console/enrolments/new': 'enrol',
  'GET /console/enrolments/drafts': 'enrol',
  'POST /console/enrolments/drafts': 'enrol',
  'GET /console/enrolments/drafts/:draft': 'enrol',
  'POST /console/enrolments/drafts/:draft': 'enrol',
  'GET /console/people/:person/enrol': 'enrol',
  'GET /console/people/:person/identity': 'enrol',
  'GET /console/people/:person/enrolments/:enrolment': 'enrol',
  'GET /console/people/:person/enrolments/:enrolment/activation': 'enrol',
  'POST /console/people/:person/enrolments/:enrolment/activation': 'enrol',
  'POST /console/people/:person/activation/withdraw': 'enrol',
  'GET /console/providers': 'providers',
  'GET /console/providers/:provider': 'providers',
  'GET /console/providers/:provider/suspend': 'suspend',
  'POST /console/providers/:provider/suspend': 'suspend',
  'GET /console/providers/:provider/suspensions/:suspension': 'suspend',
  'POST /console/providers/:provider/suspensions/:suspension': 'suspend',
  'POST /console/providers/:provider/suspensions/:suspension/lift': 'suspend',
  'POST /console/providers/:provider/visibility': 'suspend',
  'GET /console/ways-in': 'providers',
  'GET /console/rehearsal': 'providers',
  'GET /console/incidents': 'providers',
  'GET /console/incidents/:incident': 'providers',
  'POST /console/incidents/:incident': 'announce',
  'GET /console/banners': 'providers',
  'GET /console/banners/new': 'announce',
  'POST /console/banners/new': 'announce',
  'GET /console/banners/:banner': 'announce',
  'POST /console/banners/:banner': 'announce',
  'POST /console/banners/:banner/withdraw': 'announce',
  'GET /console/collisions': 'collisions',
  'GET /console/collisions/:collision': 'collisions',
  'GET /console/collisions/:collision/decision': 'collisions',
  'POST /console/collisions/:collision/decision': 'collisions',
  'GET /console/breaches': 'breaches',
  'GET /console/breaches.csv': 'breaches',
  'GET /console/breaches.json': 'breaches',
  'GET /console/breaches/new': 'breaches_work',
  'POST /console/breaches/new': 'breaches_work',
  'GET /console/breaches/:breach': 'breaches',
  'GET /console/breaches/:breach/description': 'breaches_work',
  'POST /console/breaches/:breach/description': 'breaches_work',
  'GET /console/breaches/:breach/assessment': 'breaches_work',
  'POST /console/breaches/:breach/assessment': 'breaches_work',
  'GET /console/breaches/:breach/notification': 'breaches',
  'POST /console/breaches/:breach/notification': 'breaches_work',
  'GET /console/breaches/:breach/notification.txt': 'breaches',
  'GET /console/breaches/:breach/notification.json': 'breaches',
  'POST /console/breaches/:breach/people': 'breaches_work',
  'POST /console/breaches/:breach/close': 'breaches_work',
  'POST /console/breaches/:breach/reopen': 'breaches_work',
  'GET /console/statements': 'breaches',
  'GET /console/statements/new': 'breaches_work',
  'POST /console/statements/new': 'breaches_work',
  'GET /console/statements/:statement': 'breaches',
  'POST /console/statements/:statement': 'breaches_work',
  'GET /console/journal': 'journal',
  'GET /console/journal.csv': 'journal',
  'GET /console/journal.json': 'journal',
  'GET /console/journal/:sequence': 'journal',
  'GET /console/journal/:sequence/proof.json': 'journal',
  'GET /console/support': 'requests',
  'GET /console/support/:request': 'requests',
  'POST /console/support/:request/answer': 'requests',
  'POST /console/support/:request/close': 'requests',
  'POST /console/support/:request/reopen': 'requests',
  'GET /console/jobs': 'jobs',
  'GET /console/jobs/:queue': 'jobs',
  'POST /console/jobs/:queue': 'jobs_work',
  'GET /console/approvals': 'second',
  'GET /console/approvals/:approval': 'second',
  'POST /console/approvals/:approval/confirm': 'answer',
  'POST /console/approvals/:approval/decline': 'answer',
  'POST /console/approvals/:approval/withdraw': 'answer',
  'GET /console/keys': 'approve',
  'POST /console/keys': 'approve',
  'GET /console/operators': 'approvals',
  'POST /console/operators': 'approve',
  'GET /console/programs': 'approvals',
  'POST /console/programs': 'approve',
  'GET /console/programs/:program': 'approvals',
  'POST /console/programs/:program/keys': 'approve',
  'POST /console/programs/:program/scopes': 'approve',
  'POST /console/programs/:program/remove': 'approve',
  'GET /console/services': 'services',
  'GET /console/services/:service': 'services',
  'GET /console/services/:service/draft': 'services',
  'POST /console/services/:service/draft': 'publish',
  'GET /console/services/:service/versions/:number': 'services',
  'POST /console/services/:service/versions/:number': 'publish',
  'GET /console/services/:service/withdraw': 'publish',
  'POST /console/services/:service/withdraw': 'publish',
  'POST /console/services/:service/scopes': 'grant',
  'POST /console/services/:service/secret': 'approve',
  'POST /console/services/:service/secret/end': 'approve',
  'GET /console/providers/:provider/draft': 'services',
  'POST /console/providers/:provider/draft': 'publish',
  'GET /console/providers/:provider/versions/:number': 'services',
  'POST /console/providers/:provider/versions/:number': 'publish',
  'GET /console/partners': 'services',
  'GET /console/partners/:partner': 'services',
  'GET /console/partners/:partner/draft': 'services',
  'POST /console/partners/:partner/draft': 'publish',
  'GET /console/partners/:partner/versions/:number': 'services',
  'POST /console/partners/:partner/versions/:number': 'publish',
  'POST /console/partners/:partner/staff': 'staff',
  'POST /console/partners/:partner/staff/:staff': 'staff',
  'GET /console/trials/services/:id': ['administrator'],
  'POST /console/trials/services/:id': ['administrator'],
  'POST /console/trials/services/:id/end': ['administrator'],
  'POST /console/trials/services/:id/logout': ['administrator'],
  'GET /console/trials/providers/:id': ['administrator'],
  'POST /console/trials/providers/:id': ['administrator'],
  'GET /console/cases': 'cases',
  'GET /console/cases/statistics': 'cases',
  'GET /console/cases/statistics.csv': 'cases',
  'GET /console/cases/means': 'people',
  'GET /console/cases/:case': 'cases',
  'GET /console/cases/:case/evidence': 'cases_work',
  'GET /console/cases/:case/notify': 'cases_decide',
  'POST /console/cases/:case/qualify': 'cases_work',
  'POST /console/cases/:case/notify': 'cases_decide',
  'POST /console/cases/:case/conclude': 'cases_decide',
  'POST /console/cases/:case/revise': 'cases_decide',
  'POST /console/cases/:case/close': 'cases_work',
  'POST /console/cases/:case/note': 'cases_work',
  'GET /console/detection': 'detection',
  'GET /console/detection/:rule': 'detection',
  'POST /console/detection/:rule': 'detection_tune',
  'GET /console/organisations': 'organisations',
  'GET /console/organisations/:organisation': 'organisations',
  'GET /console/organisations/:organisation/representatives': 'represent',
  'POST /console/organisations/:organisation/representatives': 'represent',
  'GET /console/organisations/:organisation/representatives/:representation/withdraw': 'represent',
  'POST /console/organisations/:organisation/representatives/:representation/withdraw': 'represent',
  'GET /console/mandates': 'organisations',
  'GET /console/mandates/statistics': 'organisations',
  'GET /console/mandates/:mandate': 'organisations',
  'POST /console/mandates/:mandate/suspend': 'mandates_stop',
  'POST /console/mandates/:mandate/resume': 'mandates_stop',
  'POST /console/mandates/:mandate/end': 'mandates_stop',
  'GET /console/settings': 'settings',
  'GET /console/settings/keys.json': 'settings',
  'GET /console/settings/journal-keys.json': 'settings',
}

/** What a case's timeline may tell. */
const timelineKinds = {
  ...{ opened: true, joined: true, qualified: true, notified: true, answered: true, reminded: true, overdue: true },
  ...{ waived: true, concluded: true, revised: true, closed: true, note: true },
} satisfies Record<TimelineKind, true>

test('R014: which role has which right', () => {
  const table = operatorRoles.map((role) => [role, ...explained.filter((right) => has([role], right))].join(' '))
  assert.deepEqual(table, [
    'administrator approvals approve services publish grant staff providers suspend announce register homologate protect organisations represent mandates_stop jobs jobs_work settings',
    'support services providers requests cases cases_work detection organisations jobs',
    'security_officer approvals approve services publish grant staff providers suspend announce register homologate protect collisions requests cases cases_work cases_decide detection detection_tune organisations represent mandates_stop breaches breaches_work journal jobs jobs_work settings',
    'data_protection_officer approvals services providers register cases detection organisations breaches breaches_work journal settings',
    'auditor approvals services providers register cases detection organisations breaches journal jobs settings',
    'means_manager register people protect enrol collisions organisations represent',
  ])
})

test('there is a sentence for everything that these pages may have to say', () => {
  const translate = createTranslator(
    loginMessages,
    staffMessages,
    consoleMessages,
    enrolmentMessages,
    operationsMessages,
    peopleProtectionMessages,
    organisationsMessages,
    consoleMandatesMessages,
    mandatesMessages,
    actingMessages,
    casesMessages,
    detectionMessages,
    breachMessages,
    breachesMessages,
    collisionsMessages,
    journalMessages,
    jobsMessages,
    requestsMessages,
    settingsMessages,
    approvalsMessages,
    approvalPagesMessages,
    servicesMessages,
  )
  const keys = [
    ...operatorRoles.map((role) => `role.${role}`),
    ...documentKinds.map((kind) => `organisations.document.${kind}`),
    ...representationEnds.map((why) => `organisations.ended.${why}`),
    ...documentFields.filter((field) => field !== 'reason').map((field) => `organisations.field.${field}`),
    ...organisationOutcomes.map((outcome) => `organisations.done.${outcome}`),
    ...mandateStates.map((state) => `mandates.standing.${state}`),
    ...actions.map((action) => `acting.action.${action}`),
    ...endReasons.map((reason) => `office.ended.${reason}`),
    ...suspensionReasons.map((reason) => `office.suspended.${reason}`),
    ...Object.keys(useRefusals).map((reason) => `office.refused.${reason}`),
    ...stops.map((act) => `office.act.${act}`),
    ...meansKinds.map((kind) => `means.${kind}`),
    ...meansReasons.map((reason) => `because.${reason}`),
    ...meansClasses.map((one) => `class.${one}`),
    ...Object.keys(factorKinds).map((kind) => `factor.${kind}`),
    ...Object.keys(policyReasons).map((reason) => `reason.${reason}`),
    ...['entry_unknown', 'service_unknown', 'author_missing', 'risk_analysis_missing'].map((one) => `reason.${one}`),
    ...['date_malformed', 'class_without_homologation'].map((one) => `reason.${one}`),
    ...['provider', 'document', 'health_mailbox', 'invitation'].map((one) => `proof.${one}`),
    ...['pending', 'active', 'suspended', 'revoked', 'expired'].map((one) => `state.${one}`),
    ...['id.malformed', 'name.unknown', 'reason.missing', 'until.reversed'].map((one) => `journal.fault.${one}`),
    ...['from.malformed', 'until.malformed', 'before.malformed'].map((one) => `journal.fault.${one}`),
    ...searchReasons.map((one) => `journal.reason.${one}`),
    ...subjectFields.map((one) => `journal.about.${one}`),
    ...Object.values(caseActs).map((one) => `cases.done.${one}`),
    ...[...caseSaid, ...Object.keys(stepRefusals)].map((one) => `cases.said.${one}`),
    ...caseCloseReasons.map((one) => `cases.close.${one}`),
    ...caseStates.flatMap((one) => [`cases.state.${one}`, `cases.stands.${one}`]),
    ...origins.map((one) => `cases.origin.${one}`),
    ...[...verdicts, 'none'].map((one) => `cases.verdict.${one}`),
    ...matches.filter((one) => one !== 'matched').flatMap((one) => [`cases.match.${one}`, `cases.match.${one}.text`]),
    ...flowChecks.flatMap((one) => [`cases.check.${one}`, `cases.check.${one}.help`]),
    ...checkAnswers.map((one) => `cases.check.${one}`),
    ...stolenCredentials.map((one) => `cases.stolen.${one}`),
    ...duties.map((one) => `cases.duty.${one}`),
    ...[...measuresOf.service, ...measuresOf.provider].map((one) => `cases.measure.${one}`),
    ...['none', 'open', 'waived', ...verdicts].map((one) => `cases.finding.${one}`),
    ...similarities.map((one) => `cases.similar.${one}`),
    ...vias.map((one) => `cases.via.${one}`),
    ...Object.keys(timelineKinds).map((one) => `cases.event.${one}`),
    ...['notify', 'not_needed', 'undecided'].map((one) => `cases.breach.${one}`),
    ...['person', 'operator', 'staff', 'api_client', 'command', 'hub'].map((one) => `cases.by.${one}`),
    ...detectionModes.map((one) => `detection.mode.${one}`),
    ...detectionRules.flatMap((one) => [`detection.rule.${one}`, `detection.rule.${one}.text`]),
    ...detectionRules
      .flatMap((rule) => Object.keys(parametersOf(rule)).map((one) => `detection.parameter.${rule}.${one}`))
      .flatMap((one) => [one, `${one}.text`]),
    ...tuneOutcomes.map((one) => `detection.done.${one}`),
    ...breachStates.map((one) => `breaches.state.${one}`),
    ...closings.map((one) => `breaches.closing.${one}`),
    ...['confirmed', 'revised', 'not_confirmed'].map((one) => `breaches.standing.${one}`),
    ...['notify', 'not_needed', 'undecided'].map((one) => `breaches.partner.${one}`),
    ...breachesDone.map((one) => `breaches.done.${one}`),
    ...breachEventNames.map((one) => `breaches.event.${one}`),
    ...changedFields.map((one) => `breaches.changed.${one}`),
    ...stepRefusalsOfBreach.map((one) => `breaches.refusal.${one}`),
    ...[...fieldProblems, ...descriptionProblems, ...assessmentProblems]
      .filter((one) => one !== 'title_long' && one !== 'text_long')
      .map((one) => `breaches.problem.${one}`),
    ...askedItems.map((one) => `breach.field.${one}`),
    ...natures.map((one) => `breach.nature.${one}`),
    ...peopleKinds.map((one) => `breach.people.${one}`),
    ...dataKinds.map((one) => `breach.data.${one}`),
    ...risks.map((one) => `breach.risk.${one}`),
    ...decisions.map((one) => `breach.decision.${one}`),
    ...tellings.map((one) => `breach.telling.${one}`),
    ...breachLetters.map((one) => `breach.letter.${one}.text`),
    ...[...statementTexts, 'correction', 'happenedFrom'].map((one) => `statements.field.${one}`),
    ...statementProblems.map((one) => `statements.problem.${one}`),
    ...statementsDone.map((one) => `statements.done.${one}`),
    ...['draft', 'published', 'withdrawn'].map((one) => `statements.state.${one}`),
    ...jobOutcomes.map((one) => `jobs.done.${one}`),
    ...discardReasons.map((one) => `jobs.reason.${one}`),
    ...requestsDone.map((one) => `requests.done.${one}`),
    ...requestsSaid.map((one) => `requests.said.${one}`),
    ...closeReasons.map((one) => `requests.reason.${one}`),
    ...['text_missing', 'text_link'].map((one) => `requests.problem.${one}`),
    ...collisionOutcomes.map((one) => `collision.done.${one}`),
    ...Object.values(comparedFields).flatMap((fields) => fields.map((one) => `collision.field.${one}`)),
    ...approvalKinds.map((one) => `two.effect.${one}`),
    ...approvalStates.map((one) => `two.state.${one}`),
    ...approvalDone.map((one) => `two.done.${one}`),
    ...approvalSaid.map((one) => `two.said.${one}`),
    ...approvalSaid.filter((one) => one !== 'refused').map((one) => `two.said.${one}.text`),
    ...askSaid.map((one) => `two.not_asked.${one}`),
    ...purposes.map((one) => `approvals.purpose.${one}`),
    ...accountStates.map((one) => `account.${one}`),
    ...staffChanges.map((one) => `account.${one}`),
    ...partnerOutcomes.map((one) => `partners.done.${one}`),
    ...staffRoles.map((one) => `partners.role.${one}`),
    ...serviceStates.map((one) => `services.state.${one}`),
    ...serviceOutcomes.map((one) => `services.done.${one}`),
    ...scopeStates.map((one) => `services.scope.${one}`),
    ...versionCauses.map((one) => `console.versions.cause.${one}`),
    ...lookSaid.flatMap((one) => [`console.versions.said.${one}`, `console.versions.said.${one}.text`]),
    ...['citizens', 'professionals', 'both'].map((one) => `services.population.${one}`),
    ...providerOutcomes.map((one) => `ops.done.${one}`),
    ...explained.flatMap((right) => [`console.may.${right}`, `console.may.${right}.text`]),
  ]
  for (const language of languages) for (const key of keys) assert.ok(translate(language)(key), `${language} ${key}`)
})

const sampleEntry = (changes: Partial<Entry> = {}): Entry => ({
  entry: 'provider/post',
  of: { provider: 'post', name: { fr: '=HYPERLINK("x")', en: ' +1', ar: '@x' } },
  population: 'citizens',
  jurisdiction: 'FR',
  class: 'homologated',
  level: 'eidas2',
  factors: ['password', 'phone_app'],
  notes: [],
  homologations: [
    {
      homologation: 'hom_1',
      service: 'refunds',
      author: '-2+3',
      riskAnalysis: 'a "quoted", one\nmore',
      decidedAt: 0,
      endsAt: 4 * 365 * day,
      state: 'in_force',
      reasons: [],
      recordedAt: 0,
      recordedBy: { kind: 'command' },
    },
  ],
  ...changes,
})

test('the CSV is what RFC 4180 says, and no cell of it is a formula', () => {
  for (const language of languages) {
    const lines = registerCsv([sampleEntry(), sampleEntry({ homologations: [] })], language).split('\r\n')
    assert.equal(lines.length, 4)
    const cells: string[] = (lines[1] ?? '').match(/"(?:[^"]|"")*"/g) ?? []
    assert.equal(cells.length, (lines[0] ?? '').split(',').length, 'as many as the header has')
    for (const cell of cells) assert.doesNotMatch(cell.slice(1), /^\s*[=+\-@\t\r]/, cell)
    assert.ok(cells.includes('"a ""quoted"", one\nmore"'))
    assert.ok(cells.includes('"1970-01-01T00:00:00.000Z"'))
  }
  const { entries } = registerJson([sampleEntry()], 0) as { entries: { homologations: { endsAt: string }[] }[] }
  assert.equal(entries[0]?.homologations[0]?.endsAt, '1973-12-31T00:00:00.000Z')
})

describe('the operators’ pages', () => {
  let hub: TestHub
  let person: PersonId
  let means: MeansId
  const clock = mockProcessClock({ mock })
  const team = new Map<OperatorRole, TestOperator>()

  before(async () => {
    hub = await startTestHub({ clock })
    await hub.publish([
      {
        id: 'health',
        name: { fr: 'Santé', en: 'Health', ar: 'الصحة' },
        services: [serviceEntry('refunds')],
        providers: [],
      },
    ])
    for (const role of operatorRoles) team.set(role, await newOperator(hub, { roles: [role], name: `A ${role}` }))
    ;({ person, means } = await enrolPerson(hub))
  })
  after(async () => {
    await hub.close()
    mock.timers.reset()
  })

  const member = (role: OperatorRole) => team.get(role) ?? assert.fail(role)
  const at = (path: string) => new URL(path, hub.issuer)
  const pathOf = (pattern: string) =>
    pattern
      .replace(':person', person)
      .replace(':means', means)
      .replace(':draft', 'none')
      .replace(':enrolment', newId('enrolment'))
      .replace(':provider', 'nobody')
      .replace(':suspension', newId('suspension'))
      .replace(':incident', newId('incident'))
      .replace(':banner', newId('banner'))
      .replace(':collision', newId('collision'))
      .replace(':sequence', '1')
      .replace(':approval', newId('approval'))
      .replace(':case', newId('case'))
      .replace(/:(?:id|service|partner)\b/, 'nobody')
      .replace(':number', '1')
      .replace(':staff', newId('staff'))
      .replace(':queue', 'alerts.mail')

  test('R129: every address of these pages is in the table above', () => {
    const all = routesOf(hub.web.app.printRoutes({ commonPrefix: false }))
    assert.deepEqual(
      all.filter((route) => / \/(?:console|operators\/sign-out)/.test(route)),
      Object.keys(addresses).sort(),
    )
  })

  test('R014 R128: each role at each address: let in by its right, 403 otherwise; a stranger nowhere', async () => {
    const stranger = new UserAgent({ language: 'en' })
    let turn = 0
    for (const [route, right] of Object.entries(addresses)) {
      if (route === 'POST /operators/sign-out') continue
      const [method, pattern = ''] = route.split(' ')
      const url = at(pathOf(pattern))
      const call = (agent: UserAgent) =>
        agent.send({ url, method: method as 'GET', site: 'same-origin', ...(method === 'POST' ? { body: 'x=1' } : {}) })
      const allowed: readonly OperatorRole[] = typeof right === 'string' ? rights[right] : right
      // A page is drawn for one of those who may read it, each route for another one; refusals are for everybody else.
      const reader = allowed[turn++ % allowed.length]
      const tried = operatorRoles.filter((role) => method === 'POST' || role === reader || !allowed.includes(role))
      const answers = await Promise.all(tried.map(async (role) => ({ role, ...(await call(member(role).agent)) })))
      for (const { role, status, body } of answers) {
        const isAllowed = allowed.includes(role)
        // Without its verifier a form is refused, but only after the role was found good.
        const refusal = method === 'POST' ? /G1003/ : undefined
        if (!isAllowed) assert.match(body, /G2002/, `${role} ${route}`)
        else if (refusal) assert.match(body, refusal, `${role} ${route}`)
        assert.equal(status === 403, !isAllowed || refusal !== undefined, `${role} ${route}: ${status}`)
        assert.ok(status < 500, `${role} ${route}: ${status}`)
      }
      const anonymous = await call(stranger)
      if (method === 'GET') {
        assert.equal(anonymous.status, 303, route)
        assert.equal(anonymous.headers.location, '/operators/sign-in')
      } else assert.equal(anonymous.status, 401, route)
    }
    const denied = await factsOf(hub, 'operator.denied')
    assert.ok(
      denied.some(({ operator, route }) => operator === member('auditor').operator && route === '/console/people'),
    )
  })

  test('R128: a person’s session opens nothing here, and an operator’s nothing of a person', async () => {
    const person = new UserAgent({ language: 'en' })
    const { agent } = member('administrator')
    const secret = agent.cookies(hub.issuer).get('garant_operator') ?? assert.fail('no cookie')
    person.setCookie(hub.issuer, 'garant_session', secret)
    const answer = await person.send({ url: at('/console') })
    assert.equal(answer.status, 303)
    assert.equal(await hub.sessions.find(secret), undefined)
    const asMachine = await person.send({ url: at('/console/means.json'), headers: { accept: 'application/json' } })
    assert.equal(asMachine.status, 401)
    assert.match(asMachine.body, /operator_signed_out/)
  })

  test('the cookie is for this site only, out of reach of scripts, and ends with the working day', async () => {
    const authenticator = member('support').authenticator
    const agent = new UserAgent({ language: 'en' })
    const page = await agent.open(at('/operators/sign-in'))
    const form = formTo(page, /sign-in$/)
    const response = JSON.stringify(authenticator.get(optionsIn(page) as never))
    const answer = await agent.send({
      url: form.action,
      method: 'POST',
      site: 'same-origin',
      body: new URLSearchParams({ ...form.fields, response }).toString(),
    })
    const set = [answer.headers['set-cookie'] ?? []].flat().find((line) => line.startsWith('garant_operator='))
    assert.match(set ?? '', /; Max-Age=28800;/)
    assert.match(set ?? '', /; Path=\/;.*HttpOnly.*SameSite=Strict/)
    assert.doesNotMatch(set ?? '', /Domain/)
    // The same answer again: the challenge is used up.
    const again = await agent.send({
      url: form.action,
      method: 'POST',
      site: 'same-origin',
      body: new URLSearchParams({ ...form.fields, response }).toString(),
    })
    assert.equal(again.status, 403)
    assert.match(again.body, /G2003/)
  })

  test('a form of another session, another address or another site changes nothing', async () => {
    const [one, two] = [member('administrator'), member('security_officer')]
    const page = await one.agent.open(at('/console/means/homologate?entry=own/passkey'))
    const form = formOf(page, '/console/means/homologate')
    const values = { service: 'refunds', author: 'A', risk_analysis: 'B', decided_on: '2026-11-22' }
    const other = await two.agent.submit(page, form, values)
    assert.match(other.body, /G1003/)
    const elsewhere = await one.agent.submit(page, { ...form, action: at('/console/means/declare') }, { class: 'psc' })
    assert.match(elsewhere.body, /G1003/)
    const foreign = await one.agent.send({
      url: form.action,
      method: 'POST',
      site: 'cross-site',
      origin: 'https://evil.example',
      body: new URLSearchParams({ ...form.fields, ...values }).toString(),
    })
    assert.match(foreign.body, /G1003/)
    assert.deepEqual(await factsOf(hub, 'homologation.recorded'), [])
  })

  test('R025 R026: a security officer records a homologation, an auditor reads and exports it, it is withdrawn', async () => {
    const officer = member('security_officer')
    const form = await officer.agent.open(at('/console/means/homologate?entry=own/passkey'))
    const refused = await officer.agent.submit(form, formOf(form, '/console/means/homologate'), {
      service: 'refunds',
      author: '',
      risk_analysis: '=1+1',
      decided_on: '2026-11-22',
    })
    assert.equal(refused.status, 422)
    assert.match(textOf(refused), /Nothing was recorded Say who decided\./)
    assert.match(refused.body, /value="=1\+1"/, 'what was typed is kept')
    const done = await officer.agent.submit(refused, formOf(refused, '/console/means/homologate'), {
      service: 'refunds',
      author: 'Security management',
      decided_on: '2026-11-22',
    })
    assert.equal(done.url.pathname, '/console/means')
    assert.match(textOf(done), /The homologation is recorded\./)

    const auditor = member('auditor')
    const page = await auditor.agent.open(at('/console/means'))
    assert.match(textOf(page), /Service refunds · in force Decided by Security management on 22 November 2026\./)
    assert.match(textOf(page), /It no longer holds from 22 November 2030 on\. Recorded by A security_officer/)
    assert.deepEqual(
      formsOf(page).map(({ action }) => action.pathname),
      ['/operators/sign-out'],
      'an auditor changes nothing',
    )
    const csv = await auditor.agent.open(at('/console/means.csv'))
    assert.match(String(csv.headers['content-type']), /^text\/csv/)
    assert.match(String(csv.headers['content-disposition']), /attachment; filename="means\.csv"/)
    assert.match(csv.body, /"own\/passkey".*"refunds","Security management","'=1\+1"/)
    const json = JSON.parse((await auditor.agent.open(at('/console/means.json'))).body)
    const entry = json.entries.find((one: { entry: string }) => one.entry === 'own/passkey')
    assert.equal(entry.homologations[0].endsAt, '2030-11-21T23:00:00.000Z')

    const register = await officer.agent.open(at('/console/means'))
    const withdrawal = formOf(register, '/console/means/withdraw')
    const [button] = withdrawal.buttons
    const withdrawn = await officer.agent.submit(register, withdrawal, { homologation: button?.value ?? '' })
    assert.match(textOf(withdrawn), /The homologation is withdrawn\..* · withdrawn/)
    const [fact] = await factsOf(hub, 'homologation.withdrawn')
    assert.deepEqual(fact?.actor, { kind: 'operator', id: officer.operator })
  })

  test('R023: a kind of means is classed', async () => {
    const officer = member('administrator')
    const page = await officer.agent.open(at('/console/means/declare?entry=own/totp'))
    const done = await officer.agent.submit(page, formOf(page, '/console/means/declare'), {
      class: 'transition',
      valid_until: '2026-12-31',
    })
    assert.match(textOf(done), /The class is recorded\..*31 December 2026: validity of Code app/)
    const again = await officer.agent.open(at('/console/means/declare?entry=own/totp'))
    assert.match(again.body, /name="valid_until" type="date" value="2026-12-31"/)
    assert.equal((await officer.agent.open(at('/console/means/declare?entry=own/none'))).status, 404)
  })

  test('R023: a classification is taken back, by who read it last; a second click and an auditor change nothing', async () => {
    const officer = member('security_officer')
    const register = await officer.agent.open(at('/console/means'))
    assert.match(textOf(register), /Classed by A administrator on 22 November 2026\. Withdraw this classification/)
    const form = formOf(register, '/console/means/undeclare')
    const press = { declaration: form.buttons[0]?.value ?? '' }
    const auditor = await member('auditor').agent.open(at('/console/means'))
    assert.ok(!formsOf(auditor).some(({ action }) => action.pathname === '/console/means/undeclare'))
    const done = await officer.agent.submit(register, form, press)
    assert.match(textOf(done), /The classification is withdrawn/)
    assert.doesNotMatch(textOf(done), /Classed by|validity of Code app/)
    const again = await officer.agent.submit(register, form, press)
    assert.match(textOf(again), /Nothing changed: this classification was no longer the newest one/)
    assert.deepEqual(await factsOf(hub, 'register.withdrawn'), [
      { entry: 'own/totp', actor: { kind: 'operator', id: officer.operator } },
    ])
    const strange = await officer.agent.submit(register, form, { declaration: "1' or 1=1", entry: 'own/passkey' })
    assert.match(textOf(strange), /Nothing changed/)
    assert.equal((await factsOf(hub, 'register.withdrawn')).length, 1)
  })

  test('R047: a manager of means finds a person by an exact identifier, suspends, brings back, revokes', async () => {
    const { agent, operator } = member('means_manager')
    const search = await agent.open(at('/console/people'))
    const none = await agent.submit(search, formOf(search, '/console/people'), { identifier: 'canari' })
    assert.equal(none.status, 404)
    assert.match(textOf(none), /Nobody has this identifier/)
    const found = await agent.submit(search, formOf(search, '/console/people'), { identifier: ' Canaria ' })
    assert.equal(found.url.pathname, `/console/people/${person}`)
    assert.match(textOf(found), /Password State active/)
    assert.doesNotMatch(found.body, /CANARI/, 'no name is shown')
    const byId = await agent.submit(search, formOf(search, '/console/people'), { identifier: person })
    assert.equal(byId.url.pathname, `/console/people/${person}`)
    assert.deepEqual(
      (await factsOf(hub, 'operator.searched')).map(({ by, person }) => [by, person]),
      [
        ['identifier', null],
        ['identifier', person],
        ['person', person],
      ],
    )
    assert.deepEqual((await factsOf(hub, 'operator.viewed_person')).at(-1), { operator, person })

    const change = async (what: string, reason: string) => {
      const page = await agent.open(at(`/console/people/${person}`))
      return agent.submit(page, formOf(page, `/console/people/${person}/means/${means}`), { change: what, reason })
    }
    assert.match(textOf(await change('suspend', 'lost')), /The means is suspended.*State suspended/)
    assert.match(textOf(await change('suspend', 'lost')), /Nothing changed/)
    assert.match(textOf(await change('resume', 'found')), /The means works again.*State active/)
    assert.equal((await change('revoke', 'no such reason')).status, 400)
    assert.match(textOf(await change('revoke', 'stolen')), /The means is revoked.*State revoked/)
    const revoked = (await factsOf(hub, 'means.revoked')).filter((fact) => fact.means === means)
    assert.deepEqual(revoked, [{ person, means, reason: 'stolen', actor: { kind: 'operator', id: operator } }])
    const page = await agent.open(at(`/console/people/${person}`))
    const unlocked = await agent.submit(page, formOf(page, `/console/people/${person}/unlock`))
    assert.match(textOf(unlocked), /The person is unblocked/)
  })

  test('R128: operators are found by nobody here, nor people who are not; means of another person do not answer', async () => {
    const { agent } = member('means_manager')
    const standing = await hub.operators.standing(
      member('administrator').agent.cookies(hub.issuer).get('garant_operator'),
    )
    const other = standing ?? assert.fail()
    for (const id of [other.person, newId('person'), 'per_', '..%2f..']) {
      assert.equal((await agent.open(at(`/console/people/${id}`))).status, 404, id)
    }
    const page = await agent.open(at(`/console/people/${person}`))
    const unlock = formOf(page, `/console/people/${person}/unlock`)
    const theirs = { ...unlock, action: at(`/console/people/${person}/means/${other.means}`) }
    assert.match((await agent.submit(page, theirs, { change: 'revoke', reason: 'lost' })).body, /G1003/)
    assert.ok(await hub.operators.standing(member('administrator').agent.cookies(hub.issuer).get('garant_operator')))
  })

  test('the home page says who one is, what one may do, and the sign-in before', async () => {
    const { agent, authenticator } = member('data_protection_officer')
    const first = await agent.open(at('/console'))
    assert.match(textOf(first), /Hello A data_protection_officer This is your first sign-in\./)
    assert.match(
      textOf(first),
      /What you may do See what takes two .* Watch what happens .* Read the register of means of identification/,
    )
    assert.doesNotMatch(textOf(first), /Manage the means of a person/)
    clock.advance(5 * minute)
    const home = await signIn(hub, agent, authenticator)
    assert.match(textOf(home), /Your previous sign-in: 22 November 2026 at 11:00\. If that was not you/)
    const helper = await member('support').agent.open(at('/console'))
    assert.match(
      textOf(helper),
      /Right now Sign-ins today 0 .*What you may do See services and partners .* Watch what happens/,
    )
    assert.doesNotMatch(textOf(helper), /Suspend a provider|Tell the public/)
    const manager = await member('means_manager').agent.open(at('/console'))
    assert.doesNotMatch(textOf(manager), /Right now|Identity providers/)
  })

  test('after 15 minutes, a suspension, or signing out, the next request leads to the sign-in', async () => {
    const one = await newOperator(hub, { roles: ['auditor'] })
    const bye = await one.agent.open(at('/console'))
    const left = await one.agent.submit(bye, formOf(bye, '/operators/sign-out'))
    assert.match(textOf(left), /You are signed out/)
    assert.equal((await one.agent.send({ url: at('/console') })).headers.location, '/operators/sign-in')

    await signIn(hub, one.agent, one.authenticator)
    await hub.operators.suspend(one.operator, { kind: 'command' })
    const suspended = await one.agent.open(at('/console'))
    assert.equal(suspended.url.pathname, '/operators/sign-in')
    assert.match(textOf(suspended), /Your session is over/)
    const refused = await signIn(hub, one.agent, one.authenticator)
    assert.equal(refused.status, 403)
    assert.match(refused.body, /G2003/)
    await hub.operators.restore(one.operator, { kind: 'command' })

    await signIn(hub, one.agent, one.authenticator)
    const page = await one.agent.open(at('/console'))
    clock.advance(15 * minute)
    const late = await one.agent.submit(page, formOf(page, '/operators/sign-out'))
    assert.equal(late.status, 401)
    assert.match(late.body, /G2001/)
  })
})
