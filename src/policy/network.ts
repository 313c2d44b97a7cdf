/**
 * Local or remote: a property of networks that the operator names in the settings (R060), decided on the address that
 * the connection has. What a client says about itself, a header among it, is never asked here: behind a proxy the caller
 * gives the address that a trusted proxy reported, and nothing else.
 */

export type Place = 'local' | 'remote'

/** An address range, ready to compare. */
export interface Network {
  /** 4 or 16 bytes. */
  bytes: readonly number[]
  prefix: number
}

/** `10.1.0.0/16`, `fd00:1::/32`, or one address. Undefined when it is none, or has a bit set beyond its prefix. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefixText, ...rest] = text.split('/')
  const bytes = parseAddress(address)
  if (!bytes || rest.length > 0) return undefined
  const bits = bytes.length * 8
  if (prefixText === undefined) return { bytes, prefix: bits }
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefixText) || Number(prefixText) > bits) return undefined
  const prefix = Number(prefixText)
  const isBase = bytes.every((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, prefix - index * 8)))) === 0)
  return isBase ? { bytes, prefix } : undefined
}

/** `local` exactly when the address lies in one of the networks; what is no address is remote. */
export function placeOf(address: string | undefined, networks: readonly Network[]): Place {
  // Mostly there are none, and every decision of a login asks.
  if (address === undefined || networks.length === 0) return 'remote'
  return isWithin(networks, parseAddress(address)) ? 'local' : 'remote'
}

export function isWithin(networks: readonly Network[], address: readonly number[] | undefined): boolean {
  return address !== undefined && networks.some((network) => contains(network, address))
}

/**
 * The part of an address that one household, office or provider of a telephone has: `192.0.2.0/24`, or the first 48 bits
 * of an IPv6 address in hexadecimal. Undefined for what is no address.
 */
export function neighbourhoodOf(address: string | undefined): string | undefined {
  const bytes = address === undefined ? undefined : parseAddress(address)
  if (!bytes) return undefined
  return bytes.length === 4 ? `${bytes.slice(0, 3).join('.')}.0/24` : Buffer.from(bytes.slice(0, 6)).toString('hex')
}

/** Of the same family: a range of IPv4 holds no address of IPv6. */
export function contains({ bytes, prefix }: Network, address: readonly number[]): boolean {
  if (bytes.length !== address.length) return false
  const whole = prefix >> 3
  for (let index = 0; index < whole; index++) if (bytes[index] !== address[index]) return false
  const rest = prefix & 7
  return rest === 0 || ((bytes[whole] ?? 0) ^ (address[whole] ?? 0)) >> (8 - rest) === 0
}

/** The bytes of an address; an IPv4 address inside of IPv6 (`::ffff:10.0.0.1`) is the IPv4 address that it is. */
export function parseAddress(text: string): number[] | undefined {
  if (!text.includes(':')) return parseV4(text)
  const bytes = parseV6(text)
  return bytes && contains(mapped, bytes) ? bytes.slice(12) : bytes
}

/** `::ffff:0:0/96` (RFC 4291 section 2.5.5.2). */
const mapped: Network = { bytes: [...new Array<number>(10).fill(0), 0xff, 0xff, 0, 0, 0, 0], prefix: 96 }

function parseV4(text: string): number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  // "010" is eight to some and ten to others: it is no address here.
  if (!parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined
  return parts.map(Number)
}

/** RFC 4291 section 2.2, without a zone: an address of a link belongs to no configured network. */
function parseV6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = [groupsOf(halves[0] ?? '', halves.length === 1), groupsOf(halves[1] ?? '', true)]
  if (!head || !tail) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return [...head, ...new Array<number>(missing).fill(0), ...tail]
}

/** The bytes of groups between colons; the last one of an address may be an IPv4 address. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const dotted = isEnd && index === groups.length - 1 && group.includes('.') ? parseV4(group) : undefined
    if (dotted) bytes.push(...dotted)
    else if (/^[\da-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff)
    else return undefined
  }
  return bytes
}
