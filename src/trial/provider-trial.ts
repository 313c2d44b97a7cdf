/**
 * The counterpart of a provider's draft: the client that the hub would be, by `upstream/` itself and at the callback that
 * the provider registered. Who begins it signs in there with an account of their own, and what comes back is judged and
 * forgotten: checks and names of claims are kept, values never.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { flowLifetime } from '../kernel/durations.ts'
import { newSecret, type ProviderId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { hashSecret, sameSecret } from '../kernel/secrets.ts'
import { isOidc, type OidcProvider, type Partners } from '../partners/partners.ts'
import type { Storage } from '../storage/storage.ts'
import type { Hop, Tried, UpstreamTrial } from '../upstream/upstream.ts'
import type { Drafts } from './drafts.ts'
import { providerLines } from './provider-checks.ts'
import type { Records, StoredResult } from './records.ts'
import type { Side } from './trial.ts'

/** How the callback knows an answer to a trial: no login has such a state. */
export const statePrefix = 'trial.'

const kind = 'trial-hop'

/** What waits for the answer. */
interface Waiting {
  provider: ProviderId
  hop: Hop
  level: Level
  edit: number
  side: Side
  /** Hash of the secret of the browser that began it. */
  browser: string
}

export type Begun =
  | { kind: 'sent'; url: string }
  /** It came no further than the provider's documents: the result is there. */
  | { kind: 'done' }
  /** No OpenID Connect provider, or a draft with a fault; or a level that the draft does not allow. */
  | { kind: 'untryable' }
  /** The draft says to be the issuer of somebody else's provider: what the hub would sign for it could be used there. */
  | { kind: 'issuer_taken' }

export interface ProviderTrials {
  begin(
    provider: ProviderId,
    options: { level: string; language: Language; browser: string; side: Side },
  ): Promise<Begun>
  /** What came back. Undefined when nobody waits for it, or another browser does: nothing is done then. */
  finish(callback: URL, browser: string | undefined): Promise<{ provider: ProviderId; side: Side } | undefined>
  /** Of the draft as it is now, or of one before (`isPast`). */
  look(provider: ProviderId): Promise<{ result: StoredResult; isPast: boolean } | undefined>
}

export function createProviderTrials(options: {
  storage: { state: Pick<Storage['state'], 'write' | 'take'> }
  clock: Clock
  drafts: Drafts
  records: Records
  partners: Pick<Partners, 'registry'>
  upstream: UpstreamTrial
}): ProviderTrials {
  const { storage, clock, drafts, records, partners, upstream } = options

  async function tryable(id: ProviderId): Promise<{ provider: OidcProvider; edit: number } | undefined> {
    const draft = await drafts.find({ kind: 'provider', id })
    if (draft?.settings?.kind !== 'provider' || !isOidc(draft.settings.provider)) return undefined
    return { provider: draft.settings.provider, edit: draft.edit }
  }

  const keep = ({ id, connector }: OidcProvider, tried: Tried, { level, edit }: { level: Level; edit: number }) =>
    records.keepResult(id, {
      edit,
      lines: providerLines(tried, { asked: level, hasUserinfo: connector.userinfo !== 'none' }),
      ...(tried.claims ? { claims: tried.claims } : {}),
    })

  return {
    async begin(id, { level: asked, language, browser, side }) {
      const found = await tryable(id)
      const level = found?.provider.allowedLevels.find((one) => one === asked)
      if (!found || !level) return { kind: 'untryable' }
      if (isIssuerOfAnother(found.provider, partners)) return { kind: 'issuer_taken' }
      const state = `${statePrefix}${newSecret()}`
      const begun = await upstream.begin(found.provider, { level, language, state })
      if (begun.kind === 'refused') {
        await keep(found.provider, { stopped: begun.detail }, { level, edit: found.edit })
        return { kind: 'done' }
      }
      const value: Waiting = {
        provider: id,
        hop: begun.hop,
        level,
        edit: found.edit,
        side,
        browser: hashSecret(browser),
      }
      await storage.state.write({ put: [{ kind, key: state, value, expiresAt: clock.now() + flowLifetime }] })
      return { kind: 'sent', url: begun.url }
    },

    async finish(callback, browser) {
      const stored = await storage.state.take(kind, callback.searchParams.get('state') ?? '')
      const waiting = stored?.value as Waiting | undefined
      if (!waiting || browser === undefined || !sameSecret(hashSecret(browser), waiting.browser)) return undefined
      const { provider: id, hop, level, edit, side } = waiting
      const found = await tryable(id)
      // What another state of the draft would say is not what was asked.
      if (found?.edit === edit) {
        await keep(found.provider, await upstream.finish(found.provider, hop, callback), { level, edit })
      }
      return { provider: id, side }
    },

    async look(id) {
      const result = await records.resultOf(id)
      if (!result) return undefined
      const draft = await drafts.find({ kind: 'provider', id })
      return { result, isPast: draft?.edit !== result.edit }
    },
  }
}

/**
 * The hub authenticates at a token endpoint that the draft names, perhaps by a signature for the issuer that it names as
 * well. A draft that takes the name of somebody else's issuer would be handed what opens that one's.
 */
function isIssuerOfAnother(
  { id, partner, connector }: OidcProvider,
  { registry }: Pick<Partners, 'registry'>,
): boolean {
  return [...registry().providers.values()].some(
    (other) =>
      isOidc(other) && other.id !== id && other.partner !== partner && other.connector.issuer === connector.issuer,
  )
}
