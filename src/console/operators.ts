/**
 * Who runs the hub, on a page of theirs: names, roles, whether they can be written to. Naming somebody, and giving a new
 * link to somebody, is asked here and confirmed by another operator: otherwise whoever may name operators would name the
 * second pair of eyes. Putting one out of office is a command (`garant operator`).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type ApprovalId, isId, type OperatorId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { operatorRoles } from '../kernel/roles.ts'
import type { Operator, OperatorProblem } from '../staff/operators.ts'
import { type AskSaid, askNotice, reasonField } from './approvals-pages.ts'
import { answerAsked, asking, idOf, saidOf } from './approvals-routes.ts'
import { checked, consolePaths, date, type Frame, framed, hiddenField, listed, textField } from './frame.ts'
import { languageField } from './partners-pages.ts'
import { withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'
import { allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

interface Typed {
  name: string
  mail: string
  roles: readonly string[]
  language: string
  reason: string
}

interface OperatorsView {
  operators: readonly Operator[]
  me: OperatorId
  typed: Typed
  /** Drawn with the form. */
  id: ApprovalId
  problems: readonly OperatorProblem[]
  said?: AskSaid
}

export function mountOperators(options: ConsoleOptions): void {
  const { web, door, operators, approvals } = options
  const { app } = web

  app.get(consolePaths.operators, allow('approvals'), async (request, reply) => show(request, reply, {}))

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: { typed?: Typed; id?: string; problems?: readonly OperatorProblem[]; said?: AskSaid },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { language } = context
    const { typed = { name: '', mail: '', roles: [], language, reason: '' }, id, problems = [], said } = more
    const view = {
      operators: await operators.list(),
      me: door.of(request).operator,
      typed,
      id: idOf(id),
      problems,
      ...(said ? { said } : {}),
    }
    return web.page(request, reply, operatorsPage(view, await frameOf(options, request), context))
  }

  app.post(consolePaths.operators, allow('approve'), async (request, reply) => {
    const {
      id,
      operator,
      name,
      mail,
      language: chosen,
      reason,
    } = fieldsOf(request, [...(['id', 'operator', 'name', 'mail', 'language', 'reason'] as const)])
    if (operator !== '') {
      if (!isId('operator', operator)) return show(request, reply, { said: 'refused' })
      const change = { kind: 'reinvite_operator', parameters: { operator }, reason, id } as const
      const outcome = await approvals.ask(asking(request, options, change))
      return answerAsked(reply, outcome) ?? show(request, reply, { said: saidOf(outcome).askSaid })
    }
    const ticked = [(request.body as { roles?: unknown }).roles ?? []].flat()
    const roles = operatorRoles.filter((role) => ticked.includes(role))
    const language = languages.find((one) => one === chosen) ?? 'fr'
    const typed = { name, mail, roles, language, reason }
    const given = { name, mail, roles }
    const problems = operators.problemsOf(given)
    if (problems.length > 0) return show(request, reply, { typed, id, problems })
    const change = { kind: 'invite_operator', parameters: { ...given, language }, reason, id } as const
    const outcome = await approvals.ask(asking(request, options, change))
    return answerAsked(reply, outcome) ?? show(request, reply, { typed, id, said: saidOf(outcome).askSaid })
  })
}

function operatorsPage(view: OperatorsView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { operators, problems, said } = view
  const mayAsk = has(frame.roles, 'approve')
  const isRefused = problems.length > 0 || said !== undefined
  const page = framed(frame, context, {
    title: t('operators.title'),
    here: consolePaths.operators,
    ...(isRefused ? { status: 422 } : {}),
    body: html`<p><a href="${consolePaths.approvals}">${t('two.title')}</a></p>
<h1>${t('operators.title')}</h1>
${said && askNotice(said, undefined, context)}
<section class="sheet" aria-labelledby="team"><h2 id="team">${t('operators.team')}</h2>
<ul class="rows">${operators.map((one) => operatorRow(one, view, frame, context))}</ul>
<p class="hint">${t('operators.leaving')} <code dir="ltr">garant operator suspend</code></p></section>
${mayAsk && inviteForm(view, frame, context)}`,
  })
  return isRefused ? withoutSwitch(page) : page
}

function operatorRow(one: Operator, { me }: OperatorsView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = consolePaths.operators
  const last = one.lastSignInAt === undefined ? t('person.never') : date(one.lastSignInAt, frame, context)
  const mayAsk = has(frame.roles, 'approve') && one.operator !== me && one.state !== 'removed'
  const reason = `reason-${one.operator}`
  return html`
<li><p id="${one.operator}"><strong><bdi>${one.name}</bdi></strong> · ${listed(
    one.roles.map((role) => t(`role.${role}`)),
    context,
  )}</p>
<p class="facts"><code dir="ltr">${one.operator}</code> · ${t(`account.${one.state}`)} · ${t('account.last')} ${last}${one.mail === undefined && one.state !== 'removed' && html` · ${t('operators.no_mail')}`}</p>
${
  mayAsk &&
  html`<details><summary>${t('operators.again')}</summary>
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="operator" value="${one.operator}">
<p>${t('two.effect.reinvite_operator')}</p>
${reasonField({ name: 'reason', id: reason, label: t('two.reason'), value: '' }, context)}
<p class="actions"><button class="button button-quiet" aria-describedby="${one.operator}">${t('two.ask')}</button></p>
</form></details>`
}</li>`
}

function inviteForm(view: OperatorsView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { typed, problems, said } = view
  const path = consolePaths.operators
  const isWrong = (about: RegExp) => problems.some((one) => about.test(one))
  return html`<section class="sheet" aria-labelledby="invite"><h2 id="invite">${t('operators.invite')}</h2>
<p>${t('operators.invite.text')}</p>
${
  problems.length > 0 &&
  html`<div class="notice" role="alert" id="invite-wrong"><h3>${t('two.not_asked')}</h3><ul class="plain">${problems.map((one) => html`<li>${t(`colleagues.problem.${one}`)}</li>`)}</ul></div>`
}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="id" value="${view.id}">
${textField({ name: 'name', label: t('account.name'), value: typed.name, wrong: isWrong(/^name/) ? 'invite-wrong' : undefined })}
<p class="ask"><label for="mail">${t('account.mail')}</label>
<input id="mail" name="mail" type="email" required maxlength="254" value="${typed.mail}" autocomplete="off" dir="ltr"${isWrong(/^mail/) && html` aria-describedby="invite-wrong" aria-invalid="true"`}></p>
<fieldset class="picks"><legend>${t('account.roles')}</legend>${operatorRoles.map(
    (
      role,
    ) => html`<p class="pick"><input type="checkbox" id="role-${role}" name="roles" value="${role}"${typed.roles.includes(role) && checked}>
<label for="role-${role}">${t(`role.${role}`)}</label></p>`,
  )}</fieldset>
${languageField(typed.language, context)}
${reasonField({ name: 'reason', label: t('two.reason'), value: typed.reason, isWrong: said === 'no_reason' }, context)}
<p class="actions"><button class="button">${t('two.ask')}</button></p>
</form></section>`
}
