/** Partners' staff of a test's hub: invited, with a passkey in an authenticator without a body, signed in over HTTP. */
import type { Hub } from '../../src/hub.ts'
import type { StaffId } from '../../src/kernel/ids.ts'
import type { StaffRole } from '../../src/kernel/roles.ts'
import { createAuthenticator, type SoftwareAuthenticator } from './authenticator.ts'
import { optionsIn } from './operators.ts'
import { type Answer, formTo, UserAgent } from './user-agent.ts'

type Served = Pick<Hub, 'staff'> & { issuer: string }

export interface TestStaff {
  staff: StaffId
  agent: UserAgent
  authenticator: SoftwareAuthenticator
}

export interface StaffOptions {
  partner: string
  name?: string
  roles?: readonly StaffRole[]
  mail?: string
  language?: 'fr' | 'en' | 'ar'
}

/** Named by the command line; returns the address of the link as well. */
export async function inviteStaff(hub: Served, options: StaffOptions): Promise<{ staff: StaffId; link: string }> {
  const { partner, name = 'Karim Haddad', roles = ['security_contact'], mail = 'karim@bank.example' } = options
  const { language = 'fr' } = options
  const { staff, token } = await hub.staff.invite({ partner, name, roles, mail, language, actor: { kind: 'command' } })
  return { staff, link: `${hub.issuer}/desk/join/${token}` }
}

export async function signInAtDesk(
  hub: Served,
  agent: UserAgent,
  authenticator: SoftwareAuthenticator,
): Promise<Answer> {
  const page = await agent.open(`${hub.issuer}/desk/sign-in`)
  const response = JSON.stringify(authenticator.get(optionsIn(page) as never))
  return agent.submit(page, formTo(page, /\/desk\/sign-in$/), { response })
}

/** Invited, registered, signed in. */
export async function newStaff(hub: Served, options: StaffOptions): Promise<TestStaff> {
  const agent = new UserAgent({ language: options.language ?? 'en' })
  const authenticator = createAuthenticator({ origin: hub.issuer })
  const { staff, link } = await inviteStaff(hub, options)
  const page = await agent.open(link)
  const response = JSON.stringify(authenticator.create(optionsIn(page) as never))
  await agent.submit(page, formTo(page, /\/desk\/join\//), { response })
  const home = await signInAtDesk(hub, agent, authenticator)
  if (home.url.pathname !== '/desk') throw new Error(`no sign-in: ${home.status} ${home.body.slice(0, 2_000)}`)
  return { staff, agent, authenticator }
}
