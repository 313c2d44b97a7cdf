/**
 * Whoever represents an organisation hears of what is signed and asked in its name without opening a page first, and
 * nobody hears who is not known for sure; and they take the list of who acted for it with them.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { minute, second } from '../../src/kernel/durations.ts'
import type { MandateId, OrganisationId, PersonId } from '../../src/kernel/ids.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { done, rightsAt, signMandate } from '../support/mandates.ts'
import { iceNumber, importOrganisations } from '../support/organisations.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { tile } from '../support/relying-party.ts'
import { linksOf, UserAgent } from '../support/user-agent.ts'

describe('representatives who never opened their mandates', () => {
  let clock: TestClock
  let hub: TestHub
  let weak: TestProvider
  let strong: TestProvider
  let atlas: OrganisationId
  let firm: OrganisationId
  const names = ['Alaoui', 'Berrada', 'Chraibi', 'Drissi', 'Fassi', 'Idrissi'] as const
  type Name = (typeof names)[number]
  const known = new Map<string, PersonId>()

  const registered = (family_name: Name) => ({ given_name: 'Inès', family_name, birthdate: '1979-05-06' })
  const claimsOf = (family_name: Name, birthplace = '69123') => ({
    ...{ ...citizen, ...registered(family_name), birthplace },
    email: `${family_name.toLowerCase()}-${birthplace}@mail.example`,
  })
  const of = (family_name: Name, birthplace = '69123') =>
    known.get(`${family_name} ${birthplace}`) ?? assert.fail(`${family_name} never came`)

  /** Signs in, once, and goes away: all that the hub ever sees of them. */
  async function comes(family_name: Name, { birthplace = '69123', by = strong } = {}): Promise<UserAgent> {
    const subject = `${family_name} ${birthplace}`
    Object.assign(by.next, { subject, claims: claimsOf(family_name, birthplace), amr: ['pwd', 'otp', 'mfa'] })
    const browser = new UserAgent({ language: 'en' })
    const page = await browser.open(new URL('/space', hub.issuer))
    const { form, values } = tile(page, by === strong ? 'post' : 'tax')
    assert.equal((await browser.submit(page, form, values)).url.pathname, '/space')
    const person = (await factsOf(hub, 'session.started')).at(-1)?.person ?? assert.fail('nobody signed in')
    if (!known.has(subject)) {
      const address = claimsOf(family_name, birthplace).email
      const level = by === strong ? 'eidas3' : 'eidas1'
      await hub.storage.transaction(async (tx) => {
        const { contact, code } = await hub.people.addContact(tx, person, address, level, 'en')
        assert.equal(await hub.people.verifyContact(tx, person, contact, code, level), 'verified')
        await hub.people.confirmContact(tx, person, contact, level)
      })
    }
    known.set(subject, person)
    await settle(hub)
    return browser
  }

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[weak, strong] = await Promise.all([
      startProvider({ id: 'tax', clock }),
      startProvider({ id: 'post', acr: 'eidas3', clock }),
    ])
    hub = await startTestHub({ clock })
    const representation = { actions: ['read', 'prepare', 'submit'] }
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
        services: [serviceEntry('declarations', { scopes: ['openid', 'representation'], representation })],
        providers: [
          providerEntry(weak, { allowedLevels: ['eidas1'] }),
          providerEntry(strong, { allowedLevels: ['eidas1', 'eidas2', 'eidas3'] }),
        ],
      },
    ])
    const [company, practice] = await importOrganisations(hub, [
      {
        ...{ name: '=Atlas Conserves', ice: iceNumber(1) },
        representatives: (['Alaoui', 'Berrada', 'Chraibi', 'Drissi'] as const).map((one) => ({
          identity: registered(one),
        })),
      },
      { name: 'Cabinet Fassi', ice: iceNumber(2), representatives: [{ identity: registered('Fassi') }] },
    ])
    atlas = company?.organisation ?? assert.fail('no company')
    firm = practice?.organisation ?? assert.fail('no firm')
    // Two of one name and birth date: which of them the register means is not known.
    for (const name of ['Alaoui', 'Berrada', 'Chraibi', 'Fassi'] as const) await comes(name)
    await comes('Chraibi', { birthplace: '75056' })
    await comes('Drissi', { by: weak })
    const opened = await hub.firms.open({ person: of('Fassi'), level: 'eidas3' }, firm)
    assert.ok(opened.ok, JSON.stringify(opened))
    await letters()
  })
  after(async () => {
    await hub?.close()
    await Promise.all([weak?.close(), strong?.close()])
    mock.timers.reset()
  })
  beforeEach(() => clock.advance(second))

  /** What has gathered for a minute is told: by address, the subjects. */
  async function letters(): Promise<Record<string, string[]>> {
    await settle(hub)
    await clock.advance(minute)
    await settle(hub)
    const told: Record<string, string[]> = {}
    for (const { headers, to } of hub.smtp.mails.splice(0)) {
      const name = String(to).replace(/@.*/s, '')
      told[name] = [...(told[name] ?? []), String(headers.get('subject'))]
    }
    return told
  }

  async function given(): Promise<MandateId> {
    const rights = rightsAt('declarations', ['read'])
    const asker = { person: of('Alaoui'), level: 'eidas3' } as const
    const draft = { principal: atlas, mandatary: { kind: 'organisation', organisation: firm }, rights } as const
    const { mandate } = done(
      await hub.storage.transaction((tx) => hub.mandates.draft(tx, asker, { ...draft, side: 'principal' })),
    )
    done(await signMandate(hub, { mandate, side: 'principal', person: of('Alaoui') }))
    return mandate
  }

  test('R098: what one representative signs, another one hears of who opened nothing, and the signer is not told', async () => {
    const mandate = await given()
    const told = await letters()
    assert.deepEqual(Object.keys(told).sort(), ['berrada-69123', 'fassi-69123'])
    assert.match(told['berrada-69123']?.join() ?? '', /A mandate was signed in the name of your organisation/)
    assert.match(told['fassi-69123']?.join() ?? '', /A mandate waits for your answer/)
    done(await signMandate(hub, { mandate, side: 'mandatary', person: of('Fassi') }))
    const both = await letters()
    assert.deepEqual(Object.keys(both).sort(), ['alaoui-69123', 'berrada-69123', 'fassi-69123'])
    for (const subjects of Object.values(both)) assert.match(subjects.join(), /A mandate is in force/)
  })

  test('R098: of two whom the register could mean neither hears, until one of them opens their mandates', async () => {
    assert.deepEqual(
      await hub.knownRepresentatives.of(atlas).then((all) => [...all].sort()),
      [of('Alaoui'), of('Berrada')].sort(),
    )
    const browser = await comes('Chraibi', { birthplace: '75056' })
    await browser.open(new URL('/space/mandates', hub.issuer))
    assert.ok((await hub.knownRepresentatives.of(atlas)).includes(of('Chraibi', '75056')))
    assert.ok(!(await hub.knownRepresentatives.of(atlas)).includes(of('Chraibi')))
  })

  test('R098: an account that shows little hears nothing, and hears when it shows more', async () => {
    assert.ok(!(await hub.knownRepresentatives.of(atlas)).includes(of('Drissi')))
    await comes('Drissi')
    assert.ok((await hub.knownRepresentatives.of(atlas)).includes(of('Drissi')))
  })

  test('R096: all uses are taken away as files, by who has a part in them alone, and no cell is a formula', async () => {
    const mandate = await given()
    done(await signMandate(hub, { mandate, side: 'mandatary', person: of('Fassi') }))
    const count = 510
    await hub.storage.transaction(async (tx) => {
      for (let at = 0; at < count; at += 1) {
        await hub.mandates.noteUse(tx, {
          ref: { organisation: atlas, capacity: { as: 'mandatary', mandate } },
          ...{ person: of('Fassi'), service: 'declarations', kind: 'login', country: 'MA', actions: ['read'] },
        })
      }
    })
    const browser = await comes('Alaoui')
    const page = await browser.open(new URL(`/space/mandates/${mandate}/uses`, hub.issuer))
    const files = linksOf(page).filter(({ pathname }) => /uses\.(?:csv|json)$/.test(pathname))
    assert.deepEqual(
      files.map(({ pathname }) => pathname),
      ['csv', 'json'].map((format) => `/space/mandates/${mandate}/uses.${format}`),
    )
    const [csv, json] = [await browser.open(files[0] as URL), await browser.open(files[1] as URL)]
    assert.match(csv.headers['content-type'] ?? '', /^text\/csv/)
    assert.match(csv.headers['content-disposition'] ?? '', /^attachment; filename="uses-\d{4}-\d\d-\d\d\.csv"$/)
    const lines = csv.body.split('\r\n')
    assert.equal(lines[1], '"Mandate or organisation","\'=Atlas Conserves → Cabinet Fassi"')
    assert.equal(lines.filter((line) => line.endsWith(`"${mandate}"`)).length, count)
    const told = JSON.parse(json.body) as {
      format: string
      id: string
      uses: { use: string; mandate: string; unusual: string[] }[]
    }
    assert.deepEqual([told.format, told.id], ['garant-mandate-uses-1', mandate])
    assert.equal(new Set(told.uses.map(({ use }) => use)).size, count)
    assert.ok(told.uses.every((use) => use.mandate === mandate && !('person' in use)))

    const ofAtlas = `/space/mandates/organisations/${atlas}/uses.json`
    const whole = await browser.open(new URL(ofAtlas, hub.issuer))
    assert.equal((JSON.parse(whole.body) as typeof told).uses.length, count)
    const unusual = await browser.open(new URL(`${ofAtlas}?unusual=yes`, hub.issuer))
    const marked = (JSON.parse(unusual.body) as typeof told).uses
    assert.ok(marked.length > 0 && marked.length < count)
    assert.ok(marked.every((use) => use.unusual.length > 0))
    const holder = await comes('Fassi')
    assert.equal((await holder.open(files[1] as URL)).status, 200, 'the firm reads who used what it holds')
    assert.equal((await holder.open(new URL(ofAtlas, hub.issuer))).status, 404)
    const other = await comes('Chraibi', { birthplace: '75056' })
    assert.equal((await other.open(new URL(ofAtlas, hub.issuer))).status, 200)
    const stranger = await comes('Idrissi')
    for (const url of [files[0] as URL, files[1] as URL, new URL(ofAtlas, hub.issuer)]) {
      assert.equal((await stranger.open(url)).status, 404)
    }
    await letters()
  })

  test('R098: who is out of the register hears no more, and what finds somebody rests as a digest alone', async () => {
    const { rows } = await sql<{ text: string }>`select row_to_json(t)::text as text from person_traces t`.execute(
      hub.storage.db,
    )
    assert.ok(rows.length >= 6)
    for (const { text } of rows) assert.ok(!names.some((name) => text.toLowerCase().includes(name.toLowerCase())))
    await clock.advance(minute)
    await importOrganisations(
      hub,
      [
        { name: '=Atlas Conserves', ice: iceNumber(1), representatives: [{ identity: registered('Alaoui') }] },
        { name: 'Cabinet Fassi', ice: iceNumber(2), representatives: [{ identity: registered('Fassi') }] },
      ],
      { replace: true },
    )
    assert.deepEqual(await hub.knownRepresentatives.of(atlas), [of('Alaoui')])
    await letters()
    await given()
    assert.deepEqual(Object.keys(await letters()), ['fassi-69123'])
  })
})
