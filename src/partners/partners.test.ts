import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import type { Fact } from '../audit/facts.ts'
import { toDate } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Storage } from '../storage/storage.ts'
import { parsePartnersFile } from './file.ts'
import { ownService } from './own-service.ts'
import { named, samplePartners, sampleProvider, sampleService, strongSecret, toYaml } from './partners.sample.ts'
import { createPartners, type Difference, isOidc, ownProvider, type Partners, type Provider } from './partners.ts'
import { activeState, stateFor } from './suspensions.ts'

const clock = createTestClock()
const actor = { kind: 'command' } as const
const clientSecretOf = (provider: Provider | undefined) =>
  provider && isOidc(provider) ? provider.connector.clientSecret : undefined
const masterKey = Buffer.alloc(32, 3)
const parse = (data: unknown) => parsePartnersFile(toYaml(data), { allowHttp: false })
const titles = (differences: Difference[]) => differences.map(({ kind, id, change }) => `${change} ${kind} ${id}`)

let storage: Storage
let partners: Partners
const facts: Fact[] = []

const open = () =>
  createPartners({
    storage,
    clock,
    audit: { append: (_tx, ...added) => void facts.push(...added) },
    masterKey,
    log: (message, inside) => assert.fail(`${message} ${String(inside.error)}`),
  })

/** What the next publication seen by another process resolves with. */
const nextChange = (registry: Partners) =>
  new Promise<number>((resolve) => registry.onChange(({ version }) => resolve(version)))

async function published(data: unknown, options: { prune?: boolean; dryRun?: boolean } = {}): Promise<Difference[]> {
  facts.length = 0
  return partners.apply(parse(data), { actor, ...options })
}

const lineOf = (differences: Difference[], id: string) => differences.find((found) => found.id === id)?.lines ?? []

before(async () => {
  storage = await openTestStorage(clock)
  partners = await open()
})

after(async () => {
  await partners.close()
  await storage.close()
})

describe('applying a partners file', () => {
  test('R001, R002: publishes services and providers with one fact each', async () => {
    const differences = await published(samplePartners())
    assert.deepEqual(titles(differences), [
      'added partner health-insurance',
      'added service refunds',
      'added service invoices',
      'added partner state',
      'added provider taxes',
      'added provider post',
    ])
    assert.equal(facts.length, 6)
    assert.deepEqual(facts[1], {
      name: 'partners.published',
      data: { kind: 'service', id: 'refunds', version: 1, change: 'added', actor },
    })
    const { services, providers } = partners.registry()
    assert.equal(services.get('refunds')?.partner, 'health-insurance')
    assert.equal(services.get('refunds')?.sector, 'health.example')
    assert.equal(clientSecretOf(providers.get('taxes')), 'client-secret-at-taxes')
    assert.deepEqual(providers.get('post')?.allowedLevels, ['eidas1', 'eidas2'])
    assert.deepEqual(providers.get('post')?.state, activeState)
  })

  test('twice in a row: the second has nothing to do and writes nothing', async () => {
    const { version } = partners.registry()
    assert.deepEqual(await published(samplePartners()), [])
    assert.equal(facts.length, 0)
    assert.equal(partners.registry().version, version)
  })

  test('shows what changes by path, old → new', async () => {
    const data = samplePartners()
    const [health, state] = data.partners
    Object.assign(health.services?.[0] ?? {}, {
      scopes: ['openid'],
      singleSignOn: false,
      postLogoutRedirectUris: ['https://refunds.example/bye'],
    })
    Object.assign(state.providers?.[0] ?? {}, { name: { fr: 'Impôts', en: 'taxes (en)', ar: 'taxes (ar)' } })
    const differences = await published(data)
    assert.deepEqual(lineOf(differences, 'refunds'), [
      'postLogoutRedirectUris: none → https://refunds.example/bye',
      'scopes: openid, given_name → openid',
      'singleSignOn: true → false',
    ])
    assert.deepEqual(lineOf(differences, 'taxes'), ['name.fr: taxes (fr) → Impôts'])
    assert.deepEqual(
      facts.map((fact) => fact.name === 'partners.published' && [fact.data.id, fact.data.version, fact.data.change]),
      [
        ['refunds', 2, 'changed'],
        ['taxes', 2, 'changed'],
      ],
    )
    await published(samplePartners())
  })

  test('a dry run shows the same difference and changes nothing', async () => {
    const data = samplePartners()
    data.partners[0].services?.push(sampleService('letters', { sector: 'health.example' }))
    const shown = await published(data, { dryRun: true })
    assert.deepEqual(titles(shown), ['added service letters'])
    assert.equal(facts.length, 0)
    assert.equal(partners.registry().services.has('letters'), false)
  })

  test('R127: a secret that changes is told to have changed, and rests hashed or sealed', async () => {
    const data = samplePartners()
    const [health, state] = data.partners
    Object.assign(health.services?.[0] ?? {}, { secrets: [{ danger_plain: 'canary-service' }] })
    Object.assign(state.providers?.[0]?.connector ?? {}, { clientSecret: { danger_plain: 'canary-client' } })
    const differences = await published(data)
    assert.deepEqual(lineOf(differences, 'refunds'), ['secrets: «1 added, 1 removed»'])
    assert.deepEqual(lineOf(differences, 'taxes'), ['connector.clientSecret: «changed»'])
    const { rows } = await sql<{ row: string }>`select row_to_json(v)::text as row from partner_versions v`.execute(
      storage.db,
    )
    const dump = `${rows.map(({ row }) => row).join('\n')}${JSON.stringify(facts)}`
    assert.match(dump, /refunds/)
    for (const canary of ['canary-service', 'canary-client']) {
      assert.equal(dump.includes(canary), false)
      assert.equal(dump.includes(Buffer.from(canary).toString('hex')), false)
    }
    await published(samplePartners())
  })

  test('what the file does not name stays, unless pruned; and what was archived is restored', async () => {
    const alone = {
      partners: [
        { ...samplePartners().partners[0], services: [sampleService('refunds', { sector: 'health.example' })] },
      ],
    }
    assert.deepEqual(await published(alone), [])
    assert.deepEqual(titles(await published(alone, { prune: true })), [
      'archived service invoices',
      'archived provider post',
      'archived provider taxes',
      'archived partner state',
    ])
    assert.deepEqual([...partners.registry().services.keys()], ['refunds'])
    assert.equal(partners.registry().providers.size, 0)
    const back = await published(samplePartners())
    assert.deepEqual(titles(back), [
      'restored service invoices',
      'restored partner state',
      'restored provider taxes',
      'restored provider post',
    ])
    assert.equal(clientSecretOf(partners.registry().providers.get('taxes')), 'client-secret-at-taxes')
  })

  test('the entries of a snapshot cannot be changed', () => {
    const service = partners.registry().services.get('refunds')
    assert.throws(() => service?.redirectUris.push('https://evil.example/'), TypeError)
  })
})

describe('what a file alone cannot know', () => {
  const refused = async (data: unknown, options: { prune?: boolean } = {}): Promise<string> => {
    const error = await partners.apply(parse(data), { actor, ...options }).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof GarantError && error.error === 'settings_invalid')
    return String(error.inside.faults)
  }

  test('every name of a provider that does not exist is refused, by path and line, and nothing is published', async () => {
    const before = partners.registry()
    const data = {
      partners: [
        {
          ...samplePartners().partners[0],
          services: [
            sampleService('one', { sector: 'health.example', providers: ['taxes', 'nobody'] }),
            sampleService('two', { sector: 'health.example', idpHints: ['ghost'] }),
          ],
        },
      ],
    }
    const faults = await refused(data)
    assert.match(faults, /line \d+: partners\[0\]\.services\[0\]\.providers names nobody, which is not a provider/)
    assert.match(faults, /line \d+: partners\[0\]\.services\[1\]\.idpHints names ghost/)
    assert.equal(partners.registry(), before)
  })

  test('R084: a card and a code stand in for an e-ID app that is there, and for nothing else', async () => {
    const standIn = (standsInFor: string) => ({
      id: 'instead',
      name: samplePartners().partners[1].name,
      connector: { kind: 'card_and_code', cards: ['cnie'], standsInFor },
      allowedLevels: ['eidas2'],
    })
    for (const [standsInFor, says] of [
      ['taxes', /connector\.standsInFor names taxes, which is not a provider of kind eid_app/],
      ['nobody', /connector\.standsInFor names nobody/],
      ['instead', /connector\.standsInFor names instead/],
    ] as const) {
      const faults = await refused({
        partners: [{ id: 'other', name: samplePartners().partners[1].name, providers: [standIn(standsInFor)] }],
      })
      assert.match(faults, says)
    }
  })

  test('a sector belongs to one partner, whoever published it', async () => {
    const faults = await refused({
      partners: [
        {
          id: 'other',
          name: samplePartners().partners[1].name,
          services: [sampleService('spy', { sector: 'health.example' })],
        },
      ],
    })
    assert.match(faults, /sector is health\.example, already the sector of another partner/)
  })

  test('R083: a service that depends on one provider is worth a warning, and one that none reaches', () => {
    const data = samplePartners()
    data.partners[0].services?.push(
      sampleService('single', { sector: 'health.example', providers: ['taxes'] }),
      sampleService('demanding', { sector: 'health.example', minimumLevel: 'eidas3' }),
      sampleService('substantial', { sector: 'health.example', minimumLevel: 'eidas2' }),
    )
    const warnings = partners.review(parse(data)).filter((warning) => !warning.includes('danger_plain'))
    assert.deepEqual(warnings, [
      'service single: taxes is the only provider that serves it: nobody can sign in when that one stops',
      'service demanding: no provider that it takes reaches eidas3: nobody can sign in',
      'service substantial: post is the only provider that serves it: nobody can sign in when that one stops',
    ])
  })

  test('R083 R084: an e-ID app without anything in its place, and without another one at its level, is worth a warning', () => {
    const app = { kind: 'eid_app', cards: ['cnie'] }
    const provider = (id: string, connector: Record<string, unknown>, allowedLevels: string[]) => ({
      ...sampleProvider(id, { allowedLevels }),
      connector,
    })
    const warnings = (...others: Record<string, unknown>[]) => {
      const data = samplePartners()
      data.partners[1].providers?.push(provider('app', app, ['eidas2', 'eidas3']), ...others)
      return partners.review(parse(data)).filter((warning) => warning.includes('app'))
    }
    const standIn = { kind: 'card_and_code', cards: ['cnie'], standsInFor: 'app' }
    assert.deepEqual(warnings(), [
      'provider app: nothing stands in for it when it is down, and no other provider reaches eidas3 (R083)',
    ])
    assert.deepEqual(warnings(provider('stand-in', standIn, ['eidas2'])), [])
    assert.deepEqual(warnings(provider('card', { kind: 'card', cards: ['cnie'], ways: ['tls'] }, ['eidas3'])), [])
    assert.equal(warnings(provider('card', { kind: 'card', cards: ['cnie'], ways: ['tls'] }, ['eidas2'])).length, 1)
  })

  test('R022 R023: a sensitive service that professionals cannot open by a class of theirs is worth a warning', () => {
    const data = samplePartners()
    const sensitive = { sector: 'health.example', sensitive: true }
    data.partners[0].services?.push(
      sampleService('ward', { ...sensitive, population: 'professionals' }),
      sampleService('record', sensitive),
      sampleService('portal', { ...sensitive, population: 'citizens' }),
    )
    const doubts = () =>
      partners
        .review(parse(data))
        .filter((warning) => /R022|recognised class/.test(warning))
        .sort()
    const noClass =
      'it is sensitive and no provider that it takes is of a recognised class: the register of means has to say more'
    const noPsc = 'it is sensitive and open to professionals, and takes no provider of class psc (R022)'
    assert.deepEqual(doubts(), [
      `service portal: ${noClass}`,
      `service record: ${noClass}`,
      `service record: ${noPsc}`,
      `service ward: ${noClass}`,
      `service ward: ${noPsc}`,
    ])
    const professional = { population: 'professionals', means: { class: 'psc' } }
    data.partners[1].providers?.push(sampleProvider('federator', professional, { identity: 'professional' }))
    assert.deepEqual(doubts(), [`service portal: ${noClass}`])
  })

  test('a sector stays with its partner when its last service is archived: subjects are kept for ever', async () => {
    const gone = { id: 'gone', name: named('Gone'), services: [sampleService('old', { sector: 'gone.example' })] }
    const heir = (id: string) => ({
      id: 'heir',
      name: named('Heir'),
      services: [sampleService(id, { sector: 'gone.example' })],
    })
    const withPartners = (...more: unknown[]) => ({ partners: [...samplePartners().partners, ...more] })
    const pruned = { prune: true }
    await published(withPartners(gone))
    // In one step, when it is gone, under the old name or a new one: never.
    const taken = /sector is gone\.example, which was the sector of another partner \(gone\)/
    assert.match(await refused(withPartners(heir('new')), pruned), taken)
    await published(samplePartners(), pruned)
    assert.match(await refused(withPartners(heir('new'))), taken)
    assert.match(await refused(withPartners(heir('old'))), taken)
    assert.equal((await published(withPartners(gone))).at(-1)?.change, 'restored')
    // A service that is published may pass to another partner, with its people, and take others along.
    const passed = withPartners({ ...heir('old'), services: [...heir('old').services, ...heir('new').services] })
    assert.ok(
      partners
        .review(parse(passed))
        .includes('service old: it passes from gone to heir, which will know every person by the same subject'),
    )
    assert.deepEqual(titles(await published(passed, pruned)).toSorted(), [
      'added partner heir',
      'added service new',
      'archived partner gone',
      'changed service old',
    ])
    await published(samplePartners(), pruned)
    const known = (kind: 'service' | 'provider', id: string) => partners.known(storage.db, kind, id)
    // What is archived is still known by what it knew people by.
    assert.deepEqual(await known('service', 'old'), { partner: 'heir', sector: 'gone.example', isOwn: false })
    assert.equal(await known('service', 'never'), undefined)
    assert.equal(await known('provider', 'old'), undefined)
    assert.deepEqual(
      [(await known('provider', ownProvider))?.isOwn, (await known('service', ownService))?.isOwn],
      [true, true],
    )
    const again = /which was the sector of another partner \(heir\)/
    assert.match(await refused(withPartners({ ...gone, id: 'third' })), again)
  })

  test('a secret that comes, goes, or ends at another time is told apart', async () => {
    const secrets = (...list: [string, string?][]) => {
      const data = samplePartners()
      const given = list.map(([seed, until]) => ({ danger_plain: strongSecret(seed), ...(until ? { until } : {}) }))
      Object.assign(data.partners[0].services?.[0] ?? {}, { secrets: given })
      return data
    }
    const [march, april] = ['2027-03-01T00:00:00Z', '2027-04-01T00:00:00Z']
    const said = async (data: unknown) => lineOf(await published(data), 'refunds')
    await published(secrets(['first']))
    assert.deepEqual(await said(secrets(['second'], ['first', march])), [
      'secrets: «1 added, end: none → 2027-03-01T00:00:00.000Z»',
    ])
    assert.deepEqual(await said(secrets(['second'], ['first', april])), [
      'secrets: «end: 2027-03-01T00:00:00.000Z → 2027-04-01T00:00:00.000Z»',
    ])
    assert.deepEqual(await said(secrets(['second'])), ['secrets: «1 removed»'])
    await published(samplePartners())
  })

  test('a sector that changes is announced: every subject changes with it', () => {
    const data = samplePartners()
    Object.assign(data.partners[0].services?.[0] ?? {}, { sector: 'refunds.example' })
    assert.ok(
      partners
        .review(parse(data))
        .includes('service refunds: its sector changes, so it will know every person by a new subject'),
    )
  })
})

describe('the state of a provider', () => {
  const reason = { fr: 'Entretien', en: 'Maintenance', ar: 'صيانة' }
  const withState = (state?: unknown) => {
    const data = samplePartners()
    if (state) Object.assign(data.partners[1].providers?.[0] ?? {}, { state })
    return data
  }
  const suspended = { kind: 'suspended', category: 'maintenance', reason, until: '2026-11-22T12:00:00Z' }

  test('R004: is set by a file without a new version, dated, and told by a fact', async () => {
    const differences = await published(withState(suspended))
    assert.deepEqual(titles(differences), ['changed provider taxes'])
    assert.ok(lineOf(differences, 'taxes').includes('state.kind: active → suspended'))
    assert.ok(lineOf(differences, 'taxes').includes(`state.since: none → ${toDate(clock.now()).toISOString()}`))
    assert.ok(lineOf(differences, 'taxes').includes('state.until: none → 2026-11-22T12:00:00.000Z'))
    const provider = partners.registry().providers.get('taxes')
    assert.ok(provider)
    const [suspension] = provider.state.suspensions
    assert.ok(suspension)
    const until = Date.parse('2026-11-22T12:00:00Z')
    assert.deepEqual(provider.state, {
      kind: 'active',
      number: 1,
      suspensions: [
        {
          id: suspension.id,
          provider: 'taxes',
          services: 'all',
          category: 'maintenance',
          reason,
          author: { kind: 'file' },
          since: clock.now(),
          until,
          changedAt: clock.now(),
          sessions: 'kept',
        },
      ],
    })
    assert.deepEqual(facts, [
      {
        name: 'provider.suspended',
        data: {
          provider: 'taxes',
          suspension: suspension.id,
          category: 'maintenance',
          services: null,
          above: null,
          since: clock.now(),
          until,
          sessions: 'kept',
          actor,
        },
      },
    ])
  })

  test('applied again later it keeps its start; R007: it ends by itself', async () => {
    clock.advance(60_000)
    assert.deepEqual(await published(withState(suspended)), [])
    const state = partners.registry().providers.get('taxes')?.state ?? activeState
    assert.equal(stateFor({ state }, {}, Date.parse('2026-11-22T11:59:59Z')).kind, 'suspended')
    assert.deepEqual(stateFor({ state }, {}, Date.parse('2026-11-22T12:00:00Z')), { kind: 'active' })
  })

  const stateNow = () => {
    const provider = partners.registry().providers.get('taxes')
    assert.ok(provider)
    return stateFor(provider, {}, clock.now()).kind
  }

  test('a file that says nothing of it does not undo a suspension, even through a change of settings', async () => {
    const data = withState()
    Object.assign(data.partners[1].providers?.[0] ?? {}, { helpUrl: 'https://taxes.example/help' })
    await published(data)
    assert.equal(stateNow(), 'suspended')
    await published(samplePartners())
    assert.equal(stateNow(), 'suspended')
  })

  test('a file that says otherwise changes the suspension that it made, and makes no second one', async () => {
    const [before] = partners.registry().providers.get('taxes')?.state.suspensions ?? []
    clock.advance(60_000)
    const differences = await published(withState({ ...suspended, category: 'security' }))
    assert.deepEqual(lineOf(differences, 'taxes'), ['state.category: maintenance → security'])
    const state = partners.registry().providers.get('taxes')?.state ?? activeState
    assert.deepEqual(state.suspensions, [{ ...before, category: 'security', changedAt: clock.now() }])
    assert.equal(facts[0]?.name, 'provider.suspension_changed')
  })

  test('a file that says active lifts its own suspension; hidden is a state as well', async () => {
    const [suspension] = partners.registry().providers.get('taxes')?.state.suspensions ?? []
    await published(withState({ kind: 'active' }))
    const lifted = { provider: 'taxes', suspension: suspension?.id, actor }
    assert.deepEqual(facts, [{ name: 'provider.restored', data: lifted }])
    await published(withState({ kind: 'hidden' }))
    assert.deepEqual(facts, [{ name: 'provider.hidden', data: { provider: 'taxes', actor } }])
    assert.equal(stateNow(), 'hidden')
    await published(withState({ kind: 'active' }))
    assert.deepEqual(facts, [{ name: 'provider.shown', data: { provider: 'taxes', actor } }])
    assert.equal(stateNow(), 'active')
  })

  test('a file may suspend it for some services, and close sessions; a service that does not exist is refused', async () => {
    const scoped = {
      ...suspended,
      until: '2026-11-23T12:00:00Z',
      services: ['refunds'],
      sessionsClosedSince: '2026-11-22T00:00:00Z',
    }
    await published(withState(scoped))
    assert.deepEqual(await published(withState(scoped)), [], 'twice in a row')
    const [suspension] = partners.registry().providers.get('taxes')?.state.suspensions ?? []
    assert.deepEqual(suspension?.services, ['refunds'])
    assert.deepEqual(suspension?.sessions, { closedSince: Date.parse('2026-11-22T00:00:00Z') })
    await assert.rejects(published(withState({ ...scoped, services: ['nowhere'] })), (error: GarantError) =>
      /state\.services names nowhere, which is not a service/.test(String(error.inside.faults)),
    )
    await published(withState({ kind: 'active' }))
  })

  test('R096: the services whose tokens a service takes are there', async () => {
    const taking = (source: string) => {
      const data = samplePartners()
      Object.assign(data.partners[0].services?.[0] ?? {}, {
        representation: { actions: ['read'], tokensFrom: [source] },
      })
      return published(data)
    }
    await assert.rejects(taking('nowhere'), (error: GarantError) =>
      /representation\.tokensFrom names nowhere, which is not a service/.test(String(error.inside.faults)),
    )
    await taking('refunds')
    assert.deepEqual(partners.registry().services.get('refunds')?.representation?.tokensFrom, ['refunds'])
  })

  test('a suspension of an operator is not the file’s to lift, and it says so', async () => {
    const by = { actor, expected: (await partners.stateOf('taxes'))?.number ?? 0 }
    const asked = { services: 'all', category: 'security', reason, sessions: 'kept' } as const
    assert.equal((await partners.suspend('taxes', asked, by)).kind, 'done')
    await published(withState({ kind: 'active' }))
    assert.equal(stateNow(), 'suspended')
    assert.match(partners.review(parse(withState({ kind: 'active' }))).join('\n'), /taxes: the file does not lift/)
    await published(withState({ ...suspended, until: '2026-11-23T12:00:00Z' }))
    assert.equal(partners.registry().providers.get('taxes')?.state.suspensions.length, 2)
    await published(withState({ kind: 'active' }))
    const [kept, ...others] = partners.registry().providers.get('taxes')?.state.suspensions ?? []
    assert.ok(kept)
    assert.deepEqual([kept.category, others], ['security', []])
    await partners.lift('taxes', kept.id, { actor, expected: (await partners.stateOf('taxes'))?.number ?? 0 })
    assert.equal(stateNow(), 'active')
  })

  test('what was archived and comes back keeps its history, and goes on from its number', async () => {
    await published(withState(suspended))
    const data = samplePartners()
    data.partners[1].providers?.shift()
    Object.assign(data.partners[0].services?.[1] ?? {}, { providers: ['post'] })
    await published(data, { prune: true })
    assert.equal(await partners.stateOf('taxes'), undefined)
    const lines = (await partners.history('taxes')).length
    await published(withState({ kind: 'hidden' }))
    const history = await partners.history('taxes')
    assert.deepEqual(
      history.slice(lines).map(({ change }) => change),
      ['lifted', 'hidden'],
    )
    assert.deepEqual(
      history.map(({ number }) => number),
      history.map((_, index) => index + 1),
    )
    await published(withState({ kind: 'active' }))
  })
})

describe('secrets of services', () => {
  test('two are in force during a rotation, until the end of the older one', async () => {
    const [old, fresh] = [strongSecret('old'), strongSecret('new')]
    const data = samplePartners()
    Object.assign(data.partners[0].services?.[0] ?? {}, {
      secrets: [{ danger_plain: fresh }, { danger_plain: old, until: '2026-12-01T00:00:00Z' }],
    })
    await published(data)
    const service = partners.registry().services.get('refunds')
    assert.ok(service)
    assert.equal(partners.secretMatches(service, old), true)
    assert.equal(partners.secretMatches(service, fresh), true)
    assert.equal(partners.secretMatches(service, `${fresh}x`), false)
    assert.equal(partners.secretMatches(service, ''), false)
    assert.equal(partners.secretMatches(service, service.secrets[0]?.hash ?? ''), false)
    clock.set(Date.parse('2026-12-01T00:00:00Z'))
    assert.equal(partners.secretMatches(service, old), false)
    assert.equal(partners.secretMatches(service, fresh), true)
    assert.equal(partners.secretMatches({ ...service, secrets: [] }, fresh), false)
  })
})

describe('several processes', () => {
  test('another registry sees a publication by notification', async (t) => {
    // It never polls.
    t.mock.timers.enable({ apis: ['setInterval'] })
    const other = await open()
    try {
      assert.deepEqual(other.registry().services, partners.registry().services)
      const seen = nextChange(other)
      const data = samplePartners()
      data.partners[0].services?.push(sampleService('letters', { sector: 'health.example' }))
      await published(data)
      assert.equal(await seen, partners.registry().version)
      assert.deepEqual(other.registry(), partners.registry())
      assert.ok(other.registry().services.has('letters'))
      const gone = nextChange(other)
      await published(samplePartners(), { prune: true })
      await gone
      assert.equal(other.registry().services.has('letters'), false)
    } finally {
      await other.close()
    }
  })

  test('two applications of one file at once publish once', async () => {
    const data = samplePartners()
    data.partners[0].services?.push(sampleService('twice', { sector: 'health.example' }))
    facts.length = 0
    const results = await Promise.all([1, 2, 3].map(() => partners.apply(parse(data), { actor })))
    assert.deepEqual(results.map(({ length }) => length).sort(), [0, 0, 1])
    assert.equal(facts.length, 1)
  })
})

test('R012: a thousand services and sixty providers are a few statements, and a change reads only what changed', async (t) => {
  const providers = Array.from({ length: 60 }, (_, index) => sampleProvider(`provider-${index}`))
  const services = Array.from({ length: 1_000 }, (_, index) => sampleService(`service-${index}`))
  await published({ partners: [{ id: 'many', name: samplePartners().partners[0].name, services, providers }] })
  const statements = t.mock.method(storage.db, 'getExecutor')
  const fresh = await open()
  assert.equal(fresh.registry().services.size, 1_000 + 3)
  assert.ok(statements.mock.callCount() < 10, `${statements.mock.callCount()} statements`)
  statements.mock.restore()
  const kept = fresh.registry().services.get('service-7')
  const seen = nextChange(fresh)
  await published({
    partners: [
      {
        id: 'many',
        name: samplePartners().partners[0].name,
        services: [sampleService('service-8', { singleSignOn: false })],
      },
    ],
  })
  await seen
  assert.equal(fresh.registry().services.get('service-8')?.singleSignOn, false)
  assert.equal(fresh.registry().services.get('service-7'), kept)
  assert.equal(hashSecret('secret-of-service-7'), kept?.secrets[0]?.hash)
  await fresh.close()
})
