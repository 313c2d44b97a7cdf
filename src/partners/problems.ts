/**
 * What can be wrong with a field of the settings, or worth a second look, as a stable code with its values. The English
 * here is the command line's: the end of a sentence that begins with the path of the field ("must be …"). Pages say the
 * same by `fault-messages.ts`, in each language; answers of the API carry the code.
 */

const texts = {
  // Of any field
  missing: 'is missing',
  wrong_type: 'must be {expected}, not {given}',
  not_that: 'must be {offered}',
  not_one_of: 'must be one of {offered}',
  empty: 'must not be empty',
  too_low: 'must be at least {least}',
  too_high: 'must be at most {most}',
  too_long: 'must have at most {most} characters',
  too_many: 'must have at most {most} entries',
  key_not_allowed: 'has a key that is not allowed',
  unknown_key: 'is not a known key',
  not_valid: 'is not valid',
  twice: 'has the same entry twice',
  not_text: 'must be text',
  not_an_instant: 'must be a date and time with its zone: 2027-01-31T12:00:00Z',
  not_one_line: 'must be a text of one line, without spaces around it',
  not_an_id: 'must be in kebab case: small letters and digits, with single hyphens, 64 at most',
  not_a_mailbox: 'must be an e-mail address',
  not_a_country: 'must be the two letters of a country: FR',

  // Addresses
  not_an_address: 'must be an absolute address',
  address_scheme: 'must begin with https://',
  address_not_https: 'must begin with https:// (http only on this machine, with danger_allow_http)',
  address_user: 'must not hold a user name or password',
  address_wildcard: 'must be one exact address: a wildcard (*) is not one',
  address_fragment: 'must not have a fragment (#)',
  address_query: 'must not have a query (?)',
  address_spelling:
    'must be in its canonical spelling: lower-case host, no default port, no "..", no space, percent-encoded',
  address_private: 'must not lead into a private network: the hub itself calls it',

  // Keys and secrets
  key_private: 'must be a public key: this one holds private parts',
  key_small: 'must have at least {least} bits',
  key_exponent: 'has a public exponent that is not an odd number of at least 3',
  key_curve: 'is on a curve that the hub does not take: P-256, P-384, P-521 or Ed25519',
  key_of_program: 'must be a key for signatures: RSA of at least 2048 bits, P-256 or Ed25519',
  not_a_key: 'is not a public key (JWK)',
  scopes_not_party: 'must be those of a partner’s program: party:…',
  scopes_not_hub: 'must be those of a program of the hub, and none of a partner’s',
  keys_same_kid: 'must give each key its own kid',
  keys_needed: 'or jwksUri, exactly one of them, is needed by private_key_jwt',
  keys_unused: 'and jwksUri are for private_key_jwt only',
  gateway_keys: 'or jwksUri, exactly one of them, is needed: what the gateway signs is verified by it',
  secret_sources: 'must have exactly one of env, file, danger_plain, kept',
  secret_file: 'is in a file that cannot be read',
  secret_env: 'is not in the environment: {name}',
  secret_ascii: 'must be printable ASCII, and not empty',
  secret_weak: 'is too weak: it must be at least 32 random bytes',
  secret_needed: 'is missing: this way of authenticating needs one',
  secrets_two: 'has two secrets in force: give the older one its end (until)',
  secrets_same: 'has the same secret twice',
  secrets_unused: 'must be left out: private_key_jwt uses keys',
  secret_not_kept:
    'keeps a secret that is not in force on this hub, or could be either of two: give it by env or file in place of kept',
  client_secret_needed: 'is missing: this way of authenticating needs it',
  client_secret_unused: 'must be left out: private_key_jwt uses the keys of the hub',
  client_secret_not_kept: 'keeps a secret that is not in force on this hub: give it by env or file in place of kept',
  client_secret_elsewhere:
    'keeps a secret that would go to another address than today: give it by env or file in place of kept',

  // Logos
  logo_heavy: 'must weigh at most {most} kB',
  logo_plain: 'must be a plain SVG: elements, attributes in quotes and comments only',
  logo_outside: 'must hold nothing outside its <svg> element',
  logo_closes: 'closes <{element}> where it is not open',
  logo_unclosed: 'does not close <{element}>',
  logo_root: 'must be one <svg> element',
  logo_element: 'must not hold <{element}>',
  logo_attribute_twice: 'has an attribute twice on <{element}>',
  logo_attribute: 'must not hold the attribute {attribute}',
  logo_namespace: 'must have the namespace {namespace}',
  logo_href: 'must refer only to its own parts (href="#…")',
  logo_reference: 'must refer only to its own parts ({attribute})',
  logo_square: 'must be square: viewBox="0 0 n n"',

  // Services
  needs_openid: 'must include openid',
  not_a_sector: 'must be a host name in small letters',
  sector_needed: 'is missing: the redirect URIs are on several hosts, so say which sector their subjects belong to',
  sector_taken: 'is {sector}, already the sector of another partner ({owner})',
  sector_was_taken:
    'is {sector}, which was the sector of another partner ({owner}): people would be known by the same subjects',
  sector_another: 'is {sector}, which belongs to somebody else',
  choice_missing: 'is missing: "all", or a list of provider ids',
  choice: 'must be "all" or a list of provider ids, none of them twice',
  provider_unknown: 'names {id}, which is not a provider',
  service_unknown: 'names {id}, which is not a service',
  hint_not_taken: 'names a provider that is not among the providers of this service',
  risk_profile_needed: 'is missing: a service that takes a password alone says where its measures are written (R067)',
  geography_level_unused: 'must be left out: elsewhere the service is closed, and no level opens it',
  representation_needed:
    'is missing: it says what may be done for an organisation, and the scope representation needs it',
  representation_remote_wider: 'names an action that the service does not take',
  representation_remote_unused: 'must say nothing else: what is closed opens by no level',
  service_secret_scope: 'and the scope service_secret must go together',
  service_secret_short:
    'is too short for 128 bits: at least 39 digits, 32 hex digits, 22 letters and digits, or 20 printable signs',
  justification_length: 'must say why in {least} to {most} characters, on one line',
  justification_unasked: 'is for a scope that the service does not have',

  // Providers
  state_kind: 'must have a kind: active, suspended or hidden',
  connector_kind: 'must have a kind: oidc, own_means, gateway, card, eid_app or card_and_code',
  discovery_unused: 'must be left out: metadata already says it all',
  metadata_issuer: 'must be the issuer of the connector',
  identity_population: 'and population must go together: professional with professionals, pivot with citizens',
  claim_unknown: 'has a name that is not a claim of the pivot identity, preferred_username or email',
  acr_incomplete: 'must have a word for every allowed level',
  own_means_class:
    "must be left out: what the hub's own means prove is known, and their classes are in the register of means",
  factors_needed:
    'is missing: a card, a homologated means and one of transition are judged by their factors (or by amr)',
  certificate_needed: 'is missing: a certified means names its certificate (R024)',
  before_valid_from: 'must be later than validFrom',
  before_since: 'must be later than since',
  above_highest: 'must be one of the allowed levels, and not the highest: nothing would be above it',
  closed_after_since: 'must not be later than since',
  own_provider: "and connector must go together: {id} is the provider of the hub's own means, and of nothing else",
  card_unknown: 'names {id}, which is not a kind of card of the settings (cards.kinds)',
  way_not_set_up: 'is a way that the settings of the hub do not have: cards.tls or cards.proxy, cards.webEid',
  house_factors: 'must be left out: what a card or the e-ID app proved, the hub saw by itself',
  stand_in_level: 'must stay below eidas3: a card and a code carry no more',
  stand_in_unknown: 'names {id}, which is not a provider of kind eid_app',
  own_accepts: 'needs password or passkey: nothing else signs in by itself',

  // Of one file
  id_twice: 'is already the id of another {kind} of this file',

  // Drafts
  id_fixed: 'must be {id}: an id never changes',
  id_taken: 'is taken',
  partner_unknown: 'is of no partner',
  state_apart: 'is no setting: suspend or hide the provider instead',
  secrets_apart: 'are not written here: a secret is made, and ended, by itself',
  client_secret_apart: 'is not written here: it is given beside the settings, or kept',
  entry_large: 'is too large to be kept: at most {most} kB',
  drafts_many: 'would be one draft too many of something new: publish or discard one, {most} at most',
  overlap_range: 'must be a whole number of days from {least} to {most}',
  reason_length: 'must be one line of 1 to {most} characters',

  // What operators grant
  reserved: 'is granted by the operators of the hub: ask them',
  reserved_more: 'is granted by the operators of the hub, and what is granted does not go as far: ask them ({granted})',
  reserved_new: 'is something new that only the operators of the hub may publish: ask them',
  reserved_return: 'is something that is published no more: only the operators of the hub may bring it back',
  sector_not_own: 'must be the host of one of the redirect URIs, or the sector of another service of yours',
  justification_needed: 'is missing: say why the service needs {scope}',
  justification_granted: 'is the reason for which operators granted {scope}: withdraw the scope and ask for it anew',
  scope_refused: 'was refused by the operators ({reason}): give another reason, or leave the scope out',

  // Worth a second look
  doubt_secret_in_clear: 'a secret is written out in the file (danger_plain)',
  doubt_secret_kept: 'a secret that it keeps must be in force on the hub already',
  doubt_suspension_stays: 'the file does not lift a suspension that it did not make itself',
  doubt_owner: 'it passes from {before} to {after}, which will know every person by the same subject',
  doubt_sector: 'its sector changes, so it will know every person by a new subject',
  doubt_elsewhere: '{id} is not in this file, so it must be published already',
  doubt_only_secret_ends: 'its only secret has an end',
  doubt_no_psc: 'it is sensitive and open to professionals, and takes no provider of class psc (R022)',
  doubt_no_class:
    'it is sensitive and no provider that it takes is of a recognised class: the register of means has to say more',
  doubt_nobody: 'no provider that it takes reaches {level}: nobody can sign in',
  doubt_single: '{id} is the only provider that serves it: nobody can sign in when that one stops',
  doubt_app_alone: 'nothing stands in for it when it is down, and no other provider reaches {level} (R083)',
  doubt_issuer: 'the same issuer, {issuer}',
} as const satisfies Record<string, string>

export type ProblemCode = keyof typeof texts

export const problemCodes = Object.keys(texts) as ProblemCode[]

/** What is allowed but worth a second look, and of what. */
export interface Doubt {
  about: { kind: 'partner' | 'service' | 'provider'; id: string }[]
  said: Problem
}

/** In English: `service refunds: its only secret has an end`. */
export function sayDoubt({ about, said }: Doubt): string {
  const kind = about[0]?.kind ?? ''
  return `${kind}${about.length > 1 ? 's' : ''} ${about.map(({ id }) => id).join(', ')}: ${said.text}`
}

const codes = new Map<string, ProblemCode>(problemCodes.map((code) => [texts[code], code]))

/** The problem that a sentence of its own says: a schema of alternatives can carry nothing else. */
export function problemOf(text: string): Problem | undefined {
  const code = codes.get(text)
  return code && { code, text }
}

export type SaidValues = Readonly<Record<string, string | number>>

/** What is wrong, for a program or a page to say. */
export interface Said {
  code: ProblemCode
  values?: SaidValues
}

export interface Problem extends Said {
  /** In English. */
  text: string
}

export function problem(code: ProblemCode, values?: SaidValues): Problem {
  const text = texts[code].replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = values?.[name]
    if (value === undefined) throw new Error(`${code} has no value for ${name}`)
    return String(value)
  })
  return { code, text, ...(values ? { values } : {}) }
}
