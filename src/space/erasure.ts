/**
 * The person has all that is theirs erased, by their own word: the one verb of this room, since it asks several others
 * whether something stands in the way. How strong a sign-in it takes is judged before (`SpacePages.guardChange`).
 */
import type { Cases } from '../cases/cases.ts'
import type { Connections } from '../connections/connections.ts'
import { GarantError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import { ownService } from '../partners/own-service.ts'
import type { People } from '../people/people.ts'
import type { Protections } from '../people/protections.ts'
import { decideErasure, type ErasureReason } from '../policy/erasure.ts'
import type { Storage } from '../storage/storage.ts'

export interface Erasure {
  /** What stands in the way; empty when nothing does. */
  reasonsAgainst(person: PersonId): Promise<ErasureReason[]>
  /** Ends every session, tells every contact, and destroys the key of the person. */
  erase(person: PersonId): Promise<{ kind: 'erased' } | { kind: 'refused'; reasons: ErasureReason[] }>
}

export function createErasure(options: {
  storage: Storage
  people: Pick<People, 'identityOf' | 'erase'>
  protections: Pick<Protections, 'of'>
  cases: Pick<Cases, 'ofPerson'>
  connections: Pick<Connections, 'habitsOf'>
}): Erasure {
  const { storage, people, protections, cases, connections } = options

  async function reasonsAgainst(person: PersonId): Promise<ErasureReason[]> {
    const [identity, protection, all, habits] = await Promise.all([
      people.identityOf(storage.db, person),
      protections.of(storage.db, person),
      cases.ofPerson(person),
      connections.habitsOf(person),
    ])
    return decideErasure({
      kind: identity?.kind ?? 'pivot',
      frozen: protection.freeze !== undefined,
      openCases: all.filter(({ state }) => state !== 'closed').length,
      usedServices: habits.some(({ service }) => service !== ownService),
    })
  }

  return {
    reasonsAgainst,

    async erase(person) {
      const reasons = await reasonsAgainst(person)
      if (reasons.length > 0) return { kind: 'refused', reasons }
      try {
        await storage.transaction((tx) => people.erase(tx, person, { kind: 'person', id: person }))
      } catch (error) {
        // In this very moment, by another sign-in.
        if (error instanceof GarantError && error.error === 'identity_frozen') {
          return { kind: 'refused', reasons: ['frozen'] }
        }
        throw error
      }
      return { kind: 'erased' }
    },
  }
}
