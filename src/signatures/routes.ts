/**
 * The addresses of signing. Each is the page of one ceremony, for who is signed in by the session that opened it; what a
 * way brings back is handed on as it came.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { SignedByApp, SigningAnswer } from '../eid/signing.ts'
import type { Web } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { toDate } from '../kernel/clock.ts'
import { isId, type ProviderId, type SigningId } from '../kernel/ids.ts'
import { createVisits, type Handle, type SignedIn, type Visit, type VisitsOptions } from '../means/holder-visit.ts'
import { responseIn, textIn } from '../means/routes-sign-in.ts'
import { signOverPage, signPage } from './pages.ts'
import { type Made, type Open, type Over, type Signatures, signingProblems, signPath } from './signatures.ts'

export interface SigningPagesOptions extends VisitsOptions {
  web: Web
  signatures: Signatures
  /** By which app this person could sign, if by any; the strongest first. */
  appOf: (who: SignedIn) => Promise<ProviderId | undefined>
  /** Digest of what only this browser holds. */
  browserOf: (request: FastifyRequest) => string
  /** Where somebody goes who has nothing to go back to. */
  home: string
  /** IANA name of the zone in which pages write times. */
  timeZone: string
}

const base64 = (most: number) => z.base64().min(4).max(most)

/** What the page library of Web eID answers to `getSigningCertificate` and `sign`, put together by our script. */
const cardSchema = z.strictObject({
  certificate: base64(12_000),
  signature: base64(2_000),
  signatureAlgorithm: z.object({
    cryptoAlgorithm: z.enum(['ECC', 'RSA']),
    hashFunction: z.enum(['SHA-256', 'SHA-384', 'SHA-512']),
    paddingScheme: z.enum(['NONE', 'PKCS1.5', 'PSS']),
  }),
})

const access = { config: { access: 'session' } } as const

type Waiter = (signing: string, request: FastifyRequest) => Promise<SigningAnswer>

/** What the pages of the app ask about a ceremony (`eid/signing.ts`). */
export function mountSigning(options: SigningPagesOptions): { waitingFor: Waiter } {
  const { web, signatures, timeZone, home, signedIn } = options
  const { app } = web
  const visits = createVisits('signatures', options)
  const contextOf = ({ request }: Visit) => web.contextOf(request)

  const idIn = ({ request }: Visit): SigningId | undefined => {
    const { signing } = request.params as { signing: string }
    return isId('signing', signing) ? signing : undefined
  }

  /** Serves an address that is one. */
  const of = (handle: (visit: Visit, signing: SigningId) => Promise<FastifyReply>): Handle =>
    async function served(visit) {
      const signing = idIn(visit)
      return signing ? handle(visit, signing) : web.error(visit.request, visit.reply, { error: 'not_found' })
    }

  const back = (found: Open | Over) => (found.state === 'open' ? found.wanted.returnTo : (found.returnTo ?? home))

  const tellOver = (visit: Visit, signing: SigningId, found: Open | Over) =>
    visits.show(
      visit,
      signOverPage(
        { signing, problem: found.state === 'open' ? 'changed' : 'over', back: back(found) },
        contextOf(visit),
      ),
    )

  async function show(visit: Visit, signing: SigningId): Promise<FastifyReply> {
    const { who, request } = visit
    const found = await signatures.look(signing, who.session)
    if (found.state === 'over' || !(await signatures.isWanted(found.wanted))) return tellOver(visit, signing, found)
    const { wanted, expiresAt } = found
    const ways = await signatures.waysFor(who.person, wanted.level)
    const hasPasskey = ways.some(({ way, usable }) => way === 'passkey' && usable)
    const { said } = request.query as { said?: unknown }
    const problem = signingProblems.find((one) => one === said)
    const context = contextOf(visit)
    const view = {
      ...{ signing, ways, text: wanted.text, level: wanted.level, back: wanted.returnTo },
      verifier: visits.verifierOf(who),
      until: new Intl.DateTimeFormat(localeOf(context.language), {
        hour: '2-digit',
        minute: '2-digit',
        timeZone,
      }).format(toDate(expiresAt)),
      passkeyOptions: hasPasskey ? await signatures.passkeyOptions(signing, who.session) : undefined,
      ...(problem && problem !== 'over' ? { problem } : {}),
    }
    return visits.show(visit, signPage(view, context))
  }

  async function finish(
    visit: Visit,
    signing: SigningId,
    made: Made | 'malformed' | 'no_script',
  ): Promise<FastifyReply> {
    const { who, reply } = visit
    if (typeof made === 'string') return reply.redirect(`${signPath(signing)}?said=${made}`, 303)
    const { address } = contextOf(visit)
    const { next } = await signatures.complete({ signing, who, address, made })
    return reply.redirect(next, 303)
  }

  app.get('/sign/:signing', access, visits.visited(of(show)))

  app.post(
    '/sign/:signing/card',
    access,
    visits.visited(of(async (visit, signing) => finish(visit, signing, cardIn(textIn(visit.body, 'token'))))),
  )

  app.post(
    '/sign/:signing/passkey',
    access,
    visits.visited(
      of(async (visit, signing) => {
        if (textIn(visit.body, 'response') === '') return finish(visit, signing, 'no_script')
        const response = responseIn(visit.body)
        return finish(visit, signing, response ? { way: 'passkey', response } : 'malformed')
      }),
    ),
  )

  app.post(
    '/sign/:signing/decline',
    access,
    visits.visited(
      of(async (visit, signing) => {
        const next = await signatures.decline(signing, visit.who)
        return visit.reply.redirect(next ?? signPath(signing), 303)
      }),
    ),
  )

  return {
    async waitingFor(signing, request) {
      const who = await signedIn(request)
      if (!who || who.isWeak || !isId('signing', signing)) return { kind: 'refused', error: 'session_needed' }
      const here = signPath(signing)
      const found = await signatures.look(signing, who.session)
      const provider = await options.appOf(who)
      if (found.state === 'over' || found.wanted.person !== who.person || !provider) {
        return { kind: 'elsewhere', path: here }
      }
      const { wanted, expiresAt } = found
      const { t, address } = web.contextOf(request)
      return {
        kind: 'waiting',
        sign: { signing, person: who.person, language: wanted.text.language, text: wanted.text.text },
        provider,
        about: t('sign.app.about'),
        ways: [
          { href: here, label: t('sign.other_ways') },
          { href: wanted.returnTo, label: t('sign.back') },
        ],
        browser: options.browserOf(request),
        address,
        required: wanted.level,
        expiresAt,
        async done(signed: SignedByApp) {
          const { next } = await signatures.complete({ signing, who, address, made: { way: 'app', signed } })
          return next
        },
      }
    },
  }
}

function cardIn(token: string): Extract<Made, { way: 'card' }> | 'malformed' | 'no_script' {
  if (token === '') return 'no_script'
  const read = cardSchema.safeParse(jsonIn(token)).data
  if (!read) return 'malformed'
  const { certificate, signature, signatureAlgorithm } = read
  const { cryptoAlgorithm, hashFunction, paddingScheme } = signatureAlgorithm
  const scheme = cryptoAlgorithm === 'ECC' ? 'ES' : paddingScheme === 'PSS' ? 'PS' : 'RS'
  const size = hashFunction.slice('SHA-'.length) as '256' | '384' | '512'
  return {
    way: 'card',
    certificate: Buffer.from(certificate, 'base64'),
    algorithm: `${scheme}${size}`,
    value: Buffer.from(signature, 'base64'),
  }
}

function jsonIn(text: string): unknown {
  if (text.length > 20_000) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
