/** The page on which somebody turns messages about their sign-ins off and on, as a function from a view to a `Page`. */
import { html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { holderPath } from './pages-holder.ts'
import { hidden } from './pages-sign-in.ts'

export const alertsPath = `${holderPath}/alerts`

export function alertsPage(view: { verifier: string; areOn: boolean }, { t }: RequestContext): Page {
  const { verifier, areOn } = view
  const turn = areOn ? 'off' : 'on'
  return {
    title: t('alerts.title'),
    here: alertsPath,
    hasForm: true,
    body: html`<h1>${t('alerts.title')}</h1>
<p class="lead">${t(areOn ? 'alerts.on' : 'alerts.off')}</p>
<form class="panel fields" method="post" action="${alertsPath}">
${hidden({ verifier, turn })}
<p>${t(`alerts.turn_${turn}.text`)}</p>
<p class="buttons"><button class="button">${t(`alerts.turn_${turn}`)}</button> <a href="${holderPath}">${t('own.cancel')}</a></p>
</form>
<section class="panel prose" aria-labelledby="always"><h2 id="always">${t('alerts.always')}</h2>
<ul>${['protection', 'means', 'context'].map((one) => html`<li>${t(`alerts.always.${one}`)}</li>`)}</ul></section>`,
  }
}
