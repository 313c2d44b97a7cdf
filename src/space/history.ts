/**
 * The history: every use of the person's identity, accepted or refused (R102). A page of it, one line with all that is
 * known of it, files of what was found, and the signed receipt of a line. Reading one's own history, or taking it along,
 * is no fact: the journal would then say how often somebody looks after themselves.
 *
 * A sign-in below the strongest sees the lines of its own account, and of the others how many: who holds one stolen
 * account learns nothing of the rest. Lines of other people are not there.
 */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { journalKeysPath } from '../audit/routes.ts'
import type { Habit, Line } from '../connections/connections.ts'
import { parseReference } from '../connections/reference.ts'
import { localeOf } from '../http/messages.ts'
import { toDate } from '../kernel/clock.ts'
import { inEachLanguage, languages } from '../kernel/languages.ts'
import { ownServiceName } from '../partners/own-service.ts'
import { exactTime, spacePaths } from './frame.ts'
import { csvOfHistory, type FileHead, jsonOfHistory, pagesOf } from './history-files.ts'
import { type Choice, type HistoryView, hiddenLinePage, historyPage, historyPaths, linePage } from './history-pages.ts'
import {
  type HistoryAsked,
  type HistoryScope,
  type HistoryTyped,
  monthsBetween,
  questionOf,
  readHistoryTyped,
} from './history-question.ts'
import { type LineWords, lineWriter, monthName } from './history-words.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

/** Lines of one page. */
const pageLength = 25

export function mountHistory(pages: SpacePages): void {
  const { get, show, connections, audit, deviceNames, people, partners, storage, clock, timeZone, name, issuer } = pages

  interface Asked {
    typed: HistoryTyped
    asked: HistoryAsked
    /** What this sign-in sees of the history, counted, and what it does not. */
    seen: readonly Habit[]
    unseen: readonly Habit[]
  }

  async function read(visit: SpaceVisit): Promise<Asked> {
    const { who, access, request } = visit
    const typed = readHistoryTyped(request.query)
    const habits = await connections.habitsOf(who.person)
    const isSeen = ({ provider }: Habit) => pages.seesProvider(visit, provider)
    const seen = habits.filter(isSeen)
    const services = new Map(seen.map(({ service }) => [service, namesOf(service)] as const))
    const scope: HistoryScope = {
      services,
      timeZone,
      ...(access.sight === 'whole' ? {} : { providers: [who.provider] }),
    }
    return { typed, asked: questionOf(typed, scope), seen, unseen: habits.filter((one) => !isSeen(one)) }
  }

  /** In every language: what people search for is what they once read. */
  function namesOf(service: string): string[] {
    const known = partners.registry().services.get(service)?.name ?? ownServiceName(name)
    return [service, ...languages.map((language) => known[language])]
  }

  /** One line by its code, if it is this person's and this sign-in sees it. */
  async function lineBy(visit: SpaceVisit, reference: string | undefined): Promise<Line | 'hidden' | undefined> {
    const line = reference === undefined ? undefined : await connections.lineOf(visit.who.person, reference)
    return line && (pages.seesProvider(visit, line.provider) ? line : 'hidden')
  }

  /** Names of devices are read once, those of organisations with the lines that name some. */
  const writerFor = async (visit: SpaceVisit) => {
    const devices = await deviceNames.of(visit.who.person)
    return async (lines: readonly Line[]): Promise<LineWords[]> => {
      const ids = [...new Set(lines.flatMap(({ organisation }) => organisation ?? []))]
      const organisations = ids.length === 0 ? new Map() : await pages.organisations.named(ids)
      return lines.map(lineWriter(pages, visit, { devices, organisations }))
    }
  }

  get(spacePaths.history, async (visit) => {
    const { who } = visit
    const [{ typed, asked, seen, unseen }, write] = await Promise.all([read(visit), writerFor(visit)])
    let lines: readonly Line[] = []
    let isHidden = false
    if (asked.kind === 'code') {
      const line = await lineBy(visit, asked.reference)
      isHidden = line === 'hidden'
      if (typeof line === 'object') lines = [line]
    } else {
      const { question, before } = asked
      lines = await connections.ofPerson(who.person, {
        ...question,
        limit: pageLength + 1,
        ...(before ? { before } : {}),
      })
    }
    const shown = lines.slice(0, pageLength)
    const older = lines.length > pageLength ? shown.at(-1)?.id : undefined
    const view: HistoryView = {
      typed,
      lines: await write(shown),
      ...(older ? { older } : {}),
      months: monthsOf(seen),
      services: choices(
        seen,
        ({ service }) => service,
        (service) => pages.serviceName(visit, service),
        visit,
      ),
      providers: choices(
        seen,
        ({ provider }) => provider,
        (provider) => pages.providerName(visit, provider),
        visit,
      ),
      seen: sum(seen),
      others: othersIn(unseen, visit),
      isHidden,
    }
    return show(visit, historyPage(view, visit))
  })

  function monthsOf(habits: readonly Habit[]): string[] {
    const since = Math.min(...habits.map((one) => one.since))
    return Number.isFinite(since) ? monthsBetween(since, clock.now(), timeZone) : []
  }

  /** By provider; what was refused before one was chosen comes last. */
  function othersIn(unseen: readonly Habit[], visit: SpaceVisit): HistoryView['others'] {
    const { t } = visit.context
    const byProvider = new Map<string, Habit[]>()
    for (const habit of unseen) {
      const key = habit.provider ?? ''
      byProvider.set(key, [...(byProvider.get(key) ?? []), habit])
    }
    return [...byProvider]
      .map(([provider, habits]) => ({ provider, count: sum(habits) }))
      .toSorted((a, b) => Number(a.provider === '') - Number(b.provider === '') || b.count - a.count)
      .map(({ provider, count }) => ({
        name: provider === '' ? t('history.provider.none') : pages.providerName(visit, provider),
        count,
      }))
  }

  // ── Files ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function* found({ asked }: Asked, visit: SpaceVisit) {
    const write = await writerFor(visit)
    if (asked.kind === 'lines') {
      yield* pagesOf((page) => connections.ofPerson(visit.who.person, { ...asked.question, ...page }), write)
      return
    }
    const line = await lineBy(visit, asked.reference)
    if (typeof line === 'object') yield await write([line])
  }

  async function headOf({ typed }: Asked, visit: SpaceVisit): Promise<FileHead> {
    const { context, who, access } = visit
    const identity = await people.identityOf(storage.db, who.person)
    const fullName = identity && `${identity.given_name} ${identity.family_name}`.trim()
    const at = clock.now()
    return {
      hub: name,
      issuer,
      ...(fullName ? { name: fullName } : {}),
      at,
      when: exactTime(at, timeZone, context),
      question: typed,
      asked: conditionsOf(typed, visit),
      ...(access.sight === 'whole' ? {} : { onlyBy: pages.providerName(visit, who.provider) }),
    }
  }

  /** What was asked, in the words of the form. */
  function conditionsOf(typed: HistoryTyped, visit: SpaceVisit): [string, string][] {
    const { context } = visit
    const { t } = context
    const words: Partial<Record<keyof HistoryTyped, (value: string) => string>> = {
      q: (value) => value,
      month: (value) => (/^\d{4}-(?:0[1-9]|1[0-2])$/.test(value) ? monthName(value, context) : value),
      service: (value) => pages.serviceName(visit, value),
      provider: (value) => pages.providerName(visit, value),
      outcome: (value) => (value === 'accepted' || value === 'refused' ? t(`history.outcome.${value}`) : value),
      unusual: () => t('history.unusual.only'),
    }
    return Object.entries(words).flatMap(([field, say]) => {
      const value = typed[field as keyof HistoryTyped]
      return value === '' ? [] : [[t(`history.${field}`), say(value)] as [string, string]]
    })
  }

  function send({ reply }: SpaceVisit, type: string, ending: string, chunks: AsyncIterable<string>): FastifyReply {
    const day = toDate(clock.now()).toISOString().slice(0, 10)
    return reply
      .type(type)
      .header('content-disposition', `attachment; filename="history-${day}.${ending}"`)
      .send(Readable.from(chunks, { objectMode: false }))
  }

  get(historyPaths.csv, async (visit) => {
    const asked = await read(visit)
    const chunks = csvOfHistory(await headOf(asked, visit), found(asked, visit), visit.context)
    return send(visit, 'text/csv; charset=utf-8; header=present', 'csv', chunks)
  })

  get(historyPaths.json, async (visit) => {
    const asked = await read(visit)
    const chunks = jsonOfHistory(await headOf(asked, visit), found(asked, visit))
    return send(visit, 'application/json; charset=utf-8', 'json', chunks)
  })

  // ── One line ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const referenceIn = ({ request }: SpaceVisit) => parseReference((request.params as { reference: string }).reference)

  get(spacePaths.line(':reference'), async (visit) => {
    const line = await lineBy(visit, referenceIn(visit))
    if (!line) return pages.notFound(visit)
    if (line === 'hidden') return show(visit, hiddenLinePage(visit))
    const [write, receipt] = await Promise.all([writerFor(visit), audit.receiptOf(line.id)])
    const [words] = await write([line])
    if (!words) throw new Error('a line without words')
    const view = {
      words,
      receipt: typeof receipt === 'object' ? ('signed' as const) : receipt,
      keysPath: journalKeysPath,
      notMe: spacePaths.notMe(line.reference),
    }
    return show(visit, linePage(view, visit))
  })

  get(historyPaths.receipt(':reference'), async (visit) => {
    const line = await lineBy(visit, referenceIn(visit))
    if (!line) return pages.notFound(visit)
    if (line === 'hidden') return show(visit, hiddenLinePage(visit))
    const receipt = await audit.receiptOf(line.id)
    // The page of the line says why there is none.
    if (typeof receipt !== 'object') return visit.reply.redirect(spacePaths.line(line.reference), 303)
    return visit.reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="receipt-${line.reference}.json"`)
      .send(JSON.stringify(receipt, null, 2))
  })
}

const sum = (habits: readonly Habit[]) => habits.reduce((total, { count }) => total + count, 0)

const collators = inEachLanguage((language) => new Intl.Collator(localeOf(language), { numeric: true }))

/** What habits name, each once, by name. */
function choices(
  habits: readonly Habit[],
  idOf: (habit: Habit) => string | undefined,
  nameOf: (id: string) => string,
  { context: { language } }: SpaceVisit,
): Choice<string>[] {
  const ids = new Set(habits.map(idOf).filter((id) => id !== undefined))
  return [...ids]
    .map((id) => ({ id, name: nameOf(id) }))
    .toSorted((a, b) => collators[language].compare(a.name, b.name))
}
