import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import type { Fact, FactName } from '../audit/facts.ts'
import { day, minute } from '../kernel/durations.ts'
import type { StaffId } from '../kernel/ids.ts'
import type { StaffRole } from '../kernel/roles.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Storage } from '../storage/storage.ts'
import { exportPartners } from './export.ts'
import { parsePartnersFile } from './file.ts'
import { named, type SamplePartner, sampleProvider, sampleService, strongSecret, toYaml } from './partners.sample.ts'
import { createPartners, isOidc, type Partners } from './partners.ts'
import type { Draft, Editor, Entry, PublishOutcome, SaveOutcome, SecretOutcome, Subject } from './versions.ts'

const clock = createTestClock()
const command = { kind: 'command' } as const
const facts: Fact[] = []
let storage: Storage
let partners: Partners
/** Another process of the same hub. */
let beside: Partners

const staff = (id: string, partner = 'town', roles: StaffRole[] = ['administrator']): Editor => ({
  hand: 'partner',
  actor: { kind: 'staff', id: `stf_${id}` as StaffId },
  partner,
  roles,
})
const anna = staff('anna')
const bob = staff('bob', 'town', ['technician'])
const guard = staff('guard', 'town', ['security_contact'])
const stranger = staff('eve', 'bank')
const officer: Editor = { hand: 'operators', actor: { kind: 'operator', id: 'opr_olga' } }
const seconded: Editor = { ...officer, second: { kind: 'operator', id: 'opr_paul' } }

const reason = 'The form of the request has to be filled in with it.'

const registry = (): { partners: SamplePartner[] } => ({
  partners: [
    {
      id: 'town',
      name: named('Town'),
      services: [
        sampleService('parking', { sector: 'town.example', secrets: [{ danger_plain: strongSecret('parking') }] }),
      ],
      providers: [sampleProvider('card-of-town', { allowedLevels: ['eidas1', 'eidas2'] })],
    },
    { id: 'bank', name: named('Bank'), services: [sampleService('loans')] },
  ],
})

async function apply(data: unknown): Promise<void> {
  await partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), { actor: command })
}

const versions = () => partners.versions
const serviceOf = (id: string) => partners.registry().services.get(id) ?? assert.fail(`no service ${id}`)
const subject = (id: string, kind: Subject['kind'] = 'service'): Subject => ({ kind, id })
const named_ = (name: FactName) => facts.filter((fact) => fact.name === name)

async function opened(one: Subject, editor: Editor, options = {}): Promise<Draft> {
  const outcome = await versions().open(one, editor, options)
  return 'draft' in outcome ? outcome.draft : assert.fail(JSON.stringify(outcome))
}

function kept(outcome: SaveOutcome): Draft {
  return outcome.kind === 'saved' ? outcome.draft : assert.fail(JSON.stringify(outcome))
}

async function saved(one: Subject, changes: Entry, editor: Editor = anna): Promise<Draft> {
  const draft = await opened(one, editor)
  return kept(await versions().save(one, { entry: { ...draft.entry, ...changes }, edit: draft.edit }, editor))
}

async function publish(one: Subject, editor: Editor = anna): Promise<PublishOutcome> {
  const look = (await versions().look(one, editor)) ?? assert.fail('no draft')
  const { draft, published: over } = look
  return versions().publish(one, { edit: draft?.edit ?? 0, ...(over === undefined ? {} : { over }) }, editor)
}

async function published(one: Subject, changes: Entry, editor: Editor = anna) {
  await saved(one, changes, editor)
  const outcome = await publish(one, editor)
  return outcome.kind === 'published' ? outcome : assert.fail(JSON.stringify(outcome))
}

async function undone(one: Subject, number: number, editor: Editor = anna): Promise<PublishOutcome> {
  const { published: over } = (await versions().lookBack(one, number, editor)) ?? assert.fail('no version')
  return versions().undo(one, { number, ...(over === undefined ? {} : { over }) }, editor)
}

async function faultsOf(one: Subject, changes: Entry, editor: Editor = anna): Promise<string[]> {
  await saved(one, changes, editor)
  const { faults } = (await versions().look(one, editor)) ?? assert.fail('no draft')
  if (faults.length > 0) assert.deepEqual(await publish(one, editor), { kind: 'invalid', faults })
  await discard(one, editor)
  return faults.map(({ field, code }) => `${field}: ${code}`)
}

async function discard(one: Subject, editor: Editor): Promise<void> {
  const draft = await versions().draft(one, editor)
  if (draft) await versions().discard(one, { edit: draft.edit }, editor)
}

before(async () => {
  storage = await openTestStorage(clock)
  const open = () =>
    createPartners({
      storage,
      clock,
      audit: { append: (_tx, ...added) => void facts.push(...added) },
      masterKey: Buffer.alloc(32, 3),
      log: (message, inside) => assert.fail(`${message} ${String(inside.error)}`),
    })
  partners = await open()
  beside = await open()
  await apply(registry())
})

after(async () => {
  await partners.close()
  await beside.close()
  await storage.close()
})

describe('a service that did not exist', () => {
  const one = subject('library')

  test('R136: its team writes it, sees every fault by its field, makes a secret and publishes it alone', async () => {
    const begun = await versions().open(one, anna)
    assert.equal(begun.kind, 'opened')
    const entry = {
      id: 'library',
      name: named('Library'),
      homepage: 'http://library.example/',
      redirectUris: ['https://library.example/*', 'https://library.example/back#top'],
      jwksUri: 'https://10.0.0.7/keys',
      backchannelLogoutUri: 'https://[::ffff:127.0.0.1]/logout',
      scopes: ['openid', 'email'],
      providers: 'all',
    }
    await saved(one, entry)
    const wrong = (await versions().look(one, anna)) ?? assert.fail()
    assert.deepEqual(wrong.faults.map(({ field, code }) => [field, code]).sort(), [
      ['backchannelLogoutUri', 'address_spelling'],
      ['homepage', 'address_not_https'],
      ['jwksUri', 'address_private'],
      ['redirectUris[0]', 'address_wildcard'],
      ['redirectUris[1]', 'address_fragment'],
    ])
    assert.equal(wrong.candidate, undefined)
    await saved(one, {
      homepage: 'https://library.example/',
      redirectUris: ['https://library.example/back'],
      backchannelLogoutUri: 'https://library.example/logout',
      jwksUri: undefined,
    })
    const left = (await versions().look(one, anna)) ?? assert.fail()
    assert.deepEqual(
      left.faults.map(({ field, code }) => [field, code]),
      [
        ['secrets', 'secret_needed'],
        ['justifications.email', 'justification_needed'],
      ],
    )
    const { seen } = (await versions().secrets('library', anna)) ?? assert.fail()
    const made = await versions().rotateSecret('library', { seen }, anna)
    assert.equal(made.kind, 'made')
    await saved(one, { justifications: { email: reason } })
    facts.length = 0
    const outcome = await publish(one)
    assert.deepEqual(outcome.kind === 'published' && [outcome.number, outcome.asked], [1, ['email']])
    const service = serviceOf('library')
    assert.deepEqual(
      [service.partner, service.sector, service.scopes, service.justifications],
      ['town', 'library.example', ['openid'], undefined],
    )
    assert.ok(made.kind === 'made' && partners.secretMatches(service, made.secret))
    assert.deepEqual(
      facts.map(({ name }) => name),
      ['partners.published', 'service.scope_asked'],
    )
    assert.equal(await versions().draft(one, anna), undefined, 'what was published is no draft any more')
  })

  test('a technician does not begin something new; a name that another partner has is taken', async () => {
    assert.deepEqual(await versions().open(subject('pool'), bob), { kind: 'forbidden' })
    const taken = await versions().open(subject('loans'), anna)
    assert.ok(taken.kind === 'refused' && taken.faults[0]?.code === 'id_taken')
    await opened(subject('secret-plan'), stranger)
    const other = await versions().open(subject('secret-plan'), anna)
    assert.ok(other.kind === 'refused' && other.faults[0]?.code === 'id_taken')
    await discard(subject('secret-plan'), stranger)
    const wrong = await versions().open(subject('Big Pool'), anna)
    assert.ok(wrong.kind === 'refused' && wrong.faults[0]?.code === 'not_an_id')
    assert.deepEqual(await versions().open(subject('nobody', 'partner'), officer), { kind: 'unknown' })
  })

  test("R136: the sector of another partner is refused, and not whose it is; operators' words say it", async () => {
    const changes = {
      name: named('Trap'),
      homepage: 'https://loans.example/',
      redirectUris: ['https://loans.example/other'],
      auth: 'private_key_jwt',
      jwksUri: 'https://loans.example/keys',
    }
    const trap = subject('a-trap')
    await opened(trap, anna)
    await saved(trap, changes)
    const look = (await versions().look(trap, anna)) ?? assert.fail()
    assert.deepEqual(
      look.faults.map(({ field, code }) => [field, code]),
      [
        ['sector', 'sector_another'],
        ['sector', 'sector_another'],
      ],
    )
    assert.doesNotMatch(JSON.stringify(look), /bank/)
    const seen = (await versions().look(trap, officer)) ?? assert.fail()
    assert.ok(seen.faults.every(({ values }) => values?.owner === 'bank'))
    await discard(trap, anna)
  })
})

describe('two editors at once', () => {
  const one = subject('parking')

  test('the second sees a conflict, with who saved what, and nothing is lost', async () => {
    const draft = await opened(one, anna)
    assert.equal((await versions().open(one, bob)).kind, 'there')
    const hers = { ...draft.entry, purpose: named('Anna’s words') }
    const his = { ...draft.entry, purpose: named('Bob’s words') }
    const first = kept(await versions().save(one, { entry: hers, edit: draft.edit }, anna))
    const second = await versions().save(one, { entry: his, edit: draft.edit }, bob)
    assert.ok(second.kind === 'conflict')
    assert.deepEqual(second.draft?.entry, hers)
    assert.deepEqual(second.draft?.savedBy, anna.actor)
    assert.equal(second.draft?.savedAt, clock.now())
    const again = kept(await versions().save(one, { entry: hers, edit: draft.edit }, anna))
    assert.equal(again.edit, first.edit, 'a second click of the same save is the same save')
    assert.equal((await versions().discard(one, { edit: draft.edit }, bob)).kind, 'conflict')
    assert.equal((await versions().publish(one, { edit: draft.edit, over: 1 }, bob)).kind, 'conflict')
    await discard(one, bob)
    const gone = await versions().save(one, { entry: hers, edit: first.edit }, anna)
    assert.deepEqual(gone, { kind: 'conflict' })
    const anew = await opened(one, bob)
    assert.notEqual(anew.edit, draft.edit, 'a number of a draft that was discarded is never that of another one')
    await discard(one, bob)
  })

  test('of two who save, or publish, at the same moment one does', async () => {
    const draft = await opened(one, anna)
    const both = [anna, bob].map((editor, index) =>
      versions().save(one, { entry: { ...draft.entry, purpose: named(`Text ${index}`) }, edit: draft.edit }, editor),
    )
    assert.deepEqual((await Promise.all(both)).map(({ kind }) => kind).sort(), ['conflict', 'saved'])
    const { edit } = (await versions().draft(one, anna)) ?? assert.fail()
    const publications = [partners, beside].map((process) => process.versions.publish(one, { edit, over: 1 }, anna))
    assert.deepEqual((await Promise.all(publications)).map(({ kind }) => kind).sort(), ['conflict', 'published'])
    assert.equal((await versions().history(one, anna))?.length, 2)
  })

  test('what somebody published meanwhile is shown, and not taken back without having been seen', async () => {
    const draft = await saved(one, { purpose: named('Mine') })
    const data = registry()
    Object.assign(data.partners[0]?.services?.[0] ?? {}, { homepage: 'https://parking.example/new' })
    await apply(data)
    const seen = (await versions().look(one, anna)) ?? assert.fail()
    assert.deepEqual(
      seen.moved.map(({ path }) => path.replace(/\..*/, '')),
      ['homepage', 'purpose', 'purpose', 'purpose'],
    )
    assert.equal((await versions().publish(one, { edit: draft.edit, over: 2 }, anna)).kind, 'conflict')
    await discard(one, anna)
  })
})

describe('undo', () => {
  const one = subject('parking')

  test('a technician undoes a publication, then the undo; each is a version of its own', async () => {
    const [latest] = (await versions().history(one, bob)) ?? []
    const start = latest?.number ?? 0
    const before = serviceOf('parking')
    await published(one, { redirectUris: ['https://parking.example/other'] }, bob)
    facts.length = 0
    const first = await undone(one, start, bob)
    assert.ok(first.kind === 'published' && first.number === start + 2)
    assert.deepEqual(serviceOf('parking'), before)
    assert.deepEqual(facts, [
      {
        name: 'partners.published',
        data: {
          kind: 'service',
          id: 'parking',
          version: start + 2,
          change: 'changed',
          undoOf: start,
          actor: bob.actor,
        },
      },
    ])
    const again = await versions().undo(one, { number: start, over: start + 1 }, bob)
    assert.deepEqual(again, { kind: 'conflict', published: start + 2 }, 'a second click')
    await undone(one, start + 1, bob)
    assert.deepEqual(serviceOf('parking').redirectUris, ['https://parking.example/other'])
    const history = (await versions().history(one, bob, { limit: 3 })) ?? []
    assert.deepEqual(
      history.map(({ number, cause, hand, undoOf, changes }) => [
        number,
        cause,
        hand,
        undoOf,
        changes.map(({ path }) => path),
      ]),
      [
        [start + 3, 'undo', 'partner', start + 1, ['redirectUris']],
        [start + 2, 'undo', 'partner', start, ['redirectUris']],
        [start + 1, 'draft', 'partner', undefined, ['redirectUris']],
      ],
    )
  })

  test('it is judged by what is granted today: operators raised the level, and staff do not lower it by an undo', async () => {
    const [last] = (await versions().history(one, anna)) ?? []
    const data = registry()
    Object.assign(data.partners[0]?.services?.[0] ?? {}, { minimumLevel: 'eidas2' })
    await apply(data)
    const outcome = await undone(one, last?.number ?? 0)
    assert.ok(outcome.kind === 'invalid')
    assert.deepEqual(
      outcome.faults.map(({ field, code }) => [field, code]),
      [['minimumLevel', 'reserved_more']],
    )
    await apply(registry())
  })

  test('R127: the secrets of an older version do not come back with it', async () => {
    const { number = 0 } = ((await versions().history(one, anna)) ?? [])[0] ?? {}
    const old = strongSecret('parking')
    assert.ok(partners.secretMatches(serviceOf('parking'), old))
    const made = await versions().rotateSecret('parking', { seen: number, overlap: 0 }, anna)
    await published(one, { singleSignOn: false })
    await undone(one, number)
    assert.ok(!partners.secretMatches(serviceOf('parking'), old))
    assert.ok(made.kind === 'made' && partners.secretMatches(serviceOf('parking'), made.secret))
    assert.equal(serviceOf('parking').singleSignOn, true)
  })
})

describe('who may', () => {
  const one = subject('parking')

  test("R136: what is another partner's is not there, whatever is asked of it", async () => {
    const draft = await opened(one, anna)
    const of = versions()
    assert.deepEqual(await of.open(one, stranger), { kind: 'refused', faults: await takenFaults() })
    assert.deepEqual(await of.save(one, { entry: {}, edit: draft.edit }, stranger), { kind: 'unknown' })
    assert.deepEqual(await of.discard(one, { edit: draft.edit }, stranger), { kind: 'unknown' })
    assert.deepEqual(await of.publish(one, { edit: draft.edit }, stranger), { kind: 'unknown' })
    assert.deepEqual(await of.undo(one, { number: 1 }, stranger), { kind: 'unknown' })
    assert.deepEqual(await of.rotateSecret('parking', { seen: 1 }, stranger), { kind: 'unknown' })
    assert.deepEqual(await of.endOldSecret('parking', { seen: 1 }, stranger), { kind: 'unknown' })
    for (const nothing of [
      await of.draft(one, stranger),
      await of.look(one, stranger),
      await of.history(one, stranger),
      await of.lookBack(one, 1, stranger),
      await of.secrets('parking', stranger),
    ]) {
      assert.equal(nothing, undefined)
    }
    assert.deepEqual(await of.drafts(stranger, { partner: 'town' }), [])
    assert.deepEqual(await of.scopes(stranger, { partner: 'town' }), [])
    await discard(one, anna)
  })

  async function takenFaults() {
    const outcome = await versions().open(one, stranger)
    return outcome.kind === 'refused' ? outcome.faults : assert.fail()
  }

  test('a security contact reads, and changes nothing', async () => {
    const draft = await opened(one, anna)
    const of = versions()
    assert.ok(await of.look(one, guard))
    assert.ok(await of.history(one, guard))
    const denied = [
      await of.open(one, guard),
      await of.save(one, { entry: draft.entry, edit: draft.edit }, guard),
      await of.discard(one, { edit: draft.edit }, guard),
      await of.publish(one, { edit: draft.edit }, guard),
      await of.undo(one, { number: 1 }, guard),
      await of.rotateSecret('parking', { seen: 1 }, guard),
      await of.grantScope('parking', { scope: 'email', askedAt: 0 }, guard),
    ]
    assert.deepEqual(new Set(denied.map(({ kind }) => kind)), new Set(['forbidden']))
    await discard(one, anna)
  })

  test('the fields that protect people are granted by operators; within what they granted staff go back and forth', async () => {
    assert.deepEqual(await faultsOf(one, { minimumLevel: 'eidas2', providers: ['card-of-town'], sensitive: true }), [])
    await published(one, { minimumLevel: 'eidas2', providers: ['card-of-town'] })
    await published(one, { minimumLevel: 'eidas1', providers: 'all' })
    assert.deepEqual(
      await faultsOf(one, {
        entitledTo: ['amr'],
        idpHints: ['card-of-town'],
        population: 'citizens',
        sector: 'parking.example',
      }),
      ['entitledTo: reserved_more', 'idpHints: reserved_more', 'population: reserved', 'sector: reserved_more'],
    )
    const card = subject('card-of-town', 'provider')
    assert.deepEqual(await faultsOf(card, { allowedLevels: ['eidas1', 'eidas3'] }), ['allowedLevels: reserved_more'])
    assert.deepEqual(await faultsOf(card, { allowedLevels: ['eidas1'] }), [])
    const town = subject('town', 'partner')
    assert.deepEqual(await versions().open(town, bob), { kind: 'forbidden' }, 'its mailboxes hear of what goes wrong')
    assert.deepEqual(await faultsOf(town, { name: named('The State') }), ['name: reserved'])
    assert.equal((await published(town, { contacts: { security: 'safe@town.example' } })).number, 2)
  })

  test('a provider that is new is written by staff and published by operators', async () => {
    const fresh = subject('town-app', 'provider')
    const draft = await opened(fresh, anna)
    const { id: _, connector, ...rest } = sampleProvider('town-app')
    const entry = { id: 'town-app', ...rest, connector: { ...(connector as object), clientSecret: { kept: true } } }
    const clear = { ...entry, connector }
    const refused = await versions().save(fresh, { entry: clear, edit: draft.edit }, anna)
    assert.ok(refused.kind === 'refused' && refused.faults[0]?.code === 'client_secret_apart')
    kept(await versions().save(fresh, { entry, edit: draft.edit, clientSecret: 'from the provider' }, anna))
    const outcome = await publish(fresh)
    assert.ok(outcome.kind === 'invalid' && outcome.faults[0]?.code === 'reserved_new')
    const { rows } = await sql<{ row: string }>`select row_to_json(d)::text as row from partner_drafts d`.execute(
      storage.db,
    )
    assert.doesNotMatch(rows.map(({ row }) => row).join(), /from the provider/)
    assert.equal((await publish(fresh, officer)).kind, 'published')
    const made = partners.registry().providers.get('town-app')
    assert.ok(made && isOidc(made) && made.connector.clientSecret === 'from the provider')
  })

  test('an operator changes a key of something published with a second one only; the command line alone', async () => {
    const keys = { auth: 'private_key_jwt', jwksUri: 'https://loans.example/keys' }
    const loans = subject('loans')
    await saved(loans, keys, officer)
    assert.equal((await versions().look(loans, officer))?.changesKeys, true)
    assert.deepEqual(await publish(loans, officer), { kind: 'second_needed' })
    const failing: Editor = {
      ...officer,
      second: { kind: 'command' },
      confirm: async () => Promise.reject(new Error('over')),
    }
    await assert.rejects(publish(loans, failing), /over/)
    assert.equal(serviceOf('loans').auth, 'client_secret_basic', 'nothing of a change that was not confirmed stays')
    assert.equal((await publish(loans, seconded)).kind, 'published')
    assert.equal((await undone(loans, 1, officer)).kind, 'invalid', 'its secret is not in force any more')
    const { edit } = await opened(loans, officer, { from: 1 })
    const made = await versions().rotateSecret('loans', { seen: edit }, officer)
    assert.equal(made.kind, 'made', 'of a draft that leaves keys for secrets')
    assert.equal((await publish(loans, officer)).kind, 'second_needed')
    assert.equal((await publish(loans, { hand: 'operators', actor: command })).kind, 'published')
    const { seen } = (await versions().secrets('loans', officer)) ?? assert.fail()
    assert.deepEqual(await versions().rotateSecret('loans', { seen }, officer), { kind: 'second_needed' })
  })
})

test('R136: what passed to another partner is theirs, with the draft that was open; its past is not', async () => {
  const one = subject('kiosk')
  const at = (partner: number) => {
    const data = registry()
    data.partners[partner]?.services?.push(sampleService('kiosk', { sector: 'kiosk.example' }))
    return data
  }
  await apply(at(0))
  await published(one, { scopes: ['openid', 'given_name', 'email'], justifications: { email: reason } })
  const draft = await saved(one, { purpose: named('Ours') })
  await apply(at(1))
  assert.deepEqual(
    (await versions().scopes(officer, { service: 'kiosk' })).map(({ scope, partner }) => [scope, partner]),
    [['given_name', 'bank']],
  )
  const of = versions()
  assert.equal(serviceOf('kiosk').partner, 'bank')
  assert.deepEqual(await of.publish(one, { edit: draft.edit, over: 2 }, anna), { kind: 'unknown' })
  assert.deepEqual(await of.save(one, { entry: draft.entry, edit: draft.edit }, anna), { kind: 'unknown' })
  assert.deepEqual(await of.undo(one, { number: 1, over: 2 }, anna), { kind: 'unknown' })
  assert.equal(await of.look(one, anna), undefined)
  assert.deepEqual(await of.drafts(anna), [])
  assert.deepEqual(await of.undo(one, { number: 1, over: 2 }, stranger), { kind: 'unknown' })
  assert.equal((await of.history(one, stranger))?.length, 1)
  assert.equal((await publish(one, stranger)).kind, 'published')
  assert.equal(serviceOf('kiosk').partner, 'bank')
})

describe('what a service is told of people', () => {
  const one = subject('library')
  const waiting = async () => {
    const [request] = await versions().scopes(officer, { service: 'library', state: 'asked' })
    return request ?? assert.fail('nothing waits')
  }

  test('waits for an operator, who grants it: it is in force at once, and a draft goes on with what waits', async () => {
    clock.advance(minute)
    await saved(one, { scopes: ['openid', 'email', 'birthdate'], justifications: { email: reason, birthdate: reason } })
    assert.deepEqual((await versions().look(one, anna))?.asks, ['email', 'birthdate'])
    facts.length = 0
    const outcome = await publish(one)
    assert.ok(outcome.kind === 'published' && outcome.number === undefined, 'nothing of what is published changed')
    assert.deepEqual(
      named_('service.scope_asked').map(({ data }) => 'scope' in data && data.scope),
      ['birthdate'],
      'email waited already',
    )
    const { scope, askedAt, justification } = await waiting()
    assert.deepEqual([scope, justification], ['email', reason])
    const given = { scope, askedAt }
    const granted = await Promise.all([
      versions().grantScope('library', given, officer),
      beside.versions.grantScope('library', given, officer),
    ])
    assert.deepEqual(granted.map(({ kind }) => kind).sort(), ['granted', 'overtaken'])
    assert.deepEqual(serviceOf('library').scopes, ['openid', 'email'])
    assert.deepEqual(serviceOf('library').justifications, { email: reason })
    const { entry } = await opened(one, anna)
    assert.deepEqual(entry.scopes, ['openid', 'email', 'birthdate'])
    assert.deepEqual((await opened(one, anna)).entry.justifications, { email: reason, birthdate: reason })
    await discard(one, anna)
    assert.deepEqual(
      (await opened(one, officer)).entry.scopes,
      ['openid', 'email'],
      'an operator grants nothing unseen',
    )
    await discard(one, officer)
  })

  test('a refusal has a reason, and the same request does not come again for the same one', async () => {
    const { scope, askedAt } = await waiting()
    assert.equal(scope, 'birthdate')
    const short = await versions().refuseScope('library', { scope, askedAt, reason: 'a\nb' }, officer)
    assert.ok(short.kind === 'invalid' && short.faults[0]?.code === 'reason_length')
    const refused = await versions().refuseScope('library', { scope, askedAt, reason: 'Age suffices.' }, officer)
    assert.equal(refused.kind, 'refused')
    const both = { scopes: ['openid', 'email', 'birthdate'], justifications: { email: reason, birthdate: reason } }
    assert.deepEqual(await faultsOf(one, both), ['justifications.birthdate: scope_refused'])
    const other = `${reason} It is a duty by law.`
    clock.advance(minute)
    await published(one, { ...both, justifications: { email: reason, birthdate: other } })
    assert.equal((await waiting()).justification, other)
    assert.equal((await versions().grantScope('library', { scope, askedAt }, officer)).kind, 'overtaken')
    assert.deepEqual(await faultsOf(one, { scopes: ['openid', 'email'], justifications: { email: other } }), [
      'justifications.email: justification_granted',
    ])
  })

  test('withdrawn from the settings it is granted no more, and an undo only asks for it', async () => {
    const { number = 0 } = ((await versions().history(one, anna)) ?? [])[0] ?? {}
    await published(one, { scopes: ['openid'], justifications: undefined })
    assert.deepEqual(await versions().scopes(officer, { service: 'library' }), [])
    const outcome = await undone(one, number)
    assert.deepEqual(outcome.kind === 'published' && [outcome.number, outcome.asked], [undefined, ['email']])
    assert.deepEqual(serviceOf('library').scopes, ['openid'])
    const { scope, askedAt } = await waiting()
    await versions().grantScope('library', { scope, askedAt }, officer)
  })

  test('what operators apply by file is granted by that', async () => {
    const requests = await versions().scopes(officer, { service: 'parking' })
    assert.deepEqual(
      requests.map(({ scope, state, askedBy, decidedBy }) => [scope, state, askedBy.kind, decidedBy?.kind]),
      [['given_name', 'granted', 'command', 'command']],
    )
  })
})

describe('secrets of a service', () => {
  const made = (outcome: SecretOutcome) => (outcome.kind === 'made' ? outcome : assert.fail(JSON.stringify(outcome)))
  const view = async () => (await versions().secrets('parking', anna)) ?? assert.fail()

  test('R127: a new one beside the older, which ends; a second click makes no second one, a third is refused', async () => {
    const before = await view()
    assert.equal(before.inForce.length, 1)
    facts.length = 0
    const first = made(await versions().rotateSecret('parking', { seen: before.seen }, bob))
    assert.match(first.secret, /^[\w-]{43}$/)
    assert.equal(first.olderUntil, clock.now() + 7 * day)
    const click = await versions().rotateSecret('parking', { seen: before.seen }, bob)
    assert.ok(click.kind === 'conflict' && click.secrets.seen === first.seen)
    const third = await versions().rotateSecret('parking', { seen: first.seen }, bob)
    assert.ok(third.kind === 'two_in_force')
    assert.deepEqual(third.secrets.inForce, [{ until: first.olderUntil }, {}])
    assert.deepEqual(
      facts.map(({ name }) => name),
      ['service.secret_rotated', 'partners.published'],
    )
    const { rows } = await sql<{ row: string }>`select row_to_json(v)::text as row from partner_versions v`.execute(
      storage.db,
    )
    const stored = rows.map(({ row }) => row).join()
    assert.ok(!stored.includes(first.secret) && stored.includes(hashSecret(first.secret)))
    assert.equal((await versions().endOldSecret('parking', { seen: first.seen }, bob)).kind, 'ended')
    assert.equal((await versions().endOldSecret('parking', { seen: first.seen }, bob)).kind, 'conflict')
    const { seen, inForce } = await view()
    assert.deepEqual(inForce, [{}])
    assert.equal((await versions().endOldSecret('parking', { seen }, bob)).kind, 'nothing_to_end')
  })

  test('the older one serves until its end, and one that ended makes room', async () => {
    const older = made(await versions().rotateSecret('parking', { seen: (await view()).seen, overlap: 0 }, anna)).secret
    const newer = made(
      await versions().rotateSecret('parking', { seen: (await view()).seen, overlap: 30 }, anna),
    ).secret
    const matching = () => [older, newer].map((secret) => partners.secretMatches(serviceOf('parking'), secret))
    assert.deepEqual(matching(), [true, true])
    clock.advance(30 * day)
    assert.deepEqual(matching(), [false, true])
    assert.deepEqual((await view()).inForce, [{}])
    for (const overlap of [-1, 31, 0.5, Number.NaN]) {
      const wrong = await versions().rotateSecret('parking', { seen: (await view()).seen, overlap }, anna)
      assert.ok(wrong.kind === 'invalid' && wrong.faults[0]?.field === 'overlap')
    }
  })

  test('a draft that was open meanwhile goes on, and publishes with the secrets in force', async () => {
    await saved(subject('parking'), { purpose: named('Pay for a place') })
    const { secret, seen } = made(await versions().rotateSecret('parking', { seen: (await view()).seen }, anna))
    const look = (await versions().look(subject('parking'), anna)) ?? assert.fail()
    assert.deepEqual([look.moved, look.published, look.changesKeys], [[], seen, false])
    assert.equal((await publish(subject('parking'))).kind, 'published')
    assert.ok(partners.secretMatches(serviceOf('parking'), secret))
  })

  test('a service that uses keys has none to make', async () => {
    await published(subject('parking'), { auth: 'private_key_jwt', jwksUri: 'https://parking.example/keys' })
    assert.deepEqual(serviceOf('parking').secrets, [])
    assert.equal((await versions().rotateSecret('parking', { seen: 1 }, anna)).kind, 'uses_keys')
    assert.equal(await versions().secrets('parking', anna), undefined)
  })
})

describe('a provider', () => {
  const one = subject('card-of-town', 'provider')
  const secretNow = () => {
    const provider = partners.registry().providers.get('card-of-town')
    return provider && isOidc(provider) ? provider.connector.clientSecret : undefined
  }
  const connectorOf = async () => (await opened(one, anna)).entry.connector as Record<string, unknown>

  test('R127: the secret in force goes nowhere else; a new address needs one given with it, and an undo finds the old', async () => {
    const start = ((await versions().history(one, anna)) ?? [])[0]?.number ?? 0
    const connector = { ...(await connectorOf()), issuer: 'https://elsewhere.example' }
    await saved(one, { connector })
    const look = (await versions().look(one, anna)) ?? assert.fail()
    assert.deepEqual(
      look.faults.map(({ field, code }) => [field, code]),
      [['connector.clientSecret', 'client_secret_elsewhere']],
    )
    const { entry, edit } = look.draft ?? assert.fail()
    const draft = kept(await versions().save(one, { entry, edit, clientSecret: 'another secret' }, anna))
    assert.equal(draft.clientSecretGiven, true)
    assert.doesNotMatch(JSON.stringify(await versions().draft(one, anna)), /another secret/)
    assert.equal((await publish(one)).kind, 'published')
    assert.equal(secretNow(), 'another secret')
    assert.equal((await undone(one, start)).kind, 'published')
    assert.equal(secretNow(), 'client-secret-at-card-of-town')
  })

  test('what a draft may not hold is said, not dropped', async () => {
    assert.deepEqual(await faultsOf(one, { state: { kind: 'hidden' } }), ['state: state_apart'])
    assert.deepEqual(await faultsOf(one, { id: 'other' }), ['id: id_fixed'])
    assert.deepEqual(await faultsOf(subject('town', 'partner'), { services: [] }), ['services: unknown_key'])
    const draft = await opened(subject('library'), anna)
    for (const [entry, code] of [
      [{ ...draft.entry, secrets: [] }, 'secrets_apart'],
      [{ ...draft.entry, riskProfile: 'x'.repeat(140_000) }, 'entry_large'],
      [{ ...draft.entry, riskProfile: 'half \ud800' }, 'not_valid'],
      [{ ...draft.entry, 'nul\0': true }, 'not_valid'],
    ] as const) {
      const outcome = await versions().save(subject('library'), { entry, edit: draft.edit }, anna)
      assert.ok(outcome.kind === 'refused' && outcome.faults.some((found) => found.code === code), code)
    }
    await discard(subject('library'), anna)
  })
})

test('a hub that was built by hand is exported with its reasons, without its drafts, and applied again changes nothing', async () => {
  await opened(subject('library'), anna)
  const current = await partners.published()
  const options = { allowHttp: false, issuer: 'https://hub.example', now: clock.now(), format: 'yaml' as const }
  const { text } = exportPartners(current, options)
  assert.match(text, new RegExp(`justifications:\n +email: ${reason}`))
  assert.doesNotMatch(text, /secret-plan/)
  const file = parsePartnersFile(text, { allowHttp: false })
  assert.deepEqual(await partners.apply(file, { actor: command, prune: true }), [])
  assert.ok((await versions().draft(subject('library'), anna)) !== undefined, 'a file leaves drafts alone')
})
