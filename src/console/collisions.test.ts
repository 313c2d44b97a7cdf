/** The review of identity collisions on a whole hub, over HTTP: what is shown of whom, and what becomes of them. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { mockProcessClock } from '../../test/support/clock.ts'
import { startTestHub, type TestHub } from '../../test/support/hub.ts'
import { newOperator, type TestOperator } from '../../test/support/operators.ts'
import { angela, claim, tarik } from '../../test/support/people.ts'
import { factsOf } from '../../test/support/records.ts'
import { type Answer, formsOf, formTo, linksOf, textOf } from '../../test/support/user-agent.ts'
import { type CollisionId, newId, type PersonId } from '../kernel/ids.ts'
import type { Claimed, SettleOptions } from '../people/people.ts'

/** Where the page leads on to. */
function nextOf(page: Answer): URL | undefined {
  const [, href] = /rel="next" href="([^"]*)"/.exec(page.body) ?? []
  return href === undefined ? undefined : new URL(href.replaceAll('&amp;', '&'), page.url)
}

describe('collisions in the console', () => {
  let hub: TestHub
  let officer: TestOperator
  let manager: TestOperator
  const clock = mockProcessClock({ mock })
  let accounts = 0

  before(async () => {
    hub = await startTestHub({ clock })
    officer = await newOperator(hub, { roles: ['security_officer'] })
    manager = await newOperator(hub, { roles: ['means_manager'] })
  })
  after(async () => {
    await hub?.close()
    mock.timers.reset()
  })

  const at = (path: string) => new URL(path, hub.issuer)
  const open = ({ agent }: TestOperator, path: string) => agent.open(at(path))
  const settle = (claimed: Claimed, options?: SettleOptions) =>
    hub.storage.transaction((tx) => hub.people.settle(tx, claimed, options))
  async function signIn(claimed: Claimed, options?: SettleOptions) {
    const settled = await settle(claimed, options)
    return 'person' in settled ? settled : assert.fail('a collision')
  }
  async function stopped(claimed: Claimed, options?: SettleOptions): Promise<CollisionId> {
    const settled = await settle(claimed, options)
    return 'collision' in settled ? settled.collision : assert.fail('no collision')
  }
  /** Somebody nobody else is like, as each test has people of its own. */
  const somebody = () => {
    accounts++
    const letters = [...String(accounts)].map((digit) => String.fromCharCode(65 + Number(digit))).join('')
    return { ...angela, family_name: `CANARI ${letters}` }
  }
  const account = (identity: Claimed['identity'], over: Partial<Claimed> = {}) =>
    claim({ identity, subject: `canary-account-${++accounts}`, ...over })
  /** A person, and a second account of their provider that waits. */
  async function second(): Promise<{ collision: CollisionId; person: PersonId; waiting: Claimed }> {
    const identity = somebody()
    const { person } = await signIn(account(identity))
    const waiting = account(identity)
    return { collision: await stopped(waiting), person, waiting }
  }
  const decide = async (operator: TestOperator, collision: CollisionId, outcome: string, links: string[] = []) => {
    const query = new URLSearchParams([['outcome', outcome], ...links.map((link): [string, string] => ['link', link])])
    return open(operator, `/console/collisions/${collision}/decision?${query}`)
  }
  const confirm = (operator: TestOperator, page: Answer, changes: Record<string, string> = {}) =>
    operator.agent.submit(page, formTo(page, /\/decision$/), { sure: 'yes', ...changes })

  test('nothing waits, or is unknown', async () => {
    assert.match(textOf(await open(officer, '/console/collisions')), /No account waits\./)
    for (const id of [newId('collision'), 'col_x', newId('person')]) {
      assert.equal((await open(officer, `/console/collisions/${id}`)).status, 404, id)
      assert.equal((await decide(officer, id as CollisionId, 'same')).status, 404, id)
    }
  })

  test('R128: a case shows accounts, levels and dates, and what differs by name; never a value; each look is a fact', async () => {
    const { collision, person } = await second()
    const list = await open(officer, '/console/collisions')
    assert.match(
      textOf(list),
      /One account waits for a decision\. .*tax · Low assurance level · A second account of the same provider/,
    )
    const page = await open(officer, `/console/collisions/${collision}`)
    const text = textOf(page)
    assert.match(text, /The account that waits tax · Low assurance level · 22 November 2026/)
    assert.match(text, /The person who is known .*tax · Low assurance level/)
    assert.match(text, /Birth name alike Given names alike Date of birth alike/)
    for (const value of ['CANARI', 'Angéla', '1962', 'canary-account', '75107'])
      assert.ok(!page.body.includes(value), value)
    assert.deepEqual((await factsOf(hub, 'operator.viewed_person')).at(-1), { operator: officer.operator, person })
    // Only a manager of means may open the person.
    assert.ok(!linksOf(page).some(({ pathname }) => pathname.startsWith('/console/people')))
    const managers = await open(manager, `/console/collisions/${collision}`)
    assert.ok(linksOf(managers).some(({ pathname }) => pathname === `/console/people/${person}`))
    await confirm(officer, await decide(officer, collision, 'different'))
  })

  test('the same human: told first, then done; a second click and the back button change nothing', async () => {
    const { collision, person, waiting } = await second()
    const page = await decide(officer, collision, 'same')
    assert.match(
      textOf(page),
      /What becomes of whom The account that waits becomes an account of the person who is known/,
    )
    const unsure = await officer.agent.submit(page, formTo(page, /\/decision$/))
    assert.equal(unsure.status, 400)
    const done = await confirm(officer, page)
    assert.match(textOf(done), /It is decided: the same human\. .*Decided on 22 November 2026/)
    assert.ok(!formsOf(done).some(({ action }) => action.pathname.endsWith('/decision')))
    assert.match(textOf(await confirm(officer, page)), /Nothing was done: somebody decided before you/)
    assert.match(textOf(await decide(officer, collision, 'same')), /Nothing was done/)
    const decided = (await factsOf(hub, 'person.collision_resolved')).filter((fact) => fact.collision === collision)
    assert.deepEqual(decided, [{ collision, outcome: 'same', actor: { kind: 'operator', id: officer.operator } }])
    assert.equal((await signIn(waiting)).person, person)
  })

  test('two operators at the same moment: one decides, the other is told', async () => {
    const { collision } = await second()
    const pages = await Promise.all([decide(officer, collision, 'same'), decide(manager, collision, 'different')])
    const answers = await Promise.all([confirm(officer, pages[0]), confirm(manager, pages[1])])
    const said = answers.map((page) => /It is decided|Nothing was done/.exec(textOf(page))?.[0]).sort()
    assert.deepEqual(said, ['It is decided', 'Nothing was done'])
    const decided = (await factsOf(hub, 'person.collision_resolved')).filter((fact) => fact.collision === collision)
    assert.equal(decided.length, 1)
  })

  test('two humans: the account becomes a person of its own', async () => {
    const { collision, person, waiting } = await second()
    const page = await decide(manager, collision, 'different')
    assert.match(textOf(page), /becomes a person of their own at the next sign-in/)
    assert.match(textOf(await confirm(manager, page)), /It is decided: two humans/)
    assert.notEqual((await signIn(waiting)).person, person)
  })

  test('an account of somebody else: both are shown side by side, and what moves is told', async () => {
    const identity = { ...tarik, family_name: 'CANARI' }
    const one = await signIn(account(identity, { provider: 'post', level: 'eidas2' }))
    const theirs = account({ ...identity, given_name: 'Tarik Canaria' })
    const other = await signIn(theirs)
    const collision = await stopped(theirs, { joinTo: one.person })
    const page = await open(officer, `/console/collisions/${collision}`)
    assert.match(textOf(page), /The other person, whose account it is/)
    assert.match(textOf(page), /Given names With the account that waits: different With the other person: different/)
    const decision = await decide(officer, collision, 'same')
    assert.match(textOf(decision), /The account passes from the other person.*The other person has no account left/)
    assert.match(
      textOf(decision),
      /Means that belong to the account go with it.*Open sessions of the people concerned end/,
    )
    assert.match(textOf(await confirm(officer, decision)), /It is decided: the same human/)
    assert.equal((await hub.people.linksOf(hub.storage.db, other.person)).length, 0)
    assert.equal((await hub.people.linksOf(hub.storage.db, one.person)).length, 2)
  })

  test('identities that do not agree: the account waits, and says in what', async () => {
    const one = await signIn(account(somebody()))
    const stranger = account({ ...somebody(), birthdate: '1980-01-01' }, { provider: 'bank' })
    const collision = await stopped(stranger, { joinTo: one.person })
    const text = textOf(await open(officer, `/console/collisions/${collision}`))
    assert.match(text, /A sign-in with two accounts whose identities do not agree/)
    assert.match(text, /Birth name different Given names alike Date of birth different Gender alike/)
  })

  test('a person who is two already is split first, and the collision decided afterwards', async () => {
    const identity = somebody()
    const victim = await signIn(account(identity, { provider: 'post', level: 'eidas2' }))
    const thief = await signIn(account(identity))
    const collision = await stopped(account(identity))
    const nothing = await decide(officer, collision, 'split')
    assert.equal(nothing.status, 422)
    assert.match(textOf(nothing), /Choose the accounts to split off: at least one, and not all/)
    assert.equal((await decide(officer, collision, 'split', [victim.link, thief.link])).status, 422)
    assert.equal((await decide(officer, collision, 'split', [newId('link')])).status, 422)
    const page = await decide(officer, collision, 'split', [thief.link])
    assert.match(textOf(page), /Accounts of the intruder tax · Low assurance level/)
    assert.match(textOf(page), /The person keeps the other accounts.*make a new person, who begins with nothing/)
    const done = await confirm(officer, page)
    assert.match(textOf(done), /The person is split\. Now decide about the collision\./)
    const [split] = await factsOf(hub, 'person.split')
    assert.deepEqual(
      [split?.person, split?.links, split?.actor],
      [victim.person, [thief.link], { kind: 'operator', id: officer.operator }],
    )
    assert.match(textOf(await confirm(officer, page)), /Nothing was done/)
    assert.match(textOf(await confirm(officer, await decide(officer, collision, 'same'))), /It is decided/)
  })

  test('a decision about what has changed meanwhile is not carried out', async () => {
    const { collision, person, waiting } = await second()
    const page = await decide(officer, collision, 'same')
    await signIn(account(waiting.identity, { provider: 'post', level: 'eidas2' }), { joinTo: person })
    assert.match(textOf(await confirm(officer, page)), /Nothing was done.*or the accounts have changed/)
    assert.match(textOf(await confirm(officer, page, { state: '' })), /Nothing was done/)
    assert.equal((await confirm(officer, page, { outcome: 'erase' })).status, 400)
    const foreign = await officer.agent.submit(page, { ...formTo(page, /\/decision$/), fields: {} }, { sure: 'yes' })
    assert.match(foreign.body, /G1003/)
    assert.ok((await hub.people.collisions()).some((one) => one.collision === collision))
  })

  test('1,000 that wait: page by page, each once', async () => {
    await second()
    const before = (await hub.people.collisions()).length
    await sql`
      insert into collisions (id, person_id, provider, account_key, level, cause, found_at)
      select 'col_' || md5(n::text), person_id, provider, account_key || n, level, cause, found_at + n * interval '1 s'
      from (select * from collisions where resolved_at is null limit 1) one
        cross join generate_series(1, ${1_000 - before}::int) n`.execute(hub.storage.db)
    let page = await open(officer, '/console/collisions')
    assert.match(textOf(page), /1000 accounts wait|1,000 accounts wait/)
    const seen: string[] = []
    for (;;) {
      seen.push(
        ...linksOf(page).flatMap(({ pathname }) => /^\/console\/collisions\/(col_.+)$/.exec(pathname)?.[1] ?? []),
      )
      const next = nextOf(page)
      if (!next) break
      page = await officer.agent.open(next)
    }
    assert.deepEqual([seen.length, new Set(seen).size], [1_000, 1_000])
  })
})
