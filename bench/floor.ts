/**
 * The floor of one federated login: what no implementation can avoid, measured alone, in milliseconds of CPU.
 *
 * Signatures: the hub signs one id token and verifies one of the provider's. Messages: it serves the requests of the
 * browser and of the service, and makes those to the provider. The durable commit is paid by the database.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Floor {
  signMs: number
  verifyMs: number
  /** CPU of the server's side of one plain request. */
  requestMs: number
  /** One login: a signature, a verification, `requests` messages. */
  loginMs: number
  requests: number
}

/** authorize, choice, callback, continue, token, userinfo; and token at the provider. */
const messagesOfLogin = 7

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

export async function measureFloor(): Promise<Floor> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const data = Buffer.alloc(400, 1)
  // Bare keys, for which Node needs half of what it does for one in an object with its encoding.
  const signature = sign('sha256', data, privateKey)
  const signMs = perCall(2_000, () => sign('sha256', data, privateKey))
  const verifyMs = perCall(2_000, () => verify('sha256', data, publicKey, signature))
  const requestMs = await plainRequest(5_000)
  return {
    signMs,
    verifyMs,
    requestMs,
    requests: messagesOfLogin,
    loginMs: signMs + verifyMs + messagesOfLogin * requestMs,
  }
}

function perCall(times: number, call: () => void): number {
  for (let warm = 0; warm < times / 4; warm++) call()
  const start = process.cpuUsage()
  for (let count = 0; count < times; count++) call()
  return cpuMs(start) / times
}

/** Client and server share this process: half of what they burn is the server's. */
async function plainRequest(times: number): Promise<number> {
  const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const call = () =>
    new Promise<void>((resolve, reject) => {
      request({ port, host: '127.0.0.1', agent }, (answer) => {
        answer.resume()
        answer.on('end', resolve)
      })
        .on('error', reject)
        .end()
    })
  for (let warm = 0; warm < times / 4; warm++) await call()
  const start = process.cpuUsage()
  for (let count = 0; count < times; count++) await call()
  const total = cpuMs(start) / times
  agent.destroy()
  server.close()
  return total / 2
}
