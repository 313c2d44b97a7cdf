/**
 * The country of an address, from a table that ships with the hub: no outside call. A private, local or unknown address
 * has none.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { BlockList, isIP, SocketAddress } from 'node:net'
import { Reader, type Response } from 'mmdb-lib'

export interface Places {
  /** ISO 3166-1 alpha-2 in capitals, or undefined. */
  countryOf(address: string): string | undefined
}

const table = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'

/**
 * Addresses that belong to no country (IANA special-purpose registries, RFC 6890). They are asked first, because the
 * table follows routing announcements and puts some private networks on a continent.
 */
const nowhere = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  nowhere.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  nowhere.addSubnet(network, prefix, 'ipv6')
}

/** The table is read at the first question: about 8 MB of memory, one microsecond for an answer. */
export function createPlaces(): Places {
  let reader: Reader<Response> | undefined
  return {
    countryOf(given) {
      const address = plain(given)
      if (!address || nowhere.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')) return undefined
      reader ??= new Reader(readFileSync(createRequire(import.meta.url).resolve(table)))
      const found = reader.get(address) as { country_code?: unknown } | null
      const country = found?.country_code
      return typeof country === 'string' && /^[A-Z]{2}$/.test(country) ? country : undefined
    },
  }
}

/** Without a zone (`fe80::1%eth0`), and as IPv4 when it is an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2). */
function plain(given: string): string | undefined {
  const address = given.split('%')[0] ?? ''
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address
  return /^::ffff:([\d.]+)$/.exec(canonical)?.[1] ?? canonical
}
