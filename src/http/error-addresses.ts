/**
 * An error page has no address of its own: it may answer a post, or a link that was good once. For its language switch it
 * gets one that holds what it says, sealed, so that nothing need be kept, no reference is lost, and nobody can make the
 * hub say something.
 */
import { seal, unseal } from '../kernel/secrets.ts'
import type { ErrorView } from './http.ts'

export const errorPath = '/error'

const context = 'error page'

export interface ErrorAddresses {
  of(view: ErrorView): string
  /** Undefined when the query is not of an address made here. */
  read(query: unknown): ErrorView | undefined
}

export function createErrorAddresses({ key, issuer }: { key: Buffer; issuer: string }): ErrorAddresses {
  return {
    // With the host: the page may have come under another one, where nothing else is answered.
    of: (view) => `${issuer}${errorPath}?said=${seal(key, JSON.stringify(view), context).toString('base64url')}`,
    read(query) {
      const { said } = query as { said?: unknown }
      if (typeof said !== 'string') return undefined
      try {
        return JSON.parse(unseal(key, Buffer.from(said, 'base64url'), context).toString('utf8'))
      } catch {
        return undefined
      }
    },
  }
}
