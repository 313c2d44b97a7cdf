/**
 * `npm run bench:waiting`: what 2,000 pages cost that wait for the e-ID app, each by a browser of its own. They are opened
 * as people open them, then followed for a minute in which nothing happens but that their codes are renewed.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { Agent, type ClientRequest, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import pg from 'pg'
import { systemClock } from '../src/kernel/clock.ts'
import { startAuthority } from '../test/support/cards.ts'
import { createTestDatabase } from '../test/support/database.ts'
import { eidEntry, eidHubSettings } from '../test/support/eid.ts'
import { secretOf, serviceEntry, testBoot } from '../test/support/hub.ts'
import { freePort } from '../test/support/ports.ts'
import { attempt, type RelyingParty, relyingParty, tile } from '../test/support/relying-party.ts'
import { startSmtp } from '../test/support/smtp.ts'
import { UserAgent } from '../test/support/user-agent.ts'
import type { HubOrder } from './hub-server.ts'
import { asServed, startChild, type Usage } from './measured.ts'

const pages = 2_000
const warmup = 100
const together = 16
const seconds = 60

const smtp = await startSmtp()
const authority = await startAuthority(systemClock)
const { location, drop } = await createTestDatabase()
const folder = join(tmpdir(), `garant-waiting-${process.pid}`)
const orderFile = `${folder}.order`
const boot = testBoot({
  port: await freePort(),
  smtpPort: smtp.port,
  folder,
  database: location.kind === 'memory' ? { kind: 'folder', path: join(folder, 'data') } : location,
  // Each page comes from a network of its own.
  settings: { ...eidHubSettings(authority), trustedProxies: ['127.0.0.1', '::1'] },
})
const order: HubOrder = {
  boot,
  partners: JSON.stringify({
    partners: [
      {
        id: 'bench',
        name: { fr: 'Banc', en: 'Bench', ar: 'Bench' },
        services: [serviceEntry('bench-0')],
        providers: [eidEntry()],
      },
    ],
  }),
  target: {
    issuer: boot.settings.issuer,
    redirectUri: 'http://localhost:1/callback',
    clientId: 'bench-0',
    clientSecret: secretOf('bench-0'),
    scope: 'openid identite_pivot email',
  },
}
writeFileSync(orderFile, serialize(order), { mode: 0o600 })
const child = await startChild<HubOrder['target']>('./hub-server.ts', {
  execArgv: asServed.execArgv,
  env: { ...asServed.env, BENCH_HUB: orderFile },
})
const agent = new Agent({ keepAlive: true })
const followed: { request: ClientRequest; codes: number; ends: number }[] = []
try {
  const { issuer, clientId, clientSecret } = child.ready
  const party = await relyingParty({ issuer, clientId, secret: clientSecret })
  await each(warmup, (index) => openPage(party, pages + index))
  const rest = await child.usage()
  const open = await each(pages, (index) => openPage(party, index))
  const opened = await child.usage()
  await each(pages, (index) => follow(open[index] as Opened))
  await wait(5)
  const before = await child.usage()
  const [from, statementsBefore] = [performance.now(), await statements()]
  await wait(seconds)
  const after = await child.usage()
  const took = (performance.now() - from) / 1000
  const statementsAfter = await statements()
  const codes = followed.reduce((sum, { codes }) => sum + codes, 0)
  const ended = followed.reduce((sum, { ends }) => sum + ends, 0)
  console.log(`\n${pages} pages that wait, on ${location.kind === 'server' ? 'PostgreSQL' : 'PGlite'}`)
  console.table({
    'at rest': { 'memory MB': megabytes(rest) },
    'pages opened, nobody follows': { 'memory MB': megabytes(opened) },
    'all of them followed': { 'memory MB': megabytes(before) },
    'a minute later': { 'memory MB': megabytes(after) },
  })
  console.log(`CPU ${(((after.cpuMs - before.cpuMs) / took / 1000) * 100).toFixed(1)} % of one core`)
  console.log(`${(codes / took).toFixed(1)} new codes a second; ${ended} pages ended`)
  if (statementsBefore !== undefined && statementsAfter !== undefined) {
    console.log(`${((statementsAfter - statementsBefore) / took).toFixed(1)} transactions a second in the database`)
  }
} finally {
  for (const { request } of followed) request.destroy()
  agent.destroy()
  await child.stop()
  await drop()
  await smtp.close()
  await authority.close()
  rmSync(folder, { recursive: true, force: true })
  rmSync(orderFile, { force: true })
}

interface Opened {
  events: URL
  cookie: string
  address: string
}

/** The way to the page of the code; the browser is forgotten but for what it would send. */
async function openPage(party: RelyingParty, index: number): Promise<Opened> {
  const address = `105.${index >> 8}.${index & 255}.9`
  const browser = new UserAgent({ agent, headers: { 'x-forwarded-for': address } })
  const { url } = await attempt(party)
  const choice = await browser.open(url)
  const { form, values } = tile(choice, 'e-id')
  const page = await browser.submit(choice, form, values)
  const [, href] = /data-follow="([^"]*)"/.exec(page.body) ?? []
  if (!href) throw new Error(`no page that waits at ${page.url.href} (${page.status})`)
  const cookie = [...browser.cookies(page.url)].map(([name, value]) => `${name}=${value}`).join('; ')
  return { events: new URL(href.replaceAll('&amp;', '&'), page.url), cookie, address }
}

/** Resolves when the events begin. */
function follow({ events, cookie, address }: Opened): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/event-stream', cookie, 'x-forwarded-for': address }
    const one = { request: request(events, { headers, agent: false }), codes: 0, ends: 0 }
    followed.push(one)
    one.request.on('error', reject)
    one.request.on('response', (response) => {
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        one.codes += text.split('event: code').length - 1
        resolve()
      })
      response.on('end', () => one.ends++)
      response.on('error', () => {})
      if (response.statusCode !== 200) reject(new Error(`events: ${response.statusCode}`))
    })
    one.request.end()
  })
}

async function each<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async () => {
    while (next < count) {
      const index = next++
      results[index] = await work(index)
    }
  }
  await Promise.all(Array.from({ length: together }, worker))
  return results
}

function wait(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration * 1000))
}

function megabytes({ rss }: Usage): number {
  return Math.round(rss / 1024 / 1024)
}

/** All that were committed in the database of this run; PostgreSQL says it a second late. */
async function statements(): Promise<number | undefined> {
  if (location.kind !== 'server') return undefined
  const client = new pg.Client({ connectionString: location.url })
  await client.connect()
  await client.query('select pg_sleep(1.5)')
  const { rows } = await client.query<{ count: string }>(
    'select xact_commit as count from pg_stat_database where datname = current_database()',
  )
  await client.end()
  return Number(rows[0]?.count)
}
