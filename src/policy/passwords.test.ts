import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import {
  type Construction,
  decidePassword,
  longestPassword,
  normalisePassword,
  type PasswordQuestion,
  type PasswordReason,
} from './passwords.ts'

const decide = (password: string, changes: Partial<PasswordQuestion> = {}) =>
  decidePassword({ password, use: 'alone', profile: 'constructions', ...changes })

describe('R065: the three constructions, and nothing else', () => {
  const cases: [string, string, Construction[]][] = [
    ['8 characters, 3 classes', 'Kt9vBn2w', ['characters']],
    ['8 characters, 3 classes without upper case', 'kt9%vbn2', ['characters']],
    ['8 characters, 4 classes', 'Kt9%vBn2', ['characters']],
    ['7 characters, 4 classes', 'Kt9%vBn', []],
    ['8 characters, 2 classes', 'kt9vbn2w', []],
    ['30 characters, 2 classes', 'kwgzhtqplmrvbxcnjfdsoeiuaywtrz7', []],
    ['a space is a character like others', 'Kt9 vbnw', ['characters']],
    ['an accent is a letter', 'Éà9kvbnw', ['characters']],
    ['an emoji is none of letters and digits', 'kt9vbnw🐝', ['characters']],
    ['code points are counted, not halves of them', 'k9🐝🐝🐝🐝', []],
    ['letters without cases are one class', 'قمرلبنسفجع', []],
    ['... with digits and signs they are three', 'قمر-لبن-٤٧', ['characters']],
    ['Greek, with its cases', 'Ζέφυρος9κπ', ['characters']],
    ['5 words', 'cheval nuage crayon violon maison', ['words']],
    ['5 words by hyphens', 'cheval-nuage-crayon-violon-maison', ['words']],
    ['4 words', 'cheval nuage crayon violon', []],
    ['5 words, one twice', 'cheval nuage crayon violon cheval', []],
    ['5 words, one twice in another case', 'cheval nuage crayon violon CHEVAL', ['characters']],
    ['5 words, one of two letters', 'cheval nuage crayon violon do', []],
    ['5 words of three letters', 'mer roi gel cor bus', ['words']],
    ['a no-break space separates as well', 'cheval\u00A0nuage\u202Fcrayon violon maison', ['words']],
    ['words run together are one', 'chevalnuagecrayonviolonmaison', []],
    ['a word with a digit in it is no run of letters', 'cheval nuage crayon violon mais0n', ['characters']],
    ['5 words in Arabic', 'حصان سحاب قلم كمان منزل', ['words']],
    ['marks are no letters: two letters with vowels', 'حصان سحاب قلم كمان مَنَ', []],
    ['15 digits', '846205173958264', ['digits']],
    ['14 digits', '84620517395826', []],
    ['15 digits, with spaces', '846 205 173 958 264', ['digits']],
    ['15 digits of another script', '٨٤٦٢٠٥١٧٣٩٥٨٢٦٤', ['digits']],
    ['two at once', 'Cheval-nuage-crayon-violon-maison-7', ['characters', 'words']],
    ['nothing', '', []],
  ]
  for (const [name, password, constructions] of cases) {
    test(name, () => {
      const decision = decide(password)
      assert.deepEqual(decision.constructions, constructions)
      assert.equal(decision.reasons.includes('no_construction'), constructions.length === 0)
      if (constructions.length > 0) assert.deepEqual(decision.reasons, [])
    })
  }

  test('the estimate does not decide: below 50 bits and accepted, far above and refused', () => {
    const digits = decide('846205173958264')
    assert.ok(digits.accepted && digits.estimatedBits < 50)
    const letters = decide('kwgzhtqplmrvbxcnjfdsoeiuaywtrz')
    assert.ok(!letters.accepted && letters.estimatedBits > 100)
  })
})

describe('what is refused all the same', () => {
  const cases: [string, string, PasswordReason[]][] = [
    ['a common password with what rules ask for', 'Password1!', ['common']],
    ['in French', 'Motdepasse1!', ['common']],
    ['with letters replaced by signs', 'P@$$w0rd!', ['common']],
    ['from its end', '1!Drowssap', ['common']],
    ['a first name and a year', 'Marseille1993!', ['common', 'plain_pattern']],
    ['two common words', 'Soleil-Bonjour1', ['common']],
    ['along the French keyboard', 'Azertyuiop1!', ['plain_pattern']],
    ['along the rows', 'Qsdfghjklm-Wxcvbn1', ['plain_pattern']],
    ['along the alphabet', 'Abcdefgh-12345', ['plain_pattern']],
    ['along the alphabet, doubled', 'AAbbccddee-112233', ['plain_pattern']],
    ['a repeated piece', 'Xk7!Xk7!Xk7!', ['plain_pattern']],
    ['one character', 'aaaaaaaaaaaA1!', ['plain_pattern']],
    ['a date', '12/05/1987Aa', ['plain_pattern']],
    ['two dates', '1987051219900814', ['plain_pattern']],
    ['15 digits in order', '123456789012345', ['plain_pattern']],
    ['15 digits, each three times', '111222333444555', ['plain_pattern']],
    ['15 digits that repeat', '475475475475475', ['plain_pattern']],
    ['the days of the week', 'lundi mardi mercredi jeudi vendredi', ['plain_pattern']],
    ['backwards', 'friday thursday wednesday tuesday monday', ['plain_pattern']],
    ['counting', 'trois quatre cinq six sept huit', ['plain_pattern']],
    ['counting in Arabic', 'ثلاثة أربعة خمسة ستة سبعة', ['plain_pattern']],
    ['words of one letter', 'aaaa bbbb cccc dddd eeee', ['plain_pattern']],
    ['control characters', 'Kt9%vBn2\u0007', ['unreadable']],
    ['half a character', 'Kt9%vBn2\ud800', ['unreadable']],
  ]
  for (const [name, password, reasons] of cases) {
    test(`R065: ${name}`, () => {
      const decision = decide(password)
      assert.deepEqual(decision.reasons, reasons)
      assert.equal(decision.accepted, false)
      assert.notDeepEqual(decision.constructions, [], 'the construction holds, so it is the weakness that refuses')
    })
  }

  test('... and what has a word or a run in it, but enough besides, is not', () => {
    for (const password of ['Soleil8937!2946', 'Zx7kQp2m-abc', 'cheval soleil bonjour maison amour', 'Tk-1987-wQz9']) {
      assert.deepEqual(decide(password).reasons, [], password)
    }
  })

  test('of random passwords of 8 characters, hardly any is refused', () => {
    const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!%+*-='
    const random = fc
      .array(fc.constantFrom(...alphabet), { minLength: 8, maxLength: 8 })
      .map((list) => list.join(''))
      .filter((password) => decide(password).constructions.length > 0)
    const sample = fc.sample(random, { numRuns: 2_000, seed: 42 })
    const refused = sample.filter((password) => !decide(password).accepted)
    assert.ok(refused.length <= 20, `${refused.length} of ${sample.length}`)
  })

  test('of random numbers of 15 digits, hardly any is refused', () => {
    const random = fc
      .array(fc.constantFrom(...'0123456789'), { minLength: 15, maxLength: 15 })
      .map((list) => list.join(''))
    const refused = fc
      .sample(fc.noBias(random), { numRuns: 2_000, seed: 42 })
      .filter((number) => !decide(number).accepted)
    assert.ok(refused.length <= 20, String(refused.length))
  })
})

describe('R065: close to the identifier', () => {
  const identifier = 'Amina.Benali@ville.example'
  const cases: [string, string, string, boolean][] = [
    ['it', 'Amina.Benali1', identifier, true],
    ['without its separator', 'xAminaBenali-9', identifier, true],
    ['in capitals', 'AMINA.BENALi9', identifier, true],
    ['from its end', 'Ilaneb.anima9', identifier, true],
    ['with signs for letters', '@m1n@.Ben@l1', identifier, true],
    ['with signs, from its end', '1l@neb.@nim@X', identifier, true],
    ['with two letters changed', 'Amima.Bemali1', identifier, true],
    ['decomposed', 'Ele\u0301onore.Caire9', 'éléonore.caire', true],
    ['without its accents', 'Eleonore.Caire9', 'éléonore.caire', true],
    ['one part of it, and little else', 'Benali1!2', identifier, true],
    ['one part of it, and enough besides', 'Benali!x7Qz9-w', identifier, false],
    ['nothing of it', 'Kt9%vBn2', identifier, false],
    ['a number', 'Z19850412777z', '19850412777', true],
    ['in Arabic', 'أمينة.بنعلي-7', 'أمينة.بنعلي', true],
    ['too short to mean anything', 'Kt9%vBn2ana', 'ana', false],
    ['a phrase with a word of it', 'amina mange des pommes rouges sucrées', 'amina@x.example', true],
    [
      'a phrase with one part of it, and five other words',
      'benali cheval nuage crayon violon maison',
      identifier,
      false,
    ],
    ['a phrase with one part of it, and four', 'benali cheval nuage crayon violon', identifier, true],
  ]
  for (const [name, password, signsInWith, isClose] of cases) {
    test(name, () =>
      assert.equal(decide(password, { identifier: signsInWith }).reasons.includes('close_to_identifier'), isClose),
    )
  }

  test('without an identifier, nothing is close to it', () => {
    assert.deepEqual(decide('Amina.Benali1').reasons, [])
    assert.deepEqual(decide('Amina.Benali1', { identifier: '' }).reasons, [])
  })
})

describe('lengths', () => {
  test('64 characters and more are welcome, in any script; 257 are not', () => {
    const long = (count: number) =>
      [...'Kt9%vBn2wZq7hD-cXr4mLsé']
        .map((_, at, all) => all[(at * 7) % all.length])
        .join('')
        .repeat(12)
        .slice(0, count)
    assert.deepEqual(decide(long(64)).reasons, [])
    assert.deepEqual(decide(long(longestPassword)).reasons, [])
    assert.deepEqual(decide(long(longestPassword + 1)).reasons, ['too_long'])
    assert.deepEqual(decide('ﷺ'.repeat(100_000)).reasons, ['too_long'])
  })

  const profiled: [string, PasswordQuestion['use'], PasswordQuestion['profile'], PasswordReason[]][] = [
    ['Kt9%vBn2wZq7hD', 'alone', 'constructions', []],
    ['Kt9%vBn2wZq7hD', 'alone', 'lengths', ['too_short']],
    ['Kt9%vBn2wZq7hDx', 'alone', 'lengths', []],
    ['Kt9%vBn2', 'with_second_factor', 'lengths', []],
    ['Kt9%vZq', 'with_second_factor', 'lengths', ['too_short', 'no_construction']],
    ['kwgzhtqplmrvbxcnj', 'alone', 'lengths', ['no_construction']],
  ]
  for (const [password, use, profile, reasons] of profiled) {
    test(`the profile ${profile}, ${use}: ${[...password].length} characters`, () =>
      assert.deepEqual(decide(password, { use, profile }).reasons, reasons))
  }
})

describe('for every text', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  )

  test('there is a decision, and it is accepted exactly when nothing speaks against it', () => {
    fc.assert(
      fc.property(anything, anything, (password, identifier) => {
        const { accepted, reasons, constructions, estimatedBits } = decide(password, { identifier })
        assert.equal(accepted, reasons.length === 0)
        assert.ok(!accepted || constructions.length > 0)
        assert.ok(estimatedBits >= 0 && Number.isInteger(estimatedBits))
      }),
      { numRuns: 2_000 },
    )
  })

  test('a keyboard that composes characters differently makes no difference', () => {
    fc.assert(
      fc.property(anything, anything, (password, identifier) => {
        const composed = decide(password.normalize('NFC'), { identifier: identifier.normalize('NFC') })
        const decomposed = decide(password.normalize('NFD'), { identifier: identifier.normalize('NFD') })
        assert.deepEqual(decomposed, composed)
        assert.equal(normalisePassword(password.normalize('NFD')), normalisePassword(password))
      }),
      { numRuns: 2_000 },
    )
  })

  test('one more word never takes a construction away', () => {
    fc.assert(
      fc.property(anything, (password) => {
        const before = decide(password).constructions
        const after = decide(`${password} marée`).constructions
        assert.ok(before.every((construction) => after.includes(construction) || password.length > 200))
      }),
      { numRuns: 1_000 },
    )
  })

  test('the reasons repeat nothing of the password', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (password) => {
        assert.equal(JSON.stringify(decide(password)).includes(password), false)
      }),
    )
  })
})
