import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IDToken } from 'openid-client'
import fc from '../../test/support/property.ts'
import { atLeast, type Level, levels } from '../kernel/assurance.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import type { OidcConnector, OidcProvider } from '../partners/partners.ts'
import { activeState } from '../partners/suspensions.ts'
import { acrValues, authTimeOf, emailOf, identityOf, levelOf, methodsOf, subjectOf } from './claims.ts'

const now = Date.parse('2026-11-22T10:00:00Z')

function provider(allowedLevels: Level[], connector: Partial<OidcConnector> = {}): OidcProvider {
  return {
    id: 'p',
    partner: 'p',
    name: { fr: 'p', en: 'p', ar: 'p' },
    state: activeState,
    population: 'citizens',
    allowedLevels,
    connector: {
      kind: 'oidc',
      issuer: 'https://idp.example',
      clientId: 'garant',
      auth: 'private_key_jwt',
      scopes: ['openid'],
      signingAlgs: ['ES256'],
      userinfo: 'json',
      identity: 'pivot',
      ...connector,
    },
  }
}

function token(claims: Record<string, unknown>): IDToken {
  return { iss: 'https://idp.example', sub: 's', aud: 'garant', iat: now / second, exp: now / second + 60, ...claims }
}

const refusal = (detail: string) => ({ name: 'Refusal', detail })

test('R015: asks for the weakest level that is enough, in the words of the provider', () => {
  const words = { acr: { bronze: 'eidas1', silver: 'eidas2', 'silver-plus': 'eidas2' } } as const
  const cases: [Level[], Partial<OidcConnector>, Level, string][] = [
    [['eidas1', 'eidas2', 'eidas3'], {}, 'eidas1', 'eidas1'],
    [['eidas1', 'eidas2', 'eidas3'], {}, 'eidas2', 'eidas2'],
    [['eidas3', 'eidas2'], {}, 'eidas1', 'eidas2'],
    [['eidas3'], {}, 'eidas1', 'eidas3'],
    [['eidas1'], {}, 'eidas3', 'eidas1'],
    [['eidas1', 'eidas2'], words, 'eidas1', 'bronze'],
    [['eidas1', 'eidas2'], words, 'eidas2', 'silver silver-plus'],
    [['eidas2', 'eidas3'], words, 'eidas3', 'silver silver-plus'],
    [['eidas3'], words, 'eidas1', ''],
  ]
  for (const [allowed, connector, needed, expected] of cases) {
    assert.equal(acrValues(provider(allowed, connector), needed).join(' '), expected)
  }
})

test('what is asked for is always something that may be accepted, and enough whenever that exists', () => {
  fc.assert(
    fc.property(fc.subarray([...levels], { minLength: 1 }), fc.constantFrom(...levels), (allowed, needed) => {
      const [asked, ...others] = acrValues(provider(allowed), needed) as Level[]
      assert.ok(asked && others.length === 0 && allowed.includes(asked))
      const enough = allowed.filter((level) => atLeast(level, needed))
      assert.equal(enough.length > 0, atLeast(asked, needed))
      assert.ok(enough.every((level) => atLeast(level, asked)))
      assert.equal(levelOf(provider(allowed), token({ acr: asked })), asked)
    }),
  )
})

test('the level is the one stated; none, an unknown one, or one above the permitted is refused', () => {
  const words = { acr: { 'https://idp.example/loa/2': 'eidas2' } } as const
  const accepted: [Level[], Partial<OidcConnector>, unknown, Level][] = [
    [['eidas1', 'eidas2'], {}, 'eidas1', 'eidas1'],
    [['eidas1', 'eidas2'], {}, 'eidas2', 'eidas2'],
    // Less than it may assert: the login decides whether that is enough.
    [['eidas2'], {}, 'eidas1', 'eidas1'],
    [['eidas2'], words, 'https://idp.example/loa/2', 'eidas2'],
  ]
  for (const [allowed, connector, acr, level] of accepted) {
    assert.equal(levelOf(provider(allowed, connector), token({ acr })), level)
  }
  const rejected: [Level[], Partial<OidcConnector>, unknown, string][] = [
    [['eidas1'], {}, undefined, 'acr_missing'],
    [['eidas1'], {}, '', 'acr_missing'],
    [['eidas1'], {}, '0', 'acr_unknown'],
    [['eidas1'], {}, ['eidas1'], 'acr_unknown'],
    [['eidas2'], words, 'eidas2', 'acr_unknown'],
    [['eidas2'], words, 'constructor', 'acr_unknown'],
    [['eidas1', 'eidas2'], {}, 'eidas3', 'acr_above_allowed'],
    [[], {}, 'eidas1', 'acr_above_allowed'],
  ]
  for (const [allowed, connector, acr, detail] of rejected) {
    assert.throws(() => levelOf(provider(allowed, connector), token({ acr })), refusal(detail))
  }
})

test('amr keeps the words that everybody knows, in their order, once', () => {
  const cases: [unknown, string[]][] = [
    [undefined, []],
    ['pwd', []],
    [
      ['pwd', 'mail', 'pwd', 'hwk'],
      ['pwd', 'mail', 'hwk'],
    ],
    [['fc', 'fr', 'eidas', 'PWD', 7, null, ['otp'], 'Inès Marchetti'], []],
  ]
  for (const [amr, expected] of cases) assert.deepEqual(methodsOf(token({ amr })), expected)
})

test('auth_time: as stated, never later than now, and not before it was asked for', () => {
  const at = (instant: number) => instant / second
  const cases: [Record<string, unknown>, number | undefined, number | string][] = [
    [{ auth_time: at(now - 3 * hour) }, undefined, now - 3 * hour],
    [{ auth_time: at(now + 30 * second) }, undefined, now],
    [{ auth_time: at(now + 31 * second) }, undefined, 'auth_time_in_future'],
    [{ iat: at(now - minute) }, undefined, now - minute],
    [{ iat: at(now + 31 * second) }, undefined, 'id_token_issued_in_future'],
    [{ auth_time: at(now - minute) }, now - minute, now - minute],
    [{ auth_time: at(now - minute - 31 * second) }, now - minute, 'auth_time_too_old'],
    [{}, now - minute, 'auth_time_missing'],
  ]
  for (const [claims, since, expected] of cases) {
    const read = () => authTimeOf(token(claims), { now, since })
    if (typeof expected === 'number') assert.equal(read(), expected)
    else assert.throws(read, refusal(expected))
  }
})

test('a subject is printable ASCII of at most 255 characters', () => {
  for (const sub of ['s', 'f:uuid:899700366240', 'x'.repeat(255)]) assert.equal(subjectOf(token({ sub })), sub)
  for (const sub of ['', 'é', 'a\nb', 'x'.repeat(256)]) {
    assert.throws(() => subjectOf(token({ sub })), refusal('id_token_subject'))
  }
})

test('claims under the names of the provider are read under ours', () => {
  const { connector } = provider(['eidas1'], { claims: { family_name: 'nom_naissance', email: 'courriel' } })
  const claims = {
    given_name: 'Samir',
    family_name: 'a name in use, not the one of birth',
    nom_naissance: 'Haddad',
    birthdate: '1990-00-00',
    gender: 'male',
    birthplace: '',
    birthcountry: '99350',
    courriel: 'samir@post.example',
  }
  assert.equal(identityOf(connector, claims, now).family_name, 'Haddad')
  assert.equal(emailOf(connector, claims), 'samir@post.example')
  const { nom_naissance: _, ...without } = claims
  assert.throws(() => identityOf(connector, without, now), refusal('identity_family_name_missing'))
})

test('an asserted address that could not be written to is no address', () => {
  const { connector } = provider(['eidas1'])
  for (const email of [
    undefined,
    7,
    '',
    'a',
    '@',
    'a@',
    'a b@c',
    'a@b,c@d',
    'a@b\n',
    '<a@b>',
    `${'a'.repeat(254)}@b`,
  ]) {
    assert.equal(emailOf(connector, { email }), undefined)
  }
})
