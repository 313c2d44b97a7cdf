/** Cards for tests: a real authority with its responder and lists, the settings of a hub that knows it, and cardholders. */
import { type Authority, type Citizen, createAuthority, type Professional } from '../../demo/authority/authority.ts'
import { type CardsSettings, cardsSchema } from '../../src/cards/settings.ts'
import { type CardKinds, cardKindsSchema } from '../../src/certificates/settings.ts'
import type { Clock } from '../../src/kernel/clock.ts'

export type { Authority, Card } from '../../demo/authority/authority.ts'

/** Listens on a port of the system's own. */
export function startAuthority(clock: Clock): Promise<Authority> {
  return createAuthority({ clock })
}

/** What `cards.kinds` says of both kinds, with changes for each. Its responder is on this machine. */
export function cardKinds(authority: Authority, changes: Record<string, Record<string, unknown>> = {}): CardKinds {
  const { anchor, intermediates, policies } = authority
  const kind = (name: 'cpx' | 'cnie', identity: Record<string, unknown>) => ({
    anchors: [anchor],
    intermediates: [intermediates[name]],
    policies: [policies[name]],
    revocation: { hosts: ['localhost'] },
    identity,
    ...changes[name],
  })
  return cardKindsSchema.parse({
    cpx: kind('cpx', { kind: 'professional' }),
    cnie: kind('cnie', { kind: 'pivot' }),
  })
}

/** The section `cards` of a hub's settings. */
export function cardSettings(authority: Authority, changes: Record<string, unknown> = {}): CardsSettings {
  return { ...cardsSchema.parse({ webEid: true, ...changes }), kinds: cardKinds(authority) }
}

/** A citizen. */
export const salma: Citizen = {
  givenName: 'Salma Nour',
  familyName: 'EL FASSI',
  birthdate: '1984-05-17',
  gender: 'female',
  birthplace: '99350',
  document: 'BE734512',
}

/** A resident of another nationality, born in yet another country (R016). */
export const joao: Citizen = {
  givenName: 'João Miguel',
  familyName: 'TAVARES',
  birthdate: '1979-11-30',
  gender: 'male',
  birthplace: '99139',
  document: 'C90817',
  nationality: 'PT',
}

/** A professional, whose number has its Luhn key. */
export const nadege: Professional = {
  givenName: 'Nadège',
  familyName: 'ORSINI',
  nationalId: '810100000016',
  title: 'Médecin',
}
