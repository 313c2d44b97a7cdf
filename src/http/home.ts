/** The page at `/`: what this site is, how to know a message that is not ours, and whom to tell of a sign-in by a stranger. */
import { contacts } from './disclosure.ts'
import { html } from './html.ts'
import type { Page, RequestContext } from './http.ts'

export interface HomeView {
  name: string
  contact: string[]
  /** Where whoever has an account looks after it. */
  accountPath: string
}

export function homePage({ name, contact, accountPath }: HomeView, { t }: RequestContext): Page {
  const steps = ['service', 'account', 'inform']
  const promises = ['password', 'mail', 'optional']
  return {
    title: t('home.title'),
    here: '/',
    body: html`
      <article class="sheet prose">
        <h1>${t('home.heading', { name })}</h1>
        <p class="lead">${t('home.lead', { name })}</p>
        <h2>${t('home.how')}</h2>
        <ol>${steps.map((step) => html`<li>${t(`home.how.${step}`)}</li>`)}</ol>
        <h2>${t('home.never')}</h2>
        <ul>${promises.map((promise) => html`<li>${t(`home.never.${promise}`, { name })}</li>`)}</ul>
        <h2>${t('home.report')}</h2>
        <p>${t('home.report.text')}</p>
        <p><a href="/report">${t('home.report.go')}</a></p>
        ${contacts(contact)}
        <h2>${t('home.more')}</h2>
        <ul>
          <li><a href="${accountPath}">${t('home.account')}</a></li>
          <li><a href="/disclosure">${t('layout.security')}</a></li>
          <li><a href="/accessibility">${t('layout.accessibility')}</a></li>
        </ul>
      </article>`,
  }
}
