/** One address for several processes of a hub, as a load balancer gives them: whoever is behind it has no say in who serves. */
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Balancer {
  issuer: string
  /** Ports of the processes. Every request goes to another one than the request before; with one, to that. */
  targets: number[]
  /** Where each request went. */
  served: number[]
  close(): Promise<void>
}

export async function startBalancer(): Promise<Balancer> {
  const targets: number[] = []
  const served: number[] = []
  const server = createServer((incoming, outgoing) => {
    const port = targets[served.length % targets.length] ?? 0
    served.push(port)
    const { method, url, headers } = incoming
    const onward = httpRequest({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', (error) => outgoing.destroy(error))
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    issuer: `http://localhost:${(server.address() as AddressInfo).port}`,
    targets,
    served,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
