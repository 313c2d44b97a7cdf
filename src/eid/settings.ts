/** The section `eid` of `garant.yaml`, and what this room makes of it. */
import { z } from 'zod'
import { day, second } from '../kernel/durations.ts'
import { saying } from '../partners/fields.ts'
import { androidSchema, iosSchema, trustedPhonesSchema } from './attestation-settings.ts'
import type { EidRules } from './eid.ts'

/** The whole template must be an address, whatever stands in its place. */
const appLink = saying((text) => {
  const { protocol = '' } = URL.parse(text.replaceAll('{link}', 'x')) ?? {}
  if (text !== '{link}' && !text.includes('{link}')) return 'must contain {link}'
  const isAddress =
    text === '{link}' || (/^[a-z][a-z\d+.-]*:$/.test(protocol) && !/^(?:javascript|data):$/.test(protocol))
  return isAddress ? undefined : 'must be {link}, or an address that contains it: https://app.example/open?text={link}'
})

export const eidSchema = z
  .strictObject({
    /** What a sign-in without the card is worth. Never `eidas3`: that takes the card each time. */
    deviceKeyLevel: z.enum(['eidas1', 'eidas2']).default('eidas2'),
    phoneValidityDays: z
      .int()
      .min(1)
      .max(5 * 365)
      .default(2 * 365),
    /** From the opening of the page to the last number. */
    requestSeconds: z.int().min(60).max(900).default(300),
    /** RFC 10027, "Short-Lived/Timebound QR or User Codes". */
    codeSeconds: z.int().min(15).max(60).default(60),
    appLink: appLink.default('{link}'),
    android: androidSchema.exactOptional(),
    ios: iosSchema.exactOptional(),
    danger_trusted_phones: trustedPhonesSchema.exactOptional(),
  })
  .prefault({})

export type EidSettings = z.output<typeof eidSchema>

export function eidRules(settings: EidSettings): EidRules {
  const { deviceKeyLevel, phoneValidityDays, requestSeconds, codeSeconds, appLink: link } = settings
  return {
    deviceKeyLevel,
    phoneValidity: phoneValidityDays * day,
    requestLifetime: requestSeconds * second,
    codeLifetime: codeSeconds * second,
    appLink: link,
  }
}
