/**
 * The identity of a person, frozen or not, for operators: found by an exact identifier or by the code of a connection,
 * looked at, and frozen or thawed by two of them (`approvals/`). What the person blocked is told by its number: which
 * accounts somebody has is nobody's business here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ApprovalKind, approvers } from '../approvals/approvals.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { ApprovalId, PersonId } from '../kernel/ids.ts'
import type { Protection } from '../people/protections.ts'
import { type AskSaid, askNotice, reasonField } from './approvals-pages.ts'
import { answerAsked, asking, idOf, saidOf } from './approvals-routes.ts'
import { checked, consolePaths, type Frame, framed, hiddenField, instant } from './frame.ts'
import { withoutSwitch } from './providers-pages.ts'
import { allow, type ConsoleOptions, fieldsOf, findByWord, frameOf, noteSearch, noteView, personIn } from './visit.ts'

const acts = ['freeze', 'thaw'] as const
type Act = (typeof acts)[number]

const kinds = { freeze: 'freeze_person', thaw: 'thaw_person' } as const satisfies Record<Act, ApprovalKind>

interface ProtectionView {
  person: PersonId
  protection: Protection
  /** Drawn with each form: sent twice, it asks once. */
  ids: Record<Act, ApprovalId>
  typed: { reason: string; evidence: string; blocks: string }
  /** Why what was asked was not written down. */
  said?: { act: Act; said: AskSaid; problem?: string }
}

const nothingTyped = { reason: '', evidence: '', blocks: '' }

export function mountPeopleProtection(options: ConsoleOptions): void {
  const { web, storage, approvals, protections } = options
  const { app } = web

  const search = async (request: FastifyRequest, reply: FastifyReply, notFound: boolean) =>
    web.page(request, reply, searchPage(notFound, await frameOf(options, request), web.contextOf(request)))

  app.get(consolePaths.protection, allow('protect'), (request, reply) => search(request, reply, false))

  app.post(consolePaths.protection, allow('protect'), async (request, reply) => {
    const found = await findByWord(options, fieldsOf(request, ['identifier']).identifier)
    await noteSearch(options, request, found)
    return found.person ? reply.redirect(consolePaths.protectionOf(found.person), 303) : search(request, reply, true)
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    person: PersonId,
    more: Partial<Pick<ProtectionView, 'typed' | 'said'>> & { id?: string } = {},
  ): Promise<FastifyReply> {
    const { id, typed = nothingTyped, said } = more
    const view: ProtectionView = {
      person,
      protection: await protections.of(storage.db, person),
      ids: { freeze: idOf(said?.act === 'freeze' ? id : ''), thaw: idOf(said?.act === 'thaw' ? id : '') },
      typed,
      ...(said ? { said } : {}),
    }
    return web.page(request, reply, protectionPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get('/console/people/:person/protection', allow('protect'), async (request, reply) => {
    const person = await personIn(options, request)
    await noteView(options, request, person)
    return show(request, reply, person)
  })

  for (const act of acts) {
    app.post(`/console/people/:person/protection/${act}`, allow('protect'), async (request, reply) => {
      const person = await personIn(options, request)
      const { id, reason, ...given } = fieldsOf(request, ['id', 'reason', 'evidence', 'blocks'])
      const blocks = given.blocks === 'lifted' ? ('lifted' as const) : ('kept' as const)
      const change =
        act === 'freeze'
          ? ({ kind: 'freeze_person', parameters: { person }, reason, id } as const)
          : ({
              kind: 'thaw_person',
              parameters: { person, evidence: given.evidence.trim(), blocks },
              reason,
              id,
            } as const)
      const outcome = await approvals.ask(asking(request, options, change))
      const answer = answerAsked(reply, outcome)
      if (answer) return answer
      const { askSaid, refusal } = saidOf(outcome)
      const said = { act, said: askSaid, ...(refusal ? { problem: refusal.problem } : {}) }
      return show(request, reply, person, { id, typed: { reason, ...given }, said })
    })
  }
}

function searchPage(notFound: boolean, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const path = consolePaths.protection
  return framed(frame, context, {
    title: t('protection.title'),
    status: notFound ? 404 : 200,
    here: path,
    body: html`<h1>${t('protection.title')}</h1>
<p class="lead">${t('protection.lead')}</p>
${notFound && html`<div class="notice" role="status"><h2>${t('people.none')}</h2><p>${t('people.none.text')}</p></div>`}
<form method="post" action="${path}">
${hiddenField(frame, path)}
<p class="ask"><label for="identifier">${t('people.identifier')}</label>
<input id="identifier" name="identifier" required maxlength="200" autocomplete="off" spellcheck="false" aria-describedby="identifier-hint">
<span class="hint" id="identifier-hint">${t('protection.hint')}</span></p>
<p class="actions"><button class="button">${t('people.search')}</button></p>
</form>
<p>${t('people.traced')}</p>`,
  })
}

function protectionPage(view: ProtectionView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { person, protection, said } = view
  const { freeze, blocked, future } = protection
  const mayAsk = (act: Act) => frame.roles.some((role) => approvers[kinds[act]].includes(role))
  const isLocked = freeze !== undefined || blocked.length > 0 || future !== undefined
  const lines: [string, string][] = [
    [t('protection.state'), t(freeze ? `protection.state.${freeze.origin}` : 'protection.state.free')],
    ...(freeze ? [[t('protection.since'), instant(freeze.at, frame, context)] as [string, string]] : []),
    ...(freeze?.thaw
      ? [[t('protection.thaws'), instant(freeze.thaw.effectiveAt, frame, context)] as [string, string]]
      : []),
    [t('protection.blocked'), t('protection.blocked.count', { count: blocked.length })],
    ...(future ? [[t('protection.future'), t('protection.future.on')] as [string, string]] : []),
  ]
  const page = framed(frame, context, {
    title: t('protection.title'),
    here: consolePaths.protectionOf(person),
    ...(said ? { status: 422 } : {}),
    body: html`<p><a href="${consolePaths.protection}">${t('protection.title')}</a></p>
<h1>${t('protection.one')}</h1>
<p><code dir="ltr">${person}</code></p>
${said && notice(said, context)}
<section class="sheet" aria-labelledby="state"><h2 id="state">${t('protection.now')}</h2>
<dl class="data">${lines.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>
${mayAsk('freeze') && freeze?.origin !== 'operators' && askForm('freeze', view, false, frame, context)}
${mayAsk('thaw') && isLocked && askForm('thaw', view, thawFields(view, context), frame, context)}`,
  })
  return said ? withoutSwitch(page) : page
}

function notice({ said, problem }: NonNullable<ProtectionView['said']>, context: RequestContext): Html {
  const { t } = context
  return problem === 'incomplete'
    ? html`<div class="notice" role="alert" id="evidence-wrong"><h2>${t('two.not_asked')}</h2><p>${t('protection.evidence.wrong')}</p></div>`
    : problem
      ? html`<div class="notice" role="alert"><h2>${t('two.not_asked')}</h2><p>${t(`approvals.refusal.${problem}`)}</p></div>`
      : askNotice(said, undefined, context)
}

function askForm(act: Act, view: ProtectionView, fields: Html | false, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = act === 'freeze' ? consolePaths.freezePerson(view.person) : consolePaths.thawPerson(view.person)
  const isThis = view.said?.act === act
  const reason = `reason-${act}`
  const value = isThis ? view.typed.reason : ''
  const isWrong = isThis && view.said?.said === 'no_reason'
  return html`<section class="sheet" aria-labelledby="${act}"><h2 id="${act}">${t(`protection.${act}`)}</h2>
<p>${t(`two.effect.${kinds[act]}`)}</p>
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="id" value="${view.ids[act]}">
${fields}
${reasonField({ name: 'reason', id: reason, label: t('two.reason'), value, isWrong }, context)}
<p class="actions"><button class="button">${t('two.ask')}</button></p>
</form></section>`
}

function thawFields({ typed, said, protection }: ProtectionView, { t }: RequestContext): Html {
  const isWrong = said?.problem === 'incomplete'
  const hasBlocks = protection.blocked.length > 0 || protection.future !== undefined
  return html`<p class="ask"><label for="evidence">${t('two.evidence')}</label>
<input id="evidence" name="evidence" required maxlength="60" value="${typed.evidence}" autocomplete="off" spellcheck="false" aria-describedby="evidence-hint${isWrong && ' evidence-wrong'}"${isWrong && html` aria-invalid="true"`}>
<span class="hint" id="evidence-hint">${t('protection.evidence.hint')}</span></p>
${
  hasBlocks &&
  html`<p class="pick"><input type="checkbox" id="blocks" name="blocks" value="lifted"${typed.blocks === 'lifted' && checked}>
<label for="blocks">${t('protection.lift')}</label></p>`
}`
}
