/** The register of means: what is declared of each kind, and the homologations by which services accept it. */
import { z } from 'zod'
import { isId } from '../kernel/ids.ts'
import { type FactorKind, factorKinds } from '../policy/factors.ts'
import { meansClasses } from '../policy/means.ts'
import type { Entry, Register } from '../register/register.ts'
import { type Answer, done, type Operation, operation, refused } from './operations.ts'
import type { ProblemError } from './problems.ts'
import {
  Author,
  authorOf,
  Done,
  Instant_,
  instantIf,
  instantOf,
  Level,
  lineOf,
  Page,
  paged,
  pageOf,
  Translated,
  translatedOf,
} from './shapes.ts'

export interface RegisterOperationsOptions {
  register: Pick<Register, 'entries' | 'endings' | 'declare' | 'undeclare' | 'homologate' | 'withdraw'>
}

const factors = z.enum(Object.keys(factorKinds) as FactorKind[])

const HomologationShape = z.strictObject({
  homologation: z.string(),
  service: z.string(),
  author: z.string(),
  riskAnalysis: z.string(),
  decidedAt: Instant_,
  endsAt: Instant_,
  state: z.enum(['in_force', 'ended', 'withdrawn']),
  reasons: z.array(z.string()),
  recordedAt: Instant_,
  recordedBy: Author,
  withdrawnAt: Instant_.optional(),
})

const EntryShape = z.strictObject({
  entry: z.string(),
  name: Translated.optional(),
  population: z.enum(['citizens', 'professionals', 'both']),
  jurisdiction: z.string(),
  class: z.enum(meansClasses),
  level: Level,
  factors: z.array(factors),
  notes: z.array(z.string()),
  certificate: z.strictObject({ reference: z.string(), until: Instant_.optional() }).optional(),
  validUntil: Instant_.optional(),
  declared: z.strictObject({ declaration: z.string(), at: Instant_, by: Author }).optional(),
  homologations: z.array(HomologationShape),
})

/** `own/passkey`, `provider/bank`: two steps of the address. */
const InEntry = z.strictObject({ kind: z.enum(['own', 'provider']), id: z.string() })
const Day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .meta({ description: 'A day in the zone of the hub: `2026-11-22`.' })

function entryOf({ of, declared, certificate, validUntil, homologations, ...one }: Entry): z.output<typeof EntryShape> {
  return {
    entry: one.entry,
    ...('own' in of ? {} : { name: translatedOf(of.name) }),
    population: one.population,
    jurisdiction: one.jurisdiction,
    class: one.class,
    level: one.level,
    factors: [...one.factors],
    notes: [...one.notes],
    ...(certificate
      ? { certificate: { reference: certificate.reference, ...instantIf('until', certificate.until) } }
      : {}),
    ...instantIf('validUntil', validUntil),
    ...(declared
      ? { declared: { declaration: declared.declaration, at: instantOf(declared.at), by: authorOf(declared.by) } }
      : {}),
    homologations: homologations.map(
      ({ decidedAt, endsAt, recordedAt, recordedBy, withdrawnAt, reasons, ...each }) => ({
        ...each,
        decidedAt: instantOf(decidedAt),
        endsAt: instantOf(endsAt),
        reasons: [...reasons],
        recordedAt: instantOf(recordedAt),
        recordedBy: authorOf(recordedBy),
        ...instantIf('withdrawnAt', withdrawnAt),
      }),
    ),
  }
}

/** Which member of the body a fault of the register is about. */
const places: Record<string, string> = {
  entry_unknown: '/entry',
  service_unknown: '/service',
  author_missing: '/author',
  risk_analysis_missing: '/riskAnalysis',
  certificate_missing: '/certificate',
  class_without_homologation: '/entry',
}

export function registerOperations({ register }: RegisterOperationsOptions): Operation[] {
  const find = async (id: string): Promise<Entry | undefined> =>
    (await register.entries()).find(({ entry }) => entry === id)

  const refusedFor = (reasons: readonly string[]): Answer<never> => {
    const errors = reasons.map((reason): ProblemError => {
      const pointer = places[reason]
      return { ...(pointer ? { pointer } : {}), detail: reason.replaceAll('_', ' '), code: reason }
    })
    return refused('content-invalid', { errors })
  }

  return [
    operation({
      id: 'listRegister',
      method: 'GET',
      path: '/register',
      tag: 'Register of means',
      scope: 'register:read',
      summary: 'Each kind of means, with its homologations',
      query: z.strictObject(Page),
      answers: pageOf(EntryShape),
      async run({ query }) {
        const page = paged(await register.entries(), query, ({ entry }) => entry)
        return done({ ...page, items: page.items.map(entryOf) })
      },
    }),
    operation({
      id: 'listEndings',
      method: 'GET',
      path: '/endings',
      tag: 'Register of means',
      scope: 'register:read',
      summary: 'What of the register ends within 90 days, the nearest first',
      answers: z.strictObject({
        items: z.array(
          z.strictObject({
            entry: z.string(),
            what: z.enum(['homologation', 'certificate', 'validity', 'transition']),
            service: z.string().optional(),
            at: Instant_,
          }),
        ),
      }),
      async run() {
        const endings = register.endings(await register.entries())
        return done({ items: endings.map(({ at, ...one }) => ({ ...one, at: instantOf(at) })) })
      },
    }),
    operation({
      id: 'getRegisterEntry',
      method: 'GET',
      path: '/register/{kind}/{id}',
      tag: 'Register of means',
      scope: 'register:read',
      summary: 'One of them',
      params: InEntry,
      answers: EntryShape,
      async run({ params: { kind, id } }) {
        const entry = await find(`${kind}/${id}`)
        return entry ? done(entryOf(entry)) : refused('not-found')
      },
    }),
    operation({
      id: 'declareMeans',
      method: 'PUT',
      path: '/register/{kind}/{id}/declaration',
      tag: 'Register of means',
      scope: 'register:write',
      summary: 'Class a kind of means',
      params: InEntry,
      body: z.strictObject({
        class: z.enum(meansClasses),
        factors: z.array(factors).max(20).default([]),
        certificate: lineOf(160).exactOptional(),
        certificateUntil: Day.exactOptional(),
        validUntil: Day.exactOptional(),
      }),
      answers: EntryShape,
      async run({ params: { kind, id }, body, caller: { actor } }) {
        const entry = `${kind}/${id}`
        if (!(await find(entry))) return refused('not-found')
        const outcome = await register.declare({ entry, ...body }, actor)
        if (!outcome.ok) return refusedFor(outcome.reasons)
        const after = await find(entry)
        return after ? done(entryOf(after)) : refused('not-found')
      },
    }),
    operation({
      id: 'withdrawDeclaration',
      method: 'DELETE',
      path: '/register/{kind}/{id}/declaration/{declaration}',
      tag: 'Register of means',
      scope: 'register:write',
      summary: 'Take back what is declared of a kind of means',
      params: InEntry.extend({ declaration: z.string() }),
      answers: Done,
      problems: ['conflict'],
      async run({ params: { kind, id, declaration }, caller: { actor } }) {
        const entry = `${kind}/${id}`
        if (!(await find(entry))) return refused('not-found')
        const isDone = await register.undeclare({ entry, declaration }, actor)
        return isDone ? done({ done: true }) : refused('conflict', { detail: 'Something else is declared now.' })
      },
    }),
    operation({
      id: 'recordHomologation',
      method: 'POST',
      path: '/homologations',
      tag: 'Register of means',
      scope: 'register:write',
      summary: 'The owner of a service declares a kind of means sufficient for it',
      body: z.strictObject({
        entry: z.string(),
        service: z.string(),
        author: lineOf(200),
        riskAnalysis: lineOf(200),
        decidedOn: Day,
      }),
      answers: z.strictObject({ homologation: z.string() }),
      status: 201,
      async run({ body, caller: { actor } }) {
        const outcome = await register.homologate(body, actor)
        return outcome.ok ? done({ homologation: outcome.homologation }) : refusedFor(outcome.reasons)
      },
    }),
    operation({
      id: 'withdrawHomologation',
      method: 'DELETE',
      path: '/homologations/{homologation}',
      tag: 'Register of means',
      scope: 'register:write',
      summary: 'Withdraw a homologation',
      params: z.strictObject({ homologation: z.string() }),
      answers: Done,
      async run({ params: { homologation }, caller: { actor } }) {
        const isDone = isId('homologation', homologation) && (await register.withdraw(homologation, actor))
        return isDone ? done({ done: true }) : refused('not-found')
      },
    }),
  ]
}
