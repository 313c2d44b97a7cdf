/**
 * What a partner sees of a case and says about it. Every look and every answer goes through its owner; what is
 * another's is as if there were none.
 */
import { type Instant, toDate } from '../kernel/clock.ts'
import type { PartyId } from '../kernel/ids.ts'
import { deriveKey, keyedHash, seal, unseal } from '../kernel/secrets.ts'
import { type Duty, dutiesOf, type Measure, measuresOf, type Side } from '../policy/case-flow.ts'
import type { Handle } from '../storage/storage.ts'
import type { AnswerFault, Cases, Party, PartyAnswer, PartyObject } from './cases.ts'
import { answerPlace, type Core, ownerOf, tidied, waiverPlace } from './core.ts'
import type { AnswerRow, PartyRow } from './store.ts'

/** Characters of an analysis: two pages. */
export const mostAnalysis = 4_000
/** ... and of what else is said in words. */
export const mostRemarks = 2_000

interface AnswerText {
  measuresText?: string
  analysis?: string
  breachReason?: string
}

type GivenAnswer = Parameters<Cases['answer']>[2]['answer']

export type PartyVerbs = Pick<Cases, 'partiesOf' | 'countWaitingOf' | 'party' | 'partyBySubject' | 'partyOf' | 'answer'>

export interface Parties {
  verbs: PartyVerbs
  /** Rows as callers read them, in their order. */
  read(handle: Handle, rows: readonly PartyRow[]): Promise<Party[]>
  /** By what a party knows the person: sealed, and the digest to find it by. */
  sealSubject(party: PartyId, of: PartyObject, subject: string): { subject: Buffer; mark: string }
}

export function createParties(core: Core, options: { key: Buffer }): Parties {
  const { storage, clock, audit, store, texts, hold, happened } = core
  const sealKey = deriveKey(options.key, 'cases/subjects')
  const markKey = deriveKey(options.key, 'cases/subject-marks')
  const placeOf = (party: PartyId) => `subject ${party}`
  const markOf = ({ side, object }: PartyObject, subject: string) => keyedHash(markKey, `${side} ${object}`, subject)

  async function read(handle: Handle, rows: readonly PartyRow[]): Promise<Party[]> {
    if (rows.length === 0) return []
    const answers = await store.answers(
      handle,
      rows.map(({ id }) => id),
    )
    const places = [
      ...answers.map(({ party, number }) => answerPlace(party, number)),
      ...rows.map(({ id }) => waiverPlace(id)),
    ]
    const written = await texts.read(handle, places)
    return rows.map((row) => {
      const own = answers.filter(({ party }) => party === row.id)
      const waiver = written.get(waiverPlace(row.id)) as string | undefined
      const { side, object, partner, reference, txn, issuer, moments, version, verdict } = row
      return {
        ...{ id: row.id, case: row.case_id, side, object, partner, reference, txn, issuer, moments, version },
        subject: row.subject ? unseal(sealKey, row.subject, placeOf(row.id)).toString('utf8') : '',
        notifiedAt: row.notified_at.getTime(),
        dueAt: row.due_at.getTime(),
        duties: dutiesOf(side, verdict ?? undefined).map((duty) => {
          const doneAt = row.done[duty]
          return { duty, ...(doneAt === undefined ? {} : { doneAt }) }
        }),
        ...(row.finding ? { finding: row.finding } : {}),
        ...(row.answered_at ? { answeredAt: row.answered_at.getTime() } : {}),
        ...(row.reminded_at ? { remindedAt: row.reminded_at.getTime() } : {}),
        ...(row.escalated_at ? { escalatedAt: row.escalated_at.getTime() } : {}),
        ...(row.waived_at ? { waived: { at: row.waived_at.getTime(), reason: waiver ?? '' } } : {}),
        ...(verdict ? { verdict } : {}),
        ...(row.closed_at ? { closedAt: row.closed_at.getTime() } : {}),
        answers: own.map((answer) => answerIn(answer, written.get(answerPlace(row.id, answer.number)) as AnswerText)),
      }
    })
  }

  async function one(handle: Handle, row: PartyRow | undefined): Promise<Party | undefined> {
    return row && (await read(handle, [row]))[0]
  }

  const verbs: PartyVerbs = {
    partiesOf: async (owner, page) => read(storage.db, await store.partiesOf(storage.db, owner, page)),
    countWaitingOf: (owner) => store.countWaitingOf(storage.db, owner),
    party: async (id, owner) => one(storage.db, await store.party(storage.db, id, owner)),
    async partyBySubject({ partner, ...only }, subject) {
      return read(storage.db, await store.partiesBySubject(storage.db, { partner, only }, markOf(only, subject)))
    },
    partyOf: async (id) => one(storage.db, await store.party(storage.db, id)),

    answer: (id, owner, { answer: given, seen, key, actor, via }) =>
      storage.transaction(async (tx) => {
        const known = await store.party(tx, id, owner)
        const row = known && (await hold(tx, known.case_id))
        const held = row && (await store.party(tx, id, owner))
        const party = await one(tx, held)
        if (!held || !row || !party) return { kind: 'absent' }
        const mark = keyedHash(markKey, 'answer', JSON.stringify([id, key]))
        if (await store.answered(tx, id, mark)) return { kind: 'again', party }
        if (party.version !== seen) return { kind: 'moved', party }
        const now = clock.now()
        const answer = tidiedAnswer(given)
        const faults = faultsOf(answer, party.side, now)
        if (faults.length > 0) return { kind: 'refused', faults, party }
        const late = held.closed_at !== null || row.verdict !== null
        const number = (party.answers.length || 0) + 1
        const { finding, measures, breach } = answer
        const duties = doneBy(answer)
        await store.insertAnswer(tx, {
          ...{ party: id, number, key: mark, at: toDate(now), by: actor, via, finding: finding ?? null, late },
          ...{ measures: [...measures], duties: [...duties], breach_decision: breach?.decision ?? null },
          aware_at: breach?.awareAt === undefined ? null : toDate(breach.awareAt),
        })
        const text = textOf(answer)
        if (Object.keys(text).length > 0) {
          await texts.put(tx, { place: answerPlace(id, number), case: row.id, owner: ownerOf(row) }, text)
        }
        const done = { ...held.done }
        for (const duty of duties) done[duty] ??= now
        const isAnswer = finding !== undefined
        await store.changeParty(tx, id, {
          done,
          ...(isAnswer ? { finding, waiting: false, nextAt: null } : {}),
          ...(isAnswer && !held.answered_at ? { answeredAt: toDate(now) } : {}),
        })
        if (isAnswer) await store.noteFirstAnswer(tx, row.id, toDate(now))
        await store.change(tx, row.id)
        const { side, object } = party
        const more = { side, object, via, ...(finding ? { finding } : {}) }
        await happened(tx, row, { what: 'answered', by: actor, party: id, more })
        audit.append(tx, {
          name: 'case.answered',
          data: { case: row.id, party: id, side, object, finding: finding ?? null, via, late, actor },
        })
        const after = await one(tx, await store.party(tx, id))
        if (!after) throw new Error('a party that answered is gone')
        return { kind: 'done', party: after }
      }),
  }

  return {
    verbs,
    read,
    sealSubject: (party, of, subject) => ({
      subject: seal(sealKey, subject, placeOf(party)),
      mark: markOf(of, subject),
    }),
  }
}

function answerIn(row: AnswerRow, text: AnswerText | undefined): PartyAnswer {
  const { at, by, via, finding, measures, duties, breach_decision: decision, aware_at: awareAt } = row
  return {
    ...{ at: at.getTime(), by, via, measures, duties },
    ...(finding ? { finding } : {}),
    ...(text?.measuresText ? { measuresText: text.measuresText } : {}),
    ...(text?.analysis ? { analysis: text.analysis } : {}),
    ...(decision
      ? { breach: { decision, reason: text?.breachReason ?? '', ...(awareAt ? { awareAt: awareAt.getTime() } : {}) } }
      : {}),
    ...(row.late ? { late: true as const } : {}),
  }
}

function tidiedAnswer({ measuresText, analysis, breach, ...given }: GivenAnswer): GivenAnswer {
  const [measuresSaid, analysed] = [tidied(measuresText ?? ''), tidied(analysis ?? '')]
  return {
    ...given,
    ...(measuresSaid ? { measuresText: measuresSaid } : {}),
    ...(analysed ? { analysis: analysed } : {}),
    ...(breach ? { breach: { ...breach, reason: tidied(breach.reason) } } : {}),
  }
}

function textOf({ measuresText, analysis, breach }: GivenAnswer): AnswerText {
  return {
    ...(measuresText ? { measuresText } : {}),
    ...(analysis ? { analysis } : {}),
    ...(breach?.reason ? { breachReason: breach.reason } : {}),
  }
}

/** What an answer does by being given, besides what it says is done. */
function doneBy({ duties, finding, breach }: GivenAnswer): Duty[] {
  const also: Duty[] = [
    ...(finding ? (['feedback'] as const) : []),
    ...(breach && breach.decision !== 'undecided' ? (['breach'] as const) : []),
  ]
  return [...new Set([...duties, ...also])]
}

function faultsOf(answer: GivenAnswer, side: Side, now: Instant): AnswerFault[] {
  const { finding, measures, measuresText = '', analysis = '', duties, breach } = answer
  const known: readonly Measure[] = measuresOf[side]
  const own = dutiesOf(side, 'confirmed')
  const found: [AnswerFault, boolean][] = [
    ['empty', !finding && !breach && measures.length + duties.length + measuresText.length + analysis.length === 0],
    ['measure_unknown', measures.some((measure) => !known.includes(measure))],
    ['duty_unknown', duties.some((duty) => !own.includes(duty))],
    [
      'too_long',
      analysis.length > mostAnalysis || measuresText.length > mostRemarks || (breach?.reason.length ?? 0) > mostRemarks,
    ],
    ['breach_reason_missing', breach !== undefined && breach.decision !== 'undecided' && breach.reason === ''],
    ['aware_at', breach?.awareAt !== undefined && breach.awareAt > now],
  ]
  return found.filter(([, applies]) => applies).map(([fault]) => fault)
}
