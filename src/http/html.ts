/**
 * HTML that is safe by construction: every value put into `html` is escaped unless it is itself `Html`. The only way
 * around is `danger_raw`, for files that ship with the hub.
 *
 * The escaping is Hono's. Its own `html` also awaits promises and runs callbacks, which no page of the hub has; being
 * ready for them was a third of what a page costs to make.
 */
import { escapeToBuffer } from 'hono/utils/html'
import type { Translate } from './messages.ts'

/** Markup. `html` and `danger_raw` alone make it. */
export type Html = Markup

class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** Values may be strings, numbers, `Html`, arrays of these; `undefined`, `null`, `false` print nothing. No promises. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
  const written: Written = [strings[0] ?? '']
  for (let index = 0; index < values.length; index++) {
    write(values[index], written)
    written[0] += strings[index + 1] ?? ''
  }
  return new Markup(written[0])
}

/** Marks text as HTML without escaping. For constants of this source tree only, never for anything received. */
export function danger_raw(text: string): Html {
  return new Markup(text)
}

/** Markup that the language alone decides: made once with the translator of each, and kept with it. */
export function onceInEachLanguage(make: (t: Translate) => Html): (t: Translate) => Html {
  const madeWith = new WeakMap<Translate, Html>()
  return (t) => {
    const found = madeWith.get(t)
    if (found) return found
    const made = make(t)
    madeWith.set(t, made)
    return made
  }
}

/** As Hono's function takes it: it appends to the first. */
type Written = [string]

function write(value: unknown, written: Written): void {
  if (typeof value === 'string') escapeToBuffer(value, written)
  else if (value instanceof Markup) written[0] += value.toString()
  else if (Array.isArray(value)) for (const one of value) write(one, written)
  else if (typeof value !== 'boolean' && value !== undefined && value !== null) escapeToBuffer(String(value), written)
}
