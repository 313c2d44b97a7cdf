/**
 * The interface of the employers' service, for programs: declarations are listed, prepared and filed here by whoever
 * presents a mandate token with a proof of its key (RFC 9449 section 7). At each call the hub is asked what the token is
 * worth now (RFC 7662): who acts, for which organisation, by which mandate, and for what. Nothing is kept of the answer.
 */
import { createHash, randomInt } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { type Clock, type Instant, toDate } from '../../src/kernel/clock.ts'
import { minute } from '../../src/kernel/durations.ts'
import type { Action } from '../../src/policy/mandate.ts'
import { type Declaration, largestFile, readDeclaration } from './declaration-file.ts'
import type { RelyingParty } from './relying-party.ts'

export const filingsPath = '/api/filings'

/** Who did something, for whom, and by what right: what any authority asks for later. */
export interface Act {
  /** The human, by the subject that this service knows them by. */
  person: string
  firm?: string
  mandate?: string
  at: Instant
}

export interface Filing {
  id: string
  /** `YYYYMM` */
  month: string
  declaration: Declaration
  prepared: Act
  /** Absent until it is filed. */
  filed?: Act & { receipt: string }
}

/** A token, looked at now. */
interface Presented {
  organisation: string
  affiliate: string
  actions: readonly Action[]
  act: Omit<Act, 'at'>
}

interface Options {
  app: FastifyInstance
  party: Pick<RelyingParty, 'id' | 'introspect'>
  origin: string
  clock: Clock
  /** Number of the affiliate, by the organisation's subject; undefined of one that has none. */
  affiliateOf: (organisation: string) => string | undefined
}

/** Base64 and JSON around a file. */
const bodyLimit = largestFile * 2

export function mountFilings({ app, party, origin, clock, affiliateOf }: Options): void {
  /** By organisation, then by month. */
  const kept = new Map<string, Map<string, Filing>>()
  const proofs = new LRUCache<string, true>({ max: 10_000, ttl: 4 * minute })

  const of = (organisation: string) => {
    const own = kept.get(organisation) ?? new Map<string, Filing>()
    kept.set(organisation, own)
    return own
  }

  /** Undefined when the token, or the proof of its key, is worth nothing here. */
  async function present(request: FastifyRequest): Promise<Presented | undefined> {
    const [, token = ''] = /^DPoP (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
    const key = token && (await keyOfProof(request, token).catch(() => undefined))
    if (!key) return undefined
    const { active, sub, aud, cnf, act, authorization_details: details } = await party.introspect(token)
    const [mandate] = (details ?? []) as { type: string; actions: Action[]; mandate?: string }[]
    const human = act as { sub: string; act?: { sub: string } } | undefined
    const isOurs = active && [aud].flat().includes(party.id) && cnf?.jkt === key && mandate?.type === 'mandate'
    const affiliate = sub && affiliateOf(sub)
    if (!isOurs || !human || !sub || !affiliate) return undefined
    return {
      organisation: sub,
      affiliate,
      actions: mandate.actions,
      act: {
        person: human.sub,
        ...(human.act && { firm: human.act.sub }),
        ...(mandate.mandate && { mandate: mandate.mandate }),
      },
    }
  }

  /** RFC 9449 section 4.3: the thumbprint of the key that signed the proof of this very request. @throws when it is none */
  async function keyOfProof({ headers, method, url }: FastifyRequest, token: string): Promise<string> {
    const { payload, protectedHeader } = await jwtVerify(String(headers.dpop), EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      maxTokenAge: '2 minutes',
      currentDate: toDate(clock.now()),
    })
    const { htm, htu, ath, jti } = payload
    const [path = ''] = url.split('?')
    const hash = createHash('sha256').update(token).digest('base64url')
    if (htm !== method || htu !== `${origin}${path}` || ath !== hash || !jti)
      throw new Error('a proof of something else')
    if (proofs.has(jti)) throw new Error('a proof that came before')
    proofs.set(jti, true)
    return calculateJwkThumbprint(protectedHeader.jwk ?? {})
  }

  type Handle<T> = (presented: Presented, request: FastifyRequest<{ Params: { id: string }; Body: T }>) => Answered

  /** Runs where the token is good for the action; without one, for any. */
  const allowing =
    <T>(action: Action | undefined, handle: Handle<T>) =>
    async (request: FastifyRequest<{ Params: { id: string }; Body: T }>, reply: FastifyReply) => {
      const presented = await present(request)
      if (!presented) {
        reply.header('www-authenticate', 'DPoP error="invalid_token", algs="ES256"')
        return reply.code(401).send({ error: 'invalid_token' })
      }
      if (action && !presented.actions.includes(action)) {
        return reply.code(403).send({ error: 'insufficient', needs: action, has: presented.actions })
      }
      const { status, body } = handle(presented, request)
      return reply.code(status).send(body)
    }

  app.get<{ Params: { id: string }; Body: undefined }>(
    filingsPath,
    allowing(undefined, ({ organisation, actions }) =>
      answered(200, { filings: [...of(organisation).values()], actions }),
    ),
  )

  app.post<{ Params: { id: string }; Body: { month: string; file: string } }>(
    filingsPath,
    { bodyLimit },
    allowing('prepare', ({ organisation, affiliate, act }, { body: { month, file } }) => {
      if (of(organisation).get(month)?.filed) return answered(409, { error: 'filed' })
      const read = readDeclaration(Buffer.from(file, 'base64'), { affiliate, month })
      if (!read.ok) return answered(422, { error: 'faults', faults: read.faults, more: read.more })
      const id = of(organisation).get(month)?.id ?? `${month}-${randomInt(1e6).toString().padStart(6, '0')}`
      const filing: Filing = { id, month, declaration: read.declaration, prepared: { ...act, at: clock.now() } }
      of(organisation).set(month, filing)
      return answered(201, { filing })
    }),
  )

  app.post<{ Params: { id: string }; Body: object }>(
    `${filingsPath}/:id/file`,
    allowing('submit', ({ organisation, act }, { params }) => {
      const filing = [...of(organisation).values()].find(({ id }) => id === params.id)
      if (!filing) return answered(404, { error: 'unknown' })
      if (filing.filed) return answered(409, { error: 'filed', filing })
      const receipt = `AR-${filing.month}-${randomInt(1e9).toString().padStart(9, '0')}`
      filing.filed = { ...act, at: clock.now(), receipt }
      return answered(200, { filing })
    }),
  )
}

interface Answered {
  status: number
  body: object
}

const answered = (status: number, body: object): Answered => ({ status, body })
