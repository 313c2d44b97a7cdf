/** The desk on a whole hub, over HTTP: who gets in, what is theirs alone, two at once, and what each of them writes down. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { mockProcessClock } from '../../test/support/clock.ts'
import { providerEntry, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf, newOperator } from '../../test/support/operators.ts'
import { startProvider, type TestProvider } from '../../test/support/provider.ts'
import { factsOf } from '../../test/support/records.ts'
import { routesOf } from '../../test/support/routes.ts'
import { newStaff, signInAtDesk, type TestStaff } from '../../test/support/staff.ts'
import { type Answer, formTo, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { createTranslator } from '../http/messages.ts'
import { hour, minute } from '../kernel/durations.ts'
import { newId, type SuspensionId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { staffRoles } from '../kernel/roles.ts'
import { statusMessages } from '../notices/messages.ts'
import { suspensionMessages } from '../partners/suspension-messages.ts'
import { type NewSuspension, suspensionCategories } from '../partners/suspensions.ts'
import { editingRoles } from '../partners/versions.ts'
import { healthReasons } from '../policy/breaker.ts'
import { staffMessages } from '../staff/messages.ts'
import { deskMessages } from './messages.ts'
import { providerOutcomes } from './provider-pages.ts'

/** Every address of the desk behind its gate, and the roles that it lets in. The inventory below finds what is missing. */
const addresses: Record<string, readonly string[]> = {
  'GET /desk': staffRoles,
  'POST /desk/sign-out': staffRoles,
  'GET /desk/services': staffRoles,
  'GET /desk/providers': staffRoles,
  'GET /desk/figures': staffRoles,
  'GET /desk/figures.csv': staffRoles,
  'POST /desk/contact': ['administrator', 'security_contact'],
  'GET /desk/new-service': ['administrator'],
  'POST /desk/new-service': ['administrator'],
  'GET /desk/new-provider': ['administrator'],
  'POST /desk/new-provider': ['administrator'],
  'GET /desk/cases': ['administrator', 'security_contact'],
  'GET /desk/cases/:party': ['administrator', 'security_contact'],
  'POST /desk/cases/:party': ['administrator', 'security_contact'],
  'GET /desk/report': ['administrator', 'security_contact'],
  'POST /desk/report': ['administrator', 'security_contact'],
  'GET /desk/programs': staffRoles,
  'POST /desk/programs': ['administrator'],
  'GET /desk/programs/:program': staffRoles,
  'POST /desk/programs/:program/keys': ['administrator'],
  'POST /desk/programs/:program/remove': ['administrator'],
  'GET /desk/signals': staffRoles,
  'POST /desk/signals/:stream/:set': ['administrator', 'technician'],
  'GET /desk/colleagues': staffRoles,
  'POST /desk/colleagues': ['administrator'],
  'GET /desk/colleagues/:staff': ['administrator'],
  'POST /desk/colleagues/:staff': ['administrator'],
  'POST /desk/colleagues/:staff/link': ['administrator'],
  'POST /desk/colleagues/:staff/roles': ['administrator'],
  'GET /desk/services/:service': staffRoles,
  'GET /desk/services/:service/integration': staffRoles,
  'POST /desk/services/:service/secret': editingRoles,
  'POST /desk/services/:service/secret/end': editingRoles,
  'GET /desk/services/:service/withdraw': ['administrator'],
  'POST /desk/services/:service/withdraw': ['administrator'],
  'GET /desk/providers/:provider': staffRoles,
  'GET /desk/partner': staffRoles,
  'GET /desk/providers/:provider/suspend': ['security_contact'],
  'POST /desk/providers/:provider/suspend': ['security_contact'],
  'GET /desk/providers/:provider/suspensions/:suspension': ['security_contact'],
  'POST /desk/providers/:provider/suspensions/:suspension': ['security_contact'],
  'POST /desk/providers/:provider/suspensions/:suspension/lift': ['security_contact'],
  ...Object.fromEntries(
    (
      [
        ['/desk/services/:service', editingRoles],
        ['/desk/providers/:provider', editingRoles],
        ['/desk/partner', ['administrator']],
      ] as const
    ).flatMap(([page, editors]): [string, readonly string[]][] => [
      [`POST ${page}/draft/open`, editors],
      [`GET ${page}/draft`, editors],
      [`POST ${page}/draft`, editors],
      [`GET ${page}/draft/review`, editors],
      [`POST ${page}/draft/review`, editors],
      [`POST ${page}/draft/discard`, editors],
      [`GET ${page}/versions`, staffRoles],
      [`GET ${page}/versions/:number`, staffRoles],
      [`POST ${page}/versions/:number`, editors],
    ]),
  ),
}

const reason = { fr: 'Panne de courant', en: 'Power cut', ar: 'انقطاع الكهرباء' }
const asked: NewSuspension = { services: 'all', category: 'other', reason, sessions: 'kept' }
/** The same as it is typed. */
const typed = {
  scope: 'all',
  category: 'other',
  reason_fr: reason.fr,
  reason_en: reason.en,
  reason_ar: reason.ar,
  since: '',
  until: '',
  sessions: 'kept',
  closed_since: '',
}

test('there is a sentence for everything that the desk may have to say', () => {
  const translate = createTranslator(deskMessages, staffMessages, statusMessages, suspensionMessages)
  const keys = [
    ...staffRoles.map((role) => `staff_role.${role}`),
    ...providerOutcomes.map((one) => `desk.done.${one}`),
    ...['suspended', 'amended', 'lifted', 'hidden', 'shown'].map((one) => `desk.change.${one}`),
    ...['active', 'hidden', 'suspended', 'in_part'].map((one) => `desk.state.${one}`),
    ...suspensionCategories.map((one) => `suspension.category.${one}`),
    ...['up', 'degraded', 'down'].map((one) => `status.standing.${one}`),
    ...Object.keys(healthReasons).map((one) => `status.reason.${one}`),
  ]
  for (const language of languages) for (const key of keys) assert.ok(translate(language)(key), `${language} ${key}`)
})

describe('the desk', () => {
  let hub: TestHub
  let bank: TestProvider
  let tax: TestProvider
  let contact: TestStaff
  const clock = mockProcessClock({ mock })

  before(async () => {
    ;[hub, bank, tax] = await Promise.all([
      startTestHub({ clock }),
      startProvider({ id: 'bank', acr: 'eidas2' }),
      startProvider({ id: 'tax', acr: 'eidas1' }),
    ])
    await hub.publish([
      {
        id: 'the-bank',
        name: { fr: 'La Banque', en: 'The Bank', ar: 'البنك' },
        services: [serviceEntry('savings', { sector: 'savings.example' })],
        providers: [providerEntry(bank, { allowedLevels: ['eidas1', 'eidas2'] })],
      },
      {
        id: 'the-taxes',
        name: { fr: 'Les Impôts', en: 'The Taxes', ar: 'الضرائب' },
        services: [serviceEntry('refunds')],
        providers: [providerEntry(tax)],
      },
    ])
    contact = await newStaff(hub, { partner: 'the-bank', name: 'Karim Haddad' })
  })
  after(async () => {
    await hub.close()
    await Promise.all([bank.close(), tax.close()])
    mock.timers.reset()
  })

  const at = (path: string) => new URL(path, hub.issuer)
  const actor = { kind: 'command' } as const
  const stateOf = async (id = 'bank') => (await hub.partners.stateOf(id)) ?? assert.fail(id)
  const by = async (id = 'bank') => ({ actor, expected: (await stateOf(id)).number })

  async function clear(): Promise<void> {
    await hub.partners.lift('bank', 'all', await by())
    await hub.partners.lift('tax', 'all', await by('tax'))
  }

  /** A suspension that the operators make. */
  async function operatorsSuspend(given: Partial<NewSuspension> = {}, id = 'bank'): Promise<SuspensionId> {
    const outcome = await hub.partners.suspend(id, { ...asked, ...given }, await by(id))
    assert.ok(outcome.kind === 'done' && outcome.suspension)
    return outcome.suspension.id
  }

  async function open(path: string, agent = contact.agent): Promise<Answer> {
    return agent.open(at(path))
  }

  async function suspend(page: Answer, values: Record<string, string> = {}, agent = contact.agent): Promise<Answer> {
    return agent.submit(page, formTo(page, /\/suspend$/), { ...typed, ...values })
  }

  test('R129: every address of the desk is in the table above', () => {
    const all = routesOf(hub.web.app.printRoutes({ commonPrefix: false }))
    assert.deepEqual(
      all.filter((route) => / \/desk/.test(route) && !/ \/desk\/(?:sign-in|join|trials)/.test(route)),
      Object.keys(addresses).sort(),
    )
  })

  test('R014 R128: each role at each address: let in by its role, 403 otherwise; a stranger and an operator nowhere', async () => {
    await clear()
    const id = await operatorsSuspend({ services: 'all' })
    const stranger = new UserAgent({ language: 'en' })
    const operator = await newOperator(hub)
    const team = new Map(
      await Promise.all(
        staffRoles.map(async (role) => [role, await newStaff(hub, { partner: 'the-bank', roles: [role] })] as const),
      ),
    )
    for (const [route, roles] of Object.entries(addresses)) {
      if (route === 'POST /desk/sign-out') continue
      const [method, pattern = ''] = route.split(' ')
      const url = at(
        pattern
          .replace(':provider', 'bank')
          .replace(':service', 'savings')
          .replace(':suspension', id)
          .replace(':staff', contact.staff)
          .replace(':number', '1'),
      )
      const call = (agent: UserAgent) =>
        agent.send({ url, method: method as 'GET', site: 'same-origin', ...(method === 'POST' ? { body: 'x=1' } : {}) })
      for (const role of staffRoles) {
        const { status, body } = await call((team.get(role) ?? assert.fail(role)).agent)
        // Without its verifier a form is refused, but only after the role was found good.
        const refusal = method === 'POST'
        if (!roles.includes(role)) assert.match(body, /G2102/, `${role} ${route}`)
        else if (refusal) assert.match(body, /G1003/, `${role} ${route}`)
        assert.equal(status === 403, !roles.includes(role) || refusal, `${role} ${route}: ${status}`)
      }
      for (const agent of [stranger, operator.agent]) {
        const answer = await call(agent)
        if (method === 'GET') assert.equal(answer.headers.location, '/desk/sign-in', route)
        else assert.equal(answer.status, 401, route)
      }
    }
    const denied = await factsOf(hub, 'staff.denied')
    assert.ok(denied.some(({ staff, route }) => staff === team.get('technician')?.staff && /\/suspend$/.test(route)))
    // The other way round as well: a cookie of the desk is nothing to the operators' pages, nor to a person's.
    const secret = contact.agent.cookies(hub.issuer).get('garant_staff') ?? assert.fail('no cookie')
    for (const [name, path] of [
      ['garant_operator', '/console'],
      ['garant_staff', '/console'],
    ] as const) {
      const thief = new UserAgent()
      thief.setCookie(hub.issuer, name, secret)
      assert.equal((await thief.send({ url: at(path) })).headers.location?.split('?')[0], '/operators/sign-in')
    }
    assert.equal(await hub.sessions.find(secret), undefined)
  })

  test('who may not suspend reads a provider all the same, and is told who may', async () => {
    const technician = await newStaff(hub, { partner: 'the-bank', roles: ['technician'] })
    assert.match(textOf(await open('/desk', technician.agent)), /You act for The Bank on Garant\. Technician/)
    const page = await open('/desk/providers/bank', technician.agent)
    assert.match(textOf(page), /The security contact can suspend this provider and bring it back\./)
    assert.throws(() => formTo(page, /\/(?:suspend|lift)$/))
  })

  test('R006 R136: the security contact suspends its provider, changes that, and brings it back; each is a fact by its author', async () => {
    await clear()
    const home = await open('/desk')
    assert.match(textOf(home), /Your identity providers/)
    assert.match(home.body, /href="\/desk\/providers\/bank"/)
    assert.doesNotMatch(home.body, /providers\/tax/)
    const page = await suspend(await open('/desk/providers/bank/suspend'), { until: '2026-11-22T23:30' })
    assert.equal(page.url.href, at('/desk/providers/bank?done=suspended').href)
    assert.match(textOf(page), /The suspension is recorded\..*In force · Other · all services Power cut/)
    assert.match(textOf(page), /to 22 November 2026 at 23:30\. People who are signed in stay so\. By you\./)
    const [made] = (await stateOf()).suspensions
    assert.ok(made)
    assert.deepEqual(made.author, { kind: 'staff', id: contact.staff })
    assert.equal((await factsOf(hub, 'provider.suspended')).at(-1)?.actor.kind, 'staff')

    const change = await open(`/desk/providers/bank/suspensions/${made.id}`)
    const changed = await contact.agent.submit(change, formTo(change, new RegExp(`${made.id}$`)), {
      ...typed,
      since: formTo(change, new RegExp(`${made.id}$`)).fields.since ?? '',
      until: '',
      category: 'maintenance',
    })
    assert.match(textOf(changed), /The suspension is changed\..*In force · Maintenance.*until further notice/)
    const lifted = await contact.agent.submit(changed, formTo(changed, /\/lift$/))
    assert.match(textOf(lifted), /The suspension is lifted\..*No suspension is in force or planned\./)
    assert.match(textOf(lifted), /Suspension lifted · By you\..*Suspension changed · By you\..*Suspended · By you\./)
    assert.deepEqual((await stateOf()).suspensions, [])
    assert.equal((await factsOf(hub, 'provider.restored')).at(-1)?.suspension, made.id)
  })

  test('what is wrong is named by its field, what was typed stays, and nothing is changed', async () => {
    await clear()
    const { number } = await stateOf()
    const page = await open('/desk/providers/bank/suspend')
    const wrong = { until: '2026-11-21T10:00', reason_ar: '', reason_en: 'Kept & shown' }
    const refused = await suspend(page, wrong)
    assert.equal(refused.status, 422)
    assert.match(textOf(refused), /Nothing was recorded.*Reason for the public, in Arabic.*End/)
    assert.match(refused.body, /Kept &amp; shown/)
    assert.match(refused.body, /aria-invalid="true"/)
    // A service is not named by a provider, nor a state that nobody showed.
    for (const values of [{ scope: 'some' }, { services: 'refunds' }, { expected: 'x' }] as Record<string, string>[]) {
      assert.equal((await suspend(page, values)).status, 400, JSON.stringify(values))
    }
    assert.equal((await stateOf()).number, number)
    const mended = await suspend(refused, { until: '' })
    assert.match(textOf(mended), /The suspension is recorded\./)
  })

  test('of an operator and the contact at once, the second sees what changed; what they typed is kept', async () => {
    await clear()
    const page = await open('/desk/providers/bank/suspend')
    await operatorsSuspend({ reason: { ...reason, en: 'The operators were faster' } })
    const conflict = await suspend(page, { reason_en: 'Mine & typed' })
    assert.equal(conflict.status, 409)
    assert.match(textOf(conflict), /Things have changed since.*Suspended · By the operators of Garant\..*were faster/)
    assert.match(conflict.body, /Mine &amp; typed/)
    assert.equal((await stateOf()).suspensions.length, 1)
    const again = await suspend(conflict, { reason_en: 'Mine & typed' })
    assert.match(textOf(again), /The suspension is recorded\./)
    assert.equal((await stateOf()).suspensions.length, 2)

    // The same where one is changed, and where one is lifted that the operators lifted already.
    const one = (await stateOf()).suspensions.find(({ author }) => author.kind === 'staff')?.id ?? assert.fail()
    const change = await open(`/desk/providers/bank/suspensions/${one}`)
    const before = await open('/desk/providers/bank')
    await hub.partners.lift('bank', one, await by())
    const late = await contact.agent.submit(change, formTo(change, new RegExp(`${one}$`)), typed)
    assert.equal(late.status, 409)
    assert.match(textOf(late), /Suspension lifted · By the operators of Garant\./)
    const lift = await contact.agent.submit(before, formTo(before, new RegExp(`${one}/lift$`)))
    assert.equal(lift.status, 409)
    // An address of before leads to the provider.
    assert.equal((await open(`/desk/providers/bank/suspensions/${one}`)).url.pathname, '/desk/providers/bank')
  })

  test('a second click does nothing more, and says what was done', async () => {
    await clear()
    const page = await open('/desk/providers/bank/suspend')
    for (let click = 0; click < 2; click++) {
      const answer = await suspend(page)
      assert.match(textOf(answer), /The suspension is recorded\./, `${click}`)
    }
    assert.equal((await stateOf()).suspensions.length, 1)
    const provider = await open('/desk/providers/bank')
    for (let click = 0; click < 2; click++) {
      const answer = await contact.agent.submit(provider, formTo(provider, /\/lift$/))
      assert.match(textOf(answer), /The suspension is lifted\./, `${click}`)
    }
  })

  test('what the operators hold for security, for some services or in a file is theirs; the contact may add its own', async () => {
    for (const held of [{ category: 'security' }, { services: ['refunds'] }] as Partial<NewSuspension>[]) {
      await clear()
      const id = await operatorsSuspend(held)
      const page = await open('/desk/providers/bank')
      assert.match(textOf(page), /This suspension is the operators’: you can neither change nor lift it\./)
      assert.throws(() => formTo(page, /\/lift$/))
      assert.doesNotMatch(page.body, /refunds/, 'no service is named')
      assert.equal((await open(`/desk/providers/bank/suspensions/${id}`)).status, 409)
      // A form that was shown while it was somebody's to lift.
      const mine = await suspend(await open('/desk/providers/bank/suspend'))
      const form = formTo(mine, /\/lift$/)
      const own = (await stateOf()).suspensions.find(({ author }) => author.kind === 'staff')?.id ?? assert.fail()
      const by = { actor: { kind: 'staff', id: contact.staff } as const, expected: (await stateOf()).number }
      assert.deepEqual(await hub.partners.lift('bank', id, by), { kind: 'reserved' })
      assert.deepEqual(await hub.partners.lift('bank', 'all', by), { kind: 'reserved' })
      assert.deepEqual(await hub.partners.amend('bank', id, { until: clock.now() + minute }, by), { kind: 'reserved' })
      assert.equal(form.action.pathname, `/desk/providers/bank/suspensions/${own}/lift`)
      assert.match(textOf(await contact.agent.submit(mine, form)), /The suspension is lifted\./)
      assert.deepEqual(
        (await stateOf()).suspensions.map((one) => one.id),
        [id],
      )
    }
    await clear()
    // What the operators suspended for maintenance may be changed and lifted, but not made into what would be theirs.
    const id = await operatorsSuspend({ category: 'maintenance' })
    const change = await open(`/desk/providers/bank/suspensions/${id}`)
    const form = formTo(change, new RegExp(`${id}$`))
    const kept = { ...typed, since: form.fields.since ?? '' }
    const refused = await contact.agent.submit(change, form, { ...kept, category: 'security' })
    assert.equal(refused.status, 409)
    assert.match(textOf(refused), /you cannot turn one into such/)
    assert.match(textOf(await contact.agent.submit(change, form, kept)), /The suspension is changed\./)
    const page = await open('/desk/providers/bank')
    assert.match(textOf(await contact.agent.submit(page, formTo(page, /\/lift$/))), /The suspension is lifted\./)
  })

  test('another partner’s provider and suspension are not there, by whatever address', async () => {
    await clear()
    const other = await operatorsSuspend({}, 'tax')
    const { number } = await stateOf('tax')
    const before = (await factsOf(hub, 'staff.denied')).length
    const own = await open('/desk/providers/bank/suspend')
    const form = formTo(own, /\/suspend$/)
    for (const path of [
      '/desk/providers/tax',
      '/desk/providers/tax/suspend',
      `/desk/providers/tax/suspensions/${other}`,
      '/desk/providers/nobody',
      `/desk/providers/nobody/suspensions/${other}`,
      '/desk/providers/bank/suspensions/none',
    ]) {
      const { status, body } = await open(path)
      assert.equal(status, 404, path)
      assert.doesNotMatch(body, /Provider tax|Power cut/, path)
    }
    assert.equal((await factsOf(hub, 'staff.denied')).length, before + 3, 'what exists and is asked for is a fact')
    // A form of one's own sent elsewhere, and the verifier of one's own provider on another's address.
    for (const path of ['/desk/providers/tax/suspend', `/desk/providers/tax/suspensions/${other}/lift`]) {
      const answer = await contact.agent.submit(own, { ...form, action: at(path) }, typed)
      assert.match(answer.body, /G1003/, path)
    }
    // The suspension of another provider under the address of one's own.
    const mine = await suspend(own)
    const lift = formTo(mine, /\/lift$/)
    const crossed = await contact.agent.submit(mine, {
      ...lift,
      action: at(`/desk/providers/bank/suspensions/${other}/lift`),
    })
    assert.match(crossed.body, /G1003/)
    assert.equal((await open(`/desk/providers/bank/suspensions/${other}`)).url.pathname, '/desk/providers/bank')
    assert.equal((await stateOf('tax')).number, number)
    assert.equal((await stateOf('tax')).suspensions.length, 1)
    // Ids that were never given are refused as well, with a good verifier.
    const unknown = newId('suspension')
    assert.deepEqual(await hub.partners.lift('bank', unknown, await by()), { kind: 'unknown' })
  })

  test('hidden, planned and in part: said as it is', async () => {
    await clear()
    await hub.partners.hide('bank', await by())
    assert.match(textOf(await open('/desk/providers/bank')), /For the public Hidden by the operators/)
    await hub.partners.show('bank', await by())
    await suspend(await open('/desk/providers/bank/suspend'), { above: 'eidas1' })
    const part = await open('/desk/providers/bank')
    assert.match(textOf(part), /Suspended in part.*In force · Other · all services · Above low only/)
    await contact.agent.submit(part, formTo(part, /\/lift$/))
    await suspend(await open('/desk/providers/bank/suspend'), { since: '2026-12-01T08:00', until: '2026-12-01T09:00' })
    const planned = await open('/desk/providers/bank')
    assert.match(textOf(planned), /For the public Offered.*Planned · Other/)
    assert.match(textOf(planned), /From 1 December 2026 at 08:00 to 1 December 2026 at 09:00\./)
    const cancelled = await contact.agent.submit(planned, formTo(planned, /\/lift$/))
    assert.match(textOf(cancelled), /No suspension is in force or planned\./)
  })

  test('after 15 minutes, a suspension of the account, or signing out, the next request leads to the sign-in', async () => {
    const one = await newStaff(hub, { partner: 'the-bank', name: 'Ana Ruiz' })
    const home = await open('/desk', one.agent)
    assert.match(textOf(home), /Hello Ana Ruiz.*This is your first sign-in\./)
    const left = await one.agent.submit(home, formOf(home, '/desk/sign-out'))
    assert.match(textOf(left), /You are signed out/)
    assert.equal((await one.agent.send({ url: at('/desk') })).headers.location, '/desk/sign-in')
    await signInAtDesk(hub, one.agent, one.authenticator)
    await hub.staff.suspend(one.staff, actor)
    const out = await open('/desk', one.agent)
    assert.equal(out.url.pathname, '/desk/sign-in')
    assert.match(textOf(out), /Your session is over/)
    const refused = await signInAtDesk(hub, one.agent, one.authenticator)
    assert.match(refused.body, /G2103/)
    await hub.staff.restore(one.staff, actor)
    await signInAtDesk(hub, one.agent, one.authenticator)
    const page = await open('/desk/providers/bank/suspend', one.agent)
    clock.advance(15 * minute)
    const late = await suspend(page, {}, one.agent)
    assert.equal(late.status, 401)
    assert.match(late.body, /G2101/)
    clock.advance(hour)
    await signInAtDesk(hub, contact.agent, contact.authenticator)
    assert.match(textOf(await open('/desk')), /Your sign-in before this one: 22 November 2026/)
  })
})
