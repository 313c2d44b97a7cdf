/** People with a past that somebody else made for them, for tests about cases: lines of the ledger, each with a session. */
import type { Connection } from '../../src/connections/connections.ts'
import { second } from '../../src/kernel/durations.ts'
import { type DeviceId, type LinkId, newId, newOrderedId, type PersonId, type SessionId } from '../../src/kernel/ids.ts'
import type { TestClock } from './clock.ts'
import type { TestHub } from './hub.ts'
import { angela, claim } from './people.ts'

export interface Victim {
  person: PersonId
  /** Their account at the provider. */
  link: LinkId
  provider: string
}

/** Somebody new, with one account; `name` is letters alone. */
export async function newVictim(
  { storage, people }: Pick<TestHub, 'storage' | 'people'>,
  { name, provider = 'post' }: { name: string; provider?: string },
): Promise<Victim> {
  const identity = { ...angela, family_name: `CANARI ${name}` }
  const settled = await storage.transaction((tx) =>
    people.settle(tx, claim({ identity, subject: `canary-${name}`, provider, level: 'eidas2' })),
  )
  if (!('person' in settled)) throw new Error('the identity was stopped')
  const { person, link } = settled
  return { person, link, provider }
}

/** A sign-in now, of its own session unless one is given; the clock then goes on by a second. */
export async function signInAs(
  { storage, connections, clock }: Pick<TestHub, 'storage' | 'connections'> & { clock: TestClock },
  { person, link, provider }: Victim,
  at: { service: string; session?: SessionId; device?: DeviceId; address?: string },
): Promise<Connection> {
  const { service, session = newId('session'), device = newId('device'), address = '198.51.100.7' } = at
  const now = clock.now()
  clock.advance(second)
  return storage.transaction((tx) =>
    connections.record(tx, {
      ...{ id: newOrderedId('connection', now), state: 'authorised', at: now, person, link, provider, service },
      ...{ session, device, address, port: 44_300, country: 'MA', level: 'eidas2', amr: ['pwd', 'otp'] },
      ...{ reused: at.session !== undefined, scopes: ['openid'], unusual: ['new_country'], alert: 'unusual' },
    }),
  )
}
