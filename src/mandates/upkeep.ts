/** What happens to mandates by themselves: their time, what a register says, the end of a person's account. */
import type { Recorded } from '../audit/audit.ts'
import { day } from '../kernel/durations.ts'
import type { MandateId, PersonId, RepresentationId } from '../kernel/ids.ts'
import type { RepresentationEnd } from '../kernel/representations.ts'
import {
  type Cause,
  confirmTime,
  type EndReason,
  type MandateState,
  type MandateStep,
  mandateStates,
  type Side,
  type UseRefusal,
  warningDays,
} from '../policy/mandate.ts'
import type { Tx } from '../storage/storage.ts'
import type { Core } from './core.ts'
import type { MandateStatistics, Mandates } from './mandates.ts'
import type { Steps } from './steps.ts'
import * as store from './store.ts'

/** Mandates of one transaction. */
const batch = 100
/** Representations that one statement asks for. */
const looks = 1_000
/** Names of one transaction: one look at all mandates finds them. */
const renames = 5_000
/** A draft that nobody touched was given up. */
const draftMemory = 90 * day

/** Why many representations fall together. */
const byEdition: readonly RepresentationEnd[] = ['left_register', 'organisation_closed', 'edition_too_old']

export function createUpkeep(
  core: Core,
  {
    steps,
    forgetSignatures,
  }: { steps: Pick<Steps, 'cause'>; forgetSignatures: (tx: Tx, mandate: MandateId) => Promise<void> },
): Pick<Mandates, 'sweep' | 'recheck' | 'reactor' | 'statistics' | 'keeper'> {
  const { storage, clock, audit, organisations } = core
  const { db } = storage

  async function each(mandates: readonly MandateId[], step: MandateStep, by: Exclude<Cause, Side>): Promise<void> {
    for (let at = 0; at < mandates.length; at += batch) {
      await storage.transaction(async (tx) => {
        for (const mandate of mandates.slice(at, at + batch)) await steps.cause(tx, mandate, step, by)
      })
    }
  }

  /** Until a look finds nothing more. */
  async function inTurn(find: () => Promise<number>): Promise<void> {
    while ((await find()) === batch) {}
  }

  async function endDue(): Promise<void> {
    await inTurn(async () => {
      const { over, unanswered } = await store.due(db, { now: clock.now(), limit: batch })
      await each(over, 'end_term', 'clock')
      await each(unanswered, 'lapse', 'clock')
      return Math.max(over.length, unanswered.length)
    })
  }

  async function endUnconfirmed(): Promise<void> {
    let after: MandateId | undefined
    for (;;) {
      const page = { since: clock.now() - confirmTime, ...(after ? { after } : {}), limit: batch }
      const found = await store.unconfirmed(db, page)
      const standings = await organisations.representations(
        found.flatMap(({ representation }) => (representation ? [representation] : [])),
      )
      const lost = found.filter(({ representation }) => {
        const stands = representation && standings.get(representation)
        // The register is late, and has not said that anybody lost anything: it stays suspended, and comes back.
        return !(stands && (stands.inForce || stands.ended === 'edition_too_old'))
      })
      await each(
        lost.map(({ id }) => id),
        'lose_authority',
        'clock',
      )
      after = found.at(-1)?.id
      if (found.length < batch) return
    }
  }

  async function warn(): Promise<void> {
    for (const days of [...warningDays].sort((a, b) => a - b)) {
      await inTurn(() =>
        storage.transaction(async (tx) => {
          const now = clock.now()
          const taken = await store.takeWarnings(tx, { now, days, before: now + days * day, limit: batch })
          audit.append(
            tx,
            ...taken.map(({ id, principal }) => ({
              name: 'mandate.ending' as const,
              data: { mandate: id, principal, days },
            })),
          )
          return taken.length
        }),
      )
    }
  }

  async function forgetOld(): Promise<void> {
    await inTurn(async () => {
      const drafts = await store.staleDrafts(db, clock.now() - draftMemory, batch)
      await storage.transaction((tx) => store.forgetDrafts(tx, drafts))
      return drafts.length
    })
    const before = clock.now() - core.retention
    await inTurn(() =>
      storage.transaction(async (tx) => {
        const old = await store.forgettable(tx, before, batch)
        for (const mandate of old) await forgetSignatures(tx, mandate)
        await store.forget(tx, old)
        return old.length
      }),
    )
    await store.forgetUses(db, before)
  }

  /** What these carry waits for somebody else while they are not in force, and no longer than that. */
  async function recheckThese(representations: readonly RepresentationId[]): Promise<void> {
    const standings = await organisations.representations(representations)
    const isInForce = (one: RepresentationId) => standings.get(one)?.inForce === true
    const [inForce, fallen] = [representations.filter(isInForce), representations.filter((one) => !isInForce(one))]
    for (const [step, wrong] of [
      ['doubt', { representations: fallen, doubted: false }],
      ['confirm', { representations: inForce, doubted: true }],
    ] as const) {
      let after: MandateId | undefined
      do {
        const carried = await store.carriedBy(db, { ...wrong, ...(after ? { after } : {}), limit: batch })
        await each(carried, step, 'register')
        after = carried.length < batch ? undefined : carried.at(-1)
      } while (after)
    }
  }

  return {
    async sweep() {
      await endDue()
      await endUnconfirmed()
      await warn()
      await forgetOld()
    },

    async recheck(representation) {
      if (representation) return recheckThese([representation])
      let after: RepresentationId | undefined
      do {
        const inUse = await store.representationsInUse(db, { ...(after ? { after } : {}), limit: looks })
        await recheckThese(inUse)
        after = inUse.length < looks ? undefined : inUse.at(-1)
      } while (after)
      await inTurn(async () => {
        const closed = await store.ofClosed(db, batch)
        await each(closed, 'lose_authority', 'register')
        return closed.length
      })
      while ((await storage.transaction((tx) => store.rename(tx, renames))) === renames) {}
    },

    async reactor(facts, tx) {
      for (const fact of facts) {
        if (fact.name !== 'representation.ended' && fact.name !== 'representation.restored') continue
        const { representation, ...more } = (fact as Recorded<'representation.ended' | 'representation.restored'>).data
        // An edition changes many at once: one look at all of them, however many facts there are.
        if (!('why' in more) || byEdition.includes(more.why))
          await storage.jobs.enqueue(tx, 'mandates.recheck', {}, { key: 'edition' })
        else await storage.jobs.enqueue(tx, 'mandates.recheck', { representation }, { key: representation })
      }
    },

    async statistics(period) {
      const rows = await store.statistics(db, period)
      const of = (kind: string) => rows.filter((row) => row.kind === kind)
      const counts = (kind: string) => Object.fromEntries(of(kind).map(({ word, count }) => [word, count]))
      const none = Object.fromEntries(mandateStates.map((state) => [state, 0])) as Record<MandateState, number>
      return {
        byState: { ...none, ...counts('state') },
        signedByWeek: of('week')
          .map(({ word, count }) => ({ week: Number(word), count }))
          .sort((a, b) => a.week - b.week),
        endedByReason: counts('ended') as Partial<Record<EndReason, number>>,
        refusedByReason: counts('refused') as Partial<Record<UseRefusal, number>>,
      } satisfies MandateStatistics
    },

    keeper: {
      room: 'mandates',
      // Uses and signatures keep the id, which names nobody any more: the organisation must still see that it was one
      // and the same person.
      async forget(tx, person) {
        for (const mandate of await store.openOf(tx, person)) await giveUp(tx, mandate)
      },
      async follow(tx, { from, to, left }) {
        if (left.length === 0) return store.moveTo(tx, { from, to })
        // Two people were taken for one: whether the right one accepted is for an operator to say.
        for (const mandate of await store.openOf(tx, from as PersonId))
          await steps.cause(tx, mandate, 'suspend', 'operator')
      },
    },
  }

  async function giveUp(tx: Tx, mandate: MandateId): Promise<void> {
    const row = await core.byId(tx, mandate)
    if (row?.state === 'draft') return store.forgetDrafts(tx, [mandate])
    await steps.cause(tx, mandate, row?.state === 'proposed' ? 'lose_authority' : 'renounce', 'register')
  }
}
