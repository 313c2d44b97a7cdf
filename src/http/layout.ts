/** The document around every page: language and direction, skip link, header, language switch, footer. */
import { directionOf, type Language, languages } from '../kernel/languages.ts'
import { icon, mark, style } from './assets.ts'
import { danger_raw, type Html, html, onceInEachLanguage } from './html.ts'
import type { Announcement, Page, RequestContext } from './http.ts'
import { formGuard } from './protection.ts'

/** Each language in its own words, for those who read no other. */
const ownNames: Record<Language, string> = { fr: 'Français', en: 'English', ar: 'العربية' }

const head = html`<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${icon.href}" type="image/svg+xml">
<link rel="stylesheet" href="${style.href}">`

const guard = danger_raw(`<script>${formGuard}</script>`)

const top = onceInEachLanguage(
  (t) => html`<a class="skip" href="#content">${t('layout.skip')}</a>
<header class="top">
<p class="brand">${mark}`,
)

const foot = onceInEachLanguage(
  (t) => html`<footer class="foot">
<p>${t('layout.promise')}</p>
<ul>
<li><a href="/help">${t('help')}</a></li>
<li><a href="/status">${t('layout.status')}</a></li>
<li><a href="/disclosure">${t('layout.security')}</a></li>
<li><a href="/accessibility">${t('layout.accessibility')}</a></li>
</ul>
</footer>`,
)

export function renderDocument(
  page: Page,
  context: RequestContext & { name: string; announcements?: readonly Announcement[] },
): string {
  const { language, t, name, announcements = [] } = context
  return html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<title>${page.title} · ${name}</title>
${head}
${page.next && html`<meta http-equiv="refresh" content="0;url=${page.next}">`}
</head>
<body>
${top(t)}<span>${name}</span></p>
${page.here ? languageSwitch(page.here, context) : ''}
</header>
${announcements.length > 0 && html`<aside class="banners" aria-label="${t('banner.region')}">${bannersOf(announcements, context)}</aside>`}
<main id="content" tabindex="-1">${page.body}</main>
${foot(t)}
${page.hasForm ? guard : ''}
${[page.script ?? []].flat().map(({ href }) => html`<script type="module" src="${href}"></script>`)}
</body>
</html>
`.toString()
}

/**
 * What a region says that readers of the screen find by its name, before the page and past the skip link. Not an alert:
 * what stands on every page must not interrupt every page. No banner can be closed, and none holds a link that somebody
 * could copy with another address behind it.
 */
export function bannersOf(
  announcements: readonly Announcement[],
  { language, t }: Pick<RequestContext, 'language' | 't'>,
): Html {
  const lastWarning = announcements.findLastIndex(({ kind }) => kind === 'phishing')
  return html`
${announcements.map(
  ({ kind, text }, index) => html`<div class="banner banner-${kind}">
<p><strong>${t(`banner.${kind}`)}</strong> <bdi>${text[language]}</bdi></p>
${index === lastWarning && html`<p class="advice">${t('banner.advice')}</p>`}
</div>`,
)}
`
}

/**
 * The page between a form and another site. Chromium applies `form-action` to every redirection that follows a post,
 * those of the other site included, which nobody here can list: a redirection out of a post would strand the people of
 * a service that itself redirects. This page ends the post; the browser goes on by itself, and a link says where to.
 */
export function departurePage(url: string, { t }: RequestContext): Page {
  return {
    title: t('departure.title'),
    next: url,
    body: html`<div class="sheet"><h1>${t('departure.title')}</h1>
<p class="actions"><a class="button" href="${url}">${t('departure.go')}</a></p></div>`,
  }
}

/** Links that keep the page; the language of each is announced in its own voice. */
function languageSwitch(here: string, { language: present, t }: RequestContext): Html {
  const address = html`${here}${here.includes('?') ? '&' : '?'}lang=`
  return html`<nav class="languages" aria-label="${t('layout.languages')}">
<ul>${languages.map(
    (language) => html`
<li><a href="${address}${language}" lang="${language}" hreflang="${language}"${
      language === present ? danger_raw(' aria-current="true"') : ''
    }>${ownNames[language]}</a></li>`,
  )}
</ul>
</nav>`
}
