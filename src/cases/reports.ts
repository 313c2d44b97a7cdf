/**
 * How a case comes to be: by the person, by somebody signed out, by a partner, by the hub's own detection. What is named
 * may be somebody else's, nobody's or right; the answer to whoever names it is the same.
 */
import type { Actor } from '../audit/facts.ts'
import type { Connections } from '../connections/connections.ts'
import { makeReference, parseReference } from '../connections/reference.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { type ConnectionId, isId, newId, newOrderedId, type PersonId, type SessionId } from '../kernel/ids.ts'
import { isLanguage } from '../kernel/languages.ts'
import { deriveKey, hashSecret, keyedHash, sameSecret } from '../kernel/secrets.ts'
import type { Keeper, People } from '../people/people.ts'
import { type CaseState, type Match, type Origin, publicStateOf, type Side } from '../policy/case-flow.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Tx } from '../storage/storage.ts'
import type { Cases, CasesOptions, Said, Via } from './cases.ts'
import { mostWords } from './cases.ts'
import { type Core, caseIn, ownerOf, reportPlace, tidied, withReference } from './core.ts'
import type { CaseRow } from './store.ts'

/** What is kept of a report in words, sealed. */
export interface ReportText {
  words: string
  contact?: string
  language?: string
  about?: { service?: string; from?: Instant; until?: Instant }
  /** Of a report made without signing in, until it was looked at. */
  claimed?: { codes: string[]; birthName: string; birthdate: string }
}

interface Incoming {
  origin: Origin
  match: Match
  /** Whom it is about, held by the caller. */
  person?: PersonId
  /** Who reports, where it is not known whom it is about. */
  reporter?: PersonId
  connections: readonly ConnectionId[]
  by: Actor
  text: ReportText
  /** These are not the person's own doing, it is said by somebody who may say so: their sessions end. */
  disowned?: { lines: readonly ConnectionId[]; by: 'code' | 'session'; besides?: SessionId }
  rule?: string
  explanation?: Readonly<Record<string, string | number>>
  partner?: { side: Side; object: string; via: Via; kind?: string; mark: string }
  /** Of a report that is written down already. */
  written?: string
  /** Closed words that operators see. */
  more?: Record<string, string>
}

/** What a code leads to, and of what it is. */
interface Resolved {
  person: PersonId
  connection: ConnectionId
  by: 'connection' | 'message'
}

/** Before a partner was told, a case takes more connections. */
const stillTakes = new Set<CaseState>(['received', 'qualified'])

/** Codes that one report may name. */
export const mostCodes = 10
/** Lines of a period that a partner reports. */
const mostOfPeriod = 20
/** Without a period a partner means what was lately. */
const lately = 30 * day
const mostOfPerson = 100

export type ReportVerbs = Pick<
  Cases,
  | 'disown'
  | 'own'
  | 'open'
  | 'reportCodes'
  | 'openByForm'
  | 'follow'
  | 'openByPartner'
  | 'openDetected'
  | 'addWords'
  | 'openAbout'
  | 'ofPerson'
  | 'ofPersonBy'
  | 'progressOf'
  | 'reportsOf'
  | 'reporters'
  | 'look'
>

export function createReports(
  core: Core,
  options: Pick<CasesOptions, 'registered' | 'recognise' | 'rules' | 'key'> & {
    people: Pick<People, 'sealerOf' | 'declares' | 'knownAs' | 'holderOf'>
    sessions: Pick<Sessions, 'endOf' | 'endAllOf' | 'forgetDevice'>
    connections: Pick<Connections, 'answer' | 'saidOf' | 'ofPerson' | 'lineOf' | 'linesOf' | 'personOf'>
    /** Counts a report of a network; false when there were too many. */
    mayReport(address: string): Promise<boolean>
  },
): ReportVerbs {
  const { storage, clock, audit, store, texts, evidence, hold, happened } = core
  const { people, sessions, connections, registered, recognise, rules } = options
  const aboutKey = deriveKey(options.key, 'cases/about')
  const [nobody, noLine] = [newId('person'), newId('connection')]

  /**
   * With the connection locked (`store.lock`): what is said of it is said here alone. Devices come before sessions and
   * these before connections, as in a sign-in and a freeze, so that none of them waits for another in a circle.
   */
  async function disownIn(tx: Tx, said: Parameters<Cases['disown']>[0]): Promise<Said> {
    const { person, connection, by, besides } = said
    const line = await connections.saidOf(tx, said)
    if (!line) return 'absent'
    if (line.answer === 'disowned') return 'again'
    const { session, device } = line
    if (device) {
      const there = besides ? { except: besides } : {}
      // Else whoever comes back by it would be somebody familiar, and nobody would be told.
      await sessions.forgetDevice(tx, person, device, there)
      // One that replaced it in the same browser is found by the device: an ended session is forgotten after a day.
      await sessions.endAllOf(tx, person, 'revoked', { device, ...there })
    }
    if (session && session !== besides) await sessions.endOf(tx, person, session)
    await connections.answer(tx, { person, connection, answer: 'disowned', by })
    return 'done'
  }

  /** Writes down that somebody reported, and what they wrote. Returns the reference of the report. */
  async function writeReport(tx: Tx, row: CaseRow, incoming: Incoming): Promise<string> {
    const { origin, by, partner, text, written } = incoming
    const said = { origin, at: toDate(clock.now()), by, via: partner?.via ?? null, kind: partner?.kind ?? null }
    const of = { side: partner?.side ?? null, object: partner?.object ?? null }
    const mark = partner ? { about_mark: partner.mark } : {}
    const insert = (reference: string) =>
      store.insertReport(tx, { ...said, ...of, ...mark, reference, case_id: row.id })
    const reference = written ?? (await withReference(insert))
    if (written) await store.lookedAt(tx, written, row.id)
    await texts.put(tx, { place: reportPlace(reference), case: row.id, owner: ownerOf(row) }, text)
    return reference
  }

  /** The same words again are a second click. */
  async function wasSaid(tx: Tx, row: CaseRow, { words }: ReportText): Promise<boolean> {
    const reports = await store.reports(tx, row.id)
    const said = await texts.read(
      tx,
      reports.map(({ reference }) => reportPlace(reference)),
    )
    return [...said.values()].some((one) => (one as ReportText).words === words)
  }

  /**
   * With whoever it is about held. Joins the case that is open about one of the connections (about the same, of whoever
   * reports what leads nowhere), or opens one.
   */
  async function admit(
    tx: Tx,
    incoming: Incoming,
  ): Promise<{ kind: 'opened' | 'open_already'; row: CaseRow; reference?: string } | { kind: 'absent' }> {
    const { person, reporter, disowned } = incoming
    const named = [...new Set(incoming.connections)].sort()
    await store.lock(tx, person ? named : reporter ? [reporter] : [])
    if (person) {
      for (const connection of named) {
        if (!(await connections.saidOf(tx, { person, connection }))) return { kind: 'absent' }
      }
    }
    const open = await openFor(tx, incoming, named)
    if (person && disowned) {
      const { lines, ...how } = disowned
      for (const connection of named.filter((one) => lines.includes(one))) {
        await disownIn(tx, { person, connection, ...how })
      }
    }
    const left = named.filter((connection) => !open.some(({ about }) => about.includes(connection)))
    const host = left.length === 0 ? open[0] : open.find(({ state }) => stillTakes.has(state))
    return host ? join(tx, incoming, host, left) : found(tx, incoming, left)
  }

  /** The open ones that it may join, held; `about`: which of its connections are in question there. */
  async function openFor(tx: Tx, { person, reporter }: Incoming, named: readonly ConnectionId[]) {
    const seen = person
      ? await store.openAbout(tx, { person, connections: named })
      : [reporter && (await store.openUnmatchedOf(tx, reporter))].flatMap((row) => (row ? [{ ...row, about: [] }] : []))
    const open: (CaseRow & { about: readonly ConnectionId[] })[] = []
    for (const { id, about } of seen) {
      const row = await hold(tx, id)
      // Closed in this very moment, its connections are free.
      if (row && row.state !== 'closed') open.push({ ...row, about })
    }
    return open
  }

  async function join(tx: Tx, incoming: Incoming, host: CaseRow, left: readonly ConnectionId[]) {
    const { person, match, by, text, partner, written, origin } = incoming
    const worsens = host.match === 'no_trace' && match === 'not_matching'
    const adds = (person !== undefined && left.length > 0) || worsens
    const isNew = adds || partner !== undefined || written !== undefined
    if (!isNew && (text.words === '' || (await wasSaid(tx, host, text)))) {
      return { kind: 'open_already' as const, row: host }
    }
    if (person && left.length > 0) {
      await evidence.freeze(tx, { case: host.id, person, connections: left, at: clock.now() })
    }
    const row = adds ? await store.change(tx, host.id, worsens ? { match } : {}) : host
    const reference = await writeReport(tx, row, incoming)
    const more = { origin, report: reference, ...(left.length > 0 ? { added: String(left.length) } : {}) }
    await happened(tx, row, { what: 'joined', by, more: { ...more, ...moreOf(incoming) } })
    return { kind: 'open_already' as const, row, reference }
  }

  async function found(tx: Tx, incoming: Incoming, named: readonly ConnectionId[]) {
    const { origin, match, person, reporter, by, rule, explanation } = incoming
    const at = clock.now()
    const id = newOrderedId('case', at)
    const about = { person: person ?? null, reporter: person ? null : (reporter ?? null) }
    const why = { rule: rule ?? null, explanation: explanation ?? null }
    await withReference((reference) =>
      store.insert(tx, { id, reference, origin, match, ...about, ...why, at: toDate(at), by }),
    )
    if (person) await evidence.freeze(tx, { case: id, person, connections: named, at })
    const row = await store.byId(tx, id)
    if (!row) throw new Error('a case that was opened is not there')
    const reference = await writeReport(tx, row, incoming)
    await happened(tx, row, { what: 'opened', by, more: { origin, match, report: reference, ...moreOf(incoming) } })
    audit.append(tx, {
      name: 'case.opened',
      data: { case: id, person: person ?? null, origin, match, connections: [...named], rule: rule ?? null, actor: by },
    })
    return { kind: 'opened' as const, row, reference }
  }

  function moreOf({ partner, rule, more = {} }: Incoming): Record<string, string> {
    return {
      ...(partner ? { side: partner.side, object: partner.object, via: partner.via } : {}),
      ...(partner?.kind ? { kind: partner.kind } : {}),
      ...(rule ? { rule } : {}),
      ...more,
    }
  }

  /** With the person held, so that they are neither erased nor split before the end. */
  function admitAbout(person: PersonId, incoming: Omit<Incoming, 'person' | 'match'>) {
    return storage.transaction(async (tx) => {
      if (!(await people.sealerOf(tx, person, { hold: true }))) return { kind: 'absent' as const }
      return admit(tx, { ...incoming, person, match: 'matched' })
    })
  }

  /** What a code leads to. Whatever it is, the same is asked of the database, so that the time of the answer says little. */
  async function resolve(typed: string): Promise<Resolved | undefined> {
    const code = parseReference(typed)
    if (!code) return undefined
    const [person = nobody, message] = [await connections.personOf(code), await recognise(code)]
    const line = await connections.lineOf(person, code)
    const about = isId('connection', message?.about) ? message.about : noLine
    const [written] = await connections.linesOf(message?.person ?? nobody, [about])
    if (line) return { person, connection: line.id, by: 'connection' }
    return message && written && { person: message.person, connection: written.id, by: 'message' }
  }

  async function resolveAll(codes: readonly string[]) {
    const all = []
    for (const code of codes.slice(0, mostCodes)) all.push(await resolve(code))
    return all
  }

  /** The lines that a partner means, of the person whom it knows by that subject. */
  async function linesMeant(
    person: PersonId,
    report: Parameters<Cases['openByPartner']>[0],
    coded: Resolved | undefined,
  ): Promise<ConnectionId[]> {
    if (coded?.person === person) return [coded.connection]
    const { side, object, from, until } = report
    const isPeriod = from !== undefined || until !== undefined
    const lines = await connections.ofPerson(person, {
      ...(side === 'service' ? { services: [object] } : { providers: [object] }),
      outcome: 'accepted',
      from: from ?? (until ?? clock.now()) - lately,
      ...(until === undefined ? {} : { until: until + 1 }),
      limit: isPeriod ? mostOfPeriod : 1,
    })
    return lines.map(({ id }) => id)
  }

  return {
    disown: (said) =>
      storage.transaction(async (tx) => {
        await store.lock(tx, [said.connection])
        return disownIn(tx, said)
      }),

    own: (said) =>
      storage.transaction(async (tx) => {
        await store.lock(tx, [said.connection])
        const open = await store.openAbout(tx, { person: said.person, connections: [said.connection] })
        if (open.length > 0) return 'case_open'
        const line = await connections.saidOf(tx, said)
        if (!line) return 'absent'
        return (await connections.answer(tx, { ...said, answer: 'owned' })) ? 'done' : 'again'
      }),

    async open({ person, connections: named, words: given, actor, besides }) {
      const words = tidied(given)
      if (words.length > mostWords) return { kind: 'too_long', most: mostWords }
      if (named.length === 0) return { kind: 'absent' }
      const disowned = { lines: named, by: 'session' as const, ...(besides ? { besides } : {}) }
      const said = { origin: 'person' as const, connections: named, by: actor, text: { words }, disowned }
      const outcome = await admitAbout(person, said)
      return outcome.kind === 'absent' ? outcome : { kind: outcome.kind, case: caseIn(outcome.row) }
    },

    async reportCodes({ person, codes, words: given, actor, besides }) {
      const words = tidied(given)
      if (words.length > mostWords) return { kind: 'too_long', most: mostWords }
      const all = await resolveAll(codes)
      const own = all.flatMap((one) => (one?.person === person ? [one.connection] : []))
      const foreign = all.flatMap((one) => (one && one.person !== person ? [one.connection] : []))
      // For operators alone: whose line it is, they look up.
      const more = foreign.length > 0 ? { foreign: foreign.join(' ') } : {}
      const said = { origin: 'person' as const, by: actor, text: { words }, more }
      if (own.length > 0) {
        const disowned = { lines: own, by: 'session' as const, ...(besides ? { besides } : {}) }
        const outcome = await admitAbout(person, { ...said, connections: own, disowned })
        if (outcome.kind !== 'absent') return { kind: 'opened', reference: outcome.row.reference }
      }
      const match = foreign.length > 0 ? 'not_matching' : 'no_trace'
      const outcome = await storage.transaction(async (tx) => {
        await people.sealerOf(tx, person, { hold: true })
        return admit(tx, { ...said, match, reporter: person, connections: [] })
      })
      if (outcome.kind === 'absent') throw new Error('a report that leads nowhere names no line')
      return { kind: 'opened', reference: outcome.row.reference }
    },

    async openByForm({ codes, identity, contact, words: given, about, language, address }) {
      const words = tidied(given)
      const { birthName, birthdate } = identity
      const isTooMuch = words.length > mostWords || [contact ?? '', birthName, birthdate, ...codes].some(isLong)
      if (isTooMuch || codes.length > mostCodes) throw new GarantError('request_malformed')
      if (!(await options.mayReport(address))) throw new GarantError('too_many_requests')
      // People copy it by hand. The reference is as hard to guess: together twice 55 bits.
      const key = makeReference()
      const text: ReportText = {
        words,
        language,
        ...(contact ? { contact } : {}),
        ...(about ? { about } : {}),
        claimed: { codes: [...codes], birthName, birthdate },
      }
      const reference = await storage.transaction(async (tx) => {
        const row = {
          ...{ case_id: null, origin: 'form' as const, at: toDate(clock.now()), by: { kind: 'hub' } as const },
          ...{ via: null, kind: null, side: null, object: null, key_hash: hashSecret(key) },
        }
        const written = await withReference((drawn) => store.insertReport(tx, { ...row, reference: drawn }))
        await texts.put(tx, { place: reportPlace(written), case: null, owner: null }, text)
        audit.append(tx, { name: 'case.reported', data: { report: written } })
        await storage.jobs.enqueue(tx, 'cases.look', { report: written }, { key: written })
        return written
      })
      return { kind: 'opened', reference, key }
    },

    async look(reference) {
      const seen = await store.report(storage.db, reference)
      if (!seen || seen.case_id) return
      const text = (await texts.read(storage.db, [reportPlace(reference)])).get(reportPlace(reference)) as
        | ReportText
        | undefined
      const { claimed, ...kept } = text ?? { words: '' }
      const all = claimed ? (await resolveAll(claimed.codes)).filter((one) => one !== undefined) : []
      const matching: typeof all = []
      for (const one of all) {
        if (claimed && (await people.declares(storage.db, one.person, claimed))) matching.push(one)
      }
      // Of several people with that name and that day, whose codes all of these are, the first one is meant.
      const person = matching[0]?.person
      const named = matching.filter((one) => one.person === person).map(({ connection }) => connection)
      await storage.transaction(async (tx) => {
        const isThere = person !== undefined && (await people.sealerOf(tx, person, { hold: true })) !== undefined
        const row = await store.report(tx, reference, { lock: true })
        if (!row || row.case_id) return
        const said = { origin: 'form' as const, by: row.by, text: kept, written: reference }
        const foreign = all.filter((one) => !matching.includes(one)).map(({ connection }) => connection)
        const more = foreign.length > 0 ? { foreign: foreign.join(' ') } : {}
        // The code of a connection is read out to support and stands on pages; that of a message was sent to the person.
        const lines = matching.filter(({ by }) => by === 'message').map(({ connection }) => connection)
        const disowned = { lines, by: 'code' as const }
        const outcome = isThere
          ? await admit(tx, { ...said, more, match: 'matched', person, connections: named, disowned })
          : { kind: 'absent' as const }
        if (outcome.kind !== 'absent') return
        const match = all.length > 0 ? 'not_matching' : 'no_trace'
        await admit(tx, { ...said, more, match, connections: [] })
      })
    },

    async follow(typed, key) {
      const reference = parseReference(typed)
      const report = reference && (await store.report(storage.db, reference))
      if (!report || !sameSecret(report.key_hash ?? '', hashSecret(parseReference(key) ?? key))) return undefined
      const row = report.case_id ? await store.byId(storage.db, report.case_id) : undefined
      const openedAt = report.at.getTime()
      const times = { openedAt, ...(row?.closed_at ? { closedAt: row.closed_at.getTime() } : {}) }
      return { state: publicStateOf(times, rules, clock.now()), openedAt }
    },

    async openByPartner(report) {
      const { side, object, subject, code, actor, via, kind } = report
      const words = tidied(report.words)
      if (words.length > mostWords) return { kind: 'too_long', most: mostWords }
      const own = await registered(storage.db, side, object)
      if (!own || own.isOwn) return { kind: 'absent' }
      const coded = code === undefined ? undefined : await resolve(code)
      const [line] = coded ? await connections.linesOf(coded.person, [coded.connection]) : []
      const isOwnLine = line !== undefined && (side === 'service' ? line.service : line.provider) === object
      const known =
        side === 'service'
          ? await people.knownAs(storage.db, own.sector ?? '', subject)
          : await people.holderOf(storage.db, object, subject)
      const person = known ?? (isOwnLine ? coded?.person : undefined)
      const named = person ? await linesMeant(person, report, isOwnLine ? coded : undefined) : []
      const mark = keyedHash(aboutKey, `${side} ${object}`, JSON.stringify([subject, subject ? '' : (code ?? '')]))
      const match: Match = person ? 'matched' : line ? 'not_matching' : 'no_trace'
      return storage.transaction(async (tx) => {
        const isThere = person !== undefined && (await people.sealerOf(tx, person, { hold: true })) !== undefined
        await store.lock(tx, [mark])
        const before = await store.openReportAbout(tx, mark)
        const said = {
          ...{ origin: side, by: actor, text: { words } },
          partner: { side, object, via, mark, ...(kind ? { kind } : {}) },
        }
        if (before) {
          const host = await hold(tx, (await store.report(tx, before))?.case_id as CaseRow['id'])
          if (host && words !== '' && !(await wasSaid(tx, host, said.text))) {
            await join(tx, { ...said, match: host.match, connections: [] }, host, [])
          }
          return { kind: 'open_already', reference: before }
        }
        const about = isThere ? { match: 'matched' as const, person, connections: named } : undefined
        const outcome = about ? await admit(tx, { ...said, ...about }) : ({ kind: 'absent' } as const)
        const told =
          outcome.kind === 'absent'
            ? await admit(tx, { ...said, match: match === 'matched' ? 'no_trace' : match, connections: [] })
            : outcome
        if (told.kind === 'absent' || told.reference === undefined) throw new Error('a report has a reference')
        return { kind: 'opened', reference: told.reference }
      })
    },

    async openDetected({ person, connections: named, rule, explanation }) {
      const said = { origin: 'hub' as const, by: { kind: 'hub' } as const, text: { words: '' } }
      const outcome = await admitAbout(person, { ...said, connections: named, rule, explanation })
      return outcome.kind === 'absent' ? outcome : { kind: outcome.kind, case: caseIn(outcome.row) }
    },

    async addWords({ person, case: id, words: given }) {
      const words = tidied(given)
      if (words.length > mostWords) return { kind: 'too_long', most: mostWords }
      return storage.transaction(async (tx) => {
        const row = await hold(tx, id)
        if (!row || ownerOf(row) !== person || row.state === 'closed') return { kind: 'absent' }
        const text = { words }
        if (words === '' || (await wasSaid(tx, row, text))) return { kind: 'done' }
        const by = { kind: 'person', id: person } as const
        const said = { origin: 'person', match: row.match, connections: [], by, text } as const
        const reference = await writeReport(tx, row, said)
        await happened(tx, row, { what: 'joined', by, more: { origin: 'person', report: reference } })
        return { kind: 'done' }
      })
    },

    async openAbout(person, connection) {
      const [row] = await store.openAbout(storage.db, { person, connections: [connection] })
      return row && caseIn(row)
    },

    async ofPerson(person) {
      return (await store.ofPerson(storage.db, person, mostOfPerson)).map(asTold)
    },

    async ofPersonBy(person, reference) {
      const [row] = await store.ofPerson(storage.db, person, 1, parseReference(reference) ?? '')
      return row && asTold(row)
    },

    async progressOf(person, id) {
      const row = await store.byId(storage.db, id)
      if (!row || ownerOf(row) !== person) return undefined
      const parties = await store.parties(storage.db, id)
      const count = (side: Side) => {
        const of = parties.filter((party) => party.side === side)
        return { told: of.length, answered: of.filter(({ answered_at }) => answered_at !== null).length }
      }
      return { service: count('service'), provider: count('provider') }
    },

    async reportsOf(own, { limit, after }) {
      const rows = await store.reportsOf(storage.db, own, { limit, after: after ?? null })
      return rows.map(({ side, object, reference, at, by, via, party }) => ({
        ...{ side, object, reference, at: at.getTime(), by, via: via ?? 'desk' },
        ...(party ? { party } : {}),
      }))
    },

    async reporters(of) {
      const rows = 'case' in of ? await store.reports(storage.db, of.case) : [await store.report(storage.db, of.report)]
      const found = rows.flatMap((row) => (row?.origin === 'form' ? [row] : []))
      const said = await texts.read(
        storage.db,
        found.map(({ reference }) => reportPlace(reference)),
      )
      return found.flatMap(({ reference, at }) => {
        const { contact, language } = (said.get(reportPlace(reference)) ?? {}) as Partial<ReportText>
        if (!contact) return []
        return [{ reference, contact, language: isLanguage(language) ? language : 'fr', openedAt: at.getTime() }]
      })
    },
  }
}

/** Of a report that led nowhere: whether its code was somebody's is not told to whoever made it. */
function asTold(row: CaseRow) {
  const told = caseIn(row)
  if (row.person) return told
  const { closed, ...rest } = told
  const over = closed && (closed.reason === 'not_matching' ? { ...closed, reason: 'no_trace' as const } : closed)
  return { ...rest, match: 'no_trace' as const, ...(over ? { closed: over } : {}) }
}

/** Of a line that somebody types. */
const isLong = (text: string) => text.length > 320

/** What this room keeps of people. */
export function createKeeper({ store, texts, evidence }: Core): Keeper {
  return {
    room: 'cases',
    async forget(tx, person) {
      // Those that are open keep by what partners know the person until they are closed: else nobody could be told more.
      for (const { id, state } of await store.forget(tx, person)) if (state === 'closed') await evidence.blank(tx, id)
    },
    async follow(tx, { from, to, ids, also, left }) {
      const going = await store.goingWith(tx, { from, connections: [...ids], all: left.length === 0 })
      await texts.pass(tx, { from, to, cases: going.map(({ id }) => id) })
      for (const { id } of going) await store.give(tx, id, { from, to })
      // The letters about them come along.
      also(going.map(({ id }) => id))
    },
  }
}
