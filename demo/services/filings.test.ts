/** The interface of the employers' service as a program meets it, beside a hub that says what a token is worth. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import type { IntrospectionResponse } from 'openid-client'
import { newProofKey, type Proof, proofOf } from '../../test/support/dpop.ts'
import { writeDeclaration } from './declaration-file.ts'
import { filingsPath, mountFilings } from './filings.ts'

const service = 'employer-declarations'
const origin = 'https://filing.example'
const company = 'ice:002718281000008'
const affiliate = '4410927'
const now = Date.UTC(2026, 10, 23)
const month = '202610'

const employees = [{ insured: '118204417', name: 'EL MOUTAWAKIL KHADIJA', days: 26, wages: 412_500 }]
const file = Buffer.from(writeDeclaration({ affiliate, month, company: 'TIZGART', city: 'SAFI', employees }))
const prepared = { month, file: file.toString('base64') }

const [key, other] = await Promise.all([newProofKey(), newProofKey()])
/** What the hub says of each token. */
const tokens = new Map<string, Partial<IntrospectionResponse>>()
const details = (actions: string[]) => [{ type: 'mandate', organisation: company, actions, mandate: 'man_1' }]
const good = (actions: string[], more: Partial<IntrospectionResponse> = {}): Partial<IntrospectionResponse> => ({
  ...{ active: true, sub: company, aud: service, cnf: { jkt: key.thumbprint } },
  ...{ act: { sub: 'human', act: { sub: 'ice:001618033000066' } }, authorization_details: details(actions) },
  ...more,
})

function start() {
  const app = Fastify()
  mountFilings({
    ...{ app, origin, clock: { now: () => now } },
    party: {
      id: service,
      introspect: async (token) => ({ active: false, ...tokens.get(token) }) as IntrospectionResponse,
    },
    affiliateOf: (organisation) => (organisation === company ? affiliate : undefined),
  })
  return app
}

type Twist = Partial<Proof> & { key?: typeof key; proof?: string; scheme?: string }

async function call(app: ReturnType<typeof start>, token: string, path = '', payload?: object, twist: Twist = {}) {
  const method = payload ? 'POST' : 'GET'
  const url = `${filingsPath}${path}`
  const { key: signer = key, proof, scheme = 'DPoP', ...more } = twist
  const dpop = proof ?? (await proofOf(signer, { method, url: `${origin}${url}`, at: now, token, ...more }))
  const headers = { authorization: `${scheme} ${token}`, ...(dpop ? { dpop } : {}) }
  const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
  return { status: answer.statusCode, body: answer.json(), challenge: answer.headers['www-authenticate'] }
}

test('R096: a declaration is prepared by one, filed by another, and says who, for whom and by which mandate', async () => {
  const app = start()
  tokens.set('one', good(['read', 'prepare']))
  tokens.set('two', good(['submit'], { act: { sub: 'another', act: { sub: 'ice:001618033000066' } } }))
  const made = await call(app, 'one', '', prepared)
  assert.equal(made.status, 201)
  const { id, declaration } = made.body.filing
  assert.deepEqual([declaration.employees, declaration.wages, declaration.company], [1, 412_500, 'TIZGART'])
  const filed = await call(app, 'two', `/${id}/file`, {})
  assert.equal(filed.status, 200)
  const { receipt, ...act } = filed.body.filing.filed
  assert.match(receipt, /^AR-202610-\d{9}$/)
  const firm = 'ice:001618033000066'
  assert.deepEqual(act, { person: 'another', firm, mandate: 'man_1', at: now })
  assert.deepEqual(filed.body.filing.prepared, { person: 'human', firm, mandate: 'man_1', at: now })
  assert.equal((await call(app, 'two', `/${id}/file`, {})).status, 409)
  assert.equal((await call(app, 'one', '', prepared)).status, 409)
  assert.equal((await call(app, 'two', '/none/file', {})).status, 404)
  assert.equal((await call(app, 'one')).body.filings.length, 1)
  await app.close()
})

test('R097: what is no token of this service, with a proof of this call, does nothing', async () => {
  const app = start()
  tokens.set('good', good(['prepare']))
  tokens.set('ended', { active: false })
  tokens.set('for another', good(['prepare'], { sub: 'ice:000000000000000' }))
  tokens.set('at another service', good(['prepare'], { aud: 'health-refunds' }))
  const { act: _, ...nobody } = good(['prepare'])
  tokens.set('of nobody', nobody)
  tokens.set('of a login', { active: true, sub: 'human', cnf: { jkt: key.thumbprint } })
  const { cnf: __, ...unbound } = good(['prepare'])
  tokens.set('bound to none', unbound)
  const once = await proofOf(key, {
    method: 'POST',
    url: `${origin}${filingsPath}`,
    at: now,
    token: 'good',
    jti: 'same',
  })
  assert.equal((await call(app, 'good', '', prepared, { proof: once })).status, 201)
  const rows: [string, string, Twist][] = [
    ['a mandate that ended', 'ended', {}],
    ['a token that nobody gave', 'unknown', {}],
    ['an organisation that is no affiliate', 'for another', {}],
    ['the token of another service', 'at another service', {}],
    ['nobody who acts', 'of nobody', {}],
    ['the token of a login', 'of a login', {}],
    ['a token without a key', 'bound to none', {}],
    ['as a bearer token', 'good', { scheme: 'Bearer' }],
    ['without a proof', 'good', { proof: '' }],
    ['a proof by another key', 'good', { key: other }],
    ['a proof that came before', 'good', { proof: once }],
    ['a proof of another call', 'good', { url: `${origin}/elsewhere` }],
    ['a proof of another method', 'good', { method: 'GET' }],
    ['a proof for another token', 'good', { token: 'ended' }],
    ['a proof of long ago', 'good', { at: now - 3 * 60_000 }],
    ['a proof of another kind', 'good', { typ: 'jwt' }],
  ]
  for (const [what, token, twist] of rows) {
    const { status, body, challenge } = await call(app, token, '', prepared, twist)
    assert.deepEqual([status, body], [401, { error: 'invalid_token' }], what)
    assert.match(String(challenge), /^DPoP /, what)
  }
  assert.deepEqual((await call(app, 'good', '/x/file', {})).body, {
    error: 'insufficient',
    needs: 'submit',
    has: ['prepare'],
  })
  const wrong = { month: '202609', file: prepared.file }
  const refused = await call(app, 'good', '', wrong)
  assert.equal(refused.status, 422)
  assert.ok(refused.body.faults.every(({ kind }: { kind: string }) => kind === 'month'))
  assert.equal((await call(app, 'good')).body.filings.length, 1)
  await app.close()
})
