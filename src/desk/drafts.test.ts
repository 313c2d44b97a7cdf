/**
 * What partners' staff do with their services and providers, over HTTP on a whole hub: the form and what it keeps, a
 * publication and its undoing, two at once, scopes, secrets, colleagues, and a thousand services.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { mockProcessClock } from '../../test/support/clock.ts'
import { providerEntry, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf } from '../../test/support/operators.ts'
import { startProvider, type TestProvider } from '../../test/support/provider.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { newStaff, type TestStaff } from '../../test/support/staff.ts'
import { type Answer, formsOf, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { createTranslator } from '../http/messages.ts'
import { day } from '../kernel/durations.ts'
import { languages } from '../kernel/languages.ts'
import { type Service, scopes } from '../partners/partners.ts'
import { type Editor, scopeStates, versionCauses } from '../partners/versions.ts'
import { colleagueChanges, invitationProblems } from '../staff/partner-staff.ts'
import { colleaguesMessages } from './colleagues-messages.ts'
import { endingSecrets } from './home.ts'
import { objectMessages } from './object-messages.ts'
import { objectOutcomes } from './object-pages.ts'
import { settingMessages } from './setting-messages.ts'
import { entryFrom, faultsByField, labelled, partsOf, typedIn } from './settings-form.ts'

test('there is a sentence for every setting and everything that becomes of one', () => {
  const translate = createTranslator(settingMessages, objectMessages, colleaguesMessages)
  const oidc = { connector: { kind: 'oidc' } }
  const parts = [
    ...partsOf('service', {}),
    ...['oidc', 'gateway', 'own_means', 'card', 'eid_app', 'card_and_code'].flatMap((kind) =>
      partsOf('provider', { connector: { kind } }),
    ),
  ]
  const secretAnswers = ['two_in_force', 'nothing_to_end', 'invalid', 'uses_keys', 'conflict', 'second_needed']
  const keys = [
    ...[...labelled].map((path) => `setting.${path}`),
    ...parts.map(({ part }) => `setting.part.${part}`),
    ...parts.flatMap(({ fields }) =>
      fields.flatMap(({ path, shape, help }) => [
        ...(help ? [`setting.${path}.help`] : []),
        ...(shape.kind === 'choice' && shape.optional ? [`setting.${path}.none`] : []),
        ...('words' in shape && shape.words?.startsWith('setting.')
          ? shape.of.map((word) => `${shape.words}.${word}`)
          : []),
      ]),
    ),
    ...scopes.filter((scope) => scope !== 'openid').map((scope) => `setting.scope.${scope}`),
    ...scopeStates.map((state) => `setting.scope_state.${state}`),
    ...['given', 'in_force', 'none'].map((one) => `setting.secret.${one}`),
    ...objectOutcomes.map((one) => `object.done.${one}`),
    ...secretAnswers.flatMap((one) => [`secrets.refused.${one}`, `secrets.refused.${one}.text`]),
    ...invitationProblems.map((one) => `colleagues.problem.${one}`),
    ...colleagueChanges.flatMap((one) => [
      ...[`colleagues.change.${one}`, `colleagues.done.${one}`],
      ...[`colleagues.${one}.title`, `colleagues.${one}.text`],
    ]),
  ]
  const values = { name: '', number: 1, scope: '', partner: '', hub: '', date: '' }
  for (const language of languages) {
    for (const key of keys) assert.ok(translate(language)(key, values), `${language} ${key}`)
    for (const cause of versionCauses) assert.ok(translate(language)(`versions.cause.${cause}`, values))
  }
  assert.ok(partsOf('provider', oidc).length > partsOf('provider', {}).length - 1)
})

test('a secret is worth a line within two weeks of its end, and the only one more than the older of two', () => {
  const now = Date.parse('2026-11-22T10:00:00Z')
  const soon = now + 3 * day
  const names = { fr: '', en: '', ar: '' }
  const rows: [secrets: { until?: number }[], told: string, auth?: string][] = [
    [[{}], ''],
    [[{ until: soon }], 'only'],
    [[{ until: soon }, {}], 'older'],
    [[{ until: now + 15 * day }, {}], ''],
    [[{ until: now - day }, {}], ''],
    [[{ until: now - day }, { until: soon }], 'only'],
    [[], ''],
    [[{ until: soon }], '', 'private_key_jwt'],
  ]
  for (const [secrets, told, auth = 'client_secret_basic'] of rows) {
    const service = { id: 'a', name: names, auth, secrets } as unknown as Service
    const found = endingSecrets([service], now, 'en').map(({ isOnly, until }) => [isOnly ? 'only' : 'older', until])
    assert.deepEqual(found, told === '' ? [] : [[told, soon]], JSON.stringify(secrets))
  }
})

describe('the form of settings', () => {
  test('what cannot be read as its kind stays as it was typed; what no field names stays as it was', () => {
    const before = { id: 'refunds', entitledTo: ['amr'], purpose: { fr: 'a', en: 'b', ar: 'c' } }
    const typed = typedIn({
      'name.fr': ' Aides ',
      'purpose.fr': '',
      'purpose.en': '',
      'purpose.ar': '',
      redirectUris: 'https://a.example/1\r\n\r\n https://a.example/2 ',
      jwks: '{ not json',
      providers: ['tax', 'bank'],
      'providers.choice': 'some',
      scopes: ['email', 'nothing'],
      'justifications.email': 'To write\nto people who asked',
      'justifications.birth': 'Of what is not asked',
      sensitive: 'yes',
    })
    assert.deepEqual(entryFrom('service', typed, before), {
      id: 'refunds',
      entitledTo: ['amr'],
      name: { fr: 'Aides' },
      redirectUris: ['https://a.example/1', 'https://a.example/2'],
      jwks: '{ not json',
      sensitive: true,
      forOrganisations: false,
      singleSignOn: false,
      providers: ['tax', 'bank'],
      scopes: ['openid', 'email'],
      justifications: { email: 'To write to people who asked' },
    })
    const provider = { connector: { kind: 'gateway', windowHours: 4 } }
    const said = typedIn({ 'connector.windowHours': '0,5', 'connector.claims': 'sub = uid\nfamily_name = n = m' })
    const entry = entryFrom('provider', said, provider)
    assert.deepEqual(entry.connector, {
      kind: 'gateway',
      windowHours: 0.5,
      claims: { sub: 'uid', family_name: 'n = m' },
    })
    const again = entryFrom('provider', typedIn({ 'connector.windowHours': 'soon', 'connector.claims': 'x' }), provider)
    assert.deepEqual(again.connector, { kind: 'gateway', windowHours: 'soon', claims: 'x' })
  })

  test('a fault is shown at the field that it is about, or above', () => {
    const parts = partsOf('service', {})
    const at = (field: string) => {
      const { of, others } = faultsByField(parts, [{ field, code: 'missing', problem: '' }])
      return [...of.keys()][0] ?? (others.length > 0 ? 'above' : 'nowhere')
    }
    const rows: [field: string, place: string][] = [
      ['redirectUris[3]', 'redirectUris'],
      ['name.en', 'name.en'],
      ['name', 'name.fr'],
      ['jwks.keys[0]', 'jwks'],
      ['jwksUri', 'jwksUri'],
      ['justifications.email', 'scopes'],
      ['secrets', 'above'],
      ['entitledTo[0]', 'above'],
      ['', 'above'],
    ]
    for (const [field, place] of rows) assert.equal(at(field), place, field)
  })
})

describe('drafts at the desk', () => {
  let hub: TestHub
  let tax: TestProvider
  let administrator: TestStaff
  let technician: TestStaff
  const clock = mockProcessClock({ mock })
  const operators: Editor = { hand: 'operators', actor: { kind: 'command' } }
  const names = (name: string) => ({ fr: name, en: name, ar: name })

  before(async () => {
    ;[hub, tax] = await Promise.all([startTestHub({ clock }), startProvider({ id: 'tax', acr: 'eidas2' })])
    await hub.publish([
      {
        id: 'town',
        name: names('The Town'),
        contacts: { security: 'security@town.example' },
        services: [
          serviceEntry('refunds', {
            purpose: names('To be paid back'),
            backchannelLogoutUri: 'http://localhost:1/ended',
            entitledTo: ['amr'],
            providers: ['tax'],
            idpHints: ['tax'],
          }),
        ],
        providers: [
          providerEntry(tax, {
            allowedLevels: ['eidas1', 'eidas2'],
            helpUrl: 'https://tax.example/help',
            means: { class: 'none' },
          }),
        ],
      },
      {
        id: 'other',
        name: names('Other'),
        services: [serviceEntry('archive', { sector: 'other.example' })],
        providers: [],
      },
    ])
    ;[administrator, technician] = await Promise.all([
      newStaff(hub, { partner: 'town', name: 'Ana Ruiz', roles: ['administrator'], mail: 'ana@town.example' }),
      newStaff(hub, { partner: 'town', name: 'Tom Durand', roles: ['technician'], mail: 'tom@town.example' }),
    ])
  })
  after(async () => {
    await hub.close()
    await tax.close()
    mock.timers.reset()
  })

  const at = (path: string) => new URL(path, hub.issuer)
  const open = (path: string, who = technician) => who.agent.open(at(path))
  const press = (page: Answer, path: string, values: Record<string, string> = {}, who = technician) =>
    who.agent.submit(page, formOf(page, path), values)

  /** Everything that a browser would send of a form: texts, choices and ticks too. */
  function sent(page: Answer, path: string): URLSearchParams {
    const { fields } = formOf(page, path)
    const [, inside = ''] =
      new RegExp(`<form[^>]*action="${path}"[^>]*>([\\s\\S]*?)</form>`).exec(page.body) ?? assert.fail(path)
    const plain = (text: string) => textOf({ body: text.replaceAll('\n', '\u0001') }).replaceAll('\u0001', '\n')
    const pairs = new URLSearchParams()
    for (const name of ['verifier', 'edit']) pairs.set(name, fields[name] ?? '')
    for (const [, head = ''] of inside.matchAll(/<input\b([^>]*)>/g)) {
      const [, name = ''] = /name="([^"]*)"/.exec(head) ?? []
      const isTick = /type="(?:checkbox|radio)"/.test(head)
      if (pairs.has(name) && !isTick) continue
      const [, value = ''] = /value="([^"]*)"/.exec(head) ?? []
      if (!isTick || /\schecked/.test(head)) pairs.append(name, plain(value))
    }
    for (const [, name = '', text = ''] of inside.matchAll(
      /<textarea\b[^>]*name="([^"]*)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
    )) {
      pairs.append(name, plain(text))
    }
    for (const [, name = '', options = ''] of inside.matchAll(
      /<select\b[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g,
    )) {
      const [, chosen] = /<option value="([^"]*)" selected>/.exec(options) ?? []
      pairs.append(name, chosen ?? /<option value="([^"]*)"/.exec(options)?.[1] ?? '')
    }
    return pairs
  }

  async function post(path: string, pairs: URLSearchParams, who = technician): Promise<Answer> {
    const url = at(path)
    const answer = await who.agent.send({ url, method: 'POST', body: pairs.toString(), site: 'same-origin' })
    return answer.headers.location ? who.agent.open(new URL(answer.headers.location, url)) : { ...answer, trail: [url] }
  }

  /** Saves the draft with some fields changed. */
  async function save(path: string, changes: Record<string, string | string[]>, who = technician, page?: Answer) {
    const pairs = sent(page ?? (await open(path, who)), path)
    for (const [name, value] of Object.entries(changes)) {
      pairs.delete(name)
      for (const one of [value].flat()) pairs.append(name, one)
    }
    return post(path, pairs, who)
  }

  /** No draft of it is left. */
  async function clear(kind: 'service' | 'provider', id: string): Promise<void> {
    const draft = await hub.partners.versions.draft({ kind, id }, operators)
    if (draft) await hub.partners.versions.discard({ kind, id }, { edit: draft.edit }, operators)
  }

  test('a form that is saved as it was shown changes nothing, of a service and of a provider', async () => {
    for (const path of ['/desk/services/refunds', '/desk/providers/tax']) {
      const draft = await press(await open(path), `${path}/draft/open`)
      assert.equal(draft.url.pathname, `${path}/draft`)
      const saved = await save(`${path}/draft`, {}, technician, draft)
      assert.match(textOf(saved), /The draft is saved\./)
      const review = textOf(await open(`${path}/draft/review`))
      assert.match(review, /Nothing changes of what is published\./, review)
      const page = await open(`${path}/draft`)
      await press(page, `${path}/draft/discard`, { sure: 'yes' })
      assert.equal((await open(`${path}/draft`)).url.pathname, path, 'it is gone')
    }
  })

  test('R100: changed, refused by its field, mended, published, undone; each once, and a fact by its author', async () => {
    const path = '/desk/services/refunds'
    await press(await open(path), `${path}/draft/open`)
    const wrong = await save(`${path}/draft`, {
      redirectUris: 'https://*.example/cb\nhttp://far.example/',
      'name.en': 'Re & funds',
    })
    const said = textOf(wrong)
    assert.match(said, /The draft is saved\..*Before you publish it, mend:/)
    assert.match(wrong.body, /<a href="#f-redirectUris">/)
    assert.match(
      wrong.body,
      /<textarea id="f-redirectUris"[^>]*aria-describedby="[^"]*f-redirectUris-wrong-0[^"]*" aria-invalid="true"/,
    )
    assert.match(wrong.body, /Re &amp; funds/)
    const refused = await open(`${path}/draft/review`)
    assert.equal(refused.status, 422)
    assert.throws(() => formOf(refused, `${path}/draft/review`), 'there is nothing to press')
    assert.equal(hub.partners.registry().services.get('refunds')?.name.en, 'Service refunds', 'nothing is published')
    const trial = linksOf(wrong).find(({ pathname }) => pathname.startsWith('/desk/trials/'))
    assert.equal((await open(trial?.pathname ?? '')).status, 200, 'the way to the test login')

    const mended = await save(`${path}/draft`, { redirectUris: 'http://localhost:1/back', next: 'review' })
    assert.equal(mended.url.pathname, `${path}/draft/review`)
    assert.match(textOf(mended), /Name in English Service refunds Re & funds/)
    assert.match(textOf(mended), /http:\/\/localhost:1\/callback http:\/\/localhost:1\/back/)
    for (let click = 0; click < 2; click++) {
      const page = await press(mended, `${path}/draft/review`)
      assert.equal(page.url.search, '?done=published', `${click}`)
      assert.match(textOf(page), /It is published.*Version 2 in force.*By you\. Published from a draft\./)
    }
    const published = hub.partners.registry().services.get('refunds')
    assert.equal(published?.name.en, 'Re & funds')
    assert.deepEqual(published?.entitledTo, ['amr'], 'what the operators gave stays')
    assert.equal(published?.secrets.length, 1, 'its secret stays')
    const fact = (await factsOf(hub, 'partners.published')).at(-1)
    assert.deepEqual(fact?.actor, { kind: 'staff', id: technician.staff })

    const back = await open(`${path}/versions/1`)
    assert.match(textOf(back), /Go back to version 1.*Name in English Re & funds Service refunds/)
    for (let click = 0; click < 2; click++) {
      const page = await press(back, `${path}/versions/1`)
      assert.match(textOf(page), /It is undone.*Version 3 in force.*Back to version 1\./, `${click}`)
    }
    assert.equal(hub.partners.registry().services.get('refunds')?.name.en, 'Service refunds')
    const past = textOf(await open(`${path}/versions`))
    assert.match(
      past,
      /Version 3 in force.*Version 2 .*Version 1 .*By the operators of Garant\. Set by the operators\./,
    )
    assert.equal((await open(`${path}/versions/9`)).status, 404)
  })

  test('of two who save, the second sees both texts, loses nothing, and may put theirs over it', async () => {
    const path = '/desk/services/refunds'
    await press(await open(path), `${path}/draft/open`)
    const mine = await open(`${path}/draft`)
    await save(`${path}/draft`, { 'name.en': 'By Ana' }, administrator)
    const conflict = await save(`${path}/draft`, { 'name.en': 'By Tom <b>' }, technician, mine)
    assert.equal(conflict.status, 409)
    assert.match(textOf(conflict), /Somebody was faster.*By Ana Ruiz\..*Yours Theirs Name in English By Tom <b> By Ana/)
    assert.doesNotMatch(conflict.body, /By Tom <b>/)
    const taken = await press(conflict, `${path}/draft`)
    assert.match(textOf(taken), /The draft is saved\./)
    assert.match((await open(`${path}/draft`)).body, /By Tom &lt;b&gt;/)

    // Published under their hands: what they wrote goes into a new draft.
    const late = await open(`${path}/draft`)
    await press(await open(`${path}/draft/review`, administrator), `${path}/draft/review`, {}, administrator)
    const gone = await save(`${path}/draft`, { 'name.en': 'Too late' }, technician, late)
    assert.equal(gone.status, 409)
    assert.match(textOf(gone), /published or thrown away while you were writing.*Too late/)
    await press(gone, `${path}/draft`)
    assert.match((await open(`${path}/draft`)).body, /value="Too late"/)

    // What is published moved since the page was shown: it is shown anew, and nothing is published.
    const review = await open(`${path}/draft/review`)
    await hub.partners.versions.undo({ kind: 'service', id: 'refunds' }, { number: 1, over: 4 }, operators)
    const overtaken = await press(review, `${path}/draft/review`)
    assert.equal(overtaken.status, 409)
    assert.match(textOf(overtaken), /Things have changed.*Something else was published since this draft began/)
    await clear('service', 'refunds')

    // A set of keys that would not fit into any other form.
    await press(await open(path), `${path}/draft/open`)
    const large = await save(`${path}/draft`, { jwks: JSON.stringify({ keys: ['<é'.repeat(10_000)] }) })
    assert.match(textOf(large), /The draft is saved\./)
    await clear('service', 'refunds')

    // What one published before is not taken for the press on a draft that somebody threw away.
    for (const isGone of [false, true]) {
      await press(await open(path), `${path}/draft/open`)
      await save(`${path}/draft`, { 'name.en': isGone ? 'Never' : 'Mine' })
      const ready = await open(`${path}/draft/review`)
      if (isGone) await clear('service', 'refunds')
      const pressed = await press(ready, `${path}/draft/review`)
      assert.equal(pressed.status, isGone ? 409 : 200)
      assert.match(textOf(pressed), isGone ? /Things have changed.*Nothing was published/ : /It is published/)
    }
    const back = await open(`${path}/versions/1`)
    await press(back, `${path}/versions/1`)
  })

  test('what operators grant is named when staff reach for it, and scopes wait for them with their reason', async () => {
    const path = '/desk/services/refunds'
    await press(await open(path), `${path}/draft/open`)
    const reached = await save(`${path}/draft`, {
      'providers.choice': 'all',
      population: 'professionals',
      sector: 'elsewhere.example',
    })
    for (const field of ['providers', 'population', 'sector'])
      assert.match(reached.body, new RegExp(`href="#f-${field}"`), field)
    const asking = { 'providers.choice': 'some', providers: 'tax', population: '', sector: 'localhost' }
    const bare = await save(`${path}/draft`, {
      ...asking,
      scopes: ['identite_pivot', 'email', 'preferred_username', 'rpps'],
    })
    assert.match(bare.body, /href="#f-scopes"/)
    const reason = 'To know in which town somebody practises'
    const asked = await save(`${path}/draft`, { 'justifications.rpps': reason, next: 'review' })
    assert.match(textOf(asked), /The operators will be asked for: rpps/)
    const done = await press(asked, `${path}/draft/review`)
    assert.match(
      textOf(done),
      /except for data that waits.*rpps · Waits for the operators’ answer\. To know in which town/,
    )
    assert.ok(!hub.partners.registry().services.get('refunds')?.scopes.includes('rpps'))
    assert.match(textOf(await open('/desk')), /One scope that was asked waits/)

    const [request] = await hub.partners.versions.scopes(operators, { state: 'asked' })
    assert.ok(request)
    const { askedAt } = request
    await hub.partners.versions.refuseScope('refunds', { scope: 'rpps', askedAt, reason: 'Not for refunds' }, operators)
    assert.match(textOf(await open('/desk')), /refunds : the operators refused rpps Not for refunds/)
    assert.match(textOf(await open(path)), /rpps · Refused by the operators: Not for refunds/)
    await clear('service', 'refunds')
  })

  test('a service from nothing: its id, its faults, its secret once, its integration, and it is there', async () => {
    const page = await open('/desk/new-service', administrator)
    for (const id of ['Not an id', 'refunds']) {
      const refused = await press(page, '/desk/new-service', { id }, administrator)
      assert.equal(refused.status, 422)
      assert.match(refused.body, new RegExp(`value="${id}"[^>]*aria-invalid="true"`))
    }
    const path = '/desk/services/housing'
    const draft = await press(page, '/desk/new-service', { id: 'housing' }, administrator)
    assert.equal(draft.url.pathname, `${path}/draft`)
    assert.match(textOf(draft), /Nothing is published yet\. Fill in this draft/)
    assert.doesNotMatch(draft.body, /aria-invalid/, 'nothing is held against who just began')
    assert.match(textOf(await open(`${path}/integration`)), /Nothing to paste for now/)
    const fields = {
      ...{ 'name.fr': 'Logement', 'name.en': 'Housing', 'name.ar': 'السكن', homepage: 'http://localhost:1/' },
      redirectUris: 'http://localhost:1/callback',
    }
    const saved = await save(`${path}/draft`, fields)
    assert.match(textOf(saved), /This service has no secret yet/)
    const made = await press(saved, `${path}/secret`)
    const [, secret = ''] = /<code class="secret" dir="ltr">([\w-]{43})<\/code>/.exec(made.body) ?? []
    assert.ok(secret)
    assert.equal(made.headers['cache-control'], 'no-store')
    const twice = await press(saved, `${path}/secret`)
    assert.equal(twice.status, 409)
    assert.doesNotMatch(twice.body, /class="secret"/)
    for (const address of [path, `${path}/draft`, `${path}/integration?of=draft`]) {
      assert.ok(!(await open(address)).body.includes(secret), `${address} does not show it again`)
    }
    assert.match(
      textOf(await open(`${path}/integration?of=draft`)),
      /client_id housing.*from the draft|from the draft.*client_id housing/,
    )
    const denied = await open(`${path}/draft/review`)
    assert.match(textOf(denied), /A new service is first published by an administrator of your organisation/)
    assert.throws(() => formOf(denied, `${path}/draft/review`))
    const published = await press(
      await open(`${path}/draft/review`, administrator),
      `${path}/draft/review`,
      {},
      administrator,
    )
    assert.match(textOf(published), /It is published/)
    const service = hub.partners.registry().services.get('housing')
    assert.ok(service && hub.partners.secretMatches(service, secret))
    assert.deepEqual(service?.scopes, ['openid'])
    assert.match((await open('/desk')).body, /href="\/desk\/services\/housing"/)

    // Rotated with an overlap, ended; each once.
    const of = await open(path)
    const rotated = await press(of, `${path}/secret`, { overlap: '3' })
    const [, next = ''] = /<code class="secret" dir="ltr">([\w-]{43})<\/code>/.exec(rotated.body) ?? []
    assert.match(textOf(rotated), /The older one is good until 25 November 2026/)
    assert.equal((await press(of, `${path}/secret`, { overlap: '3' })).status, 409)
    const both = await open(path)
    assert.throws(() => formOf(both, `${path}/secret`), 'no third one')
    assert.match(textOf(await open('/desk')), /Housing : the older secret is good until 25 November 2026/)
    const ended = await press(both, `${path}/secret/end`)
    assert.match(textOf(ended), /The older secret is good no more\./)
    const after = hub.partners.registry().services.get('housing')
    assert.ok(after && hub.partners.secretMatches(after, next) && !hub.partners.secretMatches(after, secret))
    const far = await press(await open(path), `${path}/secret`, { overlap: '31' })
    assert.match(textOf(far), /This number of days will not do/)
  })

  test('a provider: its secret is written and never read, its levels are the operators’', async () => {
    const path = '/desk/providers/tax'
    await press(await open(path), `${path}/draft/open`)
    const saved = await save(`${path}/draft`, {
      clientSecret: 'a-secret-that-is-typed',
      'connector.clientId': 'garant-2',
    })
    assert.match(textOf(saved), /A new secret waits for the publication/)
    assert.doesNotMatch(saved.body, /a-secret-that-is-typed/)
    const more = await save(`${path}/draft`, { allowedLevels: ['eidas1', 'eidas2', 'eidas3'] })
    assert.match(more.body, /href="#f-allowedLevels"/)
    await save(`${path}/draft`, { allowedLevels: ['eidas1', 'eidas2'] })
    const review = await open(`${path}/draft/review`)
    assert.match(textOf(review), /client_id of the hub with you .* garant-2/)
    assert.doesNotMatch(review.body, /a-secret-that-is-typed/)
    assert.match(textOf(await press(review, `${path}/draft/review`)), /It is published/)
    const { connector } = hub.partners.registry().providers.get('tax') ?? assert.fail()
    assert.ok(connector.kind === 'oidc' && connector.clientSecret === 'a-secret-that-is-typed')
    const denied = await open(`${path}/versions/1`)
    await press(denied, `${path}/versions/1`)
  })

  test('R014: another partner’s service is not there at any address, and that it was asked for is a fact', async () => {
    const before = (await factsOf(hub, 'staff.denied')).length
    const own = await open('/desk/services/refunds')
    const addresses = ['', '/integration', '/draft', '/draft/review', '/versions', '/versions/1']
    for (const rest of addresses) {
      const { status, body } = await open(`/desk/services/archive${rest}`)
      assert.equal(status, 404, rest)
      assert.doesNotMatch(body, /Service archive/, rest)
    }
    assert.equal((await open('/desk/figures?of=service/archive')).status, 404)
    assert.equal((await factsOf(hub, 'staff.denied')).length, before + addresses.length + 1)
    // A form of one's own, sent to another's address.
    const form = formOf(own, '/desk/services/refunds/draft/open')
    const crossed = await technician.agent.submit(own, { ...form, action: at('/desk/services/archive/draft/open') })
    assert.match(crossed.body, /G1003/)
    // A draft of another's that was never published.
    await hub.partners.versions.open({ kind: 'service', id: 'secret-plan' }, operators, { partner: 'other' })
    assert.equal((await open('/desk/services/secret-plan/draft')).status, 404)
    assert.equal((await factsOf(hub, 'staff.denied')).length, before + addresses.length + 2)
    for (const path of ['/desk', '/desk/services', '/desk/colleagues', '/desk/figures']) {
      assert.doesNotMatch((await open(path)).body, /archive|secret-plan/, path)
    }
  })

  test('the security contacts are confirmed once; figures are a page and a file of what is one’s own', async () => {
    const home = await open('/desk', administrator)
    assert.match(textOf(home), /Your security contacts Once a year.*security@town\.example/)
    const technicians = await open('/desk')
    assert.match(textOf(technicians), /Your security contacts Once a year/)
    assert.throws(() => formOf(technicians, '/desk/contact'), 'a technician reads it')
    for (let click = 0; click < 2; click++) {
      const done = await press(home, '/desk/contact', {}, administrator)
      assert.match(textOf(done), /Noted: your security contacts are confirmed for a year\./, `${click}`)
    }
    assert.doesNotMatch(textOf(await open('/desk')), /Once a year/)
    assert.equal((await factsOf(hub, 'partner.contact_confirmed')).length, 1)

    const page = await open('/desk/figures?of=provider/tax&by=month')
    assert.match(textOf(page), /Figures · Provider tax|Figures · tax/i)
    const csv = await open('/desk/figures.csv?of=service/refunds&by=week')
    assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8')
    assert.match(String(csv.headers['content-disposition']), /filename="service-refunds-week\.csv"/)
    for (const bad of ['of=service/archive', 'of=x', 'of=provider/nobody', 'of=service/refunds&month=2026-13']) {
      assert.equal((await open(`/desk/figures.csv?by=day&${bad}`)).status, 404, bad)
    }
  })

  test('colleagues: invited by a link shown once, put out of office, and the last administrator stays', async () => {
    const path = '/desk/colleagues'
    const page = await open(path, administrator)
    const wrong = await press(page, path, { name: ' ', mail: 'nobody', role: '' }, administrator)
    assert.equal(wrong.status, 422)
    assert.match(textOf(wrong), /Write a name\. This is not an e-mail address\. Choose one role at least\./)
    const invited = await press(
      page,
      path,
      { name: 'Zoé Martin', mail: 'zoe@town.example', role: 'administrator' },
      administrator,
    )
    const [, link = ''] = /<code class="secret" dir="ltr">([^<]*\/desk\/join\/[^<]*)<\/code>/.exec(invited.body) ?? []
    assert.equal((await new UserAgent({ language: 'en' }).open(link)).status, 200)
    const list = await open(path, administrator)
    assert.match(textOf(list), /Zoé Martin · Administrator · has not come yet/)
    assert.ok(!list.body.includes('/desk/join/'), 'the link is not shown again')
    await settle(hub)
    assert.ok(hub.smtp.mails.some((mail) => JSON.stringify(mail).includes('zoe@town.example')))

    const step = async (who: TestStaff, change: string, by = administrator) => {
      const asked = await open(`${path}/${who.staff}?change=${change}`, by)
      return press(asked, `${path}/${who.staff}`, {}, by)
    }
    assert.match(
      textOf(await step(administrator, 'remove')),
      /Nothing changed: this is the last administrator in office/,
    )
    assert.match(textOf(await step(administrator, 'suspend')), /Nothing changed: this is the last administrator/)
    // Two who remove each other at once: one stays.
    const second = await newStaff(hub, {
      partner: 'town',
      name: 'Ben',
      roles: ['administrator'],
      mail: 'ben@town.example',
    })
    const forms = await Promise.all([
      open(`${path}/${second.staff}?change=remove`, administrator),
      open(`${path}/${administrator.staff}?change=remove`, second),
    ])
    await Promise.all([
      press(forms[0], `${path}/${second.staff}`, {}, administrator),
      press(forms[1], `${path}/${administrator.staff}`, {}, second),
    ])
    const inOffice = (await hub.staff.list('town')).filter(
      ({ roles, state }) => roles.includes('administrator') && state === 'active',
    )
    assert.equal(inOffice.length, 1)
    if (inOffice[0]?.staff !== administrator.staff) administrator = second
    assert.match(textOf(await step(technician, 'suspend')), /Done: this person is suspended\./)
    assert.equal((await open('/desk')).url.pathname, '/desk/sign-in')
    assert.match(textOf(await step(technician, 'restore')), /Done: this person is restored\./)
    // Somebody of another partner.
    const stranger = await newStaff(hub, { partner: 'other', roles: ['administrator'], mail: 'x@other.example' })
    assert.equal((await open(`${path}/${stranger.staff}?change=remove`, administrator)).status, 404)
  })

  test('R012: a thousand services are found by name, in pages', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) =>
      serviceEntry(`many-${index}`, { name: names(`Élan ${index}`), sector: 'many.example' }),
    )
    await hub.publish([{ id: 'large', name: names('Large'), services: many, providers: [] }])
    const lead = await newStaff(hub, { partner: 'large', roles: ['administrator'], mail: 'lead@large.example' })
    const home = await open('/desk', lead)
    assert.match(textOf(home), /All 1000 services/)
    assert.ok(home.body.length < 60_000, `${home.body.length}`)
    const list = await open('/desk/services', lead)
    assert.match(textOf(list), /1000 in all.*Page 1 of 20/)
    assert.equal([...list.body.matchAll(/href="\/desk\/services\/many-/g)].length, 50)
    assert.match((await open('/desk/services?page=20', lead)).body, /many-999"/)
    const [search] = formsOf(list).filter(({ method }) => method === 'GET')
    assert.ok(search)
    const found = await lead.agent.submit(list, search, { q: 'elan 77' })
    assert.match(textOf(found), /19 found of 1000/)
    assert.match(textOf(await lead.agent.submit(list, search, { q: 'zzz' })), /Nothing found of 1000/)
    assert.equal((await open('/desk/services?page=9999', lead)).status, 200)
  })
})
