/**
 * Mandates of the town, drawn up when it starts for the first time: by the verbs that pages call, and signed with the
 * cards of those who sign. One is in force, so that a visitor can act at once; another one waits for a signature.
 */
import { sign } from 'node:crypto'
import type { Hub } from '../src/hub.ts'
import type { Level } from '../src/kernel/assurance.ts'
import type { MandateId, MembershipId, OrganisationId } from '../src/kernel/ids.ts'
import type { SignedIn } from '../src/means/holder-visit.ts'
import type { Action, Right } from '../src/policy/mandate.ts'
import type { CardTable } from './cards.ts'
import { importOrganisations, organisationOf } from './organisations.ts'
import { cardProvider } from './own-cards.ts'
import { accountsOf, holderOf, testPin } from './people.ts'
import { employers } from './services/employers.ts'

type Town = { cards: CardTable }

/** What the firm's people do: one prepares, the other one files as well. */
const work: readonly { username: string; actions: readonly Action[] }[] = [
  { username: 'ines', actions: ['read', 'prepare'] },
  { username: 'bilal', actions: ['read', 'prepare', 'submit'] },
]

/** The register in any case; the firm and its clients where they are not there yet. */
export async function drawUpMandates(hub: Hub, town: Town): Promise<void> {
  await importOrganisations(hub)
  if (await hub.firms.isOpen(hub.storage.db, await organisationOf(hub, 'cabinet'))) return
  const { firm, driss, members } = await openTheFirm(hub, town)
  const client = await organisationOf(hub, 'ouledna')
  await giveMandate(hub, town, { client, firm, giver: await byCard(hub, town, 'cnie-rachid'), taker: driss })
  for (const { username, actions } of work) {
    const to = { principal: client }
    const given = {
      firm,
      membership: members.get(username) ?? fail(username),
      to,
      actions: { [employers.id]: actions },
    }
    must(await hub.firms.assign(askerOf(driss), given))
  }
  await proposeMandate(hub, town, { client: await organisationOf(hub, 'tizgart'), firm, by: driss })
}

interface Somebody extends SignedIn {
  /** With which card they sign. */
  card?: string
}

const askerOf = ({ person, level }: Somebody): { person: Somebody['person']; level: Level } => ({ person, level })

/** Somebody whom the hub gets to know by their card, as at a first sign-in. */
async function byCard(hub: Hub, { cards }: Town, card: string): Promise<Somebody> {
  const { certificate, chain } = cards.read(card) ?? fail(card)
  const ask = { kinds: ['cnie'], intermediates: chain, use: 'authentication', level: 'eidas3' } as const
  const checked = await hub.certificates.check(certificate, ask)
  if (!checked.ok) return fail(`${card}: ${checked.reason}`)
  const { subject, identity } = checked.holder
  return { ...(await arrive(hub, { provider: cardProvider.id, subject, level: 'eidas3', identity })), card }
}

/** By their account at the post. */
function byPost(hub: Hub, username: string): Promise<Somebody> {
  const account = accountsOf('postal').find((one) => one.username === username) ?? fail(username)
  const identity = holderOf(account)
  if (identity.kind !== 'pivot') return fail(username)
  const { preferred_username: _, ...pivot } = identity
  return arrive(hub, { provider: 'postal-identity', subject: account.subject, level: 'eidas2', identity: pivot })
}

async function arrive(
  { people, sessions, storage, clock }: Hub,
  claimed: Parameters<Hub['people']['settle']>[1],
): Promise<Somebody> {
  return storage.transaction(async (tx) => {
    const settled = await people.settle(tx, claimed)
    if ('kind' in settled) return fail(`${claimed.provider}: ${settled.kind}`)
    const { person, link, serves } = settled
    const { provider, level } = claimed
    const began = { person, link, provider, level, serves, amr: [], authTime: clock.now() }
    const { session } = await sessions.start(tx, began)
    return { ...began, session: session.id, isWeak: false }
  })
}

/** Opened by its representative; its people come in by invitation, and are recognised. */
export async function openTheFirm(
  hub: Hub,
  town: Town,
): Promise<{ firm: OrganisationId; driss: Somebody; members: ReadonlyMap<string, MembershipId> }> {
  const { firms } = hub
  const firm = await organisationOf(hub, 'cabinet')
  const by = await byCard(hub, town, 'cnie-driss')
  must(await firms.open(askerOf(by), firm))
  const members = new Map<string, MembershipId>()
  for (const { username } of work) {
    const { token } = must(await firms.invite(askerOf(by), { firm, role: 'employee', language: 'fr' }))
    const { membership } = must(await firms.join(askerOf(await byPost(hub, username)), token))
    must(await firms.confirmMember(askerOf(by), { firm, membership }))
    members.set(username, membership)
  }
  return { firm, driss: by, members }
}

const rights: readonly Right[] = (['read', 'prepare', 'submit'] as const).map((action) => ({
  service: employers.id,
  action,
  minimumLevel: 'eidas2',
}))

interface Sides {
  client: OrganisationId
  firm: OrganisationId
}

async function giveMandate(hub: Hub, town: Town, of: Sides & { giver: Somebody; taker: Somebody }): Promise<void> {
  const { client, firm, giver, taker } = of
  const draft = { principal: client, mandatary: { kind: 'organisation', organisation: firm }, rights } as const
  const { view } = must(
    await hub.storage.transaction((tx) => hub.mandates.draft(tx, askerOf(giver), { ...draft, side: 'principal' })),
  )
  await signAs(hub, town, giver, { mandate: view.mandate, side: 'principal' })
  await signAs(hub, town, taker, { mandate: view.mandate, side: 'mandatary' })
}

/** Drawn up and signed by the firm: its client finds it in their space. */
async function proposeMandate(hub: Hub, town: Town, { client, firm, by }: Sides & { by: Somebody }): Promise<void> {
  const draft = { principal: client, mandatary: { kind: 'organisation', organisation: firm }, rights } as const
  const { view } = must(
    await hub.storage.transaction((tx) => hub.mandates.draft(tx, askerOf(by), { ...draft, side: 'mandatary' })),
  )
  await signAs(hub, town, by, { mandate: view.mandate, side: 'mandatary' })
}

/** What the page of signatures does with a reader: the text that is shown, signed by the card's key for texts. */
async function signAs(
  hub: Hub,
  { cards }: Town,
  who: Somebody,
  { mandate, side }: { mandate: MandateId; side: 'principal' | 'mandatary' },
): Promise<void> {
  const { storage, mandates, signatures } = hub
  const { person, session, card = '' } = who
  const text = await mandates.textFor(storage.db, { mandate, side, person, language: 'fr' })
  if (!text) return fail('there is nothing to sign')
  const about = { kind: 'mandate', id: mandate, side } as const
  const level = side === 'principal' ? 'eidas3' : 'eidas2'
  const wanted = { person, session, about, level, text, returnTo: '/space' } as const
  const signing = await storage.transaction((tx) => signatures.open(tx, wanted))
  const used = cards.use(card, testPin, ({ signature }) => ({
    certificate: signature.certificate,
    value: sign('sha256', Buffer.from(text.text), { key: signature.key, dsaEncoding: 'ieee-p1363' }),
  }))
  if (used?.kind !== 'done') return fail(card)
  const made = { way: 'card', algorithm: 'ES256', ...used.value } as const
  const done = await signatures.complete({ signing, who, address: '127.0.0.1', made })
  if (!done.ok) fail(`${card} signed nothing: ${done.problem} ${done.reason ?? ''}`)
}

/** These verbs refuse by a value. */
function must<T extends { ok: boolean }>(outcome: T): Extract<T, { ok: true }> {
  if (outcome.ok) return outcome as Extract<T, { ok: true }>
  return fail(JSON.stringify(outcome))
}

function fail(what: string): never {
  throw new Error(`the mandates of the town: ${what}`)
}
