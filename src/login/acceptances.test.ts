import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { decideAcceptance, decideProspect, type KnownMeans, type ServiceTerms } from '../policy/acceptance.ts'
import { shipped, someInstant, someKnown, somePolicy, someSignIn, someTerms } from '../policy/policy.sample.ts'
import { keepAcceptances } from './acceptances.ts'

const at = Date.parse('2026-11-22T10:00:00Z')
const end = Date.parse('2027-01-01T00:00:00Z')
const known: KnownMeans = {
  class: 'certified',
  jurisdiction: 'FR',
  certificate: { reference: 'CERT-1', validUntil: end },
  enrolment: { proofs: ['franceconnect'], contactsVerified: true, inDirectory: false },
  homologations: [],
}
const service: ServiceTerms = { id: 'refunds', minimumLevel: 'eidas1', sensitive: true }
const signIn = { level: 'eidas2', amr: ['pwd', 'otp'], population: 'citizen' } as const
const question = { known, service, place: 'remote', at } as const

describe('an acceptance that was decided is kept', () => {
  test('R024: until the certificate ends, and no millisecond longer', () => {
    const acceptances = keepAcceptances(shipped)
    const first = acceptances.ofSignIn(question, signIn)
    assert.equal(first.accepted, true)
    assert.equal(acceptances.ofSignIn({ ...question, at: end - 1 }, { ...signIn }), first)
    assert.deepEqual(acceptances.ofSignIn({ ...question, at: end }, signIn).reasons, ['certificate_ended'])
    assert.equal(acceptances.ofSignIn({ ...question, at: end - 1 }, signIn).accepted, true)
  })

  test('for all services that ask the same', () => {
    const acceptances = keepAcceptances(shipped)
    const first = acceptances.ofSignIn(question, signIn)
    assert.equal(acceptances.ofSignIn({ ...question, service: { ...service, id: 'records' } }, signIn), first)
    const stricter = { ...service, minimumLevel: 'eidas3' } as const
    assert.deepEqual(acceptances.ofSignIn({ ...question, service: stricter }, signIn).reasons, ['below_minimum'])
  })

  test('R025: but for a homologation, which is of one service', () => {
    const acceptances = keepAcceptances(shipped)
    const homologation = { service: 'refunds', author: 'Owner', riskAnalysis: 'RA-1', at: at - 1 }
    const ours: KnownMeans = { ...known, class: 'none', factors: ['password', 'totp'], homologations: [homologation] }
    assert.equal(acceptances.ofSignIn({ ...question, known: ours }, signIn).accepted, true)
    const other = { ...service, id: 'records' }
    assert.deepEqual(acceptances.ofSignIn({ ...question, known: ours, service: other }, signIn).reasons, ['class_none'])
  })

  test('no longer than what is known of the means', () => {
    const acceptances = keepAcceptances(shipped)
    assert.equal(acceptances.ofSignIn(question, signIn).accepted, true)
    const { certificate: _, ...withdrawn } = known
    const reasons = ['certificate_missing']
    assert.deepEqual(acceptances.ofSignIn({ ...question, known: withdrawn }, signIn).reasons, reasons)
  })

  test('whatever words a provider sends, in whatever order and number', () => {
    const acceptances = keepAcceptances(shipped)
    const declared: KnownMeans = { ...known, amr: { pwd: ['password'], otp: ['totp'] } }
    for (let index = 0; index < 1_000; index++) {
      const words = index % 2 === 0 ? ['pwd', 'otp'] : ['pwd']
      const said = [...words, `x${index}`]
      const found = acceptances.ofSignIn({ ...question, known: declared }, { ...signIn, amr: said })
      assert.equal(found.accepted, index % 2 === 0)
    }
    // A provider that never says the same twice fills no memory: what came first was let go.
    const asked = { ...question, known: declared }
    const first = acceptances.ofSignIn(asked, { ...signIn, amr: ['pwd', 'otp', 'x0'] })
    for (let index = 0; index < 250; index++) acceptances.ofSignIn(asked, { ...signIn, amr: [`y${index}`] })
    assert.notEqual(acceptances.ofSignIn(asked, { ...signIn, amr: ['pwd', 'otp', 'x0'] }), first)
  })

  test('R023 to R033, R046, R060, R079: it is the one that would be decided anew, whatever was asked before', () => {
    const asked = fc.tuple(
      fc.nat(1),
      fc.nat(2),
      fc.nat(1),
      fc.constantFrom('local' as const, 'remote' as const),
      someInstant,
      fc.boolean(),
    )
    let kept = 0
    let decided = 0
    fc.assert(
      fc.property(
        somePolicy,
        fc.tuple(
          fc.array(someKnown, { minLength: 2, maxLength: 2 }),
          fc.array(someTerms, { minLength: 3, maxLength: 3 }),
          fc.array(someSignIn, { minLength: 2, maxLength: 2 }),
        ),
        fc.array(asked, { minLength: 20, maxLength: 20 }),
        (policy, [means, services, signIns], questions) => {
          const acceptances = keepAcceptances(policy)
          const seen = new Set<unknown>()
          for (const [mean, terms, one, place, instant, isAhead] of questions) {
            const [of, by, sign] = [means[mean], services[terms], signIns[one]]
            if (!of || !by || !sign) throw new Error('out of range')
            const put = { known: of, service: by, place, at: instant }
            const { level, population } = sign
            const whose = population ? { population } : {}
            const found = isAhead ? acceptances.ofBest(put, { level, ...whose }) : acceptances.ofSignIn(put, sign)
            const fresh = isAhead
              ? decideProspect({ ...put, policy, strongest: level, ...whose })
              : decideAcceptance({ ...put, policy, signIn: sign })
            assert.deepEqual(found, fresh)
            if (seen.has(found)) kept++
            else decided++
            seen.add(found)
          }
        },
      ),
      { numRuns: 500 },
    )
    assert.ok(kept > 500 && decided > 500, `${kept} kept, ${decided} decided`)
  })
})
