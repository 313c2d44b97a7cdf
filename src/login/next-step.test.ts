import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { atLeast, type Level, levels } from '../kernel/assurance.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import type { AcceptanceReason } from '../policy/acceptance.ts'
import type { Requested } from '../policy/level.ts'
import type { Event, Evidence, Flow, Stage } from './flow.ts'
import { transition } from './flow.ts'
import { nextStep, withoutPrompt } from './next-step.ts'

const startedAt = Date.parse('2026-11-22T10:00:00Z')
const now = startedAt + 2 * minute

function flowAt(
  stage: Stage,
  requested: Partial<Requested> = {},
  hint?: string,
): Pick<Flow, 'request' | 'stage' | 'startedAt'> {
  return {
    startedAt,
    stage,
    request: {
      service: 'health-refunds',
      scopes: ['openid'],
      languages: [],
      requested: { acrValues: [], prompts: [], ...requested },
      ...(hint ? { hint } : {}),
    },
  }
}

type FromProvider = Evidence & { from: 'provider' }

function assertion(change: { level?: Level; authTime?: number } & Partial<FromProvider> = {}): FromProvider {
  const { level = 'eidas1', authTime = startedAt + minute, ...rest } = change
  return {
    from: 'provider',
    provider: 'tax',
    recognition: 'known',
    assertion: {
      provider: 'tax',
      subject: 's',
      level,
      amr: ['pwd'],
      authTime,
      identity: { kind: 'professional', nationalId: '899700366240', given_name: 'A', family_name: 'B', claims: {} },
    },
    ...rest,
  }
}

function session(change: Partial<Evidence & { from: 'session' }> = {}): Evidence {
  return {
    from: 'session',
    provider: 'tax',
    session: 'ses_AAAAAAAAAAAAAAAAAAAAAA',
    person: 'per_AAAAAAAAAAAAAAAAAAAAAA',
    link: 'lnk_AAAAAAAAAAAAAAAAAAAAAA',
    level: 'eidas1',
    amr: ['pwd'],
    authTime: startedAt - hour,
    acr: 'eidas1',
    informed: true,
    ...change,
  }
}

const low = { minimumLevel: 'eidas1' as const }

describe('the order of steps', () => {
  const table: [
    sentence: string,
    flow: Parameters<typeof nextStep>[0],
    terms: { minimumLevel: Level },
    step: object,
  ][] = [
    ['nobody is there yet: choose', flowAt({ at: 'choosing' }), low, { step: 'choose-provider' }],
    [
      'the service named a provider: go there',
      flowAt({ at: 'choosing' }, {}, 'tax'),
      low,
      { step: 'authenticate', provider: 'tax' },
    ],
    [
      'the named provider did not answer: choose',
      flowAt({ at: 'choosing', notice: { kind: 'silent', provider: 'tax' } }, {}, 'tax'),
      low,
      { step: 'choose-provider' },
    ],
    [
      'back button from the provider: choose again',
      flowAt({ at: 'authenticating', hop: {} as never, fresh: false, since: now }),
      low,
      { step: 'choose-provider' },
    ],
    [
      'somebody is there: say what goes',
      flowAt({ at: 'identified', evidence: assertion() }),
      low,
      { step: 'inform', acr: 'eidas1' },
    ],
    ['they went on: issue', flowAt({ at: 'informed', evidence: assertion() }), low, { step: 'issue', acr: 'eidas1' }],
    [
      'R068: a session that informed before answers at once',
      flowAt({ at: 'identified', evidence: session() }),
      low,
      { step: 'issue', acr: 'eidas1' },
    ],
    [
      'a session at a service that has not informed yet: say what goes',
      flowAt({ at: 'identified', evidence: session({ informed: false }) }),
      low,
      { step: 'inform', acr: 'eidas1' },
    ],
    [
      'prompt=consent shows the page again',
      flowAt({ at: 'identified', evidence: session() }, { prompts: ['consent'] }),
      low,
      { step: 'inform', acr: 'eidas1' },
    ],
    [
      'a level below what was asked goes to raise-assurance',
      flowAt({ at: 'identified', evidence: assertion({ level: 'eidas1' }) }, { acrValues: ['eidas2'] }),
      low,
      { step: 'raise-assurance', reached: 'eidas1', provider: 'tax' },
    ],
    [
      'a level above what was asked is answered as reached',
      flowAt({ at: 'informed', evidence: assertion({ level: 'eidas3' }) }, { acrValues: ['eidas2'] }),
      low,
      { step: 'issue', acr: 'eidas3' },
    ],
    [
      'an essential acr is met by the highest requested value not above the one reached',
      flowAt({ at: 'informed', evidence: assertion({ level: 'eidas3' }) }, { essentialAcr: ['eidas1', 'eidas2'] }),
      low,
      { step: 'issue', acr: 'eidas2' },
    ],
    [
      'an essential acr that nobody knows is refused before anybody authenticates',
      flowAt({ at: 'choosing' }, { essentialAcr: [] }),
      low,
      { step: 'refuse', error: 'level_not_reached' },
    ],
    [
      'max_age judges the time observed upstream, however fresh the answer',
      flowAt({ at: 'identified', evidence: assertion({ authTime: now - 301 * second }) }, { maxAge: 300 }),
      low,
      { step: 'refuse', error: 'login_required' },
    ],
    [
      'max_age includes its own second',
      flowAt({ at: 'identified', evidence: assertion({ authTime: now - 300 * second }) }, { maxAge: 300 }),
      low,
      { step: 'inform', acr: 'eidas1' },
    ],
    [
      'what happened in this login is fresh, however long the person reads',
      flowAt({ at: 'identified', evidence: assertion({ authTime: startedAt + second }) }, { maxAge: 1 }),
      low,
      { step: 'inform', acr: 'eidas1' },
    ],
    [
      'prompt=login is not met by an authentication older than the login',
      flowAt({ at: 'identified', evidence: assertion({ authTime: startedAt - 2 * minute }) }, { prompts: ['login'] }),
      low,
      { step: 'refuse', error: 'login_required' },
    ],
    [
      'R005: eidas3 authenticates afresh',
      flowAt({ at: 'identified', evidence: assertion({ level: 'eidas3', authTime: startedAt - hour }) }),
      { minimumLevel: 'eidas3' },
      { step: 'refuse', error: 'login_required' },
    ],
    [
      'a collision stops for review',
      flowAt({ at: 'identified', evidence: assertion({ recognition: 'collision' }) }),
      low,
      { step: 'refuse', error: 'identity_collision' },
    ],
    [
      'who resembles somebody is asked before going on alone',
      flowAt({ at: 'identified', evidence: assertion({ recognition: 'resembles' }) }),
      low,
      { step: 'join' },
    ],
    [
      'who goes on alone reads what goes',
      flowAt({ at: 'identified', evidence: assertion({ recognition: 'resembles' }), alone: true }),
      low,
      { step: 'inform', acr: 'eidas1' },
    ],
  ]
  for (const [sentence, flow, terms, expected] of table) {
    test(sentence, () => assert.deepEqual(nextStep(flow, terms, now), expected))
  }
})

describe('means that policy refuses for this service, here and today', () => {
  const refused = (...reasons: AcceptanceReason[]) => ({ ...low, verdict: { accepted: false, reasons } })
  const accepted = { ...low, verdict: { accepted: true, reasons: ['sms_discouraged' as const] } }
  const change = (...reasons: AcceptanceReason[]) => ({ step: 'change-means', reasons, provider: 'tax' })
  const table: [string, Parameters<typeof nextStep>[0], Parameters<typeof nextStep>[1], object][] = [
    [
      'an assertion: choose another way, before anything is shown or linked',
      flowAt({ at: 'identified', evidence: assertion() }),
      refused('transition_ended', 'below_sensitive_minimum'),
      change('transition_ended', 'below_sensitive_minimum'),
    ],
    [
      '... also when the person has read what goes',
      flowAt({ at: 'informed', evidence: assertion() }),
      refused('certificate_ended'),
      change('certificate_ended'),
    ],
    [
      '... and when they would be asked about another account',
      flowAt({ at: 'identified', evidence: assertion({ recognition: 'resembles' }) }),
      refused('class_none'),
      change('class_none'),
    ],
    [
      'a session that has informed before',
      flowAt({ at: 'identified', evidence: session() }),
      refused('other_population'),
      change('other_population'),
    ],
    [
      '... is in the way of no provider that the service named',
      flowAt({ at: 'identified', evidence: session() }, {}, 'post'),
      refused('other_population'),
      { step: 'authenticate', provider: 'post' },
    ],
    [
      '... unless that is the one it came by',
      flowAt({ at: 'identified', evidence: session() }, {}, 'tax'),
      refused('other_population'),
      change('other_population'),
    ],
    [
      'a level that is too low and nothing else leads to another account',
      flowAt({ at: 'identified', evidence: assertion() }, { acrValues: ['eidas2'] }),
      refused('below_minimum'),
      { step: 'raise-assurance', reached: 'eidas1', provider: 'tax' },
    ],
    [
      'a collision comes first: nobody is sent elsewhere with it',
      flowAt({ at: 'identified', evidence: assertion({ recognition: 'collision' }) }),
      refused('class_none'),
      { step: 'refuse', error: 'identity_collision' },
    ],
    [
      'a remark is in the way of nothing',
      flowAt({ at: 'informed', evidence: assertion() }),
      accepted,
      { step: 'issue', acr: 'eidas1' },
    ],
  ]
  for (const [sentence, flow, terms, expected] of table) {
    test(sentence, () => assert.deepEqual(nextStep(flow, terms, now), expected))
  }

  test('prompt=none is answered by login_required', () => {
    const step = nextStep(flowAt({ at: 'identified', evidence: session() }), refused('class_none'), now)
    assert.deepEqual(withoutPrompt(step), { step: 'refuse', error: 'login_required' })
  })
})

test('the level on the page is the one that is told: of an essential acr the highest value that is reached', () => {
  const flow = flowAt({ at: 'identified', evidence: assertion({ level: 'eidas3' }) }, { essentialAcr: ['eidas2'] })
  assert.deepEqual(nextStep(flow, low, now), { step: 'inform', acr: 'eidas2' })
})

test('R005: what a suspension takes away is no answer, whatever stands between, and another provider may be chosen', () => {
  const withdrawn = { ...low, withdrawn: true }
  const chosen = { step: 'provider-withdrawn' as const, provider: 'tax' }
  const stages: Stage[] = [
    { at: 'identified', evidence: assertion() },
    { at: 'identified', evidence: assertion({ recognition: 'collision' }) },
    { at: 'identified', evidence: assertion({ lacksSecondFactor: true }) },
    { at: 'identified', evidence: session() },
    { at: 'informed', evidence: assertion({ level: 'eidas3' }) },
  ]
  for (const stage of stages) assert.deepEqual(nextStep(flowAt(stage), withdrawn, now), chosen)
  assert.deepEqual(withoutPrompt(chosen), { step: 'refuse', error: 'login_required' })
  assert.deepEqual(nextStep(flowAt({ at: 'choosing' }), withdrawn, now), { step: 'choose-provider' })
})

test('of what goes to nobody there is nothing to read: the hub’s own pages open at once, and only at their level', () => {
  const flow = flowAt({ at: 'identified', evidence: assertion() })
  assert.deepEqual(nextStep(flow, { ...low, isOwn: true }, now), { step: 'issue', acr: 'eidas1' })
  assert.equal(nextStep(flow, { minimumLevel: 'eidas2', isOwn: true }, now).step, 'raise-assurance')
  const resembling = flowAt({ at: 'identified', evidence: assertion({ recognition: 'resembles' }) })
  assert.equal(nextStep(resembling, { ...low, isOwn: true }, now).step, 'join')
})

test('what was true on the page is judged again at the end', () => {
  const flow = flowAt({ at: 'informed', evidence: session({ authTime: now - 200 * second }) }, { maxAge: 300 })
  assert.equal(nextStep(flow, low, now).step, 'issue')
  assert.deepEqual(nextStep(flow, low, now + hour), { step: 'refuse', error: 'login_required' })
})

describe('prompt=none asks nobody anything', () => {
  const table: [Parameters<typeof withoutPrompt>[0], object][] = [
    [
      { step: 'issue', acr: 'eidas1' },
      { step: 'issue', acr: 'eidas1' },
    ],
    [{ step: 'choose-provider' }, { step: 'refuse', error: 'login_required' }],
    [
      { step: 'authenticate', provider: 'tax' },
      { step: 'refuse', error: 'login_required' },
    ],
    [
      { step: 'raise-assurance', reached: 'eidas1', provider: 'tax' },
      { step: 'refuse', error: 'login_required' },
    ],
    [
      { step: 'inform', acr: 'eidas1' },
      { step: 'refuse', error: 'interaction_required' },
    ],
    [{ step: 'join' }, { step: 'refuse', error: 'interaction_required' }],
    [
      { step: 'refuse', error: 'identity_collision' },
      { step: 'refuse', error: 'identity_collision' },
    ],
  ]
  for (const [step, expected] of table) test(step.step, () => assert.deepEqual(withoutPrompt(step), expected))
})

test('whatever is asked and reached, an answer is never above what was observed nor below what is required', () => {
  const level = fc.constantFrom(...levels)
  fc.assert(
    fc.property(
      level,
      level,
      fc.array(level),
      fc.option(fc.array(level), { nil: undefined }),
      (reached, minimumLevel, acrValues, essentialAcr) => {
        const flow = flowAt(
          { at: 'informed', evidence: assertion({ level: reached }) },
          { acrValues, ...(essentialAcr ? { essentialAcr } : {}) },
        )
        const step = nextStep(flow, { minimumLevel }, now)
        if (step.step !== 'issue') return
        assert.ok(atLeast(reached, step.acr))
        assert.ok(atLeast(reached, minimumLevel))
        if (essentialAcr) assert.ok(essentialAcr.includes(step.acr))
      },
    ),
  )
})

describe('transition', () => {
  const identified: Stage = { at: 'identified', evidence: assertion() }
  const answer = {} as never
  const outOfPlace: [string, Stage, Event][] = [
    ['a second callback', identified, { event: 'came_back', evidence: assertion() }],
    ['a forged acknowledgement before anybody signed in', { at: 'choosing' }, { event: 'acknowledged' }],
    ['an answer without anybody', { at: 'choosing' }, { event: 'issued', answer, at: now, cookies: '' }],
    ['leaving what is issued', { at: 'issued', answer, issuedAt: now, cookies: '' }, { event: 'choose_again' }],
    [
      'choosing again after going back to the service',
      { at: 'refused', error: 'person_cancelled', reference: 'R', final: true },
      { event: 'choose_again' },
    ],
  ]
  for (const [sentence, stage, event] of outOfPlace) {
    test(`${sentence} changes nothing`, () => assert.equal(transition(stage, event), undefined))
  }

  test('choosing again after a failure keeps the account that is being joined', () => {
    const joining = assertion()
    const waiting: Stage = { at: 'authenticating', hop: {} as never, fresh: true, since: now, joining }
    assert.deepEqual(transition(waiting, { event: 'choose_again' }), { at: 'choosing', joining })
  })
})

describe('R082: from another country', () => {
  const asked = { kind: 'step_up' as const, need: 'two_factors' as const, reasons: [] }
  const refused = { kind: 'refused' as const, reasons: [] }
  const prove = { step: 'prove-abroad', need: 'two_factors', provider: 'tax' }
  const closed = { step: 'refuse', error: 'country_refused' }
  const table: [
    sentence: string,
    flow: Parameters<typeof nextStep>[0],
    terms: Parameters<typeof nextStep>[1],
    step: object,
  ][] = [
    ['closed to everybody: nobody signs in first', flowAt({ at: 'choosing' }), { ...low, closedHere: true }, closed],
    [
      '... nor is sent to the provider that the service named',
      flowAt({ at: 'choosing' }, {}, 'tax'),
      { ...low, closedHere: true },
      closed,
    ],
    [
      'closed to this person, at each step',
      flowAt({ at: 'informed', evidence: assertion() }),
      { ...low, geography: refused },
      closed,
    ],
    [
      'more is asked of a sign-in',
      flowAt({ at: 'identified', evidence: assertion() }),
      { ...low, geography: asked },
      prove,
    ],
    [
      'more is asked of a session',
      flowAt({ at: 'identified', evidence: session() }),
      { ...low, geography: asked },
      prove,
    ],
    [
      'before a second factor is asked for other reasons',
      flowAt({ at: 'identified', evidence: assertion({ lacksSecondFactor: true }) }),
      { ...low, geography: asked },
      prove,
    ],
    [
      'what is frozen says so first',
      flowAt({ at: 'identified', evidence: assertion({ obstacle: 'frozen' }) }),
      { ...low, geography: refused },
      { step: 'refuse', error: 'identity_frozen' },
    ],
  ]
  for (const [sentence, flow, terms, step] of table) {
    test(`R082: ${sentence}`, () => assert.deepEqual(nextStep(flow, terms, now), step))
  }

  test('R082: without a page a session that is asked for more is no session', () => {
    const step = nextStep(flowAt({ at: 'identified', evidence: session() }), { ...low, geography: asked }, now)
    assert.deepEqual(withoutPrompt(step), { step: 'refuse', error: 'login_required' })
  })
})
