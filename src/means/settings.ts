/** The section `means` of `garant.yaml`, and what this room makes of it and of the policy. */
import { z } from 'zod'
import { levels } from '../kernel/assurance.ts'
import { day } from '../kernel/durations.ts'
import { addressProblem } from '../partners/addresses.ts'
import { saying } from '../partners/fields.ts'
import { ownProvider } from '../partners/vocabulary.ts'
import type { Policy } from '../policy/settings.ts'
import type { MeansKind, MeansRules } from './means.ts'

/** "Regular renewal" gives no number (R046): three years, five at most. */
const term = z
  .int()
  .min(1)
  .max(5 * 365)
  .default(3 * 365)

const domain = saying((text) =>
  /^(?=.{1,253}$)(?!-)[a-z\d-]+(?:\.[a-z\d-]+)+$/.test(text)
    ? undefined
    : 'must be a domain in lower case: medecin.mssante.fr',
)

export const meansSchema = z
  .strictObject({
    /** Days, by kind. */
    validityDays: z
      .strictObject({
        password: term,
        totp: term,
        recoveryCodes: term,
        passkey: term,
        smsCode: term,
        mailCode: term,
      })
      .prefault({} as never),
    enrolmentLevel: z.enum(levels).default('eidas1'),
    healthMailDomains: z.array(domain).max(1_000).default(['mssante.fr']),
    /** Plain http to this machine is one more rule, over two sections. */
    sms: z
      .strictObject({
        url: saying((text) => addressProblem(text, { allowHttp: true })),
        danger_secret: z.string().min(1).exactOptional(),
      })
      .exactOptional(),
  })
  .prefault({} as never)

export type MeansSettings = z.output<typeof meansSchema>

export function meansRules(settings: MeansSettings, policy: Policy): MeansRules {
  const { validityDays, enrolmentLevel, healthMailDomains } = settings
  const days: Record<MeansKind, number> = {
    password: validityDays.password,
    totp: validityDays.totp,
    recovery_codes: validityDays.recoveryCodes,
    passkey: validityDays.passkey,
    sms_code: validityDays.smsCode,
    mail_code: validityDays.mailCode,
  }
  return {
    validity: Object.fromEntries(Object.entries(days).map(([kind, term]) => [kind, term * day])) as typeof days,
    enrolment: { providerLevel: enrolmentLevel, healthMailDomains },
    // A health mailbox is a secured one (R055); not every secured one has an owner who was checked (R042).
    securedMailDomains: [...new Set([...policy.secureMailDomains, ...healthMailDomains])],
    restrictions: policy.restrictions,
    passwordProfile: policy.passwordProfile,
    provider: ownProvider,
  }
}
