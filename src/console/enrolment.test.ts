/** Enrolment at the console of a whole hub, over HTTP: the operator’s pages, and those on which the person makes means. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, describe, mock, test } from 'node:test'
import { createAuthenticator } from '../../test/support/authenticator.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf, newOperator, optionsIn, type TestOperator } from '../../test/support/operators.ts'
import {
  chooseOwn,
  codeOf,
  ownPassword,
  ownProviderEntry,
  typeCode,
  typePassword,
} from '../../test/support/own-means.ts'
import { angela, claim, ilan, presumed, tarik } from '../../test/support/people.ts'
import { dump, factsOf, settle } from '../../test/support/records.ts'
import { attempt, goOn, redeem, relyingParty } from '../../test/support/relying-party.ts'
import { extractionLine, publicHeader } from '../../test/support/rpps-extraction.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { createTranslator } from '../http/messages.ts'
import { pageMessages } from '../http/page-messages.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { loginMessages } from '../login/messages.ts'
import { activationPath } from '../means/pages-activation.ts'
import { enrolmentMessages } from './enrolment-messages.ts'
import { proofKinds } from './enrolment-pages.ts'
import { consolePaths } from './frame.ts'
import { consoleMessages } from './messages.ts'

test('there is a sentence for every fault and reason that these pages may have to say', () => {
  const translate = createTranslator(pageMessages, loginMessages, consoleMessages, enrolmentMessages)
  const problems = ['missing', 'not_text', 'too_long', 'forbidden_character', 'no_letter', 'malformed', 'future']
  const more = ['impossible_date', 'wrong_check_digit', 'contradiction', 'commune_unknown', 'commune_of_several']
  const refusals = [
    ...['document_without_presence', 'mailbox_not_secured', 'provider_level_too_low', 'proof_too_old'],
    ...['proof_weaker_than_before', 'identifier_malformed', 'identifier_not_in_register', 'register_absent'],
    ...['identifier_of_somebody_else', 'identifier_taken', 'too_many_identifiers', 'identity_collision'],
    'identity_frozen',
    ...['identity_changed_meanwhile', 'identity_same', 'identifier_theirs', 'register_incomplete'],
    ...['date_malformed', 'date_too_old', 'proof_missing', 'address_malformed'],
  ]
  const keys = [
    ...[...problems, ...more, ...refusals].map((reason) => `enrol.fault.${reason}`),
    ...proofKinds.flatMap((kind) => [`enrol.proof.${kind}`, `enrol.why.${kind}`]),
    ...['provider', 'invitation', 'document_only'].map((proof) => `enrol.why.${proof}`),
    ...['login_name', 'email', 'phone', 'rpps', 'private'].map((kind) => `identifier.${kind}`),
    ...['eidas1', 'eidas2', 'eidas3'].map((level) => `enrol.outcome.${level}`),
    ...['person', 'command', 'hub'].map((agent) => `enrol.agent.${agent}`),
  ]
  // A sentence with values is found too; only what is missing throws.
  for (const language of languages) for (const key of keys) assert.ok(translate(language)(key, { domains: '' }), key)
})

describe('enrolment at the console', () => {
  let hub: TestHub
  let one: TestOperator
  let other: TestOperator
  let people = 0
  let notices = 0
  let receiver: Server
  const clock = mockProcessClock({ mock })

  before(async () => {
    receiver = createServer((request, response) => {
      notices++
      request.resume()
      response.end()
    })
    await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
    const { port } = receiver.address() as AddressInfo
    hub = await startTestHub()
    const name = { fr: 'Ville', en: 'Town', ar: 'Ville' }
    const services = [
      serviceEntry('refunds', { backchannelLogoutUri: `http://localhost:${port}/logout` }),
      serviceEntry('justice', { sector: 'justice.example', minimumLevel: 'eidas2' }),
    ]
    await hub.publish([{ id: 'town', name, services, providers: [ownProviderEntry()] }])
    one = await newOperator(hub, { roles: ['means_manager'], name: 'Ada' })
    other = await newOperator(hub, { roles: ['means_manager'], name: 'Bob' })
  })
  after(async () => {
    await hub.close()
    receiver.closeAllConnections()
    await new Promise((done) => receiver.close(done))
    mock.timers.reset()
  })

  const at = (path: string) => new URL(path, hub.issuer)

  /** Somebody whom nobody else is like, as an operator types them. */
  function somebody(): Record<string, string> {
    people++
    const letters = String(people).replaceAll(/\d/g, (digit) => 'ABCDEFGHIJ'.charAt(Number(digit)))
    return {
      given_name: 'Canaria Rose',
      family_name: `CANARI ${letters}`,
      preferred_username: '',
      birthdate: '24/08/1962',
      gender: 'female',
      birthcountry: '99100',
      birthplace: '75107',
      identifier_kind: 'login_name',
      identifier: `canaria.${people}`,
      proof: 'face_to_face',
      checked_on: '2026-11-21',
      evidence: 'CANARI-EVIDENCE 2026/118',
    }
  }

  const propose = async (values: Record<string, string>, operator = one, kind = 'citizen') => {
    const page = await operator.agent.open(at(`${consolePaths.enrolNew}?kind=${kind}`))
    return operator.agent.submit(page, formOf(page, consolePaths.drafts), values)
  }
  const confirm = (page: Answer, operator = one, values: Record<string, string> = {}) =>
    operator.agent.submit(page, formTo(page, /\/drafts\/[\w-]+$/), { act: 'confirm', ...values })

  /** Enrolled by the pages; whose page the answer is. */
  async function enrolled(values = somebody(), operator = one): Promise<{ person: PersonId; outcome: Answer }> {
    const outcome = await confirm(await propose(values, operator), operator)
    const [, person] = /^\/console\/people\/(per_[\w-]+)\/enrolments\//.exec(outcome.url.pathname) ?? []
    if (!person) throw new Error(`not enrolled: ${outcome.status} ${textOf(outcome)}`)
    return { person: person as PersonId, outcome }
  }

  const identityOf = (person: PersonId) => hub.people.identityOf(hub.storage.db, person)

  // ── Somebody new ────────────────────────────────────────────────────────────────────────────────────────────────

  test('R040 R041 R042: every proof is told with its condition and its level before one is picked', async () => {
    for (const path of [consolePaths.enrolments, `${consolePaths.enrolNew}?kind=citizen`]) {
      const said = textOf(await one.agent.open(at(path)))
      assert.match(said, /Identity document, person present · Substantial/i, path)
      assert.match(said, /Identity document and a photo of the person · Low/i, path)
      assert.match(said, /The mailbox is one of mssante\.fr/, path)
      assert.match(said, /The identity document alone It says that somebody exists/, path)
      assert.match(said, /it is the person’s own road/, path)
    }
  })

  test('R040: somebody new is enrolled: read again, recorded with date, agent and evidence, told with the level and why', async () => {
    const values = somebody()
    const page = await propose(values)
    assert.match(page.url.pathname, /\/drafts\/[\w-]{43}$/)
    assert.match(textOf(page), /Canaria Rose Birth name|Canaria Rose/)
    assert.match(textOf(page), /Level reached Substantial/i)
    assert.match(textOf(page), /Paris 7e Arrondissement \(75107\)/)
    assert.equal(await hub.means.enrolments.personOf(values.identifier ?? ''), undefined, 'nothing is recorded yet')
    const outcome = await confirm(page)
    assert.match(textOf(outcome), /This check is worth the substantial level\./)
    assert.match(textOf(outcome), /a face that is present cannot be copied/)
    assert.match(textOf(outcome), /Date of the check 21 November 2026/)
    assert.match(textOf(outcome), new RegExp(`By Ada Identifiers ${values.identifier} \\(Login name\\)`))
    const person = (await hub.means.enrolments.personOf(values.identifier ?? '')) ?? assert.fail()
    assert.deepEqual(await identityOf(person), {
      ...angela,
      given_name: 'Canaria Rose',
      family_name: values.family_name,
    })
    const recorded = (await factsOf(hub, 'enrolment.recorded')).filter((fact) => fact.person === person)
    const [enrolment] = await hub.means.enrolments.of(hub.storage.db, person)
    const agent = { kind: 'operator', id: one.operator }
    assert.deepEqual(recorded, [
      { person, enrolment: enrolment?.enrolment, proof: 'document', level: 'eidas2', actor: agent },
    ])
    assert.deepEqual([enrolment?.checkedOn, enrolment?.seen, enrolment?.agent], ['2026-11-21', 'face_to_face', agent])
    assert.deepEqual((await factsOf(hub, 'operator.searched')).at(-1), {
      operator: one.operator,
      by: 'identity',
      person: null,
    })
    for (const [table, rows] of await dump(hub)) {
      assert.doesNotMatch(rows, /CANARI|canaria/i, `${table} keeps what was typed in the clear`)
    }
  })

  test('all faults are told at once, each at its field, and what was typed is kept', async () => {
    const page = await propose({
      ...somebody(),
      given_name: '',
      family_name: '1',
      birthdate: '31/02/1990',
      birthplace: 'Saint-Denis',
      identifier: 'two words',
      proof: 'photo',
      checked_on: '2026-11-23',
      evidence: ' ',
    })
    assert.equal(page.status, 422)
    const said = textOf(page)
    for (const fault of [
      'Given names – to be filled in.',
      'Birth name – needs one letter at least.',
      'Date of birth – there is no such date in the calendar.',
      'Town of birth – several communes have this name. Choose from the list.',
      'Date of the check – this date has not come yet.',
      'Reference of the evidence – to be filled in.',
    ]) {
      assert.ok(said.includes(fault), `${fault}: ${said.slice(0, 1_500)}`)
    }
    assert.match(page.body, /<option value="93066">Saint-Denis \(Seine-Saint-Denis, 93066\)<\/option>/)
    assert.match(page.body, /value="two words"/)
    assert.match(page.body, /name="family_name" [^>]*aria-invalid="true"/)
    for (const fault of linksOf(page).flatMap(({ hash }) => (/^#[a-z_]+$/.test(hash) ? [hash] : []))) {
      assert.ok(page.body.includes(`id="${fault.slice(1)}"`), fault)
    }
    const later = await propose({ ...somebody(), identifier: 'two words', checked_on: '2026-10-01' })
    assert.match(textOf(later), /the check was more than 30 days ago/)
    const named = await propose({ ...somebody(), birthplace: 'saint etienne du rouvray', identifier: 'two words' })
    assert.match(textOf(named), /Identifier – is not of the form/, 'a commune of one name is found by it')
  })

  test('R041: a document alone is refused, and says why; the refusal is a fact', async () => {
    const values = somebody()
    const page = await propose({ ...values, proof: 'document_only' })
    assert.equal(page.status, 422)
    assert.match(textOf(page), /an identity document alone is not accepted: it says that somebody exists/)
    assert.deepEqual((await factsOf(hub, 'enrolment.refused')).at(-1), {
      person: null,
      reason: 'document_without_presence',
      actor: { kind: 'operator', id: one.operator },
    })
    for (const proof of ['', 'provider', 'invitation']) {
      assert.match(textOf(await propose({ ...values, proof })), /Proof – choose a proof\./, proof)
    }
    assert.equal(await hub.means.enrolments.personOf(values.identifier ?? ''), undefined)
  })

  test('R040: a photo reaches the low level, and the page says why', async () => {
    const { outcome } = await enrolled({ ...somebody(), proof: 'photo' })
    assert.match(textOf(outcome), /This check is worth the low level\..*seen on a photo only/)
  })

  test('a second click records nothing twice, and leads to what the first one did; so does the back button', async () => {
    const values = somebody()
    const page = await propose(values)
    const clicks = await Promise.all([confirm(page), confirm(page), confirm(page)])
    assert.equal(new Set(clicks.map(({ url }) => url.pathname)).size, 1)
    assert.match(clicks[0]?.url.pathname ?? '', /\/enrolments\/enr_/)
    const person = (await hub.means.enrolments.personOf(values.identifier ?? '')) ?? assert.fail()
    assert.equal((await hub.means.enrolments.of(hub.storage.db, person)).length, 1)
    assert.equal((await one.agent.open(page.url)).url.pathname, clicks[0]?.url.pathname)
    assert.equal((await confirm(page)).url.pathname, clicks[0]?.url.pathname)
  })

  test('what was typed is its operator’s, for half an hour, and comes back to be corrected', async () => {
    const values = somebody()
    const page = await propose(values)
    const theirs = await other.agent.open(page.url)
    assert.equal(theirs.status, 410)
    assert.doesNotMatch(textOf(theirs), /CANARI/)
    const back = linksOf(page).find(({ searchParams }) => searchParams.has('draft')) ?? assert.fail()
    const form = await one.agent.open(back)
    assert.match(form.body, new RegExp(`value="${values.family_name}"`))
    assert.match(form.body, /value="face_to_face" required [^>]* checked/)
    clock.advance(30 * minute)
    await again(one)
    assert.equal((await one.agent.open(page.url)).status, 410)
    assert.equal((await confirm(page)).status, 403, 'a form of a session that is over')
    assert.equal(await hub.means.enrolments.personOf(values.identifier ?? ''), undefined)
  })

  /** After a pause the operator signs in afresh. */
  async function again(...operators: TestOperator[]): Promise<void> {
    for (const { agent, authenticator } of operators) {
      const page = await agent.open(at('/operators/sign-in'))
      const response = JSON.stringify(authenticator.get(optionsIn(page) as never))
      const home = await agent.submit(page, formTo(page, /\/operators\/sign-in$/), { response })
      assert.equal(home.url.pathname, '/console')
    }
  }

  test('two operators with the same person: the second is told before, or in the same instant', async () => {
    await again(other)
    const values = somebody()
    const [first, second] = [await propose(values, one), await propose({ ...values, identifier: 'second' }, other)]
    const [done, late] = await Promise.all([confirm(first, one), confirm(second, other)])
    const outcomes = [done, late].map(({ status }) => status).sort()
    assert.deepEqual(outcomes, [200, 409])
    const told = [done, late].find(({ status }) => status === 409) ?? assert.fail()
    assert.match(textOf(told), /Nothing was recorded this identity is also that of somebody else/)
    const known = await propose({ ...values, identifier: 'third' }, other)
    assert.equal(known.status, 422)
    assert.match(textOf(known), /This person is known already/)
    const person = known.body.match(/\/console\/people\/(per_[\w-]+)\/enrol"/)?.[1]
    assert.deepEqual((await factsOf(hub, 'operator.searched')).at(-1), {
      operator: other.operator,
      by: 'identity',
      person,
    })
    const taken = await propose({ ...somebody(), identifier: values.identifier ?? '' }, other)
    const holder = await hub.means.enrolments.personOf(values.identifier ?? '')
    if (holder) assert.match(textOf(taken), /Identifier – somebody has this identifier already/)
  })

  test('an identity that many may have makes somebody new, after the operator has seen the others', async () => {
    const values: Record<string, string> = { ...somebody(), birthdate: '00/08/1962' }
    const first = await enrolled(values)
    const page = await propose({ ...values, identifier: `${values.identifier}.b` })
    assert.match(textOf(page), /Other people have this identity/)
    assert.match(textOf(page), /August 1962/)
    assert.ok(linksOf(page).some(({ pathname }) => pathname === consolePaths.person(first.person)))
    const outcome = await confirm(page)
    assert.notEqual(outcome.url.pathname.split('/')[3], first.person)
    const { given_name, family_name, gender, birthcountry, birthplace } = values
    const identity = { given_name, family_name, gender, birthcountry, birthplace, birthdate: presumed.birthdate }
    const found = await search(identity)
    assert.match(textOf(found), /Several people have this identity/)
    assert.deepEqual((await factsOf(hub, 'operator.searched')).at(-1), {
      operator: one.operator,
      by: 'identity',
      person: null,
    })
  })

  async function search(values: Record<string, string | undefined>): Promise<Answer> {
    const page = await one.agent.open(at(consolePaths.enrolments))
    const [byIdentifier, byIdentity] = formsOf(page).filter(
      ({ action }) => action.pathname === consolePaths.enrolmentSearch,
    )
    const form = values.identifier ? byIdentifier : byIdentity
    return one.agent.submit(page, form ?? assert.fail(), values as Record<string, string>)
  }

  test('somebody known is found by an exact identifier, reference or identity, and each search is a fact', async () => {
    const values = somebody()
    const { person } = await enrolled(values)
    const { given_name, family_name, gender, birthcountry, birthplace, birthdate } = values
    const identity = { given_name, family_name, gender, birthcountry, birthplace, birthdate }
    const before = (await factsOf(hub, 'operator.searched')).length
    for (const asked of [{ identifier: ` ${values.identifier?.toUpperCase()} ` }, { identifier: person }, identity]) {
      assert.equal((await search(asked)).url.pathname, consolePaths.person(person))
    }
    assert.equal((await search({ ...identity, birthdate: '1962-08-25' })).status, 404)
    assert.equal((await search({ identifier: 'canaria' })).status, 404)
    assert.equal((await search({ ...identity, birthdate: 'soon' })).status, 422)
    const searched = (await factsOf(hub, 'operator.searched')).slice(before)
    assert.deepEqual(
      searched.map(({ by, person: found }) => [by, found]),
      [
        ['identifier', person],
        ['person', person],
        ['identity', person],
        ['identity', null],
        ['identifier', null],
      ],
    )
    const reloaded = await one.agent.open(at(consolePaths.enrolmentSearch))
    assert.equal(reloaded.url.pathname, consolePaths.enrolments)
  })

  // ── Professionals and mailboxes ─────────────────────────────────────────────────────────────────────────────────

  test('R039 R044: a professional is who the register says; without a register, or unknown there, nobody is enrolled', async () => {
    const proof = { proof: 'face_to_face', checked_on: '2026-11-22', evidence: 'dossier 9' }
    const ask = (rpps: string) => propose({ rpps, ...proof }, one, 'professional')
    assert.match(
      textOf(await ask('99700366240')),
      /RPPS number – the register of health professionals was not imported/,
    )
    const row = { "Type d'identifiant PP": '8', 'Identifiant PP': '99700366240' }
    const line = extractionLine({
      ...row,
      'Identification nationale PP': ilan.nationalId,
      "Nom d'exercice": 'VERMEIL',
      "Prénom d'exercice": 'Ilan',
      'Code profession': '10',
      'Libellé profession': 'Médecin',
      'Code catégorie professionnelle': 'C',
    })
    const text = `${publicHeader.join('|')}|\n${line}`
    const imported = await hub.directory.importRegister({
      source: { name: 'extraction', stream: Readable.from([Buffer.from(text)]) },
      actor: { kind: 'command' },
      mostBad: 0,
      mostLost: 0,
    })
    assert.equal(imported.kind, 'imported')
    assert.match(textOf(await ask('10101010108')), /RPPS number – /)
    assert.match(textOf(await ask('99700366241')), /is not of the form/)
    assert.match(textOf(await ask('')), /RPPS number – /)
    const page = await ask('99700 366 240')
    assert.match(textOf(page), /VERMEIL Profession in the register: Médecin\./)
    const outcome = await confirm(page)
    assert.match(textOf(outcome), /Identifiers 99700366240 \(RPPS number\)/)
    const person = (await hub.means.enrolments.personOf('99700366240')) ?? assert.fail()
    assert.deepEqual(await identityOf(person), { ...ilan, claims: {} })
    assert.match(textOf(await ask('99700366240')), /This person is known already/)
  })

  test('R042: a health mailbox proves by a code that was sent there and dictated; an ordinary one is refused', async () => {
    const values = { ...somebody(), proof: 'health_mailbox', evidence: '' }
    const refused = await propose({ ...values, mailbox: 'canari@example.org' })
    assert.match(textOf(refused), /this is no secured health mailbox/)
    assert.match(textOf(await propose({ ...values, mailbox: '' })), /Address of the health mailbox – to be filled in/)
    assert.match(textOf(await propose({ ...values, mailbox: 'a b@mssante.fr' })), /this is no address/)
    assert.equal(hub.smtp.mails.length, 0)

    const page = await propose({ ...values, mailbox: 'canari@medecin.mssante.fr' })
    assert.match(textOf(page), /A code has just been sent/)
    const mail = hub.smtp.mails.at(-1) ?? assert.fail()
    assert.deepEqual(mail.to, ['canari@medecin.mssante.fr'])
    const code = /\b\d{6}\b/.exec(mail.text)?.[0] ?? assert.fail()
    const wrong = await confirm(page, one, { code: code === '000000' ? '111111' : '000000' })
    assert.equal(wrong.status, 403)
    assert.match(textOf(wrong), /This code is not the right one/)
    assert.equal((await confirm(page, one)).status, 403, 'without a code')
    const sentAgain = await one.agent.submit(page, formTo(page, /\/drafts\/[\w-]+$/), { act: 'send' })
    assert.match(textOf(sentAgain), /A code has just been sent/)
    assert.equal((await confirm(page, one, { code })).status, 403, 'another one took its place')
    const newest = /\b\d{6}\b/.exec(hub.smtp.mails.at(-1)?.text ?? '')?.[0] ?? assert.fail()
    const outcome = await confirm(page, one, { code: newest })
    assert.match(textOf(outcome), /This check is worth the low level\..*reads a mailbox/)
    const sent = await factsOf(hub, 'enrolment.code_sent')
    assert.deepEqual(sent.at(-1), { person: null, actor: { kind: 'operator', id: one.operator } })
    hub.smtp.mails.length = 0
  })

  // ── Somebody known ──────────────────────────────────────────────────────────────────────────────────────────────

  const known = async (person: PersonId, values: Record<string, string>, operator = one) => {
    const page = await operator.agent.open(at(consolePaths.enrolKnown(person)))
    return operator.agent.submit(page, formOf(page, consolePaths.drafts), values)
  }
  const proof = { proof: 'video', checked_on: '2026-11-22', evidence: 'dossier 3' }

  test('R040: somebody who came through a provider is checked anew, and gets an identifier and an account here', async () => {
    const identity = { ...tarik, family_name: 'BENJELLOUN DESK' }
    const settled = await hub.storage.transaction((tx) =>
      hub.people.settle(tx, claim({ identity, subject: 'desk', level: 'eidas1' })),
    )
    assert.ok(!('kind' in settled))
    const { person } = settled
    const form = await one.agent.open(at(consolePaths.enrolKnown(person)))
    assert.match(textOf(form), /Identity on record.*BENJELLOUN DESK.*Morocco/)
    assert.deepEqual((await factsOf(hub, 'operator.viewed_person')).at(-1), { operator: one.operator, person })
    assert.match(textOf(await known(person, proof)), /Identifier – to be filled in/)
    const page = await known(person, { ...proof, identifier_kind: 'phone', identifier: '+33 6 12 34 56 78' })
    const outcome = await confirm(page)
    assert.match(textOf(outcome), /substantial level.*\+33612345678 \(Telephone number\)/)
    assert.equal(await hub.means.enrolments.personOf('+33 (6) 12 34 56 78'), person)
    const links = await hub.people.linksOf(hub.storage.db, person)
    assert.deepEqual(links.map(({ provider, level }) => `${provider} ${level}`).sort(), [
      'local-account eidas2',
      'tax eidas1',
    ])
    const twice = await known(person, { ...proof, identifier_kind: 'phone', identifier: '+33612345678' })
    assert.match(textOf(twice), /the person has this identifier already/)
    assert.equal((await confirm(await known(person, proof))).status, 200, 'one is enough')
    for (const [place, value] of ['desk.two', 'desk.three', 'desk.four'].entries()) {
      const added = await confirm(await known(person, { ...proof, identifier_kind: 'private', identifier: value }))
      assert.equal(added.status, place < 2 ? 200 : 409, value)
    }
    assert.equal((await hub.means.enrolments.of(hub.storage.db, person)).length, 4, 'a refusal records nothing')
    assert.deepEqual((await factsOf(hub, 'enrolment.refused')).at(-1)?.reason, 'too_many_identifiers')
  })

  test('R045: an identity changes on a proof at least as reliable: shown before and after, once, and not over somebody’s head', async () => {
    await again(one, other)
    const values = somebody()
    const { person } = await enrolled(values)
    const married = { ...values, ...proof, preferred_username: 'MARTIN', given_name: 'Canaria' }
    const change = async (operator: TestOperator, given: Record<string, string>) => {
      const page = await operator.agent.open(at(consolePaths.identity(person)))
      return operator.agent.submit(page, formOf(page, consolePaths.drafts), given)
    }
    const form = await one.agent.open(at(consolePaths.identity(person)))
    assert.match(textOf(form), /the proof must be worth at least: Substantial/i)
    assert.match(form.body, /value="photo"[^>]* disabled/)
    assert.match(form.body, /value="1962-08-24"/, 'what is stored stands in the fields')
    const weak = await change(one, { ...married, proof: 'photo' })
    assert.match(textOf(weak), /this proof is weaker than the strongest one so far/)
    const last = (await factsOf(hub, 'enrolment.refused')).at(-1)
    assert.deepEqual([last?.person, last?.reason], [person, 'proof_weaker_than_before'])
    assert.match(textOf(await change(one, { ...values, ...proof, birthdate: '1962-08-24' })), /nothing changes/)

    const page = await change(one, married)
    assert.match(textOf(page), /Before: Canaria Rose After: Canaria Birth name/)
    assert.match(textOf(page), /Before: Not given After: MARTIN|Before: .* After: MARTIN/)
    const late = await change(other, { ...married, preferred_username: 'DURAND' })
    assert.equal((await identityOf(person))?.given_name, 'Canaria Rose', 'nothing is changed yet')
    const clicks = await Promise.all([confirm(page), confirm(page)])
    assert.deepEqual(
      clicks.map(({ status }) => status),
      [200, 200],
    )
    const now = await identityOf(person)
    assert.equal(now?.kind === 'pivot' && now.preferred_username, 'MARTIN')
    assert.equal((await hub.means.enrolments.of(hub.storage.db, person)).length, 2)
    assert.deepEqual((await factsOf(hub, 'person.identity_changed')).at(-1)?.fields, [
      'given_name',
      'preferred_username',
    ])

    const told = await confirm(late, other)
    assert.equal(told.status, 409)
    assert.match(textOf(told), /somebody else has changed this identity meanwhile/)
    assert.equal((await hub.means.enrolments.of(hub.storage.db, person)).length, 2)
    const somebodyElse = await enrolled(somebody())
    const theirs = await identityOf(somebodyElse.person)
    const stolen = await change(one, { ...married, ...(theirs as unknown as Record<string, string>) })
    assert.match(textOf(stolen), /This person is known already/)
  })

  test('nobody is found under an operator, a stranger’s id, or an enrolment of somebody else', async () => {
    const [first, second] = [await enrolled(), await enrolled()]
    const enrolment = first.outcome.url.pathname.split('/').at(-1)
    const paths = [
      `/console/people/${second.person}/enrolments/${enrolment}`,
      `/console/people/${second.person}/enrolments/${enrolment}/activation`,
      '/console/people/per_nobody/enrol',
    ]
    for (const path of paths) assert.equal((await one.agent.open(at(path))).status, 404, path)
    const standing = await hub.operators.standing(other.agent.cookies(hub.issuer).get('garant_operator'))
    assert.equal((await one.agent.open(at(consolePaths.identity(standing?.person ?? first.person)))).status, 404)
    const page = await one.agent.open(at(consolePaths.enrolKnown(first.person)))
    const form = formOf(page, consolePaths.drafts)
    const forged = await one.agent.submit(page, form, { ...proof, person: standing?.person ?? '' })
    assert.equal(forged.status, 404)
    assert.equal((await one.agent.submit(page, form, { ...proof, what: 'citizen' })).status, 400)
  })

  // ── The activation ──────────────────────────────────────────────────────────────────────────────────────────────

  async function codeFor(outcome: Answer, operator = one): Promise<{ sheet: Answer; code: string }> {
    const sheet = await operator.agent.submit(outcome, formTo(outcome, /\/activation$/))
    const [, code = ''] = /<code class="secret"[^>]*>([^<]+)<\/code>/.exec(sheet.body) ?? []
    return { sheet, code }
  }
  async function type(code: string, agent = new UserAgent({ language: 'en' })) {
    const page = await agent.open(at(activationPath))
    return { agent, page: await agent.submit(page, formOf(page, activationPath), { code }) }
  }
  const follow = (agent: UserAgent, way: string) => agent.open(at(`${activationPath}/${way}`))

  test('R053: the operator hands over a code; the person makes a password and an application of their own, and signs in', async () => {
    const values = somebody()
    const { person, outcome } = await enrolled(values)
    const { sheet, code } = await codeFor(outcome)
    assert.match(textOf(sheet), new RegExp(`${hub.issuer}${activationPath} Type this code: ${code}`))
    assert.equal((await one.agent.open(sheet.url)).body.includes(code), true, 'a reload shows it again')
    const theirs = await other.agent.open(sheet.url)
    assert.equal(theirs.status, 410)
    assert.equal(theirs.body.includes(code), false, 'to whom made it alone')
    const standing = await one.agent.open(at(consolePaths.person(person)))
    assert.match(textOf(standing), /A code of activation was handed over/)

    const scanned = await new UserAgent({ language: 'en' }).open(at(`${activationPath}?code=${code}`))
    assert.match(scanned.body, new RegExp(`value="${code}"`), 'the picture fills the form in, and uses nothing up')
    const wrong = await type(`${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`)
    assert.equal(wrong.page.status, 403)
    assert.match(textOf(wrong.page), /This code activates no account/)
    const { agent, page } = await type(code.toLowerCase())
    assert.equal(page.url.pathname, `${activationPath}/choose`)
    assert.equal(page.url.search, '', 'no secret in an address')
    assert.match(textOf(page), new RegExp(`Canaria ${values.family_name}.*Your identifier: ${values.identifier}`))
    const early = await follow(agent, 'totp')
    assert.equal(early.url.pathname, `${activationPath}/choose`, 'an application comes after a password')

    const asked = await follow(agent, 'password')
    const form = formOf(asked, `${activationPath}/password`)
    const weak = await agent.submit(asked, form, { password: 'password' })
    assert.equal(weak.status, 400)
    const foreign = await agent.submit(asked, form, { password: ownPassword, verifier: 'x' })
    assert.equal(foreign.status, 403)
    const clicks = await Promise.all([1, 2].map(() => agent.submit(asked, form, { password: ownPassword })))
    for (const { url } of clicks) assert.equal(url.pathname + url.search, `${activationPath}/choose?done=password`)
    assert.match(textOf(clicks[0] ?? assert.fail()), /A password alone is not enough for most services/)
    assert.equal((await type(code)).page.status, 403, 'the code is used up')

    const begin = await follow(agent, 'totp')
    const app = await agent.submit(begin, formOf(begin, `${activationPath}/totp`))
    const seed = (/<code class="secret"[^>]*>([^<]+)<\/code>/.exec(app.body)?.[1] ?? '').replaceAll(' ', '')
    const mistyped = await agent.submit(app, formOf(app, app.url.pathname), { code: '12345' })
    assert.equal(mistyped.status, 400)
    const added = await agent.submit(app, formOf(app, app.url.pathname), { code: codeOf(seed, clock.now() - 30_000) })
    assert.match(textOf(added), /Your code app is registered/)
    const end = await agent.submit(added, formOf(added, `${activationPath}/finish`))
    assert.match(textOf(end), /The activation code is worth nothing any more/)
    assert.equal((await follow(agent, 'passkey')).status, 410)

    const mine = await hub.means.of(hub.storage.db, person)
    assert.deepEqual(mine.map(({ kind, state }) => `${kind} ${state}`).sort(), ['password active', 'totp active'])
    for (const name of ['means.activation_given', 'means.activation_opened', 'means.activation_used'] as const) {
      assert.equal((await factsOf(hub, name)).filter((fact) => fact.person === person).length, 1, name)
    }
    const justice = await relyingParty({ issuer: hub.issuer, clientId: 'justice', secret: secretOf('justice') })
    const tried = await attempt(justice)
    const browser = new UserAgent()
    const choice = await chooseOwn(browser, await browser.open(tried.url))
    const second = await typePassword(browser, choice, { identifier: values.identifier ?? '' })
    const inform = await typeCode(browser, second, codeOf(seed, clock.now()))
    const { idToken } = await redeem(justice, { attempt: tried, page: await goOn(browser, justice, inform) })
    assert.equal(idToken.acr, 'eidas2')
  })

  test('R052: a passkey by the code; the level is that of the check', async () => {
    const { person, outcome } = await enrolled({ ...somebody(), proof: 'photo' })
    const { code } = await codeFor(outcome)
    const { agent } = await type(code)
    const authenticator = createAuthenticator({ origin: hub.issuer })
    const page = await follow(agent, 'passkey')
    const form = formOf(page, `${activationPath}/passkey`)
    const none = await agent.submit(page, form, { response: '' })
    assert.equal(none.status, 400)
    const anew = await follow(agent, 'passkey')
    const response = JSON.stringify(authenticator.create(optionsIn(anew) as never))
    const done = await agent.submit(anew, formOf(anew, `${activationPath}/passkey`), { response })
    assert.match(textOf(done), /Your account is activated Your passkey is registered\./)
    const [passkey] = await hub.means.of(hub.storage.db, person)
    const [enrolment] = await hub.means.enrolments.of(hub.storage.db, person)
    assert.deepEqual([passkey?.kind, passkey?.enrolment, enrolment?.level], ['passkey', enrolment?.enrolment, 'eidas1'])
    const seen = await one.agent.open(at(consolePaths.person(person)))
    assert.match(textOf(seen), /Passkey State active Identity proved .*Low/i)
    assert.doesNotMatch(seen.body, /CANARI/, 'states, dates and levels: no name')
  })

  test('a code is taken back, is replaced, is over after a day, and is not made after an old check', async () => {
    const { person, outcome } = await enrolled()
    const first = await codeFor(outcome)
    const anew = await one.agent.open(outcome.url)
    assert.match(textOf(anew), /A code was handed over already, good until 23 November 2026/)
    const second = await codeFor(anew)
    assert.equal((await type(first.code)).page.status, 403)
    const { agent } = await type(second.code)
    const page = await one.agent.open(at(consolePaths.person(person)))
    const withdraw = formOf(page, consolePaths.withdrawActivation(person))
    assert.match(textOf(await one.agent.submit(page, withdraw)), /The code of activation serves no more/)
    assert.match(textOf(await one.agent.submit(page, withdraw)), /Nothing changed/)
    const over = await follow(agent, 'passkey')
    assert.equal(over.status, 410)
    assert.match(textOf(over), /ask the agent for another one/)

    const third = await codeFor(await one.agent.open(outcome.url))
    clock.advance(10 * minute)
    assert.match(textOf(await one.agent.open(third.sheet.url)), /This code is not shown any more/)
    clock.advance(day - 10 * minute)
    assert.equal((await type(third.code)).page.status, 403)
    clock.advance(6 * day + hour)
    await again(one, other)
    const old = await one.agent.open(outcome.url)
    assert.match(textOf(old), /This check was more than seven days ago/)
    assert.equal(
      formsOf(old).some(({ action }) => action.pathname.endsWith('/activation')),
      false,
    )
    const forged = {
      action: at(`${outcome.url.pathname}/activation`),
      method: 'POST' as const,
      fields: {},
      buttons: [],
    }
    assert.equal((await one.agent.submit(old, forged)).status, 403)
  })

  test('R047: means are renewed, suspended and revoked at any instant; the holder is told, sessions end', async () => {
    const values = somebody()
    const { person, outcome } = await enrolled({ ...values, checked_on: '2026-11-28' })
    const { contact, code: proved } = await hub.storage.transaction((tx) =>
      hub.people.addContact(tx, person, 'canari@example.org', 'eidas2', 'en'),
    )
    await hub.storage.transaction((tx) => hub.people.verifyContact(tx, person, contact, proved, 'eidas2'))
    await settle(hub)
    hub.smtp.mails.length = 0
    const { code } = await codeFor(outcome)
    await settle(hub)
    const letter = hub.smtp.mails.at(-1) ?? assert.fail('the holder is told of the code')
    assert.deepEqual(letter.to, ['canari@example.org'])
    assert.match(letter.text, /An activation code was handed out in your name/)
    assert.ok(!letter.text.includes(code))
    const { agent } = await type(code)
    const asked = await follow(agent, 'password')
    await agent.submit(asked, formOf(asked, `${activationPath}/password`), { password: ownPassword })

    const account = (await hub.people.linksOf(hub.storage.db, person)).at(-1) ?? assert.fail()
    const started = await hub.storage.transaction((tx) =>
      hub.sessions.start(tx, {
        person,
        link: account.link,
        provider: account.provider,
        level: 'eidas1',
        amr: ['pwd'],
        authTime: clock.now(),
        serves: 'eidas2',
        opens: { service: 'refunds', scopes: ['openid'] },
      }),
    )
    const session = started.session.id
    const [password] = await hub.means.of(hub.storage.db, person)
    const path = consolePaths.means(person, password?.means ?? assert.fail())
    const press = async (change: string, reason: string) => {
      const page = await one.agent.open(at(consolePaths.person(person)))
      return one.agent.submit(page, formOf(page, path), { change, reason })
    }
    const early = await press('renew', 'renewed')
    assert.match(textOf(early), /Nothing changed/)
    clock.advance(minute)
    const anew = await confirm(await known(person, { ...proof, checked_on: '2026-11-28' }))
    assert.equal(anew.status, 200)
    assert.match(textOf(await press('renew', 'renewed')), /The means has a new term, from today/)
    await settle(hub)
    hub.smtp.mails.length = 0
    assert.match(textOf(await press('suspend', 'stolen')), /The means is suspended.*suspended by a manager/)
    await settle(hub)
    assert.match(hub.smtp.mails.at(-1)?.text ?? '', /suspended/)
    const ended = (await factsOf(hub, 'session.ended')).filter((fact) => fact.session === session)
    assert.deepEqual(
      ended.map(({ reason }) => reason),
      ['revoked'],
    )
    assert.equal(notices, 1, 'the service is told')
    assert.match(textOf(await press('resume', 'found')), /works again/)
    assert.match(textOf(await press('revoke', 'lost')), /The means is revoked/)
    await settle(hub)
    assert.equal((await factsOf(hub, 'means.revoked')).at(-1)?.reason, 'lost')
    assert.ok(hub.smtp.mails.some(({ text }) => /withdrawn/.test(text)))
  })
})
