/**
 * By what somebody says who they are. One spelling of each identifier is digested under a key of the hub, so that the
 * table neither tells who has an account nor finds anybody without the hub. What was typed is never kept.
 */
import { parseTypedNumber } from '../directory/directory.ts'
import { keyedHash } from '../kernel/secrets.ts'
import { parseAddress } from '../people/address.ts'
import type { EnrolmentRefusal, Identifier } from './means.ts'

/** Marks an identifier that was checked: nothing else can make one. */
export const checked: unique symbol = Symbol('checked')

/** Longer than any address; nobody's identifier, so its digest is not worth making of more. */
const longest = 320

/**
 * The spelling that counts: NFC, without regard to case; spaces around it are no part of it. A number of the register
 * (RPPS) is the same with and without its type digit.
 */
export function canonicalIdentifier(text: string): string {
  const number = parseTypedNumber(text)
  if (number.ok && number.id.register === 'rpps') return number.id.text
  const phone = parsePhone(text)
  if (phone) return phone
  // Upper case first: letters that have two small forms meet there.
  return text.slice(0, longest).trim().normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')
}

/** Keyed with the identifier's one spelling. */
export function identifierDigest(key: Buffer, text: string): string {
  return keyedHash(key, 'means/identifier', canonicalIdentifier(text))
}

/** E.164: "+" and at most fifteen digits, the first of which is no zero. People write more signs into it. */
function parsePhone(text: string): string | undefined {
  const number = text.slice(0, longest).replaceAll(/[\s.()-]/g, '')
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined
}

const loginName = /^(?=.{2,64}$)[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u
const privateNumber = /^(?=.{2,128}$)[\p{L}\p{N}][\p{L}\p{M}\p{N}._:/-]*$/u

/** What somebody typed, by what it looks like: nobody is asked of which kind their identifier is. */
export function identifierFrom(text: string): Identifier {
  const value = text.trim()
  if (value.includes('@')) return { kind: 'email', value }
  if (value.startsWith('+')) return { kind: 'phone', value }
  return { kind: /^[\d\s]+$/.test(value) ? 'rpps' : 'login_name', value }
}

/** Nothing when an identifier is one of its kind. Whether the register knows it is another question. */
export function identifierProblem({ kind, value }: Identifier): EnrolmentRefusal | undefined {
  const text = value.trim().normalize('NFC')
  const number = parseTypedNumber(value)
  const isOne: Record<Identifier['kind'], boolean> = {
    // A name of digits alone could be taken for a number of the register.
    login_name: loginName.test(text) && !/^\d+$/.test(text),
    email: parseAddress(value) !== undefined,
    phone: parsePhone(value) !== undefined,
    rpps: number.ok && number.id.register === 'rpps',
    private: privateNumber.test(text) && !number.ok,
  }
  return isOne[kind] ? undefined : 'identifier_malformed'
}
