/** The sentences of all pages, room by room. */
import { caseLetterMessages } from './alerts/case-messages.ts'
import { checkMessages } from './alerts/check-messages.ts'
import { mandateLetterMessages } from './alerts/mandate-messages.ts'
import { alertMessages } from './alerts/messages.ts'
import { programsMessages } from './api/programs-messages.ts'
import { approvalsMessages } from './approvals/messages.ts'
import { breachMessages } from './breaches/messages.ts'
import { cardMessages } from './cards/messages.ts'
import { approvalPagesMessages } from './console/approvals-messages.ts'
import { breachesMessages } from './console/breaches-messages.ts'
import { casesMessages } from './console/cases-messages.ts'
import { collisionsMessages } from './console/collisions-messages.ts'
import { detectionMessages } from './console/detection-messages.ts'
import { enrolmentMessages } from './console/enrolment-messages.ts'
import { jobsMessages } from './console/jobs-messages.ts'
import { journalMessages } from './console/journal-messages.ts'
import { consoleMandatesMessages } from './console/mandates-messages.ts'
import { consoleMessages } from './console/messages.ts'
import { operationsMessages } from './console/operations-messages.ts'
import { organisationsMessages } from './console/organisations-messages.ts'
import { peopleProtectionMessages } from './console/people-protection-messages.ts'
import { servicesMessages } from './console/services-messages.ts'
import { settingsMessages } from './console/settings-messages.ts'
import { requestsMessages } from './console/support-messages.ts'
import { ownCasesMessages } from './desk/cases-messages.ts'
import { colleaguesMessages } from './desk/colleagues-messages.ts'
import { firmMessages } from './desk/firm-messages.ts'
import { integrationMessages } from './desk/integration-messages.ts'
import { deskMessages } from './desk/messages.ts'
import { objectMessages } from './desk/object-messages.ts'
import { ownProgramsMessages } from './desk/programs-messages.ts'
import { settingMessages } from './desk/setting-messages.ts'
import { eidSignInMessages } from './eid/messages.ts'
import { standInMessages } from './eid/stand-in-messages.ts'
import { figuresMessages } from './figures/messages.ts'
import type { Messages } from './http/messages.ts'
import { abroadMessages } from './login/abroad-messages.ts'
import { actingMessages } from './login/acting-messages.ts'
import { loginMessages } from './login/messages.ts'
import { firmLetterMessages } from './mandates/firm-messages.ts'
import { activationMessages } from './means/activation-messages.ts'
import { alertsMessages } from './means/alerts-messages.ts'
import { contactMessages } from './means/contact-messages.ts'
import { meansPageMessages } from './means/page-messages.ts'
import { statusMessages } from './notices/messages.ts'
import { faultMessages } from './partners/fault-messages.ts'
import { suspensionMessages } from './partners/suspension-messages.ts'
import { signingMessages } from './signatures/messages.ts'
import { caseMessages } from './space/cases-messages.ts'
import { dataMessages } from './space/data-messages.ts'
import { historyMessages } from './space/history-messages.ts'
import { lettersMessages } from './space/letters-messages.ts'
import { mandatesMessages } from './space/mandates-messages.ts'
import { spaceMessages } from './space/messages.ts'
import { notMeMessages } from './space/not-me-messages.ts'
import { phonesMessages } from './space/phones-messages.ts'
import { protectionMessages } from './space/protection-messages.ts'
import { reportMessages } from './space/report-messages.ts'
import { sessionsMessages } from './space/sessions-messages.ts'
import { tripsMessages } from './space/trips-messages.ts'
import { staffMessages } from './staff/messages.ts'
import { supportMessages } from './support/messages.ts'
import { trialMessages } from './trial/messages.ts'

/** Beside those of `http/`, which every page has. */
export const pageBundles: Messages[] = [
  statusMessages,
  loginMessages,
  abroadMessages,
  actingMessages,
  standInMessages,
  cardMessages,
  eidSignInMessages,
  signingMessages,
  meansPageMessages,
  contactMessages,
  alertsMessages,
  activationMessages,
  alertMessages,
  mandateLetterMessages,
  caseLetterMessages,
  checkMessages,
  breachMessages,
  breachesMessages,
  staffMessages,
  consoleMessages,
  enrolmentMessages,
  operationsMessages,
  approvalsMessages,
  approvalPagesMessages,
  programsMessages,
  servicesMessages,
  casesMessages,
  detectionMessages,
  collisionsMessages,
  peopleProtectionMessages,
  organisationsMessages,
  consoleMandatesMessages,
  journalMessages,
  jobsMessages,
  settingsMessages,
  supportMessages,
  requestsMessages,
  figuresMessages,
  deskMessages,
  objectMessages,
  settingMessages,
  colleaguesMessages,
  integrationMessages,
  ownProgramsMessages,
  ownCasesMessages,
  suspensionMessages,
  faultMessages,
  trialMessages,
  spaceMessages,
  mandatesMessages,
  firmMessages,
  firmLetterMessages,
  lettersMessages,
  historyMessages,
  notMeMessages,
  protectionMessages,
  tripsMessages,
  phonesMessages,
  caseMessages,
  reportMessages,
  sessionsMessages,
  dataMessages,
]
