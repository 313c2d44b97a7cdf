/** Files for spreadsheets. */

/** A byte order mark: spreadsheets then read UTF-8. */
export const csvStart = '\ufeff'

/** RFC 4180. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `${csvStart}${csvRows(rows)}`
}

/** What comes after the rows that a file has already. */
export function csvRows(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

/**
 * Quoted as RFC 4180 section 2 has it. What a spreadsheet would take for a formula is given an apostrophe, which makes
 * it text: names and references come from partners and operators.
 */
export function cell(text: string): string {
  const harmless = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}
