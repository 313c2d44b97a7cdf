/** The pages of a provider: login, second step, logout, and the small ones that its duties ask for. */
import { type Html, html } from '../../src/http/html.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { type Account, accountsOf, holderOf, testPassword } from '../people.ts'
import { garantMark } from '../site.ts'
import type { ProviderDefinition } from './providers.ts'
import { wording } from './wording.ts'

interface View {
  definition: Pick<ProviderDefinition, 'key' | 'brand' | 'usernameLabel' | 'secondStep'>
  language: Language
}

/** Where the forms of one interaction lead. */
interface StepView extends View {
  /** `/interaction/<uid>` */
  action: string
  problem?: keyof typeof wording | undefined
  /** Nobody sent the person here, so there is no way back to the hub. */
  alone?: true
}

export function loginPage(view: StepView & { username: string }): Html {
  const { definition, language, action } = view
  return html`
<h1>${wording.signIn[language]}</h1>
${view.alone ? undefined : askedBy(language)}
${alert(view)}
<form method="post" action="${action}/login">
<label for="username">${definition.usernameLabel[language]}</label>
<input id="username" name="username" value="${view.username}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
<label for="password">${wording.password[language]}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">${wording.submit[language]}</button>
</form>
<ul class="links">
<li><a href="/forgotten-password">${wording.forgotten[language]}</a></li>
<li><a href="/register">${wording.register[language]}</a></li>
<li><a href="/help">${wording.help[language]}</a></li>
</ul>
${cancelForm(view)}
${testAccounts(view)}`
}

export function codePage(view: StepView & { code: string }): Html {
  const { definition, language, action } = view
  const { secondStep } = definition
  return html`
<h1>${wording.second[language]}</h1>
<p>${wording.codeAsk[language]}</p>
${alert(view)}
${secondStep.kind === 'none' ? undefined : device(secondStep.device[language], view.code, language)}
<form method="post" action="${action}/code">
<label for="code">${wording.code[language]}</label>
<input id="code" name="code" inputmode="numeric" pattern="[0-9]{6}" maxlength="6" autocomplete="one-time-code" required autofocus>
<button type="submit">${wording.confirm[language]}</button>
</form>
${cancelForm(view)}`
}

/** The number is on both screens, so that nobody approves the request of somebody else. */
export function approvalPage(view: StepView & { code: string }): Html {
  const { definition, language, action } = view
  const { secondStep } = definition
  return html`
<h1>${wording.second[language]}</h1>
<p>${wording.approvalAsk[language]}</p>
${alert(view)}
<p class="number">${wording.number[language]} <strong>${view.code}</strong></p>
<form method="post" action="${action}/approval">
<input type="hidden" name="code" value="${view.code}">
${secondStep.kind === 'none' ? undefined : device(secondStep.device[language], view.code, language)}
<button type="submit">${wording.approve[language]}</button>
</form>
${cancelForm(view)}`
}

export function homePage(view: View & { account: Account | undefined }): Html {
  const { definition, language, account } = view
  const state = account
    ? html`<p>${wording.signedInAs[language]} <strong>${nameOf(account)}</strong></p>
<form method="post" action="/session/end"><button type="submit">${wording.signOut[language]}</button></form>`
    : html`<p>${wording.noSession[language]}</p>`
  return html`<h1>${definition.brand.name[language]}</h1><p>${wording.welcome[language]}</p>${state}${testAccounts(view)}`
}

/** Asked when nobody proves that the relying party wants it: "the OP MUST ask" (RP-Initiated Logout 1.0 section 2). */
export function logoutPage({ language, fields }: View & { fields: Record<string, string> }): Html {
  return html`<h1>${wording.signOut[language]}</h1><p>${wording.signOutAsk[language]}</p>
<form method="post" action="/session/end">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">${wording.signOut[language]}</button>
</form>
<ul class="links"><li><a href="/">${wording.back[language]}</a></li></ul>`
}

export function noticePage(title: string, text: string): Html {
  return html`<h1>${title}</h1><p>${text}</p>`
}

function askedBy(language: Language): Html {
  return html`<p class="asked">${garantMark}<span>${wording.askedBy[language]}</span></p>`
}

function alert({ problem, language }: StepView): Html | undefined {
  return problem && html`<p class="alert" role="alert">${wording[problem][language]}</p>`
}

function device(name: string, code: string, language: Language): Html {
  return html`<figure class="device"><div class="screen"><span>${name}</span><output dir="ltr">${code}</output></div>
<figcaption>${wording.deviceCaption[language]}</figcaption></figure>`
}

/** "Return to the hub": the provider answers `access_denied` (OpenID Connect Core section 3.1.2.6). */
function cancelForm({ action, language, alone }: StepView): Html | undefined {
  if (alone) return undefined
  return html`<form method="post" action="${action}/cancel"><button class="quiet" type="submit">${wording.back[language]}</button></form>`
}

export function testAccounts({ definition, language }: Pick<View, 'definition' | 'language'>): Html {
  const rows = accountsOf(definition.key).map(
    (account) => html`<tr><td><code>${account.username}</code></td><td>${nameOf(account)}</td></tr>`,
  )
  return html`<details class="tests"><summary>${wording.testAccounts[language]}</summary>
<p>${wording.testPassword[language]} <code>${testPassword}</code></p><table><tbody>${rows}</tbody></table></details>`
}

export function nameOf(account: Account): string {
  const { given_name, family_name } = holderOf(account)
  return `${given_name} ${family_name}`
}
