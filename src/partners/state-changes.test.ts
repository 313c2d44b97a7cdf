import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import type { Fact } from '../audit/facts.ts'
import { day, hour } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import type { Storage } from '../storage/storage.ts'
import { parsePartnersFile } from './file.ts'
import { samplePartners, sampleProvider, toYaml } from './partners.sample.ts'
import { createPartners, type Partners } from './partners.ts'
import type { StateOutcome } from './state-changes.ts'
import { activeState, type NewSuspension, stateFor } from './suspensions.ts'

const clock = createTestClock()
const operator = { kind: 'operator', id: newId('operator') } as const
const command = { kind: 'command' } as const
const reason = { fr: 'Entretien', en: 'Maintenance', ar: 'صيانة' }
const asked: NewSuspension = { services: 'all', category: 'maintenance', reason, sessions: 'kept' }
const facts: Fact[] = []

let storage: Storage
let partners: Partners
/** Another process on the same database. */
let other: Partners
let made = 0

const open = () =>
  createPartners({
    storage,
    clock,
    audit: { append: (_tx, ...added) => void facts.push(...added) },
    masterKey: Buffer.alloc(32, 3),
    log: (message, inside) => assert.fail(`${message} ${String(inside.error)}`),
  })

before(async () => {
  storage = await openTestStorage(clock)
  partners = await open()
  other = await open()
  await publish(samplePartners())
})

after(async () => {
  await other.close()
  await partners.close()
  await storage.close()
})

const publish = (data: unknown) =>
  partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), { actor: command })

/** A provider of which nobody ever said anything. */
async function fresh(): Promise<string> {
  made++
  const id = `fresh-${made}`
  const [, { name }] = samplePartners().partners
  await publish({
    partners: [{ id: `of-${id}`, name, providers: [sampleProvider(id, { allowedLevels: ['eidas1', 'eidas2'] })] }],
  })
  facts.length = 0
  return id
}

function done(outcome: StateOutcome): Extract<StateOutcome, { kind: 'done' }> {
  assert.equal(outcome.kind, 'done', JSON.stringify(outcome))
  return outcome as Extract<StateOutcome, { kind: 'done' }>
}

async function suspended(id: string, given: Partial<NewSuspension> = {}, expected = 0) {
  const { suspension } = done(await partners.suspend(id, { ...asked, ...given }, { actor: operator, expected }))
  assert.ok(suspension)
  return suspension
}

const stateOf = (id: string, registry = partners) => registry.registry().providers.get(id)?.state ?? activeState

describe('R009: the state of a provider changes', () => {
  test('suspended, amended, lifted: each is dated, with its author and reason', async () => {
    const id = await fresh()
    const first = clock.now()
    const suspension = await suspended(id, { until: first + hour })
    assert.deepEqual(stateOf(id), { kind: 'active', number: 1, suspensions: [suspension] })
    clock.advance(1000)
    const longer = { until: first + day, reason: { fr: 'Entretien prolongé' } }
    done(await partners.amend(id, suspension.id, longer, { actor: command, expected: 1 }))
    clock.advance(1000)
    done(await partners.lift(id, suspension.id, { actor: operator, expected: 2 }))
    assert.deepEqual(stateOf(id), { kind: 'active', number: 3, suspensions: [] })
    const amended = {
      ...suspension,
      until: first + day,
      reason: { ...reason, fr: 'Entretien prolongé' },
      changedAt: first + 1000,
    }
    assert.deepEqual(await partners.history(id), [
      { provider: id, number: 1, at: first, author: operator, change: 'suspended', suspension },
      { provider: id, number: 2, at: first + 1000, author: command, change: 'amended', suspension: amended },
      { provider: id, number: 3, at: first + 2000, author: operator, change: 'lifted', suspension: amended },
    ])
    assert.deepEqual(
      facts.map((fact) => [fact.name, 'actor' in fact.data && fact.data.actor]),
      [
        ['provider.suspended', operator],
        ['provider.suspension_changed', command],
        ['provider.restored', operator],
      ],
    )
  })

  test('hidden and shown; what is so already leaves no trace', async () => {
    const id = await fresh()
    done(await partners.hide(id, { actor: operator, expected: 0 }))
    done(await partners.hide(id, { actor: operator, expected: 1 }))
    assert.deepEqual(stateOf(id), { kind: 'hidden', number: 1, suspensions: [] })
    done(await partners.show(id, { actor: operator, expected: 1 }))
    done(await partners.lift(id, 'all', { actor: operator, expected: 2 }))
    assert.deepEqual(
      (await partners.history(id)).map(({ change }) => change),
      ['hidden', 'shown'],
    )
    assert.deepEqual(
      facts.map(({ name }) => name),
      ['provider.hidden', 'provider.shown'],
    )
  })

  test('several stand beside each other, and are lifted one by one or together', async () => {
    const id = await fresh()
    const first = await suspended(id)
    const second = await suspended(id, { services: ['refunds'], category: 'security' }, 1)
    const planned = await suspended(id, { since: clock.now() + day }, 2)
    done(await partners.lift(id, first.id, { actor: operator, expected: 3 }))
    assert.deepEqual(stateOf(id).suspensions, [second, planned])
    assert.equal(stateFor({ state: stateOf(id) }, {}, clock.now()).kind, 'active')
    assert.equal(stateFor({ state: stateOf(id) }, { service: 'refunds' }, clock.now()).kind, 'suspended')
    const { state } = done(await partners.lift(id, 'all', { actor: operator, expected: 4 }))
    assert.deepEqual(state, { kind: 'active', number: 6, suspensions: [] })
  })

  test('R007: one that ended by itself is no more to be changed, and is cleared away by the next change', async () => {
    const id = await fresh()
    const over = await suspended(id, { until: clock.now() + hour })
    clock.advance(hour)
    const late = { actor: operator, expected: 1 }
    assert.deepEqual(await partners.amend(id, over.id, { until: clock.now() + hour }, late), { kind: 'unknown' })
    const { state } = done(await partners.lift(id, over.id, late))
    assert.equal(state.number, 1, 'lifting what is over changes nothing')
    const next = await suspended(id, {}, 1)
    assert.deepEqual(stateOf(id).suspensions, [next])
    assert.equal((await partners.history(id)).length, 2, 'the history keeps it')
  })
})

describe('refused, with nothing changed', () => {
  test('every fault of it at once, by field', async () => {
    const id = await fresh()
    const bad = {
      ...asked,
      until: clock.now() - hour,
      above: 'eidas3',
      services: ['nowhere'],
      reason: { ...reason, ar: '' },
    } as const
    assert.deepEqual(await partners.suspend(id, bad, { actor: operator, expected: 0 }), {
      kind: 'invalid',
      faults: [
        { field: 'services', problem: 'service_unknown' },
        { field: 'above', problem: 'level_not_its_own' },
        { field: 'reason.ar', problem: 'missing' },
        { field: 'until', problem: 'before_start' },
      ],
    })
    const suspension = await suspended(id)
    const wrong = await partners.amend(
      id,
      suspension.id,
      { since: clock.now() + hour },
      { actor: operator, expected: 1 },
    )
    assert.deepEqual(wrong, { kind: 'invalid', faults: [{ field: 'since', problem: 'already_begun' }] })
    assert.deepEqual(stateOf(id).suspensions, [suspension])
    assert.equal(facts.length, 1)
  })

  test('a provider, or a suspension of it, that there is not', async () => {
    const id = await fresh()
    const elsewhere = await suspended(await fresh())
    const by = { actor: operator, expected: 0 }
    assert.deepEqual(await partners.suspend('nobody', asked, by), { kind: 'unknown' })
    assert.deepEqual(await partners.lift(id, elsewhere.id, by), { kind: 'unknown' })
    assert.deepEqual(await partners.amend(id, elsewhere.id, { category: 'other' }, by), { kind: 'unknown' })
    assert.equal(await partners.stateOf('nobody'), undefined)
  })

  test('of two operators at once the second sees what changed, whichever process they are at', async () => {
    const id = await fresh()
    const outcomes = await Promise.all(
      [partners, other].map((each) => each.suspend(id, asked, { actor: operator, expected: 0 })),
    )
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['done', 'overtaken'])
    const [won] = outcomes.filter(({ kind }) => kind === 'done')
    const [lost] = outcomes.filter(({ kind }) => kind === 'overtaken')
    assert.ok(won?.kind === 'done' && lost?.kind === 'overtaken')
    assert.deepEqual(lost.state, won.state)
    assert.deepEqual(
      lost.changes.map(({ number, change, suspension }) => ({ number, change, suspension })),
      [{ number: 1, change: 'suspended', suspension: won.suspension }],
    )
    assert.equal(facts.length, 1)
    await done(await other.hide(id, { actor: operator, expected: lost.state.number }))
  })

  test('an older state is told all that changed since', async () => {
    const id = await fresh()
    const suspension = await suspended(id)
    done(await partners.lift(id, suspension.id, { actor: command, expected: 1 }))
    const late = await partners.hide(id, { actor: operator, expected: 0 })
    assert.equal(late.kind === 'overtaken' && late.changes.map(({ change }) => change).join(' '), 'suspended lifted')
  })
})

test('R009: a change is seen by another process, and by the database before that', async () => {
  const id = await fresh()
  const seen = new Promise<void>((resolve) => {
    other.onChange(({ providers }) => {
      if (providers.get(id)?.state.number === 1) resolve()
    })
  })
  const suspension = await suspended(id)
  assert.deepEqual((await other.stateOf(id))?.suspensions, [suspension])
  await seen
  assert.deepEqual(stateOf(id, other).suspensions, [suspension])
})

test('R136: suspending a provider touches nothing of the services of its partner', async () => {
  const id = await fresh()
  const before = [...partners.registry().services.entries()]
  const versions = new Map(partners.registry().providers)
  await suspended(id)
  assert.deepEqual([...partners.registry().services.entries()], before)
  for (const [each, provider] of partners.registry().providers) {
    if (each !== id) assert.equal(provider, versions.get(each), each)
  }
})
