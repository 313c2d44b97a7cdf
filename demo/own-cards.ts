/**
 * Cards and the e-ID app as tiles of the hub's own: their entries in `partners.yaml`, and what `garant.yaml` says of them:
 * the town's authority as the anchor of both kinds of card, the listener that asks for a card by TLS, and the maker of the
 * town's telephones, which a hub trusts only because the word for it is ugly.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { type CardsSettings, cardsSchema } from '../src/cards/settings.ts'
import { type EidSettings, eidSchema } from '../src/eid/settings.ts'
import type { Clock } from '../src/kernel/clock.ts'
import { day } from '../src/kernel/durations.ts'
import type { Translated } from '../src/kernel/languages.ts'
import type { Authority } from './authority/authority.ts'
import { extensions, nameOf, purposes, toPem, writeCertificate } from './authority/x509.ts'
import { demoPackage, demoSigningDigest } from './phone/attestation.ts'
import { originOf, type Ports } from './ports.ts'

interface Tile {
  id: string
  brand: { name: Translated; mark: string }
  hint: Translated
}

const mark = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="11" fill="#1f6f54"/>${inside}</svg>`

const card =
  '<rect x="8" y="13" width="32" height="22" rx="3" fill="#fff"/><rect x="12" y="19" width="8" height="7" rx="1.5" fill="#f2b84b"/><path d="M24 20h12M24 25h12M12 30h24" stroke="#1f6f54" stroke-width="2"/>'

export const cardProvider: Tile = {
  id: 'card',
  brand: {
    name: { fr: 'Carte à puce', en: 'Smart card', ar: 'البطاقة الذكية' },
    mark: mark(card),
  },
  hint: {
    fr: 'Carte d’identité ou de professionnel, avec un lecteur',
    en: 'Identity card or professional’s card, with a reader',
    ar: 'بطاقة التعريف أو بطاقة المهني، مع قارئ',
  },
}

export const eidProvider: Tile = {
  id: 'e-id',
  brand: {
    name: { fr: 'e‑ID', en: 'e‑ID', ar: 'الهوية الإلكترونية' },
    mark: mark(
      '<rect x="15" y="8" width="18" height="32" rx="4" fill="#fff"/><path d="M20 22a4 4 0 0 1 8 0v4M24 22v7M20 26v2M28 29v1" fill="none" stroke="#1f6f54" stroke-width="1.9" stroke-linecap="round"/>',
    ),
  },
  hint: {
    fr: 'L’application de votre téléphone, préparée avec votre carte',
    en: 'The app on your phone, set up with your card',
    ar: 'تطبيق هاتفك المهيّأ ببطاقتك',
  },
}

export const standInProvider: Tile = {
  id: 'e-id-stand-in',
  brand: {
    name: { fr: 'Carte et code', en: 'Card and code', ar: 'بطاقة ورمز' },
    mark: mark(`${card}<circle cx="36" cy="35" r="7" fill="#5b3a8c" stroke="#fff" stroke-width="2"/>`),
  },
  hint: {
    fr: 'Pendant que l’application e‑ID est en panne',
    en: 'While the e‑ID app is out of order',
    ar: 'ما دام تطبيق الهوية الإلكترونية معطلًا',
  },
}

/** The `partners.yaml` of the town with the three tiles, at the partner that is the hub itself. */
export function withCards(partnersYaml: string, ports: Ports): string {
  const { partners } = parse(partnersYaml) as { partners: { id: string; providers?: unknown[] }[] }
  const own = { id: 'garant', name: { fr: 'Garant', en: 'Garant', ar: 'غارانت' }, providers: [] as unknown[] }
  const partner = partners.find(({ id }) => id === own.id) ?? own
  partner.providers = [
    ...(partner.providers ?? []),
    entryOf(cardProvider, ['eidas2', 'eidas3'], { kind: 'card', cards: ['cnie', 'cpx'], ways: ['tls', 'web_eid'] }),
    entryOf(eidProvider, ['eidas2', 'eidas3'], {
      kind: 'eid_app',
      cards: ['cnie'],
      statusUrl: `${originOf(ports.phone)}/service`,
    }),
    entryOf(standInProvider, ['eidas1', 'eidas2'], {
      kind: 'card_and_code',
      cards: ['cnie'],
      standsInFor: eidProvider.id,
    }),
  ]
  const all = partner === own ? [...partners, own] : partners
  return stringify({ partners: all }, { aliasDuplicateObjects: false, lineWidth: 0 })
}

function entryOf({ id, brand, hint }: Tile, allowedLevels: string[], connector: Record<string, unknown>) {
  return { id, name: brand.name, hint, logo: brand.mark, allowedLevels, connector }
}

export interface CardSurroundings {
  ports: Ports
  authority: Authority
  /** PEM. */
  phoneRoot: string
  /** Where the listener's certificate and key lie. */
  folder: string
  clock: Clock
}

/** The sections `cards` and `eid` of `garant.yaml`. */
export function cardSettings({ ports, authority, phoneRoot, folder, clock }: CardSurroundings): {
  cards: CardsSettings
  eid: EidSettings
} {
  const { anchor, intermediates, policies } = authority
  const kind = (name: 'cnie' | 'cpx', identity: 'pivot' | 'professional') => ({
    anchors: [anchor],
    intermediates: [intermediates[name]],
    policies: [policies[name]],
    // A card that is revoked on the map is refused at once.
    revocation: { hosts: ['localhost'], maxAgeMinutes: 0 },
    identity: { kind: identity },
  })
  const cards = cardsSchema.parse({
    kinds: { cnie: kind('cnie', 'pivot'), cpx: kind('cpx', 'professional') },
    tls: {
      address: `https://localhost:${ports.cards}`,
      listen: { host: '127.0.0.1', port: ports.cards },
      ...listenerFiles(folder, clock),
    },
    webEid: true,
  })
  const eid = eidSchema.parse({
    appLink: `${originOf(ports.phone)}/?link={link}`,
    android: { packages: [demoPackage], signingDigests: [demoSigningDigest] },
    danger_trusted_phones: phoneRoot,
  })
  return { cards, eid }
}

/** Made at the first start and kept: whoever let the browser accept it is not asked again at each start. */
function listenerFiles(folder: string, clock: Clock): { certificate: string; key: string } {
  const [certificate, key] = [join(folder, 'demo-cards.crt'), join(folder, 'demo-cards.key')]
  if (existsSync(certificate) && existsSync(key)) return { certificate, key }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = nameOf([['commonName', 'localhost']])
  const made = writeCertificate({
    subject: name,
    issuer: name,
    serial: randomBytes(16),
    notBefore: clock.now() - day,
    notAfter: clock.now() + 365 * day,
    key: publicKey,
    signer: privateKey,
    extensions: [
      extensions.basicConstraints({ ca: false }),
      extensions.keyUsage('digitalSignature'),
      extensions.purposes(purposes.serverAuth),
      extensions.alternativeNames({ dns: 'localhost' }),
    ],
  })
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  writeFileSync(certificate, toPem(made))
  return { certificate, key }
}
