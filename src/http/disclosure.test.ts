import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startGallery } from '../../test/support/page-gallery.ts'
import { contactUri, securityTxt } from './disclosure.ts'

const security = {
  contact: ['mailto:security@garant.example', 'https://garant.example/report'],
  acknowledgementDays: 2,
  expires: '2027-06-30T00:00:00Z',
}

test('R132: security.txt has the fields of RFC 9116, each on its line', () => {
  assert.equal(
    securityTxt({ ...security, encryptionKeyUrl: 'https://garant.example/key.asc' }, 'https://garant.example'),
    [
      'Contact: mailto:security@garant.example',
      'Contact: https://garant.example/report',
      'Expires: 2027-06-30T00:00:00Z',
      'Encryption: https://garant.example/key.asc',
      'Policy: https://garant.example/disclosure',
      'Preferred-Languages: fr, en, ar',
      'Canonical: https://garant.example/.well-known/security.txt',
      '',
    ].join('\n'),
  )
  assert.equal(contactUri('a@b.example'), 'mailto:a@b.example')
})

describe('on the server', () => {
  let gallery: Awaited<ReturnType<typeof startGallery>>
  before(async () => {
    gallery = await startGallery()
  })
  after(() => gallery.close())

  test('security.txt is plain text at its address', async () => {
    const response = await fetch(`${gallery.origin}/.well-known/security.txt`)
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.match(await response.text(), /^Contact: mailto:securite@garant\.example\nExpires: /)
  })

  test('R132: the policy promises a delay and safe harbour in the three languages', async () => {
    for (const [language, words] of [
      ['fr', /2 jours ouvrés.*nous ne portons pas plainte/s],
      ['en', /within 2 working days.*take no legal action/s],
      ['ar', /يومَي عمل.*لا نرفع دعوى/s],
    ] as const) {
      const text = await (await fetch(`${gallery.origin}/disclosure?lang=${language}`)).text()
      assert.match(text, words)
      assert.match(text, /href="mailto:securite@garant\.example"/)
    }
  })

  test('R126: what was and was not checked about accessibility is said', async () => {
    const text = await (await fetch(`${gallery.origin}/accessibility?lang=en`)).text()
    assert.match(text, /WCAG 2\.2.*no independent audit yet/s)
  })
})
