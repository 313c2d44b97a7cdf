/** Operators of a test's hub: invited, with a passkey in an authenticator without a body, and signed in over HTTP. */
import type { Hub } from '../../src/hub.ts'
import type { MeansId, OperatorId, PersonId } from '../../src/kernel/ids.ts'
import type { OperatorRole } from '../../src/kernel/roles.ts'
import { createAuthenticator, type SoftwareAuthenticator } from './authenticator.ts'
import { type Answer, type Form, formTo, UserAgent } from './user-agent.ts'

type Served = Pick<Hub, 'operators'> & { issuer: string }

export interface TestOperator {
  operator: OperatorId
  roles: readonly OperatorRole[]
  agent: UserAgent
  authenticator: SoftwareAuthenticator
}

/** Named by the command line; returns the address of the link as well. */
export async function invite(
  hub: Served,
  options: { name?: string; roles?: readonly OperatorRole[] } = {},
): Promise<{ operator: OperatorId; link: string }> {
  const { name = 'Angela Dubois', roles = ['administrator'] } = options
  const { operator, token } = await hub.operators.invite({ name, roles, actor: { kind: 'command' } })
  return { operator, link: `${hub.issuer}/operators/join/${token}` }
}

/** Opens the link, registers a passkey; the answer is the page that follows. */
export async function register(
  agent: UserAgent,
  link: string,
  authenticator: SoftwareAuthenticator,
): Promise<{ page: Answer; answer: Answer }> {
  const page = await agent.open(link)
  const form = formTo(page, /\/operators\/join\//)
  const response = JSON.stringify(authenticator.create(optionsIn(page) as never))
  return { page, answer: await agent.submit(page, form, { response }) }
}

export async function signIn(hub: Served, agent: UserAgent, authenticator: SoftwareAuthenticator): Promise<Answer> {
  const page = await agent.open(`${hub.issuer}/operators/sign-in`)
  const response = JSON.stringify(authenticator.get(optionsIn(page) as never))
  return agent.submit(page, formTo(page, /\/operators\/sign-in$/), { response })
}

/** Invited, registered, signed in. */
export async function newOperator(
  hub: Served,
  options: { name?: string; roles?: readonly OperatorRole[]; language?: string } = {},
): Promise<TestOperator> {
  const { roles = ['administrator'], language = 'en' } = options
  const agent = new UserAgent({ language })
  const authenticator = createAuthenticator({ origin: hub.issuer })
  const { operator, link } = await invite(hub, { ...options, roles })
  await register(agent, link, authenticator)
  const home = await signIn(hub, agent, authenticator)
  if (home.url.pathname !== '/console') throw new Error(`no sign-in: ${home.status} ${home.body.slice(0, 2_000)}`)
  return { operator, roles, agent, authenticator }
}

/** Somebody enrolled at a desk, with a login name, `canaria`, and a password. */
export async function enrolPerson(hub: Pick<Hub, 'storage' | 'means'>): Promise<{ person: PersonId; means: MeansId }> {
  const checked = await hub.means.enrolments.check({ kind: 'login_name', value: 'canaria' })
  if (!checked.ok) throw new Error(checked.reasons.join())
  const outcome = await hub.storage.transaction((tx) =>
    hub.means.enrolments.record(tx, {
      proof: { kind: 'document', seen: 'face_to_face' },
      agent: { kind: 'command' },
      identity: {
        kind: 'pivot',
        given_name: 'Canaria',
        family_name: 'CANARI',
        birthdate: '1962-08-24',
        gender: 'female',
        birthplace: '75107',
        birthcountry: '99100',
      },
      identifier: checked.identifier,
    }),
  )
  if (!outcome.ok) throw new Error(outcome.reasons.join())
  const { person, enrolment } = outcome
  const set = await hub.means.passwords.set({
    person,
    enrolment,
    password: 'Corail!Vent7 du soir',
    by: { kind: 'first' },
  })
  if (!set.ok) throw new Error(set.reasons.join())
  return { person, means: set.means }
}

/** What the page asks of the browser's `navigator.credentials`. */
export function optionsIn({ body }: Pick<Answer, 'body'>): unknown {
  const [, text = ''] = /data-options="([^"]*)"/.exec(body) ?? []
  return JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'))
}

/** A form of a page by the path that it leads to exactly. */
export function formOf(page: Answer, path: string): Form {
  return formTo(page, new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`))
}
