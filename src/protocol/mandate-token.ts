/**
 * Mandate tokens: by one of them a service uses the programming interface of another one for an organisation, and both
 * know who acts. Here is decided whether one may be given, what it stands for, and what the other service is told when it
 * asks. Where the mandate stands is looked at each time: a token remembers who, for whom, in which capacity and what for,
 * and gives nothing by itself. The endpoint is in `token-exchange.ts`.
 */
import type { Audit } from '../audit/audit.ts'
import type { Organisations } from '../directory/organisations.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { mandateTokenLifetime } from '../kernel/durations.ts'
import { idPrefixes, type MandateId, type OrganisationId, type PersonId, type ServiceId } from '../kernel/ids.ts'
import type { Answer } from '../login/flow.ts'
import type { Mandates } from '../mandates/mandates.ts'
import type { Service } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import { type Acting, type ActingRef, type Action, actions, type Capacity, type Right } from '../policy/mandate.ts'
import { decideRepresentation } from '../policy/representation.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Storage, Tx } from '../storage/storage.ts'

// --- What is asked -------------------------------------------------------------------------------------------------

/** "The type field [...] determines the allowable contents of the object which contains it" (RFC 9396 section 2). */
export const mandateType = 'mandate'

/** Of the parameter `authorization_details`. */
export interface MandateDetails {
  /** `<scheme>:<number>`; absent: the one of the login. */
  organisation?: string
  actions: Action[]
  /** That one, or none. */
  mandate?: MandateId
}

/** A token acts for one organisation: who acts for two has two. */
const longestDetails = 4_096

type Given = Record<string, unknown>

const isText = (value: unknown): value is string => typeof value === 'string'
const isId = (value: unknown) => isText(value) && value.startsWith(`${idPrefixes.mandate}_`) && value.length <= 64
const known = ['type', 'organisation', 'actions', 'mandate']

/** "MUST refuse to process any unknown authorization details type or [...] not conforming to the respective type" (section 5). */
const faults: { says: string; applies: (given: Given) => boolean }[] = [
  { says: 'the type is not mandate', applies: ({ type }) => type !== mandateType },
  { says: 'a member is unknown', applies: (given) => Object.keys(given).some((name) => !known.includes(name)) },
  {
    says: 'actions must be a list of actions, each once',
    applies: ({ actions: asked }) =>
      !Array.isArray(asked) ||
      asked.length === 0 ||
      new Set(asked).size < asked.length ||
      asked.some((one) => !actions.includes(one)),
  },
  {
    says: 'organisation must be written <scheme>:<number>',
    applies: ({ organisation }) =>
      organisation !== undefined &&
      !(isText(organisation) && /^[a-z][a-z0-9_-]{0,31}:[\w .-]{1,40}$/.test(organisation)),
  },
  { says: 'mandate must be the id of one', applies: ({ mandate }) => mandate !== undefined && !isId(mandate) },
]

export function readMandateDetails(text: string): { details: MandateDetails } | { fault: string } {
  const list = text.length > longestDetails ? undefined : parsed(text)
  if (!Array.isArray(list) || list.length !== 1) return { fault: 'a list of exactly one object is needed' }
  const [given] = list
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return { fault: 'the detail is no object' }
  const fault = faults.find(({ applies }) => applies(given))
  if (fault) return { fault: fault.says }
  const { organisation, actions: asked, mandate } = given as MandateDetails
  const inOrder = actions.filter((action) => asked.includes(action))
  return { details: { actions: inOrder, ...(organisation ? { organisation } : {}), ...(mandate ? { mandate } : {}) } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// --- What is given -------------------------------------------------------------------------------------------------

/** What rests with a token. */
export interface KeptMandate {
  audience: ServiceId
  acting: ActingRef
  actions: Action[]
  /** Subject of the organisation. */
  organisation: string
  /** Who stands between it and whoever acts, the nearest to them first: a firm by its subject, a person by their id. */
  through: ({ sub: string } | { person: PersonId })[]
}

export interface MandateGrant {
  kept: KeptMandate
  /** The first instant at which it is over. */
  until: Instant
}

/** As it is answered and introspected: of a type of ours, so its members are ours (RFC 9396 section 2). */
export interface GrantedDetails {
  type: typeof mandateType
  organisation: string
  actions: Action[]
  as: Capacity['as']
  mandate?: MandateId
  [member: string]: unknown
}

/** "The act (actor) claim [...] a chain of delegation can be expressed by nesting" (RFC 8693 section 4.1). */
export interface ActorClaim {
  sub: string
  act?: ActorClaim
  [member: string]: unknown
}

export interface IntrospectedMandate {
  sub: string
  act: ActorClaim
  details: [GrantedDetails]
}

export interface MandateTokens {
  /** May this be given? Undefined when not, and of why nothing is told: who asks learns of no mandate of others. */
  grant(asked: { answer: Answer; audience: Service; details: MandateDetails }): Promise<MandateGrant | undefined>
  /** In the transaction that writes the token: a use that the organisation sees, and a fact. */
  note(tx: Tx, given: { kept: KeptMandate; answer: Answer; service: ServiceId }): Promise<void>
  /** What a service is told of a token that is presented to it, in its own words for people. Undefined: not active. */
  introspect(given: {
    kept: KeptMandate
    answer: Answer
    /** To which it was given. */
    issuedTo: ServiceId
    /** Who asks. */
    reader: Service
  }): Promise<IntrospectedMandate | undefined>
  /** What is left of what was chosen at a login; undefined when nothing. */
  standing(answer: Answer, service: ServiceId): Promise<Acting | undefined>
}

/** Where there are no mandates: no token is given, and what a login says of itself stands. */
export const noMandateTokens: MandateTokens = {
  grant: async () => undefined,
  introspect: async () => undefined,
  standing: async ({ acting }) => acting,
  note: async () => {},
}

export interface MandateTokensOptions {
  storage: Pick<Storage, 'db'>
  clock: Clock
  audit: Pick<Audit, 'append'>
  mandates: Pick<Mandates, 'may' | 'check' | 'noteUse' | 'byId'>
  organisations: Pick<Organisations, 'bySubject' | 'named'>
  people: Pick<People, 'subjectFor'>
  sessions: Pick<Sessions, 'isOpen'>
  serviceOf: (id: ServiceId) => Service | undefined
}

export function createMandateTokens(options: MandateTokensOptions): MandateTokens {
  const { storage, clock, audit, mandates, organisations, people, sessions, serviceOf } = options

  /**
   * By the mandate that is named. Else, for the organisation of the login, in the capacity that the person chose there; for
   * another one, in the best in which they may.
   */
  async function find({ answer, audience, details }: Parameters<MandateTokens['grant']>[0]) {
    const { person, acr: level, acting: atLogin } = answer
    if (!atLeast(level, audience.minimumLevel)) return undefined
    const named = details.organisation === undefined ? undefined : await organisations.bySubject(details.organisation)
    if (named === 'malformed') return undefined
    const organisation = details.organisation === undefined ? atLogin?.organisation : named?.organisation
    if (!organisation) return undefined
    const chosen = organisation === atLogin?.organisation ? { capacity: atLogin.capacity } : {}
    const by = details.mandate ? { mandate: details.mandate } : chosen
    const may = await mandates.may({ person, organisation, service: audience.id, level, ...by })
    return may.ok ? may.acting : undefined
  }

  /** Of these rights, those that the audience takes from where the person signed in. */
  function takenBy(
    audience: Service | undefined,
    { capacity, rights }: Acting,
    { from, acr }: Answer,
  ): readonly Right[] {
    // Who was not looked at is taken for remote: nobody is held to less for it.
    const surroundings = from ?? { place: 'remote', twoFactors: false }
    const question = { terms: audience?.representation, capacity: capacity.as, rights, surroundings, level: acr }
    const decision = decideRepresentation(question)
    return decision.kind === 'allowed' ? decision.rights : []
  }

  async function throughOf({
    capacity,
  }: ActingRef): Promise<({ organisation: OrganisationId } | { person: PersonId })[]> {
    const firm = capacity.as === 'employee' ? [{ organisation: capacity.firm }] : []
    const held = capacity.as === 'representative' ? undefined : await mandates.byId(capacity.mandate)
    const giver = held?.parent ? (await mandates.byId(held.parent))?.mandatary : undefined
    if (!giver) return firm
    return [...firm, giver.kind === 'person' ? { person: giver.person } : { organisation: giver.organisation }]
  }

  /** A person is told by the subject that the reader knows them by. */
  async function actorOf(person: PersonId, { through }: KeptMandate, { sector }: Service): Promise<ActorClaim> {
    const subjects: string[] = []
    for (const one of [{ person }, ...through]) {
      subjects.push('sub' in one ? one.sub : await people.subjectFor(storage.db, one.person, sector))
    }
    const [outermost = '', ...others] = subjects.reverse()
    return others.reduce<ActorClaim>((act, sub) => ({ sub, act }), { sub: outermost })
  }

  return {
    async grant(asked) {
      const { answer, audience, details } = asked
      const acting = await find(asked)
      const taken = acting ? takenBy(audience, acting, answer) : []
      const granted = details.actions.flatMap((action) => taken.find((right) => right.action === action) ?? [])
      // All that was asked, or nothing: a service that has less than it believes fails in the middle of its work.
      if (!acting || granted.length < details.actions.length) return undefined
      const through = await throughOf(acting)
      const ids = through.flatMap((one) => ('organisation' in one ? [one.organisation] : []))
      const names = await organisations.named([acting.organisation, ...ids])
      const subjectOf = (id: OrganisationId) => names.get(id)?.subject
      const organisation = subjectOf(acting.organisation)
      if (organisation === undefined) return undefined
      const { capacity } = acting
      const kept: KeptMandate = {
        audience: audience.id,
        acting: { organisation: acting.organisation, capacity },
        actions: details.actions,
        organisation,
        through: through.map((one) => ('person' in one ? one : { sub: subjectOf(one.organisation) ?? '' })),
      }
      const ends = [...granted.map(({ until }) => until), acting.until].filter((end) => end !== undefined)
      return { kept, until: Math.min(clock.now() + mandateTokenLifetime, ...ends) }
    },

    async note(tx, { kept, answer, service }) {
      const { acting, audience, actions: granted } = kept
      const { person, connection } = answer
      await mandates.noteUse(tx, {
        ref: acting,
        person,
        service: audience,
        actions: granted,
        connection,
        kind: 'token',
      })
      const mandate = mandateOf(acting) ?? null
      const { organisation } = acting
      const data = { connection, person, service, audience, organisation, mandate, actions: granted }
      audit.append(tx, { name: 'token.exchanged', data })
    },

    async introspect({ kept, answer, issuedTo, reader }) {
      const { person, sid, acr: level } = answer
      const audience = serviceOf(kept.audience)
      if (!audience?.representation?.tokensFrom.includes(issuedTo)) return undefined
      // Signed out at the service that has it: nobody is there who could act.
      if (!(await sessions.isOpen({ person, service: issuedTo, sid }))) return undefined
      const now = await mandates.check(kept.acting, { person, service: audience.id, level })
      const taken = now.ok ? takenBy(audience, now.acting, answer) : []
      const left = kept.actions.filter((action) => taken.some((right) => right.action === action))
      if (left.length === 0) return undefined
      return {
        sub: kept.organisation,
        act: await actorOf(person, kept, reader),
        details: [grantedDetails({ ...kept, actions: left })],
      }
    },

    async standing({ acting, person, acr: level }, service) {
      if (!acting) return undefined
      const now = await mandates.check(acting, { person, service, level })
      if (!now.ok) return undefined
      const chosen = acting.rights.map(({ action }) => action)
      return now.acting.rights.some(({ action }) => chosen.includes(action)) ? now.acting : undefined
    },
  }
}

export function grantedDetails({ organisation, actions: granted, acting }: KeptMandate): GrantedDetails {
  const mandate = mandateOf(acting)
  return {
    type: mandateType,
    organisation,
    actions: granted,
    as: acting.capacity.as,
    ...(mandate ? { mandate } : {}),
  }
}

function mandateOf({ capacity }: ActingRef): MandateId | undefined {
  return capacity.as === 'representative' ? undefined : capacity.mandate
}
