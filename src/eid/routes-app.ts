/**
 * The routes of the app, `/eid/v1/*` and the discovery (`docs/eid-app-protocol.md`): they read a body, hand it to the step
 * that it is for, and answer in JSON. For machines: no cookie is read or left, nothing of a browser is asked. Who may is
 * decided by the key that signed, in the steps themselves.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Log, Web } from '../http/http.ts'
import { second } from '../kernel/durations.ts'
import { numbersTyped } from '../policy/eid-flow.ts'
import type { Storage } from '../storage/storage.ts'
import type { Eid, EidProvider, EidRules } from './eid.ts'
import type { Signed } from './gate.ts'
import { pairingLifetime } from './pairing.ts'
import { mostPhones, type PresentPhone } from './phones.ts'
import { AppError, type AppErrorName, appErrors, bodyOf } from './protocol-errors.ts'
import { type ClaimsOf, cardAlgorithms, clockTolerance, type MessageName, messageBytes } from './protocol-messages.ts'

export const eidDiscoveryPath = '/.well-known/garant-eid'

const prefix = '/eid/v1'

/** By their names in the discovery. */
export const appPaths = {
  pairing: '/eid/v1/pairing',
  renewal: '/eid/v1/renewal',
  pairing_attestation: '/eid/v1/pairing/attestation',
  pairing_card: '/eid/v1/pairing/card',
  pairing_biometrics: '/eid/v1/pairing/biometrics',
  phone: '/eid/v1/phone',
  phone_name: '/eid/v1/phone/name',
  phone_approvals: '/eid/v1/phone/approvals',
  phone_end: '/eid/v1/phone/end',
  request_scan: '/eid/v1/request/scan',
  request_state: '/eid/v1/request/state',
  request_number: '/eid/v1/request/number',
  request_text: '/eid/v1/request/text',
  request_card: '/eid/v1/request/card',
  request_biometrics: '/eid/v1/request/biometrics',
  request_approval: '/eid/v1/request/approval',
  request_decline: '/eid/v1/request/decline',
} as const

export interface AppRoutesOptions {
  web: Web
  eid: Eid
  storage: Storage
  issuer: string
  name: string
  rules: EidRules
  providers: () => readonly EidProvider[]
  log: Log
}

/** What of a body cannot be read, by the words of the server. */
const unreadable: Record<number, AppErrorName> = {
  400: 'request_malformed',
  413: 'too_large',
  415: 'request_malformed',
}

export function mountAppRoutes(options: AppRoutesOptions): void {
  const { web, eid, storage, issuer, name, rules, providers, log } = options
  const { gate, pairing, phones, requests } = eid.app
  const config = { access: 'public', machine: true } as const

  function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { statusCode = 500 } = thrown as Partial<FastifyError>
    const known = unreadable[statusCode]
    const error = thrown instanceof AppError ? thrown : known ? new AppError(known) : undefined
    if (!error) {
      const { reference } = web.contextOf(request)
      log.error('request failed', { reference, route: request.routeOptions?.url ?? 'none', error: 'internal', thrown })
      return send(reply, new AppError('unavailable'))
    }
    return send(reply, error)
  }

  function send(reply: FastifyReply, error: AppError): FastifyReply {
    const { retry_after: wait, ...members } = error.members
    if (wait !== undefined) reply.header('retry-after', String(wait))
    return reply.code(appErrors[error.error].status).send(bodyOf(new AppError(error.error, members)))
  }

  /** Only a phone that is paired. */
  function ofPhone<N extends MessageName>(signed: Signed<N>): PresentPhone {
    if (!signed.phone) throw new AppError('signature_invalid')
    return signed.phone
  }

  async function told(phone: PresentPhone) {
    const { provider, label, pairedAt, expiresAt, shared } = await phones.viewOf(phone)
    return {
      phone: phone.phone,
      provider,
      label,
      paired_at: Math.floor(pairedAt / second),
      expires_at: Math.floor(expiresAt / second),
      shared,
    }
  }

  const inPairing = <N extends 'card' | 'biometrics'>(claims: ClaimsOf<N>) => {
    if (!('pairing' in claims)) throw new AppError('request_malformed')
    return claims as Extract<ClaimsOf<N>, { pairing: string }>
  }
  const inRequest = <N extends 'card' | 'biometrics'>(claims: ClaimsOf<N>) => {
    if (!('request' in claims)) throw new AppError('request_malformed')
    return claims as Extract<ClaimsOf<N>, { request: unknown }>
  }

  type Handle = (body: unknown, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

  /** A signed message of one kind, and what is done with it. */
  const on =
    <N extends MessageName>(
      message: N,
      work: (signed: Signed<N>, address: string, reply: FastifyReply) => Promise<unknown>,
    ): Handle =>
    async (body, request, reply) => {
      const { address } = web.contextOf(request)
      return work(await gate.pass(message, body, address), address, reply)
    }

  const handles: Record<keyof typeof appPaths, Handle> = {
    async pairing(body, request, reply) {
      const step = await pairing.begin(body, web.contextOf(request).address)
      return reply.code(201).send(step)
    },
    renewal: on('renewal', async (signed, _address, reply) => reply.code(201).send(await pairing.renew(signed))),
    pairing_attestation: on('attestation', (signed) => pairing.attest(signed)),
    pairing_card: on('card', (signed, address) => pairing.card(signed, inPairing<'card'>(signed.claims), address)),
    pairing_biometrics: on('biometrics', async (signed, _address, reply) => {
      const { isNew, ...paired } = await pairing.finish(signed, inPairing<'biometrics'>(signed.claims))
      return reply.code(isNew ? 201 : 200).send(paired)
    }),

    phone: on('phone', (signed) => told(ofPhone(signed))),
    phone_name: on('name', async (signed) => {
      const { phone, person } = ofPhone(signed)
      await storage.transaction((tx) => phones.rename(tx, person, phone, signed.claims.label))
      return told(await phones.present(phone))
    }),
    phone_approvals: on('approvals', async (signed) => {
      const { phone, person } = ofPhone(signed)
      const approvals = await phones.approvalsOf(storage.db, person, phone)
      return {
        approvals: approvals.map(({ at, outcome, signs, service, country }) => ({
          at: Math.floor(at / second),
          outcome,
          purpose: signs ? 'signature' : 'sign_in',
          service: service ?? null,
          country: country ?? null,
        })),
      }
    }),
    phone_end: on('end', async (signed) => {
      const { phone, person } = ofPhone(signed)
      const actor = { kind: 'person', id: person } as const
      await storage.transaction((tx) => phones.revoke(tx, { person, phone, actor, reason: 'app' }))
      return {}
    }),

    request_scan: on('scan', (signed, address) => requests.scan(signed, address)),
    request_state: on('state', (signed) => requests.state(signed)),
    request_number: on('number', (signed) => requests.number(signed)),
    request_text: on('text', (signed) => requests.text(signed)),
    request_card: on('card', (signed) => requests.card(signed, inRequest<'card'>(signed.claims))),
    request_biometrics: on('biometrics', (signed) =>
      requests.biometrics(signed, inRequest<'biometrics'>(signed.claims)),
    ),
    request_approval: on('approval', (signed) => requests.approve(signed)),
    request_decline: on('decline', async (signed) => {
      await requests.decline(signed)
      return { state: 'declined' }
    }),
  }

  void web.app.register(
    async (app) => {
      app.setErrorHandler((error, request, reply) => answerError(error, request, reply))
      app.setNotFoundHandler((_request, reply) => send(reply, new AppError('not_found')))
      // Nothing but JSON is read here, whatever other rooms take.
      app.removeAllContentTypeParsers()
      app.addContentTypeParser(
        'application/json',
        { parseAs: 'string', bodyLimit: messageBytes },
        (_request, body, done) => {
          try {
            done(null, JSON.parse(body as string))
          } catch {
            done(new AppError('request_malformed'))
          }
        },
      )
      for (const [path, handle] of Object.entries(handles) as [keyof typeof appPaths, Handle][]) {
        app.post(appPaths[path].slice(prefix.length), { config }, (request, reply) =>
          handle(request.body, request, reply),
        )
      }
    },
    { prefix },
  )

  const address = (path: string) => `${issuer}${path}`
  web.app.get(eidDiscoveryPath, { config }, (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send({
      issuer,
      name,
      versions: ['1'],
      endpoints: Object.fromEntries(Object.entries(appPaths).map(([key, path]) => [key, address(path)])),
      algorithms: { phone: ['ES256'], card: cardAlgorithms },
      limits: {
        message_bytes: messageBytes,
        clock_seconds: clockTolerance / second,
        pairing_seconds: pairingLifetime / second,
        request_seconds: rules.requestLifetime / second,
        code_seconds: rules.codeLifetime / second,
        numbers_typed: numbersTyped,
        phones: mostPhones,
      },
      providers: providers()
        .filter(({ usable }) => usable)
        .map(({ id, name: named }) => ({ id, name: named })),
    }),
  )
}
