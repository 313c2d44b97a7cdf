/**
 * The one catalogue of what can go wrong. Each entry has a stable name (used in code and in message keys
 * `error.<name>.title|what|next`), a short code that a person can read out on the phone, an HTTP status, whose fault it
 * is, and the OAuth error that a service gets when the person can be sent back to it.
 *
 * Expected refusals are returned as values by the verbs; a `GarantError` is thrown where no caller can go on. `inside`
 * is for the log only and never leaves the process.
 */

/** Who can do something about it; the page says so. */
export type Fault = 'person' | 'service' | 'provider' | 'hub'

export interface CatalogueEntry {
  /** `G` and four digits; the first two name the family: 01 identity, 02 provider, 03 service, 04 means, 05 cards, 06 mandates, 10 hub, 19 session, 20 operators, 21 partners' staff. */
  code: `G${number}`
  status: number
  fault: Fault
  /** Error for the service by RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6; none: shown here only. */
  oauth?: OAuthError
}

export type OAuthError =
  | 'access_denied'
  | 'invalid_request'
  | 'invalid_scope'
  | 'login_required'
  | 'interaction_required'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'unauthorized_client'
  | 'unmet_authentication_requirements'

export const catalogue = {
  // Identity and linking
  identity_malformed: { code: 'G0101', status: 502, fault: 'provider', oauth: 'access_denied' },
  identity_collision: { code: 'G0102', status: 403, fault: 'hub', oauth: 'access_denied' },
  identity_frozen: { code: 'G0103', status: 403, fault: 'person', oauth: 'access_denied' },

  // Upstream providers
  provider_unknown: { code: 'G0201', status: 400, fault: 'person' },
  provider_disabled: { code: 'G0202', status: 403, fault: 'provider' },
  provider_not_allowed: { code: 'G0203', status: 403, fault: 'person' },
  provider_too_low: { code: 'G0204', status: 403, fault: 'person' },
  provider_blocked: { code: 'G0205', status: 403, fault: 'person' },
  provider_silent: { code: 'G0206', status: 504, fault: 'provider', oauth: 'temporarily_unavailable' },
  provider_refused: { code: 'G0207', status: 403, fault: 'provider', oauth: 'access_denied' },
  provider_cancelled: { code: 'G0208', status: 403, fault: 'person', oauth: 'access_denied' },
  provider_answer_invalid: { code: 'G0209', status: 502, fault: 'provider', oauth: 'access_denied' },
  provider_level_not_allowed: { code: 'G0210', status: 502, fault: 'provider', oauth: 'access_denied' },
  level_not_reached: { code: 'G0211', status: 403, fault: 'person', oauth: 'unmet_authentication_requirements' },
  callback_without_state: { code: 'G0212', status: 400, fault: 'person' },
  callback_foreign_browser: { code: 'G0213', status: 403, fault: 'person' },
  callback_replayed: { code: 'G0214', status: 400, fault: 'person' },
  no_provider_usable: { code: 'G0215', status: 503, fault: 'hub', oauth: 'temporarily_unavailable' },
  // "[T]he authorization server denied the request" (RFC 6749 section 4.1.2.1), by rules of its own.
  provider_means_refused: { code: 'G0216', status: 403, fault: 'person', oauth: 'access_denied' },

  // Services
  request_malformed: { code: 'G0301', status: 400, fault: 'service' },
  client_unknown: { code: 'G0302', status: 400, fault: 'service' },
  redirect_uri_unknown: { code: 'G0303', status: 400, fault: 'service' },
  person_cancelled: { code: 'G0304', status: 403, fault: 'person', oauth: 'access_denied' },
  login_required: { code: 'G0305', status: 403, fault: 'service', oauth: 'login_required' },
  interaction_required: { code: 'G0306', status: 403, fault: 'service', oauth: 'interaction_required' },
  // R082: by the service's rule of geography.
  country_refused: { code: 'G0307', status: 403, fault: 'service', oauth: 'access_denied' },
  country_needs_proof: { code: 'G0308', status: 403, fault: 'person', oauth: 'access_denied' },

  // The hub's own means
  message_not_sent: { code: 'G0401', status: 502, fault: 'hub' },
  means_busy: { code: 'G0402', status: 503, fault: 'hub' },

  // Certificates of cards
  certificate_refused: { code: 'G0501', status: 403, fault: 'person', oauth: 'access_denied' },
  certificate_expired: { code: 'G0502', status: 403, fault: 'person', oauth: 'access_denied' },
  certificate_revoked: { code: 'G0503', status: 403, fault: 'person', oauth: 'access_denied' },
  certificate_unknown_issuer: { code: 'G0504', status: 403, fault: 'person', oauth: 'access_denied' },
  certificate_unverifiable: { code: 'G0505', status: 503, fault: 'hub', oauth: 'temporarily_unavailable' },

  // Mandates, and who acts under them
  nobody_to_act_for: { code: 'G0601', status: 403, fault: 'person', oauth: 'access_denied' },

  // The hub
  not_found: { code: 'G1001', status: 404, fault: 'person' },
  not_allowed: { code: 'G1002', status: 403, fault: 'person' },
  form_foreign: { code: 'G1003', status: 403, fault: 'person' },
  too_many_requests: { code: 'G1004', status: 429, fault: 'person' },
  wrong_host: { code: 'G1005', status: 421, fault: 'person' },
  database_unavailable: { code: 'G1006', status: 503, fault: 'hub', oauth: 'temporarily_unavailable' },
  internal: { code: 'G1007', status: 500, fault: 'hub', oauth: 'server_error' },
  settings_invalid: { code: 'G1008', status: 500, fault: 'hub' },
  data_folder_busy: { code: 'G1009', status: 500, fault: 'hub' },
  schema_unknown: { code: 'G1010', status: 500, fault: 'hub' },
  request_unreadable: { code: 'G1011', status: 400, fault: 'person' },
  request_too_large: { code: 'G1012', status: 413, fault: 'person' },
  master_key_wrong: { code: 'G1013', status: 500, fault: 'hub' },

  // Logins in progress and sessions
  flow_expired: { code: 'G1901', status: 400, fault: 'person' },
  flow_foreign_browser: { code: 'G1902', status: 403, fault: 'person' },
  flow_out_of_step: { code: 'G1903', status: 409, fault: 'person' },
  session_needed: { code: 'G1904', status: 401, fault: 'person' },
  other_person: { code: 'G1905', status: 403, fault: 'person' },

  // Operators of the hub
  operator_signed_out: { code: 'G2001', status: 401, fault: 'person' },
  operator_role_missing: { code: 'G2002', status: 403, fault: 'person' },
  operator_refused: { code: 'G2003', status: 403, fault: 'person' },
  invitation_unusable: { code: 'G2004', status: 410, fault: 'person' },
  passkey_not_registered: { code: 'G2005', status: 400, fault: 'person' },

  // Those who work for partners
  staff_signed_out: { code: 'G2101', status: 401, fault: 'person' },
  staff_role_missing: { code: 'G2102', status: 403, fault: 'person' },
  staff_refused: { code: 'G2103', status: 403, fault: 'person' },
  staff_link_unusable: { code: 'G2104', status: 410, fault: 'person' },
} as const satisfies Record<string, CatalogueEntry>

export type ErrorName = keyof typeof catalogue

/** The entry of a name, with its optional members visible. */
export function entryOf(name: ErrorName): CatalogueEntry {
  return catalogue[name]
}

export class GarantError extends Error {
  override readonly name = 'GarantError'
  readonly error: ErrorName
  /** For the log only: identifiers and counts, never names, secrets, codes, tokens. */
  readonly inside: Record<string, string | number | boolean>

  constructor(error: ErrorName, inside: Record<string, string | number | boolean> = {}, options?: ErrorOptions) {
    super(`${error} ${JSON.stringify(inside)}`, options)
    this.error = error
    this.inside = inside
  }
}
