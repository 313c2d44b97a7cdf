/** The connections of pages that wait for a phone: how many there may be of whom, and that none is left behind. */
import assert from 'node:assert/strict'
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { minute } from '../kernel/durations.ts'
import { createStreams, type Followed, mostOfNetwork, mostOfProcess, type Streams } from './streams.ts'

describe('R091: pages that follow a sign-in', () => {
  let streams: Streams
  const clock = createTestClock()
  let opened: number
  beforeEach(() => {
    opened = 0
    streams = createStreams({ clock })
  })
  afterEach(() => streams.close())

  const page = (more: Partial<Followed> = {}): Followed => ({
    response: new ServerResponse(new IncomingMessage(new Socket())),
    key: `${opened++}`,
    browser: `browser ${opened}`,
    network: '198.51.100.0/24',
    version: 1,
    expiresAt: clock.now() + minute,
    wait: (_version, signal) => new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
    renew: async () => undefined,
    ...more,
  })

  test('one network has a share of a process, and no more; who comes from elsewhere is not kept waiting', () => {
    const [first] = Array.from({ length: mostOfNetwork }, () => {
      const one = page()
      assert.equal(streams.follow(one), true)
      return one
    })
    assert.equal(streams.follow(page()), false)
    assert.equal(streams.follow(page({ network: '203.0.113.0/24' })), true)
    // One that goes makes room for one.
    first?.response.emit('close')
    assert.equal(streams.follow(page()), true)
    assert.equal(streams.follow(page()), false)
    assert.equal(streams.size, mostOfNetwork + 1)
  })

  test('the same page opened again takes no second place of its network', () => {
    for (let each = 0; each < mostOfNetwork; each++) streams.follow(page())
    assert.equal(streams.follow(page({ key: '0' })), true)
    assert.equal(streams.size, mostOfNetwork)
  })

  test('a process takes so many, wherever they are from', () => {
    for (let each = 0; each < mostOfProcess; each++) {
      assert.equal(streams.follow(page({ network: `network ${each % 10}` })), true)
    }
    assert.equal(streams.follow(page({ network: 'another' })), false)
  })

  test('a browser that went before it was answered leaves nothing behind', async () => {
    const gone = Promise.withResolvers<void>()
    const server = createServer((request, response) => {
      // As in the route: the login is looked up while the browser closes the page.
      response.once('close', () => {
        streams.follow(page({ response }))
        gone.resolve()
      })
      request.socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nhost: hub\r\n\r\n')
    await gone.promise
    assert.equal(streams.size, 0)
    await new Promise((resolve) => server.close(resolve))
  })
})
