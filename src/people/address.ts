/** Mail addresses: what may be written to at all. Whether somebody reads there is another question (`contacts.ts`). */
import { domainToASCII } from 'node:url'

/** RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.3: 64 octets before the `@`, 256 for a path with its two brackets. */
const longest = { local: 64, address: 254 }

/** RFC 5321 `Dot-string` with the letters of RFC 6531: no quotes, no comments, nothing that ends a header. */
const localPattern = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainPattern = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/

/** The address with its domain in lower case and in ASCII; undefined when it is not one. */
export function parseAddress(text: string): string | undefined {
  if (text.length > longest.address * 2) return undefined
  const whole = text.normalize('NFC').trim()
  const at = whole.lastIndexOf('@')
  const local = whole.slice(0, Math.max(at, 0))
  const domain = domainToASCII(whole.slice(at + 1))
  const address = `${local}@${domain}`
  const isOne =
    localPattern.test(local) &&
    domainPattern.test(domain) &&
    Buffer.byteLength(local) <= longest.local &&
    Buffer.byteLength(address) <= longest.address
  return isOne ? address : undefined
}

/** One mailbox, as nearly every server sees it: the case before the `@` does not count either. */
export function mailboxOf(address: string): string {
  return address.toLowerCase()
}
