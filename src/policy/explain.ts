/**
 * `garant policy explain`: one question in JSON, one answer in JSON, by the same functions that decide in the hub. What
 * is wrong with a question is said by its path and never by its value, because a question may hold a password.
 */
import { z } from 'zod'
import { levels } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import { startOfDay } from './calendar.ts'
import { decideAlert, isSuspicious, unusualContext } from './context.ts'
import { decideException } from './exception.ts'
import { type Factor, type FactorKind, factorKinds } from './factors.ts'
import { actions } from './mandate.ts'
import { decideFactors, decideMeans, enrolmentProofs, type Means, meansClasses, populations } from './means.ts'
import { type Place, placeOf } from './network.ts'
import { decideRepresentation } from './representation.ts'
import type { Policy } from './settings.ts'
import { decideSingleSignOn } from './single-sign-on.ts'

export type Explanation =
  | {
      ok: true
      answer: ({ accepted: boolean } | { required: boolean } | { told: 'no' | 'unusual' | 'suspicious' }) & {
        level?: string
        /** What has to be proved in this login for a yes. */
        needs?: string
        /** What is left of the actions. */
        actions?: string[]
        reasons: string[]
      }
    }
  /** Sentences, each beginning with a path: "means.factors[0].kind must be …". */
  | { ok: false; faults: string[] }

/** @param text one question, in JSON */
export async function explain(text: string, policy: Policy): Promise<Explanation> {
  const refuse = (fault: string): Explanation => ({ ok: false, faults: [fault] })
  if (text.length > longestQuestion) return refuse('question must have at most 100,000 characters')
  if (text.trim() === '') return refuse('question is empty: write one JSON object on standard input')
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    // The message of the parser quotes the text.
    return refuse('question is not JSON: write one object, with names and texts in double quotes')
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return refuse('question must be one JSON object')
  const { kind, ...rest } = data as { kind?: unknown }
  const name = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? (kind as Kind) : undefined
  if (!name)
    return refuse(
      `kind ${kind === undefined ? 'is missing: it is' : 'must be'} one of ${Object.keys(kinds).join(', ')}`,
    )
  return kinds[name](rest, policy)
}

const longestQuestion = 100_000

// --- Fields --------------------------------------------------------------------------------------------------------

const level = z.enum(levels)

/** An instant, or a date: the midnight with which that day begins in the zone of the policy. */
const momentIn = (zone: string) =>
  z.string().transform((value, context): Instant => {
    const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(value)
    const isDate = /^\d{4}-\d\d-\d\d$/.test(value)
    const at = isDate ? startOfDay(value, zone) : isInstant ? Date.parse(value) : Number.NaN
    if (Number.isNaN(at)) {
      context.addIssue({
        code: 'custom',
        message: 'must be a date (2026-01-01) or an instant (2026-01-01T00:00:00+01:00)',
      })
    }
    return at
  })

/** A kind by its name alone, or an object; those with a circumstance that decides are always objects. */
const factor = z.union([z.string(), z.looseObject({ kind: z.string() })]).transform((value, context): Factor => {
  const { kind, ...rest } = typeof value === 'string' ? { kind: value } : value
  const say = (message: string, path: string[] = []): Factor => {
    context.addIssue({ code: 'custom', message, path })
    return z.NEVER
  }
  if (!Object.hasOwn(factorKinds, kind))
    return say(`must be one of ${Object.keys(factorKinds).join(', ')}`, typeof value === 'string' ? [] : ['kind'])
  const shape = factorShapes[kind as keyof typeof factorShapes] ?? {}
  const parsed = z.strictObject(shape).safeParse(rest, { error: sayIssue })
  if (!parsed.success) {
    for (const { message, path } of parsed.error.issues)
      context.addIssue({ code: 'custom', message, path: path as string[] })
    return z.NEVER
  }
  return { kind, ...parsed.data } as Factor
})

const biometric = { verifiedOn: z.enum(['holder_hardware', 'elsewhere']) }
const factorShapes = {
  fingerprint: biometric,
  face: biometric,
  mail_otp: { resetsPassword: z.boolean(), secured: z.boolean() },
} as const

const provedFactor = z.strictObject({
  kind: z.enum(Object.keys(factorKinds) as [FactorKind, ...FactorKind[]]),
  id: z.string(),
})

/** Where the person is: said, or found by an address and the networks of the settings. Left out: remote. */
const where = { place: z.enum(['local', 'remote']).exactOptional(), address: z.string().exactOptional() }

function whereIs({ place, address }: { place?: Place; address?: string }, { localNetworks }: Policy): Place {
  return address === undefined ? (place ?? 'remote') : placeOf(address, localNetworks)
}

const oneOfTwo = <T extends { place?: Place; address?: string }>({ place, address }: T) =>
  place === undefined || address === undefined

// --- Kinds ---------------------------------------------------------------------------------------------------------

type Answerer = (data: unknown, policy: Policy) => Promise<Explanation>

function answering<S extends z.ZodType>(
  schemaFor: (policy: Policy) => S,
  answer: (question: z.output<S>, policy: Policy) => Answer | Promise<Answer>,
): Answerer {
  return async (data, policy) => {
    const parsed = schemaFor(policy).safeParse(data, { error: sayIssue })
    if (parsed.success) return { ok: true, answer: await answer(parsed.data, policy) }
    return { ok: false, faults: parsed.error.issues.map(({ path, message }) => `${pathText(path)} ${message}`) }
  }
}

type Answer = Extract<Explanation, { ok: true }>['answer']

const kinds = {
  password: answering(
    () =>
      z.strictObject({
        password: z.string(),
        identifier: z.string().exactOptional(),
        context: z.enum(['alone', 'with_second_factor']).default('alone'),
      }),
    async ({ context, ...question }, { passwordProfile: profile }) => {
      // The list of common passwords is read by this kind only.
      const { decidePassword } = await import('./passwords.ts')
      return decidePassword({ ...question, use: context, profile })
    },
  ),
  factors: answering(
    () =>
      z
        .strictObject({
          factors: z.array(factor).max(20),
          ...where,
          sensitive: z.boolean().default(true),
          passwordAlone: z.boolean().default(true),
          riskProfile: z.string().exactOptional(),
          identityLevel: level.default('eidas3'),
        })
        .refine(oneOfTwo, { path: ['address'], error: 'is given beside place: one of the two says where' }),
    (question, policy) => decideFactors({ ...question, place: whereIs(question, policy), policy }),
  ),
  means: answering(meansSchema, ({ means, service, at, ...rest }, policy) =>
    decideMeans({
      means: { identityLevel: means.level, ...means } as Means,
      service,
      at,
      place: whereIs(rest, policy),
      policy,
    }),
  ),
  exception: answering(
    ({ timeZone }) =>
      z.strictObject({
        useCase: z.string().exactOptional(),
        riskAnalysis: z.string().exactOptional(),
        prior: z.strictObject({ at: momentIn(timeZone), factors: z.array(provedFactor).max(20) }).exactOptional(),
        factor: provedFactor,
        at: momentIn(timeZone),
        windowHours: z.number().min(0).max(168).exactOptional(),
      }),
    ({ useCase, riskAnalysis, prior, factor: used, at, windowHours }, { exceptionWindow }) =>
      decideException({
        useCase,
        riskAnalysis,
        prior,
        factor: used,
        at,
        window: windowHours === undefined ? exceptionWindow : windowHours * hour,
      }),
  ),
  'sso-required': answering(
    ({ timeZone }) =>
      z.strictObject({ services: z.int().min(0), professionals: z.int().min(0), at: momentIn(timeZone) }),
    (question) => decideSingleSignOn(question),
  ),
  representation: answering(
    () => representationSchema,
    ({ capacity, actions: held, service, level: reached, twoFactors, ...rest }, policy) => {
      const decision = decideRepresentation({
        terms: service,
        capacity,
        rights: held.map((action) => ({ action })),
        surroundings: { place: whereIs(rest, policy), twoFactors },
        level: reached,
      })
      const { kind, reasons } = decision
      if (kind === 'allowed') return { accepted: true, actions: decision.rights.map(({ action }) => action), reasons }
      return { accepted: false, ...(kind === 'step_up' ? { needs: decision.need } : {}), reasons }
    },
  ),
  context: answering(contextSchema, ({ sameService, before: { last, ...before }, ...question }, { travelSpeed }) => {
    const { at, country, network, speed = travelSpeed, device, provider, newLink, weakLink } = question
    const habits = { ...before, ...(last ? { last } : {}) }
    const seen = { at, country, network, device, provider, newLink, weakLink, habits, travelSpeed: speed }
    const reasons = unusualContext(seen)
    const alert = decideAlert({ suspicious: isSuspicious(reasons), sameServiceInSession: sameService, reasons })
    return { told: alert.send ? alert.kind : 'no', reasons }
  }),
} as const satisfies Record<string, Answerer>

export type Kind = keyof typeof kinds
export const questionKinds = Object.keys(kinds) as Kind[]

const someActions = z.array(z.enum(actions)).max(actions.length)

const representationSchema = z
  .strictObject({
    capacity: z.enum(['representative', 'mandatary', 'employee']),
    actions: someActions,
    service: z.strictObject({
      actions: someActions,
      remote: z
        .strictObject({
          level: z.enum(['eidas2', 'eidas3']).exactOptional(),
          secondFactor: z.boolean().default(false),
          actions: someActions.exactOptional(),
          closed: z.boolean().default(false),
        })
        .exactOptional(),
    }),
    level,
    twoFactors: z.boolean().default(false),
    ...where,
  })
  .refine(oneOfTwo, { path: ['address'], error: 'is given beside place: one of the two says where' })

const country = z.string().regex(/^[A-Z]{2}$/)
const named = z.array(z.string()).max(100).default([])

function contextSchema({ timeZone }: Policy) {
  const moment = momentIn(timeZone)
  return z.strictObject({
    at: moment,
    device: z
      .strictObject({ personKnown: z.boolean(), persons: z.int().min(1) })
      .default({ personKnown: true, persons: 1 }),
    country: country.exactOptional(),
    network: z.string().exactOptional(),
    provider: z.string(),
    newLink: z.boolean().default(false),
    weakLink: z.boolean().default(false),
    sameService: z.boolean().default(false),
    speed: z.number().min(1).exactOptional(),
    before: z.strictObject({
      countries: z.array(country).max(100).default([]),
      networks: named,
      providers: named,
      connections: z.int().min(0),
      last: z.strictObject({ country, at: moment }).exactOptional(),
    }),
  })
}

function meansSchema({ timeZone }: Policy) {
  const moment = momentIn(timeZone)
  return z
    .strictObject({
      means: z.strictObject({
        class: z.enum(meansClasses),
        level,
        identityLevel: level.exactOptional(),
        factors: z.array(factor).max(20),
        bound: z.enum(['one_person', 'shared']).default('one_person'),
        jurisdiction: z.string().default('FR'),
        population: z.enum(populations).default('professional'),
        validFrom: moment,
        validUntil: moment.exactOptional(),
        revokedAt: moment.exactOptional(),
        certificate: z.strictObject({ reference: z.string(), validUntil: moment }).exactOptional(),
        homologations: z
          .array(z.strictObject({ service: z.string(), author: z.string(), riskAnalysis: z.string(), at: moment }))
          .max(1_000)
          .default([]),
        enrolment: z
          .strictObject({
            proofs: z.array(z.enum(enrolmentProofs)),
            contactsVerified: z.boolean(),
            inDirectory: z.boolean(),
          })
          .exactOptional(),
      }),
      service: z.strictObject({
        id: z.string(),
        minimumLevel: level.default('eidas1'),
        sensitive: z.boolean(),
        passwordAlone: z.boolean().default(true),
        riskProfile: z.string().exactOptional(),
      }),
      at: moment,
      ...where,
    })
    .refine(oneOfTwo, { path: ['address'], error: 'is given beside place: one of the two says where' })
}

// --- Faults --------------------------------------------------------------------------------------------------------

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return text.replace(/^\./, '') || 'question'
}

const typeWords: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

/** A stranger's key may be a secret that slipped, so the known ones are said in its place. */
function knownKeys({ inst }: z.core.$ZodRawIssue): string[] {
  return inst instanceof z.ZodObject ? Object.keys(inst.shape) : []
}

/** The end of a sentence that begins with the path. It holds what is expected, never what was given. */
function sayIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : `must be ${typeWords[issue.expected] ?? issue.expected}`
  }
  if (issue.code === 'invalid_value') {
    return `${issue.input === undefined ? 'is missing: it is' : 'must be'} one of ${issue.values.map(String).join(', ')}`
  }
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`
  if (issue.code === 'too_big')
    return issue.origin === 'array' ? `must have at most ${issue.maximum} entries` : `must be at most ${issue.maximum}`
  if (issue.code === 'invalid_format') return 'must be the two letters of a country: FR'
  if (issue.code === 'unrecognized_keys') return `has a key that is not one of ${knownKeys(issue).join(', ')}`
  return issue.input === undefined ? 'is missing' : 'must be a name or an object with a kind'
}

// --- Help ----------------------------------------------------------------------------------------------------------

const said = (question: object) => `  $ echo '${JSON.stringify(question)}' | garant policy explain`

/** What `garant policy explain --help` says besides the command line. */
export const explainHelp = `
Reads one question from standard input, as a JSON object, and prints the answer on one line of JSON:

  {"accepted":true,"level":"eidas2","reasons":[]}

"reasons" holds codes: all that speak against it, then remarks, which may stand beside an acceptance. docs/policy.md
says what each means and which requirement it comes from. Nothing is kept, and a password is never printed.

Questions, by "kind":
  password      "password"; "identifier": what the person signs in with; "context": alone (default) or
                with_second_factor. The answer has the constructions that hold, and an estimate that decides nothing
  factors       "factors": what was proved in one sign-in; "place": local or remote (default), or "address": judged by
                policy.localNetworks; "sensitive": the service is (default true); "passwordAlone": the service takes one
                (default true), "riskProfile": where its measures are written; "identityLevel": the level at which the
                identity was proved (default eidas3)
  means         "means", "service", "at"; "place" or "address" as above
  exception     one factor in an emergency: "useCase", "riskAnalysis", "prior": { "at", "factors" }, "factor", "at"
  sso-required  "services", "professionals", "at"; answers "required" in place of "accepted"
  representation  may somebody act for an organisation at a service, from where they are: "capacity" (representative,
                mandatary or employee), "actions" of their right, "service": { "actions", "remote": { "level",
                "secondFactor", "actions", "closed" } }, "level" told to the service, "twoFactors": proved in this login
                (default false); "place" or "address" as above. Answers what is left of "actions", or what it "needs"
  context       how a sign-in compares with those before it, and is its person told: "at", "provider"; "country",
                "network", "device": { "personKnown", "persons" }; "newLink", "weakLink", "sameService"; "speed" in
                kilometres per hour; "before": { "connections", "countries", "networks", "providers",
                "last": { "country", "at" } }. Answers "told" (no, unusual, suspicious) in place of "accepted"

Factors: ${Object.keys(factorKinds)
  .join(', ')
  .replace(/(.{1,105})(?:, |$)/g, '$1,\n         ')
  .trim()
  .replace(/,$/, '')}.
A name alone is enough; fingerprint and face say "verifiedOn" (holder_hardware or elsewhere), mail_otp says
"resetsPassword" and "secured".

Moments are dates, which begin at midnight in policy.timeZone, or instants with their zone.

The policy is the one of the settings file of --config or GARANT_CONFIG, and as shipped without them.

Examples:
${[
  said({ kind: 'password', password: 'cheval-nuage-crayon-violon-maison' }),
  said({ kind: 'factors', factors: ['password', 'sms_otp'] }),
  said({ kind: 'sso-required', services: 6, professionals: 40, at: '2025-01-01' }),
].join('\n')}

What is typed into echo stays in the history of the shell. Ask about a real password from a file that you then remove:

  $ garant policy explain < question.json

A question that cannot be read is said by the path of what is wrong in it, with exit code 2.`
