/**
 * What a suspension of a provider does to the sessions that came through it (`partners/suspensions.ts` says which). From
 * its first instant on a session that it closes is refused wherever one is looked for, without anything being written:
 * `isWithdrawn`. That it is over is then written down, and services are told, by a job that the fact of the suspension
 * asks for at that instant. Whoever was signed out stays so: when the suspension ends there is nothing to undo.
 */
import type { Reactor, Recorded } from '../audit/audit.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { ServiceId } from '../kernel/ids.ts'
import type { Partners } from '../partners/partners.ts'
import { closesSession, isInForce, type Suspension } from '../partners/suspensions.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'
import type { Session, Sessions } from './sessions.ts'

export type Through = Pick<Session, 'provider' | 'level' | 'authTime'>

/** Is a session refused by a suspension that is in force: altogether, or for one service? */
export function withdrawnBy(options: {
  partners: Pick<Partners, 'registry'>
  clock: Clock
}): (session: Through, service?: ServiceId) => boolean {
  const { partners, clock } = options
  return (session, service) => {
    const suspensions = partners.registry().providers.get(session.provider)?.state.suspensions ?? []
    return suspensions.some(
      (suspension) =>
        isInForce(suspension, clock.now()) &&
        closesSession(suspension, session) &&
        (suspension.services === 'all' || (service !== undefined && suspension.services.includes(service))),
    )
  }
}

/** A process may learn of a suspension a moment late and start one more session: it is looked at again after this. */
const lateness = minute

export interface Withdrawal {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /** The job's work. */
  work(job: JobData['sessions.withdraw']): Promise<void>
}

export function createWithdrawal(options: {
  storage: Storage
  clock: Clock
  partners: Pick<Partners, 'stateOf'>
  sessions: Pick<Sessions, 'endThrough'>
}): Withdrawal {
  const { storage, clock, partners, sessions } = options

  /** As the database has it: this process may not have heard of a change. */
  async function find({ provider, suspension: id }: JobData['sessions.withdraw']): Promise<Suspension | undefined> {
    const state = await partners.stateOf(provider)
    return state?.suspensions.find((one) => one.id === id)
  }

  return {
    async reactor(facts, tx) {
      for (const fact of facts) {
        if (fact.name !== 'provider.suspended' && fact.name !== 'provider.suspension_changed') continue
        const { provider, suspension, since, sessions } = fact.data as Recorded<'provider.suspended'>['data']
        if (sessions !== 'closed') continue
        const at: Instant = Math.max(since, clock.now())
        await storage.jobs.enqueue(tx, 'sessions.withdraw', { provider, suspension }, { startAfter: toDate(at) })
      }
    },

    async work(job) {
      const suspension = await find(job)
      // Lifted, over, or moved ahead: then its change asked for a job of its own.
      if (!suspension || !isInForce(suspension, clock.now()) || suspension.sessions === 'kept') return
      const { provider, services, above, sessions: through } = suspension
      await sessions.endThrough({ provider, services, since: through.closedSince, ...(above ? { above } : {}) })
      if (job.again) return
      const startAfter = toDate(clock.now() + lateness)
      await storage.transaction((tx) =>
        storage.jobs.enqueue(tx, 'sessions.withdraw', { ...job, again: true }, { startAfter }),
      )
    },
  }
}
