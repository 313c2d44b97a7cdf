import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { startSmtp, type TestSmtp } from '../../test/support/smtp.ts'
import { createTranslator } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'
import type { MessageGateway } from '../means/gateway.ts'
import { sentMessages } from '../means/sent-messages.ts'
import { createMailTransport, type MailTransport } from './mail.ts'
import { createMailGateway } from './plain-mail.ts'

let smtp: TestSmtp
let transport: MailTransport
let gateway: MessageGateway
before(async () => {
  smtp = await startSmtp()
  const { host, port } = smtp
  transport = createMailTransport({
    host,
    port,
    secure: false,
    danger_in_clear: true,
    from: 'Garant <no-reply@hub.example>',
  })
  gateway = createMailGateway({ transport, clock: createTestClock(), issuer: 'https://hub.example' })
})
after(async () => {
  await transport.close()
  await smtp.close()
})

test('R107: each mail of a code says the same in both parts, in its language, without a link', async () => {
  const translate = createTranslator(sentMessages)
  const code = 'K7QX-2M4P-9TRC-5DWN'
  for (const language of languages) {
    const say = translate(language)
    for (const about of ['code', 'check', 'reset']) {
      const [subject, text] = [`sent.mail.${about}.subject`, `sent.mail.${about}.text`].map((key) =>
        say(key, { name: 'Garant', code }),
      )
      await gateway.send({
        channel: 'mail',
        to: 'angela@example.org',
        subject: subject ?? '',
        text: text ?? '',
        language,
      })
      const mail = smtp.mails.at(-1)
      assert.ok(mail)
      assert.deepEqual(mail.to, ['angela@example.org'])
      assert.equal(mail.headers.get('content-language'), language)
      assert.match(mail.headers.get('subject') ?? '', /Garant/)
      assert.doesNotMatch(mail.headers.get('subject') ?? '', /[\u2066-\u2069]/)
      assert.match(mail.html, language === 'ar' ? /dir="rtl"/ : /dir="ltr"/)
      for (const part of [mail.text, mail.html]) {
        assert.ok(part.includes(code), `${language} ${about}`)
        assert.doesNotMatch(part, /https?:|href|<img|<form/)
      }
    }
  }
})

test('a name with signs of HTML stays text, and a refusal is told to whoever asked', async () => {
  const message = { channel: 'mail', subject: 'x', text: '<b>Garant</b> & fils', language: 'fr' } as const
  await gateway.send({ ...message, to: 'angela@example.org' })
  assert.match(smtp.mails.at(-1)?.html ?? '', /&lt;b&gt;Garant&lt;\/b&gt; &amp; fils/)
  smtp.answer = () => 550
  await assert.rejects(gateway.send({ ...message, to: 'nobody@example.org' }))
})
