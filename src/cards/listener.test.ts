import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { toPem } from '../../demo/authority/x509.ts'
import { keyFiles, machineCertificate, pemOf, type Shown, showCard } from '../../test/support/card-reader.ts'
import { type Authority, type Card, cardKinds, nadege, salma, startAuthority } from '../../test/support/cards.ts'
import { createTestClock } from '../../test/support/clock.ts'
import { freePort } from '../../test/support/ports.ts'
import { minute } from '../kernel/durations.ts'
import { type ListenerSettings, mostConnections, type Presented, startListener } from './listener.ts'

const ticket = 'ticket-of-one-login-0123456789'
const lost = 'https://hub.example/card/over'

describe('the listeners that ask for cards', () => {
  const clock = createTestClock()
  const folder = mkdtempSync(join(tmpdir(), 'garant-cards-'))
  const shown: { ticket: string; presented: Presented | undefined; from: string; since: number | undefined }[] = []
  const warned: string[] = []
  let authority: Authority
  let card: Card
  let cpx: Card

  before(async () => {
    authority = await startAuthority(clock)
    card = authority.issue({ kind: 'cnie', holder: salma })
    cpx = authority.issue({ kind: 'cpx', holder: nadege })
  })
  after(async () => {
    await authority.close()
    rmSync(folder, { recursive: true })
  })

  const open = (settings: ListenerSettings) =>
    startListener({
      settings,
      kinds: new Map(Object.entries(cardKinds(authority))),
      clock,
      handshakeTime: 2 * minute,
      present: async (key, more) => `https://hub.example/done?${shown.push({ ticket: key, ...more })}`,
      lost,
      log: { info: () => {}, warn: (message) => void warned.push(message), error: assert.fail },
    })

  /** What was shown by what is done, and nothing else. */
  async function seen<T>(act: () => Promise<T>): Promise<{ shown: typeof shown; result: T }> {
    shown.length = 0
    const result = await act()
    return { shown: [...shown], result }
  }

  describe('by TLS of its own', () => {
    let listener: Awaited<ReturnType<typeof startListener>>
    let port: number
    let url: string
    before(async () => {
      port = await freePort()
      listener = await open({
        kind: 'tls',
        address: `https://localhost:${port}`,
        listen: { host: '127.0.0.1', port },
        ...keyFiles(folder, machineCertificate('localhost', clock.now())),
      })
      url = `https://localhost:${port}/card/${ticket}`
    })
    after(() => listener.close())

    test('R033: the certificate of a card arrives with its issuer, and the browser is sent on', async () => {
      const { shown: found, result } = await seen(() => showCard(url, { card }))
      assert.equal(result.status, 303)
      assert.equal(result.headers.location, 'https://hub.example/done?1')
      assert.equal(result.headers.connection, 'close')
      assert.equal(result.headers['cache-control'], 'no-store')
      const [{ presented, since, from, ...rest } = assert.fail()] = found
      assert.deepEqual(rest, { ticket })
      assert.equal(since, clock.now())
      assert.equal(from, '127.0.0.1')
      assert.ok(presented)
      assert.ok(presented.certificate.equals(card.certificate))
      assert.ok(presented.chain[0]?.equals(authority.issuers.cnie.certificate))
    })

    test('no card is no certificate, and a page that helps all the same', async () => {
      const { shown: found, result } = await seen(() => showCard(url))
      assert.deepEqual([result.status, found.length, found[0]?.presented], [303, 1, undefined])
    })

    test('a certificate of nobody known is let through, to be refused by a page', async () => {
      const stranger = machineCertificate('stranger', clock.now())
      const { shown: found } = await seen(() => showCard(url, { cert: stranger.certificate, key: pemOf(stranger.key) }))
      assert.ok(found[0]?.presented)
    })

    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const only = { minVersion: version, maxVersion: version }

      test(`${version}: no session is taken up again, so no card that was taken away signs in`, async () => {
        const first = await dial(only, card)
        const session = await sessionOf(first)
        const { shown: found } = await seen(async () => {
          const again = await dial({ ...only, ...(session ? { session } : {}) })
          assert.equal(again.isSessionReused(), false)
          await ask(again)
        })
        assert.deepEqual([found.length, found[0]?.presented], [1, undefined])
      })

      test(`${version}: one connection answers one request`, async () => {
        const { shown: found, result } = await seen(async () => ask(await dial(only, card), 3))
        assert.equal(found.length, 1)
        assert.equal(result.match(/HTTP\/1\.1 303/g)?.length, 1, result)
      })
    }

    test('nothing is negotiated anew on a connection', async () => {
      const socket = await dial({ maxVersion: 'TLSv1.2' }, card)
      socket.on('error', () => {})
      const outcome = await new Promise((resolve) => {
        socket.renegotiate({}, (error) => resolve(error ? 'refused' : 'done'))
        socket.once('close', () => resolve('refused'))
      })
      socket.destroy()
      assert.equal(outcome, 'refused')
    })

    test('browsers are told which cards are known, and nothing older than TLS 1.2 is spoken', async () => {
      const heard = await clearBytes()
      for (const { name } of [authority.root, authority.issuers.cnie, authority.issuers.cpx]) {
        assert.ok(heard.includes(name), 'a name of an issuer is missing')
      }
      const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
      await assert.rejects(dial(old, card))
    })

    test('nothing but a ticket leads anywhere', async () => {
      for (const path of [
        '/',
        '/card/',
        '/card/x',
        `/card/${ticket}/more`,
        `/card/${ticket}?x=1`,
        '/card/../etc',
        `//card/${ticket}`,
      ]) {
        const { shown: found, result } = await seen(() => showCard(`https://localhost:${port}${path}`, { card }))
        assert.deepEqual([result.headers.location, found.length], [lost, 0], path)
      }
      for (const method of ['POST', 'HEAD', 'OPTIONS']) {
        const { shown: found, result } = await seen(() => showCard(url, { card, method }))
        assert.deepEqual([result.status, found.length], [405, 0], method)
      }
    })

    test('R076: a certificate in a field of the request is not read here', async () => {
      const headers = { 'client-cert': `:${card.certificate.toString('base64')}:` }
      const { shown: found } = await seen(() => showCard(url, { headers }))
      assert.equal(found[0]?.presented, undefined)
    })

    async function dial(options: ConnectionOptions, shows?: Card): Promise<TLSSocket> {
      const reader = shows
        ? { cert: [shows.certificate, ...shows.chain].map(toPem).join(''), key: pemOf(shows.key) }
        : {}
      const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...reader, ...options })
      return new Promise((resolve, reject) => {
        socket.once('secureConnect', () => resolve(socket))
        socket.once('error', reject)
      })
    }

    /** Sends so many requests at once, and reads until the other side closes. */
    function ask(socket: TLSSocket, times = 1): Promise<string> {
      return new Promise((resolve) => {
        let text = ''
        socket.on('data', (chunk) => {
          text += chunk
        })
        socket.on('error', () => {})
        socket.once('close', () => resolve(text))
        socket.write(`GET /card/${ticket} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(times))
      })
    }

    test('connections of one network that begin no handshake are limited, and leave room for the next when they go', async () => {
      const open = () =>
        new Promise<Socket>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => resolve(socket))
          socket.on('error', () => {})
        })
      const held = await Promise.all(Array.from({ length: mostConnections.ofNetwork }, open))
      try {
        await assert.rejects(showCard(url, { card }))
        const [first = assert.fail()] = held
        first.destroy()
        // The listener hears a little later that it went.
        let result: Shown | undefined
        for (let turn = 0; turn < 100 && !result; turn++) result = await showCard(url, { card }).catch(() => undefined)
        assert.equal(result?.status, 303)
      } finally {
        for (const socket of held) socket.destroy()
      }
    })

    /** What a client could take the session up with; the last that the server gave. */
    async function sessionOf(socket: TLSSocket): Promise<Buffer | undefined> {
      let session: Buffer | undefined
      socket.on('session', (given) => {
        session = given
      })
      await ask(socket)
      return session ?? socket.getSession()
    }

    /** What the server says of a handshake of TLS 1.2 before it is sealed: its request for a certificate is in it. */
    async function clearBytes(): Promise<Buffer> {
      const chunks: Buffer[] = []
      const plain = connect(port, '127.0.0.1')
      const through = new Duplex({
        read() {},
        write(chunk, _encoding, done) {
          plain.write(chunk, done)
        },
      })
      plain.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        through.push(chunk)
      })
      const socket = connectTls({ socket: through, maxVersion: 'TLSv1.2', rejectUnauthorized: false })
      await new Promise((resolve) => socket.once('secureConnect', resolve))
      socket.destroy()
      plain.destroy()
      return Buffer.concat(chunks)
    }
  })

  describe('behind a proxy that ends TLS', () => {
    let listener: Awaited<ReturnType<typeof startListener>>
    let url: string
    const ca = machineCertificate('operators', clock.now())
    const proxy = machineCertificate('proxy.internal', clock.now(), ca)
    const asProxy = { cert: proxy.certificate, key: pemOf(proxy.key) }
    const field = (der: Buffer) => `:${der.toString('base64')}:`
    before(async () => {
      const port = await freePort()
      listener = await open({
        kind: 'proxy',
        address: 'https://cards.hub.example',
        listen: { host: '127.0.0.1', port },
        ...keyFiles(folder, machineCertificate('localhost', clock.now())),
        clientCa: ca.certificate,
        names: ['proxy.internal'],
      })
      url = `https://localhost:${port}/card/${ticket}`
    })
    after(() => listener.close())

    test('R033: the certificate of the person is in the field that the proxy writes (RFC 9440)', async () => {
      const headers = {
        'client-cert': field(card.certificate),
        'client-cert-chain': `${field(card.chain[0] ?? assert.fail())}, ${field(authority.root.certificate)}`,
        'x-forwarded-for': '10.9.9.9, 203.0.113.7',
      }
      const { shown: found, result } = await seen(() => showCard(url, { ...asProxy, headers }))
      assert.equal(result.status, 303)
      const [{ presented, from, since } = assert.fail()] = found
      assert.ok(presented)
      assert.ok(presented.certificate.equals(card.certificate))
      assert.deepEqual([presented.chain.length, from, since], [2, '203.0.113.7', undefined])
    })

    test('a proxy that does not say from where somebody comes is not taken for them', async () => {
      const { shown: found } = await seen(() => showCard(url, { ...asProxy, headers: {} }))
      assert.deepEqual(
        found.map(({ from }) => from),
        [''],
      )
    })

    test('each request stands for itself, whoever came before on the connection of the proxy', async () => {
      const { shown: found } = await seen(async () => {
        await showCard(url, { ...asProxy, headers: { 'client-cert': field(card.certificate) } })
        await showCard(url, { ...asProxy, headers: { 'client-cert': field(cpx.certificate) } })
        await showCard(url, asProxy)
      })
      const certificates = found.map(({ presented }) => presented?.certificate.toString('hex'))
      assert.deepEqual(certificates, [card.certificate.toString('hex'), cpx.certificate.toString('hex'), undefined])
    })

    const wrong: [what: string, headers: Record<string, string>][] = [
      ['that is no byte sequence', { 'client-cert': card64() }],
      ['that was sent twice', { 'client-cert': ':AAAA:, :AAAA:' }],
      ['with a parameter', { 'client-cert': ':AAAA:;x=1' }],
      ['in base64url', { 'client-cert': ':a-_a:' }],
      ['that is empty', { 'client-cert': '::' }],
      ['with a chain that cannot be read', { 'client-cert': ':AAAA:', 'client-cert-chain': ':AAAA:, AAAA' }],
      ['with an endless chain', { 'client-cert': ':AAAA:', 'client-cert-chain': Array(9).fill(':AAAA:').join(',') }],
      ['that is too large', { 'client-cert': `:${'A'.repeat(16_000)}:` }],
    ]
    function card64() {
      return randomBytes(30).toString('base64')
    }
    for (const [what, headers] of wrong) {
      test(`a field ${what} is no certificate`, async () => {
        const { shown: found } = await seen(() => showCard(url, { ...asProxy, headers }))
        assert.deepEqual([found.length, found[0]?.presented], [1, undefined])
      })
    }

    test('nobody but the proxy gets in: no certificate, one of somebody else, one of another name', async () => {
      const headers = { 'client-cert': field(card.certificate) }
      const stranger = machineCertificate('proxy.internal', clock.now())
      const refused = [{}, { cert: stranger.certificate, key: pemOf(stranger.key) }]
      for (const connection of refused) {
        const { shown: found } = await seen(() => assert.rejects(showCard(url, { ...connection, headers })))
        assert.equal(found.length, 0)
      }
      const other = machineCertificate('printer.internal', clock.now(), ca)
      const { shown: found, result } = await seen(() =>
        showCard(url, { cert: other.certificate, key: pemOf(other.key), headers }),
      )
      assert.deepEqual([result.headers.location, found.length], [lost, 0])
      assert.match(warned.at(-1) ?? '', /somebody else than the proxy/)
    })
  })
})
