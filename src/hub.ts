/**
 * The composition root: from settings and secrets to a hub that can serve. Nothing is decided here; each room gets what
 * it needs, and reactors, jobs and routes are put in their places.
 */
import { hostname } from 'node:os'
import type { FastifyRequest } from 'fastify'
import manifest from '../package.json' with { type: 'json' }
import { createAlerts, createRecogniser, messageKeeper } from './alerts/alerts.ts'
import { type CaseLetters, createCaseLetters } from './alerts/case-letters.ts'
import { caseLetterMessages } from './alerts/case-messages.ts'
import { createMessageChecks, createPhishingWatch, type MessageChecks } from './alerts/checks.ts'
import { type AlertChoices, createAlertChoices } from './alerts/choices.ts'
import { createMessageCopies, type MessageCopies } from './alerts/copies.ts'
import { createKeptGateway } from './alerts/kept-mail.ts'
import { createLetters } from './alerts/letter.ts'
import { createMailTransport, isRefusal } from './alerts/mail.ts'
import { createMandateLetters, type MandateLetters } from './alerts/mandate-letters.ts'
import { alertMessages } from './alerts/messages.ts'
import { createPartnerLetters, type PartnerLetters } from './alerts/partner-letters.ts'
import { partnerLetterMessages } from './alerts/partner-messages.ts'
import { createMailGateway } from './alerts/plain-mail.ts'
import { mountMessageCheck } from './alerts/routes.ts'
import { mountApi } from './api/api.ts'
import { createAsk } from './api/asking.ts'
import { allOperations } from './api/catalogue.ts'
import { type ApiClients, createApiClients } from './api/clients.ts'
import { mountPrograms } from './api/programs.ts'
import { type Announcements, createAnnouncements } from './approvals/announcements.ts'
import { type Approvals, createApprovals } from './approvals/approvals.ts'
import { approvalsMessages } from './approvals/messages.ts'
import { type Audit, createAudit, journalKeysOf } from './audit/audit.ts'
import { mountJournalKeys } from './audit/routes.ts'
import { type Breaches, createBreaches } from './breaches/breaches.ts'
import { type BreachLetters, createBreachLetters } from './breaches/letters.ts'
import { breachMessages } from './breaches/messages.ts'
import { mountIncidentPages, statementLines } from './breaches/routes.ts'
import { authoritiesIn } from './breaches/settings.ts'
import { createStatements, type Statements } from './breaches/statements.ts'
import { type Bridge, createBridge } from './bridge/bridge.ts'
import { pageBundles } from './bundles.ts'
import { createBadgeSignIn } from './cards/badge.ts'
import { createCards } from './cards/cards.ts'
import { mountCards } from './cards/routes.ts'
import { houseSettings } from './cards/settings.ts'
import { type Cases, createCases } from './cases/cases.ts'
import { type CaseTrend, createCaseTrend } from './cases/trend.ts'
import { type Certificates, createCertificates, largestList } from './certificates/certificates.ts'
import { type Boot, destinationsOf, type SecretOrigins, type Settings } from './config.ts'
import { type Connections, createConnections } from './connections/connections.ts'
import { mountConsole } from './console/console.ts'
import { consolePaths } from './console/frame.ts'
import { mountDesk } from './desk/desk.ts'
import { mountFirm } from './desk/firm.ts'
import { firmPaths } from './desk/firm-frame.ts'
import { deskPaths } from './desk/frame.ts'
import { createDetection, type Detection } from './detection/detection.ts'
import { createSharing, type Sharing } from './detection/sharing.ts'
import { createDirectory, type Directory } from './directory/directory.ts'
import { createOrganisations, type Organisations, organisationRules } from './directory/organisations.ts'
import { createPlaces, type Places } from './directory/places.ts'
import { createAttestation } from './eid/attestation-settings.ts'
import { createEid, type Eid, type EidProvider } from './eid/eid.ts'
import { mountAppRoutes } from './eid/routes-app.ts'
import { mountAppPages } from './eid/routes-browser.ts'
import { eidRules } from './eid/settings.ts'
import { mountSigningPages } from './eid/signing.ts'
import { createStandInCeremony } from './eid/stand-in.ts'
import { mountStandIn } from './eid/stand-in-routes.ts'
import { createFigures, type Figures } from './figures/figures.ts'
import { createWeb, type Log, type Web } from './http/http.ts'
import { createTranslator } from './http/messages.ts'
import { createOutbound, type Lookup } from './http/outbound.ts'
import { registerPublicPages } from './http/routes.ts'
import { createVerifiers } from './http/verifier.ts'
import { compareLevels } from './kernel/assurance.ts'
import type { Clock } from './kernel/clock.ts'
import { day, hour, minute, second } from './kernel/durations.ts'
import type { MandateUseId, MessageId, PhoneId, RepresentationId } from './kernel/ids.ts'
import { deriveKey, hashSecret } from './kernel/secrets.ts'
import { createKeys, type Keys, type MakePrivateKey } from './keys/keys.ts'
import { collectStart } from './loading.ts'
import { houseLogins } from './login/house.ts'
import { createLogin, type Login, type Visitor } from './login/login.ts'
import { waitingLogins } from './login/own-means.ts'
import { mountOwnSignIn } from './login/own-sign-in.ts'
import { createRehearsal } from './login/rehearsal.ts'
import { loginPath, mountLoginRoutes } from './login/routes.ts'
import { createEvidence, type EvidenceFiles } from './mandates/evidence.ts'
import { createFirms, type Firms } from './mandates/firm.ts'
import { createFirmImports, type FirmImports } from './mandates/firm-import.ts'
import { createFirmLetters } from './mandates/firm-letters.ts'
import { firmLetterMessages } from './mandates/firm-messages.ts'
import { createKnownRepresentatives, type KnownRepresentatives } from './mandates/known-representatives.ts'
import { createMandataryCodes, type MandataryCodes } from './mandates/mandatary-codes.ts'
import { createMandates, type Mandates } from './mandates/mandates.ts'
import { strongest } from './means/change.ts'
import { createHttpSmsGateway, joinGateways } from './means/gateway.ts'
import { createMeans, type Means } from './means/means.ts'
import type { PasswordHasher } from './means/password-hash.ts'
import { holderPath, mountMeansRoutes } from './means/routes.ts'
import { mountActivation } from './means/routes-activation.ts'
import { sentMessages } from './means/sent-messages.ts'
import { meansRules } from './means/settings.ts'
import { createNotices, type Notices } from './notices/notices.ts'
import { mountStatus } from './notices/routes.ts'
import { ownServiceOf } from './partners/own-service.ts'
import {
  createPartners,
  type HouseProvider,
  isHouse,
  ownProvider,
  type Partners,
  type Provider,
} from './partners/partners.ts'
import { stateFor } from './partners/suspensions.ts'
import { createPeople, type People } from './people/people.ts'
import { createProtections, type Protections } from './people/protections.ts'
import { seenInOf } from './policy/geography.ts'
import { policyOf } from './policy/settings.ts'
import { claimsInOrder } from './protocol/claims.ts'
import { engineRoutes } from './protocol/engine.ts'
import { logoutPath, mountLogout } from './protocol/logout.ts'
import { createMandateTokens } from './protocol/mandate-token.ts'
import { createProtocol } from './protocol/protocol.ts'
import { followRegister, type InForce } from './register/in-force.ts'
import { createRegister, type Register } from './register/register.ts'
import { createActingEnds } from './sessions/acting.ts'
import { createDeviceNames, type DeviceNames } from './sessions/device-names.ts'
import { createSessions, type Sessions } from './sessions/sessions.ts'
import { createTrips, type Trips } from './sessions/trips.ts'
import { createWithdrawal, withdrawnBy } from './sessions/withdrawal.ts'
import { createReceiver, type Receiver } from './signals/receiver.ts'
import { createSignals } from './signals/signals.ts'
import { mountSignals } from './signals/ssf-routes.ts'
import { createTransmitter, type PartyProgram, type Transmitter } from './signals/transmitter.ts'
import { mountSigning } from './signatures/routes.ts'
import { createSignatures, type Signatures } from './signatures/signatures.ts'
import { spacePaths } from './space/frame.ts'
import { mountSpace } from './space/space.ts'
import { contactCheckMessages } from './staff/contact-check-messages.ts'
import { type ContactChecks, createContactChecks } from './staff/contact-checks.ts'
import { staffMessages } from './staff/messages.ts'
import { createOperators, type Operators } from './staff/operators.ts'
import { createPartnerStaff, type PartnerStaff } from './staff/partner-staff.ts'
import { mountOperatorRoutes, mountStaffRoutes } from './staff/routes.ts'
import type { JobName } from './storage/jobs.ts'
import { openStorage, type Storage } from './storage/storage.ts'
import { supportMessages } from './support/messages.ts'
import { mountHelp } from './support/routes.ts'
import { createSupport, type Support } from './support/support.ts'
import { mountTrials } from './trial/routes.ts'
import { createHouse } from './upstream/house.ts'
import { createOwnMeans } from './upstream/own-means.ts'
import { createProbe } from './upstream/probe.ts'
import { createUpstream, type Upstream } from './upstream/upstream.ts'

/** What the outside of the process is to the hub; tests hand in a clock of their own. */
export interface Surroundings {
  clock: Clock
  log: Log
  /** How names of other machines become addresses; the system's way by default. */
  lookup?: Lookup
  /** How passwords are hashed; as RFC 9106 recommends by default. */
  hasher?: PasswordHasher
  /** How private keys of the hub are made; like no other by default. */
  privateKey?: MakePrivateKey
  /** Housekeeping that does not repeat by itself; none by default. */
  byHand?: readonly JobName[]
}

/** The rooms, open on a database, serving nothing: what a command of the command line works with. */
export interface Rooms {
  settings: Settings
  clock: Clock
  storage: Storage
  audit: Audit
  keys: Keys
  certificates: Certificates
  directory: Directory
  organisations: Organisations
  firms: Firms
  firmLetters: ReturnType<typeof createFirmLetters>
  firmImports: FirmImports
  mandates: Mandates
  knownRepresentatives: KnownRepresentatives
  mandataryCodes: MandataryCodes
  mandateLetters: MandateLetters
  partners: Partners
  notices: Notices
  people: People
  protections: Protections
  means: Means
  eid: Eid
  signatures: Signatures
  evidence: EvidenceFiles
  places: Places
  sessions: Sessions
  deviceNames: DeviceNames
  trips: Trips
  connections: Connections
  figures: Figures
  register: Register
  inForce: InForce
  operators: Operators
  staff: PartnerStaff
  approvals: Approvals
  announcements: Announcements
  contactChecks: ContactChecks
  cases: Cases
  caseTrend: CaseTrend
  detection: Detection
  sharing: Sharing
  breaches: Breaches
  breachLetters: BreachLetters
  statements: Statements
  partnerLetters: PartnerLetters
  caseLetters: CaseLetters
  bridge: Bridge
  apiClients: ApiClients
  support: Support
  alertChoices: AlertChoices
  messageCopies: MessageCopies
  messageChecks: MessageChecks
}

export interface Hub extends Rooms {
  web: Web
  login: Login
  upstream: Upstream
  transmitter: Transmitter
  receiver: Receiver
  /**
   * Serves on the address of the settings and starts jobs, sealing and delivery. Resolves when requests are answered.
   * Without `jobs` this process writes what is to be sent, and leaves the sending to another one.
   */
  listen(options?: { jobs?: boolean }): Promise<{ host: string; port: number }>
  /** Ends requests under way, jobs, sealing, the database. Idempotent. */
  close(): Promise<void>
}

/** Opens the database and the rooms that own tables. `close` closes them, the last opened first. */
export async function openRooms(
  boot: Boot,
  { clock, log, hasher, privateKey, lookup }: Surroundings,
): Promise<Rooms & { close(): Promise<void> }> {
  const { settings, secrets } = boot
  const { master } = secrets
  const { retention } = settings
  const report = (message: string, inside: Record<string, unknown>) => log.warn(message, inside)
  const keyFor = (room: string) => deriveKey(master, room)

  const opened: { close(): Promise<void> }[] = []
  /** The last opened is closed first; one that cannot close does not keep the others open. */
  const closeAll = async () => {
    for (const room of opened.splice(0).reverse()) await room.close().catch(() => log.error('a room did not close'))
  }
  try {
    return await open()
  } catch (error) {
    await closeAll()
    throw error
  }

  async function open() {
    const storage = await openStorage({ location: boot.database, clock, stateKey: keyFor('state'), log: report })
    opened.push(storage)
    // Addresses that the operator of the hub wrote into its settings.
    const toOwn = createOutbound({ rules: 'anywhere' })
    opened.push({ close: async () => toOwn.close() })
    // The journal signs with a key whose making is a fact of the journal: the signer is asked for when the first head is.
    const audit = createAudit({
      storage,
      clock,
      origin: settings.issuer,
      signer: async () => keys.journalSigner(),
      retention: {
        connection: retention.connectionDays * day,
        security: retention.securityDays * day,
        administration: retention.administrationDays * day,
      },
      heads: {
        file: settings.journal.headsFile,
        ...(settings.journal.headsUrl ? { url: settings.journal.headsUrl } : {}),
      },
      fetch: toOwn.fetch,
      log: report,
    })
    opened.push({ close: () => audit.stop() })
    const keys = await createKeys({
      storage,
      clock,
      audit,
      masterKey: master,
      settings: { overlap: settings.keys.overlapHours * hour, lifetime: settings.keys.lifetimeDays * day },
      ...(privateKey ? { privateKey } : {}),
      log: report,
    })
    opened.push(keys)
    const certificates = createCertificates({
      kinds: settings.cards.kinds,
      clock,
      key: keyFor('certificates'),
      toNamed: createOutbound({
        rules: destinationsOf(settings),
        size: largestList,
        ...(lookup ? { lookup } : {}),
      }),
      toOwn: createOutbound({ rules: 'anywhere', size: largestList }),
    })
    opened.push(certificates)
    const directory = createDirectory({ storage, clock, audit })
    const organisations = createOrganisations({
      storage,
      clock,
      audit,
      rules: organisationRules(settings.organisations),
      key: keyFor('directory'),
    })
    const partners = await createPartners({
      storage,
      clock,
      audit,
      masterKey: master,
      rules: {
        allowHttp: settings.danger_allow_http,
        destinations: destinationsOf(settings),
        house: houseSettings(settings.cards),
      },
      health: settings.health,
      log: report,
    })
    opened.push(partners)
    const notices = await createNotices({
      storage,
      clock,
      audit,
      partners,
      policy: policyOf(settings.policy),
      retention: retention.administrationDays * day,
      timeZone: settings.timeZone,
      log: report,
    })
    opened.push(notices)
    const people = createPeople({ storage, clock, audit, masterKey: master, pivotKeys: secrets.pivot, log: report })
    const sessions = createSessions({
      storage,
      clock,
      audit,
      key: keyFor('sessions'),
      idle: settings.sessions.idleMinutes * minute,
      absolute: settings.sessions.absoluteHours * hour,
      isWithdrawn: withdrawnBy({ partners, clock }),
    })
    const deviceNames = createDeviceNames({ storage, people })
    const trips = createTrips({ storage, clock, audit, key: keyFor('sessions') })
    const connections = createConnections({ storage, clock, audit, key: keyFor('connections') })
    const figures = createFigures({
      storage,
      clock,
      connections,
      partners,
      timeZone: settings.timeZone,
      retention: retention.connectionDays * day,
    })
    const transport = createMailTransport({
      ...settings.mail,
      ...(secrets.mailPassword ? { password: secrets.mailPassword } : {}),
    })
    opened.push(transport)
    const mail = createMailGateway({ transport, clock, issuer: settings.issuer })
    const sms =
      settings.means.sms && secrets.sms
        ? { url: settings.means.sms.url, secret: secrets.sms, fetch: toOwn.fetch }
        : undefined
    const letters = createLetters({
      translate: createTranslator(alertMessages),
      settings: { issuer: settings.issuer, name: settings.name, timeZone: settings.timeZone },
    })
    const toPeople = createKeptGateway({
      storage,
      clock,
      transport,
      letters,
      key: keyFor('alerts'),
      plain: joinGateways({ mail, ...(sms ? { sms: createHttpSmsGateway(sms) } : {}) }),
    })
    const means = createMeans({
      storage,
      clock,
      audit,
      people,
      key: keyFor('means'),
      issuer: settings.issuer,
      name: settings.name,
      rules: meansRules(settings.means, policyOf(settings.policy)),
      gateway: toPeople,
      translate: createTranslator(sentMessages),
      inRegister: directory.exists,
      ...(hasher ? { hasher } : {}),
      async endSessions(tx, person) {
        await sessions.endAllOf(tx, person, 'revoked', { provider: ownProvider })
      },
      log: report,
    })
    // A list of a hundred thousand serial numbers is some megabytes.
    const toMakers = createOutbound({ rules: 'anywhere', size: 16 * 1024 * 1024 })
    opened.push({ close: async () => toMakers.close() })
    const attestation = createAttestation({
      settings: settings.eid,
      clock,
      async download(address) {
        const answer = await toMakers.fetch(address)
        return answer.ok ? answer.text() : undefined
      },
    })
    const places = createPlaces()
    const eid = await createEid({
      storage,
      clock,
      audit,
      people,
      certificates,
      providers: () => eidProviders(partners, clock.now()),
      attest: attestation.attest,
      onSilence: (provider, from) =>
        partners.health.report(provider, { result: 'failure', reason: 'cards_unchecked', proved: true, from }),
      async endSessions(tx, person, provider) {
        await sessions.endAllOf(tx, person, 'revoked', { provider })
      },
      countryOf: places.countryOf,
      relay: policyOf(settings.policy).relay,
      key: keyFor('eid'),
      issuer: settings.issuer,
      name: settings.name,
      rules: eidRules(settings.eid),
      retention: { approvals: retention.connectionDays * day, phones: retention.securityDays * day },
    })
    opened.push(eid)
    const protections = createProtections({
      storage,
      clock,
      audit,
      thawDelay: policyOf(settings.policy).thawDelay,
      sessions: sessions.stopper,
      connections: connections.stopper,
      ownProvider,
      providers: () => partners.registry().providers.keys(),
      async usable(handle, person, providers) {
        const found = partners.registry().providers
        const isOpen = (provider: Provider) => stateFor(provider, {}, clock.now()).kind !== 'suspended'
        const hasOwn = providers.includes(ownProvider) && strongest(await means.of(handle, person)) !== undefined
        const isUsable = (one: Provider) => isOpen(one) && (one.connector.kind !== 'own_means' || hasOwn)
        return providers.filter((id) => [found.get(id)].some((one) => one !== undefined && isUsable(one)))
      },
    })
    const houseProviders = () =>
      [...partners.registry().providers.values()].filter(
        (provider) => isHouse(provider) && stateFor(provider, {}, clock.now()).kind !== 'suspended',
      ) as HouseProvider[]
    const signatures = createSignatures({
      ...{ storage, clock, audit, people, protections, certificates },
      passkeys: means.passkeys.signing,
      phones: eid.phones,
      cardReaders: () =>
        houseProviders().flatMap(({ id, connector }) =>
          settings.cards.webEid && connector.kind === 'card' && connector.ways.includes('web_eid')
            ? [{ provider: id, cards: connector.cards }]
            : [],
        ),
      hasApp: () => houseProviders().some(({ connector }) => connector.kind === 'eid_app'),
      issuer: settings.issuer,
      key: keyFor('signatures'),
    })
    const firmLetters = createFirmLetters({
      storage,
      organisations,
      gateway: mail,
      translate: createTranslator(firmLetterMessages),
      hub: settings.name,
    })
    const firms = createFirms({
      storage,
      clock,
      audit,
      people,
      organisations,
      key: keyFor('mandates'),
      retention: retention.mandateDays * day,
      announce: (tx, about) => firmLetters.announce(tx, about),
    })
    const mandates = createMandates({
      storage,
      clock,
      audit,
      people,
      organisations,
      firms,
      services(id) {
        const service = partners.registry().services.get(id)
        return service && { name: service.name, actions: service.representation?.actions ?? [] }
      },
      timeZone: settings.timeZone,
      retention: retention.mandateDays * day,
      forgetSignatures: (tx, id) => signatures.forget(tx, { kind: 'mandate', id }),
    })
    const knownRepresentatives = createKnownRepresentatives({ storage, clock, people, organisations })
    const mandataryCodes = createMandataryCodes({ state: storage.state, clock })
    const mandateLetters = createMandateLetters({
      ...{ storage, clock, audit, mandates, firms },
      representatives: knownRepresentatives,
      timeZone: settings.timeZone,
      key: keyFor('alerts'),
    })
    signatures.register('mandate', {
      stillWanted: mandates.stillWanted,
      onSigned: (tx, { about: { id, side }, person }, signature) =>
        mandates.sign(tx, { mandate: id, side, person, signature }),
    })
    const firmImports = createFirmImports({
      storage,
      clock,
      audit,
      people,
      organisations,
      firms,
      mandates,
      service: (id) => partners.registry().services.get(id)?.representation,
      timeZone: settings.timeZone,
    })
    const evidence = createEvidence({
      ...{ storage, clock, audit, mandates, signatures, certificates, issuer: settings.issuer },
      keys: () => journalKeysOf(settings.issuer, keys.of('journal')),
      sign: (payload) => keys.journalSigner().sign(payload),
    })
    const inForce = await followRegister({ storage, log: report })
    opened.push(inForce)
    const register = createRegister({
      storage,
      clock,
      audit,
      partners,
      inForce,
      policy: policyOf(settings.policy),
    })
    const accounts = { storage, clock, audit, people, means, retention: retention.securityDays * day }
    const operators = createOperators(accounts)
    const staff = createPartnerStaff({
      ...accounts,
      partners,
      gateway: mail,
      translate: createTranslator(staffMessages),
      hub: settings.name,
    })
    const contactChecks = createContactChecks({
      storage,
      clock,
      audit,
      partners,
      staff,
      gateway: mail,
      translate: createTranslator(contactCheckMessages),
      hub: settings.name,
      issuer: settings.issuer,
      timeZone: settings.timeZone,
    })
    const partnerLetters = createPartnerLetters({
      storage,
      clock,
      partners,
      register,
      staff,
      operators,
      gateway: mail,
      translate: createTranslator(partnerLetterMessages, alertMessages),
      hub: settings.name,
      issuer: settings.issuer,
      timeZone: settings.timeZone,
    })
    const support = createSupport({
      storage,
      clock,
      audit,
      key: keyFor('support'),
      gateway: toPeople,
      isRefusal,
      translate: createTranslator(supportMessages),
      hub: settings.name,
      issuer: settings.issuer,
      retention: retention.supportDays * day,
    })
    const toOperators = {
      storage,
      operators,
      gateway: mail,
      translate: createTranslator(approvalsMessages, staffMessages),
      hub: settings.name,
    }
    const approvals = createApprovals({
      ...toOperators,
      clock,
      audit,
      keys,
      protections,
      versions: partners.versions,
      programs: {
        find: (client) => apiClients.find(client),
        faultsOf: (given, changed) => apiClients.faultsOf(given, changed),
        register: (given, actor, also) => apiClients.register(given, actor, also),
        replaceKeys: (client, jwks, by) => apiClients.replaceKeys(client, jwks, by),
        changeScopes: (client, scopes, by) => apiClients.changeScopes(client, scopes, by),
      },
      organisations,
      mandates: {
        find: (mandate) => mandates.byId(mandate),
        suspend: mandates.suspend,
        resume: mandates.resume,
        condemn: mandates.condemn,
      },
      key: keyFor('approvals'),
      retention: retention.securityDays * day,
    })
    const announcements = createAnnouncements(toOperators)
    const bridge = createBridge({
      storage,
      clock,
      audit,
      people,
      sectorOf: (service) => partners.registry().services.get(service)?.sector,
    })
    const apiClients = createApiClients({
      storage,
      clock,
      audit,
      operators,
      partners,
      onRemoval: (tx, id, actor) => approvals.withdrawAllOf(tx, { kind: 'api_client', id }, actor),
    })
    const cases = createCases({
      storage,
      clock,
      audit,
      people,
      sessions,
      connections,
      registered: (handle, side, object) => partners.known(handle, side, object),
      recognise: createRecogniser({ storage, key: keyFor('alerts') }),
      issuer: settings.issuer,
      rules: policyOf(settings.policy).cases,
      timeZone: settings.timeZone,
      key: keyFor('cases'),
      retention: retention.caseDays * day,
    })
    const detection = createDetection({
      storage,
      clock,
      audit,
      connections,
      partners,
      cases,
      retention: { connections: retention.connectionDays * day, administration: retention.administrationDays * day },
      log: report,
    })
    const sharing = createSharing({
      ...{ storage, clock, audit, rules: policyOf(settings.policy).sharing },
      phone: (tx, person, phone) => eid.phones.read(tx, person, phone),
    })
    const breaches = createBreaches({
      storage,
      clock,
      audit,
      key: keyFor('breaches'),
      authorities: authoritiesIn(settings.breaches),
      jurisdictions: settings.breaches.jurisdictions,
      retention: retention.breachDays * day,
    })
    const breachLetters = createBreachLetters({
      storage,
      clock,
      breaches,
      operators,
      gateway: mail,
      translate: createTranslator(breachMessages),
      hub: settings.name,
      timeZone: settings.timeZone,
    })
    const statements = await createStatements({
      storage,
      clock,
      audit,
      key: keyFor('breaches'),
      retention: retention.breachDays * day,
      log: report,
    })
    opened.push(statements)
    const caseTrend = createCaseTrend({ storage, clock, rules: policyOf(settings.policy).surge })
    const caseLetters = createCaseLetters({
      storage,
      clock,
      cases,
      partners,
      staff,
      operators,
      transport,
      letters,
      gateway: toPeople,
      translate: createTranslator(caseLetterMessages),
      rules: policyOf(settings.policy).cases,
      hub: settings.name,
      issuer: settings.issuer,
      timeZone: settings.timeZone,
    })
    // The messages about something go where that went, so they come after it.
    for (const { keeper } of [
      connections,
      sessions,
      deviceNames,
      trips,
      means,
      { keeper: eid.phones.keeper },
      signatures,
      bridge,
      cases,
      detection,
      sharing,
      mandates,
      firms,
      knownRepresentatives,
    ])
      people.keep(keeper)
    people.keep(messageKeeper({ storage, clock, people, key: keyFor('alerts') }))
    const alertChoices = createAlertChoices({ storage, clock, audit })
    const messageCopies = createMessageCopies({ storage, key: keyFor('alerts') })
    const messageChecks = createMessageChecks({
      storage,
      clock,
      audit,
      key: keyFor('alerts'),
      rules: policyOf(settings.policy).phishing,
    })
    return {
      settings,
      clock,
      storage,
      audit,
      keys,
      certificates,
      directory,
      organisations,
      firms,
      firmLetters,
      firmImports,
      mandates,
      knownRepresentatives,
      mandataryCodes,
      mandateLetters,
      partners,
      notices,
      people,
      protections,
      means,
      eid,
      signatures,
      evidence,
      places,
      sessions,
      deviceNames,
      trips,
      connections,
      figures,
      register,
      inForce,
      operators,
      staff,
      approvals,
      announcements,
      contactChecks,
      cases,
      detection,
      sharing,
      breaches,
      breachLetters,
      statements,
      caseTrend,
      partnerLetters,
      caseLetters,
      bridge,
      apiClients,
      support,
      alertChoices,
      messageCopies,
      messageChecks,
      close: closeAll,
    }
  }
}

export async function buildHub(boot: Boot, surroundings: Surroundings): Promise<Hub> {
  const rooms = await openRooms(boot, surroundings)
  try {
    return await assemble(boot, rooms, surroundings)
  } catch (error) {
    await rooms.close()
    throw error
  }
}

async function assemble(
  { settings, secrets, origins }: Boot,
  rooms: Rooms & { close(): Promise<void> },
  { clock, log, lookup, byHand = [] }: Surroundings,
): Promise<Hub> {
  const { storage, audit, keys, partners, people, means, sessions, connections } = rooms
  const { issuer, name } = settings
  const keyFor = (room: string) => deriveKey(secrets.master, room)
  const verifiers = createVerifiers({ key: keyFor('verifiers') })
  const ownMeans = createOwnMeans({ storage, clock, issuer, means, log })
  const house = createHouse({
    ...{ storage, clock, issuer, health: partners.health, log },
    still: ({ id }) => rooms.eid.requests.stillHolds(id as PhoneId),
  })
  const cards = createCards({
    ...{ storage, clock, audit, issuer, log },
    settings: settings.cards,
    certificates: rooms.certificates,
  })
  const destinations = destinationsOf(settings)
  const way = { destinations, ...(lookup ? { lookup } : {}) }
  const toServices = createOutbound({ ...way, rules: destinations })
  const upstream = createUpstream({
    ...way,
    storage,
    clock,
    keys,
    issuer,
    allowHttp: settings.danger_allow_http,
    ownMeans,
    house,
    health: partners.health,
    log,
  })
  const observation = createProbe({
    ...way,
    clock,
    allowHttp: settings.danger_allow_http,
    slow: settings.health.slowMilliseconds,
    log,
  })
  const web = await createWeb({
    issuer,
    trustedProxies: settings.trustedProxies,
    clock,
    log,
    name,
    ...(settings.support ? { support: settings.support } : {}),
    key: keyFor('http'),
    announcements: rooms.notices.onPage,
    messages: pageBundles,
  })
  const { places } = rooms
  const { localNetworks } = policyOf(settings.policy)
  const login = createLogin({
    storage,
    clock,
    audit,
    partners,
    people,
    upstream,
    sessions,
    connections,
    places,
    inForce: rooms.inForce,
    mandates: rooms.mandates,
    organisations: rooms.organisations,
    policy: policyOf(settings.policy),
    ownService: ownServiceOf(settings),
    log,
  })
  const visitorOf = (request: FastifyRequest): Visitor => {
    const { language, address, port } = web.contextOf(request)
    const { read } = web.cookies
    return {
      browser: read(request, 'browser'),
      session: read(request, 'session'),
      device: read(request, 'device'),
      language,
      address,
      port,
    }
  }

  const alerts = createAlerts({
    storage,
    clock,
    audit,
    connections,
    people,
    partners,
    means,
    phones: rooms.eid.phones,
    cases: rooms.cases,
    mandates: rooms.mandates,
    organisations: rooms.organisations,
    choices: rooms.alertChoices,
    transport: createMailTransport({
      ...settings.mail,
      ...(secrets.mailPassword ? { password: secrets.mailPassword } : {}),
    }),
    translate: web.translate,
    settings: { issuer, name, timeZone: settings.timeZone },
    key: keyFor('alerts'),
  })
  const signals = createSignals({
    storage,
    clock,
    audit,
    partners,
    people,
    sessions,
    keys,
    issuer,
    fetch: toServices.fetch,
  })
  audit.react(alerts.reactor)
  audit.react(signals.reactor)
  const exchange = {
    storage,
    clock,
    audit,
    cases: rooms.cases,
    issuer,
    key: keyFor('signals'),
    fetch: toServices.fetch,
    async speaksFor({ client, side, object }: Pick<PartyProgram, 'client' | 'side' | 'object'>) {
      const found = await rooms.apiClients.find(client)
      if (!found || !rooms.apiClients.isInForce(found)) return false
      return found.party?.side === side && found.party.id === object
    },
  }
  const transmitter = await createTransmitter({
    ...exchange,
    people,
    mandates: rooms.mandates,
    organisations: rooms.organisations,
    keys,
    retention: settings.retention.securityDays * day,
  })
  const receiver = createReceiver({ ...exchange, partners })
  audit.react(transmitter.reactor)
  const withdrawal = createWithdrawal({ storage, clock, partners, sessions })
  audit.react(withdrawal.reactor)
  const actingEnds = createActingEnds({ storage, clock, sessions, mandates: rooms.mandates })
  audit.react(actingEnds.reactor)
  audit.react(rooms.partnerLetters.reactor)
  audit.react(rooms.breaches.reactor)
  storage.jobs.work('breaches.letter', (job) => rooms.breachLetters.send(job))
  audit.react(rooms.detection.reactor)
  audit.react(rooms.sharing.reactor)
  storage.jobs.work('detection.look', () => rooms.detection.look())
  storage.jobs.schedule('detection.look', '*/5 * * * *', {})
  storage.jobs.work('breaches.deadlines', () => rooms.breaches.watch())
  storage.jobs.schedule('breaches.deadlines', '*/5 * * * *', {})
  audit.react(rooms.caseLetters.reactor)
  const phishing = createPhishingWatch({
    storage,
    clock,
    notices: rooms.notices,
    translate: web.translate,
    causes: [
      {
        about: 'messages',
        publish: policyOf(settings.policy).phishing.publish,
        fact: 'message.code_misused',
        proposes: async () => (await rooms.messageChecks.misuse()).proposes,
      },
      {
        about: 'reports',
        publish: policyOf(settings.policy).surge.publish,
        fact: 'case.opened',
        proposes: async () => (await rooms.caseTrend.trend()).all.rises,
      },
    ],
  })
  audit.react(phishing.reactor)
  storage.jobs.work('alerts.warning', () => phishing.work())
  storage.jobs.work('sessions.withdraw', (job) => withdrawal.work(job))
  storage.jobs.work('sessions.acting', (job) => actingEnds.work(job))
  storage.jobs.work('people.thaw', (job) => rooms.protections.work(job))
  storage.jobs.work('staff.letter', (job) => rooms.staff.sendLetter(job))
  audit.react(rooms.announcements.reactor)
  storage.jobs.work('approvals.letter', (job) => rooms.approvals.sendLetter(job))
  audit.react(rooms.mandates.reactor)
  storage.jobs.work('mandates.recheck', ({ representation }) =>
    rooms.mandates.recheck(representation as RepresentationId | undefined),
  )
  storage.jobs.schedule('mandates.recheck', '23 3 * * *', {})
  storage.jobs.work('mandates.firm_letter', (job) => rooms.firmLetters.send(rooms.firms, job))
  storage.jobs.work('approvals.announcement', (job) => rooms.announcements.send(job))
  storage.jobs.work('staff.contact_check', (job) => rooms.contactChecks.sendLetter(job))
  storage.jobs.work('alerts.partner', (job) => rooms.partnerLetters.send(job))
  storage.jobs.work('alerts.case', (job, attempt) => rooms.caseLetters.send(job, attempt))
  audit.react(rooms.knownRepresentatives.reactor)
  audit.react(rooms.mandateLetters.reactor)
  storage.jobs.work('alerts.mandates', () => rooms.mandateLetters.gather())
  storage.jobs.work('alerts.mandate_use', ({ use }) => rooms.mandateLetters.look(use as MandateUseId))
  storage.jobs.work('support.letter', (job, attempt) => rooms.support.sendLetter(job, attempt))
  storage.jobs.work('alerts.mail', ({ message }, attempt) => alerts.deliver(message as MessageId, attempt))
  storage.jobs.work('signals.backchannel-logout', (job, attempt) => signals.sendLogout(job, attempt))
  storage.jobs.work('signals.plan', (job) => transmitter.plan(job))
  storage.jobs.work('signals.deliver', (job) => transmitter.deliver(job))
  storage.jobs.work('signals.poll', (job) => receiver.poll(job))
  storage.jobs.work('housekeeping.retention', async () => {
    await sessions.sweep()
    await rooms.trips.sweep()
    await rooms.eid.phones.sweep()
    await connections.tally(settings.timeZone)
    await rooms.figures.tally()
    await rooms.figures.sweep()
    await connections.expire(clock.now() - settings.retention.connectionDays * day)
    await alerts.expire(clock.now() - settings.retention.connectionDays * day)
    await people.forget()
    await rooms.organisations.recheck()
    await rooms.organisations.forget(clock.now() - settings.retention.administrationDays * day)
    await partners.health.forget(clock.now() - settings.retention.administrationDays * day)
    await means.sweep()
    await rooms.register.sweep()
    await rooms.operators.sweep()
    await rooms.staff.sweep()
    await rooms.approvals.sweep()
    await rooms.contactChecks.sweep()
    await rooms.firms.sweep()
    await rooms.firmImports.sweep()
    await rooms.knownRepresentatives.sweep()
    await rooms.mandates.sweep()
    // News that was committed while the job that it asked for was at work.
    await rooms.mandateLetters.gather()
    await rooms.partnerLetters.sweep()
    await rooms.messageChecks.sweep()
    await rooms.notices.sweep()
    await rooms.apiClients.sweep()
    await rooms.support.sweep()
    await rooms.cases.sweep()
    await rooms.detection.sweep()
    await rooms.sharing.sweep()
    await transmitter.sweep()
    await receiver.sweep()
    await rooms.breaches.sweep()
    await rooms.statements.sweep()
    await audit.expire()
    await keys.advance()
  })
  storage.jobs.schedule('housekeeping.retention', '*/15 * * * *', {})
  storage.jobs.work('cases.look', ({ report }) => rooms.cases.look(report))
  storage.jobs.work('cases.deadlines', () => rooms.cases.chase())
  storage.jobs.schedule('cases.deadlines', '*/15 * * * *', {})
  storage.jobs.work('housekeeping.rekey', async () => {
    const done = await people.rekey(rekeyBudget)
    if (done === 0) return
    const left = (await people.awaitingRekey()).reduce((sum, version) => sum + version.people, 0)
    log.info('people: identities were digested with the newest key', { done, left })
  })
  if (secrets.pivot.length > 1) storage.jobs.schedule('housekeeping.rekey', '* * * * *', {})

  const mandateTokens = createMandateTokens({
    storage,
    clock,
    audit,
    mandates: rooms.mandates,
    organisations: rooms.organisations,
    people,
    sessions,
    serviceOf: (id) => partners.registry().services.get(id),
  })
  const protocol = createProtocol({
    issuer,
    storage,
    clock,
    audit,
    keys,
    partners,
    people,
    directory: rooms.directory,
    connections,
    login,
    bridge: rooms.bridge,
    sessions,
    mandateTokens,
    key: keyFor('protocol'),
    web,
    visitorOf,
    begin: (request, reply, flow) => loginPages.begin(request, reply, flow),
    loginPath,
    logoutPath,
    fetch: toServices.fetch,
    log,
  })
  protocol.mount()
  const own = mountOwnSignIn({
    ...{ web, login, sessions, people, connections, storage, visitorOf },
    places: [spacePaths.home, holderPath, '/sign', firmPaths.all],
  })
  mountJournalKeys({ web, keys: () => journalKeysOf(issuer, keys.of('journal')) })
  const space = mountSpace({
    ...rooms,
    alerts,
    web,
    verifiers,
    door: own,
    seenIn: (address) => seenInOf(address, places.countryOf(address), localNetworks),
    retention: settings.retention,
    schemes: Object.keys(settings.organisations.schemes),
    issuer,
    name,
    timeZone: settings.timeZone,
  })
  mountFirm({ ...rooms, pages: space.pages, imports: rooms.firmImports, issuer })
  const loginPages = mountLoginRoutes({
    web,
    login,
    people,
    directory: rooms.directory,
    partners,
    verifiers,
    visitorOf,
    name,
    timeZone: settings.timeZone,
    answer: (request, reply, flow) => (flow.returnTo === undefined ? protocol : own).answer(request, reply, flow),
    isSharedHere: async ({ device }) => {
      const named = sessions.deviceNamed(device)
      return named !== undefined && rooms.sharing.isShared(named)
    },
    resumePath: (flow) =>
      flow.returnTo === undefined ? `${engineRoutes.authorization}/${flow.id}` : own.resumePath(flow),
    otherCallback: (request, reply) => trials.callback(request, reply),
    claimsFor: claimsInOrder,
  })
  const houseWaiting = houseLogins({ web, login, partners, verifiers, house, visitorOf })
  mountCards({
    ...{ web, cards, waitingFor: houseWaiting },
    beside: {
      verifiers,
      badge: createBadgeSignIn({ storage, clock, people, passwords: means.personPasswords }),
      account: name,
    },
  })
  mountStandIn({
    ...{ web, storage, clock, verifiers, cards },
    ceremony: createStandInCeremony({ storage, clock, audit, people, codes: means.personCodes }),
    requests: rooms.eid.requests,
    countryOf: places.countryOf,
    timeZone: settings.timeZone,
    waitingFor: houseWaiting,
    nameOf: (provider) => partners.registry().providers.get(provider)?.name,
  })
  mountAppRoutes({
    ...{ web, storage, issuer, name, log },
    eid: rooms.eid,
    rules: eidRules(settings.eid),
    providers: () => eidProviders(partners, clock.now()),
  })
  mountAppPages({
    ...{ web, storage, clock, verifiers },
    requests: rooms.eid.requests,
    countryOf: places.countryOf,
    timeZone: settings.timeZone,
    waitingFor: houseWaiting,
  })
  const holderOf = async (request: FastifyRequest) => {
    const present = await own.present(request)
    return present && { ...present.session, session: present.session.id, isWeak: present.isWeak }
  }
  mountMeansRoutes({
    web,
    means,
    people,
    storage,
    clock,
    verifiers,
    name,
    timeZone: settings.timeZone,
    pairsPhones: () => eidProviders(partners, clock.now()).length > 0,
    automationCheck: policyOf(settings.policy).restrictions.challenge,
    waitingFor: waitingLogins({ web, login, partners, verifiers, ownMeans, visitorOf }),
    signedIn: holderOf,
    signIn: own.signIn,
    signInPath: own.signInPath,
    frame: space.frameOther,
  })
  const signing = mountSigning({
    ...{ web, storage, clock, verifiers, timeZone: settings.timeZone },
    signatures: rooms.signatures,
    signedIn: holderOf,
    signIn: own.signIn,
    signInPath: own.signInPath,
    frame: space.frameOther,
    async appOf({ person }) {
      const signers = await rooms.eid.phones.signers(storage.db, person)
      return signers.toSorted((a, b) => compareLevels(b.level, a.level))[0]?.provider
    },
    browserOf: (request) => hashSecret(visitorOf(request).session ?? ''),
    home: spacePaths.mandates,
  })
  mountSigningPages({
    ...{ web, storage, clock, verifiers },
    requests: rooms.eid.requests,
    countryOf: places.countryOf,
    timeZone: settings.timeZone,
    providers: () => eidProviders(partners, clock.now()),
    waitingFor: signing.waitingFor,
  })
  mountActivation({ web, means, people, storage, clock, verifiers, name })
  mountLogout({ issuer, name, storage, clock, keys, partners, people, sessions, upstream, verifiers, web, visitorOf })
  const door = mountOperatorRoutes({ web, operators: rooms.operators, verifiers, name, home: consolePaths.home })
  const rehearsal = createRehearsal({
    partners,
    inForce: rooms.inForce,
    policy: policyOf(settings.policy),
    clock,
    ownService: ownServiceOf(settings),
    name,
    timeZone: settings.timeZone,
  })
  const { contact } = settings.breaches
  const notifier = { hub: name, issuer, ...(contact ? { contact } : {}) }
  const contactPoint = contact ?? settings.support
  const incidents = { timeZone: settings.timeZone, ...(contactPoint ? { contact: contactPoint } : {}) }
  const { figures: operatorFigures } = mountConsole({
    ...rooms,
    versions: partners.versions,
    web,
    door,
    rehearsal,
    issuer,
    healthMailDomains: settings.means.healthMailDomains,
    timeZone: settings.timeZone,
    notifier,
    incidents,
    running: runningProcess({ settings, origins, clock }),
  })
  const deskDoor = mountStaffRoutes({
    web,
    staff: rooms.staff,
    verifiers,
    name,
    home: deskPaths.home,
    partnerName: (partner, language) => partners.partner(partner)?.name[language] ?? partner,
  })
  mountDesk({
    web,
    door: deskDoor,
    staff: rooms.staff,
    partners,
    versions: partners.versions,
    contactChecks: rooms.contactChecks,
    figures: rooms.figures,
    programs: rooms.apiClients,
    cases: rooms.cases,
    signals: { transmitter, receiver },
    sessions,
    clock,
    issuer,
    name,
    timeZone: settings.timeZone,
  })
  const trials = mountTrials({
    issuer,
    web,
    storage,
    clock,
    audit,
    partners,
    versions: partners.versions,
    upstream,
    fetch: toServices.fetch,
    doors: { desk: deskDoor, console: door },
    homes: { desk: deskPaths.home, console: consolePaths.home },
    draftPages: { desk: deskPaths.draft, console: consolePaths.draftOf },
    staff: rooms.staff,
    timeZone: settings.timeZone,
    log,
  })
  mountMessageCheck({ web, checks: rooms.messageChecks, issuer, name, timeZone: settings.timeZone })
  mountHelp({
    web,
    requests: rooms.support,
    clock,
    verifiers,
    keptDays: settings.retention.supportDays,
    timeZone: settings.timeZone,
    ...(settings.support ? { support: settings.support } : {}),
  })
  mountStatus({
    ...{ web, notices: rooms.notices, partners, clock, timeZone: settings.timeZone },
    statements: () => statementLines(rooms.statements.published()),
  })
  mountIncidentPages({ web, statements: rooms.statements, ...incidents })
  mountPrograms({ ...rooms, web, door, timeZone: settings.timeZone, clients: rooms.apiClients })
  const programDoor = mountApi({
    web,
    storage,
    clock,
    audit,
    log,
    clients: rooms.apiClients,
    operations: allOperations({
      ...rooms,
      versions: partners.versions,
      rehearsal,
      operatorFigures,
      ask: createAsk(rooms.approvals),
      notifier,
      translate: web.translate,
      transmitter,
      receiver,
      timeZone: settings.timeZone,
      issuer,
      allowHttp: settings.danger_allow_http,
      destinations: destinationsOf(settings),
      running: runningProcess({ settings, origins, clock }),
    }),
    issuer,
    name,
    key: keyFor('api'),
  })
  mountSignals({
    ...{ web, transmitter, receiver, issuer, log },
    door: programDoor,
    allowHttp: settings.danger_allow_http,
    destinations,
  })
  registerPublicPages(web, { issuer, name, security: settings.security, accountPath: spacePaths.home })
  mountProbes(web, storage)
  await web.app.ready()

  upstream.warm(partners.registry().providers.values())
  partners.onChange(({ providers }) => upstream.warm(providers.values()))

  let closing: Promise<void> | undefined
  return {
    ...rooms,
    web,
    login,
    upstream,
    transmitter,
    receiver,
    async listen({ jobs = true } = {}) {
      await storage.transaction(async (tx) =>
        audit.append(tx, { name: 'hub.started', data: { version: manifest.version } }),
      )
      if (jobs) await storage.jobs.start({ byHand })
      partners.health.start({ knock: observation.knock, ...(jobs ? { probe: observation.probe } : {}) })
      await audit.start()
      await cards.listen()
      collectStart()
      await web.app.listen({ host: settings.listen.host, port: settings.listen.port })
      const address = web.app.server.address()
      return {
        host: settings.listen.host,
        port: typeof address === 'object' && address ? address.port : settings.listen.port,
      }
    },
    close() {
      closing ??= (async () => {
        await cards.close()
        await web.app.close()
        await upstream.close()
        await alerts.close()
        await transmitter.close()
        await rooms.close()
        toServices.close()
        // Last: a probe that is cut off here must not be taken for one that failed.
        observation.close()
      })()
      return closing
    },
  }
}

/** Those of the e-ID app, as far as the app is concerned. */
function eidProviders(partners: Partners, now: number): EidProvider[] {
  return [...partners.registry().providers.values()].flatMap((provider) => {
    const { id, name, connector, allowedLevels } = provider
    if (connector.kind !== 'eid_app') return []
    const usable = stateFor(provider, {}, now).kind !== 'suspended'
    return [{ id, name, cards: connector.cards, by: connector.by, allowedLevels, usable }]
  })
}

/** What an operator is told of this process. */
function runningProcess({
  settings,
  origins,
  clock,
}: {
  settings: Settings
  origins: SecretOrigins | undefined
  clock: Clock
}) {
  const origin = (name: keyof SecretOrigins) => origins?.[name] ?? 'untold'
  return {
    version: manifest.version,
    node: process.version,
    pid: process.pid,
    host: hostname(),
    startedAt: clock.now(),
    settings,
    secrets: {
      GARANT_MASTER_KEY: origin('masterKey'),
      GARANT_PIVOT_KEYS: origin('pivotKeys'),
      GARANT_MAIL_PASSWORD: origin('mailPassword'),
      GARANT_SMS_SECRET: origin('sms'),
      DATABASE_URL: origin('databaseUrl'),
    },
    keyLifetime: settings.keys.lifetimeDays * day,
  } as const
}

/** Of each minute: what is left of it lets a slow turn end before the next one. */
const rekeyBudget = 40 * second

/** For the load balancer: `/livez` says that the process runs, `/readyz` that it can serve. */
function mountProbes(web: Web, storage: Storage): void {
  const config = { access: 'public', anyHost: true } as const
  web.app.get('/livez', { config }, async () => ({ status: 'up' }))
  web.app.get('/readyz', { config }, async (_request, reply) => {
    if (await storage.alive()) return { status: 'ready' }
    return reply.code(503).header('retry-after', '5').send({ status: 'database unavailable' })
  })
}
