/**
 * The section `policy` of `garant.yaml`: its schema, what belongs to it at the start, and the values that
 * decisions take. What a requirement fixes (four years, five failures) is a constant beside its decision, no setting.
 */
import { z } from 'zod'
import { hour } from '../kernel/durations.ts'
import { answerDays, type CaseRules } from './case-flow.ts'
import { exceptionWindow } from './exception.ts'
import { type MeansPolicy, populations } from './means.ts'
import { parseNetwork } from './network.ts'
import type { PhishingRules } from './phishing.ts'
import { type RelayRule, type RelayRules, relayAnswers, shippedRelayRules } from './relay.ts'
import { type SharingRules, shippedSharing } from './shared-devices.ts'
import { type StepUpRule, secondFactorInterval, stepUpRules } from './step-up.ts'
import type { SurgeRules } from './surge.ts'
import { thawDelay } from './thaw.ts'
import { travelSpeed } from './travel.ts'

/**
 * `constructions`: R065 as it stands. `lengths`: besides, 15 characters where the password stands alone and 8 beside
 * another factor (NIST SP 800-63B-4 section 3.1.1.2).
 */
export const passwordProfiles = ['constructions', 'lengths'] as const
export type PasswordProfile = (typeof passwordProfiles)[number]

const text = (pattern: RegExp, most: number, problem: string) =>
  z.string().refine((value) => value.length <= most && pattern.test(value), problem)

const instant = z
  .string()
  .refine(
    (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value)),
    'must be a date and time with its zone: 2026-01-01T00:00:00+01:00',
  )

const zone = z.string().refine((value) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}, 'must be the name of a time zone: Europe/Paris')

/** A range this wide holds whole continents: nobody on it is local. */
const widest = 8

const network = z.string().refine((value) => {
  const parsed = parseNetwork(value)
  return parsed !== undefined && parsed.prefix >= widest
}, 'must be an address or a range of /8 or smaller, without bits beyond its prefix: 10.1.0.0/16, fd00:1::/32')

const relayRule = ({ upToSubstantial, high }: RelayRule) =>
  z
    .strictObject({
      upToSubstantial: z.enum(relayAnswers).default(upToSubstantial),
      high: z.enum(relayAnswers).default(high),
    })
    .prefault({} as never)

/** The shipped default of R031 and R032: exclusive, the transition lasted until 2025-12-31T23:59:59 in Paris. */
const shippedEnd = '2026-01-01T00:00:00+01:00'

export const policySchema = z
  .strictObject({
    timeZone: zone.default('Europe/Paris'),
    transitionEnd: instant.default(shippedEnd),
    transitionEnds: z
      .array(
        z.strictObject({
          jurisdiction: text(/^[A-Z]{2}$/, 2, 'must be the two letters of a country: FR'),
          population: z.enum(populations),
          end: instant,
        }),
      )
      .max(50)
      .default([]),
    sensitiveMinimumFrom: instant.default(shippedEnd),
    localNetworks: z.array(network).max(100).default([]),
    passwordAlone: z.enum(['never', 'local', 'ordinary']).default('local'),
    passwordProfile: z.enum(passwordProfiles).default('constructions'),
    restrictions: z
      .strictObject({
        delay: z.boolean().default(true),
        challenge: z.boolean().default(false),
        // Whoever knows an identifier can have it blocked: anyone would lock anyone out.
        block: z.boolean().default(false),
      })
      .prefault({} as never),
    secureMailDomains: z
      .array(text(/^(?!-)[a-z\d-]+(?:\.[a-z\d-]+)+$/, 253, 'must be a domain in lower case: medecin.mssante.fr'))
      .max(1_000)
      .default([]),
    exceptionHours: z
      .number()
      .min(0.25)
      .max(24)
      .default(exceptionWindow / hour),
    stepUp: z.enum(stepUpRules).default('sensitive'),
    secondFactorHours: z
      .int()
      .min(1)
      .max(720)
      .default(secondFactorInterval / hour),
    thawHours: z
      .int()
      .min(1)
      .max(720)
      .default(thawDelay / hour),
    travelKilometresPerHour: z.int().min(300).max(5_000).default(travelSpeed),
    relay: z
      .strictObject({
        differentCountry: relayRule(shippedRelayRules.differentCountry),
        differentNetwork: relayRule(shippedRelayRules.differentNetwork),
      })
      .prefault({} as never),
    sharing: z
      .strictObject({
        people: z.int().min(2).max(100).default(shippedSharing.people),
        devices: z.int().min(2).max(100).default(shippedSharing.devices),
      })
      .prefault({} as never),
    phishing: z
      .strictObject({
        // A typing error, and another one: less than this is no copy of a message.
        misusedFrom: z.int().min(2).max(20).default(5),
        warnFrom: z.int().min(2).max(100_000).default(20),
        publish: z.boolean().default(false),
      })
      .prefault({} as never),
    cases: z
      .strictObject({
        answerDays: z.int().min(1).max(30).default(answerDays),
        surge: z
          .strictObject({
            // One family that was robbed, or one shared computer, is no wave.
            atLeast: z.int().min(3).max(100_000).default(10),
            times: z.number().min(1.1).max(100).default(2),
            publish: z.boolean().default(false),
          })
          .prefault({} as never),
      })
      .prefault({} as never),
  })
  .prefault({} as never)

export type PolicySettings = z.output<typeof policySchema>

/** R064: false where a password alone is accepted and nothing restricts attempts; then the hub does not start. */
export function isRestricted({ passwordAlone, restrictions }: PolicySettings): boolean {
  const { delay, challenge, block } = restrictions
  return passwordAlone === 'never' || delay || challenge || block
}

/** What is accepted, but worth a second look. */
export function policyDoubts(settings: PolicySettings): string[] {
  const { transitionEnd, transitionEnds, sensitiveMinimumFrom } = settings
  const isLater = (value: string) => Date.parse(value) > Date.parse(shippedEnd)
  const doubts: [string, boolean][] = [
    [
      'policy.transitionEnd: is later than the end of 2025 that the rules of health in France name',
      isLater(transitionEnd),
    ],
    [
      'policy.transitionEnds: extends the transition: keep the text that allows it',
      transitionEnds.some(({ end }) => isLater(end)),
    ],
    ['policy.sensitiveMinimumFrom: sensitive services take the low level until then', isLater(sensitiveMinimumFrom)],
  ]
  return doubts.filter(([, holds]) => holds).map(([doubt]) => doubt)
}

/** What decisions take. Addresses and instants are read once, here. */
export interface Policy extends MeansPolicy {
  passwordProfile: PasswordProfile
  /** Milliseconds: `window` of `decideException`. */
  exceptionWindow: number
  /** R059: of which sign-ins the second factor is asked again. */
  stepUp: StepUpRule
  /** Milliseconds: `interval` of `decideStepUp`. */
  secondFactorInterval: number
  /** Milliseconds from the request for a thaw to its effect. */
  thawDelay: number
  /** When questions about messages show phishing. */
  phishing: PhishingRules
  /** By when partners answer about a case. */
  cases: CaseRules
  /** When reports of misused identities rise. */
  surge: SurgeRules
  /** Kilometres per hour: what is faster than that is no travel (`unusualContext`). */
  travelSpeed: number
  /** What happens when a code is scanned elsewhere than where it is shown. */
  relay: RelayRules
  /** From when a device or a card is shared by people who act for organisations (R088). */
  sharing: SharingRules
  /** Domains whose mailboxes are secured (R055): that of MSSanté and its like. */
  secureMailDomains: readonly string[]
}

export function policyOf(settings: PolicySettings): Policy {
  const { timeZone, passwordAlone, passwordProfile, restrictions, secureMailDomains } = settings
  return {
    timeZone,
    transitionEnd: Date.parse(settings.transitionEnd),
    transitionEnds: settings.transitionEnds.map(({ end, ...whose }) => ({ ...whose, end: Date.parse(end) })),
    sensitiveMinimumFrom: Date.parse(settings.sensitiveMinimumFrom),
    localNetworks: settings.localNetworks.map(parseNetwork).filter((parsed) => parsed !== undefined),
    passwordAlone,
    passwordProfile,
    restrictions,
    secureMailDomains,
    exceptionWindow: settings.exceptionHours * hour,
    stepUp: settings.stepUp,
    secondFactorInterval: settings.secondFactorHours * hour,
    thawDelay: settings.thawHours * hour,
    travelSpeed: settings.travelKilometresPerHour,
    relay: settings.relay,
    sharing: settings.sharing,
    phishing: settings.phishing,
    cases: { answerDays: settings.cases.answerDays },
    surge: settings.cases.surge,
  }
}
