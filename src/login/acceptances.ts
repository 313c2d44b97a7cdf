/**
 * The answers of `policy/acceptance.ts`, each decided once and kept for as long as it holds: until the next date that it
 * was decided by, and no longer than what is known of the means, which every reading of the register makes anew. What
 * services ask is the same for most of them, so an answer serves all those that ask the same.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import {
  type Acceptance,
  type AcceptanceQuestion,
  decideAcceptance,
  decideProspect,
  type KnownMeans,
  type ServiceTerms,
  type SignIn,
} from '../policy/acceptance.ts'
import { BoundedInstant } from '../policy/bounded-instant.ts'
import type { MeansPolicy } from '../policy/means.ts'

/** `known` and `service` are not changed after they were asked about: a new version is another object. */
type Question = Omit<AcceptanceQuestion, 'policy' | 'at'> & { at: Instant }

export interface Acceptances {
  ofSignIn(question: Question, signIn: SignIn): Acceptance
  /** Of the best that can come: at this level, by all that can be proved, of anybody where no population is named. */
  ofBest(question: Question, best: Pick<SignIn, 'level' | 'population'>): Acceptance
}

interface Kept {
  decidedAt: BoundedInstant
  acceptance: Acceptance
}

/** Of one means. The words of `amr` are a provider's to choose, and their order too. */
const mostKept = 250

export function keepAcceptances(policy: MeansPolicy): Acceptances {
  const keptOf = new WeakMap<KnownMeans, Map<string, Kept>>()

  function keptOr({ known, at }: Question, key: string, decide: (at: BoundedInstant) => Acceptance): Acceptance {
    const kept = keptOf.get(known) ?? new Map<string, Kept>()
    const found = kept.get(key)
    if (found?.decidedAt.answersFor(at)) return found.acceptance
    const decidedAt = new BoundedInstant(at)
    const acceptance = decide(decidedAt)
    if (kept.size >= mostKept) kept.clear()
    kept.set(key, { decidedAt, acceptance })
    keptOf.set(known, kept)
    return acceptance
  }

  return {
    ofSignIn(question, signIn) {
      const { level, amr, population } = signIn
      return keptOr(question, keyOf(question, [level, population, amr]), (at) =>
        decideAcceptance({ ...question, at, policy, signIn }),
      )
    },

    ofBest(question, { level, population }) {
      return keptOr(question, keyOf(question, [level, population]), (at) =>
        decideProspect({ ...question, at, policy, strongest: level, ...(population ? { population } : {}) }),
      )
    },
  }
}

/** All that the answer depends on, but for the means, the dates and the policy. */
function keyOf({ known, service, place }: Question, asked: readonly (Level | SignIn['population'] | SignIn['amr'])[]) {
  // Only a homologation is of one service.
  const isNamed = known.homologations.some((homologation) => homologation.service === service.id)
  return `${isNamed ? service.id : ''} ${rulesOf(service)} ${JSON.stringify(asked)} ${place}`
}

/** What a service asks, whichever it is. */
const rulesKnown = new WeakMap<ServiceTerms, string>()

function rulesOf(service: ServiceTerms): string {
  const known = rulesKnown.get(service)
  if (known !== undefined) return known
  const { id: _, ...rules } = service
  const said = JSON.stringify(rules)
  rulesKnown.set(service, said)
  return said
}
