/**
 * A login that waits for a card or for the e-ID app, told to the pages of those rooms: which provider and service, what
 * has to be reached, the ways out. Judged anew at each request, as `own-means.ts`: the browser, the step, and whether the
 * provider may be used now.
 */
import type { FastifyRequest } from 'fastify'
import type { HouseWaiter } from '../cards/waiting.ts'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { hashSecret, sameSecret } from '../kernel/secrets.ts'
import { type HouseConnector, type HouseProvider, isHouse, type Partners } from '../partners/partners.ts'
import type { House } from '../upstream/house.ts'
import type { Login, Visitor } from './login.ts'
import { loginPaths } from './pages.ts'

export function houseLogins(options: {
  web: Web
  login: Login
  partners: Partners
  verifiers: Verifiers
  house: Pick<House, 'answer' | 'silent'>
  visitorOf: (request: FastifyRequest) => Visitor
}): HouseWaiter {
  const { web, login, partners, verifiers, house, visitorOf } = options
  return async <Kind extends HouseConnector['kind']>(kind: Kind, state: string, request: FastifyRequest) => {
    const [id = ''] = state.split('.', 1)
    const visitor = visitorOf(request)
    const loaded = await login.load(id, visitor)
    if (loaded.kind === 'refused') return loaded
    const { flow, service } = loaded
    const { stage } = flow
    const path = loginPaths.flow(flow.id)
    // The back button, a second tab, a choice made anew: the login goes on where it is.
    if (stage.at !== 'authenticating' || !sameSecret(stage.hop.state, state)) return { kind: 'elsewhere', path }
    const { hop } = stage
    const provider = partners.registry().providers.get(hop.provider)
    // Closed meanwhile, or of another kind: the page of choices says so.
    if (!provider || !isOfKind(provider, kind) || login.isClosed(provider, flow)) {
      return { kind: 'elsewhere', path: loginPaths.flow(flow.id, { missed: hop.provider }) }
    }
    const { language, t } = web.prefer(request, flow.request.languages, flow.request.service)
    const isOwn = flow.returnTo !== undefined
    const tiles = login.tilesOf(flow, visitor)
    const isDown = tiles.some(
      ({ provider: { id }, tile }) => id === provider.id && tile.state === 'greyed' && tile.obstacle === 'down',
    )
    const passkey = tiles.find(({ provider: { connector }, tile }) => {
      if (tile.state !== 'usable' || connector.kind !== 'own_means') return false
      return login.ownKindsOf(flow, connector.accepts, visitor).kinds.includes('passkey')
    })
    return {
      kind: 'waiting',
      state,
      provider,
      service: { id: service.id, name: service.name },
      purpose: !isOwn ? 'service' : flow.request.expectedSubject === undefined ? 'own' : 'change',
      ways: {
        choice: { href: path, label: t('own.way.choice') },
        back: {
          href: `${path}/back?v=${verifiers.make('login/back', flow.id)}`,
          label: isOwn ? t('choose.leave') : t('choose.back', { service: service.name[language] }),
        },
        ...(passkey
          ? {
              passkey: {
                href: loginPaths.flow(flow.id, { q: passkey.provider.name[language] }),
                label: t('eid.passkey.go'),
              },
            }
          : {}),
      },
      ...(isDown ? { isDown } : {}),
      browser: hashSecret(visitor.browser ?? ''),
      address: visitor.address,
      required: stage.joining ? 'eidas1' : login.requiredOf(flow),
      takes: ({ identity, level, amr }) => {
        const population = identity.kind === 'professional' ? 'professional' : 'citizen'
        return login.wouldAnswer(flow, provider.id, { level, amr, population }, visitor)
      },
      expiresAt: flow.expiresAt,
      languages: flow.request.languages,
      language,
      isFresh: stage.fresh,
      done: (found) => house.answer(hop, found),
      silent: () => house.silent(provider, visitor.address),
    }
  }
}

function isOfKind<Kind extends HouseConnector['kind']>(
  provider: Parameters<typeof isHouse>[0],
  kind: Kind,
): provider is HouseProvider & { connector: Extract<HouseConnector, { kind: Kind }> } {
  return isHouse(provider) && provider.connector.kind === kind
}
