/**
 * The telephone of the town, on its port: the e-ID app as a web app (`app/`), written from docs/eid-app-protocol.md alone.
 * A profile of a browser is a telephone. Its device key is made and kept by the browser; here is what a web page lacks:
 * the secure hardware that attests the key, the antenna that reaches the cards on the table, and the way to the hub, which
 * answers no other origin's scripts. The reader of the desk, for Web eID, stands here too.
 */
import { randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { JWK } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../src/kernel/clock.ts'
import { minute } from '../../src/kernel/durations.ts'
import { languages } from '../../src/kernel/languages.ts'
import type { CardTable } from '../cards.ts'
import { testPin } from '../people.ts'
import { createSite, refusesForeignForm, type Site, typesetAll } from '../site.ts'
import { answerWebEid, type CardKey, signingCertificate, type WebEidFailure } from '../web-eid/stand-in.ts'
import type { PhoneMaker } from './attestation.ts'
import { appPage, phoneBrand, readerOverPage, readerPage } from './pages.ts'
import { words } from './words.ts'

export interface PhoneOptions {
  port: number
  hubIssuer: string
  cards: CardTable
  /** The maker of the telephones of this town. */
  maker: Pick<PhoneMaker, 'attest'>
  clock: Clock
  /** Whether the e-ID service works; a switch of the map. */
  isWorking: () => boolean
}

export interface RunningPhone {
  close(): Promise<void>
}

export async function startPhone(options: PhoneOptions): Promise<RunningPhone> {
  const css = readFileSync(join(import.meta.dirname, 'phone.css'), 'utf8')
  const site = createSite({ brand: phoneBrand, kind: 'phone', css, scripted: true })
  site.app.addHook('onRequest', async (request, reply) => {
    // The extension, which is another origin, brings its questions.
    if (request.method === 'POST' && request.url !== '/reader' && refusesForeignForm(request, reply)) return reply
  })
  app(site)
  hardware(site.app, options)
  antenna(site.app, options)
  network(site.app, options)
  reader(site, options)
  await site.listen(options.port)
  return site
}

const decoder = dirname(createRequire(import.meta.url).resolve('qr'))

/** By address: what is not in the list is not there. */
const modules: Record<string, string> = {
  ...Object.fromEntries(
    ['app', 'draw', 'hub', 'scan', 'screens', 'store'].map((name) => [
      `/app/${name}.js`,
      join(import.meta.dirname, 'app', `${name}.js`),
    ]),
  ),
  '/qr/decode.js': join(decoder, 'decode.js'),
  '/qr/index.js': join(decoder, 'index.js'),
}

function app(site: Site): void {
  site.app.get('/', (request, reply) => site.page(request, reply, appPage(site.languageOf(request), request.url)))
  for (const [address, file] of Object.entries(modules)) {
    site.app.get(address, (_, reply) =>
      reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(readFileSync(file)),
    )
  }
  for (const language of languages) {
    const spoken = Object.fromEntries(Object.entries(typesetAll(words)).map(([key, text]) => [key, text[language]]))
    site.app.get(`/words/${language}.json`, () => spoken)
  }
}

/** The secure hardware: it vouches for a key, as the keystore of a telephone does when it makes one. */
function hardware(server: FastifyInstance, { maker, clock }: PhoneOptions): void {
  server.post<{ Body: { key: JWK; challenge: string } }>('/attest', ({ body }) =>
    maker.attest({ key: body.key, challenge: Buffer.from(body.challenge, 'base64url'), now: clock.now() }),
  )
}

/** Near-field communication with a card on the table. */
function antenna(server: FastifyInstance, { cards }: PhoneOptions): void {
  server.get('/cards', () => ({ cards: cards.all, pin: testPin }))
  server.get<{ Params: { id: string }; Querystring: { use?: string } }>('/cards/:id', ({ params, query }, reply) => {
    const card = cards.read(params.id)
    if (!card) return reply.callNotFound()
    const { certificate, chain, signature } = card
    return {
      certificate: (query.use === 'signature' ? signature : certificate).toString('base64url'),
      intermediates: chain.map((issuer) => issuer.toString('base64url')),
      algorithm: 'ES256',
    }
  })
  server.post<{ Params: { id: string }; Body: { pin: string; text: string; use: string } }>(
    '/cards/:id/sign',
    ({ params, body }, reply) => {
      const used = cards.use(params.id, body.pin, ({ key, signature }) => {
        const own = body.use === 'signature' ? signature.key : key
        return sign('sha256', Buffer.from(body.text), { key: own, dsaEncoding: 'ieee-p1363' }).toString('base64url')
      })
      if (!used) return reply.callNotFound()
      return used.kind === 'done' ? { kind: 'done', signature: used.value } : used
    },
  )
}

/** The way to the hub, for the messages of the protocol alone. While the e-ID service is stopped, what is its own fails. */
function network(server: FastifyInstance, { hubIssuer, isWorking }: PhoneOptions): void {
  const own = /^\/eid\/v1\/(pairing|renewal|request\/biometrics)/
  const down = { error: 'unavailable', error_description: 'The e-ID service is stopped.' }
  server.get('/service', (_, reply) => reply.code(isWorking() ? 200 : 503).send({ working: isWorking() }))
  server.get('/hub/.well-known/garant-eid', (request, reply) => pass(request, reply, '/.well-known/garant-eid'))
  server.post<{ Params: { '*': string } }>('/hub/eid/v1/*', (request, reply) => {
    const path = `/eid/v1/${request.params['*']}`
    return own.test(path) && !isWorking() ? reply.code(503).send(down) : pass(request, reply, path)
  })

  async function pass({ method, body }: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> {
    const sent =
      method === 'POST' ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
    const answer = await fetch(new URL(path, hubIssuer), { method, ...sent }).catch(() => undefined)
    if (!answer) return reply.code(502).send({ error: 'unreachable' })
    const type = answer.headers.get('content-type') ?? 'application/json'
    return reply
      .code(answer.status)
      .type(type)
      .send(await answer.text())
  }
}

interface Visit {
  origin: string
  asked: Parameters<typeof answerWebEid>[1]
  answer?: object
}

/** The reader of the desk: the extension brings a question, its window asks for the card, and the answer goes back. */
function reader(site: Site, { cards }: PhoneOptions): void {
  const visits = new LRUCache<string, Visit>({ max: 100, ttl: 5 * minute })
  const { app: server } = site
  server.post<{ Body: Visit['asked'] & { origin: string } }>('/reader', async ({ body }) => {
    const { origin, ...asked } = body
    if (asked.action === 'web-eid:status') return { answer: await answerWebEid(noCard, asked, origin) }
    const visit = randomUUID()
    visits.set(visit, { origin, asked })
    return { visit }
  })
  server.get<{ Params: { visit: string } }>('/reader/:visit', (request, reply) =>
    show(request, reply, visits.get(request.params.visit)),
  )
  server.get<{ Params: { visit: string } }>('/reader/:visit/answer', ({ params }, reply) => {
    const visit = visits.get(params.visit)
    if (!visit) return reply.callNotFound()
    if (!visit.answer) return reply.code(204).send()
    visits.delete(params.visit)
    return visit.answer
  })
  server.post<{ Params: { visit: string }; Body: { card?: string; pin?: string } }>(
    '/reader/:visit',
    async (request, reply) => {
      const visit = visits.get(request.params.visit)
      const { card = '', pin = '' } = request.body ?? {}
      const read = visit && isChoice(visit) && !visit.answer && cards.read(card)
      if (visit && read) {
        visit.answer = signingCertificate(read.signature)
        return show(request, reply, visit)
      }
      const used = visit && !visit.answer && cards.use(card, pin, (key) => key)
      if (!visit || !used) return show(request, reply, visit)
      if (used.kind !== 'done') return show(request, reply, visit, { card, ...used })
      visit.answer = await answerWebEid({ card: () => used.value }, visit.asked, visit.origin)
      return show(request, reply, visit)
    },
  )

  /** A signature is made by the card whose certificate the page has. */
  function offered({ asked }: Visit) {
    const same = cards.all.filter(({ id }) => cards.read(id)?.signature.toString('base64') === asked.certificate)
    return asked.action === 'web-eid:sign' && same.length > 0 ? same : cards.all
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    visit: Visit | undefined,
    failed?: { card: string; kind: 'wrong' | 'blocked'; left?: number },
  ): FastifyReply {
    const language = site.languageOf(request)
    if (!visit || visit.answer) return site.page(request, reply, readerOverPage(visit !== undefined, language))
    return site.page(
      request,
      reply,
      readerPage({
        cards: offered(visit),
        purpose: purposeOf(visit),
        origin: visit.origin,
        language,
        here: request.url,
        failed,
      }),
    )
  }
}

const isChoice = ({ asked }: Visit) => asked.action === 'web-eid:get-signing-certificate'

const purposeOf = (visit: Visit) =>
  isChoice(visit) ? 'choose' : visit.asked.action === 'web-eid:sign' ? 'sign' : 'show'

const noCard = { card: (): CardKey | WebEidFailure => 'ERR_WEBEID_USER_CANCELLED' }
