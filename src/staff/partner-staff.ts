/**
 * The people who work for a partner: administrator, technician, security contact. They are invited by whoever runs the
 * hub, sign in at the desk, and see what is their partner's alone. An invitation is announced by letter to the partner's
 * own mailboxes and to who is invited, without the link: a link that nobody expected is noticed by those whom it harms.
 */
import type { Actor } from '../audit/facts.ts'
import type { Translate } from '../http/messages.ts'
import { newId, type StaffId, type StaffSessionId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { StaffRole } from '../kernel/roles.ts'
import type { MessageGateway } from '../means/gateway.ts'
import type { Partner, Partners } from '../partners/partners.ts'
import { parseAddress } from '../people/address.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Tx } from '../storage/storage.ts'
import {
  type Account,
  type Accounts,
  type AccountsOptions,
  createAccounts,
  type Entrance,
  type Invited,
  type KindOfStaff,
  nameProblems,
  nameProblemsOf,
  type Present,
  type Teammate,
} from './staff.ts'

export interface StaffMember extends Omit<Account<StaffId, StaffRole>, 'account'> {
  staff: StaffId
}

/** Who is there: what a route of the desk works with. */
export interface StaffStanding extends Omit<Present<StaffId, StaffSessionId, StaffRole>, 'account'> {
  staff: StaffId
}

export interface InvitedStaff extends Omit<Invited<StaffId>, 'account'> {
  staff: StaffId
}

export interface NewStaff {
  partner: string
  name: string
  roles: readonly StaffRole[]
  /** Their address at work. */
  mail: string
  /** In which they, and their partner, are written to. */
  language: Language
  actor: Actor
}

type All = Accounts<StaffId, StaffSessionId, StaffRole>

/** Invitations of one partner that nobody used yet: the hub writes to each address that is typed. */
export const mostInvited = 20

export const invitationProblems = [
  ...(Object.keys(nameProblems) as (keyof typeof nameProblems)[]),
  ...(['mail_wrong', 'roles_missing', 'too_many'] as const),
] as const
export type InvitationProblem = (typeof invitationProblems)[number]

/** What an administrator of a partner may do with somebody who works for it. */
export const colleagueChanges = ['suspend', 'restore', 'remove'] as const
export type ColleagueChange = (typeof colleagueChanges)[number]

export type ColleagueInvitation =
  | { kind: 'invited'; invited: InvitedStaff }
  | { kind: 'invalid'; problems: InvitationProblem[] }
  /** Nobody of that id works for this partner. */
  | { kind: 'unknown' }
  /** They are no administrator in office. */
  | { kind: 'forbidden' }

export type OperatorInvitation =
  | { kind: 'invited'; invited: InvitedStaff }
  /** `unheard`: the partner has no mailbox that would hear of it, so nobody there would notice a stranger. */
  | { kind: 'invalid'; problems: (InvitationProblem | 'unheard')[] }
  | { kind: 'unknown' }

export type ColleagueOutcome =
  | 'done'
  | 'unknown'
  | 'forbidden'
  /** Nobody would be left who may invite somebody. */
  | 'last_administrator'
  /** It is so already, or somebody else changed it. */
  | 'no_such_step'

export interface PartnerStaff
  extends Pick<All, 'namesOf' | 'suspend' | 'restore' | 'remove' | 'sweep'>,
    Entrance<StaffRole, StaffStanding> {
  /**
   * As `Accounts.invite`.
   *
   * @throws GarantError `settings_invalid` also when there is no such partner, or the address is none
   */
  invite(given: NewStaff): Promise<InvitedStaff>
  /** As `Accounts.inviteAgain`. */
  inviteAgain(staff: StaffId, actor: Actor): Promise<InvitedStaff | undefined>
  /**
   * By an operator or a program of the API. Who works for a partner changes its keys alone, so the partner itself has to
   * hear of whom others let in.
   */
  inviteByOperator(given: NewStaff): Promise<OperatorInvitation>
  /** By an administrator of the partner, for it. The link is in the answer, and nowhere else. */
  inviteColleague(given: Omit<NewStaff, 'partner' | 'actor'>, by: StaffStanding): Promise<ColleagueInvitation>
  /** A new link for somebody of the partner, as `inviteAgain`. */
  inviteColleagueAgain(staff: StaffId, by: StaffStanding): Promise<ColleagueInvitation>
  /** The last administrator in office stays in office: neither they nor a colleague at the same moment change that. */
  changeColleague(staff: StaffId, change: ColleagueChange, by: StaffStanding): Promise<ColleagueOutcome>
  /**
   * Other roles for somebody of the partner, at least one; their sessions end, and they and the partner's mailboxes are
   * told by letter. The last administrator in office stays one, as above.
   */
  changeRoles(staff: StaffId, roles: readonly StaffRole[], by: StaffStanding): Promise<ColleagueOutcome>
  /** Whom somebody works for; undefined for who is unknown or erased. */
  partnerOf(staff: StaffId): Promise<string | undefined>
  /** Those who can still be named, of all partners or of one. */
  list(partner?: string): Promise<StaffMember[]>
  /** Writes one letter about an invitation. A job calls it; what is gone meanwhile is not written about. */
  sendLetter(job: JobData['staff.letter']): Promise<void>
}

export interface PartnerStaffOptions extends AccountsOptions {
  partners: Pick<Partners, 'partner'>
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** Name of the hub. */
  hub: string
}

const kind: KindOfStaff<StaffId, StaffSessionId, StaffRole> = {
  kind: 'partner',
  newAccount: () => newId('staff'),
  newSession: () => newId('staffSession'),
  facts: {
    invited: ({ account: staff, partner, roles, again, actor }) => ({
      name: 'staff.invited',
      data: { staff, partner, roles, again, actor },
    }),
    joined: (staff, means) => ({ name: 'staff.joined', data: { staff, means } }),
    changed: (event, staff, actor) => ({ name: `staff.${event}`, data: { staff, actor } }),
    signedIn: (staff, session, means) => ({ name: 'staff.signed_in', data: { staff, session, means } }),
    signInRefused: (staff, person) => ({ name: 'staff.sign_in_refused', data: { staff, person } }),
    sessionEnded: (staff, session, reason) => ({ name: 'staff.session_ended', data: { staff, session, reason } }),
    denied: (staff, route) => ({ name: 'staff.denied', data: { staff, route } }),
  },
}

/** The mailboxes of a partner that hear of an invitation. */
const warned = ['security', 'administrative'] as const

export function createPartnerStaff(options: PartnerStaffOptions): PartnerStaff {
  const { storage, partners, gateway, translate, hub } = options
  const accounts = createAccounts(kind, options)
  const named = ({ account: staff, ...rest }: Invited<StaffId>): InvitedStaff => ({ staff, ...rest })

  const announce = (partner: Partner | undefined, about?: 'roles') => async (tx: Tx, staff: StaffId) => {
    for (const to of ['invited' as const, ...heardAt(partner)]) {
      await storage.jobs.enqueue(tx, 'staff.letter', { staff, to, ...(about ? { about } : {}) })
    }
  }

  const isAdministrator = ({ roles }: Pick<StaffStanding, 'roles'>) => roles.includes('administrator')
  /** Administrators who can act. */
  const inOffice = (team: readonly Teammate<StaffId, StaffRole>[]) =>
    team.filter((one) => one.state === 'active' && isAdministrator(one))
  const actorOf = ({ staff }: StaffStanding): Actor => ({ kind: 'staff', id: staff })

  async function problemsOf(given: Omit<NewStaff, 'actor'>): Promise<InvitationProblem[]> {
    const waiting = (await accounts.list(given.partner)).filter(({ state }) => state === 'invited')
    return [
      ...nameProblemsOf(given.name),
      ...(parseAddress(given.mail) ? [] : (['mail_wrong'] as const)),
      ...(given.roles.length === 0 ? (['roles_missing'] as const) : []),
      ...(waiting.length >= mostInvited ? (['too_many'] as const) : []),
    ]
  }

  const staffed: PartnerStaff = {
    ...accounts,

    async invite({ partner: id, mail: typed, ...given }) {
      const partner = partners.partner(id)
      const mail = parseAddress(typed)
      const faults = [
        ...(partner ? [] : [`there is no partner ${JSON.stringify(id)}`]),
        ...(mail ? [] : ['mail is not an e-mail address']),
      ]
      const letters = announce(partner)
      return named(await accounts.invite({ ...given, partner: id, ...(mail ? { mail } : {}), faults }, letters))
    },

    async inviteAgain(staff, actor) {
      const known = await accounts.find(staff)
      const partner = known && partners.partner(known.partner)
      const invited = partner && (await accounts.inviteAgain(staff, actor, announce(partner)))
      return invited && named(invited)
    },

    async inviteByOperator(given) {
      const partner = partners.partner(given.partner)
      if (!partner) return { kind: 'unknown' }
      const isHeard = heardAt(partner).length > 0
      const problems = [...(await problemsOf(given)), ...(isHeard ? [] : (['unheard'] as const))]
      if (problems.length > 0) return { kind: 'invalid', problems }
      return { kind: 'invited', invited: await staffed.invite(given) }
    },

    async inviteColleague(given, by) {
      if (!isAdministrator(by)) return { kind: 'forbidden' }
      const problems = await problemsOf({ ...given, partner: by.partner })
      if (problems.length > 0) return { kind: 'invalid', problems }
      const invited = await staffed.invite({ ...given, partner: by.partner, actor: actorOf(by) })
      return { kind: 'invited', invited }
    },

    async inviteColleagueAgain(staff, by) {
      if (!isAdministrator(by)) return { kind: 'forbidden' }
      const colleague = await accounts.find(staff)
      if (colleague?.partner !== by.partner) return { kind: 'unknown' }
      const invited = await staffed.inviteAgain(staff, actorOf(by))
      return invited ? { kind: 'invited', invited } : { kind: 'unknown' }
    },

    changeColleague: (staff, change, by) =>
      accounts.stepAmong(
        { partner: by.partner, account: staff, event: events[change], actor: actorOf(by) },
        (team): 'forbidden' | 'last_administrator' | undefined => {
          const administrators = inOffice(team)
          if (!administrators.some(({ account }) => account === by.staff)) return 'forbidden'
          const isOnly = administrators.length === 1 && administrators[0]?.account === staff
          return isOnly && change !== 'restore' ? 'last_administrator' : undefined
        },
      ),

    changeRoles: (staff, roles, by) =>
      accounts.setRolesAmong(
        {
          partner: by.partner,
          account: staff,
          roles,
          fact: (before) => ({
            name: 'staff.roles_changed',
            data: { staff, before, roles: [...roles], actor: actorOf(by) },
          }),
        },
        (team, then): 'forbidden' | 'last_administrator' | 'no_such_step' | undefined => {
          if (!inOffice(team).some(({ account }) => account === by.staff)) return 'forbidden'
          if (roles.length === 0) return 'no_such_step'
          return inOffice(then).length === 0 ? 'last_administrator' : undefined
        },
        announce(partners.partner(by.partner), 'roles'),
      ),

    partnerOf: async (staff) => (await accounts.find(staff))?.partner,

    async list(partner) {
      return (await accounts.list(partner)).map(({ account: staff, ...rest }) => ({ staff, ...rest }))
    },

    async standing(secret) {
      const present = await accounts.standing(secret)
      if (!present) return undefined
      const { account: staff, ...rest } = present
      return { staff, ...rest }
    },

    denied: ({ staff: account, ...rest }, route) => accounts.denied({ account, ...rest }, route),

    async sendLetter({ staff, to, about }) {
      const account = await accounts.find(staff)
      const partner = account && partners.partner(account.partner)
      if (!partner || account.state === 'removed') return
      const address = to === 'invited' ? account.mail : partner.contacts?.[to]
      if (!address) return
      const { language = 'fr', name, roles } = account
      const t = translate(language)
      const told = to === 'invited' ? 'invited' : 'partner'
      const values = {
        hub,
        name,
        partner: partner.name[language],
        roles: roles.map((role) => t(`staff_role.${role}`)).join(', '),
      }
      await gateway.send({
        channel: 'mail',
        to: address,
        subject: t(`staff.letter.${told}.${about ? 'roles.' : ''}subject`, values),
        text: t(`staff.letter.${told}.${about ? 'roles.' : ''}text`, values),
        language,
      })
    },
  }
  return staffed
}

const events = { suspend: 'suspended', restore: 'restored', remove: 'removed' } as const

/** One letter to an address, also when it is that of several functions. */
function heardAt({ contacts = {} }: Pick<Partner, 'contacts'> = {}): (typeof warned)[number][] {
  return warned.filter((one, index) => {
    const address = contacts[one]
    return address !== undefined && !warned.slice(0, index).some((before) => contacts[before] === address)
  })
}
