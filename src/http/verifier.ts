/**
 * Verifiers of form hops: a page carries one, good for one step of one login (or one object of one session) and for
 * nothing else. Labels keep the uses apart, so that a verifier of one hop never opens another.
 */
import { keyedHash, sameSecret } from '../kernel/secrets.ts'

export interface Verifiers {
  /** `parts` bind it: the flow, the browser, the stage. */
  make(label: string, ...parts: string[]): string
  /** In constant time. `given` is what a form sent: anything. */
  check(given: unknown, label: string, ...parts: string[]): boolean
}

/** `key`: 256 bits of its own, derived from the master key. */
export function createVerifiers({ key }: { key: Buffer }): Verifiers {
  // JSON keeps the borders between parts: ('a', 'bc') and ('ab', 'c') differ.
  const make = (label: string, ...parts: string[]) => keyedHash(key, `verifier/${label}`, JSON.stringify(parts))
  return {
    make,
    check: (given, label, ...parts) => typeof given === 'string' && sameSecret(given, make(label, ...parts)),
  }
}
