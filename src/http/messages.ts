/**
 * Messages in three languages, in ICU syntax. A room with pages has a `messages.ts` of this shape; `createTranslator`
 * puts them together. A key that lacks a language, or that two rooms define, is told at once, when the hub starts. A
 * sentence is read when it is first said: all of them read are 8 MB, and most are of pages that few processes ever
 * show. That ICU can read every one is what the tests are for.
 */
import { IntlMessageFormat } from 'intl-messageformat'
import { type Language, languages } from '../kernel/languages.ts'

export type Messages = Record<Language, Record<string, string>>

/** Translates a message key with its values. Throws on a key that no bundle has, and on a value that is missing. */
export type Translate = (key: string, values?: Values) => string

export type Values = Record<string, string | number>

type Sentence = string | ((values: Values) => string)

/** Arabic with the digits that are used from Morocco to Tunisia, and in France. */
const locales: Record<Language, string> = { fr: 'fr-FR', en: 'en-GB', ar: 'ar-u-nu-latn' }

/** Unicode isolates: a Latin name inside an Arabic sentence must not move the words around it (UAX #9 section 2.4). */
const isolated: Record<Language, (value: string) => string> = {
  fr: (value) => value,
  en: (value) => value,
  ar: (value) => `\u2068${value}\u2069`,
}

/**
 * One translator for each language over all bundles.
 *
 * @throws Error with every key that is incomplete or defined twice
 */
export function createTranslator(...bundles: Messages[]): (language: Language) => Translate {
  const { owners, faults } = gather(bundles)
  if (faults.length > 0) throw new Error(`messages:\n${faults.join('\n')}`)
  const translators = Object.fromEntries(
    languages.map((language) => [language, translatorOf(language, owners)]),
  ) as Record<Language, Translate>
  return (language) => translators[language]
}

/** The locale of a language, for `Intl` formats of dates and numbers. */
export function localeOf(language: Language): string {
  return locales[language]
}

/** The bundle of each key. */
type Owners = ReadonlyMap<string, Messages>

function translatorOf(language: Language, owners: Owners): Translate {
  const sentences = new Map<string, Sentence>()
  return (key, values) => {
    let sentence = sentences.get(key)
    if (sentence === undefined) {
      sentence = read(key, language, owners)
      sentences.set(key, sentence)
    }
    return typeof sentence === 'string' ? sentence : sentence(values ?? {})
  }
}

function gather(bundles: readonly Messages[]): { owners: Owners; faults: string[] } {
  const owners = new Map<string, Messages>()
  const faults: string[] = []
  for (const bundle of bundles) {
    for (const key of new Set(languages.flatMap((language) => Object.keys(bundle[language])))) {
      for (const language of languages) if (!bundle[language][key]) faults.push(`${key}: no ${language}`)
      if (owners.has(key)) faults.push(`${key}: defined twice`)
      owners.set(key, bundle)
    }
  }
  return { owners, faults }
}

function read(key: string, language: Language, owners: Owners): Sentence {
  const text = owners.get(key)?.[language][key]
  if (text === undefined) throw new Error(`no message ${key}`)
  try {
    return compile(text, language)
  } catch (cause) {
    throw new Error(`message ${key} in ${language}: ${(cause as Error).message}`, { cause })
  }
}

/** French puts a space before its tall signs and inside its quotes, and a line must not break there. */
export const typeset: Record<Language, (text: string) => string> = {
  fr: (text) => text.replace(/ (?=[:;?!»%])|(?<=«) /g, '\u00a0'),
  en: (text) => text,
  ar: (text) => text,
}

function compile(source: string, language: Language): Sentence {
  const text = typeset[language](source)
  if (!/['{}]/.test(text)) return text
  const format = new IntlMessageFormat(text, locales[language], undefined, { ignoreTag: true })
  return joinOf(format, language) ?? ((values) => String(format.format(isolate(values, language))))
}

function isolate(values: Values, language: Language): Values {
  const isolateOne = (value: string | number) => (typeof value === 'string' ? isolated[language](value) : value)
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isolateOne(value)]))
}

/** The kinds of the parser's elements that need no `Intl`: literal text and a bare `{name}`. */
const literal = 0
const argument = 1

/** A sentence of text and bare names is joined directly: on a page of tiles, formatting them was half of its cost. */
function joinOf(format: IntlMessageFormat, language: Language): Sentence | undefined {
  const elements = format.getAst() as { type: number; value: string }[]
  if (!elements.every(({ type }) => type === literal || type === argument)) return undefined
  return (values) => {
    let sentence = ''
    for (const { type, value } of elements) {
      if (type === literal) sentence += value
      else {
        const given = values[value]
        if (given === undefined) throw new Error(`no value ${value}`)
        sentence += typeof given === 'string' ? isolated[language](given) : String(given)
      }
    }
    return sentence
  }
}
