/** The order of a sign-in by phone, as a table and as what no sequence of events can do. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import {
  advance,
  type EidEvent,
  type EidFlow,
  type EidMode,
  type EidObstacle,
  type EidState,
  eidObstacles,
  eidStates,
  isObstacle,
  isOver,
  numbersTyped,
  openedFlow,
  stepOf,
} from './eid-flow.ts'

const mine = 'the phone'
const both = ['card', 'device_key'] as const

/** What may be said, by names. */
const events = {
  scan: { kind: 'scan', phone: mine, way: 'qr', by: both },
  scanCardOnly: { kind: 'scan', phone: mine, way: 'qr', by: ['card'] },
  scanNothing: { kind: 'scan', phone: mine, way: 'qr', by: [] },
  link: { kind: 'scan', phone: mine, way: 'link', by: both },
  number: { kind: 'number', phone: mine, right: true },
  wrongNumber: { kind: 'number', phone: mine, right: false },
  text: { kind: 'text', phone: mine },
  card: { kind: 'card', phone: mine },
  biometrics: { kind: 'biometrics', phone: mine },
  approve: { kind: 'approve', phone: mine },
  confirm: { kind: 'confirm', right: true },
  wrongConfirm: { kind: 'confirm', right: false },
  decline: { kind: 'decline', phone: mine, reason: 'not_me' },
  refuse: { kind: 'refuse', reason: 'other_country' },
} as const satisfies Record<string, EidEvent>
type Name = keyof typeof events

/** Where a flow is after events, or the first obstacle. */
function after(names: readonly Name[], mode: EidMode = 'app', by: EidFlow['by'] = both): EidState | EidObstacle {
  let flow = openedFlow(mode, mode === 'reader' ? ['card'] : by)
  for (const name of names) {
    const next = advance(flow, events[name])
    if (isObstacle(next)) return next
    flow = next
  }
  return flow.state
}

describe('the order of a sign-in by phone', () => {
  const rows: [string, Name[], EidState | EidObstacle, EidMode?][] = [
    ['with the card', ['scan', 'number', 'card', 'biometrics', 'approve', 'confirm'], 'completed'],
    ['with the key of the phone', ['scan', 'number', 'biometrics', 'approve', 'confirm'], 'completed'],
    ['by a link on the same device', ['link', 'card', 'biometrics', 'approve', 'confirm'], 'completed'],
    ['a reader: card, no biometrics', ['scan', 'number', 'card', 'approve', 'confirm'], 'completed', 'reader'],
    ['approved is not completed', ['scan', 'number', 'card', 'biometrics', 'approve'], 'approved'],
    ['scanning approves nothing', ['scan', 'approve'], 'out_of_step'],
    ['no approval before the number', ['scan', 'biometrics'], 'out_of_step'],
    ['no card before the number', ['scan', 'card'], 'out_of_step'],
    ['no approval before the biometrics', ['scan', 'number', 'card', 'approve'], 'out_of_step'],
    ['no approval before any proof', ['scan', 'number', 'approve'], 'out_of_step'],
    ['no biometrics in place of a card that is needed', ['scanCardOnly', 'number', 'biometrics'], 'card_needed'],
    ['a card that is needed', ['scanCardOnly', 'number', 'card', 'biometrics'], 'recognised'],
    ['nothing is left', ['scanNothing'], 'card_needed'],
    ['a reader has no key', ['scan', 'number', 'biometrics'], 'card_needed', 'reader'],
    ['no end before the approval', ['scan', 'number', 'card', 'biometrics', 'confirm'], 'out_of_step'],
    ['no end before a scan', ['confirm'], 'out_of_step'],
    ['a link has no number', ['link', 'number'], 'out_of_step'],
    ['nothing twice: scan', ['scan', 'scan'], 'out_of_step'],
    ['nothing twice: number', ['scan', 'number', 'number'], 'out_of_step'],
    ['nothing twice: card', ['scan', 'number', 'card', 'card'], 'out_of_step'],
    ['two wrong numbers', ['scan', 'wrongNumber', 'wrongNumber', 'number'], 'matched'],
    ['three wrong numbers', ['scan', 'wrongNumber', 'wrongNumber', 'wrongNumber'], 'refused'],
    ['after that nothing', ['scan', 'wrongNumber', 'wrongNumber', 'wrongNumber', 'number'], 'over'],
    [
      'the count of the screen begins anew',
      ['scan', 'wrongNumber', 'wrongNumber', 'number', 'biometrics', 'approve', 'wrongConfirm', 'wrongConfirm'],
      'approved',
    ],
    [
      'three wrong numbers on the screen',
      ['scan', 'number', 'biometrics', 'approve', 'wrongConfirm', 'wrongConfirm', 'wrongConfirm'],
      'refused',
    ],
    ['declined at once', ['scan', 'decline'], 'declined'],
    ['declined after the approval', ['scan', 'number', 'biometrics', 'approve', 'decline'], 'declined'],
    ['not once it is done', ['scan', 'number', 'biometrics', 'approve', 'confirm', 'decline'], 'over'],
    ['not before a scan', ['decline'], 'out_of_step'],
    ['refused from the start', ['refuse', 'scan'], 'over'],
    ['a sign-in has no text', ['scan', 'number', 'text'], 'out_of_step'],
    ['a reader has none either', ['scan', 'number', 'text'], 'out_of_step', 'reader'],
    [
      'signed by the card',
      ['scan', 'number', 'text', 'card', 'biometrics', 'approve', 'confirm'],
      'completed',
      'signature',
    ],
    ['signed by the key of the phone', ['scan', 'number', 'text', 'biometrics', 'approve'], 'approved', 'signature'],
    ['signed by a link on the same device', ['link', 'text', 'card', 'biometrics', 'approve'], 'approved', 'signature'],
    ['no text before the number', ['scan', 'text'], 'out_of_step', 'signature'],
    ['no card before the text', ['scan', 'number', 'card'], 'out_of_step', 'signature'],
    ['no biometrics before the text', ['scan', 'number', 'biometrics'], 'out_of_step', 'signature'],
    ['no card in place of a text on the same device', ['link', 'card'], 'out_of_step', 'signature'],
    [
      'a signature wants the card where it says so',
      ['scanCardOnly', 'number', 'text', 'biometrics'],
      'card_needed',
      'signature',
    ],
    ['nothing twice: text', ['scan', 'number', 'text', 'text'], 'out_of_step', 'signature'],
    ['declined once it was read', ['scan', 'number', 'text', 'decline'], 'declined', 'signature'],
  ]
  for (const [name, names, expected, mode] of rows) {
    test(`R075 R089: ${name}`, () => assert.equal(after(names, mode), expected))
  }

  test('R089: another phone goes on with nothing, and is told nothing of how far it is', () => {
    const reached: Name[][] = [['scan'], ['scan', 'number'], ['link'], ['scan', 'number', 'card', 'biometrics']]
    for (const names of reached) {
      let flow = openedFlow('app', both)
      for (const name of names) flow = advance(flow, events[name]) as EidFlow
      for (const event of Object.values(events)) {
        if ('phone' in event) assert.equal(advance(flow, { ...event, phone: 'another' } as EidEvent), 'other_phone')
      }
    }
  })

  test('what the phone is told to do next', () => {
    const told = (names: Name[], mode: EidMode = 'app') => {
      let flow = openedFlow(mode, mode === 'reader' ? ['card'] : both)
      for (const name of names) flow = advance(flow, events[name]) as EidFlow
      return stepOf(flow)
    }
    assert.equal(told([]), 'wait')
    assert.equal(told(['scan']), 'number')
    assert.equal(told(['scan', 'number']), 'card_or_biometrics')
    assert.equal(told(['scanCardOnly', 'number']), 'card')
    assert.equal(told(['scan', 'number'], 'reader'), 'card')
    assert.equal(told(['scan', 'number'], 'signature'), 'text')
    assert.equal(told(['scan', 'number', 'text'], 'signature'), 'card_or_biometrics')
    assert.equal(told(['scanCardOnly', 'number', 'text'], 'signature'), 'card')
    assert.equal(told(['scan', 'number', 'card']), 'biometrics')
    assert.equal(told(['scan', 'number', 'card'], 'reader'), 'approve')
    assert.equal(told(['scan', 'number', 'biometrics']), 'approve')
    assert.equal(told(['scan', 'number', 'biometrics', 'approve']), 'wait')
  })

  test('every obstacle says what it is', () => {
    assert.deepEqual(Object.keys(eidObstacles), ['out_of_step', 'over', 'other_phone', 'card_needed'])
    assert.equal(eidStates.filter((state) => isOver({ state })).length, 3)
  })

  const phone = fc.constantFrom(mine, 'another', 'a third')
  const by = fc.subarray(['card', 'device_key'] as const)
  const event: fc.Arbitrary<EidEvent> = fc.oneof(
    fc.record({ kind: fc.constant('scan' as const), phone, way: fc.constantFrom('qr' as const, 'link' as const), by }),
    fc.record({ kind: fc.constant('number' as const), phone, right: fc.boolean() }),
    fc.record({ kind: fc.constant('text' as const), phone }),
    fc.record({ kind: fc.constant('card' as const), phone }),
    fc.record({ kind: fc.constant('biometrics' as const), phone }),
    fc.record({ kind: fc.constant('approve' as const), phone }),
    fc.record({ kind: fc.constant('confirm' as const), right: fc.boolean() }),
    fc.record({ kind: fc.constant('decline' as const), phone, reason: fc.constant('not_me') }),
  )
  /** Mostly in order, so that many get far; some not. */
  const inOrder: fc.Arbitrary<EidEvent[]> = fc
    .tuple(fc.constantFrom<Name>('scan', 'link', 'scanCardOnly'), fc.array(event, { maxLength: 3 }))
    .map(([first, more]) => [
      events[first],
      ...more,
      events.number,
      events.text,
      events.card,
      events.biometrics,
      ...more,
    ])
    .map((list) => [...list, events.approve, ...list, events.confirm])
  const sequence = fc.oneof(fc.array(event, { maxLength: 40 }), inOrder)

  test('R075: nothing is completed but by one phone, in order: scan, number or link, text, proof, biometrics, approval, end', () => {
    let completed = 0
    fc.assert(
      fc.property(fc.constantFrom<EidMode>('app', 'reader', 'signature'), by, sequence, (mode, allowed, list) => {
        let flow = openedFlow(mode, mode === 'reader' ? ['card'] : allowed)
        const done: EidEvent[] = []
        for (const one of list) {
          const next = advance(flow, one)
          if (isObstacle(next)) continue
          assert.equal(isOver(flow), false, 'nothing follows an end')
          assert.ok(next.wrong <= numbersTyped)
          flow = next
          done.push(one)
        }
        if (flow.state !== 'completed') return
        completed++
        const right = done.filter((one) => !('right' in one) || one.right)
        const [scan] = right
        assert.ok(scan?.kind === 'scan' && scan.by.includes(flow.proof ?? 'card'))
        assert.ok(right.every((one) => !('phone' in one) || one.phone === scan.phone))
        const expected = [
          'scan',
          ...(scan.way === 'qr' ? ['number'] : []),
          ...(mode === 'signature' ? ['text'] : []),
          ...(flow.proof === 'card' ? ['card'] : []),
          ...(mode === 'reader' ? [] : ['biometrics']),
          'approve',
          'confirm',
        ]
        assert.deepEqual(
          right.map(({ kind }) => kind),
          expected,
        )
        assert.ok(flow.proof === 'card' || (mode !== 'reader' && allowed.includes('device_key')))
      }),
      { numRuns: 500 },
    )
    assert.ok(completed > 20, `only ${completed} sequences got to the end`)
  })
})
