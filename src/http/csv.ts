/** Files for spreadsheets. */

/** RFC 4180, with a byte order mark: spreadsheets then read UTF-8. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `\ufeff${rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')}`
}

/**
 * Quoted as RFC 4180 section 2 has it. What a spreadsheet would take for a formula is given an apostrophe, which makes
 * it text: names and references come from partners and operators.
 */
export function cell(text: string): string {
  const harmless = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}
