/** Fields that settings files share, as schemas whose faults are the end of a sentence. */
import { z } from 'zod'
import { type Problem, type ProblemCode, problem, type SaidValues } from './problems.ts'

/** A text judged by a function that says what is wrong with it, or nothing. */
export function saying(problemOf: (text: string) => Problem | string | undefined) {
  return z.string().superRefine((text, context) => {
    const found = problemOf(text)
    if (found !== undefined) context.addIssue(issueOf(found))
  })
}

/** An issue of a schema that says a problem. */
export function issueOf(found: Problem | string) {
  const code = 'custom' as const
  return typeof found === 'string'
    ? { code, message: found }
    : { code, message: found.text, params: { problem: found } }
}

/** The same for `refine`. */
export function raising(code: ProblemCode, values?: SaidValues) {
  const found = problem(code, values)
  return { error: found.text, params: { problem: found } }
}

/** An instant as RFC 3339 writes it; without a zone it would mean something else on each machine. */
export const instantText = saying((text) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
    ? undefined
    : problem('not_an_instant'),
)

/** A text of one line, as it is shown. */
export function words(most: number) {
  return saying((text) => (text.length > most ? problem('too_long', { most }) : oneLineProblem(text)))
}

export function oneLineProblem(text: string): Problem | undefined {
  return text === '' || /^\s|\s$|\p{Cc}/u.test(text) ? problem('not_one_line') : undefined
}

/** A list without repetition, which may be empty. */
export function distinct<T extends z.ZodType>(item: T, most: number) {
  return z
    .array(item)
    .max(most)
    .refine((list) => new Set(list).size === list.length, raising('twice'))
}

/** A list without repetition and not empty. */
export function some<T extends z.ZodType>(item: T, most: number) {
  return distinct(item, most).min(1)
}
