import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { minute } from '../kernel/durations.ts'
import { newSecret } from '../kernel/ids.ts'
import type { Storage } from '../storage/storage.ts'
import type { Event, Flow, LoginRequest, Stage } from './flow.ts'
import { createFlows, type Flows, fromMemory, Outdated, Overtaken } from './flows.ts'

const clock = createTestClock()
let storage: Storage
/** Two processes on one database. */
let here: Flows
let there: Flows

before(async () => {
  storage = await openTestStorage(clock)
  here = createFlows({ storage, clock })
  there = createFlows({ storage, clock })
})
after(() => storage.close())

const request = { service: 'refunds', scopes: ['openid'] } as unknown as LoginRequest

function newFlow(stage: Stage = { at: 'choosing' }): Flow {
  const now = clock.now()
  return { id: newSecret(), request, browser: '', interaction: {}, stage, startedAt: now, expiresAt: now + minute }
}

const sentTo = (provider: string): Event => {
  const hop = { provider, state: newSecret() } as unknown as (Event & { event: 'sent_upstream' })['hop']
  return { event: 'sent_upstream', hop, fresh: false, at: clock.now() }
}
const whereTo = async ({ id }: Flow) => {
  const stage = (await here.find(id))?.stage
  return stage?.at === 'authenticating' ? stage.hop.provider : stage?.at
}
const recalled = async (flows: Flows, flow: Flow, at: Stage['at'] = 'choosing') => {
  const found = await flows.recall(flow.id, at)
  assert.ok(found)
  return found
}
const refusal = { event: 'refused', error: 'login_required', reference: 'R', final: true } as const

describe('R015: a login that this process remembers', () => {
  test('is not read again, and goes on by one statement', async (t) => {
    const flow = newFlow()
    await here.save(flow)
    const reads = t.mock.method(storage.state, 'getMany')
    const remembered = await recalled(here, flow)
    assert.deepEqual(remembered, flow)
    assert.equal(here.isRecalled(remembered), true)
    assert.equal(await here.move(remembered, sentTo('tax')), true)
    assert.equal(await here.move(await recalled(here, flow, 'authenticating'), sentTo('post')), true)
    assert.equal(reads.mock.callCount(), 0)
    assert.equal(await whereTo(flow), 'post')
  })

  test('is read where it is not remembered at that stage, or at all', async () => {
    const flow = newFlow()
    await here.save(flow)
    for (const [flows, at] of [
      [here, 'identified'],
      [there, 'choosing'],
    ] as const) {
      const found = await recalled(flows, flow, at)
      assert.deepEqual(found, flow)
      assert.equal(flows.isRecalled(found), false)
    }
    assert.equal(await here.recall(newSecret(), 'choosing'), undefined)
  })

  test('is a copy: what a step changes and does not write is forgotten with the step', async () => {
    const flow = newFlow()
    await here.save(flow)
    const first = await recalled(here, flow)
    first.secondFactor = true
    assert.equal((await recalled(here, flow)).secondFactor, undefined)
  })

  test('is remembered as it was written, whatever becomes of it until that is answered', async () => {
    const flow = newFlow()
    const saved = here.save(flow)
    flow.secondFactor = true
    await saved
    assert.equal((await recalled(here, flow)).secondFactor, undefined)
    assert.equal((await here.find(flow.id))?.secondFactor, undefined)
  })

  test('is over when its time has come', async () => {
    const flow = newFlow()
    await here.save(flow)
    clock.advance(minute)
    assert.equal(await here.recall(flow.id, 'choosing'), undefined)
  })

  test('is not written over what another process made of it meanwhile', async () => {
    const flow = newFlow()
    await here.save(flow)
    await there.move(await recalled(there, flow), sentTo('post'))
    const behind = await recalled(here, flow)
    await assert.rejects(here.move(behind, sentTo('tax')), Outdated)
    assert.equal(await whereTo(flow), 'post')
    // Known to be behind, it is read from now on.
    assert.equal(here.isRecalled(await recalled(here, flow)), false)
  })

  test('does not end where another process has taken it on, and nothing of the transaction stays', async () => {
    const endings: ((flows: Flows, flow: Flow) => Promise<unknown>)[] = [
      (flows, flow) => storage.transaction((tx) => flows.end(tx, flow, refusal)),
      (flows, flow) => storage.transaction(async (tx) => flows.endBehind(tx, flow, refusal)),
    ]
    for (const end of endings) {
      const flow = newFlow()
      await here.save(flow)
      await there.move(await recalled(there, flow), sentTo('post'))
      await assert.rejects(end(here, await recalled(here, flow)), here.isOvertaken)
      assert.equal(await whereTo(flow), 'post')
      // Read, it does.
      await end(here, await recalled(here, flow))
      assert.equal(await whereTo(flow), 'refused')
      await assert.rejects(end(there, await recalled(there, flow, 'authenticating')), there.isOvertaken)
    }
  })

  test('of many processes that go on from one stage each does, one after the other', async () => {
    const flow = newFlow()
    const processes = [here, there, ...Array.from({ length: 6 }, () => createFlows({ storage, clock }))]
    // Each remembers it as it was when it wrote it last.
    for (const flows of processes) await flows.save(structuredClone(flow))
    const tries: string[] = []
    const went = await Promise.allSettled(
      processes.map((flows, index) =>
        fromMemory('choosing', async (from) => {
          const found = await (from ? flows.recall(flow.id, from) : flows.find(flow.id))
          tries.push(`${index} ${found && flows.isRecalled(found) ? 'recalled' : 'read'}`)
          if (!found || !(await flows.move(found, sentTo(`provider ${index}`)))) throw new Error('out of step')
        }),
      ),
    )
    assert.deepEqual(new Set(went.map(({ status }) => status)), new Set(['fulfilled']))
    assert.equal(tries.filter((one) => one.endsWith('recalled')).length, processes.length)
    // Only the one that had written it last may have found it as it remembered it.
    const again = tries.filter((one) => one.endsWith('read')).length
    assert.ok(again >= processes.length - 1, String(again))
    assert.match(String(await whereTo(flow)), /^provider \d$/)
  })

  test('a step that was read, or fails for another reason, is not done again', async () => {
    const steps: (string | undefined)[] = []
    const failing = (stage: Stage['at'] | undefined, error: Error) =>
      fromMemory(stage, async (from) => {
        steps.push(from)
        throw error
      })
    await assert.rejects(failing('choosing', new Overtaken()), Overtaken)
    await assert.rejects(failing(undefined, new Outdated()), Outdated)
    await assert.rejects(failing('choosing', new Outdated()), Outdated)
    assert.deepEqual(steps, ['choosing', undefined, 'choosing', undefined])
  })
})
