/**
 * The hub's own detection, for the programs of those who look into cases: the rules with how often each was right, and what
 * they found. Nobody is named: a case is, and who may read it finds the person there. Rules are tuned on the console.
 */
import { z } from 'zod'
import type { Detected, Detection, RuleStanding } from '../detection/detection.ts'
import { isId } from '../kernel/ids.ts'
import { verdicts } from '../policy/case-flow.ts'
import { detectionModes, detectionRules } from '../policy/detection.ts'
import { done, type Operation, operation } from './operations.ts'
import { Author, authorOf, Instant_, instantOf, Page, pageOf } from './shapes.ts'

export interface DetectionOperationsOptions {
  detection: Pick<Detection, 'standing' | 'found'>
}

const Rule = z.enum(detectionRules)
const share = z.number().min(0).max(1)

const RuleShape = z.strictObject({
  rule: Rule,
  mode: z.enum(detectionModes).meta({ description: '`watch`: what is found is noted, and no case is opened.' }),
  parameters: z.record(z.string(), z.number()),
  tuned: z.strictObject({ at: Instant_, by: Author }).optional().meta({ description: 'Absent: as shipped.' }),
  found: z.int().meta({ description: 'In the last 30 days.' }),
  cases: z.int().meta({ description: 'As long as they are kept.' }),
  confirmed: z.int(),
  concluded: z.int(),
  low: share.meta({ description: 'Wilson’s interval of confirmed of concluded, at 95 %.' }),
  high: share,
  imprecise: z.boolean().meta({ description: 'Wrong more often than right, and that is no accident.' }),
})

const ruleOf = (standing: RuleStanding): z.output<typeof RuleShape> => {
  const { rule, mode, parameters, tuned, found, cases, precision, imprecise } = standing
  const { confirmed, concluded, low, high } = precision
  return {
    ...{ rule, mode, parameters: { ...parameters }, found, cases, confirmed, concluded, low, high, imprecise },
    ...(tuned ? { tuned: { at: instantOf(tuned.at), by: authorOf(tuned.by) } } : {}),
  }
}

const FoundShape = z.strictObject({
  detection: z.string(),
  rule: Rule,
  at: Instant_,
  provider: z.string().optional().meta({ description: 'Of what is about a provider, and about nobody.' }),
  explanation: z.record(z.string(), z.union([z.string(), z.number()])),
  weight: z.int().min(1).max(100).meta({ description: 'By how much it is more than the rule asked.' }),
  case: z.string().optional(),
  verdict: z.enum(verdicts).optional(),
})

const foundOf = ({ id, rule, at, provider, explanation, weight, ...of }: Detected): z.output<typeof FoundShape> => ({
  ...{ detection: id, rule, at: instantOf(at), explanation: { ...explanation }, weight },
  ...(provider ? { provider } : {}),
  ...(of.case ? { case: of.case } : {}),
  ...(of.verdict ? { verdict: of.verdict } : {}),
})

export function detectionOperations({ detection }: DetectionOperationsOptions): Operation[] {
  return [
    operation({
      id: 'listDetectionRules',
      method: 'GET',
      path: '/detection/rules',
      tag: 'Detection',
      scope: 'cases:read',
      summary: 'The rules of detection, with their values and how often each was right',
      answers: z.strictObject({ items: z.array(RuleShape) }),
      async run() {
        return done({ items: (await detection.standing()).map(ruleOf) })
      },
    }),
    operation({
      id: 'listDetections',
      method: 'GET',
      path: '/detection/found',
      tag: 'Detection',
      scope: 'cases:read',
      summary: 'What the rules found, the newest first',
      query: z.strictObject({ ...Page, rule: Rule.optional() }),
      answers: pageOf(FoundShape),
      async run({ query: { cursor, limit, rule } }) {
        const found = await detection.found({
          limit: limit + 1,
          ...(rule ? { rule } : {}),
          ...(isId('detection', cursor) ? { before: cursor } : {}),
        })
        const items = found.slice(0, limit)
        const last = items.at(-1)
        return done({ items: items.map(foundOf), ...(found.length > limit && last ? { next: last.id } : {}) })
      },
    }),
  ]
}
