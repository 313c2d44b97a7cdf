/**
 * Who acted, as files for a spreadsheet and for a program: all uses that the page lists, page by page while they are read,
 * so that a long list takes no more memory than a short one. Names come from registers and identities: the writer of CSV
 * makes text of what a spreadsheet would take for a formula.
 */
import { csvRows, csvStart } from '../http/csv.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Page, UseView } from '../mandates/mandates.ts'
import { countryName, exactTime } from './frame.ts'
import type { Drawn } from './mandates-words.ts'
import { listOf } from './mandates-words.ts'
import type { SpaceVisit } from './visit.ts'

/** What a file says of itself. */
export interface UsesHead {
  /** Of the hub. */
  hub: string
  issuer: string
  /** Between whom the mandate is, or the organisation, in words. */
  about: string
  /** The identifier of the mandate or the organisation. */
  id: string
  at: Instant
  /** Only those that stand out. */
  unusual: boolean
}

const columns = ['at', 'utc', 'who', 'as', 'service', 'kind', 'what', 'refused', 'from', 'unusual', 'mandate'] as const

/** In the language of the person. */
export async function* csvOfUses(
  head: UsesHead,
  uses: AsyncIterable<readonly UseView[]>,
  pages: Drawn,
  visit: SpaceVisit,
): AsyncGenerator<string> {
  const { context } = visit
  const { t } = context
  const said: string[][] = [
    [t('mandates.uses.file.title', { hub: head.hub })],
    [t('mandates.uses.file.about'), head.about],
    [t('mandates.uses.file.made'), exactTime(head.at, pages.timeZone, context)],
    ...(head.unusual ? [[t('mandates.uses.only_unusual')]] : []),
    [],
    columns.map((column) => t(`mandates.uses.column.${column}`)),
  ]
  const row = (use: UseView): string[] => [
    exactTime(use.at, pages.timeZone, context),
    toDate(use.at).toISOString(),
    use.name ?? t('mandates.person_gone'),
    t(`mandates.use.as.${use.as}`),
    pages.serviceName(visit, use.service),
    t(`mandates.use.${use.kind}`),
    listOf(
      use.actions.map((action) => t(`acting.action.${action}`)),
      visit,
    ),
    use.refused ? t(`mandates.use_refused.${use.refused}`) : '',
    use.country ? countryName(use.country, context) : '',
    use.unusual.map((reason) => t(`mandate_use.${reason}`)).join(' '),
    use.mandate ?? '',
  ]
  yield csvStart + csvRows(said)
  for await (const some of uses) yield csvRows(some.map(row))
}

/** Closed words and identifiers, whatever the language; names beside them. */
export async function* jsonOfUses(
  { at, ...head }: UsesHead,
  uses: AsyncIterable<readonly UseView[]>,
  pages: Pick<Drawn, 'serviceName'>,
  visit: SpaceVisit,
): AsyncGenerator<string> {
  const member = (use: UseView): object => ({
    use: use.use,
    at: toDate(use.at).toISOString(),
    organisation: use.organisation,
    mandate: use.mandate ?? null,
    firm: use.firm ?? null,
    as: use.as,
    name: use.name ?? null,
    service: { id: use.service, name: pages.serviceName(visit, use.service) },
    actions: use.actions,
    kind: use.kind,
    country: use.country ?? null,
    refused: use.refused ?? null,
    unusual: use.unusual,
  })
  const said = { format: 'garant-mandate-uses-1', ...head, exportedAt: toDate(at).toISOString() }
  yield `${JSON.stringify(said, null, 2).slice(0, -2)},\n  "uses": [`
  let separator = '\n    '
  for await (const some of uses) {
    yield separator + some.map((use) => JSON.stringify(member(use))).join(',\n    ')
    separator = ',\n    '
  }
  yield '\n  ]\n}\n'
}

/** Uses that are read at a time. */
const filePage = 500

/**
 * The next page is read when the one before has left. Whoever may not read them any more gets no more of them: the file
 * breaks off, and does not look whole.
 */
export async function* allPages(
  first: Page<UseView>,
  read: (page: { after: string; limit: number }) => Promise<Page<UseView> | undefined>,
): AsyncGenerator<readonly UseView[]> {
  for (let page = first; ; ) {
    if (page.entries.length > 0) yield page.entries
    if (!page.next) return
    const next = await read({ after: page.next, limit: filePage })
    if (!next) throw new Error('these uses are not for this person any more')
    page = next
  }
}
