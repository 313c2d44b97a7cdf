/**
 * What counts of the register now, in the memory of each process: a login asks it for every tile and never waits. Read
 * again when anybody writes in the register, and every ten seconds besides.
 *
 * Of a provider the register and the partners file both speak. What an operator declared in the register wins, so that
 * applying a file again never brings back what somebody took away.
 */
import { AsyncResource } from 'node:async_hooks'
import type { Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import { type MeansKind, meansKinds } from '../means/means.ts'
import { isHouse, type Provider } from '../partners/partners.ts'
import type { KnownMeans } from '../policy/acceptance.ts'
import { type FactorKind, factorKinds } from '../policy/factors.ts'
import { houseMeans } from '../policy/house-means.ts'
import type { Homologation } from '../policy/means.ts'
import type { Storage } from '../storage/storage.ts'
import type { EntryId } from './register.ts'
import * as store from './store.ts'

export interface InForce {
  /** What is known of the means behind a provider that is another server. */
  ofProvider(provider: Provider): KnownMeans
  /** What is known of a kind of the hub's own. */
  ofOwn(kind: MeansKind): KnownMeans
  /** Resolves when what was committed before the call counts here, or could not be read. */
  refresh(): Promise<void>
  close(): Promise<void>
}

/** The country whose rules count where nobody says which. */
export const ownJurisdiction = 'FR'

/** A sign-in with each kind of the hub's own: what is no means by itself goes with a password. */
export const ownFactors: Record<MeansKind, readonly FactorKind[]> = {
  password: ['password'],
  totp: ['password', 'totp'],
  recovery_codes: ['password', 'recovery_code'],
  passkey: ['passkey_verified'],
  sms_code: ['password', 'sms_otp'],
  mail_code: ['password', 'mail_otp'],
}

interface Written {
  declarations: ReadonlyMap<EntryId, store.DeclarationRow>
  homologations: ReadonlyMap<EntryId, readonly Homologation[]>
}

/** A net below the notifications, for one lost with its connection. */
const pollEvery = 10 * second

export async function followRegister(options: {
  storage: Storage
  log: (message: string, inside: Record<string, unknown>) => void
}): Promise<InForce> {
  const { storage, log } = options
  let known = knownFrom(await read(storage))
  let running: Promise<void> | undefined
  let wanted = false
  let closed = false

  async function readWhileWanted(): Promise<void> {
    try {
      while (wanted && !closed) {
        wanted = false
        known = knownFrom(await read(storage))
      }
    } catch (error) {
      // What counted before counts until it can be read again.
      log('register: it could not be read again', { error })
    } finally {
      running = undefined
    }
  }

  function refresh(): Promise<void> {
    wanted = true
    running ??= readWhileWanted()
    return running
  }

  // Bound to this async context, because a notification may arrive in that of somebody's transaction.
  const follow = AsyncResource.bind(() => void refresh())
  const unlisten = await storage.listen('garant_register', follow)
  await refresh()
  const timer = setInterval(follow, pollEvery).unref()

  return {
    ofProvider: (provider) => known.ofProvider(provider),
    ofOwn: (kind) => known.ofOwn[kind],
    refresh,
    async close() {
      closed = true
      clearInterval(timer)
      await unlisten()
      await running
    },
  }
}

async function read({ db }: Storage): Promise<Written> {
  const [declarations, homologations] = await Promise.all([store.declarations(db), store.homologations(db)])
  const inForce = homologations.filter(({ withdrawn_at }) => withdrawn_at === null)
  return {
    declarations: new Map(declarations.map((row) => [row.entry, row])),
    homologations: new Map(
      [...Map.groupBy(inForce, ({ entry }) => entry)].map(([entry, rows]) => [entry, rows.map(homologationOf)]),
    ),
  }
}

function homologationOf(row: store.HomologationRow): Homologation {
  return { service: row.service, author: row.author, riskAnalysis: row.risk_analysis, at: row.decided_at.getTime() }
}

/** Made once for each provider of the registry, whose entries are frozen: a new version of one is another object. */
function knownFrom(written: Written): {
  ofProvider(provider: Provider): KnownMeans
  ofOwn: Record<MeansKind, KnownMeans>
} {
  const made = new WeakMap<Provider, KnownMeans>()
  const ofOwn = Object.fromEntries(
    meansKinds.map((kind) => {
      const entry: EntryId = `own/${kind}`
      const { factors: _, ...declared } = declaredOf(written.declarations.get(entry))
      const homologations = written.homologations.get(entry) ?? []
      const known = { class: 'none', jurisdiction: ownJurisdiction, homologations, ...declared } as const
      return [kind, { ...known, factors: ownFactors[kind] }]
    }),
  ) as Record<MeansKind, KnownMeans>
  return {
    ofOwn,
    ofProvider(provider) {
      const found = made.get(provider)
      if (found) return found
      const entry: EntryId = `provider/${provider.id}`
      const homologations = written.homologations.get(entry) ?? []
      const fresh = merged(provider, declaredOf(written.declarations.get(entry)), homologations)
      made.set(provider, fresh)
      return fresh
    },
  }
}

function merged(provider: Provider, declared: Partial<KnownMeans>, homologations: readonly Homologation[]): KnownMeans {
  const { means } = provider
  if (isHouse(provider)) {
    // What was proved the hub saw itself: nobody declares more of it.
    const { factors: _, ...rest } = declared
    const { amr, ...usual } = houseMeans(provider.connector)
    return { jurisdiction: ownJurisdiction, ...usual, ...means, homologations, ...rest, amr }
  }
  const known: KnownMeans = { class: 'none', jurisdiction: ownJurisdiction, ...means, homologations }
  if (declared.factors === undefined) return { ...known, ...declared }
  // Declared for every sign-in: words of `amr` add nothing to that.
  const { amr: _, ...withoutWords } = known
  return { ...withoutWords, ...declared }
}

function declaredOf(row: store.DeclarationRow | undefined): Partial<KnownMeans> {
  if (!row) return {}
  const factors = row.factors.filter((text): text is FactorKind => Object.hasOwn(factorKinds, text))
  const instant = (at: Date): Instant => at.getTime()
  return {
    class: row.class,
    ...(factors.length > 0 ? { factors } : {}),
    ...(row.valid_until ? { validUntil: instant(row.valid_until) } : {}),
    ...(row.certificate
      ? {
          certificate: {
            reference: row.certificate,
            ...(row.certificate_until ? { validUntil: instant(row.certificate_until) } : {}),
          },
        }
      : {}),
  }
}
