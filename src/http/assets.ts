/**
 * Style sheet, marks and scripts, read once from this folder and served from memory under a name that holds their hash, so that
 * browsers keep them for ever. Pages themselves are not compressed: they hold verifiers beside what a stranger may
 * choose (a filter), and compression would let lengths tell (BREACH).
 */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { GarantError } from '../kernel/errors.ts'
import { danger_raw } from './html.ts'
import { type Encoding, encodingFor } from './negotiation.ts'

export interface Asset {
  /** `/assets/style.3kT9vQ2x.css` */
  href: string
  type: string
  body: Buffer
}

const folder = import.meta.dirname
const read = (...names: string[]) => Buffer.concat(names.map((name) => readFileSync(join(folder, name))))

function asset(name: string, extension: string, type: string, body: Buffer): Asset {
  return { href: `/assets/${name}.${hash('sha256', body, 'base64url').slice(0, 10)}.${extension}`, type, body }
}

export const style = asset('style', 'css', 'text/css; charset=utf-8', read('tokens.css', 'style.css', 'forms.css'))
export const icon = asset('icon', 'svg', 'image/svg+xml', read('assets/icon.svg'))
/** Registration of and sign-in by a passkey, for forms with `data-passkey`. */
export const passkeyScript = asset('passkey', 'js', 'text/javascript; charset=utf-8', read('assets/passkey.js'))
/** What makes the pages of the hub's own means comfortable, and does their proof of work. */
export const meansScript = asset('means', 'js', 'text/javascript; charset=utf-8', read('assets/means.js'))
/** Tells whoever has a page of their space open that the session ends soon. */
export const sessionScript = asset('session', 'js', 'text/javascript; charset=utf-8', read('assets/session.js'))
/** Follows a sign-in with the e-ID app on the page that waits for it. */
export const followScript = asset('eid', 'js', 'text/javascript; charset=utf-8', read('assets/eid.js'))
/** Asks the Web eID extension for what a card signs. */
export const webEidScript = asset('web-eid', 'js', 'text/javascript; charset=utf-8', read('assets/web-eid.js'))
const favicon = asset('favicon', 'ico', 'image/x-icon', read('assets/favicon.ico'))

/** The mark in the colour of the text around it, for the header of a page. */
export const mark = danger_raw(read('assets/mark.svg').toString().trim())

const compressors = { br: brotliCompressSync, gzip: gzipSync } as const satisfies Record<
  Encoding,
  (body: Buffer) => Buffer
>

/** Large enough that compressing pays, and of a kind that is not compressed already. */
const isCompressible = ({ type, body }: Asset) => type !== 'image/x-icon' && body.length > 1024

export function registerAssets(app: FastifyInstance): void {
  const served = [style, icon, passkeyScript, meansScript, sessionScript, followScript, webEidScript, favicon].map(
    (one) => ({
      asset: one,
      bodies: new Map<Encoding, Buffer>(),
    }),
  )
  const stem = (href: string) => href.slice('/assets/'.length).split('.', 1)[0]

  app.get<{ Params: { file: string } }>('/assets/:file', { config: { access: 'public' } }, (request, reply) => {
    const href = `/assets/${request.params.file}`
    // During an upgrade a page of one process asks another one for a file by its other hash: the present one will do.
    const found = served.find(({ asset: one }) => stem(one.href) === stem(href))
    if (!found) throw new GarantError('not_found')
    const current = found.asset.href === href
    reply.type(found.asset.type).headers({
      'cache-control': current ? 'public, max-age=31536000, immutable' : 'no-cache',
      'cross-origin-resource-policy': 'same-origin',
    })
    if (!isCompressible(found.asset)) return reply.send(found.asset.body)
    const encoding = encodingFor(request.headers['accept-encoding'])
    reply.header('vary', 'accept-encoding')
    if (!encoding) return reply.send(found.asset.body)
    const body = found.bodies.get(encoding) ?? compressors[encoding](found.asset.body)
    found.bodies.set(encoding, body)
    return reply.header('content-encoding', encoding).send(body)
  })

  // Asked for by browsers that do not read the page's <link>.
  app.get('/favicon.ico', { config: { access: 'public' } }, (_request, reply) =>
    reply.type(favicon.type).header('cache-control', 'public, max-age=86400').send(favicon.body),
  )
}
