/** Freezing and thawing a person by two operators, on a whole hub, over HTTP, by a page, a program and the command line. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { newProgram } from '../../test/support/api-client.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { startTestHub, type TestHub } from '../../test/support/hub.ts'
import { newOperator, type TestOperator } from '../../test/support/operators.ts'
import { angela, claim } from '../../test/support/people.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { type Answer, formsOf, formTo, textOf } from '../../test/support/user-agent.ts'
import { createTranslator } from '../http/messages.ts'
import { second } from '../kernel/durations.ts'
import { type LinkId, newId, type PersonId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { runVerb } from '../verbs.ts'
import { peopleProtectionMessages } from './people-protection-messages.ts'

describe('the protection of a person, by operators', () => {
  let hub: TestHub
  let officer: TestOperator
  let administrator: TestOperator
  let manager: TestOperator
  let support: TestOperator
  let seen = 0
  const clock = mockProcessClock({ mock })

  before(async () => {
    hub = await startTestHub({ clock })
    officer = await newOperator(hub, { roles: ['security_officer'] })
    administrator = await newOperator(hub, { roles: ['administrator'] })
    manager = await newOperator(hub, { roles: ['means_manager'] })
    support = await newOperator(hub, { roles: ['support'] })
  })
  after(async () => {
    await hub?.close()
    mock.timers.reset()
  })

  const at = (path: string) => new URL(path, hub.issuer)
  const open = ({ agent }: TestOperator, path: string) => agent.open(at(path))
  const stateOf = (person: PersonId) => hub.protections.of(hub.storage.db, person)

  async function somebody(): Promise<{ person: PersonId; link: LinkId }> {
    seen += 1
    const identity = { ...angela, family_name: `CANARI ${'ABCDEFGHIJ'[seen]}` }
    const settled = await hub.storage.transaction((tx) =>
      hub.people.settle(tx, claim({ identity, subject: `canary-${seen}`, provider: 'post', level: 'eidas2' })),
    )
    clock.advance(second)
    return 'person' in settled ? settled : assert.fail('stopped')
  }
  const ask = async (
    operator: TestOperator,
    person: PersonId,
    act: 'freeze' | 'thaw',
    values: Record<string, string>,
  ) => {
    const page = await open(operator, `/console/people/${person}/protection`)
    return operator.agent.submit(page, formTo(page, new RegExp(`/protection/${act}$`)), values)
  }
  const confirm = async (operator: TestOperator, asked: Answer) => {
    const page = await operator.agent.open(new URL(asked.url.pathname, hub.issuer))
    return operator.agent.submit(page, formTo(page, /\/confirm$/), { sure: 'yes' })
  }
  const reason = 'A theft reported by telephone this morning'

  test('R114: two operators freeze; the person does not thaw it alone; two others thaw on evidence', async () => {
    const { person, link } = await somebody()
    const found = await officer.agent.submit(
      await open(officer, '/console/protection'),
      formTo(await open(officer, '/console/protection'), /\/console\/protection$/),
      { identifier: person },
    )
    assert.equal(found.url.pathname, `/console/people/${person}/protection`)
    assert.match(textOf(found), /May be used/)
    assert.ok(!found.body.includes('CANARI'), 'no name')
    assert.deepEqual((await factsOf(hub, 'operator.viewed_person')).at(-1), { operator: officer.operator, person })

    const asked = await ask(officer, person, 'freeze', { reason })
    assert.match(asked.url.pathname, /^\/console\/approvals\/apv_/)
    assert.equal((await stateOf(person)).freeze, undefined, 'one is not enough')
    assert.ok(!formsOf(asked).some(({ action }) => action.pathname.endsWith('/confirm')), 'nor twice the same')
    assert.match(textOf(await confirm(administrator, asked)), /confirmed/i)
    const { freeze } = await stateOf(person)
    assert.equal(freeze?.origin, 'operators')
    const [fact] = (await factsOf(hub, 'protection.frozen')).slice(-1)
    assert.deepEqual([fact?.origin, fact?.actor], ['operators', { kind: 'operator', id: officer.operator }])

    const by = { person, link, provider: 'post', level: 'eidas3' } as const
    assert.deepEqual(await hub.protections.askThaw(by), { kind: 'refused', reasons: ['by_operators'] })
    assert.deepEqual(await hub.protections.freeze(by), { kind: 'already', thawStopped: false })

    const wrong = await ask(manager, person, 'thaw', { reason, evidence: '?' })
    assert.equal(wrong.status, 422)
    assert.match(textOf(wrong), /where the proof of identity is written down/)
    const thaw = await ask(manager, person, 'thaw', { reason, evidence: 'Desk 2026/114' })
    assert.match(textOf(thaw), /Desk 2026\/114/)
    await confirm(officer, thaw)
    assert.equal((await stateOf(person)).freeze, undefined)
    const [thawed] = (await factsOf(hub, 'protection.thawed')).slice(-1)
    assert.deepEqual([thawed?.how, thawed?.actor], ['desk', { kind: 'operator', id: manager.operator }])
  })

  test('R114: what a person froze is thawed at the desk, with the blocks that lock them out', async () => {
    const { person, link } = await somebody()
    const by = { person, link, provider: 'post', level: 'eidas2' } as const
    await hub.protections.freeze(by, { suspected: ['post'] })
    await hub.protections.blockFuture(person, true)
    const asked = await ask(manager, person, 'thaw', { reason, evidence: 'Enrolment 77', blocks: 'lifted' })
    assert.match(textOf(asked), /are unblocked too/)
    await confirm(administrator, asked)
    assert.deepEqual(await stateOf(person), { blocked: [] })
  })

  test('R128: whoever may not, asks for nothing; nobody unknown, nothing twice', async () => {
    const { person } = await somebody()
    assert.equal((await open(support, `/console/people/${person}/protection`)).status, 403)
    const page = await open(manager, `/console/people/${person}/protection`)
    assert.ok(
      !formsOf(page).some(({ action }) => action.pathname.endsWith('/freeze')),
      'who checks identities does not freeze',
    )
    assert.equal((await open(officer, `/console/people/${newId('person')}/protection`)).status, 404)
    const asked = await ask(officer, person, 'freeze', { reason })
    const again = await ask(officer, person, 'freeze', { reason })
    assert.equal(again.url.pathname, asked.url.pathname, 'one waits at a time')
    const short = await ask(officer, person, 'freeze', { reason: 'theft' })
    assert.equal(short.status, 422)
    await confirm(administrator, asked)
    const frozen = await open(officer, `/console/people/${person}/protection`)
    assert.ok(!formsOf(frozen).some(({ action }) => action.pathname.endsWith('/protection/freeze')))
  })

  test('R114: a program asks the same of two operators, and reads what became of it', async () => {
    const { person } = await somebody()
    const program = await newProgram(hub, { scopes: ['people:read', 'people:protect'] })
    const read = async () => (await program.call('GET', `/people/${person}/protection`)).body
    assert.deepEqual(await read(), { person, frozen: null, blocked: 0, refusesNewAccounts: false })
    const asked = await program.call('POST', `/people/${person}/freeze`, { body: { reason } })
    assert.equal(asked.status, 202, JSON.stringify(asked.body))
    assert.equal((await read()).frozen, null)
    const [waiting] = (await hub.approvals.waiting()).filter(({ about }) => about === person)
    assert.equal((await hub.approvals.confirm(waiting?.id ?? '', officer.operator)).kind, 'done')
    assert.equal((await read()).frozen.by, 'operators')
    const again = await program.call('POST', `/people/${person}/freeze`, { body: { reason } })
    assert.equal(again.status, 409)
    const thaw = { reason, evidence: 'Desk 12', blocks: 'kept' }
    assert.equal(
      (await program.call('POST', `/people/${person}/thaw`, { body: { ...thaw, evidence: '!' } })).status,
      422,
    )
    assert.equal((await program.call('POST', `/people/${person}/thaw`, { body: thaw })).status, 202)
    const reader = await newProgram(hub, { scopes: ['people:read'] })
    assert.equal((await reader.call('POST', `/people/${person}/freeze`, { body: { reason } })).status, 403)
    assert.equal((await program.call('POST', `/people/${newId('person')}/freeze`, { body: { reason } })).status, 404)
  })

  test('by the command line it is done at once, and announced to all operators', async () => {
    const { person } = await somebody()
    const lines: string[] = []
    const run = (verb: string, args: Record<string, unknown>) =>
      runVerb(hub, { verb, args }, { line: (line) => lines.push(line), warn: (line) => lines.push(line) })
    assert.equal(await run('people.freeze', { person }), 0)
    assert.equal((await stateOf(person)).freeze?.origin, 'operators')
    assert.equal(await run('people.thaw', { person, blocks: 'kept' }), 0)
    assert.equal((await stateOf(person)).freeze, undefined)
    assert.equal(await run('people.freeze', { person: newId('person') }), 3)
    assert.match(lines.join('\n'), /do not thaw it alone[\s\S]*may be used again[\s\S]*Nobody known/)
    await settle(hub)
  })

  test('there is a sentence for everything in every language', () => {
    const translate = createTranslator(peopleProtectionMessages)
    for (const language of languages) {
      for (const key of Object.keys(peopleProtectionMessages.fr)) assert.ok(translate(language)(key, { count: 2 }), key)
    }
  })
})
