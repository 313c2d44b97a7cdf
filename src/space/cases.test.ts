/** Cases as those live them whom they are about: signed in, by each kind of sign-in; and signed out, by the form. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../../test/support/provider.ts'
import { dump, factsOf, settle } from '../../test/support/records.ts'
import { type RelyingParty, relyingParty, signIn, tile } from '../../test/support/relying-party.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import type { Case } from '../cases/cases.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import { checks } from '../policy/case-flow.ts'

const actor = { kind: 'command' } as const
const code = /[\dA-HJKMNP-TV-Z]{4}(?:-[\dA-HJKMNP-TV-Z]{4}){2}/
let clock: TestClock
let hub: TestHub
let tax: TestProvider
let post: TestProvider
let refunds: RelyingParty
let humans = 0
let networks = 0

before(async () => {
  clock = mockProcessClock({ mock })
  ;[tax, post] = await Promise.all([
    startProvider({ id: 'tax', clock }),
    startProvider({ id: 'post', acr: 'eidas2', clock }),
  ])
  hub = await startTestHub({ clock, settings: { trustedProxies: ['127.0.0.1'] } })
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
      services: [
        serviceEntry('refunds', { name: { fr: 'Remboursements', en: 'Refunds', ar: 'التعويضات' } }),
        serviceEntry('records', { sector: 'records.example' }),
      ],
      providers: [
        providerEntry(tax, { allowedLevels: ['eidas1'] }),
        providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
      ],
    },
  ])
  refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
})
after(async () => {
  await hub?.close()
  await Promise.all([tax?.close(), post?.close()])
  mock.timers.reset()
})
beforeEach(() => clock.advance(second))

const path = (of: string) => new URL(of, hub.issuer)

/** A browser of a network that nobody was in before. */
function browserIn(language = 'en'): UserAgent {
  networks++
  return new UserAgent({ language, headers: { 'x-forwarded-for': `10.${networks >> 8}.${networks & 255}.7` } })
}

/** Somebody whom nobody knows yet, with an account at each provider. */
function newcomer(): string {
  humans++
  const letter = 'abcdefghijklmnopqrstuvwxyz'[humans] ?? assert.fail('too many people')
  const claims = { ...citizen, family_name: `Rivière-${letter}`, email: `person-${letter}@mail.example` }
  Object.assign(tax.next, { subject: `tax ${letter}`, claims })
  Object.assign(post.next, { subject: `post ${letter}`, claims })
  return claims.family_name
}

async function enter(browser: UserAgent, place: string, provider: string): Promise<Answer> {
  const page = await browser.open(path(place))
  if (!page.body.includes('/choose"')) return page
  const { form, values } = tile(page, provider)
  return browser.submit(page, form, values)
}

async function lastLine(): Promise<{ person: PersonId; id: string; reference: string }> {
  const { rows } = await sql<{ person: PersonId; id: string; reference: string }>`
    select person, id, reference from connections order by id desc limit 1`.execute(hub.storage.db)
  return rows[0] ?? assert.fail('no line')
}

/** Sign-ins of somebody else by the account of a newcomer. Returns the victim's browser, and the lines. */
async function stolen(times = 1, by: 'tax' | 'post' = 'tax') {
  const name = newcomer()
  const victim = browserIn()
  await signIn(victim, refunds, by)
  const lines: Awaited<ReturnType<typeof lastLine>>[] = []
  for (let time = 0; time < times; time++) {
    clock.advance(minute)
    await signIn(browserIn(), refunds, by)
    lines.push(await lastLine())
  }
  const [{ person } = assert.fail()] = lines
  await enter(victim, '/space', by)
  return { name, victim, lines, person }
}

/** As a browser sends a form in which several boxes are ticked. */
async function report(
  browser: UserAgent,
  lines: readonly string[],
  more: Record<string, string> = {},
): Promise<Answer> {
  const page = await browser.open(path('/space/cases/report'))
  const { fields } = formTo(page, /report$/)
  const body = new URLSearchParams({ ...fields, codes: '', words: '', ...more })
  for (const line of lines) body.append('line', line)
  const sent = await browser.send({
    ...{ url: page.url, method: 'POST', body: body.toString(), site: 'same-origin', origin: page.url.origin },
  })
  const { location } = sent.headers
  return location ? browser.open(new URL(location, page.url)) : { ...sent, trail: [] }
}

const caseOf = async (person: PersonId): Promise<Case> =>
  (await hub.cases.ofPerson(person))[0] ?? assert.fail('no case')

/** What operators and partners do, at their own pages elsewhere. */
async function qualified(person: PersonId): Promise<Case> {
  const { id, version } = await caseOf(person)
  const all = Object.fromEntries(checks.map((check) => [check, 'yes'])) as Record<(typeof checks)[number], 'yes'>
  const outcome = await hub.cases.qualify(id, { checks: all, seen: version, actor })
  return outcome.kind === 'done' ? outcome.case : assert.fail(outcome.kind)
}
async function notified(person: PersonId): Promise<Case> {
  const { id, version } = await qualified(person)
  const outcome = await hub.cases.notify(id, { seen: version, actor })
  return outcome.kind === 'done' ? outcome.case : assert.fail(JSON.stringify(outcome))
}
async function answered({ id }: Case, finding: 'confirmed' | 'not_confirmed'): Promise<void> {
  for (const party of await hub.cases.parties(id)) {
    const answer = { finding, measures: [], duties: ['feedback' as const] }
    const given = { answer, seen: party.version, key: `answer ${party.id}`, actor, via: 'desk' as const }
    const { kind } = await hub.cases.answer(party.id, party, given)
    assert.equal(kind, 'done')
  }
}
async function concluded(person: PersonId, verdict: 'confirmed' | 'not_confirmed'): Promise<Case> {
  const one = await notified(person)
  await answered(one, verdict)
  const { version } = await caseOf(person)
  const outcome = await hub.cases.conclude(one.id, { verdict, reason: 'As they said.', seen: version, actor })
  return outcome.kind === 'done' ? outcome.case : assert.fail(JSON.stringify(outcome))
}
async function closed(person: PersonId, reason: 'settled' | 'not_a_theft'): Promise<void> {
  const { id, version } = await caseOf(person)
  const { kind } = await hub.cases.close(id, { reason, seen: version, actor })
  assert.equal(kind, 'done')
}

const pageOf = (browser: UserAgent, { reference }: Pick<Case, 'reference'>) =>
  browser.open(path(`/space/cases/${reference}`))

describe('signed in', () => {
  test('R100: several lines at once become one case, whose page says where it stands; a second click is the first', async () => {
    const { victim, lines, person } = await stolen(2)
    const empty = await victim.open(path('/space/not-me'))
    assert.equal(empty.url.pathname, '/space/cases', 'where the reports stood before')
    assert.match(textOf(empty), /Nobody reported anything in your name/)
    const references = lines.map(({ reference }) => reference)
    const chosen = await victim.open(path(`/space/cases/report?line=${references[0]}`))
    assert.match(chosen.body, new RegExp(`value="${references[0]}" checked`))
    // The sign-in by which one is here cannot be somebody else's.
    assert.equal(chosen.body.match(/name="line"/g)?.length, 2)

    const nothing = await report(victim, [])
    assert.equal(nothing.status, 422)
    assert.match(textOf(nothing), /Tick a sign-in, or copy a code/)
    const long = await report(victim, references, { words: 'x'.repeat(2_001) })
    assert.equal(long.status, 422)
    assert.match(textOf(long), /2,001 characters/)
    assert.ok(long.body.includes('x'.repeat(2_001)), 'what was typed is there')
    assert.equal(long.body.match(/ checked/g)?.length, 2)

    const opened = await report(victim, references, { words: 'My telephone\nis gone.' })
    const [one, ...others] = await hub.cases.ofPerson(person)
    assert.ok(one && others.length === 0)
    assert.equal(opened.url.pathname, `/space/cases/${one.reference}`)
    assert.match(
      textOf(opened),
      /Your report has arrived.*Where the case stands Received done.*Looked at by our team under way/,
    )
    assert.deepEqual(
      one.connections,
      lines.map(({ id }) => id),
    )
    for (const line of lines) assert.ok(linksOf(opened).some(({ pathname }) => pathname.endsWith(line.reference)))
    // R112 to R116
    assert.match(textOf(opened), /Change the password of your account/)
    assert.match(textOf(opened), new RegExp(`second proof: .*${post.provider().name.en}`))
    assert.ok(linksOf(opened).some(({ pathname }) => pathname === '/space/protection/freeze'))
    assert.equal((await factsOf(hub, 'connection.disowned')).filter((fact) => fact.person === person).length, 2)

    const again = await report(victim, references, { words: 'My telephone\nis gone.' })
    assert.match(textOf(again), /A case was open about this already/)
    assert.equal((await factsOf(hub, 'case.opened')).filter((fact) => fact.person === person).length, 1)
    const list = await victim.open(path('/space/cases'))
    assert.match(textOf(list), new RegExp(`1 open case Case ${one.reference} open We have received it`))
    assert.match(textOf(await victim.open(path('/space'))), /Reports/)
  })

  test('R100: somebody else’s code and one that nobody has get one answer', async () => {
    const { lines } = await stolen()
    const [{ reference: foreign } = assert.fail()] = lines
    const said: string[] = []
    for (const typed of [foreign, '0000-0000-0000']) {
      newcomer()
      const browser = browserIn()
      await enter(browser, '/space', 'tax')
      const page = await report(browser, [], {
        codes: typed.toLowerCase().replaceAll('-', ' '),
        words: 'It came by mail.',
      })
      assert.match(page.url.pathname, /^\/space\/cases\//)
      const own = page.url.pathname.split('/').at(-1) ?? ''
      const masked = (text: string) =>
        text
          .replaceAll(own, 'REFERENCE')
          .replace(/Rivière-\w/, 'NAME')
          .replace(/\d\d:\d\d/g, 'HOUR')
      said.push(masked(textOf(page)), masked(textOf(await browser.open(path('/space/cases')))))
    }
    assert.deepEqual(said.slice(2), said.slice(0, 2))
    assert.match(said[0] ?? '', /No sign-in of your history belongs to this case/)
    assert.deepEqual(
      (await factsOf(hub, 'case.opened')).slice(-2).map(({ match, person }) => [match, person]),
      [
        ['not_matching', null],
        ['no_trace', null],
      ],
    )
    assert.equal(
      (await factsOf(hub, 'connection.disowned')).filter(({ connection }) => connection === lines[0]?.id).length,
      0,
    )
  })

  test('R100: a code of one’s own leads to its line; a slip is shown again with its words', async () => {
    const { victim, lines, person } = await stolen()
    const [line = assert.fail()] = lines
    const slip = await report(victim, [], { codes: `${line.reference}\nK7QX`, words: 'Please <b>help</b>.' })
    assert.equal(slip.status, 422)
    assert.match(textOf(slip), /One of the codes is not whole/)
    assert.ok(slip.body.includes(`${line.reference}\nK7QX</textarea>`))
    assert.ok(slip.body.includes('Please &lt;b&gt;help&lt;/b&gt;.'))
    const opened = await report(victim, [], { codes: line.reference })
    assert.match(textOf(opened), /Your report has arrived/)
    assert.deepEqual((await caseOf(person)).connections, [line.id])
  })

  test('R062: codes are typed from one network so often in an hour; lines may still be ticked', async () => {
    const { victim, lines } = await stolen()
    const [{ reference } = assert.fail()] = lines
    const here = `10.${networks >> 8}.${networks & 255}.7`
    const busy = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': here } })
    for (const [name, value] of victim.cookies(hub.issuer)) busy.setCookie(hub.issuer, name, value)
    for (let time = 0; time < 60; time++) await hub.cases.mayTry(here)
    const refused = await report(busy, [], { codes: reference, words: 'Again.' })
    assert.equal(refused.status, 429)
    assert.match(textOf(refused), /Too many codes were typed from your network/)
    assert.ok(refused.body.includes('Again.</textarea>'))
    assert.match(textOf(await report(busy, [reference])), /Your report has arrived/)
  })

  test('R108 R124: the page follows the case: looked at, told, answered, confirmed, closed', async () => {
    const { victim, lines, person } = await stolen()
    await report(victim, [lines[0]?.reference ?? ''])
    await qualified(person)
    const one = await caseOf(person)
    assert.match(textOf(await pageOf(victim, one)), /Looked at by our team done.*Partners told under way/)
    await hub.cases.notify(one.id, { seen: one.version, actor })
    const told = textOf(await pageOf(victim, one))
    assert.match(
      told,
      /Partners told done .*1 identity provider told, no answer 1 service told, no answer They have until/,
    )
    assert.match(told, /The provider of the account It protects the account.*The services They find the account/)
    for (const hidden of ['REF-', tax.next.subject, 'txn']) assert.ok(!told.includes(hidden ?? 'none'), hidden)
    clock.advance(6 * day)
    await enter(victim, '/space', 'tax')
    assert.match(textOf(await pageOf(victim, one)), /For one of them the time was over on/)
    await answered(one, 'confirmed')
    assert.match(textOf(await pageOf(victim, one)), /1 identity provider told, 1 answer 1 service told, 1 answer/)
    const { version } = await caseOf(person)
    await hub.cases.conclude(one.id, { verdict: 'confirmed', reason: 'As they said.', seen: version, actor })
    const over = textOf(await pageOf(victim, one))
    assert.match(over, /It is confirmed: somebody else used your identity\. The answer Somebody other than you/)
    assert.match(over, /They undo what was done in your name/)
    assert.doesNotMatch(over, /Lift the protections/)
    await closed(person, 'settled')
    const last = textOf(await pageOf(victim, one))
    assert.match(last, /It is confirmed.*Closed done/)
    assert.doesNotMatch(last, /Add something/)
  })

  test('R113 R114: what stops is offered; once nothing has to, it is lifted with what to look at before', async () => {
    const { victim, lines, person } = await stolen(1, 'post')
    clock.advance(minute)
    await report(victim, [lines[0]?.reference ?? ''])
    const one = await concluded(person, 'not_confirmed')
    const before = await pageOf(victim, one)
    assert.match(textOf(before), /The theft is not confirmed/)
    assert.doesNotMatch(textOf(before), /Lift the protections/, 'nothing stops them')
    const [{ link } = assert.fail()] = await hub.people.linksOf(hub.storage.db, person)
    await hub.protections.freeze({ person, link, provider: 'post', level: 'eidas2' })
    clock.advance(minute)
    const again = browserIn()
    await enter(again, '/space', 'post')
    const after = await pageOf(again, one)
    assert.match(textOf(after), /Lift the protections, with care.*that the password.*Thaw my identity/)
    assert.ok(linksOf(after).some(({ pathname }) => pathname === '/space/protection/thaw'))
    assert.match(textOf(after), /your identity is frozen/)
  })

  test('R103: more words join an open case; what cannot be added is shown again', async () => {
    const { victim, lines, person } = await stolen()
    const opened = await report(victim, [lines[0]?.reference ?? ''])
    const add = (words: string) => victim.submit(opened, formTo(opened, /^\/space\/cases\/[\dA-Z]/), { words })
    assert.match(textOf(await add(' \r\n ')), /You have written nothing/)
    const long = await add('y'.repeat(2_001))
    assert.equal(long.status, 422)
    assert.ok(long.body.includes('y'.repeat(2_001)))
    assert.match(textOf(await add('It was on Tuesday.')), /It is added to the case/)
    assert.match(textOf(await add('It was on Tuesday.')), /It is added to the case/)
    const { id, version } = await caseOf(person)
    const written = (await hub.cases.timeline(id)).filter(({ text }) => text === 'It was on Tuesday.')
    assert.equal(written.length, 1, 'a second click adds nothing')
    await hub.cases.close(id, { reason: 'not_a_theft', seen: version, actor })
    assert.match(textOf(await add('Too late.')), /has just been closed: nothing was added/)
  })

  test('R111: nobody is alarmed by what a partner suspects before it was looked at; then the help says what it means', async () => {
    const { victim, lines, person } = await stolen()
    const connections = lines.map(({ id }) => id) as Case['connections']
    await hub.cases.openDetected({ person, connections, rule: 'burst', explanation: {} })
    const one = await caseOf(person)
    assert.match(textOf(await victim.open(path('/space/cases'))), /Nobody reported anything in your name/)
    assert.equal((await pageOf(victim, one)).status, 404)
    await qualified(person)
    const page = await pageOf(victim, one)
    assert.match(textOf(page), /It was not you who reported\?/)
    const help = linksOf(page).find(({ hash }) => hash === '#reported') ?? assert.fail('no help')
    assert.match((await victim.open(help)).body, /id="reported"/)
  })

  test('R112 R128: a weaker sign-in sees the cases of its account; of the others how many; a stranger sees none', async () => {
    newcomer()
    const victim = browserIn()
    await signIn(victim, refunds, 'tax')
    const weakLine = await lastLine()
    clock.advance(minute)
    await signIn(victim, refunds, 'post', { acr_values: 'eidas2', prompt: 'login' })
    const strongLine = await lastLine()
    clock.advance(minute)
    const { person } = weakLine
    const open = async (line: string) => {
      const connections = [line] as unknown as Case['connections']
      const outcome = await hub.cases.open({ person, connections, words: '', actor: { kind: 'person', id: person } })
      return outcome.kind === 'opened' ? outcome.case : assert.fail(outcome.kind)
    }
    const [weak, strong] = [await open(weakLine.id), await open(strongLine.id)]
    const thief = browserIn()
    await enter(thief, '/space', 'tax')
    const list = textOf(await thief.open(path('/space/cases')))
    assert.ok(list.includes(weak.reference) && !list.includes(strong.reference))
    assert.match(list, /Another case cannot be read from here/)
    assert.equal((await pageOf(thief, weak)).status, 200)
    const hidden = await pageOf(thief, strong)
    assert.equal(hidden.status, 403)
    assert.doesNotMatch(textOf(hidden), /Where the case stands|Refunds/)
    const offered = await thief.open(path(`/space/cases/report?line=${strongLine.reference}`))
    assert.ok(!offered.body.includes(strongLine.reference))
    const sent = await report(thief, [], { codes: strongLine.reference })
    assert.equal(sent.status, 200)
    assert.match(textOf(sent), /This case cannot be read from here Your report has arrived/)

    newcomer()
    const other = browserIn()
    await enter(other, '/space', 'tax')
    for (const one of [weak, strong, { reference: '0000-0000-0000' }, { reference: 'x' }]) {
      assert.equal((await pageOf(other, one)).status, 404, one.reference)
    }
  })

  test('R102: a hundred cases are read at one glance', async () => {
    const { victim, lines, person } = await stolen()
    await report(victim, [lines[0]?.reference ?? ''])
    await sql`insert into cases (id, reference, origin, match, person, state, opened_at, opened_by, closed_at, closed_by, close_reason)
      select 'cas_' || lpad(n::text, 26, '0'), lpad(n::text, 14, '0'), 'person', 'matched', ${person}, 'closed',
        '2026-01-01'::timestamptz + n * interval '1 hour', '{"kind": "hub"}', '2026-02-01', '{"kind": "hub"}', 'settled'
      from generate_series(1, 99) n`.execute(hub.storage.db)
    const list = await victim.open(path('/space/cases'))
    assert.match(textOf(list), /1 open case.*99 cases that are over/)
    assert.equal(list.body.match(/<li><h3>/g)?.length, 100)
  })
})

describe('signed out', () => {
  const steps = ['what', 'codes', 'you', 'contact', 'words', 'check'] as const

  const next = (browser: UserAgent, page: Answer, values: Record<string, string> = {}) =>
    browser.submit(page, formTo(page, /^\/report\/(?!leave)\w+$/), values)

  async function written(browser: UserAgent, values: Record<string, string>): Promise<Answer> {
    let page = await browser.open(path('/report/what'))
    const defaults = { what: 'message', name: 'Nobody', day: '19', month: '4', year: '1987', words: 'Kilimanjaro.' }
    for (const step of steps.slice(0, -1)) {
      assert.equal(page.url.pathname, `/report/${step}`)
      page = await next(browser, page, { ...defaults, ...values })
    }
    assert.equal(page.url.pathname, '/report/check', textOf(page))
    return page
  }

  const said = (page: Answer) =>
    textOf(page).match(/Number of the report (\S+) Key to follow it (\S+)/) ?? assert.fail(textOf(page))

  test('R100: small steps lead to a number and a key; what is wrong is said at its step, and nothing typed is lost', async () => {
    const browser = browserIn()
    const start = await browser.open(path('/report'))
    const links = linksOf(start).map(({ pathname }) => pathname)
    for (const first of ['/not-me', '/space/protection/freeze', '/space/cases/report', '/report/follow']) {
      assert.ok(links.includes(first), first)
    }
    assert.ok(links.indexOf('/not-me') < links.indexOf('/report/what'), 'what is urgent comes first')
    for (const step of steps.slice(1)) {
      const early = await browser.open(path(`/report/${step}`))
      assert.match(textOf(early), /Your answers are not here any more/, step)
    }
    assert.equal((await browser.open(path('/report/other'))).status, 404)

    let page = await browser.open(path('/report/what'))
    assert.match(textOf(page), /Step 1 of 6 What happened\?/)
    assert.equal((await next(browser, page)).status, 422)
    page = await next(browser, page, { what: 'lost' })
    const wrong = await next(browser, page, { codes: 'K7QX-2M4P' })
    assert.match(textOf(wrong), /This is not a whole code: «.?K7QX-2M4P.?»/)
    assert.match(wrong.body, />K7QX-2M4P<\/textarea>/)
    page = await next(browser, wrong, { codes: '0000 0000 0000' })
    page = await next(browser, page, { name: ' Rivière "x" ', day: '31', month: '2', year: '1987' })
    assert.match(textOf(page), /There is no such date/)
    assert.ok(page.body.includes('value="Rivière &quot;x&quot;"'))
    page = await next(browser, page, { name: 'Rivière', day: '1', month: '2', year: '1987' })
    // Back, and forward again.
    const before = await browser.open(path('/report/you'))
    assert.ok(before.body.includes('value="Rivière"'))
    assert.match(textOf(await next(browser, page, { contact: 'ines@' })), /This address is not whole/)
    page = await next(browser, page, { contact: 'Ines@Mail.Example' })
    assert.match(textOf(await next(browser, page, { words: 'z'.repeat(1_701) })), /1,701 characters/)
    const check = await next(browser, page, { service: 'refunds', from: '2026-11-20', words: 'In the <train>.' })
    const all = textOf(check)
    for (const part of [
      'I lost my phone',
      '0000-0000-0000',
      'Rivière',
      '1 / 2 / 1987',
      'Ines@Mail.Example',
      '20 November 2026',
    ]) {
      assert.ok(all.includes(part), part)
    }
    assert.ok(check.body.includes('In the &lt;train&gt;.'))
    const change = linksOf(check).find(({ pathname }) => pathname === '/report/contact') ?? assert.fail()
    const changing = await browser.open(change)
    const back = await next(browser, changing, { contact: '' })
    assert.equal(back.url.pathname, '/report/check', 'one answer changed leads back')

    const sent = await next(browser, back)
    assert.equal(sent.url.pathname, '/report/sent')
    const [, reference = '', key = ''] = said(sent)
    assert.match(reference, code)
    assert.ok(!textOf(sent).includes('Rivière'))
    assert.match(textOf(await browser.open(path('/report/sent/print'))), new RegExp(`${reference}.*${key}`))
    assert.match(textOf(await next(browser, back)), new RegExp(reference), 'a late second click')
    const over = await browser.submit(sent, formTo(sent, /leave$/))
    assert.match(textOf(over), /Nothing is left on this device/)
    assert.equal((await browser.open(path('/report/sent'))).status, 404)
    assert.equal(browser.cookies(hub.issuer).size, 0)

    const stranger = browserIn()
    const follow = async (values: Record<string, string>) => {
      const form = await stranger.open(path('/report/follow'))
      return stranger.submit(form, formTo(form, /follow$/), values)
    }
    assert.match(textOf(await follow({ reference, key })), /It is received\./)
    const unknown = await follow({ reference, key: '0000-0000-0000' })
    const nobody = await follow({ reference: '0000-0000-0000', key })
    assert.deepEqual([unknown.status, nobody.status], [422, 422])
    const words = (page: Answer) => textOf({ body: page.body.replace(/<form[\s\S]*<\/form>/, '') })
    assert.equal(words(unknown), words(nobody))
    for (const slip of [
      { reference: 'x', key },
      { reference, key: `${key}x` },
    ]) {
      assert.match(textOf(await follow(slip)), /The number or the key is not whole/)
    }
    const typed = { reference: reference.toLowerCase(), key: key.replaceAll('-', ' ').toLowerCase() }
    assert.match(textOf(await follow(typed)), /It is received\./)
  })

  test('R100: two clicks at once are one report, and the answer is the same', async () => {
    const browser = browserIn()
    const check = await written(browser, {})
    const [one, two] = await Promise.all([next(browser, check), next(browser.clone(), check)])
    assert.equal(said(one)[1], said(two)[1])
    const { rows } = await sql`select 1 from case_reports where reference = ${said(one)[1]}`.execute(hub.storage.db)
    assert.equal(rows.length, 1)
  })

  test('R100: what another process is sending is not sent again, and not lost if that one dies', async () => {
    const browser = browserIn()
    const check = await written(browser, {})
    const [key = ''] = [...browser.cookies(hub.issuer)].flatMap(([name, id]) => (name.endsWith('report') ? [id] : []))
    await hub.storage.state.create({ kind: 'report.lock', key, value: true, expiresAt: clock.now() + minute })
    const waiting = await next(browser, check)
    assert.equal(waiting.status, 409)
    assert.match(textOf(waiting), /Your report has not arrived yet/)
    clock.advance(minute)
    const again = linksOf(waiting).find(({ pathname }) => pathname === '/report/check') ?? assert.fail()
    const sent = await next(browser, await browser.open(again))
    assert.match(said(sent)[1] ?? '', code)
    assert.equal(sent.headers['cache-control'], 'no-store')
  })

  test('R100: who is known, whose code it is not and who is nobody read the same; a matching one becomes the person’s case', async () => {
    const { name, lines, person, victim } = await stolen()
    const [line = assert.fail()] = lines
    const pages: string[] = []
    const identities = [
      { name, codes: line.reference },
      { name: 'Nobody', codes: line.reference },
      { name, codes: '0000-0000-0000' },
      { name, codes: '' },
    ]
    for (const values of identities) {
      const browser = browserIn()
      const [year = '', month = '', date = ''] = String(citizen.birthdate).split('-')
      const check = await written(browser, { ...values, year, month, day: date, contact: 'canary@private.example' })
      const sent = await next(browser, check)
      const [, reference = '', key = ''] = said(sent)
      pages.push(
        textOf(sent)
          .replaceAll(reference, 'NUMBER')
          .replaceAll(key, 'KEY')
          .replace(/\d\d:\d\d/g, 'HOUR'),
      )
    }
    assert.equal(new Set(pages).size, 1, 'one public answer')
    await settle(hub)
    // Looked at beside each other, so in any order.
    const opened = (await factsOf(hub, 'case.opened')).slice(-4)
    assert.deepEqual(opened.map(({ origin, match, person: whose }) => `${origin} ${match} ${whose}`).sort(), [
      `form matched ${person}`,
      'form no_trace null',
      'form no_trace null',
      'form not_matching null',
    ])
    clock.advance(minute)
    await enter(victim, '/space', 'tax')
    const list = await victim.open(path('/space/cases'))
    assert.match(textOf(list), /1 open case/)
    for (const page of [list, await pageOf(victim, await caseOf(person))]) assert.ok(!page.body.includes('canary@'))
    for (const [table, rows] of await dump(hub)) assert.doesNotMatch(rows, /Kilimanjaro|canary@private/, table)
    assert.doesNotMatch(JSON.stringify(hub.logged), /Kilimanjaro|canary@private/)
  })

  test('R062: too many reports of one network: nothing is lost, and a later hour takes it', async () => {
    const address = '10.200.0.7'
    const busy = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': address } })
    const check = await written(busy, {})
    const identity = { birthName: 'Nobody', birthdate: '1987-04-19' }
    for (let time = 0; time < 100; time++) {
      const more = { codes: [], identity, words: '', language: 'en' as const, address }
      if (!(await hub.cases.openByForm(more).catch(() => undefined))) break
    }
    const refused = await next(busy, check)
    assert.equal(refused.status, 429)
    assert.match(textOf(refused), /Too many reports come from your network.*Nothing was sent.*Kilimanjaro/)
    clock.advance(hour)
    assert.match(textOf(await next(busy, refused)), /Your report has arrived/)
  })

  test('R058: what was not sent is gone after two hours, and can be put away before', async () => {
    const browser = browserIn()
    const check = await written(browser, {})
    assert.match(textOf(await browser.open(path('/report'))), /Go on where I was/)
    clock.advance(2 * hour)
    assert.match(textOf(await next(browser, check)), /Your answers are not here any more/)
    const other = await written(browser, {})
    const left = await browser.submit(other, formTo(other, /leave$/))
    assert.match(textOf(left), /Nothing is left on this device/)
    assert.doesNotMatch(textOf(left), /Go on where I was/)
    const foreign = { url: path('/report/what'), method: 'POST', body: 'what=lost' } as const
    assert.equal(
      (await browserIn().send({ ...foreign, site: 'cross-site', origin: 'https://elsewhere.example' })).status,
      403,
    )
  })

  test('R100: everything that may be urgent leads here', async () => {
    for (const place of ['/', '/help', '/help/citizen', '/not-me', '/message']) {
      const page = await browserIn().open(path(place))
      assert.ok(
        linksOf(page).some(({ pathname }) => pathname === '/report'),
        place,
      )
    }
  })
})
