/** What an address in the settings may look like. Each answer is the end of a sentence, or undefined when it is right. */
import { BlockList, isIP } from 'node:net'

export interface AddressRules {
  /** Plain http to this machine only, for a demo (`danger_allow_http`). */
  allowHttp: boolean
  /** What follows `#`; refused unless told, because it never reaches a server. */
  fragment?: 'allowed'
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

/** The checks in order; the first that fails speaks. */
const checks: [(url: URL, text: string, rules: AddressRules) => boolean, string][] = [
  [(url) => url.protocol === 'https:' || url.protocol === 'http:', 'must begin with https://'],
  [
    (url, _text, { allowHttp }) => url.protocol === 'https:' || (allowHttp && isLoopback(url.hostname)),
    'must begin with https:// (http only on this machine, with danger_allow_http)',
  ],
  [(url) => url.username === '' && url.password === '', 'must not hold a user name or password'],
  [(_url, text) => !text.includes('*'), 'must be one exact address: a wildcard (*) is not one'],
  // "The endpoint URI MUST NOT include a fragment component." (RFC 6749 section 3.1.2)
  [(_url, text, { fragment }) => fragment === 'allowed' || !text.includes('#'), 'must not have a fragment (#)'],
  // Two spellings of one address are two strings, and redirect URIs are compared as strings (RFC 9700 section 4.1.3).
  [
    (url, text) => url.href === text || url.href === `${text}/`,
    'must be in its canonical spelling: lower-case host, no default port, no "..", no space, percent-encoded',
  ],
]

export function addressProblem(text: string, rules: AddressRules): string | undefined {
  const url = URL.parse(text)
  if (!url) return 'must be an absolute address'
  return checks.find(([holds]) => !holds(url, text, rules))?.[1]
}

/** "a case-sensitive URL using the https scheme that contains [...] no query or fragment components" (Core 1.2). */
export function issuerProblem(text: string, rules: AddressRules): string | undefined {
  return addressProblem(text, rules) ?? (text.includes('?') ? 'must not have a query (?)' : undefined)
}
