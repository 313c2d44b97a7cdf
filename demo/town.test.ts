import assert from 'node:assert/strict'
import { verify, X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { languages } from '../src/kernel/languages.ts'
import { parsePartnersFile } from '../src/partners/file.ts'
import { freePorts } from '../test/support/ports.ts'
import { formTo, textOf, UserAgent } from '../test/support/user-agent.ts'
import { gateway } from './hospital.ts'
import { accountsOf, heldCards, testPassword, testPin } from './people.ts'
import { originOf, PortTaken, places, portsFrom } from './ports.ts'
import { providers } from './providers/providers.ts'
import { services } from './services/services.ts'
import { startTown, type Town } from './town.ts'

describe('the town', () => {
  let town: Town

  before(async () => {
    town = await startTown({ ports: await freePorts() })
  })
  after(() => town.close())

  test('its partners file is one that the hub accepts, with every service and provider', () => {
    const { partners } = parsePartnersFile(town.partnersYaml, { allowHttp: true })
    const ids = (kind: 'services' | 'providers') =>
      partners.flatMap((partner) => partner[kind].map(({ id }) => id)).sort()
    assert.deepEqual(ids('services'), town.services.map(({ id }) => id).sort())
    assert.deepEqual(ids('providers'), town.providers.map(({ id }) => id).sort())
    const auths = partners.flatMap((partner) => partner.services.map(({ auth }) => auth))
    assert.deepEqual(new Set(auths), new Set(['client_secret_basic', 'client_secret_post', 'private_key_jwt']))
  })

  test('people.json lists every test identity with what is needed to be it', async () => {
    const people = (await fetch(`${town.mailboxUrl}/people.json`).then((answer) => answer.json())) as Town['people']
    assert.deepEqual(people, town.people)
    assert.equal(
      people.length,
      [...providers, gateway].reduce((sum, { key }) => sum + accountsOf(key).length, heldCards.length),
    )
    for (const person of people) {
      assert.deepEqual(Object.keys(person), [
        'provider',
        'provider_name',
        'username',
        'password',
        'given_name',
        'family_name',
        'level',
      ])
      assert.ok(Object.values(person).every((value) => value !== ''))
    }
  })

  test('its map names every house in three languages', async () => {
    for (const language of languages) {
      const map = textOf(await new UserAgent().open(`${town.mailboxUrl}/?lang=${language}`))
      for (const { brand } of [...providers, gateway, ...services])
        assert.ok(map.includes(brand.name[language]), brand.name[language])
    }
  })

  describe('an outage to try', () => {
    const bank = () => originOf(town.ports.bank)
    const isListening = () =>
      fetch(`${bank()}/jwks`).then(
        ({ ok }) => ok,
        () => false,
      )
    const map = (browser = new UserAgent({ language: 'en' })) => browser.open(town.mailboxUrl)

    test('R004: a button of the map really closes the server of a provider, another one opens it again', async () => {
      const browser = new UserAgent({ language: 'en' })
      const before = await map(browser)
      assert.equal(before.body.match(/action="\/providers\/[\w-]+\/stop"/g)?.length, providers.length)
      const stop = formTo(before, /\/providers\/bank-identity\/stop$/)
      const closed = await browser.submit(before, stop)
      assert.equal(closed.url.hash, '#bank-identity')
      assert.match(textOf(closed), /Server stopped/)
      assert.equal(await isListening(), false)
      await assert.rejects(fetch(bank()), ({ cause }) => cause.code === 'ECONNREFUSED')
      assert.equal((await fetch(`${originOf(town.ports.tax)}/jwks`)).status, 200, 'the others go on')
      // The button of the page of before.
      assert.match(textOf(await browser.submit(before, stop)), /Server stopped/)

      const open = await browser.submit(closed, formTo(closed, /\/providers\/bank-identity\/start$/))
      assert.doesNotMatch(textOf(open), /Server stopped/)
      assert.equal(await isListening(), true)
    })

    test('a provider with two addresses loses both and gets both back, as often as anybody clicks at once', async () => {
      const both = [town.ports.soignants, town.ports.wallet].map(originOf)
      const id = 'health-professionals'
      await Promise.all([town.stopProvider(id), town.startProvider(id), town.stopProvider(id), town.stopProvider(id)])
      for (const origin of both) await assert.rejects(fetch(origin), TypeError)
      await Promise.all([town.startProvider(id), town.startProvider(id)])
      for (const origin of both) assert.equal((await fetch(origin)).status, 200)
    })

    test('somebody else listens there meanwhile: it is said, and the button works again afterwards', async () => {
      await town.stopProvider('bank-identity')
      const squatter = createServer((_, response) => response.end('mine'))
      await new Promise<void>((done) => squatter.listen(town.ports.bank, '127.0.0.1', done))
      const browser = new UserAgent({ language: 'en' })
      const page = await map(browser)
      const start = formTo(page, /\/providers\/bank-identity\/start$/)
      const refused = await browser.submit(page, start)
      assert.deepEqual([refused.status, textOf(refused).includes(String(town.ports.bank))], [409, true])
      await new Promise((done) => squatter.close(done))
      await browser.submit(page, start)
      assert.equal(await isListening(), true)
    })

    test('a form of another site stops nothing, and what cannot be stopped is not there', async () => {
      const post = (path: string, headers: Record<string, string> = {}) =>
        fetch(`${town.mailboxUrl}/providers/${path}`, { method: 'POST', redirect: 'manual', headers })
      assert.equal((await post('bank-identity/stop', { 'sec-fetch-site': 'cross-site' })).status, 403)
      assert.equal(await isListening(), true)
      for (const path of ['hospital-network/stop', 'nobody/stop', 'bank-identity/burn']) {
        assert.equal((await post(path)).status, 404, path)
      }
      await assert.rejects(town.stopProvider('nobody'))
    })
  })

  describe('the cards on the table', () => {
    const map = (browser = new UserAgent({ language: 'en' })) => browser.open(town.mailboxUrl)
    const tap = (id: string, pin: string) =>
      fetch(`${town.phoneUrl}/cards/${id}/sign`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ pin, text: 'text' }),
      }).then((answer) => answer.json() as Promise<{ kind: string; left?: number; signature?: string }>)

    test('R073: a chip signs after its PIN with the key of its certificate; the third wrong PIN in a row blocks it', async () => {
      const id = 'cnie-nadia'
      const read = (await fetch(`${town.phoneUrl}/cards/${id}`).then((answer) => answer.json())) as {
        certificate: string
      }
      const { publicKey } = new X509Certificate(Buffer.from(read.certificate, 'base64url'))
      const { signature = '' } = await tap(id, testPin)
      const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
      assert.ok(verify('sha256', Buffer.from('text'), key, Buffer.from(signature, 'base64url')))
      assert.deepEqual(await tap(id, '0000'), { kind: 'wrong', left: 2 })
      assert.equal((await tap(id, testPin)).kind, 'done')
      const wrong = [await tap(id, '0000'), await tap(id, '1111'), await tap(id, '2222')]
      assert.deepEqual(
        wrong.map(({ kind, left }) => [kind, left]),
        [
          ['wrong', 2],
          ['wrong', 1],
          ['blocked', undefined],
        ],
      )
      assert.equal((await tap(id, testPin)).kind, 'blocked')
    })

    test('R076: the map revokes a card at the authority, and issues a new one', async () => {
      const browser = new UserAgent({ language: 'en' })
      const page = await map(browser)
      const revoked = await browser.submit(page, formTo(page, /\/cards\/cnie-mehdi\/revoke$/))
      assert.equal(revoked.url.hash, '#cnie-mehdi')
      assert.match(textOf(revoked), /Mehdi TRABELSI L774105 Revoked/)
      assert.equal((await fetch(`${town.authority.url}/lists/cnie.crl`)).status, 200)
      const fresh = await browser.submit(revoked, formTo(revoked, /\/cards\/cnie-mehdi\/replace$/))
      assert.doesNotMatch(textOf(fresh), /Revoked/)
      assert.equal(town.cards.stateOf('cnie-mehdi'), 'good')
    })

    test('a card as a file opens with the password of the town and with no other', async () => {
      const answer = await fetch(`${town.mailboxUrl}/cards/cnie-amina.p12`)
      assert.equal(answer.headers.get('content-type'), 'application/x-pkcs12')
      const pfx = Buffer.from(await answer.arrayBuffer())
      createSecureContext({ pfx, passphrase: testPassword })
      assert.throws(() => createSecureContext({ pfx, passphrase: 'another' }), /mac verify failure/)
      assert.equal((await fetch(`${town.mailboxUrl}/cards/nobody.p12`)).status, 404)
    })

    test('R084: the authority and the e-ID service are put out of order and back', async () => {
      const browser = new UserAgent({ language: 'en' })
      const service = () => fetch(`${town.phoneUrl}/service`).then(({ status }) => status)
      const list = () =>
        fetch(`${town.authority.url}/lists/cnie.crl`).then(
          ({ status }) => status,
          () => 'nothing',
        )
      let page = await map(browser)
      for (const id of ['authority', 'eid-service']) {
        page = await browser.submit(page, formTo(page, new RegExp(`/switches/${id}/stop$`)))
      }
      assert.deepEqual([await service(), await list()], [503, 'nothing'])
      for (const id of ['authority', 'eid-service']) {
        page = await browser.submit(page, formTo(page, new RegExp(`/switches/${id}/start$`)))
      }
      assert.deepEqual([await service(), await list()], [200, 200])
    })

    test('forms of another site change nothing, and what is not there is not found', async () => {
      const post = (path: string, headers: Record<string, string> = {}) =>
        fetch(`${town.mailboxUrl}/${path}`, { method: 'POST', redirect: 'manual', headers }).then(
          ({ status }) => status,
        )
      const foreign = { 'sec-fetch-site': 'cross-site' }
      for (const path of ['cards/cnie-amina/revoke', 'switches/authority/stop'])
        assert.equal(await post(path, foreign), 403)
      for (const path of [
        'cards/nobody/revoke',
        'cards/cnie-amina/burn',
        'switches/nobody/stop',
        'switches/authority/burn',
      ])
        assert.equal(await post(path), 404, path)
      const body = { method: 'POST', headers: { ...foreign, 'content-type': 'application/json' }, body: '{}' }
      for (const path of ['cards/cnie-amina/sign', 'attest', 'hub/eid/v1/pairing'])
        assert.equal((await fetch(`${town.phoneUrl}/${path}`, body)).status, 403, path)
      assert.equal(town.cards.stateOf('cnie-amina'), 'good')
    })
  })

  test('its map leads to the status page, the console and the desk of the hub', async () => {
    const { body } = await new UserAgent().open(town.mailboxUrl)
    for (const path of ['/status', '/console', '/desk'])
      assert.ok(body.includes(`href="${town.hubIssuer}${path}"`), path)
  })

  test('no page loads anything from elsewhere, and every page says so', async () => {
    for (const origin of [
      town.mailboxUrl,
      ...town.services.map((s) => s.origin),
      ...town.providers.map((p) => p.issuer),
    ]) {
      const page = await fetch(`${origin}/`)
      const body = await page.text()
      assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'/)
      assert.doesNotMatch(body, /<script|\bon\w+=|(src|href)="(https?:)?\/\/(?!localhost)/)
      assert.ok(body.length < 60_000)
      assert.equal((await fetch(`${origin}/look.css`)).headers.get('content-type'), 'text/css; charset=utf-8')
      assert.equal((await fetch(`${origin}/mark.svg`)).headers.get('content-type'), 'image/svg+xml')
    }
  })
})

test('every house has a port of its own above the base', () => {
  const ports = Object.values(portsFrom(4000))
  assert.equal(new Set(ports).size, places.length)
  const { hub, employers, justice, prescriptions, tax, consular, hospital, mailbox, ...others } = portsFrom(4000)
  assert.deepEqual(
    [hub, employers, justice, prescriptions, tax, consular, hospital, mailbox],
    [4000, 4001, 4004, 4005, 4101, 4106, 4107, 4090],
  )
  assert.deepEqual([others.phone, others.authority, others.cards], [4080, 4110, 4443])
})

test('a port that is taken is named, and nothing is left standing', async () => {
  const ports = await freePorts()
  for (const place of ['bank', 'justice', 'mailbox', 'smtp', 'wallet', 'phone', 'authority'] as const) {
    const squatter = createServer((_, response) => response.end('mine'))
    await new Promise<void>((done) => squatter.listen(ports[place], '127.0.0.1', done))
    await assert.rejects(startTown({ ports }), (fault) => fault instanceof PortTaken && fault.port === ports[place])
    await new Promise((done) => squatter.close(done))
    await assert.rejects(fetch(originOf(ports.tax)), TypeError)
  }
  await (await startTown({ ports })).close()
})
