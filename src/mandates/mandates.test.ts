/** Mandates on one storage: the verbs in their order, what is refused and that nothing was written, time, registers. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { activeMandate, done, rightsAt, signMandate } from '../../test/support/mandates.ts'
import { iceNumber, importOrganisations } from '../../test/support/organisations.ts'
import { claim, openRoom, passed, type Room, tarik } from '../../test/support/people.ts'
import { organisationsSchema } from '../directory/organisation-settings.ts'
import { createOrganisations, organisationRules } from '../directory/organisations.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import type { PivotIdentity } from '../kernel/identity.ts'
import { type MandateId, newId, type OrganisationId, type PersonId } from '../kernel/ids.ts'
import { addYears } from '../policy/calendar.ts'
import { type Action, actions, type Right } from '../policy/mandate.ts'
import type { Tx } from '../storage/storage.ts'
import { createFirms, type Firms } from './firm.ts'
import { type Asker, createMandates, type Draft, type MandateOutcome, type Mandates } from './mandates.ts'
import { mostInVain } from './steps.ts'

const timeZone = 'Europe/Paris'
const services: Record<string, readonly Action[]> = {
  declarations: actions,
  refunds: ['read', 'submit'],
  /** Takes nobody who acts for an organisation. */
  private: [],
}

let room: Room
let mandates: Mandates
let firms: Firms
let organisations: ReturnType<typeof createOrganisations>
let hub: { storage: Room['storage']; mandates: Mandates; clock: Room['clock'] }

before(async () => {
  room = await openRoom()
  const { storage, clock, audit, people } = room
  // Years pass in these tests, and nobody imports an edition in between.
  const rules = { ...organisationRules(organisationsSchema.parse(undefined)), representationMaxAge: 100 * 365 * day }
  organisations = createOrganisations({ storage, clock, audit, rules, key: Buffer.alloc(32, 5) })
  firms = createFirms({
    ...{ storage, clock, audit, people, organisations },
    key: Buffer.alloc(32, 6),
    retention: 3650 * day,
    announce: async () => {},
  })
  mandates = createMandates({
    ...{ storage, clock, audit, people, organisations, firms, timeZone },
    retention: 3650 * day,
    services: (id) => {
      const taken = services[id]
      return taken && { name: { fr: `Service ${id}`, en: `Service ${id}`, ar: `خدمة ${id}` }, actions: taken }
    },
    forgetSignatures: async () => {},
  })
  people.keep(mandates.keeper)
  hub = { storage, mandates, clock }
  const entries = Array.from({ length: manyCompanies }, (_, at) => companyOf(at + 1))
  all = (await importOrganisations({ organisations, clock }, entries)).map(({ organisation }) => organisation)
})
after(() => room.close())

const letters = (count: number) => [...String(count)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('')
const identityOf = (count: number): PivotIdentity => ({
  ...tarik,
  family_name: `HUMAN ${letters(count)}`,
  birthdate: toDate(Date.UTC(1970, 0, 1) + count * day)
    .toISOString()
    .slice(0, 10),
})

let humans = 10_000
/** Somebody of their own, signed in at the high level. */
async function human(count = ++humans): Promise<Asker> {
  const identity = identityOf(count)
  const { person } = await room.signIn(claim({ provider: 'post', subject: `post-${count}`, level: 'eidas3', identity }))
  return { person, level: 'eidas3' }
}

/** Each company has two representatives, and one who acts only together with another. */
const companyOf = (count: number) => ({
  name: `Société ${letters(count)}`,
  ice: iceNumber(count),
  representatives: [
    { identity: identityOf(count), role: 'manager' },
    { identity: identityOf(1_000 + count), role: 'president' },
    { identity: identityOf(2_000 + count), role: 'partner', alone: false },
  ],
})
const manyCompanies = 80
let all: OrganisationId[] = []
let companies = 0
const company = () => {
  companies += 1
  const principal = all[companies - 1]
  assert.ok(principal, 'more companies are needed')
  return { count: companies, principal }
}

/** An organisation with its representative, and somebody who may hold a mandate. */
async function parties() {
  const { count, principal } = company()
  return { count, principal, manager: await human(count), holder: await human() }
}

async function openFirm() {
  const { count, principal: firm } = company()
  const boss = await human(count)
  const opened = await firms.open(boss, firm)
  assert.ok(opened.ok)
  return { count, firm, boss }
}

const inTurn = <T>(work: (tx: Tx) => Promise<T>) => room.storage.transaction(work)
const draft = (asker: Asker, given: Draft & { side?: 'principal' | 'mandatary' }) =>
  inTurn((tx) => mandates.draft(tx, asker, given))
const reasonOf = (outcome: MandateOutcome) =>
  outcome.ok ? 'done' : outcome.problems ? outcome.problems.map(({ problem }) => problem).join() : outcome.reason
const stateOf = async (mandate: MandateId) => {
  const view = await mandates.byId(mandate)
  return view && (view.ended?.reason ?? view.suspended?.reason ?? view.state)
}
const rights = rightsAt('declarations', ['read', 'prepare', 'submit'])
const asPerson = (person: PersonId) => ({ kind: 'person', person }) as const
const asFirm = (organisation: OrganisationId) => ({ kind: 'organisation', organisation }) as const

/** One in force, with everybody. */
async function inForce(over: Partial<Draft> = {}) {
  const { count, manager, holder, principal } = await parties()
  const view = await activeMandate(hub, {
    principal,
    mandatary: asPerson(holder.person),
    giver: manager.person,
    accepts: holder.person,
    rights,
    ...over,
  })
  return { count, manager, holder, principal, view, mandate: view.mandate }
}

const may = (person: PersonId, organisation: OrganisationId, over: Partial<Parameters<Mandates['may']>[0]> = {}) =>
  mandates.may({ person, organisation, service: 'declarations', level: 'eidas2', ...over })
const said = async (answer: ReturnType<Mandates['may']>) => {
  const one = await answer
  return one.ok ? one.acting.rights.map(({ action }) => action).join() : one.reason
}

/** All that rests of mandates, and how many facts. */
async function written(): Promise<string> {
  const tables = ['mandates', 'mandate_rights', 'mandate_signatures', 'mandate_uses']
  const rows = await Promise.all(
    tables.map((table) => sql`select * from ${sql.table(table)} order by 1, 2, 3`.execute(room.storage.db)),
  )
  return JSON.stringify([rows.map((one) => one.rows), room.facts().map(({ name }) => name)])
}

/** Nothing is left of what was refused. */
async function refusedWith(reason: string, work: () => Promise<MandateOutcome>): Promise<void> {
  room.facts()
  const before = await written()
  assert.equal(reasonOf(await work()), reason)
  assert.equal(await written(), before, `${reason}: something was written`)
}

test('R092, R094, R095, R097: drawn up, signed by both sides, used, ended', async () => {
  const { manager, holder, principal } = await parties()
  room.facts()
  const view = done(await draft(manager, { principal, mandatary: asPerson(holder.person), rights }))
  const { mandate } = view
  assert.equal(view.state, 'draft')
  assert.equal(view.until, addYears(view.from, 1, timeZone), 'one year by default')
  assert.equal(view.from % minute, 0)
  assert.equal(await mandates.read({ mandate, person: holder.person }), undefined, 'a draft is its author’s own')
  assert.equal(await said(may(holder.person, principal)), 'no_mandate')

  const proposed = done(await signMandate(hub, { mandate, side: 'principal', person: manager.person }))
  assert.equal(proposed.state, 'proposed', 'to sign a draft is to propose it')
  assert.equal(proposed.answerBy, room.clock.now() + 21 * day)
  assert.equal(proposed.representation?.role, 'manager')
  assert.match(proposed.representation?.source ?? '', /organisations/)
  assert.equal(await said(may(holder.person, principal)), 'no_mandate')
  const waiting = await mandates.awaiting(holder.person)
  assert.deepEqual(
    waiting.map(({ side, view: { mandate: id } }) => [side, id]),
    [['mandatary', mandate]],
  )

  const active = done(await signMandate(hub, { mandate, side: 'mandatary', person: holder.person, language: 'ar' }))
  assert.equal(active.state, 'active')
  assert.equal(active.sameSigner, false)
  assert.deepEqual(await mandates.awaiting(holder.person), [])
  assert.equal(await said(may(holder.person, principal)), 'read,prepare,submit')
  assert.equal(await said(may(holder.person, principal, { action: 'pay' })), 'action_out_of_scope')
  assert.equal(await said(may(holder.person, principal, { service: 'refunds' })), 'service_out_of_scope')
  assert.equal(await said(may(holder.person, principal, { level: 'eidas1' })), 'level_too_low')
  assert.equal(await said(may(manager.person, principal)), actions.join(), 'who represents it needs no mandate')
  assert.equal(await said(may(newId('person'), principal)), 'no_mandate')

  const ended = done(await inTurn((tx) => mandates.revoke(tx, manager, { mandate })))
  assert.equal(ended.ended?.reason, 'revoked')
  assert.equal(await said(may(holder.person, principal)), 'ended')
  assert.deepEqual(
    room.facts().flatMap(({ name }) => (name.startsWith('mandate.') ? [name] : [])),
    ['mandate.drafted', 'mandate.proposed', 'mandate.signed', 'mandate.signed', 'mandate.activated', 'mandate.ended'],
  )
})

describe('R095, R097: bad input is refused with its reason, and nothing is written', () => {
  const year = 365 * day
  type Terms = Partial<Draft>
  const drafts: [string, (now: Instant) => Terms][] = [
    ['dates_reversed', (now) => ({ from: now + day, until: now + hour })],
    ['dates_reversed', (now) => ({ from: now + day, until: Number.NaN })],
    ['too_long', (now) => ({ until: now + 5 * year + 3 * day })],
    [
      'dates_reversed,right_ends_outside',
      (now) => ({ from: now, until: now - day, rights: rightsAt('refunds', ['read'], { until: now }) }),
    ],
    ['begins_past', (now) => ({ from: now - 2 * day })],
    ['over_already,begins_past', (now) => ({ from: now - 2 * day, until: now - day })],
    ['too_far_ahead', (now) => ({ from: now + 400 * day })],
    ['scope_empty', () => ({ rights: [] })],
    ['service_unknown', () => ({ rights: rightsAt('nowhere', ['read']) })],
    ['service_unknown', () => ({ rights: rightsAt('private', ['read']) })],
    ['action_not_taken', () => ({ rights: rightsAt('refunds', ['pay']) })],
    ['right_twice', () => ({ rights: rightsAt('refunds', ['read', 'read']) })],
    ['right_ends_outside', (now) => ({ rights: rightsAt('refunds', ['read'], { until: now + 2 * year }) })],
    ['mandatary_unknown', () => ({ mandatary: asPerson(newId('person')) })],
    ['mandatary_unknown', () => ({ mandatary: asFirm(newId('organisation')) })],
    ['organisation_unknown', () => ({ principal: newId('organisation') })],
    ['unknown', () => ({ parent: newId('mandate') })],
  ]
  for (const [reason, terms] of drafts) {
    test(`a draft: ${reason}`, async () => {
      const { manager, holder, principal } = await shared()
      const given = { principal, mandatary: asPerson(holder.person), rights, ...terms(room.clock.now()) }
      await refusedWith(reason, () => draft(manager, given))
    })
  }

  let common: Awaited<ReturnType<typeof parties>> | undefined
  async function shared() {
    common ??= await parties()
    return common
  }

  test('a draft by somebody who has no part in it, at too low a level, to oneself, to the organisation itself', async () => {
    const { count, manager, holder, principal } = await shared()
    const stranger = await human()
    const given = { principal, mandatary: asPerson(holder.person), rights }
    await refusedWith('not_representative', () => draft(stranger, given))
    await refusedWith('session_too_weak', () => draft({ ...manager, level: 'eidas1' }, given))
    await refusedWith('own_mandatary', () => draft(manager, { ...given, mandatary: asPerson(manager.person) }))
    await refusedWith('mandatary_is_principal', () => draft(manager, { ...given, mandatary: asFirm(principal) }))
    // A representative of another organisation is nobody here.
    const other = await human(company().count)
    await refusedWith('not_representative', () => draft(other, given))
    assert.notEqual(count, companies)
  })

  test('a signature: too low, by somebody else, by whom the register does not let sign alone, over another text', async () => {
    const { count, manager, holder, principal } = await parties()
    const [partner, stranger] = [await human(2_000 + count), await human()]
    const given = { principal, mandatary: asPerson(holder.person), rights }
    const { mandate } = done(await draft(manager, given))
    const sign = (over: object) => () =>
      signMandate(hub, { mandate, side: 'principal', person: manager.person, ...over })
    await refusedWith('level_too_low', sign({ level: 'eidas2' }))
    await refusedWith('not_alone', sign({ person: partner.person }))
    await refusedWith('unknown', sign({ person: stranger.person }))
    await refusedWith('unknown', sign({ person: holder.person, side: 'mandatary' }))
    await refusedWith('text_changed', sign({ text: 'I give nothing.' }))
    done(await sign({})())
    const accept = (over: object) => () =>
      signMandate(hub, { mandate, side: 'mandatary', person: holder.person, ...over })
    await refusedWith('already_signed', sign({}))
    await refusedWith('level_too_low', accept({ level: 'eidas1' }))
    await refusedWith('not_mandatary', accept({ person: manager.person }))
    await refusedWith('unknown', accept({ person: stranger.person }))
    await refusedWith('unknown', () =>
      signMandate(hub, { mandate: newId('mandate'), side: 'mandatary', person: holder.person }),
    )
    room.clock.advance(21 * day)
    await refusedWith('answer_late', accept({}))
    await mandates.sweep()
    assert.equal(await stateOf(mandate), 'unanswered')
    await refusedWith('wrong_state', accept({}))
  })

  test('a step of the other side, of nobody, twice, and of an operator who did not suspend', async () => {
    const { manager, holder, mandate } = await inForce()
    const stranger = await human()
    const verb = (name: 'revoke' | 'renounce' | 'suspend' | 'resume' | 'refuse' | 'withdraw', by: Asker) => () =>
      inTurn((tx) => mandates[name](tx, by, { mandate }))
    await refusedWith('unknown', verb('revoke', stranger))
    await refusedWith('not_yours', verb('revoke', holder))
    await refusedWith('not_yours', verb('renounce', manager))
    await refusedWith('not_yours', verb('suspend', holder))
    await refusedWith('session_too_weak', verb('revoke', { ...manager, level: 'eidas1' }))
    await refusedWith('wrong_state', verb('resume', manager))
    await refusedWith('wrong_state', verb('refuse', holder))
    await refusedWith('wrong_state', verb('withdraw', manager))
    done(await verb('suspend', manager)())
    await refusedWith('already_so', verb('suspend', manager))
    const operator = { actor: { kind: 'operator', id: newId('operator') } } as const
    await refusedWith('already_so', () => inTurn((tx) => mandates.resume(tx, operator, { mandate })))
    await refusedWith('not_yours', verb('resume', holder))
  })

  test('two people amend one draft: the second is told', async () => {
    const { count, manager, holder, principal } = await parties()
    const second = await human(1_000 + count)
    const { mandate, version } = done(await draft(manager, { principal, mandatary: asPerson(holder.person), rights }))
    const amend = (by: Asker, given: readonly Right[]) => () =>
      inTurn((tx) => mandates.amend(tx, by, { mandate, version, rights: given }))
    const read = rightsAt('declarations', ['read'])
    assert.deepEqual(done(await amend(second, read)()).rights, read)
    await refusedWith('changed_meanwhile', amend(manager, rights))
    await refusedWith('changed_meanwhile', () => inTurn((tx) => mandates.propose(tx, manager, { mandate, version })))
    await refusedWith('unknown', amend(holder, read))
    done(await inTurn((tx) => mandates.propose(tx, manager, { mandate })))
    await refusedWith('changed_meanwhile', amend(manager, read))
  })

  test('a delegation: of what may not be, wider, longer, twice, above the level of who gives it', async () => {
    const closed = await inForce()
    const third = await human()
    const delegate =
      (of: { principal: OrganisationId; mandate: MandateId }, by: Asker, over: Partial<Draft> = {}) =>
      () =>
        draft(by, {
          ...{ principal: of.principal, parent: of.mandate, mandatary: asPerson(third.person) },
          rights: rightsAt('declarations', ['read']),
          until: room.clock.now() + 30 * day,
          ...over,
        })
    await refusedWith('not_delegable', delegate(closed, closed.holder))
    const open = await inForce({ delegable: true })
    const { holder } = open
    await refusedWith('not_yours', delegate(open, open.manager))
    await refusedWith('unknown', delegate(open, third))
    await refusedWith('wider_than_own', delegate(open, holder, { rights: rightsAt('declarations', ['pay']) }))
    await refusedWith(
      'wider_than_own',
      delegate(open, holder, { rights: rightsAt('declarations', ['read'], { minimumLevel: 'eidas1' }) }),
    )
    await refusedWith('delegation_longer,wider_than_own', delegate(open, holder, { until: open.view.until + day }))
    await refusedWith('delegation_delegable', delegate(open, holder, { delegable: true }))
    await refusedWith(
      'level_above_own',
      delegate(
        open,
        { ...holder, level: 'eidas2' },
        { rights: rightsAt('declarations', ['read'], { minimumLevel: 'eidas3' }) },
      ),
    )
    const made = done(await delegate(open, holder)())
    done(await signMandate(hub, { mandate: made.mandate, side: 'principal', person: holder.person, level: 'eidas2' }))
    done(await signMandate(hub, { mandate: made.mandate, side: 'mandatary', person: third.person }))
    assert.equal(await said(may(third.person, open.principal)), 'read')
    const again = { mandatary: asPerson(closed.holder.person) }
    await refusedWith('second_delegation,not_delegable', delegate({ ...open, mandate: made.mandate }, third, again))
    // It ends with what it was drawn from.
    done(await inTurn((tx) => mandates.suspend(tx, open.manager, { mandate: open.mandate })))
    assert.equal(await said(may(third.person, open.principal)), 'delegation_over')
    done(await inTurn((tx) => mandates.revoke(tx, open.manager, { mandate: open.mandate })))
    assert.equal(await stateOf(made.mandate), 'authority_lost')
  })
})

test('R097: a mandate ends at its end to the millisecond, whether or not a job has passed', async () => {
  const { holder, principal, mandate, view } = await inForce({ until: room.clock.now() + 40 * day })
  const other = await inForce({ from: room.clock.now() + day })
  assert.equal(await said(may(other.holder.person, other.principal)), 'not_yet')
  const ref = { organisation: principal, capacity: { as: 'mandatary', mandate } } as const
  const asked = { person: holder.person, service: 'declarations', level: 'eidas2' } as const
  room.clock.advance(view.until - room.clock.now() - 1)
  assert.equal(await said(may(holder.person, principal)), 'read,prepare,submit')
  assert.equal(await said(mandates.check(ref, asked)), 'read,prepare,submit')
  room.clock.advance(1)
  assert.equal(await said(may(holder.person, principal)), 'term')
  assert.equal(await said(mandates.check(ref, asked)), 'term')
  assert.equal(await stateOf(mandate), 'active')
  await mandates.sweep()
  assert.equal(await stateOf(mandate), 'term')
  assert.equal(await said(mandates.check(ref, asked)), 'ended')
})

test('R097: both sides are told 30 and 7 days before the end, once, and not of one that is renewed or shorter', async () => {
  const { mandate, view, manager, holder } = await inForce()
  const short = await inForce({ until: room.clock.now() + 20 * day })
  const warnings = async () => {
    room.facts()
    await Promise.all([mandates.sweep(), mandates.sweep()])
    return room
      .facts()
      .flatMap(({ name, data }) => (name === 'mandate.ending' && data.mandate === mandate ? [data.days] : []))
  }
  assert.deepEqual(await warnings(), [])
  room.clock.advance(view.until - room.clock.now() - 30 * day)
  assert.deepEqual(await warnings(), [30])
  assert.deepEqual(await warnings(), [])
  room.clock.advance(23 * day)
  assert.deepEqual(await warnings(), [7])
  assert.equal(await stateOf(short.mandate), 'term')
  const next = done(await inTurn((tx) => mandates.renew(tx, manager, { mandate })))
  assert.deepEqual([next.renews, next.from], [mandate, view.until])
  await refusedWith('not_renewable', () => inTurn((tx) => mandates.renew(tx, manager, { mandate })))
  done(await signMandate(hub, { mandate: next.mandate, side: 'principal', person: manager.person }))
  await refusedWith('not_renewable', () => inTurn((tx) => mandates.renew(tx, holder, { mandate })))
  done(await signMandate(hub, { mandate: next.mandate, side: 'mandatary', person: holder.person }))
  assert.equal(await said(may(holder.person, view.principal)), 'read,prepare,submit')
  room.clock.advance(7 * day)
  assert.deepEqual(await warnings(), [])
  assert.equal(await stateOf(mandate), 'superseded')
  assert.equal(await said(may(holder.person, view.principal)), 'read,prepare,submit')
})

test('R097: what takes the place of a mandate narrows it at once, or from its own beginning on', async () => {
  const { mandate, manager, holder, principal } = await inForce()
  const narrow = async (from?: Instant) => {
    const given = { mandate, rights: rightsAt('declarations', ['read']), from: from ?? room.clock.now() }
    const { mandate: next } = done(await inTurn((tx) => mandates.renew(tx, manager, given)))
    done(await signMandate(hub, { mandate: next, side: 'principal', person: manager.person }))
    done(await signMandate(hub, { mandate: next, side: 'mandatary', person: holder.person }))
    return next
  }
  const ref = { organisation: principal, capacity: { as: 'mandatary', mandate } } as const
  const old = () =>
    said(mandates.check(ref, { person: holder.person, service: 'declarations', action: 'submit', level: 'eidas2' }))
  const begins = Math.ceil(room.clock.now() / minute) * minute + day
  const next = await narrow(begins)
  room.clock.advance(begins - room.clock.now() - 1)
  assert.equal(await old(), 'read,prepare,submit')
  room.clock.advance(1)
  assert.equal(await old(), 'term')
  assert.equal(await said(may(holder.person, principal)), 'read')
  await mandates.sweep()
  assert.equal(await stateOf(mandate), 'superseded')
  assert.equal(await stateOf(next), 'active')
})

test('R098: who signed represents it no more: suspended, confirmed by another one, else ended after 30 days', async () => {
  const [one, two, back] = [await inForce(), await inForce(), await inForce()]
  const second = await human(1_000 + one.count)
  const withdrawn = [one.count, two.count, back.count]
  const register = (gone: readonly number[]) =>
    importOrganisations(
      { organisations, clock: room.clock },
      Array.from({ length: manyCompanies }, (_, at) => companyOf(at + 1)).map((entry, at) =>
        gone.includes(at + 1) ? { ...entry, representatives: entry.representatives.slice(1) } : entry,
      ),
      { replace: true },
    )
  room.clock.advance(minute)
  await register(withdrawn)
  assert.equal(await stateOf(one.mandate), 'active', 'the fact is delivered after the commit')
  await mandates.recheck()
  assert.deepEqual(await Promise.all([one, two].map(({ mandate }) => stateOf(mandate))), ['to_confirm', 'to_confirm'])
  assert.equal(await said(may(one.holder.person, one.principal)), 'to_confirm')
  const since = room.clock.now()
  assert.deepEqual(
    (await mandates.awaiting(second.person)).map(({ side, view }) => [side, view.mandate]),
    [['principal', one.mandate]],
  )
  await refusedWith('not_representative', () =>
    signMandate(hub, { mandate: one.mandate, side: 'principal', person: one.holder.person }),
  )
  const shown = await mandates.textFor(room.storage.db, {
    ...{ mandate: one.mandate, side: 'principal', person: second.person, language: 'en' },
  })
  assert.match(shown?.text ?? '', /this signature confirms it/)
  const confirmed = done(await signMandate(hub, { mandate: one.mandate, side: 'principal', person: second.person }))
  assert.deepEqual([confirmed.state, confirmed.representation?.role], ['active', 'president'])
  assert.equal(confirmed.signatures.length, 3)
  assert.equal(await said(may(one.holder.person, one.principal)), 'read,prepare,submit')
  room.clock.advance(since + 30 * day - room.clock.now() - 1)
  await mandates.sweep()
  assert.equal(await stateOf(two.mandate), 'to_confirm')
  room.clock.advance(1)
  await mandates.sweep()
  assert.equal(await stateOf(two.mandate), 'authority_lost')
  assert.equal(await stateOf(one.mandate), 'active')
})

test('R098: a side that is closed in the register, and one that has another name', async () => {
  const [closed, renamed] = [await inForce(), await inForce()]
  const entries = Array.from({ length: manyCompanies }, (_, at) => companyOf(at + 1)).map((entry, at) => ({
    ...entry,
    ...(at + 1 === closed.count ? { state: 'closed' } : {}),
    ...(at + 1 === renamed.count ? { name: 'Zéphyr & fils' } : {}),
  }))
  room.clock.advance(minute)
  await importOrganisations({ organisations, clock: room.clock }, entries, { replace: true })
  assert.equal(await said(may(closed.holder.person, closed.principal)), 'organisation_closed')
  await mandates.recheck()
  assert.equal(await stateOf(closed.mandate), 'authority_lost')
  const ask = { person: renamed.holder.person, service: 'declarations', level: 'eidas2', limit: 5 } as const
  assert.equal((await mandates.principals({ ...ask, search: 'zephyr' })).total, 1)
  assert.equal((await mandates.principals({ ...ask, search: 'societe' })).total, 0)
})

test('R094: suspended by the principal and by an operator: each resumes their own', async () => {
  const { mandate, manager, holder, principal } = await inForce()
  const operator = { actor: { kind: 'operator', id: newId('operator') } } as const
  const verb = (name: 'suspend' | 'resume', by: Asker | typeof operator) =>
    inTurn((tx) => mandates[name](tx, by, { mandate }))
  done(await verb('suspend', manager))
  assert.equal(await said(may(holder.person, principal)), 'suspended')
  assert.equal(done(await verb('suspend', operator)).suspended?.reason, 'operator')
  assert.equal(done(await verb('resume', manager)).state, 'suspended')
  assert.equal(done(await verb('resume', operator)).state, 'active')
  assert.equal(await said(may(holder.person, principal)), 'read,prepare,submit')
  done(await inTurn((tx) => mandates.condemn(tx, operator.actor, { mandate })))
  assert.equal(await stateOf(mandate), 'fraud')
})

test('R094: refused with a reason, withdrawn, renounced', async () => {
  const { manager, holder, principal } = await parties()
  const given = { principal, mandatary: asPerson(holder.person), rights }
  const propose = async (by: Asker, side: 'principal' | 'mandatary') => {
    const { mandate } = done(await draft(by, { ...given, side }))
    done(await inTurn((tx) => mandates.propose(tx, by, { mandate })))
    return mandate
  }
  const first = await propose(manager, 'principal')
  const refused = done(await inTurn((tx) => mandates.refuse(tx, holder, { mandate: first, because: 'dates' })))
  assert.deepEqual([refused.ended?.reason, refused.ended?.because], ['refused', 'dates'])
  const second = await propose(holder, 'mandatary')
  await refusedWith('not_yours', () => inTurn((tx) => mandates.withdraw(tx, manager, { mandate: second })))
  done(await inTurn((tx) => mandates.withdraw(tx, holder, { mandate: second })))
  assert.equal(await stateOf(second), 'withdrawn')
  const third = await propose(holder, 'mandatary')
  done(await signMandate(hub, { mandate: third, side: 'principal', person: manager.person }))
  done(await signMandate(hub, { mandate: third, side: 'mandatary', person: holder.person }))
  done(await inTurn((tx) => mandates.renounce(tx, holder, { mandate: third })))
  assert.equal(await stateOf(third), 'renounced')
})

test('R092, R093: a firm accepts by an administrator; an employee acts for the clients given to them', async () => {
  const { firm, boss } = await openFirm()
  const { manager, principal } = await parties()
  const view = await activeMandate(hub, {
    ...{ principal, mandatary: asFirm(firm), giver: manager.person, accepts: boss.person, rights },
  })
  assert.equal(await said(may(boss.person, principal)), 'no_mandate', 'an administrator is assigned like anybody')
  const assigned = await firms.of(boss.person)
  const seat = assigned.find((one) => one.firm === firm)
  assert.ok(seat)
  const given = {
    firm,
    membership: seat.membership,
    to: { principal },
    actions: { declarations: ['read', 'submit'] as Action[] },
  }
  const outcome = await firms.assign(boss, { ...given })
  assert.ok(outcome.ok, JSON.stringify(outcome))
  const answer = await may(boss.person, principal)
  assert.ok(answer.ok)
  assert.deepEqual(answer.acting.capacity, { as: 'employee', mandate: view.mandate, firm, membership: seat.membership })
  assert.equal(await said(may(boss.person, principal)), 'read,submit')
  assert.equal(await said(may(boss.person, principal, { action: 'prepare' })), 'not_assigned')
  assert.equal(await said(may(boss.person, principal, { action: 'pay' })), 'action_out_of_scope')
  const { entries, total } = await mandates.principals({
    person: boss.person,
    service: 'declarations',
    level: 'eidas2',
    limit: 25,
  })
  assert.deepEqual(
    entries.map(({ organisation, capacity }) => [organisation.organisation, capacity.as]).sort(),
    [
      [firm, 'representative'],
      [principal, 'employee'],
    ].sort(),
  )
  assert.equal(total, 2)
  const use = {
    ref: answer.acting,
    person: boss.person,
    service: 'declarations',
    actions: ['submit'],
    kind: 'login',
  } as const
  const id = await inTurn((tx) => mandates.noteUse(tx, { ...use, country: 'MA' }))
  assert.ok(id)
  room.clock.advance(1)
  await inTurn((tx) => mandates.noteUse(tx, { ...use, refused: 'not_assigned' }))
  const seen = await mandates.uses({ of: { mandate: view.mandate }, person: manager.person, limit: 10 })
  assert.deepEqual(
    seen?.entries.map(({ as, refused, firm: by, actions: done }) => [as, refused, by, done.join()]),
    [
      ['employee', 'not_assigned', firm, 'submit'],
      ['employee', undefined, firm, 'submit'],
    ],
  )
  assert.equal(
    await mandates.uses({ of: { mandate: view.mandate }, person: (await human()).person, limit: 10 }),
    undefined,
  )
  assert.equal(await mandates.countUses(view.mandate), 1)
  const before = await mandates.usesBefore(id, 10)
  assert.deepEqual(before?.before, [])
})

test('R097: one person for the principal and for the firm: allowed, and both the text and the mandate say so', async () => {
  const { firm, boss } = await openFirm()
  const { manager, principal } = await parties()
  const invited = await firms.invite(boss, { firm, role: 'administrator', language: 'fr' })
  assert.ok(invited.ok)
  const joined = await firms.join(manager, invited.token)
  assert.ok(joined.ok)
  assert.ok((await firms.confirmMember(boss, { firm, membership: joined.membership })).ok)
  const { mandate } = done(await draft(manager, { principal, mandatary: asFirm(firm), rights, side: 'principal' }))
  done(await signMandate(hub, { mandate, side: 'principal', person: manager.person }))
  const given = { mandate, side: 'mandatary', person: manager.person, language: 'fr' } as const
  const shown = await mandates.textFor(room.storage.db, given)
  assert.match(shown?.text ?? '', /La même personne signe pour les deux côtés\./)
  assert.equal(done(await signMandate(hub, given)).sameSigner, true)
  const read = await mandates.read({ mandate, person: manager.person })
  assert.deepEqual(read?.seenAs, ['principal', 'mandatary'])
})

test('R094: for whom somebody may act, by name, searched, page by page', async () => {
  const holder = await human()
  const made: OrganisationId[] = []
  for (let count = 0; count < 5; count += 1) {
    const { count: number, principal } = company()
    const manager = await human(number)
    await activeMandate(hub, {
      ...{ principal, mandatary: asPerson(holder.person), giver: manager.person, accepts: holder.person },
      rights: rightsAt('declarations', ['read'], count === 4 ? { minimumLevel: 'eidas3' } : {}),
    })
    made.push(principal)
  }
  const ask = (over: object = {}) =>
    mandates.principals({ person: holder.person, service: 'declarations', level: 'eidas2', limit: 2, ...over })
  const read: string[] = []
  for (let after: string | undefined, first = true; first || after; first = false) {
    const page = await ask(after ? { after } : {})
    assert.equal(page.total, 5)
    read.push(...page.entries.map(({ organisation }) => organisation.organisation))
    after = page.next
  }
  assert.deepEqual(read, made)
  const [, , third] = await Promise.all(made.map((id) => organisations.organisation(id)))
  assert.ok(third)
  const found = async (search: string) =>
    (await ask({ search, limit: 10 })).entries.map(({ organisation }) => organisation.organisation)
  const word = third.name.split(' ')[1] ?? ''
  assert.deepEqual(await found(`societe ${word.toLowerCase()}`), [third.organisation])
  assert.deepEqual(await found(third.identifiers.ice?.slice(0, 12) ?? ''), [third.organisation])
  assert.deepEqual(await found('%'), [])
  assert.deepEqual(await found("soc' or 1=1"), [])
  assert.equal((await found(' ')).length, 5)
  const above = (await ask({ limit: 10 })).entries.find(({ needs }) => needs !== undefined)
  assert.deepEqual([above?.organisation.organisation, above?.needs, above?.actions], [made[4], 'eidas3', []])
  assert.deepEqual((await ask({ service: 'refunds' })).entries, [])
  assert.deepEqual(await ask({ person: undefined }), { entries: [], total: 0 })
})

test('R094: many proposals at once, with an answer for each', async () => {
  const { firm, boss } = await openFirm()
  const principals = [company().principal, newId('organisation'), firm, company().principal]
  const answers = await inTurn((tx) =>
    mandates.proposeMany(tx, {
      ...{ firm, person: boss.person },
      drafts: principals.map((principal, at) => ({ principal, rights: at === 3 ? [] : rights })),
    }),
  )
  assert.deepEqual(
    answers.map((one) => (one.ok ? 'proposed' : one.reason)),
    ['proposed', 'organisation_unknown', 'mandatary_is_principal', 'invalid'],
  )
  const { entries, counts } = await mandates.list({ firm }, { limit: 10 })
  assert.deepEqual([entries.length, counts.proposed, entries[0]?.view.drawnUpBy], [1, 1, 'mandatary'])
})

test('R095, R098: who represents an organisation only with somebody else does nothing for it by themselves', async () => {
  const { count, manager, mandate, principal } = await inForce()
  const partner = await human(2_000 + count)
  const [known] = await organisations.representedBy(identityOf(2_000 + count))
  assert.equal(known?.alone, false)
  assert.ok(known)
  const asked = { person: partner.person, service: 'declarations', level: 'eidas3' } as const
  const capacity = { as: 'representative', representation: known.representation } as const
  assert.equal(await said(may(partner.person, principal)), 'no_mandate')
  assert.equal(await said(may(partner.person, principal, { capacity })), 'not_representative')
  assert.equal(await said(mandates.check({ organisation: principal, capacity }, asked)), 'not_representative')
  assert.deepEqual(await mandates.principals({ ...asked, limit: 5 }), { entries: [], total: 0 })
  assert.deepEqual(await firms.openable(partner.person), [])
  assert.deepEqual(await firms.open(partner, principal), { ok: false, reason: 'not_representative' })
  // What only protects, they do; to open it again takes somebody who binds the organisation.
  done(await inTurn((tx) => mandates.suspend(tx, partner, { mandate })))
  await refusedWith('not_yours', () => inTurn((tx) => mandates.resume(tx, partner, { mandate })))
  done(await inTurn((tx) => mandates.resume(tx, manager, { mandate })))
  done(await inTurn((tx) => mandates.revoke(tx, partner, { mandate })))
})

test('R098: what a firm passed on gives nothing once the firm is closed, whether or not a job has passed', async () => {
  const { count, firm, boss } = await openFirm()
  const { principal, manager, holder } = await parties()
  const given = { giver: manager.person, accepts: boss.person, rights, delegable: true }
  const { mandate: parent } = await activeMandate(hub, { ...given, principal, mandatary: asFirm(firm) })
  const until = room.clock.now() + 30 * day
  const passed = { principal, parent, mandatary: asPerson(holder.person), rights, until }
  const { mandate } = await activeMandate(hub, { ...passed, giver: boss.person, accepts: holder.person })
  const ref = { organisation: principal, capacity: { as: 'mandatary', mandate } } as const
  const asked = { person: holder.person, service: 'declarations', level: 'eidas2' } as const
  const entries = Array.from({ length: manyCompanies }, (_, at) => companyOf(at + 1))
  const publish = (closed: number) =>
    importOrganisations(
      { organisations, clock: room.clock },
      entries.map((one, at) => ({ ...one, ...(at + 1 === closed ? { state: 'closed' } : {}) })),
      { replace: true },
    )
  assert.equal(await said(mandates.check(ref, asked)), 'read,prepare,submit')
  assert.equal((await mandates.principals({ ...asked, limit: 5 })).entries.length, 1)
  await publish(count)
  assert.equal(await said(mandates.check(ref, asked)), 'organisation_closed')
  assert.equal(await said(may(holder.person, principal)), 'organisation_closed')
  assert.deepEqual((await mandates.principals({ ...asked, limit: 5 })).entries, [])
  await publish(0)
  assert.equal(await said(mandates.check(ref, asked)), 'read,prepare,submit')
})

test('R098: what was chosen as a representative is looked at by who they are, each time', async () => {
  const { manager, principal, holder } = await parties()
  const answer = await may(manager.person, principal)
  assert.ok(answer.ok)
  const asked = { service: 'declarations', level: 'eidas2' } as const
  assert.equal(await said(mandates.check(answer.acting, { ...asked, person: manager.person })), actions.join())
  assert.equal(await said(mandates.check(answer.acting, { ...asked, person: holder.person })), 'not_representative')
  await inTurn((tx) => room.people.erase(tx, manager.person))
  assert.equal(await said(mandates.check(answer.acting, { ...asked, person: manager.person })), 'not_representative')
})

test('R096: a seat that is somebody else’s, or nobody’s, is none: no answer tells of the mandate, and nothing is written', async () => {
  const { firm, boss } = await openFirm()
  const { manager, principal } = await parties()
  const { mandate } = await activeMandate(hub, {
    ...{ principal, mandatary: asFirm(firm), giver: manager.person, accepts: boss.person, rights },
  })
  const seat = (await firms.of(boss.person))[0]?.membership
  assert.ok(seat)
  const stranger = await human()
  const tries = [seat, newId('membership')].map(
    (membership) => ({ as: 'employee', mandate, firm, membership }) as const,
  )
  for (const capacity of tries) {
    assert.equal(await said(may(stranger.person, principal, { capacity })), 'no_mandate')
    const asked = { person: stranger.person, service: 'declarations', level: 'eidas2' } as const
    assert.equal(await said(mandates.check({ organisation: principal, capacity }, asked)), 'no_mandate')
  }
  const capacity = tries[0]
  assert.ok(capacity)
  assert.equal(await said(may(boss.person, principal, { capacity })), 'not_assigned')
  done(await inTurn((tx) => mandates.revoke(tx, manager, { mandate })))
  assert.equal(await said(may(stranger.person, principal, { capacity })), 'no_mandate')
  assert.equal(await said(may(boss.person, principal, { capacity })), 'ended')
})

test('R096: the same refusal of the same person is one line an hour, and what was never signed is none', async () => {
  const { manager, holder, mandate, principal } = await inForce()
  const ref = { organisation: principal, capacity: { as: 'mandatary', mandate } } as const
  const refusal = { ref, person: holder.person, service: 'declarations', actions: [], kind: 'login' } as const
  const note = (refused: 'suspended' | 'ended') => inTurn((tx) => mandates.noteUse(tx, { ...refusal, refused }))
  assert.ok(await note('suspended'))
  for (let count = 0; count < 5; count += 1) assert.equal(await note('suspended'), undefined)
  assert.ok(await note('ended'), 'another reason')
  room.clock.advance(hour + 1)
  assert.ok(await note('suspended'))
  const seen = await mandates.uses({ of: { mandate }, person: manager.person, limit: 50 })
  assert.equal(seen?.entries.length, 3)
  const stranger = await human()
  const unsigned = done(await draft(stranger, { principal, mandatary: asPerson(stranger.person), rights })).mandate
  done(await inTurn((tx) => mandates.propose(tx, stranger, { mandate: unsigned })))
  done(await inTurn((tx) => mandates.withdraw(tx, stranger, { mandate: unsigned })))
  const capacity = { as: 'mandatary', mandate: unsigned } as const
  assert.equal(await said(may(stranger.person, principal, { capacity })), 'no_mandate')
  assert.equal(await said(may(stranger.person, principal)), 'no_mandate')
})

test('R093: proposals that came to nothing, however many, hide no mandate that is in force', async () => {
  const { manager, holder, principal } = await inForce()
  const given = { principal, rights, mandatary: asPerson(holder.person) }
  for (let count = 0; count < 60; count += 1) {
    room.clock.advance(3 * hour)
    const { mandate } = done(await draft(manager, given))
    done(await inTurn((tx) => mandates.propose(tx, manager, { mandate })))
    done(await inTurn((tx) => mandates.withdraw(tx, manager, { mandate })))
  }
  assert.equal(await said(may(holder.person, principal)), 'read,prepare,submit')
})

test('R097: whoever proposes to the same side again and again, in vain, waits for a day', async () => {
  const { principal, manager } = await parties()
  const stranger = await human()
  const propose = async () => {
    const { mandate } = done(await draft(stranger, { principal, rights, mandatary: asPerson(stranger.person) }))
    return { mandate, outcome: await inTurn((tx) => mandates.propose(tx, stranger, { mandate })) }
  }
  for (let count = 0; count < mostInVain; count += 1) {
    const { mandate, outcome } = await propose()
    assert.ok(outcome.ok)
    const end = count % 2 === 0 ? mandates.withdraw : mandates.refuse
    done(await inTurn((tx) => end(tx, count % 2 === 0 ? stranger : manager, { mandate })))
  }
  const { mandate, outcome } = await propose()
  assert.equal(reasonOf(outcome), 'too_many_proposals')
  const given = { mandate, side: 'mandatary', person: stranger.person } as const
  await refusedWith('too_many_proposals', () => signMandate(hub, given))
  // The other side may still come to them, and they may go elsewhere.
  const back = done(await draft(manager, { principal, rights, mandatary: asPerson(stranger.person) }))
  done(await inTurn((tx) => mandates.propose(tx, manager, { mandate: back.mandate })))
  room.clock.advance(day)
  assert.ok((await propose()).outcome.ok)
})

test('R097: the database keeps no mandate that no verb would make', async () => {
  const [one, other] = [await inForce({ delegable: true }), await inForce({ delegable: true })]
  const { mandate } = one
  const set = (what: ReturnType<typeof sql>) => sql`update mandates set ${what} where id = ${mandate}`
  const { signatures } = one.view
  const wrong: [string, RegExp, ReturnType<typeof sql>][] = [
    [
      'a delegation of another principal',
      /mandates_parent_fkey/,
      set(sql`parent = ${other.mandate}, delegable = false`),
    ],
    ['a renewal of another principal', /mandates_renews_fkey/, set(sql`renews = ${other.mandate}`)],
    [
      'in whose place one of another principal comes',
      /mandates_replaced_by_fkey/,
      set(sql`replaced_by = ${other.mandate}, replaced_at = now()`),
    ],
    ['a second delegation', /mandates_delegated_once/, set(sql`parent = ${mandate}`)],
    ['more than five years', /mandates_five_years/, set(sql`until_at = from_at + interval '1829 days'`)],
    ['an end before its beginning', /mandates_check/, set(sql`until_at = from_at`)],
    [
      'two holders’ signatures',
      /mandate_signatures_mandatary/,
      sql`insert into mandate_signatures (mandate, number, side, signature, person, level, at)
        values (${mandate}, 9, 'mandatary', ${newId('signature')}, ${one.holder.person}, 'eidas3', now())`,
    ],
    [
      'one signature for two mandates',
      /mandate_signatures_signature_key/,
      sql`insert into mandate_signatures (mandate, number, side, signature, person, level, at)
        values (${other.mandate}, 9, 'principal', ${signatures[0]?.signature}, ${one.manager.person}, 'eidas3', now())`,
    ],
  ]
  for (const [what, constraint, statement] of wrong) {
    await assert.rejects(statement.execute(room.storage.db), constraint, what)
  }
})

test('R097: what one side only drafts stops the other from nothing, and tells it nothing', async () => {
  const { manager, holder, mandate, principal } = await inForce({ delegable: true })
  done(await inTurn((tx) => mandates.renew(tx, holder, { mandate })))
  await refusedWith('not_renewable', () => inTurn((tx) => mandates.renew(tx, holder, { mandate })))
  done(await inTurn((tx) => mandates.renew(tx, manager, { mandate })))
  // Whether there is such a mandate is not told by what else is wrong with a delegation of it.
  const stranger = await human()
  for (const mandatary of [asPerson(newId('person')), asFirm(newId('organisation')), asFirm(principal)]) {
    for (const parent of [mandate, newId('mandate')]) {
      await refusedWith('unknown', () => draft(stranger, { principal, parent, mandatary, rights }))
    }
  }
})

test('R094: who is erased holds nothing any more; who was taken for two keeps it suspended; of two who are one, it is theirs', async () => {
  const [erased, apart, joined] = [await inForce(), await inForce(), await inForce()]
  await inTurn((tx) => room.people.erase(tx, erased.holder.person))
  assert.equal(await stateOf(erased.mandate), 'renounced')
  const [other, survivor] = [await human(), await human()]
  await inTurn((tx) =>
    mandates.keeper.follow(tx, passed({ from: apart.holder.person, to: other.person, left: [leftLink()] })),
  )
  assert.equal(await stateOf(apart.mandate), 'operator')
  await inTurn((tx) =>
    mandates.keeper.follow(tx, passed({ from: joined.holder.person, to: survivor.person, left: [] })),
  )
  assert.equal(await said(may(survivor.person, joined.principal)), 'read,prepare,submit')
})

test('retention: what ended is gone after ten years, with its uses; a draft that nobody touched after 90 days', async () => {
  const { mandate, manager, holder, principal } = await inForce()
  const { mandate: forgotten } = done(await draft(manager, { principal, mandatary: asPerson(holder.person), rights }))
  done(await inTurn((tx) => mandates.revoke(tx, manager, { mandate })))
  room.clock.advance(91 * day)
  await mandates.sweep()
  assert.equal(await mandates.byId(forgotten), undefined)
  assert.equal(await stateOf(mandate), 'revoked')
  room.clock.advance(3650 * day)
  await mandates.sweep()
  assert.equal(await mandates.byId(mandate), undefined)
  const left = await sql<{
    count: number
  }>`select count(*)::int as count from mandate_rights where mandate = ${mandate}`.execute(room.storage.db)
  assert.equal(left.rows[0]?.count, 0)
})

const leftLink = () => ({ link: newId('link'), provider: 'post', at: room.clock.now() })
