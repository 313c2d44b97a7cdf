/** What the team of a service pastes into its own software. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type DeskFrame, deskPaths, framed, type Own } from './frame.ts'
import type { Example, Integration, IntegrationSetting } from './integration.ts'

export interface IntegrationView {
  own: Own
  name: string
  of: 'published' | 'draft' | 'nothing'
  /** Absent: there is nothing published, and the draft has a fault. */
  integration?: Integration
}

export function integrationPage(view: IntegrationView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { own, name, of, integration } = view
  const path = deskPaths.integration(own.id)
  return framed(frame, context, {
    title: t('integration.of', { name }),
    here: of === 'draft' ? `${path}?of=draft` : path,
    body: html`<h1>${t('integration.of', { name })}</h1>
${
  integration
    ? html`<p class="lead">${t(`integration.lead.${of}`)}</p>
<section class="sheet" aria-labelledby="settings"><h2 id="settings">${t('integration.settings')}</h2>
<dl class="data">${integration.settings.map((one) => settingRow(one, context))}</dl></section>
<h2>${t('integration.examples')}</h2>
<p>${t('integration.examples.text')}</p>
${integration.examples.map((example, index) => exampleIn(example, index === 0, context))}`
    : html`<div class="notice"><h2>${t('integration.none')}</h2><p>${t('integration.none.text')}</p></div>`
}
<p><a href="${deskPaths.page(own)}"><bdi>${name}</bdi></a></p>`,
  })
}

function settingRow({ name, values }: IntegrationSetting, { t }: RequestContext): Html {
  return html`<div><dt>${t(`integration.setting.${name}`)} <code dir="ltr">${name}</code></dt><dd>${
    values.length === 0
      ? html`<span class="empty">${t('change.nothing')}</span>`
      : values.map((value) => html`<code class="line" dir="ltr">${value}</code>`)
  }</dd></div>`
}

function exampleIn({ stack, files, notes }: Example, isOpen: boolean, { t }: RequestContext): Html {
  return html`<details class="about"${isOpen && html` open`}><summary>${t(`integration.stack.${stack}`)}</summary>
${notes.length > 0 && html`<ul class="plain">${notes.map(({ note, value }) => html`<li>${t(`integration.note.${note}`)}${value && html` <code dir="ltr">${value}</code>`}</li>`)}</ul>`}
${files.map(
  ({ name, text }) => html`<p><code dir="ltr">${name}</code></p>
<pre class="code" tabindex="0" role="region" aria-label="${name}" dir="ltr"><code>${text}</code></pre>`,
)}</details>
`
}
