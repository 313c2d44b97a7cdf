/** The text that is signed: the same bytes for the same mandate, complete, and no name can speak for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import { languages } from '../kernel/languages.ts'
import { hashOfText } from '../kernel/signing-statement.ts'
import { actions } from '../policy/mandate.ts'
import { isTextOf, mandateText, type TextInput, textVersion } from './text.ts'

const input: TextInput = {
  mandate: 'man_0198f3c0a1b2AAAAAAAAAAAAAAAA',
  language: 'en',
  timeZone: 'Europe/Paris',
  principal: { name: 'Atlas Conserves SARL', identifiers: { ice: '001234567000062', cnss: '1234567' } },
  mandatary: { kind: 'organisation', name: 'مكتب الرباط', identifiers: { siren: '732829320' } },
  services: {
    declarations: { fr: 'Déclarations sociales', en: 'Social declarations', ar: 'التصريحات الاجتماعية' },
  },
  from: Date.parse('2026-12-01T09:30:00Z'),
  until: Date.parse('2027-12-01T09:30:00Z'),
  rights: [
    { service: 'declarations', action: 'submit', minimumLevel: 'eidas3', until: Date.parse('2027-06-30T22:00:00Z') },
    { service: 'declarations', action: 'read', minimumLevel: 'eidas2' },
  ],
  delegable: false,
  side: 'giving',
  signer: {
    ...{
      as: 'representative',
      role: 'manager',
      source: 'organisations.csv',
      checkedAt: Date.parse('2026-11-20T10:00:00Z'),
    },
    ...{ givenNames: 'Angéla Claire', familyName: 'DUBOIS', birthdate: '1962-08-24' },
  },
  forBoth: false,
}

const golden = `MANDATE man_0198f3c0a1b2AAAAAAAAAAAAAAAA

Principal (who gives the mandate)
Atlas Conserves SARL
CNSS 1234567
ICE 001234567000062

Mandatary (who receives the mandate)
\u2068مكتب الرباط\u2069
SIREN 732829320

What the mandatary may do
The mandatary may act on behalf of the principal, under their own identity, at the services named here and for the actions named here alone. Everything else is closed to them.
Social declarations (declarations)
- see information and documents; assurance level substantial at least
- send a procedure, which binds the principal; assurance level high at least; until 1 July 2027, 00:00

Duration
From 1 December 2026, 10:30 until 1 December 2027, 10:30, that instant excluded. Times are those of Europe/Paris. The mandate does not begin before both sides have signed it.

Delegation
The mandatary cannot pass this mandate on.
The firm has it carried out by people who work in it, whom it names.

Traces
Each use of the mandate is recorded with the person who acts, and the principal can see them all.

End of the mandate
The principal can suspend or revoke this mandate at any time, without giving a reason. The mandatary can renounce it at any time.
It takes effect at once: from the next request on, nothing can be done under the mandate any more, and the services concerned are told. What was done before stands.
If the person who signs for the principal ceases to represent the principal, the mandate is suspended until somebody else confirms it; it ends unless that is done within 30 days.

Signature
Angéla Claire DUBOIS signs for Atlas Conserves SARL, as legal representative (manager), according to “organisations.csv” as of 20 November 2026, and gives this mandate.
`

/** In the order of the languages: French, English, Arabic. */
const goldenHashes = [
  'v7QVxY2xjH6fHEvWboHb5wYSdJpqFE8VO53btQo3ANs',
  'BxMbchprGJjwbDkBfxjjF1yN_N3FkZacrsHZGZ4swLI',
  'Esew9zfZ8lmVX-uDjydyBqxae6KpVaA6ME-sJ8EYz4A',
]

test('R097: what is signed, to the byte', () => {
  assert.deepEqual(mandateText(input), { version: textVersion, language: 'en', text: golden })
  const hashes = languages.map((language) => hashOfText(mandateText({ ...input, language }).text))
  // A word that changes takes a new version of the text, since signatures were made over this one.
  assert.deepEqual(hashes, goldenHashes)
})

test('R097: everything that is decided by stands in it, in each language', () => {
  const person = { kind: 'person', givenNames: 'Ilan', familyName: 'VERMEIL', birthdate: '1970-00-00' } as const
  for (const language of languages) {
    const said = (over: Partial<TextInput>) => mandateText({ ...input, language, ...over }).text
    const all = actions.map((action) => said({ rights: [{ service: 'declarations', action, minimumLevel: 'eidas2' }] }))
    const others = [
      ...(['eidas1', 'eidas3'] as const).map((minimumLevel) =>
        said({ rights: [{ service: 'declarations', action: 'read', minimumLevel }] }),
      ),
      said({}),
      said({ mandate: 'man_0198f3c0a1b2BBBBBBBBBBBBBBBB' }),
      said({ from: input.from - 60_000 }),
      said({ until: input.until + 60_000 }),
      said({ timeZone: 'Africa/Casablanca' }),
      said({ delegable: true }),
      said({ mandatary: person }),
      said({ mandatary: { ...person, birthdate: '1970-05-00' } }),
      said({ giver: person, parent: 'man_0198f3c0a1b2CCCCCCCCCCCCCCCC' }),
      said({ renews: 'man_0198f3c0a1b2CCCCCCCCCCCCCCCC' }),
      said({ confirms: input.from }),
      said({ forBoth: true }),
      said({ side: 'receiving', signer: { as: 'themselves', givenNames: 'A', familyName: 'B' } }),
      said({ side: 'receiving', signer: { as: 'administrator', firm: 'C', givenNames: 'A', familyName: 'B' } }),
    ]
    assert.equal(new Set([...all, ...others]).size, all.length + others.length, language)
    // The order in which rows were drawn up says nothing.
    assert.equal(said({ rights: [...input.rights].reverse() }), said({}))
  }
})

test('R097: a text says by itself of which mandate it is, and for which side', () => {
  const sides = ['giving', 'receiving'] as const
  const names = ['Atlas', 'Atlas, and gives this mandate.', 'et accepte ce mandat.', 'Signature']
  for (const language of languages) {
    for (const side of sides) {
      for (const name of names) {
        const receiving = {
          side,
          signer: { as: 'administrator', firm: name, givenNames: name, familyName: 'B' },
        } as const
        const over = { principal: { name, identifiers: {} }, ...(side === 'receiving' ? receiving : {}) }
        const text = mandateText({ ...input, language, ...over })
        for (const asked of sides)
          assert.equal(isTextOf(text, { ...input, side: asked }), asked === side, `${language} ${name}`)
        const other = { mandate: 'man_0198f3c0a1b2BBBBBBBBBBBBBBBB', side } as const
        assert.equal(isTextOf(text, other), false)
      }
    }
  }
})

test('R097: a name of a script from right to left, or with one of its signs, is set apart in each language', () => {
  for (const name of ['مكتب', 'מרים', 'ܣܘܪ', 'ދިވެހި', 'ߒߞߏ', '𞤀𞤣𞤤', 'Atlas ؛ 1', 'Atlas ٤', '\ufdfd', '𐤀']) {
    const { text } = mandateText({ ...input, principal: { name, identifiers: {} } })
    assert.ok(text.includes(`\u2068${name}\u2069`), name)
  }
  const { text } = mandateText({ ...input, principal: { name: 'Société Ναύς – 株式', identifiers: {} } })
  assert.ok(text.includes('\nSociété Ναύς – 株式\n'))
})

test('R097: a name cannot add a line, nor turn the words around it', () => {
  const lines = (name: string) =>
    mandateText({ ...input, principal: { name, identifiers: {} } }).text.split('\n').length
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
      const { text } = mandateText({ ...input, principal: { name, identifiers: {} } })
      assert.equal(lines(name), lines('Atlas'))
      assert.equal(text, text.normalize('NFC'))
      assert.doesNotMatch(text, /[\u202a-\u202e\u2066\u2067]/)
      assert.equal(text.split('\u2068').length, text.split('\u2069').length)
    }),
    { numRuns: 200 },
  )
  assert.equal(lines('Atlas\n\nSignature\nNobody signs'), lines('Atlas'))
})
