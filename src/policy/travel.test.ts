import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { hour, minute } from '../kernel/durations.ts'
import { distanceBetween, isImpossibleTravel, nearby } from './travel.ts'

/** Countries that touch: the first, and those of its neighbours that come after it. */
const borders = `
AD ES FR; AE OM SA QA; AF CN IR PK TJ TM UZ; AL GR ME MK XK; AM AZ GE IR TR; AO CD CG NA ZM; AR BO BR CL PY UY
AT CH CZ DE HU IT LI SI SK; AZ GE IR RU TR; BA HR ME RS; BD IN MM; BE DE FR LU NL; BF BJ CI GH ML NE TG
BG GR MK RO RS TR; BI CD RW TZ; BJ NE NG TG; BN MY; BO BR CL PE PY; BR CO GF GY PE PY SR UY VE; BT CN IN
BW NA ZA ZM ZW; BY LT LV PL RU UA; BZ GT MX; CA US GL; CD AO BI CF CG RW SS TZ UG ZM; CF CG CM SD SS TD
CG CM GA; CH DE FR IT LI; CI GH GN LR ML; CL PE; CM GA GQ NG TD; CN HK IN KG KP KZ LA MM MN MO NP PK RU TJ VN
CO EC PA PE VE; CR NI PA; CZ DE PL SK; DE DK FR LU NL PL; DJ ER ET SO; DK SE; DO HT; DZ EH LY MA ML MR NE TN
EC PE; EE FI LV RU; EG IL LY PS SD; EH MA MR; ER ET SD; ES FR GI MA PT; ET KE SD SO SS; FI NO RU SE; FR GB IT LU MC
GA GQ; GB IE; GE RU TR; GF SR; GH TG; GM SN; GN GW LR ML SL SN; GR MK TR; GT HN MX SV; GW SN; GY SR VE; HN NI SV
HR HU ME RS SI; HU RO RS SI SK UA; ID MY PG TL; IL JO LB PS SY; IN MM NP PK; IQ IR JO KW SA SY TR; IR PK TM TR
IT MT SI SM VA; JO PS SA SY; KE SO SS TZ UG; KG KZ TJ UZ; KH LA TH VN; KP KR RU; KW SA; KZ RU TM UZ; LA MM TH VN
LB SY; LR SL; LS ZA; LT LV PL RU; LV RU; LY NE SD TD TN; MD RO UA; ME RS XK; MK RS XK; ML MR NE SN; MM TH; MN RU
MR SN; MW MZ TZ ZM; MX US; MY SG TH; MZ SZ TZ ZA ZM ZW; NA ZA ZM; NE NG TD; NG TD; NO RU SE; OM SA YE; PL RU SK UA
QA SA; RO RS UA; RS XK; RU UA US; RW TZ UG; SA BH YE; SD SS TD; SK UA; SS UG; SZ ZA; TJ UZ; TM UZ; TZ UG ZM; ZA ZW; ZM ZW`
  .trim()
  .split(/[;\n]/)
  .flatMap((text) => {
    const [one = '', ...others] = text.trim().split(' ')
    return others.map((other) => [one, other] as const)
  })

test('R101: countries that touch are never far: nobody has travelled who crossed a border', () => {
  assert.equal(borders.length > 300, true)
  const far = borders.filter(([one, other]) => (distanceBetween(one, other) ?? Number.NaN) <= nearby === false)
  assert.deepEqual(far, [])
})

describe('R101: what is far is far, and never more than the way from border to border, about', () => {
  /** In kilometres, read on a map between the two nearest borders. */
  const cases: [string, string, number][] = [
    ['FR', 'MA', 770],
    ['FR', 'US', 5_100],
    ['FR', 'RE', 8_900],
    ['BR', 'PT', 5_600],
    ['DE', 'MA', 1_550],
    ['AU', 'NZ', 1_500],
    ['CU', 'ES', 6_400],
    ['FR', 'VN', 8_700],
  ]
  for (const [one, other, most] of cases) {
    test(`${one} and ${other}`, () => {
      const distance = distanceBetween(one, other) ?? Number.NaN
      assert.ok(distance > nearby && distance <= most, `${distance} km`)
    })
  }

  test('what the table does not know is nowhere', () => {
    assert.equal(distanceBetween('FR', 'ZZ'), undefined)
    assert.equal(distanceBetween('ZZ', 'ZZ'), undefined)
  })

  test('as far one way as the other, and no way at all from a country to itself', () => {
    for (const [one] of borders) {
      assert.equal(distanceBetween(one, one), 0)
      assert.equal(distanceBetween(one, 'NZ'), distanceBetween('NZ', one))
    }
  })
})

describe('R101: how fast is too fast', () => {
  const at = Date.parse('2026-11-22T10:00:00Z')
  const distance = distanceBetween('FR', 'US') ?? Number.NaN
  const limit = Math.round((distance / 1_000) * hour)
  const cases: [string, string, number, boolean][] = [
    ['at the same moment', 'US', 0, true],
    ['a moment before it can be done', 'US', limit - minute, true],
    ['a moment after it can be done', 'US', limit + minute, false],
    ['to a neighbour, at the same moment', 'DE', 0, false],
    ['in the same country', 'FR', 0, false],
    ['to where nobody knows', 'ZZ', 0, false],
    ['by a clock that is behind the other', 'US', -minute, true],
  ]
  for (const [name, country, after, expected] of cases) {
    test(name, () =>
      assert.equal(isImpossibleTravel({ country: 'FR', at }, { country, at: at + after }, 1_000), expected),
    )
  }

  test('more time, or a higher speed, makes nothing impossible', () => {
    const place = fc.constantFrom('FR', 'MA', 'US', 'CA', 'NZ', 'ZZ')
    fc.assert(
      fc.property(
        place,
        place,
        fc.integer({ min: 0, max: 50 * hour }),
        fc.integer({ min: 0, max: 50 * hour }),
        fc.integer({ min: 300, max: 5_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (from, to, time, later, speed, faster) => {
          fc.pre(!isImpossibleTravel({ country: from, at }, { country: to, at: at + time }, speed))
          const given = { country: to, at: at + time + later }
          assert.equal(isImpossibleTravel({ country: from, at }, given, speed + faster), false)
        },
      ),
    )
  })
})
