/**
 * The register of means: each kind of means by which somebody can sign in here, the hub's own and those behind each
 * provider, with its class, level, factors and validity, and the homologations by which the owners of services accept it
 * (R023 to R032). Written down by operators, never deleted: it tells what was in force at any instant.
 *
 * What a rule makes of an entry is `policy/`'s: this room asks it, and refuses to record what it would refuse to apply.
 * The means of a person are in `means/`; which level a provider may assert is a setting of `partners/`.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { highestOf, type Level } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { type HomologationId, newId, type ProviderId, type ServiceId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import { type MeansKind, meansKinds } from '../means/means.ts'
import { isHouseConnector, isOwn, type Partners, type Provider } from '../partners/partners.ts'
import { factorOf } from '../policy/acceptance.ts'
import { startOfDay } from '../policy/calendar.ts'
import { assessFactors, type FactorKind, type FactorNote, factorKinds } from '../policy/factors.ts'
import { houseMeans } from '../policy/house-means.ts'
import {
  decideMeans,
  homologationEnd,
  type Means,
  type MeansClass,
  type MeansPolicy,
  type MeansReason,
  reminderDue,
  transitionEndFor,
} from '../policy/means.ts'
import type { Storage } from '../storage/storage.ts'
import { type InForce, ownFactors, ownJurisdiction } from './in-force.ts'
import * as store from './store.ts'

export type EntryId = `own/${MeansKind}` | `provider/${ProviderId}`

export interface Entry {
  entry: EntryId
  /** A kind of the hub's own, or a provider with the name that people see. */
  of: { own: MeansKind } | { provider: ProviderId; name: Translated }
  population: 'citizens' | 'professionals' | 'both'
  /** The country under whose rules the means is issued. */
  jurisdiction: string
  class: MeansClass
  /** The strongest level that it can carry. */
  level: Level
  /** What a sign-in with it proves. Empty when nobody has declared it. */
  factors: FactorKind[]
  /** What speaks against it although it is accepted (R054). */
  notes: FactorNote[]
  certificate?: { reference: string; until?: Instant }
  /** The first instant at which it is refused for every service. */
  validUntil?: Instant
  /** What an operator wrote down of it, and that counts now. */
  declared?: { declaration: string; at: Instant; by: Actor }
  homologations: RegisteredHomologation[]
}

export interface RegisteredHomologation {
  homologation: HomologationId
  service: ServiceId
  author: string
  riskAnalysis: string
  decidedAt: Instant
  /** The first instant that it does not cover: four calendar years later (R026). */
  endsAt: Instant
  state: 'in_force' | 'ended' | 'withdrawn'
  /** Why the means is refused for that service now, although the homologation is in force; empty when it is accepted. */
  reasons: MeansReason[]
  recordedAt: Instant
  recordedBy: Actor
  withdrawnAt?: Instant
}

/** Something that ends within the next 90 days. */
export interface Ending {
  entry: EntryId
  what: 'homologation' | 'certificate' | 'validity' | 'transition'
  service?: ServiceId
  at: Instant
}

export interface NewHomologation {
  entry: string
  service: string
  /** Who decided: a function at the owner of the service. */
  author: string
  riskAnalysis: string
  /** Day of the decision in the zone of the hub, `2026-11-22`. */
  decidedOn: string
}

export interface Declaration {
  entry: string
  class: MeansClass
  /** Of a provider; ignored for the hub's own, cards and the e-ID app, whose factors are known. */
  factors: readonly FactorKind[]
  certificate?: string
  /** Days in the zone of the hub; the means is refused from that day on. */
  certificateUntil?: string
  validUntil?: string
}

export type RegisterFault =
  | 'entry_unknown'
  | 'service_unknown'
  | 'author_missing'
  | 'risk_analysis_missing'
  | 'date_malformed'
  /** Its class needs no homologation, or allows none. */
  | 'class_without_homologation'
  | 'certificate_missing'

export type Recorded<T> = ({ ok: true } & T) | { ok: false; reasons: (RegisterFault | MeansReason)[] }

export interface Register {
  /** The hub's own kinds first, then the providers by id, those that left with homologations included. */
  entries(): Promise<Entry[]>
  /** What ends within 90 days, the nearest first. */
  endings(entries: readonly Entry[]): Ending[]
  declare(given: Declaration, actor: Actor): Promise<Recorded<object>>
  /**
   * Takes back what is declared of an entry: what its file says counts again, or nothing. What was declared before that
   * does not come back. False when something else was written meanwhile, so that nobody takes back what they have not
   * read.
   */
  undeclare(withdrawn: { entry: string; declaration: string }, actor: Actor): Promise<boolean>
  /** Refused when the means could not be accepted by it: too low (R027), factors of one category (R028), too old (R026). */
  homologate(given: NewHomologation, actor: Actor): Promise<Recorded<{ homologation: HomologationId }>>
  /** False when there is no such homologation, or it is withdrawn already. */
  withdraw(homologation: HomologationId, actor: Actor): Promise<boolean>
  /** R026: writes down which homologations end soon, each reminder once, whoever sweeps. */
  sweep(): Promise<void>
}

export interface RegisterOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  partners: Pick<Partners, 'registry'>
  policy: MeansPolicy
  /** What logins go by: renewed before an act of this room is over. */
  inForce: Pick<InForce, 'refresh'>
}

/** How long before its end something is listed. */
export const endingSoon = 90 * day

/** R023, R024: the other classes are accepted by what they are. */
const homologable: readonly MeansClass[] = ['homologated', 'transition', 'none']

export function createRegister(options: RegisterOptions): Register {
  const { storage, clock, audit, partners, policy, inForce } = options
  const { timeZone } = policy

  async function entries(): Promise<Entry[]> {
    const declared = new Map((await store.declarations(storage.db)).map((row) => [row.entry, row]))
    const rows = Map.groupBy(await store.homologations(storage.db), ({ entry }) => entry)
    const { providers } = partners.registry()
    const known = [
      ...meansKinds.map((kind) => ownEntry(kind)),
      ...[...providers.values()]
        .filter((provider) => !isOwn(provider))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(providerEntry),
      ...[...new Set([...declared.keys(), ...rows.keys()])].flatMap((entry) => archivedEntry(entry, providers)),
    ]
    return known.map((entry) =>
      complete(withDeclaration(entry, declared.get(entry.entry)), rows.get(entry.entry) ?? []),
    )
  }

  function complete(entry: Entry, rows: readonly store.HomologationRow[]): Entry {
    return { ...entry, homologations: rows.map((row) => registered(row, entry)) }
  }

  function registered(row: store.HomologationRow, entry: Entry): RegisteredHomologation {
    const decidedAt = row.decided_at.getTime()
    const endsAt = homologationEnd({ at: decidedAt }, timeZone)
    const state = row.withdrawn_at ? 'withdrawn' : clock.now() < endsAt ? 'in_force' : 'ended'
    const given = { service: row.service, author: row.author, riskAnalysis: row.risk_analysis, at: decidedAt }
    return {
      homologation: row.id,
      service: row.service,
      author: row.author,
      riskAnalysis: row.risk_analysis,
      decidedAt,
      endsAt,
      state,
      reasons: state === 'in_force' ? faultsOf(entry, given) : [],
      recordedAt: row.recorded_at.getTime(),
      recordedBy: row.recorded_by,
      ...(row.withdrawn_at ? { withdrawnAt: row.withdrawn_at.getTime() } : {}),
    }
  }

  /** What policy says against the entry for that service at this instant, as if nothing but the homologation carried it. */
  function faultsOf(entry: Entry, homologation: Means['homologations'][number]): MeansReason[] {
    const service = partners.registry().services.get(homologation.service)
    const decision = decideMeans({
      means: meansOf(entry, homologation),
      service: {
        id: homologation.service,
        minimumLevel: service?.minimumLevel ?? 'eidas1',
        sensitive: true,
        passwordAlone: false,
      },
      place: 'remote',
      at: clock.now(),
      policy,
    })
    return decision.accepted ? [] : decision.reasons
  }

  /** Nobody declares what the hub sees by itself. */
  function isSeenHere({ of }: Entry): boolean {
    if ('own' in of) return true
    const provider = partners.registry().providers.get(of.provider)
    return provider !== undefined && isHouseConnector(provider.connector)
  }

  return {
    entries,

    endings(all) {
      const now = clock.now()
      const isNear = ({ at }: Ending) => at > now && at <= now + endingSoon
      return all
        .flatMap((entry) => endsOf(entry, policy))
        .filter(isNear)
        .sort((a, b) => a.at - b.at)
    },

    async declare(given, actor) {
      const entry = (await entries()).find((each) => each.entry === given.entry)
      const certificateUntil = given.certificateUntil && startOfDay(given.certificateUntil, timeZone)
      const validUntil = given.validUntil && startOfDay(given.validUntil, timeZone)
      const certificate = given.certificate && plainLine(given.certificate)
      const reasons = failing<RegisterFault>([
        ['entry_unknown', !entry],
        ['date_malformed', [certificateUntil, validUntil].some((each) => Number.isNaN(each))],
        ['certificate_missing', !certificate && (given.class === 'certified' || Boolean(certificateUntil))],
      ])
      if (!entry || reasons.length > 0) return { ok: false, reasons }
      await storage.transaction(async (tx) => {
        await store.lockEntry(tx, entry.entry)
        await store.insertDeclaration(tx, {
          entry: entry.entry,
          class: given.class,
          factors: isSeenHere(entry) ? [] : [...given.factors],
          certificate: certificate || null,
          certificate_until: certificateUntil ? toDate(certificateUntil) : null,
          valid_until: validUntil ? toDate(validUntil) : null,
          recorded_at: toDate(clock.now()),
          recorded_by: actor,
        })
        audit.append(tx, { name: 'register.declared', data: { entry: entry.entry, class: given.class, actor } })
        await storage.notify(tx, 'garant_register')
      })
      await inForce.refresh()
      return { ok: true }
    },

    async undeclare({ entry, declaration }, actor) {
      const found = (await entries()).find((each) => each.entry === entry)
      if (!found) return false
      const withdrawn = await storage.transaction(async (tx) => {
        await store.lockEntry(tx, found.entry)
        const at = toDate(clock.now())
        const withdrawal = { entry: found.entry, declaration, at, by: actor }
        if (!(await store.withdrawDeclaration(tx, withdrawal))) return false
        audit.append(tx, { name: 'register.withdrawn', data: { entry: found.entry, actor } })
        await storage.notify(tx, 'garant_register')
        return true
      })
      await inForce.refresh()
      return withdrawn
    },

    async homologate(given, actor) {
      const entry = (await entries()).find((each) => each.entry === given.entry)
      const service = partners.registry().services.get(given.service)
      const author = plainLine(given.author)
      const riskAnalysis = plainLine(given.riskAnalysis)
      const decidedAt = startOfDay(given.decidedOn, timeZone)
      const faults = failing<RegisterFault>([
        ['entry_unknown', !entry],
        ['service_unknown', !service],
        ['author_missing', author === ''],
        ['risk_analysis_missing', riskAnalysis === ''],
        ['date_malformed', Number.isNaN(decidedAt)],
        ['class_without_homologation', entry !== undefined && !homologable.includes(entry.class)],
      ])
      if (!entry || !service || faults.length > 0) return { ok: false, reasons: faults }
      const reasons = faultsOf(entry, { service: service.id, author, riskAnalysis, at: decidedAt })
      if (reasons.length > 0) return { ok: false, reasons }
      const homologation = newId('homologation')
      await storage.transaction(async (tx) => {
        await store.insertHomologation(tx, {
          id: homologation,
          entry: entry.entry,
          service: service.id,
          author,
          risk_analysis: riskAnalysis,
          decided_at: toDate(decidedAt),
          recorded_at: toDate(clock.now()),
          recorded_by: actor,
        })
        audit.append(tx, {
          name: 'homologation.recorded',
          data: { homologation, entry: entry.entry, service: service.id, actor },
        })
        await storage.notify(tx, 'garant_register')
      })
      await inForce.refresh()
      return { ok: true, homologation }
    },

    async withdraw(homologation, actor) {
      const withdrawn = await storage.transaction(async (tx) => {
        const row = await store.withdraw(tx, { homologation, at: toDate(clock.now()), by: actor })
        if (!row) return false
        audit.append(tx, { name: 'homologation.withdrawn', data: { homologation, ...row, actor } })
        await storage.notify(tx, 'garant_register')
        return true
      })
      await inForce.refresh()
      return withdrawn
    },

    async sweep() {
      await storage.transaction(async (tx) => {
        const at = clock.now()
        for (const row of await store.lockNewest(tx)) {
          const end = homologationEnd({ at: row.decided_at.getTime() }, timeZone)
          const since = (row.reminded_at ?? row.recorded_at).getTime()
          const days = reminderDue(end, { since, at })
          if (days === undefined) continue
          await store.remind(tx, row.id, toDate(at))
          const { id: homologation, entry, service } = row
          audit.append(tx, { name: 'homologation.ends_soon', data: { homologation, entry, service, days } })
        }
      })
    },
  }
}

// ── Entries ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function ownEntry(kind: MeansKind): Entry {
  const { counted, notes, level = 'eidas1' } = assessFactors(ownFactors[kind].map(factorOf))
  return {
    entry: `own/${kind}`,
    of: { own: kind },
    population: 'both',
    jurisdiction: ownJurisdiction,
    class: 'none',
    level,
    factors: counted,
    notes,
    homologations: [],
  }
}

/** What its entry in the partners file says, until an operator declares something else. */
function providerEntry({
  id,
  name,
  population,
  allowedLevels,
  means,
  connector,
}: Pick<Provider, 'id' | 'name' | 'population' | 'allowedLevels' | 'means'> & Partial<Provider>): Entry {
  // What a card or the e-ID app proves the hub saw itself.
  const seen = connector && isHouseConnector(connector) ? houseMeans(connector) : undefined
  const factors = [...new Set([...(means?.factors ?? []), ...Object.values(seen?.amr ?? means?.amr ?? {}).flat()])]
  const { certificate, validUntil } = means ?? {}
  return {
    entry: `provider/${id}`,
    of: { provider: id, name },
    population: seen ? 'both' : population,
    jurisdiction: means?.jurisdiction ?? ownJurisdiction,
    class: means?.class ?? seen?.class ?? 'none',
    level: highestOf(allowedLevels) ?? 'eidas1',
    factors,
    notes: assessFactors(factors.map(factorOf)).notes,
    ...(certificate
      ? {
          certificate: {
            reference: certificate.reference,
            ...(certificate.validUntil === undefined ? {} : { until: certificate.validUntil }),
          },
        }
      : {}),
    ...(validUntil === undefined ? {} : { validUntil }),
    homologations: [],
  }
}

/** A provider that is no longer published: what was written of it stays, under its id. */
function archivedEntry(entry: EntryId, providers: ReadonlyMap<ProviderId, Provider>): Entry[] {
  const [place, id = ''] = entry.split('/')
  if (place !== 'provider' || providers.has(id)) return []
  const name = { fr: id, en: id, ar: id }
  return [providerEntry({ id, name, population: 'citizens', allowedLevels: ['eidas1'] })]
}

function withDeclaration(entry: Entry, row: store.DeclarationRow | undefined): Entry {
  if (!row) return entry
  const declared = row.factors.filter(isFactorKind)
  const factors = 'own' in entry.of || declared.length === 0 ? entry.factors : declared
  return {
    ...entry,
    class: row.class,
    factors,
    notes: 'own' in entry.of ? entry.notes : assessFactors(factors.map(factorOf)).notes,
    ...(row.certificate
      ? {
          certificate: {
            reference: row.certificate,
            ...(row.certificate_until ? { until: row.certificate_until.getTime() } : {}),
          },
        }
      : {}),
    ...(row.valid_until ? { validUntil: row.valid_until.getTime() } : {}),
    declared: { declaration: row.id, at: row.recorded_at.getTime(), by: row.recorded_by },
  }
}

/** Where rules differ, what is for both is shown under those of citizens. */
const populationOf = ({ population }: Entry) => (population === 'professionals' ? 'professional' : 'citizen')

const isFactorKind = (text: string): text is FactorKind => Object.hasOwn(factorKinds, text)

/** The kind of means as policy knows a means of somebody: as strongly enrolled as can be, so that only the kind speaks. */
function meansOf(entry: Entry, homologation: Means['homologations'][number]): Means {
  return {
    class: 'homologated',
    level: entry.level,
    identityLevel: 'eidas3',
    factors: entry.factors.map(factorOf),
    bound: 'one_person',
    jurisdiction: entry.jurisdiction,
    population: populationOf(entry),
    validFrom: 0,
    // The term of each person's means is its own; here counts that of the kind.
    validUntil: entry.validUntil ?? Number.MAX_SAFE_INTEGER,
    homologations: [homologation],
  }
}

/** For each service the homologation that holds longest: one that was done again in time does not end. */
function lastInForce({ homologations }: Entry): RegisteredHomologation[] {
  const inForce = homologations.filter(({ state }) => state === 'in_force').sort((a, b) => a.endsAt - b.endsAt)
  return [...new Map(inForce.map((each) => [each.service, each])).values()]
}

function endsOf(entry: Entry, policy: MeansPolicy): Ending[] {
  const { certificate, validUntil } = entry
  const population = populationOf(entry)
  return [
    ...lastInForce(entry).map(({ service, endsAt }) => ({
      entry: entry.entry,
      what: 'homologation' as const,
      service,
      at: endsAt,
    })),
    ...(certificate?.until === undefined
      ? []
      : [{ entry: entry.entry, what: 'certificate' as const, at: certificate.until }]),
    ...(validUntil === undefined ? [] : [{ entry: entry.entry, what: 'validity' as const, at: validUntil }]),
    ...(entry.class === 'transition'
      ? [
          {
            entry: entry.entry,
            what: 'transition' as const,
            at: transitionEndFor({ jurisdiction: entry.jurisdiction, population }, policy),
          },
        ]
      : []),
  ]
}

const failing = <R>(checks: readonly [R, boolean][]): R[] =>
  checks.filter(([, fails]) => fails).map(([reason]) => reason)

/** As one line, of 120 characters at most. */
function plainLine(text: string): string {
  const line = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return [...line].slice(0, 120).join('')
}
