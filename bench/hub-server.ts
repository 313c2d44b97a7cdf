/** The hub that is measured, in a process of its own; the parent gives it a database and the provider's settings. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditVerify } from '../src/audit/verify.ts'
import { buildHub } from '../src/hub.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { parsePartnersFile } from '../src/partners/file.ts'
import type { Location } from '../src/storage/storage.ts'
import { secretOf, serviceEntry, testBoot } from '../test/support/hub.ts'
import { freePort } from '../test/support/ports.ts'
import { serveParent } from './measured.ts'

const { provider, smtpPort, services } = JSON.parse(process.env.BENCH_HUB ?? '{}') as {
  provider: Record<string, unknown> & { connector: Record<string, unknown> & { clientSecret: string } }
  smtpPort: number
  services: number
}
const url = process.env.BENCH_DATABASE_URL
const folder = mkdtempSync(join(tmpdir(), 'garant-bench-'))
const database: Location = url ? { kind: 'server', url } : { kind: 'folder', path: join(folder, 'data') }
const port = await freePort()
const boot = testBoot({ port, smtpPort, folder, database })
const silent = { info: () => {}, warn: console.warn, error: console.error }
const hub = await buildHub(boot, { clock: systemClock, fetch, log: silent })

const redirectUri = 'http://localhost:1/callback'
const { state: _state, partner: _partner, ...entry } = provider
const partners = [
  {
    id: 'bench',
    name: { fr: 'Banc', en: 'Bench', ar: 'Bench' },
    services: Array.from({ length: services }, (_, index) => serviceEntry(`bench-${index}`)),
    providers: [
      {
        ...entry,
        connector: { ...provider.connector, clientSecret: { danger_plain: provider.connector.clientSecret } },
      },
    ],
  },
]
await hub.partners.apply(parsePartnersFile(JSON.stringify({ partners }), { allowHttp: true }), {
  actor: { kind: 'command' },
})
// Alerts are written in the measured time; sending them is what `settle` measures.
await hub.listen({ jobs: false })

serveParent({
  ready: {
    issuer: boot.settings.issuer,
    redirectUri,
    clientId: 'bench-0',
    clientSecret: secretOf('bench-0'),
    scope: 'openid identite_pivot email',
  },
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
  stop: async () => {
    await hub.close()
    rmSync(folder, { recursive: true, force: true })
  },
})
