/**
 * What every house of the town shares as a web site: a Fastify server on its port, one stylesheet coloured by its brand,
 * a strict Content Security Policy, the language of the visitor, and the frame of a page. A house says its brand and
 * its routes, nothing else.
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { join } from 'node:path'
import fastifyFormbody from '@fastify/formbody'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { danger_raw, type Html, html } from '../src/http/html.ts'
import { typeset } from '../src/http/messages.ts'
import { directionOf, isLanguage, type Language, languages, type Translated } from '../src/kernel/languages.ts'
import { portFault } from './ports.ts'

/** How a house looks: enough for each to be told from the others at a glance. */
export interface Brand {
  name: Translated
  /** One short line under the name. */
  tagline: Translated
  /** Main colour; white text on it has a contrast of at least 4.5. */
  colour: string
  /** Background of the page, very light. */
  paper: string
  font: 'sans' | 'serif' | 'round'
  /** Where the colour is: around a `card`, in one half (`split`), in a `band` above, or almost nowhere (`column`). */
  layout: 'card' | 'split' | 'band' | 'column'
  /** A square SVG of 48 × 48 that carries its own colours, without script or reference. */
  mark: string
}

export interface SitePage {
  title: string
  body: Html
  status?: number
  /** Links of the header, the language switch excepted. */
  navigation?: Html
  /** Language asked by whoever sent the person here; the person's own choice wins over it. */
  language?: Language
  /** Address of the page itself, for the language switch; without it there is none. */
  here?: string
  /** Content of the coloured half or band; the mark and the tagline by default. */
  aside?: Html
  /** Address of the module that makes the page live. */
  script?: string
}

export interface Site {
  app: FastifyInstance
  page(request: FastifyRequest, reply: FastifyReply, page: SitePage): FastifyReply
  languageOf(request: FastifyRequest, asked?: string): Language
  listen(port: number): Promise<void>
  close(): Promise<void>
}

export interface SiteOptions {
  brand: Brand
  /** Shapes of page: a login in the middle, a site over the whole width, the screen of a phone. */
  kind: 'login' | 'site' | 'phone'
  /** A sheet of its own, after the one of the town. */
  css?: string
  /** The house has scripts: modules of its own origin, which may ask that origin alone. */
  scripted?: true
  /** A listener of its own for some paths: the engine of a provider. It reads the raw request. */
  engine?: { takes(path: string): boolean; listener: RequestListener }
}

/** The language chosen on any page of the town is kept for all of them: cookies do not know ports. */
const languageCookie = 'town_language'

const stylesheet = readFileSync(join(import.meta.dirname, 'look.css'), 'utf8')

/** The hub's mark, in the colour of the text around it: partners show it where they speak of the hub. */
export const garantMark = danger_raw(
  readFileSync(join(import.meta.dirname, '../src/http/assets/mark.svg'), 'utf8').trim(),
)

const fonts: Record<Brand['font'], string> = {
  sans: 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  serif: '"Iowan Old Style", "Palatino Linotype", Georgia, "DejaVu Serif", "Noto Serif", serif',
  round: '"Nunito", "Trebuchet MS", "Avenir Next", "Noto Sans", sans-serif',
}

const switchNames: Record<Language, string> = { fr: 'Français', en: 'English', ar: 'العربية' }

const demoNotice: Translated = {
  fr: 'Démonstration : personnes, comptes et organismes sont inventés.',
  en: 'Demonstration: people, accounts and organisations are invented.',
  ar: 'عرض توضيحي: الأشخاص والحسابات والهيئات كلها من وحي الخيال.',
}

/** Sentences as French sets them: no line begins with a tall sign. */
export const typesetAll = <T extends Record<string, Translated>>(words: T): T =>
  Object.fromEntries(Object.entries(words).map(([key, text]) => [key, { ...text, fr: typeset.fr(text.fr) }])) as T

export function createSite(options: SiteOptions): Site {
  const { brand } = options
  const app = Fastify({
    logger: false,
    serverFactory: (handler) => createServer(withEngine(handler, options.engine)),
  })
  app.register(fastifyFormbody)
  const css = `${stylesheet}\n:root{--brand:${brand.colour};--paper:${brand.paper};--font:${fonts[brand.font]}}\n${options.css ?? ''}`
  app.get('/look.css', (_, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(css),
  )
  app.get('/mark.svg', (_, reply) => reply.type('image/svg+xml').header('cache-control', 'no-cache').send(brand.mark))
  app.get('/favicon.ico', (_, reply) => reply.redirect('/mark.svg', 302))
  app.addHook('onRequest', async (request, reply) => rememberLanguage(request, reply))

  return {
    app,
    languageOf,
    page(request, reply, page) {
      const language = languageOf(request, page.language)
      return reply
        .code(page.status ?? 200)
        .headers(options.scripted ? scriptedHeaders : pageHeaders)
        .type('text/html; charset=utf-8')
        .send(frame(options, page, language).toString())
    },
    async listen(port) {
      try {
        await app.listen({ port, host: '127.0.0.1' })
      } catch (fault) {
        throw portFault(fault, port)
      }
    },
    async close() {
      app.server.closeAllConnections()
      await app.close()
    },
  }
}

/** The first that is known: chosen by the person, asked by who sent them, preferred by the browser, French. */
function languageOf(request: FastifyRequest, asked?: string): Language {
  const chosen = readCookie(request, languageCookie)
  const inQuery = (request.query as { lang?: string }).lang
  const preferred = (request.headers['accept-language'] ?? '').split(',').map((range) => range.trim().slice(0, 2))
  const wished = (asked ?? '').split(' ').map((tag) => tag.slice(0, 2))
  return [inQuery, chosen, ...wished, ...preferred].find(isLanguage) ?? 'fr'
}

function rememberLanguage(request: FastifyRequest, reply: FastifyReply): void {
  const chosen = (request.query as { lang?: string }).lang
  if (isLanguage(chosen)) setCookie(reply, languageCookie, chosen)
}

export function readCookie(request: FastifyRequest, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

/** A cookie of the browser session. The town speaks plain http on the loopback, hence no `Secure`. */
export function setCookie(reply: FastifyReply, name: string, value: string): void {
  reply.header('set-cookie', `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`)
}

export function clearCookie(reply: FastifyReply, name: string): void {
  reply.header('set-cookie', `${name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`)
}

/**
 * Forms of other origins are refused. Houses share the host `localhost` and so are one site for `SameSite`, hence the
 * check of the origin. Browsers send `Sec-Fetch-Site` with every request to a loopback address.
 */
export function refusesForeignForm(request: FastifyRequest, reply: FastifyReply): boolean {
  const from = request.headers['sec-fetch-site']
  if (from === undefined || from === 'same-origin') return false
  reply.code(403).type('text/plain; charset=utf-8').send('This form was sent from another site.')
  return true
}

const pageHeaders = {
  // No `form-action`: after a form, redirections lead through origins that a house cannot know, and browsers apply the
  // directive to each of them.
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

const scriptedHeaders = {
  ...pageHeaders,
  'content-security-policy': `${pageHeaders['content-security-policy']}; script-src 'self'; connect-src 'self'`,
}

function withEngine(handler: RequestListener, engine: SiteOptions['engine']): RequestListener {
  if (!engine) return handler
  return (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    return (engine.takes(path) ? engine.listener : handler)(request, response)
  }
}

function frame({ brand, kind }: SiteOptions, page: SitePage, language: Language): Html {
  return html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}" data-kind="${kind}" data-layout="${brand.layout}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title} – ${brand.name[language]}</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/look.css">
${page.script && html`<script type="module" src="${page.script}"></script>`}
</head>
<body>
<header class="top">
<a class="brand" href="/"><span class="mark">${danger_raw(brand.mark)}</span><span class="brand-name">${brand.name[language]}</span></a>
<nav class="top-links">${page.navigation}${page.here ? languageSwitch(page.here, language) : undefined}</nav>
</header>
<div class="stage">
${kind === 'login' ? html`<aside class="side">${page.aside ?? defaultAside(brand, language)}</aside>` : undefined}
<main>${page.body}</main>
</div>
<footer class="bottom">${demoNotice[language]}</footer>
</body>
</html>`
}

function defaultAside(brand: Brand, language: Language): Html {
  return html`<span class="mark large">${danger_raw(brand.mark)}</span><p>${brand.tagline[language]}</p>`
}

function languageSwitch(here: string, current: Language): Html {
  const links = languages.map((language) => {
    const address = new URL(here, 'http://localhost')
    address.searchParams.set('lang', language)
    const mark = language === current ? danger_raw(' aria-current="true"') : undefined
    return html`<a href="${address.pathname + address.search}" lang="${language}" hreflang="${language}"${mark}>${switchNames[language]}</a>`
  })
  return html`<span class="languages">${links}</span>`
}
