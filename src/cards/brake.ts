/**
 * How many failures one network may cause before it is told to wait: a brake on noise, in the memory of this process. What
 * succeeds costs nothing, since a hospital signs in from one address.
 */
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { neighbourhoodOf } from '../policy/network.ts'

export interface Brake {
  /** Something failed. */
  note(address: string): void
  isOver(address: string): boolean
}

/** Of one network within the window: a waiting room with one wrong card after another stays below. */
export const mostFailures = 100
const window = 10 * minute
/** So many networks are counted apart; what is beyond begins anew. */
const mostNetworks = 50_000

export function createBrake({ clock }: { clock: Clock }): Brake {
  let since: Instant = clock.now()
  let counts = new Map<string, number>()

  function present(): Map<string, number> {
    if (clock.now() - since >= window || counts.size > mostNetworks) {
      since = clock.now()
      counts = new Map()
    }
    return counts
  }

  return {
    note(address) {
      const network = neighbourhoodOf(address)
      // Of whom nobody knows where they are is no network that they share with everybody.
      if (network === undefined) return
      const known = present()
      known.set(network, (known.get(network) ?? 0) + 1)
    },
    isOver: (address) => (present().get(neighbourhoodOf(address) ?? '') ?? 0) >= mostFailures,
  }
}
