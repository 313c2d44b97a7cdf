/**
 * For whom the person acts in a login (R092): themselves, or one of the organisations that they may act for at the
 * service. Says whom they may choose, judges the choice at the moment it is made, and again when the answer is due:
 * whether they hold the right (`mandates/`), and whether the service takes it from where they are (`policy/representation.ts`).
 * It writes nothing. Only a login whose service asked the scope `representation` comes here.
 */
import type { Connections } from '../connections/connections.ts'
import type { Organisation, Organisations } from '../directory/organisations.ts'
import { higherOf, type Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import { isId, type OrganisationId, type PersonId } from '../kernel/ids.ts'
import type { Mandates, PrincipalEntry } from '../mandates/mandates.ts'
import type { Service } from '../partners/partners.ts'
import type { Need } from '../policy/geography.ts'
import type { Acting, ActingRef, Action, Capacity, Right, UseRefusal } from '../policy/mandate.ts'
import { decideRepresentation, type Surroundings } from '../policy/representation.ts'
import { type ActingInLogin, type Evidence, evidenceIn, type Flow, type NamedOrganisation } from './flow.ts'
import type { Judge } from './judge.ts'
import type { Visitor } from './login.ts'

/** One that can be chosen, or could but for what it says. */
export interface Candidate {
  /** What the form sends: whom, and as what. It proves nothing. */
  key: string
  organisation: NamedOrganisation
  capacity: Capacity['as']
  /** Of an employee. */
  firm?: NamedOrganisation
  /** What may be done; empty where more has to be proved first. */
  actions: readonly Action[]
  until?: Instant
  /** What has to be proved in this login first. */
  needs?: Need
  /** Why it cannot be chosen: under a mandate not from here, or nothing that the service takes. */
  closed?: 'remote' | 'actions'
}

export interface Candidates {
  entries: readonly Candidate[]
  /** For whom the person last acted at this service, the latest first: on the first page only, and apart when there are more. */
  recent: readonly Candidate[]
  /** The one that the service named, or that they came back for. */
  proposed?: Candidate | 'self'
  /** The service named somebody, and it is nobody for whom they may act here. */
  hintUnusable?: true
  next?: string
  /** For as many they may act here in all, or with what is searched. */
  total: number
}

/** How a choice was judged. `unavailable` says no more: whether there is such an organisation is nobody's business here. */
export type Chosen =
  | { kind: 'chosen'; acting: ActingInLogin }
  | { kind: 'needs_more'; need: Need; organisation: string; key: string }
  | { kind: 'unavailable'; tried?: { ref: ActingRef; refused: UseRefusal } }

type ActingFlow = Pick<Flow, 'request' | 'stage' | 'startedAt' | 'wanted'>

export interface LoginActing {
  candidates(
    flow: ActingFlow,
    asked: { acr: Level; search?: string; after?: string },
    visitor: Pick<Visitor, 'address'>,
  ): Promise<Candidates>
  /** Of a form: the key of a candidate, judged anew. */
  choose(flow: ActingFlow, asked: { acr: Level; key: string }, visitor: Pick<Visitor, 'address'>): Promise<Chosen>
  /** Whom the service named, where nobody may be asked. Undefined where that is not possible without asking. */
  hinted(
    flow: ActingFlow,
    asked: { acr: Level },
    visitor: Pick<Visitor, 'address'>,
  ): Promise<'self' | ActingInLogin | undefined>
  /** What is left of a choice now; undefined when nothing is, or more would have to be proved. */
  again(
    flow: ActingFlow,
    chosen: ActingInLogin,
    asked: { acr: Level },
    visitor: Pick<Visitor, 'address'>,
  ): Promise<ActingInLogin | undefined>
  surroundingsOf(flow: ActingFlow, visitor: Pick<Visitor, 'address'>): Surroundings
}

export interface LoginActingOptions {
  mandates: Pick<Mandates, 'principals' | 'may'>
  organisations: Pick<Organisations, 'bySubject' | 'named'>
  connections: Pick<Connections, 'lastActed'>
  judge: Pick<Judge, 'surroundingsOf'>
  serviceOf: (id: string) => Service
}

/** One page. */
export const principalsShown = 25

/** Fewer are on one page, where the latest come first by themselves. */
const recentShown = 3

export function createLoginActing(options: LoginActingOptions): LoginActing {
  const { mandates, organisations, connections, judge, serviceOf } = options

  const surroundingsOf: LoginActing['surroundingsOf'] = (flow, { address }) =>
    judge.surroundingsOf(presentIn(flow), { address, startedAt: flow.startedAt })

  /** What every question is about. */
  function subjectOf(flow: ActingFlow, acr: Level) {
    return { ...whoIs(presentIn(flow)), service: flow.request.service, level: acr }
  }

  function decide<R extends Pick<Right, 'action'>>(
    flow: ActingFlow,
    of: { capacity: Capacity['as']; rights: readonly R[]; level: Level },
    visitor: Pick<Visitor, 'address'>,
  ) {
    const terms = serviceOf(flow.request.service).representation
    return decideRepresentation({ ...of, terms, surroundings: surroundingsOf(flow, visitor) })
  }

  function candidateOf(
    flow: ActingFlow,
    { organisation, capacity, firm, actions, until, needs }: PrincipalEntry,
    { acr, visitor }: { acr: Level; visitor: Pick<Visitor, 'address'> },
  ): Candidate {
    const ref = { organisation: organisation.organisation, capacity }
    const shown = {
      key: keyOf(ref),
      organisation: namedOf(organisation),
      capacity: capacity.as,
      ...(firm ? { firm: namedOf(firm) } : {}),
      ...(until === undefined ? {} : { until }),
    }
    // Of what a stronger sign-in opens nobody has said what it is: all that the service takes, for the question of distance.
    const possible = needs ? (serviceOf(flow.request.service).representation?.actions ?? []) : actions
    const rights = possible.map((action) => ({ action }))
    const decision = decide(flow, { capacity: capacity.as, rights, level: needs ?? acr }, visitor)
    if (decision.kind === 'refused') {
      const isDistance = decision.reasons.includes('remote_mandate')
      return { ...shown, actions: [], closed: isDistance ? 'remote' : 'actions' }
    }
    const need = strongest(needs, decision.kind === 'step_up' ? decision.need : undefined)
    if (need) return { ...shown, actions: [], needs: need }
    return { ...shown, actions: decision.kind === 'allowed' ? decision.rights.map(({ action }) => action) : [] }
  }

  async function namesOf({ organisation, capacity }: ActingRef): Promise<ActingInLogin['names'] | undefined> {
    const firm = capacity.as === 'employee' ? capacity.firm : undefined
    const found = await organisations.named([organisation, ...(firm ? [firm] : [])])
    const principal = found.get(organisation)
    const employer = firm && found.get(firm)
    return principal && { organisation: namedOf(principal), ...(employer ? { firm: namedOf(employer) } : {}) }
  }

  /** Judged whole: the right, and from where it is used. */
  async function judged(
    flow: ActingFlow,
    asked: { acr: Level; organisation: OrganisationId; capacity?: Capacity },
    visitor: Pick<Visitor, 'address'>,
  ): Promise<
    | { kind: 'allowed'; acting: Acting }
    | { kind: 'needs_more'; need: Need }
    | { kind: 'unavailable'; refused?: UseRefusal }
  > {
    const { acr, ...whom } = asked
    const answer = await mandates.may({ ...subjectOf(flow, acr), ...whom })
    if (!answer.ok) {
      return answer.reason === 'level_too_low' && answer.needs
        ? { kind: 'needs_more', need: answer.needs }
        : { kind: 'unavailable', refused: answer.reason }
    }
    const { acting } = answer
    const { rights } = acting
    const decision = decide(flow, { capacity: acting.capacity.as, rights, level: acr }, visitor)
    if (decision.kind === 'allowed') return { kind: 'allowed', acting: narrowed(acting, decision.rights) }
    return decision.kind === 'step_up' ? { kind: 'needs_more', need: decision.need } : { kind: 'unavailable' }
  }

  /** An organisation that somebody named, as it stands in the list of this person. */
  async function entryOf(
    flow: ActingFlow,
    named: Organisation,
    asked: { acr: Level; visitor: Pick<Visitor, 'address'>; key?: string },
  ): Promise<Candidate | undefined> {
    const search = Object.values(named.identifiers)[0] ?? named.name
    const { entries } = await mandates.principals({ ...subjectOf(flow, asked.acr), search, limit: principalsShown })
    const own = entries.filter(({ organisation }) => organisation.organisation === named.organisation)
    const candidates = own.map((entry) => candidateOf(flow, entry, asked)).filter(({ closed }) => !closed)
    return candidates.find(({ key }) => key === asked.key) ?? candidates.find(({ needs }) => !needs) ?? candidates[0]
  }

  async function proposedIn(
    flow: ActingFlow,
    asked: { acr: Level; visitor: Pick<Visitor, 'address'> },
  ): Promise<Candidate | 'self' | undefined> {
    const { wanted, request } = flow
    const ref = wanted === undefined ? undefined : refOf(wanted)
    if (ref) {
      const named = (await organisations.named([ref.organisation])).get(ref.organisation)
      return named && entryOf(flow, named, { ...asked, key: keyOf(ref) })
    }
    const hint = request.representation
    if (hint === undefined) return undefined
    if (hint === 'self') return serviceOf(request.service).representation?.alone ? 'self' : undefined
    const named = await organisations.bySubject(hint)
    return named && named !== 'malformed' ? entryOf(flow, named, asked) : undefined
  }

  /** Those that were chosen last, apart from a list that is longer than a page. */
  async function recentIn(
    flow: ActingFlow,
    { acr, visitor }: { acr: Level; visitor: Pick<Visitor, 'address'> },
    last: readonly OrganisationId[],
  ): Promise<Candidate[]> {
    const names = await organisations.named(last)
    // One by one: the list of somebody who acts for thousands costs more than three questions.
    const found = await Promise.all(
      last.map(async (id) => {
        const organisation = names.get(id)
        const answer = await mandates.may({ ...subjectOf(flow, acr), organisation: id })
        if (!organisation || !answer.ok) return undefined
        const { capacity, rights, until } = answer.acting
        const actions = rights.map(({ action }) => action)
        const entry = { organisation, capacity, actions, ...(until === undefined ? {} : { until }) }
        return candidateOf(flow, entry, { acr, visitor })
      }),
    )
    return found.filter((one) => one !== undefined)
  }

  return {
    surroundingsOf,

    async candidates(flow, { acr, search, after }, visitor) {
      const asked = { acr, visitor }
      const { entries, next, total } = await mandates.principals({
        ...subjectOf(flow, acr),
        ...(search ? { search } : {}),
        ...(after ? { after } : {}),
        limit: principalsShown,
      })
      const listed = entries.map((entry) => candidateOf(flow, entry, asked))
      const more = next === undefined ? {} : { next }
      if (search || after) return { entries: listed, recent: [], total, ...more }
      const proposed = await proposedIn(flow, asked)
      const hintUnusable = flow.request.representation !== undefined && !flow.wanted && !proposed
      const { person } = whoIs(presentIn(flow))
      const last = person && total > 1 ? await connections.lastActed(person, flow.request.service, recentShown) : []
      const isWhole = next === undefined
      const isRecent = ({ key }: Candidate) => last.some((id) => refOf(key)?.organisation === id)
      const recent = isWhole ? inOrderOf(last, listed.filter(isRecent)) : await recentIn(flow, asked, last)
      return {
        entries: isWhole ? listed.filter((one) => !recent.includes(one)) : listed,
        recent,
        total,
        ...(proposed ? { proposed } : {}),
        ...(hintUnusable ? { hintUnusable: true } : {}),
        ...more,
      }
    },

    async choose(flow, { acr, key }, visitor) {
      const ref = refOf(key)
      if (!ref) return { kind: 'unavailable' }
      const found = await judged(flow, { acr, ...ref }, visitor)
      if (found.kind === 'unavailable') {
        return { kind: 'unavailable', ...(found.refused ? { tried: { ref, refused: found.refused } } : {}) }
      }
      const names = await namesOf(ref)
      if (!names) return { kind: 'unavailable' }
      return found.kind === 'needs_more'
        ? { ...found, organisation: names.organisation.name, key }
        : { kind: 'chosen', acting: { ...found.acting, names } }
    },

    async hinted(flow, { acr }, visitor) {
      const { representation: hint, service } = flow.request
      if (hint === undefined) return undefined
      if (hint === 'self') return serviceOf(service).representation?.alone ? 'self' : undefined
      const named = await organisations.bySubject(hint)
      if (!named || named === 'malformed') return undefined
      const found = await judged(flow, { acr, organisation: named.organisation }, visitor)
      const names = found.kind === 'allowed' ? await namesOf(found.acting) : undefined
      return found.kind === 'allowed' && names ? { ...found.acting, names } : undefined
    },

    async again(flow, { organisation, capacity, names, ...chosen }, { acr }, visitor) {
      const found = await judged(flow, { acr, organisation, capacity }, visitor)
      if (found.kind !== 'allowed') return undefined
      // Never more than what the page said.
      const rights = found.acting.rights.filter(({ action }) => chosen.rights.some((one) => one.action === action))
      return rights.length === 0 ? undefined : { ...narrowed(found.acting, rights), names }
    },
  }
}

/** Known to the hub before this login. */
export function personIn(evidence: Evidence): PersonId | undefined {
  return evidence.from === 'session' ? evidence.person : (evidence.joinTo ?? evidence.person)
}

/** Who is there: somebody whom the hub does not know yet may still represent what a register says. */
function whoIs(evidence: Evidence): { person?: PersonId; identity?: Identity } {
  const person = personIn(evidence)
  if (person) return { person }
  return evidence.from === 'provider' ? { identity: evidence.assertion.identity } : {}
}

export function presentIn(flow: Pick<Flow, 'stage'>): Evidence {
  const evidence = evidenceIn(flow)
  if (!evidence) throw new Error(`nobody is there at ${flow.stage.at}`)
  return evidence
}

function narrowed(acting: Acting, rights: Right[]): Acting {
  const { until: _, ...rest } = acting
  const ends = rights.map(({ until }) => until ?? Number.POSITIVE_INFINITY)
  const last = Math.max(...ends)
  return { ...rest, rights, ...(Number.isFinite(last) ? { until: last } : {}) }
}

/** A level above two factors: of one that is substantial or more, two are the least. */
function strongest(level: Level | undefined, need: Need | undefined): Need | undefined {
  if (!level) return need
  return need === undefined || need === 'two_factors' ? level : higherOf(level, need)
}

const namedOf = ({ subject, name, identifiers }: Organisation): NamedOrganisation => ({ subject, name, identifiers })

function inOrderOf(last: readonly OrganisationId[], candidates: readonly Candidate[]): Candidate[] {
  return last.flatMap((id) => candidates.filter(({ key }) => refOf(key)?.organisation === id))
}

/** Whom, and as what, in one word. */
export function keyOf({ organisation, capacity }: ActingRef): string {
  switch (capacity.as) {
    case 'representative':
      return `${organisation}.${capacity.representation}`
    case 'mandatary':
      return `${organisation}.${capacity.mandate}`
    case 'employee':
      return `${organisation}.${capacity.mandate}.${capacity.firm}.${capacity.membership}`
  }
}

/** As a form sent it: well-formed, and no more than that. */
export function refOf(key: string): ActingRef | undefined {
  const [organisation, by, firm, membership, ...rest] = key.split('.')
  if (!isId('organisation', organisation) || rest.length > 0) return undefined
  if (firm === undefined) {
    if (isId('representation', by)) return { organisation, capacity: { as: 'representative', representation: by } }
    return isId('mandate', by) ? { organisation, capacity: { as: 'mandatary', mandate: by } } : undefined
  }
  return isId('mandate', by) && isId('organisation', firm) && isId('membership', membership)
    ? { organisation, capacity: { as: 'employee', mandate: by, firm, membership } }
    : undefined
}
