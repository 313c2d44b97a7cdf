/**
 * The work of the employers' service for an organisation: a declaration is prepared out of a file, and filed. The pages
 * here know for whom somebody acts and by what right, because the hub says so; what may be done is decided by the
 * interface (`filings.ts`), call by call. When it says no, the page says why and who can, and nothing of the work is lost.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Html, html } from '../../src/http/html.ts'
import { second } from '../../src/kernel/durations.ts'
import type { Language } from '../../src/kernel/languages.ts'
import type { Action } from '../../src/policy/mandate.ts'
import { organisations, type TownOrganisation } from '../organisations.ts'
import { refusesForeignForm, typesetAll } from '../site.ts'
import { type Fault, faultWords, fieldWords, largestFile, writeDeclaration } from './declaration-file.ts'
import { actionWords, capacityWords, declareWords } from './declare-words.ts'
import { monthsBefore } from './draw.ts'
import { type Act, type Filing, filingsPath, mountFilings } from './filings.ts'
import { formatAmount, formatDateTime, formatMonth } from './formats.ts'
import { actForPath } from './pages.ts'
import type { Acting, SignIn } from './relying-party.ts'
import type { Desk, Work } from './services.ts'

const words = typesetAll(declareWords)

/** What the body of the form may be: the file and its fields. */
const formLimit = largestFile + 64 * 1024

/** The token is renewed when so little is left of it. */
const nearEnd = 10 * second

/** What somebody is about to do; it is done once the hub has said that they still may. */
type Doing =
  | { kind: 'look' }
  | { kind: 'form'; month?: string }
  | { kind: 'check'; month: string; file: string }
  | { kind: 'show'; month: string }
  | { kind: 'file'; month: string }

type Signed = SignIn & { acting: Acting }

/** The affiliates that this service knows, by the subject that tokens name. */
const affiliates = new Map<string, TownOrganisation>(Object.values(organisations).map((one) => [`ice:${one.ice}`, one]))

const monthsShown = 6

export function declaring(desk: Desk): Work {
  const { app, party, origin, clock } = desk
  /** Names of who was here, by subject: the interface knows subjects alone. */
  const names = new Map<string, string>()
  /** Files that were not taken, by human and organisation: what is written is not lost. */
  const drafts = new Map<string, { month: string; file: string }>()
  const draftKey = ({ subject, acting }: Signed) => `${subject} ${acting.sub}`

  mountFilings({ app, party, origin, clock, affiliateOf: (sub) => affiliates.get(sub)?.cnss })

  const signedIn = (signIn: SignIn | undefined): Signed | undefined => {
    if (!signIn?.acting) return undefined
    const { given_name = '', family_name = '' } = signIn.userinfo as Record<string, string>
    names.set(signIn.subject, `${given_name} ${family_name}`.trim())
    return signIn as Signed
  }

  const months = () => Array.from({ length: monthsShown }, (_, index) => monthOf(monthsBefore(clock.now(), index + 1)))

  // --- What is done --------------------------------------------------------------------------------------------------

  /** The one way to do anything: with a token that is good for a moment longer, or after the hub has given another one. */
  async function perform(request: FastifyRequest, reply: FastifyReply, doing: Doing, again = false) {
    const signed = signedIn(desk.signInOf(request))
    if (!signed) return stopped(request, reply, signedIn(desk.endedOf(request)), doing)
    const { acting, mandateToken } = signed
    if (!mandateToken) return stopped(request, reply, signed, doing)
    if (mandateToken.expiresAt - clock.now() < nearEnd) {
      if (again) return stopped(request, reply, signed, doing)
      desk.keep(request, doing)
      const silently = new URLSearchParams({ prompt: 'none', acr_values: 'eidas2', representation_hint: acting.sub })
      return reply.redirect(`/login?${silently}`, 303)
    }
    const called = await call(signed, doing)
    const answer = (await called.json()) as Answer
    if (called.status === 401) return stopped(request, reply, signed, doing)
    return show(request, reply, { signed, doing, status: called.status, answer })
  }

  async function call({ mandateToken }: Signed, doing: Doing): Promise<Response> {
    if (!mandateToken) throw new Error('nothing is called without a token')
    const to = (path: string, body?: object) => party.call(mandateToken, new URL(`${filingsPath}${path}`, origin), body)
    if (doing.kind === 'check') return to('', { month: doing.month, file: doing.file })
    if (doing.kind !== 'file') return to('')
    const listed = (await (await to('')).json()) as Answer
    const filing = listed.filings?.find(({ month }) => month === doing.month)
    return to(`/${filing?.id ?? 'none'}/file`, {})
  }

  interface Answer {
    error?: 'invalid_token' | 'insufficient' | 'faults' | 'filed' | 'unknown'
    needs?: Action
    filings?: Filing[]
    filing?: Filing
    faults?: Fault[]
    more?: boolean
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    { signed, doing, answer }: { signed: Signed; doing: Doing; status: number; answer: Answer },
  ): FastifyReply {
    const language = desk.languageOf(request)
    const frame = (title: string, body: Html, status = 200) =>
      desk.page(request, reply, { title, status, body: html`${banner(signed, language)}${body}` })
    const { error, filings = [], filing, faults = [] } = answer
    const month = 'month' in doing ? (doing.month ?? '') : ''
    if (error === 'insufficient') {
      if (doing.kind === 'check') drafts.set(draftKey(signed), doing)
      return frame(words.notAllowed[language], notAllowed(signed, answer.needs ?? 'submit', language), 403)
    }
    if (error === 'faults' && doing.kind === 'check') {
      drafts.set(draftKey(signed), doing)
      const form = formPage(signed, { month, language, faults, more: answer.more === true })
      return frame((isNothing(faults) ? words.declare : words.faults)[language], form, 422)
    }
    if (error === 'filed' || error === 'unknown') {
      const text = error === 'filed' ? words.filedAlready : words.unknown
      return frame(text[language], html`<h1>${text[language]}</h1>${back(language)}`, error === 'filed' ? 409 : 404)
    }
    if (doing.kind === 'check') {
      drafts.delete(draftKey(signed))
      return reply.redirect(`/declare/${month}`, 303)
    }
    if (doing.kind === 'form') return frame(words.declare[language], formPage(signed, { month, language }))
    if (doing.kind === 'look') return frame(words.declarations[language], overview(signed, filings, language))
    const shown = filing ?? filings.find((one) => one.month === month)
    if (!shown) return frame(words.unknown[language], html`<h1>${words.unknown[language]}</h1>${back(language)}`, 404)
    // What was filed has a page of its own, which a reload does not file again.
    if (doing.kind === 'file') return reply.redirect(`/declare/${month}`, 303)
    return frame(words.declaration[language], filingPage(signed, shown, language))
  }

  /** The right is over, or the session: what was about to be done is kept, and nothing was filed. */
  function stopped(
    request: FastifyRequest,
    reply: FastifyReply,
    signed: Signed | undefined,
    doing: Doing,
  ): FastifyReply {
    if (!signed) return reply.redirect('/', 303)
    if (doing.kind === 'check') drafts.set(draftKey(signed), doing)
    const language = desk.languageOf(request)
    const { name } = signed.acting
    const isKept = drafts.has(draftKey(signed))
    const title = fill(words.ended[language], { name })
    const body = html`<h1>${title}</h1>
<p class="alert" role="alert">${words.endedText[language]}</p>
<p>${(isKept ? words.kept : words.nothingFiled)[language]}</p>
<p><a class="button" href="${actForPath}">${words.whoElse[language]}</a> <a href="/">${words.home[language]}</a></p>`
    return desk.page(request, reply, { title, body, status: 403 })
  }

  // --- Pages ---------------------------------------------------------------------------------------------------------

  function overview({ acting }: Signed, filings: readonly Filing[], language: Language): Html {
    const rows = months().map((month) => {
      const filing = filings.find((one) => one.month === month)
      const state = filing?.filed ? words.filed : filing ? words.prepared : words.todo
      const link = filing
        ? html`<a href="/declare/${month}">${words.open[language]}</a>`
        : may(acting, 'prepare') && html`<a href="/declare?month=${month}">${words.prepare[language]}</a>`
      return html`<tr><td data-label="${words.month[language]}">${monthName(month, language)}</td><td data-label="${words.state[language]}"><span class="${filing?.filed ? 'chip' : 'chip warn'}">${state[language]}</span></td><td class="n" data-label="${words.wages[language]}">${filing ? formatAmount(filing.declaration.wages, language) : '–'}</td><td>${link}</td></tr>`
    })
    return html`<h1>${words.declarations[language]}</h1>
<div class="table" tabindex="0" role="region" aria-label="${words.declarations[language]}"><table>
<thead><tr><th scope="col">${words.month[language]}</th><th scope="col">${words.state[language]}</th><th scope="col" class="n">${words.wages[language]}</th><th scope="col"><span class="out">${words.open[language]}</span></th></tr></thead>
<tbody>${rows}</tbody></table></div>
${may(acting, 'prepare') && html`<p><a class="button" href="/declare">${words.declare[language]}</a></p>`}`
  }

  function formPage(
    signed: Signed,
    given: { month: string; language: Language; faults?: readonly Fault[]; more?: boolean },
  ): Html {
    const { language, faults = [] } = given
    const draft = drafts.get(draftKey(signed))
    const month = given.month || draft?.month || (months()[0] ?? '')
    const text = draft ? Buffer.from(draft.file, 'base64').toString('utf8') : ''
    const isEmpty = isNothing(faults)
    return html`<h1>${(faults.length > 0 && !isEmpty ? words.faults : words.declare)[language]}</h1>
${faults.length > 0 ? faultList(faults, given.more === true, language) : html`<p class="lead">${words.declareText[language]}</p>`}
${draft && faults.length === 0 && html`<p class="alert" role="status">${words.draftBack[language]}</p>`}
<form class="file" method="post" action="/declare" enctype="multipart/form-data">
<p><label for="month">${words.month[language]}</label>
<select id="month" name="month">${months().map((one) => option(one, monthName(one, language), one === month))}</select></p>
<p><label for="file">${words.file[language]}</label><input id="file" name="file" type="file" accept=".txt,text/plain"${isEmpty && html` aria-invalid="true"`}></p>
<p><label for="text">${words.text[language]}</label><textarea id="text" name="text" rows="6" dir="ltr" spellcheck="false" wrap="off">${text}</textarea></p>
<p><button type="submit">${words.check[language]}</button></p></form>
<p>${words.samples[language]} <a href="/sample/${month}.txt">${words.sampleGood[language]}</a> · <a href="/sample/${month}-faults.txt">${words.sampleBad[language]}</a></p>
${back(language)}`
  }

  function filingPage(signed: Signed, { month, declaration, prepared, filed }: Filing, language: Language): Html {
    const byWhom = ({ person, at }: Act) =>
      html`<bdi>${names.get(person) ?? person}</bdi> – ${formatDateTime(at, language)}`
    const rows: [string, string | Html][] = [
      [words.month[language], monthName(month, language)],
      [words.employees[language], String(declaration.employees)],
      [words.days[language], String(declaration.days)],
      [words.wages[language], formatAmount(declaration.wages, language)],
      [words.capped[language], formatAmount(declaration.capped, language)],
      [words.preparedBy[language], byWhom(prepared)],
    ]
    if (filed) {
      rows.unshift(
        [words.receipt[language], html`<strong dir="ltr">${filed.receipt}</strong>`],
        [words.filedBy[language], byWhom(filed)],
        [words.filedFor[language], signed.acting.name],
        [words.mandate[language], html`<code>${filed.mandate ?? words.ownRight[language]}</code>`],
      )
    }
    const title = (filed ? words.acknowledged : words.ready)[language]
    return html`<h1>${title}</h1>${filed && html`<p class="lead">${words.acknowledgedText[language]}</p>`}
<article class="file"><dl>${rows.map(([word, value]) => html`<dt>${word}</dt><dd>${value}</dd>`)}</dl></article>
${filed ? undefined : html`<form method="post" action="/declare/${month}"><p><button type="submit">${words.submit[language]}</button> ${may(signed.acting, 'prepare') && html`<a href="/declare?month=${month}">${words.prepareAgain[language]}</a>`}</p></form>`}
${back(language)}`
  }

  // --- Routes --------------------------------------------------------------------------------------------------------

  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: formLimit },
    async (request: FastifyRequest, body: Buffer) => {
      const type = request.headers['content-type'] ?? ''
      const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
      const [file, text, month] = [form.get('file'), form.get('text'), form.get('month')]
      const chosen = file instanceof File && file.size > 0 ? Buffer.from(await file.arrayBuffer()) : undefined
      // A form writes ends of lines as CR LF; blanks at the end of a line are part of it.
      return { month: String(month ?? ''), file: (chosen ?? Buffer.from(String(text ?? ''))).toString('base64') }
    },
  )

  const onlyOwnForms = (act: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) => {
    return async (request: FastifyRequest, reply: FastifyReply) =>
      refusesForeignForm(request, reply) ? reply : act(request, reply)
  }
  const monthIn = (request: FastifyRequest): string => {
    const { month = '' } = request.params as { month?: string }
    return month
  }

  app.get<{ Querystring: { month?: string } }>('/declare', (request, reply) =>
    perform(request, reply, { kind: 'form', ...(request.query.month && { month: request.query.month }) }),
  )
  app.post(
    '/declare',
    onlyOwnForms((request, reply) => {
      const { month, file } = request.body as { month: string; file: string }
      const known = months().includes(month) ? month : (months()[0] ?? '')
      return perform(request, reply, { kind: 'check', month: known, file })
    }),
  )
  app.get('/declare/:month', (request, reply) => perform(request, reply, { kind: 'show', month: monthIn(request) }))
  app.post(
    '/declare/:month',
    onlyOwnForms((request, reply) => perform(request, reply, { kind: 'file', month: monthIn(request) })),
  )
  // Back from the hub: what was about to be done, once.
  app.get('/resume', (request, reply) => {
    const doing = desk.take(request) as Doing | undefined
    return doing ? perform(request, reply, doing, true) : reply.redirect('/space', 303)
  })
  app.get<{ Params: { name: string } }>('/sample/:name', (request, reply) => {
    const signed = signedIn(desk.signInOf(request))
    const [, month = '', isBad] = /^(\d{6})(-faults)?\.txt$/.exec(request.params.name) ?? []
    const organisation = signed && affiliates.get(signed.acting.sub)
    if (!organisation || !month) return reply.callNotFound()
    const file = sampleOf(organisation, month)
    return reply
      .type('text/plain; charset=utf-8')
      .header('content-disposition', `attachment; filename="${request.params.name}"`)
      .send(isBad ? spoilt(file) : file)
  })

  return {
    space(request, reply) {
      const isActing = signedIn(desk.signInOf(request) ?? desk.endedOf(request)) !== undefined
      return isActing ? perform(request, reply, { kind: 'look' }) : undefined
    },
    refused(request, reply) {
      const doing = desk.take(request) as Doing | undefined
      return doing && stopped(request, reply, signedIn(desk.signInOf(request) ?? desk.endedOf(request)), doing)
    },
  }
}

// --- Parts -----------------------------------------------------------------------------------------------------------

const may = ({ rights }: Acting, action: Action) => rights.some((right) => right.action === action)

const fill = (text: string, values: Record<string, string>) =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => (values[name] === undefined ? '' : `\u2068${values[name]}\u2069`))

const option = (value: string, text: string, isChosen: boolean): Html =>
  isChosen ? html`<option value="${value}" selected>${text}</option>` : html`<option value="${value}">${text}</option>`

const back = (language: Language): Html => html`<p><a href="/space">${words.toList[language]}</a></p>`

/** On every page of this work: for whom, as what, and what may be done. */
function banner({ acting }: Signed, language: Language): Html {
  const { name, identifiers, as, firm, mandate, rights } = acting
  const numbers = Object.entries(identifiers).map(([scheme, number]) => `${scheme.toUpperCase()} ${number}`)
  return html`<section class="acting" aria-labelledby="acting"><h2 id="acting">${fill(words.actingFor[language], { name })}</h2>
<p><bdi dir="ltr">${numbers.join(' · ')}</bdi></p>
<p>${capacityWords[as][language]}${firm && html` – <bdi>${firm.name}</bdi>`}</p>
<p>${words.rights[language]} ${rights.map(({ action }) => html`<span class="chip">${actionWords[action][language]}</span> `)}</p>
${mandate && html`<p class="soft">${words.mandate[language]} <code>${mandate}</code></p>`}
<p><a href="${actForPath}">${words.whoElse[language]}</a></p></section>`
}

function notAllowed({ acting }: Signed, needs: Action, language: Language): Html {
  const { name, firm } = acting
  const values = { name, action: actionWords[needs][language], firm: firm?.name ?? '' }
  return html`<h1>${words.notAllowed[language]}</h1>
<p class="alert" role="alert">${fill(words.notAllowedText[language], values)}</p>
<h2>${words.whoCan[language]}</h2>
<ul>${firm && html`<li>${fill(words.canFirm[language], values)}</li>`}<li>${fill(words.canRepresentative[language], values)}</li></ul>
<p>${words.stillThere[language]}</p>${back(language)}`
}

/** No file was chosen, and nothing pasted. */
const isNothing = (faults: readonly Fault[]) => faults.some(({ kind }) => kind === 'empty')

function faultList(faults: readonly Fault[], more: boolean, language: Language): Html {
  const rows = faults.map(
    ({ line, field, kind }) =>
      html`<tr><td class="n" data-label="${words.line[language]}">${line ?? '–'}</td><td data-label="${words.field[language]}">${field ? fieldWords[field][language] : '–'}</td><td data-label="${words.fault[language]}">${faultWords[kind][language]}</td></tr>`,
  )
  if (isNothing(faults)) {
    return html`<p class="alert" role="alert"><a href="#file">${words.emptyText[language]}</a></p>`
  }
  return html`<p class="alert" role="alert">${words.faultsText[language]}</p>
<div class="table" tabindex="0" role="region" aria-label="${words.faults[language]}"><table>
<thead><tr><th scope="col" class="n">${words.line[language]}</th><th scope="col">${words.field[language]}</th><th scope="col">${words.fault[language]}</th></tr></thead>
<tbody>${rows}</tbody></table></div>${more && html`<p>${words.moreFaults[language]}</p>`}`
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7).replace('-', '')

const monthName = (month: string, language: Language): string =>
  formatMonth(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)) - 1, 15), language)

function sampleOf({ cnss, name, city, staff }: TownOrganisation, month: string): string {
  return writeDeclaration({ affiliate: cnss, month, company: name.toUpperCase(), city, employees: staff })
}

/** As it comes when somebody has touched it by hand: a letter among the digits, a line too short. */
function spoilt(file: string): string {
  const [first, header, third = '', fourth = '', ...others] = file.split('\r\n')
  const typed = `${third.slice(0, 95)}O${third.slice(96)}`
  return [first, header, typed, fourth.trimEnd(), ...others].join('\r\n')
}
