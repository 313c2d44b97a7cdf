/**
 * The first page: what matters now, the last uses of the identity, the way to stop them all, and how much there is. To a
 * sign-in that sees less, the lines of its own account, and of the others how many.
 */
import type { Case } from '../cases/cases.ts'
import type { Line } from '../connections/connections.ts'
import { type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import { reminderReach } from '../means/life.ts'
import type { MeansView } from '../means/means.ts'
import { ownService } from '../partners/own-service.ts'
import type { ContactView } from '../people/people.ts'
import { casesSeen, type SeenCase } from './cases.ts'
import { casePaths, caseStateOf } from './cases-pages.ts'
import { dayOf, spacePaths, timeOf } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

/** Lines of the history on the first page. */
const lastShown = 5
/** More than these are found in the history. */
const unansweredShown = 5
/** The same of cases that are open. */
const casesShown = 3
/** What ends within so long is said here: as long as the person is reminded by mail. */
const soon = reminderReach

interface HomeView {
  /** Those about which the person has not said whether it was them. */
  unanswered: readonly Line[]
  last: readonly Line[]
  cases: readonly SeenCase[]
  ending: readonly MeansView[]
  contacts: readonly ContactView[]
  counts: { lines: number; others: number; sessions: number; means: number }
}

export function mountHome(pages: SpacePages): void {
  const { get, show, people, connections, sessions, clock } = pages

  async function viewOf(visit: SpaceVisit): Promise<HomeView> {
    const { who, access } = visit
    const isWhole = access.sight === 'whole'
    const seen = isWhole ? {} : { providers: [who.provider] }
    const [unanswered, last, habits, contacts, live, { cases }] = await Promise.all([
      connections.unansweredOf(who.person, { limit: unansweredShown, besides: who.session, ...seen }),
      connections.ofPerson(who.person, { limit: lastShown, ...seen }),
      connections.habitsOf(who.person),
      people.contactsOf(who.person),
      sessions.ofPerson(who.person),
      casesSeen(pages, visit),
    ])
    const countOf = (some: typeof habits) => some.reduce((sum, { count }) => sum + count, 0)
    const lines = countOf(habits.filter(({ provider }) => pages.seesProvider(visit, provider)))
    const active = visit.means.filter(({ state }) => state === 'active')
    return {
      unanswered,
      last,
      cases: cases.filter((one) => one.case.state !== 'closed').slice(0, casesShown),
      ending: active.filter(({ expiresAt }) => expiresAt <= clock.now() + soon),
      contacts: contacts.filter(({ verified }) => verified),
      counts: { lines, others: countOf(habits) - lines, sessions: live.length, means: active.length },
    }
  }

  get(spacePaths.home, async (visit) => {
    const { t } = visit.context
    const view = await viewOf(visit)
    return show(visit, {
      title: t('space.title'),
      current: 'home',
      here: spacePaths.home,
      main: html`<h1>${t('space.title')}</h1>
${attention(pages, visit, view)}
${lastLines(pages, visit, view)}
${visit.protection.freeze ? '' : stopAll(visit.context)}
${counts(visit, view)}`,
    })
  })
}

// --- What matters now ----------------------------------------------------------------------------------------------

function attention(pages: SpacePages, visit: SpaceVisit, view: HomeView): Html {
  const { t } = visit.context
  const items = [
    ...frozen(pages, visit),
    ...view.unanswered.map((line) => unusual(pages, visit, line)),
    ...view.cases.map(({ case: one }) => openCase(one, visit)),
    ...toMend(pages, visit, view),
  ]
  if (items.length === 0) return html`<p class="required">${t('space.calm')}</p>`
  return html`<section class="panel" aria-labelledby="attention"><h2 id="attention">${t('space.attention')}</h2>
<ul class="rows">${items.map((item) => html`<li>${item}</li>`)}</ul></section>`
}

/** What stops everything, and whether it is about to end. */
function frozen({ timeZone }: SpacePages, { protection: { freeze }, context }: SpaceVisit): Html[] {
  const { t } = context
  if (!freeze) return []
  const { thaw } = freeze
  return [
    html`<p><strong>${t('space.frozen')}</strong> ${t('space.frozen.since')} ${timeOf(freeze.at, timeZone, context)}</p>
${thaw && html`<p><strong>${t('space.thaw')}</strong> ${timeOf(thaw.effectiveAt, timeZone, context)}</p>`}
<p><a href="${spacePaths.protection}">${t(thaw ? 'space.thaw.look' : 'space.frozen.look')}</a></p>`,
  ]
}

function unusual(pages: SpacePages, visit: SpaceVisit, line: Line): Html {
  const { context } = visit
  const { t } = context
  const service = pages.serviceName(visit, line.service)
  return html`<p><strong>${t('space.unusual', { service })}</strong></p>
<p>${timeOf(line.at, pages.timeZone, context)}</p>
${line.unusual.length > 0 && html`<p>${line.unusual.map((reason) => t(`reason.${reason}`)).join(' ')}</p>`}
<p><a href="${spacePaths.notMe(line.reference)}">${t('space.unusual.look')}<span class="unseen"> – ${line.reference}</span></a></p>`
}

const openCase = (
  one: Case,
  { context }: SpaceVisit,
): Html => html`<p><strong>${context.t('mycase.title', { reference: one.reference })}</strong> ${caseStateOf(one, context)}</p>
<p><a href="${casePaths.one(one.reference)}">${context.t('notme.case.see')}<span class="unseen"> – ${one.reference}</span></a></p>`

function toMend({ timeZone }: SpacePages, { context, access }: SpaceVisit, { ending, contacts }: HomeView): Html[] {
  const { t } = context
  const unconfirmed = contacts.filter(({ confirmed }) => !confirmed).length
  const found: [boolean, () => Html][] = [
    [
      contacts.length === 0,
      () => html`<p><strong>${t('space.contacts.none')}</strong></p>
<p><a href="${spacePaths.contacts}">${t('space.contacts.add')}</a></p>`,
    ],
    [
      unconfirmed > 0 && access.sight === 'whole',
      () => html`<p><strong>${t('space.contacts.unconfirmed', { count: unconfirmed })}</strong></p>
<p><a href="${spacePaths.contacts}">${t('space.contacts.look')}</a></p>`,
    ],
    ...ending.map((one): [boolean, () => Html] => [
      true,
      () => html`<p><strong>${t('space.ending', { means: t(`own.kind.${one.kind}`), day: dayOf(one.expiresAt, timeZone, context) })}</strong></p>
<p><a href="${spacePaths.means}">${t('space.ending.look')}</a></p>`,
    ]),
  ]
  return found.filter(([applies]) => applies).map(([, say]) => say())
}

// --- The rest ------------------------------------------------------------------------------------------------------

function lastLines(pages: SpacePages, visit: SpaceVisit, { last, counts: { others } }: HomeView): Html {
  const { context } = visit
  const { t } = context
  const isNew = last.every(({ service }) => service === ownService)
  return html`<section class="panel" aria-labelledby="last"><h2 id="last">${t('space.last')}</h2>
${isNew && html`<p>${t('space.new')}</p>`}
<ul class="rows">${last.map((line) => {
    const provider = line.provider && pages.providerName(visit, line.provider)
    return html`<li><p><strong>${pages.serviceName(visit, line.service)}</strong>
<span class="mark-state ${line.refusal ? '' : 'good'}">${t(line.refusal ? 'space.line.refused' : 'space.line.accepted')}</span></p>
<p class="about-one"><span>${timeOf(line.at, pages.timeZone, context)}</span>${provider && html` <span>${t('space.line.by', { provider })}</span>`}</p></li>`
  })}</ul>
${others > 0 && html`<p>${t('space.last.others', { count: others })}</p>`}
<p><a href="${spacePaths.history}">${t('space.last.all')}</a></p></section>`
}

/** R114: the one thing that must be found at once. */
const stopAll = ({ t }: RequestContext): Html => html`<section class="panel stop" aria-labelledby="stop">
<h2 id="stop">${t('space.stop.title')}</h2>
<p>${t('space.stop.text')}</p>
<p class="buttons"><a class="button button-stop" href="${spacePaths.freeze}">${t('space.stop')}</a></p></section>`

function counts(
  { context: { t }, access }: SpaceVisit,
  { counts: { lines, others, sessions, means }, contacts }: HomeView,
) {
  const rows: [path: string, text: string][] = [
    [spacePaths.history, t('space.count.lines', { count: access.sight === 'whole' ? lines : lines + others })],
    [spacePaths.sessions, t('space.count.sessions', { count: sessions })],
    [spacePaths.means, t('space.count.means', { count: means })],
    [spacePaths.contacts, t('space.count.contacts', { count: contacts.length })],
  ]
  return html`<section class="panel" aria-labelledby="counts"><h2 id="counts">${t('space.counts')}</h2>
<ul class="ways">${rows.map(([path, text]) => html`<li><a href="${path}">${text}</a></li>`)}</ul></section>`
}
