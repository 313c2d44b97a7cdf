/**
 * What the hub says to everybody: banners above its pages (phishing, maintenance, information), and the public status
 * page with its JSON, drawn from the snapshot of `partners.availability()` that the choice page is drawn from. What
 * pages need is in memory: a page costs no statement for it, and the status page answers while the database is away.
 *
 * It does not suspend providers nor observe them (`partners/`), and it sends nothing to anybody: who wants to be told of
 * a change by a message is the affair of `alerts/` and `signals/`.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { type BannerId, newId, type ServiceId } from '../kernel/ids.ts'
import { type Followed, follow } from '../partners/following.ts'
import type { Incident } from '../partners/health.ts'
import type { Partners } from '../partners/partners.ts'
import type { SuspensionRecord } from '../partners/suspensions.ts'
import { minimumAt } from '../policy/acceptance.ts'
import type { MeansPolicy } from '../policy/means.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import {
  amended,
  type Banner,
  type BannerChanges,
  type BannerContent,
  type BannerFault,
  bannerFaults,
  inForce,
  isStanding,
  type NewBanner,
  onPage,
} from './banners.ts'
import { createHistory, type Happening, type HistorySource, inOneOrder, type MonthOfHistory } from './history.ts'
import { type Status, statusOf } from './status.ts'
import * as store from './store.ts'

export type BannerOutcome =
  /** What was so already is done, and leaves no trace. */
  | { kind: 'done'; banner: Banner }
  | { kind: 'invalid'; faults: BannerFault[] }
  /** Somebody else came first: the banner as it is now. */
  | { kind: 'overtaken'; banner: Banner }
  /** It left the pages, by its end or by hand: nothing brings it back but a new one. */
  | { kind: 'over'; banner: Banner }
  | { kind: 'unknown' }

/** Who changes a banner, and the number of the one that they saw. */
export interface BannerChangedBy {
  actor: Actor
  expected: number
}

/** Of which service, and at which level. */
export interface AskedStatus {
  service: ServiceId
  level?: Level
}

export interface Notices {
  publish(banner: NewBanner, by: { actor: Actor }): Promise<BannerOutcome>
  /** One that is in force or planned; what is absent stays. */
  amend(banner: BannerId, changes: BannerChanges, by: BannerChangedBy): Promise<BannerOutcome>
  /** Off the pages now, or never on them. */
  withdraw(banner: BannerId, by: BannerChangedBy): Promise<BannerOutcome>
  /** All that are kept, as the database has them now; the one that was changed last first. */
  banners(): Promise<Banner[]>
  /** Those of a page, in their order, three at most; never waits. */
  onPage(service?: ServiceId): readonly Banner[]
  /** All that are in force; never waits. */
  inForce(): readonly Banner[]
  /**
   * What is known of every provider that is shown, or of those of a service at a level (its own minimum by default);
   * never waits. Undefined when there is no such service.
   */
  status(): Status
  status(asked: AskedStatus): Status | undefined
  /**
   * Of shown providers, the newest first: incidents that were not over 31 days ago, and suspensions that ended since;
   * never waits.
   */
  recentHistory(): readonly Happening[]
  /** What began in a month, `2026-10`, of shown providers; undefined when nobody can tell now. */
  historyOf(month: string): Promise<MonthOfHistory | undefined>
  /** Deletes banners whose time of retention is over. */
  sweep(): Promise<void>
  /** Resolves when what was committed before the call is on the pages of this process, or could not be read. */
  refresh(): Promise<void>
  close(): Promise<void>
}

export interface NoticesOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  partners: Pick<Partners, 'registry' | 'availability'> & HistorySource
  /** The weakest level of sensitive services is a matter of dates. */
  policy: Pick<MeansPolicy, 'sensitiveMinimumFrom'>
  /** How long a banner is kept after it left the pages, in milliseconds. */
  retention: number
  /** Zone of the months of the history. */
  timeZone: string
  log: (message: string, inside: Record<string, unknown>) => void
}

/** What the status page shows without being asked for a month. */
export const recentDays = 31
const mostRecent = 200

export async function createNotices(options: NoticesOptions): Promise<Notices> {
  const { storage, clock, audit, partners, policy, retention, timeZone, log } = options
  const { db } = storage
  const followed: Followed<unknown>[] = []
  const close = async () => {
    for (const one of followed.splice(0)) await one.close()
  }
  const known = await follow<readonly Banner[]>({
    storage,
    clock,
    channel: 'garant_notices',
    read: () => store.standing(db, clock.now()),
    log,
  })
  followed.push(known)
  const recent = () => {
    const now = clock.now()
    return { since: now - recentDays * day, before: now + 1, limit: mostRecent }
  }
  const orClose = async (error: unknown) => {
    await close()
    throw error
  }
  const incidents = await follow<readonly Incident[]>({
    storage,
    clock,
    channel: 'garant_health',
    read: () => partners.health.incidents(recent()),
    log,
  }).catch(orClose)
  followed.push(incidents)
  const suspensions = await follow<readonly SuspensionRecord[]>({
    storage,
    clock,
    channel: 'garant_partners',
    read: () => partners.suspensions(recent()),
    log,
  }).catch(orClose)
  followed.push(suspensions)

  const isShown = ({ provider }: Happening) => {
    const found = partners.registry().providers.get(provider)
    return found !== undefined && found.state.kind !== 'hidden'
  }
  const history = createHistory({ clock, timeZone, source: partners, log })

  async function change(decide: (tx: Tx, now: Instant) => Promise<BannerOutcome>): Promise<BannerOutcome> {
    const outcome = await storage.transaction(async (tx) => {
      await store.lock(tx)
      return decide(tx, clock.now())
    })
    await known.refresh()
    return outcome
  }

  /** One that stands, as the caller saw it. */
  function changeOne(
    id: BannerId,
    { expected }: BannerChangedBy,
    decide: (tx: Tx, banner: Banner, now: Instant) => Promise<BannerOutcome>,
    isDone: (banner: Banner) => boolean = () => false,
  ): Promise<BannerOutcome> {
    return change(async (tx, now) => {
      const banner = await store.find(tx, id)
      if (!banner) return { kind: 'unknown' }
      if (isDone(banner)) return { kind: 'done', banner }
      if (banner.number !== expected) return { kind: 'overtaken', banner }
      return isStanding(banner, now) ? decide(tx, banner, now) : { kind: 'over', banner }
    })
  }

  async function faultsOf(tx: Tx, content: BannerContent, now: Instant, before?: Banner): Promise<BannerFault[]> {
    const standing = await store.standing(tx, now)
    const { services } = partners.registry()
    return bannerFaults(content, {
      services,
      now,
      others: standing.filter(({ id }) => id !== before?.id).length,
      ...(before ? { before } : {}),
    })
  }

  async function written(tx: Tx, banner: Banner, name: 'banner.published' | 'banner.amended'): Promise<BannerOutcome> {
    const { id, kind, services, since, until, changedBy: actor } = banner
    const scope = services === 'all' ? null : [...services]
    audit.append(tx, { name, data: { banner: id, kind, services: scope, since, until, actor } })
    await storage.notify(tx, 'garant_notices')
    return { kind: 'done', banner }
  }

  function status(): Status
  function status(asked: AskedStatus): Status | undefined
  function status(asked?: AskedStatus): Status | undefined {
    const now = clock.now()
    if (!asked) return statusOf(partners.availability(), now)
    const service = partners.registry().services.get(asked.service)
    if (!service) return undefined
    const level = asked.level ?? minimumAt(service, policy, now)
    return statusOf(partners.availability(), now, { service, level })
  }

  return {
    publish: ({ id = newId('banner'), ...given }, { actor }) =>
      change(async (tx, now) => {
        const content: BannerContent = { ...given, since: given.since ?? now }
        const same = await store.find(tx, id)
        // The form was sent twice; the second time its start may be a moment later.
        if (same) {
          const isSame = isDeepStrictEqual(contentOf(same), contentOf({ ...content, since: given.since ?? same.since }))
          return { kind: isSame ? 'done' : 'overtaken', banner: same }
        }
        const faults = await faultsOf(tx, content, now)
        if (faults.length > 0) return { kind: 'invalid', faults }
        const authors = { author: actor, publishedAt: now, changedBy: actor, changedAt: now }
        const banner: Banner = { id, number: 1, ...contentOf(content), ...authors }
        await store.insert(tx, banner)
        return written(tx, banner, 'banner.published')
      }),

    amend: (id, changes, by) =>
      changeOne(id, by, async (tx, before, now) => {
        const content = amended(before, changes)
        if (isDeepStrictEqual(content, contentOf(before))) return { kind: 'done', banner: before }
        const faults = await faultsOf(tx, content, now, before)
        if (faults.length > 0) return { kind: 'invalid', faults }
        const banner = { ...before, ...content, number: before.number + 1, changedBy: by.actor, changedAt: now }
        await store.update(tx, banner)
        return written(tx, banner, 'banner.amended')
      }),

    withdraw(id, by) {
      const withdraw = async (tx: Tx, before: Banner, now: Instant): Promise<BannerOutcome> => {
        const number = before.number + 1
        const banner = { ...before, number, changedBy: by.actor, changedAt: now, withdrawnAt: now }
        await store.update(tx, banner)
        audit.append(tx, { name: 'banner.withdrawn', data: { banner: id, actor: by.actor } })
        await storage.notify(tx, 'garant_notices')
        return { kind: 'done', banner }
      }
      return changeOne(id, by, withdraw, ({ withdrawnAt }) => withdrawnAt !== undefined)
    },

    banners: () => store.all(db),
    onPage: (service) => onPage(known.present(), service, clock.now()),
    inForce: () => inForce(known.present(), clock.now()),

    status,
    recentHistory() {
      const now = clock.now()
      // What holds now stands above.
      const ended = suspensions.present().filter(({ end }) => end !== undefined && end <= now)
      return inOneOrder(incidents.present(), ended).filter(isShown)
    },
    async historyOf(month) {
      const found = await history.of(month)
      return found && { ...found, happenings: found.happenings.filter(isShown) }
    },

    sweep: () => store.forget(db, clock.now() - retention),
    refresh: async () => {
      await Promise.all([known.refresh(), incidents.refresh(), suspensions.refresh()])
    },
    close,
  }
}

const contentOf = ({ kind, text, services, since, until }: BannerContent): BannerContent => ({
  kind,
  text,
  services,
  since,
  until,
})
