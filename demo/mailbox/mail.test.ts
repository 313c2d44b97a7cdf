import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import nodemailer, { type Transporter } from 'nodemailer'
import { createTestClock, testStart } from '../../test/support/clock.ts'
import { freePorts } from '../../test/support/ports.ts'
import fc from '../../test/support/property.ts'
import { decodeWords, parseMail } from './mail.ts'
import { type Mailbox, startMailbox } from './mailbox.ts'

let mailbox: Mailbox
let transport: Transporter

before(async () => {
  const { mailbox: port, smtp: smtpPort } = await freePorts()
  const map = { hub: '', services: [], providers: [], people: [] }
  mailbox = await startMailbox({ port, smtpPort, clock: createTestClock(), map, switches: new Map() })
  transport = nodemailer.createTransport({ host: '127.0.0.1', port: smtpPort, secure: false, ignoreTLS: true })
})

after(async () => {
  transport.close()
  await mailbox.close()
})

const lines = (...all: string[]) => Buffer.from(all.join('\r\n'))

test('R101: a mail in three scripts, with text, HTML and an attachment, is read back as it was written', async () => {
  const text = 'Bonjour,\nVotre connexion « impôts » du 22/11 — ça va ?\n.\nمرحبًا بك، هذا سطر طويل جدًا '.repeat(4)
  const html = '<p style="color:#123">Été, <a href="http://localhost/?a=1&amp;b=2">ça</a> مرحبًا</p>'
  await transport.sendMail({
    from: { name: 'Garant, l’alerte', address: 'alertes@garant.example' },
    to: '"Amina (عائلة)" <Amina@courriel.example>, lucas@courriel.example',
    subject: 'Connexion inhabituelle à votre identité — تسجيل دخول غير معتاد إلى حسابك من جهاز جديد',
    text,
    html,
    attachments: [{ filename: 'note.txt', content: 'not the text part' }],
  })
  const [mail] = await mailbox.waitFor(1, 'amina@courriel.example')
  assert.ok(mail)
  assert.equal(mail.subject, 'Connexion inhabituelle à votre identité — تسجيل دخول غير معتاد إلى حسابك من جهاز جديد')
  assert.deepEqual(mail.from, [{ name: 'Garant, l’alerte', address: 'alertes@garant.example' }])
  assert.equal(mail.to[0]?.name, 'Amina (عائلة)')
  assert.equal(mail.to[1]?.address, 'lucas@courriel.example')
  assert.deepEqual(mail.recipients, ['amina@courriel.example', 'lucas@courriel.example'])
  assert.equal(mail.text.replaceAll('\r\n', '\n').trimEnd(), text.trimEnd())
  assert.equal(mail.html.trimEnd(), html)
  assert.equal(mail.at, testStart)
})

test('the pages show a mail, and its HTML only in a sandbox without script', async () => {
  await transport.sendMail({
    from: 'a@garant.example',
    to: 'page@courriel.example',
    subject: '<b>Objet</b>',
    text: 'Voir http://localhost:4000/verifier?c=1&d=2.',
    html: '<script>parent.document.title = "stolen"</script><p>corps</p>',
  })
  const [mail] = await mailbox.waitFor(1, 'page@courriel.example')
  const page = await fetch(`${mailbox.origin}/mails/${mail?.id}`).then((answer) => answer.text())
  assert.match(page, /&lt;b&gt;Objet&lt;\/b&gt;/)
  assert.match(page, /<a href="http:\/\/localhost:4000\/verifier\?c=1&amp;d=2"/)
  assert.doesNotMatch(page, /<script/)
  const letter = await fetch(`${mailbox.origin}/mails/${mail?.id}/html`)
  assert.match(letter.headers.get('content-security-policy') ?? '', /^sandbox allow-popups .*default-src 'none'/)
  const listed = (await fetch(`${mailbox.origin}/mails.json?to=page@courriel.example`).then((answer) =>
    answer.json(),
  )) as { subject: string }[]
  assert.deepEqual(
    listed.map(({ subject }) => subject),
    ['<b>Objet</b>'],
  )
})

test('folded header fields, quoted-printable with soft breaks, and a charset of its own', () => {
  const mail = parseMail(
    lines(
      'Subject: =?iso-8859-1?Q?Caf=E9_?=',
      ' =?iso-8859-1?Q?cr=E8me?= du matin',
      'From: =?utf-8?B?w4k=?= <e@x.example>',
      'Content-Type: text/plain; charset="iso-8859-1"',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Un caf=E9 =',
      'bien serr=E9=20',
      '=3D fin  ',
    ),
  )
  assert.equal(mail.subject, 'Café crème du matin')
  assert.deepEqual(mail.from, [{ name: 'É', address: 'e@x.example' }])
  assert.equal(mail.text, 'Un café bien serré \r\n= fin')
})

test('parts inside parts: the text of the alternative is found, attachments are not taken for it', () => {
  const mail = parseMail(
    lines(
      'Content-Type: multipart/mixed; boundary="out er"',
      '',
      'for old programs',
      '--out er',
      'Content-Type: text/plain',
      'Content-Disposition: attachment; filename="a.txt"',
      '',
      'attached',
      '--out er',
      'Content-Type: multipart/alternative; boundary=in',
      '',
      '--in',
      '',
      'plain – without header fields',
      '--in',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      'PHA+w6k8',
      'L3A+',
      '--in--',
      '--out er--',
      'epilogue',
    ),
  )
  assert.equal(mail.text, 'plain – without header fields')
  assert.equal(mail.html, '<p>é</p>')
})

test('a character cut between two encoded words is whole again', () => {
  assert.equal(decodeWords('=?UTF-8?B?w6k=?= =?UTF-8?B?4oI=?= =?UTF-8?B?rA==?='), 'é€')
  assert.equal(decodeWords('=?iso-8859-1*fr?Q?=E9_?= =?UTF-8?B?w6k=?='), 'é é')
})

test('any bytes at all are read without a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      assert.equal(typeof parseMail(Buffer.from(bytes)).subject, 'string')
    }),
  )
})

test('what a mail program writes comes back, whatever the text', async () => {
  const compose = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const word = fc.string({ unit: 'grapheme', maxLength: 80 }).filter((text) => /^[^\p{C}]*$/u.test(text))
  await fc.assert(
    fc.asyncProperty(word, word, async (subject, text) => {
      const { message } = await compose.sendMail({
        from: 'a@x.example',
        to: 'b@x.example',
        subject,
        text,
        html: `<p>${text}`,
      })
      const mail = parseMail(message as Buffer)
      assert.equal(mail.text.trimEnd(), text.trimEnd())
      assert.equal(mail.subject.replaceAll(/\s+/g, ' ').trim(), subject.replaceAll(/\s+/g, ' ').trim())
    }),
    { numRuns: 60 },
  )
})
