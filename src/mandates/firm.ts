/**
 * A firm: an organisation in which people work for the clients that gave it a mandate. This part of the room owns who is a
 * member and in which role, the groups of clients (portfolios), and which member may do what for which client. Members are
 * people under their own identity; no partner staff and no account of a firm exists (decision 0058).
 *
 * It does not own what a client gave (the mandate): an assignment never widens it, and what an employee may do is the
 * intersection of the two, judged at each use together with the mandate's state. So a mandate that is narrowed or ends
 * narrows or ends all work under it, and nobody has to be told. A client is named by its organisation: a renewed mandate
 * finds the same people at work.
 *
 * Who may is judged inside every verb, and again by the row that it locks: a member who was put out finds each verb shut
 * with the commit. What a person has no part in is `unknown`, whether or not it exists.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Organisations } from '../directory/organisations.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import {
  type AssignmentId,
  type FirmInvitationId,
  isId,
  type MandateId,
  type MembershipId,
  newId,
  newSecret,
  type OrganisationId,
  type PersonId,
  type PortfolioId,
  type RepresentationId,
} from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { searchedIn } from '../kernel/names.ts'
import { deriveKey, hashSecret, seal, unseal } from '../kernel/secrets.ts'
import { parseAddress } from '../people/address.ts'
import type { Keeper, People } from '../people/people.ts'
import {
  type FirmRole,
  type FirmVerb,
  firmLevel,
  inOrder,
  mayInFirm,
  type Reach,
  rightsOf,
  rowsBeyond,
} from '../policy/firm.ts'
import { narrows, type Right } from '../policy/mandate.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import {
  type AssignmentRow,
  type ClientRow,
  type ClientState,
  createFirmStore,
  type EndedRow,
  type InvitationRow,
  type MemberRow,
} from './firm-store.ts'
import type { Asker } from './mandates.ts'

export const firmRefusals = [
  /** No such thing, or none of a firm in which they work. */
  'unknown',
  /** Their role does not allow it. */
  'not_allowed',
  'level_too_low',
  'not_representative',
  'address_malformed',
  'too_many_invitations',
  /** Used, withdrawn, over, or never given. */
  'link_unusable',
  'already_member',
  'last_administrator',
  /** Nobody but an administrator gives themselves anything. */
  'own_assignment',
  'nothing_given',
  /** Wider than every mandate that the client gave. */
  'beyond_mandate',
  /** Wider than what the manager who gives it holds. */
  'beyond_own',
  'until_past',
  /** No mandate of theirs that has not ended. */
  'not_a_client',
  'name_missing',
  'name_too_long',
  'name_unseen',
  'name_taken',
  'too_many_portfolios',
] as const
export type FirmRefusal = (typeof firmRefusals)[number]

export type MemberEnd = 'left' | 'removed' | 'not_confirmed' | 'erased' | 'told_apart'
export type AssignmentEnd = 'unassigned' | 'replaced' | 'term' | 'member_left' | 'portfolio_removed' | 'client_left'

export type FirmOutcome<T = object> = ({ ok: true } & T) | { ok: false; reason: FirmRefusal }

/** Somebody's place in a firm. */
export interface Seat {
  membership: MembershipId
  firm: OrganisationId
  role: FirmRole
  /** `waiting` for an administrator to say that it is whom they expected: opens nothing yet. */
  state: 'waiting' | 'active'
}

export interface Member {
  membership: MembershipId
  person: PersonId
  role: FirmRole
  state: 'waiting' | 'active'
  /** Given names and family name, as their accounts said; absent once that is not known any more. */
  name?: string
  level: Level
  isRepresentative: boolean
  since: Instant
  /** Assignments in force. */
  assignments: number
}

export interface Invitation {
  invitation: FirmInvitationId
  role: FirmRole
  /** Where the link was sent. */
  mail?: string
  createdAt: Instant
  expiresAt: Instant
}

export interface Portfolio {
  portfolio: PortfolioId
  name: string
  clients: number
  members: number
}

/** An organisation that gave the firm a mandate, or is about to. */
export interface Client {
  principal: OrganisationId
  name: string
  /** Of the mandate that counts most: one in force before a suspended one, that before a proposal. */
  state: ClientState
  from: Instant
  until: Instant
  /** Of a proposal. */
  answerBy?: Instant
  drawnUpBy: 'principal' | 'mandatary'
}

export interface Assignment extends Reach {
  assignment: AssignmentId
  membership: MembershipId
  /** One of the two. */
  to: { principal: OrganisationId } | { portfolio: PortfolioId }
  givenBy: MembershipId
  givenAt: Instant
}

/** Writes what was judged: by the verbs here, and for the lines of a file (`firm-import.ts`). */
export interface FirmWriting {
  /** Each instead of what the member was given for the same client or portfolio before; in a few statements. */
  assign(
    tx: Tx,
    given: {
      seat: Seat
      asker: Asker
      all: readonly (Reach & { person: PersonId; membership: MembershipId; to: Assignment['to'] })[]
    },
  ): Promise<AssignmentId[]>
  place(
    tx: Tx,
    given: {
      seat: Seat
      asker: Asker
      portfolio: PortfolioId
      add?: readonly OrganisationId[]
      remove?: readonly OrganisationId[]
    },
  ): Promise<{ added: number; removed: number }>
  /** Undefined when the name is taken. */
  portfolio(tx: Tx, given: { seat: Seat; asker: Asker; name: string }): Promise<PortfolioId | undefined>
}

export interface Firms {
  // ── Who works where ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Where this person works or is about to. */
  of(person: PersonId): Promise<Seat[]>
  /** Organisations that they represent, which nobody has opened, or in which they have no part. */
  openable(person: PersonId): Promise<{ organisation: OrganisationId; representation: RepresentationId }[]>
  /** Their place in it, at work only. */
  seatOf(handle: Handle, about: { firm: OrganisationId; person: PersonId }): Promise<Seat | undefined>
  /** Accepts clients' mandates for it, with their own key. */
  mayAcceptFor(handle: Handle, about: { firm: OrganisationId; person: PersonId }): Promise<boolean>
  isOpen(handle: Handle, firm: OrganisationId): Promise<boolean>
  /** Whom a letter to the firm goes to. */
  administratorsOf(handle: Handle, firm: OrganisationId): Promise<PersonId[]>

  // ── Members ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A legal representative opens the firm, or takes it over: they are an administrator from now on. */
  open(asker: Asker, firm: OrganisationId): Promise<FirmOutcome<{ membership: MembershipId; again: boolean }>>
  /** The link is good for 7 days and one person. With an address, it is sent there as well. */
  invite(
    asker: Asker,
    given: { firm: OrganisationId; role: FirmRole; mail?: string; language: Language },
  ): Promise<FirmOutcome<{ invitation: FirmInvitationId; token: string; expiresAt: Instant }>>
  withdrawInvitation(asker: Asker, given: { firm: OrganisationId; invitation: FirmInvitationId }): Promise<FirmOutcome>
  /** Into which firm a link leads, while it can be used. Opening the page uses nothing up. */
  invitation(token: string): Promise<{ firm: OrganisationId; role: FirmRole; expiresAt: Instant } | undefined>
  /** Accepts, at substantial or more. Of two people with one link, one gets in; an administrator then confirms them. */
  join(asker: Asker, token: string): Promise<FirmOutcome<{ firm: OrganisationId; membership: MembershipId }>>
  /** It is whom they expected: at work from now on. */
  confirmMember(asker: Asker, given: { firm: OrganisationId; membership: MembershipId }): Promise<FirmOutcome>
  /** Puts somebody out, or turns away who waits: each of their assignments ends with the commit. The mandates stay. */
  remove(asker: Asker, given: { firm: OrganisationId; membership: MembershipId }): Promise<FirmOutcome>
  leave(asker: Asker, firm: OrganisationId): Promise<FirmOutcome>
  changeRole(
    asker: Asker,
    given: { firm: OrganisationId; membership: MembershipId; role: FirmRole },
  ): Promise<FirmOutcome>
  /** A manager sees who is at work; an administrator also who waits, and links that can be used. */
  members(asker: Asker, firm: OrganisationId): Promise<FirmOutcome<{ members: Member[]; invitations: Invitation[] }>>

  // ── Clients ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * By name. An administrator sees all, the others those that they were given. `search`: beginnings of words of a name, or
   * of a number.
   */
  clients(
    asker: Asker,
    about: {
      firm: OrganisationId
      search?: string
      /** `ending`: those whose mandate ends within 30 days. */
      state?: ClientState | 'ending'
      portfolio?: PortfolioId | 'none'
      after?: string
      limit: number
    },
  ): Promise<FirmOutcome<{ clients: Client[]; next?: string; total: number }>>
  /** One of them, with its mandates, the newest first, and the portfolios in which it is. */
  client(
    asker: Asker,
    about: { firm: OrganisationId; principal: OrganisationId },
  ): Promise<
    FirmOutcome<{
      client: Client
      mandates: MandateId[]
      portfolios: { portfolio: PortfolioId; name: string }[]
      /** What an assignment of it may have in it. */
      given: readonly Pick<Right, 'service' | 'action'>[]
    }>
  >
  /** Proposals that wait for its answer, and how many mandates end within 30 days. */
  comingUp(
    asker: Asker,
    firm: OrganisationId,
  ): Promise<
    FirmOutcome<{
      waiting: { mandate: MandateId; principal: OrganisationId; answerBy: Instant }[]
      ending: number
    }>
  >
  /** Rows that any of its clients gave. */
  givenTo(asker: Asker, firm: OrganisationId): Promise<FirmOutcome<{ given: Pick<Right, 'service' | 'action'>[] }>>

  // ── Clients in groups, and who works for them ─────────────────────────────────────────────────────────────────────

  /** An administrator sees all, the others those that they were given. */
  portfolios(asker: Asker, firm: OrganisationId): Promise<FirmOutcome<{ portfolios: Portfolio[] }>>
  makePortfolio(
    asker: Asker,
    given: { firm: OrganisationId; name: string },
  ): Promise<FirmOutcome<{ portfolio: PortfolioId }>>
  renamePortfolio(
    asker: Asker,
    given: { firm: OrganisationId; portfolio: PortfolioId; name: string },
  ): Promise<FirmOutcome>
  /** What members were given through it ends. */
  removePortfolio(asker: Asker, given: { firm: OrganisationId; portfolio: PortfolioId }): Promise<FirmOutcome>
  /** Puts clients in a group or takes them out; what is so already stays so. */
  placeClients(
    asker: Asker,
    given: {
      firm: OrganisationId
      portfolio: PortfolioId
      add?: readonly OrganisationId[]
      remove?: readonly OrganisationId[]
    },
  ): Promise<FirmOutcome<{ added: number; removed: number }>>
  /** Instead of what the member was given for the same client or portfolio before. */
  assign(
    asker: Asker,
    given: Reach & {
      firm: OrganisationId
      membership: MembershipId
      to: { principal: OrganisationId } | { portfolio: PortfolioId }
    },
  ): Promise<FirmOutcome<{ assignment: AssignmentId }>>
  unassign(asker: Asker, given: { firm: OrganisationId; assignment: AssignmentId }): Promise<FirmOutcome>
  /** In force: of one member, of one client (portfolios that it is in included), or of one portfolio. */
  assignments(
    asker: Asker,
    about: {
      firm: OrganisationId
      of: { membership: MembershipId } | { principal: OrganisationId } | { portfolio: PortfolioId }
    },
  ): Promise<FirmOutcome<{ assignments: Assignment[] }>>

  /** For a verb on all of a firm (a file of many lines): their seat, held until `tx` ends, or why not. */
  holdSeat(tx: Tx, asker: Asker, about: { firm: OrganisationId; verb: FirmVerb }): Promise<FirmOutcome<{ seat: Seat }>>
  /** Within such a verb: what is judged is judged by the caller, who holds the seat. */
  write: FirmWriting
  /** To be registered with `people.keep`. */
  keeper: Keeper
  /** For the letter: where a link that can be used was announced. */
  announced(invitation: FirmInvitationId): Promise<(Invitation & { firm: OrganisationId }) | undefined>
  /** Ends what is over, forgets what is old. A job calls it. */
  sweep(): Promise<void>
}

/** The links of one firm that can be used at a time: more is a list that nobody looks through. */
const mostInvitations = 50
export const invitationDays = 7
/** Nobody recognised them in that time. */
const waitingTime = 21 * day
/** Who took a link and when is told by the membership; the link itself is forgotten so long after its end. */
const invitationMemory = 30 * day
/**
 * A client who comes back in that time finds the same people at work; one who comes back later is assigned anew. Looked
 * for among mandates that ended since `clientLooked` only.
 */
const clientMemory = 30 * day
const clientLooked = 37 * day
export const nameLimit = 80
const mostPortfolios = 500
/** Of which the home page of a firm speaks. */
const endingSoon = 30 * day

/** What ends a name before it is seen, or hides in it. */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u200b\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u

export interface FirmsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'identityOf' | 'sealerOf'>
  organisations: Pick<Organisations, 'represents' | 'representedBy'>
  /** Of this room. */
  key: Buffer
  /** For how long what has ended can be shown, in milliseconds. */
  retention: number
  /** A link was made for this address: the letter leaves after the commit. */
  announce(tx: Tx, about: { invitation: FirmInvitationId; language: Language }): Promise<void>
}

const refused = (reason: FirmRefusal): { ok: false; reason: FirmRefusal } => ({ ok: false, reason })
const seatFrom = ({ membership, firm, role, state }: MemberRow): Seat => ({
  membership,
  firm,
  role,
  state: state === 'active' ? 'active' : 'waiting',
})

export function createFirms(options: FirmsOptions): Firms {
  const { storage, clock, audit, people, organisations } = options
  const store = createFirmStore()
  const key = deriveKey(options.key, 'mandates/firm')
  const at = () => toDate(clock.now())
  const actorOf = ({ person }: Asker): Actor => ({ kind: 'person', id: person })

  // ── Who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function judge(handle: Handle, asker: Asker, firm: OrganisationId, verb: FirmVerb) {
    const row = await store.seat(handle, firm, asker.person)
    if (row?.state !== 'active') return refused('unknown')
    if (!mayInFirm(row.role, verb)) return refused('not_allowed')
    if (!atLeast(asker.level, firmLevel)) return refused('level_too_low')
    return { ok: true as const, seat: seatFrom(row) }
  }

  async function holdSeat(tx: Tx, asker: Asker, { firm, verb }: { firm: OrganisationId; verb: FirmVerb }) {
    return (await store.lock(tx, firm)) ? judge(tx, asker, firm, verb) : refused('unknown')
  }

  /** Runs a change of a firm by one of its members, with the firm locked. */
  function changing<T>(
    asker: Asker,
    firm: OrganisationId,
    verb: FirmVerb,
    work: (tx: Tx, seat: Seat) => Promise<FirmOutcome<T>>,
  ): Promise<FirmOutcome<T>> {
    return storage.transaction(async (tx) => {
      const held = await holdSeat(tx, asker, { firm, verb })
      return held.ok ? work(tx, held.seat) : held
    })
  }

  async function reading<T>(
    asker: Asker,
    firm: OrganisationId,
    verb: FirmVerb,
    work: (seat: Seat) => Promise<FirmOutcome<T>>,
  ): Promise<FirmOutcome<T>> {
    const judged = await judge(storage.db, asker, firm, verb)
    return judged.ok ? work(judged.seat) : judged
  }

  /** Would nobody administer the firm without this one? */
  async function isLastAdministrator(tx: Tx, { firm, membership }: MemberRow): Promise<boolean> {
    const all = await store.administrators(tx, firm)
    return all.length === 1 && all[0]?.membership === membership
  }

  // ── What ends ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Everything at once: what they were given, and the links that they gave out. The firm's mandates are not touched. */
  async function endMember(tx: Tx, row: MemberRow, why: MemberEnd, actor: Actor): Promise<void> {
    const { membership, firm, person } = row
    await store.endMember(tx, membership, { reason: why, at: at() })
    const ended = await store.endAssignments(tx, { membership }, { reason: 'member_left', at: at() })
    await store.withdrawInvitations(tx, { firm, invitedBy: membership, at: at() })
    const services = [...new Set(ended.flatMap((one) => one.services))].sort()
    audit.append(tx, {
      name: 'firm.member_left',
      data: { firm, membership, person, why, assignments: ended.length, services, actor },
    })
  }

  function writeEnded(tx: Tx, ended: readonly EndedRow[], why: AssignmentEnd, actor: Actor): void {
    for (const { assignment, firm, membership, person, principal, portfolio, services } of ended) {
      audit.append(tx, {
        name: 'firm.assignment_ended',
        data: {
          ...{ firm, membership, person, assignment, principal, portfolio },
          ...{ services: [...services].sort(), why, actor },
        },
      })
    }
  }

  async function endAssignments(
    tx: Tx,
    which: Parameters<typeof store.endAssignments>[1],
    why: AssignmentEnd,
    actor: Actor,
  ) {
    const ended = await store.endAssignments(tx, which, { reason: why, at: at() })
    writeEnded(tx, ended, why, actor)
    return ended
  }

  // ── What is given ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** What a member holds of that client, or of that group. */
  async function heldBy(handle: Handle, seat: Seat, to: Assignment['to']): Promise<Reach[]> {
    const { firm, membership } = seat
    const rows =
      'principal' in to
        ? await store.assignmentsOfClient(handle, firm, to.principal)
        : await store.assignments(handle, { firm, portfolio: to.portfolio })
    return rows.filter((row) => row.membership === membership && isLive(row)).map(reachFrom)
  }

  const isLive = ({ until_at }: AssignmentRow) => until_at === null || until_at.getTime() > clock.now()

  /** Nothing wider than a client gave, nothing wider than what a manager who gives it holds. */
  async function judgeReach(tx: Tx, seat: Seat, { to, ...asked }: Reach & { to: Assignment['to'] }) {
    const reach = { ...asked, actions: inOrder(asked.actions) }
    if (rightsOf(reach).length === 0) return 'nothing_given'
    if (reach.until !== undefined && reach.until <= clock.now()) return 'until_past'
    if ('portfolio' in to && !(await store.portfolio(tx, seat.firm, to.portfolio))) return 'unknown'
    const given = await store.givenBy(tx, seat.firm, 'principal' in to ? to.principal : undefined)
    if (given.length === 0) return 'not_a_client'
    if (rowsBeyond(reach, given).length > 0) return 'beyond_mandate'
    if (seat.role === 'administrator') return undefined
    const held = (await heldBy(tx, seat, to)).flatMap(rightsOf)
    return narrows(rightsOf(reach), held) ? undefined : 'beyond_own'
  }

  const write: FirmWriting = {
    async assign(tx, { seat, asker, all }) {
      const { firm } = seat
      const actor = actorOf(asker)
      const rows = all.map(({ membership, person, to, ...reach }) => ({
        ...{ assignment: newId('assignment'), firm, membership, person, given_by: seat.membership },
        principal: 'principal' in to ? to.principal : null,
        portfolio: 'portfolio' in to ? to.portfolio : null,
        actions: inOrder(reach.actions),
        minimum_level: reach.minimumLevel ?? null,
        until_at: reach.until === undefined ? null : toDate(reach.until),
      }))
      writeEnded(tx, await store.endReplaced(tx, rows, at()), 'replaced', actor)
      await store.insertAssignments(tx, rows, at())
      for (const { assignment, membership, person, principal, portfolio, actions, ...row } of rows) {
        audit.append(tx, {
          name: 'firm.assigned',
          data: {
            ...{ firm, membership, person, assignment, principal, portfolio, services: Object.keys(actions) },
            rights: rightsOf({ actions }).map(({ service, action }) => `${service}:${action}`),
            ...{ minimumLevel: row.minimum_level, until: row.until_at?.getTime() ?? null },
            ...{ by: seat.membership, actor },
          },
        })
      }
      return rows.map(({ assignment }) => assignment)
    },

    async place(tx, { seat, asker, portfolio, add = [], remove = [] }) {
      const added = await store.place(tx, {
        portfolio,
        firm: seat.firm,
        principals: add,
        by: seat.membership,
        at: at(),
      })
      const removed = await store.takeOut(tx, { portfolio, principals: remove, at: at() })
      if (added + removed > 0) {
        const data = { firm: seat.firm, portfolio, added, removed, actor: actorOf(asker) }
        audit.append(tx, { name: 'firm.clients_placed', data })
      }
      return { added, removed }
    },

    async portfolio(tx, { seat, asker, name }) {
      const portfolio = newId('portfolio')
      if (!(await store.insertPortfolio(tx, { portfolio, firm: seat.firm, name, at: at() }))) return undefined
      audit.append(tx, {
        name: 'firm.portfolio_changed',
        data: { firm: seat.firm, portfolio, what: 'made', actor: actorOf(asker) },
      })
      return portfolio
    },
  }

  const nameOf = async (person: PersonId) => {
    const identity = await people.identityOf(storage.db, person)
    return identity ? { name: `${identity.given_name} ${identity.family_name}` } : {}
  }

  function invitationFrom(row: InvitationRow): Invitation {
    return {
      ...{ invitation: row.id, role: row.role },
      ...(row.mail ? { mail: unseal(key, row.mail, row.id).toString('utf8') } : {}),
      ...{ createdAt: row.created_at.getTime(), expiresAt: row.expires_at.getTime() },
    }
  }

  return {
    // ── Who works where ─────────────────────────────────────────────────────────────────────────────────────────────

    of: async (person) => (await store.seatsOf(storage.db, person)).map(seatFrom),

    async openable(person) {
      const identity = await people.identityOf(storage.db, person)
      if (!identity) return []
      const seats = await store.seatsOf(storage.db, person)
      const isRun = (organisation: OrganisationId) =>
        seats.some(({ firm, role, state }) => firm === organisation && role === 'administrator' && state === 'active')
      const represented = await organisations.representedBy(identity)
      return represented.filter(({ organisation, alone }) => alone && !isRun(organisation))
    },

    async seatOf(handle, { firm, person }) {
      const row = await store.seat(handle, firm, person)
      return row?.state === 'active' ? seatFrom(row) : undefined
    },

    async mayAcceptFor(handle, { firm, person }) {
      const row = await store.seat(handle, firm, person)
      return row?.state === 'active' && mayInFirm(row.role, 'accept')
    },

    isOpen: (handle, firm) => store.isOpen(handle, firm),

    administratorsOf: async (handle, firm) => (await store.administrators(handle, firm)).map(({ person }) => person),

    // ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async open(asker, firm) {
      if (!atLeast(asker.level, firmLevel)) return refused('level_too_low')
      const identity = await people.identityOf(storage.db, asker.person)
      const found = identity && (await organisations.represents(identity, firm))
      // Whoever runs a firm accepts for it by their own signature.
      if (!found?.alone) return refused('not_representative')
      const { representation } = found
      return storage.transaction(async (tx) => {
        if (!(await people.sealerOf(tx, asker.person, { hold: true }))) return refused('not_representative')
        const again = !(await store.open(tx, firm, at()))
        await store.lock(tx, firm)
        const before = await store.seat(tx, firm, asker.person)
        const membership = before?.membership ?? newId('membership')
        if (before?.state === 'active' && before.role === 'administrator') return { ok: true, membership, again }
        if (before) await store.setRole(tx, membership, { role: 'administrator', representation, activeAt: at() })
        else {
          await store.insertMember(tx, {
            ...{ membership, firm, person: asker.person, role: 'administrator', level: asker.level, representation },
            ...{ invited_by: null, state: 'active', at: at() },
          })
        }
        const data = { firm, membership, person: asker.person, representation, again, actor: actorOf(asker) }
        audit.append(tx, { name: 'firm.opened', data })
        return { ok: true, membership, again }
      })
    },

    invite: (asker, { firm, role, mail, language }) =>
      changing(asker, firm, 'members', async (tx, seat) => {
        const address = mail === undefined || mail.trim() === '' ? undefined : parseAddress(mail)
        if (mail !== undefined && mail.trim() !== '' && !address) return refused('address_malformed')
        if ((await store.invitations(tx, firm, at())).length >= mostInvitations) return refused('too_many_invitations')
        const invitation = newId('firmInvitation')
        const token = newSecret()
        const expiresAt = clock.now() + invitationDays * day
        await store.insertInvitation(tx, {
          ...{ id: invitation, firm, role, invited_by: seat.membership, tokenHash: hashSecret(token) },
          ...{ mail: address ? seal(key, address, invitation) : null, at: at(), expiresAt: toDate(expiresAt) },
        })
        if (address) await options.announce(tx, { invitation, language })
        audit.append(tx, {
          name: 'firm.invited',
          data: { firm, invitation, role, by: seat.membership, actor: actorOf(asker) },
        })
        return { ok: true, invitation, token, expiresAt }
      }),

    withdrawInvitation: (asker, { firm, invitation }) =>
      changing(asker, firm, 'members', async (tx) => {
        if ((await store.withdrawInvitations(tx, { firm, id: invitation, at: at() })) === 0)
          return refused('link_unusable')
        audit.append(tx, {
          name: 'firm.invitation_withdrawn',
          data: { firm, invitation, actor: actorOf(asker) },
        })
        return { ok: true }
      }),

    async invitation(token) {
      const row = await store.invitation(storage.db, { tokenHash: hashSecret(token) }, at())
      return row && { firm: row.firm, role: row.role, expiresAt: row.expires_at.getTime() }
    },

    async join(asker, token) {
      if (!atLeast(asker.level, firmLevel)) return refused('level_too_low')
      const tokenHash = hashSecret(token)
      return storage.transaction(async (tx) => {
        const found = await store.invitation(tx, { tokenHash }, at())
        if (!found || !(await people.sealerOf(tx, asker.person, { hold: true }))) return refused('link_unusable')
        const { firm, role } = found
        await store.lock(tx, firm)
        if (await store.seat(tx, firm, asker.person)) return refused('already_member')
        const membership = newId('membership')
        if (!(await store.takeInvitation(tx, { tokenHash, membership, at: at() }))) return refused('link_unusable')
        await store.insertMember(tx, {
          ...{ membership, firm, person: asker.person, role, level: asker.level, representation: null },
          ...{ invited_by: found.invited_by, state: 'waiting', at: at() },
        })
        const data = { firm, membership, person: asker.person, role, actor: actorOf(asker) }
        audit.append(tx, { name: 'firm.member_waiting', data })
        return { ok: true, firm, membership }
      })
    },

    confirmMember: (asker, { firm, membership }) =>
      changing(asker, firm, 'members', async (tx) => {
        const row = await store.member(tx, firm, membership)
        if (!row || !(await store.activate(tx, membership, at()))) return refused('unknown')
        const { person, role } = row
        const data = { firm, membership, person, role, actor: actorOf(asker) }
        audit.append(tx, { name: 'firm.member_joined', data })
        return { ok: true }
      }),

    remove: (asker, { firm, membership }) =>
      changing(asker, firm, 'members', async (tx) => {
        const row = await store.member(tx, firm, membership)
        if (!row) return refused('unknown')
        if (await isLastAdministrator(tx, row)) return refused('last_administrator')
        await endMember(tx, row, row.state === 'waiting' ? 'not_confirmed' : 'removed', actorOf(asker))
        return { ok: true }
      }),

    leave: (asker, firm) =>
      storage.transaction(async (tx) => {
        if (!(await store.lock(tx, firm))) return refused('unknown')
        const row = await store.seat(tx, firm, asker.person)
        if (!row) return refused('unknown')
        if (await isLastAdministrator(tx, row)) return refused('last_administrator')
        await endMember(tx, row, 'left', actorOf(asker))
        return { ok: true }
      }),

    changeRole: (asker, { firm, membership, role }) =>
      changing(asker, firm, 'members', async (tx) => {
        const row = await store.member(tx, firm, membership)
        if (row?.state !== 'active') return refused('unknown')
        if (row.role === role) return { ok: true }
        if (await isLastAdministrator(tx, row)) return refused('last_administrator')
        await store.setRole(tx, membership, { role })
        // Links that they gave out were an administrator's.
        await store.withdrawInvitations(tx, { firm, invitedBy: membership, at: at() })
        const { person, role: before } = row
        const data = { firm, membership, person, before, role, actor: actorOf(asker) }
        audit.append(tx, { name: 'firm.role_changed', data })
        return { ok: true }
      }),

    members: (asker, firm) =>
      reading(asker, firm, 'see_members', async ({ role }) => {
        const all = await store.members(storage.db, firm)
        const isAdministrator = role === 'administrator'
        const rows = isAdministrator ? all : all.filter(({ state }) => state === 'active')
        const members = await Promise.all(
          rows.map(
            async (row): Promise<Member> => ({
              ...{ membership: row.membership, person: row.person, role: row.role, level: row.level },
              ...(await nameOf(row.person)),
              state: row.state === 'active' ? 'active' : 'waiting',
              isRepresentative: row.representation !== null,
              since: (row.active_at ?? row.accepted_at).getTime(),
              assignments: row.assignments,
            }),
          ),
        )
        const invitations = isAdministrator ? await store.invitations(storage.db, firm, at()) : []
        return { ok: true, members, invitations: invitations.map(invitationFrom) }
      }),

    // ── Clients ─────────────────────────────────────────────────────────────────────────────────────────────────────

    clients: (asker, { firm, search = '', state, portfolio, after, limit }) =>
      reading<{ clients: Client[]; next?: string; total: number }>(asker, firm, 'see_clients', async (seat) => {
        const wanted = searchedIn(search)
        if (!wanted) return { ok: true, clients: [], total: 0 }
        const from = after === undefined ? undefined : placeIn(after)
        const { rows, total } = await store.clients(storage.db, {
          ...{ firm, now: clock.now(), endingBefore: toDate(clock.now() + endingSoon) },
          ...wanted,
          ...seenBy(asker, seat),
          ...(state ? { state } : {}),
          ...(portfolio ? { portfolio } : {}),
          ...(from ? { after: from } : {}),
          limit: limit + 1,
        })
        const shown = rows.slice(0, limit)
        const last = shown.at(-1)
        const next = rows.length > limit && last ? { next: `${last.principal} ${last.name_key}` } : {}
        return { ok: true, clients: shown.map(clientFrom), ...next, total }
      }),

    client: (asker, { firm, principal }) =>
      reading(asker, firm, 'see_clients', async (seat) => {
        const now = clock.now()
        const about = { firm, principal, now, endingBefore: toDate(now), words: [], ...seenBy(asker, seat), limit: 1 }
        const { rows } = await store.clients(storage.db, about)
        if (!rows[0]) return refused('unknown')
        const [mandates, portfolios, given] = await Promise.all([
          store.mandatesOfClient(storage.db, firm, principal),
          store.portfoliosOfClient(storage.db, firm, principal),
          store.givenBy(storage.db, firm, principal),
        ])
        return { ok: true, client: clientFrom(rows[0]), mandates, portfolios, given }
      }),

    comingUp: (asker, firm) =>
      reading(asker, firm, 'members', async () => {
        const found = await store.comingUp(storage.db, firm, toDate(clock.now() + endingSoon))
        const waiting = found.waiting.map(({ answer_by, ...one }) => ({ ...one, answerBy: answer_by.getTime() }))
        return { ok: true, waiting, ending: found.ending }
      }),

    givenTo: (asker, firm) =>
      reading(asker, firm, 'see_clients', async () => ({ ok: true, given: await store.givenBy(storage.db, firm) })),

    // ── Clients in groups, and who works for them ───────────────────────────────────────────────────────────────────

    portfolios: (asker, firm) =>
      reading(asker, firm, 'see_clients', async ({ role, membership }) => {
        const all = await store.portfolios(storage.db, firm)
        if (role === 'administrator') return { ok: true, portfolios: all }
        const held = (await store.assignments(storage.db, { firm, membership })).filter(isLive)
        const isHeld = ({ portfolio }: Portfolio) => held.some((row) => row.portfolio === portfolio)
        return { ok: true, portfolios: all.filter(isHeld) }
      }),

    makePortfolio: (asker, { firm, name }) =>
      changing(asker, firm, 'portfolios', async (tx, seat) => {
        const named = plainName(name)
        if (typeof named !== 'string') return refused(named.problem)
        if ((await store.portfolios(tx, firm)).length >= mostPortfolios) return refused('too_many_portfolios')
        const portfolio = await write.portfolio(tx, { seat, asker, name: named })
        return portfolio ? { ok: true, portfolio } : refused('name_taken')
      }),

    renamePortfolio: (asker, { firm, portfolio, name }) =>
      changing(asker, firm, 'portfolios', async (tx) => {
        if (!(await store.portfolio(tx, firm, portfolio))) return refused('unknown')
        const named = plainName(name)
        if (typeof named !== 'string') return refused(named.problem)
        const [other] = await store.portfolioNamed(tx, firm, [named])
        if (other && other.portfolio !== portfolio) return refused('name_taken')
        await store.renamePortfolio(tx, portfolio, named)
        audit.append(tx, {
          name: 'firm.portfolio_changed',
          data: { firm, portfolio, what: 'renamed', actor: actorOf(asker) },
        })
        return { ok: true }
      }),

    removePortfolio: (asker, { firm, portfolio }) =>
      changing(asker, firm, 'portfolios', async (tx) => {
        if (!(await store.portfolio(tx, firm, portfolio))) return refused('unknown')
        await endAssignments(tx, { firm, portfolio }, 'portfolio_removed', actorOf(asker))
        await store.removePortfolio(tx, portfolio, at())
        audit.append(tx, {
          name: 'firm.portfolio_changed',
          data: { firm, portfolio, what: 'removed', actor: actorOf(asker) },
        })
        return { ok: true }
      }),

    placeClients: (asker, { firm, portfolio, add = [], remove = [] }) =>
      changing(asker, firm, 'place_clients', async (tx, seat) => {
        if (!(await store.portfolio(tx, firm, portfolio))) return refused('unknown')
        const wanted = [...new Set(add)]
        if ((await store.clientsAmong(tx, firm, wanted)).length < wanted.length) return refused('not_a_client')
        return { ok: true, ...(await write.place(tx, { seat, asker, portfolio, add: wanted, remove })) }
      }),

    assign: (asker, { firm, membership, to, ...reach }) =>
      changing(asker, firm, 'assign', async (tx, seat) => {
        const row = await store.member(tx, firm, membership)
        if (row?.state !== 'active') return refused('unknown')
        if (membership === seat.membership && seat.role !== 'administrator') return refused('own_assignment')
        const problem = await judgeReach(tx, seat, { ...reach, to })
        if (problem) return refused(problem)
        const all = [{ person: row.person, membership, to, ...reach }]
        const [assignment] = await write.assign(tx, { seat, asker, all })
        if (!assignment) throw new Error('an assignment was not written')
        return { ok: true, assignment }
      }),

    unassign: (asker, { firm, assignment }) =>
      changing(asker, firm, 'assign', async (tx, seat) => {
        const [row] = await store.assignments(tx, { firm, assignment })
        if (!row) return refused('unknown')
        const held = await heldBy(tx, seat, targetOf(row))
        if (seat.role !== 'administrator' && row.given_by !== seat.membership && held.length === 0)
          return refused('beyond_own')
        await endAssignments(tx, { firm, assignment }, 'unassigned', actorOf(asker))
        return { ok: true }
      }),

    assignments: (asker, { firm, of }) =>
      reading(asker, firm, 'see_clients', async (seat) => {
        const rows =
          'principal' in of
            ? await store.assignmentsOfClient(storage.db, firm, of.principal)
            : await store.assignments(storage.db, { firm, ...of })
        const live = rows.filter(isLive)
        const isOwn = ({ membership }: AssignmentRow) => membership === seat.membership
        const seesAll =
          seat.role === 'administrator' || ('membership' in of ? false : live.some(isOwn) && seat.role === 'manager')
        return { ok: true, assignments: live.filter((row) => seesAll || isOwn(row)).map(assignmentFrom) }
      }),

    holdSeat,
    write,

    async announced(invitation) {
      const row = await store.invitation(storage.db, { id: invitation }, at())
      return row && { ...invitationFrom(row), firm: row.firm }
    },

    keeper: {
      room: 'firms',
      // The rows stay for as long as what was done under them can be asked about; of whom is not known any more.
      async forget(tx, person) {
        for (const seat of await store.seatsOf(tx, person)) {
          await store.lock(tx, seat.firm)
          await endMember(tx, seat, 'erased', { kind: 'hub' })
        }
      },
      // An administrator recognised one human. Once two are told apart, somebody has to look again.
      async follow(tx, { from, to, left }) {
        const whole = left.length === 0
        for (const seat of await store.seatsOf(tx, from)) {
          await store.lock(tx, seat.firm)
          if (!whole || (await store.seat(tx, seat.firm, to))) await endMember(tx, seat, 'told_apart', { kind: 'hub' })
        }
        if (whole) await store.moveMembers(tx, { from, to })
      },
    },

    async sweep() {
      const now = clock.now()
      const hub: Actor = { kind: 'hub' }
      await storage.transaction(async (tx) => {
        for (const row of await store.waitingSince(tx, toDate(now - waitingTime)))
          await endMember(tx, row, 'not_confirmed', hub)
        await endAssignments(tx, { overAt: toDate(now) }, 'term', hub)
        const gone = await store.clientsGone(tx, {
          after: toDate(now - clientLooked),
          before: toDate(now - clientMemory),
        })
        for (const { firm, principal } of gone) {
          await endAssignments(tx, { firm, principal }, 'client_left', hub)
          await store.takeOutEverywhere(tx, { firm, principal, at: toDate(now) })
        }
        await store.forgetInvitations(tx, toDate(now - invitationMemory))
        await store.forgetEnded(tx, toDate(now - options.retention))
      })
    },
  }
}

const clientFrom = (row: ClientRow): Client => ({
  ...{ principal: row.principal, name: row.name, state: row.state, drawnUpBy: row.drawn_up_by },
  ...{ from: row.from_at.getTime(), until: row.until_at.getTime() },
  ...(row.state === 'proposed' && row.answer_by ? { answerBy: row.answer_by.getTime() } : {}),
})

/** Where a page begins: behind the client of this name. */
function placeIn(after: string): { name: string; organisation: string } | undefined {
  const [, organisation, name = '\0'] = /^(\S+) (.*)$/s.exec(after) ?? []
  return isId('organisation', organisation) && !name.includes('\0') ? { organisation, name } : undefined
}

const seenBy = ({ person }: Asker, { role, membership }: Seat) =>
  role === 'administrator' ? {} : { seenBy: { person, membership } }

const targetOf = ({ principal, portfolio }: Pick<AssignmentRow, 'principal' | 'portfolio'>): Assignment['to'] => {
  if (principal !== null) return { principal }
  if (portfolio !== null) return { portfolio }
  throw new Error('an assignment to nothing')
}

const reachFrom = ({ actions, minimum_level, until_at }: AssignmentRow): Reach => ({
  actions,
  ...(minimum_level ? { minimumLevel: minimum_level } : {}),
  ...(until_at ? { until: until_at.getTime() } : {}),
})

const assignmentFrom = (row: AssignmentRow): Assignment => ({
  ...{ assignment: row.assignment, membership: row.membership, to: targetOf(row), ...reachFrom(row) },
  ...{ givenBy: row.given_by, givenAt: row.given_at.getTime() },
})

/** The name as one line of text, or what is wrong with it. */
export function plainName(
  given: string,
): string | { problem: Extract<FirmRefusal, 'name_missing' | 'name_too_long' | 'name_unseen'> } {
  const name = given.normalize('NFC').trim().replace(/\s+/gu, ' ')
  if (name === '') return { problem: 'name_missing' }
  if ([...name].length > nameLimit) return { problem: 'name_too_long' }
  return unseen.test(given.trim()) ? { problem: 'name_unseen' } : name
}
