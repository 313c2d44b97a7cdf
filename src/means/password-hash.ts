/**
 * How a password rests: argon2id (RFC 9106) in the PHC string format, so that each string says by which parameters it
 * was made. Evaluations run on the thread pool of the process, a few at a time: they hold 64 MiB each, and file, name
 * and key operations of other requests need threads of the same pool.
 */
import { argon2, timingSafeEqual } from 'node:crypto'
import { GarantError } from '../kernel/errors.ts'
import { randomBytes } from '../kernel/random.ts'

export interface HashCost {
  /** KiB. */
  memory: number
  passes: number
  lanes: number
}

/** "If much less memory is available, a uniformly safe option is Argon2id with t=3 iterations, p=4 lanes, m=2^(16)
 * (64 MiB of RAM), 128-bit salt, and 256-bit tag size. This is the SECOND RECOMMENDED option." (RFC 9106 section 4) */
export const secondRecommended: HashCost = { memory: 65_536, passes: 3, lanes: 4 }

const saltLength = 16
const tagLength = 32

/** No password has as many; what is longer is no guess, and is not read to its end. */
const longestRead = 4_096

/** Of the four threads that the pool has by default. */
const atOnce = 2
/** More than this many waiting is several seconds of work: whoever comes then is told to come back. */
const mostWaiting = 64

export interface PasswordHasher {
  /** The string to store. */
  hash(password: string): Promise<string>
  /** One evaluation, whether `stored` is there or not: who is unknown costs what who is known does. */
  verify(password: string, stored: string | undefined): Promise<boolean>
  /** Made by less than what is asked today? Then it is made again at the next sign-in. */
  isWeaker(stored: string): boolean
  /**
   * Before a try is counted: nobody's failures grow because the hub is busy.
   *
   * @throws GarantError `means_busy` when too many wait already
   */
  admit(): void
  /** How many evaluations were made. */
  evaluations(): number
}

/** The parameters of an argument-free call are what RFC 9106 recommends; tests take lesser ones. */
export function createPasswordHasher(cost: HashCost = secondRecommended): PasswordHasher {
  const turns = createTurns()
  let evaluations = 0

  async function evaluate(password: string, salt: Buffer, by: HashCost): Promise<Buffer> {
    evaluations++
    const parameters = {
      // The same letters typed on two keyboards may differ in their code points.
      message: password.slice(0, longestRead).normalize('NFC'),
      nonce: salt,
      parallelism: by.lanes,
      memory: by.memory,
      passes: by.passes,
      tagLength,
    }
    return turns.take(
      () =>
        new Promise<Buffer>((resolve, reject) =>
          argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag))),
        ),
    )
  }

  return {
    async hash(password) {
      const salt = randomBytes(saltLength)
      return format({ ...cost, salt, tag: await evaluate(password, salt, cost) })
    },
    async verify(password, stored) {
      const known = stored === undefined ? undefined : parse(stored)
      const tag = await evaluate(password, known?.salt ?? randomBytes(saltLength), known ?? cost)
      return known !== undefined && timingSafeEqual(tag, known.tag)
    },
    isWeaker(stored) {
      const { memory, passes, lanes } = parse(stored)
      return memory < cost.memory || passes < cost.passes || lanes < cost.lanes
    },
    admit() {
      if (turns.waiting() >= mostWaiting) throw new GarantError('means_busy', { waiting: turns.waiting() })
    },
    evaluations: () => evaluations,
  }
}

interface Parsed extends HashCost {
  salt: Buffer
  tag: Buffer
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

function format({ memory, passes, lanes, salt, tag }: Parsed): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`
}

function parse(stored: string): Parsed {
  const [, memory, passes, lanes, salt, tag] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored) ?? []
  if (!salt || !tag) throw new Error('a stored password is no argon2id string')
  return {
    memory: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

/** Runs a few at a time, in the order of arrival. */
function createTurns() {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    waiting: () => waiting.length,
    async take<T>(work: () => Promise<T>): Promise<T> {
      if (running < atOnce) running++
      // Whoever ends hands its turn over: nobody who arrives in between takes it.
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else running--
      }
    },
  }
}
