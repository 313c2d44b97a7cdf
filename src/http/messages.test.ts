import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { IntlMessageFormat } from 'intl-messageformat'
import { catalogue } from '../kernel/errors.ts'
import { type Language, languages } from '../kernel/languages.ts'
import { errorMessages } from './errors-messages.ts'
import { createTranslator, type Messages } from './messages.ts'
import { pageMessages } from './page-messages.ts'

const bundle = (fr: Record<string, string>, en = fr, ar = fr): Messages => ({ fr, en, ar })
const source = join(import.meta.dirname, '..')

/** The bundles of the rooms, found as a newcomer would: every `*messages.ts` exports one. */
async function bundles(): Promise<Messages[]> {
  const files = globSync('**/*messages.ts', { cwd: source })
  const modules = await Promise.all(files.map((file) => import(join(source, file)) as Promise<Record<string, unknown>>))
  return modules.flatMap((module) =>
    Object.values(module).filter(
      (value): value is Messages => typeof value === 'object' && value !== null && 'fr' in value,
    ),
  )
}

describe('the translator', () => {
  test('fills names, and refuses a missing key or value', () => {
    const t = createTranslator(bundle({ hello: 'Bonjour {name}', plain: 'Oui' }))('fr')
    assert.equal(t('hello', { name: 'Léa' }), 'Bonjour Léa')
    assert.equal(t('plain'), 'Oui')
    assert.throws(() => t('other'), /no message other/)
    assert.throws(() => t('hello'), /no value name/)
  })

  test('values are text: braces and tags in them mean nothing', () => {
    const t = createTranslator(bundle({ a: '{name}', b: '{n, plural, other {# {name}}}' }))('en')
    assert.equal(t('a', { name: '{n} <b>' }), '{n} <b>')
    assert.equal(t('b', { n: 2, name: '{n} <b>' }), '2 {n} <b>')
  })

  test('Arabic has six plural forms, western digits, and isolates names', () => {
    const forms = '{n, plural, zero {صفر} one {واحد} two {اثنان} few {قليل #} many {كثير #} other {آخر #}}'
    const t = createTranslator(bundle({ forms, named: 'مرحبا {name}' }))('ar')
    assert.deepEqual(
      [0, 1, 2, 3, 11, 100].map((n) => t('forms', { n })),
      ['صفر', 'واحد', 'اثنان', 'قليل 3', 'كثير 11', 'آخر 100'],
    )
    assert.equal(t('named', { name: 'La Poste' }), 'مرحبا \u2068La Poste\u2069')
  })

  test('French keeps its tall signs on the line', () => {
    const t = createTranslator(bundle({ a: 'Quoi ? « Ceci » : oui !' }))
    assert.equal(t('fr')('a'), 'Quoi\u00a0? «\u00a0Ceci\u00a0»\u00a0: oui\u00a0!')
    assert.equal(t('en')('a'), 'Quoi ? « Ceci » : oui !')
  })

  test('every key that is incomplete or defined twice is told at once', () => {
    const faulty: Messages = {
      fr: { a: 'x', b: 'y' },
      en: { a: 'x', b: 'y', c: 'z' },
      ar: { a: 'x', b: 'y' },
    }
    assert.throws(
      () => createTranslator(faulty, bundle({ a: 'again' })),
      (error: Error) => ['c: no fr', 'c: no ar', 'a: defined twice'].every((fault) => error.message.includes(fault)),
    )
  })

  test('a sentence that ICU cannot read says which it is, and keeps no other from being said', () => {
    const t = createTranslator(bundle({ faulty: '{n, plural, }', good: '{n, plural, other {#}}' }))('en')
    assert.throws(() => t('faulty', { n: 1 }), /message faulty in en: /)
    assert.equal(t('good', { n: 1 }), '1')
  })
})

describe('the messages of the hub', () => {
  test('all bundles together are complete in the three languages, each sentence readable, with the same values in each', async () => {
    const all = await bundles()
    assert.ok(all.length >= 3)
    createTranslator(...all)
    const unread = all.flatMap((one) =>
      Object.keys(one.fr).flatMap((key) =>
        languages.flatMap((language) => {
          try {
            valuesIn(one[language][key] ?? '', language)
            return []
          } catch (error) {
            return [`${key}: ${language}: ${(error as Error).message}`]
          }
        }),
      ),
    )
    assert.deepEqual(unread, [], 'ICU reads every sentence')
    for (const one of all) {
      for (const key of Object.keys(one.fr)) {
        const [fr, en, ar] = languages.map((language) => valuesIn(one[language][key] ?? '', language))
        assert.deepEqual(en, fr, key)
        assert.deepEqual(ar, fr, key)
      }
    }
  })

  /** The names of the values that a message takes, those inside of plural forms included. */
  function valuesIn(text: string, language: Language): string[] {
    const found = new Set<string>()
    type Element = { value?: unknown; options?: Record<string, { value: Element[] }> } & { type: number }
    const walk = (elements: Element[]) => {
      for (const { type, value, options } of elements) {
        // 0 is text and 7 the number of a plural form; what else there is takes a value.
        if (type !== 0 && type !== 7 && typeof value === 'string') found.add(value)
        for (const option of Object.values(options ?? {})) walk(option.value)
      }
    }
    walk(new IntlMessageFormat(text, language).getAst() as Element[])
    return [...found].sort()
  }

  test('every error of the catalogue has its title, what happened and what to do', () => {
    for (const name of Object.keys(catalogue)) {
      for (const part of ['title', 'what', 'next']) {
        for (const language of languages) assert.ok(errorMessages[language][`error.${name}.${part}`], `${name} ${part}`)
      }
    }
  })

  test('every key written in a page exists', async () => {
    const keys = new Set((await bundles()).flatMap((one) => Object.keys(one.fr)))
    const files = globSync('**/*.ts', { cwd: source }).filter((file) => !/(test|messages)\.ts$/.test(file))
    const used = files.flatMap((file) =>
      [...readFileSync(join(source, file), 'utf8').matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => ({
        file,
        key: match[1] ?? '',
      })),
    )
    assert.ok(used.length > 40)
    assert.deepEqual(
      used.filter(({ key }) => !keys.has(key)),
      [],
    )
  })

  test('French and English keep to typographic apostrophes, which ICU does not read as quotes', () => {
    for (const one of [errorMessages, pageMessages]) {
      for (const text of [...Object.values(one.fr), ...Object.values(one.en)]) assert.doesNotMatch(text, /'/, text)
    }
  })
})
