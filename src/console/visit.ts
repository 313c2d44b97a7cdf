/** What each route of operators begins with: the right that it names, who is there, what they typed. */
import type { FastifyRequest } from 'fastify'
import type { MessageChecks } from '../alerts/checks.ts'
import type { Approvals } from '../approvals/approvals.ts'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Breaches } from '../breaches/breaches.ts'
import type { Notifier } from '../breaches/notification.ts'
import type { IncidentFrame } from '../breaches/pages.ts'
import type { Statements } from '../breaches/statements.ts'
import type { Cases } from '../cases/cases.ts'
import type { CaseTrend } from '../cases/trend.ts'
import type { Certificates } from '../certificates/certificates.ts'
import type { Connections } from '../connections/connections.ts'
import { parseReference } from '../connections/reference.ts'
import type { Detection } from '../detection/detection.ts'
import type { Sharing } from '../detection/sharing.ts'
import type { Directory } from '../directory/directory.ts'
import type { Organisations } from '../directory/organisations.ts'
import type { Phones } from '../eid/eid.ts'
import type { Web } from '../http/http.ts'
import type { Clock } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type OperatorId, type PersonId } from '../kernel/ids.ts'
import type { Keys } from '../keys/keys.ts'
import type { Rehearsal } from '../login/rehearsal.ts'
import type { Mandates } from '../mandates/mandates.ts'
import type { Enrolment, Means } from '../means/means.ts'
import type { Notices } from '../notices/notices.ts'
import { named } from '../partners/fault-messages.ts'
import type { Partners } from '../partners/partners.ts'
import type { Versions } from '../partners/versions.ts'
import type { People } from '../people/people.ts'
import type { Protections } from '../people/protections.ts'
import type { Register } from '../register/register.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { ContactChecks } from '../staff/contact-checks.ts'
import type { Operators, Standing } from '../staff/operators.ts'
import type { PartnerStaff } from '../staff/partner-staff.ts'
import type { OperatorDoor } from '../staff/routes.ts'
import type { Storage } from '../storage/storage.ts'
import type { Support } from '../support/support.ts'
import type { Frame } from './frame.ts'
import { type Right, rights } from './rights.ts'
import type { RunningProcess } from './settings-pages.ts'

export interface ConsoleOptions {
  web: Web
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append' | 'explore' | 'entry' | 'receipt'>
  operators: Operators
  staff: PartnerStaff
  contactChecks: Pick<ContactChecks, 'contactChecks' | 'of'>
  approvals: Approvals
  versions: Versions
  door: OperatorDoor
  register: Register
  means: Pick<
    Means,
    'of' | 'suspend' | 'resume' | 'revoke' | 'renew' | 'unlock' | 'enrolments' | 'mailboxProofs' | 'activations'
  >
  people: Pick<
    People,
    'sealerOf' | 'identityOf' | 'havingIdentity' | 'collisions' | 'collision' | 'resolveCollision' | 'split'
  >
  eid: { phones: Pick<Phones, 'of' | 'revoke'> }
  protections: Pick<Protections, 'of'>
  directory: Pick<Directory, 'professional'>
  organisations: Organisations
  mandates: Pick<Mandates, 'byId' | 'list' | 'withNames' | 'countUses' | 'statistics'>
  partners: Partners
  connections: Pick<Connections, 'activity' | 'signIns' | 'personOf' | 'linesOf'>
  cases: Pick<
    Cases,
    | ('queue' | 'counts' | 'findBy' | 'find' | 'read' | 'evidence' | 'timeline' | 'similar' | 'candidates' | 'routeOf')
    | ('qualify' | 'notify' | 'conclude' | 'close' | 'revise' | 'note' | 'parties' | 'statistics')
  >
  caseTrend: CaseTrend
  sharing: Pick<Sharing, 'counts'>
  detection: Pick<Detection, 'standing' | 'tuningOf' | 'tune' | 'preview' | 'faultsOf' | 'history' | 'found' | 'surges'>
  breaches: Breaches
  /** Who speaks to authorities. */
  notifier: Notifier
  /** As the public pages on incidents have it. */
  incidents: IncidentFrame
  statements: Statements
  sessions: Pick<Sessions, 'countThrough' | 'countOpen'>
  notices: Pick<Notices, 'banners' | 'inForce' | 'publish' | 'amend' | 'withdraw'>
  messageChecks: Pick<MessageChecks, 'misuse'>
  support: Pick<Support, 'countOpen' | 'list' | 'search' | 'read' | 'answer' | 'close' | 'reopen'>
  rehearsal: Rehearsal
  keys: Pick<Keys, 'of'>
  certificates: Pick<Certificates, 'loaded'>
  running: RunningProcess
  /** Origin of the hub, which people type into their browser. */
  issuer: string
  /** R042: domains of mailboxes that prove an identity. */
  healthMailDomains: readonly string[]
  /** IANA name of the zone in which dates are written. */
  timeZone: string
}

export const allow = (right: Right) => ({ config: { access: { operator: rights[right] } } })

export async function frameOf(
  options: Pick<ConsoleOptions, 'web' | 'door' | 'operators' | 'partners' | 'timeZone'>,
  request: FastifyRequest,
): Promise<Frame> {
  const { web, door, operators, partners, timeZone } = options
  const standing = door.of(request)
  const names = await operators.namesOf([standing.operator])
  const { language } = web.contextOf(request)
  return {
    name: names.get(standing.operator) ?? '',
    roles: standing.roles,
    timeZone,
    named: (said) => named(said, partners.registry(), language),
    verifier: (path) => door.verifier(standing, path),
  }
}

export const actorOf = ({ operator }: Standing): Actor => ({ kind: 'operator', id: operator })

/** Texts of a form; what is no text is empty. */
export function fieldsOf<const N extends string>(request: FastifyRequest, names: readonly N[]): Record<N, string> {
  const body = (request.body ?? {}) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return Object.fromEntries(names.map((name) => [name, text(body[name])])) as Record<N, string>
}

interface Subjects {
  people: Pick<People, 'sealerOf'>
  storage: Pick<Storage, 'db'>
  operators: Pick<Operators, 'isOperator'>
}

/** Somebody whom a manager of means may look after: known, not erased, and no operator. */
export async function isSubject({ people, storage, operators }: Subjects, person: PersonId): Promise<boolean> {
  const isKnown = (await people.sealerOf(storage.db, person)) !== undefined
  return isKnown && !(await operators.isOperator(person))
}

/**
 * The person of an address.
 *
 * @throws GarantError `not_found`
 */
export async function personIn(options: ConsoleOptions, request: FastifyRequest): Promise<PersonId> {
  const { person } = request.params as { person: string }
  if (!isId('person', person) || !(await isSubject(options, person))) throw new GarantError('not_found')
  return person
}

/** Whose identifier or id this is exactly; operators are found by nobody here. */
export async function findPerson(
  options: Subjects & { means: Pick<Means, 'enrolments'> },
  text: string,
): Promise<{ by: 'identifier' | 'person'; person: PersonId | undefined }> {
  const given = text.trim()
  const by = isId('person', given) ? 'person' : 'identifier'
  const found = isId('person', given) ? given : await options.means.enrolments.personOf(given)
  return { by, person: found && (await isSubject(options, found)) ? found : undefined }
}

export interface Found {
  by: 'identifier' | 'person' | 'reference'
  person: PersonId | undefined
}

/** As `findPerson`; or who signed in, or tried to, by the connection whose code somebody reads out. */
export async function findByWord(options: ConsoleOptions, text: string): Promise<Found> {
  const found = await findPerson(options, text)
  const reference = found.person ? undefined : parseReference(text)
  if (!reference) return found
  const person = await options.connections.personOf(reference)
  return { by: 'reference', person: person && (await isSubject(options, person)) ? person : undefined }
}

/** Each look at a person is a fact, and each search, found or not. */
export async function noteView(options: ConsoleOptions, request: FastifyRequest, person: PersonId): Promise<void> {
  const { operator } = options.door.of(request)
  await options.storage.transaction(async (tx) =>
    options.audit.append(tx, { name: 'operator.viewed_person', data: { operator, person } }),
  )
}

export async function noteSearch(
  options: ConsoleOptions,
  request: FastifyRequest,
  searched: { by: Found['by'] | 'identity'; person: PersonId | undefined },
): Promise<void> {
  const { operator } = options.door.of(request)
  const data = { operator, by: searched.by, person: searched.person ?? null }
  await options.storage.transaction(async (tx) => options.audit.append(tx, { name: 'operator.searched', data }))
}

/** The names of the operators who checked an identity. */
export async function operatorNames(
  { operators }: Pick<ConsoleOptions, 'operators'>,
  enrolments: readonly Pick<Enrolment, 'agent'>[],
): Promise<ReadonlyMap<OperatorId, string>> {
  const ids = enrolments.flatMap(({ agent }) => (agent.kind === 'operator' ? [agent.id] : []))
  return operators.namesOf([...new Set(ids)])
}
