/** Second factors that the holder keeps: the seed of an authenticator application, and ten recovery codes on paper. */
import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../kernel/clock.ts'
import type { PersonId } from '../kernel/ids.ts'
import { keyedHash } from '../kernel/secrets.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Attempts } from './attempts.ts'
import type { Holding } from './holding.ts'
import type { RecoveryCodes, Totps } from './means.ts'
import * as store from './store.ts'
import { newSeed, seedUri, stepOf } from './time-codes.ts'
import { canonicalCode, newTypedCode } from './typed-codes.ts'

const codesInSet = 10

export interface CodesAtHand {
  totps: Totps
  recoveryCodes: RecoveryCodes
  /** Which of the person's seeds, and which time step of it; undefined when it is the code of none. */
  findStep(person: PersonId, code: string): Promise<{ row: store.MeansRow; step: number } | undefined>
  /** Uses up a recovery code. */
  useRecoveryCode(tx: Tx, person: PersonId, code: string): ReturnType<typeof store.useRecoveryCode>
}

export interface CodesAtHandParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  key: Buffer
  holding: Holding
  attempts: Attempts
  /** Of the otpauth address: the name of the hub. */
  issuer: string
}

export function createCodesAtHand(options: CodesAtHandParts): CodesAtHand {
  const { storage, clock, audit, key, holding, attempts } = options
  const hashOf = (person: PersonId, code: string) =>
    keyedHash(key, 'means/recovery-code', JSON.stringify([person, canonicalCode(code)]))

  return {
    totps: {
      async begin(tx, { person, enrolment, via, label, accountName }) {
        const secret = newSeed()
        const means = await holding.make(
          tx,
          { person, enrolment, via },
          { kind: 'totp', state: 'pending', label, secret },
        )
        if (!means) throw new Error('a seed that cannot be there already is')
        return { means, secret, uri: seedUri(secret, { issuer: options.issuer, accountName }) }
      },

      async activate(person, means, code) {
        const about = { person, step: 'second_factor', challengePassed: false } as const
        const reservation = await attempts.reserve(holding.secondFactorKey(person), about)
        if (!reservation.allowed) return 'wrong'
        const outcome = await storage.transaction(async (tx) => {
          const row = await store.lockMeans(tx, person, means)
          if (row?.kind !== 'totp' || row.state !== 'pending') return 'unknown'
          const step = stepOf(holding.secretOf(await holding.sealerOf(tx, person), row), code, clock.now())
          const use = { means, to: step ?? 0, at: clock.now(), state: 'pending' } as const
          if (step === undefined || !(await store.advance(tx, use))) return 'wrong'
          await holding.activate(tx, row)
          return 'active'
        })
        if (outcome === 'wrong') await reservation.wrong('wrong_second_factor')
        else await reservation.right()
        return outcome
      },
    },

    recoveryCodes: {
      async make(tx, { person, enrolment, via }) {
        await holding.sealerOf(tx, person, { hold: true })
        await store.lockPersonsMeans(tx, person)
        const before = (await store.meansOf(tx, person)).filter(
          ({ kind, state }) => kind === 'recovery_codes' && state !== 'revoked' && state !== 'expired',
        )
        // Replaced by its holder: no reason to end sessions, so this is no revocation by `holding`.
        for (const { id } of before) {
          await store.changeState(tx, { means: id, state: 'revoked', suspendedBy: null, at: clock.now() })
        }
        const means = await holding.make(tx, { person, enrolment, via }, { kind: 'recovery_codes', state: 'active' })
        if (!means) throw new Error('a set that cannot be there already is')
        const actor = { kind: 'person', id: person } as const
        for (const { id } of before) {
          const data = { person, means: id, reason: 'replaced', successor: means, actor } as const
          audit.append(tx, { name: 'means.revoked', data })
        }
        const codes = Array.from({ length: codesInSet }, newTypedCode)
        await store.insertRecoveryCodes(
          tx,
          means,
          codes.map((code) => hashOf(person, code)),
        )
        audit.append(tx, { name: 'means.recovery_codes_made', data: { person, means } })
        return { means, codes }
      },
    },

    async findStep(person, code) {
      const rows = await store.usableOf(storage.db, person, clock.now(), 'totp')
      if (rows.length === 0) return undefined
      const sealer = await holding.sealerOf(storage.db, person)
      for (const row of rows) {
        const step = stepOf(holding.secretOf(sealer, row), code, clock.now())
        if (step !== undefined) return { row, step }
      }
      return undefined
    },

    async useRecoveryCode(tx, person, code) {
      const used = await store.useRecoveryCode(tx, { person, hash: hashOf(person, code), at: clock.now() })
      if (used) {
        audit.append(tx, {
          name: 'means.recovery_code_used',
          data: { person, means: used.means, left: used.left },
        })
      }
      return used
    },
  }
}
