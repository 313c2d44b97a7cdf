/**
 * Passkeys and security keys (WebAuthn level 3), verified by `@simplewebauthn/server`. User verification is required and
 * the key is discoverable, so one press is two factors and names the account. The origin is the hub's, exactly, never
 * inside a frame. Each challenge is kept in the state store, good once, in one browser.
 *
 * Attestation is not asked for: what an authenticator says of its model is recorded and believed by nobody, so a key
 * never counts as hardware whose private key cannot leave it.
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type { Audit } from '../audit/audit.ts'
import { highestOf, type Level, lowestOf } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { newSecret, type PersonId } from '../kernel/ids.ts'
import { randomBytes } from '../kernel/random.ts'
import { keyedHash, sameSecret } from '../kernel/secrets.ts'
import { assessFactors } from '../policy/factors.ts'
import type { Storage } from '../storage/storage.ts'
import type { Holding } from './holding.ts'
import type { Holder, Passkeys, SignedByPasskey } from './means.ts'
import * as store from './store.ts'

/** "The recommended range for [...] required is 300000 to 600000 milliseconds" (WebAuthn section 15.1). */
export const challengeLifetime = 10 * minute

/** EdDSA, ES256, RS256: those that authenticators have (WebAuthn section 5.4). */
const algorithms = [-8, -7, -257]
/** "at least 16 bytes long" (WebAuthn section 13.4.3). */
const challengeLength = 32

/** It reads certificates of every kind, which takes 28 MB: a process without passkeys does without. */
const webauthn = () => import('@simplewebauthn/server')

export interface PasskeyWork extends Passkeys {
  newChallenge(): string
  /** For `navigator.credentials.get`; without credentials the authenticator offers those it has. */
  requestOptions(challenge: string, among?: readonly store.MeansRow[]): Promise<PublicKeyCredentialRequestOptionsJSON>
  /**
   * Which usable key signed this challenge here and now, and its counter, which the caller advances. Undefined for
   * everything else.
   */
  verify(
    response: AuthenticationResponseJSON,
    challenge: string,
  ): Promise<{ row: store.MeansRow; counter: number } | undefined>
}

interface Registration extends Holder {
  browser: string
  challenge: string
  label: string
}

export interface PasskeyParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  key: Buffer
  holding: Holding
  /** Origin of the hub's pages. */
  origin: string
  name: string
}

export function createPasskeys(options: PasskeyParts): PasskeyWork {
  const { storage, clock, audit, key, holding, origin, name } = options
  const { state } = storage
  const rpID = new URL(origin).hostname
  const browserMark = (browser: string) => keyedHash(key, 'means/browser', browser)
  const newChallenge = () => randomBytes(challengeLength).toString('base64url')

  /** The library throws for most faults and returns a word for others; both say that this is no proof. */
  async function verified<T extends { verified: boolean }>(work: Promise<T>): Promise<T | undefined> {
    const outcome = await work.catch(() => undefined)
    return outcome?.verified ? outcome : undefined
  }

  const requestOptions: PasskeyWork['requestOptions'] = async (challenge, among) => {
    const { generateAuthenticationOptions } = await webauthn()
    return generateAuthenticationOptions({
      rpID,
      challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
      userVerification: 'required',
      timeout: challengeLifetime,
      ...(among
        ? {
            allowCredentials: among.map(({ credential_id, details }) => ({
              id: credential_id ?? '',
              transports: details.transports ?? [],
            })),
          }
        : {}),
    })
  }

  const verify: PasskeyWork['verify'] = async (response, challenge) => {
    if (isFramed(response?.response?.clientDataJSON)) return undefined
    const id = typeof response.id === 'string' ? response.id : ''
    const row = await store.byCredential(storage.db, id, clock.now())
    if (!row?.public_key) return undefined
    const handle = response.response.userHandle
    const own = row.details.userHandle ?? userHandle(key, row.person_id)
    if (handle && !(typeof handle === 'string' && sameSecret(handle, own))) return undefined
    const { verifyAuthenticationResponse } = await webauthn()
    const outcome = await verified(
      verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
        expectedType: 'webauthn.get',
        requireUserVerification: true,
        // The counter is compared by the statement that stores it: two answers at once cannot both be the next one.
        credential: { id, publicKey: new Uint8Array(row.public_key), counter: 0 },
      }),
    )
    return outcome && { row, counter: outcome.authenticationInfo.newCounter }
  }

  const usableOf = (person: PersonId) => store.usableOf(storage.db, person, clock.now(), 'passkey')

  const signing: Passkeys['signing'] = {
    async levelOf(person) {
      return highestOf((await usableOf(person)).flatMap((row) => worthOf(row) ?? []))
    },

    async options(person, challenge) {
      const rows = await usableOf(person)
      return rows.length === 0 ? undefined : requestOptions(challenge, rows)
    },

    async verify(person, challenge, response) {
      const found = await verify(response, challenge)
      if (!found?.row.public_key || found.row.person_id !== person) return undefined
      const { row, counter } = found
      const level = worthOf(row)
      const known = await keyOf(row.public_key as Buffer)
      if (!level || !known) return undefined
      const bytes = (text: string) => Buffer.from(text, 'base64url')
      const { signature, authenticatorData, clientDataJSON } = response.response
      return {
        ...{ means: row.id, person, level, counter, ...known },
        value: bytes(signature),
        authenticatorData: bytes(authenticatorData),
        clientDataJSON: bytes(clientDataJSON),
      }
    },

    async use(tx, { means, person, counter }) {
      const at = clock.now()
      if (!(await store.use(tx, means, at))) return 'gone'
      if (await store.advance(tx, { means, to: counter, at, state: 'active' })) return 'used'
      audit.append(tx, { name: 'means.counter_regressed', data: { person, means } })
      return 'regressed'
    },
  }

  return {
    newChallenge,
    requestOptions,
    verify,
    signing,

    async beginRegistration({ person, enrolment, via, browser, accountName, displayName, label }) {
      const rows = await store.meansOf(storage.db, person)
      const known = rows.filter(({ kind, state: is }) => kind === 'passkey' && (is === 'active' || is === 'suspended'))
      const challenge = newChallenge()
      const { generateRegistrationOptions } = await webauthn()
      const made = await generateRegistrationOptions({
        rpName: name,
        rpID,
        userName: accountName,
        userDisplayName: displayName,
        userID: new Uint8Array(Buffer.from(userHandle(key, person), 'base64url')),
        challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
        timeout: challengeLifetime,
        attestationType: 'none',
        excludeCredentials: known.map(({ credential_id, details }) => ({
          id: credential_id ?? '',
          transports: details.transports ?? [],
        })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: algorithms,
      })
      const ceremony = newSecret()
      const value: Registration = { person, enrolment, via, browser: browserMark(browser), challenge, label }
      const expiresAt = clock.now() + challengeLifetime
      await state.create({ kind: 'means.registration', key: ceremony, value, expiresAt })
      return { ceremony, options: made }
    },

    async finishRegistration({ ceremony, browser, response }, within) {
      const [found] = await state.getMany([{ kind: 'means.registration', key: ceremony }])
      const kept = found?.value as Registration | undefined
      // Another browser does not use the challenge up: it would end what the holder is doing.
      if (!kept || !sameSecret(kept.browser, browserMark(browser))) return { ok: false, reasons: ['gone'] }
      if (!(await state.take('means.registration', ceremony))) return { ok: false, reasons: ['gone'] }
      const registered = await verifyRegistration(response, kept.challenge)
      if (!registered) return { ok: false, reasons: ['not_verified'] }
      const { credential, aaguid, fmt, credentialDeviceType } = registered
      const { person, enrolment, via, label } = kept
      const known = new AlreadyKnown()
      try {
        const means = await storage.transaction(async (tx) => {
          const id = await holding.make(
            tx,
            { person, enrolment, via },
            {
              kind: 'passkey',
              state: 'active',
              label,
              credential: { id: credential.id, publicKey: Buffer.from(credential.publicKey) },
              counter: credential.counter,
              details: {
                aaguid,
                attestation: fmt,
                deviceBound: credentialDeviceType === 'singleDevice',
                transports: transportsOf(response),
              },
            },
          )
          if (!id) throw known
          await within?.(tx, { person, means: id })
          return id
        })
        return { ok: true, means, person }
      } catch (error) {
        if (error === known) return { ok: false, reasons: ['already_known'] }
        throw error
      }
    },
  }

  async function verifyRegistration(response: RegistrationResponseJSON, challenge: string) {
    if (isFramed(response?.response?.clientDataJSON)) return undefined
    const { verifyRegistrationResponse } = await webauthn()
    const outcome = await verified(
      verifyRegistrationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
        expectedType: 'webauthn.create',
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      }),
    )
    return outcome?.verified ? outcome.registrationInfo : undefined
  }
}

/** With its holder verified; never above the enrolment on which it rests. */
function worthOf({ level }: Pick<store.MeansRow, 'level'>): Level | undefined {
  const { level: found } = assessFactors([{ kind: 'passkey_verified' }])
  return found && lowestOf([found, level])
}

/** A COSE key (RFC 9053 section 7) of one of the algorithms above, as a JWK. */
async function keyOf(cose: Buffer): Promise<Pick<SignedByPasskey, 'algorithm' | 'key'> | undefined> {
  const { decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers')
  const read = decodeCredentialPublicKey(new Uint8Array(cose)) as unknown as ReadonlyMap<number, Uint8Array | number>
  const text = (label: number) => Buffer.from((read.get(label) as Uint8Array | undefined) ?? []).toString('base64url')
  switch (read.get(3)) {
    case -7:
      return { algorithm: 'ES256', key: { kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) } }
    case -8:
      return { algorithm: 'EdDSA', key: { kty: 'OKP', crv: 'Ed25519', x: text(-2) } }
    case -257:
      return { algorithm: 'RS256', key: { kty: 'RSA', n: text(-1), e: text(-2) } }
    default:
      return undefined
  }
}

/** Takes the transaction back, for the one answer that is no fault. */
class AlreadyKnown extends Error {}

/** Was it made inside a frame of another site? The library only looks where the browser names that site. */
function isFramed(clientDataJSON: unknown): boolean {
  if (typeof clientDataJSON !== 'string') return true
  try {
    const data = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')) as Record<string, unknown>
    return data.crossOrigin === true || data.topOrigin !== undefined
  } catch {
    return true
  }
}

const knownTransports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']

/** What the browser says of them, as far as the words are known. */
function transportsOf(response: RegistrationResponseJSON): string[] {
  const said: unknown = response.response.transports
  return Array.isArray(said) ? knownTransports.filter((one) => said.includes(one)) : []
}

/** What an authenticator keeps of the person, in base64url: it finds nobody without the key of the room. */
export function userHandle(key: Buffer, person: PersonId): string {
  return keyedHash(key, 'means/user-handle', person)
}
