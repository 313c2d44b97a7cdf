/**
 * A fact becomes a message to another system. Here: OpenID Connect Back-Channel Logout 1.0 to the services of an ended
 * session, and to those for which a session was closed, as jobs that are retried. Who is told stands in the fact; by which
 * `sid` each of them knows the session, in the session's record. The engine sends nothing.
 */
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import type { OutboundFetch } from '../http/outbound.ts'
import type { Clock } from '../kernel/clock.ts'
import type { SessionId } from '../kernel/ids.ts'
import type { Keys } from '../keys/keys.ts'
import type { Partners, Service } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import { logoutAnswer, logoutToken, postLogoutToken } from '../protocol/logout-token.ts'
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
  fetch: OutboundFetch
}

type Status = 'accepted' | 'refused' | 'given_up'

export function createSignals(options: SignalsOptions): Signals {
  const { storage, clock, audit, partners, people, sessions, keys, issuer } = options

  async function tellServices(fact: Recorded, tx: Tx): Promise<void> {
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

  async function tokenFor(service: Service, job: JobData['signals.backchannel-logout']): Promise<string> {
    const key = keys.active('id-token', service.idTokenAlg)
    return logoutToken({ issuer, audience: service.id, subject: job.subject, sid: job.sid, key, now: clock.now() })
  }

  async function record(job: JobData['signals.backchannel-logout'], status: Status): Promise<void> {
    const data = { session: job.session as SessionId, service: job.service, status }
    await storage.transaction(async (tx) => audit.append(tx, { name: 'logout.notified', data }))
  }

  return {
    async reactor(facts, tx) {
      for (const fact of facts) {
        if (fact.name === 'session.ended' || fact.name === 'session.services_closed') await tellServices(fact, tx)
      }
    },

    async sendLogout(job, attempt) {
      const service = partners.registry().services.get(job.service)
      // It left, or takes no logout any more, since the session ended.
      if (!service || !hasReceiver(service)) return record(job, 'given_up')
      const answer = await postLogoutToken(options.fetch, service.backchannelLogoutUri, await tokenFor(service, job))
      const status = logoutAnswer(answer)
      if (status) return record(job, status)
      if (attempt.last) return record(job, 'given_up')
      throw Object.assign(new Error(`logout not taken by ${job.service}: ${answer}`), { code: `${answer}` })
    },
  }
}

function hasReceiver(service: Service): service is Service & { backchannelLogoutUri: string } {
  return service.backchannelLogoutUri !== undefined
}
