/**
 * Requests for help on a whole hub: from the form, signed out, to the letter that answers; what is kept, for how long, and
 * who reads it.
 */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { newProgram } from '../../test/support/api-client.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf, newOperator, type TestOperator } from '../../test/support/operators.ts'
import { dump, factsOf, settle } from '../../test/support/records.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import type { Actor } from '../audit/facts.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { newId, type SupportRequestId } from '../kernel/ids.ts'
import { type AskGiven, freely, mostOfNetwork } from './support.ts'
import { audiences } from './vocabulary.ts'

const clock = mockProcessClock({ mock })
let hub: TestHub
let helper: TestOperator
let officer: TestOperator
const at = (path: string) => new URL(path, hub.issuer)

before(async () => {
  // Networks are told apart by what a proxy says.
  hub = await startTestHub({ clock, settings: { trustedProxies: ['127.0.0.1'] } })
})
after(async () => {
  await hub?.close()
  mock.timers.reset()
})

let networks = 0
/** Of a network that nobody was in before. */
function newAddress(): string {
  networks += 1
  return `10.${networks >> 8}.${networks & 255}.7`
}
/** Somebody at home. */
const visitor = (language = 'en') => new UserAgent({ language, headers: { 'x-forwarded-for': newAddress() } })

const sentence = 'Zanzibar: the page stays white when I press the blue button.'
const typed = {
  audience: 'payroll',
  situation: 'cannot_sign_in',
  reference: 'G0206 · 1A2B-3C4D-5E6F',
  text: sentence,
  address: 'zoe.canary@private.example',
  language: 'en',
}

const send = async (agent: UserAgent, values: Record<string, string> = {}, page?: Answer): Promise<Answer> => {
  const form = page ?? (await agent.open(at('/help/ask')))
  return agent.submit(form, formTo(form, /^\/help\/ask$/), { ...typed, ...values })
}

const numberOf = (page: Answer): string =>
  /[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}/.exec(textOf(page))?.[0] ?? assert.fail(textOf(page))

/** As the form would have sent it, without the page. */
async function ask(values: Partial<Omit<AskGiven, 'id'>> = {}): Promise<SupportRequestId> {
  const id = newId('supportRequest')
  const text = `${sentence} ${id}`
  const outcome = await hub.support.ask({ ...typed, text, id, from: newAddress(), ...values })
  assert.equal(outcome.kind, 'received', JSON.stringify(outcome))
  return id
}

const versionOf = async (id: SupportRequestId) =>
  (await hub.support.read(id, { kind: 'command' }))?.request.version ?? 0
const press = (who: TestOperator, page: Answer, path: string, values: Record<string, string> = {}) =>
  who.agent.submit(page, formOf(page, path), values)

describe('R087: the form', () => {
  test('a request arrives, gets a number, and its words rest nowhere in clear', async () => {
    const agent = visitor()
    const sent = await send(agent)
    assert.equal(sent.url.pathname, '/help/ask/sent')
    assert.match(textOf(sent), /Your message has arrived/)
    const number = numberOf(sent)
    assert.equal((await agent.open(sent.url)).status, 200, 'reloaded')
    const arabic = await agent.open(linksOf(sent).find(({ search }) => search.endsWith('lang=ar')) ?? assert.fail())
    assert.match(arabic.body, /dir="rtl"/)
    assert.ok(textOf(arabic).includes(number))
    const [{ requests }] = [await hub.support.list({ state: 'open', limit: 50 })]
    assert.equal(requests.filter((one) => one.number === number).length, 1)
    for (const [table, rows] of await dump(hub)) {
      for (const word of ['Zanzibar', 'zoe.canary', '1A2B-3C4D', '1A2B3C4D']) {
        for (const disguise of [word, Buffer.from(word).toString('hex')]) {
          assert.ok(!rows.includes(disguise), `${word} is in ${table}`)
        }
      }
    }
    assert.doesNotMatch(JSON.stringify(hub.logged), /Zanzibar|zoe\.canary/)
    const facts = await factsOf(hub, 'support.asked')
    assert.deepEqual(facts, [{ request: requests.find((one) => one.number === number)?.id }])
  })

  test('a number that this hub did not give is shown to nobody', async () => {
    for (const query of ['', '?number=K7QX-2M4P-9TRC&how=first', '?number=K7QX-2M4P-9TRC&how=first&proof=x']) {
      assert.equal((await visitor().open(at(`/help/ask/sent${query}`))).status, 404)
    }
  })

  test('a second click, the back button and the same words from a fresh page make one request', async () => {
    const agent = visitor()
    const page = await agent.open(at('/help/ask'))
    const [one, two] = await Promise.all([
      send(agent, { text: 'once' }, page),
      send(agent.clone(), { text: 'once' }, page),
    ])
    const number = numberOf(one)
    assert.equal(numberOf(two), number)
    const back = await send(agent, { text: ' once\r\n' }, page)
    assert.equal(numberOf(back), number)
    assert.match(textOf(back), /You had already sent this message/)
    assert.equal(numberOf(await send(agent, { text: 'once' })), number)
    const other = await send(agent, { text: 'twice' }, page)
    assert.equal(other.status, 409)
    assert.match(textOf(other), new RegExp(`Its number is ${number}`))
    const second = await agent.submit(other, formTo(other, /^\/help\/ask$/), { ...typed, text: 'twice' })
    assert.notEqual(numberOf(second), number)
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from support_requests`.execute(
      hub.storage.db,
    )
    assert.equal(rows[0]?.count, 3)
  })

  const wrong: [what: string, values: Record<string, string>, said: RegExp][] = [
    ['no audience', { audience: '' }, /Say who you are/],
    ['another audience', { audience: 'nobody' }, /Say who you are/],
    ['no situation', { situation: '' }, /Say what it is about/],
    ['no text', { text: ' \n\t ' }, /Write your message/],
    ['a text that is too long', { text: 'x'.repeat(3_001) }, /too long: at most 3,000/],
    ['half an address', { address: 'zoe@private' }, /This address is not complete/],
    ['two addresses', { address: 'a@b.example, c@d.example' }, /This address is not complete/],
    ['a header in the address', { address: 'a@b.example\r\nBcc: c@d.example' }, /This address is not complete/],
    ['a code that is too long', { reference: 'x'.repeat(101) }, /This code is too long/],
  ]
  for (const [what, values, said] of wrong) {
    test(`${what} is refused, and all that was typed is there again`, async () => {
      const answer = await send(visitor(), values)
      assert.equal(answer.status, 422)
      assert.match(textOf(answer), said)
      assert.match(textOf(answer), /Your message was not sent/)
      const fields = { ...typed, ...values }
      if (fields.text.trim()) assert.ok(answer.body.includes(fields.text.slice(0, 50)))
      if (what !== 'another audience' && fields.audience) assert.match(answer.body, /value="payroll" checked/)
    })
  }

  test('everything is said at once, and what may be left out may be left out', async () => {
    const nothing = { audience: '', situation: '', reference: '', text: '', address: '' }
    const answer = await send(visitor(), nothing)
    assert.equal([...answer.body.matchAll(/class="wrong"/g)].length, 3)
    const least = await send(visitor(), { reference: '', address: '', language: 'xx' })
    assert.match(textOf(least), /has arrived/)
  })

  test('who is signed in writes as everybody does, and is tied to nothing', async () => {
    const { agent } = await newOperator(hub, { roles: ['auditor'] })
    const sent = await send(agent, { text: 'from somebody signed in', address: '' })
    assert.match(textOf(sent), /has arrived/)
    const { rows } = await sql<{ row: string }>`select t::text as row from support_requests t`.execute(hub.storage.db)
    for (const { row } of rows) assert.doesNotMatch(row, /(?<![\w-])(?:per|opr|ses)_/)
  })
})

test('R087: every link of the pages of help leads somewhere', async () => {
  const agent = visitor()
  const seen = new Map<string, string>()
  const pages = ['', '/errors', '/errors/G0102', '/ask', ...audiences.map((one) => `/${one}`)]
  for (const path of pages) {
    for (const { origin, pathname } of linksOf(await agent.open(at(`/help${path}`)))) {
      if (origin === hub.issuer) seen.set(pathname, path)
    }
  }
  assert.ok(seen.size > 70, String(seen.size))
  for (const [pathname, from] of seen) {
    const { status } = await agent.send({ url: at(pathname), site: 'same-origin' })
    // What is for who is signed in leads to a sign-in.
    assert.ok(status === 200 || status === 303, `${pathname} of /help${from}: ${status}`)
  }
})

describe('R061: many from one network', () => {
  /** As a browser does it. */
  function solve(challenge: string, difficulty: number): string {
    for (let number = 0; ; number++) {
      const digest = hash('sha256', `${challenge}:${number}`, 'buffer')
      if (Math.clz32(digest.readUInt32BE(0)) >= difficulty) return String(number)
    }
  }

  test('the first go through; then the browser has to work; then nobody; an hour later all is as before', async () => {
    const agent = visitor()
    for (let count = 0; count < freely; count++) {
      assert.match(textOf(await send(agent, { text: `from the office ${count}` })), /has arrived/)
    }
    const neighbour = visitor()
    assert.match(textOf(await send(neighbour, { text: 'from next door' })), /has arrived/)
    const asked = await send(agent, { text: 'one too many' })
    assert.equal(asked.status, 429)
    assert.equal(asked.headers['retry-after'], '3600')
    assert.match(textOf(asked), /One moment before it is sent/)
    assert.match(textOf(asked), /You can send this message from 12:00 on/, 'for who has no script')
    assert.match(asked.body, /one too many<\/textarea>/)
    const [, challenge = '', bits = ''] = /data-challenge="([^"]*)" data-difficulty="(\d+)"/.exec(asked.body) ?? []
    const form = formTo(asked, /^\/help\/ask$/)
    const values = { ...typed, text: 'one too many' }
    const failed = await agent.submit(asked, form, { ...values, solution: 'x' })
    assert.match(textOf(failed), /The calculation did not work out/)
    const solution = solve(challenge, Number(bits))
    assert.match(textOf(await agent.submit(asked, form, { ...values, solution })), /has arrived/)
    const again = await send(agent, { text: 'with the same work', challenge, solution })
    assert.equal(again.status, 429, 'a solution is good once, for one form')
    await sql`insert into support_requests
        (id, number, state, audience, situation, language, sealed, content, network, received_at, changed_at, version,
          closed_by, close_reason)
      select 'req_' || n, n::text, 'closed', audience, situation, language, sealed, n::text, network, received_at,
        changed_at, 1, '{}', 'misuse' from generate_series(1, ${mostOfNetwork}) n,
        (select * from support_requests where network =
          (select network from support_requests group by network order by count(*) desc limit 1) limit 1) one`.execute(
      hub.storage.db,
    )
    const full = await send(agent, { text: 'none any more' })
    assert.equal(full.status, 429)
    assert.match(textOf(full), /Too many messages came from your network/)
    assert.doesNotMatch(full.body, /data-challenge/)
    clock.advance(hour + minute)
    assert.match(textOf(await send(agent, { text: 'the hour after' })), /has arrived/)
    await sql`delete from support_requests where closed_by = '{}'`.execute(hub.storage.db)
  })
})

describe('those who answer', () => {
  before(async () => {
    helper = await newOperator(hub, { roles: ['support'], name: 'Nour Saidi' })
    officer = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
  })

  test('R014: support and security officers read them, nobody else; that somebody tried is a fact', async () => {
    const id = await ask()
    const others = ['administrator', 'data_protection_officer', 'auditor', 'means_manager'] as const
    const outsider = await newOperator(hub, { roles: others })
    for (const path of ['/console/support', `/console/support/${id}`]) {
      assert.equal((await outsider.agent.open(at(path))).status, 403)
      for (const one of [helper, officer]) assert.equal((await one.agent.open(at(path))).status, 200)
      assert.match((await new UserAgent().open(at(path))).url.pathname, /^\/operators\/sign-in/)
    }
    assert.equal(
      (await factsOf(hub, 'operator.denied')).filter(({ operator }) => operator === outsider.operator).length,
      2,
    )
  })

  test('the list shows nothing that anybody wrote; opening one is a fact', async () => {
    const id = await ask()
    const before = (await factsOf(hub, 'support.read')).length
    const list = await helper.agent.open(at('/console/support'))
    // Whole words of it: three letters may stand anywhere in a random id.
    assert.doesNotMatch(list.body, /Zanzibar|zoe\.canary|1A2B-3C4D/)
    assert.equal((await factsOf(hub, 'support.read')).length, before)
    const page = await helper.agent.open(at(`/console/support/${id}`))
    assert.match(textOf(page), /Zanzibar/)
    assert.match(textOf(page), /zoe\.canary@private\.example Nobody has shown that it is theirs/)
    assert.match(page.body, /href="\/help\/errors\/G0206"/)
    const actor: Actor = { kind: 'operator', id: helper.operator }
    assert.deepEqual((await factsOf(hub, 'support.read')).slice(before), [{ request: id, actor }])
    const second = await officer.agent.open(at(`/console/support/${id}`))
    assert.match(textOf(second), /Nour Saidi opened this request/, 'the second one sees that somebody else is there')
    assert.equal((await helper.agent.open(at('/console/support/req_0000000000000000000000'))).status, 404)
    assert.equal((await helper.agent.open(at('/console/support/x'))).status, 404)
  })

  test('R107: an answer leaves by mail, with the number and without a link; a second click sends nothing', async () => {
    const id = await ask({ language: 'ar' })
    const page = await helper.agent.open(at(`/console/support/${id}`))
    const path = `/console/support/${id}/answer`
    const text = 'Open the page of outages.\n\nThen take another account.\nThat is all.'
    const [one, two] = await Promise.all([press(helper, page, path, { text }), press(helper, page, path, { text })])
    for (const answer of [one, two]) assert.match(textOf(answer), /The answer leaves by mail/)
    await settle(hub)
    const mails = hub.smtp.mails.filter(({ to }) => to.includes(typed.address))
    assert.equal(mails.length, 1)
    const [mail] = mails
    const number = numberOf(page)
    assert.ok(mail?.headers.get('subject')?.includes(number))
    assert.match(mail?.text ?? '', /مرحبًا/)
    assert.match(mail?.text ?? '', /Open the page of outages\.\n\nThen take another account\.\n\nThat is all\./)
    assert.doesNotMatch(`${mail?.text} ${mail?.html}`, /https?:|href/)
    // Whoever doubts it asks on the page for messages.
    const codes = mail?.text.match(/\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}\b/g) ?? []
    const code = codes.find((one) => one !== number) ?? assert.fail(mail?.text)
    const check = (address: string) => hub.messageChecks.check({ code, address, from: '10.9.9.9' })
    assert.deepEqual(await check(typed.address), { kind: 'sent', at: clock.now(), about: 'answer' })
    assert.deepEqual(await check('other@private.example'), { kind: 'not_sent' })
    const shown = textOf(await helper.agent.open(at(`/console/support/${id}`)))
    assert.match(shown, /Nour Saidi, .* left /)
    const actor: Actor = { kind: 'operator', id: helper.operator }
    assert.equal((await factsOf(hub, 'support.answered')).filter(({ request }) => request === id).length, 1)
    assert.deepEqual((await factsOf(hub, 'support.answered')).at(-1)?.actor, actor)
    for (const [table, rows] of await dump(hub)) {
      for (const word of ['outages', Buffer.from('outages').toString('hex')]) assert.ok(!rows.includes(word), table)
    }
  })

  const badAnswers: [text: string, said: RegExp][] = [
    ['', /Write the answer/],
    ['x'.repeat(5_001), /too long: at most 5,000/],
    ['Go to https://hub.example/sign-in', /holds no link/],
    ['Go to WWW.hub.example', /holds no link/],
  ]
  for (const [text, said] of badAnswers) {
    test(`R107: “${text.slice(0, 20)}” is no answer`, async () => {
      const id = await ask()
      const page = await helper.agent.open(at(`/console/support/${id}`))
      const answer = await press(helper, page, `/console/support/${id}/answer`, { text })
      assert.equal(answer.status, 422)
      assert.match(textOf(answer), said)
      assert.ok(text === '' || answer.body.includes(text.slice(0, 20)), 'what was typed is there')
    })
  }

  test('of two who answer at once the second sees the first, and what they typed is kept', async () => {
    const id = await ask()
    const path = `/console/support/${id}/answer`
    const [mine, theirs] = await Promise.all(
      [helper, officer].map((one) => one.agent.open(at(`/console/support/${id}`))),
    )
    assert.ok(mine && theirs)
    assert.match(textOf(await press(helper, mine, path, { text: 'the first' })), /The answer leaves/)
    const late = await press(officer, theirs, path, { text: 'the second' })
    assert.equal(late.status, 409)
    assert.match(textOf(late), /Somebody else answered, closed or reopened/)
    assert.match(textOf(late), /the first/)
    assert.match(late.body, /the second<\/textarea>/)
    assert.match(textOf(await press(officer, late, path, { text: 'the second' })), /The answer leaves/)
    // At the same instant, by their verbs.
    const seen = await versionOf(id)
    const give = (who: TestOperator) =>
      hub.support.answer(id, {
        answer: newId('supportAnswer'),
        text: 'at once',
        seen,
        actor: { kind: 'operator', id: who.operator },
      })
    const outcomes = await Promise.all([give(helper), give(officer)])
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['conflict', 'done'])
  })

  test('closed once, opened again; an answer to what was closed meanwhile is kept on the page', async () => {
    const id = await ask()
    const page = await helper.agent.open(at(`/console/support/${id}`))
    const stale = await officer.agent.open(at(`/console/support/${id}`))
    const close = `/console/support/${id}/close`
    const none = await press(helper, page, close, { reason: '' })
    assert.deepEqual([none.status, /Say why you close/.test(textOf(none))], [422, true])
    assert.match(textOf(await press(helper, page, close, { reason: 'solved' })), /The request is closed/)
    assert.match(textOf(await press(helper, page, close, { reason: 'solved' })), /It was done already/)
    const late = await press(officer, stale, `/console/support/${id}/answer`, { text: 'too late' })
    assert.equal(late.status, 409)
    assert.match(textOf(late), /Somebody else closed the request meanwhile.*Your text, which was not sent too late/)
    assert.deepEqual(
      formsOf(late).map(({ action }) => action.pathname),
      ['/operators/sign-out', `/console/support/${id}/reopen`],
    )
    const closed = await officer.agent.open(at('/console/support?state=closed'))
    assert.match(textOf(closed), new RegExp(numberOf(page)))
    assert.match(textOf(await press(officer, late, `/console/support/${id}/reopen`)), /The request is open again/)
    const facts = [await factsOf(hub, 'support.closed'), await factsOf(hub, 'support.reopened')]
    assert.deepEqual(facts[0]?.at(-1), {
      request: id,
      reason: 'solved',
      actor: { kind: 'operator', id: helper.operator },
    })
    assert.deepEqual(facts[1]?.at(-1), { request: id, actor: { kind: 'operator', id: officer.operator } })
  })

  test('found by its number and by the code that was quoted, exactly; people only by the search that there is', async () => {
    const reference = 'K7QX-2M4P-9TRC'
    const id = await ask({ reference: `code ${reference.toLowerCase()}`, text: 'about a code' })
    const number = numberOf(await helper.agent.open(at(`/console/support/${id}`)))
    const search = async (q: string) =>
      textOf(await helper.agent.open(at(`/console/support?${new URLSearchParams({ q })}`)))
    for (const q of [number, number.toLowerCase().replaceAll('-', ' '), `code ${reference}`]) {
      assert.match(await search(q), /One request/, q)
    }
    for (const q of [number.slice(0, 9), 'Zanzibar', 'zoe.canary@private.example', '%', "'"]) {
      assert.match(await search(q), /Nothing of that number or code/, q)
    }
    const found = await hub.support.search('1a2b 3c4d 5e6f')
    assert.ok(found.length > 1 && found.every((one) => one.number !== number))
  })

  test('an address that there is not is tried once, and told', async () => {
    const id = await ask({ address: 'nobody@private.example' })
    hub.smtp.answer = (recipient) => (recipient.startsWith('nobody') ? 550 : undefined)
    const actor: Actor = { kind: 'operator', id: helper.operator }
    const given = { answer: newId('supportAnswer'), text: 'Hello?', seen: 1, actor }
    assert.equal((await hub.support.answer(id, given)).kind, 'done')
    assert.match(textOf(await helper.agent.open(at(`/console/support/${id}`))), /on its way/)
    await settle(hub)
    assert.match(textOf(await helper.agent.open(at(`/console/support/${id}`))), /refused by the mail server/)
    hub.smtp.answer = () => undefined
    const without = await ask({ address: '' })
    assert.match(textOf(await helper.agent.open(at(`/console/support/${without}`))), /No address was given/)
    assert.equal((await hub.support.answer(without, { ...given, answer: newId('supportAnswer') })).kind, 'no_address')
    assert.equal(await versionOf(without), 1, 'nothing happened to it')
  })

  test('a thousand are read page by page, each once', async () => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from support_requests
      where state = 'open'`.execute(hub.storage.db)
    await sql`insert into support_requests
        (id, number, state, audience, situation, language, sealed, content, received_at, changed_at, version)
      select 'req_' || lpad(n::text, 22, '0'), 'N' || n, 'open', audience, situation, language, sealed, 'c' || n,
        received_at, changed_at, 1 from generate_series(1, 1000) n,
        (select * from support_requests limit 1) one`.execute(hub.storage.db)
    let page = await helper.agent.open(at('/console/support'))
    assert.match(textOf(page), new RegExp(`${(1_000 + (rows[0]?.count ?? 0)).toLocaleString('en-GB')} requests wait`))
    const numbers: string[] = []
    let pages = 0
    for (; pages < 100; pages++) {
      const rowsOf = [...page.body.matchAll(/<code dir="ltr">([^<]+)<\/code>/g)].map(([, number = '']) => number)
      numbers.push(...rowsOf)
      const next = linksOf(page).find(({ searchParams, hash: part }) => searchParams.has('after') && part === '')
      if (!next) break
      page = await helper.agent.open(next)
    }
    assert.equal(new Set(numbers).size, numbers.length)
    assert.equal(numbers.length, 1_000 + (rows[0]?.count ?? 0))
    await sql`delete from support_requests where number like 'N%'`.execute(hub.storage.db)
    assert.equal((await helper.agent.open(at('/console/support?after=x&state=y'))).status, 200)
  })
})

describe('the same by a program', () => {
  beforeEach(() => clock.advance(5_000))

  test('listed, found, read without the address, answered over the version that was read, closed, opened again', async () => {
    const program = await newProgram(hub, { scopes: ['support:read', 'support:write'] })
    const actor: Actor = { kind: 'api_client', id: program.client }
    const id = await ask()
    const listed = await program.call('GET', '/support/requests?limit=2')
    assert.deepEqual([listed.status, listed.body.items.length], [200, 2], JSON.stringify(listed.body))
    assert.doesNotMatch(JSON.stringify(listed.body), /Zanzibar|zoe\.canary/)
    const rest = await program.call('GET', `/support/requests?limit=200&cursor=${listed.body.next}`)
    assert.ok(rest.body.items.some((one: { request: string }) => one.request === id))
    const path = `/support/requests/${id}`
    const read = await program.call('GET', path)
    assert.equal(read.status, 200)
    assert.match(read.body.text, /Zanzibar/)
    assert.equal(read.body.answerable, true)
    assert.doesNotMatch(JSON.stringify(read.body), /zoe\.canary/)
    assert.deepEqual((await factsOf(hub, 'support.read')).at(-1), { request: id, actor })
    const found = await program.call('POST', '/support/requests/search', { body: { code: read.body.number } })
    assert.deepEqual(
      found.body.items.map((one: { request: string }) => one.request),
      [id],
    )
    const seen = { 'if-match': read.headers.get('etag') ?? '' }
    const answer = (text: string, headers: Record<string, string> = seen) =>
      program.call('POST', `${path}/answer`, { body: { text }, headers })
    assert.equal((await answer('Hello.', {})).status, 428)
    const link = await answer('See https://hub.example')
    assert.deepEqual([link.status, link.body.errors[0].code], [422, 'text_link'])
    assert.deepEqual([(await answer('Hello.')).status, (await answer('Hello.')).status], [200, 412])
    const now = { 'if-match': (await program.call('GET', path)).headers.get('etag') ?? '' }
    const close = () => program.call('POST', `${path}/close`, { body: { reason: 'answered' }, headers: now })
    assert.deepEqual([(await close()).body, (await close()).body], [{ done: true }, { done: false }])
    const closed = await program.call('GET', path)
    assert.deepEqual(
      [closed.body.state, closed.body.closeReason, closed.body.closedBy.kind],
      ['closed', 'answered', 'api_client'],
    )
    const after = { 'if-match': closed.headers.get('etag') ?? '' }
    assert.equal((await answer('Hello again.', after)).status, 409)
    assert.deepEqual((await program.call('POST', `${path}/reopen`, { headers: after })).body, { done: true })
    assert.equal((await program.call('GET', '/support/requests/req_0000000000000000000000')).status, 404)
    assert.deepEqual((await factsOf(hub, 'support.reopened')).at(-1), { request: id, actor })
    // On the page, a program is no operator.
    assert.match(textOf(await helper.agent.open(at(`/console/support/${id}`))), /a program/)
  })
})

describe('what is kept', () => {
  test('the network for a day, the rest for as long as the settings say after the last thing that happened', async () => {
    const [quiet, busy] = [await ask({ text: 'quiet' }), await ask({ text: 'busy' })]
    const networksKept = async () =>
      (
        await sql<{ id: string }>`select id from support_requests where network is not null`.execute(hub.storage.db)
      ).rows.map(({ id }) => id)
    clock.advance(23 * hour)
    await hub.support.sweep()
    assert.ok((await networksKept()).includes(quiet))
    clock.advance(2 * hour)
    await hub.support.sweep()
    assert.deepEqual(await networksKept(), [])
    clock.advance(100 * day)
    const actor: Actor = { kind: 'command' }
    assert.equal(
      (await hub.support.answer(busy, { answer: newId('supportAnswer'), text: 'Yes.', seen: 1, actor })).kind,
      'done',
    )
    clock.advance(79 * day)
    await hub.support.sweep()
    assert.deepEqual([await versionOf(quiet), await versionOf(busy)], [0, 2])
    clock.advance(102 * day)
    await hub.support.sweep()
    assert.equal(await versionOf(busy), 0)
    const { rows } = await sql`select 1 from support_answers`.execute(hub.storage.db)
    assert.equal(rows.length, 0, 'answers go with what they answer')
  })
})
