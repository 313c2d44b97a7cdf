import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import { type Form, readForm } from './uploads.ts'

const mark = 'a-browser'
const headers = { 'content-type': `multipart/form-data; boundary=${mark}` }
const field = (name: string, value: string) =>
  `--${mark}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const file = (value: string, name = 'x.csv') =>
  `--${mark}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n${value}\r\n`
const end = `--${mark}--\r\n`

/** In pieces of seven bytes, as a slow network brings them. */
async function* slowly(text: string) {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7)
}

const read = (text: string, most = 2_000): Promise<Form> => readForm(headers, slowly(text), { most })

test('a form with a file: its fields as text, the file as bytes, however it is called', async () => {
  const content = `a--${mark}\r\n\r\nb`
  const form = await read(`${field('kind', 'é')}${file(content, '../../etc/passwd')}${end}`)
  assert.equal(form.kind, 'é')
  assert.deepEqual(form.file, { kind: 'file', bytes: Buffer.from(content) })
})

test('a file that is too long is thrown away, and what stands around it is there', async () => {
  const form = await read(`${field('verifier', 'v')}${file('x'.repeat(2_001))}${field('after', 'a')}${end}`)
  assert.deepEqual({ ...form }, { verifier: 'v', file: { kind: 'too_large' }, after: 'a' })
  assert.deepEqual((await read(`${file('x'.repeat(2_000))}${end}`)).file, {
    kind: 'file',
    bytes: Buffer.alloc(2_000, 'x'),
  })
})

test('what is cut off is no file, and what came before it is there', async () => {
  const whole = `${field('verifier', 'v')}${file('x'.repeat(1_000))}`
  for (const cut of [whole.slice(0, 600), whole.slice(0, -2)]) {
    const form = await read(cut)
    assert.equal(form.verifier, 'v')
    assert.deepEqual(form.file, { kind: 'too_large' })
  }
})

test('a field has no more than a name and a short text; many parts are not read; no boundary is no form', async () => {
  assert.deepEqual(Object.keys(await read(`${field('a', 'x'.repeat(5_000))}${end}`)), [])
  const many = Array.from({ length: 50 }, (_, index) => field(`f${index}`, 'x')).join('')
  assert.equal(Object.keys(await read(`${many}${end}`)).length, 20)
  assert.equal((await read(`${field('__proto__', 'x')}${end}`)).constructor, undefined)
  assert.deepEqual({ ...(await readForm({ 'content-type': 'multipart/form-data' }, slowly('x'), { most: 10 })) }, {})
})

test('whatever the bytes are, there is an end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string(), fc.constantFrom(`--${mark}`, '\r\n', '\r\n\r\n', field('a', 'b'), file('c')))),
      async (pieces) => {
        for (const one of Object.values(await read(pieces.join('')))) assert.ok(typeof one === 'string' || one.kind)
      },
    ),
  )
})
