/**
 * Figures, for supervision and for an office that writes reports: what a service or a provider is told of its own traffic,
 * with what is small hidden as its partner has it hidden; what runs now; which accounts open which services, now and if
 * some of them were away. Of nobody alone.
 */
import { z } from 'zod'
import type { Figures as OperatorFigures } from '../console/figures.ts'
import { outageOf } from '../console/rehearsal.ts'
import { type Figures, type Month, type Span, type Subject, type Table, units } from '../figures/figures.ts'
import { providerReasons, serviceReasons } from '../figures/reasons.ts'
import { levels } from '../kernel/assurance.ts'
import type { Rehearsal, WaysIn } from '../login/rehearsal.ts'
import type { Partners } from '../partners/partners.ts'
import { type Answer, done, type Operation, operation, refused } from './operations.ts'
import { Instant_, instantOf, Level, Page, paged, pageOf } from './shapes.ts'

export interface FiguresOperationsOptions {
  figures: Pick<Figures, 'figuresOf'>
  operatorFigures: Pick<OperatorFigures, 'live' | 'ways'>
  rehearsal: Pick<Rehearsal, 'waysIn'>
  partners: Pick<Partners, 'registry'>
}

const Day = z.iso.date()
const MonthName = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'must be a month: 2026-11')

const SpanShape = z.strictObject({
  from: Day,
  to: Day.meta({ description: 'Included.' }),
  count: z.int().optional().meta({ description: 'Absent: under 10 and hidden, or not over yet.' }),
  more: z.literal(true).optional().meta({ description: 'There may be a little more, which is hidden.' }),
})

const shareOf = <K extends string>(kinds: readonly [K, ...K[]]) =>
  z.strictObject({
    of: z.array(z.enum(kinds)).meta({ description: 'Several where one alone is too small to be told.' }),
    count: z.int(),
  })
const reasons = [...new Set([...serviceReasons, ...providerReasons])] as unknown as readonly [
  (typeof serviceReasons)[number] | (typeof providerReasons)[number],
]

const MonthShape = z.strictObject({
  month: MonthName,
  levels: z.array(shareOf(levels)),
  reasons: z.array(shareOf(reasons)),
  medianMilliseconds: z.number().optional(),
  p95Milliseconds: z.number().optional(),
})

const FiguresShape = z.strictObject({
  by: z.enum(units),
  month: MonthName.optional(),
  timeZone: z.string().meta({ description: 'Of the days; an IANA name.' }),
  logins: z.array(SpanShape),
  refusals: z.array(SpanShape),
  months: z.array(MonthShape).meta({ description: 'Months that are over.' }),
  known: z.array(MonthName).meta({ description: 'Months that can be asked for by day, the newest first.' }),
  next: Day.meta({ description: 'When the week that goes on is told.' }),
})

const Asked = z.strictObject({
  by: z.enum(units).default('week'),
  month: MonthName.exactOptional().meta({ description: 'By day: which one; the newest by default.' }),
})

const ActivityShape = z.strictObject({
  at: Instant_.meta({ description: 'When it was counted; it is kept for some seconds.' }),
  today: z.int(),
  lastHour: z.int(),
  refusedToday: z.int(),
  hours: z.array(z.strictObject({ begins: Instant_, authorised: z.int(), refused: z.int() })),
  refusals: z
    .array(z.strictObject({ reason: z.string(), count: z.int() }))
    .meta({ description: 'In these 24 hours, the most frequent first.' }),
})

const WaysShape = z.strictObject({
  service: z.string(),
  level: Level,
  providers: z.array(z.string()).meta({ description: 'Two at most: more is not counted.' }),
})

const monthOf = ({ month, levels, reasons, median, p95 }: Month): z.output<typeof MonthShape> => ({
  month,
  levels: levels.map(({ of, count }) => ({ of: [...of], count })),
  reasons: reasons.map(({ of, count }) => ({ of: [...of], count })),
  ...(median === undefined ? {} : { medianMilliseconds: median }),
  ...(p95 === undefined ? {} : { p95Milliseconds: p95 }),
})

const tableOf = ({
  by,
  month,
  timeZone,
  logins,
  refusals,
  months,
  known,
  next,
}: Table): z.output<typeof FiguresShape> => ({
  by,
  ...(month === undefined ? {} : { month }),
  timeZone,
  logins: logins.map((span: Span) => ({ ...span })),
  refusals: refusals.map((span: Span) => ({ ...span })),
  months: months.map(monthOf),
  known: [...known],
  next,
})

const waysOf = ({ service, level, providers }: WaysIn): z.output<typeof WaysShape> => ({
  service,
  level,
  providers: [...providers],
})

export function figuresOperations(options: FiguresOperationsOptions): Operation[] {
  const { figures, operatorFigures, rehearsal, partners } = options

  async function figuresAnswer(
    of: Subject,
    { by, month }: z.output<typeof Asked>,
  ): Promise<Answer<z.output<typeof FiguresShape>>> {
    const table = await figures.figuresOf({ of, by, for: 'operators', ...(month === undefined ? {} : { month }) })
    return table ? done(tableOf(table)) : refused('not-found')
  }

  return [
    operation({
      id: 'getServiceFigures',
      method: 'GET',
      path: '/services/{service}/figures',
      tag: 'Figures',
      scope: 'figures:read',
      summary: 'Sign-ins, refusals, levels and durations of a service, as its partner reads them',
      description: 'Counts under 10 are hidden. Nothing of it is told by provider. A week is told when it is over.',
      params: z.strictObject({ service: z.string() }),
      query: Asked,
      answers: FiguresShape,
      run: ({ params: { service }, query }) => figuresAnswer({ service }, query),
    }),
    operation({
      id: 'getProviderFigures',
      method: 'GET',
      path: '/providers/{provider}/figures',
      tag: 'Figures',
      scope: 'figures:read',
      summary: 'The same of a provider: sign-ins that it vouched for',
      description: 'Nothing of it is told by service.',
      params: z.strictObject({ provider: z.string() }),
      query: Asked,
      answers: FiguresShape,
      run: ({ params: { provider }, query }) => figuresAnswer({ provider }, query),
    }),
    operation({
      id: 'getActivity',
      method: 'GET',
      path: '/activity',
      tag: 'Figures',
      scope: 'figures:read',
      summary: 'Sign-ins and refusals of today and of the last 24 hours, of all people together',
      answers: ActivityShape,
      async run() {
        const { at, today, lastHour, refusedToday, hours, refusals } = await operatorFigures.live()
        return done({
          at: instantOf(at),
          today,
          lastHour,
          refusedToday,
          hours: hours.map(({ begins, ...counts }) => ({ begins: instantOf(begins), ...counts })),
          refusals: refusals.map((one) => ({ ...one })),
        })
      },
    }),
    operation({
      id: 'listWaysIn',
      method: 'GET',
      path: '/ways-in',
      tag: 'Figures',
      scope: 'providers:read',
      summary: 'Which accounts open each service at its own level: now, and by its settings when all is well',
      query: z.strictObject(Page),
      answers: pageOf(WaysShape.extend({ bySettings: z.array(z.string()) })),
      async run({ query }) {
        const page = paged(await operatorFigures.ways(), query, ({ service }) => service)
        return done({
          ...page,
          items: page.items.map(({ service, level, now, settings }) => ({
            ...waysOf({ service, level, providers: now }),
            bySettings: [...settings],
          })),
        })
      },
    }),
    operation({
      id: 'rehearseOutage',
      method: 'POST',
      path: '/rehearsal',
      tag: 'Figures',
      scope: 'providers:read',
      summary: 'What if these providers did not answer? Which services would nobody enter, which by one account only',
      description: 'Nothing is changed, and nobody is told. Services that are closed already are left out.',
      body: z.strictObject({ providers: z.array(z.string()).min(1).max(500) }),
      answers: z.strictObject({ closed: z.array(WaysShape), single: z.array(WaysShape) }),
      async run({ body: { providers } }) {
        const known = partners.registry().providers
        const errors = providers.flatMap((id, index) =>
          known.has(id) ? [] : [{ pointer: `/providers/${index}`, detail: 'names a provider that does not exist' }],
        )
        if (errors.length > 0) return refused('content-invalid', { errors })
        const { closed, single } = await outageOf(rehearsal, { down: new Set(providers) })
        return done({ closed: closed.map(waysOf), single: single.map(waysOf) })
      },
    }),
  ]
}
