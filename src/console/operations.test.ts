/** The operators’ pages on what runs, over HTTP on a whole hub: figures, providers, suspensions, rehearsal, incidents, banners. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { mockProcessClock } from '../../test/support/clock.ts'
import type { TestHub } from '../../test/support/hub.ts'
import { connect, maintenance, observe, startOperationsHub } from '../../test/support/operations.ts'
import { formOf, newOperator, type TestOperator } from '../../test/support/operators.ts'
import { factsOf } from '../../test/support/records.ts'
import { type Answer, formsOf, textOf } from '../../test/support/user-agent.ts'
import { createTranslator } from '../http/messages.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { loginMessages } from '../login/messages.ts'
import { bannerKinds, bannerProblems } from '../notices/banners.ts'
import { statusMessages } from '../notices/messages.ts'
import { suspensionMessages } from '../partners/suspension-messages.ts'
import { suspensionCategories, suspensionProblems } from '../partners/suspensions.ts'
import { healthReasons } from '../policy/breaker.ts'
import { standInReasons } from '../policy/stand-in.ts'
import { operationsMessages } from './operations-messages.ts'
import { providerOutcomes, standingsInOrder } from './providers-pages.ts'

test('there is a sentence for everything that these pages may have to say', () => {
  const translate = createTranslator(loginMessages, statusMessages, suspensionMessages, operationsMessages)
  const keys = [
    ...Object.keys(suspensionProblems).map((one) => `suspension.problem.${one}`),
    ...['services', 'above', 'category', 'since', 'until', 'sessions'].map((one) => `suspension.field.${one}`),
    ...suspensionCategories.flatMap((one) => [`suspension.category.${one}`, `status.category.${one}`]),
    ...Object.keys(bannerProblems).map((one) => `ops.banner.problem.${one}`),
    ...bannerKinds.map((one) => `ops.banner.kind.${one}`),
    ...['kind', 'banner', 'services', 'since', 'until'].map((one) => `ops.banner.field.${one}`),
    ...['planned', 'shown', 'over', 'withdrawn'].map((one) => `ops.banner.state.${one}`),
    ...['published', 'amended', 'withdrawn'].map((one) => `ops.banner.done.${one}`),
    ...providerOutcomes.map((one) => `ops.done.${one}`),
    ...['suspended', 'amended', 'lifted', 'hidden', 'shown'].map((one) => `ops.change.${one}`),
    ...['command', 'file', 'hub', 'person', 'staff'].map((one) => `ops.by.${one}`),
    ...standingsInOrder.map((one) => (one === 'hidden' ? 'ops.standing.hidden' : `status.standing.${one}`)),
    ...Object.keys(healthReasons).map((one) => `status.reason.${one}`),
    ...[...Object.keys(standInReasons), 'withdrawn'].map((one) => `ops.stand_in.why.${one}`),
    ...languages.flatMap((one) => [
      `suspension.field.reason.${one}`,
      `ops.banner.field.text.${one}`,
      `ops.note.text.${one}`,
      `ops.language.${one}`,
    ]),
    ...['eidas1', 'eidas2', 'eidas3'].flatMap((one) => [
      `ops.at.${one}`,
      `suspension.above.${one}`,
      `status.above.${one}`,
      `level.${one}`,
    ]),
  ]
  for (const language of languages)
    for (const key of keys) assert.ok(translate(language)(key, { services: '' }), `${language} ${key}`)
})

describe('the operators’ pages on what runs', () => {
  let hub: TestHub
  let officer: TestOperator
  let administrator: TestOperator
  let auditor: TestOperator
  const clock = mockProcessClock({ mock })
  const at = (path: string) => new URL(path, hub.issuer)
  const reasons = { reason_fr: 'Contrôle.', reason_en: 'A check.', reason_ar: 'فحص.' }
  /** In a form that nobody touched but for the reasons. */
  const typed = { category: 'security', ...reasons }

  before(async () => {
    hub = await startOperationsHub({ clock, providers: 'few' })
    officer = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
    administrator = await newOperator(hub, { roles: ['administrator'], name: 'Angela Dubois' })
    auditor = await newOperator(hub, { roles: ['auditor'] })
  })
  after(async () => {
    await hub.close()
    mock.timers.reset()
  })

  /** A press of a button of the form to a path. */
  const press = (who: TestOperator, page: Answer, path: string, values: Record<string, string>) =>
    who.agent.submit(page, formOf(page, path), values)
  const stateOf = async (provider: string) => (await hub.partners.stateOf(provider)) ?? assert.fail(provider)
  const liftAll = async (provider: string) =>
    hub.partners.lift(provider, 'all', { actor: { kind: 'command' }, expected: (await stateOf(provider)).number })

  test('the home counts today, the last hour and refusals by reason, once for many reloads', async () => {
    clock.advance(11 * minute)
    const now = clock.now()
    await connect(hub, { provider: 'tax', service: 'refunds', at: now - 10 * minute, times: 3 })
    await connect(hub, { provider: 'bank', service: 'refunds', at: now - 3 * hour, times: 4 })
    await connect(hub, { provider: 'bank', service: 'refunds', at: now - 15 * hour, times: 5 })
    await connect(hub, {
      provider: 'tax',
      service: 'refunds',
      at: now - hour / 2,
      times: 2,
      refusal: 'person_cancelled',
    })
    const home = textOf(await officer.agent.open(at('/console')))
    assert.match(home, /Sign-ins today 7 In the last hour 3 Refusals today 2/)
    assert.match(home, /Reasons of refusals, over 24 hours Reason Number [^.]*\(G\d{4}\) 2 /)
    assert.match(home, /The same figures as a table Hour Sign-ins Refusals 12:00 0 0 .* 20:00 5 0 /)
    await connect(hub, { provider: 'tax', service: 'refunds', at: now, times: 1 })
    assert.match(textOf(await administrator.agent.open(at('/console'))), /Sign-ins today 7 /)
    clock.advance(11_000)
    assert.match(textOf(await administrator.agent.open(at('/console'))), /Sign-ins today 8 In the last hour 4/)
  })

  test('R083: a service with a single way in is flagged on the home and in the list', async () => {
    const home = textOf(await auditor.agent.open(at('/console')))
    assert.match(home, /Services with fewer than two ways in 2 .* Justice Right now: A single one: Postal identity/)
    const ways = textOf(await auditor.agent.open(at('/console/ways-in')))
    assert.match(ways, /2 services of 3 have fewer than two\./)
    assert.match(
      ways,
      /Parking · Low assurance level Right now: A single one: Bank When all is well: A single one: Bank/,
    )
    assert.doesNotMatch(ways, /Refunds/)
    assert.match(textOf(await auditor.agent.open(at('/console/ways-in?all=1'))), /Refunds .* Right now: Two or more/)
  })

  test('providers are found by name and by state; what does not work stands first', async () => {
    await observe(hub, 'tax', 'down')
    const all = await auditor.agent.open(at('/console/providers'))
    assert.match(textOf(all), /3 providers of 3\. Tax account Does not answer tax .* Bank Works bank/)
    assert.match(
      textOf(await auditor.agent.open(at('/console/providers?q=post%20IDENTITY'))),
      /1 provider of 3\. Postal/,
    )
    assert.match(textOf(await auditor.agent.open(at('/console/providers?state=down'))), /1 provider of 3\. Tax/)
    assert.match(textOf(await auditor.agent.open(at('/console/providers?q=%3Cb%3E'))), /0 providers of 3\./)
    await observe(hub, 'tax', 'up')
    assert.equal((await auditor.agent.open(at('/console/providers/nobody'))).status, 404)
  })

  test('an auditor reads a provider and finds nothing to press', async () => {
    const page = await auditor.agent.open(at('/console/providers/bank'))
    assert.match(textOf(page), /The only way into these services .* Parking Sign-ins through this provider/)
    assert.deepEqual(
      formsOf(page).map(({ action }) => action.pathname),
      ['/operators/sign-out'],
    )
    assert.doesNotMatch(page.body, /\/suspend"/)
  })

  test('R008: a suspension without a reason in one language, or that ends before it starts, names the field and changes nothing', async () => {
    const path = '/console/providers/post/suspend'
    const page = await officer.agent.open(at(path))
    const refused = await press(officer, page, path, {
      ...typed,
      reason_ar: '  ',
      since: '2026-12-02T10:00',
      until: '2026-12-01T10:00',
      act: 'review',
    })
    assert.equal(refused.status, 422)
    assert.match(
      textOf(refused),
      /Nothing was recorded Reason for the public, in Arabic ?: to be filled in\. End ?: the end must come after the start\./,
    )
    assert.match(refused.body, /value="2026-12-02T10:00"/)
    assert.match(refused.body, /name="reason_en"[^>]*>A check\.</, 'what was typed is kept')
    const wrong: Record<string, string>[] = [
      { category: 'whim' },
      { since: '2026-02-30T10:00' },
      { until: 'tomorrow' },
      { scope: 'some' },
      { scope: 'some', services: 'nowhere' },
      { above: 'eidas2' },
      { above: 'eidas9' },
      { sessions: 'none' },
      { sessions: 'since', closed_since: '' },
      { reason_fr: 'x'.repeat(301) },
    ]
    for (const values of wrong) {
      for (const act of ['review', 'confirm']) {
        const answer = await press(officer, page, path, { ...typed, ...values, act })
        assert.equal(answer.status, 422, JSON.stringify(values))
      }
    }
    assert.deepEqual(await stateOf('post'), { kind: 'active', number: 0, suspensions: [] })
  })

  test('before it is confirmed an operator reads which services would have no way in, how many signed in, whose sessions end', async () => {
    clock.advance(6 * minute)
    const path = '/console/providers/post/suspend'
    const page = await officer.agent.open(at(path))
    const review = await press(officer, page, path, { ...typed, sessions: 'all', act: 'review' })
    const text = textOf(review)
    assert.match(text, /Before suspending: Postal identity Nothing is changed yet\./)
    assert.match(text, /These services would have no way in Justice At level substantial/)
    assert.match(text, /Refunds At level substantial/)
    assert.doesNotMatch(text, /At level low|At level high/)
    assert.match(
      text,
      /Sign-ins through it, over 30 days 0 .* All sessions that came through it are closed\. None is open/,
    )
    assert.equal((await stateOf('post')).number, 0)

    const tax = await officer.agent.open(at('/console/providers/tax/suspend'))
    const harmless = textOf(await press(officer, tax, '/console/providers/tax/suspend', { ...typed, act: 'review' }))
    assert.match(harmless, /Every service keeps at least one way in/)
    assert.match(harmless, /Sign-ins through it, over 30 days 4 /)
    // Corrected: what was typed is in the form again.
    const again = await press(officer, review, path, { act: 'edit' })
    assert.match(again.body, /name="reason_fr"[^>]*>Contrôle\.</)
    assert.match(again.body, /value="all" id="sessions-all" checked/)
  })

  test('R009: confirmed, it is in force, dated, with its author; a second click changes nothing; lifted twice, once', async () => {
    const path = '/console/providers/post/suspend'
    const page = await officer.agent.open(at(path))
    const review = await press(officer, page, path, { ...typed, act: 'review' })
    const done = await press(officer, review, path, { act: 'confirm' })
    assert.equal(done.url.pathname, '/console/providers/post')
    assert.match(
      textOf(done),
      /The suspension is recorded\. Suspended .* Suspensions A check\. Security measure\. From 22 November 2026/,
    )
    const again = await press(officer, review, path, { act: 'confirm' })
    assert.match(textOf(again), /The suspension is recorded\./)
    assert.equal((await stateOf('post')).suspensions.length, 1)
    assert.equal((await factsOf(hub, 'provider.suspended')).length, 1)

    const [one] = (await stateOf('post')).suspensions
    const lift = `/console/providers/post/suspensions/${one?.id}/lift`
    const lifted = await press(administrator, await administrator.agent.open(at('/console/providers/post')), lift, {})
    assert.match(textOf(lifted), /The suspension is over\. Works .* It is not suspended\./)
    assert.match(
      textOf(lifted),
      /Brought back 22 November 2026 at [\d:]+ · Angela Dubois .* Suspended 22 November 2026 at [\d:]+ · Karim Haddad/,
    )
    assert.match(textOf(await press(officer, done, lift, {})), /The suspension is over\./)
    assert.equal((await factsOf(hub, 'provider.restored')).length, 1)
  })

  test('two operators at once: the second sees what changed and loses nothing of what they typed', async () => {
    const path = '/console/providers/bank/suspend'
    const mine = await officer.agent.open(at(path))
    const review = await press(officer, mine, path, { ...typed, reason_en: 'Mine.', act: 'review' })
    const theirs = await administrator.agent.open(at(path))
    const first = await press(administrator, theirs, path, { ...typed, reason_en: 'Theirs.', act: 'confirm' })
    assert.match(textOf(first), /The suspension is recorded/)
    const late = await press(officer, review, path, { act: 'confirm' })
    assert.equal(late.status, 409)
    assert.match(
      textOf(late),
      /Somebody else came first .* Suspended 22 November 2026 at [\d:]+ · Angela Dubois Theirs\./,
    )
    assert.match(late.body, /name="reason_en"[^>]*>Mine\.</)
    assert.equal((await stateOf('bank')).suspensions.length, 1)
    // Read, and wanted all the same.
    const second = await press(officer, late, path, { ...typed, reason_en: 'Mine.', act: 'confirm' })
    assert.match(textOf(second), /The suspension is recorded/)
    assert.equal((await stateOf('bank')).suspensions.length, 2)
    await liftAll('bank')
  })

  test('R007: a planned suspension is amended and cancelled; one that was lifted meanwhile is offered as a new one', async () => {
    const by = async () => ({ actor: { kind: 'command' as const }, expected: (await stateOf('tax')).number })
    const since = clock.now() + 2 * day
    const made = await hub.partners.suspend('tax', maintenance({ since, until: since + hour }), await by())
    const id = made.kind === 'done' ? made.suspension?.id : assert.fail(made.kind)
    const path = `/console/providers/tax/suspensions/${id}`
    const form = await officer.agent.open(at(path))
    assert.match(form.body, /name="since" type="datetime-local" value="2026-11-24T11:17"/)
    const values = { ...reasons, category: 'maintenance', until: '2026-11-24T18:00' }
    const review = await press(officer, form, path, { ...values, act: 'review' })
    assert.match(textOf(review), /From 24 November 2026 at 11:17, until 24 November 2026 at 18:00\./)
    const done = await press(officer, review, path, { act: 'confirm' })
    assert.match(textOf(done), /The suspension is changed\..* Planned A check\./)
    assert.match(textOf(await press(officer, review, path, { act: 'confirm' })), /The suspension is changed\./)
    const [kept] = (await stateOf('tax')).suspensions
    assert.equal(kept?.since, since, 'to the millisecond: it was not touched')
    assert.equal((await factsOf(hub, 'provider.suspension_changed')).length, 1)

    const open = await officer.agent.open(at(path))
    await hub.partners.lift('tax', 'all', await by())
    const gone = await press(officer, open, path, { ...values, reason_en: 'Still mine.', act: 'confirm' })
    assert.equal(gone.status, 409)
    assert.match(textOf(gone), /Somebody else came first .* Brought back .* the command line/)
    assert.match(gone.body, /name="reason_en"[^>]*>Still mine\.</)
    assert.ok(formOf(gone, '/console/providers/tax/suspend'))
    assert.equal((await officer.agent.open(at(path))).status, 404)
  })

  test('a provider is hidden after its impact was read, and shown again', async () => {
    const path = '/console/providers/post/visibility'
    const page = await officer.agent.open(at('/console/providers/post'))
    const review = await press(officer, page, path, {})
    assert.match(textOf(review), /Before hiding: Postal identity .* These services would have no way in Justice/)
    assert.equal((await stateOf('post')).kind, 'active')
    const done = await press(officer, review, path, { act: 'confirm' })
    assert.match(textOf(done), /The provider is hidden\. Hidden/)
    assert.match(textOf(await press(officer, review, path, { act: 'confirm' })), /The provider is hidden\./)
    const shown = await press(officer, done, path, {})
    assert.match(textOf(shown), /The provider is shown again\. Works/)
    assert.equal((await factsOf(hub, 'provider.hidden')).length, 1)
  })

  test('R083: the rehearsal shows the page of choice as people would see it, in each language, and none of it acts', async () => {
    const number = (await stateOf('bank')).number
    const query = 'service=refunds&level=eidas1&out=bank&out=tax'
    const page = await auditor.agent.open(at(`/console/rehearsal?${query}&language=en`))
    const text = textOf(page)
    assert.match(text, /These services would have no way in Parking At level low What people would see/)
    assert.match(text, /This is a rehearsal: nobody signs in, no button acts\./)
    assert.match(
      text,
      /Sign in to Refunds .* Postal identity .* Bank .* Unavailable .* not answering|Sign in to Refunds/,
    )
    const [, rehearsed = ''] = page.body.split('<section class="rehearsal"')
    const [inside = ''] = rehearsed.split('</main>')
    assert.match(inside, /class="tile" name="provider" value="post"/)
    assert.match(inside, /class="tile greyed" type="button" value="bank" aria-disabled="true"/)
    assert.match(inside, /class="tile greyed" type="button" value="tax" aria-disabled="true"/)
    assert.doesNotMatch(inside, /<form|<iframe|formaction/)
    assert.deepEqual(
      formsOf(page).map(({ method, action }) => `${method} ${action.pathname}`),
      ['POST /operators/sign-out', 'GET /console/rehearsal'],
    )
    for (const [language, direction, word] of [
      ['fr', 'ltr', 'Compte fiscal'],
      ['ar', 'rtl', 'حساب الضرائب'],
    ]) {
      const other = await auditor.agent.open(at(`/console/rehearsal?${query}&language=${language}`))
      assert.match(other.body, new RegExp(`<section class="rehearsal"[^>]* lang="${language}" dir="${direction}"`))
      assert.match(other.body.split('<section class="rehearsal"')[1] ?? '', new RegExp(word as string))
    }
    // Suspended, with a reason in the language that is shown, and a return.
    const words = new URLSearchParams({ as: 'suspended', reason: 'Works  <b>tonight</b>', until: '2027-01-30T21:00' })
    const suspended = await auditor.agent.open(at(`/console/rehearsal?${query}&language=en&${words}`))
    const [, shown = ''] = suspended.body.split('<section class="rehearsal"')
    assert.match(
      shown,
      /value="bank" aria-disabled="true"[\s\S]*?<p class="why"[^>]*>Works &lt;b&gt;tonight&lt;\/b&gt;/,
    )
    assert.match(textOf(suspended), /Works <b>tonight<\/b> Expected back: 30 January 2027 at 21:00/)
    assert.match(textOf(suspended), /These services would have no way in Parking/)
    assert.match(suspended.body, /language=ar#rehearsed/)
    for (const [asked, said] of [
      ['as=suspended&reason=%20', /Write the reason/],
      ['as=suspended&reason=x&until=2020-01-01T00:00', /must be a date to come/],
      ['as=suspended&reason=x&until=soon', /must be a date to come/],
    ] as const) {
      const refused = await auditor.agent.open(at(`/console/rehearsal?${query}&language=en&${asked}`))
      assert.match(textOf(refused), said)
      assert.doesNotMatch(refused.body, /class="rehearsal"/)
    }
    // Everything out: the page says so, and leads back.
    const none = await auditor.agent.open(at(`/console/rehearsal?${query}&out=post&language=en`))
    const [, nobody = ''] = none.body.split('<section class="rehearsal"')
    assert.match(nobody, /class="tile greyed"/)
    assert.doesNotMatch(nobody, /class="tile" name="provider"/)
    const raised = await auditor.agent.open(at('/console/rehearsal?service=justice&level=eidas1&language=en'))
    assert.match(textOf(raised), /This service asks for more: Substantial assurance level\./)
    const strange = await auditor.agent.open(at('/console/rehearsal?service=%3Cb%3E&level=9&out=x&language=de'))
    assert.equal(strange.status, 200)
    assert.equal((await stateOf('bank')).number, number)
  })

  test('the public note of an incident: all languages, no silent overwriting, no second fact', async () => {
    const id = newId('incident')
    await observe(hub, 'tax', 'down', id)
    const list = textOf(await auditor.agent.open(at('/console/incidents')))
    assert.match(list, /Incidents under way Tax account Does not answer .* No public note\./)
    const path = `/console/incidents/${id}`
    const texts = { text_fr: 'Panne.', text_en: 'Power cut.', text_ar: 'عطل.' }
    const mine = await officer.agent.open(at(path))
    const missing = await press(officer, mine, path, { ...texts, text_ar: ' ' })
    assert.equal(missing.status, 422)
    assert.match(missing.body, />Power cut\.</)
    const first = await press(administrator, await administrator.agent.open(at(path)), path, {
      ...texts,
      text_en: 'Theirs.',
    })
    assert.match(textOf(first), /The note is published\..* Theirs\. Angela Dubois/)
    const late = await press(officer, mine, path, texts)
    assert.equal(late.status, 409)
    assert.match(textOf(late), /Another note was written meanwhile.* Theirs\. Angela Dubois/)
    assert.match(late.body, />Power cut\.</)
    const done = await press(officer, late, path, texts)
    assert.match(textOf(done), /The note is published/)
    assert.match(textOf(await press(officer, late, path, texts)), /The note is published/)
    assert.equal((await factsOf(hub, 'incident.noted')).length, 2)
    assert.equal(formsOf(await auditor.agent.open(at(path))).length, 1, 'an auditor reads')
    assert.match(await (await fetch(at('/status?lang=en'))).text(), /Power cut\./)
    await observe(hub, 'tax', 'up')
  })

  test('R106: a banner is seen before it is published, shown, amended, withdrawn; each press once', async () => {
    const path = '/console/banners/new'
    const texts = { text_fr: 'Faux SMS.', text_en: 'False text messages.', text_ar: 'رسائل كاذبة.' }
    const form = await officer.agent.open(at(path))
    const refused = await press(officer, form, path, {
      kind: 'phishing',
      ...texts,
      text_en: 'See https://x.example',
      act: 'confirm',
    })
    assert.equal(refused.status, 422)
    assert.match(textOf(refused), /Text in English ?: no address of a site .* End ?: there is no such date/)
    const values = { kind: 'phishing', ...texts, until: '2026-11-30T12:00' }
    const preview = await press(officer, refused, path, { ...values, act: 'review' })
    assert.match(
      textOf(preview),
      /Preview .* Nothing is published yet\. .* Faux SMS\. .* False text messages\. .* رسائل كاذبة\./,
    )
    assert.deepEqual(await hub.notices.banners(), [])
    const done = await press(officer, preview, path, { act: 'confirm' })
    assert.match(textOf(done), /The banner is published\..* Shown False text messages\./)
    assert.match(textOf(await press(officer, preview, path, { act: 'confirm' })), /The banner is published\./)
    const [banner, another] = await hub.notices.banners()
    assert.equal(another, undefined)
    assert.match(await (await fetch(at('/status?lang=en'))).text(), /False text messages\./)

    const one = `/console/banners/${banner?.id}`
    const mine = await officer.agent.open(at(one))
    const theirs = await administrator.agent.open(at(one))
    await press(administrator, theirs, one, { ...values, text_en: 'Theirs.', act: 'confirm' })
    const late = await press(officer, mine, one, { ...values, text_en: 'Mine.', act: 'confirm' })
    assert.equal(late.status, 409)
    assert.match(textOf(late), /Somebody else came first .* Angela Dubois .* Theirs\./)
    assert.match(late.body, />Mine\.</)
    const stale = await press(officer, done, `${one}/withdraw`, {})
    assert.equal(stale.status, 409)
    assert.match(textOf(stale), /is not withdrawn/)
    const gone = await press(officer, stale, `${one}/withdraw`, {})
    assert.match(textOf(gone), /The banner is withdrawn\..* Past .* Withdrawn Theirs\./)
    assert.match(textOf(await press(officer, stale, `${one}/withdraw`, {})), /The banner is withdrawn\./)
    assert.equal((await factsOf(hub, 'banner.withdrawn')).length, 1)
    const again = await officer.agent.open(at(one))
    assert.ok(formOf(again, '/console/banners/new'), 'what left the pages serves for a new one')
  })
})

test('without a provider or a service each page says so', async () => {
  const hub = await startOperationsHub({ providers: 'none' })
  try {
    const { agent } = await newOperator(hub, { roles: ['support'] })
    const open = async (path: string) => textOf(await agent.open(new URL(path, hub.issuer)))
    assert.match(await open('/console'), /No refusal\. .* No incident under way\./)
    assert.match(await open('/console/providers'), /No provider is published\./)
    assert.match(await open('/console/ways-in'), /Every service has at least two ways in\./)
    assert.match(await open('/console/rehearsal'), /No service is published\./)
    assert.match(await open('/console/incidents'), /No incident under way\. .* No incident\./)
    assert.match(await open('/console/banners'), /No banner\./)
  } finally {
    await hub.close()
  }
})
