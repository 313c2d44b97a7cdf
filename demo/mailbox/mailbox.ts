/**
 * The mailbox of everybody in town: an SMTP server that keeps what it is given, in memory, and the pages to read it. It
 * also shows the map of the town, as a page and as `people.json`, and has the switches of the providers' servers.
 */
import { SMTPServer } from 'smtp-server'
import type { Clock, Instant } from '../../src/kernel/clock.ts'
import type { CardTable } from '../cards.ts'
import type { House } from '../house.ts'
import { originOf, PortTaken, portFault } from '../ports.ts'
import { createSite, refusesForeignForm, type Site } from '../site.ts'
import { codeOf } from './code-app.ts'
import { type Mail, parseMail } from './mail.ts'
import { mailboxBrand, mailPage, mailsPage, portTakenPage, type TownMap, townPage } from './pages.ts'

/** A mail as it was delivered: what the sender wrote, and to whom the server was told to bring it. */
export interface Delivered extends Mail {
  id: string
  at: Instant
  /** Addresses of the SMTP envelope, in small letters: the ones that count. */
  recipients: string[]
  raw: string
}

export interface Mailbox {
  origin: string
  smtpPort: number
  /** The newest last. With an address, only what was delivered to it. */
  mails(to?: string): Delivered[]
  /** Resolves when so many mails have arrived in all, or for one address. */
  waitFor(count: number, to?: string): Promise<Delivered[]>
  close(): Promise<void>
}

export interface MailboxOptions {
  port: number
  smtpPort: number
  clock: Clock
  map: TownMap
  /** Of the providers whose server can be stopped, by id. */
  switches: ReadonlyMap<string, House>
  table?: Table
}

/** The cards on the table, and what can be put out of order about them. */
export interface Table {
  cards: Pick<CardTable, 'all' | 'stateOf' | 'revoke' | 'replace' | 'file'>
  switches: Record<'authority' | 'eid-service', House>
}

/** The mailbox forgets its oldest mails beyond this. */
const capacity = 2_000

export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { clock, port, smtpPort, map, switches, table } = options
  const store: Delivered[] = []
  const waiting = new Set<() => void>()
  let sequence = 0

  const keep = (raw: Buffer, recipients: string[]) => {
    sequence += 1
    store.push({ ...parseMail(raw), id: String(sequence), at: clock.now(), recipients, raw: raw.toString('utf8') })
    if (store.length > capacity) store.shift()
    for (const look of waiting) look()
  }
  const mails = (to?: string) =>
    to === undefined ? [...store] : store.filter(({ recipients }) => recipients.includes(to.trim().toLowerCase()))

  const smtp = smtpServer(keep)
  const site = createSite({ brand: mailboxBrand, kind: 'site' })
  route(site, { mails, map, clock, switches, table, text: (to, text) => keep(asMail(to, text), [to]) })
  await new Promise<void>((done, fail) => {
    smtp.on('error', (fault) => fail(portFault(fault, smtpPort)))
    smtp.listen(smtpPort, '127.0.0.1', done)
  })
  // From now on a fault concerns one connection and not the server.
  smtp.removeAllListeners('error').on('error', () => {})
  const closeSmtp = () => new Promise<void>((done) => smtp.close(done))
  await site.listen(port).catch(async (fault) => {
    await closeSmtp()
    throw fault
  })

  return {
    origin: originOf(port),
    smtpPort,
    mails,
    waitFor: (count, to) =>
      new Promise((done) => {
        const look = () => {
          const found = mails(to)
          if (found.length < count) return
          waiting.delete(look)
          done(found)
        }
        waiting.add(look)
        look()
      }),
    close: async () => {
      await Promise.all([site.close(), closeSmtp()])
    },
  }
}

/** Whoever comes from this machine may send to anybody. */
function smtpServer(keep: (raw: Buffer, recipients: string[]) => void): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        keep(
          Buffer.concat(chunks),
          session.envelope.rcptTo.map(({ address }) => address.toLowerCase()),
        )
        done()
      })
    },
  })
}

/** A text message reads like a mail without a subject of its own. */
function asMail(to: string, text: string): Buffer {
  const head = ['From: SMS <sms@town.example>', `To: ${to}`, 'Subject: SMS', 'Content-Type: text/plain; charset=utf-8']
  return Buffer.from([...head, '', text].join('\r\n'))
}

interface Rooms extends Pick<MailboxOptions, 'map' | 'clock' | 'switches'> {
  table: Table | undefined
  mails: Mailbox['mails']
  text: (to: string, text: string) => void
}

function route(site: Site, { mails, map, clock, switches, table, text }: Rooms): void {
  const { app } = site
  // The gateway for text messages: whoever is on this machine may send to anybody, as for mail.
  app.post<{ Body: { to?: unknown; text?: unknown } }>('/sms', async (request, reply) => {
    const { to, text: words } = request.body ?? {}
    if (typeof to !== 'string' || typeof words !== 'string') return reply.code(400).send()
    text(to, words)
    return reply.code(202).send()
  })
  app.get('/', (request, reply) => {
    const language = site.languageOf(request)
    const now = clock.now()
    return site.page(request, reply, { ...townPage(map, language, { now, switches, table }), here: '/' })
  })
  // A second click finds it done, and the way back does not do it again.
  app.post<{ Params: { id: string; to: string } }>('/providers/:id/:to', async (request, reply) => {
    const { id, to } = request.params
    const house = switches.get(id)
    if (!house || (to !== 'stop' && to !== 'start')) return reply.callNotFound()
    if (refusesForeignForm(request, reply)) return reply
    try {
      await (to === 'stop' ? house.close() : house.open())
    } catch (fault) {
      if (!(fault instanceof PortTaken)) throw fault
      return site.page(request, reply, portTakenPage(fault.port, site.languageOf(request)))
    }
    return reply.redirect(`/#${id}`, 303)
  })
  if (table) routeTable(site, table)
  app.get<{ Querystring: { to?: string } }>('/mails', (request, reply) => {
    const language = site.languageOf(request)
    const found = mails(request.query.to).reverse()
    return site.page(request, reply, { ...mailsPage(found, language, request.query.to), here: request.url })
  })
  app.get<{ Params: { id: string } }>('/mails/:id', (request, reply) => {
    const mail = mails().find(({ id }) => id === request.params.id)
    if (!mail) return reply.callNotFound()
    return site.page(request, reply, { ...mailPage(mail, site.languageOf(request)), here: request.url })
  })
  app.get<{ Params: { id: string } }>('/mails/:id/html', (request, reply) => {
    const mail = mails().find(({ id }) => id === request.params.id)
    if (!mail?.html) return reply.callNotFound()
    return reply.headers(letterHeaders).type('text/html; charset=utf-8').send(`<base target="_blank">${mail.html}`)
  })
  app.get<{ Querystring: { to?: string } }>('/mails.json', async (request) => mails(request.query.to))
  app.get('/people.json', async () =>
    map.people.map((person) => (person.code_app ? { ...person, code: codeOf(person.code_app, clock.now()) } : person)),
  )
}

function routeTable({ app }: Site, { cards, switches }: Table): void {
  app.post<{ Params: { id: string; to: string } }>('/switches/:id/:to', async (request, reply) => {
    const { id, to } = request.params
    const found = Object.entries(switches).find(([name]) => name === id)?.[1]
    if (!found || (to !== 'stop' && to !== 'start')) return reply.callNotFound()
    if (refusesForeignForm(request, reply)) return reply
    await (to === 'stop' ? found.close() : found.open())
    return reply.redirect('/#table', 303)
  })
  const isThere = (id: string) => cards.all.some((card) => card.id === id)
  app.post<{ Params: { id: string; to: string } }>('/cards/:id/:to', async (request, reply) => {
    const { id, to } = request.params
    if (!isThere(id) || (to !== 'revoke' && to !== 'replace')) return reply.callNotFound()
    if (refusesForeignForm(request, reply)) return reply
    cards[to](id)
    return reply.redirect(`/#${id}`, 303)
  })
  app.get<{ Params: { id: string } }>('/cards/:id.p12', (request, reply) => {
    const { id } = request.params
    const file = cards.file(id)
    if (!file) return reply.callNotFound()
    return reply
      .type('application/x-pkcs12')
      .header('content-disposition', `attachment; filename="${id}.p12"`)
      .header('cache-control', 'no-store')
      .send(file)
  })
}

/**
 * A mail is a stranger's page: it gets an origin of its own, no script, no form, no request to anybody, and may only open
 * a link in a new window.
 */
const letterHeaders = {
  'content-security-policy':
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
