/** Phones and their requests as the app meets them: over HTTP, with a real authority's cards and attested keys. */
import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { isDeepStrictEqual as isSame } from 'node:util'
import { sql } from 'kysely'
import { createPhoneMaker } from '../../demo/phone/attestation.ts'
import { type Authority, type Card, joao, nadege, salma, startAuthority } from '../../test/support/cards.ts'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { eidEntry, eidHubSettings } from '../../test/support/eid.ts'
import { readVectorsText, type Vectors } from '../../test/support/eid-vectors.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { type Answer, compact, createPhone, newDeviceKey, type Phone } from '../../test/support/phone.ts'
import { dump, factsOf, settle } from '../../test/support/records.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { type EidRequestId, newId, type PhoneId } from '../kernel/ids.ts'
import { shippedRelayRules } from '../policy/relay.ts'
import { createEid, type NewRequest } from './eid.ts'
import { limits } from './gate.ts'
import { mostPhones } from './phones.ts'
import { eidRules } from './settings.ts'

describe('the e-ID app', () => {
  let clock: TestClock
  let authority: Authority
  let maker: ReturnType<typeof createPhoneMaker>
  let hub: TestHub
  let card: Card
  let phone: Phone
  let logins = 0

  const home = '80.67.169.12'
  const mobile = '90.10.20.30'
  const abroad = '105.66.1.9'

  before(async () => {
    clock = mockProcessClock({ mock })
    authority = await startAuthority(clock)
    maker = createPhoneMaker()
    const settings = eidHubSettings(authority, maker)
    const { cnie } = settings.cards.kinds
    assert.ok(cnie)
    const kinds = { ...settings.cards.kinds, badge: { ...cnie, contactless: true } }
    hub = await startTestHub({
      settings: { ...settings, cards: { ...settings.cards, kinds }, trustedProxies: ['127.0.0.1', '::1'] },
    })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [serviceEntry('heritage', { minimumLevel: 'eidas2' })],
        providers: [eidEntry({ connector: { kind: 'eid_app', cards: ['cnie'], by: ['card', 'device_key'] } })],
      },
    ])
    card = authority.issue({ kind: 'cnie', holder: salma })
    phone = newPhone(card)
    ok(await phone.pair(), 201)
  })
  after(async () => {
    await hub?.close()
    await authority?.close()
    mock.timers.reset()
  })
  // What was counted before counts no more.
  beforeEach(() => clock.advance(11 * minute))

  const newPhone = (of: Card, more: { installation?: string; at?: string } = {}) =>
    createPhone({
      ...{ hubUrl: hub.issuer, card: of, maker, clock },
      headers: { 'x-forwarded-for': more.at ?? home },
      ...(more.installation ? { installation: more.installation } : {}),
    })

  function ok(answer: Answer, status = 200): Answer {
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    return answer
  }

  function refused(answer: Answer, error: string, more: Record<string, unknown> = {}): void {
    const { error_description: says, ...body } = answer.body
    assert.deepEqual(body, { error, ...more })
    assert.equal(typeof says, 'string')
    assert.ok(answer.status >= 400)
  }

  const browser = 'a browser'

  /** A login that waits for a phone; its first code. */
  async function ask(
    more: Partial<NewRequest> = {},
    way: 'qr' | 'link' = 'qr',
  ): Promise<{ id: EidRequestId; text: string }> {
    const id = await hub.eid.requests.open({
      login: `login-${++logins}`,
      provider: 'e-id',
      cards: ['cnie'],
      by: ['card', 'device_key'],
      mode: 'app',
      purpose: { service: { fr: 'Patrimoine', en: 'Heritage', ar: 'التراث' } },
      from: { address: home, device: 'Firefox, Windows' },
      browser,
      required: 'eidas2',
      expiresAt: clock.now() + hour,
      ...more,
    })
    assert.ok(typeof id === 'string')
    const code = await hub.eid.requests.code(id, browser, way)
    return { id, text: code?.text ?? assert.fail('there is no code') }
  }

  async function numberOf(id: EidRequestId): Promise<string> {
    const look = await hub.eid.requests.look(id, browser)
    return look?.state === 'scanned' ? look.number : assert.fail(look?.state)
  }

  const stateOf = async (id: EidRequestId) => (await hub.eid.requests.look(id, browser))?.state

  /** Up to the approval; what the phone shows. */
  async function approve(by: 'card' | 'device_key' = 'card', own = phone, more: Partial<NewRequest> = {}) {
    const { id, text } = await ask(more)
    ok(await own.scan(text))
    const { body } = ok(await own.approve({ number: await numberOf(id), by }))
    return { id, typed: body.confirm.number as string }
  }

  const personOf = async (id = phone.phone) => {
    const { rows } = await sql<{ person_id: string }>`select person_id from eid_phones where id = ${id}`.execute(
      hub.storage.db,
    )
    return (rows[0]?.person_id ?? assert.fail()) as `per_${string}`
  }

  // ── Discovery and form ────────────────────────────────────────────────────────────────────────────────────────────

  test('the discovery names every address, and no cookie is left anywhere', async () => {
    const response = await fetch(`${hub.issuer}/.well-known/garant-eid`)
    const found = (await response.json()) as Answer['body']
    assert.equal(response.headers.get('set-cookie'), null)
    assert.deepEqual([found.issuer, found.versions, found.limits.phones], [hub.issuer, ['1'], mostPhones])
    assert.deepEqual(found.providers, [{ id: 'e-id', name: eidEntry().name }])
    for (const address of Object.values(found.endpoints) as string[]) {
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: 'browser=x' },
        body: '{}',
      })
      assert.equal(answer.headers.get('set-cookie'), null, address)
      assert.deepEqual(((await answer.json()) as Answer['body']).error, 'request_malformed', address)
    }
  })

  test('what is no message is refused by the closed list, and nothing of it is repeated', async () => {
    const { text } = await ask()
    const code = text.slice(-43)
    const scan = (twist: Parameters<Phone['message']>[2]) => phone.send('request_scan', 'scan', { code }, twist)
    const stranger = newDeviceKey()
    refused(await phone.post('phone', 'not json'), 'request_malformed')
    refused(await phone.post('phone', { message: 1 }), 'request_malformed')
    refused(await phone.post('phone', { message: 'x.y.z' }), 'signature_invalid')
    refused(await phone.post('phone', { message: 'x'.repeat(33 * 1024) }), 'too_large')
    refused(await phone.post('phone', { message: phone.message('phone', {}), more: 1 }), 'request_malformed')
    refused(await scan({ key: stranger }), 'signature_invalid')
    refused(await scan({ header: { alg: 'none' } }), 'signature_invalid')
    refused(await scan({ header: { alg: 'HS256' } }), 'signature_invalid')
    refused(await scan({ header: { typ: 'garant-eid-approval+jwt' } }), 'signature_invalid')
    refused(await scan({ header: { crit: ['b64'], b64: false } }), 'signature_invalid')
    refused(await scan({ header: { jwk: stranger.jwk } }), 'signature_invalid')
    refused(await scan({ header: { kid: 'phn_x' } }), 'phone_unknown')
    refused(await scan({ claims: { aud: 'https://another.example' } }), 'signature_invalid')
    refused(await scan({ claims: { template: 'AAAA' } }), 'request_malformed')
    const now = Math.floor(clock.now() / second)
    refused(await scan({ claims: { iat: now - 121 } }), 'clock_skew', { now })
    refused(await scan({ claims: { iat: now + 121 } }), 'clock_skew', { now })
    // A key that is no point of the curve.
    const off = { ...stranger, jwk: { ...stranger.jwk, y: stranger.jwk.x } }
    refused(await phone.send('request_scan', 'scan', { code }, { key: off, bare: true }), 'signature_invalid')
    const once = phone.message('phone', {})
    ok(await phone.post('phone', { message: once }))
    refused(await phone.post('phone', { message: once }), 'message_replayed')
    refused(await phone.post('phone', { message: compact({}, {}, stranger.privateKey) }), 'signature_invalid')
    const unknown = await fetch(`${hub.issuer}/eid/v1/nothing`, { method: 'POST' })
    assert.deepEqual([unknown.status, ((await unknown.json()) as Answer['body']).error], [404, 'not_found'])
    assert.equal(await stateOf((await ask()).id), 'waiting')
  })

  // ── Pairing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  test('R073 R074: a pairing finds or makes its person, and says which phone for how long', async () => {
    const made = newPhone(authority.issue({ kind: 'cnie', holder: joao }))
    const { body } = ok(await made.pair({ method: 'face' }), 201)
    assert.match(body.phone, /^phn_/)
    assert.deepEqual([body.provider, body.shared], ['e-id', false])
    assert.ok(body.expires_at > clock.now() / second)
    const person = await personOf(body.phone)
    const [view] = await hub.eid.phones.of(hub.storage.db, person)
    assert.deepEqual(
      [view?.state, view?.platform, view?.securityLevel, view?.label],
      ['active', 'demo', 'tee', 'Pixel 9'],
    )
    const identity = await hub.people.identityOf(hub.storage.db, person)
    assert.equal(identity?.family_name, joao.familyName)
    const facts = await factsOf(hub, 'phone.paired')
    assert.deepEqual(facts.at(-1), { person, phone: body.phone, provider: 'e-id', platform: 'demo', shared: false })
    // The same human again, with a renewed card: the same person.
    const renewed = newPhone(authority.issue({ kind: 'cnie', holder: joao }))
    assert.equal(await personOf(ok(await renewed.pair(), 201).body.phone), person)
    assert.equal((await hub.eid.phones.of(hub.storage.db, person)).length, 2)
  })

  test('R073 R075: the steps of a pairing have one order, and each its own challenge and key', async () => {
    const made = newPhone(card)
    const { pairing, challenge } = ok(await made.begin(), 201).body
    const claims = { pairing, challenge }
    const proof = made.cardProof('pairing', challenge)
    const bare = { bare: true }
    refused(await made.send('pairing_card', 'card', { ...claims, card: proof }, bare), 'step_wrong', {
      step: 'attestation',
    })
    const early = { ...claims, method: 'face' }
    refused(await made.send('pairing_biometrics', 'biometrics', early, bare), 'step_wrong', { step: 'attestation' })
    const attested = ok(await made.attest(pairing, challenge)).body
    const next = { pairing, challenge: attested.challenge }
    refused(await made.attest(pairing, challenge), 'step_wrong', { step: 'card' })
    refused(
      await made.send('pairing_card', 'card', { ...claims, card: made.cardProof('pairing', challenge) }, bare),
      'challenge_wrong',
    )
    // Another key than the one that was attested.
    const other = newDeviceKey()
    const byOther = { ...next, card: made.cardProof('pairing', next.challenge, other) }
    refused(await made.send('pairing_card', 'card', byOther, { key: other, bare: true }), 'pairing_unknown')
    refused(await made.send('pairing_biometrics', 'biometrics', { ...next, method: 'face' }, bare), 'step_wrong', {
      step: 'card',
    })
    const carded = ok(
      await made.send('pairing_card', 'card', { ...next, card: made.cardProof('pairing', next.challenge) }, bare),
    ).body
    const last = { pairing, challenge: carded.challenge }
    // A template, a score: more than the method is refused.
    refused(
      await made.send('pairing_biometrics', 'biometrics', { ...last, method: 'face', template: 'AA' }, bare),
      'request_malformed',
    )
    refused(
      await made.send('pairing_biometrics', 'biometrics', { ...last, method: 'voice' }, bare),
      'request_malformed',
    )
    ok(await made.send('pairing_biometrics', 'biometrics', { ...last, method: 'fingerprint' }, bare), 201)
    refused(await made.send('pairing_biometrics', 'biometrics', { ...last, method: 'face' }, bare), 'pairing_unknown')
  })

  test('R076: cards that are forged, revoked, unknown or signed for something else pair nothing', async () => {
    const own = authority.issue({ kind: 'cnie', holder: joao })
    const revoked = authority.issue({ kind: 'cnie', holder: joao })
    authority.revoke(revoked.serial)
    const expired = authority.issue({
      kind: 'cnie',
      holder: joao,
      defects: { notBefore: clock.now() - 20 * day, notAfter: clock.now() - day },
    })
    const stolen: Card = { ...own, key: authority.issue({ kind: 'cnie', holder: joao }).key }
    const foreign = authority.issue({ kind: 'cpx', holder: nadege })
    const elsewhere = (made: Phone, challenge: string) => made.cardProof('approval', challenge)
    const right = (made: Phone, challenge: string) => made.cardProof('pairing', challenge)
    const rows: [Card, typeof right, string][] = [
      [revoked, right, 'revoked'],
      [expired, right, 'expired'],
      [stolen, right, 'signature'],
      [own, elsewhere, 'signature'],
      [own, (made) => made.cardProof('pairing', Buffer.alloc(32).toString('base64url')), 'signature'],
      [own, (made, challenge) => made.cardProof('pairing', challenge, newDeviceKey()), 'signature'],
      [own, (made, challenge) => ({ ...right(made, challenge), algorithm: 'RS256' }), 'signature'],
      [foreign, right, 'policy_missing'],
    ]
    const before = (await dump(hub)).get('public.eid_phones')
    for (const [shown, proof, reason] of rows) {
      const made = newPhone(shown)
      const { pairing, challenge: first } = ok(await made.begin(), 201).body
      const { challenge } = ok(await made.attest(pairing, first)).body
      const answer = await made.send(
        'pairing_card',
        'card',
        { pairing, challenge, card: proof(made, challenge) },
        { bare: true },
      )
      refused(answer, 'card_refused', { reason, left: 2 })
    }
    assert.equal((await dump(hub)).get('public.eid_phones'), before)
    const reasons = (await factsOf(hub, 'phone.pairing_refused')).map(({ reason }) => reason)
    assert.ok(['card.revoked', 'card.expired', 'card.signature'].every((reason) => reasons.includes(reason)))
  })

  test('the third refused card ends a pairing; an issuer that is silent does not', async () => {
    const made = newPhone(authority.issue({ kind: 'cnie', holder: joao }))
    const { pairing, challenge: first } = ok(await made.begin(), 201).body
    const { challenge } = ok(await made.attest(pairing, first)).body
    const send = (purpose: string) =>
      made.send(
        'pairing_card',
        'card',
        { pairing, challenge, card: made.cardProof(purpose, challenge) },
        { bare: true },
      )
    authority.stop()
    refused(await send('pairing'), 'card_unverifiable')
    authority.start()
    // That nobody answered is remembered for a moment.
    clock.advance(2 * minute)
    for (const left of [2, 1, 0]) refused(await send('renewal'), 'card_refused', { reason: 'signature', left })
    refused(await send('pairing'), 'pairing_unknown')
  })

  test('a phone whose key is not attested as it must be is refused, and the pairing is over', async () => {
    const made = newPhone(card)
    const { pairing, challenge } = ok(await made.begin(), 201).body
    const { chain } = maker.attest({ key: made.key.jwk, challenge: Buffer.alloc(32), now: clock.now() })
    const claims = { pairing, challenge, platform: 'android', statement: { chain } }
    refused(await made.send('pairing_attestation', 'attestation', claims, { bare: true }), 'attestation_refused', {
      reason: 'challenge_differs',
    })
    refused(await made.attest(pairing, challenge), 'pairing_unknown')
    assert.ok(
      (await factsOf(hub, 'phone.pairing_refused')).some(({ reason }) => reason === 'attestation.challenge_differs'),
    )
  })

  test('a pairing is over after ten minutes and leaves nothing', async () => {
    const made = newPhone(card)
    const { pairing, challenge, expires_in: left } = ok(await made.begin(), 201).body
    assert.equal(left, 600)
    clock.advance(10 * minute)
    refused(await made.attest(pairing, challenge), 'pairing_unknown')
    await hub.storage.state.sweep()
    const { rows } = await sql`select id from state where id like 'eid.pairing:%'`.execute(hub.storage.db)
    assert.deepEqual(rows, [])
  })

  test('a frozen identity, a blocked provider and a provider that is no app pair nothing', async () => {
    const citizen = { ...joao, document: 'D44121', familyName: 'ESTEVES', birthdate: '1971-02-03' }
    const own = authority.issue({ kind: 'cnie', holder: citizen })
    const made = newPhone(own)
    const person = await personOf(ok(await made.pair(), 201).body.phone)
    await hub.protections.freezeByOperators({ person, actor: { kind: 'command' } })
    refused(await newPhone(own).pair(), 'identity_refused', { reason: 'frozen' })
    refused(await made.renew(), 'identity_refused', { reason: 'frozen' })
    refused(await newPhone(own).begin('town'), 'provider_unknown')
  })

  test('five phones of one person, and pairing one anew ends the pairing before', async () => {
    const citizen = { ...joao, document: 'D55121', familyName: 'PEREIRA', birthdate: '1961-02-03' }
    const own = authority.issue({ kind: 'cnie', holder: citizen })
    const all = Array.from({ length: mostPhones }, () => newPhone(own))
    for (const one of all) ok(await one.pair(), 201)
    refused(await newPhone(own).pair(), 'too_many_phones')
    const [first] = all
    assert.ok(first)
    const again = newPhone(own, { installation: first.installation })
    ok(await again.pair(), 201)
    refused(await first.send('phone', 'phone', {}), 'phone_revoked')
    ok(await again.send('phone', 'phone', {}))
    const person = await personOf(again.phone)
    const states = (await hub.eid.phones.of(hub.storage.db, person)).map(({ state }) => state)
    assert.deepEqual(states, [...Array(mostPhones).fill('active'), 'revoked'])
  })

  test('R090: from the third person on, an installation is shared and signs nobody in without the card', async () => {
    const names = ['ALVES', 'BARROS', 'CARDOSO']
    const cards = names.map((familyName, index) =>
      authority.issue({
        kind: 'cnie',
        holder: { ...joao, familyName, document: `E1000${index}`, birthdate: `195${index}-05-05` },
      }),
    )
    const first = newPhone(cards[0] as Card)
    const { installation } = first
    assert.equal(ok(await first.pair(), 201).body.shared, false)
    const { text } = await ask()
    assert.deepEqual(ok(await first.scan(text)).body.by, ['card', 'device_key'])
    assert.equal(ok(await newPhone(cards[1] as Card, { installation }).pair(), 201).body.shared, false)
    const third = newPhone(cards[2] as Card, { installation })
    assert.equal(ok(await third.pair(), 201).body.shared, true)
    assert.equal((await factsOf(hub, 'phone.paired')).at(-1)?.shared, true)
    const later = await ask()
    assert.deepEqual(ok(await first.scan(later.text)).body.by, ['card'])
    const [view] = await hub.eid.phones.of(hub.storage.db, await personOf(first.phone))
    assert.equal(view?.shared, true)
  })

  // ── The phone itself ──────────────────────────────────────────────────────────────────────────────────────────────

  test('renewal: a new key by the card of the same holder; the old key is worth nothing after it', async () => {
    const own = authority.issue({ kind: 'cnie', holder: { ...joao, document: 'F20001', birthdate: '1949-01-09' } })
    const made = newPhone(own)
    const before = ok(await made.pair(), 201).body.expires_at
    clock.advance(30 * day)
    const old = made.key
    // Somebody else's card.
    made.card = card
    refused(await made.renew(), 'card_refused', { reason: 'somebody_else', left: 2 })
    made.card = own
    const { body } = ok(await made.renew())
    assert.ok(body.expires_at > before)
    assert.notEqual(made.key.thumbprint, old.thumbprint)
    refused(await made.send('phone', 'phone', {}, { key: old }), 'signature_invalid')
    ok(await made.send('phone', 'phone', {}))
    const kept = made.key
    // One of Apple's says by its App Attest key that it is still the same.
    const attest = (attested: string | null) =>
      sql`update eid_phones set attested = ${attested}::jsonb where id = ${made.phone}`.execute(hub.storage.db)
    await attest(JSON.stringify({ key: 'AA', appId: 'TEAM123456.ma.example', counter: 0 }))
    refused(await made.renew({ rotate: false }), 'attestation_refused', { reason: 'malformed' })
    await attest(null)
    ok(await made.renew({ rotate: false }))
    assert.equal(made.key, kept)
    const facts = (await factsOf(hub, 'phone.renewed')).filter((one) => one.phone === made.phone)
    assert.deepEqual(
      facts.map(({ rotated }) => rotated),
      [true, false],
    )
  })

  test('a pairing lasts no longer than its card, is reminded of, ends by itself, and is forgotten', async () => {
    const holder = { ...joao, document: 'F30001', birthdate: '1948-01-09' }
    const short = authority.issue({ kind: 'cnie', holder, defects: { notAfter: clock.now() + 40 * day } })
    const made = newPhone(short)
    const ends = ok(await made.pair(), 201).body.expires_at * second
    assert.ok(ends <= clock.now() + 40 * day)
    const own = <T extends { person: string }>(facts: T[], person: string) =>
      facts.filter((one) => one.person === person)
    const person = await personOf(made.phone)
    await hub.eid.phones.sweep()
    await hub.eid.phones.sweep()
    assert.deepEqual(
      own(await factsOf(hub, 'phone.expires_soon'), person).map(({ days }) => days),
      [60],
    )
    clock.advance(11 * day)
    await hub.eid.phones.sweep()
    assert.deepEqual(
      own(await factsOf(hub, 'phone.expires_soon'), person).map(({ days }) => days),
      [60, 30],
    )
    clock.set(ends)
    refused(await made.send('phone', 'phone', {}), 'phone_expired')
    assert.equal((await hub.eid.phones.of(hub.storage.db, person))[0]?.state, 'expired')
    await hub.eid.phones.sweep()
    assert.equal(own(await factsOf(hub, 'phone.expired'), person).length, 1)
    clock.advance(hub.boot.settings.retention.securityDays * day + minute)
    await hub.eid.phones.sweep()
    assert.deepEqual(await hub.eid.phones.of(hub.storage.db, person), [])
    // The others of this file are over by now too, and so is the card.
    card = authority.issue({ kind: 'cnie', holder: salma })
    phone = newPhone(card)
    ok(await phone.pair(), 201)
  })

  test('the phone: its own name, what it approved, its end; and nothing of another phone', async () => {
    const made = newPhone(card, { at: mobile })
    ok(await made.pair(), 201)
    const { body } = ok(await made.send('phone_name', 'name', { label: '  Mon téléphone\u202e ' }))
    assert.equal(body.label, 'Mon téléphone')
    assert.equal(ok(await made.send('phone_name', 'name', { label: '' })).body.label, 'Pixel 9')
    refused(await made.send('phone_name', 'name', { label: 'x'.repeat(65) }), 'request_malformed')
    assert.deepEqual(ok(await made.send('phone_approvals', 'approvals', {})).body.approvals, [])
    const { id } = await approve('card', made)
    const { text } = await ask({ purpose: { own: true } })
    ok(await made.scan(text))
    ok(await made.decline('changed_mind'))
    const { approvals } = ok(await made.send('phone_approvals', 'approvals', {})).body
    const at = Math.floor(clock.now() / second)
    const service = { fr: 'Patrimoine', en: 'Heritage', ar: 'التراث' }
    const line = { at, purpose: 'sign_in', country: 'FR' }
    assert.equal(approvals.length, 2)
    assert.ok(approvals.some((one: unknown) => isSame(one, { ...line, outcome: 'approved', service })))
    assert.ok(approvals.some((one: unknown) => isSame(one, { ...line, outcome: 'declined', service: null })))
    assert.deepEqual(ok(await phone.send('phone_approvals', 'approvals', {})).body.approvals, [])
    // Approved, not ended in the browser yet; and the phone goes.
    ok(await made.send('phone_end', 'end', {}))
    refused(await made.send('phone', 'phone', {}), 'phone_revoked')
    refused(await made.state(), 'phone_revoked')
    assert.equal(await hub.eid.requests.stillHolds(made.phone as PhoneId), false)
    assert.deepEqual(await hub.eid.requests.confirm(id, browser, { typed: '000000' }), { kind: 'gone' })
    assert.equal(await stateOf(id), 'refused')
    assert.equal((await factsOf(hub, 'phone.revoked')).at(-1)?.reason, 'app')
  })

  test('holder and operator end a phone through its owner; a frozen holder does not', async () => {
    const made = newPhone(
      authority.issue({ kind: 'cnie', holder: { ...joao, document: 'G40001', birthdate: '1947-01-09' } }),
    )
    const id = ok(await made.pair(), 201).body.phone as PhoneId
    const person = await personOf(id)
    const other = await personOf(phone.phone)
    const actor = { kind: 'person', id: person } as const
    const { eid, storage } = hub
    const revoke = (of: { person: typeof person; actor: Parameters<typeof eid.phones.revoke>[1]['actor'] }) =>
      storage.transaction((tx) => eid.phones.revoke(tx, { ...of, phone: id, reason: 'holder' }))
    assert.equal(await revoke({ person: other, actor: { kind: 'person', id: other } }), false)
    assert.equal(await eid.phones.read(storage.db, other, id), undefined)
    await hub.protections.freezeByOperators({ person, actor: { kind: 'command' } })
    await assert.rejects(revoke({ person, actor }), { error: 'identity_frozen' })
    assert.equal(await revoke({ person, actor: { kind: 'command' } }), true)
    assert.equal(await revoke({ person, actor: { kind: 'command' } }), false)
    const view = await eid.phones.read(storage.db, person, id)
    assert.deepEqual([view?.state, view?.revokedFor], ['revoked', 'holder'])
    // What the card had said is wiped with it.
    const { rows } = await sql<{ holder: unknown }>`select holder from eid_phones where id = ${id}`.execute(storage.db)
    assert.equal(rows[0]?.holder, null)
  })

  // ── A sign-in ─────────────────────────────────────────────────────────────────────────────────────────────────────

  test('R073 R075 R077 R078: code, number, card, biometrics, approval, number; and who it is', async () => {
    const { id, text } = await ask({ required: 'eidas3' })
    assert.match(text, new RegExp(`^${hub.issuer}/eid/q/[\\w-]{43}$`))
    assert.equal(await stateOf(id), 'waiting')
    const { body } = ok(await phone.scan(text))
    assert.deepEqual(
      [body.request, body.mode, body.way, body.step, body.by, body.challenge, body.confirm],
      [id, 'app', 'qr', 'number', ['card'], null, null],
    )
    assert.deepEqual(body.view, {
      hub: 'Garant',
      service: { fr: 'Patrimoine', en: 'Heritage', ar: 'التراث' },
      asked_at: Math.floor(clock.now() / second),
      device: 'Firefox, Windows',
      country: 'FR',
      own_country: 'FR',
      notices: [],
    })
    assert.equal(ok(await phone.number(await numberOf(id))).body.step, 'card')
    assert.equal(await stateOf(id), 'matched')
    refused(await phone.biometrics(), 'step_wrong', { step: 'card' })
    assert.equal(ok(await phone.readCard()).body.step, 'biometrics')
    assert.equal(ok(await phone.biometrics('face')).body.step, 'approve')
    assert.equal(await stateOf(id), 'matched')
    const approved = ok(await phone.confirm()).body
    assert.deepEqual([approved.step, approved.challenge], ['wait', null])
    assert.match(approved.confirm.number, /^\d{6}$/)
    const look = await hub.eid.requests.look(id, browser)
    assert.ok(look?.state === 'approved' && look.confirm === 6 && look.left === 3)
    assert.deepEqual(ok(await phone.state()).body.confirm, approved.confirm)
    const done = await hub.eid.requests.confirm(id, browser, { typed: approved.confirm.number })
    assert.ok(done.kind === 'done')
    const { proved } = done
    assert.deepEqual([proved.level, proved.amr], ['eidas3', ['sc', 'pin', 'hwk', 'face', 'mfa']])
    assert.deepEqual(proved.still, { room: 'eid', id: phone.phone })
    assert.equal(proved.identity.family_name, salma.familyName)
    assert.equal(await stateOf(id), 'completed')
    refused(await phone.state(), 'request_over', { state: 'completed' })
    const fact = { request: id, phone: phone.phone, person: await personOf(), purpose: 'sign_in' }
    assert.deepEqual((await factsOf(hub, 'eid.request_scanned')).at(-1), { ...fact, provider: 'e-id' })
    assert.deepEqual((await factsOf(hub, 'eid.request_approved')).at(-1), { ...fact, by: 'card' })
  })

  test('the key of the phone is worth what the settings say, and only while its card is good', async () => {
    const { id, typed } = await approve('device_key')
    const done = await hub.eid.requests.confirm(id, browser, { typed })
    assert.ok(done.kind === 'done')
    assert.deepEqual([done.proved.level, done.proved.amr], ['eidas2', ['hwk', 'fpt', 'mfa']])
    const own = authority.issue({ kind: 'cnie', holder: { ...joao, document: 'H50001', birthdate: '1946-01-09' } })
    const made = newPhone(own)
    ok(await made.pair(), 201)
    authority.revoke(own.serial)
    clock.advance(20 * minute)
    const later = await ask()
    ok(await made.scan(later.text))
    ok(await made.number(await numberOf(later.id)))
    refused(await made.biometrics(), 'refused', { reason: 'card_refused' })
    assert.equal(await stateOf(later.id), 'refused')
    assert.deepEqual((await factsOf(hub, 'eid.request_refused')).at(-1)?.reason, 'card_refused')
  })

  test('R089: a code is for one scan within its time, a new one ends it, and no other browser sees the request', async () => {
    const { requests } = hub.eid
    const { id, text } = await ask()
    const next = await requests.code(id, browser, 'qr')
    assert.ok(next && next.until <= clock.now() + minute)
    refused(await phone.scan(text), 'code_unknown')
    clock.set(next.until)
    refused(await phone.scan(next.text), 'code_unknown')
    assert.equal(await requests.code(id, 'another', 'qr'), undefined)
    assert.equal(await requests.look(id, 'another'), undefined)
    const good = await requests.code(id, browser, 'qr')
    ok(await phone.scan(good?.text ?? ''))
    assert.equal(await requests.code(id, browser, 'qr'), undefined)
    // The answer was lost: the same phone may ask again.
    assert.equal(ok(await phone.scan(good?.text ?? '')).body.step, 'number')
    const { rows } = await sql<{ row: string }>`select s::text as row from state s`.execute(hub.storage.db)
    const secret = good?.text.slice(-43) ?? ''
    assert.equal(
      rows.some(({ row }) => row.includes(secret)),
      false,
    )
  })

  test('R089: a second phone with a picture of the code ends the request, and its holder hears', async () => {
    const { id, text } = await ask()
    ok(await phone.scan(text))
    const thief = newPhone(authority.issue({ kind: 'cnie', holder: joao }))
    ok(await thief.pair(), 201)
    refused(await thief.scan(text), 'refused', { reason: 'second_phone' })
    assert.equal(await stateOf(id), 'refused')
    refused(await phone.number('00'), 'request_over', { state: 'refused', reason: 'second_phone' })
    assert.deepEqual((await factsOf(hub, 'eid.request_mismatch')).at(-1), {
      request: id,
      phone: phone.phone,
      person: await personOf(),
      purpose: 'sign_in',
      reason: 'second_phone',
      country: 'FR',
    })
    // Of a request that is another phone's nothing is told.
    const { text: again } = await ask()
    ok(await phone.scan(again))
    thief.request = phone.request
    refused(await thief.state(), 'request_unknown')
    refused(await thief.number('00'), 'request_unknown')
    refused(await thief.decline(), 'request_unknown')
  })

  test('R089: three wrong numbers on the phone, or in the browser, end the request', async () => {
    const { id, text } = await ask()
    ok(await phone.scan(text))
    const wrong = (await numberOf(id)) === '00' ? '01' : '00'
    refused(await phone.number(wrong), 'number_wrong', { left: 2 })
    refused(await phone.number(wrong), 'number_wrong', { left: 1 })
    refused(await phone.number(wrong), 'refused', { reason: 'number_wrong' })
    const later = await approve()
    const typed = later.typed === '000000' ? '000001' : '000000'
    const { requests } = hub.eid
    assert.deepEqual(await requests.confirm(later.id, browser, { typed }), { kind: 'wrong', left: 2 })
    assert.deepEqual(await requests.confirm(later.id, browser, { responseCode: later.typed }), { kind: 'gone' })
    assert.deepEqual(await requests.confirm(later.id, 'another', { typed: later.typed }), { kind: 'gone' })
    assert.deepEqual(await requests.confirm(later.id, browser, { typed }), { kind: 'wrong', left: 1 })
    assert.deepEqual(await requests.confirm(later.id, browser, { typed }), { kind: 'wrong', left: 0 })
    assert.deepEqual(await requests.confirm(later.id, browser, { typed: later.typed }), { kind: 'gone' })
    const reasons = (await factsOf(hub, 'eid.request_mismatch')).slice(-2).map(({ reason }) => reason)
    assert.deepEqual(reasons, ['number_wrong', 'confirmation_wrong'])
  })

  test('R089: of simultaneous last steps one is done, and of simultaneous first ones one phone scans', async () => {
    const { id, typed } = await approve()
    const all = await Promise.all(Array.from({ length: 6 }, () => hub.eid.requests.confirm(id, browser, { typed })))
    assert.equal(all.filter(({ kind }) => kind === 'done').length, 1)
    assert.equal(all.filter(({ kind }) => kind === 'gone').length, 5)
    const { id: next, text } = await ask()
    const other = newPhone(card, { at: mobile })
    ok(await other.pair(), 201)
    const scans = await Promise.all([phone.scan(text), other.scan(text)])
    assert.ok(scans.filter(({ status }) => status === 200).length <= 1)
    assert.equal(await stateOf(next), 'refused')
  })

  test('R089 R082: another country asks for the card, or refuses at level high; another network is told', async () => {
    phone.headers = { 'x-forwarded-for': abroad }
    const near = await ask()
    const { body } = ok(await phone.scan(near.text))
    assert.deepEqual([body.by, body.view.notices, body.view.own_country], [['card'], ['other_country'], 'MA'])
    const high = await ask({ required: 'eidas3' })
    refused(await phone.scan(high.text), 'refused', { reason: 'other_country' })
    assert.equal(await stateOf(high.id), 'refused')
    phone.headers = { 'x-forwarded-for': mobile }
    const { text } = await ask()
    assert.deepEqual(ok(await phone.scan(text)).body.view.notices, ['other_network'])
    phone.headers = { 'x-forwarded-for': home }
    const keyOnly = await ask({ required: 'eidas3', by: ['device_key'] })
    refused(await phone.scan(keyOnly.text), 'refused', { reason: 'card_needed' })
  })

  test("R088: the card of somebody else than the phone's holder ends the request", async () => {
    const { id, text } = await ask()
    ok(await phone.scan(text))
    ok(await phone.number(await numberOf(id)))
    const other = authority.issue({ kind: 'cnie', holder: joao })
    refused(await phone.readCard({ card: other }), 'refused', { reason: 'card_of_somebody_else' })
    // A slip of the hand does not; the third one does.
    const later = await ask()
    ok(await phone.scan(later.text))
    ok(await phone.number(await numberOf(later.id)))
    const reason = 'signature'
    refused(await phone.readCard({ purpose: 'pairing' }), 'card_refused', { reason, left: 2 })
    refused(await phone.readCard({ purpose: 'renewal' }), 'card_refused', { reason, left: 1 })
    refused(await phone.readCard({ purpose: 'reading' }), 'refused', { reason: 'card_refused' })
  })

  test('a card whose responder is silent is asked for again, never let through', async () => {
    const { id, text } = await ask()
    ok(await phone.scan(text))
    ok(await phone.number(await numberOf(id)))
    authority.stop()
    refused(await phone.readCard(), 'card_unverifiable')
    authority.start()
    clock.advance(2 * minute)
    ok(await phone.readCard())
  })

  test('R091: a link has no numbers, ends with what the app was told, and in the browser that began alone', async () => {
    const { id, text } = await ask({}, 'link')
    const { body } = ok(await phone.scan(text))
    assert.deepEqual([body.way, body.step], ['link', 'card_or_biometrics'])
    const { confirm } = ok(await phone.approve({ by: 'device_key' })).body
    const back = new URL(confirm.return)
    assert.equal(`${back.origin}${back.pathname}`, `${hub.issuer}/eid/login-${logins}/return`)
    const responseCode = back.searchParams.get('rc') ?? ''
    const { requests } = hub.eid
    assert.deepEqual(await requests.confirm(id, 'another', { responseCode }), { kind: 'gone' })
    assert.deepEqual(await requests.confirm(id, browser, { typed: responseCode }), { kind: 'gone' })
    assert.equal((await requests.confirm(id, browser, { responseCode })).kind, 'done')
  })

  test('R034: a card that may be read in passing proves no PIN: neither to a reader nor to the app', async () => {
    const stranger = newPhone(card, { at: mobile })
    const { id, text } = await ask({ cards: ['badge'], by: ['card'], mode: 'reader' })
    ok(await stranger.scan(text))
    ok(await stranger.number(await numberOf(id)))
    refused(await stranger.readCard(), 'card_refused', { reason: 'pin_not_proved', left: 2 })
    const paired = await ask({ cards: ['badge'] })
    ok(await phone.scan(paired.text))
    ok(await phone.number(await numberOf(paired.id)))
    refused(await phone.readCard(), 'card_refused', { reason: 'pin_not_proved', left: 2 })
    refused(await phone.biometrics(), 'refused', { reason: 'card_refused' })
  })

  test('R084: as a reader any telephone reads the card; of the telephone nothing is believed', async () => {
    const stranger = newPhone(card, { at: mobile })
    const { text: app } = await ask()
    refused(await stranger.scan(app), 'phone_needed')
    // The code is good still, for the right phone.
    ok(await phone.scan(app))
    const { id, text } = await ask({ mode: 'reader', by: ['card'] })
    const { body } = ok(await stranger.scan(text))
    assert.deepEqual([body.mode, body.by, body.step], ['reader', ['card'], 'number'])
    ok(await stranger.number(await numberOf(id)))
    refused(await stranger.biometrics(), 'step_wrong', { step: 'card' })
    ok(await stranger.readCard())
    const { confirm } = ok(await stranger.confirm()).body
    const done = await hub.eid.requests.confirm(id, browser, { typed: confirm.number })
    assert.ok(done.kind === 'done')
    assert.deepEqual([done.proved.amr, done.proved.still], [['sc', 'pin'], undefined])
    // A paired phone is a reader like another.
    const own = await ask({ mode: 'reader', by: ['card'] })
    ok(await phone.scan(own.text))
    assert.deepEqual((await factsOf(hub, 'eid.request_scanned')).at(-1)?.phone, null)
  })

  test('a decline ends it at once, and "I asked for nothing" is told to the holder', async () => {
    const { id, text } = await ask()
    ok(await phone.scan(text))
    refused(await phone.decline('because'), 'request_malformed')
    assert.deepEqual(ok(await phone.decline('not_me')).body, { state: 'declined' })
    const look = await hub.eid.requests.look(id, browser)
    assert.ok(look?.state === 'declined' && look.reason === 'not_me')
    refused(await phone.decline('not_me'), 'request_over', { state: 'declined', reason: 'not_me' })
    await settle(hub)
    const { rows } = await sql<{ kind: string }>`select kind from messages where kind = 'eid.declined'`.execute(
      hub.storage.db,
    )
    assert.equal(rows.length, 1)
  })

  test('a request ends with its time, and with the browser that leaves it', async () => {
    const { requests } = hub.eid
    const { id, text } = await ask()
    ok(await phone.scan(text))
    clock.advance(5 * minute)
    assert.equal(await stateOf(id), 'expired')
    refused(await phone.state(), 'request_over', { state: 'expired' })
    clock.advance(2 * minute)
    assert.equal(await stateOf(id), undefined)
    const left = await ask()
    await requests.abandon(left.id, 'another')
    assert.equal(await stateOf(left.id), 'waiting')
    await requests.abandon(left.id, browser)
    assert.equal(await stateOf(left.id), undefined)
    refused(await phone.scan(left.text), 'request_unknown')
  })

  test('who waits hears of a change, whichever process made it, and of nothing else', async () => {
    const { requests } = hub.eid
    const { id, text } = await ask()
    const version = (await requests.look(id, browser))?.version ?? 0
    const heard = requests.wait(id, browser, version, new AbortController().signal)
    // Another process, as far as it goes: the same database, and nothing else in common.
    const { storage, people, certificates, audit, boot } = hub
    const other = await createEid({
      ...{ storage, people, certificates, audit, clock, issuer: hub.issuer, name: 'Garant' },
      ...{ providers: () => [], countryOf: () => undefined, relay: shippedRelayRules, key: Buffer.alloc(32) },
      ...{ rules: eidRules(boot.settings.eid), retention: { approvals: 1, phones: 1 } },
      attest: async () => ({ ok: false, reason: 'platform_not_accepted' }),
      onSilence() {},
      async endSessions() {},
    })
    const there = other.requests.wait(id, browser, version, new AbortController().signal)
    ok(await phone.scan(text))
    assert.equal((await heard)?.state, 'scanned')
    assert.equal((await there)?.state, 'scanned')
    await other.close()
    // A version that is over is answered at once.
    assert.equal((await requests.wait(id, browser, version, new AbortController().signal))?.state, 'scanned')
    const gone = new AbortController()
    const nothing = requests.wait(id, browser, version + 1, gone.signal)
    gone.abort()
    assert.equal(await nothing, undefined)
  })

  test('opening again for the same login gives the same request, until it is over', async () => {
    const login = 'one-login'
    const { id } = await ask({ login })
    const again = await ask({ login })
    assert.equal(again.id, id)
    ok(await phone.scan(again.text))
    ok(await phone.decline())
    assert.notEqual((await ask({ login })).id, id)
  })

  test('R089: who opens, scans or sends too often waits', async () => {
    const open = (from: string) =>
      hub.eid.requests.open({
        ...{ login: `many-${++logins}`, provider: 'e-id', cards: ['cnie'], by: ['card'], mode: 'app' },
        ...{ purpose: { own: true }, from: { address: home, device: '' }, browser: from, required: 'eidas2' },
        expiresAt: clock.now() + hour,
      })
    for (let count = 0; count < limits.browser.most; count++) assert.equal(typeof (await open('busy')), 'string')
    const waits = await open('busy')
    assert.ok(typeof waits === 'object' && waits.retryAfterSeconds > 0)
    assert.equal(typeof (await open('calm')), 'string')
    const code = Buffer.alloc(32).toString('base64url')
    for (let count = 0; count < limits.scans.most; count++) {
      refused(await phone.send('request_scan', 'scan', { code }), 'code_unknown')
    }
    const answer = await phone.send('request_scan', 'scan', { code })
    refused(answer, 'too_many_requests')
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
    clock.advance(11 * minute)
    refused(await phone.send('request_scan', 'scan', { code }), 'code_unknown')
  })

  test('R089: a network that makes keys without end is told to wait, and nothing is kept of what it sends', async () => {
    const stranger = newPhone(card, { at: mobile })
    const send = () => {
      stranger.key = newDeviceKey()
      return stranger.send('request_state', 'state', { request: newId('eidRequest') })
    }
    refused(await send(), 'request_unknown')
    const { gate } = hub.eid.app
    for (let count = 1; count < limits.newKeys.most; count++) await gate.limit('newKeys', gate.networkOf(mobile))
    const write = mock.method(hub.storage.state, 'create')
    const answer = await send()
    refused(answer, 'too_many_requests')
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
    assert.equal(write.mock.callCount(), 0)
    write.mock.restore()
    // A phone that is paired is nobody's neighbour.
    refused(await phone.send('request_scan', 'scan', { code: Buffer.alloc(32).toString('base64url') }), 'code_unknown')
    clock.advance(11 * minute)
    refused(await send(), 'request_unknown')
  })

  test('answers have the members that the document and its vectors have', async () => {
    const made = newPhone(card, { at: mobile })
    ok(await made.pair(), 201)
    ok(await made.renew())
    // A key is paired once.
    refused(await made.pair(), 'attestation_refused', { reason: 'key_known' })
    made.key = newDeviceKey()
    ok(await made.pair(), 201)
    await reading(made)
    const { id, text } = await ask()
    ok(await made.scan(text))
    ok(await made.approve({ number: await numberOf(id) }))
    ok(await made.state())
    for (const [endpoint, name, claims] of [
      ['phone', 'phone', {}],
      ['phone_name', 'name', { label: 'Mine' }],
      ['phone_approvals', 'approvals', {}],
    ] as const) {
      ok(await made.send(endpoint, name, claims))
    }
    ok(await made.decline('changed_mind'))
    ok(await made.send('phone_end', 'end', {}))
    const { answers } = JSON.parse(readVectorsText()) as Vectors
    for (const [endpoint, expected] of Object.entries(answers)) {
      const { status, body } = made.answers.get(endpoint) ?? assert.fail(endpoint)
      assert.deepEqual([status, shapeOf(body)], [expected.status, shapeOf(expected.body)], endpoint)
    }
  })

  // ── A signature ───────────────────────────────────────────────────────────────────────────────────────────────────

  const text = 'Mandat\n\nAtlas Conserves donne à « Cabinet Ziz » le droit de préparer ses déclarations.\n'

  /** A text that waits for the holder of a phone. */
  async function toSign(own = phone, more: Partial<NewRequest> = {}, way: 'qr' | 'link' = 'qr') {
    const signing = newId('signing')
    const purpose = { sign: { signing, person: await personOf(own.phone), language: 'fr', text } } as const
    const asked = await ask({ login: signing, mode: 'signature', purpose, ...more }, way)
    return { signing, ...asked }
  }

  /** Up to where the whole text is on the phone. */
  async function reading(own = phone, more: Partial<NewRequest> = {}) {
    const asked = await toSign(own, more)
    ok(await own.scan(asked.text))
    ok(await own.number(await numberOf(asked.id)))
    const { body } = ok(await own.text())
    return { ...asked, statement: own.statementOf(body.text) }
  }

  async function ended(id: EidRequestId, by: { typed: string } | { responseCode: string }) {
    const done = await hub.eid.requests.confirm(id, browser, by)
    return done.kind === 'done' ? done.proved : assert.fail(done.kind)
  }

  test('R095 R097: a text is signed by the card: read whole on the phone, signed by the key for texts, proved by public means', async () => {
    const { id, text: code, signing } = await toSign(phone, { required: 'eidas3' })
    const scanned = ok(await phone.scan(code)).body
    assert.deepEqual([scanned.mode, scanned.by, scanned.view.service], ['signature', ['card'], null])
    assert.equal(JSON.stringify(scanned).includes('Atlas'), false, 'nothing of the text before the numbers agree')
    assert.equal(ok(await phone.number(await numberOf(id))).body.step, 'text')
    const { body } = ok(await phone.text())
    assert.deepEqual([body.step, body.text], ['card', { signing, language: 'fr', content: text }])
    // Lost on its way, it is asked for again.
    assert.deepEqual(ok(await phone.text()).body, body)
    const statement = phone.statementOf(body.text)
    const digest = createHash('sha256').update(text).digest('base64url')
    assert.equal(statement, `garant-signature/1\n${hub.issuer}\n${signing}\n${digest}`)
    assert.equal(ok(await phone.signByCard(statement)).body.step, 'biometrics')
    ok(await phone.biometrics('face'))
    const { confirm } = ok(await phone.confirm()).body
    const { signature, level, amr } = await ended(id, { typed: confirm.number })
    assert.ok(signature)
    assert.deepEqual([level, amr], ['eidas3', ['sc', 'pin', 'hwk', 'face', 'mfa']])
    assert.deepEqual(
      [signature.by, signature.request, signature.phone, signature.statement, signature.attested],
      ['card', id, phone.phone, statement, undefined],
    )
    const [leaf, issuer] = signature.chain.map((der) => new X509Certificate(Buffer.from(der, 'base64url')))
    assert.deepEqual(leaf?.raw, card.signature.certificate)
    assert.ok(leaf && issuer && leaf.verify(issuer.publicKey))
    const proof = { key: leaf.publicKey, dsaEncoding: 'ieee-p1363' } as const
    assert.ok(verify('sha256', Buffer.from(statement), proof, Buffer.from(signature.value, 'base64url')))
    assert.deepEqual(signature.key, leaf.publicKey.export({ format: 'jwk' }))
    // Of its responder, or of the list where that has been silent of late.
    assert.ok(signature.revocation && signature.revocation.answer.length > 100)
    assert.equal((await factsOf(hub, 'eid.request_approved')).at(-1)?.purpose, 'signature')
    const [line] = ok(await phone.send('phone_approvals', 'approvals', {})).body.approvals
    assert.deepEqual([line.purpose, line.outcome, line.service], ['signature', 'approved', null])
    assert.deepEqual(await hub.eid.requests.confirm(id, browser, { typed: confirm.number }), { kind: 'gone' })
  })

  test("R095 R097: below level high the phone's own key signs, at the last step, and its attestation goes with it", async () => {
    const { id, statement } = await reading()
    assert.equal(ok(await phone.biometrics()).body.step, 'approve')
    const stranger = newDeviceKey()
    // Neither unsigned, nor by another key, nor over something else; what was refused can be set right.
    refused(await phone.confirm(), 'request_malformed')
    refused(await phone.signByKey(statement, stranger), 'signature_invalid')
    refused(await phone.signByKey(`${statement}\n`), 'signature_invalid')
    const { confirm } = ok(await phone.signByKey(statement)).body
    const { signature, level, amr } = await ended(id, { typed: confirm.number })
    assert.deepEqual([level, amr, signature?.by, signature?.chain], ['eidas2', ['hwk', 'fpt', 'mfa'], 'device_key', []])
    assert.ok(signature?.attested)
    const { attested } = signature
    assert.deepEqual(attested.key, phone.key.jwk)
    const key = createPublicKey({ key: { ...attested.key }, format: 'jwk' })
    const proof = { key, dsaEncoding: 'ieee-p1363' } as const
    assert.ok(verify('sha256', Buffer.from(statement), proof, Buffer.from(signature.value, 'base64url')))
    const { chain } = attested.statement as { chain: string[] }
    const [leaf] = chain.map((der) => new X509Certificate(Buffer.from(der, 'base64')))
    assert.ok(leaf?.publicKey.equals(key))
    assert.ok(leaf?.raw.includes(Buffer.from(attested.challenge, 'base64url')))
  })

  test('R091 R097: on the same device the text is read too, and the app leads back to the page of the signature', async () => {
    const { id, text: code, signing } = await toSign(phone, {}, 'link')
    assert.equal(ok(await phone.scan(code)).body.step, 'text')
    refused(await phone.signByCard('anything'), 'step_wrong', { step: 'text' })
    const { confirm } = ok(await phone.sign({ by: 'device_key' })).body
    const back = new URL(confirm.return)
    assert.equal(`${back.origin}${back.pathname}`, `${hub.issuer}/sign/app/${signing}/return`)
    const { signature } = await ended(id, { responseCode: back.searchParams.get('rc') ?? '' })
    assert.equal(signature?.by, 'device_key')
  })

  test('R097: whatever is not this text, read, by this person, on this phone, is refused with its reason and signs nothing', async () => {
    const others = authority.issue({ kind: 'cnie', holder: joao })
    const theirs = newPhone(others)
    ok(await theirs.pair(), 201)
    const revoked = authority.issue({ kind: 'cnie', holder: salma })
    authority.revoke(revoked.signature.serial)
    const plain: Card = { ...card, signature: { ...card } }
    type Asked = Awaited<ReturnType<typeof reading>>
    const high = { required: 'eidas3' } as const
    const rows: [string, Partial<NewRequest>, (asked: Asked) => Promise<Answer>, string, Record<string, unknown>][] = [
      [
        'another text',
        high,
        ({ statement }) => phone.signByCard(`${statement}.`),
        'card_refused',
        { reason: 'signature', left: 2 },
      ],
      [
        'another ceremony',
        high,
        ({ signing, statement }) => phone.signByCard(statement.replace(signing, newId('signing'))),
        'card_refused',
        { reason: 'signature', left: 2 },
      ],
      [
        'another hub',
        high,
        ({ statement }) => phone.signByCard(statement.replace(hub.issuer, 'https://hub.example')),
        'card_refused',
        { reason: 'signature', left: 2 },
      ],
      [
        'by the key that signs in',
        high,
        ({ statement }) => phone.signByCard(statement, plain),
        'card_refused',
        { reason: 'key_usage_missing', left: 2 },
      ],
      ['what signs in', high, () => phone.readCard(), 'card_refused', { reason: 'key_usage_missing', left: 2 }],
      [
        'a revoked card',
        high,
        ({ statement }) => phone.signByCard(statement, revoked),
        'card_refused',
        { reason: 'revoked', left: 2 },
      ],
      [
        "somebody else's card",
        high,
        ({ statement }) => phone.signByCard(statement, others),
        'refused',
        { reason: 'card_of_somebody_else' },
      ],
      ["the phone's key at level high", high, () => phone.biometrics(), 'step_wrong', { step: 'card' }],
      [
        'two signatures',
        high,
        async ({ statement }) => {
          ok(await phone.signByCard(statement))
          ok(await phone.biometrics())
          return phone.signByKey(statement)
        },
        'request_malformed',
        {},
      ],
      [
        'a text once it is signed',
        {},
        async ({ statement }) => {
          ok(await phone.biometrics())
          ok(await phone.signByKey(statement))
          return phone.text()
        },
        'step_wrong',
        { step: 'wait' },
      ],
      [
        'another phone, in the middle',
        {},
        ({ id }) => {
          theirs.request = id
          return theirs.text()
        },
        'request_unknown',
        {},
      ],
      [
        'too late',
        {},
        () => {
          clock.advance(5 * minute)
          return phone.biometrics()
        },
        'request_over',
        { state: 'expired' },
      ],
    ]
    for (const [what, more, act, error, members] of rows) {
      clock.advance(11 * minute)
      const asked = await reading(phone, more)
      const answer = await act(asked)
      assert.equal(answer.body.error, error, what)
      refused(answer, error, members)
      const state = await stateOf(asked.id)
      assert.equal(state === 'approved', what === 'a text once it is signed', what)
    }
    clock.advance(11 * minute)
    // Before anything is read.
    const { id, text: code } = await toSign()
    ok(await phone.scan(code))
    refused(await phone.text(), 'step_wrong', { step: 'number' })
    ok(await phone.number(await numberOf(id)))
    refused(await phone.biometrics(), 'step_wrong', { step: 'text' })
    refused(await phone.signByCard('anything'), 'step_wrong', { step: 'text' })
    ok(await phone.decline('changed_mind'))
    const look = await hub.eid.requests.look(id, browser)
    assert.ok(look?.state === 'declined' && look.reason === 'changed_mind')
    // A phone that is another person's learns nothing of it.
    const foreign = await toSign()
    refused(await theirs.scan(foreign.text), 'refused', { reason: 'phone_of_somebody_else' })
    assert.equal(await stateOf(foreign.id), 'refused')
    const fact = (await factsOf(hub, 'eid.request_mismatch')).at(-1)
    assert.deepEqual([fact?.reason, fact?.purpose, fact?.phone], ['phone_of_somebody_else', 'signature', theirs.phone])
    // A sign-in has no text.
    const plainly = await ask()
    ok(await phone.scan(plainly.text))
    ok(await phone.number(await numberOf(plainly.id)))
    refused(await phone.text(), 'step_wrong', { step: 'card_or_biometrics' })
    await assert.rejects(ask({ mode: 'signature' }), /a signature has a text/)
    await assert.rejects(toSign(phone, { mode: 'app' }), /a signature has a text/)
  })

  test('who could sign by an app, and by what: until the key is shared, or the phone is over', async () => {
    const { storage, eid } = hub
    const holder = { ...joao, document: 'L80001', birthdate: '1943-01-09' }
    const made = newPhone(authority.issue({ kind: 'cnie', holder }))
    const id = ok(await made.pair(), 201).body.phone as PhoneId
    const person = await personOf(id)
    const signers = () => eid.phones.signers(storage.db, person)
    assert.deepEqual(await signers(), [{ provider: 'e-id', by: ['card', 'device_key'], level: 'eidas3' }])
    // Of a key whose attestation was not kept nobody could tell later what it is worth.
    await sql`update eid_phones set attestation = null where id = ${id}`.execute(storage.db)
    assert.deepEqual(await signers(), [{ provider: 'e-id', by: ['card'], level: 'eidas3' }])
    const { text: code } = await toSign(made)
    assert.deepEqual(ok(await made.scan(code)).body.by, ['card'])
    ok(await made.renew())
    assert.deepEqual((await signers())[0]?.by, ['card', 'device_key'])
    ok(await made.send('phone_end', 'end', {}))
    assert.deepEqual(await signers(), [])
  })

  // ── What is kept ──────────────────────────────────────────────────────────────────────────────────────────────────

  test('nothing of who somebody is rests in clear, and an erased person has no phones', async () => {
    await approve()
    const rows = await dump(hub)
    for (const table of ['public.eid_phones', 'public.eid_approvals', 'public.state', 'public.facts']) {
      const text = rows.get(table) ?? assert.fail(table)
      const hidden = [salma.familyName, salma.document, 'Patrimoine', 'Pixel', home]
      const inHex = hidden.map((one) => Buffer.from(one).toString('hex'))
      for (const canary of [...hidden, ...inHex]) assert.equal(text.includes(canary), false, `${canary} in ${table}`)
    }
    const made = newPhone(
      authority.issue({ kind: 'cnie', holder: { ...joao, document: 'J60001', birthdate: '1945-01-09' } }),
    )
    const person = await personOf(ok(await made.pair(), 201).body.phone)
    await hub.storage.transaction((tx) => hub.people.erase(tx, person))
    refused(await made.send('phone', 'phone', {}), 'phone_unknown')
  })

  test('after a split a phone goes where its account goes, with what it approved', async () => {
    const holder = { ...joao, document: 'K70001', birthdate: '1944-01-09' }
    const made = newPhone(authority.issue({ kind: 'cnie', holder }))
    const id = ok(await made.pair(), 201).body.phone as PhoneId
    await approve('card', made)
    const person = await personOf(id)
    const { people, storage, eid } = hub
    const [first] = await people.linksOf(storage.db, person)
    const identity = (await people.identityOf(storage.db, person)) ?? assert.fail()
    // Another account of theirs, which stays.
    await storage.transaction((tx) =>
      people.settle(tx, { provider: 'tax', subject: 'k7', level: 'eidas3', identity }, { joinTo: person }),
    )
    const to = await storage.transaction((tx) =>
      people.split(tx, person, [first?.link ?? assert.fail()], { kind: 'command' }),
    )
    assert.deepEqual(await eid.phones.of(storage.db, person), [])
    assert.equal((await eid.phones.of(storage.db, to))[0]?.phone, id)
    assert.equal((await eid.phones.approvalsOf(storage.db, to, id))[0]?.service?.fr, 'Patrimoine')
    assert.equal(ok(await made.send('phone', 'phone', {})).body.label, 'Pixel 9')
    assert.deepEqual((await factsOf(hub, 'phone.moved')).at(-1), {
      phone: id,
      person,
      into: to,
      actor: { kind: 'command' },
    })
  })
})

/** Names of members, and of what kind each is. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]))
}
