/**
 * What the hub writes to people, read as its receivers read it: each change of protection reaches who should hear of it,
 * every message can be checked by anybody who holds it, and a copy stands in the person's space.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { makeReference } from '../../src/connections/reference.ts'
import { hour } from '../../src/kernel/durations.ts'
import { type ContactId, newId, type PersonId } from '../../src/kernel/ids.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { newOperator } from '../support/operators.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { tile } from '../support/relying-party.ts'
import type { ReceivedMail } from '../support/smtp.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

/** A present contact, one that was replaced, and one that is there for a while only. */
const [main, former, brief] = ['ines@boite.example', 'ancienne@boite.example', 'nouvelle@boite.example']

describe('messages to people', () => {
  let clock: TestClock
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let person: PersonId
  /** Signed in with the account that proved most, and with the one below. */
  let strong: UserAgent
  let low: UserAgent
  let contact: ContactId

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[tax, post] = await Promise.all([
      startProvider({ id: 'tax', clock, acr: 'eidas1' }),
      startProvider({ id: 'post', clock, acr: 'eidas2' }),
    ])
    hub = await startTestHub({ settings: { trustedProxies: ['127.0.0.1'] } })
    const named = (fr: string, en: string, ar: string) => ({ fr, en, ar })
    await hub.publish([
      {
        id: 'town',
        name: named('Ville', 'Town', 'مدينة'),
        services: [],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'], name: named('Impôts', 'Taxes', 'الضرائب') }),
          providerEntry(post, { allowedLevels: ['eidas2'], name: named('Poste', 'Post', 'البريد') }),
        ],
      },
    ])
    low = await enter(tax, 'tax')
    person = (await factsOf(hub, 'session.started')).at(-1)?.person as PersonId
    // What a first account brought is confirmed by a stronger one, and one of the two is replaced.
    contact = await giveContact(main, 'eidas1')
    const old = await giveContact(former, 'eidas1')
    clock.advance(hour)
    strong = await enter(post, 'post')
    await settle(hub)
    await hub.storage.transaction((tx) => hub.people.confirmContact(tx, person, contact, 'eidas2'))
    await hub.storage.transaction((tx) => hub.people.removeContact(tx, person, old, 'eidas2'))
    await settle(hub)
  })
  after(async () => {
    strong.close()
    low.close()
    await hub.close()
    await Promise.all([tax.close(), post.close()])
    mock.timers.reset()
  })

  const at = (path = '') => `${hub.issuer}/space${path}`

  async function enter(provider: TestProvider, id: string): Promise<UserAgent> {
    const browser = new UserAgent()
    provider.next = { ...provider.next, claims: citizen }
    const choice = await browser.open(at('/messages'))
    const { form, values } = tile(choice, id)
    const page = await browser.submit(choice, form, values)
    assert.equal(page.url.href, at('/messages'), textOf(page).slice(0, 500))
    return browser
  }

  async function giveContact(address: string, level: 'eidas1' | 'eidas2'): Promise<ContactId> {
    const { contact: given, code } = await hub.storage.transaction((tx) =>
      hub.people.addContact(tx, person, address, level, 'fr'),
    )
    await hub.storage.transaction((tx) => hub.people.verifyContact(tx, person, given, code, level))
    return given
  }

  const codeIn = ({ text }: Pick<ReceivedMail, 'text'>) => /^Code de ce message\s?: (\S+)$/m.exec(text)?.[1] ?? ''
  const lettersTo = (address: string) => hub.smtp.mails.filter(({ to }) => to[0] === address)

  /** The title of each letter, by who reads it, that something causes. */
  async function heard(happens: () => Promise<unknown>): Promise<Record<string, string[]>> {
    await settle(hub)
    const before = hub.smtp.mails.length
    await happens()
    await settle(hub)
    const told: Record<string, string[]> = {}
    for (const { to, headers } of hub.smtp.mails.slice(before)) {
      const [address = ''] = to
      told[address] = [...(told[address] ?? []), (headers.get('subject') ?? '').replace('Garant – ', '')]
    }
    return told
  }

  let networks = 0
  /** Asks as somebody whom nobody knows, from a network of their own. */
  async function ask(code: string, address: string, from = `10.7.${networks++}.1`): Promise<Answer> {
    const browser = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': from } })
    const page = await browser.open(`${hub.issuer}/message`)
    const answer = await browser.submit(page, formTo(page, /\/message$/), { code, address })
    browser.close()
    return answer
  }

  test('R047: each change of protection is told to present contacts, and to a former one only that there was one', async () => {
    const before = lettersTo(former).length
    const changed = 'La protection de votre identité a changé'
    const rows: [happens: () => Promise<unknown>, told: string][] = [
      [
        () => hub.alertChoices.turn(person, { contact, hears: 'serious', level: 'eidas2' }),
        'Vos alertes de connexion ont été réduites',
      ],
      [
        () => hub.alertChoices.turn(person, { contact, hears: 'unusual', level: 'eidas2' }),
        'Vos alertes de connexion ont été étendues',
      ],
      [
        () => hub.protections.block({ person, provider: 'tax', inUse: 'post', acceptsLast: true }),
        'L’usage d’un compte a été bloqué',
      ],
      [() => hub.protections.unblock({ person, provider: 'tax' }), 'Un compte bloqué est de nouveau accepté'],
      [() => hub.protections.blockFuture(person, true), 'L’usage d’un compte a été bloqué'],
      [() => hub.protections.blockFuture(person, false), 'Un compte bloqué est de nouveau accepté'],
    ]
    for (const [happens, told] of rows) {
      assert.deepEqual(await heard(happens), { [main]: [told], [former]: [changed] }, told)
    }
    const [block] = lettersTo(main).filter(({ text }) => text.includes('a été bloqué'))
    assert.match(block?.text ?? '', /Impôts/)
    for (const { text } of lettersTo(former).slice(before)) assert.doesNotMatch(text, /Impôts|Poste|bloqu|alertes de/)
  })

  test('R047: a contact that is being added, proved and removed; an account that is attached', async () => {
    const added = await heard(() =>
      hub.storage.transaction((tx) => hub.people.addContact(tx, person, brief, 'eidas2', 'fr')),
    )
    assert.deepEqual(added[main], ['Une adresse de contact est en cours d’ajout'])
    assert.equal(added[brief], undefined, 'nothing but the code goes where nobody proved to be')
    const proved = await heard(() => giveContact(brief, 'eidas2'))
    assert.deepEqual(proved[brief], ['Une adresse de contact a été ajoutée'])
    assert.deepEqual(proved[main], ['Une adresse de contact a été ajoutée'])
    const [view] = (await hub.people.contactsOf(person)).filter(({ address }) => address.startsWith('nouvelle'))
    assert.ok(view)
    const removed = await heard(() =>
      hub.storage.transaction((tx) => hub.people.removeContact(tx, person, view.contact, 'eidas2')),
    )
    assert.deepEqual(removed[main], ['Une adresse de contact a été retirée'])
    assert.deepEqual(removed[brief], ['Une adresse de contact a été retirée'])
    assert.deepEqual(removed[former], ['La protection de votre identité a changé'])
    assert.match(lettersTo(brief).at(-1)?.text ?? '', /où vous lisez ce message n’est plus un contact/)
    const linked = hub.smtp.mails.filter(({ text }) => text.includes('a été rattaché à votre identité'))
    assert.deepEqual(
      linked.map(({ to }) => to[0]).sort(),
      [former, main].sort(),
      'the second account, to who was there',
    )
  })

  test('R107: every mail says where to go without a link, and holds a code of its own that tells whose it was', async () => {
    await settle(hub)
    const mails = hub.smtp.mails
    assert.ok(mails.length > 15, `${mails.length} mails`)
    const { host } = new URL(hub.issuer)
    const codes = mails.map(codeIn)
    for (const [place, { text, html }] of mails.entries()) {
      for (const part of [text, html]) {
        assert.doesNotMatch(part, /https?:|\/\/|www\.|<a\b|<img|<form/i)
        assert.ok(part.includes(`${host}/message`), text)
      }
      // Eleven symbols of five bits, and one that shows a typing error.
      assert.match(codes[place] ?? '', /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/, text)
    }
    const messages = new Map(
      mails.map(({ headers }, place) => [headers.get('message-id')?.split('.')[0], codes[place]]),
    )
    assert.equal(new Set(codes).size, messages.size, 'one code for each message')
    const [letter] = lettersTo(main).filter(({ text }) => text.includes('a été bloqué'))
    assert.ok(letter)
    const page = await ask(codeIn(letter), main.toUpperCase())
    assert.equal(page.status, 200)
    assert.match(textOf(page), /We sent a message with this code to this address/)
    assert.match(textOf(page), /Sent on Sunday,? 22 November 2026/)
    assert.match(textOf(page), /a change of your protection/)
    assert.doesNotMatch(textOf(page), /genuine|authentic|Impôts|Inès|Marchetti/i)
  })

  test('R107: an unknown code and another address are answered alike; a mistyped one is told apart', async () => {
    const [letter] = lettersTo(main)
    const code = codeIn(letter ?? assert.fail())
    const body = async (typed: string, address: string) => {
      const page = await ask(typed, address)
      assert.equal(page.status, 200)
      return page.body.replaceAll(typed, 'CODE').replaceAll(address, 'ADDRESS')
    }
    const unknown = await body(makeReference(), main)
    assert.equal(await body(code, 'somebody@else.example'), unknown)
    assert.match(textOf({ body: unknown }), /We did not send that to this address/)
    const mistyped = await ask(`${code.slice(0, -1)}${code.endsWith('7') ? '8' : '7'}`, main)
    assert.equal(mistyped.status, 422)
    assert.match(textOf(mistyped), /does not look like ours/)
    assert.equal((await ask(code, 'main')).status, 422)
  })

  test('R107: a network that asks too often is told to wait, and a code that goes around is told to be false', async () => {
    const code = codeIn(lettersTo(main)[0] ?? assert.fail())
    const answers: Answer[] = []
    for (let index = 0; index < 20; index++) answers.push(await ask(code, `victim${index}@mail.example`))
    assert.ok(answers.every(({ status }) => [200, 429].includes(status)))
    const page = await ask(code, main)
    assert.equal(page.status, 429)
    assert.match(textOf(page), /tried with too many addresses/)
    const told = (await factsOf(hub, 'message.code_misused')).map(({ receivers }) => receivers)
    assert.deepEqual(told, [5, 10, 20])
    let last: Answer | undefined
    for (let index = 0; index < 61; index++) {
      last = await ask(makeReference(), main, '10.9.9.9')
    }
    assert.equal(last?.status, 429)
    assert.equal(last?.headers['retry-after'], '3600')
    assert.match(textOf(last), /Too many questions came from your network/)
  })

  test('R105 R106: operators see the wave and find the warning ready, which nobody publishes for them', async () => {
    const officer = await newOperator(hub, { roles: ['security_officer'] })
    const home = await officer.agent.open(`${hub.issuer}/console`)
    assert.match(textOf(home), /False messages may be going around/)
    assert.match(textOf(home), /the code of one true message was checked with 2\d addresses/)
    assert.deepEqual(hub.notices.inForce(), [])
    const ready = linksOf(home).find(({ search }) => search === '?ready=messages')
    const form = await officer.agent.open(ready ?? assert.fail('no link'))
    const fieldOf = (language: string) =>
      new RegExp(`<textarea id="text_${language}"[^>]*>([^<]+)</textarea>`).exec(form.body)?.[1] ?? assert.fail()
    const texts = { text_fr: fieldOf('fr'), text_en: fieldOf('en'), text_ar: fieldOf('ar') }
    assert.match(form.body, /<option value="phishing" selected>/)
    const filled = { ...texts, kind: 'phishing', act: 'review' }
    const review = await officer.agent.submit(form, formTo(form, /\/banners\/new$/), filled)
    assert.match(textOf(review), /False messages that imitate ours are going around/)
    await officer.agent.submit(review, formTo(review, /\/banners\/new$/), { act: 'confirm' })
    assert.deepEqual(
      hub.notices.inForce().map(({ kind }) => kind),
      ['phishing'],
    )
    const after = await officer.agent.open(`${hub.issuer}/console`)
    assert.match(textOf(after), /A warning stands already/)
    assert.equal(
      linksOf(after).find(({ search }) => search === '?ready=messages'),
      undefined,
    )
    const auditor = await newOperator(hub, { roles: ['auditor'], name: 'Nadia Ferhat' })
    const read = await auditor.agent.open(`${hub.issuer}/console`)
    assert.match(textOf(read), /False messages may be going around/)
    for (const { agent } of [officer, auditor]) agent.close()
  })

  test('R107: the space has a copy of each message, found by its code; one-time codes are not in it', async () => {
    const list = await strong.open(at('/messages'))
    assert.match(textOf(list), /Tout ce que nous vous avons écrit/)
    assert.match(textOf(list), /i•••@boite\.example/)
    assert.doesNotMatch(list.body, /ines@boite/)
    const [letter] = lettersTo(main).filter(({ text }) => text.includes('a été bloqué'))
    const code = codeIn(letter ?? assert.fail())
    const find = (typed: string, browser = strong) =>
      browser.open(at('/messages')).then((page) => browser.submit(page, formTo(page, /\/find$/), { code: typed }))
    const found = await find(code.toLowerCase())
    assert.match(found.url.pathname, /^\/space\/messages\/msg_/)
    assert.match(textOf(found), /Compte concerné Impôts/)
    assert.ok(textOf(found).includes('Garant – L’usage d’un compte a été bloqué'))
    assert.ok(found.body.includes(code))
    assert.match(textOf(await find(makeReference())), /Nous ne vous avons pas envoyé de message avec ce code/)
    assert.match(textOf(await find('K7QX')), /n’a pas la forme des nôtres/)
    const { link } = (await hub.people.linksOf(hub.storage.db, person))[0] ?? assert.fail()
    const who = { person, session: newId('session'), level: 'eidas2', link } as const
    const asked = await hub.means.contacts.add(who, { address: 'encore@boite.example', language: 'fr' })
    assert.ok(asked.ok)
    const mail = lettersTo('encore@boite.example').at(-1) ?? assert.fail()
    const [secret = ''] = /\b\d{8}\b/.exec(mail.text) ?? []
    assert.equal(secret.length, 8, mail.text)
    const copy = await find(codeIn(mail))
    assert.match(textOf(copy), /Un code pour vérifier une adresse/)
    assert.match(textOf(copy), /••••••/)
    assert.ok(!copy.body.includes(secret))
    assert.match(textOf(await ask(codeIn(mail), 'encore@boite.example')), /a code that somebody asked for/)
    // Page by page, to the end.
    for (const hears of ['every', 'serious', 'every', 'serious', 'every', 'unusual'] as const) {
      await hub.alertChoices.turn(person, { contact, hears, level: 'eidas2' })
    }
    await settle(hub)
    const ids = new Set<string>()
    let pages = 0
    for (let more: URL | undefined = new URL(at('/messages')); more; pages++) {
      const page: Answer = await strong.open(more)
      for (const { pathname } of linksOf(page)) if (/\/msg_/.test(pathname)) ids.add(pathname)
      more = linksOf(page).find(({ searchParams, hash }) => searchParams.has('before') && hash === '')
    }
    assert.equal(pages, 2)
    const { shown, others } = await hub.messageCopies.count({ person })
    assert.equal(ids.size, shown)
    assert.equal(others, 0)
  })

  test('R112: a weaker account reads what is about it, and of the others how many; nobody reads another’s', async () => {
    // The block has ended the session of before.
    low = await enter(tax, 'tax')
    const list = await low.open(at('/messages'))
    assert.match(textOf(list), /autres messages parlent d’autres comptes ou de votre protection/)
    const { messages } = await hub.messageCopies.page({ person }, { limit: 100 })
    const of = (provider: string | undefined) => messages.find((one) => one.provider === provider) ?? assert.fail()
    const statusOf = async (browser: UserAgent, message: string) =>
      (await browser.open(at(`/messages/${message}`))).status
    assert.equal(await statusOf(low, of('tax').message), 200)
    for (const hidden of [of('post'), of(undefined)]) {
      assert.equal(await statusOf(low, hidden.message), 404)
      assert.equal(await statusOf(strong, hidden.message), 200)
      const page = await low.submit(list, formTo(list, /\/find$/), { code: hidden.code ?? '' })
      assert.match(textOf(page), /parle d’un autre de vos comptes/)
    }
    const alerts = await low.open(at('/alerts'))
    assert.doesNotMatch(textOf(alerts), /boite\.example/)
    const stranger = new UserAgent()
    tax.next = { ...tax.next, subject: 'stranger', claims: { ...citizen, family_name: 'Ferhat', email: 'z@z.example' } }
    const choice = await stranger.open(at('/messages'))
    const { form, values } = tile(choice, 'tax')
    assert.equal((await stranger.submit(choice, form, values)).url.href, at('/messages'))
    for (const { message } of messages.slice(0, 3)) assert.equal(await statusOf(stranger, message), 404)
    for (const bad of ['msg_x', '..', "msg_' or 1=1", `msg_${'0'.repeat(28)}`]) {
      assert.ok([400, 404].includes(await statusOf(strong, encodeURIComponent(bad))), bad)
    }
    stranger.close()
  })

  test('freeze, thaw, stop: each is told at once, the thaw with the instant from which it holds', async () => {
    const { link } =
      (await hub.people.linksOf(hub.storage.db, person)).find(({ provider }) => provider === 'post') ?? assert.fail()
    const by = { person, link, provider: 'post', level: 'eidas2' } as const
    clock.advance(hour)
    const told = (title: string) => ({
      [main]: [title],
      [former]: ['La protection de votre identité a changé'],
      [brief]: ['La protection de votre identité a changé'],
    })
    assert.deepEqual(
      await heard(() => hub.protections.freeze(by, { suspected: ['tax'] })),
      told('Votre identité est gelée'),
    )
    assert.deepEqual(await heard(() => hub.protections.askThaw(by)), told('Le dégel de votre identité a été demandé'))
    const letter = lettersTo(main).at(-1) ?? assert.fail()
    assert.match(letter.text, /Prend effet\s?: lundi 23 novembre 2026/)
    assert.match(letter.text, /Arrêtez le dégel/)
    assert.deepEqual(
      await heard(() => hub.protections.stopThaw(person, { kind: 'person', id: person })),
      told('Le dégel de votre identité a été arrêté'),
    )
  })

  test('who is erased is told so, and nothing of them is left with us', async () => {
    const told = await heard(() => hub.storage.transaction((tx) => hub.people.erase(tx, person)))
    assert.deepEqual(told, {
      [main]: ['Vos données ont été effacées'],
      [former]: ['La protection de votre identité a changé'],
      [brief]: ['La protection de votre identité a changé'],
    })
    const letter = lettersTo(main).at(-1) ?? assert.fail()
    assert.match(textOf(await ask(codeIn(letter), main)), /We sent a message with this code to this address/)
    assert.deepEqual(await hub.messageCopies.count({ person }), { shown: 0, others: 0 })
  })
})
