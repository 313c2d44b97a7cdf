/**
 * The code that somebody quotes to support, whatever they took it from: an error page (`G0102 · 1A2B-3C4D-5E6F`, or a part
 * of that), a line of their history, a message of the hub, an earlier request. Only its letters and digits count, and
 * those that a hand or an ear takes for one another are one, so that what an operator types finds what a person typed.
 */
import { catalogue } from '../kernel/errors.ts'

export interface QuotedCode {
  /** Of an error, where one was quoted with it. */
  error?: string
  /** In groups of four; absent where there was no more than the code of an error. */
  code?: string
  /** The two as one text, by which the same code is found again. */
  canonical: string
}

const errorCodes = new Set(Object.values(catalogue).map(({ code }) => code as string))
const folded: Record<string, string> = { O: '0', I: '1', L: '1' }

/** Undefined where nothing was quoted. */
export function readQuotedCode(text: string): QuotedCode | undefined {
  const latin = text.normalize('NFKC').replace(/[٠-٩]/g, (digit) => String('٠١٢٣٤٥٦٧٨٩'.indexOf(digit)))
  const upper = latin.toUpperCase()
  const error = upper.match(/\bG\d{4}\b/g)?.find((one) => errorCodes.has(one))
  const rest = error === undefined ? upper : upper.replace(error, ' ')
  const letters = rest.replace(/[^A-Z0-9]/g, '').replace(/[OIL]/g, (letter) => folded[letter] ?? letter)
  if (letters === '' && error === undefined) return undefined
  const code = letters.match(/.{1,4}/g)?.join('-')
  // A page is found by its own code, with or without that of its error.
  return { ...(error ? { error } : {}), ...(code ? { code } : {}), canonical: code ?? error ?? '' }
}
