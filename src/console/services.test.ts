/** Services, partners and what takes two operators, on the operators' pages of a whole hub, over HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { enrolPerson, formOf, newOperator, type TestOperator } from '../../test/support/operators.ts'
import { dump, factsOf, settle } from '../../test/support/records.ts'
import { type Answer, formsOf, textOf } from '../../test/support/user-agent.ts'
import { day, minute } from '../kernel/durations.ts'
import { newId, newOrderedId } from '../kernel/ids.ts'
import type { Editor, Subject } from '../partners/versions.ts'

const named = (text: string) => ({ fr: text, en: text, ar: text })
const reason = 'A contractor left yesterday.'
const why = 'The certificate that this service prints names the place.'
const subject = { kind: 'service', id: 'refunds' } as const

describe('services, partners, and two operators for one change', () => {
  let hub: TestHub
  let angela: TestOperator
  let karim: TestOperator
  let auditor: TestOperator
  const clock = mockProcessClock({ mock })

  before(async () => {
    hub = await startTestHub({ clock })
    const many = Array.from({ length: 120 }, (_, index) =>
      serviceEntry(`town-${index}`, { name: named(`Town hall ${index}`), sector: 'town.example' }),
    )
    const contacts = { security: 'soc@health.example' }
    await hub.publish([
      {
        id: 'health',
        name: named('Health'),
        contacts,
        services: [serviceEntry('refunds', { sensitive: true }), serviceEntry('records', { minimumLevel: 'eidas3' })],
        providers: [],
      },
      { id: 'town', name: named('Town'), services: many, providers: [] },
    ])
    angela = await newOperator(hub, { roles: ['administrator'], name: 'Angela Dubois' })
  })
  after(async () => {
    await hub.close()
    mock.timers.reset()
  })

  const at = (path: string) => new URL(path, hub.issuer)
  const open = ({ agent }: TestOperator, path: string) => agent.open(at(path))
  const press = ({ agent }: TestOperator, page: Answer, path: string, values: Record<string, string> = {}) =>
    agent.submit(page, formOf(page, path), values)
  const versions = () => hub.partners.versions
  /** Arrives; a job may be in the hands of the hub itself. */
  async function letter(to: string, subject: RegExp): Promise<void> {
    const isThere = () => hub.smtp.mails.some((mail) => mail.to.includes(to) && subject.test(mail.raw))
    for (let tries = 0; tries < 1_200 && !isThere(); tries++) {
      await settle(hub)
      if (!isThere()) await delay(50)
    }
    assert.ok(isThere(), `${to}: ${subject}`)
  }
  const staff: Editor = {
    hand: 'partner',
    actor: { kind: 'staff', id: newId('staff') },
    partner: 'health',
    roles: ['administrator'],
  }
  const byAngela = (): Editor => ({ hand: 'operators', actor: { kind: 'operator', id: angela.operator } })

  /** A draft with a change, saved. */
  async function draft(editor: Editor, changes: Record<string, unknown>, of: Subject = subject) {
    const begun = await versions().open(of, editor)
    const { entry, edit } = 'draft' in begun && begun.draft ? begun.draft : assert.fail(begun.kind)
    const saved = await versions().save(of, { entry: { ...entry, ...changes }, edit }, editor)
    assert.equal(saved.kind, 'saved')
  }
  async function publish(editor: Editor, of: Subject = subject) {
    const look = (await versions().look(of, editor)) ?? assert.fail('no draft')
    const over = look.published === undefined ? {} : { over: look.published }
    return versions().publish(of, { edit: look.draft?.edit ?? 0, ...over }, editor)
  }

  test('DESIGN 8: alone in a fresh hub, an operator is told whom to invite and what the command line does', async () => {
    const page = await open(angela, '/console/approvals')
    assert.match(textOf(page), /Nobody else can confirm .*garant operator invite .*garant keys rotate/)
    assert.match(textOf(page), /Nobody can tell you by letter/)
    karim = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
    auditor = await newOperator(hub, { roles: ['auditor'], name: 'Sam Martin' })
    await hub.operators.writeTo(karim.operator, { mail: 'karim@hub.example', language: 'en' }, { kind: 'command' })
    assert.doesNotMatch(textOf(await open(angela, '/console/approvals')), /Nobody else can confirm/)
  })

  test('DESIGN 8: keys are asked for by one operator and changed when another confirms; each press twice changes it once', async () => {
    const form = await open(angela, '/console/keys')
    const chosen = { purpose: 'client', what: 'rotate' }
    const short = await press(angela, form, '/console/keys', { ...chosen, reason: 'because' })
    assert.equal(short.status, 422)
    assert.match(textOf(short), /Nothing was asked Say why.*because/)
    assert.equal((await press(angela, form, '/console/keys', { reason })).status, 422)
    const asked = await press(angela, form, '/console/keys', { ...chosen, reason })
    assert.match(textOf(asked), /The request is written down.*One other operator can confirm/)
    const again = await press(angela, form, '/console/keys', { ...chosen, reason })
    assert.equal(again.url.pathname, asked.url.pathname)
    assert.equal((await factsOf(hub, 'approval.asked')).length, 1)
    const path = asked.url.pathname
    assert.ok(!formsOf(asked).some(({ action }) => action.pathname.endsWith('/confirm')), 'not by who asked')
    assert.ok(!formsOf(await open(auditor, path)).some(({ action }) => action.pathname.startsWith('/console')))
    await letter('karim@hub.example', /a change waits for a second person/)
    assert.ok(!hub.smtp.mails.some(({ raw }) => /join\/|approvals\//.test(raw)), 'no letter has a link')
    assert.match(textOf(await open(karim, '/console')), /Requests that take two 1/)

    const page = await open(karim, path)
    assert.match(textOf(page), /Asked by Angela Dubois .*A contractor left yesterday\./)
    const unsure = await press(karim, page, `${path}/confirm`)
    assert.equal(unsure.status, 422)
    assert.match(textOf(unsure), /First tick that you have checked/)
    const done = await press(karim, page, `${path}/confirm`, { sure: 'yes' })
    assert.match(textOf(done), /Confirmed: the change is made\..*Answered by Karim Haddad/)
    const late = await press(karim, page, `${path}/decline`, { answer: reason })
    assert.equal(late.status, 409)
    assert.match(textOf(late), /It is settled already/)
    assert.equal((await press(karim, page, `${path}/confirm`, { sure: 'yes' })).status, 409)
    assert.equal((await factsOf(hub, 'approval.confirmed')).length, 1)
    assert.equal((await open(karim, `/console/approvals/${newId('approval')}`)).status, 404)
  })

  test('a form of who asked, sent by hand, confirms nothing; declining and withdrawing say why and by whom', async () => {
    const form = await open(angela, '/console/keys')
    const values = { purpose: 'journal', what: 'revoke', reason }
    const { url } = await press(angela, form, '/console/keys', values)
    const page = await open(karim, url.pathname)
    const forged = await press(angela, page, `${url.pathname}/confirm`, { sure: 'yes' })
    assert.match(forged.body, /G1003/)
    const own = await open(angela, url.pathname)
    const withdraw = formOf(own, `${url.pathname}/withdraw`)
    clock.advance(minute)
    assert.match(textOf(await angela.agent.submit(own, withdraw)), /The request is withdrawn/)
    assert.match(textOf(await angela.agent.submit(own, withdraw)), /The request is withdrawn/, 'a second click')
    const next = await press(angela, await open(angela, '/console/keys'), '/console/keys', values)
    const other = await open(karim, next.url.pathname)
    clock.advance(minute)
    const declined = await press(karim, other, `${next.url.pathname}/decline`, { answer: 'Wait for the audit.' })
    assert.match(textOf(declined), /The request is declined\..*Why it was declined Wait for the audit\./)
    const past = textOf(await open(auditor, '/console/approvals'))
    assert.match(past, /Declined · .* Withdrawn · .* Confirmed and done · /)
    assert.deepEqual(await factsOf(hub, 'key.retired'), [])
  })

  test('a new secret of a service is made by two, shown once to who confirms, and nowhere kept', async () => {
    const page = await open(angela, '/console/services/refunds')
    const path = '/console/services/refunds/secret'
    const bad = await press(angela, page, path, { reason, overlap: '400' })
    assert.equal(bad.status, 422)
    assert.match(bad.body, /value="400"/, 'what was typed is kept')
    const asked = await press(angela, page, path, { reason, overlap: '3' })
    const stale = await press(angela, page, path, { reason, overlap: '3' })
    assert.equal(stale.url.pathname, asked.url.pathname)
    const made = await press(karim, await open(karim, asked.url.pathname), `${asked.url.pathname}/confirm`, {
      sure: 'yes',
    })
    const [, secret = ''] = /<code class="secret"[^>]*>([\w-]{43})</.exec(made.body) ?? assert.fail(made.body)
    const service = () => hub.partners.registry().services.get('refunds') ?? assert.fail()
    assert.ok(hub.partners.secretMatches(service(), secret))
    assert.match(textOf(made), /The older secret serves until 25 November 2026/)
    for (const [table, rows] of await dump(hub)) assert.ok(!rows.includes(secret), table)
    assert.doesNotMatch((await open(karim, asked.url.pathname)).body, new RegExp(secret))
    // Two are in force: what is offered now is to end the older one.
    const two = await open(angela, '/console/services/refunds')
    const end = await press(angela, two, `${path}/end`, { reason })
    await press(karim, await open(karim, end.url.pathname), `${end.url.pathname}/confirm`, { sure: 'yes' })
    assert.equal(service().secrets.length, 1)
    assert.ok(hub.partners.secretMatches(service(), secret))
  })

  test('a scope is granted or refused with its justification before one’s eyes; who was overtaken is told', async () => {
    await draft(staff, {
      scopes: ['openid', 'identite_pivot', 'email', 'preferred_username', 'birthplace', 'gender'],
      justifications: { birthplace: why, gender: 'The letter that we send begins with a form of address.' },
    })
    assert.equal((await publish(staff)).kind, 'published')
    assert.match(textOf(await open(auditor, '/console')), /Data asked for by services 2/)
    const path = '/console/services/refunds/scopes'
    const pages = await Promise.all([angela, karim].map((one) => open(one, '/console/services/refunds')))
    const [hers, his] = pages as [Answer, Answer]
    assert.match(textOf(hers), /birthplace · asked for The certificate that this service prints/)
    const scope = (page: Answer, name: string) =>
      formsOf(page).find(({ fields }) => fields.scope === name) ?? assert.fail(name)
    const granted = await angela.agent.submit(hers, scope(hers, 'birthplace'), { act: 'grant' })
    assert.match(textOf(granted), /The data is granted.*birthplace · granted/)
    assert.ok(hub.partners.registry().services.get('refunds')?.scopes.includes('birthplace'))
    const overtaken = await karim.agent.submit(his, scope(his, 'birthplace'), { act: 'refuse', answer: 'Too much.' })
    assert.equal(overtaken.status, 409)
    assert.match(textOf(overtaken), /The request changed meanwhile/)
    const silent = await karim.agent.submit(overtaken, scope(overtaken, 'gender'), { act: 'refuse' })
    assert.equal(silent.status, 422)
    const refused = await karim.agent.submit(silent, scope(silent, 'gender'), { act: 'refuse', answer: 'Not needed.' })
    assert.match(textOf(refused), /gender · refused .*Why it was refused: Not needed\./)
    assert.ok(!formsOf(await open(auditor, '/console/services/refunds')).some(({ action }) => action.pathname === path))
  })

  test('an older version is read against what is published, comes back, and comes back again; two at once are told', async () => {
    await draft(staff, { homepage: 'http://localhost:1/new' })
    await publish(staff)
    const [{ number = 0 } = {}, before] = (await versions().history(subject, byAngela())) ?? []
    const page = await open(angela, '/console/services/refunds')
    assert.match(textOf(page), new RegExp(`Version ${number} In force from a draft`))
    const path = `/console/services/refunds/versions/${before?.number}`
    const mine = await open(angela, path)
    const his = await open(karim, path)
    assert.match(textOf(mine), /http:\/\/localhost:1\/new → http:\/\/localhost:1\/ Come back to this version/)
    const done = await press(angela, mine, path)
    assert.match(textOf(done), new RegExp(`published again\\..*Version ${number + 1} In force back to version`))
    const overtaken = await press(karim, his, path)
    assert.equal(overtaken.status, 409)
    assert.match(textOf(overtaken), /Somebody saved or published meanwhile.*Nothing changes\./)
    const undoing = `/console/services/refunds/versions/${number}`
    const undone = await press(karim, await open(karim, undoing), undoing)
    assert.match(textOf(undone), new RegExp(`Version ${number + 2} In force back to version ${number}`))
    for (const wrong of ['9999', '0', 'x']) {
      assert.equal((await open(angela, `/console/services/refunds/versions/${wrong}`)).status, 404, wrong)
    }
    assert.equal((await open(angela, '/console/services/refunds/draft')).status, 404)
  })

  test('R012: a service is withdrawn by who has read what that does, once; an older version brings it back', async () => {
    const path = '/console/services/town-7/withdraw'
    const own = { kind: 'service', id: 'town-7' } as const
    assert.equal((await open(auditor, path)).status, 403)
    assert.doesNotMatch((await open(auditor, '/console/services/town-7')).body, /\/withdraw"/)
    assert.equal((await open(angela, '/console/services/nowhere/withdraw')).status, 404)
    const page = await open(angela, path)
    assert.match(textOf(page), /Withdraw Town hall 7 .*Nobody is signed in to it at the moment/)
    const unsure = await press(angela, page, path)
    assert.equal(unsure.status, 422)
    assert.match(textOf(unsure), /nothing was done/)
    const also = await open(karim, path)
    const stale = await press(karim, also, path, { sure: 'yes', over: '40' })
    assert.equal(stale.status, 409)
    assert.ok(hub.partners.registry().services.has('town-7'))
    const done = await press(angela, page, path, { sure: 'yes' })
    assert.match(textOf(done), /The service is withdrawn: nobody signs in to it from here any more/)
    const second = await press(karim, also, path, { sure: 'yes' })
    assert.match(textOf(second), /changed|somebody/i)
    const [withdrawn] = (await versions().history(own, byAngela(), { limit: 5 })) ?? []
    assert.equal(withdrawn?.state, 'archived')
    const back = await versions().undo(own, { number: withdrawn?.number ?? 0 }, byAngela())
    assert.equal(back.kind, 'published')
  })

  test('DESIGN 8: settings with another key are asked for, not published, by one operator; a draft that moved is not confirmed', async () => {
    const path = '/console/services/records/draft'
    const records = { kind: 'service', id: 'records' } as const
    await draft(byAngela(), { auth: 'client_secret_post' }, records)
    const page = await open(angela, path)
    assert.match(textOf(page), /It takes two operators/)
    assert.equal((await press(angela, page, path)).status, 422)
    const asked = await press(angela, page, path, { reason })
    assert.match(asked.url.pathname, /^\/console\/approvals\//)
    const auth = () => hub.partners.registry().services.get('records')?.auth
    assert.equal(auth(), 'client_secret_basic')
    const waiting = await open(karim, asked.url.pathname)
    assert.match(textOf(waiting), /client_secret_basic → client_secret_post/)
    await draft(byAngela(), { homepage: 'http://localhost:1/other' }, records)
    const moved = await press(karim, waiting, `${asked.url.pathname}/confirm`, { sure: 'yes' })
    assert.equal(moved.status, 409)
    assert.match(textOf(moved), /the request still waits Somebody changed the same thing meanwhile/)
    assert.equal(auth(), 'client_secret_basic')
    await press(angela, await open(angela, asked.url.pathname), `${asked.url.pathname}/withdraw`)
    const anew = await press(angela, await open(angela, path), path, { reason })
    await press(karim, await open(karim, anew.url.pathname), `${anew.url.pathname}/confirm`, { sure: 'yes' })
    assert.equal(auth(), 'client_secret_post')
    const [last] = (await versions().history(records, byAngela())) ?? []
    assert.deepEqual(last?.author, { kind: 'operator', id: angela.operator })
  })

  test('R012: services are found by name, partner, state and level, fifty at a time', async () => {
    const rows = (page: Answer) => page.body.match(/<li><h2>/g)?.length ?? 0
    const list = await open(auditor, '/console/services')
    assert.deepEqual([rows(list), /122 of 122/.test(textOf(list))], [50, true])
    assert.match(list.body, /rel="next" href="\/console\/services\?page=2"/)
    assert.equal(rows(await open(auditor, '/console/services?page=3')), 22)
    assert.equal(rows(await open(auditor, '/console/services?page=99')), 22, 'the last page')
    for (const [query, found] of [
      ['q=TÖWN+hall+11', 11],
      ['partner=health', 2],
      ['level=eidas3', 1],
      ['state=warned&partner=health', 2],
      ['state=asks', 0],
      ['q=%22%3E%3Cscript%3E', 0],
      ['state=nonsense&level=eidas9&partner=health', 2],
    ] as const) {
      assert.equal(rows(await open(auditor, `/console/services?${query}`)), found, query)
    }
    const page = textOf(await open(auditor, '/console/services/refunds'))
    assert.match(page, /does not take Pro Santé Connect/, 'R022')
    for (const wrong of ['nobody', '..%2f..', "x'--"]) {
      assert.equal((await open(auditor, `/console/services/${wrong}`)).status, 404, wrong)
    }
  })

  test('somebody is invited for a partner that would hear of it; the link is shown once; another partner’s is not there', async () => {
    const path = '/console/partners/health'
    const page = await open(angela, path)
    const wrong = await press(angela, page, `${path}/staff`, { name: '', mail: 'nowhere' })
    assert.equal(wrong.status, 422)
    assert.match(textOf(wrong), /Nobody is invited Write a name\. This is not an e-mail address\. Choose one role/)
    const values = { name: 'Léa Simon', mail: 'lea@health.example', roles: 'technician', language: 'fr' }
    const made = await press(angela, page, `${path}/staff`, values)
    const [, token = ''] = /\/desk\/join\/([\w-]{43})</.exec(made.body) ?? assert.fail(made.body)
    assert.equal((await hub.staff.invitation(token))?.name, 'Léa Simon')
    const listed = await open(angela, path)
    assert.ok(!listed.body.includes(token))
    assert.match(textOf(listed), /Léa Simon · Technician invited/)
    const [member] = await hub.staff.list('health')
    const account = `${path}/staff/${member?.staff}`
    assert.match(textOf(await press(angela, listed, account, { change: 'suspend' })), /Nothing changed/)
    assert.equal((await press(angela, listed, account, { change: 'nonsense' })).status, 400)
    const elsewhere = formOf(listed, account)
    const theirs = { ...elsewhere, action: at(`/console/partners/town/staff/${member?.staff}`) }
    assert.match((await angela.agent.submit(listed, theirs, { change: 'remove' })).body, /G1003/)
    assert.match(textOf(await press(angela, listed, account, { change: 'remove' })), /That person is removed/)
    const town = await open(angela, '/console/partners/town')
    const unheard = await press(angela, town, '/console/partners/town/staff', values)
    assert.match(textOf(unheard), /neither a security nor an administrative mailbox/)
    assert.deepEqual(await hub.staff.list('town'), [])
  })

  test('an operator is named by two; what is missing is said before anything is asked', async () => {
    const path = '/console/operators'
    const page = await open(angela, path)
    assert.match(textOf(page), /Karim Haddad · Security officer/)
    const form = formsOf(page).findLast(({ action }) => action.pathname === path) ?? assert.fail()
    const values = { name: 'Denise Roy', mail: 'denise@hub.example', roles: 'administrator', language: 'en', reason }
    assert.equal((await angela.agent.submit(page, form, { ...values, name: ' ' })).status, 422)
    const asked = await angela.agent.submit(page, form, values)
    const seen = await open(karim, asked.url.pathname)
    assert.match(textOf(seen), /Name an operator: Administrator .*Denise Roy/)
    const made = await press(karim, seen, `${asked.url.pathname}/confirm`, { sure: 'yes' })
    assert.match(made.body, /\/operators\/join\/[\w-]{43}</)
    assert.doesNotMatch(textOf(await open(karim, asked.url.pathname)), /Denise/)
    assert.match(textOf(await open(angela, path)), /Denise Roy · Administrator .*invited/)
    assert.ok(!formsOf(await open(auditor, path)).some(({ action }) => action.pathname === path))
  })

  test('R047: a person is found by the code of a connection that they read out, and each search is a fact', async () => {
    const manager = await newOperator(hub, { roles: ['means_manager'] })
    const { person } = await enrolPerson(hub)
    const at = clock.now()
    const { reference } = await hub.storage.transaction((tx) =>
      hub.connections.record(tx, {
        ...{ id: newOrderedId('connection', at), state: 'refused', at, person, service: 'refunds', provider: 'tax' },
        ...{ amr: [], reused: false, address: '192.0.2.7', port: 1, scopes: [], unusual: [], alert: 'none' },
        refusal: 'person_cancelled',
      }),
    )
    const page = await open(manager, '/console/people')
    const spoken = reference.toLowerCase().replaceAll('-', ' ')
    const found = await press(manager, page, '/console/people', { identifier: spoken })
    assert.equal(found.url.pathname, `/console/people/${person}`)
    const other = `${reference.slice(0, -1)}${reference.endsWith('0') ? '1' : '0'}`
    const wrong = await press(manager, page, '/console/people', { identifier: other })
    assert.equal(wrong.status, 404)
    assert.deepEqual(
      (await factsOf(hub, 'operator.searched')).map(({ by, person }) => [by, person]),
      [
        ['reference', person],
        ['identifier', null],
      ],
    )
  })

  test('an operator alone again is told so where they ask, and a request lapses after 72 hours', async () => {
    const asked = await press(angela, await open(angela, '/console/keys'), '/console/keys', {
      ...{ purpose: 'decryption', what: 'rotate', reason },
    })
    await hub.operators.writeTo(angela.operator, { mail: 'angela@hub.example', language: 'en' }, { kind: 'command' })
    await hub.operators.suspend(karim.operator, { kind: 'command' })
    assert.match(textOf(await open(angela, asked.url.pathname)), /For now nobody can confirm\..*garant operator invite/)
    const orphan = await newOperator(hub, { roles: ['administrator'] })
    const theirs = await press(orphan, await open(orphan, '/console/keys'), '/console/keys', {
      ...{ purpose: 'journal', what: 'rotate', reason },
    })
    const before = await open(angela, theirs.url.pathname)
    await hub.operators.suspend(orphan.operator, { kind: 'command' })
    const after = await open(angela, theirs.url.pathname)
    assert.match(textOf(after), /Whoever asked is not in office any more/)
    assert.ok(!formsOf(after).some(({ action }) => action.pathname.endsWith('/confirm')))
    const late = await press(angela, before, `${theirs.url.pathname}/confirm`, { sure: 'yes' })
    assert.equal(late.status, 409)
    await letter('angela@hub.example', /a sensitive change, made without a second operator/)
    clock.advance(3 * day)
    const found = await hub.approvals.find(asked.url.pathname.split('/').at(-1) ?? '')
    assert.equal(found?.state, 'expired')
  })
})
