/** People with means of the hub's own, for journeys through a whole hub. */
import { TOTP } from 'otpauth'
import type { Hub } from '../../src/hub.ts'
import type { Instant } from '../../src/kernel/clock.ts'
import type { Identity } from '../../src/kernel/identity.ts'
import type { EnrolmentId, MeansId, PersonId } from '../../src/kernel/ids.ts'
import type { Proof } from '../../src/means/means.ts'
import { angela } from './people.ts'
import { tile } from './relying-party.ts'
import { type Answer, formTo, type UserAgent } from './user-agent.ts'

export const ownPassword = 'Corail!Vent7 du soir'

export interface OwnAccount {
  name: string
  person: PersonId
  enrolment: EnrolmentId
  password?: MeansId
  totp?: MeansId
  /** Of the application, in base32. */
  seed?: string
  /** The code of the application at an instant. */
  code(at: Instant): string
}

type EnrollingHub = Pick<Hub, 'means' | 'storage'>

/** Somebody whose identity was checked, with a login name and whatever means the test is about. */
export async function enrol(
  { means, storage }: EnrollingHub,
  given: {
    name: string
    identity?: Identity
    /** Face to face, unless it says otherwise. */
    proof?: Proof
    password?: boolean
    totp?: boolean
    rpps?: string
  },
): Promise<OwnAccount> {
  const { name, identity = angela } = given
  const checked = await means.enrolments.check(
    given.rpps ? { kind: 'rpps', value: given.rpps } : { kind: 'login_name', value: name },
  )
  if (!checked.ok) throw new Error(`${name}: ${checked.reasons}`)
  const recorded = await storage.transaction((tx) =>
    means.enrolments.record(tx, {
      proof: given.proof ?? { kind: 'document', seen: 'face_to_face' },
      agent: { kind: 'command' },
      identity,
      identifier: checked.identifier,
    }),
  )
  if (!recorded.ok) throw new Error(`${name}: ${recorded.reasons}`)
  const { person, enrolment } = recorded
  const account: OwnAccount = { name: given.rpps ?? name, person, enrolment, code: () => '' }
  if (given.password ?? true) account.password = await givePassword({ means }, account)
  if (given.totp) await giveTotp({ means, storage }, account)
  return account
}

export async function givePassword(
  { means }: Pick<EnrollingHub, 'means'>,
  { person, enrolment }: OwnAccount,
): Promise<MeansId> {
  const set = await means.passwords.set({ person, enrolment, password: ownPassword, by: { kind: 'first' } })
  if (!set.ok) throw new Error(`password: ${set.reasons}`)
  return set.means
}

export async function giveTotp({ means, storage }: EnrollingHub, account: OwnAccount): Promise<void> {
  const { person, enrolment } = account
  const begun = await storage.transaction((tx) =>
    means.totps.begin(tx, { person, enrolment, label: 'téléphone', accountName: account.name }),
  )
  account.totp = begun.means
  account.seed = begun.secret
  account.code = (at) => codeOf(begun.secret, at)
  // The code of the step before, so that the present one is still to be used; where the step ends in this very moment, its code
  // is two steps old when it arrives, and the next one is not.
  const activate = () => means.totps.activate(person, begun.means, account.code(Date.now() - 30_000))
  const activated = (await activate()) === 'wrong' ? await activate() : 'active'
  if (activated !== 'active') throw new Error(`totp: ${activated}`)
}

export const codeOf = (secret: string, at: Instant): string =>
  new TOTP({ secret, digits: 6 }).generate({ timestamp: at })

/** Chooses the hub's own tile on a choice page: the page on which to sign in. */
export function chooseOwn(browser: UserAgent, page: Answer): Promise<Answer> {
  const { form, values } = tile(page, 'local-account')
  return browser.submit(page, form, values)
}

/** Types an identifier and a password; stops at the service. */
export function typePassword(
  browser: UserAgent,
  page: Answer,
  typed: { identifier: string; password?: string },
  stop?: (url: URL) => boolean,
): Promise<Answer> {
  const { identifier, password = ownPassword } = typed
  return browser.submit(page, formTo(page, /\/password$/), { identifier, password }, stop)
}

/** Types the code of the application. */
export function typeCode(
  browser: UserAgent,
  page: Answer,
  code: string,
  stop?: (url: URL) => boolean,
): Promise<Answer> {
  const form = formTo(page, /\/second$/)
  return browser.submit(page, form, { ...form.fields, kind: 'totp', code }, stop)
}

/** A `partners.yaml` entry of the hub's own means. */
export function ownProviderEntry(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'local-account',
    name: { fr: 'Compte Garant', en: 'Garant account', ar: 'حساب غارانت' },
    connector: { kind: 'own_means' },
    allowedLevels: ['eidas1', 'eidas2'],
    ...changes,
  }
}
