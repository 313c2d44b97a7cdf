/**
 * What a login leaves behind, each time in one transaction: on success the link, the session, the device, the connection,
 * the facts and the outbox; on refusal the refused connection and its facts. Where the outcome ends a login (`ends`),
 * that end is part of the same transaction, so that of simultaneous requests one writes all of it and the others nothing.
 */
import type { Audit } from '../audit/audit.ts'
import type { Fact } from '../audit/facts.ts'
import type { Connections, NewConnection } from '../connections/connections.ts'
import type { Places } from '../directory/places.ts'
import type { Log } from '../http/http.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import {
  type ConnectionId,
  type DeviceId,
  type LinkId,
  newId,
  newOrderedId,
  type PersonId,
  type ProviderId,
  type ServiceId,
  type SessionId,
} from '../kernel/ids.ts'
import { deriveKey, seal, unseal } from '../kernel/secrets.ts'
import type { Mandates, NewUse } from '../mandates/mandates.ts'
import { ownService } from '../partners/own-service.ts'
import type { Partners, Provider, Service } from '../partners/partners.ts'
import { isStandIn, type StandIns } from '../partners/stand-ins.ts'
import type { Claimed, People } from '../people/people.ts'
import type { AcceptanceReason } from '../policy/acceptance.ts'
import { decideAlert, type Habits, isSuspicious, unusualContext } from '../policy/context.ts'
import type { SeenIn } from '../policy/geography.ts'
import type { ActingRef } from '../policy/mandate.ts'
import type { Surroundings } from '../policy/representation.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import {
  type ActingInLogin,
  type Answer,
  claimedBy,
  type Event,
  type Evidence,
  type Flow,
  type LoginRequest,
  observed,
} from './flow.ts'
import { type Flows, Overtaken } from './flows.ts'
import type { CookieChange, Outcome, Visitor } from './login.ts'

export interface OutcomeOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  people: People
  sessions: Sessions
  connections: Connections
  places: Places
  mandates: Pick<Mandates, 'noteUse'>
  flows: Flows
  log: Log
  serviceOf: (id: string) => Service
  partners: { registry: Partners['registry']; health: { standIns: Pick<StandIns, 'used'> } }
  /** Kilometres per hour, of the policy. */
  travelSpeed: number
  /** Where an address is. */
  seenIn: (address: string) => SeenIn
}

export interface Success {
  request: LoginRequest
  evidence: Evidence
  acr: Level
  /** For whom, and from where, of a service that asks. */
  acting?: ActingInLogin
  from?: Surroundings
  /** The session that the browser has now; it may still be asked. */
  before: Session | undefined | Promise<Session | undefined>
  /** The login that ends; absent when a session answered before one was begun. */
  ends?: Flow
}

export interface Refusal {
  request: LoginRequest
  error: ErrorName
  provider?: ProviderId
  person?: PersonId
  /** What the provider did wrong, for the journal. */
  detail?: string
  /** Why policy refuses the means, when it does. */
  reasons?: readonly AcceptanceReason[]
  /** An account that a review must settle. */
  colliding?: Claimed
  /** The service asked for more because of where the request comes from, whatever the error says. */
  abroad?: true
  /** The login that ends; absent when it goes on, or none was begun. */
  ends?: Flow
  /** The login that goes on, at the stage that is refused: a reload writes nothing more. */
  pauses?: Flow
}

/** How a login has ended. */
export type Ending = Exclude<Outcome, { kind: 'page' }>

export interface Outcomes {
  /**
   * Lets the person in. Refuses when they are not the one that the service named (then nothing of the attempt stays but
   * that refusal), or when their identity collides.
   *
   * @throws Overtaken when another request has ended the login; nothing was written
   */
  issue(success: Success, visitor: Visitor): Promise<Ending>
  /**
   * Writes a refusal; returns the reference that the page prints.
   *
   * @throws Overtaken when another request has ended the login; nothing was written
   */
  refuse(refusal: Refusal, visitor: Visitor): Promise<string>
  /** A session does not do from where the person is: a fact, and no line, since a page follows. */
  askedAbroad(service: ServiceId, visitor: Visitor): Promise<void>
  /** How a login has ended, told again to the browser that it belongs to; undefined while it goes on. */
  endingOf(flow: Flow, visitor: Visitor): Ending | undefined
}

/** A second click within this time gets the same answer; later the page says that the login is over. */
const secondClick = minute

/** How far back the unusual-context decision looks. */
const habitsWindow = 90 * day

export function createOutcomes(options: OutcomeOptions): Outcomes {
  const { storage, clock, audit, people, sessions, connections, places, flows, log, serviceOf, travelSpeed } = options
  const { seenIn, partners, mandates } = options

  async function issue(success: Success, visitor: Visitor): Promise<Ending> {
    const { request, evidence, acr, acting, from, ends } = success
    const known = evidence.from === 'session' ? evidence.person : (evidence.joinTo ?? evidence.person)
    // Read while the transaction begins and finds out who enters.
    const reading = Promise.all([
      success.before,
      known && sessions.device(visitor.device, known),
      known && connections.habits(known, clock.now() - habitsWindow),
    ])
    reading.catch(() => {})
    const service = serviceOf(request.service)

    return storage.transaction(async (tx): Promise<Ending> => {
      const entering = await enter(tx, success, visitor, service.sector)
      if (typeof entering === 'string') {
        const whose = known && entering !== 'identity_collision' ? { person: known } : {}
        const refusal = { request, error: entering, provider: evidence.provider, ...whose, ...endOf(ends) }
        await recordRefusal(tx, refusal, visitor)
        return { kind: 'refused', error: entering }
      }
      const { person, link, newLink, weakLink, session } = entering
      const [before, found, habits = noHabits] = await reading
      const device = found ?? (await sessions.device(visitor.device, person, tx))
      const remembered = await sessions.remember(tx, device, person, seenIn(visitor.address))

      const again = before?.person === person && before.services.some((entry) => entry.service === service.id)
      const entry = ledgerEntry(request, visitor)
      const { at, country, address } = entry
      const network = connections.networkOf(person, address)
      const { provider } = evidence
      const seen = { at, device, country, network, provider, newLink, weakLink, habits, travelSpeed }
      const unusual = unusualContext(seen)
      const suspicious = isSuspicious(unusual)
      const alert = decideAlert({ suspicious, sameServiceInSession: again, reasons: unusual })
      const { level, amr, authTime } = observed(evidence)
      const standIn = standInOf(evidence)
      const where = country ? { country } : {}
      // The person before their session: whoever stops them takes both in this order.
      const [subject, { sid, secret }] = await Promise.all([
        entering.subject ?? people.subjectFor(tx, person, service.sector),
        entering.open(remembered.device, before),
        // R096: the organisation sees each use, by whom and by which right.
        acting &&
          mandates.noteUse(tx, { ...useOf(acting), person, service: service.id, connection: entry.id, ...where }),
        // R084: who signed in by what stood in for another provider, at which level.
        standIn && partners.health.standIns.used(tx, { provider: standIn.id, connection: entry.id, level: acr }),
      ])
      if (request.expectedSubject && request.expectedSubject !== subject) throw new OtherPerson()

      // From here on nothing is waited for: what is asked behind a statement that failed hears of that one's failure alone.
      connections.recordBehind(tx, {
        ...entry,
        state: 'authorised',
        person,
        provider,
        link,
        level,
        acr,
        ...timesOf(success, at),
        amr,
        reused: evidence.from === 'session',
        session,
        device: remembered.device,
        unusual,
        alert: alert.send ? alert.kind : 'none',
        ...(acting ? ledgerOf(acting) : {}),
      })
      const answer: Answer = {
        connection: entry.id,
        person,
        provider,
        subject,
        acr,
        amr: service.entitledTo.includes('amr') ? amr : [],
        authTime,
        sid,
        ...(acting ? { acting } : {}),
        ...(from ? { from } : {}),
      }
      const cookies: CookieChange[] = [
        ...(secret ? [{ name: 'session' as const, value: secret }] : []),
        { name: 'device', value: remembered.cookie, maxAge: habitsWindow },
      ]
      if (service.forOrganisations && evidence.from === 'provider' && evidence.assertion.used) {
        const { phone = null, card = null } = evidence.assertion.used
        const seen = { connection: entry.id, person, service: service.id, device: remembered.device, phone, card }
        audit.append(tx, { name: 'representative.signed_in', data: seen })
      }
      if (ends) flows.endBehind(tx, ends, issuedWith(answer, sealCookies(cookies, ends, visitor)))
      return { kind: 'answer', answer, cookies }
    })
  }

  /** What stood in for another provider, where the person came by such a one. */
  function standInOf({ from, provider: id }: Evidence): Provider | undefined {
    const provider = from === 'provider' ? partners.registry().providers.get(id) : undefined
    return provider && isStandIn(provider) ? provider : undefined
  }

  const issuedWith = (answer: Answer, cookies: string): Event => ({ event: 'issued', answer, at: clock.now(), cookies })

  /** Who comes in, and how their session opens for the service: the one that answers, or one in place of `before`. */
  async function enter(
    tx: Tx,
    { request, evidence, acting }: Success,
    visitor: Visitor,
    sector: string,
  ): Promise<Entering | (typeof stops)[keyof typeof stops]> {
    const { service, scopes } = request
    const under = acting ? { acting: refOf(acting) } : {}
    if (evidence.from === 'session') {
      const { person, link, session } = evidence
      const unattended = request.requested.prompts.includes('none')
      const open = () => sessions.open(tx, session, service, scopes, { unattended, ...under })
      return { person, link, session, newLink: false, weakLink: false, open }
    }
    const { assertion, joinTo, joinedBy } = evidence
    const settled = await people.settle(tx, claimedBy(assertion), {
      language: visitor.language,
      sector,
      ...(joinTo && joinedBy ? { joinTo, joinedBy } : {}),
    })
    if ('kind' in settled) return stops[settled.kind]
    const { person, link, serves, newLink, created, highestLevel, frozen, subject } = settled
    // Frozen while they were on the way: the step before this one did not know.
    if (frozen && service !== ownService) return stops.frozen
    const id = newId('session')
    return {
      person,
      link,
      session: id,
      newLink,
      weakLink: newLink && !created && serves !== highestLevel,
      ...(subject === undefined ? {} : { subject }),
      async open(device, before) {
        const { session, secret } = await sessions.start(tx, {
          id,
          person,
          link,
          provider: evidence.provider,
          level: assertion.level,
          amr: assertion.amr,
          authTime: assertion.authTime,
          serves,
          device,
          opens: { service, scopes, ...under },
          ...(frozen ? { confined: true as const } : {}),
          ...(assertion.idToken ? { upstreamIdToken: assertion.idToken } : {}),
          ...(before ? { replaces: before.id } : {}),
        })
        const opened = session.services.find((entry) => entry.service === service)
        if (!opened) throw new Error('a session that opens nothing')
        return { sid: opened.sid, secret }
      },
    }
  }

  async function refuse(refusal: Refusal, visitor: Visitor): Promise<string> {
    const { pauses } = refusal
    const before = pauses && (await flows.refusalAt(pauses))
    if (before) return before
    try {
      return await storage.transaction((tx) => recordRefusal(tx, refusal, visitor))
    } catch (error) {
      const meanwhile = pauses && error instanceof Overtaken ? await flows.refusalAt(pauses) : undefined
      if (!meanwhile) throw error
      return meanwhile
    }
  }

  async function recordRefusal(tx: Tx, refusal: Refusal, visitor: Visitor): Promise<string> {
    const { request, error, provider, person, detail, reasons, colliding, abroad, ends, pauses } = refusal
    // The review that the page speaks of: settling such an account writes it, once, and links nothing.
    if (colliding) await people.settle(tx, colliding)
    if (provider && detail) {
      const data = { provider, service: request.service, reason: detail }
      audit.append(tx, { name: 'provider.answer_refused', data })
    }
    const entry = ledgerEntry(request, visitor)
    if (reasons) {
      const { service } = request
      log.info('means were refused', { service, provider: provider ?? 'unknown', reasons: reasons.join(' ') })
      const data = { connection: entry.id, service, provider: provider ?? null, reasons: [...reasons] }
      audit.append(tx, { name: 'policy.refused', data })
    }
    const steppedUp = abroad || error === 'country_needs_proof'
    if (steppedUp) audit.append(tx, geographyFact('geography.stepped_up', entry, entry.id, visitor))
    if (error === 'country_refused') audit.append(tx, geographyFact('geography.refused', entry, entry.id, visitor))
    const { reference } = await connections.record(tx, {
      ...entry,
      state: 'refused',
      ...(person ? { person } : {}),
      ...(provider ? { provider } : {}),
      refusal: error,
    })
    if (ends) await flows.end(tx, ends, { event: 'refused', error, reference, final: true })
    if (pauses) await flows.refuseAt(tx, pauses, reference)
    return reference
  }

  function geographyFact(
    name: 'geography.stepped_up' | 'geography.refused',
    { service }: Pick<LedgerEntry, 'service'>,
    connection: ConnectionId | null,
    { address }: Visitor,
  ): Fact {
    const from = seenIn(address)
    const isKnown = /^[A-Z]{2}$/.test(from)
    const reason = isKnown ? 'abroad' : 'unknown_country'
    return { name, data: { connection, service, country: isKnown ? from : null, reason } }
  }

  /** What is the same for every line of the ledger. */
  function ledgerEntry(request: LoginRequest, visitor: Visitor): LedgerEntry {
    const at = clock.now()
    const country = places.countryOf(visitor.address)
    return {
      id: newOrderedId('connection', at),
      at,
      service: request.service,
      amr: [],
      reused: false,
      ...(country ? { country } : {}),
      address: visitor.address,
      port: visitor.port,
      scopes: request.scopes,
      unusual: [],
      alert: 'none',
    }
  }

  return {
    refuse,

    askedAbroad: (service, visitor) =>
      storage.transaction(async (tx) => {
        audit.append(tx, geographyFact('geography.stepped_up', { service }, null, visitor))
      }),

    async issue(success, visitor) {
      try {
        return await issue(success, visitor).catch((error: unknown) => {
          if (!connections.isReferenceTaken(error)) throw error
          return issue(success, visitor)
        })
      } catch (error) {
        if (flows.isOvertaken(error)) throw new Overtaken()
        if (!(error instanceof OtherPerson)) throw error
        const { request, evidence, ends } = success
        const { provider, person } = evidence
        const refusal = { request, provider, ...(person ? { person } : {}), ...endOf(ends) }
        await refuse({ ...refusal, error: 'login_required' }, visitor)
        return { kind: 'refused', error: 'login_required' }
      }
    },

    endingOf(flow, visitor) {
      const { stage } = flow
      if (stage.at === 'refused') return { kind: 'refused', error: stage.error }
      if (stage.at !== 'issued') return undefined
      return clock.now() - stage.issuedAt <= secondClick
        ? { kind: 'answer', answer: stage.answer, cookies: unsealCookies(stage.cookies, flow, visitor) }
        : { kind: 'refused', error: 'login_required' }
    },
  }
}

/** How long the login took, where somebody signed in; a clock that goes back makes no time less than none. */
function timesOf({ evidence, ends }: Success, at: Instant): Pick<NewConnection, 'took' | 'away'> {
  if (evidence.from === 'session' || !ends) return {}
  const took = Math.max(0, at - ends.startedAt)
  return { took, ...(evidence.away === undefined ? {} : { away: Math.max(0, evidence.away) }) }
}

interface Entering {
  person: PersonId
  link: LinkId
  /** ... which `open` opens for the service, or starts. */
  session: SessionId
  newLink: boolean
  weakLink: boolean
  /** By which the service knows them, where that was found with the person. */
  subject?: string
  open(device: DeviceId, before: Session | undefined): Promise<{ sid: string; secret?: string }>
}

type LedgerEntry = Omit<NewConnection, 'state'>

/** What is said of who is not let in by `people.settle`. */
const stops = {
  collision: 'identity_collision',
  frozen: 'identity_frozen',
  blocked: 'provider_blocked',
} as const satisfies Record<string, ErrorName>

/** Thrown inside the transaction, so that nothing of it stays: the person is not the one that the service named. */
class OtherPerson extends Error {}

const noHabits: Habits = { countries: [], networks: [], providers: [], connections: 0 }

/** What is kept with the session, and looked at again at each use. */
const refOf = ({ organisation, capacity }: ActingInLogin): ActingRef => ({ organisation, capacity })

function useOf(acting: ActingInLogin): Pick<NewUse, 'ref' | 'actions' | 'kind'> {
  return { ref: refOf(acting), actions: acting.rights.map(({ action }) => action), kind: 'login' }
}

function ledgerOf({ organisation, capacity }: ActingInLogin): Pick<NewConnection, 'organisation' | 'mandate'> {
  return { organisation, ...(capacity.as === 'representative' ? {} : { mandate: capacity.mandate }) }
}

function endOf(ends: Flow | undefined): { ends?: Flow } {
  return ends ? { ends } : {}
}

/** Made from the secret of the browser, of which the hub keeps a hash: who reads the database cannot open the cookies. */
function cookieKey({ browser }: Visitor): Buffer {
  if (!browser) throw new Error('a login belongs to a browser')
  return deriveKey(Buffer.from(browser), 'login/cookies')
}

function sealCookies(cookies: CookieChange[], flow: Flow, visitor: Visitor): string {
  return seal(cookieKey(visitor), JSON.stringify(cookies), flow.id).toString('base64url')
}

function unsealCookies(sealed: string, flow: Flow, visitor: Visitor): CookieChange[] {
  return JSON.parse(unseal(cookieKey(visitor), Buffer.from(sealed, 'base64url'), flow.id).toString('utf8'))
}
