import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { danger_raw, html, onceInEachLanguage } from './html.ts'
import { createTranslator } from './messages.ts'

describe('html', () => {
  const hostile = `<img src=x onerror='alert("&")'>`
  const escaped = '&lt;img src=x onerror=&#39;alert(&quot;&amp;&quot;)&#39;&gt;'

  test('whatever is put in is escaped, wherever it stands', () => {
    assert.equal(`${html`<p title="${hostile}">${hostile}</p>`}`, `<p title="${escaped}">${escaped}</p>`)
    assert.equal(`${html`${[hostile, [hostile]]}`}`, `${escaped}${escaped}`)
    // What is no text is written as text: it does not get around.
    assert.equal(`${html`${{ toString: () => hostile }}`}`, escaped)
    assert.equal(`${html`${{ isEscaped: true, toString: () => hostile }}`}`, escaped)
    assert.equal(`${html`${new String(hostile)}`}`, escaped)
  })

  test('what is markup already is not escaped again', () => {
    assert.equal(
      `${html`<ul>${[1, 2].map((one) => html`<li>${one}${danger_raw('<br>')}</li>`)}</ul>`}`,
      '<ul><li>1<br></li><li>2<br></li></ul>',
    )
    assert.equal(`${html`${html`${html`${'&'}`}`}`}`, '&amp;')
  })

  test('nothing prints nothing, and zero is something', () => {
    assert.equal(`${html`[${undefined}${null}${false}${true}${''}${[]}${0}]`}`, '[0]')
  })
})

test('what a language alone decides is made once for each', () => {
  const translate = createTranslator({ fr: { word: 'mot' }, en: { word: 'word' }, ar: { word: 'كلمة' } })
  let made = 0
  const paragraph = onceInEachLanguage((t) => {
    made++
    return html`<p>${t('word')}</p>`
  })
  const said = (['fr', 'en', 'fr', 'ar', 'en'] as const).map((language) => String(paragraph(translate(language))))
  assert.deepEqual(said, ['<p>mot</p>', '<p>word</p>', '<p>mot</p>', '<p>كلمة</p>', '<p>word</p>'])
  assert.equal(made, 3)
})
