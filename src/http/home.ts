/** The page at `/`, for whoever arrives without a service: what this site is, and how to know a message that is not ours. */
import { html } from './html.ts'
import type { Page, RequestContext } from './http.ts'

export function homePage({ name }: { name: string }, { t }: RequestContext): Page {
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
        <h2>${t('home.never', { name })}</h2>
        <ul>${promises.map((promise) => html`<li>${t(`home.never.${promise}`, { name })}</li>`)}</ul>
        <h2>${t('home.more')}</h2>
        <ul>
          <li><a href="/disclosure">${t('layout.security')}</a></li>
          <li><a href="/accessibility">${t('layout.accessibility')}</a></li>
        </ul>
      </article>`,
  }
}
