/**
 * The code printed in a message, and the digests by which it is found again. It is made from the message's id with a key
 * of this room: every try and every recipient gets the same, it rests nowhere, and without the key nobody can make one.
 * 55 bits are too many to guess at a page.
 */
import { makeReference, parseReference } from '../connections/reference.ts'
import type { MessageId } from '../kernel/ids.ts'
import { deriveKey, keyedHash, seal, unseal } from '../kernel/secrets.ts'
import { mailboxOf } from '../people/address.ts'

export interface Codes {
  of(message: MessageId): string
  /** The code that somebody typed, or undefined when it is none. */
  parse(text: string): string | undefined
  markOf(code: string): string
  /** Of a mailbox together with a code: two messages to one mailbox have nothing in common. */
  addressMark(code: string, address: string): string
  networkMark(network: string): string
  /** Recipients and copies, bound to their delivery. */
  seal(text: string, message: MessageId, position: number, what: 'recipient' | 'copy'): Buffer
  open(sealed: Buffer, message: MessageId, position: number, what: 'recipient' | 'copy'): string
}

/** `key`: 256 bits of this room. */
export function createCodes(key: Buffer): Codes {
  const sealKey = deriveKey(key, 'alerts/seal')
  const codeKey = deriveKey(key, 'alerts/code')
  const markKey = deriveKey(key, 'alerts/code-mark')
  const contextOf = (message: MessageId, position: number, what: 'recipient' | 'copy') =>
    what === 'copy' ? `${message}/${position}/copy` : `${message}/${position}`
  return {
    of: (message) => makeReference(Buffer.from(keyedHash(codeKey, 'message', message), 'base64url')),
    parse: parseReference,
    markOf: (code) => keyedHash(markKey, 'code', code),
    addressMark: (code, address) => keyedHash(markKey, 'address', JSON.stringify([code, mailboxOf(address)])),
    networkMark: (network) => keyedHash(markKey, 'network', network),
    seal: (text, message, position, what) => seal(sealKey, text, contextOf(message, position, what)),
    open: (sealed, message, position, what) =>
      unseal(sealKey, sealed, contextOf(message, position, what)).toString('utf8'),
  }
}
