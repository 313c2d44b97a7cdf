/**
 * Ports for servers of a test. Not those that the system would give: it also gives them to outgoing connections, so that
 * one which was free a moment ago is taken when the server comes to listen. Ours lie below that range, and above 10080, the
 * last in it to which browsers and `fetch` do not go (Fetch standard section 2.9).
 *
 * Until a server listens on its port, and where it does not any more, another test file must not take it for free: so
 * each port is reserved until the process ends, by a UDP socket of the same number, of which TCP knows nothing.
 */
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { type Place, type Ports, places } from '../../demo/ports.ts'

/** A port of this machine that nobody listens on, and that is nobody else's for as long as this process lives. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_081, 32_000)
    if (await reserve(port)) return port
  }
}

/** Makes a port ours; false when it is somebody's. */
export async function reserve(port: number): Promise<boolean> {
  const isOurs = await new Promise<boolean>((resolve, reject) => {
    const mark = createSocket('udp4')
    mark.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
    mark.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      mark.unref()
      resolve(true)
    })
  })
  return isOurs && isFree(port)
}

/** One for each place of the demo town, so that several towns can stand side by side. */
export async function freePorts(): Promise<Ports> {
  const found = await Promise.all(places.map(async (place) => [place, await freePort()] as const))
  return Object.fromEntries(found) as Record<Place, number>
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
