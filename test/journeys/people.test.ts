/** Who is it? First logins, accounts that resemble one another, two accounts of one human, and those that collide. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { runVerb } from '../../src/verbs.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { type Claims, citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { connectionOf, factsOf, tally } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  loginOf,
  type RelyingParty,
  redeem,
  relyingParty,
  type SignedIn,
  tile,
} from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

describe('people and their accounts', () => {
  let hub: TestHub
  const providers = new Map<string, TestProvider>()
  let refunds: RelyingParty
  let justice: RelyingParty

  before(async () => {
    hub = await startTestHub()
    for (const id of ['tax', 'post', 'bank', 'consulate']) providers.set(id, await startProvider({ id }))
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [
          serviceEntry('refunds', { sector: 'health.example' }),
          serviceEntry('justice', { sector: 'justice.example', minimumLevel: 'eidas2' }),
        ],
        providers: [...providers.values()].map((each) => providerEntry(each, { allowedLevels: ['eidas1', 'eidas2'] })),
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[refunds, justice] = await Promise.all([party('refunds'), party('justice')])
  })
  after(async () => {
    await hub.close()
    await Promise.all([...providers.values()].map((each) => each.close()))
  })

  /** A human who exists nowhere else in this file. */
  let humans = 0
  function human(changes: Claims = {}): Claims {
    humans++
    const day = String((humans % 27) + 1).padStart(2, '0')
    return {
      ...citizen,
      family_name: `Marchetti-${'abcdefghijklmnopqrstuvwxyz'[humans]}`,
      birthdate: `1987-04-${day}`,
      ...changes,
    }
  }

  interface Account {
    provider: string
    subject: string
    claims: Claims
    acr?: string
  }

  /** From now on this is who signs in at that provider. */
  function present({ provider, subject, claims, acr = 'eidas1' }: Account): void {
    const found = providers.get(provider)
    assert.ok(found)
    found.next = { ...found.next, subject, claims, acr }
  }

  /** Signed in at the provider; what page comes then depends on who it is. */
  async function arrive(account: Account, options: { browser?: UserAgent; party?: RelyingParty } = {}) {
    const { browser = new UserAgent({ language: 'en' }), party = refunds } = options
    present(account)
    const tried = await attempt(party)
    const page = await choose(browser, party, await browser.open(tried.url, at(party)), account.provider)
    const finish = async (informing: Answer): Promise<SignedIn> =>
      redeem(party, { attempt: tried, page: await goOn(browser, party, informing) })
    return { browser, tried, page, finish }
  }

  async function signInAs(account: Account, options: { browser?: UserAgent; party?: RelyingParty } = {}) {
    const { page, finish } = await arrive(account, options)
    return finish(page)
  }

  const joinForm = (page: Answer) => formTo(page, /\/join$/)
  const presumed = { birthdate: '1962-08-00' }
  const abroad = { birthplace: '', birthcountry: '99350' }

  test('R016: a resident born abroad, and a birth date of which only a part is known, are accepted', async () => {
    for (const changes of [abroad, presumed, { birthdate: '1962-00-00' }, { ...abroad, ...presumed }]) {
      const claims = human(changes)
      const arrived = await arrive({ provider: 'consulate', subject: `resident ${humans}`, claims })
      assert.ok(textOf(arrived.page).includes(String(claims.family_name)))
      const { userinfo } = await arrived.finish(arrived.page)
      assert.equal(userinfo.birthcountry, claims.birthcountry)
      assert.equal(userinfo.birthdate, String(claims.birthdate).replaceAll('-00', '-01'))
      assert.equal(userinfo.birthplace ?? '', claims.birthplace)
    }
  })

  test('the same human at another provider is the same person, without a question', async () => {
    const claims = human()
    const first = await signInAs({ provider: 'tax', subject: 'one', claims })
    const second = await signInAs({
      provider: 'post',
      subject: 'another',
      claims: { ...claims, given_name: 'INES  Camille' },
    })
    assert.equal(second.idToken.sub, first.idToken.sub)
    assert.equal((await factsOf(hub, 'person.linked')).at(-1)?.how, 'match')
  })

  for (const [what, changes] of Object.entries({ 'a presumed birth date': presumed, 'a birthplace abroad': abroad })) {
    test(`${what}: the same identity at another provider is asked, and joins by signing in with both`, async () => {
      const claims = human(changes)
      const known = { provider: 'tax', subject: `known ${humans}`, claims }
      const { idToken: first } = await signInAs(known)
      const before = await tally(hub)
      const { browser, page, finish } = await arrive({ provider: 'post', subject: `new ${humans}`, claims })
      assert.deepEqual(
        joinForm(page)
          .buttons.flatMap(({ name, value }) => (name === 'provider' ? [value] : []))
          .sort(),
        ['bank', 'consulate', 'tax'],
        'every other provider, not the one just used',
      )
      assert.ok(!textOf(page).includes(String(claims.family_name)), 'nothing tells who the other one is')
      assert.deepEqual(await tally(hub), before, 'nothing is linked by asking')
      present(known)
      const informing = await browser.submit(page, joinForm(page), { provider: 'tax' })
      assert.ok(
        textOf(informing).includes(hub.web.translate('en')('inform.lead', { provider: 'post' })),
        'the answer is that of the account chosen first',
      )
      const { idToken } = await finish(informing)
      assert.equal(idToken.sub, first.sub)
      assert.deepEqual(
        (await factsOf(hub, 'person.linked')).slice(-1).map(({ how, provider }) => ({ how, provider })),
        [{ how: 'both', provider: 'post' }],
      )
      const { idToken: again } = await signInAs({ provider: 'post', subject: `new ${humans}`, claims })
      assert.equal(again.sub, first.sub, 'nobody is asked a second time')
    })

    test(`${what}: who declines is a person of their own, and stays one`, async () => {
      const claims = human(changes)
      const { idToken: first } = await signInAs({ provider: 'tax', subject: `known ${humans}`, claims })
      const { browser, page, finish } = await arrive({ provider: 'post', subject: `alone ${humans}`, claims })
      const informing = await browser.submit(page, joinForm(page), { answer: 'alone' })
      const { idToken } = await finish(informing)
      assert.notEqual(idToken.sub, first.sub)
      const { idToken: again } = await signInAs({ provider: 'post', subject: `alone ${humans}`, claims })
      assert.equal(again.sub, idToken.sub)
    })
  }

  test('a second click on a button of the join page, and its back button, lead on', async () => {
    const claims = human(presumed)
    const known = { provider: 'tax', subject: `known ${humans}`, claims }
    const { idToken: first } = await signInAs(known)
    const { browser, page, finish } = await arrive({ provider: 'post', subject: `new ${humans}`, claims })
    const declined = await browser.submit(page, joinForm(page), { answer: 'alone' })
    formTo(await browser.submit(page, joinForm(page), { answer: 'alone' }), /\/inform$/)
    formTo(declined, /\/inform$/)
    present(known)
    const asked = await browser.submit(page, joinForm(page), { provider: 'tax' })
    const { idToken } = await finish(asked)
    assert.equal(idToken.sub, first.sub, 'who changes their mind on the old page joins')
  })

  test('joining with an account that nobody knows joins nothing and says so', async () => {
    const claims = human(presumed)
    await signInAs({ provider: 'tax', subject: `known ${humans}`, claims })
    const { browser, page, finish } = await arrive({ provider: 'post', subject: `new ${humans}`, claims })
    present({ provider: 'bank', subject: `unknown ${humans}`, claims: human() })
    const before = await tally(hub)
    const answer = await browser.submit(page, joinForm(page), { provider: 'bank' })
    assert.ok(textOf(answer).includes(hub.web.translate('en')('notice.not_the_other_account')))
    assert.deepEqual(await tally(hub), before)
    assert.throws(() => tile(answer, 'post'), 'still looking for the other account')
    present({ provider: 'tax', subject: `known ${humans - 1}`, claims })
    const { idToken } = await finish(await choose(browser, refunds, answer, 'tax'))
    assert.ok(idToken.sub)
  })

  test("joining with somebody else's account lets nobody in and leaves a review", async () => {
    const claims = human(presumed)
    const { idToken: known } = await signInAs({ provider: 'tax', subject: `known ${humans}`, claims })
    const other = { provider: 'bank', subject: `other ${humans}`, claims: human({ given_name: 'Paul' }) }
    const { idToken: others } = await signInAs(other)
    const { browser, page, tried } = await arrive({ provider: 'post', subject: `new ${humans}`, claims })
    present(other)
    const before = await tally(hub)
    const informing = await browser.submit(page, joinForm(page), { provider: 'bank' })
    const back = await goOn(browser, refunds, informing)
    assert.equal(back.url.searchParams.get('code'), null)
    assert.equal(back.url.searchParams.get('error'), 'access_denied')
    assert.equal(back.url.searchParams.get('state'), tried.state)
    const left = await tally(hub)
    assert.equal(left.collisions, before.collisions + 1)
    assert.equal(left.links, before.links)
    const review = (await hub.people.collisions()).at(-1)
    assert.deepEqual([review?.cause, review?.provider], ['identities_differ', 'post'])
    assert.notEqual(known.sub, others.sub)
  })

  test('a second account of one provider for one identity: a page with a reference, a review, and nobody gets in', async () => {
    const claims = human()
    const { idToken: first } = await signInAs({ provider: 'tax', subject: `first ${humans}`, claims })
    const before = await tally(hub)
    const { browser, page, tried } = await arrive({ provider: 'tax', subject: `second ${humans}`, claims })
    assert.equal(page.status, 403)
    const text = textOf(page)
    const reference = /G0102 · ([0-9A-Z-]{14})/.exec(text)?.[1]
    assert.ok(reference, text)
    assert.ok(!text.includes(String(claims.given_name)), 'nothing of the other person is shown')
    assert.equal((await connectionOf(hub, reference))?.refusal, 'identity_collision')
    const review = (await hub.people.collisions()).at(-1)
    assert.deepEqual([review?.cause, review?.provider], ['second_account', 'tax'])
    assert.equal((await factsOf(hub, 'person.collision_found')).at(-1)?.collision, review?.collision)
    const left = await tally(hub)
    assert.deepEqual(
      { ...left, collisions: 0, connections: 0 },
      { ...before, collisions: 0, connections: 0 },
      'no link, no session, no subject',
    )
    await browser.open(loginOf(page))
    assert.equal((await tally(hub)).collisions, before.collisions + 1, 'a reload adds no review')
    const link = linksOf(page).find(({ pathname }) => pathname.endsWith('/back'))
    assert.ok(link)
    const back = await browser.open(link, at(refunds))
    assert.equal(back.url.searchParams.get('error'), 'access_denied')
    assert.equal(back.url.searchParams.get('state'), tried.state)
    const { idToken: still } = await signInAs({ provider: 'tax', subject: `first ${humans}`, claims })
    assert.equal(still.sub, first.sub, 'the first account is not hurt')
    assert.ok(review)
    await hub.storage.transaction((tx) =>
      hub.people.resolveCollision(tx, review.collision, 'same', { kind: 'command' }),
    )
    const { idToken: joined } = await signInAs({ provider: 'tax', subject: `second ${humans}`, claims })
    assert.equal(joined.sub, first.sub, 'after the review the second one is the same person')
  })

  test('a split by command takes along what was done by that account, not by another one of the same provider', async () => {
    const claims = human()
    const mine = { provider: 'tax', subject: `mine ${humans}`, claims }
    const theirs = { provider: 'tax', subject: `theirs ${humans}`, claims }
    await signInAs(mine)
    await arrive(theirs)
    const said: string[] = []
    const out = { line: (text: string) => void said.push(text), warn: (text: string) => void said.push(text) }
    const command = async (verb: string, args: Record<string, unknown>) =>
      assert.equal(await runVerb(hub, { verb, args }, out), 0, said.join('\n'))
    const review = (await hub.people.collisions()).at(-1)
    assert.ok(review)
    await command('people.resolve', { collision: review.collision, outcome: 'same' })
    await signInAs(theirs)
    await signInAs(mine)
    await signInAs(theirs)
    const { person } = review
    const links = await hub.people.linksOf(hub.storage.db, person)
    assert.deepEqual(
      links.map(({ provider }) => provider),
      ['tax', 'tax'],
    )
    const [kept, taken] = links.map(({ link }) => link)
    await command('people.split', { person, links: [taken] })
    const into = (await factsOf(hub, 'person.split')).at(-1)?.into
    assert.ok(into)
    const history = async (of: typeof person) =>
      (await hub.connections.ofPerson(of, { limit: 9 }))
        .filter(({ state }) => state === 'completed')
        .map(({ link }) => link)
    assert.deepEqual(await history(person), [kept, kept])
    assert.deepEqual(await history(into), [taken, taken])
  })

  test('two simultaneous first logins with one account make one person', async () => {
    const account = { provider: 'tax', subject: 'twice at once', claims: human() }
    const before = await tally(hub)
    const arrived = [await arrive(account), await arrive(account), await arrive(account)]
    const done = await Promise.all(arrived.map(({ page, finish }) => finish(page)))
    assert.equal(new Set(done.map(({ idToken }) => idToken.sub)).size, 1)
    const left = await tally(hub)
    assert.deepEqual([left.people, left.links], [before.people + 1, before.links + 1])
  })

  test('two simultaneous first logins by two providers make one person', async () => {
    const claims = human()
    const before = await tally(hub)
    const arrived = [
      await arrive({ provider: 'tax', subject: 'at tax', claims }),
      await arrive({ provider: 'post', subject: 'at post', claims }),
      await arrive({ provider: 'bank', subject: 'at bank', claims }),
    ]
    const done = await Promise.all(arrived.map(({ page, finish }) => finish(page)))
    assert.equal(new Set(done.map(({ idToken }) => idToken.sub)).size, 1)
    const left = await tally(hub)
    assert.deepEqual([left.people, left.links], [before.people + 1, before.links + 3])
  })

  test('a weak first link serves its own level only, changes nothing and is told', async () => {
    const claims = human()
    const browser = new UserAgent({ language: 'en' })
    const strong = await signInAs(
      { provider: 'post', subject: 'strong', claims, acr: 'eidas2' },
      { browser, party: justice },
    )
    const weak = { provider: 'bank', subject: 'weak', claims: { ...claims, email: 'somebody.else@mail.example' } }
    const elsewhere = new UserAgent({ language: 'en' })
    const { idToken } = await signInAs(weak, { browser: elsewhere })
    const { idToken: own } = await signInAs({ provider: 'post', subject: 'strong', claims, acr: 'eidas2' })
    assert.equal(idToken.sub, own.sub, 'the identity is that of the person')
    assert.equal(idToken.acr, 'eidas1')
    const person = (await factsOf(hub, 'person.linked')).at(-1)?.person
    assert.ok(person)
    const links = await hub.people.linksOf(hub.storage.db, person)
    assert.deepEqual(links.map(({ provider, serves }) => [provider, serves]).sort(), [
      ['bank', 'eidas1'],
      ['post', 'eidas2'],
    ])
    const latest = (await factsOf(hub, 'connection.authorised')).findLast(({ provider }) => provider === 'bank')
    assert.equal(latest?.alert, 'unusual', 'the person is told')

    const page = await elsewhere.open((await attempt(justice)).url, at(justice))
    assert.ok(
      formsOf(page).some(({ action }) => action.pathname.endsWith('/choose')),
      'its session opens no stronger service',
    )
    present(weak)
    const again = await choose(elsewhere, justice, page, 'bank')
    const notice = hub.web.translate('en')('notice.level_not_reached')
    assert.ok(textOf(again).includes(notice), 'and neither does the account')

    const { userinfo } = await signInAs({ ...weak, claims: { ...weak.claims, given_name: 'Mallory' } })
    assert.equal(userinfo.given_name, claims.given_name, 'a weaker provider does not rename a person')
    const before = strong.userinfo.family_name
    assert.equal(userinfo.family_name, before)
  })

  test('R015: a person who marries keeps the subject, at every provider', async () => {
    const claims = human()
    const account = { provider: 'post', subject: 'marries', claims, acr: 'eidas2' }
    const { idToken: first } = await signInAs(account)
    const renamed = { ...claims, family_name: `Nguyen-${humans}`.replace(/\d/g, 'x') }
    const { idToken: second, userinfo } = await signInAs({ ...account, claims: renamed })
    assert.equal(second.sub, first.sub)
    assert.equal(userinfo.family_name, renamed.family_name)
    const { idToken: elsewhere } = await signInAs({ provider: 'tax', subject: 'married', claims: renamed })
    assert.equal(elsewhere.sub, first.sub)
  })
})
