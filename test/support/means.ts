/** A means room on a database of its own, with real people, a gateway that keeps what it is given, and cheap hashes. */
import { sql } from 'kysely'
import { createTranslator } from '../../src/http/messages.ts'
import { day } from '../../src/kernel/durations.ts'
import type { ContactId, EnrolmentId, PersonId } from '../../src/kernel/ids.ts'
import type { OutgoingMessage } from '../../src/means/gateway.ts'
import {
  type Authenticated,
  createMeans,
  type Means,
  type MeansRules,
  type SignInAnswer,
} from '../../src/means/means.ts'
import { createPasswordHasher, type HashCost, type PasswordHasher } from '../../src/means/password-hash.ts'
import { sentMessages } from '../../src/means/sent-messages.ts'
import { meansRules, meansSchema } from '../../src/means/settings.ts'
import { createPeople, type People } from '../../src/people/people.ts'
import { policyOf, policySchema } from '../../src/policy/settings.ts'
import type { Handle, Storage } from '../../src/storage/storage.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { openTestStorage } from './database.ts'
import { type FactRecorder, recordFacts } from './facts.ts'
import { angela, firstKey } from './people.ts'

export const issuer = 'https://hub.example'
export const goodPassword = 'Corail!Vent7 du soir'
export const browser = 'the cookie of one browser'

/** Quick, so that a test may ask for many; what is real about the cost has a test of its own. */
/** A thousandth of the work of what is shipped, whose parameters have tests of their own. */
export const cheapHash: HashCost = { memory: 64, passes: 1, lanes: 1 }

export interface MeansRoom {
  clock: TestClock
  storage: Storage
  people: People
  means: Means
  /** The people of another process, which no room has joined yet. */
  anotherPeople(): People
  /** A room of another process on the same database, with other rules or another hasher. */
  another(over?: Partial<MeansRules>, hasher?: PasswordHasher): Means
  hasher: PasswordHasher
  /** How many statements were sent so far, those of short-lived state left out. */
  statements(): number
  facts: FactRecorder
  sent: OutgoingMessage[]
  logged: unknown[]
  /** Whose sessions were ended, in order. */
  ended: PersonId[]
  register: Map<string, 'known' | 'unknown' | 'no_edition'>
  failSending(now: boolean): void
  /** Somebody enrolled at a desk, with a login name of their own. */
  enrol(over?: { name?: string }): Promise<Enrolled>
  /** ... with a password as well. */
  withPassword(): Promise<Enrolled>
  contact(person: PersonId, address: string): Promise<ContactId>
  /** Through the password; the answer to it. */
  password(name: string, password?: string, options?: { by?: Means; browser?: string }): Promise<SignInAnswer>
  empty(): Promise<void>
  /** Every row of every table of the room, as text. */
  dump(): Promise<string>
  close(): Promise<void>
}

export interface Enrolled {
  name: string
  person: PersonId
  enrolment: EnrolmentId
}

export async function openMeansRoom(
  options: { rules?: Partial<MeansRules>; hasher?: PasswordHasher } = {},
): Promise<MeansRoom> {
  const clock = createTestClock()
  const opened = await openTestStorage(clock)
  let statements = 0
  /** The same handle; each statement asks it for its executor. */
  const counted = <H extends Handle>(handle: H): H =>
    new Proxy(handle, {
      get(target, name) {
        if (name === 'getExecutor') statements++
        const member: unknown = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  const storage: Storage = {
    ...opened,
    db: counted(opened.db),
    transaction: (work) => opened.transaction((tx) => work(counted(tx))),
  }
  const facts = recordFacts(() => storage)
  const logged: unknown[] = []
  const log = (message: string, inside: Record<string, unknown>) => void logged.push({ message, inside })
  const anotherPeople = () =>
    createPeople({
      storage,
      clock,
      audit: facts.audit,
      masterKey: Buffer.alloc(32, 9),
      pivotKeys: [firstKey],
      log,
    })
  const people = anotherPeople()
  const sent: OutgoingMessage[] = []
  const ended: PersonId[] = []
  const register: MeansRoom['register'] = new Map()
  let failing = false
  let sequence = 0
  const usual = meansRules(meansSchema.parse({}), policyOf(policySchema.parse({})))

  const build = (over: Partial<MeansRules> = {}, by = createPasswordHasher(cheapHash), jobs = storage.jobs) =>
    createMeans({
      storage: { ...storage, jobs },
      clock,
      audit: facts.audit,
      people,
      key: Buffer.alloc(32, 3),
      issuer,
      name: 'Garant',
      rules: { ...usual, ...over },
      gateway: {
        async send(message) {
          if (failing) throw new Error(`no way out to ${message.to}`)
          sent.push(message)
        },
      },
      translate: createTranslator(sentMessages),
      inRegister: async (id) => register.get(id) ?? 'unknown',
      async endSessions(_tx, person) {
        ended.push(person)
      },
      log,
      hasher: by,
      difficulty: 8,
    })
  const hasher = options.hasher ?? createPasswordHasher(cheapHash)
  const means = build(options.rules, hasher)
  people.keep(means.keeper)
  /** Jobs have one handler in a process; those of the first room serve the others too. */
  const withoutWork = { ...storage.jobs, work: () => {} }

  const room: MeansRoom = {
    clock,
    storage,
    people,
    means,
    anotherPeople,
    another: (over, by) => build({ ...options.rules, ...over }, by, withoutWork),
    hasher,
    statements: () => statements,
    facts,
    sent,
    logged,
    ended,
    register,
    failSending: (now) => {
      failing = now
    },

    async enrol({ name = `login-${sequence}` } = {}) {
      // A family of their own: two people with one identity would be one.
      const family = `DUBOIS ${String(sequence++).replaceAll(/\d/g, (digit) => 'ABCDEFGHIJ'.charAt(Number(digit)))}`
      const checked = await means.enrolments.check({ kind: 'login_name', value: name })
      if (!checked.ok) throw new Error(checked.reasons.join())
      const identity = { ...angela, family_name: family }
      const enrolled = await storage.transaction((tx) =>
        means.enrolments.record(tx, {
          proof: { kind: 'document', seen: 'face_to_face' },
          agent: { kind: 'command' },
          evidence: 'dossier 2026/118',
          identity,
          identifier: checked.identifier,
        }),
      )
      if (!enrolled.ok) throw new Error(enrolled.reasons.join())
      return { name, person: enrolled.person, enrolment: enrolled.enrolment }
    },

    async withPassword() {
      const enrolled = await room.enrol()
      const set = await means.passwords.set({ ...enrolled, password: goodPassword, by: { kind: 'first' } })
      if (!set.ok) throw new Error(set.reasons.join())
      return enrolled
    },

    async contact(person, address) {
      const { contact, code } = await storage.transaction((tx) =>
        people.addContact(tx, person, address, 'eidas2', 'fr'),
      )
      await storage.transaction((tx) => people.verifyContact(tx, person, contact, code, 'eidas2'))
      // Contacts are listed in the order in which they came.
      clock.advance(1)
      return contact
    },

    async password(name, password = goodPassword, { by = means, browser: from = browser } = {}) {
      const { ceremony } = await by.ceremonies.begin({ identifier: name, browser: from, secondFactor: 'if_enrolled' })
      return by.ceremonies.password({ ceremony, browser: from, password })
    },

    async empty() {
      const tables = ['people', 'links', 'subjects', 'contacts', 'collisions', 'enrolments', 'identifiers', 'means']
      await sql`truncate ${sql.join([...tables, ...others].map((table) => sql.table(table)))} cascade`.execute(
        storage.db,
      )
      facts.clear()
      for (const list of [sent, logged, ended]) list.splice(0)
      register.clear()
      failing = false
      clock.set(clock.now() + 2 * day)
    },

    async dump() {
      const parts = await Promise.all(
        ['enrolments', 'identifiers', 'means', ...others].map((table) =>
          sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(storage.db),
        ),
      )
      return parts.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n')
    },

    close: () => storage.close(),
  }
  return room
}

const others = ['recovery_codes', 'one_time_codes', 'sign_in_failures', 'state']

/** What a ceremony ended with. */
export function authenticatedIn(answer: SignInAnswer): Authenticated {
  if (answer.kind !== 'authenticated') throw new Error(`not signed in: ${answer.kind}`)
  return answer.authenticated
}

/** The second step of a ceremony. */
export function secondIn(answer: SignInAnswer): Extract<SignInAnswer, { kind: 'second_factor' }> {
  if (answer.kind !== 'second_factor') throw new Error(`no second step: ${answer.kind}`)
  return answer
}

/** The digits, or the long code, of a message. */
export function codeIn({ text }: OutgoingMessage): string {
  const [code] = /\b\d{6}\b|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/.exec(text) ?? []
  if (!code) throw new Error('no code in the message')
  return code
}
