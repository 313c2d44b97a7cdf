import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { GarantError } from '../kernel/errors.ts'
import { createLog } from './log.ts'

function capture() {
  const lines: string[] = []
  const log = createLog({ destination: { write: (line: string) => void lines.push(line) } })
  return { log, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>, all: () => lines.join('') }
}

test('R127: identifiers pass, everything else is redacted', () => {
  const { log, last } = capture()
  log.info('sent', {
    service: 'health-refunds',
    attempts: 2,
    reused: true,
    family_name: 'DUBOIS',
    email: 'a@b.example',
    token: 'eyJ',
  })
  const { service, attempts, reused, family_name, email, token, msg } = last()
  assert.deepEqual([service, attempts, reused, msg], ['health-refunds', 2, true, 'sent'])
  assert.deepEqual([family_name, email, token], ['[redacted]', '[redacted]', '[redacted]'])
  log.info('sent', {
    service: 'Angela Dubois, 24 rue',
    inside: { provider: 'post', given_name: 'Angela' },
    provider: ['a', 'b c'],
  })
  assert.equal(last().service, '[redacted]', 'an identifier has no spaces')
  assert.deepEqual(last().inside, { provider: 'post', given_name: '[redacted]' })
  assert.deepEqual(last().provider, ['a', '[redacted]'])
})

test('an error is written by its class, code, place and causes, never by its sentence', () => {
  const { log, last, all } = capture()
  const cause = Object.assign(new Error('Key (email)=(canary@b.example) already exists'), {
    code: '23505',
    detail: 'canary-detail',
    constraint: 'contacts_email_key',
  })
  log.error('failed', { thrown: new GarantError('internal', { provider: 'post' }, { cause }) })
  const thrown = last().thrown as Record<string, unknown> & { causes: Record<string, unknown>[]; at: string[] }
  assert.equal(thrown.class, 'GarantError')
  assert.deepEqual(thrown.inside, { provider: 'post' })
  assert.equal(thrown.causes[0]?.code, '23505')
  assert.equal(thrown.causes[0]?.constraint, 'contacts_email_key')
  assert.match(thrown.at[0] ?? '', /log\.test\.ts:\d+/)
  assert.doesNotMatch(all(), /canary/)
})

test('a sentence that looks like a stack frame does not get through', () => {
  const { log, all } = capture()
  log.error('failed', { thrown: new Error('x\n    at canary (file:///a/src/b.ts:1:2)') })
  assert.doesNotMatch(all(), /canary/)
})

test('a place is named within the project or its packages, never by a path of the machine', () => {
  const { log, last } = capture()
  const root = join(import.meta.dirname, '../..')
  const placesOf = (...frames: string[]) => {
    const thrown = new Error('x')
    thrown.stack = ['Error: x', ...frames.map((frame) => `    at ${frame}`)].join('\n')
    log.error('failed', { thrown })
    return (last().thrown as { at: string[] }).at
  }
  assert.deepEqual(
    placesOf(
      `open (${pathToFileURL(root)}/src/keys/vault.ts:1:2)`,
      `${pathToFileURL(root)}/bin/garant:3:4`,
      `Pool.query (${root}/node_modules/pg/lib/client.js:5:6)`,
      'Query (/home/some body/lib/node_modules/pg/lib/query.js:7:8)',
      'async run (/home/some body/elsewhere.cjs:9:10)',
      '/home/somebody/elsewhere.mjs:11:12',
      'async node:internal/modules/run_main:13:14',
      `eval (eval at run (file:///home/somebody/elsewhere.mjs:15:16), <anonymous>:17:18)`,
    ),
    [
      'open (src/keys/vault.ts:1:2)',
      'bin/garant:3:4',
      'Pool.query (node_modules/pg/lib/client.js:5:6)',
      'Query (node_modules/pg/lib/query.js:7:8)',
      'async run (elsewhere.cjs:9:10)',
      'elsewhere.mjs:11:12',
      'async node:internal/modules/run_main:13:14',
      'eval (eval at run (elsewhere.mjs:15:16), <anonymous>:17:18)',
    ],
  )
})

test('R127: what the journal says when it cannot seal is of use, and says no more', () => {
  const { log, last, all } = capture()
  log.warn('journal: sealing failed', {
    error: new GarantError('internal', { reason: 'not_the_signed_tree', size: 40, signed: 44 }),
  })
  const differs = last().error as Record<string, unknown>
  assert.deepEqual(
    [differs.error, differs.inside],
    ['internal', { reason: 'not_the_signed_tree', size: 40, signed: 44 }],
  )
  const cause = Object.assign(new Error('relation "canary" does not exist'), { code: '42P01', severity: 'ERROR' })
  log.warn('journal: sealing failed', { error: new GarantError('database_unavailable', {}, { cause }) })
  const { causes } = last().error as { causes: Record<string, unknown>[] }
  assert.deepEqual([causes[0]?.code, causes[0]?.severity], ['42P01', 'ERROR'])
  assert.doesNotMatch(all(), /canary|redacted/)
})

test('a circle ends', () => {
  const { log, all } = capture()
  const circle: Record<string, unknown> = {}
  circle.state = circle
  log.warn('odd', { circle })
  assert.match(all(), /redacted/)
})
