/**
 * The evidence of a mandate, gathered from the rooms that have it, and handed out: to whoever has a part in the mandate, and
 * to operators who may. Each time is a fact. How the archive is written is in `archive.ts`, what it proves in
 * `archive-verify.ts`.
 */
import type { Audit, JournalKeys } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Certificates } from '../certificates/certificates.ts'
import { readPem } from '../certificates/certificates.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import type { MandateId, PersonId } from '../kernel/ids.ts'
import type { Signature, Signatures } from '../signatures/signatures.ts'
import type { Trust } from '../signatures/verify.ts'
import type { Storage } from '../storage/storage.ts'
import { writeArchive } from './archive.ts'
import type { Mandates, NamedMandate, UseView } from './mandates.ts'

export interface EvidenceArchive {
  /** `mandate-man_….zip` */
  name: string
  bytes: Buffer
}

/** `waiting`: what just happened is not under a signed head of the journal yet, which takes about a second. */
export type EvidenceAnswer = EvidenceArchive | 'waiting'

export interface EvidenceFiles {
  /** For a representative of the principal, whoever holds it, or an administrator of the firm; undefined for others. */
  take(given: { mandate: MandateId; person: PersonId }): Promise<EvidenceAnswer | undefined>
  /** For an operator or the command line, whom the caller has found to be allowed. */
  takeAs(actor: Actor, mandate: MandateId): Promise<EvidenceAnswer | undefined>
}

export interface EvidenceOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append' | 'explore' | 'receipt' | 'sealNow'>
  mandates: Pick<Mandates, 'read' | 'byId' | 'withNames' | 'allUses'>
  signatures: Pick<Signatures, 'about'>
  certificates: Pick<Certificates, 'kinds'>
  keys: () => JournalKeys
  /** A compact JWS by the key of the journal. */
  sign: (payload: Record<string, unknown>) => Promise<string>
  issuer: string
}

const noChange: ReadonlySet<string> = new Set([
  ...['mandate.used', 'mandate.use_unusual', 'mandate.viewed', 'mandate.evidence_taken'],
])

const pageOfUses = 500
const pageOfFacts = 500

export function createEvidence(options: EvidenceOptions): EvidenceFiles {
  const { storage, clock, audit, mandates, signatures, certificates, issuer } = options
  const { db } = storage

  async function usesOf(mandate: MandateId): Promise<object[]> {
    const found: UseView[] = []
    let after: string | undefined
    do {
      const page = await mandates.allUses(mandate, { limit: pageOfUses, ...(after === undefined ? {} : { after }) })
      found.push(...page.entries)
      after = page.next
    } while (after !== undefined)
    return found.map((use) => ({ ...use, at: iso(use.at) }))
  }

  /** Every change of it; the oldest first. Its uses are a file of their own, and to look at it changes nothing. */
  async function factsOf(mandate: MandateId) {
    const sequences: bigint[] = []
    let before: bigint | undefined
    do {
      const subject = { field: 'mandate', id: mandate } as const
      const page = await audit.explore({ subject, limit: pageOfFacts, ...(before === undefined ? {} : { before }) })
      const changes = page.facts.filter(({ name }) => !noChange.has(name))
      sequences.push(...changes.map(({ sequence }) => sequence))
      before = page.older
    } while (before !== undefined)
    const receipts = []
    for (const sequence of sequences.reverse()) receipts.push(await audit.receipt(sequence))
    return receipts
  }

  async function provenFactsOf(mandate: MandateId) {
    const isWhole = (found: Awaited<ReturnType<typeof factsOf>>) => found.every((one) => one !== undefined)
    const found = await factsOf(mandate)
    if (isWhole(found)) return found.filter((one) => one !== undefined)
    await audit.sealNow()
    const again = await factsOf(mandate)
    return isWhole(again) ? again.filter((one) => one !== undefined) : 'waiting'
  }

  function trustFor(made: readonly Signature[]): Trust {
    const names = [...new Set(made.flatMap(({ kind }) => kind ?? []))].sort()
    return new Map(
      names.flatMap((name) => {
        const kind = certificates.kinds.get(name)
        if (!kind) return []
        const anchors = kind.anchors.flatMap(readPem).map(({ raw }) => raw)
        return [[name, { anchors, policies: kind.policies, level: kind.level }] as const]
      }),
    )
  }

  async function archive(named: NamedMandate, actor: Actor): Promise<EvidenceAnswer> {
    const { mandate } = named.view
    const [facts, made, uses] = await Promise.all([
      provenFactsOf(mandate),
      signatures.about(db, { kind: 'mandate', id: mandate }),
      usesOf(mandate),
    ])
    if (facts === 'waiting') return 'waiting'
    const bytes = await writeArchive(
      {
        ...{ issuer, mandate, facts, uses, signatures: made },
        madeAt: clock.now(),
        view: viewOf(named),
        trust: trustFor(made),
        keys: options.keys(),
      },
      options.sign,
    )
    await storage.transaction(async (tx) =>
      audit.append(tx, { name: 'mandate.evidence_taken', data: { mandate, actor } }),
    )
    return { name: `mandate-${mandate}.zip`, bytes }
  }

  return {
    async take({ mandate, person }) {
      const found = await mandates.read({ mandate, person })
      return found && archive(found, { kind: 'person', id: person })
    },

    async takeAs(actor, mandate) {
      const view = await mandates.byId(mandate)
      const [named] = view ? await mandates.withNames([view]) : []
      return named && archive(named, actor)
    },
  }
}

const iso = (at: number) => toDate(at).toISOString()

/** Instants as RFC 3339, and the names of both sides; nothing of what only a page needs. */
function viewOf({ view, principal, mandatary }: NamedMandate): object {
  const written = JSON.parse(JSON.stringify(view, withInstants))
  return { ...written, names: { principal, mandatary } }
}

const instants = new Set([
  ...['from', 'until', 'at', 'since', 'checkedAt', 'draftedAt', 'proposedAt', 'answerBy', 'activeSince'],
])

const withInstants = (name: string, value: unknown) =>
  instants.has(name) && typeof value === 'number' ? iso(value) : value
