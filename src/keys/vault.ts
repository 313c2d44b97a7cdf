/** What keeps private keys safe at rest: here the master key, elsewhere a KMS or an HSM that wraps and unwraps. */
import { GarantError } from '../kernel/errors.ts'
import { deriveKey, seal, unseal } from '../kernel/secrets.ts'

export interface KeyVault {
  /** Seals bytes so that only `unwrap` with the same context opens them. The context is authenticated, not stored. */
  wrap(plaintext: Buffer, context: string): Promise<Buffer>
  /** Throws when the bytes or the context are not those of the wrapping. */
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>
}

/** @throws GarantError `master_key_wrong` from `unwrap` when this is not the key that wrapped, or a byte was changed */
export function localVault(masterKey: Buffer): KeyVault {
  const key = deriveKey(masterKey, 'keys')
  return {
    wrap: async (plaintext, context) => seal(key, plaintext, context),
    async unwrap(wrapped, context) {
      try {
        return unseal(key, wrapped, context)
      } catch (cause) {
        throw new GarantError('master_key_wrong', { path: context }, { cause })
      }
    },
  }
}
