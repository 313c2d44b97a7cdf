/**
 * The register of breaches of personal data, for the programs of those who answer for it: its entries, one of them with its
 * history, and what goes to an authority. To read only: what is decided and recorded there is the word of an officer.
 */
import { z } from 'zod'
import { type Breach, type Breaches, breachEventNames } from '../breaches/breaches.ts'
import { drawUp, type Notifier, notificationText } from '../breaches/notification.ts'
import { jsonOf } from '../breaches/register-file.ts'
import type { Translate } from '../http/messages.ts'
import type { Clock } from '../kernel/clock.ts'
import { isId } from '../kernel/ids.ts'
import { type Language, languages } from '../kernel/languages.ts'
import {
  askedItems,
  breachStates,
  closings,
  dataKinds,
  decisions,
  natures,
  peopleKinds,
  risks,
  tellings,
} from '../policy/breach.ts'
import { done, type Operation, operation, refused } from './operations.ts'
import { Author, authorOf, Instant_, instantOf, Page, pageOf } from './shapes.ts'

export interface BreachOperationsOptions {
  breaches: Pick<Breaches, 'authorities' | 'list' | 'read' | 'history' | 'noteExport'>
  notifier: Notifier
  /** In which language a notification is drawn up. */
  translate: (language: Language) => Translate
  clock: Clock
}

const standings = ['confirmed', 'revised', 'not_confirmed'] as const
const Missing = z.null()
const Text = z.union([z.string(), Missing])
const Count = z.union([z.int(), Missing])
const Moment = z.union([Instant_, Missing])

const BreachShape = z.strictObject({
  id: z.string(),
  reference: z.string(),
  state: z.enum(breachStates),
  version: z.int(),
  title: Text.meta({ description: 'Of an incident of the hub’s own.' }),
  authorities: z.array(z.string()).meta({ description: 'Who has to hear of it.' }),
  source: z.enum(['case', 'hub']),
  case: z.union([z.strictObject({ id: z.string(), standing: z.enum(standings) }), Missing]),
  openedAt: Instant_,
  awareAt: Instant_.meta({ description: 'From here the 72 hours run.' }),
  dueAt: Moment.meta({ description: 'The next deadline that nobody has met.' }),
  nature: z.strictObject({
    kinds: z.array(z.enum(natures)),
    what: Text,
    happenedFrom: Moment,
    happenedUntil: Moment,
    peopleKinds: z.array(z.enum(peopleKinds)),
    people: Count,
    dataKinds: z.array(z.enum(dataKinds)),
    records: Count,
  }),
  consequences: Text,
  measures: Text,
  assessment: z.union([
    z.strictObject({
      decision: z.enum(decisions),
      risk: z.enum(risks),
      reason: z.string(),
      telling: z.enum(tellings),
      tellingReason: z.string(),
    }),
    Missing,
  ]),
  peopleTold: z.union([z.strictObject({ at: Instant_, how: z.string() }), Missing]),
  notifications: z.array(
    z.strictObject({
      authority: z.string(),
      number: z.int(),
      at: Instant_,
      late: z.boolean(),
      reference: Text,
      lateReason: Text,
      note: Text,
    }),
  ),
  closed: z.union([z.strictObject({ at: Instant_, reason: z.enum(closings) }), Missing]),
})

const EntryShape = BreachShape.extend({
  history: z
    .array(z.strictObject({ at: Instant_, by: Author, what: z.enum(breachEventNames), fields: z.array(z.string()) }))
    .meta({ description: 'The newest first; `fields` names what changed.' }),
})

const shapeOf = (breach: Breach) => jsonOf(breach) as z.output<typeof BreachShape>

export function breachOperations(options: BreachOperationsOptions): Operation[] {
  const { breaches, notifier, translate, clock } = options
  return [
    operation({
      id: 'listBreaches',
      method: 'GET',
      path: '/breaches',
      tag: 'Breaches',
      scope: 'breaches:read',
      summary: 'The register of breaches: open entries by deadline, closed ones from the last on',
      query: z.strictObject({ ...Page, state: z.enum(['open', 'closed']).default('open') }),
      answers: pageOf(BreachShape),
      async run({ query: { cursor, limit, state } }) {
        const after = isId('breach', cursor) ? { after: cursor } : {}
        const { breaches: found, next } = await breaches.list({ which: state, limit, ...after })
        return done({ items: found.map(shapeOf), ...(next ? { next } : {}) })
      },
    }),
    operation({
      id: 'getBreach',
      method: 'GET',
      path: '/breaches/{breach}',
      tag: 'Breaches',
      scope: 'breaches:read',
      summary: 'One of them, with its history',
      params: z.strictObject({ breach: z.string() }),
      answers: EntryShape,
      async run({ params: { breach: id } }) {
        const found = isId('breach', id) ? await breaches.read(id) : undefined
        if (!found) return refused('not-found')
        const history = await breaches.history(found.id)
        return done({
          ...shapeOf(found),
          history: history.map(({ at, by, what, changes }) => ({
            ...{ at: instantOf(at), by: authorOf(by), what, fields: Object.keys(changes) },
          })),
        })
      },
    }),
    operation({
      id: 'getBreachNotification',
      method: 'GET',
      path: '/breaches/{breach}/notification',
      tag: 'Breaches',
      scope: 'breaches:read',
      summary: 'What goes to an authority, as text, with what is still missing',
      description: 'In the language of the authority unless another one is asked for. Taking it is a fact.',
      params: z.strictObject({ breach: z.string() }),
      query: z.strictObject({ authority: z.string().max(40), language: z.enum(languages).optional() }),
      answers: z.strictObject({
        authority: z.string(),
        language: z.enum(languages),
        number: z.int().meta({ description: '1: the first one to this authority.' }),
        text: z.string(),
        missing: z.array(z.enum(askedItems)),
      }),
      async run({ params: { breach: id }, query, caller: { actor } }) {
        const breach = isId('breach', id) ? await breaches.read(id) : undefined
        const authority = breaches.authorities.find((one) => one.id === query.authority)
        if (!breach || !authority) return refused('not-found')
        const language = query.language ?? authority.language
        const t = translate(language)
        const file = drawUp({ breach, authority, notifier, language, t, now: clock.now() })
        await breaches.noteExport(breach.id, actor)
        const text = notificationText(file, t)
        return done({ authority: authority.id, language, number: file.number, text, missing: file.missing })
      },
    }),
  ]
}
