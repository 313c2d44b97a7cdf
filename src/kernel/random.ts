/**
 * Random bytes from the operating system, fetched by the page: a call into it costs ten times what the bytes of one id
 * do, and a login needs thirty of them. What was handed out is wiped from the page.
 */
import { randomFillSync, randomBytes as unpaged } from 'node:crypto'

const page = Buffer.alloc(4096)
let used = page.length

/** `length` bytes; more than a page are fetched for themselves. */
export function randomBytes(length: number): Buffer {
  if (length > page.length) return unpaged(length)
  if (used + length > page.length) {
    randomFillSync(page)
    used = 0
  }
  const taken = Buffer.allocUnsafe(length)
  page.copy(taken, 0, used, used + length)
  page.fill(0, used, used + length)
  used += length
  return taken
}
