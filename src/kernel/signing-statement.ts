/**
 * What a key signs that cannot be shown the text itself: one short text that names the hub, the ceremony and the hash of
 * what was shown. A passkey signs its SHA-256 as the challenge; the e-ID app signs it as it is. No member can hold a line
 * feed, so no two questions have one statement, and the first line keeps it apart from all else that is signed.
 */
import { hash } from 'node:crypto'
import type { SigningId } from './ids.ts'
import type { Language } from './languages.ts'

/** What is displayed to whoever signs it, and nothing else is signed. */
export interface SignedText {
  /** Of the wording: `mandate/1`. */
  version: string
  language: Language
  /** Exactly what is displayed: NFC, lines by a line feed. */
  text: string
}

export interface Stated {
  /** Public address of the hub, without a trailing slash. */
  issuer: string
  signing: SigningId
  /** `hashOfText` of what was shown. */
  hash: string
}

/** UTF-8, four lines, no line feed at the end. */
export const signingStatement = ({ issuer, signing, hash: shown }: Stated): string =>
  ['garant-signature/1', issuer, signing, shown].join('\n')

/** SHA-256 over the UTF-8 of exactly what was shown, in base64url. */
export const hashOfText = (text: string): string => hash('sha256', text, 'base64url')

/** The challenge of WebAuthn: SHA-256 over the statement, in base64url. */
export const challengeOf = (stated: Stated): string => hash('sha256', signingStatement(stated), 'base64url')
