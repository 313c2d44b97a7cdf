/**
 * What a partner does with itself: its own record, a provider that it prepares, a draft from an older version, the roles
 * of a colleague, a service that it takes away and brings back; and what it hears of the operators' answers.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { mockProcessClock } from '../../test/support/clock.ts'
import { providerEntry, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf, newOperator, type TestOperator } from '../../test/support/operators.ts'
import { startProvider, type TestProvider } from '../../test/support/provider.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { newStaff, signInAtDesk, type TestStaff } from '../../test/support/staff.ts'
import { type Answer, formTo } from '../../test/support/user-agent.ts'
import type { Editor } from '../partners/versions.ts'
import { runVerb } from '../verbs.ts'

const clock = mockProcessClock({ mock })
const operators: Editor = { hand: 'operators', actor: { kind: 'command' } }
const name = (text: string) => ({ fr: text, en: text, ar: text })
let hub: TestHub
let tax: TestProvider
let administrator: TestStaff
let technician: TestStaff
let stranger: TestStaff
let operator: TestOperator

before(async () => {
  ;[hub, tax] = await Promise.all([startTestHub({ clock }), startProvider({ id: 'tax', acr: 'eidas1', clock })])
  const contacts = (domain: string) => ({
    administrative: `office@${domain}`,
    technical: `it@${domain}`,
    security: `soc@${domain}`,
  })
  await hub.publish([
    {
      id: 'health',
      name: name('Health'),
      contacts: contacts('health.example'),
      services: [
        serviceEntry('refunds', { scopes: ['openid', 'email'] }),
        serviceEntry('single', { providers: ['tax'] }),
      ],
      providers: [providerEntry(tax, { name: name('Tax identity') })],
    },
    { id: 'post', name: name('Post'), contacts: contacts('post.example') },
  ])
  const of = (partner: string, roles: readonly ['administrator' | 'technician'], mail: string) =>
    newStaff(hub, { partner, roles, mail, name: `Somebody of ${mail}`, language: 'en' })
  administrator = await of('health', ['administrator'], 'amina@health.example')
  technician = await of('health', ['technician'], 'tom@health.example')
  stranger = await of('post', ['administrator'], 'paul@post.example')
  operator = await newOperator(hub, { roles: ['administrator'] })
  await letters()
})
after(async () => {
  await hub?.close()
  await tax?.close()
  mock.timers.reset()
})

const open = ({ agent }: Pick<TestStaff, 'agent'>, path: string) => agent.open(`${hub.issuer}${path}`)
const press = async (
  who: Pick<TestStaff, 'agent'>,
  path: string,
  action: string,
  fields: Record<string, string> = {},
): Promise<Answer> => {
  const page = await open(who, path)
  return who.agent.submit(page, formOf(page, action), fields)
}
const letters = async () => {
  await settle(hub)
  const all = hub.smtp.mails.splice(0)
  return all.map(({ to, headers, text }) => ({ to: to.join(), about: headers.get('subject') ?? '', text }))
}

describe('the record of a partner', () => {
  test('its administrator changes whom it is written to, and publishes; its name is the operators’ to publish', async () => {
    const draft = '/desk/partner/draft'
    await press(administrator, '/desk/partner', `${draft}/open`)
    const saved = await press(administrator, draft, draft, {
      'contacts.technical': 'machines@health.example',
      'name.en': 'Health for all',
    })
    assert.match(saved.body, /The draft is saved/)
    const refused = await open(administrator, `${draft}/review`)
    assert.equal(refused.status, 422)
    assert.match(refused.body, /Name in English/)
    await press(administrator, draft, draft, { 'name.en': 'Health' })
    const done = await press(administrator, `${draft}/review`, `${draft}/review`)
    assert.match(`${done.url}`, /\/desk\/partner\?done=published/)
    assert.equal(hub.partners.partner('health')?.contacts?.technical, 'machines@health.example')
    const lost = (await letters()).map(({ to }) => to)
    assert.deepEqual(lost, ['it@health.example'], 'who is written to no more hears of it, once')
    await press(administrator, '/desk/partner', `${draft}/open`)
    await press(administrator, draft, draft, { 'name.en': 'Health for all' })
    const review = await open({ agent: operator.agent }, '/console/partners/health/draft')
    await operator.agent.submit(review, formOf(review, '/console/partners/health/draft'), {})
    assert.equal(hub.partners.partner('health')?.name.en, 'Health for all')
  })

  test('a technician reads it, and another partner’s is at no address', async () => {
    const page = await open(technician, '/desk/partner')
    assert.deepEqual([page.status, /Only administrators/.test(page.body)], [200, true])
    assert.equal((await open(technician, '/desk/partner/draft')).status, 403)
    const theirs = await open(stranger, '/desk/partner')
    assert.match(theirs.body, /Post/)
    assert.doesNotMatch(theirs.body, /Health/)
  })
})

describe('a provider that a partner prepares', () => {
  test('is drafted at the desk, has a page before it is published, and is published by operators', async () => {
    const begun = await press(administrator, '/desk/new-provider', '/desk/new-provider', { id: 'health-card' })
    assert.equal(begun.url.pathname, '/desk/providers/health-card/draft')
    const page = await open(technician, '/desk/providers/health-card')
    assert.deepEqual([page.status, /Not published yet|never published/i.test(page.body)], [200, true])
    for (const list of ['/desk', '/desk/providers']) assert.match((await open(technician, list)).body, /health-card/)
    assert.equal((await open(stranger, '/desk/providers/health-card')).status, 404)
    const draft = '/desk/providers/health-card/draft'
    const { connector } = providerEntry(tax) as { connector: Record<string, string | string[]> }
    await press(technician, draft, draft, {
      'name.fr': 'Carte',
      'name.en': 'Card',
      'name.ar': 'بطاقة',
      allowedLevels: 'eidas1',
      'connector.issuer': String(connector.issuer),
      'connector.clientId': 'hub',
      'connector.scopes': 'openid',
      clientSecret: 'a secret of this provider alone, 0123456789abcdef',
    })
    const review = await open(administrator, `${draft}/review`)
    assert.match(review.body, /the operators of the hub publish it/)
    const listed = await open({ agent: operator.agent }, '/console/providers')
    assert.match(listed.body, /In preparation/)
    const theirs = await open({ agent: operator.agent }, '/console/providers/health-card')
    assert.deepEqual([theirs.status, /This provider is not published/.test(theirs.body)], [200, true])
    const look = await open({ agent: operator.agent }, '/console/providers/health-card/draft')
    const answer = await operator.agent.submit(look, formOf(look, '/console/providers/health-card/draft'), {})
    assert.match(`${answer.url}`, /done=published/, answer.body.slice(0, 3_000))
    assert.ok(hub.partners.registry().providers.has('health-card'))
    const known = await open(technician, '/desk/providers/health-card')
    assert.match(known.body, /Card/)
  })

  test('by operators, never published, it has a page too', async () => {
    await hub.partners.versions.open({ kind: 'provider', id: 'begun-there' }, operators, { partner: 'health' })
    assert.equal((await open({ agent: operator.agent }, '/console/providers/begun-there')).status, 200)
    assert.equal((await open(technician, '/desk/providers/begun-there')).status, 200)
    assert.equal((await open({ agent: operator.agent }, '/console/providers/nobody-there')).status, 404)
  })
})

test('R083: a warning names the provider as everybody reads it, at the desk and on the operators’ pages', async () => {
  for (const path of ['/desk', '/desk/services/single', '/desk/services/single/versions/1']) {
    assert.match((await open(technician, path)).body, /Tax identity is the only provider/, path)
  }
  for (const path of ['/console/services', '/console/services/single', '/console/services/single/versions/1']) {
    assert.match((await open(operator, path)).body, /Tax identity is the only provider/, path)
  }
})

test('a draft begins from an older version, unless one is there already', async () => {
  const { versions } = hub.partners
  const subject = { kind: 'service', id: 'refunds' } as const
  const opened = await versions.open(subject, operators)
  assert.ok(opened.kind === 'opened')
  const { entry, edit } = opened.draft
  await versions.save(subject, { entry: { ...entry, homepage: 'http://localhost:1/other' }, edit }, operators)
  const look = await versions.look(subject, operators)
  assert.ok(look?.draft && look.published !== undefined)
  await versions.publish(subject, { edit: look.draft.edit, over: look.published }, operators)
  const draft = '/desk/services/refunds/draft'
  const from = () => press(technician, '/desk/services/refunds/versions', `${draft}/open`)
  assert.doesNotMatch((await from()).body, /A draft was there already/)
  assert.equal((await versions.draft(subject, operators))?.entry.homepage, entry.homepage, 'that of the version chosen')
  assert.match((await from()).body, /A draft was there already/)
  await press(technician, draft, `${draft}/discard`, { sure: 'yes' })
})

describe('roles of a colleague', () => {
  const pathOf = ({ staff }: TestStaff) => `/desk/colleagues/${staff}`
  const change = (by: TestStaff, whose: TestStaff, role: string) =>
    press(by, `${pathOf(whose)}?change=roles`, `${pathOf(whose)}/roles`, { role })

  test('are changed by an administrator; the sessions end, and the person and the mailboxes hear, once each', async () => {
    await letters()
    const done = await change(administrator, technician, 'security_contact')
    assert.match(done.body, /their roles are changed/)
    assert.match((await open(technician, '/desk')).url.pathname, /sign-in/)
    const told = await letters()
    assert.deepEqual(told.map(({ to }) => to).sort(), [
      'office@health.example',
      'soc@health.example',
      'tom@health.example',
    ])
    for (const { text } of told) assert.match(text, /Role: Security contact/)
    const { before, roles, actor } = (await factsOf(hub, 'staff.roles_changed')).at(-1) ?? assert.fail()
    assert.deepEqual(
      [before, roles, actor],
      [['technician'], ['security_contact'], { kind: 'staff', id: administrator.staff }],
    )
    const home = await signInAtDesk(hub, technician.agent, technician.authenticator)
    assert.match(home.body, /Security contact/)
    assert.equal((await open(technician, '/desk/services/refunds/draft')).status, 403)
    // Pressed twice, it is so already, and nobody hears again.
    assert.match((await change(administrator, technician, 'security_contact')).body, /class="notice"/)
    assert.deepEqual(await letters(), [])
  })

  test('the last administrator stays one; nobody is left without a role; of another partner nobody is there', async () => {
    assert.match(`${(await change(administrator, administrator, 'technician')).url}`, /done=last_administrator/)
    const page = await open(administrator, `${pathOf(technician)}?change=roles`)
    const form = formTo(page, /\/roles$/)
    const fields = Object.fromEntries(Object.entries(form.fields).filter(([field]) => field !== 'role'))
    const none = await administrator.agent.submit(page, { ...form, fields } as typeof form, {})
    assert.match(`${none.url}`, /done=no_role/)
    assert.equal((await open(stranger, `${pathOf(technician)}?change=roles`)).status, 404)
    assert.equal((await open(technician, `${pathOf(administrator)}?change=roles`)).status, 403)
  })
})

describe('answers of the operators', () => {
  test('each is told once to each administrator, with the reason of a refusal', async () => {
    const { versions } = hub.partners
    const subject = { kind: 'service', id: 'refunds' } as const
    const by: Editor = {
      hand: 'partner',
      actor: { kind: 'staff', id: administrator.staff },
      partner: 'health',
      roles: ['administrator'],
    }
    const opened = await versions.open(subject, by)
    assert.ok(opened.kind === 'opened')
    const { entry, edit } = opened.draft
    const why = 'Letters of the fund are addressed by it.'
    const scopes = ['openid', 'email', 'gender', 'birthdate', 'given_name']
    const justifications = { gender: why, birthdate: why, given_name: why }
    await versions.save(subject, { entry: { ...entry, scopes, justifications }, edit }, by)
    const look = await versions.look(subject, by)
    assert.ok(look?.draft && look.published !== undefined)
    await versions.publish(subject, { edit: look.draft.edit, over: look.published }, by)
    const asked = await versions.scopes(operators, { service: 'refunds', state: 'asked' })
    assert.equal(asked.length, 3)
    await letters()
    const askedAt = asked[0]?.askedAt ?? 0
    await versions.grantScope('refunds', { scope: 'gender', askedAt }, operators)
    await versions.refuseScope('refunds', { scope: 'birthdate', askedAt, reason: 'An age is enough.' }, operators)
    const answers = await letters()
    assert.deepEqual(answers.map(({ to, about }) => [to, /granted/.test(about), /refused/.test(about)]).sort(), [
      ['amina@health.example', false, true],
      ['amina@health.example', true, false],
    ])
    assert.match(answers.find(({ about }) => /refused/.test(about))?.text ?? '', /An age is enough\./)
    // Granted by a publication of the operators themselves.
    const begun = await versions.open(subject, operators)
    assert.ok(begun.kind === 'opened')
    const wider = [...(begun.draft.entry.scopes as string[]), 'given_name']
    const saved = await versions.save(
      subject,
      {
        ...begun.draft,
        entry: { ...begun.draft.entry, scopes: wider, justifications: { gender: why, given_name: why } },
      },
      operators,
    )
    assert.ok(saved.kind === 'saved')
    const now = await versions.look(subject, operators)
    const seen = { edit: saved.draft.edit, ...(now?.published === undefined ? {} : { over: now.published }) }
    assert.equal((await versions.publish(subject, seen, operators)).kind, 'published')
    assert.deepEqual(
      (await letters()).map(({ to, about }) => [to, /given_name.*granted/.test(about)]),
      [['amina@health.example', true]],
    )
  })
})

describe('taking a service away', () => {
  const path = '/desk/services/refunds'

  test('shows what it would do, is done by who is sure, and is undone by the same hand', async () => {
    const page = await open(administrator, `${path}/withdraw`)
    assert.match(page.body, /Nobody is signed in to it at the moment/)
    const form = formOf(page, `${path}/withdraw`)
    const unsure = await administrator.agent.submit(page, form, {})
    assert.deepEqual([unsure.status, hub.partners.registry().services.has('refunds')], [422, true])
    const done = await administrator.agent.submit(page, form, { sure: 'yes' })
    assert.match(done.body, /The service is withdrawn/)
    assert.equal(hub.partners.registry().services.has('refunds'), false)
    assert.deepEqual((await factsOf(hub, 'partners.published')).at(-1)?.change, 'archived')
    const again = await administrator.agent.submit(page, form, { sure: 'yes' })
    assert.match(again.body, /Your team withdrew this service/)
    assert.deepEqual(await hub.partners.versions.scopes(operators, { service: 'refunds' }), [], 'nothing is granted')

    const [newest] = (await hub.partners.versions.history({ kind: 'service', id: 'refunds' }, operators)) ?? []
    const back = `${path}/versions/${newest?.number}`
    const shown = await open(administrator, back)
    assert.equal(shown.status, 200, /role="alert".{0,1500}/s.exec(shown.body)?.[0] ?? '')
    const undone = await press(administrator, back, back)
    assert.match(`${undone.url}`, /done=undone/, undone.body.slice(0, 3_000))
    const service = hub.partners.registry().services.get('refunds')
    assert.deepEqual(service?.scopes, ['openid'], 'data is asked anew')
    assert.ok((await hub.partners.versions.scopes(operators, { service: 'refunds', state: 'asked' })).length > 0)
  })

  test('only an administrator does it; who was overtaken is shown what is so now', async () => {
    assert.equal((await open(technician, `${path}/withdraw`)).status, 403)
    assert.equal((await open(stranger, `${path}/withdraw`)).status, 404)
    const page = await open(administrator, `${path}/withdraw`)
    const { versions } = hub.partners
    const subject = { kind: 'service', id: 'refunds' } as const
    const opened = await versions.open(subject, operators)
    assert.ok(opened.kind === 'opened')
    const { entry, edit } = opened.draft
    await versions.save(subject, { entry: { ...entry, homepage: 'http://localhost:1/third' }, edit }, operators)
    const look = await versions.look(subject, operators)
    assert.ok(look?.draft && look.published !== undefined)
    await versions.publish(subject, { edit: look.draft.edit, over: look.published }, operators)
    const late = await administrator.agent.submit(page, formOf(page, `${path}/withdraw`), { sure: 'yes' })
    assert.deepEqual([late.status, hub.partners.registry().services.has('refunds')], [409, true])
  })

  test('what operators took away, operators bring back', async () => {
    const lines: string[] = []
    const out = { line: (text: string) => void lines.push(text), warn: (text: string) => void lines.push(text) }
    assert.equal(await runVerb(hub, { verb: 'withdraw', args: { id: 'refunds' } }, out), 0, lines.join())
    assert.equal(await runVerb(hub, { verb: 'withdraw', args: { id: 'refunds' } }, out), 3)
    const [newest] = (await hub.partners.versions.history({ kind: 'service', id: 'refunds' }, operators)) ?? []
    const back = await open(administrator, `${path}/versions/${newest?.number}`)
    assert.deepEqual([back.status, /only the operators|bring it back/i.test(back.body)], [422, true])
    assert.equal(
      await runVerb(
        hub,
        { verb: 'undo', args: { kind: 'service', id: 'refunds', number: newest?.number, dryRun: false } },
        out,
      ),
      0,
      lines.join(),
    )
    assert.ok(hub.partners.registry().services.has('refunds'))
  })
})
