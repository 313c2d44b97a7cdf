/** What services learn of a health professional: from the provider, and from the register, as far as they may. */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { type Claims, startProvider, type TestProvider } from '../support/provider.ts'
import { at, attempt, choose, goOn, type RelyingParty, redeem, relyingParty } from '../support/relying-party.ts'
import { extractionLine, publicHeader } from '../support/rpps-extraction.ts'
import { textOf, UserAgent } from '../support/user-agent.ts'

describe('a health professional', () => {
  let hub: TestHub
  let provider: TestProvider
  const parties = new Map<string, RelyingParty>()
  const names = ['given_name', 'family_name', 'preferred_username']

  before(async () => {
    hub = await startTestHub()
    provider = await startProvider({ id: 'federator' })
    const entry = providerEntry(provider, { population: 'professionals' })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [
          serviceEntry('records', { scopes: ['openid', ...names, 'rpps'], sector: 'health.example' }),
          serviceEntry('booking', { scopes: ['openid', ...names], sector: 'health.example' }),
        ],
        providers: [{ ...entry, connector: { ...(entry.connector as object), identity: 'professional' } }],
      },
    ])
    for (const clientId of ['records', 'booking']) {
      parties.set(clientId, await relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) }))
    }
    const line = extractionLine({
      "Type d'identifiant PP": '8',
      'Identifiant PP': '99700366240',
      'Identification nationale PP': '899700366240',
      'Code civilité': 'M',
      "Nom d'exercice": 'VERMEIL',
      "Prénom d'exercice": 'Ilan',
      'Code profession': '10',
      'Libellé profession': 'Médecin',
      'Code catégorie professionnelle': 'C',
      'Code mode exercice': 'L',
      "Code secteur d'activité": 'SA07',
      'Identifiant technique de la structure': 'R95141',
      'Raison sociale site': 'CABINET DES LILAS',
    })
    const outcome = await hub.directory.importRegister({
      source: { name: 'extraction', stream: Readable.from([Buffer.from(`${publicHeader.join('|')}|\n${line}`)]) },
      actor: { kind: 'command' },
      mostBad: 0,
      mostLost: 0,
    })
    assert.equal(outcome.kind, 'imported')
  })
  after(async () => {
    await hub.close()
    await provider.close()
  })

  async function signIn(service: string, nationalId: string, more: { scope?: string; claims?: string }) {
    const claims: Claims = { SubjectNameID: nationalId, given_name: 'Ilan', family_name: 'VERMEIL' }
    provider.next = { ...provider.next, subject: `f:one:${nationalId}`, claims }
    const party = parties.get(service)
    assert.ok(party)
    const browser = new UserAgent({ language: 'en' })
    const tried = await attempt(party, more)
    const informing = await choose(browser, party, await browser.open(tried.url, at(party)), 'federator')
    const { userinfo } = await redeem(party, { attempt: tried, page: await goOn(browser, party, informing) })
    return { userinfo, shown: textOf(informing) }
  }

  const scope = `openid ${names.join(' ')}`
  const registered = ['SubjectNameID', 'SubjectRole', 'SubjectRefPro', 'SubjectOrganizationID', 'Secteur_Activite']

  test('R020: a service that may and asks gets what the register says, and the person reads it before', async () => {
    const { userinfo, shown } = await signIn('records', '899700366240', { scope: `${scope} rpps` })
    assert.equal(userinfo.preferred_username, '899700366240')
    assert.equal(userinfo.SubjectNameID, '899700366240')
    assert.deepEqual(userinfo.SubjectRole, ['10^1.2.250.1.213.1.1.5.5'])
    assert.equal(userinfo.Secteur_Activite, 'SA07^1.2.250.1.71.4.2.4')
    assert.equal(userinfo.SubjectOrganization, 'CABINET DES LILAS')
    const { exercices } = userinfo.SubjectRefPro as { exercices: { nomDexercice: string }[] }
    assert.deepEqual(
      exercices.map(({ nomDexercice }) => nomDexercice),
      ['VERMEIL'],
    )
    assert.match(shown, /register of health professionals \(RPPS\)/)
    assert.match(shown, /899700366240, Médecin, CABINET DES LILAS/)
  })

  test('R020: by the claims parameter as well, and the page says so', async () => {
    const claims = JSON.stringify({ userinfo: { SubjectRole: null } })
    const { userinfo, shown } = await signIn('records', '899700366240', { scope: 'openid', claims })
    assert.deepEqual(
      registered.filter((claim) => claim in userinfo),
      ['SubjectRole'],
    )
    assert.match(shown, /CABINET DES LILAS/)
  })

  test('R019: a service that does not ask, or may not, gets none of it', async () => {
    const silent = await signIn('records', '899700366240', { scope })
    const curious = await signIn('booking', '899700366240', { scope })
    for (const { userinfo, shown } of [silent, curious]) {
      assert.deepEqual(
        registered.filter((claim) => claim in userinfo),
        [],
      )
      assert.doesNotMatch(shown, /CABINET DES LILAS/)
    }
  })

  test('R020: of somebody whom the register does not know, nothing is said', async () => {
    const { userinfo, shown } = await signIn('records', '899700218896', { scope: `${scope} rpps` })
    assert.equal(userinfo.preferred_username, '899700218896')
    assert.deepEqual(
      registered.filter((claim) => claim in userinfo),
      [],
    )
    assert.doesNotMatch(shown, /register of health professionals/)
  })
})
