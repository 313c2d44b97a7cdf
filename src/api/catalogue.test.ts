/** What programs do by the admin API, on a whole hub: the verbs of the pages, their facts, and two pairs of eyes. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { type ApiAnswer, type ApiProgram, newApiKey, newProgram } from '../../test/support/api-client.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { enrolPerson, newOperator, type TestOperator } from '../../test/support/operators.ts'
import { factsOf } from '../../test/support/records.ts'
import { readReceipt, verifyReceipt } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { hubScopeNames } from '../kernel/api-scopes.ts'
import { day } from '../kernel/durations.ts'
import { runVerb } from '../verbs.ts'

type Json = Record<string, unknown>

const clock = mockProcessClock({ mock })
let hub: TestHub
let program: ApiProgram
let asked: ApiProgram
let first: TestOperator
let second: TestOperator
let actor: Actor

before(async () => {
  hub = await startTestHub({ clock })
  await hub.publish([partnerEntry()])
  first = await newOperator(hub, { roles: ['administrator', 'security_officer'] })
  second = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
  program = await newProgram(hub, { scopes: hubScopeNames })
  // Behind this one stands an operator.
  asked = await newProgram(hub, { scopes: hubScopeNames, operator: first.operator })
  actor = { kind: 'api_client', id: program.client }
})
// A program may ask so much at once, and then waits.
beforeEach(() => clock.advance(5_000))
after(async () => {
  await hub?.close()
  mock.timers.reset()
})

const name = { fr: 'Santé', en: 'Health', ar: 'الصحة' }

function partnerEntry(): Json {
  return {
    id: 'health',
    name,
    services: [serviceEntry('refunds', { scopes: ['openid', 'email'] })],
    providers: [
      {
        id: 'tax',
        name,
        connector: {
          kind: 'oidc',
          issuer: 'http://localhost:9/tax',
          clientId: 'hub',
          clientSecret: { danger_plain: 'a secret of this provider alone, 0123456789abcdef' },
          scopes: ['openid'],
        },
        allowedLevels: ['eidas1', 'eidas2'],
      },
    ],
  }
}

const tagOf = ({ headers }: ApiAnswer) => headers.get('etag') ?? assert.fail('no ETag')
const problemOf = ({ body }: ApiAnswer) => String(body?.type).split('/').at(-1)
const read = (path: string) => program.call('GET', path)

/** With the version that is there now. */
async function change(
  method: string,
  path: string,
  given: { at?: string; body?: unknown; by?: ApiProgram } = {},
): Promise<ApiAnswer> {
  const { at = path, body, by = program } = given
  return by.call(method, path, { body, headers: { 'if-match': tagOf(await read(at)) } })
}

describe('settings of services, by a program', () => {
  test('a draft is opened, saved with its faults, published, and undone; who is late is told', async () => {
    const path = '/services/refunds/draft'
    const opened = await program.call('POST', path, { body: {} })
    const { entry } = opened.body
    assert.deepEqual([opened.status, entry.name, 'secrets' in entry], [200, serviceEntry('refunds').name, false])
    const tag = tagOf(opened)
    const save = (changes: Json, version = tag) =>
      program.call('PUT', path, { body: { entry: { ...entry, ...changes } }, headers: { 'if-match': version } })
    const faulty = await save({ redirectUris: ['http://elsewhere.example/callback#here', 'https://*.example/'] })
    assert.equal(faulty.status, 200)
    const look = await read(path)
    assert.deepEqual(
      look.body.faults.map(({ field, code }: Json) => [field, code]),
      [
        ['redirectUris[0]', look.body.faults[0].code],
        ['redirectUris[1]', look.body.faults[1].code],
      ],
    )
    const over = look.body.published
    const refused = await change('POST', `${path}/publish`, { at: path, body: { over } })
    assert.deepEqual([refused.status, problemOf(refused)], [422, 'content-invalid'])
    assert.deepEqual(
      refused.body.errors.map(({ pointer }: Json) => pointer),
      ['/entry/redirectUris/0', '/entry/redirectUris/1'],
    )
    const late = await save({ singleSignOn: false })
    assert.deepEqual([late.status, problemOf(late), tagOf(late)], [412, 'overtaken', tagOf(look)])
    const good = await save({ singleSignOn: false }, tagOf(look))
    const published = await program.call('POST', `${path}/publish`, {
      body: { over },
      headers: { 'if-match': tagOf(good) },
    })
    assert.equal(published.status, 200, JSON.stringify(published.body))
    assert.equal(hub.partners.registry().services.get('refunds')?.singleSignOn, false)
    assert.deepEqual(
      published.body.changes.map(({ path: field }: Json) => field),
      ['singleSignOn'],
    )
    const undone = await change('POST', `/services/refunds/versions/${over}/undo`, {
      at: '/services/refunds',
      body: {},
    })
    assert.equal(undone.status, 200, JSON.stringify(undone.body))
    assert.equal(hub.partners.registry().services.get('refunds')?.singleSignOn, true)
    const history = (await read('/services/refunds/versions')).body.items
    assert.deepEqual(
      history.map(({ cause, author, undoOf }: Json) => [cause, (author as Json).kind, undoOf]),
      [
        ['undo', 'api_client', over],
        ['draft', 'api_client', undefined],
        ['file', 'command', undefined],
      ],
    )
    assert.deepEqual((await factsOf(hub, 'partners.published')).at(-1)?.actor, actor)
  })

  test('one step publishes an entry, new or not, and leaves no draft behind when it is refused', async () => {
    const justifications = { email: 'Letters of the fund are sent there.' }
    const entry = { ...(await read('/services/refunds')).body.entry, id: 'archive', justifications }
    const put = (body: Json, headers = {}) => program.call('PUT', '/services/archive', { body, headers })
    const bad = await put({ entry: { ...entry, redirectUris: [] }, partner: 'health' })
    assert.deepEqual([bad.status, bad.body.errors[0].pointer], [422, '/entry/redirectUris'])
    assert.equal((await read('/services/archive/draft')).status, 404)
    assert.equal(problemOf(await put({ entry, partner: 'nobody' })), 'content-invalid')
    // Without a secret it could not be used: it needs keys, or a draft for which a secret is made.
    const key = await newApiKey('ES256', 'archive')
    const withKeys = { ...entry, auth: 'private_key_jwt', jwks: { keys: [key.publicJwk] } }
    const made = await put({ entry: withKeys, partner: 'health' })
    assert.deepEqual([made.status, made.body.version], [200, 1], JSON.stringify(made.body))
    assert.equal(problemOf(await put({ entry: withKeys })), 'version-missing')
    assert.equal(problemOf(await put({ entry: withKeys }, { 'if-match': '"7"' })), 'overtaken')
    const renamed = await put({ entry: { ...withKeys, sensitive: true } }, { 'if-match': '"1"' })
    assert.deepEqual([renamed.status, renamed.body.version], [200, 2])
    const tax = (await read('/providers/tax')).body.entry
    const connector = { ...tax.connector, issuer: 'http://localhost:9/bank', clientSecret: { kept: true } }
    const bank = await program.call('PUT', '/providers/bank', {
      body: {
        entry: { ...tax, id: 'bank', connector },
        partner: 'health',
        clientSecret: 'drawn by the bank, 0123456789abcdef',
      },
    })
    assert.equal(bank.status, 200, JSON.stringify(bank.body))
    const { connector: published } = hub.partners.registry().providers.get('bank') ?? assert.fail()
    assert.equal(published.kind === 'oidc' && published.clientSecret, 'drawn by the bank, 0123456789abcdef')
    assert.doesNotMatch(JSON.stringify((await read('/providers/bank')).body), /drawn by/)
    await program.call('POST', '/services/archive/draft', { body: {} })
    assert.equal(problemOf(await put({ entry: withKeys }, { 'if-match': '"2"' })), 'conflict', 'somebody works on it')
    await change('DELETE', '/services/archive/draft')
  })

  test('another key of something published waits for a second operator, by whatever operation', async () => {
    const { body, headers } = await read('/services/archive')
    const key = await newApiKey('ES256', 'fresh')
    const entry = { ...body.entry, jwks: { keys: [key.publicJwk] } }
    const given = {
      body: { entry, reason: 'the machine was stolen' },
      headers: { 'if-match': headers.get('etag') ?? '' },
    }
    const pending = await program.call('PUT', '/services/archive', given)
    assert.deepEqual([pending.status, pending.body.kind, pending.body.state], [202, 'publish', 'pending'])
    assert.match(pending.headers.get('location') ?? '', new RegExp(`/api/v1/approvals/${pending.body.approval}$`))
    assert.equal(tagOf(await read('/services/archive')), headers.get('etag'), 'nothing is done yet')
    const file = (await read('/export')).body.file
    const [partner] = file.partners
    partner.services = partner.services.map((one: Json) => (one.id === 'archive' ? { ...one, jwks: entry.jwks } : one))
    const applied = await program.call('POST', '/apply', { body: { file } })
    assert.deepEqual([applied.status, problemOf(applied)], [403, 'not-allowed'])
    assert.match(applied.body.errors[0].detail, /service archive changes a key/)
    const outcome = await hub.approvals.confirm(pending.body.approval, second.operator)
    assert.equal(outcome.kind, 'done')
    assert.notEqual(tagOf(await read('/services/archive')), headers.get('etag'))
    assert.equal((await read(`/approvals/${pending.body.approval}`)).body.state, 'confirmed')
  })

  test('the operator behind a program is not the second one; a program confirms nothing', async () => {
    const path = '/services/refunds/secrets'
    const rotate = (by: ApiProgram, body: Json) => change('POST', path, { body, by })
    assert.deepEqual((await rotate(asked, {})).body.errors, [
      { pointer: '/reason', detail: 'must say why, for the operator who confirms it: 10 to 500 characters' },
    ])
    const pending = await rotate(asked, { reason: 'it is a year old', overlap: 3 })
    assert.deepEqual([pending.status, 'secret' in pending.body], [202, false])
    const again = await rotate(asked, { reason: 'it is a year old', overlap: 3 })
    assert.equal(again.body.approval, pending.body.approval, 'the like of it waits once')
    const longer = await rotate(asked, { reason: 'it is a year old', overlap: 9 })
    assert.deepEqual([problemOf(longer), longer.body.detail.includes(pending.body.approval)], ['conflict', true])
    const { approval } = pending.body
    assert.equal((await hub.approvals.confirm(approval, first.operator)).kind, 'own')
    assert.equal(problemOf(await program.call('DELETE', `/approvals/${approval}`)), 'not-allowed')
    const outcome = await hub.approvals.confirm(approval, second.operator)
    assert.ok(outcome.kind === 'done' && outcome.result.done === 'secret')
    const { inForce } = (await read(path)).body
    assert.deepEqual(inForce, [{ until: new Date(clock.now() + 3 * day).toISOString() }, {}])
    const withdrawn = await change('POST', `${path}/end-older`, {
      at: path,
      body: { reason: 'all have the new one' },
      by: asked,
    })
    const back = await asked.call('DELETE', `/approvals/${withdrawn.body.approval}`)
    assert.deepEqual([back.status, back.body.state], [200, 'withdrawn'])
    assert.equal(problemOf(await asked.call('DELETE', `/approvals/${withdrawn.body.approval}`)), 'conflict')
  })

  test('what a removed program asked of two operators is taken back', async () => {
    const leaving = await newProgram(hub, { scopes: ['keys:rotate'] })
    const pending = await leaving.call('POST', '/keys/rotation', {
      body: { purpose: 'client', reason: 'a drill of keys' },
    })
    assert.equal(pending.status, 202)
    await hub.apiClients.remove(leaving.client, { kind: 'command' })
    assert.equal((await read(`/approvals/${pending.body.approval}`)).body.state, 'withdrawn')
    assert.equal((await leaving.call('POST', '/keys/rotation', { body: {} })).status, 401)
  })

  test('what is exported is applied without a difference; a dry run changes nothing; faults are located', async () => {
    const { file } = (await read('/export')).body
    const again = await program.call('POST', '/apply', { body: { file, prune: true } })
    assert.deepEqual([again.status, again.body.differences], [200, []], JSON.stringify(again.body))
    const index = file.partners[0].services.findIndex(({ id }: Json) => id === 'refunds')
    const refunds = file.partners[0].services[index]
    refunds.sensitive = true
    const tried = await program.call('POST', '/apply', { body: { file, dryRun: true } })
    assert.deepEqual([tried.body.applied, tried.body.differences.length], [false, 1])
    const differences = await program.call('POST', '/apply', { body: { file } })
    assert.deepEqual(differences.body.differences[0].lines, ['sensitive: false → true'])
    refunds.redirectUris = ['https://*.example/']
    file.partners[0].providers[0].surprise = true
    const refused = await program.call('POST', '/apply', { body: { file } })
    assert.deepEqual(
      [refused.status, refused.body.errors.map(({ pointer }: Json) => pointer).sort()],
      [422, ['/file/partners/0/providers/0/surprise', `/file/partners/0/services/${index}/redirectUris/0`]],
    )
  })

  test('a scope that a partner asks is granted, or refused with a reason; a late answer is told', async () => {
    const { versions } = hub.partners
    const subject = { kind: 'service', id: 'refunds' } as const
    const technician = {
      hand: 'partner',
      actor: { kind: 'staff', id: 'stf_0000000000000000000000' },
      partner: 'health',
      roles: ['technician'],
    } as const
    async function ask(...scopes: string[]): Promise<Json[]> {
      const opened = await versions.open(subject, technician)
      assert.ok(opened.kind === 'opened')
      const { entry, edit } = opened.draft
      const justifications = Object.fromEntries(
        scopes.map((scope) => [scope, 'Letters of the fund are addressed by it.']),
      )
      const asked = { ...entry, scopes: ['openid', 'email', ...scopes], justifications }
      const saved = await versions.save(subject, { entry: asked, edit }, technician)
      assert.ok(saved.kind === 'saved')
      const look = await versions.look(subject, technician)
      const over = look?.published
      const seen = { edit: saved.draft.edit, ...(over === undefined ? {} : { over }) }
      const outcome = await versions.publish(subject, seen, technician)
      assert.equal(outcome.kind, 'published', JSON.stringify(outcome))
      return (await read('/scope-requests?service=refunds&state=asked')).body.items
    }
    const requests = await ask('gender', 'birthdate')
    assert.deepEqual(requests.map(({ scope }) => scope).sort(), ['birthdate', 'gender'])
    const [{ askedAt } = {}] = requests
    const answer = (path: string, body: Json) => program.call('POST', `/services/refunds/scopes/${path}`, { body })
    const late = await answer('gender/grant', { askedAt: '2020-01-01T00:00:00Z' })
    assert.equal(problemOf(late), 'conflict')
    const granted = await answer('gender/grant', { askedAt })
    assert.equal(granted.status, 200, JSON.stringify(granted.body))
    assert.ok(hub.partners.registry().services.get('refunds')?.scopes.includes('gender'))
    const refused = await answer('birthdate/refuse', { askedAt, reason: 'An age is enough for that.' })
    assert.deepEqual([refused.body.state, refused.body.decidedBy], ['refused', actor])
    assert.equal(hub.partners.registry().services.get('refunds')?.scopes.includes('birthdate'), false)
  })
})

describe('what operators do on other pages, by a program', () => {
  test('R007: a provider is suspended with a reason, amended, and brought back; each is a fact of the program', async () => {
    const state = '/providers/tax/state'
    const reason = { fr: 'Maintenance.', en: 'Maintenance.', ar: 'صيانة.' }
    const suspended = await change('POST', '/providers/tax/suspensions', {
      at: state,
      body: { category: 'maintenance', reason },
    })
    assert.equal(suspended.status, 201, JSON.stringify(suspended.body))
    const [{ suspension }] = suspended.body.suspensions
    const path = `/providers/tax/suspensions/${suspension}`
    const until = new Date(clock.now() + day).toISOString()
    const amended = await change('PATCH', path, { at: state, body: { until, reason: { fr: 'Jusqu’à demain.' } } })
    assert.deepEqual(
      [amended.body.suspensions[0].until, amended.body.suspensions[0].reason.en],
      [until, 'Maintenance.'],
    )
    const faulty = await change('PATCH', path, { at: state, body: { until: '2020-01-01T00:00:00Z' } })
    assert.deepEqual(faulty.body.errors[0].pointer, '/until')
    const availability = (await read('/availability')).body.items.find((one: Json) => one.provider === 'tax')
    assert.equal(availability.state, 'suspended')
    assert.equal((await change('DELETE', path, { at: state })).status, 200)
    for (const fact of ['provider.suspended', 'provider.suspension_changed', 'provider.restored'] as const) {
      assert.deepEqual((await factsOf(hub, fact)).at(-1)?.actor, actor, fact)
    }
  })

  test('a banner is published, changed and withdrawn, once each', async () => {
    const text = { fr: 'Information.', en: 'Information.', ar: 'معلومة.' }
    const until = new Date(clock.now() + day).toISOString()
    const made = await program.call('POST', '/banners', { body: { kind: 'information', text, until } })
    assert.equal(made.status, 201)
    const path = `/banners/${made.body.banner}`
    assert.ok(made.headers.get('location')?.endsWith(path))
    const changed = await change('PATCH', path, { body: { text: { en: 'News.' } } })
    assert.equal(changed.body.text.en, 'News.')
    assert.equal((await change('DELETE', path)).body.state, 'withdrawn')
    const over = await change('PATCH', path, { body: { kind: 'phishing' } })
    assert.deepEqual([over.status, problemOf(over)], [409, 'conflict'])
  })

  test('R047: a person is found by an exact identifier or identity, and their means revoked; each look is a fact', async () => {
    const { person, means } = await enrolPerson(hub)
    const identity = {
      given_name: 'Canaria',
      family_name: 'Canari',
      birthdate: '1962-08-24',
      gender: 'female',
      birthplace: '75107',
      birthcountry: '99100',
    }
    const search = (body: Json) => program.call('POST', '/people/search', { body })
    assert.deepEqual((await search({ identity })).body, { people: [person] })
    assert.deepEqual((await search({ identity: { ...identity, given_name: 'Canari' } })).body, { people: [] })
    assert.deepEqual((await search({ identifier: 'canaria' })).body, { people: [person] })
    assert.deepEqual((await search({ identifier: 'canari' })).body, { people: [] })
    assert.equal((await search({ identity: { ...identity, birthdate: '1962-13-01' } })).status, 422)
    assert.deepEqual(
      (await factsOf(hub, 'api_client.searched')).map(({ by, person: found }) => [by, found]),
      [
        ['identity', person],
        ['identity', null],
        ['identifier', person],
        ['identifier', null],
      ],
    )
    const [one] = (await read(`/people/${person}/means`)).body.items
    assert.deepEqual([one.means, one.kind, 'label' in one], [means, 'password', false])
    assert.deepEqual(await factsOf(hub, 'api_client.viewed_person'), [{ person, actor }])
    const revoke = () => program.call('POST', `/people/${person}/means/${means}/revoke`, { body: { reason: 'stolen' } })
    assert.deepEqual([(await revoke()).body, (await revoke()).body], [{ done: true }, { done: false }])
    assert.deepEqual((await factsOf(hub, 'means.revoked')).at(-1)?.actor, actor)
    assert.equal((await read('/people/per_0000000000000000000000/means')).status, 404)
  })

  test('nobody browses people, nor finds an operator', async () => {
    assert.equal((await read('/people')).status, 404)
    const { rows } = await sql<{ person: string }>`
      select person from staff_accounts where id = ${first.operator}`.execute(hub.storage.db)
    const person = rows[0]?.person
    assert.deepEqual((await program.call('POST', '/people/search', { body: { identifier: person } })).body, {
      people: [],
    })
    assert.equal((await read(`/people/${person}/means`)).status, 404)
  })

  test('R080: the journal tells what a program did, with a proof that stands alone; about a person it asks why', async () => {
    await hub.audit.sealNow()
    const mine = await read(`/journal/facts?about=operator&id=${program.client}&name=provider.suspended`)
    assert.equal(mine.body.items.length, 1)
    const [{ sequence }] = mine.body.items
    assert.equal((await read(`/journal/facts/${sequence}`)).body.inclusion.holds, true)
    const receipt = readReceipt(JSON.stringify((await read(`/journal/facts/${sequence}/receipt`)).body))
    const keys = (await read('/keys')).body.items.filter(({ purpose }: Json) => purpose === 'journal')
    assert.ok(receipt && 'fact' in receipt)
    const publicKeys = keys.map(({ publicJwk }: Json) => publicJwk)
    assert.equal((await verifyReceipt(receipt, publicKeys)).genuine, true)
    const about = '/journal/facts?about=person&id=per_0000000000000000000000'
    const why = await read(about)
    assert.deepEqual(
      [why.status, why.body.errors],
      [400, [{ parameter: 'reason', detail: 'is missing', code: 'missing' }]],
    )
    const found = (await read(`${about}&reason=incident`)).body.items
    assert.deepEqual(
      found.map((one: Json) => one.name),
      ['api_client.searched_journal'],
      'that it was asked is all that there is',
    )
    assert.deepEqual((await factsOf(hub, 'api_client.searched_journal')).at(-1), {
      person: 'per_0000000000000000000000',
      connection: null,
      reason: 'incident',
      actor,
    })
    const reversed = await read('/journal/facts?from=2026-12-01T00:00:00Z&until=2026-11-01T00:00:00Z')
    assert.equal(reversed.body.errors[0].parameter, 'until')
    const pages: string[] = []
    let cursor = ''
    for (let page = 0; page < 3; page++) {
      const { body } = await read(`/journal/facts?limit=2${cursor}`)
      pages.push(...body.items.map((one: Json) => one.sequence))
      cursor = `&cursor=${body.next}`
    }
    assert.equal(new Set(pages).size, 6)
  })

  test('R025: a kind of means is classed, and a homologation recorded and withdrawn', async () => {
    const known = await program.call('PUT', '/register/provider/tax/declaration', { body: { class: 'none' } })
    assert.equal(known.status, 200, JSON.stringify(known.body))
    const { declaration } = known.body.declared
    const wrong = await program.call('POST', '/homologations', {
      body: {
        entry: 'provider/none',
        service: 'none',
        author: 'Security',
        riskAnalysis: 'AR-1',
        decidedOn: '2026-11-01',
      },
    })
    assert.deepEqual([wrong.status, wrong.body.errors[0].pointer], [422, '/entry'])
    const given = { entry: 'own/passkey', service: 'refunds', author: 'Security', riskAnalysis: 'AR-2026-12' }
    const recorded = await program.call('POST', '/homologations', { body: { ...given, decidedOn: '2026-11-20' } })
    assert.equal(recorded.status, 201, JSON.stringify(recorded.body))
    const { homologation } = recorded.body
    const listed = async () => (await read('/register/own/passkey')).body.homologations.map(({ state }: Json) => state)
    assert.deepEqual(await listed(), ['in_force'])
    assert.equal((await program.call('DELETE', `/homologations/${homologation}`)).status, 200)
    assert.deepEqual(await listed(), ['withdrawn'])
    assert.equal((await program.call('DELETE', `/homologations/${homologation}`)).status, 404)
    assert.deepEqual((await factsOf(hub, 'homologation.recorded')).at(-1)?.actor, actor)
    const path = `/register/provider/tax/declaration/${declaration}`
    assert.equal((await program.call('DELETE', path)).status, 200)
    assert.equal(problemOf(await program.call('DELETE', path)), 'conflict')
  })

  test('operators: a program names nobody alone, and puts out of office at once', async () => {
    const pending = await program.call('POST', '/operators', {
      body: { name: 'Lina Mansour', roles: ['auditor'], reason: 'the new auditor of the fund' },
    })
    assert.deepEqual([pending.status, pending.body.kind, 'link' in pending.body], [202, 'invite_operator', false])
    const other = await newOperator(hub, { roles: ['support'], name: 'Nour Saidi' })
    const suspend = () => program.call('POST', `/operators/${other.operator}/suspend`)
    assert.deepEqual([(await suspend()).body, (await suspend()).body], [{ done: true }, { done: false }])
    assert.equal((await program.call('POST', '/operators/opr_0000000000000000000000/suspend')).status, 404)
  })

  test('settings in force are told without a secret', async () => {
    const { body } = await read('/settings')
    assert.ok(body.settings.some(({ path }: Json) => path === 'issuer'))
    assert.doesNotMatch(JSON.stringify(body), /AQEBAQEB|postgres:\/\//)
  })
})

describe('figures and outages, for programs', () => {
  test('R083: what an outage would close is told before it happens, and what a suspension would do before it is made', async () => {
    await hub.publish([{ id: 'health', name, services: [serviceEntry('library'), serviceEntry('pool')] }])
    const ways = (await read('/ways-in')).body.items.find((one: Json) => one.service === 'library')
    assert.deepEqual([ways.level, ways.providers.length, ways.bySettings.length], ['eidas1', 2, 2])
    const all = [...hub.partners.registry().providers.keys()]
    const outage = await program.call('POST', '/rehearsal', { body: { providers: all } })
    assert.deepEqual(
      outage.body.closed.map(({ service, providers }: Json) => [service, providers]),
      [
        ['library', []],
        ['pool', []],
      ],
      'those that nobody can enter anyway are left out',
    )
    const one = await program.call('POST', '/rehearsal', { body: { providers: all.slice(1) } })
    assert.deepEqual([one.body.closed, one.body.single.length], [[], 2])
    const unknown = await program.call('POST', '/rehearsal', { body: { providers: ['tax', 'nobody'] } })
    assert.deepEqual([unknown.status, unknown.body.errors[0].pointer], [422, '/providers/1'])
    const reason = { fr: 'Contrôle.', en: 'A check.', ar: 'تدقيق.' }
    const impact = (body: Json) =>
      program.call('POST', '/providers/tax/suspensions/impact', { body: { category: 'security', reason, ...body } })
    const foreseen = await impact({ sessions: { closedSince: new Date(clock.now()).toISOString() } })
    assert.equal(foreseen.status, 200, JSON.stringify(foreseen.body))
    assert.deepEqual([foreseen.body.closed, foreseen.body.signIns.total, foreseen.body.sessions], [[], 0, 0])
    assert.equal((await impact({ until: '2020-01-01T00:00:00Z' })).body.errors[0].pointer, '/until')
    assert.deepEqual((await read('/providers/tax/state')).body.suspensions, [], 'nothing was done')
  })

  test('R014: figures are those of the partner, small counts hidden; what runs now is of all people together', async () => {
    const figures = await read('/services/refunds/figures?by=month')
    assert.deepEqual([figures.status, figures.body.by, figures.body.known], [200, 'month', []])
    assert.equal((await read('/providers/tax/figures?by=day&month=2026-13')).status, 400)
    assert.equal((await read('/providers/tax/figures?by=day&month=2020-01')).status, 404)
    assert.equal((await read('/services/nobody/figures')).status, 404)
    const { body } = await read('/activity')
    assert.deepEqual([body.today, body.hours.length, body.refusals], [0, 24, []])
  })
})

describe('enrolment, by a program', () => {
  const identity = {
    given_name: 'Théo',
    family_name: 'Marchand',
    birthdate: '1990-02-28',
    gender: 'male',
    birthplace: '69123',
    birthcountry: '99100',
  }
  const identifier = { kind: 'login_name', value: 'theo.marchand' }
  const proof = { kind: 'document', seen: 'face_to_face', checkedOn: '', evidence: 'register 2026, sheet 114' }
  let desk: ApiProgram
  let person: string
  const enrol = (body: Json, by = desk) => by.call('POST', '/enrolments', { body })

  before(async () => {
    proof.checkedOn = new Date(clock.now()).toISOString().slice(0, 10)
    const manager = await newOperator(hub, { roles: ['means_manager'], name: 'Salomé Girard' })
    desk = await newProgram(hub, { scopes: ['people:read', 'people:enrol'], operator: manager.operator })
  })

  test('R040: it takes an operator who may enrol, behind the program, whatever its scopes', async () => {
    for (const by of [program, asked]) {
      const answer = await enrol({ identity, identifier, proof }, by)
      assert.deepEqual([answer.status, problemOf(answer)], [403, 'not-allowed'])
    }
  })

  test('R041: what is wrong is named where it stands; a document alone is refused, and that is a fact', async () => {
    const faulty = await enrol({ identity: { ...identity, birthdate: '1990-02-30' }, identifier, proof })
    assert.deepEqual([faulty.status, faulty.body.errors[0].pointer], [422, '/identity/birthdate'])
    const alone = await enrol({ identity, identifier, proof: { ...proof, seen: 'document_only' } })
    assert.deepEqual(
      [alone.status, alone.body.errors],
      [422, [{ pointer: '/proof/kind', detail: 'document without presence', code: 'document_without_presence' }]],
    )
    const by = { kind: 'api_client', id: desk.client }
    assert.deepEqual((await factsOf(hub, 'enrolment.refused')).at(-1), {
      person: null,
      reason: 'document_without_presence',
      actor: by,
    })
    const old = await enrol({ identity, identifier, proof: { ...proof, checkedOn: '2020-01-01' } })
    assert.equal(old.body.errors[0].pointer, '/proof/checkedOn')
    const unknown = await enrol({ rpps: '10000000009', proof })
    assert.equal(unknown.body.errors[0].pointer, '/rpps')
  })

  test('somebody is enrolled once, with the program as the agent; a code for them is told once', async () => {
    const made = await enrol({ identity, identifier, proof })
    assert.deepEqual([made.status, made.body.level, made.body.agent.id], [201, 'eidas2', desk.client])
    person = made.body.person
    const again = await enrol({ identity, identifier: { ...identifier, value: 'theo.m' }, proof })
    assert.deepEqual([problemOf(again), again.body.detail.includes(person)], ['conflict', true])
    const path = `/people/${person}/enrolments`
    const listed = (await desk.call('GET', path)).body.items
    assert.deepEqual(
      listed.map(({ enrolment, proof: kind, seen }: Json) => [enrolment, kind, seen]),
      [[made.body.enrolment, 'document', 'face_to_face']],
    )
    assert.doesNotMatch(JSON.stringify(listed), /Marchand|sheet 114/i)
    const code = await desk.call('POST', `${path}/${made.body.enrolment}/activation`)
    assert.equal(code.status, 201, JSON.stringify(code.body))
    const waiting = await hub.means.activations.waiting(hub.storage.db, made.body.person)
    assert.equal(waiting?.enrolment, made.body.enrolment)
    const withdraw = () => desk.call('DELETE', `/people/${person}/activation`)
    assert.deepEqual([(await withdraw()).body, (await withdraw()).body], [{ done: true }, { done: false }])
    assert.equal((await desk.call('POST', `${path}/enr_0000000000000000000000/activation`)).status, 404)
  })

  test('R045: another identity takes the one of before, and a proof that is no weaker', async () => {
    const change = (given: Json) =>
      desk.call('POST', `/people/${person}/identity`, {
        body: { before: identity, identity: { ...identity, family_name: 'Marchand-Roy' }, proof, ...given },
      })
    const weak = await change({ proof: { ...proof, seen: 'photo' } })
    assert.deepEqual(weak.body.errors[0].code, 'proof_weaker_than_before')
    const blind = await change({ before: { ...identity, given_name: 'Léo' } })
    assert.deepEqual([problemOf(blind), blind.body.errors[0].code], ['conflict', 'identity_changed_meanwhile'])
    assert.equal((await change({})).status, 201)
    const now = await hub.people.identityOf(hub.storage.db, person as never)
    assert.match(String(now?.family_name), /roy/i)
    const anew = await desk.call('POST', `/people/${person}/enrolments`, { body: { proof } })
    assert.deepEqual([anew.status, anew.body.person], [201, person])
  })
})

describe('programs on the command line', () => {
  async function garant(verb: string, args: Json): Promise<{ code: number; said: string }> {
    const lines: string[] = []
    const out = { line: (text: string) => void lines.push(text), warn: (text: string) => void lines.push(text) }
    const code = await runVerb(hub, { verb: `api-client.${verb}`, args }, out)
    return { code, said: lines.join('\n') }
  }

  test('registered, listed, given other keys, removed; what a file of keys holds is judged first', async () => {
    const [one, other] = [await newApiKey(), await newApiKey('RS256', 'other')]
    const scopes = ['jobs:read']
    const bad = await garant('add', { name: 'Watch', scopes, jwks: { keys: [{ ...one.publicJwk, d: 'AAAA' }] } })
    assert.equal(bad.code, 3)
    assert.match(bad.said, /private parts/)
    const given = { name: 'Watch', scopes, jwks: { keys: [one.publicJwk] } }
    assert.equal((await garant('add', { ...given, operator: 'opr_0000000000000000000000' })).code, 3)
    const made = await garant('add', { ...given, operator: first.operator })
    const [client = ''] = made.said.split('\n')
    assert.deepEqual([made.code, /^api_[\w-]{22}$/.test(client)], [0, true])
    assert.match((await garant('list', {})).said, new RegExp(`${client} +Watch +1 +never +jobs:read`))
    assert.equal((await garant('keys', { client, jwks: { keys: [one.publicJwk, other.publicJwk] } })).code, 0)
    assert.equal((await hub.apiClients.find(client))?.jwks.keys.length, 2)
    assert.deepEqual([(await garant('remove', { client })).code, (await garant('remove', { client })).code], [0, 3])
    const by = { kind: 'command' }
    const ofHub = { partner: null, side: null, object: null }
    assert.deepEqual((await factsOf(hub, 'api_client.registered')).at(-1), {
      client,
      scopes,
      operator: first.operator,
      ...ofHub,
      actor: by,
    })
    assert.deepEqual((await factsOf(hub, 'api_client.removed')).at(-1), { client, ...ofHub, actor: by })
    const ofPartner = { ...given, scopes: ['party:signals'], party: 'service/refunds' }
    assert.equal((await garant('add', { ...ofPartner, scopes })).code, 3)
    assert.equal((await garant('add', { ...ofPartner, party: 'refunds' })).code === 0, false)
    const theirs = (await garant('add', ofPartner)).said.split('\n')[0] ?? ''
    assert.equal((await hub.apiClients.find(theirs))?.party?.partner, 'health')
    assert.match((await garant('list', {})).said, new RegExp(`${theirs} .* service/refunds`))
    await garant('remove', { client: theirs })
  })
})
