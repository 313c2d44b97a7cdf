/**
 * A browser without a screen, for journeys and load: real HTTP, a cookie jar, pages read by their forms and links.
 * Redirections are followed one by one, so that a test sees each hop. JavaScript is not run, as the pages promise.
 */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'

export interface Answer {
  url: URL
  status: number
  headers: IncomingHttpHeaders
  body: string
  /** Every address that was visited on the way, the last one included. */
  trail: URL[]
}

export interface Form {
  action: URL
  method: 'GET' | 'POST'
  /** Hidden and prefilled values. */
  fields: Record<string, string>
  /** Submit buttons that carry a value. */
  buttons: { name: string; value: string; formAction?: URL }[]
}

export interface UserAgentOptions {
  language?: string
  /** Shared sockets: for load. */
  agent?: Agent
  /** Headers of every request, as a proxy or another browser would send. */
  headers?: Record<string, string>
}

/** Stops before an address: what the driver wants to see itself, such as a service's callback. */
type Stop = (url: URL) => boolean

export class UserAgent {
  readonly #cookies = new Map<string, Map<string, string>>()
  readonly #agent: Agent
  readonly #headers: Record<string, string>

  constructor(options: UserAgentOptions = {}) {
    this.#agent = options.agent ?? new Agent({ keepAlive: true })
    this.#headers = { accept: 'text/html', 'accept-language': options.language ?? 'fr', ...options.headers }
  }

  /** Opens an address and follows redirections; `stop` ends on the redirection itself, with its `Location` as `url`. */
  async open(url: string | URL, stop: Stop = () => false): Promise<Answer> {
    return this.#follow({ url: new URL(url), method: 'GET', site: 'none' }, stop)
  }

  /** Sends a form of a page: its own fields, then `values`. */
  async submit(
    page: Answer,
    form: Form,
    values: Record<string, string> = {},
    stop: Stop = () => false,
  ): Promise<Answer> {
    const fields = new URLSearchParams({ ...form.fields, ...values })
    const site = form.action.origin === page.url.origin ? 'same-origin' : 'cross-site'
    if (form.method === 'GET') {
      const url = new URL(form.action)
      url.search = fields.toString()
      return this.#follow({ url, method: 'GET', site }, stop)
    }
    return this.#follow(
      { url: form.action, method: 'POST', body: fields.toString(), site, origin: page.url.origin },
      stop,
    )
  }

  /** One request, no redirection followed. */
  async send(options: {
    url: URL
    method?: 'GET' | 'POST'
    body?: string
    site?: string
    origin?: string
    headers?: Record<string, string>
  }): Promise<Omit<Answer, 'trail'>> {
    const { url, method = 'GET', body } = options
    const jar = this.#jar(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers: Record<string, string> = {
      ...this.#headers,
      ...(options.site
        ? { 'sec-fetch-site': options.site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
        : {}),
      ...(options.origin ? { origin: options.origin } : {}),
      ...(cookie ? { cookie } : {}),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) }),
      ...options.headers,
    }
    const answer = await exchange(url, { method, headers, agent: this.#agent }, body)
    for (const line of answer.headers['set-cookie'] ?? []) store(jar, line)
    return { url, ...answer }
  }

  /** Cookies that would go to an address. */
  cookies(url: string | URL): ReadonlyMap<string, string> {
    return this.#jar(new URL(url))
  }

  setCookie(url: string | URL, name: string, value: string): void {
    this.#jar(new URL(url)).set(name, value)
  }

  /** A browser that holds the same cookies now and goes its own way from here. */
  clone(): UserAgent {
    const copy = new UserAgent({ agent: this.#agent, headers: this.#headers })
    for (const [host, jar] of this.#cookies) copy.#cookies.set(host, new Map(jar))
    return copy
  }

  close(): void {
    this.#agent.destroy()
  }

  /** Cookies know no port, but the town's sites are to be strangers to one another, as under their real names. */
  #jar(url: URL): Map<string, string> {
    const jar = this.#cookies.get(url.host) ?? new Map<string, string>()
    this.#cookies.set(url.host, jar)
    return jar
  }

  async #follow(
    first: { url: URL; method: 'GET' | 'POST'; body?: string; site: string; origin?: string },
    stop: Stop,
  ): Promise<Answer> {
    let answer = await this.send(first)
    const trail = [first.url]
    for (let hops = 0; hops < 20; hops++) {
      const location = answer.status >= 300 && answer.status <= 399 ? answer.headers.location : refreshOf(answer.body)
      if (!location) return { ...answer, trail }
      const url = new URL(location, answer.url)
      trail.push(url)
      if (stop(url)) return { ...answer, url, trail }
      const site = url.origin === answer.url.origin ? 'same-origin' : 'cross-site'
      answer = await this.send({ url, site })
    }
    throw new Error(`more than 20 redirections: ${trail.map(({ href }) => href).join('\n')}`)
  }
}

/** Where a page leads on by itself, at once. */
function refreshOf(body: string): string | undefined {
  const content = /<meta http-equiv="refresh" content="0;url=([^"]*)"/i.exec(body)?.[1]
  return content === undefined ? undefined : unescapeHtml(content)
}

function exchange(
  url: URL,
  options: { method: string; headers: Record<string, string>; agent: Agent },
  body: string | undefined,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, options, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function store(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';')
  const cut = pair.indexOf('=')
  const [name, value] = [pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()]
  const gone = attributes.some(
    (attribute) => /^\s*max-age=0\s*$/i.test(attribute) || /expires=thu, 01 jan 1970/i.test(attribute),
  )
  if (gone || value === '') jar.delete(name)
  else jar.set(name, value)
}

/** The forms of a page, in order. */
export function formsOf(page: Pick<Answer, 'body' | 'url'>): Form[] {
  return [...page.body.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head = '', inside = '']) => {
    const method = attribute(head, 'method')?.toUpperCase() === 'POST' ? 'POST' : 'GET'
    const inputs = [...inside.matchAll(/<input\b([^>]*)>/gi)].map(([, text = '']) => text)
    const fields = inputs
      .filter((text) => !/type="?(submit|checkbox|radio)/i.test(text) || /\bchecked\b/i.test(text))
      .flatMap((text) => {
        const name = attribute(text, 'name')
        return name ? [[name, attribute(text, 'value') ?? ''] as const] : []
      })
    const buttons = [...inside.matchAll(/<button\b([^>]*)>/gi)].flatMap(([, text = '']) => {
      const formAction = attribute(text, 'formaction')
      return [
        {
          name: attribute(text, 'name') ?? '',
          value: attribute(text, 'value') ?? '',
          ...(formAction ? { formAction: new URL(formAction, page.url) } : {}),
        },
      ]
    })
    return {
      action: new URL(attribute(head, 'action') ?? '', page.url),
      method,
      fields: Object.fromEntries(fields),
      buttons,
    }
  })
}

/** The first form whose action matches; throws with the page's beginning when there is none. */
export function formTo(page: Answer, action: RegExp): Form {
  const form = formsOf(page).find((candidate) => action.test(candidate.action.pathname))
  if (!form) throw new Error(`no form to ${action} on ${page.url.href} (${page.status}):\n${page.body.slice(0, 2_000)}`)
  return form
}

/** Addresses of the links of a page. */
export function linksOf(page: Pick<Answer, 'body' | 'url'>): URL[] {
  return [...page.body.matchAll(/<a\b[^>]*\bhref="([^"]*)"/gi)].map(
    ([, href = '']) => new URL(unescapeHtml(href), page.url),
  )
}

/** The page as text: tags gone, entities resolved, spaces joined. */
export function textOf(page: Pick<Answer, 'body'>): string {
  return unescapeHtml(page.body.replace(/<(style|script)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
}

function attribute(text: string, name: string): string | undefined {
  const match = new RegExp(`\\b${name}=(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(text)
  const value = match?.[1] ?? match?.[2] ?? match?.[3]
  return value === undefined ? undefined : unescapeHtml(value)
}

function unescapeHtml(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal))
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16))
    return named[name] ?? whole
  })
}
