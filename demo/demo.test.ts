/** The whole town around a hub: what `npm run demo` gives, and everybody's road through it. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { setInterval } from 'node:timers/promises'
import { parsePartnersFile } from '../src/partners/file.ts'
import { type Check, checks } from '../src/policy/case-flow.ts'
import { startTestHub, type TestHub } from '../test/support/hub.ts'
import { freePorts, reserve } from '../test/support/ports.ts'
import { factsOf } from '../test/support/records.ts'
import { type Answer, formTo, textOf, UserAgent } from '../test/support/user-agent.ts'
import { homologateGateway } from './hospital.ts'
import { testPassword } from './people.ts'
import { originOf, portsFrom } from './ports.ts'
import { connectSignals } from './signals.ts'
import { startTown, type Town } from './town.ts'

/** Looks again and again until it is so; the test runner's own limit ends a wait in vain. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for await (const _ of setInterval(50)) if (await holds()) return
}

describe('the town around a hub', () => {
  let hub: TestHub
  let town: Town

  before(async () => {
    const ports = await freePorts()
    town = await startTown({ ports })
    const mail = {
      host: '127.0.0.1',
      port: ports.smtp,
      from: 'garant@garant.example',
      secure: false,
      danger_in_clear: true,
    }
    hub = await startTestHub({ port: ports.hub, settings: { mail } })
    const file = parsePartnersFile(town.partnersYaml, { allowHttp: true })
    await hub.partners.apply(file, { actor: { kind: 'command' } })
    await homologateGateway(hub)
    await connectSignals(hub, ports)
    await connectSignals(hub, ports)
  })
  after(async () => {
    await hub?.close()
    await town?.close()
  })

  const serviceAt = (key: string, path: string) =>
    `${town.services.find((service) => service.key === key)?.origin}${path}`

  /** From the service's button to the service's page, whatever the hub and the provider ask on the way. */
  async function signIn(browser: UserAgent, service: string, provider: string, username: string): Promise<Answer> {
    const choice = await browser.open(serviceAt(service, '/login'))
    const login = await browser.submit(choice, formTo(choice, /\/choose$/), { provider })
    let page = await browser.submit(login, formTo(login, /\/login$/), { username, password: testPassword })
    const code = /<output[^>]*>(\d+)<\/output>/.exec(page.body)?.[1]
    if (code) page = await browser.submit(page, formTo(page, /\/(code|approval)$/), { code })
    return goOn(browser, page)
  }

  async function goOn(browser: UserAgent, page: Answer): Promise<Answer> {
    return browser.submit(page, formTo(page, /\/inform$/))
  }

  const roads: [service: string, provider: string, username: string, shown: RegExp][] = [
    ['employers', 'tax-identity', 'amina', /Bonjour Amina Samira BENALI/],
    ['refunds', 'health-insurance', 'aissatou', /Bonjour Aïssatou DIALLO/],
    ['justice', 'postal-identity', 'jp.martin', /Bonjour Jean Pierre MARTIN/],
    ['patients', 'health-professionals', 'dr.osman', /Bonjour Idriss OSMAN/],
    ['refunds', 'bank-identity', 'linh', /Bonjour Thi Linh NGUYEN/],
    ['employers', 'consular-identity', 'youssef', /Bonjour Youssef HADDAD/],
    ['patients', 'postal-identity', 'claire', /Votre dossier/],
  ]
  for (const [service, provider, username, shown] of roads) {
    test(`R002 R016 R085: ${username} enters ${service} by ${provider}`, async () => {
      const space = await signIn(new UserAgent(), service, provider, username)
      assert.equal(space.url.href, serviceAt(service, '/space'), textOf(space))
      assert.match(textOf(space), shown)
    })
  }

  test('R017: the same human by two providers is the same account at a service, and another one at another service', async () => {
    const subjectAt = async (service: string, provider: string) => {
      const browser = new UserAgent()
      await signIn(browser, service, provider, 'amina')
      return /Numéro de compte (\S+)/.exec(textOf(await browser.open(serviceAt(service, '/account'))))?.[1]
    }
    const [byTax, byBank, elsewhere] = [
      await subjectAt('refunds', 'tax-identity'),
      await subjectAt('refunds', 'bank-identity'),
      await subjectAt('justice', 'tax-identity'),
    ]
    assert.ok(byTax)
    assert.equal(byBank, byTax)
    assert.notEqual(elsewhere, byTax)
  })

  test('a confidential document asks for a verified identity, and opens with one', async () => {
    const browser = new UserAgent()
    const low = await signIn(browser, 'justice', 'tax-identity', 'claire')
    assert.match(textOf(low), /Cette pièce demande une identité vérifiée/)
    const choice = await browser.open(serviceAt('justice', '/login?essential_acr=eidas2'))
    const login = await browser.submit(choice, formTo(choice, /\/choose$/), { provider: 'postal-identity' })
    const second = await browser.submit(login, formTo(login, /\/login$/), {
      username: 'claire',
      password: testPassword,
    })
    const code = /<output[^>]*>(\d+)<\/output>/.exec(second.body)?.[1] ?? ''
    const space = await goOn(browser, await browser.submit(second, formTo(second, /\/code$/), { code }))
    assert.match(textOf(space), /une audience de conciliation/)
  })

  test('signing out of one service ends the session at the other, behind the person’s back', async () => {
    const browser = new UserAgent()
    const first = await signIn(browser, 'refunds', 'tax-identity', 'karim')
    await goOn(browser, await browser.open(serviceAt('employers', '/login')))
    assert.equal((await browser.open(serviceAt('employers', '/space'))).url.pathname, '/space')
    await browser.submit(first, formTo(first, /\/logout$/))
    await eventually(async () => (await browser.open(serviceAt('employers', '/space'))).url.pathname === '/')
  })

  describe('the network of the hospital', () => {
    const networkAt = (path: string) => `${originOf(town.ports.hospital)}${path}`
    const isNetwork = ({ url }: Answer) => url.origin === networkAt('')

    /** From the page of the password to the one after the code. */
    async function connect(browser: UserAgent, page: Answer, username = 'i.osman'): Promise<Answer> {
      const second = await browser.submit(page, formTo(page, /\/login$/), { username, password: testPassword })
      const code = /<output[^>]*>(\d{6})<\/output>/.exec(second.body)?.[1] ?? ''
      return browser.submit(second, formTo(second, /\/code$/), { code })
    }

    /** Chooses the network for a service; stops where somebody has to do something. */
    async function arrive(browser: UserAgent, options = ''): Promise<Answer> {
      const choice = await browser.open(serviceAt('prescriptions', `/login${options}`))
      return browser.submit(choice, formTo(choice, /\/choose$/), { provider: 'hospital-network' })
    }

    test('R070: who is connected to it enters the sensitive service, and nobody asks for anything', async () => {
      const browser = new UserAgent()
      const home = await browser.open(networkAt('/'))
      const login = await browser.submit(home, formTo(home, /\/connect$/))
      assert.doesNotMatch(textOf(login), /Garant vous envoie/)
      const connected = await connect(browser, login)
      assert.match(textOf(connected), /Connecté au réseau Idriss OSMAN/)
      const inform = await arrive(browser)
      assert.match(textOf(inform), /Réseau de l’hôpital a confirmé votre identité/)
      assert.equal(inform.trail.filter(({ origin }) => origin === networkAt('')).length, 1, 'it was only passed by')
      const space = await goOn(browser, inform)
      assert.match(textOf(space), /Bonjour Idriss OSMAN.*Prescripteur 899010002147/)
      const told = textOf(await browser.open(serviceAt('prescriptions', '/developer')))
      assert.match(told, /"acr": "eidas2"/)
      // A new sign-in is asked of the network too.
      const again = await arrive(browser, '?prompt=login')
      assert.ok(isNetwork(again), again.url.href)
      assert.match((await connect(browser, again)).body, /\/inform"/)
      const left = await browser.open(networkAt('/'))
      await browser.submit(left, formTo(left, /\/leave$/))
      const away = new UserAgent()
      assert.ok(isNetwork(await arrive(away)), 'another browser is asked')
    })

    test('R070: sent there without a connection one signs in, or turns back to the hub', async () => {
      const browser = new UserAgent()
      const login = await arrive(browser)
      assert.match(textOf(login), /Garant vous envoie ici/)
      const wrong = await browser.submit(login, formTo(login, /\/login$/), { username: 'i.osman', password: 'no' })
      assert.equal(wrong.status, 400)
      assert.match(textOf(wrong), /Identifiant ou mot de passe incorrect/)
      assert.match((await connect(browser, wrong, 'l.belkacem')).body, /\/inform"/)
      const other = new UserAgent()
      const page = await arrive(other)
      const back = await other.submit(page, formTo(page, /\/cancel$/))
      assert.ok(formTo(back, /\/choose$/))
    })

    test('R070: a password alone at the network is refused by the hub, and forgotten by the network', async () => {
      const browser = new UserAgent()
      const login = await arrive(browser)
      const typed = { username: 'i.osman', password: testPassword }
      const second = await browser.submit(login, formTo(login, /\/login$/), typed)
      const refused = await browser.submit(second, formTo(second, /\/without$/))
      assert.match(textOf(refused), /Réseau de l’hôpital/)
      assert.ok(formTo(refused, /\/choose$/))
      assert.doesNotMatch(refused.body, /\/inform"/)
      assert.match(textOf(await browser.open(networkAt('/'))), /Se connecter au réseau/)
    })

    test('it answers nobody but the hub, and each browser for itself', async () => {
      const asked = new URLSearchParams({ state: 's', nonce: 'n', redirect_uri: 'http://localhost:1/callback' })
      const stranger = await new UserAgent().open(networkAt(`/assert?${asked}`))
      assert.equal(stranger.status, 400)
      const page = await arrive(new UserAgent())
      assert.equal((await new UserAgent().open(page.url)).status, 400)
    })

    test('R023 R025: the sensitive service names what it takes, and why not the others', async () => {
      const choice = await new UserAgent().open(serviceAt('prescriptions', '/login'))
      const isGreyed = (id: string) =>
        new RegExp(`<button class="tile[^>]*value="${id}"[^>]*aria-disabled="true"`).test(choice.body)
      const whyOf = (id: string) => new RegExp(`id="why-${id}">([^<]*)<`).exec(choice.body)?.[1] ?? ''
      assert.deepEqual(
        ['hospital-network', 'health-professionals', 'postal-identity', 'consular-identity', 'tax-identity'].map(
          isGreyed,
        ),
        [false, false, true, true, true],
      )
      assert.match(whyOf('postal-identity'), /données sensibles|reconnu/)
      const ordinary = await new UserAgent().open(serviceAt('patients', '/login'))
      assert.ok(!/value="postal-identity"[^>]*aria-disabled/.test(ordinary.body))
    })

    test('R026: the homologation is in the register, and is not made a second time', async () => {
      await homologateGateway(hub)
      const entry = (await hub.register.entries()).find(({ entry: id }) => id === 'provider/hospital-network')
      assert.deepEqual(
        entry?.homologations.map(({ service, state, reasons }) => [service, state, reasons]),
        [['hospital-prescriptions', 'in_force', []]],
      )
    })
  })

  test('R109: the refunds hear of a reported theft by a signed event, and show it; nobody else can tell them one', async () => {
    const browser = new UserAgent()
    await signIn(browser, 'refunds', 'tax-identity', 'karim')
    const number = /Numéro de compte (\S+)/.exec(textOf(await browser.open(serviceAt('refunds', '/account'))))?.[1]
    const { person, connection } = (await factsOf(hub, 'connection.authorised')).at(-1) ?? assert.fail()
    assert.match(textOf(await browser.open(serviceAt('refunds', '/signals'))), /Rien n’est arrivé/)
    const actor = { kind: 'person', id: person } as const
    const opened = await hub.cases.open({ person, connections: [connection], words: '', actor })
    assert.equal(opened.kind, 'opened')
    const answers = Object.fromEntries(checks.map((check) => [check, 'no'])) as Record<Check, 'no'>
    const by = { kind: 'command' } as const
    const qualified = await hub.cases.qualify(opened.case.id, { checks: answers, seen: 1, actor: by })
    assert.ok(qualified.kind === 'done')
    await hub.cases.notify(opened.case.id, { seen: qualified.case.version, actor: by })
    const shown = async () => textOf(await browser.open(serviceAt('refunds', '/signals')))
    await eventually(async () => /identity-theft-report/.test(await shown()))
    assert.match(await shown(), new RegExp(`"sub": "${number}"`))
    const stranger = await fetch(serviceAt('refunds', '/signals'), {
      method: 'POST',
      headers: { 'content-type': 'application/secevent+jwt', authorization: 'Bearer guessed' },
      body: 'e30.e30.',
    })
    assert.deepEqual([stranger.status, await stranger.json()], [400, { err: 'authentication_failed' }])
  })

  test('R101: a first sign-in brings a mail to the mailbox', async () => {
    await signIn(new UserAgent(), 'refunds', 'tax-identity', 'jeanne')
    const [mail] = await town.waitForMails(1, 'jeanne@courriel.example')
    assert.ok(mail?.text && mail.subject)
  })
})

describe('npm run demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-demo-'))
  const running: ChildProcess[] = []
  after(() => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  function demo(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'demo.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    return child
  }

  async function outcome(child: ChildProcess): Promise<{ out: string; err: string; code: number | null }> {
    assert.ok(child.stdout && child.stderr)
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    return { out, err, code }
  }

  /** A base above which each port of the town is free. */
  async function freeBase(): Promise<number> {
    for (let base = 20_000; base < 31_000; base += 200) {
      const free = await Promise.all(Object.values(portsFrom(base)).map((port) => reserve(port)))
      if (!free.includes(false)) return base
    }
    throw new Error('no free ports')
  }

  test('starts, says where to click and whom to be, refuses a second one in plain words, and stops when asked', async () => {
    const base = await freeBase()
    const args = ['--port-base', String(base)]
    const first = demo('--data', folder, ...args)
    let said = ''
    assert.ok(first.stdout)
    for await (const chunk of first.stdout.iterator({ destroyOnReturn: false })) {
      said += chunk
      if (said.includes('Ctrl+C')) break
    }
    // Whoever writes to a pipe that nobody reads stands still once it is full.
    for (const stream of [first.stdout, first.stderr]) stream?.resume()
    for (const word of [
      originOf(base),
      originOf(base + 1),
      originOf(base + 80),
      originOf(base + 90),
      'tax-identity',
      testPassword,
    ]) {
      assert.ok(said.includes(word), said)
    }
    assert.equal((await fetch(`${originOf(base)}/readyz`)).status, 200)
    const people = (await fetch(`${originOf(base + 90)}/people.json`).then((answer) => answer.json())) as unknown[]
    assert.ok(people.length >= 36)
    await enterByOwnAccount(base)

    const second = await outcome(demo('--data', join(folder, 'other'), ...args))
    assert.match(second.err, /Port \d+ is taken.*--port-base/)
    assert.equal(second.code, 1)

    first.kill('SIGTERM')
    const [code] = await once(first, 'exit')
    assert.equal(code, 0)
  })

  /** As a visitor does: who to be and what the code application shows stand in the town's list. */
  async function enterByOwnAccount(base: number): Promise<void> {
    type Listed = { provider: string; username: string; password: string; code?: string }
    const people = (await fetch(`${originOf(base + 90)}/people.json`).then((answer) => answer.json())) as Listed[]
    const own = people.filter(({ provider }) => provider === 'local-account')
    assert.ok(own.length >= 3)
    assert.ok(
      own.some(({ username }) => /^\d{11}$/.test(username)),
      'a professional with a number of the register',
    )
    const [visitor] = own
    assert.ok(visitor?.code)
    const browser = new UserAgent()
    const choice = await browser.open(`${originOf(base + 4)}/login?acr_values=eidas2`)
    for (const [tile, isOffered] of [
      ['card', true],
      ['e-id', true],
      ['e-id-stand-in', false],
    ] as const) {
      assert.equal(choice.body.includes(`value="${tile}"`), isOffered, tile)
    }
    const page = await browser.submit(choice, formTo(choice, /\/choose$/), { provider: 'local-account' })
    const typed = { identifier: visitor.username, password: visitor.password }
    const second = await browser.submit(page, formTo(page, /\/password$/), typed)
    const inform = await browser.submit(second, formTo(second, /\/second$/), { kind: 'totp', code: visitor.code })
    assert.match(textOf(inform), /Compte Garant a confirmé votre identité/)
  }

  test('says how to use it, when asked and when the arguments make no sense', async () => {
    const senseless = [['--port-base', 'many'], ['--port-base', '80'], ['somewhere']]
    const [asked, ...complaints] = await Promise.all([['--help'], ...senseless].map((args) => outcome(demo(...args))))
    assert.match(asked?.out ?? '', /--data DIR/)
    assert.equal(asked?.code, 0)
    for (const { err, code } of complaints) {
      assert.match(err, /--data DIR/)
      assert.equal(code, 2)
    }
  })
})
