/** Cases of misuse before operators, on a whole hub, over HTTP: by pages, by a program, on the command line. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { newProgram } from '../../test/support/api-client.ts'
import { newVictim, signInAs, type Victim } from '../../test/support/cases.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, type TestHub } from '../../test/support/hub.ts'
import { startOperationsHub } from '../../test/support/operations.ts'
import { formOf, newOperator, signIn, type TestOperator } from '../../test/support/operators.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { type Answer, formsOf, linksOf, textOf } from '../../test/support/user-agent.ts'
import type { Case, CaseStatistics, Party } from '../cases/cases.ts'
import { createTranslator } from '../http/messages.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { type CaseId, newId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { ownProvider } from '../partners/vocabulary.ts'
import { checks, type Verdict } from '../policy/case-flow.ts'
import { runVerb } from '../verbs.ts'
import { casesMessages } from './cases-messages.ts'
import { unitsOf } from './cases-pages.ts'
import { monthsUpTo, objectsOf, statisticsCsv } from './cases-statistics.ts'
import { checkField, proposalOf, waiveField } from './cases-steps.ts'

describe('in numbers and words', () => {
  test('a deadline is told in the greatest unit of which there are two', () => {
    const table: [length: number, unit: string, count: number][] = [
      [0, 'minutes', 0],
      [59 * minute, 'minutes', 59],
      [119 * minute, 'minutes', 119],
      [2 * hour, 'hours', 2],
      [47.9 * hour, 'hours', 47],
      [2 * day, 'days', 2],
      [5 * day - 1, 'days', 4],
    ]
    for (const [length, unit, count] of table) assert.deepEqual(unitsOf(length), { unit, count }, String(length))
  })

  test('what is counted has its sentence in every language', () => {
    const translate = createTranslator(casesMessages)
    for (const language of languages) {
      const t = translate(language)
      for (const count of [0, 1, 2, 5, 11, 100]) {
        for (const unit of ['minutes', 'hours', 'days']) {
          const keys = [`cases.due.left.${unit}`, `cases.due.late.${unit}`, `cases.lasted.${unit}`]
          for (const key of keys) assert.match(t(key, { count }), /\S/, `${language} ${key}`)
        }
        for (const verdict of ['confirmed', 'not_confirmed', 'none']) {
          assert.match(t(`cases.conclude.proposal.${verdict}`, { confirmed: count, denied: count }), /\S/)
        }
      }
    }
  })

  test('months go back over the turn of the year', () => {
    assert.deepEqual(monthsUpTo('2027-02', 4), ['2026-11', '2026-12', '2027-01', '2027-02'])
    assert.equal(monthsUpTo('2026-01', 36)[0], '2023-02')
  })

  test('the answers propose a verdict: who confirms outweighs, who says nothing does not count', () => {
    const said = (...findings: (Verdict | undefined)[]) =>
      proposalOf(findings.map((finding) => (finding ? { finding } : {}))).verdict
    assert.equal(said(), undefined)
    assert.equal(said(undefined, undefined), undefined)
    assert.equal(said('not_confirmed', undefined), 'not_confirmed')
    assert.equal(said('not_confirmed', 'confirmed'), 'confirmed')
  })

  test('figures of partners are summed over months, the most told first; the file has all of them', () => {
    const row = { month: '2026-11', side: 'service', object: 'b', count: 1, answered: 1, confirmed: 1 } as const
    const statistics: CaseStatistics = {
      months: [{ month: '2026-11', origin: 'form', match: 'no_trace', reason: 'no_trace', open: false, count: 3 }],
      objects: [
        { ...row, object: 'a', notConfirmed: 0, late: 0 },
        { ...row, notConfirmed: 0, late: 1 },
        { ...row, month: '2026-12', notConfirmed: 0, late: 1 },
      ],
      times: [{ month: '2026-11', firstAnswer: 1_000 }],
      rules: [{ rule: 'burst', opened: 2, confirmed: 1, notConfirmed: 0 }],
    }
    assert.deepEqual(
      objectsOf(statistics.objects, 'service').map(({ object, count, late }) => [object, count, late]),
      [
        ['b', 2, 2],
        ['a', 1, 0],
      ],
    )
    assert.deepEqual(objectsOf(statistics.objects, 'provider'), [])
    const lines = statisticsCsv(statistics).trim().split('\r\n')
    assert.equal(lines.length, 1 + 1 + 3 + 1 + 1)
    assert.ok(lines.every((line) => line.split(',').length === 17))
    assert.match(lines[1] ?? '', /"cases","2026-11","form","no_trace","","no_trace","closed"/)
  })
})

describe('cases before operators', () => {
  let hub: TestHub
  let support: TestOperator
  let officer: TestOperator
  let auditor: TestOperator
  let manager: TestOperator
  let names = 0
  const clock = mockProcessClock({ mock })
  const at = (path: string) => new URL(path, hub.issuer)
  const open = (who: TestOperator, path: string) => who.agent.open(at(path))
  const pageOf = (who: TestOperator, id: CaseId) => open(who, `/console/cases/${id}`)
  const paths = (page: Answer) => formsOf(page).map(({ action }) => action.pathname.split('/').at(-1))
  /** A press of a button of a page, whatever became of the case since it was opened. */
  const press = (who: TestOperator, page: Answer, id: CaseId, step: string, values: Record<string, string>) =>
    who.agent.submit(page, formOf(page, `/console/cases/${id}/${step}`), values)

  before(async () => {
    hub = await startOperationsHub({ clock, providers: 'few' })
    const named = (name: string) => ({ fr: name, en: name, ar: name })
    const other = serviceEntry('harbour', { name: named('Harbour'), sector: 'harbour.example' })
    await hub.publish([{ id: 'port', name: named('Port'), services: [other], providers: [] }])
    support = await newOperator(hub, { roles: ['support'], name: 'Sofia Rossi' })
    officer = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
    auditor = await newOperator(hub, { roles: ['auditor'] })
    manager = await newOperator(hub, { roles: ['means_manager'] })
  })
  after(async () => {
    await hub?.close()
    mock.timers.reset()
  })

  async function later(time: number): Promise<void> {
    clock.advance(time)
    for (const { agent, authenticator } of [support, officer, auditor, manager]) {
      await signIn(hub, agent, authenticator)
    }
  }

  async function somebody(provider?: string): Promise<Victim> {
    names += 1
    const name = [...String(names)].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('')
    return newVictim(hub, { name, ...(provider ? { provider } : {}) })
  }

  /** Reported by the person: a sign-in to `refunds`, and one to `harbour` in the same session. */
  async function reported(words = 'It was not me.'): Promise<{ one: Case; victim: Victim }> {
    const victim = await somebody()
    const first = await signInAs({ ...hub, clock }, victim, { service: 'refunds' })
    await signInAs({ ...hub, clock }, victim, {
      service: 'harbour',
      ...(first.session ? { session: first.session } : {}),
    })
    const { person } = victim
    const actor = { kind: 'person', id: person } as const
    const outcome = await hub.cases.open({ person, connections: [first.id], words, actor })
    return 'case' in outcome ? { one: outcome.case, victim } : assert.fail(outcome.kind)
  }

  const answers = Object.fromEntries(checks.map((check) => [checkField(check), 'yes']))

  async function qualified(): Promise<Case> {
    const { one } = await reported()
    await press(support, await pageOf(support, one.id), one.id, 'qualify', { ...answers, stolen: 'password' })
    return one
  }

  async function told(): Promise<Case> {
    const one = await qualified()
    const preview = await open(officer, `/console/cases/${one.id}/notify`)
    await press(officer, preview, one.id, 'notify', {})
    return one
  }

  const answered = (party: Party, finding: Verdict | undefined) =>
    hub.cases.answer(party.id, party, {
      answer: {
        ...(finding ? { finding } : {}),
        ...{ measures: ['account_blocked'], duties: ['feedback'], analysis: 'Seen from a rented server.' },
      },
      ...{ seen: party.version, key: newId('approval'), via: 'desk', actor: { kind: 'staff', id: newId('staff') } },
    })

  test('R103 R108 R124: from the report to the outcome; what each operator does is a fact', async () => {
    const { one, victim } = await reported('Somebody was in my account.\nI was asleep.')
    const { id } = one
    const page = await pageOf(support, id)
    assert.match(textOf(page), /Somebody was in my account/)
    assert.match(textOf(page), /The person, from their space/)
    assert.ok(!page.body.includes('CANARI') && !page.body.includes('198.51.100.7'), 'no name, no address')
    assert.deepEqual(paths(page).sort(), ['close', 'note', 'qualify', 'sign-out'])
    assert.deepEqual((await factsOf(hub, 'case.read')).at(-1)?.actor, { kind: 'operator', id: support.operator })

    const unsure = await press(support, page, id, 'qualify', { note: 'Called at nine.' })
    assert.equal(unsure.status, 422)
    assert.match(textOf(unsure), /An answer, a choice or a reason is missing/)
    assert.match(unsure.body, /Called at nine\./, 'what was typed is still there')
    const done = await press(support, unsure, id, 'qualify', { ...answers, stolen: 'password' })
    assert.match(textOf(done), /The qualification is recorded/)
    assert.match(textOf(done), /Checks .*What was taken, if it is known A password/)
    assert.ok(!linksOf(done).some(({ pathname }) => pathname.endsWith('/notify')), 'support tells nobody')
    assert.equal((await open(support, `/console/cases/${id}/notify`)).status, 403)

    const [link] = linksOf(await pageOf(officer, id)).filter(({ pathname }) => pathname.endsWith('/notify'))
    const preview = await officer.agent.open(link ?? assert.fail())
    assert.match(textOf(preview), /3 receivers get/)
    for (const name of ['Postal identity', 'Refunds', 'Harbour']) assert.ok(textOf(preview).includes(name), name)
    assert.deepEqual(await hub.cases.parties(id), [], 'nothing is sent by looking')
    const sent = await press(officer, preview, id, 'notify', {})
    assert.match(textOf(sent), /The partners are told/)
    assert.match(textOf(sent), /0 of 3 answered/)
    assert.match(textOf(sent), /in 5 days/)
    assert.match(textOf(sent), /3 partners have not answered and there is time left/)
    const again = await press(officer, preview, id, 'notify', {})
    assert.deepEqual(
      [again.status, (await hub.cases.parties(id)).length],
      [200, 3],
      'a second click tells nobody twice',
    )

    const parties = await hub.cases.parties(id)
    assert.equal(new Set(parties.map(({ reference }) => reference)).size, 3)
    for (const party of parties) await answered(party, party.side === 'provider' ? 'confirmed' : 'not_confirmed')
    const ready = await pageOf(officer, id)
    assert.match(textOf(ready), /1 partner confirms, 2 say otherwise. Proposed: confirm/)
    assert.match(textOf(ready), /account blocked/)
    assert.equal(formOf(ready, `/console/cases/${id}/conclude`).fields.verdict, 'confirmed', 'as proposed')
    const empty = await press(officer, ready, id, 'conclude', { reason: ' ' })
    assert.equal(empty.status, 422)
    const concluded = await press(officer, ready, id, 'conclude', { reason: 'The provider saw it.' })
    assert.match(textOf(concluded), /Misuse confirmed/)

    const revised = await press(officer, concluded, id, 'revise', { reason: 'A second look.' })
    assert.match(textOf(revised), /The conclusion is taken back/)
    await press(officer, revised, id, 'conclude', { verdict: 'not_confirmed', reason: 'It was a brother.' })
    const last = await pageOf(support, id)
    const closed = await press(support, last, id, 'close', { reason: 'settled' })
    assert.match(textOf(closed), /The case is closed/)
    assert.deepEqual(paths(closed).sort(), ['note', 'sign-out'])
    const story = textOf(closed).split('Timeline')[1] ?? ''
    assert.match(story, /Closed.*Sofia Rossi.*Concluded.*Karim Haddad.*taken back.*Told.*Qualified.*Opened/)

    await settle(hub)
    const by = (actor: { kind: string; id?: string } | undefined) => actor?.id
    assert.equal(by((await factsOf(hub, 'case.qualified')).at(-1)?.actor), support.operator)
    assert.equal(by((await factsOf(hub, 'case.notified')).at(-1)?.actor), officer.operator)
    assert.deepEqual(
      (await factsOf(hub, 'case.concluded')).slice(-2).map(({ verdict, person }) => [verdict, person]),
      [
        ['confirmed', victim.person],
        ['not_confirmed', victim.person],
      ],
    )
    assert.equal(by((await factsOf(hub, 'case.closed')).at(-1)?.actor), support.operator)

    const entry = (page: Awaited<ReturnType<typeof pageOf>>) =>
      linksOf(page).find(({ pathname }) => /^\/console\/breaches\/brc_/.test(pathname))?.pathname
    const register = entry(await pageOf(officer, id))
    assert.ok(register, 'the register has an entry, which the case leads to')
    assert.equal((await open(officer, register)).status, 200)
    assert.equal(entry(await pageOf(support, id)), undefined)
  })

  test('R128: who reads sees no form, and no evidence; who manages means reads no case', async () => {
    const { one } = await reported()
    const page = await pageOf(auditor, one.id)
    assert.equal(page.status, 200)
    assert.deepEqual(paths(page), ['sign-out'])
    assert.ok(!linksOf(page).some(({ pathname }) => pathname.endsWith('/evidence')))
    assert.equal((await open(auditor, `/console/cases/${one.id}/evidence`)).status, 403)
    assert.equal((await pageOf(manager, one.id)).status, 403)
    assert.equal((await pageOf(support, newId('case'))).status, 404)
  })

  test('R109: the frozen evidence has the address, the port and UTC; opening it is a fact of its own', async () => {
    const { one } = await reported()
    const before = (await factsOf(hub, 'case.evidence_read')).length
    const [link] = linksOf(await pageOf(support, one.id)).filter(({ pathname }) => pathname.endsWith('/evidence'))
    assert.equal((await factsOf(hub, 'case.evidence_read')).length, before)
    const page = await support.agent.open(link ?? assert.fail())
    assert.match(textOf(page), /198\.51\.100\.7:44300/)
    assert.match(textOf(page), /2026-11-22T\d\d:\d\d:\d\d\.\d{3}Z/)
    assert.match(textOf(page), /Morocco/)
    assert.match(textOf(page), /Harbour/, 'of the same session')
    const actor = { kind: 'operator', id: support.operator }
    assert.deepEqual((await factsOf(hub, 'case.evidence_read')).at(-1)?.actor, actor)
  })

  test('two at once: the second sees what happened and keeps what they wrote', async () => {
    const one = await qualified()
    const [mine, theirs] = [await pageOf(support, one.id), await pageOf(officer, one.id)]
    await press(officer, theirs, one.id, 'close', { reason: 'duplicate' })
    const late = await press(support, mine, one.id, 'qualify', { ...answers, note: 'The brother called.' })
    assert.equal(late.status, 409)
    assert.match(textOf(late), /Something happened in this case since you opened the page/)
    assert.match(textOf(late), /What you had written The brother called\./)
    const both = await press(support, mine, one.id, 'close', { reason: 'settled' })
    assert.equal(both.status, 409, 'closed by somebody else, for another reason')
    assert.doesNotMatch(textOf(both), /What you had written/, 'a choice is no text')
    const again = await press(officer, theirs, one.id, 'close', { reason: 'duplicate' })
    assert.equal(again.status, 200, 'the same press again')
    assert.equal((await hub.cases.find(one.id))?.closed?.reason, 'duplicate')
  })

  test('a note is kept once, for operators; it moves nobody’s form', async () => {
    const { one } = await reported()
    const page = await pageOf(support, one.id)
    const noted = await press(support, page, one.id, 'note', { text: 'Calls back\r\non Monday.' })
    assert.match(textOf(noted), /The note is added/)
    await press(support, page, one.id, 'note', { text: 'Calls back\r\non Monday.' })
    const notes = (await hub.cases.timeline(one.id)).filter(({ what }) => what === 'note')
    assert.deepEqual(
      notes.map(({ text }) => text),
      ['Calls back\non Monday.'],
    )
    const closed = await press(officer, await pageOf(officer, one.id), one.id, 'close', { reason: 'not_a_theft' })
    assert.match(textOf(closed), /Nobody else had used the identity/)
  })

  test('a code that is nobody’s or somebody else’s: said here, and no partner can be told', async () => {
    const foreign = await signInAs({ ...hub, clock }, await somebody(), { service: 'refunds' })
    for (const [code, match, says] of [
      [foreign.reference, 'not_matching', /The code and the identity do not belong together/],
      ['0000-0000-0000', 'no_trace', /No trace/],
    ] as const) {
      const { person } = await somebody()
      await hub.cases.reportCodes({ person, codes: [code], words: '', actor: { kind: 'person', id: person } })
      await settle(hub)
      const [one = assert.fail(match)] = await hub.cases.queue({ match, limit: 2 })
      const page = await pageOf(officer, one.id)
      assert.match(textOf(page), says)
      assert.match(textOf(page), /No partner can be told|lead to no connection|leads to no connection/)
      await press(support, await pageOf(support, one.id), one.id, 'qualify', answers)
      assert.ok(!linksOf(await pageOf(officer, one.id)).some(({ pathname }) => pathname.endsWith('/notify')))
      const preview = await open(officer, `/console/cases/${one.id}/notify`)
      assert.match(textOf(preview), /there is nobody to tell/)
      assert.ok(!paths(preview).includes('notify'))
    }
  })

  test('an account of the hub itself is a task for the managers of means, who learn nothing else', async () => {
    const victim = await somebody(ownProvider)
    const line = await signInAs({ ...hub, clock }, victim, { service: 'refunds' })
    const { person } = victim
    const words = 'Secret words.'
    const outcome = await hub.cases.open({
      person,
      connections: [line.id],
      words,
      actor: { kind: 'person', id: person },
    })
    const { id, reference } = 'case' in outcome ? outcome.case : assert.fail(outcome.kind)
    const page = await pageOf(support, id)
    assert.match(textOf(page), /A task for the managers of means/)
    const list = await open(manager, '/console/cases/means')
    assert.ok(textOf(list).includes(reference))
    assert.ok(!list.body.includes(words))
    assert.ok(linksOf(list).some(({ pathname }) => pathname === `/console/people/${person}`))
    await press(support, page, id, 'close', { reason: 'no_answer' })
    assert.ok(!textOf(await open(manager, '/console/cases/means')).includes(reference))
  })

  test('R104: the queue: what is due first, by state and partner, by any reference, page by page', async () => {
    const one = await told()
    const [party] = (await hub.cases.parties(one.id)).filter(({ object }) => object === 'harbour')
    const list = await open(auditor, '/console/cases')
    const first = linksOf(list).find(({ pathname }) => pathname.startsWith('/console/cases/cas_'))
    assert.equal((await hub.cases.find(first?.pathname.split('/')[3] as CaseId))?.state, 'notified')
    assert.match(textOf(list), /Answers due: in 5 days \(/)
    for (const reference of [one.reference, party?.reference ?? '', ` ${one.reference.toLowerCase()} `]) {
      const found = await open(auditor, `/console/cases?q=${encodeURIComponent(reference)}`)
      assert.equal(found.url.pathname, `/console/cases/${one.id}`, reference)
    }
    const missing = await open(auditor, '/console/cases?q=AAAA-AAAA-AAA')
    assert.deepEqual([missing.status, /No case has this reference/.test(textOf(missing))], [404, true])

    const listed = async (query: string) => {
      const page = await open(auditor, `/console/cases?${query}`)
      return linksOf(page).filter(({ pathname }) => pathname.startsWith('/console/cases/cas_')).length
    }
    const count = async (query: Parameters<TestHub['cases']['queue']>[0]) => (await hub.cases.queue(query)).length
    const limit = 25
    assert.equal(await listed('state=notified'), await count({ state: 'notified', limit }))
    assert.equal(await listed('state=closed'), await count({ state: 'closed', limit }))
    assert.equal(await listed('service=harbour'), await count({ state: 'open', service: 'harbour', limit }))
    assert.equal(await listed('provider=tax'), 0)
    assert.equal(await listed('origin=hub'), 0)
    assert.equal(await listed('overdue=1'), 0)
    assert.match(textOf(await open(auditor, '/console/cases?provider=tax')), /No case matches/)

    for (let times = 0; times < 26; times++) await reported('')
    const [page, rest] = [await listed(''), await hub.cases.queue({ state: 'open', limit: 100 })]
    assert.equal(page, 25)
    const next = linksOf(await open(auditor, '/console/cases')).find(({ search }) => search.startsWith('?after='))
    const second = await auditor.agent.open(next ?? assert.fail('no second page'))
    const seen = linksOf(second).filter(({ pathname }) => pathname.startsWith('/console/cases/cas_'))
    assert.deepEqual(
      seen.map(({ pathname }) => pathname.split('/')[3]),
      rest.slice(25, 50).map(({ id }) => id),
    )
  })

  test('R105: reports of many people are a rise, told on the home with the warning that stands ready', async () => {
    // Those of the tests before are more than it takes: each is about somebody else, none of them was usual.
    const home = await open(officer, '/console')
    assert.match(textOf(home), /Reports of misused identities rise/)
    assert.match(textOf(home), /Postal identity: \d+ people in seven days, 0 in a usual week/)
    const [ready] = linksOf(home).filter(({ search }) => search === '?ready=reports')
    const form = await officer.agent.open(ready ?? assert.fail('no warning stands ready'))
    assert.match(form.body, /More misused identities than usual are reported/)
    assert.deepEqual(hub.notices.inForce(), [], 'operators decide')
    const { all, providers } = await hub.caseTrend.trend()
    assert.ok(all.rises && all.recent >= 26)
    assert.deepEqual(
      providers.map(({ provider }) => provider),
      ['post'],
    )
  })

  test('R105: what counts is people, not reports: no code that leads nowhere, no detection of the hub’s own', async () => {
    const count = async () => (await hub.caseTrend.trend()).all.recent
    const before = await count()
    const { victim } = await reported()
    assert.equal(await count(), before + 1)
    const { person } = victim
    const actor = { kind: 'person', id: person } as const
    const again = await signInAs({ ...hub, clock }, victim, { service: 'justice' })
    await hub.cases.open({ person, connections: [again.id], words: '', actor })
    const foreign = await somebody()
    await hub.cases.reportCodes({ person: foreign.person, codes: ['0000-0000-0000'], words: '', actor })
    const seen = await somebody()
    const line = await signInAs({ ...hub, clock }, seen, { service: 'justice' })
    const explanation = { services: 9, minutes: 12, usual: 2, new_device: 1 }
    const detected = { person: seen.person, connections: [line.id], rule: 'burst', explanation }
    assert.equal((await hub.cases.openDetected(detected)).kind, 'opened')
    assert.equal(await count(), before + 1)
    const [one = assert.fail('no case')] = await hub.cases.queue({ rule: 'burst', limit: 1 })
    assert.match(
      textOf(await pageOf(support, one.id)),
      /What was detected Many services at once 9 different services in 12 minutes/,
    )
  })

  test('R124: who does not answer is late, and is waived with a reason', async () => {
    const one = await told()
    const [silent, ...others] = await hub.cases.parties(one.id)
    for (const party of others) await answered(party, 'confirmed')
    await later(5 * day + 3 * hour)
    const list = await open(support, '/console/cases?overdue=1')
    assert.match(textOf(list), /overdue by 3 hours/)
    const page = await pageOf(officer, one.id)
    const field = waiveField(silent?.id ?? assert.fail())
    const why = { verdict: 'confirmed', reason: 'Two saw it.' }
    const kept = await press(officer, page, one.id, 'conclude', why)
    assert.equal(kept.status, 409)
    assert.match(textOf(kept), /has not answered in time: say why/)
    assert.match(kept.body, /Two saw it\./)
    const done = await press(officer, kept, one.id, 'conclude', { ...why, [field]: 'Called twice.' })
    assert.match(textOf(done), /The conclusion is recorded/)
    assert.match(textOf(done), /Not waited for any longer Called twice\./)
    assert.equal((await factsOf(hub, 'case.concluded')).at(-1)?.waived, 1)
  })

  test('R125: statistics by month, origin, partner and outcome, as charts with tables and as a file', async () => {
    const page = await open(auditor, '/console/cases/statistics?months=3')
    const text = textOf(page)
    assert.match(text, /The person, from their space \d+ \d+ \d+/)
    assert.match(text, /By service .*Harbour \d+ \d+/)
    assert.match(text, /By identity provider .*Postal identity/)
    assert.match(text, /Until the first answer/)
    assert.ok(page.body.includes('<svg'))
    const file = await open(auditor, '/console/cases/statistics.csv?months=3')
    assert.match(String(file.headers['content-disposition']), /cases-3-months\.csv/)
    assert.match(file.body, /"parties","2026-11",.*"service","harbour"/)
    assert.equal((await open(manager, '/console/cases/statistics')).status, 403)
    await later(400 * day)
    assert.match(textOf(await open(auditor, '/console/cases/statistics?months=12')), /No case was opened in this time/)
  })

  test('R100: a program goes the same way, by versions and within its scopes; evidence stays here', async () => {
    const { one } = await reported()
    const { id } = one
    const worker = await newProgram(hub, { scopes: ['cases:read', 'cases:write'] })
    const decider = await newProgram(hub, { scopes: ['cases:read', 'cases:decide'] })
    const { body: found } = await worker.call('POST', '/cases/search', { body: { reference: one.reference } })
    assert.equal(found.items[0].case, id)
    const { body: read, headers } = await worker.call('GET', `/cases/${id}`)
    assert.deepEqual([read.words, read.connections.length, read.parties], ['It was not me.', 1, []])
    assert.ok(!JSON.stringify(read).includes('198.51.100.7'))
    const ifMatch = { 'if-match': String(headers.get('etag')) }
    const body = { checks: Object.fromEntries(checks.map((check) => [check, 'yes'])) }
    assert.equal((await worker.call('POST', `/cases/${id}/qualify`, { body })).status, 428)
    const { status, body: after } = await worker.call('POST', `/cases/${id}/qualify`, { body, headers: ifMatch })
    assert.deepEqual([status, after.state], [200, 'qualified'])
    assert.equal((await worker.call('POST', `/cases/${id}/qualify`, { body, headers: ifMatch })).status, 412)
    const now = { 'if-match': `"${after.version}"` }
    assert.equal((await worker.call('POST', `/cases/${id}/notify`, { headers: now })).status, 403)
    const { body: route } = await decider.call('GET', `/cases/${id}/route`)
    assert.equal(route.items.length, 3)
    const { body: sent } = await decider.call('POST', `/cases/${id}/notify`, { headers: now })
    assert.equal(sent.state, 'notified')
    const verdict = { verdict: 'confirmed', reason: 'Sure.' }
    const headersNow = { 'if-match': `"${sent.version}"` }
    const early = await decider.call('POST', `/cases/${id}/conclude`, { body: verdict, headers: headersNow })
    assert.deepEqual([early.status, early.body.detail], [409, 'A partner has not answered, and its time is not over.'])
    const { body: timeline } = await worker.call('GET', `/cases/${id}/timeline`)
    assert.deepEqual([timeline.items.at(-1).what, timeline.items.at(-1).by.kind], ['opened', 'person'])
    assert.equal((await worker.call('GET', '/cases/trend')).body.all.rises, false)
    assert.equal((await worker.call('GET', '/cases/cas_none')).status, 404)
  })

  test('R100: the command line lists, reads and closes', async () => {
    const { one } = await reported('Words for the terminal.')
    const run = async (verb: string, args: Record<string, unknown>) => {
      const lines: string[] = []
      const out = { line: (text: string) => lines.push(text), warn: (text: string) => lines.push(text) }
      const exit = await runVerb(hub, { verb, args }, out as never)
      return { exit, text: lines.join('\n') }
    }
    const list = { state: 'received', limit: 50, overdue: false, json: false }
    assert.ok((await run('cases.list', list)).text.includes(one.reference))
    const shown = await run('cases.show', { reference: one.reference, json: false })
    assert.match(shown.text, /> Words for the terminal\./)
    assert.deepEqual((await factsOf(hub, 'case.read')).at(-1)?.actor, { kind: 'command' })
    const close = () => run('cases.close', { reference: one.reference, reason: 'not_a_theft' })
    assert.deepEqual([(await close()).exit, (await close()).exit], [0, 3])
    assert.equal((await run('cases.show', { reference: 'AAAA-AAAA-AAA', json: true })).exit, 3)
  })
})
