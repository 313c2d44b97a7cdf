/**
 * The status page with sample views, and banners above it, on a real server, to be looked at and measured:
 *
 *     node test/support/notices-gallery.ts [port]
 */
import { createWeb, type RequestContext, type Web } from '../../src/http/http.ts'
import { createLog } from '../../src/http/log.ts'
import { registerPublicPages } from '../../src/http/routes.ts'
import { day, hour, minute } from '../../src/kernel/durations.ts'
import { inEachLanguage, type Language, type Translated } from '../../src/kernel/languages.ts'
import { loginMessages } from '../../src/login/messages.ts'
import { choosePage } from '../../src/login/pages.ts'
import type { Banner } from '../../src/notices/banners.ts'
import { inOneOrder, monthsUpTo } from '../../src/notices/history.ts'
import { statusMessages } from '../../src/notices/messages.ts'
import { historyPage, type StatusView, statusPage } from '../../src/notices/pages.ts'
import type { ProviderStatus } from '../../src/notices/status.ts'
import type { Incident } from '../../src/partners/health.ts'
import type { Provider } from '../../src/partners/partners.ts'
import type { Suspension } from '../../src/partners/suspensions.ts'
import type { Health, HealthReason } from '../../src/policy/breaker.ts'
import { createTestClock, testStart } from './clock.ts'
import { manyTiles, sampleChoice, sampleLogo, sampleTiles } from './page-gallery.ts'
import { freePort } from './ports.ts'

const now = testStart
const timeZone = 'Europe/Paris'
const actor = { kind: 'command' } as const

const reason: Translated = {
  fr: 'Suspendu par précaution, le temps d’une vérification de sécurité. Vos données ne sont pas en cause.',
  en: 'Suspended as a precaution, during a security check. Your data are not concerned.',
  ar: 'معلّق احتياطًا ريثما يتم فحص أمني. بياناتك غير معنية.',
}
const works: Translated = {
  fr: 'Travaux annuels sur les serveurs.',
  en: 'Yearly works on the servers.',
  ar: 'أعمال سنوية على الخوادم.',
}
const note: Translated = {
  fr: 'Le fournisseur a trouvé la cause, une panne électrique, et prévoit un retour dans l’après-midi.',
  en: 'The provider has found the cause, a power cut, and expects to be back in the afternoon.',
  ar: 'وجد المزوّد السبب، وهو انقطاع كهربائي، ويتوقع العودة بعد الظهر.',
}

const serviceNames: Record<string, Translated> = {
  justice: { fr: 'Justice en ligne', en: 'Justice online', ar: 'العدالة على الإنترنت' },
  refunds: { fr: 'Remboursements de santé', en: 'Health refunds', ar: 'تعويضات الصحة' },
}

function suspension(provider: string, changes: Partial<Suspension> = {}): Suspension {
  return {
    id: `sus_${provider}`,
    provider,
    services: 'all',
    category: 'security',
    reason,
    author: actor,
    since: now - 2 * day,
    changedAt: now - 2 * day,
    sessions: 'kept',
    ...changes,
  }
}

function provider(id: string, names: Translated, suspensions: Suspension[]): Provider {
  return {
    id,
    partner: 'town',
    name: names,
    state: { kind: 'active', number: suspensions.length, suspensions },
    connector: { kind: 'own_means', accepts: [] },
    allowedLevels: ['eidas1', 'eidas2'],
    population: 'citizens',
    ...(suspensions.length > 0 ? { helpUrl: 'https://help.example/' } : {}),
  }
}

interface Trouble {
  health?: Health
  reasons?: HealthReason[]
  /** The first one speaks for the whole, unless `partial`. */
  suspensions?: Suspension[]
  partial?: boolean
  incident?: Incident
}

function rows(tiles: (language: Language) => { provider: string; name: string }[], troubles: Record<string, Trouble>) {
  const named = inEachLanguage(tiles)
  return named.fr.map(({ provider: id }, index): ProviderStatus => {
    const { health = 'up', reasons = [], suspensions = [], partial = false, incident } = troubles[id] ?? {}
    const names = inEachLanguage((language) => named[language][index]?.name ?? id)
    const [first] = suspensions.filter(({ since }) => since <= now)
    return {
      provider: provider(id, names, suspensions),
      state: first && !partial ? 'suspended' : 'active',
      ...(first && !partial ? { suspension: first } : {}),
      observed: { health, reasons, ...(health === 'up' ? {} : { since: now - 40 * minute }) },
      ...(incident ? { incident } : {}),
    }
  })
}

const incident = (id: string, changes: Partial<Incident> = {}): Incident => ({
  id: `inc_${id}`,
  provider: 'post',
  health: 'down',
  reasons: ['unreachable'],
  openedAt: now - 40 * minute,
  ...changes,
})

const incidents: Incident[] = [
  incident('open', { note: { text: note, author: actor, at: now } }),
  incident('slow', {
    provider: 'bank',
    health: 'degraded',
    reasons: ['slow'],
    openedAt: now - 3 * day,
    closedAt: now - 3 * day + hour,
  }),
  incident('old', {
    provider: 'tax',
    reasons: ['out_of_order', 'sign_ins_fail'],
    openedAt: now - 9 * day,
    closedAt: now - 8 * day,
  }),
]

const happenings = inOneOrder(incidents, [
  {
    suspension: suspension('tax', { since: now - 5 * day, category: 'maintenance', reason: works }),
    end: now - 5 * day + 3 * hour,
  },
  {
    suspension: suspension('bank', { id: 'sus_part', services: ['justice'], since: now - 12 * day }),
    end: now - 11 * day,
  },
])

const banner = (id: string, kind: Banner['kind'], text: Translated, changes: Partial<Banner> = {}): Banner => ({
  id: `ban_${id}`,
  number: 1,
  kind,
  text,
  services: 'all',
  since: now - hour,
  until: now + day,
  author: actor,
  publishedAt: now,
  changedBy: actor,
  changedAt: now,
  ...changes,
})

const banners = [
  banner('phishing', 'phishing', {
    fr: 'De faux SMS annoncent un remboursement et demandent votre numéro de carte. Ils ne viennent pas de nous. Ne répondez pas, et prévenez votre banque si vous avez déjà répondu.',
    en: 'False text messages announce a refund and ask for your card number. They are not from us. Do not answer, and tell your bank if you already did.',
    ar: 'تعلن رسائل قصيرة كاذبة عن تعويض وتطلب رقم بطاقتك. ليست منا. لا ترد عليها، وأبلغ مصرفك إن كنت قد رددت.',
  }),
  banner('works', 'maintenance', {
    fr: 'La connexion sera interrompue le samedi 28 novembre de 22 h à minuit.',
    en: 'Signing in will be interrupted on Saturday 28 November from 10 pm to midnight.',
    ar: 'سينقطع تسجيل الدخول يوم السبت 28 نوفمبر من الساعة 22 إلى منتصف الليل.',
  }),
  banner('news', 'information', {
    fr: 'Les guichets de la préfecture aident à installer l’application, sans rendez-vous.',
    en: 'The desks of the prefecture help to install the app, without an appointment.',
    ar: 'تساعد شبابيك المحافظة على تثبيت التطبيق دون موعد.',
  }),
]

const view = (providers: ProviderStatus[], changes: Partial<StatusView> = {}): StatusView => ({
  status: { at: now - 3_000, isOld: false, isCutOff: false, providers },
  now,
  timeZone,
  serviceName: (id) => serviceNames[id],
  providerName: (id) => providers.find((row) => row.provider.id === id)?.provider.name,
  banners: [],
  happenings: [],
  statements: [],
  ...changes,
})

const troubles: Record<string, Trouble> = {
  bank: { suspensions: [suspension('bank')], health: 'degraded', reasons: ['slow'] },
  tax: {
    suspensions: [
      suspension('tax', { services: ['justice', 'refunds'], above: 'eidas1', category: 'other', until: now + day }),
      suspension('tax', {
        id: 'sus_later',
        category: 'maintenance',
        reason: works,
        since: now + 6 * day,
        until: now + 6 * day + 2 * hour,
      }),
    ],
    partial: true,
  },
  post: { health: 'down', reasons: ['unreachable'], incident: incidents[0] as Incident },
  consulate: { health: 'degraded', reasons: ['slow', 'sign_ins_fail'] },
}

const many = (language: Language) =>
  [...manyTiles(language), ...sampleTiles(language), ...manyTiles(language).slice(0, 12)].map((tile, index) => ({
    provider: `${tile.provider}-${index}`,
    name: `${tile.name} (${index + 1})`,
  }))

const someOf: Trouble[] = [
  { suspensions: [suspension('x')] },
  { health: 'down', reasons: ['out_of_order'] },
  { health: 'degraded', reasons: ['slow'] },
]
const manyTroubles = Object.fromEntries(
  many('fr').flatMap(({ provider: id }, index) => (index % 9 === 0 ? [[id, someOf[(index / 9) % 3] as Trouble]] : [])),
)
const allDown = Object.fromEntries(
  sampleTiles('fr').map(({ provider: id }) => [id, { health: 'down', reasons: ['unreachable'] }]),
) as Record<string, Trouble>

type Sample = (context: RequestContext) => ReturnType<typeof statusPage>

const months = monthsUpTo(now, timeZone)
const past = (changes: object): Sample => {
  const { serviceName, providerName } = view(rows(sampleTiles, troubles))
  const some = {
    timeZone,
    serviceName,
    providerName,
    month: months[1] as string,
    months,
    happenings,
    isCut: false,
    page: 1,
    pages: 1,
  }
  return (context) => historyPage({ ...some, ...changes }, context)
}

/** The pages by the name of their address in the gallery. */
export const statusSamples: Record<string, Sample> = {
  'status-empty': (context) => statusPage(view([]), context),
  'status-fine': (context) => statusPage(view(rows(sampleTiles, {})), context),
  'status-trouble': (context) =>
    statusPage(
      view(rows(sampleTiles, troubles), {
        happenings,
        banners: [banner('some', 'phishing', works, { services: ['justice'] })],
      }),
      context,
    ),
  'status-old': (context) =>
    statusPage(
      {
        ...view(rows(sampleTiles, troubles)),
        status: { at: now - hour, isOld: true, isCutOff: false, providers: rows(sampleTiles, troubles) },
      },
      context,
    ),
  'status-down': (context) => statusPage(view(rows(sampleTiles, allDown)), context),
  'status-many': (context) => statusPage(view(rows(many, manyTroubles)), context),
  'choose-trouble': (context) => choosePage(sampleChoice(context.language), context),
  'history-some': past({}),
  'history-pages': past({ isCut: true, page: 2, pages: 20 }),
  'history-empty': past({ happenings: [] }),
  'history-unreadable': past({ happenings: undefined }),
}

/** A web on a free port (or the given one), with three banners above the pages of trouble and none above the others. */
export async function startNoticesGallery(port = 0): Promise<{ web: Web; origin: string; close: () => Promise<void> }> {
  const chosen = port || (await freePort())
  const origin = `http://localhost:${chosen}`
  const web = await createWeb({
    issuer: origin,
    name: 'Garant',
    support: 'https://garant.example/aide',
    key: Buffer.alloc(32, 3),
    trustedProxies: [],
    clock: createTestClock(),
    log: createLog({ level: 'error' }),
    messages: [loginMessages, statusMessages],
    announcements: (service) => (service === 'announced' ? banners : []),
  })
  registerPublicPages(web, {
    issuer: origin,
    name: 'Garant',
    security: { contact: ['securite@garant.example'], acknowledgementDays: 2, expires: '2027-06-30T00:00:00Z' },
    accountPath: '/means',
  })
  web.app.get<{ Params: { file: string } }>('/sample-logos/:file', { config: { access: 'public' } }, (request, reply) =>
    web.picture(reply, sampleLogo(Number.parseInt(request.params.file, 10))),
  )
  web.app.get<{ Params: { page: string } }>('/gallery/:page', { config: { access: 'public' } }, (request, reply) => {
    const { page: name } = request.params
    const sample = statusSamples[name]
    if (!sample) return web.error(request, reply, { error: 'not_found' })
    const context = web.prefer(request, [], name.includes('trouble') ? 'announced' : undefined)
    return web.page(request, reply, { ...sample(context), here: `/gallery/${name}` })
  })
  await web.app.listen({ port: chosen, host: 'localhost' })
  return { web, origin, close: () => web.app.close() }
}

if (import.meta.main) {
  const { origin } = await startNoticesGallery(Number(process.argv[2] ?? 0))
  for (const name of Object.keys(statusSamples)) console.log(`${origin}/gallery/${name}`)
}
