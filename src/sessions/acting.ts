/**
 * What the end of a mandate does to the services that somebody opened under it, and the suspension, the narrowing, the
 * leaving of a firm, the loss of a client, the fall of a representation. Each request looks at the mandate itself, so
 * nothing here is what stops anybody: here it is written down that a service is not open any more, and the service is told.
 */
import type { Reactor, Recorded } from '../audit/audit.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { Mandates } from '../mandates/mandates.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'
import type { Sessions } from './sessions.ts'

export interface ActingEnds {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /** The job's work. */
  work(job: JobData['sessions.acting']): Promise<void>
}

/** Of each fact after which somebody may act no more: under what they did. */
const grounds: { [Name in Recorded['name']]?: (data: Recorded<Name>['data']) => string | undefined } = {
  // By the principal, so that delegations of a mandate are looked at with it.
  'mandate.ended': ({ principal }) => principal,
  'mandate.suspended': ({ principal }) => principal,
  'mandate.changed': ({ principal }) => principal,
  'representation.ended': ({ representation }) => representation,
  'firm.member_left': ({ membership }) => membership,
  'firm.assignment_ended': ({ membership }) => membership,
  'firm.clients_placed': ({ firm, removed }) => (removed > 0 ? firm : undefined),
}

/** A login that was judged before the end may write down afterwards what it opened: it is looked at again after this. */
const lateness = minute

export function createActingEnds(options: {
  storage: Pick<Storage, 'transaction' | 'jobs'>
  clock: Clock
  sessions: Pick<Sessions, 'closeActing'>
  mandates: Pick<Mandates, 'check'>
}): ActingEnds {
  const { storage, clock, sessions, mandates } = options
  return {
    async reactor(facts, tx) {
      for (const fact of facts) {
        const under = grounds[fact.name]?.(fact.data as never)
        // Many at once (a file, a firm's portfolio) are looked through once.
        if (under) await storage.jobs.enqueue(tx, 'sessions.acting', { under }, { key: under })
      }
    },

    async work({ under, again }) {
      await sessions.closeActing([under], async ({ acting, ...use }) => (await mandates.check(acting, use)).ok)
      if (again) return
      const later = { startAfter: toDate(clock.now() + lateness), key: `${under} again` }
      await storage.transaction((tx) => storage.jobs.enqueue(tx, 'sessions.acting', { under, again: true }, later))
    },
  }
}
