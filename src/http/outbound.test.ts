/** Calls to real servers on several addresses of this machine, of which some may be called, under names of our own. */
import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../test/support/ports.ts'
import { second } from '../kernel/durations.ts'
import { type DestinationRules, destinationRules, publicOnly } from '../policy/destinations.ts'
import {
  createOutbound,
  type Lookup,
  type Outbound,
  OutboundFailure,
  type OutboundOptions,
  type Reach,
  targetOf,
} from './outbound.ts'

/** Everything else of this machine is forbidden. */
const allowed = '127.0.0.2'
const forbidden = '127.0.0.1'
const rules = destinationRules({ allow: [allowed], loopback: false })

interface Place {
  port: number
  requests: string[]
  connections: number
  /** What came before anything was understood of it. */
  bytes: number
}

async function serve(context: TestContext, host: string, listener: RequestListener, port = 0): Promise<Place> {
  const place: Place = { port, requests: [], connections: 0, bytes: 0 }
  const server = createServer((request, response) => {
    place.requests.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  await listening(context, server, host, place)
  return place
}

async function listening(context: TestContext, server: Server | TcpServer, host: string, place: Place): Promise<void> {
  server.on('connection', () => {
    place.connections += 1
  })
  await new Promise<void>((resolve) => server.listen(place.port, host, resolve))
  place.port = (server.address() as AddressInfo).port
  context.after(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
}

const fine: RequestListener = (_request, response) => void response.end('fine')

/** Answers of a name server, one for each question; the last one stays. */
function names(...answers: (string[] | NodeJS.ErrnoException)[]): Lookup & { asked: string[] } {
  const asked: string[] = []
  const lookup: Lookup = (hostname, _options, done) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? []
    asked.push(hostname)
    if (answer instanceof Error) done(answer, [])
    else
      done(
        null,
        answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
  }
  return Object.assign(lookup, { asked })
}

function open(context: TestContext, options: Partial<OutboundOptions>): Outbound {
  const outbound = createOutbound({ rules, timeout: 10 * second, ...options })
  context.after(outbound.close)
  return outbound
}

const get = { method: 'GET' }
const failing = (kind: OutboundFailure['kind'], reach?: Reach) => (error: unknown) => {
  assert.ok(error instanceof OutboundFailure, String(error))
  assert.equal(error.kind, kind, String(error.cause))
  if (reach) assert.equal(error.reach, reach, String(error.cause))
  return true
}

test('an address that is forbidden is not connected to, as a literal or behind a name', async (context) => {
  const inside = await serve(context, forbidden, fine)
  const cases: [address: string, answer: string[]][] = [
    [`http://${forbidden}:${inside.port}/`, []],
    [`http://[::ffff:7f00:1]:${inside.port}/`, []],
    [`http://[::1]:${inside.port}/`, []],
    [`http://0.0.0.0:${inside.port}/`, []],
    [`http://2130706433:${inside.port}/`, []],
    [`https://${forbidden}:${inside.port}/`, []],
    [`http://a.example:${inside.port}/`, [forbidden]],
    [`http://a.example:${inside.port}/`, ['::ffff:127.0.0.1']],
    [`http://a.example:${inside.port}/`, ['10.0.0.1', '169.254.169.254', 'fd00::1', '64:ff9b::a00:1', forbidden]],
    [`https://a.example:${inside.port}/`, [forbidden]],
    [`http://a.example:${inside.port}/`, []],
  ]
  for (const [address, answer] of cases) {
    const outbound = open(context, { lookup: names(answer), rules: publicOnly })
    await assert.rejects(outbound.ask(address, get), failing('forbidden', 'answered'), address)
    await assert.rejects(outbound.ask(targetOf(address), get), failing('forbidden', 'answered'), address)
    await assert.rejects(outbound.fetch(address), failing('forbidden'), address)
  }
  assert.equal(inside.connections, 0)
})

test('neither http nor https: nothing is opened', async (context) => {
  const outbound = open(context, { rules: 'anywhere' })
  for (const address of ['file:///etc/passwd', 'ftp://a.example/', 'data:,x', 'gopher://127.0.0.1:6379/']) {
    await assert.rejects(outbound.ask(address, get), failing('forbidden'), address)
    assert.throws(() => targetOf(address), failing('forbidden'), address)
  }
})

test('an address that is taken apart once leads where it led', async (context) => {
  const seen: unknown[] = []
  const place = await serve(context, allowed, (request, response) => {
    seen.push([request.url, request.headers.host, request.headers.authorization])
    response.end()
  })
  const outbound = open(context, { lookup: names([allowed]) })
  const host = `a.example:${place.port}`
  const address = `http://name:pass%20word@${host}/a%20b?c=%C3%A9#d`
  for (const to of [address, new URL(address), targetOf(address)]) await outbound.ask(to, get)
  const expected = ['/a%20b?c=%C3%A9', host, `Basic ${Buffer.from('name:pass word').toString('base64')}`]
  assert.deepEqual(seen, [expected, expected, expected])
  assert.equal(place.connections, 1)
  assert.deepEqual(targetOf('https://[2001:db8::1]'), { protocol: 'https:', hostname: '2001:db8::1', path: '/' })
})

test('a name is judged by the answer that is connected to: it cannot be another one a moment later', async (context) => {
  // One port on both addresses: one that the system gives on the first may be somebody's on the second.
  const outside = await serve(context, allowed, fine, await freePort())
  const inside = await serve(context, forbidden, fine, outside.port)
  const lookup = names([allowed], [forbidden], [forbidden, allowed])
  const outbound = open(context, { lookup, keepAlive: false })
  const address = `http://a.example:${outside.port}/`
  assert.equal((await outbound.ask(address, get)).body.toString(), 'fine')
  assert.equal(lookup.asked.length, 1, 'one question for one connection')
  await assert.rejects(outbound.ask(address, get), failing('forbidden'))
  assert.equal((await outbound.ask(address, get)).body.toString(), 'fine', 'of several, those that may be called')
  assert.deepEqual([outside.requests.length, inside.connections], [2, 0])
})

test('whoever is at the other end all the same hears nothing: no request, no first byte of TLS', async (context) => {
  const place: Place = { port: 0, requests: [], connections: 0, bytes: 0 }
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      place.bytes += chunk.length
    })
  })
  await listening(context, server, allowed, place)
  for (const scheme of ['http', 'https']) {
    let asked = 0
    // Allowed when it is looked up, and not any more when the socket says where it is.
    const changing: DestinationRules = {
      ...rules,
      get networks() {
        asked += 1
        return asked === 1 ? rules.networks : []
      },
    }
    const closed = new Promise<void>((resolve) =>
      server.once('connection', (socket) => socket.once('close', () => resolve())),
    )
    const outbound = open(context, { lookup: names([allowed]), rules: changing })
    const sending = outbound.ask(`${scheme}://a.example:${place.port}/`, { method: 'POST', body: 'secret' })
    await assert.rejects(sending, failing('forbidden'), scheme)
    await closed
    assert.equal(asked, 2)
  }
  assert.deepEqual([place.connections, place.bytes], [2, 0])
})

test('a redirection is an answer, and nobody goes where it says', async (context) => {
  const elsewhere = await serve(context, allowed, fine)
  const place = await serve(context, allowed, (_request, response) => {
    response.writeHead(302, { location: `http://${allowed}:${elsewhere.port}/` }).end()
  })
  const outbound = open(context, {})
  const address = `http://${allowed}:${place.port}/`
  const headers = { authorization: 'Bearer secret' }
  assert.equal((await outbound.ask(address, { method: 'GET', headers })).status, 302)
  for (const redirect of ['manual', 'follow'] as const) {
    assert.equal((await outbound.fetch(address, { headers, redirect })).status, 302, redirect)
  }
  await assert.rejects(outbound.fetch(address, { headers, redirect: 'error' }), failing('redirected'))
  assert.equal(elsewhere.connections, 0)
})

test('one connection, looked up and judged once, serves many requests', async (context) => {
  const place = await serve(context, allowed, fine)
  const lookup = names([allowed])
  let judged = 0
  const counting: DestinationRules = {
    ...rules,
    get networks() {
      judged += 1
      return rules.networks
    },
  }
  const outbound = open(context, { lookup, rules: counting })
  for (let request = 0; request < 20; request++) await outbound.ask(`http://a.example:${place.port}/`, get)
  assert.deepEqual([place.requests.length, place.connections, lookup.asked.length, judged], [20, 1, 1, 2])
})

test('a kept connection that closed meanwhile is made anew, once', async (context) => {
  let served = 0
  const place = await serve(context, allowed, (request, response) => {
    served += 1
    if (served === 2) request.socket.destroy()
    else response.end('fine')
  })
  const outbound = open(context, {})
  const ask = () => outbound.ask(`http://${allowed}:${place.port}/`, get)
  await ask()
  assert.equal((await ask()).body.toString(), 'fine')
  assert.deepEqual([served, place.connections], [3, 2])
})

test('what comes back is bounded, and what of it is read is a list', async (context) => {
  const place = await serve(context, allowed, (request, response) => {
    if (request.url === '/huge') response.end('x'.repeat(2_000))
    else if (request.url === '/odd') response.writeHead(999).end()
    else if (request.url === '/empty') response.writeHead(204).end()
    else response.writeHead(401, { 'www-authenticate': 'Basic', 'set-cookie': 'a=b', 'x-a': 'b' }).end('{}')
  })
  const outbound = open(context, { size: 1_000 })
  const at = (path: string) => `http://${allowed}:${place.port}${path}`
  await assert.rejects(outbound.ask(at('/huge'), get), failing('too_large', 'answered'))
  await assert.rejects(outbound.ask(at('/odd'), get), failing('unreachable', 'answered'))
  const { status, headers, body } = await outbound.ask(at('/'), get)
  assert.deepEqual([status, headers, body.toString()], [401, { 'www-authenticate': 'Basic' }, '{}'])
  const empty = await outbound.fetch(at('/empty'))
  assert.deepEqual([empty.status, await empty.text()], [204, ''])
})

test('a form, a text and a cancellation go as they do with fetch', async (context) => {
  const bodies: string[] = []
  const place = await serve(context, allowed, (request, response) => {
    if (request.url === '/silent') return
    let body = `${request.headers['content-type']} ${request.headers['content-length']} `
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      bodies.push(body)
      response.end()
    })
  })
  const outbound = open(context, {})
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ a: 'é' })
  await outbound.fetch(`http://${allowed}:${place.port}/`, { method: 'POST', headers, body })
  assert.deepEqual(bodies, ['application/x-www-form-urlencoded 8 a=%C3%A9'])
  const stopping = new AbortController()
  const sending = outbound.fetch(`http://${allowed}:${place.port}/silent`, { signal: stopping.signal })
  stopping.abort()
  await assert.rejects(sending, failing('cancelled'))
  await assert.rejects(
    outbound.fetch(`http://${allowed}:${place.port}/`, { signal: stopping.signal }),
    failing('cancelled'),
  )
})

test('a failure says whether anybody answered, or this machine could not even try', async (context) => {
  const gone = await serve(context, allowed, fine)
  const raised = (code: string) => Object.assign(new Error(code), { code })
  const cases: [answer: string[] | NodeJS.ErrnoException, reach: Reach][] = [
    [raised('EAI_AGAIN'), 'no_route'],
    [raised('ENETUNREACH'), 'no_route'],
    [raised('EMFILE'), 'no_route'],
    [raised('EHOSTUNREACH'), 'silent'],
    [raised('ENOTFOUND'), 'answered'],
    // Nobody listens there, which the machine at the other end says.
    [[allowed], 'answered'],
    [[allowed, '127.0.0.2'], 'answered'],
  ]
  // Port 1 is nobody's.
  for (const [answer, reach] of cases) {
    const outbound = open(context, { lookup: names(answer) })
    const expected = failing('unreachable', reach)
    await assert.rejects(outbound.ask('http://a.example:1/', get), expected, JSON.stringify(answer))
  }
  const each = [raised('ENETUNREACH'), raised('ETIMEDOUT')]
  const several = open(context, { lookup: names(Object.assign(new AggregateError(each), { code: 'ENETUNREACH' })) })
  await assert.rejects(several.ask('http://a.example:1/', get), failing('unreachable', 'silent'))
  const deaf = open(context, { lookup: () => {}, timeout: 2 * second })
  await assert.rejects(deaf.ask(`http://a.example:${gone.port}/`, get), failing('timeout', 'silent'))
})

test('silence after the connection was made is an answer of the network', async (context) => {
  const place = await serve(context, allowed, () => {})
  const outbound = open(context, { timeout: 2 * second })
  await assert.rejects(outbound.ask(`http://${allowed}:${place.port}/`, get), failing('timeout', 'answered'))
})

test("addresses that the operator of the hub wrote into its settings are nobody's to judge", async (context) => {
  const inside = await serve(context, forbidden, fine)
  const outbound = open(context, { rules: 'anywhere' })
  assert.equal((await outbound.ask(`http://${forbidden}:${inside.port}/`, get)).status, 200)
})
