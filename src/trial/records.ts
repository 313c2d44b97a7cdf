/**
 * What is kept of trials, in the short-lived state alone, so that any process goes on with one: which trial a service is
 * in, what was seen of it, what came of a provider. All of it ends by itself.
 *
 * Each check is an entry of its own, written over by the next request that shows something of it: what anybody sends to a
 * trial's addresses takes no more room than that.
 */
import type { Clock, Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import type { Storage } from '../storage/storage.ts'
import type { ProviderResult } from './provider-checks.ts'
import { type ServiceCheck, serviceChecks } from './service-checks.ts'
import type { Check } from './trial.ts'

/** A morning of setting a site up; a trial that is forgotten is no door that stays open. */
export const trialLifetime = 2 * hour

/** Of one partner, in an hour: for somebody who tries, sees, mends and tries again. */
export const mostPerHour = 30

/** The trial that a service is in. */
export interface ServiceTrial {
  service: ServiceId
  /** Part of its address: 128 random bits. */
  key: string
  /** How the site knows the one person of the trial. */
  subject: string
  begunAt: Instant
  expiresAt: Instant
}

export interface StoredResult extends ProviderResult {
  /** Of the draft that was tried. */
  edit: number
  at: Instant
}

export interface Records {
  /** Counts a trial of a partner; false when there were too many in the hour. */
  admit(partner: string): Promise<boolean>
  /** In place of the one before. */
  begin(trial: ServiceTrial): Promise<void>
  trialOf(service: ServiceId): Promise<ServiceTrial | undefined>
  end(service: ServiceId): Promise<void>
  /** `not_seen` takes back what was there. */
  note(trial: ServiceTrial, edit: number, lines: readonly Check<ServiceCheck>[]): Promise<void>
  /** What was seen of this state of the draft. */
  seen(trial: ServiceTrial, edit: number): Promise<Check<ServiceCheck>[]>
  /** The last session that the site got, to be ended by a logout token. */
  noteSession(trial: ServiceTrial, sid: string): Promise<void>
  lastSession(trial: ServiceTrial): Promise<string | undefined>
  keepResult(provider: ProviderId, result: Omit<StoredResult, 'at'>): Promise<void>
  resultOf(provider: ProviderId): Promise<StoredResult | undefined>
}

export function createRecords({
  storage,
  clock,
}: {
  storage: { state: Pick<Storage['state'], 'getMany' | 'write' | 'create'> }
  clock: Clock
}): Records {
  const { state } = storage
  const keyOf = ({ service, key }: ServiceTrial, part: string) => JSON.stringify([service, key, part])
  const read = async <T>(kind: string, key: string) => (await state.getMany([{ kind, key }]))[0]?.value as T | undefined

  return {
    async admit(partner) {
      const expiresAt = clock.now() + hour
      const slots = Array.from({ length: mostPerHour }, (_, slot) => JSON.stringify([partner, slot]))
      const taken = await state.getMany(slots.map((key) => ({ kind: 'trial-slot', key })))
      const free = slots.filter((_, slot) => taken[slot] === undefined)
      // Somebody else may take one at the same moment.
      for (const key of free) {
        if (await state.create({ kind: 'trial-slot', key, value: true, expiresAt })) return true
      }
      return false
    },
    async begin(trial) {
      await state.write({ put: [{ kind: 'trial', key: trial.service, value: trial, expiresAt: trial.expiresAt }] })
    },
    trialOf: (service) => read<ServiceTrial>('trial', service),
    async end(service) {
      await state.write({ remove: [{ kind: 'trial', key: service }] })
    },
    async note(trial, edit, lines) {
      const at = clock.now()
      const entry = ({ check }: Check<ServiceCheck>) => ({ kind: 'trial-check', key: keyOf(trial, check) })
      const put = lines
        .filter(({ state: is }) => is !== 'not_seen')
        .map((line) => ({ ...entry(line), value: { edit, line: { ...line, at } }, expiresAt: trial.expiresAt }))
      const remove = lines.filter(({ state: is }) => is === 'not_seen').map(entry)
      await state.write({ put, remove })
    },
    async seen(trial, edit) {
      const entries = await state.getMany(
        serviceChecks.map((check) => ({ kind: 'trial-check', key: keyOf(trial, check) })),
      )
      return entries.flatMap((entry) => {
        const found = entry?.value as { edit: number; line: Check<ServiceCheck> } | undefined
        return found?.edit === edit ? [found.line] : []
      })
    },
    async noteSession(trial, sid) {
      const key = keyOf(trial, 'session')
      await state.write({ put: [{ kind: 'trial-session', key, value: sid, expiresAt: trial.expiresAt }] })
    },
    lastSession: (trial) => read<string>('trial-session', keyOf(trial, 'session')),
    async keepResult(provider, result) {
      const at = clock.now()
      const value: StoredResult = { ...result, at }
      await state.write({ put: [{ kind: 'trial-result', key: provider, value, expiresAt: at + trialLifetime }] })
    },
    resultOf: (provider) => read<StoredResult>('trial-result', provider),
  }
}
