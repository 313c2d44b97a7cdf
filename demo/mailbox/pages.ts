/** The pages of the mailbox: the map of the town with its switches, the list of mails, one mail. */
import { danger_raw, type Html, html } from '../../src/http/html.ts'
import type { Level } from '../../src/kernel/assurance.ts'
import type { Instant } from '../../src/kernel/clock.ts'
import type { Language, Translated } from '../../src/kernel/languages.ts'
import type { PrintedCard } from '../cards.ts'
import type { House } from '../house.ts'
import { testPin } from '../people.ts'
import { formatDateTime } from '../services/formats.ts'
import type { Brand, SitePage } from '../site.ts'
import { codeOf } from './code-app.ts'
import type { Delivered, Table } from './mailbox.ts'

/** One row of `people.json`. */
export interface TestIdentity {
  provider: string
  provider_name: string
  username: string
  password: string
  given_name: string
  family_name: string
  level: Level
  /** Seed of a code application (base32): the map shows what the application would. */
  code_app?: string
}

/** What stands where in the town. */
export interface TownMap {
  hub: string
  services: { name: Translated; purpose: Translated; origin: string; mark: string }[]
  providers: { id: string; name: Translated; hint: Translated; origin: string; mark: string }[]
  people: TestIdentity[]
  /** Where the telephone stands, in a town that has one. */
  phone?: string
}

export const mailboxBrand: Brand = {
  name: { fr: 'La ville de démonstration', en: 'The demo town', ar: 'مدينة العرض' },
  tagline: { fr: 'Plan et courrier', en: 'Map and mail', ar: 'خريطة وبريد' },
  colour: '#34495e',
  paper: '#f4f6f8',
  font: 'sans',
  layout: 'band',
  mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="11" fill="#34495e"/><path d="M10 38V22l9-7 9 7v16z" fill="#fff"/><path d="M28 38V16l5-5 5 5v22z" fill="#f2b84b"/><path d="M17 38v-9h4v9z" fill="#34495e"/></svg>',
}

const words = {
  town: { fr: 'La ville', en: 'The town', ar: 'المدينة' },
  lead: {
    fr: 'Entrez par un service, choisissez un fournisseur d’identité, connectez-vous avec une identité de test.',
    en: 'Enter by a service, choose an identity provider, sign in with a test identity.',
    ar: 'ادخل من خدمة، واختر مزوّد هوية، ثم سجّل الدخول بهوية تجريبية.',
  },
  services: { fr: 'Services', en: 'Services', ar: 'الخدمات' },
  providers: { fr: 'Fournisseurs d’identité', en: 'Identity providers', ar: 'مزوّدو الهوية' },
  outage: {
    fr: 'Pour essayer une panne, arrêtez le serveur d’un fournisseur : plus rien ne répond à son adresse. Garant le voit en moins d’une minute, ne propose plus ce compte, et le propose de nouveau après son retour.',
    en: 'To try an outage, stop the server of a provider: nothing answers at its address any more. Garant sees it within a minute, offers that account no more, and offers it again once it is back.',
    ar: 'لتجربة عطل، أوقف خادم أحد المزوّدين: لن يجيب شيء على عنوانه. يلاحظ «غارانت» ذلك في أقل من دقيقة، فيكف عن عرض هذا الحساب، ثم يعرضه من جديد بعد عودته.',
  },
  stopped: { fr: 'Serveur arrêté', en: 'Server stopped', ar: 'الخادم متوقف' },
  stop: { fr: 'Arrêter le serveur', en: 'Stop the server', ar: 'إيقاف الخادم' },
  start: { fr: 'Redémarrer le serveur', en: 'Start the server again', ar: 'إعادة تشغيل الخادم' },
  port_taken: {
    fr: 'Son port est pris par un autre programme :',
    en: 'Its port is taken by another program:',
    ar: 'منفذه يشغله برنامج آخر:',
  },
  hub: { fr: 'Garant', en: 'Garant', ar: '«غارانت»' },
  status: { fr: 'Pannes et interruptions', en: 'Outages and interruptions', ar: 'الأعطال والانقطاعات' },
  status_text: { fr: 'Ce que tout le monde peut lire', en: 'What everybody can read', ar: 'ما يمكن للجميع قراءته' },
  console: { fr: 'Console', en: 'Console', ar: 'لوحة الإدارة' },
  console_text: {
    fr: 'Pour ceux qui exploitent Garant, sur invitation',
    en: 'For those who run Garant, by invitation',
    ar: 'لمن يشغّلون «غارانت»، بدعوة',
  },
  desk: { fr: 'Espace partenaire', en: 'Partner desk', ar: 'مكتب الشريك' },
  desk_text: {
    fr: 'Pour les contacts sécurité des services et des fournisseurs, sur invitation',
    en: 'For the security contacts of services and providers, by invitation',
    ar: 'لجهات اتصال الأمن لدى الخدمات والمزوّدين، بدعوة',
  },
  phone: { fr: 'Le téléphone', en: 'The phone', ar: 'الهاتف' },
  phone_text: {
    fr: 'L’application e‑ID : la préparer avec une carte, lire un code, confirmer',
    en: 'The e‑ID app: set it up with a card, scan a code, approve',
    ar: 'تطبيق الهوية الإلكترونية: هيّئه ببطاقة، امسح رمزًا، أكّد',
  },
  table: { fr: 'Les cartes sur la table', en: 'The cards on the table', ar: 'البطاقات على الطاولة' },
  table_text: {
    fr: 'Chacune a une vraie clé et un vrai certificat, de l’autorité de cette ville. Le téléphone et le lecteur les lisent. Une carte en fichier se met dans votre navigateur, avec le mot de passe de la ville, pour l’essayer sans lecteur. Trois codes faux bloquent une carte.',
    en: 'Each has a real key and a real certificate, of the authority of this town. The phone and the reader read them. A card as a file goes into your own browser, with the password of the town, to try it without a reader. Three wrong PINs block a card.',
    ar: 'لكل منها مفتاح حقيقي وشهادة حقيقية من سلطة هذه المدينة. يقرؤها الهاتف والقارئ. يمكن إضافة البطاقة كملف إلى متصفحك بكلمة مرور المدينة لتجربتها دون قارئ. ثلاثة رموز خاطئة تحظر البطاقة.',
  },
  pin: { fr: 'Code de toutes les cartes :', en: 'PIN of all cards:', ar: 'الرمز السري لجميع البطاقات:' },
  cnie: { fr: 'Carte d’identité', en: 'Identity card', ar: 'بطاقة التعريف' },
  cpx: { fr: 'Carte de professionnel de santé', en: 'Health professional’s card', ar: 'بطاقة مهني الصحة' },
  blocked: { fr: 'Bloquée', en: 'Blocked', ar: 'محظورة' },
  revoked: { fr: 'Révoquée', en: 'Revoked', ar: 'ملغاة' },
  revoke: { fr: 'Révoquer', en: 'Revoke', ar: 'إلغاء البطاقة' },
  replace: { fr: 'Nouvelle carte', en: 'New card', ar: 'بطاقة جديدة' },
  file: { fr: 'Fichier', en: 'File', ar: 'ملف' },
  authority: {
    fr: 'L’autorité qui dit si une carte est encore valable',
    en: 'The authority that says whether a card is still good',
    ar: 'السلطة التي تبين هل ما زالت البطاقة صالحة',
  },
  eid_service: { fr: 'Le service e‑ID', en: 'The e‑ID service', ar: 'خدمة الهوية الإلكترونية' },
  out_of_order: { fr: 'À l’arrêt', en: 'Stopped', ar: 'متوقفة' },
  put_out: { fr: 'Arrêter', en: 'Stop', ar: 'إيقاف' },
  put_back: { fr: 'Remettre en marche', en: 'Start again', ar: 'إعادة التشغيل' },
  mail: { fr: 'Courrier', en: 'Mail', ar: 'البريد' },
  none: { fr: 'Aucun courrier pour le moment.', en: 'No mail yet.', ar: 'لا بريد بعد.' },
  password: {
    fr: 'Mot de passe de toutes les identités de test :',
    en: 'Password of all test identities:',
    ar: 'كلمة مرور جميع الهويات التجريبية:',
  },
  own_password: { fr: 'Mot de passe :', en: 'Password:', ar: 'كلمة المرور:' },
  code: { fr: 'Code de l’application, maintenant :', en: 'Code of the app, now:', ar: 'رمز التطبيق الآن:' },
  from: { fr: 'De', en: 'From', ar: 'من' },
  to: { fr: 'À', en: 'To', ar: 'إلى' },
  received: { fr: 'Reçu', en: 'Received', ar: 'وصل' },
  formatted: { fr: 'Version mise en forme', en: 'Formatted version', ar: 'نسخة منسّقة' },
  text: { fr: 'Version texte', en: 'Text version', ar: 'نسخة نصية' },
  headers: { fr: 'En-têtes', en: 'Header fields', ar: 'الترويسات' },
  eidas1: { fr: 'faible', en: 'low', ar: 'منخفض' },
  eidas2: { fr: 'substantiel', en: 'substantial', ar: 'معزَّز' },
  eidas3: { fr: 'élevé', en: 'high', ar: 'عالٍ' },
} as const satisfies Record<string, Translated>

function navigation(language: Language): Html {
  return html`<a href="/">${words.town[language]}</a><a href="/mails">${words.mail[language]}</a>`
}

interface Present {
  now: Instant
  switches: ReadonlyMap<string, Pick<House, 'isOpen'>>
  table?: Table | undefined
}

export function townPage(map: TownMap, language: Language, present: Present): SitePage {
  const password = map.people[0]?.password
  const body = html`<h1>${words.town[language]}</h1><p class="lead">${words.lead[language]}</p>
<h2>${words.services[language]}</h2>
<div class="houses">${map.services.map((service) => serviceCard(service, language))}</div>
<h2>${words.hub[language]}</h2>
<div class="houses">${hubPages.map(
    ([path, name, text]) =>
      html`<a href="${map.hub}${path}"><span><strong>${words[name][language]}</strong><small>${words[text][language]}</small></span></a>`,
  )}${map.phone && phoneCard(map.phone, language)}</div>
${present.table && cardTable(present.table, language)}
<h2>${words.providers[language]}</h2>
<p>${words.password[language]} <code>${password}</code> · <a href="/people.json">people.json</a></p>
<p>${words.outage[language]}</p>
<div class="households">${map.providers.map((provider) => household(map, provider, { language, ...present }))}</div>`
  return { title: words.town[language], body, navigation: navigation(language) }
}

const hubPages = [
  ['/status', 'status', 'status_text'],
  ['/console', 'console', 'console_text'],
  ['/desk', 'desk', 'desk_text'],
] as const

/** When somebody else came to listen on the port of a house that was closed. */
export function portTakenPage(port: number, language: Language): SitePage {
  const body = html`<h1>${words.start[language]}</h1><p>${words.port_taken[language]} <code>${String(port)}</code></p>`
  return { title: words.start[language], body, navigation: navigation(language), status: 409 }
}

function serviceCard({ origin, mark, name, purpose }: TownMap['services'][number], language: Language): Html {
  return html`<a href="${origin}/"><span class="mark">${danger_raw(mark)}</span><span><strong>${name[language]}</strong><small>${purpose[language]}</small></span></a>`
}

function phoneCard(phone: string, language: Language): Html {
  return html`<a href="${phone}/"><span><strong>${words.phone[language]}</strong><small>${words.phone_text[language]}</small></span></a>`
}

function cardTable({ cards, switches }: Table, language: Language): Html {
  return html`<h2 id="table">${words.table[language]}</h2>
<p>${words.table_text[language]}</p>
<p>${words.pin[language]} <code>${testPin}</code></p>
<ul class="switches">${(['authority', 'eid-service'] as const).map((id) => tableSwitch(id, switches[id], language))}</ul>
<ul class="card-table">${cards.all.map((card) => cardOnTable(card, cards.stateOf(card.id), language))}</ul>`
}

const switchWords = { authority: 'authority', 'eid-service': 'eid_service' } as const

function tableSwitch(id: keyof typeof switchWords, house: Pick<House, 'isOpen'>, language: Language): Html {
  const name = words[switchWords[id]][language]
  const isOpen = house.isOpen()
  const word = words[isOpen ? 'put_out' : 'put_back'][language]
  return html`<li><span>${name}${!isOpen && html` <strong>${words.out_of_order[language]}</strong>`}</span><form method="post" action="/switches/${id}/${isOpen ? 'stop' : 'start'}"><button class="quiet" type="submit" aria-label="${word} – ${name}">${word}</button></form></li>`
}

function cardOnTable(
  { id, kind, name, number }: PrintedCard,
  state: 'good' | 'blocked' | 'revoked',
  language: Language,
): Html {
  const act = state === 'good' ? 'revoke' : 'replace'
  const word = words[act][language]
  return html`<li id="${id}" class="${kind}"><small>${words[kind][language]}</small><strong>${name}</strong><code dir="ltr">${number}</code>${state !== 'good' && html`<strong class="chip warn">${words[state][language]}</strong>`}<span class="acts"><form method="post" action="/cards/${id}/${act}"><button class="link" type="submit" aria-label="${word} – ${name}">${word}</button></form><a href="/cards/${id}.p12" download aria-label="${words.file[language]} – ${name}">${words.file[language]}</a></span></li>`
}

/** A provider with the people who have an account there. */
function household(
  map: TownMap,
  provider: TownMap['providers'][number],
  { language, now, switches }: Present & { language: Language },
): Html {
  const people = map.people.filter((person) => person.provider === provider.id)
  const rows = people.map(
    ({ username, given_name, family_name, level, code_app }) =>
      html`<tr><td><code>${username}</code></td><td>${given_name} ${family_name}${code_app && html`<br><small>${words.code[language]} <code>${codeOf(code_app, now)}</code></small>`}</td><td><small>${words[level][language]}</small></td></tr>`,
  )
  // Those of the town's own providers have the password that stands above.
  const [first] = people
  const own = first && first.password !== map.people[0]?.password ? first.password : undefined
  return html`<article class="household" id="${provider.id}"><header><span class="mark">${danger_raw(provider.mark)}</span><span><strong>${provider.name[language]}</strong><small>${provider.hint[language]}</small></span></header>${own && html`<p><small>${words.own_password[language]} <code>${own}</code></small></p>`}<table><tbody>${rows}</tbody></table>${serverSwitch(provider, switches.get(provider.id), language)}</article>`
}

function serverSwitch(
  { id, name }: TownMap['providers'][number],
  house: Pick<House, 'isOpen'> | undefined,
  language: Language,
): Html | undefined {
  if (!house) return undefined
  const isOpen = house.isOpen()
  const word = words[isOpen ? 'stop' : 'start'][language]
  return html`<form method="post" action="/providers/${id}/${isOpen ? 'stop' : 'start'}">${!isOpen && html`<strong>${words.stopped[language]}</strong> `}<button class="quiet" type="submit" aria-label="${word} – ${name[language]}">${word}</button></form>`
}

export function mailsPage(mails: Delivered[], language: Language, to: string | undefined): SitePage {
  const rows = mails.map(
    (mail) =>
      html`<li><a href="/mails/${mail.id}"><span>${mail.recipients.join(', ')}</span><span class="subject" dir="auto">${mail.subject}</span><small>${formatDateTime(mail.at, language)}</small></a></li>`,
  )
  const body = html`<h1>${words.mail[language]}</h1>${to && html`<p class="lead" dir="ltr">${to}</p>`}
${rows.length > 0 ? html`<ul class="mails">${rows}</ul>` : html`<p>${words.none[language]}</p>`}`
  return { title: words.mail[language], body, navigation: navigation(language) }
}

export function mailPage(mail: Delivered, language: Language): SitePage {
  const rows = [
    [words.from, mail.from.map(written).join(', ')],
    [words.to, mail.recipients.join(', ')],
    [words.received, formatDateTime(mail.at, language)],
  ] as const
  const formatted =
    mail.html &&
    html`<h2>${words.formatted[language]}</h2>
<iframe class="letter" src="/mails/${mail.id}/html" title="${mail.subject}" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>`
  const headers = mail.headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  const body = html`<h1 dir="auto">${mail.subject}</h1>
<article class="file"><dl>${rows.map(([word, value]) => html`<dt>${word[language]}</dt><dd>${value}</dd>`)}</dl></article>
${formatted}
<h2>${words.text[language]}</h2><pre class="plain-text" dir="auto" tabindex="0">${linked(mail.text)}</pre>
<details><summary>${words.headers[language]}</summary><pre dir="ltr" tabindex="0">${headers}</pre></details>`
  return { title: mail.subject, body, navigation: navigation(language) }
}

function written({ name, address }: { name: string; address: string }): string {
  return name ? `${name} <${address}>` : address
}

/** Web addresses become links, as mail programs do; a closing bracket or full stop is not part of one. */
function linked(text: string): Html[] {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}])/)
    .map((piece, index) => (index % 2 ? html`<a href="${piece}" rel="noreferrer">${piece}</a>` : html`${piece}`))
}
