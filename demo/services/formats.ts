/** Dates and amounts as a person of each language reads them, in the time zone of the town. */
import type { Instant } from '../../src/kernel/clock.ts'
import type { Language } from '../../src/kernel/languages.ts'

/** Arabic of the Maghreb writes the digits that French does. */
const locales: Record<Language, string> = { fr: 'fr-FR', en: 'en-GB', ar: 'ar-MA' }
const timeZone = 'Europe/Paris'

export function formatDate(at: Instant, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: 'medium', timeZone }).format(at)
}

export function formatDateTime(at: Instant, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeStyle: 'long', timeZone }).format(at)
}

export function formatMonth(at: Instant, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { month: 'long', year: 'numeric', timeZone }).format(at)
}

/** `cents` is a whole number of hundredths of a euro. */
export function formatAmount(cents: number, language: Language): string {
  return new Intl.NumberFormat(locales[language], { style: 'currency', currency: 'EUR' }).format(cents / 100)
}
