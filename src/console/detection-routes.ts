/** Detection before operators: the rules with how often each was right, what they found, and the form that tunes one. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TuningView } from '../detection/detection.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type OperatorId } from '../kernel/ids.ts'
import { type DetectionMode, type DetectionRule, parametersOf, type TuningFault } from '../policy/detection.ts'
import { detectionPage, type RuleView, ruleIn, rulePage, tuneOutcomes } from './detection-pages.ts'
import { consolePaths } from './frame.ts'
import { namesFor } from './providers-routes.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

const pageSize = 25
const historyShown = 20

type Typed = RuleView['typed']

export function mountDetection(options: ConsoleOptions): void {
  const { web, door, detection, sharing, operators } = options
  const { app } = web

  async function listOf(request: FastifyRequest, rule?: DetectionRule) {
    const { before } = request.query as { before?: unknown }
    const from = isId('detection', before) ? before : undefined
    const found = await detection.found({
      limit: pageSize + 1,
      ...(rule ? { rule } : {}),
      ...(from ? { before: from } : {}),
    })
    const next = found.length > pageSize ? found[pageSize - 1]?.id : undefined
    return {
      standings: await detection.standing(),
      found: found.slice(0, pageSize),
      isFirst: from === undefined,
      names: await namesFor(options, web.contextOf(request), []),
      ...(next ? { next } : {}),
    }
  }

  app.get(consolePaths.detection, allow('detection'), async (request, reply) => {
    const view = { ...(await listOf(request)), surges: await detection.surges(), sharing: await sharing.counts() }
    return web.page(request, reply, detectionPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    rule: DetectionRule,
    more: Partial<Pick<RuleView, 'typed' | 'seen' | 'faults' | 'preview' | 'done' | 'isMoved'>> = {},
  ): Promise<FastifyReply> {
    const list = await listOf(request, rule)
    const standing = list.standings.find((one) => one.rule === rule)
    if (!standing) throw new GarantError('not_found')
    const history = await detection.history({ rule, limit: historyShown })
    const view: RuleView = {
      ...list,
      ...{ surges: [], rule, standing, history, faults: [] },
      authors: await authorsOf(request, history),
      typed: typedOf(standing),
      seen: standing.number,
      ...more,
    }
    return web.page(request, reply, rulePage(view, await frameOf(options, request), web.contextOf(request)))
  }

  async function authorsOf(request: FastifyRequest, history: readonly TuningView[]): Promise<Map<number, string>> {
    const { t } = web.contextOf(request)
    const ids = history.flatMap(({ tuned }) => (tuned?.by.kind === 'operator' ? [tuned.by.id] : []))
    const names = await operators.namesOf([...new Set<OperatorId>(ids)])
    const nameOf = ({ tuned }: TuningView) => {
      if (tuned?.by.kind === 'operator') return names.get(tuned.by.id)
      return tuned?.by.kind === 'command' ? t('detection.by.command') : undefined
    }
    return new Map(history.flatMap((one) => [[one.number, nameOf(one) ?? t('detection.by.somebody')] as const]))
  }

  app.get(consolePaths.detectionRule(':rule'), allow('detection'), async (request, reply) => {
    const rule = asked(request)
    const query = request.query as Record<string, unknown>
    const done = tuneOutcomes.find((one) => one === query.done)
    const standing = await detection.tuningOf(rule)
    // A proposal comes as the values of the form.
    const typed = query.mode === undefined ? undefined : typedIn(rule, query, typedOf(standing))
    return show(request, reply, rule, { ...(done ? { done } : {}), ...(typed ? { typed } : {}) })
  })

  app.post(consolePaths.detectionRule(':rule'), allow('detection_tune'), async (request, reply) => {
    const rule = asked(request)
    const { act, seen: given } = fieldsOf(request, ['act', 'seen'])
    const now = await detection.tuningOf(rule)
    const typed = typedIn(rule, (request.body ?? {}) as Record<string, unknown>)
    const seen = /^\d{1,9}$/.test(given) ? Number(given) : -1
    if (act === 'edit') return show(request, reply, rule, { typed, seen })
    const change = { mode: typed.mode as DetectionMode, parameters: numbersIn(typed) }
    if (act !== 'confirm') {
      // The form is shown again with the number of today: who goes on has seen what is in force.
      if (seen !== now.number) return show(request, reply, rule, { typed, isMoved: true })
      const preview = await detection.preview(rule, change)
      if (preview) return show(request, reply, rule, { typed, seen, preview })
    }
    const outcome =
      act === 'confirm'
        ? await detection.tune(rule, { ...change, seen, actor: actorOf(door.of(request)) })
        : { kind: 'invalid' as const, faults: detection.faultsOf(rule, change) as readonly TuningFault[] }
    if (outcome.kind === 'invalid') return show(request, reply, rule, { typed, seen, faults: outcome.faults })
    if (outcome.kind === 'moved') return show(request, reply, rule, { typed, isMoved: true })
    const done = outcome.kind === 'done' ? 'tuned' : 'again'
    return reply.redirect(`${consolePaths.detectionRule(rule)}?done=${done}`, 303)
  })

  /** @throws GarantError `not_found` */
  function asked(request: FastifyRequest): DetectionRule {
    const rule = ruleIn((request.params as { rule: string }).rule)
    if (!rule) throw new GarantError('not_found')
    return rule
  }
}

const typedOf = ({ mode, parameters }: TuningView): Typed => ({
  mode,
  values: Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, String(value)])),
})

function typedIn(rule: DetectionRule, given: Readonly<Record<string, unknown>>, missing?: Typed): Typed {
  // A comma is how French writes a point.
  const text = (value: unknown, otherwise = '') =>
    typeof value === 'string' ? value.trim().slice(0, 20).replace(',', '.') : otherwise
  return {
    mode: text(given.mode, missing?.mode),
    values: Object.fromEntries(
      Object.keys(parametersOf(rule)).map((key) => [key, text(given[key], missing?.values[key])]),
    ),
  }
}

/** What is empty is missing. */
function numbersIn({ values }: Typed): Record<string, number | undefined> {
  const read = (text: string) => (text === '' ? undefined : Number(text))
  return Object.fromEntries(Object.entries(values).map(([key, text]) => [key, read(text)]))
}
