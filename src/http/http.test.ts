import assert from 'node:assert/strict'
import { request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createTestClock } from '../../test/support/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { html } from './html.ts'
import { createWeb, type Page, type Web, type WebOptions } from './http.ts'
import { createLog } from './log.ts'

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
  text: string
}

interface Call {
  method?: string
  headers?: Record<string, string>
  body?: string
}

const issuer = 'https://garant.example'

/** A web on a port of this machine, called by plain HTTP under its own name, as behind a proxy that ends TLS. */
async function start(options: Partial<WebOptions> = {}, routes: (web: Web) => void = () => {}) {
  const lines: string[] = []
  const web = await createWeb({
    issuer,
    trustedProxies: [],
    clock: createTestClock(),
    log: createLog({ destination: { write: (line: string) => void lines.push(line) } }),
    name: 'Garant',
    key: Buffer.alloc(32, 3),
    ...options,
  })
  routes(web)
  await web.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = web.app.server.address() as AddressInfo
  const host = new URL(options.issuer ?? issuer).host
  const call = (path: string, { method = 'GET', headers = {}, body }: Call = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const request = send(
        { agent: false, port, host: '127.0.0.1', path, method, headers: { host, ...headers } },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const all = Buffer.concat(chunks)
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: all, text: all.toString() })
          })
        },
      )
      request.on('error', reject)
      request.end(body)
    })
  return { web, call, lines, port, close: () => web.app.close() }
}

const open = { config: { access: 'public' } } as const
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Routes that take something on. */
const ran: string[] = []

/** Routes that every test below calls. */
function routes(web: Web): void {
  const page = (changes: Partial<Page> = {}): Page => ({ title: 'Page', body: html`<h1>Page</h1>`, ...changes })
  web.app.get('/plain', open, (request, reply) => web.page(request, reply, page({ here: '/plain?a=1' })))
  web.app.get('/form', open, (request, reply) => web.page(request, reply, page({ hasForm: true })))
  web.app.get('/who', open, (request) => {
    const { address, port, language } = web.contextOf(request)
    return { address, port, language, headers: request.headers }
  })
  web.app.get('/asked', open, (request) => ({ language: web.prefer(request, ['ar', 'en']).language }))
  web.app.get('/ready', { config: { access: 'public', anyHost: true } }, () => ({ up: true }))
  web.app.get('/bug', open, () => {
    throw new TypeError('canary-secret of Angela')
  })
  web.app.get('/loose', open, () => {
    throw Object.assign(new Error('canary-secret'), { statusCode: 404, code: 'E_LIBRARY' })
  })
  web.app.get('/silent', open, () => {
    throw new GarantError('provider_silent', { provider: 'post' })
  })
  web.app.get('/database', open, () => {
    throw Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' })
  })
  web.app.get('/token-side', { config: { access: 'client' } }, () => {
    throw new GarantError('not_allowed')
  })
  web.app.post('/change', open, (request) => ({ got: request.body }))
  web.app.post('/authorize', { config: { access: 'public', crossSite: true } }, () => ({ went: 'on' }))
  web.app.get('/authorize', { config: { access: 'public', crossSite: true } }, () => void ran.push('authorize'))
  web.app.get('/step', { config: { access: 'flow' } }, () => void ran.push('step'))
  web.app.post('/token', { config: { access: 'client' } }, () => ({ went: 'on' }))
  web.app.get('/cookies', open, (request, reply) => {
    web.cookies.set(reply, 'session', 'a b;c', 60_000)
    web.cookies.set(reply, 'browser', 'x')
    web.cookies.clear(reply, 'device')
    return { read: web.cookies.read(request, 'session') ?? null }
  })
  web.app.get('/picture', open, (_request, reply) =>
    web.picture(reply, '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'),
  )
}

describe('the edge', () => {
  let hub: Awaited<ReturnType<typeof start>>
  before(async () => {
    hub = await start({}, routes)
  })
  after(() => hub.close())

  test('R129: a route that does not declare who may call it stops the start', async () => {
    const web = await createWeb({
      issuer,
      trustedProxies: [],
      clock: createTestClock(),
      log: createLog({ level: 'silent' }),
      name: 'G',
      key: Buffer.alloc(32, 3),
    })
    assert.throws(() => web.app.get('/forgotten', () => 'x'), /GET \/forgotten does not declare/)
    const nobody = { config: { access: { operator: [] } } }
    assert.throws(() => web.app.get('/nobody', nobody, () => 'x'), /GET \/nobody does not declare/)
    web.app.register(async (inner) => void inner.post('/hidden', { config: {} }, () => 'x'))
    await assert.rejects(async () => web.app.ready(), /POST \/hidden does not declare/)
    await web.app.close()
  })

  test('R129: a route for operators is closed while nobody says who they are, then to whom the gate does not let in', async () => {
    let ran = 0
    const config = { access: { operator: ['auditor', 'support'] } } as const
    const guarded = await start({}, (web) => {
      web.app.get('/office', { config }, () => ({ ran: ++ran }))
      web.app.post('/office', { config }, () => ({ ran: ++ran }))
    })
    assert.equal((await guarded.call('/office')).status, 401)
    assert.equal((await guarded.call('/office', { method: 'POST', headers: form, body: 'a=1' })).status, 401)
    const seen: unknown[] = []
    let own = false
    guarded.web.guard('operator', {
      enter: async (request, reply, roles) => {
        seen.push(roles)
        return request.headers['x-badge'] ? undefined : reply.code(303).header('location', '/door').send()
      },
      isOwnForm: () => own,
    })
    assert.equal((await guarded.call('/office')).status, 303)
    const badge = { ...form, 'x-badge': 'yes' }
    assert.equal((await guarded.call('/office', { headers: badge })).status, 200)
    assert.equal((await guarded.call('/office', { method: 'POST', headers: badge, body: 'a=1' })).status, 403)
    own = true
    assert.equal((await guarded.call('/office', { method: 'POST', headers: badge, body: 'a=1' })).status, 200)
    assert.deepEqual([ran, seen[0]], [2, ['auditor', 'support']])
    await guarded.close()
  })

  test('another Host is answered 421 and runs no route', async () => {
    for (const host of ['evil.example', 'garant.example:8443', 'garant.example.evil.example', '127.0.0.1']) {
      const answer = await hub.call('/bug', { headers: { host } })
      assert.equal(answer.status, 421, host)
    }
    assert.equal((await hub.call('/ready', { headers: { host: '10.1.2.3:9000' } })).status, 200)
  })

  test('a page states its language, direction and protections', async () => {
    const { headers, text, status } = await hub.call('/plain', { headers: { 'accept-language': 'ar-MA' } })
    assert.equal(status, 200)
    assert.match(text, /<html lang="ar" dir="rtl">/)
    assert.match(text, /<title>Page · Garant<\/title>/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'same-origin')
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
    assert.match(String(headers['strict-transport-security']), /max-age=63072000/)
  })

  test('the Content Security Policy is that of the page', async () => {
    const plain = String((await hub.call('/plain')).headers['content-security-policy'])
    assert.match(plain, /default-src 'none'/)
    assert.match(plain, /form-action 'none'/)
    assert.doesNotMatch(plain, /script-src|unsafe/)
    const { headers, text } = await hub.call('/form')
    const withForm = String(headers['content-security-policy'])
    assert.match(withForm, /form-action 'self';/)
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(text) ?? []
    const { hash } = await import('node:crypto')
    assert.ok(withForm.includes(`script-src 'sha256-${hash('sha256', script, 'base64')}'`))
    assert.doesNotMatch((await hub.call('/plain')).text, /<script/)
  })

  test('the language switch keeps the page', async () => {
    const { text } = await hub.call('/plain')
    assert.match(text, /href="\/plain\?a=1&amp;lang=ar" lang="ar" hreflang="ar"/)
  })

  test('R126: an error page is read in another language, whatever led to it, with the same reference', async () => {
    const { call, close } = await start({ support: 'help@garant.example' }, routes)
    const cases: [string, number, Call][] = [
      ['/silent', 504, {}],
      ['/nowhere', 404, {}],
      ['/change', 403, { method: 'POST', headers: { ...form, 'sec-fetch-site': 'cross-site' }, body: 'a=1' }],
      ['/plain', 421, { headers: { host: 'evil.example' } }],
    ]
    for (const [path, status, how] of cases) {
      const first = await call(path, how)
      const [reference = 'none'] = /G\d{4} · [0-9A-F-]{14}/.exec(first.text) ?? []
      for (const [language, title] of [
        ['ar', 'dir="rtl"'],
        ['en', '<h2>What to do</h2>'],
      ] as const) {
        const [, href = ''] = new RegExp(`<a href="([^"]*)" lang="${language}"`).exec(first.text) ?? []
        const address = new URL(href.replaceAll('&amp;', '&'))
        assert.equal(address.origin, issuer, path)
        const second = await call(`${address.pathname}${address.search}`)
        assert.equal(second.status, status, path)
        assert.ok(second.text.includes(reference) && second.text.includes(title), `${path} ${reference} ${language}`)
        assert.match(second.text, /href="mailto:help@garant\.example"><bdi>help@garant\.example</)
      }
    }
    for (const query of ['', '?said=', '?said=garbage', `?said=${'A'.repeat(200)}`, '?said=a&said=b']) {
      assert.equal((await call(`/error${query}`)).status, 404, query)
    }
    await close()
  })

  test('R087: help is on every page, and an error page leads to its explanation and to a form that has its code', async () => {
    const { call, close } = await start({ support: 'https://help.example/hub' }, routes)
    const { text } = await call('/silent')
    assert.match(text, /href="https:\/\/help\.example\/hub"/)
    await close()
    const other = (await hub.call('/silent')).text
    for (const page of [text, other, (await hub.call('/plain')).text]) assert.match(page, /<footer[\s\S]*href="\/help"/)
    assert.doesNotMatch(other, /help\.example/)
    for (const page of [other, (await hub.call('/plain', { headers: { host: 'evil.example' } })).text]) {
      const [, code = '', reference = ''] = /(G\d{4}) · ([0-9A-F-]{14})/.exec(page) ?? []
      assert.ok(page.includes(`href="${issuer}/help/errors/${code}"`), code)
      const [, query = ''] = page.match(`href="${issuer}/help/ask\\?([^"]*)"`) ?? []
      assert.equal(new URLSearchParams(query).get('reference'), `${code} · ${reference}`)
    }
  })

  test('HEAD is answered where GET changes nothing, and refused elsewhere', async () => {
    const head = async (path: string) => {
      const { status, headers } = await hub.call(path, { method: 'HEAD' })
      return [status, headers.allow]
    }
    assert.deepEqual(await head('/plain'), [200, undefined])
    assert.deepEqual(await head('/step'), [405, 'GET'])
    assert.deepEqual(await head('/authorize'), [405, 'GET, POST'])
    assert.deepEqual(ran, [], 'and no route ran')
  })

  test('language: chosen, remembered, asked by the service, accepted by the browser, French', async () => {
    const language = async (path: string, headers: Record<string, string> = {}) =>
      JSON.parse((await hub.call(path, { headers })).text).language
    const cookie = { cookie: '__Host-language=ar' }
    const accept = { 'accept-language': 'de, en;q=0.5, fr;q=0.2' }
    assert.equal(await language('/who?lang=en&ui_locales=fr', { ...cookie, ...accept }), 'en')
    assert.equal(await language('/who?ui_locales=fr', { ...cookie, ...accept }), 'ar')
    assert.equal(await language('/who?ui_locales=de%20fr-CA%20en', accept), 'fr')
    assert.equal(await language('/who', accept), 'en')
    assert.equal(await language('/who', { 'accept-language': 'fr;q=0, de' }), 'fr')
    assert.equal(await language('/who'), 'fr')
    assert.equal(await language('/who?lang=xx&lang=en', {}), 'fr')
    assert.equal(await language('/asked', accept), 'ar')
    assert.equal(await language('/asked', { cookie: '__Host-language=en' }), 'en')
    const { headers } = await hub.call('/who?lang=ar')
    assert.match(
      String(headers['set-cookie']),
      /^__Host-language=ar; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  test('cookies on https are bound to the host, unseen by scripts, same-site', async () => {
    const { headers, text } = await hub.call('/cookies', {
      headers: { cookie: 'garant_session=other; __Host-session=a%20b' },
    })
    assert.equal(JSON.parse(text).read, 'a b')
    assert.deepEqual(headers['set-cookie'], [
      '__Host-session=a%20b%3Bc; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-browser=x; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-device=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  test('on http cookies have plain names, and no HSTS is sent', async () => {
    const local = await start({ issuer: 'http://localhost:4000' }, routes)
    const { headers } = await local.call('/cookies')
    assert.match(
      String(headers['set-cookie']),
      /^garant_session=a%20b%3Bc; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax/,
    )
    assert.equal(headers['strict-transport-security'], undefined)
    assert.equal(
      local.web.cookies.serialize('browser', 'x', 60_000),
      'garant_browser=x; Max-Age=60; Path=/; HttpOnly; SameSite=Lax',
    )
    await local.close()
  })

  const posts: { name: string; headers: Record<string, string>; status: number }[] = [
    { name: 'our own page', headers: { 'sec-fetch-site': 'same-origin', origin: issuer }, status: 200 },
    { name: 'the person', headers: { 'sec-fetch-site': 'none' }, status: 200 },
    { name: 'our own page in an old browser', headers: { origin: issuer }, status: 200 },
    { name: 'another site', headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, status: 403 },
    {
      name: 'another site that claims our origin',
      headers: { 'sec-fetch-site': 'cross-site', origin: issuer },
      status: 403,
    },
    { name: 'a neighbour under the same domain', headers: { 'sec-fetch-site': 'same-site' }, status: 403 },
    { name: 'another site in an old browser', headers: { origin: 'https://evil.example' }, status: 403 },
    { name: 'a sandboxed frame', headers: { origin: 'null' }, status: 403 },
  ]
  for (const { name, headers, status } of posts) {
    test(`a form posted by ${name} is answered ${status}`, async () => {
      const answer = await hub.call('/change', { method: 'POST', headers: { ...form, ...headers }, body: 'a=1' })
      assert.equal(answer.status, status)
    })
  }

  test('a cross-site post passes where it is meant to, and between machines', async () => {
    const foreign = { ...form, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    assert.equal((await hub.call('/authorize', { method: 'POST', headers: foreign, body: '' })).status, 200)
    assert.equal((await hub.call('/token', { method: 'POST', headers: foreign, body: '' })).status, 200)
  })

  test('a bug is our error: no detail outside, its class and place in the log, its sentence nowhere', async () => {
    for (const path of ['/bug?code=canary-code', '/loose']) {
      hub.lines.length = 0
      const { status, text } = await hub.call(path, { headers: { 'accept-language': 'en' } })
      assert.equal(status, 500)
      assert.doesNotMatch(text, /canary|TypeError|\.ts/)
      const [, reference = ''] = /G1007 · ([0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4})/.exec(text) ?? []
      const failure = hub.lines.find((line) => line.includes('request failed')) ?? ''
      assert.ok(failure.includes(reference) && reference, 'the page and the log share the reference')
      assert.match(failure, /"error":"internal"/)
      assert.match(failure, /http\.test\.ts:\d+/)
      assert.doesNotMatch(hub.lines.join(''), /canary|Angela/)
    }
  })

  test('a lost database is 503 with Retry-After, a silent provider 504', async () => {
    const lost = await hub.call('/database')
    assert.equal(lost.status, 503)
    assert.equal(lost.headers['retry-after'], '5')
    assert.match(lost.text, /G1006/)
    assert.equal((await hub.call('/silent')).status, 504)
  })

  test('who asked for JSON, and machines, get a problem', async () => {
    const asked = await hub.call('/silent', { headers: { accept: 'application/json', 'accept-language': 'en' } })
    assert.equal(asked.status, 504)
    assert.match(String(asked.headers['content-type']), /^application\/problem\+json/)
    const problem = JSON.parse(asked.text)
    assert.deepEqual(
      { ...problem, reference: undefined },
      {
        type: 'about:blank',
        title: 'The provider does not answer',
        error: 'provider_silent',
        status: 504,
        code: 'G0206',
        reference: undefined,
      },
    )
    assert.equal(JSON.parse((await hub.call('/token-side', { headers: { accept: '*/*' } })).text).code, 'G1002')
    const browser = 'text/html,application/xhtml+xml,application/json;q=0.9'
    assert.match((await hub.call('/silent', { headers: { accept: browser } })).text, /<!doctype html>/)
  })

  test('no page, a malformed address, a body that is too long or of another kind', async () => {
    assert.equal((await hub.call('/nothing')).status, 404)
    assert.equal((await hub.call('/%E0%A4%A')).status, 400)
    const post = (headers: Record<string, string>, body: string) =>
      hub.call('/change', { method: 'POST', headers, body })
    assert.equal((await post(form, `a=${'x'.repeat(70_000)}`)).status, 413)
    assert.equal((await post({ 'content-type': 'text/xml' }, '<a/>')).status, 400)
    assert.equal((await post({ 'content-type': 'application/json' }, '{')).status, 400)
    const odd = await hub.call('/%E0%A4%A')
    assert.equal(odd.headers['x-content-type-options'], 'nosniff')
    assert.match(odd.text, /G1011/)
  })

  test('the log has one line for each request, without its query', async () => {
    hub.lines.length = 0
    await hub.call('/plain?code=canary-code&state=canary-state', {
      headers: { cookie: '__Host-session=canary-cookie' },
    })
    const line = hub.lines.find((one) => one.includes('"route":"/plain"')) ?? ''
    assert.match(line, /"method":"GET".*"status":200/)
    assert.doesNotMatch(hub.lines.join(''), /canary/)
  })

  test('forwarded headers of a stranger are not believed, and reach nobody', async () => {
    const forwarded = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-real-ip': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
    }
    const seen = JSON.parse((await hub.call('/who', { headers: forwarded })).text)
    assert.equal(seen.address, '127.0.0.1')
    assert.ok(seen.port > 0)
    assert.deepEqual(
      Object.keys(seen.headers).filter((name) => /forwarded|real/.test(name)),
      [],
    )
  })

  test('a trusted proxy is believed about the address, never about the host', async () => {
    const behind = await start({ trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] }, routes)
    const who = async (value: string) => {
      const headers = { 'x-forwarded-for': value, 'x-forwarded-host': 'evil.example' }
      const seen = JSON.parse((await behind.call('/who', { headers })).text)
      assert.equal(seen.headers['x-forwarded-host'], undefined)
      return [seen.address, seen.port]
    }
    assert.deepEqual(await who('203.0.113.9'), ['203.0.113.9', 0])
    assert.deepEqual(
      await who('198.51.100.1, 203.0.113.9, 10.0.0.7'),
      ['203.0.113.9', 0],
      'what the client wrote is not believed',
    )
    assert.deepEqual(await who('203.0.113.9:41234'), ['203.0.113.9', 41234])
    assert.deepEqual(await who('[2001:db8::1]:41234'), ['2001:db8::1', 41234])
    assert.deepEqual(await who('unknown'), ['127.0.0.1', 0])
    await behind.close()
    await assert.rejects(start({ trustedProxies: ['proxy.example'] }), /neither an address nor a range/)
  })

  test('assets are kept for ever under their hash, and smaller for who can read them', async () => {
    const { text } = await hub.call('/plain')
    const [, href = ''] = /href="(\/assets\/style\.[\w-]+\.css)"/.exec(text) ?? []
    const plain = await hub.call(href)
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.match(String(plain.headers['content-type']), /^text\/css/)
    const br = await hub.call(href, { headers: { 'accept-encoding': 'gzip, br' } })
    const gzip = await hub.call(href, { headers: { 'accept-encoding': 'gzip, br;q=0' } })
    assert.equal(br.headers['content-encoding'], 'br')
    assert.equal(gzip.headers['content-encoding'], 'gzip')
    assert.deepEqual(brotliDecompressSync(br.body), plain.body)
    assert.deepEqual(gunzipSync(gzip.body), plain.body)
    assert.equal(br.headers.vary, 'accept-encoding')
    const older = await hub.call('/assets/style.0000000000.css')
    assert.deepEqual([older.status, older.headers['cache-control']], [200, 'no-cache'])
    assert.equal((await hub.call('/assets/..%2Fhttp.ts')).status, 404)
    assert.equal((await hub.call('/favicon.ico')).body.readUInt16LE(2), 1, 'an icon file')
  })

  test("a partner's picture cannot run what is in it", async () => {
    const { headers } = await hub.call('/picture')
    assert.equal(headers['content-type'], 'image/svg+xml')
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*sandbox/)
  })

  test('closing lets the request in progress finish', async () => {
    let release = () => {}
    let entered = () => {}
    const inside = new Promise<void>((resolve) => {
      entered = resolve
    })
    const closing = await start({}, (web) => {
      web.app.get('/slow', open, async () => {
        entered()
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return { done: true }
      })
    })
    const answer = closing.call('/slow')
    await inside
    const closed = closing.close()
    release()
    assert.equal((await answer).text, '{"done":true}')
    await closed
    await assert.rejects(closing.call('/slow'), /ECONNREFUSED/)
  })
})
