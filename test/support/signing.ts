/** People who sign texts in tests, by real keys: a card of the town's authority, or a passkey without a body. */
import { createHash } from 'node:crypto'
import type { Card } from '../../demo/authority/authority.ts'
import { webEidSignature } from '../../demo/web-eid/stand-in.ts'
import type { Hub } from '../../src/hub.ts'
import { type LinkId, newId, type PersonId, type ProviderId, type SigningId } from '../../src/kernel/ids.ts'
import type { SignedIn } from '../../src/means/holder-visit.ts'
import type { Completed, Made, Signatures } from '../../src/signatures/signatures.ts'
import { createAuthenticator, type SoftwareAuthenticator, type Twist } from './authenticator.ts'
import { enrol } from './own-means.ts'
import { angela } from './people.ts'

type Rooms = Pick<Hub, 'storage' | 'clock' | 'people' | 'certificates' | 'means'>

/** Somebody who has signed in, as pages know them. */
export function signedIn(
  { clock }: Pick<Rooms, 'clock'>,
  given: { person: PersonId; link?: LinkId; provider?: ProviderId; level?: SignedIn['level'] },
): SignedIn {
  const { person, link = newId('link'), provider = 'card', level = 'eidas3' } = given
  const authTime = clock.now()
  return {
    session: newId('session'),
    person,
    link,
    provider,
    level,
    serves: level,
    amr: ['sc'],
    authTime,
    isWeak: false,
  }
}

/** The holder of a card that was used to sign in before. */
export async function cardHolder(hub: Rooms, card: Card, provider = 'card'): Promise<SignedIn> {
  const asked = { kinds: [card.kind], intermediates: card.chain, use: 'authentication', level: 'eidas3' } as const
  const checked = await hub.certificates.check(card.certificate, asked)
  if (!checked.ok) throw new Error(checked.reason)
  const { subject, identity } = checked.holder
  const claimed = { provider, subject, level: 'eidas3', identity } as const
  const settled = await hub.storage.transaction((tx) => hub.people.settle(tx, claimed))
  if (!('person' in settled)) throw new Error(settled.kind)
  return signedIn(hub, { person: settled.person, link: settled.link, provider })
}

/** Somebody with a passkey of the hub's own. */
export async function passkeyHolder(
  hub: Rooms & { issuer: string },
  name: string,
  identity = angela,
): Promise<{ who: SignedIn; key: SoftwareAuthenticator }> {
  const { person, enrolment } = await enrol(hub, { name, identity, password: false })
  const [account] = await hub.people.linksOf(hub.storage.db, person)
  const key = createAuthenticator({ origin: hub.issuer })
  const holder = { person, enrolment, browser: 'b', accountName: name, displayName: name, label: name }
  const { ceremony, options } = await hub.means.passkeys.beginRegistration(holder)
  const made = await hub.means.passkeys.finishRegistration({ ceremony, browser: 'b', response: key.create(options) })
  if (!made.ok) throw new Error(made.reasons.join())
  const from = { provider: 'local-account', level: 'eidas2' } as const
  return { who: signedIn(hub, { person, ...from, ...(account ? { link: account.link } : {}) }), key }
}

/** What the page hands over when a card has signed this text; `by`: with one of its keys. */
export function signedByCard(card: Card, text: string, by: 'signature' | 'certificate' = 'signature'): Made {
  const pair = by === 'signature' ? card.signature : card
  const { signature, signatureAlgorithm } = webEidSignature(pair, createHash('sha256').update(text).digest())
  if (signatureAlgorithm.hashFunction !== 'SHA-256') throw new Error('a card of another curve')
  const value = Buffer.from(signature, 'base64')
  return { way: 'card', certificate: pair.certificate, algorithm: 'ES256', value }
}

/** The same of a passkey, with the options of the ceremony. */
export async function signedByPasskey(
  signatures: Signatures,
  { signing, who, key, twist }: { signing: SigningId; who: SignedIn; key: SoftwareAuthenticator; twist?: Twist },
): Promise<Made> {
  const options = await signatures.passkeyOptions(signing, who.session)
  if (!options) throw new Error('there is no passkey, or nothing to sign')
  return { way: 'passkey', response: key.get(options as Parameters<typeof key.get>[0], twist) }
}

export const addressOfTests = '192.0.2.7'

/** Opens a ceremony over this text and completes it. */
export async function signWith(
  hub: { storage: Hub['storage']; signatures: Signatures },
  wanted: Omit<Parameters<Signatures['open']>[1], 'person' | 'session' | 'returnTo'> & { who: SignedIn },
  make: (signing: SigningId) => Made | Promise<Made>,
): Promise<Completed> {
  const { who, ...rest } = wanted
  const { signatures, storage } = hub
  const about = { ...rest, person: who.person, session: who.session, returnTo: '/space/mandates' }
  const signing = await storage.transaction((tx) => signatures.open(tx, about))
  return signatures.complete({ signing, who, address: addressOfTests, made: await make(signing) })
}
