/**
 * What a person calls the devices on which they are known ("kitchen tablet"): sealed with their key, read by nobody else.
 * Apart from `devices.ts`, whose table does not say who was seen where; this one does, of those who chose to name one.
 */
import type { DeviceId, PersonId } from '../kernel/ids.ts'
import type { Keeper, People } from '../people/people.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { createDeviceNameStore } from './store.ts'

/** Letters of the longest name. */
export const longestDeviceName = 64

export interface DeviceNames {
  of(person: PersonId): Promise<ReadonlyMap<DeviceId, string>>
  /** An empty name takes the one before away. The caller has seen that the device knows the person. */
  name(tx: Tx, person: PersonId, device: DeviceId, name: string): Promise<void>
  forget(tx: Tx, person: PersonId, device: DeviceId): Promise<void>
  /** To be registered with `people.keep`. Names stay with whom they were given by, and go along when nobody is left. */
  keeper: Keeper
}

const placeOf = (device: DeviceId) => `device-name ${device}`

export function createDeviceNames({
  storage,
  people,
}: {
  storage: Storage
  people: Pick<People, 'sealerOf'>
}): DeviceNames {
  const store = createDeviceNameStore()

  return {
    async of(person) {
      const rows = await store.of(storage.db, person)
      const sealer = rows.length > 0 ? await people.sealerOf(storage.db, person) : undefined
      return new Map(sealer && rows.map(({ device, name }) => [device, sealer.open(placeOf(device), name)] as const))
    },

    async name(tx, person, device, given) {
      const name = [...given.replace(/\p{C}/gu, '').trim()].slice(0, longestDeviceName).join('')
      if (!name) return store.remove(tx, person, device)
      const sealer = await people.sealerOf(tx, person, { hold: true })
      if (sealer) await store.put(tx, { person, device, name: sealer.seal(placeOf(device), name) })
    },

    forget: store.remove,

    keeper: {
      room: 'device-names',
      forget: store.forget,
      async follow(tx, { from, to, left }) {
        if (left.length > 0) return
        const rows = await store.of(tx, from)
        const [old, next] = rows.length > 0 ? [await people.sealerOf(tx, from), await people.sealerOf(tx, to)] : []
        if (!old || !next) return
        await store.forget(tx, from)
        for (const { device, name } of rows) {
          const place = placeOf(device)
          await store.put(tx, { person: to, device, name: next.seal(place, old.open(place, name)) })
        }
      },
    },
  }
}
