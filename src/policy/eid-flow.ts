/**
 * The order of a sign-in with the e-ID app (R073 to R075, R089): scan, number, card or the phone's own key, biometrics,
 * approval, confirmation in the browser. Pure: one transition, a table of which event leads where. Nothing is skipped but
 * what the request says may be, nothing happens twice, and only the phone that scanned goes on. There is no way into
 * `completed` but by the last step in the browser that began. Where a text is signed, it is on the phone before anything
 * proves who holds it.
 */

/**
 * `app`: by a paired phone. `reader`: any phone that reads the card; of what it says of itself nothing counts.
 * `signature`: a paired phone signs a text, instead of signing somebody in.
 */
export type EidMode = 'app' | 'reader' | 'signature'
/** `qr`: read from another screen. `link`: opened on the phone that holds the browser. */
export type EidWay = 'qr' | 'link'
export type EidBy = 'card' | 'device_key'

export const eidStates = [
  'waiting',
  'scanned',
  'matched',
  'shown',
  'carded',
  'recognised',
  'approved',
  'completed',
  'declined',
  'refused',
] as const
export type EidState = (typeof eidStates)[number]

export interface EidFlow {
  state: EidState
  mode: EidMode
  /** What this sign-in may be made of. */
  by: readonly EidBy[]
  /** The only phone that may go on, from the scan on. */
  phone?: string
  way?: EidWay
  /** By what the holder proved who they are, once they did. */
  proof?: EidBy
  /** Numbers typed wrong in the present state. */
  wrong: number
  /** Of `declined` and `refused`. */
  reason?: string
}

export type EidEvent =
  /** `by`: what is left of the request's own, for this phone at this place. */
  | { kind: 'scan'; phone: string; way: EidWay; by: readonly EidBy[] }
  | { kind: 'number'; phone: string; right: boolean }
  /** The phone fetches what it is to sign. */
  | { kind: 'text'; phone: string }
  | { kind: 'card'; phone: string }
  | { kind: 'biometrics'; phone: string }
  | { kind: 'approve'; phone: string }
  /** The number of the phone, typed in the browser, or the response code that the app came back with. */
  | { kind: 'confirm'; right: boolean }
  | { kind: 'decline'; phone: string; reason: string }
  | { kind: 'refuse'; reason: string }

export const eidObstacles = {
  out_of_step: { says: 'It is not the turn of this.' },
  over: { says: 'The request has ended.' },
  other_phone: { says: 'Another phone has scanned it.' },
  card_needed: { says: 'Here only the card proves who somebody is.' },
} as const
export type EidObstacle = keyof typeof eidObstacles

/** The third number typed wrong ends the request, on either side. */
export const numbersTyped = 3

export function openedFlow(mode: EidMode, by: readonly EidBy[]): EidFlow {
  return { state: 'waiting', mode, by, wrong: 0 }
}

export const isOver = ({ state }: Pick<EidFlow, 'state'>): boolean => ends.has(state)

const ends: ReadonlySet<EidState> = new Set(['completed', 'declined', 'refused'])

/** What the phone has to do next; `card` where the key of the phone would do as well is `card_or_biometrics`. */
export type EidStep = 'number' | 'text' | 'card' | 'card_or_biometrics' | 'biometrics' | 'approve' | 'wait'

export function stepOf(flow: EidFlow): EidStep {
  if (flow.state === 'scanned') return 'number'
  if (flow.state === 'matched' && flow.mode === 'signature') return 'text'
  if (flow.state === 'matched' || flow.state === 'shown') return mayLeaveCard(flow) ? 'card_or_biometrics' : 'card'
  if (flow.state === 'carded') return 'biometrics'
  return flow.state === 'recognised' ? 'approve' : 'wait'
}

/** Only an attested key stands for the card; in mode `reader` no phone has one. */
const mayLeaveCard = ({ mode, by }: EidFlow) => mode !== 'reader' && by.includes('device_key')

type Moved = EidFlow | EidObstacle
type Step<K extends EidEvent['kind']> = (flow: EidFlow, event: Extract<EidEvent, { kind: K }>) => Moved

const ended = (flow: EidFlow, state: 'declined' | 'refused', reason: string): EidFlow => ({ ...flow, state, reason })

/** Counts a wrong number; the last one ends the request. */
function mistaken(flow: EidFlow, reason: string): EidFlow {
  const wrong = flow.wrong + 1
  return wrong < numbersTyped ? { ...flow, wrong } : { ...ended(flow, 'refused', reason), wrong }
}

/** In mode `reader` the PIN of the card is the second factor, and the phone has no word in it. */
function byCard(flow: EidFlow): Moved {
  return { ...flow, state: flow.mode === 'reader' ? 'recognised' : 'carded', proof: 'card' }
}

function byOwnKey(flow: EidFlow): Moved {
  return mayLeaveCard(flow) ? { ...flow, state: 'recognised', proof: 'device_key' } : 'card_needed'
}

/** Nobody signs what their phone has not shown. */
function unlessUnread(step: (flow: EidFlow) => Moved): (flow: EidFlow) => Moved {
  return (flow) => (flow.mode === 'signature' ? 'out_of_step' : step(flow))
}

/** A state that an event is not listed under has no such step. */
const steps: { [K in EidEvent['kind']]: Partial<Record<EidState, Step<K>>> } = {
  scan: {
    waiting: (flow, { phone, way, by }) => {
      const left = flow.by.filter((one) => by.includes(one))
      // A link opens on the device that holds the browser: no second screen shows a number. It ends with a response code.
      const state = way === 'link' ? 'matched' : 'scanned'
      return left.length === 0 ? 'card_needed' : { ...flow, state, phone, way, by: left }
    },
  },
  number: {
    scanned: (flow, { right }) => (right ? { ...flow, state: 'matched', wrong: 0 } : mistaken(flow, 'number_wrong')),
  },
  text: {
    matched: (flow) => (flow.mode === 'signature' ? { ...flow, state: 'shown' } : 'out_of_step'),
  },
  card: { matched: unlessUnread(byCard), shown: byCard },
  biometrics: {
    matched: unlessUnread(byOwnKey),
    shown: byOwnKey,
    carded: (flow) => ({ ...flow, state: 'recognised' }),
  },
  approve: {
    recognised: (flow) => ({ ...flow, state: 'approved', wrong: 0 }),
  },
  confirm: {
    approved: (flow, { right }) => (right ? { ...flow, state: 'completed' } : mistaken(flow, 'confirmation_wrong')),
  },
  decline: Object.fromEntries(
    (['scanned', 'matched', 'shown', 'carded', 'recognised', 'approved'] as const).map((state) => [
      state,
      (flow: EidFlow, { reason }: { reason: string }) => ended(flow, 'declined', reason),
    ]),
  ),
  refuse: Object.fromEntries(
    eidStates
      .filter((state) => !ends.has(state))
      .map((state) => [state, (flow: EidFlow, { reason }: { reason: string }) => ended(flow, 'refused', reason)]),
  ),
}

/** The flow after an event, or why it cannot happen now. */
export function advance(flow: EidFlow, event: EidEvent): Moved {
  if (isOver(flow)) return 'over'
  // Before the table, so that a stranger learns nothing of how far it is.
  if ('phone' in event && flow.phone !== undefined && event.phone !== flow.phone) return 'other_phone'
  const step = steps[event.kind][flow.state] as Step<EidEvent['kind']> | undefined
  return step?.(flow, event) ?? 'out_of_step'
}

export const isObstacle = (moved: Moved): moved is EidObstacle => typeof moved === 'string'
