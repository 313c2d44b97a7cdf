/**
 * The history as files, for a spreadsheet and for a program: what the page's question finds, all of it. They are written
 * while they are read, page by page, so that a long history takes no more memory than a short one. Each says in whose
 * name it is, of when, and what was asked.
 */
import type { Line } from '../connections/connections.ts'
import { csvRows, csvStart } from '../http/csv.ts'
import type { RequestContext } from '../http/http.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { entryOf } from '../kernel/errors.ts'
import type { HistoryTyped } from './history-question.ts'
import type { LineWords } from './history-words.ts'

/** What a file says of itself. */
export interface FileHead {
  /** Of the hub. */
  hub: string
  issuer: string
  /** Of the person; absent when it is not known. */
  name?: string
  at: Instant
  /** The same in words, with its zone. */
  when: string
  /** As the address had it. */
  question: HistoryTyped
  /** The same in words: what each condition is about, and its value. */
  asked: readonly (readonly [what: string, value: string])[]
  /** Only lines of this account. */
  onlyBy?: string
}

type Pages = AsyncIterable<readonly LineWords[]>

const columns = [
  ...['when', 'utc', 'service', 'provider', 'outcome', 'refusal', 'level', 'means', 'place', 'device', 'data'],
  ...['mandate', 'unusual', 'answer', 'code'],
] as const

/** In the language of the person. */
export async function* csvOfHistory(
  head: FileHead,
  pages: Pages,
  { t }: Pick<RequestContext, 't'>,
): AsyncGenerator<string> {
  const said: string[][] = [
    [t('history.file.title', { hub: head.hub })],
    [t('history.file.name'), head.name ?? t('history.file.name.unknown')],
    [t('history.file.at'), head.when],
    ...head.asked.map(([what, value]) => [what, value]),
    ...(head.onlyBy ? [[t('history.file.only'), head.onlyBy]] : []),
    [],
    columns.map((column) => t(`history.row.${column}`)),
  ]
  yield csvStart + csvRows(said)
  for await (const lines of pages) yield csvRows(lines.map((words) => cells(words, t)))
}

function cells({ line, ...words }: LineWords, t: RequestContext['t']): string[] {
  const { refusal, reused, answer } = { ...line, refusal: words.refusal }
  return [
    words.when,
    toDate(line.at).toISOString(),
    words.service,
    words.provider ?? '',
    t(`history.state.${line.state}`),
    refusal?.title ?? '',
    words.level ?? '',
    [...words.means, ...(reused ? [t('history.reused')] : [])].join('; '),
    words.place ?? '',
    words.device ?? '',
    words.data.join('; '),
    words.organisation ?? '',
    words.unusual.join(' '),
    answer ? t(`history.answer.${answer}`) : '',
    line.reference,
  ]
}

/** Closed words and identifiers, whatever the language; names beside them. */
export async function* jsonOfHistory(head: FileHead, pages: Pages): AsyncGenerator<string> {
  const { hub, issuer, name, at, question, onlyBy } = head
  const { before: _, ...asked } = question
  const said = {
    format: 'garant-history-1',
    hub,
    issuer,
    name: name ?? null,
    exportedAt: toDate(at).toISOString(),
    asked: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== '')),
    onlyBy: onlyBy ?? null,
  }
  yield `${JSON.stringify(said, null, 2).slice(0, -2)},\n  "lines": [`
  let separator = '\n    '
  for await (const lines of pages) {
    yield separator + lines.map((words) => JSON.stringify(member(words))).join(',\n    ')
    separator = ',\n    '
  }
  yield '\n  ]\n}\n'
}

function member({ line, service, provider, device, refusal, organisation }: LineWords): object {
  return {
    reference: line.reference,
    at: toDate(line.at).toISOString(),
    service: { id: line.service, name: service },
    provider: line.provider ? { id: line.provider, name: provider } : null,
    state: line.state,
    completedAt: written(line.completedAt),
    refusal: line.refusal ? { code: entryOf(line.refusal).code, name: line.refusal, says: refusal?.title } : null,
    level: line.level ?? null,
    levelGiven: line.acr ?? null,
    means: line.amr,
    reused: line.reused,
    country: line.country ?? null,
    device: device ?? null,
    scopes: line.refusal ? [] : line.scopes,
    organisation: line.organisation ? { id: line.organisation, name: organisation } : null,
    mandate: line.mandate ?? null,
    unusual: line.unusual,
    answer: line.answer ?? null,
    answeredAt: written(line.answeredAt),
  }
}

const written = (at: Instant | undefined) => (at === undefined ? null : toDate(at).toISOString())

/** Lines that are read at a time. */
export const filePage = 500

/** All lines of an answer; the next page is read when the one before has left. */
export async function* pagesOf(
  read: (page: { limit: number; before?: Line['id'] }) => Promise<readonly Line[]>,
  write: (lines: readonly Line[]) => Promise<readonly LineWords[]>,
): AsyncGenerator<readonly LineWords[]> {
  let before: Line['id'] | undefined
  do {
    const lines = await read({ limit: filePage, ...(before ? { before } : {}) })
    if (lines.length > 0) yield await write(lines)
    before = lines.length < filePage ? undefined : lines.at(-1)?.id
  } while (before)
}
