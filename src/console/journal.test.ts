/** The journal and the settings in force on a whole hub, over HTTP: what is found, by whom, proved how, written down when. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { type Authority, cardSettings, startAuthority } from '../../test/support/cards.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { enrolPerson, newOperator, signIn, type TestOperator } from '../../test/support/operators.ts'
import { factsOf } from '../../test/support/records.ts'
import { type Answer, formTo, linksOf, textOf } from '../../test/support/user-agent.ts'
import type { Receipt } from '../audit/audit.ts'
import { day, minute } from '../kernel/durations.ts'
import { newId, type PersonId } from '../kernel/ids.ts'
import { main } from '../main.ts'
import { meansSchema } from '../means/settings.ts'
import { factsCsv } from './journal-routes.ts'
import { isRefusal, queryOf, readSearch, readTyped } from './journal-search.ts'
import { settingsInForce } from './settings-pages.ts'

const typed = (query: object) => readTyped(query)
const search = (query: object) => readSearch(typed(query), 'Europe/Paris')

test('what is asked of the journal is read strictly, and every fault is named', () => {
  const person = newId('person')
  const cases: [object, [string, string][]][] = [
    [{ name: 'no.such' }, [['name', 'unknown']]],
    [{ outcome: 'lost' }, [['name', 'unknown']]],
    [
      { about: 'person', id: 'Dubois' },
      [
        ['id', 'malformed'],
        ['reason', 'missing'],
      ].slice(0, 1) as [string, string][],
    ],
    [{ about: 'service', id: "x' or 1=1" }, [['id', 'malformed']]],
    [{ about: '', id: person }, [['id', 'malformed']]],
    [{ about: 'operator', id: person, reason: 'audit' }, [['id', 'malformed']]],
    [{ about: 'person', id: person }, [['reason', 'missing']]],
    [{ about: 'person', id: person, reason: 'curiosity' }, [['reason', 'missing']]],
    [{ about: 'connection', id: newId('connection') }, [['reason', 'missing']]],
    [{ from: '2026-02-30T10:00' }, [['from', 'malformed']]],
    [
      { from: 'x', until: 'y' },
      [
        ['from', 'malformed'],
        ['until', 'malformed'],
      ],
    ],
    [{ from: '2026-11-22T10:00', until: '2026-11-22T10:00' }, [['until', 'reversed']]],
    [{ before: '-1' }, [['before', 'malformed']]],
  ]
  for (const [query, faults] of cases) {
    const found = search(query)
    assert.ok(Array.isArray(found), JSON.stringify(query))
    assert.deepEqual(
      found.map(({ field, reason }) => [field, reason]),
      faults,
      JSON.stringify(query),
    )
  }
  const whole = search({})
  assert.deepEqual(whole, { wanted: {} })
  const one = search({ about: 'person', id: ` ${person} `, reason: 'incident', from: '2026-11-22T10:00', before: '17' })
  assert.ok(!Array.isArray(one))
  assert.deepEqual(one.wanted.subject, { field: 'person', id: person })
  assert.deepEqual(
    [one.person, one.reason, one.wanted.from, one.wanted.before],
    [person, 'incident', Date.parse('2026-11-22T09:00:00Z'), 17n],
  )
  const families = search({ name: ['key.*', 'hub.started'] })
  assert.ok(!Array.isArray(families))
  assert.deepEqual(families.wanted.names, ['hub.started', 'key.created', 'key.retired'])
  const refused = search({ name: 'connection.*', outcome: 'refused' })
  assert.ok(!Array.isArray(refused))
  assert.deepEqual(refused.wanted.names, ['connection.refused'])
  assert.deepEqual(['means.sign_in_refused', 'operator.denied', 'code.replayed'].map(isRefusal), [true, true, true])
  assert.deepEqual(['connection.completed', 'means.unlocked', 'operator.signed_in'].map(isRefusal), [
    false,
    false,
    false,
  ])
  const back = new URLSearchParams(queryOf(typed({ name: ['a', 'b'], about: 'person', before: '3' }), { before: '' }))
  assert.deepEqual([back.getAll('name'), back.get('about'), back.has('before')], [['a', 'b'], 'person', false])
})

test('a cell of the CSV is never a formula', () => {
  const lines = factsCsv([{ sequence: 1n, at: 0, name: '=1+1' as never, data: {} as never }]).split('\r\n')
  assert.equal(lines[1], `"1","1970-01-01T00:00:00.000Z","'=1+1","{}"`)
})

test('R129: of a secret in the settings only is told that it is set', () => {
  const told = settingsInForce({
    means: { sms: { url: 'https://user:canary1@sms.example/send?key=canary2', danger_secret: 'canary3' } },
    policy: { passwordAlone: 'never' },
    mail: { password: 'canary4', port: 25, danger_in_clear: true },
    journal: { headsUrl: 'https://heads.example/?token=canary5' },
    list: ['https://canary6@a.example/', 'plain'],
    key: '-----BEGIN PRIVATE KEY-----canary7',
    empty: [],
    missing: undefined,
  })
  assert.doesNotMatch(JSON.stringify(told), /canary/)
  assert.deepEqual(
    told.map(({ path, value }) => `${path}=${value}`),
    [
      'means.sms.url=https://sms.example/send?…',
      'means.sms.danger_secret=undefined',
      'policy.passwordAlone=never',
      'mail.password=undefined',
      'mail.port=25',
      'mail.danger_in_clear=true',
      'journal.headsUrl=https://heads.example/?…',
      'list=https://a.example/, plain',
      'key=PEM',
      'empty=',
    ],
  )
})

/** Where the page leads on to. */
function nextOf(page: Answer): URL | undefined {
  const [, href] = /rel="next" href="([^"]*)"/.exec(page.body) ?? []
  return href === undefined ? undefined : new URL(href.replaceAll('&amp;', '&'), page.url)
}

describe('the journal in the console', () => {
  let authority: Authority
  let hub: TestHub
  let person: PersonId
  let auditor: TestOperator
  const clock = mockProcessClock({ mock })
  const folder = mkdtempSync(join(tmpdir(), 'garant-journal-'))

  before(async () => {
    const retention = {
      connectionDays: 365,
      securityDays: 365,
      administrationDays: 365,
      supportDays: 180,
      breachDays: 1825,
      mandateDays: 3650,
      caseDays: 1095,
    }
    const sms = { url: 'http://localhost:1/sms', danger_secret: 'canary-of-the-text-messages' }
    authority = await startAuthority(clock)
    hub = await startTestHub({
      clock,
      settings: { means: meansSchema.parse({ sms }), retention, cards: cardSettings(authority) },
      secrets: { sms: sms.danger_secret },
    })
    const name = { fr: 'Santé', en: 'Health', ar: 'الصحة' }
    await hub.publish([{ id: 'health', name, services: [serviceEntry('refunds')], providers: [] }])
    ;({ person } = await enrolPerson(hub))
    auditor = await newOperator(hub, { roles: ['auditor'] })
  })
  after(async () => {
    await hub?.close()
    await authority?.close()
    mock.timers.reset()
    rmSync(folder, { recursive: true, force: true })
  })

  const at = (path: string) => new URL(path, hub.issuer)
  const open = (path: string) => auditor.agent.open(at(path))
  const ask = (query: Record<string, string>) => open(`/console/journal?${new URLSearchParams(query)}`)
  const sequencesOf = (page: Answer) =>
    linksOf(page).flatMap(({ pathname }) => /^\/console\/journal\/(\d+)$/.exec(pathname)?.[1] ?? [])
  const refuse = (count: number) =>
    hub.storage.transaction(async (tx) => {
      for (let number = 0; number < count; number++) {
        const data = { service: 'refunds', provider: 'bank', reason: 'provider_blocked' as const }
        hub.audit.append(tx, { name: 'provider.forged_choice', data })
      }
    })
  /** What the command says. */
  async function command(...args: string[]): Promise<{ exit: number; said: string }> {
    const said: string[] = []
    const write = (line: string) => void said.push(line)
    const exit = await main(args, { env: {}, out: { line: write, warn: write }, stopped: async () => {} })
    return { exit, said: said.join('\n') }
  }
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }

  test('R080: facts of a person are found with a reason only, and each look is a fact', async () => {
    const without = await ask({ about: 'person', id: person })
    assert.equal(without.status, 422)
    assert.match(textOf(without), /The search was not made Give the reason/)
    assert.match(without.body, new RegExp(`value="${person}"`), 'what was typed is kept')
    assert.deepEqual(await factsOf(hub, 'journal.searched'), [])
    const page = await ask({ about: 'person', id: person, reason: 'request' })
    assert.equal(page.status, 200)
    assert.match(textOf(page), /means\.created .*enrolment\.recorded/)
    assert.doesNotMatch(page.body, /CANARI|Canaria/)
    await open(`/console/journal.csv?${new URLSearchParams({ about: 'person', id: person, reason: 'audit' })}`)
    const searched = { operator: auditor.operator, person, connection: null }
    assert.deepEqual(await factsOf(hub, 'journal.searched'), [
      { ...searched, reason: 'request' },
      { ...searched, reason: 'audit' },
    ])
    // Of themselves the searches tell, too.
    assert.match(textOf(await ask({ about: 'person', id: person, reason: 'audit' })), /journal\.searched/)
  })

  test('by name, family, outcome, service, operator and time; what does not fit is not found', async () => {
    await refuse(1)
    for (const [query, expected] of [
      [{ name: 'provider.forged_choice' }, /provider\.forged_choice ·/],
      [{ name: 'provider.*', outcome: 'refused' }, /provider\.forged_choice ·/],
      [{ about: 'service', id: 'refunds' }, /provider\.forged_choice ·/],
      [{ about: 'provider', id: 'bank' }, /provider\.forged_choice ·/],
      [{ about: 'operator', id: auditor.operator }, /operator\.signed_in ·/],
      [{ from: '2026-11-22T00:00' }, /provider\.forged_choice ·/],
      [{ until: '2026-11-22T00:00' }, /No fact fits/],
      [{ about: 'service', id: 'nobody' }, /No fact fits/],
      [{ name: 'journal.expired' }, /No fact fits/],
    ] as const) {
      assert.match(textOf(await ask(query)), expected, JSON.stringify(query))
    }
    assert.equal((await ask({ about: 'person', id: 'Canaria' })).status, 422)
    assert.equal((await open('/console/journal?before=%27')).status, 422)
  })

  test('pages stay where they are while facts arrive, through 1,000 of them', async () => {
    await refuse(1_000)
    let page = await ask({ name: 'provider.forged_choice' })
    const all = sequencesOf(page)
    assert.equal(all.length, 50)
    assert.match(textOf(page), /50 facts on this page/)
    for (;;) {
      await refuse(3)
      const next = nextOf(page)
      if (!next) break
      page = await auditor.agent.open(next)
      all.push(...sequencesOf(page))
    }
    const numbers = all.map(Number)
    assert.equal(new Set(numbers).size, 1_001, 'each once, and none that came meanwhile')
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => b - a),
    )
  })

  test('R080: a fact with its proof, which the command verifies without the hub', async () => {
    await hub.audit.sealNow()
    const [fact] = (await hub.audit.explore({ names: ['operator.joined'], limit: 1 })).facts
    const sequence = fact?.sequence ?? assert.fail()
    const page = await open(`/console/journal/${sequence}`)
    assert.match(
      textOf(page),
      /operator\.joined .*Leaf of the tree place \d+ .*Verified: the leaf is in the signed tree/,
    )
    assert.match(textOf(page), /Consistency of two signed heads/)
    const proof = await open(`/console/journal/${sequence}/proof.json`)
    assert.match(String(proof.headers['content-disposition']), new RegExp(`fact-${sequence}-proof.json`))
    const keys = file('keys.json', (await newKeys()).body)
    const good = file('proof.json', proof.body)
    const verdict = await command('audit', 'verify-receipt', good, '--keys', keys)
    assert.equal(verdict.exit, 0, verdict.said)
    assert.match(verdict.said, new RegExp(`genuine: fact ${sequence} \\(operator.joined\\) .* of ${hub.issuer}`))
    const receipt: Receipt = JSON.parse(proof.body)
    const signature = receipt.head.signature.replace(
      /\.(.)([^.]+)$/,
      (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`,
    )
    const forgeries: [string, unknown, RegExp][] = [
      ['data', { ...receipt, fact: { ...receipt.fact, name: 'operator.removed' } }, /NOT genuine: its fact is not/],
      ['head', { ...receipt, head: { ...receipt.head, size: 1 } }, /NOT genuine: what it says of a head/],
      ['signature', { ...receipt, head: { ...receipt.head, signature } }, /NOT genuine: a head of it/],
      [
        'since',
        { ...receipt, since: { head: receipt.head, consistency: ['AAAA'] } },
        /NOT genuine: the newer tree did not grow/,
      ],
    ]
    for (const [name, forged, said] of forgeries) {
      const outcome = await command(
        'audit',
        'verify-receipt',
        file(`${name}.json`, JSON.stringify(forged)),
        '--keys',
        keys,
      )
      assert.deepEqual([outcome.exit, said.test(outcome.said)], [4, true], `${name}: ${outcome.said}`)
    }
    const nothing = await command('audit', 'verify-receipt', file('none.json', '{}'), '--keys', keys)
    assert.match(nothing.said, /is no receipt of a journal/)
    assert.deepEqual((await factsOf(hub, 'journal.exported')).at(-1), {
      operator: auditor.operator,
      format: 'proof',
      facts: 1,
    })
  })

  /** As an auditor keeps them elsewhere. */
  const newKeys = () => open('/console/settings/journal-keys.json')

  test('a second head over a fact proves that the journal only grew', async () => {
    await hub.audit.sealNow()
    const [fact] = (await hub.audit.explore({ names: ['operator.joined'], limit: 1 })).facts
    await refuse(2)
    await hub.audit.sealNow()
    const page = await open(`/console/journal/${fact?.sequence}`)
    assert.match(textOf(page), /Verified: the tree of \d+ leaves grew from the one of \d+/)
    const proof = (await open(`/console/journal/${fact?.sequence}/proof.json`)).body
    assert.ok((JSON.parse(proof) as Receipt).since)
    const keys = file('later-keys.json', (await newKeys()).body)
    const verdict = await command('audit', 'verify-receipt', file('later.json', proof), '--keys', keys)
    assert.equal(verdict.exit, 0, verdict.said)
    const other = JSON.stringify({ ...JSON.parse((await newKeys()).body), issuer: 'https://other.example' })
    const elsewhere = await command(
      'audit',
      'verify-receipt',
      join(folder, 'later.json'),
      '--keys',
      file('o.json', other),
    )
    assert.deepEqual([elsewhere.exit, /of another journal/.test(elsewhere.said)], [4, true])
  })

  test('an export is bounded, says where it ended, and is a fact', async () => {
    await refuse(5_000)
    const answer = await open('/console/journal.json?name=provider.forged_choice')
    const body = JSON.parse(answer.body)
    assert.equal(body.facts.length, 5_000)
    assert.equal(body.complete, false)
    const rest = JSON.parse(
      (await open(`/console/journal.json?name=provider.forged_choice&before=${body.continueBefore}`)).body,
    )
    assert.equal(rest.complete, true)
    assert.ok(BigInt(rest.facts[0].sequence) < BigInt(body.facts.at(-1).sequence))
    const csv = await open('/console/journal.csv?name=operator.joined')
    assert.match(csv.body, /^\ufeff"sequence","at","name","data"\r\n"\d+","2026-/)
    assert.deepEqual(
      (await factsOf(hub, 'journal.exported')).slice(-3).map(({ format, facts }) => [format, facts]),
      [
        ['json', 5_000],
        ['json', rest.facts.length],
        ['csv', 1],
      ],
    )
    assert.equal((await open('/console/journal.csv?name=no.such')).status, 400)
  })

  test('what is not there: no fact, a malformed number, a proof of nothing', async () => {
    for (const path of ['999999999', '0', '-1', 'x', '1e3', `${'9'.repeat(30)}`]) {
      assert.equal((await open(`/console/journal/${path}`)).status, 404, path)
    }
    assert.equal((await open('/console/journal/999999999/proof.json')).status, 404)
  })

  test('R129: settings in force, secrets unsaid, keys as they are, dangers first', async () => {
    const page = await open('/console/settings')
    const text = textOf(page)
    assert.match(text, /Dangerous settings Allowed here.*mail\.danger_in_clear.*danger_allow_http/)
    assert.match(text, /means\.sms\.danger_secret set, not shown/)
    assert.match(text, /keys\.overlapHours 24/)
    assert.match(text, /GARANT_MASTER_KEY not told/)
    assert.match(text, /0002-audit\.sql .*0204-audit\.sql/)
    assert.match(text, new RegExp(`${process.pid} @`))
    assert.match(text, /journal · in use Made on .* Replaced on/)
    assert.match(text, /cpx · root authority · CN=Racine de démonstration, O=Démonstration, C=MA Valid until /)
    assert.match(text, /cnie · intermediate authority · CN=Cartes d’identité.* SHA-256 [\da-f]{64}/)
    assert.doesNotMatch(page.body, /canary|BEGIN CERTIFICATE/)
    for (const secret of [hub.boot.secrets.master, ...hub.boot.secrets.pivot.map(({ key }) => key)]) {
      for (const encoding of ['base64', 'base64url', 'hex'] as const) {
        assert.ok(!page.body.includes(secret.toString(encoding)))
      }
    }
    const { keys } = JSON.parse((await open('/console/settings/keys.json')).body) as { keys: Record<string, unknown>[] }
    assert.ok(keys.length >= 7)
    for (const key of keys) {
      assert.ok(key.kid && key.use && key.alg)
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.ok(!(member in key), member)
    }
  })

  test('a fact whose time is over is told from one that somebody removed', async () => {
    await hub.audit.sealNow()
    const [young] = (await hub.audit.explore({ names: ['person.created', 'enrolment.recorded'], limit: 1 })).facts
    const [old] = (await hub.audit.explore({ names: ['operator.joined'], limit: 1 })).facts
    await sql`delete from facts where sequence = ${String(young?.sequence)}::text::bigint`.execute(hub.storage.db)
    const removed = textOf(await open(`/console/journal/${young?.sequence}`))
    assert.match(removed, /This fact is missing It should be kept until .*garant audit verify/)
    clock.advance(366 * day)
    await hub.audit.expire()
    await signIn(hub, auditor.agent, auditor.authenticator)
    const expired = await open(`/console/journal/${old?.sequence}`)
    assert.match(textOf(expired), /This fact is not kept any more It was deleted at the end of its retention/)
    assert.match(textOf(expired), /Verified: the leaf is in the signed tree/)
    assert.doesNotMatch(expired.body, /proof\.json/)
    assert.equal((await open(`/console/journal/${old?.sequence}/proof.json`)).status, 404)
    clock.advance(minute)
  })

  test('the form needs no script, and its address can be kept', async () => {
    const page = await open('/console/journal')
    assert.match(textOf(page), /A search that names a person asks for a reason/)
    assert.doesNotMatch(textOf(page), /Facts found/, 'nothing was asked yet')
    const form = formTo(page, /^\/console\/journal$/)
    const found = await auditor.agent.submit(page, form, { name: 'operator.signed_in' })
    assert.match(found.url.search, /name=operator\.signed_in/)
    assert.match(textOf(found), /operator\.signed_in ·/)
  })
})
