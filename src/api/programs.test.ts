/** Programs of the admin API on the operators' pages: a key takes two operators, taking power away takes one. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { type ApiProgram, newApiKey, newProgram } from '../../test/support/api-client.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf, newOperator, type TestOperator } from '../../test/support/operators.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { formTo } from '../../test/support/user-agent.ts'
import { createTranslator } from '../http/messages.ts'
import { hubScopeNames } from '../kernel/api-scopes.ts'
import { languages } from '../kernel/languages.ts'
import { thumbprintOf } from '../partners/client-keys.ts'
import { programsMessages } from './programs-messages.ts'
import { programDone } from './programs-pages.ts'

const clock = mockProcessClock({ mock })
let hub: TestHub
let first: TestOperator
let second: TestOperator
let auditor: TestOperator
let watch: ApiProgram

before(async () => {
  hub = await startTestHub({ clock })
  first = await newOperator(hub, { name: 'Angela Dubois' })
  second = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
  auditor = await newOperator(hub, { roles: ['auditor'], name: 'Nadia Benali' })
  watch = await newProgram(hub, { scopes: ['jobs:read', 'providers:read'], name: 'Watch', operator: first.operator })
})
after(async () => {
  await hub?.close()
  mock.timers.reset()
})

const reason = 'the tool of the new supervision'
const pathOf = ({ client }: ApiProgram) => `/console/programs/${client}`
const open = ({ agent }: TestOperator, path: string) => agent.open(`${hub.issuer}${path}`)
const send = async (who: TestOperator, path: string, action: string, fields: Record<string, string>) => {
  const page = await open(who, path)
  return who.agent.submit(page, formOf(page, action), fields)
}
const approvalIn = ({ url }: { url: URL }) => /\/console\/approvals\/(apv_[\w-]{22})/.exec(url.pathname)?.[1] ?? ''
const confirm = async (approval: string) => hub.approvals.confirm(approval, second.operator)

test('RFC 7638: keys are told apart by their thumbprints', () => {
  // The example of section 3.1, and its thumbprint.
  const n =
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
  const key = { kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' }
  assert.equal(thumbprintOf(key), 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})

test('each right and each outcome has its words, in each language', () => {
  const translate = createTranslator(programsMessages)
  for (const language of languages) {
    for (const scope of hubScopeNames) assert.ok(translate(language)(`programs.scope.${scope}`), scope)
    for (const done of programDone) assert.ok(translate(language)(`programs.done.${done}`), done)
  }
})

describe('a new program', () => {
  const path = '/console/programs'

  test('is asked by one operator and registered when another confirms, who reads its key', async () => {
    const { publicJwk } = await newApiKey('ES256', 'watch')
    const fields = {
      name: 'Dashboards',
      jwks: JSON.stringify({ keys: [publicJwk] }),
      operator: first.operator,
      reason,
    }
    const asked = await send(first, path, path, { ...fields, scopes: 'figures:read' })
    const approval = approvalIn(asked)
    assert.ok(approval, asked.body.slice(0, 2_000))
    assert.equal((await hub.apiClients.list()).length, 1, 'nothing is done yet')
    const page = await open(second, `/console/approvals/${approval}`)
    for (const shown of ['Dashboards', thumbprintOf({ ...publicJwk }), 'figures:read']) {
      assert.ok(page.body.includes(shown), shown)
    }
    assert.equal((await hub.approvals.confirm(approval, first.operator)).kind, 'own')
    const outcome = await confirm(approval)
    assert.ok(outcome.kind === 'done' && outcome.result.done === 'program')
    const made = await hub.apiClients.find(outcome.result.client)
    assert.deepEqual([made?.name, made?.scopes, made?.operator], ['Dashboards', ['figures:read'], first.operator])
    assert.deepEqual((await factsOf(hub, 'api_client.registered')).at(-1)?.actor, {
      kind: 'operator',
      id: first.operator,
    })
    assert.match((await open(first, path)).body, /Dashboards/)
  })

  test('with a private key, no right, or no key at all is not even asked, and what was typed stays', async () => {
    const { publicJwk } = await newApiKey()
    const before = (await hub.approvals.waiting()).length
    for (const [jwks, said] of [
      ['{"keys": 7}', /no JSON text/],
      [JSON.stringify({ keys: [{ ...publicJwk, d: 'AAAA' }] }), /holds its private part/],
      [JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA' }] }), /private part|not a public key/],
    ] as const) {
      const fields = { name: 'Typed before', jwks, operator: first.operator, reason, scopes: 'jobs:read' }
      const answer = await send(first, path, path, fields)
      assert.equal(answer.status, 422)
      assert.match(answer.body, said)
      assert.match(answer.body, /value="Typed before"/)
    }
    const fields = { name: 'Nothing', jwks: JSON.stringify(publicJwk), operator: first.operator, reason }
    const none = await send(first, path, path, fields)
    assert.deepEqual([none.status, (await hub.approvals.waiting()).length], [422, before])
  })

  test('of a partner acts for the service that is named, with rights of partners alone', async () => {
    const words = { fr: 'Santé', en: 'Health', ar: 'الصحة' }
    await hub.publish([{ id: 'health', name: words, services: [serviceEntry('refunds')] }])
    const { publicJwk } = await newApiKey('ES256', 'soc')
    const fields = { name: 'Security centre', jwks: JSON.stringify(publicJwk), operator: first.operator, reason }
    for (const wrong of [
      { party: 'service/nobody', scopes: 'party:signals' },
      { party: 'refunds', scopes: 'jobs:read' },
      { party: '', scopes: 'party:signals' },
    ]) {
      const refused = await send(first, path, path, { ...fields, ...wrong })
      assert.deepEqual([refused.status, refused.body.includes(`value="${wrong.party}"`)], [422, true], wrong.party)
    }
    const asked = await send(first, path, path, { ...fields, party: 'service/refunds', scopes: 'party:signals' })
    const approval = approvalIn(asked)
    assert.match((await open(second, `/console/approvals/${approval}`)).body, /service\/refunds/)
    const outcome = await confirm(approval)
    assert.ok(outcome.kind === 'done' && outcome.result.done === 'program')
    const { client } = outcome.result
    assert.deepEqual((await hub.apiClients.find(client))?.party, { side: 'service', id: 'refunds', partner: 'health' })
    const page = await open(first, `${path}/${client}`)
    assert.match(page.body, /the service Service refunds, of Health/)
    assert.doesNotMatch(page.body, /jobs:read|Nobody answers for it/)
    await hub.publish([{ id: 'health', name: words, services: [] }], { prune: true })
    assert.match((await open(first, `${path}/${client}`)).body, /is worth nothing/)
    await hub.apiClients.remove(client, { kind: 'command' })
  })

  test('is for those who may ask; an auditor reads, support does not', async () => {
    const page = await open(auditor, path)
    assert.equal(page.status, 200)
    assert.doesNotMatch(page.body, /name="jwks"/)
    const support = await newOperator(hub, { roles: ['support'], name: 'Nour Saidi' })
    assert.equal((await open(support, path)).status, 403)
    assert.equal((await open(first, `${path}/api_0000000000000000000000`)).status, 404)
  })
})

describe('a program that is there', () => {
  test('loses a right at once, whatever its token says, and gets one when another operator confirms', async () => {
    const path = pathOf(watch)
    const action = `${path}/scopes`
    assert.equal((await watch.call('GET', '/queues')).status, 200)
    const less = await send(first, path, action, { scopes: 'providers:read' })
    assert.match(`${less.url}`, /done=scopes/)
    assert.equal((await watch.call('GET', '/queues')).status, 403, 'with the token of before')
    const { client } = watch
    const actor = { kind: 'operator', id: first.operator }
    assert.deepEqual(await factsOf(hub, 'api_client.scopes_changed'), [
      { client, scopes: ['providers:read'], partner: null, side: null, object: null, actor },
    ])

    const page = await open(first, path)
    const more = (given: Record<string, string | string[]>) =>
      first.agent.submit(page, formOf(page, action), given as Record<string, string>)
    const bare = await more({ scopes: 'jobs:read' })
    assert.equal(bare.status, 422, 'a reason is needed')
    const asked = await more({ scopes: 'jobs:read', reason })
    assert.equal((await watch.call('GET', '/queues')).status, 403)
    assert.equal((await confirm(approvalIn(asked))).kind, 'done')
    assert.deepEqual((await hub.apiClients.find(client))?.scopes, ['jobs:read'])
    // The page of before shows another state than the one of now.
    const late = await more({ scopes: 'jobs:read', reason })
    assert.deepEqual([late.status, /changed this program meanwhile/.test(late.body)], [409, true])
  })

  test('gets other keys when another operator confirms; what changed meanwhile is not confirmed', async () => {
    const path = pathOf(watch)
    const fresh = await newApiKey('ES256', 'fresh')
    const fields = { jwks: JSON.stringify({ keys: [fresh.publicJwk] }), reason }
    const asked = await send(first, path, `${path}/keys`, fields)
    const approval = approvalIn(asked)
    assert.ok(approval)
    await hub.apiClients.changeScopes(watch.client, ['providers:read'], { actor: { kind: 'command' } })
    const moved = await confirm(approval)
    assert.ok(moved.kind === 'refused' && moved.refusal.problem === 'moved')
    await hub.approvals.withdraw(approval, { kind: 'operator', id: first.operator })
    const again = approvalIn(await send(first, path, `${path}/keys`, fields))
    assert.equal((await confirm(again)).kind, 'done')
    assert.deepEqual((await hub.apiClients.find(watch.client))?.jwks.keys[0]?.kid, 'fresh')
  })

  test('is removed by one operator, once they are sure; a second click finds it gone; all are told', async () => {
    const path = pathOf(watch)
    const page = await open(first, path)
    const form = formTo(page, /\/remove$/)
    assert.equal((await first.agent.submit(page, form, {})).status, 422)
    assert.match(`${(await first.agent.submit(page, form, { sure: 'yes' })).url}`, /done=removed/)
    assert.match(`${(await first.agent.submit(page, form, { sure: 'yes' })).url}`, /done=unchanged/)
    assert.equal((await watch.call('GET', '/availability')).status, 401)
    await settle(hub)
    assert.equal((await open(first, path)).status, 404)
  })
})
