/** What a hub needs to sign people in by the e-ID app, in tests and measurements. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPhoneMaker, demoPackage, demoSigningDigest, type PhoneMaker } from '../../demo/phone/attestation.ts'
import type { Settings } from '../../src/config.ts'
import { eidSchema } from '../../src/eid/settings.ts'
import { type Authority, cardSettings } from './cards.ts'

/** The hub knows the authority's cards and believes the phones of this maker. */
export function eidHubSettings(
  authority: Authority,
  maker: PhoneMaker = createPhoneMaker({}),
  changes: Record<string, unknown> = {},
): Pick<Settings, 'cards' | 'eid'> {
  const eid = eidSchema.parse({
    android: { packages: [demoPackage], signingDigests: [demoSigningDigest] },
    danger_trusted_phones: maker.rootPem,
    ...changes,
  })
  return { cards: cardSettings(authority), eid }
}

/** The app as a partners file names it. */
export function eidEntry(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'e-id',
    name: { fr: 'Application e-ID', en: 'e-ID app', ar: 'تطبيق الهوية' },
    population: 'citizens',
    allowedLevels: ['eidas1', 'eidas2', 'eidas3'],
    connector: { kind: 'eid_app', cards: ['cnie', 'cpx'], by: ['card', 'device_key'] },
    ...changes,
  }
}

/** Where the e-ID service says whether it works; a test says which of the two. */
export interface StatusPage {
  address: string
  isWorking: boolean
  close(): void
}

export async function startStatusPage(): Promise<StatusPage> {
  const server = createServer((_request, response) => {
    response.writeHead(page.isWorking ? 200 : 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ status: page.isWorking ? 'pass' : 'fail' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const page: StatusPage = {
    address: `http://localhost:${port}/status`,
    isWorking: true,
    close: () => server.close(),
  }
  return page
}

/** A card and a code, as a partners file names what stands in for the app. */
export function standInEntry(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'e-id-stand-in',
    name: { fr: 'Carte et code', en: 'Card and code', ar: 'البطاقة والرمز' },
    population: 'citizens',
    allowedLevels: ['eidas1', 'eidas2'],
    connector: { kind: 'card_and_code', cards: ['cnie'], standsInFor: 'e-id', hours: 24 },
    ...changes,
  }
}
