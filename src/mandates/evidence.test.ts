/**
 * A mandate signed in full by real keys, on the pages of signing, and its evidence archive: checked by the hub's own verb,
 * by public tools alone, and after every kind of change.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { CompactSign } from 'jose'
import type { Authority } from '../../demo/authority/authority.ts'
import { webEidSignature, webEidToken } from '../../demo/web-eid/stand-in.ts'
import type { SoftwareAuthenticator } from '../../test/support/authenticator.ts'
import { type Card, cardSettings, salma, startAuthority } from '../../test/support/cards.ts'
import { serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { activeMandate, rightsAt } from '../../test/support/mandates.ts'
import { iceNumber, importOrganisations } from '../../test/support/organisations.ts'
import { ownProviderEntry } from '../../test/support/own-means.ts'
import fc from '../../test/support/property.ts'
import { factsOf } from '../../test/support/records.ts'
import { tile } from '../../test/support/relying-party.ts'
import { passkeyHolder, signedByPasskey, signWith } from '../../test/support/signing.ts'
import { type Answer, formsOf, formTo, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { journalKeysOf } from '../audit/audit.ts'
import { systemClock } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { MandateId, OrganisationId, SigningId } from '../kernel/ids.ts'
import { main } from '../main.ts'
import type { SignedIn } from '../means/holder-visit.ts'
import { groupsOf } from '../signatures/pages.ts'
import type { Wanted } from '../signatures/signatures.ts'
import { commandsOf } from './archive-readme.ts'
import { verifyArchive } from './archive-verify.ts'
import { readZip, writeZip } from './zip.ts'

const named = (name: string) => ({ fr: name, en: name, ar: name })

let authority: Authority
let hub: TestHub
let card: Card
let browser: UserAgent
let manager: SignedIn
let holder: { who: SignedIn; key: SoftwareAuthenticator }
let company: OrganisationId
let mandate: MandateId
let archive: Buffer
let folder: string

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'garant-evidence-'))
  authority = await startAuthority(systemClock)
  hub = await startTestHub({ settings: { cards: cardSettings(authority) } })
  const connector = { kind: 'card', cards: ['cnie', 'cpx'], ways: ['web_eid'] }
  await hub.publish([
    {
      id: 'town',
      name: named('Ville'),
      services: [serviceEntry('declarations', { representation: { actions: ['read', 'prepare', 'submit'] } })],
      providers: [
        { id: 'card', name: named('Carte'), connector, allowedLevels: ['eidas1', 'eidas2', 'eidas3'] },
        ownProviderEntry(),
      ],
    },
  ])
  const { givenName, familyName, birthdate, gender } = salma
  const identity = {
    given_name: givenName,
    family_name: familyName,
    birthdate,
    gender,
    birthplace: '',
    birthcountry: '99350',
  }
  const register = { name: 'Atelier Zellige', ice: iceNumber(4), representatives: [{ identity }] }
  company = ((await importOrganisations(hub, [register]))[0] as { organisation: OrganisationId }).organisation
  card = authority.issue({ kind: 'cnie', holder: salma })
  browser = new UserAgent()
  manager = await signInByCard(browser)
  holder = await passkeyHolder(hub, 'angela')
})
after(async () => {
  await hub.close()
  await authority.close()
  rmSync(folder, { recursive: true })
})

/** To the person's own pages, by the card and Web eID. */
async function signInByCard(agent: UserAgent): Promise<SignedIn> {
  const choice = await agent.open(`${hub.issuer}/sign-in?to=/space`)
  const { form, values } = tile(choice, 'card')
  const page = await agent.submit(choice, form, values)
  const reading = formTo(page, /\/sign$/)
  const token = webEidToken(card, { origin: hub.issuer, challenge: reading.fields.challenge ?? '' })
  let next = await agent.submit(page, reading, { token: JSON.stringify(token) })
  for (const { href } of [...next.body.matchAll(/http-equiv="refresh"[^>]*url=([^"]+)"/g)].map(
    ([, url = '']) => new URL(url.replaceAll('&amp;', '&'), next.url),
  ))
    next = await agent.open(href)
  const inform = formsOf(next).find(({ action }) => action.pathname.endsWith('/inform'))
  if (inform) next = await agent.submit(next, inform)
  const found = await Promise.all([...agent.cookies(hub.issuer).values()].map((secret) => hub.sessions.find(secret)))
  const session = found.find((one) => one !== undefined)
  assert.ok(session, textOf(next))
  return { ...session, session: session.id, isWeak: false }
}

async function wantedBy(
  who: SignedIn,
  side: 'principal' | 'mandatary',
  level: Wanted['level'],
): Promise<Omit<Wanted, 'person' | 'session' | 'returnTo'>> {
  const about = { kind: 'mandate', id: mandate, side } as const
  const text = await hub.mandates.textFor(hub.storage.db, { mandate, side, person: who.person, language: 'fr' })
  assert.ok(text)
  return { about, level, text }
}

const openFor = async (who: SignedIn): Promise<SigningId> => {
  const wanted = await wantedBy(who, 'principal', 'eidas3')
  const of = { ...wanted, person: who.person, session: who.session, returnTo: '/space' }
  return hub.storage.transaction((tx) => hub.signatures.open(tx, of))
}

/** What our script makes of the extension's answers. */
function tokenOver(page: Answer, pair: Pick<Card, 'certificate' | 'key'> = card.signature): string {
  const [, hashes = ''] = /data-hashes="([^"]+)"/.exec(page.body) ?? []
  const known = JSON.parse(hashes.replaceAll('&quot;', '"')) as Record<string, string>
  const signed = webEidSignature(pair, Buffer.from(known['SHA-256'] ?? '', 'base64'))
  return JSON.stringify({ certificate: pair.certificate.toString('base64'), ...signed })
}

describe('the page of a signature', () => {
  before(async () => {
    const rights = rightsAt('declarations', ['read', 'prepare'])
    const asker = { person: manager.person, level: 'eidas3' } as const
    const draft = { principal: company, mandatary: { kind: 'person', person: holder.who.person } as const, rights }
    const drafted = await hub.storage.transaction((tx) =>
      hub.mandates.draft(tx, asker, { ...draft, side: 'principal' }),
    )
    assert.ok(drafted.ok, JSON.stringify(drafted))
    mandate = drafted.view.mandate
  })

  test('R097: shows the whole text and its hash, the ways that serve, and why no password does', async () => {
    const signing = await openFor(manager)
    const page = await browser.open(`${hub.issuer}/sign/${signing}`)
    assert.equal(page.status, 200, textOf(page))
    const wanted = await wantedBy(manager, 'principal', 'eidas3')
    const said = textOf(page)
    assert.ok(page.body.includes(`>${wanted.text.text}</div>`), 'byte by byte')
    assert.ok(page.body.includes(groupsOf(wanted.text.text)))
    assert.match(said, /Pourquoi pas un mot de passe/)
    assert.match(said, /l’application e-ID n’est pas disponible ici/)
    assert.match(said, /vous n’en avez pas enregistré ici/)
    // Without a script nothing is signed, and the page says so.
    const without = await browser.submit(page, formTo(page, /\/card$/))
    assert.deepEqual([without.status, without.url.searchParams.get('said')], [400, 'no_script'])
    for (const token of ['{', '{}', JSON.stringify({ certificate: 'AAAA' })]) {
      const malformed = await browser.submit(page, formTo(page, /\/card$/), { token })
      assert.equal(malformed.url.searchParams.get('said'), 'malformed')
    }
    const wrong = await browser.submit(page, formTo(page, /\/card$/), { token: tokenOver(page, card) })
    assert.match(textOf(wrong), /Ce certificat ne sert pas à signer/)
    const stranger = new UserAgent()
    assert.match((await stranger.open(`${hub.issuer}/sign/${signing}`)).url.pathname, /^\/login\//)
    const foreign = formTo(page, /\/decline$/)
    const refused = await browser.submit(page, { ...foreign, fields: {} })
    assert.equal(refused.status, 403)
  })

  test('R097: declined it leads back; a second tab and the way back find it over', async () => {
    const signing = await openFor(manager)
    const page = await browser.open(`${hub.issuer}/sign/${signing}`)
    const back = await browser.submit(page, formTo(page, /\/decline$/))
    assert.deepEqual([back.url.pathname, back.url.search], ['/space', '?done=declined'])
    const again = await browser.submit(page, formTo(page, /\/card$/), { token: tokenOver(page) })
    assert.equal(again.status, 410)
    assert.match(textOf(again), /Cette demande de signature est terminée/)
    assert.equal((await browser.open(`${hub.issuer}/sign/sgg_nobody`)).status, 404)
  })

  test('R097: a text that was changed meanwhile is told, and not signed', async () => {
    const signing = await openFor(manager)
    const page = await browser.open(`${hub.issuer}/sign/${signing}`)
    const asker = { person: manager.person, level: 'eidas3' } as const
    const given = { mandate, version: 1, rights: rightsAt('declarations', ['read', 'prepare', 'submit']) }
    const amended = await hub.storage.transaction((tx) => hub.mandates.amend(tx, asker, given))
    assert.ok(amended.ok, JSON.stringify(amended))
    const sent = await browser.submit(page, formTo(page, /\/card$/), { token: tokenOver(page) })
    assert.equal(sent.status, 409)
    assert.match(textOf(sent), /Ce texte n’est plus à signer/)
    assert.equal((await hub.mandates.byId(mandate))?.state, 'draft')
  })

  test('R095, R097: the principal signs by card at level high, the mandatary by passkey: it is in force', async () => {
    const signing = await openFor(manager)
    const page = await browser.open(`${hub.issuer}/sign/${signing}`)
    const back = await browser.submit(page, formTo(page, /\/card$/), { token: tokenOver(page) })
    assert.equal(back.url.search, '?done=signed', textOf(back))
    assert.equal((await hub.mandates.byId(mandate))?.state, 'proposed')
    const { who, key } = holder
    const wanted = { ...(await wantedBy(who, 'mandatary', 'eidas2')), who }
    const done = await signWith(hub, wanted, (id) => signedByPasskey(hub.signatures, { signing: id, who, key }))
    assert.ok(done.ok, JSON.stringify(done))
    const view = await hub.mandates.byId(mandate)
    assert.deepEqual(
      [view?.state, view?.signatures.map(({ side, level }) => [side, level])],
      [
        'active',
        [
          ['principal', 'eidas3'],
          ['mandatary', 'eidas2'],
        ],
      ],
    )
  })
})

describe('the archive', () => {
  before(async () => {
    const ref = { organisation: company, capacity: { as: 'mandatary', mandate } } as const
    await hub.storage.transaction((tx) =>
      hub.mandates.noteUse(tx, {
        ref,
        person: holder.who.person,
        service: 'declarations',
        actions: ['read'],
        kind: 'login',
      }),
    )
    const taken = await hub.evidence.take({ mandate, person: manager.person })
    assert.ok(taken && taken !== 'waiting')
    archive = taken.bytes
  })

  const filesOf = (bytes: Buffer) => {
    const read = readZip(bytes)
    assert.ok(read.ok)
    return new Map(read.files)
  }
  const keys = () => journalKeysOf(hub.issuer, hub.keys.of('journal'))

  test('R097: is genuine, with nothing taken on its word where keys and roots are known', async () => {
    const own = await verifyArchive(archive)
    assert.deepEqual(own.faults, [])
    assert.equal(own.taken.length, 3)
    const known = await verifyArchive(archive, { keys: keys(), roots: [authority.root.certificate] })
    assert.deepEqual(known.faults, [])
    assert.equal(known.taken.length, 1, 'a passkey names nobody')
    assert.ok(
      known.checked.some((line) => /1-principal: the text was signed by .*EL FASSI.* \(card, eidas3\)/.test(line)),
    )
    assert.ok(known.checked.includes('1 uses are listed.'))
    const names = [...filesOf(archive).keys()]
    for (const name of [
      'readme.ar.txt',
      'mandate.json',
      'signatures/1-principal/text.txt',
      'signatures/2-mandatary/client-data.json',
      'facts.jsonl',
      'uses.jsonl',
    ])
      assert.ok(names.includes(name), name)
    const facts = filesOf(archive).get('facts.jsonl')?.toString() ?? ''
    for (const name of ['mandate.drafted', 'mandate.amended', 'signature.made', 'mandate.activated'])
      assert.ok(facts.includes(`"${name}"`), name)
  })

  test('R096: is handed to those who have a part in the mandate, and each time is a fact', async () => {
    const stranger = await passkeyHolder(hub, 'autre', {
      kind: 'pivot',
      given_name: 'Autre',
      family_name: 'DUPONT',
      birthdate: '1980-02-03',
      gender: 'male',
      birthplace: '75107',
      birthcountry: '99100',
    })
    assert.equal(await hub.evidence.take({ mandate, person: stranger.who.person }), undefined)
    assert.ok(await hub.evidence.take({ mandate, person: holder.who.person }))
    assert.ok(await hub.evidence.takeAs({ kind: 'command' }, mandate))
    const actors = (await factsOf(hub, 'mandate.evidence_taken')).map(({ actor }) => actor)
    assert.deepEqual(actors.slice(-2), [{ kind: 'person', id: holder.who.person }, { kind: 'command' }])
  })

  test('R096: who looked at the mandate or took its evidence, however often, is in the journal and in no archive', async () => {
    const taken = await hub.evidence.take({ mandate, person: holder.who.person })
    assert.ok(taken && taken !== 'waiting')
    const facts = filesOf(taken.bytes).get('facts.jsonl')?.toString() ?? ''
    assert.match(facts, /"mandate\.activated"/)
    assert.doesNotMatch(facts, /evidence_taken|mandate\.viewed/)
  })

  test('R097: the same evidence gives the same bytes but for the hub’s own signature', async () => {
    await hub.audit.sealNow()
    const again = await hub.evidence.takeAs({ kind: 'command' }, mandate)
    assert.ok(again && again !== 'waiting')
    const differing = [...filesOf(again.bytes)].filter(
      ([name, content]) => !filesOf(archive).get(name)?.equals(content),
    )
    // The facts are the same, and their proofs lead to a later head.
    assert.deepEqual(
      differing.map(([name]) => name),
      ['facts.jsonl', 'manifest.json', 'manifest.jws', 'manifest.signed', 'manifest.signature'],
    )
  })

  test('R097: is checked by openssl, sha256sum and jq alone, as its own text says', async () => {
    const place = join(folder, 'unpacked')
    mkdirSync(place)
    writeFileSync(join(folder, 'mandate.zip'), archive)
    const run = (command: string, cwd = place) => {
      const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
        cwd,
        encoding: 'utf8',
      })
      assert.equal(status, 0, `${command}\n${stdout}${stderr}`)
      return stdout
    }
    run(`unzip -q ../mandate.zip`)
    const readme = readFileSync(join(place, 'readme.en.txt'), 'utf8')
    const typed = (part: Parameters<typeof commandsOf>[0]) => {
      const command = commandsOf(part)
      assert.ok(
        readme.includes(
          command
            .split('\n')
            .map((line) => `    ${line}`)
            .join('\n'),
        ),
        part,
      )
      return command
    }
    assert.equal(run(typed('files')), '')
    assert.match(run(typed('manifest')), /Verified OK/)
    const [kid] = run(typed('hub')).split(' ')
    assert.ok(keys().keys.some((key) => key.kid === kid))
    const [one, two] = ['signatures/1-principal', 'signatures/2-mandatary'].map((name) => join(place, name))
    assert.match(run(typed('signature')), /^openssl dgst .*\nVerified OK\n$/)
    run(typed('card'), one)
    const chain = `${typed('chain')}\n`
    const printed = run(chain, one)
    assert.match(printed, /EL FASSI[\s\S]*Non Repudiation[\s\S]*certificate\.pem: OK/)
    assert.match(run(`${chain}${typed('ocsp')}`, one), /certificate\.pem: good/)
    for (const side of [one, two]) assert.match(run(`sh -c "$(jq -r .check signature.json)"`, side), /Verified OK/)
    const [left, right] = run(typed('statement'), two).trim().split('\n')
    assert.equal(left, right)
    const [stated, challenge, origin] = run(typed('passkey'), two).trim().split('\n')
    assert.deepEqual([stated, origin], [challenge, hub.issuer])
    // And they find what was changed.
    writeFileSync(join(place, 'signatures/1-principal/text.txt'), 'Un autre texte.')
    const bad = spawnSync('bash', ['-c', typed('files')], { cwd: place, encoding: 'utf8' })
    assert.notEqual(bad.status, 0)
  })

  test('R097: garant mandate verify says what it checked, and fails with the fault', async () => {
    const file = join(folder, 'archive.zip')
    const roots = join(folder, 'roots')
    mkdirSync(roots)
    writeFileSync(join(roots, 'root.der'), authority.root.certificate)
    writeFileSync(join(roots, 'note.txt'), 'no certificate')
    const keysFile = join(folder, 'keys.json')
    writeFileSync(keysFile, JSON.stringify({ issuer: hub.issuer, keys: keys().keys }))
    const run = async (...args: string[]) => {
      const said: string[] = []
      const out = {
        line: (line: string) => void said.push(line),
        warn: (line: string) => void said.push(line),
        progress: () => {},
      }
      const exit = await main(['mandate', 'verify', ...args], {
        env: {},
        out,
        stopped: () => Promise.reject(new Error('no hub')),
      } as unknown as Parameters<typeof main>[1])
      return { exit, said: said.join('\n') }
    }
    writeFileSync(file, archive)
    const good = await run(file, '--roots', roots, '--keys', keysFile)
    assert.equal(good.exit, 0, good.said)
    assert.match(good.said, /The archive is genuine\./)
    writeFileSync(file, Buffer.concat([archive, Buffer.from('x')]))
    const bad = await run(file)
    assert.deepEqual([bad.exit, /behind its end[\s\S]*NOT genuine/.test(bad.said)], [1, true], bad.said)
    writeFileSync(join(roots, 'root.der'), generateCertificate())
    writeFileSync(file, archive)
    const untrusted = await run(file, '--roots', roots)
    assert.deepEqual(
      [untrusted.exit, /leads to no root that is trusted/.test(untrusted.said)],
      [1, true],
      untrusted.said,
    )
  })

  const generateCertificate = () => authority.responders.cnie.certificate

  /** Signed anew, as the hub itself would: what only an archive of a dishonest hub can have. */
  async function resigned(
    change: (files: Map<string, Buffer>) => void,
    over: Record<string, unknown> = {},
  ): Promise<Buffer> {
    const files = filesOf(archive)
    change(files)
    const { filesOfJws, fileHashes, manifestFiles } = await import('./archive.ts')
    const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '')
    for (const name of manifestFiles) files.delete(name)
    const jws = await hub.keys.journalSigner().sign({ ...manifest, files: fileHashes(files), ...over })
    return writeZip(new Map([...files, ...filesOfJws(jws)]))
  }
  const edited = (name: string, edit: (text: string) => string) => (files: Map<string, Buffer>) =>
    void files.set(name, Buffer.from(edit(files.get(name)?.toString() ?? '')))
  const one = 'signatures/1-principal'

  test('R097: each fault is a sentence of its own', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const forger = { ...publicKey.export({ format: 'jwk' }), kid: 'key_forger' }
    const rows: [string, RegExp, () => Buffer | Promise<Buffer>][] = [
      ['an empty file', /no archive/, () => Buffer.alloc(0)],
      ['half of it', /no archive/, () => archive.subarray(0, archive.length / 2)],
      ['something in front', /no archive|parts that/, () => Buffer.concat([Buffer.from('x'), archive])],
      [
        'compressed',
        /compressed or encrypted/,
        () => otherZip([{ name: 'a.txt', method: 8, content: deflateRawSync(Buffer.alloc(1_000_000)) }]),
      ],
      [
        'a path that climbs',
        /leads out of the archive/,
        () => otherZip([{ name: '../../etc/passwd', method: 0, content: Buffer.from('x') }]),
      ],
      [
        'an absolute path',
        /leads out of the archive/,
        () => otherZip([{ name: '/etc/passwd', method: 0, content: Buffer.from('x') }]),
      ],
      [
        'a name twice',
        /have one name/,
        () => otherZip(['a.txt', 'A.txt'].map((name) => ({ name, method: 0, content: Buffer.from('x') }))),
      ],
      [
        'too many files',
        /more files/,
        () =>
          otherZip(Array.from({ length: 2_001 }, (_, at) => ({ name: `f${at}`, method: 0, content: Buffer.alloc(0) }))),
      ],
      [
        'no manifest',
        /manifest.jws is missing/,
        () => writeZip(new Map([['hub/journal-keys.json', filesOf(archive).get('hub/journal-keys.json') as Buffer]])),
      ],
      ['nothing at all', /manifest.jws is missing/, () => writeZip(new Map())],
      [
        'a file changed',
        /text.txt is not the one that the manifest names/,
        () => {
          const files = filesOf(archive)
          edited(`${one}/text.txt`, (text) => `${text} `)(files)
          return writeZip(files)
        },
      ],
      [
        'a file more',
        /extra.txt is not in the manifest/,
        () => writeZip(new Map([...filesOf(archive), ['extra.txt', Buffer.from('x')]])),
      ],
      [
        'a file less',
        /uses.jsonl of the manifest is missing/,
        () => {
          const files = filesOf(archive)
          files.delete('uses.jsonl')
          return writeZip(files)
        },
      ],
      [
        'the tool’s copy of the manifest',
        /manifest.json is not what was signed/,
        () => {
          const files = filesOf(archive)
          edited('manifest.json', (text) => `${text} `)(files)
          return writeZip(files)
        },
      ],
      [
        'a manifest of a forger',
        /not signed by a key of the journal/,
        async () => {
          const { filesOfJws } = await import('./archive.ts')
          const files = filesOf(archive)
          const payload = files.get('manifest.json') as Buffer
          const jws = await new CompactSign(payload)
            .setProtectedHeader({ alg: 'ES256', kid: forger.kid })
            .sign(privateKey)
          return writeZip(new Map([...files, ...filesOfJws(jws)]))
        },
      ],
      [
        'another kind of file signed by the hub',
        /manifest.json is not what/,
        () => resigned(() => {}, { format: 'garant-journal-1' }),
      ],
      ['another hub', /of another hub/, () => resigned(() => {}, { issuer: 'https://other.example' })],
      ['another mandate', /another mandate than/, () => resigned(() => {}, { mandate: `man_${'0'.repeat(22)}` })],
      [
        'another text',
        /is not the one whose hash is written/,
        () => resigned(edited(`${one}/text.txt`, (text) => text.replace('Zellige', 'Zélige'))),
      ],
      [
        'a level raised',
        /higher than this key can give/,
        () =>
          resigned(
            edited('signatures/2-mandatary/signature.json', (text) =>
              text.replace('"level": "eidas2"', '"level": "eidas3"'),
            ),
          ),
      ],
      [
        'a signature of another mandate',
        /made for another mandate/,
        () =>
          resigned(
            edited(`${one}/signature.json`, (text) =>
              text.replace(/"mandate": "man_[\w-]+"/, `"mandate": "man_${'0'.repeat(22)}"`),
            ),
          ),
      ],
      [
        'a key for tools that is another',
        /says something else than the signature/,
        () =>
          resigned((files) => void files.set(`${one}/key.pem`, files.get('signatures/2-mandatary/key.pem') as Buffer)),
      ],
      [
        'a signature left out',
        /stands on is not in the archive[\s\S]*without a signature of the mandatary/,
        () =>
          resigned((files) => {
            for (const name of [...files.keys()]) if (name.startsWith('signatures/2-')) files.delete(name)
          }),
      ],
      [
        'a fact changed',
        /mandate.drafted\) is not in the journal as it is written/,
        () => resigned(edited('facts.jsonl', (text) => text.replace('"side":"principal"', '"side":"mandatary"'))),
      ],
      ['a fact twice', /out of order/, () => resigned(edited('facts.jsonl', (text) => text.replace(/^.*\n/, '$&$&')))],
      [
        'a use of another mandate',
        /use of another mandate/,
        () => resigned(edited('uses.jsonl', (text) => text.replace(/"mandate":"man_[\w-]+"/, '"mandate":"man_other"'))),
      ],
      ['a file of another shape', /mandate.json is not what/, () => resigned(edited('mandate.json', () => '[]'))],
    ]
    for (const [what, fault, make] of rows) {
      const { faults } = await verifyArchive(await make(), { keys: keys() })
      assert.match(faults.join('\n'), fault, what)
    }
    const files = filesOf(archive)
    files.set('hub/journal-keys.json', Buffer.from(JSON.stringify({ issuer: hub.issuer, keys: [forger] })))
    assert.match((await verifyArchive(writeZip(files), {})).faults.join(), /not signed by a key/)
  })

  test('R097: what was signed for another mandate, or for the other side, gives nothing, even if the hub says so', async () => {
    const rights = rightsAt('declarations', ['read'])
    const asker = { person: manager.person, level: 'eidas3' } as const
    const given = { principal: company, mandatary: { kind: 'person', person: holder.who.person } as const, rights }
    const drafted = await hub.storage.transaction((tx) =>
      hub.mandates.draft(tx, asker, { ...given, side: 'principal' }),
    )
    assert.ok(drafted.ok)
    const about = { kind: 'mandate', id: drafted.view.mandate, side: 'principal' } as const
    const shown = { mandate: about.id, side: about.side, person: manager.person, language: 'ar' } as const
    const text = await hub.mandates.textFor(hub.storage.db, shown)
    assert.ok(text)
    const wanted = { person: manager.person, session: manager.session, about, level: 'eidas3', text } as const
    const signing = await hub.storage.transaction((tx) => hub.signatures.open(tx, { ...wanted, returnTo: '/space' }))
    const page = await browser.open(`${hub.issuer}/sign/${signing}`)
    const signed = await browser.submit(page, formTo(page, /\/card$/), { token: tokenOver(page) })
    assert.equal(signed.url.search, '?done=signed', textOf(signed))
    const taken = await hub.evidence.take({ mandate: about.id, person: manager.person })
    assert.ok(taken && taken !== 'waiting')
    assert.deepEqual((await verifyArchive(taken.bytes, { keys: keys() })).faults, [])

    /** In the place of one signature of the archive, one that a dishonest hub has from elsewhere. */
    const inPlaceOf = (folder: string, from: ReadonlyMap<string, Buffer>, side: string) =>
      resigned((files) => {
        const described = (all: ReadonlyMap<string, Buffer>, of: string) =>
          JSON.parse(all.get(`${of}/signature.json`)?.toString() ?? '') as { signature: string; level: string }
        const [before, now] = [described(files, folder), described(from, one)]
        const own = [...files]
        files.clear()
        for (const [name, content] of own) {
          if (!name.startsWith(`${folder}/`)) files.set(name, content)
          if (name !== `${folder}/signature.json`) continue
          for (const [other, bytes] of from) {
            if (other.startsWith(`${one}/`)) files.set(`${folder}${other.slice(one.length)}`, bytes)
          }
        }
        edited(`${folder}/signature.json`, (json) =>
          json.replace(/"mandate": "[^"]+"/, `"mandate": "${mandate}"`).replace(/"side": "[^"]+"/, `"side": "${side}"`),
        )(files)
        edited('mandate.json', (json) =>
          json.replace(before.signature, now.signature).replaceAll(`"${before.level}"`, `"${now.level}"`),
        )(files)
        edited('facts.jsonl', (lines) => lines.replaceAll(/^.*"signature\.made".*\n/gm, ''))(files)
      })
    const own = filesOf(archive)
    const verdictOf = async (forged: Promise<Buffer>) => (await verifyArchive(await forged, { keys: keys() })).faults
    const said = /text is that of another mandate, or of the other side/
    const ofAnother = await verdictOf(inPlaceOf(one, filesOf(taken.bytes), 'principal'))
    assert.equal(ofAnother.length, 1, ofAnother.join('\n'))
    assert.match(ofAnother.join(), said)
    const ofTheOtherSide = await verdictOf(inPlaceOf('signatures/2-mandatary', own, 'mandatary'))
    assert.match(ofTheOtherSide.join('\n'), said)
  })

  test('R097: no bit of the archive can change unnoticed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: archive.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const bytes = Buffer.from(archive)
        bytes[at] = (bytes[at] as number) ^ (1 << bit)
        assert.notDeepEqual((await verifyArchive(bytes)).faults, [], `byte ${at}, bit ${bit}`)
      }),
      { numRuns: 50 },
    )
    const files = [...filesOf(archive)]
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: files.length - 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.nat({ max: 7 }),
        async (which, place, bit) => {
          const [name, content] = files[which] as [string, Buffer]
          const bytes = Buffer.from(content)
          const at = Math.floor(place * bytes.length)
          bytes[at] = (bytes[at] as number) ^ (1 << bit)
          assert.notDeepEqual(
            (await verifyArchive(writeZip(new Map([...files, [name, bytes]])))).faults,
            [],
            `${name}, byte ${at}, bit ${bit}`,
          )
        },
      ),
      { numRuns: 150 },
    )
  })

  test('R097: a mandate whose signatures are kept nowhere is in force in no archive', async () => {
    const rights = rightsAt('declarations', ['read'])
    const made = await activeMandate(hub, {
      ...{ principal: company, giver: manager.person, accepts: holder.who.person, rights },
      mandatary: { kind: 'person', person: holder.who.person },
      from: Date.now() + day,
    })
    const taken = await hub.evidence.takeAs({ kind: 'command' }, made.mandate)
    assert.ok(taken && taken !== 'waiting')
    assert.match((await verifyArchive(taken.bytes)).faults.join('\n'), /is not in the archive/)
  })
})

/** Entries of an archive that is none of ours, as others write them. */
function otherZip(entries: { name: string; method: number; content: Buffer }[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  for (const { name, method, content } of entries) {
    const [local, central] = [Buffer.alloc(30), Buffer.alloc(46)]
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(method, 8)
    local.writeUInt16LE(name.length, 26)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(method, 10)
    central.writeUInt32LE(content.length, 20)
    central.writeUInt32LE(content.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(
      parts.reduce((sum, part) => sum + part.length, 0),
      42,
    )
    parts.push(local, Buffer.from(name), content)
    directory.push(central, Buffer.from(name))
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(
    parts.reduce((sum, part) => sum + part.length, 0),
    16,
  )
  return Buffer.concat([...parts, listed, end])
}
