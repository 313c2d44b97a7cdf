/**
 * HTML that is safe by construction: every value put into `html` is escaped unless it is itself `Html`. The only way
 * around is `danger_raw`, for files that ship with the hub.
 */
import { html as honoHtml, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export type Html = HtmlEscapedString

/** Values may be strings, numbers, `Html`, arrays of these; `undefined`, `null`, `false` print nothing. No promises. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
  return honoHtml(strings, ...values) as Html
}

/** Marks text as HTML without escaping. For constants of this source tree only, never for anything received. */
export function danger_raw(text: string): Html {
  return raw(text)
}
