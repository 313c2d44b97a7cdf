/**
 * Mails that are a few sentences and a code, which a person has just asked for: the way out that `means/` is given. They
 * leave at once and are not kept; the messages about facts are in `alerts.ts`.
 */
import { html } from '../http/html.ts'
import type { Clock } from '../kernel/clock.ts'
import { directionOf } from '../kernel/languages.ts'
import { randomBytes } from '../kernel/random.ts'
import type { MessageGateway } from '../means/gateway.ts'
import type { MailTransport } from './mail.ts'

const page = 'font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:0 auto;padding:24px'

export function createMailGateway(options: {
  transport: MailTransport
  clock: Clock
  /** Public address of the hub. */
  issuer: string
}): MessageGateway {
  const { hostname } = new URL(options.issuer)
  return {
    async send({ to, subject, text, language }) {
      const paragraphs = text.split('\n\n')
      const document = html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="${page}">
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>\n`)}
</body>
</html>
`
      await options.transport.send({
        to,
        // Names between signs that a mail reader would show as boxes.
        subject: subject.replace(/[\u2066-\u2069]/g, ''),
        text: `${text}\n`,
        html: String(document),
        language,
        messageId: `<${randomBytes(16).toString('hex')}@${hostname}>`,
        date: options.clock.now(),
      })
    },
  }
}
