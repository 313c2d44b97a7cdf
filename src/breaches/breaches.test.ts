/**
 * The register of breaches on a whole hub: entries of confirmed cases and of the hub's own incidents, from the moment that
 * somebody knew to the authority's reference; the watch over the 72 hours; what goes to an authority; what the public reads.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { newProgram } from '../../test/support/api-client.ts'
import { createAuthenticator, type SoftwareAuthenticator } from '../../test/support/authenticator.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { startTestHub, type TestHub } from '../../test/support/hub.ts'
import { formOf, newOperator, register, signIn } from '../../test/support/operators.ts'
import { dump, factsOf, settle } from '../../test/support/records.ts'
import { type Answer, textOf, UserAgent } from '../../test/support/user-agent.ts'
import type { Fact } from '../audit/facts.ts'
import { createTranslator } from '../http/messages.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { type BreachId, type CaseId, newId, newOrderedId, type OperatorId } from '../kernel/ids.ts'
import { type Language, languages } from '../kernel/languages.ts'
import { type Assessment, blankDescription } from '../policy/breach.ts'
import { writeWallClock } from '../policy/calendar.ts'
import { type answering, breachLetters } from './letters.ts'
import { breachMessages } from './messages.ts'
import { breachesSchema } from './settings.ts'
import { blankStatement, type StatementContent } from './statements.ts'

const clock = mockProcessClock({ mock })
/** 22 November 2026, 11:00 in Paris. */
const start = clock.now()
let hub: TestHub
const at = (path: string) => new URL(path, hub.issuer)
const path = (id: BreachId, more = '') => `/console/breaches/${id}${more}`
const here = (moment: number) => writeWallClock(moment, 'Europe/Paris')

interface Officer {
  operator: OperatorId
  agent: UserAgent
  authenticator: SoftwareAuthenticator
}
let privacy: Officer
let security: Officer

/** Somebody who gets letters, signed in. */
async function officer(role: (typeof answering)[number], mail: string, language: Language): Promise<Officer> {
  const agent = new UserAgent({ language: 'en' })
  const authenticator = createAuthenticator({ origin: hub.issuer })
  const given = { name: `Officer ${mail}`, roles: [role], mail, language, actor: { kind: 'command' } } as const
  const { operator, token } = await hub.operators.invite(given)
  await register(agent, `${hub.issuer}/operators/join/${token}`, authenticator)
  await signIn(hub, agent, authenticator)
  return { operator, agent, authenticator }
}

const tell = (...facts: Fact[]) => hub.storage.transaction(async (tx) => hub.audit.append(tx, ...facts))
const concluded = (id: CaseId, verdict: 'confirmed' | 'not_confirmed'): Fact => ({
  name: 'case.concluded',
  data: { case: id, person: newId('person'), verdict, waived: 0, actor: { kind: 'hub' } },
})
const revised = (id: CaseId): Fact => ({
  name: 'case.revised',
  data: { case: id, person: newId('person'), verdict: 'confirmed', actor: { kind: 'hub' } },
})
const newCase = () => newOrderedId('case', clock.now())
const ofCase = async (id: CaseId) => (await hub.breaches.ofCase(id)) ?? assert.fail('no entry')
const lettersTo = (mail: string) => hub.smtp.mails.filter(({ to }) => to.includes(mail))
const by = (one: Officer, seen: number) => ({ seen, actor: { kind: 'operator', id: one.operator } as const })
const notify: Assessment = {
  ...{ decision: 'notify', risk: 'risk', reason: 'Addresses were read.', telling: 'no_high_risk', tellingReason: '' },
}

async function openIncident(title: string, awareAt = clock.now()): Promise<BreachId> {
  const id = newOrderedId('breach', clock.now())
  const given = { id, title, awareAt, description: blankDescription, actor: { kind: 'command' } } as const
  assert.equal((await hub.breaches.openIncident(given)).kind, 'opened')
  return id
}

before(async () => {
  hub = await startTestHub({
    clock,
    settings: {
      breaches: breachesSchema.parse({ jurisdictions: ['FR', 'MA'], contact: 'mailto:dpo@garant.example' }),
    },
  })
  privacy = await officer('data_protection_officer', 'privacy@hub.example', 'fr')
  security = await officer('security_officer', 'security@hub.example', 'ar')
})
after(async () => {
  await hub?.close()
  mock.timers.reset()
})

describe('R120: entries of cases', () => {
  test('a confirmed case has one entry, however often it is told; a case that is not confirmed has none', async () => {
    const [confirmed, other] = [newCase(), newCase()]
    await Promise.all([tell(concluded(confirmed, 'confirmed')), tell(concluded(confirmed, 'confirmed'))])
    await tell(concluded(other, 'not_confirmed'))
    await settle(hub)
    const entry = await ofCase(confirmed)
    assert.equal(await hub.breaches.ofCase(other), undefined)
    assert.deepEqual(entry.source, { kind: 'case', case: confirmed, standing: 'confirmed' })
    assert.deepEqual([entry.state, entry.authorities], ['open', ['cnil', 'cndp', 'dgssi']])
    assert.equal(entry.dueAt, entry.awareAt + 72 * hour)
    const opened = (await factsOf(hub, 'breach.opened')).filter((fact) => fact.case === confirmed)
    assert.equal(opened.length, 1)
  })

  test('only those who answer for it hear of it, in their language, with the deadline by the clocks of each', async () => {
    await settle(hub)
    hub.smtp.mails.length = 0
    const id = newCase()
    await tell(concluded(id, 'confirmed'))
    await settle(hub)
    const { reference } = await ofCase(id)
    assert.equal(hub.smtp.mails.length, 2)
    const [french, arabic] = [lettersTo('privacy@hub.example'), lettersTo('security@hub.example')]
    assert.match(french[0]?.text ?? '', /avant le mercredi 25 novembre 2026 à 11:00 UTC\+1/)
    assert.match(french[0]?.text ?? '', new RegExp(reference))
    assert.match(french[0]?.text ?? '', /DGSSI.*sans délai/)
    assert.match(arabic[0]?.text ?? '', /CNDP/)
    for (const { text } of hub.smtp.mails) assert.doesNotMatch(text, /https?:/)
  })

  test('a verdict that is taken back marks it, and its deadline goes on; confirmed anew, a closed one is open again', async () => {
    const id = newCase()
    await tell(concluded(id, 'confirmed'))
    await settle(hub)
    const { dueAt } = await ofCase(id)
    await tell(revised(id))
    await settle(hub)
    const marked = await ofCase(id)
    assert.equal(marked.source.kind === 'case' && marked.source.standing, 'revised')
    assert.equal(marked.dueAt, dueAt)
    await tell(concluded(id, 'not_confirmed'))
    await settle(hub)
    const open = await ofCase(id)
    const ended = await hub.breaches.close(open.id, {
      ...by(privacy, open.version),
      ...{ reason: 'not_a_breach', note: 'The person had signed in.' },
    })
    assert.equal(ended.kind, 'done')
    await tell(revised(id), concluded(id, 'confirmed'))
    await settle(hub)
    const again = await ofCase(id)
    assert.deepEqual([again.state, again.dueAt, again.closed], ['open', dueAt, undefined])
    const events = (await hub.breaches.history(again.id)).map(({ what }) => what)
    assert.deepEqual(events.filter((what) => what === 'case_revised').length >= 3, true)
  })
})

describe("R133: the hub's own incident, on the pages", () => {
  let id: BreachId
  let page: Answer
  const typed = {
    title: 'Access log readable by a contractor',
    aware_at: here(start - 2 * hour),
    happened_from: here(start - 5 * day),
    what: 'Canary-what: a folder had the wrong rights.',
    natures: 'confidentiality',
    people_kinds: 'citizens',
    people: '1 200',
    consequences: '',
    measures: 'The rights were put right.',
    authorities: 'cnil',
  }

  test('it is opened once, whoever presses twice, and says what is wrong with what was typed', async () => {
    const form = await privacy.agent.open(at('/console/breaches/new'))
    const wrong = await privacy.agent.submit(form, formOf(form, '/console/breaches/new'), {
      ...typed,
      ...{ title: ' ', aware_at: here(start + day), people: 'some' },
    })
    assert.equal(wrong.status, 422)
    assert.match(
      textOf(wrong),
      /Say in one line what it is.*We cannot have known it ahead of time.*write it in digits/s,
    )
    assert.match(wrong.body, /Canary-what/)
    const [one, two] = await Promise.all(
      [privacy.agent, privacy.agent.clone()].map((agent) =>
        agent.submit(wrong, formOf(wrong, '/console/breaches/new'), typed),
      ),
    )
    assert.equal(one?.url.pathname, two?.url.pathname)
    id = one?.url.pathname.split('/').at(-1) as BreachId
    const entry = (await hub.breaches.read(id)) ?? assert.fail()
    assert.deepEqual([entry.title, entry.authorities, entry.description.people], [typed.title, ['cnil'], 1200])
    assert.equal(entry.awareAt, start - 2 * hour)
    page = await privacy.agent.open(at(path(id)))
    assert.match(textOf(page), /2 days, 22 h 0 min left/)
    assert.match(textOf(page), /Wednesday, 25 November 2026 at 09:00/)
    assert.match(textOf(page), /3 points are still missing/)
    const other = { ...typed, measures: 'Canary-back' }
    const back = await privacy.agent.submit(wrong, formOf(wrong, '/console/breaches/new'), other)
    assert.equal(back.status, 409, 'the back button, and other words')
    assert.match(back.body, /Canary-back/)
    assert.ok(formOf(back, path(id, '/description')))
    assert.equal((await hub.breaches.read(id))?.description.measures, typed.measures)
  })

  test('an assessment that the law does not allow is refused, with what was typed', async () => {
    const form = await privacy.agent.open(at(path(id, '/assessment')))
    const fields = { risk: 'high', decision: 'not_needed', reason: 'Canary-reason', telling: 'no_high_risk' }
    const refused = await privacy.agent.submit(form, formOf(form, path(id, '/assessment')), fields)
    assert.equal(refused.status, 422)
    assert.match(textOf(refused), /the authority has to be told.*tell people, or say which/s)
    const right = { ...fields, decision: 'notify', telling: 'tell' }
    const done = await privacy.agent.submit(refused, formOf(refused, path(id, '/assessment')), right)
    assert.equal(done.url.search, '?done=assessed')
    assert.equal((await hub.breaches.read(id))?.state, 'assessed')
  })

  test('two officers at once: the second one reads what the first one changed, and keeps what was typed', async () => {
    const [first, second] = await Promise.all(
      [privacy.agent, security.agent].map((agent) => agent.open(at(path(id, '/description')))),
    )
    const form = formOf(first as Answer, path(id, '/description'))
    await privacy.agent.submit(first as Answer, form, { ...typed, records: '5000' })
    const late = await security.agent.submit(second as Answer, formOf(second as Answer, path(id, '/description')), {
      ...typed,
      consequences: 'Canary-late',
    })
    assert.equal(late.status, 409)
    assert.match(textOf(late), /Somebody changed this entry/)
    assert.match(late.body, /Canary-late/)
    assert.equal((await hub.breaches.read(id))?.description.consequences, '')
    assert.equal((await hub.breaches.read(id))?.description.records, 5000)
  })

  test('what goes to the CNIL is in French, in the order of art. 33(3), with what is missing marked', async () => {
    const file = await privacy.agent.open(at(path(id, '/notification?authority=cnil')))
    assert.match(file.body, /<h1 lang="fr" dir="ltr">/)
    const said = textOf(file)
    assert.match(said, /Notification d’une violation.*a\) Nature.*c\) Conséquences.*d\) Mesures/s)
    assert.match(said, /Nombre de personnes\s*environ 1.200/)
    assert.match(said, /Conséquences probables\s*\[à compléter\]/)
    assert.match(said, /dpo@garant\.example/)
    assert.match(said, /2 points restent à compléter/)
    const arabic = await privacy.agent.open(at(path(id, '/notification?authority=cndp&in=ar')))
    assert.match(arabic.body, /<h1 lang="ar" dir="rtl">/)
    const text = await privacy.agent.open(at(path(id, '/notification.txt?authority=cnil')))
    assert.match(text.body, /Prise de connaissance\s: dimanche 22 novembre 2026 à 09:00 UTC\+1/)
    const json = JSON.parse((await privacy.agent.open(at(path(id, '/notification.json?authority=cnil')))).body)
    assert.deepEqual(json.dueAt, { utc: '2026-11-25T08:00:00.000Z', local: '2026-11-25T09:00+01:00' })
    assert.deepEqual(json.missing, ['data_kinds', 'consequences'])
    for (const { body } of [file, text]) assert.doesNotMatch(body, /Officer privacy|per_/)
    assert.equal((await privacy.agent.open(at(path(id, '/notification?authority=nobody')))).status, 404)
  })

  test('that it went is recorded once; a later one completes it and marks what is new', async () => {
    page = await privacy.agent.open(at(path(id)))
    const form = formOf(page, path(id, '/notification'))
    const sent = { authority: 'cnil', told_at: here(start), reference: 'CNIL-77', late_reason: '', note: '' }
    const answers = await Promise.all(
      [privacy.agent, privacy.agent.clone()].map((agent) => agent.submit(page, form, sent)),
    )
    assert.deepEqual(answers.map(({ url }) => url.search).sort(), ['?done=notified', '?done=unchanged'])
    const entry = (await hub.breaches.read(id)) ?? assert.fail()
    assert.deepEqual([entry.state, entry.phases.length, entry.dueAt], ['notified', 1, undefined])
    assert.equal(entry.phases[0]?.late, false)
    const next = { ...entry.description, consequences: 'Unwanted calls.' }
    await hub.breaches.describe(id, { ...by(privacy, entry.version), ...entry, description: next })
    const file = textOf(await privacy.agent.open(at(path(id, '/notification?authority=cnil'))))
    assert.match(file, /Notification complémentaire n° 2/)
    assert.match(file, /Conséquences probables\s*nouveau\s*Unwanted calls/)
    assert.match(file, /N° 1\s*dimanche 22 novembre 2026 à 11:00 UTC\+1, référence .?CNIL-77/)
  })

  test('it closes when all that was decided is done, and every change can be read', async () => {
    const close = async () => {
      const shown = await privacy.agent.open(at(path(id)))
      return privacy.agent.submit(shown, formOf(shown, path(id, '/close')), { closing: 'finished', closing_note: '' })
    }
    const early = await close()
    assert.equal(early.status, 409)
    assert.match(textOf(early), /You decided to tell people/)
    const shown = await privacy.agent.open(at(path(id)))
    const told = { people_at: here(start), how: 'By mail to each.' }
    await privacy.agent.submit(shown, formOf(shown, path(id, '/people')), told)
    const closed = await close()
    assert.equal(closed.url.search, '?done=closed')
    const said = textOf(closed)
    assert.match(said, /Entry closed.*Authority told.*Entry opened/s)
    assert.match(said, /Consequences\s*Unwanted calls/)
    const facts = await factsOf(hub, 'breach.notified')
    assert.deepEqual(
      facts.map(({ authority, number, late }) => [authority, number, late]),
      [['cnil', 1, false]],
    )
  })
})

describe('R133: who sees it, and how it rests', () => {
  test('an auditor reads and takes the register, and changes nothing; support and administrators see none of it', async () => {
    const auditor = await newOperator(hub, { roles: ['auditor'] })
    const list = await auditor.agent.open(at('/console/breaches'))
    assert.equal(list.status, 200)
    assert.doesNotMatch(list.body, /breaches\/new/)
    assert.equal((await auditor.agent.open(at('/console/breaches/new'))).status, 403)
    const csv = await auditor.agent.open(at('/console/breaches.csv'))
    assert.match(csv.body, /"Access log readable by a contractor"/)
    assert.match(csv.body, /cnil 1 2026-11-22T10:00:00\.000Z CNIL-77/)
    const json = JSON.parse((await auditor.agent.open(at('/console/breaches.json'))).body)
    assert.equal(json.breaches.length, csv.body.trim().split('\r\n').length - 1)
    const one = json.breaches.find((entry: { title: string | null }) => entry.title?.startsWith('Access log'))
    assert.equal(one.notifications[0].reference, 'CNIL-77')
    const taken = (await factsOf(hub, 'breach.exported')).filter(({ breach }) => breach === null)
    assert.equal(taken.length, 2)
    const others = await newOperator(hub, { roles: ['administrator', 'support'] })
    for (const address of ['/console/breaches', '/console/breaches.json', '/console/statements']) {
      assert.equal((await others.agent.open(at(address))).status, 403, address)
    }
  })

  test('a program that may reads the same, and takes what goes to an authority', async () => {
    const program = await newProgram(hub, { scopes: ['breaches:read'] })
    const { body: list } = await program.call('GET', '/breaches?state=closed')
    const one = list.items.find((entry: { title: string | null }) => entry.title?.startsWith('Access log'))
    const { body: got } = await program.call('GET', `/breaches/${one.id}`)
    assert.deepEqual([got.state, got.notifications[0].reference, got.history[0].what], ['closed', 'CNIL-77', 'closed'])
    const { body: file } = await program.call('GET', `/breaches/${one.id}/notification?authority=cnil`)
    assert.deepEqual([file.number, file.language, file.missing], [2, 'fr', ['data_kinds']])
    assert.match(file.text, /Notification complémentaire n° 2/)
    const wrong = await program.call('GET', `/breaches/${one.id}/notification?authority=nobody`)
    assert.equal(wrong.status, 404)
    const other = await newProgram(hub, { scopes: ['cases:read'] })
    assert.equal((await other.call('GET', '/breaches')).status, 403)
  })

  test('an entry that there is not is not found', async () => {
    for (const address of [path(newId('breach')), path('brc_x' as BreachId), '/console/statements/stm_x']) {
      assert.equal((await privacy.agent.open(at(address))).status, 404, address)
    }
  })

  test('what was written rests sealed, and no fact holds a word of it', async () => {
    for (const [table, rows] of await dump(hub)) {
      for (const word of ['Canary-what', 'Canary-reason', 'Unwanted calls', 'CNIL-77']) {
        for (const disguise of [word, Buffer.from(word).toString('hex')]) {
          assert.ok(!rows.includes(disguise), `${word} is in ${table}`)
        }
      }
    }
  })
})

describe('R120: the watch over the 72 hours', () => {
  test('letters at 48, 24 and 6 hours and when it has passed, each once; none once an authority was told', async () => {
    const [silent, heard] = [await openIncident('Silent'), await openIncident('Heard')]
    const opened = clock.now()
    await settle(hub)
    hub.smtp.mails.length = 0
    const subjects: string[] = []
    for (const left of [49, 48, 47.9, 24, 6, 5, 0, -0.1, -30]) {
      clock.set(opened + (72 - left) * hour)
      if (left === 24) {
        const told = await hub.breaches.assess(heard, { ...by(privacy, 1), assessment: notify })
        assert.equal(told.kind, 'done')
        for (const [index, authority] of (['cnil', 'cndp'] as const).entries()) {
          const sent = { phase: newOrderedId('breachPhase', clock.now()), authority, at: clock.now() }
          const words = { reference: '', lateReason: '', note: '' }
          const done = await hub.breaches.notify(heard, { ...by(privacy, 2 + index), ...sent, ...words })
          assert.equal(done.kind, 'done', JSON.stringify(done))
        }
      }
      await Promise.all([hub.breaches.watch(), hub.breaches.watch()])
      await settle(hub)
    }
    const reference = (await hub.breaches.read(silent))?.reference ?? ''
    const other = (await hub.breaches.read(heard))?.reference ?? ''
    const about = (code: string) => lettersTo('privacy@hub.example').filter(({ text }) => text.includes(code))
    subjects.push(...about(reference).map(({ headers }) => headers.get('subject') ?? ''))
    assert.deepEqual(subjects, [
      'Garant\u00a0: il reste moins de 48 heures pour notifier',
      'Garant\u00a0: il reste moins de 24 heures pour notifier',
      'Garant\u00a0: il reste moins de 6 heures pour notifier',
      'Garant\u00a0: le délai de notification est dépassé',
    ])
    assert.equal(about(other).length, 1, 'only the one of 48 hours')
    const soon = (await factsOf(hub, 'breach.due_soon')).filter(({ breach }) => breach === silent)
    assert.deepEqual(
      soon.map(({ hours }) => hours),
      [48, 24, 6],
    )
    assert.equal((await factsOf(hub, 'breach.overdue')).filter(({ breach }) => breach === silent).length, 1)
  })

  test('late is told with its reasons, or not at all', async () => {
    const id = await openIncident('Late', clock.now() - 73 * hour)
    await hub.breaches.assess(id, { ...by(privacy, 1), assessment: notify })
    const phase = newOrderedId('breachPhase', clock.now())
    const sent = { ...by(privacy, 2), phase, authority: 'cnil', at: clock.now(), reference: '', note: '' }
    const bare = await hub.breaches.notify(id, { ...sent, lateReason: ' ' })
    assert.deepEqual(bare, { kind: 'invalid', problems: ['late_reason_missing'] })
    const reasoned = await hub.breaches.notify(id, { ...sent, lateReason: 'It was found on a Sunday.' })
    assert.equal(reasoned.kind, 'done')
    assert.deepEqual(
      (await factsOf(hub, 'breach.notified')).filter(({ breach }) => breach === id).map(({ late }) => late),
      [true],
    )
  })

  test('that we knew earlier moves the deadline, and those who answer for it hear at once that it has passed', async () => {
    const id = await openIncident('Known earlier')
    await hub.breaches.watch()
    await settle(hub)
    hub.smtp.mails.length = 0
    const entry = (await hub.breaches.read(id)) ?? assert.fail()
    const awareAt = clock.now() - 80 * hour
    await hub.breaches.describe(id, { ...by(security, entry.version), ...entry, awareAt })
    await hub.breaches.watch()
    await settle(hub)
    const heard = lettersTo('privacy@hub.example').filter(({ text }) => text.includes(entry.reference))
    assert.deepEqual(
      heard.map(({ headers }) => headers.get('subject')),
      ['Garant\u00a0: le délai de notification est dépassé'],
    )
    assert.equal((await hub.breaches.read(id))?.dueAt, awareAt + 72 * hour)
  })
})

describe('R135: what the public reads of an incident', () => {
  const text = (words: string) => ({ fr: `${words} fr`, en: `${words} en`, ar: `${words} ar` })
  const content = (): StatementContent => ({
    ...{ title: text('Title'), what: text('What'), who: text('Who'), done: text('Done'), advice: text('Advice') },
    happenedFrom: clock.now() - day,
  })
  const read = async (address: string) => {
    const answer = await new UserAgent({ language: 'en' }).open(at(address))
    return { ...answer, said: textOf(answer) }
  }

  test('a draft is read by nobody outside; what lacks a language is not published', async () => {
    await signIn(hub, privacy.agent, privacy.authenticator)
    const form = await privacy.agent.open(at('/console/statements/new'))
    const half = { title_en: 'Title en', what_en: '<b>What</b> en' }
    const saved = await privacy.agent.submit(form, formOf(form, '/console/statements/new'), half)
    assert.equal(saved.url.search, '?done=saved')
    assert.match(saved.body, /&lt;b&gt;What/)
    const refused = await privacy.agent.submit(saved, formOf(saved, saved.url.pathname), { act: 'publish' })
    assert.equal(refused.status, 422)
    assert.match(textOf(refused), /Title \(French\)\s?: is missing/)
    const { said } = await read('/incidents')
    assert.match(said, /There is no incident to tell you of/)
    assert.doesNotMatch(said, /Title/)
  })

  test('published, corrected with its date, withdrawn: never changed in silence', async () => {
    const id = newId('statement')
    const actor = { kind: 'operator', id: privacy.operator } as const
    const drafted = await hub.statements.draft({ id, content: content(), actor })
    assert.ok('statement' in drafted)
    const { reference } = drafted.statement
    assert.equal((await read(`/incidents/${reference}`)).status, 404)
    const both = await Promise.all([1, 2].map(() => hub.statements.publish(id, { seen: 1, actor })))
    assert.deepEqual(both.map(({ kind }) => kind).sort(), ['done', 'unchanged'])
    for (const language of languages) {
      const { body } = await read(`/incidents/${reference}?lang=${language}`)
      for (const part of ['Title', 'What', 'Who', 'Done', 'Advice'])
        assert.match(body, new RegExp(`${part} ${language}`))
      assert.match(body, new RegExp(`<html lang="${language}"`))
    }
    const open = await read(`/incidents/${reference}`)
    assert.match(open.said, /It is not mended yet/)
    assert.match(open.said, /dpo@garant\.example/)
    assert.match((await read('/status')).said, /What happened on our side\s*Title en\s*Not mended yet/)
    clock.advance(hour)
    const fixed = { ...content(), fixedAt: clock.now() - minute }
    assert.equal((await hub.statements.save(id, { seen: 2, actor, content: fixed })).kind, 'done')
    assert.match((await read(`/incidents/${reference}`)).said, /not mended yet/, 'a draft changes nothing')
    const silent = await hub.statements.publish(id, { seen: 3, actor })
    assert.equal(silent.kind, 'invalid', 'a correction says what it corrects')
    const told = await hub.statements.publish(id, { seen: 3, actor, correction: text('Mended meanwhile') })
    assert.equal(told.kind, 'done')
    const corrected = await read(`/incidents/${reference}`)
    assert.match(corrected.said, /Last correction.*Mended meanwhile en/s)
    assert.doesNotMatch(corrected.said, /not mended yet/)
    assert.match((await read('/status')).said, /Title en\s*Mended/)
    const stale = await hub.statements.withdraw(id, { seen: 3, actor })
    assert.equal(stale.kind, 'moved')
    assert.equal((await hub.statements.withdraw(id, { seen: 4, actor })).kind, 'done')
    const gone = await read(`/incidents/${reference}`)
    assert.equal(gone.status, 410)
    assert.doesNotMatch(gone.body, /What en/)
    assert.doesNotMatch((await read('/status')).said, /Title en/)
    assert.equal((await factsOf(hub, 'statement.published')).length, 2)
  })

  test('a fault of the hub below answers from memory; what was never published is not found', async () => {
    assert.equal((await read('/incidents/K7QX-2M4P-9TRC')).status, 404)
    assert.equal((await hub.statements.publish(newId('statement'), { seen: 1, actor: { kind: 'hub' } })).kind, 'absent')
    const empty = { id: newId('statement'), content: blankStatement, actor: { kind: 'hub' } as const }
    assert.equal((await hub.statements.draft(empty)).kind, 'done')
    assert.equal((await hub.statements.draft(empty)).kind, 'unchanged')
  })
})

test('every letter has a subject in every language', () => {
  const translate = createTranslator(breachMessages)
  for (const language of languages) {
    for (const one of breachLetters) assert.ok(translate(language)(`breach.letter.${one}.subject`, { hub: 'Garant' }))
  }
})

test('R120: a closed entry is kept for five years, an open one for as long as it is open', async () => {
  const closed = (await hub.breaches.list({ which: 'closed', limit: 50 })).breaches.length
  const open = (await hub.breaches.list({ which: 'open', limit: 50 })).breaches.length
  assert.ok(closed > 0 && open > 0)
  clock.advance(1_700 * day)
  await hub.breaches.sweep()
  assert.equal((await hub.breaches.list({ which: 'closed', limit: 50 })).breaches.length, closed)
  clock.advance(200 * day)
  await hub.breaches.sweep()
  await hub.statements.sweep()
  assert.equal((await hub.breaches.list({ which: 'closed', limit: 50 })).breaches.length, 0)
  assert.equal((await hub.breaches.list({ which: 'open', limit: 50 })).breaches.length, open)
  assert.equal((await hub.statements.list()).length, 0)
})
