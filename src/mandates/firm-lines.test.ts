/** What is read of a file of many lines: the file itself, then each line; nothing that cannot be read is guessed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { iceNumber } from '../../test/support/organisations.ts'
import fc from '../../test/support/property.ts'
import { organisationsSchema } from '../directory/organisation-settings.ts'
import { organisationRules } from '../directory/organisations.ts'
import { type FileFault, type ImportKind, type LineFault, longestFile, mostLines, readLines } from './firm-lines.ts'

const { schemes } = organisationRules(organisationsSchema.parse(undefined))
const read = (text: string | Buffer, kind: ImportKind = 'mandates') =>
  readLines(Buffer.from(text as string), { kind, schemes, timeZone: 'Europe/Paris' })

const ice = iceNumber(7)
const good = `${ice};declarations:read`

describe('R094: a file', () => {
  const files: [string, string | Buffer, FileFault][] = [
    ['nothing', '', 'empty'],
    ['blanks', ' \n\r\n', 'empty'],
    ['too large', Buffer.alloc(longestFile + 1, 'x'), 'too_large'],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004\u0014\u0000', 'latin1'), 'no_text'],
    ['an old spreadsheet', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'no_text'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]), 'no_text'],
    ['zeros', 'ice;rights\n\u0000', 'no_text'],
    ['UTF-16', Buffer.from('\ufeffice;rights\n1;2', 'utf16le'), 'other_encoding'],
    ['Latin 1', Buffer.from('ice;rights;portefeuille\n1;2;é', 'latin1'), 'other_encoding'],
    ['no first line', good, 'no_header'],
    ['no number', 'rights;from\n1;2', 'no_header'],
    ['no rights', 'ice;from\n1;2', 'no_header'],
    ['a column twice', 'ice;rights;droits\n1;2;3', 'column_twice'],
    ['only a first line', '\ufeffice;rights\r\n\r\n', 'no_lines'],
    ['too many lines', `ice;rights\n${`${good}\n`.repeat(mostLines + 1)}`, 'too_many_lines'],
  ]
  for (const [what, bytes, fault] of files) {
    test(what, () => {
      const found = read(bytes)
      assert.equal(found.ok ? 'read' : found.fault, fault)
    })
  }

  test('says which columns it lacks, by their names', () => {
    const found = read('member;from\nx;y', 'assignments')
    assert.deepEqual(found, { ok: false, fault: 'no_header', columns: ['ice / siren / cnss', 'rights'] })
  })
})

describe('R094: a line', () => {
  const lines: [string, string, LineFault | 'good', ImportKind?][] = [
    ['as it should be', 'declarations:read+submit taxes:read;2026-12-01;2027-11-30;eidas3;North', 'good'],
    ['quoted', '"declarations:read";"";;;"North; ""old"""', 'good'],
    ['more cells', 'declarations:read;;;;;', 'columns'],
    ['fewer cells', 'declarations:read', 'columns'],
    ['a quote that stays open', '"declarations:read;;;;', 'quotes'],
    ['what cannot be seen', 'declarations:read;;;;a\u202eb', 'characters'],
    ['a very long one', `declarations:read;;;;${'x'.repeat(5000)}`, 'too_long'],
    ['no rights', ';;;;', 'rights_missing'],
    ['rights in other words', 'read declarations;;;;', 'rights_malformed'],
    ['a service twice', 'declarations:read declarations:submit;;;;', 'rights_malformed'],
    ['an action that is none', 'declarations:read+sign;;;;', 'action_unknown'],
    ['no such day', 'declarations:read;2027-02-29;;;', 'date'],
    ['a day in other words', 'declarations:read;;31/12/2027;;', 'date'],
    ['a level that is none', 'declarations:read;;;high;', 'level'],
  ]
  for (const [what, rest, expected] of lines) {
    test(what, () => {
      const found = read(`ice;droits;du;au;niveau;portefeuille\n${ice};${rest}`)
      assert.ok(found.ok)
      const [line] = found.lines
      assert.equal(line?.ok ? 'good' : line?.fault, expected)
    })
  }

  test('is what it says: days of the zone, numbers as people write them, any separator', () => {
    const found = read(
      [
        'Until,RIGHTS,ICE',
        '',
        `2027-06-30,declarations:submit+read,"${ice.slice(0, 9)} ${ice.slice(9)}"`,
        ',declarations:read,12',
        ',declarations:read,',
        `,declarations:read,${ice.slice(0, -1)}${(Number(ice.at(-1)) + 1) % 10}`,
      ].join('\n'),
    )
    assert.ok(found.ok)
    // Paris is two hours ahead of UTC in summer.
    const until = Date.parse('2027-06-30T22:00:00Z')
    assert.deepEqual(found.lines, [
      {
        line: 3,
        ok: true,
        said: { number: { scheme: 'ice', number: ice }, actions: { declarations: ['read', 'submit'] }, until },
      },
      { line: 4, ok: false, fault: 'number', column: 'ICE' },
      { line: 5, ok: false, fault: 'number_missing', column: 'ICE' },
      { line: 6, ok: false, fault: 'check_digit', column: 'ICE' },
    ])
  })

  test('of assignments names a member, and a client or a portfolio', () => {
    const found = read(
      [
        'ice;portfolio;member;rights',
        `${ice};;Sara Alami;declarations:read`,
        ';North;mbr_0123456789abcdefghijkl;declarations:read',
        `${ice};North;Sara Alami;declarations:read`,
        `${ice};;;declarations:read`,
        ';;Sara Alami;declarations:read',
      ].join('\n'),
      'assignments',
    )
    assert.ok(found.ok)
    assert.deepEqual(
      found.lines.map((line) => (line.ok ? 'good' : line.fault)),
      ['good', 'good', 'client_and_portfolio', 'member_missing', 'number_missing'],
    )
  })

  test('whatever the bytes are, something is said of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, text) => {
        for (const body of [Buffer.from(bytes), Buffer.from(`ice;rights\n${text}`)]) {
          const found = readLines(body, { kind: 'mandates', schemes, timeZone: 'UTC' })
          if (found.ok) for (const line of found.lines) assert.ok(line.ok || line.fault)
        }
      }),
    )
  })
})
