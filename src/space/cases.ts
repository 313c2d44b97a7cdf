/**
 * Cases, for whom they are about: the list, where each stands, more words for one that is open, and a new report: by
 * lines of the history, by codes that came in messages, or both. The verbs are those of `cases/`.
 *
 * A sign-in that sees only its own account sees the cases about that account alone; of the others how many. Codes that
 * lead nowhere get the answer of those that are somebody else's.
 */
import type { FastifyReply } from 'fastify'
import { type Case, mostWords } from '../cases/cases.ts'
import type { Line } from '../connections/connections.ts'
import { parseReference } from '../connections/reference.ts'
import { type Body, textIn } from '../means/routes-sign-in.ts'
import {
  type CaseView,
  casePage,
  casePaths,
  casesPage,
  hiddenCasePage,
  type ReportFault,
  type ReportView,
  reportPage,
  saidOfCase,
  stepsTold,
} from './cases-pages.ts'
import { codesIn, mostCodes } from './report-draft.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

/** Lines to choose from: of other ones the code is typed. */
const linesOffered = 20
/** More than the page offers come from no form of ours. */
const mostTicked = 2 * linesOffered
/** Of codes, before they are read. */
const longestCodes = 400

export function mountCases(pages: SpacePages): void {
  const { get, post, show, cases, connections } = pages

  get(casePaths.list, async (visit) => show(visit, casesPage(await casesSeen(pages, visit), pages, visit)))

  // --- One case ------------------------------------------------------------------------------------------------------

  /** `isHidden`: it is theirs, and not for this sign-in. */
  async function caseIn(visit: SpaceVisit): Promise<(SeenCase & { isHidden: boolean }) | undefined> {
    const code = parseReference((visit.request.params as { reference: string }).reference)
    const found = code && (await cases.ofPersonBy(visit.who.person, code))
    const [one] = found && (await isTold(pages, found)) ? await withLines(pages, visit, [found]) : []
    return one && { ...one, isHidden: !sees(pages, visit, one) }
  }

  async function showCase(
    visit: SpaceVisit,
    found: SeenCase,
    more: Pick<CaseView, 'said' | 'words'>,
  ): Promise<FastifyReply> {
    const { id } = found.case
    const [progress, timeline] = await Promise.all([cases.progressOf(visit.who.person, id), cases.timeline(id)])
    const steps = timeline.flatMap(({ at, what }) => (stepsTold.includes(what) ? [{ at, what }] : []))
    const view: CaseView = { ...found, ...more, steps, ...(progress ? { progress } : {}) }
    return show(visit, casePage(view, pages, visit))
  }

  get(casePaths.one(':reference'), async (visit) => {
    const found = await caseIn(visit)
    if (!found) return pages.notFound(visit)
    const said = pages.outcomeIn(visit, saidOfCase)
    if (found.isHidden) return show(visit, hiddenCasePage(found.case.reference, said, visit))
    return showCase(visit, found, said ? { said } : {})
  })

  post(casePaths.one(':reference'), async (visit) => {
    const found = await caseIn(visit)
    if (!found) return pages.notFound(visit)
    if (found.isHidden) return show(visit, hiddenCasePage(found.case.reference, undefined, visit))
    const words = plain(textIn(visit.body, 'words'))
    if (words === '') return showCase(visit, found, { words })
    const outcome = await cases.addWords({ person: visit.who.person, case: found.case.id, words })
    switch (outcome.kind) {
      case 'too_long':
        return showCase(visit, found, { words })
      // Closed since, if it was there.
      case 'absent':
        return pages.done(visit, casePaths.one(found.case.reference), 'over')
      case 'done':
        return pages.done(visit, casePaths.one(found.case.reference), 'added')
    }
  })

  // --- A report ------------------------------------------------------------------------------------------------------

  /** What may be reported by a tick: what this sign-in sees, but not the one by which the person is here. */
  async function offered(visit: SpaceVisit, asked: readonly string[]): Promise<Line[]> {
    const { access, who } = visit
    const seen = access.sight === 'whole' ? {} : { providers: [who.provider] }
    const [last, ...named] = await Promise.all([
      connections.ofPerson(who.person, { limit: linesOffered, ...seen }),
      ...asked.map((code) => connections.lineOf(who.person, code)),
    ])
    const byId = new Map([...named, ...last].flatMap((line) => (line ? [[line.id, line] as const] : [])))
    return [...byId.values()]
      .filter((line) => line.session !== who.session && pages.seesProvider(visit, line.provider))
      .sort((a, b) => b.at - a.at)
  }

  async function showReport(visit: SpaceVisit, view: Omit<ReportView, 'lines'>): Promise<FastifyReply> {
    return show(visit, reportPage({ ...view, lines: await offered(visit, view.ticked) }, pages, visit))
  }

  get(casePaths.report, async (visit) =>
    showReport(visit, { ticked: codesOf(visit.request.query, 'line'), codes: '', words: '', faults: [] }),
  )

  post(casePaths.report, async (visit) => {
    const { who, body, context } = visit
    const ticked = codesOf(body, 'line')
    const typed = textIn(body, 'codes').slice(0, longestCodes)
    const words = plain(textIn(body, 'words'))
    const { codes, malformed } = codesIn(typed)
    const chosen = (await offered(visit, ticked)).filter(({ reference }) => ticked.includes(reference))
    const checks: [ReportFault, boolean][] = [
      ['nothing', chosen.length === 0 && codes.length === 0 && malformed.length === 0],
      ['codes_malformed', malformed.length > 0],
      ['codes_many', codes.length > 0 && codes.length + chosen.length > mostCodes],
      ['words_long', words.length > mostWords],
    ]
    const faults = checks.filter(([, applies]) => applies).map(([fault]) => fault)
    const again = { ticked, codes: typed, words }
    if (faults.length > 0) return showReport(visit, { ...again, faults })
    const said = {
      ...{ person: who.person, words, besides: who.session },
      actor: { kind: 'person', id: who.person } as const,
    }
    if (codes.length === 0) {
      const outcome = await cases.open({ ...said, connections: chosen.map(({ id }) => id) })
      if (outcome.kind === 'absent') return pages.notFound(visit)
      if (outcome.kind === 'too_long') return showReport(visit, { ...again, faults: ['words_long'] })
      return pages.done(visit, casePaths.one(outcome.case.reference), outcome.kind)
    }
    if (!(await cases.mayTry(context.address))) return showReport(visit, { ...again, faults: ['too_many'] })
    const outcome = await cases.reportCodes({
      ...said,
      codes: [...new Set([...chosen.map(({ reference }) => reference), ...codes])],
    })
    if (outcome.kind === 'too_long') return showReport(visit, { ...again, faults: ['words_long'] })
    return pages.done(visit, casePaths.one(outcome.reference), 'opened')
  })

  // Where what was reported as not theirs stood before.
  get('/space/not-me', async ({ reply }) => reply.redirect(casePaths.list, 303), { weak: true })
}

/** A case with those of its lines that are still kept. */
export interface SeenCase {
  case: Case
  lines: readonly Line[]
}

/** Those of the person that this sign-in sees, the newest first, and how many it does not. */
export async function casesSeen(
  pages: SpacePages,
  visit: SpaceVisit,
): Promise<{ cases: readonly SeenCase[]; others: number }> {
  const all = await pages.cases.ofPerson(visit.who.person)
  const told = await Promise.all(all.map((one) => isTold(pages, one)))
  const found = await withLines(
    pages,
    visit,
    all.filter((_, index) => told[index]),
  )
  const seen = found.filter((one) => sees(pages, visit, one))
  return { cases: seen, others: found.length - seen.length }
}

async function withLines(pages: SpacePages, visit: SpaceVisit, some: readonly Case[]): Promise<SeenCase[]> {
  const ids = some.flatMap((one) => one.connections)
  const lines = ids.length === 0 ? [] : await pages.connections.linesOf(visit.who.person, ids)
  const byId = new Map(lines.map((line) => [line.id, line]))
  return some.map((one) => ({ case: one, lines: one.connections.flatMap((id) => byId.get(id) ?? []) }))
}

/** Of a line that is not kept any more nobody knows by which account it was. */
const sees = (pages: SpacePages, visit: SpaceVisit, { case: one, lines }: SeenCase): boolean =>
  visit.access.sight === 'whole' ||
  (one.connections.length > 0 &&
    lines.length === one.connections.length &&
    lines.every(({ provider }) => pages.seesProvider(visit, provider)))

/**
 * R111: of what a partner or the hub itself suspects nobody is alarmed before somebody looked at it, nor by what was put
 * aside without; unless they reported the same themselves.
 */
export async function isTold({ cases }: Pick<SpacePages, 'cases'>, one: Case): Promise<boolean> {
  const { id, origin, state, verdict } = one
  if (isOwn(origin) || (state !== 'received' && (state !== 'closed' || verdict))) return true
  const past = await cases.timeline(id)
  return past.some(({ what, more }) => what === 'qualified' || (what === 'joined' && isOwn(more?.origin)))
}

/** Somebody reported it who says that it is about them. */
const isOwn = (origin: string | undefined) => origin === 'person' || origin === 'form'

/** A form sends two characters for the end of a line. */
const plain = (text: string) => text.replace(/\r\n?/g, '\n').trim()

/** The codes under one name, of an address or of a form. */
function codesOf(fields: unknown, name: string): string[] {
  const values = [((fields ?? {}) as Body)[name] ?? []].flat()
  const codes = values.flatMap((value) => (typeof value === 'string' ? (parseReference(value) ?? []) : []))
  return [...new Set(codes)].slice(0, mostTicked)
}
