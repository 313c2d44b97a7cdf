import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import { passkeyScript } from './assets.ts'
import { contentSecurityPolicy, trustIn } from './protection.ts'
import { createVerifiers } from './verifier.ts'

const verifiers = createVerifiers({ key: Buffer.alloc(32, 1) })

test('a verifier is good for its hop, its parts and its key only', () => {
  const verifier = verifiers.make('choose', 'flow', 'browser')
  assert.ok(verifiers.check(verifier, 'choose', 'flow', 'browser'))
  const wrong: [unknown, string, ...string[]][] = [
    [verifier, 'inform', 'flow', 'browser'],
    [verifier, 'choose', 'other', 'browser'],
    [verifier, 'choose', 'flowb', 'rowser'],
    [verifier, 'choose', 'flow'],
    [verifier, 'choose', 'browser', 'flow'],
    [`${verifier}=`, 'choose', 'flow', 'browser'],
    ['', 'choose', 'flow', 'browser'],
    [undefined, 'choose', 'flow', 'browser'],
    [[verifier], 'choose', 'flow', 'browser'],
  ]
  for (const [given, label, ...parts] of wrong) assert.equal(verifiers.check(given, label, ...parts), false)
  const others = createVerifiers({ key: Buffer.alloc(32, 2) })
  assert.equal(others.check(verifier, 'choose', 'flow', 'browser'), false)
})

test('no two lists of parts share a verifier', () => {
  const parts = fc.array(fc.string(), { maxLength: 4 })
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b)
      assert.equal(verifiers.make('x', ...a) === verifiers.make('x', ...b), same)
    }),
  )
})

test('a page without a form can send none and runs no script; one with a form sends it here', () => {
  const origin = 'https://garant.example'
  assert.match(contentSecurityPolicy({}, origin), /form-action 'none'/)
  assert.doesNotMatch(contentSecurityPolicy({}, origin), /script-src/)
  assert.match(contentSecurityPolicy({ hasForm: true }, origin), /form-action 'self'; .*script-src 'sha256-\S+$/)
  assert.match(
    contentSecurityPolicy({ hasForm: true, script: passkeyScript }, origin),
    /script-src 'sha256-\S+ https:\/\/garant\.example\/assets\/passkey\.[\w-]{10}\.js$/,
  )
})

test('trust: addresses, ranges, IPv6, and IPv4 on a double-stack socket', () => {
  const isTrusted = trustIn(['10.0.0.0/8', '192.0.2.1', 'fd00::/8'])
  for (const address of ['10.1.2.3', '192.0.2.1', 'fd12::1', '::ffff:10.1.2.3']) assert.ok(isTrusted(address), address)
  for (const address of ['11.0.0.1', '192.0.2.2', '2001:db8::1', '', 'unknown']) assert.ok(!isTrusted(address), address)
  assert.throws(() => trustIn(['10.0.0.0/99']))
  assert.throws(() => trustIn(['']), /neither/)
})
