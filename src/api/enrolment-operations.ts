/**
 * Enrolment by a program: the front office of somebody who checks identities has a tool of its own, and what it sends is
 * judged like what is typed on the operators' page. It is somebody's word about somebody else, so the program needs more
 * than a scope: an operator who answers for it, is in office, and may enrol. Names leave the hub no more than elsewhere.
 */
import { z } from 'zod'
import type { Audit } from '../audit/audit.ts'
import {
  type FieldName,
  identifierKinds,
  readIdentity,
  todayIn,
  type Values,
  waysSeen,
} from '../console/enrolment-form.ts'
import { createEnrolmentWork, type EnrolmentWorkOptions, type EnrolWhat } from '../console/enrolment-work.ts'
import { isSubject } from '../console/visit.ts'
import { isId, newSecret, type PersonId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import type { Enrolment, Means } from '../means/means.ts'
import { activationPath } from '../means/pages-activation.ts'
import type { Operators } from '../staff/operators.ts'
import type { Storage } from '../storage/storage.ts'
import { type Answer, type Caller, done, type Operation, operation, refused } from './operations.ts'
import { PivotShape } from './people-operations.ts'
import type { ProblemError } from './problems.ts'
import { Author, authorOf, Done, Instant_, instantOf, Level, lineOf } from './shapes.ts'

export interface EnrolmentOperationsOptions extends Omit<EnrolmentWorkOptions, 'storage' | 'means' | 'operators'> {
  storage: Pick<Storage, 'db' | 'transaction'>
  audit: Pick<Audit, 'append'>
  means: Pick<Means, 'enrolments' | 'mailboxProofs' | 'activations'>
  operators: Pick<Operators, 'isOperator' | 'inOffice'>
  /** Origin of the hub, where people type their code. */
  issuer: string
}

const Day = z.iso.date()

const Identity = PivotShape.extend({ preferred_username: z.string().max(300).exactOptional() }).meta({
  description: 'As it stands on the document. A birthplace in France is a commune, by its code.',
})

const Identifier = z
  .strictObject({ kind: z.enum(identifierKinds), value: z.string().min(1).max(320) })
  .meta({ description: 'By what they will say who they are.' })

const Proof = z.union([
  z.strictObject({
    kind: z.literal('document'),
    seen: z.enum([...waysSeen, 'document_only']).meta({ description: 'How the person was seen beside it.' }),
    checkedOn: Day.meta({ description: 'The day of the check, at most 30 days ago.' }),
    evidence: lineOf(200).meta({ description: 'Where the evidence is kept. A reference, never a copy.' }),
  }),
  z.strictObject({
    kind: z.literal('health_mailbox'),
    mailbox: z.string().min(3).max(320),
    proof: z.string().max(200).meta({ description: 'Of `sendEnrolmentCode`.' }),
    code: z.string().max(40).meta({ description: 'As the person read it out.' }),
  }),
])
type GivenProof = z.output<typeof Proof>

const EnrolmentShape = z.strictObject({
  person: z.string(),
  enrolment: z.string(),
  level: Level.meta({ description: 'What was proved about who they are.' }),
  at: Instant_,
  proof: z.enum(['provider', 'document', 'health_mailbox', 'invitation']),
  seen: z.enum([...waysSeen, 'document_only']).optional(),
  checkedOn: z.string().optional(),
  agent: Author,
})

const enrolmentOf = ({ person, enrolment, level, at, proof, seen, checkedOn, agent }: Enrolment) => ({
  person,
  enrolment,
  level,
  at: instantOf(at),
  proof,
  ...(seen ? { seen } : {}),
  ...(checkedOn ? { checkedOn } : {}),
  agent: authorOf(agent),
})

/** Fields as forms name them, where they stand in a body. */
const pointers: Partial<Record<FieldName, string>> = {
  proof: '/proof/kind',
  mailbox: '/proof/mailbox',
  checked_on: '/proof/checkedOn',
  evidence: '/proof/evidence',
  identifier_kind: '/identifier/kind',
  identifier: '/identifier/value',
  rpps: '/rpps',
}

const errorOf = (pointer: string, reason: string): ProblemError => ({
  pointer,
  detail: reason.replaceAll('_', ' '),
  code: reason,
})

const InPerson = z.strictObject({ person: z.string() })

export function enrolmentOperations(options: EnrolmentOperationsOptions): Operation[] {
  const { storage, audit, clock, means, operators, issuer, timeZone } = options
  const { enrolments, mailboxProofs, activations } = means
  const work = createEnrolmentWork(options)

  const subject = async (person: string): Promise<PersonId | undefined> =>
    isId('person', person) && (await isSubject(options, person)) ? person : undefined

  /** The agent of an enrolment is a human who was trusted with it; a program is their tool. */
  async function mayEnrol({ behind }: Caller): Promise<boolean> {
    if (!behind) return false
    const roles = await storage.transaction((tx) => operators.inOffice(tx, behind))
    return roles?.includes('means_manager') ?? false
  }

  const notAnswered = () =>
    refused('not-allowed', { detail: 'An operator who may enrol people has to answer for this program.' })

  function proofValues(proof: GivenProof): Values {
    return proof.kind === 'document'
      ? { proof: proof.seen, checked_on: proof.checkedOn, evidence: proof.evidence }
      : { proof: 'health_mailbox', mailbox: proof.mailbox, checked_on: todayIn(timeZone, clock.now()) }
  }

  interface Given {
    what: EnrolWhat
    person?: PersonId
    values: Values
    proof: GivenProof
    resembling?: readonly string[]
    /** The identity that the caller knows, which the change takes the place of. */
    before?: z.output<typeof Identity>
    caller: Caller
  }

  async function enrol(given: Given): Promise<Answer<z.output<typeof EnrolmentShape>>> {
    const { what, person, proof, resembling = [], caller } = given
    const { actor } = caller
    const about = await work.about(what, person)
    if (!about) return refused('conflict', { detail: 'The hub knows no identity of this person.' })
    const searched = async (found: PersonId | undefined) => {
      const data = { by: 'identity', person: found ?? null, actor } as const
      await storage.transaction(async (tx) => audit.append(tx, { name: 'api_client.searched', data }))
    }
    const judged = await work.judge(about, { ...given.values, ...proofValues(proof) }, { actor, searched })
    if (judged.kind === 'faulty') {
      const errors = judged.faults.map(({ field, reason }) => errorOf(pointers[field] ?? `/identity/${field}`, reason))
      return refused('content-invalid', { errors })
    }
    if (judged.kind === 'known') {
      return refused('conflict', { detail: `Somebody has exactly this identity: ${judged.person}. Check them anew.` })
    }
    const before = given.before && readIdentity(given.before, clock.now())
    if (before && !before.ok) {
      return refused('content-invalid', {
        errors: before.faults.map(({ field, reason }) => errorOf(`/before/${field}`, reason)),
      })
    }
    const prepared = { ...judged.prepared, ...(before ? { before: before.value } : {}) }
    const unseen = prepared.resembling.filter((one) => !resembling.includes(one))
    if (unseen.length > 0) {
      const detail = `This identity does not tell them apart from others: ${unseen.join(', ')}. Name these as \`resembling\` when it is none of them.`
      return refused('conflict', { detail })
    }
    if (proof.kind === 'health_mailbox') {
      const { mailbox: address, proof: binding, code } = proof
      const isRight = await mailboxProofs.check({ address, binding, code })
      if (!isRight) return refused('content-invalid', { errors: [errorOf('/proof/code', 'code_wrong')] })
    }
    const outcome = await work.record(prepared, actor, (record) => storage.transaction(record))
    if (outcome.ok) return done(enrolmentOf(outcome), { location: `/people/${outcome.person}/enrolments` })
    return refused('conflict', {
      detail: 'It was not recorded.',
      errors: outcome.reasons.map((reason) => ({ detail: reason.replaceAll('_', ' '), code: reason })),
    })
  }

  const recording: Operation[] = [
    operation({
      id: 'sendEnrolmentCode',
      method: 'POST',
      path: '/enrolment-codes',
      tag: 'Enrolment',
      scope: 'people:enrol',
      summary: 'Send a code to a secured health mailbox, which the person reads out',
      body: z.strictObject({ mailbox: z.string().min(3).max(320), language: z.enum(languages).default('fr') }),
      answers: z.strictObject({ proof: z.string().meta({ description: 'To be sent back with the code.' }) }),
      status: 201,
      problems: ['not-allowed', 'conflict'],
      async run({ body: { mailbox: address, language }, caller }) {
        if (!(await mayEnrol(caller))) return notAnswered()
        const binding = newSecret()
        const sent = await mailboxProofs.send({ address, binding, language, actor: caller.actor })
        if (sent === 'sent') return done({ proof: binding })
        if (sent === 'address_malformed' || sent === 'mailbox_not_secured') {
          return refused('content-invalid', { errors: [errorOf('/mailbox', sent)] })
        }
        const detail = sent === 'too_many' ? 'Too many codes left for it: wait.' : 'The mail server did not take it.'
        return refused('conflict', { detail })
      },
    }),
    operation({
      id: 'enrolPerson',
      method: 'POST',
      path: '/enrolments',
      tag: 'Enrolment',
      scope: 'people:enrol',
      summary: 'Enrol somebody new: a citizen by their identity, a health professional by their number',
      description:
        'Who has exactly this identity already is not enrolled twice (409 names them). Of a professional the register knows the names.',
      body: z.union([
        z.strictObject({
          identity: Identity,
          identifier: Identifier,
          proof: Proof,
          resembling: z.array(z.string()).max(50).default([]).meta({ description: 'Others who were looked at.' }),
        }),
        z.strictObject({ rpps: z.string().min(1).max(40), proof: Proof }),
      ]),
      answers: EnrolmentShape,
      status: 201,
      problems: ['not-allowed', 'conflict'],
      async run({ body, caller }) {
        if (!(await mayEnrol(caller))) return notAnswered()
        const { proof } = body
        if ('rpps' in body) return enrol({ what: 'professional', values: { rpps: body.rpps }, proof, caller })
        const { identity, identifier, resembling } = body
        const values = { ...identity, identifier_kind: identifier.kind, identifier: identifier.value }
        return enrol({ what: 'citizen', values, proof, resembling, caller })
      },
    }),
    operation({
      id: 'listEnrolments',
      method: 'GET',
      path: '/people/{person}/enrolments',
      tag: 'Enrolment',
      scope: 'people:read',
      summary: 'How and when somebody proved who they are',
      params: InPerson,
      answers: z.strictObject({ items: z.array(EnrolmentShape) }),
      async run({ params, caller: { actor } }) {
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        await storage.transaction(async (tx) =>
          audit.append(tx, { name: 'api_client.viewed_person', data: { person, actor } }),
        )
        return done({ items: (await enrolments.of(storage.db, person)).map(enrolmentOf) })
      },
    }),
    operation({
      id: 'checkPersonAnew',
      method: 'POST',
      path: '/people/{person}/enrolments',
      tag: 'Enrolment',
      scope: 'people:enrol',
      summary: 'Record a new check of somebody who is known',
      params: InPerson,
      body: z.strictObject({ proof: Proof, identifier: Identifier.exactOptional() }),
      answers: EnrolmentShape,
      status: 201,
      problems: ['not-allowed', 'conflict'],
      async run({ params, body: { proof, identifier }, caller }) {
        if (!(await mayEnrol(caller))) return notAnswered()
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        const values = identifier ? { identifier_kind: identifier.kind, identifier: identifier.value } : {}
        return enrol({ what: 'known', person, values, proof, caller })
      },
    }),
    operation({
      id: 'changeIdentity',
      method: 'POST',
      path: '/people/{person}/identity',
      tag: 'Enrolment',
      scope: 'people:enrol',
      summary: 'Record another identity of a citizen, on a proof no weaker than the strongest so far',
      description: '`before` is the identity that they had: 409 when it is not the one that the hub knows.',
      params: InPerson,
      body: z.strictObject({
        before: Identity,
        identity: Identity,
        proof: Proof,
        resembling: z.array(z.string()).max(50).default([]),
      }),
      answers: EnrolmentShape,
      status: 201,
      problems: ['not-allowed', 'conflict'],
      async run({ params, body: { before, identity, proof, resembling }, caller }) {
        if (!(await mayEnrol(caller))) return notAnswered()
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        return enrol({ what: 'change', person, values: { ...identity }, before, proof, resembling, caller })
      },
    }),
  ]

  const handingOver: Operation[] = [
    operation({
      id: 'giveActivationCode',
      method: 'POST',
      path: '/people/{person}/enrolments/{enrolment}/activation',
      tag: 'Enrolment',
      scope: 'people:enrol',
      summary: 'A code by which the person makes their own means; those of before serve no more',
      description: 'Follows a check of at most seven days ago. The code is in this answer and nowhere else.',
      params: z.strictObject({ person: z.string(), enrolment: z.string() }),
      answers: z.strictObject({ code: z.string(), expiresAt: Instant_, address: z.url() }),
      status: 201,
      problems: ['not-allowed', 'conflict'],
      async run({ params, caller }) {
        if (!(await mayEnrol(caller))) return notAnswered()
        const person = await subject(params.person)
        const proved = person
          ? (await enrolments.of(storage.db, person)).find(({ enrolment }) => enrolment === params.enrolment)
          : undefined
        if (!person || !proved) return refused('not-found')
        const { enrolment } = proved
        const given = await storage.transaction((tx) =>
          activations.give(tx, { person, enrolment, actor: caller.actor }),
        )
        if (!given.ok) return refused('conflict', { detail: 'The check is too old: the person has to be seen anew.' })
        const { code, expiresAt } = given
        return done({ code, expiresAt: instantOf(expiresAt), address: `${issuer}${activationPath}` })
      },
    }),
    operation({
      id: 'withdrawActivationCode',
      method: 'DELETE',
      path: '/people/{person}/activation',
      tag: 'Enrolment',
      scope: 'people:enrol',
      summary: 'Take back the code that waits',
      params: InPerson,
      answers: Done,
      problems: ['not-allowed'],
      async run({ params, caller }) {
        if (!(await mayEnrol(caller))) return notAnswered()
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        return done({ done: await storage.transaction((tx) => activations.withdraw(tx, person, caller.actor)) })
      },
    }),
  ]

  return [...recording, ...handingOver]
}
