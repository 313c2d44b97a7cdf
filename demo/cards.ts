/**
 * The cards that lie on the table of the town: each a chip with a key of its own and a certificate of the town's authority,
 * which checks its PIN by itself, signs after it, and stops answering after three wrong ones. They are made when somebody
 * first takes them up.
 */
import type { KeyObject } from 'node:crypto'
import type { Authority, Card, Order } from './authority/authority.ts'
import { type HeldCard, heldCards, holderOf, testPassword, testPin } from './people.ts'
import { pkcs12 } from './pkcs12.ts'

/** What is printed on a card. */
export interface PrintedCard {
  /** `cnie-amina` */
  id: string
  kind: HeldCard['kind']
  name: string
  number: string
}

/** What a chip tells without its PIN. */
export interface PublicPart {
  /** DER; the issuers without the root. */
  certificate: Buffer
  chain: Buffer[]
  /** The certificate for texts, DER. */
  signature: Buffer
}

/** What a chip does with its keys once it was opened. */
export interface OpenedCard {
  certificate: Buffer
  key: KeyObject
  /** The key for texts. The town has one PIN for both; a real card has two. */
  signature: { certificate: Buffer; key: KeyObject }
}

export type Used<T> = { kind: 'done'; value: T } | { kind: 'wrong'; left: number } | { kind: 'blocked' }

export interface CardTable {
  all: readonly PrintedCard[]
  read(id: string): PublicPart | undefined
  /** Opens the chip for one piece of work. Undefined when no such card is here. */
  use<T>(id: string, pin: string, work: (card: OpenedCard) => T): Used<T> | undefined
  stateOf(id: string): 'good' | 'blocked' | 'revoked'
  /** The authority says from now on that this card is worth nothing. */
  revoke(id: string): void
  /** A new card of the same person, with a new key. */
  replace(id: string): void
  /** The card as a file for one's own browser (PKCS #12), under the password of the town. */
  file(id: string): Buffer | undefined
}

interface Chip {
  held: HeldCard
  left: number
  card?: Card
  isRevoked: boolean
}

const tries = 3

export function layCards(authority: Pick<Authority, 'issue' | 'revoke'>): CardTable {
  const chips = new Map(heldCards.map((held): [string, Chip] => [idOf(held), { held, left: tries, isRevoked: false }]))

  function cardOf(chip: Chip): Card {
    chip.card ??= authority.issue(orderOf(chip.held))
    return chip.card
  }

  return {
    all: heldCards.map(printed),
    read(id) {
      const chip = chips.get(id)
      if (!chip) return undefined
      const { certificate, chain, signature } = cardOf(chip)
      return { certificate, chain, signature: signature.certificate }
    },
    use(id, pin, work) {
      const chip = chips.get(id)
      if (!chip) return undefined
      if (chip.left > 0 && pin === testPin) {
        chip.left = tries
        return { kind: 'done', value: work(cardOf(chip)) }
      }
      chip.left = Math.max(0, chip.left - 1)
      return chip.left > 0 ? { kind: 'wrong', left: chip.left } : { kind: 'blocked' }
    },
    stateOf(id) {
      const chip = chips.get(id)
      if (chip?.isRevoked) return 'revoked'
      return chip?.left === 0 ? 'blocked' : 'good'
    },
    revoke(id) {
      const chip = chips.get(id)
      if (!chip) return
      const card = cardOf(chip)
      for (const { serial } of [card, card.signature]) authority.revoke(serial)
      chip.isRevoked = true
    },
    replace(id) {
      const chip = chips.get(id)
      if (chip) chips.set(id, { held: chip.held, left: tries, isRevoked: false })
    },
    file(id) {
      const chip = chips.get(id)
      if (!chip) return undefined
      const { certificate, chain, key } = cardOf(chip)
      const { name, kind } = printed(chip.held)
      const certificates = [certificate, ...chain]
      return pkcs12({ key, certificates, name: `${name} (${kind.toUpperCase()})`, password: testPassword })
    },
  }
}

const idOf = ({ kind, holder }: HeldCard) =>
  `${kind}-${holder.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

function printed(held: HeldCard): PrintedCard {
  const { given_name, family_name } = holderOf(held)
  return { id: idOf(held), kind: held.kind, name: `${given_name} ${family_name}`, number: held.number }
}

function orderOf({ kind, holder: key, number }: HeldCard): Order {
  const holder = holderOf({ holder: key })
  const names = { givenName: holder.given_name, familyName: holder.family_name }
  if (kind === 'cpx' && holder.kind === 'professional') {
    return { kind, holder: { ...names, nationalId: holder.nationalId } }
  }
  if (kind === 'cnie' && holder.kind === 'pivot' && holder.gender !== 'unspecified') {
    const { birthdate, gender, birthplace, birthcountry } = holder
    return {
      kind,
      holder: { ...names, birthdate, gender, birthplace: birthplace || birthcountry, document: number },
    }
  }
  throw new Error(`nobody can issue a card of kind ${kind} to ${key}`)
}
