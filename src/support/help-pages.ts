/** The pages of help: who you are, what happens to you, each code of an error. They ask nothing and know nobody. */
import { contact } from '../http/disclosure.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { flowLifetime, minute } from '../kernel/durations.ts'
import { catalogue, type ErrorName, entryOf } from '../kernel/errors.ts'
import { chaptersAbout } from './error-causes.ts'
import { type ChapterName, chapters, chaptersOf, type Destination, destinations, placeOf } from './guide.ts'
import { type Audience, audiences } from './vocabulary.ts'

export const helpPaths = {
  help: '/help',
  audience: (audience: Audience) => `/help/${audience}`,
  mandates: '/mandates',
  /** GET `?code=`: leads to the page of that code. */
  errors: '/help/errors',
  error: (code: string) => `/help/errors/${code}`,
  /** GET `?reference=`, `audience=`, `situation=`: the form, filled in so far. POST the form. */
  ask: '/help/ask',
  /** GET `?number=`, `how=`, `proof=`. */
  sent: '/help/ask/sent',
} as const

export interface HelpFrame {
  /** Where people find help besides: an address by mail, by telephone, or on the web. */
  support?: string
}

const linkTo = (destination: Destination, { t }: RequestContext): Html =>
  html`<a href="${destinations[destination]}">${t(`guide.to.${destination}`)}</a>`

export function helpPage({ support }: HelpFrame, context: RequestContext): Page {
  const { t } = context
  const others: Destination[] = ['report', 'errors', 'status', 'message', 'lost', 'ask']
  return {
    title: t('guide.title'),
    here: helpPaths.help,
    body: html`<h1>${t('guide.title')}</h1>
<p class="lead">${t('guide.lead')}</p>
${urgent(context)}
<h2>${t('guide.who')}</h2>
<ul class="rows">${audiences.map(
      (audience) => html`
<li><h3><a href="${helpPaths.audience(audience)}">${t(`guide.audience.${audience}`)}</a></h3>
<p>${t(`guide.audience.${audience}.says`)}</p></li>`,
    )}
</ul>
<section class="sheet part" aria-labelledby="more"><h2 id="more">${t('guide.more')}</h2>
<ul class="plain ways">${others.map((one) => html`<li>${linkTo(one, context)}</li>`)}</ul>
${support && html`<p>${t('guide.support')} ${contact(support)}</p>`}
<p>${t('guide.partner')} <a href="/desk">${t('guide.partner.go')}</a></p>
</section>`,
  }
}

/** Above everything: who is being robbed does not read a table of contents. */
function urgent(context: RequestContext): Html {
  const { t } = context
  return html`<section class="warning" aria-labelledby="urgent"><h2 id="urgent">${t('guide.urgent')}</h2>
<p>${t('guide.urgent.text')} ${linkTo('protection', context)}</p>
<p>${t('guide.urgent.report')} ${linkTo('report', context)}</p></section>`
}

export function audiencePage(audience: Audience, context: RequestContext): Page {
  const { t } = context
  const names = chaptersOf[audience]
  const title = t(`guide.audience.${audience}`)
  return {
    title: `${title} – ${t('guide.title')}`,
    here: helpPaths.audience(audience),
    body: html`<h1>${title}</h1>
<p class="lead">${t(`guide.audience.${audience}.says`)}</p>
${urgent(context)}
<nav class="part" aria-labelledby="contents"><h2 id="contents">${t('guide.contents')}</h2>
<ul class="plain ways">${names.map((name) => html`<li><a href="#${name}">${t(`guide.chapter.${name}.title`)}</a></li>`)}</ul></nav>
${names.map((name) => chapterSection(name, context))}
<p class="actions"><a class="button" href="${helpPaths.ask}?audience=${audience}">${t('guide.to.ask')}</a>
<a href="${helpPaths.help}">${t('guide.all')}</a></p>`,
  }
}

/** R088: where whoever shares a device or lends a card is led to. */
export function mandatesPage(context: RequestContext): Page {
  const { t } = context
  const title = t('guide.mandates')
  return {
    title: `${title} – ${t('guide.title')}`,
    here: helpPaths.mandates,
    body: html`<h1>${title}</h1>
${(['mandates', 'mandate_held', 'lend'] as const).map((name) => chapterSection(name, context, 'mandates'))}
<p class="actions"><a class="button" href="${helpPaths.ask}?situation=for_somebody">${t('guide.to.ask')}</a>
<a href="${helpPaths.help}">${t('guide.all')}</a></p>`,
  }
}

/** @param here the page that it stands on leads to itself nowhere */
function chapterSection(name: ChapterName, context: RequestContext, here?: Destination): Html {
  const { t, language } = context
  const { text } = chapters[name]
  const { says, steps } = text[language]
  const links = chapters[name].links.filter((one) => one !== here)
  return html`<section class="sheet prose part" aria-labelledby="${name}"><h2 id="${name}">${t(`guide.chapter.${name}.title`)}</h2>
${says.map((_, index) => html`<p>${t(`guide.chapter.${name}.says.${index}`)}</p>`)}
<ol>${steps.map((_, index) => html`<li>${t(`guide.chapter.${name}.step.${index}`)}</li>`)}</ol>
${links.length > 0 && html`<ul class="plain ways">${links.map((one) => html`<li>${linkTo(one, context)}</li>`)}</ul>`}
</section>`
}

// --- Errors --------------------------------------------------------------------------------------------------------

const errorNames = Object.keys(catalogue) as ErrorName[]

/** Of a code, however it is written: `g0102`, `G0102 · 1A2B-…`. */
export function errorOf(text: string): ErrorName | undefined {
  const [code] = /\bG\d{4}\b/.exec(text.normalize('NFKC').toUpperCase()) ?? []
  return errorNames.find((name) => entryOf(name).code === code)
}

const families = ['01', '02', '03', '04', '05', '06', '10', '19', '20', '21']

export function errorsPage({ asked }: { asked?: string }, context: RequestContext): Page {
  const { t } = context
  const byFamily = Map.groupBy(errorNames, (name) => {
    const family = entryOf(name).code.slice(1, 3)
    return families.includes(family) ? family : 'other'
  })
  return {
    title: t('guide.errors.title'),
    here: helpPaths.errors,
    hasForm: true,
    status: asked === undefined ? 200 : 404,
    body: html`<h1>${t('guide.errors.title')}</h1>
<p class="lead">${t('guide.errors.lead')}</p>
<form method="get" action="${helpPaths.errors}" role="search">
<p class="ask"><label for="code">${t('guide.errors.find')}</label>
<input id="code" name="code" maxlength="100" value="${asked}" autocomplete="off" dir="ltr" required aria-describedby="code-hint${asked !== undefined && ' code-wrong'}"${asked !== undefined && html` aria-invalid="true"`}>
<span class="hint" id="code-hint">${t('guide.errors.find.hint')}</span>
${asked !== undefined && html`<span class="wrong" id="code-wrong" role="alert">${t('guide.errors.find.none')}</span>`}</p>
<p class="actions"><button class="button">${t('guide.errors.find.go')}</button></p>
</form>
${[...byFamily].map(
  ([
    family,
    names,
  ]) => html`<section class="sheet part" aria-labelledby="family-${family}"><h2 id="family-${family}">${t(`guide.errors.family.${family}`)}</h2>
<ul class="rows">${names.map(
    (name) => html`
<li><a href="${helpPaths.error(entryOf(name).code)}"><code dir="ltr">${entryOf(name).code}</code> ${t(`error.${name}.title`)}</a></li>`,
  )}
</ul></section>`,
)}
<p class="actions"><a href="${helpPaths.help}">${t('guide.all')}</a></p>`,
  }
}

export function errorHelpPage(name: ErrorName, context: RequestContext): Page {
  const { t } = context
  const { code, fault } = entryOf(name)
  const title = t(`error.${name}.title`)
  // As on the error page itself, where nobody knows which provider it is about.
  const values = { provider: t('error.a_provider'), minutes: flowLifetime / minute }
  const read = chaptersAbout(name)
  return {
    title: t('guide.error.title', { code, title }),
    here: helpPaths.error(code),
    body: html`<article class="sheet prose">
<h1>${title}</h1>
<p class="badge badge-${fault}">${t(`error.fault.${fault}`)}</p>
<h2>${t('guide.error.what')}</h2>
<p>${t(`error.${name}.what`, values)}</p>
<h2>${t('guide.error.why')}</h2>
<p>${t(`guide.cause.${name}`)}</p>
<h2>${t('guide.error.next')}</h2>
<p>${t(`error.${name}.next`, values)}</p>
${
  read.length > 0 &&
  html`<h2>${t('guide.error.read')}</h2>
<ul class="plain ways">${read.map((one) => html`<li><a href="${placeOf(one)}">${t(`guide.chapter.${one}.title`)}</a></li>`)}</ul>`
}
<dl class="reference"><dt>${t('error.reference')}</dt>
<dd><code dir="ltr">${code}</code></dd></dl>
<p>${t('guide.error.code', { code })}</p>
</article>
<p class="actions"><a class="button" href="${helpPaths.ask}?reference=${code}">${t('guide.to.ask')}</a>
<a href="${helpPaths.errors}">${t('guide.error.all')}</a></p>`,
  }
}
