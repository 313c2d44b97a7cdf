/**
 * The six providers of the town, as data: how each looks, speaks, authenticates and signs. They differ on purpose, so
 * that together they take every road of a connector: each way to authenticate the hub, plain, signed and encrypted
 * answers, own words for levels, an authorization host apart from the issuer without standard discovery.
 */
import type { Level } from '../../src/kernel/assurance.ts'
import type { Translated } from '../../src/kernel/languages.ts'
import type { TokenEndpointAuth } from '../../src/partners/partners.ts'
import type { ProviderKey } from '../people.ts'
import type { Brand } from '../site.ts'

/**
 * What comes after the password. `code`: a code that a second device shows is typed, when the level asked needs it.
 * `approval`: the request is approved on the phone app, at every login.
 */
export type SecondStep =
  | { kind: 'none' }
  | { kind: 'code'; amr: 'sms' | 'otp'; device: Translated }
  | { kind: 'approval'; amr: 'swk'; device: Translated }

export interface ProviderDefinition {
  key: ProviderKey
  /** Its name at the hub. */
  id: string
  partner: { id: string; name: Translated }
  brand: Brand
  /** One line on the hub's page: who has such an account. */
  hint: Translated
  usernameLabel: Translated
  allowedLevels: Level[]
  /** Its own words for our levels. */
  acr: Partial<Record<Level, string>>
  secondStep: SecondStep
  population: 'citizens' | 'professionals'
  clientAuth: TokenEndpointAuth
  signingAlg: 'ES256' | 'RS256'
  userinfo: 'json' | 'jwt'
  encryption?: { alg: 'ECDH-ES'; enc: 'A256GCM' }
  /** Its own names for some claims, ours first. */
  claimNames?: Record<string, string>
  /** Its authorization endpoint is on the `wallet` host, and its discovery document is not where the standard says. */
  wallet: boolean
}

const mark = (colour: string, drawing: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="11" fill="${colour}"/>${drawing}</svg>`

const plain = { eidas1: 'eidas1', eidas2: 'eidas2' } as const

const colours = {
  tax: '#1c6b45',
  health: '#0a6a93',
  postal: '#9a4a00',
  soignants: '#4a3fb5',
  bank: '#18284f',
  consular: '#85203f',
} as const

/** The logos, drawn for this town: a stamped leaf, a sheltered heart, a folded letter, four hands, a shore, a globe. */
const marks: Record<keyof typeof colours, string> = {
  tax: mark(
    colours.tax,
    '<path d="M14 10h15l6 6v22H14z" fill="#fff"/><path d="M29 10v6h6" fill="none" stroke="#1c6b45" stroke-width="2"/><path d="M19 20h8M19 25h11" stroke="#1c6b45" stroke-width="2.4" stroke-linecap="round"/><circle cx="29" cy="32" r="4.2" fill="#f2b84b"/>',
  ),
  health: mark(
    colours.health,
    '<path d="M8 23a16 13 0 0 1 32 0z" fill="#8fd3ea"/><path d="M24 39C15 32.5 14 28.5 16.5 26c2.3-2.2 5.7-1.4 7.5 1.6C25.8 24.6 29.2 23.8 31.5 26 34 28.5 33 32.5 24 39z" fill="#fff"/>',
  ),
  postal: mark(
    colours.postal,
    '<path d="M9 15h30v19H9z" fill="#fff"/><path d="M9 15l15 12 15-12" fill="none" stroke="#9a4a00" stroke-width="2.6"/><path d="M9 34l10-9M39 34l-10-9" stroke="#f0a860" stroke-width="2"/>',
  ),
  soignants: mark(
    colours.soignants,
    '<circle cx="24" cy="14" r="6" fill="#fff"/><circle cx="24" cy="34" r="6" fill="#fff"/><circle cx="14" cy="24" r="6" fill="#b9b2ff"/><circle cx="34" cy="24" r="6" fill="#b9b2ff"/><circle cx="24" cy="24" r="3.5" fill="#ffd166"/>',
  ),
  bank: mark(
    colours.bank,
    '<circle cx="32" cy="16" r="5.5" fill="#e9c46a"/><path d="M7 28c6-5 11-5 17 0s11 5 17 0" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round"/><path d="M7 36c6-5 11-5 17 0s11 5 17 0" fill="none" stroke="#8fb3d9" stroke-width="3.2" stroke-linecap="round"/>',
  ),
  consular: mark(
    colours.consular,
    '<circle cx="24" cy="24" r="14" fill="none" stroke="#fff" stroke-width="2.6"/><path d="M10 24h28M24 10c-8 8-8 20 0 28c8-8 8-20 0-28z" fill="none" stroke="#fff" stroke-width="2.2"/><circle cx="34.5" cy="34.5" r="5.5" fill="#f2c14e"/>',
  ),
}

export const providers: readonly ProviderDefinition[] = [
  {
    key: 'tax',
    id: 'tax-identity',
    partner: { id: 'treasury', name: { fr: 'Trésorerie générale', en: 'General Treasury', ar: 'الخزينة العامة' } },
    brand: {
      name: { fr: 'Identité fiscale', en: 'Tax identity', ar: 'الهوية الضريبية' },
      tagline: {
        fr: 'Votre compte de contribuable ouvre aussi vos autres démarches.',
        en: 'Your taxpayer account opens your other procedures too.',
        ar: 'حساب المكلَّف بالضريبة يفتح لك خدماتك الأخرى أيضًا.',
      },
      colour: colours.tax,
      paper: '#f2f7f4',
      font: 'sans',
      layout: 'band',
      mark: marks.tax,
    },
    hint: {
      fr: 'Toute personne qui déclare un revenu',
      en: 'Anyone who files a tax return',
      ar: 'كل من يصرّح بدخله',
    },
    usernameLabel: { fr: 'Identifiant fiscal', en: 'Tax username', ar: 'المعرّف الضريبي' },
    allowedLevels: ['eidas1'],
    acr: plain,
    secondStep: { kind: 'none' },
    population: 'citizens',
    clientAuth: 'client_secret_basic',
    signingAlg: 'ES256',
    userinfo: 'json',
    wallet: false,
  },
  {
    key: 'health',
    id: 'health-insurance',
    partner: {
      id: 'health-fund',
      name: { fr: 'Caisse d’assurance santé', en: 'Health insurance fund', ar: 'صندوق التأمين الصحي' },
    },
    brand: {
      name: { fr: 'Identité assurance santé', en: 'Health-insurance identity', ar: 'هوية التأمين الصحي' },
      tagline: {
        fr: 'Assuré ou ayant droit, vous êtes déjà des nôtres.',
        en: 'Insured or dependant, you already belong.',
        ar: 'مؤمَّنًا كنت أو من ذوي الحقوق، فأنت منّا.',
      },
      colour: colours.health,
      paper: '#eef7fa',
      font: 'round',
      layout: 'split',
      mark: marks.health,
    },
    hint: {
      fr: 'Les assurés et leurs ayants droit',
      en: 'Insured people and their dependants',
      ar: 'المؤمَّنون وذوو حقوقهم',
    },
    usernameLabel: { fr: 'Identifiant d’assuré', en: 'Insured person’s username', ar: 'معرّف المؤمَّن' },
    allowedLevels: ['eidas1'],
    acr: { eidas1: 'https://assurance-sante.example/niveau/1' },
    secondStep: { kind: 'none' },
    population: 'citizens',
    clientAuth: 'client_secret_post',
    signingAlg: 'ES256',
    userinfo: 'json',
    wallet: false,
  },
  {
    key: 'postal',
    id: 'postal-identity',
    partner: { id: 'post-office', name: { fr: 'Messageries du Pays', en: 'Country Mail', ar: 'بريد البلاد' } },
    brand: {
      name: { fr: 'Identité postale', en: 'Postal identity', ar: 'الهوية البريدية' },
      tagline: {
        fr: 'Vérifiée au guichet, confirmée par votre téléphone.',
        en: 'Checked at the counter, confirmed by your phone.',
        ar: 'تُراجَع في الشبّاك وتُؤكَّد بهاتفك.',
      },
      colour: colours.postal,
      paper: '#fdf6ec',
      font: 'round',
      layout: 'card',
      mark: marks.postal,
    },
    hint: {
      fr: 'Identité vérifiée en bureau de poste, code reçu par téléphone',
      en: 'Checked at a post office, code received by phone',
      ar: 'تُراجَع في مكتب البريد، مع رمز على الهاتف',
    },
    usernameLabel: { fr: 'Identifiant postal', en: 'Postal username', ar: 'المعرّف البريدي' },
    allowedLevels: ['eidas1', 'eidas2'],
    acr: plain,
    secondStep: {
      kind: 'code',
      amr: 'sms',
      device: { fr: 'Votre téléphone', en: 'Your phone', ar: 'هاتفك' },
    },
    population: 'citizens',
    clientAuth: 'client_secret_basic',
    signingAlg: 'ES256',
    userinfo: 'jwt',
    wallet: false,
  },
  {
    key: 'soignants',
    id: 'health-professionals',
    partner: {
      id: 'health-agency',
      name: { fr: 'Agence des soignants', en: 'Care Professionals Agency', ar: 'وكالة مهنيي الرعاية' },
    },
    brand: {
      name: { fr: 'Fédération Soignants', en: 'Care Professionals', ar: 'اتحاد مهنيي الصحة' },
      tagline: {
        fr: 'L’accès des professionnels de santé, inscrits au répertoire national.',
        en: 'For health professionals listed in the national directory.',
        ar: 'لمهنيي الصحة المسجَّلين في الدليل الوطني.',
      },
      colour: colours.soignants,
      paper: '#f4f3fd',
      font: 'sans',
      layout: 'split',
      mark: marks.soignants,
    },
    hint: {
      fr: 'Les professionnels de santé, avec leur application',
      en: 'Health professionals, with their phone app',
      ar: 'مهنيو الصحة عبر تطبيقهم على الهاتف',
    },
    usernameLabel: { fr: 'Identifiant de soignant', en: 'Professional username', ar: 'معرّف المهني' },
    allowedLevels: ['eidas2'],
    acr: { eidas2: 'urn:federation-soignants:palier:2' },
    secondStep: {
      kind: 'approval',
      amr: 'swk',
      device: { fr: 'Votre application Soignants', en: 'Your Care app', ar: 'تطبيقك المهني' },
    },
    population: 'professionals',
    clientAuth: 'client_secret_basic',
    signingAlg: 'RS256',
    userinfo: 'json',
    wallet: true,
  },
  {
    key: 'bank',
    id: 'bank-identity',
    partner: { id: 'shore-bank', name: { fr: 'Banque du Rivage', en: 'Shore Bank', ar: 'بنك الشاطئ' } },
    brand: {
      name: { fr: 'Banque du Rivage', en: 'Shore Bank', ar: 'بنك الشاطئ' },
      tagline: {
        fr: 'Votre banque répond de vous, et ne dit rien de vos comptes.',
        en: 'Your bank vouches for you, and says nothing of your accounts.',
        ar: 'بنكك يشهد لك، ولا يقول شيئًا عن حساباتك.',
      },
      colour: colours.bank,
      paper: '#f5f4f0',
      font: 'serif',
      layout: 'split',
      mark: marks.bank,
    },
    hint: { fr: 'Les clients de la banque', en: 'Customers of the bank', ar: 'زبناء البنك' },
    usernameLabel: { fr: 'Identifiant client', en: 'Customer username', ar: 'معرّف الزبون' },
    allowedLevels: ['eidas1'],
    acr: plain,
    secondStep: { kind: 'none' },
    population: 'citizens',
    clientAuth: 'client_secret_post',
    signingAlg: 'RS256',
    userinfo: 'json',
    claimNames: {
      birthdate: 'birth_date',
      birthplace: 'birth_place_code',
      birthcountry: 'birth_country_code',
      preferred_username: 'name_in_use',
    },
    wallet: false,
  },
  {
    key: 'consular',
    id: 'consular-identity',
    partner: { id: 'consulates', name: { fr: 'Réseau des consulats', en: 'Consular network', ar: 'شبكة القنصليات' } },
    brand: {
      name: { fr: 'Identité consulaire', en: 'Consular identity', ar: 'الهوية القنصلية' },
      tagline: {
        fr: 'Pour les résidents, où qu’ils soient nés.',
        en: 'For residents, wherever they were born.',
        ar: 'للمقيمين أينما وُلدوا.',
      },
      colour: colours.consular,
      paper: '#fbf3f5',
      font: 'serif',
      layout: 'card',
      mark: marks.consular,
    },
    hint: {
      fr: 'Les résidents étrangers, avec leur boîtier de codes',
      en: 'Foreign residents, with their code device',
      ar: 'المقيمون الأجانب، مع جهاز الرموز',
    },
    usernameLabel: { fr: 'Identifiant consulaire', en: 'Consular username', ar: 'المعرّف القنصلي' },
    allowedLevels: ['eidas1', 'eidas2'],
    acr: plain,
    secondStep: {
      kind: 'code',
      amr: 'otp',
      device: { fr: 'Votre boîtier de codes', en: 'Your code device', ar: 'جهاز الرموز' },
    },
    population: 'citizens',
    clientAuth: 'private_key_jwt',
    signingAlg: 'ES256',
    userinfo: 'jwt',
    encryption: { alg: 'ECDH-ES', enc: 'A256GCM' },
    wallet: false,
  },
]
