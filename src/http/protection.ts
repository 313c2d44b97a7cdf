/**
 * What protects every page and form: the headers of all answers, the Content Security Policy computed from the page,
 * the one host that is answered, forwarded headers from trusted proxies only, and posts from our own pages only.
 */
import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { Page } from './http.ts'

/**
 * Headers of every answer, also of those that the engine writes itself: they are put on the raw response, where later
 * ones win.
 */
export function writeBaseHeaders(response: ServerResponse, secure: boolean): void {
  response.setHeader('x-content-type-options', 'nosniff')
  // Not `no-referrer`: with it browsers send `Origin: null` on our own forms (Fetch standard, "append a request Origin
  // header"), which old ones, without Sec-Fetch-Site, could not be told apart by. Nothing leaves for another site.
  response.setHeader('referrer-policy', 'same-origin')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('cache-control', 'no-store')
  // RFC 6797 section 7.2: not over plain http. Two years, the least that preload lists take.
  if (secure) response.setHeader('strict-transport-security', 'max-age=63072000; includeSubDomains')
}

/**
 * The script of every page with a form: what was sent is not sent again, so that a double click does not run into a
 * step that is over. Everything works without it.
 */
export const formGuard = [
  'let sent;',
  "addEventListener('submit',e=>{",
  "if(e.target.method!=='post')return;",
  'if(sent)return e.preventDefault();',
  'sent=true;',
  "e.submitter?.setAttribute('aria-busy','true')",
  '});',
  "addEventListener('pageshow',()=>{",
  'sent=false;',
  "document.querySelectorAll('[aria-busy]').forEach(b=>b.removeAttribute('aria-busy'))",
  '})',
].join('')

const formGuardSource = `'sha256-${hash('sha256', formGuard, 'base64')}'`

/** What only pages need. */
export function pageHeaders(page: Page, origin: string): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(page, origin),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  }
}

/**
 * Nothing but what this page uses. Its forms lead to the hub only; a page without a form sends none. Of scripts it runs
 * the guard of its form and the files that it names, found at no other address; a worker too may be one of these only.
 * They call nobody, unless the page names the one path of the hub that they may.
 */
export function contentSecurityPolicy(page: Scripted, origin: string): string {
  if (page.script || page.calls) return policyOf(page, origin)
  return page.hasForm ? policyOfForm : policyOfText
}

type Scripted = Pick<Page, 'hasForm' | 'script' | 'calls'>

/** Of pages without a script of their own, which do not say where the hub is: nearly all. */
const policyOfForm = policyOf({ hasForm: true }, '')
const policyOfText = policyOf({}, '')

function policyOf(page: Scripted, origin: string): string {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${page.hasForm ? "'self'" : "'none'"}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  const own = [page.script ?? []].flat().map(({ href }) => `${origin}${href}`)
  const scripts = [...(page.hasForm ? [formGuardSource] : []), ...own]
  if (scripts.length > 0) policy.push(`script-src ${scripts.join(' ')}`)
  if (page.calls) policy.push(`connect-src ${origin}${page.calls}`)
  return policy.join('; ')
}

export type IsTrusted = (address: string) => boolean

/** Addresses and ranges (`10.0.0.0/8`) as one question. Throws on a malformed one: it would trust nobody in silence. */
export function trustIn(proxies: readonly string[]): IsTrusted {
  if (proxies.length === 0) return () => false
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const family = familyOf(address)
    if (!family) throw new Error(`trustedProxies: ${proxy} is neither an address nor a range`)
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    const family = familyOf(address)
    return family !== undefined && list.check(address, family)
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  return ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address) as 4 | 6]
}

/** Who sent a request, by address and source port; port 0 when a proxy did not say it. */
export interface Client {
  address: string
  port: number
}

/**
 * Removes what a stranger claims about the client, so that nobody further in can believe it, the engine included.
 * Of a trusted proxy only `X-Forwarded-For` and `-Proto` stay: the host is never taken from it.
 */
export function dropForwarded(request: IncomingMessage, isTrusted: IsTrusted): void {
  const trusted = isTrusted(request.socket.remoteAddress ?? '')
  for (const name of Object.keys(request.headers)) {
    if (!name.startsWith('x-') && name !== 'forwarded') continue
    if (trusted && (name === 'x-forwarded-for' || name === 'x-forwarded-proto')) continue
    if (name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'x-real-ip') delete request.headers[name]
  }
}

/** `request.ip` is the nearest address that is not one of our proxies; some proxies write `address:port`. */
export function clientOf(request: FastifyRequest): Client {
  const direct = plain(request.socket.remoteAddress ?? '')
  const claimed = request.ip ?? ''
  if (plain(claimed) === direct) return { address: direct, port: request.socket.remotePort ?? 0 }
  if (isIP(claimed)) return { address: plain(claimed), port: 0 }
  const parts = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(claimed)
  const address = parts?.[1] ?? ''
  // What is no address at all is the proxy's fault; its own address is then the truth that is known.
  return isIP(address) ? { address: plain(address), port: Number(parts?.[2]) } : { address: direct, port: 0 }
}

/** An IPv4 client on a double-stack socket without its IPv6 wrapping. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** Does this request ask for a change? */
export const changes = ({ method }: Pick<FastifyRequest, 'method'>): boolean => unsafe.has(method)

/**
 * May this request change something here? Sec-Fetch-Site cannot be written by a page and decides where it is sent;
 * `none` is the person's own act. Browsers before 2023 send only `Origin`. A request with neither is not from a browser
 * page, and carries no cookie that somebody else's page could abuse.
 */
export function isForeignPost(request: FastifyRequest, issuerOrigin: string): boolean {
  if (!changes(request)) return false
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = request.headers.origin
  return origin !== undefined && origin !== issuerOrigin
}
