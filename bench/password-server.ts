/** A hub with people who have passwords of its own, in a process of its own: what `password.ts` measures. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildHub } from '../src/hub.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { parsePartnersFile } from '../src/partners/file.ts'
import { policySchema } from '../src/policy/settings.ts'
import type { Location } from '../src/storage/storage.ts'
import { secretOf, serviceEntry, testBoot } from '../test/support/hub.ts'
import { enrol, ownProviderEntry } from '../test/support/own-means.ts'
import { tarik } from '../test/support/people.ts'
import { freePort } from '../test/support/ports.ts'
import { serveParent } from './measured.ts'

const { smtpPort, people } = JSON.parse(process.env.BENCH_HUB ?? '{}') as { smtpPort: number; people: number }
const url = process.env.BENCH_DATABASE_URL
const folder = mkdtempSync(join(tmpdir(), 'garant-bench-'))
const database: Location = url ? { kind: 'server', url } : { kind: 'folder', path: join(folder, 'data') }
const port = await freePort()
const settings = { policy: policySchema.parse({ passwordAlone: 'ordinary' }) }
const boot = testBoot({ port, smtpPort, folder, database, settings })
const silent = { info: () => {}, warn: console.warn, error: console.error }
const hub = await buildHub(boot, { clock: systemClock, log: silent })
const name = { fr: 'Banc', en: 'Bench', ar: 'Bench' }
const partners = [{ id: 'bench', name, services: [serviceEntry('bench-0')], providers: [ownProviderEntry()] }]
await hub.partners.apply(parsePartnersFile(JSON.stringify({ partners }), { allowHttp: true }), {
  actor: { kind: 'command' },
})
const names: string[] = []
for (let index = 0; index < people; index++) {
  const identity = { ...tarik, family_name: `BENCH${'A'.repeat(index + 1)}` }
  names.push((await enrol(hub, { name: `bench.${index}`, identity })).name)
}
await hub.listen({ jobs: false })

serveParent({
  ready: {
    issuer: boot.settings.issuer,
    redirectUri: 'http://localhost:1/callback',
    clientId: 'bench-0',
    clientSecret: secretOf('bench-0'),
    scope: 'openid identite_pivot email',
    names,
  },
  stop: async () => {
    await hub.close()
    rmSync(folder, { recursive: true, force: true })
  },
})
