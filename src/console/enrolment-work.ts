/**
 * Enrolment by somebody who is trusted with it (R039 to R046): what was typed, or sent by a program, is read and weighed,
 * and then recorded. The pages of operators and the admin API call the same; who may do it is settled before.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { type Directory, parseTypedNumber } from '../directory/directory.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Identity, ProfessionalIdentity } from '../kernel/identity.ts'
import type { PersonId } from '../kernel/ids.ts'
import { parseProfessional } from '../kernel/parse-pivot.ts'
import type { Enrolment, EnrolmentRefusal, Identifier, Means, Outcome } from '../means/means.ts'
import type { People } from '../people/people.ts'
import type { Operators } from '../staff/operators.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import {
  type FieldFault,
  identifierIn,
  type Read,
  readIdentity,
  readProof,
  type TypedProof,
  type Values,
} from './enrolment-form.ts'
import { isSubject } from './visit.ts'

export type EnrolWhat = 'citizen' | 'professional' | 'known' | 'change'

/** Whom it is about, read anew each time. */
export interface About {
  what: EnrolWhat
  person?: PersonId
  /** Of who is known. */
  identity?: Identity
  hasIdentifier?: boolean
  /** R045: the level that another identity has to be proved at. */
  needed?: Level
}

/** Read, weighed, and not recorded yet. */
export interface Prepared {
  what: EnrolWhat
  person?: PersonId
  identity: Identity
  /** R045: what would change. */
  before?: Identity
  identifier?: Identifier
  proof: TypedProof
  level: Level
  evidence: string
  checkedOn: string
  /** As the register has it. */
  profession?: string
  /** Others whom this identity does not tell apart from who is enrolled. */
  resembling: PersonId[]
}

export type Judged =
  | { kind: 'ready'; prepared: Prepared }
  | { kind: 'faulty'; faults: FieldFault[] }
  /** Somebody has exactly this identity already. */
  | { kind: 'known'; person: PersonId }

type Recorded = Outcome<Enrolment, EnrolmentRefusal>

/** By identity: whom the search found, when it was one. */
export type Searched = (person: PersonId | undefined) => Promise<void>

export interface EnrolmentWork {
  /** Undefined when the hub knows no identity of the person. */
  about(what: EnrolWhat, person: PersonId | undefined): Promise<About | undefined>
  /**
   * What the fields make. A refusal by the rules is a fact; the search for who has this identity is one too, which
   * `searched` writes as what it is to the caller.
   */
  judge(about: About, values: Values, by: { actor: Actor; searched: Searched }): Promise<Judged>
  /** Those who have exactly this identity. `byItself`: it tells people apart. */
  having(identity: Identity): Promise<{ byItself: boolean; people: PersonId[] }>
  /**
   * All of it or nothing; a refusal is a fact. The transaction is that of `within`, so that whoever may do it once only
   * says so there.
   */
  record<R>(prepared: Prepared, agent: Actor, within: (work: (tx: Tx) => Promise<Recorded>) => Promise<R>): Promise<R>
}

export interface EnrolmentWorkOptions {
  storage: Pick<Storage, 'db' | 'transaction'>
  clock: Clock
  audit: Pick<Audit, 'append'>
  means: Pick<Means, 'enrolments'>
  people: Pick<People, 'sealerOf' | 'identityOf' | 'havingIdentity'>
  operators: Pick<Operators, 'isOperator'>
  directory: Pick<Directory, 'professional'>
  timeZone: string
}

/** Takes back what was recorded. */
class Refused extends Error {
  readonly reasons: readonly EnrolmentRefusal[]
  constructor(reasons: readonly EnrolmentRefusal[]) {
    super(reasons.join())
    this.reasons = reasons
  }
}

interface EnrolSubject {
  identity: Identity
  profession?: string
  identifier?: Identifier
}

export function createEnrolmentWork(options: EnrolmentWorkOptions): EnrolmentWork {
  const { storage, clock, audit, means, people, directory, timeZone } = options
  const { enrolments } = means

  async function having(identity: Identity): Promise<{ byItself: boolean; people: PersonId[] }> {
    const { byItself, people: found } = await people.havingIdentity(storage.db, identity)
    const subjects: PersonId[] = []
    for (const person of found) if (await isSubject(options, person)) subjects.push(person)
    return { byItself, people: subjects }
  }

  async function searchedFor(identity: Identity, searched: Searched) {
    const found = await having(identity)
    const [one, another] = found.people
    await searched(another ? undefined : one)
    return found
  }

  async function readSubject(about: About, values: Values): Promise<Read<EnrolSubject>> {
    const { what, identity } = about
    if (what === 'professional') return readProfessional(values.rpps ?? '')
    if (identity?.kind === 'professional' && what === 'change') {
      const read = await readProfessional(identity.nationalId)
      // The number is who they are; the register knows the names.
      return read.ok ? different({ ...read.value, identity: { ...identity, ...namesOf(read.value) } }, identity) : read
    }
    const identifier = what === 'change' ? undefined : identifierIn(values)
    const faults: FieldFault[] =
      what === 'change' || identifier || about.hasIdentifier ? [] : [{ field: 'identifier', reason: 'missing' }]
    const typed: Read<Identity> =
      what === 'known' && identity ? { ok: true, value: identity } : readIdentity(values, clock.now())
    if (!typed.ok || faults.length > 0) return { ok: false, faults: [...(typed.ok ? [] : typed.faults), ...faults] }
    const subject = { identity: typed.value, ...(identifier ? { identifier } : {}) }
    return what === 'change' && identity ? different(subject, identity) : { ok: true, value: subject }
  }

  const namesOf = ({ identity: { given_name, family_name } }: EnrolSubject) => ({ given_name, family_name })

  function different(subject: EnrolSubject, stored: Identity): Read<EnrolSubject> {
    if (!isDeepStrictEqual(subject.identity, stored)) return { ok: true, value: subject }
    return { ok: false, faults: [{ field: 'given_name', reason: 'identity_same' }] }
  }

  /** R039, R044: who has this number is what the register says, and nobody types a name. */
  async function readProfessional(typed: string): Promise<Read<EnrolSubject>> {
    const fault = (reason: string): Read<EnrolSubject> => ({ ok: false, faults: [{ field: 'rpps', reason }] })
    const checked = await enrolments.check({ kind: 'rpps', value: typed })
    if (!checked.ok) return fault(checked.reasons[0] ?? 'identifier_malformed')
    const number = parseTypedNumber(typed)
    const found = number.ok ? await directory.professional(number.id.text) : undefined
    const [practice] = found?.practices ?? []
    const parsed = parseProfessional({
      SubjectNameID: checked.identifier.value,
      given_name: practice?.givenName,
      family_name: practice?.familyName,
    })
    if (!found || !parsed.ok) return fault('register_incomplete')
    const identity: ProfessionalIdentity = parsed.identity
    const profession = practice?.profession.label ?? ''
    return {
      ok: true,
      value: { identity, identifier: { kind: 'rpps', value: checked.identifier.value }, profession },
    }
  }

  /** An identifier that cannot be had: told before anybody has dictated a code. */
  async function identifierFaults(
    identifier: Identifier | undefined,
    person: PersonId | undefined,
  ): Promise<FieldFault[]> {
    if (!identifier) return []
    const field = identifier.kind === 'rpps' ? 'rpps' : 'identifier'
    const checked = await enrolments.check(identifier)
    if (!checked.ok) return checked.reasons.map((reason) => ({ field, reason }))
    const holder = await enrolments.personOf(checked.identifier.value)
    if (!holder) return []
    // A professional who is known is found by their identity, and told so.
    if (identifier.kind === 'rpps') return []
    return [{ field, reason: holder === person ? 'identifier_theirs' : 'identifier_taken' }]
  }

  function proofFaults(
    weighed: ReturnType<typeof enrolments.weigh> | undefined,
    { needed }: Pick<About, 'needed'>,
  ): FieldFault[] {
    if (!weighed) return []
    if ('reasons' in weighed) return weighed.reasons.map((reason) => ({ field: 'proof', reason }))
    return needed && !atLeast(weighed.level, needed) ? [{ field: 'proof', reason: 'proof_weaker_than_before' }] : []
  }

  function noteRefusals(
    tx: Tx,
    reasons: readonly string[],
    { person, actor }: { person: PersonId | undefined; actor: Actor },
  ): void {
    for (const reason of reasons) {
      audit.append(tx, { name: 'enrolment.refused', data: { person: person ?? null, reason, actor } })
    }
  }

  async function write(
    tx: Tx,
    prepared: Prepared,
    agent: Actor,
    identifier: Parameters<typeof enrolments.addIdentifier>[2] | undefined,
  ): Promise<Recorded> {
    const { person, identity, before, proof, evidence, checkedOn } = prepared
    const given = {
      proof,
      agent,
      checkedOn,
      ...(evidence ? { evidence } : {}),
    }
    if (!person) {
      if (!identifier) throw new Error('somebody new without an identifier')
      return enrolments.record(tx, { ...given, identity, identifier })
    }
    if (before) return enrolments.changeIdentity(tx, { ...given, person, identity, before })
    const recorded = await enrolments.record(tx, { ...given, person })
    if (!recorded.ok || !identifier) return recorded
    const named = await enrolments.addIdentifier(tx, person, identifier)
    if (!named.ok) throw new Refused(named.reasons)
    return recorded
  }

  return {
    having,

    async about(what, person) {
      if (!person) return { what }
      const identity = await people.identityOf(storage.db, person)
      if (!identity) return undefined
      const identifiers = await enrolments.identifiersOf(storage.db, person)
      const needed = what === 'change' ? await enrolments.strongestOf(storage.db, person) : undefined
      return { what, person, identity, hasIdentifier: identifiers.length > 0, ...(needed ? { needed } : {}) }
    },

    async judge(about, values, { actor, searched }) {
      const { what, person } = about
      const subject = await readSubject(about, values)
      const proof = readProof(values, { now: clock.now(), timeZone })
      const weighed = proof.ok ? enrolments.weigh(proof.value.proof) : undefined
      const refusals = [
        ...(subject.ok ? await identifierFaults(subject.value.identifier, person) : []),
        ...proofFaults(weighed, about),
      ]
      const faults = [...(subject.ok ? [] : subject.faults), ...(proof.ok ? [] : proof.faults), ...refusals]
      if (refusals.length > 0) {
        const reasons = refusals.map(({ reason }) => reason)
        await storage.transaction(async (tx) => noteRefusals(tx, reasons, { person, actor }))
      }
      if (!subject.ok || !proof.ok || !weighed || !('level' in weighed) || faults.length > 0) {
        return { kind: 'faulty', faults }
      }
      const same =
        what === 'known' ? { byItself: false, people: [] } : await searchedFor(subject.value.identity, searched)
      const others = same.people.filter((one) => one !== person)
      const [known] = others
      if (known && same.byItself) return { kind: 'known', person: known }
      const prepared: Prepared = {
        what,
        ...(person ? { person } : {}),
        ...subject.value,
        ...(what === 'change' && about.identity ? { before: about.identity } : {}),
        ...proof.value,
        level: weighed.level,
        resembling: others,
      }
      return { kind: 'ready', prepared }
    },

    async record(prepared, agent, within) {
      const { identifier, person } = prepared
      const checked = identifier && (await enrolments.check(identifier))
      try {
        return await within(async (tx) => {
          if (checked && !checked.ok) return checked
          return write(tx, prepared, agent, checked?.identifier)
        })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        const reasons = [...error.reasons]
        return within(async (tx) => {
          noteRefusals(tx, reasons, { person, actor: agent })
          return { ok: false, reasons }
        })
      }
    },
  }
}
