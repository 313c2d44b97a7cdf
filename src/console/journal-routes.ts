/**
 * The journal for those who answer for the hub. A question that names a person says why, and is itself a fact, each page
 * and each file of its answer again (DESIGN section 8).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Recorded } from '../audit/audit.ts'
import { csvOf } from '../http/csv.ts'
import { toDate } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { consolePaths } from './frame.ts'
import { factPage, journalPage } from './journal-pages.ts'
import { type JournalSearch, readSearch, readTyped } from './journal-search.ts'
import { allow, type ConsoleOptions, frameOf } from './visit.ts'

const pageSize = 50
/** Some megabytes: whoever wants all of a year asks for it month by month. */
export const longestExport = 5_000

export function mountJournal(options: ConsoleOptions): void {
  const { web, door, storage, audit, clock, timeZone, issuer } = options
  const { app } = web

  /** The fact is committed before anything is answered. */
  async function noteSearched(request: FastifyRequest, { reason, person, connection }: JournalSearch): Promise<void> {
    if (!reason) return
    const { operator } = door.of(request)
    const data = { operator, person: person ?? null, connection: connection ?? null, reason }
    await storage.transaction(async (tx) => audit.append(tx, { name: 'journal.searched', data }))
  }

  async function noteExported(request: FastifyRequest, format: 'csv' | 'json' | 'proof', facts: number): Promise<void> {
    const { operator } = door.of(request)
    await storage.transaction(async (tx) =>
      audit.append(tx, { name: 'journal.exported', data: { operator, format, facts } }),
    )
  }

  app.get(consolePaths.journal, allow('journal'), async (request, reply) => {
    const typed = readTyped(request.query)
    const search = readSearch(typed, timeZone)
    const isAsked = Object.keys(request.query as object).some((name) => name !== 'lang')
    const frame = await frameOf(options, request)
    const faults = 'wanted' in search ? [] : search
    if ('wanted' in search) await noteSearched(request, search)
    const found = 'wanted' in search && isAsked ? await audit.explore({ ...search.wanted, limit: pageSize }) : undefined
    const view = { typed, faults, longestExport, ...(found ? { found } : {}) }
    return web.page(request, reply, journalPage(view, frame, web.contextOf(request)))
  })

  async function exported(request: FastifyRequest): Promise<{ facts: Recorded[]; older?: bigint }> {
    const search = readSearch(readTyped(request.query), timeZone)
    if (!('wanted' in search)) throw new GarantError('request_unreadable')
    await noteSearched(request, search)
    const facts: Recorded[] = []
    let older = search.wanted.before
    do {
      const page = await audit.explore({
        ...search.wanted,
        ...(older === undefined ? {} : { before: older }),
        limit: Math.min(500, longestExport - facts.length),
      })
      facts.push(...page.facts)
      older = page.older
    } while (older !== undefined && facts.length < longestExport)
    return { facts, ...(older === undefined ? {} : { older }) }
  }

  app.get(consolePaths.journalCsv, allow('journal'), async (request, reply) => {
    const { facts } = await exported(request)
    await noteExported(request, 'csv', facts.length)
    return file(reply, 'journal.csv', 'text/csv; charset=utf-8; header=present').send(factsCsv(facts))
  })

  app.get(consolePaths.journalJson, allow('journal'), async (request, reply) => {
    const { facts, older } = await exported(request)
    await noteExported(request, 'json', facts.length)
    const body = {
      journal: issuer,
      exportedAt: toDate(clock.now()).toISOString(),
      complete: older === undefined,
      ...(older === undefined ? {} : { continueBefore: String(older) }),
      facts: facts.map(({ sequence, at, name, data }) => ({
        sequence: String(sequence),
        at: toDate(at).toISOString(),
        name,
        data,
      })),
    }
    return file(reply, 'journal.json', 'application/json; charset=utf-8').send(JSON.stringify(body, null, 2))
  })

  app.get('/console/journal/:sequence', allow('journal'), async (request, reply) => {
    const entry = await audit.entry(sequenceIn(request))
    if (!entry) throw new GarantError('not_found')
    return web.page(request, reply, factPage(entry, await frameOf(options, request), web.contextOf(request)))
  })

  app.get('/console/journal/:sequence/proof.json', allow('journal'), async (request, reply) => {
    const sequence = sequenceIn(request)
    const receipt = await audit.receipt(sequence)
    if (!receipt) throw new GarantError('not_found')
    await noteExported(request, 'proof', 1)
    return file(reply, `fact-${sequence}-proof.json`, 'application/json; charset=utf-8').send(
      JSON.stringify(receipt, null, 2),
    )
  })
}

/** @throws GarantError `not_found` */
function sequenceIn(request: FastifyRequest): bigint {
  const { sequence } = request.params as { sequence: string }
  if (!/^[1-9]\d{0,17}$/.test(sequence)) throw new GarantError('not_found')
  return BigInt(sequence)
}

function file(reply: FastifyReply, name: string, type: string): FastifyReply {
  return reply.type(type).header('content-disposition', `attachment; filename="${name}"`)
}

/** With a byte order mark: spreadsheets then read UTF-8. Times in UTC. */
export function factsCsv(facts: readonly Recorded[]): string {
  const rows = facts.map(({ sequence, at, name, data }) => [
    String(sequence),
    toDate(at).toISOString(),
    name,
    JSON.stringify(data),
  ])
  const lines = [['sequence', 'at', 'name', 'data'], ...rows]
  return csvOf(lines)
}
