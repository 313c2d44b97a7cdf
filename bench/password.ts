/**
 * `npm run bench:password`: passwords cost much on purpose (argon2id). Do others wait while twenty people type theirs?
 * The page of choices is asked for steadily, first alone, then beside twenty logins by password at a time.
 */
import { Agent } from 'node:http'
import { createTestDatabase } from '../test/support/database.ts'
import { chooseOwn, typePassword } from '../test/support/own-means.ts'
import { attempt, type RelyingParty, relyingParty } from '../test/support/relying-party.ts'
import { startSmtp } from '../test/support/smtp.ts'
import { UserAgent } from '../test/support/user-agent.ts'
import { percentile, type Target } from './driver.ts'
import { startChild } from './measured.ts'

const together = 20
const seconds = 15
/** Between two requests for the page. */
const pause = 25

type Ready = Target & { names: string[] }

const smtp = await startSmtp()
const { location, drop } = await createTestDatabase()
const child = await startChild<Ready>('./password-server.ts', {
  env: {
    BENCH_HUB: JSON.stringify({ smtpPort: smtp.port, people: together }),
    ...(location.kind === 'server' ? { BENCH_DATABASE_URL: location.url } : {}),
  },
})
try {
  const { issuer, clientId, clientSecret, names } = child.ready
  const party = await relyingParty({ issuer, clientId, secret: clientSecret })
  await probe(party, 2)
  const alone = await probe(party, seconds)
  let logins = 0
  const slowest: number[] = []
  let typing = true
  const workers = names.map(async (name) => {
    while (typing) {
      const from = performance.now()
      await login(party, name)
      slowest.push(performance.now() - from)
      logins++
    }
  })
  const beside = await probe(party, seconds)
  typing = false
  await Promise.all(workers)
  slowest.sort((a, b) => a - b)
  const row = (durations: number[]) => ({
    pages: durations.length,
    'p50 ms': percentile(durations, 0.5).toFixed(1),
    'p99 ms': percentile(durations, 0.99).toFixed(1),
    'max ms': (durations.at(-1) ?? Number.NaN).toFixed(1),
  })
  console.log(
    `\nthe page of choices, every ${pause} ms for ${seconds} s, on ${location.kind === 'server' ? 'PostgreSQL' : 'PGlite'}`,
  )
  console.table({ alone: row(alone), [`beside ${together} logins by password`]: row(beside) })
  console.log(
    `${(logins / seconds).toFixed(1)} logins a second, p50 ${percentile(slowest, 0.5).toFixed(0)} ms, p99 ${percentile(slowest, 0.99).toFixed(0)} ms`,
  )
} finally {
  await child.stop()
  await drop()
  await smtp.close()
}

/** How long the page of choices takes, sorted; each for a browser of its own. */
async function probe(party: RelyingParty, duration: number): Promise<number[]> {
  const durations: number[] = []
  const agent = new Agent({ keepAlive: true })
  const asked: Promise<void>[] = []
  for (const end = performance.now() + duration * 1000; performance.now() < end; ) {
    asked.push(one(party, agent, durations))
    await new Promise((done) => setTimeout(done, pause))
  }
  await Promise.all(asked)
  agent.destroy()
  return durations.sort((a, b) => a - b)
}

async function one(party: RelyingParty, agent: Agent, durations: number[]): Promise<void> {
  const browser = new UserAgent({ agent })
  const { url } = await attempt(party)
  const isPage = (next: URL) => next.pathname.startsWith('/login/')
  const stopped = await browser.open(url, isPage)
  const from = performance.now()
  const page = await browser.open(stopped.url)
  if (page.status !== 200) throw new Error(`${page.status}`)
  durations.push(performance.now() - from)
}

async function login(party: RelyingParty, identifier: string): Promise<void> {
  const browser = new UserAgent()
  const { url } = await attempt(party)
  const page = await chooseOwn(browser, await browser.open(url))
  const inform = await typePassword(browser, page, { identifier })
  if (!inform.body.includes('/inform"')) throw new Error(`no information page: ${inform.status}`)
  browser.close()
}
