/**
 * What an operator types into the forms of enrolment, read into what the verbs take, or every fault at once. Pure but for
 * the table of communes. Nobody's identity is decided here: the rules of its fields are those of `kernel/`.
 */
import { type Birthplaces, createBirthplaces } from '../directory/birthplaces.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { PivotIdentity } from '../kernel/identity.ts'
import { france, parsePivot } from '../kernel/parse-pivot.ts'
import type { Identifier, Proof } from '../means/means.ts'
import { startOfDay } from '../policy/calendar.ts'

export const identityFields = [
  'given_name',
  'family_name',
  'preferred_username',
  'birthdate',
  'gender',
  'birthcountry',
  'birthplace',
] as const

export const proofFields = ['proof', 'mailbox', 'checked_on', 'evidence'] as const
export const identifierFields = ['identifier_kind', 'identifier'] as const

/** Names of fields as forms have them. */
export type FieldName =
  | (typeof identityFields)[number]
  | (typeof proofFields)[number]
  | (typeof identifierFields)[number]
  | 'rpps'

/** `reason` is a closed word: `enrol.fault.<reason>` says it. */
export interface FieldFault {
  field: FieldName
  reason: string
}

export type Values = Partial<Record<FieldName, string>>
export type Read<T> = { ok: true; value: T } | { ok: false; faults: FieldFault[] }

export const birthplaces: Birthplaces = createBirthplaces()

/** As it stands on the document. A commune is typed by its name or its code. */
export function readIdentity(values: Values, now: Instant): Read<PivotIdentity> {
  const birthcountry = values.birthcountry ?? ''
  const place = birthcountry === france ? communeIn(values.birthplace ?? '') : { code: '' }
  const parsed = parsePivot(
    {
      ...values,
      birthcountry,
      birthdate: dateIn(values.birthdate ?? ''),
      birthplace: 'code' in place ? place.code : '00000',
    },
    { now },
  )
  if (parsed.ok) return { ok: true, value: parsed.identity }
  const faults = parsed.faults.map(({ field, problem }) => ({
    field: field as FieldName,
    reason: field === 'birthplace' && 'reason' in place ? place.reason : problem,
  }))
  return { ok: false, faults }
}

function communeIn(typed: string): { code: string } | { reason: 'commune_unknown' | 'commune_of_several' } {
  const text = typed.trim()
  if (text === '' || /^\d[\dAB]\d{3}$/i.test(text)) return { code: text.toUpperCase() }
  const [found, another] = birthplaces.communesNamed(text)
  if (!found) return { reason: 'commune_unknown' }
  return another ? { reason: 'commune_of_several' } : { code: found.code }
}

/** `24/08/1962` as well as `1962-08-24`; `00` for a part that nobody knows. */
function dateIn(typed: string): string {
  const text = typed.trim()
  const [, date, month, year] = /^(\d{1,2})[\s./-](\d{1,2})[\s./-](\d{4})$/.exec(text) ?? []
  return date && month && year ? `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}` : text
}

/** How people are seen beside their document, the strongest first. */
export const waysSeen = ['face_to_face', 'video', 'photo'] as const

export type TypedProof = Extract<Proof, { kind: 'document' | 'health_mailbox' }>

/** A check that was longer ago is done again. */
const longestAgo = 30 * day
const longestEvidence = 200

export function readProof(
  values: Values,
  about: { now: Instant; timeZone: string },
): Read<{ proof: TypedProof; evidence: string; checkedOn: string }> {
  const { proof: kind = '', mailbox = '', checked_on: checkedOn = '' } = values
  const evidence = lineOf(values.evidence ?? '')
  const proof = proofIn(kind, mailbox.trim())
  const at = startOfDay(checkedOn, about.timeZone)
  const checks: [FieldName, string, boolean][] = [
    ['proof', 'proof_missing', !proof],
    ['mailbox', 'missing', kind === 'health_mailbox' && mailbox.trim() === ''],
    ['checked_on', 'date_malformed', Number.isNaN(at)],
    ['checked_on', 'future', at > about.now],
    ['checked_on', 'date_too_old', at < about.now - longestAgo],
    // The code that came back is the evidence of a mailbox.
    ['evidence', 'missing', proof?.kind === 'document' && evidence === ''],
    ['evidence', 'too_long', [...evidence].length > longestEvidence],
  ]
  const faults = checks.filter(([, , fails]) => fails).map(([field, reason]) => ({ field, reason }))
  return proof && faults.length === 0 ? { ok: true, value: { proof, evidence, checkedOn } } : { ok: false, faults }
}

function proofIn(kind: string, address: string): TypedProof | undefined {
  if (kind === 'health_mailbox') return { kind, address }
  const seen = [...waysSeen, 'document_only' as const].find((one) => one === kind)
  return seen && { kind: 'document', seen }
}

export const identifierKinds = ['login_name', 'email', 'phone', 'private'] as const

/** Undefined when none was typed. */
export function identifierIn(values: Values): Identifier | undefined {
  const value = (values.identifier ?? '').trim()
  const kind = identifierKinds.find((one) => one === values.identifier_kind) ?? 'login_name'
  return value === '' ? undefined : { kind, value }
}

function lineOf(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
}

/** Today, as a form has it. The Swedish form of a date is that of ISO 8601. */
export function todayIn(timeZone: string, now: Instant): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone }).format(now)
}
