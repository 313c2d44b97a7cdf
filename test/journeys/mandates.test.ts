/**
 * Mandates on the pages of those whom they concern: drawing one up, the answer of the other side, who used it, what stops
 * it, who is written to; what is refused, and that nothing was written then. Signatures are said to have been made: how a
 * key makes one is tried where signatures are.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { day, hour, minute, second } from '../../src/kernel/durations.ts'
import { isId, type MandateId, type OrganisationId, type PersonId, type SigningId } from '../../src/kernel/ids.ts'
import type { Side } from '../../src/policy/mandate.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { activeMandate, done, rightsAt, signMandate } from '../support/mandates.ts'
import { iceNumber, importOrganisations } from '../support/organisations.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { tile } from '../support/relying-party.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

interface Human {
  person: PersonId
  browser: UserAgent
  letter: string
}

describe('mandates on the pages of a person', () => {
  let clock: TestClock
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let humans = 0
  let atlas: OrganisationId
  let firm: OrganisationId
  let director: Human
  let clerk: Human
  let administrator: Human
  let stranger: Human

  const born = { birthdate: '1979-05-06', birthplace: '69123' }
  const letterOf = (count: number) => 'abcdefghijklmnopqrstuvwxyz'[count] ?? assert.fail('too many people')
  const claimsOf = (letter: string) => ({
    ...citizen,
    ...born,
    given_name: 'Inès',
    family_name: `Rivière-${letter}`,
    email: `${letter}@mail.example`,
  })
  const registered = (letter: string) => {
    const { given_name, family_name, birthdate } = claimsOf(letter)
    return { given_name: String(given_name), family_name: String(family_name), birthdate }
  }
  const path = (of: string) => new URL(of, hub.issuer)

  async function enter(letter: string, by: 'tax' | 'post' = 'post', language = 'en'): Promise<UserAgent> {
    const provider = by === 'tax' ? tax : post
    Object.assign(provider.next, { subject: `${by} ${letter}`, claims: claimsOf(letter), amr: ['pwd', 'otp', 'mfa'] })
    const browser = new UserAgent({ language })
    const page = await browser.open(path('/space'))
    const { form, values } = tile(page, by)
    assert.equal((await browser.submit(page, form, values)).url.pathname, '/space')
    return browser
  }

  /** Signed in at the high level, with a mailbox that is surely theirs. */
  async function human(letter = letterOf(humans++)): Promise<Human> {
    const browser = await enter(letter)
    const person = (await factsOf(hub, 'session.started')).at(-1)?.person ?? assert.fail('nobody signed in')
    await hub.storage.transaction(async (tx) => {
      const { contact, code } = await hub.people.addContact(tx, person, `${letter}@mail.example`, 'eidas3', 'en')
      assert.equal(await hub.people.verifyContact(tx, person, contact, code, 'eidas3'), 'verified')
      await hub.people.confirmContact(tx, person, contact, 'eidas3')
    })
    return { person, browser, letter }
  }

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[tax, post] = await Promise.all([
      startProvider({ id: 'tax', clock }),
      startProvider({ id: 'post', acr: 'eidas3', clock }),
    ])
    hub = await startTestHub({ clock })
    const representation = { actions: ['read', 'prepare', 'submit'] }
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
        services: [
          serviceEntry('declarations', { scopes: ['openid', 'representation'], representation }),
          serviceEntry('library'),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'] }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2', 'eidas3'] }),
        ],
      },
    ])
    const [company, practice] = await importOrganisations(hub, [
      { name: 'Atlas Conserves', ice: iceNumber(1), representatives: [{ identity: registered('a') }] },
      { name: 'Cabinet Untel', ice: iceNumber(2), representatives: [{ identity: registered('c') }] },
    ])
    atlas = company?.organisation ?? assert.fail('no company')
    firm = practice?.organisation ?? assert.fail('no firm')
    ;[director, clerk, administrator, stranger] = [await human(), await human(), await human(), await human()]
    const opened = await hub.firms.open({ person: administrator.person, level: 'eidas3' }, firm)
    assert.ok(opened.ok, JSON.stringify(opened))
    // The hub has met them.
    for (const one of [director, administrator]) await one.browser.open(path('/space/mandates'))
    await letters()
  })
  after(async () => {
    await hub?.close()
    await Promise.all([tax?.close(), post?.close()])
    mock.timers.reset()
  })
  beforeEach(() => clock.advance(second))

  // --- Hands ---------------------------------------------------------------------------------------------------------

  async function open(one: Pick<Human, 'browser'>, of: string, status = 200): Promise<Answer> {
    const page = await one.browser.open(path(of))
    assert.equal(page.status, status, textOf(page))
    return page
  }
  const send = (one: Pick<Human, 'browser'>, page: Answer, action: RegExp, values: Record<string, string> = {}) =>
    one.browser.submit(page, formTo(page, action), values)

  /** What has gathered for a minute is told. */
  async function letters(): Promise<{ to: string; text: string }[]> {
    await settle(hub)
    await clock.advance(minute)
    await settle(hub)
    return hub.smtp.mails
      .splice(0)
      .map(({ headers, text }) => ({ to: String(headers.get('to')), text: `${headers.get('subject')}\n${text}` }))
  }
  const toldTo = (mails: Awaited<ReturnType<typeof letters>>, one: Human) =>
    mails.filter(({ to }) => to.includes(`${one.letter}@mail.example`)).map(({ text }) => text)

  const ticks = { from: '', until: '', right: 'declarations prepare' }
  const dayIn = (days: number) => new Date(clock.now() + days * day).toISOString().slice(0, 10)
  const filled = (more: Record<string, string> = {}) => ({
    ...ticks,
    ...{ from: dayIn(0), until: dayIn(300), scheme: 'ice', to: 'firm', number: iceNumber(2) },
    ...more,
  })
  const idIn = (page: Answer): MandateId => {
    const id = page.url.pathname.split('/')[3]
    return isId('mandate', id) ? id : assert.fail(`no mandate in ${page.url}`)
  }
  const sign = async (mandate: MandateId, side: Side, { person }: Human) =>
    done(await signMandate(hub, { mandate, side, person }))
  const inForce = async () =>
    activeMandate(hub, {
      ...{ principal: atlas, giver: director.person, accepts: clerk.person },
      mandatary: { kind: 'person', person: clerk.person },
      rights: rightsAt('declarations', ['read', 'prepare']),
    })
  const drafts = async () => (await factsOf(hub, 'mandate.drafted')).length

  // --- Reading -------------------------------------------------------------------------------------------------------

  test('R098: whoever represents nobody reads how one becomes known as a representative, in each language', async () => {
    for (const [language, words] of [
      ['fr', 'registre des organisations'],
      ['en', 'register of organisations'],
      ['ar', 'سجل المؤسسات'],
    ] as const) {
      const browser = await enter(stranger.letter, 'post', language)
      const page = await open({ browser }, '/space/mandates')
      assert.ok(textOf(page).includes(words), language)
      assert.ok(linksOf(page).some(({ pathname }) => pathname === '/firm'))
    }
    const page = await open(director, '/space/mandates')
    assert.ok(textOf(page).includes('Atlas Conserves'))
    assert.ok(linksOf(page).some(({ pathname }) => pathname === `/space/mandates/organisations/${atlas}/new`))
  })

  test('R095: a sign-in below the strongest is led to the one that opens mandates', async () => {
    const browser = await enter(director.letter, 'tax')
    const page = await open({ browser }, '/space/mandates', 403)
    assert.ok(!textOf(page).includes('Atlas'))
    const way = linksOf(page).find(({ pathname }) => pathname === '/sign-in') ?? assert.fail('a dead end')
    assert.deepEqual([way.searchParams.get('to'), way.searchParams.get('level')], ['/space/mandates', 'eidas3'])
  })

  test('a mandate, an organisation or its uses of somebody else are not there', async () => {
    const { mandate } = await inForce()
    for (const of of [
      `/space/mandates/${mandate}`,
      ...['text', 'uses', 'evidence', 'amend', 'renew', 'delegate', 'suspend', 'revoke', 'renounce'].map(
        (page) => `/space/mandates/${mandate}/${page}`,
      ),
      ...['', '/uses', '/new'].map((page) => `/space/mandates/organisations/${atlas}${page}`),
      '/space/mandates/man_unknown',
    ])
      await open(stranger, of, 404)
    await letters()
  })

  // --- Drawing up ----------------------------------------------------------------------------------------------------

  test('R094 R095: a representative gives a firm a mandate: form, text, signature, and the firm answers', async () => {
    const form = await open(director, `/space/mandates/organisations/${atlas}/new`)
    const text = await send(director, form, /\/new$/, filled({ 'level-declarations': 'eidas2' }))
    assert.match(text.url.pathname, /\/text$/, textOf(text))
    for (const said of ['Atlas Conserves', 'Cabinet Untel', 'SHA-256']) assert.ok(textOf(text).includes(said), said)
    const mandate = idIn(text)
    assert.equal((await hub.mandates.byId(mandate))?.state, 'draft')
    assert.deepEqual(await letters(), [], 'nobody hears of a draft')
    const ceremony = await send(director, text, /\/text$/)
    const signing = ceremony.url.pathname.split('/')[2] as SigningId
    assert.ok(isId('signing', signing), String(ceremony.url))
    await sign(mandate, 'principal', director)

    const told = toldTo(await letters(), administrator)
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /A mandate waits for your answer/)
    assert.match(told[0] ?? '', /localhost:\d+\/space\/mandates/)
    const home = await open(administrator, '/space/mandates')
    assert.match(textOf(home), /A mandate waits for your answer/)
    const one = await open(administrator, `/space/mandates/${mandate}`)
    assert.match(textOf(one), /It waits for the signature of/)
    await open(administrator, `/space/mandates/${mandate}/text`)
    await sign(mandate, 'mandatary', administrator)
    const both = await letters()
    for (const side of [director, administrator]) assert.match(toldTo(both, side).join(), /A mandate is in force/)
    assert.match(textOf(await open(director, `/space/mandates/organisations/${atlas}`)), /Cabinet Untel/)
    assert.match(textOf(await open(director, `/space/mandates/${mandate}`)), /in force up to/)
  })

  test('R094: a person is named by a code that they gave, once, and nobody learns who has an account', async () => {
    const made = await send(clerk, await open(clerk, '/space/mandates/code'), /\/code$/)
    const code = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/.exec(textOf(made))?.[0] ?? assert.fail(textOf(made))
    const again = await send(clerk, made, /\/code$/)
    const last = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/.exec(textOf(again))?.[0] ?? ''
    assert.notEqual(last, code)
    const give = async (typed: string) => {
      const form = await open(director, `/space/mandates/organisations/${atlas}/new`)
      return send(director, form, /\/new$/, filled({ to: 'person', code: typed, number: '' }))
    }
    const before = await drafts()
    for (const wrong of [code, 'K7QX-2M4P-9TRC-5DWN', `${clerk.letter}@mail.example`]) {
      const answer = await give(wrong)
      assert.equal(answer.status, 422)
      assert.match(textOf(answer), /This code does not serve/)
    }
    assert.equal(await drafts(), before)
    const text = await give(last.toLowerCase().replaceAll('-', ' '))
    assert.match(textOf(text), /Rivière-b/i, 'the text names whom the code named')
    assert.match(textOf(await give(last)), /This code does not serve/)
    assert.equal(await drafts(), before + 1)

    const mandate = idIn(text)
    await sign(mandate, 'principal', director)
    assert.match(toldTo(await letters(), clerk).join(), /waits for your answer/)
    const question = await open(clerk, `/space/mandates/${mandate}/refuse`)
    const refused = await send(clerk, question, /\/refuse$/, { because: 'rights' })
    assert.match(textOf(refused), /You refused this mandate/)
    assert.match(textOf(refused), /too many rights/)
    const twice = await send(clerk, question, /\/refuse$/, { because: 'dates' })
    assert.match(textOf(twice), /It was done already/)
    assert.match(toldTo(await letters(), director).join(), /A mandate was refused.*too many rights/s)
  })

  test('R094: who would hold it proposes one, and the representative withdraws nothing of it', async () => {
    const form = await open(clerk, '/space/mandates/propose')
    const text = await send(clerk, form, /\/propose$/, filled({ number: iceNumber(1) }))
    const mandate = idIn(text)
    await open(director, `/space/mandates/${mandate}`, 404)
    await sign(mandate, 'mandatary', clerk)
    assert.match(toldTo(await letters(), director).join(), /waits for your answer/)
    assert.match(textOf(await open(director, '/space/mandates')), /Proposed to an organisation that you represent/)
    const over = await open(director, `/space/mandates/${mandate}/withdraw`)
    assert.match(textOf(over), /not possible any more/)
    await clock.advance(21 * day)
    director.browser = await enter(director.letter)
    clerk.browser = await enter(clerk.letter)
    administrator.browser = await enter(administrator.letter)
    stranger.browser = await enter(stranger.letter)
    await hub.mandates.sweep()
    const told = await letters()
    for (const side of [director, clerk]) assert.match(toldTo(told, side).join(), /w(?:as|ere) not answered/)
    const late = await open(director, `/space/mandates/${mandate}`)
    assert.match(textOf(late), /Nobody answered within 21 days/)
  })

  test('R097: what cannot be is refused beside its field, with what was typed, and nothing is written', async () => {
    const wrong: [typed: Record<string, string>, said: RegExp][] = [
      [{ number: '' }, /Write the number/],
      [{ number: '123' }, /No organisation can have this number/],
      [{ number: iceNumber(99) }, /No organisation that is known/],
      [{ number: iceNumber(1) }, /gives itself no mandate/],
      [{ right: 'library read' }, /Tick one action at least/],
      [{ right: 'declarations pay' }, /Tick one action at least/],
      [{ from: dayIn(30), until: dayIn(10) }, /last day comes before/],
      [{ from: 'tomorrow' }, /Write the first day like this/],
      [{ until: '2027-02-30' }, /Write the last day like this/],
      [{ until: dayIn(6 * 366) }, /lasts 5 years at most/],
      [{ from: dayIn(400), until: dayIn(500) }, /begins within a year/],
      [{ from: dayIn(-5) }, /not begin before today/],
      [{ 'until-declarations': dayIn(400) }, /has to lie within the mandate/],
      [
        { number: '123', right: 'library read', from: dayIn(30), until: dayIn(10) },
        /3 things to correct.*can have this number.*comes before.*Tick one action/s,
      ],
    ]
    const before = await drafts()
    for (const [typed, said] of wrong) {
      const form = await open(director, `/space/mandates/organisations/${atlas}/new`)
      const answer = await send(director, form, /\/new$/, filled(typed))
      assert.ok([409, 422].includes(answer.status), `${said} ${answer.status}`)
      assert.match(textOf(answer), said)
    }
    assert.equal(await drafts(), before)
  })

  test('R097: of two who change one draft, the second sees what the first wrote', async () => {
    const text = await send(
      director,
      await open(director, `/space/mandates/organisations/${atlas}/new`),
      /\/new$/,
      filled(),
    )
    const mandate = idIn(text)
    const [first, second] = [
      await open(director, `/space/mandates/${mandate}/amend`),
      await open(director, `/space/mandates/${mandate}/amend`),
    ]
    const changed = await send(director, first, /\/amend$/, filled({ until: dayIn(100) }))
    assert.match(changed.url.pathname, /\/text$/)
    const refused = await send(director, second, /\/amend$/, filled({ until: dayIn(200) }))
    assert.equal(refused.status, 409)
    assert.match(textOf(refused), /Somebody else changed it/)
    assert.ok(refused.body.includes(`value="${dayIn(100)}"`), 'the version of the first')
    const gone = await send(director, await open(director, `/space/mandates/${mandate}/withdraw`), /\/withdraw$/)
    assert.equal(gone.url.pathname, '/space/mandates')
    await letters()
  })

  // --- Uses, and what stops them -------------------------------------------------------------------------------------

  test('R096: uses are listed for the principal; one that stands out is marked, told, and can be stopped there', async () => {
    const { mandate } = await inForce()
    await letters()
    const use = (more: { country: string; actions: ('read' | 'prepare')[] }) =>
      hub.storage.transaction((tx) =>
        hub.mandates.noteUse(tx, {
          ref: { organisation: atlas, capacity: { as: 'mandatary', mandate } },
          ...{ person: clerk.person, service: 'declarations', kind: 'login', ...more },
        }),
      )
    await use({ country: 'MA', actions: ['read'] })
    assert.deepEqual(await letters(), [], 'the first use is what it was given for')
    await use({ country: 'FR', actions: ['read', 'prepare'] })
    const told = await letters()
    assert.match(
      toldTo(told, director).join(),
      /used in an unusual way.*From a country where the mandate was never used/s,
    )
    assert.deepEqual(toldTo(told, clerk), [])
    assert.deepEqual(
      (await factsOf(hub, 'mandate.use_unusual')).map(({ reasons }) => reasons),
      [['other_country']],
    )
    const all = await open(director, `/space/mandates/${mandate}/uses`)
    assert.match(textOf(all), /unusual.*From a country/s)
    assert.match(textOf(await open(director, `/space/mandates/${mandate}/uses?unusual=yes`)), /France/)
    assert.match(textOf(await open(director, '/space/mandates')), /Uses to look at/)
    assert.match(textOf(await open(director, `/space/mandates/organisations/${atlas}/uses`)), /Rivière-b/i)
    const stop = linksOf(all).find(({ pathname }) => pathname.endsWith('/suspend')) ?? assert.fail('no way to stop it')

    const suspended = await send(director, await open(director, stop.pathname), /\/suspend$/)
    assert.match(textOf(suspended), /The mandate is suspended\. Nobody can use it/)
    assert.match(toldTo(await letters(), clerk).join(), /A mandate is suspended/)
    const printed = await open(director, `/space/mandates/${mandate}/evidence`)
    assert.match(textOf(printed), /Evidence of the mandate/)
  })

  test('R097: the principal resumes and ends it after a proof of just now; a second click changes nothing', async () => {
    const { mandate } = await inForce()
    await send(director, await open(director, `/space/mandates/${mandate}/suspend`), /\/suspend$/)
    await clock.advance(hour)
    director.browser = await enter(director.letter)
    const resumed = await send(director, await open(director, `/space/mandates/${mandate}/resume`), /\/resume$/)
    assert.match(textOf(resumed), /The mandate is resumed/)
    await clock.advance(20 * minute)
    const asked = await director.browser.open(path(`/space/mandates/${mandate}/revoke`))
    assert.notEqual(asked.url.pathname, `/space/mandates/${mandate}/revoke`, 'led to sign in anew')
    director.browser = await enter(director.letter)
    const question = await open(director, `/space/mandates/${mandate}/revoke`)
    assert.match(textOf(question), /This cannot be undone/)
    assert.match(textOf(await send(director, question, /\/revoke$/)), /The mandate has ended/)
    assert.match(textOf(await send(director, question, /\/revoke$/)), /It was done already/)
    assert.match(textOf(await open(director, `/space/mandates/${mandate}`)), /The principal revoked it/)
    assert.match(toldTo(await letters(), clerk).join(), /The principal revoked it/)
  })

  test('R097: the mandatary renounces; the other side is told', async () => {
    const { mandate } = await inForce()
    await letters()
    clerk.browser = await enter(clerk.letter)
    const gone = await send(clerk, await open(clerk, `/space/mandates/${mandate}/renounce`), /\/renounce$/)
    assert.match(textOf(gone), /You renounced the mandate/)
    assert.match(toldTo(await letters(), director).join(), /The mandatary renounced it/)
  })

  test('R097: one letter tells of many mandates that end on one day; a renewed one follows the old', async () => {
    const until = clock.now() + 20 * day
    const rights = rightsAt('declarations', ['read'])
    const mandatary = { kind: 'person', person: clerk.person } as const
    const all = []
    for (let count = 0; count < 7; count++) {
      all.push(
        await activeMandate(hub, {
          ...{ principal: atlas, giver: director.person, accepts: clerk.person, mandatary, rights, until },
        }),
      )
    }
    await letters()
    await clock.advance(14 * day)
    await hub.mandates.sweep()
    const told = await letters()
    for (const side of [director, clerk]) {
      const mails = toldTo(told, side)
      assert.equal(mails.length, 1, mails.join('\n---\n'))
      assert.match(mails[0] ?? '', /7 mandates end in 7 days/)
      assert.match(mails[0] ?? '', /and 2 others/)
    }
    const [old] = all
    assert.ok(old)
    director.browser = await enter(director.letter)
    const form = await open(director, `/space/mandates/${old.mandate}/renew`)
    const text = await send(director, form, /\/renew$/, { right: 'declarations read' })
    const renewed = idIn(text)
    assert.match(textOf(await open(director, `/space/mandates/${renewed}`)), /It follows another mandate/)
    await sign(renewed, 'principal', director)
    await sign(renewed, 'mandatary', clerk)
    assert.match(toldTo(await letters(), clerk).join(), /A mandate is renewed/)
  })

  test('R097: what no page of ours sends is refused with its reason, and is no fault of the hub', async () => {
    ;[director.browser, administrator.browser] = [await enter(director.letter), await enter(administrator.letter)]
    await activeMandate(hub, {
      ...{ principal: atlas, giver: director.person, accepts: administrator.person },
      ...{ mandatary: { kind: 'organisation', organisation: firm }, rights: rightsAt('declarations', ['read']) },
    })
    const nul = '%00'
    const theirs = [
      `/space/mandates/held?after=${nul}`,
      `/space/mandates/organisations/${atlas}?after=${nul}`,
      `/space/mandates/organisations/${atlas}/uses?after=${nul}`,
      `/space/mandates/organisations/${atlas}?after=man_x`,
    ]
    for (const address of theirs) await open(director, address)
    const asked = [`after=${firm}%20${nul}`, `after=org_x%20${nul}`, `q=${nul}`, `q=${iceNumber(1)}`]
    for (const query of asked) await open(administrator, `/firm/${firm}/clients?${query}`)
    const form = await open(director, `/space/mandates/organisations/${atlas}/new`)
    for (const days of [{ until: '9999-12-31' }, { from: '9999-12-31', until: '9999-12-31' }, { from: '0000-01-01' }]) {
      const refused = await send(director, form, /\/new$/, filled(days))
      assert.equal(refused.status, 422, JSON.stringify(days))
    }
    const seat = (await hub.firms.of(administrator.person)).find((one) => one.firm === firm)
    assert.ok(seat)
    const giving = await open(administrator, `/firm/${firm}/assign?principal=${atlas}`)
    const assign = (values: Record<string, string>) =>
      send(administrator, giving, /\/assign$/, { member: seat.membership, right: 'declarations read', ...values })
    for (const values of [{ right: 'constructor read' }, { right: '__proto__ read' }, { until: '9999-12-31' }]) {
      const refused = await assign(values)
      assert.equal(refused.status, 422, JSON.stringify(values))
    }
    assert.equal((await assign({})).status, 200)
    await letters()
  })

  test('R127: the copy of their data has the mandates, signatures and uses of a person, and nobody else’s name', async () => {
    clerk.browser = await enter(clerk.letter)
    const page = await open(clerk, '/space/data/export')
    const copy = JSON.parse(page.body) as { mandates: { id: string }[]; mandateUses: { service: string }[] }
    assert.ok(copy.mandates.length > 5)
    assert.ok(copy.mandateUses.some(({ service }) => service === 'declarations'))
    assert.ok(!page.body.includes('Rivière-a'))
  })
})
