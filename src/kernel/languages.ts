/** The languages of every page and message. Arabic is written from right to left. */
export const languages = ['fr', 'en', 'ar'] as const
export type Language = (typeof languages)[number]

/** A text in every language: public reasons, names of services and providers. */
export type Translated = Record<Language, string>

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && (languages as readonly string[]).includes(value)
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

/** A value for each language. */
export function inEachLanguage<T>(make: (language: Language) => T): Record<Language, T> {
  return Object.fromEntries(languages.map((language) => [language, make(language)])) as Record<Language, T>
}
