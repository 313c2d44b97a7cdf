/**
 * The bare engine: `oidc-provider` with its in-memory adapter and a login that asks nobody anything. No upstream, no
 * trace, no page: what the hub's cost is compared with.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { serveParent } from './measured.ts'

const server = createServer().listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const { port } = server.address() as AddressInfo
const issuer = `http://127.0.0.1:${port}`
const { privateKey } = await generateKeyPair('ES256', { extractable: true })
const redirectUri = 'http://127.0.0.1:1/callback'

const provider = new Provider(issuer, {
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
  cookies: { keys: ['bench'] },
  clients: [
    {
      client_id: 'bench',
      client_secret: 'bench-secret',
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  claims: { openid: ['sub'], profile: ['given_name', 'family_name', 'birthdate', 'gender'], email: ['email'] },
  features: { devInteractions: { enabled: false } },
  findAccount: async (_ctx, accountId) => ({
    accountId,
    claims: async () => ({
      sub: accountId,
      given_name: 'Ada',
      family_name: 'Byron',
      birthdate: '1815-12-10',
      gender: 'female',
      email: 'a@example.org',
    }),
  }),
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
})

let people = 0
const engine = provider.callback()
server.on('request', async (request, response) => {
  if (!request.url?.startsWith('/interaction/')) return engine(request, response)
  const { params, uid } = await provider.interactionDetails(request, response)
  const accountId = `person-${people++ % 500}-${uid.length}`
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) })
  grant.addOIDCScope(String(params.scope))
  await provider.interactionFinished(request, response, {
    login: { accountId },
    consent: { grantId: await grant.save() },
  })
})

serveParent({
  ready: { issuer, redirectUri, clientId: 'bench', clientSecret: 'bench-secret', scope: 'openid profile email' },
  stop: async () => {
    server.closeAllConnections()
    server.close()
  },
})
