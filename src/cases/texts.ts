/**
 * What people wrote about a case, and where somebody signed out can be reached. Sealed with the key of whom the case is
 * about, or of who reported it; where neither is known, with a key of the room. Erasing the owner makes it unreadable.
 */
import type { CaseId, PersonId } from '../kernel/ids.ts'
import { seal, unseal } from '../kernel/secrets.ts'
import type { People, Sealer } from '../people/people.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { CaseStore } from './store.ts'

export interface Texts {
  /** `value`: what JSON can say. The owner is held by the caller, or is nobody. */
  put(tx: Tx, of: { place: string; case: CaseId | null; owner: PersonId | null }, value: unknown): Promise<void>
  /** By place; what cannot be read any more is left out. */
  read(handle: Handle, places: readonly string[]): Promise<Map<string, unknown>>
  /** What was `from`'s in these cases is `to`'s. */
  pass(tx: Tx, move: { from: PersonId; to: PersonId; cases: readonly CaseId[] }): Promise<void>
}

const placeIn = (place: string) => `case ${place}`

export function createTexts(options: { people: Pick<People, 'sealerOf'>; store: CaseStore; key: Buffer }): Texts {
  const { people, store, key } = options

  return {
    async put(tx, { place, case: id, owner }, value) {
      const sealer = owner ? await people.sealerOf(tx, owner) : undefined
      const text = JSON.stringify(value)
      await store.putText(tx, {
        place,
        case_id: id,
        owner: sealer ? owner : null,
        sealed: sealer ? sealer.seal(placeIn(place), text) : seal(key, text, placeIn(place)),
      })
    },

    async read(handle, places) {
      const rows = await store.texts(handle, places)
      const sealers = new Map<PersonId, Sealer | undefined>()
      for (const { owner } of rows) {
        if (owner && !sealers.has(owner)) sealers.set(owner, await people.sealerOf(handle, owner))
      }
      const read = new Map<string, unknown>()
      for (const { place, owner, sealed } of rows) {
        const text = owner
          ? sealers.get(owner)?.open(placeIn(place), sealed)
          : unseal(key, sealed, placeIn(place)).toString('utf8')
        if (text !== undefined) read.set(place, JSON.parse(text))
      }
      return read
    },

    async pass(tx, { from, to, cases }) {
      const rows = await store.textsOwnedBy(tx, from, cases)
      if (rows.length === 0) return
      const [before, after] = [await people.sealerOf(tx, from), await people.sealerOf(tx, to)]
      for (const row of rows) {
        if (!before || !after) {
          await store.dropText(tx, row.place)
          continue
        }
        const sealed = after.seal(placeIn(row.place), before.open(placeIn(row.place), row.sealed))
        await store.putText(tx, { ...row, owner: to, sealed })
      }
    },
  }
}
