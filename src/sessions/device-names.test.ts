import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { angela, claim, openRoom, passed, type Room, tarik } from '../../test/support/people.ts'
import { type DeviceId, newId, type PersonId } from '../kernel/ids.ts'
import { createDeviceNames, type DeviceNames, longestDeviceName } from './device-names.ts'

let room: Room
let names: DeviceNames
let mine: PersonId
let other: PersonId

before(async () => {
  room = await openRoom()
  names = createDeviceNames(room)
  mine = (await room.signIn(claim({ subject: 'a', identity: angela }))).person
  other = (await room.signIn(claim({ subject: 'b', identity: tarik }))).person
})
after(() => room.close())

async function device(): Promise<DeviceId> {
  const id = newId('device')
  await sql`insert into devices (id, marks, last_seen_on) values (${id}, '{}', '2026-11-22')`.execute(room.storage.db)
  return id
}
test('a name is what its person gave, sealed, and nobody else’s', async () => {
  const [kitchen, office] = [await device(), await device()]
  await room.inside((tx) => names.name(tx, mine, kitchen, '  kitchen\u0000 tablet '))
  await room.inside((tx) => names.name(tx, mine, office, '🖥'.repeat(longestDeviceName + 5)))
  assert.deepEqual(
    await names.of(mine),
    new Map([
      [kitchen, 'kitchen tablet'],
      [office, '🖥'.repeat(longestDeviceName)],
    ]),
  )
  assert.equal((await names.of(other)).size, 0)
  const { rows } = await sql<{ row: string }>`select t::text as row from device_names t`.execute(room.storage.db)
  assert.ok(!rows.some(({ row }) => row.includes(Buffer.from('kitchen').toString('hex'))))
  await room.inside((tx) => names.name(tx, mine, office, ' '))
  await room.inside((tx) => names.forget(tx, mine, kitchen))
  assert.equal((await names.of(mine)).size, 0)
})

test('names go along when nobody is left, stay otherwise, and go with the device', async () => {
  const [from, to] = [mine, other]
  const one = await device()
  await room.inside((tx) => names.name(tx, from, one, 'telephone'))
  const left = [{ link: newId('link'), provider: 'tax', at: 0 }]
  await room.inside((tx) => names.keeper.follow(tx, passed({ from, to, left })))
  assert.deepEqual(await names.of(from), new Map([[one, 'telephone']]))
  await room.inside((tx) => names.keeper.follow(tx, passed({ from, to, left: [] })))
  assert.deepEqual([await names.of(from), await names.of(to)], [new Map(), new Map([[one, 'telephone']])])
  await sql`delete from devices where id = ${one}`.execute(room.storage.db)
  assert.equal((await names.of(to)).size, 0)
})
