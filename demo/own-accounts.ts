/**
 * Accounts of the hub's own in the town: a tile of its own on every page of choices, and three people who are enrolled
 * when the hub starts for the first time. What the code applications of these people would show is kept beside the data,
 * so that a visitor can play them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parse, stringify } from 'yaml'
import type { Hub } from '../src/hub.ts'
import type { Identity } from '../src/kernel/identity.ts'
import type { EnrolmentId, PersonId } from '../src/kernel/ids.ts'
import type { Identifier } from '../src/means/means.ts'
import { ownProvider } from '../src/partners/partners.ts'
import { codeOf } from './mailbox/code-app.ts'
import type { TestIdentity } from './mailbox/pages.ts'
import { humans, type Professional, professionals } from './people.ts'
import type { Town } from './town.ts'

const brand = {
  name: { fr: 'Compte Garant', en: 'Garant account', ar: 'حساب غارانت' },
  hint: {
    fr: 'Clé d’accès, ou mot de passe et application de codes',
    en: 'Passkey, or password and code app',
    ar: 'مفتاح مرور، أو كلمة مرور وتطبيق رموز',
  },
  mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="11" fill="#0b4655"/><circle cx="19" cy="20" r="8" fill="none" stroke="#fff" stroke-width="4"/><path d="M25 26l12 12M31 32l4-4" stroke="#e9bc5c" stroke-width="4" stroke-linecap="round"/></svg>',
}

/** It has to pass the rule for passwords, unlike those of the town's providers. */
export const ownPassword = 'Garant-demo-2026'

interface OwnAccount {
  username: string
  identifier: Identifier['kind']
  identity: Identity
  /** What they have beside the password. */
  second: 'totp' | 'sms'
  number?: string
}

function professional({ nationalId, given_name, family_name }: Professional): Identity {
  return { kind: 'professional', nationalId, given_name, family_name, claims: {} }
}

const doctor = professionals.belkacem

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nobody of that name lives here')
  return value
}

const accounts: readonly OwnAccount[] = [
  { username: 'lucas.moreau', identifier: 'login_name', identity: required(humans.lucas), second: 'totp' },
  {
    username: 'sofia.costa',
    identifier: 'login_name',
    identity: required(humans.sofia),
    second: 'sms',
    number: '+33600000012',
  },
  {
    username: required(doctor).nationalId.slice(1),
    identifier: 'rpps',
    identity: professional(required(doctor)),
    second: 'totp',
  },
]

/** The town's `partners.yaml` with the hub itself as a provider. */
export function withOwnMeans(partnersYaml: string): string {
  const { partners } = parse(partnersYaml) as { partners: unknown[] }
  const own = {
    id: 'garant',
    name: { fr: 'Garant', en: 'Garant', ar: 'غارانت' },
    providers: [
      {
        id: ownProvider,
        name: brand.name,
        hint: brand.hint,
        logo: brand.mark,
        allowedLevels: ['eidas1', 'eidas2'],
        connector: { kind: 'own_means' },
      },
    ],
  }
  return stringify({ partners: [...partners, own] }, { aliasDuplicateObjects: false, lineWidth: 0 })
}

/** Enrols who is not yet, and puts them on the map. A number is verified by the text message that arrives in the mailbox. */
export async function enrolTownspeople(hub: Hub, town: Town, folder: string): Promise<TestIdentity[]> {
  const file = join(folder, 'demo-code-apps.json')
  const seeds = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {}
  await importRegister(hub)
  for (const account of accounts) {
    if (await hub.means.enrolments.personOf(account.username)) continue
    const seed = await enrol(hub, town, account)
    if (seed) seeds[account.username] = seed
    writeFileSync(file, JSON.stringify(seeds, undefined, 2), { mode: 0o600 })
  }
  const people = accounts.map((account) => testIdentity(account, seeds[account.username]))
  town.welcome(
    { id: ownProvider, name: brand.name, hint: brand.hint, origin: `${hub.settings.issuer}/means`, mark: brand.mark },
    people,
  )
  return people
}

/** The town's professionals as an edition of their register, with the columns that it cannot do without. */
async function importRegister({ directory }: Hub): Promise<void> {
  if ((await directory.status()).current) return
  const columns = [
    'Identification nationale PP',
    "Nom d'exercice",
    "Prénom d'exercice",
    'Code profession',
    'Code catégorie professionnelle',
    'Code type savoir-faire',
    'Code savoir-faire',
    'Code mode exercice',
    "Code secteur d'activité",
    'Identifiant technique de la structure',
  ]
  const lines = Object.values(professionals).map((one) =>
    [
      one.nationalId,
      one.family_name,
      one.given_name,
      one.profession,
      'C',
      one.speciality ? 'S' : '',
      one.speciality ?? '',
      one.mode,
      one.sector,
      '',
    ].join('|'),
  )
  const text = [columns.join('|'), ...lines, ''].join('\n')
  const source = { name: 'demo.txt', stream: Readable.from([Buffer.from(text)]) }
  const outcome = await directory.importRegister({ source, actor: { kind: 'command' }, mostBad: 0, mostLost: 1 })
  if (outcome.kind === 'refused') throw new Error(`the register of the town was refused: ${outcome.reason}`)
}

async function enrol(hub: Hub, town: Town, account: OwnAccount): Promise<string | undefined> {
  const { means, storage } = hub
  const checked = await means.enrolments.check({ kind: account.identifier, value: account.username })
  if (!checked.ok) throw new Error(`${account.username}: ${checked.reasons}`)
  const enrolled = await storage.transaction((tx) =>
    means.enrolments.record(tx, {
      proof: { kind: 'document', seen: 'face_to_face' },
      agent: { kind: 'command' },
      identity: account.identity,
      identifier: checked.identifier,
    }),
  )
  if (!enrolled.ok) throw new Error(`${account.username}: ${enrolled.reasons}`)
  const holder = { person: enrolled.person, enrolment: enrolled.enrolment }
  const set = await means.passwords.set({ ...holder, password: ownPassword, by: { kind: 'first' } })
  if (!set.ok) throw new Error(`${account.username}: ${set.reasons}`)
  return account.second === 'totp' ? giveCodeApp(hub, holder, account) : givePhone(hub, town, holder, account)
}

type Holder = { person: PersonId; enrolment: EnrolmentId }

async function giveCodeApp({ means, storage, clock }: Hub, holder: Holder, account: OwnAccount): Promise<string> {
  const begun = await storage.transaction((tx) =>
    means.totps.begin(tx, { ...holder, label: 'Téléphone', accountName: account.username }),
  )
  // The code of the step before, so that a visitor who comes at once can use the present one.
  await means.totps.activate(holder.person, begun.means, codeOf(begun.secret, clock.now() - 30_000))
  return begun.secret
}

async function givePhone({ means }: Hub, town: Town, holder: Holder, { number = '' }: OwnAccount): Promise<undefined> {
  const before = town.mails(number).length
  const added = await means.sentCodes.addNumber({ ...holder, number, label: '', language: 'fr' })
  if (!added.ok) throw new Error(`${number}: ${added.reasons}`)
  const message = (await town.waitForMails(before + 1, number)).at(-1)
  const [code = ''] = /\b\d{6}\b/.exec(message?.text ?? '') ?? []
  await means.sentCodes.verifyNumber(holder.person, added.means, code)
}

function testIdentity({ username, identity, second }: OwnAccount, seed: string | undefined): TestIdentity {
  return {
    provider: ownProvider,
    provider_name: brand.name.fr,
    username,
    password: ownPassword,
    given_name: identity.given_name,
    family_name: identity.family_name,
    level: second === 'totp' ? 'eidas2' : 'eidas1',
    ...(seed ? { code_app: seed } : {}),
  }
}
