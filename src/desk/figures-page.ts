/** Figures of one service or provider of the partner; what they are is `figures/`. */
import { figuresBody } from '../figures/drawing.ts'
import type { Table } from '../figures/figures.ts'
import { html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type DeskFrame, deskPaths, framed, pageLength } from './frame.ts'

export interface FiguresPageView {
  /** What there is to choose from: `service/ID` or `provider/ID`, by name. */
  own: readonly { key: string; name: string }[]
  asked: string | undefined
  /** Absent: the partner has neither. */
  table: Table | undefined
}

export function figuresPage({ own, asked, table }: FiguresPageView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const addressOf = (path: string, what: Record<string, string | undefined>) =>
    `${path}?${new URLSearchParams(Object.entries(what).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])))}`
  const name = own.find(({ key }) => key === asked)?.name
  const here = table ? addressOf(deskPaths.figures, { of: asked, by: table.by, month: table.month }) : deskPaths.figures
  return framed(frame, context, {
    title: name ? `${t('desk.place.figures')} · ${name}` : t('desk.place.figures'),
    here,
    body: html`<h1>${t('desk.place.figures')}${name && html` · <bdi>${name}</bdi>`}</h1>
${own.length > pageLength && html`<p class="hint">${t('desk.figures.each')}</p>`}
${
  own.length > 1 &&
  own.length <= pageLength &&
  html`<form class="filter" method="get" action="${deskPaths.figures}">
<p class="ask"><label for="of">${t('desk.figures')}</label>
<select id="of" name="of">${own.map(({ key, name: each }) => html`<option value="${key}"${key === asked && html` selected`}>${each}</option>`)}</select></p>
<p class="actions"><button class="button button-quiet">${t('desk.figures.go')}</button></p></form>`
}
${
  table
    ? figuresBody(
        {
          table,
          addressOf: (what) => addressOf(deskPaths.figures, { of: asked, ...what }),
          csv: addressOf(deskPaths.figuresCsv, { of: asked, by: table.by, month: table.month }),
        },
        context,
      )
    : html`<p>${t('desk.figures.none')}</p>`
}`,
  })
}
