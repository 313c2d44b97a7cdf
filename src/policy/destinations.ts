/**
 * May the hub itself call this address? Partners name addresses that it calls: documents, keys, tokens, userinfo, status,
 * logout. None of them may lead it into the network that it stands in (server-side request forgery), whatever the name
 * that the address hides behind. What is public may be called; the rest only where the operator of the hub allows it.
 *
 * Pure. That the address which is judged is the one that is connected to is the affair of `http/outbound.ts`.
 */
import ipaddr from 'ipaddr.js'
import { contains, type Network, parseAddress, parseNetwork } from './network.ts'

export interface DestinationRules {
  /** This machine may be called: for a demo (`danger_allow_http`). */
  loopback: boolean
  /** Ranges that may be called although they are not public. */
  networks: readonly Network[]
  /** Names whose private addresses may be called, in lower case. Never this machine, nor its own link. */
  hosts: ReadonlySet<string>
}

/** What stands in the way. */
export type Forbidden =
  /** RFC 1918, RFC 4193 (unique local), RFC 6598 (shared by the customers of an operator). */
  | 'private'
  | 'loopback'
  /** Where the metadata of clouds are, among others. */
  | 'link_local'
  /** Multicast, broadcast, unspecified, documentation, benchmarks, tunnels, and whatever else is nobody's server. */
  | 'special'

/** The section `outbound.allow` of the settings: addresses, ranges and names. */
export function destinationRules({
  allow,
  loopback,
}: {
  allow: readonly string[]
  loopback: boolean
}): DestinationRules {
  const read = allow.map((text) => ({ text, network: parseNetwork(text) }))
  return {
    loopback,
    networks: read.flatMap(({ network }) => network ?? []),
    hosts: new Set(read.filter(({ network }) => !network).map(({ text }) => text)),
  }
}

/** Nothing but what is public. */
export const publicOnly: DestinationRules = { loopback: false, networks: [], hosts: new Set() }

/**
 * Undefined when the address may be called. `host` is the name by which it was found, or the address itself.
 * What is no address, or has a zone, is `special`.
 */
export function decideDestination(address: string, host: string, rules: DestinationRules): Forbidden | undefined {
  const bytes = parseAddress(address)
  if (!bytes) return 'special'
  // An address that a translator makes of an IPv4 address leads where that one does.
  const own = translated(bytes) ?? bytes
  const kind = kindOf(own)
  if (kind === undefined) return undefined
  if (!isNobody(own) && rules.networks.some((network) => contains(network, bytes) || contains(network, own)))
    return undefined
  if (kind === 'loopback' && rules.loopback) return undefined
  if (kind === 'private' && rules.hosts.has(host.toLowerCase().replace(/\.$/, ''))) return undefined
  return kind
}

/**
 * The same of the host of an address before anything is looked up, as `URL` spells it: what a literal, or a name of this
 * machine (RFC 6761 section 6.3), says by itself. Other names are undefined here: they are judged by what they lead to.
 */
export function decideHost(hostname: string, rules: DestinationRules): Forbidden | undefined {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (parseAddress(host)) return decideDestination(host, host, rules)
  return /(?:^|\.)localhost\.?$/.test(host) ? decideDestination('127.0.0.1', host, rules) : undefined
}

/** Undefined for a public one: what is known as one, not what is not known as something else. */
function kindOf(bytes: readonly number[]): Forbidden | undefined {
  const range = ipaddr.fromByteArray([...bytes]).range()
  // "2000::/3 Global Unicast" is all that was ever given out (IANA, Internet Protocol Version 6 Address Space).
  const isGiven = bytes.length === 4 || ((bytes[0] ?? 0) & 0xe0) === 0x20
  if (range === 'unicast') return isGiven ? undefined : 'special'
  return kinds[range] ?? 'special'
}

const kinds: Record<string, Forbidden> = {
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'private',
  loopback: 'loopback',
  linkLocal: 'link_local',
}

/** No range of the settings allows these: there is no server at the other end. */
function isNobody(bytes: readonly number[]): boolean {
  return ['multicast', 'broadcast', 'unspecified'].includes(ipaddr.fromByteArray([...bytes]).range())
}

/** "64:ff9b::/96", the "Well-Known Prefix" by which networks without IPv4 reach it (RFC 6052 section 2.1). */
function translated(bytes: readonly number[]): readonly number[] | undefined {
  const prefix = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
  return bytes.length === 16 && prefix.every((byte, index) => bytes[index] === byte) ? bytes.slice(12) : undefined
}
