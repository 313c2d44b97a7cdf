/** Fields that settings files share, as schemas whose faults are the end of a sentence. */
import { z } from 'zod'

/** A text judged by a function that says what is wrong with it, or nothing. */
export function saying(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = problemOf(text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
}

/** An instant as RFC 3339 writes it; without a zone it would mean something else on each machine. */
export const instantText = saying((text) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
    ? undefined
    : 'must be a date and time with its zone: 2027-01-31T12:00:00Z',
)

/** A text of one line, as it is shown. */
export function words(most: number) {
  return saying((text) => (text.length > most ? `must have at most ${most} characters` : oneLineProblem(text)))
}

export function oneLineProblem(text: string): string | undefined {
  return text === '' || /^\s|\s$|\p{Cc}/u.test(text)
    ? 'must be a text of one line, without spaces around it'
    : undefined
}

/** A list without repetition, which may be empty. */
export function distinct<T extends z.ZodType>(item: T, most: number) {
  return z
    .array(item)
    .max(most)
    .refine((list) => new Set(list).size === list.length, 'has the same entry twice')
}

/** A list without repetition and not empty. */
export function some<T extends z.ZodType>(item: T, most: number) {
  return distinct(item, most).min(1)
}
