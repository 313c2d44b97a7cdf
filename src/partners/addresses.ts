/** What an address in the settings may look like. Each answer is a problem, or undefined when it is right. */
import { BlockList, isIP } from 'node:net'
import { type DestinationRules, decideDestination } from '../policy/destinations.ts'
import { type Problem, type ProblemCode, problem } from './problems.ts'

export interface AddressRules {
  /** Plain http to this machine only, for a demo (`danger_allow_http`). */
  allowHttp: boolean
  /** What follows `#`; refused unless told, because it never reaches a server. */
  fragment?: 'allowed'
  /** Set when the hub itself calls it: where it may. A name is judged when it is called, an address already here. */
  called?: DestinationRules
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** `localhost`, its subdomains (RFC 6761 section 6.3) and the loopback addresses. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) === 0) return host === 'localhost' || host.endsWith('.localhost')
  return loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}

/** Does it lead, by what is written, where the hub calls nobody? */
function isPrivate({ hostname }: URL, rules: DestinationRules): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) === 0) return isLoopback(host) && !rules.loopback
  return decideDestination(host, host, rules) !== undefined
}

/** The checks in order; the first that fails speaks. */
const checks: [(url: URL, text: string, rules: AddressRules) => boolean, ProblemCode][] = [
  [(url) => url.protocol === 'https:' || url.protocol === 'http:', 'address_scheme'],
  [
    (url, _text, { allowHttp }) => url.protocol === 'https:' || (allowHttp && isLoopback(url.hostname)),
    'address_not_https',
  ],
  [(url) => url.username === '' && url.password === '', 'address_user'],
  [(_url, text) => !text.includes('*'), 'address_wildcard'],
  // "The endpoint URI MUST NOT include a fragment component." (RFC 6749 section 3.1.2)
  [(_url, text, { fragment }) => fragment === 'allowed' || !text.includes('#'), 'address_fragment'],
  // Two spellings of one address are two strings, and redirect URIs are compared as strings (RFC 9700 section 4.1.3).
  [(url, text) => url.href === text || url.href === `${text}/`, 'address_spelling'],
  [(url, _text, { called }) => !called || !isPrivate(url, called), 'address_private'],
]

export function addressProblem(text: string, rules: AddressRules): Problem | undefined {
  const url = URL.parse(text)
  if (!url) return problem('not_an_address')
  const broken = checks.find(([holds]) => !holds(url, text, rules))
  return broken && problem(broken[1])
}

/** "a case-sensitive URL using the https scheme that contains [...] no query or fragment components" (Core 1.2). */
export function issuerProblem(text: string, rules: AddressRules): Problem | undefined {
  return addressProblem(text, rules) ?? (text.includes('?') ? problem('address_query') : undefined)
}
