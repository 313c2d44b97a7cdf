/**
 * The hub that is measured, in a process of its own. The parent prepares what it boots with and what it serves, so that
 * nothing of the tests, an embedded database among it, is in its memory.
 */
import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import type { Boot } from '../src/config.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { loadHub } from '../src/loading.ts'
import type { Target } from './driver.ts'
import { serveParent } from './measured.ts'

/** What the parent hands over, serialised in base64. */
export interface HubOrder {
  boot: Boot
  /** The text of a partners file. */
  partners: string
  target: Target
}

// As `garant serve` loads it: nothing of it is loaded before.
const { buildHub } = await loadHub()
const { auditVerify } = await import('../src/audit/verify.ts')
const { parsePartnersFile } = await import('../src/partners/file.ts')

const { boot, partners, target }: HubOrder = deserialize(readFileSync(process.env.BENCH_HUB ?? ''))
const silent = { info: () => {}, warn: console.warn, error: console.error }
const hub = await buildHub(boot, { clock: systemClock, log: silent })
await hub.partners.apply(parsePartnersFile(partners, { allowHttp: true }), { actor: { kind: 'command' } })
// Alerts are written in the measured time; sending them is what `settle` measures.
await hub.listen({ jobs: false })

serveParent({
  ready: target,
  answers: {
    connections: () => hub.connections.count(),
    /** All that the logins left to do: alerts written and sent, facts sealed. */
    settle: async () => {
      await hub.audit.deliver()
      await hub.storage.jobs.drain()
      await hub.audit.sealNow()
    },
    verify: async () => {
      const { ok } = await auditVerify({
        storage: hub.storage,
        origin: boot.settings.issuer,
        publicKeys: hub.keys.of('journal').map(({ publicJwk }) => publicJwk),
        headsFiles: [boot.settings.journal.headsFile],
        clock: systemClock,
      })
      return { ok }
    },
  },
  stop: () => hub.close(),
})
