/** Two operators for one change: who may, who may not, what becomes of it, and who is told. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createAuthenticator } from '../../test/support/authenticator.ts'
import { issuer, type MeansRoom, openMeansRoom } from '../../test/support/means.ts'
import type { Recorded } from '../audit/audit.ts'
import type { Fact } from '../audit/facts.ts'
import { createTranslator } from '../http/messages.ts'
import { day, hour } from '../kernel/durations.ts'
import { type ApprovalId, newId, type OperatorId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { type OperatorRole, operatorRoles } from '../kernel/roles.ts'
import { createKeys, type Keys, type Purpose } from '../keys/keys.ts'
import type { OutgoingMessage } from '../means/gateway.ts'
import type { Editor, Versions } from '../partners/versions.ts'
import { staffMessages } from '../staff/messages.ts'
import { createOperators, type Operators } from '../staff/operators.ts'
import { announcedKinds, announcementOf, createAnnouncements } from './announcements.ts'
import {
  type Approval,
  type Approvals,
  approvalKinds,
  approvalLifetime,
  approvers,
  createApprovals,
  type NewApproval,
} from './approvals.ts'
import { type KindsOptions, type Programs, refusalProblems } from './kinds.ts'
import { approvalsMessages, whatIs } from './messages.ts'
import { createApprovalsStore } from './store.ts'

const browser = 'the cookie of one browser'
const retention = 365 * day
const reason = 'A backup tape was lost.'
const command = { kind: 'command' } as const
const translate = createTranslator(approvalsMessages, staffMessages)

describe('changes that take two operators', () => {
  let room: MeansRoom
  let operators: Operators
  let keys: Keys
  let approvals: Approvals
  let announcements: ReturnType<typeof createAnnouncements>
  const letters: OutgoingMessage[] = []
  const team = new Map<string, OperatorId>()
  /** What the verbs of settings would do; each test says. */
  let versions: Partial<Versions> = {}

  before(async () => {
    room = await openMeansRoom()
    const { storage, clock, people, means, facts } = room
    const { audit } = facts
    operators = createOperators({ storage, clock, audit, people, means, retention })
    const algorithms = {
      'id-token': ['ES256'],
      client: ['ES256'],
      decryption: ['ECDH-ES'],
      journal: ['ES256'],
    } as const
    const settings = { overlap: day, lifetime: 90 * day, algorithms }
    keys = await createKeys({ storage, clock, audit, masterKey: Buffer.alloc(32, 3), settings })
    const letterBox = {
      gateway: { send: async (message: OutgoingMessage) => void letters.push(message) },
      translate,
      hub: 'Garant',
    }
    approvals = createApprovals({
      storage,
      clock,
      audit,
      operators,
      keys,
      programs: {} as Programs,
      protections: {} as KindsOptions['protections'],
      organisations: {} as KindsOptions['organisations'],
      mandates: {} as KindsOptions['mandates'],
      versions: new Proxy({} as Versions, { get: (_, name) => versions[name as keyof Versions] }),
      key: Buffer.alloc(32, 5),
      retention,
      ...letterBox,
    })
    announcements = createAnnouncements({ storage, operators, ...letterBox })
    storage.jobs.work('approvals.letter', approvals.sendLetter)
    storage.jobs.work('approvals.announcement', announcements.send)
    for (const [name, roles] of [
      ['Angela', ['administrator']],
      ['Karim', ['security_officer', 'auditor']],
      ['Denise', ['administrator']],
      ['Sam', ['support', 'auditor', 'means_manager', 'data_protection_officer']],
    ] as const)
      team.set(name, await newOperator(name, roles))
  })
  beforeEach(async () => {
    await sql`delete from approvals`.execute(room.storage.db)
    await room.storage.jobs.drain()
    room.facts.clear()
    letters.splice(0)
    versions = {}
  })
  after(async () => {
    await keys.close()
    await room.close()
  })

  async function newOperator(name: string, roles: readonly OperatorRole[]): Promise<OperatorId> {
    const mail = `${name.toLowerCase()}@hub.example`
    const { operator, token } = await operators.invite({ name, roles, mail, language: 'en', actor: command })
    await join(token)
    return operator
  }
  async function join(token: string) {
    const authenticator = createAuthenticator({ origin: issuer })
    const { ceremony, options } = (await operators.beginJoining(token, browser)) ?? assert.fail('no link')
    assert.equal(await operators.join(token, { ceremony, browser, response: authenticator.create(options) }), 'joined')
  }

  const who = (name: string) => team.get(name) ?? assert.fail(name)
  const by = (name: string) => ({ kind: 'operator', id: who(name) }) as const
  const rotation = (changes: Partial<NewApproval> = {}, purpose: Purpose = 'client') =>
    ({ kind: 'rotate_keys', parameters: { purpose }, reason, by: by('Angela'), ...changes }) as NewApproval
  async function asked(given = rotation()): Promise<Approval> {
    const outcome = await approvals.ask(given)
    assert.equal(outcome.kind, 'asked')
    return outcome.kind === 'asked' ? outcome.approval : assert.fail()
  }
  const count = (name: Fact['name']) => room.facts.of(name).length
  const posted = async () => {
    await room.storage.jobs.drain()
    return letters.splice(0).map(({ to, subject, text }) => ({ to, subject, text }))
  }
  const next = () => keys.of('client').filter(({ state }) => state === 'next').length

  test('DESIGN 8: nothing is done when it is asked; another operator confirms, and it is done; both are written and told', async () => {
    const approval = await asked()
    const about = { approval: approval.id, kind: 'rotate_keys', about: 'client' }
    assert.deepEqual([approval.state, approval.expiresAt - approval.askedAt, next()], ['pending', 72 * hour, 0])
    assert.deepEqual(room.facts.of('approval.asked'), [{ ...about, actor: by('Angela') }])
    assert.deepEqual(
      (await posted()).map(({ to }) => to).toSorted(),
      ['denise@hub.example', 'karim@hub.example'],
      'those who may confirm, and not who asked',
    )
    assert.deepEqual(
      (await approvals.waiting()).map(({ id }) => id),
      [approval.id],
    )
    assert.equal(await approvals.others(approval), 2)

    const outcome = await approvals.confirm(approval.id, who('Karim'))
    assert.equal(outcome.kind, 'done')
    assert.equal(outcome.kind === 'done' && outcome.result.done, 'keys')
    assert.equal(next(), 1)
    assert.deepEqual(room.facts.of('approval.confirmed'), [{ ...about, asked: by('Angela'), operator: who('Karim') }])
    assert.deepEqual(room.facts.of('key.created')[0]?.actor, by('Angela'))
    const [letter] = await posted()
    assert.equal(letter?.to, 'angela@hub.example')
    assert.match(letter?.text ?? '', /^Hello Angela,\n\nKarim confirmed your request/)
    assert.deepEqual(await approvals.waiting(), [])
    const { approvals: past } = await approvals.past({ limit: 10 })
    assert.deepEqual(
      past.map(({ id, state, decidedBy }) => [id, state, decidedBy]),
      [[approval.id, 'confirmed', who('Karim')]],
    )
    // Keys that wait for their turn are dropped, so that each test finds none.
    await keys.rotate({ purpose: 'client', now: true, actor: { kind: 'hub' } })
  })

  test('DESIGN 8: who asked is never the second one: not by the verb, not by the statement, not by the table', async () => {
    const { id } = await asked()
    const { storage, clock } = room
    assert.equal((await approvals.confirm(id, who('Angela'))).kind, 'own')
    assert.equal((await approvals.decline(id, { operator: who('Angela'), reason })).kind, 'own')
    const store = createApprovalsStore({ key: Buffer.alloc(32, 5) })
    const given = { id, by: who('Angela'), at: clock.now() }
    assert.equal(await storage.transaction((tx) => store.confirm(tx, given)), undefined)
    await assert.rejects(
      sql`update approvals set state = 'confirmed', decided_by = ${who('Angela')}, decided_at = asked_at`.execute(
        storage.db,
      ),
      /check/,
    )
    // Nor an operator who stands behind a program that asked.
    const client = { kind: 'api_client', id: newId('apiClient') } as const
    const behind = await asked(rotation({ by: client, behind: who('Denise') }, 'id-token'))
    assert.equal((await approvals.confirm(behind.id, who('Denise'))).kind, 'own')
    assert.equal(await approvals.others(behind), 2)
    assert.equal(next(), 0)
  })

  test('what is answered when it cannot be confirmed, and what is left of it', async () => {
    const late = newId('approval')
    const table: [string, (id: ApprovalId) => Promise<unknown>, string][] = [
      ['one without the role', async () => {}, 'not_allowed'],
      ['withdrawn', (id) => approvals.withdraw(id, by('Angela')), 'over'],
      ['declined', (id) => approvals.decline(id, { operator: who('Denise'), reason }), 'over'],
      ['confirmed', (id) => approvals.confirm(id, who('Denise')), 'over'],
      ['after 72 hours', async () => room.clock.advance(approvalLifetime), 'over'],
    ]
    for (const [name, first, expected] of table) {
      const { id } = await asked(rotation({}, 'journal'))
      room.clock.advance(1)
      await first(id)
      const before = count('key.created')
      const { kind } = await approvals.confirm(id, who(expected === 'not_allowed' ? 'Sam' : 'Karim'))
      assert.equal(kind, expected, name)
      assert.equal(count('key.created'), before, name)
      if (expected === 'not_allowed') await approvals.withdraw(id, by('Angela'))
    }
    assert.equal((await approvals.confirm(late, who('Karim'))).kind, 'unknown')
    await approvals.sweep()
    assert.equal(count('approval.expired'), 1)
    assert.deepEqual(
      (await approvals.past({ limit: 2 })).approvals.map(({ state }) => state),
      ['expired', 'confirmed'],
    )
    const { approvals: page, next: place } = await approvals.past({ limit: 3 })
    const rest = await approvals.past({ limit: 3, ...(place ? { after: place } : {}) })
    assert.equal(new Set([...page, ...rest.approvals].map(({ id }) => id)).size, 5)
    room.clock.advance(retention + day)
    await approvals.sweep()
    assert.deepEqual((await approvals.past({ limit: 9 })).approvals, [])
  })

  test('who asks: with a role, with a reason, once; a form that is sent twice asks once', async () => {
    for (const short of ['', 'too short', 'x'.repeat(501)]) {
      assert.equal((await approvals.ask(rotation({ reason: short }))).kind, 'no_reason')
    }
    assert.equal((await approvals.ask(rotation({ by: by('Sam') }))).kind, 'not_allowed')
    const id = newId('approval')
    const [one, two] = [await asked(rotation({ id })), await asked(rotation({ id }))]
    assert.deepEqual(one, two)
    const other = await approvals.ask(rotation({ by: by('Karim') }))
    assert.equal(other.kind, 'waiting')
    assert.equal(other.kind === 'waiting' && other.approval.id, id)
    // Somebody else's form with the id of this one.
    assert.equal((await approvals.ask(rotation({ by: by('Karim'), id }, 'id-token'))).kind, 'waiting')
    assert.equal(count('approval.asked'), 1)
    // When the time of one is over, another may be asked before the job wrote so.
    room.clock.advance(approvalLifetime)
    assert.notEqual((await asked()).id, id)
    assert.equal(count('approval.expired'), 1)
  })

  test('who is out of office neither asks nor confirms, and what they asked cannot be confirmed any more', async () => {
    const mallory = await newOperator('Mallory', ['administrator'])
    const { id } = await asked(rotation({ by: { kind: 'operator', id: mallory } }))
    const other = await asked(rotation({}, 'id-token'))
    await operators.suspend(mallory, command)
    assert.equal((await approvals.confirm(id, who('Karim'))).kind, 'asker_gone')
    assert.equal((await approvals.confirm(other.id, mallory)).kind, 'not_allowed')
    assert.equal(
      (await approvals.ask(rotation({ by: { kind: 'operator', id: mallory } }, 'journal'))).kind,
      'not_allowed',
    )
    assert.equal((await approvals.decline(id, { operator: who('Karim'), reason })).kind, 'done')
    await operators.remove(mallory, command)
    assert.equal(next(), 0)
    const client = { kind: 'api_client', id: newId('apiClient') } as const
    await asked(rotation({ by: client }, 'journal'))
    await room.storage.transaction((tx) => approvals.withdrawAllOf(tx, client, by('Angela')))
    assert.deepEqual(
      (await approvals.waiting()).map(({ id }) => id),
      [other.id],
    )
  })

  test('of two who confirm at once one does it; one who declines at the same moment changes nothing or all', async () => {
    const { id } = await asked(rotation({ kind: 'revoke_keys', parameters: { purpose: 'client' } } as never))
    const outcomes = await Promise.all([
      approvals.confirm(id, who('Karim')),
      approvals.confirm(id, who('Denise')),
      approvals.decline(id, { operator: who('Denise'), reason }),
      approvals.withdraw(id, by('Angela')),
    ])
    assert.equal(outcomes.filter(({ kind }) => kind === 'done').length, 1, outcomes.map(({ kind }) => kind).join())
    const isConfirmed = count('approval.confirmed') === 1
    assert.equal(count('key.created'), isConfirmed ? 1 : 0)
    assert.equal(count('key.retired'), isConfirmed ? 1 : 0)
  })

  test('the change and its confirmation are one transaction: what fails leaves it waiting, what is refused too', async () => {
    const secrets = { of: 'published', seen: 4, inForce: [{}] } as const
    versions = { secrets: async () => ({ ...secrets, inForce: [{}] }) }
    const rotate = (seen: number): NewApproval => ({
      kind: 'rotate_secret',
      parameters: { service: 'refunds', seen },
      reason,
      by: by('Angela'),
    })
    const stale = await approvals.ask(rotate(3))
    assert.deepEqual(stale, { kind: 'refused', refusal: { problem: 'moved' } })
    const { id } = await asked(rotate(4))
    const state = async () => (await approvals.find(id))?.state
    let editor: Editor | undefined
    versions.rotateSecret = async (_service, _given, by) => {
      editor = by
      return room.storage.transaction(async (tx) => {
        if (by.hand === 'operators') await by.confirm?.(tx)
        throw new Error('the disk is full')
      })
    }
    await assert.rejects(approvals.confirm(id, who('Karim')), /the disk is full/)
    assert.deepEqual([await state(), count('approval.confirmed')], ['pending', 0])
    assert.deepEqual([editor?.actor, editor?.hand === 'operators' && editor.second], [by('Angela'), by('Karim')])
    versions.rotateSecret = async () => ({ kind: 'two_in_force', secrets: { ...secrets, inForce: [{}, {}] } })
    const refused = await approvals.confirm(id, who('Karim'))
    assert.deepEqual(refused.kind === 'refused' && refused.refusal, { problem: 'two_secrets' })
    assert.equal(await state(), 'pending')
    versions.rotateSecret = (_service, _given, by) =>
      room.storage.transaction(async (tx) => {
        if (by.hand === 'operators') await by.confirm?.(tx)
        return { kind: 'made', secret: 'canary-secret', seen: 5 }
      })
    const done = await approvals.confirm(id, who('Karim'))
    assert.deepEqual(done.kind === 'done' && done.result, {
      done: 'secret',
      service: 'refunds',
      secret: 'canary-secret',
    })
    const { rows } = await sql<{ row: string }>`select a::text as row from approvals a`.execute(room.storage.db)
    assert.doesNotMatch(rows.map(({ row }) => row).join(), /canary/)
  })

  test('an operator is named by two: the name rests sealed while it waits, and is gone when it is over', async () => {
    const text = async () => {
      const { rows } = await sql<{ row: string }>`select a::text as row from approvals a`.execute(room.storage.db)
      return rows.map(({ row }) => row).join()
    }
    const parameters = {
      name: 'Canaria Novo',
      roles: ['support', 'administrator'],
      mail: 'canaria@hub.example',
    } as const
    const approval = await asked({ kind: 'invite_operator', parameters, reason, by: by('Angela') })
    assert.deepEqual([approval.about, approval.parameters], ['administrator support', parameters])
    assert.doesNotMatch(await text(), /anaria/)
    assert.equal(whatIs(approval.kind, approval.about, translate('en')), 'Name an operator: Administrator, Support')
    const outcome = await approvals.confirm(approval.id, who('Denise'))
    const result = outcome.kind === 'done' && outcome.result.done === 'invited' ? outcome.result : assert.fail()
    assert.equal((await operators.invitation(result.token))?.name, 'Canaria Novo')
    assert.equal((await approvals.find(approval.id))?.parameters, undefined)
    const again = await asked({
      kind: 'reinvite_operator',
      parameters: { operator: result.operator },
      reason,
      by: by('Angela'),
    })
    await approvals.confirm(again.id, who('Denise'))
    assert.equal(await operators.invitation(result.token), undefined, 'the link before serves no more')
    await operators.remove(result.operator, command)
    const gone = await approvals.ask({
      kind: 'reinvite_operator',
      parameters: { operator: result.operator },
      reason,
      by: by('Angela'),
    })
    assert.deepEqual(gone, { kind: 'refused', refusal: { problem: 'unknown' } })
  })

  test('DESIGN 8: what the command line does of this sort is announced to all operators, once; what two did is not', async () => {
    const announce = async () => {
      const facts = room.facts.facts.splice(0) as Recorded[]
      await room.storage.transaction((tx) => announcements.reactor(facts, tx))
      return posted()
    }
    await keys.rotate({ purpose: 'journal', now: true, actor: command })
    const all = await announce()
    assert.deepEqual(
      all.map(({ to }) => to).toSorted(),
      ['angela', 'denise', 'karim', 'sam'].map((name) => `${name}@hub.example`),
    )
    assert.match(all[0]?.text ?? '', /made by the command line.*\n.*signing the journal/)
    for (const { text } of all) assert.doesNotMatch(text, /https?:/)
    const { id } = await asked(rotation({ kind: 'revoke_keys' } as never))
    await approvals.confirm(id, who('Karim'))
    assert.deepEqual(
      (await announce()).filter(({ subject }) => /without a second/.test(subject)),
      [],
    )
    assert.deepEqual(
      announcementOf({ name: 'key.created', data: { key: 'k', purpose: 'client', actor: { kind: 'hub' } } }),
      undefined,
    )
  })

  test('R084: an outage that is longer than its stand-in may be is told to all operators; one that ends is not', async () => {
    const ended = { provider: 'card-code', standsInFor: 'e-id', uses: 3 }
    const tell = async (reason: string) => {
      const fact = { name: 'standin.ended', data: { ...ended, reason } } as Recorded
      await room.storage.transaction((tx) => announcements.reactor([fact], tx))
      return posted()
    }
    assert.deepEqual(await tell('works'), [])
    const all = await tell('too_long')
    assert.equal(all.length, 4)
    assert.match(all[0]?.subject ?? '', /outage of the e-ID app lasts too long/)
    assert.match(all[0]?.text ?? '', /e-id still does not answer/)
  })

  test('R014: who may, and a sentence for everything that may have to be said', () => {
    for (const role of operatorRoles) {
      const kinds = approvalKinds.filter((kind) => approvers[kind].includes(role))
      const isTrusted = role === 'administrator' || role === 'security_officer'
      // Whoever checks identities at a desk asks that one be thawed.
      const others = role === 'means_manager' ? ['thaw_person', 'record_representation'] : []
      assert.deepEqual(kinds, isTrusted ? approvalKinds : others, role)
    }
    for (const language of languages) {
      const t = translate(language)
      for (const kind of approvalKinds) assert.ok(whatIs(kind, /keys/.test(kind) ? 'journal' : 'support', t))
      for (const problem of refusalProblems) assert.ok(t(`approvals.refusal.${problem}`))
      for (const what of announcedKinds) assert.ok(t(`approvals.announced.${what}`, { about: 'x' }))
    }
  })
})
