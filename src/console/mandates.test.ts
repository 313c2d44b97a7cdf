/** Organisations and mandates before operators, on a whole hub, over HTTP: by pages, by a program, with two operators. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { newProgram } from '../../test/support/api-client.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { activeMandate, rightsAt } from '../../test/support/mandates.ts'
import { newOperator, type TestOperator } from '../../test/support/operators.ts'
import { iceNumber, importOrganisations } from '../../test/support/organisations.ts'
import { angela, claim, tarik } from '../../test/support/people.ts'
import { factsOf } from '../../test/support/records.ts'
import { type Answer, formsOf, formTo, linksOf, textOf } from '../../test/support/user-agent.ts'
import type { Organisation } from '../directory/organisations.ts'
import { second } from '../kernel/durations.ts'
import { type MandateId, newId, type PersonId } from '../kernel/ids.ts'
import type { MandateView } from '../mandates/mandates.ts'
import { weeksUpTo } from '../policy/calendar.ts'

test('weeks begin on Monday', () => {
  const at = Date.parse('2026-11-22T10:00:00Z')
  assert.deepEqual(
    weeksUpTo(at, 2).map((week) => new Date(week).toISOString()),
    ['2026-11-09T00:00:00.000Z', '2026-11-16T00:00:00.000Z'],
  )
  const monday = Date.parse('2026-11-16T00:00:00Z')
  assert.deepEqual(weeksUpTo(monday, 1), [monday])
  assert.deepEqual(weeksUpTo(monday - 1, 1), [monday - 7 * 24 * 3_600 * second])
})

describe('organisations and mandates before operators', () => {
  let hub: TestHub
  let officer: TestOperator
  let administrator: TestOperator
  let manager: TestOperator
  let support: TestOperator
  let atlas: Organisation
  let mandate: MandateView
  const clock = mockProcessClock({ mock })
  const at = (path: string) => new URL(path, hub.issuer)
  const open = ({ agent }: TestOperator, path: string) => agent.open(at(path))
  const press = (who: TestOperator, page: Answer, action: RegExp, values: Record<string, string>) =>
    who.agent.submit(page, formTo(page, action), values)
  /** Another operator says yes to what was asked on that page. */
  const confirm = async (who: TestOperator, asked: Answer): Promise<Answer> => {
    const page = await open(who, asked.url.pathname)
    return press(who, page, /\/confirm$/, { sure: 'yes' })
  }
  const person = async (identity: typeof angela, subject: string): Promise<PersonId> => {
    const settled = await hub.storage.transaction((tx) =>
      hub.people.settle(tx, claim({ identity, subject, provider: 'post', level: 'eidas2' })),
    )
    return 'person' in settled ? settled.person : assert.fail('stopped')
  }

  before(async () => {
    hub = await startTestHub({ clock })
    const named = (fr: string) => ({ fr, en: fr, ar: fr })
    const refunds = serviceEntry('refunds', {
      name: named('Remboursements'),
      scopes: ['openid', 'representation'],
      representation: { actions: ['read', 'submit'] },
    })
    await hub.publish([{ id: 'town', name: named('Ville'), services: [refunds], providers: [] }])
    officer = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
    administrator = await newOperator(hub, { roles: ['administrator'] })
    manager = await newOperator(hub, { roles: ['means_manager'] })
    support = await newOperator(hub, { roles: ['support'] })
    const found = await importOrganisations(hub, [
      { name: 'Atlas <Conseil>', ice: iceNumber(1), representatives: [{ identity: angela, role: 'gérante' }] },
      { name: 'Rif Transports', ice: iceNumber(2) },
    ])
    atlas = found[0] as Organisation
    const [giver, accepts] = [await person(angela, 'angela'), await person(tarik, 'tarik')]
    mandate = await activeMandate(hub, {
      principal: atlas.organisation,
      mandatary: { kind: 'person', person: accepts },
      rights: rightsAt('refunds', ['read', 'submit']),
      giver,
      accepts,
    })
  })
  after(async () => {
    await hub?.close()
    mock.timers.reset()
  })

  test('R098: an organisation is found by number or name, and seen with who represents it, the birth masked', async () => {
    for (const words of ['conseil', iceNumber(1), `ice:${iceNumber(1)}`]) {
      const page = await open(support, `/console/organisations?q=${encodeURIComponent(words)}`)
      assert.ok(
        linksOf(page).some(({ pathname }) => pathname === `/console/organisations/${atlas.organisation}`),
        words,
      )
    }
    const none = await open(support, '/console/organisations?q=nobody+here')
    assert.match(textOf(none), /No organisation answers/)
    const page = await open(support, `/console/organisations/${atlas.organisation}`)
    const text = textOf(page)
    assert.match(text, /Atlas <Conseil>/)
    assert.match(text, /Angéla Claire Louise DUBOIS-LEMAIRE/)
    assert.match(text, /1962-••-••/)
    assert.ok(!text.includes(angela.birthdate))
    assert.ok(linksOf(page).some(({ pathname }) => pathname === `/console/mandates/${mandate.mandate}`))
    const viewed = await factsOf(hub, 'organisation.viewed')
    assert.deepEqual(viewed.at(-1), {
      organisation: atlas.organisation,
      actor: { kind: 'operator', id: support.operator },
    })
    for (const path of ['/console/organisations/org_x', `/console/organisations/${newId('organisation')}`]) {
      assert.equal((await open(support, path)).status, 404)
    }
    assert.equal((await open(support, `/console/organisations/${atlas.organisation}/representatives`)).status, 403)
  })

  const typed = {
    family_name: tarik.family_name,
    given_name: tarik.given_name,
    birthdate: tarik.birthdate,
    birthcountry: tarik.birthcountry,
    role: 'liquidateur',
    alone: 'yes',
    kind: 'court_decision',
    date: '2026-11-02',
    reference: 'TC 2026/1188',
    reason: 'Jugement présenté au guichet de Rabat',
  }

  test('R098: a representative by a document takes two operators, and is withdrawn by one', async () => {
    const path = `/console/organisations/${atlas.organisation}/representatives`
    const form = () => open(manager, path)
    const wrong: [Record<string, string>, RegExp][] = [
      [{ birthdate: '1988-02-30' }, /The person, the role or the reference/],
      [{ birthdate: '1988-00-00', birthcountry: '' }, /The person, the role or the reference/],
      [{ reference: 'a “sentence”!' }, /The person, the role or the reference/],
      [{ date: '2027-05-01' }, /The dates of the document/],
      [{ until: '2026-11-01' }, /The dates of the document/],
      [{ reason: 'court' }, /./],
    ]
    for (const [changes, words] of wrong) {
      const answer = await press(manager, await form(), /representatives$/, { ...typed, ...changes })
      assert.equal(answer.status, 422, JSON.stringify(changes))
      assert.match(textOf(answer), words)
    }
    assert.deepEqual(await factsOf(hub, 'approval.asked'), [])

    const asked = await press(manager, await form(), /representatives$/, typed)
    assert.match(asked.url.pathname, /^\/console\/approvals\/apv_/)
    assert.deepEqual(await hub.organisations.representedBy(tarik), [], 'nothing is done by one')
    const judged = textOf(await open(officer, asked.url.pathname))
    for (const text of [tarik.birthdate, 'TC 2026/1188', 'liquidateur', 'a court decision']) {
      assert.ok(judged.includes(text), text)
    }
    // Who does not confirm does not need the birth date.
    const auditor = await newOperator(hub, { roles: ['auditor'] })
    assert.ok(!textOf(await open(auditor, asked.url.pathname)).includes(tarik.birthdate))
    await confirm(officer, asked)
    const [own] = await hub.organisations.representedBy(tarik)
    assert.deepEqual([own?.organisation, own?.by], [atlas.organisation, 'document'])
    assert.ok(
      !textOf(await open(officer, asked.url.pathname)).includes(tarik.family_name),
      'names are gone when it is over',
    )

    const again = await press(manager, await form(), /representatives$/, typed)
    assert.match(textOf(again), /it is so already/)
    const withdraw = `${path}/${own?.representation}/withdraw`
    const page = await open(manager, withdraw)
    assert.equal((await press(manager, page, /withdraw$/, {})).status, 422)
    assert.match(textOf(await press(manager, page, /withdraw$/, { sure: 'yes' })), /The document is withdrawn/)
    assert.match(textOf(await press(manager, page, /withdraw$/, { sure: 'yes' })), /was not in force any more/)
    assert.deepEqual(await hub.organisations.representedBy(tarik), [])
  })

  const state = async (id: MandateId = mandate.mandate) => (await hub.mandates.byId(id))?.state

  test('R094: a mandate is found and seen, and nobody is shown what cannot be done', async () => {
    const found = await open(support, `/console/mandates?q=${mandate.mandate}`)
    assert.equal(found.url.pathname, `/console/mandates/${mandate.mandate}`)
    const text = textOf(found)
    for (const words of ['Atlas <Conseil>', 'BENJELLOUN', 'Remboursements', 'submit', 'in force']) {
      assert.ok(text.includes(words), words)
    }
    assert.deepEqual(
      formsOf(found).filter(({ action }) => action.pathname.startsWith('/console/mandates')),
      [],
      'support may look',
    )
    assert.deepEqual((await factsOf(hub, 'mandate.viewed')).at(-1)?.mandate, mandate.mandate)
    assert.equal((await open(support, `/console/mandates/${newId('mandate')}`)).status, 404)
    const page = await open(officer, `/console/mandates/${mandate.mandate}`)
    const acts = formsOf(page).map(({ action }) => action.pathname.split('/').at(-1))
    assert.ok(acts.includes('suspend') && acts.includes('end') && !acts.includes('resume'))
  })

  test('R094: a mandate is suspended, brought back and ended for fraud by two operators', async () => {
    const path = `/console/mandates/${mandate.mandate}`
    const ask = async (act: string, reason = 'Plainte du mandant, dossier 42') =>
      press(officer, await open(officer, path), new RegExp(`/${act}$`), { reason })
    const short = await ask('suspend', 'court')
    assert.equal(short.status, 422)
    const suspended = await ask('suspend')
    assert.equal(await state(), 'active', 'one operator changes nothing')
    const own = await open(officer, suspended.url.pathname)
    assert.deepEqual(
      formsOf(own).filter(({ action }) => /\/confirm$/.test(action.pathname)),
      [],
      'nor confirms alone',
    )
    const stale = await open(officer, path)
    await confirm(administrator, suspended)
    assert.equal(await state(), 'suspended')
    // The page of before still has the button.
    const late = await press(officer, stale, /\/suspend$/, { reason: 'Plainte du mandant, dossier 42' })
    assert.match(textOf(late), /it is so already/)
    const [fact] = await factsOf(hub, 'mandate.suspended')
    assert.equal(fact?.mandate, mandate.mandate)

    await confirm(administrator, await ask('resume'))
    assert.equal(await state(), 'active')

    const ended = await ask('end')
    // It ends otherwise before somebody confirms: nothing is left to do.
    await confirm(administrator, ended)
    assert.equal(await state(), 'ended')
    const page = await open(officer, path)
    assert.match(textOf(page), /Fraud/)
    assert.deepEqual(
      formsOf(page).filter(({ action }) => action.pathname.startsWith(path)),
      [],
    )
  })

  test('the statistics hide small numbers', async () => {
    const page = await open(support, '/console/mandates/statistics')
    assert.match(textOf(page), /under 10/)
    assert.doesNotMatch(textOf(page), /Fraud\s+1\b/)
    assert.equal((await open(support, '/console/mandates/statistics?weeks=52')).status, 200)
  })

  test('a program looks up, and asks two operators for the rest', async () => {
    const program = await newProgram(hub, {
      scopes: ['organisations:read', 'organisations:write', 'mandates:read', 'mandates:stop'],
    })
    const found = await program.call('GET', `/organisations?q=${iceNumber(1)}`)
    assert.deepEqual(
      found.body.items.map(({ organisation }: Organisation) => organisation),
      [atlas.organisation],
    )
    const one = await program.call('GET', `/organisations/${atlas.organisation}`)
    assert.equal(one.body.representatives[0].role, 'gérante')
    assert.ok(!JSON.stringify(one.body).includes('DUBOIS'), 'no names leave by the API')
    const given = await program.call('GET', `/organisations/${atlas.organisation}/mandates`)
    assert.deepEqual(
      given.body.items.map(({ mandate: id }: { mandate: string }) => id),
      [mandate.mandate],
    )
    const seen = await program.call('GET', `/mandates/${mandate.mandate}`)
    assert.deepEqual([seen.body.state, seen.body.ended.reason, seen.body.uses], ['ended', 'fraud', 0])
    const figures = await program.call('GET', '/mandates/statistics?weeks=2')
    assert.deepEqual([figures.body.byState.ended, figures.body.signedByWeek.length], [null, 2])

    const over = await program.call('POST', `/mandates/${mandate.mandate}/suspend`, {
      body: { reason: 'Plainte du mandant, dossier 42' },
    })
    assert.equal(over.status, 409)
    const { reason, alone: _, family_name, given_name, birthdate, birthcountry, ...document } = typed
    const body = { ...document, alone: true, reason, holder: { family_name, given_name, birthdate, birthcountry } }
    const path = `/organisations/${atlas.organisation}/representatives`
    const asked = await program.call('POST', path, { body })
    assert.equal(asked.status, 202)
    const bad = await program.call('POST', path, { body: { ...body, date: '2027-05-01' } })
    assert.equal(bad.status, 422)
    assert.equal((await program.call('GET', `/mandates/${newId('mandate')}`)).status, 404)
    assert.equal((await program.call('POST', `${path}/rpr_nobody/withdraw`, {})).status, 404)
    const reader = await newProgram(hub, { scopes: ['mandates:read'] })
    assert.equal((await reader.call('GET', `/organisations/${atlas.organisation}`)).status, 403)
  })
})
