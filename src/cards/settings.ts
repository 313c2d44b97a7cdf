/**
 * The section `cards` of `garant.yaml`: which cards the hub knows (`certificates/settings.ts`), and how they are read at a
 * computer. Nothing is on by default: without a kind of card no provider of cards can be published.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import { cardKindsSchema } from '../certificates/settings.ts'
import type { HouseSettings } from '../partners/entries.ts'

const line = z.string().min(1).max(2_000)
/** The loopback by default: whoever listens to the world says so. */
const listen = z.strictObject({ host: line.default('127.0.0.1'), port: z.int().min(0).max(65_535) })

/** Where browsers go with a card: another origin than the hub's, which asks everybody for a certificate. */
const address = line.refine(isOrigin, {
  error: 'must be an origin: https://cards.hub.example, with its port where it has one',
})

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.origin === text
}

/** A PEM file, relative to the settings file. */
const file = line
/** The same of a private key, which is no setting. */
const keyFile = line.refine((text) => !text.includes('-----BEGIN '), {
  error: 'must be the name of a file: a private key is not written into settings',
})

/** A listener of the hub's own that asks for the card's certificate. */
const tls = z.strictObject({ address, listen, certificate: file, key: keyFile })

/** A proxy asks for it, and hands it on in `Client-Cert` (RFC 9440) to a listener that nobody else can reach. */
const proxy = z.strictObject({
  address,
  listen,
  certificate: file,
  key: keyFile,
  /** Who issues the certificate by which the proxy itself proves that it is the proxy. */
  clientCa: file,
  /** Names of that certificate (dNSName): one of them must be there. */
  names: z
    .array(z.string().regex(/^[a-z\d.-]{1,253}$/, { error: 'must be a name in small letters' }))
    .min(1)
    .max(20),
})

export const cardsSchema = z
  .strictObject({
    kinds: cardKindsSchema,
    tls: tls.exactOptional(),
    proxy: proxy.exactOptional(),
    /** Reading by the Web eID extension, with a reader. */
    webEid: z.boolean().default(false),
  })
  .refine(({ tls, proxy }) => !(tls && proxy), {
    path: ['proxy'],
    error: 'and cards.tls exclude each other: a browser is sent to one address',
  })
  .prefault({})

export type CardsSettings = z.output<typeof cardsSchema>

/** What a partners file may name. */
export function houseSettings({ kinds, tls, proxy, webEid }: CardsSettings): HouseSettings {
  return {
    cards: Object.keys(kinds),
    ways: [...(tls || proxy ? (['tls'] as const) : []), ...(webEid ? (['web_eid'] as const) : [])],
  }
}

/** Files relative to the folder of the settings file; a text of PEM stays as it is. */
export function cardsIn(folder: string, { kinds, tls, proxy, ...rest }: CardsSettings): CardsSettings {
  const at = (text: string) => (text.includes('-----BEGIN ') ? text : resolve(folder, text))
  const all = (texts: string[]) => texts.map(at)
  return {
    ...rest,
    kinds: Object.fromEntries(
      Object.entries(kinds).map(([name, kind]) => [
        name,
        { ...kind, anchors: all(kind.anchors), intermediates: all(kind.intermediates) },
      ]),
    ),
    ...(tls ? { tls: { ...tls, certificate: at(tls.certificate), key: at(tls.key) } } : {}),
    ...(proxy
      ? {
          proxy: {
            ...proxy,
            certificate: at(proxy.certificate),
            key: at(proxy.key),
            clientCa: at(proxy.clientCa),
          },
        }
      : {}),
  }
}

/** What of the settings names a file that cannot be read, by its path. */
export function unreadableIn({ tls, proxy }: CardsSettings, read: (file: string) => unknown): string[] {
  const isText = (file: string) => file.includes('-----BEGIN ')
  const files: Record<string, string | undefined> = {
    'cards.tls.certificate': tls?.certificate,
    'cards.tls.key': tls?.key,
    'cards.proxy.certificate': proxy?.certificate,
    'cards.proxy.key': proxy?.key,
    'cards.proxy.clientCa': proxy?.clientCa,
  }
  return Object.entries(files).flatMap(([path, file]) =>
    file === undefined || isText(file) || read(file) !== undefined ? [] : [path],
  )
}
