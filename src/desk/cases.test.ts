/**
 * Stolen identities at the desk: a provider's and a service's own cases, answered in parts, by colleagues at once and after
 * the outcome; what another partner has is not there. Reports, and the programs that do the same by the API.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { newApiKey } from '../../test/support/api-client.ts'
import { newVictim, signInAs } from '../../test/support/cases.ts'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf } from '../../test/support/operators.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { newStaff, signInAtDesk, type TestStaff } from '../../test/support/staff.ts'
import { type Answer, textOf } from '../../test/support/user-agent.ts'
import type { Case, Party } from '../cases/cases.ts'
import { createTranslator } from '../http/messages.ts'
import { partyScopeNames } from '../kernel/api-scopes.ts'
import { day, hour, second } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { checks, duties, measuresOf } from '../policy/case-flow.ts'
import { ownCasesMessages } from './cases-messages.ts'
import { breachDecisions, reportWrongs } from './cases-pages.ts'
import { ownProgramsMessages } from './programs-messages.ts'

const command = { kind: 'command' } as const
const name = (text: string) => ({ fr: text, en: text, ar: text })
let clock: TestClock
let hub: TestHub
/** Of the partner of the service. */
let officer: TestStaff
let colleague: TestStaff
let technician: TestStaff
/** Of the partner of the provider. */
let banker: TestStaff
let people = 0

before(async () => {
  clock = mockProcessClock({ mock })
  hub = await startTestHub({ clock })
  const connector = {
    ...{ kind: 'oidc', issuer: 'http://localhost:9/bank', clientId: 'hub', scopes: ['openid'] },
    clientSecret: { danger_plain: 'a secret of this provider alone, 0123456789abcdef' },
  }
  await hub.publish([
    {
      ...{ id: 'health', name: name('Health'), contacts: { security: 'soc@health.example' } },
      services: [serviceEntry('refunds', { name: name('Refunds') })],
    },
    {
      ...{ id: 'bank', name: name('Bank'), contacts: { security: 'soc@bank.example' } },
      providers: [{ id: 'bank-id', name: name('Bank account'), connector, allowedLevels: ['eidas1', 'eidas2'] }],
    },
    { id: 'town', name: name('Town'), services: [] },
  ])
  const of = (partner: string, role: 'administrator' | 'technician' | 'security_contact', mail: string) =>
    newStaff(hub, { partner, roles: [role], mail, name: `Somebody of ${mail}`, language: 'en' })
  officer = await of('health', 'security_contact', 'amina@health.example')
  colleague = await of('health', 'administrator', 'paul@health.example')
  technician = await of('health', 'technician', 'tom@health.example')
  banker = await of('bank', 'administrator', 'lina@bank.example')
  await settle(hub)
  hub.smtp.mails.splice(0)
})
beforeEach(() => clock.advance(second))
after(async () => {
  await hub?.close()
  mock.timers.reset()
})

const open = ({ agent }: Pick<TestStaff, 'agent'>, path: string) => agent.open(`${hub.issuer}${path}`)
const pathOf = ({ id }: Pick<Party, 'id'>) => `/desk/cases/${id}`

const press = (
  { agent }: Pick<TestStaff, 'agent'>,
  page: Answer,
  action: string,
  fields: Record<string, string> = {},
): Promise<Answer> => agent.submit(page, formOf(page, action), fields)

interface Told {
  person: PersonId
  case: Case
  service: Party
  provider: Party
}

/** Somebody reported a sign-in to the service by the provider, and operators told both. */
async function told(): Promise<Told> {
  people++
  const victim = await newVictim(hub, { name: `${'ABCDEFGHIJ'[people]}`, provider: 'bank-id' })
  const { person } = victim
  const { sector } = hub.partners.registry().services.get('refunds') ?? assert.fail()
  await hub.people.subjectFor(hub.storage.db, person, sector)
  const { id } = await signInAs({ ...hub, clock }, victim, { service: 'refunds' })
  const actor = { kind: 'person', id: person } as const
  const opened = await hub.cases.open({ person, connections: [id], words: 'Ce n’était pas moi.', actor })
  assert.ok(opened.kind === 'opened')
  const answers = Object.fromEntries(checks.map((check) => [check, 'unknown'])) as never
  const { version } = opened.case
  const qualified = await hub.cases.qualify(opened.case.id, { checks: answers, seen: version, actor: command })
  assert.ok(qualified.kind === 'done', qualified.kind)
  const notified = await hub.cases.notify(opened.case.id, { seen: qualified.case.version, actor: command })
  assert.ok(notified.kind === 'done', JSON.stringify(notified))
  const parties = await hub.cases.parties(opened.case.id)
  const of = (side: Party['side']) => parties.find((one) => one.side === side) ?? assert.fail(side)
  return { person, case: notified.case, service: of('service'), provider: of('provider') }
}

test('every word of a closed list has its words, in each language', () => {
  const translate = createTranslator(ownCasesMessages, ownProgramsMessages)
  const keys = [
    ...[...measuresOf.provider, ...measuresOf.service].map((one) => `own_case.measure.${one}`),
    ...duties.map((one) => `own_case.duty.${one}`),
    ...breachDecisions.map((one) => `own_case.breach.${one}`),
    ...reportWrongs.map((one) => `own_report.wrong.${one}`),
    ...partyScopeNames.map((one) => `programs.scope.${one}`),
  ]
  for (const language of languages) {
    const values = { most: 1, date: '', distance: '', count: 1, name: '', zone: '', hub: '', reference: '', level: '' }
    for (const key of keys) assert.ok(translate(language)(key, values), key)
  }
})

describe('the cases of a partner', () => {
  test('R109, R110: each reads its own subject, reference, date and time, and nothing of the other', async () => {
    const { case: it, service, provider } = await told()
    const pages = { service: await open(officer, pathOf(service)), provider: await open(banker, pathOf(provider)) }
    const own = { service, provider }
    for (const side of ['service', 'provider'] as const) {
      const [page, mine, other] = [pages[side], own[side], own[side === 'service' ? 'provider' : 'service']]
      assert.equal(page.status, 200)
      const [{ at } = assert.fail()] = mine.moments
      const utc = new Date(at).toISOString().replace('.000', '')
      for (const shown of [mine.reference, mine.subject, mine.txn, utc]) assert.ok(page.body.includes(shown), shown)
      assert.match(textOf(page), /Central European (Summer |Standard )?Time/)
      for (const hidden of [other.reference, other.subject, other.txn, other.object, other.id, it.reference, it.id]) {
        assert.ok(!page.body.includes(hidden), `${side} reads ${hidden}`)
      }
      assert.doesNotMatch(page.body, /CANARI|Angéla|Ce n’était pas moi/)
    }
    assert.match(textOf(pages.provider), /Protect|suspend/i)
    assert.match(textOf(pages.service), /If the theft is confirmed, protecting/)
  })

  test('R128: those of another partner, of nobody, and of who may not, are not there', async () => {
    const { service, provider } = await told()
    const denials = async () => (await factsOf(hub, 'staff.denied')).length
    const before = await denials()
    assert.equal((await open(officer, pathOf(provider))).status, 404)
    assert.equal(await denials(), before + 1, 'that it was asked for is a fact')
    assert.equal((await open(banker, pathOf(service))).status, 404)
    const page = await open(banker, pathOf(provider))
    const form = { ...formOf(page, pathOf(provider)), action: new URL(pathOf(service), hub.issuer) }
    const posted = await banker.agent.submit(page, form, { finding: 'confirmed' })
    assert.ok([403, 404].includes(posted.status), String(posted.status))
    assert.equal((await hub.cases.partyOf(service.id))?.answers.length, 0)
    for (const path of ['/desk/cases/pty_0000000000000000000000', '/desk/cases/refunds']) {
      assert.equal((await open(officer, path)).status, 404, path)
    }
    for (const path of ['/desk/cases', pathOf(service), '/desk/report']) {
      const denied = await open(technician, path)
      assert.deepEqual([denied.status, /not for your role/.test(denied.body)], [403, true], path)
    }
    assert.doesNotMatch((await open(technician, '/desk')).body, /desk\/cases/)
  })

  test('what waits comes first, overdue ones are marked, at home too; answered ones are elsewhere', async () => {
    const { service } = await told()
    const list = await open(officer, '/desk/cases')
    assert.match(list.body, new RegExp(`${service.reference}.*Answer awaited`, 's'))
    assert.match((await open(officer, '/desk')).body, /wait for your answer/)
    clock.advance(6 * day)
    await comeAgain()
    const late = await open(officer, '/desk/cases')
    assert.match(textOf(late), /Overdue/)
    assert.match(textOf(await open(officer, '/desk')), /Overdue .* was due before/)
    assert.match((await open(officer, '/desk/cases?state=answered')).body, /No case was answered yet/)
    assert.match((await open(officer, '/desk/cases?state=all')).body, new RegExp(service.reference))
    const empty = await newStaff(hub, {
      partner: 'town',
      roles: ['administrator'],
      mail: 'e@town.example',
      language: 'en',
    })
    assert.match((await open(empty, '/desk/cases')).body, /No case waits for an answer/)
    assert.match((await open(empty, '/desk/cases?state=all')).body, /No case concerns you/)
    assert.match((await open(empty, '/desk/report')).body, /has to be published/)
  })
})

/** Sessions of staff are over after hours: they come again. */
async function comeAgain(): Promise<void> {
  for (const { agent, authenticator } of [officer, colleague, technician, banker]) {
    await signInAtDesk(hub, agent, authenticator)
  }
}

describe('an answer', () => {
  test('R117, R124: is given in parts, each added to the last, and a second click answers once', async () => {
    const { provider } = await told()
    const path = pathOf(provider)
    const first = await open(banker, path)
    const part = { measures: 'account_suspended', analysis: 'Two transfers.\r\nBoth held back.', duties: 'protect' }
    const done = await press(banker, first, path, part)
    assert.match(`${done.url}`, /done=answered/)
    assert.match(textOf(done), /Account suspended.*Two transfers/s)
    const again = await press(banker, first, path, part)
    assert.match(`${again.url}`, /done=answered/, 'the same press twice')
    const begun = await hub.cases.partyOf(provider.id)
    assert.deepEqual([begun?.answers.length, begun?.finding, begun?.answers[0]?.via], [1, undefined, 'desk'])
    assert.match((await open(banker, '/desk/cases')).body, /Answer begun/)
    const second = await press(banker, await open(banker, path), path, { finding: 'confirmed' })
    assert.match(textOf(second), /You confirmed it/)
    const now = await hub.cases.partyOf(provider.id)
    assert.equal(now?.finding, 'confirmed')
    assert.deepEqual(
      now?.duties.filter(({ doneAt }) => doneAt !== undefined).map(({ duty }) => duty),
      ['protect', 'feedback'],
    )
    assert.match((await open(banker, '/desk/cases?state=answered')).body, new RegExp(provider.reference))
    const facts = (await factsOf(hub, 'case.answered')).filter(({ party }) => party === provider.id)
    assert.deepEqual(
      facts.map(({ finding, via, actor }) => [finding, via, actor]),
      [
        [null, 'desk', { kind: 'staff', id: banker.staff }],
        ['confirmed', 'desk', { kind: 'staff', id: banker.staff }],
      ],
    )
  })

  test('two colleagues at once: the second reads what is new, and what they typed is still there', async () => {
    const { service } = await told()
    const path = pathOf(service)
    const [mine, theirs] = [await open(officer, path), await open(colleague, path)]
    await press(colleague, theirs, path, { analysis: 'The address was changed.', finding: 'confirmed' })
    const typed = { analysis: 'Nothing unusual here.', finding: 'not_confirmed', measures: 'sessions_ended' }
    const conflict = await press(officer, mine, path, typed)
    assert.equal(conflict.status, 409)
    assert.match(textOf(conflict), /changed since you opened the page.*The address was changed/s)
    assert.match(conflict.body, /Nothing unusual here\.<\/textarea>/)
    assert.match(conflict.body, /id="measures-sessions_ended"[^>]* checked/)
    assert.equal((await hub.cases.partyOf(service.id))?.finding, 'confirmed', 'nothing of it was taken')
    const sent = await press(officer, conflict, path, typed)
    assert.match(`${sent.url}`, /done=answered/)
    assert.equal((await hub.cases.partyOf(service.id))?.finding, 'not_confirmed')
  })

  test('R120: what is wrong is said, and what was typed stays', async () => {
    const { provider } = await told()
    const path = pathOf(provider)
    const cases: [Record<string, string>, RegExp][] = [
      [{}, /says nothing yet/],
      [{ breach: 'notify' }, /Say why there is, or is not, a breach/],
      [{ breach: 'undecided', breach_reason: 'logs', aware_at: '2031-01-01T10:00' }, /cannot lie ahead/],
      [{ breach: 'undecided', breach_reason: 'logs', aware_at: 'soon' }, /cannot be read/],
      [{ analysis: 'x'.repeat(4_001) }, /too long/],
    ]
    for (const [fields, said] of cases) {
      const page = await press(banker, await open(banker, path), path, fields)
      assert.deepEqual([page.status, said.test(page.body)], [422, true], `${said}`)
      if (fields.breach_reason) assert.match(page.body, /logs<\/textarea>/)
    }
    const page = await open(banker, path)
    const broken = await press(banker, page, path, { seen: 'x', finding: 'confirmed' })
    assert.equal(broken.status, 400)
    const awareAt = new Date(clock.now() - 2 * hour).toISOString().slice(0, 13)
    const assessed = await press(banker, page, path, {
      ...{ breach: 'notify', breach_reason: 'data of one person', aware_at: `${awareAt}:00` },
    })
    assert.match(textOf(assessed), /Your 72 hours last until/)
    assert.equal((await hub.cases.partyOf(provider.id))?.answers[0]?.breach?.decision, 'notify')
  })

  test('R123: once the theft is confirmed a service has more to do; a late answer is taken and changes nothing', async () => {
    const { case: it, service, provider } = await told()
    await press(banker, await open(banker, pathOf(provider)), pathOf(provider), { finding: 'confirmed' })
    await press(officer, await open(officer, pathOf(service)), pathOf(service), { finding: 'confirmed' })
    const found = await hub.cases.find(it.id)
    const end = { verdict: 'confirmed', reason: 'both partners confirm it', seen: found?.version ?? 0 } as const
    assert.equal((await hub.cases.conclude(it.id, { ...end, actor: command })).kind, 'done')
    const page = await open(officer, pathOf(service))
    assert.match(textOf(page), /The theft is confirmed.*It is now yours to protect/s)
    const late = await press(officer, page, pathOf(service), { finding: 'not_confirmed' })
    assert.match(textOf(late), /after the outcome, which it does not change/)
    assert.equal((await hub.cases.find(it.id))?.verdict, 'confirmed')
  })
})

describe('R104: a report of a partner', () => {
  test('gets the same answer whether the subject is known or not, once for two clicks', async () => {
    const { person } = await told()
    const { sector } = hub.partners.registry().services.get('refunds') ?? assert.fail()
    const subject = await hub.people.subjectFor(hub.storage.db, person, sector)
    const said: string[] = []
    for (const [index, one] of [subject, 'nobody-has-this-subject'].entries()) {
      const page = await open(officer, '/desk/report')
      const fields = { of: 'service/refunds', subject: one, words: `A refund to another account ${index}.` }
      const sent = await press(officer, page, '/desk/report', fields)
      const again = await press(officer, page, '/desk/report', fields)
      const reference = sent.url.searchParams.get('done') ?? ''
      assert.match(sent.body, new RegExp(`Reference:.*${reference}`, 's'))
      assert.equal(again.url.searchParams.get('done'), reference)
      said.push(textOf({ body: sent.body.split('<section')[0] ?? '' }).replaceAll(reference, '…'))
    }
    assert.equal(said[0], said[1])
    assert.doesNotMatch((await open(banker, '/desk/report')).body, /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}<\/bdi>/)
  })

  test('is about one’s own alone, names somebody, and keeps what was typed', async () => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ of: 'service/refunds' }, /Give the identifier/],
      [{ of: 'provider/bank-id', subject: 'x' }, /Choose one of your services/],
      [{ of: 'service/refunds', code: 'K7QX' }, /mistyped/],
      [{ of: 'service/refunds', subject: 'x', from: '2026-02-31T10:00' }, /beginning cannot be read/],
      [
        { of: 'service/refunds', subject: 'x', from: '2026-11-02T10:00', until: '2026-11-01T10:00' },
        /before the beginning/,
      ],
      [{ of: 'service/refunds', subject: 'x', words: 'x'.repeat(2_001) }, /Too long/],
    ]
    for (const [fields, said] of cases) {
      const page = await press(officer, await open(officer, '/desk/report'), '/desk/report', {
        ...{ words: 'typed before', ...fields },
      })
      assert.deepEqual([page.status, said.test(page.body)], [422, true], `${said}`)
      if (!fields.words) assert.match(page.body, /typed before<\/textarea>/)
    }
  })
})

describe('programs of a partner', () => {
  const path = '/desk/programs'

  test('are registered by an administrator, for one of their own, once; the security mailbox hears', async () => {
    const { publicJwk } = await newApiKey('ES256', 'soc')
    const page = await open(colleague, path)
    const fields = {
      ...{ name: 'Security centre', party: 'service/refunds', scopes: 'party:cases:read' },
      jwks: JSON.stringify({ keys: [publicJwk] }),
    }
    for (const [wrong, said] of [
      [{ jwks: '{"keys": 7}' }, /no JSON text/],
      [{ jwks: JSON.stringify({ keys: [{ ...publicJwk, d: 'AAAA' }] }) }, /private part/],
      [{ party: 'provider/bank-id' }, /Acts for/],
      [{ scopes: 'jobs:read' }, /What it may do/],
    ] as const) {
      const refused = await press(colleague, page, path, { ...fields, ...wrong })
      assert.deepEqual([refused.status, said.test(refused.body)], [422, true], `${said}`)
      assert.match(refused.body, /value="Security centre"/)
    }
    assert.equal((await hub.apiClients.listOf('health')).length, 0)
    const made = await press(colleague, page, path, fields)
    assert.match(`${made.url}`, /\/desk\/programs\/api_[\w-]+\?done=registered/)
    const again = await press(colleague, page, path, fields)
    assert.equal(again.url.pathname, made.url.pathname)
    const [program, ...others] = await hub.apiClients.listOf('health')
    assert.deepEqual([others, program?.party?.id, program?.scopes], [[], 'refunds', ['party:cases:read']])
    assert.match((await open(technician, path)).body, /Security centre/)
    assert.doesNotMatch((await open(technician, path)).body, /name="jwks"/)
    assert.doesNotMatch((await open(banker, path)).body, /Security centre/)
    assert.equal((await open(banker, made.url.pathname)).status, 404)
    await settle(hub)
    const letters = hub.smtp.mails.splice(0).filter(({ text }) => /program was registered/.test(text))
    assert.deepEqual(
      letters.map(({ to }) => to.join()),
      ['soc@health.example'],
      'and no operator',
    )
  })

  test('exchange events that whoever runs them can follow, of their own alone', async () => {
    assert.match((await open(banker, '/desk/signals')).body, /None of your programs/)
    assert.match((await open(technician, '/desk/signals')).body, /No stream was made/)
    const [program] = await hub.apiClients.listOf('health')
    const speaks = {
      client: program?.client ?? assert.fail(),
      side: 'service',
      object: 'refunds',
      partner: 'health',
    } as const
    const made = await hub.transmitter.create(speaks, { delivery: { method: 'poll' } })
    assert.ok(made !== 'exists')
    const page = await open(technician, '/desk/signals')
    assert.match(textOf(page), new RegExp(`${made.id}.*fetched by your program.*Last delivered never`))
    assert.ok(!(await open(banker, '/desk/signals')).body.includes(made.id))
  })

  test('get other keys and are removed by administrators alone; who is late is told', async () => {
    const [program] = await hub.apiClients.listOf('health')
    const own = `${path}/${program?.client}`
    const page = await open(colleague, own)
    const keys = async (kid: string) => JSON.stringify({ keys: [(await newApiKey('ES256', kid)).publicJwk] })
    assert.match(`${(await press(colleague, page, `${own}/keys`, { jwks: await keys('second') })).url}`, /done=keys/)
    const late = await press(colleague, page, `${own}/keys`, { jwks: await keys('third') })
    assert.deepEqual([late.status, /third/.test(late.body)], [409, true])
    const look = await open(technician, own)
    assert.deepEqual([look.status, /\/keys"|\/remove"/.test(look.body)], [200, false])
    assert.equal((await press(colleague, page, `${own}/remove`)).status, 422)
    assert.match(`${(await press(colleague, page, `${own}/remove`, { sure: 'yes' })).url}`, /done=removed/)
    assert.match(`${(await press(colleague, page, `${own}/remove`, { sure: 'yes' })).url}`, /done=unchanged/)
    assert.deepEqual(await hub.apiClients.listOf('health'), [])
    assert.deepEqual(
      (await factsOf(hub, 'api_client.removed')).map(({ partner, object, actor }) => [partner, object, actor.kind]),
      [['health', 'refunds', 'staff']],
    )
  })
})
