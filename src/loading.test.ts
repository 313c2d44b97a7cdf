/** What a hub holds before anybody has asked it for anything: seen in a process of its own, which loads nothing else. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, describe, test } from 'node:test'
import { promisify } from 'node:util'

/** Loads the hub as `garant serve` does, and says what was loaded and what the heap holds, in bytes. */
const program = `
import { registerHooks } from 'node:module'
const packages = new Set()
registerHooks({
  load(url, context, next) {
    const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]
    if (name) packages.add(name)
    return next(url, context)
  },
})
const { collectStart, loadHub } = await import('${import.meta.resolve('./loading.ts')}')
const { buildHub } = await loadHub()
const { pageBundles } = await import('${import.meta.resolve('./bundles.ts')}')
const { createTranslator } = await import('${import.meta.resolve('./http/messages.ts')}')
const held = () => {
  collectStart()
  return process.memoryUsage().heapUsed
}
const garbage = new WeakRef({})
await new Promise((resolve) => setImmediate(resolve))
const loaded = held()
const translate = createTranslator(...pageBundles)
const translating = held()
console.log(JSON.stringify({
  hub: typeof buildHub,
  packages: [...packages],
  isCollected: garbage.deref() === undefined,
  said: typeof translate('fr'),
  translators: translating - loaded,
}))
`

let seen: { hub: string; packages: string[]; isCollected: boolean; said: string; translators: number }
before(async () => {
  const args = ['--expose-gc', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, args, { encoding: 'utf8' })
  seen = JSON.parse(stdout)
})

describe('a hub that has just been loaded', () => {
  test('is the whole hub, without the packages that the first use of something loads', () => {
    assert.equal(seen.hub, 'function')
    for (const name of ['fastify', 'oidc-provider', 'pg-boss']) assert.ok(seen.packages.includes(name), name)
    const later = [
      'nodemailer',
      '@simplewebauthn/server',
      '@zxcvbn-ts/language-common',
      '@electric-sql/pglite',
      '@etalab/decoupage-administratif',
      '@ip-location-db/geo-whois-asn-country-mmdb',
    ]
    assert.deepEqual(
      later.filter((name) => seen.packages.includes(name)),
      [],
    )
  })

  test('keeps nothing of what starting left behind', () => {
    assert.ok(seen.isCollected)
  })

  test('has read no sentence: all of them are 8 MB', () => {
    assert.equal(seen.said, 'function')
    assert.ok(seen.translators < 4 * 2 ** 20, `translators hold ${seen.translators} bytes`)
  })
})
