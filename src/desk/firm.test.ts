/** The pages of a firm, through a whole hub: from its opening to an employee who leaves, and files of many lines. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { providerEntry, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { activeMandate, rightsAt } from '../../test/support/mandates.ts'
import { iceNumber, importOrganisations } from '../../test/support/organisations.ts'
import { citizen, startProvider, type TestProvider } from '../../test/support/provider.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import { tile } from '../../test/support/relying-party.ts'
import { type Answer, formTo, textOf, UserAgent } from '../../test/support/user-agent.ts'
import type { PivotIdentity } from '../kernel/identity.ts'
import type { OrganisationId, PersonId } from '../kernel/ids.ts'
import { firmMessages } from './firm-messages.ts'

interface Human {
  browser: UserAgent
  person: PersonId
  name: string
}

describe('a firm', () => {
  let clock: TestClock
  let hub: TestHub
  let post: TestProvider
  let tax: TestProvider
  let firm: OrganisationId
  let client: OrganisationId
  let boss: Human
  let sara: Human
  let omar: Human
  let giver: Human
  let stranger: Human

  const identityOf = (given: string, family: string, birthdate: string): PivotIdentity => ({
    ...{ kind: 'pivot', given_name: given, family_name: family, birthdate },
    ...{ gender: 'female', birthplace: '69123', birthcountry: '99100' },
  })
  const bossIs = identityOf('Nadia', 'BERRADA', '1971-02-03')
  const giverIs = identityOf('Luc', 'FAURE', '1968-09-10')

  const at = (path: string) => `${hub.issuer}${path}`

  async function enter(provider: TestProvider, id: string, identity: PivotIdentity, path = '/firm'): Promise<Human> {
    const browser = new UserAgent()
    const { kind: _kind, ...claims } = identity
    provider.next = { ...provider.next, subject: `${id}-${identity.birthdate}`, claims: { ...citizen, ...claims } }
    const choice = await browser.open(at(path))
    const { form, values } = tile(choice, id)
    const page = await browser.submit(choice, form, values)
    assert.equal(page.url.pathname, path, textOf(page).slice(0, 500))
    const person = (await factsOf(hub, 'session.started')).at(-1)?.person as PersonId
    return { browser, person, name: `${identity.given_name} ${identity.family_name}` }
  }

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[tax, post] = await Promise.all([
      startProvider({ id: 'tax', clock, acr: 'eidas1' }),
      startProvider({ id: 'post', clock, acr: 'eidas2' }),
    ])
    hub = await startTestHub({ clock })
    const named = (name: string) => ({ fr: name, en: name, ar: name })
    await hub.publish([
      {
        id: 'town',
        name: named('Town'),
        services: [
          serviceEntry('declarations', {
            name: named('Déclarations'),
            scopes: ['openid', 'representation'],
            representation: { actions: ['read', 'prepare', 'submit'] },
          }),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'], name: named('Impôts') }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'], name: named('Poste') }),
        ],
      },
    ])
    const made = await importOrganisations(hub, [
      { name: 'Cabinet Berrada', ice: iceNumber(1), representatives: [{ identity: bossIs }] },
      { name: 'Atlas <Conserves>', ice: iceNumber(2), representatives: [{ identity: giverIs }] },
      ...Array.from({ length: 30 }, (_, index) => ({ name: `Société ${index}`, ice: iceNumber(10 + index) })),
    ])
    firm = made[0]?.organisation as OrganisationId
    client = made[1]?.organisation as OrganisationId
    boss = await enter(post, 'post', bossIs)
    giver = await enter(post, 'post', giverIs)
    stranger = await enter(post, 'post', identityOf('Eve', 'LENOIR', '1990-01-01'))
    omar = await enter(post, 'post', identityOf('Omar', 'TAZI', '1991-01-01'))
  })
  after(async () => {
    for (const one of [boss, giver, stranger, omar, sara]) one?.browser.close()
    await hub?.close()
    await Promise.all([tax?.close(), post?.close()])
    mock.timers.reset()
  })

  /** Sends the form of a page, and says what came. */
  const press = async ({ browser }: Human, page: Answer, action: RegExp, values: Record<string, string> = {}) =>
    browser.submit(page, formTo(page, action), values)

  async function joined(who: Human, role: string): Promise<string> {
    const page = await boss.browser.open(at(`/firm/${firm}/invite`))
    const made = await press(boss, page, /invite$/, { role, mail: '' })
    const link = /\/firm\/join\/[\w-]+/.exec(made.body)?.[0] as string
    const waiting = await press(who, await who.browser.open(at(link)), /join/)
    assert.match(textOf(waiting), /Un administrateur du cabinet/)
    const member = (await factsOf(hub, 'firm.member_waiting')).at(-1)?.membership as string
    const asked = await boss.browser.open(at(`/firm/${firm}/members/${member}/confirm`))
    assert.match(textOf(asked), new RegExp(who.name.split(' ').at(-1) as string))
    assert.match(textOf(await press(boss, asked, /confirm$/)), /travaille désormais dans le cabinet/)
    return member
  }

  test('R098: its representative opens it; who represents nothing is told how one gets in', async () => {
    assert.match(textOf(await stranger.browser.open(at('/firm'))), /Vous ne travaillez dans aucun cabinet/)
    const list = await boss.browser.open(at('/firm'))
    assert.match(textOf(list), /Cabinet Berrada/)
    const page = await boss.browser.open(at(`/firm/open/${firm}`))
    const opened = await press(boss, page, /open/)
    assert.equal(opened.url.pathname, `/firm/${firm}`)
    assert.match(textOf(opened), /Vous administrez ce cabinet/)
    // The button a second time, from the page before.
    const again = await boss.browser.submit(page, formTo(page, /open/))
    assert.equal(again.status, 404)
    for (const path of [`/firm/open/${firm}`, `/firm/open/${client}`, '/firm/open/org_nothing']) {
      assert.equal((await stranger.browser.open(at(path))).status, 404, path)
    }
  })

  test('R094: a link is handed over and announced by mail without it; who comes waits, and is recognised by name', async () => {
    const page = await boss.browser.open(at(`/firm/${firm}/invite`))
    const wrong = await press(boss, page, /invite$/, { role: 'employee', mail: 'nobody' })
    assert.equal(wrong.status, 422)
    assert.match(textOf(wrong), /n’est pas une adresse électronique/)
    const made = await press(boss, page, /invite$/, { role: 'employee', mail: 'sara@firm.example', language: 'en' })
    const link = /\/firm\/join\/[\w-]+/.exec(made.body)?.[0] as string
    await settle(hub)
    const letter = hub.smtp.mails.find(({ to }) => to.includes('sara@firm.example'))
    assert.match(letter?.text ?? '', /invited to work at Cabinet Berrada/)
    assert.ok(!letter?.text.includes(link.split('/').at(-1) as string))
    // At the low level nobody joins: they are told which sign-in does.
    const low = await enter(tax, 'tax', identityOf('Ana', 'LOW', '1992-01-01'), '/firm')
    assert.equal((await low.browser.open(at(link))).status, 403)
    low.browser.close()
    sara = await enter(post, 'post', identityOf('Sara', 'ALAMI', '1993-01-01'), link)
    const asked = await sara.browser.open(at(link))
    assert.match(textOf(asked), /Cabinet Berrada.*collaborateur.*Sara ALAMI/s)
    const waiting = await press(sara, asked, /join/)
    assert.match(textOf(waiting), /Un administrateur du cabinet doit maintenant dire que c’est bien vous/)
    assert.equal((await sara.browser.open(at(`/firm/${firm}`))).status, 404)
    // The link again, by somebody else and by a second click.
    assert.equal((await omar.browser.open(at(link))).status, 410)
    assert.equal((await press(sara, asked, /join/)).status, 410)
    const members = await boss.browser.open(at(`/firm/${firm}/members`))
    const path = /\/firm\/[\w-]+\/members\/[\w-]+\/confirm/.exec(members.body)?.[0] as string
    const confirm = await boss.browser.open(at(path))
    assert.match(textOf(confirm), /Sara ALAMI.*substantiel/s)
    assert.match(textOf(await press(boss, confirm, /confirm$/)), /Elle n’a encore aucun client/)
    assert.equal((await press(boss, confirm, /confirm$/)).url.pathname, `/firm/${firm}/members`)
    assert.match(textOf(await sara.browser.open(at(`/firm/${firm}/clients`))), /Aucun client ne vous est affecté/)
  })

  test('R092: an employee is given a client, works for it, and loses it with the firm; the mandate stays', async () => {
    const rights = rightsAt('declarations', ['read', 'prepare'])
    const draft = { principal: client, mandatary: { kind: 'organisation', organisation: firm }, rights } as const
    const mandate = await activeMandate(hub, { ...draft, giver: giver.person, accepts: boss.person })
    const [saraAs] = (await hub.firms.of(sara.person)).map(({ membership }) => membership)
    const may = (action: 'read' | 'submit') =>
      hub.mandates.may({ person: sara.person, organisation: client, service: 'declarations', action, level: 'eidas2' })
    assert.equal((await may('read')).ok, false)
    const page = await boss.browser.open(at(`/firm/${firm}/assign?principal=${client}`))
    assert.match(page.body, /Atlas &lt;Conserves&gt;/)
    const tries: [Record<string, string>, RegExp, field: string][] = [
      [{ member: '', right: 'declarations read' }, /Choisissez une personne/, 'member'],
      [{ member: saraAs as string }, /Cochez au moins une action/, 'rights'],
      [{ member: saraAs as string, right: 'declarations submit' }, /Le client n’a pas donné tout cela/, 'rights'],
      [
        { member: saraAs as string, right: 'declarations read', until: '2020-01-01' },
        /Ce dernier jour est passé/,
        'until',
      ],
      [{ member: saraAs as string, right: 'declarations read', until: '2027-02-30' }, /Écrivez le jour ainsi/, 'until'],
    ]
    for (const [values, said, field] of tries) {
      const told = await press(boss, page, /assign$/, values)
      assert.equal(told.status, 422)
      assert.match(textOf(told), said)
      assert.match(told.body, /<title>À corriger/)
      assert.match(told.body, new RegExp(`role="alert" id="refused"><p><a href="#${field}">`))
      assert.match(told.body, new RegExp(` id="${field}"`), 'the link leads somewhere')
    }
    assert.equal((await factsOf(hub, 'firm.assigned')).length, 0)
    const given = await press(boss, page, /assign$/, {
      member: saraAs as string,
      right: 'declarations read',
      until: '2027-06-30',
    })
    assert.equal(given.url.pathname, `/firm/${firm}/clients/${client}`)
    assert.match(textOf(given), /Sara ALAMI.*consulter.*30 juin 2027/s)
    assert.equal((await may('read')).ok, true)
    assert.equal((await may('submit')).ok, false)
    assert.match(textOf(await sara.browser.open(at(`/firm/${firm}/clients?q=atlas`))), /1 client/)
    const led = await sara.browser.open(at('/space/mandates'))
    assert.match(led.body, new RegExp(`href="/firm/${firm}"`))
    assert.match(textOf(await sara.browser.open(at(`/firm/${firm}`))), /avec votre propre compte, puis choisissez/)
    assert.match(textOf(await sara.browser.open(at(`/firm/${firm}/clients/${client}`))), /Sara|vous/)

    const closed = [
      'invite',
      'members',
      'import',
      `assign?principal=${client}`,
      `members/${saraAs}/role`,
      'portfolios/pfl_x',
    ]
    for (const path of closed) {
      assert.equal((await sara.browser.open(at(`/firm/${firm}/${path}`))).status, 404, path)
    }
    const everything = [
      '',
      '/clients',
      `/clients/${client}`,
      '/members',
      '/portfolios',
      '/import',
      '/leave',
      ...closed.map((path) => `/${path}`),
    ]
    for (const path of everything) {
      assert.equal((await stranger.browser.open(at(`/firm/${firm}${path}`))).status, 404, path)
    }
    const out = await boss.browser.open(at(`/firm/${firm}/members/${saraAs}/remove`))
    assert.match(textOf(out), /perd aussitôt tout/)
    // Somebody else's form, sent by the one who is put out.
    assert.equal((await sara.browser.submit(out, formTo(out, /remove$/))).status, 403)
    assert.match(textOf(await press(boss, out, /remove$/)), /n’a plus accès à rien ici/)
    assert.equal((await press(boss, out, /remove$/)).status, 404)
    assert.equal((await may('read')).ok, false)
    assert.equal((await sara.browser.open(at(`/firm/${firm}/clients`))).status, 404)
    assert.equal((await hub.mandates.byId(mandate.mandate))?.state, 'active')
    assert.match(textOf(await boss.browser.open(at(`/firm/${firm}/clients`))), /En vigueur/)
  })

  test('R094: two administrators at once, and the last of them', async () => {
    const leave = await boss.browser.open(at(`/firm/${firm}/leave`))
    assert.match(textOf(await press(boss, leave, /leave$/)), /dernier administrateur/)
    const omarAs = await joined(omar, 'administrator')
    const portfolios = await boss.browser.open(at(`/firm/${firm}/portfolios`))
    assert.match(textOf(await press(boss, portfolios, /portfolios$/, { name: 'Nord' })), /Le portefeuille est créé/)
    const taken = await press(omar, await omar.browser.open(at(`/firm/${firm}/portfolios`)), /portfolios$/, {
      name: 'nord',
    })
    assert.equal(taken.status, 422)
    assert.match(textOf(taken), /Un autre portefeuille a ce nom/)
    // Both put a client in; one of the two finds it there.
    const path = at(`/firm/${firm}/clients/${client}`)
    const seen = [
      [boss, await boss.browser.open(path)],
      [omar, await omar.browser.open(path)],
    ] as const
    for (const [who, page] of seen) {
      const portfolio = /value="(pfl_[\w-]+)"/.exec(page.body)?.[1] as string
      const placed = await press(who, page, /portfolio$/, { portfolio })
      assert.match(textOf(placed), /Le client est dans le portefeuille/)
    }
    const role = await boss.browser.open(at(`/firm/${firm}/members/${omarAs}/role`))
    assert.match(textOf(await press(boss, role, /role$/, { role: 'manager' })), /La fonction est changée/)
    assert.match(textOf(await omar.browser.open(at(`/firm/${firm}`))), /responsable/)
    assert.equal((await omar.browser.open(at(`/firm/${firm}/import`))).status, 404)
    const back = await boss.browser.open(at(`/firm/${firm}/members/${omarAs}/role`))
    await press(boss, back, /role$/, { role: 'administrator' })
  })

  describe('R094: a file of many lines', () => {
    const path = () => `/firm/${firm}/import`

    async function upload(
      who: Human,
      file: string,
      over: { kind?: string; verifier?: string; type?: string } = {},
    ): Promise<Answer> {
      const page = await who.browser.open(at(path()))
      const fields = formTo(page, /import$/).fields as Record<string, string>
      const { kind = 'mandates', verifier = fields.verifier ?? '', type = 'text/csv' } = over
      const mark = '----a-browser-1'
      const body = [
        ...Object.entries({ verifier, kind }).map(
          ([name, value]) => `--${mark}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        ),
        `--${mark}\r\ncontent-disposition: form-data; name="file"; filename="../x.csv"\r\ncontent-type: ${type}\r\n\r\n${file}\r\n--${mark}--\r\n`,
      ].join('')
      const headers = {
        'content-type': `multipart/form-data; boundary=${mark}`,
        'content-length': String(Buffer.byteLength(body)),
      }
      const url = new URL(at(path()))
      const sent = await who.browser.send({
        url,
        method: 'POST',
        body,
        site: 'same-origin',
        origin: url.origin,
        headers,
      })
      return sent.headers.location ? who.browser.open(new URL(sent.headers.location, url)) : { ...sent, trail: [url] }
    }

    const refusals: [string, string, RegExp][] = [
      ['nothing', '', /Le fichier est vide/],
      ['no first line', `${iceNumber(10)};declarations:read`, /ne nomme pas toutes les colonnes/],
      ['a first line alone', 'ice;rights', /rien sous la première ligne/],
      ['a column twice', 'ice;rights;rights\n1;2;3', /Une colonne est nommée deux fois/],
      ['a spreadsheet', 'PK\u0003\u0004\u0000\u0000', /pas un fichier de texte/],
      ['too long', `ice;rights\n${'x'.repeat(5 * 1024 * 1024)}`, /dépasse 4 Mo/],
    ]
    for (const [what, file, said] of refusals) {
      test(`told plainly: ${what}`, async () => {
        const page = await upload(boss, file)
        assert.equal(page.status, 422)
        assert.match(textOf(page), said)
        assert.match(page.body, /role="alert"><p><a href="#file">/)
      })
    }

    test('a form of nobody is refused, whatever its file', async () => {
      assert.equal((await upload(boss, 'ice;rights\n1;2', { verifier: 'x' })).status, 403)
    })

    const lines = [
      'ice;rights;until;portfolio',
      `${iceNumber(10)};declarations:read+prepare;2027-06-30;Sud`,
      `${iceNumber(11)};declarations:read;;=1+1`,
      `${iceNumber(12)};declarations:pay;;`,
      `${iceNumber(9999)};declarations:read;;`,
      `${iceNumber(10)};declarations:read;;`,
      `${iceNumber(13)};declarations:read;2026-02-30;`,
      '123;declarations:read;;',
    ].join('\r\n')

    test('is checked line by line; then all its good lines are carried out, once, whoever presses', async () => {
      const before = (await factsOf(hub, 'mandate.proposed')).length
      const [mine, theirs] = [await upload(boss, lines), await upload(omar, lines)]
      assert.match(textOf(mine), /2 lignes bonnes\. 5 lignes refusées\./)
      const reasons = [
        /Ligne 4.*ne connaît pas cette action/s,
        /Ligne 5 Aucune organisation/,
        /Ligne 6.*une ligne plus haut/is,
      ]
      for (const reason of [
        ...reasons,
        /Ligne 7 until Ce jour n’existe pas/,
        /Ligne 8 ice Ce numéro n’a pas la bonne forme/,
      ]) {
        assert.match(textOf(mine).replace(/\s+/g, ' '), reason)
      }
      assert.equal((await factsOf(hub, 'mandate.proposed')).length, before)
      const press2 = (who: Human, page: Answer) => press(who, page, /import\/fim/)
      const answers = await Promise.all([press2(boss, mine), press2(omar, theirs), press2(boss, mine)])
      assert.equal((await factsOf(hub, 'mandate.proposed')).length, before + 2)
      assert.equal((await factsOf(hub, 'firm.imported')).length, 1)
      assert.ok(answers.every(({ status }) => status === 200 || status === 409))
      // The same file another day: it was carried out, and is not done again.
      assert.match(textOf(await upload(omar, lines)), /Ce même fichier a été exécuté le/)
      const listed = await boss.browser.open(at(`/firm/${firm}/clients?state=proposed`))
      assert.match(textOf(listed), /2 clients correspondent/)
      assert.match(textOf(await boss.browser.open(at(`/firm/${firm}/portfolios`))), /=1\+1.*1 client.*Sud.*1 client/s)
      const applied = answers[0].url
      const csv = await boss.browser.open(new URL(`${applied.pathname}/result.csv`, applied))
      assert.match(String(csv.headers['content-type']), /text\/csv/)
      assert.ok(csv.body.startsWith('\ufeff'))
      assert.equal(csv.body.trim().split('\r\n').length, 8)
      assert.equal((await stranger.browser.open(applied)).status, 404)
    })

    test('what changed since the check is told, and nothing is done', async () => {
      const one = `ice;rights\n${iceNumber(20)};declarations:read\n${iceNumber(21)};declarations:read`
      const page = await upload(boss, one)
      const overlapping = await upload(omar, `ice;rights\n${iceNumber(21)};declarations:read+prepare`)
      await press(omar, overlapping, /import\/fim/)
      const before = (await factsOf(hub, 'mandate.proposed')).length
      const told = await press(boss, page, /import\/fim/)
      assert.equal(told.status, 409)
      assert.match(textOf(told), /Quelque chose a changé depuis la vérification.*1 ligne bonne/s)
      assert.equal((await factsOf(hub, 'mandate.proposed')).length, before)
      assert.match(textOf(await press(boss, told, /import\/fim/)), /Toutes les lignes bonnes sont exécutées/)
    })

    test('gives clients and portfolios to members', async () => {
      const file = [
        'ice;portefeuille;collaborateur;droits',
        `${iceNumber(2)};;Omar TAZI;declarations:read`,
        ';nord;omar tazi;declarations:prepare',
        `${iceNumber(2)};;Nobody;declarations:read`,
        `${iceNumber(2)};Nord;Omar Tazi;declarations:read`,
        `${iceNumber(29)};;Omar Tazi;declarations:read`,
      ].join('\n')
      const page = await upload(boss, file, { kind: 'assignments' })
      assert.match(textOf(page), /2 lignes bonnes\. 3 lignes refusées\./)
      assert.match(textOf(await press(boss, page, /import\/fim/)), /Toutes les lignes bonnes sont exécutées/)
      const given = await hub.mandates.may({
        ...{ person: omar.person, organisation: client, service: 'declarations', level: 'eidas2' },
      })
      assert.deepEqual(given.ok && given.acting.rights.map(({ action }) => action), ['read', 'prepare'])
    })
  })

  test('every sentence is there in each language', () => {
    const [fr, en, ar] = [firmMessages.fr, firmMessages.en, firmMessages.ar].map((bundle) => Object.keys(bundle))
    assert.deepEqual(en, fr)
    assert.deepEqual(ar, fr)
  })
})
