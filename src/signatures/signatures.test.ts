/** Texts that people sign with keys of their own: each way, each refusal with nothing written, once and no more. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Authority } from '../../demo/authority/authority.ts'
import type { SoftwareAuthenticator } from '../../test/support/authenticator.ts'
import { type Card, cardSettings, joao, salma, startAuthority } from '../../test/support/cards.ts'
import { createTestClock } from '../../test/support/clock.ts'
import { startTestHub, type TestHub } from '../../test/support/hub.ts'
import { ownProviderEntry } from '../../test/support/own-means.ts'
import { factsOf } from '../../test/support/records.ts'
import {
  addressOfTests,
  cardHolder,
  passkeyHolder,
  signedByCard,
  signedByPasskey,
  signedIn,
} from '../../test/support/signing.ts'
import { minute } from '../kernel/durations.ts'
import { type MandateId, newId, type SigningId } from '../kernel/ids.ts'
import { hashOfText } from '../kernel/signing-statement.ts'
import type { SignedIn } from '../means/holder-visit.ts'
import { createSignatures, type Made, type Outcome, type Signatures, type Wanted } from './signatures.ts'
import { verifySignature } from './verify.ts'

const named = (name: string) => ({ fr: name, en: name, ar: name })
const text = 'Atelier Zellige donne mandat à Cabinet Noor.\nDéclarations : préparer, envoyer.\n'

const clock = createTestClock()
let authority: Authority
let hub: TestHub
let signatures: Signatures
let card: Card
let holder: SignedIn
let owner: SignedIn
let key: SoftwareAuthenticator
/** What the room that asks says, and hears. */
let isWanted = true
let outcome: Outcome = { ok: true }
let told: { about: MandateId; way: string }[] = []

before(async () => {
  authority = await startAuthority(clock)
  hub = await startTestHub({ clock, settings: { cards: cardSettings(authority) } })
  const cards = { kind: 'card', cards: ['cnie', 'cpx'], ways: ['web_eid'] }
  const provider = { id: 'card', name: named('Carte'), connector: cards, allowedLevels: ['eidas2', 'eidas3'] }
  await hub.publish([{ id: 'town', name: named('Ville'), providers: [provider, ownProviderEntry()] }])
  // A room of the same kind, whose asker is this test.
  signatures = createSignatures({
    ...hub,
    passkeys: hub.means.passkeys.signing,
    phones: hub.eid.phones,
    cardReaders: () => [{ provider: 'card', cards: ['cnie'] }],
    hasApp: () => false,
    key: Buffer.alloc(32, 7),
  })
  signatures.register('mandate', {
    stillWanted: async () => isWanted,
    async onSigned(_tx, { about }, { way }) {
      if (outcome.ok) told.push({ about: about.id, way })
      return outcome
    },
  })
  card = authority.issue({ kind: 'cnie', holder: salma })
  holder = await cardHolder(hub, card)
  ;({ who: owner, key } = await passkeyHolder(hub, 'angela'))
})
beforeEach(() => {
  isWanted = true
  outcome = { ok: true }
  told = []
})
after(async () => {
  await hub.close()
  await authority.close()
})

async function open(who: SignedIn, change: Partial<Wanted> = {}): Promise<{ signing: SigningId; mandate: MandateId }> {
  const mandate = newId('mandate')
  const wanted: Wanted = {
    person: who.person,
    session: who.session,
    about: { kind: 'mandate', id: mandate, side: 'principal' },
    level: 'eidas3',
    text: { version: 'mandate/1', language: 'fr', text },
    returnTo: '/space/mandates/one?tab=a',
    ...change,
  }
  const signing = await hub.storage.transaction((tx) => signatures.open(tx, wanted))
  return { signing, mandate: wanted.about.id }
}

const complete = (signing: SigningId, who: SignedIn, made: Made) =>
  signatures.complete({ signing, who, address: addressOfTests, made })

const byMandatary = { about: { kind: 'mandate', id: newId('mandate'), side: 'mandatary' }, level: 'eidas2' } as const

const madeOf = (mandate: MandateId) => signatures.about(hub.storage.db, { kind: 'mandate', id: mandate })

describe('a signature', () => {
  test('R095: by a card keeps the text, the chain and what was answered about it, and stands without the hub', async () => {
    const { signing, mandate } = await open(holder)
    const done = await complete(signing, holder, signedByCard(card, text))
    assert.deepEqual([done.ok, done.next], [true, '/space/mandates/one?tab=a&done=signed'])
    const [made, ...others] = await madeOf(mandate)
    assert.ok(made && others.length === 0)
    assert.deepEqual([made.level, made.way, made.hash, made.text.text], ['eidas3', 'card', hashOfText(text), text])
    assert.deepEqual(made.chain.at(-1), authority.root.certificate)
    assert.equal(made.revocation?.by, 'ocsp')
    assert.deepEqual([made.authentication.provider, made.authentication.link], ['card', holder.link])
    const anchors = [authority.root.certificate]
    const trust = new Map([['cnie', { anchors, policies: [authority.policies.cnie], level: 'eidas3' } as const]])
    const verdict = await verifySignature(made, trust)
    assert.deepEqual(verdict.faults, [])
    assert.match(verdict.subject ?? '', /EL FASSI/)
    assert.deepEqual(told, [{ about: mandate, way: 'card' }])
    const { signature, person } = made
    const fact = { signature, person, mandate, side: 'principal', way: 'card', level: 'eidas3' }
    assert.deepEqual(await factsOf(hub, 'signature.made'), [fact])
  })

  test('R095: rests sealed, so that the database says neither what was signed nor by which card', async () => {
    const { signing, mandate } = await open(holder)
    await complete(signing, holder, signedByCard(card, text))
    const [made] = await madeOf(mandate)
    const sealed = createSignatures({
      ...hub,
      passkeys: hub.means.passkeys.signing,
      phones: hub.eid.phones,
      cardReaders: () => [],
      hasApp: () => false,
      key: Buffer.alloc(32, 8),
    })
    await assert.rejects(sealed.of(hub.storage.db, made?.signature as never))
  })

  test('R034, R095: a kind of card that may be read in passing signs nothing', async () => {
    const cnie = hub.certificates.kinds.get('cnie')
    assert.ok(cnie)
    const kinds = new Map([['cnie', { ...cnie, contactless: true }]])
    const wary = createSignatures({
      ...hub,
      certificates: { check: hub.certificates.check, kinds },
      passkeys: hub.means.passkeys.signing,
      phones: hub.eid.phones,
      cardReaders: () => [{ provider: 'card', cards: ['cnie'] }],
      hasApp: () => false,
      key: Buffer.alloc(32, 7),
    })
    wary.register('mandate', { stillWanted: async () => true, onSigned: async () => ({ ok: true }) })
    const [byCard] = await wary.waysFor(holder.person, 'eidas3')
    assert.equal(byCard?.usable, false)
    const { signing, mandate } = await open(holder)
    const made = signedByCard(card, text)
    const done = await wary.complete({ signing, who: holder, address: addressOfTests, made })
    assert.equal(done.ok, false)
    assert.deepEqual(await madeOf(mandate), [])
    assert.equal((await complete(signing, holder, made)).ok, true)
  })

  test('R097: by a passkey, of a mandatary; its counter is used up', async () => {
    const { signing, mandate } = await open(owner, byMandatary)
    const made = await signedByPasskey(signatures, { signing, who: owner, key })
    assert.ok((await complete(signing, owner, made)).ok)
    const found = await madeOf(mandate)
    const kept = found.find(({ signing: of }) => of === signing)
    assert.ok(kept)
    assert.deepEqual([kept.level, kept.chain, kept.algorithm], ['eidas2', [], 'ES256'])
    assert.deepEqual((await verifySignature(kept, new Map())).faults, [])
    const again = await open(owner, byMandatary)
    const copied = await signedByPasskey(signatures, { signing: again.signing, who: owner, key, twist: { counter: 1 } })
    assert.equal((await complete(again.signing, owner, copied)).ok, false)
    assert.equal((await factsOf(hub, 'means.counter_regressed')).length, 1)
  })

  test('a signature goes with what it was made for, and stays when its signer is erased until then', async () => {
    const { signing, mandate } = await open(holder)
    await complete(signing, holder, signedByCard(card, text))
    const of = { kind: 'mandate', id: mandate } as const
    await hub.storage.transaction((tx) => signatures.keeper.forget(tx, holder.person))
    assert.equal((await madeOf(mandate)).length, 1)
    assert.equal(
      (await signatures.ofPerson(hub.storage.db, holder.person)).some(({ about }) => about.id === mandate),
      true,
    )
    await hub.storage.transaction((tx) => signatures.forget(tx, of))
    assert.deepEqual(await madeOf(mandate), [])
  })

  test('R029: follows the account by which it was made to whom a review gives it', async () => {
    const { signing, mandate } = await open(holder)
    await complete(signing, holder, signedByCard(card, text))
    const [from, to] = [holder.person, newId('person')]
    const give = (link: SignedIn['link']) =>
      hub.storage.transaction(async (tx) => {
        const ids = new Set<string>()
        const account = { link, provider: 'card', at: 0 }
        const left = [{ link: newId('link'), provider: 'x', at: 0 }]
        const actor = { kind: 'command' } as const
        const passed = { from, to, links: [account], left, contacts: [], sectors: [], actor, ids }
        await signatures.keeper.follow(tx, { ...passed, also: (more) => more.map((id) => ids.add(id)) })
        return ids.size
      })
    assert.equal(await give(newId('link')), 0)
    assert.equal((await madeOf(mandate))[0]?.person, from)
    assert.ok((await give(holder.link)) > 0)
    assert.equal((await madeOf(mandate))[0]?.person, to)
  })
})

describe('what is refused leaves nothing behind', () => {
  const revoked = () => {
    const gone = authority.issue({ kind: 'cnie', holder: salma })
    authority.revoke(gone.signature.serial)
    return gone
  }
  const signing = (defects: NonNullable<Parameters<Authority['issue']>[0]['defects']>) =>
    authority.issue({ kind: 'cnie', holder: salma, defects: { of: 'signature', ...defects } })
  const altered = (made: Made): Made => {
    if (made.way !== 'card') return made
    const value = Buffer.from(made.value)
    value[40] = (value[40] as number) ^ 1
    return { ...made, value }
  }

  const refusals: [
    string,
    string,
    () => Promise<{ who: SignedIn; made: (id: SigningId) => Made | Promise<Made>; change?: Partial<Wanted> }>,
  ][] = [
    [
      'the card of somebody else',
      'not_yours',
      async () => ({ who: holder, made: () => signedByCard(authority.issue({ kind: 'cnie', holder: joao }), text) }),
    ],
    [
      'the certificate that signs in',
      'not_for_signing',
      async () => ({ who: holder, made: () => signedByCard(card, text, 'certificate') }),
    ],
    [
      'a revoked signature certificate',
      'card_revoked',
      async () => ({ who: holder, made: () => signedByCard(revoked(), text) }),
    ],
    [
      'an expired one',
      'card_expired',
      async () => ({ who: holder, made: () => signedByCard(signing({ notAfter: clock.now() - minute }), text) }),
    ],
    [
      'a kind of card that is not read here',
      'card_unknown',
      async () => ({
        who: holder,
        made: () =>
          signedByCard(
            authority.issue({
              kind: 'cpx',
              holder: { givenName: 'Nadège', familyName: 'ORSINI', nationalId: '810100000016' },
            }),
            text,
          ),
      }),
    ],
    [
      'a signature over another text',
      'signature_invalid',
      async () => ({ who: holder, made: () => signedByCard(card, `${text} `) }),
    ],
    [
      'a signature that was altered',
      'signature_invalid',
      async () => ({ who: holder, made: () => altered(signedByCard(card, text)) }),
    ],
    [
      'what is no certificate',
      'card_refused',
      async () => ({
        who: holder,
        made: () => ({ way: 'card', certificate: Buffer.from('hello'), algorithm: 'ES256', value: Buffer.alloc(64) }),
      }),
    ],
    [
      'a passkey where the highest level is asked',
      'too_low',
      async () => ({ who: owner, made: (id) => signedByPasskey(signatures, { signing: id, who: owner, key }) }),
    ],
    [
      'a passkey without its holder verified',
      'signature_invalid',
      async () => ({
        who: owner,
        change: byMandatary,
        made: (id) => signedByPasskey(signatures, { signing: id, who: owner, key, twist: { userVerified: false } }),
      }),
    ],
    [
      'a passkey at another site',
      'signature_invalid',
      async () => ({
        who: owner,
        change: byMandatary,
        made: (id) =>
          signedByPasskey(signatures, { signing: id, who: owner, key, twist: { origin: 'https://hub.example.evil' } }),
      }),
    ],
    [
      'a passkey that answered another challenge',
      'signature_invalid',
      async () => ({
        who: owner,
        change: byMandatary,
        made: (id) =>
          signedByPasskey(signatures, {
            signing: id,
            who: owner,
            key,
            twist: { challenge: Buffer.alloc(32).toString('base64url') },
          }),
      }),
    ],
    [
      'what is no answer of a passkey',
      'signature_invalid',
      async () => ({ who: owner, change: byMandatary, made: () => ({ way: 'passkey', response: [] }) }),
    ],
    [
      'the passkey of somebody else',
      'signature_invalid',
      async () => {
        const other = await passkeyHolder(hub, 'autre', {
          ...(await hub.people.identityOf(hub.storage.db, owner.person)),
          given_name: 'Autre',
        } as never)
        return {
          who: owner,
          change: byMandatary,
          made: async (id) =>
            signedByPasskey(signatures, {
              signing: id,
              who: owner,
              key: other.key,
            }),
        }
      },
    ],
  ]

  for (const [what, problem, given] of refusals) {
    test(`R095: ${what}: ${problem}`, async () => {
      const { who, made, change } = await given()
      const { signing: id, mandate } = await open(who, {
        ...change,
        about: { kind: 'mandate', id: newId('mandate'), side: 'principal' },
      })
      const before_ = await factsOf(hub, 'signature.refused')
      const done = await complete(id, who, await made(id))
      assert.deepEqual(done, { ok: false, problem, next: `/sign/${id}?said=${problem}` })
      assert.deepEqual([await madeOf(mandate), told], [[], []])
      const facts = await factsOf(hub, 'signature.refused')
      assert.equal(facts.length, before_.length + 1)
      assert.equal((await signatures.look(id, who.session)).state, 'open')
    })
  }

  test('R095: without an answer on revocation, whatever the level', async () => {
    authority.stop()
    const fresh = authority.issue({ kind: 'cnie', holder: salma })
    const { signing: id, mandate } = await open(holder, { level: 'eidas1' })
    const done = await complete(id, holder, signedByCard(fresh, text))
    authority.start()
    assert.equal(!done.ok && done.problem, 'card_unverifiable')
    assert.deepEqual(await madeOf(mandate), [])
  })

  test('R095: what changed meanwhile is not signed, and what the asker refuses is taken back', async () => {
    const one = await open(holder)
    isWanted = false
    const changed = await complete(one.signing, holder, signedByCard(card, text))
    assert.equal(!changed.ok && changed.problem, 'changed')
    isWanted = true
    outcome = { ok: false, reason: 'not_representative' }
    const refused = await complete(one.signing, holder, signedByCard(card, text))
    assert.deepEqual(refused, {
      ok: false,
      problem: 'not_accepted',
      reason: 'not_representative',
      next: '/space/mandates/one?tab=a&refused=not_representative',
    })
    assert.deepEqual([await madeOf(one.mandate), told], [[], []])
  })

  test('R095: whoever is not the session that opened it finds it over; so does everybody after ten minutes', async () => {
    const { signing: id } = await open(holder)
    const elsewhere = { ...holder, session: newId('session') }
    const stranger = signedIn(hub, { person: owner.person })
    for (const who of [elsewhere, { ...stranger, session: holder.session }]) {
      const done = await complete(id, who, signedByCard(card, text))
      assert.deepEqual(done, { ok: false, problem: 'over', next: `/sign/${id}?said=over` })
    }
    assert.equal((await signatures.look(id, elsewhere.session)).state, 'over')
    clock.advance(10 * minute)
    assert.equal((await signatures.look(id, holder.session)).state, 'over')
    assert.equal((await complete(id, holder, signedByCard(card, text))).ok, false)
  })

  test('R095: of two who complete it at once exactly one does; declined it is over, and leads back', async () => {
    const { signing: id, mandate } = await open(holder)
    const made = [signedByCard(card, text), signedByCard(card, text)]
    const done = await Promise.all(made.map((one) => complete(id, holder, one)))
    assert.deepEqual(done.map(({ ok }) => ok).sort(), [false, true])
    assert.equal((await madeOf(mandate)).length, 1)
    assert.deepEqual(await signatures.look(id, holder.session), {
      state: 'over',
      returnTo: '/space/mandates/one?tab=a',
    })
    const other = await open(holder)
    assert.equal(await signatures.decline(other.signing, holder), '/space/mandates/one?tab=a&done=declined')
    assert.equal(await signatures.decline(other.signing, holder), undefined)
    assert.equal((await complete(other.signing, holder, signedByCard(card, text))).ok, false)
  })

  test('R095: whoever froze their identity signs nothing', async () => {
    const frozen = await passkeyHolder(hub, 'gelee', {
      kind: 'pivot',
      given_name: 'Gelée',
      family_name: 'MARTIN',
      birthdate: '1970-01-02',
      gender: 'female',
      birthplace: '75107',
      birthcountry: '99100',
    })
    const { signing: id } = await open(frozen.who, byMandatary)
    await hub.protections.freezeByOperators({ person: frozen.who.person, actor: { kind: 'command' } })
    const made = await signedByPasskey(signatures, { signing: id, who: frozen.who, key: frozen.key })
    const done = await complete(id, frozen.who, made)
    assert.equal(!done.ok && done.problem, 'frozen')
  })
})

test('R095: the ways say what serves whom, and why the others do not', async () => {
  assert.deepEqual(await signatures.waysFor(holder.person, 'eidas3'), [
    { way: 'card', usable: true, level: 'eidas3' },
    { way: 'app', usable: false, why: 'not_set_up' },
    { way: 'passkey', usable: false, why: 'none_held' },
  ])
  assert.deepEqual((await signatures.waysFor(owner.person, 'eidas3'))[2], {
    way: 'passkey',
    usable: false,
    why: 'too_low',
  })
  assert.deepEqual((await signatures.waysFor(owner.person, 'eidas2'))[2], {
    way: 'passkey',
    usable: true,
    level: 'eidas2',
  })
})
