import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startGallery } from '../../test/support/page-gallery.ts'

describe('the page at /', () => {
  let gallery: Awaited<ReturnType<typeof startGallery>>
  before(async () => {
    gallery = await startGallery()
  })
  after(() => gallery.close())

  test('R107: whoever arrives without a service reads what this is and what it never asks, in the three languages', async () => {
    for (const [language, words] of [
      ['fr', /depuis le site d’un service.*jamais de mot de passe par message.*aucun lien vers une page de connexion/s],
      ['en', /from the site of a service.*never asks for a password by message.*no link to a sign-in page/s],
      ['ar', /من موقع خدمة.*أبدًا كلمة مرور برسالة.*أي رابط إلى صفحة تسجيل دخول/s],
    ] as const) {
      const response = await fetch(`${gallery.origin}/?lang=${language}`)
      assert.equal(response.status, 200)
      const page = await response.text()
      assert.match(page, words)
      assert.match(page, new RegExp(`<html lang="${language}"`))
      for (const path of ['/means', '/disclosure', '/accessibility']) assert.ok(page.includes(`href="${path}"`), path)
    }
  })

  test('R101: whoever received an alert reads whom to tell, and what to send along', async () => {
    const page = await (await fetch(`${gallery.origin}/?lang=en`)).text()
    assert.match(page, /Write to us, with the two codes of the message/)
    assert.match(page, /href="mailto:securite@garant\.example"/)
  })

  test('R011: it says that every service has another way in', async () => {
    const page = await (await fetch(`${gallery.origin}/?lang=en`)).text()
    assert.match(page, /You are not obliged .* another way to sign in/)
  })

  test('it has no form and no script: there is nothing to do on it', async () => {
    const page = await (await fetch(`${gallery.origin}/`)).text()
    assert.doesNotMatch(page, /<(form|input|button|script)/)
  })
})
