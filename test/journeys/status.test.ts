/** What the hub says to everybody: the status page, its JSON, the choice page, which agree, and banners above pages. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { day, hour, minute, second } from '../../src/kernel/durations.ts'
import { inEachLanguage, type Language, languages } from '../../src/kernel/languages.ts'
import type { NewBanner } from '../../src/notices/banners.ts'
import { statusMessages } from '../../src/notices/messages.ts'
import type { ProviderJson } from '../../src/notices/status.ts'
import { isInForce } from '../../src/partners/suspensions.ts'
import { healthReasons, newBreaker } from '../../src/policy/breaker.ts'
import { runVerb } from '../../src/verbs.ts'
import { mockProcessClock, type TestClock, testStart } from '../support/clock.ts'
import { createTestDatabase } from '../support/database.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import fc from '../support/property.ts'
import { startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf } from '../support/records.ts'
import { at, attempt, loginOf, relyingParty } from '../support/relying-party.ts'
import { type Answer, textOf, UserAgent } from '../support/user-agent.ts'

const actor = { kind: 'command' } as const
const ids = ['bank', 'consulate', 'health', 'notary', 'post', 'tax']
let clock: TestClock
let hub: TestHub
let provider: TestProvider
const browser = new UserAgent({ language: 'en' })

const reason = (id: string) => inEachLanguage((language) => `Reason of ${id} (${language})`)

async function publish(providers: readonly string[] = ids): Promise<void> {
  await hub.publish(
    [
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [
          serviceEntry('refunds', { sector: 'refunds.example' }),
          serviceEntry('justice', {
            sector: 'justice.example',
            providers: ['bank', 'post', 'tax'],
            minimumLevel: 'eidas2',
          }),
        ].filter(() => providers.length > 0),
        providers: providers.map((id) =>
          providerEntry(provider, {
            id,
            name: inEachLanguage((language) => `Account ${id} (${language})`),
            allowedLevels: ['eidas1', 'eidas2', 'eidas3'],
          }),
        ),
      },
    ],
    { prune: true },
  )
}

before(async () => {
  clock = mockProcessClock({ mock })
  hub = await startTestHub()
  provider = await startProvider({ id: 'bank', subject: 'somebody', acr: 'eidas2' })
  await publish()
})
after(async () => {
  await hub.close()
  await provider.close()
  mock.timers.reset()
})
beforeEach(() => clearAll())

/** Every provider active, shown and up; no banner. */
async function clearAll(): Promise<void> {
  for (const { id } of hub.partners.registry().providers.values()) {
    const expected = async () => (await hub.partners.stateOf(id))?.number ?? 0
    await hub.partners.lift(id, 'all', { actor, expected: await expected() })
    await hub.partners.show(id, { actor, expected: await expected() })
  }
  await sql`update provider_health set breaker = ${JSON.stringify(newBreaker)}::text::jsonb`.execute(hub.storage.db)
  await sql`delete from incidents`.execute(hub.storage.db)
  await sql`delete from provider_state_changes`.execute(hub.storage.db)
  await sql`delete from banners`.execute(hub.storage.db)
  await Promise.all([hub.partners.health.turn(), hub.notices.refresh()])
}

/** As if probes and sign-ins had shown it. */
async function observe(id: string, health: 'up' | 'degraded' | 'down'): Promise<void> {
  const since = clock.now()
  const observed = { ...newBreaker, health, since, checkedAt: since, reasons: health === 'up' ? [] : ['unreachable'] }
  // A trial that is due in an hour: time alone closes nothing meanwhile.
  const breaker = { ...observed, ...(health === 'down' ? { phase: 'open', trialAt: since + hour } : {}) }
  await sql`update provider_health set breaker = ${JSON.stringify(breaker)}::text::jsonb where provider = ${id}`.execute(
    hub.storage.db,
  )
}

async function suspend(id: string, changes: Record<string, unknown> = {}): Promise<void> {
  const draft = { services: 'all', category: 'maintenance', reason: reason(id), sessions: 'kept', ...changes } as never
  const expected = (await hub.partners.stateOf(id))?.number ?? 0
  const outcome = await hub.partners.suspend(id, draft, { actor, expected })
  assert.equal(outcome.kind, 'done', JSON.stringify(outcome))
}

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${hub.issuer}${path}`, { headers })

async function json(query = ''): Promise<ProviderJson[]> {
  const answer = await get(`/status/providers.json${query}`)
  assert.equal(answer.status, 200, query)
  return (await answer.json()) as ProviderJson[]
}

async function statusPage(language: Language = 'en'): Promise<string> {
  return (await get(`/status?lang=${language}`)).text()
}

interface Schema {
  items: {
    required: string[]
    properties: Record<string, { enum?: string[]; format?: string }>
    dependentRequired: Record<string, string[]>
  }
}

function schemaOf(document: string): Schema {
  const found = /```json\n(\{\n {2}"\$schema"[\s\S]*?)```/.exec(document)?.[1]
  return JSON.parse(found ?? '') as Schema
}

const textIn = (body: string) => textOf({ body })

/** A login of a service at its choice page; reading it again shows the present. */
async function choiceOf(service: string, parameters: Record<string, string> = {}): Promise<() => Promise<Answer>> {
  const party = await relyingParty({ issuer: hub.issuer, clientId: service, secret: secretOf(service) })
  const { url } = await attempt(party, parameters)
  const page = await browser.open(url, at(party))
  const login = loginOf(page)
  return () => browser.open(login)
}

/** What the choice page says of a provider. */
function onChoicePage(
  { body }: Answer,
  id: string,
): { state: 'absent' | 'usable' | 'greyed'; why?: string; text: string } {
  const found = new RegExp(`<li[^>]*>\\s*<button class="tile[^>]*value="${id}"[\\s\\S]*?</li>`).exec(body)?.[0]
  if (!found) return { state: 'absent', text: '' }
  const why = /<p class="why"[^>]*>([\s\S]*?)<\/p>/.exec(found)?.[1] ?? ''
  return found.includes('tile greyed')
    ? { state: 'greyed', why: textIn(why), text: textIn(found) }
    : { state: 'usable', text: textIn(found) }
}

/** What the status page says of a provider: the word of its badge. */
function onStatusPage(body: string, id: string): string | undefined {
  const row = new RegExp(`<bdi>Account ${id} \\(en\\)</bdi></(?:h3|strong)>\\s*<span class="standing standing-(\\w+)"`)
  return row.exec(body)?.[1]
}

describe('R010: the choice page, the status page and the JSON say the same', () => {
  test('in many random states, at one instant each', async () => {
    const choices = { refunds: await choiceOf('refunds'), justice: await choiceOf('justice') }
    const one = fc.record({
      health: fc.constantFrom('up', 'degraded', 'down'),
      hidden: fc.boolean(),
      suspensions: fc.array(
        fc.record({
          services: fc.constantFrom('all', ['refunds'], ['justice'], ['refunds', 'justice']),
          above: fc.constantFrom(undefined, 'eidas1', 'eidas2'),
          category: fc.constantFrom('maintenance', 'security', 'other'),
          since: fc.constantFrom(-hour, 0, hour),
          until: fc.constantFrom(undefined, 2 * hour),
        }),
        { maxLength: 2 },
      ),
    })
    const drawn = fc.sample(fc.tuple(...ids.map(() => one)), { numRuns: 12, seed: 7 })
    const seen = new Set<string>()
    for (const states of drawn) {
      await clearAll()
      for (const [index, { health, hidden, suspensions }] of states.entries()) {
        const id = ids[index] as string
        await observe(id, health as 'up')
        for (const { above, until, since, ...rest } of suspensions) {
          const span = { since: clock.now() + since, ...(until ? { until: clock.now() + until } : {}) }
          await suspend(id, { ...rest, ...span, ...(above ? { above } : {}) })
        }
        const expected = (await hub.partners.stateOf(id))?.number ?? 0
        if (hidden && index % 2 === 0) await hub.partners.hide(id, { actor, expected })
      }
      await hub.partners.health.turn()
      const page = await statusPage()
      const all = await json('?lang=en')
      const found = Object.fromEntries(
        await Promise.all(
          (['refunds', 'justice'] as const).map(async (service) => [
            service,
            { choice: await choices[service](), entries: await json(`?service=${service}&lang=en`) },
          ]),
        ),
      ) as Record<string, { choice: Answer; entries: ProviderJson[] }>
      const times = [page, ...Object.values(found).map(({ choice }) => choice.body)].map(
        (body) => /<p class="(?:known|snapshot)">[^<]*<time datetime="([^"]*)"/.exec(body)?.[1],
      )
      assert.equal(new Set(times).size, 1, `drawn from one snapshot: ${times}`)
      for (const id of ids) {
        const entry = all.find((each) => each.id === id)
        const given = hub.partners.registry().providers.get(id)?.state.suspensions ?? []
        const isPartial = entry?.health === 'up' && given.some((each) => isInForce(each, clock.now()))
        const standing = entry?.state === 'suspended' ? 'suspended' : isPartial ? 'partial' : entry?.health
        assert.equal(onStatusPage(page, id), standing, id)
        for (const [service, { choice, entries }] of Object.entries(found)) {
          const there = entries.find((each) => each.id === id)
          const tile = onChoicePage(choice, id)
          const said = JSON.stringify({ id, service, there, tile })
          seen.add(`${there?.state} ${there?.health}`)
          if (!there) assert.equal(tile.state, 'absent', said)
          else if (there.state === 'suspended') {
            assert.equal(tile.state, 'greyed', said)
            assert.ok(tile.why?.includes(there.reason ?? 'no reason'), said)
          } else if (there.health === 'down') {
            assert.equal(tile.state, 'greyed', said)
            assert.doesNotMatch(tile.why ?? '', /Reason of/, said)
          } else {
            assert.equal(tile.state, 'usable', said)
            assert.equal(tile.text.includes('Works badly at the moment'), there.health === 'degraded', said)
          }
          // What holds for all services and levels holds for each; what is on the page of one is known of all.
          if (entry?.state === 'suspended' && there) assert.equal(there.state, 'suspended', said)
          if (there) assert.equal(there.health, entry?.health, said)
        }
      }
    }
    const cases = [
      'undefined undefined',
      ...['active', 'suspended'].flatMap((state) => ['up', 'degraded', 'down'].map((health) => `${state} ${health}`)),
    ]
    assert.deepEqual([...seen].sort(), cases.sort(), 'every case was met')
  })

  test('the time of the snapshot is printed on the page and told with the JSON', async () => {
    const page = await statusPage()
    const printed = /<time datetime="([^"]*)">([^<]*)<\/time>/.exec(page)
    const { at: snapshot } = hub.partners.availability()
    assert.equal(printed?.[1], new Date(snapshot).toISOString())
    assert.match(printed?.[2] ?? '', /22 November 2026 at 11:00:00 Central European Standard Time/)
    const answer = await get('/status/providers.json')
    assert.equal(answer.headers.get('last-modified'), new Date(Math.floor(snapshot / 1000) * 1000).toUTCString())
  })

  test('a suspension begins and ends by the clock, on the page and in the JSON at once', async () => {
    await suspend('bank', { since: testStart + hour, until: testStart + 2 * hour, category: 'security' })
    const stateAt = async (after: number) => {
      clock.set(testStart + after)
      const [entry] = (await json('?lang=fr')).filter(({ id }) => id === 'bank')
      return [entry?.state, onStatusPage(await statusPage(), 'bank')]
    }
    try {
      assert.match(
        textIn(await statusPage()),
        /Planned interruptions Account bank \(en\) Reason of bank \(en\) Security measure\. 22 November 2026, 12:00–13:00\./,
      )
      assert.deepEqual(await stateAt(hour - 1), ['active', 'up'])
      assert.deepEqual(await stateAt(hour), ['suspended', 'suspended'])
      assert.deepEqual(
        (await json('?lang=fr')).find(({ id }) => id === 'bank'),
        {
          id: 'bank',
          name: 'Account bank (fr)',
          state: 'suspended',
          category: 'security',
          reason: 'Reason of bank (fr)',
          since: '2026-11-22T11:00:00.000Z',
          until: '2026-11-22T12:00:00.000Z',
          health: 'up',
        },
      )
      assert.deepEqual(await stateAt(2 * hour - 1), ['suspended', 'suspended'])
      assert.deepEqual(await stateAt(2 * hour), ['active', 'up'])
      assert.doesNotMatch(await statusPage(), /Reason of bank/)
    } finally {
      clock.set(testStart)
    }
  })

  test('suspended for one service, or above a level: the whole is active, and the page tells of the part', async () => {
    await suspend('bank', { services: ['justice'] })
    await suspend('post', { above: 'eidas2' })
    assert.deepEqual([...new Set((await json()).map(({ state }) => state))], ['active'])
    const of = async (query: string, id: string) => (await json(query)).find((entry) => entry.id === id)?.state
    assert.equal(await of('?service=justice', 'bank'), 'suspended')
    assert.equal(await of('?service=refunds', 'bank'), 'active')
    assert.equal(await of('?service=justice', 'post'), 'active')
    assert.equal(await of('?service=justice&level=eidas3', 'post'), 'suspended')
    const text = textIn(await statusPage())
    assert.match(
      text,
      /Suspended in part Reason of bank \(en\) Maintenance\. From 22 November 2026 at 11:00, until further notice\. For: Service justice\./,
    )
    assert.match(text, /Reason of post \(en\).* Only where the service asks for more than the substantial level\./)
  })

  test('a hidden provider is nowhere, suspended or not', async () => {
    await suspend('bank')
    const expected = (await hub.partners.stateOf('bank'))?.number ?? 0
    await hub.partners.hide('bank', { actor, expected })
    assert.doesNotMatch(await statusPage(), /Account bank/)
    assert.equal((await json()).length, ids.length - 1)
  })
})

describe('R010: the status page', () => {
  test('in each language: true reason, category, since, until, what is observed', async () => {
    await suspend('bank', { category: 'security' })
    await observe('post', 'down')
    await hub.partners.health.turn()
    const expected: Record<Language, RegExp[]> = {
      fr: [
        /2 comptes sur 6 ne fonctionnent pas normalement/,
        /Reason of bank \(fr\) Mesure de sécurité\. À partir du 22 novembre 2026 à 11:00, jusqu’à nouvel ordre/,
        /Ne répond pas Il ne répond pas, ou pas à temps/,
      ],
      en: [/2 accounts of 6 do not work normally/, /Suspended Reason of bank \(en\)/, /Does not answer/],
      ar: [/حسابان من أصل 6 لا يعملان كالمعتاد/, /معلّق Reason of bank \(ar\)/, /لا يجيب/],
    }
    for (const language of languages) {
      const page = await statusPage(language)
      assert.match(page, new RegExp(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`))
      for (const pattern of expected[language]) assert.match(textIn(page), pattern)
    }
  })

  test('no provider, no incident; all of them out', async () => {
    assert.match(
      textIn(await statusPage()),
      /All accounts work\..*No interruption is planned\..*No incident and no suspension\./,
    )
    for (const id of ids.slice(1)) await observe(id, 'down')
    await suspend('bank')
    await hub.partners.health.turn()
    const text = textIn(await statusPage())
    assert.match(text, /No account can be used at the moment\. Go back to the service/)
    assert.doesNotMatch(text, /What works/)
    await publish([])
    assert.match(textIn(await statusPage()), /No account is offered for now\./)
    assert.deepEqual(await json(), [])
    await publish()
  })

  test('incidents: under way with the operator’s note, over, of past months page by page', async () => {
    const insert = (id: string, from: number, to: number | undefined) =>
      sql`insert into incidents (id, provider, health, reasons, opened_at, closed_at)
        values (${id}, 'bank', 'down', '["unreachable"]'::jsonb, ${new Date(from)}, ${to === undefined ? null : new Date(to)})`.execute(
        hub.storage.db,
      )
    const october = Date.parse('2026-10-10T08:00:00Z')
    for (let index = 0; index < 51; index++)
      await insert(`inc_${index}`, october + index * hour, october + index * hour + minute)
    await insert('inc_now', clock.now() - hour, undefined)
    await hub.partners.health.note('inc_now', reason('inc'), { actor })
    await hub.notices.refresh()
    const text = textIn(await statusPage())
    assert.match(
      text,
      /Account bank \(en\) Does not answer It does not answer, or not in time\. What we know of it: Reason of inc \(en\) Under way since 22 November 2026 at 10:00\./,
    )
    const month = await (await get('/status/history?month=2026-10&lang=en')).text()
    assert.equal([...month.matchAll(/\d+ October 2026, /g)].length, 50)
    assert.match(textIn(month), /12 October 2026, 12:00–12:01\./)
    assert.match(month, /href="\/status\/history\?month=2026-10&amp;page=2"/)
    const second = await (await get('/status/history?month=2026-10&page=2&lang=en')).text()
    assert.equal([...second.matchAll(/\d+ October 2026, /g)].length, 1)
    assert.match(
      textIn(await (await get('/status/history?month=2026-09&lang=fr')).text()),
      /Incidents et suspensions : septembre 2026 Aucun incident, aucune suspension\./,
    )
    for (const query of [
      '?month=2026-12',
      '?month=2023-11',
      '?month=x',
      '?month=2026-10&page=3',
      '?page=0',
      '?page=1.5',
      '?month=2026-10&month=2026-09',
    ]) {
      assert.equal((await get(`/status/history${query}`)).status, 404, query)
    }
  })

  test('R009: suspensions that are over stay in the history, with category, reason, end and whom they concerned', async () => {
    const start = clock.now()
    const lift = async (id: string) => {
      const expected = (await hub.partners.stateOf(id))?.number ?? 0
      assert.equal((await hub.partners.lift(id, 'all', { actor, expected })).kind, 'done')
    }
    const partsOf = (page: string) =>
      textIn(/<h2 id="incidents">[\s\S]*?<\/section>/.exec(page)?.[0] ?? '').replace(/ All incidents.*/, '')
    await suspend('bank', { category: 'security', sessions: { closedSince: start } })
    await suspend('tax', { until: start + 10 * minute })
    await suspend('post', { services: ['justice'], category: 'other' })
    await suspend('notary', { since: start + hour })
    await suspend('health', { until: start + hour })
    await suspend('consulate')
    await hub.notices.refresh()
    assert.match(partsOf(await statusPage()), /No incident and no suspension\.$/, 'what holds now stands above')

    clock.advance(5 * minute)
    for (const id of ['bank', 'post', 'notary', 'consulate']) await lift(id)
    const hidden = (await hub.partners.stateOf('consulate'))?.number ?? 0
    await hub.partners.hide('consulate', { actor, expected: hidden })
    clock.set(start + 10 * minute)
    await hub.notices.refresh()
    const told = partsOf(await statusPage())
    const expected = [
      /Account bank \(en\) Suspended Reason of bank \(en\) Security measure\. 22 November 2026, 11:00–11:05\./,
      /Account tax \(en\) Suspended Reason of tax \(en\) Maintenance\. 22 November 2026, 11:00–11:10\./,
      /Account post \(en\) Suspended in part Reason of post \(en\) Other reason\. 22 November 2026, 11:00–11:05\. For: /,
    ]
    for (const pattern of expected) assert.match(told, pattern)
    // Taken back before it began, in force, hidden.
    for (const id of ['notary', 'health', 'consulate']) assert.doesNotMatch(told, new RegExp(`Account ${id}`), id)
    clock.advance(11 * second)
    const month = textIn(await (await get('/status/history?lang=en')).text())
    for (const pattern of expected) assert.match(month, pattern)
    assert.match(month, /Account health \(en\) Suspended Reason of health \(en\) Maintenance\./, 'began in the month')
    for (const id of ['notary', 'consulate']) assert.doesNotMatch(month, new RegExp(`Account ${id}`), id)

    clock.set(start + 31 * day + 5 * minute)
    await hub.notices.refresh()
    const kept = partsOf(await statusPage())
    assert.deepEqual([/bank/.test(kept), /tax/.test(kept)], [true, true])
    clock.set(start + 31 * day + 5 * minute + 1)
    await hub.notices.refresh()
    const later = partsOf(await statusPage())
    assert.deepEqual([/bank/.test(later), /tax/.test(later)], [false, true])
    clock.set(start)
  })

  test('is linked from every page, and from the choice page beside the time of its snapshot', async () => {
    const choice = (await (await choiceOf('refunds'))()).body
    assert.match(choice, /<p class="known"><time [^>]*>[^<]*<\/time> <a href="\/status">/)
    for (const path of ['/', '/status', '/disclosure', '/nothing'])
      assert.match(await (await get(path)).text(), /href="\/status"/, path)
  })

  test('every reason of the observed health has its sentence', () => {
    for (const language of languages) {
      for (const name of Object.keys(healthReasons)) assert.ok(statusMessages[language][`status.reason.${name}`], name)
    }
  })
})

describe('R010: the JSON for the sites of services and providers', () => {
  test('may be read by any site, kept for ten seconds, and asked whether it changed', async () => {
    const answer = await get('/status/providers.json', { origin: 'https://service.example', 'accept-language': 'ar' })
    const { headers } = answer
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin')
    assert.equal(headers.get('cache-control'), 'public, max-age=10')
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(headers.get('content-language'), 'ar')
    assert.equal(headers.get('vary'), 'accept-language')
    assert.equal(headers.get('access-control-allow-credentials'), null)
    const etag = headers.get('etag') ?? ''
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await get('/status/providers.json', { 'accept-language': 'ar', 'if-none-match': known })
      assert.deepEqual([again.status, await again.text()], [304, ''], known)
    }
    await suspend('bank')
    const changed = await get('/status/providers.json', { 'accept-language': 'ar', 'if-none-match': etag })
    assert.equal(changed.status, 200)
    assert.notEqual(changed.headers.get('etag'), etag)
  })

  test('in the language of the address, else of the header, never of a cookie, and it leaves none', async () => {
    const nameIn = async (query: string, headers: Record<string, string>) => {
      const answer = await get(`/status/providers.json${query}`, {
        cookie: 'language=ar; __Host-language=ar',
        ...headers,
      })
      assert.equal(answer.headers.get('set-cookie'), null)
      return ((await answer.json()) as ProviderJson[])[0]?.name
    }
    assert.equal(await nameIn('?lang=en', { 'accept-language': 'fr' }), 'Account bank (en)')
    assert.equal(await nameIn('', { 'accept-language': 'de, ar-MA;q=0.5' }), 'Account bank (ar)')
    assert.equal(await nameIn('?lang=de', {}), 'Account bank (fr)')
  })

  test('is as its schema in docs/integration.md says, whatever is suspended', async () => {
    await suspend('bank', { until: clock.now() + day })
    await suspend('post')
    await observe('tax', 'down')
    await hub.partners.health.turn()
    const { items } = schemaOf(readFileSync(join(import.meta.dirname, '../../docs/integration.md'), 'utf8'))
    const entries = await json()
    const members = new Set(entries.flatMap((entry) => Object.keys(entry)))
    // Those of what stands in for a provider are met in test/browser/outage-eid.test.ts.
    const usual = Object.keys(items.properties).filter((name) => !name.startsWith('standsIn'))
    assert.deepEqual([...members].sort(), usual.sort(), 'each member is met, and no other')
    for (const entry of entries as unknown as Record<string, unknown>[]) {
      for (const name of items.required) assert.ok(name in entry, name)
      for (const [name, needed] of Object.entries(items.dependentRequired)) {
        if (name in entry) for (const other of needed) assert.ok(other in entry, `${name} without ${other}`)
      }
      for (const [name, value] of Object.entries(entry)) {
        const { enum: words, format } = items.properties[name] ?? {}
        assert.equal(typeof value, 'string', name)
        if (words) assert.ok(words.includes(String(value)), `${name}: ${value}`)
        if (format) assert.equal(new Date(String(value)).toISOString(), value)
      }
    }
  })

  test('a wrong question is refused, in JSON, for every site to read', async () => {
    for (const [query, status] of [
      ['?service=nothing', 404],
      ['?service=refunds&level=eidas9', 400],
      ['?level=eidas2', 400],
      ['?service=refunds&service=justice', 400],
    ] as const) {
      const answer = await get(`/status/providers.json${query}`)
      assert.equal(answer.status, status, query)
      assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    }
    assert.equal((await fetch(`${hub.issuer}/status/providers.json`, { method: 'POST' })).status, 404)
  })

  test('asked too often by one network in a minute: 429, and the next minute is another one', async () => {
    clock.advance(minute)
    let refused = 0
    for (let count = 0; count < 601; count++) {
      const answer = await get('/status/providers.json')
      await answer.arrayBuffer()
      if (answer.status === 429) {
        refused += 1
        assert.equal(answer.headers.get('retry-after'), '60')
        assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      }
    }
    assert.equal(refused, 1)
    clock.advance(minute)
    assert.equal((await get('/status/providers.json')).status, 200)
    assert.equal((await get('/status')).status, 200)
    clock.set(testStart)
  })
})

describe('R106: banners above the pages', () => {
  const text = inEachLanguage((language) => `Do not answer ${language}`)

  async function announce(changes: Partial<NewBanner> = {}): Promise<void> {
    const banner: NewBanner = { kind: 'phishing', text, services: 'all', until: clock.now() + day, ...changes }
    const outcome = await hub.notices.publish(banner, { actor })
    assert.equal(outcome.kind, 'done', JSON.stringify(outcome))
  }

  const bannersOf = (body: string) =>
    [...body.matchAll(/<div class="banner banner-(\w+)">([\s\S]*?)<\/div>/g)].map(
      ([, kind, inside = '']) => `${kind}: ${textIn(inside)}`,
    )

  test('on every page of the hub, errors included, in its language, in its window and not outside of it', async () => {
    await announce({ since: clock.now() + hour, until: clock.now() + 2 * hour })
    const shown = async () => {
      const pages = await Promise.all(
        ['/', '/status', '/nothing', '/operators/sign-in'].map(async (path) => (await get(`${path}?lang=fr`)).text()),
      )
      return pages.map((page) => bannersOf(page).length)
    }
    for (const [at, count] of [
      [hour - 1, 0],
      [hour, 1],
      [2 * hour - 1, 1],
      [2 * hour, 0],
    ] as const) {
      clock.set(testStart + at)
      assert.deepEqual(await shown(), [count, count, count, count], `${at}`)
    }
    clock.set(testStart + hour)
    for (const language of languages) {
      const [said] = bannersOf(await statusPage(language))
      assert.ok(said?.includes(`Do not answer ${language}`), said)
      assert.ok(said?.includes(statusAdvice[language]), said)
    }
    clock.set(testStart)
  })

  const statusAdvice: Record<Language, string> = {
    fr: 'écrivez vous-même l’adresse du site',
    en: 'type the address of the site into your browser yourself',
    ar: 'واكتب عنوان الموقع بنفسك',
  }

  test('holds no link, no form and no markup: what an operator types is text', async () => {
    await announce({ text: { ...text, en: 'Quotes " and & and \' stay' } })
    const page = await statusPage()
    const region = /<aside class="banners"[\s\S]*?<\/aside>/.exec(page)?.[0] ?? ''
    assert.match(region, /Quotes &quot; and &amp; and &#39; stay/)
    assert.doesNotMatch(region, /<(?:a|form|button|img|script)\b/)
    assert.doesNotMatch(region, /role="alert"|aria-live/)
  })

  test('of one service: on the pages of its logins and on no other, and told on the status page', async () => {
    await announce({ kind: 'maintenance', services: ['justice'] })
    const [refunds, justice] = [await choiceOf('refunds'), await choiceOf('justice')]
    assert.deepEqual(bannersOf((await refunds()).body), [])
    assert.deepEqual(bannersOf((await justice()).body), ['maintenance: Maintenance. Do not answer en'])
    assert.deepEqual(bannersOf(await statusPage()), [])
    assert.match(
      textIn(await statusPage()),
      /Notices for some services Maintenance\. Do not answer en For: Service justice\. Until 23 November 2026 at 11:00\./,
    )
  })

  test('three at most, warnings first', async () => {
    const kinds = ['information', 'maintenance', 'information', 'phishing', 'phishing'] as const
    for (const kind of kinds) await announce({ kind })
    assert.deepEqual(
      bannersOf(await statusPage()).map((said) => said.split(':')[0]),
      ['phishing', 'phishing', 'maintenance'],
    )
    assert.equal((await statusPage()).split(statusAdvice.en).length - 1, 1, 'the advice is given once')
  })
})

test('R106: banners by the command line', async () => {
  const said: string[] = []
  const out = { line: (line: string) => void said.push(line), warn: (line: string) => void said.push(`! ${line}`) }
  const run = async (verb: string, args: Record<string, unknown>) => {
    said.length = 0
    return { exit: await runVerb(hub, { verb, args }, out), said: said.join('\n') }
  }
  const until = new Date(clock.now() + day).toISOString().replace('.000', '')
  const text = { fr: 'Travaux ce soir', en: 'Works tonight', ar: 'أعمال هذا المساء' }
  const banner = { kind: 'maintenance', text, services: 'all', until }

  assert.match((await run('banner.list', { all: false, json: false })).said, /No banner is in force or planned/)
  const published = await run('banner.publish', banner)
  assert.equal(published.exit, 0, published.said)
  const [id = ''] = /ban_[\w-]+/.exec(published.said) ?? []
  assert.match(
    published.said,
    /number 1\): maintenance, shown\n {2}on: every page\n {2}from 2026-11-22T10:00:00\.000Z to 2026-11-23/,
  )
  const refused = await run('banner.publish', { ...banner, text: { ...text, ar: '', en: 'See hub.example' } })
  assert.deepEqual(refused, {
    exit: 3,
    said: '! text.en must hold no address of a site or a mailbox: say in words where to go\n! text.ar is missing',
  })
  assert.match(
    (await run('banner.publish', { ...banner, until: 'tomorrow' })).said,
    /^! until: must be a date and time with its zone/,
  )

  const amended = await run('banner.amend', { banner: id, text: { en: 'Works at noon' } })
  assert.match(amended.said, /number 2\).*fr: Travaux ce soir\n {2}en: Works at noon/s)
  const late = await run('banner.amend', { banner: id, number: 1, kind: 'information' })
  assert.equal(late.exit, 3)
  assert.match(late.said, /^! Nothing was changed: the banner is not the one that you saw.*number 2/s)
  assert.match(textIn(await statusPage()), /Maintenance\. Works at noon/)

  const listed = await run('banner.list', { all: false, json: true })
  assert.deepEqual(
    (JSON.parse(listed.said) as { id: string }[]).map((each) => each.id),
    [id],
  )
  assert.match((await run('banner.withdraw', { banner: id })).said, /^Withdrawn/)
  assert.doesNotMatch(textIn(await statusPage()), /Works at noon/)
  assert.equal((await run('banner.amend', { banner: id, kind: 'phishing' })).exit, 3)
  assert.match((await run('banner.list', { all: true, json: false })).said, /maintenance, withdrawn/)
  assert.equal((await run('banner.withdraw', { banner: `ban_${'x'.repeat(22)}` })).exit, 3)
  const banners = await Promise.all([factsOf(hub, 'banner.amended'), factsOf(hub, 'banner.withdrawn')])
  assert.deepEqual(
    banners.map((facts) => facts.map(({ banner, actor: by }) => [banner, by])),
    [[[id, actor]], [[id, actor]]],
  )
})

test('R010: while the database is away the last snapshot is shown, with its time, and said to be old', async () => {
  const database = await createTestDatabase()
  const own = await startTestHub({ clock, database: database.location })
  try {
    await own.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [],
        providers: [providerEntry(provider, { id: 'bank' })],
      },
    ])
    await own.notices.publish(
      { kind: 'information', text: reason('banner'), services: 'all', until: clock.now() + day },
      { actor },
    )
    const { at: snapshot } = own.partners.availability()
    if (own.storage.kind === 'embedded') await own.storage.close()
    await database.drop()
    for (const [later, isOld] of [
      [minute, false],
      [minute + second, true],
    ] as const) {
      clock.set(snapshot + later)
      const page = await fetch(`${own.issuer}/status?lang=en`)
      assert.equal(page.status, 200)
      const body = await page.text()
      assert.ok(body.includes(`<time datetime="${new Date(snapshot).toISOString()}"`))
      assert.equal(textIn(body).includes('This information is no longer up to date'), isOld, `${later}`)
      assert.match(textIn(body), /Reason of banner \(en\)/)
    }
    const answer = await fetch(`${own.issuer}/status/providers.json`)
    assert.deepEqual([answer.status, answer.headers.get('last-modified')], [200, new Date(snapshot).toUTCString()])
    assert.equal(((await answer.json()) as ProviderJson[])[0]?.id, 'bank')
    const history = await fetch(`${own.issuer}/status/history?lang=en`)
    assert.match(textIn(await history.text()), /The history cannot be read at the moment/)
    assert.equal(history.status, 200)
  } finally {
    await own.close().catch(() => {})
    clock.set(testStart)
  }
})
