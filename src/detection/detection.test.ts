/** The hub's own detection on a whole hub: lines of the ledger, the job, the cases that follow, the operators' pages. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { newProgram } from '../../test/support/api-client.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf, newOperator, signIn, type TestOperator } from '../../test/support/operators.ts'
import { angela, claim } from '../../test/support/people.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { type Answer, formsOf, textOf } from '../../test/support/user-agent.ts'
import type { Fact } from '../audit/facts.ts'
import type { Connection, NewConnection } from '../connections/connections.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { type CaseId, newId, newOrderedId, type PersonId } from '../kernel/ids.ts'
import { sampleProvider } from '../partners/partners.sample.ts'
import { detectionRules, type Explanation, shippedTunings } from '../policy/detection.ts'
import { runVerb } from '../verbs.ts'
import { tuningsIn } from './simulation.ts'

const contacts = { security: 'security@health.example', administrative: 'office@health.example' }
const named = (text: string) => ({ fr: text, en: text, ar: text })

describe('R100: the hub looks by itself', () => {
  let hub: TestHub
  let officer: TestOperator
  let support: TestOperator
  const clock = mockProcessClock({ mock })
  let people = 0

  before(async () => {
    hub = await startTestHub({ clock })
    const services = Array.from({ length: 8 }, (_, index) =>
      serviceEntry(`service-${index}`, { sensitive: index === 0 }),
    )
    await hub.publish([
      {
        id: 'health',
        name: named('Health'),
        contacts,
        services,
        providers: [
          sampleProvider('tax'),
          sampleProvider('federator', { population: 'professionals' }, { identity: 'professional' }),
        ],
      },
    ])
    officer = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
    support = await newOperator(hub, { roles: ['support'] })
  })
  after(async () => {
    await hub?.close()
    mock.timers.reset()
  })

  async function somebody(): Promise<PersonId> {
    people++
    const letters = [...String(people)].map((digit) => String.fromCharCode(65 + Number(digit))).join('')
    const identity = { ...angela, family_name: `CANARI ${letters}` }
    const claimed = claim({ identity, subject: `canary-${people}` })
    const settled = await hub.storage.transaction((tx) => hub.people.settle(tx, claimed))
    return 'person' in settled ? settled.person : assert.fail('a collision')
  }
  const many = (count: number) => Promise.all(Array.from({ length: count }, somebody))
  const write = (lines: NewConnection[]) =>
    hub.storage.transaction(async (tx) => {
      const written: Connection[] = []
      for (const line of lines) written.push(await hub.connections.record(tx, line))
      return written
    })
  const line = (over: Partial<NewConnection>): NewConnection => {
    const at = over.at ?? clock.now()
    return {
      ...{ id: newOrderedId('connection', at), at, state: 'authorised', service: 'service-1', provider: 'tax' },
      ...{ session: newId('session'), device: newId('device'), level: 'eidas1', amr: ['pwd'], reused: false },
      ...{ country: 'FR', address: '192.0.2.7', port: 40_000, scopes: ['openid'], unusual: [], alert: 'none' },
      ...over,
    }
  }
  /** A person who came four times before, and now goes to many services within minutes, on a device of nobody. */
  async function burst(): Promise<PersonId> {
    const person = await somebody()
    const device = newId('device')
    const habits = [10, 20, 30, 40].map((days) => line({ person, at: clock.now() - days * day }))
    const now = Array.from({ length: 7 }, (_, index) =>
      line({ person, device, service: `service-${index}`, at: clock.now() - index * minute, unusual: ['new_device'] }),
    )
    await write([...habits, ...now])
    return person
  }
  const look = async () => {
    clock.advance(2 * minute)
    await hub.detection.look()
    await settle(hub)
  }
  const foundOf = async (person: PersonId) =>
    (await hub.detection.found({ limit: 200 })).filter((one) => one.person === person)
  const say = (fact: Fact) => hub.storage.transaction(async (tx) => hub.audit.append(tx, fact))
  const command = { kind: 'command' } as const

  const at = (path: string) => new URL(path, hub.issuer)
  /** The clock of these tests outruns sessions. */
  async function open({ agent, authenticator }: TestOperator, path: string): Promise<Answer> {
    const page = await agent.open(at(path))
    if (page.url.pathname !== '/operators/sign-in') return page
    await signIn(hub, agent, authenticator)
    return agent.open(at(path))
  }
  const press = ({ agent }: TestOperator, page: Answer, path: string, values: Record<string, string>) =>
    agent.submit(page, formOf(page, path), values)

  test('nothing was found yet: the page says so, with every rule', async () => {
    const page = await open(support, '/console/detection')
    assert.equal(page.status, 200)
    assert.match(textOf(page), /Nothing was found\./)
    assert.match(textOf(page), /One device, many identities .*No case concluded yet/)
    assert.equal((await open(support, '/console/detection/burst')).status, 200)
    assert.equal((await open(support, '/console/detection/nothing')).status, 404)
  })

  test('a burst becomes one case, however often and by however many processes it is looked at', async () => {
    const person = await burst()
    clock.advance(2 * minute)
    await Promise.all([hub.detection.look(), hub.detection.look(), hub.detection.look()])
    await look()
    const [found, ...more] = await foundOf(person)
    assert.ok(found && more.length === 0)
    assert.deepEqual(found.explanation, { services: 7, minutes: 6, usual: 1, new_device: 1 } satisfies Explanation)
    assert.equal(found.connections.length, 7)
    const [about] = await hub.cases.ofPerson(person)
    assert.equal(about?.id, found.case)
    const facts = (await factsOf(hub, 'detection.found')).filter((fact) => fact.person === person)
    assert.deepEqual(
      facts.map(({ rule, mode }) => [rule, mode]),
      [['burst', 'case']],
    )
  })

  test('another rule about the same lines adds to the case that is open', async () => {
    const person = await somebody()
    const device = newId('device')
    const strange: NewConnection['unusual'] = ['new_device', 'new_network', 'new_country', 'new_provider']
    await write(Array.from({ length: 6 }, (_, index) => line({ person, at: clock.now() - (index + 1) * 9 * day })))
    await write([line({ person, device, service: 'service-0', country: 'BR', unusual: strange })])
    await look()
    const again = Array.from({ length: 7 }, (_, index) =>
      line({ person, device, service: `service-${index}`, country: 'BR', unusual: strange }),
    )
    await write(again)
    await look()
    const found = await foundOf(person)
    assert.deepEqual(found.map(({ rule }) => rule).sort(), ['burst', 'new_everything'])
    assert.equal(new Set(found.map((one) => one.case)).size, 1)
    assert.equal((await hub.cases.ofPerson(person)).length, 1)
  })

  test('R090: eight identities on one device are eight cases; a ward of professionals is none', async () => {
    const device = newId('device')
    const [theirs, nurses] = [await many(8), await many(6)]
    const ward = newId('device')
    const shared: NewConnection['unusual'] = ['new_device', 'shared_device']
    await write(
      theirs.map((person, index) => line({ person, device, at: clock.now() - index * minute, unusual: shared })),
    )
    await write(nurses.map((person) => line({ person, device: ward, provider: 'federator', unusual: shared })))
    await look()
    assert.deepEqual((await Promise.all(nurses.map(foundOf))).flat(), [])
    const found = (await Promise.all(theirs.map(foundOf))).flat()
    assert.equal(found.length, 8)
    assert.equal(new Set(found.map((one) => one.case)).size, 8)
    assert.ok(found.every(({ rule, explanation }) => rule === 'device_many_identities' && explanation.identities === 8))
  })

  test('a provider where sign-ins fail by the dozen is no case, but stands on the page', async () => {
    await write(
      Array.from({ length: 40 }, () => {
        const { session: _, level: __, ...rest } = line({ state: 'refused', refusal: 'provider_refused' })
        return rest as NewConnection
      }),
    )
    await look()
    const [surge, ...more] = await hub.detection.surges()
    assert.ok(surge && more.length === 0)
    assert.deepEqual([surge.provider, surge.case, surge.explanation.refusals], ['tax', undefined, 40])
    const page = await open(support, '/console/detection')
    assert.match(textOf(page), /Unusual failures at a provider .*40 failures in one hour/)
    assert.match(textOf(await open(support, '/console')), /Unusual failures at a provider/)
    // The attack goes on: it is not told every five minutes.
    await look()
    assert.equal((await hub.detection.surges()).length, 1)
  })

  test('R125: what becomes of the cases is how good a rule is; a case that is taken up again counts no more', async () => {
    const persons = await Promise.all(Array.from({ length: 6 }, burst))
    await look()
    const cases = (await Promise.all(persons.map(foundOf))).map(([one]) => one?.case as CaseId)
    assert.ok(cases.every((one) => one !== undefined))
    const standing = async () =>
      (await hub.detection.standing()).find(({ rule }) => rule === 'burst') ?? assert.fail('no rule')
    const [first, second, ...others] = cases.map((one, index) => ({ case: one, person: persons[index] as PersonId }))
    assert.ok(first && second)
    await say({ name: 'case.concluded', data: { ...first, verdict: 'confirmed', waived: 0, actor: command } })
    await say({ name: 'case.concluded', data: { ...second, verdict: 'not_confirmed', waived: 0, actor: command } })
    await settle(hub)
    const { confirmed, concluded } = (await standing()).precision
    assert.deepEqual([confirmed, concluded], [1, 2])
    await say({ name: 'case.revised', data: { ...first, verdict: 'confirmed', actor: command } })
    for (const one of others) {
      await say({ name: 'case.closed', data: { ...one, reason: 'not_a_theft', verdict: null, actor: command } })
    }
    await settle(hub)
    const { precision, imprecise, proposal } = await standing()
    assert.deepEqual([precision.confirmed, precision.concluded, imprecise], [0, 5, true])
    // Nothing was ever confirmed: that it watches is what is proposed.
    assert.equal(proposal?.mode, 'watch')
    const page = await open(officer, '/console/detection')
    assert.match(textOf(page), /0 of 5 cases concluded, which is 0% \(between 0% and 43%/)
    assert.match(textOf(page), /This rule is wrong more often than it is right\. Proposed: Watching/)
    const list = await open(support, '/console/detection')
    assert.ok(!textOf(list).includes('See this proposal'), 'who may not tune is offered nothing')
  })

  test('a security officer tunes a rule: bounds, effect, confirmation, the second click, two at once', async () => {
    const path = '/console/detection/burst'
    const form = await open(officer, path)
    const wrong = await press(officer, form, path, { services: '2', act: 'review' })
    assert.equal(wrong.status, 422)
    assert.match(textOf(wrong), /Nothing was changed Different services must be from 3 to 30/)
    const review = await press(officer, form, path, { services: '8', act: 'review' })
    assert.match(
      textOf(review),
      /Still found Not found any more Confirmed 0 0 Not confirmed 0 5 Without an outcome 0 3/,
    )
    const back = await press(officer, review, path, { act: 'edit' })
    assert.match(back.body, /name="services"[^>]*value="8"/)
    const done = await press(officer, review, path, { act: 'confirm' })
    assert.match(textOf(done), /It is in force\. .*Different services 8 .*Tuned on .* by Karim Haddad/)
    assert.match(textOf(await press(officer, review, path, { act: 'confirm' })), /These values were in force already\./)
    const late = await press(officer, form, path, { services: '10', act: 'review' })
    assert.equal(late.status, 409)
    assert.match(textOf(late), /Somebody changed this meanwhile/)
    assert.match(late.body, /name="services"[^>]*value="10"/)
    const tuned = await factsOf(hub, 'detection.tuned')
    assert.deepEqual(tuned, [
      { rule: 'burst', mode: 'case', number: 1, actor: { kind: 'operator', id: officer.operator } },
    ])
    const many = await Promise.all(
      [9, 11].map((services) => {
        const parameters = { services, minutes: 20, times: 1.5, new_device: 1 }
        return hub.detection.tune('burst', { mode: 'case', parameters, seen: 1, actor: command })
      }),
    )
    assert.deepEqual(many.map(({ kind }) => kind).sort(), ['done', 'moved'])
  })

  test('others may look, and nobody else sees the page', async () => {
    const page = await open(support, '/console/detection/burst')
    assert.deepEqual(
      formsOf(page).filter(({ action }) => action.pathname.includes('detection')),
      [],
    )
    const administrator = await newOperator(hub, { roles: ['administrator'] })
    assert.equal((await open(administrator, '/console/detection')).status, 403)
    const french = await newOperator(hub, { roles: ['auditor'], language: 'fr' })
    assert.match(textOf(await open(french, '/console/detection')), /7 services différents en 6 minutes/)
    const arabic = await newOperator(hub, { roles: ['auditor'], language: 'ar' })
    for (const rule of detectionRules)
      assert.equal((await open(arabic, `/console/detection/${rule}`)).status, 200, rule)
  })

  test('a program reads the same, without a person', async () => {
    const program = await newProgram(hub, { scopes: ['cases:read'] })
    const rules = (await program.call('GET', '/detection/rules')).body.items
    assert.deepEqual(
      rules.map(({ rule }: { rule: string }) => rule),
      [...detectionRules],
    )
    const { items, next } = (await program.call('GET', '/detection/found?rule=burst&limit=2')).body
    assert.equal(items.length, 2)
    assert.ok(items.every((one: object) => !JSON.stringify(one).includes('per_')))
    const rest = (await program.call('GET', `/detection/found?rule=burst&cursor=${next}`)).body
    const all = await hub.detection.found({ rule: 'burst', limit: 200 })
    assert.deepEqual(
      [...items, ...rest.items].map(({ detection }: { detection: string }) => detection),
      all.map(({ id }) => id),
    )
    const other = await newProgram(hub, { scopes: ['jobs:read'] })
    assert.equal((await other.call('GET', '/detection/rules')).status, 403)
  })

  test('the command line prints the rules, and what it prints is what a simulation starts from', async () => {
    const said: string[] = []
    const out = { line: (text: string) => void said.push(text), warn: assert.fail }
    assert.equal(await runVerb(hub, { verb: 'detection.rules', args: { json: true } }, out), 0)
    const { number: _, rule: __, tuned, ...inForce } = await hub.detection.tuningOf('burst')
    assert.ok(tuned)
    assert.deepEqual(tuningsIn(said.join('\n')), { ...shippedTunings, burst: inForce })
    said.splice(0)
    assert.equal(await runVerb(hub, { verb: 'detection.rules', args: { json: false } }, out), 0)
    assert.match(said.join('\n'), /^burst +case +\d+ +\d+ +0 of 5 \(0 % to 43 %\) +imprecise$/m)
  })

  test('a rule that is off says nothing; one that watches opens no case', async () => {
    const tune = (mode: 'off' | 'watch', seen: number) =>
      hub.detection.tune('burst', {
        ...{ mode, seen, actor: command, parameters: { services: 6, minutes: 20, times: 1.5, new_device: 1 } },
      })
    const { number } = await hub.detection.tuningOf('burst')
    assert.equal((await tune('off', number)).kind, 'done')
    const silent = await burst()
    await look()
    assert.deepEqual(await foundOf(silent), [])
    assert.equal((await tune('watch', number + 1)).kind, 'done')
    const watched = await burst()
    await look()
    const [found] = await foundOf(watched)
    assert.ok(found && found.case === undefined)
    assert.deepEqual(await hub.cases.ofPerson(watched), [])
  })

  test('the job catches up with what it missed, and a long silence is no long stretch', async () => {
    const person = await somebody()
    const strange: NewConnection['unusual'] = ['new_device', 'new_network', 'new_country', 'new_provider']
    await write(Array.from({ length: 6 }, (_, index) => line({ person, at: clock.now() - (index + 1) * 9 * day })))
    await write([line({ person, service: 'service-0', country: 'BR', unusual: strange })])
    clock.advance(5 * hour)
    await hub.detection.look()
    await hub.detection.look()
    assert.equal((await foundOf(person)).length, 1)
  })

  test('who is erased is named no more, and that a rule was wrong is still counted', async () => {
    const [victim] = (await hub.detection.found({ rule: 'device_many_identities', limit: 1 })).map(
      ({ person }) => person,
    )
    assert.ok(victim)
    const before = (await hub.detection.standing()).map(({ precision }) => precision)
    await hub.storage.transaction((tx) => hub.people.erase(tx, victim))
    assert.deepEqual(await foundOf(victim), [])
    const { rows } = await sql<{ row: string }>`select d::text as row from detections d`.execute(hub.storage.db)
    assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(victim)))
    assert.deepEqual(
      (await hub.detection.standing()).map(({ precision }) => precision),
      before,
    )
  })

  test('R088: a card that is lent: those concerned are told once a month, nobody is stopped, operators see how many', async () => {
    const [device, other] = [newId('device'), newId('device')]
    const [manager, partner, third] = (await many(3)) as [PersonId, PersonId, PersonId]
    const signs = async (person: PersonId, on = device, card: string | null = `card ${person}`) => {
      const seen = { connection: newOrderedId('connection', clock.now()), person, service: 'service-1', device: on }
      await say({ name: 'representative.signed_in', data: { ...seen, phone: null, card } })
      await settle(hub)
      clock.advance(minute)
    }
    const told = async () => (await factsOf(hub, 'device.shared_by_representatives')).map(({ person }) => person)
    await signs(manager)
    await signs(manager)
    await signs(partner, other)
    assert.deepEqual(await told(), [], 'one person on a device is nobody’s business')
    assert.equal(await hub.sharing.isShared(device), false)
    await signs(partner)
    assert.deepEqual((await told()).toSorted(), [manager, partner].toSorted())
    assert.equal((await factsOf(hub, 'device.shared_by_representatives')).at(-1)?.people, 2)
    await signs(manager)
    await signs(third)
    assert.deepEqual((await told()).slice(2), [third], 'the others heard of it already')
    assert.equal(await hub.sharing.isShared(device), true)

    for (let one = 0; one < 3; one++) await signs(third, newId('device'))
    const [card] = await factsOf(hub, 'card.shared')
    assert.deepEqual(card, { person: third, devices: 4 })
    await signs(third, newId('device'))
    assert.equal((await factsOf(hub, 'card.shared')).length, 1)
    assert.deepEqual(await hub.sharing.counts(), { device: 1, phone: 0, card: 1 })
    const page = await open(officer, '/console/detection')
    assert.match(textOf(page), /Computers on which several representatives sign in 1/)

    await hub.storage.transaction((tx) => hub.people.erase(tx, third))
    assert.deepEqual(await hub.sharing.counts(), { device: 1, phone: 0, card: 0 })
    clock.advance(30 * day)
    assert.equal(await hub.sharing.isShared(device), false)
    await hub.sharing.sweep()
    const { rows } = await sql`select 1 from sharing_sightings`.execute(hub.storage.db)
    assert.equal(rows.length, 0)
  })

  test('what was found goes with the ledger', async () => {
    clock.advance(1_200 * day)
    await hub.detection.sweep()
    assert.deepEqual(await hub.detection.found({ limit: 10 }), [])
    assert.deepEqual(await hub.detection.surges(), [])
    // What is in force stays, however old.
    assert.equal((await hub.detection.tuningOf('burst')).mode, 'watch')
  })
})
