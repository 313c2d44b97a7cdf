/**
 * A login that waits for the hub's own means, told to the pages of that room: which provider and service, what has to be
 * reached, the ways out. Judged anew at each request: the browser, the step, and whether the provider may be used now.
 */
import type { FastifyRequest } from 'fastify'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { hashSecret, sameSecret } from '../kernel/secrets.ts'
import type { Waiting } from '../means/routes.ts'
import type { Partners } from '../partners/partners.ts'
import type { OwnMeans } from '../upstream/own-means.ts'
import type { Login, Visitor } from './login.ts'
import { loginPaths } from './pages.ts'

export function waitingLogins(options: {
  web: Web
  login: Login
  partners: Partners
  verifiers: Verifiers
  ownMeans: Pick<OwnMeans, 'answer'>
  visitorOf: (request: FastifyRequest) => Visitor
}): (state: string, request: FastifyRequest) => Promise<Waiting> {
  const { web, login, partners, verifiers, ownMeans, visitorOf } = options
  return async (state, request) => {
    const [id = ''] = state.split('.', 1)
    const visitor = visitorOf(request)
    const loaded = await login.load(id, visitor)
    if (loaded.kind === 'refused') return loaded
    const { flow, service } = loaded
    const { stage } = flow
    const path = loginPaths.flow(flow.id)
    // The back button, a second tab, a choice made anew: the login goes on where it is.
    if (stage.at !== 'authenticating' || !sameSecret(stage.hop.state, state)) return { kind: 'elsewhere', path }
    const provider = partners.registry().providers.get(stage.hop.provider)
    const isUsable = provider && login.stateOf(provider, flow).kind !== 'suspended'
    // Suspended meanwhile: the page of choices says so.
    if (!isUsable || provider.connector.kind !== 'own_means') {
      return { kind: 'elsewhere', path: loginPaths.flow(flow.id, { missed: stage.hop.provider }) }
    }
    const { language, t } = web.prefer(request, flow.request.languages, flow.request.service)
    const required = stage.joining ? 'eidas1' : login.requiredOf(flow)
    const { accepts } = provider.connector
    // Who joins an account shows that it is theirs; the service is told of the first one.
    const { kinds, passwordAlone } = stage.joining
      ? { kinds: accepts, passwordAlone: true }
      : login.ownKindsOf(flow, accepts, visitor)
    if (kinds.length === 0) return { kind: 'elsewhere', path }
    const back = `${path}/back?v=${verifiers.make('login/back', flow.id)}`
    // Somebody who is signed in proves it anew before a page of the hub's own: they are told why.
    const isConfirming = flow.returnTo !== undefined && flow.request.expectedSubject !== undefined
    return {
      kind: 'waiting',
      languages: flow.request.languages,
      way: {
        purpose: isConfirming
          ? { kind: 'change' }
          : { kind: 'service', service: service.name[language], provider: provider.name[language], required },
        ways: [
          { href: path, label: t('own.way.choice') },
          {
            href: back,
            label: flow.returnTo ? t('choose.leave') : t('choose.back', { service: service.name[language] }),
          },
        ],
        browser: hashSecret(visitor.browser ?? ''),
        expiresAt: flow.expiresAt,
        required,
        // Where a password alone will do, it does for whoever has nothing else; whoever has is asked for it.
        secondFactor: required === 'eidas1' && passwordAlone && !flow.secondFactor ? 'if_enrolled' : 'required',
        accepts: kinds,
        done: (authenticated) => ownMeans.answer(stage.hop, authenticated),
      },
    }
  }
}
