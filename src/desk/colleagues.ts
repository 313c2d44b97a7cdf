/**
 * Who works for the partner. Everybody sees their colleagues; an administrator invites somebody by a link that is shown
 * once, gives a new one for lost passkeys, and puts somebody out of office. The last administrator stays.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type StaffId } from '../kernel/ids.ts'
import { isLanguage, languages } from '../kernel/languages.ts'
import { staffRoles } from '../kernel/roles.ts'
import { staffPaths } from '../staff/pages.ts'
import {
  type ColleagueChange,
  colleagueChanges,
  type InvitationProblem,
  type InvitedStaff,
  type StaffMember,
} from '../staff/partner-staff.ts'
import { nameLimit } from '../staff/staff.ts'
import { type DeskFrame, dayOf, deskPaths, exact, framed, has, hiddenField } from './frame.ts'
import { allow, type DeskOptions, frameOf } from './visit.ts'

interface TypedInvitation {
  name: string
  mail: string
  roles: readonly string[]
  language: string
}

const blank: TypedInvitation = { name: '', mail: '', roles: [], language: '' }

/** What became of a press. */
const outcomes = ['suspend', 'restore', 'remove', 'roles', 'last_administrator', 'no_such_step', 'no_role'] as const

export function mountColleagues(options: DeskOptions): void {
  const { web, door, staff, issuer } = options
  const { app } = web

  async function list(
    request: FastifyRequest,
    reply: FastifyReply,
    said: { typed?: TypedInvitation; problems?: readonly InvitationProblem[] } = {},
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const done = outcomes.find((one) => one === (request.query as { done?: unknown }).done)
    const view = {
      members: (await staff.list(door.of(request).partner)).filter(({ state }) => state !== 'removed'),
      typed: said.typed ?? { ...blank, language: context.language },
      problems: said.problems ?? [],
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, colleaguesPage(view, await frameOf(options, request), context))
  }

  async function showLink(request: FastifyRequest, reply: FastifyReply, invited: InvitedStaff): Promise<FastifyReply> {
    const link = new URL(staffPaths.join(invited.token), issuer).href
    const frame = await frameOf(options, request)
    const name = frame.colleagues.get(invited.staff) ?? ''
    const view = { name, link, expiresAt: invited.expiresAt }
    return web.page(request, reply, linkPage(view, frame, web.contextOf(request)))
  }

  app.get(deskPaths.colleagues, allow(...staffRoles), async (request, reply) => list(request, reply))

  app.post(deskPaths.colleagues, allow('administrator'), async (request, reply) => {
    const typed = typedInvitation(request.body)
    const { name, mail, language } = typed
    const roles = staffRoles.filter((role) => typed.roles.includes(role))
    const given = { name, mail, roles, language: isLanguage(language) ? language : 'fr' } as const
    const outcome = await staff.inviteColleague(given, door.of(request))
    if (outcome.kind === 'invited') return showLink(request, reply, outcome.invited)
    if (outcome.kind === 'invalid') return list(request, reply, { typed, problems: outcome.problems })
    throw new GarantError(outcome.kind === 'unknown' ? 'not_found' : 'staff_role_missing')
  })

  app.post('/desk/colleagues/:staff/link', allow('administrator'), async (request, reply) => {
    const outcome = await staff.inviteColleagueAgain(await colleagueIn(request), door.of(request))
    if (outcome.kind === 'invited') return showLink(request, reply, outcome.invited)
    throw new GarantError(outcome.kind === 'forbidden' ? 'staff_role_missing' : 'not_found')
  })

  app.get('/desk/colleagues/:staff', allow('administrator'), async (request, reply) => {
    const id = await colleagueIn(request)
    const { change: wanted } = request.query as { change?: unknown }
    const asked = wanted === 'roles' ? wanted : colleagueChanges.find((one) => one === wanted)
    const member = (await staff.list(door.of(request).partner)).find((one) => one.staff === id)
    if (!asked || !member || member.state === 'removed') return reply.redirect(deskPaths.colleagues, 303)
    const [frame, context] = [await frameOf(options, request), web.contextOf(request)]
    const page =
      asked === 'roles' ? rolesPage(member, frame, context) : changePage({ member, change: asked }, frame, context)
    return web.page(request, reply, page)
  })

  app.post('/desk/colleagues/:staff', allow('administrator'), async (request, reply) => {
    const id = await colleagueIn(request)
    const change = colleagueChanges.find((one) => one === (request.body as { change?: unknown }).change)
    if (!change) throw new GarantError('request_unreadable')
    const outcome = await staff.changeColleague(id, change, door.of(request))
    if (outcome === 'unknown') throw new GarantError('not_found')
    if (outcome === 'forbidden') throw new GarantError('staff_role_missing')
    return reply.redirect(`${deskPaths.colleagues}?done=${outcome === 'done' ? change : outcome}`, 303)
  })

  app.post('/desk/colleagues/:staff/roles', allow('administrator'), async (request, reply) => {
    const id = await colleagueIn(request)
    const { roles: ticked } = typedInvitation(request.body)
    const roles = staffRoles.filter((role) => ticked.includes(role))
    if (roles.length === 0) return reply.redirect(`${deskPaths.colleagues}?done=no_role`, 303)
    const outcome = await staff.changeRoles(id, roles, door.of(request))
    if (outcome === 'unknown') throw new GarantError('not_found')
    if (outcome === 'forbidden') throw new GarantError('staff_role_missing')
    return reply.redirect(`${deskPaths.colleagues}?done=${outcome === 'done' ? 'roles' : outcome}`, 303)
  })

  /** One of the partner's. Somebody of another partner is not there, and that they were asked for is a fact. */
  async function colleagueIn(request: FastifyRequest): Promise<StaffId> {
    const { staff: id } = request.params as { staff: string }
    if (!isId('staff', id)) throw new GarantError('not_found')
    const standing = door.of(request)
    const partner = await staff.partnerOf(id)
    if (partner === standing.partner) return id
    if (partner !== undefined) await staff.denied(standing, request.routeOptions.url ?? '')
    throw new GarantError('not_found')
  }
}

function typedInvitation(body: unknown): TypedInvitation {
  const { name, mail, role, language } = (body ?? {}) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    name: text(name),
    mail: text(mail).trim(),
    roles: Array.isArray(role) ? role.map(String) : role === undefined ? [] : [String(role)],
    language: text(language),
  }
}

// --- Pages ---------------------------------------------------------------------------------------------------------

interface ColleaguesView {
  members: readonly StaffMember[]
  typed: TypedInvitation
  problems: readonly InvitationProblem[]
  done?: (typeof outcomes)[number]
}

const isMishap = (done: string) => ['last_administrator', 'no_such_step', 'no_role'].includes(done)

function colleaguesPage(view: ColleaguesView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { members, done, problems } = view
  return framed(frame, context, {
    title: t('desk.place.colleagues'),
    status: problems.length > 0 ? 422 : 200,
    here: deskPaths.colleagues,
    body: html`<h1>${t('desk.place.colleagues')}</h1>
<p class="lead">${t('colleagues.lead', { partner: frame.partner, hub: frame.hub })}</p>
${done && html`<p class="notice" role="${isMishap(done) ? 'alert' : 'status'}">${t(`colleagues.done.${done}`)}</p>`}
<section class="sheet" aria-labelledby="team"><h2 id="team">${t('colleagues.team')}</h2>
<ul class="rows">${members.map((member) => html`<li>${memberIn(member, frame, context)}</li>`)}</ul></section>
${has(frame, ['administrator']) ? invitationForm(view, frame, context) : html`<p class="hint">${t('colleagues.administrators')}</p>`}`,
  })
}

function memberIn(member: StaffMember, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { staff: id, name, mail, roles, state, invitedAt, lastSignInAt } = member
  const about = `about-${id}`
  const link = deskPaths.colleagueLink(id)
  const isMe = id === frame.standing.staff
  const seen =
    lastSignInAt === undefined
      ? t('colleagues.invited', { date: dayOf(invitedAt, frame, context) })
      : t('colleagues.seen', { date: dayOf(lastSignInAt, frame, context) })
  const changes: (ColleagueChange | 'roles')[] =
    state === 'active'
      ? ['roles', 'suspend', 'remove']
      : state === 'suspended'
        ? ['roles', 'restore', 'remove']
        : ['roles', 'remove']
  return html`<p id="${about}"><strong><bdi>${name}</bdi></strong>${isMe && html` (${t('colleagues.you')})`} · ${roles.map((role) => html`<span class="badge">${t(`staff_role.${role}`)}</span> `)}${state !== 'active' && html` · ${t(`colleagues.state.${state}`)}`}</p>
<p class="hint">${mail && html`<bdi dir="ltr">${mail}</bdi> · `}${seen}</p>
${
  has(frame, ['administrator']) &&
  html`<div class="actions">${changes.map(
    (
      change,
    ) => html`<a href="${deskPaths.colleague(id)}?change=${change}" aria-describedby="${about}">${t(`colleagues.change.${change}`)}</a>
`,
  )}${!isMe && html`<form method="post" action="${link}">${hiddenField(frame, link)}<button class="link" aria-describedby="${about}">${t('colleagues.link')}</button></form>`}</div>`
}`
}

/** Which field each problem belongs to. */
const placeOf: Record<InvitationProblem, 'name' | 'mail' | 'roles' | 'all'> = {
  name_missing: 'name',
  name_too_long: 'name',
  name_unseen: 'name',
  mail_wrong: 'mail',
  roles_missing: 'roles',
  too_many: 'all',
}

function invitationForm({ typed, problems }: ColleaguesView, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const path = deskPaths.colleagues
  const of = (place: 'name' | 'mail' | 'roles' | 'all') => problems.filter((problem) => placeOf[problem] === place)
  const wrong = (place: 'name' | 'mail' | 'roles') =>
    of(place).length > 0 &&
    html`<span class="wrong" id="${place}-wrong">${of(place).map((problem) => t(`colleagues.problem.${problem}`))}</span>`
  const invalid = (place: 'name' | 'mail' | 'roles') =>
    of(place).length > 0 && html` aria-invalid="true" aria-describedby="${place}-wrong"`
  return html`<section class="sheet" aria-labelledby="invite"><h2 id="invite">${t('colleagues.invite')}</h2>
<p>${t('colleagues.invite.text')}</p>
${
  problems.length > 0 &&
  html`<div class="notice" role="alert"><h3>${t('colleagues.refused')}</h3><ul class="plain">${problems.map((problem) => html`<li>${placeOf[problem] === 'all' ? t(`colleagues.problem.${problem}`) : html`<a href="#${placeOf[problem]}">${t(`colleagues.problem.${problem}`)}</a>`}</li>`)}</ul></div>`
}
<form method="post" action="${path}">${hiddenField(frame, path)}
<p class="ask"><label for="name">${t('colleagues.name')}</label>
<input id="name" name="name" value="${typed.name}" maxlength="${nameLimit}" required autocomplete="off" dir="auto"${invalid('name')}>${wrong('name')}</p>
<p class="ask"><label for="mail">${t('colleagues.mail')}</label>
<input id="mail" name="mail" type="email" value="${typed.mail}" maxlength="254" required autocomplete="off" dir="ltr"${invalid('mail')}>${wrong('mail')}</p>
${rolesFields(typed.roles, context, invalid('roles'), wrong('roles'))}
<p class="ask"><label for="language">${t('colleagues.language')}</label>
<select id="language" name="language">${languages.map((one) => html`<option value="${one}"${typed.language === one && html` selected`}>${t(`colleagues.language.${one}`)}</option>`)}</select></p>
<p class="actions"><button class="button">${t('colleagues.invite.go')}</button></p></form></section>`
}

function linkPage(
  view: { name: string; link: string; expiresAt: number },
  frame: DeskFrame,
  context: RequestContext,
): Page {
  const { t } = context
  return framed(frame, context, {
    title: t('colleagues.link.made'),
    here: deskPaths.colleagues,
    body: html`<h1>${t('colleagues.link.made')}</h1>
<p class="lead"><bdi>${view.name}</bdi></p>
<div class="notice" role="status"><p>${t('colleagues.link.text', { date: exact(view.expiresAt, frame, context) })}</p>
<p><code class="secret" dir="ltr">${view.link}</code></p></div>
<p class="actions"><a class="button" href="${deskPaths.colleagues}">${t('colleagues.link.noted')}</a></p>`,
  })
}

function changePage(
  { member, change }: { member: StaffMember; change: ColleagueChange },
  frame: DeskFrame,
  context: RequestContext,
): Page {
  const { t } = context
  const path = deskPaths.colleague(member.staff)
  const isMe = member.staff === frame.standing.staff
  const title = t(`colleagues.${change}.title`, { name: member.name })
  return framed(frame, context, {
    title,
    here: `${path}?change=${change}`,
    body: html`<h1>${title}</h1>
<div class="sheet"><p>${t(`colleagues.${change}.text`)}</p>
${isMe && change !== 'restore' && html`<p><strong>${t('colleagues.yourself')}</strong></p>`}
<form method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="change" value="${change}">
<p class="actions"><button class="button">${t(`colleagues.change.${change}`)}</button> <a href="${deskPaths.colleagues}">${t('desk.back')}</a></p></form></div>`,
  })
}

function rolesPage(member: StaffMember, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const path = deskPaths.colleagueRoles(member.staff)
  const title = t('colleagues.roles.title', { name: member.name })
  return framed(frame, context, {
    title,
    here: `${deskPaths.colleague(member.staff)}?change=roles`,
    body: html`<h1>${title}</h1>
<div class="sheet"><p>${t('colleagues.roles.text')}</p>
${member.staff === frame.standing.staff && html`<p><strong>${t('colleagues.roles.yourself')}</strong></p>`}
<form method="post" action="${path}">${hiddenField(frame, path)}
${rolesFields(member.roles, context)}
<p class="actions"><button class="button">${t('colleagues.roles.go')}</button> <a href="${deskPaths.colleagues}">${t('desk.back')}</a></p></form></div>`,
  })
}

function rolesFields(
  chosen: readonly string[],
  { t }: RequestContext,
  about?: Html | false,
  wrong?: Html | false,
): Html {
  return html`<fieldset class="picks" id="roles" tabindex="-1"${about}><legend>${t('colleagues.roles')}</legend>${staffRoles.map(
    (role) =>
      html`<p class="pick pick-told"><input type="checkbox" name="role" value="${role}" id="role-${role}"${chosen.includes(role) && html` checked`}><label for="role-${role}">${t(`staff_role.${role}`)}<span class="hint">${t(`colleagues.role.${role}`)}</span></label></p>`,
  )}${wrong}</fieldset>`
}
