/**
 * Puts the question of `policy/acceptance.ts` for a login: is this sign-in, or the best that a provider can bring, good
 * enough for this service, from this address, now? What is known of the means comes from the partners file and the
 * register of means. Everything is in memory: a judgement costs no statement.
 */
import type { Places } from '../directory/places.ts'
import { highestOf, type Level, lowerOf } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import type { ProviderId } from '../kernel/ids.ts'
import { type OwnMeansKind, type Partners, type Provider, type Service, servesBoth } from '../partners/partners.ts'
import { type Acceptance, type KnownMeans, minimumAt, type ServiceTerms, type SignIn } from '../policy/acceptance.ts'
import {
  decideGeography,
  type GeographyDecision,
  type GeographyQuestion,
  nobodysStanding,
  type SeenIn,
  seenInOf,
} from '../policy/geography.ts'
import { placeOf } from '../policy/network.ts'
import type { Surroundings } from '../policy/representation.ts'
import type { Policy } from '../policy/settings.ts'
import { asksSecondFactor, hasTwoFactors } from '../policy/step-up.ts'
import type { InForce } from '../register/in-force.ts'
import { keepAcceptances } from './acceptances.ts'
import { type Evidence, observed } from './flow.ts'
import { clockSkew } from './next-step.ts'

export interface Judge {
  /** What speaks against the best sign-in that can come from a provider. */
  prospectOf(provider: Provider, service: Service, address: string): Acceptance
  /** Of the kinds that a connector of the hub's own means takes, those that this service takes here and today. */
  ownKinds(accepts: readonly OwnMeansKind[], service: Service, address: string): OwnKinds
  /** What speaks against a sign-in that happened, a moment or a session ago. */
  verdictOn(evidence: Evidence, service: Service, address: string): Acceptance
  /** What would speak against a sign-in with a provider that has not happened: worked out of what it would bring. */
  foresee(provider: ProviderId, signIn: SignIn, service: Service, address: string): Acceptance
  /** The level that a sign-in carries whatever the service: never above the one observed. */
  carriedBy(provider: ProviderId, signIn: Pick<SignIn, 'level' | 'amr'>): Level
  /** The weakest level of a service today. */
  minimumOf(service: Service): Level
  /** Must a second factor be proved anew for it (R059)? `secondFactorAt`: when two were last proved in this browser. */
  asksSecondFactor(service: Service, secondFactorAt: Instant | undefined): boolean
  /** Where an address is, for rules of geography. */
  seenIn(address: string): SeenIn
  /** What a service's rule of geography says of evidence (R082); undefined for a service without one. */
  geographyOf(
    evidence: Evidence,
    service: Service,
    login: { address: string; startedAt: Instant },
  ): GeographyDecision | undefined
  /** From where somebody acts for an organisation, and whether they proved two factors in this very login (R099). */
  surroundingsOf(evidence: Evidence, login: { address: string; startedAt: Instant }): Surroundings
}

export interface OwnKinds {
  /** A password among them when another kind goes with it. */
  kinds: OwnMeansKind[]
  /** Does a password do by itself? */
  passwordAlone: boolean
}

export interface JudgeOptions {
  partners: Pick<Partners, 'registry'>
  inForce: Pick<InForce, 'ofProvider' | 'ofOwn'>
  policy: Policy
  places: Pick<Places, 'countryOf'>
  clock: Clock
}

export function createJudge({ partners, inForce, policy, places, clock }: JudgeOptions): Judge {
  const acceptances = keepAcceptances(policy)

  const seenIn = (address: string) => seenInOf(address, places.countryOf(address), policy.localNetworks)

  const questionOf = (known: KnownMeans, service: Service, address: string) => ({
    known,
    service: termsOf(service),
    place: placeOf(address, policy.localNetworks),
    at: clock.now(),
  })

  /** The means that a sign-in was made with. */
  function knownOf(id: ProviderId, amr: readonly string[]): KnownMeans {
    const provider = partners.registry().providers.get(id)
    // Not published any more: a session of before may live on, as what nobody declared.
    if (!provider) return undeclared
    return provider.connector.kind === 'own_means' ? inForce.ofOwn(ownKindOf(amr)) : inForce.ofProvider(provider)
  }

  function ownProspects(level: Level, kinds: readonly OwnMeansKind[], service: Service, address: string): Acceptance[] {
    return kinds.map((kind) => acceptances.ofBest(questionOf(inForce.ofOwn(kind), service, address), { level }))
  }

  const foresee: Judge['foresee'] = (id, signIn, service, address) =>
    acceptances.ofSignIn(questionOf(knownOf(id, signIn.amr), service, address), signIn)

  return {
    foresee,

    prospectOf(provider, service, address) {
      const { connector } = provider
      const level = highestOf(provider.allowedLevels) ?? 'eidas1'
      if (connector.kind === 'own_means') {
        const found = ownProspects(level, connector.accepts, service, address)
        return found.reduce((best, each) => (isBetter(each, best) ? each : best))
      }
      const population = servesBoth(provider) ? undefined : populationOf(provider.population)
      const question = questionOf(inForce.ofProvider(provider), service, address)
      return acceptances.ofBest(question, { level, ...(population ? { population } : {}) })
    },

    ownKinds(accepts, service, address) {
      const prospects = ownProspects('eidas3', accepts, service, address)
      // The level of each is for the ceremony, which says that a kind is too weak.
      const isTaken = ({ accepted, reasons }: Acceptance) =>
        accepted || reasons.every((reason) => reason === 'below_minimum')
      const good = accepts.filter((_, index) => prospects[index] && isTaken(prospects[index]))
      const passwordAlone = good.includes('password')
      // What is no means by itself goes with a password.
      const isBeside = !passwordAlone && accepts.includes('password') && good.some((kind) => kind !== 'passkey')
      return { kinds: isBeside ? ['password', ...good] : good, passwordAlone }
    },

    verdictOn(evidence, service, address) {
      const { level, amr } = observed(evidence)
      const population = personsPopulation(evidence)
      return foresee(evidence.provider, { level, amr, ...(population ? { population } : {}) }, service, address)
    },

    carriedBy(id, { level, amr }) {
      // Of a service that asks nothing only the level of the answer counts here.
      const question = { known: knownOf(id, amr), service: undemanding, place: 'remote', at: clock.now() } as const
      const { level: carried = level } = acceptances.ofSignIn(question, { level, amr })
      return lowerOf(carried, level)
    },

    minimumOf: (service) => minimumAt(termsOf(service), policy, clock.now()),

    asksSecondFactor: (service, secondFactorAt) =>
      asksSecondFactor(service, secondFactorAt, { ...policy, at: clock.now() }),

    seenIn,

    geographyOf(evidence, { geography }, { address, startedAt }) {
      if (!geography) return undefined
      const { standing = nobodysStanding } = evidence
      const proved = provedIn(evidence, startedAt)
      return decideGeography({ geography, seenIn: seenIn(address), standing, proved })
    },

    surroundingsOf: (evidence, { address, startedAt }) => ({
      place: placeOf(address, policy.localNetworks),
      twoFactors: provedIn(evidence, startedAt)?.twoFactors ?? false,
    }),
  }
}

/** What was proved in this very login; undefined where a session answers, or the provider's own. */
function provedIn(evidence: Evidence, startedAt: Instant): GeographyQuestion['proved'] {
  const isFresh = evidence.from === 'provider' && evidence.assertion.authTime >= startedAt - clockSkew
  return isFresh ? { level: evidence.assertion.level, twoFactors: hasTwoFactors(evidence.assertion) } : undefined
}

const undeclared: KnownMeans = { class: 'none', jurisdiction: 'FR', homologations: [] }

const undemanding: ServiceTerms = { id: '', minimumLevel: 'eidas1', sensitive: false }

const populationOf = (population: 'citizens' | 'professionals') =>
  population === 'citizens' ? ('citizen' as const) : ('professional' as const)

function personsPopulation(evidence: Evidence): SignIn['population'] {
  if (evidence.from === 'session') return evidence.population
  return evidence.assertion.identity.kind === 'professional' ? 'professional' : 'citizen'
}

/** Made once for each service of the registry, whose entries are frozen. */
const termsByService = new WeakMap<Service, ServiceTerms>()

function termsOf(service: Service): ServiceTerms {
  const found = termsByService.get(service)
  if (found) return found
  const { id, minimumLevel, sensitive, population, passwordAlone, riskProfile } = service
  const terms: ServiceTerms = {
    id,
    minimumLevel,
    sensitive,
    ...(population ? { population: populationOf(population) } : {}),
    ...(passwordAlone === undefined ? {} : { passwordAlone }),
    ...(riskProfile === undefined ? {} : { riskProfile }),
  }
  termsByService.set(service, terms)
  return terms
}

const isBetter = (a: Acceptance, b: Acceptance) =>
  a.accepted !== b.accepted ? a.accepted : a.reasons.length < b.reasons.length

/**
 * The words of `amr` by which a kind of the hub's own is known, the first that was said: whatever the level, which is the
 * enrolment's too. A list of codes has no word of its own, so two factors without any other are a password and one of it.
 */
const ownWords: readonly [word: string, kind: OwnMeansKind][] = [
  ['pop', 'passkey'],
  ['otp', 'totp'],
  ['sms', 'sms_code'],
  ['mail', 'mail_code'],
  ['mfa', 'recovery_codes'],
]

function ownKindOf(amr: readonly string[]): OwnMeansKind {
  return ownWords.find(([word]) => amr.includes(word))?.[1] ?? 'password'
}
