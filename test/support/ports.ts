/**
 * Ports for servers of a test. Not those that the system would give: it also gives them to outgoing connections, so that
 * one which was free a moment ago is taken when the server comes to listen. Ours lie below that range.
 */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { type Place, type Ports, places } from '../../demo/ports.ts'

/** No port twice in one process. */
const given = new Set<number>()

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
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
