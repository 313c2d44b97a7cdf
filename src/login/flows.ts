/**
 * Logins in progress, as they rest: one entry of short-lived state each. A login ends once, by one atomic statement in
 * the transaction of what it leaves behind; it then stays readable until its time, for a second click.
 */
import type { FlowId } from '../kernel/ids.ts'
import { isNotFirst } from '../storage/state.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { type Event, type Flow, transition } from './flow.ts'

export interface Flows {
  find(id: FlowId): Promise<Flow | undefined>
  save(flow: Flow): Promise<void>
  /** Takes the flow on by an event and saves it; false when the event does not belong to its stage. */
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

export function createFlows({ storage }: { storage: Storage }): Flows {
  const { state } = storage
  const kind = 'flow'
  const save = async (flow: Flow) => {
    await state.write({ put: [{ kind, key: flow.id, value: flow, expiresAt: flow.expiresAt }] })
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
    async find(id) {
      const [stored] = await state.getMany([{ kind, key: id }])
      return stored?.value as Flow | undefined
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
      if ((await state.consume(kind, flow.id, { value, tx })) !== 'first') throw new Overtaken()
    },
    endBehind(tx, flow, event) {
      storage.behind(tx, state.consumeFirst(tx, kind, flow.id, { value: ended(flow, event) }))
    },
    isOvertaken: (error) => error instanceof Overtaken || isNotFirst(error),
  }
}
