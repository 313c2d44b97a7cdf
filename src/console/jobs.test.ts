/** Jobs on a whole hub, over HTTP: what failed is seen, tried again or given up, by one operator of two. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { newOperator, signIn, type TestOperator } from '../../test/support/operators.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { type Answer, type Form, formsOf, linksOf, textOf } from '../../test/support/user-agent.ts'
import { hour } from '../kernel/durations.ts'

/** Where the page leads on to. */
function nextOf(page: Answer): URL | undefined {
  const [, href] = /rel="next" href="([^"]*)"/.exec(page.body) ?? []
  return href === undefined ? undefined : new URL(href.replaceAll('&amp;', '&'), page.url)
}

describe('jobs in the console', () => {
  let hub: TestHub
  let officer: TestOperator
  let administrator: TestOperator
  const clock = mockProcessClock({ mock })
  const queue = '/console/jobs/signals.backchannel-logout'
  /** What the service says to a logout. */
  const logouts = { answer: 500, close: () => {} }

  before(async () => {
    const server = createServer((_request, response) => response.writeHead(logouts.answer).end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    logouts.close = () => void server.close()
    const { port } = server.address() as AddressInfo
    hub = await startTestHub({ clock })
    const name = { fr: 'Santé', en: 'Health', ar: 'الصحة' }
    const refunds = serviceEntry('refunds', { backchannelLogoutUri: `http://127.0.0.1:${port}/logout` })
    await hub.publish([{ id: 'health', name, services: [refunds], providers: [] }])
    await hub.storage.jobs.stop()
    officer = await newOperator(hub, { roles: ['security_officer'] })
    administrator = await newOperator(hub, { roles: ['administrator'] })
  })
  after(async () => {
    await hub?.close()
    logouts.close()
    mock.timers.reset()
  })

  const at = (path: string) => new URL(path, hub.issuer)
  const open = ({ agent }: TestOperator, path: string) => agent.open(at(path))

  /** Logouts of a service that does not answer. */
  async function enqueue(...sids: string[]): Promise<void> {
    await hub.storage.transaction(async (tx) => {
      for (const sid of sids) {
        const data = { service: 'refunds', session: 'ses_known', sid, subject: 'canary-subject' }
        await hub.storage.jobs.enqueue(tx, 'signals.backchannel-logout', data, { key: sid })
      }
    })
  }

  /** They fail once, and have no try left. */
  async function kill(...sids: string[]): Promise<void> {
    await enqueue(...sids)
    await sql`update pgboss.job set retry_limit = 0 where name = 'signals.backchannel-logout'`.execute(hub.storage.db)
    await hub.storage.jobs.drain()
  }

  const states = async () => {
    const found = (await hub.storage.jobs.queues()).find(({ queue: name }) => name === 'signals.backchannel-logout')
    return [found?.waiting, found?.failing, found?.dead]
  }

  const jobForm = (page: Answer, index = 0): Form =>
    formsOf(page).filter(({ fields }) => 'job' in fields)[index] ?? assert.fail('no job on the page')

  test('nothing failed: every queue is there, with the last run of each schedule', async () => {
    await settle(hub)
    const page = await open(officer, '/console/jobs')
    assert.match(textOf(page), /No job waits for a decision\./)
    assert.match(textOf(page), /alerts\.mail Waiting 0 Running 0 To be tried again 0 Failed at every try 0/)
    assert.match(textOf(page), /housekeeping\.retention .*Schedule \(UTC\) \*\/15 \* \* \* \* Last run/)
    const empty = await open(officer, queue)
    assert.match(textOf(empty), /Nothing failed here/)
    assert.equal((await open(officer, '/console/jobs/no.such')).status, 404)
  })

  test('R129: a job that failed for good is shown without what it knows of a person', async () => {
    await kill('canary-sid')
    assert.deepEqual(await states(), [0, 0, 1])
    const overview = await open(officer, '/console/jobs')
    assert.match(textOf(overview), /One job failed at every try and waits for a decision\./)
    assert.ok(linksOf(overview).some(({ pathname }) => pathname === queue))
    const page = await open(officer, queue)
    assert.match(
      textOf(page),
      /State failed at every try Content sid: \(not shown\) · service: refunds · session: ses_known · subject: \(not shown\)/,
    )
    assert.match(textOf(page), /Tries 1 Last error/)
    assert.doesNotMatch(page.body, /canary/)
    for (const role of ['auditor', 'support'] as const) {
      const reader = await newOperator(hub, { roles: [role] })
      const seen = await open(reader, queue)
      assert.match(textOf(seen), /State failed at every try/)
      assert.deepEqual(
        formsOf(seen).map(({ action }) => action.pathname),
        ['/operators/sign-out'],
        `${role} changes nothing`,
      )
    }
  })

  test('given up with a reason, once; the second operator is told', async () => {
    const page = await open(officer, queue)
    const other = await open(administrator, queue)
    const without = await officer.agent.submit(page, jobForm(page), { act: 'discard' })
    assert.equal(without.status, 422)
    assert.match(textOf(without), /Nothing was given up: choose a reason/)
    const done = await officer.agent.submit(page, jobForm(page), { act: 'discard', reason: 'receiver_gone' })
    assert.match(textOf(done), /The job is given up\. .*Nothing failed here/)
    for (const act of ['discard', 'retry']) {
      const late = await administrator.agent.submit(other, jobForm(other), { act, reason: 'faulty' })
      assert.match(textOf(late), /Nothing changed: somebody dealt with it before/)
    }
    const job = jobForm(page).fields.job ?? ''
    assert.deepEqual(await factsOf(hub, 'jobs.discarded'), [
      {
        queue: 'signals.backchannel-logout',
        job,
        reason: 'receiver_gone',
        actor: { kind: 'operator', id: officer.operator },
      },
    ])
    assert.deepEqual(await factsOf(hub, 'jobs.retried'), [])
    assert.deepEqual(await states(), [0, 0, 0])
  })

  test('tried again by two at the same moment: it is enqueued once, and done', async () => {
    await kill('one')
    const pages = await Promise.all([open(officer, queue), open(administrator, queue)])
    const [a, b] = pages
    const outcomes = await Promise.all([
      officer.agent.submit(a, jobForm(a), { act: 'retry' }),
      administrator.agent.submit(b, jobForm(b), { act: 'retry' }),
    ])
    const said = outcomes.map((page) => /It will be tried again at once|Nothing changed/.exec(textOf(page))?.[0]).sort()
    assert.deepEqual(said, ['It will be tried again at once', 'Nothing changed'])
    assert.deepEqual(await states(), [1, 0, 0])
    assert.equal((await factsOf(hub, 'jobs.retried')).length, 1)
    logouts.answer = 200
    await settle(hub)
    assert.deepEqual(await states(), [0, 0, 0])
    assert.equal((await factsOf(hub, 'logout.notified')).at(-1)?.status, 'accepted')
    logouts.answer = 500
  })

  test('what would be tried again later is tried at once', async () => {
    await settle(hub)
    await enqueue('soon')
    await hub.storage.jobs.drain()
    assert.deepEqual(await states(), [0, 1, 0])
    const page = await open(officer, queue)
    assert.match(textOf(page), /State to be tried again .*Tries 0|State to be tried again .*Tries 1/)
    assert.match(textOf(page), /Next try/)
    assert.doesNotMatch(textOf(page), /Give up/)
    const done = await officer.agent.submit(page, jobForm(page), { act: 'retry' })
    assert.match(textOf(done), /It will be tried again at once/)
    logouts.answer = 200
    assert.equal(await hub.storage.jobs.drain(), 1)
    logouts.answer = 500
    const late = await officer.agent.submit(page, jobForm(page), { act: 'retry' })
    assert.match(textOf(late), /Nothing changed/)
  })

  test('1,000 of them, page by page, and all at once', async () => {
    await kill('many')
    await sql`
      insert into pgboss.job (name, data, source_name, source_id, source_created_on, source_retry_count, singleton_key)
      select name, data, source_name, gen_random_uuid(), source_created_on, source_retry_count, gen_random_uuid()::text
      from pgboss.job cross join generate_series(1, 999) where name = 'dead-letters'`.execute(hub.storage.db)
    let page = await open(officer, queue)
    const jobs: string[] = []
    for (;;) {
      jobs.push(...formsOf(page).flatMap(({ fields }) => fields.job ?? []))
      const next = nextOf(page)
      if (!next) break
      page = await officer.agent.open(next)
    }
    assert.deepEqual([jobs.length, new Set(jobs).size], [1_000, 1_000])
    const first = await open(officer, `${queue}?after=%27`)
    const all =
      formsOf(first).find(({ buttons }) => buttons.some(({ value }) => value === 'retry_all')) ?? assert.fail()
    const done = await officer.agent.submit(first, all, { act: 'retry_all' })
    assert.match(textOf(done), /It will be tried again at once.*Nothing failed here/)
    assert.deepEqual(await states(), [1_000, 0, 0])
    assert.deepEqual((await factsOf(hub, 'jobs.retried')).at(-1), {
      queue: 'signals.backchannel-logout',
      job: null,
      jobs: 1_000,
      actor: { kind: 'operator', id: officer.operator },
    })
    const again = await officer.agent.submit(first, all, { act: 'retry_all' })
    assert.match(textOf(again), /Nothing changed/)
    await sql`delete from pgboss.job where name = 'signals.backchannel-logout'`.execute(hub.storage.db)
  })

  test('a wrong value changes nothing', async () => {
    await kill('wrong')
    const page = await open(officer, queue)
    const form = jobForm(page)
    assert.equal((await officer.agent.submit(page, form, { act: 'delete_everything' })).status, 400)
    for (const job of ["' or 1=1 --", '', 'x'.repeat(300), '00000000-0000-0000-0000-000000000000']) {
      for (const act of ['retry', 'discard']) {
        const answer = await officer.agent.submit(page, form, { act, job, reason: 'faulty' })
        assert.match(textOf(answer), /Nothing changed/, `${act} ${job}`)
      }
    }
    // Of another queue.
    const elsewhere = await open(officer, '/console/jobs/alerts.mail')
    assert.deepEqual(
      formsOf(elsewhere).map(({ action }) => action.pathname),
      ['/operators/sign-out'],
    )
    assert.deepEqual(await states(), [0, 0, 1])
  })

  test('the last run of a schedule is remembered, however it ended', async () => {
    const page = textOf(await open(officer, '/console/jobs'))
    assert.match(page, /housekeeping\.state .*Schedule \(UTC\) \* \* \* \* \* Last run not yet/)
    // By the hub's clock: the database's own may be at any other time.
    const at = new Date(clock.now()).toISOString()
    await sql`insert into pgboss.job (name, data, policy, created_on, start_after, keep_until)
      values ('housekeeping.state', '{}', 'short', ${at}::timestamptz, ${at}::timestamptz,
        ${at}::timestamptz + interval '14 days')`.execute(hub.storage.db)
    clock.advance(hour)
    await hub.storage.jobs.drain()
    const { agent, authenticator } = officer
    await signIn(hub, agent, authenticator)
    const later = textOf(await open(officer, '/console/jobs'))
    assert.match(later, /housekeeping\.state .*Last run 22 November 2026 at \d\d:\d\d, done/)
  })
})
