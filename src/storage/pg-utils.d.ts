/** A module of pg that its types leave out. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** A value as text, or as bytes, in the form in which PostgreSQL reads a parameter. */
    prepareValue(value: unknown): string | Buffer | null
  }
  export default utils
}
