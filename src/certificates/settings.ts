/** The section `cards.kinds` of `garant.yaml`: which cards the hub knows, who vouches for them, and how it reads them. */
import { z } from 'zod'
import { levels } from '../kernel/assurance.ts'

/** One PEM file, or the PEM text itself. Each may hold several certificates. */
const pem = z.string().min(1).max(200_000)

const oid = z
  .string()
  .max(100)
  .regex(/^[0-2](?:\.(?:0|[1-9]\d*))+$/, { error: 'must be an object identifier: 1.2.250.1.71.1' })

/** Its certificate is no secret and what it answers is signed: plain http is how responders and lists are served. */
const address = z
  .string()
  .max(2_000)
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? '') && !text.includes('#'), {
    error: 'must be an address: http:// or https://',
  })

const host = z
  .string()
  .max(253)
  .regex(/^[a-z\d.-]+$|^\[?[a-f\d:.]+\]?$/, {
    error: 'must be the name of a host, in small letters and without a port',
  })

/** What of a certificate can be read: of the subject's name (RFC 5280 appendix A) and its attributes (RFC 3739 section 3.2.2). */
export const namedAttributes = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  title: '2.5.4.12',
  givenName: '2.5.4.42',
  organizationIdentifier: '2.5.4.97',
  dateOfBirth: '1.3.6.1.5.5.7.9.1',
  placeOfBirth: '1.3.6.1.5.5.7.9.2',
  gender: '1.3.6.1.5.5.7.9.3',
  countryOfCitizenship: '1.3.6.1.5.5.7.9.4',
  countryOfResidence: '1.3.6.1.5.5.7.9.5',
} as const

const attribute = z.string().refine((text) => Object.hasOwn(namedAttributes, text) || oid.safeParse(text).success, {
  error: 'must be the name of an attribute (givenName, dateOfBirth…) or an object identifier',
})

const pattern = z
  .string()
  .min(1)
  .max(300)
  .refine(isPattern, { error: 'must be a regular expression with at most one group' })

function isPattern(text: string): boolean {
  try {
    return (new RegExp(`${text}|`, 'u').exec('')?.length ?? 0) <= 2
  } catch {
    return false
  }
}

/** What is read is what the only group of the pattern holds, or all that it matches. */
const reading = (from: string, matching: string) =>
  z.strictObject({ from: attribute.default(from), pattern: pattern.default(matching) }).prefault({})

const pivotRules = z.strictObject({
  kind: z.literal('pivot'),
  givenName: attribute.default('givenName'),
  birthName: attribute.default('surname'),
  birthdate: attribute.default('dateOfBirth'),
  gender: attribute.default('gender'),
  /** A code of the COG: of a commune, or of the country for who was born elsewhere. */
  birthplace: attribute.default('placeOfBirth'),
  /** Where the certificate says it by itself; otherwise it follows from the birthplace. A code of the COG as well. */
  birthcountry: attribute.exactOptional(),
  /** Of the person, not of the card: it stays when the card is renewed. Case is folded (R073; STANDARDS 3.3). */
  document: reading('serialNumber', '^(?:IDCMA-)?([A-Z]{1,2}[0-9]{5,6})$'),
})

const professionalRules = z.strictObject({
  kind: z.literal('professional'),
  /** The national identifier with its type digit, or without it where `prefix` says the digit. */
  nationalId: reading('commonName', '^(.{1,80})$'),
  prefix: z
    .string()
    .regex(/^[038]$/, { error: 'must be 8 (RPPS), 0 (ADELI) or 3 (FINESS)' })
    .exactOptional(),
  givenName: attribute.default('givenName'),
  familyName: attribute.default('surname'),
})

const revocation = z
  .strictObject({
    /** The only responder that is asked. Otherwise the one that the certificate names. */
    ocsp: address.exactOptional(),
    /** The only list that is read, of cards; those of their issuers are where their certificates say. */
    crl: address.exactOptional(),
    /** Hosts that certificates may name although they are not public. */
    hosts: z.array(host).max(50).default([]),
    /** `required`: an answer that does not repeat the nonce of the question is none. */
    nonce: z.enum(['echoed', 'required']).default('echoed'),
    /** How long a good answer is used again. */
    maxAgeMinutes: z.int().min(0).max(1_440).default(10),
    /** An answer or a list that was made longer ago is none, whatever it says of its own end. */
    oldestHours: z
      .int()
      .min(1)
      .max(31 * 24)
      .default(8 * 24),
    /** Below eidas3 a card whose revocation nobody can tell is accepted all the same. */
    danger_soft_fail_below_eidas3: z.boolean().default(false),
  })
  .prefault({})

export const cardKindSchema = z.strictObject({
  anchors: z.array(pem).min(1).max(20),
  intermediates: z.array(pem).max(50).default([]),
  /** One of them must hold along the whole path. */
  policies: z.array(oid).max(20).default([]),
  level: z.enum(levels).default('eidas3'),
  /** The chip may be read without contact and without its PIN: such a card alone proves nothing (R034). */
  contactless: z.boolean().default(false),
  revocation,
  identity: z.discriminatedUnion('kind', [pivotRules, professionalRules]),
})

const kindName = z.string().regex(/^[a-z][a-z\d_-]{0,39}$/, { error: 'must be a short name in small letters' })

/** Kinds of card by name. */
export const cardKindsSchema = z
  .record(kindName, cardKindSchema)
  .refine((kinds) => Object.keys(kinds).length <= 20, { error: 'must be 20 kinds at most' })
  .default({})

export type CardKind = z.output<typeof cardKindSchema>
export type CardKinds = Record<string, CardKind>
export type IdentityRules = CardKind['identity']
export type RevocationRules = CardKind['revocation']
