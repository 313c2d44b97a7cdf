import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { factList } from './facts.ts'
import { factsDocument, factsSource, harmless, readFactFields, renderFacts, textFields } from './facts-doc.ts'

const source = readFileSync(factsSource, 'utf8')
const facts = readFactFields(source)

test('docs/facts.md is what the source says; `npm run facts` writes it', () => {
  assert.equal(readFileSync(factsDocument, 'utf8'), renderFacts(source))
})

test('the fields of every fact are found', () => {
  assert.deepEqual([...facts.keys()].sort(), Object.keys(factList).sort())
  for (const [name, fields] of facts) assert.ok(fields.length > 0, name)
  assert.deepEqual(facts.get('connection.refused'), [
    { name: 'connection', type: 'ConnectionId' },
    { name: 'person', type: 'PersonId | null' },
    { name: 'service', type: 'string' },
    { name: 'provider', type: 'string | null' },
    { name: 'reason', type: 'ErrorName' },
  ])
})

test('R127: no field of a fact is free text, and none has the name of personal data', () => {
  const personal =
    /e?mail|phone|name$|^given|^family|birth|gender|address|^ip$|^sub(ject)?$|token|secret|code|password/i
  for (const [name, fields] of facts) {
    for (const field of fields) {
      assert.ok(harmless(field), `${name} ${field.name}: ${field.type}`)
      // A telephone's own id is no number of a telephone.
      if (!/^PhoneId(?:\[\])?(?: \| null)?$/.test(field.type))
        assert.doesNotMatch(field.name, personal, `${name} ${field.name}`)
    }
  }
  assert.ok(!harmless({ name: 'comment', type: 'string' }))
  assert.ok(!harmless({ name: 'device', type: 'Record<string, string>' }))
  assert.ok(!harmless({ name: 'level', type: 'Level | string' }))
})

test('every explanation of a text field explains one', () => {
  const used = new Set(
    [...facts.values()]
      .flat()
      .filter(({ type }) => /\bstring\b/.test(type))
      .map(({ name }) => name),
  )
  assert.deepEqual([...used].sort(), Object.keys(textFields).sort())
})
