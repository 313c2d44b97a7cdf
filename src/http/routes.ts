/** The pages that belong to the server itself and to no room above. */
import { accessibilityPage, disclosurePage, type SecurityView, securityTxt } from './disclosure.ts'
import { homePage } from './home.ts'
import type { Web } from './http.ts'

export function registerPublicPages(
  web: Web,
  options: { issuer: string; name: string; security: SecurityView; accountPath: string },
): void {
  const { issuer, name, security, accountPath } = options
  const access = { config: { access: 'public' } } as const

  web.app.get('/', access, (request, reply) =>
    web.page(request, reply, homePage({ name, contact: security.contact, accountPath }, web.contextOf(request))),
  )
  web.app.get('/.well-known/security.txt', access, (_request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .header('cache-control', 'public, max-age=3600')
      .send(securityTxt(security, issuer)),
  )
  web.app.get('/disclosure', access, (request, reply) =>
    web.page(request, reply, disclosurePage({ name, security }, web.contextOf(request))),
  )
  web.app.get('/accessibility', access, (request, reply) =>
    web.page(request, reply, accessibilityPage({ name, contact: security.contact }, web.contextOf(request))),
  )
}
