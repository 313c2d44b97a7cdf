import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { Organisation } from '../directory/organisations.ts'
import { mandateTokenLifetime, minute, second } from '../kernel/durations.ts'
import { newId, type OrganisationId } from '../kernel/ids.ts'
import type { Answer } from '../login/flow.ts'
import type { MandateView, MayAnswer } from '../mandates/mandates.ts'
import type { Service } from '../partners/partners.ts'
import type { Acting, Capacity, Right } from '../policy/mandate.ts'
import type { Representation } from '../policy/representation.ts'
import { createMandateTokens, type MandateDetails, readMandateDetails } from './mandate-token.ts'

describe('authorization_details', () => {
  const good = { type: 'mandate', organisation: 'ice:001525516000093', actions: ['submit', 'read'] }

  test('R096: say for which organisation what is to be done, in the order of the actions', () => {
    const mandate = newId('mandate')
    const { organisation } = good
    for (const [given, details] of [
      [good, { organisation, actions: ['read', 'submit'] }],
      [
        { ...good, mandate },
        { organisation, actions: ['read', 'submit'], mandate },
      ],
      [{ type: 'mandate', actions: ['pay'] }, { actions: ['pay'] }],
    ]) {
      assert.deepEqual(readMandateDetails(JSON.stringify([given])), { details })
    }
  })

  const wrong: [what: string, text: string, fault: RegExp][] = [
    ['no JSON', 'mandate', /exactly one/],
    ['nothing', '', /exactly one/],
    ['an object without its list', JSON.stringify(good), /exactly one/],
    ['an empty list', '[]', /exactly one/],
    ['two', JSON.stringify([good, good]), /exactly one/],
    ['a text in the list', '["mandate"]', /no object/],
    ['a list in the list', '[[]]', /no object/],
    ['null in the list', '[null]', /no object/],
    ['another type', JSON.stringify([{ ...good, type: 'payment' }]), /type/],
    ['no type', JSON.stringify([{ ...good, type: undefined }]), /type/],
    ['an unknown member', JSON.stringify([{ ...good, period: '2026' }]), /unknown/],
    ['a member of RFC 9396 that is not of this type', JSON.stringify([{ ...good, locations: ['x'] }]), /unknown/],
    ['a member named __proto__', '[{"type":"mandate","actions":["read"],"__proto__":{}}]', /unknown/],
    ['no actions', JSON.stringify([{ ...good, actions: undefined }]), /actions/],
    ['an empty list of actions', JSON.stringify([{ ...good, actions: [] }]), /actions/],
    ['one action as a text', JSON.stringify([{ ...good, actions: 'read' }]), /actions/],
    ['an action twice', JSON.stringify([{ ...good, actions: ['read', 'read'] }]), /actions/],
    ['an unknown action', JSON.stringify([{ ...good, actions: ['read', 'delete'] }]), /actions/],
    ['an action that is no text', JSON.stringify([{ ...good, actions: [1] }]), /actions/],
    ['an organisation without its scheme', JSON.stringify([{ ...good, organisation: '001525516000093' }]), /scheme/],
    ['an organisation that is no text', JSON.stringify([{ ...good, organisation: 1 }]), /scheme/],
    ['an empty organisation', JSON.stringify([{ ...good, organisation: '' }]), /scheme/],
    ['a mandate that is none', JSON.stringify([{ ...good, mandate: newId('person') }]), /mandate/],
    ['a mandate that is no text', JSON.stringify([{ ...good, mandate: {} }]), /mandate/],
    ['more than anybody needs', JSON.stringify([{ ...good, organisation: `ice:${'1'.repeat(5000)}` }]), /exactly one/],
  ]
  for (const [what, text, says] of wrong) {
    test(`R096: ${what} is refused`, () => {
      const read = readMandateDetails(text)
      assert.ok('fault' in read)
      assert.match(read.fault, says)
    })
  }
})

// --- What is given, and what is told of it -----------------------------------------------------------------------------

const now = Date.parse('2026-11-22T10:00:00Z')
const [atlas, firm, otherFirm] = [newId('organisation'), newId('organisation'), newId('organisation')]
const subjects = new Map<OrganisationId, string>([
  [atlas, 'ice:1'],
  [firm, 'ice:2'],
  [otherFirm, 'ice:3'],
])
const [person, giver, mandate, parent] = [newId('person'), newId('person'), newId('mandate'), newId('mandate')]
const [membership, representation] = [newId('membership'), newId('representation')]

const employee: Capacity = { as: 'employee', mandate, firm, membership }
const mandatary: Capacity = { as: 'mandatary', mandate }
const representative: Capacity = { as: 'representative', representation }
const right = (action: Right['action'], more: Partial<Right> = {}): Right => ({
  service: 'api',
  action,
  minimumLevel: 'eidas1',
  ...more,
})
const all = [right('read'), right('prepare'), right('submit')]
const actingAs = (capacity: Capacity, rights: Right[] = all): Acting => ({
  organisation: atlas,
  capacity,
  rights,
  above: [],
})

const terms: Representation = { actions: ['read', 'prepare', 'submit'], alone: false, tokensFrom: ['office'] }
const service = (id: string, given: Partial<Representation> | undefined) =>
  ({
    id,
    sector: `sector-of-${id}`,
    minimumLevel: 'eidas2',
    ...(given ? { representation: { ...terms, ...given } } : {}),
  }) as Service

let world: {
  may: MayAnswer
  check: MayAnswer
  open: boolean
  audience: Service
  asked: unknown[]
  views: Map<string, Partial<MandateView>>
}
beforeEach(() => {
  const yes: MayAnswer = { ok: true, acting: actingAs(employee) }
  world = { may: yes, check: yes, open: true, audience: service('api', {}), asked: [], views: new Map([[mandate, {}]]) }
})

const tokens = createMandateTokens({
  storage: { db: undefined as never },
  clock: { now: () => now } as never,
  audit: { append: () => {} },
  mandates: {
    async may(question) {
      world.asked.push(question)
      return world.may
    },
    check: async () => world.check,
    byId: async (id) => world.views.get(id) as MandateView | undefined,
    noteUse: async () => undefined,
  },
  organisations: {
    bySubject: async (text) =>
      text === 'ice:99'
        ? 'malformed'
        : [...subjects]
            .map(([organisation, subject]) => ({ organisation, subject }) as Organisation)
            .find(({ subject }) => subject === text),
    named: async (ids) =>
      new Map(ids.flatMap((id) => (subjects.has(id) ? [[id, { subject: subjects.get(id) } as Organisation]] : []))),
  },
  people: { subjectFor: async (_handle, who, sector) => `${who}@${sector}` },
  sessions: { isOpen: async () => world.open },
  serviceOf: (id) => (id === 'api' ? world.audience : undefined),
})

const local = { place: 'local', twoFactors: true } as const
const remote = { place: 'remote', twoFactors: false } as const
const answerOf = (more: Partial<Answer> = {}) =>
  ({
    connection: newId('connection'),
    person,
    provider: 'bank',
    acr: 'eidas2',
    sid: 's',
    from: local,
    ...more,
  }) as Answer
const asked = (details: Partial<MandateDetails> = {}, answer = answerOf()) => ({
  answer,
  audience: world.audience,
  details: { organisation: 'ice:1', actions: ['read', 'submit'], ...details } as MandateDetails,
})

describe('a mandate token', () => {
  test('R096: stands for the organisation, in the capacity that was found, for what was asked and five minutes at most', async () => {
    assert.deepEqual(await tokens.grant(asked()), {
      kept: {
        audience: 'api',
        acting: { organisation: atlas, capacity: employee },
        actions: ['read', 'submit'],
        organisation: 'ice:1',
        through: [{ sub: 'ice:2' }],
      },
      until: now + mandateTokenLifetime,
    })
    assert.deepEqual(world.asked, [{ person, organisation: atlas, service: 'api', level: 'eidas2' }])
  })

  test('R096: for the organisation of the login it is given in the capacity that the person chose there', async () => {
    const acting = { ...actingAs(representative), names: {} } as never
    await tokens.grant(asked({}, answerOf({ acting })))
    await tokens.grant(asked({ organisation: undefined as never }, answerOf({ acting })))
    const question = { person, organisation: atlas, service: 'api', level: 'eidas2' }
    assert.deepEqual(world.asked, [
      { ...question, capacity: representative },
      { ...question, capacity: representative },
    ])
  })

  test('R097: ends with the first of its rights', async () => {
    const ends: [Right[], number | undefined, number][] = [
      [[right('read', { until: now + minute }), right('submit')], undefined, now + minute],
      [all, now + second, now + second],
      [[right('read'), right('submit'), right('prepare', { until: now + 1 })], undefined, now + mandateTokenLifetime],
    ]
    for (const [rights, until, end] of ends) {
      const acting = { ...actingAs(employee, rights), ...(until ? { until } : {}) }
      world.may = { ok: true, acting }
      assert.equal((await tokens.grant(asked()))?.until, end)
    }
  })

  const refused: [what: string, prepare: () => Parameters<typeof tokens.grant>[0]][] = [
    [
      'to whom nothing lets them act for it',
      () => {
        world.may = { ok: false, reason: 'no_mandate' }
        return asked()
      },
    ],
    ['below the level of the audience', () => asked({}, answerOf({ acr: 'eidas1' }))],
    ['for an organisation that nobody knows', () => asked({ organisation: 'ice:4' })],
    ['for a number that none can have', () => asked({ organisation: 'ice:99' })],
    ['for none, when the person came for themselves', () => asked({ organisation: undefined as never })],
    [
      'for more than there is a right to',
      () => {
        world.may = { ok: true, acting: actingAs(employee, [right('read')]) }
        return asked()
      },
    ],
    [
      'for what the audience does not take',
      () => {
        world.audience = service('api', { actions: ['read'] })
        return asked()
      },
    ],
    [
      'at an audience that takes nobody who acts for others',
      () => {
        world.audience = service('api', undefined)
        return asked()
      },
    ],
    [
      'from a remote network, where the audience is closed to it',
      () => {
        world.audience = service('api', { remote: { secondFactor: false, closed: true } })
        return asked({}, answerOf({ from: remote }))
      },
    ],
    [
      'from who knows where, where the audience asks for two factors from a remote network',
      () => {
        world.audience = service('api', { remote: { secondFactor: true, closed: false } })
        const { from: _from, ...answer } = answerOf()
        return asked({}, answer)
      },
    ],
  ]
  for (const [what, prepare] of refused) {
    test(`R097: is not given ${what}`, async () => assert.equal(await tokens.grant(prepare()), undefined))
  }

  test('R097: the mandate that is named is the one by which it may be given', async () => {
    const acting = { ...actingAs(representative), names: {} } as never
    assert.ok(await tokens.grant(asked({ mandate }, answerOf({ acting }))))
    assert.deepEqual(world.asked, [{ person, organisation: atlas, service: 'api', level: 'eidas2', mandate }])
  })

  const chains: [what: string, capacity: Capacity, view: Partial<MandateView>, through: object[]][] = [
    ['a representative', representative, {}, []],
    ['a person who holds the mandate', mandatary, {}, []],
    ['an employee', employee, {}, [{ sub: 'ice:2' }]],
    ['a person to whom a firm delegated', mandatary, { parent }, [{ sub: 'ice:3' }]],
    ['an employee of a firm to which a firm delegated', employee, { parent }, [{ sub: 'ice:2' }, { sub: 'ice:3' }]],
  ]
  for (const [what, capacity, view, through] of chains) {
    test(`R096: names who stands between the organisation and ${what}`, async () => {
      world.may = { ok: true, acting: actingAs(capacity) }
      world.views = new Map<string, Partial<MandateView>>([
        [mandate, view],
        [parent, { mandatary: { kind: 'organisation', organisation: otherFirm } }],
      ])
      assert.deepEqual((await tokens.grant(asked()))?.kept.through, through)
    })
  }
})

describe('a mandate token that is looked at', () => {
  const look = async (reader = 'api') => {
    const granted = await tokens.grant(asked())
    assert.ok(granted)
    const of = { kept: granted.kept, answer: answerOf(), issuedTo: 'office' }
    return { of, reader: service(reader, {}) }
  }
  const seen = async (reader = 'api') => {
    const { of, reader: asks } = await look(reader)
    return tokens.introspect({ ...of, reader: asks })
  }

  test('R096: says for whom, by whom and what for, in the subjects of whoever looks', async () => {
    const details = [{ type: 'mandate', organisation: 'ice:1', actions: ['read', 'submit'], as: 'employee', mandate }]
    const by = (sector: string) => ({ sub: `${person}@sector-of-${sector}`, act: { sub: 'ice:2' } })
    assert.deepEqual(await seen(), { sub: 'ice:1', act: by('api'), details })
    assert.deepEqual(await seen('office'), { sub: 'ice:1', act: by('office'), details })
  })

  test('R096: a person who stands between is told like the one who acts', async () => {
    world.may = { ok: true, acting: actingAs(mandatary) }
    world.views = new Map<string, Partial<MandateView>>([
      [mandate, { parent }],
      [parent, { mandatary: { kind: 'person', person: giver } }],
    ])
    const act = (await seen())?.act
    assert.deepEqual(act, { sub: `${person}@sector-of-api`, act: { sub: `${giver}@sector-of-api` } })
  })

  test('R097: says what is left of it', async () => {
    const { of, reader } = await look()
    world.check = { ok: true, acting: actingAs(employee, [right('read'), right('pay')]) }
    const told = await tokens.introspect({ ...of, reader })
    assert.deepEqual(told?.details[0].actions, ['read'])
  })

  const over: [what: string, change: () => void][] = [
    ['the mandate has ended', () => (world.check = { ok: false, reason: 'ended' })],
    ['nothing is left of it', () => (world.check = { ok: true, acting: actingAs(employee, [right('pay')]) })],
    ['the person signed out', () => (world.open = false)],
    [
      'the audience takes no token of that service any more',
      () => (world.audience = service('api', { tokensFrom: [] })),
    ],
    ['the audience takes nobody any more', () => (world.audience = service('api', undefined))],
    [
      'the audience has closed to where the person is',
      () => (world.audience = service('api', { remote: { secondFactor: false, closed: true } })),
    ],
  ]
  for (const [what, change] of over) {
    test(`R097: is nothing once ${what}`, async () => {
      const { of, reader } = await look()
      const answer = { ...of.answer, from: remote }
      assert.ok(await tokens.introspect({ ...of, answer, reader }))
      change()
      assert.equal(await tokens.introspect({ ...of, answer, reader }), undefined)
    })
  }
})

describe('what was chosen at a login', () => {
  const acting = { ...actingAs(employee, [right('read'), right('submit')]), names: {} } as never
  const standing: [what: string, check: MayAnswer, stands: boolean][] = [
    ['as it was', { ok: true, acting: actingAs(employee) }, true],
    ['less of it', { ok: true, acting: actingAs(employee, [right('submit')]) }, true],
    ['other rights alone', { ok: true, acting: actingAs(employee, [right('prepare')]) }, false],
    ['nothing', { ok: false, reason: 'suspended' }, false],
  ]
  for (const [what, check, stands] of standing) {
    test(`R097: ${what}: ${stands ? 'stands' : 'is over'}`, async () => {
      world.check = check
      assert.equal((await tokens.standing(answerOf({ acting }), 'office')) !== undefined, stands)
    })
  }

  test('R097: of who is there for themselves nothing is looked at', async () => {
    world.check = { ok: true, acting: actingAs(employee) }
    assert.equal(await tokens.standing(answerOf(), 'office'), undefined)
  })
})
