/**
 * The lines of the ledger that a case is about, as they were when they were frozen: those in question, and all others of
 * their sessions. Sealed with a key of the room, because they outlive the ledger and the erasure of the person. With each
 * line stand the subjects by which its service and its provider know the person, so that a split of accounts or an erasure
 * afterwards does not change whom a partner is told about.
 */
import type { Connection, Connections } from '../connections/connections.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { CaseId, ConnectionId, LinkId, PersonId, ProviderId } from '../kernel/ids.ts'
import { deriveKey, keyedHash, seal, unseal } from '../kernel/secrets.ts'
import type { People } from '../people/people.ts'
import type { Side } from '../policy/case-flow.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { CasesOptions, Evidence, KnownAs, Moment } from './cases.ts'
import type { CaseStore } from './store.ts'

/** Of one case. A session that opened more has no line that would tell more. */
const mostLines = 500

/** A service or a provider that was reached in the sessions in question, and when. */
export interface Reached {
  side: Side
  object: string
  known: KnownAs
  moments: readonly Moment[]
}

export interface EvidenceRoom {
  /** Freezes these lines of the person, and what is new of their sessions. */
  freeze(
    tx: Tx,
    of: { case: CaseId; person: PersonId; connections: readonly ConnectionId[]; at: Instant },
  ): Promise<void>
  /** The oldest first. */
  of(handle: Handle, id: CaseId): Promise<Evidence[]>
  /** Takes away by what partners know the person. */
  blank(tx: Tx, id: CaseId): Promise<void>
}

type Sealed = Omit<Evidence, 'connection' | 'inQuestion' | 'frozenAt'>

export function createEvidence(options: {
  people: Pick<People, 'linksOf' | 'subjectFor'>
  connections: Pick<Connections, 'around'>
  registered: CasesOptions['registered']
  issuer: string
  store: CaseStore
  key: Buffer
}): EvidenceRoom {
  const { people, connections, registered, issuer, store } = options
  const sealKey = deriveKey(options.key, 'cases/evidence')
  const markKey = deriveKey(options.key, 'cases/marks')
  const placeOf = (id: CaseId, connection: ConnectionId) => `evidence ${id} ${connection}`

  /** By what the service and the provider of each line know the person. */
  async function knower(tx: Tx, person: PersonId): Promise<(line: Connection) => Promise<Evidence['known']>> {
    const links = await people.linksOf(tx, person)
    const objects = new Map<string, ReturnType<CasesOptions['registered']>>()
    const object = (side: Side, id: string) => {
      const found = objects.get(`${side} ${id}`) ?? registered(tx, side, id)
      objects.set(`${side} ${id}`, found)
      return found
    }
    return async (line) => {
      const known: Evidence['known'] = {}
      const service = await object('service', line.service)
      // A refusal told the service nothing.
      if (service?.sector && !service.isOwn && line.state !== 'refused') {
        known.service = {
          subject: await people.subjectFor(tx, person, service.sector),
          issuer,
          partner: service.partner,
        }
      }
      const provider = line.provider === undefined ? undefined : await object('provider', line.provider)
      const subject = subjectOf(links, line)
      if (provider?.issuer && !provider.isOwn && subject !== undefined) {
        known.provider = { subject, issuer: provider.issuer, partner: provider.partner }
      }
      return known
    }
  }

  return {
    async freeze(tx, { case: id, person, connections: ids, at }) {
      const lines = await connections.around(tx, person, { lines: ids, most: mostLines })
      const knownOf = await knower(tx, person)
      const asked = new Set(ids)
      const rows = []
      for (const line of lines) {
        const {
          id: connection,
          person: _,
          link,
          took,
          away,
          scopes,
          alert,
          answer,
          answeredAt,
          completedAt,
          ...kept
        } = line
        const evidence: Sealed = { ...kept, known: await knownOf(line) }
        const network = neighbourhoodOf(line.address)
        rows.push({
          connection,
          inQuestion: asked.has(connection),
          at: toDate(line.at),
          service: line.service,
          provider: line.provider ?? null,
          session: line.session ?? null,
          deviceMark: line.device ? keyedHash(markKey, 'device', line.device) : null,
          networkMark: network ? keyedHash(markKey, 'network', network) : null,
          evidence: seal(sealKey, JSON.stringify(evidence), placeOf(id, connection)),
        })
      }
      await store.freeze(tx, id, rows, toDate(at))
    },

    async of(handle, id) {
      const rows = await store.lines(handle, id)
      return rows
        .flatMap(({ connection, in_question, frozen_at, evidence }): Evidence[] => {
          if (!evidence || !frozen_at) return []
          const kept: Sealed = JSON.parse(unseal(sealKey, evidence, placeOf(id, connection)).toString('utf8'))
          return [{ connection, inQuestion: in_question, frozenAt: frozen_at.getTime(), ...kept }]
        })
        .sort((a, b) => a.at - b.at)
    },

    async blank(tx, id) {
      for (const { connection, inQuestion, frozenAt, ...kept } of await this.of(tx, id)) {
        const blank: Sealed = { ...kept, known: {} }
        await store.rewriteEvidence(tx, id, connection, seal(sealKey, JSON.stringify(blank), placeOf(id, connection)))
      }
      await store.blankSubjects(tx, id)
    },
  }
}

/** Of the account that the person came by; an older line names none, and a refusal that names none reached nobody. */
function subjectOf(
  links: readonly { link: LinkId; provider: ProviderId; subject: string }[],
  line: Connection,
): string | undefined {
  if (line.link) return links.find(({ link }) => link === line.link)?.subject
  return line.state === 'refused' ? undefined : links.find(({ provider }) => provider === line.provider)?.subject
}

/**
 * Exactly what was reached in the sessions in question. A line whose session is unknown stands for itself alone. A
 * provider is told when it was asked itself: what a session answered later it never saw.
 */
export function reachedIn(evidence: readonly Evidence[]): Reached[] {
  const sessions = new Set(evidence.flatMap(({ inQuestion, session }) => (inQuestion && session ? [session] : [])))
  const concerned = evidence.filter(
    ({ inQuestion, session }) => inQuestion || (session !== undefined && sessions.has(session)),
  )
  const found = new Map<string, Reached & { moments: Moment[] }>()
  function reach(side: Side, object: string | undefined, line: Evidence): void {
    const known = line.known[side]
    if (object === undefined || !known) return
    const level = side === 'service' ? (line.acr ?? line.level) : line.level
    const moment = { at: line.at, ...(level ? { level } : {}) }
    const before = found.get(`${side} ${object}`)
    // What the newest line says of it: a subject passes on when accounts are joined.
    if (before) Object.assign(before, { known }).moments.push(moment)
    else found.set(`${side} ${object}`, { side, object, known, moments: [moment] })
  }
  for (const line of concerned) reach('service', line.service, line)
  for (const line of concerned.filter(({ reused }) => !reused)) reach('provider', line.provider, line)
  const asked = new Set(found.keys())
  for (const line of concerned.filter(({ provider }) => !asked.has(`provider ${provider}`))) {
    reach('provider', line.provider, line)
  }
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? [])
}
