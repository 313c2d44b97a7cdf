/**
 * Logins in progress, as they rest: one entry of short-lived state each. A login ends once, by one atomic statement in
 * the transaction of what it leaves behind; it then stays readable until its time, for a second click.
 *
 * A process remembers the logins that it wrote last, so that the next step of one need not be preceded by reading it. By
 * then another process may have taken it on: what a step makes of a remembered login is written in place of what is
 * remembered, and of nothing else. Where that is not there any more the step begins anew with what is (`Outdated`).
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'
import type { FlowId } from '../kernel/ids.ts'
import { isNotFirst, type Revision } from '../storage/state.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { type Event, type Flow, type Stage, transition } from './flow.ts'

export interface Flows {
  find(id: FlowId): Promise<Flow | undefined>
  /**
   * The login as this process remembers it, which may not be as it is; the same as `find` where it remembers none at that
   * stage. For a step only that goes on from there by writing it, and that can begin again: for one that is not as it is,
   * every verb below writes nothing, and throws `Outdated` or fails as if it had been overtaken.
   */
  recall(id: FlowId, at: Stage['at']): Promise<Flow | undefined>
  /** Was it recalled, so that it may not have been as it is? */
  isRecalled(flow: Flow): boolean
  /** @throws Outdated */
  save(flow: Flow): Promise<void>
  /**
   * Takes the flow on by an event and saves it; false when the event does not belong to its stage.
   *
   * @throws Outdated
   */
  move(flow: Flow, event: Event): Promise<boolean>
  /**
   * Ends the login: of simultaneous callers one succeeds. The others wait until its transaction is over, and may then
   * read how it ended.
   *
   * @throws Overtaken when it has ended already, or its time has come: nothing of the caller's transaction may stay
   */
  end(tx: Tx, flow: Flow, event: Event): Promise<void>
  /** The same for who needs no answer before the commit: the transaction fails with an error that `isOvertaken` knows. */
  endBehind(tx: Tx, flow: Flow, event: Event): void
  isOvertaken(error: unknown): boolean
  /** The reference of the refusal at which the login stands, once one was written. */
  refusalAt(flow: Flow): Promise<string | undefined>
  /**
   * Writes that reference down: of simultaneous callers one succeeds, the others wait for it. After `refusalAt`.
   *
   * @throws Overtaken when it is written already: nothing of the caller's transaction may stay
   */
  refuseAt(tx: Tx, flow: Flow, reference: string): Promise<void>
}

export class Overtaken extends Error {}

/** The login is not as this process remembered it: the step begins again, with what `find` says. */
export class Outdated extends Error {}

/** Does a step from what this process remembers of the login; where that is not how it is, once more from what is there. */
export async function fromMemory<T>(
  stage: Stage['at'] | undefined,
  step: (from: Stage['at'] | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await step(stage)
  } catch (error) {
    if (!stage || !(error instanceof Outdated)) throw error
    return step(undefined)
  }
}

/** What a process remembers of its logins: characters of JSON. */
const memory = 8 * 2 ** 20

interface Remembered {
  at: Stage['at']
  json: string
  revision: Revision
}

export function createFlows({ storage, clock }: { storage: Storage; clock: Clock }): Flows {
  const { state } = storage
  const kind = 'flow'
  const remembered = new LRUCache<FlowId, Remembered>({
    maxSize: memory,
    sizeCalculation: ({ json }) => json.length,
  })
  /** Those that were recalled and not read: what has to be there when they are written. */
  const recalled = new WeakMap<Flow, Revision>()

  /** It will not be as it was remembered any more. Returns what it has to be written in place of, if it was recalled. */
  function forget(flow: Flow): { known?: Revision } {
    const known = recalled.get(flow)
    remembered.delete(flow.id)
    return known ? { known } : {}
  }

  async function find(id: FlowId): Promise<Flow | undefined> {
    const [stored] = await state.getMany([{ kind, key: id }])
    return stored?.value as Flow | undefined
  }
  async function save(flow: Flow): Promise<void> {
    const { known } = forget(flow)
    // As it is written, whatever becomes of the flow until that is answered.
    const written = { at: flow.stage.at, json: JSON.stringify(flow) }
    const revision = await state.put({ kind, key: flow.id, value: flow, expiresAt: flow.expiresAt }, { known })
    if (!revision) throw new Outdated()
    if (known) recalled.set(flow, revision)
    remembered.set(flow.id, { ...written, revision })
  }

  const refusal = 'flow.refusal'
  /** A login may be refused, go on, and be refused for something else. */
  const placeOf = ({ id, stage }: Flow) => `${id} ${JSON.stringify(stage)}`
  const ended = (flow: Flow, event: Event): Flow => {
    const stage = transition(flow.stage, event)
    if (!stage) throw new Overtaken()
    return { ...flow, stage }
  }
  return {
    find,
    async recall(id, at) {
      const known = remembered.get(id)
      if (known?.at !== at) return find(id)
      const flow = JSON.parse(known.json) as Flow
      if (flow.expiresAt <= clock.now()) return undefined
      recalled.set(flow, known.revision)
      return flow
    },
    isRecalled: (flow) => recalled.has(flow),
    save,
    async refusalAt(flow) {
      const place = { kind: refusal, key: placeOf(flow) }
      if (await state.create({ ...place, value: null, expiresAt: flow.expiresAt })) return undefined
      const [stored] = await state.getMany([place])
      return (stored?.value as string | null | undefined) ?? undefined
    },
    async refuseAt(tx, flow, reference) {
      const outcome = await state.consume(refusal, placeOf(flow), { value: reference, tx })
      if (outcome !== 'first') throw new Overtaken()
    },
    async move(flow, event) {
      const stage = transition(flow.stage, event)
      if (!stage) return false
      flow.stage = stage
      await save(flow)
      return true
    },
    async end(tx, flow, event) {
      const value = ended(flow, event)
      const outcome = await state.consume(kind, flow.id, { value, tx, ...forget(flow) })
      if (outcome !== 'first') throw new Overtaken()
    },
    endBehind(tx, flow, event) {
      storage.behind(tx, state.consumeFirst(tx, kind, flow.id, { value: ended(flow, event), ...forget(flow) }))
    },
    isOvertaken: (error) => error instanceof Overtaken || isNotFirst(error),
  }
}
