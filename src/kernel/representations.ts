/** Words about who represents an organisation that facts name too (`directory/organisations.ts`). */

/** Why a representation is over, or cannot be gone by. */
export const representationEnds = [
  /** The edition in force does not name the pair any more, or not as somebody who may act alone. */
  'left_register',
  'organisation_closed',
  /** Of its own end. */
  'term',
  /** The edition is older than the settings allow: over only until the next one has it again. */
  'edition_too_old',
  /** Nobody looked again at the document. */
  'check_overdue',
  /** Operators took the document back. */
  'withdrawn',
] as const
export type RepresentationEnd = (typeof representationEnds)[number]

/** Of documents by which somebody represents an organisation. */
export const documentKinds = ['register_extract', 'articles', 'minutes', 'power_of_attorney', 'court_decision'] as const
export type DocumentKind = (typeof documentKinds)[number]
