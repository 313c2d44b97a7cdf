/** Addresses of the pages on what runs: providers, ways in, rehearsal, incidents, banners. */
import type { Warning } from '../alerts/checks.ts'
import type { BannerId, IncidentId, ProviderId, SuspensionId } from '../kernel/ids.ts'

export const operationsPaths = {
  /** GET `?q=`, `?state=`. */
  providers: '/console/providers',
  provider: (provider: ProviderId) => `/console/providers/${provider}`,
  /** GET: the form. POST the form, `act=review|edit|confirm`, `expected`. */
  suspend: (provider: ProviderId) => `/console/providers/${provider}/suspend`,
  /** The same for one that there is. */
  amend: (provider: ProviderId, suspension: SuspensionId) => `/console/providers/${provider}/suspensions/${suspension}`,
  /** POST `expected`. */
  lift: (provider: ProviderId, suspension: SuspensionId) =>
    `/console/providers/${provider}/suspensions/${suspension}/lift`,
  /** POST `to=hidden|active`, `act=review|confirm`, `expected`. */
  visibility: (provider: ProviderId) => `/console/providers/${provider}/visibility`,
  /** GET: how many ways lead into each service. */
  ways: '/console/ways-in',
  /** GET `service`, `level`, `out` (several), `language`. */
  rehearsal: '/console/rehearsal',
  incidents: '/console/incidents',
  /** GET: the form. POST `text_fr`, `text_en`, `text_ar`, `seen`. */
  incident: (incident: IncidentId) => `/console/incidents/${incident}`,
  banners: '/console/banners',
  /** GET: the form. POST the form, `act=review|edit|confirm`, `banner`. */
  newBanner: '/console/banners/new',
  /** The same form, with the warning that stands ready. */
  readyWarning: (about: Warning) => `/console/banners/new?ready=${about}`,
  /** The same for one that there is, with `expected`. */
  banner: (banner: BannerId) => `/console/banners/${banner}`,
  /** POST `expected`. */
  withdrawBanner: (banner: BannerId) => `/console/banners/${banner}/withdraw`,
} as const
