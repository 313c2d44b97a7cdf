/**
 * What one decision of `src/policy/` costs: `node bench/policy.ts`. Each line is the best of many batches, in
 * microseconds, because what is above it is what else the machine was doing. The budget is 20 µs for a decision on the
 * path of a login; a password is judged when it is set, beside a hash of some ten milliseconds, and has 200 µs.
 */
import { keepAcceptances } from '../src/login/acceptances.ts'
import { decideAcceptance, type KnownMeans, type ServiceTerms, type SignIn } from '../src/policy/acceptance.ts'
import { decideAttempt } from '../src/policy/attempts.ts'
import { decideException } from '../src/policy/exception.ts'
import { mayReuse } from '../src/policy/level.ts'
import { decideFactors, decideMeans, type Means } from '../src/policy/means.ts'
import { placeOf } from '../src/policy/network.ts'
import { decidePassword } from '../src/policy/passwords.ts'
import { policyOf, policySchema } from '../src/policy/settings.ts'
import { decideSingleSignOn } from '../src/policy/single-sign-on.ts'
import { decideStepUp } from '../src/policy/step-up.ts'

const at = Date.parse('2026-11-22T10:00:00Z')
const day = 86_400_000
const policy = policyOf(policySchema.parse({ localNetworks: ['10.0.0.0/8', 'fd00:1::/32', '192.168.4.0/24'] }))

const service = { id: 'refunds', minimumLevel: 'eidas2', sensitive: true, passwordAlone: false } as const
const homologation = { service: 'refunds', author: 'A. Author', riskAnalysis: 'RA-1', at: at - 190 * day }
const means: Means = {
  class: 'homologated',
  level: 'eidas2',
  identityLevel: 'eidas2',
  factors: [{ kind: 'password' }, { kind: 'totp' }],
  bound: 'one_person',
  jurisdiction: 'FR',
  population: 'professional',
  validFrom: at - 1_000 * day,
  validUntil: at + day,
  homologations: [
    ...Array.from({ length: 19 }, (_, index) => ({ ...homologation, service: `service-${index}` })),
    homologation,
  ],
}
/** Its fourth anniversary is so near that the calendar is asked. */
const ending: Means = { ...means, homologations: [{ ...homologation, at: at - 1_460 * day }] }

/** A sign-in with another server, as a login judges it. */
const known: KnownMeans = {
  class: 'none',
  jurisdiction: 'FR',
  amr: { pwd: ['password'], otp: ['totp'] },
  homologations: [],
}
const terms: ServiceTerms = { id: 'library', minimumLevel: 'eidas1', sensitive: false, population: 'citizen' }
const signIn: SignIn = { level: 'eidas2', amr: ['pwd', 'otp', 'mfa'], population: 'citizen' }
const acceptances = keepAcceptances(policy)

interface Measured {
  what: string
  budget: number
  work: () => unknown
}

export const measured: Measured[] = [
  { what: 'means', budget: 20, work: () => decideMeans({ means, service, place: 'remote', at, policy }) },
  {
    what: 'means, on the day when its homologation ends',
    budget: 20,
    work: () => decideMeans({ means: ending, service, place: 'remote', at, policy }),
  },
  {
    what: 'factors',
    budget: 20,
    work: () =>
      decideFactors({
        factors: means.factors,
        place: 'remote',
        sensitive: true,
        passwordAlone: false,
        identityLevel: 'eidas3',
        policy,
      }),
  },
  {
    what: 'acceptance',
    budget: 20,
    work: () => decideAcceptance({ known, service: terms, signIn, place: 'remote', at, policy }),
  },
  {
    what: 'acceptance that was decided before',
    budget: 20,
    work: () => acceptances.ofSignIn({ known, service: terms, place: 'remote', at }, signIn),
  },
  {
    what: 'exception',
    budget: 20,
    work: () =>
      decideException({
        useCase: 'intensive care',
        riskAnalysis: 'RA-2',
        prior: {
          at: at - 60_000,
          factors: [
            { kind: 'password', id: '1' },
            { kind: 'contactless_chip', id: '2' },
          ],
        },
        factor: { kind: 'contactless_chip', id: '2' },
        at,
        window: policy.exceptionWindow,
      }),
  },
  {
    what: 'attempt after 24 failures',
    budget: 20,
    work: () =>
      decideAttempt(
        {
          failures: Array.from({ length: 24 }, (_, index) => at - index * 60_000),
          consecutive: 4,
          challengePassed: false,
        },
        policy.restrictions,
        at,
      ),
  },
  { what: 'place of an address', budget: 20, work: () => placeOf('2001:db8::8:800:200c:417a', policy.localNetworks) },
  {
    what: 'reuse of a session',
    budget: 20,
    work: () =>
      mayReuse(
        { level: 'eidas2', serves: 'eidas2', authTime: at - 60_000 },
        { acrValues: ['eidas2'], prompts: [], maxAge: 300 },
        { minimumLevel: 'eidas1', singleSignOn: true },
        at,
      ),
  },
  {
    what: 'step-up',
    budget: 20,
    work: () =>
      decideStepUp({
        session: { level: 'eidas2', serves: 'eidas2', lastSeen: at - 60_000 },
        secondFactorAt: at - 3_600_000,
        device: { trusted: true, secondFactorHere: false },
        sensitiveOperation: true,
        at,
      }),
  },
  { what: 'sso-required', budget: 20, work: () => decideSingleSignOn({ services: 6, professionals: 9, at }) },
  ...['Zx7kQp2m', 'correct-horse-battery-staple-lamp', '846205173958264'].map(
    (password): Measured => ({
      what: `password of ${password.length} characters`,
      budget: 200,
      work: () =>
        decidePassword({ password, identifier: 'amina.benali@ville.example', use: 'alone', profile: 'constructions' }),
    }),
  ),
]

const batch = 500
const batches = 60

/** @returns microseconds for one call, in the best of the batches */
export function cost(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < batches; round++) {
    const start = performance.now()
    for (let call = 0; call < batch; call++) work()
    best = Math.min(best, ((performance.now() - start) * 1_000) / batch)
  }
  return best
}

if (import.meta.main) {
  let isOver = false
  for (const { what, budget, work } of measured) {
    const microseconds = cost(work)
    isOver ||= microseconds > budget
    console.log(`${microseconds.toFixed(2).padStart(8)} µs of ${String(budget).padStart(3)}  ${what}`)
  }
  process.exitCode = isOver ? 1 : 0
}
