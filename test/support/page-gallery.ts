/**
 * Every page of the product with sample views, on a real server, to be looked at and measured:
 *
 *     node test/support/page-gallery.ts [port]
 */

import { cardMessages } from '../../src/cards/messages.ts'
import { type BadgeView, badgePage } from '../../src/cards/pages.ts'
import { errorMessages } from '../../src/http/errors-messages.ts'
import { errorPage } from '../../src/http/failures.ts'
import { createWeb, type Page, type RequestContext, type Web } from '../../src/http/http.ts'
import { createLog } from '../../src/http/log.ts'
import { createTranslator } from '../../src/http/messages.ts'
import { pageMessages } from '../../src/http/page-messages.ts'
import { registerPublicPages } from '../../src/http/routes.ts'
import type { Level } from '../../src/kernel/assurance.ts'
import { catalogue, type ErrorName } from '../../src/kernel/errors.ts'
import { inEachLanguage, type Language } from '../../src/kernel/languages.ts'
import { abroadMessages } from '../../src/login/abroad-messages.ts'
import { closedPage } from '../../src/login/abroad-pages.ts'
import type { Candidate } from '../../src/login/acting.ts'
import { actingMessages } from '../../src/login/acting-messages.ts'
import { nobodyPage, type PrincipalView, principalPage } from '../../src/login/acting-pages.ts'
import { loginMessages } from '../../src/login/messages.ts'
import {
  type ChooseView,
  choosePage,
  informPage,
  joinPage,
  loggedOutPage,
  loginPaths,
  logoutPage,
  type TileView,
} from '../../src/login/pages.ts'
import { meansPageMessages } from '../../src/means/page-messages.ts'
import type { Obstacle } from '../../src/policy/choice.ts'
import { createTestClock } from './clock.ts'
import { freePort } from './ports.ts'

type Say = (fr: string, en: string, ar: string) => string

const sayIn =
  (language: Language): Say =>
  (fr, en, ar) =>
    ({ fr, en, ar })[language]

const logoColours = ['#1f4e79', '#a33b2e', '#2e6b4f', '#6a4c93', '#b3701c', '#0f6674', '#4a4e57', '#8c2f5c']

/** A square picture such as a provider would give: its initial on its colour. */
export function sampleLogo(index: number): string {
  const colour = logoColours[index % logoColours.length]
  const shapes = [
    '<path d="M12 34V20l12-8 12 8v14z" fill="#fff"/>',
    '<path d="M24 11v26M11 24h26" stroke="#fff" stroke-width="8"/>',
    '<path d="M10 15h28v18H10zm0 0 14 11 14-11" fill="none" stroke="#fff" stroke-width="3"/>',
    '<circle cx="24" cy="24" r="12" fill="none" stroke="#fff" stroke-width="5"/>',
    '<path d="M12 36V22m8 14V14m8 22V22m8 14V12" stroke="#fff" stroke-width="5"/>',
    '<path d="M11 30c8-14 18-14 26 0zm13-14v-5" fill="#fff" stroke="#fff" stroke-width="3"/>',
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="9" fill="${colour}"/>${shapes[index % shapes.length]}</svg>`
}

export function sampleTiles(language: Language, obstacles: Record<string, Obstacle> = {}): TileView[] {
  const say = sayIn(language)
  const providers: [string, string, string, Level][] = [
    [
      'tax',
      say('Espace fiscal', 'Tax account', 'الحساب الضريبي'),
      say('Avec votre numéro fiscal', 'With your tax number', 'برقمك الضريبي'),
      'eidas1',
    ],
    [
      'health',
      say('Assurance santé', 'Health insurance', 'التأمين الصحي'),
      say('Avec votre numéro d’assuré', 'With your insurance number', 'برقم التأمين'),
      'eidas1',
    ],
    [
      'post',
      say('Identité postale', 'Postal identity', 'الهوية البريدية'),
      say('Avec l’application sur votre téléphone', 'With the app on your phone', 'عبر التطبيق على هاتفك'),
      'eidas2',
    ],
    [
      'care',
      say('Carte des soignants', 'Health professionals', 'بطاقة مهنيي الصحة'),
      say('Professionnels de santé', 'For health professionals', 'لمهنيي الصحة'),
      'eidas2',
    ],
    [
      'bank',
      say('Ma banque', 'My bank', 'مصرفي'),
      say('Avec vos codes bancaires', 'With your banking codes', 'برموزك المصرفية'),
      'eidas1',
    ],
    [
      'consulate',
      say('Identité consulaire', 'Consular identity', 'الهوية القنصلية'),
      say('Résidents nés à l’étranger', 'Residents born abroad', 'المقيمون المولودون في الخارج'),
      'eidas2',
    ],
    [
      'phone',
      say('e-Identité', 'e-ID', 'الهوية الإلكترونية'),
      say('L’application de votre carte d’identité', 'The app of your identity card', 'تطبيق بطاقة هويتك'),
      'eidas3',
    ],
    [
      'card',
      say('Carte à puce', 'Smart card', 'البطاقة الذكية'),
      say('Avec un lecteur', 'With a reader', 'مع قارئ بطاقات'),
      'eidas3',
    ],
  ]
  return providers.map(([provider, name, hint, level], index) => {
    const obstacle = obstacles[provider]
    return {
      provider,
      name,
      hint,
      level,
      logo: `/sample-logos/${index}.svg`,
      tile: obstacle ? { provider, state: 'greyed', obstacle } : { provider, state: 'usable' },
      ...(obstacle ? { obstacle } : {}),
    }
  })
}

/** As many tiles as a country has providers. */
export function manyTiles(language: Language): TileView[] {
  return Array.from({ length: 5 }, (_, copy) =>
    sampleTiles(language).map((tile) => ({
      ...tile,
      provider: `${tile.provider}-${copy}`,
      name: `${tile.name} ${copy + 1}`,
    })),
  ).flat()
}

const flow = 'sample'
const support = 'https://garant.example/aide'
const helpUrl = 'https://post.example/help'
const translate = createTranslator(pageMessages, errorMessages, loginMessages)

export function sampleChoice(language: Language, changes: Partial<ChooseView> = {}): ChooseView {
  const say = sayIn(language)
  return {
    flow,
    verifier: 'sample',
    service: {
      name: say('Remboursements de santé', 'Health refunds', 'تعويضات الصحة'),
      purpose: say(
        'Suivez vos soins et vos remboursements.',
        'Follow your care and your refunds.',
        'تابع علاجاتك وتعويضاتك.',
      ),
    },
    required: 'eidas1',
    tiles: sampleTiles(language),
    known: {
      iso: '2026-11-22T09:42:00.000Z',
      text: say('22 novembre 2026 à 10:42', '22 November 2026 at 10:42', '22 نوفمبر 2026 في 10:42'),
    },
    ...changes,
  }
}

type Sample = (context: RequestContext) => Page

/** Names as registers have them: of another script, without a blank, longer than a line. */
const registered = [
  'Société coopérative agricole des producteurs d’agrumes du Bas-Loukkos et de la vallée inférieure du Sebou réunis',
  'شركة الأطلس للنقل والخدمات اللوجستية',
  'IndustrialComponentsManufacturingAndDistributionCorporation',
]

function sampleCandidate(index: number, changes: Partial<Candidate> = {}): Candidate {
  const subject = `ice:${String(index).padStart(15, '0')}`
  return {
    key: `employee.${index}`,
    organisation: { subject, name: registered[index] ?? `Atlas ${index}`, identifiers: {} },
    capacity: 'employee',
    firm: { subject, name: 'Cabinet Amrani-Delorme', identifiers: {} },
    actions: ['read', 'prepare', 'submit', 'pay'],
    until: Date.UTC(2026, 10, 23, 12),
    ...changes,
  }
}

function samplePrincipals(service: PrincipalView['service'], changes: Partial<PrincipalView> = {}): PrincipalView {
  const outOfReach = sampleCandidate(4, { needs: 'eidas3', actions: [] })
  const entries = [
    ...[0, 1, 2].map((index) => sampleCandidate(index)),
    sampleCandidate(3, { needs: 'two_factors', actions: [] }),
    outOfReach,
    sampleCandidate(5, { closed: 'remote' }),
  ]
  return {
    ...{ flow, verifier: 'sample', service, outOfReach: new Set([outOfReach]), alone: true },
    candidates: { entries, recent: entries.slice(1, 3), proposed: sampleCandidate(0), next: 'next', total: 10_000 },
    ...{ search: '', after: '', lost: false, wanted: false, timeZone: 'Europe/Paris' },
    ...changes,
  }
}

/** The pages by the name of their address in the gallery. */
export function samplePages(): Record<string, Sample> {
  const view = (language: Language) => {
    const { service } = sampleChoice(language)
    const say = sayIn(language)
    return {
      flow,
      verifier: 'sample',
      service,
      provider: say('Identité postale', 'Postal identity', 'الهوية البريدية'),
    }
  }
  const choose = (changes: (language: Language) => Partial<ChooseView>): Sample => {
    return (context) => choosePage(sampleChoice(context.language, changes(context.language)), context)
  }
  const identity = [
    ['given_name', 'Angela Claire Louise'],
    ['family_name', 'DUBOIS'],
    ['birthdate', '1962-08-24'],
    ['gender', 'female'],
    ['birthplace', '75107'],
    ['birthcountry', '99100'],
    ['email', 'angela.dubois@example.org'],
    ['preferred_username', ''],
  ].map(([claim = '', value = '']) => ({ claim, value }))
  const errors = Object.fromEntries(
    (Object.keys(catalogue) as ErrorName[]).map((error) => [
      `error-${error}`,
      (context: RequestContext) =>
        errorPage(
          {
            error,
            reference: '3F9A-81C2-07BD',
            retry: { href: '/gallery/choose' },
            back: {
              href: 'https://sante.example/',
              label: inEachLanguage((language) =>
                translate(language)('choose.back', { service: view(language).service.name }),
              ),
            },
            ...(error.startsWith('provider_')
              ? { provider: { name: inEachLanguage((language) => view(language).provider), helpUrl } }
              : {}),
          },
          context,
          { origin: '', support },
        ),
    ]),
  )
  return {
    choose: choose(() => ({})),
    'choose-greyed': choose((language) => ({
      required: 'eidas2',
      tiles: sampleTiles(language, {
        tax: 'level_too_low',
        health: 'level_too_low',
        bank: 'suspended',
        care: 'down',
      }).map((tile) =>
        tile.provider === 'bank'
          ? {
              ...tile,
              reason: sayIn(language)(
                'Suspendu par précaution depuis le 20 novembre, le temps d’une vérification de sécurité.',
                'Suspended as a precaution since 20 November, during a security check.',
                'معلّق احتياطًا منذ 20 نوفمبر ريثما يتم فحص أمني.',
              ),
            }
          : tile,
      ),
      notice: { kind: 'cancelled', provider: sampleTiles(language)[2]?.name ?? '' },
    })),
    'choose-refused': choose((language) => ({
      notice: { kind: 'refused', provider: view(language).provider, helpUrl, code: 'G0207 · K7QX-2M4P-9TRC' },
    })),
    'choose-none': choose((language) => ({
      required: 'eidas3',
      tiles: sampleTiles(language, {
        tax: 'level_too_low',
        health: 'blocked',
        post: 'level_too_low',
        care: 'level_too_low',
        bank: 'suspicious_context',
        consulate: 'level_too_low',
        phone: 'down',
        card: 'suspended',
      }),
    })),
    'choose-missed': choose((language) => {
      const suspended = {
        reason: sayIn(language)(
          'Suspendu le temps d’une vérification de sécurité.',
          'Suspended during a security check.',
          'معلّق ريثما يتم فحص أمني.',
        ),
        until: {
          iso: '2026-11-22T11:00:00.000Z',
          text: sayIn(language)('22 novembre 2026 à 12:00', '22 November 2026 at 12:00', '22 نوفمبر 2026 في 12:00'),
        },
      }
      const provider = view(language).provider
      return {
        tiles: sampleTiles(language, { post: 'suspended' }).map((tile) => ({
          ...tile,
          ...(tile.provider === 'post' ? suspended : {}),
          ...(tile.provider === 'bank' ? { tile: { provider: 'bank', state: 'usable', degraded: true } } : {}),
        })),
        missed: 'post',
        notice: { kind: 'missed', provider, ...suspended },
      }
    }),
    'choose-sixty': choose((language) => ({
      tiles: manyTiles(language)
        .concat(
          manyTiles(language).map((tile) => ({ ...tile, provider: `more-${tile.provider}`, name: `${tile.name} bis` })),
        )
        .slice(0, 60)
        .map((tile, index) =>
          index % 20 === 7 ? { ...tile, tile: { provider: tile.provider, state: 'greyed', obstacle: 'down' } } : tile,
        ),
    })),
    'choose-policy': choose((language) => ({
      required: 'eidas2',
      service: { ...view(language).service, population: 'citizens' },
      tiles: sampleTiles(language, {
        tax: 'not_recognised',
        health: 'transition_ended',
        post: 'homologation_ended',
        care: 'other_population',
        bank: 'sensitive_minimum',
        consulate: 'certificate_ended',
      }),
      notice: {
        kind: 'means_refused',
        provider: sampleTiles(language)[6]?.name ?? '',
        obstacle: 'second_factor',
        code: 'G0216 · K7QX-2M4P-9TRC',
      },
    })),
    'choose-session-refused': choose((language) => ({
      service: { ...view(language).service, population: 'citizens' },
      tiles: sampleTiles(language, {
        care: 'other_population',
        tax: 'password_remote',
        health: 'password_alone',
        bank: 'means_ended',
        consulate: 'homologation_missing',
      }),
      notice: {
        kind: 'session_refused',
        provider: sampleTiles(language)[3]?.name ?? '',
        obstacle: 'other_population',
      },
    })),
    'choose-many': choose((language) => ({ tiles: manyTiles(language) })),
    'choose-filtered': choose((language) => ({ tiles: manyTiles(language), filter: 'e' })),
    'choose-joining': choose((language) => ({ joining: view(language).provider })),
    inform: (context) =>
      informPage({ ...view(context.language), helpUrl, level: 'eidas2', data: identity, reused: false }, context),
    'inform-reused': (context) =>
      informPage({ ...view(context.language), level: 'eidas1', data: identity.slice(2, 4), reused: true }, context),
    principals: (context) => principalPage(samplePrincipals(view(context.language).service), context),
    'principals-found': (context) =>
      principalPage(
        samplePrincipals(view(context.language).service, {
          search: 'atlas',
          candidates: { entries: [sampleCandidate(6)], recent: [], total: 1 },
        }),
        context,
      ),
    'principals-none': (context) =>
      nobodyPage(
        { ...view(context.language), code: 'G0601 · K7QX-2M4P-9TRC', back: '/gallery', again: '/gallery/choose' },
        context,
      ),
    'abroad-closed': (context) =>
      closedPage(
        {
          ...{ flow, ahead: 'closed', country: 'BR', trips: '/gallery', code: 'G0225 · K7QX-2M4P-9TRC' },
          geography: { allowed: ['FR', 'MA'], elsewhere: 'refuse', exempt: ['trusted_device', 'declared_trip'] },
          service: { ...view(context.language).service, homepage: 'https://sante.example/' },
          ...{ back: '/gallery', again: '/gallery/choose' },
        },
        context,
      ),
    join: (context) =>
      joinPage({ ...view(context.language), others: sampleTiles(context.language).slice(0, 4) }, context),
    logout: (context) => logoutPage({ verifier: 'sample', service: view(context.language).service.name }, context),
    badge: badge(),
    'badge-wrong': badge({ kind: 'wrong' }),
    'badge-too-often': badge({ kind: 'too_often', retryAfterSeconds: 90 }),
    'logged-out': (context) =>
      loggedOutPage({ back: { href: 'https://sante.example/', label: context.t('error.back') } }, context),
    ...errors,
  }
}

/** What the samples say, beside the sentences of every page. */
export const sampleMessages = [loginMessages, actingMessages, abroadMessages, cardMessages, meansPageMessages] as const

const badge =
  (fault?: NonNullable<BadgeView['fault']>) =>
  (context: RequestContext): Page => {
    const out = [{ href: '/login/sample', label: sayIn(context.language)('Autre moyen', 'Another way', 'طريقة أخرى') }]
    const view = { base: '/card/sample', verifier: 'sample', account: 'Garant', out, ...(fault ? { fault } : {}) }
    return badgePage(view, context)
  }

/** A web on a free port (or the given one) that serves the gallery under `/gallery/<page>`. */
export async function startGallery(port = 0): Promise<{ web: Web; origin: string; close: () => Promise<void> }> {
  // The port is part of the issuer, so it has to be known before.
  const chosen = port || (await freePort())
  const origin = `http://localhost:${chosen}`
  const web = await createWeb({
    issuer: origin,
    name: 'Garant',
    support,
    key: Buffer.alloc(32, 3),
    trustedProxies: [],
    clock: createTestClock(),
    log: createLog({ level: 'error' }),
    messages: [...sampleMessages],
  })
  registerPublicPages(web, {
    issuer: origin,
    name: 'Garant',
    security: { contact: ['securite@garant.example'], acknowledgementDays: 2, expires: '2027-06-30T00:00:00Z' },
    accountPath: '/means',
  })
  const pages = samplePages()
  const access = { config: { access: 'public' } } as const
  web.app.get<{ Params: { page: string } }>('/gallery/:page', access, (request, reply) => {
    const sample = pages[request.params.page]
    if (!sample) return web.error(request, reply, { error: 'not_found' })
    const page = sample(web.contextOf(request))
    return web.page(request, reply, { ...page, here: `/gallery/${request.params.page}` })
  })
  web.app.get('/gallery', access, (_request, reply) =>
    reply.type('text/html').send(
      `<ul>${Object.keys(pages)
        .map((name) => `<li><a href="/gallery/${name}">${name}</a>`)
        .join('')}</ul>`,
    ),
  )
  web.app.get<{ Params: { file: string } }>('/sample-logos/:file', access, (request, reply) =>
    web.picture(reply, sampleLogo(Number.parseInt(request.params.file, 10))),
  )
  web.app.get(loginPaths.flow(flow), access, (request, reply) =>
    reply.redirect(`/gallery/${(request.query as { q?: string }).q ? 'choose-filtered' : 'choose-many'}`),
  )
  web.app.post<{ Params: { step: string } }>(`${loginPaths.flow(flow)}/:step`, access, (request, reply) =>
    reply.send({ step: request.params.step, form: request.body }),
  )
  await web.app.listen({ port: chosen, host: 'localhost' })
  return { web, origin, close: () => web.app.close() }
}

if (import.meta.main) {
  const { origin } = await startGallery(Number(process.argv[2] ?? 0))
  console.log(`${origin}/gallery`)
}
