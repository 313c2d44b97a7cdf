/** What was typed of a suspension, and what it means. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { levels } from '../kernel/assurance.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { blankSuspension, changesTo, readSuspension, typedOf, typedSuspension } from './suspension-form.ts'
import { changed, type Suspension, suspensionCategories } from './suspensions.ts'

const now = Date.parse('2026-11-22T10:00:30.250Z')
const timeZone = 'Europe/Paris'
const provider = { allowedLevels: [...levels] }
const services = new Set(['refunds', 'justice'])
const context = { provider, services, now, timeZone }
const whole = { ...blankSuspension, category: 'other', reason_fr: 'Une.', reason_en: 'One.', reason_ar: 'واحدة.' }

const suspension = (changes: Partial<Suspension> = {}): Suspension => ({
  id: 'sus_one',
  provider: 'bank',
  services: 'all',
  category: 'security',
  reason: { fr: 'Une.', en: 'One.', ar: 'واحدة.' },
  author: { kind: 'command' },
  since: now - hour,
  changedAt: now - hour,
  sessions: 'kept',
  ...changes,
})

describe('the form of a suspension', () => {
  test('empty times are now and no end; a text of several lines becomes one', () => {
    const { draft, faults } = readSuspension({ ...whole, reason_en: ' One\r\n  more ' }, context)
    assert.deepEqual(faults, [])
    assert.deepEqual(draft, {
      services: 'all',
      category: 'other',
      reason: { fr: 'Une.', en: 'One more', ar: 'واحدة.' },
      sessions: 'kept',
    })
  })

  test('times are those of the zone', () => {
    const { draft } = readSuspension({ ...whole, since: '2026-12-01T10:00', until: '2026-12-01T11:30' }, context)
    assert.equal(draft.since, Date.parse('2026-12-01T09:00:00Z'))
    assert.equal(draft.until, Date.parse('2026-12-01T10:30:00Z'))
  })

  const wrong: [changes: Partial<typeof whole>, field: string, problem: string][] = [
    [{ reason_ar: '' }, 'reason.ar', 'missing'],
    [{ category: 'whim' }, 'category', 'not_known'],
    [{ scope: 'some' }, 'services', 'no_service'],
    [{ scope: 'some', services: ['elsewhere'] }, 'services', 'service_unknown'],
    [{ above: 'eidas3' }, 'above', 'nothing_above'],
    [{ since: '2026-02-30T10:00' }, 'since', 'not_an_instant'],
    [{ until: '2026-11-22' }, 'until', 'not_an_instant'],
    [{ since: '2026-12-02T10:00', until: '2026-12-01T10:00' }, 'until', 'before_start'],
    [{ sessions: 'some' }, 'sessions', 'not_known'],
    [{ sessions: 'since' }, 'sessions', 'not_an_instant'],
    [{ sessions: 'since', closed_since: '2026-11-22T11:30' }, 'sessions', 'after_start'],
  ]
  for (const [changes, field, problem] of wrong) {
    test(`${JSON.stringify(changes)}: ${field} ${problem}`, () => {
      assert.deepEqual(readSuspension({ ...whole, ...changes }, context).faults, [{ field, problem }])
    })
  }

  test('a body of any shape is a form', () => {
    fc.assert(
      fc.property(fc.anything(), (body) => {
        const typed = typedSuspension(body)
        assert.deepEqual(Object.keys(typed).sort(), Object.keys(blankSuspension).sort())
        readSuspension(typed, context)
      }),
    )
  })

  test('one that is opened and sent back untouched changes nothing, to the millisecond', () => {
    const instants = fc.integer({ min: now - 20 * hour, max: now + 300 * day })
    fc.assert(
      fc.property(
        fc.record({
          services: fc.constantFrom<Suspension['services']>('all', ['refunds'], ['justice', 'refunds']),
          above: fc.constantFrom(undefined, 'eidas1' as const, 'eidas2' as const),
          category: fc.constantFrom(...suspensionCategories),
          since: instants,
          lasts: fc.option(fc.integer({ min: 21 * hour, max: 90 * day }), { nil: undefined }),
          closes: fc.constantFrom('kept', 'all', 'since'),
        }),
        ({ services, above, category, since, lasts, closes }) => {
          const before = suspension({
            services,
            category,
            since,
            sessions: closes === 'kept' ? 'kept' : { closedSince: closes === 'all' ? 0 : since - 7 * minute - 1 },
            ...(above ? { above } : {}),
            ...(lasts === undefined ? {} : { until: since + lasts }),
          })
          const typed = typedSuspension(typedOf(before, timeZone))
          const { draft, faults } = readSuspension(typed, { ...context, before })
          assert.deepEqual(faults, [])
          assert.deepEqual(changed(before, changesTo(draft, before)), before)
        },
      ),
    )
  })
})
