import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { second } from '../kernel/durations.ts'
import { deriveKey } from '../kernel/secrets.ts'
import type { Db, Storage } from '../storage/storage.ts'
import { parsePartnersFile } from './file.ts'
import { samplePartners, sampleService, toYaml } from './partners.sample.ts'
import { createPartners, type Partners } from './partners.ts'
import { followRegistry } from './registry.ts'
import { createPartnersStore } from './store.ts'

const clock = createTestClock()
const masterKey = Buffer.alloc(32, 2)
const key = deriveKey(masterKey, 'partners')
const failing = (message: string) => assert.fail(message)

let storage: Storage
let partners: Partners

before(async () => {
  storage = await openTestStorage(clock)
  partners = await createPartners({ storage, clock, audit: { append: () => {} }, masterKey, log: failing })
})

after(async () => {
  await partners.close()
  await storage.close()
})

const publish = (id: string) => {
  const data = { partners: [{ ...samplePartners().partners[1], services: [sampleService(id)] }] }
  return partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), { actor: { kind: 'command' } })
}

/** A connection on which no notification ever arrives. */
const deaf = async () => async () => {}

test('a lost notification is made good by the next poll', async ({ mock }) => {
  mock.timers.enable({ apis: ['setInterval'] })
  const store = createPartnersStore({ key })
  const follower = await followRegistry({ store, storage: { db: storage.db, listen: deaf }, clock, log: failing })
  const seen = new Promise<boolean>((resolve) => follower.onChange(({ services }) => resolve(services.has('polled'))))
  await publish('polled')
  assert.equal(follower.present().services.has('polled'), false)
  mock.timers.tick(10 * second)
  assert.equal(await seen, true)
  await follower.close()
})

test('a database that is away leaves the snapshot in service, and is logged', async () => {
  const logged: string[] = []
  const store = createPartnersStore({ key })
  let away = false
  const flaky: typeof store = {
    ...store,
    load: (handle: Db, since: number) => (away ? Promise.reject(new Error('away')) : store.load(handle, since)),
  }
  const log = (message: string) => void logged.push(message)
  const follower = await followRegistry({ store: flaky, storage: { db: storage.db, listen: deaf }, clock, log })
  const { version } = follower.present()
  away = true
  await publish('unseen')
  await follower.refresh()
  assert.equal(follower.present().version, version)
  assert.deepEqual(logged, ['partners: the registry could not be read again'])
  away = false
  await follower.refresh()
  assert.ok(follower.present().services.has('unseen'))
  await follower.close()
})

test('a listener that fails keeps nobody else from hearing', async () => {
  const logged: string[] = []
  const store = createPartnersStore({ key })
  const log = (message: string) => void logged.push(message)
  const follower = await followRegistry({ store, storage: { db: storage.db, listen: deaf }, clock, log })
  let heard = 0
  follower.onChange(() => {
    throw new Error('a bug')
  })
  follower.onChange(() => {
    heard++
  })
  await publish('heard')
  await follower.refresh()
  assert.equal(heard, 1)
  assert.deepEqual(logged, ['partners: a listener of the registry failed'])
  await follower.close()
})

test('a wrong master key stops the start, and says so', async () => {
  const wrong = createPartnersStore({ key: Buffer.alloc(32, 8) })
  const following = followRegistry({ store: wrong, storage: { db: storage.db, listen: deaf }, clock, log: () => {} })
  await assert.rejects(following, { error: 'master_key_wrong' })
})
