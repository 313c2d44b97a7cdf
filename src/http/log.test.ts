import assert from 'node:assert/strict'
import { test } from 'node:test'
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

test('a circle ends', () => {
  const { log, all } = capture()
  const circle: Record<string, unknown> = {}
  circle.state = circle
  log.warn('odd', { circle })
  assert.match(all(), /redacted/)
})
