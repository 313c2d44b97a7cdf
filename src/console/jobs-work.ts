/** Failed jobs, tried again or given up by whoever may; each is a fact. The page and the admin API call the same. */
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import type { JobName } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'

export type DiscardReason = Extract<Fact, { name: 'jobs.discarded' }>['data']['reason']

export interface JobsWork {
  /** One, or all of a queue. Returns how many: 0 when somebody dealt with it before. */
  retry(queue: JobName, job: string | undefined, actor: Actor): Promise<number>
  /** False when there is no such dead letter any more. */
  discard(given: { queue: JobName; job: string; reason: DiscardReason }, actor: Actor): Promise<boolean>
}

export function createJobsWork({
  storage,
  audit,
}: {
  storage: Pick<Storage, 'transaction' | 'jobs'>
  audit: Pick<Audit, 'append'>
}): JobsWork {
  const { jobs } = storage
  return {
    retry: (queue, job, actor) =>
      storage.transaction(async (tx) => {
        const moved = await jobs.retry(tx, queue, job)
        const data = { queue, job: job ?? null, jobs: moved, actor }
        if (moved > 0) audit.append(tx, { name: 'jobs.retried', data })
        return moved
      }),
    discard: ({ queue, job, reason }, actor) =>
      storage.transaction(async (tx) => {
        if (!(await jobs.discard(tx, queue, job))) return false
        audit.append(tx, { name: 'jobs.discarded', data: { queue, job, reason, actor } })
        return true
      }),
  }
}
