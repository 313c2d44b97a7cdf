/** Lengths of time in milliseconds. Each that is a rule says its source; each that is a choice says why. */

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** Authorization code: FAPI 2.0 Security Profile section 5.3.2.1 allows 60 s; a redirect takes less than one. */
export const codeLifetime = 30 * second

/** Access token: only userinfo is read with it, at once. */
export const accessTokenLifetime = 60 * second

/** Mandate token: for a few calls of another service's interface; what it stands for is looked at each time. */
export const mandateTokenLifetime = 5 * minute

/** Id token: read once, at the end of the redirect. */
export const idTokenLifetime = 60 * second

/** A login that is not finished: long enough to find a card or receive a letter's code. */
export const flowLifetime = 30 * minute

/** Browser session: ends after this time of inactivity (R057), */
export const sessionIdle = 30 * minute
/** ... and in any case after this one, however busy. */
export const sessionAbsolute = 12 * hour

/** Known devices are remembered so long after their last use. */
export const deviceMemory = 90 * day

/** What an upstream provider may take for one answer before the person is told that it is silent. */
export const upstreamTimeout = 8 * second
