import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { describeSchema, readGoldenSchema } from '../../test/support/golden-schema.ts'

test('the migrations make the schema that is written down; `npm run schema` writes it anew', async (t) => {
  const storage = await openTestStorage(createTestClock())
  t.after(storage.close)
  assert.equal(await describeSchema(storage.db), readGoldenSchema())
})
