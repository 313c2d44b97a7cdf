/** The section `breaches` of `garant.yaml`: under whose rules the hub stands, and who is told of a breach. */
import { z } from 'zod'
import { languages } from '../kernel/languages.ts'
import { saying, words } from '../partners/fields.ts'
import { type Authority, knownAuthorities, notificationHours } from '../policy/breach.ts'

const country = saying((text) => (/^[A-Z]{2}$/.test(text) ? undefined : 'must be the two letters of a country: FR'))

const zone = saying((text) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return undefined
  } catch {
    return 'must be the name of a time zone: Europe/Paris'
  }
})

const contact = saying((text) =>
  /^(mailto:|tel:|https:\/\/)\S+$|^[^\s@:]+@[^\s@:]+$/.test(text) ? undefined : 'must be mailto:…, tel:… or https://…',
)

const id = saying((text) =>
  /^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(text) && text.length <= 32
    ? undefined
    : 'must be in kebab case, 32 characters at most',
)

export const breachesSchema = z
  .strictObject({
    jurisdictions: z.array(country).min(1).max(20).default(['FR']),
    contact: contact.exactOptional(),
    authorities: z
      .array(
        z.strictObject({
          id,
          jurisdiction: country,
          name: words(120),
          language: z.enum(languages),
          timeZone: zone,
          hours: z.int().min(1).max(720).default(notificationHours),
        }),
      )
      .max(50)
      .default([]),
  })
  .prefault({})

export type BreachesSettings = z.output<typeof breachesSchema>

/** Those that this project knows, and those that the settings add; one of the same id takes the place of a known one. */
export function authoritiesIn(settings: Pick<BreachesSettings, 'authorities'>): Authority[] {
  const added = settings.authorities.map(
    ({ name, ...authority }): Authority => ({
      ...authority,
      ...{ duty: 'data', basis: 'law', name: { fr: name, en: name, ar: name } },
    }),
  )
  return [...knownAuthorities.filter(({ id }) => !added.some((one) => one.id === id)), ...added]
}

/** Two letters of countries under whose rules the hub stands and for which it knows nobody to tell. */
export function withoutAuthority(settings: BreachesSettings): string[] {
  const known = authoritiesIn(settings)
  return settings.jurisdictions.filter(
    (one) => !known.some(({ jurisdiction, duty }) => jurisdiction === one && duty === 'data'),
  )
}
