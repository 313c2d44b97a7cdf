/**
 * The sign-in ceremony. Each step is one sealed entry of the state store, named by a secret that the answer to the step
 * before carries, good in one browser; it is consumed in the transaction that writes what the step proved.
 *
 * Nothing before a right password depends on who is meant: an identifier that nobody has takes the same statements, one
 * evaluation of argon2id, the same counts, and gets the same answer.
 */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { Audit } from '../audit/audit.ts'
import { lowestOf } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { type MeansId, newSecret, type PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { keyedHash, sameSecret } from '../kernel/secrets.ts'
import { assessFactors, type Factor } from '../policy/factors.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Attempts } from './attempts.ts'
import type { AutomationCheck } from './automation-check.ts'
import type { CodesAtHand } from './codes-at-hand.ts'
import type { MessageGateway } from './gateway.ts'
import { addressHint, type Holding, numberHint } from './holding.ts'
import { identifierDigest } from './identifiers.ts'
import type {
  Amr,
  Authenticated,
  AutomationProof,
  BeginSignIn,
  Ceremonies,
  SecondFactor,
  SecondFactorChoice,
  SignInAnswer,
} from './means.ts'
import { challengeLifetime, type PasskeyWork } from './passkeys.ts'
import type { PasswordHasher } from './password-hash.ts'
import type { PasswordWork } from './passwords.ts'
import type { CodeWork, Mailbox } from './sent-codes.ts'
import * as store from './store.ts'

/** Time to find a telephone or a list of codes. */
const ceremonyLifetime = 15 * minute

/** No id is like it. It is looked up in place of who is unknown. */
const nobody: PersonId = 'per_nobody'

/** What is known so far, by step. */
type Progress = { browser: string } & (
  | { step: 'password'; digest: string; secondFactor: BeginSignIn['secondFactor'] }
  | { step: 'second_factor'; person: PersonId; password: MeansId }
  | { step: 'passkey'; challenge: string; person?: PersonId }
)

type At<S extends Progress['step']> = Extract<Progress, { step: S }>

/** One thing that was proved, and with which means. */
interface Proved {
  row: Pick<store.MeansRow, 'id' | 'person_id' | 'level'>
  factor: Factor
  amr: Amr[]
}

export interface CeremonyParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  key: Buffer
  holding: Holding
  attempts: Attempts
  hasher: PasswordHasher
  passwords: PasswordWork
  codes: CodeWork
  atHand: CodesAtHand
  passkeys: PasskeyWork
  automation: AutomationCheck
  /** R062. */
  wantsAutomationCheck: boolean
  gateway: MessageGateway
}

export interface CeremonyWork extends Ceremonies {
  /** The job of `mailAutomationCode`. */
  sendAutomationCode(request: string): Promise<void>
}

export function createCeremonies(options: CeremonyParts): CeremonyWork {
  const { storage, clock, audit, key, holding, attempts, hasher, passwords, codes, atHand, passkeys } = options
  const { state } = storage
  const gone: SignInAnswer = { kind: 'gone' }
  const browserMark = (browser: string) => keyedHash(key, 'means/browser', browser)

  // ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async function open(value: Progress, lifetime = ceremonyLifetime): Promise<string> {
    const ceremony = newSecret()
    await state.create({ kind: 'means.ceremony', key: ceremony, value, expiresAt: clock.now() + lifetime })
    return ceremony
  }

  /** Another browser reads nothing, and uses nothing up: it would end what the holder is doing. */
  async function read<S extends Progress['step']>(
    { ceremony, browser }: { ceremony: string; browser: string },
    step: S,
  ): Promise<At<S> | undefined> {
    const [found] = await state.getMany([{ kind: 'means.ceremony', key: ceremony }])
    if (!found || found.consumedAt !== undefined) return undefined
    const progress = found.value as Progress
    const isHere = progress.step === step && sameSecret(progress.browser, browserMark(browser))
    return isHere ? (progress as At<S>) : undefined
  }

  const consume = async (tx: Tx, ceremony: string) =>
    (await state.consume('means.ceremony', ceremony, { tx })) === 'first'

  /** To whom a task against robots was given: it serves for no other ceremony. */
  const automationFor = (ceremony: string) => keyedHash(key, 'means/automation', ceremony)
  const task = (ceremony: string) =>
    options.wantsAutomationCheck ? { automation: options.automation.issue(automationFor(ceremony)) } : {}

  const refused = (ceremony: string, retryAfterSeconds?: number): SignInAnswer => ({
    kind: 'refused',
    ceremony,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...task(ceremony),
  })

  async function note(person: PersonId | null, reason: string): Promise<void> {
    await storage.transaction(async (tx) =>
      audit.append(tx, { name: 'means.sign_in_refused', data: { person, reason } }),
    )
  }

  // ── What was proved ─────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Ends a ceremony in the caller's transaction, after the factor itself was used up there. Each means must still be
   * usable: one that was revoked since the step before signs nobody in.
   */
  async function conclude(tx: Tx, ceremony: string, proved: readonly [Proved, ...Proved[]]): Promise<SignInAnswer> {
    return (await consume(tx, ceremony)) ? finish(tx, proved) : gone
  }

  async function finish(tx: Tx, proved: readonly [Proved, ...Proved[]]): Promise<SignInAnswer> {
    const at = clock.now()
    const [{ row }] = proved
    const person = row.person_id
    for (const one of proved) {
      if (await store.use(tx, one.row.id, at)) continue
      audit.append(tx, { name: 'means.sign_in_refused', data: { person, reason: 'not_active' } })
      return gone
    }
    const assessed = assessFactors(proved.map(({ factor }) => factor))
    const level = lowestOf([...(assessed.level ? [assessed.level] : []), ...proved.map((one) => one.row.level)])
    if (!assessed.level || !level) {
      audit.append(tx, { name: 'means.sign_in_refused', data: { person, reason: assessed.gaps[0] ?? 'no_factor' } })
      return gone
    }
    const amr = [...new Set(proved.flatMap((one) => one.amr))]
    // "pwd mail" is not "mfa": whoever reads the mailbox may be whoever resets the password.
    const isMulti = assessed.factors >= 2 && !amr.includes('mail')
    const authenticated: Authenticated = {
      person,
      means: proved.map((one) => one.row.id),
      amr: isMulti ? [...amr, 'mfa'] : amr,
      level,
      authTime: at,
    }
    const { means } = authenticated
    audit.append(tx, { name: 'means.signed_in', data: { person, means, amr: authenticated.amr, level } })
    return { kind: 'authenticated', authenticated }
  }

  const passwordProved = (row: Proved['row']): Proved => ({ row, factor: { kind: 'password' }, amr: ['pwd'] })

  const passkeyProved = (row: store.MeansRow): Proved => ({
    row,
    factor: { kind: 'passkey_verified' },
    amr: [row.details.deviceBound ? 'hwk' : 'swk', 'user', 'pop'],
  })

  // ── The password ────────────────────────────────────────────────────────────────────────────────────────────────

  async function passesAutomation(ceremony: string, proof: AutomationProof | undefined): Promise<boolean> {
    if (!options.wantsAutomationCheck || !proof) return false
    if (proof.kind === 'work') return options.automation.verify(automationFor(ceremony), proof)
    const audience = automationFor(ceremony)
    return storage.transaction((tx) => codes.check(tx, audience, audience, proof.code))
  }

  async function password(step: Parameters<Ceremonies['password']>[0]): Promise<SignInAnswer> {
    const { ceremony } = step
    const progress = await read(step, 'password')
    if (!progress) return gone
    hasher.admit()
    const challengePassed = await passesAutomation(ceremony, step.automation)
    const person = (await store.personByIdentifier(storage.db, progress.digest)) ?? null
    const reservation = await attempts.reserve(progress.digest, { person, step: 'password', challengePassed })
    if (!reservation.allowed) return refused(ceremony, reservation.retryAfterSeconds)
    const known = await passwords.current(person ?? nobody)
    const isRight = await hasher.verify(step.password, known?.stored)
    if (!person || !known || !isRight) {
      await reservation.wrong(person ? (known ? 'wrong_password' : 'not_active') : 'unknown_identifier')
      return refused(ceremony)
    }
    await reservation.right()
    await passwords.strengthen(known.row, known.stored, step.password)
    return afterPassword(progress, ceremony, known.row)
  }

  async function afterPassword(progress: At<'password'>, ceremony: string, row: store.MeansRow): Promise<SignInAnswer> {
    const choices = await choicesOf(row.person_id)
    if (choices.length === 0 && progress.secondFactor === 'if_enrolled') {
      return storage.transaction((tx) => conclude(tx, ceremony, [passwordProved(row)]))
    }
    const isFirst = await storage.transaction((tx) => consume(tx, ceremony))
    if (!isFirst) return gone
    if (choices.length === 0) {
      await note(row.person_id, 'second_factor_missing')
      return { kind: 'second_factor_missing' }
    }
    const next = { step: 'second_factor', browser: progress.browser, person: row.person_id, password: row.id } as const
    return { kind: 'second_factor', ceremony: await open(next), choices }
  }

  // ── The second factor ───────────────────────────────────────────────────────────────────────────────────────────

  /** The strongest first. What policy sets aside is not offered. */
  async function choicesOf(person: PersonId): Promise<SecondFactorChoice[]> {
    const rows = await store.usableOf(storage.db, person, clock.now())
    if (rows.every(({ kind }) => kind === 'password')) return []
    const sealer = await holding.sealerOf(storage.db, person)
    const boxes = await boxesFor(rows)
    const label = (row: store.MeansRow) => sealer.open(`label ${row.id}`, row.label)
    const ofKind = (kind: store.MeansRow['kind']) => rows.filter((row) => row.kind === kind)
    return [
      ...ofKind('passkey')
        .slice(0, 1)
        .map((row) => ({ kind: 'passkey' as const, label: label(row) })),
      ...ofKind('totp').map((row) => ({ kind: 'totp' as const, means: row.id, label: label(row) })),
      ...ofKind('sms_code').map((row) => ({
        kind: 'sms_code' as const,
        means: row.id,
        hint: numberHint(holding.secretOf(sealer, row)),
        discouraged: true as const,
      })),
      ...ofKind('mail_code').flatMap((row) => {
        const box = boxes.find(({ contact }) => contact === row.details.contact)
        return box && counts(row, boxes)
          ? [{ kind: 'mail_code' as const, means: row.id, hint: addressHint(box.address) }]
          : []
      }),
      ...(ofKind('recovery_codes').some((row) => (row.codes_left ?? 0) > 0)
        ? [{ kind: 'recovery_code' as const }]
        : []),
    ]
  }

  async function boxesFor(rows: readonly store.MeansRow[]): Promise<Mailbox[]> {
    const [mail] = rows.filter(({ kind }) => kind === 'mail_code')
    return mail ? codes.mailboxes(mail.person_id) : []
  }

  /** R055: is it a factor beside a password? */
  function counts(row: store.MeansRow, boxes: readonly Mailbox[]): boolean {
    const factor = codes.factorOf(row, boxes)
    return factor !== undefined && assessFactors([{ kind: 'password' }, factor]).factors >= 2
  }

  async function sentMeans(
    person: PersonId,
    means: MeansId,
  ): Promise<{ row: store.MeansRow; factor: Factor } | undefined> {
    const rows = await store.usableOf(storage.db, person, clock.now())
    const row = rows.find(({ id, kind }) => id === means && (kind === 'sms_code' || kind === 'mail_code'))
    const boxes = row?.kind === 'mail_code' ? await codes.mailboxes(person) : []
    const factor = row && codes.factorOf(row, boxes)
    return row && factor && counts(row, boxes) ? { row, factor } : undefined
  }

  async function secondFactor(step: Parameters<Ceremonies['secondFactor']>[0]): Promise<SignInAnswer> {
    const progress = await read(step, 'second_factor')
    if (!progress) return gone
    const { answer, ceremony } = step
    if (answer.kind === 'passkey') return secondPasskey(progress, ceremony, answer.response)
    const about = { person: progress.person, step: 'second_factor', challengePassed: false } as const
    const reservation = await attempts.reserve(holding.secondFactorKey(progress.person), about)
    if (!reservation.allowed) return refusedSecond(ceremony, reservation.retryAfterSeconds)
    const first = await provedBefore(progress)
    const outcome = first && (await evaluate(progress, ceremony, first, answer))
    if (!outcome) {
      await reservation.wrong('wrong_second_factor')
      return refusedSecond(ceremony)
    }
    await reservation.right()
    return outcome
  }

  const refusedSecond = (ceremony: string, retryAfterSeconds?: number): SignInAnswer => ({
    kind: 'refused',
    ceremony,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })

  async function provedBefore({ person, password }: At<'second_factor'>): Promise<Proved | undefined> {
    const rows = await store.usableOf(storage.db, person, clock.now(), 'password')
    const row = rows.find(({ id }) => id === password)
    return row && passwordProved(row)
  }

  /** Undefined when it is wrong. What is right is used up first, so that it serves one ceremony whatever happens next. */
  async function evaluate(
    progress: At<'second_factor'>,
    ceremony: string,
    first: Proved,
    answer: Exclude<SecondFactor, { kind: 'passkey' }>,
  ): Promise<SignInAnswer | undefined> {
    const { person } = progress
    switch (answer.kind) {
      case 'totp': {
        const found = await atHand.findStep(person, answer.code)
        if (!found) return undefined
        const { row } = found
        const use = { means: row.id, to: found.step, at: clock.now(), state: 'active' } as const
        return storage.transaction(async (tx) => {
          if (!(await store.advance(tx, use))) return undefined
          return conclude(tx, ceremony, [first, { row, factor: { kind: 'totp' }, amr: ['otp'] }])
        })
      }
      case 'sent_code': {
        const found = await sentMeans(person, answer.means)
        if (!found) return undefined
        const { row, factor } = found
        return storage.transaction(async (tx) => {
          if (!(await codes.check(tx, row.id, ceremony, answer.code))) return undefined
          const amr: Amr[] = row.kind === 'sms_code' ? ['sms'] : ['mail']
          return conclude(tx, ceremony, [first, { row, factor, amr }])
        })
      }
      case 'recovery_code':
        return storage.transaction(async (tx) => {
          const used = await atHand.useRecoveryCode(tx, person, answer.code)
          if (!used) return undefined
          const row = { id: used.means, person_id: person, level: used.level }
          return conclude(tx, ceremony, [first, { row, factor: { kind: 'recovery_code' }, amr: [] }])
        })
    }
  }

  async function secondPasskey(
    progress: At<'second_factor'>,
    ceremony: string,
    response: AuthenticationResponseJSON,
  ): Promise<SignInAnswer> {
    const challenge = await state.take('means.challenge', ceremony)
    const found = challenge && (await passkeys.verify(response, challenge.value as string))
    const first = await provedBefore(progress)
    if (!found || !first || found.row.person_id !== progress.person) {
      await note(progress.person, 'wrong_second_factor')
      return refusedSecond(ceremony)
    }
    return passed(found, ceremony, [first, passkeyProved(found.row)])
  }

  /**
   * Ends the ceremony first: the same answer twice at once is no sign of a copy. A counter that went back is: nobody is
   * let in by either (WebAuthn section 6.1.1).
   */
  async function passed(
    { row, counter }: { row: store.MeansRow; counter: number },
    ceremony: string,
    proved: readonly [Proved, ...Proved[]],
  ): Promise<SignInAnswer> {
    return storage.transaction(async (tx) => {
      if (!(await consume(tx, ceremony))) return gone
      if (await store.advance(tx, { means: row.id, to: counter, at: clock.now(), state: 'active' })) {
        return finish(tx, proved)
      }
      const data = { person: row.person_id, means: row.id }
      audit.append(tx, { name: 'means.counter_regressed', data })
      return { kind: 'refused' }
    })
  }

  return {
    async begin({ identifier, browser, secondFactor: wanted }) {
      const digest = identifierDigest(key, identifier)
      const ceremony = await open({ step: 'password', browser: browserMark(browser), digest, secondFactor: wanted })
      return { ceremony, ...task(ceremony) }
    },

    password,
    secondFactor,

    async mailAutomationCode(step) {
      const progress = await read(step, 'password')
      if (!progress || !options.wantsAutomationCheck) return
      const audience = automationFor(step.ceremony)
      const code = await codes.make(audience, audience)
      if (!code) return
      const request = newSecret()
      const value: AutomationRequest = { digest: progress.digest, code, language: step.language }
      await state.create({ kind: 'means.check', key: request, value, expiresAt: clock.now() + ceremonyLifetime })
      // Whether there is a mailbox to send it to is looked up by the job: the answer comes as fast for nobody.
      await storage.transaction((tx) => storage.jobs.enqueue(tx, 'means.check', { request }))
    },

    async sendAutomationCode(request) {
      const [found] = await state.getMany([{ kind: 'means.check', key: request }])
      if (!found) return
      const { digest, code, language } = found.value as AutomationRequest
      const person = await store.personByIdentifier(storage.db, digest)
      if (!person) return
      for (const { address } of await codes.mailboxes(person)) {
        const mail = codes.mailSubjectAndText(language, 'check', code)
        const of = { kind: 'check', person, secret: code } as const
        await options.gateway.send({ channel: 'mail', to: address, ...mail, language, of })
      }
    },

    async sendCode(step) {
      const progress = await read(step, 'second_factor')
      const found = progress && (await sentMeans(progress.person, step.means))
      return found ? codes.sendTo(found.row, step.ceremony, step.language) : 'gone'
    },

    async passkeyOptions(step) {
      const progress = await read(step, 'second_factor')
      if (!progress) return undefined
      const rows = await store.usableOf(storage.db, progress.person, clock.now(), 'passkey')
      if (rows.length === 0) return undefined
      const challenge = passkeys.newChallenge()
      const expiresAt = clock.now() + challengeLifetime
      await state.write({ put: [{ kind: 'means.challenge', key: step.ceremony, value: challenge, expiresAt }] })
      return passkeys.requestOptions(challenge, rows)
    },

    async beginPasskey({ browser, person }) {
      const challenge = passkeys.newChallenge()
      const among = person && (await store.usableOf(storage.db, person, clock.now(), 'passkey'))
      const kept = { step: 'passkey', browser: browserMark(browser), challenge, ...(person ? { person } : {}) } as const
      const ceremony = await open(kept, challengeLifetime)
      return { ceremony, options: await passkeys.requestOptions(challenge, among) }
    },

    async passkey(step) {
      const progress = await read(step, 'passkey')
      if (!progress) return gone
      const found = await passkeys.verify(step.response, progress.challenge)
      const isTheirs = found && (progress.person === undefined || found.row.person_id === progress.person)
      if (isTheirs) return passed(found, step.ceremony, [passkeyProved(found.row)])
      // A challenge is good for one answer, right or wrong.
      const isFirst = await storage.transaction((tx) => consume(tx, step.ceremony))
      if (!isFirst) return gone
      await note(found?.row.person_id ?? null, 'wrong_passkey')
      return { kind: 'refused' }
    },
  }
}

interface AutomationRequest {
  digest: string
  code: string
  language: Language
}
