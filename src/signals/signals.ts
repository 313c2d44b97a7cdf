/**
 * A fact becomes a message to another system. Here: OpenID Connect Back-Channel Logout 1.0 to the services of an ended
 * session, and to those for which a session was closed, as jobs that are retried. Who is told stands in the fact; by which
 * `sid` each of them knows the session, in the session's record. The engine sends nothing.
 */
import { SignJWT } from 'jose'
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import { type Clock, toSeconds } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import type { SessionId } from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import type { Keys } from '../keys/keys.ts'
import type { Partners, Service } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage, Tx } from '../storage/storage.ts'

export interface Signals {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /** The job's work: one logout token to one service. Throws to be tried again; at the `last` try it gives up. */
  sendLogout(job: JobData['signals.backchannel-logout'], attempt: { last: boolean }): Promise<void>
}

export interface SignalsOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  partners: Pick<Partners, 'registry'>
  people: Pick<People, 'subjectFor'>
  sessions: Pick<Sessions, 'servicesOf'>
  keys: Pick<Keys, 'active'>
  issuer: string
  fetch: typeof fetch
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** "preferably at most two minutes in the future" (Back-Channel Logout 1.0 section 4); each try makes a new token. */
const tokenLifetime = 2 * minute

/** A service answers after it has ended its own session: a few writes. */
const answerTimeout = 5 * second

type Status = 'accepted' | 'refused' | 'given_up'

export function createSignals(options: SignalsOptions): Signals {
  const { storage, clock, audit, partners, people, sessions, keys, issuer } = options

  async function react(fact: Recorded, tx: Tx): Promise<void> {
    if (fact.name !== 'session.ended' && fact.name !== 'session.services_closed') return
    const { session, person, services } = fact.data as Recorded<'session.services_closed'>['data']
    const told = services.flatMap((id) => partners.registry().services.get(id) ?? []).filter(hasReceiver)
    if (told.length === 0) return
    const known = await sessions.servicesOf(tx, session)
    const entries = fact.name === 'session.ended' ? known.services : (known.closed ?? [])
    const opened = new Map(entries.map(({ service, sid }) => [service, sid]))
    for (const { id: service, sector } of told) {
      const sid = opened.get(service)
      if (sid === undefined) continue
      const subject = await people.subjectFor(tx, person, sector)
      await storage.jobs.enqueue(tx, 'signals.backchannel-logout', { service, session, sid, subject })
    }
  }

  /** Section 2.4: `sub` and `sid` both, so that a service may key its sessions by either. */
  async function logoutToken(service: Service, job: JobData['signals.backchannel-logout']): Promise<string> {
    const now = toSeconds(clock.now())
    const key = keys.active('id-token', service.idTokenAlg)
    // "A nonce Claim MUST NOT be present" (section 2.4): the token could pass for an id token.
    return new SignJWT({ sub: job.subject, sid: job.sid, events: { [logoutEvent]: {} } })
      .setProtectedHeader({ alg: service.idTokenAlg, kid: key.id, typ: 'logout+jwt' })
      .setIssuer(issuer)
      .setAudience(service.id)
      .setIssuedAt(now)
      .setExpirationTime(now + toSeconds(tokenLifetime))
      .setJti(randomBytes(16).toString('base64url'))
      .sign(key.privateJwk)
  }

  /** The status of the service's answer, or a word for why there was none. */
  async function post(uri: string, token: string): Promise<number | string> {
    try {
      const response = await options.fetch(uri, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ logout_token: token }),
        // The token is for the registered address only.
        redirect: 'manual',
        signal: AbortSignal.timeout(answerTimeout),
      })
      await response.body?.cancel()
      return response.status
    } catch (error) {
      return error instanceof Error ? error.name : 'unknown'
    }
  }

  async function record(job: JobData['signals.backchannel-logout'], status: Status): Promise<void> {
    const data = { session: job.session as SessionId, service: job.service, status }
    await storage.transaction(async (tx) => audit.append(tx, { name: 'logout.notified', data }))
  }

  return {
    reactor: react,

    async sendLogout(job, attempt) {
      const service = partners.registry().services.get(job.service)
      // It left, or takes no logout any more, since the session ended.
      if (!service || !hasReceiver(service)) return record(job, 'given_up')
      const answer = await post(service.backchannelLogoutUri, await logoutToken(service, job))
      const status = statusOf(answer)
      if (status) return record(job, status)
      if (attempt.last) return record(job, 'given_up')
      throw Object.assign(new Error(`logout not taken by ${job.service}: ${answer}`), { code: `${answer}` })
    },
  }
}

function hasReceiver(service: Service): service is Service & { backchannelLogoutUri: string } {
  return service.backchannelLogoutUri !== undefined
}

/**
 * "If the logout succeeded, the RP MUST respond with HTTP 200 OK [...] some Web frameworks will substitute an HTTP 204 No
 * Content response [...] If the logout request was invalid or the logout failed, the RP MUST respond with HTTP 400 Bad
 * Request" (section 2.8). Anything else is not an answer to the question.
 */
function statusOf(answer: number | string): 'accepted' | 'refused' | undefined {
  if (answer === 200 || answer === 204) return 'accepted'
  return answer === 400 ? 'refused' : undefined
}
