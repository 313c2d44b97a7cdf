/** What tests of decisions share: arbitrary factors, means and sign-ins, and a policy as it is shipped. */
import fc from '../../test/support/property.ts'
import { levels } from '../kernel/assurance.ts'
import type { KnownMeans, ServiceTerms, SignIn } from './acceptance.ts'
import { type Factor, type FactorKind, factorKinds } from './factors.ts'
import { enrolmentProofs, type Means, type MeansPolicy, meansClasses, populations, type ServiceRules } from './means.ts'
import { policyOf, policySchema } from './settings.ts'

export const shipped = policyOf(policySchema.parse({}))

const plainKinds = (Object.keys(factorKinds) as FactorKind[]).filter(
  (kind) => !['fingerprint', 'face', 'mail_otp'].includes(kind),
)

export const someFactor = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...plainKinds).map((kind) => ({ kind })) },
  fc.record({
    kind: fc.constantFrom('fingerprint', 'face'),
    verifiedOn: fc.constantFrom('holder_hardware', 'elsewhere'),
  }),
  fc.record({ kind: fc.constant('mail_otp'), resetsPassword: fc.boolean(), secured: fc.boolean() }),
) as fc.Arbitrary<Factor>

export const someFactors = fc.array(someFactor, { maxLength: 6 })

/** Mostly around the dates that decide, sometimes no instant at all. */
export const someInstant = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2031-01-01') }) },
  fc.double(),
)

const someLevel = fc.constantFrom(...levels)
const someReference = fc.constantFrom('', ' ', 'A. Author', 'RA-1')

export const someHomologation = fc.record({
  service: fc.constantFrom('refunds', 'records'),
  author: someReference,
  riskAnalysis: someReference,
  at: someInstant,
})

export const someMeans = fc.record(
  {
    class: fc.constantFrom(...meansClasses),
    level: someLevel,
    identityLevel: someLevel,
    factors: someFactors,
    bound: fc.constantFrom('one_person', 'shared'),
    jurisdiction: fc.constantFrom('FR', 'MA', ''),
    population: fc.constantFrom(...populations),
    validFrom: someInstant,
    validUntil: someInstant,
    revokedAt: someInstant,
    certificate: fc.record({ reference: someReference, validUntil: someInstant }),
    homologations: fc.array(someHomologation, { maxLength: 3 }),
    enrolment: fc.record({
      proofs: fc.uniqueArray(fc.constantFrom(...enrolmentProofs)),
      contactsVerified: fc.boolean(),
      inDirectory: fc.boolean(),
    }),
  },
  {
    requiredKeys: [
      'class',
      'level',
      'identityLevel',
      'factors',
      'bound',
      'jurisdiction',
      'population',
      'validFrom',
      'homologations',
    ],
  },
) as fc.Arbitrary<Means>

export const someService: fc.Arbitrary<ServiceRules> = fc.record({
  id: fc.constant('refunds'),
  minimumLevel: someLevel,
  sensitive: fc.boolean(),
  passwordAlone: fc.boolean(),
})

export const somePolicy: fc.Arbitrary<MeansPolicy> = fc.record({
  timeZone: fc.constantFrom('Europe/Paris', 'Africa/Casablanca', 'Indian/Reunion'),
  transitionEnd: someInstant,
  transitionEnds: fc.array(
    fc.record({
      jurisdiction: fc.constantFrom('FR', 'MA'),
      population: fc.constantFrom(...populations),
      end: someInstant,
    }),
    { maxLength: 2 },
  ),
  sensitiveMinimumFrom: someInstant,
  passwordAlone: fc.constantFrom('never', 'local', 'ordinary'),
  restrictions: fc.record({ delay: fc.boolean(), challenge: fc.boolean(), block: fc.boolean() }),
  localNetworks: fc.constant([]),
})

const someKinds = fc.uniqueArray(fc.constantFrom(...(Object.keys(factorKinds) as FactorKind[])), { maxLength: 4 })

export const someKnown = fc.record(
  {
    class: fc.constantFrom(...meansClasses),
    jurisdiction: fc.constantFrom('FR', 'MA'),
    factors: someKinds,
    amr: fc.record({ pwd: fc.constant(['password'] as const), otp: someKinds }, { requiredKeys: [] }),
    validFrom: someInstant,
    validUntil: someInstant,
    certificate: fc.record({ reference: fc.constant('CERT-1'), validUntil: someInstant }),
    enrolment: fc.constant({ proofs: ['franceconnect'], contactsVerified: true, inDirectory: false }),
    homologations: fc.array(someHomologation, { maxLength: 2 }),
  },
  { requiredKeys: ['class', 'jurisdiction', 'homologations'] },
) as fc.Arbitrary<KnownMeans>

export const someTerms = fc.record(
  {
    id: fc.constantFrom('refunds', 'records'),
    minimumLevel: someLevel,
    sensitive: fc.boolean(),
    population: fc.constantFrom(...populations),
    passwordAlone: fc.boolean(),
    riskProfile: someReference,
  },
  { requiredKeys: ['id', 'minimumLevel', 'sensitive'] },
) as fc.Arbitrary<ServiceTerms>

export const someSignIn = fc.record(
  {
    level: someLevel,
    amr: fc.subarray(['pwd', 'otp', 'sms', 'mfa', 'user']),
    population: fc.constantFrom(...populations),
  },
  { requiredKeys: ['level', 'amr'] },
) as fc.Arbitrary<SignIn>
