/**
 * The journal, jobs, settings and collisions in a real browser: three languages, phone and desktop, keyboard only, axe.
 * Empty pages, long ones, one in conflict, one denied.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { type CollisionId, newId, type PersonId } from '../../src/kernel/ids.ts'
import type { Language } from '../../src/kernel/languages.ts'
import type { OperatorRole } from '../../src/kernel/roles.ts'
import {
  focused,
  judgePage,
  read,
  refusals,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
} from '../support/browser.ts'
import { createTestClock } from '../support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { enrolPerson, newOperator } from '../support/operators.ts'
import { angela, claim, tarik } from '../support/people.ts'

describe('the pages of those who answer for the hub, in a browser', () => {
  let hub: TestHub
  let person: PersonId
  let browser: TestBrowser
  const clock = createTestClock(Date.now())
  /** One for each language, as a decision is made once. */
  const collisions = new Map<Language, CollisionId>()
  let sequence: bigint

  before(async () => {
    ;[hub, browser] = await Promise.all([startTestHub({ clock }), startBrowser()])
    await hub.storage.jobs.stop()
    ;({ person } = await enrolPerson(hub))
    const name = { fr: 'Santé', en: 'Health', ar: 'الصحة' }
    await hub.publish([{ id: 'health', name, services: [serviceEntry('refunds')], providers: [] }])
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
  })

  /** What there is to see: a thousand facts, failed jobs, accounts that wait. */
  async function fill(): Promise<void> {
    await hub.storage.transaction(async (tx) => {
      for (let number = 0; number < 1_000; number++) {
        const data = { service: 'refunds', provider: 'bank', reason: 'provider_blocked' as const }
        hub.audit.append(tx, { name: 'provider.forged_choice', data })
      }
    })
    await hub.audit.sealNow()
    const [fact] = (await hub.audit.explore({ names: ['operator.joined'], limit: 1 })).facts
    sequence = fact?.sequence ?? assert.fail('no fact')
    await sql`
      insert into pgboss.job (name, data, source_name, source_id, source_retry_count, source_output, singleton_key)
      select 'dead-letters', '{"message":"msg_1","canary":"canary"}', 'alerts.mail', gen_random_uuid(), 56,
        '{"error":"message_not_sent"}', gen_random_uuid()::text from generate_series(1, 60)`.execute(hub.storage.db)
    const settle = (claimed: Parameters<typeof hub.people.settle>[1], joinTo?: PersonId) =>
      hub.storage.transaction((tx) => hub.people.settle(tx, claimed, joinTo ? { joinTo } : {}))
    for (const [index, language] of (['fr', 'en', 'ar'] as const).entries()) {
      const identity = { ...tarik, family_name: `BENJELLOUN ${'ABC'[index]}` }
      const one = await settle(claim({ identity, provider: 'post', subject: `p${index}`, level: 'eidas2' }))
      assert.ok('person' in one)
      await settle(claim({ identity, provider: 'bank', subject: `b${index}` }), one.person)
      const theirs = claim({ identity: { ...identity, given_name: 'Tarik Amin' }, subject: `t${index}` })
      await settle(theirs)
      const stopped = await settle(theirs, one.person)
      assert.ok('collision' in stopped)
      collisions.set(language, stopped.collision)
    }
    await sql`
      insert into collisions (id, person_id, provider, account_key, level, cause, found_at)
      select 'col_' || md5(n::text), person_id, provider, account_key || n, level, cause, found_at + n * interval '1 s'
      from (select * from collisions limit 1) one cross join generate_series(1, 997) n`.execute(hub.storage.db)
  }

  async function sit(language: Language, width: number, roles: readonly OperatorRole[]) {
    const { agent } = await newOperator(hub, { roles })
    const value = agent.cookies(hub.issuer).get('garant_operator') ?? assert.fail('no cookie')
    const seat = await takeSeat(browser, { language, width, height: 844 })
    await seat.context.addCookies([
      { name: 'garant_operator', value, url: hub.issuer, httpOnly: true, sameSite: 'Strict' },
    ])
    return seat
  }

  const enter = async (page: Page, wanted: RegExp, url: RegExp) => {
    await tabTo(page, wanted)
    await page.keyboard.press('Enter')
    await page.waitForURL(url)
  }

  const words = {
    fr: {
      search: /^Chercher$/,
      missing: /Donnez le motif/,
      found: /means\.created/,
      older: /^Plus anciens$/,
      next: /^Voir ce que cela change$/,
      confirm: /^Confirmer$/,
      decided: /C’est décidé : deux êtres humains/,
      conflict: /Rien n’a été fait/,
      denied: /G2002/,
    },
    en: {
      search: /^Search$/,
      missing: /Give the reason/,
      found: /means\.created/,
      older: /^Older ones$/,
      next: /^See what it changes$/,
      confirm: /^Confirm$/,
      decided: /It is decided: two humans/,
      conflict: /Nothing was done/,
      denied: /G2002/,
    },
    ar: {
      search: /^بحث$/,
      missing: /اذكر السبب/,
      found: /means\.created/,
      older: /^الأقدم$/,
      next: /^رؤية ما سيتغير$/,
      confirm: /^تأكيد$/,
      decided: /تقرر: إنسانان/,
      conflict: /لم يُفعل شيء/,
      denied: /G2002/,
    },
  } as const

  const everything = ['security_officer'] as const

  test('empty pages', async () => {
    const { page, leave } = await sit('fr', 390, everything)
    for (const path of ['journal?name=journal.expired', 'jobs', 'jobs/alerts.mail', 'collisions']) {
      await page.goto(`${hub.issuer}/console/${path}`)
      await judgePage(page, 'fr')
    }
    await leave()
    await fill()
  })

  for (const [language, width] of [
    ['fr', 1280],
    ['en', 1280],
    ['ar', 390],
  ] as const) {
    test(`R080 R126: search and prove, by keyboard, in ${language}, ${width} px wide`, async () => {
      const { page, leave } = await sit(language, width, everything)
      const say = words[language]
      await page.goto(`${hub.issuer}/console/journal`)
      await judgePage(page, language)
      await tabTo(page, /^#about$/)
      await page.keyboard.press('ArrowDown')
      await tabTo(page, /^#id$/)
      await page.keyboard.type(person)
      await enter(page, say.search, /about=person/)
      assert.match(await read(page), say.missing)
      await judgePage(page, language)
      await tabTo(page, /^#reason$/)
      await page.keyboard.press('ArrowDown')
      await enter(page, say.search, /reason=request/)
      assert.match(await read(page), say.found)
      await judgePage(page, language)
      await page.goto(`${hub.issuer}/console/journal?name=provider.forged_choice`)
      await judgePage(page, language)
      await page.locator('a[rel="next"]').focus()
      assert.match((await focused(page)).text, say.older)
      await page.keyboard.press('Enter')
      await page.waitForURL(/before=\d+/)
      await page.goto(`${hub.issuer}/console/journal/${sequence}`)
      await judgePage(page, language)
      // The search without a reason was refused.
      await leave(/422/)
    })

    test(`R014 R126: jobs, settings, a decision, by keyboard, in ${language}, ${width} px wide`, async () => {
      const { page, leave } = await sit(language, width, everything)
      const say = words[language]
      for (const path of ['jobs', 'jobs/alerts.mail', 'settings', 'collisions']) {
        await page.goto(`${hub.issuer}/console/${path}`)
        await judgePage(page, language)
      }
      assert.doesNotMatch(await page.content(), /canary/)

      const collision = collisions.get(language) ?? assert.fail()
      await page.goto(`${hub.issuer}/console/collisions/${collision}`)
      await judgePage(page, language)
      await tabTo(page, /^#outcome-same$/)
      await page.keyboard.press('ArrowDown')
      await enter(page, say.next, /outcome=different/)
      await judgePage(page, language)
      const decision = page.url()
      await tabTo(page, /^#sure$/)
      await page.keyboard.press('Space')
      await enter(page, say.confirm, /done=different/)
      assert.match(await read(page), say.decided)
      await judgePage(page, language)
      await page.goto(decision)
      assert.match(await read(page), say.conflict)
      await judgePage(page, language)
      await leave()
    })
  }

  test('denied: who may not, is told so on a page', async () => {
    const { page, leave } = await sit('ar', 390, ['means_manager'])
    for (const path of ['journal', 'jobs', 'settings', `journal/${sequence}`]) {
      assert.equal((await page.goto(`${hub.issuer}/console/${path}`))?.status(), 403, path)
      assert.match(await read(page), words.ar.denied)
    }
    await judgePage(page, 'ar')
    assert.equal((await page.goto(`${hub.issuer}/console/collisions/${newId('collision')}`))?.status(), 404)
    await leave(refusals)
  })

  test('without scripts the search and a decision work as well', async () => {
    const identity = { ...angela, family_name: 'CANARI' }
    const settle = (subject: string) =>
      hub.storage.transaction((tx) => hub.people.settle(tx, claim({ identity, subject })))
    await settle('plain-1')
    const stopped = await settle('plain-2')
    assert.ok('collision' in stopped)
    const { agent } = await newOperator(hub, { roles: everything })
    const value = agent.cookies(hub.issuer).get('garant_operator') ?? assert.fail('no cookie')
    const context = await browser.context({ language: 'en', javaScript: false })
    await context.addCookies([{ name: 'garant_operator', value, url: hub.issuer, httpOnly: true, sameSite: 'Strict' }])
    const page = await context.newPage()
    await page.goto(`${hub.issuer}/console/journal?name=operator.joined`)
    assert.match(await read(page), /operator\.joined/)
    await page.goto(`${hub.issuer}/console/collisions/${stopped.collision}`)
    await page.locator('#outcome-same').check()
    await page.locator('main form button.button').click()
    await page.locator('#sure').check()
    await page.locator('main form button.button').click()
    assert.match(await read(page), /It is decided: the same human/)
    await context.close()
  })
})
