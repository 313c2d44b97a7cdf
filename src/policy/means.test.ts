import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { compareLevels, type Level, levels } from '../kernel/assurance.ts'
import { type Factor, factorKinds } from './factors.ts'
import {
  decideFactors,
  decideMeans,
  type Homologation,
  homologationEnd,
  type Means,
  type MeansClass,
  type MeansPolicy,
  type MeansReason,
  meansReasons,
  type Population,
  populations,
  reminderDue,
  type ServiceRules,
  transitionEndFor,
} from './means.ts'
import type { Place } from './network.ts'
import {
  shipped,
  someFactor,
  someFactors,
  someHomologation,
  someInstant,
  someMeans,
  somePolicy,
  someService,
} from './policy.sample.ts'

const instant = (text: string) => Date.parse(text)
const now = instant('2026-11-22T10:00:00Z')
const before2026 = instant('2025-12-31T23:59:59+01:00')
const start2026 = instant('2026-01-01T00:00:00+01:00')

const service: ServiceRules = { id: 'refunds', minimumLevel: 'eidas1', sensitive: true, passwordAlone: true }
const ordinary: ServiceRules = { ...service, sensitive: false }
const homologation: Homologation = {
  service: 'refunds',
  author: 'Head of the service',
  riskAnalysis: 'RA-2025-07',
  at: instant('2025-07-01T00:00:00+02:00'),
}
const base: Means = {
  class: 'homologated',
  level: 'eidas2',
  identityLevel: 'eidas2',
  factors: [{ kind: 'password' }, { kind: 'totp' }],
  bound: 'one_person',
  jurisdiction: 'FR',
  population: 'professional',
  validFrom: instant('2020-01-01T00:00:00Z'),
  validUntil: instant('2028-01-01T00:00:00Z'),
  homologations: [homologation],
}
const certified: Partial<Means> = {
  class: 'certified',
  level: 'eidas3',
  identityLevel: 'eidas3',
  certificate: { reference: 'ANSSI-2025-12', validUntil: instant('2027-01-01T00:00:00Z') },
  enrolment: { proofs: ['franceconnect'], contactsVerified: true, inDirectory: true },
  homologations: [],
}
const transition: Partial<Means> = { class: 'transition', level: 'eidas1', homologations: [] }
const card: Partial<Means> = {
  class: 'card',
  level: 'eidas3',
  identityLevel: 'eidas3',
  factors: [{ kind: 'contact_chip' }, { kind: 'pin' }],
  homologations: [],
}
const badge = [{ kind: 'contactless_chip' }, { kind: 'password' }] as const

interface Circumstances {
  means?: Partial<Means>
  service?: Partial<ServiceRules>
  place?: Place
  at?: number
  policy?: Partial<MeansPolicy>
}

const decide = (changes: Circumstances) =>
  decideMeans({
    means: { ...base, ...changes.means },
    service: { ...service, ...changes.service },
    place: changes.place ?? 'remote',
    at: changes.at ?? now,
    policy: { ...shipped, ...changes.policy },
  })

/** Accepted at a level, or refused: with exactly these reasons. */
type Expected = [accepted: Level | 'refused', ...MeansReason[]]

function table(cases: [string, Circumstances, Expected][]) {
  for (const [name, changes, [outcome, ...reasons]] of cases) {
    test(name, () => {
      const { accepted, level, reasons: given } = decide(changes)
      assert.deepEqual({ accepted, reasons: given }, { accepted: outcome !== 'refused', reasons })
      if (outcome !== 'refused') assert.equal(level, outcome)
    })
  }
}

describe('the classes', () => {
  table([
    [
      'R023: Pro Santé Connect',
      { means: { ...certified, class: 'psc', factors: [{ kind: 'phone_app_verified' }] } },
      ['eidas2'],
    ],
    [
      'R021: ... by its card, with equal rights',
      { means: { ...certified, class: 'psc', level: 'eidas2', factors: card.factors ?? [] } },
      ['eidas2'],
    ],
    ['R023: none, at a sensitive service', { means: { class: 'none' } }, ['refused', 'class_none']],
    ['none, at an ordinary service', { means: { class: 'none' }, service: ordinary }, ['eidas2']],
    ['R024: certified, without any homologation', { means: certified }, ['eidas2']],
    [
      'R024: without a certificate',
      { means: { ...certified, certificate: { reference: ' ', validUntil: now + 1 } } },
      ['refused', 'certificate_missing'],
    ],
    [
      'R024: at the last second of the certificate',
      { means: certified, at: instant('2026-12-31T23:59:59Z') },
      ['eidas2'],
    ],
    [
      'R024: one second later',
      { means: certified, at: instant('2027-01-01T00:00:00Z') },
      ['refused', 'certificate_ended'],
    ],
    ['R033: a card by contact chip and PIN', { means: card }, ['eidas3']],
    [
      'R033: a card without its PIN',
      { means: { ...card, factors: [{ kind: 'contact_chip' }] } },
      [
        'refused',
        'card_without_pin',
        'incomplete',
        'second_factor_missing',
        'below_minimum',
        'below_sensitive_minimum',
      ],
    ],
  ])
})

describe('R024: the enrolment of a certified means', () => {
  const enrolment = (
    proofs: NonNullable<Means['enrolment']>['proofs'],
    changes: Partial<NonNullable<Means['enrolment']>> = {},
  ): Circumstances => ({
    means: { ...certified, enrolment: { proofs, contactsVerified: true, inDirectory: true, ...changes } },
  })
  table([
    ['R040: Pro Santé Connect', enrolment(['pro_sante_connect']), ['eidas2']],
    ['R041: a card alone', enrolment(['identity_card']), ['refused', 'enrolment_unproved']],
    ['R041: a card and a photo', enrolment(['identity_card', 'photo']), ['eidas2']],
    ['R041: a card and a video conference', enrolment(['video', 'identity_card']), ['eidas2']],
    ['R041: a card, face to face', enrolment(['identity_card', 'face_to_face']), ['eidas2']],
    ['R041: a photo without a card', enrolment(['photo', 'video', 'face_to_face']), ['refused', 'enrolment_unproved']],
    ['R042: a confirmation to MSSanté', enrolment(['mssante_mail']), ['eidas2']],
    ['nothing', enrolment([]), ['refused', 'enrolment_unproved']],
    [
      'R043: an address that was not verified',
      enrolment(['franceconnect'], { contactsVerified: false }),
      ['refused', 'enrolment_unproved'],
    ],
    [
      'R044: a professional outside of the directory',
      enrolment(['franceconnect'], { inDirectory: false }),
      ['refused', 'enrolment_unproved'],
    ],
    [
      'R044: a citizen is in none',
      { means: { ...enrolment(['franceconnect'], { inDirectory: false }).means, population: 'citizen' } },
      ['eidas2'],
    ],
  ])
})

describe('homologation', () => {
  const dated = (at: string, changes: Partial<Homologation> = {}): Partial<Means> => ({
    homologations: [{ ...homologation, at: instant(at), ...changes }],
    validFrom: 0,
    validUntil: instant('2200-01-01T00:00:00Z'),
  })
  table([
    ['R025: by the owner of the service, after a risk analysis', {}, ['eidas2']],
    ['R025: of no service', { means: { homologations: [] } }, ['refused', 'homologation_missing']],
    ['R025: of another service', { service: { id: 'records' } }, ['refused', 'homologation_missing']],
    [
      'R025: without an author',
      { means: dated('2025-07-01T00:00:00Z', { author: '' }) },
      ['refused', 'homologation_incomplete'],
    ],
    [
      'R025: without a risk analysis',
      { means: dated('2025-07-01T00:00:00Z', { riskAnalysis: ' ' }) },
      ['refused', 'homologation_incomplete'],
    ],
    ['R025: one second before it', { means: dated('2026-11-22T10:00:01Z') }, ['refused', 'homologation_not_yet']],
    ['R025: at its very instant', { means: dated('2026-11-22T10:00:00Z') }, ['eidas2']],
    [
      'R026: the last second of four years',
      { means: dated('2022-11-23T00:00:00+01:00'), at: instant('2026-11-22T23:59:59+01:00') },
      ['eidas2'],
    ],
    [
      'R026: four years',
      { means: dated('2022-11-23T00:00:00+01:00'), at: instant('2026-11-23T00:00:00+01:00') },
      ['refused', 'homologation_ended'],
    ],
    [
      'R026: from 29 February, the last second',
      { means: dated('2024-02-29T00:00:00+01:00'), at: instant('2028-02-28T23:59:59+01:00') },
      ['eidas2'],
    ],
    [
      'R026: from 29 February, four years',
      { means: dated('2024-02-29T00:00:00+01:00'), at: instant('2028-02-29T00:00:00+01:00') },
      ['refused', 'homologation_ended'],
    ],
    [
      'R026: where 29 February is missing, the last second',
      { means: dated('2096-02-29T00:00:00+01:00'), at: instant('2100-02-28T23:59:59+01:00') },
      ['eidas2'],
    ],
    [
      'R026: where 29 February is missing, four years',
      { means: dated('2096-02-29T00:00:00+01:00'), at: instant('2100-03-01T00:00:00+01:00') },
      ['refused', 'homologation_ended'],
    ],
    [
      'an ended one and one that holds',
      { means: { homologations: [{ ...homologation, at: instant('2021-01-01T00:00:00Z') }, homologation] } },
      ['eidas2'],
    ],
    [
      'two that do not hold: the reasons of both',
      {
        means: {
          homologations: [
            { ...homologation, at: instant('2021-01-01T00:00:00Z') },
            { ...homologation, author: '' },
          ],
        },
      },
      ['refused', 'homologation_ended', 'homologation_incomplete'],
    ],
    [
      'R027: at the low level',
      { means: { level: 'eidas1' } },
      ['refused', 'homologation_level', 'below_sensitive_minimum'],
    ],
    ['R027: at the high level', { means: { level: 'eidas3' } }, ['eidas2']],
    [
      'R028: two factors of one category',
      { means: { factors: [{ kind: 'totp' }, { kind: 'phone_app' }] } },
      ['refused', 'second_factor_missing', 'below_sensitive_minimum'],
    ],
    ['R029: shared', { means: { bound: 'shared' } }, ['refused', 'shared']],
    [
      'R030: nothing dynamic',
      { means: { factors: [{ kind: 'password' }, { kind: 'fingerprint', verifiedOn: 'holder_hardware' }] } },
      ['refused', 'not_dynamic', 'below_sensitive_minimum'],
    ],
    [
      'R034: a contactless badge inside of a homologated means still lacks the level',
      { means: { factors: badge } },
      ['refused', 'not_dynamic', 'below_sensitive_minimum', 'contactless_is_transition'],
    ],
  ])

  test('R026: reminders fall due once each, and none after the end', () => {
    const end = homologationEnd({ at: instant('2022-11-23T00:00:00+01:00') }, 'Europe/Paris')
    assert.equal(new Date(end).toISOString(), '2026-11-22T23:00:00.000Z')
    const cases: [since: string, at: string, expected: number | undefined][] = [
      ['2026-05-01T00:00:00Z', '2026-05-26T22:59:59Z', undefined],
      ['2026-05-01T00:00:00Z', '2026-05-26T23:00:00Z', 180],
      ['2026-05-26T23:00:00Z', '2026-06-01T00:00:00Z', undefined],
      ['2026-05-26T23:00:00Z', '2026-08-24T23:00:00Z', 90],
      ['2026-08-24T23:00:00Z', '2026-09-23T23:00:00Z', 60],
      ['2026-08-24T23:00:00Z', '2026-11-16T00:00:00Z', 7],
      ['2026-11-16T00:00:00Z', '2026-11-22T22:59:59Z', 1],
      ['2026-01-01T00:00:00Z', '2026-11-22T23:00:00Z', undefined],
    ]
    for (const [since, at, expected] of cases) {
      assert.equal(reminderDue(end, { since: instant(since), at: instant(at) }), expected, `${since} ${at}`)
    }
  })
})

describe('transition', () => {
  const extended: Partial<MeansPolicy> = {
    transitionEnds: [{ jurisdiction: 'FR', population: 'citizen', end: instant('2029-01-01T00:00:00+01:00') }],
  }
  const citizen: Partial<Means> = { ...transition, population: 'citizen', validUntil: instant('2030-01-01T00:00:00Z') }
  table([
    ['R031: the last second of 2025', { means: transition, at: before2026 }, ['eidas1']],
    [
      'R031: 2026 has begun in Paris',
      { means: transition, at: start2026 },
      ['refused', 'transition_ended', 'below_sensitive_minimum'],
    ],
    [
      'R031: and not yet in Greenwich',
      { means: transition, at: instant('2025-12-31T23:30:00Z') },
      ['refused', 'transition_ended', 'below_sensitive_minimum'],
    ],
    [
      'R031: citizens as well, as shipped',
      { means: citizen, at: start2026 },
      ['refused', 'transition_ended', 'below_sensitive_minimum'],
    ],
    [
      'R031: ordinary services as well',
      { means: transition, service: ordinary, at: start2026 },
      ['refused', 'transition_ended'],
    ],
    [
      'R031: never above the low level',
      { means: { ...transition, level: 'eidas3', identityLevel: 'eidas3' }, at: before2026 },
      ['eidas1'],
    ],
    [
      'the extension for citizens, where it is set, to its last second',
      { means: citizen, at: instant('2028-12-31T23:59:59+01:00'), policy: extended },
      ['eidas1'],
    ],
    [
      '... and no further',
      { means: citizen, at: instant('2029-01-01T00:00:00+01:00'), policy: extended },
      ['refused', 'transition_ended', 'below_sensitive_minimum'],
    ],
    [
      '... and not for professionals',
      { means: transition, at: start2026, policy: extended },
      ['refused', 'transition_ended', 'below_sensitive_minimum'],
    ],
    [
      '... and not elsewhere',
      { means: { ...citizen, jurisdiction: 'MA' }, at: start2026, policy: extended },
      ['refused', 'transition_ended', 'below_sensitive_minimum'],
    ],
    [
      '... and not with one factor',
      { means: { ...citizen, factors: [{ kind: 'passkey' }] }, at: start2026, policy: extended },
      ['refused', 'second_factor_missing'],
    ],
    [
      'R048: from afar with one factor',
      { means: { ...transition, factors: [{ kind: 'passkey' }] }, at: before2026 },
      ['refused', 'second_factor_missing'],
    ],
    [
      'R060: on a local network, a password with measures',
      {
        means: { ...transition, factors: [{ kind: 'password' }] },
        service: { riskProfile: 'RP-1' },
        at: before2026,
        place: 'local',
      },
      ['eidas1'],
    ],
    [
      'R067: ... that nothing says to be adapted to the context',
      { means: { ...transition, factors: [{ kind: 'password' }] }, at: before2026, place: 'local' },
      ['refused', 'risk_profile_missing'],
    ],
    [
      'R034: a badge without contact, with a password, before 2026',
      { means: { ...card, factors: badge }, at: before2026 },
      ['eidas1', 'contactless_is_transition'],
    ],
    [
      'R034: ... and since',
      { means: { ...card, factors: badge }, at: start2026 },
      ['refused', 'transition_ended', 'below_sensitive_minimum', 'contactless_is_transition'],
    ],
    [
      'R034: a badge without contact alone',
      { means: { ...card, factors: [{ kind: 'contactless_chip' }] }, at: before2026 },
      ['refused', 'card_without_pin', 'contactless_alone', 'second_factor_missing', 'below_minimum'],
    ],
    [
      'R054: a code by text message, with a remark',
      { means: { ...transition, factors: [{ kind: 'password' }, { kind: 'sms_otp' }] }, at: before2026 },
      ['eidas1', 'sms_discouraged'],
    ],
    [
      'R055: a code at the mailbox that resets the password',
      {
        means: {
          ...transition,
          factors: [{ kind: 'password' }, { kind: 'mail_otp', resetsPassword: true, secured: false }],
        },
        at: before2026,
      },
      ['refused', 'second_factor_missing', 'password_alone_here', 'risk_profile_missing', 'mail_resets_password'],
    ],
  ])

  test('R031: an end for each population and jurisdiction; the first that fits counts', () => {
    const policy = {
      transitionEnd: 1,
      transitionEnds: [
        { jurisdiction: 'MA', population: 'citizen' as Population, end: 2 },
        { jurisdiction: 'MA', population: 'citizen' as Population, end: 3 },
      ],
    }
    assert.equal(transitionEndFor({ jurisdiction: 'MA', population: 'citizen' }, policy), 2)
    for (const population of populations) assert.equal(transitionEndFor({ jurisdiction: 'FR', population }, policy), 1)
  })
})

describe('levels, validity and what the service asks', () => {
  table([
    [
      'R032: a sensitive service, the last second of 2025',
      { means: { ...certified, level: 'eidas1' }, at: before2026 },
      ['eidas1'],
    ],
    [
      'R032: ... and since',
      { means: { ...certified, level: 'eidas1' }, at: start2026 },
      ['refused', 'below_sensitive_minimum'],
    ],
    ['R032: an ordinary service', { means: { ...certified, level: 'eidas1' }, service: ordinary }, ['eidas1']],
    [
      'two factors do not raise the identity',
      { means: { identityLevel: 'eidas1' } },
      ['refused', 'below_sensitive_minimum'],
    ],
    [
      'the factors do not reach what is certified',
      { means: certified, service: { minimumLevel: 'eidas3' } },
      ['refused', 'below_minimum'],
    ],
    ['R046: no end', { means: { ...base, ...withoutEnd() } }, ['refused', 'no_end']],
    ['R046: the last second', { means: { validUntil: now + 1_000 } }, ['eidas2']],
    ['R046: over', { means: { validUntil: now } }, ['refused', 'expired']],
    ['R046: not begun', { means: { validFrom: now + 1 } }, ['refused', 'not_yet_valid']],
    ['R046: begun at this instant', { means: { validFrom: now } }, ['eidas2']],
    ['R047: revoked this second', { means: { revokedAt: now } }, ['refused', 'revoked']],
    ['R047: to be revoked', { means: { revokedAt: now + 1_000 } }, ['eidas2']],
  ])

  function withoutEnd(): Partial<Means> {
    return { validUntil: undefined } as unknown as Partial<Means>
  }
})

describe('a password alone', () => {
  const alone: Partial<Means> = { class: 'none', factors: [{ kind: 'password' }] }
  const off = { delay: false, challenge: false, block: false }
  table([
    ['R060: on a local network', { means: alone, service: ordinary, place: 'local' }, ['eidas1']],
    ['R060: from afar, as shipped', { means: alone, service: ordinary }, ['refused', 'password_alone_here']],
    [
      'where the settings allow it for ordinary services',
      { means: alone, service: ordinary, policy: { passwordAlone: 'ordinary' } },
      ['eidas1'],
    ],
    [
      '... a sensitive one still takes none from afar',
      { means: alone, policy: { passwordAlone: 'ordinary' }, at: before2026 },
      ['refused', 'class_none', 'second_factor_missing', 'password_alone_here', 'risk_profile_missing'],
    ],
    [
      'never',
      { means: alone, service: ordinary, place: 'local', policy: { passwordAlone: 'never' } },
      ['refused', 'password_alone_here'],
    ],
    [
      'R079: a service that forbids it',
      { means: alone, service: { ...ordinary, passwordAlone: false }, place: 'local' },
      ['refused', 'password_alone_forbidden'],
    ],
    [
      'R079: ... takes two factors',
      { means: { class: 'none' }, service: { ...ordinary, passwordAlone: false } },
      ['eidas2'],
    ],
    [
      'R064: without any measure',
      { means: alone, service: ordinary, place: 'local', policy: { restrictions: off } },
      ['refused', 'password_unrestricted'],
    ],
    [
      'R062: a task against robots is a measure',
      { means: alone, service: ordinary, place: 'local', policy: { restrictions: { ...off, challenge: true } } },
      ['eidas1'],
    ],
  ])
})

describe('for every means', () => {
  const question = fc.record({
    means: someMeans,
    service: someService,
    place: fc.constantFrom<Place>('local', 'remote'),
    at: someInstant,
    policy: somePolicy,
  })
  type Question = typeof question extends fc.Arbitrary<infer Q> ? Q : never

  /** Whatever was accepted still is, and no level falls. */
  function notLess(weaker: Question, stronger: Question) {
    const [before, after] = [decideMeans(weaker), decideMeans(stronger)]
    assert.ok(!before.accepted || after.accepted, `${JSON.stringify(before)} became ${JSON.stringify(after)}`)
    if (before.level) assert.ok(after.level && compareLevels(after.level, before.level) >= 0)
  }
  const runs = { numRuns: 3_000 }

  /** Everything that the other one is, and more. What a PIN or a fingerprint is depends on what stands beside it. */
  function isStronger(one: Factor, other: Factor): boolean {
    const leaning = ['pin', 'fingerprint', 'face', 'mail_otp']
    const checksPins = ['contact_chip', 'identity_chip', 'security_key']
    const [rule, weaker] = [factorKinds[one.kind], factorKinds[other.kind]]
    const proves: readonly string[] = rule.proves
    return (
      one.kind !== other.kind &&
      !leaning.includes(one.kind) &&
      !leaning.includes(other.kind) &&
      (checksPins.includes(one.kind) || !checksPins.includes(other.kind)) &&
      weaker.proves.every((category) => proves.includes(category)) &&
      (rule.dynamic || !weaker.dynamic) &&
      (rule.alone || !weaker.alone) &&
      compareLevels(rule.supports, weaker.supports) >= 0
    )
  }

  test('there is a decision: its reasons are known, and an acceptance has remarks only', () => {
    const remarks = [
      'biometrics_elsewhere',
      'mail_resets_password',
      'pin_without_chip',
      'sms_discouraged',
      'contactless_is_transition',
    ]
    fc.assert(
      fc.property(question, (asked) => {
        const { accepted, level, reasons } = decideMeans(asked)
        assert.equal(new Set(reasons).size, reasons.length)
        for (const reason of reasons) assert.ok(Object.hasOwn(meansReasons, reason), reason)
        assert.equal(
          accepted,
          reasons.every((reason) => remarks.includes(reason)),
        )
        if (accepted) assert.ok(level && compareLevels(level, asked.service.minimumLevel) >= 0)
      }),
      runs,
    )
  })

  test('one more factor never lowers the decision', () => {
    fc.assert(
      fc.property(question, someFactor, (asked, factor) =>
        notLess(asked, { ...asked, means: { ...asked.means, factors: [...asked.means.factors, factor] } }),
      ),
      runs,
    )
  })

  test('nor does a stronger proof in the place of another one', () => {
    fc.assert(
      fc.property(question, someFactor, fc.nat(5), (asked, stronger, position) => {
        const { factors } = asked.means
        const weaker = factors[position]
        fc.pre(weaker !== undefined && isStronger(stronger, weaker))
        // R033: another chip, however good, is not that of the card.
        fc.pre(asked.means.class !== 'card' || !/^contact/.test(weaker.kind))
        notLess(asked, { ...asked, means: { ...asked.means, factors: factors.with(position, stronger) } })
      }),
      runs,
    )
  })

  test('nor does a higher level of the means or of the identity', () => {
    fc.assert(
      fc.property(question, fc.constantFrom(...levels), fc.constantFrom(...levels), (asked, level, identityLevel) => {
        fc.pre(
          compareLevels(level, asked.means.level) >= 0 && compareLevels(identityLevel, asked.means.identityLevel) >= 0,
        )
        notLess(asked, { ...asked, means: { ...asked.means, level, identityLevel } })
      }),
      runs,
    )
  })

  test('nor does a local network, or a holder who is alone', () => {
    fc.assert(
      fc.property(question, (asked) =>
        notLess(asked, { ...asked, place: 'local', means: { ...asked.means, bound: 'one_person' } }),
      ),
      runs,
    )
  })

  test('R025: a homologation for another service changes nothing, one more for this service takes nothing away', () => {
    fc.assert(
      fc.property(question, someHomologation, (asked, more) => {
        const homologations = [...asked.means.homologations, more]
        const after = { ...asked, means: { ...asked.means, homologations } }
        if (more.service === asked.service.id) notLess(asked, after)
        else assert.deepEqual(decideMeans(after), decideMeans(asked))
      }),
      runs,
    )
  })

  test('R031: what is refused for the end of transition stays refused', () => {
    fc.assert(
      fc.property(question, fc.nat(10 ** 11), (asked, later) => {
        fc.pre(decideMeans(asked).reasons.includes('transition_ended'))
        assert.ok(decideMeans({ ...asked, at: asked.at + later }).reasons.includes('transition_ended'))
      }),
      runs,
    )
  })
})

describe('factors by themselves', () => {
  const ask = (changes: Partial<Parameters<typeof decideFactors>[0]>) =>
    decideFactors({
      factors: [],
      place: 'remote',
      sensitive: true,
      passwordAlone: true,
      identityLevel: 'eidas3',
      policy: shipped,
      ...changes,
    })
  const classes: [string, Parameters<typeof ask>[0], ReturnType<typeof ask>][] = [
    [
      'R053: a password and a TOTP',
      { factors: [{ kind: 'password' }, { kind: 'totp' }] },
      { accepted: true, level: 'eidas2', reasons: [] },
    ],
    [
      'an identity proved at the low level',
      { factors: [{ kind: 'security_key_pin' }], identityLevel: 'eidas1' },
      { accepted: true, level: 'eidas1', reasons: [] },
    ],
    [
      'R048: one factor from afar',
      { factors: [{ kind: 'passkey' }] },
      { accepted: false, level: 'eidas1', reasons: ['second_factor_missing'] },
    ],
    [
      'R060: one factor on a local network',
      { factors: [{ kind: 'passkey' }], place: 'local' },
      { accepted: true, level: 'eidas1', reasons: [] },
    ],
    [
      'one factor from afar, where nothing is sensitive',
      { factors: [{ kind: 'passkey' }], sensitive: false },
      { accepted: true, level: 'eidas1', reasons: [] },
    ],
    [
      'R053: a TOTP alone, even on a local network',
      { factors: [{ kind: 'totp' }], place: 'local', sensitive: false },
      { accepted: false, reasons: ['otp_alone'] },
    ],
    [
      'R034: a badge alone, even on a local network',
      { factors: [{ kind: 'contactless_chip' }], place: 'local', sensitive: false },
      { accepted: false, reasons: ['contactless_alone'] },
    ],
  ]
  for (const [name, changes, expected] of classes) test(name, () => assert.deepEqual(ask(changes), expected))

  test('agree with the means that has them, in what they share', () => {
    fc.assert(
      fc.property(someFactors, fc.constantFrom<Place>('local', 'remote'), (factors, place) => {
        const alone = ask({ factors, place, sensitive: false })
        const within = decide({
          means: { class: 'none' as MeansClass, level: 'eidas3', identityLevel: 'eidas3', factors },
          service: ordinary,
          place,
        })
        const shared = within.reasons.filter((reason) => reason !== 'below_minimum')
        assert.deepEqual({ ...within, reasons: shared }, alone)
      }),
      { numRuns: 1_000 },
    )
  })
})
