/**
 * The register of breaches as files, for the authority that asks to see it ("shall enable the supervisory authority to
 * verify compliance", GDPR art. 33(5)): CSV for a spreadsheet, JSON for a program. The same content, times in UTC.
 */
import { csvRows, csvStart } from '../http/csv.ts'
import type { Instant } from '../kernel/clock.ts'
import { writtenInUtc } from '../policy/breach.ts'
import type { Breach } from './breaches.ts'
import { described } from './notification.ts'

const columns = [
  ...(['reference', 'source', 'case_standing', 'title', 'state', 'opened_at', 'aware_at', 'due_at'] as const),
  ...(['happened_from', 'happened_until', 'natures', 'what', 'people_kinds', 'people', 'data_kinds'] as const),
  ...(['records', 'consequences', 'measures', 'risk', 'decision', 'reason', 'telling', 'telling_reason'] as const),
  ...(['people_told_at', 'people_told_how', 'authorities', 'notifications', 'closed_at', 'closing'] as const),
]
type Row = Record<(typeof columns)[number], string>

const at = (instant: Instant | undefined) => (instant === undefined ? '' : writtenInUtc(instant))
const count = (value: number | undefined) => (value === undefined ? '' : String(value))

/** A part at a time: the head comes with the first. */
export async function* registerCsv(all: AsyncIterable<readonly Breach[]>): AsyncIterable<string> {
  yield `${csvStart}${csvRows([[...columns]])}`
  for await (const breaches of all) {
    yield csvRows(breaches.map(rowOf).map((one) => columns.map((column) => one[column])))
  }
}

function rowOf(breach: Breach): Row {
  const { source, description: d, assessment: a, peopleTold, phases, closed } = breach
  return {
    reference: breach.reference,
    source: source.kind,
    case_standing: source.kind === 'case' ? source.standing : '',
    title: breach.title,
    state: breach.state,
    opened_at: at(breach.openedAt),
    aware_at: at(breach.awareAt),
    due_at: at(breach.dueAt),
    happened_from: at(d.happenedFrom),
    happened_until: at(d.happenedUntil),
    natures: d.natures.join(' '),
    what: d.what,
    people_kinds: d.peopleKinds.join(' '),
    people: count(d.people),
    data_kinds: d.dataKinds.join(' '),
    records: count(d.records),
    consequences: d.consequences,
    measures: d.measures,
    risk: a?.risk ?? '',
    decision: a?.decision ?? '',
    reason: a?.reason ?? '',
    telling: a?.telling ?? '',
    telling_reason: a?.tellingReason ?? '',
    people_told_at: at(peopleTold?.at),
    people_told_how: peopleTold?.how ?? '',
    authorities: breach.authorities.join(' '),
    notifications: phases
      .map((one) => [one.authority, one.number, at(one.at), one.reference ?? '', one.lateReason ?? ''].join(' ').trim())
      .join('\n'),
    closed_at: at(closed?.at),
    closing: closed?.reason ?? '',
  }
}

export async function* registerJson(all: AsyncIterable<readonly Breach[]>, now: Instant): AsyncIterable<string> {
  yield `{"generatedAt":${JSON.stringify(writtenInUtc(now))},"breaches":[`
  let isFirst = true
  for await (const breaches of all) {
    for (const breach of breaches) {
      yield `${isFirst ? '' : ','}\n${JSON.stringify(jsonOf(breach))}`
      isFirst = false
    }
  }
  yield '\n]}\n'
}

/** An entry as programs read it. */
export function jsonOf(breach: Breach): object {
  const { source, assessment = null, peopleTold, phases, closed, dueAt } = breach
  const { reference, state, version, title, authorities } = breach
  return {
    ...{ id: breach.id, reference, state, version, title: title || null, authorities },
    source: source.kind,
    case: source.kind === 'case' ? { id: source.case, standing: source.standing } : null,
    openedAt: writtenInUtc(breach.openedAt),
    awareAt: writtenInUtc(breach.awareAt),
    dueAt: dueAt === undefined ? null : writtenInUtc(dueAt),
    ...described(breach.description),
    assessment,
    peopleTold: peopleTold ? { at: writtenInUtc(peopleTold.at), how: peopleTold.how } : null,
    notifications: phases.map((one) => ({
      ...{ authority: one.authority, number: one.number, at: writtenInUtc(one.at), late: one.late },
      ...{ reference: one.reference ?? null, lateReason: one.lateReason ?? null, note: one.note ?? null },
    })),
    closed: closed ? { at: writtenInUtc(closed.at), reason: closed.reason } : null,
  }
}
