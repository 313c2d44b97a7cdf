/** What a request's headers prefer: language, encoding, page or JSON. Weighted lists as RFC 9110 section 12.4.2 has them. */
import { isLanguage, type Language } from '../kernel/languages.ts'

/** The values of a weighted list, the preferred ones first; those of weight 0 are "not acceptable" and left out. */
export function preferences(header: string | undefined): string[] {
  if (!header) return []
  return header
    .split(',', 32)
    .map((item) => {
      const [value = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return { value, weight: weight ? Number(weight.slice(2)) : 1 }
    })
    .filter(({ value, weight }) => value && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ value }) => value)
}

/** The languages that the hub speaks among BCP 47 tags, in their order: `fr-MA` is French. */
export function spoken(tags: readonly string[]): Language[] {
  const found = tags.map((tag) => tag.toLowerCase().split('-', 1)[0]).filter(isLanguage)
  return [...new Set(found)]
}

/** Browsers send one of a few headers, so what they prefer is read once. Longer ones than theirs are not kept. */
const preferred = new Map<string, Language | undefined>()
const mostKept = 500
const longestKept = 100

/** Of the languages that the hub speaks, the one that an `Accept-Language` header prefers. */
export function preferredLanguage(header = ''): Language | undefined {
  if (preferred.has(header)) return preferred.get(header)
  const [language] = spoken(preferences(header))
  if (header.length > longestKept) return language
  if (preferred.size >= mostKept) preferred.clear()
  preferred.set(header, language)
  return language
}

/** Did the client ask for JSON rather than for a page? A browser always names `text/html`. */
export function prefersJson(accept: string | undefined): boolean {
  return accept?.includes('json') === true && !accept.includes('text/html')
}

export type Encoding = 'br' | 'gzip'

export function encodingFor(header: string | undefined): Encoding | undefined {
  const accepted = preferences(header)
  return (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding))
}
