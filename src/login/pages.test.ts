import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  manyTiles,
  sampleChoice,
  sampleMessages,
  samplePages,
  sampleTiles,
  startGallery,
} from '../../test/support/page-gallery.ts'
import { errorMessages } from '../http/errors-messages.ts'
import type { RequestContext } from '../http/http.ts'
import { renderDocument } from '../http/layout.ts'
import { createTranslator, localeOf } from '../http/messages.ts'
import { pageMessages } from '../http/page-messages.ts'
import { directionOf, type Language, languages } from '../kernel/languages.ts'
import type { MeansObstacle, Obstacle } from '../policy/choice.ts'
import { choosePage, type InformView, informPage, loginPaths } from './pages.ts'

const translate = createTranslator(pageMessages, errorMessages, ...sampleMessages)

function contextIn(language: Language): RequestContext {
  return { language, t: translate(language), address: '192.0.2.1', port: 1, reference: 'A-B-C' }
}

function documentOf(language: Language, page: ReturnType<typeof choosePage>): string {
  return renderDocument(page, { name: 'Garant', ...contextIn(language) })
}

/** What a reader sees, tags left out. */
function textOf(markup: string): string {
  return markup.replace(/<script.*?<\/script>|<[^>]+>/gs, ' ').replace(/[\s\u2068\u2069]+/g, ' ')
}

function all(markup: string, pattern: RegExp): string[] {
  return [...markup.matchAll(pattern)].map((match) => match[1] ?? '')
}

const voids = /^(meta|link|img|input|br|hr|path|rect)$/

/** Open tags that are not closed in their order. */
function unbalanced(markup: string): string[] {
  const stack: string[] = []
  const faults: string[] = []
  for (const [, closing, name = '', selfClosing] of markup.matchAll(
    /<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|[^">])*?(\/?)>/g,
  )) {
    if (!closing && !selfClosing && !voids.test(name)) stack.push(name)
    if (closing) {
      const last = stack.pop()
      if (last !== name) faults.push(`${last} closed by ${name}`)
    }
  }
  return [...faults, ...stack]
}

describe('every page, in every language', () => {
  for (const [name, sample] of Object.entries(samplePages())) {
    test(`${name} is well formed`, () => {
      for (const language of languages) {
        const markup = documentOf(language, sample(contextIn(language)))
        assert.match(markup, new RegExp(`<html lang="${language}" dir="${directionOf(language)}">`))
        assert.equal(all(markup, /<(h1)[ >]/g).length, 1, 'one h1')
        assert.deepEqual(unbalanced(markup.replace(/<script>.*?<\/script>/s, '')), [])
        const headings = all(markup, /<h([1-6])[ >]/g).map(Number)
        assert.ok(
          headings.every((level, index) => level <= (headings[index - 1] ?? 0) + 1),
          'no heading level is skipped',
        )
        const ids = all(markup, / id="([^"]*)"/g)
        assert.equal(new Set(ids).size, ids.length, 'ids are unique')
        const named = all(markup, / (?:aria-describedby|aria-labelledby|for)="([^"]*)"/g).flatMap((list) =>
          list.split(' '),
        )
        assert.deepEqual(
          named.filter((id) => !ids.includes(id)),
          [],
          'what is referred to exists',
        )
        assert.doesNotMatch(markup, /undefined|\[object|style="|onclick|javascript:/)
        assert.doesNotMatch(markup, /(src|<link[^>]*href)="https?:/, 'nothing is loaded from elsewhere')
      }
    })
  }
})

describe('the provider page', () => {
  test('R003: each usable provider is one button of one form, with the verifier', () => {
    const markup = documentOf('fr', choosePage(sampleChoice('fr'), contextIn('fr')))
    const [form = ''] = all(markup, /(<form method="post" action="\/login\/sample\/choose">.*?<\/form>)/gs)
    assert.deepEqual(
      all(form, /<button class="tile" name="provider" value="([^"]*)">/g),
      sampleTiles('fr').map(({ provider }) => provider),
    )
    assert.match(form, /<input type="hidden" name="verifier" value="sample">/)
  })

  const reasons = {
    suspended: 'Ce compte est suspendu pour le moment.',
    down: 'Ce compte ne répond pas en ce moment.',
    level_too_low: 'Ce compte n’atteint pas le niveau de garantie que ce service demande.',
    suspicious_context: 'Par précaution, il faut un compte d’un niveau plus élevé.',
    blocked: 'Vous avez bloqué ce compte dans votre espace.',
    other_population: 'Ce service est destiné aux particuliers : un compte professionnel n’y donne pas accès.',
    transition_ended: 'Cette façon de se connecter était acceptée pour un temps. Ce temps est terminé.',
    homologation_ended: 'Son accord est arrivé à son terme et n’a pas été renouvelé.',
    homologation_missing: 'Ce service n’a pas donné son accord à cette façon de se connecter.',
    certificate_ended: 'Le certificat de sécurité de cette façon de se connecter n’est plus valable.',
    not_recognised: 'cette façon de se connecter n’est pas reconnue pour cela.',
    means_ended: 'Cette façon de se connecter n’est pas valable aujourd’hui',
    password_alone: 'Ce service n’accepte pas un mot de passe seul.',
    password_remote: 'Depuis le réseau où vous êtes, un mot de passe seul n’est pas accepté.',
    second_factor: 'Ce service demande deux preuves différentes',
    sensitive_minimum: 'il demande désormais au moins le niveau de garantie substantiel.',
  } as const satisfies Record<Obstacle, string>
  for (const [obstacle, reason] of Object.entries(reasons)) {
    test(`R004, R008: ${obstacle}: greyed, reachable, with its reason and what remains`, () => {
      const tiles = sampleTiles('fr', { bank: obstacle as keyof typeof reasons })
      const markup = documentOf('fr', choosePage(sampleChoice('fr', { tiles }), contextIn('fr')))
      const [tile = ''] = all(markup, /(<li><button class="tile greyed".*?<\/li>)/gs)
      assert.match(
        tile,
        /type="button" value="bank" aria-disabled="true" aria-describedby="why-bank(?: instead)?" title="Non disponible"/,
      )
      assert.doesNotMatch(tile, / disabled| name="provider"/)
      assert.match(textOf(tile), /Ma banque .* Non disponible/)
      assert.ok(textOf(tile).includes(reason), textOf(tile))
      assert.match(
        textOf(markup),
        /À la place, vous pouvez utiliser : Espace fiscal, Assurance santé.* ou Carte à puce\./,
      )
    })
  }

  test('R008: a suspension speaks in its own words', () => {
    const tiles = sampleTiles('en', { bank: 'suspended' }).map((tile) =>
      tile.provider === 'bank' ? { ...tile, reason: 'Maintenance until noon.' } : tile,
    )
    const text = textOf(documentOf('en', choosePage(sampleChoice('en', { tiles }), contextIn('en'))))
    assert.match(text, /Maintenance until noon\./)
    assert.doesNotMatch(text, /This account is suspended/)
  })

  test('R004: an account that works badly says so before the person goes there, and can be used', () => {
    const tiles = sampleTiles('en').map((tile) =>
      tile.provider === 'bank'
        ? { ...tile, tile: { provider: 'bank', state: 'usable' as const, degraded: true as const } }
        : tile,
    )
    const markup = documentOf('en', choosePage(sampleChoice('en', { tiles }), contextIn('en')))
    const [tile = ''] = all(markup, /(<button class="tile" name="provider" value="bank">.*?<\/button>)/gs)
    assert.match(textOf(tile), /Works badly at the moment: signing in may fail/)
    assert.equal(all(markup, /(Works badly)/g).length, 1)
  })

  test('R008: many alternatives are named in part, and counted', () => {
    const said = (usable: number) => {
      const tiles = [
        ...sampleTiles('en', { bank: 'suspended' }).filter((tile) => tile.provider === 'bank'),
        ...manyTiles('en').slice(0, usable),
      ]
      const [text = ''] = all(
        documentOf('en', choosePage(sampleChoice('en', { tiles }), contextIn('en'))),
        /<p id="instead">(.*?)<\/p>/g,
      )
      return text
    }
    assert.equal(said(2), 'Instead, you can use: Tax account 1 or Health insurance 1.')
    assert.match(said(9), /^Instead, you can use: (?:[^,]+, ){7}[^,]+ or Tax account 2\.$/)
    assert.match(said(30), /^Instead, you can use: (?:[^,]+, ){7}[^,]+ or one of the 22 other accounts of this page\.$/)
  })

  test('R008: what happened to the account that was pressed, with its reason and its return', () => {
    const page = samplePages()['choose-missed']?.(contextIn('en'))
    assert.ok(page)
    const text = textOf(documentOf('en', page))
    assert.match(
      text,
      /Postal identity is no longer available Suspended during a security check\. Expected back: 22 November 2026/,
    )
    assert.match(text, /State of the accounts: 22 November 2026 at 10:42/)
  })

  test('a refusal says why and what to do: two proofs where they help, another account where nothing else does', () => {
    const said = (kind: 'means_refused' | 'session_refused', obstacle: MeansObstacle) =>
      textOf(
        documentOf(
          'en',
          choosePage(sampleChoice('en', { notice: { kind, provider: 'My bank', obstacle } }), contextIn('en')),
        ),
      )
    assert.match(said('means_refused', 'second_factor'), /asks for two different proofs.*Try again with two proofs/)
    assert.match(
      said('means_refused', 'transition_ended'),
      /That time is over\. Nothing was sent.*Choose another account\./,
    )
    assert.match(said('session_refused', 'password_alone'), /You are signed in with My bank.*Sign in with two proofs/)
    assert.match(
      said('session_refused', 'other_population'),
      /private individuals.*it takes the place of the one you are signed in with/,
    )
  })

  test('R011: the way back to the service is on every page of a login', () => {
    for (const name of ['choose', 'choose-greyed', 'choose-none', 'choose-many', 'choose-joining', 'inform', 'join']) {
      const markup = documentOf('fr', samplePages()[name]?.(contextIn('fr')) ?? assert.fail(name))
      assert.match(markup, /action="\/login\/sample\/cancel"/, name)
      assert.match(textOf(markup), /(R|r)evenir à Remboursements de santé/, name)
    }
  })

  test('nobody usable: it says so, and offers no empty choice', () => {
    const text = textOf(documentOf('en', samplePages()['choose-none']?.(contextIn('en')) ?? assert.fail()))
    assert.match(text, /No account can be used for this service at the moment/)
    assert.doesNotMatch(text, /Choose an account that you already have|Instead, you can use/)
  })

  test('thirteen tiles can be searched, twelve cannot; accents and capitals do not matter', () => {
    const shown = (count: number, filter?: string) =>
      documentOf(
        'fr',
        choosePage(
          sampleChoice('fr', { tiles: manyTiles('fr').slice(0, count), ...(filter ? { filter } : {}) }),
          contextIn('fr'),
        ),
      )
    assert.doesNotMatch(shown(12), /role="search"/)
    assert.match(shown(13), /<form class="filter" method="get" action="\/login\/sample" role="search">/)
    const found = shown(40, 'ASSURANCE SANTE 2')
    assert.deepEqual(all(found, /name="provider" value="([^"]*)"/g), ['health-1'])
    assert.match(textOf(found), /1 compte correspond à « ASSURANCE SANTE 2 »/)
    assert.match(
      found,
      /href="\/login\/sample\?q=ASSURANCE%20SANTE%202&amp;lang=ar"/,
      'the language switch keeps the search',
    )
    assert.match(textOf(shown(40, 'zzz')), /Aucun compte ne correspond/)
  })

  test('what partners and strangers write is text', () => {
    const hostile = '"><script>alert(1)</script>\'&'
    const tiles = sampleTiles('fr', { bank: 'suspended' }).map((tile) => ({
      ...tile,
      name: hostile,
      hint: hostile,
      reason: hostile,
      logo: '/logos/a"onerror="x',
    }))
    const view = sampleChoice('fr', {
      tiles: [...tiles, ...manyTiles('fr')],
      filter: hostile,
      service: { name: hostile, purpose: hostile },
      notice: { kind: 'silent', provider: hostile },
      verifier: hostile,
    })
    const markup = documentOf('fr', choosePage(view, contextIn('fr')))
    assert.equal(all(markup, /(<script)/g).length, 1, 'our own')
    assert.doesNotMatch(markup, /alert\(1\)<\/script>|"onerror|value="">/)
    assert.deepEqual(unbalanced(markup.replace(/<script>.*?<\/script>/s, '')), [])
  })
})

describe('the information page', () => {
  const view = {
    flow: 'f1',
    verifier: 'v',
    service: { name: 'Santé' },
    provider: 'Identité postale',
    level: 'eidas2' as const,
    reused: false,
  } satisfies Omit<InformView, 'data'>
  const shown = (data: { claim: string; value: string }[], language: Language = 'fr') =>
    documentOf(language, informPage({ ...view, data }, contextIn(language)))

  test('R019: it shows value by value what goes, and nothing is sent before the person goes on', () => {
    const markup = shown([
      { claim: 'given_name', value: 'Angela <Claire>' },
      { claim: 'birthdate', value: '1962-08-24' },
      { claim: 'gender', value: 'female' },
      { claim: 'preferred_username', value: '' },
      { claim: 'SubjectRole', value: '10' },
    ])
    const values = all(markup, /<dd>(.*?)<\/dd>/gs).map((value) => textOf(value).trim())
    assert.deepEqual(values, ['Angela &lt;Claire&gt;', '24 août 1962', 'Féminin', 'Non renseigné', '10'])
    const buttons = all(markup, /<button[^>]*>(.*?)<\/button>/gs)
    assert.deepEqual(
      buttons.map((button) => button.replaceAll('\u00a0', ' ')),
      ['Continuer vers Santé', 'Non, revenir à Santé sans rien transmettre'],
    )
    assert.match(markup, /<form class="decision" method="post" action="\/login\/f1\/inform">/)
    assert.match(markup, /formaction="\/login\/f1\/cancel"/)
  })

  test('R020: a professional reads that the national identifier and the professional name go', () => {
    const data = [
      { claim: 'family_name', value: 'VERMEIL' },
      { claim: 'preferred_username', value: '899700366240' },
    ]
    const labels = (professional: boolean) => {
      const page = informPage({ ...view, data, professional }, contextIn('fr'))
      return all(documentOf('fr', page), /<dt>(.*?)<\/dt>/gs)
    }
    assert.deepEqual(labels(true), ['Nom d’exercice', 'Identifiant national de professionnel'])
    assert.deepEqual(labels(false), ['Nom de naissance', 'Nom d’usage'])
  })

  test('where somebody was born is shown by name, with the code that goes; by the code alone where it has no name', () => {
    const place = (claim: 'birthplace' | 'birthcountry', value: string, language: Language = 'fr') =>
      textOf(all(shown([{ claim, value }], language), /<dd>(.*?)<\/dd>/gs)[0] ?? '').trim()
    assert.equal(place('birthplace', '29103'), 'Landerneau (29103)')
    assert.equal(place('birthcountry', '99350'), 'Maroc (99350)')
    assert.equal(place('birthcountry', '99350', 'en'), 'Morocco (99350)')
    assert.equal(place('birthcountry', '99350', 'ar'), 'المغرب (99350)')
    assert.equal(place('birthplace', '91999'), 'code officiel 91999')
    assert.equal(place('birthcountry', '99115', 'en'), 'official code 99115')
  })

  test('a birth date is written as its reader writes dates, for each who was born on a day', () => {
    for (const language of languages) {
      const date = (value: string) =>
        textOf(all(shown([{ claim: 'birthdate', value }], language), /<dd>(.*?)<\/dd>/gs)[0] ?? '').trim()
      const { format } = new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone: 'UTC' })
      for (const value of ['1999-12-31', '1960-02-29', '1970-03-01', '1980-02-29', '1950-12-31', '2001-01-01']) {
        assert.equal(date(value), format(new Date(value)), value)
      }
    }
  })

  test('a presumed birth date shows only what is known', () => {
    const date = (value: string) =>
      textOf(all(shown([{ claim: 'birthdate', value }]), /<dd>(.*?)<\/dd>/gs)[0] ?? '').trim()
    assert.equal(date('1950-00-00'), '1950 (jour ou mois non connu)')
    assert.equal(date('1950-03-00'), 'mars 1950 (jour ou mois non connu)')
    assert.equal(date('not a date'), 'not a date')
  })
})

describe('what a browser loads', () => {
  let gallery: Awaited<ReturnType<typeof startGallery>>
  before(async () => {
    gallery = await startGallery()
  })
  after(() => gallery.close())

  test('the provider page weighs less than 60 kB in all, uncompressed', async () => {
    const weight = async (path: string) =>
      (await (await fetch(gallery.origin + path, { headers: { 'accept-encoding': 'identity' } })).arrayBuffer())
        .byteLength
    for (const page of ['choose', 'choose-greyed']) {
      const markup = await (await fetch(`${gallery.origin}/gallery/${page}?lang=ar`)).text()
      const parts = new Set(all(markup, /<(?:link|img)[^>]* (?:href|src)="([^"]*)"/g))
      assert.ok(parts.size >= 10, 'style, icon and a logo for each tile')
      const weights = await Promise.all([...parts].map(weight))
      const total = Buffer.byteLength(markup) + weights.reduce((sum, one) => sum + one, 0)
      assert.ok(total < 60_000, `${page}: ${total} bytes`)
    }
  })

  test('its form posts what the server reads', async () => {
    const response = await fetch(gallery.origin + loginPaths.choose('sample'), {
      method: 'POST',
      body: new URLSearchParams({ verifier: 'sample', provider: 'post' }),
      headers: { origin: gallery.origin },
    })
    assert.deepEqual(await response.json(), { step: 'choose', form: { verifier: 'sample', provider: 'post' } })
  })
})
