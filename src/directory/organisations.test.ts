import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock, type TestClock } from '../../test/support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import {
  iceNumber,
  importLines,
  importOrganisations,
  organisationHeader,
  organisationLines,
  sirenNumber,
} from '../../test/support/organisations.ts'
import { angela, tarik } from '../../test/support/people.ts'
import fc from '../../test/support/property.ts'
import type { Fact } from '../audit/facts.ts'
import type { Instant } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import type { PivotIdentity } from '../kernel/identity.ts'
import { openStorage, type Storage } from '../storage/storage.ts'
import { extractionIn } from './organisation-import.ts'
import { cellsOf, createOrganisationLineReader, instantAfter, parseOrganisationHeader } from './organisation-lines.ts'
import { type NumberScheme, parseNumber, parseSubject } from './organisation-numbers.ts'
import { organisationRules, organisationsSchema } from './organisation-settings.ts'
import {
  createOrganisations,
  type NewDocument,
  type Organisations,
  type Representation,
  renderOrganisationStatus,
  renderOrganisationsOutcome,
} from './organisations.ts'
import { isHolder, mayBeOne, parseHolder, type RegisteredPerson } from './representatives.ts'

const rules = organisationRules(organisationsSchema.parse({}))
const [ice, siren, cnss] = rules.schemes as [NumberScheme, NumberScheme, NumberScheme]

describe('numbers', () => {
  test('R098: a number of an organisation is known by its length and its key', () => {
    const table: [NumberScheme, string, string][] = [
      [ice, '001561191000066', '001561191000066'],
      [ice, '002136093000040', '002136093000040'],
      [ice, '001234567000062', '001234567000062'],
      [ice, ' 001 561 191\u00a00000-66 ', '001561191000066'],
      [ice, '٠٠١٥٦١١٩١٠٠٠٠٦٦', '001561191000066'],
      [ice, '001561191000067', 'wrong_check_digit'],
      [ice, '00156119100006', 'malformed'],
      [ice, '000000000000000', 'malformed'],
      [ice, '00156119100006x', 'malformed'],
      [ice, '', 'malformed'],
      [ice, '0'.repeat(1_000), 'malformed'],
      [siren, '732 829 320', '732829320'],
      [siren, '732829321', 'wrong_check_digit'],
      [siren, '73282932', 'malformed'],
      [cnss, '1234567', '1234567'],
      [cnss, '12345678', 'malformed'],
      [{ scheme: 'cnss', check: 'none', lengths: [7, 8] }, '12345678', '12345678'],
    ]
    for (const [scheme, text, expected] of table) {
      const parsed = parseNumber(scheme, text)
      assert.equal(parsed.ok ? parsed.number : parsed.problem, expected, text)
    }
    assert.deepEqual(parseSubject(rules.schemes, 'ice:001561191000066'), { scheme: 'ice', number: '001561191000066' })
    for (const text of ['ice:001561191000067', 'tva:1', '001561191000066', ':', '']) {
      assert.equal(parseSubject(rules.schemes, text), undefined, text)
    }
  })

  test('one digit that is wrong, or two that changed places, is seen by the key', () => {
    const shortest = fc.integer({ min: 1, max: 99_999_999 })
    fc.assert(
      fc.property(shortest, fc.nat(14), fc.integer({ min: 1, max: 9 }), (count, place, by) => {
        for (const [scheme, number] of [
          [ice, iceNumber(count)],
          [siren, sirenNumber(count)],
        ] as const) {
          assert.deepEqual(parseNumber(scheme, number), { ok: true, number })
          const at = place % number.length
          const other = String((Number(number[at]) + by) % 10)
          assert.equal(parseNumber(scheme, number.slice(0, at) + other + number.slice(at + 1)).ok, false)
        }
        // "divisible by 97" sees every swap of two neighbours; a Luhn key sees all but 0 and 9.
        const number = iceNumber(count)
        const at = place % (number.length - 1)
        const swapped = number.slice(0, at) + number[at + 1] + number[at] + number.slice(at + 2)
        assert.equal(parseNumber(ice, swapped).ok, swapped === number)
      }),
    )
  })

  test('settings name schemes and columns, and nothing twice', () => {
    const good = organisationsSchema.parse({
      schemes: { siret: { check: 'luhn', digits: [14] } },
      columns: { siret: 'Numéro SIRET', name: 'Dénomination' },
    })
    assert.deepEqual(organisationRules(good).schemes, [{ scheme: 'siret', check: 'luhn', lengths: [14] }])
    for (const wrong of [
      { schemes: {} },
      { schemes: { ICE: { digits: 15 } } },
      { schemes: { ice: { check: 'mod11', digits: 15 } } },
      { schemes: { ice: { digits: 0 } } },
      { columns: { surname: 'nom' } },
      { columns: { role: 'Name' } },
      { representationMaxAgeDays: 0 },
    ]) {
      assert.equal(organisationsSchema.safeParse(wrong).success, false, JSON.stringify(wrong))
    }
  })
})

describe('matching', () => {
  const row: RegisteredPerson = {
    family_name: angela.family_name,
    given_name: 'Angela Claire',
    birthdate: angela.birthdate,
  }
  const who = (changes: Partial<PivotIdentity>): PivotIdentity => ({ ...angela, ...changes })
  const born = { gender: 'female', birthplace: angela.birthplace, birthcountry: angela.birthcountry } as const

  test('R098: who represents is matched as accounts are, and in doubt is not', () => {
    const table: [string, PivotIdentity, RegisteredPerson, boolean][] = [
      ['the first given names of the identity', angela, row, true],
      ['all of them', angela, { ...row, given_name: angela.given_name }, true],
      ['the first alone', angela, { ...row, given_name: 'ANGELA' }, true],
      ['another first one', angela, { ...row, given_name: 'Claire' }, false],
      ['more than the identity has', who({ given_name: 'Angela' }), row, false],
      ['a part of a word', angela, { ...row, given_name: 'Ange' }, false],
      [
        'half of a name with a hyphen',
        who({ given_name: 'Angela-Claire Louise' }),
        { ...row, given_name: 'Angela' },
        false,
      ],
      ['a hyphen here and none there', who({ given_name: 'Angela-Claire Louise' }), row, true],
      ['none here and one there', angela, { ...row, given_name: 'Angela-Claire' }, true],
      ['capitals without accents', angela, { ...row, family_name: angela.family_name.toUpperCase() }, true],
      ['another family name', angela, { ...row, family_name: 'Autre' }, false],
      ['another day', angela, { ...row, birthdate: '1962-08-25' }, false],
      ['a presumed day', who({ birthdate: '1962-08-00' }), { ...row, birthdate: '1962-08-24' }, false],
      ['all that the register has', angela, { ...row, ...born }, true],
      ['an identity that lacks the gender', who({ gender: 'unspecified' }), { ...row, ...born }, false],
      ['another place', who({ birthplace: '75056' }), { ...row, ...born }, false],
      ['another country', who({ birthcountry: '99350', birthplace: '' }), { ...row, birthcountry: '99100' }, false],
    ]
    for (const [what, identity, holder, expected] of table) assert.equal(isHolder(identity, holder), expected, what)
    const professional = { kind: 'professional', nationalId: '810001045367', claims: {}, ...row } as const
    assert.equal(isHolder(professional, row), false, 'a professional has no birth date')
  })

  test('two entries that one human could be are alike; twins are not', () => {
    assert.ok(mayBeOne(row, { ...row, given_name: 'Angela' }))
    assert.ok(mayBeOne(row, { ...row, birthplace: '75056', birthcountry: '99100' }))
    assert.ok(!mayBeOne({ ...row, given_name: 'Mohamed Amine' }, { ...row, given_name: 'Mohamed Yassine' }))
    assert.ok(!mayBeOne({ ...row, gender: 'female' }, { ...row, gender: 'male' }))
  })

  test('what matches one entry of two that are not alike does not match the other', () => {
    const names = fc.array(fc.constantFrom('Amina', 'Zohra', 'Jean', 'Pierre', 'Jean-Pierre', 'Élise'), {
      minLength: 1,
      maxLength: 3,
    })
    const given = names.map((words) => words.join(' '))
    fc.assert(
      fc.property(given, given, given, (identity, a, b) => {
        const [one, other] = [
          { ...row, given_name: a },
          { ...row, given_name: b },
        ]
        const human = who({ given_name: identity })
        assert.equal(mayBeOne(one, other), mayBeOne(other, one))
        if (isHolder(human, one) && isHolder(human, other)) assert.ok(mayBeOne(one, other))
      }),
    )
  })

  test('a date that thousands share takes more beside it', () => {
    const given = {
      family_name: 'Tazi',
      given_name: 'Driss',
      birthdate: '1960-00-00',
      gender: '',
      birthplace: '',
      birthcountry: '',
    }
    const now = Date.parse('2026-11-23T00:00:00Z')
    assert.deepEqual(parseHolder(given, now), { ok: false, field: 'birthdate' })
    assert.ok(parseHolder({ ...given, gender: 'male', birthcountry: '99350' }, now).ok)
    assert.deepEqual(parseHolder({ ...given, birthdate: '1960-02-30' }, now), { ok: false, field: 'birthdate' })
    assert.deepEqual(parseHolder({ ...given, family_name: '12' }, now), { ok: false, field: 'family_name' })
  })
})

describe('lines', () => {
  const now = Date.parse('2026-11-23T00:00:00Z')
  const parsed = parseOrganisationHeader(organisationHeader, rules)
  assert.ok(parsed.ok)
  const read = createOrganisationLineReader(parsed.header, rules)
  const cells = {
    name: 'Atlas, SARL',
    ice: iceNumber(1),
    representatives: [{ identity: { family_name: 'Dubois', given_name: 'Angela', birthdate: '1962-08-24' } }],
  }
  const [good = ''] = organisationLines([cells])
  const changed = (column: string, value: string) => {
    const at = organisationHeader.split(',').indexOf(column)
    return (cellsOf(good, ',') ?? []).map((cell, place) => `"${place === at ? value : cell}"`).join(',')
  }

  test('a header is found by names, whatever the separator, and says what lacks', () => {
    const french = organisationRules(
      organisationsSchema.parse({ columns: { name: 'Dénomination', familyName: 'Nom du représentant' } }),
    )
    const header = 'Role;ICE;"DENOMINATION";nom représentant;given_name;birthdate;autre'
    assert.ok(parseOrganisationHeader(header, french).ok)
    assert.deepEqual(parseOrganisationHeader('name,role,name', rules), {
      ok: false,
      missing: ['family_name', 'given_name', 'birthdate', 'ice / siren / cnss'],
      twice: ['name'],
    })
    assert.equal(parseOrganisationHeader('', rules).ok, false)
  })

  test('what is wrong with a line is told by a word and a column, never by what stands there', () => {
    const table: [string, string, string, string?][] = [
      ['a cell too many', `${good},`, 'columns'],
      ['a cell too few', good.slice(0, good.lastIndexOf(',')), 'columns'],
      ['an open quote', `"${good}`, 'quotes'],
      ['a quote within', changed('role', 'x').replace('"x"', 'x"y"'), 'quotes'],
      ['no number', changed('ice', ''), 'no_number'],
      ['a wrong key', changed('ice', '001561191000067'), 'check_digit', 'ice'],
      ['a short number', changed('siren', '1'), 'number', 'siren'],
      ['no name', changed('name', ''), 'missing', 'name'],
      ['a sign for a name', changed('name', '-'), 'malformed', 'name'],
      ['an invisible sign', changed('name', 'Atl\u202eas'), 'malformed', 'name'],
      ['a state of no kind', changed('state', 'sleeping'), 'malformed', 'state'],
      ['a birth date without a name', changed('family_name', ''), 'missing', 'family_name'],
      ['no birth date', changed('birthdate', ''), 'missing', 'birthdate'],
      ['a day that is none', changed('birthdate', '1962-02-30'), 'malformed', 'birthdate'],
      ['a day to come', changed('birthdate', '2031-01-01'), 'malformed', 'birthdate'],
      ['another gender', changed('gender', 'x'), 'malformed', 'gender'],
      ['no role', changed('role', ''), 'missing', 'role'],
      ['neither yes nor no', changed('alone', 'perhaps'), 'malformed', 'alone'],
      ['an end that is no day', changed('until', '2026-13-01'), 'malformed', 'until'],
    ]
    for (const [what, line, problem, column] of table) {
      assert.deepEqual(read(line, now), { ok: false, fault: { problem, ...(column ? { column } : {}) } }, what)
    }
  })

  test('a good line says the organisation and the representative', () => {
    const found = read(changed('until', '2027-01-31'), now)
    assert.ok(found.ok)
    assert.deepEqual(found.organisation, {
      numbers: { ice: iceNumber(1) },
      subject: `ice:${iceNumber(1)}`,
      name: 'Atlas, SARL',
      nameKey: 'ATLAS SARL',
      state: 'active',
      representative: {
        holder: { family_name: 'Dubois', given_name: 'Angela', birthdate: '1962-08-24' },
        role: 'manager',
        alone: true,
        until: Date.parse('2027-02-01T00:00:00Z'),
      },
    })
    const [alone = ''] = organisationLines([{ name: 'Atlas', ice: iceNumber(1) }])
    const bare = read(alone, now)
    assert.ok(bare.ok && bare.organisation.representative === undefined, 'an organisation that nobody represents')
  })

  test('cells, days and names of files', () => {
    assert.deepEqual(cellsOf('a,"b ""c"", d",', ','), ['a', 'b "c", d', ''])
    assert.deepEqual(cellsOf('""', ','), [''])
    for (const wrong of ['"a', 'a"b"', '"a"b', '"a""']) assert.equal(cellsOf(wrong, ','), undefined, wrong)
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 6 }), (texts) => {
        const line = texts.map((text) => `"${text.replaceAll('"', '""')}"`).join(';')
        assert.deepEqual(
          cellsOf(line, ';'),
          texts.map((text) => text.trim()),
        )
      }),
    )
    assert.equal(instantAfter('2026-02-29'), undefined)
    assert.equal(instantAfter('2028-02-29'), Date.parse('2028-03-01T00:00:00Z'))
    assert.equal(extractionIn('organisations-20261122.csv'), Date.parse('2026-11-22T00:00:00Z'))
    assert.equal(extractionIn('rne_2026-11-22_0712.csv.gz'), Date.parse('2026-11-22T07:12:00Z'))
    assert.equal(extractionIn('organisations.csv'), undefined)
  })
})

describe('the register', () => {
  let clock: TestClock
  let start: Instant
  let database: TestDatabase
  let storage: Storage
  let facts: Fact[]
  let register: Organisations
  const hub = () => ({ organisations: register, clock })
  const create = (more: Partial<Parameters<typeof createOrganisations>[0]> = {}) =>
    createOrganisations({
      storage,
      clock,
      audit: { append: (_tx, ...given) => void facts.push(...given) },
      rules,
      key: Buffer.alloc(32, 9),
      ...more,
    })

  before(async () => {
    clock = createTestClock()
    start = clock.now()
    database = await createTestDatabase()
    storage = await openStorage({ location: database.location, clock, stateKey: Buffer.alloc(32, 7) })
  })
  after(async () => {
    await storage.close()
    await database.drop()
  })
  beforeEach(async () => {
    facts = []
    clock.set(start)
    register = create()
    await sql`truncate organisation_editions, organisations, organisation_numbers, representations, organisation_lines`.execute(
      storage.db,
    )
  })

  const atlas = {
    name: 'Atlas Conseil SARL',
    ice: iceNumber(1),
    cnss: '1234567',
    representatives: [{ identity: angela, role: 'gérante' }],
  }
  const rif = {
    name: 'Rif Transports',
    ice: iceNumber(2),
    siren: sirenNumber(2),
    representatives: [{ identity: tarik }],
  }
  const named = (name: Fact['name']) => facts.filter((fact) => fact.name === name)
  const rows = async (table: string) =>
    Number(
      (await sql<{ count: string }>`select count(*) as count from ${sql.table(table)}`.execute(storage.db)).rows[0]
        ?.count,
    )
  const only = (found: Representation[]): Representation => {
    assert.equal(found.length, 1)
    return found[0] as Representation
  }

  test('R098: an organisation is found by its numbers and its name, and whom it is represented by', async () => {
    const [first, second] = await importOrganisations(hub(), [atlas, rif])
    assert.deepEqual(await register.byNumber('cnss', '123 45 67'), first)
    assert.deepEqual(await register.bySubject(`siren:${sirenNumber(2)}`), second)
    assert.equal(second?.subject, `ice:${iceNumber(2)}`)
    assert.equal(await register.byNumber('ice', '001561191000067'), 'malformed')
    assert.equal(await register.byNumber('ice', iceNumber(3)), undefined)
    assert.equal(await register.byNumber('tva', '1'), undefined)
    const searched = async (text: string) => (await register.search({ text, limit: 5 })).map(({ name }) => name)
    assert.deepEqual(await searched('conseil atl'), [atlas.name])
    assert.deepEqual(await searched(`ICE ${iceNumber(2)}`), [])
    assert.deepEqual(await searched(`ice:${iceNumber(2)}`), [rif.name])
    assert.deepEqual(await searched(sirenNumber(2)), [rif.name])
    assert.deepEqual(await searched(`'); drop table organisations; --`), [])
    assert.deepEqual([...(await register.named([first?.organisation as never])).keys()], [first?.organisation])

    const own = only(await register.representedBy(angela))
    assert.deepEqual(
      [own.organisation, own.role, own.by, own.alone],
      [first?.organisation, 'gérante', 'register', true],
    )
    assert.deepEqual(await register.represents(tarik, first?.organisation as never), undefined)
    assert.equal((await register.representation(own.representation))?.inForce, true)
    assert.equal(only(await register.representedBy(tarik)).organisation, second?.organisation)
    // Names and dates of people rest sealed.
    const { rows: kept } = await sql<{
      text: string
    }>`select row_to_json(r)::text as text from representations r`.execute(storage.db)
    for (const { text } of kept) assert.ok(!text.includes(angela.family_name) && !text.includes(angela.birthdate))
    assert.equal(await rows('organisation_lines'), 0)
  })

  test('an organisation and its representatives keep their identifiers from edition to edition', async () => {
    const [before] = await importOrganisations(hub(), [atlas, rif])
    const own = only(await register.representedBy(angela))
    clock.advance(day)
    const [now] = await importOrganisations(
      hub(),
      [
        {
          ...atlas,
          name: 'Atlas Groupe',
          cnss: '7654321',
          representatives: [{ identity: angela, role: 'présidente' }],
        },
        rif,
      ],
      { replace: true },
    )
    assert.equal(now?.organisation, before?.organisation)
    assert.deepEqual([now?.name, now?.identifiers.cnss, now?.subject], ['Atlas Groupe', '7654321', before?.subject])
    assert.equal(await register.byNumber('cnss', '1234567'), undefined)
    const again = only(await register.representedBy(angela))
    assert.deepEqual([again.representation, again.role], [own.representation, 'présidente'])
    assert.deepEqual(named('representation.ended'), [])
  })

  test('a number that goes to another organisation takes nothing of the one before with it', async () => {
    const [before] = await importOrganisations(hub(), [atlas])
    clock.advance(day)
    const heir = { ...atlas, name: 'Autre société', ice: iceNumber(7), representatives: [{ identity: tarik }] }
    const [now] = await importOrganisations(hub(), [heir], { replace: true })
    assert.notEqual(now?.organisation, before?.organisation)
    assert.equal((await register.organisation(before?.organisation as never))?.state, 'closed')
    assert.deepEqual(await register.byNumber('cnss', '1234567'), now)
    clock.advance(day)
    const [back] = await importOrganisations(hub(), [{ ...atlas, cnss: '' }, heir], { replace: true })
    assert.deepEqual([back?.organisation, back?.state], [before?.organisation, 'active'])
  })

  test('who leaves the register represents nothing from that instant on, and a fact says why', async () => {
    const [one, other] = await importOrganisations(hub(), [
      { ...atlas, representatives: [{ identity: angela }, { identity: tarik }] },
      { ...rif, representatives: [{ identity: angela, until: '2026-12-31' }] },
    ])
    const [first, second] = (await register.representedBy(angela)) as [Representation, Representation]
    const unmet = await sql<{ id: string }>`select id from representations where met_at is null`.execute(storage.db)
    assert.equal(unmet.rows.length, 1, 'nobody was told of what Tarik represents')
    clock.advance(day)
    await importOrganisations(hub(), [{ ...atlas, representatives: [] }, rif], { replace: true })
    assert.deepEqual(
      new Set(named('representation.ended').map(({ data }) => data)),
      new Set(
        [first, second].map(({ representation, organisation }) => ({
          representation,
          organisation,
          why: 'left_register',
          actor: { kind: 'hub' },
        })),
      ),
    )
    assert.deepEqual(await register.representedBy(angela), [])
    const after = await register.representation(first.representation)
    assert.deepEqual([after?.inForce, after?.ended], [false, 'left_register'])
    assert.equal((await register.organisation(one?.organisation as never))?.state, 'active')
    assert.equal((await register.representation('rpr_nobody'))?.inForce, undefined)
    assert.equal((await register.representativesOf(other?.organisation as never)).length, 2)
    clock.advance(400 * day)
    assert.equal(await register.forget(clock.now() - 365 * day), 3)
    assert.equal(await register.representation(first.representation), undefined)
  })

  test('who may not act alone any more is another representative', async () => {
    await importOrganisations(hub(), [atlas])
    const alone = only(await register.representedBy(angela))
    clock.advance(day)
    await importOrganisations(hub(), [{ ...atlas, representatives: [{ identity: angela, alone: false }] }], {
      replace: true,
    })
    const now = only(await register.representedBy(angela))
    assert.equal(now.alone, false)
    assert.notEqual(now.representation, alone.representation)
    assert.equal((await register.representation(alone.representation))?.ended, 'left_register')
  })

  test('what comes to its end by the clock is over at that instant, and written once', async () => {
    await importOrganisations(hub(), [{ ...atlas, representatives: [{ identity: angela, until: '2026-12-01' }] }, rif])
    const own = only(await register.representedBy(angela))
    clock.set((own.until as number) - 1)
    assert.equal((await register.representation(own.representation))?.inForce, true)
    clock.set(own.until as number)
    assert.deepEqual(await register.representation(own.representation), { ...own, inForce: false, ended: 'term' })
    assert.deepEqual(await register.representedBy(angela), [])
    const told = await Promise.all([register.recheck(), create().recheck()])
    assert.equal(told[0] + told[1], 1)
    assert.deepEqual(named('representation.ended').length, 1)
  })

  test('an edition that is too old is gone by no more, until the next one says the same', async () => {
    await importOrganisations(hub(), [atlas])
    const own = only(await register.representedBy(angela))
    const { staleAt } = await register.status()
    clock.set(staleAt as number)
    assert.deepEqual(await register.representedBy(angela), [])
    assert.equal((await register.representation(own.representation))?.ended, 'edition_too_old')
    assert.equal(await register.recheck(), 1)
    assert.equal(await register.recheck(), 0)
    assert.match(renderOrganisationStatus(await register.status()).join('\n'), /TOO OLD since/)
    clock.advance(day)
    await importOrganisations(hub(), [atlas], { replace: true })
    assert.equal(only(await register.representedBy(angela)).representation, own.representation)
    assert.deepEqual(
      facts.slice(1).map(({ name }) => name),
      ['representation.ended', 'directory.organisations_imported', 'representation.restored'],
    )
  })

  test('lines that only the whole file tells wrong are left out, by their number', async () => {
    const other = { ...angela, given_name: 'Angela' }
    const lines = organisationLines([
      atlas,
      { ...atlas, ice: iceNumber(9) },
      { ...atlas, name: 'Autre nom' },
      { ...atlas, representatives: [{ identity: angela, role: 'again' }] },
      { ...rif, representatives: [{ identity: angela }] },
      { ...rif, representatives: [{ identity: other }] },
      { ...rif, representatives: [{ identity: tarik }] },
    ])
    const outcome = await importLines(hub(), [organisationHeader, ...lines, 'Ça va', Buffer.from([0x41, 0xff])], {
      mostBad: 1,
    })
    assert.equal(outcome.kind, 'imported')
    assert.ok(outcome.kind === 'imported')
    assert.deepEqual(
      outcome.firstBad.map(({ number, problem }) => [number, problem]),
      [
        [3, 'number_taken'],
        [4, 'contradiction'],
        [5, 'twice'],
        [6, 'ambiguous'],
        [7, 'ambiguous'],
        [9, 'columns'],
        [10, 'characters'],
      ],
    )
    assert.deepEqual([outcome.organisations, outcome.representations, outcome.lines, outcome.badLines], [2, 2, 9, 7])
    assert.match(
      renderOrganisationsOutcome(outcome).warnings.join('\n'),
      /^line 3: an earlier line has one of its numbers/,
    )
    assert.equal((await register.representedBy(angela)).length, 1)
    assert.equal((await register.representedBy(tarik)).length, 1)
  })

  test('an edition that cannot be gone by changes nothing, and says why', async () => {
    await importOrganisations(hub(), [atlas, rif])
    facts = []
    const lines = [organisationHeader, ...organisationLines([atlas, rif])]
    const cut = lines.slice(0, 2)
    const named = (at: string) => ({ name: `organisations-${at}.csv` })
    const table: [string, readonly (string | Buffer)[], Parameters<typeof importLines>[2], string, RegExp][] = [
      ['no date', lines, { name: 'organisations.csv' }, 'undated', /--extracted/],
      ['a day to come', lines, named('20270101'), 'future', /which is to come/],
      ['before the present one', lines, named('20261101'), 'older', /before the edition in force/],
      ['too old', lines, named('20250101'), 'too_old', /representationMaxAgeDays/],
      ['a zip', [Buffer.from('PK\u0003\u0004')], {}, 'zip', /zip archive/],
      ['half of a gzip', [Buffer.from([0x1f, 0x8b, 8])], {}, 'unreadable', /cannot be read/],
      ['another file', ['a,b,c'], {}, 'header', /columns are missing: "name", "family_name"/],
      ['nothing', [organisationHeader], {}, 'empty', /no line behind the header/],
      ['bad lines', [...lines, 'x'], {}, 'bad_lines', /1 of 3 lines are bad/],
      [
        'half of the organisations',
        cut,
        { mostEnded: 0.4 },
        'too_many_ended',
        /close 1 of 2 organisations, and end 1 of 2/,
      ],
    ]
    for (const [what, given, more, reason, words] of table) {
      const outcome = await importLines(hub(), given, more)
      assert.equal(outcome.kind === 'refused' && outcome.reason, reason, what)
      assert.match(renderOrganisationsOutcome(outcome).warnings.at(-1) ?? '', words, what)
    }
    assert.deepEqual(facts, [])
    assert.equal(await rows('organisation_lines'), 0)
    assert.equal((await register.status()).current?.organisations, 2)
    assert.equal(only(await register.representedBy(angela)).role, 'gérante')
    assert.equal((await importLines(hub(), cut, { mostEnded: 0.5 })).kind, 'imported')
  })

  test('one import at a time; one that was killed leaves nothing behind', async () => {
    await importOrganisations(hub(), [atlas])
    await sql`insert into organisation_editions (state, source, extracted_at, imported_by, begun_at, seen_at)
      values ('loading', 'dead.csv', now(), 'command', ${new Date(clock.now())}, ${new Date(clock.now())})`.execute(
      storage.db,
    )
    await sql`insert into organisation_lines (line, numbers, organisation, subject, name, name_key, state, organisation_id)
      values (2, '{}', 'x', 'x', 'x', 'X', 'active', 'org_dead')`.execute(storage.db)
    const lines = [organisationHeader, ...organisationLines([atlas, rif])]
    if (storage.kind === 'server') {
      const outcome = await importLines(hub(), lines)
      assert.ok(outcome.kind === 'refused' && outcome.reason === 'busy')
      assert.equal(outcome.freeAt, clock.now() + minute)
      clock.advance(minute + 1)
    }
    assert.equal((await importLines(hub(), lines)).kind, 'imported')
    assert.deepEqual((await register.status()).current?.organisations, 2)
  })

  test('R098: what an edition says again is of that edition, and no row is written for it', async () => {
    const versions = async () =>
      (
        await sql`select ctid, xmin, 'organisation' as what from organisations
          union all select ctid, xmin, 'number' from organisation_numbers
          union all select ctid, xmin, 'representation' from representations order by what, ctid`.execute(storage.db)
      ).rows
    const [before] = await importOrganisations(hub(), [atlas, rif])
    const own = only(await register.representedBy(angela))
    only(await register.representedBy(tarik))
    const written = await versions()
    clock.advance(day)
    const [now] = await importOrganisations(hub(), [atlas, rif], { replace: true })
    assert.deepEqual(await versions(), written)
    assert.equal(now?.extractedAt, (before?.extractedAt as number) + day)
    assert.equal(only(await register.representedBy(angela)).checkedAt, own.checkedAt + day)

    // What a register says of the birth is more than the names, by which the representative stays the same one.
    clock.advance(day)
    const born = { ...angela, gender: 'unspecified' } as const
    const changed = { ...atlas, representatives: [{ identity: born, role: 'gérante' }] }
    await importOrganisations(hub(), [changed, rif], { replace: true })
    const views = await register.representativesOf(now?.organisation as never)
    assert.deepEqual([views.length, views[0]?.holder.gender], [1, undefined])

    // What is missing was last said by the edition before.
    clock.advance(day)
    const { extractedAt } = (await register.organisation(now?.organisation as never)) ?? {}
    await importOrganisations(hub(), [rif], { replace: true })
    const gone = await register.organisation(now?.organisation as never)
    assert.deepEqual([gone?.state, gone?.extractedAt], ['closed', extractedAt])
    assert.equal((await register.representation(own.representation))?.checkedAt, extractedAt)
  })

  test('R098: an import that breaks in the middle leaves the edition before, and the next one can begin', async () => {
    await importOrganisations(hub(), [atlas, rif])
    const own = only(await register.representedBy(angela))
    clock.advance(day)
    const broken = create({
      audit: {
        append: () => {
          throw new Error('the journal is gone')
        },
      },
    })
    const lines = [organisationHeader, ...organisationLines([{ ...rif, name: 'Rif Logistique' }])]
    await assert.rejects(importLines({ organisations: broken, clock }, lines), /the journal is gone/)
    assert.equal(only(await register.representedBy(angela)).representation, own.representation)
    assert.equal((await register.search({ text: 'Rif', limit: 5 }))[0]?.name, rif.name)
    assert.deepEqual([await rows('organisation_lines'), (await register.status()).loading], [0, undefined])

    // After the switch nothing is lost: who fell has, and the facts follow.
    const silent = create({
      audit: {
        append: (_tx, fact) => {
          if (fact?.name === 'representation.ended') throw new Error('killed')
        },
      },
    })
    facts = []
    await assert.rejects(importLines({ organisations: silent, clock }, lines), /killed/)
    assert.deepEqual(await register.representedBy(angela), [])
    assert.equal(await register.recheck(), 1)
    assert.equal(await register.recheck(), 0)
    assert.deepEqual(
      named('representation.ended').map(({ data }) => (data as { representation: string }).representation),
      [own.representation],
    )
  })

  test('R098: of two imports at once one is refused, and the old edition is read until the new one is whole', async () => {
    await importOrganisations(hub(), [atlas])
    clock.advance(day)
    const many = Array.from({ length: 1_500 }, (_, at) => ({
      ...rif,
      ice: iceNumber(at + 10),
      siren: sirenNumber(at + 10),
    }))
    const lines = [organisationHeader, ...organisationLines(many)]
    const seen: Promise<Representation[]>[] = []
    const first = importLines(hub(), lines, { onProgress: () => void seen.push(register.representedBy(angela)) })
    const second = importLines(hub(), lines)
    const [one, other] = await Promise.all([first, second])
    assert.deepEqual(new Set([one.kind, other.kind]), new Set(['imported', 'refused']))
    const refused = one.kind === 'refused' ? one : other
    assert.equal(refused.kind === 'refused' && refused.reason, 'busy')
    assert.match(renderOrganisationsOutcome(refused).warnings.join(), /Another import is under way/)
    for (const own of await Promise.all(seen)) assert.equal(own.length, 1)
    assert.deepEqual(await register.representedBy(angela), [])
    assert.equal((await register.status()).current?.organisations, 1_500)
  })

  test('R098: many who fall at once are facts in portions, each in a transaction of its own', async () => {
    const count = 1_100
    const many = Array.from({ length: count }, (_, at) => ({ ...atlas, ice: iceNumber(at + 10), cnss: '' }))
    await importOrganisations(hub(), many)
    assert.equal((await register.representedBy(angela)).length, count)
    clock.advance(day)
    const portions = new Map<object, number>()
    const counting = create({
      audit: {
        append: (tx, ...given) =>
          void portions.set(tx, given.filter(({ name }) => name === 'representation.ended').length),
      },
    })
    const lines = [organisationHeader, ...organisationLines([rif])]
    assert.equal((await importLines({ organisations: counting, clock }, lines)).kind, 'imported')
    const told = [...portions.values()].filter((facts) => facts > 0)
    assert.deepEqual(told, [500, 500, 100])
    assert.deepEqual(await register.representedBy(angela), [])
  })

  test('R098: whatever editions came before, what is in force is what the last one says', async () => {
    const people = [angela, tarik, { ...angela, given_name: 'Zohra' }]
    const organisation = fc.record({
      key: fc.integer({ min: 1, max: 4 }),
      name: fc.constantFrom('Atlas', 'Rif', 'Oasis'),
      cnss: fc.option(fc.constantFrom('1111111', '2222222', '3333333'), { nil: undefined }),
      state: fc.constantFrom('', 'closed'),
      holders: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
      alone: fc.boolean(),
    })
    const edition = fc.uniqueArray(organisation, { minLength: 1, maxLength: 4, selector: ({ key }) => key })
    const small = create({ importSpan: 2 })
    await fc.assert(
      fc.asyncProperty(fc.array(edition, { minLength: 2, maxLength: 3 }), async (editions) => {
        for (const entries of editions) {
          clock.advance(minute)
          const taken = new Set<string>()
          // A number that two organisations of one file have is refused, which is shown elsewhere.
          const numbered = entries.map(({ cnss, ...rest }) => {
            const free = cnss !== undefined && !taken.has(cnss)
            if (free) taken.add(cnss)
            return { ...rest, ...(free ? { cnss } : {}) }
          })
          const lines = organisationLines(
            numbered.map(({ key, name, cnss, state, holders, alone }) => ({
              ...{ name, state, ice: iceNumber(key), ...(cnss === undefined ? {} : { cnss }) },
              representatives: holders.map((at) => ({ identity: people[at] as PivotIdentity, alone })),
            })),
          )
          const outcome = await importLines({ organisations: small, clock }, [organisationHeader, ...lines])
          assert.equal(outcome.kind, 'imported', JSON.stringify(outcome))
        }
        const last = editions.at(-1) ?? []
        for (let key = 1; key <= 4; key += 1) {
          const said = last.find((entry) => entry.key === key)
          const found = await small.byNumber('ice', iceNumber(key))
          const isActive = said !== undefined && said.state === ''
          if (found === undefined || found === 'malformed') assert.ok(!said)
          else {
            assert.equal(found.state, isActive ? 'active' : 'closed')
            if (said) assert.equal(found.name, said.name)
            const views = (await small.representativesOf(found.organisation)).filter(({ inForce }) => inForce)
            assert.deepEqual(
              views.map(({ holder, alone }) => [holder.family_name, holder.given_name, alone]).sort(),
              (isActive ? said.holders : [])
                .map((at) => people[at] as PivotIdentity)
                .map(({ family_name, given_name }) => [family_name, given_name, said?.alone])
                .sort(),
            )
          }
        }
      }),
      { numRuns: 12 },
    )
  })

  describe('documents', () => {
    const document = (organisation: string, changes: Partial<NewDocument> = {}): NewDocument => ({
      organisation: organisation as never,
      holder: { family_name: tarik.family_name, given_name: tarik.given_name, birthdate: tarik.birthdate },
      role: 'liquidateur',
      alone: true,
      document: { kind: 'court_decision', date: '2026-11-02', reference: 'TC 2026/1188' },
      ...changes,
    })
    const [actor, second] = [
      { kind: 'operator', id: 'opr_one' },
      { kind: 'operator', id: 'opr_two' },
    ] as const
    const record = (given: NewDocument) =>
      storage.transaction((tx) => register.recordDocument(tx, { ...given, actor, second }))

    test('R098: somebody represents an organisation by a document, until it is taken back or nobody looks again', async () => {
      const [organisation] = await importOrganisations(hub(), [atlas])
      const id = organisation?.organisation as never
      const recorded = await record(document(id))
      assert.ok(recorded.ok)
      const own = only(await register.representedBy(tarik))
      assert.deepEqual(
        [own.representation, own.by, own.source],
        [recorded.representation, 'document', 'court_decision'],
      )
      assert.deepEqual(await record(document(id)), { ok: false, reason: 'already' })
      const view = (await register.representativesOf(id)).find(({ by }) => by === 'document')
      assert.deepEqual([view?.holder.family_name, view?.document?.reference], [tarik.family_name, 'TC 2026/1188'])

      // It stays when an edition comes that does not know it.
      clock.advance(day)
      await importOrganisations(hub(), [atlas], { replace: true })
      assert.equal(only(await register.representedBy(tarik)).representation, own.representation)
      const withdraw = (representation = own.representation) =>
        storage.transaction((tx) => register.withdrawDocument(tx, { representation, actor }))
      const other = only(await register.representedBy(angela))
      assert.equal(await withdraw(other.representation), 'unknown', 'what the register says is corrected there')
      assert.equal(await withdraw(), 'done')
      assert.equal(await withdraw(), 'over')
      assert.deepEqual(named('representation.ended').at(-1)?.data, {
        representation: own.representation,
        organisation: id,
        why: 'withdrawn',
        actor,
      })

      const again = await record(document(id))
      assert.ok(again.ok)
      clock.advance(rules.documentCheck)
      assert.deepEqual(await register.representedBy(tarik), [])
      assert.equal((await register.representation(again.representation))?.ended, 'check_overdue')
    })

    test('one that is not well-formed, or not of these days, is refused, and nothing is written', async () => {
      const [organisation] = await importOrganisations(hub(), [atlas])
      const id = organisation?.organisation as never
      const of = (changes: Partial<NewDocument['document']>) => ({ document: { ...document(id).document, ...changes } })
      const table: [NewDocument, string][] = [
        [document('org_nobody'), 'unknown'],
        [document(id, { role: '' }), 'incomplete'],
        [document(id, { holder: { family_name: 'x', given_name: 'y', birthdate: '1980-00-00' } }), 'incomplete'],
        [document(id, of({ reference: 'Le jugement dit: "tout est à Tarik".' })), 'incomplete'],
        [document(id, of({ date: '2026-02-30' })), 'incomplete'],
        [document(id, of({ kind: 'letter' as never })), 'incomplete'],
        [document(id, of({ date: '2027-01-01' })), 'future'],
        [document(id, { until: clock.now() }), 'dates'],
        [document(id, { checkBy: clock.now() + rules.documentCheck + 1 }), 'dates'],
      ]
      const before = await rows('representations')
      for (const [given, reason] of table) {
        assert.equal(await register.judgeDocument(given), reason)
        assert.deepEqual(await record(given), { ok: false, reason })
      }
      assert.equal(await rows('representations'), before)
    })

    test('an organisation that is closed is represented by nobody, whatever document there is', async () => {
      const [organisation] = await importOrganisations(hub(), [atlas, rif])
      const id = organisation?.organisation as never
      await record(document(id, { holder: { family_name: 'Tazi', given_name: 'Driss', birthdate: '1960-01-02' } }))
      const driss = { ...tarik, family_name: 'Tazi', given_name: 'Driss', birthdate: '1960-01-02' }
      const own = only(await register.representedBy(driss))
      clock.advance(day)
      await importOrganisations(hub(), [{ ...atlas, state: 'radiée' }, rif], { replace: true })
      assert.equal((await register.representation(own.representation))?.ended, 'organisation_closed')
      assert.equal(await register.judgeDocument(document(id)), 'organisation_closed')
      assert.deepEqual(await register.representedBy(angela), [])
    })
  })
})
