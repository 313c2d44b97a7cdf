/** How somebody tells us of a vulnerability: security.txt (RFC 9116) for machines, a policy page for people. */
import { type Html, html } from './html.ts'
import type { Page, RequestContext } from './http.ts'

/** `security` of the settings. */
export interface SecurityView {
  /** Addresses, the preferred one first: `mailto:`, `https:` or `tel:`; a bare mail address is read as `mailto:`. */
  contact: string[]
  acknowledgementDays: number
  /** Of a policy kept elsewhere; without it, this hub's own page. */
  policyUrl?: string
  encryptionKeyUrl?: string
  /** RFC 3339. "Recommended that the value be less than a year into the future" (RFC 9116 section 2.5.5). */
  expires: string
}

/** `text/plain; charset=utf-8`, lines ended by LF or CRLF (RFC 9116 section 2.2). */
export function securityTxt(security: SecurityView, issuer: string): string {
  const fields: [string, string | undefined][] = [
    ...security.contact.map((contact): [string, string] => ['Contact', contactUri(contact)]),
    ['Expires', security.expires],
    ['Encryption', security.encryptionKeyUrl],
    ['Policy', security.policyUrl ?? `${issuer}/disclosure`],
    ['Preferred-Languages', 'fr, en, ar'],
    ['Canonical', `${issuer}/.well-known/security.txt`],
  ]
  return fields
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}

/** "The value MUST follow the URI syntax" (RFC 9116 section 2.5.3). */
export function contactUri(contact: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(contact) ? contact : `mailto:${contact}`
}

/** An address as a link that shows it. */
export function contact(address: string): Html {
  return html`<a href="${contactUri(address)}"><bdi>${address.replace(/^(mailto:|tel:|https:\/\/)/, '')}</bdi></a>`
}

/** Where people who are in trouble write to. */
export function contacts(addresses: string[]): Html {
  return html`<ul class="plain">${addresses.map((address) => html`<li>${contact(address)}</li>`)}</ul>`
}

export function disclosurePage(view: { name: string; security: SecurityView }, { t }: RequestContext): Page {
  const { security, name } = view
  const rules = ['data', 'service', 'people', 'time']
  return {
    title: t('disclosure.title'),
    here: '/disclosure',
    body: html`
      <article class="sheet prose">
        <h1>${t('disclosure.title')}</h1>
        <p class="lead">${t('disclosure.lead', { name })}</p>
        <h2>${t('disclosure.how')}</h2>
        <p>${t('disclosure.how.text')}</p>
        ${contacts(security.contact)}
        ${security.encryptionKeyUrl && html`<p><a href="${security.encryptionKeyUrl}">${t('disclosure.encryption')}</a></p>`}
        <h2>${t('disclosure.ours')}</h2>
        <ul>
          <li>${t('disclosure.acknowledge', { days: security.acknowledgementDays })}</li>
          <li>${t('disclosure.follow')}</li>
          <li>${t('disclosure.credit')}</li>
        </ul>
        <h2>${t('disclosure.safe')}</h2>
        <p>${t('disclosure.safe.text')}</p>
        <h2>${t('disclosure.rules')}</h2>
        <ul>${rules.map((rule) => html`<li>${t(`disclosure.rule.${rule}`)}</li>`)}</ul>
        ${security.policyUrl && html`<p><a href="${security.policyUrl}">${t('disclosure.policy')}</a></p>`}
      </article>`,
  }
}

export function accessibilityPage(view: { name: string; contact: string[] }, { t }: RequestContext): Page {
  const parts = ['target', 'state', 'trouble']
  return {
    title: t('accessibility.title'),
    here: '/accessibility',
    body: html`
      <article class="sheet prose">
        <h1>${t('accessibility.title')}</h1>
        <p class="lead">${t('accessibility.lead', { name: view.name })}</p>
        ${parts.map((part) => html`<h2>${t(`accessibility.${part}`)}</h2><p>${t(`accessibility.${part}.text`)}</p>`)}
        ${contacts(view.contact)}
      </article>`,
  }
}
