/**
 * Security events between the hub and the services of the town that have a receiver: a program of the partner, and a
 * stream that pushes to the service. Both sides know the same names and secrets from here.
 */
import { hash } from 'node:crypto'
import type { Hub } from '../src/hub.ts'
import type { ApiClientId } from '../src/kernel/ids.ts'
import { demoKey, demoSecret } from './keys.ts'
import { originOf, type Ports } from './ports.ts'
import { services } from './services/services.ts'
import type { SignalsOptions } from './services/signals.ts'

/** The same at each start, so that the service knows it before the hub does. */
const programOf = (service: string) =>
  `api_${hash('sha256', demoSecret(`${service}-signals`), 'buffer')
    .toString('base64url')
    .slice(0, 22)}` as ApiClientId

export const signalsOf = (service: string, hubIssuer: string): SignalsOptions => ({
  issuer: hubIssuer,
  audience: programOf(service),
  authorization: `Bearer ${demoSecret(`${service}-signals`)}`,
})

/** Once; what is there already stays. */
export async function connectSignals({ apiClients, transmitter, settings }: Hub, ports: Ports): Promise<void> {
  for (const { key, id, brand, partner } of services.filter(({ hearsSignals }) => hearsSignals)) {
    const client = programOf(id)
    const party = { side: 'service', id } as const
    if (!(await apiClients.find(client))) {
      await apiClients.register(
        {
          id: client,
          name: brand.name.en,
          scopes: ['party:signals', 'party:cases:read'],
          jwks: { keys: [demoKey(id).publicJwk] },
          party,
        },
        { kind: 'command' },
      )
    }
    const { authorization } = signalsOf(id, settings.issuer)
    const delivery = { method: 'push', endpoint: `${originOf(ports[key])}/signals`, authorization } as const
    await transmitter.create({ client, side: party.side, object: id, partner: partner.id }, { delivery })
  }
}
