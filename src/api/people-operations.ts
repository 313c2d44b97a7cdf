/**
 * People, by reference. Nobody is browsed: a person is found by an exact identifier or identity, or named by an id that
 * is known already. Each search is a fact, found or not, and so is each look. Names and contacts do not leave the hub this
 * way.
 */
import { z } from 'zod'
import { evidencePattern } from '../approvals/approvals.ts'
import type { Audit } from '../audit/audit.ts'
import { findPerson, isSubject } from '../console/visit.ts'
import { type Phones, type PhoneView, phoneStates, platforms, revocationReasons, securityLevels } from '../eid/eid.ts'
import { isId, type PersonId } from '../kernel/ids.ts'
import { parsePivot } from '../kernel/parse-pivot.ts'
import { type Means, type MeansView, meansReasons } from '../means/means.ts'
import type { CollisionCase, CollisionView, People } from '../people/people.ts'
import type { Protection, Protections } from '../people/protections.ts'
import type { Operators } from '../staff/operators.ts'
import type { Storage } from '../storage/storage.ts'
import type { Ask } from './asking.ts'
import { type Answer, type Caller, done, type Operation, operation, refused } from './operations.ts'
import { Done, Instant_, instantIf, instantOf, Level, Page, paged, pageOf, Reason } from './shapes.ts'

export interface PeopleOperationsOptions {
  storage: Pick<Storage, 'db' | 'transaction'>
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'sealerOf' | 'havingIdentity' | 'collisions' | 'collision' | 'resolveCollision'>
  means: Pick<Means, 'of' | 'suspend' | 'resume' | 'revoke' | 'unlock' | 'enrolments'>
  eid: { phones: Pick<Phones, 'of' | 'read' | 'revoke'> }
  operators: Pick<Operators, 'isOperator'>
  protections: Pick<Protections, 'of'>
  ask: Ask
}

const MeansShape = z.strictObject({
  means: z.string(),
  kind: z.string(),
  state: z.string(),
  createdAt: Instant_,
  activatedAt: Instant_.optional(),
  lastUsedAt: Instant_.optional(),
  expiresAt: Instant_,
  suspendedBy: z.enum(['holder', 'manager']).optional(),
  discouraged: z.boolean(),
})

const PhoneShape = z.strictObject({
  phone: z.string(),
  provider: z.string(),
  platform: z.enum(platforms),
  key: z.enum(securityLevels).meta({ description: 'Where the key of the phone is kept, as its maker attests it.' }),
  state: z.enum(phoneStates),
  pairedAt: Instant_,
  renewedAt: Instant_.optional(),
  lastUsedAt: Instant_.optional(),
  expiresAt: Instant_,
  endedAt: Instant_.optional(),
  revokedFor: z.enum(revocationReasons).optional(),
  shared: z.boolean().meta({ description: 'Several people have paired it: it asks for the card each time.' }),
})

const CollisionShape = z.strictObject({
  collision: z.string(),
  person: z.string(),
  provider: z.string(),
  cause: z.enum(['second_account', 'linked_elsewhere', 'identities_differ']),
  level: Level,
  other: z.string().optional(),
  at: Instant_,
})

const CaseShape = CollisionShape.extend({
  kind: z.enum(['pivot', 'professional']),
  differing: z.array(z.string()).optional().meta({ description: 'Members of the identity, never their values.' }),
  betweenPeople: z.array(z.string()).optional(),
  decided: z.strictObject({ at: Instant_, outcome: z.enum(['same', 'different']) }).optional(),
})

/** The six claims that tell somebody apart, as providers assert them. */
export const PivotShape = z.strictObject({
  given_name: z.string().max(300),
  family_name: z.string().max(300),
  birthdate: z.string().max(10),
  gender: z.enum(['male', 'female', 'unspecified']),
  birthplace: z.string().max(5).default(''),
  birthcountry: z.string().max(5),
})

const ProtectionShape = z.strictObject({
  person: z.string(),
  frozen: z
    .strictObject({
      since: Instant_,
      by: z.enum(['person', 'operators']),
      thawsAt: Instant_.optional().meta({ description: 'A thaw that the person asked for takes effect then.' }),
    })
    .nullable(),
  blocked: z.int().meta({ description: 'How many accounts the person blocked; which is told to nobody else.' }),
  refusesNewAccounts: z.boolean(),
})

const protectionOf = (person: PersonId, { freeze, blocked, future }: Protection): z.output<typeof ProtectionShape> => ({
  person,
  frozen: freeze
    ? { since: instantOf(freeze.at), by: freeze.origin, ...instantIf('thawsAt', freeze.thaw?.effectiveAt) }
    : null,
  blocked: blocked.length,
  refusesNewAccounts: future !== undefined,
})

const InPerson = z.strictObject({ person: z.string() })
const InPhone = z.strictObject({ person: z.string(), phone: z.string() })
const InMeans = z.strictObject({ person: z.string(), means: z.string() })

const meansOf = (one: MeansView): z.output<typeof MeansShape> => ({
  means: one.means,
  kind: one.kind,
  state: one.state,
  createdAt: instantOf(one.createdAt),
  ...instantIf('activatedAt', one.activatedAt),
  ...instantIf('lastUsedAt', one.lastUsedAt),
  expiresAt: instantOf(one.expiresAt),
  ...(one.suspendedBy ? { suspendedBy: one.suspendedBy } : {}),
  discouraged: one.discouraged,
})

const phoneOf = (one: PhoneView): z.output<typeof PhoneShape> => ({
  phone: one.phone,
  provider: one.provider,
  platform: one.platform,
  key: one.securityLevel,
  state: one.state,
  pairedAt: instantOf(one.pairedAt),
  ...instantIf('renewedAt', one.renewedAt),
  ...instantIf('lastUsedAt', one.lastUsedAt),
  expiresAt: instantOf(one.expiresAt),
  ...instantIf('endedAt', one.endedAt),
  ...(one.revokedFor ? { revokedFor: one.revokedFor } : {}),
  shared: one.shared,
})

const collisionOf = (one: CollisionView): z.output<typeof CollisionShape> => ({
  collision: one.collision,
  person: one.person,
  provider: one.provider,
  cause: one.cause,
  level: one.level,
  ...(one.other ? { other: one.other } : {}),
  at: instantOf(one.at),
})

const caseOf = (one: CollisionCase): z.output<typeof CaseShape> => ({
  ...collisionOf(one),
  kind: one.kind,
  ...(one.differing ? { differing: [...one.differing] } : {}),
  ...(one.betweenPeople ? { betweenPeople: [...one.betweenPeople] } : {}),
  ...(one.decided ? { decided: { at: instantOf(one.decided.at), outcome: one.decided.outcome } } : {}),
})

const changes = [
  ['suspend', 'Suspend a means: no further sign-in with it; what came from it ends'],
  ['resume', 'Bring a suspended means back'],
  ['revoke', 'Revoke a means, for ever'],
] as const

export function peopleOperations(options: PeopleOperationsOptions): Operation[] {
  const { storage, audit, people, means, eid, protections, ask } = options

  /** Somebody who may be looked after: known, and no operator. */
  async function subject(person: string): Promise<PersonId | undefined> {
    return isId('person', person) && (await isSubject(options, person)) ? person : undefined
  }

  async function byIdentifier(identifier: string) {
    const { by, person } = await findPerson(options, identifier)
    return { by, people: person ? [person] : [] }
  }

  /** As accounts are matched: exactly, or not at all. */
  async function withIdentity(claims: z.output<typeof PivotShape>) {
    const parsed = parsePivot(claims)
    if (!parsed.ok) return { faults: parsed.faults }
    const found = await people.havingIdentity(storage.db, parsed.identity)
    const subjects: PersonId[] = []
    for (const person of found.people) if (await isSubject(options, person)) subjects.push(person)
    return { by: 'identity' as const, people: subjects }
  }

  async function changeMeans(
    change: (typeof changes)[number][0],
    given: { person: string; means: string; reason: (typeof meansReasons)[number]; caller: Caller },
  ): Promise<Answer<z.output<typeof Done>>> {
    const { means: id, reason, caller } = given
    const person = await subject(given.person)
    if (!person || !isId('means', id)) return refused('not-found')
    const outcome = await storage.transaction((tx) =>
      means[change](tx, { person, means: id, actor: caller.actor, reason }),
    )
    if (outcome === 'unknown') return refused('not-found')
    return outcome === 'not_allowed' ? refused('not-allowed') : done({ done: outcome === 'done' })
  }

  const found: Operation[] = [
    operation({
      id: 'searchPerson',
      method: 'POST',
      path: '/people/search',
      tag: 'People',
      scope: 'people:read',
      summary: 'Find a person by an exact identifier or identity, or by the id of a person',
      description: 'A body and no address, so that what identifies somebody is in no log. Each search is a fact.',
      body: z.union([
        z.strictObject({ identifier: z.string().min(1).max(200) }),
        z.strictObject({ identity: PivotShape }),
      ]),
      answers: z.strictObject({
        people: z.array(z.string()).meta({ description: 'Several where an identity does not tell them apart.' }),
      }),
      async run({ body, caller: { actor } }) {
        const found = 'identity' in body ? await withIdentity(body.identity) : await byIdentifier(body.identifier)
        if ('faults' in found) {
          const errors = found.faults.map(({ field, problem }) => ({
            pointer: `/identity/${field}`,
            detail: problem.replaceAll('_', ' '),
            code: problem,
          }))
          return refused('content-invalid', { errors })
        }
        const [one, another] = found.people
        // Committed before anything is answered.
        const data = { by: found.by, person: another ? null : (one ?? null), actor }
        await storage.transaction(async (tx) => audit.append(tx, { name: 'api_client.searched', data }))
        return done({ people: found.people })
      },
    }),
    operation({
      id: 'listMeansOfPerson',
      method: 'GET',
      path: '/people/{person}/means',
      tag: 'People',
      scope: 'people:read',
      summary: 'The means of a person, the oldest first, those that ended included',
      params: InPerson,
      answers: z.strictObject({ person: z.string(), items: z.array(MeansShape) }),
      async run({ params, caller: { actor } }) {
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        await storage.transaction(async (tx) =>
          audit.append(tx, { name: 'api_client.viewed_person', data: { person, actor } }),
        )
        return done({ person, items: (await means.of(storage.db, person)).map(meansOf) })
      },
    }),
    ...changes.map(([change, summary]) =>
      operation({
        id: `${change}Means`,
        method: 'POST',
        path: `/people/{person}/means/{means}/${change}`,
        tag: 'People',
        scope: 'means:revoke',
        summary,
        params: InMeans,
        body: z.strictObject({ reason: z.enum(meansReasons) }),
        answers: Done,
        problems: ['not-allowed'],
        run: ({ params, body, caller }) => changeMeans(change, { ...params, ...body, caller }),
      }),
    ),
    operation({
      id: 'listPhonesOfPerson',
      method: 'GET',
      path: '/people/{person}/phones',
      tag: 'People',
      scope: 'people:read',
      summary: 'The phones of a person that approve sign-ins, those in force first, those that ended included',
      params: InPerson,
      answers: z.strictObject({ person: z.string(), items: z.array(PhoneShape) }),
      async run({ params, caller: { actor } }) {
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        await storage.transaction(async (tx) =>
          audit.append(tx, { name: 'api_client.viewed_person', data: { person, actor } }),
        )
        return done({ person, items: (await eid.phones.of(storage.db, person)).map(phoneOf) })
      },
    }),
    operation({
      id: 'revokePhone',
      method: 'POST',
      path: '/people/{person}/phones/{phone}/revoke',
      tag: 'People',
      scope: 'means:revoke',
      summary: 'Revoke a phone: it approves nothing any more; what came from it ends',
      params: InPhone,
      body: z.strictObject({ reason: z.enum(['lost', 'operator']) }),
      answers: Done,
      async run({ params, body: { reason }, caller: { actor } }) {
        const person = await subject(params.person)
        const { phone } = params
        if (!person || !isId('phone', phone) || !(await eid.phones.read(storage.db, person, phone)))
          return refused('not-found')
        const isDone = await storage.transaction((tx) => eid.phones.revoke(tx, { person, phone, actor, reason }))
        return done({ done: isDone })
      },
    }),
    operation({
      id: 'unlockPerson',
      method: 'POST',
      path: '/people/{person}/unlock',
      tag: 'People',
      scope: 'means:revoke',
      summary: 'Forgive failures in a row',
      params: InPerson,
      answers: Done,
      async run({ params, caller: { actor } }) {
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        await storage.transaction((tx) => means.unlock(tx, person, { actor, how: 'manager' }))
        return done({ done: true })
      },
    }),
  ]

  const protection: Operation[] = [
    operation({
      id: 'getProtection',
      method: 'GET',
      path: '/people/{person}/protection',
      tag: 'People',
      scope: 'people:read',
      summary: 'Whether the identity of a person is frozen, since when, and how many accounts they blocked',
      params: InPerson,
      answers: ProtectionShape,
      async run({ params, caller: { actor } }) {
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        await storage.transaction(async (tx) =>
          audit.append(tx, { name: 'api_client.viewed_person', data: { person, actor } }),
        )
        return done(protectionOf(person, await protections.of(storage.db, person)))
      },
    }),
    operation({
      id: 'freezePerson',
      method: 'POST',
      path: '/people/{person}/freeze',
      tag: 'People',
      scope: 'people:protect',
      summary: 'Ask that the identity of a person be frozen, which they do not thaw alone',
      params: InPerson,
      body: z.strictObject({ reason: Reason }),
      answers: z.undefined(),
      status: 202,
      twoOperators: true,
      problems: ['not-allowed', 'conflict'],
      async run({ params, body: { reason }, caller }) {
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        return ask({ kind: 'freeze_person', parameters: { person } }, { caller, reason })
      },
    }),
    operation({
      id: 'thawPerson',
      method: 'POST',
      path: '/people/{person}/thaw',
      tag: 'People',
      scope: 'people:protect',
      summary: 'Ask that the identity of a person be thawed, on a proof of identity made at a desk',
      params: InPerson,
      body: z.strictObject({
        reason: Reason,
        evidence: z
          .string()
          .regex(evidencePattern, 'must be 3 to 60 letters, digits, spaces, dots, slashes or dashes')
          .meta({ description: 'Where that proof is written down; nothing of what a document says.' }),
        blocks: z.enum(['kept', 'lifted']).default('kept').meta({ description: 'What the person blocked themselves.' }),
      }),
      answers: z.undefined(),
      status: 202,
      twoOperators: true,
      problems: ['not-allowed', 'conflict'],
      async run({ params, body: { reason, ...given }, caller }) {
        const person = await subject(params.person)
        if (!person) return refused('not-found')
        return ask({ kind: 'thaw_person', parameters: { person, ...given } }, { caller, reason })
      },
    }),
  ]

  const collisions: Operation[] = [
    operation({
      id: 'listCollisions',
      method: 'GET',
      path: '/collisions',
      tag: 'Collisions',
      scope: 'collisions:review',
      summary: 'Accounts that wait for a review',
      query: z.strictObject(Page),
      answers: pageOf(CollisionShape),
      async run({ query }) {
        const page = paged(await people.collisions(), query, ({ collision }) => collision)
        return done({ ...page, items: page.items.map(collisionOf) })
      },
    }),
    operation({
      id: 'getCollision',
      method: 'GET',
      path: '/collisions/{collision}',
      tag: 'Collisions',
      scope: 'collisions:review',
      summary: 'One of them, also once it is decided',
      params: z.strictObject({ collision: z.string() }),
      answers: CaseShape,
      async run({ params: { collision } }) {
        const one = isId('collision', collision) ? await people.collision(storage.db, collision) : undefined
        return one ? done(caseOf(one)) : refused('not-found')
      },
    }),
    operation({
      id: 'decideCollision',
      method: 'POST',
      path: '/collisions/{collision}/decision',
      tag: 'Collisions',
      scope: 'collisions:review',
      summary: 'Decide whether two accounts are of one human',
      params: z.strictObject({ collision: z.string() }),
      body: z.strictObject({ outcome: z.enum(['same', 'different']) }),
      answers: z.strictObject({
        moved: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
      }),
      problems: ['not-allowed', 'conflict'],
      async run({ params: { collision }, body: { outcome }, caller: { actor } }) {
        if (!isId('collision', collision)) return refused('not-found')
        const known = await people.collision(storage.db, collision)
        if (known?.decided) return refused('conflict', { detail: 'It is decided.' })
        const moved = await storage.transaction((tx) => people.resolveCollision(tx, collision, outcome, actor))
        return done({ moved: moved ? { from: moved.from, to: moved.to } : null })
      },
    }),
  ]

  return [...found, ...protection, ...collisions]
}
