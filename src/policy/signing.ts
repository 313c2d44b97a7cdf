/**
 * May this key sign for this person, at the level that is asked? A key is a card's, the e-ID app's or a passkey. What
 * nobody but the holder can use counts; a password, a code or a mail is the hub's word that somebody was there, and is
 * no signature. Pure: whose a key is and whether a text is wanted still is found out by who asks.
 */
import { atLeast, type Level } from '../kernel/assurance.ts'

/** The strongest and plainest first, as they are offered. */
export const signingWays = ['card', 'app', 'passkey'] as const
export type SigningWay = (typeof signingWays)[number]

/** Why a way does not serve: `not_set_up` here, `none_held` by this person, `too_low` for what is signed. */
export type WayFault = 'not_set_up' | 'none_held' | 'too_low'

export type WayView =
  | { way: SigningWay; usable: true; level: Level }
  | { way: SigningWay; usable: false; why: WayFault }

/** What a way could give this person: `undefined` where it is not set up, `none` where they have nothing for it. */
export type WayGives = Level | 'none' | undefined

export function judgeWay(way: SigningWay, { gives, wanted }: { gives: WayGives; wanted: Level }): WayView {
  if (gives === undefined) return { way, usable: false, why: 'not_set_up' }
  if (gives === 'none') return { way, usable: false, why: 'none_held' }
  return atLeast(gives, wanted) ? { way, usable: true, level: gives } : { way, usable: false, why: 'too_low' }
}

export const signingFaults = ['frozen', 'not_yours', 'too_low', 'changed'] as const
export type SigningFault = (typeof signingFaults)[number]

/** What was found of a signature whose key did sign. The first that is wrong is told. */
export interface SigningFound {
  wanted: Level
  /** Of the key, as it was proved now. */
  level: Level
  /** The certificate names this person; the passkey or the phone is their own and in force. */
  isTheirs: boolean
  /** Their identity is frozen, or they left out what the key belongs to. */
  isFrozen: boolean
  /** What asked for the signature still wants this text signed by this person. */
  isWanted: boolean
}

export function judgeSigned({ wanted, level, isTheirs, isFrozen, isWanted }: SigningFound): SigningFault | undefined {
  if (isFrozen) return 'frozen'
  if (!isTheirs) return 'not_yours'
  if (!atLeast(level, wanted)) return 'too_low'
  return isWanted ? undefined : 'changed'
}
