import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { TOTP } from 'otpauth'
import {
  authenticatedIn,
  browser,
  codeIn,
  type Enrolled,
  goodPassword,
  type MeansRoom,
  openMeansRoom,
  secondIn,
} from '../../test/support/means.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts'

let room: MeansRoom
before(async () => {
  room = await openMeansRoom()
})
beforeEach(() => room.empty())
after(() => room.close())

/** The code of a seed at the present instant, or some steps away. */
const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret, algorithm: 'SHA1', digits: 6, period: 30 }).generate({
    timestamp: room.clock.now() + steps * 30 * second,
  })

async function withTotp(): Promise<Enrolled & { secret: string; totp: string }> {
  const enrolled = await room.withPassword()
  const { means, secret } = await room.storage.transaction((tx) =>
    room.means.totps.begin(tx, { ...enrolled, label: 'Telephone', accountName: enrolled.name }),
  )
  assert.equal(await room.means.totps.activate(enrolled.person, means, codeOf(secret, -1)), 'active')
  return { ...enrolled, secret, totp: means }
}

const totp = (ceremony: string, code: string, from = browser) =>
  room.means.ceremonies.secondFactor({ ceremony, browser: from, answer: { kind: 'totp', code } })

const reasons = () => room.facts.of('means.sign_in_refused').map(({ reason }) => reason)

describe('a password', () => {
  test('alone signs in at the lowest level where it is allowed alone, by any spelling of the identifier', async () => {
    const { person } = await room.enrol({ name: 'Renée.Öztürk' }).then(async (enrolled) => {
      await room.means.passwords.set({ ...enrolled, password: goodPassword, by: { kind: 'first' } })
      return enrolled
    })
    for (const spelling of ['Renée.Öztürk', ' renée.öztürk ', 'RENÉE.ÖZTÜRK', 'Renée.Öztürk'.normalize('NFD')]) {
      const authenticated = authenticatedIn(await room.password(spelling))
      assert.equal(authenticated.person, person)
      assert.deepEqual(authenticated.amr, ['pwd'])
      assert.equal(authenticated.level, 'eidas1')
      assert.equal(authenticated.authTime, room.clock.now())
    }
    assert.equal(room.facts.of('means.signed_in').length, 4)
  })

  test('is not enough where a second factor is required, and the answer says so only to whom knows it', async () => {
    const { name } = await room.withPassword()
    const begin = async () => {
      const { ceremony } = await room.means.ceremonies.begin({ identifier: name, browser, secondFactor: 'required' })
      return { ceremony }
    }
    const wrong = await room.means.ceremonies.password({ ...(await begin()), browser, password: 'Wrong!Password1' })
    assert.equal(wrong.kind, 'refused')
    const right = await room.means.ceremonies.password({ ...(await begin()), browser, password: goodPassword })
    assert.deepEqual(right, { kind: 'second_factor_missing' })
  })

  test('wrong, unknown, suspended and expired: one answer, and the same statements and evaluations', async () => {
    const known = await room.withPassword()
    const suspended = await room.withPassword()
    const [{ means = undefined } = {}] = await room.means.of(room.storage.db, suspended.person)
    assert.ok(means)
    await room.storage.transaction((tx) =>
      room.means.suspend(tx, { person: suspended.person, means, actor: { kind: 'command' }, reason: 'misuse' }),
    )
    const without = await room.enrol()
    const seen = []
    for (const name of [known.name, suspended.name, without.name, 'nobody at all', '']) {
      const before = room.hasher.evaluations()
      const statements = room.statements()
      const answer = await room.password(name, 'Wrong!Password1')
      assert.equal(answer.kind, 'refused')
      const { ceremony, ...rest } = answer as { ceremony?: string }
      assert.match(ceremony ?? '', /^[\w-]{43}$/)
      seen.push(JSON.stringify([rest, room.hasher.evaluations() - before, room.statements() - statements]))
    }
    assert.equal(new Set(seen).size, 1, seen.join('\n'))
    assert.match(seen[0] ?? '', /^\[\{"kind":"refused"\},1,\d\]$/)
    assert.deepEqual(reasons(), [
      'wrong_password',
      'not_active',
      'not_active',
      'unknown_identifier',
      'unknown_identifier',
    ])
    // Nothing tells in the journal which identifier nobody has.
    assert.deepEqual(
      room.facts.of('means.sign_in_refused').map(({ person }) => person !== null),
      [true, true, true, false, false],
    )
  })

  test('is read as it looks, whatever the keyboard wrote', async () => {
    const enrolled = await room.enrol()
    const written = 'Café!Crème-Brûlée9'
    await room.means.passwords.set({ ...enrolled, password: written.normalize('NFD'), by: { kind: 'first' } })
    authenticatedIn(await room.password(enrolled.name, written.normalize('NFC')))
  })

  test('a ceremony is good in its own browser, once, for a quarter of an hour', async () => {
    const { name } = await room.withPassword()
    const begin = async () => {
      const { ceremony } = await room.means.ceremonies.begin({ identifier: name, browser, secondFactor: 'if_enrolled' })
      return { ceremony }
    }
    const { password } = room.means.ceremonies
    const used = await begin()
    const foreign = await password({ ...used, browser: 'another browser', password: goodPassword })
    assert.deepEqual(foreign, { kind: 'gone' })
    authenticatedIn(await password({ ...used, browser, password: goodPassword }))
    assert.deepEqual(await password({ ...used, browser, password: goodPassword }), { kind: 'gone' })

    const late = await begin()
    room.clock.advance(15 * minute - 1)
    authenticatedIn(await password({ ...late, browser, password: goodPassword }))
    const tooLate = await begin()
    room.clock.advance(15 * minute)
    assert.deepEqual(await password({ ...tooLate, browser, password: goodPassword }), { kind: 'gone' })
    assert.deepEqual(await password({ ceremony: 'none', browser, password: goodPassword }), { kind: 'gone' })
  })

  test('two right answers to one ceremony sign in once', async () => {
    const { name } = await room.withPassword()
    const { ceremony } = await room.means.ceremonies.begin({ identifier: name, browser, secondFactor: 'if_enrolled' })
    const answers = await Promise.all(
      [1, 2, 3].map(() => room.means.ceremonies.password({ ceremony, browser, password: goodPassword })),
    )
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['authenticated', 'gone', 'gone'])
  })

  test('made by lesser parameters, it is made again at the next sign-in', async () => {
    const { name } = await room.withPassword()
    const stronger = createPasswordHasher({ memory: 128, passes: 2, lanes: 1 })
    const today = room.another({}, stronger)
    authenticatedIn(await room.password(name, goodPassword, { by: today }))
    assert.equal(stronger.evaluations(), 2)
    authenticatedIn(await room.password(name, goodPassword, { by: today }))
    assert.equal(stronger.evaluations(), 3)
  })
})

const blocking = { delay: true, challenge: false, block: true }

describe('throttling', () => {
  const wrong = (name: string) => room.password(name, 'Wrong!Password1')
  const wait = (answer: Awaited<ReturnType<typeof wrong>>) =>
    answer.kind === 'refused' ? answer.retryAfterSeconds : undefined

  for (const who of ['known', 'unknown'] as const) {
    test(`R061: five failures, then a minute in which nothing is evaluated nor counted: ${who} identifier`, async () => {
      const name = who === 'known' ? (await room.withPassword()).name : 'nobody'
      for (let each = 0; each < 5; each++) assert.equal(wait(await wrong(name)), undefined)
      const evaluated = room.hasher.evaluations()
      assert.equal(wait(await wrong(name)), 60)
      room.clock.advance(59 * second)
      // The right one, too soon: refused like the wrong one, and not evaluated.
      assert.equal(wait(await room.password(name)), 1)
      assert.equal(room.hasher.evaluations(), evaluated)
      room.clock.advance(second)
      const now = await room.password(name)
      assert.equal(now.kind, who === 'known' ? 'authenticated' : 'refused')
      assert.equal(room.hasher.evaluations(), evaluated + 1)
    })
  }

  test('R061: twenty-five failures in 24 hours, until the window frees a place', async () => {
    const delayOnly = room.another({ restrictions: { delay: true, challenge: false, block: false } })
    const { name } = await room.withPassword()
    const started = room.clock.now()
    for (let each = 0; each < 25; each++) {
      assert.equal(wait(await room.password(name, 'Wrong!Password1', { by: delayOnly })), undefined, `failure ${each}`)
      room.clock.advance(minute)
    }
    const left = started + day - room.clock.now()
    assert.equal(wait(await room.password(name, goodPassword, { by: delayOnly })), left / second)
    room.clock.advance(left)
    authenticatedIn(await room.password(name, goodPassword, { by: delayOnly }))
  })

  test('R063: ten in a row block; a success in between begins again; a manager unlocks', async () => {
    const { name, person } = await room.withPassword()
    const by = room.another({ restrictions: blocking })
    const fail = async (times: number) => {
      for (let each = 0; each < times; each++) {
        await room.password(name, 'Wrong!Password1', { by })
        if (each % 5 === 4) room.clock.advance(minute)
      }
    }
    await fail(9)
    authenticatedIn(await room.password(name, goodPassword, { by }))
    await fail(10)
    assert.equal(room.facts.of('means.locked').length, 1)
    room.clock.advance(hour)
    const evaluated = room.hasher.evaluations()
    const blocked = await room.password(name, goodPassword, { by })
    assert.equal(blocked.kind, 'refused')
    assert.equal(wait(blocked), undefined)
    assert.equal(room.hasher.evaluations(), evaluated)
    await room.storage.transaction((tx) =>
      room.means.unlock(tx, person, { actor: { kind: 'command' }, how: 'manager' }),
    )
    authenticatedIn(await room.password(name, goodPassword, { by }))
    assert.deepEqual(room.facts.of('means.unlocked'), [{ person, how: 'manager', actor: { kind: 'command' } }])
  })

  test('R063: as shipped, ten in a row block nobody: no stranger locks anybody out', async () => {
    const { name } = await room.withPassword()
    for (let each = 0; each < 10; each++) {
      await wrong(name)
      if (each % 5 === 4) room.clock.advance(minute)
    }
    authenticatedIn(await room.password(name))
    assert.deepEqual(room.facts.of('means.locked'), [])
  })

  test('R061: of fifty guesses at once, the right one among them, five are evaluated', async () => {
    const { name } = await room.withPassword()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const inner = createPasswordHasher({ memory: 64, passes: 1, lanes: 1 })
    /** Nothing is evaluated before every guess was reserved or refused: the worst order there is. */
    const slow: PasswordHasher = { ...inner, verify: (...given) => held.then(() => inner.verify(...given)) }
    const elsewhere = room.another({}, slow)
    let decided = 0
    const guesses = Array.from({ length: 50 }, async (_, index) => {
      // The right one comes last.
      const answer = await room.password(name, index === 49 ? goodPassword : `Wrong!Password${index}`, {
        by: elsewhere,
      })
      if (answer.kind === 'refused' && answer.retryAfterSeconds !== undefined && ++decided === 45) release()
      return answer
    })
    const answers = await Promise.all(guesses)
    assert.equal(inner.evaluations(), 5)
    assert.equal(answers.filter((answer) => wait(answer) !== undefined).length, 45)
  })

  test('the counts are of the database: another process has them too', async () => {
    const { name } = await room.withPassword()
    for (let each = 0; each < 5; each++) await wrong(name)
    assert.equal(wait(await room.password(name, goodPassword, { by: room.another() })), 60)
  })

  test('a busy hub counts nobody’s try', async () => {
    const { name } = await room.withPassword()
    const refusing: PasswordHasher = {
      ...createPasswordHasher({ memory: 64, passes: 1, lanes: 1 }),
      admit() {
        throw new Error('busy')
      },
    }
    for (let each = 0; each < 6; each++) {
      await assert.rejects(room.password(name, goodPassword, { by: room.another({}, refusing) }), /busy/)
    }
    authenticatedIn(await room.password(name))
  })
})

describe('the task against robots', () => {
  const wanted = () => room.another({ restrictions: { delay: false, challenge: true, block: false } })

  async function solved(task: { challenge: string; difficulty: number }): Promise<string> {
    const { leadingZeros } = await import('./automation-check.ts')
    for (let each = 0; ; each++) if (leadingZeros(task.challenge, String(each)) >= task.difficulty) return String(each)
  }

  test('R062: before each evaluation, once, for its own ceremony; the right password without it is refused', async () => {
    const by = wanted()
    const { name } = await room.withPassword()
    const begin = () => by.ceremonies.begin({ identifier: name, browser, secondFactor: 'if_enrolled' })
    const { ceremony, automation } = await begin()
    assert.ok(automation)
    const evaluated = room.hasher.evaluations()
    const without = await by.ceremonies.password({ ceremony, browser, password: goodPassword })
    assert.ok(without.kind === 'refused' && without.automation)
    assert.equal(room.hasher.evaluations(), evaluated)
    const work = { kind: 'work', challenge: automation.challenge, solution: await solved(automation) } as const
    const other = await begin()
    const elsewhere = await by.ceremonies.password({
      ceremony: other.ceremony,
      browser,
      password: goodPassword,
      automation: work,
    })
    assert.equal(elsewhere.kind, 'refused')
    const wrong = await by.ceremonies.password({ ceremony, browser, password: 'Wrong!Password1', automation: work })
    assert.ok(wrong.kind === 'refused' && wrong.automation)
    // Done once, it serves no second guess.
    assert.equal(
      (await by.ceremonies.password({ ceremony, browser, password: goodPassword, automation: work })).kind,
      'refused',
    )
    const fresh = {
      kind: 'work',
      challenge: wrong.automation.challenge,
      solution: await solved(wrong.automation),
    } as const
    authenticatedIn(await by.ceremonies.password({ ceremony, browser, password: goodPassword, automation: fresh }))
  })

  test('R062: or a code at a verified mailbox; asking for one tells nothing of who has an account', async () => {
    const strict = await openMeansRoom({ rules: { restrictions: { delay: false, challenge: true, block: false } } })
    try {
      const { name, person } = await strict.withPassword()
      await strict.contact(person, 'angela@example.org')
      const ask = async (identifier: string) => {
        const { ceremony } = await strict.means.ceremonies.begin({ identifier, browser, secondFactor: 'if_enrolled' })
        await strict.means.ceremonies.mailAutomationCode({ ceremony, browser, language: 'fr' })
        assert.equal(await strict.storage.jobs.drain(), 1)
        return ceremony
      }
      await ask('nobody')
      assert.equal(strict.sent.length, 0)
      const ceremony = await ask(name)
      const [mail] = strict.sent
      assert.ok(mail)
      const automation = { kind: 'mailed', code: codeIn(mail) } as const
      authenticatedIn(await strict.means.ceremonies.password({ ceremony, browser, password: goodPassword, automation }))
    } finally {
      await strict.close()
    }
  })
})

describe('a second factor', () => {
  test('R053: password and TOTP: substantial, multi-factor, and both means are named', async () => {
    const enrolled = await withTotp()
    const answer = secondIn(await room.password(enrolled.name))
    assert.deepEqual(answer.choices, [{ kind: 'totp', means: enrolled.totp, label: 'Telephone' }])
    const authenticated = authenticatedIn(await totp(answer.ceremony, codeOf(enrolled.secret)))
    assert.deepEqual(authenticated.amr, ['pwd', 'otp', 'mfa'])
    assert.equal(authenticated.level, 'eidas2')
    assert.equal(authenticated.means.length, 2)
    assert.equal(authenticated.means[1], enrolled.totp)
  })

  test('a TOTP alone never: the second step opens only after a right password, in the same browser', async () => {
    const { name, secret } = await withTotp()
    const { ceremony } = await room.means.ceremonies.begin({ identifier: name, browser, secondFactor: 'if_enrolled' })
    assert.deepEqual(await totp(ceremony, codeOf(secret)), { kind: 'gone' })
    const second = secondIn(await room.password(name))
    assert.deepEqual(await totp(second.ceremony, codeOf(secret), 'another browser'), { kind: 'gone' })
    authenticatedIn(await totp(second.ceremony, codeOf(secret)))
    assert.deepEqual(await totp(second.ceremony, codeOf(secret, 1)), { kind: 'gone' })
  })

  test('the present step, one before and one after; two away are wrong', async () => {
    const { name, secret } = await withTotp()
    for (const [steps, expected] of [
      [-2, 'refused'],
      [2, 'refused'],
      [0, 'authenticated'],
      [1, 'authenticated'],
    ] as const) {
      const { ceremony } = secondIn(await room.password(name))
      assert.equal((await totp(ceremony, codeOf(secret, steps))).kind, expected, `${steps} steps away`)
    }
  })

  test('each step serves once, and no step before it', async () => {
    const { name, secret } = await withTotp()
    const use = async (steps: number) =>
      (await totp(secondIn(await room.password(name)).ceremony, codeOf(secret, steps))).kind
    assert.equal(await use(1), 'authenticated')
    assert.equal(await use(1), 'refused')
    assert.equal(await use(0), 'refused')
    room.clock.advance(30 * second)
    assert.equal(await use(0), 'refused')
    assert.equal(await use(1), 'authenticated')
  })

  test('one code at once in many ceremonies signs in once', async () => {
    const { name, secret } = await withTotp()
    const steps = []
    for (let each = 0; each < 5; each++) steps.push(secondIn(await room.password(name)))
    const answers = await Promise.all(steps.map(({ ceremony }) => totp(ceremony, codeOf(secret))))
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['authenticated', ...Array(4).fill('refused')])
  })

  test('R061: guesses are slowed like those of a password, whoever knows the password', async () => {
    const { name, secret } = await withTotp()
    const { ceremony } = secondIn(await room.password(name))
    for (let each = 0; each < 5; each++) assert.equal((await totp(ceremony, '000000')).kind, 'refused')
    const again = secondIn(await room.password(name))
    const delayed = await totp(again.ceremony, codeOf(secret))
    assert.deepEqual(delayed, { kind: 'refused', ceremony: again.ceremony, retryAfterSeconds: 60 })
    room.clock.advance(minute)
    authenticatedIn(await totp(again.ceremony, codeOf(secret)))
  })

  test('R063: ten wrong codes in a row block the second factor, whatever the settings say of passwords', async () => {
    const { name, person, secret } = await withTotp()
    const { ceremony } = secondIn(await room.password(name))
    for (let each = 0; each < 10; each++) {
      await totp(ceremony, '000000')
      if (each % 5 === 4) room.clock.advance(minute)
    }
    assert.deepEqual(room.facts.of('means.locked'), [{ person, step: 'second_factor' }])
    const again = secondIn(await room.password(name))
    room.clock.advance(hour)
    assert.deepEqual(await totp(again.ceremony, codeOf(secret)), { kind: 'gone' }, 'the ceremony is over by now')
    const later = secondIn(await room.password(name))
    assert.deepEqual(await totp(later.ceremony, codeOf(secret)), { kind: 'refused', ceremony: later.ceremony })
    await room.storage.transaction((tx) =>
      room.means.unlock(tx, person, { actor: { kind: 'command' }, how: 'manager' }),
    )
    authenticatedIn(await totp(later.ceremony, codeOf(secret)))
  })

  test('R047: a password that is revoked between the two steps signs nobody in', async () => {
    const { name, person, secret } = await withTotp()
    const { ceremony } = secondIn(await room.password(name))
    const password = (await room.means.of(room.storage.db, person)).find(({ kind }) => kind === 'password')
    assert.ok(password)
    await room.storage.transaction((tx) =>
      room.means.revoke(tx, {
        person,
        means: password.means,
        actor: { kind: 'person', id: person },
        reason: 'stolen',
      }),
    )
    assert.equal((await totp(ceremony, codeOf(secret))).kind, 'refused')
    assert.equal(room.facts.of('means.signed_in').length, 0)
  })

  test('a recovery code serves once, in any spelling; a new set is worth what the old one was', async () => {
    const enrolled = await room.withPassword()
    const make = () => room.storage.transaction((tx) => room.means.recoveryCodes.make(tx, enrolled))
    const first = await make()
    assert.equal(new Set(first.codes).size, 10)
    for (const code of first.codes) assert.match(code, /^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
    const use = async (code = '') => {
      const { ceremony, choices } = secondIn(await room.password(enrolled.name))
      assert.deepEqual(choices, [{ kind: 'recovery_code' }])
      const answer = { kind: 'recovery_code', code } as const
      return room.means.ceremonies.secondFactor({ ceremony, browser, answer })
    }
    const authenticated = authenticatedIn(await use(first.codes[0]?.toLowerCase().replaceAll('-', ' ')))
    assert.deepEqual([authenticated.amr, authenticated.level], [['pwd', 'mfa'], 'eidas1'])
    assert.equal((await use(first.codes[0])).kind, 'refused')
    const left = async () =>
      (await room.means.of(room.storage.db, enrolled.person)).flatMap(({ codesLeft = [] }) => codesLeft)
    assert.deepEqual(await left(), [9])
    const second = await make()
    assert.equal((await use(first.codes[1])).kind, 'refused')
    authenticatedIn(await use(second.codes[0]))
    assert.deepEqual(
      room.facts.of('means.recovery_code_used').map((fact) => fact.left),
      [9, 9],
    )
  })

  test('one recovery code in many ceremonies at once signs in once', async () => {
    const enrolled = await room.withPassword()
    const { codes } = await room.storage.transaction((tx) => room.means.recoveryCodes.make(tx, enrolled))
    const steps = []
    for (let each = 0; each < 5; each++) steps.push(secondIn(await room.password(enrolled.name)))
    const answer = { kind: 'recovery_code', code: codes[3] ?? '' } as const
    const answers = await Promise.all(
      steps.map(({ ceremony }) => room.means.ceremonies.secondFactor({ ceremony, browser, answer })),
    )
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['authenticated', ...Array(4).fill('refused')])
  })

  test('R063: blocked, a recovery code and a TOTP together unlock; one of them wrong uses up neither', async () => {
    const { name, person, secret } = await withTotp()
    const enrolled = { person, enrolment: (await room.means.enrolments.of(room.storage.db, person))[0]?.enrolment }
    assert.ok(enrolled.enrolment)
    const holder = { person, enrolment: enrolled.enrolment }
    const { codes } = await room.storage.transaction((tx) => room.means.recoveryCodes.make(tx, holder))
    const by = room.another({ restrictions: blocking })
    for (let each = 0; each < 10; each++) {
      await room.password(name, 'Wrong!Password1', { by })
      if (each % 5 === 4) room.clock.advance(minute)
    }
    room.clock.advance(hour)
    assert.equal((await room.password(name, goodPassword, { by })).kind, 'refused')
    const unlock = (recoveryCode = '', code = '') =>
      room.means.unlockWithCodes({ identifier: name, recoveryCode, totp: code })
    assert.equal(await unlock('AAAA-AAAA-AAAA-AAAA', codeOf(secret)), false)
    assert.equal(await unlock(codes[0], '000000'), false)
    assert.equal(await room.means.unlockWithCodes({ identifier: 'nobody', recoveryCode: 'x', totp: '000000' }), false)
    assert.equal(await unlock(codes[0], codeOf(secret)), true)
    assert.equal((await room.password(name, goodPassword, { by })).kind, 'second_factor')
  })
})
