import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { type Connections, createConnections } from '../connections/connections.ts'
import { minute } from '../kernel/durations.ts'
import { newSecret } from '../kernel/ids.ts'
import type { Storage } from '../storage/storage.ts'
import type { Flow, LoginRequest, Stage } from './flow.ts'
import { createFlows, Overtaken } from './flows.ts'
import type { Visitor } from './login.ts'
import { createOutcomes, type OutcomeOptions, type Outcomes } from './outcome.ts'

const clock = createTestClock()
let storage: Storage
let connections: Connections
const recorder = recordFacts(() => storage)

before(async () => {
  storage = await openTestStorage(clock)
  connections = createConnections({ storage, clock, audit: recorder.audit, key: Buffer.alloc(32, 1) })
})
after(() => storage.close())
beforeEach(async () => {
  recorder.clear()
  await sql`truncate connections, state`.execute(storage.db)
})

const request = { service: 'refunds', scopes: ['openid'] } as unknown as LoginRequest
const visitor = { address: '192.0.2.1', port: 50_000, language: 'en', browser: newSecret() } as Visitor

/** Of another process on the same database; a refusal needs no other room. */
function another(): Outcomes {
  const rooms = { storage, clock, audit: recorder.audit, connections, places: { countryOf: () => undefined } }
  return createOutcomes({ ...rooms, flows: createFlows({ storage, clock }) } as unknown as OutcomeOptions)
}

function flowAt(stage: Stage, id = `flo_${newSecret()}`): Flow {
  const now = clock.now()
  return { ...{ id, request, browser: '', interaction: {}, stage }, startedAt: now, expiresAt: now + minute } as Flow
}

const lines = async () => {
  const { rows } = await sql<{ reference: string }>`select reference from connections where state = 'refused'
    order by id`.execute(storage.db)
  return rows.map(({ reference }) => reference)
}
const refuse = (by: Outcomes, flow: Flow) => by.refuse({ request, error: 'level_not_reached', pauses: flow }, visitor)

describe('a refusal after which the login goes on', () => {
  test('is written once, of simultaneous reloads in two processes, and all of them print its reference', async () => {
    const written: string[] = []
    for (let round = 1; round <= 5; round++) {
      const flow = flowAt({ at: 'choosing' })
      const [one, other] = [another(), another()]
      const references = await Promise.all(
        Array.from({ length: 8 }, (_, index) => refuse(index % 2 ? one : other, structuredClone(flow))),
      )
      assert.equal(new Set(references).size, 1)
      written.push(references[0] as string)
      assert.deepEqual((await lines()).toSorted(), written.toSorted())
      assert.equal(recorder.of('connection.refused').length, round)
      assert.equal(await refuse(one, flow), references[0], 'a later reload as well')
    }
  })

  test('is another one at another stage, and in another login', async () => {
    const flow = flowAt({ at: 'choosing' })
    const references = [
      await refuse(another(), flow),
      await refuse(another(), { ...flow, stage: { at: 'choosing', again: true } }),
      await refuse(another(), flowAt({ at: 'choosing' })),
    ]
    assert.deepEqual((await lines()).toSorted(), references.toSorted())
  })

  test('is not written in a login whose time has come', async () => {
    const flow = flowAt({ at: 'choosing' })
    clock.advance(minute)
    await assert.rejects(refuse(another(), flow), Overtaken)
    assert.deepEqual(await lines(), [])
  })

  test('that cannot be written leaves the place to the next one', async () => {
    const flow = flowAt({ at: 'choosing' })
    const by = another()
    const wrong = { request: { ...request, service: null as unknown as string }, error: 'level_not_reached' } as const
    await assert.rejects(by.refuse({ ...wrong, pauses: flow }, visitor))
    assert.deepEqual(await lines(), [])
    assert.deepEqual([await refuse(by, flow)], await lines())
  })
})
