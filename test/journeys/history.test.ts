/**
 * R102: the history of one's own identity, through a whole hub: what is found, what less is seen with a weaker account,
 * files, and receipts that a stranger verifies. Somebody else's line is not there (R128).
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { type ConnectionReceipt, readJournalKeys, readReceipt } from '../../src/audit/audit.ts'
import type { Connection } from '../../src/connections/connections.ts'
import { day, hour, minute } from '../../src/kernel/durations.ts'
import type { PersonId } from '../../src/kernel/ids.ts'
import { runVerb, verifyOneReceipt } from '../../src/verbs.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { givePast } from '../support/history.ts'
import { providerEntry, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf } from '../support/records.ts'
import { tile } from '../support/relying-party.ts'
import { type Answer, formTo, textOf, UserAgent } from '../support/user-agent.ts'

describe('the history of a person', () => {
  let clock: TestClock
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let person: PersonId
  /** Of the person, the newest first; the sign-ins of this test are newer. */
  let past: Connection[]
  let foreign: Connection
  /** Signed in with the account that proved most, and with the one below. */
  let strong: UserAgent
  let low: UserAgent

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[tax, post] = await Promise.all([
      startProvider({ id: 'tax', clock, acr: 'eidas1' }),
      startProvider({ id: 'post', clock, acr: 'eidas2' }),
    ])
    hub = await startTestHub()
    const named = (fr: string, en: string, ar: string) => ({ fr, en, ar })
    await hub.publish([
      {
        id: 'town',
        name: named('Ville', 'Town', 'مدينة'),
        services: [
          serviceEntry('refunds', { name: named('Remboursements santé', 'Health refunds', 'استرداد المصاريف') }),
          serviceEntry('school', { name: named('=École', '=School', '=المدرسة') }),
          serviceEntry('justice', { name: named('Justice', 'Justice', 'العدالة') }),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'], name: named('Impôts', 'Taxes', 'الضرائب') }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'], name: named('Poste', 'Post', 'البريد') }),
        ],
      },
    ])
    low = await enter(tax, 'tax')
    clock.advance(5 * minute)
    strong = await enter(post, 'post')
    person = (await factsOf(hub, 'session.started')).at(-1)?.person as PersonId
    const [services, providers] = [
      ['refunds', 'school', 'justice'],
      ['tax', 'post'],
    ]
    past = await givePast(hub, { person, lines: 60, until: clock.now() - day, services, providers })
    const other = { services, providers, lines: 1, until: clock.now() - day }
    const stranger = (await givePast(hub, { ...other, person: 'per_somebodyelse0000000000' }))[0]
    assert.ok(stranger)
    foreign = stranger
    await hub.audit.sealNow()
  })
  after(async () => {
    strong.close()
    low.close()
    await hub.close()
    await Promise.all([tax.close(), post.close()])
    mock.timers.reset()
  })

  const at = (path = '') => `${hub.issuer}/space/history${path}`

  async function enter(provider: TestProvider, id: string): Promise<UserAgent> {
    const browser = new UserAgent()
    provider.next = { ...provider.next, claims: citizen }
    const choice = await browser.open(at())
    const { form, values } = tile(choice, id)
    const page = await browser.submit(choice, form, values)
    assert.equal(page.url.href, at(), textOf(page).slice(0, 500))
    return browser
  }

  const codesIn = ({ body }: Answer) =>
    [...body.matchAll(/<code dir="ltr">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})<\/code>/g)].map(([, code]) => code ?? '')
  const codesOf = (lines: readonly Connection[]) => lines.map(({ reference }) => reference)

  /** What pages of an answer have, the sign-ins of this test left out. */
  async function found(query: string, browser = strong): Promise<string[]> {
    const codes: string[] = []
    for (let page: Answer | undefined | '' = await browser.open(at(query)); page; ) {
      assert.equal(page.status, 200, textOf(page).slice(0, 300))
      codes.push(...codesIn(page))
      const next: string | undefined = /rel="next" href="([^"]+)"/.exec(page.body)?.[1]
      page = next && (await browser.open(new URL(next.replaceAll('&amp;', '&'), at())))
    }
    const known = codesOf(past)
    return codes.filter((code) => known.includes(code))
  }

  test('all of it, the newest first, page by page', async () => {
    assert.deepEqual(await found(''), codesOf(past))
    const page = await strong.open(at())
    assert.match(textOf(page), /62 connexions conservées/)
    assert.equal(codesIn(page).length, 25)
  })

  const questions: [string, string, (line: Connection) => boolean][] = [
    ['by service', '?service=school', ({ service }) => service === 'school'],
    ['by account', '?provider=tax', ({ provider }) => provider === 'tax'],
    ['of a month', '?month=2026-10', ({ at: when }) => new Date(when + 2 * hour).toISOString().startsWith('2026-10')],
    ['refused', '?outcome=refused', ({ refusal }) => refusal !== undefined],
    ['accepted', '?outcome=accepted', ({ refusal }) => refusal === undefined],
    ['unusual', '?unusual=yes', ({ unusual }) => unusual.length > 0],
    ['by words of a name, without its accents', '?q=remboursements+SANTE', ({ service }) => service === 'refunds'],
    ['by a name in another language', '?q=health', ({ service }) => service === 'refunds'],
    [
      'by all of it',
      '?q=rem&provider=post&outcome=accepted&unusual=yes',
      ({ service, provider, refusal, unusual }) =>
        service === 'refunds' && provider === 'post' && !refusal && unusual.length > 0,
    ],
    ['by a name that nobody has', '?q=nobody', () => false],
    ['of a month that nobody knows', '?month=2026-13', () => true],
    ['by a service of nobody', "?service='+or+1=1--", () => false],
  ]
  for (const [what, query, isOne] of questions) {
    test(`what is asked is found: ${what}`, async () => {
      assert.deepEqual(await found(query), codesOf(past.filter(isOne)))
    })
  }

  test('by its code, typed by hand, whatever else is chosen', async () => {
    const [line] = past
    const typed = encodeURIComponent(` ${line?.reference.toLowerCase().replaceAll('-', ' ')} `)
    assert.deepEqual(await found(`?q=${typed}&service=justice`), [line?.reference])
    const mistyped = `${line?.reference.slice(0, -1)}${line?.reference.endsWith('A') ? 'B' : 'A'}`
    for (const code of [mistyped, 'KQXM-PTRC-HVNB']) {
      assert.match(textOf(await strong.open(at(`?q=${code}`))), /Aucune de vos connexions n’a ce code/)
    }
    assert.match(textOf(await strong.open(at('?q=nobody'))), /Rien ne correspond à votre recherche/)
  })

  test('a line says all that is known of it', async () => {
    const unusual = past.find(({ unusual: reasons, provider }) => reasons.length > 0 && provider === 'post')
    assert.ok(unusual)
    const said = textOf(await strong.open(at(`/${unusual.reference}`)))
    for (const words of [
      /Justice|École|Remboursements/,
      /Compte utilisé Poste/,
      /Niveau de garantie substantiel/,
      /Mot de passe.*Code d’une application/,
      /Pays Maroc/,
      /Prénoms.*Nom de naissance.*Adresse électronique.*un numéro qui ne sert qu’à ce service/,
      /Cet appareil n’est pas connu pour vous\..*pas encore connecté depuis ce pays/,
      new RegExp(new Date(unusual.at).toISOString()),
      /heure|UTC|CET/,
    ]) {
      assert.match(said, words)
    }
    assert.doesNotMatch(said, /Au nom de/)
    const refused = past.find(({ refusal }) => refusal)
    const why = textOf(await strong.open(at(`/${refused?.reference}`)))
    assert.match(why, /Refusée : rien n’a été transmis Pourquoi/)
    assert.doesNotMatch(why, /Ce que le service a reçu/)
  })

  test('R128: the line of somebody else, its receipt and a code of nobody are not there, all the same', async () => {
    const answers = []
    for (const code of [foreign.reference, 'K7QX-2M4P-9TRC', '..', 'x', "'"]) {
      for (const rest of ['', '/receipt.json']) {
        const { status, body } = await strong.open(at(`/${encodeURIComponent(code)}${rest}`))
        assert.equal(status, 404, code)
        answers.push(textOf({ body }).replaceAll(/[0-9A-F]{4}(?:-[0-9A-F]{4}){2}/g, ''))
      }
    }
    assert.equal(new Set(answers).size, 1)
    assert.match(textOf(await strong.open(at(`?q=${foreign.reference}`))), /Aucune de vos connexions n’a ce code/)
    const nobody = new UserAgent()
    for (const path of ['', '.csv', '.json', `/${past[0]?.reference}`, `/${past[0]?.reference}/receipt.json`]) {
      const { url } = await nobody.open(at(path))
      assert.doesNotMatch(url.pathname, /^\/space/, path)
    }
  })

  describe('R112: a stolen account below the strongest', () => {
    const ofTax = () => past.filter(({ provider }) => provider === 'tax')

    test('shows what was done by it, and of the others how much, and why', async () => {
      assert.deepEqual(await found('', low), codesOf(ofTax()))
      const page = textOf(await low.open(at()))
      assert.match(page, /Poste : 31 connexions/)
      assert.match(page, /31 connexions conservées/)
    })

    test('finds nothing more by asking for it', async () => {
      assert.deepEqual(await found('?provider=post', low), [])
      assert.deepEqual(await found('?unusual=yes', low), codesOf(ofTax().filter(({ unusual }) => unusual.length > 0)))
      const line = past.find(({ provider }) => provider === 'post')
      const search = await low.open(at(`?q=${line?.reference}`))
      assert.match(textOf(search), /ne suffit pas pour la lire/)
      for (const rest of ['', '/receipt.json']) {
        const page = await low.open(at(`/${line?.reference}${rest}`))
        assert.equal(page.status, 403)
        assert.doesNotMatch(textOf(page), /Justice|École|Remboursements|Mot de passe|Maroc/)
      }
    })

    test('takes away in a file what it shows, and no more', async () => {
      const json = JSON.parse((await low.open(at('.json'))).body) as HistoryFile
      assert.deepEqual(new Set(json.lines.map(({ provider }) => provider?.id)), new Set(['tax']))
      assert.equal(json.lines.length, ofTax().length + 1)
      assert.equal(json.onlyBy, 'Impôts')
      assert.match((await low.open(at('.csv'))).body, /"Seulement les connexions faites avec","Impôts"/)
    })
  })

  interface HistoryFile {
    name: string
    exportedAt: string
    asked: Record<string, string>
    onlyBy: string | null
    lines: { reference: string; provider: { id: string } | null; refusal: { code: string } | null }[]
  }

  describe('files', () => {
    /** Letters about the past leave meanwhile. */
    async function written(): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from facts where name not like 'alert.%'`.execute(hub.storage.db)
      return rows[0]?.count ?? 0
    }

    test('say in whose name they are, of when, and what was asked', async () => {
      const before = await written()
      const answer = await strong.open(
        at('.json?service=school&outcome=refused&before=con_0000000000000000000000000000'),
      )
      assert.match(String(answer.headers['content-disposition']), /^attachment; filename="history-2026-11-22\.json"$/)
      const { lines, ...head } = JSON.parse(answer.body) as HistoryFile
      assert.deepEqual(head, {
        format: 'garant-history-1',
        hub: 'Garant',
        issuer: hub.issuer,
        name: `${citizen.given_name} ${citizen.family_name}`,
        exportedAt: '2026-11-22T10:05:00.000Z',
        asked: { service: 'school', outcome: 'refused' },
        onlyBy: null,
      })
      const expected = past.filter(({ service, refusal }) => service === 'school' && refusal)
      assert.deepEqual(
        lines.map(({ reference, refusal }) => [reference, refusal?.code]),
        expected.map(({ reference }) => [reference, 'G0211']),
      )
      assert.ok(lines.length > 1)
      // Who reads their own history is nobody's business.
      assert.equal(await written(), before)
    })

    test('of a spreadsheet hold no formula, whatever a service is called', async () => {
      const { body } = await strong.open(at('.csv?service=school'))
      assert.equal(body.charCodeAt(0), 0xfeff)
      const rows = body.slice(1).trimEnd().split('\r\n')
      assert.match(rows[0] ?? '', /^"Historique des connexions – Garant"$/)
      assert.match(rows[1] ?? '', /^"Au nom de","Inès Camille Marchetti"$/)
      assert.match(rows[3] ?? '', /^"Service","'=École"$/)
      const lines = rows.slice(rows.findIndex((row) => row.startsWith('"Date et heure"')) + 1)
      assert.equal(lines.length, past.filter(({ service }) => service === 'school').length)
      for (const line of lines) {
        assert.ok(line.includes('"\'=École"'), line)
        assert.doesNotMatch(line, /(?:^|,)"[=+@-]/)
      }
    })

    test('by a code are of that line', async () => {
      const json = JSON.parse((await strong.open(at(`.json?q=${past[3]?.reference}`))).body) as HistoryFile
      assert.deepEqual(
        json.lines.map(({ reference }) => reference),
        [past[3]?.reference],
      )
    })
  })

  describe('the receipt of a line', () => {
    const receiptOf = async (line: Connection | undefined) => strong.open(at(`/${line?.reference}/receipt.json`))

    /** As a stranger does it who has the file and the keys. */
    async function verified(text: string): Promise<{ code: number; lines: string[] }> {
      const keys = await readJournalKeys(await (await fetch(`${hub.issuer}/journal/keys`)).text())
      const receipt = readReceipt(text)
      assert.ok(keys && receipt)
      const lines: string[] = []
      const code = await verifyOneReceipt({ receipt, keys }, { line: (one) => void lines.push(one), warn: assert.fail })
      return { code, lines }
    }

    test('is downloaded, and verified by a stranger with the public keys', async () => {
      const line = past.find(({ refusal, provider }) => !refusal && provider === 'post')
      const answer = await receiptOf(line)
      assert.match(String(answer.headers['content-disposition']), new RegExp(`receipt-${line?.reference}\\.json`))
      const { code, lines } = await verified(answer.body)
      assert.equal(code, 0, lines.join('\n'))
      assert.match(lines[0] ?? '', new RegExp(`^The receipt is genuine: connection ${line?.id}, in the journal of `))
      assert.match(
        lines[1] ?? '',
        new RegExp(
          `connection\\.authorised: .*amr pwd\\+otp, .*level eidas2, .*provider post, .*service ${line?.service}`,
        ),
      )
      assert.match(lines.at(-1) ?? '', /^It has not changed since its tree was signed, on 2026-11-22T/)
      // The command of whoever runs the hub asks that one for its keys.
      const said: string[] = []
      const out = { line: (one: string) => void said.push(one), warn: assert.fail }
      const args = { receipt: JSON.parse(answer.body) }
      assert.equal(await runVerb(hub, { verb: 'audit.verify-receipt', args }, out), 0)
      assert.deepEqual(said, lines)
    })

    test('of another line proves nothing of this one', async () => {
      const [one, other] = [past[0], past[1]]
      const receipts = [await receiptOf(one), await receiptOf(other)].map(
        ({ body }) => JSON.parse(body) as ConnectionReceipt,
      )
      const [first, second] = receipts
      assert.ok(first && second)
      const { code, lines } = await verified(JSON.stringify({ ...first, facts: second.facts }))
      assert.deepEqual([code, lines.length], [4, 1])
      assert.match(lines[0] ?? '', /NOT genuine: a fact of it is of another connection/)
      const forged = JSON.stringify(first).replace('"eidas2"', '"eidas3"').replace('"eidas1"', '"eidas3"')
      assert.match((await verified(forged)).lines[0] ?? '', /NOT genuine: its fact is not what the tree holds/)
    })

    test('has to wait until the journal is signed, and the page says so', async () => {
      await hub.audit.stop()
      const now = { services: ['refunds'], providers: ['post'], lines: 1, until: clock.now(), step: 1 }
      const [line] = await givePast(hub, { ...now, person })
      const page = await receiptOf(line)
      assert.equal(page.url.pathname, `/space/history/${line?.reference}`)
      assert.match(textOf(page), /Le reçu n’est pas encore prêt : notre journal est signé environ une fois par seconde/)
      await hub.audit.sealNow()
      assert.doesNotMatch(textOf(await strong.open(page.url)), /pas encore prêt/)
      assert.equal((await verified((await receiptOf(line)).body)).code, 0)
      await hub.audit.start()
    })

    test('is gone with the facts; one that was taken before stays valid', async () => {
      const oldest = past.at(-1)
      const kept = (await receiptOf(oldest)).body
      const present = clock.now()
      clock.set(present + 366 * day)
      await hub.audit.expire()
      clock.set(present)
      const page = await receiptOf(oldest)
      assert.match(textOf(page), /Notre journal ne garde plus rien de cette connexion/)
      assert.equal((await verified(kept)).code, 0)
    })
  })

  test('a search is a form that works without script', async () => {
    const page = await strong.open(at())
    const found = await strong.submit(page, formTo(page, /^\/space\/history$/), {
      outcome: 'refused',
      service: 'school',
    })
    assert.equal(found.url.search.includes('outcome=refused'), true)
    assert.deepEqual(codesIn(found), codesOf(past.filter(({ service, refusal }) => service === 'school' && refusal)))
  })
})
