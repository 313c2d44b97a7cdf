/** Who works in a firm and for whom: the verbs on one storage, and that nothing there reaches further than a mandate. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { iceNumber, importOrganisations } from '../../test/support/organisations.ts'
import { claim, openRoom, passed, type Room, tarik } from '../../test/support/people.ts'
import fc from '../../test/support/property.ts'
import { organisationsSchema } from '../directory/organisation-settings.ts'
import { createOrganisations, organisationRules } from '../directory/organisations.ts'
import type { Level } from '../kernel/assurance.ts'
import { toDate } from '../kernel/clock.ts'
import { day, second } from '../kernel/durations.ts'
import type { PivotIdentity } from '../kernel/identity.ts'
import { type MembershipId, newId, type OrganisationId, type PersonId, type PortfolioId } from '../kernel/ids.ts'
import { type FirmRole, type Reach, rightsOf } from '../policy/firm.ts'
import { type Action, actions, intersect, narrows, type Right } from '../policy/mandate.ts'
import { createFirms, type FirmOutcome, type Firms, plainName } from './firm.ts'
import { type ReachRow, reachesOf } from './firm-store.ts'
import type { Asker } from './mandates.ts'

let room: Room
let firms: Firms
let letters: { invitation: string; language: string }[]
let organisations: ReturnType<typeof createOrganisations>

before(async () => {
  room = await openRoom()
  const { storage, clock, audit, people } = room
  letters = []
  const rules = organisationRules(organisationsSchema.parse(undefined))
  organisations = createOrganisations({ storage, clock, audit, rules, key: Buffer.alloc(32, 5) })
  firms = createFirms({
    ...{ storage, clock, audit, people, organisations },
    key: Buffer.alloc(32, 6),
    retention: 3650 * day,
    announce: async (_, about) => void letters.push(about),
  })
})
after(() => room.close())

let humans = 0
/** A human of their own, signed in at the substantial level. */
async function human(
  over: Partial<PivotIdentity> = {},
  level: Level = 'eidas2',
): Promise<Asker & { identity: PivotIdentity }> {
  humans += 1
  const birthdate = toDate(Date.UTC(1970, 0, 1) + humans * day)
    .toISOString()
    .slice(0, 10)
  const identity = {
    ...tarik,
    family_name: `EMPLOYEE ${'ABCDEFGHIJ'[humans % 10]}${'ABCDEFGHIJ'[Math.floor(humans / 10) % 10]}`,
    birthdate,
    ...over,
  }
  const { person } = await room.signIn(claim({ provider: 'post', subject: `post-${humans}`, level, identity }))
  return { person, level, identity }
}

let companies = 0
/** An organisation with its representative. */
async function company(over: { representative?: PivotIdentity } = {}): Promise<OrganisationId> {
  companies += 1
  const { representative } = over
  const representatives = representative ? [{ identity: representative, role: 'manager' }] : []
  const [made] = await importOrganisations({ organisations, clock: room.clock }, [
    { name: `Company ${companies}`, ice: iceNumber(companies), representatives },
  ])
  assert.ok(made)
  return made.organisation
}

interface Given {
  firm: OrganisationId
  principal: OrganisationId
  rights?: readonly Right[]
  state?: 'proposed' | 'active'
}

const submitted: Right[] = (['read', 'prepare', 'submit'] as const).map((action) => ({
  ...{ service: 'declarations', action, minimumLevel: 'eidas2' as const },
}))

/** A mandate as it rests once it is signed: its verbs are tried in `mandates.test.ts`. */
async function give({ firm, principal, rights = submitted, state = 'active' }: Given): Promise<string> {
  const id = newId('mandate')
  const now = room.clock.now()
  await sql`insert into mandates (id, principal, mandatary_organisation, drawn_up_by, drafted_by, drafted_at, state, from_at,
      until_at, delegable, version, text_version, proposed_at, answer_by, active_at)
    values (${id}, ${principal}, ${firm}, 'principal', ${newId('person')}, ${toDate(now)}, ${state}, ${toDate(now)},
      ${toDate(now + 365 * day)}, false, 1, '1', ${toDate(now)}, ${toDate(now + 21 * day)},
      ${state === 'active' ? toDate(now) : null})`.execute(room.storage.db)
  for (const { service, action, until, minimumLevel } of rights) {
    await sql`insert into mandate_rights (mandate, service, action, until_at, minimum_level)
      values (${id}, ${service}, ${action}, ${until === undefined ? null : toDate(until)}, ${minimumLevel})`.execute(
      room.storage.db,
    )
  }
  return id
}

const end = (id: string) =>
  sql`update mandates set state = 'ended', ended_at = ${toDate(room.clock.now())}, ended_for = 'revoked'
    where id = ${id}`.execute(room.storage.db)

function done<T>(outcome: FirmOutcome<T>): { ok: true } & T {
  assert.equal(outcome.ok, true, JSON.stringify(outcome))
  return outcome as { ok: true } & T
}
const reasonOf = (outcome: FirmOutcome) => (outcome.ok ? 'done' : outcome.reason)

/** A firm that its representative opened. */
async function opened() {
  const boss = await human()
  const firm = await company({ representative: boss.identity })
  const { membership } = done(await firms.open(boss, firm))
  return { firm, boss, bossAs: membership }
}

async function member(
  firm: OrganisationId,
  boss: Asker,
  role: FirmRole,
): Promise<Asker & { membership: MembershipId }> {
  const who = await human()
  const { token } = done(await firms.invite(boss, { firm, role, language: 'fr' }))
  const { membership } = done(await firms.join(who, token))
  done(await firms.confirmMember(boss, { firm, membership }))
  room.clock.advance(second)
  return { ...who, membership }
}

async function reaches(person: PersonId, principal?: OrganisationId): Promise<ReachRow[]> {
  const about = { person, now: room.clock.now(), ...(principal ? { principal } : {}) }
  const { rows } = await sql<ReachRow>`select * from ${reachesOf(about)} as reach`.execute(room.storage.db)
  return rows
}

const read: Reach = { actions: { declarations: ['read'] } }

test('R098: a legal representative opens the firm, and may again; nobody else can', async () => {
  const boss = await human()
  const firm = await company({ representative: boss.identity })
  assert.deepEqual(await firms.openable(boss.person).then((all) => all.map(({ organisation }) => organisation)), [firm])
  assert.equal(reasonOf(await firms.open({ ...boss, level: 'eidas1' }, firm)), 'level_too_low')
  const other = await human()
  assert.equal(reasonOf(await firms.open(other, firm)), 'not_representative')
  assert.equal(reasonOf(await firms.open(boss, newId('organisation'))), 'not_representative')
  assert.equal(await firms.isOpen(room.storage.db, firm), false)
  room.facts()
  const first = done(await firms.open(boss, firm))
  assert.equal(first.again, false)
  assert.deepEqual(
    room.facts().map(({ name }) => name),
    ['firm.opened'],
  )
  assert.deepEqual(done(await firms.open(boss, firm)), { ok: true, membership: first.membership, again: true })
  assert.deepEqual(room.facts(), [])
  assert.deepEqual(await firms.openable(boss.person), [])
  assert.equal(await firms.mayAcceptFor(room.storage.db, { firm, person: boss.person }), true)
  assert.equal(await firms.mayAcceptFor(room.storage.db, { firm, person: other.person }), false)
})

test('R094: a link serves one person, once, for 7 days; who came waits until an administrator recognises them', async () => {
  const { firm, boss } = await opened()
  const { token, expiresAt } = done(
    await firms.invite(boss, { firm, role: 'employee', mail: 'Sara@Firm.example', language: 'ar' }),
  )
  assert.equal(expiresAt - room.clock.now(), 7 * day)
  const { invitations } = done(await firms.members(boss, firm))
  assert.deepEqual(
    invitations.map(({ mail, role }) => [mail, role]),
    [['Sara@firm.example', 'employee']],
  )
  assert.deepEqual(letters, [{ invitation: invitations[0]?.invitation, language: 'ar' }])
  assert.deepEqual(await firms.invitation(token), { firm, role: 'employee', expiresAt })
  const sara = await human({ given_name: 'Sara' })
  assert.equal(reasonOf(await firms.join({ ...sara, level: 'eidas1' }, token)), 'level_too_low')
  const late = await human()
  const [one, two] = await Promise.all([firms.join(sara, token), firms.join(late, token)])
  assert.deepEqual([one.ok, two.ok].toSorted(), [false, true])
  const came = one.ok ? sara : late
  assert.equal(await firms.invitation(token), undefined)
  // Not yet at work.
  assert.equal(await firms.seatOf(room.storage.db, { firm, person: came.person }), undefined)
  assert.deepEqual(
    (await firms.of(came.person)).map(({ state }) => state),
    ['waiting'],
  )
  assert.equal(reasonOf(await firms.clients(came, { firm, limit: 5 })), 'unknown')
  const waiting = done(await firms.members(boss, firm)).members.find(({ state }) => state === 'waiting')
  assert.ok(waiting)
  assert.ok(waiting.name?.includes(one.ok ? 'Sara' : 'Tarik'))
  done(await firms.confirmMember(boss, { firm, membership: waiting.membership }))
  assert.equal(reasonOf(await firms.confirmMember(boss, { firm, membership: waiting.membership })), 'unknown')
  assert.equal((await firms.seatOf(room.storage.db, { firm, person: came.person }))?.role, 'employee')

  const second = done(await firms.invite(boss, { firm, role: 'employee', language: 'fr' }))
  assert.equal(reasonOf(await firms.join(came, second.token)), 'already_member')
  done(await firms.withdrawInvitation(boss, { firm, invitation: second.invitation }))
  const someone = await human()
  assert.equal(reasonOf(await firms.join(someone, second.token)), 'link_unusable')
  const third = done(await firms.invite(boss, { firm, role: 'employee', language: 'fr' }))
  room.clock.advance(7 * day)
  assert.equal(reasonOf(await firms.join(someone, third.token)), 'link_unusable')
  assert.equal(await firms.announced(third.invitation), undefined)
})

test('R094: the last administrator stays until somebody else is there, or a representative takes over', async () => {
  const { firm, boss, bossAs } = await opened()
  const refusals = [
    await firms.leave(boss, firm),
    await firms.remove(boss, { firm, membership: bossAs }),
    await firms.changeRole(boss, { firm, membership: bossAs, role: 'employee' }),
  ]
  assert.deepEqual(refusals.map(reasonOf), Array(3).fill('last_administrator'))
  const second = await member(firm, boss, 'administrator')
  done(await firms.leave(boss, firm))
  assert.equal(reasonOf(await firms.leave(second, firm)), 'last_administrator')
  // The representative comes back without being invited, and can put out who is there.
  assert.equal(done(await firms.open(boss, firm)).again, true)
  done(await firms.remove(boss, { firm, membership: second.membership }))
  assert.deepEqual(await firms.administratorsOf(room.storage.db, firm), [boss.person])
})

test('R094: what each role may do, and that what is elsewhere is unknown', async () => {
  const { firm, boss, bossAs } = await opened()
  const elsewhere = await opened()
  const principal = await company()
  await give({ firm, principal })
  const manager = await member(firm, boss, 'manager')
  const employee = await member(firm, boss, 'employee')
  const { portfolio } = done(await firms.makePortfolio(boss, { firm, name: 'North' }))
  const attempts = (asker: Asker) =>
    [
      firms.invite(asker, { firm, role: 'administrator', language: 'fr' }),
      firms.remove(asker, { firm, membership: bossAs }),
      firms.changeRole(asker, { firm, membership: employee.membership, role: 'administrator' }),
      firms.members(asker, firm),
      firms.makePortfolio(asker, { firm, name: 'South' }),
      firms.removePortfolio(asker, { firm, portfolio }),
      firms.placeClients(asker, { firm, portfolio, add: [principal] }),
      firms.assign(asker, { firm, membership: employee.membership, to: { principal }, ...read }),
    ] as Promise<FirmOutcome>[]
  const told = async (asker: Asker) => (await Promise.all(attempts(asker))).map(reasonOf)
  room.facts()
  assert.deepEqual(await told(employee), Array(8).fill('not_allowed'))
  assert.deepEqual(await told(manager), [
    ...Array(3).fill('not_allowed'),
    'done',
    ...Array(3).fill('not_allowed'),
    'beyond_own',
  ])
  assert.deepEqual(await told(elsewhere.boss), Array(8).fill('unknown'))
  assert.deepEqual(await told({ ...boss, level: 'eidas1' }), Array(8).fill('level_too_low'))
  assert.deepEqual(room.facts(), [])
  // Another firm's things, asked for in one's own.
  const other = { firm: elsewhere.firm, membership: elsewhere.bossAs }
  const foreign = [
    await firms.remove(boss, { firm, membership: other.membership }),
    await firms.renamePortfolio(elsewhere.boss, { firm: other.firm, portfolio, name: 'Mine' }),
    await firms.placeClients(elsewhere.boss, { firm: other.firm, portfolio, add: [principal] }),
    await firms.client(elsewhere.boss, { firm: other.firm, principal }),
    await firms.assign(elsewhere.boss, { ...other, to: { portfolio }, ...read }),
  ]
  assert.deepEqual(foreign.map(reasonOf), Array(5).fill('unknown'))
})

test('R092: an assignment is refused when it gives nothing, is over, or is wider than what the client or the giver has', async () => {
  const { firm, boss, bossAs } = await opened()
  const [principal, stranger] = [await company(), await company()]
  await give({ firm, principal })
  const manager = await member(firm, boss, 'manager')
  const employee = await member(firm, boss, 'employee')
  const now = room.clock.now()
  const to = { principal }
  const till = now + 30 * day
  done(
    await firms.assign(boss, {
      firm,
      membership: manager.membership,
      to,
      actions: { declarations: ['read', 'prepare'] },
      until: till,
    }),
  )
  const bad: [string, Asker, Partial<Parameters<Firms['assign']>[1]>, string][] = [
    ['nothing', boss, { actions: { declarations: [] } }, 'nothing_given'],
    ['no action that exists', boss, { actions: { declarations: ['sign' as Action] } }, 'nothing_given'],
    ['over', boss, { until: now }, 'until_past'],
    ['another action', boss, { actions: { declarations: ['pay'] } }, 'beyond_mandate'],
    ['another service', boss, { actions: { justice: ['read'] } }, 'beyond_mandate'],
    ['no client', boss, { to: { principal: stranger } }, 'not_a_client'],
    ['no portfolio', boss, { to: { portfolio: newId('portfolio') } }, 'unknown'],
    ['no member', boss, { membership: newId('membership') }, 'unknown'],
    ['a manager: to themselves', manager, { membership: manager.membership }, 'own_assignment'],
    ['a manager: longer', manager, { until: till + 1 }, 'beyond_own'],
    ['a manager: without an end', manager, {}, 'beyond_own'],
    ['a manager: more', manager, { actions: { declarations: ['submit'] }, until: till }, 'beyond_own'],
    ['an employee', employee, {}, 'not_allowed'],
  ]
  for (const [title, asker, over, reason] of bad) {
    room.facts()
    const outcome = await firms.assign(asker, { firm, membership: employee.membership, to, ...read, ...over })
    assert.equal(reasonOf(outcome), reason, title)
    assert.deepEqual(room.facts(), [], title)
  }
  assert.deepEqual(await reaches(employee.person), [])
  // Within what they hold, a manager gives and takes; an administrator may work too.
  const given = done(await firms.assign(manager, { firm, membership: employee.membership, to, ...read, until: till }))
  assert.deepEqual(
    (await reaches(employee.person, principal)).map(({ actions }) => actions),
    [read.actions],
  )
  done(await firms.assign(boss, { firm, membership: bossAs, to, ...read }))
  assert.equal(reasonOf(await firms.unassign(employee, { firm, assignment: given.assignment })), 'not_allowed')
  done(await firms.unassign(manager, { firm, assignment: given.assignment }))
  assert.equal(reasonOf(await firms.unassign(manager, { firm, assignment: given.assignment })), 'unknown')
  assert.deepEqual(await reaches(employee.person), [])
})

test('R094: the database lets nobody work in one firm by the seat or the portfolio of another', async () => {
  const [one, other] = [await opened(), await opened()]
  const { portfolio } = done(await firms.makePortfolio(other.boss, { firm: other.firm, name: 'North' }))
  const principal = await company()
  const assign = (membership: MembershipId, to: { principal?: OrganisationId; portfolio?: PortfolioId }) =>
    sql`insert into firm_assignments (assignment, firm, membership, principal, portfolio, actions, given_by, given_at)
      values (${newId('assignment')}, ${one.firm}, ${membership}, ${to.principal ?? null}, ${to.portfolio ?? null}, '{}',
        ${one.bossAs}, now())`.execute(room.storage.db)
  await assert.rejects(assign(other.bossAs, { principal }), /firm_assignments_membership_fkey/)
  await assert.rejects(assign(one.bossAs, { portfolio }), /firm_assignments_portfolio_fkey/)
  const placed = sql`insert into firm_portfolio_clients (portfolio, principal, firm, added_at, added_by)
    values (${portfolio}, ${principal}, ${one.firm}, now(), ${one.bossAs})`
  await assert.rejects(placed.execute(room.storage.db), /firm_portfolio_clients_portfolio_fkey/)
})

test('R094: a client is found by a word of the name, or by the beginning of a number', async () => {
  const { firm, boss } = await opened()
  const principal = await company()
  await give({ firm, principal })
  const known = await organisations.organisation(principal)
  const found = async (search: string) => done(await firms.clients(boss, { firm, search, limit: 5 })).clients
  const ids = async (search: string) => (await found(search)).map((one) => one.principal)
  assert.deepEqual(await ids(known?.identifiers.ice ?? ''), [principal])
  assert.deepEqual(await ids(known?.identifiers.ice?.slice(0, 12) ?? ''), [principal])
  assert.deepEqual(await ids(known?.name ?? ''), [principal])
  assert.deepEqual(await ids('999999999'), [])
})

test('R094: a portfolio leads to its clients; each of its changes counts at the next question', async () => {
  const { firm, boss } = await opened()
  const clients = [await company(), await company()]
  for (const principal of clients) await give({ firm, principal })
  const [first, second] = clients as [OrganisationId, OrganisationId]
  const employee = await member(firm, boss, 'employee')
  const { portfolio } = done(await firms.makePortfolio(boss, { firm, name: '  North\u00a0 west ' }))
  const named: [string, string][] = [
    ['north WEST', 'name_taken'],
    ['', 'name_missing'],
    ['x'.repeat(81), 'name_too_long'],
    ['a\u202eb', 'name_unseen'],
    ['a\u2065b', 'name_unseen'],
  ]
  for (const [name, reason] of named) assert.equal(reasonOf(await firms.makePortfolio(boss, { firm, name })), reason)
  assert.equal(plainName('  North\u00a0 west '), 'North west')
  const stranger = await company()
  assert.equal(reasonOf(await firms.placeClients(boss, { firm, portfolio, add: [first, stranger] })), 'not_a_client')
  const place = (add: OrganisationId[], remove: OrganisationId[] = []) =>
    firms.placeClients(boss, { firm, portfolio, add, remove })
  assert.deepEqual(done(await place([first])), { ok: true, added: 1, removed: 0 })
  assert.deepEqual(done(await place([first])), { ok: true, added: 0, removed: 0 })
  done(await firms.assign(boss, { firm, membership: employee.membership, to: { portfolio }, ...read }))
  const seen = async () => (await reaches(employee.person)).map(({ principal }) => principal)
  assert.deepEqual(await seen(), [first])
  const listed = async (asker: Asker) =>
    done(await firms.clients(asker, { firm, limit: 10 })).clients.map(({ principal }) => principal)
  assert.deepEqual(await listed(employee), [first])
  assert.deepEqual(await listed(boss), clients)
  const other = done(await firms.makePortfolio(boss, { firm, name: 'South' }))
  const shown = async (asker: Asker) => done(await firms.portfolios(asker, firm)).portfolios.map((one) => one.portfolio)
  assert.deepEqual(await shown(boss), [portfolio, other.portfolio])
  assert.deepEqual(await shown(employee), [portfolio])
  assert.equal(reasonOf(await firms.client(employee, { firm, principal: second })), 'unknown')
  done(await place([second], [first]))
  assert.deepEqual(await seen(), [second])
  room.facts()
  done(await firms.removePortfolio(boss, { firm, portfolio }))
  assert.deepEqual(await seen(), [])
  assert.deepEqual(
    room.facts().map(({ name }) => name),
    ['firm.assignment_ended', 'firm.portfolio_changed'],
  )
  // Its name is free again.
  done(await firms.makePortfolio(boss, { firm, name: 'North west' }))
})

test('R094: an employee who leaves loses all of it at once; the mandates of the clients stay', async () => {
  const { firm, boss } = await opened()
  const clients = [await company(), await company()]
  const [first, second] = clients as [OrganisationId, OrganisationId]
  for (const principal of clients) await give({ firm, principal })
  const leaving = await member(firm, boss, 'administrator')
  const { portfolio } = done(await firms.makePortfolio(boss, { firm, name: 'All' }))
  done(await firms.placeClients(boss, { firm, portfolio, add: [second] }))
  done(await firms.assign(boss, { firm, membership: leaving.membership, to: { principal: first }, ...read }))
  done(await firms.assign(boss, { firm, membership: leaving.membership, to: { portfolio }, ...read }))
  const link = done(await firms.invite(leaving, { firm, role: 'administrator', language: 'fr' }))
  assert.equal((await reaches(leaving.person)).length, 2)
  room.facts()
  done(await firms.remove(boss, { firm, membership: leaving.membership }))
  assert.deepEqual(room.facts(), [
    {
      name: 'firm.member_left',
      data: {
        ...{ firm, membership: leaving.membership, person: leaving.person, why: 'removed', assignments: 2 },
        ...{ services: ['declarations'], actor: { kind: 'person', id: boss.person } },
      },
    },
  ])
  assert.deepEqual(await reaches(leaving.person), [])
  assert.equal(reasonOf(await firms.clients(leaving, { firm, limit: 1 })), 'unknown')
  assert.equal(await firms.mayAcceptFor(room.storage.db, { firm, person: leaving.person }), false)
  // Nor can they come back by a link that they gave out themselves.
  assert.equal(reasonOf(await firms.join(leaving, link.token)), 'link_unusable')
  const { clients: left } = done(await firms.clients(boss, { firm, limit: 10 }))
  assert.deepEqual(
    left.map(({ state }) => state),
    ['active', 'active'],
  )
  // Invited again, they begin with nothing.
  const again = done(await firms.invite(boss, { firm, role: 'employee', language: 'fr' }))
  const { membership } = done(await firms.join(leaving, again.token))
  done(await firms.confirmMember(boss, { firm, membership }))
  assert.deepEqual(await reaches(leaving.person), [])
})

test('people: who is erased has left; whose accounts were told apart is looked at again; who is one keeps one seat', async () => {
  const { firm, boss } = await opened()
  const [gone, split, kept, doubled] = [
    await member(firm, boss, 'employee'),
    await member(firm, boss, 'employee'),
    await member(firm, boss, 'employee'),
    await member(firm, boss, 'manager'),
  ] as const
  const stranger = await human()
  room.facts()
  await room.storage.transaction(async (tx) => {
    await firms.keeper.forget(tx, gone.person)
    const link = { link: newId('link'), provider: 'tax', at: 0 }
    await firms.keeper.follow(tx, passed({ from: split.person, to: stranger.person, left: [link] }))
    await firms.keeper.follow(tx, passed({ from: doubled.person, to: kept.person }))
  })
  const left = room.facts().map(({ data }) => (data as { why?: string }).why)
  assert.deepEqual(left, ['erased', 'told_apart', 'told_apart'])
  const { members } = done(await firms.members(boss, firm))
  assert.deepEqual(
    members.map(({ person }) => person),
    [boss.person, kept.person],
  )
  const to = await human()
  await room.storage.transaction((tx) => firms.keeper.follow(tx, passed({ from: kept.person, to: to.person })))
  assert.equal((await firms.seatOf(room.storage.db, { firm, person: to.person }))?.membership, kept.membership)
})

test('sweep: ends what is over, turns away who waits too long, and forgets where a client is long gone', async () => {
  const { firm, boss } = await opened()
  const principal = await company()
  const mandate = await give({ firm, principal })
  const employee = await member(firm, boss, 'employee')
  const to = { principal }
  done(await firms.assign(boss, { firm, membership: employee.membership, to, ...read, until: room.clock.now() + day }))
  const who = await human()
  const { token } = done(await firms.invite(boss, { firm, role: 'employee', language: 'fr' }))
  done(await firms.join(who, token))
  // To the millisecond, without a sweep.
  room.clock.advance(day - 1)
  assert.equal((await reaches(employee.person)).length, 1)
  room.clock.advance(1)
  assert.equal((await reaches(employee.person)).length, 0)
  room.facts()
  await firms.sweep()
  assert.deepEqual(
    room.facts().map(({ data }) => (data as { why?: string }).why),
    ['term'],
  )
  done(await firms.assign(boss, { firm, membership: employee.membership, to, ...read }))
  await end(mandate)
  const ends = () =>
    room
      .facts()
      .map(({ data }) => data as { firm?: string; why?: string })
      .flatMap(({ firm: of, why }) => (of === firm ? [why] : []))
  room.clock.advance(22 * day)
  room.facts()
  await firms.sweep()
  assert.deepEqual(ends(), ['not_confirmed'])
  room.clock.advance(9 * day)
  await firms.sweep()
  assert.deepEqual(ends(), ['client_left'])
  assert.deepEqual(await reaches(employee.person), [])
  room.clock.advance(3651 * day)
  await firms.sweep()
  const { rows } = await sql`select assignment from firm_assignments where firm = ${firm}`.execute(room.storage.db)
  assert.deepEqual(rows, [])
})

// ── Nothing wider than what was signed ──────────────────────────────────────────────────────────────────────────────

/** What a client does meanwhile. */
type Change = { kind: 'narrow' | 'end'; target: number; action: Action }
type Step =
  | {
      kind: 'assign'
      by: number
      to: number
      target: number
      actions: Action[]
      days: number | undefined
      level: Level | undefined
    }
  | { kind: 'unassign' | 'remove' | 'join'; by: number; to: number }
  | { kind: 'place'; by: number; target: number; out: boolean }
  | { kind: 'role'; by: number; to: number; role: FirmRole }
  | Change

const who = fc.integer({ min: 0, max: 3 })
const target = fc.integer({ min: 0, max: 2 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('assign' as const), by: who, to: who, target },
    actions: fc.subarray([...actions]),
    days: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined }),
    level: fc.option(fc.constantFrom('eidas1' as const, 'eidas2' as const, 'eidas3' as const), { nil: undefined }),
  }),
  fc.record({ kind: fc.constantFrom('unassign' as const, 'remove' as const, 'join' as const), by: who, to: who }),
  fc.record({ kind: fc.constant('place' as const), by: who, target, out: fc.boolean() }),
  fc.record({
    ...{ kind: fc.constant('role' as const), by: who, to: who },
    role: fc.constantFrom('administrator' as const, 'manager' as const, 'employee' as const),
  }),
  fc.record({ kind: fc.constantFrom('narrow' as const, 'end' as const), target, action: fc.constantFrom(...actions) }),
)

test('R097: whatever a firm does, nobody works with a right that no client signed, nor without a seat', {
  timeout: 120_000,
}, async () => {
  const { firm, boss } = await opened()
  const people = [boss, await human(), await human(), await human()]
  const principals = [await company(), await company()] as const
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      await empty(firm, boss)
      const mandates = [
        await give({ firm, principal: principals[0] }),
        await give({ firm, principal: principals[1], rights: submitted.slice(0, 1) }),
      ]
      const { portfolio } = done(await firms.makePortfolio(boss, { firm, name: 'P' }))
      const world: World = { firm, people, principals, portfolio, mandates, boss, granted: new Map() }
      for (const one of steps) await take(one, world)
      for (const { person } of people) {
        const seat = await firms.seatOf(room.storage.db, { firm, person })
        const held = await reaches(person)
        if (!seat) assert.deepEqual(held, [])
        for (const principal of principals) {
          const signed = await signedBy(firm, principal)
          const given = held.filter((row) => row.principal === principal).flatMap(reachRights)
          assert.ok(narrows(intersect(signed, given), signed))
          const granted = world.granted.get(seat?.membership ?? newId('membership')) ?? new Set()
          for (const { action } of given) {
            assert.ok(granted.has(`${principal} ${action}`) || granted.has(`${portfolio} ${action}`))
          }
        }
      }
    }),
    { numRuns: 25 },
  )
})

const reachRights = ({ actions, minimum_level, until_at }: ReachRow) =>
  rightsOf({
    actions,
    ...(minimum_level ? { minimumLevel: minimum_level } : {}),
    ...(until_at ? { until: until_at.getTime() } : {}),
  })

async function signedBy(firm: OrganisationId, principal: OrganisationId): Promise<Right[]> {
  const { rows } = await sql<{ service: string; action: Action; minimum_level: Level }>`select r.* from mandates m
    join mandate_rights r on r.mandate = m.id
    where m.mandatary_organisation = ${firm} and m.principal = ${principal} and m.state = 'active'`.execute(
    room.storage.db,
  )
  return rows.map(({ service, action, minimum_level }) => ({ service, action, minimumLevel: minimum_level }))
}

/** As after its opening. */
async function empty(firm: OrganisationId, boss: Asker): Promise<void> {
  const { db } = room.storage
  await sql`delete from firm_assignments where firm = ${firm}`.execute(db)
  await sql`delete from firm_portfolio_clients where firm = ${firm}`.execute(db)
  await sql`delete from firm_portfolios where firm = ${firm}`.execute(db)
  await sql`delete from firm_invitations where firm = ${firm}`.execute(db)
  await sql`delete from firm_members where firm = ${firm}`.execute(db)
  await sql`delete from mandates where mandatary_organisation = ${firm}`.execute(db)
  done(await firms.open(boss, firm))
}

const isChange = (one: Step): one is Change => one.kind === 'narrow' || one.kind === 'end'

interface World {
  firm: OrganisationId
  boss: Asker
  people: readonly Asker[]
  principals: readonly OrganisationId[]
  portfolio: PortfolioId
  mandates: readonly string[]
  /** What each member was ever given: a client or a portfolio, and an action. */
  granted: Map<MembershipId, Set<string>>
}

async function take(one: Step, world: World): Promise<void> {
  const { firm, boss, people, principals, portfolio, mandates } = world
  const { db } = room.storage
  room.clock.advance(second)
  if (isChange(one)) {
    const mandate = mandates[one.target % mandates.length] as string
    if (one.kind === 'end') await end(mandate)
    else await sql`delete from mandate_rights where mandate = ${mandate} and action = ${one.action}`.execute(db)
    return
  }
  const asker = people[one.by] as Asker
  const to = {
    principal: principals[one.kind === 'assign' || one.kind === 'place' ? one.target % 2 : 0] as OrganisationId,
  }
  if (one.kind === 'place') {
    const placed = one.out ? { remove: [to.principal] } : { add: [to.principal] }
    await firms.placeClients(asker, { firm, portfolio, ...placed })
    return
  }
  const person = (people[one.to] as Asker).person
  const seat = (await firms.of(person)).find((found) => found.firm === firm)
  const membership = seat?.membership ?? newId('membership')
  if (one.kind === 'join') {
    const link = await firms.invite(asker, { firm, role: 'employee', language: 'fr' })
    if (!link.ok) return
    const joined = await firms.join(people[one.to] as Asker, link.token)
    if (joined.ok) await firms.confirmMember(boss, { firm, membership: joined.membership })
  }
  if (one.kind === 'remove') await firms.remove(asker, { firm, membership })
  if (one.kind === 'role') await firms.changeRole(asker, { firm, membership, role: one.role })
  if (one.kind === 'unassign') {
    const found = await firms.assignments(asker, { firm, of: { membership } })
    const [first] = found.ok ? found.assignments : []
    if (first) await firms.unassign(asker, { firm, assignment: first.assignment })
  }
  if (one.kind === 'assign') {
    const given = {
      to: one.target === 2 ? { portfolio } : to,
      actions: { declarations: one.actions },
      ...(one.days === undefined ? {} : { until: room.clock.now() + one.days * day }),
      ...(one.level ? { minimumLevel: one.level } : {}),
    }
    const giver = await firms.seatOf(db, { firm, person: asker.person })
    const held = await firms.assignments(asker, { firm, of: given.to })
    const outcome = await firms.assign(asker, { firm, membership, ...given })
    if (!outcome.ok || !giver) return
    if (giver.role === 'manager') {
      const own = held.ok ? held.assignments.filter((row) => row.membership === giver.membership) : []
      assert.ok(narrows(rightsOf(given), own.flatMap(rightsOf)))
      assert.notEqual(membership, giver.membership)
    } else assert.equal(giver.role, 'administrator')
    const granted = world.granted.get(membership) ?? new Set()
    for (const action of one.actions) granted.add(`${Object.values(given.to)[0]} ${action}`)
    world.granted.set(membership, granted)
  }
}
