/**
 * Which means are accepted where, today, through whole logins: what the choice page says, what a forged choice and a hint
 * come to, what is judged when the person comes back, and what a session answers.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { day, minute } from '../../src/kernel/durations.ts'
import { newId } from '../../src/kernel/ids.ts'
import { policySchema } from '../../src/policy/settings.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { chooseOwn, enrol, type OwnAccount, ownProviderEntry, typeCode, typePassword } from '../support/own-means.ts'
import { tarik } from '../support/people.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { connectionOf, factsOf, tally } from '../support/records.ts'
import {
  type Attempt,
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
} from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

const lastSecond = Date.parse('2025-12-31T23:59:59+01:00')
const today = Date.parse('2026-11-22T10:00:00Z')
/** Four calendar years after the homologations of `operators`, in Paris. */
const fourYearsLater = Date.parse('2030-11-22T00:00:00+01:00')
const zone = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z')

const operator = { kind: 'operator' as const, id: newId('operator') }
const certificate = { reference: 'ANSSI-2024-17', validUntil: '2027-06-30T00:00:00Z' }
const enrolment = { proofs: ['franceconnect'], contactsVerified: true }

let clock: TestClock
/** Vouches for citizens, under as many names as there are kinds of means. */
let town: TestProvider
/** Vouches for professionals. */
let federator: TestProvider

const classes: Record<string, Record<string, unknown>> = {
  badge: { class: 'transition', factors: ['contactless_chip', 'password'] },
  app: { class: 'homologated', factors: ['password', 'totp'] },
  seal: { class: 'certified', certificate, enrolment },
  weak: { class: 'certified', certificate, enrolment, factors: ['password', 'sms_otp'] },
  words: { amr: { pwd: ['password'], otp: ['totp'] } },
  plain: {},
}

const texts = (text: string) => ({ fr: text, en: text, ar: text })

/** The town, with other settings for some of its providers. */
function partners(changes: Record<string, Record<string, unknown>> = {}): Record<string, unknown>[] {
  const levels: Record<string, string[]> = {
    badge: ['eidas1'],
    app: ['eidas2'],
    seal: ['eidas1', 'eidas2'],
    weak: ['eidas1'],
    words: ['eidas1', 'eidas2'],
    plain: ['eidas1', 'eidas2'],
  }
  const { connector, ...entry } = providerEntry(federator, { population: 'professionals', allowedLevels: ['eidas2'] })
  return [
    {
      id: 'town',
      name: texts('Town'),
      services: [
        serviceEntry('record', { sensitive: true, sector: 'record.example', idpHints: ['badge', 'words', 'plain'] }),
        serviceEntry('prescriptions', { sensitive: true, sector: 'prescriptions.example' }),
        serviceEntry('library', { sector: 'library.example', idpHints: ['words'] }),
        serviceEntry('school', { sector: 'school.example', population: 'citizens' }),
        serviceEntry('ward', { sector: 'ward.example', population: 'professionals', scopes: ['openid', 'given_name'] }),
        serviceEntry('strict', { sector: 'strict.example', passwordAlone: false }),
        serviceEntry('single', { sector: 'single.example', providers: ['words'], passwordAlone: false }),
      ],
      providers: [
        ...Object.entries(classes).map(([id, means]) =>
          providerEntry(town, {
            id,
            allowedLevels: levels[id],
            ...(id === 'plain' ? {} : { means }),
            ...changes[id],
          }),
        ),
        { ...entry, connector: { ...(connector as object), identity: 'professional' }, means: { class: 'psc' } },
      ],
    },
  ]
}

before(async () => {
  clock = mockProcessClock({ mock }, lastSecond - day)
  town = await startProvider({ id: 'town', clock })
  federator = await startProvider({ id: 'federator', clock })
})
beforeEach(() => {
  town.next = { subject: 'subject-1', claims: citizen, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] }
  const claims = { SubjectNameID: '899700366240', given_name: 'Ilan', family_name: 'VERMEIL' }
  federator.next = { subject: 'f:one', claims, acr: 'eidas2', amr: ['sc', 'pin', 'mfa'] }
})
after(async () => {
  for (const provider of [town, federator]) await provider.close()
  mock.timers.reset()
})

async function openTown(
  policy: Record<string, unknown> = {},
  trustedProxies: string[] = [],
  moreProviders: Record<string, unknown>[] = [],
) {
  const hub = await startTestHub({ clock, settings: { policy: policySchema.parse(policy), trustedProxies } })
  await hub.publish(partners())
  if (moreProviders.length > 0) await hub.publish([{ id: 'own', name: texts('Own'), providers: moreProviders }])
  const parties = new Map<string, RelyingParty>()
  for (const clientId of ['record', 'prescriptions', 'library', 'school', 'ward', 'strict', 'single']) {
    const scope = clientId === 'ward' ? 'openid given_name' : 'openid identite_pivot'
    parties.set(clientId, await relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId), scope }))
  }
  return { hub, parties }
}

interface Begun {
  browser: UserAgent
  party: RelyingParty
  tried: Attempt
  page: Answer
}

interface Town {
  hub: TestHub
  parties: ReadonlyMap<string, RelyingParty>
}

async function arrive(
  { parties }: Town,
  service: string,
  options: { browser?: UserAgent; parameters?: Record<string, string> } = {},
): Promise<Begun> {
  const party = parties.get(service)
  assert.ok(party, service)
  const browser = options.browser ?? new UserAgent({ language: 'en' })
  const tried = await attempt(party, options.parameters)
  return { browser, party, tried, page: await browser.open(tried.url, at(party)) }
}

/** The whole way; what comes back is the service's. */
async function enter(open: Town, service: string, provider: string, browser?: UserAgent) {
  const begun = await arrive(open, service, browser ? { browser } : {})
  const informed = await choose(begun.browser, begun.party, begun.page, provider)
  const back = await goOn(begun.browser, begun.party, informed)
  return { ...begun, informed, ...(await redeem(begun.party, { attempt: begun.tried, page: back })) }
}

const tileOf = (page: Answer, provider: string) =>
  new RegExp(`<button class="tile[^>]*value="${provider}"[^>]*>`).exec(page.body)?.[0] ?? ''
const whyOf = (page: Answer, provider: string) =>
  new RegExp(`<p class="why" id="why-${provider}">([^<]*)</p>`).exec(page.body)?.[1]
const offered = (page: Answer) =>
  formsOf(page).flatMap(({ buttons }) => buttons.flatMap(({ name, value }) => (name === 'provider' ? [value] : [])))

/** The sentence of an obstacle. */
const said = ({ hub }: Town, obstacle: string) => hub.web.translate('en')(`tile.${obstacle}`)

const forge = ({ browser, page, party }: Begun, provider: string) =>
  browser.submit(page, formTo(page, /\/choose$/), { provider }, at(party))

const refusals = ({ hub }: Town) => factsOf(hub, 'policy.refused')

describe('means that are accepted where, today', () => {
  let open: Town
  before(async () => {
    open = await openTown({ localNetworks: ['10.0.0.0/8'], passwordAlone: 'ordinary' })
    clock.set(lastSecond)
  })
  after(() => open.hub.close())

  test('R031 R032: in the last second of 2025, a transition and the low level still open a sensitive service', async () => {
    town.next = { ...town.next, acr: 'eidas1' }
    for (const provider of ['badge', 'weak']) {
      const { idToken } = await enter(open, 'record', provider)
      assert.equal(idToken.acr, 'eidas1', provider)
    }
  })

  test('R031 R032: ... and a second later they do not, and the page says why', async () => {
    const begun = await arrive(open, 'record')
    const asked = town.requestsTo('authorize').length
    tileOf(begun.page, 'badge')
    clock.set(lastSecond + 1_000)
    // A tile that was there a moment ago.
    const late = await choose(begun.browser, begun.party, begun.page, 'badge')
    assert.equal(late.status, 403)
    assert.match(textOf(late), /G0216/)
    assert.equal(town.requestsTo('authorize').length, asked, 'nobody was sent there')
    const { page } = await arrive(open, 'record')
    for (const [provider, obstacle] of [
      ['badge', 'transition_ended'],
      ['weak', 'sensitive_minimum'],
    ] as const) {
      assert.match(tileOf(page, provider), /aria-disabled="true"/)
      assert.equal(whyOf(page, provider), said(open, obstacle))
    }
    assert.match(textOf(page), /asks for an account of substantial or high level/)
  })

  test('R031: a login that was under way at midnight is judged again before anything is released', async () => {
    clock.set(today)
    const begun = await arrive(open, 'prescriptions')
    const informed = await choose(begun.browser, begun.party, begun.page, 'seal')
    assert.ok(formsOf(informed).some(({ action }) => action.pathname.endsWith('/inform')))
    const means = { ...classes.seal, certificate: { ...certificate, validUntil: zone(today) } }
    await open.hub.publish(partners({ seal: { means } }))
    const page = await goOn(begun.browser, begun.party, informed)
    assert.ok(textOf(page).includes(said(open, 'certificate_ended')), textOf(page))
    assert.ok(!offered(page).includes('seal'))
    await open.hub.publish(partners())
  })

  test('R023 R025: a sensitive service greys what is of no class or not homologated, and names what remains', async () => {
    const { page } = await arrive(open, 'record')
    assert.equal(whyOf(page, 'plain'), said(open, 'not_recognised'))
    assert.equal(whyOf(page, 'app'), said(open, 'homologation_missing'))
    assert.deepEqual(offered(page).sort(), ['federator', 'seal'])
    assert.match(textOf(page), /Instead, you can use: .*(federator|seal)/)
    const library = await arrive(open, 'library')
    assert.ok(offered(library.page).includes('plain'), 'the rules of sensitive services are theirs alone')
  })

  test('R005: a forged choice is refused, nobody is sent there, and the fact says why', async () => {
    const begun = await arrive(open, 'record')
    const [asked, before] = [town.requestsTo('authorize').length, await tally(open.hub)]
    for (const [provider, reasons] of [
      ['plain', ['class_none']],
      ['app', ['homologation_missing']],
      ['badge', ['transition_ended', 'below_sensitive_minimum', 'contactless_is_transition']],
    ] as const) {
      const page = await forge(begun, provider)
      assert.equal(page.status, 403)
      assert.match(textOf(page), /G0216/)
      assert.deepEqual((await factsOf(open.hub, 'provider.forged_choice')).at(-1), {
        service: 'record',
        provider,
        reason: 'provider_means_refused',
      })
      assert.deepEqual((await refusals(open)).at(-1), { connection: null, service: 'record', provider, reasons })
      assert.ok(
        open.hub.logged.some(({ inside }) => inside.provider === provider && inside.reasons === reasons.join(' ')),
      )
    }
    assert.equal(town.requestsTo('authorize').length, asked)
    assert.deepEqual(await tally(open.hub), before)
  })

  test('R005: a hint leads to no means that are refused, hidden ones included', async () => {
    for (const state of [{ kind: 'active' }, { kind: 'hidden' }]) {
      await open.hub.publish(partners({ badge: { state } }))
      const asked = town.requestsTo('authorize').length
      const begun = await arrive(open, 'record', { parameters: { idp_hint: 'badge' } })
      assert.equal(begun.page.status, 200)
      assert.equal(whyOf(begun.page, 'badge'), state.kind === 'active' ? said(open, 'transition_ended') : undefined)
      assert.equal((await forge(begun, 'badge')).status, 403)
      assert.equal(town.requestsTo('authorize').length, asked, state.kind)
    }
    await open.hub.publish(partners({ badge: { state: { kind: 'active' } } }))
  })

  test('R079: a password alone, seen when the person comes back, is refused by the service that forbids it', async () => {
    for (const provider of ['words', 'plain']) {
      town.next = { ...town.next, acr: 'eidas1', amr: ['pwd'] }
      const before = await tally(open.hub)
      const begun = await arrive(open, 'strict')
      const page = await choose(begun.browser, begun.party, begun.page, provider)
      assert.ok(textOf(page).includes(said(open, 'password_alone')), textOf(page))
      assert.match(textOf(page), /Nothing was sent to the service\. Try again with two proofs/)
      const reference = /G0216 · ([\w-]+)/.exec(textOf(page))?.[1] ?? ''
      const connection = await connectionOf(open.hub, reference)
      assert.equal(connection?.refusal, 'provider_means_refused')
      const reasons = ['password_alone_forbidden']
      assert.deepEqual((await refusals(open)).at(-1), {
        connection: connection?.id,
        service: 'strict',
        provider,
        reasons,
      })
      const left = await tally(open.hub)
      assert.deepEqual({ ...left, connections: before.connections }, before, 'nothing was linked, no session was made')
      // The same account, with two proofs.
      town.next = { ...town.next, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] }
      const informed = await choose(begun.browser, begun.party, page, provider)
      const back = await goOn(begun.browser, begun.party, informed)
      assert.equal((await redeem(begun.party, { attempt: begun.tried, page: back })).idToken.acr, 'eidas2')
    }
  })

  test('R079: where the settings and the service take a password alone, it opens an ordinary service', async () => {
    town.next = { ...town.next, acr: 'eidas1', amr: ['pwd'] }
    assert.equal((await enter(open, 'library', 'words')).idToken.acr, 'eidas1')
  })

  test('R011: who has nothing else to choose goes back with access_denied, and the true reason beside it', async () => {
    await goesBack({}, 'access_denied', /provider_means_refused \(G0216\)/)
  })

  test('... unless the service asked for a level as an essential claim, which nobody could show', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'eidas1' } } })
    await goesBack({ parameters: { claims } }, 'unmet_authentication_requirements', /level_not_reached \(G0211\)/)
  })

  async function goesBack(asked: { parameters?: Record<string, string> }, error: string, description: RegExp) {
    town.next = { ...town.next, acr: 'eidas1', amr: ['pwd'] }
    const begun = await arrive(open, 'single', asked)
    const refused = await choose(begun.browser, begun.party, begun.page, 'words')
    await open.hub.publish(partners({ words: { means: { factors: ['password'] } } }))
    const { pathname } = formTo(refused, /\/choose$/).action
    const page = await begun.browser.open(new URL(pathname.replace(/\/choose$/, ''), open.hub.issuer))
    assert.match(textOf(page), /No account can be used for this service/)
    assert.equal(whyOf(page, 'words'), said(open, 'password_alone'))
    const back = await begun.browser.submit(page, formTo(page, /\/cancel$/), {}, at(begun.party))
    assert.equal(back.url.searchParams.get('error'), error)
    assert.match(back.url.searchParams.get('error_description') ?? '', description)
    await open.hub.publish(partners())
  }

  test('R068: a session answers only where its means do, with prompt=none and without', async () => {
    const browser = new UserAgent({ language: 'en' })
    await enter(open, 'library', 'plain', browser)
    const silent = await arrive(open, 'record', { browser, parameters: { prompt: 'none' } })
    assert.equal(silent.page.url.searchParams.get('error'), 'login_required')
    const last = (await refusals(open)).at(-1)
    assert.deepEqual([last?.service, last?.provider, last?.reasons], ['record', 'plain', ['class_none']])
    const { page } = await arrive(open, 'record', { browser })
    assert.match(textOf(page), /You are signed in with .*, but that is not enough here/)
    assert.ok(
      open.hub.logged.some(({ message, inside }) => message.match(/session/) && inside.reasons === 'class_none'),
    )
    assert.ok(textOf(page).includes(said(open, 'not_recognised')))
    // By means that do, the same browser gets in; and then the session answers.
    await enter(open, 'record', 'seal', browser)
    const again = await arrive(open, 'prescriptions', { browser })
    assert.ok(
      formsOf(again.page).some(({ action }) => action.pathname.endsWith('/inform')),
      textOf(again.page),
    )
    // The service named another provider: the session is in nobody's way.
    const other = new UserAgent({ language: 'en' })
    await enter(open, 'library', 'plain', other)
    const named = await arrive(open, 'record', { browser: other, parameters: { idp_hint: 'plain' } })
    assert.ok(textOf(named.page).includes(said(open, 'not_recognised')))
  })

  test('a professional’s session answers no service for citizens, nor the other way round, in plain words', async () => {
    const doctor = new UserAgent({ language: 'en' })
    await enter(open, 'ward', 'federator', doctor)
    const school = await arrive(open, 'school', { browser: doctor })
    assert.match(
      textOf(school.page),
      /You are signed in with .*but that is not enough here.*This service is for private individuals: a professional account does not open it/,
    )
    assert.equal(whyOf(school.page, 'federator'), said(open, 'other_population.citizens'))
    assert.equal((await forge(school, 'federator')).status, 403)
    assert.deepEqual((await refusals(open)).at(-1)?.reasons, ['other_population'])
    const silent = await arrive(open, 'school', { browser: doctor, parameters: { prompt: 'none' } })
    assert.equal(silent.page.url.searchParams.get('error'), 'login_required')

    const citizens = new UserAgent({ language: 'en' })
    await enter(open, 'school', 'plain', citizens)
    const ward = await arrive(open, 'ward', { browser: citizens })
    assert.match(textOf(ward.page), /This service is for professionals: a private account does not open it/)
    assert.deepEqual(offered(ward.page), ['federator'])
  })

  test('the person reads the level that the service will be told, not the one that was reached', async () => {
    const claims = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'eidas1' } } }) }
    const begun = await arrive(open, 'library', { parameters: claims })
    const informed = await choose(begun.browser, begun.party, begun.page, 'plain')
    assert.match(textOf(informed), /Level announced to the service: low/)
    const back = await goOn(begun.browser, begun.party, informed)
    assert.equal((await redeem(begun.party, { attempt: begun.tried, page: back })).idToken.acr, 'eidas1')
    assert.match(
      textOf((await enter(open, 'library', 'plain')).informed),
      /Level announced to the service: substantial/,
    )
  })

  test('factors that carry less than a provider says lower the level that is told', async () => {
    await open.hub.publish(partners({ words: { means: { factors: ['password', 'sms_otp'] } } }))
    assert.equal((await enter(open, 'library', 'words')).idToken.acr, 'eidas1')
    await open.hub.publish(partners())
  })

  test('R025 R026: a homologation opens the one service, from its record to four calendar years later', async () => {
    const { register } = open.hub
    const given = { entry: 'provider/app', author: 'Owner', riskAnalysis: 'RA-1', decidedOn: '2026-11-22' }
    assert.ok((await register.homologate({ ...given, service: 'record' }, operator)).ok)
    assert.equal((await enter(open, 'record', 'app')).idToken.acr, 'eidas2')
    assert.equal(whyOf((await arrive(open, 'prescriptions')).page, 'app'), said(open, 'homologation_missing'))

    const wordsToo = await register.homologate({ ...given, entry: 'provider/words', service: 'record' }, operator)
    assert.ok(wordsToo.ok && (await enter(open, 'record', 'words')), 'a means of no class is raised by it')
    // Withdrawn: at once, and for the session as well.
    const browser = new UserAgent({ language: 'en' })
    await enter(open, 'record', 'words', browser)
    assert.ok(wordsToo.ok && (await register.withdraw(wordsToo.homologation, operator)))
    assert.match(textOf((await arrive(open, 'record', { browser })).page), /but that is not enough here/)

    clock.set(fourYearsLater - 1)
    assert.equal((await enter(open, 'record', 'app')).idToken.acr, 'eidas2')
    clock.set(fourYearsLater)
    const { page } = await arrive(open, 'record')
    assert.equal(whyOf(page, 'app'), said(open, 'homologation_ended'))
    assert.equal(whyOf(page, 'seal'), said(open, 'certificate_ended'))
  })

  test('a declaration in the register wins over the file, and applying the file again does not undo it', async () => {
    const { register } = open.hub
    assert.ok((await register.declare({ entry: 'provider/seal', class: 'none', factors: [] }, operator)).ok)
    await open.hub.publish(partners())
    assert.equal(whyOf((await arrive(open, 'record')).page, 'seal'), said(open, 'not_recognised'))
  })
})

describe('the hub’s own means, by the same rules', () => {
  let open: Town
  let account: OwnAccount
  before(async () => {
    open = await openTown({}, [], [ownProviderEntry({})])
    account = await enrol(open.hub, { name: 'tarik', identity: tarik, totp: true })
  })
  after(() => open.hub.close())

  async function signInWithOwn(service: string): Promise<Answer> {
    const begun = await arrive(open, service)
    const page = await chooseOwn(begun.browser, begun.page)
    const asked = await typePassword(begun.browser, page, { identifier: account.name })
    const informed = await typeCode(begun.browser, asked, account.code(clock.now()))
    return goOn(begun.browser, begun.party, informed)
  }

  test('R025: a sensitive service takes the kinds that it homologated, and no other', async () => {
    const before = await arrive(open, 'record')
    assert.equal(whyOf(before.page, 'local-account'), said(open, 'not_recognised'))
    assert.equal((await forge(before, 'local-account')).status, 403)
    const given = { entry: 'own/totp', service: 'record', author: 'Owner', riskAnalysis: 'RA-2' }
    const decidedOn = new Date(clock.now() - day).toISOString().slice(0, 10)
    assert.ok((await open.hub.register.homologate({ ...given, decidedOn }, operator)).ok)
    assert.ok((await signInWithOwn('record')).url.searchParams.get('code'))
    clock.advance(minute)
    const { page } = await arrive(open, 'prescriptions')
    assert.equal(whyOf(page, 'local-account'), said(open, 'not_recognised'), 'for that service alone')
  })

  test('R053: an application’s codes are judged as such, also of an enrolment at the low level', async () => {
    const weak = await enrol(open.hub, {
      name: 'weakly.checked',
      identity: { ...tarik, family_name: 'BERRADA' },
      proof: { kind: 'document', seen: 'photo' },
      totp: true,
    })
    const { codes } = await open.hub.storage.transaction((tx) => open.hub.means.recoveryCodes.make(tx, weak))
    const enterBy = async (second: Record<string, string>) => {
      const begun = await arrive(open, 'library')
      const page = await chooseOwn(begun.browser, begun.page)
      const asked = await typePassword(begun.browser, page, { identifier: weak.name })
      const informed = await begun.browser.submit(asked, formTo(asked, /\/second$/), second)
      const back = await goOn(begun.browser, begun.party, informed)
      return redeem(begun.party, { attempt: begun.tried, page: back })
    }
    const { idToken } = await enterBy({ kind: 'recovery_code', code: codes[0] ?? '' })
    assert.equal(idToken.acr, 'eidas1')
    // Lists of codes are stopped for everybody, applications are not.
    const yesterday = new Date(clock.now() - day).toISOString().slice(0, 10)
    const stopped = { entry: 'own/recovery_codes', class: 'none', factors: [], validUntil: yesterday } as const
    assert.ok((await open.hub.register.declare(stopped, operator)).ok)
    assert.equal((await enterBy({ kind: 'totp', code: weak.code(clock.now()) })).idToken.acr, 'eidas1')
    await assert.rejects(enterBy({ kind: 'recovery_code', code: codes[1] ?? '' }), /no information page/)
  })

  test('R060: with the settings as shipped, a password alone is not enough from afar', async () => {
    const begun = await arrive(open, 'library')
    const page = await chooseOwn(begun.browser, begun.page)
    const only = await enrol(open.hub, { name: 'only.password', identity: { ...tarik, family_name: 'ALAOUI' } })
    const stopped = await typePassword(begun.browser, page, { identifier: only.name })
    assert.match(textOf(stopped), /two proofs/)
    assert.equal(
      formsOf(stopped).some(({ action }) => action.pathname.endsWith('/second')),
      false,
    )
  })
})

describe('R060: local and remote', () => {
  const settings = { localNetworks: ['10.0.0.0/8'] }

  test('a header of the client changes nothing: without a trusted proxy everybody here is remote', async () => {
    const open = await openTown(settings)
    try {
      town.next = { ...town.next, acr: 'eidas1', amr: ['pwd'] }
      for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'client-ip']) {
        const value = header === 'forwarded' ? 'for=10.1.2.3' : '10.1.2.3'
        const browser = new UserAgent({ language: 'en', headers: { [header]: value } })
        const begun = await arrive(open, 'library', { browser })
        const page = await choose(browser, begun.party, begun.page, 'words')
        assert.ok(textOf(page).includes(said(open, 'password_remote')), `${header}: ${textOf(page)}`)
      }
    } finally {
      await open.hub.close()
    }
  })

  test('behind a trusted proxy the address that it reports decides, at each step', async () => {
    const open = await openTown(settings, ['127.0.0.1'])
    try {
      town.next = { ...town.next, acr: 'eidas1', amr: ['pwd'] }
      const inside = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': '10.1.2.3' } })
      assert.equal((await enter(open, 'library', 'words', inside)).idToken.acr, 'eidas1')
      const outside = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': '203.0.113.9' } })
      const begun = await arrive(open, 'library', { browser: outside })
      const page = await choose(outside, begun.party, begun.page, 'words')
      assert.ok(textOf(page).includes(said(open, 'password_remote')))
      // What a client writes before the proxy does is the client's word.
      const liar = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': '10.1.2.3, 203.0.113.9' } })
      const lying = await arrive(open, 'library', { browser: liar })
      assert.ok(textOf(await choose(liar, lying.party, lying.page, 'words')).includes(said(open, 'password_remote')))
    } finally {
      await open.hub.close()
    }
  })
})

test('R031: an extension that the settings name keeps the transition open for citizens, until its own end', async () => {
  const end = Date.parse('2032-01-01T00:00:00+01:00')
  const open = await openTown({ transitionEnds: [{ jurisdiction: 'FR', population: 'citizen', end: zone(end) }] })
  try {
    town.next = { ...town.next, acr: 'eidas1' }
    clock.set(end - 1_000)
    assert.equal((await enter(open, 'record', 'badge')).idToken.acr, 'eidas1')
    clock.set(end)
    assert.equal(whyOf((await arrive(open, 'record')).page, 'badge'), said(open, 'transition_ended'))
  } finally {
    await open.hub.close()
  }
})

test('every link of a refusal leads back to the service or to another choice', async () => {
  const open = await openTown()
  try {
    const begun = await arrive(open, 'record')
    const page = await forge(begun, 'plain')
    const [back] = linksOf(page).filter(({ pathname }) => pathname.endsWith('/back'))
    assert.ok(back)
    const answer = await begun.browser.open(back, at(begun.party))
    assert.equal(answer.url.searchParams.get('error'), 'access_denied')
  } finally {
    await open.hub.close()
  }
})
