/**
 * What a card costs: `node bench/certificates.ts`. A real authority answers on this machine; what is kept of its answers
 * is warm, as it is for all cards but the first of an issuer and for each card after its first sign-in. The budget is
 * 5 ms of median for the chain and what is kept of the responder's answer.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { writeList } from '../demo/authority/x509.ts'
import { createCertificates } from '../src/certificates/certificates.ts'
import { readList } from '../src/certificates/lists.ts'
import { createOutbound } from '../src/http/outbound.ts'
import { systemClock as clock } from '../src/kernel/clock.ts'
import { day } from '../src/kernel/durations.ts'
import { publicOnly } from '../src/policy/destinations.ts'
import { cardKinds, salma, startAuthority } from '../test/support/cards.ts'

const rounds = 1_000
const entries = 100_000

const authority = await startAuthority(clock)
const certificates = createCertificates({
  kinds: cardKinds(authority),
  clock,
  key: Buffer.alloc(32, 1),
  toNamed: createOutbound({ rules: publicOnly }),
  toOwn: createOutbound({ rules: 'anywhere' }),
})
const ask = { kinds: ['cpx', 'cnie'], use: 'authentication', level: 'eidas3' } as const

async function times(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const found: number[] = []
  for (let index = 0; index < count; index++) {
    const began = performance.now()
    await work(index)
    found.push(performance.now() - began)
  }
  return found.sort((a, b) => a - b)
}

const share = (sorted: readonly number[], part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN
const line = (what: string, sorted: readonly number[]) =>
  console.log(
    `${what.padEnd(58)} median ${share(sorted, 0.5).toFixed(2)} ms   95 % ${share(sorted, 0.95).toFixed(2)} ms   99 % ${share(sorted, 0.99).toFixed(2)} ms`,
  )

const [first] = await times(1, () => check(0))
const one = authority.issue({ kind: 'cnie', holder: salma })
async function check(_: number) {
  const card = authority.issue({ kind: 'cnie', holder: salma })
  return certificates.check(card.certificate, ask)
}
console.log(`the first card of all: ${first?.toFixed(1)} ms`)
await certificates.check(one.certificate, ask)
line(
  'chain, rules, identity, with the answer that is kept',
  await times(rounds, () => certificates.check(one.certificate, ask)),
)
const fresh = Array.from({ length: 300 }, () => authority.issue({ kind: 'cnie', holder: salma }))
line(
  'the same of a card that is new, with its responder asked',
  await times(fresh.length, (index) => certificates.check(fresh[index]?.certificate as Buffer, ask)),
)

const list = writeList({
  issuer: authority.issuers.cnie.name,
  signer: authority.issuers.cnie.key,
  thisUpdate: clock.now(),
  nextUpdate: clock.now() + 7 * day,
  revoked: Array.from({ length: entries }, (_, index) => {
    const serial = Buffer.alloc(16, 0x41)
    serial.writeUInt32BE(index, 12)
    return { serial, at: clock.now() }
  }),
})
const delay = monitorEventLoopDelay({ resolution: 1 })
await setImmediate()
delay.enable()
const reading = await times(5, () => readList(list, { pause: () => setImmediate() }))
delay.disable()
line(`a list of ${entries} (${(list.length / 2 ** 20).toFixed(1)} MB) read and indexed`, reading)
console.log(`  longest time for which nobody else had a turn: ${(delay.max / 1e6).toFixed(1)} ms`)

await certificates.close()
await authority.close()
