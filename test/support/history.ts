/** A past for somebody: lines of the ledger by the verbs that write them at a login, with their facts. */
import type { Connection, NewConnection } from '../../src/connections/connections.ts'
import type { Hub } from '../../src/hub.ts'
import type { Instant } from '../../src/kernel/clock.ts'
import { hour } from '../../src/kernel/durations.ts'
import { newId, newOrderedId, type PersonId } from '../../src/kernel/ids.ts'

export interface Past {
  person: PersonId
  lines: number
  /** The newest is one `step` before. */
  until: Instant
  /** Between two lines. Default 36 hours. */
  step?: number
  services: readonly string[]
  providers: readonly string[]
}

/** Every tenth was refused, every seventh was unusual. The newest first. */
export async function givePast(
  { connections, storage }: Pick<Hub, 'connections' | 'storage'>,
  { person, lines, until, step = 36 * hour, services, providers }: Past,
): Promise<Connection[]> {
  const links = providers.map(() => newId('link'))
  return storage.transaction(async (tx) => {
    const recorded: Connection[] = []
    for (let index = 1; index <= lines; index++) {
      const at = until - index * step
      const account = index % providers.length
      const common = {
        id: newOrderedId('connection', at),
        at,
        person,
        service: services[index % services.length] ?? '',
        provider: providers[account] ?? '',
        reused: index % 3 === 0,
        address: '192.0.2.7',
        port: 40_000 + index,
        scopes: ['openid', 'given_name', 'family_name', 'email'],
        unusual: index % 7 === 0 ? (['new_device', 'new_country'] as const).slice() : [],
        alert: index % 7 === 0 ? ('unusual' as const) : ('none' as const),
        country: index % 7 === 0 ? 'MA' : 'FR',
      }
      const line: NewConnection =
        index % 10 === 0
          ? { ...common, state: 'refused', refusal: 'level_not_reached', amr: [] }
          : {
              ...common,
              ...{ state: 'authorised', link: links[account] ?? newId('link'), session: newId('session') },
              ...{ level: account === 0 ? 'eidas1' : 'eidas2', amr: account === 0 ? ['pwd'] : ['pwd', 'otp'] },
            }
      recorded.push(await connections.record(tx, line))
      if (line.state === 'authorised' && index % 4 > 0) await connections.complete(tx, line.id)
    }
    return recorded
  })
}
