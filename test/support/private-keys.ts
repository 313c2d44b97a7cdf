/**
 * RSA keys of test hubs, out of a stock in `.cache/`: to find the primes of three of them took longer than all else that
 * a hub does when it starts. No key twice in one process. What is tested of the making of keys is tested in `src/keys`,
 * which makes its own.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { type MakePrivateKey, newPrivateKey, rsaBits } from '../../src/keys/keys.ts'

const stock = join(import.meta.dirname, `../../.cache/keys-${rsaBits}`)

export function createKeyStock(): MakePrivateKey {
  let taken = 0
  return async (alg) => {
    if (!alg.startsWith('RS')) return newPrivateKey(alg)
    taken += 1
    const file = join(stock, `${taken}.json`)
    return inStock(file) ?? putIn(file, await newPrivateKey(alg))
  }
}

function inStock(file: string): JWK | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Written aside and renamed: several test files may do this at once. */
function putIn(file: string, key: JWK): JWK {
  mkdirSync(stock, { recursive: true })
  const partial = `${file}.${process.pid}`
  writeFileSync(partial, JSON.stringify(key), { mode: 0o600 })
  renameSync(partial, file)
  return key
}
